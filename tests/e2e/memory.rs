//! Memory over many runs and many engines, as the system sees it.

use crate::faults::SWITCHBOARD;
use crate::house::{House, Visit};
use anyhow::{Context, Result, ensure};
use serde_json::json;
use std::collections::BTreeSet;
use std::fs;
use std::thread::sleep;
use std::time::Duration;

/// Megabytes that the browser holds once it has collected its garbage, which only Chromium does
/// when it is told.
pub fn megabytes(page: &Visit) -> Result<f64> {
    least(page, |_| true)
}

/// The same without the GPU's process and the browser's services: the first keeps what a software
/// GPU used for a while (35 to 320 MB were seen, whatever came before), the others come and go.
pub fn megabytes_of_pages(page: &Visit) -> Result<f64> {
    least(page, |command| {
        !["--type=gpu-process", "--type=utility"]
            .iter()
            .any(|other| command.contains(other))
    })
}

fn least(page: &Visit, counts: impl Fn(&str) -> bool) -> Result<f64> {
    let driver = page.session.family().context("the browser is not alone")?;
    let mut least = f64::MAX;
    for _ in 0..LOOKS {
        page.session.cdp("HeapProfiler.collectGarbage", &json!({}))?;
        sleep(Duration::from_secs(1));
        least = least.min(resident(driver, &counts)?);
    }
    Ok(least)
}

/// How often memory is looked at, a second apart: the GPU's process gives back what it used a
/// while later, 200 MB at times, and what stays is the least.
const LOOKS: u32 = 6;

/// Megabytes that those processes hold in memory that descend from this one and whose command lines
/// count, shared pages counted by their share.
fn resident(driver: u32, counts: &dyn Fn(&str) -> bool) -> Result<f64> {
    let mut family = BTreeSet::from([driver]);
    let mut parents = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let Some(pid) = entry?
            .file_name()
            .to_str()
            .and_then(|name| name.parse::<u32>().ok())
        else {
            continue;
        };
        let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else {
            continue;
        };
        // The name before it may hold anything, parentheses too.
        let parent = stat
            .rsplit_once(')')
            .and_then(|(_, rest)| rest.split_whitespace().nth(1)?.parse().ok());
        parents.extend(parent.map(|parent: u32| (pid, parent)));
    }
    loop {
        let before = family.len();
        family.extend(
            parents
                .iter()
                .filter(|(_, parent)| family.contains(parent))
                .map(|(pid, _)| *pid)
                .collect::<Vec<_>>(),
        );
        if family.len() == before {
            break;
        }
    }
    let share = |pid: &u32| {
        let command = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
        if !counts(&String::from_utf8_lossy(&command)) {
            return None;
        }
        let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
        let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
        line.trim().split(' ').next()?.parse::<f64>().ok()
    };
    let kilobytes: f64 = family.iter().filter_map(share).sum();
    ensure!(kilobytes > 0.0, "this system does not say what processes hold");
    Ok(kilobytes / 1024.0)
}

/// After so many engines Chromium has made what it keeps for the next ones.
const SETTLED: u32 = 10;

/// Runs by script, one after another; then engines, each ended by a trap; the memory after the
/// first few of them is the memory after all.
fn leaks_nothing(house: &House, runs: u32, engines: u32) -> Result<()> {
    house.chromium("collects its garbage when it is told, so that leaks can be told from it")?;
    let page = house.open_alone("", house.altered(SWITCHBOARD)?)?;
    page.ready()?;
    let spec = "{workload: 'matmul', size: 200, budget: 0.1, backends: ['scalar', 'threads']}";
    let run = |times: u32| {
        page.awaited(&format!(
            "await (async () => {{
                 for (let i = 0; i < {times}; i++) {{
                     const report = await parallax.run({spec});
                     if (report.results.some((r) => r.status !== 'ok')) throw new Error(JSON.stringify(report.results));
                 }}
                 return true;
             }})()"
        ))
        .and_then(|done| {
            ensure!(done == true, "{done}");
            Ok(())
        })
    };
    let restart = |times: u32| -> Result<()> {
        for _ in 0..times {
            page.eval("new BroadcastChannel('parallax-test').postMessage('throw')")?;
            page.notice_says("injected by a test")?;
            run(1)?;
        }
        Ok(())
    };
    // Whatever is kept once for all is there by then.
    let settle = runs / 4;
    run(settle)?;
    let first = megabytes(&page)?;
    let mut left = runs - settle;
    while left > 0 {
        // A script has a limit of its own.
        let now = left.min(40);
        run(now)?;
        left -= now;
    }
    let after_runs = megabytes(&page)?;
    restart(SETTLED)?;
    let settled = megabytes(&page)?;
    restart(engines - SETTLED)?;
    let after_engines = megabytes(&page)?;
    println!(
        "{runs} runs: {first:.0} MB after {settle}, {after_runs:.0} at the end; \
         {engines} engines: {settled:.0} MB after {SETTLED}, {after_engines:.0} at the end"
    );
    // A run's buffers are 2 MB and an engine 20 MB: a tenth of them kept would be seen.
    ensure!(after_runs < first + 0.2 * f64::from(runs), "runs leak");
    ensure!(
        after_engines < settled + 2.0 * f64::from(engines - SETTLED),
        "engines leak"
    );
    page.awaited("await parallax.run({workload: 'mandelbrot', size: 64, budget: 0.3})")
        .map(drop)
        .context("the page is worn out")
}

pub fn many_runs_leak_nothing(house: &House) -> Result<()> {
    leaks_nothing(house, 60, 20)
}

pub fn many_more_runs_leak_nothing(house: &House) -> Result<()> {
    leaks_nothing(house, 200, 50)
}

//! `cargo xtask bench`: races in the browser, natively, and of what users would run instead,
//! put into one report.

use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::args::Bench;
use crate::bench::ask::{self, Plan};
use crate::bench::native::Native;
use crate::bench::page::{Page, browser};
use crate::bench::peers::Peers;
use crate::bench::progress::{Progress, words};
use crate::bench::{limit, report, self_check, table};
use crate::process::say;
use crate::server::Site;
use crate::{build, paths};

/// Builds, races and prints; true if nothing was wrong or failed.
///
/// # Errors
/// If what was asked is not there, or nothing could be measured at all.
pub fn run(options: &Bench) -> Result<bool> {
    let root = paths::root()?;
    let browser = browser(options.browser)?;
    let site = Site::new(site()?).start(0)?;
    let page = Page::open(&browser, &site.url)?;
    let ready = page.ready()?;
    let plan = ask::plan(options, &ready)?;
    if let Some(races) = options.self_check {
        let count = self_check::run(&page, options, races)?;
        say(count.words());
        return Ok(count.well());
    }
    if let Some(file) = &options.json {
        writable(file)?;
    }
    // All that is built or installed is there before the first clock starts.
    let others = Others {
        native: options.native.then(|| Native::build(&root)).transpose()?,
        peers: options.peers.then(|| Peers::set_up(&root, &browser)),
        ready: &ready,
    };
    let (report, well) = races(&page, &others, &plan)?;
    say(format!("\n{}", table::show(&report::rows(&report))));
    for line in table::found(&report) {
        say(line);
    }
    if let Some(file) = &options.json {
        save(&report, file)?;
    }
    Ok(well && report::well(&report::rows(&report)))
}

/// The site to race in: the one that `PARALLAX_DIST` names, as the end-to-end tests take it,
/// or this checkout's.
pub(super) fn site() -> Result<PathBuf> {
    match env::var_os("PARALLAX_DIST") {
        Some(folder) => {
            say(format!("took the site in {}", folder.display()));
            Ok(folder.into())
        }
        None => Ok(build::site()?.folder),
    }
}

/// Who races beside the page.
struct Others<'a> {
    native: Option<Native>,
    peers: Option<Peers>,
    ready: &'a Value,
}

/// Runs every race everywhere, one after another: two at once would share the machine. What
/// breaks down as a whole is said, and the rest goes on.
fn races(page: &Page, others: &Others, plan: &Plan) -> Result<(Value, bool)> {
    let mut progress = Progress::default();
    let (mut rows, mut environment, mut well) = (Vec::new(), Value::Null, true);
    let mut extras = report::EXTRAS.map(|_| Vec::new());
    for race in &plan.races {
        let spec = serde_json::to_value(race)?;
        let name = format!("{} {}", race.workload, race.size.unwrap_or_default());
        let mut complain = |place: &str, error: anyhow::Error| {
            eprintln!("\nerror: {name}, {place}: {error:#}");
            well = false;
        };
        let ran = page.call("parallax.run", &spec, limit(Some(race.budget)), &mut |state| {
            progress.show(&format!("{name}: {}", words(state)));
        });
        match ran {
            Ok(mut report) => {
                report["findings"] = serde_json::to_value(report::findings(&report)?)?;
                for (name, all) in report::EXTRAS.into_iter().zip(&mut extras) {
                    all.extend(report[name].as_array().cloned().unwrap_or_default());
                }
                rows.extend(report::rows(&report));
                if environment.is_null() {
                    environment = report["environment"].clone();
                }
            }
            Err(error) => complain("browser", error),
        }
        if let Some(native) = &others.native {
            progress.show(&format!("{name}: native"));
            match native.race(&spec) {
                Ok(report) => rows.extend(report::rows(&report)),
                Err(error) => complain("native", error),
            }
        }
        if let Some(peers) = &others.peers {
            let cores = others.ready["cores"].as_u64().and_then(|n| u32::try_from(n).ok());
            let software = others.ready["adapter"]["software"] == true;
            for row in peers.race(race, cores.unwrap_or(1), software, &mut progress) {
                rows.push(serde_json::to_value(row)?);
            }
        }
    }
    if rows.is_empty() && extras.iter().all(Vec::is_empty) {
        bail!("nothing was measured: the errors are above");
    }
    if let (Some(environment), Some(peers)) = (environment.as_object_mut(), &others.peers) {
        environment.insert("peers".into(), peers.versions());
    }
    let spec = serde_json::to_value(&plan.asked)?;
    let mut merged = report::merge(&spec, &environment, rows);
    for (name, all) in report::EXTRAS.into_iter().zip(extras) {
        merged[name] = all.into();
    }
    Ok((merged, well))
}

/// Nobody wants to hear after ten minutes that the folder is not there.
pub(super) fn writable(file: &Path) -> Result<()> {
    let opened = fs::OpenOptions::new().append(true).create(true).open(file);
    opened
        .map(drop)
        .with_context(|| format!("{} cannot be written: give --json another file", file.display()))
}

pub(super) fn save(report: &Value, file: &Path) -> Result<()> {
    let text = serde_json::to_string_pretty(report)?;
    fs::write(file, text + "\n").with_context(|| format!("{} cannot be written", file.display()))?;
    say(format!("wrote {}", file.display()));
    Ok(())
}

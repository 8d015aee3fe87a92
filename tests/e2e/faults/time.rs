//! Coarse clocks, and pages that are hidden or frozen while they measure.

use crate::house::{House, by};
use anyhow::{Context, Result, ensure};
use serde_json::json;
use std::thread;
use std::time::Duration;

/// A clock of 1 ms steps, as some browsers have: work of a tenth of that is timed in batches.
pub fn coarse_clock(house: &House) -> Result<()> {
    let script = "const now = performance.now.bind(performance); performance.now = () => Math.floor(now());";
    let page = house.open_from("", house.altered(script)?)?;
    let report = page.awaited(
        "await parallax.run({workload: 'mandelbrot', size: 48, budget: 3, backends: ['scalar', 'simd']})",
    )?;
    ensure!(
        report["environment"]["timer_resolution_us"] == 1000.0,
        "{}",
        report["environment"]
    );
    for row in report["results"].as_array().context("no rows")? {
        ensure!(row["status"] == "ok", "{row}");
        let median = row["median_ms"].as_f64().context("no median")?;
        // A sample of 200 steps at least: its quotient is no whole number of them.
        ensure!(median > 0.0 && median < 2.0, "{row}");
        let (low, high) = (row["ci95_ms"][0].as_f64(), row["ci95_ms"][1].as_f64());
        if let (Some(low), Some(high)) = (low, high) {
            ensure!(high - low < 0.5 * median, "{row}");
        }
    }
    Ok(())
}

/// While another tab is in front nothing is counted; back again, the run goes on.
pub fn hidden(house: &House) -> Result<()> {
    let page = house.open("?workload=mandelbrot&size=64&budget=3&backends=scalar,simd")?;
    page.ready()?;
    page.session.run(
        "Object.defineProperty(document, 'hidden', { configurable: true, get: () => window.fakeHidden });
         Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => window.fakeHidden ? 'hidden' : 'visible' });
         window.show = (shown) => { window.fakeHidden = !shown; document.dispatchEvent(new Event('visibilitychange')); };
         window.show(false);",
    )?;
    page.press("run")?;
    page.state_is(&["running"])?;
    thread::sleep(Duration::from_secs(3));
    let samples = page.attribute("row-scalar", "data-samples")?;
    ensure!(
        matches!(samples.as_str(), "" | "0"),
        "{samples} samples of a hidden page"
    );
    page.session.run("window.show(true)")?;
    page.state_is(&["done"])?;
    page.notice_says("was hidden")?;
    page.run()?;
    ensure!(
        page.notices()?.is_empty(),
        "it is said of the next run: {}",
        page.notices()?
    );
    page.row_is_timed("simd")
}

/// The browser freezes the page in the middle of a run, as phones do: the block is not counted.
pub fn frozen(house: &House) -> Result<()> {
    house.chromium("can be told to freeze a page")?;
    let query = "?workload=mandelbrot&size=128&budget=4&backends=scalar,simd";
    let page = house.open_alone(query, house.site())?;
    page.press("run")?;
    page.wait(&format!(
        "+document.querySelector('{}').dataset.samples > 2",
        by("row-simd")
    ))?;
    page.session
        .cdp("Page.setWebLifecycleState", &json!({ "state": "frozen" }))?;
    thread::sleep(Duration::from_secs(3));
    page.session
        .cdp("Page.setWebLifecycleState", &json!({ "state": "active" }))?;
    // Which headless Chromium has no other way to bring to the front.
    page.session
        .cdp("Emulation.setFocusEmulationEnabled", &json!({ "enabled": true }))?;
    page.state_is(&["done"])?;
    page.row_is_timed("simd")?;
    page.notice_says("was hidden")?;
    // No sample holds those three seconds.
    let slowest = page.awaited(
        "await (async () => {
             const rows = await parallaxHost.list().then((all) => parallaxHost.get(all.at(-1).id));
             return Math.max(...rows.results.flatMap((r) => r.samples.map((s) => s.ms / r.median_ms)));
         })()",
    )?;
    ensure!(
        slowest.as_f64().is_some_and(|ratio| ratio < 50.0),
        "a sample is {slowest} medians long"
    );
    Ok(())
}

/// Another tab comes to the front for a while.
pub fn another_tab(house: &House) -> Result<()> {
    let page = house.open("?workload=mandelbrot&size=128&budget=4&backends=scalar,simd")?;
    page.press("run")?;
    page.wait(&format!(
        "+document.querySelector('{}').dataset.samples > 2",
        by("row-simd")
    ))?;
    let own = page.session.new_tab()?;
    thread::sleep(Duration::from_secs(2));
    page.session.to_tab(&own)?;
    page.state_is(&["done"])?;
    page.row_is_timed("simd")
}

/// First runs are slow: wasm in its baseline tier, pipelines being made. They are told apart.
pub fn cold_runs(house: &House) -> Result<()> {
    let page = house.open("")?;
    // Firefox's software GPU ends every invocation's loops after 65,535 rounds, which a row of 256 by 256 exceeds.
    let report = page.awaited("await parallax.run({workload: 'matmul', size: 200, budget: 1})")?;
    for row in report["results"].as_array().context("no rows")? {
        if row["status"] == "skipped" {
            continue;
        }
        let cold = &row["cold_ms"];
        let part = |name: &str| cold[name].as_f64().unwrap_or(-1.0);
        ensure!(part("first_run") > 0.0 && part("start") >= 0.0, "{row}");
        ensure!(part("total") >= part("first_run"), "{row}");
        ensure!(row["samples"][0]["block"] == 0, "{row}");
    }
    Ok(())
}

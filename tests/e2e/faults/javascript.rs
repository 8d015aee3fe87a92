//! The JavaScript rung's Worker: it fails alone.

use super::threads::breaks_alone;
use crate::house::{House, by};
use anyhow::{Result, ensure};
use xtask::server::Wrong;

/// A kernel that never ends: Stop ends its Worker, and only that.
pub fn hang(house: &House) -> Result<()> {
    let page = house.open("?workload=mandelbrot&size=128&budget=0.5&inject=hang:javascript")?;
    page.ready()?;
    page.session.run(
        "window.started = 0;
         window.Worker = class extends Worker { constructor(...a) { super(...a); window.started++; } };",
    )?;
    page.press("run")?;
    page.wait(&format!(
        "document.querySelector('{}').dataset.status === 'preparing'",
        by("row-javascript")
    ))?;
    page.stops_at_once()?;
    page.without(&["javascript"])?;
    page.run()?;
    page.others_are_timed(&["javascript"])?;
    ensure!(page.eval("window.started")? == 0, "the engine was started anew");
    Ok(())
}

/// An exception is the row's own: the others go on, on the same engine.
pub fn throws(house: &House) -> Result<()> {
    for kind in ["panic", "trap"] {
        let query = format!("?workload=matmul&size=100&budget=0.5&inject={kind}:javascript");
        breaks_alone(house, &query, "javascript", "injected by a test")?;
    }
    Ok(())
}

/// A deploy that lost a file: the row says which, the others are measured.
pub fn lost(house: &House) -> Result<()> {
    for (file, words) in [
        ("kernels/mandelbrot.js", "mandelbrot.js"),
        ("javascript/worker.js", "did not load: reload the page"),
    ] {
        let site = house.site().with(file, Wrong::Missing);
        let page = house.open_from("?workload=mandelbrot&size=128&budget=0.5", site)?;
        page.run()?;
        page.row_is("javascript", "failed")?;
        page.reason_says("javascript", words)?;
        page.others_are_timed(&["javascript"])?;
    }
    Ok(())
}

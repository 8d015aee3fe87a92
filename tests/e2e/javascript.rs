//! The JavaScript rung, whose modules exist in the built site only.

use super::{CPU, House, breaks_alone, by, stop};
use anyhow::{Result, ensure};
use xtask::browser::Options;
use xtask::server::Site;

/// Sizes that divide by nothing, tiny, and one of two blocks of k.
const SIZES: [u32; 7] = [1, 7, 33, 67, 129, 128, 300];

/// What conformance does for the other rungs: whole outputs against the reference.
pub fn edges(house: &House) -> Result<()> {
    let page = house.open("")?;
    for workload in ["mandelbrot", "matmul"] {
        for size in SIZES {
            let query = format!("?workload={workload}&size={size}&backends=javascript&budget=0.1");
            page.session.go(&format!("{}{query}", page.site.url))?;
            page.wait("document.querySelector('[data-testid=run]') !== null")?;
            page.run()?;
            page.row_is_timed("javascript")?;
        }
    }
    page.console_is_clean()
}

/// A kernel that never ends: Stop ends its Worker, and only that.
pub fn hang(house: &House) -> Result<()> {
    let page = house.open("?workload=mandelbrot&size=128&budget=1&inject=hang:javascript")?;
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
    let ms = stop(&page)?;
    ensure!(ms <= 500.0, "stopped after {ms} ms");
    println!("stopped {ms} ms after the press");
    page.without(&["javascript"])?;
    page.run()?;
    for other in &CPU[1..] {
        page.row_is_timed(other)?;
    }
    ensure!(page.eval("window.started")? == 0, "the engine was started anew");
    Ok(())
}

/// An exception is the row's own: the others go on, on the same engine.
pub fn throws(house: &House) -> Result<()> {
    for kind in ["panic", "trap"] {
        let query = format!("?workload=matmul&size=100&budget=1&inject={kind}:javascript");
        breaks_alone(house, &query, "javascript", "injected by a test")?;
    }
    Ok(())
}

/// A deploy that lost a file: the row says which, the others are measured.
pub fn lost(house: &House) -> Result<()> {
    for (file, words) in [
        ("kernels/mandelbrot.js", "mandelbrot.js: reload the page"),
        ("javascript/worker.js", "did not load: reload the page"),
    ] {
        let site = Site {
            deny: vec![file.into()],
            ..house.site()
        };
        let page = house.open_with(
            "?workload=mandelbrot&size=128&budget=1",
            site,
            &Options::default(),
        )?;
        page.run()?;
        page.row_is("javascript", "failed")?;
        page.reason_says("javascript", words)?;
        for other in &CPU[1..] {
            page.row_is_timed(other)?;
        }
    }
    Ok(())
}

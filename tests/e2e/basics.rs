//! What the page is for: looked at, pressed, read, stopped, by mouse, keyboard and screen reader.

use crate::house::{CPU, House, Visit, by, skip};
use anyhow::{Context, Result, ensure};
use serde_json::json;
use std::fs;
use std::thread;
use std::time::{Duration, Instant};
use xtask::browser::Options;
use xtask::webdriver::key;

pub fn first_view(house: &House) -> Result<()> {
    let begin = Instant::now();
    let page = house.open("")?;
    // Something to press before the engine is there.
    let enabled = page.eval(&format!("!document.querySelector('{}').disabled", by("run")))?;
    ensure!(enabled == true, "Run cannot be pressed at first");
    ensure!(begin.elapsed() < Duration::from_secs(30), "{:?}", begin.elapsed());
    page.ready()?;
    for workload in ["mandelbrot", "matmul"] {
        let there = page.eval(&format!("document.body.innerHTML.includes('{workload}')"))?;
        ensure!(there == true, "{workload} is not offered");
    }
    for form in ["python", "javascript", "rust", "wgsl"] {
        ensure!(page.text(&format!("code-{form}"))?.len() > 200, "no {form} code");
    }
    ensure!(page.eval("document.querySelectorAll('h1').length")? == 1);
    ensure!(page.attribute("machine", "data-isolated")? == "true");
    ensure!(page.attribute("machine", "data-pool")?.parse::<u32>()? >= 1);
    page.console_is_clean()
}

fn run_is_verified(house: &House, query: &str) -> Result<()> {
    let page = house.open(query)?;
    page.run()?;
    for backend in CPU {
        page.row_is_timed(backend)?;
        let speedup: f64 = page
            .attribute(&format!("row-{backend}"), "data-speedup")?
            .parse()
            .unwrap_or(1.0);
        ensure!(speedup > 0.0);
    }
    if page.has_gpu()? {
        page.row_is_timed("gpu")?;
        if page.attribute("machine", "data-software")? == "true" {
            let speedup = page.attribute("row-gpu", "data-speedup")?;
            ensure!(
                speedup.is_empty(),
                "a software GPU claims a speed-up of {speedup}"
            );
        }
    } else {
        println!("SKIPPED run_is_verified/gpu: this browser offers no adapter");
    }
    let drawn = page.eval(
        "[...document.querySelectorAll('[data-testid^=picture-] canvas, canvas[data-testid^=picture-]')].map(c => {
            const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
            return new Set(new Uint32Array(d.buffer)).size;
        })",
    )?;
    let drawn = drawn.as_array().context("no pictures")?;
    ensure!(drawn.len() >= CPU.len(), "{} pictures", drawn.len());
    ensure!(
        drawn.iter().all(|colours| colours.as_u64() > Some(8)),
        "blank pictures: {drawn:?}"
    );
    ensure!(!page.text("summary")?.trim().is_empty(), "no summary in words");
    page.console_is_clean()
}

pub fn mandelbrot(house: &House) -> Result<()> {
    run_is_verified(house, "?workload=mandelbrot&size=200&budget=2")
}

pub fn matmul(house: &House) -> Result<()> {
    run_is_verified(house, "?workload=matmul&size=200&budget=2")
}

pub fn stop_answers_at_once(house: &House) -> Result<()> {
    let page = house.open("?workload=mandelbrot&size=4096&budget=60")?;
    for pause_ms in [100, 1500, 4000] {
        page.press("run")?;
        page.state_is(&["running"])?;
        thread::sleep(Duration::from_millis(pause_ms));
        page.stops_at_once()?;
    }
    page.run_again_shortly()?;
    page.others_are_timed(&[])
}

/// A finger that comes down on Stop and is drawn away leaves nothing behind that would swallow a key.
pub fn a_finger_drawn_away(house: &House) -> Result<()> {
    let page = house.open("?workload=mandelbrot&size=64&budget=1&backends=scalar")?;
    page.press("run")?;
    for _ in 0..2 {
        page.state_is(&["running"])?;
        page.eval(&format!(
            "document.querySelector('{}').dispatchEvent(new PointerEvent('pointerdown', {{bubbles: true}}))",
            by("stop")
        ))?;
        page.state_is(&["done"])?;
        page.eval(&format!("document.querySelector('{}').focus()", by("run")))?;
        page.session.keys(&[key::ENTER])?;
    }
    page.state_is(&["running"])
}

pub fn keyboard_only(house: &House) -> Result<()> {
    let page = house.open("?workload=mandelbrot&size=4096&budget=60")?;
    page.ready()?;
    page.session.keys(&[key::CONTROL, key::ENTER])?;
    page.state_is(&["running"])?;
    page.session.keys(&[key::ESCAPE])?;
    page.state_is(&["stopped"])?;
    // Every control is reached by Tab, and what has the focus shows it.
    let mut reached = Vec::new();
    for _ in 0..60 {
        page.session.keys(&[key::TAB])?;
        let focus = "(() => { const e = document.activeElement; const s = getComputedStyle(e);
            const mark = s.outlineStyle !== 'none' || s.boxShadow !== 'none'
                || (e.labels && [...e.labels].some(l => getComputedStyle(l).outlineStyle !== 'none'
                    || getComputedStyle(l).boxShadow !== 'none'));
            return [e.dataset.testid ?? e.closest('[data-testid]')?.dataset.testid ?? e.tagName, mark]; })()";
        let focus = page.eval(focus)?;
        let id = focus[0].as_str().unwrap_or_default().to_owned();
        if id != "BODY" {
            ensure!(focus[1] == true, "the focus on {id} cannot be seen");
        }
        reached.push(id);
    }
    for control in ["run", "threads", "budget", "backend-scalar", "backend-gpu"] {
        ensure!(
            reached.iter().any(|id| id == control),
            "{control} is not reached by Tab: {reached:?}"
        );
    }
    Ok(())
}

/// Sizes from a phone to a projector, light and dark: axe finds nothing, and nothing but
/// code scrolls sideways.
pub fn accessible(house: &House) -> Result<()> {
    house.chromium("imitates the sizes of phones and projectors")?;
    for (width, height) in [(1280, 800), (390, 844), (1920, 1080)] {
        for dark in [false, true] {
            let options = Options {
                dark,
                ..Options::default()
            };
            let page = house.open_with(
                "?workload=mandelbrot&size=128&budget=1&inject=wrong:simd",
                house.site(),
                &options,
            )?;
            let metrics = json!({
                "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500,
            });
            page.session.cdp("Emulation.setDeviceMetricsOverride", &metrics)?;
            page.ready()?;
            for moment in ["first view", "after a run", "comparing", "sharing"] {
                let place = format!("{moment}, {width} px, {}", if dark { "dark" } else { "light" });
                has_no_barrier(house, &page, &place)?;
                match moment {
                    "first view" => page.run()?,
                    // With the history open, and a run of before beside the one that is shown.
                    "after a run" => page.compare_with_history()?,
                    "comparing" => {
                        page.press("share")?;
                        page.press("share-results")?;
                    }
                    _ => {}
                }
            }
        }
    }
    Ok(())
}

/// axe finds nothing, and nothing but code scrolls sideways.
pub fn has_no_barrier(house: &House, page: &Visit, place: &str) -> Result<()> {
    let Some(axe) = &house.axe else {
        return skip("axe-core is not installed");
    };
    let axe = fs::read_to_string(axe)?;
    let wide = page.eval("document.scrollingElement.scrollWidth - document.documentElement.clientWidth")?;
    ensure!(wide.as_f64() <= Some(0.0), "{place}: {wide} px scroll sideways");
    let script = format!(
        "const done = arguments[0]; const module = undefined, define = undefined, exports = undefined;
         (0, function () {{ {axe} }}).call(window);
         axe.run(document, {{ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }})
            .then(r => done(r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html).slice(0, 3).join(' '))));"
    );
    let found = page.session.run_async(&script)?;
    ensure!(found == json!([]), "{place}: {found:#}");
    Ok(())
}

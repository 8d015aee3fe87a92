//! The built page in a real browser, used as a person uses it: look, press, read, stop,
//! and see what happens when something is missing or breaks.
//!
//! `cargo xtask test` builds the site and says where everything is; started without it,
//! there are no tests here.
#![cfg(not(target_arch = "wasm32"))]

use anyhow::{Context, Result, bail, ensure};
use libtest_mimic::{Arguments, Trial};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{env, fs, thread};
use xtask::browser::{Browser, Driver, Options};
use xtask::server::{Running, Site};
use xtask::webdriver::Session;

#[path = "e2e/examples.rs"]
mod examples;
#[path = "e2e/javascript.rs"]
mod javascript;
#[path = "e2e/lessons.rs"]
mod lessons;
#[path = "e2e/links.rs"]
mod links;
#[path = "e2e/policy.rs"]
mod policy;
#[path = "e2e/reports.rs"]
mod reports;

/// Everything ends sooner; a slow machine under load gets this much.
const LIMIT: Duration = Duration::from_secs(90);

/// What the tests share.
struct House {
    dist: PathBuf,
    axe: Option<PathBuf>,
    browser: Browser,
    driver: Driver,
}

/// A page being looked at, and the server it came from.
struct Visit {
    session: Session,
    site: Running,
}

impl House {
    fn from_env() -> Option<House> {
        let path = |name| env::var_os(name).map(PathBuf::from);
        let browser = Browser {
            chromium: path("PARALLAX_CHROMIUM")?,
            chromedriver: path("PARALLAX_CHROMEDRIVER")?,
        };
        Some(House {
            dist: path("PARALLAX_DIST")?,
            axe: path("PARALLAX_AXE"),
            driver: Driver::start(&browser).expect("chromedriver starts"),
            browser,
        })
    }

    fn site(&self) -> Site {
        Site::new(self.dist.clone())
    }

    /// Opens the page as it is for most people.
    fn open(&self, query: &str) -> Result<Visit> {
        self.open_with(query, self.site(), &Options::default())
    }

    fn open_with(&self, query: &str, site: Site, options: &Options) -> Result<Visit> {
        let site = site.start(0)?;
        let session = Session::start(&self.driver, &self.browser, options)?;
        session.go(&format!("{}{query}", site.url))?;
        let visit = Visit { session, site };
        visit.wait("document.querySelector('[data-testid=run]') !== null")?;
        Ok(visit)
    }
}

fn by(id: &str) -> String {
    format!("[data-testid=\"{id}\"]")
}

impl Visit {
    fn wait(&self, expression: &str) -> Result<()> {
        self.session.wait(expression, LIMIT)
    }

    fn eval(&self, expression: &str) -> Result<Value> {
        self.session.run(&format!("return ({expression})"))
    }

    fn text(&self, id: &str) -> Result<String> {
        let text = self.eval(&format!(
            "document.querySelector('{}')?.textContent ?? ''",
            by(id)
        ))?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    fn attribute(&self, id: &str, name: &str) -> Result<String> {
        let value = self.eval(&format!(
            "document.querySelector('{}')?.getAttribute('{name}') ?? ''",
            by(id)
        ))?;
        Ok(value.as_str().unwrap_or_default().to_owned())
    }

    fn press(&self, id: &str) -> Result<()> {
        self.session.click(&by(id))
    }

    fn state_is(&self, states: &[&str]) -> Result<()> {
        let list = json!(states);
        let status = by("status");
        self.wait(&format!(
            "{list}.includes(document.querySelector('{status}').dataset.state)"
        ))
    }

    fn ready(&self) -> Result<()> {
        self.state_is(&["ready"])
    }

    /// Presses Run and waits until the run is over.
    fn run(&self) -> Result<()> {
        self.press("run")?;
        self.state_is(&["starting", "running", "done", "failed", "stopped"])?;
        self.state_is(&["done", "failed", "stopped"])
    }

    /// The row's state, and that it is what is expected.
    fn row_is(&self, backend: &str, expected: &str) -> Result<()> {
        let status = self.attribute(&format!("row-{backend}"), "data-status")?;
        let reason = self.text(&format!("reason-{backend}"))?;
        ensure!(
            status == expected,
            "{backend} is '{status}' ({reason}), not '{expected}'"
        );
        Ok(())
    }

    /// Everything that a timed row has to show.
    fn row_is_timed(&self, backend: &str) -> Result<()> {
        let row = format!("row-{backend}");
        self.row_is(backend, "ok")?;
        ensure!(
            self.attribute(&row, "data-verified")? == "true",
            "{backend} is not verified"
        );
        let median: f64 = self
            .attribute(&row, "data-median-ms")?
            .parse()
            .context(row.clone())?;
        ensure!(median > 0.0, "{backend}: median {median}");
        let samples: u32 = self.attribute(&row, "data-samples")?.parse()?;
        ensure!(samples > 0, "{backend} has no samples");
        Ok(())
    }

    /// The GPU row, which depends on whether this browser offers WebGPU at all.
    fn has_gpu(&self) -> Result<bool> {
        Ok(!self.attribute("machine", "data-adapter")?.is_empty())
    }

    fn reason_says(&self, backend: &str, words: &str) -> Result<()> {
        let reason = self.text(&format!("reason-{backend}"))?;
        ensure!(
            reason.contains(words),
            "{backend}: '{reason}' does not say '{words}'"
        );
        Ok(())
    }

    fn notices(&self) -> Result<String> {
        let all = format!(
            "[...document.querySelectorAll('{}')].map(n => n.textContent).join(' | ')",
            by("notice")
        );
        Ok(self.eval(&all)?.as_str().unwrap_or_default().to_owned())
    }

    fn console_is_clean(&self) -> Result<()> {
        let lines = self.session.console()?;
        ensure!(lines.is_empty(), "the console says: {lines:#?}");
        Ok(())
    }

    fn key(&self, key: &str, code: u32, modifiers: u32) -> Result<()> {
        for kind in ["keyDown", "keyUp"] {
            let event = json!({
                "type": kind, "key": key, "code": key,
                "windowsVirtualKeyCode": code, "modifiers": modifiers,
            });
            self.session.cdp("Input.dispatchKeyEvent", &event)?;
        }
        Ok(())
    }

    /// Takes back ends out of the run.
    fn without(&self, backends: &[&str]) -> Result<()> {
        for backend in backends {
            self.press(&format!("backend-{backend}"))?;
        }
        Ok(())
    }
}

const CPU: [&str; 5] = ["javascript", "scalar", "simd", "threads", "threads+simd"];

fn first_view(house: &House) -> Result<()> {
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

fn mandelbrot(house: &House) -> Result<()> {
    run_is_verified(house, "?workload=mandelbrot&size=200&budget=2")
}

fn matmul(house: &House) -> Result<()> {
    run_is_verified(house, "?workload=matmul&size=200&budget=2")
}

fn opening_runs_nothing(house: &House) -> Result<()> {
    let page = house.open("?workload=matmul&size=64&backends=simd,threads+simd&threads=1&budget=1")?;
    page.ready()?;
    thread::sleep(Duration::from_secs(1));
    page.ready()?;
    let samples = page.eval("document.querySelectorAll('[data-samples]:not([data-samples=\"0\"]):not([data-samples=\"\"])').length")?;
    ensure!(samples == 0, "{samples} rows have samples");
    page.run()?;
    page.row_is_timed("threads+simd")?;
    ensure!(
        page.attribute("row-scalar", "data-median-ms")?.is_empty(),
        "scalar was not asked for"
    );
    Ok(())
}

/// Stops a run that is on its way, and says how long the page took to say so.
fn stop(page: &Visit) -> Result<f64> {
    // Timed in the page: WebDriver's own round trips are not the page's.
    let script = format!(
        "const done = arguments[0];
         const status = document.querySelector('{}');
         const begin = performance.now();
         const watch = () => status.dataset.state === 'stopped'
             ? done(performance.now() - begin) : setTimeout(watch, 5);
         document.querySelector('{}').click();
         watch();",
        by("status"),
        by("stop")
    );
    page.session.run_async(&script)?.as_f64().context("no time")
}

fn stop_answers_at_once(house: &House) -> Result<()> {
    let page = house.open("?workload=mandelbrot&size=4096&budget=60")?;
    for pause_ms in [100, 1500, 4000] {
        page.press("run")?;
        page.state_is(&["running"])?;
        thread::sleep(Duration::from_millis(pause_ms));
        let ms = stop(&page)?;
        ensure!(ms <= 500.0, "stopped after {ms} ms");
        println!("stopped {ms} ms after the press");
    }
    page.press("size-tiny")?;
    page.run()?;
    for backend in CPU {
        page.row_is_timed(backend)?;
    }
    Ok(())
}

fn stop_ends_a_kernel_that_does_not_listen(house: &House) -> Result<()> {
    let page = house.open("?workload=mandelbrot&size=128&budget=1&inject=hang:threads")?;
    ensure!(
        page.notices()?.contains("hang"),
        "the fault is not announced: {}",
        page.notices()?
    );
    page.press("run")?;
    page.wait(&format!(
        "document.querySelector('{}').dataset.status === 'preparing'",
        by("row-threads")
    ))?;
    let ms = stop(&page)?;
    ensure!(ms <= 500.0, "stopped after {ms} ms");
    ensure!(
        page.attribute("row-simd", "data-verified")? == "true",
        "what was done is not kept"
    );
    page.without(&["threads"])?;
    page.run()?;
    page.row_is_timed("simd")?;
    page.row_is_timed("threads+simd")
}

/// A thread breaks: its row says so, the others are measured, the next run works.
fn breaks_alone(house: &House, query: &str, backend: &str, words: &str) -> Result<()> {
    let page = house.open(query)?;
    page.run()?;
    page.row_is(backend, "failed")?;
    page.reason_says(backend, words)?;
    for other in CPU.into_iter().filter(|id| *id != backend) {
        page.row_is_timed(other)?;
    }
    page.without(&[backend])?;
    page.run()?;
    for other in CPU.into_iter().filter(|id| *id != backend) {
        page.row_is_timed(other)?;
    }
    Ok(())
}

fn panic_in_a_thread(house: &House) -> Result<()> {
    let query = "?workload=mandelbrot&size=128&budget=1&inject=panic:threads";
    breaks_alone(house, query, "threads", "injected by a test")
}

fn trap_in_a_thread(house: &House) -> Result<()> {
    let query = "?workload=matmul&size=100&budget=1&inject=trap:threads%2Bsimd";
    breaks_alone(house, query, "threads+simd", "unreachable")
}

fn lost_device(house: &House) -> Result<()> {
    let page = house.open("?workload=mandelbrot&size=128&budget=1&inject=lost:gpu")?;
    page.ready()?;
    if !page.has_gpu()? {
        println!("SKIPPED lost_device: this browser offers no adapter");
        return Ok(());
    }
    drop(page);
    let query = "?workload=mandelbrot&size=128&budget=1&inject=lost:gpu";
    breaks_alone(house, query, "gpu", "lost")
}

fn wrong_is_named(house: &House) -> Result<()> {
    for (workload, backend) in [
        ("mandelbrot", "simd"),
        ("matmul", "threads+simd"),
        ("matmul", "gpu"),
    ] {
        let encoded = backend.replace('+', "%2B");
        let page = house.open(&format!(
            "?workload={workload}&size=100&budget=1&inject=wrong:{encoded}"
        ))?;
        page.ready()?;
        if backend == "gpu" && !page.has_gpu()? {
            println!("SKIPPED wrong_is_named: this browser offers no adapter");
            continue;
        }
        page.run()?;
        page.row_is(backend, "wrong")?;
        let row = format!("row-{backend}");
        ensure!(
            page.attribute(&row, "data-median-ms")?.is_empty(),
            "a wrong row has a time"
        );
        let words = page.text(&row)?;
        for word in ["WRONG", "row", "column", "expected"] {
            ensure!(words.contains(word), "'{words}' does not say '{word}'");
        }
        page.row_is_timed("scalar")?;
    }
    Ok(())
}

fn not_isolated(house: &House) -> Result<()> {
    let site = Site {
        isolated: false,
        ..house.site()
    };
    let page = house.open_with(
        "?workload=mandelbrot&size=128&budget=1",
        site,
        &Options::default(),
    )?;
    page.ready()?;
    ensure!(page.attribute("machine", "data-isolated")? == "false");
    ensure!(
        page.notices()?.contains("isolated"),
        "not said: {}",
        page.notices()?
    );
    page.run()?;
    for backend in ["threads", "threads+simd"] {
        page.row_is(backend, "skipped")?;
        page.reason_says(backend, "isolated")?;
    }
    for backend in ["javascript", "scalar", "simd"] {
        page.row_is_timed(backend)?;
    }
    if page.has_gpu()? {
        page.row_is_timed("gpu")?;
    }
    page.console_is_clean()?;
    // Without a pool kernels run on the engine's own thread: Stop has to end the engine.
    let page = house.open_with(
        "?workload=mandelbrot&size=4096&budget=60",
        Site {
            isolated: false,
            ..house.site()
        },
        &Options::default(),
    )?;
    page.press("run")?;
    page.state_is(&["running"])?;
    thread::sleep(Duration::from_millis(700));
    let ms = stop(&page)?;
    ensure!(ms <= 500.0, "stopped after {ms} ms");
    page.press("size-tiny")?;
    page.run()?;
    page.row_is_timed("scalar")
}

fn no_adapter(house: &House) -> Result<()> {
    let options = Options {
        webgpu: false,
        ..Options::default()
    };
    let page = house.open_with("?workload=matmul&size=100&budget=1", house.site(), &options)?;
    page.ready()?;
    if page.has_gpu()? {
        println!("SKIPPED no_adapter: this browser offers one all the same");
        return Ok(());
    }
    page.run()?;
    page.row_is("gpu", "skipped")?;
    ensure!(page.text("reason-gpu")?.len() > 10, "no reason");
    for backend in CPU {
        page.row_is_timed(backend)?;
    }
    // Chromium itself says so when there is none; nobody else may say anything.
    let own = |line: &String| !line.ends_with("No available adapters.");
    let lines: Vec<_> = page.session.console()?.into_iter().filter(own).collect();
    ensure!(lines.is_empty(), "the console says: {lines:#?}");
    Ok(())
}

/// The engine's files are not there: said in words; when they are back, Run works.
fn engine_that_does_not_load(house: &House) -> Result<()> {
    for lost in ["/worker.js", "engine_bg.wasm"] {
        let site = Site {
            deny: vec![lost.into()],
            ..house.site()
        };
        let Visit { session, site } = house.open_with("?size=128&budget=1", site, &Options::default())?;
        let url = site.url.clone();
        let port = url
            .trim_end_matches('/')
            .rsplit(':')
            .next()
            .context("no port")?
            .parse()?;
        let page = Visit { session, site };
        page.state_is(&["failed"])?;
        ensure!(
            page.text("status")?.contains("engine"),
            "{}",
            page.text("status")?
        );
        page.press("run")?;
        page.state_is(&["failed"])?;
        let Visit { session, site } = page;
        drop(site);
        let site = house.site().start(port)?;
        let page = Visit { session, site };
        page.run()?;
        page.row_is_timed("scalar")?;
    }
    Ok(())
}

/// A deploy in between: the page is of one build, the engine of another.
fn builds_that_differ(house: &House) -> Result<()> {
    let folder = env::temp_dir().join(format!("parallax-builds-{}", std::process::id()));
    copy(&house.dist, &folder)?;
    let build: Value = serde_json::from_slice(&fs::read(folder.join("build.json"))?)?;
    let build = build["build"]
        .as_str()
        .context("no build id")?
        .as_bytes()
        .to_vec();
    let mut patched = 0;
    for entry in fs::read_dir(&folder)? {
        let wasm = entry?.path().join("engine_bg.wasm");
        let Ok(mut bytes) = fs::read(&wasm) else { continue };
        while let Some(at) = bytes.windows(build.len()).position(|w| w == build) {
            bytes[at..at + build.len()].fill(b'0');
            patched += 1;
        }
        fs::write(&wasm, bytes)?;
    }
    ensure!(patched > 0, "the engine does not carry its build id");
    let visit = house.open_with("", Site::new(folder.clone()), &Options::default());
    let result = visit.and_then(|page| {
        page.wait("/different builds/.test(document.body.textContent)")?;
        page.wait("/[Rr]eload/.test(document.body.textContent)")
    });
    fs::remove_dir_all(&folder)?;
    result
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

fn catalogue_that_does_not_load(house: &House) -> Result<()> {
    let site = Site {
        deny: vec!["catalogue-".into()],
        ..house.site()
    };
    let site = site.start(0)?;
    let session = Session::start(&house.driver, &house.browser, &Options::default())?;
    session.go(&site.url)?;
    session.wait(
        "/list of workloads could not be loaded/.test(document.body.textContent)",
        LIMIT,
    )
}

fn keyboard_only(house: &House) -> Result<()> {
    const CTRL: u32 = 2;
    let page = house.open("?workload=mandelbrot&size=4096&budget=60")?;
    page.ready()?;
    page.key("Enter", 13, CTRL)?;
    page.state_is(&["running"])?;
    page.key("Escape", 27, 0)?;
    page.state_is(&["stopped"])?;
    // Every control is reached by Tab, and what has the focus shows it.
    let mut reached = Vec::new();
    for _ in 0..60 {
        page.key("Tab", 9, 0)?;
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

fn bad_addresses_say_so(house: &House) -> Result<()> {
    let page = house.open("?inject=explode:gpu&workload=mandelbort&backends=scalar,warp&size=banana")?;
    let said = page.notices()?;
    for word in ["explode:gpu", "mandelbort", "warp", "banana"] {
        ensure!(said.contains(word), "'{word}' is not named in: {said}");
    }
    let markup =
        house.open("?workload=%3Cimg%20src%3Dx%20onerror%3D%22window.hit%3D1%22%3E&inject=%3Cb%3E:x")?;
    markup.ready()?;
    ensure!(
        markup.eval("window.hit === undefined && document.querySelector('img[src=x]') === null")? == true
    );
    Ok(())
}

/// Sizes from a phone to a projector, light and dark: axe finds nothing, and nothing but
/// code scrolls sideways.
fn accessible(house: &House) -> Result<()> {
    let Some(axe) = &house.axe else {
        println!("SKIPPED accessible: axe-core is not installed");
        return Ok(());
    };
    let axe = fs::read_to_string(axe)?;
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
                let wide = page
                    .eval("document.scrollingElement.scrollWidth - document.documentElement.clientWidth")?;
                ensure!(wide.as_f64() <= Some(0.0), "{place}: {wide} px scroll sideways");
                let script = format!(
                    "const done = arguments[0]; const module = undefined, define = undefined, exports = undefined;
                     (0, function () {{ {axe} }}).call(window);
                     axe.run(document, {{ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }})
                        .then(r => done(r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html).slice(0, 3).join(' '))));"
                );
                let found = page.session.run_async(&script)?;
                ensure!(found == json!([]), "{place}: {found:#}");
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

type Test = fn(&House) -> Result<()>;

const TESTS: [(&str, Test); 40] = [
    ("first_view", first_view),
    ("mandelbrot_runs_and_is_verified", mandelbrot),
    ("matmul_runs_and_is_verified", matmul),
    ("opening_runs_nothing", opening_runs_nothing),
    ("stop_answers_at_once", stop_answers_at_once),
    (
        "stop_ends_a_kernel_that_does_not_listen",
        stop_ends_a_kernel_that_does_not_listen,
    ),
    ("panic_in_a_thread", panic_in_a_thread),
    ("trap_in_a_thread", trap_in_a_thread),
    ("lost_device", lost_device),
    ("wrong_is_named", wrong_is_named),
    ("not_isolated", not_isolated),
    ("no_adapter", no_adapter),
    ("engine_that_does_not_load", engine_that_does_not_load),
    ("builds_that_differ", builds_that_differ),
    ("catalogue_that_does_not_load", catalogue_that_does_not_load),
    ("keyboard_only", keyboard_only),
    ("bad_addresses_say_so", bad_addresses_say_so),
    ("accessible", accessible),
    ("hidden_pages_are_not_measured", hidden_pages_are_not_measured),
    ("javascript_is_verified_at_the_edges", javascript::edges),
    ("stop_ends_javascript_that_does_not_listen", javascript::hang),
    ("javascript_that_throws", javascript::throws),
    ("javascript_that_does_not_load", javascript::lost),
    ("everything_runs_under_the_policy", policy::holds),
    ("the_api_gives_the_report", reports::the_api_gives_the_report),
    ("the_api_refuses_by_name", reports::the_api_refuses_by_name),
    ("a_back_end_against_itself", reports::a_back_end_against_itself),
    ("files", reports::files),
    ("history_is_kept", reports::history_is_kept),
    (
        "blocked_storage_is_no_error",
        reports::blocked_storage_is_no_error,
    ),
    ("tries_fill_the_form", lessons::tries_fill_the_form),
    (
        "a_film_follows_a_run_and_gives_way",
        lessons::a_film_follows_a_run_and_gives_way,
    ),
    ("less_motion_is_heeded", lessons::less_motion_is_heeded),
    ("a_link_asks_the_same", links::a_link_asks_the_same),
    ("back_and_forward", links::back_and_forward),
    (
        "broken_links_leave_the_page_alone",
        links::broken_links_leave_the_page_alone,
    ),
    ("embedded", links::embedded),
    ("readme_example_playwright", examples::playwright),
    ("readme_example_webdriver", examples::webdriver),
    ("bench_of_the_real_page", examples::bench),
];

/// What takes minutes: `cargo xtask test --full`.
const FULL_TESTS: [(&str, Test); 1] = [
    // Chromium waits for the pool's threads, which never answer, before it gives a figure.
    ("memory_is_given_back", memory_is_given_back),
];

/// While another tab is in front nothing is counted; back again, the run goes on.
fn hidden_pages_are_not_measured(house: &House) -> Result<()> {
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
    page.state_is(&["done"])
}

/// Runs that follow each other do not pile up memory.
fn memory_is_given_back(house: &House) -> Result<()> {
    let options = Options {
        // Chromium would answer at its next garbage collection, a minute away.
        flags: vec!["--enable-blink-features=ForceEagerMeasureMemory".into()],
        ..Options::default()
    };
    let query = "?workload=matmul&size=300&budget=0.3&backends=scalar,simd,threads";
    let page = house.open_with(query, house.site(), &options)?;
    page.ready()?;
    let bytes = "(async () => (await performance.measureUserAgentSpecificMemory()).bytes)()";
    let measure = || -> Result<f64> {
        let script = format!("const done = arguments[0]; {bytes}.then(done, e => done(String(e)));");
        let value = page.session.run_async(&script)?;
        value.as_f64().with_context(|| format!("no measure: {value}"))
    };
    page.run()?;
    let before = measure()?;
    for _ in 0..6 {
        page.run()?;
    }
    let after = measure()?;
    println!("memory before {before}, after {after}");
    if after > before * 1.25 + 8e6 {
        bail!("memory grew from {before} to {after} bytes over six runs");
    }
    Ok(())
}

fn main() {
    let mut arguments = Arguments::from_args();
    // One browser at a time: two would time each other out on a small machine.
    arguments.test_threads = Some(1);
    let mut trials = Vec::new();
    if let Some(house) = House::from_env().map(Arc::new) {
        let full = env::var_os("PARALLAX_FULL").is_some();
        let full_tests = FULL_TESTS.into_iter().filter(|_| full);
        for (name, test) in TESTS.into_iter().chain(full_tests) {
            let house = Arc::clone(&house);
            let run = move || test(&house).map_err(|error| format!("{error:#}").into());
            trials.push(Trial::test(name, run));
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}

//! Threads, and the engine that they work for: what does not start, breaks, or never ends.

use crate::house::{House, by};
use anyhow::{Result, ensure};
use std::thread::sleep;
use std::time::Duration;
use xtask::server::{Site, Wrong};

/// The pool's script, which the engine loads once and every thread once more.
const THREAD: &str = "workerHelpers.no-bundler.js";
/// A run of all rungs that is over soon.
const SHORT: &str = "?workload=mandelbrot&size=100&budget=0.4";
/// What browsers say of the instruction that always traps, but for its first letter's case.
const UNREACHABLE: &str = "nreachable";
/// The rungs that need a pool, and those that do not.
const POOLED: [&str; 2] = ["threads", "threads+simd"];

/// The pool did not start: the engine works without it, and the rows of threads say why.
fn goes_on_without_a_pool(house: &House, wrong: Wrong, words: &str) -> Result<()> {
    let site = house.site().with_some(THREAD, 1..usize::MAX, wrong);
    let page = house.open_from(SHORT, site)?;
    page.ready()?;
    ensure!(page.attribute("machine", "data-pool")? == "0", "there is a pool");
    page.run()?;
    for row in POOLED {
        page.row_is(row, "skipped")?;
        page.reason_says(row, words)?;
    }
    page.others_are_timed(&POOLED)
}

pub fn script_missing(house: &House) -> Result<()> {
    goes_on_without_a_pool(house, Wrong::Missing, "did not load")
}

pub fn script_of_another_type(house: &House) -> Result<()> {
    goes_on_without_a_pool(house, Wrong::Type("text/html"), "did not load")
}

/// COEP is missing on this one answer.
pub fn script_not_isolated(house: &House) -> Result<()> {
    goes_on_without_a_pool(house, Wrong::NotIsolated, "did not load")
}

/// The server takes the request and never answers.
pub fn script_that_never_comes(house: &House) -> Result<()> {
    goes_on_without_a_pool(house, Wrong::Silent, "did not start within 8 s")
}

pub fn trap_while_a_thread_starts(house: &House) -> Result<()> {
    let begin = "if (self.name.startsWith('parallax-pool')) {
        self.addEventListener('message', (e) => e.stopImmediatePropagation());
        setTimeout(() => { throw new Error('injected by a test'); });
    }";
    goes_on_without_a_pool(house, Wrong::Begins(begin.into()), "injected by a test")
}

/// More cores than Chrome survives workers.
pub fn a_thousand_cores(house: &House) -> Result<()> {
    let cores = "Object.defineProperty(navigator, 'hardwareConcurrency', { value: 1000 });";
    let page = house.open_from(
        "?workload=mandelbrot&size=128&budget=0.4&backends=scalar,threads",
        house.altered(cores)?,
    )?;
    page.ready()?;
    let pool = page.attribute("machine", "data-pool")?;
    ensure!(pool == "64", "{pool} threads");
    page.run()?;
    page.row_is_timed("threads")
}

/// A thread breaks: its row says so, the others are measured, the next run works.
pub fn breaks_alone(house: &House, query: &str, backend: &str, words: &str) -> Result<()> {
    let page = house.open(query)?;
    page.run()?;
    page.row_is(backend, "failed")?;
    page.reason_says(backend, words)?;
    page.others_are_timed(&[backend])?;
    page.without(&[backend])?;
    page.run()?;
    page.others_are_timed(&[backend])
}

pub fn panic_in_a_thread(house: &House) -> Result<()> {
    let query = "?workload=mandelbrot&size=128&budget=0.5&inject=panic:threads";
    breaks_alone(house, query, "threads", "injected by a test")
}

pub fn trap_in_a_thread(house: &House) -> Result<()> {
    let query = "?workload=matmul&size=100&budget=0.5&inject=trap:threads%2Bsimd";
    breaks_alone(house, query, "threads+simd", UNREACHABLE)
}

/// Without a pool kernels run on the engine's own thread, and so do their traps.
pub fn trap_in_the_engine(house: &House) -> Result<()> {
    let site = house.plain();
    let page = house.open_from("?workload=mandelbrot&size=100&budget=0.5&inject=trap:simd", site)?;
    page.run()?;
    page.row_is("simd", "failed")?;
    page.reason_says("simd", UNREACHABLE)?;
    page.others_are_timed(&["simd", "threads", "threads+simd"])?;
    page.without(&["simd"])?;
    page.run()?;
    page.row_is_timed("scalar")
}

/// Firefox before 145 on a page without isolation: nothing wakes a future but the program itself.
pub fn no_wait_async(house: &House) -> Result<()> {
    let site = Site {
        isolated: false,
        fallback: false,
        ..house.altered("delete Atomics.waitAsync;")?
    };
    let page = house.open_from("?workload=mandelbrot&size=100&budget=0.5", site)?;
    page.run()?;
    page.others_are_timed(&["threads", "threads+simd"])
}

/// A kernel that ignores the stop flag: Stop ends its engine.
pub fn hang_in_a_thread(house: &House) -> Result<()> {
    let page = house.open("?workload=mandelbrot&size=128&budget=0.5&inject=hang:threads")?;
    ensure!(
        page.notices()?.contains("hang"),
        "the fault is not announced: {}",
        page.notices()?
    );
    page.press("run")?;
    page.row_becomes("threads", "preparing")?;
    page.stops_at_once()?;
    ensure!(
        page.attribute("row-simd", "data-verified")? == "true",
        "what was done is not kept"
    );
    page.without(&["threads"])?;
    page.run()?;
    page.row_is_timed("simd")?;
    page.row_is_timed("threads+simd")
}

/// The same without a pool: the engine itself hangs.
pub fn hang_in_the_engine(house: &House) -> Result<()> {
    let page = house.open_from(
        "?workload=mandelbrot&size=128&budget=0.5&inject=hang:simd",
        house.plain(),
    )?;
    page.press("run")?;
    page.row_becomes("simd", "preparing")?;
    page.stops_at_once()?;
    page.without(&["simd"])?;
    page.run()?;
    page.row_is_timed("scalar")
}

/// The engine says what nobody understands.
pub fn garbage_from_the_engine(house: &House) -> Result<()> {
    let begin = "let said = 0; const say = self.postMessage.bind(self);
        self.postMessage = (message, ...more) => ++said === 4 && !self.name.includes('pool')
            ? say(new Uint8Array([255, 254, 253])) : say(message, ...more);";
    let page = house.open_from(
        "?workload=mandelbrot&size=64&budget=0.3&backends=scalar,simd",
        house.altered(begin)?,
    )?;
    page.run()?;
    let said = format!("{} {}", page.notices()?, page.text("summary")?);
    let rows = format!("{} {}", page.text("row-scalar")?, page.text("row-simd")?);
    ensure!(
        said.contains("could not be read") || rows.contains("could not be read"),
        "not said: {said} | {rows}"
    );
    // Whatever it was, the page is not stuck.
    ensure!(!page.attribute("status", "data-state")?.contains("running"));
    page.press("run")?;
    page.state_is(&["done", "failed"])
}

/// A thread's trap while nothing runs: the next run works.
pub fn trap_between_runs(house: &House) -> Result<()> {
    let page = house.open_from(SHORT, house.altered(super::SWITCHBOARD)?)?;
    page.ready()?;
    page.eval("new BroadcastChannel('parallax-test').postMessage('thread')")?;
    page.notice_says("injected by a test")?;
    page.run()?;
    page.others_are_timed(&[])
}

/// An exception in the engine's own scripts, in the middle of a run.
pub fn exception_in_the_engine(house: &House) -> Result<()> {
    let query = "?workload=mandelbrot&size=256&budget=20&backends=scalar,simd";
    let page = house.open_from(query, house.altered(super::SWITCHBOARD)?)?;
    page.press("run")?;
    page.wait(&format!(
        "+document.querySelector('{}').dataset.samples > 2",
        by("row-simd")
    ))?;
    page.eval("new BroadcastChannel('parallax-test').postMessage('throw')")?;
    // One row is blamed, the other is measured on a new engine.
    page.wait(&format!(
        "[...document.querySelectorAll('{}, {}')].some((r) => r.dataset.status === 'failed')",
        by("row-scalar"),
        by("row-simd")
    ))?;
    page.state_is(&["running", "starting"])?;
    page.press("stop")?;
    page.state_is(&["stopped"])?;
    page.run_again_shortly()
}

/// Fifty engines one after another, each ended by a trap: the fifty-first works.
pub fn fifty_engines(house: &House) -> Result<()> {
    let page = house.open_from(
        "?workload=mandelbrot&size=64&budget=60&backends=scalar,threads",
        house.altered(super::SWITCHBOARD)?,
    )?;
    page.ready()?;
    for _ in 0..50 {
        page.eval("new BroadcastChannel('parallax-test').postMessage('throw')")?;
        page.notice_says("injected by a test")?;
        // Run starts the next one; as soon as it works it has proved what is to be proved.
        page.press("run")?;
        page.state_is(&["running"])?;
        page.press("stop")?;
        page.state_is(&["stopped"])?;
    }
    page.type_into("budget", "0.3")?;
    page.run()?;
    page.row_is_timed("threads")
}

/// Presses while the engine starts, and twice at once.
pub fn presses_out_of_turn(house: &House) -> Result<()> {
    // The engine is late, so that the presses find it starting on a fast machine as on a busy one.
    let late = "const until = performance.now() + 3000; while (performance.now() < until);";
    let page = house.open_from(SHORT, house.altered(late)?)?;
    let found = page.eval(&format!(
        "(() => {{ const found = document.querySelector('{}').dataset.state;
           const run = document.querySelector('{}'); run.click(); run.click(); run.click(); return found; }})()",
        by("status"),
        by("run")
    ))?;
    ensure!(found == "loading", "the presses found the engine {found}");
    page.state_is(&["done"])?;
    page.others_are_timed(&[])?;
    let kept =
        page.eval("parallax.stop() ?? document.querySelector('[data-testid=status]').dataset.state")?;
    ensure!(kept == "done", "Stop after the end made it {kept}");
    page.others_are_timed(&[])?;
    // A finger comes down on Stop and goes up when the same button says Run again.
    page.run_again_shortly()?;
    page.eval(&format!(
        "(() => {{ const button = document.querySelector('{}'); button.click();
           button.dispatchEvent(new PointerEvent('pointerdown', {{bubbles: true}})); }})()",
        by("run")
    ))?;
    page.state_is(&["done"])?;
    // As a finger's, which counts its presses; a key's is the 0th.
    page.eval(&format!(
        "document.querySelector('{}').dispatchEvent(new MouseEvent('click', {{bubbles: true, detail: 1}}))",
        by("run")
    ))?;
    sleep(Duration::from_millis(300));
    let kept = page.attribute("status", "data-state")?;
    ensure!(kept == "done", "Stop as the run ended made it {kept}");
    page.run()
}

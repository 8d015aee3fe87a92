//! Too little memory: known before it is taken, and said with a size that fits.

use crate::house::House;
use anyhow::{Result, ensure};

/// All rungs of this need some 700 MB.
const LARGE: &str = "?workload=heat&size=4096&budget=0.5";

/// The run is refused with what it needs and what there is; a smaller one works.
fn large_is_refused(house: &House, script: &str, there: std::ops::Range<u64>) -> Result<()> {
    let page = house.open_from(LARGE, house.altered(script)?)?;
    page.run()?;
    let said = page.text("summary")?;
    ensure!(
        said.contains("MB of memory") && said.contains("choose a smaller size"),
        "not said: {said}"
    );
    let have: u64 = said
        .split("the engine has ")
        .nth(1)
        .and_then(|rest| rest.split(' ').next()?.parse().ok())
        .unwrap_or(0);
    ensure!(there.contains(&have), "the engine has {have} MB: {said}");
    page.press("size-tiny")?;
    page.run()?;
    page.others_are_timed(&[])
}

/// A phone reserves less from the start.
pub fn phone(house: &House) -> Result<()> {
    let script = "Object.defineProperty(navigator, 'userAgentData', { value: { mobile: true } });";
    large_is_refused(house, script, 400..513)
}

/// The browser refuses a memory of that maximum: a smaller one is asked for.
pub fn large_memory_refused(house: &House) -> Result<()> {
    let script = "const Memory = WebAssembly.Memory;
        WebAssembly.Memory = function (d) {
            if (d.maximum > 4096) throw new RangeError('injected by a test');
            return new Memory(d);
        };";
    large_is_refused(house, script, 200..257)
}

/// Not even a small one: said, and Run tries again.
pub fn no_memory_at_all(house: &House) -> Result<()> {
    let script = "WebAssembly.Memory = function () { throw new RangeError('injected by a test'); };";
    let page = house.open_from("?workload=heat&size=128&budget=0.5", house.altered(script)?)?;
    page.state_is(&["failed"])?;
    page.notice_says("gives it no memory")?;
    page.notice_says("close other tabs")?;
    let page = page.served_by(house.site())?;
    page.run()?;
    page.others_are_timed(&[])
}

/// The browser promises a maximum and then does not keep it.
pub fn memory_that_does_not_grow(house: &House) -> Result<()> {
    let script = "const Memory = WebAssembly.Memory;
        WebAssembly.Memory = function (d) { return new Memory({ ...d, maximum: 1024 }); };";
    let page = house.open_from("?workload=heat&size=2048&budget=0.5", house.altered(script)?)?;
    page.run()?;
    let said = page.text("summary")?;
    ensure!(
        said.contains("no memory for") && said.contains("choose a smaller size"),
        "not said: {said}"
    );
    page.press("size-tiny")?;
    page.run()?;
    page.others_are_timed(&[])
}

/// Interfaces that take no shared memory, as browsers have them: everything is copied first.
pub fn interfaces_that_refuse_shared_memory(house: &House) -> Result<()> {
    let script = "const refuse = (value) => {
            if (value instanceof SharedArrayBuffer || value?.buffer instanceof SharedArrayBuffer) {
                throw new TypeError('shared memory, injected by a test');
            }
            return value;
        };
        for (const [owner, name] of [[TextDecoder.prototype, 'decode'], [Crypto.prototype, 'getRandomValues'],
                [self, 'postMessage'], [Worker.prototype, 'postMessage']]) {
            const own = owner[name];
            owner[name] = function (value, ...more) { return own.call(this, refuse(value), ...more); };
        }";
    // Words come from a thread's panic, figures and pictures from everything else.
    let query = "?workload=mandelbrot&size=100&budget=0.5&inject=panic:threads";
    let page = house.open_from(query, house.altered(script)?)?;
    page.ready()?;
    ensure!(
        page.attribute("machine", "data-isolated")? == "true",
        "nothing is shared"
    );
    page.run()?;
    page.row_is("threads", "failed")?;
    page.reason_says("threads", "injected by a test")?;
    page.others_are_timed(&["threads"])
}

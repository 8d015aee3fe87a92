//! The GPU: not there, not answering, refusing, lost, out of memory. Faults are made in the
//! engine's Worker, where the device lives, by changing what the browser answers.

use super::threads::breaks_alone;
use crate::house::{House, Visit, by, skip};
use anyhow::{Result, ensure};
use serde_json::json;

const SHORT: &str = "?workload=mandelbrot&size=100&budget=0.5&backends=scalar,simd,gpu";

/// A page whose engine begins with a script, after a run.
fn after_a_run(house: &House, script: &str) -> Result<Visit> {
    house.needs_gpu()?;
    let page = house.open_from(SHORT, house.altered(script)?)?;
    page.run()?;
    page.row_is_timed("scalar")?;
    page.row_is_timed("simd")?;
    Ok(page)
}

/// The row is not there, with a reason; nothing else is touched.
fn has_no_gpu(house: &House, script: &str, words: &str) -> Result<()> {
    let page = house.open_from(SHORT, house.altered(script)?)?;
    page.ready()?;
    ensure!(!page.has_gpu()?, "there is a GPU");
    page.run()?;
    page.row_is("gpu", "skipped")?;
    page.reason_says("gpu", words)?;
    page.row_is_timed("simd")
}

pub fn no_webgpu(house: &House) -> Result<()> {
    let script = "Object.defineProperty(navigator, 'gpu', { value: undefined });";
    has_no_gpu(house, script, "has no WebGPU")
}

/// The browser has WebGPU and nothing to run it on.
pub fn no_adapter(house: &House) -> Result<()> {
    let script = "Object.defineProperty(navigator, 'gpu', { value: { requestAdapter: async () => null } });";
    has_no_gpu(house, script, "no GPU adapter")
}

pub fn adapter_that_never_answers(house: &House) -> Result<()> {
    let script = "Object.defineProperty(navigator, 'gpu', { value: { requestAdapter: () => new Promise(() => {}) } });";
    has_no_gpu(house, script, "did not answer")
}

/// What a driver advertises and then does not give: the defaults are asked for.
pub fn device_refused_with_its_limits(house: &House) -> Result<()> {
    let page = after_a_run(
        house,
        "const ask = GPUAdapter.prototype.requestDevice; let asked = 0;
         GPUAdapter.prototype.requestDevice = function (...a) {
             return ++asked === 1 ? Promise.reject(new TypeError('injected by a test')) : ask.apply(this, a);
         };",
    )?;
    page.row_is_timed("gpu")
}

pub fn device_refused(house: &House) -> Result<()> {
    house.needs_gpu()?;
    let script =
        "GPUAdapter.prototype.requestDevice = async () => { throw new TypeError('injected by a test'); };";
    has_no_gpu(house, script, "gives no device")
}

pub fn shader_refused(house: &House) -> Result<()> {
    let page = after_a_run(
        house,
        "const make = GPUDevice.prototype.createShaderModule;
         GPUDevice.prototype.createShaderModule = function (d) {
             return make.call(this, { ...d, code: d.code + ' fn broken( {' });
         };",
    )?;
    page.row_is("gpu", "failed")?;
    page.reason_says("gpu", "refused the shader")
}

/// The error scopes around every allocation.
pub fn gpu_out_of_memory(house: &House) -> Result<()> {
    let page = after_a_run(
        house,
        "const { pushErrorScope: push, popErrorScope: pop } = GPUDevice.prototype; const open = [];
         GPUDevice.prototype.pushErrorScope = function (kind) { open.push(kind); push.call(this, kind); };
         GPUDevice.prototype.popErrorScope = function () {
             const error = pop.call(this);
             return open.pop() === 'out-of-memory'
                 ? error.then(() => new GPUOutOfMemoryError('injected by a test')) : error;
         };",
    )?;
    page.row_is("gpu", "failed")?;
    page.reason_says("gpu", "refused the buffers")
}

/// A buffer that the adapter cannot bind: known before it is asked for.
pub fn buffer_beyond_the_limit(house: &House) -> Result<()> {
    beyond(
        house,
        &["maxStorageBufferBindingSize", "maxBufferSize"],
        16_384,
        "needs a buffer of",
    )
}

/// More workgroups in a row than the adapter dispatches.
pub fn workgroups_beyond_the_limit(house: &House) -> Result<()> {
    beyond(
        house,
        &["maxComputeWorkgroupsPerDimension"],
        2,
        "workgroups in a row",
    )
}

fn beyond(house: &House, limits: &[&str], most: u32, words: &str) -> Result<()> {
    house.needs_gpu()?;
    let limits = json!(limits);
    let script = format!(
        "for (const name of {limits}) {{
             Object.defineProperty(GPUSupportedLimits.prototype, name, {{ get: () => {most} }});
         }}"
    );
    let page = house.open_from(SHORT, house.altered(&script)?)?;
    page.run()?;
    page.row_is("gpu", "skipped")?;
    page.reason_says("gpu", words)?;
    page.reason_says("gpu", "choose a smaller size")?;
    page.row_is_timed("simd")
}

/// A device that is lost once is asked for again, and the row says so.
pub fn device_lost_once(house: &House) -> Result<()> {
    house.needs_gpu()?;
    for submissions in [2, 8] {
        let script = format!(
            "const ask = GPUAdapter.prototype.requestDevice, submit = GPUQueue.prototype.submit;
             let first, submitted = 0;
             GPUAdapter.prototype.requestDevice = async function (...a) {{
                 const device = await ask.apply(this, a);
                 first ??= device;
                 return device;
             }};
             GPUQueue.prototype.submit = function (...a) {{
                 submit.apply(this, a);
                 if (++submitted === {submissions}) first.destroy();
             }};"
        );
        // Long enough for those, where a read-back takes a tenth of a second.
        let page = house.open_from(&SHORT.replace("0.5", "2"), house.altered(&script)?)?;
        page.run()?;
        page.row_is_timed("simd")?;
        page.row_is_timed("gpu")?;
        let row = page.text("row-gpu")?;
        ensure!(row.contains("lost once"), "it is not said: {row}");
    }
    Ok(())
}

/// A device that is lost again and again is reported.
pub fn device_lost(house: &House) -> Result<()> {
    house.needs_gpu()?;
    let query = "?workload=mandelbrot&size=128&budget=0.5&inject=lost:gpu";
    breaks_alone(house, query, "gpu", "lost")
}

/// The browser's GPU process ends, and every device with it.
pub fn gpu_process_crash(house: &House) -> Result<()> {
    house.chromium("can be told to crash its GPU process")?;
    house.needs_gpu()?;
    let query = "?workload=mandelbrot&size=256&budget=5&backends=scalar,gpu";
    let page = house.open_alone(query, house.site())?;
    page.press("run")?;
    page.wait(&format!(
        "+document.querySelector('{}').dataset.samples > 1",
        by("row-gpu")
    ))?;
    page.session.cdp("Browser.crashGpuProcess", &json!({}))?;
    page.state_is(&["done"])?;
    page.row_is_timed("scalar")?;
    // Lost and found again, or not: by name in either case.
    let row = page.text("row-gpu")?;
    ensure!(row.contains("lost"), "{row}");
    page.run_again_shortly()
}

/// A read-back that never settles: Stop is heard, and the others can be run.
pub fn read_back_that_never_ends(house: &House) -> Result<()> {
    house.needs_gpu()?;
    let script = "GPUBuffer.prototype.mapAsync = () => new Promise(() => {});";
    let page = house.open_from(SHORT, house.altered(script)?)?;
    page.press("run")?;
    page.row_becomes("gpu", "preparing")?;
    page.stops_at_once()?;
    ensure!(page.attribute("row-simd", "data-verified")? == "true", "not kept");
    page.without(&["gpu"])?;
    page.run()?;
    page.row_is_timed("simd")
}

pub fn read_back_refused(house: &House) -> Result<()> {
    let page = after_a_run(
        house,
        "GPUBuffer.prototype.mapAsync = async () => { throw new DOMException('injected by a test', 'OperationError'); };",
    )?;
    page.row_is("gpu", "failed")?;
    page.reason_says("gpu", "read-back")
}

/// An error that no scope waits for: said in the console, never fatal (wgpu's own handler
/// panics).
pub fn error_outside_of_all_scopes(house: &House) -> Result<()> {
    let page = after_a_run(
        house,
        "const ask = GPUAdapter.prototype.requestDevice;
         GPUAdapter.prototype.requestDevice = async function (...a) {
             const device = await ask.apply(this, a);
             setTimeout(() => device.dispatchEvent(new GPUUncapturedErrorEvent('uncapturederror', {
                 error: new GPUValidationError('injected by a test') })), 300);
             return device;
         };",
    )?;
    page.row_is_timed("gpu")
}

/// A GPU that is none: labelled, measured, and no speed-up is claimed for it.
pub fn software_adapter(house: &House) -> Result<()> {
    house.needs_gpu()?;
    let page = house.open("?workload=mandelbrot&size=128&budget=1&backends=scalar,gpu")?;
    page.ready()?;
    if page.attribute("machine", "data-software")? != "true" {
        return skip("this machine's GPU is a real one");
    }
    page.run()?;
    page.row_is_timed("gpu")?;
    let row = page.text("row-gpu")?;
    ensure!(row.contains("software GPU"), "not labelled: {row}");
    let speedup = page.attribute("row-gpu", "data-speedup")?;
    ensure!(speedup.is_empty(), "a speed-up of {speedup} is claimed");
    Ok(())
}

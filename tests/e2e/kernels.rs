//! Python in Numba's style: the workloads' own kernels on every rung, and kernels of one's own by script
//! and by command.

use crate::house::{House, Visit};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::process::{Command, Output};
use std::{env, fs};

/// The CPU's rungs, as reports name them.
const CPU: [&str; 5] = ["interpreter", "scalar", "simd", "threads", "threads+simd"];

const KERNEL: &str = "\
import math
import numpy as np
from numba import njit, prange

@njit(parallel=True)
def waves(x):
    y = np.empty(x.size, np.float32)
    total = 0
    for i in prange(x.size):
        s = np.float32(0)
        for k in range(i % 7):
            s += math.sin(x[i]) * np.float32(k)
        y[i] = s
        total += i % 7
    return y, total

def setup(n):
    rng = np.random.default_rng(3)
    return rng.random(n).astype(np.float32)
";

/// Reads outside of an axis in its last iteration.
const BROKEN: &str = "\
import numpy as np
from numba import njit, prange

@njit(parallel=True)
def shifted(x):
    y = np.empty(x.size, np.float32)
    for i in prange(x.size):
        y[i] = x[i + 1]
    return y

def setup(n):
    return np.ones(n, np.float32)
";

const ENDLESS: &str = "\
import numpy as np
from numba import njit, prange

@njit(parallel=True)
def turns(x):
    for i in prange(x.size):
        while x[i] < 2:
            x[i] = 1

def setup(n):
    return np.ones(n, np.float32)
";

impl Visit {
    /// What a run by script comes to: its report, or its rejection.
    fn kernel(&self, source: &str, more: &Value) -> Result<Value> {
        let mut spec = json!({ "source": source, "budget": 0.4 });
        for (key, value) in more.as_object().into_iter().flatten() {
            spec[key] = value.clone();
        }
        self.awaited(&format!(
            "await parallax.run({spec}).catch((error) => ({{ name: error.name, diagnostics: error.diagnostics }}))"
        ))
    }
}

impl Visit {
    /// Stop ends such a run soon.
    fn stops(&self, spec: &Value) -> Result<()> {
        let ended = self.awaited(&format!(
            "await (async () => {{
                 const run = parallax.run({spec}).then((report) => report.results[0].status, (error) => error.name);
                 await new Promise((resolve) => setTimeout(resolve, 2000));
                 const begin = performance.now();
                 parallax.stop();
                 return [await run, performance.now() - begin];
             }})()"
        ))?;
        ensure!(
            ended[0] == "stopped" && ended[1].as_f64().is_some_and(|ms| ms < 2000.0),
            "{ended}"
        );
        Ok(())
    }

    fn another_kernel_runs(&self) -> Result<()> {
        let report = self.kernel(KERNEL, &json!({ "size": 10 }))?;
        ensure!(row(&report, "threads+simd")?["status"] == "ok", "{report}");
        Ok(())
    }
}

fn row<'a>(report: &'a Value, backend: &str) -> Result<&'a Value> {
    let rows = report["results"].as_array().with_context(|| report.to_string())?;
    let found = rows
        .iter()
        .find(|row| row["backend"] == backend && row["form"] == "python");
    found.with_context(|| format!("no row of {backend} in {report}"))
}

/// Every workload's Python on every rung, verified by the workload's own check at a size that divides by
/// nothing, beside the hand-written rungs.
pub fn workloads(house: &House) -> Result<()> {
    let page = house.open("")?;
    let ready = page.awaited("await parallax.ready")?;
    for workload in ready["workloads"].as_array().context("no workloads")? {
        let id = workload["id"].as_str().context("no id")?;
        for size in [7, 67] {
            let spec = json!({ "workload": id, "size": size, "budget": 0.5,
                "backends": ["interpreter", "scalar", "scalar:python", "simd:python", "threads:python",
                             "threads+simd:python", "gpu:python"] });
            let report = page.awaited(&format!("await parallax.run({spec})"))?;
            for backend in CPU {
                let row = row(&report, backend)?;
                ensure!(
                    row["status"] == "ok" && row["median_ms"].is_number(),
                    "{id} {size}: {row}"
                );
                ensure!(row["outputs"][0]["checksum"].is_string(), "{row}");
                ensure!(
                    row["cold_ms"]["compile"].as_f64().is_some_and(|ms| ms > 0.0),
                    "{row}"
                );
            }
            let gpu = row(&report, "gpu")?;
            ensure!(
                ["ok", "skipped"].contains(&gpu["status"].as_str().unwrap_or("")),
                "{id} {size}: {gpu}"
            );
            println!("{id} {size}: gpu {} {}", gpu["status"], gpu["reason"]);
        }
    }
    page.console_is_clean()
}

/// One's own kernel: every rung gives the same bits, and says what it gave.
pub fn own(house: &House) -> Result<()> {
    let page = house.open("")?;
    page.awaited("await parallax.ready")?;
    let report = page.kernel(KERNEL, &json!({ "size": 1003, "values": true }))?;
    let first = row(&report, "interpreter")?;
    for backend in CPU {
        let row = row(&report, backend)?;
        ensure!(row["status"] == "ok" && row["workload"] == "waves", "{row}");
        ensure!(row["outputs"] == first["outputs"], "{backend} differs: {row}");
    }
    let outputs = &first["outputs"];
    ensure!(
        outputs[0]["dtype"] == "float32" && outputs[0]["shape"] == json!([1003]),
        "{outputs}"
    );
    ensure!(
        outputs[0]["values"]
            .as_array()
            .is_some_and(|values| values.len() == 1003)
    );
    let total: u64 = (0..1003).map(|i| i % 7).sum();
    ensure!(
        outputs[1]["dtype"] == "int64" && outputs[1]["values"] == json!([total]),
        "{}",
        outputs[1]
    );
    let gpu = row(&report, "gpu")?;
    println!("gpu: {} {} {}", gpu["status"], gpu["reason"], gpu["max_error"]);
    ensure!(gpu["status"] != "wrong" && gpu["status"] != "failed", "{gpu}");
    let speedup = &row(&report, "simd")?["against"];
    ensure!(speedup == "scalar", "{speedup}");
    // What is quick is compared at once; the interpreter, which may take seconds, comes last.
    let options = json!({ "source": KERNEL, "size": 10, "budget": 1, "backends": CPU });
    let order = page.awaited(&format!(
        "await (async () => {{
             const order = [];
             const onProgress = (p) => p.stage === 'preparing' && order.push(p.backend);
             await parallax.run({options}, {{ onProgress }});
             return order;
         }})()"
    ))?;
    let order = order.as_array().context("no order")?;
    ensure!(
        order.first().is_some_and(|id| id == "scalar") && order.last().is_some_and(|id| id == "interpreter"),
        "{order:?}"
    );
    // Processors' names are those of reports.
    let report = page.kernel(KERNEL, &json!({ "size": 10, "backends": ["scalar"] }))?;
    ensure!(
        report["results"].as_array().is_some_and(|rows| rows.len() == 1),
        "{report}"
    );
    page.console_is_clean()
}

/// What is wrong with a kernel is told with its place, by `compile` and by `run`.
pub fn refused(house: &House) -> Result<()> {
    let page = house.open("")?;
    page.awaited("await parallax.ready")?;
    let wrong = KERNEL.replace("np.float32(k)", "np.float32(kk)");
    let rejection = page.kernel(&wrong, &json!({}))?;
    ensure!(rejection["name"] == "bad-kernel", "{rejection}");
    let one = &rejection["diagnostics"][0];
    ensure!(one["kind"] == "NameError" && one["line"] == 12, "{one}");
    ensure!(
        one["rendered"].as_str().is_some_and(|text| text.contains("^^")),
        "{one}"
    );
    let compiled = page.awaited(&format!("await parallax.compile({})", json!(wrong)))?;
    ensure!(
        compiled["ok"] == false && compiled["diagnostics"][0] == *one,
        "{compiled}"
    );
    let compiled = page.awaited(&format!("await parallax.compile({}, {{size: 5}})", json!(KERNEL)))?;
    ensure!(
        compiled["ok"] == true && compiled["entry"] == "waves",
        "{compiled}"
    );
    ensure!(
        compiled["arguments"] == json!(["array(float32, 1d, C)"]),
        "{compiled}"
    );
    ensure!(
        compiled["wasm_bytes"].as_u64().is_some_and(|bytes| bytes > 100),
        "{compiled}"
    );
    // What one processor lacks others have.
    let wide = KERNEL.replace("float32", "float64");
    let compiled = page.awaited(&format!("await parallax.compile({})", json!(wide)))?;
    ensure!(
        compiled["ok"] == true && compiled["refusals"][0]["backend"] == "gpu",
        "{compiled}"
    );
    page.console_is_clean()
}

/// An error while it runs fails the rows, with its place; the engine goes on.
pub fn failing(house: &House) -> Result<()> {
    let page = house.open("")?;
    page.awaited("await parallax.ready")?;
    let report = page.kernel(BROKEN, &json!({ "size": 1000 }))?;
    for backend in CPU {
        let row = row(&report, backend)?;
        ensure!(row["status"] == "failed", "{row}");
        let one = &row["diagnostics"][0];
        ensure!(one["kind"] == "IndexError" && one["line"] == 8, "{row}");
    }
    let report = page.kernel(KERNEL, &json!({ "size": 10 }))?;
    ensure!(row(&report, "threads+simd")?["status"] == "ok", "{report}");
    page.console_is_clean()
}

/// What never ends is ended by Stop, in chunks and out of them, and the next run works.
pub fn endless(house: &House) -> Result<()> {
    let page = house.open("")?;
    page.awaited("await parallax.ready")?;
    for backend in ["scalar", "threads+simd"] {
        page.stops(&json!({ "source": ENDLESS, "size": 10, "backends": [backend] }))?;
    }
    page.another_kernel_runs()
}

/// So does a setup, which runs before any back end does.
pub fn endless_setup(house: &House) -> Result<()> {
    let page = house.open("")?;
    page.awaited("await parallax.ready")?;
    let source = KERNEL.replace("    rng = ", "    while True:\n        n += 1\n    rng = ");
    page.stops(&json!({ "source": source, "size": 10, "backends": ["scalar"] }))?;
    page.another_kernel_runs()
}

/// More memory than there is, in setup and in the kernel, is an error at its place.
pub fn greedy(house: &House) -> Result<()> {
    let page = house.open("")?;
    page.awaited("await parallax.ready")?;
    let source = KERNEL.replace("rng.random(n)", "rng.random(n * 10**9)");
    let rejection = page.kernel(&source, &json!({ "size": 100 }))?;
    let one = &rejection["diagnostics"][0];
    ensure!(
        rejection["name"] == "bad-kernel" && one["line"] == 19,
        "{rejection}"
    );
    let source = KERNEL.replace("np.empty(x.size,", "np.empty(x.size * 10**9,");
    let report = page.kernel(&source, &json!({ "size": 100 }))?;
    for backend in CPU {
        let row = row(&report, backend)?;
        ensure!(row["status"] == "failed", "{row}");
        let one = &row["diagnostics"][0];
        ensure!(one["kind"] == "MemoryError" && one["line"] == 7, "{row}");
    }
    page.another_kernel_runs()
}

fn command(house: &House, name: &str, source: &str, more: &[&str]) -> Result<Output> {
    let cargo = env::var_os("CARGO").context("cargo test says where cargo is")?;
    let target = house.dist.parent().context("no folder")?.join("target/tmp");
    fs::create_dir_all(&target)?;
    let file = target.join(name);
    fs::write(&file, source)?;
    Ok(Command::new(cargo)
        .args(["xtask", "kernel"])
        .arg(&file)
        .args(more)
        .env("PARALLAX_DIST", &house.dist)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()?)
}

/// `cargo xtask kernel` on files: one that runs, one that is refused, one that fails.
pub fn by_command(house: &House) -> Result<()> {
    house.chromium("the command drives Chromium")?;
    let json = house
        .dist
        .parent()
        .context("no folder")?
        .join("target/tmp/kernel.json");
    let path = json.to_string_lossy().into_owned();
    let well = command(house, "well.py", KERNEL, &["--size", "100", "--json", &path])?;
    let said = String::from_utf8_lossy(&well.stdout).into_owned();
    ensure!(
        well.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&well.stderr)
    );
    ensure!(said.contains("output 0  float32 [100]"), "{said}");
    let report: Value = serde_json::from_slice(&fs::read(&json)?)?;
    ensure!(report["results"][0]["outputs"][1]["dtype"] == "int64", "{report}");
    let wrong = KERNEL.replace("np.float32(k)", "np.float32(kk)");
    for (name, source, word) in [
        ("refused.py", wrong.as_str(), "NameError"),
        ("failing.py", BROKEN, "IndexError"),
    ] {
        let ended = command(house, name, source, &[])?;
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        ensure!(!ended.status.success(), "{name} passes");
        ensure!(said.contains(word) && said.contains('^'), "{name}: {said}");
    }
    Ok(())
}

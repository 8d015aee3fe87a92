//! The lab's gallery in a real browser: every kernel at its own size, on every rung, against what real Numba
//! gave (`src/lab/gallery/gallery.golden`).

use crate::house::{House, Visit};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// The rungs on the processor that have the time for a whole size.
const CPU: [&str; 4] = ["scalar", "simd", "threads", "threads+simd"];

/// What the GPU refuses as it stands; README.md of the gallery says why.
const NOT_ON_GPU: [&str; 7] = [
    "double_precision",
    "prime_sieve",
    "path/1",
    "path/2",
    "path/4",
    "path/5",
    // Refused everywhere: a race.
    "path/3",
];

/// Mesa's llvmpipe, which is what Firefox is given where there is no GPU, ends an invocation's loops after 65,535
/// rounds: what takes more is WRONG there, and said to be.
const MANY_ROUNDS: [&str; 2] = ["matmul", "serial_filter"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lab")
}

/// Of each kernel the checksums of its outputs, where every bit counts.
fn golden() -> Result<BTreeMap<String, Option<Vec<String>>>> {
    let text = fs::read_to_string(folder().join("gallery/gallery.golden"))?;
    let mut all = BTreeMap::new();
    let mut name = "";
    for line in text.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        match fields[..] {
            ["kernel", kernel, ..] => {
                name = kernel;
                all.insert(name.to_owned(), Some(Vec::new()));
            }
            ["tolerance", tolerance] if tolerance != "0" => {
                all.insert(name.to_owned(), None);
            }
            ["out", _, _, checksum, ..] => {
                if let Some(Some(checksums)) = all.get_mut(name) {
                    checksums.push(checksum.to_owned());
                }
            }
            _ => {}
        }
    }
    Ok(all)
}

fn size(text: &str) -> Result<u32> {
    let words = text.lines().filter_map(|line| line.strip_prefix("# parallax:"));
    let size = words
        .flat_map(str::split_whitespace)
        .find_map(|word| word.strip_prefix("size="));
    Ok(size.context("no size")?.parse()?)
}

impl Visit {
    /// Every rung once, verified.
    fn verified(&self, text: &str, has_gpu: bool) -> Result<Value> {
        let gpu = has_gpu.then_some("gpu");
        let backends: Vec<&str> = CPU.into_iter().chain(gpu).collect();
        let spec = json!({ "source": text, "size": size(text)?, "backends": backends, "budget": 20 });
        self.awaited(&format!(
            "await (async () => {{
                 const control = new AbortController();
                 const onProgress = (p) => ['warming-up', 'sampling'].includes(p.stage) && control.abort();
                 const report = await parallax.run({spec}, {{ signal: control.signal, onProgress }})
                     .catch((error) => error.report ?? Promise.reject(error));
                 return report.results.map((r) => ({{
                     backend: r.backend, status: r.status, reason: r.reason, is_right: r.max_error !== null,
                     outputs: r.outputs?.map((o) => o.checksum),
                 }}));
             }})()"
        ))
    }
}

/// What is amiss with a kernel's rows.
fn amiss(name: &str, rows: &Value, expected: Option<&[String]>, is_chromium: bool) -> Result<Option<String>> {
    let rows = rows.as_array().with_context(|| rows.to_string())?;
    let row = |id: &str| rows.iter().find(|row| row["backend"] == id);
    for id in CPU {
        let row = row(id).with_context(|| format!("no {id}"))?;
        let same = expected.is_none_or(|checksums| row["outputs"] == json!(checksums));
        if row["status"] != "stopped" || row["is_right"] != true || !same {
            return Ok(Some(format!("{row}, not {expected:?}")));
        }
    }
    let wanted: &[&str] = match () {
        () if NOT_ON_GPU.contains(&name) => &["skipped"],
        () if !is_chromium && MANY_ROUNDS.contains(&name) => &["stopped", "wrong"],
        () => &["stopped"],
    };
    Ok(row("gpu")
        .filter(|row| !wanted.iter().any(|status| row["status"] == *status))
        .map(Value::to_string))
}

/// Every kernel agrees with Numba and with itself on every rung.
pub fn agrees(house: &House) -> Result<()> {
    let page = house.open("")?;
    page.awaited("await parallax.ready")?;
    let has_gpu = page.has_gpu()?;
    let mut all: Vec<(String, Option<Vec<String>>)> = golden()?.into_iter().collect();
    ensure!(all.len() >= 24 + 7, "{}", all.len());
    if !house.is_chromium() && env::var_os("PARALLAX_FULL").is_none() {
        all = all.into_iter().step_by(5).collect();
    }
    let mut wrong = Vec::new();
    for (name, expected) in &all {
        let file = match name.strip_prefix("path/") {
            Some(step) => format!("path/{step}.py"),
            None => format!("gallery/{name}.py"),
        };
        let text = fs::read_to_string(folder().join(file))?;
        let rows = page.verified(&text, has_gpu).with_context(|| name.clone())?;
        if name == "path/3" {
            let refused = rows["name"] == "bad-kernel"
                && rows["message"].as_str().is_some_and(|m| m.contains("brightest"));
            wrong.extend((!refused).then(|| format!("{name}: {rows}")));
            continue;
        }
        let why = amiss(name, &rows, expected.as_deref(), house.is_chromium())?;
        wrong.extend(why.map(|why| format!("{name}: {why}")));
    }
    println!("{} kernels", all.len());
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    page.console_is_clean()
}

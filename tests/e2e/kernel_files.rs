//! The compiler's own kernels in a real browser: what wasmi, naga and a software Vulkan have passed natively
//! goes through the browser's compilers too, on its threads and its GPU.

use crate::house::{House, Visit};
use anyhow::{Context, Result, ensure};
use narrowed::{NARROWED, size};
use serde_json::{Value, json};
use std::path::Path;
use std::{env, fs};

#[path = "../../src/backends/tests/narrowed/mod.rs"]
mod narrowed;

/// The CPU's rungs, in the order of their preparation.
const CPU: [&str; 5] = ["scalar", "simd", "threads", "threads+simd", "interpreter"];

/// GPUs may take subnormal numbers for 0, and SwiftShader does.
const SUBNORMAL: &str = "float_subnormals";

/// Names and texts of a folder's kernels.
fn kernels(folder: &str) -> Result<Vec<(String, String)>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("src/compiler/tests/kernels")
        .join(folder);
    let mut all = Vec::new();
    for file in fs::read_dir(folder)? {
        let file = file?.path();
        if file.extension().is_some_and(|end| end == "py") {
            let name = file.file_stem().unwrap_or_default().to_string_lossy();
            all.push((name.into_owned(), fs::read_to_string(&file)?));
        }
    }
    all.sort();
    Ok(all)
}

impl Visit {
    /// The rows of a run that ends as soon as each has run once and is verified: back end, status, words, whether
    /// the compiler refuses it, what it gave, and the first thing that went wrong.
    fn once(&self, text: &str, has_gpu: bool) -> Result<Vec<Value>> {
        let gpu = has_gpu.then_some("gpu");
        let backends: Vec<&str> = CPU.into_iter().chain(gpu).collect();
        let spec =
            json!({ "source": text, "size": size(text), "backends": backends, "budget": 5, "narrow": true });
        let rows = self.awaited(&format!(
            "await (async () => {{
                 const spec = {spec};
                 const control = new AbortController();
                 const onProgress = (p) => ['warming-up', 'sampling'].includes(p.stage) && control.abort();
                 const report = await parallax.run(spec, {{ signal: control.signal, onProgress }})
                     .catch((error) => error.report ?? Promise.reject(error));
                 const isSkipped = report.results.some((r) => r.status === 'skipped');
                 const refusals = isSkipped ? (await parallax.compile(spec.source, spec)).refusals : [];
                 return report.results.map((r) => ({{
                     backend: r.backend, status: r.status, reason: r.reason, is_right: r.max_error !== null,
                     is_refused: refusals.some((refusal) => refusal.backend === r.backend),
                     outputs: r.outputs?.map((o) => `${{o.dtype}} ${{o.shape}} ${{o.checksum}}`),
                     fault: r.diagnostics?.[0] && `${{r.diagnostics[0].kind}} ${{r.diagnostics[0].line}}:${{r.diagnostics[0].column}}`,
                 }}));
             }})()"
        ))?;
        rows.as_array().cloned().with_context(|| rows.to_string())
    }
}

fn row<'a>(rows: &'a [Value], backend: &str) -> Result<&'a Value> {
    let found = rows.iter().find(|row| row["backend"] == backend);
    found.with_context(|| format!("no {backend} in {rows:?}"))
}

/// What is amiss with a kernel that gives something.
fn amiss(name: &str, rows: &[Value]) -> Result<Option<String>> {
    let first = &row(rows, CPU[0])?["outputs"];
    for backend in CPU {
        let row = row(rows, backend)?;
        if row["status"] != "stopped"
            || row["is_right"] != true
            || row["outputs"] != *first
            || first.is_null()
        {
            return Ok(Some(format!("{row}, not {first}")));
        }
    }
    let Some(gpu) = rows.iter().find(|row| row["backend"] == "gpu") else {
        return Ok(None);
    };
    let may_differ = name == SUBNORMAL || NARROWED.iter().any(|(narrowed, _)| *narrowed == name);
    Ok(match gpu["status"].as_str() {
        Some("stopped") => None,
        // With its reason, on its row, which has to be the compiler's: how many it refuses is counted natively.
        Some("skipped") if gpu["reason"].is_string() && gpu["is_refused"] == true => None,
        Some("wrong") if may_differ => None,
        _ => Some(gpu.to_string()),
    })
}

/// Every kernel gives the same bits on all of the browser's rungs, and on its GPU what 32 bits allow.
pub fn agree(house: &House) -> Result<()> {
    let page = house.open("")?;
    page.awaited("await parallax.ready")?;
    let has_gpu = page.has_gpu()?;
    let (mut wrong, mut on_gpu) = (Vec::new(), 0);
    let mut all = kernels("")?;
    ensure!(all.len() > 150);
    if !house.is_chromium() && env::var_os("PARALLAX_FULL").is_none() {
        // Others take a second for each: all of them under `--full`.
        all = all.into_iter().step_by(5).collect();
    }
    for (name, text) in &all {
        let rows = page.once(text, has_gpu).with_context(|| name.clone())?;
        wrong.extend(amiss(name, &rows)?.map(|why| format!("{name}: {why}")));
        on_gpu += usize::from(
            rows.iter()
                .any(|row| row["backend"] == "gpu" && row["status"] == "stopped"),
        );
    }
    println!("{} kernels, {on_gpu} of them on the GPU too", all.len());
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    ensure!(
        !has_gpu || on_gpu > all.len() / 2,
        "only {on_gpu} of {} on the GPU",
        all.len()
    );
    page.console_is_clean()
}

/// Every kernel that has to fail does so with the same error at the same place on every rung.
pub fn fail_alike(house: &House) -> Result<()> {
    let page = house.open("")?;
    page.awaited("await parallax.ready")?;
    let mut wrong = Vec::new();
    let all = kernels("fails")?;
    for (name, text) in &all {
        let said = |what: &str| {
            let head = format!("# parallax: {what}=");
            let found = text.lines().find_map(|line| line.strip_prefix(&head));
            found.with_context(|| format!("{name} says no {what}"))
        };
        let expected = format!("{} {}", said("fails")?.trim(), said("at")?.trim());
        let rows = page.once(text, false).with_context(|| name.clone())?;
        for backend in CPU {
            let row = row(&rows, backend)?;
            if row["status"] != "failed" || row["fault"] != *expected {
                wrong.push(format!("{name}: {row}, not {expected}"));
            }
        }
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    ensure!(all.len() > 30);
    page.console_is_clean()
}

//! `cargo xtask kernel`: one Python file on every back end, in the browser and, on wish, natively.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use parallax_protocol::{Asked, RunSpec};
use serde_json::Value;

use super::bench::{save, site, writable};
use crate::args::{Engine, Kernel};
use crate::bench::native::Native;
use crate::bench::page::{Page, browser};
use crate::bench::progress::{Progress, words};
use crate::bench::{limit, report, table};
use crate::paths;
use crate::process::say;
use crate::server::Site;

/// Seconds for all back ends together.
const BUDGET_S: f64 = 4.0;
/// Elements of an output that are printed where values are asked for; the JSON file has all.
const SHOWN: usize = 12;

/// Builds, runs and prints; true if every back end that runs it agrees, and those named do.
///
/// # Errors
/// If the file cannot be read, the page does not come up, or the kernel is refused as a whole: then
/// with all that is wrong with it.
pub fn run(options: &Kernel) -> Result<bool> {
    let root = paths::root()?;
    let source = read(&options.file)?;
    if let Some(file) = &options.json {
        writable(file)?;
    }
    let asked = Asked {
        source: Some(source),
        entry: options.entry.clone(),
        size: options.size,
        threads: options.threads,
        backends: options.backends.clone(),
        values: options.values,
        budget: BUDGET_S,
        ..Asked::from(&RunSpec::race("", 0))
    };
    let spec = serde_json::to_value(&asked)?;
    let browser = browser(Engine::Chromium)?;
    let site = Site::new(site()?).start(0)?;
    let page = Page::open(&browser, &site.url)?;
    page.ready()?;
    let native = options.native.then(|| Native::build(&root)).transpose()?;
    let mut progress = Progress::default();
    let mut report = page.call("parallax.run", &spec, limit(Some(BUDGET_S)), &mut |state| {
        progress.show(&words(state));
    })?;
    if let Some(native) = native {
        let more = report::rows(&native.race(&spec)?);
        if let Some(rows) = report["results"].as_array_mut() {
            rows.extend(more);
        }
    }
    let rows = report::rows(&report);
    say(format!("\n{}", table::show(&rows)));
    say(outputs(&rows));
    for row in &rows {
        for one in row["diagnostics"].as_array().into_iter().flatten() {
            let rendered = one["rendered"].as_str().unwrap_or_default();
            eprintln!("{}:\n{rendered}", row["backend"].as_str().unwrap_or_default());
        }
    }
    if let Some(file) = &options.json {
        save(&report, file)?;
    }
    Ok(well(&rows, &options.backends))
}

fn read(file: &Path) -> Result<String> {
    let bytes = fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text),
        Err(_) => bail!("{} is no text in UTF-8", file.display()),
    }
}

/// Nothing is wrong or failed, something ran, and so did each back end that was named.
fn well(rows: &[Value], named: &[String]) -> bool {
    let of = |row: &Value, status: &str| row["status"] == status;
    let bad = rows.iter().any(|row| of(row, "wrong") || of(row, "failed"));
    let ran = |id: &String| rows.iter().any(|row| row["backend"] == **id && of(row, "ok"));
    !bad && rows.iter().any(|row| of(row, "ok")) && named.iter().all(ran)
}

/// Each output with the back ends that gave it: one line where they agree to the last bit.
fn outputs(rows: &[Value]) -> String {
    let mut lines: Vec<(String, Vec<String>)> = Vec::new();
    for row in rows {
        let all = row["outputs"].as_array().into_iter().flatten();
        for (place, output) in all.enumerate() {
            let line = line(place, output);
            let who = match row["where"].as_str() {
                Some("browser") | None => row["backend"].as_str().unwrap_or_default().to_owned(),
                Some(place) => format!("{} ({place})", row["backend"].as_str().unwrap_or_default()),
            };
            match lines.iter_mut().find(|(known, _)| *known == line) {
                Some((_, all)) => all.push(who),
                None => lines.push((line, vec![who])),
            }
        }
    }
    lines.sort_by(|a, b| a.0.split("  ").next().cmp(&b.0.split("  ").next()));
    let mut out = String::new();
    for (line, who) in lines {
        let _ = writeln!(out, "{line}\n    {}", who.join(", "));
    }
    out
}

/// "output 0  float32 [3, 64]  0123456789abcdef", and its first values where there are any.
fn line(place: usize, output: &Value) -> String {
    let shape = output["shape"].as_array().into_iter().flatten();
    let shape: Vec<String> = shape.map(ToString::to_string).collect();
    let mut line = format!(
        "output {place}  {} [{}]  {}",
        output["dtype"].as_str().unwrap_or_default(),
        shape.join(", "),
        output["checksum"].as_str().unwrap_or_default()
    );
    if let Some(values) = output["values"].as_array() {
        let some = values.iter().take(SHOWN);
        let some: Vec<String> = some
            .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
            .collect();
        let more = if values.len() > SHOWN { ", ..." } else { "" };
        let _ = write!(line, "\n    {}{more}", some.join(", "));
    }
    line
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn row(backend: &str, status: &str, checksum: &str) -> Value {
        let outputs = json!([{ "dtype": "float32", "shape": [2, 3], "checksum": checksum, "values": null }]);
        json!({ "backend": backend, "where": "browser", "status": status, "outputs": outputs })
    }

    #[test]
    fn outputs_that_agree_are_one_line() {
        let rows = [
            row("scalar", "ok", "aa"),
            row("simd", "ok", "aa"),
            row("gpu", "ok", "bb"),
        ];
        assert_eq!(
            outputs(&rows),
            "output 0  float32 [2, 3]  aa\n    scalar, simd\noutput 0  float32 [2, 3]  bb\n    gpu\n"
        );
    }

    #[test]
    fn a_kernel_is_well_if_what_was_named_ran_and_nothing_failed() {
        let rows = [row("scalar", "ok", "aa"), row("gpu", "skipped", "")];
        let named = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
        assert!(well(&rows, &[]));
        assert!(well(&rows, &named(&["scalar"])));
        assert!(!well(&rows, &named(&["scalar", "gpu"])));
        assert!(!well(&rows[1..], &[]));
        assert!(!well(
            &[row("scalar", "ok", "aa"), row("simd", "failed", "")],
            &[]
        ));
    }
}

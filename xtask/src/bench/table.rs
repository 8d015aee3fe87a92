//! The report as text: a table, what to know of it, and the ratios across places.

use std::fmt::Write as _;

use parallax_protocol::base_id;
use serde_json::Value;

use super::figures::{digits, interval, ratio, time, times};

const HEAD: [&str; 12] = [
    "workload",
    "n",
    "where",
    "back end",
    "form",
    "threads",
    "status",
    "median",
    "95 % interval",
    "speed-up",
    "samples",
    "warnings",
];

/// Columns that hold numbers end at one line; words begin at one.
const NUMBERS: [&str; 5] = ["n", "threads", "median", "samples", "warnings"];

/// Everything that is printed after a bench.
#[must_use]
pub fn show(rows: &[Value]) -> String {
    let mut out = table(rows);
    let notes = notes(rows);
    if !notes.is_empty() {
        out += "\n";
        out += &notes;
    }
    let ratios = ratios(rows);
    if !ratios.is_empty() {
        out += "\n";
        out += &ratios;
    }
    out
}

fn table(rows: &[Value]) -> String {
    let mut lines = vec![HEAD.map(str::to_owned)];
    lines.extend(rows.iter().map(cells));
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max();
    let widths: Vec<usize> = (0..HEAD.len()).map(|c| width(c).unwrap_or(0)).collect();
    let mut out = String::new();
    for line in &lines {
        let mut text = String::new();
        for (column, cell) in line.iter().enumerate() {
            let width = widths[column];
            let _ = if NUMBERS.contains(&HEAD[column]) {
                write!(text, "{cell:>width$}  ")
            } else {
                write!(text, "{cell:<width$}  ")
            };
        }
        out += text.trim_end();
        out += "\n";
    }
    out
}

fn cells(row: &Value) -> [String; HEAD.len()] {
    let dash = || "-".to_owned();
    let plain = |field: &str| match &row[field] {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => dash(),
    };
    let speedup = row["speedup"].as_f64().map_or_else(dash, |speedup| {
        let mut text = format!("{}x", digits(speedup));
        if let Some((low, high)) = interval(&row["speedup_ci95"]) {
            let _ = write!(text, " ({} to {})", digits(low), digits(high));
        }
        if row["verdict"] == "no-clear-difference" {
            text += ", no clear difference";
        }
        text
    });
    let samples = row["samples"].as_array().map_or(0, Vec::len);
    [
        plain("workload"),
        plain("size"),
        plain("where"),
        rung(row),
        plain("form"),
        plain("threads"),
        plain("status"),
        row["median_ms"].as_f64().map_or_else(dash, time),
        interval(&row["ci95_ms"]).map_or_else(dash, times),
        speedup,
        samples.to_string(),
        row["warnings"].as_array().map_or(0, Vec::len).to_string(),
    ]
}

/// What an experiment came to: what was measured of the machine, then the conclusions.
#[must_use]
pub fn found(report: &Value) -> Vec<String> {
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let quantities = report["quantities"].as_array().into_iter().flatten();
    let quantities = quantities.map(|q| {
        let of = [&q["id"], &q["of"]].map(word).join(" ");
        let threads = q["threads"].as_u64().map(|t| format!(", {t} threads"));
        let bytes = q["bytes"]
            .as_f64()
            .map(|b| format!(", {} kB", digits(b / 1024.0)));
        let range = interval(&q["ci95"]).map(|(low, high)| format!(" ({} to {})", digits(low), digits(high)));
        format!(
            "{}{}{}: {} {}{}",
            of.trim_end(),
            threads.unwrap_or_default(),
            bytes.unwrap_or_default(),
            q["value"].as_f64().map_or_else(String::new, digits),
            word(&q["unit"]),
            range.unwrap_or_default()
        )
    });
    let findings = report["findings"].as_array().into_iter().flatten();
    quantities.chain(findings.map(|f| word(&f["words"]))).collect()
}

/// A row's back end, with what tells it from its neighbours in an experiment.
fn rung(row: &Value) -> String {
    let mut out = row["backend"].as_str().unwrap_or("-").to_owned();
    if let Some(schedule) = row["schedule"].as_str() {
        out = format!("{out} {schedule}");
    }
    if let Some(chunk) = row["chunk"].as_f64() {
        out = format!("{out} x{chunk}");
    }
    if row["recorded"] == true {
        out += " recorded";
    }
    out
}

/// Reasons and warnings, a line each, with the row that they are of.
fn notes(rows: &[Value]) -> String {
    let mut out = String::new();
    for row in rows {
        let reason = row["reason"].as_str().map(|reason| {
            let status = row["status"].as_str().unwrap_or_default();
            format!("{status}: {reason}")
        });
        let warnings = row["warnings"].as_array().into_iter().flatten();
        let warnings = warnings.filter_map(|warning| warning.as_str().map(str::to_owned));
        for note in reason.into_iter().chain(warnings) {
            let _ = writeln!(out, "{}: {note}", name(row));
        }
    }
    out
}

/// "mandelbrot, native simd"
fn name(row: &Value) -> String {
    let word = |field: &str| row[field].as_str().unwrap_or_default();
    let form = match (word("form"), word("backend")) {
        (_, "interpreter") => "",
        ("python", _) if !word("where").starts_with("peer:") => " from Python",
        _ => "",
    };
    let (workload, place) = (word("workload"), word("where"));
    format!("{workload}, {place} {}{form}", word("backend"))
}

/// How the browser's best CPU rung does against the same rung natively and against every peer
/// on a CPU: workload by workload.
fn ratios(rows: &[Value]) -> String {
    let mut out = String::new();
    let mut seen: Vec<&Value> = Vec::new();
    for workload in rows.iter().map(|row| &row["workload"]) {
        if seen.contains(&workload) {
            continue;
        }
        seen.push(workload);
        let here: Vec<&Value> = rows.iter().filter(|row| row["workload"] == *workload).collect();
        let Some(best) = best(&here) else { continue };
        let rivals: Vec<String> = here
            .iter()
            .filter(|row| is_rival(row, best))
            .filter_map(|rival| against(rival, best))
            .collect();
        if rivals.is_empty() {
            continue;
        }
        let word = |field: &str| best[field].as_str().unwrap_or_default();
        let _ = writeln!(
            out,
            "{}, n = {}: {} in the browser, {}, is",
            word("workload"),
            best["size"],
            word("backend"),
            best["median_ms"].as_f64().map(time).unwrap_or_default(),
        );
        for line in rivals {
            let _ = writeln!(out, "  {line}");
        }
    }
    out
}

/// The browser's quickest row on the CPU.
fn best<'a>(rows: &[&'a Value]) -> Option<&'a Value> {
    let median = |row: &Value| row["median_ms"].as_f64();
    rows.iter()
        .filter(|row| row["where"] == "browser" && row["status"] == "ok" && on_cpu(row))
        .filter_map(|row| Some((*row, median(row)?)))
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(row, _)| row)
}

fn is_rival(row: &Value, best: &Value) -> bool {
    let place = row["where"].as_str().unwrap_or_default();
    let backend = |row: &Value| base_id(row["backend"].as_str().unwrap_or_default()).to_owned();
    let same = place == "native" && backend(row) == backend(best) && row["form"] == best["form"];
    row["status"] == "ok" && on_cpu(row) && (same || place.starts_with("peer:"))
}

fn on_cpu(row: &Value) -> bool {
    row["form"] != "wgsl" && !["webgpu", "gpu"].contains(&row["backend"].as_str().unwrap_or_default())
}

fn against(rival: &Value, best: &Value) -> Option<String> {
    let ratio = ratio(rival, best)?;
    let word = |field: &str| rival[field].as_str().unwrap_or_default();
    let place = word("where").trim_start_matches("peer:");
    let name = if word("backend") == place {
        place.to_owned()
    } else {
        format!("{place} {}", word("backend"))
    };
    let mut text = format!("{}x as fast as {name}", digits(ratio.ratio));
    match ratio.ci95 {
        Some((low, high)) if low <= 1.0 && 1.0 <= high => {
            let _ = write!(
                text,
                " ({} to {}): no clear difference",
                digits(low),
                digits(high)
            );
        }
        Some((low, high)) => {
            let _ = write!(text, " ({} to {})", digits(low), digits(high));
        }
        None => text += " (too few samples for an interval)",
    }
    if let Some(median) = rival["median_ms"].as_f64() {
        let _ = write!(text, ", {}", time(median));
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rows() -> Vec<Value> {
        let row = |place: &str, backend: &str, form: &str, ms: Option<f64>| {
            json!({
                "workload": "heat", "size": 64, "where": place, "backend": backend, "form": form,
                "threads": 2, "status": "ok", "reason": null, "median_ms": ms,
                "ci95_ms": ms.map(|ms| [ms * 0.99, ms * 1.01]), "speedup": null, "samples": [{}, {}],
                "warnings": [],
            })
        };
        let mut simd = row("browser", "simd", "rust", Some(2.0));
        simd["speedup"] = json!(4.321);
        simd["speedup_ci95"] = json!([4.2, 4.4]);
        simd["warnings"] = json!(["noisy: a tenth"]);
        let mut skipped = row("peer:gpu.js", "webasm", "javascript", None);
        skipped["status"] = json!("skipped");
        skipped["reason"] = json!("no npm");
        vec![
            row("browser", "scalar", "rust", Some(8.0)),
            simd,
            row("browser", "gpu", "wgsl", Some(0.5)),
            row("native", "scalar", "rust", Some(7.0)),
            row("native", "simd", "rust", Some(1.99)),
            skipped,
            row("peer:numpy", "numpy", "python", Some(1.0)),
            row("peer:numba", "parallel", "python", Some(50.0)),
        ]
    }

    #[test]
    fn columns_line_up_and_numbers_have_units() {
        let table = table(&rows());
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(
            lines[2],
            "heat      64  browser      simd      rust              2  ok       2.00 ms  1.98 to 2.02 ms   \
             4.32x (4.20 to 4.40)        2         1"
        );
        assert_eq!(lines[0].find("where"), lines[6].find("peer"));
        assert!(lines[6].contains("skipped") && lines[6].contains("-"));
    }

    #[test]
    fn notes_name_their_row() {
        assert_eq!(
            notes(&rows()),
            "heat, browser simd: noisy: a tenth\nheat, peer:gpu.js webasm: skipped: no npm\n"
        );
    }

    #[test]
    fn the_best_cpu_rung_is_compared_with_its_like_and_with_peers() {
        let text = ratios(&rows());
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "heat, n = 64: simd in the browser, 2.00 ms, is");
        assert!(
            lines[1].starts_with("  0.995x as fast as native simd")
                && lines[1].contains("no clear difference"),
            "{text}"
        );
        assert!(lines[2].starts_with("  0.500x as fast as numpy ("), "{text}");
        assert!(
            lines[3].starts_with("  25.0x as fast as numba parallel ("),
            "{text}"
        );
        assert_eq!(lines.len(), 4, "neither GPU rows nor rows without a time");
        let browser_only = &rows()[..3];
        assert_eq!(ratios(browser_only), "");
    }
}

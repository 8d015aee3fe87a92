//! One report of rows from many places.

use anyhow::{Context, Result};
use parallax_protocol::{Experiment, Finding, Report};
use serde_json::{Map, Value, json};

/// Every field of a row. Those that do not apply are null, never absent.
const FIELDS: [&str; 32] = [
    "workload",
    "size",
    "backend",
    "form",
    "threads",
    "schedule",
    "chunk",
    "recorded",
    "imbalance",
    "flops",
    "bytes",
    "where",
    "status",
    "reason",
    "cold_ms",
    "samples",
    "sample_count",
    "median_ms",
    "mad_ms",
    "ci95_ms",
    "speedup",
    "speedup_ci95",
    "verdict",
    "against",
    "max_error",
    "error_kind",
    "tolerance",
    "gpu_ms",
    "sampled",
    "outputs",
    "diagnostics",
    "warnings",
];

/// Where rows come from, in the order in which a workload's are shown.
const PLACES: [&str; 2] = ["browser", "native"];

/// The rows of a page's or a program's report.
#[must_use]
pub fn rows(report: &Value) -> Vec<Value> {
    report["results"].as_array().cloned().unwrap_or_default()
}

/// What an experiment came to, in numbers and words, of a report without it; nothing of a race.
///
/// # Errors
/// If it is no report of ours.
pub fn findings(report: &Value) -> Result<Vec<Finding>> {
    if report["spec"]["experiment"] == Experiment::Race.name() {
        return Ok(Vec::new());
    }
    let report: Report = serde_json::from_value(report.clone()).context("the report cannot be read")?;
    Ok(parallax_views::findings::of(&report, &|id| id.to_owned()))
}

/// What experiments have beside rows.
pub const EXTRAS: [&str; 3] = ["quantities", "timelines", "findings"];

/// Puts rows from everywhere into one report: by workload in the order asked, then by place.
#[must_use]
pub fn merge(spec: &Value, environment: &Value, mut rows: Vec<Value>) -> Value {
    let asked: Vec<&str> = spec["workload"].as_str().unwrap_or_default().split(',').collect();
    let rank = |list: &[&str], word: &Value| list.iter().position(|one| word == one).unwrap_or(list.len());
    // Stable: within a place rows stay in the order of the ladder, and peers as they ran.
    rows.sort_by_key(|row| (rank(&asked, &row["workload"]), rank(&PLACES, &row["where"])));
    let rows: Vec<Value> = rows.into_iter().map(complete).collect();
    json!({ "schema": parallax_protocol::SCHEMA, "spec": spec, "environment": environment, "results": rows })
}

fn complete(row: Value) -> Value {
    let mut row = match row {
        Value::Object(row) => row,
        _ => Map::new(),
    };
    for field in FIELDS {
        row.entry(field).or_insert(Value::Null);
    }
    Value::Object(row)
}

/// Whether nothing was wrong or failed. What was skipped has its reason and is well.
#[must_use]
pub fn well(rows: &[Value]) -> bool {
    rows.iter()
        .all(|row| row["status"] != "wrong" && row["status"] != "failed")
}

#[cfg(test)]
mod tests {
    use parallax_protocol::{Form, ResultRow};

    use super::*;

    fn row(workload: &str, place: &str, backend: &str) -> Value {
        json!({ "workload": workload, "where": place, "backend": backend, "status": "ok" })
    }

    #[test]
    fn rows_go_by_workload_then_place_and_keep_their_order() {
        let rows = vec![
            row("matmul", "peer:numpy", "numpy"),
            row("matmul", "browser", "scalar"),
            row("mandelbrot", "peer:gpu.js", "cpu"),
            row("mandelbrot", "native", "simd"),
            row("mandelbrot", "browser", "simd"),
            row("mandelbrot", "browser", "threads"),
            row("mandelbrot", "peer:numpy", "numpy"),
        ];
        let spec = json!({ "workload": "mandelbrot,matmul", "size": null });
        let report = merge(&spec, &json!({ "build": "abc" }), rows);
        let order: Vec<String> = report["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| {
                ["workload", "where", "backend"]
                    .map(|field| row[field].as_str().unwrap())
                    .join(" ")
            })
            .collect();
        assert_eq!(
            order,
            [
                "mandelbrot browser simd",
                "mandelbrot browser threads",
                "mandelbrot native simd",
                "mandelbrot peer:gpu.js cpu",
                "mandelbrot peer:numpy numpy",
                "matmul browser scalar",
                "matmul peer:numpy numpy",
            ]
        );
        assert_eq!((&report["schema"], &report["spec"]), (&json!(1), &spec));
        assert_eq!(report["environment"]["build"], "abc");
    }

    #[test]
    fn fields_that_do_not_apply_are_null() {
        let report = merge(&json!({}), &Value::Null, vec![row("a", "browser", "scalar")]);
        let row = report["results"][0].as_object().unwrap();
        assert!(FIELDS.iter().all(|field| row.contains_key(*field)));
        assert!(row["median_ms"].is_null());
    }

    /// The list here is the one that page and engine write.
    #[test]
    fn the_fields_are_the_protocol_s() {
        let row = ResultRow::blank("w", 1, "scalar", Form::Rust, 1);
        let row = serde_json::to_value(row).unwrap();
        let mut names: Vec<&str> = row.as_object().unwrap().keys().map(String::as_str).collect();
        let mut fields = FIELDS;
        names.sort_unstable();
        fields.sort_unstable();
        assert_eq!(names, fields);
    }

    #[test]
    fn a_merged_report_is_one_that_the_page_reads() {
        let rows = vec![serde_json::to_value(ResultRow::blank("a", 1, "scalar", Form::Rust, 1)).unwrap()];
        let environment = serde_json::to_value(parallax_protocol::Environment::default()).unwrap();
        let report = merge(&json!({ "workload": "a,b" }), &environment, rows);
        let report: Report = serde_json::from_value(report).unwrap();
        assert_eq!(report.validate(), Ok(()));
    }

    #[test]
    fn only_wrong_and_failed_rows_fail_a_bench() {
        let with = |status: &str| [json!({ "status": "ok" }), json!({ "status": status })];
        for (status, expect) in [
            ("ok", true),
            ("skipped", true),
            ("wrong", false),
            ("failed", false),
        ] {
            assert_eq!(well(&with(status)), expect, "{status}");
        }
    }
}

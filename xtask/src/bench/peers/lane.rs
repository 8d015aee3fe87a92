//! From what a peer's program says of a lane to a row of the report.

use parallax_protocol::{ColdMs, Form, ReportSample, ResultRow, ResultStatus, Sample};
use parallax_stats::{outliers, summarize};
use serde_json::Value;

use super::Task;
use super::check::Expected;

/// The row of one lane. A lane that gives neither samples nor a reason has failed.
pub fn row(task: &Task, lane: &Value, expected: &Expected, software_gpu: bool) -> ResultRow {
    let word = |field: &str| lane[field].as_str().unwrap_or_default();
    let form = match word("form") {
        "python" => Form::Python,
        _ if matches!(word("peer"), "numpy" | "numba") => Form::Python,
        _ => Form::JavaScript,
    };
    let threads = lane["threads"].as_u64().and_then(|n| u32::try_from(n).ok());
    let mut row = ResultRow::blank(
        &task.workload,
        task.n,
        word("backend"),
        form,
        threads.unwrap_or(1),
    );
    row.place = format!("peer:{}", word("peer"));
    if let Some(why) = lane["skipped"].as_str() {
        row.reason = Some(why.into());
        return row;
    }
    row.status = ResultStatus::Failed;
    if let Some(why) = lane["failed"].as_str() {
        row.reason = Some(why.into());
        return row;
    }
    let Some(verification) = expected.verify(&lane["output"]) else {
        row.reason = Some("it showed nothing of its output".into());
        return row;
    };
    row.max_error = Some(verification.max_error).filter(|error| error.is_finite());
    row.error_kind = Some(verification.error_kind);
    row.tolerance = Some(verification.tolerance);
    if !verification.ok {
        row.status = ResultStatus::Wrong;
        row.reason = Some(format!(
            "its output differs by {:.3e}, and {:.3e} is allowed",
            verification.max_error, verification.tolerance
        ));
        return row;
    }
    let samples = samples(&lane["samples"]);
    let Some(summary) = summarize(&samples) else {
        row.reason = Some("it gave no samples".into());
        return row;
    };
    row.status = ResultStatus::Ok;
    // The first call compiles, starts workers and runs; no peer says which took how long.
    row.cold_ms = lane["cold_ms"].as_f64().map(|total| ColdMs {
        total,
        compile: None,
        start: None,
        pipeline: None,
        first_run: None,
    });
    let times: Vec<f64> = samples.iter().map(|sample| sample.ms).collect();
    row.samples = samples
        .iter()
        .zip(outliers(&times))
        .map(|(sample, outlier)| ReportSample {
            ms: sample.ms,
            block: sample.block,
            outlier,
        })
        .collect();
    row.sample_count = row.samples.len() as u32;
    row.median_ms = Some(summary.median_ms);
    row.mad_ms = Some(summary.mad_ms);
    row.ci95_ms = summary.ci95_ms;
    if software_gpu && word("backend") == "webgpu" {
        row.warnings
            .push("software GPU: shaders run on the CPU, so no speed-up is given".into());
    }
    if lane["cut"] == true {
        row.warnings
            .push("warm-up cut short: a fifth of the lane's time was over".into());
    }
    row
}

fn samples(list: &Value) -> Vec<Sample> {
    let list = list.as_array().into_iter().flatten();
    let times = list.filter_map(Value::as_f64).filter(|ms| *ms > 0.0);
    times
        .zip(0..)
        .map(|(ms, block)| Sample { ms, block, runs: 1 })
        .collect()
}

#[cfg(test)]
mod tests {
    use parallax_protocol::{Asked, ErrorKind};
    use serde_json::json;

    use super::*;

    fn of(lane: Value) -> ResultRow {
        let race: Asked = serde_json::from_value(json!({ "workload": "matmul", "size": 4 })).unwrap();
        let mut task = Task::new(&race, 2);
        task.spots = vec![0];
        // One element that is 0.5, so that a lane's output can be written by hand.
        let expected = Expected::Spots {
            elements: vec![(0.5, 1.0)],
            tolerance: 1e-6,
            kind: ErrorKind::Relative,
        };
        row(&task, &lane, &expected, true)
    }

    #[test]
    fn a_lane_s_samples_become_figures() {
        let row = of(json!({
            "peer": "gpu.js", "backend": "webgpu", "form": "javascript", "threads": 1, "cold_ms": 7.5,
            "samples": [3, 1, 2, 4, 5, 6], "output": [0.5], "cut": true,
        }));
        assert_eq!(
            (row.place.as_str(), row.status),
            ("peer:gpu.js", ResultStatus::Ok)
        );
        assert_eq!((row.median_ms, row.ci95_ms), (Some(3.5), Some((1.0, 6.0))));
        assert_eq!((row.sample_count, row.cold_ms.unwrap().total), (6, 7.5));
        assert!(parallax_stats::is_software(&row.warnings[0]) && row.warnings.len() == 2);
        assert_eq!((row.speedup, row.against, row.gpu_ms), (None, None, None));
    }

    #[test]
    fn wrong_outputs_get_no_time() {
        let row = of(json!({
            "peer": "numpy", "backend": "numpy", "samples": [1.0], "output": [0.6],
        }));
        assert_eq!((row.status, row.form), (ResultStatus::Wrong, Form::Python));
        assert_eq!((row.median_ms, row.sample_count), (None, 0));
        assert!(row.reason.unwrap().contains("1.000e-1"));
    }

    #[test]
    fn lanes_without_figures_say_why() {
        let check = |lane, status, why: &str| {
            let row = of(lane);
            assert_eq!((row.status, row.reason.as_deref()), (status, Some(why)));
        };
        let skipped = json!({ "peer": "jax-js", "backend": "wasm", "skipped": "no loops" });
        check(skipped, ResultStatus::Skipped, "no loops");
        check(json!({ "failed": "trap" }), ResultStatus::Failed, "trap");
        check(
            json!({ "samples": [1] }),
            ResultStatus::Failed,
            "it showed nothing of its output",
        );
        check(
            json!({ "output": [0.5] }),
            ResultStatus::Failed,
            "it gave no samples",
        );
    }
}

//! Panels of made-up reports: complete, escaped, and quick enough.

use super::*;
use crate::charts::Kind;
use parallax_protocol::{
    Asked, Environment, Form, GpuMs, ReportSample, ResultRow, RunSpec, SCHEMA, Span, SpanKind, Timeline,
    Track,
};

const EVIL: &str = "<img src=x onerror=alert(1)>\"'&";

fn report(experiment: Experiment) -> Report {
    let spec = RunSpec {
        experiment,
        ..RunSpec::race("matmul", 512)
    };
    let row = |backend: &str, threads: u32, size: u32, ms: f64| ResultRow {
        status: ResultStatus::Ok,
        samples: (0..20)
            .map(|block| ReportSample {
                ms: ms * (1.0 + f64::from(block * 7 % 20) / 1000.0),
                block,
                outlier: false,
            })
            .collect(),
        sample_count: 20,
        median_ms: Some(ms),
        ci95_ms: Some((ms * 0.98, ms * 1.02)),
        flops: Some(f64::from(size).powi(3)),
        bytes: Some(f64::from(size).powi(2)),
        gpu_ms: (backend == "gpu").then(|| GpuMs {
            upload: Some(ms / 4.0),
            kernel: Some(ms / 2.0),
            dispatch: Some(ms / 8.0),
            readback: Some(ms / 8.0),
            end_to_end: Some(ms),
            resident: Some(ms * 0.6),
        }),
        ..ResultRow::blank("matmul", size, backend, Form::Rust, threads)
    };
    let results = match experiment {
        Experiment::Threads => (1..=4)
            .map(|t| row("threads", t, 512, 10.0 / f64::from(t)))
            .collect(),
        _ => [64u32, 128, 256, 512]
            .into_iter()
            .flat_map(|n| {
                let base = f64::from(n).powi(3) / 1e6;
                [row("simd", 1, n, base), row("gpu", 1, n, 4.0 + base / 50.0)]
            })
            .collect(),
    };
    let quantity = |id: &str, of: &str, bytes: Option<f64>, value: f64, unit: Of| Quantity {
        id: id.into(),
        of: of.into(),
        threads: (of != "gpu" && id != "clone").then_some(1),
        bytes,
        value,
        ci95: Some((value * 0.9, value * 1.1)),
        unit,
        note: Some(EVIL.into()),
    };
    let chunk = |i: u32| Span {
        start_ms: f64::from(i),
        end_ms: f64::from(i) + 0.9,
        kind: SpanKind::Chunk,
        pass: 0,
        first: i,
        items: 1,
    };
    Report {
        schema: SCHEMA,
        spec: Asked::from(&spec),
        environment: Environment::default(),
        results,
        quantities: vec![
            quantity("peak", "simd", None, 20.0, Of::GflopPerS),
            quantity("peak", "gpu", None, 200.0, Of::GflopPerS),
            quantity("copy", "simd", Some(65536.0), 60.0, Of::GbPerS),
            quantity("copy", "simd", Some(1e8), 12.0, Of::GbPerS),
            quantity("copy", "gpu", Some(1e8), 40.0, Of::GbPerS),
            quantity("clone", "", Some(65536.0), 2.0, Of::GbPerS),
            quantity("gpu-upload", "gpu", Some(65536.0), 2.0, Of::GbPerS),
            quantity(EVIL, "", None, 2.0, Of::Us),
        ],
        timelines: vec![Timeline {
            backend: "threads".into(),
            tracks: vec![Track {
                name: EVIL.into(),
                spans: (0..50).map(chunk).collect(),
            }],
            dropped: 0,
        }],
        findings: Vec::new(),
    }
}

fn look<'a>(theirs: Option<&'a Report>) -> Look<'a> {
    Look {
        width: 820.0,
        backend: &|id| id.to_owned(),
        workload: &|id| id.to_owned(),
        theirs,
        is_theirs: false,
        window: None,
    }
}

#[test]
fn every_experiment_has_its_charts() {
    let expected: [(Experiment, &[&str]); 7] = [
        (Experiment::Race, &[]),
        (Experiment::Threads, &["speedup", "efficiency"]),
        (Experiment::Sizes, &["time-by-size", "rate-by-size"]),
        (Experiment::Gpu, &["gpu-parts", "gpu-kept", "gpu-transfer"]),
        (Experiment::Roofline, &["roofline", "copy", "peak"]),
        (Experiment::Timeline, &["timeline-0"]),
        (Experiment::Machine, &["copy", "peak", "messages"]),
    ];
    for (experiment, ids) in expected {
        let charts = charts(&report(experiment), &[], &look(None));
        let got: Vec<&str> = charts.iter().map(|chart| chart.id.as_str()).collect();
        assert_eq!(got, ids, "{experiment:?}");
        // A kernel of one's own has the same.
        let mut own = report(experiment);
        own.results.iter_mut().for_each(|row| row.form = Form::Python);
        let charts = self::charts(&own.by_id(), &[], &look(None));
        let got: Vec<&str> = charts.iter().map(|chart| chart.id.as_str()).collect();
        assert_eq!(got, ids, "{experiment:?} of a kernel");
    }
}

#[test]
fn texts_stay_texts() {
    for experiment in Experiment::ALL {
        let mut report = report(experiment);
        report.results[0].reason = Some(EVIL.into());
        report.results[0].status = ResultStatus::Failed;
        report.results[1].backend = EVIL.into();
        let theirs = report.clone();
        let html = html(&report, &look(Some(&theirs)));
        assert!(!html.contains("<img"), "{experiment:?}");
        assert!(!html.contains("style=\""), "the policy forbids it");
    }
}

#[test]
fn somebody_elses_machine_stands_beside_ours() {
    let ours = report(Experiment::Machine);
    let mut theirs = ours.clone();
    theirs.quantities[0].value = 40.0;
    let html = html(&ours, &look(Some(&theirs)));
    assert!(
        html.contains("40.0 GFLOP/s") && html.contains("20.0 GFLOP/s"),
        "{html}"
    );
}

#[test]
fn what_only_theirs_has_is_shown_and_counts_are_not_mixed() {
    let mut ours = report(Experiment::Machine);
    let mut theirs = ours.clone();
    ours.quantities.retain(|q| q.of != "gpu");
    ours.quantities[0].threads = Some(2);
    theirs.quantities[0].threads = Some(8);
    theirs.quantities[0].value = 160.0;
    let html = html(&ours, &look(Some(&theirs)));
    assert!(html.contains("200 GFLOP/s"), "their GPU's peak is shown: {html}");
    let line = |threads: &str| {
        let mut lines = html
            .split("<tr data-quantity")
            .skip(1)
            .filter(|line| line.contains(threads));
        lines
            .next()
            .unwrap_or_else(|| panic!("no line of {threads}: {html}"))
    };
    assert!(!line("2 threads").contains("160"), "{html}");
    assert!(line("8 threads").contains("160"), "{html}");
}

#[test]
fn warnings_are_said_once_each_with_their_rows() {
    let mut report = report(Experiment::Sizes);
    for row in &mut report.results[..2] {
        row.warnings = vec!["noisy: 30%".into()];
    }
    let html = html(&report, &look(None));
    assert_eq!(html.matches("noisy: 30%").count(), 1);
    assert!(html.contains("SIMD, n = 64; GPU, n = 64: noisy"), "{html}");
}

#[test]
fn warnings_that_differ_in_numbers_are_one() {
    let mut report = report(Experiment::Sizes);
    let some = report.results.len();
    assert!(some > NAMED + 1);
    for (i, row) in report.results.iter_mut().enumerate() {
        row.warnings = vec![format!("warm-up cut to {} runs, 1.5 of 2.", 9 + i)];
    }
    let html = html(&report, &look(None));
    let expected = format!(
        " and {} more: warm-up cut to 9 to {} runs, 1.5 of 2.",
        some - NAMED,
        8 + some
    );
    assert!(html.contains(&expected), "{expected}: {html}");
}

#[test]
fn a_roofline_has_a_sentence_for_each_workload() {
    let bound = |backend: &str, share: f64, against: &str| Finding {
        id: "bound".into(),
        workload: "heat".into(),
        backend: backend.into(),
        against: Some(against.into()),
        values: vec![
            parallax_protocol::Found {
                name: "share".into(),
                value: share,
                ci95: None,
            },
            parallax_protocol::Found {
                name: "intensity".into(),
                value: 5.0,
                ci95: None,
            },
        ],
        words: String::new(),
    };
    let found = [
        bound("scalar", 0.8, "arithmetic"),
        bound("simd", 0.9, "memory"),
        bound("threads", 0.75, "arithmetic"),
        bound("gpu", 0.1, "memory"),
    ];
    let same = |id: &str| id.to_owned();
    assert_eq!(
        roofline::bounds(&found, &same, &same),
        [
            "heat, 5.00 FLOP/byte: bound by arithmetic: scalar (80%), threads (75%); bound by memory: simd (90%); held back by something else than these two: gpu (10%)."
        ]
    );
}

#[test]
fn a_link_without_samples_still_has_its_curves() {
    let mut report = report(Experiment::Threads);
    report.findings = findings::of(&report, &|id| id.to_owned());
    for row in &mut report.results {
        row.speedup = (row.threads > 1).then_some(f64::from(row.threads) * 0.9);
        row.samples.clear();
    }
    let found = findings::held(&report, &|id| id.to_owned());
    let charts = charts(&report, &found, &look(None));
    let ids: Vec<&str> = charts.iter().map(|chart| chart.id.as_str()).collect();
    assert_eq!(ids, ["speedup", "efficiency"]);
    let Kind::Lines(lines) = &charts[0].kind else {
        panic!("{:?}", charts[0].kind)
    };
    assert_eq!(lines.series[0].points.len(), 4);
    // The law's and the ideal.
    assert_eq!(lines.curves.len(), 2);
}

#[test]
fn a_long_timeline_is_no_long_table() {
    let mut report = report(Experiment::Timeline);
    let span = report.timelines[0].tracks[0].spans[0];
    report.timelines[0].tracks[0].spans = vec![span; 20_000];
    let html = html(&report, &look(None));
    assert!(html.contains("The rest is in the CSV"));
    assert!(html.matches("<tr").count() < 600);
}

#[test]
fn what_was_left_out_is_said_once() {
    let mut report = report(Experiment::Sizes);
    for row in &mut report.results[..2] {
        row.status = ResultStatus::Skipped;
        row.reason = Some("left out: too long".into());
    }
    let html = html(&report, &look(None));
    assert_eq!(html.matches("left out: too long").count(), 1);
}

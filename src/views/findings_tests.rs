//! Findings of reports made up for the purpose.

use super::*;
use crate::balance::Balance;
use parallax_protocol::{
    Asked, Environment, Form, GpuMs, Quantity, ReportSample, RunSpec, SCHEMA, Span, SpanKind, Timeline,
    Track, Unit as Of,
};

fn report(experiment: Experiment, results: Vec<ResultRow>) -> Report {
    let spec = RunSpec {
        experiment,
        ..RunSpec::race("matmul", 512)
    };
    Report {
        schema: SCHEMA,
        spec: Asked::from(&spec),
        environment: Environment {
            cores: 4,
            ..Environment::default()
        },
        results,
        quantities: Vec::new(),
        timelines: Vec::new(),
        findings: Vec::new(),
    }
}

/// Twenty samples around a time, a percent to each side.
fn row(backend: &str, threads: u32, size: u32, ms: f64) -> ResultRow {
    let sample = |block: u32| ReportSample {
        ms: ms * (1.0 + 0.01 * (f64::from(block * 7 % 20) / 10.0 - 0.95)),
        block,
        outlier: false,
    };
    ResultRow {
        status: ResultStatus::Ok,
        samples: (0..20).map(sample).collect(),
        median_ms: Some(ms),
        flops: Some(f64::from(size).powi(3) * 2.0),
        bytes: Some(f64::from(size).powi(2) * 12.0),
        ..ResultRow::blank("matmul", size, backend, Form::Rust, threads)
    }
}

fn found_in(report: &Report) -> Vec<Finding> {
    of(report, &|id| id.to_owned())
}

fn one<'a>(findings: &'a [Finding], id: &str, backend: &str) -> &'a Finding {
    findings
        .iter()
        .find(|f| f.id == id && f.backend == backend)
        .unwrap_or_else(|| panic!("no {id} of {backend} in {findings:#?}"))
}

#[test]
fn a_serial_part_is_found_and_two_counts_are_too_few() {
    let time = |threads: u32| 10.0 * (0.1 + 0.9 / f64::from(threads));
    let rows = |most: u32| (1..=most).map(|t| row("threads", t, 512, time(t))).collect();
    let findings = found_in(&report(Experiment::Threads, rows(4)));
    let serial = one(&findings, "amdahl", "threads");
    assert!(
        (serial.value("serial").unwrap().value - 0.1).abs() < 0.005,
        "{serial:?}"
    );
    assert!(serial.words.contains("10"), "{}", serial.words);
    assert!(one(&findings, "usl", "threads").value("contention").is_some());
    let few = found_in(&report(Experiment::Threads, rows(2)));
    let refused = one(&few, "amdahl", "threads");
    assert!(
        refused.values.is_empty() && refused.words.contains("needs 3"),
        "{refused:?}"
    );
}

#[test]
fn efficiency_that_falls_at_half_of_the_cores_is_said() {
    let times = [10.0, 5.2, 4.9, 4.6];
    let rows = times
        .iter()
        .zip(1..)
        .map(|(ms, t)| row("threads", t, 512, *ms))
        .collect();
    let findings = found_in(&report(Experiment::Threads, rows));
    assert!(
        one(&findings, "cores", "threads")
            .words
            .contains("share one physical core")
    );
}

#[test]
fn the_clearly_best_and_worst_schedules_are_named() {
    let plain = row("threads", 2, 512, 5.0);
    let with = |schedule, verdict, ratio| ResultRow {
        schedule: Some(schedule),
        verdict: Some(verdict),
        speedup: Some(ratio),
        ..row("threads", 2, 512, 5.0 / ratio)
    };
    let rows = vec![
        row("threads", 1, 512, 10.0),
        plain,
        with(Schedule::Static, Verdict::Slower, 0.6),
        with(Schedule::Guided, Verdict::NoClearDifference, 1.01),
    ];
    let findings = found_in(&report(Experiment::Threads, rows));
    let words = &one(&findings, "schedule", "threads").words;
    assert!(
        words.contains("static is 0.6") && !words.contains("guided"),
        "{words}"
    );
}

#[test]
fn a_crossover_is_found_between_the_sizes_where_it_is() {
    let sizes = [64, 128, 256, 512, 1024];
    // Equal at n = 200.
    let slow = |n: u32| f64::from(n).powi(3) * 1e-6;
    let quick = |n: u32| slow(200) / 2.0 + slow(n) / 2.0;
    let rows = sizes
        .iter()
        .flat_map(|&n| [row("simd", 1, n, slow(n)), row("threads+simd", 2, n, quick(n))]);
    let findings = found_in(&report(Experiment::Sizes, rows.collect()));
    let crossing = one(&findings, "crossover", "threads+simd");
    let n = crossing.value("n").unwrap();
    let (low, high) = n.ci95.unwrap();
    assert!(low <= 200.0 && 200.0 <= high && high / low < 1.3, "{crossing:?}");
    assert!(
        crossing.words.starts_with("threads+simd beats simd from n = "),
        "{}",
        crossing.words
    );
    let cost = one(&findings, "cost", "threads+simd");
    let fixed = cost.value("fixed-ms").unwrap().value;
    assert!((fixed - slow(200) / 2.0).abs() < 0.2, "{cost:?}");
    let slope = one(&findings, "cost", "simd").value("exponent").unwrap().value;
    assert!((slope - 3.0).abs() < 0.05, "{slope}");
}

#[test]
fn a_kernel_of_ones_own_has_crossovers_and_kept_data_too() {
    let python = |row: ResultRow| ResultRow {
        form: Form::Python,
        ..row
    };
    let rows = [64, 128, 256, 512, 1024].into_iter().flat_map(|n| {
        let slow = f64::from(n).powi(3) * 1e-6;
        [row("simd", 1, n, slow), row("gpu", 1, n, 4.0 + slow / 2.0)].map(python)
    });
    let findings = found_in(&report(Experiment::Sizes, rows.collect()));
    let crossing = one(&findings, "crossover", "gpu:python");
    assert_eq!(crossing.against.as_deref(), Some("simd:python"));
    assert!(
        (crossing.value("n").unwrap().value - 200.0).abs() < 5.0,
        "{crossing:?}"
    );
    let gpu = ResultRow {
        gpu_ms: Some(GpuMs {
            end_to_end: Some(4.0),
            resident: Some(1.0),
            ..GpuMs::default()
        }),
        ..row("gpu", 1, 64, 4.0)
    };
    let findings = found_in(&report(Experiment::Gpu, vec![python(gpu)]));
    let kept = one(&findings, "resident", "gpu:python");
    assert_eq!(kept.value("resident").unwrap().value, 4.0);
}

#[test]
fn a_software_gpu_gets_no_crossover() {
    let rows = [64, 128, 256, 512].into_iter().flat_map(|n| {
        let gpu = ResultRow {
            warnings: vec!["software GPU: shaders run on the CPU".into()],
            ..row("gpu", 1, n, 1.0)
        };
        [row("simd", 1, n, f64::from(n) / 100.0), gpu]
    });
    let findings = found_in(&report(Experiment::Sizes, rows.collect()));
    let refused = one(&findings, "crossover", "gpu");
    assert!(
        refused.values.is_empty() && refused.words.contains("software GPU"),
        "{refused:?}"
    );
}

fn quantity(id: &str, of: &str, threads: u32, bytes: Option<f64>, value: f64, unit: Of) -> Quantity {
    Quantity {
        id: id.into(),
        of: of.into(),
        threads: Some(threads),
        bytes,
        value,
        ci95: None,
        unit,
        note: None,
    }
}

#[test]
fn a_row_is_held_to_the_lower_ceiling() {
    let mut report = report(
        Experiment::Roofline,
        vec![row("simd", 1, 512, 30.0), row("scalar", 1, 512, 400.0)],
    );
    report.results[1].flops = Some(5e5);
    report.quantities = vec![
        quantity("peak", "simd", 1, None, 10.0, Of::GflopPerS),
        quantity("peak", "scalar", 1, None, 3.0, Of::GflopPerS),
        quantity("copy", "simd", 1, Some(4e6), 12.0, Of::GbPerS),
        quantity("copy", "simd", 1, Some(4e9), 1.0, Of::GbPerS),
    ];
    // 2 n^3 operations in 30 ms are 8.9 GFLOP/s, 85 operations a byte: arithmetic's ceiling.
    let simd = bound(&report, &report.results[0]).unwrap();
    assert!(
        !simd.by_memory && simd.ceiling == 10.0 && (simd.reached - 8.95).abs() < 0.01,
        "{simd:?}"
    );
    // A sixth of an operation a byte: memory's, of the working set that is nearest.
    let scalar = bound(&report, &report.results[1]).unwrap();
    assert!(
        scalar.by_memory && (scalar.ceiling - 5e5 / 3_145_728.0 * 12.0).abs() < 1e-9,
        "{scalar:?}"
    );
    let findings = found_in(&report);
    assert!(
        one(&findings, "bound", "simd")
            .words
            .contains("bound by arithmetic")
    );
    assert!(one(&findings, "bound", "scalar").words.contains("something else"));
}

#[test]
fn busy_threads_and_the_cost_of_recording_are_told() {
    let chunk = |start_ms, end_ms| Span {
        start_ms,
        end_ms,
        kind: SpanKind::Chunk,
        pass: 0,
        first: 0,
        items: 1,
    };
    let track = |name: &str, spans| Track {
        name: name.into(),
        spans,
    };
    let recorded = ResultRow {
        recorded: true,
        speedup: Some(0.8),
        speedup_ci95: Some((0.75, 0.85)),
        verdict: Some(Verdict::Slower),
        ..row("threads", 2, 512, 12.5)
    };
    let mut report = report(Experiment::Timeline, vec![row("threads", 2, 512, 10.0), recorded]);
    report.timelines = vec![Timeline {
        backend: "threads".into(),
        tracks: vec![
            track("thread 0", vec![chunk(1.0, 3.0), chunk(3.0, 5.0)]),
            track("thread 1", vec![chunk(1.0, 3.0)]),
        ],
        dropped: 0,
    }];
    let findings = found_in(&report);
    let balance = one(&findings, "balance", "threads");
    assert_eq!(balance.value("busy").unwrap().value, 0.75);
    assert!((balance.value("imbalance").unwrap().value - 1.0 / 3.0).abs() < 1e-12);
    let cost = one(&findings, "recording", "threads").value("recording").unwrap();
    assert!((cost.value - 0.25).abs() < 1e-12, "{cost:?}");
}

#[test]
fn rows_with_work_for_fewer_threads_do_not_tell_of_scaling() {
    let mut rows: Vec<ResultRow> = (1..=4)
        .map(|t| row("threads", t, 512, 10.0 / f64::from(t)))
        .collect();
    rows.push(ResultRow {
        warnings: vec!["work for 4 threads only: the others of 8 are left out".into()],
        ..row("threads", 8, 512, 2.5)
    });
    let report = report(Experiment::Threads, rows);
    let fit = scaling_of(&report, "threads").unwrap();
    assert_eq!(fit.points.last().unwrap().threads, 4);
    let words = &one(&found_in(&report), "fewer-threads", "threads").words.clone();
    assert!(words.contains("for 8 threads"), "{words}");
}

#[test]
fn sizes_with_work_for_fewer_threads_are_another_line() {
    let sizes = [32, 64, 128, 256, 512, 1024];
    let time = |n: u32| f64::from(n).powi(3) * 1e-6;
    let of = |n: u32| {
        let mut threads = row("threads", 2, n, time(n) / if n < 100 { 1.0 } else { 2.0 });
        if n < 100 {
            threads.warnings = vec![format!("{FEWER_THREADS}1 thread only")];
        }
        [row("scalar", 1, n, time(n)), threads]
    };
    let findings = found_in(&report(
        Experiment::Sizes,
        sizes.into_iter().flat_map(of).collect(),
    ));
    let cost = one(&findings, "cost", "threads");
    assert!(
        cost.words
            .ends_with("Left out, being work for fewer threads: n = 32, 64."),
        "{}",
        cost.words
    );
    let misfit = cost.value("misfit").unwrap().value;
    assert!(misfit.abs() < 0.05, "{misfit}");
    // There is no crossing: below it they are the same. But from somewhere on it is clear.
    let crossing = one(&findings, "crossover", "threads");
    assert_eq!(crossing.value("n-clear").map(|found| found.value), Some(128.0));
}

#[test]
fn too_few_rounds_are_not_told_as_nothing_there() {
    let short = |row: ResultRow| ResultRow {
        samples: row.samples[..4].to_vec(),
        verdict: Some(Verdict::TooFew),
        ..row
    };
    let sizes = [64, 128, 256].map(|n| short(row("simd", 1, n, f64::from(n))));
    let words = one(
        &found_in(&report(Experiment::Sizes, sizes.into())),
        "cost",
        "simd",
    )
    .words
    .clone();
    assert!(words.contains("too few rounds"), "{words}");
    let tried = ResultRow {
        schedule: Some(Schedule::Static),
        ..short(row("threads", 2, 512, 5.0))
    };
    let rows = vec![row("threads", 1, 512, 10.0), row("threads", 2, 512, 5.0), tried];
    let words = one(
        &found_in(&report(Experiment::Threads, rows)),
        "schedule",
        "threads",
    )
    .words
    .clone();
    assert!(words.contains("Too few rounds"), "{words}");
    let recorded = ResultRow {
        recorded: true,
        speedup: Some(0.9),
        ..short(row("threads", 2, 512, 5.0))
    };
    let rows = vec![row("threads", 2, 512, 5.0), recorded];
    let words = one(
        &found_in(&report(Experiment::Timeline, rows)),
        "recording",
        "threads",
    )
    .words
    .clone();
    assert!(words.contains("too few rounds"), "{words}");
}

#[test]
fn one_slow_size_does_not_take_the_intervals_of_all() {
    let mut rows: Vec<ResultRow> = [64, 128, 256, 512, 1024]
        .into_iter()
        .map(|n| row("simd", 1, n, 0.1 + f64::from(n).powi(3) * 1e-6))
        .collect();
    rows[4].samples.truncate(3);
    let found = found_in(&report(Experiment::Sizes, rows));
    let cost = one(&found, "cost", "simd");
    assert!(cost.value("gflop-per-s").unwrap().ci95.is_some(), "{cost:?}");
    assert!(
        cost.words.contains("Left out, for too few rounds: n = 1,024."),
        "{}",
        cost.words
    );
}

#[test]
fn an_idle_thread_counts() {
    let chunk = Span {
        start_ms: 0.0,
        end_ms: 4.0,
        kind: SpanKind::Chunk,
        pass: 0,
        first: 0,
        items: 1,
    };
    let track = |name: &str, spans| Track {
        name: name.into(),
        spans,
    };
    let timeline = |tracks| Timeline {
        backend: "threads".into(),
        tracks,
        dropped: 0,
    };
    let two = balance(&timeline(vec![
        track("engine", Vec::new()),
        track("thread 0", vec![chunk]),
        track("thread 1", Vec::new()),
    ]));
    assert_eq!(
        two,
        Some(Balance {
            busy: 0.5,
            imbalance: 1.0,
            threads: 2
        })
    );
}

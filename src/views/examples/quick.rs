//! How long it takes to analyse and draw a report of 10,000 samples: fits, crossovers, charts,
//! tables. `cargo run --release -p parallax-views --example quick`; 50 ms are allowed.

use std::time::Instant;

use parallax_protocol::{
    Asked, Environment, Experiment, Form, Report, ReportSample, ResultRow, ResultStatus, RunSpec, SCHEMA,
};
use parallax_views::panels::{Look, html};

fn main() {
    let sizes: Vec<u32> = (0..20).map(|i| 64 + 40 * i).collect();
    let backends = ["javascript", "scalar", "simd", "threads", "threads+simd"];
    let rows = sizes.iter().flat_map(|&n| {
        backends.iter().zip(1u32..).map(move |(backend, rank)| {
            let base = f64::from(n).powi(2) / 1e4 / f64::from(rank) + f64::from(rank) / 10.0;
            let sample = |block: u32| ReportSample {
                ms: base * (1.0 + f64::from(block * 37 % 100) / 5e3),
                block,
                outlier: false,
            };
            ResultRow {
                status: ResultStatus::Ok,
                samples: (0..100).map(sample).collect(),
                median_ms: Some(base),
                ci95_ms: Some((base * 0.99, base * 1.01)),
                flops: Some(f64::from(n).powi(2) * 10.0),
                bytes: Some(f64::from(n).powi(2)),
                ..ResultRow::blank("mandelbrot", n, backend, Form::Rust, 1)
            }
        })
    });
    let spec = RunSpec {
        experiment: Experiment::Sizes,
        ..RunSpec::race("mandelbrot", 824)
    };
    let report = Report {
        schema: SCHEMA,
        spec: Asked::from(&spec),
        environment: Environment::default(),
        results: rows.collect(),
        quantities: Vec::new(),
        timelines: Vec::new(),
        findings: Vec::new(),
    };
    let samples: usize = report.results.iter().map(|row| row.samples.len()).sum();
    let look = Look {
        width: 820.0,
        backend: &|id| id.to_owned(),
        workload: &|id| id.to_owned(),
        theirs: None,
        is_theirs: false,
        window: None,
    };
    let mut times: Vec<f64> = (0..21)
        .map(|_| {
            let begin = Instant::now();
            let drawn = html(&report, &look);
            assert!(drawn.len() > 10_000);
            begin.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!(
        "{samples} samples: {:.1} ms (median of {})",
        times[10],
        times.len()
    );
}

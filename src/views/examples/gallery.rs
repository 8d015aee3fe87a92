//! Draws one chart of each kind, in light and in dark, wide and narrow, into a folder: to be looked at.
//!
//! `cargo run -p parallax-views --example gallery -- FOLDER`

use std::path::Path;

use parallax_views::charts::{
    Axis, Bars, Ceiling, Chart, Curve, How, Kind, Lines, Mark, Options, Part, Point, Row, Series, Span,
    Spans, Theme, Track, Unit, draw,
};

fn main() -> std::io::Result<()> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "gallery".into());
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder)?;
    for chart in [
        threads(),
        sizes(),
        parts(),
        roofline(),
        timeline(),
        zoomed(),
        nothing(),
    ] {
        for (theme, name) in [(Theme::Light, "light"), (Theme::Dark, "dark")] {
            for width in [820.0, 340.0] {
                let picture = draw(&chart, &Options::file(width, theme));
                std::fs::write(
                    folder.join(format!("{}-{name}-{width}.svg", chart.id)),
                    picture.svg,
                )?;
            }
        }
    }
    Ok(())
}

fn chart(id: &str, title: &str, desc: &str, kind: Kind) -> Chart {
    Chart {
        id: id.into(),
        title: title.into(),
        desc: desc.into(),
        kind,
    }
}

fn series(key: &str, name: &str, points: Vec<Point>) -> Series {
    Series {
        key: key.into(),
        name: name.into(),
        points,
        how: How::Line,
        dashed: false,
        marker: None,
    }
}

fn with_interval(x: f64, y: f64, share: f64) -> Point {
    Point {
        x,
        y,
        interval: Some((y * (1.0 - share), y * (1.0 + share * 0.8))),
        label: None,
    }
}

fn usl(n: f64, contention: f64, crosstalk: f64) -> f64 {
    n / (1.0 + contention * (n - 1.0) + crosstalk * n * (n - 1.0))
}

fn threads() -> Chart {
    let wobble = [0.0, 0.02, -0.03, 0.04, -0.02, 0.03, -0.05, 0.02];
    let points = |c: f64, k: f64| {
        let one = |(i, w): (usize, &f64)| {
            let n = (i + 1) as f64;
            with_interval(n, usl(n, c, k) * (1.0 + w), 0.05)
        };
        wobble.iter().enumerate().map(one).collect::<Vec<_>>()
    };
    let fine = |f: &dyn Fn(f64) -> f64| {
        (10..=80)
            .map(|i| f64::from(i) / 10.0)
            .map(|n| (n, f(n)))
            .collect()
    };
    let lines = Lines {
        x: Axis::new("threads", Unit::Count).counting("threads"),
        y: Axis::new("speed-up over one thread", Unit::Ratio),
        series: vec![
            series("threads", "Threads", points(0.03, 0.004)),
            series("threads+simd", "Threads + SIMD", points(0.08, 0.012)),
        ],
        curves: vec![
            Curve {
                key: String::new(),
                name: "ideal".into(),
                points: vec![(1.0, 1.0), (8.0, 8.0)],
                dashed: false,
            },
            Curve {
                key: "threads".into(),
                name: "law fitted to Threads".into(),
                points: fine(&|n| usl(n, 0.03, 0.004)),
                dashed: true,
            },
        ],
        marks: vec![],
        ceilings: vec![],
    };
    chart(
        "threads",
        "Eight threads are five times as fast as one",
        "Speed-up of Mandelbrot over the number of threads, measured, with 95% intervals, and the universal \
         scalability law fitted to it.",
        Kind::Lines(lines),
    )
}

fn sizes() -> Chart {
    let times = |fixed: f64, each: f64| -> Vec<Point> {
        let one = |i: i32| {
            let n = 2f64.powf(10.0 + f64::from(i) * 0.5);
            with_interval(
                n,
                (fixed + each * n) * (1.0 + 0.04 * f64::from(i * 7 % 5 - 2)),
                0.12,
            )
        };
        (0..25).map(one).collect()
    };
    let lines = Lines {
        x: Axis::new("elements", Unit::Count).counting("elements").log(),
        y: Axis::new("time per run", Unit::TimeMs).log(),
        series: vec![
            series("scalar", "Scalar", times(0.001, 4e-5)),
            series("simd", "SIMD", times(0.001, 1.1e-5)),
            series("threads+simd", "Threads + SIMD", times(0.04, 2.1e-6)),
            series("gpu", "GPU", times(0.9, 3e-7)),
        ],
        curves: vec![],
        marks: vec![Mark {
            at: 131_000.0,
            interval: Some((98_000.0, 180_000.0)),
            label: "GPU ahead of SIMD from n = 131,000 (98,000-180,000)".into(),
        }],
        ceilings: vec![],
    };
    chart(
        "sizes",
        "From where on the GPU pays",
        "Time per run over the number of elements for four back ends, with 95% intervals.",
        Kind::Lines(lines),
    )
}

fn parts() -> Chart {
    let row = |id: &str, name: &str, note: Option<&str>, values: &[f64]| Row {
        id: id.into(),
        name: name.into(),
        parts: [
            ("upload", "upload"),
            ("compute", "compute"),
            ("read", "read back"),
            ("wait", "waiting for the queue"),
        ]
        .iter()
        .zip(values)
        .map(|((key, name), value)| Part {
            key: (*key).into(),
            name: (*name).into(),
            value: *value,
        })
        .collect(),
        note: note.map(Into::into),
    };
    let bars = Bars {
        axis: Axis::new("time", Unit::TimeMs),
        rows: vec![
            row("gpu", "Mandelbrot", Some("1024 x 1024"), &[0.4, 3.1, 2.2, 0.8]),
            row("gpu", "N-body", Some("4,096 bodies"), &[0.2, 8.4, 0.3, 0.7]),
            row("gpu", "Matrix product", Some("512 x 512"), &[1.9, 1.2, 1.1, 0.9]),
            row("gpu", "Sum of squares", None, &[6.3, 0.35, 0.02, 0.9]),
        ],
    };
    chart(
        "parts",
        "Where the GPU's time goes",
        "Time of one run on the GPU by part, for four workloads.",
        Kind::Bars(bars),
    )
}

fn roofline() -> Chart {
    let work = [
        ("sum of squares", 0.25),
        ("blur", 0.9),
        ("histogram", 0.12),
        ("matrix product", 10.0),
        ("N-body", 22.0),
        ("Mandelbrot", 60.0),
    ];
    let points = |peak: f64, bandwidth: f64, share: [f64; 6]| -> Vec<Point> {
        let one = |((label, x), share): (&(&str, f64), f64)| Point {
            x: *x,
            y: (bandwidth * x).min(peak) * share,
            interval: None,
            label: Some((*label).into()),
        };
        work.iter().zip(share).map(one).collect()
    };
    let scattered = |key: &str, name: &str, points: Vec<Point>| Series {
        how: How::Points,
        ..series(key, name, points)
    };
    let roof = |key: &str, peak: f64, bandwidth: f64, label: &str, slant: &str| Ceiling {
        key: key.into(),
        label: label.into(),
        slant: Some(slant.into()),
        points: vec![(0.05, 0.05 * bandwidth), (peak / bandwidth, peak), (200.0, peak)],
    };
    let lines = Lines {
        x: Axis::new("arithmetic intensity", Unit::FlopsPerByte).log(),
        y: Axis::new("attained", Unit::GigaflopsPerSecond).log(),
        series: vec![
            scattered(
                "scalar",
                "Scalar",
                points(9.0, 12.0, [0.9, 0.5, 0.3, 0.4, 0.6, 0.7]),
            ),
            scattered("simd", "SIMD", points(36.0, 14.0, [0.9, 0.7, 0.3, 0.6, 0.7, 0.8])),
            scattered(
                "threads+simd",
                "Threads + SIMD",
                points(210.0, 41.0, [0.8, 0.6, 0.25, 0.5, 0.7, 0.85]),
            ),
        ],
        curves: vec![],
        marks: vec![],
        ceilings: vec![
            roof("", 210.0, 41.0, "8 threads, 210 GFLOP/s", "memory, 41 GB/s"),
            roof("", 36.0, 14.0, "1 thread, 36 GFLOP/s", "14 GB/s"),
        ],
    };
    chart(
        "roofline",
        "What memory and arithmetic allow",
        "Attained rate over arithmetic intensity, under the limits measured on this machine.",
        Kind::Lines(lines),
    )
}

fn tracks() -> Vec<Track> {
    (0..8u32)
        .map(|t| {
            let mut spans = Vec::new();
            let mut at = 0.4 + 0.15 * f64::from(t);
            let mut seed = t * 7919 + 13;
            while at < 42.0 {
                seed = seed.wrapping_mul(1_103_515_245).wrapping_add(12_345);
                let long = 0.3 + f64::from(seed >> 16 & 0xff) / 60.0;
                let waits = seed >> 24 & 7 == 0;
                spans.push(Span {
                    start_ms: at,
                    end_ms: at + long,
                    key: if waits { "waiting" } else { "rows" }.into(),
                    label: format!("rows from {}", seed >> 20),
                });
                at += long + 0.12;
            }
            spans.push(Span {
                start_ms: at,
                end_ms: at + 1.0,
                key: "merge".into(),
                label: String::new(),
            });
            Track {
                key: "threads".into(),
                name: format!("Thread {}", t + 1),
                spans,
            }
        })
        .collect()
}

fn timeline() -> Chart {
    let spans = Spans {
        tracks: tracks(),
        window: None,
        idle: vec!["waiting".into()],
    };
    chart(
        "timeline",
        "Eight threads, one run",
        "What each thread did, and when; the last rows are uneven.",
        Kind::Spans(spans),
    )
}

fn zoomed() -> Chart {
    let spans = Spans {
        tracks: tracks(),
        window: Some((38.0, 44.0)),
        idle: vec!["waiting".into()],
    };
    chart(
        "zoomed",
        "The end of the run",
        "The last milliseconds of the same run.",
        Kind::Spans(spans),
    )
}

fn nothing() -> Chart {
    chart(
        "nothing",
        "Not measured yet",
        "There is nothing to be seen.",
        Kind::Bars(Bars {
            axis: Axis::new("time", Unit::TimeMs),
            rows: vec![],
        }),
    )
}

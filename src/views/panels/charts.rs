//! Which charts an experiment has, and what is in them.

use parallax_protocol::{Experiment, Finding, Quantity, Report, ResultRow, ResultStatus, SpanKind};
use parallax_stats::Estimate;

use super::Look;
use crate::charts::{
    Axis, Bars, Ceiling, Chart, Curve, How, Kind, Lines, Mark, Part, Point, Row, Series, Span, Spans, Track,
    Unit,
};
use crate::findings;
use crate::roofline::bound;
use crate::words;

/// Points of a fitted curve.
const CURVE_POINTS: u32 = 48;

/// The charts of a report and of what was found in it, in the order of their questions.
pub fn charts(report: &Report, found: &[Finding], look: &Look) -> Vec<Chart> {
    let all = match report.spec.experiment {
        Experiment::Race => Vec::new(),
        Experiment::Threads => threads(report, found, look),
        Experiment::Sizes => sizes(report, found, look),
        Experiment::Gpu => gpu(report, look),
        Experiment::Roofline => roofline(report, look),
        Experiment::Timeline => timeline(report, look),
        Experiment::Machine => machine(report, look.theirs),
    };
    all.into_iter().filter(|chart| !is_empty(chart)).collect()
}

fn is_empty(chart: &Chart) -> bool {
    match &chart.kind {
        Kind::Lines(lines) => lines.series.iter().all(|series| series.points.is_empty()),
        Kind::Bars(bars) => bars.rows.is_empty(),
        Kind::Spans(spans) => spans.tracks.is_empty(),
    }
}

fn chart(id: &str, title: &str, desc: &str, kind: Kind) -> Chart {
    Chart {
        id: id.into(),
        title: title.into(),
        desc: desc.into(),
        kind,
    }
}

fn lines(x: Axis, y: Axis, series: Vec<Series>) -> Lines {
    Lines {
        x,
        y,
        series,
        curves: Vec::new(),
        marks: Vec::new(),
        ceilings: Vec::new(),
    }
}

fn series(key: &str, name: String, points: Vec<Point>) -> Series {
    Series {
        key: key.into(),
        name,
        points,
        how: How::Line,
        dashed: false,
        marker: None,
    }
}

fn timed(row: &&ResultRow) -> bool {
    row.median_ms.is_some() && matches!(row.status, ResultStatus::Ok | ResultStatus::Stopped)
}

/// The back ends that have rows, in their order.
fn backends(report: &Report) -> Vec<&str> {
    let mut all: Vec<&str> = Vec::new();
    for row in report.results.iter().filter(timed) {
        if !all.contains(&row.backend.as_str()) {
            all.push(&row.backend);
        }
    }
    all
}

fn rows<'a>(report: &'a Report, backend: &'a str) -> impl Iterator<Item = &'a ResultRow> {
    let own = report.results.iter().filter(timed);
    own.filter(move |row| row.backend == backend)
}

/// A back end's name, and that it is a GPU in software where it is.
fn named(report: &Report, backend: &str, look: &Look) -> String {
    let name = (look.backend)(backend);
    match rows(report, backend).any(findings::is_software_row) {
        true => words::in_software(&name),
        false => name,
    }
}

fn point(x: f64, of: Estimate) -> Point {
    Point {
        x,
        y: of.value,
        interval: of.ci95,
        label: None,
    }
}

/// Threads, speed-up and efficiency, with their intervals.
type Scaled = (u32, Estimate, Estimate);

/// How a back end scales: by its samples, or, where a link brought none, by what they came to.
fn scaled(report: &Report, backend: &str) -> Vec<Scaled> {
    if let Some(fit) = findings::scaling_of(report, backend) {
        let points = fit.points.iter();
        return points.map(|p| (p.threads, p.speedup, p.efficiency)).collect();
    }
    let own = rows(report, backend).filter(|row| row.schedule.is_none() && row.threads > 0);
    let mut all: Vec<Scaled> = own
        .filter_map(|row| {
            let speedup = match row.threads {
                1 => Estimate {
                    value: 1.0,
                    ci95: None,
                },
                _ => Estimate {
                    value: row.speedup?,
                    ci95: row.speedup_ci95,
                },
            };
            let each = f64::from(row.threads);
            let efficiency = Estimate {
                value: speedup.value / each,
                ci95: speedup.ci95.map(|(low, high)| (low / each, high / each)),
            };
            Some((row.threads, speedup, efficiency))
        })
        .collect();
    all.sort_by_key(|(threads, ..)| *threads);
    all
}

fn threads(report: &Report, found: &[Finding], look: &Look) -> Vec<Chart> {
    let mut speed = Vec::new();
    let mut efficiency = Vec::new();
    let mut curves = Vec::new();
    let mut most = 1;
    for backend in backends(report) {
        let points = scaled(report, backend);
        let Some((last, ..)) = points.last().copied() else {
            continue;
        };
        let name = named(report, backend, look);
        let at = |(threads, of): (u32, Estimate)| point(threads.into(), of);
        speed.push(series(
            backend,
            name.clone(),
            points.iter().map(|(t, speedup, _)| at((*t, *speedup))).collect(),
        ));
        efficiency.push(series(
            backend,
            name.clone(),
            points.iter().map(|(t, _, each)| at((*t, *each))).collect(),
        ));
        most = most.max(last);
        let over = |f: &dyn Fn(f64) -> f64| {
            let at = |i| 1.0 + f64::from(last - 1) * f64::from(i) / f64::from(CURVE_POINTS);
            (0..=CURVE_POINTS).map(|i| (at(i), f(at(i)))).collect::<Vec<_>>()
        };
        let fitted = |id: &str, what: &str| {
            let own = found.iter().find(|f| f.id == id && f.backend == backend)?;
            Some(own.value(what)?.value)
        };
        // The richer law where there are points enough for it.
        let law = (
            fitted("usl", "contention"),
            fitted("usl", "coherence"),
            fitted("amdahl", "serial"),
        );
        let curve = match law {
            (Some(contention), Some(coherence), _) => Some((
                words::USL,
                over(&|p| p / (1.0 + contention * (p - 1.0) + coherence * p * (p - 1.0))),
            )),
            (_, _, Some(serial)) => Some((words::AMDAHL, over(&|p| 1.0 / (serial + (1.0 - serial) / p)))),
            _ => None,
        };
        curves.extend(curve.map(|(law, points)| Curve {
            key: backend.into(),
            name: format!("{name}, {law}"),
            points,
            dashed: true,
        }));
    }
    curves.push(Curve {
        key: String::new(),
        name: words::IDEAL.into(),
        points: vec![(1.0, 1.0), (most.into(), most.into())],
        dashed: true,
    });
    let axis = || Axis::new(words::THREADS, Unit::Count).counting(words::THREADS);
    let speed = Lines {
        curves,
        ..lines(axis(), Axis::new("speed-up", Unit::Ratio), speed)
    };
    let efficiency = lines(axis(), Axis::new("efficiency", Unit::Percent), efficiency);
    vec![
        chart("speedup", words::SPEEDUP, words::SPEEDUP_DESC, Kind::Lines(speed)),
        chart(
            "efficiency",
            words::EFFICIENCY,
            words::EFFICIENCY_DESC,
            Kind::Lines(efficiency),
        ),
        chart(
            "schedules",
            words::SCHEDULES,
            words::SCHEDULES_DESC,
            Kind::Bars(schedules(report)),
        ),
    ]
}

/// The usual dealing and the others, one bar each.
fn schedules(report: &Report) -> Bars {
    let tried: Vec<&ResultRow> = report
        .results
        .iter()
        .filter(timed)
        .filter(|r| r.schedule.is_some())
        .collect();
    let usual = tried.first().and_then(|first| {
        rows(report, &first.backend).find(|row| row.schedule.is_none() && row.threads == first.threads)
    });
    let bar = |row: &&ResultRow| Row {
        id: row.backend.clone(),
        name: match row.schedule {
            Some(schedule) => words::schedule(schedule.name(), row.chunk),
            None => words::USUAL.into(),
        },
        parts: vec![Part {
            key: "time".into(),
            name: words::TIME.into(),
            value: row.median_ms.unwrap_or_default(),
        }],
        note: row.imbalance.map(words::uneven),
    };
    Bars {
        axis: Axis::new(words::TIME, Unit::TimeMs),
        rows: usual.iter().chain(&tried).map(bar).collect(),
    }
}

fn sizes(report: &Report, found: &[Finding], look: &Look) -> Vec<Chart> {
    let times = |backend: &&str| {
        let at = |row: &ResultRow| Point {
            x: row.size.into(),
            y: row.median_ms.unwrap_or_default(),
            interval: row.ci95_ms,
            label: None,
        };
        series(
            backend,
            named(report, backend, look),
            rows(report, backend).map(at).collect(),
        )
    };
    let rates = |backend: &&str| {
        let at = |row: &ResultRow| {
            let (flops, ms) = (row.flops?, row.median_ms?);
            Some(Point {
                x: row.size.into(),
                y: flops / ms / 1e6,
                interval: row
                    .ci95_ms
                    .map(|(low, high)| (flops / high / 1e6, flops / low / 1e6)),
                label: None,
            })
        };
        series(
            backend,
            named(report, backend, look),
            rows(report, backend).filter_map(at).collect(),
        )
    };
    let all = backends(report);
    let marks = found
        .iter()
        .filter(|f| f.id == "crossover")
        .filter_map(|finding| {
            let n = finding.value("n")?;
            let against = finding.against.as_deref().unwrap_or_default();
            Some(Mark {
                at: n.value,
                interval: n.ci95,
                label: words::beats(
                    &(look.backend)(&finding.backend),
                    &(look.backend)(against),
                    &Unit::Count.write(findings::rounded(n.value)),
                ),
            })
        });
    let n = || Axis::new(words::SIZE, Unit::Count).log();
    let time = Lines {
        marks: marks.collect(),
        ..lines(
            n(),
            Axis::new(words::TIME, Unit::TimeMs).log(),
            all.iter().map(times).collect(),
        )
    };
    let rate = lines(
        n(),
        Axis::new(words::RATE, Unit::GigaflopsPerSecond).log(),
        all.iter().map(rates).collect(),
    );
    vec![
        chart(
            "time-by-size",
            words::TIME_BY_SIZE,
            words::TIME_BY_SIZE_DESC,
            Kind::Lines(time),
        ),
        chart(
            "rate-by-size",
            words::RATE_BY_SIZE,
            words::RATE_BY_SIZE_DESC,
            Kind::Lines(rate),
        ),
    ]
}

fn gpu(report: &Report, look: &Look) -> Vec<Chart> {
    let part = |key: &str, name: &str, value: Option<f64>| {
        value.map(|value| Part {
            key: key.into(),
            name: name.into(),
            value,
        })
    };
    let own = report.results.iter().filter(timed);
    let own: Vec<&ResultRow> = own.filter(|row| findings::is_gpu(row)).collect();
    let several = own.iter().any(|row| row.backend != own[0].backend);
    let size = |row: &ResultRow| {
        let n = format!("n = {}", Unit::Count.write(row.size.into()));
        match several {
            true => format!("{}, {n}", (look.backend)(&row.backend)),
            false => n,
        }
    };
    let parts = |row: &ResultRow| {
        let gpu = row.gpu_ms?;
        let inner = match gpu.kernel {
            Some(_) => vec![
                part("dispatch", words::DISPATCH, gpu.dispatch),
                part("kernel", words::KERNEL, gpu.kernel),
            ],
            None => vec![part("both", words::KERNEL_AND_DISPATCH, gpu.resident)],
        };
        let all = [part("upload", words::UPLOAD, gpu.upload)]
            .into_iter()
            .chain(inner)
            .chain([part("readback", words::READBACK, gpu.readback)]);
        Some(Row {
            id: row.backend.clone(),
            name: size(row),
            parts: all.flatten().collect(),
            note: row
                .cold_ms
                .and_then(|cold| cold.pipeline)
                .map(|ms| format!("{} {}", words::COLD, Unit::TimeMs.write(ms))),
        })
    };
    let kept = |row: &ResultRow| {
        let gpu = row.gpu_ms?;
        let bar = |name: &str, value: f64| Row {
            id: row.backend.clone(),
            name: format!("{}, {name}", size(row)),
            parts: vec![Part {
                key: name.into(),
                name: name.into(),
                value,
            }],
            note: None,
        };
        Some([
            bar(words::END_TO_END, gpu.end_to_end?),
            bar(words::RESIDENT, gpu.resident?),
        ])
    };
    let time = || Axis::new(words::TIME, Unit::TimeMs);
    let stacked = Bars {
        axis: time(),
        rows: own.iter().filter_map(|row| parts(row)).collect(),
    };
    let kept = Bars {
        axis: time(),
        rows: own.iter().filter_map(|row| kept(row)).flatten().collect(),
    };
    let transfer = by_bytes(&report.quantities, &["gpu-upload", "gpu-readback"], |q| {
        words::quantity(&bare(q))
    });
    vec![
        chart("gpu-parts", words::PARTS, words::PARTS_DESC, Kind::Bars(stacked)),
        chart("gpu-kept", words::KEPT, words::KEPT_DESC, Kind::Bars(kept)),
        chart(
            "gpu-transfer",
            words::TRANSFER,
            words::TRANSFER_DESC,
            Kind::Lines(lines(
                Axis::new(words::BYTES, Unit::Bytes).log(),
                Axis::new("bandwidth", Unit::GigabytesPerSecond).log(),
                transfer,
            )),
        ),
    ]
}

/// The same without its size.
fn bare(q: &Quantity) -> Quantity {
    Quantity {
        bytes: None,
        ..q.clone()
    }
}

/// Quantities of these ids over their bytes, one series for each that differs otherwise.
fn by_bytes(all: &[Quantity], ids: &[&str], name: impl Fn(&Quantity) -> String) -> Vec<Series> {
    // What, of what, by how many threads.
    type Of<'a> = (&'a str, &'a str, Option<u32>);
    let mut out: Vec<(Of, Series)> = Vec::new();
    for q in all.iter().filter(|q| ids.contains(&q.id.as_str())) {
        let Some(bytes) = q.bytes else { continue };
        let of = (q.id.as_str(), q.of.as_str(), q.threads);
        let at = Point {
            x: bytes,
            y: q.value,
            interval: q.ci95,
            label: None,
        };
        match out.iter_mut().find(|(known, _)| *known == of) {
            Some((_, series)) => series.points.push(at),
            None => out.push((of, series(&colour(q), name(q), vec![at]))),
        }
    }
    out.into_iter().map(|(_, series)| series).collect()
}

/// The rung that a ceiling belongs to: many lanes or one, many threads or one.
fn colour(q: &Quantity) -> String {
    let many = q.threads.is_some_and(|threads| threads > 1);
    match (q.of.as_str(), many) {
        ("simd", true) => "threads+simd".into(),
        ("scalar", true) => "threads".into(),
        ("", _) => q.id.clone(),
        (of, _) => of.into(),
    }
}

fn roofline(report: &Report, look: &Look) -> Vec<Chart> {
    let placed = |backend: &&str| {
        let at = |row: &ResultRow| {
            let bound = bound(report, row)?;
            Some(Point {
                x: bound.intensity,
                y: bound.reached,
                interval: None,
                label: Some((look.workload)(&row.workload)),
            })
        };
        Series {
            how: How::Points,
            ..series(
                backend,
                named(report, backend, look),
                rows(report, backend).filter_map(at).collect(),
            )
        }
    };
    let series: Vec<Series> = backends(report).iter().map(placed).collect();
    let points = || series.iter().flat_map(|s| &s.points);
    let low = points().map(|p| p.x).fold(0.1, f64::min) / 2.0;
    // Room for the ceilings' names, beyond the last point.
    let high = points().map(|p| p.x).fold(10.0, f64::max) * 40.0;
    let x = Axis::new(words::INTENSITY, Unit::FlopsPerByte)
        .log()
        .range(low, high);
    let y = Axis::new(words::RATE, Unit::GigaflopsPerSecond).log();
    let ceilings = report.quantities.iter().filter(|q| q.id == "peak");
    let ceilings = ceilings.filter_map(|peak| {
        // What does not fit into any cache: the largest working set.
        let copies = report
            .quantities
            .iter()
            .filter(|q| q.id == "copy" && (q.of == "gpu") == (peak.of == "gpu") && q.threads == peak.threads);
        let memory = copies.max_by(|a, b| a.bytes.unwrap_or(0.0).total_cmp(&b.bytes.unwrap_or(0.0)))?;
        let knee = (peak.value / memory.value).clamp(low, high);
        Some(Ceiling {
            key: colour(peak),
            label: format!(
                "{} {}",
                words::ceiling(peak),
                Unit::GigaflopsPerSecond.write(peak.value)
            ),
            slant: Some(Unit::GigabytesPerSecond.write(memory.value)),
            points: vec![
                (low, low * memory.value),
                (knee, knee * memory.value),
                (high, peak.value),
            ],
        })
    });
    let main = Lines {
        ceilings: ceilings.collect(),
        ..lines(x, y, series.clone())
    };
    vec![
        chart(
            "roofline",
            words::ROOFLINE,
            words::ROOFLINE_DESC,
            Kind::Lines(main),
        ),
        copy(&report.quantities, &[]),
        peak(&report.quantities, &[]),
    ]
}

/// Ours, and somebody else's in the same picture: dashed, and by that name.
fn both(
    ours: &[Quantity],
    theirs: &[Quantity],
    ids: &[&str],
    name: impl Fn(&Quantity) -> String,
) -> Vec<Series> {
    let others = by_bytes(theirs, ids, |q| words::theirs(&name(q)));
    let others = others.into_iter().map(|series| Series {
        dashed: true,
        ..series
    });
    by_bytes(ours, ids, &name).into_iter().chain(others).collect()
}

fn copy(quantities: &[Quantity], theirs: &[Quantity]) -> Chart {
    let series = both(quantities, theirs, &["copy"], words::ceiling);
    let x = Axis::new(words::WORKING_SET, Unit::Bytes).log();
    let y = Axis::new("bandwidth", Unit::GigabytesPerSecond).log();
    chart(
        "copy",
        words::COPY,
        words::COPY_DESC,
        Kind::Lines(lines(x, y, series)),
    )
}

fn peak(quantities: &[Quantity], theirs: &[Quantity]) -> Chart {
    let bar = |(q, name): (&Quantity, String)| Row {
        id: colour(q),
        name,
        parts: vec![Part {
            key: "peak".into(),
            name: words::PEAK.into(),
            value: q.value,
        }],
        note: None,
    };
    let rung = words::ceiling;
    let ours = quantities.iter().map(|q| (q, rung(q)));
    let others = theirs.iter().map(|q| (q, words::theirs(&rung(q))));
    let rows = ours.chain(others).filter(|(q, _)| q.id == "peak").map(bar);
    let bars = Bars {
        axis: Axis::new(words::RATE, Unit::GigaflopsPerSecond),
        rows: rows.collect(),
    };
    chart("peak", words::PEAK, words::PEAK_DESC, Kind::Bars(bars))
}

fn timeline(report: &Report, look: &Look) -> Vec<Chart> {
    let each = |(number, timeline): (usize, &parallax_protocol::Timeline)| {
        let track = |track: &parallax_protocol::Track| Track {
            key: match track.name.as_str() {
                "engine" | "queue" => "scalar".into(),
                _ => timeline.backend.clone(),
            },
            name: track.name.clone(),
            spans: track.spans.iter().map(span).collect(),
        };
        let spans = Spans {
            tracks: timeline.tracks.iter().map(track).collect(),
            window: look.window,
            idle: vec!["wait".into(), "run".into(), "submit".into()],
        };
        chart(
            &format!("timeline-{number}"),
            &words::timeline(&named(report, &timeline.backend, look)),
            words::TIMELINE_DESC,
            Kind::Spans(spans),
        )
    };
    report.timelines.iter().enumerate().map(each).collect()
}

fn span(span: &parallax_protocol::Span) -> Span {
    let (key, label) = match span.kind {
        SpanKind::Chunk => (
            "chunk",
            format!(
                "pass {}, items {}-{}",
                span.pass,
                span.first,
                (span.first + span.items).saturating_sub(1)
            ),
        ),
        SpanKind::Wait => ("wait", words::WAIT.into()),
        SpanKind::Run => ("run", "run".into()),
        SpanKind::Upload => ("upload", words::UPLOAD.into()),
        SpanKind::Submit => ("submit", words::DISPATCH.into()),
        SpanKind::Kernel => ("kernel", words::KERNEL.into()),
        SpanKind::ReadBack => ("readback", words::READBACK.into()),
    };
    Span {
        start_ms: span.start_ms,
        end_ms: span.end_ms,
        key: key.into(),
        label,
    }
}

fn machine(report: &Report, theirs: Option<&Report>) -> Vec<Chart> {
    let ours = report.quantities.as_slice();
    let theirs = theirs.map_or(&[][..], |report| report.quantities.as_slice());
    let messages = lines(
        Axis::new(words::BYTES, Unit::Bytes).log(),
        Axis::new("bandwidth", Unit::GigabytesPerSecond).log(),
        both(ours, theirs, &["clone", "transfer", "shared"], |q| {
            words::quantity(&bare(q))
        }),
    );
    vec![
        copy(ours, theirs),
        peak(ours, theirs),
        chart(
            "messages",
            words::MESSAGES,
            words::MESSAGES_DESC,
            Kind::Lines(messages),
        ),
    ]
}

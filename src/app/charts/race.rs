//! The race: one row per back end on one time axis.

use parallax_protocol::{Capabilities, Catalogue, ErrorKind, Form, Support, Verification};
use parallax_stats::{Speedup, Summary, Verdict, speedup, summarize};

use super::axis::{Axis, LOG_SPAN};
use crate::state::{Row, RowStatus, Run};
use crate::{format, text};

/// The row that the others are compared with.
pub const BASELINE: &str = "scalar";

/// A sample this many times the median may lie beyond the axis; it is counted in words then.
const FAR_OUT: f64 = 2.0;

/// Everything that is drawn.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Race {
    /// In ladder order.
    pub rows: Vec<RowView>,
    /// `None` before there is a time to show.
    pub axis: Option<Axis>,
    /// Largest over smallest time is large enough for a logarithmic axis.
    pub offers_log: bool,
    /// The baseline takes part.
    pub has_baseline: bool,
}

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct RowView {
    /// Back end id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// How it runs the kernel, and on how many threads.
    pub how: String,
    /// How it is.
    pub status: RowStatus,
    /// Whether the output passed; `None` before that is known.
    pub verified: Option<bool>,
    /// One line under the bar.
    pub caption: String,
    /// More about the verdict, where there is one.
    pub verdict: Option<String>,
    /// Why there is no time.
    pub reason: Option<String>,
    /// Median and interval.
    pub time: Option<Figure>,
    /// Speed-up and interval.
    pub speed: Option<Figure>,
    /// "cold 12 ms", and its parts.
    pub cold: Option<(String, String)>,
    /// The bar.
    pub bar: Option<Bar>,
    /// Median for programs that read the page.
    pub median_ms: Option<f64>,
    /// Ratio for programs that read the page; never of a software GPU.
    pub ratio: Option<f64>,
    /// How many samples there are.
    pub samples: usize,
}

/// A number with what qualifies it.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// The number with its unit, or words.
    pub main: String,
    /// Interval or qualification.
    pub sub: Option<String>,
    /// `main` is words, not a number.
    pub words: bool,
}

/// A bar on the axis; everything from 0 to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// Its end.
    pub end: f64,
    /// The interval around its end.
    pub interval: Option<(f64, f64)>,
    /// No statistics yet.
    pub provisional: bool,
    /// One per sample.
    pub samples: Vec<f64>,
}

/// Makes the chart of a run.
pub fn of_run(catalogue: &Catalogue, capabilities: Option<&Capabilities>, run: &Run, log: bool) -> Race {
    let summaries: Vec<Option<Summary>> = run.rows.iter().map(figures).collect();
    let mut times = Vec::new();
    for (row, summary) in run.rows.iter().zip(&summaries) {
        match summary {
            Some(summary) => {
                let reach = summary.median_ms * FAR_OUT;
                times.push(summary.median_ms);
                times.extend(row.samples.iter().map(|s| s.ms).filter(|ms| *ms <= reach));
            }
            None => times.extend(row.provisional_ms),
        }
    }
    let middles = || {
        let pairs = run.rows.iter().zip(&summaries);
        pairs
            .filter_map(|(row, s)| s.map(|s| s.median_ms).or(row.provisional_ms))
            .filter(|ms| *ms > 0.0)
    };
    let (low, high) = middles().fold((f64::MAX, 0.0f64), |(l, h), t| (l.min(t), h.max(t)));
    let offers_log = high > low * LOG_SPAN;
    let axis = Axis::new(&times, log && offers_log);
    let baseline = run.rows.iter().find(|row| row.id == BASELINE);
    let rows = run.rows.iter().zip(&summaries).map(|(row, summary)| {
        let ratio = (!is_software_gpu(catalogue, capabilities, &row.id))
            .then(|| compare(baseline, row))
            .flatten();
        view(catalogue, capabilities, run, row, *summary, ratio, axis.as_ref())
    });
    Race {
        rows: rows.collect(),
        offers_log,
        has_baseline: baseline.is_some(),
        axis,
    }
}

/// Makes the chart of a question that nobody has asked yet: what would run, and what cannot.
pub fn of_question(catalogue: &Catalogue, capabilities: Option<&Capabilities>, asked: &[String]) -> Race {
    let rows = asked.iter().map(|id| {
        let mut row = Row::new(id.clone());
        match capabilities.and_then(|c| c.backend(id)) {
            Some(Support::No { reason }) => {
                row.status = RowStatus::Skipped;
                row.reason = Some(reason.clone());
            }
            Some(Support::Yes { note }) => row.notes.extend(note.clone()),
            None => {}
        }
        let mut view = blank(catalogue, &row);
        view.caption = match row.status {
            RowStatus::Skipped => text::CANNOT_RUN_HERE.into(),
            _ => row.notes.join(", "),
        };
        view
    });
    Race {
        rows: rows.collect(),
        axis: None,
        offers_log: false,
        has_baseline: asked.iter().any(|id| id == BASELINE),
    }
}

fn figures(row: &Row) -> Option<Summary> {
    row.counts().then(|| summarize(&row.samples)).flatten()
}

/// The speed-up of a row, if both were sampled in the same job.
pub fn compare(baseline: Option<&Row>, row: &Row) -> Option<Speedup> {
    let baseline = baseline.filter(|b| b.id != row.id && b.samples_job == row.samples_job)?;
    if !baseline.counts() || !row.counts() {
        return None;
    }
    speedup(&baseline.samples, &row.samples)
}

/// The back end's GPU is the CPU in disguise.
pub fn is_software_gpu(catalogue: &Catalogue, capabilities: Option<&Capabilities>, id: &str) -> bool {
    let on_gpu = catalogue.backend(id).is_some_and(|b| b.form == Form::Wgsl);
    let adapter = capabilities.and_then(|c| c.adapter.as_ref());
    on_gpu && adapter.is_some_and(|a| a.software)
}

fn blank(catalogue: &Catalogue, row: &Row) -> RowView {
    let info = catalogue.backend(&row.id);
    let how = info.map_or("", |b| b.how.as_str());
    RowView {
        id: row.id.clone(),
        name: info.map_or_else(|| row.id.clone(), |b| b.name.clone()),
        how: match row.threads.filter(|_| row.status != RowStatus::Skipped) {
            Some(n) if info.is_some_and(|b| b.threaded) => text::how_with_threads(how, n),
            _ => how.into(),
        },
        status: row.status,
        verified: row.verification.as_ref().map(|v| v.ok),
        caption: String::new(),
        verdict: None,
        reason: row.reason.clone(),
        time: None,
        speed: None,
        cold: None,
        bar: None,
        median_ms: None,
        ratio: None,
        samples: row.samples.len(),
    }
}

fn view(
    catalogue: &Catalogue,
    capabilities: Option<&Capabilities>,
    run: &Run,
    row: &Row,
    summary: Option<Summary>,
    ratio: Option<Speedup>,
    axis: Option<&Axis>,
) -> RowView {
    let software = is_software_gpu(catalogue, capabilities, &row.id);
    let mut view = blank(catalogue, row);
    view.verdict = row.verification.as_ref().map(verdict);
    view.cold = row.cold.map(|cold| {
        (
            text::cold(&format::time(cold.total)),
            text::cold_parts(
                &format::time(cold.start),
                &format::time(cold.pipeline),
                &format::time(cold.first_run),
            ),
        )
    });
    if row.status == RowStatus::Wrong {
        view.reason = row.verification.as_ref().map(wrong);
        view.caption = text::WRONG_NO_TIME.into();
        return view;
    }
    if row.status == RowStatus::Failed {
        // What it measured before it broke is no figure to compare with.
        view.caption = text::FAILED.into();
        return view;
    }
    let is_baseline = row.id == BASELINE;
    match (summary, row.provisional_ms) {
        (Some(s), _) => {
            view.median_ms = Some(s.median_ms);
            view.time = Some(Figure {
                main: format::time(s.median_ms),
                sub: s
                    .ci95_ms
                    .map(|interval| format::time_interval(s.median_ms, interval))
                    .or_else(|| Some(text::TOO_FEW.into())),
                words: false,
            });
        }
        (None, Some(ms)) => {
            view.time = Some(Figure {
                main: text::about(&format::time(ms)),
                sub: Some(text::PROVISIONAL.into()),
                words: false,
            });
        }
        (None, None) => {}
    }
    view.ratio = ratio.map(|r| r.ratio);
    view.speed = match (software, view.time.is_some()) {
        (true, true) => Some(words(text::SOFTWARE_NO_SPEEDUP)),
        _ if is_baseline && view.time.is_some() => Some(words(text::BASELINE)),
        _ => ratio.map(speed),
    };
    view.bar = axis.and_then(|axis| bar(axis, row, summary));
    view.caption = caption(run, row, summary, axis);
    view
}

fn words(main: &str) -> Figure {
    Figure {
        main: main.into(),
        sub: None,
        words: true,
    }
}

/// A speed-up as it may be claimed.
pub fn speed(s: Speedup) -> Figure {
    let (ratio, interval) = format::ratio(s.ratio, s.ci95);
    match s.verdict {
        Verdict::TooFew => Figure {
            main: text::about(&ratio),
            sub: Some(text::TOO_FEW.into()),
            words: false,
        },
        Verdict::NoClearDifference => Figure {
            main: text::NO_CLEAR_DIFFERENCE.into(),
            sub: interval.map(|i| format!("{ratio} {i}")),
            words: true,
        },
        Verdict::Faster | Verdict::Slower => Figure {
            main: ratio,
            sub: interval,
            words: false,
        },
    }
}

fn bar(axis: &Axis, row: &Row, summary: Option<Summary>) -> Option<Bar> {
    Some(match summary {
        Some(s) => Bar {
            end: axis.place(s.median_ms),
            interval: s.ci95_ms.map(|(low, high)| (axis.place(low), axis.place(high))),
            provisional: false,
            samples: row.samples.iter().map(|s| axis.place(s.ms)).collect(),
        },
        None => Bar {
            end: axis.place(row.provisional_ms?),
            interval: None,
            provisional: true,
            samples: Vec::new(),
        },
    })
}

fn caption(run: &Run, row: &Row, summary: Option<Summary>, axis: Option<&Axis>) -> String {
    let mut parts: Vec<String> = Vec::new();
    match row.status {
        RowStatus::Ready if run.is_active() => parts.push(text::WAITING.into()),
        RowStatus::Preparing => parts.push(text::PREPARING.into()),
        RowStatus::Running if row.warming_up => parts.push(text::WARMING_UP.into()),
        RowStatus::Running => parts.push(text::SAMPLING.into()),
        RowStatus::Stopped if row.samples.is_empty() => parts.push(text::STOPPED_BEFORE.into()),
        RowStatus::Stopped => parts.push(text::PARTIAL.into()),
        RowStatus::Skipped => parts.push(text::SKIPPED.into()),
        RowStatus::Verified if !run.is_active() => parts.push(text::NOT_TIMED.into()),
        _ => {}
    }
    if let Some(s) = summary {
        parts.push(text::samples(s.count));
        let off = axis.map_or(0, |axis| row.samples.iter().filter(|s| !axis.holds(s.ms)).count());
        if off > 0 {
            parts.push(text::off_the_axis(off));
        }
    }
    parts.extend(row.notes.iter().cloned());
    parts.join(", ")
}

/// The verdict on a good output in one line.
fn verdict(v: &Verification) -> String {
    let values = format::count(v.compared);
    if !v.ok {
        return text::WRONG.into();
    }
    match v.max_error == 0.0 {
        true => text::verified_equal(&values),
        false => text::verified_within(&values, &error(v, v.max_error), &error(v, v.tolerance)),
    }
}

fn wrong(v: &Verification) -> String {
    let off = text::wrong_by(&error(v, v.max_error), &error(v, v.tolerance));
    match &v.worst {
        Some(w) => text::wrong_at(&w.place, &format::value(w.got), &format::value(w.expected), &off),
        None => off,
    }
}

fn error(v: &Verification, value: f64) -> String {
    match v.error_kind {
        ErrorKind::Ulp => text::ulp(&format::error(value)),
        ErrorKind::Relative => text::relative(&format::error(value)),
        ErrorKind::Absolute => text::absolute(&format::error(value)),
        ErrorKind::MismatchFraction => text::mismatch(&format::percent(value)),
    }
}

//! The race: one row per back end on one time axis.

use parallax_protocol::{
    Capabilities, Catalogue, ErrorKind, Figures, FiguresRow, ResultRow, ResultStatus, Support, Verdict,
    Verification, python_id,
};
pub use parallax_stats::BASELINE;
use parallax_stats::{Comparison, Known, compare, is_software};

use super::axis::{Axis, LOG_SPAN};
use crate::state::{Row, RowStatus, Run};
use crate::{format, report, text};

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
    /// What the reader of the figures should know.
    pub warnings: Vec<String>,
    /// Somebody else's figure for the same.
    pub theirs: Option<Theirs>,
}

/// Somebody else's figure beside ours.
#[derive(Debug, Clone, PartialEq)]
pub struct Theirs {
    /// Their median and interval, or what became of it.
    pub time: String,
    /// Ours against theirs, in words; `None` without a time of ours.
    pub compared: Option<String>,
    /// Where their median lies on the axis.
    pub at: Option<f64>,
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
    /// Those of them that are outliers.
    pub outliers: Vec<f64>,
}

/// Makes the chart of a run, with somebody else's results beside it.
pub fn of_run(
    catalogue: &Catalogue,
    capabilities: Option<&Capabilities>,
    run: &Run,
    log: bool,
    theirs: Option<&Figures>,
) -> Race {
    let results = report::rows(catalogue, capabilities, run);
    let pairs = || run.rows.iter().zip(&results);
    let their = |row: &Row| their_row(theirs, &run.spec.workload, run.spec.size, &row.id);
    let mut times = Vec::new();
    // What was extrapolated would leave nothing of the others' bars: its own ends with the axis.
    for (row, result) in pairs().filter(|(row, _)| row.sampled.is_none()) {
        match result.median_ms {
            Some(median) => {
                times.push(median);
                let near = result.samples.iter().map(|s| s.ms);
                times.extend(near.filter(|ms| *ms <= median * FAR_OUT));
            }
            None => times.extend(first_ms(row)),
        }
        times.extend(their(row).and_then(|t| t.median_ms));
    }
    if times.is_empty() {
        times.extend(pairs().filter_map(|(row, r)| r.median_ms.or(first_ms(row))));
    }
    let middles = pairs().filter_map(|(row, r)| r.median_ms.or(first_ms(row)));
    let middles = middles.filter(|ms| *ms > 0.0);
    let (low, high) = middles.fold((f64::MAX, 0.0f64), |(l, h), t| (l.min(t), h.max(t)));
    let offers_log = high > low * LOG_SPAN;
    let axis = Axis::new(&times, log && offers_log);
    let rows = pairs().map(|(row, result)| {
        let mut view = view(catalogue, run, row, result, axis.as_ref());
        view.theirs = their(row).map(|t| beside(t, result.median_ms, result.ci95_ms, axis.as_ref()));
        view
    });
    Race {
        rows: rows.collect(),
        offers_log,
        has_baseline: run.rows.iter().any(|row| row.id == run.spec.baseline(BASELINE)),
        axis,
    }
}

/// Makes the chart of a question that nobody has asked here yet: what would run, what
/// cannot, and what somebody else found.
pub fn of_question(
    catalogue: &Catalogue,
    capabilities: Option<&Capabilities>,
    asked: &[String],
    (workload, size): (&str, u32),
    theirs: Option<&Figures>,
) -> Race {
    let their = |id: &str| their_row(theirs, workload, size, id);
    let times: Vec<f64> = asked.iter().filter_map(|id| their(id)?.median_ms).collect();
    let axis = Axis::new(&times, false);
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
        view.theirs = their(id).map(|t| beside(t, None, None, axis.as_ref()));
        view
    });
    Race {
        rows: rows.collect(),
        axis,
        offers_log: false,
        // Of a kernel of one's own all are of Python.
        has_baseline: asked.iter().any(|id| id == BASELINE)
            || asked.iter().all(|id| python_id(id) == *id) && asked.contains(&python_id(BASELINE)),
    }
}

/// Somebody else's row for the same work in a browser.
pub fn their_row<'a>(
    theirs: Option<&'a Figures>,
    workload: &str,
    size: u32,
    id: &str,
) -> Option<&'a FiguresRow> {
    theirs?
        .rows
        .iter()
        .find(|row| row.backend == id && row.workload == workload && row.size == size && row.in_browser)
}

fn beside(
    theirs: &FiguresRow,
    ours_ms: Option<f64>,
    ours_ci95: Option<(f64, f64)>,
    axis: Option<&Axis>,
) -> Theirs {
    let Some(median) = theirs.median_ms else {
        let status = match theirs.status {
            ResultStatus::Wrong => text::WRONG,
            ResultStatus::Failed => text::FAILED,
            ResultStatus::Skipped => text::SKIPPED,
            ResultStatus::Ok | ResultStatus::Stopped => text::NOT_TIMED,
        };
        return Theirs {
            time: status.into(),
            compared: None,
            at: None,
        };
    };
    let interval = theirs.ci95_ms.map(|i| format::time_interval(median, i));
    let known = |median_ms, ci95_ms| Known { median_ms, ci95_ms };
    let compared = ours_ms.and_then(|ours| compare(known(median, theirs.ci95_ms), known(ours, ours_ci95)));
    Theirs {
        time: match interval {
            Some(interval) => format!("{} {interval}", format::time(median)),
            None => format::time(median),
        },
        compared: compared.map(said),
        at: axis.map(|axis| axis.place(median)),
    }
}

fn said(c: Comparison) -> String {
    let (ratio, interval) = format::ratio(c.ratio, c.ci95);
    let figure = match interval {
        Some(interval) => format!("{ratio} {interval}"),
        None => ratio,
    };
    match c.verdict {
        Verdict::Faster | Verdict::Slower => text::yours_against_theirs(&figure),
        Verdict::NoClearDifference => format!("{}, {figure}", text::NO_CLEAR_DIFFERENCE),
        Verdict::TooFew => text::about(&text::yours_against_theirs(&figure)),
    }
}

fn blank(catalogue: &Catalogue, row: &Row) -> RowView {
    let info = catalogue.backend(&row.id);
    let how = info.map_or("", |b| b.how.as_str());
    RowView {
        id: row.id.clone(),
        name: catalogue.name_of(&row.id),
        how: match row
            .plan
            .as_ref()
            .map(|plan| plan.threads)
            .filter(|_| row.status != RowStatus::Skipped)
        {
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
        warnings: Vec::new(),
        theirs: None,
    }
}

fn view(catalogue: &Catalogue, run: &Run, row: &Row, result: &ResultRow, axis: Option<&Axis>) -> RowView {
    let mut view = blank(catalogue, row);
    view.verdict = row.verification.as_ref().map(verdict);
    view.cold = row.cold.map(|cold| {
        (
            text::cold(&format::time(cold.total)),
            text::cold_parts(
                &format::time(cold.start),
                (cold.compile > 0.0)
                    .then(|| format::time(cold.compile))
                    .as_deref(),
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
    view.median_ms = result.median_ms;
    view.time = match (result.median_ms, row.provisional_ms) {
        (Some(median), _) => Some(Figure {
            main: format::time(median),
            sub: result
                .ci95_ms
                .map(|interval| format::time_interval(median, interval))
                .or_else(|| Some(text::TOO_FEW.into())),
            words: false,
        }),
        (None, Some(ms)) => Some(Figure {
            main: text::about(&format::time(ms)),
            sub: Some(text::PROVISIONAL.into()),
            words: false,
        }),
        (None, None) => None,
    };
    view.ratio = result.speedup;
    let is_timed = view.time.is_some();
    let software = result.warnings.iter().any(|w| is_software(w));
    view.speed = match (result.speedup, result.verdict) {
        (Some(ratio), Some(verdict)) => Some(speed(ratio, result.speedup_ci95, verdict)),
        _ if software && is_timed => Some(words(text::SOFTWARE_NO_SPEEDUP)),
        _ if row.id == run.spec.baseline(BASELINE) && is_timed => Some(words(text::BASELINE)),
        _ => None,
    };
    view.bar = axis.and_then(|axis| bar(axis, row, result));
    view.caption = caption(run, row, result, axis);
    // The notes among them are in the caption, and a software GPU in the place of a speed-up.
    let told = |w: &&String| !row.notes.contains(w) && !is_software(w);
    view.warnings = result.warnings.iter().filter(told).cloned().collect();
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
fn speed(ratio: f64, ci95: Option<(f64, f64)>, verdict: Verdict) -> Figure {
    let (ratio, interval) = format::ratio(ratio, ci95);
    match verdict {
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

/// The first run of a row that is still to be timed; one that was left out has no bar.
fn first_ms(row: &Row) -> Option<f64> {
    row.provisional_ms.filter(|_| row.status != RowStatus::Skipped)
}

fn bar(axis: &Axis, row: &Row, result: &ResultRow) -> Option<Bar> {
    let place = |outlier: bool| {
        let samples = result.samples.iter().filter(move |s| s.outlier == outlier);
        samples.map(|s| axis.place(s.ms)).collect()
    };
    Some(match result.median_ms {
        Some(median) => Bar {
            end: axis.place(median),
            interval: result
                .ci95_ms
                .map(|(low, high)| (axis.place(low), axis.place(high))),
            provisional: false,
            samples: place(false),
            outliers: place(true),
        },
        None => Bar {
            end: axis.place(first_ms(row)?),
            interval: None,
            provisional: true,
            samples: Vec::new(),
            outliers: Vec::new(),
        },
    })
}

fn caption(run: &Run, row: &Row, result: &ResultRow, axis: Option<&Axis>) -> String {
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
    if result.median_ms.is_some() {
        parts.push(text::samples(result.samples.len()));
        let outliers = result.samples.iter().filter(|s| s.outlier).count();
        if outliers > 0 {
            parts.push(text::outliers(outliers));
        }
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

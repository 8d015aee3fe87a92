//! Experiments as people see them: what was found, charts with the table behind each, figures.
//!
//! Made of a report and nothing else, so that a stored one is drawn without engine or GPU, and
//! the same natively for the README.

mod charts;

pub use charts::charts;

use parallax_protocol::{Experiment, Finding, Quantity, Report, ResultStatus, Unit as Of};

use crate::charts::markup::A::T;
use crate::charts::markup::Markup;
use crate::charts::{Options, Unit, svg, table};
use crate::findings;
use crate::words;

/// How a panel is to be drawn.
#[derive(Clone, Copy)]
pub struct Look<'a> {
    /// CSS pixels that there are for charts.
    pub width: f64,
    /// Gives back ends their names.
    pub backend: &'a dyn Fn(&str) -> String,
    /// Gives workloads theirs.
    pub workload: &'a dyn Fn(&str) -> String,
    /// Somebody else's report of the same experiment.
    pub theirs: Option<&'a Report>,
    /// The part of a timeline that is shown, in milliseconds.
    pub window: Option<(f64, f64)>,
}

/// A panel as HTML: no scripts, no styles of its own, every text escaped.
pub fn html(report: &Report, look: &Look) -> String {
    let mut out = Markup::default();
    // A link holds no samples to fit, but what they came to.
    let found = match report.findings.is_empty() {
        true => findings::of(report, look.backend),
        false => report.findings.clone(),
    };
    said(&mut out, &found);
    for chart in charts(report, &found, look) {
        out.node(
            "figure",
            &[("class", T("chart-figure")), ("data-chart", T(&chart.id))],
            |m| {
                m.node("figcaption", &[], |m| {
                    m.words("h3", &[], &chart.title);
                    m.words("p", &[("class", T("more"))], &chart.desc);
                });
                m.raw(&svg(&chart, &Options::page(look.width)));
                m.node("div", &[("class", T("chart-tools"))], |m| {
                    if report.spec.experiment == Experiment::Timeline {
                        zooms(m);
                    }
                    m.node("details", &[], |m| {
                        m.words("summary", &[], words::TABLE);
                        m.raw(&table(&chart).html());
                    });
                    for (kind, name) in [("svg", "SVG"), ("png", "PNG"), ("csv", "CSV")] {
                        let id = format!("chart-{kind}-{}", chart.id);
                        let attributes = [
                            ("type", T("button")),
                            ("class", T("button quiet")),
                            ("data-save", T(kind)),
                            ("data-testid", T(&id)),
                        ];
                        m.words("button", &attributes, name);
                    }
                });
            },
        );
    }
    quantities(&mut out, report, look.theirs);
    left_out(&mut out, report, look);
    out.finish()
}

/// What looks closer at a timeline, and what takes it elsewhere.
fn zooms(out: &mut Markup) {
    for (how, name) in words::ZOOMS {
        let id = format!("zoom-{how}");
        let attributes = [
            ("type", T("button")),
            ("class", T("button quiet")),
            ("data-zoom", T(how)),
            ("data-testid", T(&id)),
        ];
        out.words("button", &attributes, name);
    }
    let attributes = [
        ("type", T("button")),
        ("class", T("button quiet")),
        ("data-save", T("trace")),
        ("data-testid", T("save-trace")),
    ];
    out.words("button", &attributes, words::TRACE);
}

/// The findings as sentences: those that compare first.
fn said(out: &mut Markup, found: &[Finding]) {
    if found.is_empty() {
        return;
    }
    let rank = |finding: &Finding| match finding.id.as_str() {
        "crossover" | "speedup" | "balance" | "resident" => 0,
        "amdahl" | "cost" | "bound" | "recording" => 1,
        _ => 2,
    };
    let mut sorted: Vec<&Finding> = found.iter().collect();
    sorted.sort_by_key(|finding| rank(finding));
    out.node(
        "ul",
        &[("class", T("findings-list")), ("data-testid", T("findings"))],
        |m| {
            for finding in sorted {
                m.words("li", &[("data-finding", T(&finding.id))], &finding.words);
            }
        },
    );
}

/// Rows that have no figures, with their reasons, each reason once.
fn left_out(out: &mut Markup, report: &Report, look: &Look) {
    let mut reasons: Vec<(String, Vec<String>)> = Vec::new();
    for row in &report.results {
        let bad = matches!(
            row.status,
            ResultStatus::Skipped | ResultStatus::Failed | ResultStatus::Wrong
        );
        if !bad {
            continue;
        }
        let status = match row.status {
            ResultStatus::Wrong => words::WRONG,
            ResultStatus::Failed => words::FAILED,
            _ => words::SKIPPED,
        };
        let why = format!("{status}: {}", row.reason.as_deref().unwrap_or(words::NO_REASON));
        let who = format!(
            "{} ({}, n = {})",
            (look.backend)(&row.backend),
            (look.workload)(&row.workload),
            Unit::Count.write(row.size.into())
        );
        match reasons.iter_mut().find(|(reason, _)| *reason == why) {
            Some((_, all)) => all.push(who),
            None => reasons.push((why, vec![who])),
        }
    }
    if reasons.is_empty() {
        return;
    }
    out.node(
        "section",
        &[("class", T("left-out")), ("data-testid", T("left-out"))],
        |m| {
            m.words("h3", &[], words::LEFT_OUT);
            m.node("ul", &[], |m| {
                for (why, who) in &reasons {
                    m.words("li", &[], &format!("{}: {why}", who.join(", ")));
                }
            });
        },
    );
}

/// What was measured of the machine, as a table; somebody else's beside it.
fn quantities(out: &mut Markup, report: &Report, theirs: Option<&Report>) {
    let theirs = theirs
        .map(|report| report.quantities.as_slice())
        .unwrap_or_default();
    // What lies on a curve is in the curve's own table.
    let single: Vec<&Quantity> = report
        .quantities
        .iter()
        .filter(|q| q.bytes.is_none() || report.spec.experiment == Experiment::Gpu)
        .collect();
    if single.is_empty() {
        return;
    }
    let attributes = [
        ("class", T("chart-table quantities")),
        ("data-testid", T("quantities")),
    ];
    out.node("table", &attributes, |m| {
        m.words("caption", &[], words::QUANTITIES);
        m.node("thead", &[], |m| {
            m.node("tr", &[], |m| {
                m.words("th", &[("scope", T("col"))], words::WHAT);
                m.words("th", &[("scope", T("col"))], words::HERE);
                if !theirs.is_empty() {
                    m.words("th", &[("scope", T("col"))], words::THERE);
                }
                m.words("th", &[("scope", T("col"))], words::REMARK);
            });
        });
        m.node("tbody", &[], |m| {
            for q in single {
                m.node("tr", &[("data-quantity", T(&q.id))], |m| {
                    m.words("th", &[("scope", T("row"))], &words::quantity(q));
                    m.words("td", &[], &written(q));
                    if !theirs.is_empty() {
                        let same = theirs.iter().find(|t| {
                            (&t.id, &t.of, t.bytes) == (&q.id, &q.of, q.bytes)
                                && (t.threads == q.threads || (t.threads > Some(1) && q.threads > Some(1)))
                        });
                        m.words("td", &[], &same.map(written).unwrap_or_default());
                    }
                    m.words("td", &[], q.note.as_deref().unwrap_or_default());
                });
            }
        });
    });
}

/// "12.5 GB/s (12.0-13.0)".
pub(crate) fn written(q: &Quantity) -> String {
    let (unit, factor) = match q.unit {
        Of::Count => (Unit::Count, 1.0),
        Of::Ratio => (Unit::Ratio, 1.0),
        Of::Ms => (Unit::TimeMs, 1.0),
        Of::Us => (Unit::TimeMs, 1e-3),
        Of::Bytes => (Unit::Bytes, 1.0),
        Of::GbPerS => (Unit::GigabytesPerSecond, 1.0),
        Of::GflopPerS => (Unit::GigaflopsPerSecond, 1.0),
    };
    let value = q.value * factor;
    match q.ci95 {
        Some((low, high)) => {
            let interval = unit.interval(value, (low * factor, high * factor));
            format!("{} {interval}", unit.write(value))
        }
        None => unit.write(value),
    }
}

#[cfg(test)]
mod tests;

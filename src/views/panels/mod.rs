//! Experiments as people see them: what was found, charts with the table behind each, figures.
//!
//! Made of a report and nothing else, so that a stored one is drawn without engine or GPU, and
//! the same natively for the README.

mod charts;

pub use charts::charts;

use parallax_protocol::{Experiment, Finding, Quantity, Report, ResultRow, ResultStatus, Unit as Of};

use crate::charts::markup::A::T;
use crate::charts::markup::Markup;
use crate::charts::{Options, Unit, svg, table};
use crate::findings;
use crate::roofline;
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
    /// The report itself is somebody else's.
    pub is_theirs: bool,
    /// The part of a timeline that is shown, in milliseconds.
    pub window: Option<(f64, f64)>,
}

/// A panel as HTML: no scripts, no styles of its own, every text escaped.
pub fn html(report: &Report, look: &Look) -> String {
    let mut out = Markup::default();
    let found = findings::held(report, look.backend);
    said(&mut out, "findings", &found, look);
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
                // A screen reader has it from the point itself.
                let said = [
                    ("class", T("said")),
                    ("data-said", T("")),
                    ("aria-hidden", T("true")),
                ];
                m.node("p", &said, |_| {});
                m.node("div", &[("class", T("chart-tools"))], |m| {
                    if report.spec.experiment == Experiment::Timeline {
                        zooms(m);
                    }
                    m.node("details", &[], |m| {
                        let id = format!("chart-table-{}", chart.id);
                        m.words("summary", &[("data-testid", T(&id))], words::TABLE);
                        // Wide ones scroll, also by keys.
                        let region = [
                            ("class", T("scrolls")),
                            ("role", T("region")),
                            ("tabindex", T("0")),
                            ("aria-label", T(&chart.title)),
                        ];
                        m.node("div", &region, |m| m.raw(&table(&chart).html()));
                    });
                    for (kind, name) in [("svg", "SVG"), ("png", "PNG"), ("csv", "CSV")] {
                        let id = format!("chart-{kind}-{}", chart.id);
                        let label = words::save_as(&chart.title, name);
                        let attributes = [
                            ("type", T("button")),
                            ("class", T("button quiet")),
                            ("data-save", T(kind)),
                            ("data-testid", T(&id)),
                            ("aria-label", T(&label)),
                        ];
                        m.words("button", &attributes, name);
                    }
                });
            },
        );
    }
    if report.spec.experiment == Experiment::Timeline && report.timelines.is_empty() {
        out.words("p", &[("class", T("more"))], words::NO_SPANS);
    }
    // What theirs came to, in words: two machines' lines in one picture would not be read.
    if let Some(theirs) = look.theirs {
        let found = findings::held(theirs, look.backend);
        if !found.is_empty() {
            out.node("section", &[], |m| {
                m.words("h3", &[], words::THEIR_FINDINGS);
                said(m, "their-findings", &found, look);
            });
        }
    }
    quantities(&mut out, report, look);
    left_out(&mut out, report, look);
    warned(&mut out, report, look);
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
fn said(out: &mut Markup, id: &str, found: &[Finding], look: &Look) {
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
        &[("class", T("findings-list")), ("data-testid", T(id))],
        |m| {
            for words in roofline::bounds(found, look.backend, look.workload) {
                m.words("li", &[("data-finding", T("bound"))], &words);
            }
            for finding in sorted.into_iter().filter(|finding| finding.id != "bound") {
                m.words("li", &[("data-finding", T(&finding.id))], &finding.words);
            }
        },
    );
}

/// Rows that have no figures, with their reasons, each reason once.
fn left_out(out: &mut Markup, report: &Report, look: &Look) {
    let mut reasons = Vec::new();
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
        gather(&mut reasons, &why, who(report, row, look));
    }
    listed(out, "left-out", words::LEFT_OUT, &reasons);
}

/// What is to be known of rows that have figures: noise, drift, a software GPU, and of timelines
/// that are not whole.
fn warned(out: &mut Markup, report: &Report, look: &Look) {
    let mut all = Vec::new();
    for row in &report.results {
        for warning in &row.warnings {
            gather(&mut all, warning, who(report, row, look));
        }
    }
    for timeline in report.timelines.iter().filter(|timeline| timeline.dropped > 0) {
        let name = (look.backend)(&timeline.backend);
        gather(&mut all, &words::dropped(timeline.dropped), name);
    }
    listed(out, "warnings", words::WARNINGS, &all);
}

/// A text, and of whom it is said. Texts that differ in numbers alone are one, with ranges.
struct Said {
    /// What stands between the numbers: one piece more than there are numbers.
    pieces: Vec<String>,
    /// The least and the greatest that was said at each place, as it was written.
    numbers: Vec<[String; 2]>,
    who: Vec<String>,
}

/// So many are named; more are counted.
const NAMED: usize = 4;

impl Said {
    fn new(text: &str) -> Said {
        let mut said = Said {
            pieces: vec![String::new()],
            numbers: Vec::new(),
            who: Vec::new(),
        };
        let mut number = String::new();
        for c in text.chars().chain([' ']) {
            // A point belongs to a number only between its digits.
            if c.is_ascii_digit() || (c == '.' && !number.is_empty()) {
                number.push(c);
                continue;
            }
            if !number.is_empty() {
                let digits = number.trim_end_matches('.');
                let rest = number[digits.len()..].to_owned();
                said.numbers.push([digits.to_owned(), digits.to_owned()]);
                said.pieces.push(rest);
                number.clear();
            }
            if let Some(piece) = said.pieces.last_mut() {
                piece.push(c);
            }
        }
        if let Some(last) = said.pieces.last_mut() {
            last.pop();
        }
        said
    }

    /// Takes in what differs in numbers alone.
    fn widen(&mut self, other: Said) {
        // By their digits: reading floats takes 15 kB of tables.
        fn order(number: &str) -> (usize, &str) {
            (number.find('.').unwrap_or(number.len()), number)
        }
        for ([least, most], [n, _]) in self.numbers.iter_mut().zip(other.numbers) {
            if order(&n) < order(least) {
                *least = n;
            } else if order(&n) > order(most) {
                *most = n;
            }
        }
    }

    fn words(&self) -> String {
        let (first, others) = self.pieces.split_first().map_or(("", &[][..]), |(f, o)| (f, o));
        let mut words = first.to_owned();
        for ([least, most], piece) in self.numbers.iter().zip(others) {
            match least == most {
                true => words.push_str(least),
                false => words.push_str(&format!("{least} to {most}")),
            }
            words.push_str(piece);
        }
        let who = match self.who.len() {
            many if many > NAMED + 1 => words::and_more(&self.who[..NAMED].join("; "), many - NAMED),
            _ => self.who.join("; "),
        };
        format!("{who}: {words}")
    }
}

fn gather(all: &mut Vec<Said>, text: &str, of: String) {
    let said = Said::new(text);
    let at = match all.iter().position(|known| known.pieces == said.pieces) {
        Some(at) => {
            all[at].widen(said);
            at
        }
        None => {
            all.push(said);
            all.len() - 1
        }
    };
    if !all[at].who.contains(&of) {
        all[at].who.push(of);
    }
}

/// A row's name, with what tells it from the report's others.
fn who(report: &Report, row: &ResultRow, look: &Look) -> String {
    let backend = (look.backend)(&row.backend);
    let mut what = vec![words::rung(&backend, (row.threads > 1).then_some(row.threads))];
    let differ = |of: &dyn Fn(&ResultRow) -> bool| report.results.iter().any(of);
    if differ(&|other| other.workload != row.workload) {
        what.push((look.workload)(&row.workload));
    }
    if differ(&|other| other.workload == row.workload && other.size != row.size) {
        what.push(format!("n = {}", Unit::Count.write(row.size.into())));
    }
    what.extend(row.schedule.map(|s| words::schedule(s.name(), row.chunk)));
    what.join(", ")
}

/// Texts with those of whom they are said, if there are any.
fn listed(out: &mut Markup, id: &str, title: &str, all: &[Said]) {
    if all.is_empty() {
        return;
    }
    out.node(
        "section",
        &[("class", T("left-out")), ("data-testid", T(id))],
        |m| {
            m.words("h3", &[], title);
            m.node("ul", &[], |m| {
                for said in all {
                    m.words("li", &[], &said.words());
                }
            });
        },
    );
}

/// What was measured of the machine, as a table; somebody else's beside it.
fn quantities(out: &mut Markup, report: &Report, look: &Look) {
    // What lies on a curve is in the curve's own table.
    let single = |report: &'_ Report| -> Vec<Quantity> {
        let all = report.quantities.iter();
        all.filter(|q| q.bytes.is_none() || report.spec.experiment == Experiment::Gpu)
            .cloned()
            .collect()
    };
    let ours = single(report);
    let mut theirs = look.theirs.map(single).unwrap_or_default();
    if ours.is_empty() && theirs.is_empty() {
        return;
    }
    // One line each; theirs beside ours where both measured the same, by as many threads.
    let mut lines: Vec<(Quantity, Option<Quantity>, Option<Quantity>)> = Vec::new();
    for q in ours {
        let same = |t: &Quantity| (&t.id, &t.of, t.bytes, t.threads) == (&q.id, &q.of, q.bytes, q.threads);
        let there = theirs.iter().position(same).map(|at| theirs.remove(at));
        lines.push((q.clone(), Some(q), there));
    }
    lines.extend(theirs.into_iter().map(|t| (t.clone(), None, Some(t))));
    let has_theirs = lines.iter().any(|(_, _, there)| there.is_some());
    let (title, here) = match look.is_theirs {
        true => (words::THEIR_QUANTITIES, words::THERE),
        false => (words::QUANTITIES, words::HERE),
    };
    let region = [
        ("class", T("scrolls")),
        ("role", T("region")),
        ("tabindex", T("0")),
        ("aria-label", T(title)),
    ];
    let attributes = [
        ("class", T("chart-table quantities")),
        ("data-testid", T("quantities")),
    ];
    out.node("div", &region, |m| {
        m.node("table", &attributes, |m| {
            m.words("caption", &[], title);
            m.node("thead", &[], |m| {
                m.node("tr", &[], |m| {
                    m.words("th", &[("scope", T("col"))], words::WHAT);
                    m.words("th", &[("scope", T("col"))], here);
                    if has_theirs {
                        m.words("th", &[("scope", T("col"))], words::THERE);
                    }
                    m.words("th", &[("scope", T("col"))], words::REMARK);
                });
            });
            m.node("tbody", &[], |m| {
                for (q, here, there) in &lines {
                    let figure = |q: &Option<Quantity>| q.as_ref().map(written).unwrap_or_default();
                    m.node("tr", &[("data-quantity", T(&q.id))], |m| {
                        m.words("th", &[("scope", T("row"))], &words::quantity(q));
                        m.words("td", &[], &figure(here));
                        if has_theirs {
                            m.words("td", &[], &figure(there));
                        }
                        m.words("td", &[], q.note.as_deref().unwrap_or_default());
                    });
                }
            });
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

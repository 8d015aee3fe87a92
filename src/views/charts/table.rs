//! The figures behind a chart, every one of them.

use std::fmt::Write as _;

use super::format::Unit;
use super::markup::A::T;
use super::markup::Markup;
use super::model::{Bars, Chart, Kind, Lines, Spans};
use super::spans::busy;
use crate::words;

/// A table: one line per figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// What it is of, marked places and limits included.
    pub caption: String,
    /// From left to right.
    pub head: Vec<Column>,
    /// From the top; each has a cell per column.
    pub rows: Vec<Vec<Cell>>,
}

/// A column's head.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// What it holds.
    pub name: String,
    /// The unit of its plain numbers ("ms"), empty for none; as words, cells carry their own.
    pub unit: &'static str,
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cell {
    /// As people read it: "12.3 ms".
    pub text: String,
    /// As programs do: 12.345, in the column's unit.
    pub value: Option<f64>,
}

impl Cell {
    fn words(text: &str) -> Cell {
        Cell {
            text: text.into(),
            value: None,
        }
    }

    fn figure(unit: Unit, value: f64) -> Cell {
        Cell {
            text: unit.write(value),
            value: Some(value),
        }
    }

    fn maybe(unit: Unit, value: Option<f64>) -> Cell {
        value.map_or_else(Cell::default, |v| Cell::figure(unit, v))
    }
}

/// The figures of a chart.
pub fn table(chart: &Chart) -> Table {
    match &chart.kind {
        Kind::Lines(lines) => of_lines(chart, lines),
        Kind::Bars(bars) => of_bars(chart, bars),
        Kind::Spans(spans) => of_spans(chart, spans),
    }
}

fn column(name: &str, unit: &'static str) -> Column {
    Column {
        name: name.into(),
        unit,
    }
}

fn of_lines(chart: &Chart, lines: &Lines) -> Table {
    let (x, y) = (&lines.x, &lines.y);
    let measured = lines
        .series
        .iter()
        .flat_map(|s| s.points.iter().map(move |p| (s, p)));
    let mut rows: Vec<Vec<Cell>> = measured
        .map(|(series, p)| {
            vec![
                Cell::words(&series.name),
                Cell::words(p.label.as_deref().unwrap_or_default()),
                Cell::figure(x.unit, p.x),
                Cell::figure(y.unit, p.y),
                Cell::maybe(y.unit, p.interval.map(|(low, _)| low)),
                Cell::maybe(y.unit, p.interval.map(|(_, high)| high)),
            ]
        })
        .collect();
    let curves = lines.curves.iter().map(|c| (&c.name, &c.points));
    let ceilings = lines.ceilings.iter().map(|c| (&c.label, &c.points));
    for (name, points) in curves.chain(ceilings) {
        rows.extend(points.iter().map(|(at, value)| {
            let [none, low, high] = [const { None }; 3].map(|v| Cell::maybe(y.unit, v));
            vec![
                Cell::words(name),
                none,
                Cell::figure(x.unit, *at),
                Cell::figure(y.unit, *value),
                low,
                high,
            ]
        }));
    }
    let marks = lines.marks.iter().map(|m| m.label.as_str());
    let caption = std::iter::once(chart.title.as_str())
        .chain(marks)
        .collect::<Vec<_>>();
    let mut table = Table {
        caption: caption.join("; "),
        head: vec![
            column("series", ""),
            column("label", ""),
            column(&x.label, x.unit.base()),
            column(&y.label, y.unit.base()),
            column("from", y.unit.base()),
            column("to", y.unit.base()),
        ],
        rows,
    };
    // Columns that say nothing are left out, from the right.
    for index in [5, 4, 1] {
        table.drop_empty(index);
    }
    table
}

fn of_bars(chart: &Chart, bars: &Bars) -> Table {
    let unit = bars.axis.unit;
    let rows = bars.rows.iter().flat_map(|row| {
        let sum = row
            .parts
            .iter()
            .map(|p| p.value)
            .filter(|v| v.is_finite() && *v >= 0.0)
            .sum();
        let line = move |name: &str, value: f64| {
            vec![
                Cell::words(&row.name),
                Cell::words(name),
                Cell::figure(unit, value),
                Cell::words(row.note.as_deref().unwrap_or_default()),
            ]
        };
        let parts = row.parts.iter().map(move |p| line(&p.name, p.value));
        parts.chain(std::iter::once(line("together", sum)))
    });
    let mut table = Table {
        caption: chart.title.clone(),
        head: vec![
            column("bar", ""),
            column("part", ""),
            column(&bars.axis.label, unit.base()),
            column("note", ""),
        ],
        rows: rows.collect(),
    };
    table.drop_empty(3);
    table
}

/// A page with more rows than this is slow, and nobody reads them.
const MOST_SHOWN: usize = 500;

fn of_spans(chart: &Chart, spans: &Spans) -> Table {
    let ms = Unit::TimeMs;
    let all = spans
        .tracks
        .iter()
        .flat_map(|t| t.spans.iter().map(move |s| (t, s)));
    let rows = all.map(|(track, s)| {
        vec![
            Cell::words(&track.name),
            Cell::words(&s.key),
            Cell::words(&s.label),
            Cell::figure(ms, s.start_ms),
            Cell::figure(ms, s.end_ms),
            Cell::figure(ms, s.end_ms - s.start_ms),
        ]
    });
    let rows = rows.collect();
    let shares: Vec<String> = match spans.window {
        Some(window) => spans
            .tracks
            .iter()
            .map(|t| format!("{} busy {:.0}%", t.name, busy(t, &spans.idle, window) * 100.0))
            .collect(),
        None => Vec::new(),
    };
    let caption = std::iter::once(chart.title.clone())
        .chain(shares)
        .collect::<Vec<_>>();
    Table {
        caption: caption.join("; "),
        head: vec![
            column("track", ""),
            column("kind", ""),
            column("what", ""),
            column("from", ms.base()),
            column("to", ms.base()),
            column("length", ms.base()),
        ],
        rows,
    }
}

impl Table {
    fn drop_empty(&mut self, index: usize) {
        let says = |row: &Vec<Cell>| row.get(index).is_some_and(|c| !c.text.is_empty());
        if self.rows.iter().any(says) || index >= self.head.len() {
            return;
        }
        self.head.remove(index);
        self.rows
            .iter_mut()
            .filter(|r| index < r.len())
            .for_each(|r| drop(r.remove(index)));
    }

    /// As markup; the first cell of a row is its head.
    pub fn html(&self) -> String {
        let mut m = Markup::default();
        m.node("table", &[("class", T("chart-table"))], |m| {
            m.words("caption", &[], &self.caption);
            m.node("thead", &[], |m| {
                m.node("tr", &[], |m| {
                    self.head
                        .iter()
                        .for_each(|c| m.words("th", &[("scope", T("col"))], &c.name));
                });
            });
            m.node("tbody", &[], |m| {
                self.rows.iter().take(MOST_SHOWN).for_each(|row| html_row(m, row))
            });
        });
        if self.rows.len() > MOST_SHOWN {
            m.words("p", &[], words::MORE_ROWS);
        }
        m.finish()
    }

    /// As lines of RFC 4180, numbers plain and in full.
    pub fn csv(&self) -> String {
        let head = self.head.iter().map(|c| match c.unit {
            "" => quoted(&c.name),
            unit => quoted(&format!("{} ({unit})", c.name)),
        });
        let mut out = head.collect::<Vec<_>>().join(",");
        out.push_str("\r\n");
        for row in &self.rows {
            for (i, cell) in row.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                match cell.value {
                    Some(value) if value.is_finite() => {
                        let _ = write!(out, "{value}");
                    }
                    _ => out.push_str(&quoted(&cell.text)),
                }
            }
            out.push_str("\r\n");
        }
        out
    }
}

fn html_row(m: &mut Markup, row: &[Cell]) {
    m.node("tr", &[], |m| {
        for (i, cell) in row.iter().enumerate() {
            match (i, cell.value) {
                (0, _) => m.words("th", &[("scope", T("row"))], &cell.text),
                (_, Some(_)) => m.words("td", &[("class", T("number"))], &cell.text),
                (_, None) => m.words("td", &[], &cell.text),
            }
        }
    });
}

/// A field of RFC 4180. One that a spreadsheet would take for a formula is made plain text.
pub(crate) fn quoted(field: &str) -> String {
    let formula = field.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let field = if formula {
        format!("'{field}")
    } else {
        field.into()
    };
    match field.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", field.replace('"', "\"\"")),
        false => field,
    }
}

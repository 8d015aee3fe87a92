//! What is what, below a chart, where it cannot be written next to the thing itself.

use super::draw::{Anchor, path, write};
use super::look::{self, Marker};
use super::markup::A::T;
use super::markup::Markup;
use super::text::{self, DROP, LEADING, SIZE};

/// What stands before a name.
#[derive(Debug, Clone, PartialEq)]
pub enum Sample {
    /// A piece of line: its class, dashes, and marker.
    Line(&'static str, Option<&'static str>, Option<Marker>),
    /// A marker alone.
    Marker(Marker),
    /// A patch, by the number of its pattern.
    Fill(usize),
    /// A number, as next to a point.
    Number(usize),
}

/// A line of the legend.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The classes that give the colour.
    pub class: String,
    /// What stands before it.
    pub sample: Sample,
    /// What it is.
    pub name: String,
}

impl Entry {
    fn sample_width(&self) -> f64 {
        match self.sample {
            Sample::Line(..) => 28.0,
            Sample::Marker(_) => 12.0,
            Sample::Fill(_) => 20.0,
            Sample::Number(n) => text::width(&n.to_string(), SIZE),
        }
    }

    fn width(&self, room: f64) -> f64 {
        (self.sample_width() + 8.0 + text::width(&self.name, SIZE)).min(room)
    }
}

/// Between entries side by side.
const GAP: f64 = 22.0;
/// From one row to the next.
const ROW: f64 = LEADING + 4.0;

/// Rows of entries, each with its place from the left.
fn rows(entries: &[Entry], room: f64) -> Vec<Vec<(f64, &Entry)>> {
    let mut rows: Vec<Vec<(f64, &Entry)>> = Vec::new();
    let mut next = f64::MAX;
    for entry in entries {
        let width = entry.width(room);
        match rows.last_mut() {
            Some(row) if next + width <= room => row.push((next, entry)),
            _ => {
                next = 0.0;
                rows.push(vec![(0.0, entry)]);
            }
        }
        next += width + GAP;
    }
    rows
}

/// How high these would be.
pub fn height(entries: &[Entry], room: f64) -> f64 {
    rows(entries, room).len() as f64 * ROW
}

/// Draws them from a place on to the right and down.
pub fn draw(m: &mut Markup, entries: &[Entry], (left, top): (f64, f64), room: f64) {
    for (i, row) in rows(entries, room).into_iter().enumerate() {
        let y = top + ROW * (i as f64 + 0.5);
        for (x, entry) in row {
            one(m, entry, (left + x, y), room);
        }
    }
}

fn one(m: &mut Markup, entry: &Entry, (x, y): (f64, f64), room: f64) {
    let width = entry.sample_width();
    m.node("g", &[("class", T(&entry.class))], |m| match entry.sample {
        Sample::Line(class, dash, marker) => {
            path(m, class, &format!("M{x:.1} {y:.1}H{:.1}", x + width), dash);
            if let Some(marker) = marker {
                look::marker(m, marker, x + width / 2.0, y);
            }
        }
        Sample::Marker(marker) => look::marker(m, marker, x + width / 2.0, y),
        Sample::Fill(number) => look::fill(m, number, (x, y - 5.5, width, 11.0)),
        Sample::Number(n) => write(m, "strong", (x, y + DROP), Anchor::Start, &n.to_string()),
    });
    let name = text::fit(&entry.name, room - width - 8.0, SIZE);
    write(m, "", (x + width + 8.0, y + DROP), Anchor::Start, &name);
}

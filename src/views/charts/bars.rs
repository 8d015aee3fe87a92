//! Stacked bars: the parts of a whole, their sum at the end, their values below where they fit.

use super::draw::{Anchor, Body, Sheet, path, point, write};
use super::labels::Area;
use super::legend::{self, Entry, Sample};
use super::look::{self, Looks};
use super::markup::A::T;
use super::markup::Markup;
use super::model::{Axis, Bars, Part, Row, Scale};
use super::ruler::{Direction, Ruler, Tick};
use super::text::{self, DROP, LEADING, SIZE};

/// The height of a bar.
const BAR: f64 = 20.0;
/// Names stand before the bars from this width on, above them on narrower sheets.
const WIDE: f64 = 560.0;
/// From one row to the next, besides what is in it.
const GAP: f64 = 14.0;

/// Draws them; `None` without any length.
pub fn draw(bars: &Bars, sheet: &Sheet) -> Option<Body> {
    let axis = Axis {
        scale: Scale::Linear,
        ..bars.axis.clone()
    };
    let totals: Vec<f64> = bars.rows.iter().map(total).collect();
    let wide = sheet.width() >= WIDE;
    let longest = |texts: &mut dyn Iterator<Item = f64>| texts.fold(0.0, f64::max);
    let names = longest(&mut bars.rows.iter().flat_map(|row| {
        let note = row.note.as_deref().unwrap_or_default();
        [text::width(&row.name, SIZE), text::width(note, SIZE)]
    }));
    let names = if wide {
        names.min(sheet.width() * 0.3) + 16.0
    } else {
        0.0
    };
    let sums = longest(&mut totals.iter().map(|t| text::width(&axis.unit.write(*t), SIZE)));
    let left = sheet.left + names;
    let right = sheet.right - sums.min(sheet.width() * 0.3) - 10.0;
    let placed = totals.iter().copied().filter(|t| *t > 0.0);
    let ruler = Ruler::new(&axis, placed, true, right - left, Direction::Across)?;
    let drawing = Drawing {
        bars,
        ruler,
        left,
        right,
        wide,
        looks: Looks::new(bars.rows.iter().map(|r| r.id.as_str())),
        kinds: kinds(bars),
    };
    Some(drawing.draw(sheet))
}

/// What can be drawn of a row, together.
fn total(row: &Row) -> f64 {
    row.parts.iter().filter_map(length).sum()
}

fn length(part: &Part) -> Option<f64> {
    (part.value.is_finite() && part.value >= 0.0).then_some(part.value)
}

/// Kinds of part in the order in which they come: each has its pattern.
fn kinds(bars: &Bars) -> Vec<(&str, &str)> {
    let mut kinds: Vec<(&str, &str)> = Vec::new();
    for part in bars.rows.iter().flat_map(|r| &r.parts) {
        if kinds.len() < 64 && kinds.iter().all(|(key, _)| *key != part.key) {
            kinds.push((&part.key, &part.name));
        }
    }
    kinds
}

struct Drawing<'a> {
    bars: &'a Bars,
    ruler: Ruler,
    left: f64,
    right: f64,
    wide: bool,
    looks: Looks,
    kinds: Vec<(&'a str, &'a str)>,
}

impl Drawing<'_> {
    fn draw(&self, sheet: &Sheet) -> Body {
        let mut rows = Markup::default();
        let mut y = sheet.top;
        let entries = self.entries();
        let legend = legend::height(&entries, sheet.width());
        legend::draw(&mut rows, &entries, (sheet.left, y), sheet.width());
        y += legend + 10.0;
        let top = y;
        for (i, row) in self.bars.rows.iter().enumerate() {
            y = self.row(&mut rows, sheet, i, row, y);
        }
        let mut markup = Markup::default();
        let bottom = x_axis(
            &mut markup,
            &self.bars.axis.unit.caption(&self.bars.axis.label),
            &self.ruler.ticks,
            &Area {
                left: self.left,
                top,
                right: self.right,
                bottom: y,
            },
            0.0,
            sheet,
        );
        markup.append(&rows);
        Body {
            markup,
            bottom,
            points: true,
        }
    }

    fn entries(&self) -> Vec<Entry> {
        // The patterns in the colour of all rows, or in none.
        let class = match self.bars.rows.split_first() {
            Some((first, rest)) if rest.iter().all(|r| r.id == first.id) => self.looks.class(&first.id),
            _ => "s-none".into(),
        };
        let entry = |(i, (_, name)): (usize, &(&str, &str))| Entry {
            class: class.clone(),
            sample: Sample::Fill(i),
            name: (*name).into(),
        };
        match self.kinds.len() {
            0 | 1 => Vec::new(),
            _ => self.kinds.iter().enumerate().map(entry).collect(),
        }
    }

    /// One row; where it ends.
    fn row(&self, m: &mut Markup, sheet: &Sheet, index: usize, row: &Row, top: f64) -> f64 {
        let note = row.note.as_deref().unwrap_or_default();
        let bar = match self.wide {
            true => top + 2.0,
            false => {
                let name = text::fit(&row.name, sheet.width(), SIZE);
                write(m, "", (sheet.left, top + 14.0), Anchor::Start, &name);
                let beside = sheet.left + text::width(&name, SIZE) + 12.0;
                let note = text::fit(note, sheet.right - beside, SIZE);
                if note.chars().count() > 3 {
                    write(m, "quiet", (beside, top + 14.0), Anchor::Start, &note);
                }
                top + 22.0
            }
        };
        if self.wide {
            let room = self.left - sheet.left - 12.0;
            let name = text::fit(&row.name, room, SIZE);
            let at = self.left - 12.0;
            write(m, "", (at, bar + BAR / 2.0 + DROP), Anchor::End, &name);
            if !note.is_empty() {
                let note = text::fit(note, room, SIZE);
                write(
                    m,
                    "quiet",
                    (at, bar + BAR / 2.0 + DROP + LEADING),
                    Anchor::End,
                    &note,
                );
            }
        }
        let values = self.parts(m, index, row, bar);
        let sum = total(row);
        let written = match row.parts.iter().any(|p| length(p).is_some()) {
            true => self.bars.axis.unit.write(sum),
            false => "no data".into(),
        };
        let end = self.left
            + self
                .ruler
                .place(sum)
                .unwrap_or(0.0)
                .clamp(0.0, self.right - self.left);
        write(
            m,
            "strong",
            (end + 8.0, bar + BAR / 2.0 + DROP),
            Anchor::Start,
            &written,
        );
        let below = values || (self.wide && !note.is_empty());
        bar + BAR + if below { LEADING } else { 0.0 } + GAP
    }

    /// The parts of a row; true if a value was written below.
    fn parts(&self, m: &mut Markup, index: usize, row: &Row, top: f64) -> bool {
        let unit = self.bars.axis.unit;
        let mut sum = 0.0;
        let mut values = false;
        let mut written = self.left - 20.0;
        let mut first = true;
        for (i, part) in row.parts.iter().enumerate().take(200) {
            let Some(value) = length(part) else { continue };
            let place = |v: f64| {
                self.ruler
                    .place(v)
                    .unwrap_or(0.0)
                    .clamp(0.0, self.right - self.left)
            };
            let (from, to) = (self.left + place(sum), self.left + place(sum + value));
            sum += value;
            let key = if look::is_backend(&part.key) {
                &part.key
            } else {
                &row.id
            };
            let class = match look::is_backend(key) {
                true => format!("s-{}", look::class(key)),
                false => self.looks.class(key),
            };
            let pattern = self
                .kinds
                .iter()
                .position(|(key, _)| *key == part.key)
                .unwrap_or(0);
            let says = format!("{}: {} {}", row.name, part.name, unit.write(value));
            point(m, &class, (index, i, first), &says, |m| {
                look::fill(m, pattern, (from, top, (to - from).max(0.5), BAR));
                hit(m, (from, top, to - from, BAR));
            });
            first = false;
            let text = unit.write(value);
            let width = text::width(&text, SIZE);
            let middle = (from + to) / 2.0;
            // With one part the sum says it all.
            if row.parts.len() > 1 && to - from >= width + 4.0 && middle - width / 2.0 > written + 8.0 {
                write(m, "quiet", (middle, top + BAR + 15.0), Anchor::Middle, &text);
                written = middle + width / 2.0;
                values = true;
            }
        }
        values
    }
}

/// What shows the keyboard's place on something with a width.
pub fn hit(m: &mut Markup, (x, y, width, height): (f64, f64, f64, f64)) {
    use super::markup::A::N;
    m.leaf(
        "rect",
        &[
            ("class", T("hit")),
            ("x", N(x - 2.0)),
            ("y", N(y - 2.0)),
            ("width", N(width.max(0.0) + 4.0)),
            ("height", N(height + 4.0)),
        ],
    );
}

/// Lines at the ticks, their labels below, and what they count; where that ends.
pub fn x_axis(m: &mut Markup, caption: &str, ticks: &[Tick], plot: &Area, inset: f64, sheet: &Sheet) -> f64 {
    let mut grid = String::new();
    for tick in ticks {
        let x = plot.left + inset + tick.at;
        grid.push_str(&format!("M{x:.1} {:.1}V{:.1}", plot.top, plot.bottom));
        let half = text::width(&tick.label, SIZE) / 2.0;
        // The last one may not stick out of the picture.
        let x = x.min(sheet.right - half).max(sheet.left + half);
        write(m, "quiet", (x, plot.bottom + 18.0), Anchor::Middle, &tick.label);
    }
    path(m, "grid", &grid, None);
    if caption.is_empty() {
        return plot.bottom + 24.0;
    }
    let caption = text::fit(caption, sheet.width(), SIZE);
    let end = plot.right.max(sheet.left + text::width(&caption, SIZE));
    write(
        m,
        "quiet",
        (end, plot.bottom + 18.0 + LEADING),
        Anchor::End,
        &caption,
    );
    plot.bottom + 24.0 + LEADING
}

//! Series over two axes: measured points with their intervals, lines they are held against,
//! marked places, limits.

mod notes;

use notes::MARK_ROW;

use super::bars::x_axis;
use super::draw::{Anchor, Body, Sheet, path, point, write};
use super::labels::{Area, Taken, nudge};
use super::legend::{self, Entry, Sample};
use super::look::{self, Looks, Marker};
use super::markup::A::{N, T};
use super::markup::{Markup, Path};
use super::model::{Axis, How, Lines, Point, Scale, Series};
use super::ruler::{Direction, Ruler};
use super::space::{Place, Space, scatter, thin};
use super::text::{self, DROP, LEADING, SIZE};

/// Names stand at the ends of lines from this width on.
const WIDE: f64 = 560.0;
/// From here on intervals are a band, not whiskers.
const BAND: usize = 12;
/// Points that can be gone to one by one: in one series, and in all.
const SINGLE: (usize, usize) = (120, 600);
/// Points that have markers, in one series.
const MARKED: usize = 40;
/// From the edge of the plot to the first and last value, so that markers stand off it.
const INSET: f64 = 10.0;
const LEAST_HEIGHT: f64 = 120.0;

/// Draws them; `None` without any point.
pub fn draw(lines: &Lines, sheet: &Sheet) -> Option<Body> {
    let ends = ends(lines);
    // The legend's height is known only when the plot has been laid out.
    let mut below = 0.0;
    let mut made = None;
    for _ in 0..3 {
        let drawing = Drawing::new(lines, sheet, &ends, below)?;
        let (body, legend) = drawing.draw(sheet);
        let settled = sheet.bottom.is_none() || legend == below;
        made = Some(body);
        if settled {
            break;
        }
        below = legend;
    }
    made
}

/// The name of a line and where it is wanted: to the right of the line's last point.
struct End {
    name: String,
    quiet: bool,
}

fn ends(lines: &Lines) -> Vec<End> {
    let series = lines.series.iter().filter(|s| s.how != How::Points);
    let series = series.map(|s| End {
        name: s.name.clone(),
        quiet: false,
    });
    let curves = lines.curves.iter().map(|c| End {
        name: c.name.clone(),
        quiet: true,
    });
    series.chain(curves).collect()
}

/// Everything that has a place on both axes, interval ends included.
fn values(lines: &Lines) -> impl Iterator<Item = (f64, f64)> {
    let positive = |axis: &Axis, v: f64| v.is_finite() && (axis.scale == Scale::Linear || v > 0.0);
    let points = lines.series.iter().flat_map(|s| &s.points).flat_map(|p| {
        let (low, high) = p.interval.unwrap_or((p.y, p.y));
        let (low, high) = if p.y.is_finite() { (low, high) } else { (p.y, p.y) };
        [(p.x, p.y), (p.x, low), (p.x, high)]
    });
    let curves = lines.curves.iter().flat_map(|c| c.points.iter().copied());
    let ceilings = lines.ceilings.iter().flat_map(|c| c.points.iter().copied());
    points
        .chain(curves)
        .chain(ceilings)
        .filter(move |(x, y)| positive(&lines.x, *x) && positive(&lines.y, *y))
}

struct Drawing<'a> {
    lines: &'a Lines,
    ends: &'a [End],
    looks: Looks,
    space: Space,
    /// Rows of words above the plot: the y axis' caption, then the marks'.
    top: f64,
    direct: bool,
    mark_rows: Vec<Vec<String>>,
    single: bool,
}

impl<'a> Drawing<'a> {
    fn new(lines: &'a Lines, sheet: &Sheet, ends: &'a [End], legend: f64) -> Option<Drawing<'a>> {
        let drawable = lines.series.iter().flat_map(|s| &s.points);
        let mut drawable = drawable.filter(|p| p.x.is_finite() && p.y.is_finite());
        let measured = drawable.next().is_some();
        if !measured && values(lines).next().is_none() {
            return None;
        }
        let mark_rows = notes::mark_rows(&lines.marks, sheet.width());
        let rows: usize = mark_rows.iter().map(Vec::len).sum();
        let caption = if lines.y.label.is_empty() && rows == 0 {
            6.0
        } else {
            30.0
        };
        let top = sheet.top + caption + MARK_ROW * rows as f64;
        let under = 24.0 + LEADING;
        let height = match sheet.bottom {
            Some(bottom) => bottom - top - under - legend,
            None => (sheet.width() * 0.48).clamp(220.0, 400.0),
        };
        let height = height.max(LEAST_HEIGHT);
        let log_y = lines.y.scale == Scale::Log;
        let inset_y = if log_y { INSET } else { 0.0 };
        let zero = lines.y.range.is_none();
        let y_values = values(lines).map(|(_, y)| y);
        let y = Ruler::new(&lines.y, y_values, zero, height - 2.0 * inset_y, Direction::Up)?;
        let labels = y
            .ticks
            .iter()
            .map(|t| text::width(&t.label, SIZE))
            .fold(0.0, f64::max);
        let left = sheet.left + labels.min(sheet.width() * 0.3) + 8.0;
        let names = ends
            .iter()
            .map(|e| text::width(&e.name, SIZE))
            .fold(0.0, f64::max);
        let direct = sheet.width() >= WIDE && !ends.is_empty() && names <= sheet.width() * 0.3;
        let right = sheet.right - if direct { names + 22.0 } else { 4.0 };
        let x_values = values(lines).map(|(x, _)| x);
        let x_values = x_values.chain(lines.marks.iter().map(|m| m.at));
        let x = Ruler::new(
            &lines.x,
            x_values,
            false,
            right - left - 2.0 * INSET,
            Direction::Across,
        )?;
        let points = lines.series.iter().map(|s| s.points.len()).sum::<usize>();
        Some(Drawing {
            lines,
            ends,
            looks: Looks::new(lines.series.iter().map(|s| s.key.as_str())),
            space: Space {
                plot: Area {
                    left,
                    top,
                    right,
                    bottom: top + height,
                },
                x,
                y,
                inset_x: INSET,
                inset_y,
            },
            top: sheet.top,
            direct,
            mark_rows,
            single: points <= SINGLE.1,
        })
    }

    /// The drawing, and how high its legend is.
    fn draw(&self, sheet: &Sheet) -> (Body, f64) {
        let mut m = Markup::default();
        let mut taken = Taken::default();
        let mut entries = Vec::new();
        let mut bottom = self.axes(&mut m, sheet);
        self.mark_bands(&mut m);
        self.ceilings(&mut m, &mut taken, &mut entries);
        let mut wanted = Vec::new();
        for series in &self.lines.series {
            self.series_line(&mut m, series);
        }
        self.curves(&mut m);
        self.marks(&mut m, sheet);
        for (i, series) in self.lines.series.iter().enumerate() {
            self.points(&mut m, &mut taken, i, series);
            if series.how != How::Points {
                wanted.push(self.end(series.points.iter().map(|p| (p.x, p.y))));
            }
        }
        wanted.extend(
            self.lines
                .curves
                .iter()
                .map(|c| self.end(c.points.iter().copied())),
        );
        if !(self.direct && self.names(&mut m, &wanted)) {
            self.line_entries(&mut entries);
        }
        let scattered = self.lines.series.iter().filter(|s| s.how == How::Points);
        entries.extend(scattered.map(|s| Entry {
            class: self.looks.class(&s.key),
            sample: Sample::Marker(self.marker(s)),
            name: s.name.clone(),
        }));
        self.labels(&mut m, &mut taken, &mut entries);
        let mut legend = 0.0;
        if !entries.is_empty() {
            legend = legend::height(&entries, sheet.width()) + 8.0;
            legend::draw(&mut m, &entries, (sheet.left, bottom + 8.0), sheet.width());
            bottom += legend;
        }
        let body = Body {
            markup: m,
            bottom,
            points: self.lines.series.iter().any(|s| !s.points.is_empty()),
        };
        (body, legend)
    }

    fn axes(&self, m: &mut Markup, sheet: &Sheet) -> f64 {
        let plot = &self.space.plot;
        let mut grid = String::new();
        for tick in &self.space.y.ticks {
            let y = plot.bottom - self.space.inset_y - tick.at;
            grid.push_str(&format!("M{:.1} {y:.1}H{:.1}", plot.left, plot.right));
            write(m, "quiet", (plot.left - 8.0, y + DROP), Anchor::End, &tick.label);
        }
        path(m, "grid", &grid, None);
        let caption = self.lines.y.unit.caption(&self.lines.y.label);
        let caption = text::fit(&caption, sheet.width(), SIZE);
        if !caption.is_empty() {
            write(m, "quiet", (sheet.left, self.top + 13.0), Anchor::Start, &caption);
        }
        let caption = self.lines.x.unit.caption(&self.lines.x.label);
        let bottom = x_axis(m, &caption, &self.space.x.ticks, plot, self.space.inset_x, sheet);
        let base = format!("M{:.1} {:.1}H{:.1}", plot.left, plot.bottom, plot.right);
        path(m, "base", &base, None);
        m.leaf(
            "rect",
            &[
                ("class", T("plot")),
                ("x", N(plot.left)),
                ("y", N(plot.top)),
                ("width", N(plot.right - plot.left)),
                ("height", N(plot.bottom - plot.top)),
            ],
        );
        bottom
    }

    fn marker(&self, series: &Series) -> Marker {
        series.marker.unwrap_or_else(|| self.looks.marker(&series.key))
    }

    /// Few points have markers; lines of many have dashes instead.
    fn marked(series: &Series) -> bool {
        series.how != How::Band && series.points.len() <= MARKED
    }

    fn dash(&self, series: &Series) -> Option<&'static str> {
        if series.dashed {
            return Some(look::PREDICTED);
        }
        let bare = |s: &&Series| s.how != How::Points && !Self::marked(s) && !s.dashed;
        let before = self.lines.series.iter().filter(bare);
        let number = before.take_while(|s| !std::ptr::eq(*s, series)).count();
        if Self::marked(series) {
            None
        } else {
            look::dash(number)
        }
    }

    /// Points that have a place, from left to right.
    fn sorted(&self, series: &'a Series) -> Vec<(Place, &'a Point)> {
        let mut places: Vec<(Place, &Point)> = series
            .points
            .iter()
            .filter_map(|p| Some((self.space.place(p.x, p.y)?, p)))
            .collect();
        places.sort_by(|a, b| a.0.0.total_cmp(&b.0.0));
        places
    }

    fn series_line(&self, m: &mut Markup, series: &Series) {
        if series.how == How::Points {
            return;
        }
        let places = self.sorted(series);
        let class = self.looks.class(&series.key);
        let band = series.how == How::Band || series.points.len() > BAND;
        m.node("g", &[("class", T(&class))], |m| {
            if band {
                path(m, "band", self.band(&places).data(), None);
            }
            let line = self.line(thin(places.iter().map(|(place, _)| *place).collect()));
            path(m, "line", line.data(), self.dash(series));
        });
    }

    fn line(&self, places: Vec<Place>) -> Path {
        let mut out = Path::default();
        for piece in self.space.clip(&places) {
            for (i, (x, y)) in piece.into_iter().enumerate() {
                match i {
                    0 => out.start(x, y),
                    _ => out.line(x, y),
                };
            }
        }
        out
    }

    /// Between the ends of all intervals.
    fn band(&self, places: &[(Place, &Point)]) -> Path {
        let plot = &self.space.plot;
        let end = |x: f64, y: f64| Some((x, self.space.down(y)?.clamp(plot.top, plot.bottom)));
        let (mut upper, mut lower) = (Vec::new(), Vec::new());
        for ((x, _), point) in places {
            if *x < plot.left || *x > plot.right {
                continue;
            }
            if let Some((low, high)) = point.interval
                && let (Some(low), Some(high)) = (end(*x, low), end(*x, high))
            {
                lower.push(low);
                upper.push(high);
            }
        }
        let mut out = Path::default();
        if upper.len() < 2 {
            return out;
        }
        let around = thin(upper).into_iter().chain(thin(lower).into_iter().rev());
        for (i, (x, y)) in around.enumerate() {
            match i {
                0 => out.start(x, y),
                _ => out.line(x, y),
            };
        }
        out.close();
        out
    }

    fn curves(&self, m: &mut Markup) {
        for curve in &self.lines.curves {
            let places = curve.points.iter().filter_map(|(x, y)| self.space.place(*x, *y));
            let line = self.line(places.collect());
            let class = self.looks.class(&curve.key);
            m.node("g", &[("class", T(&class))], |m| {
                path(m, "curve", line.data(), curve.dashed.then_some(look::PREDICTED));
            });
        }
    }

    fn points(&self, m: &mut Markup, taken: &mut Taken, index: usize, series: &Series) {
        let class = self.looks.class(&series.key);
        if !self.single || series.points.len() > SINGLE.0 {
            return self.points_together(m, index, series, &class);
        }
        let whiskers = series.how == How::Points || series.points.len() <= BAND;
        let mut first = true;
        for (i, p) in series.points.iter().enumerate() {
            let Some((x, y)) = self.space.inside(p.x, p.y) else {
                continue;
            };
            taken.add(Area::around((x, y), 7.0));
            let says = self.says(series, p);
            point(m, &class, (index, i, first), &says, |m| {
                if whiskers
                    && series.how != How::Band
                    && let Some(interval) = p.interval
                {
                    self.whisker(m, x, interval);
                }
                if Self::marked(series) {
                    look::marker(m, self.marker(series), x, y);
                }
                m.leaf(
                    "circle",
                    &[("class", T("hit")), ("cx", N(x)), ("cy", N(y)), ("r", N(9.0))],
                );
            });
            first = false;
        }
    }

    /// One place for the keyboard for all of them, and dots where there is no line.
    fn points_together(&self, m: &mut Markup, index: usize, series: &Series, class: &str) {
        let places = series.points.iter().filter_map(|p| self.space.inside(p.x, p.y));
        let places: Vec<Place> = places.collect();
        if places.is_empty() {
            return;
        }
        let finite = series.points.iter().map(|p| p.y).filter(|y| y.is_finite());
        let (low, high) = finite.fold((f64::MAX, f64::MIN), |(l, h), y| (l.min(y), h.max(y)));
        let unit = self.lines.y.unit;
        let says = format!(
            "{}: {} points, {} from {} to {}",
            series.name,
            series.points.len(),
            self.lines.y.label,
            unit.write(low),
            unit.write(high)
        );
        let place = places[places.len() / 2];
        point(m, class, (index, 0, true), &says, |m| {
            if series.how == How::Points {
                let mut dots = Path::default();
                for (x, y) in scatter(places) {
                    dots.dot(x, y);
                }
                path(m, "dots", dots.data(), None);
            }
            let (x, y) = place;
            m.leaf(
                "circle",
                &[("class", T("hit")), ("cx", N(x)), ("cy", N(y)), ("r", N(9.0))],
            );
        });
    }

    fn whisker(&self, m: &mut Markup, x: f64, (low, high): (f64, f64)) {
        let plot = &self.space.plot;
        let end = |y: f64| Some(self.space.down(y)?.clamp(plot.top, plot.bottom));
        let (Some(low), Some(high)) = (end(low), end(high)) else {
            return;
        };
        let mut bar = Path::default();
        bar.start(x, low).line(x, high);
        path(m, "whisker", bar.data(), None);
    }

    /// "Threads: 4 threads, 3.81x (3.62-4.01)".
    fn says(&self, series: &Series, p: &Point) -> String {
        let x = at(&self.lines.x, p.x);
        let unit = self.lines.y.unit;
        let mut says = format!("{}: {x}, {}", series.name, unit.write(p.y));
        if let Some(interval) = p.interval {
            says.push(' ');
            says.push_str(&unit.interval(p.y, interval));
        }
        match &p.label {
            Some(label) => format!("{label}, {says}"),
            None => says,
        }
    }

    /// Where a line ends, in the plot.
    fn end(&self, points: impl Iterator<Item = (f64, f64)>) -> Option<Place> {
        let places = points.filter_map(|(x, y)| self.space.place(x, y));
        let mut places: Vec<Place> = places.collect();
        places.sort_by(|a, b| a.0.total_cmp(&b.0));
        self.space.clip(&places).last()?.last().copied().or(None)
    }

    /// Names at the ends of lines; false if there is no room for all of them.
    fn names(&self, m: &mut Markup, wanted: &[Option<Place>]) -> bool {
        let plot = &self.space.plot;
        let named: Vec<(&End, Place)> = self
            .ends
            .iter()
            .zip(wanted)
            .filter_map(|(end, place)| Some((end, (*place)?)))
            .collect();
        let heights: Vec<f64> = named.iter().map(|(_, (_, y))| *y).collect();
        let Some(places) = nudge(&heights, LEADING - 1.0, (plot.top, plot.bottom)) else {
            return false;
        };
        let left = plot.right + 14.0;
        for ((end, (x, y)), at) in named.into_iter().zip(places) {
            // A line from the end to its name, unless they stand side by side.
            if (at - y).abs() > 4.0 || plot.right - x > INSET + 14.0 {
                let mut leader = Path::default();
                leader.start((x + 8.0).min(plot.right), y).line(left - 3.0, at);
                path(m, "leader", leader.data(), None);
            }
            let class = if end.quiet { "quiet" } else { "" };
            write(m, class, (left, at + DROP), Anchor::Start, &end.name);
        }
        true
    }

    fn line_entries(&self, entries: &mut Vec<Entry>) {
        for series in self.lines.series.iter().filter(|s| s.how != How::Points) {
            let marker = Self::marked(series).then(|| self.marker(series));
            entries.push(Entry {
                class: self.looks.class(&series.key),
                sample: Sample::Line("line", self.dash(series), marker),
                name: series.name.clone(),
            });
        }
        for curve in &self.lines.curves {
            let dash = curve.dashed.then_some(look::PREDICTED);
            entries.push(Entry {
                class: self.looks.class(&curve.key),
                sample: Sample::Line("curve", dash, None),
                name: curve.name.clone(),
            });
        }
    }
}

/// A value of an axis in a sentence: "4 threads", "size 64 kB".
pub fn at(axis: &Axis, value: f64) -> String {
    let text = axis.unit.write(value);
    match &axis.noun {
        Some(noun) if value == 1.0 => format!("{text} {}", noun.strip_suffix('s').unwrap_or(noun)),
        Some(noun) => format!("{text} {noun}"),
        None if axis.label.is_empty() => text,
        None => format!("{} {text}", axis.label),
    }
}

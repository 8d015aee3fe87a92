//! What is written into a plot: marked places, limits, names of points.

use super::super::draw::{Anchor, Sheet, path, write};
use super::super::labels::{Area, Taken};
use super::super::legend::{Entry, Sample};
use super::super::look;
use super::super::markup::A::{N, T};
use super::super::markup::{Markup, Path};
use super::super::model::{Ceiling, Mark};
use super::super::space::Place;
use super::super::text::{self, DROP, LEADING, SIZE};
use super::Drawing;

/// From one row of a mark's label to the next.
pub const MARK_ROW: f64 = LEADING;
/// Marks that have labels in the picture, and the rows that each may have.
const MARK_LABELS: (usize, usize) = (6, 2);
/// Labels of points; more than this no picture can carry.
const MOST_LABELS: usize = 200;

/// The labels of marks, in rows that fit.
pub fn mark_rows(marks: &[Mark], room: f64) -> Vec<Vec<String>> {
    let first = marks.iter().take(MARK_LABELS.0);
    first
        .map(|mark| text::wrap(&mark.label, room, SIZE, MARK_LABELS.1))
        .collect()
}

/// Points that share a label.
struct Group<'a> {
    label: &'a str,
    x: f64,
    top: f64,
    bottom: f64,
}

impl<'a> Drawing<'a> {
    pub(super) fn mark_bands(&self, m: &mut Markup) {
        let plot = &self.space.plot;
        for (low, high) in self.lines.marks.iter().filter_map(|mark| mark.interval) {
            let (Some(low), Some(high)) = (self.space.across(low), self.space.across(high)) else {
                continue;
            };
            let (from, to) = (
                low.clamp(plot.left, plot.right),
                high.clamp(plot.left, plot.right),
            );
            m.leaf(
                "rect",
                &[
                    ("class", T("mark-band")),
                    ("x", N(from)),
                    ("y", N(plot.top)),
                    ("width", N((to - from).max(0.0))),
                    ("height", N(plot.bottom - plot.top)),
                ],
            );
        }
    }

    /// Each mark's label has rows of its own above the plot, and stands over its line.
    pub(super) fn marks(&self, m: &mut Markup, sheet: &Sheet) {
        let plot = &self.space.plot;
        let rows: usize = self.mark_rows.iter().map(Vec::len).sum();
        let mut y = plot.top - 9.0 - MARK_ROW * rows as f64;
        for (i, mark) in self.lines.marks.iter().enumerate() {
            let none = Vec::new();
            let label = self.mark_rows.get(i).unwrap_or(&none);
            let Some(x) = self.space.across(mark.at) else {
                continue;
            };
            if x < plot.left || x > plot.right {
                continue;
            }
            for line in label {
                y += MARK_ROW;
                let half = text::width(line, SIZE) / 2.0;
                let middle = x.min(sheet.right - half).max(sheet.left + half);
                write(m, "", (middle, y), Anchor::Middle, line);
            }
            let (top, bottom) = (plot.top, plot.bottom);
            path(m, "mark", &format!("M{x:.1} {top:.1}V{bottom:.1}"), None);
        }
    }

    pub(super) fn ceilings(&self, m: &mut Markup, taken: &mut Taken, entries: &mut Vec<Entry>) {
        for (i, ceiling) in self.lines.ceilings.iter().enumerate() {
            let places = ceiling
                .points
                .iter()
                .filter_map(|(x, y)| self.space.place(*x, *y));
            let pieces = self.space.clip(&places.collect::<Vec<_>>());
            for piece in &pieces {
                taken.add_line(piece);
            }
            let class = self.looks.class(&ceiling.key);
            let line: Vec<Place> = pieces.into_iter().flatten().collect();
            let mut data = Path::default();
            for (k, (x, y)) in line.iter().enumerate() {
                match k {
                    0 => data.start(*x, *y),
                    _ => data.line(*x, *y),
                };
            }
            let dash = look::dash(i);
            m.node("g", &[("class", T(&class))], |m| {
                path(m, "ceiling", data.data(), dash)
            });
            let written = self.ceiling_label(m, taken, ceiling, &line);
            let slanted = self.slant(m, taken, ceiling, &line);
            let name = match (written, slanted, &ceiling.slant) {
                (true, true, _) | (true, false, None) => continue,
                (true, false, Some(slant)) => slant.clone(),
                (false, false, Some(slant)) => format!("{}, {slant}", ceiling.label),
                (false, _, _) => ceiling.label.clone(),
            };
            entries.push(Entry {
                class,
                sample: Sample::Line("ceiling", dash, None),
                name,
            });
        }
    }

    /// Above the last piece, to the right, if that is level, long enough and free.
    fn ceiling_label(&self, m: &mut Markup, taken: &mut Taken, ceiling: &Ceiling, line: &[Place]) -> bool {
        let [.., (x0, y0), (x1, y1)] = *line else {
            return false;
        };
        let width = text::width(&ceiling.label, SIZE);
        let place = Area::of_text(x1 - width - 4.0, y1 - 11.0, &ceiling.label);
        let free =
            (y0 - y1).abs() < 1.0 && x1 - x0 >= width + 8.0 && place.top >= self.top && taken.free(&place);
        if free {
            taken.add(place);
            write(m, "halo", (x1 - 4.0, y1 - 7.0), Anchor::End, &ceiling.label);
        }
        free
    }

    /// Along the first piece, if there is one and it is long enough. True if nothing is left to say.
    fn slant(&self, m: &mut Markup, taken: &mut Taken, ceiling: &Ceiling, line: &[Place]) -> bool {
        let (Some(slant), [(x0, y0), (x1, y1), ..]) = (&ceiling.slant, line) else {
            return ceiling.slant.is_none();
        };
        let long = (x1 - x0).hypot(y1 - y0);
        let width = text::width(slant, SIZE);
        if long < width + 24.0 {
            return false;
        }
        let angle = (y1 - y0).atan2(x1 - x0);
        // In the middle of the piece, a little above it.
        let (along, off) = (long / 2.0, 7.0);
        let at = |along: f64, off: f64| {
            (
                x0 + angle.cos() * along + angle.sin() * off,
                y0 + angle.sin() * along - angle.cos() * off,
            )
        };
        let corners = [-0.5, -0.25, 0.0, 0.25, 0.5].map(|s| at(along + width * s, off + 4.0));
        let boxes = corners.map(|c| Area::around(c, 4.0));
        if !boxes.iter().all(|b| taken.free(b)) {
            return false;
        }
        corners
            .iter()
            .for_each(|c| taken.add(Area::around(*c, width / 8.0 + 4.0)));
        let (x, y) = at(along, off);
        let turn = format!("translate({x:.1} {y:.1}) rotate({:.1})", angle.to_degrees());
        let attributes = [
            ("class", T("halo")),
            ("transform", T(&turn)),
            ("text-anchor", T("middle")),
        ];
        m.words("text", &attributes, slant);
        true
    }

    /// Labels of points. Those above each other share one. Where not all find room as words, all
    /// become numbers, and the legend says what they are.
    pub(super) fn labels(&self, m: &mut Markup, taken: &mut Taken, entries: &mut Vec<Entry>) {
        let groups = self.label_groups();
        let words = groups.iter().map(|g| g.label.to_string()).collect::<Vec<_>>();
        let mut tried = taken.clone();
        if self.place_labels(m, &mut tried, &groups, &words, "halo", true) {
            return;
        }
        let mut known: Vec<&str> = Vec::new();
        let mut numbers = Vec::new();
        for group in &groups {
            let number = known.iter().position(|l| *l == group.label).unwrap_or_else(|| {
                known.push(group.label);
                known.len() - 1
            });
            numbers.push((number + 1).to_string());
        }
        self.place_labels(m, taken, &groups, &numbers, "halo strong", false);
        entries.extend(known.iter().enumerate().map(|(i, label)| Entry {
            class: "s-none".into(),
            sample: Sample::Number(i + 1),
            name: (*label).into(),
        }));
    }

    /// Writes those that find room, or with `all` none unless all do. True if all did.
    fn place_labels(
        &self,
        m: &mut Markup,
        taken: &mut Taken,
        groups: &[Group],
        texts: &[String],
        class: &str,
        all: bool,
    ) -> bool {
        let inside = Area {
            right: self.space.plot.right + 4.0,
            ..self.space.plot
        };
        let mut found = Vec::new();
        for (group, text) in groups.iter().zip(texts) {
            if let Some(area) = taken.beside((group.x, group.top), group.bottom, text, &inside) {
                taken.add(area);
                found.push((area, text));
            }
        }
        let complete = found.len() == groups.len();
        if complete || !all {
            for (area, text) in found {
                write(
                    m,
                    class,
                    (area.left, area.bottom - 8.0 + DROP),
                    Anchor::Start,
                    text,
                );
            }
        }
        complete
    }

    /// Points with the same label that are above each other.
    fn label_groups(&self) -> Vec<Group<'a>> {
        let mut groups: Vec<Group> = Vec::new();
        for p in self.lines.series.iter().flat_map(|s| &s.points) {
            let Some(label) = p.label.as_deref().filter(|l| !l.is_empty()) else {
                continue;
            };
            let Some((x, y)) = self.space.inside(p.x, p.y) else {
                continue;
            };
            let same = groups
                .iter_mut()
                .find(|g| g.label == label && (g.x - x).abs() <= 16.0);
            if let Some(group) = same {
                group.top = group.top.min(y);
                group.bottom = group.bottom.max(y);
            } else if groups.len() < MOST_LABELS {
                groups.push(Group {
                    label,
                    x,
                    top: y,
                    bottom: y,
                });
            }
        }
        groups.sort_by(|a, b| a.x.total_cmp(&b.x));
        groups
    }
}

//! What ran when: a track per thread, and how much of the time it was busy.

use super::bars::{hit, x_axis};
use super::draw::{Anchor, Body, Sheet, path, point, write};
use super::format::Unit;
use super::labels::Area;
use super::legend::{self, Entry, Sample};
use super::look::{self, Looks};
use super::markup::A::{N, T};
use super::markup::Markup;
use super::model::{Axis, Span, Spans, Track};
use super::ruler::{Direction, Ruler};
use super::text::{self, DROP, SIZE};

const WIDE: f64 = 560.0;
/// The height of a track's bar.
const BAR: f64 = 16.0;
/// From one track to the next, names before them or above.
const ROW: (f64, f64) = (26.0, 44.0);
/// Spans narrower than this many pixels are drawn together with their neighbours.
const FINE: f64 = 0.5;
/// Spans that can be gone to one by one: in one track, and in all.
const SINGLE: (usize, usize) = (80, 400);

/// Draws them; `None` without any span.
pub fn draw(spans: &Spans, sheet: &Sheet) -> Option<Body> {
    let all = || spans.tracks.iter().flat_map(|t| &t.spans).filter(|s| usable(s));
    all().next()?;
    let wide = sheet.width() >= WIDE;
    let longest =
        |texts: &mut dyn Iterator<Item = &str>| texts.map(|t| text::width(t, SIZE)).fold(0.0, f64::max);
    let names = longest(&mut spans.tracks.iter().map(|t| t.name.as_str()));
    let names = if wide {
        names.min(sheet.width() * 0.25) + 12.0
    } else {
        0.0
    };
    let left = sheet.left + names;
    let right = sheet.right - longest(&mut ["100%", "busy"].into_iter()) - 10.0;
    let axis = Axis {
        range: spans.window,
        ..Axis::new("", Unit::TimeMs)
    };
    let ends = all().flat_map(|s| [s.start_ms, s.end_ms]);
    let (first, last) = ends
        .clone()
        .fold((f64::MAX, f64::MIN), |(l, h), v| (l.min(v), h.max(v)));
    // A run begins at zero, though its first span may begin a little later.
    let start = (first >= 0.0 && first <= last / 4.0).then_some(0.0);
    let ends = ends.chain(start);
    let ruler = Ruler::new(&axis, ends, false, right - left, Direction::Across)?;
    let drawing = Drawing {
        spans,
        ruler,
        left,
        right,
        wide,
        looks: Looks::new(spans.tracks.iter().map(|t| t.key.as_str())),
        kinds: kinds(spans),
    };
    Some(drawing.draw(sheet))
}

fn usable(span: &Span) -> bool {
    span.start_ms.is_finite() && span.end_ms.is_finite() && span.end_ms >= span.start_ms
}

/// Kinds of span that have no colour of their own, in the order in which they come.
fn kinds(spans: &Spans) -> Vec<&str> {
    let mut kinds: Vec<&str> = Vec::new();
    for span in spans.tracks.iter().flat_map(|t| &t.spans) {
        if kinds.len() < 32 && !look::is_backend(&span.key) && !kinds.contains(&span.key.as_str()) {
            kinds.push(&span.key);
        }
    }
    kinds
}

/// The share of a window during which a track was at work: overlapping spans count once.
pub fn busy(track: &Track, idle: &[String], (from, to): (f64, f64)) -> f64 {
    let work = track.spans.iter().filter(|s| usable(s) && !idle.contains(&s.key));
    let mut parts: Vec<(f64, f64)> = work
        .map(|s| (s.start_ms.max(from), s.end_ms.min(to)))
        .filter(|(start, end)| start < end)
        .collect();
    parts.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut sum, mut reached) = (0.0, from);
    for (start, end) in parts {
        sum += (end - start.max(reached)).max(0.0);
        reached = reached.max(end);
    }
    match to - from {
        span if span > 0.0 => (sum / span).clamp(0.0, 1.0),
        _ => 0.0,
    }
}

/// A piece of a track as drawn: one span, or several too fine to be seen apart.
struct Piece<'a> {
    from: f64,
    to: f64,
    /// Of the longest of them.
    span: &'a Span,
    longest: f64,
    count: usize,
}

struct Drawing<'a> {
    spans: &'a Spans,
    ruler: Ruler,
    left: f64,
    right: f64,
    wide: bool,
    looks: Looks,
    kinds: Vec<&'a str>,
}

impl<'a> Drawing<'a> {
    fn draw(&self, sheet: &Sheet) -> Body {
        let mut tracks = Markup::default();
        let entries = self.entries();
        let room = self.right - sheet.left;
        legend::draw(&mut tracks, &entries, (sheet.left, sheet.top), room);
        let top = sheet.top + legend::height(&entries, room).max(22.0);
        write(
            &mut tracks,
            "quiet",
            (sheet.right, sheet.top + 15.5),
            Anchor::End,
            "busy",
        );
        let row = if self.wide { ROW.0 } else { ROW.1 };
        let pieces: Vec<Vec<Piece>> = self.spans.tracks.iter().map(|t| self.pieces(t)).collect();
        let single = pieces.iter().map(Vec::len).sum::<usize>() <= SINGLE.1;
        for (i, (track, pieces)) in self.spans.tracks.iter().zip(&pieces).enumerate() {
            let y = top + row * i as f64;
            self.track(&mut tracks, sheet, track, y);
            let bar = y + row - BAR - 5.0;
            match single && pieces.len() <= SINGLE.0 {
                true => self.one_by_one(&mut tracks, i, track, pieces, bar),
                false => self.together(&mut tracks, i, track, pieces, bar),
            }
        }
        let plot = Area {
            left: self.left,
            top,
            right: self.right,
            bottom: top + row * self.spans.tracks.len() as f64,
        };
        let mut markup = Markup::default();
        let bottom = x_axis(&mut markup, "", &self.ruler.ticks, &plot, 0.0, sheet);
        markup.append(&tracks);
        Body {
            markup,
            bottom,
            points: true,
        }
    }

    fn entries(&self) -> Vec<Entry> {
        let class = match self.spans.tracks.split_first() {
            Some((first, rest)) if rest.iter().all(|t| t.key == first.key) => self.looks.class(&first.key),
            _ => "s-none".into(),
        };
        let entry = |(i, key): (usize, &&str)| Entry {
            class: class.clone(),
            sample: Sample::Fill(i),
            name: (*key).into(),
        };
        self.kinds.iter().enumerate().map(entry).collect()
    }

    /// A track's name, ground, and share of work.
    fn track(&self, m: &mut Markup, sheet: &Sheet, track: &Track, y: f64) {
        let row = if self.wide { ROW.0 } else { ROW.1 };
        let bar = y + row - BAR - 5.0;
        let middle = bar + BAR / 2.0 + DROP;
        match self.wide {
            true => {
                let name = text::fit(&track.name, self.left - sheet.left - 12.0, SIZE);
                write(m, "", (self.left - 12.0, middle), Anchor::End, &name);
            }
            false => {
                let name = text::fit(&track.name, sheet.width(), SIZE);
                write(m, "", (sheet.left, bar - 6.0), Anchor::Start, &name);
            }
        }
        m.leaf(
            "rect",
            &[
                ("class", T("track")),
                ("x", N(self.left)),
                ("y", N(bar)),
                ("width", N(self.right - self.left)),
                ("height", N(BAR)),
            ],
        );
        let share = format!(
            "{:.0}%",
            busy(track, &self.spans.idle, self.ruler.range()) * 100.0
        );
        write(m, "", (sheet.right, middle), Anchor::End, &share);
    }

    /// What of a track is in the window, from left to right, fine spans together.
    fn pieces(&self, track: &'a Track) -> Vec<Piece<'a>> {
        let (low, high) = self.ruler.range();
        let shown = |s: &&Span| usable(s) && s.end_ms >= low && s.start_ms <= high;
        let mut spans: Vec<&Span> = track.spans.iter().filter(shown).collect();
        spans.sort_by(|a, b| a.start_ms.total_cmp(&b.start_ms));
        let mut pieces: Vec<Piece> = Vec::new();
        for span in spans {
            let place = |ms: f64| self.ruler.place(ms.clamp(low, high));
            let (Some(from), Some(to)) = (place(span.start_ms), place(span.end_ms)) else {
                continue;
            };
            let length = span.end_ms - span.start_ms;
            match pieces.last_mut() {
                // Together until they are as wide as one that is seen.
                Some(last)
                    if to - from < FINE
                        && from - last.to < FINE
                        && (last.count > 1 || last.to - last.from < FINE)
                        && to - last.from < 1.0 =>
                {
                    last.to = last.to.max(to);
                    last.count += 1;
                    if length > last.longest {
                        (last.span, last.longest) = (span, length);
                    }
                }
                _ => pieces.push(Piece {
                    from,
                    to,
                    span,
                    longest: length,
                    count: 1,
                }),
            }
        }
        pieces
    }

    fn look(&self, track: &Track, span: &Span) -> (String, usize) {
        if look::is_backend(&span.key) {
            return (format!("s-{}", look::class(&span.key)), 0);
        }
        let kind = self.kinds.iter().position(|k| *k == span.key).unwrap_or(0);
        (self.looks.class(&track.key), kind)
    }

    fn is_idle(&self, span: &Span) -> bool {
        self.spans.idle.contains(&span.key)
    }

    fn one_by_one(&self, m: &mut Markup, index: usize, track: &Track, pieces: &[Piece], y: f64) {
        for (i, piece) in pieces.iter().enumerate() {
            let (class, kind) = self.look(track, piece.span);
            let place = (self.left + piece.from, y, (piece.to - piece.from).max(FINE), BAR);
            point(m, &class, (index, i, i == 0), &says(track, piece), |m| {
                // Too narrow for its pattern, waiting would look like work: the track's ground says it.
                if place.2 >= look::PLAIN || !self.is_idle(piece.span) {
                    look::fill(m, kind, place);
                }
                hit(m, place);
            });
        }
    }

    /// One path per look, and one place for the keyboard.
    fn together(&self, m: &mut Markup, index: usize, track: &Track, pieces: &[Piece], y: f64) {
        let spans: usize = pieces.iter().map(|p| p.count).sum();
        let share = busy(track, &self.spans.idle, self.ruler.range()) * 100.0;
        let label = format!("{}: {spans} spans, busy {share:.0}%", track.name);
        let mut looks: Vec<((String, usize), String)> = Vec::new();
        for piece in pieces.iter().filter(|piece| !self.is_idle(piece.span)) {
            let look = self.look(track, piece.span);
            let at = match looks.iter().position(|(l, _)| *l == look) {
                Some(at) => at,
                None => {
                    looks.push((look, String::new()));
                    looks.len() - 1
                }
            };
            let (x, width) = (self.left + piece.from, (piece.to - piece.from).max(FINE));
            looks[at]
                .1
                .push_str(&format!("M{x:.1} {y:.1}h{width:.1}v{BAR}h-{width:.1}z"));
        }
        point(m, "many", (index, 0, true), &label, |m| {
            for ((class, kind), data) in &looks {
                // As fine as these are, one by one they would have no pattern either.
                let fill = if *kind == 0 { "fine f0" } else { "fine f1" };
                m.node("g", &[("class", T(class))], |m| path(m, fill, data, None));
            }
            hit(m, (self.left, y, self.right - self.left, BAR));
        });
    }
}

fn says(track: &Track, piece: &Piece) -> String {
    let span = piece.span;
    let what = match span.label.is_empty() {
        true => &span.key,
        false => &span.label,
    };
    let long = Unit::TimeMs.write(span.end_ms - span.start_ms);
    let at = Unit::TimeMs.write(span.start_ms);
    let more = match piece.count {
        1 => String::new(),
        n => format!(", and {} more", n - 1),
    };
    format!("{}: {what}, {long} from {at}{more}", track.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlapping_work_counts_once_and_idleness_not() {
        let span = |start_ms, end_ms, key: &str| Span {
            start_ms,
            end_ms,
            key: key.into(),
            label: String::new(),
        };
        let track = Track {
            key: String::new(),
            name: "t".into(),
            spans: vec![
                span(0.0, 4.0, "work"),
                span(2.0, 5.0, "work"),
                span(5.0, 9.0, "wait"),
                span(f64::NAN, 9.0, "work"),
                span(9.0, 30.0, "work"),
            ],
        };
        let idle = ["wait".to_string()];
        assert_eq!(busy(&track, &idle, (0.0, 10.0)), 0.6);
        assert_eq!(busy(&track, &idle, (4.0, 6.0)), 0.5);
        assert_eq!(busy(&track, &idle, (4.0, 4.0)), 0.0);
    }
}

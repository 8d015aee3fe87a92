//! The plane of two axes: places of points, lines cut at its edges, and lines with no more
//! points than a screen can show.

use super::labels::Area;
use super::ruler::Ruler;

/// A place, in pixels.
pub type Place = (f64, f64);

/// Points of a series that are drawn as they are; more are thinned out.
pub const MANY: usize = 2000;

/// Two axes and the rectangle that they span.
#[derive(Debug, Clone)]
pub struct Space {
    /// The rectangle.
    pub plot: Area,
    /// To the right.
    pub x: Ruler,
    /// Upwards.
    pub y: Ruler,
    /// From the rectangle's left edge to the low end of x.
    pub inset_x: f64,
    /// From its lower edge to the low end of y.
    pub inset_y: f64,
}

impl Space {
    /// Pixels from the left.
    pub fn across(&self, x: f64) -> Option<f64> {
        Some(self.plot.left + self.inset_x + self.x.place(x)?)
    }

    /// Pixels from the top.
    pub fn down(&self, y: f64) -> Option<f64> {
        Some(self.plot.bottom - self.inset_y - self.y.place(y)?)
    }

    /// Where a point lies, outside the rectangle too.
    pub fn place(&self, x: f64, y: f64) -> Option<Place> {
        let limit = 1e7;
        let place = (self.across(x)?, self.down(y)?);
        // So far out that arithmetic on it would lose the pixels.
        (place.0.abs() < limit && place.1.abs() < limit).then_some(place)
    }

    /// Where a point lies, if in the rectangle.
    pub fn inside(&self, x: f64, y: f64) -> Option<Place> {
        let place = self.place(x, y)?;
        self.plot.holds(&Area::around(place, -0.05)).then_some(place)
    }

    /// The pieces of a line that lie in the rectangle.
    pub fn clip(&self, line: &[Place]) -> Vec<Vec<Place>> {
        let mut pieces: Vec<Vec<Place>> = Vec::new();
        for pair in line.windows(2) {
            let Some((from, to)) = clip_segment(pair[0], pair[1], &self.plot) else {
                continue;
            };
            match pieces.last_mut() {
                Some(piece) if piece.last() == Some(&from) => piece.push(to),
                _ => pieces.push(vec![from, to]),
            }
        }
        pieces
    }
}

/// The part of a segment that lies in a rectangle (Liang and Barsky).
fn clip_segment((x0, y0): Place, (x1, y1): Place, plot: &Area) -> Option<(Place, Place)> {
    let (dx, dy) = (x1 - x0, y1 - y0);
    let (mut enter, mut leave) = (0.0f64, 1.0f64);
    for (step, room) in [
        (-dx, x0 - plot.left),
        (dx, plot.right - x0),
        (-dy, y0 - plot.top),
        (dy, plot.bottom - y0),
    ] {
        if step == 0.0 {
            if room < 0.0 {
                return None;
            }
        } else if step < 0.0 {
            enter = enter.max(room / step);
        } else {
            leave = leave.min(room / step);
        }
    }
    if enter > leave {
        return None;
    }
    let at = |share: f64| match share {
        0.0 => (x0, y0),
        1.0 => (x1, y1),
        share => (x0 + dx * share, y0 + dy * share),
    };
    Some((at(enter), at(leave)))
}

/// A line from left to right with at most four points per column of pixels: the first, the lowest,
/// the highest and the last look the same as all.
pub fn thin(line: Vec<Place>) -> Vec<Place> {
    if line.len() <= MANY {
        return line;
    }
    let mut out = Vec::new();
    for column in line.chunk_by(|a, b| a.0.floor() == b.0.floor()) {
        let mut keep = [0, 0, 0, column.len() - 1];
        for (i, (_, y)) in column.iter().enumerate() {
            if *y < column[keep[1]].1 {
                keep[1] = i;
            }
            if *y > column[keep[2]].1 {
                keep[2] = i;
            }
        }
        keep.sort_unstable();
        let mut last = None;
        for i in keep {
            if last != Some(i) {
                out.push(column[i]);
            }
            last = Some(i);
        }
    }
    out
}

/// Points without those that would cover another: one per square of three pixels.
pub fn scatter(mut points: Vec<Place>) -> Vec<Place> {
    if points.len() <= MANY {
        return points;
    }
    let cell = |p: &Place| ((p.0 / 3.0).floor() as i32, (p.1 / 3.0).floor() as i32);
    points.sort_by_key(cell);
    points.dedup_by_key(|p| cell(p));
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_at_the_edges() {
        let plot = Area {
            left: 0.0,
            top: 0.0,
            right: 10.0,
            bottom: 10.0,
        };
        assert_eq!(
            clip_segment((-5.0, 5.0), (5.0, 5.0), &plot),
            Some(((0.0, 5.0), (5.0, 5.0)))
        );
        assert_eq!(clip_segment((-5.0, 5.0), (-1.0, 5.0), &plot), None);
        assert_eq!(
            clip_segment((2.0, 2.0), (3.0, 3.0), &plot),
            Some(((2.0, 2.0), (3.0, 3.0)))
        );
        assert_eq!(clip_segment((-1.0, 20.0), (1.0, 12.0), &plot), None);
    }

    #[test]
    fn a_thin_line_keeps_its_peaks() {
        let mut line: Vec<Place> = (0..10_000).map(|i| (f64::from(i) / 100.0, 50.0)).collect();
        line[5_050].1 = 3.0;
        line[5_060].1 = 97.0;
        let thinned = thin(line.clone());
        assert!(thinned.len() <= 400);
        assert!(thinned.contains(&line[5_050]) && thinned.contains(&line[5_060]));
        assert_eq!((thinned.first(), thinned.last()), (line.first(), line.last()));
    }
}

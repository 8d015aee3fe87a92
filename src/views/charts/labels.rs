//! Where words can stand without standing on something.

use super::text::{self, SIZE};

/// Left, top, right, bottom, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Area {
    /// The left edge.
    pub left: f64,
    /// The upper edge.
    pub top: f64,
    /// The right edge.
    pub right: f64,
    /// The lower edge.
    pub bottom: f64,
}

impl Area {
    /// The place of a text that begins at x, around a middle line.
    pub fn of_text(x: f64, middle: f64, text: &str) -> Area {
        Area {
            left: x,
            top: middle - 8.0,
            right: x + text::width(text, SIZE),
            bottom: middle + 8.0,
        }
    }

    /// A square around a point.
    pub fn around((x, y): (f64, f64), reach: f64) -> Area {
        Area {
            left: x - reach,
            top: y - reach,
            right: x + reach,
            bottom: y + reach,
        }
    }

    /// They share a place.
    pub fn meets(&self, other: &Area) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    /// It lies in this one.
    pub fn holds(&self, other: &Area) -> bool {
        self.left <= other.left
            && self.top <= other.top
            && self.right >= other.right
            && self.bottom >= other.bottom
    }
}

/// What is already there.
#[derive(Debug, Clone, Default)]
pub struct Taken {
    boxes: Vec<Area>,
}

/// Things to keep clear of, at most: beyond, a chart is too full for words anyway.
const MOST: usize = 4000;

impl Taken {
    /// Nothing else may stand here.
    pub fn add(&mut self, place: Area) {
        if self.boxes.len() < MOST {
            self.boxes.push(place);
        }
    }

    /// Nothing may stand on this line.
    pub fn add_line(&mut self, line: &[(f64, f64)]) {
        for pair in line.windows(2) {
            let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
            let steps = ((x1 - x0).hypot(y1 - y0) / 5.0).ceil().clamp(1.0, 500.0) as u32;
            for i in 0..=steps {
                let share = f64::from(i) / f64::from(steps);
                self.add(Area::around(
                    (x0 + (x1 - x0) * share, y0 + (y1 - y0) * share),
                    1.5,
                ));
            }
        }
    }

    /// Nothing stands there yet.
    pub fn free(&self, place: &Area) -> bool {
        self.boxes.iter().all(|b| !b.meets(place))
    }

    /// The first place next to a point, or below a lower one, where a text is inside and free.
    pub fn beside(&self, (x, y): (f64, f64), lowest: f64, text: &str, inside: &Area) -> Option<Area> {
        let width = text::width(text, SIZE);
        let (near, up) = (9.0, 15.0);
        let places = [
            (x - width / 2.0, y - up),
            (x + near, y),
            (x - near - width, y),
            (x - width / 2.0, lowest + up),
            (x + near, lowest),
            (x - near - width, lowest),
            (x + near - 3.0, y - up + 2.0),
            (x - near + 3.0 - width, y - up + 2.0),
            (x + near - 3.0, y + up - 2.0),
            (x - near + 3.0 - width, y + up - 2.0),
        ];
        let places = places.map(|(left, middle)| Area::of_text(left, middle, text));
        places.into_iter().find(|p| inside.holds(p) && self.free(p))
    }
}

/// Moves heights so that they are apart, in order, between two ends, and near to where they were.
/// `None` where there is no room.
pub fn nudge(wanted: &[f64], apart: f64, (top, bottom): (f64, f64)) -> Option<Vec<f64>> {
    let needed = wanted.len().saturating_sub(1) as f64 * apart;
    if needed > bottom - top {
        return None;
    }
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|a, b| wanted[*a].total_cmp(&wanted[*b]));
    let mut places = vec![0.0; wanted.len()];
    // Neighbours that are too close form a block around the middle of what they wanted.
    let mut blocks: Vec<(f64, usize)> = Vec::new();
    for i in &order {
        blocks.push((wanted[*i], 1));
        while let [.., (a, n), (b, m)] = blocks[..] {
            let reach = (n + m) as f64 / 2.0 * apart;
            if b - a >= reach {
                break;
            }
            let middle = (a * n as f64 + b * m as f64) / (n + m) as f64;
            blocks.truncate(blocks.len() - 2);
            blocks.push((middle, n + m));
        }
    }
    let mut next = order.iter();
    for (middle, n) in blocks {
        for k in 0..n {
            if let Some(i) = next.next() {
                places[*i] = middle + (k as f64 - (n - 1) as f64 / 2.0) * apart;
            }
        }
    }
    keep_between(&mut places, &order, apart, (top, bottom));
    Some(places)
}

fn keep_between(places: &mut [f64], order: &[usize], apart: f64, (top, bottom): (f64, f64)) {
    let mut least = top;
    for i in order {
        places[*i] = places[*i].max(least);
        least = places[*i] + apart;
    }
    let mut most = bottom;
    for i in order.iter().rev() {
        places[*i] = places[*i].min(most);
        most = places[*i] - apart;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_moved_apart_and_no_further() {
        assert_eq!(nudge(&[50.0, 10.0], 10.0, (0.0, 100.0)), Some(vec![50.0, 10.0]));
        assert_eq!(nudge(&[50.0, 50.0], 10.0, (0.0, 100.0)), Some(vec![45.0, 55.0]));
        assert_eq!(nudge(&[99.0, 100.0], 10.0, (0.0, 100.0)), Some(vec![90.0, 100.0]));
        assert_eq!(nudge(&[1.0, 2.0, 3.0], 10.0, (0.0, 15.0)), None);
        assert_eq!(nudge(&[], 10.0, (0.0, 15.0)), Some(vec![]));
    }

    #[test]
    fn a_label_goes_where_nothing_is() {
        let inside = Area {
            left: 0.0,
            top: 0.0,
            right: 200.0,
            bottom: 100.0,
        };
        let mut taken = Taken::default();
        let first = taken.beside((100.0, 50.0), 50.0, "name", &inside).unwrap();
        assert!(first.bottom < 50.0, "above first");
        taken.add(first);
        let second = taken.beside((100.0, 50.0), 50.0, "name", &inside).unwrap();
        assert!(!second.meets(&first));
        assert_eq!(
            taken.beside((100.0, 50.0), 50.0, &"long ".repeat(20), &inside),
            None
        );
    }
}

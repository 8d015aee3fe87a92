//! One time axis for all rows.

use crate::format::{self, Unit};

/// Largest over smallest time from which on a logarithmic axis is offered.
pub const LOG_SPAN: f64 = 20.0;

/// Intervals that a linear axis is divided into, at most.
const MOST_STEPS: f64 = 5.0;

/// A mark on the axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    /// 0 at the left, 1 at the right.
    pub at: f64,
    /// What is written there.
    pub label: String,
}

/// A time axis, to the right.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// Equal distances are equal ratios.
    pub log: bool,
    low_ms: f64,
    high_ms: f64,
    /// From left to right.
    pub ticks: Vec<Tick>,
}

impl Axis {
    /// An axis on which all of these milliseconds have a place. `None` without any above zero.
    pub fn new(times: &[f64], log: bool) -> Option<Axis> {
        let usable = times.iter().copied().filter(|t| t.is_finite() && *t > 0.0);
        let (low, high) = usable.fold((f64::MAX, 0.0f64), |(l, h), t| (l.min(t), h.max(t)));
        if high <= 0.0 {
            return None;
        }
        Some(match log {
            true => Axis::logarithmic(low, high),
            false => Axis::linear(high),
        })
    }

    fn linear(high: f64) -> Axis {
        let step = nice_above(high / MOST_STEPS);
        let steps = (high / step).ceil().max(1.0);
        let high_ms = step * steps;
        let unit = Unit::of(high_ms);
        let ticks = (0..=steps as u32).map(|i| {
            let ms = step * f64::from(i);
            let number = trimmed(unit.convert(ms));
            Tick {
                at: ms / high_ms,
                label: match f64::from(i) == steps {
                    true => format!("{number} {}", unit.name()),
                    false => number,
                },
            }
        });
        Axis {
            log: false,
            low_ms: 0.0,
            high_ms,
            ticks: ticks.collect(),
        }
    }

    fn logarithmic(low: f64, high: f64) -> Axis {
        // From one round number below to one above, so that nothing lies on the edge.
        let low_ms = nice_below(low / 1.2);
        let high_ms = nice_above(high * 1.05);
        let decades = (high_ms / low_ms).log10();
        let factors: &[f64] = match decades {
            d if d <= 1.5 => &[1.0, 2.0, 5.0],
            _ => &[1.0],
        };
        let mut ticks = Vec::new();
        let first = low_ms.log10().floor() as i32;
        let last = high_ms.log10().ceil() as i32;
        // Enough decades for any clock; labels of more than six are thinned out.
        let every = ((last - first) / 6).max(1);
        for exponent in (first..=last).filter(|e| (e - first) % every == 0) {
            for factor in factors {
                let ms = factor * 10f64.powi(exponent);
                if ms >= low_ms * 0.999 && ms <= high_ms * 1.001 {
                    let unit = Unit::of(ms);
                    ticks.push(Tick {
                        at: (ms / low_ms).log10() / decades,
                        label: format!("{} {}", trimmed(unit.convert(ms)), unit.name()),
                    });
                }
            }
        }
        Axis {
            log: true,
            low_ms,
            high_ms,
            ticks,
        }
    }

    /// Where a time lies: 0 at the left edge, 1 at the right, clamped to both.
    pub fn place(&self, ms: f64) -> f64 {
        let at = match self.log {
            true if ms > 0.0 => (ms / self.low_ms).log10() / (self.high_ms / self.low_ms).log10(),
            true => 0.0,
            false => ms / self.high_ms,
        };
        at.clamp(0.0, 1.0)
    }

    /// It has a place for this time.
    pub fn holds(&self, ms: f64) -> bool {
        ms <= self.high_ms
    }
}

/// The smallest of 1, 2, 5 times a power of ten that is not below.
fn nice_above(value: f64) -> f64 {
    let decade = 10f64.powi(value.log10().floor() as i32);
    let steps = [1.0, 2.0, 5.0, 10.0].map(|s| s * decade);
    let above = steps.into_iter().find(|s| *s >= value * 0.999_999);
    above.unwrap_or(10.0 * decade)
}

/// The largest of 1, 2, 5 times a power of ten that is not above.
fn nice_below(value: f64) -> f64 {
    let decade = 10f64.powi(value.log10().floor() as i32);
    let steps = [5.0, 2.0, 1.0].map(|s| s * decade);
    let below = steps.into_iter().find(|s| *s <= value * 1.000_001);
    below.unwrap_or(decade)
}

fn trimmed(value: f64) -> String {
    let text = format::digits3(value);
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').into(),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|t| t.label.as_str()).collect()
    }

    #[test]
    fn a_linear_axis_starts_at_zero_and_ends_on_a_round_number() {
        let axis = Axis::new(&[12.0, 47.0], false).unwrap();
        assert_eq!(labels(&axis), ["0", "10", "20", "30", "40", "50 ms"]);
        assert_eq!(axis.place(25.0), 0.5);
        assert_eq!(axis.place(90.0), 1.0);
        assert!(!axis.holds(90.0));
        let small = Axis::new(&[0.0031], false).unwrap();
        assert_eq!(labels(&small), ["0", "1", "2", "3", "4 us"]);
        let one = Axis::new(&[1000.0], false).unwrap();
        assert_eq!(labels(&one), ["0", "0.2", "0.4", "0.6", "0.8", "1 s"]);
    }

    #[test]
    fn a_logarithmic_axis_holds_everything_off_its_edges() {
        let axis = Axis::new(&[0.4, 130.0], true).unwrap();
        assert_eq!(labels(&axis), ["1 ms", "10 ms", "100 ms"]);
        assert!(axis.place(0.4) > 0.0 && axis.place(130.0) < 1.0);
        let equal = axis.place(10.0) - axis.place(1.0);
        assert!((axis.place(100.0) - axis.place(10.0) - equal).abs() < 1e-9);
        let short = Axis::new(&[3.0, 3.0], true).unwrap();
        assert!(short.ticks.len() >= 2, "{:?}", labels(&short));
    }

    #[test]
    fn nothing_to_show_is_no_axis() {
        assert_eq!(Axis::new(&[], false), None);
        assert_eq!(Axis::new(&[0.0, f64::NAN, f64::INFINITY], true), None);
    }
}

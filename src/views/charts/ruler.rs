//! Where values lie on an axis, and which of them are written there.

use super::format::Unit;
use super::model::{Axis, Scale};
use super::text;

/// Ticks on an axis, at most.
const MOST: usize = 12;
/// From the middle of one label to the next, upwards, at least: a grid should be thin.
const UP: f64 = 38.0;
/// Between two labels side by side, at least.
const GAP: f64 = 18.0;
/// Powers of two, not of ten, up to this many things.
const SMALL_COUNT: f64 = 4096.0;
/// Values beyond have no place: their differences would overflow.
const HUGE: f64 = 1e200;

/// A mark on an axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    /// The value.
    pub value: f64,
    /// Pixels from the low end.
    pub at: f64,
    /// What is written there.
    pub label: String,
}

/// Which way labels stand in each other's way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// To the right.
    Across,
    /// Upwards.
    Up,
}

/// An axis of a certain length.
#[derive(Debug, Clone, PartialEq)]
pub struct Ruler {
    log: bool,
    low: f64,
    high: f64,
    length: f64,
    /// From the low end.
    pub ticks: Vec<Tick>,
}

impl Ruler {
    /// An axis with a place for every value that can have one, or for its own range.
    /// `zero`: a linear one begins there. `None` where there is nothing to place.
    pub fn new(
        axis: &Axis,
        values: impl Iterator<Item = f64>,
        zero: bool,
        length: f64,
        direction: Direction,
    ) -> Option<Ruler> {
        let log = axis.scale == Scale::Log;
        let (low, high) = match usable_range(axis.range, log) {
            Some(range) => range,
            None => extent(values, log, zero)?,
        };
        let mut ruler = Ruler {
            log,
            low,
            high,
            length: length.max(1.0),
            ticks: Vec::new(),
        };
        let open = axis.range.is_none();
        ruler.ticks = match log {
            true => ruler.log_ticks(axis.unit, direction),
            false => ruler.linear_ticks(axis.unit, direction, zero && open),
        };
        Some(ruler)
    }

    /// Pixels from the low end, beyond either end too; `None` for what has no place at all.
    pub fn place(&self, value: f64) -> Option<f64> {
        if !has_place(value, self.log) {
            return None;
        }
        let share = match self.log {
            true => (value.ln() - self.low.ln()) / (self.high.ln() - self.low.ln()),
            false => (value - self.low) / (self.high - self.low),
        };
        Some(share * self.length)
    }

    /// The ends.
    pub fn range(&self) -> (f64, f64) {
        (self.low, self.high)
    }

    fn linear_ticks(&mut self, unit: Unit, direction: Direction, round_up: bool) -> Vec<Tick> {
        let wanted = match direction {
            Direction::Up => self.length / UP,
            Direction::Across => self.length / 45.0,
        };
        let span = self.high - self.low;
        let data_high = self.high;
        let mut step = nice_step(span / wanted.clamp(2.0, MOST as f64), unit);
        // Ever wider steps, until the labels do not touch.
        for _ in 0..40 {
            if round_up {
                let steps = (data_high / step - 1e-9).ceil().max(1.0);
                self.high = step * steps;
            }
            let values = multiples(self.low, self.high, step);
            let labels = unit.linear_ticks(&values, step);
            let ticks = self.placed(values, labels);
            if ticks.len() <= MOST + 1 && (ticks.len() <= 1 || fits(&ticks, direction)) {
                return ticks;
            }
            step = nice_step(step * 1.5, unit);
        }
        Vec::new()
    }

    fn log_ticks(&self, unit: Unit, direction: Direction) -> Vec<Tick> {
        let binary = match unit {
            Unit::Bytes => true,
            Unit::Count => self.high <= SMALL_COUNT,
            _ => false,
        };
        for density in 0..24 {
            let values = match binary {
                true => powers(2.0, density + 1, &[1.0], self.low, self.high),
                false if density == 0 => powers(10.0, 1, &[1.0, 2.0, 5.0], self.low, self.high),
                false => powers(10.0, density, &[1.0], self.low, self.high),
            };
            // Between two powers: as on a linear axis.
            if values.len() < 2 {
                break;
            }
            let labels = values.iter().map(|v| unit.log_tick(*v)).collect();
            let ticks = self.placed(values, labels);
            if ticks.len() <= MOST && fits(&ticks, direction) {
                return ticks;
            }
        }
        self.clone().linear_ticks(unit, direction, false)
    }

    fn placed(&self, values: Vec<f64>, labels: Vec<String>) -> Vec<Tick> {
        let place = |(value, label): (f64, String)| {
            let at = self.place(value)?;
            Some(Tick { value, at, label })
        };
        values.into_iter().zip(labels).filter_map(place).collect()
    }
}

/// Values that a picture can have.
fn has_place(value: f64, log: bool) -> bool {
    value.is_finite() && value.abs() <= HUGE && (!log || value >= 1.0 / HUGE)
}

fn usable_range(range: Option<(f64, f64)>, log: bool) -> Option<(f64, f64)> {
    let (low, high) = range?;
    let usable = has_place(low, log) && has_place(high, log) && low < high;
    let wide = high - low > high.abs().max(low.abs()) * 1e-9;
    (usable && wide).then_some((low, high))
}

fn extent(values: impl Iterator<Item = f64>, log: bool, zero: bool) -> Option<(f64, f64)> {
    let placed = values.filter(|v| has_place(*v, log));
    let (low, high) = placed.fold((f64::MAX, f64::MIN), |(l, h), v| (l.min(v), h.max(v)));
    if low > high {
        return None;
    }
    let (low, high) = match zero && !log {
        true => (low.min(0.0), high.max(0.0)),
        false => (low, high),
    };
    if high - low > high.abs().max(low.abs()) * 1e-9 {
        return Some((low, high));
    }
    // One value: it lies in the middle.
    Some(match (log, low == 0.0) {
        (true, _) => (low / 2.0, high * 2.0),
        (false, true) => (0.0, 1.0),
        (false, false) => (low - low.abs() / 2.0, high + high.abs() / 2.0),
    })
}

/// The smallest of 1, 2, 5 times a power of ten that is not below; for bytes a power of two,
/// for things that are counted at least one.
fn nice_step(value: f64, unit: Unit) -> f64 {
    let value = value.max(f64::MIN_POSITIVE * 1e16);
    let step = match unit {
        Unit::Bytes => 2f64.powi(value.log2().ceil() as i32),
        _ => {
            let decade = 10f64.powi(value.log10().floor() as i32);
            let steps = [1.0, 2.0, 5.0, 10.0].map(|s| s * decade);
            let above = steps.into_iter().find(|s| *s >= value * 0.999_999);
            above.unwrap_or(10.0 * decade)
        }
    };
    match unit {
        Unit::Count | Unit::Bytes => step.max(1.0),
        _ => step,
    }
}

/// Multiples of a step from one end to the other, a few more than [`MOST`] at most.
fn multiples(low: f64, high: f64, step: f64) -> Vec<f64> {
    let first = (low / step - 1e-9).ceil();
    let values = (0..MOST * 2).map(|i| (first + i as f64) * step);
    values.take_while(|v| *v <= high + step * 1e-9).collect()
}

/// Every so many powers of a base, each times the factors, within a range.
fn powers(base: f64, every: i32, factors: &[f64], low: f64, high: f64) -> Vec<f64> {
    let exponent = |v: f64| (v.ln() / base.ln()).floor() as i32;
    let (first, last) = (exponent(low), exponent(high) + 1);
    let mut values = Vec::new();
    for power in (first..=last).filter(|p| p.rem_euclid(every) == 0) {
        values.extend(factors.iter().map(|f| f * base.powi(power)));
    }
    values.retain(|v| *v >= low * 0.999_999 && *v <= high * 1.000_001);
    values
}

/// No label touches the next.
fn fits(ticks: &[Tick], direction: Direction) -> bool {
    ticks.windows(2).all(|pair| {
        let apart = pair[1].at - pair[0].at;
        match direction {
            Direction::Up => apart >= text::LEADING + 10.0,
            Direction::Across => {
                let widths = pair.iter().map(|t| text::width(&t.label, text::SIZE));
                apart >= widths.sum::<f64>() / 2.0 + GAP
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ruler(axis: &Axis, values: &[f64], zero: bool, length: f64) -> Ruler {
        Ruler::new(axis, values.iter().copied(), zero, length, Direction::Across).unwrap()
    }

    fn labels(ruler: &Ruler) -> Vec<&str> {
        ruler.ticks.iter().map(|t| t.label.as_str()).collect()
    }

    #[test]
    fn a_linear_axis_has_round_ticks() {
        let time = Axis::new("time", Unit::TimeMs);
        let of = ruler(&time, &[12.0, 47.0], true, 400.0);
        assert_eq!(labels(&of), ["0", "10", "20", "30", "40", "50 ms"]);
        assert_eq!(of.place(25.0), Some(200.0));
        let threads = Axis::new("threads", Unit::Count);
        let of = ruler(&threads, &[1.0, 2.0, 8.0], false, 600.0);
        assert_eq!(labels(&of), ["1", "2", "3", "4", "5", "6", "7", "8"]);
        let narrow = ruler(&threads, &[1.0, 64.0], false, 200.0);
        assert_eq!(labels(&narrow), ["20", "40", "60"]);
    }

    #[test]
    fn a_logarithmic_axis_has_powers() {
        let threads = Axis::new("threads", Unit::Count).log();
        assert_eq!(
            labels(&ruler(&threads, &[1.0, 16.0], false, 300.0)),
            ["1", "2", "4", "8", "16"]
        );
        let bytes = Axis::new("size", Unit::Bytes).log();
        let of = ruler(&bytes, &[1024.0, 1_048_576.0], false, 400.0);
        assert_eq!(labels(&of), ["1 kB", "4 kB", "16 kB", "64 kB", "256 kB", "1 MB"]);
        let time = Axis::new("time", Unit::TimeMs).log();
        assert_eq!(
            labels(&ruler(&time, &[0.4, 130.0], false, 400.0)),
            ["1 ms", "10 ms", "100 ms"]
        );
        assert!(ruler(&time, &[3.0, 3.3], false, 400.0).ticks.len() >= 2);
        assert_eq!(ruler(&time, &[3.0], false, 400.0).place(0.0), None);
    }

    #[test]
    fn ticks_are_few_inside_and_apart_whatever_the_values() {
        let units = [
            Unit::TimeMs,
            Unit::Count,
            Unit::Ratio,
            Unit::Bytes,
            Unit::FlopsPerByte,
        ];
        let ends = [
            -1e300,
            -1e9,
            -3.3,
            0.0,
            1e-310,
            1e-12,
            0.07,
            1.0,
            1.0 + 1e-12,
            999.0,
            1e17,
            1e199,
        ];
        for i in 0..units.len() * ends.len() * ends.len() * 3 {
            let (unit, rest) = (units[i % units.len()], i / units.len());
            let (low, rest) = (ends[rest % ends.len()], rest / ends.len());
            let (high, length) = (ends[rest % ends.len()], [0.0, 90.0, 700.0][rest / ends.len()]);
            for (axis, direction) in [
                (Axis::new("", unit), Direction::Across),
                (Axis::new("", unit).log(), Direction::Up),
                (Axis::new("", unit).range(low, high), Direction::Up),
                (Axis::new("", unit).log().range(low, high), Direction::Across),
            ] {
                let Some(of) = Ruler::new(&axis, [low, high].into_iter(), true, length, direction) else {
                    continue;
                };
                assert!(of.ticks.len() <= MOST + 1, "{of:?}");
                let (from, to) = of.range();
                assert!(from < to, "{of:?}");
                for tick in &of.ticks {
                    assert!(tick.at >= -0.5 && tick.at <= of.length + 0.5, "{of:?}");
                }
                assert!(of.ticks.len() < 2 || fits(&of.ticks, direction), "{of:?}");
            }
        }
        let none = Ruler::new(
            &Axis::new("", Unit::Plain),
            [f64::NAN].into_iter(),
            true,
            9.0,
            Direction::Up,
        );
        assert_eq!(none, None);
    }
}

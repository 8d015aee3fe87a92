//! Values as people read them: three significant digits, units always.
//!
//! Times are as elsewhere on the page: us, ms or s. Sizes count in steps of 1,024 and
//! are written with the common short names: 64 kB is 65,536 bytes, 16 MB is 16,777,216.

use parallax_stats::format::{Unit as Time, decimals, digits3, error, fixed, trim_zeros};

/// What a value is, and so how it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A time in milliseconds: "12.3 ms", "512 us", "1.23 s".
    TimeMs,
    /// A number of things: "1,024".
    Count,
    /// How many times as much: "3.81x".
    Ratio,
    /// A share of one: 0.87 is "87%".
    Percent,
    /// A size in bytes: "64 kB".
    Bytes,
    /// A rate: "41.2 GB/s".
    GigabytesPerSecond,
    /// A rate: "210 GFLOP/s".
    GigaflopsPerSecond,
    /// Arithmetic intensity: "0.25 FLOP/byte".
    FlopsPerByte,
    /// A number without a unit.
    Plain,
}

/// What a value is multiplied with, and what is written after it.
type Form = (f64, &'static str);

const KILO: f64 = 1024.0;

impl Unit {
    /// A value with its unit.
    pub fn write(self, value: f64) -> String {
        if !value.is_finite() {
            return digits3(value);
        }
        let (factor, suffix) = self.form(value);
        let text = match self {
            Unit::Count if value.fract() == 0.0 => fixed(value, 0),
            Unit::Percent | Unit::Bytes => trim_zeros(&digits3(value * factor)),
            _ => digits3(value * factor),
        };
        format!("{text}{suffix}")
    }

    /// An interval in the unit, and with the decimals, of the value that it belongs to: "(3.62-4.01)".
    pub fn interval(self, of: f64, (low, high): (f64, f64)) -> String {
        let (factor, _) = self.form(of);
        let places = decimals(of * factor, 3);
        let end = |value: f64| fixed(value * factor, places);
        format!("({}-{})", end(low), end(high))
    }

    /// The unit that values have before they are written, for the head of a column of plain numbers.
    pub fn base(self) -> &'static str {
        match self {
            Unit::TimeMs => "ms",
            Unit::Bytes => "bytes",
            Unit::Count | Unit::Ratio | Unit::Plain | Unit::Percent => "",
            Unit::GigabytesPerSecond | Unit::GigaflopsPerSecond | Unit::FlopsPerByte => self.rate(),
        }
    }

    /// An axis' label, with the unit where the ticks do not carry it.
    pub fn caption(self, label: &str) -> String {
        match (self.rate(), label) {
            ("", label) => label.into(),
            (rate, "") => rate.into(),
            (rate, label) => format!("{label}, {rate}"),
        }
    }

    /// Labels for values at equal distances, with as many decimals as the distance asks for.
    /// The last one carries the unit, where it does not go without saying.
    pub fn linear_ticks(self, values: &[f64], step: f64) -> Vec<String> {
        let largest = values.iter().fold(0.0f64, |l, v| l.max(v.abs()));
        let (mut factor, mut suffix) = self.form(largest);
        // A window far from zero: a smaller unit, rather than four decimals.
        if self == Unit::TimeMs && step * factor < 0.0009 {
            (factor, suffix) = self.form(step * 100.0);
        }
        let places = step_decimals(step * factor);
        let last = values.len().saturating_sub(1);
        let write = |(i, value): (usize, &f64)| {
            if self == Unit::Count {
                return short_count(*value);
            }
            let number = fixed(value * factor, places);
            let each = matches!(self, Unit::Ratio | Unit::Percent);
            match each || (i == last && self.rate().is_empty()) {
                true => format!("{number}{suffix}"),
                false => number,
            }
        };
        values.iter().enumerate().map(write).collect()
    }

    /// A label for a value at equal ratios from its neighbours.
    pub fn log_tick(self, value: f64) -> String {
        if self == Unit::Count {
            return short_count(value);
        }
        let (factor, suffix) = self.form(value);
        let suffix = if self.rate().is_empty() { suffix } else { "" };
        format!("{}{suffix}", trim_zeros(&digits3(value * factor)))
    }

    /// The name of a unit that is too long to be written at every tick.
    fn rate(self) -> &'static str {
        match self {
            Unit::GigabytesPerSecond => "GB/s",
            Unit::GigaflopsPerSecond => "GFLOP/s",
            Unit::FlopsPerByte => "FLOP/byte",
            _ => "",
        }
    }

    fn form(self, value: f64) -> Form {
        match self {
            Unit::TimeMs => time_form(value),
            Unit::Bytes => bytes_form(value),
            Unit::Ratio => (1.0, "x"),
            Unit::Percent => (100.0, "%"),
            Unit::Count | Unit::Plain => (1.0, ""),
            Unit::GigabytesPerSecond => (1.0, " GB/s"),
            Unit::GigaflopsPerSecond => (1.0, " GFLOP/s"),
            Unit::FlopsPerByte => (1.0, " FLOP/byte"),
        }
    }
}

/// The unit that suits a time, after it has been rounded to three digits.
fn time_form(ms: f64) -> Form {
    match Time::of(ms) {
        Time::S => (0.001, " s"),
        Time::Ms => (1.0, " ms"),
        Time::Us => (1000.0, " us"),
    }
}

fn bytes_form(bytes: f64) -> Form {
    let names = [" B", " kB", " MB", " GB", " TB"];
    let mut factor = 1.0;
    for name in &names[..4] {
        if bytes.abs() * factor < KILO {
            return (factor, name);
        }
        factor /= KILO;
    }
    (factor, names[4])
}

/// A whole number with thousands marked; millions by their letter.
fn short_count(value: f64) -> String {
    let size = value.abs();
    if size >= 1e15 {
        error(value)
    } else if size >= 1e6 {
        format!("{}M", trim_zeros(&digits3(value / 1e6)))
    } else if value.fract() == 0.0 {
        fixed(value, 0)
    } else {
        trim_zeros(&digits3(value))
    }
}

/// Decimals that tell multiples of a step apart.
fn step_decimals(step: f64) -> usize {
    if !(step.is_finite() && step > 0.0) {
        return 0;
    }
    (0..9)
        .find(|places| is_whole(step * 10f64.powi(*places)))
        .unwrap_or(9) as usize
}

fn is_whole(value: f64) -> bool {
    value.round() >= 1.0 && (value - value.round()).abs() < 1e-6 * value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_three_digits_and_a_unit() {
        for (unit, value, text) in [
            (Unit::TimeMs, 12.345, "12.3 ms"),
            (Unit::TimeMs, 0.9999, "1.00 ms"),
            (Unit::TimeMs, 0.5121, "512 us"),
            (Unit::TimeMs, 0.0005, "0.500 us"),
            (Unit::TimeMs, 999.6, "1.00 s"),
            (Unit::TimeMs, 9.996, "10.0 ms"),
            (Unit::TimeMs, 1.5e7, "15,000 s"),
            (Unit::TimeMs, 0.0, "0 ms"),
            (Unit::TimeMs, f64::NAN, "not a number"),
            (Unit::Count, 131_072.0, "131,072"),
            (Unit::Count, 1.5, "1.50"),
            (Unit::Count, u64::MAX as f64, "1.84e19"),
            (Unit::Ratio, 3.8112, "3.81x"),
            (Unit::Percent, 0.87, "87%"),
            (Unit::Bytes, 65_536.0, "64 kB"),
            (Unit::Bytes, 16_777_216.0, "16 MB"),
            (Unit::Bytes, 1_536.0, "1.5 kB"),
            (Unit::Bytes, 1_023.0, "1,023 B"),
            (Unit::GigabytesPerSecond, 41.23, "41.2 GB/s"),
            (Unit::FlopsPerByte, 0.25, "0.250 FLOP/byte"),
            (Unit::Plain, -1234.0, "-1,234"),
            (Unit::Plain, f64::NEG_INFINITY, "minus infinity"),
        ] {
            assert_eq!(unit.write(value), text, "{unit:?} {value}");
        }
        assert_eq!(Unit::Ratio.interval(3.81, (3.62, 4.014)), "(3.62-4.01)");
        assert_eq!(Unit::TimeMs.interval(0.5, (0.49, 1.1)), "(490-1,100)");
    }

    #[test]
    fn ticks_have_the_decimals_of_their_step() {
        let ticks = |unit: Unit, from: f64, step: f64| {
            let values: Vec<f64> = (0..3).map(|i| from + step * f64::from(i)).collect();
            unit.linear_ticks(&values, step).join(" ")
        };
        assert_eq!(ticks(Unit::TimeMs, 0.0, 20.0), "0 20 40 ms");
        assert_eq!(ticks(Unit::TimeMs, 0.0, 0.5), "0.0 0.5 1.0 ms");
        assert_eq!(ticks(Unit::TimeMs, 1000.0, 0.5), "1,000.0 1,000.5 1,001.0 ms");
        assert_eq!(ticks(Unit::Ratio, 0.0, 2.0), "0x 2x 4x");
        assert_eq!(ticks(Unit::Percent, 0.0, 0.25), "0% 25% 50%");
        assert_eq!(ticks(Unit::Count, 0.0, 1e6), "0 1M 2M");
        assert_eq!(ticks(Unit::GigabytesPerSecond, 0.0, 20.0), "0 20 40");
        assert_eq!(Unit::GigabytesPerSecond.caption("rate"), "rate, GB/s");
        assert_eq!(Unit::TimeMs.log_tick(0.1), "100 us");
        assert_eq!(Unit::Bytes.log_tick(65_536.0), "64 kB");
    }
}

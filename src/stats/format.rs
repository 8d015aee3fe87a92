//! Numbers as people read them: three significant digits, units always.
//!
//! They are written by whole numbers. Rust's own way gets every last bit of every number right,
//! with tables and large integers that were a fortieth of the page's program.

/// The unit in which a time is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Microseconds.
    Us,
    /// Milliseconds.
    Ms,
    /// Seconds.
    S,
}

impl Unit {
    /// The unit that suits a time, after it has been rounded to three digits.
    pub fn of(ms: f64) -> Unit {
        let ms = round3(ms.abs());
        if ms >= 1000.0 {
            Unit::S
        } else if ms >= 1.0 || ms == 0.0 {
            Unit::Ms
        } else {
            Unit::Us
        }
    }

    /// As written after the number.
    pub fn name(self) -> &'static str {
        match self {
            Unit::Us => "us",
            Unit::Ms => "ms",
            Unit::S => "s",
        }
    }

    /// A time in milliseconds, in this unit.
    pub fn convert(self, ms: f64) -> f64 {
        match self {
            Unit::Us => ms * 1000.0,
            Unit::Ms => ms,
            Unit::S => ms / 1000.0,
        }
    }
}

/// A time with its unit: "12.3 ms".
pub fn time(ms: f64) -> String {
    let unit = Unit::of(ms);
    format!("{} {}", digits3(unit.convert(ms)), unit.name())
}

/// An interval in the unit, and with the decimals, of the figure that it belongs to: "(12.1-12.5)".
pub fn time_interval(of_ms: f64, (low, high): (f64, f64)) -> String {
    let unit = Unit::of(of_ms);
    let places = decimals(unit.convert(of_ms), 3);
    format!(
        "({}-{})",
        fixed(unit.convert(low), places),
        fixed(unit.convert(high), places)
    )
}

/// A ratio and its interval: two digits, three where two would hide the interval.
pub fn ratio(ratio: f64, interval: Option<(f64, f64)>) -> (String, Option<String>) {
    let write = |digits: usize| {
        let places = decimals(ratio, digits);
        let ends = interval.map(|(low, high)| (fixed(low, places), fixed(high, places)));
        (fixed(ratio, places), ends)
    };
    let (mut middle, mut ends) = write(2);
    if let Some((low, high)) = &ends
        && (*low == middle || *high == middle)
    {
        (middle, ends) = write(3);
    }
    (
        format!("{middle}x"),
        ends.map(|(low, high)| format!("({low}-{high})")),
    )
}

/// A whole number with thousands marked: "1,048,576".
pub fn count(n: u64) -> String {
    group(&n.to_string())
}

/// Three significant digits: "12.3", "1,230", "0.00123".
pub fn digits3(value: f64) -> String {
    significant(value, 3)
}

/// A value of an output, as far as single precision goes.
pub fn value(value: f64) -> String {
    if value.is_nan() {
        return "not a number".into();
    }
    if value.is_infinite() {
        return if value > 0.0 { "infinity" } else { "minus infinity" }.into();
    }
    let size = value.abs();
    if size != 0.0 && !(1e-4..1e9).contains(&size) {
        return power(value, 5);
    }
    trim_zeros(&significant(value, 7))
}

/// An error or a tolerance; these span too many decades for plain digits.
pub fn error(value: f64) -> String {
    let size = value.abs();
    if !value.is_finite() || size == 0.0 || (1e-3..1e6).contains(&size) {
        return if value.is_finite() {
            trim_zeros(&digits3(value))
        } else {
            self::value(value)
        };
    }
    let text = power(value, 2);
    match text.split_once('e') {
        Some((mantissa, exponent)) => format!("{}e{exponent}", trim_zeros(mantissa)),
        None => text,
    }
}

/// A share as per cent: "0.12%".
pub fn percent(share: f64) -> String {
    format!("{}%", error(share * 100.0))
}

/// Seconds of a budget: "8 s", "2.5 s".
pub fn seconds(s: f64) -> String {
    format!("{} s", trim_zeros(&digits3(s)))
}

fn round3(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let scale = 10f64.powi(2 - magnitude(value));
    (value * scale).round() / scale
}

/// The power of ten of the first digit.
fn magnitude(value: f64) -> i32 {
    value.abs().log10().floor() as i32
}

fn significant(value: f64, digits: usize) -> String {
    if !value.is_finite() {
        return self::value(value);
    }
    fixed(value, decimals(value, digits))
}

/// Decimals that give a value so many significant digits.
pub fn decimals(value: f64, digits: usize) -> usize {
    if value == 0.0 || !value.is_finite() {
        return 0;
    }
    let wanted = digits as i32 - 1;
    let first = (wanted - magnitude(value)).clamp(0, 12) as usize;
    // 9.996 becomes "10.00": one digit too many, so once more with what it was rounded to.
    let scale = 10f64.powi(first as i32);
    let rounded = (value * scale).round() / scale;
    if rounded == 0.0 {
        first
    } else {
        (wanted - magnitude(rounded)).clamp(0, 12) as usize
    }
}

/// A number with so many decimals and marks between thousands.
pub fn fixed(value: f64, places: usize) -> String {
    group(&decimal(value, places))
}

/// A number with so many decimals, without marks between thousands.
pub fn decimal(value: f64, places: usize) -> String {
    if !value.is_finite() {
        return self::value(value);
    }
    let places = places.min(12);
    let scaled = (value.abs() * 10f64.powi(places as i32)).round();
    if scaled >= 1e18 {
        return power(value, 2);
    }
    let (scaled, unit) = (scaled as u64, 10u64.pow(places as u32));
    let sign = if value < 0.0 && scaled > 0 { "-" } else { "" };
    let whole = scaled / unit;
    match places {
        0 => format!("{sign}{whole}"),
        _ => format!("{sign}{whole}.{:0places$}", scaled % unit),
    }
}

/// A number as programs read it: up to nine decimals.
pub fn plain(value: f64) -> String {
    trim_zeros(&decimal(value, 9))
}

/// A finite number as a power of ten: "1.23e-7".
fn power(value: f64, places: usize) -> String {
    // In two steps, as the smallest powers of ten are no numbers of their own.
    let mantissa = |exponent: i32| value * 10f64.powi(-exponent / 2) * 10f64.powi(-exponent - -exponent / 2);
    let mut exponent = magnitude(value);
    let mut text = decimal(mantissa(exponent), places);
    if text.trim_start_matches('-').starts_with("10") {
        exponent += 1;
        text = decimal(mantissa(exponent), places);
    }
    format!("{text}e{exponent}")
}

fn group(number: &str) -> String {
    let (sign, rest) = match number.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", number),
    };
    let (whole, fraction) = match rest.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (rest, None),
    };
    let mut out = String::from(sign);
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// Without the zeros that end a fraction.
pub fn trim_zeros(text: &str) -> String {
    if text.contains('.') && !text.contains('e') {
        text.trim_end_matches('0').trim_end_matches('.').into()
    } else {
        text.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_three_digits_and_a_unit() {
        for (ms, text) in [
            (12.345, "12.3 ms"),
            (123.45, "123 ms"),
            (1.0, "1.00 ms"),
            (0.9999, "1.00 ms"),
            (0.5121, "512 us"),
            (0.001234, "1.23 us"),
            (0.0005, "0.500 us"),
            (999.6, "1.00 s"),
            (1234.0, "1.23 s"),
            (9.996, "10.0 ms"),
            (1.5e7, "15,000 s"),
            (0.0, "0 ms"),
        ] {
            assert_eq!(time(ms), text, "{ms}");
        }
        assert_eq!(time_interval(12.3, (12.1, 12.51)), "(12.1-12.5)");
        assert_eq!(time_interval(0.5, (0.49, 1.1)), "(490-1,100)");
    }

    #[test]
    fn ratios_have_two_digits_unless_that_hides_the_interval() {
        let text = |r, i| match ratio(r, i) {
            (r, Some(i)) => format!("{r} {i}"),
            (r, None) => r,
        };
        assert_eq!(text(3.81, Some((3.6, 4.0))), "3.8x (3.6-4.0)");
        assert_eq!(text(3.801, Some((3.78, 3.83))), "3.80x (3.78-3.83)");
        assert_eq!(text(1.02, Some((0.97, 1.08))), "1.02x (0.97-1.08)");
        assert_eq!(text(12.2, Some((11.0, 13.4))), "12x (11-13)");
        assert_eq!(text(250.0, Some((240.0, 260.0))), "250x (240-260)");
        assert_eq!(text(3.84, None), "3.8x");
    }

    #[test]
    fn counts_errors_and_values() {
        assert_eq!(count(1_048_576), "1,048,576");
        assert_eq!(count(999), "999");
        assert_eq!(error(1.234e-7), "1.23e-7");
        assert_eq!(error(1e-5), "1e-5");
        assert_eq!(error(2.0), "2");
        assert_eq!(error(0.0), "0");
        assert_eq!(percent(0.0012), "0.12%");
        assert_eq!(value(f64::INFINITY), "infinity");
        assert_eq!(value(-0.5), "-0.5");
        assert_eq!(value(255.0), "255");
        assert_eq!(value(0.0), "0");
        assert_eq!(seconds(8.0), "8 s");
        assert_eq!(seconds(2.5), "2.5 s");
    }

    #[test]
    fn numbers_of_every_size_are_written() {
        for (number, text) in [
            (12.345_678_901, "12.345678901"),
            (-0.25, "-0.25"),
            (8.0, "8"),
            (600.0, "600"),
            (-1e-12, "0"),
            (f64::MAX, "1.80e308"),
            (f64::NAN, "not a number"),
        ] {
            assert_eq!(plain(number), text);
        }
        assert_eq!(decimal(0.995, 1), "1.0");
        assert_eq!(error(9.996e-5), "1e-4");
        assert_eq!(error(f64::MIN_POSITIVE), "2.23e-308");
        assert_eq!(value(1.234_567_89e12), "1.23457e12");
        assert_eq!(value(-1.0e-7), "-1.00000e-7");
    }
}

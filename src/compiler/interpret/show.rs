//! Numbers as Python prints them.

use super::boxed::Boxed;

/// A value as Python and NumPy print it.
pub(super) fn scalar(value: Boxed) -> String {
    match value {
        Boxed::Undefined => "?".into(),
        Boxed::Bool(true) => "True".into(),
        Boxed::Bool(false) => "False".into(),
        Boxed::F32(a) => float(&format!("{a:e}")),
        Boxed::F64(a) => float(&format!("{a:e}")),
        other => other.integer().unwrap_or_default().to_string(),
    }
}

/// Python's `repr` from the shortest digits that read back as the same number, such as "1.25e-7":
/// with an exponent below -4 and from 16.
fn float(shortest: &str) -> String {
    let Some((digits, exponent)) = shortest.split_once('e') else {
        // "inf" and "-inf"; a NaN has no sign.
        return shortest.to_ascii_lowercase();
    };
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let (sign, digits) = match digits.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", digits),
    };
    if !(-4..16).contains(&exponent) {
        let (below, size) = (if exponent < 0 { '-' } else { '+' }, exponent.abs());
        return format!("{sign}{digits}e{below}{size:02}");
    }
    let digits = digits.replace('.', "");
    if exponent < 0 {
        let zeros = "0".repeat((-exponent - 1) as usize);
        return format!("{sign}0.{zeros}{digits}");
    }
    let whole = exponent as usize + 1;
    match digits.len() > whole {
        true => format!("{sign}{}.{}", &digits[..whole], &digits[whole..]),
        false => format!("{sign}{digits:0<whole$}.0"),
    }
}

/// NumPy's line, in characters.
const LINE: usize = 75;
/// Arrays of more elements than these are summarised, to so many at the ends of each axis.
const SUMMARISED: u64 = 1000;
const EDGE: i64 = 3;
/// Digits behind the point at most.
const PRECISION: usize = 8;

/// An array as `str` gives it with NumPy's usual options: an element by its number. The algorithm is that of
/// `numpy/_core/arrayprint.py`.
pub(super) fn array(lengths: &[i64], element: &dyn Fn(u64) -> Boxed) -> String {
    let count: u64 = lengths.iter().map(|n| *n as u64).product();
    if count == 0 {
        return "[]".into();
    }
    let mut rows = Rows {
        lengths,
        is_summary: count > SUMMARISED,
        element,
        shown: Vec::new(),
        words: Vec::new(),
    };
    rows.collect(0, 0);
    rows.words = words(&rows.shown);
    rows.words.reverse();
    rows.text(0, 1, LINE)
}

struct Rows<'a> {
    lengths: &'a [i64],
    is_summary: bool,
    element: &'a dyn Fn(u64) -> Boxed,
    /// What is shown, in order.
    shown: Vec<Boxed>,
    /// Their texts, the last one first.
    words: Vec<String>,
}

impl Rows<'_> {
    /// The places of an axis that are shown; none stands for those that are not.
    fn places(&self, axis: usize) -> Vec<Option<i64>> {
        let length = self.lengths[axis];
        match self.is_summary && 2 * EDGE < length {
            true => (0..EDGE)
                .map(Some)
                .chain([None])
                .chain((length - EDGE..length).map(Some))
                .collect(),
            false => (0..length).map(Some).collect(),
        }
    }

    fn collect(&mut self, axis: usize, number: u64) {
        if axis == self.lengths.len() {
            self.shown.push((self.element)(number));
            return;
        }
        for place in self.places(axis).into_iter().flatten() {
            self.collect(axis + 1, number * self.lengths[axis] as u64 + place as u64);
        }
    }

    fn text(&mut self, axis: usize, indent: usize, width: usize) -> String {
        let Some(left) = self.lengths.len().checked_sub(axis).filter(|left| *left > 0) else {
            return self.words.pop().unwrap_or_default();
        };
        let (places, blank) = (self.places(axis), " ".repeat(indent));
        let mut all = String::new();
        if left == 1 {
            let mut line = blank.clone();
            for (i, place) in places.iter().enumerate() {
                let word = match place {
                    Some(_) => self.words.pop().unwrap_or_default(),
                    None => "...".into(),
                };
                if line.len() + word.len() > width - 1 && line.len() > indent {
                    all.push_str(line.trim_end());
                    all.push('\n');
                    line = blank.clone();
                }
                line.push_str(&word);
                if i + 1 < places.len() {
                    line.push(' ');
                }
            }
            all.push_str(&line);
        } else {
            for (i, place) in places.iter().enumerate() {
                all.push_str(&blank);
                match place {
                    Some(_) => all.push_str(&self.text(axis + 1, indent + 1, width - 1)),
                    None => all.push_str("..."),
                }
                if i + 1 < places.len() {
                    all.push_str(&"\n".repeat(left - 1));
                }
            }
        }
        format!("[{}]", &all[indent..])
    }
}

/// The texts of elements, all of one width.
fn words(shown: &[Boxed]) -> Vec<String> {
    if shown
        .iter()
        .any(|value| matches!(value, Boxed::F32(_) | Boxed::F64(_)))
    {
        return floats(shown);
    }
    let words: Vec<String> = shown.iter().map(|value| scalar(*value)).collect();
    let is_truth = matches!(shown.first(), Some(Boxed::Bool(_)));
    let widest = words.iter().map(String::len).max().unwrap_or_default();
    let width = if is_truth { 5 } else { widest };
    words.iter().map(|word| format!("{word:>width$}")).collect()
}

/// A float's digits: the shortest that read back as it, but not more than so many behind the point, without zeros at
/// the end. With an exponent the part before it, and it.
fn digits(value: Boxed, has_exponent: bool) -> (String, i32) {
    macro_rules! written {
        ($a:expr) => {
            match has_exponent {
                true => (format!("{:e}", $a), format!("{:.PRECISION$e}", $a)),
                false => (format!("{}", $a), format!("{:.PRECISION$}", $a)),
            }
        };
    }
    let (shortest, rounded) = match value {
        Boxed::F32(a) => written!(a),
        Boxed::F64(a) => written!(a),
        _ => return (scalar(value), 0),
    };
    let split = |text: &str| match text.split_once('e') {
        Some((digits, exponent)) => (digits.to_owned(), exponent.parse().unwrap_or_default()),
        None => (text.to_owned(), 0),
    };
    let behind = |digits: &str| digits.split_once('.').map_or(0, |(_, behind)| behind.len());
    let (mut digits, mut exponent) = split(&shortest);
    if behind(&digits) > PRECISION {
        (digits, exponent) = split(&rounded);
        digits.truncate(digits.trim_end_matches('0').len());
    }
    if !digits.contains('.') {
        digits.push('.');
    }
    (digits, exponent)
}

fn floats(shown: &[Boxed]) -> Vec<String> {
    let as_f64 = |value: &Boxed| match *value {
        Boxed::F32(a) => f64::from(a),
        Boxed::F64(a) => a,
        _ => 0.0,
    };
    let is_single = matches!(shown.first(), Some(Boxed::F32(_)));
    let finite: Vec<Boxed> = shown
        .iter()
        .copied()
        .filter(|value| as_f64(value).is_finite())
        .collect();
    let sizes = finite
        .iter()
        .map(|value| as_f64(value).abs())
        .filter(|size| *size != 0.0);
    let most = sizes.clone().fold(0.0, f64::max);
    let least = sizes.fold(f64::INFINITY, f64::min);
    let ratio = if is_single {
        f64::from(most as f32 / least as f32)
    } else {
        most / least
    };
    let cutoff = if is_single { 1e6 } else { 1e8 };
    let has_exponent = most > 0.0 && (most >= cutoff || least < 0.0001 || ratio > 1000.0);
    let parts = |value: &Boxed| {
        let (digits, exponent) = digits(*value, has_exponent);
        let (whole, behind) = digits.split_once('.').unwrap_or((&digits, ""));
        (whole.to_owned(), behind.to_owned(), exponent)
    };
    let all: Vec<(String, String, i32)> = finite.iter().map(parts).collect();
    let mut left = all
        .iter()
        .map(|(whole, ..)| whole.len())
        .max()
        .unwrap_or_default();
    let right = all
        .iter()
        .map(|(_, behind, _)| behind.len())
        .max()
        .unwrap_or_default();
    let exponents = all
        .iter()
        .map(|(.., exponent)| exponent.abs().to_string().len().max(2));
    let exponents = exponents.max().unwrap_or_default();
    let tail = if has_exponent {
        right + exponents + 2
    } else {
        right
    };
    if finite.len() < shown.len() {
        let has_minus = shown.iter().any(|value| as_f64(value) == f64::NEG_INFINITY);
        left = left.max((3 + usize::from(has_minus)).saturating_sub(tail + 1));
    }
    let word = |value: &Boxed| {
        if !as_f64(value).is_finite() {
            let width = left + tail + 1;
            return format!("{:>width$}", scalar(*value));
        }
        let (whole, behind, exponent) = parts(value);
        match has_exponent {
            true => {
                let sign = if exponent < 0 { '-' } else { '+' };
                let exponent = exponent.abs();
                format!("{whole:>left$}.{behind:0<right$}e{sign}{exponent:0exponents$}")
            }
            false => format!("{whole:>left$}.{behind:<right$}"),
        }
    };
    shown.iter().map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Scalar;

    #[test]
    fn floats_are_as_in_python() {
        for (value, expected) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (-1.5, "-1.5"),
            (0.1, "0.1"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (1.25e16, "1.25e+16"),
            (123456.789, "123456.789"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1.5e-7, "1.5e-07"),
            (f64::MAX, "1.7976931348623157e+308"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
            (f64::NAN, "nan"),
        ] {
            assert_eq!(scalar(Boxed::F64(value)), expected);
        }
        assert_eq!(scalar(Boxed::F32(0.1)), "0.1");
        assert_eq!(scalar(Boxed::U64(u64::MAX)), "18446744073709551615");
        assert_eq!(scalar(Boxed::Bool(true)), "True");
    }

    #[test]
    fn arrays_are_as_numpy_prints_them() {
        let mut count = 0;
        for line in include_str!("../tests/oracle/arrays.txt").lines() {
            let words: Vec<&str> = line.splitn(4, '\t').collect();
            let [of, shape, bits, expected] = words[..] else {
                panic!("{line}")
            };
            let of = Scalar::named(of).unwrap();
            let lengths: Vec<i64> = shape.split('x').map(|n| n.parse().unwrap()).collect();
            let bits: Vec<u64> = bits
                .split(' ')
                .filter(|one| !one.is_empty())
                .map(|one| u64::from_str_radix(one, 16).unwrap())
                .collect();
            // Long arrays repeat their bits.
            let ours = array(&lengths, &|number| {
                Boxed::new(of, bits[number as usize % bits.len()])
            });
            assert_eq!(ours.replace('\n', "|"), expected, "{line}");
            count += 1;
        }
        assert_eq!(count, 42);
    }
}

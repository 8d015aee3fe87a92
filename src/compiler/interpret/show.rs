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

/// An array of any number of axes: an element by its number.
pub(super) fn array(lengths: &[i64], element: &mut dyn FnMut(u64) -> String, out: &mut String) {
    let mut number = 0;
    rows(lengths, 0, element, &mut number, out);
}

fn rows(
    lengths: &[i64],
    depth: usize,
    element: &mut dyn FnMut(u64) -> String,
    at: &mut u64,
    out: &mut String,
) {
    let Some((&length, inner)) = lengths.split_first() else {
        out.push_str(&element(*at));
        *at += 1;
        return;
    };
    out.push('[');
    for i in 0..length {
        if i > 0 && inner.is_empty() {
            out.push(' ');
        } else if i > 0 {
            out.push_str(&"\n".repeat(inner.len()));
            out.push_str(&" ".repeat(depth + 1));
        }
        rows(inner, depth + 1, element, at, out);
    }
    out.push(']');
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn arrays_are_in_rows() {
        let shown = |lengths: &[i64]| {
            let mut out = String::new();
            array(lengths, &mut |number| number.to_string(), &mut out);
            out
        };
        assert_eq!(shown(&[3]), "[0 1 2]");
        assert_eq!(shown(&[0]), "[]");
        assert_eq!(shown(&[2, 2]), "[[0 1]\n [2 3]]");
        assert_eq!(shown(&[2, 1, 2]), "[[[0 1]]\n\n [[2 3]]]");
    }
}

//! Outputs against references, element by element.

use crate::Output;
use parallax_protocol::{ErrorKind, Verification, Worst};

/// Counts the elements that differ at all. A wrong length is a mismatch throughout.
pub fn mismatches(
    reference: &Output,
    got: &Output,
    tolerance: f64,
    place: impl Fn(usize) -> String,
) -> Verification {
    let len = reference.len();
    let mut count = got.len().abs_diff(len);
    let mut worst: Option<(usize, f64)> = None;
    for i in 0..len {
        let difference = (got.at(i) - reference.at(i)).abs();
        // Written so that NaN, which compares with nothing, counts as different.
        if !(difference == 0.0) {
            count += 1;
            let size = if difference.is_nan() {
                f64::INFINITY
            } else {
                difference
            };
            if worst.is_none_or(|(_, most)| size > most) {
                worst = Some((i, size));
            }
        }
    }
    let fraction = count as f64 / len.max(1) as f64;
    Verification {
        ok: fraction <= tolerance,
        compared: len as u64,
        error_kind: ErrorKind::MismatchFraction,
        max_error: fraction,
        tolerance,
        worst: worst.map(|(i, _)| at(reference, got, i, place)),
    }
}

/// The largest share of mismatches in any whole tile of 16 x 16 elements of an n x n field.
pub fn worst_tile(n: usize, reference: &Output, got: &Output) -> f64 {
    const SIDE: usize = 16;
    let tiles = n.div_ceil(SIDE);
    let mut counts = vec![0u32; tiles * tiles];
    for i in 0..reference.len() {
        // Not `!=`: NaN counts as different, whatever the other is.
        let equal = (got.at(i) - reference.at(i)).abs() == 0.0;
        if !equal {
            counts[i / n / SIDE * tiles + i % n / SIDE] += 1;
        }
    }
    let most = counts.into_iter().max().unwrap_or(0);
    f64::from(most) / (SIDE * SIDE) as f64
}

/// The largest difference.
pub fn absolute(
    reference: &Output,
    got: &Output,
    tolerance: f64,
    place: impl Fn(usize) -> String,
) -> Verification {
    Verification {
        error_kind: ErrorKind::Absolute,
        ..relative(reference, got, tolerance, |_| 1.0, place)
    }
}

/// The largest difference over a scale that the workload gives for each element.
pub fn relative(
    reference: &Output,
    got: &Output,
    tolerance: f64,
    scale: impl Fn(usize) -> f64,
    place: impl Fn(usize) -> String,
) -> Verification {
    let len = reference.len();
    let mut worst: Option<(usize, f64)> = None;
    for i in 0..len {
        let error = (got.at(i) - reference.at(i)).abs() / scale(i);
        // NaN is the worst there is, and no tolerance admits it.
        let error = if error.is_nan() { f64::INFINITY } else { error };
        if error > worst.map_or(0.0, |(_, most)| most) {
            worst = Some((i, error));
        }
    }
    let max_error = worst.map_or(0.0, |(_, error)| error);
    Verification {
        ok: max_error <= tolerance && got.len() == len,
        compared: len as u64,
        error_kind: ErrorKind::Relative,
        max_error,
        tolerance,
        worst: worst.map(|(i, _)| at(reference, got, i, place)),
    }
}

fn at(reference: &Output, got: &Output, i: usize, place: impl Fn(usize) -> String) -> Worst {
    Worst {
        place: place(i),
        got: got.at(i),
        expected: reference.at(i),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(i: usize) -> String {
        format!("element {i}")
    }

    #[test]
    fn one_wrong_element_is_found_and_named() {
        let reference = Output::U32(vec![1, 2, 3, 4]);
        let v = mismatches(&reference, &reference.clone(), 0.0, place);
        assert!(v.ok && v.worst.is_none() && v.max_error == 0.0);
        let v = mismatches(&reference, &Output::U32(vec![1, 2, 5, 4]), 0.0, place);
        assert!(!v.ok);
        assert_eq!(v.max_error, 0.25);
        let worst = v.worst.unwrap();
        assert_eq!(
            (worst.place.as_str(), worst.got, worst.expected),
            ("element 2", 5.0, 3.0)
        );
    }

    #[test]
    fn a_short_or_nan_output_is_wrong_under_any_tolerance() {
        let reference = Output::F64(vec![1.0, 2.0]);
        assert!(!mismatches(&reference, &Output::F32(vec![1.0]), 0.25, place).ok);
        let nan = Output::F32(vec![1.0, f32::NAN]);
        assert!(!mismatches(&reference, &nan, 0.25, place).ok);
        let v = relative(&reference, &nan, 1e30, |_| 1.0, place);
        assert!(!v.ok && v.worst.unwrap().place == "element 1");
        assert!(!relative(&reference, &Output::F32(vec![1.0, 2.0, 3.0]), 1.0, |_| 1.0, place).ok);
    }

    #[test]
    fn relative_errors_are_scaled() {
        let reference = Output::F64(vec![100.0, 1.0]);
        let got = Output::F32(vec![101.0, 1.5]);
        let v = relative(&reference, &got, 0.02, |i| [100.0, 50.0][i], place);
        assert!(v.ok && v.max_error == 0.01, "{v:?}");
        assert!(!relative(&reference, &got, 0.009, |i| [100.0, 50.0][i], place).ok);
    }
}

//! Intervals of integers, and what operations make of them.

use crate::ir::{Binary, Compare, Divide};
use crate::types::Scalar;

/// From the first up to and with the second.
pub type Interval = (i128, i128);

/// `int32`.
pub const I32: Interval = (i32::MIN as i128, i32::MAX as i128);
/// `uint32`.
pub const U32: Interval = (0, u32::MAX as i128);
/// Whether one lies within the other.
pub fn within(a: Interval, b: Interval) -> bool {
    b.0 <= a.0 && a.1 <= b.1
}

/// All that a type has.
pub fn all(of: Scalar) -> Interval {
    let unused = 64 - 8 * of.bytes();
    match of {
        Scalar::Bool => (0, 1),
        _ if of.is_float() => super::float::all(),
        _ if of.is_signed() => ((i64::MIN >> unused).into(), (i64::MAX >> unused).into()),
        _ => (0, (u64::MAX >> unused).into()),
    }
}

/// The number of an integer's bits.
pub fn signed(of: Scalar, bits: u64) -> i128 {
    match of {
        Scalar::I8 => (bits as i8).into(),
        Scalar::I16 => (bits as i16).into(),
        Scalar::I32 => (bits as i32).into(),
        Scalar::I64 => (bits as i64).into(),
        _ => bits.into(),
    }
}

/// The bits of an integer's type that has this value, or its low bits.
pub fn bits_of(of: Scalar, value: i128) -> u64 {
    match of {
        Scalar::Bool => u64::from(value != 0),
        _ => value as u64 & (u64::MAX >> (64 - 8 * of.bytes())),
    }
}

/// What has both in it.
pub fn join(a: Interval, b: Interval) -> Interval {
    (a.0.min(b.0), a.1.max(b.1))
}

/// What is in both; the first if there is nothing, which is code that is never reached.
pub fn meet(a: Interval, b: Interval) -> Interval {
    let both = (a.0.max(b.0), a.1.min(b.1));
    if both.0 <= both.1 { both } else { a }
}

/// One of two values by a truth value.
pub fn chosen(test: Interval, a: Interval, b: Interval) -> Interval {
    match test {
        (1, 1) => a,
        (0, 0) => b,
        _ => join(a, b),
    }
}

/// What a comparison gives.
pub fn compare(op: Compare, a: Interval, b: Interval) -> Interval {
    let one = a.0 == a.1 && a == b;
    let apart = a.1 < b.0 || b.1 < a.0;
    let (always, never) = match op {
        Compare::Equal => (one, apart),
        Compare::Unequal => (apart, one),
        Compare::Less => (a.1 < b.0, b.1 <= a.0),
        Compare::AtMost => (a.1 <= b.0, b.1 < a.0),
    };
    (always.into(), (!never).into())
}

/// Before it wraps.
pub fn binary(op: Binary, a: Interval, b: Interval, of: Scalar) -> Interval {
    let top = all(of);
    let width = i128::from(8 * of.bytes());
    let corners = |f: &dyn Fn(i128, i128) -> i128| {
        let all = [f(a.0, b.0), f(a.0, b.1), f(a.1, b.0), f(a.1, b.1)];
        all.into_iter()
            .fold((all[0], all[0]), |sum, one| join(sum, (one, one)))
    };
    // All ones up to the highest bit of either.
    let ones = |most: i128| (1_i128 << (128 - most.max(0).leading_zeros())) - 1;
    let positive = a.0 >= 0 && b.0 >= 0;
    match op {
        Binary::Add => (a.0 + b.0, a.1 + b.1),
        Binary::Sub => (a.0 - b.1, a.1 - b.0),
        Binary::Mul => corners(&|x, y| x.saturating_mul(y)),
        Binary::And if a.0 == a.1 && b.0 == b.1 => (a.0 & b.0, a.0 & b.0),
        Binary::Or if a.0 == a.1 && b.0 == b.1 => (a.0 | b.0, a.0 | b.0),
        Binary::Xor if a.0 == a.1 && b.0 == b.1 => (a.0 ^ b.0, a.0 ^ b.0),
        Binary::And if positive => (0, a.1.min(b.1)),
        Binary::And if a.0 >= 0 => (0, a.1),
        Binary::And if b.0 >= 0 => (0, b.1),
        Binary::Or | Binary::Xor if positive => (0, ones(a.1.max(b.1))),
        Binary::And | Binary::Or | Binary::Xor if within(a, I32) && within(b, I32) => I32,
        // A count is one modulo the width.
        Binary::ShiftLeft if within(b, (0, width - 1)) => corners(&|x, y| x.saturating_mul(1 << y)),
        Binary::ShiftRight if within(b, (0, width - 1)) => corners(&|x, y| x >> y),
        Binary::ShiftRight => (a.0.min(0), a.1.max(0)),
        Binary::Min => (a.0.min(b.0), a.1.min(b.1)),
        Binary::Max => (a.0.max(b.0), a.1.max(b.1)),
        _ => top,
    }
}

/// A division by zero gives 0 or ends the kernel.
pub fn divide(op: Divide, a: Interval, b: Interval, top: Interval) -> Interval {
    let most = a.0.abs().max(a.1.abs());
    match op {
        Divide::True | Divide::Floor if a.0 >= 0 && b.0 >= 1 => (a.0 / b.1, a.1 / b.0),
        Divide::True | Divide::Floor if b.0 >= 0 => (a.0.min(0), a.1.max(0)),
        Divide::True | Divide::Floor => (-most - 1, most + 1),
        Divide::Rest if b.0 >= 0 && a.0 >= 0 => (0, a.1.min((b.1 - 1).max(0))),
        Divide::Rest if b.0 >= 0 => (0, (b.1 - 1).max(0)),
        Divide::Rest if b.1 <= 0 => ((b.0 + 1).min(0), 0),
        Divide::Rest => ((b.0 + 1).min(0), (b.1 - 1).max(0)),
        Divide::CRest if within(a, top) => (a.0.min(0), a.1.max(0)),
        Divide::CRest => top,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Some numbers of a type: all next to its ends and to 0, some between.
    fn some(of: Scalar) -> Vec<i128> {
        let (least, most) = all(of);
        let near = [least, 0, most].into_iter().flat_map(|at| at - 2..=at + 2);
        let all: Vec<i128> = near.chain([-77, -16, -9, 5, 8, 9, 31, 100]).collect();
        all.into_iter()
            .filter(|one| within((*one, *one), (least, most)))
            .collect()
    }

    /// All pairs of intervals with these ends, and of numbers in them.
    fn each(of: Scalar, mut see: impl FnMut(Interval, Interval, i128, i128)) {
        let all = some(of);
        let intervals: Vec<Interval> = (0..all.len() * all.len())
            .step_by(3)
            .map(|at| (all[at / all.len()], all[at % all.len()]))
            .filter(|one| one.0 <= one.1)
            .collect();
        for a in &intervals {
            for b in &intervals {
                for x in all.iter().filter(|x| within((**x, **x), *a)) {
                    for y in all.iter().filter(|y| within((**y, **y), *b)) {
                        see(*a, *b, *x, *y);
                    }
                }
            }
        }
    }

    /// As an expression's interval is taken: what is beyond its type is anything.
    fn holds(interval: Interval, of: Scalar, value: i128) -> bool {
        let wrapped = signed(of, bits_of(of, value));
        !within(interval, all(of)) || within((wrapped, wrapped), interval)
    }

    #[test]
    fn results_are_within() {
        for of in [Scalar::I8, Scalar::U8] {
            each(of, |a, b, x, y| {
                let count = y.rem_euclid(8);
                for (op, value) in [
                    (Binary::Add, x + y),
                    (Binary::Sub, x - y),
                    (Binary::Mul, x * y),
                    (Binary::And, x & y),
                    (Binary::Or, x | y),
                    (Binary::Xor, x ^ y),
                    (Binary::ShiftLeft, x << count),
                    (Binary::ShiftRight, x >> count),
                    (Binary::Min, x.min(y)),
                    (Binary::Max, x.max(y)),
                ] {
                    let is = binary(op, a, b, of);
                    assert!(
                        holds(is, of, value),
                        "{op:?} of {x} in {a:?}, {y} in {b:?}: {value} in {is:?}"
                    );
                }
                let floor = if y == 0 {
                    0
                } else {
                    x.div_euclid(y) - i128::from(y < 0 && x.rem_euclid(y) != 0)
                };
                let (rest, c_rest) = if y == 0 { (0, 0) } else { (x - floor * y, x % y) };
                for (op, value) in [
                    (Divide::Floor, floor),
                    (Divide::Rest, rest),
                    (Divide::CRest, c_rest),
                ] {
                    let is = divide(op, a, b, all(of));
                    assert!(
                        holds(is, of, value),
                        "{op:?} of {x} in {a:?}, {y} in {b:?}: {value} in {is:?}"
                    );
                }
                for (op, value) in [
                    (Compare::Equal, x == y),
                    (Compare::Unequal, x != y),
                    (Compare::Less, x < y),
                    (Compare::AtMost, x <= y),
                ] {
                    let value = i128::from(value);
                    assert!(
                        within((value, value), compare(op, a, b)),
                        "{op:?} of {x} in {a:?}, {y} in {b:?}"
                    );
                }
            });
        }
    }

    #[test]
    fn what_is_known_is_one_number() {
        let one = |value: i128| (value, value);
        assert_eq!(binary(Binary::Mul, one(6), one(7), Scalar::I64), one(42));
        assert_eq!(binary(Binary::Xor, one(-1), one(5), Scalar::I64), one(-6));
        assert_eq!(divide(Divide::Floor, one(7), one(2), all(Scalar::I64)), one(3));
        assert_eq!(compare(Compare::Less, (0, 4), (5, 5)), one(1));
        assert_eq!(binary(Binary::ShiftRight, (0, 255), one(4), Scalar::U8), (0, 15));
    }
}

//! Intervals of floats. Rounding keeps the order of numbers, so that an operation on bounds, rounded as the program rounds,
//! bounds the operation's results.
//!
//! An end is kept as the integer that has its place in the order of floats, so that intervals join and meet as those of integers
//! do. A NaN has no place: what may be one has no end above.

use super::number::{Interval, within};
use crate::ir::{Binary, Divide, Expr, ExprKind, Unary};
use crate::types::Scalar;
use crate::walk;

type Bounds = (f64, f64);

const ALL: Bounds = (f64::NEG_INFINITY, f64::INFINITY);

/// A float's bits, or their place among all: the one makes the other.
fn place(bits: i64) -> i64 {
    bits ^ ((bits >> 63) as u64 >> 1) as i64
}

/// The floats at an interval's ends.
pub fn bounds((low, high): Interval) -> Bounds {
    let at = |end: i128| f64::from_bits(place(end as i64) as u64);
    (at(low), at(high))
}

/// The interval of floats between these.
pub fn interval((low, high): Bounds) -> Interval {
    let of = |end: f64| place(end.to_bits() as i64).into();
    (of(low), of(high))
}

/// All floats, and NaN.
pub fn all() -> Interval {
    interval(ALL)
}

/// What an operation on floats gives, or one that makes them of integers; `parts` are its operands'.
pub fn compute(expr: &Expr, parts: &[Interval]) -> Interval {
    let part = |at: usize| bounds(parts[at]);
    let corners = |f: &dyn Fn(f64, f64) -> f64, a: Bounds, b: Bounds| {
        // Nothing times anything is nothing, if it is a number.
        let one = |x: f64, y: f64| Some(f(x, y)).filter(|it| !it.is_nan()).unwrap_or_default();
        let all = [one(a.0, b.0), one(a.0, b.1), one(a.1, b.0), one(a.1, b.1)];
        (
            all.into_iter().fold(f64::INFINITY, f64::min),
            all.into_iter().fold(f64::NEG_INFINITY, f64::max),
        )
    };
    let (low, mut high) = match &expr.kind {
        ExprKind::Const(bits) if expr.of == Scalar::F32 => [f32::from_bits(*bits as u32).into(); 2].into(),
        ExprKind::Const(bits) => [f64::from_bits(*bits); 2].into(),
        ExprKind::Convert(a) if a.of.is_float() => part(0),
        // What is more has to be rounded.
        ExprKind::Convert(_) if within(parts[0], (-1 << 53, 1 << 53)) => {
            (parts[0].0 as f64, parts[0].1 as f64)
        }
        ExprKind::Unary(op, _) => match (op, part(0)) {
            (Unary::Minus, (low, high)) => (-high, -low),
            (Unary::Abs, (low, high)) => (low.max(-high).max(0.0), high.max(-low)),
            (Unary::Sqrt, (low, high)) => (
                low.max(0.0).sqrt(),
                if low < 0.0 { f64::INFINITY } else { high.sqrt() },
            ),
            (_, (low, high)) => (low.floor(), high.ceil()),
        },
        ExprKind::Binary(op, a, b) => match (op, part(0), part(1)) {
            (Binary::Add, a, b) => (a.0 + b.0, a.1 + b.1),
            (Binary::Sub, a, b) => (a.0 - b.1, a.1 - b.0),
            (Binary::Mul, (low, high), _) if a == b => {
                let (least, most) = (low.max(-high).max(0.0), high.max(-low));
                (least * least, most * most)
            }
            (Binary::Mul, a, b) => corners(&|x, y| x * y, a, b),
            (Binary::Min, a, b) => (a.0.min(b.0), a.1.min(b.1)),
            (Binary::Max, a, b) => (a.0.max(b.0), a.1.max(b.1)),
            _ => ALL,
        },
        ExprKind::Divide(Divide::True, ..) if part(1).0 > 0.0 => corners(&|x, y| x / y, part(0), part(1)),
        _ => ALL,
    };
    let floats = walk::operands(expr)
        .zip(parts)
        .filter(|(one, _)| one.of.is_float());
    if floats.into_iter().any(|(_, part)| !is_number(*part)) {
        high = f64::INFINITY;
    }
    let round = |end: f64, none: f64| match expr.of {
        _ if end.is_nan() => none,
        Scalar::F32 => (end as f32).into(),
        _ => end,
    };
    interval((round(low, ALL.0), round(high, ALL.1)))
}

/// Whether these floats are numbers, neither NaN nor infinite.
pub fn is_number(one: Interval) -> bool {
    let (low, high) = bounds(one);
    low.is_finite() && high.is_finite()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::Local;

    const LARGE: f64 = (1_u128 << 100) as f64;
    const ENDS: [f64; 9] = [ALL.0, -LARGE, -3.5, -0.0, 0.0, 0.75, 2.0, LARGE, ALL.1];

    /// All intervals between these ends, and a number of each. What may be no number has no end above.
    fn each(mut see: impl FnMut(Bounds, f64)) {
        for (low, high) in ENDS.into_iter().flat_map(|low| ENDS.map(|high| (low, high))) {
            let inside = |x: &f64| low <= *x && *x <= high || x.is_nan() && high == ALL.1;
            for x in ENDS.into_iter().chain([f64::NAN]).filter(inside) {
                see((low, high), x);
            }
        }
    }

    fn check(kind: ExprKind, parts: &[Bounds], single: f32, double: f64) {
        let parts: Vec<Interval> = parts.iter().map(|one| interval(*one)).collect();
        for (of, value) in [(Scalar::F32, single.into()), (Scalar::F64, double)] {
            let operand = |at: u32| Expr::new(ExprKind::Local(Local(at)), of);
            let kind = match &kind {
                ExprKind::Unary(op, _) => ExprKind::Unary(*op, operand(0)),
                ExprKind::Binary(op, a, b) => ExprKind::Binary(*op, operand(0), operand((a != b).into())),
                _ => ExprKind::Divide(Divide::True, operand(0), operand(1), None),
            };
            let (low, high) = bounds(compute(&Expr::new(kind.clone(), of), &parts));
            let holds = if value.is_nan() {
                high == ALL.1
            } else {
                low <= value && value <= high
            };
            assert!(holds, "{value} of {kind:?} is not from {low} to {high}");
        }
    }

    #[test]
    fn results_are_within() {
        let (one, other) = (Expr::float(1.0), Expr::float(2.0));
        each(|a, x| {
            let s = x as f32;
            for (op, single, double) in [
                (Unary::Minus, -s, -x),
                (Unary::Abs, s.abs(), x.abs()),
                (Unary::Sqrt, s.sqrt(), x.sqrt()),
                (Unary::Floor, s.floor(), x.floor()),
                (Unary::Trunc, s.trunc(), x.trunc()),
                (Unary::Nearest, s.round_ties_even(), x.round_ties_even()),
            ] {
                check(ExprKind::Unary(op, one.clone()), &[a], single, double);
            }
            check(
                ExprKind::Binary(Binary::Mul, one.clone(), one.clone()),
                &[a, a],
                s * s,
                x * x,
            );
            each(|b, y| {
                let t = y as f32;
                let (one, other) = (one.clone(), other.clone());
                for (op, single, double) in [
                    (Binary::Add, s + t, x + y),
                    (Binary::Sub, s - t, x - y),
                    (Binary::Mul, s * t, x * y),
                ] {
                    check(
                        ExprKind::Binary(op, one.clone(), other.clone()),
                        &[a, b],
                        single,
                        double,
                    );
                }
                check(
                    ExprKind::Divide(Divide::True, one, other, None),
                    &[a, b],
                    s / t,
                    x / y,
                );
            });
        });
    }
}

//! What CPython makes of literals before Numba sees them: `2**64 - 1` is one number then, of as many digits as it takes,
//! and has the type of that number.

use super::ast::{BinaryOp, Expr, ExprKind, UnaryOp};

/// A number without a name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Literal {
    /// A whole one.
    Int(i128),
    /// With a fraction.
    Float(f64),
}

/// Whole numbers up to here are floats, too.
const EXACT: u128 = 1 << 53;

/// The number that an expression of whole literals is, if CPython works it out and it has less than 128 bits.
/// Floats and what two `bool`s give are left to whoever computes with them.
pub fn folded(expr: &Expr) -> Option<Literal> {
    use Literal::{Float, Int};
    match &expr.kind {
        ExprKind::Int(value) => Some(Int((*value).into())),
        ExprKind::Unary(op, a) => match (op, whole(a)?) {
            (UnaryOp::Minus, Int(a)) => Some(Int(a.checked_neg()?)),
            (UnaryOp::Minus, Float(a)) => Some(Float(-a)),
            (UnaryOp::Plus, a) => Some(a),
            (UnaryOp::Invert, Int(a)) => Some(Int(!a)),
            _ => None,
        },
        ExprKind::Binary(op, a, b) => {
            let are_bools = matches!((&a.kind, &b.kind), (ExprKind::Bool(_), ExprKind::Bool(_)));
            // The right one first: it is short, and mostly no literal.
            match (whole(b)?, whole(a)?) {
                (Int(b), Int(a)) if !are_bools => together(*op, a, b),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The same, or a `bool`, which is 0 or 1 beside a sign or a number.
fn whole(expr: &Expr) -> Option<Literal> {
    match expr.kind {
        ExprKind::Bool(value) => Some(Literal::Int(value.into())),
        _ => folded(expr),
    }
}

fn together(op: BinaryOp, a: i128, b: i128) -> Option<Literal> {
    let bits = |value: i128| i128::from(128 - value.unsigned_abs().leading_zeros());
    // What would have more is left to the program (`safe_power` and the like in CPython's ast_opt.c).
    let size = match op {
        BinaryOp::Mul => bits(a) + bits(b),
        BinaryOp::ShiftLeft => bits(a).checked_add(b)?,
        BinaryOp::Pow => bits(a).checked_mul(b)?,
        _ => 0,
    };
    if size > 128 {
        return None;
    }
    let value = match op {
        BinaryOp::Add => a.checked_add(b)?,
        BinaryOp::Sub => a.checked_sub(b)?,
        BinaryOp::Mul => a.checked_mul(b)?,
        BinaryOp::Div => return quotient(a, b).map(Literal::Float),
        BinaryOp::FloorDiv => floor(a, b)?,
        BinaryOp::Mod => a - floor(a, b)?.checked_mul(b)?,
        BinaryOp::Pow if b < 0 => {
            let power = a.checked_pow(u32::try_from(-b).ok()?)?;
            let value = match power.unsigned_abs() {
                0 => return None,
                1..=EXACT => 1.0 / power as f64,
                magnitude => reciprocal(magnitude).copysign(power.signum() as f64),
            };
            return Some(Literal::Float(value));
        }
        BinaryOp::Pow => a.checked_pow(u32::try_from(b).ok()?)?,
        BinaryOp::ShiftLeft => a.checked_mul(1i128.checked_shl(u32::try_from(b).ok()?)?)?,
        BinaryOp::ShiftRight => a >> u32::try_from(b).ok()?.min(127),
        BinaryOp::And => a & b,
        BinaryOp::Or => a | b,
        BinaryOp::Xor => a ^ b,
        BinaryOp::MatMul => return None,
    };
    Some(Literal::Int(value))
}

/// One by a number that is no float, rounded once.
fn reciprocal(of: u128) -> f64 {
    // A float's 53 digits and one more, by long division.
    let shift = 128 - of.leading_zeros();
    let (mut rest, mut digits) = (1u128 << (shift - 1), 0u64);
    for _ in 0..54 {
        rest <<= 1;
        digits <<= 1;
        if rest >= of {
            rest -= of;
            digits |= 1;
        }
    }
    let is_up = digits & 1 == 1 && (rest != 0 || digits & 2 == 2);
    let whole = (digits >> 1) + u64::from(is_up);
    // The first digit counts 2^-shift.
    whole as f64 * f64::from_bits((1023 - 52 - u64::from(shift)) << 52)
}

fn floor(a: i128, b: i128) -> Option<i128> {
    let value = a.checked_div(b)?;
    Some(value - i128::from(a % b != 0 && (a < 0) != (b < 0)))
}

/// Rounded once.
fn quotient(a: i128, b: i128) -> Option<f64> {
    let rest = a.checked_rem(b)?;
    match rest {
        0 => Some((a / b) as f64),
        _ if a.unsigned_abs() <= EXACT && b.unsigned_abs() <= EXACT => Some(a as f64 / b as f64),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_below_one_are_rounded_once() {
        let power = |a: i128, b: i128| match together(BinaryOp::Pow, a, b) {
            Some(Literal::Float(value)) => value,
            other => panic!("{a} ** {b} is {other:?}"),
        };
        for b in 1..39 {
            let expected: f64 = format!("1e-{b}").parse().unwrap();
            assert_eq!(power(10, -b), expected, "10 ** -{b}");
        }
        for b in 1..127 {
            assert_eq!(power(2, -b), 2f64.powi(-b as i32), "2 ** -{b}");
        }
        // By Python's fractions.
        for (a, b, expected) in [
            (3, -40, 8.225263339969959e-20),
            (7, -44, 6.541633960636565e-38),
            (-3, -41, -2.741754446656653e-20),
            (11, -36, 3.2349184307606727e-38),
            (9007199254740993, -2, 1.2325951644078307e-32),
        ] {
            assert_eq!(power(a, b), expected, "{a} ** {b}");
        }
        assert_eq!(together(BinaryOp::Pow, 0, -1), None);
    }
}

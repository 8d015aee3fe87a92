//! Python's own numbers: integers that do not wrap, and floats.

use super::object::{Fault, Object, Res, type_error, value_error};
use super::ufunc::{float_divmod, int_divmod};
use crate::decimal;
use crate::syntax::{BinaryOp, CompareOp};
use std::cmp::Ordering;

/// An integer that got too long. Python has no longest one; nothing a kernel is given needs more.
pub fn too_long() -> Fault {
    Fault::limit("an integer has more than 127 bits").help("use floats, or reduce it with %")
}

fn zero_division(words: &str) -> Fault {
    Fault::raised("ZeroDivisionError", words)
}

/// An operator between two of Python's numbers; `None` if one of them is something else.
pub fn binary(op: BinaryOp, a: &Object, b: &Object) -> Option<Res<Object>> {
    let plain = |object: &Object| match object {
        Object::Bool(value) => Some(Object::Int(i128::from(*value))),
        Object::Int(value) => Some(Object::Int(*value)),
        Object::Float(value) => Some(Object::Float(*value)),
        _ => None,
    };
    if let (Object::Bool(a), Object::Bool(b)) = (a, b) {
        match op {
            BinaryOp::And => return Some(Ok(Object::Bool(a & b))),
            BinaryOp::Or => return Some(Ok(Object::Bool(a | b))),
            BinaryOp::Xor => return Some(Ok(Object::Bool(a ^ b))),
            _ => {}
        }
    }
    match (plain(a)?, plain(b)?) {
        (Object::Int(a), Object::Int(b)) => Some(of_ints(op, a, b)),
        (Object::Int(a), Object::Float(b)) => Some(of_floats(op, a as f64, b)),
        (Object::Float(a), Object::Int(b)) => Some(of_floats(op, a, b as f64)),
        (Object::Float(a), Object::Float(b)) => Some(of_floats(op, a, b)),
        _ => None,
    }
}

fn of_ints(op: BinaryOp, a: i128, b: i128) -> Res<Object> {
    let checked = |value: Option<i128>| value.map(Object::Int).ok_or_else(too_long);
    match op {
        BinaryOp::Add => checked(a.checked_add(b)),
        BinaryOp::Sub => checked(a.checked_sub(b)),
        BinaryOp::Mul => checked(a.checked_mul(b)),
        BinaryOp::Div if b == 0 => Err(zero_division("division by zero")),
        BinaryOp::Div => quotient(a, b).map(Object::Float),
        BinaryOp::FloorDiv if b == 0 => Err(zero_division("integer division or modulo by zero")),
        BinaryOp::Mod if b == 0 => Err(zero_division("integer modulo by zero")),
        BinaryOp::FloorDiv => Ok(Object::Int(int_divmod(a, b).0)),
        BinaryOp::Mod => Ok(Object::Int(int_divmod(a, b).1)),
        BinaryOp::Pow if b < 0 => of_floats(op, a as f64, b as f64),
        BinaryOp::Pow => checked(match (a, u32::try_from(b)) {
            (0 | 1, _) => Some(if b == 0 { 1 } else { a }),
            (-1, _) => Some(if b % 2 == 0 { 1 } else { -1 }),
            (_, Ok(b)) => a.checked_pow(b),
            _ => None,
        }),
        BinaryOp::And => Ok(Object::Int(a & b)),
        BinaryOp::Or => Ok(Object::Int(a | b)),
        BinaryOp::Xor => Ok(Object::Int(a ^ b)),
        BinaryOp::ShiftLeft | BinaryOp::ShiftRight if b < 0 => Err(value_error("negative shift count")),
        BinaryOp::ShiftLeft => checked(match (a, u32::try_from(b)) {
            (0, _) => Some(0),
            (_, Ok(b @ 0..=126)) => a.checked_mul(1 << b),
            _ => None,
        }),
        BinaryOp::ShiftRight => Ok(Object::Int(a >> b.min(127))),
        BinaryOp::MatMul => Err(type_error("unsupported operand type(s) for @: 'int' and 'int'")),
    }
}

/// `a / b` of integers, rounded once, as CPython does it.
fn quotient(a: i128, b: i128) -> Res<f64> {
    let (x, y) = (a.unsigned_abs(), b.unsigned_abs());
    let exact = 1 << 53;
    if x <= exact && y <= exact {
        return Ok(a as f64 / b as f64);
    }
    if y >> 64 != 0 {
        return Err(too_long());
    }
    if x == 0 {
        return Ok(0.0);
    }
    // With at least 63 bits of the quotient, the last of which stands for all that follow.
    let shift = x.leading_zeros().saturating_sub(1);
    let wide = x << shift;
    let bits = (wide / y) | u128::from(!wide.is_multiple_of(y));
    let value = bits as f64 * 2f64.powi(-(shift as i32));
    Ok(if (a < 0) != (b < 0) { -value } else { value })
}

fn of_floats(op: BinaryOp, a: f64, b: f64) -> Res<Object> {
    Ok(Object::Float(match op {
        BinaryOp::Add => a + b,
        BinaryOp::Sub => a - b,
        BinaryOp::Mul => a * b,
        BinaryOp::Div if b == 0.0 => return Err(zero_division("float division by zero")),
        BinaryOp::FloorDiv if b == 0.0 => return Err(zero_division("float floor division by zero")),
        BinaryOp::Mod if b == 0.0 => return Err(zero_division("float modulo")),
        BinaryOp::Div => a / b,
        BinaryOp::FloorDiv => float_divmod(a, b, &|value| value).0,
        BinaryOp::Mod => float_divmod(a, b, &|value| value).1,
        BinaryOp::Pow => power(a, b)?,
        op => {
            let words = format!(
                "unsupported operand type(s) for {}: 'float' and 'float'",
                op.sign()
            );
            return Err(type_error(words));
        }
    }))
}

/// `a ** b` of floats.
pub fn power(a: f64, b: f64) -> Res<f64> {
    if a == 0.0 && b < 0.0 {
        return Err(zero_division("0.0 cannot be raised to a negative power"));
    }
    if a < 0.0 && a.is_finite() && b.is_finite() && b.fract() != 0.0 {
        return Err(Fault::unsupported(
            "a negative number to the power of a fraction is complex, which kernels do not have here",
        ));
    }
    let value = a.powf(b);
    if value.is_infinite() && a.is_finite() && b.is_finite() {
        return Err(Fault::raised(
            "OverflowError",
            "(34, 'Numerical result out of range')",
        ));
    }
    Ok(value)
}

/// Two of Python's numbers in their order, exactly; `None` with a NaN.
pub fn ordered(a: &Object, b: &Object) -> Option<Option<Ordering>> {
    let whole = |object: &Object| match object {
        Object::Bool(value) => Some(i128::from(*value)),
        Object::Int(value) => Some(*value),
        _ => None,
    };
    let mixed = |a: i128, b: f64| -> Option<Ordering> {
        match b {
            b if b.is_nan() => None,
            b if b >= 2f64.powi(127) => Some(Ordering::Less),
            b if b < -(2f64.powi(127)) => Some(Ordering::Greater),
            b => Some(a.cmp(&(b.floor() as i128)).then(match b.fract() == 0.0 {
                true => Ordering::Equal,
                false => Ordering::Less,
            })),
        }
    };
    Some(match (whole(a), whole(b), a, b) {
        (Some(a), Some(b), ..) => Some(a.cmp(&b)),
        (Some(a), _, _, Object::Float(b)) => mixed(a, *b),
        (_, Some(b), Object::Float(a), _) => mixed(b, *a).map(Ordering::reverse),
        (_, _, Object::Float(a), Object::Float(b)) => a.partial_cmp(b),
        _ => return None,
    })
}

/// Whether an order is what a comparison asks for.
pub fn holds(op: CompareOp, order: Option<Ordering>) -> bool {
    match op {
        CompareOp::Equal => order == Some(Ordering::Equal),
        CompareOp::Unequal => order != Some(Ordering::Equal),
        CompareOp::Less => order == Some(Ordering::Less),
        CompareOp::AtMost => matches!(order, Some(Ordering::Less | Ordering::Equal)),
        CompareOp::Greater => order == Some(Ordering::Greater),
        CompareOp::AtLeast => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
        _ => false,
    }
}

/// `int(x)` of a float.
pub fn whole(value: f64) -> Res<i128> {
    if value.is_nan() {
        return Err(value_error("cannot convert float NaN to integer"));
    }
    if value.is_infinite() {
        return Err(Fault::raised(
            "OverflowError",
            "cannot convert float infinity to integer",
        ));
    }
    match value.abs() < 2f64.powi(126) {
        true => Ok(value as i128),
        false => Err(too_long()),
    }
}

/// `round(x, digits)` of a float: the nearest decimal, correctly, halves to even.
pub fn rounded(value: f64, digits: i128) -> f64 {
    if !value.is_finite() || digits > 300 {
        return value;
    }
    if digits < 0 {
        // Whole tens, hundreds: exact in integers where those are.
        let Some(unit) = u32::try_from(-digits).ok().and_then(|d| 10i128.checked_pow(d)) else {
            return 0f64.copysign(value);
        };
        if value.abs() >= 2f64.powi(100) {
            return value;
        }
        let (down, rest) = int_divmod(value.floor() as i128, unit);
        let twice = 2.0 * (rest as f64 + (value - value.floor()));
        let up = twice > unit as f64 || (twice == unit as f64 && down % 2 != 0);
        return ((down + i128::from(up)) * unit) as f64;
    }
    decimal::parse(&format!("{value:.*}", digits as usize)).unwrap_or(value)
}

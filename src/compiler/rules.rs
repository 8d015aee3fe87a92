//! Which type an operation gives: Numba as it behaves, not as it is described. The tables of
//! `tests/oracle/typing.txt` are Numba's own answers, and `tests/typing.rs` compares all of them.
//!
//! Three families. Python's operators widen every integer to 64 bits, so that `int8 + int8` is
//! `int64`. NumPy's functions keep widths, and a `float32` wins over every integer. Where variables meet,
//! and for `min` and `max`, the narrowest type that holds both is taken, but never a `float32` for
//! an integer of 32 bits or more.

use crate::syntax::BinaryOp;
use crate::types::Scalar;
use Scalar::{Bool, F32, F64, I8, I16, I32, I64, U8, U16, U64};

/// Integers that Numba's operators take for a `float32` where the other side is one: `uint16`, which
/// would fit, is not among them.
fn yields_to_float32(scalar: Scalar) -> bool {
    matches!(scalar, Bool | I8 | I16 | U8 | F32)
}

/// Integers whose every value a `float32` holds.
fn fits_float32(scalar: Scalar) -> bool {
    yields_to_float32(scalar) || scalar == U16
}

/// `a + b` and the other operators of Python; `None` where there is no such operator.
pub fn binary(op: BinaryOp, a: Scalar, b: Scalar) -> Option<Scalar> {
    let floats = a.is_float() || b.is_float();
    match op {
        BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul | BinaryOp::FloorDiv | BinaryOp::Mod => {
            Some(arithmetic(a, b))
        }
        BinaryOp::Div => Some(quotient(a, b)),
        BinaryOp::Pow => Some(match (a, b) {
            (F32, exponent) if exponent != F64 => F32,
            // Nobody means it, but so it is: a bool to the power of an int32.
            (Bool, I32) => F32,
            _ => arithmetic(a, b),
        }),
        BinaryOp::ShiftLeft | BinaryOp::ShiftRight => (!floats).then(|| wide(!is_unsigned(a))),
        BinaryOp::And | BinaryOp::Or | BinaryOp::Xor => (!floats).then(|| match (a, b) {
            (Bool, Bool) => Bool,
            _ => wide(!(is_unsigned(a) && is_unsigned(b))),
        }),
        BinaryOp::MatMul => None,
    }
}

fn is_unsigned(scalar: Scalar) -> bool {
    scalar.is_int() && !scalar.is_signed()
}

fn wide(is_signed: bool) -> Scalar {
    if is_signed { I64 } else { U64 }
}

/// Sums, products, remainders.
fn arithmetic(a: Scalar, b: Scalar) -> Scalar {
    match (a.is_float(), b.is_float()) {
        (false, false) => wide(!(is_unsigned(a) && is_unsigned(b))),
        _ => quotient(a, b),
    }
}

/// What `/` gives, and the functions of two arguments in `math`: always a float.
pub fn quotient(a: Scalar, b: Scalar) -> Scalar {
    let has_float32 = a == F32 || b == F32;
    match has_float32 && yields_to_float32(a) && yields_to_float32(b) {
        true => F32,
        false => F64,
    }
}

/// `math.pow`, which is not `**`.
pub fn math_pow(a: Scalar, b: Scalar) -> Scalar {
    match (a, b) {
        (F32, Bool | F32) => F32,
        (_, F32) if yields_to_float32(a) => F32,
        _ => F64,
    }
}

/// `math.copysign`, which takes small integers for `float32`.
pub fn math_copysign(a: Scalar, b: Scalar) -> Scalar {
    match yields_to_float32(a) && yields_to_float32(b) {
        true => F32,
        false => F64,
    }
}

/// The narrowest integer for both; `float64` where there is none.
fn integers(a: Scalar, b: Scalar) -> Scalar {
    if a == b || b == Bool {
        return a;
    }
    if a == Bool {
        return b;
    }
    let wider = if a.bytes() >= b.bytes() { a } else { b };
    match (a.is_signed(), b.is_signed()) {
        (true, true) | (false, false) => wider,
        _ => {
            let (signed, unsigned) = if a.is_signed() { (a, b) } else { (b, a) };
            match signed.bytes() > unsigned.bytes() {
                true => signed,
                false => match unsigned.bytes() {
                    1 => I16,
                    2 => I32,
                    4 => I64,
                    _ => F64,
                },
            }
        }
    }
}

/// The type of a variable that is given both, and of `min` and `max` of both.
pub fn unify(a: Scalar, b: Scalar) -> Scalar {
    match (a.is_float(), b.is_float()) {
        (false, false) => integers(a, b),
        _ if fits_float32(a) && fits_float32(b) => F32,
        _ => F64,
    }
}

/// NumPy's functions of two arguments: `np.add`, `np.minimum`, `np.power`.
pub fn ufunc(a: Scalar, b: Scalar) -> Scalar {
    match (a, b) {
        (F64, _) | (_, F64) => F64,
        (F32, _) | (_, F32) => F32,
        _ => integers(a, b),
    }
}

/// The same of a function that has no form for truth values, which count as `int8` then.
pub fn ufunc_of_numbers(a: Scalar, b: Scalar) -> Scalar {
    match ufunc(a, b) {
        Bool => I8,
        other => other,
    }
}

/// NumPy's functions that give floats: `np.hypot`, `np.true_divide`.
pub fn float_ufunc(a: Scalar, b: Scalar) -> Scalar {
    match (a, b) {
        (F64, _) | (_, F64) => F64,
        (F32, _) | (_, F32) => F32,
        _ => ufunc(float_ufunc_of(a), float_ufunc_of(b)),
    }
}

/// NumPy's functions of one argument that give floats: `np.sqrt`.
pub fn float_ufunc_of(a: Scalar) -> Scalar {
    match fits_float32(a) {
        true => F32,
        false => F64,
    }
}

/// Functions of one argument in `math`: `math.sqrt`.
pub fn math(a: Scalar) -> Scalar {
    if a == F32 { F32 } else { F64 }
}

/// `math.floor`, `math.ceil` and `math.trunc`, which give integers.
pub fn math_round(a: Scalar) -> Scalar {
    wide(!is_unsigned(a))
}

/// `-a` and `+a`.
pub fn sign(a: Scalar) -> Scalar {
    match a.is_float() {
        true => a,
        false => wide(!is_unsigned(a)),
    }
}

/// `~a`: of a truth value its opposite, unlike Python's.
pub fn invert(a: Scalar) -> Option<Scalar> {
    match a {
        F32 | F64 => None,
        Bool => Some(Bool),
        _ => Some(sign(a)),
    }
}

/// `abs(a)`, `np.sign(a)`, `np.square(a)`.
pub fn magnitude(a: Scalar) -> Scalar {
    if a == Bool { I8 } else { a }
}

/// `int(a)`, which keeps an integer's width.
pub fn int(a: Scalar) -> Scalar {
    if a.is_int() { a } else { I64 }
}

/// `float(a)`, which keeps a `float32`.
pub fn float(a: Scalar) -> Option<Scalar> {
    match a {
        Bool => None,
        F32 => Some(F32),
        _ => Some(F64),
    }
}

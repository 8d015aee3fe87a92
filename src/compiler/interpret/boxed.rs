//! Values that carry their type, and the arithmetic on them as `ir` has it.

use crate::ir::{Binary, Compare, Divide, Unary};
use crate::types::Scalar;

/// A value with its type, as every value of Python has one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Boxed {
    /// Not given a value yet.
    Undefined,
    Bool(bool),
    I8(i8),
    I16(i16),
    I32(i32),
    I64(i64),
    U8(u8),
    U16(u16),
    U32(u32),
    U64(u64),
    F32(f32),
    F64(f64),
}

use Boxed::{Bool, F32, F64, I8, I16, I32, I64, U8, U16, U32, U64, Undefined};

impl Boxed {
    /// Of a type by its bits.
    pub fn new(of: Scalar, bits: u64) -> Boxed {
        match of {
            Scalar::Bool => Bool(bits != 0),
            Scalar::I8 => I8(bits as i8),
            Scalar::I16 => I16(bits as i16),
            Scalar::I32 => I32(bits as i32),
            Scalar::I64 => I64(bits as i64),
            Scalar::U8 => U8(bits as u8),
            Scalar::U16 => U16(bits as u16),
            Scalar::U32 => U32(bits as u32),
            Scalar::U64 => U64(bits),
            Scalar::F32 => F32(f32::from_bits(bits as u32)),
            Scalar::F64 => F64(f64::from_bits(bits)),
        }
    }

    /// Its type; none if it was given no value.
    pub fn of(self) -> Option<Scalar> {
        Some(match self {
            Undefined => return None,
            Bool(_) => Scalar::Bool,
            I8(_) => Scalar::I8,
            I16(_) => Scalar::I16,
            I32(_) => Scalar::I32,
            I64(_) => Scalar::I64,
            U8(_) => Scalar::U8,
            U16(_) => Scalar::U16,
            U32(_) => Scalar::U32,
            U64(_) => Scalar::U64,
            F32(_) => Scalar::F32,
            F64(_) => Scalar::F64,
        })
    }

    /// Its bits, the rest zero.
    pub fn bits(self) -> u64 {
        match self {
            Undefined => 0,
            Bool(a) => a.into(),
            I8(a) => (a as u8).into(),
            I16(a) => (a as u16).into(),
            I32(a) => (a as u32).into(),
            I64(a) => a as u64,
            U8(a) => a.into(),
            U16(a) => a.into(),
            U32(a) => a.into(),
            U64(a) => a,
            F32(a) => a.to_bits().into(),
            F64(a) => a.to_bits(),
        }
    }

    /// An integer's value.
    pub fn integer(self) -> Option<i128> {
        Some(match self {
            I8(a) => a.into(),
            I16(a) => a.into(),
            I32(a) => a.into(),
            I64(a) => a.into(),
            U8(a) => a.into(),
            U16(a) => a.into(),
            U32(a) => a.into(),
            U64(a) => a.into(),
            _ => return None,
        })
    }
}

/// What all integers can, with the names of the standard library.
trait Int: Copy + Ord + Default {
    const ONE: Self;
    fn wrapping_add(self, b: Self) -> Self;
    fn wrapping_sub(self, b: Self) -> Self;
    fn wrapping_mul(self, b: Self) -> Self;
    fn wrapping_neg(self) -> Self;
    fn wrapping_div(self, b: Self) -> Self;
    fn wrapping_rem(self, b: Self) -> Self;
    fn shift_left(self, b: Self) -> Self;
    fn shift_right(self, b: Self) -> Self;
    fn and(self, b: Self) -> Self;
    fn or(self, b: Self) -> Self;
    fn xor(self, b: Self) -> Self;
    fn not(self) -> Self;
}

macro_rules! int {
    ($($of:ty)*) => {$(
        impl Int for $of {
            const ONE: $of = 1;
            fn wrapping_add(self, b: $of) -> $of { <$of>::wrapping_add(self, b) }
            fn wrapping_sub(self, b: $of) -> $of { <$of>::wrapping_sub(self, b) }
            fn wrapping_mul(self, b: $of) -> $of { <$of>::wrapping_mul(self, b) }
            fn wrapping_neg(self) -> $of { <$of>::wrapping_neg(self) }
            fn wrapping_div(self, b: $of) -> $of { <$of>::wrapping_div(self, b) }
            fn wrapping_rem(self, b: $of) -> $of { <$of>::wrapping_rem(self, b) }
            fn shift_left(self, b: $of) -> $of { <$of>::wrapping_shl(self, b as u32) }
            fn shift_right(self, b: $of) -> $of { <$of>::wrapping_shr(self, b as u32) }
            fn and(self, b: $of) -> $of { self & b }
            fn or(self, b: $of) -> $of { self | b }
            fn xor(self, b: $of) -> $of { self ^ b }
            fn not(self) -> $of { !self }
        }
    )*};
}

int!(i8 i16 i32 i64 u8 u16 u32 u64);

fn of_integers<T: Int>(op: Binary, a: T, b: T) -> Option<T> {
    Some(match op {
        Binary::Add => a.wrapping_add(b),
        Binary::Sub => a.wrapping_sub(b),
        Binary::Mul => a.wrapping_mul(b),
        Binary::And => a.and(b),
        Binary::Or => a.or(b),
        Binary::Xor => a.xor(b),
        Binary::ShiftLeft => a.shift_left(b),
        Binary::ShiftRight => a.shift_right(b),
        Binary::Min => a.min(b),
        Binary::Max => a.max(b),
        Binary::CopySign => return None,
    })
}

fn divided<T: Int>(op: Divide, a: T, b: T) -> Option<T> {
    let zero = T::default();
    if b == zero {
        // Only where no site is: NumPy's 0.
        return (op != Divide::True).then_some(zero);
    }
    let (quotient, rest) = (a.wrapping_div(b), a.wrapping_rem(b));
    let is_below = rest != zero && (rest < zero) != (b < zero);
    match op {
        Divide::True => None,
        Divide::Floor if is_below => Some(quotient.wrapping_sub(T::ONE)),
        Divide::Floor => Some(quotient),
        Divide::Rest if is_below => Some(rest.wrapping_add(b)),
        Divide::Rest | Divide::CRest => Some(rest),
    }
}

fn unary_int<T: Int>(op: Unary, a: T) -> Option<T> {
    Some(match op {
        Unary::Minus => a.wrapping_neg(),
        Unary::Not => a.not(),
        Unary::Abs if a < T::default() => a.wrapping_neg(),
        Unary::Abs => a,
        _ => return None,
    })
}

/// The same for both floats: a function of each type.
macro_rules! floats {
    ($of:ty, $unary:ident, $binary:ident, $divide:ident) => {
        fn $unary(op: Unary, a: $of) -> Option<$of> {
            Some(match op {
                Unary::Minus => -a,
                Unary::Abs => a.abs(),
                Unary::Sqrt => a.sqrt(),
                Unary::Floor => a.floor(),
                Unary::Ceil => a.ceil(),
                Unary::Trunc => a.trunc(),
                Unary::Nearest => a.round_ties_even(),
                Unary::Not => return None,
            })
        }

        fn $binary(op: Binary, a: $of, b: $of) -> Option<$of> {
            let first = |is_first: bool| if is_first { a } else { b };
            Some(match op {
                Binary::Add => a + b,
                Binary::Sub => a - b,
                Binary::Mul => a * b,
                Binary::CopySign => a.copysign(b),
                Binary::Min | Binary::Max if a.is_nan() || b.is_nan() => <$of>::NAN,
                Binary::Min => first(a < b || (a == b && a.is_sign_negative())),
                Binary::Max => first(a > b || (a == b && a.is_sign_positive())),
                _ => return None,
            })
        }

        /// CPython's `float_divmod` (Objects/floatobject.c).
        fn $divide(op: Divide, a: $of, b: $of) -> $of {
            let rest = a % b;
            match op {
                Divide::True => a / b,
                Divide::CRest => rest,
                Divide::Rest if rest == 0.0 => (0.0 as $of).copysign(b),
                Divide::Rest if (b < 0.0) != (rest < 0.0) => rest + b,
                Divide::Rest => rest,
                // Only where no site is: NumPy's infinity.
                Divide::Floor if b == 0.0 => a / b,
                Divide::Floor => {
                    let mut quotient = (a - rest) / b;
                    if rest != 0.0 && (b < 0.0) != (rest < 0.0) {
                        quotient -= 1.0;
                    }
                    if quotient == 0.0 {
                        return (0.0 as $of).copysign(a / b);
                    }
                    let floor = quotient.floor();
                    if quotient - floor > 0.5 {
                        floor + 1.0
                    } else {
                        floor
                    }
                }
            }
        }
    };
}

floats!(f32, unary_f32, binary_f32, divide_f32);
floats!(f64, unary_f64, binary_f64, divide_f64);

/// `None` where there is no such operation.
pub(super) fn unary(op: Unary, a: Boxed) -> Option<Boxed> {
    match a {
        F64(a) => unary_f64(op, a).map(F64),
        F32(a) => unary_f32(op, a).map(F32),
        I64(a) => unary_int(op, a).map(I64),
        I32(a) => unary_int(op, a).map(I32),
        I16(a) => unary_int(op, a).map(I16),
        I8(a) => unary_int(op, a).map(I8),
        U64(a) => unary_int(op, a).map(U64),
        U32(a) => unary_int(op, a).map(U32),
        U16(a) => unary_int(op, a).map(U16),
        U8(a) => unary_int(op, a).map(U8),
        Bool(a) if op == Unary::Not => Some(Bool(!a)),
        Bool(_) | Undefined => None,
    }
}

/// `None` where there is no such operation.
#[inline]
pub(super) fn binary(op: Binary, a: Boxed, b: Boxed) -> Option<Boxed> {
    match (a, b) {
        (F64(a), F64(b)) => binary_f64(op, a, b).map(F64),
        (I64(a), I64(b)) => of_integers(op, a, b).map(I64),
        (F32(a), F32(b)) => binary_f32(op, a, b).map(F32),
        (I32(a), I32(b)) => of_integers(op, a, b).map(I32),
        (I16(a), I16(b)) => of_integers(op, a, b).map(I16),
        (I8(a), I8(b)) => of_integers(op, a, b).map(I8),
        (U64(a), U64(b)) => of_integers(op, a, b).map(U64),
        (U32(a), U32(b)) => of_integers(op, a, b).map(U32),
        (U16(a), U16(b)) => of_integers(op, a, b).map(U16),
        (U8(a), U8(b)) => of_integers(op, a, b).map(U8),
        (Bool(a), Bool(b)) => Some(Bool(match op {
            Binary::And => a & b,
            Binary::Or => a | b,
            Binary::Xor => a ^ b,
            _ => return None,
        })),
        _ => None,
    }
}

/// `None` where there is no such operation. A divisor of zero was looked at before where it is an error.
pub(super) fn divide(op: Divide, a: Boxed, b: Boxed) -> Option<Boxed> {
    match (a, b) {
        (F64(a), F64(b)) => Some(F64(divide_f64(op, a, b))),
        (F32(a), F32(b)) => Some(F32(divide_f32(op, a, b))),
        (I64(a), I64(b)) => divided(op, a, b).map(I64),
        (I32(a), I32(b)) => divided(op, a, b).map(I32),
        (I16(a), I16(b)) => divided(op, a, b).map(I16),
        (I8(a), I8(b)) => divided(op, a, b).map(I8),
        (U64(a), U64(b)) => divided(op, a, b).map(U64),
        (U32(a), U32(b)) => divided(op, a, b).map(U32),
        (U16(a), U16(b)) => divided(op, a, b).map(U16),
        (U8(a), U8(b)) => divided(op, a, b).map(U8),
        _ => None,
    }
}

/// Whether it is the zero that nothing is divided by.
pub(super) fn is_zero(a: Boxed) -> bool {
    match a {
        F64(a) => a == 0.0,
        F32(a) => a == 0.0,
        other => other.integer() == Some(0),
    }
}

fn ordered<T: PartialOrd>(op: Compare, a: T, b: T) -> bool {
    match op {
        Compare::Equal => a == b,
        Compare::Unequal => a != b,
        Compare::Less => a < b,
        Compare::AtMost => a <= b,
    }
}

/// `None` where there is no such comparison.
#[inline]
pub(super) fn compare(op: Compare, a: Boxed, b: Boxed) -> Option<bool> {
    Some(match (a, b) {
        (I64(a), I64(b)) => ordered(op, a, b),
        (F64(a), F64(b)) => ordered(op, a, b),
        (F32(a), F32(b)) => ordered(op, a, b),
        (I32(a), I32(b)) => ordered(op, a, b),
        (Bool(a), Bool(b)) => ordered(op, a, b),
        (a, b) => ordered(op, a.integer()?, b.integer()?),
    })
}

macro_rules! cast {
    ($to:expr, $a:expr) => {
        match $to {
            Scalar::Bool => Bool($a != Default::default()),
            Scalar::I8 => I8($a as i8),
            Scalar::I16 => I16($a as i16),
            Scalar::I32 => I32($a as i32),
            Scalar::I64 => I64($a as i64),
            Scalar::U8 => U8($a as u8),
            Scalar::U16 => U16($a as u16),
            Scalar::U32 => U32($a as u32),
            Scalar::U64 => U64($a as u64),
            Scalar::F32 => F32($a as f32),
            Scalar::F64 => F64($a as f64),
        }
    };
}

/// Another type's nearest value; Rust's `as` is what `ir` has: low bits of integers, floats cut off and
/// kept within bounds, NaN to 0.
pub(super) fn convert(to: Scalar, a: Boxed) -> Option<Boxed> {
    Some(match a {
        Undefined => return None,
        Bool(a) => {
            let a = u8::from(a);
            cast!(to, a)
        }
        I8(a) => cast!(to, a),
        I16(a) => cast!(to, a),
        I32(a) => cast!(to, a),
        I64(a) => cast!(to, a),
        U8(a) => cast!(to, a),
        U16(a) => cast!(to, a),
        U32(a) => cast!(to, a),
        U64(a) => cast!(to, a),
        F32(a) => cast!(to, a),
        F64(a) => cast!(to, a),
    })
}

//! Numbers of twice the precision, as a sum of two floats of which the second is at most half a unit in the last
//! place of the first (T. J. Dekker, A floating-point technique for extending the available precision, 1971),
//! and what else the functions have in common. No operation here is fused.

use super::build::Value;
use crate::types::Scalar;

/// `hi + lo`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Double<'b> {
    pub hi: Value<'b>,
    pub lo: Value<'b>,
}

/// `a + b`, where a is 0 or the greater in magnitude, or as it is about.
pub(super) fn fast_sum<'b>(a: Value<'b>, b: Value<'b>) -> Double<'b> {
    let hi = a + b;
    Double { hi, lo: b - (hi - a) }
}

/// `a + b` in any order (Knuth).
pub(super) fn sum<'b>(a: Value<'b>, b: Value<'b>) -> Double<'b> {
    let hi = a + b;
    let part = hi - a;
    let lo = (a - (hi - part)) + (b - part);
    Double { hi, lo }
}

/// The upper half of a float's bits, and the rest: 26 and 27 of a `float64`, 12 and 12 of a `float32`.
pub(super) fn halves<'b>(x: Value<'b>) -> (Value<'b>, Value<'b>) {
    let mask = match x.of {
        Scalar::F32 => 0xffff_f000_u32.into(),
        _ => 0xffff_ffff_f800_0000_u64 as i64,
    };
    let upper = (x.bits_as(int_of(x.of)) & mask).bits_as(x.of);
    (upper, x - upper)
}

/// `a * b`; its last bits are lost, of 106 about one.
pub(super) fn product<'b>(a: Value<'b>, b: Value<'b>) -> Double<'b> {
    let hi = a * b;
    let ((a1, a0), (b1, b0)) = (halves(a), halves(b));
    let lo = ((a1 * b1 - hi) + (a1 * b0 + a0 * b1)) + a0 * b0;
    Double { hi, lo }
}

impl<'b> Double<'b> {
    /// A float as such a number.
    pub fn of(hi: Value<'b>) -> Double<'b> {
        Double {
            hi,
            lo: hi.float(0.0),
        }
    }

    /// To one float.
    pub fn rounded(self) -> Value<'b> {
        self.hi + self.lo
    }

    /// Times another.
    pub fn times(self, other: Double<'b>) -> Double<'b> {
        let exact = product(self.hi, other.hi);
        fast_sum(exact.hi, exact.lo + (self.hi * other.lo + self.lo * other.hi))
    }

    /// Divided by another.
    pub fn over(self, other: Double<'b>) -> Double<'b> {
        let hi = self.hi / other.hi;
        let back = product(hi, other.hi);
        let rest = ((self.hi - back.hi) - back.lo) + (self.lo - hi * other.lo);
        fast_sum(hi, rest / other.hi)
    }

    /// Its root; of 0 that is no number.
    pub fn sqrt(self) -> Double<'b> {
        let hi = self.hi.sqrt();
        let back = product(hi, hi);
        let rest = ((self.hi - back.hi) - back.lo) + self.lo;
        fast_sum(hi, rest / (hi + hi))
    }

    /// One of two.
    pub fn select(test: Value<'b>, yes: Double<'b>, no: Double<'b>) -> Double<'b> {
        Double {
            hi: test.select(yes.hi, no.hi),
            lo: test.select(yes.lo, no.lo),
        }
    }
}

/// The signed integer of a float's width.
pub(super) fn int_of(of: Scalar) -> Scalar {
    match of {
        Scalar::F32 => Scalar::I32,
        _ => Scalar::I64,
    }
}

/// The bits of a float.
pub(super) fn bits<'b>(x: Value<'b>) -> Value<'b> {
    x.bits_as(int_of(x.of))
}

/// Bits of the fraction.
pub(super) fn fraction(of: Scalar) -> u32 {
    match of {
        Scalar::F32 => 23,
        _ => 52,
    }
}

fn sign_bit(of: Scalar) -> i64 {
    match of {
        Scalar::F32 => 1 << 31,
        _ => i64::MIN,
    }
}

/// The sign of a float, as bits.
pub(super) fn sign<'b>(x: Value<'b>) -> Value<'b> {
    bits(x) & sign_bit(x.of)
}

/// A result that is not negative where the argument is not, with the argument's sign.
pub(super) fn signed<'b>(magnitude: Value<'b>, sign_of: Value<'b>) -> Value<'b> {
    (bits(magnitude) | sign(sign_of)).bits_as(magnitude.of)
}

/// A power of two, of a normal exponent, without a library's function.
pub(super) fn two_to(exponent: i32) -> f64 {
    f64::from_bits(((exponent + 1023) as u64) << 52)
}

/// The least normal number.
pub(super) fn least_normal(of: Scalar) -> f64 {
    match of {
        Scalar::F32 => f32::MIN_POSITIVE.into(),
        _ => f64::MIN_POSITIVE,
    }
}

/// The greatest number.
pub(super) fn greatest(of: Scalar) -> f64 {
    match of {
        Scalar::F32 => f32::MAX.into(),
        _ => f64::MAX,
    }
}

/// A number that, added to one of less than 2^22 or 2^51, leaves no place for a fraction: the sum's last bits
/// are the nearest integer.
pub(super) fn shifter(of: Scalar) -> f64 {
    match of {
        Scalar::F32 => 12_582_912.0,
        _ => 6_755_399_441_055_744.0,
    }
}

/// `x 2^k`, of a k that is the last bits of an integer, where the result is neither subnormal nor infinite.
pub(super) fn scale<'b>(x: Value<'b>, k: Value<'b>) -> Value<'b> {
    (bits(x) + k.shl(fraction(x.of))).bits_as(x.of)
}

/// `x 2^k` likewise, rounded once where the result is subnormal. Two factors reach where one would not.
pub(super) fn scale_far<'b>(x: Value<'b>, k: Value<'b>) -> Value<'b> {
    let one = x.float(1.0);
    let half = k.shr(1);
    x * scale(one, half) * scale(one, k - half)
}

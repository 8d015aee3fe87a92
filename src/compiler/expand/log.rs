//! Logarithms.
//!
//! `x = 2^k (1 + f)` with `1 + f` from the root of 1/2 to that of 2, found in the bits; then
//! `log(1 + f) = 2 atanh s`, `s = f / (2 + f)`, as fdlibm has it.

use super::build::Value;
use super::double::{bits, fraction, greatest, least_normal, signed};
use crate::types::Scalar;

/// `x = 2^k m`, of a normal x.
pub(super) struct Scaled<'b> {
    /// A whole number, as a float.
    pub k: Value<'b>,
    /// From the root of 1/2 to that of 2.
    pub m: Value<'b>,
}

/// Cuts a normal number.
pub(super) fn scaled<'b>(x: Value<'b>) -> Scaled<'b> {
    match x.of {
        Scalar::F32 => {
            let root = i64::from(std::f32::consts::FRAC_1_SQRT_2.to_bits());
            let raised = bits(x) - root;
            Scaled {
                k: raised.shr(23).to(Scalar::F32),
                m: ((raised & 0x007f_ffff) + root).bits_as(Scalar::F32),
            }
        }
        _ => {
            // There is no conversion from 64 bits in vectors, and no signed shift on all machines: the biased exponent
            // becomes the last bits of 2^52.
            let root = std::f64::consts::FRAC_1_SQRT_2.to_bits() as i64;
            let raised = x.bits_as(Scalar::U64) + (1.0_f64.to_bits() as i64 - root);
            let two52 = 4_503_599_627_370_496.0_f64;
            let exponent = raised.shr(52) | two52.to_bits() as i64;
            Scaled {
                k: exponent.bits_as(Scalar::F64) - (two52 + 1023.0),
                m: ((raised & 0x000f_ffff_ffff_ffff) + root).bits_as(Scalar::F64),
            }
        }
    }
}

/// ln 2 in two parts, the first so short that its products with exponents are exact.
fn ln2(of: Scalar) -> (f64, f64) {
    match of {
        Scalar::F32 => (6.931_381_225_6e-1, 9.058_000_614_5e-6),
        _ => (6.931_471_803_691_238_164_90e-1, 1.908_214_929_270_587_700_02e-10),
    }
}

/// `k ln 2 + log(1 + f) + c`, with a small c: fdlibm's e_log.c and FreeBSD's e_logf.c.
fn core<'b>(k: Value<'b>, f: Value<'b>, c: Option<Value<'b>>) -> Value<'b> {
    let s = f / (2.0 + f);
    let z = s * s;
    let half = 0.5 * f * f;
    let r = z * match f.of {
        Scalar::F32 => z.poly(&[
            0.666_666_626_93,
            0.400_009_721_52,
            0.284_987_866_88,
            0.242_790_788_41,
        ]),
        _ => z.poly(&[
            6.666_666_666_666_735_130e-1,
            3.999_999_999_940_941_908e-1,
            2.857_142_874_366_239_149e-1,
            2.222_219_843_214_978_396e-1,
            1.818_357_216_161_805_012e-1,
            1.531_383_769_920_937_332e-1,
            1.479_819_860_511_658_591e-1,
        ]),
    };
    let (upper, lower) = ln2(f.of);
    let small = match c {
        Some(c) => k * lower + c,
        None => k * lower,
    };
    k * upper - ((half - (s * (half + r) + small)) - f)
}

/// What is finite, normal and above zero.
pub(super) fn is_usual<'b>(x: Value<'b>) -> Value<'b> {
    x.float(least_normal(x.of)).le(x) & x.le(greatest(x.of))
}

/// Of a function that is a logarithm of x: its value for usual numbers by `of_normal`, which is given the number and
/// what is to be added to its exponent.
pub(super) fn by_normal<'b>(
    x: Value<'b>,
    of_normal: impl Fn(Value<'b>, Option<f64>) -> Value<'b>,
) -> Value<'b> {
    let up = f64::from(fraction(x.of) + 2);
    let rare = of_normal(x * up.exp2(), Some(-up));
    let rare = x.lt(f64::INFINITY).select(rare, x + x);
    let rare = x.lt(0.0).select(f64::NAN, rare);
    let rare = x.eq(0.0).select(f64::NEG_INFINITY, rare);
    is_usual(x).choose(of_normal(x, None), rare)
}

/// The natural logarithm.
pub(super) fn log<'b>(x: Value<'b>) -> Value<'b> {
    by_normal(x, |x, up| {
        let Scaled { k, m } = scaled(x);
        let k = up.map_or(k, |up| k + up);
        core(k, m - 1.0, None)
    })
}

/// `log(1 + x)`: what `1 + x` loses by rounding is added as its quotient.
pub(super) fn log1p<'b>(x: Value<'b>) -> Value<'b> {
    let u = 1.0 + x;
    let lost = x.lt(1.0).select(x - (u - 1.0), 1.0 - (u - x));
    let Scaled { k, m } = scaled(u);
    let near = k.eq(0.0);
    let f = near.select(x, m - 1.0);
    let c = near.select(0.0, lost / u);
    let usual = signed_of(core(k, f, Some(c)), x);
    let rare = x
        .eq(-1.0)
        .select(f64::NEG_INFINITY, x.lt(-1.0).select(f64::NAN, x));
    (x.gt(-1.0) & x.lt(f64::INFINITY)).choose(usual, rare)
}

/// Of -0 it is -0.
fn signed_of<'b>(value: Value<'b>, x: Value<'b>) -> Value<'b> {
    signed(value, x)
}

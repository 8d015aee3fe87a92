//! Powers: `x^y = 2^(y log2 x)`.
//!
//! In `float64` as fdlibm's e_pow.c has it: the logarithm and its product with y are sums of two floats, of 65 bits
//! in all, by floats whose lower 32 bits are cleared, so that their products are exact. In `float32` plain `float64`
//! is enough.

use super::build::{Value, float_bits};
use super::double::{Double, bits, fast_sum, least_normal, scale, scale_far, shifter, two_to};
use super::exp::EXP64;
use super::log::scaled;
use crate::types::Scalar;

/// Without the lower 32 bits.
fn cut<'b>(x: Value<'b>) -> Value<'b> {
    (bits(x) & !0xffff_ffff_i64).bits_as(x.of)
}

/// `log2 x` of a normal `float64`, the upper part cut, and `up` added to it.
pub(super) fn log2_parts<'b>(x: Value<'b>, up: Option<Value<'b>>) -> Double<'b> {
    // `x = 2^n a` with a from the root of 3/4 to that of 3, and then a near 1 or 3/2.
    let root = 0.75_f64.sqrt().to_bits() as i64;
    let raised = x.bits_as(Scalar::U64) + (1.0_f64.to_bits() as i64 - root);
    let two52 = 4_503_599_627_370_496.0_f64;
    let n = (raised.shr(52) | two52.to_bits() as i64).bits_as(Scalar::F64) - (two52 + 1023.0);
    let n = up.map_or(n, |up| n + up);
    let a = ((raised & 0x000f_ffff_ffff_ffff) + root).bits_as(Scalar::F64);
    let is_upper = a.float(1.5_f64.sqrt()).le(a);
    let near = is_upper.select(1.5, a.float(1.0));
    let near_log_hi = is_upper.select(5.849_624_872_207_641_601_56e-1, a.float(0.0));
    let near_log_lo = is_upper.select(1.350_039_202_129_748_971_28e-8, a.float(0.0));
    // s = (a - near) / (a + near).
    let u = a - near;
    let sum = a + near;
    let v = 1.0 / sum;
    let s = u * v;
    let s_hi = cut(s);
    let sum_hi = cut(sum);
    let sum_lo = a - (sum_hi - near);
    let s_lo = v * ((u - s_hi * sum_hi) - s_hi * sum_lo);
    // log a = 2/3 s (3 + s^2 + r).
    let z = s * s;
    let r = z
        * z
        * z.poly(&[
            5.999_999_999_999_946_487_25e-1,
            4.285_714_285_785_501_842_52e-1,
            3.333_333_298_183_774_329_18e-1,
            2.727_281_238_085_340_064_89e-1,
            2.306_607_457_755_617_540_67e-1,
            2.069_750_178_003_384_177_84e-1,
        ]);
    let r = r + s_lo * (s_hi + s);
    let z_hi = s_hi * s_hi;
    let t_hi = cut(3.0 + z_hi + r);
    let t_lo = r - ((t_hi - 3.0) - z_hi);
    let u = s_hi * t_hi;
    let v = s_lo * t_hi + t_lo * s;
    let p_hi = cut(u + v);
    let p_lo = v - (p_hi - u);
    // Times 2 / (3 ln 2).
    let q_hi = p_hi * 9.617_967_009_544_372_558_59e-1;
    let q_lo = p_hi * -7.028_461_650_952_758_265_16e-9 + p_lo * 9.617_966_939_259_755_543_29e-1 + near_log_lo;
    let hi = cut(((q_hi + q_lo) + near_log_hi) + n);
    let lo = q_lo - (((hi - n) - near_log_hi) - q_hi);
    Double { hi, lo }
}

/// The product with a float.
pub(super) fn times<'b>(log: Double<'b>, y: Value<'b>) -> Double<'b> {
    let upper = cut(y);
    Double {
        hi: upper * log.hi,
        lo: (y - upper) * log.hi + y * log.lo,
    }
}

/// `2^(hi + lo) = y 2^n` with an n in the last bits of an integer.
pub(super) fn exp2_parts<'b>(p: Double<'b>) -> (Value<'b>, Value<'b>) {
    let magic = shifter(Scalar::F64);
    let shifted = p.hi + magic;
    let hi = p.hi - (shifted - magic);
    let t = cut(p.lo + hi);
    let u = t * 6.931_471_824_645_996_093_75e-1;
    let v = (p.lo - (t - hi)) * std::f64::consts::LN_2 + t * -1.904_654_299_957_768_045_25e-9;
    let z = u + v;
    let w = v - (z - u);
    let square = z * z;
    let c = z - square * square.poly(&EXP64);
    let r = (z * c) / (c - 2.0) - (w + z * w);
    (1.0 - (r - z), bits(shifted))
}

/// `log2 x` of a positive `float32` as a `float64`, to 40 bits: the series of the inverse hyperbolic tangent
/// (minimax by tests/oracle/minimax.py).
pub(super) fn log2_of_float32<'b>(x: Value<'b>) -> Value<'b> {
    let cut = scaled(x.to(Scalar::F64));
    let s = (cut.m - 1.0) / (cut.m + 1.0);
    cut.k + s * (s * s).poly(&LOG2_32)
}

const LOG2_32: [f64; 6] = [
    2.885_390_081_777_85,
    0.961_796_694_113_507_2,
    0.577_077_942_302_443,
    0.412_209_259_947_117_66,
    0.319_905_340_001_572_17,
    0.282_905_865_181_031_5,
];

/// `2^t` of a `float64` to 28 bits (minimax by tests/oracle/minimax.py), and n as above.
fn exp2_for_float32<'b>(t: Value<'b>) -> Value<'b> {
    let shifted = t + shifter(t.of);
    let f = t - (shifted - shifter(t.of));
    scale(f.poly(&EXP2_FOR_32), bits(shifted))
}

const EXP2_FOR_32: [f64; 7] = [
    0.999_999_999_959_483_4,
    0.693_147_206_742_050_1,
    0.240_226_512_142_174_58,
    0.055_503_271_471_715_604,
    0.009_618_025_520_014_8,
    0.001_340_045_897_508_321_1,
    0.000_154_697_585_124_978_34,
];

/// `x^y`.
/// Measured: 0.82 ULP in `float64`, 0.54 in `float32`.
pub(super) fn pow<'b>(x: Value<'b>, y: Value<'b>) -> Value<'b> {
    if x.of == Scalar::F32 {
        let t = y.to(Scalar::F64) * log2_of_float32(x);
        let is_usual = x.gt(0.0) & x.lt(f64::INFINITY) & t.abs().lt(1000.0);
        let rare = pow(x.to(Scalar::F64), y.to(Scalar::F64)).to(Scalar::F32);
        return is_usual.choose(exp2_for_float32(t).to(Scalar::F32), rare);
    }
    let p = times(log2_parts(x, None), y);
    let normal = x.float(least_normal(x.of)).le(x) & x.lt(f64::INFINITY);
    let (value, n) = exp2_parts(p);
    (normal & p.hi.abs().lt(1000.0)).choose(scale(value, n), unusual(x, y))
}

/// Powers that one exact operation has, by the bits of the exponent: NumPy and LLVM do the same.
pub(super) fn of_known<'b>(x: Value<'b>, exponent: u64) -> Option<Value<'b>> {
    let is = |value| float_bits(x.of, value) == exponent;
    Some(if is(0.5) {
        // Unlike a root that of -0 is 0, and that of minus infinity infinite.
        let endless = x.eq(f64::NEG_INFINITY);
        endless.select(f64::INFINITY, x.sqrt().abs())
    } else if is(1.0) {
        x
    } else if is(2.0) {
        x * x
    } else if is(-1.0) {
        1.0 / x
    } else {
        return None;
    })
}

/// Powers of negative and subnormal numbers, those that are subnormal or infinite, and those of C99's F.9.4.4.
fn unusual<'b>(x: Value<'b>, y: Value<'b>) -> Value<'b> {
    let a = x.abs();
    let small = a.lt(least_normal(x.of));
    let normal = small.select(a * two_to(54), a);
    let p = times(log2_parts(normal, Some(small.select(-54.0, a.float(0.0)))), y);
    let (value, n) = exp2_parts(p);
    let far = scale_far(value, n);
    let far = p.hi.lt(-1100.0).select(0.0, far);
    let far = p.hi.gt(1100.0).select(f64::INFINITY, far);
    // Zeros and infinities on either side.
    let endless = a.float(f64::INFINITY);
    let to_endless = (a.gt(1.0) ^ y.gt(0.0)).not();
    let extreme = to_endless.select(endless, a.float(0.0));
    let is_extreme = a.eq(0.0) | a.eq(f64::INFINITY) | y.abs().eq(f64::INFINITY);
    let magnitude = is_extreme.select(extreme, far);
    let magnitude = a.eq(1.0).select(1.0, magnitude);
    let is_whole = y.floor().eq(y);
    let half = y * 0.5;
    let is_odd = is_whole & half.floor().ne(half);
    let negative = bits(x).lt(0_i64);
    let result = (negative & is_odd).select(-magnitude, magnitude);
    let lost = x.lt(0.0) & is_whole.not() & a.lt(f64::INFINITY);
    let result = lost.select(f64::NAN, result);
    let result = (x.ne(x) | y.ne(y)).select(f64::NAN, result);
    (y.eq(0.0) | x.eq(1.0)).select(1.0, result)
}

/// The sum of a whole number and a fraction's logarithm.
/// Measured: 0.51 ULP in `float64`, 0.51 in `float32`.
pub(super) fn log2<'b>(x: Value<'b>) -> Value<'b> {
    super::log::by_normal(x, |x, up| {
        let up = up.map(|up| x.float(up));
        match x.of {
            Scalar::F32 => {
                let value = log2_of_float32(x);
                up.map_or(value, |up| value + up.to(Scalar::F64)).to(Scalar::F32)
            }
            _ => {
                let parts = log2_parts(x, up);
                fast_sum(parts.hi, parts.lo).rounded()
            }
        }
    })
}

/// Times the logarithm of 2.
/// Measured: 0.51 ULP in `float64`, 0.51 in `float32`.
pub(super) fn log10<'b>(x: Value<'b>) -> Value<'b> {
    super::log::by_normal(x, |x, up| {
        let up = up.map(|up| x.float(up));
        match x.of {
            Scalar::F32 => {
                let value = log2_of_float32(x);
                let value = up.map_or(value, |up| value + up.to(Scalar::F64));
                (value * std::f64::consts::LOG10_2).to(Scalar::F32)
            }
            _ => {
                let parts = log2_parts(x, up);
                // log10 2, the first part cut as those of the logarithm.
                let ratio = Double {
                    hi: x.float(LOG10_2_HI),
                    lo: x.float(LOG10_2_LO),
                };
                let (hi, lo) = (
                    parts.hi * ratio.hi,
                    parts.hi * ratio.lo + parts.lo * std::f64::consts::LOG10_2,
                );
                hi + lo
            }
        }
    })
}

const LOG10_2_HI: f64 = f64::from_bits(0x3fd3_4413_0000_0000);
const LOG10_2_LO: f64 = 7.508_597_826_552_624e-8;

//! Angles: arcs of sines, cosines and tangents. `float32` is computed in `float64`.

use super::build::Value;
use super::double::{Double, halves, sign, signed, two_to};
use crate::types::Scalar;

/// pi/2 in two parts.
const HALF_PI: (f64, f64) = (std::f64::consts::FRAC_PI_2, 6.123_233_995_736_766e-17);

/// `(asin x - x) / x` by `z = x^2` up to 1/4: fdlibm's e_asin.c.
fn asin_ratio<'b>(z: Value<'b>) -> Value<'b> {
    let top = z * z.poly(&[
        1.666_666_666_666_666_574_15e-1,
        -3.255_658_186_224_009_154_05e-1,
        2.012_125_321_348_629_258_81e-1,
        -4.005_553_450_067_941_140_27e-2,
        7.915_349_942_898_145_321_76e-4,
        3.479_331_075_960_211_675_70e-5,
    ]);
    let below = z.poly(&[
        1.0,
        -2.403_394_911_734_414_218_78e0,
        2.020_945_760_233_505_694_71e0,
        -6.882_839_716_054_532_930_30e-1,
        7.703_815_055_590_193_527_91e-2,
    ]);
    top / below
}

/// For a from 1/2 on: `asin(root((1 - a) / 2))`, unrounded; the root's first part is short.
fn asin_of_rest<'b>(a: Value<'b>) -> Double<'b> {
    let z = (1.0 - a) * 0.5;
    let s = z.sqrt();
    let (hi, _) = halves(s);
    let below = s + hi;
    let lo = below.gt(0.0).select((z - hi * hi) / below, s);
    Double {
        hi,
        lo: lo + s * asin_ratio(z),
    }
}

/// The angle whose sine it is.
/// Measured: 1.04 ULP in `float64`, 0.51 in `float32`.
pub(super) fn asin<'b>(x: Value<'b>) -> Value<'b> {
    if x.of == Scalar::F32 {
        return asin(x.to(Scalar::F64)).to(Scalar::F32);
    }
    let a = x.abs();
    let near = a + a * asin_ratio(a * a);
    let rest = asin_of_rest(a);
    let far = HALF_PI.0 - (2.0 * rest.hi - (HALF_PI.1 - 2.0 * rest.lo));
    signed(a.lt(0.5).choose(near, far), x)
}

/// The angle whose cosine it is.
/// Measured: 0.76 ULP in `float64`, 0.51 in `float32`.
pub(super) fn acos<'b>(x: Value<'b>) -> Value<'b> {
    if x.of == Scalar::F32 {
        return acos(x.to(Scalar::F64)).to(Scalar::F32);
    }
    let a = x.abs();
    let near = HALF_PI.0 - (x - (HALF_PI.1 - x * asin_ratio(x * x)));
    let rest = asin_of_rest(a);
    let right = 2.0 * (rest.hi + rest.lo);
    let left = 2.0 * (HALF_PI.0 - (rest.hi - (HALF_PI.1 - rest.lo)));
    a.lt(0.5).choose(near, x.lt(0.0).select(left, right))
}

/// The angle of a point with neither coordinate negative, not both zero or infinite, mirrored where `turned`. The
/// quotient is folded to at most 1, and 0, 1/2 or 1 taken from it by the tangent's addition theorem, which leaves
/// at most 7/16; the arcs of those are multiples of 2^-51 and a rest, so that they add to pi/2 and pi exactly. The
/// polynomial is fdlibm's s_atan.c.
fn angle<'b>(top: Value<'b>, right: Value<'b>, turned: Option<Value<'b>>) -> Value<'b> {
    let zero = top.float(0.0);
    let steep = right.lt(top);
    let (a, b) = (steep.select(right, top), steep.select(top, right));
    let is_low = a.lt(b * 0.4375);
    let is_high = (b * 0.71875).lt(a);
    let half = b * 0.5;
    let above = is_high.select(a - b, a - half);
    let below = is_high.select(b + a, b + a * 0.5);
    let t = is_low.select(a, above) / is_low.select(b, below);
    let hi = is_high.select(std::f64::consts::FRAC_PI_4, top.float(0.463_647_609_000_806_15));
    let lo = is_high.select(3.061_616_997_868_383e-17, top.float(-3.281_237_377_829_614e-17));
    let (hi, lo) = (is_low.select(zero, hi), is_low.select(zero, lo));
    let z = t * t;
    let p = z * z.poly(&[
        3.333_333_333_333_293_180_27e-1,
        -1.999_999_999_987_648_324_76e-1,
        1.428_571_427_250_346_637_11e-1,
        -1.111_111_040_546_235_578_80e-1,
        9.090_887_133_436_506_561_96e-2,
        -7.691_876_205_044_829_994_95e-2,
        6.661_073_137_387_531_206_69e-2,
        -5.833_570_133_790_573_486_45e-2,
        4.976_877_994_615_932_360_17e-2,
        -3.653_157_274_421_691_552_70e-2,
        1.628_582_011_536_578_236_23e-2,
    ]);
    // t first: it is the greatest where nothing was taken.
    let (t, lo) = (steep.select(-t, t), lo - t * p);
    let lo = steep.select(HALF_PI.1 - lo, lo);
    let hi = steep.select(HALF_PI.0 - hi, hi);
    match turned {
        None => hi + (t + lo),
        Some(turned) => {
            let (pi, rest) = (2.0 * HALF_PI.0, 2.0 * HALF_PI.1);
            let hi = turned.select(pi - hi, hi);
            let t = turned.select(-t, t);
            let lo = turned.select(rest - lo, lo);
            hi + (t + lo)
        }
    }
}

/// The angle whose tangent it is.
/// Measured: 0.75 ULP in `float64`, 0.51 in `float32`.
pub(super) fn atan<'b>(x: Value<'b>) -> Value<'b> {
    if x.of == Scalar::F32 {
        return atan(x.to(Scalar::F64)).to(Scalar::F32);
    }
    signed(angle(x.abs(), x.float(1.0), None), x)
}

/// The angle of the point (x, y).
/// Measured: 0.92 ULP in `float64`, 0.51 in `float32`.
pub(super) fn atan2<'b>(y: Value<'b>, x: Value<'b>) -> Value<'b> {
    if x.of == Scalar::F32 {
        return atan2(y.to(Scalar::F64), x.to(Scalar::F64)).to(Scalar::F32);
    }
    let (top, right) = (y.abs(), x.abs());
    let is_left = sign(x).ne(0);
    let most = top.lt(right).select(right, top);
    let is_usual = most.gt(two_to(-900)) & most.lt(two_to(1000));
    // Both zero, both infinite, or so that parts of them would be out of range.
    let by = most.lt(1.0).select(two_to(1000), x.float(two_to(-60)));
    let endless = most.eq(f64::INFINITY);
    let finite = |a: Value<'b>| endless.select(a.eq(f64::INFINITY).select(1.0, a.float(0.0)), a * by);
    let rare_right = most.eq(0.0).select(1.0, finite(right));
    let rare = angle(finite(top), rare_right, Some(is_left));
    let rare = (x.ne(x) | y.ne(y)).select(f64::NAN, rare);
    signed(is_usual.choose(angle(top, right, Some(is_left)), rare), y)
}

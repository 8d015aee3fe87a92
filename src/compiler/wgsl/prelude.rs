//! The functions that shaders are written with, in WGSL. A shader has those that it uses.
//!
//! What WGSL leaves open is settled here: division by zero, shifts beyond the width, floats that are no
//! integers, bad indices. Arguments of functions are never constants for WGSL, so that none of its errors about constants
//! can arise. Accuracies are relative to `float32` and on top of the device's own for the built-in functions used
//! (WGSL, 15.7.4); where a bound is "absolute" it is that near a root.

use crate::sorted::Set as BTreeSet;

/// A function: its name, those that it uses, its text.
type Helper = (&'static str, &'static [&'static str], &'static str);

/// These and all that they use.
pub fn with_used(names: &BTreeSet<&'static str>) -> BTreeSet<&'static str> {
    let mut wanted = names.clone();
    // A function uses only earlier ones.
    for (name, uses, _) in HELPERS.iter().rev() {
        if wanted.contains(name) {
            wanted.extend(*uses);
        }
    }
    wanted
}

/// All of them, in an order in which each comes after what it uses.
pub fn text(wanted: &BTreeSet<&'static str>) -> String {
    let chosen = HELPERS.iter().filter(|(name, ..)| wanted.contains(name));
    chosen.map(|(_, _, text)| *text).collect()
}

/// All of them; each uses only earlier ones.
pub const HELPERS: &[Helper] = &[
    (
        "fail",
        &[],
        "\
// The first failure of an invocation is its last: it stores nothing any more, and says so in the end.
fn fail(site: u32, index: i32) {
    if (failed) { return; }
    failed = true;
    failure = vec3<u32>(iteration, site, bitcast<u32>(index));
}
",
    ),
    (
        "tick",
        &["fail"],
        "\
// Another round of a loop; true if it has to end.
fn tick() -> bool {
    if (rounds >= u.bound) { fail(4294967295u, 0); }
    rounds += 1u;
    return failed;
}
",
    ),
    (
        "spend",
        &["fail"],
        "\
// So many rounds of a loop, or none if they are too many.
fn spend(n: u32) -> u32 {
    if (n > u.bound - min(rounds, u.bound)) { fail(4294967295u, 0); }
    if (failed) { return 0u; }
    rounds += n;
    return n;
}
",
    ),
    (
        "trips_i",
        &[],
        "\
fn trips_i(start: i32, stop: i32, step: i32) -> u32 {
    if (step > 0 && start < stop) { return (u32(stop) - u32(start) - 1u) / u32(step) + 1u; }
    if (step < 0 && start > stop) { return (u32(start) - u32(stop) - 1u) / (0u - u32(step)) + 1u; }
    return 0u;
}
",
    ),
    (
        "trips_u",
        &[],
        "\
fn trips_u(start: u32, stop: u32, step: u32) -> u32 {
    if (step > 0u && start < stop) { return (stop - start - 1u) / step + 1u; }
    return 0u;
}
",
    ),
    (
        "at",
        &["fail"],
        "\
// The place of an index of an axis; of a bad one some place of the axis.
fn at(index: i32, n: i32, site: u32) -> i32 {
    let i = select(index, index + n, index < 0);
    if (i < 0 || i >= n) { fail(site, index); }
    return clamp(i, 0, max(n - 1, 0));
}
",
    ),
    (
        "clip",
        &[],
        "\
// The end of a slice, as CPython clips it.
fn clip(end: i32, n: i32, step: i32) -> i32 {
    let i = select(end, end + n, end < 0);
    return clamp(i, select(-1, 0, step > 0), select(n - 1, n, step > 0));
}
",
    ),
    (
        "slice_count",
        &[],
        "\
fn slice_count(low: i32, high: i32, step: i32) -> i32 {
    let d = select(low - high, high - low, step > 0);
    return select(0, (d - 1) / max(abs(step), 1) + 1, d > 0);
}
",
    ),
    (
        "step_of",
        &["fail"],
        "\
fn step_of(step: i32, site: u32) -> i32 {
    if (step == 0) { fail(site, 0); return 1; }
    return step;
}
",
    ),
    (
        "nonzero_i",
        &["fail"],
        "\
fn nonzero_i(x: i32, site: u32) -> i32 {
    if (x == 0) { fail(site, 0); }
    return x;
}
",
    ),
    (
        "nonzero_u",
        &["fail"],
        "\
fn nonzero_u(x: u32, site: u32) -> u32 {
    if (x == 0u) { fail(site, 0); }
    return x;
}
",
    ),
    (
        "nonzero_f",
        &["fail"],
        "\
fn nonzero_f(x: f32, site: u32) -> f32 {
    if (x == 0.0) { fail(site, 0); }
    return x;
}
",
    ),
    (
        "quotient_i",
        &[],
        "\
// Towards zero; by zero 0, and the least by -1 wraps.
fn quotient_i(a: i32, b: i32) -> i32 {
    if (b == 0) { return 0; }
    if (b == -1) { return -a; }
    return a / b;
}
",
    ),
    (
        "rest_i",
        &["quotient_i"],
        "\
// With the dividend's sign.
fn rest_i(a: i32, b: i32) -> i32 {
    if (b == 0) { return 0; }
    return a - quotient_i(a, b) * b;
}
",
    ),
    (
        "floor_div_i",
        &["quotient_i", "rest_i"],
        "\
fn floor_div_i(a: i32, b: i32) -> i32 {
    let rest = rest_i(a, b);
    return quotient_i(a, b) - select(0, 1, rest != 0 && (rest < 0) != (b < 0));
}
",
    ),
    (
        "floor_rest_i",
        &["rest_i"],
        "\
// With the divisor's sign.
fn floor_rest_i(a: i32, b: i32) -> i32 {
    let rest = rest_i(a, b);
    return rest + select(0, b, rest != 0 && (rest < 0) != (b < 0));
}
",
    ),
    (
        "quotient_u",
        &[],
        "\
fn quotient_u(a: u32, b: u32) -> u32 {
    if (b == 0u) { return 0u; }
    return a / b;
}
",
    ),
    (
        "rest_u",
        &[],
        "\
fn rest_u(a: u32, b: u32) -> u32 {
    if (b == 0u) { return 0u; }
    return a % b;
}
",
    ),
    (
        "less_iu",
        &[],
        "fn less_iu(a: i32, b: u32) -> bool { return a < 0 || u32(a) < b; }\n",
    ),
    (
        "less_ui",
        &[],
        "fn less_ui(a: u32, b: i32) -> bool { return b > 0 && a < u32(b); }\n",
    ),
    (
        "equal_iu",
        &[],
        "fn equal_iu(a: i32, b: u32) -> bool { return a >= 0 && u32(a) == b; }\n",
    ),
    (
        "float_of",
        &[],
        "\
// What has no literal: infinities, NaN and subnormals.
fn float_of(bits: u32) -> f32 { return bitcast<f32>(bits); }
",
    ),
    (
        "is_nan",
        &[],
        "fn is_nan(x: f32) -> bool { return (bitcast<u32>(x) & 2147483647u) > 2139095040u; }\n",
    ),
    (
        "least_f",
        &["is_nan"],
        "\
fn least_f(a: f32, b: f32) -> f32 {
    if (is_nan(a)) { return a; }
    if (is_nan(b)) { return b; }
    if (a == b) { return select(b, a, (bitcast<u32>(a) >> 31u) == 1u); }
    return select(b, a, a < b);
}
",
    ),
    (
        "greatest_f",
        &["is_nan"],
        "\
fn greatest_f(a: f32, b: f32) -> f32 {
    if (is_nan(a)) { return a; }
    if (is_nan(b)) { return b; }
    if (a == b) { return select(a, b, (bitcast<u32>(a) >> 31u) == 1u); }
    return select(b, a, a > b);
}
",
    ),
    (
        "copysign_f",
        &[],
        "\
fn copysign_f(a: f32, b: f32) -> f32 {
    return bitcast<f32>((bitcast<u32>(a) & 2147483647u) | (bitcast<u32>(b) & 2147483648u));
}
",
    ),
    (
        "fmod_f",
        &["float_of"],
        "\
// C's fmod, exactly: a long division of the bits, eight at a time.
fn fmod_f(a: f32, b: f32) -> f32 {
    let x = bitcast<u32>(a) & 2147483647u;
    let y = bitcast<u32>(b) & 2147483647u;
    if (x >= 2139095040u || y > 2139095040u || y == 0u) { return float_of(2143289344u); }
    if (x < y) { return a; }
    // Numbers are m * 2^(e - 150); of subnormals e is 1.
    let low = max(y >> 23u, 1u);
    let n = (y & 8388607u) | select(0u, 8388608u, y >= 8388608u);
    var m = ((x & 8388607u) | select(0u, 8388608u, x >= 8388608u)) % n;
    var steps = max(x >> 23u, 1u) - low;
    for (; steps > 0u; steps -= min(steps, 8u)) { m = (m << min(steps, 8u)) % n; }
    if (m >= 8388608u) { m = (m & 8388607u) | (low << 23u); }
    else if (m > 0u) {
        let up = min(countLeadingZeros(m) - 8u, low - 1u);
        m = m << up;
        if (m >= 8388608u) { m = (m & 8388607u) | ((low - up) << 23u); }
    }
    return bitcast<f32>(m | (bitcast<u32>(a) & 2147483648u));
}
",
    ),
    (
        "floor_rest_f",
        &["fmod_f", "copysign_f"],
        "\
// The remainder of CPython's float_divmod.
fn floor_rest_f(a: f32, b: f32) -> f32 {
    let r = fmod_f(a, b);
    if (r == 0.0) { return copysign_f(r, b); }
    return select(r, r + b, (b < 0.0) != (r < 0.0));
}
",
    ),
    (
        "floor_div_f",
        &["floor_rest_f"],
        "\
// The quotient of CPython's float_divmod.
fn floor_div_f(a: f32, b: f32) -> f32 {
    if (b == 0.0) { return a / b; }
    return round((a - floor_rest_f(a, b)) / b);
}
",
    ),
    (
        "clamped_i",
        &["is_nan"],
        "\
// Cut off; what does not fit becomes the nearest that there is, a NaN 0.
fn clamped_i(x: f32) -> i32 {
    if (is_nan(x)) { return 0; }
    if (x >= 2147483648.0) { return 2147483647; }
    if (x < -2147483648.0) { return i32(-2147483648); }
    return i32(x);
}
",
    ),
    (
        "clamped_u",
        &["is_nan"],
        "\
fn clamped_u(x: f32) -> u32 {
    if (is_nan(x)) { return 0u; }
    if (x >= 4294967296.0) { return 4294967295u; }
    if (x <= 0.0) { return 0u; }
    return u32(x);
}
",
    ),
    (
        "checked_i",
        &["clamped_i", "fail"],
        "\
// As an int64 that has to fit 32 bits.
fn checked_i(x: f32) -> i32 {
    if (x >= 2147483648.0 || x < -2147483648.0) { fail(4294967294u, 0); }
    return clamped_i(x);
}
",
    ),
    (
        "checked_u",
        &["clamped_u", "fail"],
        "\
fn checked_u(x: f32) -> u32 {
    if (x >= 4294967296.0) { fail(4294967294u, 0); }
    return clamped_u(x);
}
",
    ),
    (
        "expm1_f",
        &[],
        "\
// 2 ulp below 1/2 (Taylor's series), else as exp.
fn expm1_f(x: f32) -> f32 {
    if (abs(x) >= 0.5) { return exp(x) - 1.0; }
    let q = 1.0 + x * (0.125 + x * 0.013888889);
    return x * (1.0 + x * (0.5 + x * (0.16666667 + x * (0.041666668 + x * (0.008333334
        + x * (0.0013888889 + x * 0.0001984127 * q))))));
}
",
    ),
    (
        "log1p_f",
        &[],
        "\
// 3 ulp below 1/4 (the series of atanh), else as log.
fn log1p_f(x: f32) -> f32 {
    if (abs(x) >= 0.25) { return log(1.0 + x); }
    let s = x / (2.0 + x);
    let z = s * s;
    return 2.0 * s * (1.0 + z * (0.33333334 + z * (0.2 + z * (0.14285715 + z * 0.11111111))));
}
",
    ),
    (
        "log10_f",
        &[],
        "fn log10_f(x: f32) -> f32 { return log2(x) * 0.30103; }\n",
    ),
    (
        "sinh_f",
        &[],
        "\
// 2 ulp below 1 (Taylor's series), else as exp.
fn sinh_f(x: f32) -> f32 {
    let z = x * x;
    if (z < 1.0) {
        return x * (1.0 + z * (0.16666667 + z * (0.008333334 + z * (0.0001984127 + z * 0.0000027557319))));
    }
    let half = exp(abs(x) * 0.5);
    let positive = 0.5 * half * half - 0.5 / (half * half);
    return select(positive, -positive, x < 0.0);
}
",
    ),
    (
        "cosh_f",
        &[],
        "\
fn cosh_f(x: f32) -> f32 {
    let half = exp(abs(x) * 0.5);
    return 0.5 * half * half + 0.5 / (half * half);
}
",
    ),
    (
        "tanh_f",
        &["expm1_f"],
        "\
fn tanh_f(x: f32) -> f32 {
    let a = min(abs(x), 20.0);
    let e = expm1_f(2.0 * a);
    let positive = e / (e + 2.0);
    return select(positive, -positive, x < 0.0);
}
",
    ),
    (
        "asinh_f",
        &["log1p_f"],
        "\
fn asinh_f(x: f32) -> f32 {
    let a = abs(x);
    var y = log(a) + 0.6931472;
    if (a < 1.0e9) { y = log1p_f(a + a * a / (1.0 + sqrt(a * a + 1.0))); }
    return select(y, -y, x < 0.0);
}
",
    ),
    (
        "acosh_f",
        &["log1p_f"],
        "\
fn acosh_f(x: f32) -> f32 {
    if (x > 1.0e9) { return log(x) + 0.6931472; }
    let t = x - 1.0;
    return log1p_f(t + sqrt(2.0 * t + t * t));
}
",
    ),
    (
        "atanh_f",
        &["log1p_f"],
        "\
fn atanh_f(x: f32) -> f32 {
    let a = abs(x);
    let y = 0.5 * log1p_f(2.0 * a / (1.0 - a));
    return select(y, -y, x < 0.0);
}
",
    ),
    (
        "atan2_f",
        &["copysign_f"],
        "\
// WGSL leaves the origin open.
fn atan2_f(y: f32, x: f32) -> f32 {
    if (x == 0.0 && y == 0.0) {
        return copysign_f(select(0.0, 3.1415927, (bitcast<u32>(x) >> 31u) == 1u), y);
    }
    return atan2(y, x);
}
",
    ),
    (
        "pow_f",
        &["float_of"],
        "\
// WGSL's pow is of positive bases only. As exp2(y * log2(x)): the exponent's rounding counts.
fn pow_f(x: f32, y: f32) -> f32 {
    if (y == 0.0 || x == 1.0) { return 1.0; }
    if (x == 0.0) {
        let odd = abs(y) < 16777216.0 && trunc(y) == y && (i32(y) & 1) == 1;
        let size = select(float_of(2139095040u), 0.0, y > 0.0);
        return select(size, -size, odd && (bitcast<u32>(x) >> 31u) == 1u);
    }
    if (y == 0.5 && x > 0.0) { return sqrt(x); }
    let size = pow(abs(x), y);
    if (x > 0.0) { return size; }
    if (trunc(y) != y && x >= -3.4028234e38) { return float_of(2143289344u); }
    let odd = abs(y) < 16777216.0 && (i32(y) & 1) == 1;
    return select(size, -size, odd);
}
",
    ),
    (
        "hypot_f",
        &[],
        "\
// 4 ulp, without overflow in between.
fn hypot_f(x: f32, y: f32) -> f32 {
    let m = max(abs(x), abs(y));
    let n = min(abs(x), abs(y));
    if (m == 0.0 || m > 3.4028234e38) { return m; }
    let r = n / m;
    return m * sqrt(1.0 + r * r);
}
",
    ),
    (
        "cbrt_f",
        &[],
        "\
// 3 ulp: a power, and one step of Newton's.
fn cbrt_f(x: f32) -> f32 {
    let a = abs(x);
    if (a == 0.0 || a > 3.4028234e38) { return x; }
    let y = exp2(log2(a) * 0.33333334);
    let z = y - (y - a / (y * y)) * 0.33333334;
    return select(z, -z, x < 0.0);
}
",
    ),
    (
        "erfc_f",
        &[],
        "\
// Abramowitz and Stegun 7.1.26: 1.5e-7 absolute.
fn erfc_f(x: f32) -> f32 {
    let a = min(abs(x), 10.0);
    let t = 1.0 / (1.0 + 0.3275911 * a);
    let p = t * (0.2548296 + t * (-0.28449674 + t * (1.4214138 + t * (-1.4531521 + t * 1.0614054))));
    let y = p * exp(-a * a);
    return select(y, 2.0 - y, x < 0.0);
}
",
    ),
    (
        "erf_f",
        &["erfc_f"],
        "\
// Below 1/2 Maclaurin's series, 2 ulp; else 1.5e-7 absolute.
fn erf_f(x: f32) -> f32 {
    let z = x * x;
    if (z < 0.25) {
        return x * 1.1283792 * (1.0 - z * (0.33333334 - z * (0.1 - z * (0.023809524 - z * (0.0046296297
            - z * 0.00075757574)))));
    }
    return 1.0 - erfc_f(x);
}
",
    ),
    (
        "lanczos",
        &[],
        "\
// Lanczos 1964 with Godfrey's coefficients for g = 7: the series at x + 1.
fn lanczos(x: f32) -> f32 {
    return 1.0 + 676.5204 / (x + 1.0) - 1259.1392 / (x + 2.0) + 771.32343 / (x + 3.0)
        - 176.61503 / (x + 4.0) + 12.507343 / (x + 5.0) - 0.1385711 / (x + 6.0);
}
",
    ),
    (
        "sin_pi",
        &[],
        "\
// The sine of pi * x from -1/2 to 1/2, 3 ulp: WGSL's own may be 2^-11 off, which is much near a pole.
fn sin_pi(x: f32) -> f32 {
    let z = x * x;
    return x * (3.1415927 - z * (5.167713 - z * (2.550164 - z * (0.5992645 - z * (0.08214589
        - z * (0.007370431 - z * 0.00046630281))))));
}
",
    ),
    (
        "gamma_f",
        &["lanczos", "sin_pi", "float_of"],
        "\
// 1e-5 relative below 10, growing with the exponent to 1e-4 at 35.
fn gamma_f(x: f32) -> f32 {
    let is_reflected = x < 0.5;
    if (x == 0.0) { return float_of(2139095040u | bitcast<u32>(x)); }
    if (is_reflected && floor(x) == x) { return float_of(2143289344u); }
    let z = select(x, 1.0 - x, is_reflected) - 1.0;
    let t = z + 7.5;
    let half = pow(t, 0.5 * (z + 0.5));
    let y = 2.5066283 * half * exp(-t) * half * lanczos(z);
    if (!is_reflected) { return y; }
    let n = round(x);
    let sine = sin_pi(x - n);
    return 3.1415927 / (select(sine, -sine, n != 2.0 * floor(0.5 * n)) * y);
}
",
    ),
    (
        "lgamma_f",
        &["lanczos", "sin_pi", "float_of"],
        "\
// 1e-5 absolute or relative, whichever is more.
fn lgamma_f(x: f32) -> f32 {
    let is_reflected = x < 0.5;
    if (is_reflected && floor(x) == x) { return float_of(2139095040u); }
    let z = select(x, 1.0 - x, is_reflected) - 1.0;
    let t = z + 7.5;
    let y = 0.9189385 + (z + 0.5) * log(t) - t + log(lanczos(z));
    if (!is_reflected) { return y; }
    return 1.1447299 - log(abs(sin_pi(x - round(x)))) - y;
}
",
    ),
];

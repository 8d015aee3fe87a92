//! Figures across rows, and figures as text.

use parallax_stats::{Comparison, Known, compare};
use serde_json::Value;

/// How many times as fast `b` is as `a`: the ratio of their medians with a 95 % interval.
///
/// For rows that were not measured in common blocks, so nothing can be paired. `None` if
/// either has no time.
#[must_use]
pub fn ratio(a: &Value, b: &Value) -> Option<Comparison> {
    compare(known(a)?, known(b)?)
}

fn known(row: &Value) -> Option<Known> {
    Some(Known {
        median_ms: row["median_ms"].as_f64()?,
        ci95_ms: interval(&row["ci95_ms"]),
    })
}

/// An interval as reports write it.
#[must_use]
pub fn interval(value: &Value) -> Option<(f64, f64)> {
    Some((value[0].as_f64()?, value[1].as_f64()?))
}

/// The exact 95 % interval of a probability after `hits` of `trials` (Clopper and Pearson, The
/// use of confidence or fiducial limits illustrated in the case of the binomial, 1934).
#[must_use]
pub fn clopper_pearson(hits: u32, trials: u32) -> (f64, f64) {
    const TAIL: f64 = 0.025;
    // The chance of at most k hits falls as the probability rises.
    let at_most = |k: u32, limit: f64| bisect(|p| binomial_at_most(k, trials, p) > limit);
    let low = if hits == 0 {
        0.0
    } else {
        at_most(hits - 1, 1.0 - TAIL)
    };
    let high = if hits >= trials { 1.0 } else { at_most(hits, TAIL) };
    (low, high)
}

/// Where in 0 to 1 a condition that holds first ceases to.
fn bisect(holds: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if holds(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

/// P(X <= k) for X of `n` trials with probability `p`, terms in logarithms against underflow.
fn binomial_at_most(k: u32, n: u32, p: f64) -> f64 {
    if p <= 0.0 || k >= n {
        return 1.0;
    }
    if p >= 1.0 {
        return 0.0;
    }
    let odds = (p / (1.0 - p)).ln();
    let mut term = f64::from(n) * (1.0 - p).ln();
    let mut sum = term.exp();
    for i in 0..k {
        term += odds + (f64::from(n - i) / f64::from(i + 1)).ln();
        sum += term.exp();
    }
    sum.min(1.0)
}

/// A number with three significant digits.
#[must_use]
pub fn digits(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return value.to_string();
    }
    // Rounded first: 9.996 has its point where 10.0 has it.
    let rounded: f64 = format!("{value:.2e}").parse().unwrap_or(value);
    let before = rounded.abs().log10().floor() as i32;
    let decimals = usize::try_from(2 - before).unwrap_or(0);
    format!("{rounded:.decimals$}")
}

/// A time in milliseconds, in the unit that suits it.
#[must_use]
pub fn time(ms: f64) -> String {
    let (scale, unit) = unit(ms);
    format!("{} {unit}", digits(ms * scale))
}

/// An interval of times, in one unit.
#[must_use]
pub fn times((low, high): (f64, f64)) -> String {
    let (scale, unit) = unit(high);
    format!("{} to {} {unit}", digits(low * scale), digits(high * scale))
}

fn unit(ms: f64) -> (f64, &'static str) {
    match ms.abs() {
        ms if ms < 1.0 => (1000.0, "µs"),
        ms if ms < 1000.0 => (1.0, "ms"),
        _ => (0.001, "s"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Values as R's `binom.test` and scipy's `proportion_ci(method="exact")` give them.
    #[test]
    fn clopper_pearson_matches_published_values() {
        for (hits, trials, low, high) in [
            (0, 100, 0.0, 0.036_217),
            (5, 100, 0.016_432, 0.112_835),
            (10, 100, 0.049_005, 0.176_223),
            (1, 10, 0.002_529, 0.445_016),
            (10, 10, 0.691_503, 1.0),
        ] {
            let (l, h) = clopper_pearson(hits, trials);
            assert!(
                (l - low).abs() < 1e-5 && (h - high).abs() < 1e-5,
                "{hits} of {trials}: {l}, {h}"
            );
        }
        let (low, high) = clopper_pearson(500, 10_000);
        assert!(
            (0.045..0.0460).contains(&low) && (0.054..0.055).contains(&high),
            "no underflow: {low}, {high}"
        );
    }

    #[test]
    fn three_digits_and_a_unit() {
        for (ms, text) in [
            (0.0, "0 µs"),
            (0.000_123_4, "0.123 µs"),
            (0.4117, "412 µs"),
            (9.996, "10.0 ms"),
            (88.34, "88.3 ms"),
            (1234.0, "1.23 s"),
            (12_345_678.0, "12300 s"),
        ] {
            assert_eq!(time(ms), text);
        }
        assert_eq!(times((0.98, 1.023)), "0.980 to 1.02 ms");
        assert_eq!(digits(f64::NAN), "NaN");
    }

    #[test]
    fn ratios_have_intervals_where_both_sides_do() {
        let slow = json!({ "median_ms": 10.0, "ci95_ms": [9.0, 11.0] });
        let fast = json!({ "median_ms": 2.0, "ci95_ms": [1.9, 2.1] });
        let both = ratio(&slow, &fast).unwrap();
        let (low, high) = both.ci95.unwrap();
        assert!((both.ratio - 5.0).abs() < 1e-12 && low < 5.0 && 5.0 < high);
        let short = json!({ "median_ms": 2.0, "ci95_ms": null });
        assert_eq!(ratio(&slow, &short).unwrap().ci95, None);
        assert_eq!(ratio(&slow, &json!({ "median_ms": null })), None);
    }
}

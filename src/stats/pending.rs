//! Stand-ins until the proven ones are merged.
#![allow(missing_docs)]
use crate::figures::*;
use parallax_protocol::{Sample, Verdict};
pub fn outliers(v: &[f64]) -> Vec<bool> {
    vec![false; v.len()]
}
pub fn drift(_: &[Sample]) -> Option<f64> {
    None
}
pub fn noise(s: &Summary) -> Option<f64> {
    (s.mad_ms > 0.1 * s.median_ms).then(|| s.mad_ms / s.median_ms)
}
pub fn self_check(_: &[Sample]) -> Option<(f64, f64)> {
    None
}
pub fn speedup(a: &[Sample], b: &[Sample], _: usize) -> Option<Speedup> {
    crate::figures::speedup(a, b)
}
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Known {
    pub median_ms: f64,
    pub ci95_ms: Option<(f64, f64)>,
}
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    pub ratio: f64,
    pub ci95: Option<(f64, f64)>,
    pub verdict: Verdict,
}
pub fn compare(a: Known, b: Known) -> Option<Comparison> {
    let ci95 = match (a.ci95_ms, b.ci95_ms) {
        (Some(x), Some(y)) => Some((x.0 / y.1, x.1 / y.0)),
        _ => None,
    };
    let verdict = match ci95 {
        None => Verdict::TooFew,
        Some((l, _)) if l > 1.0 => Verdict::Faster,
        Some((_, h)) if h < 1.0 => Verdict::Slower,
        _ => Verdict::NoClearDifference,
    };
    Some(Comparison {
        ratio: a.median_ms / b.median_ms,
        ci95,
        verdict,
    })
}

//! How steady samples are: outliers, noise, drift, and a back end against itself. What is
//! found here is flagged and said, never taken out.

use crate::figures::{Summary, median, median_interval, sorted};
use parallax_protocol::Sample;

/// MAD over median from which on samples are called noisy.
pub const NOTABLE_NOISE: f64 = 0.1;
/// Change from the first third to the last from which on it is called drift.
pub const NOTABLE_DRIFT: f64 = 0.05;
/// Fewest samples that drift is looked for in.
pub const DRIFT_SAMPLES: usize = 18;
/// Fewest samples for [`self_check`].
pub const SELF_CHECK_SAMPLES: usize = 16;

/// Tukey's factor: how many interquartile ranges beyond the quartiles the fences stand.
const FENCE: f64 = 1.5;
/// Fewest values that have outliers.
const OUTLIER_VALUES: usize = 4;
/// Every row is checked against itself, and most rows are steady.
const SELF_CHECK_CONFIDENCE: f64 = 0.99;

/// First and third quartile, with linear interpolation between the neighbours (type 7 of
/// Hyndman and Fan 1996, NumPy's default). `None` if empty.
pub fn quartiles(values: &[f64]) -> Option<(f64, f64)> {
    let sorted = sorted(values);
    let last = sorted.len().checked_sub(1)?;
    let at = |share: f64| {
        let place = share * last as f64;
        let below = place.floor();
        let (low, high) = (sorted[below as usize], sorted[place.ceil() as usize]);
        low + (high - low) * (place - below)
    };
    Some((at(0.25), at(0.75)))
}

/// Which values lie beyond Tukey's fences (Exploratory Data Analysis, 1977, 2D). None of
/// fewer than 4.
pub fn outliers(values: &[f64]) -> Vec<bool> {
    beyond(values, FENCE)
}

/// Which values lie beyond Tukey's outer fences, "far out" in his words: of normal values two
/// in a million, where the inner fences have seven in a thousand. None of fewer than 4.
pub(crate) fn far_out(values: &[f64]) -> Vec<bool> {
    beyond(values, 2.0 * FENCE)
}

fn beyond(values: &[f64], fence: f64) -> Vec<bool> {
    let fences = match quartiles(values) {
        Some((low, high)) if values.len() >= OUTLIER_VALUES => {
            let reach = fence * (high - low);
            (low - reach, high + reach)
        }
        _ => (f64::NEG_INFINITY, f64::INFINITY),
    };
    values.iter().map(|v| *v < fences.0 || *v > fences.1).collect()
}

/// MAD over median, where it is notable.
pub fn noise(summary: &Summary) -> Option<f64> {
    let share = summary.mad_ms / summary.median_ms;
    (share > NOTABLE_NOISE).then_some(share)
}

/// How many times as long the last third of the samples took as the first, where that is
/// notable: more than 5 % off, with the 95 % intervals of the two apart.
pub fn drift(samples: &[Sample]) -> Option<f64> {
    if samples.len() < DRIFT_SAMPLES {
        return None;
    }
    let ms = in_order(samples);
    let third = ms.len() / 3;
    let (first, last) = (&ms[..third], &ms[ms.len() - third..]);
    let ratio = median(last)? / median(first)?;
    let (first, last) = (median_interval(first, 0.95)?, median_interval(last, 0.95)?);
    let apart = first.1 < last.0 || last.1 < first.0;
    (apart && (ratio - 1.0).abs() > NOTABLE_DRIFT).then_some(ratio)
}

/// A back end against itself: the 99 % interval of the median ratio of neighbouring
/// samples, where it excludes 1. Equals that differ mean that the samples are not what the
/// intervals take them for.
///
/// The ratio is taken up and down by turns, so that drift, which has a warning of its own,
/// cancels.
pub fn self_check(samples: &[Sample]) -> Option<(f64, f64)> {
    if samples.len() < SELF_CHECK_SAMPLES {
        return None;
    }
    let ms = in_order(samples);
    let ratios = ms.chunks_exact(2).enumerate().map(|(i, pair)| match i % 2 {
        0 => pair[0] / pair[1],
        _ => pair[1] / pair[0],
    });
    let ratios: Vec<f64> = ratios.filter(|ratio| ratio.is_finite()).collect();
    let (low, high) = median_interval(&ratios, SELF_CHECK_CONFIDENCE)?;
    (low > 1.0 || high < 1.0).then_some((low, high))
}

fn in_order(samples: &[Sample]) -> Vec<f64> {
    let mut samples: Vec<&Sample> = samples.iter().collect();
    samples.sort_by_key(|s| s.block);
    samples.iter().map(|s| s.ms).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(n: u32, ms: impl Fn(u32) -> f64) -> Vec<Sample> {
        let sample = |block| Sample {
            ms: ms(block),
            block,
            runs: 1,
        };
        (0..n).map(sample).collect()
    }

    #[test]
    fn outliers_are_flagged_on_both_sides() {
        let values = [10.0, 11.0, 10.5, 9.5, 10.2, 30.0, 1.0, 10.1];
        let flags = outliers(&values);
        let flagged: Vec<f64> = values
            .into_iter()
            .zip(&flags)
            .filter(|(_, f)| **f)
            .map(|(v, _)| v)
            .collect();
        assert_eq!(flagged, [30.0, 1.0]);
        assert_eq!(outliers(&[1.0, 1.0, 99.0]), [false; 3]);
        assert_eq!(outliers(&[]), []);
    }

    #[test]
    fn drift_is_said_only_where_it_is_more_than_noise() {
        let wobble = |b: u32| f64::from(b * 7 % 5) / 50.0;
        assert_eq!(drift(&samples(30, |b| 10.0 + wobble(b))), None);
        let slower = drift(&samples(30, |b| 10.0 + f64::from(b) / 10.0 + wobble(b))).unwrap();
        assert!((1.1..1.3).contains(&slower), "{slower}");
        assert_eq!(
            drift(&samples(30, |b| 10.0 + f64::from(b) / 100.0 + wobble(b))),
            None,
            "3 %"
        );
        assert_eq!(drift(&samples(17, f64::from)), None, "too few");
        let mut shuffled = samples(30, |b| 10.0 + f64::from(b));
        shuffled.reverse();
        assert!(
            drift(&shuffled).unwrap() > 2.0,
            "by block, not by place in the list"
        );
    }

    #[test]
    fn a_back_end_that_alternates_is_not_itself() {
        // Every fourth block is slow: what a neighbour with a rhythm does.
        let odd = samples(
            40,
            |b| if b % 4 == 0 || b % 4 == 3 { 12.0 } else { 10.0 } + f64::from(b % 3) / 100.0,
        );
        assert!(self_check(&odd).is_some());
        assert_eq!(self_check(&samples(40, |b| 10.0 + f64::from(b * 7 % 11))), None);
        assert_eq!(
            self_check(&samples(40, |b| 10.0 + f64::from(b))),
            None,
            "drift cancels"
        );
    }

    #[test]
    fn nothing_here_panics() {
        for odd in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0, -1.0, 1e308] {
            for n in [0, 1, 3, 4, 17, 18, 40] {
                let all = samples(n, |b| if b % 3 == 0 { odd } else { 1.0 });
                let ms: Vec<f64> = all.iter().map(|s| s.ms).collect();
                let _ = (drift(&all), self_check(&all), outliers(&ms), quartiles(&ms));
            }
        }
    }
}

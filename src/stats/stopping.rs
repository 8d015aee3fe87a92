//! When there are samples enough.
//!
//! The intervals are read at few fixed looks only: an interval that is read after
//! every block claims differences between equals far more often than 5 %.

use crate::figures::{median, median_interval, paired_ratios};
use parallax_protocol::Sample;

/// Numbers of completed blocks at which the intervals are read.
pub const LOOKS: [u32; 3] = [20, 40, 80];

/// Half-width of a ratio's 95 % interval, relative to the ratio, that is narrow enough.
pub const TARGET_HALF_WIDTH: f64 = 0.05;

/// What a look at the samples decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Go on sampling.
    GoOn,
    /// Every ratio is known well enough.
    Settled,
    /// The last look is over.
    LastLook,
}

/// Decides after `blocks` completed blocks whether to go on.
///
/// `baseline` are the samples that the others are compared with; each of `others` is
/// one back end's. What is shown decides: the speed-ups' intervals, or, without a baseline
/// or without others, the intervals of the times themselves.
pub fn look(blocks: u32, baseline: Option<&[Sample]>, others: &[&[Sample]]) -> Look {
    if !LOOKS.contains(&blocks) {
        return Look::GoOn;
    }
    let times = |samples: &[Sample]| samples.iter().map(|s| s.ms).collect::<Vec<_>>();
    let settled = match baseline {
        Some(baseline) if others.is_empty() => is_narrow(&times(baseline)),
        Some(baseline) => others
            .iter()
            .all(|other| is_narrow(&paired_ratios(baseline, other))),
        None => others.iter().all(|other| is_narrow(&times(other))),
    };
    match settled {
        true => Look::Settled,
        false if Some(&blocks) == LOOKS.last() => Look::LastLook,
        false => Look::GoOn,
    }
}

fn is_narrow(values: &[f64]) -> bool {
    let (Some(centre), Some((low, high))) = (median(values), median_interval(values, 0.95)) else {
        return false;
    };
    (high - low) / 2.0 < TARGET_HALF_WIDTH * centre
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(n: u32, ms: impl Fn(u32) -> f64) -> Vec<Sample> {
        (0..n)
            .map(|block| Sample {
                ms: ms(block),
                block,
                runs: 1,
            })
            .collect()
    }

    #[test]
    fn decides_at_looks_only() {
        let base = series(20, |_| 2.0);
        let other = series(20, |_| 1.0);
        assert_eq!(look(19, Some(&base), &[&other]), Look::GoOn);
        assert_eq!(look(20, Some(&base), &[&other]), Look::Settled);
        assert_eq!(look(20, Some(&base), &[]), Look::Settled);
    }

    #[test]
    fn noise_goes_on_until_the_last_look() {
        let base = series(80, |_| 2.0);
        let noisy = series(80, |b| 1.0 + f64::from(b * 37 % 80) / 80.0);
        assert_eq!(look(20, Some(&base), &[&noisy]), Look::GoOn);
        assert_eq!(look(80, Some(&base), &[&noisy]), Look::LastLook);
    }

    #[test]
    fn one_noisy_row_keeps_all_going() {
        let base = series(40, |_| 2.0);
        let still = series(40, |_| 1.0);
        let noisy = series(40, |b| 1.0 + f64::from(b * 37 % 40) / 40.0);
        assert_eq!(look(40, Some(&base), &[&still, &noisy]), Look::GoOn);
        // Drift that both share is in the times, though not in their ratio.
        let drifting = series(40, |b| 1.0 + f64::from(b));
        assert_eq!(look(40, None, &[&still, &drifting]), Look::GoOn);
        assert_eq!(look(40, None, &[&still, &base]), Look::Settled);
    }
}

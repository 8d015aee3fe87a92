//! Estimators and their intervals.

use parallax_protocol::{Sample, Verdict};
use std::collections::BTreeMap;

/// Confidence of every interval that is shown.
pub(crate) const CONFIDENCE: f64 = 0.95;
/// Share of races between equals in which any difference may be claimed.
const FALSE_CLAIMS: f64 = 0.05;
/// And while there are fewer blocks than [`ENOUGH_BLOCKS`], where nobody waited for a look.
const CAUTIOUS_FALSE_CLAIMS: f64 = 0.01;
/// Blocks from which on the usual share holds.
const ENOUGH_BLOCKS: usize = 20;

/// The figures of one back end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Summary {
    /// Samples that went in.
    pub count: usize,
    /// Median, milliseconds per run.
    pub median_ms: f64,
    /// Median absolute deviation from the median, milliseconds, unscaled.
    pub mad_ms: f64,
    /// 95 % interval of the median; `None` for fewer than 6 samples, which cannot carry one.
    pub ci95_ms: Option<(f64, f64)>,
}

/// How often the baseline's time the other's fits into it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Speedup {
    /// Median of the ratios baseline / other, paired by block.
    pub ratio: f64,
    /// 95 % interval of that median; `None` for fewer than 6 pairs.
    pub ci95: Option<(f64, f64)>,
    /// What may be claimed.
    pub verdict: Verdict,
}

/// The middle value; the mean of the two middle ones for an even count. `None` if empty.
pub fn median(values: &[f64]) -> Option<f64> {
    let mut values = values.to_vec();
    let half = values.len() / 2;
    if values.is_empty() {
        return None;
    }
    let (below, middle, _) = values.select_nth_unstable_by(half, f64::total_cmp);
    let (below, middle) = (below.iter().copied().max_by(f64::total_cmp), *middle);
    Some(match below.filter(|_| values.len().is_multiple_of(2)) {
        Some(below) => (below + middle) / 2.0,
        None => middle,
    })
}

/// Median absolute deviation from the median, not scaled to a normal's sigma. `None` if empty.
pub fn mad(values: &[f64]) -> Option<f64> {
    let centre = median(values)?;
    let deviations: Vec<f64> = values.iter().map(|v| (v - centre).abs()).collect();
    median(&deviations)
}

/// A distribution-free interval of the median from order statistics.
///
/// The true median lies between the k-th smallest and the k-th largest value with
/// probability 1 - 2 P(Binomial(n, 1/2) < k); the largest k that keeps the wanted
/// confidence is taken (Conover, Practical Nonparametric Statistics, 3.2). `None`
/// where even the extremes do not reach it: below 6 values at 95 %, below 8 at 99 %.
pub fn median_interval(values: &[f64], confidence: f64) -> Option<(f64, f64)> {
    let rank = median_rank(values.len(), confidence)?;
    let sorted = sorted(values);
    Some((sorted[rank - 1], sorted[sorted.len() - rank]))
}

/// The k of [`median_interval`] for so many values.
pub(crate) fn median_rank(n: usize, confidence: f64) -> Option<usize> {
    let tail = (1.0 - confidence) / 2.0;
    // Walk the binomial's lower tail in logarithms: 0.5^n underflows for n > 1074.
    let mut log_term = -(n as f64) * std::f64::consts::LN_2;
    let mut below = 0.0;
    let mut k = 0;
    while k < n / 2 {
        below += log_term.exp();
        if below > tail {
            break;
        }
        log_term += ((n - k) as f64 / (k + 1) as f64).ln();
        k += 1;
    }
    (k > 0).then_some(k)
}

/// The figures of one back end's samples. `None` if there are none.
pub fn summarize(samples: &[Sample]) -> Option<Summary> {
    let ms: Vec<f64> = samples.iter().map(|s| s.ms).collect();
    Some(Summary {
        count: ms.len(),
        median_ms: median(&ms)?,
        mad_ms: mad(&ms)?,
        ci95_ms: median_interval(&ms, CONFIDENCE),
    })
}

/// How much faster `other` is than `baseline`: ratios are paired within blocks, so
/// that drift, heat and neighbours hit both sides alike. `None` without a common block.
///
/// The interval shown is the 95 % one. A race makes several `comparisons` at once, and is
/// to make a false claim in at most 5 % of all cases, whichever of its rows it is about: so
/// the level that decides is shared among them (Bonferroni; 0 counts as 1).
pub fn speedup(baseline: &[Sample], other: &[Sample], comparisons: usize) -> Option<Speedup> {
    let ratios = paired_ratios(baseline, other);
    let ratio = median(&ratios)?;
    let ci95 = median_interval(&ratios, CONFIDENCE);
    let share = match ratios.len() < ENOUGH_BLOCKS {
        true => CAUTIOUS_FALSE_CLAIMS,
        false => FALSE_CLAIMS,
    };
    let deciding = median_interval(&ratios, 1.0 - share / comparisons.max(1) as f64);
    Some(Speedup {
        ratio,
        ci95,
        verdict: verdict(deciding),
    })
}

/// What an interval of a ratio allows to say.
pub(crate) fn verdict(interval: Option<(f64, f64)>) -> Verdict {
    match interval {
        None => Verdict::TooFew,
        Some((low, _)) if low > 1.0 => Verdict::Faster,
        Some((_, high)) if high < 1.0 => Verdict::Slower,
        Some(_) => Verdict::NoClearDifference,
    }
}

/// The ratios baseline / other of the blocks that both have.
pub(crate) fn paired_ratios(baseline: &[Sample], other: &[Sample]) -> Vec<f64> {
    let of = by_block(baseline);
    other
        .iter()
        .filter(|s| s.ms > 0.0)
        .filter_map(|s| Some(of.get(&s.block)? / s.ms))
        .collect()
}

/// The first time of each block: a stranger's file may hold a hundred thousand.
pub(crate) fn by_block(samples: &[Sample]) -> BTreeMap<u32, f64> {
    samples.iter().rev().map(|s| (s.block, s.ms)).collect()
}

pub(crate) fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(ms: &[f64]) -> Vec<Sample> {
        ms.iter()
            .enumerate()
            .map(|(block, &ms)| Sample {
                ms,
                block: block as u32,
                runs: 1,
            })
            .collect()
    }

    #[test]
    fn median_and_mad_of_small_sets() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(mad(&[1.0, 1.0, 2.0, 2.0, 4.0, 6.0, 9.0]), Some(1.0));
    }

    /// Ranks from the published table of binomial intervals for the median
    /// (Conover, table A3 read at p = 1/2): n -> (lower rank, upper rank) at 95 %.
    #[test]
    fn interval_ranks_match_the_published_table() {
        for (n, low, high) in [
            (6, 1, 6),
            (8, 1, 8),
            (9, 2, 8),
            (10, 2, 9),
            (15, 4, 12),
            (20, 6, 15),
            (40, 14, 27),
            (80, 31, 50),
        ] {
            let ranks: Vec<f64> = (1..=n).map(f64::from).collect();
            let interval = median_interval(&ranks, 0.95);
            assert_eq!(interval, Some((f64::from(low), f64::from(high))), "n = {n}");
        }
        assert_eq!(median_interval(&[1.0; 5], 0.95), None);
        assert_eq!(median_interval(&[1.0; 7], 0.99), None);
        assert!(median_interval(&vec![1.0; 5000], 0.95).is_some());
    }

    #[test]
    fn speedup_pairs_by_block_and_so_survives_drift() {
        // Both get three times slower over the run; the ratio stays 4.
        let drift: Vec<f64> = (0..24).map(|i| 10.0 * (1.0 + i as f64 / 12.0)).collect();
        let quick: Vec<f64> = drift.iter().map(|ms| ms / 4.0).collect();
        let s = speedup(&samples(&drift), &samples(&quick), 1).unwrap();
        assert!((s.ratio - 4.0).abs() < 1e-12);
        assert_eq!(s.verdict, Verdict::Faster);
        let back = speedup(&samples(&quick), &samples(&drift), 1).unwrap();
        assert_eq!(back.verdict, Verdict::Slower);
    }

    #[test]
    fn equals_are_no_clear_difference_and_few_blocks_claim_nothing() {
        let a: Vec<f64> = (0..24).map(|i| 10.0 + (i * 7 % 5) as f64).collect();
        let b: Vec<f64> = (0..24).map(|i| 10.0 + (i * 3 % 5) as f64).collect();
        let s = speedup(&samples(&a), &samples(&b), 1).unwrap();
        assert_eq!(s.verdict, Verdict::NoClearDifference);
        let few = speedup(&samples(&[4.0; 7]), &samples(&[1.0; 7]), 1).unwrap();
        assert_eq!(few.verdict, Verdict::TooFew);
        assert_eq!(few.ci95, Some((4.0, 4.0)));
        assert!(speedup(&samples(&[1.0]), &[], 1).is_none());
    }
}

//! Cost against size: what every run costs whatever its size, what the work costs, and how
//! the time grows.

use crate::estimate::{Estimate, LeastSquares, is_time};
use crate::figures::median;
use crate::steadiness::far_out;
use parallax_protocol::Sample;
use std::fmt;

/// Fewest sizes that are fitted: two parameters, and one to contradict them.
const SIZES: usize = 3;
/// Share of a size's time below which the fixed cost is small.
const SMALL_SHARE: f64 = 0.1;
/// Share from which on what is left of the time says too little of how it grows.
const HIDING_SHARE: f64 = 0.5;

/// One size's samples.
#[derive(Debug, Clone, Copy)]
pub struct SizePoint<'a> {
    /// The size.
    pub n: u32,
    /// Work of one run as the workload counts it: operations, or items. Grows with n.
    pub work: f64,
    /// Samples. The i-th of every size make a block: they were not taken together, but are
    /// as exchangeable as samples of one race are.
    pub samples: &'a [Sample],
}

/// What a sweep over sizes says: t = fixed + work / throughput.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cost {
    /// Cost of a run of no work, milliseconds. Not held above 0: where the interval holds 0,
    /// none is seen.
    pub fixed_ms: Estimate,
    /// Throughput: work per millisecond beyond the fixed cost. Infinite, as is the upper end
    /// of its interval, where the times do not grow with the work.
    pub per_ms: Estimate,
    /// How the time beyond the fixed cost grows: it goes as n to this power. `None` where the
    /// fixed cost is half of the time or more at one of the sizes that it would be fitted over.
    pub exponent: Option<Exponent>,
    /// Where the model is worst.
    pub misfit: Misfit,
}

/// The power of n that the time goes with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exponent {
    /// Slope of ln(t - fixed) over ln n. The upper end of its interval is infinite where in
    /// some blocks nothing is left beyond the fixed cost.
    pub slope: Estimate,
    /// Smallest size that it was fitted over; the largest is the sweep's.
    pub from_n: u32,
    /// Whether the fixed cost is less than a tenth of the time at all these sizes. Where it
    /// is not, the slope is that of the upper half of the sizes and leans on the fitted fixed
    /// cost, and so on the work as the workload counts it.
    pub fixed_is_small: bool,
}

/// The size that the model says least about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Misfit {
    /// The size.
    pub n: u32,
    /// Its median time over the model's, less 1. Above 0 it is slower than the line, as where
    /// a cache ends; by far more than the noise, the two parameters are a summary of the
    /// sizes measured and nothing to compute others from.
    pub residual: f64,
}

/// Why a cost is not fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TooFewSizes {
    /// Fewer sizes with samples than parameters need.
    Sizes {
        /// Sizes that have samples.
        have: usize,
    },
    /// The work is the same at all sizes, or is no number.
    SameWork,
}

impl fmt::Display for TooFewSizes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TooFewSizes::Sizes { have: 1 } => write!(f, "1 size: a cost needs {SIZES}"),
            TooFewSizes::Sizes { have } => write!(f, "{have} sizes: a cost needs {SIZES}"),
            TooFewSizes::SameWork => write!(f, "the work does not grow with the size"),
        }
    }
}

impl std::error::Error for TooFewSizes {}

/// Fits the cost of a sweep over sizes.
///
/// Samples that are no time (0, negative, not finite) are left out, then sizes without
/// samples; of equal sizes the first is read. There are as many blocks as the size with the
/// fewest samples has.
///
/// Samples beyond Tukey's outer fences among those of their size have no weight in their
/// block's fit. To a median a late sample is one that is above, however late; in a fit it counts by
/// how late it is, and delays only ever add: with 5 % of the samples delayed, a third of the
/// blocks of 9 sizes would come out too slow, and the median of the blocks with them. The
/// inner fences, at which samples are flagged, would take too many that are merely at the
/// ends, and more on the side from which chance has moved the middle: intervals got too narrow.
///
/// # Errors
///
/// [`TooFewSizes`] with fewer than 3 sizes, or where the work does not tell them apart.
pub fn cost(points: &[SizePoint]) -> Result<Cost, TooFewSizes> {
    let mut columns: Vec<Column> = points.iter().map(Column::of).collect();
    columns.retain(|c| c.n > 0 && !c.ms.is_empty());
    columns.sort_by_key(|c| c.n);
    columns.dedup_by_key(|c| c.n);
    if columns.len() < SIZES {
        return Err(TooFewSizes::Sizes { have: columns.len() });
    }
    let blocks = columns.iter().map(|c| c.ms.len()).min().unwrap_or(0);
    let typical: Vec<f64> = columns.iter().filter_map(|c| median(&c.ms[..blocks])).collect();
    let rows = columns.iter().map(|c| [1.0, c.work]).collect();
    let line = LeastSquares::new(rows, &typical);
    let fits: Vec<(Vec<f64>, [f64; 2])> = (0..blocks)
        .filter_map(|i| {
            let times: Vec<f64> = columns.iter().map(|c| c.fitted(i)).collect();
            let fit = line.fit(&times)?;
            Some((times, fit))
        })
        .collect();
    let of = |parameter: usize| {
        let values: Vec<f64> = fits.iter().map(|(_, fit)| fit[parameter]).collect();
        Estimate::of(&values).ok_or(TooFewSizes::SameWork)
    };
    let (fixed_ms, ms_per_work) = (of(0)?, of(1)?);
    Ok(Cost {
        fixed_ms,
        per_ms: inverse(ms_per_work),
        exponent: exponent(&columns, &typical, &fits, fixed_ms.value),
        misfit: misfit(&columns, &typical, fixed_ms.value, ms_per_work.value),
    })
}

struct Column {
    n: u32,
    work: f64,
    ms: Vec<f64>,
    far_out: Vec<bool>,
}

impl Column {
    fn of(point: &SizePoint) -> Column {
        let times = point.samples.iter().map(|s| s.ms);
        let ms: Vec<f64> = times.filter(|ms| is_time(*ms)).collect();
        Column {
            n: point.n,
            work: point.work,
            far_out: far_out(&ms),
            ms,
        }
    }

    /// The sample of a block as the fit sees it: what is far out is none.
    fn fitted(&self, block: usize) -> f64 {
        match self.far_out[block] {
            true => f64::NAN,
            false => self.ms[block],
        }
    }
}

/// The estimate of 1 / x. Ranks turn round with it, so its interval is that of x inverted;
/// inverting each block's value instead would tear the order apart where some are below 0.
fn inverse(x: Estimate) -> Estimate {
    let of = |x: f64| if x > 0.0 { 1.0 / x } else { f64::INFINITY };
    Estimate {
        value: of(x.value),
        ci95: x.ci95.map(|(low, high)| (of(high), of(low))),
    }
}

/// Each block's own fixed cost is taken off its times: a tenth of the time that does not grow
/// would bend the slope by far more than its interval is wide.
fn exponent(
    columns: &[Column],
    typical: &[f64],
    fits: &[(Vec<f64>, [f64; 2])],
    fixed_ms: f64,
) -> Option<Exponent> {
    // From the first size on after which the fixed cost stays small.
    let small = typical.iter().rposition(|ms| fixed_ms.abs() >= SMALL_SHARE * ms);
    let first_small = small.map_or(0, |last| last + 1);
    let fixed_is_small = columns.len() - first_small >= SIZES;
    let first = match fixed_is_small {
        true => first_small,
        // The upper half, and at least as many as tell.
        false => (columns.len() / 2).min(columns.len() - SIZES),
    };
    if fixed_ms.abs() >= HIDING_SHARE * typical[first] {
        return None;
    }
    let chosen = &columns[first..];
    let rows = chosen.iter().map(|c| [1.0, f64::from(c.n).ln()]).collect();
    // Logarithms make relative noise equal noise: all weigh the same.
    let line = LeastSquares::new(rows, &vec![1.0; chosen.len()]);
    let slopes: Vec<f64> = fits
        .iter()
        .filter_map(|(times, [fixed, _])| {
            let beyond: Vec<f64> = times[first..].iter().map(|ms| ms - fixed).collect();
            // Infinitely steep, for the ranks: left out, it would leave a choice of the flatter.
            if beyond.iter().any(|ms| *ms <= 0.0) {
                return Some(f64::INFINITY);
            }
            let logs: Vec<f64> = beyond.into_iter().map(f64::ln).collect();
            Some(line.fit(&logs)?[1])
        })
        .collect();
    let slope = Estimate::of(&slopes).filter(|slope| slope.value.is_finite())?;
    Some(Exponent {
        slope,
        from_n: columns[first].n,
        fixed_is_small,
    })
}

fn misfit(columns: &[Column], typical: &[f64], fixed_ms: f64, ms_per_work: f64) -> Misfit {
    let residuals = columns.iter().zip(typical).map(|(c, ms)| Misfit {
        n: c.n,
        residual: ms / (fixed_ms + c.work * ms_per_work) - 1.0,
    });
    let worst = residuals.max_by(|a, b| a.residual.abs().total_cmp(&b.residual.abs()));
    worst.unwrap_or(Misfit { n: 0, residual: 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(ms: f64, count: u32) -> Vec<Sample> {
        (0..count).map(|block| Sample { ms, block, runs: 1 }).collect()
    }

    fn sweep(sizes: &[u32], time: impl Fn(f64) -> f64, count: u32) -> Result<Cost, TooFewSizes> {
        let columns: Vec<_> = sizes
            .iter()
            .map(|n| samples(time(f64::from(*n)), count))
            .collect();
        let points: Vec<_> = sizes
            .iter()
            .zip(&columns)
            .map(|(n, samples)| SizePoint {
                n: *n,
                work: 2.0 * f64::from(*n).powi(2),
                samples,
            })
            .collect();
        cost(&points)
    }

    const SIZES: [u32; 6] = [10, 20, 40, 80, 160, 320];

    #[test]
    fn fixed_cost_throughput_and_exponent() {
        let c = sweep(&SIZES, |n| 0.5 + 2.0 * n * n / 1e3, 8).unwrap();
        assert!((c.fixed_ms.value - 0.5).abs() < 1e-9 && (c.per_ms.value - 1e3).abs() < 1e-6);
        let e = c.exponent.unwrap();
        assert!((e.slope.value - 2.0).abs() < 1e-9);
        // 0.5 of 3.7 ms at 40 is more than a tenth, 0.5 of 13.3 at 80 is less.
        assert_eq!((e.from_n, e.fixed_is_small), (80, true));
        assert!(c.misfit.residual.abs() < 1e-9);
    }

    #[test]
    fn where_the_fixed_cost_is_large_it_is_said() {
        let c = sweep(&SIZES, |n| 10.0 + 2.0 * n * n / 1e3, 8).unwrap();
        let e = c.exponent.unwrap();
        assert_eq!((e.from_n, e.fixed_is_small), (80, false));
        assert!((e.slope.value - 2.0).abs() < 1e-9);
        let c = sweep(&SIZES, |n| 500.0 + 2.0 * n * n / 1e3, 8).unwrap();
        assert!(c.exponent.is_none() && (c.fixed_ms.value - 500.0).abs() < 1e-6);
    }

    #[test]
    fn late_samples_do_not_bend_the_line() {
        let times = |n: f64| {
            let mut column = samples(0.5 + n / 100.0, 20);
            // Another block at every size, so that every block has one late sample or more.
            for sample in &mut column {
                sample.ms *= match sample.block % 6 == (n / 10.0).log2() as u32 {
                    true => 3.0,
                    false => 1.0,
                };
            }
            column
        };
        let columns = SIZES.map(|n| times(f64::from(n)));
        let points: Vec<_> = SIZES
            .iter()
            .zip(&columns)
            .map(|(n, samples)| SizePoint {
                n: *n,
                work: f64::from(*n),
                samples,
            })
            .collect();
        let c = cost(&points).unwrap();
        let near = |estimate: Estimate, truth: f64| {
            let (low, high) = estimate.ci95.unwrap();
            (low - truth).abs().max((high - truth).abs()) < 1e-9 * truth
        };
        assert!(near(c.fixed_ms, 0.5) && near(c.per_ms, 100.0), "{c:?}");
        assert!(near(c.exponent.unwrap().slope, 1.0), "{c:?}");
    }

    #[test]
    fn times_that_do_not_grow_have_no_throughput() {
        let c = sweep(&SIZES, |n| 1.0 - 1e-7 * n * n, 8).unwrap();
        assert_eq!(c.per_ms.value, f64::INFINITY);
        assert_eq!(c.per_ms.ci95, Some((f64::INFINITY, f64::INFINITY)));
        assert!(c.exponent.is_none());
    }

    #[test]
    fn a_broken_line_is_said() {
        let c = sweep(&SIZES, |n| n * n / if n > 200.0 { 500.0 } else { 1000.0 }, 8).unwrap();
        assert!(c.misfit.residual > 0.2 && c.misfit.n == 320, "{:?}", c.misfit);
    }

    #[test]
    fn too_few_is_said() {
        let few = sweep(&[10, 20, 20], |n| n, 8).unwrap_err();
        assert_eq!(few.to_string(), "2 sizes: a cost needs 3");
        assert!(matches!(
            sweep(&SIZES, |_| f64::NAN, 8),
            Err(TooFewSizes::Sizes { have: 0 })
        ));
        let column = samples(1.0, 8);
        let same = [1, 2, 3].map(|n| SizePoint {
            n,
            work: 5.0,
            samples: &column,
        });
        assert_eq!(cost(&same), Err(TooFewSizes::SameWork));
        let odd = same.map(|p| SizePoint { work: f64::NAN, ..p });
        assert_eq!(cost(&odd), Err(TooFewSizes::SameWork));
        let c = sweep(&SIZES, |n| n * n, 5).unwrap();
        assert_eq!(c.fixed_ms.ci95, None);
    }
}

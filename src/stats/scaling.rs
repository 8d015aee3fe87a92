//! Thread scaling: how much faster more threads are, and two laws that say why not more.

use crate::estimate::{Estimate, LeastSquares, is_time};
use crate::figures::{by_block, median, paired_ratios};
use parallax_protocol::Sample;
use std::collections::BTreeMap;
use std::fmt;

/// Fewest thread counts for Amdahl's law: two parameters, and one to contradict them.
const AMDAHL_COUNTS: usize = 3;
/// Fewest for the Universal Scalability Law: three parameters, and one to contradict them.
const USL_COUNTS: usize = 4;

/// What a sweep over thread counts says.
#[derive(Debug, Clone, PartialEq)]
pub struct Scaling {
    /// One for each thread count, ascending, 1 thread first.
    pub points: Vec<ScalingPoint>,
    /// Serial fraction s of Amdahl 1967: T(p) = T(1) (s + (1 - s) / p). Not held within 0 to
    /// 1: where the interval holds 0, none is seen.
    pub amdahl: Result<Estimate, TooFew>,
    /// The Universal Scalability Law.
    pub usl: Result<Usl, TooFew>,
}

/// One thread count.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScalingPoint {
    /// Threads.
    pub threads: u32,
    /// How often its time fits into that of 1 thread, paired by block.
    pub speedup: Estimate,
    /// Speed-up per thread: 1 is all that there is to gain.
    pub efficiency: Estimate,
}

/// Gunther's Universal Scalability Law (Guerrilla Capacity Planning, 2007, ch. 4):
/// p T(p) / T(1) = 1 + a (p - 1) + b p (p - 1).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Usl {
    /// a: share of the work that threads wait for one another with. Amdahl's s, where b is 0.
    pub contention: Estimate,
    /// b: what each pair of threads costs to be kept in agreement.
    pub coherence: Estimate,
    /// Threads beyond which more make it slower, sqrt((1 - a) / b). `None` unless the
    /// interval of b lies above 0, without which there is no such point to be seen.
    pub peak_threads: Option<f64>,
}

/// Why a law is not fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TooFew {
    /// Too few thread counts to tell its parameters.
    ThreadCounts {
        /// Name of what is fitted, such as "a serial fraction".
        what: &'static str,
        /// Different thread counts that were measured.
        have: usize,
        /// Fewest that tell.
        need: usize,
    },
    /// No block holds a sample of every thread count.
    Blocks,
}

impl fmt::Display for TooFew {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TooFew::ThreadCounts { what, have: 1, need } => write!(f, "1 thread count: {what} needs {need}"),
            TooFew::ThreadCounts { what, have, need } => {
                write!(f, "{have} thread counts: {what} needs {need}")
            }
            TooFew::Blocks => write!(f, "no block has a sample of every thread count"),
        }
    }
}

impl std::error::Error for TooFew {}

/// Speed-ups and laws of a sweep over thread counts, each column of which holds one count's
/// samples, paired by their block. `None` without a column of 1 thread.
///
/// Samples that are no time (0, negative, not finite) are left out; of columns with the same
/// count the first is read, and columns without a block in common with 1 thread are dropped.
pub fn scaling(columns: &[(u32, &[Sample])]) -> Option<Scaling> {
    let mut columns: Vec<(u32, Vec<Sample>)> = columns
        .iter()
        .map(|(threads, samples)| {
            let times = samples.iter().copied().filter(|s| is_time(s.ms));
            (*threads, times.collect())
        })
        .filter(|(threads, _)| *threads > 0)
        .collect();
    columns.sort_by_key(|(threads, _)| *threads);
    columns.dedup_by_key(|(threads, _)| *threads);
    let (1, one) = columns.first()? else {
        return None;
    };
    let one = one.clone();
    let mut points = Vec::new();
    columns.retain(|(threads, samples)| {
        let ratios = paired_ratios(&one, samples);
        let per_thread: Vec<f64> = ratios.iter().map(|r| r / f64::from(*threads)).collect();
        let Some((speedup, efficiency)) = Estimate::of(&ratios).zip(Estimate::of(&per_thread)) else {
            return false;
        };
        points.push(ScalingPoint {
            threads: *threads,
            speedup,
            efficiency,
        });
        true
    });
    if points.is_empty() {
        return None;
    }
    let table = Table::of(&columns);
    Some(Scaling {
        points,
        amdahl: amdahl(&table),
        usl: usl(&table),
    })
}

/// The blocks in which every thread count was measured.
struct Table {
    threads: Vec<f64>,
    /// p T(p) of each block: the processor time that its run took, as every law here is about.
    blocks: Vec<Vec<f64>>,
    /// Medians of these over the blocks.
    typical: Vec<f64>,
}

impl Table {
    fn of(columns: &[(u32, Vec<Sample>)]) -> Table {
        let (_, first) = &columns[0];
        let times: Vec<_> = columns
            .iter()
            .map(|(p, samples)| (*p, by_block(samples)))
            .collect();
        let blocks: Vec<Vec<f64>> = first
            .iter()
            .filter_map(|of| {
                let cost = |(threads, times): &(u32, BTreeMap<u32, f64>)| {
                    Some(f64::from(*threads) * times.get(&of.block)?)
                };
                times.iter().map(cost).collect()
            })
            .collect();
        let typical = (0..columns.len()).filter_map(|column| {
            let costs: Vec<f64> = blocks.iter().map(|block| block[column]).collect();
            median(&costs)
        });
        Table {
            threads: columns.iter().map(|(threads, _)| f64::from(*threads)).collect(),
            typical: typical.collect(),
            blocks,
        }
    }

    fn suffices(&self, what: &'static str, need: usize) -> Result<(), TooFew> {
        match self.threads.len() {
            have if have < need => Err(TooFew::ThreadCounts { what, have, need }),
            _ if self.blocks.is_empty() => Err(TooFew::Blocks),
            _ => Ok(()),
        }
    }

    /// Fits p T(p) with these columns in every block. The first parameter is T(1), and the
    /// others come divided by it. T(1) is fitted because it was measured no better than the
    /// rest: divided by the sample of 1 thread, all points of a block would share its error,
    /// and the fit would take that for a property of the machine.
    fn fit<const N: usize>(&self, row: impl Fn(f64) -> [f64; N]) -> Vec<[f64; N]> {
        let rows = self.threads.iter().map(|p| row(*p)).collect();
        let squares = LeastSquares::new(rows, &self.typical);
        let fits = self.blocks.iter().filter_map(|block| squares.fit(block));
        // Relative noise that leaves no time for 1 thread has left no information either.
        fits.filter(|fit| fit[0] > 0.0)
            .map(|fit| std::array::from_fn(|j| if j == 0 { fit[0] } else { fit[j] / fit[0] }))
            .collect()
    }
}

fn estimate<const N: usize>(fits: &[[f64; N]], parameter: usize) -> Result<Estimate, TooFew> {
    let values: Vec<f64> = fits.iter().map(|fit| fit[parameter]).collect();
    Estimate::of(&values).ok_or(TooFew::Blocks)
}

fn amdahl(table: &Table) -> Result<Estimate, TooFew> {
    table.suffices("a serial fraction", AMDAHL_COUNTS)?;
    // p T(p) = T(1) (1 + s (p - 1)).
    estimate(&table.fit(|p| [1.0, p - 1.0]), 1)
}

fn usl(table: &Table) -> Result<Usl, TooFew> {
    table.suffices("the Universal Scalability Law", USL_COUNTS)?;
    let fits = table.fit(|p| [1.0, p - 1.0, p * (p - 1.0)]);
    let (contention, coherence) = (estimate(&fits, 1)?, estimate(&fits, 2)?);
    let is_seen = coherence.ci95.is_some_and(|(low, _)| low > 0.0) && contention.value < 1.0;
    Ok(Usl {
        contention,
        coherence,
        peak_threads: is_seen.then(|| ((1.0 - contention.value) / coherence.value).sqrt()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A column that follows `law`, with blocks of different speed.
    fn column(threads: u32, law: impl Fn(f64) -> f64, blocks: u32) -> (u32, Vec<Sample>) {
        let samples = (0..blocks).map(|block| Sample {
            ms: 10.0 * law(f64::from(threads)) * (1.0 + f64::from(block)),
            block,
            runs: 1,
        });
        (threads, samples.collect())
    }

    fn sweep(counts: &[u32], law: impl Fn(f64) -> f64, blocks: u32) -> Option<Scaling> {
        let columns: Vec<_> = counts.iter().map(|p| column(*p, &law, blocks)).collect();
        let borrowed: Vec<_> = columns.iter().map(|(p, s)| (*p, s.as_slice())).collect();
        scaling(&borrowed)
    }

    fn near(estimate: Estimate, truth: f64) -> bool {
        (estimate.value - truth).abs() < 1e-9
    }

    #[test]
    fn laws_are_found_whatever_the_blocks_speed() {
        let s = sweep(&[8, 1, 4, 2], |p| 0.2 + 0.8 / p, 8).unwrap();
        let threads: Vec<u32> = s.points.iter().map(|p| p.threads).collect();
        assert_eq!(threads, [1, 2, 4, 8]);
        assert!(near(s.points[0].speedup, 1.0) && near(s.points[2].speedup, 2.5));
        assert!(near(s.points[2].efficiency, 0.625));
        assert!(near(s.amdahl.unwrap(), 0.2));
        let usl = s.usl.unwrap();
        assert!(near(usl.contention, 0.2) && near(usl.coherence, 0.0));

        let law = |p: f64| (1.0 + 0.05 * (p - 1.0) + 0.01 * p * (p - 1.0)) / p;
        let usl = sweep(&[1, 2, 4, 8], law, 8).unwrap().usl.unwrap();
        assert!(near(usl.contention, 0.05) && near(usl.coherence, 0.01));
        assert!((usl.peak_threads.unwrap() - 95.0f64.sqrt()).abs() < 1e-6);
    }

    #[test]
    fn too_few_is_said() {
        let s = sweep(&[1, 2], |p| 1.0 / p, 8).unwrap();
        assert_eq!(
            s.amdahl.unwrap_err().to_string(),
            "2 thread counts: a serial fraction needs 3"
        );
        let s = sweep(&[1, 2, 4], |p| 1.0 / p, 8).unwrap();
        assert!(near(s.amdahl.unwrap(), 0.0));
        assert_eq!(
            s.usl.unwrap_err().to_string(),
            "3 thread counts: the Universal Scalability Law needs 4"
        );
        // The same count twice is one count.
        let s = sweep(&[1, 2, 2], |p| 1.0 / p, 8).unwrap();
        assert!(s.amdahl.is_err());
        assert_eq!(sweep(&[2, 4, 8], |p| 1.0 / p, 8), None);
        assert_eq!(sweep(&[], |p| 1.0 / p, 8), None);
        assert_eq!(sweep(&[1, 2, 4], |p| 1.0 / p, 0), None);
    }

    #[test]
    fn few_blocks_have_values_without_intervals() {
        let s = sweep(&[1, 2, 4, 8], |p| 0.1 * p, 5).unwrap();
        assert_eq!(s.amdahl.unwrap().ci95, None);
        let usl = s.usl.unwrap();
        assert_eq!((usl.contention.ci95, usl.peak_threads), (None, None));
    }

    #[test]
    fn what_is_no_time_is_left_out() {
        let mut columns: Vec<_> = [1, 2, 4].map(|p| column(p, |p| 0.1 + 0.9 / p, 12)).into();
        for (i, odd) in [f64::NAN, 0.0, -1.0, f64::INFINITY].into_iter().enumerate() {
            columns[i % 3].1[i].ms = odd;
        }
        let borrowed: Vec<_> = columns.iter().map(|(p, s)| (*p, s.as_slice())).collect();
        let s = scaling(&borrowed).unwrap();
        assert!(near(s.amdahl.unwrap(), 0.1) && near(s.points[1].speedup, 1.0 / 0.55));
        // Without a block in common there is nothing to fit, and the column says nothing.
        for sample in &mut columns[2].1 {
            sample.block += 100;
        }
        let borrowed: Vec<_> = columns.iter().map(|(p, s)| (*p, s.as_slice())).collect();
        let s = scaling(&borrowed).unwrap();
        assert_eq!(s.points.len(), 2);
        assert!(s.amdahl.is_err());
    }
}

//! From which size on one back end beats another.
//!
//! At every size the blocks give paired ratios of the two, and between sizes a block's
//! logarithm of the ratio is interpolated over ln n. The crossing's interval holds every n at
//! which the median of the blocks' ratios may be 1.
//!
//! It is the order statistics' interval of the blocks' own crossings, turned round: a block
//! crosses below n exactly if its ratio at n says that A is faster, so ranks of crossings are
//! ranks of ratios. Turned round it also holds where it would not otherwise: a noisy block
//! that crosses several times has no crossing of its own, and the last of them would lie above
//! the truth the more often the noisier it is; at any one n, its ratio is as often too high
//! as too low. (Fieller 1954 inverts the interval of a quotient in the same way.)

use crate::estimate::is_time;
use crate::figures::{CONFIDENCE, by_block, median, median_rank, sorted};
use parallax_protocol::Sample;
use std::fmt;

/// Fewest sizes: two make a line, and nothing says whether it is one.
const SIZES: usize = 3;
/// Sizes that an interpolation passes through.
const STENCIL: usize = 4;
/// Points looked at between two neighbouring sizes.
const STEPS: usize = 32;

/// Both back ends' samples at one size.
#[derive(Debug, Clone, Copy)]
pub struct CrossoverPoint<'a> {
    /// The size.
    pub n: u32,
    /// Samples of A, the one that may win from some size on.
    pub a: &'a [Sample],
    /// Samples of B, paired with those of A by block.
    pub b: &'a [Sample],
}

/// From where on A is faster than B, and stays so up to the largest size measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Crossover {
    /// A is clearly faster at every size measured.
    AlwaysFaster,
    /// A is clearly faster at no size measured, and B is at the largest.
    NeverFaster,
    /// B is clearly faster at the smallest size, A at the largest, and between them it turns.
    ///
    /// Both ends are asked for, each with an interval that excludes 1, for two reasons: a
    /// crossing that only one end vouches for may as well lie outside of the sizes measured;
    /// and equal back ends, whose ratios cross 1 everywhere, would have to deceive twice.
    From {
        /// The size at which the median of the ratios is 1 for the last time.
        n: f64,
        /// Its 95 % interval.
        ci95: (f64, f64),
    },
    /// Neither of these may be said.
    CannotTell {
        /// The reason.
        why: Unclear,
    },
}

/// Why nothing is said about a crossing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unclear {
    /// Fewer than 3 sizes at which both have samples.
    TooFewSizes {
        /// Sizes at which they have.
        have: usize,
    },
    /// Fewer than 6 blocks, which carry no interval.
    TooFewBlocks {
        /// Blocks that both have at all sizes.
        have: usize,
    },
    /// Neither is clearly faster at the largest size: A may win from beyond it on.
    AtLargest {
        /// That size.
        n: u32,
    },
    /// A is clearly faster at the largest size and neither at the smallest: the crossing may
    /// lie below it.
    AtSmallest {
        /// That size.
        n: u32,
        /// The size from which on A is clearly faster at all that were measured.
        clear: u32,
    },
    /// A is clearly faster at both ends, but not at all sizes between.
    Between {
        /// The largest size at which it is not.
        n: u32,
    },
    /// A is clearly faster at some size, but B is at the largest: it is B that wins from some
    /// size on.
    TheOther,
}

impl fmt::Display for Unclear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unclear::TooFewSizes { have: 1 } => write!(f, "1 size: a crossing needs {SIZES}"),
            Unclear::TooFewSizes { have } => write!(f, "{have} sizes: a crossing needs {SIZES}"),
            Unclear::TooFewBlocks { have: 1 } => write!(f, "1 block: an interval needs 6"),
            Unclear::TooFewBlocks { have } => write!(f, "{have} blocks: an interval needs 6"),
            Unclear::AtLargest { n } => write!(f, "no clear difference at the largest size, {n}"),
            Unclear::AtSmallest { n, .. } => write!(f, "no clear difference at the smallest size, {n}"),
            Unclear::Between { n } => write!(f, "faster at both ends, but not clearly at {n}"),
            Unclear::TheOther => write!(f, "faster at smaller sizes only"),
        }
    }
}

impl std::error::Error for Unclear {}

/// Finds from which size on A is faster than B.
///
/// Samples that are no time (0, negative, not finite) are left out, then sizes without a
/// block that both have; of equal sizes the first is read. The i-th ratios of all sizes make
/// a block; there are as many as the size with the fewest has.
pub fn crossover(points: &[CrossoverPoint]) -> Crossover {
    match Ratios::of(points) {
        Ok(ratios) => ratios.classify(),
        Err(why) => Crossover::CannotTell { why },
    }
}

/// ln(A's time / B's) at every size, ascending in n: below 0, A is faster.
struct Ratios {
    n: Vec<u32>,
    ln_n: Vec<f64>,
    /// For each size, one for each block; as many at all sizes.
    logs: Vec<Vec<f64>>,
    /// Which of the sorted ratios, from either end, bounds the median's interval.
    rank: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Faster {
    A,
    B,
    Unclear,
}

/// What the blocks say at one n.
struct At {
    /// Median of ln(A / B).
    centre: f64,
    faster: Faster,
}

impl Ratios {
    fn of(points: &[CrossoverPoint]) -> Result<Ratios, Unclear> {
        let mut columns: Vec<(u32, Vec<f64>)> = points
            .iter()
            .map(|point| {
                let others = by_block(point.b);
                let logs = point.a.iter().filter_map(|a| {
                    let b = *others.get(&a.block)?;
                    (is_time(a.ms) && is_time(b)).then(|| a.ms.ln() - b.ln())
                });
                (point.n, logs.collect())
            })
            .filter(|(n, logs): &(u32, Vec<f64>)| *n > 0 && !logs.is_empty())
            .collect();
        columns.sort_by_key(|(n, _)| *n);
        columns.dedup_by_key(|(n, _)| *n);
        if columns.len() < SIZES {
            return Err(Unclear::TooFewSizes { have: columns.len() });
        }
        let blocks = columns.iter().map(|(_, logs)| logs.len()).min().unwrap_or(0);
        for (_, logs) in &mut columns {
            logs.truncate(blocks);
        }
        let (n, logs): (Vec<u32>, Vec<Vec<f64>>) = columns.into_iter().unzip();
        let rank = median_rank(blocks, CONFIDENCE);
        let rank = rank.ok_or(Unclear::TooFewBlocks { have: blocks })?;
        Ok(Ratios {
            ln_n: n.iter().map(|n| f64::from(*n).ln()).collect(),
            n,
            logs,
            rank,
        })
    }

    fn classify(&self) -> Crossover {
        let sizes: Vec<Faster> = self.ln_n.iter().map(|x| self.at(*x).faster).collect();
        let last = sizes.len() - 1;
        let why = match (sizes[0], sizes[last]) {
            (_, Faster::Unclear) => Unclear::AtLargest { n: self.n[last] },
            (_, Faster::B) if !sizes.contains(&Faster::A) => return Crossover::NeverFaster,
            (_, Faster::B) => Unclear::TheOther,
            (Faster::Unclear, Faster::A) => self.no_crossing(&sizes),
            (Faster::B, Faster::A) => return self.crossing(),
            (Faster::A, Faster::A) => match sizes.iter().rposition(|faster| *faster != Faster::A) {
                None => return Crossover::AlwaysFaster,
                Some(i) => Unclear::Between { n: self.n[i] },
            },
        };
        Crossover::CannotTell { why }
    }

    /// A is clearly faster at the largest size, and below nobody is to a certainty.
    fn no_crossing(&self, sizes: &[Faster]) -> Unclear {
        let unclear = sizes.iter().rposition(|faster| *faster != Faster::A);
        let first = unclear.map_or(0, |last| last + 1).min(self.n.len() - 1);
        Unclear::AtSmallest {
            n: self.n[0],
            clear: self.n[first],
        }
    }

    /// Walks down from the largest size, where A is clearly faster, to where B is.
    fn crossing(&self) -> Crossover {
        let steps = (1..self.ln_n.len()).rev().flat_map(|i| {
            let (low, high) = (self.ln_n[i - 1], self.ln_n[i]);
            (1..=STEPS).map(move |step| high + (low - high) * step as f64 / STEPS as f64)
        });
        let mut above = self.ln_n[self.ln_n.len() - 1];
        let mut above_centre = self.at(above).centre;
        // Ends of the interval and the crossing, from the top; each is the last point above
        // or the first below, so that the steps widen the interval rather than narrow it.
        let (mut high, mut crossing) = (None, None);
        for x in steps {
            let at = self.at(x);
            if at.faster != Faster::A && high.is_none() {
                high = Some(above);
            }
            if at.centre >= 0.0 && crossing.is_none() {
                let share = above_centre / (above_centre - at.centre);
                crossing = Some(above + (x - above) * share);
            }
            if at.faster == Faster::B {
                let (high, crossing) = (high.unwrap_or(above), crossing.unwrap_or(x));
                return Crossover::From {
                    n: crossing.exp(),
                    ci95: (x.exp(), high.exp()),
                };
            }
            (above, above_centre) = (x, at.centre);
        }
        // Rounding at the smallest size alone can lead here.
        let sizes: Vec<Faster> = self.ln_n.iter().map(|x| self.at(*x).faster).collect();
        Crossover::CannotTell {
            why: self.no_crossing(&sizes),
        }
    }

    /// The blocks' ratios at e to the power of `x`, and what may be said of them.
    ///
    /// Between sizes they are those of a cubic through the four sizes nearest. It is wrong by
    /// some amount, too, which is taken for its distance from the straight line between the
    /// two nearest, as pairs of formulae of different order give their error away (Hairer,
    /// Norsett, Wanner, Solving Ordinary Differential Equations I, II.4), and widens the
    /// interval. At the sizes themselves, both are what was measured.
    fn at(&self, x: f64) -> At {
        let right = self
            .ln_n
            .partition_point(|size| *size < x)
            .clamp(1, self.ln_n.len() - 1);
        let first = (right.max(2) - 2).min(self.ln_n.len().saturating_sub(STENCIL));
        let curve = sorted(&self.interpolate(first, STENCIL.min(self.ln_n.len()), x));
        let line = self.interpolate(right - 1, 2, x);
        let count = curve.len();
        // Both are the same where their number is odd.
        let centre = (curve[(count - 1) / 2] + curve[count / 2]) / 2.0;
        let error = (centre - median(&line).unwrap_or(0.0)).abs();
        let (low, high) = (curve[self.rank - 1], curve[count - self.rank]);
        let faster = match (low, high) {
            (_, high) if high + error < 0.0 => Faster::A,
            (low, _) if low - error > 0.0 => Faster::B,
            _ => Faster::Unclear,
        };
        At { centre, faster }
    }

    /// Each block's value at `x` of Lagrange's polynomial through `count` sizes.
    fn interpolate(&self, first: usize, count: usize, x: f64) -> Vec<f64> {
        let nodes = &self.ln_n[first..first + count];
        let weight = |j: usize| -> f64 {
            let others = nodes.iter().enumerate().filter(|(k, _)| *k != j);
            others.map(|(_, node)| (x - node) / (nodes[j] - node)).product()
        };
        let weights: Vec<f64> = (0..count).map(weight).collect();
        let columns = &self.logs[first..first + count];
        (0..columns[0].len())
            .map(|i| weights.iter().zip(columns).map(|(w, logs)| w * logs[i]).sum())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZES: [u32; 5] = [10, 100, 1000, 10_000, 100_000];

    fn samples(ms: f64, blocks: u32) -> Vec<Sample> {
        // Drift that both share, which pairs take out.
        (0..blocks)
            .map(|block| Sample {
                ms: ms * (1.0 + f64::from(block)),
                block,
                runs: 1,
            })
            .collect()
    }

    /// `ratio` is A's time over B's at ln n.
    fn sweep(sizes: &[u32], ratio: impl Fn(f64) -> f64, blocks: u32) -> Crossover {
        let columns: Vec<_> = sizes
            .iter()
            .map(|n| (samples(ratio(f64::from(*n).ln()), blocks), samples(1.0, blocks)))
            .collect();
        let points: Vec<_> = sizes
            .iter()
            .zip(&columns)
            .map(|(n, (a, b))| CrossoverPoint { n: *n, a, b })
            .collect();
        crossover(&points)
    }

    #[test]
    fn a_crossing_is_found_between_the_sizes() {
        let truth = 4000.0f64;
        let Crossover::From { n, ci95 } = sweep(&SIZES, |x| (truth.ln() - x).exp(), 8) else {
            panic!("no crossing");
        };
        assert!((n / truth - 1.0).abs() < 1e-9, "{n}");
        assert!(
            ci95.0 <= truth && truth <= ci95.1 && ci95.1 / ci95.0 < 1.1,
            "{ci95:?}"
        );
    }

    #[test]
    fn it_is_the_last_crossing() {
        // B, A, B, A.
        let wave = |x: f64| 2.0f64.powf(-(x / 10f64.ln() * std::f64::consts::PI).cos());
        let Crossover::From { n, .. } = sweep(&[10, 100, 1000, 10_000], wave, 8) else {
            panic!("no crossing");
        };
        assert!(n > 1000.0, "{n}");
    }

    #[test]
    fn always_never_and_the_other_way() {
        assert_eq!(sweep(&SIZES, |_| 0.5, 8), Crossover::AlwaysFaster);
        assert_eq!(sweep(&SIZES, |_| 2.0, 8), Crossover::NeverFaster);
        let why = |c: Crossover| match c {
            Crossover::CannotTell { why } => why,
            other => panic!("{other:?}"),
        };
        let from = 4000f64.ln();
        let turned = sweep(&SIZES, |x| (x - from).exp(), 8);
        assert_eq!(why(turned), Unclear::TheOther);
        let dent = |x: f64| if (x - 1000f64.ln()).abs() < 0.1 { 1.0 } else { 0.5 };
        assert_eq!(why(sweep(&SIZES, dent, 8)), Unclear::Between { n: 1000 });
        let low = |x: f64| if x < 3.0 { 1.0 } else { 0.5 };
        let from_second = Unclear::AtSmallest { n: 10, clear: 100 };
        assert_eq!(why(sweep(&SIZES, low, 8)), from_second);
        // Clear, then not, then clear: what counts is the last stretch.
        let dents = |x: f64| if x < 3.0 { 1.0 } else { dent(x) };
        let from_last = Unclear::AtSmallest { n: 10, clear: 10_000 };
        assert_eq!(why(sweep(&SIZES, dents, 8)), from_last);
        let equal = why(sweep(&SIZES, |_| 1.0, 8));
        assert_eq!(equal, Unclear::AtLargest { n: 100_000 });
        assert_eq!(
            equal.to_string(),
            "no clear difference at the largest size, 100000"
        );
    }

    #[test]
    fn too_few_is_said() {
        let tell = |sizes: &[u32], ms: f64, blocks| match sweep(sizes, |_| ms, blocks) {
            Crossover::CannotTell { why } => why.to_string(),
            other => panic!("{other:?}"),
        };
        assert_eq!(tell(&[10, 20, 20], 0.5, 8), "2 sizes: a crossing needs 3");
        assert_eq!(tell(&SIZES, 0.5, 5), "5 blocks: an interval needs 6");
        for odd in [f64::NAN, 0.0, -1.0, f64::INFINITY] {
            assert_eq!(tell(&SIZES, odd, 8), "0 sizes: a crossing needs 3");
        }
        assert_eq!(tell(&[], 0.5, 8), "0 sizes: a crossing needs 3");
    }
}

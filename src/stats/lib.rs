//! From samples to figures: medians, intervals, paired speed-ups, and when to stop.
//!
//! Pure functions over milliseconds; nothing here knows a clock or a browser. The
//! protocol that they follow is METHODOLOGY.md's: a figure is a median with its MAD
//! and a distribution-free interval, a speed-up is the median of ratios paired within
//! interleaved blocks, and sampling ends at one of few fixed looks.

mod compare;
mod crossover;
mod estimate;
mod figures;
pub mod format;
mod report;
mod scaling;
mod sizes;
mod steadiness;
mod stopping;

pub use compare::{Comparison, Known, compare};
pub use crossover::{Crossover, CrossoverPoint, Unclear, crossover};
pub use estimate::Estimate;
pub use figures::{Speedup, Summary, mad, median, median_interval, speedup, summarize};
pub use parallax_protocol::Verdict;
pub use report::{BASELINE, Measured, analyze, is_software};
pub use scaling::{Scaling, ScalingPoint, TooFew, Usl, scaling};
pub use sizes::{Cost, Exponent, Misfit, SizePoint, TooFewSizes, cost};
pub use steadiness::{
    DRIFT_SAMPLES, NOTABLE_DRIFT, NOTABLE_NOISE, SELF_CHECK_SAMPLES, drift, noise, outliers, quartiles,
    self_check,
};
pub use stopping::{LOOKS, Look, TARGET_HALF_WIDTH, look};

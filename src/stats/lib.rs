//! From samples to figures: medians, intervals, paired speed-ups, and when to stop.
//!
//! Pure functions over milliseconds; nothing here knows a clock or a browser. The
//! protocol that they follow is METHODOLOGY.md's: a figure is a median with its MAD
//! and a distribution-free interval, a speed-up is the median of ratios paired within
//! interleaved blocks, and sampling ends at one of few fixed looks.

mod figures;
mod pending;
mod report;
mod stopping;

pub use figures::{Speedup, Summary, mad, median, median_interval, summarize};
pub use parallax_protocol::Verdict;
pub use pending::*;
pub use report::{BASELINE, Measured, analyze, is_software};
pub use stopping::{LOOKS, Look, TARGET_HALF_WIDTH, look};

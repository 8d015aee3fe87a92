//! The views, one module each.

mod race;

pub use race::{Broken, BrokenProps, Race, RaceProps, reload};

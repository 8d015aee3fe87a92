//! From a spec to samples: plan, verify, warm up, measure.
//!
//! [`capabilities`] says what the machine can do, [`plan`] makes rows of a spec, and
//! [`run`] carries a plan out and tells of it in events. The engine knows no browser:
//! the same code runs in the Worker, in tests and in native benchmarks.

mod calibrate;
mod control;
mod film;
mod planner;
mod probing;
mod recording;
mod runner;
mod stages;

pub use control::Control;
pub use film::film;
pub use planner::{SpecError, capabilities};
pub use runner::run;

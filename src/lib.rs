//! Parallax: one computation, seen from every side.
//!
//! This package only names the crates of the workspace, so that the tests in
//! `tests/` can reach all of them. The map is in ARCHITECTURE.md.

pub use parallax_backends as backends;
pub use parallax_engine as engine;
pub use parallax_protocol as protocol;
pub use parallax_stats as stats;
pub use parallax_workloads as workloads;

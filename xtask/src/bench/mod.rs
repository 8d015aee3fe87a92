//! Races without a person: in a headless browser through the page's own API, natively, and
//! beside them what users would run instead.
//!
//! [`ask`] makes races of a command line and of what the page says it can run; [`page`] runs
//! one in the browser, [`native`] on this machine, [`peers`] in other people's programs.
//! All give rows of the one report that the page exports ([`report`]); [`table`] shows it and
//! [`figures`] compares across the places. [`self_check`] races a back end against itself.

pub mod ask;
pub mod figures;
pub mod native;
pub mod page;
pub mod peers;
pub mod progress;
pub mod report;
pub mod self_check;
pub mod table;

use std::time::Duration;

/// How long a race may take: its budget, and what the budget does not count, which is
/// reference, verification and cold starts on a slow machine.
#[must_use]
pub fn limit(budget_s: Option<f64>) -> Duration {
    Duration::from_secs_f64(600.0 + 3.0 * budget_s.unwrap_or_default())
}

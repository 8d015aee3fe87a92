//! A back end against itself, many times, through the real browser: how often is a difference
//! claimed where there is none?
//!
//! The simulations in `src/stats` prove the rules on paper; this shows that a page on this
//! machine keeps to them. Their limit is 5 %, and the count of races has noise of its own, so
//! that the check fails only if the rate is above the limit beyond doubt.

use anyhow::{Context, Result, bail};
use parallax_protocol::{Asked, Experiment, RunSpec};
use serde_json::Value;

use super::figures::{clopper_pearson, digits, interval};
use super::page::Page;
use super::progress::Progress;
use super::{limit, report};
use crate::args::Bench;

/// What races; the second is the first once more.
const PAIR: [&str; 2] = ["scalar", "scalar#2"];
const WORKLOAD: &str = "mandelbrot";
/// Small: what is checked is the protocol, not the kernel.
const SIZE: u32 = 128;
/// Enough for the blocks up to the first look, where most races end.
const BUDGET_S: f64 = 3.0;
/// The share of false claims that 95 % intervals allow.
pub const LIMIT: f64 = 0.05;

/// What many races yielded.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Races.
    pub races: u32,
    /// Those in which a difference was claimed.
    pub claims: u32,
}

impl Count {
    /// Whether the rate may be within the limit.
    #[must_use]
    pub fn well(&self) -> bool {
        clopper_pearson(self.claims, self.races).0 <= LIMIT
    }

    /// The result in words.
    #[must_use]
    pub fn words(&self) -> String {
        let (low, high) = clopper_pearson(self.claims, self.races);
        let percent = |share: f64| digits(share * 100.0);
        let rate = f64::from(self.claims) / f64::from(self.races.max(1));
        format!(
            "self-check: {} of {} races of {} against itself claimed a difference: {} % (95 % interval \
             {} to {} %), limit {} %: {}",
            self.claims,
            self.races,
            PAIR[0],
            percent(rate),
            percent(low),
            percent(high),
            percent(LIMIT),
            if self.well() { "ok" } else { "FAILED" }
        )
    }
}

/// Races and counts.
///
/// # Errors
/// If a race does not yield both rows: then nothing is known of claims.
pub fn run(page: &Page, bench: &Bench, races: u32) -> Result<Count> {
    let mut progress = Progress::default();
    let mut count = Count::default();
    for race in 0..races {
        let spec = Asked {
            experiment: Experiment::Race,
            workload: WORKLOAD.into(),
            size: Some(bench.size.unwrap_or(SIZE)),
            backends: PAIR.map(str::to_owned).into(),
            threads: bench.threads,
            // Each race has an order of blocks of its own.
            seed: bench.seed.wrapping_add(u64::from(race)),
            budget: bench.budget.unwrap_or(BUDGET_S),
            ..Asked::from(&RunSpec::race("", 0))
        };
        let (number, claims) = (race + 1, count.claims);
        let report = page
            .call(
                "parallax.run",
                &serde_json::to_value(&spec)?,
                limit(Some(spec.budget)),
                &mut |_| progress.show(&format!("race {number} of {races}, {claims} claims so far")),
            )
            .with_context(|| format!("race {number}"))?;
        count.races += 1;
        count.claims += u32::from(claimed(&report::rows(&report)).with_context(|| format!("race {number}"))?);
    }
    Ok(count)
}

/// Whether the second row is said to differ from the first, which is the same.
fn claimed(rows: &[Value]) -> Result<bool> {
    for id in PAIR {
        let row = rows.iter().find(|row| row["backend"] == id);
        let row = row.with_context(|| format!("the report has no row of {id}"))?;
        if row["status"] != "ok" {
            bail!("{id} is {}: {}", row["status"], row["reason"]);
        }
    }
    let Some(second) = rows.iter().find(|row| row["backend"] == PAIR[1]) else {
        return Ok(false);
    };
    Ok(match second["verdict"].as_str() {
        Some(verdict) => matches!(verdict, "faster" | "slower"),
        None => interval(&second["speedup_ci95"]).is_some_and(|(low, high)| low > 1.0 || high < 1.0),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_claim_is_a_verdict_or_an_interval_without_1() {
        let rows = |second: Value| {
            let mut second = second;
            second["backend"] = json!(PAIR[1]);
            second["status"] = json!("ok");
            vec![json!({ "backend": "scalar", "status": "ok" }), second]
        };
        for (row, expect) in [
            (json!({ "verdict": "faster" }), true),
            (json!({ "verdict": "slower" }), true),
            (json!({ "verdict": "too-few", "speedup_ci95": [2, 3] }), false),
            (json!({ "verdict": "no-clear-difference" }), false),
            (json!({ "speedup_ci95": [1.01, 1.1] }), true),
            (json!({ "speedup_ci95": [0.9, 0.99] }), true),
            (json!({ "speedup_ci95": [0.9, 1.1] }), false),
            (json!({ "speedup_ci95": null }), false),
        ] {
            assert_eq!(claimed(&rows(row.clone())).unwrap(), expect, "{row}");
        }
        assert!(
            claimed(&[json!({ "backend": "scalar", "status": "ok" })]).is_err(),
            "a row that is missing is no absence of claims"
        );
        let failed =
            ["scalar", "scalar#2"].map(|id| json!({ "backend": id, "status": "failed", "reason": "trap" }));
        let error = claimed(&failed).unwrap_err().to_string();
        assert!(error.contains("trap"), "{error}");
    }

    #[test]
    fn fails_only_beyond_doubt() {
        for (claims, races, expect) in [(5, 100, true), (10, 100, true), (11, 100, false), (0, 1, true)] {
            assert_eq!(Count { races, claims }.well(), expect, "{claims} of {races}");
        }
        let words = Count {
            races: 100,
            claims: 5,
        }
        .words();
        assert!(
            words.contains("5.00 % (95 % interval 1.64 to 11.3 %), limit 5.00 %: ok"),
            "{words}"
        );
    }
}

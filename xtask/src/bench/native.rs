//! The same engine, compiled for this machine: what wasm costs is the difference.
//!
//! The example `race` of the engine takes a spec and prints a report. It is built without the
//! compiler's own vectors, as the wasm is, so that its scalar rung is one.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;

use super::limit;
use crate::paths;
use crate::process::{Step, say};

/// As the engine's wasm is built (`build::engine`): vectors only where the kernels say so.
const RUSTFLAGS: &str = "-C no-vectorize-loops -C no-vectorize-slp";

/// The built program.
#[derive(Debug)]
pub struct Native {
    program: PathBuf,
}

impl Native {
    /// Builds it, in a target folder of its own: other flags would build everything anew.
    ///
    /// # Errors
    /// If it does not build.
    pub fn build(root: &Path) -> Result<Self> {
        say("building the native race...");
        let target = root.join("target/native");
        let mut command = Command::new(paths::native_cargo());
        command
            .args(["build", "--quiet", "--release", "-p", "parallax-engine"])
            .args(["--no-default-features", "--example", "race"])
            .current_dir(root)
            .env("CARGO_TARGET_DIR", &target)
            .env("RUSTFLAGS", RUSTFLAGS)
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .env_remove("CARGO_BUILD_TARGET");
        Step::new("build the native race", "its messages are above").shown(command)?;
        Ok(Self {
            program: target.join("release/examples/race"),
        })
    }

    /// Races, and returns the report.
    ///
    /// # Errors
    /// If it ends without one; what it said is on standard error.
    pub fn race(&self, spec: &Value) -> Result<Value> {
        let mut command = Command::new(&self.program);
        command.arg("--json").arg(spec.to_string());
        report_of(command, limit(spec["budget"].as_f64()))
    }
}

/// Runs a program that prints a report, and passes on what else it says.
fn report_of(command: Command, limit: Duration) -> Result<Value> {
    let mut report = None;
    let step = Step {
        limit,
        ..Step::new("race natively", "its messages are above")
    };
    let status = step.each_line(command, &mut |line| match read(line) {
        Some(found) => report = Some(found),
        None => eprintln!("{line}"),
    })?;
    report.with_context(|| format!("the native race gave no report ({status}): its messages are above"))
}

/// A line that is a report, among lines that are messages.
fn read(line: &str) -> Option<Value> {
    let value: Value = serde_json::from_str(line).ok()?;
    value["results"].is_array().then_some(value)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn race(script: &str) -> Result<Value> {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        report_of(command, Duration::from_secs(60))
    }

    #[test]
    fn the_report_is_found_among_messages() {
        // A row that is wrong ends the program badly; its report is a report all the same.
        let report = race(r#"echo "ended: Budget" >&2; echo '{"results": [{}]}'; exit 1"#).unwrap();
        assert_eq!(report["results"], json!([{}]));
    }

    #[test]
    fn no_report_is_an_error() {
        let error = race("echo 'error: no workload' >&2; exit 2")
            .unwrap_err()
            .to_string();
        assert!(error.contains("no report (exit status: 2)"), "{error}");
    }
}

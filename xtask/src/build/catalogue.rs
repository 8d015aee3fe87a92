//! The catalogue: what the native registries say they hold, as data for the page.

use std::fs;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::Job;
use crate::paths;
use crate::process::say;

/// Writes `<stage>/catalogue-<id>.postcard`, from the same registries that the engine runs.
pub(super) fn build(job: &Job) -> Result<()> {
    say("writing the catalogue...");
    let output = Command::new(paths::native_cargo())
        .args(["run", "-q", "-p", "parallax-backends", "--no-default-features"])
        .args(["--example", "catalogue"])
        .current_dir(job.root)
        .env_remove("CARGO_BUILD_TARGET")
        .stderr(Stdio::inherit())
        .output()
        .context("could not run cargo for the catalogue")?;
    if !output.status.success() {
        bail!(
            "could not write the catalogue ({}): its messages are above",
            output.status
        );
    }
    let file = job.stage.join(format!("catalogue-{}.postcard", job.id));
    fs::write(&file, output.stdout).with_context(|| format!("{} cannot be written", file.display()))
}

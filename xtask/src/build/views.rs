//! The views program: what the page fetches once it is up. Built as the page is, small and without
//! shared memory.

use std::path::Path;

use anyhow::Result;

use super::{Job, name_of, page, wasm_opt};
use crate::process::{Step, say};

/// Features that the compiler's output uses by default, so that wasm-opt accepts and keeps them.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// Builds into `<stage>/views-<id>/`.
pub(super) fn build(job: &Job) -> Result<()> {
    say("building the views...");
    let toolchain = &job.setup.toolchain;
    let mut command = toolchain.command(&toolchain.cargo);
    page::configure(&mut command, job);
    command.args(["build", "--release", "--target", super::TARGET]);
    command.args(["-p", "parallax-views", "--lib"]);
    Step::new("compile the views", "its messages are above").shown(command)?;

    let built = job
        .root
        .join("target/page/wasm32-unknown-unknown/release/parallax_views.wasm");
    let folder = job.stage.join(format!("views-{}", job.id));
    bind(job, &built, &folder)?;
    let bound = folder.join("views_bg.wasm");
    // Read whole before it is written.
    wasm_opt(job, &small_flags(), &bound, &bound)
}

/// What makes a program small. Its memory is its own and begins as zeros, with the end of the stack
/// where no data lies.
pub(super) fn small_flags() -> Vec<&'static str> {
    let small = ["-Oz", "--low-memory-unused", "--zero-filled-memory"];
    small.into_iter().chain(FEATURES).collect()
}

fn bind(job: &Job, wasm: &Path, folder: &Path) -> Result<()> {
    let mut command = std::process::Command::new(&job.setup.tools.wasm_bindgen);
    command
        .args(["--target", "web", "--out-name", "views", "--no-typescript"])
        .args(["--remove-name-section", "--remove-producers-section", "--out-dir"])
        .arg(folder)
        .arg(wasm);
    let way_out = "delete target/page and build again";
    Step::new(&format!("make bindings for {}", name_of(wasm)), way_out).quiet(command)
}

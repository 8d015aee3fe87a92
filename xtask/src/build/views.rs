//! The programs that the page fetches once it is up, the views and the lab. Built as the page is, small
//! and without shared memory.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::{Job, name_of, page, wasm_opt};
use crate::process::{Step, say};
use crate::setup;

/// Features that the compiler's output uses by default, so that wasm-opt accepts and keeps them.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// Builds a program into `<stage>/<name>-<id>/`, and says where that is.
pub(super) fn build(job: &Job, name: &str) -> Result<PathBuf> {
    say(format!("building the {name}..."));
    let toolchain = &job.setup.toolchain;
    let mut command = toolchain.command(&toolchain.cargo);
    page::configure(&mut command, job);
    command.args(["build", "--release", "--target", super::TARGET]);
    command.args(["-p", &format!("parallax-{name}"), "--lib"]);
    Step::new(&format!("compile the {name}"), "its messages are above").shown(command)?;

    let built = job.root.join(format!(
        "target/page/wasm32-unknown-unknown/release/parallax_{name}.wasm"
    ));
    let folder = job.stage.join(format!("{name}-{}", job.id));
    bind(job, name, &built, &folder)?;
    let bound = folder.join(format!("{name}_bg.wasm"));
    // Read whole before it is written.
    wasm_opt(job, &small_flags(), &bound, &bound)?;
    Ok(folder)
}

/// Bundles the lab's editor, CodeMirror with our own words around it, into one module beside its program.
pub(super) fn editor(job: &Job, folder: &Path) -> Result<()> {
    let modules = setup::editor(job.root)?;
    let source = job.root.join("src/lab/js/editor.js");
    let mut command = std::process::Command::new(modules.join(".bin/esbuild"));
    command
        .arg(&source)
        .args([
            "--bundle",
            "--format=esm",
            "--minify",
            "--target=es2022",
            "--log-level=warning",
        ])
        .arg(format!("--outfile={}", folder.join("editor.js").display()))
        // The modules lie in the cache, not above the source.
        .env("NODE_PATH", &modules);
    Step::new("bundle the editor", "its messages are above").quiet(command)
}

/// What makes a program small. Its memory is its own and begins as zeros, with the end of the stack
/// where no data lies.
pub(super) fn small_flags() -> Vec<&'static str> {
    let small = ["-Oz", "--low-memory-unused", "--zero-filled-memory"];
    small.into_iter().chain(FEATURES).collect()
}

fn bind(job: &Job, name: &str, wasm: &Path, folder: &Path) -> Result<()> {
    let mut command = std::process::Command::new(&job.setup.tools.wasm_bindgen);
    command
        .args(["--target", "web", "--out-name", name, "--no-typescript"])
        .args(["--remove-name-section", "--remove-producers-section", "--out-dir"])
        .arg(folder)
        .arg(wasm);
    let way_out = "delete target/page and build again";
    Step::new(&format!("make bindings for {}", name_of(wasm)), way_out).quiet(command)
}

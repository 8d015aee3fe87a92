//! The page, through Trunk: a small wasm without shared memory that is up first.

use std::env;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::json;

use super::views::small_flags;
use super::{Job, encoded, sections, start, wasm_opt};
use crate::headers;
use crate::process::{Step, say};

/// What makes the page smaller by a tenth and costs nothing that it has: Leptos' views
/// without their types, panics without places and `Debug` texts.
const SMALL: [&str; 4] = [
    "--cfg",
    "erase_components",
    "-Zlocation-detail=none",
    "-Zfmt-debug=none",
];

/// The parts of std that are built along: no unwinding.
const STD: &str = "panic_abort,std";

/// Builds into `<stage>/`, emptying it first.
pub(super) fn build(job: &Job) -> Result<()> {
    say("building the page...");
    fetch(job)?;
    let mut command = job.setup.toolchain.command(&job.setup.tools.trunk);
    configure(&mut command, job);
    command
        .args(["build", "--release", "--offline", "--color", "never", "--dist"])
        .arg(job.stage)
        .env("PATH", path_with(&toolbox(job)?)?)
        // Trunk takes any other value than true or false for an error.
        .env_remove("NO_COLOR");
    Step::new("build the page", "its messages are above").shown(command)?;
    shrink(job)?;
    start::into_a_file(job.stage)?;
    fallback(job)
}

/// Removes what nothing here calls and only its exports keep: the streams of the server functions
/// that Leptos brings along, two hundredths of the page.
fn shrink(job: &Job) -> Result<()> {
    let file = super::page_wasm(job.stage)?;
    let wasm = fs::read(&file).with_context(|| format!("{} cannot be read", file.display()))?;
    let less = sections::without_exports(&wasm, "intounderlying")
        .with_context(|| format!("{} is not wasm", file.display()))?;
    fs::write(&file, less).with_context(|| format!("{} cannot be written", file.display()))?;
    wasm_opt(job, &small_flags(), &file, &file)
}

/// Sets what the page and the views are compiled with: flags, their target folder, their size.
pub(super) fn configure(command: &mut Command, job: &Job) {
    let linker = job.setup.toolchain.linker.iter();
    let flags: Vec<String> = linker
        .flat_map(|linker| ["-C".to_owned(), format!("linker={}", linker.display())])
        .chain(SMALL.map(str::to_owned))
        .collect();
    command
        .current_dir(job.root)
        .env("PARALLAX_BUILD", job.id)
        .env("CARGO_ENCODED_RUSTFLAGS", encoded(&flags))
        .env("CARGO_TARGET_DIR", job.root.join("target/page"))
        .env("CARGO_UNSTABLE_BUILD_STD", STD)
        .env("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size")
        // They wait for people, so their size is what counts.
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "z");
}

/// The service worker for hosts without headers: ours, above it this build's id and the table.
fn fallback(job: &Job) -> Result<()> {
    let source = job.root.join("src/app/js/isolation.js");
    let source =
        fs::read_to_string(&source).with_context(|| format!("{} cannot be read", source.display()))?;
    let headers: Vec<_> = headers::everywhere().collect();
    let text = format!(
        "const BUILD = {};\nconst HEADERS = {};\n\n{source}",
        json!(job.id),
        json!(headers)
    );
    let file = job.stage.join("isolation.js");
    fs::write(&file, text).with_context(|| format!("{} cannot be written", file.display()))
}

/// Trunk's `--offline` holds for cargo too, so what cargo needs has to be there before: std's own
/// dependencies as well, which rustup's sources don't bring along.
fn fetch(job: &Job) -> Result<()> {
    let toolchain = &job.setup.toolchain;
    let mut command = toolchain.command(&toolchain.cargo);
    command
        .args(["fetch", "--target", super::TARGET])
        .env("CARGO_UNSTABLE_BUILD_STD", STD)
        .current_dir(job.root);
    Step::new("fetch dependencies", "try: cargo fetch").shown(command)
}

/// A folder with the programs that Trunk looks for on `PATH`: the cargo that matches the
/// compiler, and our wasm-bindgen and wasm-opt.
fn toolbox(job: &Job) -> Result<PathBuf> {
    let folder = job.root.join("target/toolbox");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let tools = &job.setup.tools;
    let link = |name: &str, file: &Path| {
        symlink(file, folder.join(name)).with_context(|| format!("{} cannot be linked", file.display()))
    };
    link("cargo", &job.setup.toolchain.cargo)?;
    link("rustc", &job.setup.toolchain.rustc)?;
    link("wasm-bindgen", &tools.wasm_bindgen)?;
    link("wasm-opt", &tools.wasm_opt)?;
    Ok(folder)
}

fn path_with(first: &Path) -> Result<std::ffi::OsString> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::join_paths(std::iter::once(first.to_path_buf()).chain(env::split_paths(&path)))
        .with_context(|| format!("{} holds a colon, which PATH cannot", first.display()))
}

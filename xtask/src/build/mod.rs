//! Makes `dist/`: the page, the views, the lab, the engine and the catalogue, each named by one build id.
//!
//! Everything is built into a folder under `target/` and swapped in at the end, so that a
//! failed or interrupted build leaves the site that was there. A site that carries the id
//! of the present sources is not built again.

mod catalogue;
pub mod engine;
mod id;
mod page;
mod sections;
mod start;
mod views;

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::paths;
use crate::process::{Step, say};
use crate::setup::{self, Setup, Toolchain, disk};

/// The target triple of everything that runs in the browser.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// Megabytes that a cold build writes, the caches of both target folders included.
const COLD: u64 = 3000;

/// A built site.
#[derive(Debug, Clone)]
pub struct Dist {
    /// The folder to serve.
    pub folder: PathBuf,
    /// The id of the sources that it was made from.
    pub id: String,
    /// The engine's wasm with its function names, for the tests that read it.
    pub engine_named: PathBuf,
}

impl Dist {
    /// The page's wasm, whose name holds a hash that Trunk made.
    ///
    /// # Errors
    /// If the site is not complete.
    pub fn page_wasm(&self) -> Result<PathBuf> {
        page_wasm(&self.folder)
    }

    /// The wasm of the views.
    #[must_use]
    pub fn views_wasm(&self) -> PathBuf {
        self.folder.join(format!("views-{}/views_bg.wasm", self.id))
    }

    /// What is fetched when the lab is opened: its wasm, and its editor.
    #[must_use]
    pub fn lab(&self) -> [PathBuf; 2] {
        ["lab_bg.wasm", "editor.js"].map(|file| self.folder.join(format!("lab-{}/{file}", self.id)))
    }

    /// The engine's wasm as it is served.
    #[must_use]
    pub fn engine_wasm(&self) -> PathBuf {
        self.folder.join(format!("engine-{}/engine_bg.wasm", self.id))
    }
}

fn page_wasm(folder: &Path) -> Result<PathBuf> {
    fs::read_dir(folder)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.extension() == Some(OsStr::new("wasm")))
        .with_context(|| format!("{} holds no page: delete it", folder.display()))
}

/// What each part of the build is given.
struct Job<'a> {
    root: &'a Path,
    setup: &'a Setup,
    id: &'a str,
    /// Where the site grows.
    stage: &'a Path,
}

/// Sets up what is missing and builds the site, unless it is there already.
///
/// # Errors
/// What failed and the way out.
pub fn site() -> Result<Dist> {
    let root = paths::root()?;
    let target = root.join("target");
    fs::create_dir_all(&target).with_context(|| format!("{} cannot be made", target.display()))?;
    let _turn = paths::turn(&target.join("xtask.lock"))?;
    let dist = |id| Dist {
        folder: root.join("dist"),
        id,
        engine_named: target.join("engine-named.wasm"),
    };

    if let Some(toolchain) = setup::toolchain::find() {
        let id = id::of(&root, &toolchain.version)?;
        let dist = dist(id);
        if built_id(&dist.folder).as_deref() == Some(&dist.id) && dist.engine_named.is_file() {
            say(format!("took the site in dist/ (build {})", dist.id));
            return Ok(dist);
        }
    }

    let setup = setup::build()?;
    let dist = dist(id::of(&root, &setup.toolchain.version)?);
    if !target.join("wasm").is_dir() {
        disk::check(&target, COLD, "a first build")?;
        say("building for the first time: 5 to 10 minutes");
    }
    say(format!("building {}", dist.id));
    let stage = target.join("stage");
    let _ = fs::remove_dir_all(&stage);
    let job = Job {
        root: &root,
        setup: &setup,
        id: &dist.id,
        stage: &stage,
    };
    // The page first: Trunk empties the folder that it builds into.
    page::build(&job)?;
    views::build(&job, "views")?;
    let lab = views::build(&job, "lab")?;
    views::editor(&job, &lab)?;
    engine::build(&job, &dist.engine_named)?;
    catalogue::build(&job)?;
    fs::write(
        stage.join(STAMP),
        format!("{}\n", serde_json::json!({ "build": dist.id })),
    )
    .context("the build's stamp cannot be written")?;
    swap(&stage, &dist.folder)?;
    Ok(dist)
}

/// The file that says which build a site is.
const STAMP: &str = "build.json";

fn built_id(folder: &Path) -> Option<String> {
    let stamp = fs::read(folder.join(STAMP)).ok()?;
    let stamp: serde_json::Value = serde_json::from_slice(&stamp).ok()?;
    Some(stamp["build"].as_str()?.to_owned())
}

fn swap(stage: &Path, folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)
            .with_context(|| format!("the old {} cannot be removed", folder.display()))?;
    }
    fs::rename(stage, folder).with_context(|| format!("{} cannot be put in place", folder.display()))
}

/// A cargo command for wasm with std built anew, in a target folder of its own.
///
/// Public because the tests in the browser are built by it too.
#[must_use]
pub fn wasm_cargo(toolchain: &Toolchain, verb: &str) -> Command {
    let mut command = toolchain.command(&toolchain.cargo);
    command.args([
        verb,
        "--release",
        "--target",
        TARGET,
        "-Z",
        "build-std=panic_abort,std",
        // Sorting and printing numbers as short code: what is fetched counts more.
        "-Z",
        "build-std-features=optimize_for_size",
    ]);
    command
}

/// Runs wasm-opt from one file to another.
fn wasm_opt(job: &Job, flags: &[&str], from: &Path, to: &Path) -> Result<()> {
    let mut command = Command::new(&job.setup.tools.wasm_opt);
    command.args(flags).arg(from).arg("-o").arg(to);
    let way_out = "if node is older than 18, install a newer one";
    Step::new(&format!("optimise {}", name_of(from)), way_out).quiet(command)
}

fn name_of(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// `flags` as cargo wants them where one may hold a space.
fn encoded(flags: &[String]) -> OsString {
    flags.join("\x1f").into()
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).with_context(|| format!("{} cannot be copied to {}", from.display(), to.display()))?;
    Ok(())
}

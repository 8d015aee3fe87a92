//! Where things are: the checkout, the cache of tools, programs on `PATH`.

use std::env;
use std::ffi::OsStr;
use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::process::say;

/// The root of the checkout: the first folder upwards that holds this crate.
///
/// Looked for at run time and not taken from `CARGO_MANIFEST_DIR` at build time, so that a
/// checkout can be moved without xtask writing into the place where it used to be.
///
/// # Errors
/// If the current folder is not inside a checkout.
pub fn root() -> Result<PathBuf> {
    let here = env::current_dir().context("the current folder cannot be read")?;
    here.ancestors()
        .find(|folder| folder.join("xtask/Cargo.toml").is_file())
        .map(Path::to_path_buf)
        .with_context(|| {
            format!(
                "{} is not inside a Parallax checkout: cd into one",
                here.display()
            )
        })
}

/// The folder for installed tools, outside every checkout so that clean clones share it.
///
/// # Errors
/// If neither of the variables that could name it is set.
pub fn tools() -> Result<PathBuf> {
    let set = |name| {
        env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    set("PARALLAX_CACHE")
        .or_else(|| Some(set("XDG_CACHE_HOME")?.join("parallax")))
        .or_else(|| Some(set("HOME")?.join(".cache/parallax")))
        .map(|cache| cache.join("tools"))
        .context("no place for tools: set PARALLAX_CACHE to a folder that may grow to 300 MB")
}

/// The program as `PATH` finds it.
#[must_use]
pub fn program(name: impl AsRef<OsStr>) -> Option<PathBuf> {
    let name = Path::new(name.as_ref());
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

/// Waits until no other xtask holds this lock: two that write one folder break both.
///
/// The turn ends when the returned file is dropped, or with the process.
///
/// # Errors
/// If the file cannot be made.
pub fn turn(lock: &Path) -> Result<File> {
    let no_lock = || format!("{} cannot be locked", lock.display());
    let file = File::create(lock).with_context(no_lock)?;
    if file.try_lock().is_err() {
        say("waiting for another xtask...");
        file.lock().with_context(no_lock)?;
    }
    Ok(file)
}

/// The cargo that runs us, or the one on `PATH`: for everything that is not wasm.
#[must_use]
pub fn native_cargo() -> PathBuf {
    env::var_os("CARGO").map_or_else(|| "cargo".into(), PathBuf::from)
}

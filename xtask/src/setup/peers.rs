//! What `bench --peers` compares with, at versions that stay the same until somebody raises
//! them: figures of another version would be another comparison.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::apt;
use super::tools::{Tool, node_and_npm, npm};
use crate::paths;
use crate::process::Step;

/// The version of NumPy.
pub const NUMPY: &str = "2.4.6";
/// The version of Numba.
pub const NUMBA: &str = "0.68.1";
/// The version of gpu.js.
pub const GPUJS: &str = "2.24.1";
/// The version of jax-js.
pub const JAXJS: &str = "0.1.25";

/// The packages' folders with the files that a page loads.
#[derive(Debug)]
pub struct BrowserPeers {
    /// Holds `gpu-browser.min.js`.
    pub gpujs: PathBuf,
    /// Holds `index.js`.
    pub jaxjs: PathBuf,
}

/// A Python with NumPy and Numba.
///
/// # Errors
/// If there is no Python or pip cannot install them.
pub fn python_peers() -> Result<PathBuf> {
    Tool {
        name: "numba",
        version: format!("{NUMBA}-numpy-{NUMPY}"),
        file: "bin/python",
        takes: "a minute",
        install: |_, folder| virtual_environment(folder),
    }
    .find_or_install()
}

/// gpu.js and jax-js.
///
/// # Errors
/// If npm cannot install them.
pub fn browser_peers() -> Result<BrowserPeers> {
    node_and_npm()?;
    let gpujs = Tool {
        name: "gpu.js",
        version: GPUJS.into(),
        file: "node_modules/gpu.js/dist/gpu-browser.min.js",
        takes: "a moment",
        // The scripts and options are for node; a page needs none of them.
        install: |_, folder| npm("gpu.js", GPUJS, &["--ignore-scripts", "--omit=optional"], folder),
    };
    let jaxjs = Tool {
        name: "jax-js",
        version: JAXJS.into(),
        file: "node_modules/@jax-js/jax/dist/index.js",
        takes: "a moment",
        install: |_, folder| npm("@jax-js/jax", JAXJS, &["--ignore-scripts"], folder),
    };
    let folder_of = |tool: Tool| {
        let file = tool.find_or_install()?;
        file.parent()
            .map(Path::to_path_buf)
            .context("a file without a folder")
    };
    Ok(BrowserPeers {
        gpujs: folder_of(gpujs)?,
        jaxjs: folder_of(jaxjs)?,
    })
}

/// Works after the folder is renamed, as long as nothing but its `bin/python` is used.
fn virtual_environment(folder: &Path) -> Result<()> {
    if paths::program("python3").is_none() {
        if !apt::offers("python3-venv") {
            bail!("python3 is missing: install Python 3.11 or newer");
        }
        apt::install(&["python3", "python3-venv"])?;
    }
    let make = || {
        let mut command = Command::new("python3");
        command.args(["-m", "venv"]).arg(folder);
        Step::new(
            "make a Python environment",
            "install python3-venv, which Debian has apart",
        )
        .quiet(command)
    };
    // Debian's python3 comes without it.
    if let Err(error) = make() {
        if !apt::offers("python3-venv") {
            return Err(error);
        }
        apt::install(&["python3-venv"])?;
        make()?;
    }
    let packages = [format!("numpy=={NUMPY}"), format!("numba=={NUMBA}")];
    let mut command = Command::new(folder.join("bin/python"));
    command
        .args(["-m", "pip", "install", "--disable-pip-version-check"])
        // Without a wheel it would need compilers and an hour.
        .args(["--only-binary", ":all:"])
        .args(&packages);
    let way_out = "they need Python 3.11 to 3.14 and a machine that they have wheels for";
    Step::new(&format!("install {} through pip", packages.join(" ")), way_out).quiet(command)
}

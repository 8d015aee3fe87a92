//! A browser with its driver for the tests, and a software Vulkan for the native ones.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::apt;
use crate::browser::Chromium;
use crate::paths;
use crate::process::say;

/// Chromium and its driver: named by the environment, on `PATH`, or installed.
///
/// # Errors
/// What is missing and how to get it; the tests count that as skipped.
pub fn chromium() -> Result<Chromium> {
    let found = Chromium::find();
    if let Some(browser) = found {
        return Ok(browser);
    }
    apt::install(&["chromium", "chromium-driver", "fonts-dejavu-core"])
        .and_then(|()| Chromium::find().context("Chromium is installed but not on PATH"))
        .context(
            "no Chromium with chromedriver: install both, or set PARALLAX_CHROMIUM and \
             PARALLAX_CHROMEDRIVER to them",
        )
}

/// Makes a Vulkan driver available, so that the shaders run natively without a GPU.
///
/// Best effort: without one the tests that need it say that they were skipped.
pub fn vulkan() {
    let has_driver = ["/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d"]
        .iter()
        .filter_map(|folder| Path::new(folder).read_dir().ok())
        .any(|mut files| files.next().is_some());
    if has_driver || env::var_os("VK_DRIVER_FILES").is_some() || !cfg!(target_os = "linux") {
        return;
    }
    if let Err(error) = apt::install(&["mesa-vulkan-drivers", "libvulkan1"]) {
        say(format!(
            "no Vulkan driver, native GPU tests will be skipped: {error:#}"
        ));
    }
}

impl Chromium {
    /// The browser that the environment names, else the first on `PATH`.
    #[must_use]
    pub fn find() -> Option<Self> {
        let named = |name| env::var_os(name).map(PathBuf::from).filter(|file| file.is_file());
        let first = |names: &[&str]| names.iter().find_map(paths::program);
        Some(Self {
            chromium: named("PARALLAX_CHROMIUM").or_else(|| {
                first(&[
                    "chromium",
                    "chromium-browser",
                    "google-chrome",
                    "google-chrome-stable",
                ])
            })?,
            chromedriver: named("PARALLAX_CHROMEDRIVER").or_else(|| first(&["chromedriver"]))?,
        })
    }
}

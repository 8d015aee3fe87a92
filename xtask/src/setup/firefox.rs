//! Firefox with its driver, for who wants to know how another engine does.

use std::env;
use std::path::PathBuf;

use anyhow::{Context, Result};

use super::apt;
use super::tools::{Tool, cargo_install};
use crate::browser::Firefox;
use crate::paths;

/// Debian has none.
const GECKODRIVER: &str = "0.37.1";

/// Firefox and geckodriver: named by the environment, on `PATH`, or installed.
///
/// # Errors
/// What is missing and how to get it.
pub fn firefox() -> Result<Firefox> {
    let firefox = match find("PARALLAX_FIREFOX", &["firefox", "firefox-esr"]) {
        Some(firefox) => firefox,
        None => apt::install(&["firefox-esr"])
            .and_then(|()| paths::program("firefox-esr").context("it is installed but not on PATH"))
            .context("no Firefox: install it, or set PARALLAX_FIREFOX to it")?,
    };
    let geckodriver = match find("PARALLAX_GECKODRIVER", &["geckodriver"]) {
        Some(geckodriver) => geckodriver,
        None => Tool {
            name: "geckodriver",
            version: GECKODRIVER.into(),
            file: "bin/geckodriver",
            takes: "about 3 minutes",
            install: |tool, folder| cargo_install(tool, folder, &["--locked"]),
        }
        .find_or_install()
        .context("no geckodriver: install it, or set PARALLAX_GECKODRIVER to it")?,
    };
    Ok(Firefox { firefox, geckodriver })
}

fn find(named: &str, names: &[&str]) -> Option<PathBuf> {
    let named = env::var_os(named)
        .map(PathBuf::from)
        .filter(|file| file.is_file());
    named.or_else(|| names.iter().find_map(paths::program))
}

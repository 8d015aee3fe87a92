//! WebKitGTK with its driver: the nearest that Linux has to Safari.

use std::env;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use super::apt;
use crate::browser::WebKit;
use crate::paths;

/// Runs a command with a display: WebKitGTK has no headless mode.
pub const DISPLAY: &str = "xvfb-run";

/// WebKitGTK, its driver and a display that nobody sees: named by the environment, where they
/// belong, or installed.
///
/// # Errors
/// What is missing and how to get it.
pub fn webkit() -> Result<WebKit> {
    if let Some(browser) = find() {
        return Ok(browser);
    }
    apt::install(&["webkit2gtk-driver", "xvfb", "xauth", "fonts-dejavu-core"])
        .and_then(|()| find().context("it is installed but not where it is looked for"))
        .context(
            "no WebKitGTK: install WebKitWebDriver, its MiniBrowser and Xvfb, or set \
             PARALLAX_WEBKITDRIVER and PARALLAX_MINIBROWSER to the first two",
        )
}

fn find() -> Option<WebKit> {
    paths::program(DISPLAY)?;
    let named = |name| env::var_os(name).map(PathBuf::from).filter(|file| file.is_file());
    Some(WebKit {
        minibrowser: named("PARALLAX_MINIBROWSER").or_else(minibrowser)?,
        driver: named("PARALLAX_WEBKITDRIVER").or_else(|| paths::program("WebKitWebDriver"))?,
    })
}

/// It belongs to the library and is on nobody's `PATH`: `/usr/lib/<machine>/webkit2gtk-<version>`.
fn minibrowser() -> Option<PathBuf> {
    let folders = |under: PathBuf| {
        let entries = fs::read_dir(under).into_iter().flatten().flatten();
        entries.map(|entry| entry.path())
    };
    folders("/usr/lib".into())
        .filter(|path| path.is_dir())
        .flat_map(folders)
        .filter(|path| {
            path.file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with("webkit"))
        })
        .map(|path| path.join("MiniBrowser"))
        .find(|file| file.is_file())
}

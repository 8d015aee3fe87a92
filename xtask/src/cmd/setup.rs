//! `cargo xtask setup`: installs what is missing, so that the next command need not.

use anyhow::Result;

use crate::process::say;
use crate::setup;

/// Finds or installs compiler, tools and browser.
///
/// # Errors
/// What is missing and how to get it.
pub fn run() -> Result<bool> {
    let found = setup::build()?;
    for tool in [
        &found.tools.wasm_bindgen,
        &found.tools.trunk,
        &found.tools.wasm_opt,
    ] {
        say(format!("took {}", tool.display()));
    }
    let browser = setup::browser()?;
    say(format!(
        "took {} and {}",
        browser.chromium.display(),
        browser.chromedriver.display()
    ));
    say(format!("took {}", setup::axe()?.display()));
    setup::vulkan();
    Ok(true)
}

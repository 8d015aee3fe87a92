//! `cargo xtask setup`: installs what is missing, so that the next command need not.

use anyhow::Result;

use crate::process::say;
use crate::setup;

/// Finds or installs compiler, tools and chromium.
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
    let chromium = setup::chromium()?;
    say(format!(
        "took {} and {}",
        chromium.chromium.display(),
        chromium.chromedriver.display()
    ));
    say(format!("took {}", setup::axe()?.display()));
    say(format!("took {}", setup::cargo_deny()?.display()));
    let firefox = setup::firefox()?;
    say(format!(
        "took {} and {}",
        firefox.firefox.display(),
        firefox.geckodriver.display()
    ));
    setup::vulkan();
    Ok(true)
}

//! What a browser lacks that a test is about, and what only one browser takes the time for: the test is then
//! skipped by this name.

use crate::house::House;
use std::env;
use xtask::browser::Browser;

const WEBKIT: &[(&str, &str)] = &[
    (
        "files",
        "the test's script does not catch what WebKitGTK saves; nobody has looked into why",
    ),
    (
        "keyboard_only",
        "WebKitGTK's MiniBrowser moves the focus with Tab to fields only",
    ),
    (
        "less_motion_is_heeded",
        "WebKitGTK's driver cannot ask for less motion",
    ),
];

/// Half a minute and more each, of which little depends on the browser: everybody waits for Chromium's only.
const LONG: [&str; 6] = [
    "a_random_walk",
    "engine_that_never_comes",
    "experiments_on_a_kernel",
    "experiments_run_and_are_drawn",
    "fifty_engines",
    "views_program_missing",
];
const LATER: &str = "takes long: in Chromium each time, in others under --full";

/// Why this test is not made in this browser.
pub fn gap(house: &House, test: &str) -> Option<&'static str> {
    if !house.is_chromium() && env::var_os("PARALLAX_FULL").is_none() && LONG.contains(&test) {
        return Some(LATER);
    }
    match house.browser {
        Browser::WebKit(_) => WEBKIT.iter().find(|(name, _)| *name == test).map(|(_, why)| *why),
        Browser::Chromium(_) | Browser::Firefox(_) => None,
    }
}

//! What a browser lacks that a test is about: the test is then skipped by this name.

use crate::house::House;
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

/// Why this test cannot be made in this browser.
pub fn gap(house: &House, test: &str) -> Option<&'static str> {
    match house.browser {
        Browser::WebKit(_) => WEBKIT.iter().find(|(name, _)| *name == test).map(|(_, why)| *why),
        Browser::Chromium(_) | Browser::Firefox(_) => None,
    }
}

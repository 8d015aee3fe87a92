//! What the browser keeps, or does not: everything works without it.

use crate::house::{House, by};
use anyhow::Result;
use xtask::browser::Options;
use xtask::server::Wrong;

const SHORT: &str = "?workload=mandelbrot&size=64&budget=0.3&backends=scalar,simd";

/// The page with a store that was altered: runs work, and the page says that nothing is kept.
fn nothing_is_kept(house: &House, script: &str) -> Result<()> {
    let site = house.site().with("/theme-", Wrong::Begins(script.into()));
    let page = house.open_from(SHORT, site)?;
    page.run()?;
    page.row_is_timed("simd")?;
    page.wait(&format!(
        "document.querySelector('{}') !== null",
        by("history-blocked")
    ))?;
    page.run()?;
    page.row_is_timed("simd")?;
    page.console_is_clean()
}

/// Every kind of store refuses, as with cookies blocked.
pub fn blocked(house: &House) -> Result<()> {
    nothing_is_kept(
        house,
        "for (const name of ['indexedDB', 'localStorage', 'sessionStorage']) {
             Object.defineProperty(window, name, {get() { throw new DOMException('blocked', 'SecurityError'); }});
         }",
    )
}

/// No space left.
pub fn full(house: &House) -> Result<()> {
    nothing_is_kept(
        house,
        "IDBObjectStore.prototype.put = IDBObjectStore.prototype.add = () => {
             throw new DOMException('injected by a test', 'QuotaExceededError');
         };",
    )
}

/// A store that is opened and never answers.
pub fn silent(house: &House) -> Result<()> {
    nothing_is_kept(house, "IDBFactory.prototype.open = () => new EventTarget();")
}

/// The browser's own setting: no site may keep anything.
pub fn forbidden_by_the_browser(house: &House) -> Result<()> {
    house.chromium("is told so by a preference")?;
    let options = Options {
        prefs: vec![("profile.default_content_setting_values.cookies".into(), 2.into())],
        ..Options::default()
    };
    let page = house.open_with(SHORT, house.site(), &options)?;
    page.run()?;
    page.row_is_timed("simd")?;
    page.wait(&format!(
        "document.querySelector('{}') !== null",
        by("history-blocked")
    ))
}

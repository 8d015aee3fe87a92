//! The scripts of the house: set-up, build, serve, test, screenshots.
//!
//! `cargo xtask` is the binary over this library; each of its commands is one file in
//! [`cmd`]. The library half exists because the browser tests need two of its parts as
//! they are: [`server`], which serves a site with or without its headers, and
//! [`browser`], which starts Chromium under WebDriver and takes it down again.
//!
//! From nothing to a page the way is: [`setup`] finds or installs a compiler, the tools
//! and a browser, saying each time what it took; [`build`] makes `dist/` from them;
//! [`server`] serves it. Everything that a user's machine can get wrong ends in one
//! message that names what failed and the way out.

#[cfg(not(unix))]
compile_error!("xtask runs on Linux and macOS; on Windows, use it inside WSL");

pub mod args;
pub mod bench;
pub mod browser;
pub mod build;
pub mod cmd;
pub mod headers;
pub mod paths;
pub mod process;
pub mod server;
pub mod setup;
pub mod tally;
pub mod webdriver;

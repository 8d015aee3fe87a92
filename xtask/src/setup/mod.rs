//! Finds what the build and the tests need, and installs what is missing.
//!
//! The rule everywhere: use what is there, install the rest, say in one line which it
//! was, and if neither works end in one message with the way out.

mod apt;
mod chromium;
pub mod disk;
mod firefox;
mod peers;
pub mod toolchain;
mod tools;
pub mod webkit;

use anyhow::Result;

pub use chromium::{chromium, vulkan};
pub use firefox::firefox;
pub use peers::{BrowserPeers, GPUJS, JAXJS, NUMBA, NUMPY, browser_peers, python_peers};
pub use toolchain::Toolchain;
pub use tools::{Tools, axe, cargo_deny, editor, example_drivers, locked_version};
pub use webkit::webkit;

/// Compiler and tools: all that a build of the site needs.
#[derive(Debug)]
pub struct Setup {
    /// What compiles for wasm.
    pub toolchain: Toolchain,
    /// wasm-bindgen, wasm-opt and Trunk.
    pub tools: Tools,
}

/// Finds or installs all that a build needs.
///
/// # Errors
/// One message on the first thing that is missing and cannot be installed.
pub fn build() -> Result<Setup> {
    let toolchain = toolchain::find_or_install()?;
    crate::process::say(format!("took {toolchain}"));
    Ok(Setup {
        tools: tools::find_or_install()?,
        toolchain,
    })
}

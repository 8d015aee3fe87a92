//! wasm-bindgen, Trunk and wasm-opt, in a cache that clean checkouts share.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use super::{apt, disk};
use crate::paths;
use crate::process::{Step, say};

/// The newest Trunk that builds with the stable compilers in use.
const TRUNK: &str = "0.21.14";
/// npm's binaryen; Debian's is too old for today's wasm.
const BINARYEN: &str = "132.0.0";

/// What reads the page as a screen reader's user would and says where that fails.
const AXE: &str = "4.14.1";

/// Reads licences and sources of the dependencies.
const CARGO_DENY: &str = "0.20.2";

/// Without browsers of its own: the examples take the one that is there.
const PLAYWRIGHT: &str = "1.65.1";
const SELENIUM: &str = "4.49.0";

/// The tools' executables.
#[derive(Debug, Clone)]
pub struct Tools {
    /// Of exactly the version of the crate in Cargo.lock.
    pub wasm_bindgen: PathBuf,
    /// Comes with wasm-bindgen; runs tests in a browser.
    pub test_runner: PathBuf,
    /// Builds the page.
    pub trunk: PathBuf,
    /// Shrinks and speeds up what the compiler made.
    pub wasm_opt: PathBuf,
}

/// One tool: its folder in the cache, the file that shows that it is there, how to get it.
pub(super) struct Tool {
    pub(super) name: &'static str,
    pub(super) version: String,
    pub(super) file: &'static str,
    pub(super) takes: &'static str,
    pub(super) install: fn(&Tool, &Path) -> Result<()>,
}

/// The tools from the cache, installed first if they are not there.
///
/// # Errors
/// What could not be installed and what to try.
pub fn find_or_install() -> Result<Tools> {
    let lock = paths::root()?.join("Cargo.lock");
    let text = fs::read_to_string(&lock)
        .with_context(|| format!("{} cannot be read: `cargo fetch` writes it", lock.display()))?;
    let version = locked_version(&text, "wasm-bindgen")
        .context("Cargo.lock names no wasm-bindgen: `cargo fetch` writes it anew")?;
    let wasm_bindgen = Tool {
        name: "wasm-bindgen-cli",
        version: version.to_owned(),
        file: "bin/wasm-bindgen",
        takes: "about 5 minutes",
        // Its own lock file names releases that not every registry holds.
        install: |tool, folder| cargo_install(tool, folder, &[]),
    }
    .find_or_install()?;
    let trunk = Tool {
        name: "trunk",
        version: TRUNK.into(),
        file: "bin/trunk",
        takes: "about 5 minutes",
        // It has nothing to fetch: without TLS, and without asking for newer releases, it builds sooner.
        install: |tool, folder| cargo_install(tool, folder, &["--locked", "--no-default-features"]),
    }
    .find_or_install()?;
    let wasm_opt = Tool {
        name: "binaryen",
        version: BINARYEN.into(),
        file: "node_modules/.bin/wasm-opt",
        takes: "a moment",
        install: npm_install,
    };
    node_and_npm()?;
    Ok(Tools {
        test_runner: wasm_bindgen.with_file_name("wasm-bindgen-test-runner"),
        wasm_bindgen,
        trunk,
        wasm_opt: wasm_opt.find_or_install()?,
    })
}

/// axe-core, for the accessibility test alone.
///
/// # Errors
/// If npm cannot install it; the test then says that it was skipped.
pub fn axe() -> Result<PathBuf> {
    node_and_npm()?;
    Tool {
        name: "axe-core",
        version: AXE.into(),
        file: "node_modules/axe-core/axe.min.js",
        takes: "a moment",
        install: npm_install,
    }
    .find_or_install()
}

/// The lab's editor and what bundles it: the folder of its node modules, at the versions of the lock file.
///
/// # Errors
/// If npm cannot install them.
pub fn editor(root: &Path) -> Result<PathBuf> {
    node_and_npm()?;
    let lock = root.join("src/lab/js/package-lock.json");
    let text = fs::read(&lock).with_context(|| format!("{} cannot be read", lock.display()))?;
    let digest = Sha256::digest(&text);
    let tool = Tool {
        name: "editor",
        // Another lock file is another editor.
        version: digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect(),
        file: "node_modules/.bin/esbuild",
        takes: "a moment",
        install: |_, folder| {
            let source = paths::root()?.join("src/lab/js");
            for file in ["package.json", "package-lock.json"] {
                let (from, to) = (source.join(file), folder.join(file));
                fs::copy(&from, &to).with_context(|| format!("{} cannot be copied", from.display()))?;
            }
            let mut command = Command::new("npm");
            command
                .args(["ci", "--no-audit", "--no-fund"])
                .current_dir(folder);
            Step::new("install the editor through npm", "try: npm ci in src/lab/js").quiet(command)
        },
    };
    let file = tool.find_or_install()?;
    let home = file.ancestors().find(|path| path.ends_with("node_modules"));
    Ok(home.unwrap_or(&file).to_path_buf())
}

/// cargo-deny, which reads what the dependencies are.
///
/// # Errors
/// If cargo cannot install it; the test then says that it was skipped.
pub fn cargo_deny() -> Result<PathBuf> {
    if let Some(found) = paths::program("cargo-deny") {
        return Ok(found);
    }
    Tool {
        name: "cargo-deny",
        version: CARGO_DENY.into(),
        file: "bin/cargo-deny",
        takes: "about 3 minutes",
        install: |tool, folder| cargo_install(tool, folder, &["--locked", "--no-default-features"]),
    }
    .find_or_install()
}

/// The drivers that the README's examples use, each with the folder that holds it as a
/// node module: their tests run the examples as they stand.
///
/// # Errors
/// If npm cannot install one; the test then says that it was skipped.
pub fn example_drivers() -> Result<[(&'static str, PathBuf); 2]> {
    node_and_npm()?;
    let folder = |name, version: &str, file| {
        let tool = Tool {
            name,
            version: version.into(),
            file,
            takes: "a moment",
            install: npm_install,
        };
        let file = tool.find_or_install()?;
        let home = file.ancestors().find(|path| path.ends_with("node_modules"));
        Ok::<_, anyhow::Error>(home.unwrap_or(&file).to_path_buf())
    };
    let playwright = "node_modules/playwright-core/index.mjs";
    let selenium = "node_modules/selenium-webdriver/index.js";
    Ok([
        (
            "PARALLAX_PLAYWRIGHT",
            folder("playwright-core", PLAYWRIGHT, playwright)?,
        ),
        (
            "PARALLAX_SELENIUM",
            folder("selenium-webdriver", SELENIUM, selenium)?,
        ),
    ])
}

/// The version of a package in the text of a Cargo.lock.
#[must_use]
pub fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let start = lock.find(&format!("name = \"{package}\"\nversion = \""))?;
    lock[start..].split('"').nth(3)
}

impl Tool {
    /// An install happens in a folder beside and is renamed when complete, so that an
    /// interrupted one is never taken for a whole one.
    pub(super) fn find_or_install(&self) -> Result<PathBuf> {
        let cache = paths::tools()?;
        let home = cache.join(format!("{}-{}", self.name, self.version));
        let file = home.join(self.file);
        if file.is_file() {
            return Ok(file);
        }
        fs::create_dir_all(&cache).with_context(|| {
            format!(
                "{} cannot be made: set PARALLAX_CACHE to another folder",
                cache.display()
            )
        })?;
        let _turn = paths::turn(&cache.join(".lock"))?;
        if file.is_file() {
            return Ok(file);
        }
        say(format!(
            "installing {} {} ({})...",
            self.name, self.version, self.takes
        ));
        disk::check(&cache, 1500, &format!("installing {}", self.name))?;
        let beside = cache.join(format!(".{}-{}", self.name, self.version));
        // What an interrupted install has left.
        let _ = fs::remove_dir_all(&beside);
        fs::create_dir_all(&beside).with_context(|| format!("{} cannot be made", beside.display()))?;
        let done = (self.install)(self, &beside).and_then(|()| {
            if !beside.join(self.file).is_file() {
                bail!(
                    "{} {} was installed but holds no {}",
                    self.name,
                    self.version,
                    self.file
                );
            }
            // What is there without the file is of no use to anybody.
            let _ = fs::remove_dir_all(&home);
            fs::rename(&beside, &home).with_context(|| format!("{} cannot be put in place", home.display()))
        });
        if done.is_err() {
            let _ = fs::remove_dir_all(&beside);
        }
        done?;
        say(format!(
            "took {} {} from {}",
            self.name,
            self.version,
            home.display()
        ));
        Ok(file)
    }
}

pub(super) fn cargo_install(tool: &Tool, folder: &Path, flags: &[&str]) -> Result<()> {
    let build = folder.join("build");
    let mut command = Command::new(paths::native_cargo());
    command
        .args(["install", tool.name, "--version", &tool.version])
        .args(flags)
        .arg("--root")
        .arg(folder)
        // Tools that run for seconds are not worth the minutes that optimising them takes.
        .env("CARGO_PROFILE_RELEASE_LTO", "false")
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .env("CARGO_PROFILE_RELEASE_DEBUG", "0")
        .env("CARGO_TARGET_DIR", &build)
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_BUILD_TARGET")
        // Outside the checkout, so that none of its settings reach the tool.
        .current_dir(folder);
    let way_out = format!(
        "try: cargo install {} --version {} {}",
        tool.name,
        tool.version,
        flags.join(" ")
    );
    Step::new(&format!("install {} {}", tool.name, tool.version), &way_out).shown(command)?;
    // 500 MB of intermediate files.
    let _ = fs::remove_dir_all(build);
    Ok(())
}

fn npm_install(tool: &Tool, folder: &Path) -> Result<()> {
    npm(tool.name, &tool.version, &[], folder)
}

/// Installs one package of exactly this version into `<folder>/node_modules`.
pub(super) fn npm(name: &str, version: &str, flags: &[&str], folder: &Path) -> Result<()> {
    let package = format!("{name}@{version}");
    let mut command = Command::new("npm");
    command
        .args(["i", "--no-audit", "--no-fund", "--prefix", ".", &package])
        .args(flags)
        .current_dir(folder);
    let way_out = format!("try: npm i {package}");
    Step::new(&format!("install {package} through npm"), &way_out).quiet(command)
}

/// wasm-opt runs on node, and npm brings it and the peers' packages.
pub(super) fn node_and_npm() -> Result<()> {
    if paths::program("node").is_some() && paths::program("npm").is_some() {
        return Ok(());
    }
    if apt::offers("nodejs") {
        return apt::install(&["nodejs", "npm"]);
    }
    bail!("node and npm are missing (wasm-opt comes through them): install Node.js 18 or newer")
}

#[cfg(test)]
mod tests {
    use super::locked_version;

    #[test]
    fn the_locked_version_is_the_package_s_own() {
        let lock = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.80\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(locked_version(lock, "wasm"), None);
    }
}

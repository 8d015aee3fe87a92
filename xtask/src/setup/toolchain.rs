//! The compiler for wasm: one that can rebuild std with atomics.
//!
//! Threads in wasm need that, which takes std's sources and a wasm linker. Debian ships a
//! matching set; elsewhere a rustup nightly with `rust-src` is the natural way. The plain
//! compiler that runs xtask is never replaced: both live side by side, each with its own
//! target folder, since their outputs do not mix (E0514).

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use super::apt;
use crate::process::{Step, output, say};

/// The nightly that rustup is asked for where none is there: new enough, and the same
/// everywhere.
const NIGHTLY: &str = "nightly-2026-05-20";

/// The oldest minor version of rustc 1 that is taken from what is already installed. Older
/// ones pass other arguments to the wasm linker than the build expects.
const OLDEST: u32 = 92;

/// A compiler, its cargo and its linker, to be used together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toolchain {
    /// The cargo that belongs to the compiler.
    pub cargo: PathBuf,
    /// The compiler itself, not a rustup shim.
    pub rustc: PathBuf,
    /// Kept equal to the compiler everywhere, doc tests included (E0514).
    pub rustdoc: PathBuf,
    /// `None` if the compiler brings its own.
    pub linker: Option<PathBuf>,
    /// What `rustc -V` says; a part of the build's id.
    pub version: String,
    /// Where it is from, for the line that says so.
    pub origin: String,
}

impl fmt::Display for Toolchain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let short = self.version.split(" (").next().unwrap_or(&self.version);
        write!(f, "{short} from {}", self.origin)
    }
}

impl Toolchain {
    /// A command that uses this compiler and nothing of the one that runs xtask.
    #[must_use]
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        // What rustup and `cargo run` leave for their children would pull the other
        // compiler in.
        for name in [
            "RUSTUP_TOOLCHAIN",
            "LD_LIBRARY_PATH",
            "RUSTFLAGS",
            "CARGO_BUILD_TARGET",
            "RUSTC_WRAPPER",
        ] {
            command.env_remove(name);
        }
        command
            .env("CARGO", &self.cargo)
            .env("RUSTC", &self.rustc)
            .env("RUSTDOC", &self.rustdoc)
            // `-Z build-std` on a stable compiler.
            .env("RUSTC_BOOTSTRAP", "1");
        command
    }
}

/// The toolchain that is here already, if one is complete.
#[must_use]
pub fn find() -> Option<Toolchain> {
    debian().ok().or_else(rustup)
}

/// The toolchain that is here already, or a fresh one.
///
/// # Errors
/// What is missing and how to get it.
pub fn find_or_install() -> Result<Toolchain> {
    if let Some(found) = find() {
        return Ok(found);
    }
    let mut tried = Vec::new();
    if apt::offers("rustc-web") {
        match install_from_debian() {
            Ok(found) => return Ok(found),
            Err(error) => tried.push(format!("Debian: {error:#}")),
        }
    }
    if rustup_is_here() {
        match install_from_rustup() {
            Ok(found) => return Ok(found),
            Err(error) => tried.push(format!("rustup: {error:#}")),
        }
    }
    tried.insert(
        0,
        "no compiler here can build wasm threads, and none could be installed".into(),
    );
    tried.push(format!(
        "either of these will do:\n  sudo apt-get install rustc-web cargo-web rust-web-src \
         lld-NN  (Debian; NN is the LLVM version in `rustc -vV`)\n  rustup toolchain install \
         {NIGHTLY} --profile minimal --component rust-src --target wasm32-unknown-unknown"
    ));
    bail!("{}", tried.join("\n"))
}

/// Debian's set in `/usr/bin`, or the first part of it that is missing.
fn debian() -> Result<Toolchain, Missing> {
    let bin = Path::new("/usr/bin");
    let about = about(&bin.join("rustc"))
        .filter(About::new_enough)
        .ok_or(Missing::Compiler)?;
    if !bin.join("cargo").is_file() || !about.has_std_sources() {
        return Err(Missing::Compiler);
    }
    let linker = bin.join(format!("wasm-ld-{}", about.llvm));
    if !linker.is_file() {
        return Err(Missing::Linker(format!("lld-{}", about.llvm)));
    }
    Ok(about.toolchain(bin, Some(linker), "/usr/bin (Debian rustc-web)".into()))
}

enum Missing {
    Compiler,
    Linker(String),
}

fn install_from_debian() -> Result<Toolchain> {
    if matches!(debian(), Err(Missing::Compiler)) {
        apt::install(&["rustc-web", "cargo-web", "rust-web-src"])?;
    }
    // The linker's version follows the compiler's, which moves with security updates.
    if let Err(Missing::Linker(package)) = debian() {
        apt::install(&[&package])?;
    }
    match debian() {
        Ok(found) => Ok(found),
        Err(_) => bail!("its packages are installed but the set is not complete"),
    }
}

/// An installed nightly with std's sources: the pinned one first.
fn rustup() -> Option<Toolchain> {
    let list = output(Command::new("rustup").args(["toolchain", "list"]))?;
    let mut names: Vec<&str> = nightlies(&list);
    names.sort_by_key(|name| !name.starts_with(NIGHTLY));
    names.into_iter().find_map(|name| {
        let rustc = output(Command::new("rustup").args(["which", "--toolchain", name, "rustc"]))?;
        let rustc = PathBuf::from(rustc.trim());
        let about = about(&rustc).filter(About::new_enough)?;
        about.has_std_sources().then(|| {
            about.toolchain(
                rustc.parent().unwrap_or(Path::new("")),
                None,
                format!("rustup {name}"),
            )
        })
    })
}

fn rustup_is_here() -> bool {
    output(Command::new("rustup").arg("--version")).is_some()
}

fn install_from_rustup() -> Result<Toolchain> {
    let arguments = format!(
        "toolchain install {NIGHTLY} --profile minimal --component rust-src --target \
         wasm32-unknown-unknown"
    );
    say(format!("installing {NIGHTLY} through rustup..."));
    let mut command = Command::new("rustup");
    command.args(arguments.split_whitespace());
    let way_out = format!("try: rustup {arguments}");
    Step::new(&format!("install {NIGHTLY}"), &way_out).quiet(command)?;
    match rustup() {
        Some(found) => Ok(found),
        None => bail!("{NIGHTLY} is installed but has no rust-src"),
    }
}

fn nightlies(list: &str) -> Vec<&str> {
    list.lines()
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| name.starts_with("nightly"))
        .collect()
}

/// What a compiler says about itself.
#[derive(Debug, PartialEq)]
struct About {
    version: String,
    minor: u32,
    llvm: u32,
    sysroot: PathBuf,
}

fn about(rustc: &Path) -> Option<About> {
    let verbose = output(Command::new(rustc).arg("-vV"))?;
    let sysroot = output(Command::new(rustc).args(["--print", "sysroot"]))?;
    read_about(&verbose, &sysroot)
}

fn read_about(verbose: &str, sysroot: &str) -> Option<About> {
    let field = |name| verbose.lines().find_map(|line| line.strip_prefix(name));
    Some(About {
        version: verbose.lines().next()?.to_owned(),
        minor: field("release: 1.")?.split('.').next()?.parse().ok()?,
        llvm: field("LLVM version: ")?.split('.').next()?.parse().ok()?,
        sysroot: sysroot.trim().into(),
    })
}

impl About {
    fn new_enough(&self) -> bool {
        self.minor >= OLDEST
    }

    fn has_std_sources(&self) -> bool {
        self.sysroot
            .join("lib/rustlib/src/rust/library/std/Cargo.toml")
            .is_file()
    }

    fn toolchain(self, bin: &Path, linker: Option<PathBuf>, origin: String) -> Toolchain {
        Toolchain {
            cargo: bin.join("cargo"),
            rustc: bin.join("rustc"),
            rustdoc: bin.join("rustdoc"),
            linker,
            version: self.version,
            origin,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_a_compiler_says() {
        let verbose = "rustc 1.96.0 (ac68faa20 2026-05-25) (built from a source tarball)\n\
                       binary: rustc\nrelease: 1.96.0\nLLVM version: 22.1.8\n";
        let about = read_about(verbose, "/usr\n").unwrap();
        assert_eq!((about.minor, about.llvm), (96, 22));
        assert!(about.new_enough());
        let toolchain = about.toolchain(Path::new("/usr/bin"), None, "/usr/bin".into());
        assert_eq!(toolchain.to_string(), "rustc 1.96.0 from /usr/bin");
        assert_eq!(read_about("rustc 1.96.0\n", "/usr"), None);
    }

    #[test]
    fn only_nightlies_are_asked_about() {
        let list = "stable-x86_64 (active, default)\nnightly-x86_64\nnightly-2026-05-20-x86_64\n";
        assert_eq!(nightlies(list), ["nightly-x86_64", "nightly-2026-05-20-x86_64"]);
    }
}

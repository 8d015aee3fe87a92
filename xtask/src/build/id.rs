//! The build id: one hash over all that the site is made of.
//!
//! The same sources give the same id on every machine with the same compiler. It is in
//! the engine's URL and compiled into both binaries, so that a page never talks to an
//! engine of another build.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// Files and folders that the site is made of; one that is absent adds nothing.
const SOURCES: [&str; 9] = [
    "Cargo.toml",
    "Cargo.lock",
    "index.html",
    "Trunk.toml",
    "src",
    "shaders",
    "style",
    "xtask/src/build",
    "xtask/src/headers.rs",
];

/// How many hex digits are kept.
const DIGITS: usize = 12;

/// The id of the sources under `root` as built by `compiler`.
///
/// # Errors
/// If a source cannot be read.
pub fn of(root: &Path, compiler: &str) -> Result<String> {
    let mut files = Vec::new();
    for source in SOURCES {
        collect(&root.join(source), &mut files)?;
    }
    files.sort();
    let mut hash = Sha256::new();
    // Lengths keep "ab" + "c" and "a" + "bc" apart.
    let mut add = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    };
    add(compiler.as_bytes());
    for file in files {
        let name = file.strip_prefix(root).unwrap_or(&file);
        add(name.as_os_str().as_encoded_bytes());
        add(&fs::read(&file).with_context(|| format!("{} cannot be read", file.display()))?);
    }
    let mut id: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    id.truncate(DIGITS);
    Ok(id)
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_dir() {
        let entries = fs::read_dir(path).with_context(|| format!("{} cannot be read", path.display()))?;
        for entry in entries {
            collect(&entry?.path(), files)?;
        }
    } else if path.is_file() {
        files.push(path.to_path_buf());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_follows_contents_names_and_compiler() {
        let root = std::env::temp_dir().join(format!("parallax-id-{}", std::process::id()));
        fs::create_dir_all(root.join("src/deep")).unwrap();
        fs::write(root.join("src/deep/a.rs"), "a").unwrap();
        fs::write(root.join("Cargo.toml"), "b").unwrap();
        let first = of(&root, "rustc 1").unwrap();
        assert_eq!(first.len(), DIGITS);
        assert_eq!(first, of(&root, "rustc 1").unwrap());
        assert_ne!(first, of(&root, "rustc 2").unwrap());
        fs::write(root.join("README.md"), "not a source").unwrap();
        assert_eq!(first, of(&root, "rustc 1").unwrap());
        fs::rename(root.join("src/deep/a.rs"), root.join("src/deep/b.rs")).unwrap();
        assert_ne!(first, of(&root, "rustc 1").unwrap());
        fs::remove_dir_all(root).unwrap();
    }
}

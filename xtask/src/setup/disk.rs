//! Free disk space, asked for before a long build rather than found missing after it.

use std::path::Path;

use anyhow::{Result, bail};

/// Fails if fewer than `need` megabytes are free where `folder` is or will be.
///
/// # Errors
/// How much is free, how much is needed, and where.
pub fn check(folder: &Path, need: u64, what: &str) -> Result<()> {
    let Some(free) = free_megabytes(folder) else {
        return Ok(());
    };
    if free < need {
        bail!(
            "{what} needs about {need} MB: free some disk, {free} MB are left in {}",
            folder.display()
        );
    }
    Ok(())
}

/// None if the system does not say, which is no reason to stop.
fn free_megabytes(folder: &Path) -> Option<u64> {
    let there = folder.ancestors().find(|folder| folder.is_dir())?;
    let disk = rustix::fs::statvfs(there).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize) >> 20)
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn says_how_much_is_missing() {
        let folder = std::env::temp_dir().join("not/made/yet");
        assert!(check(&folder, 0, "nothing").is_ok());
        let error = check(&folder, u64::MAX, "the build").unwrap_err().to_string();
        assert!(error.starts_with("the build needs about"), "{error}");
    }
}

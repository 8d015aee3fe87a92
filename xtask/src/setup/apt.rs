//! Debian's packages, where there is apt and the right to use it.

use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Context, Result, bail};

use crate::paths;
use crate::process::{Step, output, say};

/// How a command becomes root's: directly, or through a sudo that asks for no password.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Rights {
    Root,
    Sudo,
    None,
}

fn rights() -> Rights {
    static RIGHTS: OnceLock<Rights> = OnceLock::new();
    *RIGHTS.get_or_init(|| {
        if paths::program("apt-get").is_none() {
            Rights::None
        } else if rustix::process::geteuid().is_root() {
            Rights::Root
        } else if output(Command::new("sudo").args(["-n", "true"])).is_some() {
            Rights::Sudo
        } else {
            Rights::None
        }
    })
}

/// Whether packages can be installed here.
pub fn usable() -> bool {
    rights() != Rights::None
}

/// Whether apt knows a version of the package that it could install.
///
/// Asks for fresh lists, once, if the present ones do not name it: a new machine's are
/// empty.
pub fn offers(package: &str) -> bool {
    static UPDATED: OnceLock<()> = OnceLock::new();
    if !usable() {
        return false;
    }
    if !listed(package) {
        UPDATED.get_or_init(|| {
            // Without the lists the answer is no, and the caller says what is missing.
            let _ = update();
        });
    }
    listed(package)
}

fn listed(package: &str) -> bool {
    output(Command::new("apt-cache").args(["policy", package])).is_some_and(|policy| has_candidate(&policy))
}

fn has_candidate(policy: &str) -> bool {
    policy
        .lines()
        .filter_map(|line| line.trim().strip_prefix("Candidate:"))
        .any(|version| version.trim() != "(none)")
}

/// Installs packages without what they merely recommend, and without removing any.
///
/// # Errors
/// If they cannot be installed; the message holds the command to try by hand.
pub fn install(packages: &[&str]) -> Result<()> {
    let names = packages.join(" ");
    if let Some(missing) = packages.iter().find(|package| !offers(package)) {
        bail!("apt offers no package `{missing}` here, or may not be used by this user");
    }
    say(format!("installing {names} through apt..."));
    let way_out = format!("try: sudo apt-get update && sudo apt-get install {names}");
    let what = format!("install {names}");
    let step = Step::new(&what, &way_out);
    let wanted = || {
        let mut command = apt_get();
        command
            .args(["install", "-y", "--no-install-recommends", "--no-remove"])
            .args(packages)
            .env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    // Lists may be stale and name versions that are gone: once more with fresh ones.
    if step.quiet(wanted()).is_err() {
        update().context(way_out.clone())?;
        step.quiet(wanted())?;
    }
    say(format!("took {names} from apt"));
    Ok(())
}

fn update() -> Result<()> {
    let mut command = apt_get();
    command.arg("update");
    say("fetching apt's lists...");
    Step::new("fetch apt's lists", "try: sudo apt-get update").quiet(command)
}

fn apt_get() -> Command {
    if rights() == Rights::Sudo {
        let mut command = Command::new("sudo");
        command.args(["-n", "apt-get"]);
        command
    } else {
        Command::new("apt-get")
    }
}

#[cfg(test)]
mod tests {
    use super::has_candidate;

    #[test]
    fn a_package_without_candidate_is_not_offered() {
        assert!(has_candidate(
            "x:\n  Installed: (none)\n  Candidate: 1.96.0+dfsg1\n"
        ));
        assert!(!has_candidate("x:\n  Installed: (none)\n  Candidate: (none)\n"));
        assert!(!has_candidate(""));
    }
}

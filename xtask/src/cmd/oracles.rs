//! What real Numba, CPython and NumPy say of the kernels, asked anew: under `--full`, as it takes an hour.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, ensure};

use crate::process::{Step, say};
use crate::tally::Tally;
use crate::{paths, setup};

/// Programs of the grammar.
const PROGRAMS: u64 = 20_000;
/// Seconds of kernels that are spoilt by chance.
const FUZZ_S: u64 = 600;
/// Numba takes seconds for each kernel.
const LIMIT: Duration = Duration::from_secs(60 * 60);

/// All of it, each a test of its own.
pub fn all(root: &Path) -> Tally {
    say("\n== oracles");
    let mut tally = Tally::default();
    let python = match setup::python_peers() {
        Ok(python) => python,
        Err(error) => {
            tally.skip("oracles", format!("{error:#}"));
            return tally;
        }
    };
    let parts: [(&str, &dyn Fn() -> Result<()>); 4] = [
        ("Numba's goldens, made anew", &|| goldens(root, &python)),
        ("20,000 programs on every rung and in CPython", &|| {
            programs(root, &python)
        }),
        ("exported scripts under real Numba", &|| scripts(root, &python)),
        ("ten minutes of kernels spoilt by chance", &|| fuzz(root)),
    ];
    for (name, part) in parts {
        match part() {
            Ok(()) => {
                say(format!("test {name} ... ok"));
                tally.pass();
            }
            Err(error) => {
                say(format!("test {name} ... FAILED\n{error:#}"));
                tally.fail(name, format!("{error:#}"));
            }
        }
    }
    tally
}

/// Runs every kernel under Numba again; what it says now is what is committed.
fn goldens(root: &Path, python: &Path) -> Result<()> {
    let mut command = Command::new(python);
    command
        .arg(root.join("src/compiler/tests/oracle/kernels_golden.py"))
        .arg("--check");
    let step = Step {
        limit: LIMIT,
        ..Step::new(
            "ask Numba",
            "where it says something new: kernels_golden.py --all, and compare",
        )
    };
    step.quiet(command)
}

/// Runs every kernel of the gallery as the script that the lab saves.
fn scripts(root: &Path, python: &Path) -> Result<()> {
    let mut command = Command::new(paths::native_cargo());
    command
        .args(["test", "-p", "parallax-lab", "--test", "export"])
        .current_dir(root)
        .env_remove("CARGO_BUILD_TARGET")
        .env("PARALLAX_PYTHON", python);
    let step = Step {
        limit: LIMIT,
        ..Step::new("run the exported scripts", "its messages are above")
    };
    step.shown(command)
}

/// Writes the programs, asks CPython and NumPy, and compares.
fn programs(root: &Path, python: &Path) -> Result<()> {
    let folder = root.join("target/programs");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    let test = |name: &str| {
        let mut command = Command::new(paths::native_cargo());
        command
            .args(["test", "-p", "parallax-compiler", "--test", name, "--"])
            .current_dir(root)
            .env_remove("CARGO_BUILD_TARGET");
        command
    };
    let mut write = test("generated");
    write
        .args(["--ignored"])
        .env("PARALLAX_PROGRAMS", &folder)
        .env("PARALLAX_COUNT", PROGRAMS.to_string());
    Step::new("write the programs", "its messages are above").quiet(write)?;
    let mut ask = Command::new(python);
    ask.arg(root.join("src/compiler/tests/oracle/differential.py"))
        .arg("--hash")
        .arg(&folder);
    let mut lines = String::new();
    let step = Step {
        limit: LIMIT,
        ..Step::new("ask CPython and NumPy", "its messages are above")
    };
    let status = step.each_line(ask, &mut |line| {
        lines.push_str(line);
        lines.push('\n');
    })?;
    ensure!(status.success(), "differential.py ended with {status}");
    let oracle = root.join("target/differential.golden");
    fs::write(&oracle, lines)?;
    let mut compare = test("differential");
    compare
        .args(["--nocapture"])
        .env("PARALLAX_PROGRAMS", format!("0..{PROGRAMS}"))
        .env("PARALLAX_ORACLE", &oracle);
    let step = Step {
        limit: LIMIT,
        ..Step::new("compare the programs", "its messages are above")
    };
    step.shown(compare)
}

fn fuzz(root: &Path) -> Result<()> {
    let mut command = Command::new(paths::native_cargo());
    command
        .args(["test", "-p", "parallax-compiler", "--test", "fuzz"])
        .current_dir(root)
        .env_remove("CARGO_BUILD_TARGET")
        .env("PARALLAX_FUZZ_SECONDS", FUZZ_S.to_string());
    let step = Step {
        limit: LIMIT,
        ..Step::new("spoil kernels", "its messages are above")
    };
    step.shown(command)
}

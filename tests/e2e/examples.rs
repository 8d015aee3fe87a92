//! The README's examples, run as they stand there against the built page.

use super::House;
use anyhow::{Context, Result, ensure};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use std::{env, fs};

pub fn playwright(house: &House) -> Result<()> {
    let output = run(house, "playwright-core", "PARALLAX_PLAYWRIGHT")?;
    says(&output, &["javascript ok", "scalar ok", "threads+simd ok"])
}

pub fn webdriver(house: &House) -> Result<()> {
    let output = run(house, "selenium-webdriver", "PARALLAX_SELENIUM")?;
    says(&output, &["javascript ok", "scalar ok", "threads+simd ok"])
}

fn says(output: &str, lines: &[&str]) -> Result<()> {
    if output == SKIPPED {
        return Ok(());
    }
    for start in lines {
        ensure!(
            output.lines().any(|line| line.starts_with(start)),
            "no '{start}' in:\n{output}"
        );
    }
    Ok(())
}

const SKIPPED: &str = "skipped";

fn run(house: &House, driver: &str, modules: &str) -> Result<String> {
    let Some(modules) = env::var_os(modules) else {
        println!("SKIPPED the README's {driver} example: {driver} could not be installed");
        return Ok(SKIPPED.into());
    };
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md"))?;
    let mut blocks = readme
        .split("```js\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next());
    let example = blocks
        .find(|block| block.contains(&format!("'{driver}'")))
        .with_context(|| format!("the README has no {driver} example"))?;
    let lines = example.lines().filter(|line| !line.trim().is_empty()).count();
    ensure!(lines <= 10, "the {driver} example has {lines} lines");

    let target = house.dist.parent().context("no folder")?.join("target/tmp");
    let folder = target.join(format!("example-{driver}"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("example.mjs"), example)?;
    symlink(modules, folder.join("node_modules"))?;
    let site = house.site().start(0)?;
    let output = Command::new("node")
        .arg("example.mjs")
        .current_dir(&folder)
        .env("PARALLAX", &site.url)
        .env("CHROMIUM", &house.browser.chromium)
        .env("CHROMEDRIVER", &house.browser.chromedriver)
        .output()
        .context("node did not start")?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "the {driver} example failed:\n{said}{errors}"
    );
    Ok(said)
}

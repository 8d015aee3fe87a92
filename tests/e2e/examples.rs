//! The README's examples, run as they stand there against the built page.

use crate::house::{House, skip};
use anyhow::{Context, Result, ensure};
use parallax::protocol::{Report, ResultStatus};
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

/// `cargo xtask bench` against the real page: the report it writes is the page's.
pub fn bench(house: &House) -> Result<()> {
    let browser = if house.is_chromium() {
        "chromium"
    } else {
        "firefox"
    };
    let cargo = env::var_os("CARGO").context("cargo test says where cargo is")?;
    let target = house.dist.parent().context("no folder")?.join("target/tmp");
    fs::create_dir_all(&target)?;
    let file = target.join("bench.json");
    let _ = fs::remove_file(&file);
    let output = Command::new(cargo)
        .args([
            "xtask",
            "bench",
            "--workload",
            "mandelbrot,matmul",
            "--backend",
            "javascript,scalar,threads+simd",
        ])
        .args(["--browser", browser])
        .args(["--size", "64", "--budget", "1", "--seed", "3", "--json"])
        .arg(&file)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    ensure!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let report: Report = serde_json::from_slice(&fs::read(&file)?)?;
    report.validate()?;
    ensure!(
        report.spec.seed == 3 && report.environment.isolated,
        "{:?}",
        report.spec
    );
    ensure!(report.results.len() == 6, "{} rows", report.results.len());
    for row in &report.results {
        ensure!(
            row.status == ResultStatus::Ok && row.median_ms.is_some(),
            "{row:?}"
        );
        ensure!(
            said.contains(&row.workload) && said.contains(&row.backend),
            "{said}"
        );
    }
    Ok(())
}

fn says(output: &str, lines: &[&str]) -> Result<()> {
    for start in lines {
        ensure!(
            output.lines().any(|line| line.starts_with(start)),
            "no '{start}' in:\n{output}"
        );
    }
    Ok(())
}

fn run(house: &House, driver: &str, modules: &str) -> Result<String> {
    let chromium = house.chromium("is what the examples start")?;
    let Some(modules) = env::var_os(modules) else {
        return skip(format!("{driver} could not be installed"));
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
        .env("CHROMIUM", &chromium.chromium)
        .env("CHROMEDRIVER", &chromium.chromedriver)
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

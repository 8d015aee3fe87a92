//! `cargo xtask test`: builds what is tested, runs every part, and counts honestly.
//!
//! A part that cannot run because something is missing is one skip with its reason; one
//! that breaks is one failure with its name. The last line holds the three counts.

use std::path::Path;
use std::process::Command;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::Result;

use super::dist::{kilobytes, sizes};
use crate::args::{Part, Test};
use crate::browser::{Browser, Chromium};
use crate::build::{self, Dist, engine};
use crate::process::{Step, say};
use crate::tally::{Reader, Tally};
use crate::{paths, setup};

/// What the page may weigh as brotli: it has to be up before anybody waits.
const PAGE_BUDGET: usize = 174_000;
/// What the views may weigh as brotli: they are fetched once the page is up.
const VIEWS_BUDGET: usize = 205_000;
/// What the lab may weigh as brotli, its program and its editor: fetched when somebody opens it.
const LAB_BUDGETS: [usize; 2] = [220_000, 135_000];
/// What the engine may weigh as brotli: it is fetched while the page is read.
const ENGINE_BUDGET: usize = 650_000;

/// Building included, no part takes longer on a slow machine.
const LIMIT: Duration = Duration::from_secs(40 * 60);
/// The same under `--full`, where a walk in the browser takes half an hour.
const FULL_LIMIT: Duration = Duration::from_secs(80 * 60);

/// Seconds that one test in the browser may take.
const BROWSER_TIMEOUT: &str = "300";

/// Runs the parts asked for and prints the count; true if nothing failed.
///
/// # Errors
/// Only if this is no checkout; everything else is counted.
pub fn run(options: Test) -> Result<bool> {
    let root = paths::root()?;
    let wants = |part| options.only.is_none_or(|only| only == part);
    let mut tally = Tally::default();

    // The native part alone needs no site; what would read its engine says it is skipped.
    let site = (options.only != Some(Part::Native)).then(|| {
        let wanted = [
            (Part::Native, native_tests(&root)),
            (Part::E2e, e2e_tests(Command::new(paths::native_cargo()), &root)),
        ];
        let builds = wanted.into_iter().filter(|(part, _)| wants(*part));
        let ahead = ahead(builds.map(|(_, build)| build).collect());
        let site = build::site();
        if ahead.join().is_err() {
            say("error: the tests could not be built beside the site");
        }
        site
    });
    let site = match site.transpose() {
        Ok(site) => site,
        Err(error) => {
            say(format!("error: {error:#}"));
            tally.fail("the site", format!("{error:#}"));
            None
        }
    };
    if wants(Part::Native) {
        setup::vulkan();
        tally.add(native(&root, options.full, site.as_ref()));
        tally.add(dependencies(&root));
        if options.full {
            tally.add(super::oracles::all(&root));
        }
    }
    if let Some(site) = &site {
        tally.add(budget(site));
        match setup::chromium() {
            Ok(chromium) => {
                if wants(Part::Browser) {
                    tally.add(in_browser(&root, options.full, &chromium));
                }
                if wants(Part::E2e) {
                    let browser = Browser::Chromium(chromium);
                    tally.add(end_to_end(&root, options.full, &browser, site));
                }
            }
            Err(error) => {
                for (part, name) in [(Part::Browser, "browser"), (Part::E2e, "e2e")] {
                    if wants(part) {
                        tally.skip(name, format!("{error:#}"));
                    }
                }
            }
        }
        if wants(Part::E2e) {
            tally.add(match setup::firefox() {
                Ok(firefox) => end_to_end(&root, options.full, &Browser::Firefox(firefox), site),
                Err(error) => skipped("e2e in Firefox", &error),
            });
        }
        // The third engine, which lacks what the gaps in tests/e2e/gaps.rs say.
        if wants(Part::E2e) && options.full {
            tally.add(match setup::webkit() {
                Ok(webkit) => end_to_end(&root, options.full, &Browser::WebKit(webkit), site),
                Err(error) => skipped("e2e in WebKitGTK", &error),
            });
        }
    }

    say("");
    for (name, said) in &tally.failures {
        say(format!("FAILED {name}: {}", said.replace('\n', "\n    ")));
    }
    for (name, reason) in &tally.reasons {
        say(format!("skipped {name}: {reason}"));
    }
    say(tally.to_string());
    Ok(tally.failed == 0)
}

/// Builds these tests while the site is built, which is one compiler's or one optimiser's work most of the
/// time. What fails here fails again when they are run, and is told there.
fn ahead(builds: Vec<Command>) -> JoinHandle<()> {
    thread::spawn(move || {
        for mut command in builds {
            command.arg("--no-run");
            let step = Step::new("build the tests", "they are built again where they are run");
            if step.quiet(command).is_err() {
                say("the tests did not build: see below");
            }
        }
    })
}

fn native_tests(root: &Path) -> Command {
    let mut command = Command::new(paths::native_cargo());
    command
        .args(["test", "--workspace", "--exclude", "parallax-worker"])
        .current_dir(root)
        .env_remove("CARGO_BUILD_TARGET");
    command
}

/// All that runs here without a browser: the registries on this machine's CPU and GPU, the
/// page's state, the compilers' promises about the engine's code.
fn native(root: &Path, full: bool, site: Option<&Dist>) -> Tally {
    let mut command = native_tests(root);
    command
        .arg("--no-fail-fast")
        // Tests that passed may have said that they were skipped.
        .args(["--", "--show-output"]);
    if let Some(site) = site {
        command.env("PARALLAX_ENGINE_WASM", &site.engine_named);
    }
    count("native", command, full)
}

/// What the dependencies are: their licences, where they are from, and, where the database can
/// be had, whether anything is known against them.
fn dependencies(root: &Path) -> Tally {
    say("\n== dependencies");
    let deny = match setup::cargo_deny() {
        Ok(deny) => deny,
        Err(error) => return skipped("dependencies", &error),
    };
    let ask = |what: &[&str]| {
        let mut command = Command::new(&deny);
        command
            .args(["--log-level", "error", "check", "--hide-inclusion-graph"])
            .args(what)
            .current_dir(root)
            .env("CARGO", paths::native_cargo());
        command
    };
    let mut tally = Tally::default();
    let step = Step::new("check the licences", "deny.toml says which are allowed");
    match step.shown(ask(&["licenses", "bans", "sources"])) {
        Ok(()) => tally.pass(),
        Err(error) => tally.fail("licences and sources of the dependencies", format!("{error:#}")),
    }
    // What is known is asked of a repository, which not every network lets through.
    let mut fetch = Command::new(&deny);
    fetch.arg("fetch").arg("db").current_dir(root);
    let step = Step::new("fetch the advisories", "without them they are not checked");
    match step.quiet(fetch) {
        Err(error) => tally.skip("advisories on the dependencies", format!("{error:#}")),
        Ok(()) => {
            let step = Step::new("check the advisories", "deny.toml may name exceptions");
            match step.shown(ask(&["advisories"])) {
                Ok(()) => tally.pass(),
                Err(error) => tally.fail("advisories on the dependencies", format!("{error:#}")),
            }
        }
    }
    tally
}

/// The registries' conformance as wasm with threads, in the browser.
fn in_browser(root: &Path, full: bool, browser: &Chromium) -> Tally {
    let setup = match setup::build() {
        Ok(setup) => setup,
        Err(error) => return broken("browser", &error),
    };
    let mut command = build::wasm_cargo(&setup.toolchain, "test");
    engine::configure(&mut command, root, &setup.toolchain);
    command
        // Tests are built to unwind unless told: two cores in one build (E0152).
        .args(["-Z", "panic-abort-tests"])
        .args(["-p", "parallax", "--test", "browser", "--", "--nocapture"])
        .env(
            "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER",
            &setup.tools.test_runner,
        )
        .env("WASM_BINDGEN_TEST_TIMEOUT", BROWSER_TIMEOUT)
        .env("CHROMEDRIVER", &browser.chromedriver);
    count("browser", command, full)
}

fn e2e_tests(mut cargo: Command, root: &Path) -> Command {
    cargo
        .args(["test", "-p", "parallax", "--test", "e2e"])
        .current_dir(root)
        .env_remove("CARGO_BUILD_TARGET");
    cargo
}

/// The built page, used as a person would use it.
fn end_to_end(root: &Path, full: bool, browser: &Browser, site: &Dist) -> Tally {
    let cargo = paths::native_cargo();
    let command = match browser {
        Browser::WebKit(_) => {
            let mut command = Command::new(setup::webkit::DISPLAY);
            command.arg("--auto-servernum").arg(cargo);
            command
        }
        _ => Command::new(cargo),
    };
    let mut command = e2e_tests(command, root);
    command.env("PARALLAX_DIST", &site.folder);
    let name = match browser {
        Browser::Chromium(browser) => {
            command
                .env("PARALLAX_BROWSER", "chromium")
                .env("PARALLAX_CHROMIUM", &browser.chromium)
                .env("PARALLAX_CHROMEDRIVER", &browser.chromedriver);
            "e2e in Chromium"
        }
        Browser::Firefox(browser) => {
            command
                .env("PARALLAX_BROWSER", "firefox")
                .env("PARALLAX_FIREFOX", &browser.firefox)
                .env("PARALLAX_GECKODRIVER", &browser.geckodriver);
            "e2e in Firefox"
        }
        Browser::WebKit(browser) => {
            command
                .env("PARALLAX_BROWSER", "webkit")
                .env("PARALLAX_MINIBROWSER", &browser.minibrowser)
                .env("PARALLAX_WEBKITDRIVER", &browser.driver);
            "e2e in WebKitGTK"
        }
    };
    match setup::axe() {
        Ok(axe) => {
            command.env("PARALLAX_AXE", axe);
        }
        Err(error) => say(format!("the accessibility test is skipped: {error:#}")),
    }
    match setup::example_drivers() {
        Ok(drivers) => {
            command.envs(drivers);
        }
        Err(error) => say(format!("the README's examples are skipped: {error:#}")),
    }
    count(name, command, full)
}

/// What is fetched before anything is seen or run has a limit.
fn budget(site: &Dist) -> Tally {
    let mut tally = Tally::default();
    let page = site.page_wasm();
    let views = Ok(site.views_wasm());
    let engine = Ok(site.engine_wasm());
    let [lab, editor] = site.lab().map(Ok);
    for (name, file, limit) in [
        ("size of the page", page, PAGE_BUDGET),
        ("size of the views", views, VIEWS_BUDGET),
        ("size of the lab", lab, LAB_BUDGETS[0]),
        ("size of the editor", editor, LAB_BUDGETS[1]),
        ("size of the engine", engine, ENGINE_BUDGET),
    ] {
        match file.and_then(|file| sizes(&file)) {
            Ok((_, packed)) => {
                let well = packed <= limit;
                say(format!(
                    "test {name} ... {} ({} as brotli, limit {})",
                    if well { "ok" } else { "FAILED" },
                    kilobytes(packed),
                    kilobytes(limit)
                ));
                match well {
                    true => tally.pass(),
                    false => tally.fail(name, kilobytes(packed)),
                }
            }
            Err(error) => tally.add(broken(name, &error)),
        }
    }
    tally
}

fn count(name: &str, mut command: Command, full: bool) -> Tally {
    say(format!("\n== {name}"));
    if full {
        command.env("PARALLAX_FULL", "1");
    }
    let mut reader = Reader::default();
    let step = Step {
        limit: if full { FULL_LIMIT } else { LIMIT },
        ..Step::new(name, "its messages are above")
    };
    let ended = step.each_line(command, &mut |line| {
        if reader.line(line) {
            say(line);
        }
    });
    match ended {
        Ok(status) => reader.end(status.success(), name),
        Err(error) => {
            say(format!("error: {error:#}"));
            reader.end(false, name)
        }
    }
}

fn skipped(name: &str, error: &anyhow::Error) -> Tally {
    let mut tally = Tally::default();
    tally.skip(name, format!("{error:#}"));
    tally
}

fn broken(name: &str, error: &anyhow::Error) -> Tally {
    say(format!("error: {name}: {error:#}"));
    let mut tally = Tally::default();
    tally.fail(name, format!("{error:#}"));
    tally
}

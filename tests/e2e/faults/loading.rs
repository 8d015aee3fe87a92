//! Files that do not come, or come broken, late, or from another build.

use crate::house::{House, LIMIT, by, copy};
use anyhow::{Context, Result, ensure};
use std::fs;
use xtask::browser::Options;
use xtask::server::{Site, Wrong};

const SHORT: &str = "?workload=mandelbrot&size=100&budget=0.4&backends=scalar,simd,threads";

/// The engine's files are not as they should be: said in words; when they are, Run works.
fn engine_comes_back(house: &House, file: &str, wrong: Wrong) -> Result<()> {
    let site = house.site().with(&house.engine(file)?, wrong);
    let page = house.open_from(SHORT, site)?;
    page.state_is(&["failed"])?;
    let status = page.text("status")?;
    ensure!(status.contains("engine"), "{status}");
    page.notice_says("Press Run to try again")?;
    page.press("run")?;
    page.state_is(&["failed"])?;
    let page = page.served_by(house.site())?;
    page.run()?;
    page.row_is_timed("scalar")?;
    page.row_is_timed("threads")
}

/// A request that fails once, as while one service worker takes another's place: nobody sees it.
pub fn engine_fails_once(house: &House) -> Result<()> {
    for (file, wrong) in [
        ("worker.js", Wrong::Missing),
        ("engine_bg.wasm", Wrong::Cut(100_000)),
    ] {
        let site = house.site().with_some(&house.engine(file)?, 0..1, wrong);
        let page = house.open_from(SHORT, site)?;
        page.state_is(&["ready"])?;
        page.run()?;
        page.row_is_timed("threads")?;
    }
    Ok(())
}

pub fn engine_script_missing(house: &House) -> Result<()> {
    engine_comes_back(house, "worker.js", Wrong::Missing)
}

pub fn engine_glue_missing(house: &House) -> Result<()> {
    engine_comes_back(house, "engine.js", Wrong::Missing)
}

pub fn engine_program_missing(house: &House) -> Result<()> {
    engine_comes_back(house, "engine_bg.wasm", Wrong::Missing)
}

/// The connection breaks in the middle of the program.
pub fn engine_program_cut_off(house: &House) -> Result<()> {
    engine_comes_back(house, "engine_bg.wasm", Wrong::Cut(100_000))
}

/// A proxy's page in its place.
pub fn engine_program_is_no_program(house: &House) -> Result<()> {
    let page = b"<!doctype html><title>Sign in to the network</title>".to_vec();
    engine_comes_back(house, "engine_bg.wasm", Wrong::Is(page))
}

/// COEP is missing on the Worker's script alone: the browser refuses it without a word.
pub fn engine_script_not_isolated(house: &House) -> Result<()> {
    engine_comes_back(house, "worker.js", Wrong::NotIsolated)
}

/// A host that does not know wasm: compiled from the bytes instead.
pub fn engine_program_of_another_type(house: &House) -> Result<()> {
    let site = house
        .site()
        .with(&house.engine("engine_bg.wasm")?, Wrong::Type("text/plain"));
    let page = house.open_from(SHORT, site)?;
    page.run()?;
    page.row_is_timed("threads")
}

/// The server takes the request and never answers: said after twenty seconds.
pub fn engine_that_never_comes(house: &House) -> Result<()> {
    let site = house.site().with(&house.engine("engine_bg.wasm")?, Wrong::Silent);
    let page = house.open_from(SHORT, site)?;
    page.press("run")?;
    page.state_is(&["failed"])?;
    page.notice_says("did not become ready within 20 seconds")?;
    let page = page.served_by(house.site())?;
    page.run()?;
    page.row_is_timed("scalar")
}

/// A deploy in between: the page is of one build, the engine of another.
pub fn builds_that_differ(house: &House) -> Result<()> {
    let folder = house.folder("builds-that-differ")?;
    copy(&house.dist, &folder)?;
    let build = house.build()?.into_bytes();
    let wasm = folder.join(house.engine("engine_bg.wasm")?);
    let mut bytes = fs::read(&wasm)?;
    let mut patched = 0;
    while let Some(at) = bytes.windows(build.len()).position(|w| w == build) {
        bytes[at..at + build.len()].fill(b'0');
        patched += 1;
    }
    ensure!(patched > 0, "the engine does not carry its build id");
    fs::write(wasm, bytes)?;
    let page = house.open_from("", Site::new(folder))?;
    page.notice_says("different builds")?;
    page.wait(&format!("document.querySelector('{}') !== null", by("reload")))
}

/// A deploy while the page is open: its engine's files are gone when they are needed again.
pub fn a_deploy_while_the_page_is_open(house: &House) -> Result<()> {
    let newer = house.folder("newer-build")?;
    copy(&house.dist, &newer)?;
    let build = house.build()?;
    fs::rename(
        newer.join(format!("engine-{build}")),
        newer.join("engine-000000000000"),
    )?;
    fs::write(newer.join("build.json"), r#"{"build":"000000000000"}"#)?;
    let page = house.open_from(SHORT, house.altered(super::SWITCHBOARD)?)?;
    page.run()?;
    let page = page.served_by(Site::new(newer))?;
    page.eval("new BroadcastChannel('parallax-test').postMessage('throw')")?;
    page.notice_says("injected by a test")?;
    page.press("run")?;
    page.notice_says("different builds")?;
    page.wait(&format!("document.querySelector('{}') !== null", by("reload")))
}

/// No connection any more: what was measured stays, and so does what was loaded.
pub fn offline(house: &House) -> Result<()> {
    let mut page = house.open_from(SHORT, house.altered(super::SWITCHBOARD)?)?;
    page.run()?;
    page.goes_offline();
    page.run()?;
    page.row_is_timed("threads")?;
    // A new engine is needed and, as its script was not to be kept, cannot be had.
    page.eval("new BroadcastChannel('parallax-test').postMessage('throw')")?;
    page.notice_says("injected by a test")?;
    page.press("run")?;
    page.state_is(&["failed"])?;
    page.notice_says("Press Run to try again")?;
    let page = page.served_by(house.site())?;
    page.run()?;
    page.row_is_timed("threads")
}

/// The page's own program is not there: what is there says so.
pub fn page_program_missing(house: &House) -> Result<()> {
    let mut program = None;
    for entry in fs::read_dir(&house.dist)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        program = program.or(name.ends_with("_bg.wasm").then_some(name));
    }
    let program = program.context("the page has no program")?;
    for (file, wrong) in [
        (&*program, Wrong::Missing),
        (&*program, Wrong::Cut(50_000)),
        ("/start-", Wrong::Missing),
    ] {
        let page = house.load("", house.site().with(file, wrong), &Options::default())?;
        page.wait(&format!(
            "(document.querySelector('{}')?.offsetHeight ?? 0) > 0",
            by("not-loaded")
        ))?;
        // Scripts hear of it too.
        let ready = page.awaited("await parallax.ready")?;
        ensure!(ready["name"] == "page-failed", "{ready}");
    }
    Ok(())
}

/// The list of workloads does not come, or is none.
pub fn catalogue_missing(house: &House) -> Result<()> {
    for wrong in [Wrong::Missing, Wrong::Is(vec![255; 1000])] {
        let site = house.site().with("catalogue-", wrong);
        let page = house.load("", site, &Options::default())?;
        page.session.wait(
            "/list of workloads could not be loaded/.test(document.body.textContent)",
            LIMIT,
        )?;
    }
    Ok(())
}

/// The page's program breaks down: said, with the way out, instead of a page that does nothing.
pub fn page_program_panics(house: &House) -> Result<()> {
    let page = house.open(SHORT)?;
    page.ready()?;
    // What the program takes for granted of any browser.
    page.session.run(
        "const fail = () => { throw new Error('injected by a test'); };
         for (const name of ['createElement', 'createElementNS', 'createTextNode', 'importNode']) Document.prototype[name] = fail;
         Node.prototype.cloneNode = fail;",
    )?;
    page.session
        .run(&format!("document.querySelector('{}').click()", by("run")))
        .ok();
    page.session
        .wait("/has to be reloaded/.test(document.body.textContent)", LIMIT)
}

/// The program for links, files and the history does not come: said by name, Run works, nothing
/// waits for ever, and once it can be had all is as ever.
pub fn views_program_missing(house: &House) -> Result<()> {
    let wrongs = [
        ("views.js", Wrong::Missing),
        ("views_bg.wasm", Wrong::Missing),
        ("views_bg.wasm", Wrong::Cut(20_000)),
        ("views_bg.wasm", Wrong::Silent),
    ];
    for (file, wrong) in wrongs {
        let silent = matches!(wrong, Wrong::Silent);
        let site = house.site().with(&house.views(file)?, wrong);
        let page = house.open_from(SHORT, site)?;
        page.notice_says("The program for links, files and the history could not be loaded")?;
        page.eval(&format!(
            "window.again = document.querySelector('{}')",
            by("views-again")
        ))?;
        // Run is what the page is for.
        page.run()?;
        page.row_is_timed("scalar")?;
        if silent {
            // Each further question would wait as long as the first.
            continue;
        }
        // Scripts hear of it.
        for call in ["parallax.ready", "parallax.run({workload: 'mandelbrot'})"] {
            let answer = page.awaited(&format!("await {call}"))?;
            ensure!(answer["name"] == "page-failed", "{call}: {answer}");
        }
        let link = page.awaited("parallax.link({workload: 'mandelbrot'})")?;
        ensure!(link["name"] == "not-ready", "{link}");
        // So does who presses.
        page.press("share")?;
        page.wait(&format!(
            "document.querySelector('{}').textContent.includes('could not be loaded')",
            by("share-dialog")
        ))?;
        page.press("share-close")?;
        page.press("export-csv")?;
        page.wait(&format!(
            "document.querySelector('{}').textContent.includes('could not be loaded')",
            by("import-problem")
        ))?;
        // A run does not take the button away under a finger.
        ensure!(
            page.eval("window.again.isConnected")? == true,
            "{file}: the button was made anew"
        );
        // It is back.
        let page = page.served_by(house.site())?;
        page.press("views-again")?;
        page.wait(&format!(
            "document.querySelector('{}') === null",
            by("views-again")
        ))?;
        page.press("share")?;
        page.wait(&format!(
            "document.querySelector('{}').value.includes('#')",
            by("share-link")
        ))?;
        page.press("share-close")?;
        let spec = "{workload: 'mandelbrot', size: 100, budget: 0.4, backends: ['scalar']}";
        let report = page.awaited(&format!("await parallax.run({spec})"))?;
        ensure!(report["results"][0]["status"] == "ok", "{report}");
        page.compare_with_history()?;
    }
    // A link waits for it, and is opened once it is there.
    let site = house.site().with(&house.views("views.js")?, Wrong::Missing);
    let link = {
        let good = house.open("")?;
        let link = good.awaited("(await parallax.ready, parallax.link({workload: 'matmul', size: 99}))")?;
        let link = link.as_str().and_then(|link| link.split_once('#'));
        link.context("no link")?.1.to_owned()
    };
    let page = house.open_from(&format!("#{link}"), site)?;
    page.notice_says("links, files and the history")?;
    // The engine has to be there, or the server goes while it loads.
    page.ready()?;
    let page = page.served_by(house.site())?;
    page.press("views-again")?;
    page.wait(&format!(
        "document.querySelector('{}').value === '99'",
        by("size")
    ))
}

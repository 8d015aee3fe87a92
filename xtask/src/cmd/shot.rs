//! `cargo xtask shot`: pictures of the built page, as people will first see it and after
//! a run, and of every experiment, on a large and a small screen, light and dark.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::json;

use crate::args::Shot;
use crate::browser::{Browser, Driver, Options};
use crate::process::say;
use crate::server::Site;
use crate::webdriver::Session;
use crate::{build, paths, setup};

/// Screens: a name and CSS pixels.
const SCREENS: [(&str, (u32, u32)); 2] = [("large", (1280, 800)), ("small", (390, 844))];

/// How long the page and a run may take on a slow machine.
const PATIENCE: Duration = Duration::from_secs(180);

/// Seconds for the race: a GPU in software takes most of the usual 8, which leaves too few samples.
const BUDGET_S: u32 = 30;

/// The picture that the README shows, made from the one of this name.
const README: (&str, &str) = ("large-light-done.png", "screenshot.png");

/// Experiments and what is asked of them; docs/EXPERIMENTS.md shows each on the large, light
/// screen.
const EXPERIMENTS: [(&str, &str); 6] = [
    ("threads", "workload=mandelbrot&size=1024&budget=30"),
    (
        "sizes",
        "workload=mandelbrot&size=1024&budget=40&backends=scalar,simd,threads,threads%2Bsimd",
    ),
    ("gpu", "workload=matmul&size=512&budget=20"),
    ("roofline", "budget=60"),
    ("timeline", "workload=mandelbrot&size=1024&budget=10"),
    ("machine", "budget=60"),
];

/// Builds, serves and photographs the page.
///
/// # Errors
/// If the page does not get as far as a finished run.
pub fn run(options: Shot) -> Result<bool> {
    let root = paths::root()?;
    let dist = build::site()?;
    let browser = Browser::Chromium(setup::chromium()?);
    fs::create_dir_all(&options.out).with_context(|| format!("{} cannot be made", options.out.display()))?;
    let site = Site::new(dist.folder).start(0)?;
    let driver = Driver::start(&browser)?;
    for (screen, size) in SCREENS {
        for (scheme, dark) in [("light", false), ("dark", true)] {
            let look = Options {
                dark,
                size,
                ..Options::default()
            };
            let session = Session::start(&driver, &browser, &look)?;
            let take = |moment: &str| {
                let file = options.out.join(format!("{screen}-{scheme}-{moment}.png"));
                fs::write(&file, session.screenshot()?)
                    .with_context(|| format!("{} cannot be written", file.display()))?;
                say(format!("took {}", file.display()));
                anyhow::Ok(())
            };
            let url = format!("{}?budget={BUDGET_S}", site.url);
            photograph(&session, &url, size, &take).with_context(|| format!("{screen}, {scheme}"))?;
        }
    }
    for (experiment, asked) in EXPERIMENTS {
        let session = Session::start(&driver, &browser, &Options::default())?;
        let url = format!("{}?experiment={experiment}&{asked}", site.url);
        experimented(&session, &url, &options.out, experiment).context(experiment)?;
    }
    let docs = root.join("docs");
    keep(&options.out.join(README.0), &docs.join(README.1))?;
    for (experiment, _) in EXPERIMENTS {
        let name = format!("large-light-{experiment}.png");
        keep(&options.out.join(name), &docs.join(format!("{experiment}.png")))?;
    }
    Ok(true)
}

/// Runs an experiment once and takes the page with it on every screen, also what lies below the
/// screen's edge.
fn experimented(session: &Session, url: &str, out: &Path, experiment: &str) -> Result<()> {
    session.go(url)?;
    let run = "[data-testid=run]";
    session.wait(&format!("!!document.querySelector('{run}:enabled')"), PATIENCE)?;
    session.click(run)?;
    session.wait(
        "document.querySelector('[data-testid=status]')?.dataset.state === 'done'",
        PATIENCE,
    )?;
    for (screen, size) in SCREENS {
        imitate(session, size)?;
        for scheme in ["light", "dark"] {
            let feature = json!({ "name": "prefers-color-scheme", "value": scheme });
            session.cdp("Emulation.setEmulatedMedia", &json!({ "features": [feature] }))?;
            // Charts are drawn anew for their room.
            session.run_async("setTimeout(arguments[0], 500)")?;
            let file = out.join(format!("{screen}-{scheme}-{experiment}.png"));
            fs::write(&file, session.picture_of("#answer")?)
                .with_context(|| format!("{} cannot be written", file.display()))?;
            say(format!("took {}", file.display()));
        }
    }
    Ok(())
}

/// A window cannot be narrower than 500 pixels; the device that it imitates can.
fn imitate(session: &Session, (width, height): (u32, u32)) -> Result<()> {
    let device = json!({
        "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500,
    });
    session
        .cdp("Emulation.setDeviceMetricsOverride", &device)
        .map(drop)
}

fn photograph(
    session: &Session,
    url: &str,
    size: (u32, u32),
    take: &dyn Fn(&str) -> Result<()>,
) -> Result<()> {
    imitate(session, size)?;
    session.go(url)?;
    let run = "[data-testid=run]";
    session.wait(&format!("!!document.querySelector('{run}:enabled')"), PATIENCE)?;
    // Fonts and charts come one frame later.
    session.run_async("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")?;
    take("first")?;
    session.click(run)?;
    session.wait(
        "document.querySelector('[data-testid=status]')?.dataset.state === 'done'",
        PATIENCE,
    )?;
    session.run_async("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")?;
    take("done")
}

/// Puts a picture where the texts show it.
fn keep(from: &Path, to: &Path) -> Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(from, to).with_context(|| format!("{} cannot be written", to.display()))?;
    say(format!("took {}", to.display()));
    Ok(())
}

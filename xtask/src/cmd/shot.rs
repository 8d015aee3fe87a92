//! `cargo xtask shot`: pictures of the built page, as people will first see it and after
//! a run, on a large and a small screen, light and dark.

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

/// The picture that the README shows, made from the one of this name.
const README: (&str, &str) = ("large-light-done.png", "docs/screenshot.png");

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
            photograph(&session, &site.url, size, &take).with_context(|| format!("{screen}, {scheme}"))?;
        }
    }
    keep_for_readme(&options.out, &root)?;
    Ok(true)
}

fn photograph(
    session: &Session,
    url: &str,
    (width, height): (u32, u32),
    take: &dyn Fn(&str) -> Result<()>,
) -> Result<()> {
    // A window cannot be narrower than 500 pixels; the device that it imitates can.
    let device = json!({
        "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500,
    });
    session.cdp("Emulation.setDeviceMetricsOverride", &device)?;
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

fn keep_for_readme(out: &Path, root: &Path) -> Result<()> {
    let to = root.join(README.1);
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(out.join(README.0), &to).with_context(|| format!("{} cannot be written", to.display()))?;
    say(format!("took {} from {}", to.display(), README.0));
    Ok(())
}

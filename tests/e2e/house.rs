//! A browser, a page being looked at, and what a person does with it: look, press, read, wait.

use anyhow::{Context, Error, Result, ensure};
use serde_json::{Value, json};
use std::fmt;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;
use std::{env, fs};
use xtask::browser::{Browser, Chromium, Driver, Firefox, Options, WebKit};
use xtask::server::{Running, Site, Wrong};
use xtask::webdriver::Session;

/// Everything ends sooner; a slow machine under load gets this much.
pub const LIMIT: Duration = Duration::from_secs(90);

/// The rungs that every browser has, in ladder order.
pub const CPU: [&str; 5] = ["javascript", "scalar", "simd", "threads", "threads+simd"];

/// What the tests share.
pub struct House {
    pub dist: PathBuf,
    pub axe: Option<PathBuf>,
    pub browser: Browser,
    /// Chromium's, which has many sessions at a time; others' have one of their own.
    driver: Option<Driver>,
    /// Whether it offers an adapter, once that was asked.
    gpu: OnceLock<bool>,
    /// Browsers that were left by their tests. Every site has a port of its own, so that they
    /// know nothing of the next one; starting them takes seconds.
    idle: Idle,
}

type Idle = Arc<Mutex<Vec<Session>>>;

/// A page being looked at, and the server it came from.
pub struct Visit {
    pub session: Lent,
    pub site: Running,
    /// What of it only Chromium tells.
    chromium: bool,
}

/// A browser that goes back when it is dropped.
pub struct Lent {
    session: Option<Session>,
    /// Where to; nowhere if it was started for one test.
    home: Option<Idle>,
}

impl Deref for Lent {
    type Target = Session;
    fn deref(&self) -> &Session {
        self.session.as_ref().expect("it is lent until it is dropped")
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let (Some(session), Some(home)) = (self.session.take(), &self.home) else {
            return;
        };
        // One that does not answer any more is ended instead.
        if session.leave().is_ok()
            && let Ok(mut idle) = home.lock()
        {
            idle.push(session);
        }
    }
}

/// Why a test cannot be made here: said, never counted as passed.
#[derive(Debug)]
pub struct Skip(pub String);

impl fmt::Display for Skip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Skip {}

/// Ends a test that cannot be made here.
pub fn skip<T>(why: impl Into<String>) -> Result<T> {
    Err(Error::new(Skip(why.into())))
}

impl House {
    pub fn from_env() -> Option<House> {
        let path = |name| env::var_os(name).map(PathBuf::from);
        let browser = match env::var("PARALLAX_BROWSER").as_deref() {
            Ok("firefox") => Browser::Firefox(Firefox {
                firefox: path("PARALLAX_FIREFOX")?,
                geckodriver: path("PARALLAX_GECKODRIVER")?,
            }),
            Ok("webkit") => Browser::WebKit(WebKit {
                minibrowser: path("PARALLAX_MINIBROWSER")?,
                driver: path("PARALLAX_WEBKITDRIVER")?,
            }),
            _ => Browser::Chromium(Chromium {
                chromium: path("PARALLAX_CHROMIUM")?,
                chromedriver: path("PARALLAX_CHROMEDRIVER")?,
            }),
        };
        Some(House {
            dist: path("PARALLAX_DIST")?,
            axe: path("PARALLAX_AXE"),
            driver: matches!(browser, Browser::Chromium(_))
                .then(|| Driver::start(&browser).expect("the browser's driver starts")),
            browser,
            gpu: OnceLock::new(),
            idle: Idle::default(),
        })
    }

    /// The browser's files, for what only Chromium can show; in others the test is skipped.
    pub fn chromium(&self, why: &str) -> Result<&Chromium> {
        match &self.browser {
            Browser::Chromium(chromium) => Ok(chromium),
            _ => skip(format!("only Chromium {why}")),
        }
    }

    pub fn is_chromium(&self) -> bool {
        matches!(self.browser, Browser::Chromium(_))
    }

    pub fn site(&self) -> Site {
        Site::new(self.dist.clone())
    }

    /// A folder of this name for a test's own files, empty.
    pub fn folder(&self, name: &str) -> Result<PathBuf> {
        let target = self.dist.parent().context("no folder")?.join("target/tmp");
        let folder = target.join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder)?;
        Ok(folder)
    }

    /// The id of the build that is tested.
    pub fn build(&self) -> Result<String> {
        let build: Value = serde_json::from_slice(&fs::read(self.dist.join("build.json"))?)?;
        Ok(build["build"].as_str().context("no build id")?.to_owned())
    }

    /// Where a file of the engine is served.
    pub fn engine(&self, file: &str) -> Result<String> {
        Ok(format!("engine-{}/{file}", self.build()?))
    }

    /// Where a file of the views is served.
    pub fn views(&self, file: &str) -> Result<String> {
        Ok(format!("views-{}/{file}", self.build()?))
    }

    /// The site with an engine that begins with a script of the test's.
    pub fn altered(&self, script: &str) -> Result<Site> {
        let worker = self.engine("worker.js")?;
        Ok(self
            .site()
            .with(&worker, Wrong::Begins(format!("{{ {script} }}\n"))))
    }

    /// The site without isolation, and without what would help.
    pub fn plain(&self) -> Site {
        Site {
            isolated: false,
            fallback: false,
            ..self.site()
        }
    }

    /// Skips what needs an adapter where this browser offers none.
    pub fn needs_gpu(&self) -> Result<()> {
        let there = match self.gpu.get() {
            Some(there) => *there,
            None => {
                let page = self.open("")?;
                page.ready()?;
                *self.gpu.get_or_init(|| page.has_gpu().unwrap_or(false))
            }
        };
        match there {
            true => Ok(()),
            false => skip("this browser offers no GPU adapter here"),
        }
    }

    /// A browser that shows nothing yet.
    pub fn session(&self, options: &Options) -> Result<Lent> {
        let usual = *options == Options::default();
        let idle = match self.idle.lock() {
            Ok(mut idle) if usual => idle.pop(),
            _ => None,
        };
        let session = match (idle, &self.driver) {
            (Some(session), _) => {
                if self.is_chromium() {
                    // What its last page has logged is not the next one's.
                    session.console()?;
                }
                session
            }
            (None, Some(driver)) => Session::start(driver, &self.browser, options)?,
            (None, None) => Session::alone(&self.browser, options)?,
        };
        Ok(Lent {
            session: Some(session),
            home: usual.then(|| Arc::clone(&self.idle)),
        })
    }

    /// A browser for this one page, with a driver of its own: of which the memory is measured, or
    /// which is worn out.
    pub fn open_alone(&self, query: &str, site: Site) -> Result<Visit> {
        let session = Session::alone(&self.browser, &Options::default())?;
        let session = Lent {
            session: Some(session),
            home: None,
        };
        let visit = self.show(query, site.start(0)?, session)?;
        visit.has_run()?;
        Ok(visit)
    }

    /// Opens the page as it is for most people.
    pub fn open(&self, query: &str) -> Result<Visit> {
        self.open_with(query, self.site(), &Options::default())
    }

    /// Opens the page of a site of its own.
    pub fn open_from(&self, query: &str, site: Site) -> Result<Visit> {
        self.open_with(query, site, &Options::default())
    }

    pub fn open_with(&self, query: &str, site: Site, options: &Options) -> Result<Visit> {
        let visit = self.load(query, site, options)?;
        visit.has_run()?;
        Ok(visit)
    }

    /// Loads an address, whatever comes of it.
    pub fn load(&self, query: &str, site: Site, options: &Options) -> Result<Visit> {
        self.show(query, site.start(0)?, self.session(options)?)
    }

    fn show(&self, query: &str, site: Running, session: Lent) -> Result<Visit> {
        session.go(&format!("{}{query}", site.url))?;
        Ok(self.visit(session, site))
    }

    pub fn visit(&self, session: Lent, site: Running) -> Visit {
        Visit {
            session,
            site,
            chromium: self.is_chromium(),
        }
    }
}

/// Copies a folder with all that is in it.
pub fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

pub fn by(id: &str) -> String {
    format!("[data-testid=\"{id}\"]")
}

impl Visit {
    pub fn wait(&self, expression: &str) -> Result<()> {
        self.session.wait(expression, LIMIT)
    }

    /// The page is up.
    fn has_run(&self) -> Result<()> {
        self.wait("document.querySelector('[data-testid=run]') !== null")
    }

    pub fn eval(&self, expression: &str) -> Result<Value> {
        self.session.run(&format!("return ({expression})"))
    }

    pub fn text(&self, id: &str) -> Result<String> {
        let text = self.eval(&format!(
            "document.querySelector('{}')?.textContent ?? ''",
            by(id)
        ))?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    pub fn attribute(&self, id: &str, name: &str) -> Result<String> {
        let value = self.eval(&format!(
            "document.querySelector('{}')?.getAttribute('{name}') ?? ''",
            by(id)
        ))?;
        Ok(value.as_str().unwrap_or_default().to_owned())
    }

    pub fn press(&self, id: &str) -> Result<()> {
        self.session.click(&by(id))
    }

    pub fn state_is(&self, states: &[&str]) -> Result<()> {
        let list = json!(states);
        let status = by("status");
        self.wait(&format!(
            "{list}.includes(document.querySelector('{status}').dataset.state)"
        ))
        .with_context(|| {
            format!(
                "the page's state is '{}' ({}), not one of {states:?}; its notices: {}",
                self.attribute("status", "data-state").unwrap_or_default(),
                self.text("status").unwrap_or_default(),
                self.notices().unwrap_or_default()
            )
        })
    }

    pub fn ready(&self) -> Result<()> {
        self.state_is(&["ready"])
    }

    /// Presses Run and waits until the run is over.
    pub fn run(&self) -> Result<()> {
        self.press("run")?;
        self.state_is(&["starting", "running", "done", "failed", "stopped"])?;
        self.state_is(&["done", "failed", "stopped"])
    }

    /// The row's state, and that it is what is expected.
    pub fn row_is(&self, backend: &str, expected: &str) -> Result<()> {
        let status = self.attribute(&format!("row-{backend}"), "data-status")?;
        let reason = self.text(&format!("reason-{backend}"))?;
        ensure!(
            status == expected,
            "{backend} is '{status}' ({reason}), not '{expected}'"
        );
        Ok(())
    }

    /// Everything that a timed row has to show.
    pub fn row_is_timed(&self, backend: &str) -> Result<()> {
        let row = format!("row-{backend}");
        self.row_is(backend, "ok")?;
        ensure!(
            self.attribute(&row, "data-verified")? == "true",
            "{backend} is not verified"
        );
        let median: f64 = self
            .attribute(&row, "data-median-ms")?
            .parse()
            .context(row.clone())?;
        ensure!(median > 0.0, "{backend}: median {median}");
        let samples: u32 = self.attribute(&row, "data-samples")?.parse()?;
        ensure!(samples > 0, "{backend} has no samples");
        Ok(())
    }

    /// The GPU row, which depends on whether this browser offers WebGPU at all.
    pub fn has_gpu(&self) -> Result<bool> {
        Ok(!self.attribute("machine", "data-adapter")?.is_empty())
    }

    pub fn reason_says(&self, backend: &str, words: &str) -> Result<()> {
        let reason = self.text(&format!("reason-{backend}"))?;
        ensure!(
            reason.contains(words),
            "{backend}: '{reason}' does not say '{words}'"
        );
        Ok(())
    }

    pub fn notices(&self) -> Result<String> {
        let all = format!(
            "[...document.querySelectorAll('{}')].map(n => n.textContent).join(' | ')",
            by("notice")
        );
        Ok(self.eval(&all)?.as_str().unwrap_or_default().to_owned())
    }

    /// Nothing was logged; only Chromium's driver tells.
    pub fn console_is_clean(&self) -> Result<()> {
        if !self.chromium {
            return Ok(());
        }
        let lines = self.session.console()?;
        ensure!(lines.is_empty(), "the console says: {lines:#?}");
        Ok(())
    }

    /// Takes back ends out of the run.
    pub fn without(&self, backends: &[&str]) -> Result<()> {
        for backend in backends {
            self.press(&format!("backend-{backend}"))?;
        }
        Ok(())
    }

    /// Presses Stop and says after how many milliseconds the page said so.
    pub fn stop(&self) -> Result<f64> {
        // Timed in the page: WebDriver's own round trips are not the page's.
        let script = format!(
            "const done = arguments[0];
             const status = document.querySelector('{}');
             const begin = performance.now();
             const watch = () => status.dataset.state === 'stopped'
                 ? done(performance.now() - begin) : setTimeout(watch, 5);
             document.querySelector('{}').click();
             watch();",
            by("status"),
            by("stop")
        );
        self.session.run_async(&script)?.as_f64().context("no time")
    }

    /// Stop answers within what is promised.
    pub fn stops_at_once(&self) -> Result<()> {
        let ms = self.stop()?;
        println!("stopped {ms} ms after the press");
        ensure!(ms <= 500.0, "stopped after {ms} ms");
        Ok(())
    }

    /// The row comes into this state.
    pub fn row_becomes(&self, backend: &str, status: &str) -> Result<()> {
        self.wait(&format!(
            "document.querySelector('{}').dataset.status === '{status}'",
            by(&format!("row-{backend}"))
        ))
    }

    /// All rungs that need no GPU are verified and timed, but these.
    pub fn others_are_timed(&self, but: &[&str]) -> Result<()> {
        for backend in CPU.into_iter().filter(|id| !but.contains(id)) {
            self.row_is_timed(backend)?;
        }
        Ok(())
    }

    /// A notice says these words, sooner or later.
    pub fn notice_says(&self, words: &str) -> Result<()> {
        let notice = by("notice");
        let words = json!(words);
        self.wait(&format!(
            "[...document.querySelectorAll('{notice}')].some((n) => n.textContent.includes({words}))"
        ))
        .with_context(|| format!("no notice says {words}"))
    }

    /// Awaits an expression in the page; a rejection is `{name, message}`.
    pub fn awaited(&self, expression: &str) -> Result<Value> {
        self.session.run_async(&format!(
            "const done = arguments[0];
             (async () => ({expression}))().then(done, (e) => done({{name: e.name, message: e.message}}));"
        ))
    }

    /// The smallest size, all back ends that are chosen.
    pub fn run_again_shortly(&self) -> Result<()> {
        self.press("size-tiny")?;
        self.type_into("budget", "0.5")?;
        self.run()?;
        self.row_is_timed("scalar")
    }

    /// Another site at the same address: a deploy, or the end of an outage.
    pub fn served_by(self, site: Site) -> Result<Visit> {
        Ok(Visit {
            site: self.site.replaced_by(site)?,
            ..self
        })
    }

    /// The server is gone, the page is still there.
    pub fn goes_offline(&mut self) {
        self.site.stop();
    }
}

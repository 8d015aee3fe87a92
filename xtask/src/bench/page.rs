//! A page in a headless browser, and calls of the promises that it offers.
//!
//! A call is started by one script and asked about by others: WebDriver waits for one script
//! at a time and would show nothing until the end. Asking is cheap, and what the call gives
//! is fetched once, because work for the page's process takes time from what it measures.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::args::Engine;
use crate::browser::{Browser, Driver, Options};
use crate::setup;
use crate::webdriver::Session;

/// How often a call is asked how far it is.
const POLL: Duration = Duration::from_millis(300);

/// How long a page's scripts may take to load.
const LOADED: Duration = Duration::from_secs(30);

/// Finds or installs who runs pages.
///
/// # Errors
/// What is missing and how to get it.
pub fn browser(engine: Engine) -> Result<Browser> {
    Ok(match engine {
        Engine::Chromium => Browser::Chromium(setup::chromium()?),
        Engine::Firefox => Browser::Firefox(setup::firefox()?),
    })
}

/// A page that is open. Dropping it closes its browser.
#[derive(Debug)]
pub struct Page {
    session: Session,
    _driver: Driver,
}

impl Page {
    /// Opens an address in a browser of its own.
    ///
    /// # Errors
    /// If the browser does not start or the page does not load.
    pub fn open(browser: &Browser, url: &str) -> Result<Self> {
        let driver = Driver::start(browser)?;
        let session = Session::start(&driver, browser, &Options::default())?;
        session.go(url)?;
        Ok(Self {
            session,
            _driver: driver,
        })
    }

    /// What `parallax.ready` resolves with: the machine's capabilities.
    ///
    /// # Errors
    /// If the page has no API, or says why its engine did not start.
    pub fn ready(&self) -> Result<Value> {
        let answer = self
            .session
            .run_async(
                "const [done] = arguments;
                 if (!window.parallax) return done(JSON.stringify({ error: {
                     name: 'no-api', message: 'the page has no window.parallax: rebuild the site' } }));
                 window.parallax.ready.then(
                     (value) => done(JSON.stringify({ value })),
                     (error) => done(JSON.stringify({ error: { name: error?.name, message: String(error?.message) } })));",
            )
            .context("the page did not say that it is ready")?;
        outcome(&answer).context("the page is not ready")
    }

    /// Waits until an expression in the page is something.
    ///
    /// # Errors
    /// If it is not within the time that a page may take to load.
    pub fn wait_for(&self, expression: &str) -> Result<()> {
        self.session.wait(&format!("!!({expression})"), LOADED)
    }

    /// Calls a function of the page with an object and `{onProgress}`, hands on what it says
    /// meanwhile, and returns what its promise resolves with.
    ///
    /// # Errors
    /// If the promise rejects, with the error's name and message; if it does neither within
    /// the limit; if the page is lost.
    pub fn call(
        &self,
        function: &str,
        argument: &Value,
        limit: Duration,
        seen: &mut dyn FnMut(&Value),
    ) -> Result<Value> {
        // JSON is JavaScript, so the argument needs no other way in.
        self.session.run(&format!(
            "const job = window.benchJob = {{ progress: null, outcome: null, abort: new AbortController() }};
             const fail = (error) => {{ job.outcome = {{ error: {{
                 name: String(error?.name ?? 'Error'), message: String(error?.message ?? error),
                 diagnostics: error?.diagnostics ?? null }} }}; }};
             try {{
                 {function}({argument}, {{
                     onProgress: (progress) => {{ job.progress = progress; }}, signal: job.abort.signal,
                 }}).then((value) => {{ job.outcome = {{ value }}; }}, fail);
             }} catch (error) {{ fail(error); }}"
        ))?;
        let started = Instant::now();
        loop {
            thread::sleep(POLL);
            let state = self.session.run(
                "const job = window.benchJob;
                 return JSON.stringify(job && { progress: job.progress, over: job.outcome !== null });",
            )?;
            let state = parsed(&state).context("the page was reloaded or broke down during the run")?;
            if state["over"] == true {
                break;
            }
            seen(&state["progress"]);
            if started.elapsed() > limit {
                // The page goes on otherwise, and the next call finds it busy.
                let _ = self.session.run("window.benchJob.abort.abort()");
                bail!("no end after {} s", limit.as_secs());
            }
        }
        outcome(
            &self
                .session
                .run("return JSON.stringify(window.benchJob.outcome)")?,
        )
    }
}

/// JSON within JSON: what WebDriver makes of numbers and undefined differs between browsers.
fn parsed(text: &Value) -> Result<Value> {
    Ok(serde_json::from_str(text.as_str().context("no JSON came back")?)?)
}

fn outcome(text: &Value) -> Result<Value> {
    let mut outcome = parsed(text)?;
    let error = &outcome["error"];
    if !error.is_null() {
        let word = |field: &str| error[field].as_str().unwrap_or("?").to_owned();
        let all = error["diagnostics"].as_array().into_iter().flatten();
        let all: Vec<&str> = all.filter_map(|one| one["rendered"].as_str()).collect();
        match all.is_empty() {
            true => bail!("{}: {}", word("name"), word("message")),
            false => bail!("{}\n{}", word("name"), all.join("\n")),
        }
    }
    Ok(outcome["value"].take())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_rejection_is_its_name_and_message() {
        assert_eq!(outcome(&json!(r#"{"value": [1]}"#)).unwrap(), json!([1]));
        let error = outcome(&json!(r#"{"error": {"name": "bad-spec", "message": "no size"}}"#));
        assert_eq!(error.unwrap_err().to_string(), "bad-spec: no size");
        let error = outcome(&json!(
            r#"{"error": {"name": "bad-kernel", "message": "m", "diagnostics": [{"rendered": "NameError: x"}]}}"#
        ));
        assert_eq!(error.unwrap_err().to_string(), "bad-kernel\nNameError: x");
        assert!(outcome(&Value::Null).is_err());
    }
}

//! A WebDriver client of the few calls that we make: one browser, used step by step.
//!
//! Blocking on purpose: tests and screenshots wait for each step anyway, and a test that
//! reads from top to bottom is worth more than one that could do two things at once.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::browser::{Browser, Driver, Options};
use crate::process::say;

/// No single call takes longer: scripts have a limit of their own, [`crate::browser::SCRIPT`].
const PATIENCE: Duration = Duration::from_secs(120);

/// An answer over HTTP.
#[derive(Debug)]
pub struct Answer {
    /// Status line and headers.
    pub head: String,
    /// The body.
    pub body: Vec<u8>,
}

/// One request to a server on this machine.
///
/// # Errors
/// If it cannot be reached or does not answer in HTTP.
pub fn request(method: &str, url: &str, body: Option<&Value>) -> Result<Answer> {
    let address = url.strip_prefix("http://").context("only http is spoken here")?;
    let (host, path) = address.split_once('/').unwrap_or((address, ""));
    let mut stream = TcpStream::connect(host).with_context(|| format!("nothing answers at {host}"))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let body = body.map(Value::to_string).unwrap_or_default();
    write!(
        stream,
        "{method} /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut reader = BufReader::new(stream);
    let (mut head, mut length) = (String::new(), None);
    loop {
        let mut line = String::new();
        reader
            .read_line(&mut line)
            .with_context(|| format!("{method} {url}: no answer"))?;
        if line.trim_end().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().ok();
        }
        head.push_str(&line);
    }
    let mut body = Vec::new();
    match length {
        Some(length) => reader.take(length).read_to_end(&mut body)?,
        None => reader.read_to_end(&mut body)?,
    };
    Ok(Answer { head, body })
}

/// Keys without a letter, as WebDriver names them.
pub mod key {
    #![allow(missing_docs, reason = "each is its key")]
    pub const TAB: char = '\u{e004}';
    pub const ENTER: char = '\u{e007}';
    pub const CONTROL: char = '\u{e009}';
    pub const ESCAPE: char = '\u{e00c}';
    pub const END: char = '\u{e010}';
    pub const HOME: char = '\u{e011}';
    pub const RIGHT: char = '\u{e014}';
    pub const DOWN: char = '\u{e015}';
}

/// One browser window; dropping it closes the browser.
#[derive(Debug)]
pub struct Session {
    url: String,
    /// Ends after the session, if it is the session's own.
    driver: Option<Driver>,
}

/// Whether the browser says that it has lost the page's process.
#[must_use]
pub fn is_crash(error: &anyhow::Error) -> bool {
    format!("{error:#}").contains("tab crashed")
}

impl Session {
    /// Opens a browser with a fresh profile.
    ///
    /// # Errors
    /// If it does not start; the message is the driver's.
    pub fn start(driver: &Driver, browser: &Browser, options: &Options) -> Result<Self> {
        Self::with(driver, &browser.capabilities(options))
    }

    /// Opens a browser with a driver of its own: but for Chromium's, drivers have one session at
    /// a time.
    ///
    /// # Errors
    /// If either does not start; the message is the driver's.
    pub fn alone(browser: &Browser, options: &Options) -> Result<Self> {
        let driver = Driver::start(browser)?;
        let mut session = Self::start(&driver, browser, options)?;
        session.driver = Some(driver);
        Ok(session)
    }

    /// The process that this browser alone descends from, if its driver is its own.
    #[must_use]
    pub fn family(&self) -> Option<u32> {
        self.driver.as_ref().map(Driver::pid)
    }

    /// Opens a browser with these capabilities. One that does not start is started once more: Chromium
    /// crashes at its start once in some 150 times, which says nothing about the page.
    ///
    /// # Errors
    /// If it does not start; the message is the driver's.
    pub fn with(driver: &Driver, capabilities: &Value) -> Result<Self> {
        let wanted = json!({ "capabilities": { "alwaysMatch": capabilities } });
        let url = format!("{}/session", driver.url);
        let value = call("POST", &url, Some(&wanted))
            .or_else(|error| {
                say(format!("the browser is started once more: {error:#}"));
                call("POST", &url, Some(&wanted))
            })
            .context("the browser did not start")?;
        let id = value["sessionId"]
            .as_str()
            .context("the driver gave no session")?;
        Ok(Self {
            url: format!("{}/session/{id}", driver.url),
            driver: None,
        })
    }

    /// Loads a page.
    ///
    /// # Errors
    /// If it does not load.
    pub fn go(&self, url: &str) -> Result<()> {
        self.post("url", &json!({ "url": url })).map(drop)
    }

    /// From now on speaks to the page inside the frame that a CSS selector finds.
    ///
    /// # Errors
    /// If there is none.
    pub fn frame(&self, selector: &str) -> Result<()> {
        let frame = self.post("element", &json!({ "using": "css selector", "value": selector }))?;
        self.post("frame", &json!({ "id": frame })).map(drop)
    }

    /// Runs a function's body in the page and returns what it returns.
    ///
    /// # Errors
    /// If it throws.
    pub fn run(&self, script: &str) -> Result<Value> {
        self.post("execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// Runs a function's body that hands its result to `arguments[0]`.
    ///
    /// # Errors
    /// If it throws or takes longer than [`crate::browser::SCRIPT`].
    pub fn run_async(&self, script: &str) -> Result<Value> {
        self.post("execute/async", &json!({ "script": script, "args": [] }))
    }

    /// Presses the first element that a CSS selector finds, where a person would.
    ///
    /// # Errors
    /// If there is none or something covers it.
    pub fn click(&self, selector: &str) -> Result<()> {
        let found = self
            .post("element", &json!({ "using": "css selector", "value": selector }))
            .with_context(|| format!("nothing to press at {selector}"))?;
        let id = found
            .as_object()
            .and_then(|element| element.values().next()?.as_str())
            .context("the driver gave no element")?;
        self.post(&format!("element/{id}/click"), &json!({}))
            .with_context(|| format!("{selector} cannot be pressed"))
            .map(drop)
    }

    /// Waits until a JavaScript expression is true.
    ///
    /// # Errors
    /// If it is not after `limit`; the message says what it was.
    pub fn wait(&self, expression: &str, limit: Duration) -> Result<()> {
        let started = Instant::now();
        loop {
            let value = self.run(&format!("return ({expression})"));
            if matches!(value, Ok(Value::Bool(true))) {
                return Ok(());
            }
            // Nothing comes of waiting for that.
            if let Err(error) = &value
                && is_crash(error)
            {
                bail!("waiting for `{expression}`: {error:#}");
            }
            if started.elapsed() > limit {
                bail!("after {} s `{expression}` was {value:?}", limit.as_secs());
            }
            thread::sleep(Duration::from_millis(25));
        }
    }

    /// The visible part of the page as PNG.
    ///
    /// # Errors
    /// If the browser refuses.
    pub fn screenshot(&self) -> Result<Vec<u8>> {
        let picture = call("GET", &format!("{}/screenshot", self.url), None)?;
        base64(picture.as_str().context("no picture")?).context("the picture is not base64")
    }

    /// An element as PNG, also what of it lies beyond the screen. Chromium only.
    ///
    /// # Errors
    /// If there is no such element or the browser refuses.
    pub fn picture_of(&self, selector: &str) -> Result<Vec<u8>> {
        let clip = self.run(&format!(
            "const {{ left, top, width, height }} = document.querySelector('{selector}').getBoundingClientRect();
             return {{ x: left + scrollX, y: top + scrollY, width, height, scale: 1 }};"
        ))?;
        let asked = json!({ "clip": clip, "captureBeyondViewport": true });
        let picture = self.cdp("Page.captureScreenshot", &asked)?;
        base64(picture["data"].as_str().context("no picture")?).context("the picture is not base64")
    }

    /// Presses keys one after another where the focus is, and lets go of them in reverse: a
    /// letter, or a code point of WebDriver's such as [`key::ENTER`].
    ///
    /// # Errors
    /// If the driver refuses.
    pub fn keys(&self, keys: &[char]) -> Result<()> {
        let step = |kind: &str, key: &char| json!({ "type": kind, "value": key.to_string() });
        let down = keys.iter().map(|key| step("keyDown", key));
        let up = keys.iter().rev().map(|key| step("keyUp", key));
        let actions: Vec<Value> = down.chain(up).collect();
        let keyboard = json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": actions }] });
        self.post("actions", &keyboard).map(drop)
    }

    /// Opens another tab in front and speaks to it from now on. Gives the former one's name.
    ///
    /// # Errors
    /// If the driver refuses.
    pub fn new_tab(&self) -> Result<String> {
        let former = call("GET", &format!("{}/window", self.url), None)?;
        let made = self.post("window/new", &json!({ "type": "tab" }))?;
        self.to_tab(made["handle"].as_str().context("no handle")?)?;
        Ok(former.as_str().context("no handle")?.to_owned())
    }

    /// Leaves the page that is shown, with all its Workers: a new tab takes its place.
    ///
    /// # Errors
    /// If the driver refuses.
    pub fn leave(&self) -> Result<()> {
        let former = call("GET", &format!("{}/window/handles", self.url), None)?;
        let former: Vec<String> = serde_json::from_value(former).context("no handles")?;
        self.new_tab()?;
        let next = call("GET", &format!("{}/window", self.url), None)?;
        for tab in former {
            self.to_tab(&tab)?;
            call("DELETE", &format!("{}/window", self.url), None)?;
        }
        self.to_tab(next.as_str().context("no handle")?)
    }

    /// Brings a tab to the front.
    ///
    /// # Errors
    /// If there is none of this name.
    pub fn to_tab(&self, name: &str) -> Result<()> {
        self.post("window", &json!({ "handle": name })).map(drop)
    }

    /// A call of the Chrome DevTools protocol.
    ///
    /// # Errors
    /// If the browser refuses, or is not Chromium.
    pub fn cdp(&self, method: &str, params: &Value) -> Result<Value> {
        self.post("goog/cdp/execute", &json!({ "cmd": method, "params": params }))
    }

    /// What the page has logged to the console since the last call. Chromium only.
    ///
    /// # Errors
    /// If the browser refuses.
    pub fn console(&self) -> Result<Vec<String>> {
        self.log("browser")
    }

    /// The events of the DevTools protocol since the last call, as JSON. Chromium only.
    ///
    /// # Errors
    /// If the browser refuses.
    pub fn events(&self) -> Result<Vec<String>> {
        self.log("performance")
    }

    fn log(&self, kind: &str) -> Result<Vec<String>> {
        let log = self.post("se/log", &json!({ "type": kind }))?;
        let lines = log.as_array().into_iter().flatten();
        Ok(lines
            .filter_map(|line| Some(line["message"].as_str()?.to_owned()))
            .collect())
    }

    fn post(&self, path: &str, body: &Value) -> Result<Value> {
        call("POST", &format!("{}/{path}", self.url), Some(body))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = request("DELETE", &self.url, None);
    }
}

fn call(method: &str, url: &str, body: Option<&Value>) -> Result<Value> {
    let answer = request(method, url, body)?;
    let mut answer: Value =
        serde_json::from_slice(&answer.body).with_context(|| format!("{url}: not JSON"))?;
    let value = answer["value"].take();
    if let (Some(error), Some(message)) = (value["error"].as_str(), value["message"].as_str()) {
        bail!("{error}: {}", message.lines().next().unwrap_or_default());
    }
    Ok(value)
}

/// Decodes standard base64, which is all that a screenshot needs.
fn base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut held, mut bits) = (0_u32, 0);
    for c in text.bytes().filter(|c| *c != b'=' && !c.is_ascii_whitespace()) {
        let digit = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        held = held << 6 | u32::from(digit);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn decodes_pictures() {
        assert_eq!(base64("").unwrap(), b"");
        assert_eq!(base64("iVBORw0KGgo=").unwrap(), b"\x89PNG\r\n\x1a\n");
        assert_eq!(base64("Zg==").unwrap(), b"f");
        assert_eq!(base64("Z-=="), None);
    }
}

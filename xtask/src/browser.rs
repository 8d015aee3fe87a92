//! Starts browsers under WebDriver, the same way for tests, races and screenshots.
//!
//! [`Driver::start`] gives the address of a driver that ends with its value, and with it
//! every browser that it started. [`Browser::capabilities`] is the body of a new session:
//! what the sandbox here needs, and which of WebGPU, colour scheme and size a test wants.

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Map, Value, json};

use crate::process::{self, Group};
use crate::webdriver::request;

/// How long chromedriver may take to say where it listens.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long a script in the page may take.
pub const SCRIPT: Duration = Duration::from_secs(90);

/// What every Chromium here is started with: no window, and no traffic of its own.
pub const FLAGS: [&str; 10] = [
    "--headless=new",
    // Chromium refuses to be root with its sandbox on; the pages are our own.
    "--no-sandbox",
    // Containers give /dev/shm less than a page with threads takes.
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
];

/// Offers the software adapter where there is no GPU. Without it `requestAdapter()` gives
/// null there, which is worth tests of its own.
pub const WEBGPU: [&str; 1] = ["--enable-unsafe-webgpu"];

/// What WebKitGTK is started with.
const WEBKIT: [(&str, &str); 2] = [
    // It refuses to be root with its sandbox on; the pages are our own.
    ("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1"),
    // Safari gives isolated pages shared memory; WebKitGTK as it is shipped gives it to none.
    ("JSC_useSharedArrayBuffer", "1"),
];

/// Chromium and the driver that belongs to it.
#[derive(Debug, Clone)]
pub struct Chromium {
    /// Chromium or Chrome.
    pub chromium: PathBuf,
    /// A chromedriver of the same version.
    pub chromedriver: PathBuf,
}

/// Firefox and its driver.
#[derive(Debug, Clone)]
pub struct Firefox {
    /// Firefox of any channel.
    pub firefox: PathBuf,
    /// geckodriver, whose versions go with many of Firefox.
    pub geckodriver: PathBuf,
}

/// WebKitGTK and its driver.
#[derive(Debug, Clone)]
pub struct WebKit {
    /// The browser that comes with the driver.
    pub minibrowser: PathBuf,
    /// WebKitWebDriver.
    pub driver: PathBuf,
}

/// Who shows pages.
#[derive(Debug, Clone)]
pub enum Browser {
    /// With WebGPU, by software if need be.
    Chromium(Chromium),
    /// With WebGPU where it has it.
    Firefox(Firefox),
    /// Without WebGPU.
    WebKit(WebKit),
}

/// What a session's browser is like.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Whether WebGPU is on, by software if need be.
    pub webgpu: bool,
    /// Whether the system's colour scheme is dark.
    pub dark: bool,
    /// Whether the system asks for less motion.
    pub still: bool,
    /// The window, in CSS pixels.
    pub size: (u32, u32),
    /// Whether the events of the DevTools protocol are kept for [`crate::webdriver::Session::events`].
    pub events: bool,
    /// Further command line flags, of Chromium only.
    pub flags: Vec<String>,
    /// Preferences by name, of Chromium or Firefox.
    pub prefs: Vec<(String, Value)>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            webgpu: true,
            dark: false,
            still: false,
            size: (1280, 800),
            events: false,
            flags: Vec::new(),
            prefs: Vec::new(),
        }
    }
}

impl Browser {
    /// The program that speaks WebDriver for it.
    #[must_use]
    pub fn driver(&self) -> &Path {
        match self {
            Self::Chromium(browser) => &browser.chromedriver,
            Self::Firefox(browser) => &browser.geckodriver,
            Self::WebKit(browser) => &browser.driver,
        }
    }

    /// The capabilities of a new session, ready as the value of `alwaysMatch`.
    #[must_use]
    pub fn capabilities(&self, options: &Options) -> Value {
        let mut all = match self {
            Self::Chromium(browser) => browser.capabilities(options),
            Self::Firefox(browser) => browser.capabilities(options),
            Self::WebKit(browser) => browser.capabilities(),
        };
        // A page that measures itself on a busy machine may take its time.
        all["timeouts"] = json!({ "script": SCRIPT.as_millis() as u64 });
        all
    }
}

impl Chromium {
    fn capabilities(&self, options: &Options) -> Value {
        let (width, height) = options.size;
        let mut flags: Vec<String> = FLAGS.map(str::to_owned).into();
        if options.webgpu {
            flags.extend(WEBGPU.map(str::to_owned));
        }
        if options.still {
            flags.push("--force-prefers-reduced-motion".into());
        }
        flags.push(format!("--window-size={width},{height}"));
        flags.push(format!(
            "--blink-settings=preferredColorScheme={}",
            u8::from(!options.dark)
        ));
        flags.extend(options.flags.iter().cloned());
        let prefs: Map<String, Value> = options.prefs.iter().cloned().collect();
        json!({
            "browserName": "chrome",
            "goog:chromeOptions": { "binary": self.chromium, "args": flags, "prefs": prefs },
            "goog:loggingPrefs": { "browser": "ALL", "performance": if options.events { "ALL" } else { "OFF" } },
        })
    }
}

impl Firefox {
    fn capabilities(&self, options: &Options) -> Value {
        let (width, height) = options.size;
        let mut prefs = json!({
            // Where it is off by default it is there all the same.
            "dom.webgpu.enabled": options.webgpu,
            "dom.webgpu.workers.enabled": options.webgpu,
            "gfx.webgpu.ignore-blocklist": options.webgpu,
            "layout.css.prefers-color-scheme.content-override": u8::from(!options.dark),
            "ui.prefersReducedMotion": u8::from(options.still),
        });
        for (name, value) in &options.prefs {
            prefs[name] = value.clone();
        }
        json!({
            "browserName": "firefox",
            "moz:firefoxOptions": {
                "binary": self.firefox,
                "args": ["-headless", format!("--width={width}"), format!("--height={height}")],
                "prefs": prefs,
            },
        })
    }
}

impl WebKit {
    fn capabilities(&self) -> Value {
        json!({
            "browserName": "MiniBrowser",
            "webkitgtk:browserOptions": { "binary": self.minibrowser, "args": ["--automation"] },
        })
    }
}

/// A running driver; dropping it ends it and its browsers.
#[derive(Debug)]
pub struct Driver {
    /// Its address, without a slash at the end.
    pub url: String,
    group: Group,
}

impl Driver {
    /// Starts the browser's driver on a free port and waits until it listens.
    ///
    /// # Errors
    /// If it cannot be started or does not say where it listens.
    pub fn start(browser: &Browser) -> Result<Self> {
        // A test that is ended by a signal would leave its browsers behind.
        process::end_children_when_interrupted();
        let program = browser.driver();
        let mut command = Command::new(program);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        if let Browser::WebKit(_) = browser {
            command.envs(WEBKIT);
            return Self::silent(command);
        }
        let mut group = Group::start(command.arg("--port=0"))?;
        let output = group.child().stdout.take().context("the driver has no output")?;
        let (send, port) = mpsc::channel();
        thread::spawn(move || {
            // Read to the end: a full pipe would stop the driver.
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if let Some(port) = port_in(&line) {
                    let _ = send.send(port);
                }
            }
        });
        let port = port
            .recv_timeout(PATIENCE)
            .with_context(|| format!("{} did not start: `{0} --port=0` shows why", program.display()))?;
        Ok(Self {
            url: format!("http://127.0.0.1:{port}"),
            group,
        })
    }

    /// WebKit's takes no port 0 and says nothing: it is given a port that was free just now.
    fn silent(mut command: Command) -> Result<Self> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        command.arg(format!("--port={port}")).stdout(Stdio::null());
        let group = Group::start(&mut command)?;
        let started = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            ensure!(started.elapsed() < PATIENCE, "{command:?} did not start");
            thread::sleep(Duration::from_millis(50));
        }
        Ok(Self {
            url: format!("http://127.0.0.1:{port}"),
            group,
        })
    }

    /// The process of the driver; its browsers descend from it.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.group.id()
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Asked, chromedriver ends its browsers too, which killing it might not; geckodriver,
        // which does when it is killed, refuses.
        let _ = request("GET", &format!("{}/shutdown", self.url), None);
    }
}

/// "ChromeDriver was started successfully on port 40123.", "... Listening on 127.0.0.1:40123".
fn port_in(line: &str) -> Option<u16> {
    let (_, port) = line
        .split_once("started successfully on port ")
        .or_else(|| line.split_once("Listening on 127.0.0.1:"))?;
    port.trim_end_matches('.').parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_port() {
        assert_eq!(
            port_in("ChromeDriver was started successfully on port 40123."),
            Some(40123)
        );
        assert_eq!(
            port_in("1795234567000\tgeckodriver\tINFO\tListening on 127.0.0.1:40123"),
            Some(40123)
        );
        assert_eq!(port_in("Starting ChromeDriver 156.0 on port 0"), None);
    }

    #[test]
    fn options_become_flags() {
        let browser = Browser::Chromium(Chromium {
            chromium: "/c".into(),
            chromedriver: "/d".into(),
        });
        let options = Options {
            webgpu: false,
            dark: true,
            size: (390, 844),
            flags: vec!["--x".into()],
            ..Options::default()
        };
        let capabilities = browser.capabilities(&options);
        let flags = capabilities["goog:chromeOptions"]["args"].as_array().unwrap();
        let has = |flag: &str| flags.iter().any(|one| one == flag);
        assert!(has("--window-size=390,844") && has("--x") && !has(WEBGPU[0]));
        assert!(has("--blink-settings=preferredColorScheme=0"));
    }

    /// The test runner of wasm-bindgen reads its flags from a file that cannot ask us.
    #[test]
    fn webdriver_json_has_the_same_flags() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../webdriver.json");
        let file: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        let expect: Vec<&str> = FLAGS.into_iter().chain(WEBGPU).collect();
        assert_eq!(file["goog:chromeOptions"]["args"], json!(expect));
    }
}

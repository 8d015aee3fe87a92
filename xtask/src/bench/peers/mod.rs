//! What users would run instead: NumPy and Numba natively, gpu.js and jax-js in the same
//! Chromium, on the same work.
//!
//! The programs are in `xtask/peers`, written as the peers' own users would write them. They
//! take a task and give lanes: samples and a look at the output, or why there are none. Here
//! outputs are checked ([`check`]) and lanes become rows. What cannot be installed or started
//! is skipped rows with the reason; the rest goes on.

mod check;
mod lane;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use parallax_protocol::{Asked, ResultRow};
use serde_json::{Map, Value, json};

use self::check::Expected;
use super::limit;
use super::page::Page;
use super::progress::{Progress, words};
use crate::browser::Browser;
use crate::process::{Step, say};
use crate::server::{Running, Site};
use crate::setup;

/// What a sample lasts at least, as in the engine.
const SAMPLE_MS: f64 = 20.0;
/// Samples of a lane: the fewest that carry an interval, and the engine's last look.
const SAMPLES: (u32, u32) = (6, 80);
/// Lanes that measure, of those in one place: each gets its share of the budget.
const LANES: f64 = 4.0;

/// Rows that stand for a place that could not be set up.
const NATIVE: [(&str, &str); 2] = [("numpy", "numpy"), ("numba", "parallel")];
const BROWSER: [(&str, &str); 2] = [("gpu.js", "webasm"), ("jax-js", "wasm")];

/// The peers that could be set up, or why they could not.
pub struct Peers {
    native: Result<Native, String>,
    browser: Result<InBrowser, String>,
}

struct Native {
    python: PathBuf,
    script: PathBuf,
}

struct InBrowser {
    page: Page,
    _site: Running,
}

impl Peers {
    /// Installs what is missing and opens the page.
    #[must_use]
    pub fn set_up(root: &Path, browser: &Browser) -> Self {
        let said = |what: &str, error: anyhow::Error| {
            let why = format!("{error:#}");
            say(format!("{what} are skipped: {why}"));
            // A reason is one line of a table's notes, not an installer's last twenty.
            why.lines().next().unwrap_or_default().to_owned()
        };
        Self {
            native: Native::set_up(root).map_err(|error| said("NumPy and Numba", error)),
            browser: InBrowser::set_up(root, browser).map_err(|error| said("gpu.js and jax-js", error)),
        }
    }

    /// The versions of those that race, for the report's environment.
    #[must_use]
    pub fn versions(&self) -> Value {
        let mut versions = Map::new();
        if self.native.is_ok() {
            versions.insert("numpy".into(), setup::NUMPY.into());
            versions.insert("numba".into(), setup::NUMBA.into());
        }
        if self.browser.is_ok() {
            versions.insert("gpu.js".into(), setup::GPUJS.into());
            versions.insert("jax-js".into(), setup::JAXJS.into());
        }
        Value::Object(versions)
    }

    /// Runs every peer on one race's work. `software_gpu` says that the browser's GPU is none.
    #[must_use]
    pub fn race(
        &self,
        race: &Asked,
        cores: u32,
        software_gpu: bool,
        progress: &mut Progress,
    ) -> Vec<ResultRow> {
        let task = Task::new(race, cores);
        let expected = Expected::of(&task);
        let mut show = |doing: &Value| progress.show(&format!("{}, peers: {}", task.workload, words(doing)));
        let native = match &self.native {
            Ok(native) => native.lanes(&task, &mut show).map_err(failed),
            Err(why) => Err(("skipped", why.clone())),
        };
        let browser = match &self.browser {
            Ok(browser) => browser.lanes(&task, &mut show).map_err(failed),
            Err(why) => Err(("skipped", why.clone())),
        };
        let mut lanes = native.unwrap_or_else(|why| without(&NATIVE, &why));
        lanes.extend(browser.unwrap_or_else(|why| without(&BROWSER, &why)));
        let row = |lane: &Value| lane::row(&task, lane, &expected, software_gpu);
        lanes.iter().map(row).collect()
    }
}

/// A status and its reason.
type Lost = (&'static str, String);

fn failed(error: anyhow::Error) -> Lost {
    ("failed", format!("{error:#}"))
}

/// The lanes of a place that gave none.
fn without(place: &[(&str, &str)], (status, why): &Lost) -> Vec<Value> {
    let lane = |&(peer, backend): &(&str, &str)| json!({ "peer": peer, "backend": backend, *status: why });
    place.iter().map(lane).collect()
}

/// The work of a race as the peers are given it.
#[derive(Debug, Clone)]
struct Task {
    workload: String,
    n: u32,
    seed: u64,
    threads: u32,
    /// Elements or bodies of the output that are compared, by their place.
    spots: Vec<u64>,
    /// For one lane.
    seconds: f64,
}

impl Task {
    fn new(race: &Asked, cores: u32) -> Self {
        let n = race.size.unwrap_or(1);
        let elements = match race.workload.as_str() {
            // Bodies, each compared whole.
            "nbody" => u64::from(n),
            _ => u64::from(n) * u64::from(n),
        };
        Self {
            workload: race.workload.clone(),
            n,
            seed: race.seed,
            threads: race.threads.unwrap_or(cores).max(1),
            // Spread by a prime that no size up to it divides: every part of the output is seen.
            spots: (0..256).map(|k| k * 104_729 % elements).collect(),
            seconds: race.budget / LANES,
        }
    }

    fn json(&self) -> Value {
        json!({
            "workload": self.workload, "n": self.n, "threads": self.threads, "spots": self.spots,
            // Inputs are made of its lower half: JSON's numbers end at 2^53.
            "seed": self.seed as u32,
            "seconds": self.seconds, "sample_ms": SAMPLE_MS, "fewest": SAMPLES.0, "most": SAMPLES.1,
        })
    }
}

impl Native {
    fn set_up(root: &Path) -> Result<Self> {
        let python = setup::python_peers()?;
        say(format!("took NumPy {} and Numba {}", setup::NUMPY, setup::NUMBA));
        Ok(Self {
            python,
            script: root.join("xtask/peers/native.py"),
        })
    }

    fn lanes(&self, task: &Task, seen: &mut dyn FnMut(&Value)) -> Result<Vec<Value>> {
        let mut command = Command::new(&self.python);
        let threads = task.threads.to_string();
        command
            .arg(&self.script)
            .arg(task.json().to_string())
            // Both decide when they are loaded. Numba refuses more than this later.
            .env("OPENBLAS_NUM_THREADS", &threads)
            .env("OMP_NUM_THREADS", &threads)
            .env("MKL_NUM_THREADS", &threads)
            .env("VECLIB_MAXIMUM_THREADS", &threads)
            .env("NUMBA_NUM_THREADS", &threads);
        let step = Step {
            limit: limit(Some(task.seconds * LANES)),
            ..Step::new("run NumPy and Numba", "its messages are above")
        };
        let mut lanes = Vec::new();
        let status = step.each_line(command, &mut |line| match serde_json::from_str::<Value>(line) {
            Ok(lane) if lane["peer"].is_string() => lanes.push(lane),
            Ok(doing) if doing["doing"].is_string() => seen(&doing),
            _ => eprintln!("{line}"),
        })?;
        if !status.success() {
            let done = lanes.len();
            anyhow::bail!("native.py ended with {status} after {done} lanes: its messages are above");
        }
        Ok(lanes)
    }
}

impl InBrowser {
    /// The page with the packages' files beside it, isolated as ours is but without our
    /// policy: both peers make code at run time.
    fn set_up(root: &Path, browser: &Browser) -> Result<Self> {
        let packages = setup::browser_peers()?;
        say(format!(
            "took gpu.js {} and jax-js {}",
            setup::GPUJS,
            setup::JAXJS
        ));
        let folder = root.join("target/peers");
        let _ = fs::remove_dir_all(&folder);
        for (from, to) in [
            (packages.gpujs, folder.join("gpu.js")),
            (packages.jaxjs, folder.join("jax-js")),
            (root.join("xtask/peers"), folder.clone()),
        ] {
            copy_files(&from, &to)?;
        }
        let site = Site {
            policy: false,
            ..Site::new(folder)
        }
        .start(0)?;
        let page = Page::open(browser, &site.url)?;
        page.wait_for("window.peers")
            .context("the peers' page did not load")?;
        Ok(Self { page, _site: site })
    }

    fn lanes(&self, task: &Task, seen: &mut dyn FnMut(&Value)) -> Result<Vec<Value>> {
        let limit = limit(Some(task.seconds * LANES));
        let lanes = self.page.call("peers.run", &task.json(), limit, seen)?;
        lanes.as_array().cloned().context("the peers' page gave no lanes")
    }
}

/// Copies the files of a folder, and none of the folders in it.
fn copy_files(from: &Path, to: &Path) -> Result<()> {
    let failed = || format!("{} cannot be copied to {}", from.display(), to.display());
    fs::create_dir_all(to).with_context(failed)?;
    for entry in fs::read_dir(from).with_context(failed)? {
        let entry = entry?;
        if entry.path().is_file() {
            fs::copy(entry.path(), to.join(entry.file_name())).with_context(failed)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_says_what_the_programs_read() {
        let race: Asked = serde_json::from_value(json!({
            "workload": "matmul", "size": 64, "seed": 7, "budget": 8.0,
        }))
        .unwrap();
        let task = Task::new(&race, 3).json();
        assert_eq!(task["threads"], 3);
        assert_eq!(task["seconds"], 2.0);
        let spots = task["spots"].as_array().unwrap();
        assert!(spots.iter().all(|spot| spot.as_u64().unwrap() < 64 * 64));
        let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers");
        for program in ["native.py", "browser.js"] {
            let text = fs::read_to_string(programs.join(program)).unwrap();
            for field in task.as_object().unwrap().keys() {
                let read = [
                    format!("task[\"{field}\"]"),
                    format!("task.{field}"),
                    "{ n }".into(),
                ];
                assert!(
                    read.iter().any(|read| text.contains(read.as_str())),
                    "{program}: {field}"
                );
            }
        }
    }

    #[test]
    fn who_cannot_be_set_up_is_skipped_with_the_reason() {
        let peers = Peers {
            native: Err("no python3".into()),
            browser: Err("no npm".into()),
        };
        let race: Asked = serde_json::from_value(json!({ "workload": "heat", "size": 8 })).unwrap();
        let rows = peers.race(&race, 2, false, &mut Progress::default());
        let rows: Vec<_> = rows
            .iter()
            .map(|row| (row.place.as_str(), row.status, row.reason.as_deref().unwrap()))
            .collect();
        let skipped = parallax_protocol::ResultStatus::Skipped;
        assert_eq!(
            rows,
            [
                ("peer:numpy", skipped, "no python3"),
                ("peer:numba", skipped, "no python3"),
                ("peer:gpu.js", skipped, "no npm"),
                ("peer:jax-js", skipped, "no npm"),
            ]
        );
    }
}

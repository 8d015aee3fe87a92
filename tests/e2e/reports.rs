//! A number becomes something to script, keep, save and compare: `window.parallax`, the
//! history, files.

use crate::house::{House, Visit, by};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

/// A short run of everything, by script.
const SPEC: &str = "{workload: 'mandelbrot', size: 128, budget: 2}";

impl Visit {
    /// Downloads end up in the page's own hands instead of on a disk.
    pub fn catch_files(&self) -> Result<()> {
        self.eval(
            "(() => {
                 window.saved = {};
                 const make = URL.createObjectURL;
                 URL.createObjectURL = (blob) => (window.last = blob, make.call(URL, blob));
                 HTMLAnchorElement.prototype.click = function () { saved[this.download] = window.last; };
             })()",
        )
        .map(drop)
    }

    /// The rejection of a run by script.
    fn refused(&self, spec: &str) -> Result<(String, String)> {
        let error = self.awaited(&format!("await parallax.run({spec})"))?;
        let text = |key: &str| error[key].as_str().unwrap_or_default().to_owned();
        Ok((text("name"), text("message")))
    }
}

/// Every field that parallax.d.ts promises is there, null if it does not apply.
pub fn the_api_gives_the_report(house: &House) -> Result<()> {
    let page = house.open("")?;
    let ready = page.awaited("await parallax.ready")?;
    ensure!(
        ready["workloads"][0]["id"] == "mandelbrot" && ready["isolated"] == true,
        "{ready}"
    );
    let report = page.awaited(&format!(
        "await (async () => {{
             window.heard = [];
             return parallax.run({SPEC}, {{onProgress: (p) => heard.push(p)}});
         }})()"
    ))?;
    ensure!(report["schema"] == 1, "{report}");
    ensure!(report["spec"]["size"] == 128 && report["spec"]["seed"] == 1);
    let environment = &report["environment"];
    ensure!(
        environment["user_agent"]
            .as_str()
            .is_some_and(|ua| ua.contains("Mozilla"))
    );
    ensure!(
        environment["started"]
            .as_str()
            .is_some_and(|at| at.len() == 20 && at.ends_with('Z'))
    );
    let rows = report["results"].as_array().context("no results")?;
    ensure!(rows.len() == page.awaited("(await parallax.ready).backends.length")?);
    for row in rows {
        let object = row.as_object().context("a row is no object")?;
        let missing: Vec<_> = FIELDS.into_iter().filter(|f| !object.contains_key(*f)).collect();
        ensure!(missing.is_empty(), "{missing:?} are absent");
        if row["status"] == "skipped" {
            continue;
        }
        ensure!(row["status"] == "ok" && row["where"] == "browser", "{row}");
        let (low, high) = (row["ci95_ms"][0].as_f64(), row["ci95_ms"][1].as_f64());
        let median = row["median_ms"].as_f64().context("no median")?;
        ensure!(
            low.is_none_or(|low| low <= median) && high.is_none_or(|high| median <= high),
            "{row}"
        );
        let samples = row["samples"].as_array().context("no samples")?;
        ensure!(
            samples
                .iter()
                .all(|s| s["outlier"].is_boolean() && s["block"].is_u64())
        );
        ensure!(row["sample_count"] == samples.len());
        let is_base = row["backend"] == "scalar" && row["form"] == "rust";
        let is_gpu = row["backend"] == "gpu";
        ensure!(row["speedup"].is_null() == (is_base || is_gpu), "{row}");
        // Where a read-back takes a tenth of a second, as in Firefox, there is no time for parts.
        let has_parts = row["gpu_ms"].is_object();
        let is_parted = is_gpu && row["form"] == "wgsl";
        ensure!(
            has_parts == is_parted || (is_gpu && !house.is_chromium()),
            "{row}"
        );
        if has_parts {
            // SwiftShader: measured, labelled, and no claim.
            let parts = &row["gpu_ms"];
            let times = ["upload", "readback", "end_to_end", "resident"];
            ensure!(
                times
                    .iter()
                    .all(|part| parts[part].as_f64().is_some_and(|ms| ms > 0.0)),
                "{parts}"
            );
            ensure!(row["warnings"].to_string().contains("software GPU"), "{row}");
        }
    }
    let heard = page.eval("heard")?;
    let heard = heard.as_array().context("nothing heard")?;
    ensure!(
        heard
            .iter()
            .any(|p| p["stage"] == "sampling" && p["blocks"].as_u64() > Some(0))
    );
    // The page shows the same run.
    ensure!(
        page.attribute("size", "value")?.is_empty()
            || page.eval(&format!("document.querySelector('{}').value", by("size")))? == "128"
    );
    page.row_is_timed("simd")?;
    page.console_is_clean()
}

const FIELDS: [&str; 27] = [
    "sampled",
    "outputs",
    "diagnostics",
    "workload",
    "size",
    "backend",
    "form",
    "threads",
    "where",
    "status",
    "reason",
    "cold_ms",
    "samples",
    "sample_count",
    "median_ms",
    "mad_ms",
    "ci95_ms",
    "speedup",
    "speedup_ci95",
    "verdict",
    "against",
    "max_error",
    "error_kind",
    "tolerance",
    "gpu_ms",
    "warnings",
    "backend",
];

pub fn the_api_refuses_by_name(house: &House) -> Result<()> {
    let page = house.open("")?;
    page.ready()?;
    for (spec, name, word) in [
        ("{workload: 'fft'}", "bad-spec", "mandelbrot"),
        ("{workload: 'matmul', sise: 3}", "bad-spec", "sise"),
        ("{workload: 'matmul', size: -1}", "bad-spec", "size"),
        ("{workload: 'matmul', size: 1e9}", "bad-spec", "choose from"),
        ("{workload: 'matmul', backends: ['warp']}", "bad-spec", "scalar"),
        ("{workload: 'matmul', threads: 1000}", "bad-spec", "threads"),
        ("{workload: 'matmul', budget: NaN}", "bad-spec", "budget"),
        (
            "{workload: 'matmul', experiment: 'speed'}",
            "bad-spec",
            "timeline",
        ),
        ("{}", "bad-spec", "workload"),
        ("7", "bad-spec", "object"),
        ("'#1abc'", "bad-link", "damaged"),
        ("'#section'", "bad-link", "no link"),
    ] {
        let (got, message) = page.refused(spec)?;
        ensure!(got == name && message.contains(word), "{spec}: {got}: {message}");
    }
    let busy = page.awaited(&format!(
        "await (async () => {{
             const first = parallax.run({SPEC});
             const second = await parallax.run({SPEC}).catch((e) => e.name);
             parallax.stop();
             return [second, (await first).results.map((r) => r.status)];
         }})()"
    ))?;
    ensure!(busy[0] == "busy", "{busy}");
    ensure!(
        busy[1].to_string().contains("stopped"),
        "Stop keeps no partial report: {busy}"
    );
    let aborted = page.awaited(
        "await (async () => {
             const control = new AbortController();
             const run = parallax.run({workload: 'mandelbrot', size: 512, budget: 60}, {
                 signal: control.signal,
                 onProgress: (p) => p.blocks > 1 && control.abort(),
             });
             const error = await run.catch((e) => e);
             return [error.name, error.report.results.map((r) => r.samples.length)];
         })()",
    )?;
    ensure!(aborted[0] == "aborted", "{aborted}");
    let kept = aborted[1]
        .as_array()
        .is_some_and(|n| n.iter().any(|n| n.as_u64() > Some(0)));
    ensure!(kept, "the aborted run's samples are lost: {aborted}");
    // And the next one works.
    let report = page.awaited(&format!("await parallax.run({SPEC})"))?;
    let scalar = report["results"].as_array().and_then(|rows| {
        rows.iter()
            .find(|row| row["backend"] == "scalar" && row["form"] == "rust")
    });
    ensure!(scalar.is_some_and(|row| row["status"] == "ok"), "{report}");
    page.console_is_clean()
}

/// What a back end is against itself: no claim, and the same one twice in the ladder.
pub fn a_back_end_against_itself(house: &House) -> Result<()> {
    let page = house.open("")?;
    let spec = "{workload: 'mandelbrot', size: 64, budget: 3, backends: ['scalar', 'scalar#2']}";
    let report = page.awaited(&format!("await parallax.run({spec})"))?;
    let rows = report["results"].as_array().context("no results")?;
    ensure!(
        rows.len() == 2 && rows[1]["backend"] == "scalar#2" && rows[1]["against"] == "scalar",
        "{report}"
    );
    let ratio = rows[1]["speedup"].as_f64().context("no ratio")?;
    ensure!((0.5..2.0).contains(&ratio), "{ratio}");
    ensure!(page.text("row-scalar#2")?.contains("Scalar #2"));
    Ok(())
}

/// Saved files hold what the page holds; a saved report is opened beside one's own.
pub fn files(house: &House) -> Result<()> {
    let page = house.open("?workload=mandelbrot&size=128&budget=1")?;
    page.ready()?;
    page.catch_files()?;
    page.run()?;
    for kind in ["json", "csv", "md", "svg", "png"] {
        page.press(&format!("export-{kind}"))?;
        page.wait(&format!("'parallax-mandelbrot-128.{kind}' in window.saved"))?;
    }
    let saved = |kind: &str| page.awaited(&format!("await saved['parallax-mandelbrot-128.{kind}'].text()"));
    let json: Value = serde_json::from_str(saved("json")?.as_str().context("no JSON")?)?;
    let samples: u64 = json["results"]
        .as_array()
        .context("no results")?
        .iter()
        .map(|row| row["sample_count"].as_u64().unwrap_or(0))
        .sum();
    let csv = saved("csv")?;
    let lines = csv
        .as_str()
        .unwrap_or_default()
        .lines()
        .filter(|l| l.contains(",browser,"))
        .count();
    ensure!(
        lines as u64 >= samples && samples > 0,
        "{lines} lines for {samples} samples"
    );
    ensure!(
        saved("md")?
            .as_str()
            .is_some_and(|t| t.contains("| Threads + SIMD |"))
    );
    let svg = page.awaited(
        "(await saved['parallax-mandelbrot-128.svg'].text().then((t) =>
             new DOMParser().parseFromString(t, 'image/svg+xml'))).documentElement.tagName",
    )?;
    ensure!(svg == "svg", "the SVG is not well-formed: {svg}");
    let png = page
        .awaited("[saved['parallax-mandelbrot-128.png'].type, saved['parallax-mandelbrot-128.png'].size]")?;
    ensure!(png[0] == "image/png" && png[1].as_u64() > Some(5_000), "{png}");

    // Another machine's: twice as slow, and with markup in every text.
    let mut theirs = json;
    for row in theirs["results"].as_array_mut().context("no results")? {
        for key in ["median_ms", "mad_ms"] {
            row[key] = row[key].as_f64().map(|ms| ms * 2.0).into();
        }
        let interval = row["ci95_ms"].as_array().cloned();
        row["ci95_ms"] = interval
            .map(|i| {
                json!([
                    i[0].as_f64().unwrap_or(0.0) * 2.0,
                    i[1].as_f64().unwrap_or(0.0) * 2.0
                ])
            })
            .into();
        row["warnings"] = json!(["<img src=x onerror='window.pwned = 1'>"]);
    }
    theirs["environment"]["user_agent"] = "<img src=x onerror='window.pwned = 1'>".into();
    page.import("theirs.json", &theirs.to_string())?;
    page.wait(&format!("document.querySelector('{}') !== null", by("theirs")))?;
    ensure!(
        page.text("theirs")?.contains("<img"),
        "a text was not shown as text"
    );
    ensure!(page.eval("window.pwned === undefined && document.querySelector('img') === null")? == true);
    let beside = page.text("theirs-simd")?;
    ensure!(beside.contains("Theirs") && beside.contains("2.0"), "{beside}");
    page.press("theirs-remove")?;
    page.wait(&format!("document.querySelector('{}') === null", by("theirs")))?;

    // What cannot be opened says why and changes nothing.
    theirs["schema"] = 99.into();
    for (content, word) in [
        ("no json".to_string(), "not opened"),
        ("{}".into(), "not opened"),
        (theirs.to_string(), "newer build"),
        (r#"{"schema":1,"spec":{"workload":"x"},"environment":{"build":"","user_agent":"","cores":1,"isolated":true,"timer_resolution_us":1,"adapter":null,"visible":true},"results":[]}"#.into(), "no results"),
    ] {
        page.import("bad.json", &content)?;
        page.wait(&format!("document.querySelector('{}').textContent.includes('{word}')", by("import-problem")))?;
    }
    ensure!(page.eval(&format!("document.querySelector('{}') === null", by("theirs")))? == true);
    page.row_is_timed("simd")?;
    page.console_is_clean()
}

impl Visit {
    /// Chooses a file of this content, as a person would in the browser's dialog.
    pub fn import(&self, name: &str, content: &str) -> Result<()> {
        let content = serde_json::to_string(content)?;
        self.eval(&format!(
            "(() => {{
                 const input = document.querySelector('{}');
                 const files = new DataTransfer();
                 files.items.add(new File([{content}], '{name}'));
                 input.files = files.files;
                 input.dispatchEvent(new Event('change', {{bubbles: true}}));
             }})()",
            by("import")
        ))?;
        Ok(())
    }

    /// Opens the history and compares with its newest entry.
    pub fn compare_with_history(&self) -> Result<()> {
        self.eval(&format!(
            "document.querySelector('{}').open = true",
            by("history")
        ))?;
        self.wait(&format!(
            "document.querySelector('{}') !== null",
            by("history-compare")
        ))?;
        // On a phone the Run bar lies over the page's end: scroll, as a person would.
        self.eval(&format!(
            "document.querySelector('{}').scrollIntoView({{block: 'center'}})",
            by("history-compare")
        ))?;
        self.press("history-compare")?;
        self.wait(&format!("document.querySelector('{}') !== null", by("theirs")))
    }

    pub fn entries(&self) -> Result<u64> {
        let count = self.eval(&format!(
            "document.querySelectorAll('{}').length",
            by("history-entry")
        ))?;
        count.as_u64().context("no count")
    }

    fn entries_are(&self, count: u64) -> Result<()> {
        self.wait(&format!(
            "document.querySelectorAll('{}').length === {count}",
            by("history-entry")
        ))
    }

    pub fn type_into(&self, id: &str, text: &str) -> Result<()> {
        let text = json!(text);
        self.eval(&format!(
            "(() => {{
                 const input = document.querySelector('{}');
                 input.value = {text};
                 input.dispatchEvent(new Event('input', {{bubbles: true}}));
             }})()",
            by(id)
        ))?;
        Ok(())
    }
}

/// Loads the page anew and opens its history.
fn history_anew(page: &Visit) -> Result<()> {
    page.session.go(&page.site.url)?;
    page.wait(&format!("document.querySelector('{}') !== null", by("history")))?;
    open_history(page)
}

fn open_history(page: &Visit) -> Result<()> {
    let open = format!("document.querySelector('{}').open = true", by("history"));
    page.eval(&open).map(drop)
}

pub fn history_is_kept(house: &House) -> Result<()> {
    let page = house.open("?workload=mandelbrot&size=64&budget=0.5")?;
    page.ready()?;
    open_history(&page)?;
    page.run()?;
    page.entries_are(1)?;
    page.press("size-small")?;
    page.run()?;
    page.entries_are(2)?;
    // It survives a reload, is found by its words, and is compared with.
    history_anew(&page)?;
    page.entries_are(2)?;
    page.type_into("history-search", "mandelbrot n = 64,")?;
    page.entries_are(1)?;
    page.press("history-compare")?;
    page.wait(&format!(
        "document.querySelector('{}') !== null",
        by("theirs-simd")
    ))?;
    let size = page.eval(&format!("document.querySelector('{}').value", by("size")))?;
    ensure!(size == "64", "comparing did not ask the same: n = {size}");
    page.press("history-delete")?;
    page.entries_are(0)?;
    page.type_into("history-search", "")?;
    page.entries_are(1)?;
    page.press("history-clear")?;
    ensure!(page.entries()? == 1, "one press deleted everything");
    page.press("history-clear")?;
    page.entries_are(0)?;
    page.console_is_clean()
}

/// Of a long history the newest are drawn first, the others when they are asked for.
pub fn a_long_history(house: &House) -> Result<()> {
    let page = house.open("?workload=mandelbrot&size=64&budget=0.2&backends=scalar")?;
    page.ready()?;
    page.run()?;
    open_history(&page)?;
    page.entries_are(1)?;
    // Forty-four more of the same.
    page.awaited(
        "await new Promise((done, fail) => {
             const opened = indexedDB.open('parallax');
             opened.onerror = fail;
             opened.onsuccess = ({ target: { result: db } }) => {
                 const held = db.transaction(['entries', 'reports'], 'readwrite');
                 held.oncomplete = () => { db.close(); done(true); };
                 held.onerror = fail;
                 const [entries, reports] = ['entries', 'reports'].map((name) => held.objectStore(name));
                 entries.getAll().onsuccess = ({ target: { result: [{ id, ...entry }] } }) => {
                     reports.get(id).onsuccess = ({ target: { result: report } }) => {
                         for (let more = 1; more < 45; more += 1) {
                             entries.add(entry).onsuccess = ({ target }) => reports.put(report, target.result);
                         }
                     };
                 };
             };
         })",
    )
    .and_then(|done| {
        ensure!(done == true, "{done}");
        Ok(())
    })?;
    history_anew(&page)?;
    page.entries_are(20)?;
    page.press("history-more")?;
    page.entries_are(40)?;
    page.press("history-more")?;
    page.entries_are(45)?;
    ensure!(
        page.eval(&format!(
            "document.querySelector('{}') === null",
            by("history-more")
        ))? == true,
        "there are no earlier ones, and still they are offered"
    );
    page.console_is_clean()
}

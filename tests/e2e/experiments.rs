//! The experiments, on the page and by script: each runs, says what it found, and is drawn; what
//! was found is sent, kept and drawn again without an engine.

use crate::basics;
use crate::house::{House, Visit};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use xtask::server::Wrong;

/// What an experiment is asked here, and what has to be in its report and on its panel.
struct Expected {
    experiment: &'static str,
    spec: &'static str,
    findings: &'static [&'static str],
    charts: &'static [&'static str],
    /// Figures of the machine itself.
    quantities: &'static [&'static str],
}

/// What the card of any machine with threads has.
const QUANTITIES: &[&str] = &[
    "clock-step",
    "peak",
    "cores",
    "copy",
    "dispatch",
    "barrier",
    "spawn",
    "message",
    "clone",
    "transfer",
    "shared",
];

const ALL: [Expected; 5] = [
    Expected {
        experiment: "threads",
        spec: "workload: 'mandelbrot', size: 256, budget: 4",
        findings: &["speedup", "amdahl", "usl", "schedule"],
        charts: &["speedup", "efficiency", "schedules"],
        quantities: &[],
    },
    Expected {
        experiment: "sizes",
        spec: "workload: 'mandelbrot', size: 256, budget: 6, backends: ['scalar', 'simd']",
        findings: &["cost", "crossover"],
        charts: &["time-by-size", "rate-by-size"],
        quantities: &[],
    },
    Expected {
        experiment: "timeline",
        spec: "workload: 'heat', size: 128, budget: 2, backends: ['simd', 'threads+simd']",
        findings: &["balance", "recording"],
        charts: &["timeline-0", "timeline-1"],
        quantities: &[],
    },
    Expected {
        experiment: "roofline",
        spec: "budget: 6, backends: ['scalar', 'simd']",
        findings: &["bound"],
        charts: &["roofline", "copy", "peak"],
        quantities: &["copy", "peak"],
    },
    Expected {
        experiment: "machine",
        spec: "budget: 6",
        findings: &[],
        charts: &["copy", "peak", "messages"],
        quantities: QUANTITIES,
    },
];

impl Expected {
    fn run(&self, page: &Visit) -> Result<Value> {
        let spec = format!("{{experiment: '{}', {}}}", self.experiment, self.spec);
        let report = page.awaited(&format!("await parallax.run({spec})"))?;
        ensure!(report["spec"]["experiment"] == self.experiment, "{report}");
        Ok(report)
    }
}

/// Every experiment that asks of a workload: figures, findings, charts with a table each.
pub fn run_and_draw(house: &House) -> Result<()> {
    let page = house.open("")?;
    page.ready()?;
    for expected in &ALL {
        let report = expected.run(&page).context(expected.experiment)?;
        let rows = report["results"].as_array().context("no results")?;
        for row in rows {
            ensure!(row["status"] == "ok", "{}: {row}", expected.experiment);
        }
        let found = report["findings"].as_array().context("no findings")?;
        for id in expected.findings {
            ensure!(found.iter().any(|f| f["id"] == *id), "no {id} in {found:#?}");
        }
        let quantities = report["quantities"].as_array().context("no quantities")?;
        for id in expected.quantities {
            ensure!(
                quantities
                    .iter()
                    .any(|q| q["id"] == *id && q["value"].as_f64().is_some_and(|value| value > 0.0)),
                "no {id} in {quantities:#?}"
            );
        }
        page.panel_has(expected.charts)?;
        page.console_is_clean()?;
    }
    Ok(())
}

/// The GPU's parts: in the report and as bars.
pub fn gpu(house: &House) -> Result<()> {
    house.needs_gpu()?;
    let page = house.open("")?;
    page.ready()?;
    let report = page
        .awaited("await parallax.run({experiment: 'gpu', workload: 'mandelbrot', size: 256, budget: 4})")?;
    let rows = report["results"].as_array().context("no results")?;
    ensure!(rows.len() >= 2, "{report}");
    for row in rows {
        ensure!(
            row["backend"] == "gpu" && row["gpu_ms"]["resident"].is_number(),
            "{row}"
        );
    }
    page.panel_has(&["gpu-parts", "gpu-kept"])
}

/// A link with an experiment's results is drawn where there is no engine at all.
pub fn drawn_without_an_engine(house: &House) -> Result<()> {
    let page = house.open("")?;
    page.ready()?;
    let expected = &ALL[1];
    expected.run(&page)?;
    page.press("share")?;
    page.press("share-results")?;
    page.wait("document.querySelector('[data-testid=share-link]').value.includes('#2')")?;
    let link = page.eval("document.querySelector('[data-testid=share-link]').value")?;
    let (_, fragment) = link
        .as_str()
        .context("no link")?
        .split_once('#')
        .context("no fragment")?;
    let site = house.site().with(&house.engine("worker.js")?, Wrong::Missing);
    let other = house.open_from(&format!("#{fragment}"), site)?;
    other.panel_has(expected.charts)?;
    ensure!(other.attribute("view-sizes", "aria-current")? == "page");
    let said = other.text("findings")?;
    ensure!(said.contains("SIMD"), "{said}");
    // Nothing ran.
    ensure!(other.attribute("status", "data-state")? != "done");
    Ok(())
}

/// What is saved of a chart is a file of its own, and a timeline one that Perfetto reads.
pub fn charts_are_saved(house: &House) -> Result<()> {
    let page = house.open("")?;
    page.ready()?;
    page.catch_files()?;
    ALL[2].run(&page)?;
    page.panel_has(ALL[2].charts)?;
    for (kind, file) in [
        ("svg", "parallax-timeline-timeline-0.svg"),
        ("csv", "parallax-timeline-timeline-0.csv"),
        ("png", "parallax-timeline-timeline-0.png"),
    ] {
        page.eval(&format!(
            "document.querySelector('[data-chart=timeline-0] [data-save={kind}]').click()"
        ))?;
        page.wait(&format!("'{file}' in window.saved"))?;
    }
    let text = |file: &str| page.awaited(&format!("await saved['{file}'].text()"));
    let svg = text("parallax-timeline-timeline-0.svg")?;
    let svg = svg.as_str().unwrap_or_default();
    ensure!(
        svg.contains("xmlns=\"http://www.w3.org/2000/svg\"") && !svg.contains("var("),
        "{svg}"
    );
    page.eval("document.querySelector('[data-save=trace]').click()")?;
    page.wait("'parallax-trace.json' in window.saved")?;
    let trace: Value = serde_json::from_str(text("parallax-trace.json")?.as_str().unwrap_or_default())?;
    let events = trace["traceEvents"].as_array().context("no events")?;
    ensure!(
        events.iter().any(|event| event["name"] == "chunk"),
        "no chunk in {trace}"
    );
    Ok(())
}

/// Arrow keys go through a chart's points, and a timeline is looked at more closely.
pub fn charts_by_keyboard(house: &House) -> Result<()> {
    let page = house.open("")?;
    page.ready()?;
    ALL[1].run(&page)?;
    page.panel_has(ALL[1].charts)?;
    let focused = "(() => { const e = document.activeElement; return [e.dataset.series, e.dataset.index, e.getAttribute('aria-label') ?? '']; })()";
    page.eval("document.querySelector('[data-chart=time-by-size] .point[tabindex=\"0\"]').focus()")?;
    let first = page.eval(focused)?;
    ensure!(first[0] == "0" && first[1] == "0", "{first}");
    for (key, series, index) in [
        ("ArrowRight", "0", "1"),
        ("ArrowDown", "1", "1"),
        ("ArrowLeft", "1", "0"),
    ] {
        page.eval(&format!(
            "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {{key: '{key}', bubbles: true, cancelable: true}}))"
        ))?;
        let now = page.eval(focused)?;
        ensure!(now[0] == series && now[1] == index, "{key}: {now}");
        ensure!(now[2].as_str().is_some_and(|label| label.contains("n")), "{now}");
    }
    ALL[2].run(&page)?;
    page.panel_has(ALL[2].charts)?;
    let drawn = "document.querySelector('[data-chart=timeline-0] svg').textContent";
    let all = page.eval(drawn)?;
    page.press("zoom-in")?;
    ensure!(page.eval(drawn)? != all, "zooming shows the same");
    page.press("zoom-all")?;
    ensure!(page.eval(drawn)? == all, "all is not what there was at first");
    Ok(())
}

/// Panels on phones and in the dark: axe finds nothing, nothing scrolls sideways.
pub fn accessible(house: &House) -> Result<()> {
    house.chromium("imitates the sizes of phones and projectors")?;
    let page = house.open("")?;
    page.ready()?;
    for expected in &ALL {
        let looks = |(width, scheme): (u32, &str)| -> Result<()> {
            let metrics = json!({
                "width": width, "height": 844, "deviceScaleFactor": 1, "mobile": width < 500,
            });
            page.session.cdp("Emulation.setDeviceMetricsOverride", &metrics)?;
            let feature = json!({ "name": "prefers-color-scheme", "value": scheme });
            page.session
                .cdp("Emulation.setEmulatedMedia", &json!({ "features": [feature] }))?;
            // Charts are drawn anew for their room.
            page.session.run_async("setTimeout(arguments[0], 300)")?;
            page.panel_has(expected.charts)?;
            basics::has_no_barrier(
                house,
                &page,
                &format!("{}, {width} px, {scheme}", expected.experiment),
            )
        };
        expected.run(&page)?;
        looks((390, "dark"))?;
        looks((1280, "light"))?;
    }
    Ok(())
}

impl Visit {
    /// The panel has these charts, and a table behind each.
    fn panel_has(&self, charts: &[&str]) -> Result<()> {
        for chart in charts {
            self.wait(&format!(
                "document.querySelector('[data-chart={chart}] svg') !== null
                 && document.querySelector('[data-chart={chart}] table') !== null"
            ))
            .with_context(|| format!("no chart {chart}"))?;
        }
        Ok(())
    }
}

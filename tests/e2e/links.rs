//! Links: made, sent, opened by somebody else.

use crate::house::{House, Visit, by};
use anyhow::{Context, Result, ensure};
use serde_json::Value;

impl Visit {
    pub fn field(&self, id: &str) -> Result<String> {
        let value = self.eval(&format!("document.querySelector('{}').value", by(id)))?;
        Ok(value.as_str().unwrap_or_default().to_owned())
    }

    fn shared(&self, with_results: bool) -> Result<String> {
        self.press("share")?;
        self.wait(&format!("document.querySelector('{}').open", by("share-dialog")))?;
        if with_results {
            self.press("share-results")?;
            self.wait(&format!(
                "document.querySelector('{}') !== null",
                by("share-preview")
            ))?;
        }
        let link = self.field("share-link")?;
        Ok(link)
    }

    /// Nothing has run since the page was opened.
    pub fn nothing_runs(&self) -> Result<()> {
        std::thread::sleep(std::time::Duration::from_millis(600));
        let state = self.attribute("status", "data-state")?;
        ensure!(
            state == "ready" || state == "starting" || state == "loading",
            "opening ran: {state}"
        );
        ensure!(
            self.attribute("row-scalar", "data-median-ms")?.is_empty(),
            "opening ran"
        );
        Ok(())
    }
}

pub fn a_link_asks_the_same(house: &House) -> Result<()> {
    let page = house.open("?workload=matmul&size=128&budget=1&threads=1&seed=18446744073709551615")?;
    page.ready()?;
    page.press("backend-gpu")?;
    page.run()?;
    let plain = page.shared(false)?;
    page.wait(&format!(
        "/Copied|copy it by hand/.test(document.querySelector('{}').textContent)",
        by("share-dialog")
    ))?;
    ensure!(plain.len() < 2_000, "{} characters", plain.len());
    let with_results = {
        page.press("share-results")?;
        page.wait(&format!(
            "document.querySelector('{}') !== null",
            by("share-preview")
        ))?;
        page.field("share-link")?
    };
    // What is sent is shown first, and is figures and environment only.
    let preview = page.text("share-preview")?;
    let sent: Value = serde_json::from_str(&preview)?;
    ensure!(sent["results"][2]["median_ms"].is_number(), "{preview}");
    ensure!(
        sent["results"]
            .as_array()
            .is_some_and(|rows| rows.iter().all(|r| r["samples"] == serde_json::json!([])))
    );
    page.press("share-close")?;

    // Somebody else, in a browser of their own.
    let other = house.open("")?;
    let fragment = |link: &str| {
        link.split_once('#')
            .map(|(_, f)| f.to_owned())
            .context("no fragment")
    };
    other.session.go("about:blank")?;
    other
        .session
        .go(&format!("{}#{}", other.site.url, fragment(&with_results)?))?;
    other.wait(&format!("document.querySelector('{}') !== null", by("theirs")))?;
    ensure!(other.field("workload")? == "matmul" && other.field("size")? == "128");
    ensure!(other.field("threads")? == "1" && other.field("budget")? == "1");
    ensure!(
        other.eval(&format!(
            "document.querySelector('{}').checked",
            by("backend-gpu")
        ))? == false
    );
    ensure!(
        other.text("theirs-scalar")?.contains("Theirs"),
        "{}",
        other.text("theirs-scalar")?
    );
    other.nothing_runs()?;
    other.run()?;
    other.row_is_timed("scalar")?;
    let beside = other.text("theirs-scalar")?;
    ensure!(
        beside.contains("yours") || beside.contains("no clear difference"),
        "{beside}"
    );
    ensure!(
        other.eval("location.hash.length > 200")? == true,
        "the link's results left the address"
    );
    other.console_is_clean()
}

pub fn back_and_forward(house: &House) -> Result<()> {
    let page = house.open("")?;
    page.ready()?;
    ensure!(
        page.eval("location.hash")? == "",
        "a page that nobody touched changed its address"
    );
    let first = page.field("workload")?;
    page.eval(&format!(
        "(() => {{
             const select = document.querySelector('{}');
             select.value = 'matmul';
             select.dispatchEvent(new Event('change', {{bubbles: true}}));
         }})()",
        by("workload")
    ))?;
    page.wait("location.hash.length > 10")?;
    page.press("size-tiny")?;
    let tiny = page.field("size")?;
    page.wait("history.length > 1")?;
    page.eval("history.back()")?;
    page.wait(&format!(
        "document.querySelector('{}').value === '{first}'",
        by("workload")
    ))?;
    page.eval("history.forward()")?;
    page.wait(&format!(
        "document.querySelector('{}').value === 'matmul'",
        by("workload")
    ))?;
    ensure!(page.field("size")? == tiny, "forward forgot the size");
    page.nothing_runs()?;
    page.console_is_clean()
}

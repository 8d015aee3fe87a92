//! Links: made, sent, opened by somebody else, broken on the way; and the page inside
//! another page.

use super::{House, LIMIT, Visit, by};
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::fs;
use xtask::browser::Options;
use xtask::server::Site;

impl Visit {
    fn field(&self, id: &str) -> Result<String> {
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
    fn nothing_runs(&self) -> Result<()> {
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

pub fn broken_links_leave_the_page_alone(house: &House) -> Result<()> {
    let page = house.open("")?;
    page.ready()?;
    let (workload, size) = (page.field("workload")?, page.field("size")?);
    let good = page.awaited("(await parallax.ready, parallax.link({workload: 'matmul', size: 99}))")?;
    let good = good
        .as_str()
        .and_then(|l| l.split_once('#'))
        .context("no link")?
        .1
        .to_owned();
    // Half a megabyte of zeros, deflated, with a good checksum: made by tests/links.rs' recipe.
    let bomb = bomb();
    for (link, word) in [
        (good[..good.len() / 2].to_owned(), "damaged"),
        (format!("{}AAAA", &good[..good.len() - 4]), "damaged"),
        (format!("2{}", &good[1..]), "newer version"),
        ("1<img src=x onerror=alert(1)>".to_owned(), "damaged"),
        ("x".repeat(40_000), "too long"),
        (bomb, "unpacks to more"),
    ] {
        page.session
            .run(&format!("location.hash = {}", serde_json::json!(link)))?;
        page.wait(&format!(
            "[...document.querySelectorAll('{}')].some((n) => n.textContent.includes('{word}'))",
            by("notice")
        ))
        .with_context(|| format!("'{word}' is not said of {}", &link[..link.len().min(40)]))?;
        ensure!(
            page.field("workload")? == workload && page.field("size")? == size,
            "the page changed"
        );
    }
    ensure!(
        page.eval("document.querySelector('img') === null")? == true,
        "a link became markup"
    );
    // And a good one after all that.
    page.session.run(&format!("location.hash = '{good}'"))?;
    page.wait(&format!(
        "document.querySelector('{}').value === '99'",
        by("size")
    ))?;
    ensure!(!page.notices()?.contains("damaged"), "{}", page.notices()?);
    page.nothing_runs()?;
    page.console_is_clean()
}

fn bomb() -> String {
    use base64::Engine as _;
    let mut packed = miniz_oxide::deflate::compress_to_vec(&vec![0; 1 << 19], 6);
    let checksum = crc::Crc::<u32>::new(&crc::CRC_32_ISO_HDLC).checksum(&packed);
    packed.extend_from_slice(&checksum.to_le_bytes());
    format!(
        "1{}",
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&packed)
    )
}

/// In somebody else's page, which is not isolated and so neither is the frame.
pub fn embedded(house: &House) -> Result<()> {
    let folder = house
        .dist
        .parent()
        .context("no folder")?
        .join("target/tmp/embedding");
    fs::create_dir_all(&folder)?;
    let inner = house.site().start(0)?;
    // Another host than the page's own: localhost is to 127.0.0.1 what a stranger is.
    let url = inner.url.replace("127.0.0.1", "localhost");
    fs::write(
        folder.join("index.html"),
        format!(
            "<!doctype html><title>A stranger's page</title><iframe id=f width=900 height=700 src=\"{url}?embed&workload=mandelbrot&size=64&budget=0.5\"></iframe>"
        ),
    )?;
    let outer = Site {
        isolated: false,
        plain: true,
        ..Site::new(folder)
    };
    let outer = outer.start(0)?;
    let session = xtask::webdriver::Session::start(&house.driver, &house.browser, &Options::default())?;
    session.go(&outer.url)?;
    session.frame("#f")?;
    let page = Visit { session, site: outer };
    page.session.wait(
        &format!("document.querySelector('{}') !== null", by("run")),
        LIMIT,
    )?;
    page.ready()?;
    ensure!(page.attribute("machine", "data-isolated")? == "false");
    ensure!(page.notices()?.contains("isolated"), "{}", page.notices()?);
    let own = page.attribute("own-page", "href")?;
    ensure!(own.starts_with(&url) && !own.contains("embed"), "{own}");
    ensure!(page.eval(&format!("document.querySelector('{}') === null", by("history")))? == true);
    page.run()?;
    page.row_is_timed("simd")?;
    page.row_is("threads", "skipped")
}

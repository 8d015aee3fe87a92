//! Links and addresses as chat programs, editors and strangers make them: each says what is wrong
//! with it, changes nothing and runs nothing.

use crate::house::{House, Visit, by};
use anyhow::{Context, Result, ensure};
use serde_json::json;
use std::thread;
use std::time::Duration;

/// A page, and the fragment of a good link to `matmul` at n = 99.
fn page_and_link(house: &House) -> Result<(Visit, String)> {
    let page = house.open("")?;
    page.ready()?;
    let good = page.awaited("(await parallax.ready, parallax.link({workload: 'matmul', size: 99}))")?;
    let good = good.as_str().and_then(|link| link.split_once('#'));
    let good = good.context("no link")?.1.to_owned();
    Ok((page, good))
}

/// What becomes of a good link is refused in these words; a good one is opened after it.
fn is_refused(house: &House, spoil: impl Fn(&str) -> String, words: &str) -> Result<()> {
    let (page, good) = page_and_link(house)?;
    let before = (page.field("workload")?, page.field("size")?);
    let link = json!(spoil(&good));
    page.session.run(&format!("location.hash = {link}"))?;
    page.notice_says(words)?;
    let after = (page.field("workload")?, page.field("size")?);
    ensure!(before == after, "the page changed");
    ensure!(
        page.eval("window.hit === undefined && document.querySelector('img') === null")? == true,
        "a link became markup"
    );
    page.session.run(&format!("location.hash = '{good}'"))?;
    page.wait(&format!(
        "document.querySelector('{}').value === '99'",
        by("size")
    ))?;
    ensure!(!page.notices()?.contains(words), "{}", page.notices()?);
    page.nothing_runs()?;
    page.console_is_clean()
}

pub fn cut_off(house: &House) -> Result<()> {
    is_refused(house, |good| good[..good.len() / 2].into(), "damaged")
}

pub fn damaged(house: &House) -> Result<()> {
    is_refused(
        house,
        |good| format!("{}AAAA", &good[..good.len() - 4]),
        "damaged",
    )
}

pub fn of_a_newer_version(house: &House) -> Result<()> {
    is_refused(house, |good| format!("9{}", &good[1..]), "newer version")
}

pub fn with_markup(house: &House) -> Result<()> {
    is_refused(house, |_| "1<img src=x onerror=window.hit=1>".into(), "damaged")
}

pub fn too_long(house: &House) -> Result<()> {
    is_refused(house, |_| "x".repeat(40_000), "too long")
}

/// Half a megabyte of zeros, deflated, with a good checksum.
pub fn bomb(house: &House) -> Result<()> {
    is_refused(house, |_| zeros(), "unpacks to more")
}

fn zeros() -> String {
    use base64::Engine as _;
    let mut packed = miniz_oxide::deflate::compress_to_vec(&vec![0; 1 << 19], 6);
    let checksum = crc::Crc::<u32>::new(&crc::CRC_32_ISO_HDLC).checksum(&packed);
    packed.extend_from_slice(&checksum.to_le_bytes());
    format!(
        "1{}",
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&packed)
    )
}

/// A whole page opened with a link, good or bad, and an address that asks for a run: nothing
/// runs before somebody presses.
pub fn opening_runs_nothing(house: &House) -> Result<()> {
    let page = house.open("?workload=matmul&size=64&backends=simd,threads+simd&threads=1&budget=0.5")?;
    page.ready()?;
    thread::sleep(Duration::from_secs(1));
    page.ready()?;
    let samples = page.eval("document.querySelectorAll('[data-samples]:not([data-samples=\"0\"]):not([data-samples=\"\"])').length")?;
    ensure!(samples == 0, "{samples} rows have samples");
    page.run()?;
    page.row_is_timed("threads+simd")?;
    ensure!(
        page.attribute("row-scalar", "data-median-ms")?.is_empty(),
        "scalar was not asked for"
    );
    Ok(())
}

pub fn bad_addresses(house: &House) -> Result<()> {
    let page = house.open("?inject=explode:gpu&workload=mandelbort&backends=scalar,warp&size=banana")?;
    let said = page.notices()?;
    for word in ["explode:gpu", "mandelbort", "warp", "banana"] {
        ensure!(said.contains(word), "'{word}' is not named in: {said}");
    }
    let markup =
        house.open("?workload=%3Cimg%20src%3Dx%20onerror%3D%22window.hit%3D1%22%3E&inject=%3Cb%3E:x")?;
    markup.ready()?;
    ensure!(
        markup.eval("window.hit === undefined && document.querySelector('img[src=x]') === null")? == true
    );
    Ok(())
}

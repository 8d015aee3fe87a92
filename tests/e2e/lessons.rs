//! What stands beside a race: things to try, and the work in motion.

use crate::house::{House, Visit, by};
use anyhow::{Result, ensure};
use serde_json::Value;
use std::thread::sleep;
use std::time::Duration;
use xtask::browser::Options;

impl Visit {
    fn playing(&self) -> Result<bool> {
        Ok(self.attribute("film", "data-playing")? == "true")
    }

    /// Something has been drawn on the film's canvas.
    fn frame(&self) -> Result<String> {
        let canvas = format!("document.querySelector('{} canvas')", by("film"));
        let data = self.eval(&format!("{canvas}.toDataURL()"))?;
        Ok(data.as_str().unwrap_or_default().to_owned())
    }
}

/// Every try of every workload fills the form with what it says, and runs nothing.
pub fn tries_fill_the_form(house: &House) -> Result<()> {
    for workload in parallax::workloads::registry() {
        let info = workload.info();
        let page = house.open(&format!("?workload={}&size=77&threads=1&seed=9", info.id))?;
        page.ready()?;
        for (place, attempt) in info.tries.iter().enumerate() {
            page.eval(&format!(
                "document.querySelectorAll('{} button')[{place}].click()",
                by("tries")
            ))?;
            sleep(Duration::from_millis(50));
            let size = page.eval(&format!("document.querySelector('{}').value", by("size")))?;
            let asked = attempt
                .query
                .split('&')
                .find_map(|pair| pair.strip_prefix("size="));
            let expected = asked.map_or(info.default_size.to_string(), str::to_owned);
            ensure!(size == expected.as_str(), "{}: {size} for {attempt:?}", info.id);
            ensure!(page.notices()?.is_empty(), "{attempt:?}: {}", page.notices()?);
            // Where it can be run, in the reader's sight.
            let focus = page.eval("document.activeElement.dataset.testid ?? ''")?;
            ensure!(focus == "run", "the focus is on {focus}");
        }
        ensure!(page.attribute("status", "data-state")? == "ready", "it ran");
    }
    Ok(())
}

/// A film follows a run that was started by hand, and a new run does not wait for it.
pub fn a_film_follows_a_run_and_gives_way(house: &House) -> Result<()> {
    let page = house.open("?workload=nbody&size=256&budget=1&backends=scalar,simd")?;
    page.ready()?;
    ensure!(!page.playing()?, "it plays unasked");
    page.run()?;
    page.wait(&format!(
        "document.querySelector('{}').dataset.playing === 'true'",
        by("film")
    ))?;
    let first = page.frame()?;
    sleep(Duration::from_millis(500));
    ensure!(first != page.frame()?, "nothing moves");
    page.run()?;
    page.row_is_timed("simd")?;
    // The next one is ended by its own button.
    page.wait(&format!(
        "document.querySelector('{}').dataset.playing === 'true'",
        by("film")
    ))?;
    page.press("play")?;
    page.wait(&format!(
        "document.querySelector('{}').dataset.playing === 'false'",
        by("film")
    ))?;
    sleep(Duration::from_millis(300));
    let still = page.frame()?;
    sleep(Duration::from_millis(300));
    ensure!(still == page.frame()?, "it goes on");
    Ok(())
}

/// Where less motion is wanted, nothing moves before Play is pressed.
pub fn less_motion_is_heeded(house: &House) -> Result<()> {
    let options = Options {
        still: true,
        ..Options::default()
    };
    let query = "?workload=monte-carlo&size=4096&budget=0.5&backends=scalar,simd";
    let page = house.open_with(query, house.site(), &options)?;
    page.ready()?;
    page.run()?;
    let results =
        page.eval("[...document.querySelectorAll('figcaption .result')].map(r => r.textContent)")?;
    let results = results.as_array().cloned().unwrap_or_default();
    let right = |text: &Value| text.as_str().is_some_and(|text| text.starts_with("pi = 3."));
    ensure!(results.len() == 2 && results.iter().all(right), "{results:?}");
    sleep(Duration::from_millis(600));
    ensure!(!page.playing()?, "it plays unasked");
    page.press("play")?;
    page.wait(&format!(
        "document.querySelector('{}').dataset.playing === 'true'",
        by("film")
    ))?;
    // It ends by itself.
    let end = format!(
        "document.querySelector('{}').dataset.playing === 'false'",
        by("film")
    );
    page.wait(&end)
}

//! A random walk of runs, stops, sizes, hidden pages, traps and lost devices: at its end the page
//! works, the history holds every run, and memory is what it was.

use crate::faults::SWITCHBOARD;
use crate::house::{House, Visit, by};
use crate::memory::megabytes_of_pages;
use anyhow::{Context, Result, ensure};
use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::{RngCore, SeedableRng};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};
use xtask::server::Wrong;

/// In the page: hidden and shown at will.
const SHUTTERS: &str = "
    let hidden = false;
    Object.defineProperty(Document.prototype, 'hidden', { configurable: true, get: () => hidden });
    window.testHide = (hide) => { hidden = hide; document.dispatchEvent(new Event('visibilitychange')); };
";
/// Memory may end above what it was at first by this share.
const GROWTH: f64 = 0.1;
/// How often memory is looked at.
const EVERY: Duration = Duration::from_secs(3 * 60);

pub fn short(house: &House) -> Result<()> {
    walk(house, Duration::from_secs(180))
}

pub fn long(house: &House) -> Result<()> {
    walk(house, Duration::from_secs(30 * 60))
}

struct Walk {
    random: Pcg64Mcg,
    /// Runs that must be in the history.
    kept: u64,
}

impl Walk {
    fn below(&mut self, n: u32) -> u32 {
        self.random.next_u32() % n
    }

    fn pause(&mut self, most_ms: u32) {
        let ms = self.below(most_ms);
        sleep(Duration::from_millis(ms.into()));
    }

    /// One run with whatever happens to it.
    fn step(&mut self, page: &Visit, has_gpu: bool) -> Result<()> {
        let workloads = parallax::workloads::registry();
        let info = workloads[self.below(workloads.len() as u32) as usize].info();
        let size = ["tiny", "tiny", "small"][self.below(3) as usize];
        page.choose("workload", &info.id)?;
        page.press(&format!("size-{size}"))?;
        page.type_into("budget", ["0.2", "0.5", "1"][self.below(3) as usize])?;
        page.press("run")?;
        let happens = self.below(8);
        match happens {
            0 => {
                self.pause(1500);
                // At once or not at all: the driver's press may come when it says Run again.
                page.eval(&format!("document.querySelector('{}')?.click()", by("stop")))?;
            }
            1 => {
                self.pause(800);
                page.eval("testHide(true)")?;
                self.pause(1000);
                page.eval("testHide(false)")?;
            }
            2 => {
                self.pause(1500);
                page.tell("throw")?;
            }
            3 => {
                self.pause(1500);
                page.tell("thread")?;
            }
            4 if has_gpu => {
                self.pause(1500);
                page.tell("lose")?;
            }
            _ => {}
        }
        page.state_is(&["done", "failed", "stopped"]).with_context(|| {
            format!(
                "{} {size}, event {happens}: it does not end: {:?}",
                info.id,
                page.text("status")
            )
        })?;
        // Every run with a verdict on any row is kept.
        let judged = page.eval(
            "[...document.querySelectorAll('[data-verified]')].some((r) => r.dataset.verified !== '')",
        )?;
        self.kept += u64::from(judged == true);
        page.session
            // Counted, not listed: a thousand entries read again and again would be measured too.
            .run_async(&format!(
                "const done = arguments[0];
                 const until = performance.now() + 5000;
                 indexedDB.open('parallax').onsuccess = ({{ target: {{ result: db }} }}) => {{
                     const look = () => {{
                         db.transaction('entries').objectStore('entries').count().onsuccess = ({{ target }}) => {{
                             if (target.result !== {} && performance.now() < until) return setTimeout(look, 50);
                             db.close();
                             done(target.result);
                         }};
                     }};
                     look();
                 }};",
                self.kept
            ))
            .and_then(|held| {
                ensure!(
                    held == self.kept,
                    "the history holds {held} of {} runs, the last ended as {:?} after event {happens}",
                    self.kept,
                    page.text("status")
                );
                Ok(())
            })
    }

    /// Memory with a new engine after one small run: what is measured is what stays. Only
    /// Chromium's is.
    fn at_rest(&mut self, house: &House, page: &Visit) -> Result<Option<f64>> {
        page.tell("throw")?;
        page.notice_says("injected by a test")?;
        page.choose("workload", "mandelbrot")?;
        page.press("size-tiny")?;
        page.type_into("budget", "0.3")?;
        page.run()?;
        page.row_is_timed("scalar")?;
        self.kept += 1;
        match house.is_chromium() {
            true => megabytes_of_pages(page).map(Some),
            false => Ok(None),
        }
    }
}

impl Visit {
    fn tell(&self, word: &str) -> Result<()> {
        self.eval(&format!(
            "new BroadcastChannel('parallax-test').postMessage('{word}')"
        ))
        .map(drop)
    }

    fn choose(&self, id: &str, value: &str) -> Result<()> {
        self.eval(&format!(
            "(() => {{
                 const select = document.querySelector('{}');
                 select.value = '{value}';
                 select.dispatchEvent(new Event('change', {{bubbles: true}}));
             }})()",
            by(id)
        ))
        .map(drop)
    }
}

fn walk(house: &House, length: Duration) -> Result<()> {
    let seed = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)?
        .as_secs();
    let seed = std::env::var("PARALLAX_SOAK_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or(seed);
    println!("seed {seed} (PARALLAX_SOAK_SEED={seed} walks the same way)");
    let mut walk = Walk {
        random: Pcg64Mcg::seed_from_u64(seed),
        kept: 0,
    };
    let site = house
        .altered(SWITCHBOARD)?
        .with("/theme-", Wrong::Begins(SHUTTERS.into()));
    let page = house.open_alone("", site)?;
    page.ready()?;
    let has_gpu = page.has_gpu()?;
    let begin = Instant::now();
    let mut steps = 0;
    // What a browser makes once and keeps is there after the first while: memory is compared from
    // there on, and looked at on the way.
    let apart = (length / 3).min(EVERY);
    let mut next = apart;
    let mut held = Vec::new();
    while begin.elapsed() < length {
        walk.step(&page, has_gpu)
            .with_context(|| format!("step {steps} of seed {seed}"))?;
        steps += 1;
        if begin.elapsed() > next {
            held.extend(walk.at_rest(house, &page)?);
            next += apart;
        }
    }
    held.extend(walk.at_rest(house, &page)?);
    println!("{steps} steps; MB of the browser and its pages, every {apart:?}: {held:.0?}");
    match held[..] {
        [first, .., last] => ensure!(
            last < first * (1.0 + GROWTH),
            "the browser grew from {first:.1} to {last:.1} MB"
        ),
        _ => ensure!(
            !house.is_chromium(),
            "the walk is too short to compare its memory"
        ),
    }
    // And everything still works.
    page.choose("workload", "mandelbrot")?;
    page.press("size-tiny")?;
    page.type_into("budget", "1")?;
    page.run()?;
    page.others_are_timed(&[])
}

//! The lab: a newcomer's way through it, and what it promises besides.

use crate::basics::has_no_barrier;
use crate::house::{House, Visit, by};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use xtask::browser::Options;
use xtask::webdriver::key;

/// A kernel that is none of the gallery's.
pub const OWN: &str = r#"import numpy as np
from numba import njit, prange


@njit(parallel=True)
def squares(x):
    out = np.empty_like(x)
    for i in prange(x.size):
        out[i] = x[i] * x[i]
    return out


def setup(n):
    return np.arange(n).astype(np.float32)
"#;

/// The text in the editor.
pub const EDITOR: &str =
    "document.querySelector('[data-testid=editor]').shadowRoot.querySelector('.cm-content')";

impl Visit {
    /// The lab is open and its text was compiled, or what is wrong with it is known.
    pub fn lab_knows(&self, ok: bool) -> Result<()> {
        self.wait(&format!(
            "document.querySelector('{}')?.dataset.ok === '{ok}'",
            by("lab-status")
        ))
        .with_context(|| {
            format!(
                "the lab says '{}': {}; {}",
                self.text("lab-status").unwrap_or_default(),
                self.text("lab-problems").unwrap_or_default(),
                self.notices().unwrap_or_default()
            )
        })
    }

    pub fn open_lab(&self) -> Result<()> {
        self.press("view-lab")?;
        self.lab_knows(true)
    }

    /// Opens a text as a file: a step in the editor that can be undone. Firefox lets no test paste.
    pub fn paste(&self, text: &str) -> Result<()> {
        let text = serde_json::json!(text);
        self.eval(&format!(
            "(() => {{
                 const data = new DataTransfer();
                 data.items.add(new File([{text}], 'kernel.py'));
                 const input = document.querySelector('{}');
                 input.files = data.files;
                 input.dispatchEvent(new Event('change', {{bubbles: true}}));
             }})()",
            by("lab-open")
        ))?;
        // What is new is there before anything else is asked.
        self.wait(&format!("{EDITOR}.textContent.includes('squares')"))
    }

    fn editor_text(&self) -> Result<String> {
        // A long text is not all in the document: this kernel is short.
        let lines =
            format!("[...{EDITOR}.querySelectorAll('.cm-line')].map((l) => l.textContent).join('\\n')");
        Ok(self.eval(&lines)?.as_str().unwrap_or_default().to_owned())
    }

    /// What keys do to the text.
    pub fn types(&self, text: &str) -> Result<()> {
        for letter in text.chars() {
            self.session.keys(&[letter])?;
        }
        Ok(())
    }
}

/// Open, change a line, break it, read the error, mend it, run, share, open the link elsewhere.
pub fn newcomer(house: &House) -> Result<()> {
    let page = house.open("")?;
    page.ready()?;
    page.open_lab()?;
    ensure!(
        page.text("lab-question")?.contains('?'),
        "the kernel asks nothing"
    );
    page.paste(OWN)?;
    page.wait(&format!("{EDITOR}.textContent.includes('squares')"))?;
    page.lab_knows(true)?;
    // Broken: the error says where, and what could have been meant.
    page.paste(&OWN.replace("x[i] * x[i]", "x[i] * y[i]"))?;
    page.lab_knows(false)?;
    let wrong = page.text("lab-problems")?;
    ensure!(wrong.contains("line 9") && wrong.contains("'y'"), "{wrong}");
    page.wait("document.querySelector('[data-testid=editor]').shadowRoot.querySelector('.cm-lintRange-error') !== null")?;
    // Undone by keys, as nobody has a mouse.
    page.eval(&format!("{EDITOR}.focus()"))?;
    page.session.keys(&[key::CONTROL, 'z'])?;
    page.lab_knows(true)?;
    page.type_into("size", "5000")?;
    page.type_into("budget", "1")?;
    page.eval(&format!("{EDITOR}.focus()"))?;
    page.session.keys(&[key::CONTROL, key::ENTER])?;
    page.state_is(&["starting", "running", "done"])?;
    page.state_is(&["done"])?;
    for backend in [
        "scalar:python",
        "simd:python",
        "threads:python",
        "threads+simd:python",
    ] {
        page.row_is_timed(backend)?;
    }
    page.row_is("interpreter", "ok")?;
    page.wait(&format!(
        "document.querySelector('{}') !== null",
        by("lab-seen-scalar")
    ))?;
    // Running took nothing from the text, nor from what can be undone.
    ensure!(
        page.editor_text()?.contains("x[i] * x[i]"),
        "{}",
        page.editor_text()?
    );
    page.press("share")?;
    page.wait(&format!("document.querySelector('{}').open", by("share-dialog")))?;
    let link = page.field("share-link")?;
    let (_, fragment) = link.split_once('#').context("no fragment")?;
    ensure!(fragment.starts_with('3') && fragment.len() < 2_000, "{link}");
    ensure!(
        page.text("share-dialog")?.contains("characters"),
        "the length is not told"
    );

    // Somebody else: the text is there, where it is from is said, and nothing has run.
    let other = house.open("")?;
    other.session.go("about:blank")?;
    other.session.go(&format!("{}#{fragment}", other.site.url))?;
    other.wait(&format!(
        "document.querySelector('{}') !== null",
        by("lab-status")
    ))?;
    other.lab_knows(true)?;
    ensure!(
        other.editor_text()?.contains("squares"),
        "{}",
        other.editor_text()?
    );
    ensure!(other.eval(&format!("!document.querySelector('{}').hidden", by("lab-came")))? == true);
    ensure!(other.field("size")? == "5000" && other.field("budget")? == "1");
    other.state_is(&["ready"])?;
    std::thread::sleep(std::time::Duration::from_millis(600));
    other.state_is(&["ready"])?;
    other.run()?;
    other.row_is_timed("simd:python")?;
    other.console_is_clean()?;
    page.console_is_clean()
}

/// A draft survives a reload; the workloads are where they were.
pub fn draft(house: &House) -> Result<()> {
    let page = house.open("")?;
    page.ready()?;
    page.open_lab()?;
    page.paste(OWN)?;
    page.lab_knows(true)?;
    page.wait("(localStorage.getItem('parallax-lab') ?? '').includes('squares')")?;
    page.press("view-workloads")?;
    page.wait(&format!(
        "document.querySelector('{}') !== null",
        by("code-python")
    ))?;
    page.press("view-lab")?;
    ensure!(page.editor_text()?.contains("squares"));
    page.session.go("about:blank")?;
    page.session.go(&page.site.url)?;
    page.wait("document.querySelector('[data-testid=run]') !== null")?;
    page.press("view-lab")?;
    page.lab_knows(true)?;
    ensure!(page.editor_text()?.contains("squares"), "the draft is gone");
    page.console_is_clean()
}

/// What goes wrong while it runs is said at its line, and the next run is not harmed.
pub fn failing(house: &House) -> Result<()> {
    let page = house.open("")?;
    page.ready()?;
    page.open_lab()?;
    page.paste(&OWN.replace("out[i] = x[i] * x[i]", "out[i] = x[i + 1]"))?;
    page.lab_knows(true)?;
    page.type_into("size", "100")?;
    page.type_into("budget", "0.5")?;
    page.run()?;
    let wrong = page.text("lab-problems")?;
    ensure!(
        wrong.contains("IndexError") && wrong.contains("line 9"),
        "{wrong}"
    );
    page.paste(OWN)?;
    page.lab_knows(true)?;
    page.run()?;
    page.row_is_timed("scalar:python")?;
    page.console_is_clean()
}

/// One's own data: a file is opened and named in `setup`; without it, what is missing is said.
pub fn own_data(house: &House) -> Result<()> {
    let page = house.open("")?;
    page.ready()?;
    page.open_lab()?;
    page.paste(&OWN.replace(
        "np.arange(n).astype(np.float32)",
        "np.loadtxt(\"numbers.csv\", delimiter=\",\")",
    ))?;
    page.lab_knows(false)?;
    let wrong = page.text("lab-problems")?;
    ensure!(
        wrong.contains("FileNotFoundError") && wrong.contains("numbers.csv"),
        "{wrong}"
    );
    page.eval(&format!(
        "(() => {{
             const data = new DataTransfer();
             data.items.add(new File(['1.5,2\\n3,-4\\n'], 'numbers.csv'));
             const input = document.querySelector('{}');
             input.files = data.files;
             input.dispatchEvent(new Event('change', {{bubbles: true}}));
         }})()",
        by("lab-open")
    ))?;
    // Rows take the places of numbers.
    page.lab_knows(true)?;
    page.paste(&OWN.replace(
        "np.arange(n).astype(np.float32)",
        "np.loadtxt(\"numbers.csv\", delimiter=\",\").reshape(4)",
    ))?;
    page.lab_knows(true)?;
    ensure!(page.text("lab-data")?.contains("numbers.csv"));
    page.type_into("budget", "0.5")?;
    page.run()?;
    page.row_is_timed("scalar:python")?;
    page.wait(&format!(
        "document.querySelector('{}').textContent.includes('least 2.250000e+00 greatest 1.600000e+01')",
        by("lab-seen-scalar")
    ))?;
    page.console_is_clean()
}

/// Every experiment asks about a kernel as it does about a workload.
pub fn experiments(house: &House) -> Result<()> {
    let page = house.open("")?;
    page.ready()?;
    page.open_lab()?;
    page.paste(OWN)?;
    page.lab_knows(true)?;
    page.wait("(localStorage.getItem('parallax-lab') ?? '').includes('squares')")?;
    page.type_into("size", "20000")?;
    for backend in ["interpreter", "gpu:python"] {
        page.press(&format!("backend-{backend}"))?;
    }
    for (experiment, chart) in [
        ("threads", "speedup"),
        ("sizes", "time-by-size"),
        ("timeline", "timeline-0"),
        ("roofline", "roofline"),
    ] {
        page.press(&format!("view-{experiment}"))?;
        page.type_into("budget", "2")?;
        page.run()?;
        page.state_is(&["done"])?;
        page.wait(&format!(
            "[...document.querySelectorAll('{} [id]')].some((e) => e.id.includes('{chart}'))",
            by("panel")
        ))
        .with_context(|| format!("{experiment}: {}", page.text("panel").unwrap_or_default()))?;
        ensure!(
            page.text("panel")?.contains("squares") || experiment != "roofline",
            "the kernel is not named"
        );
    }
    if page.has_gpu()? {
        page.press("backend-gpu:python")?;
        page.press("view-gpu")?;
        page.type_into("budget", "4")?;
        page.run()?;
        page.state_is(&["done"])?;
        page.wait(&format!(
            "[...document.querySelectorAll('{} [id]')].some((e) => e.id.includes('gpu-parts'))",
            by("panel")
        ))
        .with_context(|| format!("gpu: {}", page.text("panel").unwrap_or_default()))?;
    }
    page.console_is_clean()
}

/// The guided way: each step is done by its end and not before, whatever way it is typed.
pub fn six_steps(house: &House) -> Result<()> {
    let page = house.open("")?;
    page.ready()?;
    page.open_lab()?;
    page.press("lab-guide-open")?;
    page.type_into("budget", "0.6")?;
    let is = |step: usize, done: bool| {
        page.wait(&format!(
            "(({{ step, done }}) => step === '{step}' && done === '{done}')(document.querySelector('{}').dataset)",
            by("lab-guide")
        ))
        .with_context(|| format!("step {step}, done {done}: {}", page.text("lab-guide").unwrap_or_default()))
    };
    for step in 1..=5 {
        is(step, false)?;
        page.press("lab-guide-show")?;
        if step == 2 {
            // A race: there is nothing to run.
            page.lab_knows(false)?;
        } else {
            page.lab_knows(true)?;
            page.run()?;
        }
        is(step, true)?;
        page.press("lab-guide-next")?;
    }
    // The last depends on the machine's speed: it is begun, and can be left.
    is(6, false)?;
    page.press("lab-guide-open")?;
    page.wait(&format!("document.querySelector('{}') === null", by("lab-guide")))?;
    page.console_is_clean()
}

/// Every pane by keys alone, no trap in the editor, and axe finds nothing.
pub fn accessible(house: &House) -> Result<()> {
    house.chromium("imitates the sizes of phones and projectors")?;
    for (width, height) in [(1280, 800), (390, 844)] {
        for dark in [false, true] {
            let options = Options {
                dark,
                ..Options::default()
            };
            let page = house.open_with("", house.site(), &options)?;
            let metrics = json!({
                "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500,
            });
            page.session.cdp("Emulation.setDeviceMetricsOverride", &metrics)?;
            page.ready()?;
            page.open_lab()?;
            let place = |pane: &str| format!("{pane}, {width} px, {}", if dark { "dark" } else { "light" });
            has_no_barrier(house, &page, &place("loops"))?;
            page.eval("document.getElementById('lab-tab-loops').focus()")?;
            for pane in ["types", "ir", "scalar", "simd", "wgsl", "stages"] {
                page.session.keys(&[key::RIGHT])?;
                page.wait(&format!(
                    "document.querySelector('{}') !== null",
                    by(&format!("lab-pane-{pane}"))
                ))?;
                has_no_barrier(house, &page, &place(pane))?;
            }
            page.eval(&format!("{EDITOR}.focus()"))?;
            page.session.keys(&[key::TAB])?;
            let inside = "document.activeElement === document.querySelector('[data-testid=editor]')";
            ensure!(page.eval(inside)? == false, "Tab does not leave the editor");
            page.type_into("budget", "0.5")?;
            page.run()?;
            has_no_barrier(house, &page, &place("after a run"))?;
        }
    }
    Ok(())
}

/// Between a key and what is wrong, and between Ctrl+Enter and the first verified row: said, not asserted.
pub fn soon(house: &House) -> Result<()> {
    house.chromium("is timed here")?;
    let page = house.open("")?;
    page.ready()?;
    page.open_lab()?;
    page.paste(OWN)?;
    page.lab_knows(true)?;
    page.eval(&format!("{EDITOR}.focus()"))?;
    page.session.keys(&[key::CONTROL, key::END])?;
    page.eval(&format!(
        "(() => {{
             window.times = [];
             const status = document.querySelector('{}');
             let begin = 0;
             addEventListener('keydown', () => (begin = performance.now()), true);
             new MutationObserver(() => window.times.push(performance.now() - begin))
                 .observe(status, {{attributes: true, attributeFilter: ['data-ok']}});
         }})()",
        by("lab-status")
    ))?;
    page.types(")")?;
    page.lab_knows(false)?;
    let times: Value = page.eval("window.times")?;
    println!("from the key to what is wrong: {times} ms");
    ensure!(times.as_array().is_some_and(|all| !all.is_empty()));
    Ok(())
}

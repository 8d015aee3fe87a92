//! What the lab lends beside the editor's text: types, words, search, listings, printed text, files.

use crate::house::{House, Visit, by};
use crate::lab::{EDITOR, OWN};
use anyhow::{Context, Result, ensure};
use serde_json::json;
use xtask::webdriver::key;

/// Within the editor's own part of the page.
fn inside(selector: &str) -> String {
    format!("document.querySelector('[data-testid=editor]').shadowRoot.querySelector('{selector}')")
}

impl Visit {
    fn lab_with(&self, text: &str) -> Result<()> {
        self.ready()?;
        self.open_lab()?;
        self.paste(text)?;
        self.lab_knows(true)
    }

    /// Points at a word of the editor, as a mouse would. WebDriver's own pointer knows nothing of shadow roots.
    fn point_at(&self, word: &str) -> Result<()> {
        let word = json!(word);
        self.eval(&format!(
            "(() => {{
                 const walk = document.createTreeWalker({EDITOR}, NodeFilter.SHOW_TEXT);
                 for (let node; (node = walk.nextNode()); ) {{
                     const at = node.data.indexOf({word});
                     if (at < 0) continue;
                     const range = document.createRange();
                     range.setStart(node, at);
                     range.setEnd(node, at + 1);
                     const {{ left, top, width, height }} = range.getBoundingClientRect();
                     const place = {{ clientX: left + width / 2, clientY: top + height / 2, bubbles: true }};
                     {EDITOR}.dispatchEvent(new MouseEvent('mousemove', place));
                     return;
                 }}
                 throw new Error('no such word');
             }})()"
        ))
        .map(drop)
    }

    fn tooltip_says(&self, class: &str, words: &str) -> Result<()> {
        let tooltip = inside(class);
        self.wait(&format!("{tooltip}?.textContent.includes('{words}')"))
            .with_context(|| format!("no {class} says {words}"))
    }

    /// Drops a file on the lab: `bytes` is an expression.
    fn drop_file(&self, name: &str, bytes: &str) -> Result<()> {
        self.eval(&format!(
            "(() => {{
                 const data = new DataTransfer();
                 data.items.add(new File([{bytes}], '{name}'));
                 const event = (kind) => new DragEvent(kind, {{ dataTransfer: data, bubbles: true, cancelable: true, composed: true }});
                 if ({EDITOR}.dispatchEvent(event('dragover'))) throw new Error('files are not taken');
                 {EDITOR}.dispatchEvent(event('drop'));
             }})()"
        ))
        .map(drop)
    }

    /// What was saved under a name, as text or as its first bytes.
    fn saved(&self, name: &str) -> Result<String> {
        let text = self.awaited(&format!("await saved['{name}'].text()"))?;
        let text = text.as_str().with_context(|| format!("{name}: {text}"))?;
        Ok(text.to_owned())
    }
}

/// A pointer brings a variable's type, also while the text is wrong elsewhere; a begun word its ends; Ctrl+F finds.
pub fn hints(house: &House) -> Result<()> {
    let page = house.open("")?;
    page.lab_with(OWN)?;
    page.point_at("out[i]")?;
    page.tooltip_says(".cm-tooltip .type", "array(float32, 1d, C)")?;
    page.eval(&format!("{EDITOR}.focus()"))?;
    page.session.keys(&[key::CONTROL, key::END])?;
    page.types("q = = np.sqr")?;
    page.lab_knows(false)?;
    page.point_at("out[i]")?;
    page.tooltip_says(".cm-tooltip .type", "array(float32, 1d, C)")?;
    page.tooltip_says(".cm-tooltip-autocomplete", "np.sqrt")?;
    // A list that has only just come takes no key yet: it could be meant for the text.
    std::thread::sleep(std::time::Duration::from_millis(300));
    page.session.keys(&[key::ENTER])?;
    page.wait(&format!("{EDITOR}.textContent.includes('np.sqrt')"))?;
    page.session.keys(&[key::CONTROL, 'f'])?;
    page.wait(&format!("{} !== null", inside(".cm-search")))?;
    page.session.keys(&[key::ESCAPE])?;
    page.wait(&format!("{} === null", inside(".cm-search")))?;
    page.console_is_clean()
}

/// The cursor's line is marked in a listing, and a listing's line in the source.
pub fn lines_are_linked(house: &House) -> Result<()> {
    let page = house.open("")?;
    page.lab_with(OWN)?;
    let line = OWN.lines().position(|line| line.contains("x[i] * x[i]"));
    let line = line.context("no such line")?;
    for (pane, word) in [
        ("ir", "out["),
        ("scalar", "f32.mul"),
        ("simd", "f32x4.mul"),
        ("wgsl", "*"),
    ] {
        page.press(&format!("lab-tab-{pane}"))?;
        let root = format!(
            "document.querySelector('{}').shadowRoot",
            by(&format!("lab-code-{pane}"))
        );
        page.wait(&format!(
            "{root}?.querySelector('.cm-line')?.textContent.length > 0"
        ))?;
        // From the source.
        page.eval(&format!("{EDITOR}.focus()"))?;
        page.session.keys(&[key::CONTROL, key::HOME])?;
        // WebKitGTK's driver loses a key now and then.
        let is_there =
            format!("{EDITOR}.querySelector('.cm-activeLine')?.textContent.includes('x[i] * x[i]')");
        for _ in 0..2 * line {
            if page.eval(&is_there)? == true {
                break;
            }
            page.session.keys(&[key::DOWN])?;
        }
        let own = format!(
            "[...{root}.querySelectorAll('.cm-linked')].find((line) => line.textContent.includes('{word}'))"
        );
        page.wait(&format!("{own} !== undefined"))
            .with_context(|| format!("{pane} does not follow"))?;
        // And back.
        page.session.keys(&[key::CONTROL, key::HOME])?;
        page.wait(&format!("{own} === undefined"))?;
        page.eval(&format!(
            "(() => {{
                 const line = [...{root}.querySelectorAll('.cm-line')].find((line) => line.textContent.includes('{word}'));
                 {root}.querySelector('.cm-content').focus();
                 const {{ left, top, height }} = line.getBoundingClientRect();
                 const at = {{ clientX: left + 12, clientY: top + height / 2, bubbles: true, detail: 1 }};
                 line.dispatchEvent(new MouseEvent('mousedown', at));
                 document.dispatchEvent(new MouseEvent('mouseup', at));
             }})()"
        ))?;
        page.wait(&format!(
            "[...{EDITOR}.querySelectorAll('.cm-linked')].some((line) => line.textContent.includes('x[i] * x[i]'))"
        ))
        .with_context(|| format!("the source does not follow {pane}"))?;
    }
    page.console_is_clean()
}

/// What a kernel prints is shown, and a picture is drawn, not left empty.
pub fn printed_and_drawn(house: &House) -> Result<()> {
    let page = house.open("")?;
    let text = OWN
        .replace(
            "    out = np.empty_like(x)\n",
            "    print('elements', x.size)\n    out = np.empty_like(x)\n",
        )
        .replace("import numpy", "# parallax: show=histogram\nimport numpy");
    page.lab_with(&text)?;
    page.type_into("size", "300")?;
    page.type_into("budget", "0.5")?;
    page.run()?;
    ensure!(
        page.text("lab-printed")?.contains("elements 300"),
        "{}",
        page.text("lab-printed")?
    );
    // The hint's chart, drawn once although four rows gave it.
    let charts = format!(
        "document.querySelectorAll('{} svg').length",
        by("lab-seen-scalar")
    );
    page.wait(&format!("{charts} === 1"))?;
    page.wait(&format!(
        "document.querySelector('{}').textContent.includes('bit for bit the same on')",
        by("lab-seen-scalar")
    ))?;
    page.paste(
        &OWN.replace("out[i] = x[i] * x[i]", "out[i] = x[i]")
            .replace("np.arange(n).astype(np.float32)", "np.arange(n)")
            .replace("    return out\n", "    return out.reshape((16, 16))\n"),
    )?;
    page.lab_knows(true)?;
    page.type_into("size", "256")?;
    page.run()?;
    let colours = format!(
        "(() => {{
             const canvas = document.querySelector('{} canvas');
             const {{ data }} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
             return [canvas.width, canvas.height, new Set(new Uint32Array(data.buffer)).size];
         }})()",
        by("lab-seen-scalar")
    );
    let seen = page.eval(&colours)?;
    ensure!(
        seen[0] == 16 && seen[1] == 16 && seen[2].as_u64() > Some(100),
        "a picture of 256 different values is {seen}"
    );
    page.console_is_clean()
}

/// Data is dropped, the script and the code are saved, and what is too long for a link says how else to share it.
pub fn files(house: &House) -> Result<()> {
    let page = house.open("")?;
    page.ready()?;
    page.open_lab()?;
    // NumPy's own format, version 1: eight bytes, the header's length, the header, the elements.
    page.drop_file(
        "four.npy",
        "(() => {
             const header = \"{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }\".padEnd(117) + '\\n';
             const bytes = new Uint8Array(10 + 118 + 16);
             bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0]);
             bytes.set(new TextEncoder().encode(header), 10);
             new DataView(bytes.buffer).setFloat32(128 + 8, 3, true);
             return bytes;
         })()",
    )?;
    page.wait(&format!(
        "document.querySelector('{}').textContent.includes('four.npy')",
        by("lab-data")
    ))?;
    page.drop_file(
        "kernel.py",
        &json!(OWN.replace("np.arange(n).astype(np.float32)", "np.load('four.npy')")).to_string(),
    )?;
    page.wait(&format!("{EDITOR}.textContent.includes('four.npy')"))?;
    page.lab_knows(true)?;
    page.type_into("budget", "0.5")?;
    page.run()?;
    page.wait(&format!(
        "document.querySelector('{}').textContent.includes('greatest 9.000000e+00')",
        by("lab-seen-scalar")
    ))?;

    page.catch_files()?;
    page.press("lab-save")?;
    let script = page.saved("squares.py")?;
    ensure!(
        script.contains("np.load('four.npy')") && script.contains("_result = squares(*_given)"),
        "{script}"
    );
    page.press("lab-save-code")?;
    let names = page.eval("Object.keys(saved)")?;
    let names: Vec<&str> = names
        .as_array()
        .context("none")?
        .iter()
        .filter_map(|n| n.as_str())
        .collect();
    for name in names.iter().filter(|name| name.ends_with(".wasm")) {
        let module = page.awaited(&format!(
            "WebAssembly.validate(await saved['{name}'].arrayBuffer())"
        ))?;
        ensure!(module == true, "{name} is no module");
    }
    let modules = names.iter().filter(|name| name.ends_with(".wasm")).count();
    ensure!(modules == 3, "{names:?}");
    let shader = names.iter().find(|name| name.ends_with(".wgsl"));
    let shader = shader.with_context(|| format!("no shader: {names:?}"))?;
    ensure!(page.saved(shader)?.contains("@compute"));

    // Random letters cannot be packed.
    page.eval(&format!(
        "(() => {{
             let state = 1;
             const letter = () => String.fromCharCode(97 + ((state = (state * 48271) % 2147483647) % 26));
             const long = Array.from({{ length: 900 }}, () => '# ' + Array.from({{ length: 80 }}, letter).join(''));
             const data = new DataTransfer();
             data.items.add(new File([{} + long.join('\\n')], 'long.py'));
             const input = document.querySelector('{}');
             input.files = data.files;
             input.dispatchEvent(new Event('change', {{ bubbles: true }}));
         }})()",
        json!(OWN),
        by("lab-open")
    ))?;
    page.wait("(localStorage.getItem('parallax-lab') ?? '').length > 60000")?;
    page.press("share")?;
    page.wait(&format!(
        "document.querySelector('{}').textContent.includes('as a file: Save .py')",
        by("share-dialog")
    ))
    .with_context(|| page.text("share-dialog").unwrap_or_default())?;
    page.console_is_clean()
}

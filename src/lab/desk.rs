//! The editor, what is wrong with its text, and where to begin from. Asks the compiler with every change.

use std::sync::Arc;
use std::time::Duration;

use leptos::html::Div;
use leptos::prelude::*;
use parallax_protocol::{
    Catalogue, Diagnosis, Explained, LONGEST_SOURCE, LabEvent, RawOutput, Report, StageTime, decode,
};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use crate::editor::{self, Text, heard, object};
use crate::front::{Calls, save_bytes, save_text};
use crate::gallery::{self, LESSONS};
use crate::guided::{self, Guide};
use crate::panes::Panes;
use crate::{export, text, words};

/// Where the last text is kept, so that a reload loses nothing.
const DRAFT: &str = "parallax-lab";
/// The compiler is asked this long after a key: a word is typed in one go.
const ASK_AFTER: Duration = Duration::from_millis(12);
/// What it wrote is asked for this long after that: a reader of code waits, a typist does not.
const LIST_AFTER: Duration = Duration::from_millis(250);
/// The page and the store are told this long after the last key.
const TELL_AFTER: Duration = Duration::from_millis(400);
/// The stage that makes the arguments, which is not the compiler's time.
const SETUP: &str = "setup";
/// Bytes of a file of data at most.
const MOST_DATA: usize = 64 << 20;
/// What `setup` is given where a text says nothing.
const USUAL_SIZE: u32 = 1_000;

/// All that the lab knows.
#[derive(Clone, Copy)]
pub struct Lab {
    catalogue: StoredValue<Catalogue>,
    calls: StoredValue<Calls, LocalStorage>,
    editor: StoredValue<Option<Text>, LocalStorage>,
    /// What the editor begins with, once it is there.
    begins: StoredValue<String>,
    /// Of the text as it stood when the compiler was asked last.
    pub explained: RwSignal<Option<Arc<Explained>>>,
    /// The last one that could be run: what its code became is shown until the next.
    pub compiled: RwSignal<Option<Arc<Explained>>>,
    /// Its listings are still those of the text before.
    pub is_behind: RwSignal<bool>,
    /// What the stages of the first took.
    pub cold: StoredValue<Vec<StageTime>>,
    /// What went wrong while it ran, with its place.
    failed: RwSignal<Vec<Diagnosis>>,
    /// The source's line that the reader is on.
    pub line: RwSignal<u32>,
    /// The gallery's kernel that the text was taken from.
    name: RwSignal<String>,
    about: RwSignal<gallery::About>,
    came: RwSignal<bool>,
    narrow: RwSignal<bool>,
    size: StoredValue<u32>,
    /// Counts what changed, so that a late answer is not taken for that to a newer question.
    asked: StoredValue<u32>,
    told: StoredValue<u32>,
    pub is_running: RwSignal<bool>,
    note: RwSignal<String>,
    /// Names of the reader's own data, which `setup` may read.
    data: RwSignal<Vec<String>>,
    /// What the rows gave: back end and outputs, `None` where they are the first's.
    pub outputs: RwSignal<Vec<(String, Option<Arc<Vec<RawOutput>>>)>>,
    /// What was printed.
    pub printed: RwSignal<String>,
    /// The run's text, whose hints say how its outputs are seen.
    pub ran: RwSignal<String>,
    /// What the last run of the text as it stands came to.
    pub report: RwSignal<Option<Arc<Report>>>,
    /// The step of the guided way, if it is taken.
    pub step: RwSignal<Option<usize>>,
}

impl Lab {
    /// Before anything is on the page.
    pub fn new(catalogue: Catalogue, calls: Calls) -> Lab {
        Lab {
            catalogue: StoredValue::new(catalogue),
            calls: StoredValue::new_local(calls),
            editor: StoredValue::new_local(None),
            begins: StoredValue::new(String::new()),
            explained: RwSignal::new(None),
            compiled: RwSignal::new(None),
            is_behind: RwSignal::new(false),
            cold: StoredValue::new(Vec::new()),
            failed: RwSignal::new(Vec::new()),
            line: RwSignal::new(0),
            name: RwSignal::new(String::new()),
            about: RwSignal::new(gallery::About::default()),
            came: RwSignal::new(false),
            narrow: RwSignal::new(false),
            size: StoredValue::new(USUAL_SIZE),
            asked: StoredValue::new(0),
            told: StoredValue::new(0),
            is_running: RwSignal::new(false),
            note: RwSignal::new(String::new()),
            data: RwSignal::new(Vec::new()),
            outputs: RwSignal::new(Vec::new()),
            printed: RwSignal::new(String::new()),
            ran: RwSignal::new(String::new()),
            report: RwSignal::new(None),
            step: RwSignal::new(None),
        }
    }

    /// A back end's name, by the id that rows have.
    pub fn name_of(self, id: &str) -> String {
        let id = parallax_protocol::reported_id(id);
        self.catalogue.with_value(|c| c.name_of(&id))
    }

    /// What stands in the editor.
    pub fn text(self) -> String {
        self.editor.with_value(|editor| match editor {
            Some(editor) => editor.text(),
            None => self.begins.get_value(),
        })
    }

    /// Something of the editor.
    pub fn edit(self, act: impl FnOnce(&Text)) {
        self.editor.with_value(|editor| {
            if let Some(editor) = editor {
                act(editor);
            }
        });
    }

    /// Shows a kernel, or the draft, or the first of the gallery.
    pub fn open(self, given: Option<String>, size: u32, narrow: bool, came: bool) {
        self.came.set(came);
        self.narrow.set(narrow);
        match given.filter(|text| !text.is_empty()) {
            Some(given) => {
                self.size.set_value(size);
                self.show(&given);
            }
            None => match draft() {
                Some(draft) => {
                    self.take(&draft, gallery::about(&draft).size.unwrap_or(USUAL_SIZE));
                }
                None => self.choose(LESSONS[0].kernels[0].0),
            },
        }
    }

    /// Opens a file that was chosen or dropped: Python for the editor, anything else as data for `setup`.
    fn read_file(self, file: web_sys::File) {
        let name = file.name();
        let is_python = name.ends_with(".py");
        let most = if is_python { LONGEST_SOURCE } else { MOST_DATA };
        if file.size() > most as f64 {
            return self.note.set(text::file_too_long(&name, most));
        }
        self.note.set(String::new());
        spawn_local(async move {
            if is_python {
                let read = JsFuture::from(file.text()).await;
                if let Some(source) = read.ok().and_then(|text| text.as_string()) {
                    self.came.set(false);
                    let source = source.replace("\r\n", "\n");
                    self.take(&source, gallery::about(&source).size.unwrap_or(USUAL_SIZE));
                }
                return;
            }
            if let Ok(buffer) = JsFuture::from(file.array_buffer()).await {
                let bytes = js_sys::Uint8Array::new(&buffer).to_vec();
                self.calls.with_value(|calls| calls.file(&name, &bytes));
                self.data.update(|all| {
                    all.retain(|own| *own != name);
                    all.push(name);
                });
                self.ask();
            }
        });
    }

    /// Saves the text as a script for real Numba; one that does not compile as it is.
    fn save(self) {
        let text = self.text();
        let entry = self.explained.with_untracked(|explained| {
            let c = &explained.as_ref()?.compilation;
            c.entry.clone().filter(|_| c.ok)
        });
        let (name, text) = match entry {
            Some(entry) => {
                let script = export::script(&text, &entry, self.size.get_value());
                (format!("{entry}.py"), script)
            }
            None => ("kernel.py".into(), text),
        };
        save_text(&name, "text/x-python", &text);
    }

    /// A run is over.
    pub fn ended(self, report: Report) {
        // Of another text by now it says nothing of this one.
        if self.ran.with_untracked(|ran| *ran == self.text()) {
            self.report.set(Some(Arc::new(report)));
        }
    }

    /// A kernel of the gallery.
    fn choose(self, name: &str) {
        let all = LESSONS.iter().flat_map(|lesson| lesson.kernels);
        if let Some((_, text)) = all.into_iter().find(|(own, _)| *own == name) {
            self.came.set(false);
            self.take(text, gallery::about(text).size.unwrap_or(USUAL_SIZE));
        }
    }

    /// Another text, with what its `setup` is given; the page is told at once.
    pub fn take(self, text: &str, size: u32) {
        self.size.set_value(size);
        self.show(text);
        self.tell(Some(size));
    }

    fn show(self, text: &str) {
        self.report.set(None);
        self.begins.set_value(text.into());
        self.edit(|editor| editor.set(text));
        self.failed.set(Vec::new());
        self.read(text);
        self.ask();
    }

    /// What a text says of itself.
    fn read(self, text: &str) {
        let all = LESSONS.iter().flat_map(|lesson| lesson.kernels);
        let from = all.into_iter().find(|(_, own)| *own == text);
        self.name.set(from.map_or("", |(name, _)| *name).into());
        self.about.set(gallery::about(text));
    }

    /// The text was changed by hand.
    fn typed(self) {
        self.note.set(String::new());
        self.failed.set(Vec::new());
        self.report.set(None);
        self.asked.update_value(|n| *n += 1);
        let asked = self.asked.get_value();
        set_timeout(
            move || {
                if self.asked.get_value() == asked {
                    self.ask();
                }
            },
            ASK_AFTER,
        );
        self.told.update_value(|n| *n += 1);
        let told = self.told.get_value();
        set_timeout(
            move || {
                if self.told.get_value() == told {
                    self.read(&self.text());
                    self.tell(None);
                }
            },
            TELL_AFTER,
        );
    }

    fn tell(self, size: Option<u32>) {
        let text = self.text();
        keep(&text);
        self.calls.with_value(|calls| calls.changed(&text, size));
    }

    /// Asks the compiler what is wrong, and after a pause what it wrote. Where it cannot answer now it is asked
    /// again when it can.
    pub fn ask(self) {
        self.asked.update_value(|n| *n += 1);
        self.ask_for(false);
    }

    fn ask_for(self, listings: bool) {
        let (asked, text, size) = (self.asked.get_value(), self.text(), self.size.get_value());
        let (calls, narrow) = (self.calls.get_value(), self.narrow.get_untracked());
        spawn_local(async move {
            let answer = calls.explain(&text, size, narrow, listings).await;
            if self.asked.get_value() != asked {
                return;
            }
            let Some(bytes) = answer
                .ok()
                .and_then(|bytes| bytes.dyn_into::<js_sys::Uint8Array>().ok())
            else {
                return;
            };
            if let Ok(event) = decode::<LabEvent>(&bytes.to_vec()) {
                self.event(event);
            }
            // Never before its answer: the compiler gives up a question for the next.
            let is_read = move || self.asked.get_value() == asked && self.is_behind.get_untracked();
            if !listings && is_read() {
                let list = move || {
                    if is_read() {
                        self.ask_for(true);
                    }
                };
                set_timeout(list, LIST_AFTER);
            }
        });
    }

    fn know(self, mut explained: Explained) {
        if explained.compilation.ok {
            self.is_behind.set(explained.listings.is_empty());
        }
        if explained.listings.is_empty() {
            // Those of the text before, until its own come.
            let before = self.compiled.get_untracked();
            explained.listings = before.map_or(Vec::new(), |before| before.listings.clone());
        }
        let explained = Arc::new(explained);
        self.explained.set(Some(Arc::clone(&explained)));
        if explained.compilation.ok {
            if self.cold.with_value(Vec::is_empty) {
                self.cold.set_value(explained.stages.clone());
            }
            self.compiled.set(Some(Arc::clone(&explained)));
        }
        self.mark();
        if !explained.compilation.ok {
            // What is known of the rest of the text stays.
            return;
        }
        let number = |n: u32| JsValue::from_f64(f64::from(n));
        let hovers = explained.hovers.iter().map(|hover| {
            object(&[
                ("line", number(hover.line)),
                ("column", number(hover.column)),
                ("end", number(hover.end_column)),
                ("text", hover.text.as_str().into()),
            ])
        });
        let hovers: js_sys::Array = hovers.collect();
        self.edit(|editor| editor.types(&hovers));
    }

    /// All that is wrong, as errors, and what keeps a back end from it, as warnings, on the text.
    fn mark(self) {
        let number = |n: u32| JsValue::from_f64(f64::from(n));
        let one = |severity: &str, before: &str, d: &Diagnosis| {
            object(&[
                ("severity", severity.into()),
                ("kind", d.kind.as_str().into()),
                ("message", format!("{before}{}", d.message).into()),
                ("help", d.help.as_deref().into()),
                ("line", number(d.line)),
                ("column", number(d.column)),
                ("endLine", number(d.end_line)),
                ("endColumn", number(d.end_column)),
            ])
        };
        let all = js_sys::Array::new();
        for d in self.failed.get_untracked() {
            all.push(&one("error", "", &d));
        }
        if let Some(explained) = self.explained.get_untracked() {
            for d in &explained.compilation.diagnostics {
                all.push(&one("error", "", d));
            }
            for refused in &explained.compilation.refusals {
                let before = format!("{}: ", self.name_of(&refused.backend));
                for d in &refused.diagnostics {
                    all.push(&one("warning", &before, d));
                }
            }
        }
        self.edit(|editor| editor.diagnose(&all));
    }

    /// What `setup` is given now.
    pub fn sized(self, size: u32) {
        if self.size.get_value() != size {
            self.size.set_value(size);
            self.ask();
        }
    }

    /// A run begins or is over.
    pub fn running(self, is: bool) {
        self.is_running.set(is);
        match is {
            true => {
                self.ran.set(self.text());
                self.outputs.set(Vec::new());
                self.printed.set(String::new());
                self.failed.set(Vec::new());
                self.mark();
            }
            false => self.ask(),
        }
    }

    /// What the engine says.
    pub fn event(self, event: LabEvent) {
        match event {
            LabEvent::Explained(explained) => self.know(*explained),
            LabEvent::Drawn { backend, outputs } => {
                let outputs = outputs.map(Arc::new);
                self.outputs.update(|all| {
                    all.retain(|(id, _)| *id != backend);
                    all.push((backend, outputs));
                });
            }
            LabEvent::Printed(text) => self.printed.set(text),
            LabEvent::Failed(diagnostics) => {
                self.failed.update(|all| {
                    // Of several rows that fail alike one is enough.
                    for one in diagnostics {
                        if !all
                            .iter()
                            .any(|d| (d.line, &d.message) == (one.line, &one.message))
                        {
                            all.push(one);
                        }
                    }
                });
                self.mark();
            }
        }
    }
}

fn storage() -> Option<web_sys::Storage> {
    // Storage may be blocked; then a draft lasts as long as the page.
    window().local_storage().ok().flatten()
}

fn draft() -> Option<String> {
    storage()?
        .get_item(DRAFT)
        .ok()
        .flatten()
        .filter(|text| !text.is_empty())
}

fn keep(text: &str) {
    if let Some(storage) = storage() {
        // A full store keeps what it had.
        let _ = storage.set_item(DRAFT, text);
    }
}

/// Editor, gallery, problems, panes.
#[component]
pub fn Desk(lab: Lab) -> impl IntoView {
    let place = NodeRef::<Div>::new();
    Effect::new(move || {
        let Some(place) = place.get() else { return };
        if lab.editor.with_value(Option::is_some) {
            return;
        }
        let heard = heard(move || lab.typed(), move |line| lab.line.set(line));
        let begins = lab.begins.get_value();
        let made = editor::editor(&place, text::EDITOR, &begins, &completions(), &heard);
        lab.editor.set_value(Some(made));
        // What was said of the text before there was an editor belongs into it.
        lab.mark();
    });
    let drop = move |ev: web_sys::DragEvent| {
        let files = ev.data_transfer().and_then(|data| data.files());
        if let Some(files) = files.filter(|files| files.length() > 0) {
            ev.prevent_default();
            // The editor would put the file's text where the pointer is.
            ev.stop_propagation();
            for file in (0..files.length()).filter_map(|i| files.get(i)) {
                lab.read_file(file);
            }
        }
    };
    let over = move |ev: web_sys::DragEvent| {
        if ev
            .data_transfer()
            .is_some_and(|data| data.types().includes(&"Files".into(), 0))
        {
            ev.prevent_default();
        }
    };
    view! {
        <div class="bar">
            <label class="field">
                <span class="label">{text::GALLERY}</span>
                <select
                    data-testid="lab-gallery"
                    prop:value=move || lab.name.get()
                    on:change=move |ev| lab.choose(&event_target_value(&ev))
                >
                    {move || own(lab)}
                    {options(lab)}
                </select>
            </label>
            <Files lab/>
        </div>
        <Guide lab/>
        <p class="notice bad" role="alert" hidden=move || lab.note.with(String::is_empty)>
            {move || lab.note.get()}
        </p>
        <p class="notice" data-testid="lab-came" hidden=move || !lab.came.get()>{text::CAME}</p>
        <p class="lede" data-testid="lab-question" hidden=move || lab.step.get().is_some()>{move || lab.about.with(|about| about.question.clone())}</p>
        <p
            class="more"
            hidden=move || lab.step.get().is_some() || lab.about.with(|about| about.attempt.is_empty())
        >
            <b>{text::TRY}</b>
            {move || lab.about.with(|about| about.attempt.clone())}
        </p>
        <p class="more" data-testid="lab-data" hidden=move || lab.data.with(Vec::is_empty)>
            {move || text::data_files(&lab.data.get().join(", "))}
        </p>
        <div class="bench" on:dragover:capture=over on:drop:capture=drop>
            <div class="writing">
                <div class="editor" data-testid="editor" node_ref=place></div>
                <p class="more">{text::EDITOR_HELP}</p>
                <Problems lab/>
            </div>
            <Panes lab/>
        </div>
    }
}

/// The first entry of the list, while the text is none of the gallery's.
fn own(lab: Lab) -> Option<AnyView> {
    let is_own = lab.name.with(String::is_empty);
    is_own.then(|| view! { <option value="" selected=true>{text::OWN}</option> }.into_any())
}

fn options(lab: Lab) -> Vec<AnyView> {
    let lessons = LESSONS.iter().map(|lesson| {
        let kernels = lesson.kernels.iter().map(|(name, source)| {
            let title = gallery::about(source).title;
            let chosen = move || lab.name.with(|now| now == name);
            view! { <option value=*name selected=chosen>{title}</option> }.into_any()
        });
        let kernels: Vec<AnyView> = kernels.collect();
        view! { <optgroup label=lesson.title>{kernels}</optgroup> }.into_any()
    });
    lessons.collect()
}

/// Files in and out.
#[component]
fn Files(lab: Lab) -> impl IntoView {
    let opened = move |ev: leptos::ev::Event| {
        let input: web_sys::HtmlInputElement = event_target(&ev);
        let file = input.files().and_then(|files| files.get(0));
        // So that the same file can be opened once more.
        input.set_value("");
        if let Some(file) = file {
            lab.read_file(file);
        }
    };
    let save_code = move |_| {
        if let Some(explained) = lab.compiled.get_untracked() {
            for module in &explained.modules {
                save_bytes(&module.name, "application/octet-stream", &module.bytes);
            }
        }
    };
    view! {
        <div class="files">
            <button
                type="button"
                class="button quiet"
                data-testid="lab-guide-open"
                aria-expanded=move || lab.step.get().is_some().to_string()
                on:click=move |_| guided::toggle(lab)
            >
                {text::GUIDE}
            </button>
            <label class="button quiet">
                {text::OPEN_FILE}
                <input class="unseen" type="file" accept=".py,.npy,.csv,.txt" data-testid="lab-open" on:change=opened/>
            </label>
            <button
                type="button"
                class="button quiet"
                data-testid="lab-save"
                on:click=move |_| lab.save()
            >
                {text::SAVE_PY}
            </button>
            <button
                type="button"
                class="button quiet"
                data-testid="lab-save-code"
                disabled=move || lab.compiled.with(|c| c.as_ref().is_none_or(|c| c.modules.is_empty()))
                on:click=save_code
            >
                {text::SAVE_CODE}
            </button>
        </div>
    }
}

/// What is wrong, each a button that goes to its line.
#[component]
fn Problems(lab: Lab) -> impl IntoView {
    let state = move || {
        let failed = lab.failed.with(Vec::len);
        lab.explained.with(|explained| match explained {
            _ if failed > 0 => text::problems(failed),
            None => text::ENGINE_LOADING.into(),
            Some(explained) if explained.compilation.ok => {
                let of = |is_setup: bool| {
                    let stages = explained.stages.iter();
                    let own = stages.filter(|stage| (stage.name == SETUP) == is_setup);
                    own.map(|stage| stage.ms).sum::<f64>()
                };
                text::compiled_in(of(false), of(true))
            }
            Some(explained) => text::problems(explained.compilation.diagnostics.len()),
        })
    };
    let problem = move |d: &Diagnosis, before: Option<String>| {
        let line = d.line;
        let words = match &before {
            Some(name) => text::refuses(name, &d.message),
            None => format!("{}: {}", d.kind, d.message),
        };
        let help = d.help.clone();
        view! {
            <li class:warning=before.is_some()>
                <button type="button" class="place" on:click=move |_| lab.edit(|editor| editor.go(line))>
                    {text::line(line)}
                </button>
                <span>{words}</span>
                {help.map(|help| view! { <span class="help">{help}</span> })}
            </li>
        }
        .into_any()
    };
    let list = move || {
        let mut all: Vec<AnyView> = lab
            .failed
            .with(|all| all.iter().map(|d| problem(d, None)).collect());
        lab.explained.with(|explained| {
            if let Some(explained) = explained {
                let c = &explained.compilation;
                all.extend(c.diagnostics.iter().map(|d| problem(d, None)));
                for refused in &c.refusals {
                    let name = lab.name_of(&refused.backend);
                    all.extend(refused.diagnostics.iter().map(|d| problem(d, Some(name.clone()))));
                }
            }
        });
        all
    };
    let refused = move || {
        lab.narrow.get()
            || lab.explained.with(|e| {
                e.as_ref().is_some_and(|e| {
                    let helps = e.compilation.refusals.iter().flat_map(|r| &r.diagnostics);
                    helps.into_iter().any(|d| d.message.contains("64"))
                })
            })
    };
    view! {
        <p
            class="status"
            role="status"
            data-testid="lab-status"
            data-ok=move || lab.explained.with(|e| e.as_ref().map(|e| e.compilation.ok.to_string()))
        >
            {state}
        </p>
        <ul class="problems" data-testid="lab-problems">{list}</ul>
        <label class="switch" hidden=move || !refused()>
            <input
                type="checkbox"
                data-testid="lab-narrow"
                prop:checked=move || lab.narrow.get()
                on:change=move |ev| {
                    let narrow = event_target_checked(&ev);
                    lab.narrow.set(narrow);
                    lab.calls.with_value(|calls| calls.narrow(narrow));
                    lab.ask();
                }
            />
            {text::NARROW}
        </label>
    }
}

/// What can be completed beside the text's own words.
fn completions() -> JsValue {
    let all = words::WORDS.iter().map(|word| {
        let kind = if word.contains('.') { "function" } else { "keyword" };
        object(&[("label", (*word).into()), ("type", kind.into())])
    });
    all.collect::<js_sys::Array>().into()
}

//! The sole contact with the views program (`src/views`): links, files, and reports as scripts
//! see them. Fetched once the page is up; whatever needs it before waits for it.
//!
//! What did not arrive is asked for again with every use, and by the notice that says so.

use std::cell::OnceCell;

use js_sys::Uint8Array;
use leptos::prelude::*;
use parallax_protocol::{Capabilities, Compilation, Opened, Report, RunSpec, decode, encode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use crate::client::words;
use crate::{BUILD, host, text};

#[wasm_bindgen]
extern "C" {
    /// The program's exports: `src/views/front.rs` describes them.
    #[derive(Debug, Clone)]
    type Exports;
    #[wasm_bindgen(method, catch)]
    fn start(this: &Exports, catalogue: &Uint8Array) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn link(this: &Exports, spec: &[u8], results: Option<Vec<u8>>) -> Result<String, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn open_link(this: &Exports, link: &str) -> Result<Vec<u8>, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn sent(this: &Exports, link: &str) -> Result<Option<String>, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn ask(this: &Exports, asked: &JsValue) -> Result<Vec<u8>, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn report(this: &Exports, report: &[u8]) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn draw(
        this: &Exports,
        place: &web_sys::HtmlDivElement,
        ours: Option<Vec<u8>>,
        theirs: Option<Vec<u8>>,
    ) -> Result<(), JsValue>;
    #[wasm_bindgen(method)]
    fn clear(this: &Exports);
    #[wasm_bindgen(method, catch)]
    fn open_report(this: &Exports, value: &JsValue) -> Result<Vec<u8>, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn capabilities(this: &Exports, capabilities: &[u8]) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn compilation(this: &Exports, compilation: &[u8]) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn json(this: &Exports, report: &[u8]) -> Result<String, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn csv(this: &Exports, report: &[u8]) -> Result<String, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn markdown(this: &Exports, report: &[u8], made_by: &str, no_difference: &str)
    -> Result<String, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn svg(
        this: &Exports,
        report: &[u8],
        title: &str,
        made_by: &str,
        no_difference: &str,
    ) -> Result<Option<String>, JsValue>;
}

thread_local! {
    static EXPORTS: OnceCell<Exports> = const { OnceCell::new() };
    static CATALOGUE: OnceCell<Uint8Array> = const { OnceCell::new() };
}

/// The program, there to be called. Errors are JavaScript's, in words, and named as scripts
/// know them.
pub struct Program(Exports);

impl Program {
    /// The fragment of a link.
    pub fn link(&self, spec: &RunSpec, results: Option<&Report>) -> Result<String, JsValue> {
        let results = results.map(written).transpose()?;
        self.0.link(&written(spec)?, results)
    }

    /// What a fragment or a whole address asks and holds.
    pub fn open_link(&self, link: &str) -> Result<Opened, JsValue> {
        read(&self.0.open_link(link)?)
    }

    /// The results in a link as JSON, for the sender to look at.
    pub fn sent(&self, link: &str) -> Result<Option<String>, JsValue> {
        self.0.sent(link)
    }

    /// What a script asks, by a spec or a link.
    pub fn ask(&self, asked: &JsValue) -> Result<RunSpec, JsValue> {
        read(&self.0.ask(asked)?)
    }

    /// A report as scripts and the store have it.
    pub fn report(&self, report: &Report) -> Result<JsValue, JsValue> {
        self.0.report(&written(report)?)
    }

    /// Draws an experiment's panel into its place, somebody else's beside it or alone.
    pub fn draw(
        &self,
        place: &web_sys::HtmlDivElement,
        ours: Option<&Report>,
        theirs: Option<Vec<u8>>,
    ) -> Result<(), JsValue> {
        self.0.draw(place, ours.map(written).transpose()?, theirs)
    }

    /// Nothing is drawn any more.
    pub fn clear(&self) {
        self.0.clear();
    }

    /// A report from a file or the store.
    pub fn open_report(&self, value: &JsValue) -> Result<Opened, JsValue> {
        read(&self.0.open_report(value)?)
    }

    /// What the machine can do, as scripts have it.
    pub fn capabilities(&self, capabilities: &Capabilities) -> Result<JsValue, JsValue> {
        self.0.capabilities(&written(capabilities)?)
    }

    /// What the compiler made of a kernel, as scripts have it.
    pub fn compilation(&self, compilation: &Compilation) -> Result<JsValue, JsValue> {
        self.0.compilation(&written(compilation)?)
    }

    /// A report as JSON.
    pub fn json(&self, report: &Report) -> Result<String, JsValue> {
        self.0.json(&written(report)?)
    }

    /// A report's samples as CSV.
    pub fn csv(&self, report: &Report) -> Result<String, JsValue> {
        self.0.csv(&written(report)?)
    }

    /// A report as a table in Markdown.
    pub fn markdown(&self, report: &Report) -> Result<String, JsValue> {
        let made_by = text::made_by(&report.environment);
        self.0
            .markdown(&written(report)?, &made_by, text::NO_CLEAR_DIFFERENCE)
    }

    /// A report's ladder as a picture, if there is anything to draw.
    pub fn svg(&self, report: &Report, title: &str) -> Result<Option<String>, JsValue> {
        let made_by = text::made_by(&report.environment);
        self.0
            .svg(&written(report)?, title, &made_by, text::NO_CLEAR_DIFFERENCE)
    }
}

/// Whether the program is there.
#[derive(Clone, Copy)]
pub struct Views {
    here: RwSignal<bool>,
    missing: RwSignal<Option<String>>,
}

impl Views {
    /// Not there yet. It will be given the catalogue in these bytes.
    pub fn new(catalogue: Uint8Array) -> Views {
        // There is one page, and it is made once.
        CATALOGUE.with(|cell| cell.set(catalogue)).ok();
        Views {
            here: RwSignal::new(false),
            missing: RwSignal::new(None),
        }
    }

    /// The program, if it is there; what calls this is told when it is.
    pub fn now(self) -> Option<Program> {
        self.here.get().then(program).flatten()
    }

    /// Why it did not arrive, in words.
    pub fn missing(self) -> Option<String> {
        self.missing.get()
    }

    /// Fetches it: at once if somebody waits for it, else when the browser has nothing better to do.
    pub fn fetch(self, at_once: bool) {
        spawn_local(async move {
            if !at_once {
                // A browser that cannot tell has time now.
                let _ = host::idle().await;
            }
            // What goes wrong is in `missing`.
            let _ = self.get().await;
        });
    }

    /// Does this with the program, now if it is there; the error is in words.
    pub fn then(self, act: impl FnOnce(Result<Program, String>) + 'static) {
        match program() {
            Some(program) => act(Ok(program)),
            None => spawn_local(async move { act(self.get().await) }),
        }
    }

    /// The program, once it is there; the error is in words.
    pub async fn get(self) -> Result<Program, String> {
        if let Some(program) = program() {
            return Ok(program);
        }
        match begin().await {
            Ok(exports) => {
                EXPORTS.with(|cell| cell.set(exports)).ok();
                self.missing.set(None);
                self.here.set(true);
                program().ok_or_else(String::new)
            }
            Err(error) => {
                let served = host::served_build().await.ok();
                let served = served.and_then(|build| build.as_string());
                let why = match served {
                    Some(build) if build != BUILD => text::VIEWS_REPLACED.into(),
                    _ => words(&error),
                };
                let why = text::views_missing(&why);
                // What is said already is not said anew: its button would go away under a finger.
                if self.missing.with_untracked(|said| said.as_ref() != Some(&why)) {
                    self.missing.set(Some(why.clone()));
                }
                Err(why)
            }
        }
    }
}

fn program() -> Option<Program> {
    EXPORTS.with(|cell| cell.get().cloned()).map(Program)
}

/// The catalogue as it came, for the programs that begin with it.
pub fn catalogue() -> Uint8Array {
    CATALOGUE.with(|cell| cell.get().cloned()).unwrap_or_default()
}

async fn begin() -> Result<Exports, JsValue> {
    let exports: Exports = host::program("views", BUILD).await?.unchecked_into();
    exports.start(&catalogue())?;
    Ok(exports)
}

fn written<T: Serialize>(message: &T) -> Result<Vec<u8>, JsValue> {
    encode(message).map_err(|error| JsValue::from_str(&error.to_string()))
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, JsValue> {
    decode(bytes).map_err(|error| JsValue::from_str(&error.to_string()))
}

//! The sole contact with the lab's program (`src/lab`): the editor, and what the compiler makes of its text.
//! Fetched when the lab is opened for the first time.

use std::cell::OnceCell;

use js_sys::Uint8Array;
use leptos::prelude::*;
use parallax_protocol::{KernelFile, KernelSource, encode};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlElement;

use crate::client::words;
use crate::components::Page;
use crate::hub::{Moment, Told, Wanted};
use crate::state::Session;
use crate::{BUILD, host, text, views};

#[wasm_bindgen]
extern "C" {
    /// The program's exports: `src/lab/front.rs` describes them.
    #[derive(Debug, Clone)]
    type Exports;
    #[wasm_bindgen(method, catch)]
    fn start(
        this: &Exports,
        desk: &HtmlElement,
        seen: &HtmlElement,
        catalogue: &Uint8Array,
        calls: &JsValue,
    ) -> Result<(), JsValue>;
    #[wasm_bindgen(method)]
    fn open(this: &Exports, text: &str, size: u32, narrow: bool, came: bool);
    #[wasm_bindgen(method)]
    fn text(this: &Exports) -> String;
    #[wasm_bindgen(method)]
    fn sized(this: &Exports, size: u32);
    #[wasm_bindgen(method)]
    fn running(this: &Exports, is: bool);
    #[wasm_bindgen(method)]
    fn ended(this: &Exports, report: &[u8]);
    #[wasm_bindgen(method)]
    fn event(this: &Exports, event: &[u8]);
}

thread_local! {
    static EXPORTS: OnceCell<Exports> = const { OnceCell::new() };
}

/// The program, if it is there.
fn program() -> Option<Exports> {
    EXPORTS.with(|cell| cell.get().cloned())
}

/// What stands in the editor, if there is one.
pub fn typed() -> Option<String> {
    program().map(|lab| lab.text())
}

/// Fetches the program, gives it its places, and lets it and the page hear of each other. What went wrong is
/// in words.
pub fn begin(page: Page, desk: HtmlElement, seen: HtmlElement, failed: RwSignal<Option<String>>) {
    spawn_local(async move {
        let begun = async {
            let exports: Exports = host::program("lab", BUILD).await?.unchecked_into();
            exports.start(&desk, &seen, &views::catalogue(), &calls(page))?;
            EXPORTS.with(|cell| cell.set(exports)).ok();
            Ok::<_, JsValue>(())
        };
        match begun.await {
            Ok(()) => {
                failed.set(None);
                connect(page);
            }
            Err(error) => failed.set(Some(text::lab_missing(&words(&error)))),
        }
    });
}

/// From now on each tells the other what changes.
fn connect(page: Page) {
    page.hub.with_value(|hub| {
        hub.listen(move |session, moment| {
            let run = session.run.as_ref().filter(|run| run.spec.kernel.is_some());
            if let (Moment::Ended, Some(run), Some(lab)) = (moment, run, program())
                && let Ok(report) = encode(&page.report(session, run))
            {
                lab.ended(&report);
            }
        });
        hub.on_kernel(|event| {
            if let Some(lab) = program() {
                lab.event(event);
            }
        });
    });
    let shown = StoredValue::new(None::<String>);
    // What was asked from elsewhere: a link, the lab's own button, Back.
    Effect::new(move || {
        let kernel = page.fields.with(|fields| fields.kernel.clone());
        let (Some(kernel), Some(lab)) = (kernel, program()) else {
            return shown.set_value(None);
        };
        if shown.with_value(|shown| shown.as_ref() == Some(&kernel.text))
            || lab.text() == kernel.text && !kernel.text.is_empty()
        {
            return shown.set_value(Some(kernel.text));
        }
        let size = page
            .fields
            .with_untracked(|fields| crate::form::whole(&fields.size));
        // Before anything is typed here a text can only have come with a link.
        let came = !kernel.text.is_empty() && page.came.get_untracked();
        shown.set_value(Some(kernel.text.clone()));
        lab.open(&kernel.text, size.unwrap_or(1), kernel.narrow, came);
    });
    Effect::new(move || {
        let size = page
            .fields
            .with(|fields| fields.kernel.is_some().then(|| crate::form::whole(&fields.size)));
        if let (Some(Some(size)), Some(lab)) = (size, program()) {
            lab.sized(size);
        }
    });
    let ready = Memo::new(move |_| page.session.with(|s| (s.is_up(), s.is_active())));
    Effect::new(move |before: Option<(bool, bool)>| {
        let now = ready.get();
        if let Some(lab) = program().filter(|_| before != Some(now)) {
            // The compiler is there again, or for the first time.
            lab.running(now.1);
        }
        now
    });
}

/// What the lab asks of the page.
fn calls(page: Page) -> JsValue {
    let calls = js_sys::Object::new();
    let put = |name: &str, call: JsValue| {
        // A fresh object of our own takes any property.
        let _ = js_sys::Reflect::set(&calls, &name.into(), &call);
    };
    let changed: Closure<dyn FnMut(String, Option<u32>)> =
        Closure::new(move |text: String, size: Option<u32>| {
            page.came.set(false);
            page.fields.update(|fields| {
                if let Some(kernel) = &mut fields.kernel {
                    kernel.text = text;
                    if let Some(size) = size {
                        fields.size = size.to_string();
                    }
                }
            });
        });
    let narrow: Closure<dyn FnMut(bool)> = Closure::new(move |narrow| {
        page.fields.update(|fields| {
            if let Some(kernel) = &mut fields.kernel {
                kernel.narrow = narrow;
            }
        });
    });
    let file: Closure<dyn FnMut(String, Uint8Array)> =
        Closure::new(move |name: String, bytes: Uint8Array| {
            page.files.update_value(|files| {
                files.retain(|file| file.name != name);
                files.push(KernelFile {
                    name,
                    bytes: bytes.to_vec(),
                });
            });
        });
    put("file", file.into_js_value());
    let explain: Closure<dyn FnMut(String, u32, bool, bool) -> js_sys::Promise> =
        Closure::new(move |text, size, narrow, listings| explain(page, text, size, narrow, listings));
    put("changed", changed.into_js_value());
    put("narrow", narrow.into_js_value());
    put("explain", explain.into_js_value());
    calls.into()
}

/// A promise of all that the compiler knows, in bytes. It has no time for it while a run is on its way.
fn explain(page: Page, text: String, size: u32, narrow: bool, listings: bool) -> js_sys::Promise {
    js_sys::Promise::new(&mut |resolve, reject| {
        if page.session.with_untracked(Session::is_active) {
            // Both are a promise's own, which throw nothing.
            let _ = reject.call0(&JsValue::UNDEFINED);
            return;
        }
        let kernel = KernelSource {
            text: text.clone(),
            narrow,
            files: page.files.get_value(),
            ..KernelSource::default()
        };
        let answer = move |told| {
            let _ = match told {
                Some(Told::Explained(bytes)) => {
                    resolve.call1(&JsValue::UNDEFINED, &Uint8Array::from(&bytes[..]))
                }
                _ => reject.call0(&JsValue::UNDEFINED),
            };
        };
        page.hub
            .with_value(|hub| hub.compile(kernel, size, Wanted::Account { listings }, answer));
    })
}

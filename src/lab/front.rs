//! What the page calls, and what it lends. `src/app/lab.rs` is the other side of it.

use std::cell::RefCell;

use leptos::mount::mount_to;
use leptos::prelude::*;
use parallax_protocol::{Catalogue, LabEvent, Report, decode};
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

use crate::desk::{Desk, DeskProps, Lab};
use crate::seen::{Seen, SeenProps};

#[wasm_bindgen]
extern "C" {
    /// What the page lends.
    #[derive(Clone)]
    pub type Calls;
    /// The text is another now, and was chosen with a size or typed.
    #[wasm_bindgen(method)]
    pub fn changed(this: &Calls, text: &str, size: Option<u32>);
    /// The GPU may use 32 bits for 64.
    #[wasm_bindgen(method)]
    pub fn narrow(this: &Calls, narrow: bool);
    /// A file that `setup` may read from now on; one of the same name is replaced.
    #[wasm_bindgen(method)]
    pub fn file(this: &Calls, name: &str, bytes: &[u8]);
    /// All that the compiler knows of a text: a promise of postcard bytes of a
    /// `LabEvent`. Rejected while a
    /// run is on its way or the engine is not up.
    #[wasm_bindgen(method, catch)]
    pub async fn explain(
        this: &Calls,
        text: &str,
        size: u32,
        narrow: bool,
        listings: bool,
    ) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_namespace = parallaxHost, js_name = saveText)]
    pub fn save_text(name: &str, kind: &str, text: &str);
    #[wasm_bindgen(js_namespace = parallaxHost, js_name = saveBytes)]
    pub fn save_bytes(name: &str, kind: &str, bytes: &[u8]);
}

thread_local! {
    static LAB: RefCell<Option<Lab>> = const { RefCell::new(None) };
}

fn with(act: impl FnOnce(Lab)) {
    let lab = LAB.with(|cell| *cell.borrow());
    if let Some(lab) = lab {
        act(lab);
    }
}

/// Puts the lab into two elements of the page: the editor with what is beside it, and what comes out of
/// runs. Comes first, once.
#[wasm_bindgen]
pub fn start(desk: HtmlElement, seen: HtmlElement, catalogue: &[u8], calls: Calls) -> Result<(), JsValue> {
    let catalogue: Catalogue = decode(catalogue).map_err(|error| JsValue::from_str(&error.to_string()))?;
    let owner = Owner::new();
    owner.set();
    let lab = Lab::new(catalogue, calls);
    LAB.with(|cell| cell.replace(Some(lab)));
    mount_to(desk, move || Desk(DeskProps { lab })).forget();
    mount_to(seen, move || Seen(SeenProps { lab })).forget();
    // As long as the page.
    std::mem::forget(owner);
    Ok(())
}

/// Shows a kernel, or without one the last draft; it came with a link, or was asked for here.
#[wasm_bindgen]
pub fn open(text: Option<String>, size: u32, narrow: bool, came: bool) {
    with(|lab| lab.open(text, size, narrow, came));
}

/// What stands in the editor.
#[wasm_bindgen]
pub fn text() -> String {
    let mut text = String::new();
    with(|lab| text = lab.text());
    text
}

/// What `setup` is given now.
#[wasm_bindgen]
pub fn sized(size: u32) {
    with(|lab| lab.sized(size));
}

/// A run begins, or is over: then the compiler can be asked again.
#[wasm_bindgen]
pub fn running(is: bool) {
    with(|lab| lab.running(is));
}

/// A run of a kernel is over: bytes of its `Report`.
#[wasm_bindgen]
pub fn ended(report: &[u8]) {
    if let Ok(report) = decode::<Report>(report) {
        with(|lab| lab.ended(report));
    }
}

/// Something that the engine says to the lab: bytes of a `LabEvent`.
#[wasm_bindgen]
pub fn event(bytes: &[u8]) {
    // Of the same build as the page, which saw to that.
    if let Ok(event) = decode::<LabEvent>(bytes) {
        with(|lab| lab.event(event));
    }
}

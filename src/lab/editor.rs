//! CodeMirror, as far as the lab uses it. `js/editor.js` is the other side.

use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

#[wasm_bindgen(raw_module = "./editor.js")]
extern "C" {
    /// An editor or a viewer.
    #[derive(Clone)]
    pub type Text;
    /// An editor for Python in an element.
    pub fn editor(place: &HtmlElement, label: &str, text: &str, words: &JsValue, heard: &JsValue) -> Text;
    /// A text to be read.
    pub fn viewer(place: &HtmlElement, label: &str, heard: &JsValue) -> Text;
    /// What stands in it.
    #[wasm_bindgen(method)]
    pub fn text(this: &Text) -> String;
    /// Replaces all of it, in one step that can be undone.
    #[wasm_bindgen(method)]
    pub fn set(this: &Text, text: &str);
    /// Marks lines, and on wish brings the first into view.
    #[wasm_bindgen(method)]
    pub fn link(this: &Text, lines: Vec<u32>, show: bool);
    /// Puts the cursor on a line.
    #[wasm_bindgen(method)]
    pub fn go(this: &Text, line: u32);
    /// Shows what is wrong: objects with `line`, `column`, `endLine`, `endColumn`, `severity`, `kind`,
    /// `message`, `help`.
    #[wasm_bindgen(method)]
    pub fn diagnose(this: &Text, all: &js_sys::Array);
    /// What stands where: objects with `line`, `column`, `end`, `text`.
    #[wasm_bindgen(method)]
    pub fn types(this: &Text, all: &js_sys::Array);
}

/// An object of these fields.
pub fn object(fields: &[(&str, JsValue)]) -> JsValue {
    let object = js_sys::Object::new();
    for (name, value) in fields {
        // A fresh object of our own takes any property.
        let _ = js_sys::Reflect::set(&object, &JsValue::from_str(name), value);
    }
    object.into()
}

/// What an editor tells: that its text changed, and on which line the reader is.
pub fn heard(changed: impl Fn() + 'static, at: impl Fn(u32) + 'static) -> JsValue {
    let changed: Closure<dyn Fn()> = Closure::new(changed);
    let at: Closure<dyn Fn(u32)> = Closure::new(at);
    object(&[("changed", changed.into_js_value()), ("at", at.into_js_value())])
}

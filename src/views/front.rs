//! What the page calls: each function takes and gives plain values, texts, or postcard bytes of
//! `parallax_protocol`. `src/app/views.rs` is the other side of it.
//!
//! What is refused is a JavaScript `Error` in words for people, whose `name` is one of
//! `ErrorCode` in parallax.d.ts where scripts hear of it.

use std::cell::OnceCell;
use std::fmt::Display;

use parallax_protocol::{
    Capabilities, Catalogue, Compilation, Opened, Report, RunSpec, Value, decode, decode_link, encode,
    encode_link,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;

use crate::capable::capable;
use crate::{export, findings, open, stage};

thread_local! {
    static CATALOGUE: OnceCell<Catalogue> = const { OnceCell::new() };
}

type Answer<T> = Result<T, JsValue>;

/// Gives this program the catalogue, as the page has fetched it. Comes first, once.
#[wasm_bindgen]
pub fn start(catalogue: &[u8]) -> Answer<()> {
    let catalogue = read(catalogue)?;
    // A second one would be the same.
    CATALOGUE.with(|cell| cell.set(catalogue)).or(Ok(()))
}

/// The fragment of a link that asks this and, on wish, carries these results.
#[wasm_bindgen]
pub fn link(spec: &[u8], results: Option<Vec<u8>>) -> Answer<String> {
    let spec: RunSpec = read(spec)?;
    let results: Option<Report> = results.map(|bytes| read(&bytes)).transpose()?;
    with(|c| {
        let results = results.map(|results| concluded(c, results));
        encode_link(&spec, results.as_ref()).map_err(error("bad-spec"))
    })
}

/// What a link asks and holds: bytes of an [`Opened`].
#[wasm_bindgen]
pub fn open_link(link: &str) -> Answer<Vec<u8>> {
    with(|c| written(&open::link(link, c).map_err(error("bad-link"))?))
}

/// The results in a link, as JSON to be looked at; nothing if it has none.
#[wasm_bindgen]
pub fn sent(link: &str) -> Answer<Option<String>> {
    let link = decode_link(link).map_err(error("bad-link"))?;
    link.results.map(|results| text(&value(&results)?)).transpose()
}

/// What a script asks, a spec or a link: bytes of a `RunSpec`.
#[wasm_bindgen]
pub fn ask(asked: &JsValue) -> Answer<Vec<u8>> {
    if let Some(link) = asked.as_string() {
        return with(|c| written(&open::question(&link, c).map_err(error("bad-link"))?));
    }
    if !asked.is_object() {
        let words = "a spec is an object such as {workload: 'mandelbrot'}, or a link as a string";
        return Err(error("bad-spec")(words));
    }
    with(|c| written(&open::spec(fields(asked), c).map_err(error("bad-spec"))?))
}

/// A report as scripts and the store have it, with what it comes to.
#[wasm_bindgen]
pub fn report(report: &[u8]) -> Answer<JsValue> {
    let report = read(report)?;
    with(|c| value::<Report>(&concluded(c, report)))
}

/// Draws an experiment's panel into an element of the page, with somebody else's beside it or
/// alone; with neither it is cleared.
#[wasm_bindgen]
pub fn draw(place: web_sys::Element, ours: Option<Vec<u8>>, theirs: Option<Vec<u8>>) -> Answer<()> {
    let ours: Option<Report> = ours.map(|bytes| read(&bytes)).transpose()?;
    let theirs: Option<Report> = theirs.map(|bytes| read(&bytes)).transpose()?;
    with(|c| match (ours, theirs) {
        (Some(ours), theirs) => stage::show(place, ours, theirs, false, c),
        (None, Some(theirs)) => stage::show(place, theirs, None, true, c),
        (None, None) => {
            stage::clear();
            Ok(())
        }
    })
}

/// Forgets the panel that was drawn last.
#[wasm_bindgen]
pub fn clear() {
    stage::clear();
}

/// With what an experiment comes to; one that was read from outside has it already.
fn concluded(catalogue: &Catalogue, mut report: Report) -> Report {
    if report.findings.is_empty() {
        report.findings = findings::of(&report, &|id| stage::name(catalogue, id));
    }
    report
}

/// A report from a file or the store, read and checked: bytes of an [`Opened`].
#[wasm_bindgen]
pub fn open_report(value: JsValue) -> Answer<Vec<u8>> {
    let report: Report = serde_wasm_bindgen::from_value(value)?;
    with(|c| written::<Opened>(&open::report(&report, c).map_err(error("bad-report"))?))
}

/// The machine's `Capabilities` as scripts have them.
#[wasm_bindgen]
pub fn capabilities(capabilities: &[u8]) -> Answer<JsValue> {
    let capabilities: Capabilities = read(capabilities)?;
    with(|c| value(&capable(c, &capabilities)))
}

/// What the compiler made of a kernel, as scripts have it.
#[wasm_bindgen]
pub fn compilation(compilation: &[u8]) -> Answer<JsValue> {
    value::<Compilation>(&read(compilation)?)
}

/// A report as readable JSON.
#[wasm_bindgen]
pub fn json(report: &[u8]) -> Answer<String> {
    text(&self::report(report)?)
}

/// A report's samples as CSV.
#[wasm_bindgen]
pub fn csv(report: &[u8]) -> Answer<String> {
    Ok(export::csv(&read(report)?))
}

/// A report as a table in Markdown.
#[wasm_bindgen]
pub fn markdown(report: &[u8], made_by: &str, no_difference: &str) -> Answer<String> {
    let report = read(report)?;
    let words = export::Words {
        made_by,
        no_difference,
    };
    with(|c| Ok(export::markdown(c, &report, &words)))
}

/// A report's ladder as a picture; nothing if it holds no time.
#[wasm_bindgen]
pub fn svg(report: &[u8], title: &str, made_by: &str, no_difference: &str) -> Answer<Option<String>> {
    let report = read(report)?;
    let words = export::Words {
        made_by,
        no_difference,
    };
    with(|c| Ok(export::svg(c, &report, title, &words)))
}

fn with<T>(act: impl FnOnce(&Catalogue) -> Answer<T>) -> Answer<T> {
    CATALOGUE.with(|cell| {
        let catalogue = cell.get().ok_or("the program was not started")?;
        act(catalogue)
    })
}

/// An `Error` of this name.
fn error<E: Display>(name: &'static str) -> impl Fn(E) -> JsValue {
    move |words| {
        let error = js_sys::Error::new(&words.to_string());
        error.set_name(name);
        error.into()
    }
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Answer<T> {
    decode(bytes).map_err(error("page-failed"))
}

fn written<T: Serialize>(message: &T) -> Answer<Vec<u8>> {
    encode(message).map_err(error("page-failed"))
}

/// Any of our data as a plain JavaScript value.
fn value<T: Serialize>(data: &T) -> Answer<JsValue> {
    Ok(data.serialize(&serde_wasm_bindgen::Serializer::json_compatible())?)
}

/// A value as readable JSON.
fn text(value: &JsValue) -> Answer<String> {
    let json = js_sys::JSON::stringify_with_replacer_and_space(value, &JsValue::NULL, &JsValue::from(1));
    json.map(String::from)
}

/// An object's own fields. A field whose getter throws is none that a spec has.
fn fields(object: &JsValue) -> Vec<(String, Value)> {
    let names = js_sys::Object::keys(object.unchecked_ref::<js_sys::Object>());
    let names = names.iter().filter_map(|name| name.as_string());
    let fields = names.map(|name| {
        let value = js_sys::Reflect::get(object, &JsValue::from_str(&name));
        (
            name,
            value.map_or(Value::Other("throwing getter"), |v| value_of(&v)),
        )
    });
    fields.collect()
}

fn value_of(value: &JsValue) -> Value {
    if value.is_null() || value.is_undefined() {
        return Value::Null;
    }
    if let Some(number) = value.as_f64() {
        return Value::Number(number);
    }
    if let Some(text) = value.as_string() {
        return Value::Text(text);
    }
    if let Some(truth) = value.as_bool() {
        return Value::Bool(truth);
    }
    match value.dyn_ref::<js_sys::Array>() {
        // One level is all that a spec has.
        Some(list) => Value::List(
            list.iter()
                .map(|v| v.as_string().map_or(Value::Other("object"), Value::Text))
                .collect(),
        ),
        None => Value::Other(if value.is_object() {
            "object"
        } else {
            "value of another type"
        }),
    }
}

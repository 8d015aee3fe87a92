//! Fetches the catalogue and reads it.
//!
//! The browser parses the JSON and the fields are picked from what it made of it: a
//! JSON parser of our own (serde_json) would be a seventh of the page's program.

use js_sys::{Array, Reflect};
use parallax_protocol::{BackendInfo, Catalogue, Form, NamedSize, Source, WorkloadInfo};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

use crate::client::words;
use crate::{BUILD, text};

/// Loads the catalogue of this build; the error is in words.
pub async fn load() -> Result<Catalogue, String> {
    let parsed = fetch().await?;
    let read = || -> Result<Catalogue, Missing> {
        Ok(Catalogue {
            workloads: list(&parsed, "workloads", workload)?,
            backends: list(&parsed, "backends", backend)?,
        })
    };
    read().map_err(|Missing(field)| text::catalogue_lacks(field))
}

async fn fetch() -> Result<JsValue, String> {
    let words = |error| words(&error);
    let window = web_sys::window().ok_or_else(String::new)?;
    let fetched = window.fetch_with_str(&format!("catalogue-{BUILD}.json"));
    let response = JsFuture::from(fetched).await.map_err(words)?;
    let response: Response = response.dyn_into().map_err(words)?;
    if !response.ok() {
        return Err(text::http_status(response.status()));
    }
    let parsed = response.json().map_err(words)?;
    JsFuture::from(parsed).await.map_err(words)
}

/// A field that is not there, or not what it should be.
struct Missing(&'static str);

fn workload(of: &JsValue) -> Result<WorkloadInfo, Missing> {
    let range = list(of, "size_range", |n| whole(n, "size_range"))?;
    let [low, high] = range[..] else {
        return Err(Missing("size_range"));
    };
    Ok(WorkloadInfo {
        id: string(of, "id")?,
        name: string(of, "name")?,
        question: string(of, "question")?,
        lesson: string(of, "lesson")?,
        size_means: string(of, "size_means")?,
        sizes: list(of, "sizes", |of| {
            Ok(NamedSize {
                name: string(of, "name")?,
                n: whole(&get(of, "n")?, "n")?,
            })
        })?,
        default_size: whole(&get(of, "default_size")?, "default_size")?,
        size_range: (low, high),
        verified_by: string(of, "verified_by")?,
        sources: list(of, "sources", |of| {
            Ok(Source {
                form: form(of)?,
                text: string(of, "text")?,
            })
        })?,
    })
}

fn backend(of: &JsValue) -> Result<BackendInfo, Missing> {
    Ok(BackendInfo {
        id: string(of, "id")?,
        name: string(of, "name")?,
        what: string(of, "what")?,
        form: form(of)?,
        how: string(of, "how")?,
        threaded: get(of, "threaded")?.as_bool().ok_or(Missing("threaded"))?,
    })
}

fn get(of: &JsValue, name: &'static str) -> Result<JsValue, Missing> {
    Reflect::get(of, &JsValue::from_str(name)).map_err(|_| Missing(name))
}

fn string(of: &JsValue, name: &'static str) -> Result<String, Missing> {
    get(of, name)?.as_string().ok_or(Missing(name))
}

fn whole(value: &JsValue, name: &'static str) -> Result<u32, Missing> {
    let number = value.as_f64().ok_or(Missing(name))?;
    let whole = number as u32;
    match f64::from(whole) == number {
        true => Ok(whole),
        false => Err(Missing(name)),
    }
}

fn form(of: &JsValue) -> Result<Form, Missing> {
    match string(of, "form")?.as_str() {
        "python" => Ok(Form::Python),
        "rust" => Ok(Form::Rust),
        "wgsl" => Ok(Form::Wgsl),
        _ => Err(Missing("form")),
    }
}

fn list<T>(
    of: &JsValue,
    name: &'static str,
    read: impl Fn(&JsValue) -> Result<T, Missing>,
) -> Result<Vec<T>, Missing> {
    let array: Array = get(of, name)?.dyn_into().map_err(|_| Missing(name))?;
    array.iter().map(|item| read(&item)).collect()
}

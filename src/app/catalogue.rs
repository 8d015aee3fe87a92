//! Fetches the catalogue: the native registries' own bytes, of this very build.

use js_sys::Uint8Array;
use parallax_protocol::{Catalogue, decode};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

use crate::client::words;
use crate::{BUILD, text};

/// Loads the catalogue of this build, read and as it came; the error is in words.
pub async fn load() -> Result<(Catalogue, Uint8Array), String> {
    let bytes = fetch().await?;
    let catalogue = decode(&bytes.to_vec()).map_err(|error| error.to_string())?;
    Ok((catalogue, bytes))
}

async fn fetch() -> Result<Uint8Array, String> {
    let words = |error| words(&error);
    let window = web_sys::window().ok_or_else(String::new)?;
    let fetched = window.fetch_with_str(&format!("catalogue-{BUILD}.postcard"));
    let response = JsFuture::from(fetched).await.map_err(words)?;
    let response: Response = response.dyn_into().map_err(words)?;
    if !response.ok() {
        return Err(text::http_status(response.status()));
    }
    let buffer = response.array_buffer().map_err(words)?;
    let buffer = JsFuture::from(buffer).await.map_err(words)?;
    Ok(Uint8Array::new(&buffer))
}

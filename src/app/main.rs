//! The page: asks the engine, folds what it says into state, and draws it.
//!
//! `client` is the sole contact with the engine's worker, `state` the pure fold,
//! `charts` pure models of what is drawn, `text` every string, `components` and
//! `pages` the elements. The page never computes a kernel and never blocks.

mod charts;
mod client;
mod components;
mod form;
mod format;
mod highlight;
mod hub;
mod pages;
mod query;
mod state;
mod text;

use leptos::mount::mount_to;
use leptos::prelude::*;
use parallax_protocol::Catalogue;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use hub::Hub;

/// This build's id, in the addresses of everything that belongs to it.
pub const BUILD: &str = match option_env!("PARALLAX_BUILD") {
    Some(build) => build,
    None => "dev",
};

fn main() {
    std::panic::set_hook(Box::new(|info| {
        let words = text::page_panicked(&info.to_string());
        web_sys::console::error_1(&words.as_str().into());
        if let Some(place) = place() {
            place.set_text_content(Some(&words));
        }
    }));
    // The engine loads while the catalogue does.
    let hub = Hub::start();
    spawn_local(async move {
        let catalogue = load_catalogue().await;
        let Some(place) = place() else { return };
        // What index.html showed until now.
        place.set_text_content(None);
        mount_to(place, move || match catalogue {
            Ok(catalogue) => pages::Race(pages::RaceProps { catalogue, hub }).into_any(),
            Err(why) => pages::Broken(pages::BrokenProps { why }).into_any(),
        })
        .forget();
    });
}

/// The element that index.html has for the page.
fn place() -> Option<web_sys::HtmlElement> {
    let document = web_sys::window()?.document()?;
    document.get_element_by_id("app")?.dyn_into().ok()
}

async fn load_catalogue() -> Result<Catalogue, String> {
    let words = |error| client::words(&error);
    let window = web_sys::window().ok_or_else(String::new)?;
    let fetched = window.fetch_with_str(&format!("catalogue-{BUILD}.json"));
    let response = JsFuture::from(fetched).await.map_err(words)?;
    let response: web_sys::Response = response.dyn_into().map_err(words)?;
    if !response.ok() {
        return Err(text::http_status(response.status()));
    }
    let body = JsFuture::from(response.text().map_err(words)?)
        .await
        .map_err(words)?;
    let body = body.as_string().unwrap_or_default();
    serde_json::from_str(&body).map_err(|error| error.to_string())
}

//! The page: asks the engine, folds what it says into state, and draws it.
//!
//! `catalogue` is what there is to run, `client` the sole contact with the engine's worker,
//! `views` with the program that makes links, files and reports, `state` the pure fold,
//! `charts` pure models of what is drawn, `text` every string, `components` and
//! `pages` the elements. The page never computes a kernel and never blocks.

mod address;
mod api;
mod catalogue;
mod charts;
mod client;
mod components;
mod form;
mod highlight;
mod host;
mod hub;
mod lab;
mod pages;
mod query;
mod report;
mod state;
mod text;
mod views;

use leptos::mount::mount_to;
use leptos::prelude::*;
use parallax_stats::format;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;

use hub::Hub;
use views::Views;

/// This build's id, in the addresses of everything that belongs to it.
pub const BUILD: &str = match option_env!("PARALLAX_BUILD") {
    Some(build) => build,
    None => "dev",
};

fn main() {
    std::panic::set_hook(Box::new(|info| {
        let words = text::page_panicked(&info.to_string());
        web_sys::console::error_1(&words.as_str().into());
        host::lost(&words);
        if let Some(place) = place() {
            place.set_text_content(Some(&words));
        }
    }));
    // The engine loads while the catalogue does.
    let hub = Hub::start();
    spawn_local(async move {
        let catalogue = catalogue::load().await;
        let Some(place) = place() else { return };
        // What index.html showed until now.
        place.set_text_content(None);
        mount_to(place, move || match catalogue {
            Ok((catalogue, bytes)) => {
                let views = Views::new(bytes);
                pages::Race(pages::RaceProps {
                    catalogue,
                    hub,
                    views,
                })
                .into_any()
            }
            Err(why) => {
                host::lost(&text::catalogue_failed(&why));
                pages::Broken(pages::BrokenProps { why }).into_any()
            }
        })
        .forget();
    });
}

/// The element that index.html has for the page.
fn place() -> Option<web_sys::HtmlElement> {
    let document = web_sys::window()?.document()?;
    document.get_element_by_id("app")?.dyn_into().ok()
}

//! The question in the address: what a link asks for, and what the address shows.
//!
//! Opening a link fills the form and never runs.

use leptos::prelude::*;
use parallax_protocol::RunSpec;
use wasm_bindgen::JsValue;

use crate::views::Program;

/// What follows the `#` now; empty without one.
pub fn fragment() -> String {
    let hash = window().location().hash().unwrap_or_default();
    hash.trim_start_matches('#').into()
}

/// The page's address without query and fragment, and this fragment.
pub fn whole(fragment: &str) -> String {
    let location = window().location();
    let (origin, path) = (location.origin(), location.pathname());
    format!(
        "{}{}#{fragment}",
        origin.unwrap_or_default(),
        path.unwrap_or_default()
    )
}

/// Shows a question in the address. `push` leaves the one before for the Back button.
pub fn show(program: &Program, spec: &RunSpec, push: bool) {
    let now = program.open_link(&fragment());
    // A link with results stays as long as it asks the same.
    if now.is_ok_and(|now| now.spec.as_ref() == Some(spec)) {
        return;
    }
    let Ok(link) = program.link(spec, None) else {
        return;
    };
    let address = format!("#{link}");
    // A browser may refuse, in an embed or after hundreds of changes; the form has it anyway.
    let _ = window().history().map(|history| match push {
        true => history.push_state_with_url(&JsValue::NULL, "", Some(&address)),
        false => history.replace_state_with_url(&JsValue::NULL, "", Some(&address)),
    });
}

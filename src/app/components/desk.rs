//! The lab's places on the page; its own program fills them.

use leptos::html::Div;
use leptos::prelude::*;

use super::Page;
use crate::{lab, text};

/// The editor's place. It stays once it is there, so that going elsewhere and back loses nothing.
#[component]
pub fn Lab(
    /// Where what comes out of runs is shown.
    seen: NodeRef<Div>,
) -> impl IntoView {
    let page = Page::here();
    let desk = NodeRef::<Div>::new();
    let failed = RwSignal::new(None::<String>);
    let begun = StoredValue::new(false);
    let begin = move || {
        if let (Some(desk), Some(seen)) = (desk.get(), seen.get()) {
            failed.set(None);
            begun.set_value(true);
            lab::begin(page, desk.into(), seen.into(), failed);
        }
    };
    Effect::new(move || {
        if page.in_lab.get() && !begun.get_value() {
            begin();
        }
    });
    view! {
        <section class="lab" aria-labelledby="lab-title" hidden=move || !page.in_lab.get()>
            <h2 id="lab-title">{text::LAB_TITLE}</h2>
            <div class="notices" hidden=move || failed.with(Option::is_none)>
                <p class="notice bad" role="alert">{move || failed.get().unwrap_or_default()}</p>
                <button class="button" type="button" on:click=move |_| begin()>{text::TRY_AGAIN}</button>
            </div>
            <div class="desk" node_ref=desk data-testid="lab"></div>
        </section>
    }
    .into_any()
}

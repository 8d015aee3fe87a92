//! Name, what this is, theme.

use leptos::prelude::*;
use parallax_protocol::Experiment;

use super::{Page, all};
use crate::text;

const KEY: &str = "parallax-theme";

/// The one header of the page.
#[component]
pub fn Masthead() -> impl IntoView {
    // theme.js has set the attribute before the first frame.
    let now = document()
        .document_element()
        .and_then(|root| root.get_attribute("data-theme"))
        .unwrap_or_else(|| text::THEMES[0].0.into());
    let options = text::THEMES
        .map(|(value, name)| view! { <option value=value selected=value == now>{name}</option> }.into_any());
    view! {
        <header class="masthead">
            <h1 class="name">{text::NAME}</h1>
            <p class="what">{text::WHAT_IT_IS}</p>
            <label class="theme">
                <span>{text::THEME}</span>
                <select data-testid="theme" on:change=move |ev| choose(&event_target_value(&ev))>
                    {all(options)}
                </select>
            </label>
        </header>
    }
    .into_any()
}

/// The kinds of question.
#[component]
pub fn Views() -> impl IntoView {
    let page = Page::here();
    let view = |experiment: Experiment| {
        let here = move || page.experiment.get() == experiment;
        view! {
            <button
                type="button"
                class="view"
                data-testid=format!("view-{}", experiment.name())
                aria-current=move || here().then_some("page")
                disabled=move || page.active.get() && !here()
                title=text::view_asks(experiment)
                on:click=move |_| page.fields.update(|fields| *fields = fields.turned_to(experiment))
            >
                {text::view(experiment)}
            </button>
        }
        .into_any()
    };
    // What is asked about, before what is asked.
    let of = |(lab, test_id, words): (bool, &'static str, &'static str)| {
        let here = move || page.in_lab.get() == lab;
        view! {
            <button
                type="button"
                class="view of"
                data-testid=test_id
                aria-pressed=move || here().to_string()
                disabled=move || page.active.get() && !here()
                on:click=move |_| page.turn_to_lab(lab)
            >
                {words}
            </button>
        }
        .into_any()
    };
    view! {
        <nav class="views" aria-label=text::VIEWS>
            {all([(false, "view-workloads", text::WORKLOADS), (true, "view-lab", text::LAB)].map(of))}
            {all(Experiment::ALL.map(view))}
        </nav>
    }
    .into_any()
}

fn choose(theme: &str) {
    let auto = theme == text::THEMES[0].0;
    if let Some(root) = document().document_element() {
        // The attribute's name and value are plain words, which no browser refuses.
        let _ = match auto {
            true => root.remove_attribute("data-theme"),
            false => root.set_attribute("data-theme", theme),
        };
    }
    // Storage may be blocked; then the choice lasts as long as the page.
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = match auto {
            true => storage.remove_item(KEY),
            false => storage.set_item(KEY, theme),
        };
    }
}

//! The kernel in its forms: side by side where there is room, else as tabs.

use leptos::prelude::*;
use parallax_protocol::{Form, Source};
use wasm_bindgen::prelude::*;

use super::{Page, all, maybe, named};
use crate::highlight::{self, Kind};
use crate::text;

/// From this width on the forms stand side by side.
const WIDE: &str = "(min-width: 64rem)";

/// All forms of the chosen workload's kernel.
#[component]
pub fn Code() -> impl IntoView {
    let page = Page::here();
    let wide = watch_width();
    let chosen = RwSignal::new(None::<Form>);
    // Python first in the list, but Rust is what most rows run.
    let current = move || {
        let forms = forms(page);
        let wanted = chosen.get().unwrap_or(Form::Rust);
        match forms.contains(&wanted) {
            true => Some(wanted),
            false => forms.first().copied(),
        }
    };
    let tabs = move || {
        maybe((!wide.get()).then(|| {
            let tab = move |form: Form| tab(page, form, current, chosen);
            view! {
                <div class="segments tabs" role="tablist" aria-label=text::CODE_FORMS>
                    {all(forms(page).into_iter().map(tab))}
                </div>
            }
            .into_any()
        }))
    };
    let panels = move || {
        let panel = |source: Source| panel(page, source, wide, current);
        let sources = page.of_workload(|w| w.sources.clone());
        all(sources.into_iter().map(panel))
    };
    view! {
        <section class="code" aria-labelledby="code-title">
            <h2 id="code-title">{text::CODE}</h2>
            {tabs}
            <div class="panels">{panels}</div>
        </section>
    }
    .into_any()
}

fn forms(page: Page) -> Vec<Form> {
    page.of_workload(|w| w.sources.iter().map(|source| source.form).collect())
}

fn key(form: Form) -> &'static str {
    match form {
        Form::Python => "python",
        Form::JavaScript => "javascript",
        Form::Rust => "rust",
        Form::Wgsl => "wgsl",
    }
}

fn tab(
    page: Page,
    form: Form,
    current: impl Fn() -> Option<Form> + Copy + Send + Sync + 'static,
    chosen: RwSignal<Option<Form>>,
) -> AnyView {
    let is_current = move || current() == Some(form);
    let keydown = move |ev: web_sys::KeyboardEvent| {
        let forms = untrack(|| forms(page));
        let Some(at) = forms.iter().position(|f| *f == form) else {
            return;
        };
        let last = forms.len() - 1;
        let to = match ev.key().as_str() {
            "ArrowRight" => (at + 1) % forms.len(),
            "ArrowLeft" => at.checked_sub(1).unwrap_or(last),
            "Home" => 0,
            "End" => last,
            _ => return,
        };
        ev.prevent_default();
        chosen.set(Some(forms[to]));
        focus(&format!("tab-{}", key(forms[to])));
    };
    view! {
        <button
            type="button"
            role="tab"
            id=format!("tab-{}", key(form))
            {..named("aria-controls", format!("code-{}", key(form)))}
            {..named("aria-selected", move || is_current().to_string())}
            tabindex=move || if is_current() { "0" } else { "-1" }
            on:click=move |_| chosen.set(Some(form))
            on:keydown=keydown
        >
            {form.title()}
        </button>
    }
    .into_any()
}

fn panel(
    page: Page,
    source: Source,
    wide: ReadSignal<bool>,
    current: impl Fn() -> Option<Form> + Copy + Send + Sync + 'static,
) -> AnyView {
    let form = source.form;
    let title = form.title();
    let run_by = page.catalogue.with_value(|c| {
        let names = c
            .backends
            .iter()
            .filter(|b| b.form == form)
            .map(|b| text::in_sentence(&b.name));
        let names: Vec<String> = names.collect();
        match names.is_empty() {
            true => text::RUN_BY_NONE.to_string(),
            false => text::run_by(&names.join(", ")),
        }
    });
    let pieces = highlight::pieces(form, &source.text)
        .into_iter()
        .map(|(kind, piece)| {
            let piece = piece.to_string();
            match kind {
                Kind::Plain => piece.into_any(),
                Kind::Keyword => view! { <b>{piece}</b> }.into_any(),
                Kind::Comment => view! { <i>{piece}</i> }.into_any(),
            }
        });
    view! {
        <div
            class="panel"
            id=format!("code-{}", key(form))
            data-testid=format!("code-{}", key(form))
            role=move || (!wide.get()).then_some("tabpanel")
            aria-labelledby=move || (!wide.get()).then(|| format!("tab-{}", key(form)))
            hidden=move || !wide.get() && current() != Some(form)
        >
            <h3>{title}</h3>
            <p class="more">{run_by}</p>
            <pre tabindex="0" role="region" aria-label=text::source_of(title)>
                <code>{all(pieces)}</code>
            </pre>
        </div>
    }
    .into_any()
}

fn focus(id: &str) {
    let element = document()
        .get_element_by_id(id)
        .and_then(|e| e.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(element) = element {
        // An element that will not take the focus leaves it where it is.
        let _ = element.focus();
    }
}

/// Whether there is room for all forms, now and whenever that changes.
fn watch_width() -> ReadSignal<bool> {
    let (wide, set_wide) = signal(true);
    // No answer: side by side, which scrolls within itself if need be.
    if let Ok(Some(query)) = window().match_media(WIDE) {
        set_wide.set(query.matches());
        let asked = query.clone();
        let changed = Closure::<dyn FnMut()>::new(move || set_wide.set(asked.matches()));
        query.set_onchange(Some(changed.as_ref().unchecked_ref()));
        changed.forget();
    }
    wide
}

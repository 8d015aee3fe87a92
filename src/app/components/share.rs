//! The share dialog: the link, and what it will send.

use leptos::html::Dialog;
use leptos::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::{Page, maybe};
use crate::client::words;
use crate::{address, text};

/// A dialog that opens when [`Page::sharing`] is set.
#[component]
pub fn Share() -> impl IntoView {
    let page = Page::here();
    let dialog = NodeRef::<Dialog>::new();
    let with_results = RwSignal::new(false);
    let copied = RwSignal::new(None::<&str>);
    let has_results = move || {
        page.sharing.get()
            && page.last_report().is_some_and(|r| {
                // A machine's card has quantities and no rows.
                !r.quantities.is_empty() || r.results.iter().any(|r| r.median_ms.is_some())
            })
    };
    let link = move || {
        if !page.sharing.get() {
            return Ok(String::new());
        }
        let Some(program) = page.views.now() else {
            return Err(page.views.missing().unwrap_or_else(|| text::VIEWS_COMING.into()));
        };
        let link = match page.last_report().filter(|_| with_results.get() && has_results()) {
            Some(report) => page.session.with(|s| {
                let spec = s.run.as_ref().map(|run| run.spec.clone());
                spec.map(|spec| program.link(&spec, Some(&report)))
            }),
            None => None,
        };
        let link = link.or_else(|| Some(program.link(&page.question().ok()?.spec, None)));
        match link {
            Some(Ok(link)) => Ok(address::whole(&link)),
            Some(Err(error)) => Err(words(&error)),
            None => Err(text::CORRECT_FIRST.into()),
        }
    };
    // What the receiver will read, read back from the link itself.
    let sent = move || {
        let link = link().ok().filter(|link| !link.is_empty())?;
        page.views.now()?.sent(&link).ok()?
    };
    let select = |ev: web_sys::FocusEvent| {
        let input: web_sys::HtmlInputElement = event_target(&ev);
        input.select();
    };
    let copy = move || {
        let Ok(link) = untrack(link) else { return };
        // Elsewhere there is no clipboard to ask.
        if !window().is_secure_context() {
            return copied.set(Some(text::COPY_BY_HAND));
        }
        spawn_local(async move {
            let clipboard = window().navigator().clipboard();
            let done = JsFuture::from(clipboard.write_text(&link)).await;
            copied.set(Some(match done {
                Ok(_) => text::COPIED,
                Err(_) => text::COPY_BY_HAND,
            }));
        });
    };
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        match page.sharing.get() {
            true if !dialog.open() => {
                copied.set(None);
                // Only a document that is being torn down refuses.
                let _ = dialog.show_modal();
                copy();
            }
            false if dialog.open() => dialog.close(),
            _ => {}
        }
    });
    view! {
        <dialog
            class="share"
            node_ref=dialog
            aria-labelledby="share-title"
            data-testid="share-dialog"
            on:close=move |_| page.sharing.set(false)
        >
            <h2 id="share-title">{text::SHARE_TITLE}</h2>
            <p class="more">{text::SHARE_HELP}</p>
            <label class="switch">
                <input
                    type="checkbox"
                    data-testid="share-results"
                    disabled=move || !has_results()
                    prop:checked=move || with_results.get()
                    on:change=move |ev| {
                        copied.set(None);
                        with_results.set(event_target_checked(&ev));
                    }
                />
                {text::SHARE_RESULTS}
            </label>
            {move || maybe(sent().map(preview))}
            <div class="link">
                <input
                    type="text"
                    readonly
                    data-testid="share-link"
                    aria-label=text::LINK
                    prop:value=move || link().unwrap_or_default()
                    on:focus=select
                />
                <button class="button" type="button" data-testid="share-copy" on:click=move |_| copy()>
                    {text::COPY}
                </button>
            </div>
            <p class="more" role="status">
                {move || match (link(), copied.get()) {
                    (Err(why), _) => why,
                    (Ok(link), copied) => {
                        let length = text::link_length(link.len());
                        copied.map_or(length.clone(), |copied| format!("{copied} {length}"))
                    }
                }}
            </p>
            <button
                class="button quiet"
                type="button"
                data-testid="share-close"
                on:click=move |_| page.sharing.set(false)
            >
                {text::CLOSE}
            </button>
        </dialog>
    }
    .into_any()
}

/// What will be sent besides the question.
fn preview(sent: String) -> AnyView {
    view! {
        <p class="more">{text::SHARE_SENT}</p>
        <pre class="sent" tabindex="0" data-testid="share-preview">{sent}</pre>
    }
    .into_any()
}

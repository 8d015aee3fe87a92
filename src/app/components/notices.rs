//! What must be said before anything else: faults set for tests, a bad address, a missing pool.

use leptos::prelude::*;

use super::{Page, all, maybe, named};
use crate::address;
use crate::host;
use crate::pages::reload;
use crate::state::Engine;
use crate::text;

/// Kinds of notices, as classes, that come with a button each.
const MISSING: &str = "bad missing";
const OTHER_BUILD: &str = "bad other-build";

/// The notices, or nothing.
#[component]
pub fn Notices() -> impl IntoView {
    let page = Page::here();
    let fault = page.fields.with_untracked(|fields| {
        let inject = fields.inject.as_ref()?;
        let kind = inject.to_string();
        let kind = kind.split(':').next().unwrap_or_default();
        Some(text::test_fault(kind, &inject.backend))
    });
    // Made anew only when something else is to be said: a button would go away under a finger,
    // and a screen reader would begin again.
    let notices = Memo::new(move |_| {
        let mut all: Vec<(&str, String)> = Vec::new();
        all.extend(fault.clone().map(|words| ("test", words)));
        all.extend(page.problems.get().into_iter().map(|words| ("bad", words)));
        all.extend(page.views.missing().map(|words| (MISSING, words)));
        page.session.with(|session| {
            match &session.engine {
                Engine::Failed(why) => all.push(("bad", text::engine_failed(why))),
                Engine::OtherBuild(build) => all.push((OTHER_BUILD, text::builds_differ(build))),
                Engine::Starting | Engine::Ready => {}
            }
            if let Some(run) = &session.run {
                all.extend(run.notes.iter().cloned().map(|words| ("plain", words)));
                if run.was_hidden {
                    all.push(("plain", text::WAS_HIDDEN.into()));
                }
            }
            // Said from the first moment on: if it came with the engine, it would move Run away
            // from under a finger.
            let told = session.capabilities.as_ref().map(|c| c.isolated);
            if !told.unwrap_or_else(|| host::ISOLATED.with(|isolated| *isolated)) {
                all.push(("plain", text::NOT_ISOLATED.into()));
            }
        });
        all
    });
    move || {
        let notices = notices.get();
        let says = |what: &str| notices.iter().any(|(kind, _)| *kind == what);
        let (is_missing, other_build) = (says(MISSING), says(OTHER_BUILD));
        maybe((page.embedded || !notices.is_empty()).then(|| {
            let lines = notices
                .into_iter()
                .map(|(kind, words)| view! { <p class=format!("notice {kind}")>{words}</p> }.into_any());
            let own_page = page.embedded.then(|| {
                view! {
                    <a
                        class="button quiet"
                        data-testid="own-page"
                        {..named("target", "_blank")}
                        {..named("rel", "noopener")}
                        {..named("href", own_page())}
                    >
                        {text::OPEN_OWN_PAGE}
                    </a>
                }
                .into_any()
            });
            let again = is_missing.then(|| {
                view! {
                    <button
                        class="button"
                        data-testid="views-again"
                        on:click=move |_| page.views.fetch(true)
                    >
                        {text::TRY_AGAIN}
                    </button>
                }
                .into_any()
            });
            let anew = other_build.then(|| {
                view! {
                    <button class="button" data-testid="reload" on:click=|_| reload()>
                        {text::RELOAD}
                    </button>
                }
                .into_any()
            });
            view! {
                <div class="notices" data-testid="notice" role="status">
                    {all(lines)}
                    {maybe(own_page)}
                    {maybe(again)}
                    {maybe(anew)}
                </div>
            }
            .into_any()
        }))
    }
}

/// This page as one of its own, not inside another.
fn own_page() -> String {
    address::whole(&address::fragment())
}

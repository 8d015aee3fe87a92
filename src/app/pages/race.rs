//! The view Race: the question left, the answer beside it, evidence and code below.

use leptos::prelude::*;
use parallax_protocol::Catalogue;

use crate::components::{Answer, Ask, Code, Lesson, Machine, Masthead, Notices, Page, Pictures};
use crate::form;
use crate::hub::Hub;
use crate::query;
use crate::state::Session;
use crate::text;

/// The page when everything that it needs from the start is there.
#[component]
pub fn Race(
    /// What there is to run.
    catalogue: Catalogue,
    /// The session.
    hub: Hub,
) -> impl IntoView {
    let search = window().location().search().unwrap_or_default();
    let (fields, problems) = form::initial(&query::parse(&search), &catalogue);
    let catalogue = StoredValue::new(catalogue);
    let session: RwSignal<_> = hub.session.clone().into();
    let fields = RwSignal::new(fields);
    provide_context(Page {
        catalogue,
        session,
        hub: StoredValue::new_local(hub),
        fields,
        workload: Memo::new(move |_| fields.with(|fields| fields.workload.clone())),
        active: Memo::new(move |_| session.with(Session::is_active)),
        log: RwSignal::new(false),
        complained: RwSignal::new(false),
        problems: StoredValue::new(problems),
    });
    view! {
        <Masthead/>
        <Notices/>
        <main>
            <Ask/>
            <div class="findings">
                <Answer/>
                <Pictures/>
                <Lesson/>
            </div>
            <Code/>
        </main>
        <Machine/>
    }
}

/// The page when the catalogue did not arrive.
#[component]
pub fn Broken(
    /// What the browser says.
    why: String,
) -> impl IntoView {
    view! {
        <Masthead/>
        <main>
            <div class="notices" data-testid="notice" role="alert">
                <p class="notice bad">{text::catalogue_failed(&why)}</p>
                <button class="button" on:click=|_| reload()>{text::TRY_AGAIN}</button>
            </div>
        </main>
    }
}

/// Loads the page anew.
pub fn reload() {
    // A browser that refuses leaves the reader with its own button.
    let _ = window().location().reload();
}

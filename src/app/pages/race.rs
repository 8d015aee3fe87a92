//! The view Race: the question left, the answer beside it, evidence and code below.

use leptos::prelude::*;
use parallax_protocol::{Catalogue, RunSpec};

use crate::components::{
    Answer, Ask, Code, Film, Lesson, Machine, Masthead, Notices, Page, Pictures, Reports, Share,
};
use crate::hub::Hub;
use crate::query;
use crate::state::Session;
use crate::text;
use crate::{address, api, form};

/// The page when everything that it needs from the start is there.
#[component]
pub fn Race(
    /// What there is to run.
    catalogue: Catalogue,
    /// The session.
    hub: Hub,
) -> impl IntoView {
    let search = window().location().search().unwrap_or_default();
    let query = query::parse(&search);
    let (fields, problems) = form::initial(&query, &catalogue);
    let embedded = query.embed;
    let catalogue = StoredValue::new(catalogue);
    let session: RwSignal<_> = hub.session.clone().into();
    let fields = RwSignal::new(fields);
    let page = Page {
        catalogue,
        session,
        hub: StoredValue::new_local(hub),
        fields,
        workload: Memo::new(move |_| fields.with(|fields| fields.workload.clone())),
        active: Memo::new(move |_| session.with(Session::is_active)),
        log: RwSignal::new(false),
        complained: RwSignal::new(false),
        problems: RwSignal::new(problems),
        theirs: RwSignal::new(None),
        embedded,
        sharing: RwSignal::new(false),
        by_hand: RwSignal::new(false),
    };
    provide_context(page);
    follow_address(page);
    api::connect(page);
    view! {
        <Masthead/>
        <Notices/>
        <main class:embedded=embedded>
            <Ask/>
            <div class="findings">
                <Answer/>
                <Pictures/>
                {(!embedded).then(|| view! { <Film/> })}
                <Lesson/>
            </div>
            {(!embedded).then(|| view! {
                <Code/>
                <Reports/>
            })}
        </main>
        <Machine/>
        <Share/>
    }
}

/// The address shows the question, and a link in it fills the form. Nothing here runs.
fn follow_address(page: Page) {
    let first = page.fields.get_untracked();
    // The form may say the same in other words; the address keeps the link's own.
    let opened_as = StoredValue::new(None::<RunSpec>);
    let open = move || {
        let fragment = address::fragment();
        if fragment.is_empty() {
            return;
        }
        match page.catalogue.with_value(|c| address::read(&fragment, c)) {
            Ok(opened) => {
                page.problems.set(Vec::new());
                page.ask(&opened.spec);
                opened_as.set_value(untrack(|| page.question()).ok().map(|q| q.spec));
                if opened.theirs.is_some() {
                    page.theirs.set(opened.theirs);
                }
            }
            Err(why) => page.problems.set(vec![text::link_not_opened(&why)]),
        }
    };
    open();
    let moved = window_event_listener(leptos::ev::popstate, move |_| {
        match address::fragment().is_empty() {
            // Back to before there was a question in the address.
            true => {
                page.fields.set(first.clone());
                opened_as.set_value(untrack(|| page.question()).ok().map(|q| q.spec));
            }
            false => open(),
        }
    });
    // As long as the page.
    std::mem::forget(moved);
    Effect::new(move |last: Option<Option<RunSpec>>| {
        let spec = page.question().ok().map(|q| q.spec);
        match (last, &spec) {
            (Some(last), Some(spec))
                if last.as_ref() != Some(spec) && opened_as.get_value().as_ref() != Some(spec) =>
            {
                let push = last.is_some_and(|last| last.workload != spec.workload);
                address::show(spec, push);
            }
            // An unfinished entry changes nothing yet.
            (Some(last), None) => return last,
            _ => {}
        }
        spec
    });
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

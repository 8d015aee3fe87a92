//! The page: the question left, the answer beside it, evidence and code below.

use std::cell::Cell;

use leptos::html::Div;
use leptos::prelude::*;
use parallax_protocol::{Catalogue, Experiment, Opened, RunSpec};

use crate::client::words;
use crate::components::{
    Answer, Ask, Code, Film, Lab, Lesson, Machine, Masthead, Notices, Page, Panel, Pictures, Reports, Share,
    Views as Kinds,
};
use crate::hub::Hub;
use crate::query;
use crate::state::Session;
use crate::text;
use crate::views::{Program, Views};
use crate::{address, api, form};

/// The page when everything that it needs from the start is there.
#[component]
pub fn Race(
    /// What there is to run.
    catalogue: Catalogue,
    /// The session.
    hub: Hub,
    /// The views program.
    views: Views,
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
        views,
        fields,
        workload: Memo::new(move |_| fields.with(|fields| fields.workload.clone())),
        experiment: Memo::new(move |_| fields.with(|fields| fields.experiment)),
        active: Memo::new(move |_| session.with(Session::is_active)),
        log: RwSignal::new(false),
        complained: RwSignal::new(false),
        problems: RwSignal::new(problems),
        theirs: RwSignal::new(None),
        in_lab: Memo::new(move |_| fields.with(|fields| fields.kernel.is_some())),
        came: RwSignal::new(false),
        files: StoredValue::new(Vec::new()),
        embedded,
        sharing: RwSignal::new(false),
        by_hand: RwSignal::new(false),
    };
    provide_context(page);
    follow_address(page);
    api::connect(page);
    // Whoever opens a link waits for it; nobody else does.
    views.fetch(!address::fragment().is_empty());
    let seen = NodeRef::<Div>::new();
    view! {
        <Masthead/>
        {(!embedded).then(|| view! { <Kinds/> })}
        <Notices/>
        <main class:embedded=embedded>
            <Ask/>
            <div class="findings">
                <Lab seen/>
                {move || match page.experiment.get() {
                    Experiment::Race if page.in_lab.get() => view! { <Answer/> }.into_any(),
                    Experiment::Race => view! {
                        <Answer/>
                        <Pictures/>
                        {(!embedded).then(|| view! { <Film/> })}
                        <Lesson/>
                    }.into_any(),
                    _ => view! { <Panel/> }.into_any(),
                }}
                <div node_ref=seen hidden=move || !page.in_lab.get()></div>
            </div>
            {move || (!embedded && !page.in_lab.get()).then(|| view! { <Code/> })}
            {(!embedded).then(|| view! { <Reports/> })}
        </main>
        <Machine/>
        <Share/>
    }
}

/// The address shows the question, and a link in it fills the form. Nothing here runs. Both wait
/// for the program that makes links.
fn follow_address(page: Page) {
    let first = page.fields.get_untracked();
    // The form may say the same in other words; the address keeps the link's own.
    let opened_as = StoredValue::new(None::<RunSpec>);
    let open = move |program: Program| match program.open_link(&address::fragment()) {
        Ok(Opened { spec, figures }) => {
            page.problems.set(Vec::new());
            if let Some(spec) = spec {
                page.came.set(spec.kernel.is_some());
                page.ask(&spec);
            }
            opened_as.set_value(untrack(|| page.question()).ok().map(|q| q.spec));
            if figures.is_some() {
                page.theirs.set(figures);
            }
        }
        Err(error) => page.problems.set(vec![text::link_not_opened(&words(&error))]),
    };
    // The link that the page was opened with, once it can be read.
    let began = first.clone();
    let opened = Cell::new(address::fragment().is_empty());
    Effect::new(move || {
        if opened.get() {
            return;
        }
        let Some(program) = page.views.now() else {
            return;
        };
        opened.set(true);
        let touched = page.fields.with_untracked(|now| *now != began)
            || page.session.with_untracked(|session| session.run.is_some());
        match touched {
            true => page
                .problems
                .set(vec![text::link_not_opened(text::ASKED_MEANWHILE)]),
            false => open(program),
        }
    });
    let moved = window_event_listener(leptos::ev::popstate, move |_| {
        match address::fragment().is_empty() {
            // Back to before there was a question in the address.
            true => {
                page.fields.set(first.clone());
                opened_as.set_value(untrack(|| page.question()).ok().map(|q| q.spec));
            }
            // Where the program is missing, a notice says so.
            false => page.views.then(move |program| {
                if let Ok(program) = program {
                    open(program);
                }
            }),
        }
    });
    // As long as the page.
    std::mem::forget(moved);
    Effect::new(move |last: Option<Option<RunSpec>>| {
        let spec = page.question().ok().map(|q| q.spec);
        let program = page.views.now();
        match (last, &spec, program) {
            // An unfinished entry changes nothing yet, and what cannot be written waits.
            (Some(last), None, _) | (Some(last), _, None) => return last,
            (Some(last), Some(spec), Some(program))
                if last.as_ref() != Some(spec) && opened_as.get_value().as_ref() != Some(spec) =>
            {
                let push = last
                    .is_some_and(|last| last.workload != spec.workload || last.experiment != spec.experiment);
                address::show(&program, spec, push);
            }
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

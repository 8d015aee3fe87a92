//! The answer to an experiment: the views program draws it, this gives it a place and the report.

use leptos::html::Div;
use leptos::prelude::*;
use parallax_protocol::Asked;

use super::Page;
use crate::state::Phase;
use crate::{format, text};

/// Sentence, progress, and the panel's place.
#[component]
pub fn Panel() -> impl IntoView {
    let page = Page::here();
    let place = NodeRef::<Div>::new();
    // Drawn when a run has ended or begins another stage: in between it would take time from it.
    let stage = Memo::new(move |_| {
        page.session.with(|session| {
            let run = session.run.as_ref();
            run.map_or((0, 0, 0, false), |run| {
                (run.job, run.rows.len(), run.quantities.len(), run.is_active())
            })
        })
    });
    Effect::new(move |_| {
        let _ = stage.get();
        let (theirs, program) = (page.theirs.get(), page.views.now());
        let (Some(place), Some(program)) = (place.get(), program) else {
            return;
        };
        let ours = untrack(|| page.session.with(|s| Some(page.report(s, s.run.as_ref()?))));
        let ours = ours.filter(|report| of_this(page, &report.spec));
        let theirs = theirs.filter(|figures| figures.experiment == page.experiment.get_untracked());
        if ours.is_none() && theirs.is_none() {
            return place.set_text_content(None);
        }
        // Somebody else's alone needs no engine.
        let drawn = program.draw(&place, ours.as_ref(), theirs.map(|figures| figures.whole));
        if let Err(error) = drawn {
            place.set_text_content(Some(&text::not_drawn(&crate::client::words(&error))));
        }
    });
    let sentence = move || {
        page.session.with(|session| match &session.run {
            Some(run) if of_this(page, &Asked::from(&run.spec)) => match &run.phase {
                Phase::Over(_) => None,
                _ => Some(text::doing(run.stage.as_ref().map(|s| s.1)).to_string()),
            },
            _ => Some(text::view_asks(page.experiment.get()).to_string()),
        })
    };
    let of = move || {
        page.session.with(|session| {
            let run = session
                .run
                .as_ref()
                .filter(|run| of_this(page, &Asked::from(&run.spec)))?;
            let name = page
                .catalogue
                .with_value(|c| c.workload(&run.spec.workload).map(|w| w.name.clone()));
            let n = format::count(run.spec.size.into());
            let spec = &run.spec;
            let has_workload = spec.experiment.has_workload();
            has_workload.then(|| text::run_of(name.as_ref().unwrap_or(&spec.workload), &n, spec.seed))
        })
    };
    view! {
        <section class="answer" id="answer" aria-labelledby="answer-title">
            <div class="over">
                <h2 id="answer-title">{move || text::view(page.experiment.get())}</h2>
                <p class="of">{of}</p>
                <button
                    type="button"
                    class="button quiet share-open"
                    data-testid="share"
                    on:click=move |_| page.sharing.set(true)
                >
                    {text::SHARE}
                </button>
            </div>
            <div class="summary" data-testid="summary">
                <p class="lede">{sentence}</p>
            </div>
            {super::answer::used(page)}
            {move || page.theirs.with(|theirs| {
                let theirs = theirs.as_ref().filter(|figures| figures.experiment == page.experiment.get());
                theirs.map(|theirs| super::answer::banner(page, theirs))
            })}
            <div class="panel" node_ref=place data-testid="panel"></div>
        </section>
    }
    .into_any()
}

/// A report is of the question that is chosen.
fn of_this(page: Page, spec: &Asked) -> bool {
    spec.experiment == page.experiment.get()
}

//! The answer to an experiment: the views program draws it, this gives it a place and the report.

use leptos::html::Div;
use leptos::prelude::*;
use parallax_protocol::Asked;

use super::Page;
use super::over::{changed, of_this, over};
use crate::state::{End, Phase};
use crate::text;

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
        // Somebody else's alone needs no engine.
        let drawn = program.draw(&place, ours.as_ref(), theirs.map(|figures| figures.whole));
        if let Err(error) = drawn {
            place.set_text_content(Some(&text::not_drawn(&crate::client::words(&error))));
        }
    });
    on_cleanup(move || {
        if let Some(program) = untrack(|| page.views.now()) {
            program.clear();
        }
    });
    let sentence = move || {
        page.session.with(|session| match &session.run {
            Some(run) if of_this(page, &Asked::from(&run.spec)) => match &run.phase {
                Phase::Over(End::Stopped) => Some(text::STOPPED_SENTENCE.to_string()),
                Phase::Over(End::NothingToTime) => Some(text::NOTHING_TO_TIME.to_string()),
                Phase::Over(End::Failed(why)) => Some(text::run_failed(why)),
                Phase::Over(End::Settled | End::BudgetSpent) => None,
                _ => Some(text::doing(run.stage.as_ref().map(|s| s.1)).to_string()),
            },
            _ => Some(text::view_asks(page.experiment.get()).to_string()),
        })
    };
    view! {
        <section class="answer" id="answer" aria-labelledby="answer-title">
            {over(page, move || text::view(page.experiment.get()))}
            <div class="summary" data-testid="summary">
                <p class="lede">{sentence}</p>
                <p class="more changed">{changed(page)}</p>
            </div>
            {super::answer::used(page)}
            {move || page.theirs.with(|theirs| {
                let theirs = theirs.as_ref().filter(|figures| figures.experiment == page.experiment.get());
                theirs.map(|theirs| super::answer::banner(page, theirs))
            })}
            <div class="experiment" node_ref=place data-testid="panel"></div>
        </section>
    }
    .into_any()
}

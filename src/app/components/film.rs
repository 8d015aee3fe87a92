//! The work in motion, beside the races: on demand, and after a run that was started by hand.

use std::time::Duration;

use leptos::html::Canvas;
use leptos::prelude::*;

use super::pictures::draw;
use super::{Page, maybe};
use crate::hub::Moment;
use crate::state::{End, Engine, Input, Phase, Session};
use crate::text;

/// Picture, button and caption, for workloads that have something to move.
#[component]
pub fn Film() -> impl IntoView {
    let page = Page::here();
    follow_runs(page);
    let caption = move || page.of_workload(|w| w.film.clone());
    move || maybe(caption().map(|caption| show(page, caption)))
}

fn show(page: Page, caption: String) -> AnyView {
    let canvas = NodeRef::<Canvas>::new();
    let frame = page.hub.with_value(|hub| hub.frame.clone());
    // What was seen last may have been another workload's.
    frame.set(None);
    let seen = frame.clone();
    let any = Memo::new(move |_| seen.with(Option::is_some));
    Effect::new(move || {
        let picture = frame.get();
        if let (Some(canvas), Some(picture)) = (canvas.get(), picture) {
            if canvas.width() != picture.width || canvas.height() != picture.height {
                canvas.set_width(picture.width);
                canvas.set_height(picture.height);
            }
            // A canvas that cannot be drawn on stays empty; its caption says what it would be.
            let _ = draw(&canvas, &picture);
        }
    });
    let playing = Memo::new(move |_| page.session.with(|s| s.film.is_some()));
    let can = Memo::new(move |_| page.session.with(|s| s.engine == Engine::Ready && !s.is_active()));
    let press = move |_| match playing.get_untracked() {
        true => page.dispatch(Input::EndPlay),
        false => play(page),
    };
    view! {
        <section class="film" aria-labelledby="film-title" data-testid="film" data-playing=move || playing.get().to_string()>
            <div class="over">
                <h2 id="film-title">{text::FILM}</h2>
                <button
                    type="button"
                    class="button quiet"
                    data-testid="play"
                    disabled=move || !can.get()
                    on:click=press
                >
                    {move || if playing.get() { text::END_PLAY } else { text::PLAY }}
                </button>
            </div>
            <p class="more">{caption}</p>
            <canvas
                node_ref=canvas
                class:seen=move || any.get()
                role="img"
                aria-label=move || text::film_of(&page.of_workload(|w| w.name.clone()))
            ></canvas>
        </section>
    }
    .into_any()
}

fn play(page: Page) {
    let (workload, seed) = page.fields.with_untracked(|f| (f.workload.clone(), f.seed));
    page.dispatch(Input::Play { workload, seed });
}

/// Plays once a run that was started by hand is complete, where motion is welcome.
fn follow_runs(page: Page) {
    let ended = move |session: &Session, moment| {
        let complete = session
            .run
            .as_ref()
            .is_some_and(|run| matches!(run.phase, Phase::Over(End::Settled | End::BudgetSpent)));
        if moment == Moment::Ended && complete && page.by_hand.get_untracked() && welcome() {
            let ran = session
                .run
                .as_ref()
                .map(|run| (run.spec.workload.clone(), run.spec.seed));
            // Not from within the word that the run has ended. The form may ask another question
            // by now, and then there is another film in the place of this one.
            let film = move || {
                let here = page.of_workload(|w| w.film.as_ref().map(|_| w.id.clone()));
                if let Some((workload, seed)) = ran.filter(|(ran, _)| Some(ran) == here.as_ref()) {
                    page.dispatch(Input::Play { workload, seed });
                }
            };
            set_timeout(move || untrack(film), Duration::ZERO);
        }
    };
    page.hub.with_value(|hub| hub.listen(ended));
}

/// Nobody asked for less motion.
fn welcome() -> bool {
    let query = window().match_media("(prefers-reduced-motion: reduce)");
    !query.ok().flatten().is_some_and(|query| query.matches())
}

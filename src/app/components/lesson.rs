//! What the workload teaches, what to try, and how its result is checked.

use leptos::prelude::*;
use parallax_protocol::Try;

use super::{Page, all, maybe};
use crate::text;

/// Two columns of text.
#[component]
pub fn Lesson() -> impl IntoView {
    let page = Page::here();
    let tries = move || page.of_workload(|w| w.tries.clone());
    let recorded = move || {
        page.of_workload(|w| w.recorded.clone()).map(|recorded| {
            view! {
                <section aria-labelledby="recorded-title">
                    <h2 id="recorded-title">{text::RECORDED}</h2>
                    <p>{recorded}</p>
                </section>
            }
            .into_any()
        })
    };
    view! {
        <div class="reading">
            <section aria-labelledby="lesson-title">
                <h2 id="lesson-title">{text::LESSON}</h2>
                <p>{move || page.of_workload(|w| w.lesson.clone())}</p>
            </section>
            <section aria-labelledby="try-title">
                <h2 id="try-title">{text::TRY}</h2>
                <ul class="tries" data-testid="tries">
                    {move || all(tries().iter().map(|attempt| item(page, attempt)))}
                </ul>
            </section>
            <section aria-labelledby="checked-title">
                <h2 id="checked-title">{text::VERIFIED_BY}</h2>
                <p>{move || page.of_workload(|w| w.verified_by.clone())}</p>
            </section>
            {move || maybe(recorded())}
        </div>
    }
    .into_any()
}

/// A button that fills the form, and what to look for then. Running is the reader's.
fn item(page: Page, attempt: &Try) -> AnyView {
    let query = attempt.query.clone();
    view! {
        <li>
            <button type="button" class="button quiet" on:click=move |_| page.attempt(&query)>
                {attempt.label.clone()}
            </button>
            <p>{attempt.look_for.clone()}</p>
        </li>
    }
    .into_any()
}

//! What the workload teaches, and how its result is checked.

use leptos::prelude::*;

use super::Page;
use crate::text;

/// Two columns of text.
#[component]
pub fn Lesson() -> impl IntoView {
    let page = Page::here();
    view! {
        <div class="reading">
            <section aria-labelledby="lesson-title">
                <h2 id="lesson-title">{text::LESSON}</h2>
                {move || paragraphs(page.of_workload(|w| w.lesson.clone()))}
            </section>
            <section aria-labelledby="checked-title">
                <h2 id="checked-title">{text::VERIFIED_BY}</h2>
                {move || paragraphs(page.of_workload(|w| w.verified_by.clone()))}
            </section>
        </div>
    }
    .into_any()
}

fn paragraphs(text: String) -> Vec<impl IntoView> {
    text.split("\n\n")
        .map(|paragraph| view! { <p>{paragraph.to_string()}</p> })
        .collect()
}

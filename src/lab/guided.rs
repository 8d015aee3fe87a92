//! The guided way beside the editor: what to do next, and whether it is done.

use leptos::prelude::*;

use crate::desk::Lab;
use crate::guide::{self, STEPS};
use crate::{gallery, text};

/// Begins the way, or leaves it.
pub fn toggle(lab: Lab) {
    match lab.step.get_untracked() {
        Some(_) => lab.step.set(None),
        None => go(lab, 0),
    }
}

/// To a step, and to the text that it begins with.
fn go(lab: Lab, step: usize) {
    if let Some(of) = STEPS.get(step) {
        lab.step.set(Some(step));
        put(lab, of.begins);
    }
}

fn put(lab: Lab, text: &str) {
    lab.take(text, gallery::about(text).size.unwrap_or(64));
}

/// The step that is taken; nothing outside of the way.
#[component]
pub fn Guide(lab: Lab) -> impl IntoView {
    move || {
        let at = lab.step.get()?;
        let step = STEPS.get(at)?;
        let done = move || {
            let report = lab.report.get();
            let facts = |explained: &_| guide::done(step, explained, report.as_deref());
            lab.explained.with(|explained| match explained {
                Some(explained) => facts(explained),
                None => step.facts.iter().map(|fact| (*fact, false)).collect(),
            })
        };
        let is_done = Memo::new(move |_| done().iter().all(|(_, holds)| *holds));
        let facts = move || {
            let fact = |(fact, holds): (guide::Fact, bool)| {
                let mark = if holds { text::DONE } else { text::NOT_YET };
                view! {
                    <li class:good=holds data-done=holds.to_string()>
                        {fact.words()}
                        <span class="unseen">{mark}</span>
                    </li>
                }
                .into_any()
            };
            done().into_iter().map(fact).collect::<Vec<AnyView>>()
        };
        let back = (at > 0).then(|| {
            view! {
                <button type="button" class="button quiet" data-testid="lab-guide-back" on:click=move |_| go(lab, at - 1)>
                    {text::GUIDE_BACK}
                </button>
            }
        });
        let next = (at + 1 < STEPS.len()).then(|| {
            view! {
                <button
                    type="button"
                    class="button"
                    class:quiet=move || !is_done.get()
                    data-testid="lab-guide-next"
                    on:click=move |_| go(lab, at + 1)
                >
                    {text::GUIDE_NEXT}
                </button>
            }
        });
        Some(view! {
            <section
                class="guide"
                aria-labelledby="lab-step"
                data-testid="lab-guide"
                data-step=(at + 1).to_string()
                data-done=move || is_done.get().to_string()
            >
                <p class="label">{text::step_of(at + 1, STEPS.len())}</p>
                <h3 id="lab-step">{step.title}</h3>
                <p>{step.why}</p>
                <p><b>{text::GUIDE_DO}</b> {step.edit}</p>
                <ul class="facts" aria-live="polite">{facts}</ul>
                <p hidden=move || !is_done.get()><b>{text::GUIDE_SEEN}</b> {step.see}</p>
                <div class="files">
                    {back}
                    <button
                        type="button"
                        class="button quiet"
                        data-testid="lab-guide-again"
                        on:click=move |_| put(lab, step.begins)
                    >
                        {text::GUIDE_AGAIN}
                    </button>
                    <button
                        type="button"
                        class="button quiet"
                        data-testid="lab-guide-show"
                        on:click=move |_| put(lab, step.ends)
                    >
                        {text::GUIDE_SHOW}
                    </button>
                    {next}
                </div>
            </section>
        })
    }
}

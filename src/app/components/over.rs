//! What stands over an answer, a race's or an experiment's: of what it is, and how it is sent on.

use leptos::prelude::*;
use parallax_protocol::Asked;

use super::Page;
use crate::{format, text};

/// The title, the question that was answered, and Share.
pub fn over(page: Page, title: impl Fn() -> &'static str + Send + 'static) -> AnyView {
    let of = move || {
        page.session.with(|session| {
            let run = session.run.as_ref();
            let spec = &run.filter(|run| of_this(page, &Asked::from(&run.spec)))?.spec;
            let name = page
                .catalogue
                .with_value(|c| c.workload(&spec.workload).map(|w| w.name.clone()));
            let n = format::count(spec.size.into());
            let has_workload = spec.experiment.has_workload();
            if spec.kernel.is_some() {
                return Some(text::run_of(text::LAB_KERNEL, &n, spec.seed));
            }
            has_workload.then(|| text::run_of(name.as_ref().unwrap_or(&spec.workload), &n, spec.seed))
        })
    };
    view! {
        <div class="over">
            <h2 id="answer-title">{title}</h2>
            <p class="of">{move || of().unwrap_or_default()}</p>
            <button
                type="button"
                class="button quiet share-open"
                data-testid="share"
                on:click=move |_| page.sharing.set(true)
            >
                {text::SHARE}
            </button>
        </div>
    }
    .into_any()
}

/// Says that the answer is of another question than the one in the form.
pub fn changed(page: Page) -> impl Fn() -> &'static str + Send + 'static {
    move || {
        let is_other = page.session.with(|session| match &session.run {
            Some(run) if !run.is_active() && of_this(page, &Asked::from(&run.spec)) => {
                page.question().is_ok_and(|q| !q.spec.asks_like(&run.spec))
            }
            _ => false,
        });
        if is_other { text::CHANGED } else { "" }
    }
}

/// A report is of the question that is chosen.
pub fn of_this(page: Page, spec: &Asked) -> bool {
    spec.experiment == page.experiment.get()
}

//! The question: workload, size, Run, settings.

use leptos::prelude::*;
use parallax_protocol::{BackendInfo, Experiment, Form, NamedSize, Stage, Support};

use super::{Page, all, named};
use crate::form::{self, Fields, Problems};
use crate::state::{End, Engine, Input, Phase, Run, Session};
use crate::{format, text};

/// The form on the left.
#[component]
pub fn Ask() -> impl IntoView {
    let page = Page::here();
    listen_for_keys(page);
    let workloads = page.catalogue.with_value(|c| c.workloads.clone());
    let chosen = page.fields.with_untracked(|fields| fields.workload.clone());
    let options = workloads.into_iter().map(|workload| {
        let selected = workload.id == chosen;
        view! { <option value=workload.id selected=selected>{workload.name}</option> }.into_any()
    });
    let choose = move |id: String| {
        page.fields.update(|fields| fields.workload = id);
        let size = page.of_workload(|w| w.default_size.to_string());
        page.fields.update(|fields| fields.size = size);
        page.dispatch(Input::Forget);
    };
    view! {
        <section class="question" aria-labelledby="question-title">
            <h2 id="question-title">{text::QUESTION}</h2>
            <div class="work" hidden=move || !page.experiment.get().has_workload() && !page.in_lab.get()>
            <label class="field" hidden=move || page.in_lab.get()>
                <span class="label">{text::WORKLOAD}</span>
                <select
                    data-testid="workload"
                    prop:value=move || page.workload.get()
                    on:change=move |ev| choose(event_target_value(&ev))>
                    {all(options)}
                </select>
            </label>
            <p class="lede">
                {move || match page.in_lab.get() {
                    true => text::LAB_QUESTION.into(),
                    false => page.of_workload(|w| w.question.clone()),
                }}
            </p>
            <Size/>
            </div>
            <Press/>
            <div class="settings">
                <Number
                    id="threads"
                    label=|_| text::THREADS.into()
                    placeholder=|page| match page.pool() {
                        Some(0) => text::NO_POOL.into(),
                        pool => text::all_threads(pool),
                    }
                    off=|page| page.pool() == Some(0)
                    get=|f| f.threads.clone()
                    set=|f, text| f.threads = text
                    problem=|p| p.threads.clone()
                />
                <Number
                    id="budget"
                    label=|_| text::BUDGET.into()
                    placeholder=|_| String::new()
                    off=|_| false
                    unit=text::BUDGET_UNIT
                    get=|f| f.budget.clone()
                    set=|f, text| f.budget = text
                    problem=|p| p.budget.clone()
                />
            </div>
            <Backends/>
        </section>
    }
    .into_any()
}

fn problem_of(page: Page, read: fn(&Problems) -> Option<String>) -> Option<String> {
    read(&page.question().err()?)
}

/// A field for a number, with what is wrong about it under it.
#[component]
fn Number(
    id: &'static str,
    label: fn(Page) -> String,
    placeholder: fn(Page) -> String,
    off: fn(Page) -> bool,
    #[prop(optional)] unit: &'static str,
    get: fn(&Fields) -> String,
    set: fn(&mut Fields, String),
    problem: fn(&Problems) -> Option<String>,
) -> impl IntoView {
    let page = Page::here();
    let wrong = move || problem_of(page, problem);
    let problem = move || wrong().unwrap_or_default();
    let error_id = format!("{id}-problem");
    view! {
        <div class="field">
            <label class="label" {..named("for", id)}>{move || label(page)}</label>
            <span class="entry">
                <input
                    id=id
                    data-testid=id
                    class="number"
                    type="text"
                    {..named("inputmode", "decimal")}
                    {..named("autocomplete", "off")}
                    placeholder=move || placeholder(page)
                    disabled=move || off(page)
                    prop:value=move || page.fields.with(get)
                    on:input=move |ev| {
                        let text = event_target_value(&ev);
                        page.fields.update(|fields| set(fields, text));
                    }
                    {..named("aria-invalid", move || wrong().map(|_| "true"))}
                    {..named("aria-describedby", error_id.clone())}
                />
                {unit}
            </span>
            <p class="problem" id=error_id aria-live="polite">{problem}</p>
        </div>
    }
    .into_any()
}

#[component]
fn Size() -> impl IntoView {
    let page = Page::here();
    let sizes = move || page.of_workload(|w| w.sizes.clone());
    let button = move |NamedSize { name, n }: NamedSize| {
        let test_id = format!("size-{name}");
        let pressed = move || page.fields.with(|f| form::whole(&f.size) == Some(n)).to_string();
        view! {
            <button
                type="button"
                data-testid=test_id
                title=format::count(n.into())
                {..named("aria-pressed", pressed)}
                on:click=move |_| page.fields.update(|fields| fields.size = n.to_string())
            >
                {name}
            </button>
        }
        .into_any()
    };
    view! {
        <fieldset class="field">
            <legend class="label">{text::SIZE}</legend>
            <div class="segments" hidden=move || page.in_lab.get()>
                {move || all(sizes().into_iter().map(button))}
            </div>
            <Number
                id="size"
                label=|page| match page.in_lab.get() {
                    true => text::LAB_SIZE.into(),
                    false => page.of_workload(|w| text::size_number(&w.size_means)),
                }
                placeholder=|_| String::new()
                off=|_| false
                get=|f| f.size.clone()
                set=|f, text| f.size = text
                problem=|p| p.size.clone()
            />
        </fieldset>
    }
    .into_any()
}

/// Run or Stop, one button, so that the focus stays where it is; and what is going on.
#[component]
fn Press() -> impl IntoView {
    let page = Page::here();
    let active = page.active;
    // A run may end between a finger's coming down on Stop and its going up: that starts no other.
    let meant_stop = RwSignal::new(false);
    let press = move |event: leptos::ev::MouseEvent| {
        // Keys come down on what they press; nothing of a finger's that was drawn away is theirs.
        let stops = meant_stop.get_untracked() && event.detail() > 0;
        meant_stop.set(false);
        match active.get_untracked() {
            true => page.dispatch(Input::Stop),
            false if stops => {}
            false => page.run(),
        }
    };
    let status = move || {
        let complaint = page.complained.get() && page.question().is_err();
        page.session
            .with(|session| match complaint && !session.is_active() {
                true => text::CORRECT_FIRST.to_string(),
                false => words_of(page, session),
            })
    };
    // What a screen reader hears: changes of state, not the seconds that pass.
    let announced = move || match active.get() {
        true => page
            .session
            .with(|session| match session.run.as_ref().map(|run| &run.phase) {
                Some(Phase::Waiting) => text::STARTING.to_string(),
                Some(Phase::Resuming) => text::RESTARTING.to_string(),
                _ => format!("{}.", text::TIMING),
            }),
        false => page.session.with(|session| {
            page.catalogue.with_value(|c| match &session.run {
                Some(run) if run.spec.experiment != Experiment::Race => words_of(page, session),
                Some(run) => {
                    crate::charts::summary::sentences(c, session.capabilities.as_ref(), run).join(" ")
                }
                None => String::new(),
            })
        }),
    };
    view! {
        <div class="press">
            <button
                type="button"
                class="button run"
                class:stop=active
                data-testid=move || if active.get() { "stop" } else { "run" }
                {..named("aria-keyshortcuts", move || if active.get() { "Escape" } else { "Control+Enter" })}
                on:pointerdown=move |_| meant_stop.set(active.get_untracked())
                on:click=press
            >
                <span>{move || if active.get() { text::STOP } else { text::RUN }}</span>
                <kbd aria-hidden="true">
                    {move || if active.get() { text::STOP_KEYS } else { text::RUN_KEYS }}
                </kbd>
            </button>
            <p class="status" data-testid="status" data-state=move || page.session.with(state_of)>
                {status}
            </p>
            <p class="unseen" role="status">{announced}</p>
        </div>
    }
    .into_any()
}

fn state_of(session: &Session) -> &'static str {
    match session.run.as_ref().map(|run| &run.phase) {
        Some(Phase::Waiting) => "starting",
        Some(Phase::Running | Phase::Resuming | Phase::Stopping) => "running",
        Some(Phase::Over(End::Stopped)) => "stopped",
        Some(Phase::Over(End::Failed(_))) => "failed",
        Some(Phase::Over(_)) => "done",
        None => match session.engine {
            Engine::Starting => "loading",
            Engine::Ready => "ready",
            Engine::Failed(_) | Engine::OtherBuild(_) => "failed",
        },
    }
}

fn words_of(page: Page, session: &Session) -> String {
    let Some(run) = &session.run else {
        return match &session.engine {
            Engine::Starting => text::LOADING.into(),
            Engine::Ready => text::READY.into(),
            Engine::Failed(_) => text::ENGINE_DOWN.into(),
            Engine::OtherBuild(_) => text::OTHER_BUILD.into(),
        };
    };
    match &run.phase {
        Phase::Waiting => text::STARTING.into(),
        Phase::Resuming => text::RESTARTING.into(),
        Phase::Stopping => text::STOPPING.into(),
        Phase::Running => running(page, run),
        Phase::Over(End::Stopped) => text::STOPPED.into(),
        Phase::Over(End::Failed(why)) => text::run_failed(why),
        Phase::Over(_) => text::DONE.into(),
    }
}

fn running(page: Page, run: &Run) -> String {
    let Some((backend, stage)) = &run.stage else {
        return text::STARTING.into();
    };
    let name = backend.as_deref().map(|id| page.name_of(id));
    let timed = |what: &str| {
        let left = (run.spec.budget_s - run.elapsed_s).max(0.0).ceil();
        text::time_left(what, &format::seconds(left), run.blocks)
    };
    match stage {
        Stage::Reference => text::on_backend(text::REFERENCE, name.as_deref()),
        Stage::Preparing => text::on_backend(text::CHECKING, name.as_deref()),
        Stage::WarmingUp => text::on_backend(text::WARMING, name.as_deref()),
        Stage::Probing => timed(text::PROBING),
        Stage::Sampling => timed(text::TIMING),
    }
}

#[component]
fn Backends() -> impl IntoView {
    let page = Page::here();
    let rows = page.catalogue.with_value(|c| c.backends.clone());
    let row = move |BackendInfo { id, name, what, form, .. }: BackendInfo| {
        let support = move |id: &str| {
            page.session
                .with(|s| s.capabilities.as_ref()?.backend(id).cloned())
        };
        let (is_on, toggle, asked, looked) = (id.clone(), id.clone(), id.clone(), id.clone());
        let about = move || match support(&asked) {
            Some(Support::No { reason }) => reason,
            Some(Support::Yes { note: Some(note) }) => note,
            _ => what.clone(),
        };
        let missing = move || support(&looked).is_some_and(|s| !s.is_yes());
        let idle = move || page.in_lab.get() && form != Form::Python;
        view! {
            <li class:missing=missing data-backend=id.clone() hidden=idle>
                <label>
                    <input
                        type="checkbox"
                        data-testid=format!("backend-{id}")
                        prop:checked=move || page.fields.with(|f| !f.off.contains(&is_on))
                        on:change=move |ev| {
                            let on = event_target_checked(&ev);
                            page.fields.update(|fields| {
                                fields.off.retain(|id| *id != toggle);
                                if !on {
                                    fields.off.push(toggle.clone());
                                }
                            });
                        }
                    />
                    <span class="swatch" aria-hidden="true"></span>
                    <span class="name">{name}</span>
                </label>
                <p class="about">{about}</p>
            </li>
        }
        .into_any()
    };
    view! {
        <fieldset class="field backends">
            <legend class="label">{text::BACKENDS}</legend>
            <ul>{all(rows.into_iter().map(row))}</ul>
            <p class="problem" aria-live="polite">
                {move || problem_of(page, |p| p.backends.clone()).unwrap_or_default()}
            </p>
        </fieldset>
    }
    .into_any()
}

/// Ctrl+Enter runs, Esc stops what runs or plays, wherever the focus is.
fn listen_for_keys(page: Page) {
    let handle = window_event_listener(leptos::ev::keydown, move |ev| {
        if ev.key() == "Enter" && (ev.ctrl_key() || ev.meta_key()) {
            ev.prevent_default();
            page.run();
        } else if ev.key() == "Escape" {
            match page.session.with_untracked(Session::is_active) {
                true => page.dispatch(Input::Stop),
                false => page.dispatch(Input::EndPlay),
            }
        }
    });
    on_cleanup(move || handle.remove());
}

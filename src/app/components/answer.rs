//! The answer: what the run says in words, and one row per back end on one axis.

use leptos::prelude::*;
use parallax_protocol::{Experiment, Figures};

use super::over::{changed, over};
use super::{Page, all, maybe};
use crate::charts::axis::Axis;
use crate::charts::race::{self, Figure, Race, RowView};
use crate::charts::{plot, summary};
use crate::state::{Phase, RowStatus, Run, Session};
use crate::{form, format, text};

/// Sentence, axis, rows.
#[component]
pub fn Answer() -> impl IntoView {
    let page = Page::here();
    let sentences = move || {
        page.session.with(|session| {
            page.catalogue.with_value(|c| match race_of(session) {
                Some(run) if run.is_active() => vec![text::doing(run.stage.as_ref().map(|s| s.1)).into()],
                Some(run) => summary::sentences(c, session.capabilities.as_ref(), run),
                None if page.in_lab.get() => vec![text::LAB_PRESS_RUN.into()],
                None => vec![text::PRESS_RUN.into()],
            })
        })
    };
    let chart = move || {
        page.session.with(|s| {
            page.catalogue.with_value(|c| {
                let capabilities = s.capabilities.as_ref();
                page.theirs.with(|theirs| match race_of(s) {
                    Some(run) => race::of_run(c, capabilities, run, page.log.get(), a_race(theirs)),
                    None => page.fields.with(|fields| {
                        let asked = form::asked(fields, c);
                        let size = form::whole(&fields.size).unwrap_or_default();
                        let of = (fields.workload.as_str(), size);
                        race::of_question(c, capabilities, &asked, of, a_race(theirs))
                    }),
                })
            })
        })
    };
    view! {
        <section class="answer" id="answer" aria-labelledby="answer-title">
            {over(page, || text::ANSWER)}
            <div class="summary" data-testid="summary">
                <p class="lede">{move || sentences().into_iter().next().unwrap_or_default()}</p>
                <p class="more">{move || sentences().get(1..).map(|s| s.join(" ")).unwrap_or_default()}</p>
                <p class="more changed">{changed(page)}</p>
            </div>
            {used(page)}
            {move || page.theirs.with(|theirs| maybe(a_race(theirs).map(|theirs| banner(page, theirs))))}
            {move || draw(page, &chart())}
        </section>
    }
    .into_any()
}

/// The run, if it is a race: what an experiment found is drawn by its own view.
fn race_of(session: &Session) -> Option<&Run> {
    session
        .run
        .as_ref()
        .filter(|run| run.spec.experiment == Experiment::Race)
}

/// Somebody else's, if it is a race.
fn a_race(theirs: &Option<Figures>) -> Option<&Figures> {
    theirs
        .as_ref()
        .filter(|theirs| theirs.experiment == Experiment::Race)
}

/// How much of the budget is used.
pub(super) fn used(page: Page) -> AnyView {
    let share = move || {
        page.session.with(|session| match &session.run {
            Some(run) if matches!(run.phase, Phase::Running | Phase::Stopping) => {
                (run.elapsed_s / run.spec.budget_s).clamp(0.0, 1.0)
            }
            _ => 0.0,
        })
    };
    view! {
        <div class="progress" aria-hidden="true">
            <div style:transform=move || format!("scaleX({})", format::decimal(share(), 3))></div>
        </div>
    }
    .into_any()
}

/// Whose figures stand beside ours.
pub(super) fn banner(page: Page, theirs: &Figures) -> AnyView {
    let of = theirs.rows.first().map(|row| {
        let name = page
            .catalogue
            .with_value(|c| c.workload(&row.workload).map(|w| w.name.clone()));
        let n = format::count(row.size.into());
        text::run_of(name.as_ref().unwrap_or(&row.workload), &n, theirs.seed)
    });
    view! {
        <div class="theirs" data-testid="theirs">
            <p>
                <b>{text::THEIRS}</b>
                " "
                {of}
                " "
                <span class="more">{text::made_by(&theirs.environment)}</span>
            </p>
            <button
                type="button"
                class="button quiet"
                data-testid="theirs-remove"
                on:click=move |_| page.theirs.set(None)
            >
                {text::REMOVE}
            </button>
        </div>
    }
    .into_any()
}

fn draw(page: Page, chart: &Race) -> AnyView {
    let rows = chart.rows.iter().map(|row| show(row, chart.axis.as_ref()));
    view! {
        {head(page, chart)}
        <ol class="rows" aria-label=text::BACKEND_ROWS>{all(rows)}</ol>
    }
    .into_any()
}

/// Titles of the columns, the axis' labels, the switch.
fn head(page: Page, chart: &Race) -> AnyView {
    let ticks = chart.axis.iter().flat_map(|axis| &axis.ticks).map(|tick| {
        let edge = match tick.at {
            at if at < 0.02 => "first",
            at if at > 0.98 => "last",
            _ => "",
        };
        view! {
            <span class=edge style:left=format!("{}%", format::decimal(tick.at * 100.0, 2))>{tick.label.clone()}</span>
        }
        .into_any()
    });
    let speed = match chart.has_baseline || chart.rows.is_empty() {
        true => text::SPEED_TITLE,
        false => text::NO_BASELINE,
    };
    let log = chart.offers_log.then(|| {
        view! {
            <label class="switch">
                <input
                    type="checkbox"
                    data-testid="log-scale"
                    prop:checked=move || page.log.get()
                    on:change=move |ev| page.log.set(event_target_checked(&ev))
                />
                {text::LOG_SCALE}
            </label>
        }
        .into_any()
    });
    view! {
        <div class="head">
            <p class="axis-title">{text::AXIS_TITLE} {maybe(log)}</p>
            <p class="speed-title">{speed}</p>
            <div class="axis" aria-hidden="true">{all(ticks)}</div>
        </div>
    }
    .into_any()
}

fn show(row: &RowView, axis: Option<&Axis>) -> AnyView {
    let id = &row.id;
    let number = |value: Option<f64>| value.map(format::plain).unwrap_or_default();
    let verified = row.verified.map(|ok| ok.to_string()).unwrap_or_default();
    let reason = row.reason.as_ref().map(|reason| {
        view! { <p class="reason" data-testid=format!("reason-{id}")>{reason.clone()}</p> }.into_any()
    });
    let verdict = row.verdict.as_ref().map(|verdict| {
        let class = match row.status {
            RowStatus::Wrong => "verdict wrong",
            _ => "verdict",
        };
        view! { <span class=class>{verdict.clone()}</span> }.into_any()
    });
    let cold = row.cold.as_ref().map(|(total, parts)| {
        view! { <span class="cold" title=parts.clone()>{total.clone()}</span> }.into_any()
    });
    let label = match &row.time {
        Some(time) => text::bar_label(&row.name, &time.main, row.samples),
        None => String::new(),
    };
    // A row without a time and with a reason has words in the place of a bar.
    let their_place = row.theirs.as_ref().and_then(|t| t.at);
    let has_plot = row.reason.is_none() || row.bar.is_some() || their_place.is_some();
    let plot = has_plot.then(|| {
        let paths = plot::paths(axis, row.bar.as_ref(), their_place);
        let log = axis.is_some_and(|axis| axis.log);
        let provisional = row.bar.as_ref().is_some_and(|bar| bar.provisional);
        view! {
            <svg
                class="plot"
                class:log=log
                class:provisional=provisional
                viewBox=plot::VIEW_BOX
                preserveAspectRatio="none"
                role="img"
                aria-label=label.clone()
                aria-hidden=label.is_empty().then_some("true")
            >
                <path class="grid" d=paths.grid></path>
                <path class="bar" d=paths.bar></path>
                <path class="tip" d=paths.tip></path>
                <path class="interval" d=paths.interval></path>
                <path class="strip" d=paths.strip></path>
                <path class="outliers" d=paths.outliers></path>
                <path class="their-mark" d=paths.theirs></path>
            </svg>
        }
        .into_any()
    });
    let said = [row.verdict.is_some(), !row.caption.is_empty(), row.cold.is_some()];
    // A dot where something stands before and after it.
    let between = |i: usize| {
        if said[..=i].contains(&true) && said[i + 1] {
            text::DOT
        } else {
            ""
        }
    };
    let caption = (!row.caption.is_empty())
        .then(|| view! { <span class="doing">{row.caption.clone()}</span> }.into_any());
    let theirs = row.theirs.as_ref().map(|t| {
        let words = match &t.compared {
            Some(compared) => format!("{}: {}", t.time, compared),
            None => t.time.clone(),
        };
        view! {
            <p class="beside" data-testid=format!("theirs-{id}")>
                <span class="who">{text::THEIRS}</span>
                " "
                {words}
            </p>
        }
        .into_any()
    });
    let warnings = row
        .warnings
        .iter()
        .map(|warning| view! { <li>{warning.clone()}</li> }.into_any());
    let warnings = (!row.warnings.is_empty()).then(|| {
        view! {
            <ul class="warnings" data-testid=format!("warnings-{id}")>
                {all(warnings)}
            </ul>
        }
        .into_any()
    });
    view! {
        <li
            class="row"
            data-backend=id.clone()
            data-testid=format!("row-{id}")
            data-status=row.status.name()
            data-median-ms=number(row.median_ms)
            data-speedup=number(row.ratio)
            data-samples=row.samples.to_string()
            data-verified=verified
        >
            <div class="who">
                <h3 class="name"><span class="swatch" aria-hidden="true"></span>{row.name.clone()}</h3>
                <p class="how">{row.how.clone()}</p>
            </div>
            <div class="screen">
                {maybe(plot)}
                {maybe(reason)}
                {maybe(theirs)}
                <p class="caption">
                    {maybe(verdict)} {between(0)} {maybe(caption)} {between(1)} {maybe(cold)}
                </p>
                {maybe(warnings)}
            </div>
            {figure("time", text::TIME_LABEL, row.time.as_ref())}
            {figure("speed", text::SPEED_LABEL, row.speed.as_ref())}
        </li>
    }
    .into_any()
}

fn figure(class: &'static str, label: &'static str, figure: Option<&Figure>) -> AnyView {
    let content = figure.map(|figure| {
        let main = if figure.words { "said" } else { "main" };
        view! {
            <span class="unseen">{label}</span>
            " "
            <span class=main>{figure.main.clone()}</span>
            " "
            <span class="sub">{figure.sub.clone()}</span>
        }
        .into_any()
    });
    view! { <p class=class>{maybe(content)}</p> }.into_any()
}

//! What becomes of results: files to save and to open, and the history of this browser.

use leptos::prelude::*;
use parallax_protocol::{Experiment, Opened, Report};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::{Page, all, maybe, named};
use crate::client::words;
use crate::hub::Moment;
use crate::{format, host, text};

/// Entries of the history that are drawn at first, and with each press more: thousands are kept.
const AT_ONCE: usize = 20;
/// Largest file that is read, in bytes.
const LARGEST_FILE: f64 = 32e6;

/// An entry of the history, as the store keeps it beside its report.
#[derive(Debug, Clone, PartialEq)]
struct Entry {
    /// Given by the store.
    id: Option<u32>,
    started: String,
    title: String,
    line: String,
}

impl Entry {
    fn of(page: Page, report: &Report) -> Entry {
        let spec = &report.spec;
        let first = report.results.first();
        let size = spec
            .size
            .or_else(|| first.map(|row| row.size))
            .unwrap_or_default();
        let (name, times) = page.catalogue.with_value(|c| {
            let name = c.workload(&spec.workload);
            let times = report.results.iter().filter_map(|row| {
                let time = format::time(row.median_ms?);
                Some(format!("{} {time}", c.name_of(&row.id())))
            });
            let times: Vec<String> = times.collect();
            (
                name.map_or(spec.workload.clone(), |w| w.name.clone()),
                times.join(text::DOT),
            )
        });
        Entry {
            id: None,
            started: report.environment.started.clone(),
            title: text::title(
                spec.experiment,
                &text::run_of(&name, &format::count(size.into()), spec.seed),
            ),
            line: times,
        }
    }

    /// As the store gives it.
    fn read(kept: &JsValue) -> Entry {
        let field = |name: &str| js_sys::Reflect::get(kept, &name.into()).unwrap_or_default();
        let text = |name: &str| field(name).as_string().unwrap_or_default();
        Entry {
            id: field("id").as_f64().map(|id| id as u32),
            started: text("started"),
            title: text("title"),
            line: text("line"),
        }
    }

    /// Every word of the search is somewhere in it. Capitals of ASCII only: the tables of all others
    /// would be a thirtieth of the page's program.
    fn matches(&self, search: &str) -> bool {
        let all = format!("{} {} {}", self.started, self.title, self.line).to_ascii_lowercase();
        search
            .to_ascii_lowercase()
            .split_ascii_whitespace()
            .all(|word| all.contains(word))
    }
}

/// The section below the evidence.
#[component]
pub fn Reports() -> impl IntoView {
    let page = Page::here();
    let problem = RwSignal::new(None::<String>);
    let entries = RwSignal::new(Ok::<Vec<Entry>, ()>(Vec::new()));
    keep_history(page, entries);
    let export = move |kind: Kind| {
        view! {
            <button
                type="button"
                class="button quiet"
                data-testid=format!("export-{}", kind.extension())
                disabled=move || page.active.get() || page.last_report().is_none()
                on:click=move |_| {
                    problem.set(None);
                    save(page, kind, problem);
                }
            >
                {kind.name()}
            </button>
        }
        .into_any()
    };
    view! {
        <section class="reports" aria-labelledby="reports-title">
            <h2 id="reports-title">{text::REPORTS}</h2>
            <div class="actions">
                <span class="label">{text::SAVE_AS}</span>
                {all(Kind::ALL.map(export))}
                <label class="button quiet file">
                    {text::OPEN_REPORT}
                    <input
                        type="file"
                        class="unseen"
                        {..named("accept", ".json,application/json")}
                        data-testid="import"
                        on:change=move |ev| {
                            let input = event_target::<web_sys::HtmlInputElement>(&ev);
                            let file = input.files().and_then(|files| files.get(0));
                            problem.set(None);
                            if let Some(file) = file {
                                spawn_local(async move {
                                    match open(page, &file).await {
                                        Ok(opened) => page.compare_with(opened),
                                        Err(why) => problem.set(Some(text::not_opened(&why))),
                                    }
                                    // So that the same file can be chosen again.
                                    input.set_value("");
                                });
                            }
                        }
                    />
                </label>
            </div>
            <p class="problem" role="alert" data-testid="import-problem">{move || problem.get().unwrap_or_default()}</p>
            <History entries=entries/>
        </section>
    }
    .into_any()
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Json,
    Csv,
    Markdown,
    Svg,
    Png,
}

impl Kind {
    const ALL: [Kind; 5] = [Kind::Json, Kind::Csv, Kind::Markdown, Kind::Svg, Kind::Png];

    fn extension(self) -> &'static str {
        match self {
            Kind::Json => "json",
            Kind::Csv => "csv",
            Kind::Markdown => "md",
            Kind::Svg => "svg",
            Kind::Png => "png",
        }
    }

    fn media(self) -> &'static str {
        match self {
            Kind::Json => "application/json",
            Kind::Csv => "text/csv",
            Kind::Markdown => "text/markdown",
            Kind::Svg => "image/svg+xml",
            Kind::Png => "image/png",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Kind::Json => "JSON",
            Kind::Csv => "CSV",
            Kind::Markdown => "Markdown",
            Kind::Svg => "SVG",
            Kind::Png => "PNG",
        }
    }
}

fn save(page: Page, kind: Kind, problem: RwSignal<Option<String>>) {
    let Some(report) = untrack(|| page.last_report()) else {
        return;
    };
    let spec = &report.spec;
    let of = match spec.experiment.has_workload() {
        true => format!("-{}-{}", spec.workload, spec.size.unwrap_or_default()),
        false => String::new(),
    };
    let of = match spec.experiment {
        Experiment::Race => of,
        experiment => format!("-{}{of}", experiment.name()),
    };
    let name = format!("parallax{of}.{}", kind.extension());
    let title = Entry::of(page, &report).title;
    page.views.then(move |program| {
        let made = program.and_then(|program| {
            let made = match kind {
                Kind::Json => program.json(&report).map(Some),
                Kind::Csv => program.csv(&report).map(Some),
                Kind::Markdown => program.markdown(&report).map(Some),
                Kind::Svg | Kind::Png => program.svg(&report, &title),
            };
            let made = made.map_err(|error| words(&error))?;
            made.ok_or_else(|| match report.spec.experiment {
                Experiment::Race => text::NOTHING_TO_DRAW.into(),
                _ => text::CHARTS_APART.into(),
            })
        });
        let refuse = move |why: &str| problem.set(Some(text::not_saved(why)));
        match (made, kind) {
            (Err(why), _) => refuse(&why),
            (Ok(svg), Kind::Png) => spawn_local(async move {
                if let Err(error) = host::save_png(&name, &svg).await {
                    refuse(&words(&error));
                }
            }),
            (Ok(text), _) => host::save_text(&name, kind.media(), &text),
        }
    });
}

/// Reads a file as a report; the error is in words.
async fn open(page: Page, file: &web_sys::File) -> Result<Opened, String> {
    if file.size() > LARGEST_FILE {
        return Err(text::FILE_TOO_LARGE.into());
    }
    let words = |error: JsValue| words(&error);
    let content = JsFuture::from(file.text()).await.map_err(words)?;
    let content = content.as_string().unwrap_or_default();
    let value = js_sys::JSON::parse(&content).map_err(words)?;
    page.views.get().await?.open_report(&value).map_err(words)
}

/// Every run that is over goes into the store; what cannot be kept is no error.
fn keep_history(page: Page, entries: RwSignal<Result<Vec<Entry>, ()>>) {
    spawn_local(async move { entries.set(list().await) });
    page.hub.with_value(|hub| {
        hub.listen(move |session, moment| {
            let Some(run) = session.run.as_ref().filter(|_| moment == Moment::Ended) else {
                return;
            };
            let judged = run.rows.iter().any(|row| row.verification.is_some());
            if !judged && run.quantities.is_empty() {
                return;
            }
            let report = page.report(session, run);
            let entry = Entry::of(page, &report);
            page.views.then(move |program| {
                // Where the program is missing, a notice says so.
                if let Ok(Ok(report)) = program.map(|program| program.report(&report)) {
                    spawn_local(keep(entry, report, entries));
                }
            });
        });
    });
}

async fn keep(entry: Entry, report: JsValue, entries: RwSignal<Result<Vec<Entry>, ()>>) {
    match host::put(&entry.started, &entry.title, &entry.line, &report).await {
        Err(_) => entries.set(Err(())),
        // Not read anew: there may be thousands.
        Ok(id) => entries.update(|entries| {
            let id = id.as_f64().map(|id| id as u32);
            let entry = Entry { id, ..entry };
            match entries {
                Ok(all) => all.insert(0, entry),
                Err(()) => *entries = Ok(vec![entry]),
            }
        }),
    }
}

async fn list() -> Result<Vec<Entry>, ()> {
    let entries = host::list().await.map_err(|_| ())?;
    let entries = js_sys::Array::from(&entries);
    let mut entries: Vec<Entry> = entries.iter().map(|kept| Entry::read(&kept)).collect();
    entries.reverse();
    Ok(entries)
}

#[component]
fn History(entries: RwSignal<Result<Vec<Entry>, ()>>) -> impl IntoView {
    let page = Page::here();
    let search = RwSignal::new(String::new());
    let shown = RwSignal::new(AT_ONCE);
    let sure = RwSignal::new(false);
    let reload = move || spawn_local(async move { entries.set(list().await) });
    let forget = move |id: u32| {
        spawn_local(async move {
            // What cannot be deleted is still there, and the list shows it.
            let _ = host::remove(id).await;
            reload();
        });
    };
    let compare = move |id: u32| {
        spawn_local(async move {
            let kept = host::get(id).await;
            if let (Ok(program), Ok(kept)) = (page.views.get().await, kept)
                && let Ok(opened) = program.open_report(&kept)
            {
                page.compare_with(opened);
            }
        });
    };
    let show = move |entry: &Entry| {
        let id = entry.id.unwrap_or_default();
        view! {
            <li data-testid="history-entry">
                <p><b>{entry.title.clone()}</b> " " <span class="more">{entry.started.clone()}</span></p>
                <p class="more">{entry.line.clone()}</p>
                <button type="button" class="button quiet" data-testid="history-compare" on:click=move |_| compare(id)>
                    {text::COMPARE}
                </button>
                <button
                    type="button"
                    class="button quiet"
                    data-testid="history-delete"
                    aria-label=text::delete_entry(&entry.title)
                    on:click=move |_| forget(id)
                >
                    {text::DELETE}
                </button>
            </li>
        }
        .into_any()
    };
    let clear = move |_| {
        if !sure.get_untracked() {
            return sure.set(true);
        }
        sure.set(false);
        spawn_local(async move {
            let _ = host::clear().await;
            reload();
        });
    };
    let content = move || match entries.get() {
        Err(()) => {
            view! { <p class="more" data-testid="history-blocked">{text::HISTORY_BLOCKED}</p> }.into_any()
        }
        Ok(kept) if kept.is_empty() => view! { <p class="more">{text::HISTORY_EMPTY}</p> }.into_any(),
        Ok(kept) => {
            let found: Vec<_> = search.with(|s| kept.iter().filter(|e| e.matches(s)).collect());
            let count = text::history_found(found.len(), kept.len());
            let newest = found.iter().take(shown.get());
            let more = (found.len() > newest.len()).then(|| {
                view! {
                    <button
                        type="button"
                        class="button quiet"
                        data-testid="history-more"
                        on:click=move |_| shown.update(|shown| *shown += AT_ONCE)
                    >
                        {text::MORE_ENTRIES}
                    </button>
                }
                .into_any()
            });
            view! {
                <p class="more" role="status">{count}</p>
                <ol>{all(newest.map(|entry| show(entry)))}</ol>
                {maybe(more)}
            }
            .into_any()
        }
    };
    let any = move || entries.with(|all| all.as_ref().is_ok_and(|all| !all.is_empty()));
    view! {
        <details class="history" data-testid="history">
            <summary>{text::HISTORY}</summary>
            <div class="actions">
                <label class="field">
                    <span class="label">{text::SEARCH}</span>
                    <input
                        type="search"
                        data-testid="history-search"
                        prop:value=move || search.get()
                        on:input=move |ev| search.set(event_target_value(&ev))
                    />
                </label>
                <button
                    type="button"
                    class="button quiet"
                    data-testid="history-clear"
                    disabled=move || !any()
                    on:click=clear
                    on:blur=move |_| sure.set(false)
                >
                    {move || if sure.get() { text::REALLY_DELETE_ALL } else { text::DELETE_ALL }}
                </button>
            </div>
            {content}
        </details>
    }
    .into_any()
}

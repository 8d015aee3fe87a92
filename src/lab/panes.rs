//! What the compiler made of the text: loops, types, code, each linked with the source's lines.

use std::sync::Arc;

use leptos::html::Div;
use leptos::prelude::*;
use parallax_protocol::{Explained, Listing, Remark};
use wasm_bindgen::JsCast;

use crate::desk::Lab;
use crate::editor::{self, Text, heard};
use crate::text::{self, PANE};

/// The panes as tabs.
#[component]
pub fn Panes(lab: Lab) -> impl IntoView {
    let chosen = RwSignal::new(PANE[0].0);
    let tab = move |(id, title): (&'static str, &'static str)| {
        let is = move || chosen.get() == id;
        let keydown = move |ev: web_sys::KeyboardEvent| {
            let at = PANE.iter().position(|(own, _)| *own == id).unwrap_or(0);
            let to = match ev.key().as_str() {
                "ArrowRight" => (at + 1) % PANE.len(),
                "ArrowLeft" => (at + PANE.len() - 1) % PANE.len(),
                "Home" => 0,
                "End" => PANE.len() - 1,
                _ => return,
            };
            ev.prevent_default();
            chosen.set(PANE[to].0);
            focus(&format!("lab-tab-{}", PANE[to].0));
        };
        view! {
            <button
                type="button"
                role="tab"
                id=format!("lab-tab-{id}")
                data-testid=format!("lab-tab-{id}")
                aria-controls="lab-pane"
                aria-selected=move || is().to_string()
                tabindex=move || if is() { "0" } else { "-1" }
                on:click=move |_| chosen.set(id)
                on:keydown=keydown
            >
                {title}
            </button>
        }
        .into_any()
    };
    let stale = move || {
        let fails = lab
            .explained
            .with(|e| e.as_ref().is_some_and(|e| !e.compilation.ok));
        // A run keeps the compiler from writing.
        let is_behind = lab.is_behind.get() && lab.is_running.get();
        !((fails || is_behind) && lab.compiled.with(Option::is_some))
    };
    let pane = move || {
        let id = chosen.get();
        match id {
            "loops" => loops(lab),
            "types" => types(lab),
            "stages" => stages(lab),
            _ => view! { <Code lab id/> }.into_any(),
        }
    };
    view! {
        <div class="panes">
            <div class="segments tabs" role="tablist" aria-label=text::PANES>
                {PANE.map(tab).into_iter().collect::<Vec<_>>()}
            </div>
            <p class="more" hidden=stale>{text::STALE}</p>
            <div
                class="pane"
                id="lab-pane"
                role="tabpanel"
                data-testid=move || format!("lab-pane-{}", chosen.get())
                aria-labelledby=move || format!("lab-tab-{}", chosen.get())
            >
                {pane}
            </div>
        </div>
    }
}

fn focus(id: &str) {
    let element = document().get_element_by_id(id);
    if let Some(element) = element.and_then(|e| e.dyn_into::<web_sys::HtmlElement>().ok()) {
        // An element that will not take the focus leaves it where it is.
        let _ = element.focus();
    }
}

/// What was compiled last, drawn; or that nothing was.
fn of(lab: Lab, draw: impl Fn(&Arc<Explained>) -> AnyView + Send + Sync + 'static) -> AnyView {
    let all = move || {
        lab.compiled.with(|compiled| match compiled {
            Some(explained) => draw(explained),
            None => view! { <p class="more">{text::NOT_COMPILED}</p> }.into_any(),
        })
    };
    all.into_any()
}

/// A button that goes to a line of the source, marked while the reader is on it.
fn place(lab: Lab, line: u32) -> AnyView {
    view! {
        <button
            type="button"
            class="place"
            class:here=move || lab.line.get() == line
            on:click=move |_| lab.edit(|editor| editor.go(line))
        >
            {text::line(line)}
        </button>
    }
    .into_any()
}

fn loops(lab: Lab) -> AnyView {
    of(lab, move |explained| {
        if explained.remarks.is_empty() {
            return view! { <p class="more">{text::NO_LOOPS}</p> }.into_any();
        }
        let mut lines: Vec<u32> = explained.remarks.iter().map(|remark| remark.line).collect();
        lines.sort_unstable();
        lines.dedup();
        let groups = lines.into_iter().map(|line| {
            let own = explained.remarks.iter().filter(|remark| remark.line == line);
            let own: Vec<AnyView> = own.map(remark).collect();
            view! { <li>{place(lab, line)}<ul>{own}</ul></li> }.into_any()
        });
        let groups: Vec<AnyView> = groups.collect();
        view! { <p class="more">{text::LOOPS_HELP}</p><ul class="remarks">{groups}</ul> }.into_any()
    })
}

fn remark(remark: &Remark) -> AnyView {
    view! {
        <li data-kind=remark.kind.clone() data-good=remark.good.to_string() class:good=remark.good>
            {remark.text.clone()}
        </li>
    }
    .into_any()
}

fn types(lab: Lab) -> AnyView {
    of(lab, move |explained| {
        let functions = explained.functions.iter().map(|function| {
            let gives = function.gives.as_ref().map(|gives| format!(" -> {gives}"));
            let rows = function.variables.iter().map(|(name, of)| {
                view! { <tr><th scope="row">{name.clone()}</th><td>{of.clone()}</td></tr> }.into_any()
            });
            let rows: Vec<AnyView> = rows.collect();
            view! {
                <h3>{place(lab, function.line)} " " <code>{function.name.clone()}{gives}</code></h3>
                <table class="types"><tbody>{rows}</tbody></table>
            }
            .into_any()
        });
        functions.collect::<Vec<AnyView>>().into_any()
    })
}

fn stages(lab: Lab) -> AnyView {
    of(lab, move |explained| {
        let whole: f64 = explained.stages.iter().map(|stage| stage.ms).sum();
        let cold = lab.cold.get_value();
        let rows = explained.stages.iter().map(|stage| {
            let share = format!("{:.0}%", 100.0 * stage.ms / whole.max(f64::MIN_POSITIVE));
            let ms = |ms: f64| format!("{ms:.2} ms");
            let first = cold.iter().find(|one| one.name == stage.name);
            view! {
                <tr>
                    <th scope="row">{stage.name.clone()}</th>
                    <td class="figure">{first.map(|one| ms(one.ms))}</td>
                    <td class="figure">{ms(stage.ms)}</td>
                    <td class="share"><span style:width=share></span></td>
                </tr>
            }
            .into_any()
        });
        let rows: Vec<AnyView> = rows.collect();
        view! {
            <p class="more">{text::STAGES_HELP}</p>
            <table class="stages">
                <thead>
                    <tr>
                        <th scope="col">{text::STAGE}</th>
                        <th scope="col">{text::COLD}</th>
                        <th scope="col">{text::WARM}</th>
                        <td></td>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    })
}

/// A listing in a viewer. What stands at the cursor is marked in the source, and the other way round.
#[component]
fn Code(lab: Lab, id: &'static str) -> impl IntoView {
    let at = NodeRef::<Div>::new();
    let shown = StoredValue::new_local(None::<Text>);
    let listing = move || -> Option<Listing> {
        lab.compiled.with(|compiled| {
            let all = &compiled.as_ref()?.listings;
            all.iter().find(|listing| listing.id == id).cloned()
        })
    };
    let lines = StoredValue::new(Vec::<u32>::new());
    let title = PANE
        .iter()
        .find(|(own, _)| *own == id)
        .map_or("", |(_, title)| title);
    Effect::new(move || {
        let (Some(at), listing) = (at.get(), listing()) else {
            return;
        };
        if shown.with_value(Option::is_none) {
            let go = move |line: u32| {
                let from = lines.with_value(|lines| lines.get(line as usize - 1).copied());
                if let Some(from) = from.filter(|from| *from > 0) {
                    lab.edit(|editor| editor.link(vec![from], true));
                }
            };
            let made = editor::viewer(&at, &text::listing_of(title), &heard(|| {}, go));
            shown.set_value(Some(made));
        }
        let (words, from) = listing.map_or((String::new(), Vec::new()), |l| (l.text, l.lines));
        lines.set_value(from);
        shown.with_value(|shown| {
            if let Some(shown) = shown {
                shown.set(&words);
            }
        });
    });
    // Where the reader of the source is.
    Effect::new(move || {
        let line = lab.line.get();
        let _ = lab.compiled.with(|_| ());
        let own: Vec<u32> = lines.with_value(|lines| {
            let numbered = lines.iter().zip(1..);
            numbered
                .filter(|(from, _)| **from == line && line > 0)
                .map(|(_, n)| n)
                .collect()
        });
        shown.with_value(|shown| {
            if let Some(shown) = shown {
                let any = !own.is_empty();
                shown.link(own, any);
            }
        });
    });
    let none = move || lab.compiled.with(Option::is_none) || listing().is_some();
    view! {
        <p class="more" hidden=none>{text::NONE_OF_THIS}</p>
        <div class="listing" data-testid=format!("lab-code-{id}") node_ref=at></div>
    }
}

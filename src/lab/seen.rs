//! What came out of a run, rung by rung.

use std::sync::Arc;

use leptos::html::{Canvas, Div};
use leptos::prelude::*;
use parallax_protocol::RawOutput;
use parallax_views::charts::{Options, svg};
use wasm_bindgen::{Clamped, JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

use crate::desk::Lab;
use crate::outputs::{self, Drawing, Image, Numbers, Show};
use crate::{export, gallery, text};

/// Width of a chart, in CSS pixels.
const WIDTH: f64 = 460.0;

/// Pictures and printed text; nothing before there are some.
#[component]
pub fn Seen(lab: Lab) -> impl IntoView {
    let any = move || lab.outputs.with(|all| !all.is_empty());
    let printed = move || lab.printed.with(|printed| !printed.is_empty());
    view! {
        <section class="evidence" data-testid="lab-outputs" aria-labelledby="lab-seen" hidden=move || !any()>
            <h2 id="lab-seen">{text::SEEN}</h2>
            {rungs(lab)}
        </section>
        <section class="evidence" aria-labelledby="lab-printed" hidden=move || !printed()>
            <h2 id="lab-printed">{text::PRINTED}</h2>
            <pre class="sent" tabindex="0" data-testid="lab-printed">{move || lab.printed.get()}</pre>
        </section>
    }
}

/// A row that gave something of its own, by its place in the list of those.
type Rung = (usize, String, Arc<Vec<RawOutput>>);

/// The first row's outputs with the names of all that gave the same, then each other's, with what differs. Each is drawn
/// once, however many come after it.
fn rungs(lab: Lab) -> impl IntoView {
    let own = move || -> Vec<Rung> {
        let all = lab.outputs.get().into_iter();
        let own = all.filter_map(|(id, outputs)| Some((id, outputs?)));
        let own = own.enumerate();
        own.map(|(place, (id, outputs))| (place, id, outputs)).collect()
    };
    let key = |(place, id, outputs): &Rung| (*place, id.clone(), Arc::as_ptr(outputs) as usize);
    view! { <For each=own key=key children=move |(place, id, outputs)| rung(lab, place, &id, &outputs) /> }
}

fn rung(lab: Lab, place: usize, id: &str, outputs: &Arc<Vec<RawOutput>>) -> AnyView {
    let show = lab
        .ran
        .with_untracked(|text| gallery::hint(text, "show").and_then(Show::named));
    let first = lab
        .outputs
        .with_untracked(|all| all.iter().find_map(|(_, outputs)| outputs.clone()));
    let against = first.filter(|_| place > 0);
    // Who else gave this is only known in the end.
    let note = move || {
        let same = lab.outputs.with(|all| {
            let same = all.iter().filter(|(_, outputs)| outputs.is_none());
            same.map(|(id, _)| lab.name_of(id)).collect::<Vec<_>>()
        });
        let any = place == 0 && !same.is_empty();
        any.then(|| view! { <span class="more">{text::SAME_AS_FIRST} " " {same.join(", ")}</span> })
    };
    let name = lab.name_of(id);
    let key = parallax_protocol::reported_id(id);
    let drawings = outputs::draw(outputs, show, &format!("lab-{}", key.replace('+', "-")), &key);
    let drawings = drawings.into_iter().map(|drawing| drawn(drawing, &name));
    let mut figures: Vec<AnyView> = drawings.collect();
    let gap = against.and_then(|first| outputs::difference(first.first()?, outputs.first()?));
    let mut apart = None;
    if let Some(gap) = gap {
        let most = Numbers::of(&gap).map_or(0.0, |n| n.all().fold(0.0, f64::max));
        apart = Some(text::at_most_apart(&format!("{most:.3e}")));
        let label = format!("{name}, {}", text::DIFFERENCE);
        let drawn_gap = outputs::draw(&[gap], show, &format!("lab-gap-{}", key.replace('+', "-")), &key);
        figures.extend(drawn_gap.into_iter().map(|drawing| drawn(drawing, &label)));
    }
    view! {
        <div class="rung" data-backend=key.clone() data-testid=format!("lab-seen-{key}")>
            <p class="whose">
                <span class="swatch" aria-hidden="true"></span>
                <b>{name}</b>
                {note}
                {apart.map(|apart| view! { <span class="more">{text::DIFFERENCE} ": " {apart}</span> })}
            </p>
            <div class="figures">{figures}</div>
            <pre class="summary" tabindex="0">{export::summary(outputs).join("\n")}</pre>
        </div>
    }
    .into_any()
}

fn drawn(drawing: Drawing, name: &str) -> AnyView {
    match drawing {
        Drawing::Image(image) => picture(image, name),
        Drawing::Chart(chart) => {
            let place = NodeRef::<Div>::new();
            Effect::new(move || {
                if let Some(place) = place.get() {
                    // Made by our charts, which escape every text.
                    place.set_inner_html(&svg(&chart, &Options::page(WIDTH)));
                }
            });
            view! { <div class="chart" node_ref=place></div> }.into_any()
        }
        Drawing::Numbers(all, more) => {
            let more = (more > 0).then(|| text::more_numbers(more));
            view! { <p class="numbers"><code>{all.join(", ")}</code> {more}</p> }.into_any()
        }
    }
}

fn picture(image: Image, name: &str) -> AnyView {
    let canvas = NodeRef::<Canvas>::new();
    let shape = format!("{} / {}", image.width, image.height);
    let range = image
        .range
        .map(|(low, high)| text::scale(&short(low), &short(high)));
    let every = (image.every > 1).then(|| text::every_pixel(image.every));
    let label = format!("{}: {name}", text::OUTPUT);
    Effect::new(move || {
        if let Some(canvas) = canvas.get() {
            canvas.set_width(image.width);
            canvas.set_height(image.height);
            // A canvas that cannot be drawn on stays empty; its caption says what it would be.
            let _ = paint(&canvas, &image);
        }
    });
    view! {
        <figure>
            <canvas node_ref=canvas style:aspect-ratio=shape role="img" aria-label=label></canvas>
            <figcaption class="more">{range} {every}</figcaption>
        </figure>
    }
    .into_any()
}

/// Three digits are enough for an end of a scale.
fn short(value: f64) -> String {
    match value.abs() {
        v if v == 0.0 || (1e-3..1e6).contains(&v) => {
            let rounded = format!("{value:.3}");
            rounded.trim_end_matches('0').trim_end_matches('.').into()
        }
        _ => format!("{value:.2e}"),
    }
}

fn paint(canvas: &HtmlCanvasElement, image: &Image) -> Result<(), JsValue> {
    let Some(context) = canvas.get_context("2d")? else {
        return Ok(());
    };
    let context: CanvasRenderingContext2d = context.dyn_into()?;
    let pixels = Clamped(image.rgba.as_slice());
    let data = ImageData::new_with_u8_clamped_array_and_sh(pixels, image.width, image.height)?;
    context.put_image_data(&data, 0.0, 0.0)
}

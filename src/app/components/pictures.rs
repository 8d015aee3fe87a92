//! The evidence: outputs side by side under one cross hair.

use leptos::html::Canvas;
use leptos::prelude::*;
use parallax_protocol::{Experiment, Picture};
use wasm_bindgen::{Clamped, JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, ImageData};

use super::{Page, all, maybe};
use crate::state::Shown;
use crate::{format, text};

/// Where the cross hair is, from 0 to 1 to the right and down.
type Cursor = Option<(f64, f64)>;

/// All pictures of the run, or nothing.
#[component]
pub fn Pictures() -> impl IntoView {
    let page = Page::here();
    let pictures = Memo::new(move |_| {
        page.session.with(|session| match &session.run {
            // An experiment's runs are many and of many sizes.
            Some(run) if run.spec.experiment == Experiment::Race => run.pictures.clone(),
            _ => Vec::new(),
        })
    });
    let cursor = RwSignal::new(None::<(f64, f64)>);
    let place = move || {
        let (x, y) = cursor.get()?;
        let (width, height) = pictures.with(|p| p.first().map(|s| size(&s.picture)))?;
        Some(text::cursor_at(cell(x, width), cell(y, height)))
    };
    let place = move || place().unwrap_or_default();
    // One step is one element of the first picture.
    let step = move |key: &str| {
        let Some((width, height)) = pictures.with_untracked(|p| p.first().map(|s| size(&s.picture))) else {
            return false;
        };
        let (dx, dy) = (1.0 / f64::from(width.max(1)), 1.0 / f64::from(height.max(1)));
        let (x, y) = cursor.get_untracked().unwrap_or((0.5, 0.5));
        let moved = match key {
            "ArrowLeft" => (x - dx, y),
            "ArrowRight" => (x + dx, y),
            "ArrowUp" => (x, y - dy),
            "ArrowDown" => (x, y + dy),
            _ => return false,
        };
        cursor.set(Some((moved.0.clamp(0.0, 1.0), moved.1.clamp(0.0, 1.0))));
        true
    };
    let keydown = move |ev: web_sys::KeyboardEvent| match ev.key().as_str() {
        "Escape" => cursor.set(None),
        key => {
            if step(key) {
                ev.prevent_default();
            }
        }
    };
    let any = Memo::new(move |_| pictures.with(|p| !p.is_empty()));
    move || {
        maybe(any.get().then(|| {
            view! {
                <section class="evidence" aria-labelledby="evidence-title">
                    <div class="over">
                        <h2 id="evidence-title">{text::PICTURES}</h2>
                        <p class="of">{place}</p>
                    </div>
                    <p class="more">{text::PICTURES_HELP}</p>
                    <div
                        class="pictures"
                        tabindex="0"
                        role="group"
                        aria-label=text::PICTURES_KEYS
                        on:keydown=keydown
                        on:pointerleave=move |_| cursor.set(None)
                    >
                        {move || all(pictures.get().into_iter().map(|shown| one(page, shown, cursor)))}
                    </div>
                </section>
            }
            .into_any()
        }))
    }
}

fn one(page: Page, shown: Shown, cursor: RwSignal<Cursor>) -> AnyView {
    let name = page.name_of(&shown.backend);
    let canvas = NodeRef::<Canvas>::new();
    let picture = shown.picture;
    let (width, height) = size(&picture);
    Effect::new(move || {
        if let Some(canvas) = canvas.get() {
            canvas.set_width(width);
            canvas.set_height(height);
            // A canvas that cannot be drawn on stays empty; its caption says what it would be.
            let _ = draw(&canvas, &picture);
        }
    });
    let point = move |ev: web_sys::PointerEvent| {
        let target = ev
            .current_target()
            .and_then(|t| t.dyn_into::<web_sys::Element>().ok());
        if let Some(target) = target {
            let rect = target.get_bounding_client_rect();
            let x = (f64::from(ev.client_x()) - rect.left()) / rect.width().max(1.0);
            let y = (f64::from(ev.client_y()) - rect.top()) / rect.height().max(1.0);
            cursor.set(Some((x.clamp(0.0, 1.0), y.clamp(0.0, 1.0))));
        }
    };
    let at = move |pick: fn((f64, f64)) -> f64| {
        move || {
            cursor
                .get()
                .map(|c| format!("{}%", format::decimal(pick(c) * 100.0, 2)))
        }
    };
    let result = shown.result.as_ref().map(|result| {
        let result = result.clone();
        view! { <span class="result">{result}</span> }.into_any()
    });
    let shape = format!("{width} / {height}");
    view! {
        <figure data-backend=shown.backend.clone()>
            <div class="frame" class:pointed=move || cursor.with(Option::is_some) on:pointermove=point>
                <canvas
                    node_ref=canvas
                    style:aspect-ratio=shape
                    data-testid=format!("picture-{}", shown.backend)
                    role="img"
                    aria-label=text::picture_of(&name)
                ></canvas>
                <span class="hair x" style:left=at(|c| c.0)></span>
                <span class="hair y" style:top=at(|c| c.1)></span>
            </div>
            <figcaption>
                <span class="swatch" aria-hidden="true"></span>
                <span>{name} {maybe(result)}</span>
            </figcaption>
        </figure>
    }
    .into_any()
}

fn size(picture: &Picture) -> (u32, u32) {
    (picture.width, picture.height)
}

fn cell(at: f64, cells: u32) -> u32 {
    ((at * f64::from(cells)) as u32).min(cells.saturating_sub(1))
}

/// Puts a picture on a canvas of its size.
pub fn draw(canvas: &web_sys::HtmlCanvasElement, picture: &Picture) -> Result<(), JsValue> {
    let Some(context) = canvas.get_context("2d")? else {
        return Ok(());
    };
    let context: CanvasRenderingContext2d = context.dyn_into()?;
    let pixels = Clamped(picture.rgba.as_slice());
    let image = ImageData::new_with_u8_clamped_array_and_sh(pixels, picture.width, picture.height)?;
    context.put_image_data(&image, 0.0, 0.0)
}

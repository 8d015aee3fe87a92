//! A panel on the page: drawn for the room that there is, and what a press on it does.
//!
//! The only place where markup is put into the document. It is all made by [`crate::panels`],
//! which escapes every text.

use std::cell::RefCell;

use parallax_protocol::{Catalogue, Report, base_id};
use wasm_bindgen::prelude::*;
use web_sys::{Element, Event, KeyboardEvent, ResizeObserver};

use crate::charts::{Chart, Options, Theme, draw, table};
use crate::panels::{self, Look};
use crate::{findings, trace};

/// A chart's place is so much narrower than the panel.
const MARGIN: f64 = 2.0;
/// Width of a picture that is saved, in pixels.
const SAVED: f64 = 960.0;
/// What a press on a zoom button leaves of the time that is shown.
const ZOOM: f64 = 0.5;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = parallaxHost, js_name = saveText, catch)]
    fn save_text(name: &str, kind: &str, text: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(js_namespace = parallaxHost, js_name = savePng, catch)]
    fn save_png(name: &str, svg: &str, width: f64, height: f64) -> Result<JsValue, JsValue>;
}

thread_local! {
    static SHOWN: RefCell<Option<Shown>> = const { RefCell::new(None) };
}

/// The panel that is on the page.
struct Shown {
    place: Element,
    report: Report,
    theirs: Option<Report>,
    is_theirs: bool,
    catalogue: Catalogue,
    window: Option<(f64, f64)>,
    /// What it was drawn for.
    width: f64,
    listening: Listening,
}

/// What hears of presses, keys and room; it ends with the place that it is for.
struct Listening {
    observer: ResizeObserver,
    _click: Closure<dyn FnMut(Event)>,
    _key: Closure<dyn FnMut(KeyboardEvent)>,
    _point: Closure<dyn FnMut(Event)>,
    _resized: Closure<dyn FnMut()>,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// Forgets the panel: nothing is drawn again until [`show`].
pub fn clear() {
    let former = SHOWN.with(|cell| cell.borrow_mut().take());
    if let Some(former) = former {
        former.place.set_text_content(None);
    }
}

/// Draws a report's panel into an element, and again when the room changes. `is_theirs`: it is
/// somebody else's, and there is none of ours.
pub fn show(
    place: Element,
    report: Report,
    theirs: Option<Report>,
    is_theirs: bool,
    catalogue: &Catalogue,
) -> Result<(), JsValue> {
    SHOWN.with(|cell| {
        let mut shown = cell.borrow_mut();
        let former = shown.take();
        // A zoom is kept while the same run gets further.
        let window = former
            .as_ref()
            .and_then(|s| s.window.filter(|_| s.report.spec == report.spec));
        let listening = match former.filter(|former| former.place == place) {
            Some(former) => former.listening,
            None => listen(&place)?,
        };
        let mut next = Shown {
            place,
            report: report.by_id(),
            theirs: theirs.map(Report::by_id),
            is_theirs,
            catalogue: catalogue.clone(),
            window,
            width: 0.0,
            listening,
        };
        next.draw();
        *shown = Some(next);
        Ok(())
    })
}

/// A back end's name: `scalar#2` is "Scalar #2".
pub fn name(catalogue: &Catalogue, id: &str) -> String {
    let known = catalogue.backend(id).map(|b| b.name.clone());
    match (known, &id[base_id(id).len()..]) {
        (Some(name), "") => name,
        (Some(name), again) => format!("{name} {again}"),
        (None, _) => id.to_owned(),
    }
}

impl Shown {
    fn with<T>(&self, act: impl FnOnce(&Look) -> T) -> T {
        let backend = |id: &str| name(&self.catalogue, id);
        let workload = |id: &str| {
            let known = self.catalogue.workload(id);
            known.map_or_else(|| id.to_owned(), |w| w.name.clone())
        };
        act(&Look {
            width: self.width,
            backend: &backend,
            workload: &workload,
            theirs: self.theirs.as_ref(),
            is_theirs: self.is_theirs,
            window: self.window,
        })
    }

    fn draw(&mut self) {
        self.width = self.place.get_bounding_client_rect().width() - MARGIN;
        let html = self.with(|look| panels::html(&self.report, look));
        let focused = focused(&self.place);
        let open = open_tables(&self.place);
        self.place.set_inner_html(&html);
        for summary in open.iter().filter_map(|id| self.place.query_selector(id).ok()?) {
            // A summary's parent is its details.
            if let Some(details) = summary.parent_element() {
                let _ = details.set_attribute("open", "");
            }
        }
        if let Some(again) = focused.and_then(|selector| self.place.query_selector(&selector).ok()?) {
            focus(&again);
        }
    }

    fn chart(&self, id: &str) -> Option<Chart> {
        self.with(|look| {
            let found = findings::held(&self.report, look.backend);
            let charts = panels::charts(&self.report, &found, look);
            charts.into_iter().find(|chart| chart.id == id)
        })
    }

    fn save(&self, chart: &str, kind: &str) -> Result<(), JsValue> {
        let name = format!("parallax-{}-{chart}.{kind}", self.report.spec.experiment.name());
        if kind == "trace" {
            let text = self.with(|look| trace::chrome(&self.report.timelines, look.backend));
            return save_text("parallax-trace.json", "application/json", &text);
        }
        let Some(chart) = self.chart(chart) else {
            return Ok(());
        };
        if kind == "csv" {
            return save_text(&name, "text/csv", &table(&chart).csv());
        }
        let dark = web_sys::window()
            .and_then(|window| window.match_media("(prefers-color-scheme: dark)").ok()?)
            .is_some_and(|query| query.matches());
        let theme = match theme().as_deref() {
            Some("dark") => Theme::Dark,
            Some("light") => Theme::Light,
            _ if dark => Theme::Dark,
            _ => Theme::Light,
        };
        let picture = draw(&chart, &Options::file(SAVED, theme));
        match kind {
            "png" => save_png(&name, &picture.svg, picture.width, picture.height).map(drop),
            _ => save_text(&name, "image/svg+xml", &picture.svg),
        }
    }

    /// Shows another stretch of time.
    fn zoom(&mut self, how: &str) {
        let ends = self
            .report
            .timelines
            .iter()
            .flat_map(|t| &t.tracks)
            .flat_map(|t| &t.spans);
        let all = (0.0, ends.map(|span| span.end_ms).fold(0.0, f64::max));
        let (from, to) = self.window.unwrap_or(all);
        let (middle, half) = ((from + to) / 2.0, (to - from) / 2.0);
        let (middle, half) = match how {
            "in" => (middle, half * ZOOM),
            "out" => (middle, half / ZOOM),
            "left" => (middle - half, half),
            "right" => (middle + half, half),
            _ => ((all.0 + all.1) / 2.0, (all.1 - all.0) / 2.0),
        };
        let half = half.min((all.1 - all.0) / 2.0);
        let middle = middle.clamp(all.0 + half, (all.1 - half).max(all.0 + half));
        self.window = Some((middle - half, middle + half)).filter(|w| *w != all && half > 0.0);
        self.draw();
    }
}

/// The theme that was chosen on the page, if one was.
fn theme() -> Option<String> {
    web_sys::window()?
        .document()?
        .document_element()?
        .get_attribute("data-theme")
}

/// A selector of what has the focus within the panel, if that has a name.
fn focused(place: &Element) -> Option<String> {
    let active = place.owner_document()?.active_element()?;
    if !place.contains(Some(&active)) {
        return None;
    }
    let named = |name: &str| {
        let value = active.get_attribute(name)?;
        Some(format!("[{name}=\"{}\"]", value.replace(['"', '\\'], "")))
    };
    let figure = active.closest("[data-chart]").ok()?;
    let chart = figure.and_then(|f| f.get_attribute("data-chart"));
    let chart = chart.map_or_else(String::new, |id| format!("[data-chart=\"{id}\"] "));
    let own = named("data-testid")
        .or_else(|| named("data-zoom"))
        .or_else(|| Some(format!("{}{}", named("data-series")?, named("data-index")?)))?;
    Some(chart + &own)
}

/// Selectors of the tables that are open.
fn open_tables(place: &Element) -> Vec<String> {
    let Ok(open) = place.query_selector_all("details[open] > summary[data-testid]") else {
        return Vec::new();
    };
    (0..open.length())
        .filter_map(|i| {
            open.get(i)?
                .dyn_into::<Element>()
                .ok()?
                .get_attribute("data-testid")
        })
        .map(|id| format!("[data-testid=\"{}\"]", id.replace(['"', '\\'], "")))
        .collect()
}

fn focus(element: &Element) {
    // SVG elements take the focus too, but have it from another interface.
    let focus = js_sys::Reflect::get(element, &"focus".into());
    if let Some(focus) = focus.ok().and_then(|f| f.dyn_into::<js_sys::Function>().ok()) {
        // One that cannot have it leaves it where it is.
        let _ = focus.call0(element);
    }
}

fn listen(place: &Element) -> Result<Listening, JsValue> {
    let click = Closure::<dyn FnMut(Event)>::new(|event: Event| pressed(&event));
    place.add_event_listener_with_callback("click", click.as_ref().unchecked_ref())?;
    let key = Closure::<dyn FnMut(KeyboardEvent)>::new(|event: KeyboardEvent| moved(&event));
    place.add_event_listener_with_callback("keydown", key.as_ref().unchecked_ref())?;
    let point = Closure::<dyn FnMut(Event)>::new(|event: Event| say(&event));
    for name in ["focusin", "pointerover"] {
        place.add_event_listener_with_callback(name, point.as_ref().unchecked_ref())?;
    }
    let resized = Closure::<dyn FnMut()>::new(|| {
        SHOWN.with(|cell| {
            // Busy when drawing itself has changed the height: then the width is the same.
            if let Ok(mut shown) = cell.try_borrow_mut()
                && let Some(shown) = shown.as_mut()
            {
                let width = shown.place.get_bounding_client_rect().width() - MARGIN;
                if (width - shown.width).abs() > 1.0 {
                    shown.draw();
                }
            }
        });
    });
    let observer = ResizeObserver::new(resized.as_ref().unchecked_ref())?;
    observer.observe(place);
    Ok(Listening {
        observer,
        _click: click,
        _key: key,
        _point: point,
        _resized: resized,
    })
}

fn closest(event: &Event, selector: &str) -> Option<Element> {
    let target: Element = event.target()?.dyn_into().ok()?;
    target.closest(selector).ok()?
}

fn pressed(event: &Event) {
    if let Some(button) = closest(event, "[data-save]") {
        let kind = button.get_attribute("data-save").unwrap_or_default();
        let figure = button.closest("[data-chart]").ok().flatten();
        let chart = figure
            .and_then(|f| f.get_attribute("data-chart"))
            .unwrap_or_default();
        SHOWN.with(|cell| {
            if let Some(shown) = &*cell.borrow() {
                // A browser that does not save says so by itself.
                let _ = shown.save(&chart, &kind);
            }
        });
    } else if let Some(button) = closest(event, "[data-zoom]") {
        let how = button.get_attribute("data-zoom").unwrap_or_default();
        SHOWN.with(|cell| {
            if let Some(shown) = &mut *cell.borrow_mut() {
                shown.zoom(&how);
            }
        });
    }
}

/// Below its chart it is written what a point says that has the focus or is pointed at: a tooltip
/// comes to neither finger nor key.
fn say(event: &Event) {
    let Some(point) = closest(event, ".point[aria-label]") else {
        return;
    };
    let figure = point.closest("[data-chart]").ok().flatten();
    let line = figure.and_then(|figure| figure.query_selector("[data-said]").ok().flatten());
    if let Some(line) = line {
        line.set_text_content(point.get_attribute("aria-label").as_deref());
    }
}

/// Arrow keys go from point to point: along a series, and to the next one.
fn moved(event: &KeyboardEvent) {
    let (series, index) = match event.key().as_str() {
        "ArrowRight" => (0, 1),
        "ArrowLeft" => (0, -1),
        "ArrowDown" => (1, 0),
        "ArrowUp" => (-1, 0),
        _ => return,
    };
    let Some(point) = closest(event, ".point[data-series]") else {
        return;
    };
    let number = |name: &str| point.get_attribute(name).and_then(|n| n.parse::<i64>().ok());
    let (Some(s), Some(i)) = (number("data-series"), number("data-index")) else {
        return;
    };
    let Some(svg) = point.closest("svg").ok().flatten() else {
        return;
    };
    let at = |index: i64| {
        let selector = format!(".point[data-series=\"{}\"][data-index=\"{index}\"]", s + series);
        svg.query_selector(&selector).ok().flatten()
    };
    // The other series may be shorter: its last point then.
    let next = at(i + index).or_else(|| (0..i).rev().filter(|_| series != 0).find_map(at));
    if let Some(next) = next {
        event.prevent_default();
        // One of a series is in the order of Tab: the one that was last looked at.
        let _ = point.set_attribute("tabindex", "-1");
        let _ = next.set_attribute("tabindex", "0");
        focus(&next);
    }
}

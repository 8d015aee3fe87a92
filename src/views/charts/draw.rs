//! From a chart to a picture: what all kinds share, and the frame around them.

use super::markup::A::{N, T};
use super::markup::Markup;
use super::model::{Chart, Kind};
use super::text::{self, LEADING};
use super::{bars, lines, look, spans};

/// Narrower is drawn as if it were so wide.
const LEAST: f64 = 240.0;
const MOST: f64 = 4000.0;
/// In place of a width that is none.
const USUAL: f64 = 820.0;
/// Around a file's picture, in pixels.
const MARGIN: f64 = 20.0;

/// The colours of a picture that stands alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// For what place a chart is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// CSS pixels that there are; text is never scaled, so a narrow chart says less.
    pub width: f64,
    /// CSS pixels that there should be, title and legend included; without it, what looks well.
    pub height: Option<f64>,
    /// A file of its own, with its colours, its ground, and its title in words. Without it, a
    /// piece of the page, which has the title above.
    pub standalone: Option<Theme>,
}

impl Options {
    /// A piece of the page, so many CSS pixels wide.
    pub fn page(width: f64) -> Options {
        Options {
            width,
            height: None,
            standalone: None,
        }
    }

    /// A file of its own.
    pub fn file(width: f64, theme: Theme) -> Options {
        Options {
            width,
            height: None,
            standalone: Some(theme),
        }
    }
}

/// A drawn chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// The markup, one `svg` element.
    pub svg: String,
    /// CSS pixels.
    pub width: f64,
    /// CSS pixels.
    pub height: f64,
}

/// Where a kind of chart may draw.
#[derive(Debug, Clone, Copy)]
pub struct Sheet {
    /// The left edge.
    pub left: f64,
    /// The right edge.
    pub right: f64,
    /// The upper edge.
    pub top: f64,
    /// The lower edge, where one is wished for.
    pub bottom: Option<f64>,
}

impl Sheet {
    /// From edge to edge.
    pub fn width(&self) -> f64 {
        self.right - self.left
    }
}

/// What a kind of chart drew.
#[derive(Debug, Default)]
pub struct Body {
    /// The drawing.
    pub markup: Markup,
    /// Where it ends.
    pub bottom: f64,
    /// It has points that can be gone to one by one.
    pub points: bool,
}

/// Draws a chart as markup.
pub fn svg(chart: &Chart, options: &Options) -> String {
    draw(chart, options).svg
}

/// Draws a chart, and says how large it is.
pub fn draw(chart: &Chart, options: &Options) -> Picture {
    let width = match options.width {
        w if w.is_finite() => w.clamp(LEAST, MOST).round(),
        _ => USUAL,
    };
    let height = options
        .height
        .filter(|h| h.is_finite())
        .map(|h| h.clamp(0.0, MOST));
    let id = match look::class(&chart.id) {
        id if id.is_empty() => "chart".into(),
        id => id,
    };
    let margin = options.standalone.map_or(0.0, |_| MARGIN);
    let mut sheet = Sheet {
        left: margin,
        right: width - margin,
        top: margin,
        bottom: height.map(|h| h - margin),
    };
    let mut inside = Markup::default();
    if options.standalone.is_some() {
        sheet.top = heading(&mut inside, chart, &sheet);
    }
    let body = match &chart.kind {
        Kind::Lines(lines) => lines::draw(lines, &sheet),
        Kind::Bars(bars) => bars::draw(bars, &sheet),
        Kind::Spans(spans) => spans::draw(spans, &sheet),
    };
    let body = body.unwrap_or_else(|| no_data(&sheet));
    inside.append(&body.markup);
    let height = (body.bottom + margin).ceil();
    Picture {
        svg: frame(chart, &id, (width, height), options.standalone, &body, &inside),
        width,
        height,
    }
}

fn frame(
    chart: &Chart,
    id: &str,
    (width, height): (f64, f64),
    standalone: Option<Theme>,
    body: &Body,
    inside: &Markup,
) -> String {
    let (title_id, desc_id) = (format!("{id}-title"), format!("{id}-desc"));
    let labelled = format!("{title_id} {desc_id}");
    let view_box = format!("0 0 {width} {height}");
    let mut attributes = vec![
        ("class", T("chart")),
        ("id", T(id)),
        ("viewBox", T(&view_box)),
        ("width", N(width)),
        ("height", N(height)),
        // An image hides what is in it, so one with points to go to is a group.
        ("role", T(if body.points { "group" } else { "img" })),
        ("aria-labelledby", T(&labelled)),
    ];
    if standalone.is_some() {
        attributes.insert(0, ("xmlns", T("http://www.w3.org/2000/svg")));
    }
    let mut m = Markup::default();
    m.node("svg", &attributes, |m| {
        m.words("title", &[("id", T(&title_id))], &chart.title);
        m.words("desc", &[("id", T(&desc_id))], &chart.desc);
        if let Some(theme) = standalone {
            m.words("style", &[], &look::rules(theme == Theme::Dark));
            let whole = [("class", T("ground")), ("width", N(width)), ("height", N(height))];
            m.leaf("rect", &whole);
        }
        m.append(inside);
    });
    m.finish()
}

/// Title and description in words; where they end.
fn heading(m: &mut Markup, chart: &Chart, sheet: &Sheet) -> f64 {
    let mut y = sheet.top;
    for line in text::wrap(&chart.title, sheet.width(), text::TITLE, 3) {
        y += 22.0;
        write(m, "title", (sheet.left, y - 4.0), Anchor::Start, &line);
    }
    for line in text::wrap(&chart.desc, sheet.width(), text::SIZE, 4) {
        y += LEADING;
        write(m, "quiet", (sheet.left, y), Anchor::Start, &line);
    }
    if y > sheet.top { y + 20.0 } else { y }
}

fn no_data(sheet: &Sheet) -> Body {
    let mut markup = Markup::default();
    let bottom = sheet.bottom.unwrap_or(0.0).max(sheet.top + 120.0);
    let middle = ((sheet.left + sheet.right) / 2.0, (sheet.top + bottom) / 2.0);
    write(&mut markup, "quiet", middle, Anchor::Middle, "no data");
    Body {
        markup,
        bottom,
        points: false,
    }
}

/// Which place of a text is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// The left end.
    Start,
    /// The middle.
    Middle,
    /// The right end.
    End,
}

/// Writes a text on its baseline.
pub fn write(m: &mut Markup, class: &str, (x, y): (f64, f64), anchor: Anchor, text: &str) {
    let mut attributes = vec![("x", N(x)), ("y", N(y))];
    if !class.is_empty() {
        attributes.push(("class", T(class)));
    }
    match anchor {
        Anchor::Start => {}
        Anchor::Middle => attributes.push(("text-anchor", T("middle"))),
        Anchor::End => attributes.push(("text-anchor", T("end"))),
    }
    m.words("text", &attributes, text);
}

/// Draws a path, if there is one.
pub fn path(m: &mut Markup, class: &str, data: &str, dash: Option<&str>) {
    if data.is_empty() {
        return;
    }
    let mut attributes = vec![("class", T(class)), ("d", T(data))];
    if let Some(dash) = dash {
        attributes.push(("stroke-dasharray", T(dash)));
    }
    m.leaf("path", &attributes);
}

/// Something that can be gone to by keyboard: `series` and `index` say where it is. Only the first
/// of each series is a tab stop; a script moves on with the arrow keys.
pub fn point(
    m: &mut Markup,
    class: &str,
    (series, index, first): (usize, usize, bool),
    says: &str,
    content: impl FnOnce(&mut Markup),
) {
    let class = format!("point {class}");
    let (series, index) = (series.to_string(), index.to_string());
    let attributes = [
        ("class", T(class.as_str())),
        ("tabindex", T(if first { "0" } else { "-1" })),
        ("role", T("img")),
        ("aria-label", T(says)),
        ("data-series", T(&series)),
        ("data-index", T(&index)),
    ];
    m.node("g", &attributes, |m| {
        m.words("title", &[], says);
        content(m);
    });
}

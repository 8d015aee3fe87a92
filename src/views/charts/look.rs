//! What tells one thing from another: colours, markers, dashes, patterns.
//!
//! Rules of colour are in `style/charts.css`, for the page and for files alike. On the
//! page their variables are those of `style/tokens.css`; a file has the values of
//! [`TOKENS`] written into it, since few programs but browsers know variables.

use super::markup::A::{N, T};
use super::markup::{Markup, Path};

/// A picture's own colours: the name in `style/tokens.css`, in light, in dark.
pub const TOKENS: &[(&str, &str, &str)] = &[
    ("ground", "#fbfaf6", "#101416"),
    ("ink", "#1b1d1f", "#ece9e2"),
    ("muted", "#5a5d60", "#a4aaab"),
    ("line", "#8a8a84", "#6f777b"),
    ("hairline", "#d9d6cc", "#2c3337"),
    ("grid", "#cfccc1", "#333c40"),
    ("accent", "#006d52", "#4fd1a5"),
    ("b-interpreter", "#c04a00", "#f0702a"),
    ("b-javascript", "#857700", "#f0e442"),
    ("b-scalar", "#5d6468", "#a9b2b6"),
    ("b-simd", "#0072b2", "#3d9fe0"),
    ("b-threads", "#a86a00", "#e69f00"),
    ("b-threads-simd", "#00805f", "#1fbf92"),
    ("b-processes", "#2f86b5", "#8ccbf0"),
    ("b-gpu", "#a94880", "#d987b5"),
];

const RULES: &str = include_str!("../../../style/charts.css");
const SANS: &str = "system-ui, -apple-system, \"Segoe UI\", Roboto, \"Helvetica Neue\", Arial, sans-serif";

/// The rules with a theme's colours in the place of variables.
pub fn rules(dark: bool) -> String {
    let mut rules = RULES.replace("var(--sans)", SANS);
    for (name, light_value, dark_value) in TOKENS {
        let value = if dark { dark_value } else { light_value };
        rules = rules.replace(&format!("var(--{name})"), value);
    }
    rules
}

/// The shape of a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marker {
    /// A disc.
    Circle,
    /// A square.
    Square,
    /// A triangle, tip up.
    Triangle,
    /// A square on its tip.
    Diamond,
    /// Two strokes, an x.
    Cross,
    /// Two strokes, upright.
    Plus,
    /// Three strokes.
    Star,
    /// A triangle, tip down.
    Wedge,
}

/// Back ends that have a colour, as in the class, and their markers. The order is also that in
/// which other keys get what is free.
const BACKENDS: &[(&str, Marker)] = &[
    ("simd", Marker::Square),
    ("threads", Marker::Circle),
    ("gpu", Marker::Diamond),
    ("threads-simd", Marker::Triangle),
    ("scalar", Marker::Cross),
    ("interpreter", Marker::Wedge),
    ("processes", Marker::Star),
    ("javascript", Marker::Plus),
];

/// What is fit for a class or an id: small letters, digits, hyphens. "threads+simd" is "threads-simd";
/// what follows "#" or "@" says which of several, and does not count.
pub fn class(key: &str) -> String {
    let base = key.split(['#', '@']).next().unwrap_or_default();
    let plain = |c: char| match c.to_ascii_lowercase() {
        c if c.is_ascii_alphanumeric() => c,
        _ => '-',
    };
    base.chars().take(40).map(plain).collect()
}

/// Who has which colour and marker in one chart.
#[derive(Debug, Clone, Default)]
pub struct Looks {
    /// Keys as classes, with the index into [`BACKENDS`] that they have.
    taken: Vec<(String, usize)>,
}

impl Looks {
    /// Back ends get their own, others what is left, in order.
    pub fn new<'a>(keys: impl Iterator<Item = &'a str>) -> Looks {
        let mut looks = Looks::default();
        let mut others = Vec::new();
        for key in keys.map(class) {
            if looks.find(&key).is_some() || others.contains(&key) {
                continue;
            }
            match backend(&key) {
                Some(i) => looks.taken.push((key, i)),
                None => others.push(key),
            }
        }
        for key in others {
            let free = (0..BACKENDS.len()).find(|i| looks.taken.iter().all(|(_, j)| i != j));
            let next = free.unwrap_or(looks.taken.len() % BACKENDS.len());
            looks.taken.push((key, next));
        }
        looks
    }

    /// The classes that give a key its colour; none for an empty one.
    pub fn class(&self, key: &str) -> String {
        let own = class(key);
        if own.is_empty() {
            return "s-none".into();
        }
        match self.find(&own) {
            Some(i) if BACKENDS[i].0 != own => format!("s-{own} s-{}", BACKENDS[i].0),
            _ => format!("s-{own}"),
        }
    }

    /// The marker of a key.
    pub fn marker(&self, key: &str) -> Marker {
        let i = self.find(&class(key)).unwrap_or_default();
        BACKENDS[i].1
    }

    fn find(&self, class: &str) -> Option<usize> {
        self.taken.iter().find(|(k, _)| k == class).map(|(_, i)| *i)
    }
}

fn backend(class: &str) -> Option<usize> {
    BACKENDS.iter().position(|(name, _)| *name == class)
}

/// A key that has a colour of its own on every page.
pub fn is_backend(key: &str) -> bool {
    backend(&class(key)).is_some()
}

/// Draws a marker around a point.
pub fn marker(m: &mut Markup, marker: Marker, x: f64, y: f64) {
    if marker == Marker::Circle {
        return m.leaf(
            "circle",
            &[("class", T("marker")), ("cx", N(x)), ("cy", N(y)), ("r", N(4.2))],
        );
    }
    let mut path = Path::default();
    let mut polygon = |corners: &[(f64, f64)]| {
        for (i, (dx, dy)) in corners.iter().enumerate() {
            match i {
                0 => path.start(x + dx, y + dy),
                _ => path.line(x + dx, y + dy),
            };
        }
        path.close();
    };
    match marker {
        Marker::Square => polygon(&[(-3.8, -3.8), (3.8, -3.8), (3.8, 3.8), (-3.8, 3.8)]),
        Marker::Triangle => polygon(&[(0.0, -5.2), (4.9, 3.6), (-4.9, 3.6)]),
        Marker::Wedge => polygon(&[(0.0, 5.2), (4.9, -3.6), (-4.9, -3.6)]),
        Marker::Diamond => polygon(&[(0.0, -5.4), (5.4, 0.0), (0.0, 5.4), (-5.4, 0.0)]),
        Marker::Cross => strokes(&mut path, x, y, &[(3.8, 3.8), (3.8, -3.8)]),
        Marker::Plus => strokes(&mut path, x, y, &[(5.0, 0.0), (0.0, 5.0)]),
        Marker::Star | Marker::Circle => {
            strokes(&mut path, x, y, &[(0.0, 5.0), (4.4, 2.5), (4.4, -2.5)]);
        }
    }
    let open = matches!(marker, Marker::Cross | Marker::Plus | Marker::Star);
    let class = if open { "marker open" } else { "marker" };
    m.leaf("path", &[("class", T(class)), ("d", T(path.data()))]);
}

fn strokes(path: &mut Path, x: f64, y: f64, ends: &[(f64, f64)]) {
    for (dx, dy) in ends {
        path.start(x - dx, y - dy).line(x + dx, y + dy);
    }
}

/// Dashes of lines without markers, by their number in the chart; the first is solid.
pub fn dash(number: usize) -> Option<&'static str> {
    [
        None,
        Some("7 3"),
        Some("2 3"),
        Some("10 3 2 3"),
        Some("4 2"),
        Some("12 4"),
        Some("7 2 2 2 2 2"),
    ][number % 7]
}

/// Dashes of what was predicted, not measured.
pub const PREDICTED: &str = "4 4";

/// Patterns before they come again.
pub const FILLS: usize = 6;
/// From one line of a pattern to the next, in pixels.
const HATCH: f64 = 5.0;
/// Narrower than this a pattern would not be seen.
pub const PLAIN: f64 = 6.0;

/// A filled rectangle: solid, tint, hatched and so on, by number. Patterns are drawn as lines,
/// since references to a pattern's id do not survive every program.
pub fn fill(m: &mut Markup, number: usize, (x, y, width, height): (f64, f64, f64, f64)) {
    let number = number % FILLS;
    let class = match number {
        0 => "fill f0",
        _ if width < PLAIN => "fill f1",
        1 => "fill f1",
        2 => "fill f2",
        3 => "fill f3",
        4 => "fill f4",
        _ => "fill f5",
    };
    // Outlines lie inside, or neighbours would touch.
    let inset = if matches!(class, "fill f0" | "fill f1") {
        0.0
    } else {
        0.5
    };
    m.leaf(
        "rect",
        &[
            ("class", T(class)),
            ("x", N(x + inset)),
            ("y", N(y + inset)),
            ("width", N(width - 2.0 * inset)),
            ("height", N(height - 2.0 * inset)),
        ],
    );
    if width < PLAIN || matches!(number, 0 | 1 | 3) {
        return;
    }
    let mut path = Path::default();
    match number {
        5 => stripes(&mut path, (x, y, width, height)),
        _ => {
            hatch(&mut path, (x, y, width, height), false);
            if number == 4 {
                hatch(&mut path, (x, y, width, height), true);
            }
        }
    }
    m.leaf("path", &[("class", T("hatch")), ("d", T(path.data()))]);
}

fn hatch(path: &mut Path, (x, y, width, height): (f64, f64, f64, f64), down: bool) {
    let lines = (((width + height) / HATCH) as usize).min(2000);
    for i in 1..=lines {
        let at = i as f64 * HATCH - height;
        let (from, to) = (at.max(0.0), (at + height).min(width));
        if from >= to {
            continue;
        }
        let rise = |along: f64| match down {
            true => y + (along - at),
            false => y + height - (along - at),
        };
        path.start(x + from, rise(from)).line(x + to, rise(to));
    }
}

fn stripes(path: &mut Path, (x, y, width, height): (f64, f64, f64, f64)) {
    let lines = ((height / 4.0) as usize).min(20);
    for i in 1..=lines {
        let at = y + i as f64 * 4.0 - 1.0;
        path.start(x, at).line(x + width, at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The declarations of the first block that a selector opens.
    fn block<'a>(css: &'a str, selector: &str) -> &'a str {
        let from = css.find(selector).unwrap();
        let rest = &css[from..];
        &rest[..rest.find('}').unwrap()]
    }

    #[test]
    fn colours_are_the_pages() {
        let tokens = include_str!("../../../style/tokens.css");
        let light = block(tokens, ":root {");
        let dark = block(tokens, ":root[data-theme=\"dark\"] {");
        let system = block(tokens, ":root:not([data-theme=\"light\"]) {");
        for (name, in_light, in_dark) in TOKENS {
            assert!(
                light.contains(&format!("--{name}: {in_light};")),
                "{name} in light"
            );
            assert!(dark.contains(&format!("--{name}: {in_dark};")), "{name} in dark");
            assert!(
                system.contains(&format!("--{name}: {in_dark};")),
                "{name} by the system"
            );
        }
        let backends = light.lines().filter(|l| l.trim().starts_with("--b-")).count();
        assert_eq!(backends, BACKENDS.len(), "a back end has no colour in charts");
        assert!(tokens.contains(&format!("--sans: {SANS};")));
    }

    #[test]
    fn every_rule_can_be_written_without_variables() {
        for dark in [false, true] {
            assert!(!rules(dark).contains("var("), "{}", rules(dark));
        }
        for (name, _) in BACKENDS {
            let rule = format!(".s-{name} {{\n  color: var(--b-{name});");
            assert!(RULES.contains(&rule), "{rule}");
        }
        assert!(!RULES.contains(['<', '&']), "the rules stand in a file of markup");
    }

    #[test]
    fn keys_are_told_apart() {
        let keys = ["mine", "threads+simd", "other", "scalar#2", "mine"];
        let looks = Looks::new(keys.into_iter());
        assert_eq!(looks.class("threads+simd"), "s-threads-simd");
        assert_eq!(looks.class("scalar#2"), "s-scalar");
        assert_eq!(looks.class("mine"), "s-mine s-simd");
        assert_ne!(looks.marker("mine"), looks.marker("other"));
        assert_eq!(looks.class(""), "s-none");
        assert_eq!(class("\"><script>"), "---script-");
        let many: Vec<String> = (0..99).map(|i| format!("k{i}")).collect();
        let looks = Looks::new(many.iter().map(String::as_str));
        assert!(looks.class("k98").starts_with("s-k98 s-"));
    }
}

//! Markup that cannot be wrong: elements close, and every text is escaped here and nowhere else.

use std::fmt::Write as _;

/// The value of an attribute.
#[derive(Debug, Clone, Copy)]
pub enum A<'a> {
    /// A length or a place, written to a tenth of a pixel.
    N(f64),
    /// Text, escaped.
    T(&'a str),
}

/// An attribute.
pub type Attribute<'a> = (&'static str, A<'a>);

/// Markup being written.
#[derive(Debug, Default)]
pub struct Markup(String);

impl Markup {
    /// An element without content.
    pub fn leaf(&mut self, name: &'static str, attributes: &[Attribute]) {
        self.head(name, attributes);
        self.0.push_str("/>");
    }

    /// An element with content.
    pub fn node(&mut self, name: &'static str, attributes: &[Attribute], content: impl FnOnce(&mut Markup)) {
        self.head(name, attributes);
        self.0.push('>');
        content(self);
        let _ = write!(self.0, "</{name}>");
    }

    /// An element with nothing but text.
    pub fn words(&mut self, name: &'static str, attributes: &[Attribute], text: &str) {
        self.node(name, attributes, |m| m.text(text));
    }

    /// Text.
    pub fn text(&mut self, text: &str) {
        escape(text, &mut self.0);
    }

    /// Markup that was made here, as text.
    pub fn raw(&mut self, markup: &str) {
        self.0.push_str(markup);
    }

    /// What was written elsewhere.
    pub fn append(&mut self, other: &Markup) {
        self.0.push_str(&other.0);
    }

    /// The whole.
    pub fn finish(self) -> String {
        self.0
    }

    fn head(&mut self, name: &'static str, attributes: &[Attribute]) {
        self.0.push('<');
        self.0.push_str(name);
        for (name, value) in attributes {
            let _ = write!(self.0, " {name}=\"");
            match value {
                A::N(n) => push_number(&mut self.0, *n),
                A::T(text) => escape(text, &mut self.0),
            }
            self.0.push('"');
        }
    }
}

/// The data of a path.
#[derive(Debug, Default)]
pub struct Path(String);

impl Path {
    /// To there without drawing.
    pub fn start(&mut self, x: f64, y: f64) -> &mut Path {
        self.go('M', x, y)
    }

    /// A straight line to there.
    pub fn line(&mut self, x: f64, y: f64) -> &mut Path {
        self.go('L', x, y)
    }

    /// A dot.
    pub fn dot(&mut self, x: f64, y: f64) {
        self.start(x, y).0.push_str("h0");
    }

    /// Back to where it started.
    pub fn close(&mut self) -> &mut Path {
        self.0.push('Z');
        self
    }

    /// For the attribute `d`.
    pub fn data(&self) -> &str {
        &self.0
    }

    fn go(&mut self, command: char, x: f64, y: f64) -> &mut Path {
        self.0.push(command);
        push_number(&mut self.0, x);
        self.0.push(' ');
        push_number(&mut self.0, y);
        self
    }
}

/// To a tenth; what is no number becomes 0, since a picture with a hole is better than none.
pub fn push_number(out: &mut String, n: f64) {
    let n = if n.is_finite() {
        (n * 10.0).round() / 10.0
    } else {
        0.0
    };
    // Minus zero would be written with its sign.
    let _ = write!(out, "{}", n + 0.0);
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // XML has no place for the others.
            '\t' | '\n' | '\r' => out.push(' '),
            '\u{0}'..='\u{1f}' | '\u{7f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::A::{N, T};
    use super::*;

    #[test]
    fn texts_and_attributes_are_escaped() {
        let mut m = Markup::default();
        m.node("a", &[("b", T("\"><c d='")), ("e", N(-0.04))], |m| {
            m.leaf("f", &[("x", N(1.25))]);
            m.text("x < y & z\u{0}");
        });
        let expected = "<a b=\"&quot;&gt;&lt;c d=&#39;\" e=\"0\"><f x=\"1.3\"/>x &lt; y &amp; z\u{fffd}</a>";
        assert_eq!(m.finish(), expected);
    }

    #[test]
    fn no_attribute_is_not_a_number() {
        let mut path = Path::default();
        path.start(f64::NAN, 1.0).line(f64::INFINITY, 2.55).close();
        assert_eq!(path.data(), "M0 1L0 2.6Z");
    }
}

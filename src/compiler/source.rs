//! What the user wrote, and where in it something is.

use std::fmt;
use std::ops::Range;

/// A half-open range of bytes of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Hash)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last.
    pub end: u32,
}

impl Span {
    /// From one byte up to another.
    pub fn new(start: usize, end: usize) -> Span {
        // Sources are far below 4 GB: `Source::new` refuses long ones.
        Span {
            start: start as u32,
            end: end as u32,
        }
    }

    /// From the beginning of this to the end of another.
    pub fn to(self, other: Span) -> Span {
        Span {
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }

    /// The place before the first byte.
    pub fn before(self) -> Span {
        Span {
            end: self.start,
            ..self
        }
    }

    /// The place after the last byte.
    pub fn after(self) -> Span {
        Span {
            start: self.end,
            ..self
        }
    }

    /// Whether a byte is in it.
    pub fn has(self, at: u32) -> bool {
        self.start <= at && at < self.end
    }

    /// As a range of indices.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A place for people, as editors count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// From 1.
    pub line: u32,
    /// In characters, from 1.
    pub column: u32,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// Longer sources are refused: no kernel is, and all that follows is bounded by it.
pub const MOST_BYTES: usize = 256 << 10;

/// A source is longer than [`MOST_BYTES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong {
    /// Its length in bytes.
    pub bytes: usize,
}

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (have, most) = (self.bytes >> 10, MOST_BYTES >> 10);
        write!(f, "the source has {have} kB; at most {most} kB are compiled")
    }
}

impl std::error::Error for TooLong {}

/// A text that is known by its lines.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    text: &'a str,
}

impl<'a> Source<'a> {
    /// # Errors
    /// If the text is too long.
    pub fn new(text: &'a str) -> Result<Source<'a>, TooLong> {
        match text.len() {
            bytes if bytes > MOST_BYTES => Err(TooLong { bytes }),
            _ => Ok(Source { text }),
        }
    }

    /// All of it.
    pub fn text(self) -> &'a str {
        self.text
    }

    /// A part of it; empty if the span is not one of this source's.
    pub fn slice(self, span: Span) -> &'a str {
        self.text.get(span.range()).unwrap_or_default()
    }

    /// The beginning of a span, for people.
    pub fn position(self, at: u32) -> Position {
        let before = self.before(at);
        let line = before.bytes().filter(|b| *b == b'\n').count();
        let column = self.head_of_line(at).chars().count();
        Position {
            line: line as u32 + 1,
            column: column as u32 + 1,
        }
    }

    /// The whole line that holds a byte, without its end.
    pub fn line(self, at: u32) -> &'a str {
        let start = self.before(at).len() - self.head_of_line(at).len();
        let rest = self.text.get(start..).unwrap_or_default();
        let line = rest.split('\n').next().unwrap_or_default();
        line.trim_end_matches('\r')
    }

    /// What stands in a byte's line before it.
    pub fn head_of_line(self, at: u32) -> &'a str {
        self.before(at).rsplit('\n').next().unwrap_or_default()
    }

    fn before(self, at: u32) -> &'a str {
        let mut end = (at as usize).min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        self.text.get(..end).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_of_an_editor() {
        let source = Source::new("a = 1\r\nβ = αx\n\n").unwrap();
        let at = |at| source.position(at).to_string();
        assert_eq!(at(0), "line 1, column 1");
        assert_eq!(at(4), "line 1, column 5");
        assert_eq!(at(7), "line 2, column 1");
        // α is a character of two bytes; its second byte belongs to it.
        assert_eq!(
            (at(12), at(13)),
            ("line 2, column 5".into(), "line 2, column 5".into())
        );
        assert_eq!(at(14), "line 2, column 6");
        assert_eq!(at(99), "line 4, column 1");
        assert_eq!(
            (source.line(4), source.line(12), source.line(99)),
            ("a = 1", "β = αx", "")
        );
    }

    #[test]
    fn long_sources_are_refused() {
        let text = "#".repeat(MOST_BYTES + 1);
        assert_eq!(
            Source::new(&text).unwrap_err().to_string(),
            "the source has 256 kB; at most 256 kB are compiled"
        );
        assert!(Source::new(&text[1..]).is_ok());
    }
}

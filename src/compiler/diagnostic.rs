//! What is wrong with a kernel, in Numba's words, with its place and a way out.

use crate::source::{Source, Span};
use std::fmt::Write;
use std::ops::{Deref, DerefMut};

/// The kind of a fault, by the name that Python and Numba have for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Not Python.
    Syntax,
    /// Python, but not of the language of kernels.
    Unsupported,
    /// A name that nothing was given.
    Name,
    /// Types that do not fit.
    Typing,
    /// Iterations of a `prange` that would get into each other's way.
    Race,
    /// Too much of something.
    Limit,
    /// An index that an axis has not.
    Index,
    /// A division by zero.
    Division,
    /// A value that does not do.
    Value,
    /// No room.
    Memory,
    /// An assertion that does not hold.
    Assertion,
    /// A variable that was given nothing on the way that was taken.
    Unbound,
    /// The compiler's own fault.
    Internal,
    /// What Python itself raises, by the exception's name: a division by zero, an index out of range.
    Raised(&'static str),
}

impl Kind {
    /// As messages begin.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Syntax => "SyntaxError",
            Kind::Unsupported => "UnsupportedError",
            Kind::Name => "NameError",
            Kind::Typing => "TypingError",
            Kind::Race => "RaceError",
            Kind::Limit => "LimitError",
            Kind::Index => "IndexError",
            Kind::Division => "ZeroDivisionError",
            Kind::Value => "ValueError",
            Kind::Memory => "MemoryError",
            Kind::Assertion => "AssertionError",
            Kind::Unbound => "UnboundLocalError",
            Kind::Internal => "InternalError",
            Kind::Raised(name) => name,
        }
    }
}

/// One fault: a pointer, so that results which may be one are as small as what they are otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic(Box<Fault>);

/// What a fault is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Which kind it is.
    pub kind: Kind,
    /// Where.
    pub span: Span,
    /// What is wrong: a sentence as Numba has it where Numba has one.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// Other places that have to do with it, and what they have.
    pub notes: Vec<(Span, String)>,
}

/// Puts faults into the order of the text.
pub fn in_order(faults: &mut [Diagnostic]) {
    faults.sort_by_key(|fault| fault.span.start);
}

impl Deref for Diagnostic {
    type Target = Fault;

    fn deref(&self) -> &Fault {
        &self.0
    }
}

impl DerefMut for Diagnostic {
    fn deref_mut(&mut self) -> &mut Fault {
        &mut self.0
    }
}

impl Diagnostic {
    /// A fault at a place.
    pub fn new(kind: Kind, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic(Box::new(Fault {
            kind,
            span,
            message: message.into(),
            help: None,
            notes: Vec::new(),
        }))
    }

    /// With a way out.
    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(help.into());
        self
    }

    /// With another place.
    pub fn note(mut self, span: Span, words: impl Into<String>) -> Diagnostic {
        self.notes.push((span, words.into()));
        self
    }

    /// For a terminal: the sentence, the place, the line with a caret below, the way out.
    pub fn render(&self, source: Source) -> String {
        let mut out = format!("{}: {}\n", self.kind.name(), self.message);
        place(&mut out, source, self.span);
        for (span, words) in &self.notes {
            let _ = writeln!(out, "  {words}:");
            place(&mut out, source, *span);
        }
        if let Some(help) = &self.help {
            let _ = writeln!(out, "  help: {help}");
        }
        out
    }
}

fn place(out: &mut String, source: Source, span: Span) {
    let at = source.position(span.start);
    let line = source.line(span.start);
    let _ = writeln!(out, "  {at}");
    let _ = writeln!(out, "    {line}");
    // Below the line: its own indentation, so that tabs stay as wide as they are.
    let head = source.head_of_line(span.start);
    let blank: String = head.chars().map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
    let marked = source.slice(span).split('\n').next().unwrap_or_default();
    let width = marked.trim_ascii_end().chars().count().max(1);
    let _ = writeln!(out, "    {blank}{}", "^".repeat(width));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_shows_its_place() {
        let source = Source::new("def f(x):\n\treturn x + yy\n").unwrap();
        let fault = Diagnostic::new(Kind::Name, Span::new(22, 24), "name 'yy' is not defined")
            .help("did you mean 'x'?")
            .note(Span::new(6, 7), "'x' is a parameter");
        assert_eq!(
            fault.render(source),
            "NameError: name 'yy' is not defined\n  line 2, column 13\n    \treturn x + yy\n    \t           ^^\n  'x' is a parameter:\n  line 1, column 7\n    def f(x):\n          ^\n  help: did you mean 'x'?\n"
        );
    }
}

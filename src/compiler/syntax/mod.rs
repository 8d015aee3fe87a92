//! From a text to its tree: Python's grammar, with exact places, several faults at once, and a
//! tree even where there are some.
//!
//! All of Python's statements are read, so that what the language of kernels lacks can be
//! named: it is the later stages that refuse.

pub mod ast;
mod fold;
mod lexer;
mod parser;
mod token;

pub use ast::*;
pub use fold::{Literal, folded};

use crate::diagnostic::Diagnostic;
use crate::source::Source;

/// Reads a module; what was not understood is in the second.
pub fn parse(source: Source) -> (Module, Vec<Diagnostic>) {
    let lexed = lexer::lex(source);
    parser::parse(source, lexed)
}

#[cfg(test)]
mod tests;

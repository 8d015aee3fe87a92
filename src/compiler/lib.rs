//! The kernel compiler: Numba's Python to every processor. Pure: no browser, no threads, no I/O.
//!
//! The way of the data: a [`Source`] is read into a [`syntax::Module`], names and types are
//! found, and the typed program is written as WebAssembly, as WGSL, or interpreted. Whatever is
//! wrong becomes a [`Diagnostic`], several at a time; nothing here panics on what a user wrote.

pub mod compile;
pub mod count;
mod decimal;
pub mod diagnostic;
pub mod expand;
pub mod explain;
pub mod failure;
pub mod flow;
pub mod infer;
pub mod interpret;
mod interval;
pub mod ir;
pub mod module;
pub mod print;
pub mod race;
pub mod random;
pub mod ranges;
pub mod rules;
pub mod setup;
pub mod signature;
pub mod sorted;
pub mod source;
pub mod specialise;
pub mod syntax;
pub mod told;
pub mod types;
pub mod validate;
pub mod value;
pub mod walk;
pub mod wasm;
pub mod wgsl;

pub use compile::{Failed, Prepared, Request, prepare, setup_part};
pub use diagnostic::{Diagnostic, Kind};
pub use setup::DataFile;
pub use source::{Position, Source, Span};
pub use types::{Layout, Scalar, Type};
pub use value::{ArrayValue, Value};

//! Stub until the lead's own.
#![allow(missing_docs)]
use crate::{Diagnostic, Kind, Span, Value, interpret, ir, wasm};
pub struct Request { pub entry: Option<String>, pub size: i64, pub arguments: Option<Vec<Value>>, pub narrow: bool }
pub struct Prepared { pub name: String, pub arguments: Vec<Value>, pub program: crate::validate::Valid }
pub fn prepare(_text: &str, _request: &Request, _stop: &dyn Fn() -> bool) -> Result<Prepared, Vec<Diagnostic>> {
    Err(vec![Diagnostic::new(Kind::Unsupported, Span::default(), "soon")])
}
impl Prepared {
    pub fn machine(&self, _memory: u64) -> Result<interpret::Machine, Diagnostic> { Err(Diagnostic::new(Kind::Unsupported, Span::default(), "soon")) }
    pub fn wasm(&self, target: wasm::Target) -> Result<wasm::Module, Vec<wasm::Refusal>> { wasm::write(&self.program, target) }
    pub fn program(&self) -> &ir::Program { &self.program }
}

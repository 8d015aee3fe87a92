//! Stub until the lead's own.
#![allow(missing_docs)]
use crate::{Diagnostic, Kind, Span, Value};
pub struct Request {
    pub entry: Option<String>,
    pub size: i64,
    pub arguments: Option<Vec<Value>>,
    pub narrow: bool,
}
pub struct Prepared {
    pub name: String,
    pub arguments: Vec<Value>,
}
pub fn prepare(
    _text: &str,
    _request: &Request,
    _stop: &dyn Fn() -> bool,
) -> Result<Prepared, Vec<Diagnostic>> {
    Err(vec![Diagnostic::new(Kind::Unsupported, Span::default(), "soon")])
}
impl Prepared {
    pub fn machine(&self, _memory: u64) -> Result<interpret::Machine, Diagnostic> {
        Ok(interpret::Machine)
    }
    pub fn results(&self, _machine: &interpret::Machine) -> Result<Vec<Value>, Diagnostic> {
        Ok(Vec::new())
    }
}
pub mod interpret {
    use crate::{Diagnostic, Kind, Span};
    pub enum State {
        Done,
        Paused,
    }
    pub struct Machine;
    pub struct Failed;
    impl Failed {
        pub fn diagnostic(&self) -> Diagnostic {
            Diagnostic::new(Kind::Limit, Span::default(), "")
        }
    }
    impl Machine {
        pub fn run(&mut self, _: u64) -> Result<State, Failed> {
            Ok(State::Done)
        }
    }
}

//! From the tree of a file to a typed program: which type everything has, what each name means, and
//! what is done, all calls of the file's own functions within one another.
//!
//! Types come in rounds. In each the whole program is made anew with what the round before knew of its
//! variables, whose types only widen; when a round has widened none, it was the last, and only its faults
//! count. What is not known yet is [`Operand::Unknown`], makes no statements and no faults.
//!
//! A *frame* is a function within the call that it is inlined at; variables belong to frames.

mod arrays;
mod assign;
mod builtins;
mod calls;
mod declared;
mod expr;
mod loops;
mod math;
mod names;
mod numpy;
mod operand;
mod power;
mod reduce;
mod scalars;
mod shapes;
mod stmt;
mod subscript;
mod variable;

use crate::diagnostic::{Diagnostic, Kind, in_order};
use crate::flow::decided::Fact;
use crate::flow::{self, Web, Webs};
use crate::ir::{
    Array, ArrayExpr, ArrayInfo, Expr, Failure, Label, Local, LocalInfo, Param, Program, Site, SiteInfo, Stmt,
};
use crate::module::{File, Global};
use crate::sorted::{Map, Set};
use crate::source::Span;
use crate::types::{Layout, Scalar, Type};
use names::Found;
pub use names::Named;
use operand::{Operand, Slot};
use std::rc::Rc;
use variable::Variable;

/// Rounds at most: types widen only a few times each.
const ROUNDS: usize = 24;
/// Python's own names: those that kernels know, and those that are not compiled.
pub(crate) const PYTHONS: [&[&str]; 2] = [&builtins::NAMES, &builtins::NOT_COMPILED];
/// Statements and variables that a program may have, calls within it included.
const LARGEST: usize = 60_000;
/// Calls within calls.
const DEEPEST_CALLS: usize = 40;

/// A program and what was found of its types.
#[derive(Debug, Clone)]
pub struct Typed {
    /// What it does.
    pub program: Program,
    /// The type of what it gives.
    pub gives: Type,
    /// Every variable's types, as Numba writes them: the function's name, the variable's, the type.
    pub variables: Set<(String, String, String)>,
    /// What that was found of.
    found: Found,
}

/// Types a function of a file for these arguments.
///
/// # Errors
/// All that is wrong with it.
pub fn program(file: &File, entry: usize, arguments: &[Type]) -> Result<Typed, Vec<Diagnostic>> {
    let mut keys = Map::new();
    let mut flows = Vec::new();
    let mut variables: Map<Var, Variable> = Map::new();
    for _ in 0..ROUNDS {
        let mut maker = Maker {
            file,
            flows: std::mem::take(&mut flows),
            keys: std::mem::take(&mut keys),
            widened: false,
            program: Program::default(),
            faults: Vec::new(),
            out: Vec::new(),
            frames: Vec::new(),
            variables: std::mem::take(&mut variables),
            size: 0,
            span_at_hand: Span::default(),
            has_several: false,
            is_quiet: false,
            parallel: None,
        };
        maker.whole(entry, arguments);
        if !maker.widened {
            return maker.finish();
        }
        if maker.faults.iter().any(|fault| fault.kind == Kind::Limit) {
            return maker.finish();
        }
        (keys, flows, variables) = (maker.keys, maker.flows, maker.variables);
        variables.values_mut().for_each(Variable::again);
    }
    let span = file.functions.get(entry).map(|f| f.span).unwrap_or_default();
    let words = "the types of its variables do not settle";
    Err(vec![Diagnostic::new(Kind::Typing, span, words)])
}

/// A function at the place where it is inlined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key(u32);

/// A function as it is called, and its variables then.
#[derive(Debug, Clone)]
struct Called {
    function: usize,
    /// What is known of the arguments before types are.
    facts: Vec<Fact>,
    webs: Rc<Webs>,
    /// What is read before any assignment.
    faults: Vec<Diagnostic>,
}

/// A variable of a frame; [`RESULT`] is what the function gives.
type Var = (Key, Web);

const RESULT: Web = Web(u32::MAX);

struct Frame {
    key: Key,
    function: usize,
    webs: Rc<Webs>,
    /// Where `return` leads; the entry's ends the kernel.
    leave: Option<Label>,
    /// Whether some `return` has jumped there.
    is_left: bool,
    /// Loops around the statement, the innermost last.
    loops: Vec<Around>,
    /// Where it was called.
    called_at: Option<Span>,
    /// What it says it gives.
    gives: Option<Type>,
}

/// A loop, as `break` and `continue` see it.
#[derive(Clone, Copy)]
struct Around {
    breaks: Jump,
    continues: Jump,
}

#[derive(Clone, Copy)]
enum Jump {
    Leave(Label),
    Again(Label),
    /// A `break` of a prange.
    Forbidden,
}

struct Maker<'a> {
    file: &'a File<'a>,
    flows: Vec<Called>,
    /// By the frame around, the place of the call, and the flow.
    keys: Map<(Option<Key>, u32, usize), Key>,
    widened: bool,
    program: Program,
    faults: Vec<Diagnostic>,
    /// The block at hand.
    out: Vec<Stmt>,
    frames: Vec<Frame>,
    variables: Map<Var, Variable>,
    size: usize,
    /// Where the statement at hand is.
    span_at_hand: Span,
    /// A division by zero is no error for now.
    is_quiet: bool,
    /// What is assigned goes to several targets.
    has_several: bool,
    /// The frames' depth outside of the parallel loop at hand: none within another.
    parallel: Option<usize>,
}

impl<'a> Maker<'a> {
    fn whole(&mut self, entry: usize, arguments: &[Type]) {
        let Some(function) = self.file.functions.get(entry) else {
            return;
        };
        self.program.name.clone_from(&function.def.name.name);
        self.program.fastmath = function.options.fastmath;
        let params = &function.def.params;
        for param in params.iter().filter(|p| p.is_star) {
            let words = "kernels take arguments by position: no '*'";
            self.fault(Kind::Unsupported, param.name.span, words);
        }
        if let ([Type::None], Some(setup), false) = (arguments, self.file.setup, params.is_empty()) {
            let setup = &self.file.functions[setup];
            let words = format!(
                "'setup' returns nothing: '{}' is given no arguments",
                function.def.name.name
            );
            let fault = Diagnostic::new(Kind::Typing, setup.span, words);
            self.faults.push(fault.help("end it with 'return ..'"));
            return;
        }
        let needed = params.iter().filter(|p| p.default.is_none()).count();
        if arguments.len() < needed || arguments.len() > params.len() {
            let (many, takes) = match arguments.len() < needed {
                true => ("not enough", needed),
                false => ("too many", params.len()),
            };
            let words = format!(
                "{many} arguments: '{}' expected {takes}, got {}",
                function.def.name.name,
                arguments.len()
            );
            let fault = Diagnostic::new(Kind::Typing, function.span, words);
            self.faults
                .push(fault.help("return as many values from 'setup(n)' as the kernel takes"));
            return;
        }
        let facts = params.iter().enumerate().map(|(i, _)| match arguments.get(i) {
            Some(Type::None) => Fact::None,
            Some(Type::Array { axes, .. }) => Fact::Axes(*axes),
            Some(Type::Scalar(_) | Type::Tuple(_)) => Fact::Open,
            None if function.defaults.get(i) == Some(&Some(Global::None)) => Fact::None,
            None => Fact::Open,
        });
        let facts = facts.collect();
        let Some(mut frame) = self.frame(None, function.span, entry, facts) else {
            return;
        };
        frame.called_at = None;
        let (key, webs) = (frame.key, Rc::clone(&frame.webs));
        self.frames.push(frame);
        self.begin_flags(key, &webs);
        let Some(said) = self.signature(entry, arguments, function.span) else {
            return;
        };
        if let Some(frame) = self.frames.last_mut() {
            frame.gives = said.and_then(|said| said.gives.clone());
        }
        for (i, param) in params.iter().enumerate() {
            let mut value = match arguments.get(i) {
                Some(of) => self.argument(&param.name.name, of),
                None => self.default(entry, i),
            };
            if let Some(of) = said.and_then(|said| said.params.get(i)) {
                value = self
                    .as_declared(value, of, param.name.span)
                    .unwrap_or(Operand::Unknown);
            }
            if let Some(web) = webs.store(param.name.span) {
                let span = param.name.span;
                self.assign_web((key, web), &param.name.name, value, span.start, span);
            }
        }
        let body = &function.def.body;
        let falls = self.block_here(body);
        if falls {
            let span = function.span;
            self.give_result(Operand::Known(Global::None), span);
        }
        let mut results = Vec::new();
        if let Some(known) = self.type_of((key, RESULT)).cloned() {
            collect(&self.slot((key, RESULT), "$result", &known), &mut results);
        }
        self.program.results = results;
        self.program.body = std::mem::take(&mut self.out);
        self.frames.pop();
    }

    fn finish(mut self) -> Result<Typed, Vec<Diagnostic>> {
        if self.faults.is_empty() {
            // What is only ever made of itself is never given anything.
            for (name, span) in self.variables.values().filter_map(|one| one.asked.as_ref()) {
                let words = format!("local variable '{name}' referenced before assignment");
                self.faults.push(Diagnostic::new(Kind::Name, *span, words));
            }
        }
        if self.faults.is_empty() {
            let flows: Map<Key, usize> = self.keys.iter().map(|((.., flow), key)| (*key, *flow)).collect();
            let entry = self.keys.iter().find(|((around, ..), _)| around.is_none());
            let mut gives = Type::None;
            let mut variables = Set::new();
            for ((key, web), variable) in &self.variables {
                let Some(known) = &variable.own else { continue };
                if *web == RESULT {
                    if entry.is_some_and(|(_, entry)| entry == key) {
                        gives = known.as_type();
                    }
                    continue;
                }
                let Some(called) = flows.get(key).and_then(|flow| self.flows.get(*flow)) else {
                    continue;
                };
                let name = called.webs.names.get(web.0 as usize).cloned().unwrap_or_default();
                let function = self.file.functions[called.function].def.name.name.clone();
                variables.extend(
                    variable
                        .types()
                        .iter()
                        .map(|of| (function.clone(), name.clone(), of.words())),
                );
            }
            return Ok(Typed {
                program: self.program,
                gives,
                variables,
                found: Found {
                    variables: self.variables,
                    keys: self.keys,
                    flows: self.flows,
                },
            });
        }
        let mut unique: Vec<Diagnostic> = Vec::new();
        for fault in self.faults.drain(..) {
            if !unique
                .iter()
                .any(|one| one.span == fault.span && one.message == fault.message)
            {
                unique.push(fault);
            }
        }
        in_order(&mut unique);
        Err(unique)
    }

    /// A frame for a function called at a place; nothing, with a fault, if calls are too deep.
    fn frame(&mut self, around: Option<Key>, at: Span, function: usize, facts: Vec<Fact>) -> Option<Frame> {
        let def = self.file.functions.get(function)?.def;
        let is_same = |one: &Called| one.function == function && one.facts == facts;
        let flow = match self.flows.iter().position(is_same) {
            Some(flow) => flow,
            None => {
                let (webs, faults) = flow::webs(def, &self.file.globals, &facts);
                self.flows.push(Called {
                    function,
                    facts,
                    webs: Rc::new(webs),
                    faults,
                });
                self.flows.len() - 1
            }
        };
        let next = Key(self.keys.len() as u32);
        let key = *self.keys.entry((around, at.start, flow)).or_insert(next);
        let called = &self.flows[flow];
        let webs = Rc::clone(&called.webs);
        self.faults.extend(called.faults.iter().cloned());
        Some(Frame {
            key,
            function,
            webs,
            leave: None,
            is_left: false,
            loops: Vec::new(),
            called_at: Some(at),
            gives: None,
        })
    }

    /// What is handed in from outside.
    fn argument(&mut self, name: &str, of: &Type) -> Operand {
        match of {
            Type::Scalar(of) => {
                let local = self.local(name, *of);
                self.program.params.push(Param::Scalar(local));
                Operand::Value(Expr::new(crate::ir::ExprKind::Local(local), *of))
            }
            Type::Array { of, axes, layout } => {
                let array = self.array(name, *of, *axes, *layout);
                self.program.params.push(Param::Array(array));
                Operand::Array(array)
            }
            Type::Tuple(all) => Operand::Tuple(all.iter().map(|one| self.argument(name, one)).collect()),
            Type::None => Operand::Known(Global::None),
        }
    }

    fn fault(&mut self, kind: Kind, span: Span, message: impl Into<String>) {
        let mut fault = Diagnostic::new(kind, span, message);
        // Where it came from, outwards.
        for frame in self.frames.iter().rev() {
            if let Some(at) = frame.called_at {
                let name = &self.file.functions[frame.function].def.name.name;
                fault = fault.note(at, format!("in '{name}', called here"));
            }
        }
        self.faults.push(fault);
    }

    fn help(&mut self, help: impl Into<String>) {
        if let Some(last) = self.faults.last_mut() {
            last.help = Some(help.into());
        }
    }

    /// A fault where an operand was wanted.
    fn refuse(&mut self, kind: Kind, span: Span, message: impl Into<String>) -> Operand {
        self.fault(kind, span, message);
        Operand::Unknown
    }

    fn local(&mut self, name: &str, of: Scalar) -> Local {
        self.grow(1);
        self.program.locals.push(LocalInfo {
            name: name.into(),
            of,
        });
        Local(self.program.locals.len() as u32 - 1)
    }

    /// A variable that the source does not have.
    fn temp(&mut self, of: Scalar) -> Local {
        let name = format!("${}", self.program.locals.len());
        self.local(&name, of)
    }

    fn array(&mut self, name: &str, of: Scalar, axes: u8, layout: Layout) -> Array {
        self.grow(1);
        self.program.arrays.push(ArrayInfo {
            name: name.into(),
            of,
            axes,
            layout,
        });
        Array(self.program.arrays.len() as u32 - 1)
    }

    fn temp_array(&mut self, of: Scalar, axes: u8, layout: Layout) -> Array {
        let name = format!("${}", self.program.arrays.len());
        self.array(&name, of, axes, layout)
    }

    fn label(&mut self) -> Label {
        self.program.labels += 1;
        Label(self.program.labels - 1)
    }

    fn site(&mut self, span: Span, what: Failure) -> Site {
        self.program.sites.push(SiteInfo { span, what });
        Site(self.program.sites.len() as u32 - 1)
    }

    fn emit(&mut self, mut stmt: Stmt) {
        self.grow(1);
        let at = self.span_at_hand.start + 1;
        crate::walk::own_mut(&mut stmt, &mut |expr| expr.place(at));
        self.out.push(stmt);
    }

    fn grow(&mut self, by: usize) {
        self.size += by;
    }

    /// Whether the program has grown too large; said once.
    fn is_full(&mut self, span: Span) -> bool {
        if self.size > LARGEST {
            if !self.faults.iter().any(|fault| fault.kind == Kind::Limit) {
                self.fault(
                    Kind::Limit,
                    span,
                    "the kernel is too large with all that it calls",
                );
                self.help("call fewer functions, or from fewer places");
            }
            return true;
        }
        false
    }

    /// What is made into a block of its own.
    fn aside<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> (Vec<Stmt>, T) {
        let outer = std::mem::take(&mut self.out);
        let value = make(self);
        (std::mem::replace(&mut self.out, outer), value)
    }

    fn array_info(&self, array: Array) -> &ArrayInfo {
        &self.program.arrays[array.0 as usize]
    }

    fn frame_ref(&self) -> Option<&Frame> {
        self.frames.last()
    }

    fn options(&self) -> Option<&crate::module::Options> {
        let frame = self.frames.last()?;
        self.file.functions.get(frame.function).map(|f| &f.options)
    }

    /// Where a division by zero is an error, its site.
    fn division(&mut self, span: Span) -> Option<Site> {
        if self.is_quiet {
            return None;
        }
        // The innermost that says something: Numba's flags go from a caller to what it calls.
        let functions = self.frames.iter().rev().map(|frame| frame.function);
        let mut said = functions.filter_map(|at| self.file.functions.get(at)?.options.python_errors);
        let is_error = said.next().unwrap_or(true);
        is_error.then(|| self.site(span, Failure::Division))
    }

    /// A handle in a variable of its own.
    fn bound(&mut self, of: Scalar, axes: u8, layout: Layout, expr: ArrayExpr) -> Array {
        let array = self.temp_array(of, axes, layout);
        self.emit(Stmt::Bind(array, expr));
        array
    }
}

fn collect(slot: &Slot, out: &mut Vec<Param>) {
    match slot {
        Slot::Scalar(local) => out.push(Param::Scalar(*local)),
        Slot::Array(array) => out.push(Param::Array(*array)),
        Slot::Tuple(all) => all.iter().for_each(|one| collect(one, out)),
        Slot::Known(_) => {}
    }
}

//! The interpreter: values are boxed and looked at again and again, as Python's are. It is the slowest rung,
//! and what all others are compared with.
//!
//! A machine is a state that can be stopped after any instruction and resumed, so that what never ends can be
//! ended by a button. Parallel loops run one iteration after the other, in any [`Order`], and if asked for with
//! a shadow of each array that tells which iteration wrote and read each element last, which is how races are
//! found that no analysis sees.

mod arrays;
mod boxed;
mod code;
mod compile;
mod failed;
mod memory;
mod order;
mod parallel;
mod show;
#[cfg(test)]
mod tests;

pub use failed::{Failed, Race, Refusal, Touch, What};
pub use order::Order;

use crate::ir::{Failure, Param};
use crate::source::Span;
use crate::types::Type;
use crate::validate::Valid;
use crate::value::{ArrayValue, Value};
use boxed::Boxed;
use code::{Code, Op, Reg};
use memory::{Handle, Memory};
use parallel::Par;
use std::fmt;
use std::sync::Arc;

/// How a program is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Bytes of arrays at most, at any time, arguments and shadows among them.
    pub memory: u64,
    /// Whether races are looked for.
    pub shadow: bool,
    /// In which order parallel loops run.
    pub order: Order,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            memory: 1 << 30,
            shadow: false,
            order: Order::Natural,
        }
    }
}

/// Whether there is more to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It is over.
    Done,
    /// The budget is used up.
    Paused,
}

/// Printed text at most, in bytes; what comes after is dropped.
const MOST_PRINTED: usize = 1 << 20;

/// What went wrong in an instruction, and at which site.
struct Fault {
    what: What,
    site: Option<u32>,
}

impl Fault {
    fn broken(promise: &'static str) -> Box<Fault> {
        Box::new(Fault {
            what: What::Broken(promise),
            site: None,
        })
    }
}

/// Boxed, so that results of instructions are small.
type Step<T> = Result<T, Box<Fault>>;

/// What was handed in.
#[derive(Debug, Clone, Copy)]
enum Given {
    Scalar(Boxed),
    Array(Handle),
}

/// A program while it runs.
pub struct Machine {
    code: Arc<Code>,
    pc: usize,
    registers: Vec<Boxed>,
    arrays: Vec<Option<Handle>>,
    memory: Memory,
    /// Of each serial loop: how many iterations are left after this one, and the step.
    loops: Vec<(u64, Boxed)>,
    /// The parallel loop that runs.
    par: Option<Par>,
    /// Parallel loops begun.
    epoch: u32,
    given: Vec<Given>,
    printed: String,
    executed: u64,
    options: Options,
    ended: Option<Result<(), Box<Failed>>>,
}

impl Machine {
    /// Ready to run: one argument for each parameter, those of a tuple in it or one after the other.
    ///
    /// # Errors
    /// If the arguments are not what the program takes.
    pub fn new(program: &Valid, arguments: Vec<Value>) -> Result<Machine, Refusal> {
        Machine::with(program, arguments, Options::default())
    }

    /// The same, in a certain way.
    ///
    /// # Errors
    /// If the arguments are not what the program takes.
    pub fn with(program: &Valid, arguments: Vec<Value>, options: Options) -> Result<Machine, Refusal> {
        let code = compile::compile(program);
        let mut flat = Vec::new();
        arguments.into_iter().for_each(|value| flatten(value, &mut flat));
        if flat.len() != code.params.len() {
            return Err(Refusal::Count {
                expected: code.params.len(),
                given: flat.len(),
            });
        }
        let made_for = program.made_for.iter().flatten();
        let other = made_for.zip(&flat).position(|(arg, one)| !arg.admits(one));
        let mut machine = Machine {
            pc: 0,
            registers: code.registers.clone(),
            arrays: vec![None; code.arrays.len()],
            memory: Memory::new(options.memory),
            loops: vec![(0, Boxed::Undefined); code.fors.len()],
            par: None,
            epoch: 0,
            given: Vec::new(),
            printed: String::new(),
            executed: 0,
            options,
            ended: None,
            code: Arc::new(code),
        };
        let code = Arc::clone(&machine.code);
        for (param, value) in code.params.iter().zip(flat) {
            machine.give(*param, value)?;
        }
        if let Some(which) = other {
            let name = match code.params[which] {
                Param::Scalar(local) => code.locals[local.0 as usize].0.clone(),
                Param::Array(array) => code.arrays[array.0 as usize].name.clone(),
            };
            return Err(Refusal::MadeFor { name });
        }
        Ok(machine)
    }

    fn give(&mut self, param: Param, value: Value) -> Result<(), Refusal> {
        match (param, value) {
            (Param::Scalar(local), Value::Scalar(of, bits)) if of == self.code.locals[local.0 as usize].1 => {
                let value = Boxed::new(of, bits);
                self.registers[local.0 as usize] = value;
                self.given.push(Given::Scalar(value));
                Ok(())
            }
            (Param::Array(array), Value::Array(value)) => {
                let var = &self.code.arrays[array.0 as usize];
                if value.of != var.of || value.shape.len() != usize::from(var.axes) {
                    return Err(self.refuse(param, &Value::Array(value)));
                }
                let width = value.of.bytes() as usize;
                let bytes = value
                    .shape
                    .iter()
                    .try_fold(width, |n, length| n.checked_mul(*length));
                if bytes != Some(value.bytes.len()) {
                    let name = var.name.clone();
                    return Err(Refusal::Malformed { name });
                }
                let lengths: Vec<i64> = value.shape.iter().map(|n| *n as i64).collect();
                let Ok(handle) = self.memory.allocate(value.of, &lengths, Some(value.bytes)) else {
                    let most = self.options.memory;
                    return Err(Refusal::Memory { most });
                };
                // One for the variable, and one for whoever asks for it when all is over.
                self.memory.retain(&handle);
                self.arrays[array.0 as usize] = Some(handle);
                self.given.push(Given::Array(handle));
                Ok(())
            }
            (param, value) => Err(self.refuse(param, &value)),
        }
    }

    fn refuse(&self, param: Param, value: &Value) -> Refusal {
        let (name, expected) = match param {
            Param::Scalar(local) => {
                let (name, of) = &self.code.locals[local.0 as usize];
                (name, Type::Scalar(*of))
            }
            Param::Array(array) => {
                let var = &self.code.arrays[array.0 as usize];
                let (of, axes, layout) = (var.of, var.axes, var.layout);
                (&var.name, Type::Array { of, axes, layout })
            }
        };
        Refusal::Type {
            name: name.clone(),
            expected,
            given: value.type_of(),
        }
    }

    /// Runs about as many instructions as the budget has; what touches many elements counts as many.
    ///
    /// # Errors
    /// If the kernel ends by an error, then and whenever it is asked again.
    pub fn run(&mut self, budget: u64) -> Result<State, Failed> {
        let before = self.executed;
        let end = before.saturating_add(budget);
        let code = Arc::clone(&self.code);
        while self.ended.is_none() {
            if self.executed >= end {
                return Ok(State::Paused);
            }
            self.executed += 1;
            if let Err(fault) = self.step(&code) {
                self.fail(&code, *fault);
            }
        }
        match &self.ended {
            Some(Err(failed)) => Err(Failed::clone(failed)),
            _ => Ok(State::Done),
        }
    }

    /// Instructions so far.
    pub fn executed(&self) -> u64 {
        self.executed
    }

    /// Of the parallel loop that is running: how many of its iterations have ended, and how many there are.
    pub fn progress(&self) -> Option<(u64, u64)> {
        self.par.as_ref().map(Par::progress)
    }

    /// Bytes of arrays in use.
    pub fn memory(&self) -> u64 {
        self.memory.used()
    }

    /// What was printed.
    pub fn printed(&self) -> &str {
        &self.printed
    }

    /// What the kernel gives, a tuple's parts one after the other.
    ///
    /// # Errors
    /// If it gives something that was given no value.
    pub fn results(&self) -> Result<Vec<Value>, Failed> {
        let code = &self.code;
        let value = |param: &Param| match param {
            Param::Scalar(local) => {
                let value = self.registers[local.0 as usize];
                let name = &code.locals[local.0 as usize].0;
                let of = value.of().ok_or(name)?;
                Ok(Value::Scalar(of, value.bits()))
            }
            Param::Array(array) => {
                let handle = &self.arrays[array.0 as usize];
                let name = &code.arrays[array.0 as usize].name;
                Ok(self.array_value(handle.as_ref().ok_or(name)?))
            }
        };
        let all: Result<Vec<Value>, &String> = code.results.iter().map(value).collect();
        all.map_err(|name| Failed {
            what: What::Unbound(name.clone()),
            span: None,
            iteration: None,
        })
    }

    /// The arguments, a tuple's parts one after the other: arrays as they are now.
    pub fn arguments(&self) -> Vec<Value> {
        let value = |given: &Given| match given {
            Given::Scalar(value) => Value::Scalar(value.of().unwrap_or(crate::Scalar::I64), value.bits()),
            Given::Array(handle) => self.array_value(handle),
        };
        self.given.iter().map(value).collect()
    }

    fn array_value(&self, handle: &Handle) -> Value {
        Value::Array(ArrayValue {
            of: self.memory.of(handle),
            shape: handle.lengths().iter().map(|n| *n as usize).collect(),
            bytes: self.memory.bytes(handle),
        })
    }

    fn set(&mut self, to: Reg, value: Boxed) {
        self.registers[to as usize] = value;
    }

    fn get(&self, from: Reg) -> Boxed {
        self.registers[from as usize]
    }

    /// Why an operation could not be done on these registers: one was given no value, or the types are wrong.
    fn misfit(&self, registers: &[Reg]) -> Box<Fault> {
        let unbound = registers.iter().find(|reg| self.get(**reg) == Boxed::Undefined);
        match unbound.and_then(|reg| self.code.locals.get(*reg as usize)) {
            Some((name, _)) => Box::new(Fault {
                what: What::Unbound(name.clone()),
                site: None,
            }),
            None => Fault::broken("operands are of the types that an operation takes"),
        }
    }

    fn int(&self, from: Reg) -> Step<i64> {
        match self.get(from) {
            Boxed::I64(value) => Ok(value),
            _ => Err(self.misfit(&[from])),
        }
    }

    fn truth(&self, from: Reg) -> Step<bool> {
        match self.get(from) {
            Boxed::Bool(value) => Ok(value),
            _ => Err(self.misfit(&[from])),
        }
    }

    /// One instruction.
    #[inline]
    fn step(&mut self, code: &Code) -> Step<()> {
        let op = code.ops[self.pc];
        self.pc += 1;
        match op {
            Op::Move(to, from) => {
                let value = self.get(from);
                if value == Boxed::Undefined {
                    return Err(self.misfit(&[from]));
                }
                self.set(to, value);
            }
            Op::Unary(op, to, a) => match boxed::unary(op, self.get(a)) {
                Some(value) => self.set(to, value),
                None => return Err(self.misfit(&[a])),
            },
            Op::Binary(op, to, a, b) => match boxed::binary(op, self.get(a), self.get(b)) {
                Some(value) => self.set(to, value),
                None => return Err(self.misfit(&[a, b])),
            },
            Op::Divide(at, to) => {
                let division = &code.divisions[at as usize];
                let (a, b) = (self.get(division.a), self.get(division.b));
                if division.site.is_some() && boxed::is_zero(b) {
                    return Err(Box::new(Fault {
                        what: What::Division,
                        site: division.site,
                    }));
                }
                match boxed::divide(division.op, a, b) {
                    Some(value) => self.set(to, value),
                    None => return Err(self.misfit(&[division.a, division.b])),
                }
            }
            Op::Compare(op, to, a, b) => match boxed::compare(op, self.get(a), self.get(b)) {
                Some(value) => self.set(to, Boxed::Bool(value)),
                None => return Err(self.misfit(&[a, b])),
            },
            Op::Convert(of, to, a) => match boxed::convert(of, self.get(a)) {
                Some(value) => self.set(to, value),
                None => return Err(self.misfit(&[a])),
            },
            Op::Bits(of, to, a) => match self.get(a) {
                Boxed::Undefined => return Err(self.misfit(&[a])),
                value => self.set(to, Boxed::new(of, value.bits())),
            },
            Op::Select(to, test, yes, no) => {
                let (yes_value, no_value) = (self.get(yes), self.get(no));
                if yes_value == Boxed::Undefined || no_value == Boxed::Undefined {
                    return Err(self.misfit(&[yes, no]));
                }
                let value = if self.truth(test)? { yes_value } else { no_value };
                self.set(to, value);
            }
            Op::Load(to, access) => {
                let value = self.load(code, access)?;
                self.set(to, value);
            }
            Op::Store(value, access) => self.store(code, value, access)?,
            Op::Length(to, array, axis) => {
                let handle = self.handle(array)?;
                self.set(to, Boxed::I64(handle.shape[usize::from(axis)]));
            }
            Op::Table(to, table, at) => {
                let table = &code.tables[table as usize];
                let Boxed::I32(at) = self.get(at) else {
                    return Err(self.misfit(&[at]));
                };
                let bits = table.bits[at as usize & (table.bits.len() - 1)];
                self.set(to, Boxed::new(table.of, bits));
            }
            Op::Apart(to, a, b) => {
                let is_apart = self.handle(a)?.is_apart(&self.handle(b)?);
                self.set(to, Boxed::Bool(is_apart));
            }
            Op::Jump(to) => self.pc = to as usize,
            Op::Unless(test, to) => {
                if !self.truth(test)? {
                    self.pc = to as usize;
                }
            }
            Op::Same(to, from) => {
                let handle = self.handle(from)?;
                self.memory.retain(&handle);
                self.bind(code, to, handle)?;
            }
            Op::New(to, new) => self.new_array(code, to, new)?,
            Op::View(to, view) => self.view(code, to, view)?,
            Op::Reshape(to, reshape) => self.reshape(code, to, reshape)?,
            Op::Transposed(to, of) => self.transposed(code, to, of)?,
            Op::Check(test, site) => {
                if !self.truth(test)? {
                    return Err(self.unchecked(code, site));
                }
            }
            Op::For(at) => self.begin_for(code, at)?,
            Op::ForNext(at) => {
                let (left, step) = self.loops[at as usize];
                let looped = &code.fors[at as usize];
                if left > 0 {
                    self.loops[at as usize].0 = left - 1;
                    match boxed::binary(crate::ir::Binary::Add, self.get(looped.var), step) {
                        Some(value) => self.set(looped.var, value),
                        None => return Err(self.misfit(&[looped.var])),
                    }
                    self.pc = looped.body as usize;
                }
            }
            Op::ParFor(at) => self.begin_par(code, at)?,
            Op::ParNext => self.next_par(code)?,
            Op::Print(at) => self.print(code, at)?,
            Op::Return => self.ended = Some(Ok(())),
        }
        Ok(())
    }

    /// A serial loop's beginning: how many iterations there are is known before the first.
    fn begin_for(&mut self, code: &Code, at: u32) -> Step<()> {
        let looped = &code.fors[at as usize];
        let (start, step) = (self.get(looped.start), self.get(looped.step));
        let values = (start.integer(), self.get(looped.stop).integer(), step.integer());
        let (Some(first), Some(stop), Some(by)) = values else {
            return Err(self.misfit(&[looped.start, looped.stop, looped.step]));
        };
        let count = match by {
            0 => return Err(Fault::broken("a loop's step is not 0")),
            1.. => (stop - first + by - 1).div_euclid(by),
            _ => (first - stop - by - 1).div_euclid(-by),
        };
        if count <= 0 {
            self.pc = looped.end as usize;
            return Ok(());
        }
        // Ranges of 64 bits have fewer than 2^64 places.
        self.loops[at as usize] = ((count - 1) as u64, step);
        self.set(looped.var, start);
        Ok(())
    }

    fn print(&mut self, code: &Code, at: u32) -> Step<()> {
        let mut text = String::new();
        for part in &code.prints[at as usize] {
            match part {
                code::Part::Text(words) => text.push_str(words),
                code::Part::Value(from) => match self.get(*from) {
                    Boxed::Undefined => return Err(self.misfit(&[*from])),
                    value => text.push_str(&show::scalar(value)),
                },
                code::Part::Array(array) => {
                    let handle = self.handle(*array)?;
                    self.executed += handle.len().min(1000);
                    let memory = &self.memory;
                    let element = |number| {
                        let value = memory.load(handle.block, handle.place(number));
                        value.unwrap_or(Boxed::Undefined)
                    };
                    text.push_str(&show::array(handle.lengths(), &element));
                }
            }
        }
        text.push('\n');
        if self.printed.len() < MOST_PRINTED {
            self.printed.push_str(&text);
        }
        Ok(())
    }

    /// A check that does not hold.
    fn unchecked(&self, code: &Code, site: u32) -> Box<Fault> {
        let what = match code.sites[site as usize].what {
            Failure::Index(array, axis) => What::Index {
                array: code.arrays[array.0 as usize].name.clone(),
                axis,
                index: None,
                length: self.arrays[array.0 as usize].map(|handle| handle.shape[usize::from(axis)] as u64),
                proven: false,
            },
            Failure::Division => What::Division,
            Failure::Shape => What::Shape,
            Failure::Memory => What::Negative,
            Failure::Assertion => What::Assertion,
            Failure::Step => What::Step,
            Failure::Empty => What::Empty,
            Failure::Tuple => What::Tuple,
            Failure::Unbound(local) => What::Unbound(code.locals[local.0 as usize].0.clone()),
        };
        let site = Some(site);
        Box::new(Fault { what, site })
    }

    fn span(&self, code: &Code, site: Option<u32>) -> Option<Span> {
        let of_loop = || self.par.as_ref().map(|par| code.par_fors[par.at as usize].span);
        let of_site = site.and_then(|site| code.sites.get(site as usize));
        of_site.map(|site| site.span).or_else(of_loop)
    }

    /// The end by an error; within a parallel loop that of the iteration, as an earlier one may fail too.
    fn fail(&mut self, code: &Code, fault: Fault) {
        let failed = Box::new(Failed {
            what: fault.what,
            span: self.span(code, fault.site),
            iteration: self.par.as_ref().map(Par::variable),
        });
        let is_final = matches!(failed.what, What::Race(_) | What::Broken(_));
        match &mut self.par {
            Some(par) if !is_final => {
                par.fail(failed);
                self.pc = code.par_fors[par.at as usize].next as usize;
            }
            _ => self.ended = Some(Err(failed)),
        }
    }
}

impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Machine");
        shown.field("pc", &self.pc).field("executed", &self.executed);
        shown.field("ended", &self.ended).finish_non_exhaustive()
    }
}

fn flatten(value: Value, flat: &mut Vec<Value>) {
    match value {
        Value::Tuple(all) => all.into_iter().for_each(|one| flatten(one, flat)),
        other => flat.push(other),
    }
}

//! A function while it is written: its bytes, its variables, the blocks that are open.

use super::abi::Layouts;
use super::arrays::Shape;
use super::keep;
use super::lanes::Lanes;
use super::places::Notes;
use super::plan::Plan;
use super::same::Row;
use super::{Refusal, Target};
use crate::ir::{Array, Label, Local, ParFor, Program};
use crate::sorted::{Map as BTreeMap, Set as BTreeSet};
use crate::types::{Layout, Scalar};
use wasm_encoder::{BlockType, Encode, Function, InstructionSink, MemArg, MemArgTarget, ValType};

/// Bytes of a function's code at most; engines take a little more.
const MOST_CODE: usize = 7_000_000;
/// Variables of a function at most; engines take 50,000.
const MOST_VARIABLES: usize = 49_000;

/// What the functions of a module have in common.
pub(super) struct Unit<'a> {
    pub program: &'a Program,
    pub target: Target,
    pub layouts: &'a Layouts,
    pub loops: &'a [&'a ParFor],
    /// Number of the first function that is not imported.
    pub first: u32,
    /// What is read behind each statement.
    pub behind: Plan,
    /// What outlives the arrays that loops make.
    pub kept: BTreeMap<keep::Key, BTreeSet<Array>>,
    /// How long arrays are.
    pub shapes: BTreeMap<Array, Shape>,
    /// Loops that all lanes leave at once, wherever each begins.
    pub steady: BTreeSet<Label>,
    /// Whether places and decisions are kept: see [`super::places`].
    pub is_marked: bool,
}

/// Where a jump leads to: how many blocks are open around its end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Jump {
    pub label: Label,
    pub leave: u32,
    pub again: Option<u32>,
}

/// An array's handle in variables.
#[derive(Debug, Clone, Default)]
pub(super) struct Handle {
    /// `i32`.
    pub address: u32,
    /// `i64` each.
    pub lengths: Vec<u32>,
    /// In bytes, `i32` each; where the layout is C, not of the last axis.
    pub strides: Vec<u32>,
}

/// A function while it is written.
pub(super) struct Emitter<'a> {
    pub unit: &'a Unit<'a>,
    pub program: &'a Program,
    pub(super) code: Vec<u8>,
    /// Types of its variables, parameters first.
    types: Vec<ValType>,
    parameters: usize,
    /// Variables that hold nothing at present, by type.
    free: Vec<(ValType, u32)>,
    numbers: Vec<Option<u32>>,
    handles: Vec<Option<Handle>>,
    /// Blocks that are open.
    pub depth: u32,
    pub jumps: Vec<Jump>,
    /// Where [`crate::ir::Stmt::Return`] leads to.
    pub over: u32,
    /// The address of this slot's record of an error.
    pub record: u32,
    /// In a parallel loop's function: the parameter that is the slot, and what counts, an `i64`.
    pub inside: Option<(u32, u32)>,
    /// The loop in lanes that is being written.
    pub vector: Option<Box<Lanes>>,
    /// Rows whose addresses are known.
    pub rows: Vec<Row>,
    pub refusals: Vec<Refusal>,
    pub notes: Notes,
}

/// What a type is on the stack and in variables.
pub(super) fn word(of: Scalar) -> ValType {
    match of {
        Scalar::F32 => ValType::F32,
        Scalar::F64 => ValType::F64,
        Scalar::I64 | Scalar::U64 => ValType::I64,
        _ => ValType::I32,
    }
}

/// Memory at an offset from the address, aligned or not.
pub(super) fn at(offset: u32) -> MemArg {
    MemArg {
        offset: offset.into(),
        align: 0,
        target: MemArgTarget::Memory(0),
        ordering: None,
    }
}

impl<'a> Emitter<'a> {
    pub fn new(unit: &'a Unit<'a>, parameters: &[ValType]) -> Emitter<'a> {
        Emitter {
            unit,
            program: unit.program,
            code: Vec::new(),
            types: parameters.to_vec(),
            parameters: parameters.len(),
            free: Vec::new(),
            numbers: vec![None; unit.program.locals.len()],
            handles: vec![None; unit.program.arrays.len()],
            depth: 0,
            jumps: Vec::new(),
            over: 0,
            record: 0,
            inside: None,
            vector: None,
            rows: Vec::new(),
            refusals: Vec::new(),
            notes: Notes::default(),
        }
    }

    /// The function.
    pub fn finish(mut self) -> Result<Function, Vec<Refusal>> {
        for (what, is, limit) in [
            ("code", self.code.len(), MOST_CODE),
            ("variables", self.types.len(), MOST_VARIABLES),
        ] {
            if is > limit {
                self.refusals.push(Refusal::TooLarge { what, is, limit });
            }
        }
        if !self.refusals.is_empty() {
            return Err(self.refusals);
        }
        let mut runs: Vec<(u32, ValType)> = Vec::new();
        for of in &self.types[self.parameters..] {
            match runs.last_mut() {
                Some((n, last)) if last == of => *n += 1,
                _ => runs.push((1, *of)),
            }
        }
        let mut function = Function::new(runs);
        function.raw(self.code);
        function.instructions().end();
        Ok(function)
    }

    /// Takes instructions.
    pub fn put(&mut self) -> InstructionSink<'_> {
        InstructionSink::new(&mut self.code)
    }

    /// A new variable.
    pub fn variable(&mut self, of: ValType) -> u32 {
        self.types.push(of);
        (self.types.len() - 1) as u32
    }

    /// A variable for a while; [`Emitter::give_back`] ends it.
    pub fn borrow(&mut self, of: ValType) -> u32 {
        match self.free.iter().rposition(|(one, _)| *one == of) {
            Some(place) => self.free.swap_remove(place).1,
            None => self.variable(of),
        }
    }

    /// Ends what was borrowed.
    pub fn give_back(&mut self, variables: &[u32]) {
        for one in variables {
            self.free.push((self.types[*one as usize], *one));
        }
    }

    pub fn get(&mut self, variable: u32) {
        self.access(0x20, variable);
    }

    pub fn set(&mut self, variable: u32) {
        self.access(0x21, variable);
    }

    pub fn tee(&mut self, variable: u32) {
        self.access(0x22, variable);
    }

    /// `local.get` and its like. They are half of all instructions, and quicker written here: most variables are one byte.
    fn access(&mut self, code: u8, variable: u32) {
        match u8::try_from(variable) {
            Ok(small @ ..0x80) => self.code.extend([code, small]),
            _ => {
                self.code.push(code);
                variable.encode(&mut self.code);
            }
        }
    }

    /// The variable of a number.
    pub fn number(&mut self, local: Local) -> u32 {
        let place = local.0 as usize;
        if let Some(known) = self.numbers[place] {
            return known;
        }
        let made = self.variable(word(self.program.locals[place].of));
        self.numbers[place] = Some(made);
        made
    }

    /// From here on, a number is in this variable.
    pub fn rename(&mut self, local: Local, variable: u32) {
        self.numbers[local.0 as usize] = Some(variable);
    }

    /// The variables of an array.
    pub fn handle(&mut self, array: Array) -> Handle {
        let place = array.0 as usize;
        if let Some(known) = &self.handles[place] {
            return known.clone();
        }
        let info = &self.program.arrays[place];
        let kept = info.axes - u8::from(info.layout == Layout::C);
        let made = Handle {
            address: self.variable(ValType::I32),
            lengths: (0..info.axes).map(|_| self.variable(ValType::I64)).collect(),
            strides: (0..kept).map(|_| self.variable(ValType::I32)).collect(),
        };
        self.handles[place] = Some(made.clone());
        made
    }

    pub fn block(&mut self) {
        self.put().block(BlockType::Empty);
        self.depth += 1;
    }

    pub fn begin_loop(&mut self) {
        self.put().loop_(BlockType::Empty);
        self.depth += 1;
    }

    pub fn begin_if(&mut self) {
        self.put().if_(BlockType::Empty);
        self.depth += 1;
    }

    pub fn begin_if_giving(&mut self, of: ValType) {
        self.put().if_(BlockType::Result(of));
        self.depth += 1;
    }

    pub fn otherwise(&mut self) {
        self.put().else_();
    }

    pub fn end(&mut self) {
        self.put().end();
        self.depth -= 1;
    }

    /// Jumps to the end (or, of a loop, the begin) of the block that was opened at this depth.
    pub fn jump(&mut self, to: u32) {
        let up = self.depth - to;
        self.put().br(up);
    }

    /// The same if what is on the stack is not 0.
    pub fn jump_if(&mut self, to: u32) {
        let up = self.depth - to;
        self.put().br_if(up);
    }

    /// The address of something in the frame is the frame's with this offset.
    pub fn frame(&mut self) {
        self.get(0);
    }

    pub fn int32(&mut self, value: i32) {
        self.put().i32_const(value);
    }

    pub fn int64(&mut self, value: i64) {
        self.put().i64_const(value);
    }

    /// Calls one of the module's functions that every module has.
    pub fn call_own(&mut self, which: u32) {
        let number = self.unit.first + which;
        self.put().call(number);
    }
}

//! The program as a WebAssembly module: scalar or in lanes, for one thread or for many.
//!
//! # What a module imports and exports
//!
//! | import | |
//! |---|---|
//! | `env.memory` | the memory that everything lies in; shared if [`Target::shared`] |
//! | `env.room(frame, slot, bytes: i64) -> i32` | address of fresh memory, 16-aligned, with [`host::PADDING`] bytes of nobody's on both sides; 0 if there is none |
//! | `env.keep(frame, slot, address)` | what this slot was given and has this address in it outlives the next `release`; nothing, if there is none |
//! | `env.release(frame, slot)` | all else that this slot was given may be used again: called when an iteration of a parallel loop begins that makes arrays, and before a serial loop makes one |
//! | `env.parallel(frame, loop, start: i64, stop: i64) -> i32` | with [`Target::threads`] only: has all of a loop done by `loop_k`, gives 0, or 1 if any of it failed |
//!
//! | export | |
//! |---|---|
//! | `run(frame) -> i32` | does the kernel; 0, or 1 after an error |
//! | `loop_k(frame, slot, low: i64, high: i64) -> i32` | does the iterations from `low` up to `high` of parallel loop k |
//!
//! Without threads, `run` calls `loop_k` itself, once over the whole range. With them, `env.parallel` cuts it
//! into chunks that begin at multiples of [`crate::ir::leaf`] from the start, deals them in ascending order,
//! and stops dealing after an error. Each thread has its own instance, and its own slot number from 1;
//! `run` itself is slot 0.
//!
//! # The frame
//!
//! All of a kernel's state outside of its arrays lies in a frame, laid out by [`Abi`]: parameters and
//! results, what parallel loops see of the variables around them, partial results of
//! reductions by leaf, tables, and a record of an error for each slot. A module writes at no
//! fixed address, so that any number of instances share a memory.
//!
//! # Safety
//!
//! Every access is proven or checked, floats become integers by saturation, and no integer is divided by
//! zero or overflows: a module traps on nothing, however wrong the kernel. Addresses below [`host::LOWEST`] hold no arrays
//! and frames, which lets constant parts of an index move into the instruction. Vectors may read, never write, up to
//! [`host::PADDING`] bytes around an array.

// Arms of a `match` over instructions give the sink that took them; one that has more to do returns.
#![allow(clippy::needless_return)]

mod abi;
mod access;
mod arrays;
mod convert;
mod function;
mod helpers;
pub mod host;
mod inlanes;
mod keep;
mod lanes;
mod lockstep;
mod masks;
mod parallel;
mod places;
mod plan;
mod same;
mod scalar;
mod statements;
mod steady;
mod vaccess;
mod vconvert;
mod vector;
mod vselect;
mod walk;

pub use abi::{Abi, RECORD, Slot, SlotKind};
pub use helpers::NAMES as HELPERS;
pub use places::Marks;

use crate::ir::{Math, ParFor};
use crate::validate::Valid;
use abi::Layouts;
use function::{Emitter, Unit};
use wasm_encoder::{
    CodeSection, EntityType, ExportKind, ExportSection, Function, FunctionSection, ImportSection, MemoryType,
    TypeSection, ValType,
};

/// What to write for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Target {
    /// Lanes of 128 bits.
    pub simd: bool,
    /// `env.parallel` deals parallel loops.
    pub threads: bool,
    /// The memory is shared between threads.
    pub shared: bool,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Module {
    /// The binary module.
    pub bytes: Vec<u8>,
    /// How it is called.
    pub abi: Abi,
}

/// Why nothing was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// A function that was to be expanded.
    Math(Math),
    /// More code, variables or data than engines take.
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// How large it is.
        is: usize,
        /// How large it may be.
        limit: usize,
    },
}

/// The iteration of an error outside of parallel loops.
const NO_ITERATION: i64 = i64::MIN;

/// Numbers of what is imported.
const ROOM: u32 = 0;
const KEEP: u32 = 1;
const RELEASE: u32 = 2;
const PARALLEL: u32 = 3;

/// Pages of 64 KiB that a memory has at most.
const PAGES: u64 = 65_536;

/// Writes a program.
///
/// # Errors
/// All that it refuses.
pub fn write(program: &Valid, target: Target) -> Result<Module, Vec<Refusal>> {
    written(program, target, false).map(|(module, _)| module)
}

/// The same, and where each instruction comes from.
///
/// # Errors
/// All that it refuses.
pub fn write_marked(program: &Valid, target: Target) -> Result<(Module, Marks), Vec<Refusal>> {
    written(program, target, true)
}

fn written(program: &Valid, target: Target, is_marked: bool) -> Result<(Module, Marks), Vec<Refusal>> {
    let split = target.simd.then(|| lockstep::split(program)).flatten();
    let program = split.as_ref().unwrap_or(program);
    let loops = parallel::outer_loops(&program.body);
    let layouts = Layouts::new(program, &loops)?;
    let imports = PARALLEL + u32::from(target.threads);
    let unit = Unit {
        program,
        target,
        layouts: &layouts,
        loops: &loops,
        first: imports,
        behind: plan::behind(program),
        kept: keep::kept(program),
        shapes: arrays::shapes(program),
        // Only lanes may part.
        steady: match target.simd {
            true => steady::loops(program),
            false => Default::default(),
        },
        is_marked,
    };

    let mut refusals = Vec::new();
    let mut codes = helpers::all(imports);
    let mut marks = Marks::before(codes.len());
    let mut take = |mut emitter: Emitter<'_>| {
        marks.take(&mut emitter.notes);
        match emitter.finish() {
            Ok(function) => codes.push(function),
            Err(why) => refusals.extend(why),
        }
    };
    take(Emitter::run(&unit));
    for k in 0..loops.len() {
        take(Emitter::parallel_loop(&unit, k));
    }
    if !refusals.is_empty() {
        refusals.dedup();
        return Err(refusals);
    }
    let module = Module {
        bytes: assemble(target, &loops, imports, &codes),
        abi: layouts.abi,
    };
    Ok((module, marks))
}

/// Sections in their order.
fn assemble(target: Target, loops: &[&ParFor], imports: u32, codes: &[Function]) -> Vec<u8> {
    use ValType::{F64, I32, I64};
    let mut types = TypeSection::new();
    types.ty().function([I32, I32, I64], [I32]);
    types.ty().function([I32, I32], []);
    types.ty().function([I32, I32, I64, I64], [I32]);
    types.ty().function([I32, I32, I32, I64, I64, I64], [I32]);
    types.ty().function([F64, F64], [F64]);
    types.ty().function([I32], [I32]);
    types.ty().function([ValType::F32, ValType::F32], [ValType::F32]);
    types.ty().function([I32, I32, I32], []);
    let [room, release, loop_k, fail, fmod, run, float, keep] = [0, 1, 2, 3, 4, 5, 6, 7];

    let mut import = ImportSection::new();
    let memory = MemoryType {
        minimum: 0,
        maximum: target.shared.then_some(PAGES),
        memory64: false,
        shared: target.shared,
        page_size_log2: None,
    };
    import.import("env", "memory", memory);
    import.import("env", "room", EntityType::Function(room));
    import.import("env", "keep", EntityType::Function(keep));
    import.import("env", "release", EntityType::Function(release));
    if target.threads {
        import.import("env", "parallel", EntityType::Function(loop_k));
    }

    let mut functions = FunctionSection::new();
    functions.function(fail).function(fmod);
    functions
        .function(float)
        .function(fmod)
        .function(float)
        .function(fmod)
        .function(run);
    let mut exports = ExportSection::new();
    exports.export("run", ExportKind::Func, imports + helpers::RUN);
    for k in 0..loops.len() as u32 {
        functions.function(loop_k);
        exports.export(
            &format!("loop_{k}"),
            ExportKind::Func,
            imports + helpers::RUN + 1 + k,
        );
    }
    let mut code = CodeSection::new();
    for one in codes {
        code.function(one);
    }

    let mut module = wasm_encoder::Module::new();
    module
        .section(&types)
        .section(&import)
        .section(&functions)
        .section(&exports)
        .section(&code);
    module.finish()
}

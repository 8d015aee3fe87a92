//! WebGPU's part: a typed program becomes compute shaders, and a small program of the host that dispatches them.
//!
//! [`write`] takes the program before `expand` and `ranges`: WGSL has functions of its own. Each parallel loop
//! of the serial part becomes a shader with one invocation for each iteration, or, if it reduces, one for each lane of each
//! leaf of the language's tree, so that the order of sums is the same as everywhere. Serial statements that touch elements
//! are a shader of one invocation. All else is the host's: numbers, handles, loops and branches around dispatches.
//!
//! [`Run`] takes a [`Plan`] step by step and does all that needs no device. A host is a loop:
//!
//! ```text
//! let mut run = Run::new(&plan, &args)?;
//! loop {
//!     match run.step()? {
//!         Action::Create { buffer, words, contents } => a buffer: STORAGE | COPY_SRC | COPY_DST, words * 4 bytes
//!         Action::Drop(buffer) => forget it
//!         Action::Dispatch(launch) => pipeline of (launch.shader, launch.sharing), text by Shader::wgsl;
//!             launch.groups, at most launch.most at a time: each such band with the uniforms of launch.band;
//!             bind group 0: uniforms, the report's buffer, launch.buffers
//!         Action::Read(buffers) => submit, copy, map, run.give(words)
//!         Action::Done => break,
//!     }
//! }
//! run.outcome()?
//! ```
//!
//! The bind group's layout is explicit (a shader that never fails need not use all it has): binding 0 uniform, 1
//! storage for writing, from 2 storage, for writing where [`Shader::access`] says so. Dispatches need not be waited for
//! before the next `Read`. An array is a buffer with a 32-bit word for each element, whatever its type: narrower
//! integers and truth values are widened by [`Run`], and 64 bits narrowed where that was asked for. Arrays that an
//! iteration makes are private variables, or, where these do not do, lie in a buffer of words that all invocations of
//! a band share, an element of the first next to the same element of the second.
//!
//! # What fits
//!
//! There are no 64 bits. Floats of 64 bits are refused, or narrowed on demand. Integers of 64 bits are most often lengths,
//! counters and indices: whatever provably fits 32 bits is computed in them ([`crate::interval`]), sums of any length are kept in two words,
//! and what cannot be proven is refused by name, or narrowed on demand.
//!
//! # Safety
//!
//! An index that was not proven is checked; a bad one reads some element of its own array and stores nothing. An
//! invocation stores nothing more after its first failure. The report keeps the failure of the smallest iteration: an
//! invocation writes a record only if none before it had a smaller one, and no dispatch does anything after one that failed.
//! All loops of an invocation together run at most [`Options::bound`] rounds.

mod action;
mod cause;
mod express;
mod handles;
mod host;
mod plan;
mod prelude;
mod run;
mod shader;
mod split;
mod statements;
pub(crate) mod uses;

pub use action::{Action, Buffer, Contents, Launch, REPORT_BUFFER};
pub use plan::{
    Arg, Bound, Capture, Fault, HEADER, MARK, Op, Options, Output, Plan, Refusal, Shader, Why, Work, narrow,
};
pub use run::{Outcome, Run, words};

use crate::ir::{Param, Program};

/// Writes a program for these arguments.
///
/// # Errors
/// Why it does not run on a GPU: each cause once, in the order of the text.
pub fn write(program: &Program, options: &Options) -> Result<Plan, Vec<Refusal>> {
    let fits = |(param, arg): (&Param, &Arg)| match (param, arg) {
        (Param::Scalar(_), Arg::Scalar(_)) => true,
        (Param::Array(array), Arg::Shape(shape)) => {
            let info = program.arrays.get(array.0 as usize);
            info.is_some_and(|info| usize::from(info.axes) == shape.len())
        }
        _ => false,
    };
    if program.params.len() != options.args.len() || !program.params.iter().zip(&options.args).all(fits) {
        let why = Why::Arguments;
        return Err(vec![Refusal { why, span: None }]);
    }
    let total = uses::Uses::of(&program.body);
    let program = split::prepare(program, &total);
    let mut total = uses::Uses::of(&program.body);
    for result in &program.results {
        match result {
            Param::Scalar(local) => *total.reads.entry(*local).or_default() += 1,
            Param::Array(array) => *total.mentions.entry(*array).or_default() += 1,
        }
    }
    for param in &program.params {
        if let Param::Array(array) = param {
            *total.mentions.entry(*array).or_default() += 1;
        }
    }
    let facts = crate::interval::facts_of_shaders(&program, &total, options);
    let mut split = split::Split::new(&program, &facts, options, &total);
    split.statements(&program.body, false);
    if !split.refusals.0.is_empty() {
        return Err(split.refusals.0);
    }
    let (code, shaders, ranges) = (split.code, split.shaders, split.ranges);
    let mut plan = Plan {
        code,
        shaders,
        ranges,
        options: options.clone(),
        program: Program {
            body: Vec::new(),
            ..program
        },
    };
    plan.expand();
    Ok(plan)
}

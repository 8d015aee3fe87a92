//! What is handed over: the host's program, the shaders, and how they are bound.

use crate::expand;
use crate::ir::{Array, ArrayExpr, Expr, Local, Program, Reduce, Site};
use crate::source::Span;
use crate::types::Scalar;
pub use crate::value::Arg;
use crate::walk;
use std::fmt;

/// What the plan is made for. A plan holds for these arguments alone: what fits 32 bits depends on them.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Whether 64 bits may become 32: floats rounded, integers by their low bits.
    pub narrow: bool,
    /// Iterations of all loops of one invocation, and of the host's own loops, at most.
    pub bound: u32,
    /// What the kernel is given, in the order of [`Program::params`].
    pub args: Vec<Arg>,
    /// Storage buffers of a shader at most: the device's `maxStorageBuffersPerShaderStage`, of which the
    /// report takes one.
    pub buffers: u32,
    /// Elements of all arrays together at most.
    pub elements: u64,
    /// Whether lines end with their place in the source, after [`MARK`]: for people.
    pub is_marked: bool,
}

/// What is before a place at a line's end.
pub const MARK: &str = " //@";

impl Options {
    /// WebGPU's default limits, and iterations that take a device seconds at worst.
    pub fn new(args: Vec<Arg>) -> Options {
        Options {
            narrow: false,
            bound: 1 << 24,
            args,
            buffers: 8,
            elements: 1 << 27,
            is_marked: false,
        }
    }
}

/// What a kernel comes to: a program of the host, which [`super::Run`] takes step by step, and shaders.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Names, types and sites; of its body nothing is used any more.
    pub program: Program,
    /// What the host does.
    pub code: Vec<Op>,
    /// What it dispatches.
    pub shaders: Vec<Shader>,
    /// The host's own variables besides those of the program, for ranges that are under way.
    pub ranges: usize,
    /// What it was made for.
    pub options: Options,
}

impl Plan {
    /// Replaces the functions in what the host computes. (Shaders have WGSL's own.)
    pub(super) fn expand(&mut self) {
        let program = &mut self.program;
        let mut expand = |expr: &mut Expr| expand::expand_in(program, expr);
        for op in &mut self.code {
            match op {
                Op::Set(_, value) | Op::Unless(value, _) | Op::Check(value, _) => expand(value),
                Op::Bind(_, handle) => walk::lengths_mut(handle, &mut expand),
                Op::Range(_, start, stop, step) => [start, stop, step].into_iter().for_each(&mut expand),
                Op::Jump(_) | Op::Round(_) | Op::Next(..) | Op::Dispatch(_) | Op::End => {}
            }
        }
        for shader in &mut self.shaders {
            shader.captures.iter_mut().for_each(|one| expand(&mut one.value));
            if let Work::Each(start, stop) | Work::Lanes(start, stop) = &mut shader.work {
                [start, stop].into_iter().for_each(&mut expand);
            }
        }
    }
}

/// A step of the host. Jumps lead to a step's place in [`Plan::code`].
#[derive(Debug, Clone, PartialEq)]
pub enum Op {
    /// Gives a number a value.
    Set(Local, Expr),
    /// Gives an array a handle; a new array a new buffer.
    Bind(Array, ArrayExpr),
    /// On at the place if the value does not hold.
    Unless(Expr, usize),
    /// On at the place.
    Jump(usize),
    /// Another round of a loop that nothing else bounds, and its place as [`crate::told`] counts.
    Round(u32),
    /// Evaluates a range: its own number, first, end and step.
    Range(usize, Expr, Expr, Expr),
    /// Gives the variable the range's next number, or on at the place if there is none.
    Next(usize, Local, usize),
    /// Ends by an error if the value does not hold.
    Check(Expr, Site),
    /// Runs the shader of this number.
    Dispatch(usize),
    /// The kernel is over.
    End,
}

/// A compute shader, and what it is to be given.
#[derive(Debug, Clone, PartialEq)]
pub struct Shader {
    /// The place of the parallel loop, or of the first loop of serial statements.
    pub span: Option<Span>,
    /// How many invocations there are, and what they count.
    pub work: Work,
    /// Numbers in the uniform block, after [`HEADER`] words.
    pub captures: Vec<Capture>,
    /// Arrays: their handles follow in the uniform block, each as the offset, the lengths and the strides.
    pub handles: Vec<Bound>,
    /// Numbers that it gives back.
    pub outputs: Vec<Output>,
    /// Words that each invocation needs for arrays that it makes, in a buffer after all others.
    pub scratch: u32,
    /// All but the bindings: see [`Shader::wgsl`].
    pub(super) body: String,
}

/// What a shader's invocations count.
#[derive(Debug, Clone, PartialEq)]
pub enum Work {
    /// One invocation for all.
    Serial,
    /// One for each number from the first up to the second.
    Each(Expr, Expr),
    /// One for each lane of each leaf of the reduction's tree over these numbers.
    Lanes(Expr, Expr),
}

/// Words at the beginning of the uniform block: which dispatch it is (from 0), how many iterations, the
/// first, [`Options::bound`], a leaf's iterations, the shader's number, a band's first invocation.
pub const HEADER: usize = 7;
/// Of these, the last.
pub(super) const FIRST: usize = 6;

/// A number that the host computes for a shader.
#[derive(Debug, Clone, PartialEq)]
pub struct Capture {
    /// Its value.
    pub value: Expr,
    /// What the shader relies on, of integers.
    pub fits: (i128, i128),
    pub(super) name: String,
}

/// An array that a shader uses.
#[derive(Debug, Clone, PartialEq)]
pub struct Bound {
    /// Which.
    pub array: Array,
    /// Whether it loads elements.
    pub is_read: bool,
    /// Whether it stores elements.
    pub is_written: bool,
    /// What the shader relies on of each axis' length.
    pub fits: Vec<(i128, i128)>,
    pub(super) name: String,
    pub(super) of: Scalar,
}

/// A number that a shader gives back, in the report's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Output {
    /// Where it goes.
    pub local: Local,
    /// What is combined; `None` if it is simply the value.
    pub reduce: Option<Reduce>,
    /// Words of each invocation: 2 where 64 bits are combined.
    pub words: u32,
}

/// Invocations of a workgroup.
pub const GROUP: u32 = 64;
/// Workgroups of a band, at most.
pub const MOST_GROUPS: u32 = 65_535;
/// Words of the report before the results: who failed first (the dispatch and the iteration), how many records, one unused, and
/// 64 records of 4 words: iteration, site, index, shader.
pub const REPORT: u32 = 4 + 64 * 4;
/// What the first words of the report hold before anything failed.
pub const NOBODY: u32 = u32::MAX;
/// A record's site where an invocation ran too many iterations.
pub const STOPPED: u32 = u32::MAX;
/// A record's site where a value does not fit 32 bits.
pub const UNFIT: u32 = u32::MAX - 1;

/// Why it does not run on the GPU.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refusal {
    /// Why.
    pub why: Why,
    /// Where: what of the source it is about, or else the statement or parallel loop around.
    pub span: Option<(u32, u32)>,
}

/// Each reason with the first of its places, in their order.
#[derive(Debug, Default)]
pub(super) struct Refusals(pub Vec<Refusal>);

impl Refusals {
    /// Whether something is refused for this reason.
    pub fn has(&self, why: &Why) -> bool {
        self.0.iter().any(|one| one.why == *why)
    }

    /// Refuses what is at a place.
    pub fn add(&mut self, why: Why, span: Option<(u32, u32)>) {
        let mut span = span;
        if let Some(at) = self.0.iter().position(|one| one.why == why) {
            span = span.min(self.0.remove(at).span);
        }
        let at = self.0.iter().take_while(|one| one.span <= span).count();
        self.0.insert(at, Refusal { why, span });
    }
}

/// Reasons to refuse.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// A number of 64 bits, as it is said.
    Wide(String, Scalar),
    /// An array of such.
    WideArray(String, Scalar),
    /// More arrays than buffers.
    Buffers {
        /// How many there are.
        have: usize,
        /// How many there may be.
        most: usize,
    },
    /// An array is made inside a parallel loop, and nobody knows how large it may become.
    Allocation(String),
    /// A name for several arrays.
    Ambiguous(String),
    /// A reduction that 32 bits cannot do.
    Reduction(String),
    /// What WGSL lacks.
    Lacks(&'static str),
    /// The arguments do not go with the parameters.
    Arguments,
}

impl Refusal {
    /// Where, as elsewhere.
    pub fn span(&self) -> Option<Span> {
        self.span.map(|(start, end)| Span { start, end })
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let narrowed = |of: Scalar| narrow(of).name();
        match &self.why {
            Why::Wide(what, of) => write!(f, "{what} is {of}; narrow to {}?", narrowed(*of)),
            Why::WideArray(name, of) => {
                let the = if is_made(name) { "" } else { "the array " };
                write!(f, "{the}{} is {of}; narrow to {}?", called(name), narrowed(*of))
            }
            Why::Buffers { have, most } => {
                write!(
                    f,
                    "{have} arrays are used at once; a shader has {most} buffers for them"
                )
            }
            Why::Allocation(name) => write!(
                f,
                "{} is made inside a parallel loop; there, arrays have at most {MOST_SCRATCH} elements, known in advance",
                called(name)
            ),
            Why::Ambiguous(name) => write!(
                f,
                "{} may be one of several arrays inside a parallel loop",
                called(name)
            ),
            Why::Reduction(name) => {
                match is_made(name) {
                    true => f.write_str("what is reduced here")?,
                    false => write!(f, "'{name}'")?,
                }
                f.write_str(" is combined in 64 bits, which a shader does for sums only")
            }
            Why::Lacks(what) => write!(f, "a shader has no {what}"),
            Why::Arguments => f.write_str("the arguments do not go with the parameters"),
        }
    }
}

/// Whether an array has no name in the source.
fn is_made(name: &str) -> bool {
    name.starts_with('$') || name.is_empty()
}

/// An array as a person calls it.
fn called(name: &str) -> String {
    match is_made(name) {
        true => "an array made here".into(),
        false => format!("'{name}'"),
    }
}

/// Elements of arrays that one invocation makes and keeps in private memory, at most: WGSL has 8 kB for all.
pub const MOST_PRIVATE: u64 = 1024;
/// Elements of all others: these lie in a buffer.
pub const MOST_SCRATCH: u64 = 1 << 18;
/// Words of that buffer, at most, which do for a workgroup: where all need more, bands are shorter.
pub(super) const SCRATCH: u64 = 1 << 24;

/// A type's own, or the type of 32 bits of its kind.
pub fn narrow(of: Scalar) -> Scalar {
    match of {
        Scalar::F64 => Scalar::F32,
        Scalar::I64 => Scalar::I32,
        Scalar::U64 => Scalar::U32,
        other => other,
    }
}

/// What can go wrong while a plan runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// What the source itself makes an error.
    Site {
        /// Where, and what.
        site: Site,
        /// The index, of a bad one.
        index: i64,
    },
    /// An invocation, or the host, ran more iterations than [`Options::bound`].
    Stopped {
        /// After so many.
        after: u32,
        /// Whether it was an iteration of a parallel loop.
        in_parallel: bool,
        /// That loop, or the one that was run.
        span: Option<Span>,
    },
    /// A value does not fit the 32 bits that a shader has.
    Unfit {
        /// Its name; a float that was to be an integer has none.
        name: Option<String>,
        /// The parallel loop.
        span: Option<Span>,
    },
    /// Several names for one array leave more buffers than a shader has. (None are known to.)
    Buffers,
    /// More elements than [`Options::elements`], or fewer than none.
    Memory(Site),
    /// An array was used before it was there.
    Unset(Array),
    /// What only a shader can do was left to the host.
    Shader,
    /// The device gave back too little.
    Device,
    /// An argument is not of the parameter's type or shape.
    Argument(usize),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Site { site, index } => write!(f, "failed at site {} (index {index})", site.0),
            Fault::Stopped {
                after,
                in_parallel: true,
                ..
            } => write!(
                f,
                "the loops within one iteration of this parallel loop go round more than {after} times, which is the \
                 most on a GPU"
            ),
            Fault::Stopped { after, .. } => write!(
                f,
                "loops outside of any parallel loop go round more than {after} times, which is the most on a GPU: one \
                 invocation does all of them"
            ),
            Fault::Unfit { name: Some(name), .. } => write!(f, "'{name}' does not fit 32 bits"),
            Fault::Unfit { name: None, .. } => f.write_str("a value does not fit 32 bits"),
            Fault::Buffers => f.write_str("a shader uses more arrays than it has buffers"),
            Fault::Memory(_) => f.write_str("there is no memory for an array"),
            Fault::Unset(_) => f.write_str("an array was used before it was there"),
            Fault::Shader => f.write_str("the host cannot compute this"),
            Fault::Device => f.write_str("the device gave back too little"),
            Fault::Argument(at) => write!(f, "argument {at} is not what the plan was made for"),
        }
    }
}

impl std::error::Error for Fault {}

impl Fault {
    /// What to do.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Fault::Stopped {
                in_parallel: true, ..
            } => Some(
                "choose a smaller size, or let an iteration of the 'prange' go round less often and have more of them: a \
                 GPU that works on something for seconds is taken away from the page",
            ),
            Fault::Stopped { .. } => {
                Some("choose a smaller size, or let a 'prange' share the work out among its iterations")
            }
            _ => None,
        }
    }
}

//! The traits that join workloads to back ends.

use crate::{Array, Data, GpuProgram, OutOfMemory, PythonProgram};
use parallax_protocol::{Picture, Verification};
use std::ops::Range;

/// One entry of the catalogue.
pub trait Workload: Sync {
    /// Kebab-case id, for ever.
    fn id(&self) -> &'static str;

    /// The size that the page starts with.
    fn default_size(&self) -> u32;

    /// Smallest and largest n accepted.
    fn size_range(&self) -> (u32, u32);

    /// What a run at this size on so many threads holds in memory, known before anything is
    /// allocated.
    fn footprint(&self, size: u32, threads: usize) -> Footprint;

    /// The work at one size, its inputs made from the seed.
    fn problem(&self, size: u32, seed: u64) -> Result<Box<dyn Problem>, ProblemError>;

    /// The work in motion; `Ok(None)` where nothing moves. [`parallax_protocol::WorkloadInfo::film`] says what is
    /// seen.
    fn film(&self, _seed: u64) -> Result<Option<Box<dyn Film>>, ProblemError> {
        Ok(None)
    }
}

/// Bytes that a run holds, by what holds them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Footprint {
    /// The inputs, from beginning to end.
    pub inputs: u64,
    /// The reference's own buffers, while it is computed.
    pub reference: u64,
    /// The reference's output, kept to compare with.
    pub expected: u64,
    /// The buffers of one row, its output among them, kept while it is timed.
    pub row: u64,
    /// An output once more, while it is checked and drawn.
    pub output: u64,
}

impl Footprint {
    /// The most that is held at once, with so many rows.
    pub fn peak(&self, rows: usize) -> u64 {
        let rows = self.row.saturating_mul(rows as u64).saturating_add(self.output);
        let most = self.reference.max(rows);
        self.inputs.saturating_add(self.expected).saturating_add(most)
    }
}

impl Footprint {
    /// What a row of Python holds at most: its arguments are copies, and arrays that it makes in between
    /// are no larger than those of its input and output.
    pub fn python(&self) -> u64 {
        let made = self.row.saturating_mul(2).saturating_add(self.output);
        self.inputs.saturating_add(made)
    }
}

/// A moving picture of the work, small and slow enough to be seen: made beside the races, never
/// during one.
pub trait Film: Send {
    /// The next frame; `None` when it is over.
    fn next(&mut self) -> Option<Picture>;
}

/// Work at one size with its inputs.
pub trait Problem: Send + Sync {
    /// The workload that it is of: kernels in files of their own are found by its id.
    fn workload(&self) -> &'static str;

    /// Floating-point operations of one run: additions, subtractions, multiplications,
    /// divisions and comparisons of the algorithm as written, not of any implementation.
    fn flops(&self) -> f64;

    /// Bytes that must cross the memory bus at least once: inputs read, outputs written.
    fn bytes(&self) -> f64;

    /// The kernel in Rust at a SIMD level for so many workers, its buffers allocated.
    fn kernel(&self, level: Level, workers: usize) -> Result<Box<dyn Kernel>, ProblemError>;

    /// What kernels outside of Rust read and write.
    fn data(&self) -> Data;

    /// The kernel as a WebGPU program with its data.
    fn gpu(&self) -> GpuProgram;

    /// The kernel as a Python program, called with this problem's inputs.
    fn python(&self) -> PythonProgram;

    /// What a Python kernel gave, as [`Problem::verify`] takes it.
    fn output_of(&self, arrays: Vec<Array>) -> Output {
        match <[Array; 1]>::try_from(arrays) {
            Ok([one]) => one.into_output(),
            Err(arrays) => Output::Arrays(arrays),
        }
    }

    /// Code that shares nothing with the kernels and computes the same result, slowly.
    fn reference(&self) -> Result<Box<dyn Kernel>, ProblemError>;

    /// Compares every element of `got` with the reference's output.
    fn verify(&self, reference: &Output, got: &Output, arithmetic: Arithmetic) -> Verification;

    /// The output as an image of at most 512 pixels a side.
    fn picture(&self, output: &Output) -> Picture;

    /// The result in words, where it comes down to one number.
    fn result(&self, _output: &Output) -> Option<String> {
        None
    }
}

/// A computation cut into passes over index ranges.
///
/// A pass is a number of items that may be computed in any order and by any thread.
/// Pass p may read all that earlier passes wrote.
pub trait Kernel: Send + Sync {
    /// The passes, in order.
    fn passes(&self) -> &[Pass];

    /// Computes some items of a pass, as one of the workers that the kernel was made for.
    ///
    /// # Safety
    /// Calls that run at the same time are of the same pass, have disjoint item ranges
    /// within `0..items` and different workers, below the number of [`Problem::kernel`] (a
    /// reference has no use for its workers and takes any); a pass starts only when every
    /// call of the one before has returned, and the caller has synchronised with it (a join
    /// or a barrier).
    unsafe fn run(&self, worker: usize, pass: usize, items: Range<usize>);

    /// A copy of the output. All passes must have ended; `&mut` proves that none runs.
    fn output(&mut self) -> Result<Output, OutOfMemory>;
}

/// One pass of a kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pass {
    /// How many independent items.
    pub items: usize,
    /// How many items a thread claims at once: enough to be worth the claim, some 20 to 50
    /// microseconds with four lanes, few enough that threads end together and Stop is heard.
    pub chunk: usize,
}

impl Pass {
    /// Chunks that there are to claim.
    pub fn chunks(&self) -> usize {
        self.items.div_ceil(self.chunk.max(1))
    }
}

/// How many lanes the Rust kernels compute in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Level {
    /// One value at a time.
    Scalar,
    /// Four 32-bit lanes: wasm SIMD128, SSE2 natively.
    Simd,
}

/// What a back end's floating-point operations are allowed to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arithmetic {
    /// Each operation rounds as IEEE 754 says, in the order of the source.
    Ieee,
    /// May fuse a multiplication with an addition and flush subnormals, as WGSL allows.
    Relaxed,
}

/// A result.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// Unsigned integers, such as iteration counts.
    U32(Vec<u32>),
    /// Single-precision floats.
    F32(Vec<f32>),
    /// Double-precision floats: references only.
    F64(Vec<f64>),
    /// What somebody's own kernel gave.
    Arrays(Vec<Array>),
}

impl Output {
    /// Number of elements.
    pub fn len(&self) -> usize {
        match self {
            Output::U32(v) => v.len(),
            Output::F32(v) => v.len(),
            Output::F64(v) => v.len(),
            Output::Arrays(all) => all.iter().map(Array::len).sum(),
        }
    }

    /// True without elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One element as f64; NaN past the end, which no comparison accepts.
    pub fn at(&self, index: usize) -> f64 {
        match self {
            Output::U32(v) => v.get(index).map(|&x| f64::from(x)),
            Output::F32(v) => v.get(index).map(|&x| f64::from(x)),
            Output::F64(v) => v.get(index).copied(),
            // Of the first: the others have places of their own.
            Output::Arrays(all) => all.first().map(|array| array.at(index)),
        }
        .unwrap_or(f64::NAN)
    }
}

/// Runs a kernel on this thread alone and gives its output.
#[cfg(test)]
pub(crate) fn run_alone(mut kernel: Box<dyn Kernel>) -> Output {
    for (pass, p) in kernel.passes().to_vec().into_iter().enumerate() {
        // SAFETY: one call a pass, all items, no other thread.
        unsafe { kernel.run(0, pass, 0..p.items) };
    }
    kernel.output().unwrap()
}

/// Why there is no problem of this size.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProblemError {
    /// Outside of what the workload accepts.
    #[error("{workload} takes n from {min} to {max}, not {size}: choose a size in that range")]
    Size {
        /// Workload id.
        workload: &'static str,
        /// What was asked.
        size: u32,
        /// Smallest n.
        min: u32,
        /// Largest n.
        max: u32,
    },
    /// It exists in Python alone.
    #[error("this kernel exists in Python alone")]
    OnlyPython,
    /// The buffers do not fit.
    #[error(transparent)]
    Memory(#[from] OutOfMemory),
}

impl ProblemError {
    /// The size as an index, if it lies within what the workload accepts.
    pub(crate) fn check(workload: &'static str, size: u32, (min, max): (u32, u32)) -> Result<usize, Self> {
        match (min..=max).contains(&size) {
            true => Ok(size as usize),
            false => Err(ProblemError::Size {
                workload,
                size,
                min,
                max,
            }),
        }
    }
}

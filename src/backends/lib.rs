//! The processors: who runs a kernel, and how.
//!
//! A [`Backend`] says what it is ([`Backend::info`]) and whether it can run here
//! ([`Backend::probe`], [`Backend::fits`]). It prepares a problem once, which is the
//! cold part, and the [`Prepared`] work is then run any number of times, which is the
//! warm part. All of it is asynchronous: the engine's thread never blocks, so that Stop
//! and a lost device are heard while kernels run.
//!
//! To add a back end: a folder here and a word in [`registry`].

pub mod host;
pub mod probes;

mod barrier;
mod cpu;
mod deal;
mod error;
mod gpu;
mod javascript;
mod machine;
mod overhead;
mod python;
mod recorder;
mod team;

pub use deal::Deal;
pub use error::BackendError;
#[cfg(feature = "gpu")]
pub use gpu::GpuSlot;
pub use machine::{Machine, Pool, StopFlag};
pub use overhead::overhead;
pub use python::compiler;
pub use recorder::Recorder;
pub use team::{Chaos, Job, Team};

use futures_util::future::LocalBoxFuture;
use parallax_protocol::{BackendInfo, GpuMs, InjectKind, Support, Timeline, base_id};
use parallax_workloads::{Arithmetic, Output, Problem};
use std::sync::Arc;

/// One way to run kernels.
pub trait Backend: Sync {
    /// Names and words.
    fn info(&self) -> BackendInfo;

    /// Whether it can run on this machine and page at all.
    fn probe(&self, machine: &Machine) -> Support;

    /// Whether this problem fits its limits; `No` names the limit, the need and what there is.
    fn fits(&self, _machine: &Machine, _problem: &dyn Problem) -> Support {
        Support::YES
    }

    /// Operations of one run that it is given at most: of more a smaller problem is made, and its time
    /// extrapolated, which its row says.
    fn most_operations(&self) -> Option<f64> {
        None
    }

    /// What its arithmetic may do, which decides how exact a result must be.
    fn arithmetic(&self) -> Arithmetic {
        Arithmetic::Ieee
    }

    /// The cold part: buffers, pipelines, inputs.
    fn prepare<'a>(
        &'a self,
        machine: &'a Machine,
        problem: Arc<dyn Problem>,
        order: Order,
    ) -> LocalBoxFuture<'a, Result<Box<dyn Prepared>, BackendError>>;
}

/// How a run is to be done.
#[derive(Debug, Clone)]
pub struct Order {
    /// Threads that take part, where threads apply.
    pub threads: usize,
    /// How items are dealt out, where there are threads.
    pub deal: Deal,
    /// Raised to end the run.
    pub stop: StopFlag,
    /// A fault to provoke, for tests.
    pub inject: Option<InjectKind>,
}

/// Work that is ready to run.
pub trait Prepared {
    /// Milliseconds that generating and compiling code took; 0 where there is none.
    fn compile_ms(&self) -> f64 {
        0.0
    }

    /// The output's shape, where it has more than a length.
    fn shape(&self) -> Option<Vec<usize>> {
        None
    }

    /// Milliseconds that compiling shaders and making pipelines took; 0 where there is none.
    fn pipeline_ms(&self) -> f64 {
        0.0
    }

    /// What the kernel printed in its last run; only the interpreter prints.
    fn printed(&self) -> Option<String> {
        None
    }

    /// What the user should know of how it will run, a short sentence.
    fn note(&self) -> Option<String> {
        None
    }

    /// From now on runs are recorded, or not any more; nothing where there is nothing to record.
    fn record(&mut self, _on: bool) {}

    /// How evenly the threads were busy since recording began; `None` where that means nothing.
    fn imbalance(&self) -> Option<f64> {
        None
    }

    /// Who did what when since recording began, and ends it.
    fn recorded(&mut self) -> Option<Timeline> {
        None
    }

    /// Runs the whole kernel `runs` times, one after the other.
    fn run(&mut self, runs: u32) -> LocalBoxFuture<'_, Result<(), BackendError>>;

    /// The parts of a run, each timed by itself, medians of so many rounds; `None` where a
    /// run has no parts.
    fn parts(&mut self, _rounds: u32) -> LocalBoxFuture<'_, Result<Option<GpuMs>, BackendError>> {
        Box::pin(async { Ok(None) })
    }

    /// The output of the last run.
    fn output(&mut self) -> LocalBoxFuture<'_, Result<Output, BackendError>>;
}

/// Every back end, in ladder order; Python's rungs beside those of the same name.
pub fn registry() -> &'static [&'static dyn Backend] {
    &[
        &javascript::JavaScript,
        &python::INTERPRETER,
        &cpu::SCALAR,
        &python::SCALAR,
        &cpu::SIMD,
        &python::SIMD,
        &cpu::THREADS,
        &python::THREADS,
        &cpu::THREADS_SIMD,
        &python::THREADS_SIMD,
        &gpu::Gpu,
        &python::GPU,
    ]
}

/// The back end with this id, or with what stands before its `#`.
pub fn find(id: &str) -> Option<&'static dyn Backend> {
    let id = base_id(id);
    registry().iter().copied().find(|b| b.info().id == id)
}

//! What the machine itself can do: how fast it copies, computes, calls and is told things.
//!
//! A [`Subject`] names one such thing, [`probe`] makes it ready, and the [`Probe`] is then run as
//! often as one likes. Probes give raw times; how often to run them, and the figures, are the
//! engine's (`src/engine/probing.rs`). The quantities, by the ids that reports give them:
//!
//! | id | unit | what | formula and source |
//! |---|---|---|---|
//! | `peak` | GFLOP/s | multiplications and additions that nothing waits for, `of` scalar, simd or gpu | 2 a step of each of [`CHAINS`] independent chains x = x a + b, none fused on the CPU; the GPU's `fma` may be (Williams, Waterman and Patterson 2009, Roofline) |
//! | `copy` | GB/s | copying one array to another, `of` simd (128-bit loads and stores) or gpu, by working set | bytes read + bytes written, as McCalpin's STREAM counts its Copy: what a cache reads to own a line before it is written is not counted. The working set is both arrays together, of all threads |
//! | `cores` | | threads that really run at once | N t(1) / t(N), where each of N threads does the same arithmetic as the one: that of `peak` of scalar |
//! | `dispatch` | us | calling all threads of the pool and hearing from all | an empty run of a team |
//! | `barrier` | us | all threads meeting once | a run of a team among many empty ones |
//! | `spawn` | ms | a new thread, in a browser a Worker, to its first answer | its script from wherever the browser keeps it; its end is not in it |
//! | `clock-step` | us | the smallest step of the clock | [`timer_resolution_us`](crate::host::timer_resolution_us) |
//! | `message` | us | an empty object to another Worker and one back | one at a time, as the engine hears of it |
//! | `clone` | GB/s | an ArrayBuffer to another Worker by structured clone, answered by an empty object | bytes / time, the answer's way included |
//! | `transfer` | GB/s | an ArrayBuffer moved to another Worker and back | 2 bytes / time; nothing is copied, so that it grows with the bytes |
//! | `shared` | GB/s | written into shared memory here, then read from it by another Worker that is told by a message | bytes / time, both copies and both messages included |
//! | `gpu-round-trip` | us | submitting nothing and hearing that it is done | `onSubmittedWorkDone` |
//! | `gpu-map-round-trip` | us | copying 4 bytes and mapping them | `mapAsync` |
//! | `gpu-empty-dispatch` | us | a dispatch of one workgroup that does nothing | one of [`gpu::ROW`] in one submission, the wait for all of them included |
//! | `gpu-upload`, `gpu-readback` | GB/s | from our memory to a buffer of the GPU's, and back | bytes / time, with the wait for it: the back end's way |
//! | `gpu-quantum` | us | the step of the GPU's time stamps | what all differences of some stamps are multiples of |
//! | `gpu-max-buffer`, `gpu-max-binding` | B | the largest buffer, and the largest storage binding | the adapter's limits |
//! | `gpu-max-workgroups`, `gpu-max-invocations` | | workgroups in a dimension of a dispatch, invocations in a workgroup | the same; our own shaders keep to the defaults, 65,535 and 256 |
//!
//! What is not here has no probe: messages natively, a GPU where there is none, shared memory on a
//! page that is not isolated.

mod cpu;
#[cfg(feature = "gpu")]
mod gpu;
#[cfg(target_arch = "wasm32")]
mod messages;
mod threads;

#[cfg(doc)]
use parallax_workloads::peak::CHAINS;

use crate::{BackendError, Machine, StopFlag};
use futures_util::future::LocalBoxFuture;
use parallax_protocol::Unit;
use parallax_workloads::Level;

/// Something of the machine that can be measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Subject {
    /// Copying on the CPU.
    Copy {
        /// Both arrays together, of all threads.
        bytes: u64,
        /// Threads that copy, each its own part.
        threads: usize,
    },
    /// Multiplying and adding on the CPU; the same work for each thread.
    Peak {
        /// One lane or four.
        level: Level,
        /// Threads that compute.
        threads: usize,
    },
    /// Calling so many threads.
    Dispatch {
        /// Threads that are called.
        threads: usize,
    },
    /// So many threads meeting.
    Barrier {
        /// Threads that meet.
        threads: usize,
    },
    /// Starting a thread.
    Spawn,
    /// An empty message and its answer.
    Message,
    /// So many bytes to another Worker by structured clone.
    Clone(u64),
    /// So many bytes to another Worker and back, moved.
    Transfer(u64),
    /// So many bytes to another Worker through shared memory.
    Shared(u64),
    /// Copying on the GPU, so many bytes in both arrays together.
    GpuCopy(u64),
    /// Multiplying and adding on the GPU.
    GpuPeak,
    /// Nothing, submitted and waited for.
    GpuRoundTrip,
    /// Four bytes, copied and mapped.
    GpuMapRoundTrip,
    /// Empty dispatches in a row.
    GpuEmptyDispatch,
    /// So many bytes to the GPU.
    GpuUpload(u64),
    /// So many bytes from the GPU.
    GpuReadback(u64),
}

impl Subject {
    /// Whether it is of the GPU.
    pub fn is_gpu(self) -> bool {
        matches!(
            self,
            Subject::GpuCopy(_)
                | Subject::GpuPeak
                | Subject::GpuRoundTrip
                | Subject::GpuMapRoundTrip
                | Subject::GpuEmptyDispatch
                | Subject::GpuUpload(_)
                | Subject::GpuReadback(_)
        )
    }

    /// Whether it needs another Worker's answers.
    pub fn is_message(self) -> bool {
        matches!(
            self,
            Subject::Message | Subject::Clone(_) | Subject::Transfer(_) | Subject::Shared(_)
        )
    }
}

/// A subject that is ready to be measured.
pub trait Probe {
    /// What one run is worth: bytes where the unit is GB/s, operations where it is GFLOP/s, calls
    /// where it is a time.
    fn amount(&self) -> f64;

    /// Does it so many times in a row. Gives the milliseconds that all of them took.
    fn run(&mut self, runs: u32) -> LocalBoxFuture<'_, Result<f64, BackendError>>;
}

/// The size of what took `ms` for so many runs, each worth `amount`, in a unit of rate or time.
pub fn value(unit: Unit, amount: f64, runs: u32, ms: f64) -> f64 {
    let amount = amount * f64::from(runs);
    match unit {
        Unit::GbPerS | Unit::GflopPerS => amount / ms / 1e6,
        Unit::Us => ms / amount * 1e3,
        Unit::Ms => ms / amount,
        Unit::Count | Unit::Ratio | Unit::Bytes => f64::NAN,
    }
}

/// Makes a subject ready, buffers and shaders included. `None` where it does not exist.
///
/// # Errors
/// `Memory` where there is too little of it, `Gpu` and `DeviceLost` where the GPU refuses,
/// `JavaScript` where no Worker starts, `Stopped`.
pub async fn probe(
    machine: &Machine,
    subject: Subject,
    stop: &StopFlag,
) -> Result<Option<Box<dyn Probe>>, BackendError> {
    match subject {
        Subject::Copy { bytes, threads } => cpu::copy(machine, bytes, threads, stop).await,
        Subject::Peak { level, threads } => cpu::peak(machine, level, threads, stop).await,
        Subject::Dispatch { threads } => Ok(threads::calls(machine, threads, false, stop)),
        Subject::Barrier { threads } => Ok(threads::calls(machine, threads, true, stop)),
        #[cfg(not(target_arch = "wasm32"))]
        Subject::Spawn => Ok(Some(threads::spawn(machine))),
        #[cfg(target_arch = "wasm32")]
        Subject::Spawn => Ok(messages::spawn(machine, stop)),
        #[cfg(target_arch = "wasm32")]
        Subject::Message | Subject::Clone(_) | Subject::Transfer(_) | Subject::Shared(_) => {
            messages::probe(machine, subject, stop).await
        }
        #[cfg(not(target_arch = "wasm32"))]
        Subject::Message | Subject::Clone(_) | Subject::Transfer(_) | Subject::Shared(_) => Ok(None),
        #[cfg(feature = "gpu")]
        gpu => gpu::probe(machine, gpu, stop).await,
        #[cfg(not(feature = "gpu"))]
        _ => Ok(None),
    }
}

/// What a GPU's adapter allows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GpuLimits {
    /// Bytes of the largest buffer.
    pub max_buffer: f64,
    /// Bytes of the largest storage binding.
    pub max_binding: f64,
    /// Workgroups in one dimension of a dispatch.
    pub max_workgroups: f64,
    /// Invocations in a workgroup.
    pub max_invocations: f64,
}

/// The adapter's limits; `None` without one.
pub fn gpu_limits(machine: &Machine) -> Option<GpuLimits> {
    #[cfg(feature = "gpu")]
    return gpu::limits(machine);
    #[cfg(not(feature = "gpu"))]
    {
        let _ = machine;
        None
    }
}

/// The step of the GPU's time stamps in microseconds, from some of them; `None` where it has none
/// or they say nothing.
///
/// # Errors
/// `Gpu` and `DeviceLost` where the GPU refuses, `Stopped`.
pub async fn gpu_quantum_us(machine: &Machine, stop: &StopFlag) -> Result<Option<f64>, BackendError> {
    #[cfg(feature = "gpu")]
    return gpu::quantum_us(machine, stop).await;
    #[cfg(not(feature = "gpu"))]
    {
        let _ = (machine, stop);
        Ok(None)
    }
}

#[cfg(test)]
mod tests;

//! Python in Numba's style: one text, interpreted, compiled to WebAssembly with and without lanes and threads,
//! and to WGSL. Beside the hand-written rungs, of which it has the names.
//!
//! [`compiler`] is the only part that speaks with the compiler crate of what is wrong; [`loops`] shares a
//! compiled kernel's parallel loops among the pool's threads; `wasm` (in browsers) makes the modules run in the
//! engine's own memory, and `gpu` takes a plan's steps on the device.

pub mod compiler;
pub mod explain;
#[cfg(feature = "gpu")]
mod gpu;
mod interpreter;
// Natively nothing but its tests uses it: there is no engine for generated WebAssembly.
#[cfg_attr(not(target_arch = "wasm32"), allow(dead_code))]
mod loops;
#[cfg(target_arch = "wasm32")]
mod rooms;
#[cfg(target_arch = "wasm32")]
mod wasm;

use crate::{Backend, BackendError, Machine, Order, Pool, Prepared};
use futures_util::future::LocalBoxFuture;
use parallax_protocol::{BackendInfo, Form, Support};
use parallax_workloads::{Arithmetic, Problem};
use std::sync::Arc;

/// One of Python's rungs.
pub struct Python {
    id: &'static str,
    name: &'static str,
    what: &'static str,
    how: &'static str,
    rung: Rung,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rung {
    Interpreter,
    Wasm { simd: bool, threads: bool },
    Gpu,
}

/// Every number in a box, as Python itself does it.
pub const INTERPRETER: Python = Python {
    id: "interpreter",
    name: "Interpreter",
    what: "the Python kernel, interpreted: every number in a box, as in Python itself",
    how: "one instruction after the other",
    rung: Rung::Interpreter,
};

/// Compiled, one value at a time.
pub const SCALAR: Python = Python {
    id: "scalar:python",
    name: "Scalar from Python",
    what: "the Python kernel (Numba style), compiled here to WebAssembly",
    how: "one lane, one thread",
    rung: Rung::Wasm {
        simd: false,
        threads: false,
    },
};

/// Compiled, in lanes.
pub const SIMD: Python = Python {
    id: "simd:python",
    name: "SIMD from Python",
    what: "the same with 128-bit vectors",
    how: "up to four lanes, one thread",
    rung: Rung::Wasm {
        simd: true,
        threads: false,
    },
};

/// Compiled, its parallel loops on the pool.
pub const THREADS: Python = Python {
    id: "threads:python",
    name: "Threads from Python",
    what: "the same without vectors, its prange loops on the pool",
    how: "one lane, every thread claims iterations",
    rung: Rung::Wasm {
        simd: false,
        threads: true,
    },
};

/// Both.
pub const THREADS_SIMD: Python = Python {
    id: "threads+simd:python",
    name: "Threads + SIMD from Python",
    what: "the same with vectors, its prange loops on the pool",
    how: "up to four lanes, every thread claims iterations",
    rung: Rung::Wasm {
        simd: true,
        threads: true,
    },
};

/// Compiled to shaders.
pub const GPU: Python = Python {
    id: "gpu:python",
    name: "GPU from Python",
    what: "the Python kernel (Numba style), compiled here to WebGPU shaders",
    how: "an invocation for each iteration",
    rung: Rung::Gpu,
};

/// Operations that the interpreter is given: some 50 ms of them.
const INTERPRETED: f64 = 2e5;

/// No engine for it is linked natively.
#[cfg(not(target_arch = "wasm32"))]
const NOT_HERE: &str = "generated WebAssembly runs in a browser";

impl Python {
    fn is_threaded(&self) -> bool {
        matches!(self.rung, Rung::Wasm { threads: true, .. })
    }
}

impl Backend for Python {
    fn info(&self) -> BackendInfo {
        BackendInfo {
            id: self.id.into(),
            name: self.name.into(),
            what: self.what.into(),
            form: Form::Python,
            how: self.how.into(),
            threaded: self.is_threaded(),
        }
    }

    fn probe(&self, machine: &Machine) -> Support {
        match (self.rung, &machine.pool) {
            #[cfg(not(target_arch = "wasm32"))]
            (Rung::Wasm { .. }, _) => Support::no(NOT_HERE),
            #[cfg(feature = "gpu")]
            (Rung::Gpu, _) => machine.gpu.support(),
            #[cfg(not(feature = "gpu"))]
            (Rung::Gpu, _) => Support::no("this build has no GPU support"),
            (_, Pool::Threads(_)) => Support::YES,
            (_, Pool::Here { reason }) if self.is_threaded() => Support::no(reason.as_str()),
            (_, Pool::Here { .. }) => Support::Yes {
                note: Some("runs on the engine's own thread, so Stop has to restart the engine".into()),
            },
        }
    }

    fn most_operations(&self) -> Option<f64> {
        (self.rung == Rung::Interpreter).then_some(INTERPRETED)
    }

    fn arithmetic(&self) -> Arithmetic {
        match self.rung {
            Rung::Gpu => Arithmetic::Relaxed,
            _ => Arithmetic::Ieee,
        }
    }

    fn prepare<'a>(
        &'a self,
        machine: &'a Machine,
        problem: Arc<dyn Problem>,
        order: Order,
    ) -> LocalBoxFuture<'a, Result<Box<dyn Prepared>, BackendError>> {
        match self.rung {
            Rung::Interpreter => Box::pin(interpreter::prepare(machine, problem, order)),
            #[cfg(target_arch = "wasm32")]
            Rung::Wasm { simd, threads } => {
                Box::pin(wasm::prepare(machine, problem, order, simd, threads, self.id))
            }
            #[cfg(not(target_arch = "wasm32"))]
            Rung::Wasm { .. } => Box::pin(async { Err(left_out(NOT_HERE)) }),
            #[cfg(feature = "gpu")]
            Rung::Gpu => Box::pin(gpu::prepare(machine, problem, order)),
            #[cfg(not(feature = "gpu"))]
            Rung::Gpu => Box::pin(async { Err(left_out("this build has no GPU support")) }),
        }
    }
}

#[cfg(not(all(target_arch = "wasm32", feature = "gpu")))]
fn left_out(reason: &str) -> BackendError {
    BackendError::LeftOut {
        reason: reason.into(),
    }
}

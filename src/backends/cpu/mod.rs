//! The CPU's four rungs: one kernel body, with one lane or four, on one thread or on all.

use crate::{Backend, BackendError, Chaos, Job, Machine, Order, Pool, Prepared, Recorder, Team};
use futures_util::future::LocalBoxFuture;
use parallax_protocol::{BackendInfo, FEWER_THREADS, Form, Support, Timeline};
use parallax_workloads::{Kernel, Level, Output, Problem};
use std::sync::Arc;

/// One of the four.
pub struct Cpu {
    id: &'static str,
    name: &'static str,
    what: &'static str,
    how: &'static str,
    level: Level,
    threaded: bool,
}

/// The baseline: no SIMD instruction, one thread.
pub const SCALAR: Cpu = Cpu {
    id: "scalar",
    name: "Scalar",
    what: "WebAssembly, one value at a time, one thread",
    how: "one lane, one thread",
    level: Level::Scalar,
    threaded: false,
};

/// Four lanes, one thread.
pub const SIMD: Cpu = Cpu {
    id: "simd",
    name: "SIMD",
    what: "WebAssembly with 128-bit vectors, one thread",
    how: "four lanes, one thread",
    level: Level::Simd,
    threaded: false,
};

/// The scalar kernel on the pool.
pub const THREADS: Cpu = Cpu {
    id: "threads",
    name: "Threads",
    what: "the scalar kernel on a pool of Web Workers that share memory",
    how: "one lane, every thread claims chunks",
    level: Level::Scalar,
    threaded: true,
};

/// The SIMD kernel on the pool.
pub const THREADS_SIMD: Cpu = Cpu {
    id: "threads+simd",
    name: "Threads + SIMD",
    what: "the SIMD kernel on the same pool",
    how: "four lanes, every thread claims chunks",
    level: Level::Simd,
    threaded: true,
};

impl Backend for Cpu {
    fn info(&self) -> BackendInfo {
        BackendInfo {
            id: self.id.into(),
            name: self.name.into(),
            what: self.what.into(),
            form: Form::Rust,
            how: self.how.into(),
            threaded: self.threaded,
        }
    }

    fn probe(&self, machine: &Machine) -> Support {
        match &machine.pool {
            Pool::Threads(_) => Support::YES,
            Pool::Here { reason } if self.threaded => Support::no(reason.as_str()),
            Pool::Here { .. } => Support::Yes {
                note: Some("runs on the engine's own thread, so Stop has to restart the engine".into()),
            },
        }
    }

    fn prepare<'a>(
        &'a self,
        machine: &'a Machine,
        problem: Arc<dyn Problem>,
        order: Order,
    ) -> LocalBoxFuture<'a, Result<Box<dyn Prepared>, BackendError>> {
        Box::pin(async move {
            let level = self.level;
            let threads = if self.threaded { order.threads } else { 1 };
            // Allocating is touching: large buffers are zeroed on the pool, not on this thread.
            let kernel = machine.pool.offload(move || problem.kernel(level, threads)).await;
            let kernel = kernel.map_err(|message| BackendError::Panicked { message })??;
            let times = order.deal.chunk.unwrap_or(1.0).max(f64::MIN_POSITIVE);
            let chunks = kernel.passes().iter();
            let chunks = chunks
                .map(|pass| (pass.chunks() as f64 / times).ceil() as usize)
                .max();
            let prepared = Ready {
                kernel: Arc::from(kernel),
                pool: machine.pool.clone(),
                // Who finds no chunk would only be waited for.
                threads: threads.min(chunks.unwrap_or(1).max(1)),
                wanted: threads,
                order,
                recorder: None,
                id: self.id,
            };
            Ok(Box::new(prepared) as Box<dyn Prepared>)
        })
    }
}

struct Ready {
    kernel: Arc<dyn Kernel>,
    pool: Pool,
    threads: usize,
    wanted: usize,
    order: Order,
    recorder: Option<Arc<Recorder>>,
    id: &'static str,
}

impl Prepared for Ready {
    fn note(&self) -> Option<String> {
        match self.threads {
            some if some < self.wanted => Some(format!(
                "{FEWER_THREADS}{some} thread{} only: the others of {} are left out",
                if some == 1 { "" } else { "s" },
                self.wanted
            )),
            _ => None,
        }
    }

    fn run(&mut self, runs: u32) -> LocalBoxFuture<'_, Result<(), BackendError>> {
        let job = Job {
            threads: self.threads,
            runs,
            stop: self.order.stop.clone(),
            deal: self.order.deal,
            recorder: self.recorder.clone(),
            chaos: Chaos::of(self.order.inject),
        };
        Box::pin(Team::run(&self.pool, Arc::clone(&self.kernel), job))
    }

    fn record(&mut self, on: bool) {
        self.recorder = on.then(|| Arc::new(Recorder::new(self.threads)));
    }

    fn imbalance(&self) -> Option<f64> {
        self.recorder.as_ref()?.imbalance()
    }

    fn recorded(&mut self) -> Option<Timeline> {
        Some(self.recorder.take()?.timeline(self.id))
    }

    fn output(&mut self) -> LocalBoxFuture<'_, Result<Output, BackendError>> {
        Box::pin(async {
            match Arc::get_mut(&mut self.kernel) {
                Some(kernel) => Ok(kernel.output()?),
                // A team that was abandoned half-way still holds the kernel.
                None => Err(BackendError::Stopped),
            }
        })
    }
}

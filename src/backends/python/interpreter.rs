//! The interpreter, on one thread of the pool, a slice of instructions at a time so that Stop is heard.
//!
//! The first run of somebody's own kernel looks for races, which the other rungs would only show by what they give.

use super::compiler::{self, Shared};
use crate::{BackendError, Chaos, Machine, Order, Pool, Prepared, StopFlag};
use futures_util::future::LocalBoxFuture;
use parallax_compiler::{Diagnostic, Kind, Span, interpret};
use parallax_workloads::{Array, Output, Problem};
use std::sync::Arc;

/// Instructions between two looks at the stop flag: well below a millisecond of them.
const SLICE: u64 = 10_000;
/// What a first run may take, in milliseconds: whoever waits longer asks for a smaller size.
const LIMIT_MS: f64 = 4_000.0;
/// What it may take of that while races are looked for, which makes it some times slower: beyond, nobody looks.
const WATCHED_MS: f64 = 2_000.0;
/// Bytes of arrays, where the machine names no limit.
const MOST_BYTES: u64 = 1 << 30;

/// Compiles for the interpreter.
pub async fn prepare(
    machine: &Machine,
    problem: Arc<dyn Problem>,
    order: Order,
) -> Result<Box<dyn Prepared>, BackendError> {
    let begin = machine.host.now_ms();
    let shared = compiler::shared(machine, &problem, &order.stop).await?;
    compiler::room(&shared.prepared, 3).map_err(|reason| BackendError::LeftOut { reason })?;
    Ok(Box::new(Ready {
        compile_ms: machine.host.now_ms() - begin,
        shared,
        pool: machine.pool.clone(),
        memory: machine.memory.unwrap_or(MOST_BYTES).min(MOST_BYTES),
        problem,
        order,
        runs: 0,
        results: Vec::new(),
        printed: String::new(),
        shape: None,
    }))
}

struct Ready {
    shared: Arc<Shared>,
    problem: Arc<dyn Problem>,
    pool: Pool,
    order: Order,
    memory: u64,
    compile_ms: f64,
    /// Runs so far.
    runs: u64,
    results: Vec<Array>,
    printed: String,
    shape: Option<Vec<usize>>,
}

/// What ends a run before its time.
enum End {
    Stopped,
    TooLong,
    Failed(Box<Diagnostic>),
}

impl Ready {
    async fn once(&mut self) -> Result<(), BackendError> {
        let shared = Arc::clone(&self.shared);
        let (stop, memory) = (self.order.stop.clone(), self.memory);
        let chaos = Chaos::of(self.order.inject);
        let is_first = self.runs == 0;
        // Kernels of ours are known to have no races.
        let is_own = self.problem.workload().is_empty();
        let job = move || {
            if let Some(chaos) = chaos {
                chaos.strike();
            }
            let options = |shadow| interpret::Options {
                memory,
                shadow,
                ..interpret::Options::default()
            };
            if is_first && is_own && shared.prepared.is_parallel() {
                match interpreted(&shared, options(true), Some(WATCHED_MS), &stop) {
                    // Looking needs time and memory of its own: the kernel's alone may do.
                    Err(End::TooLong) => {}
                    Err(End::Failed(why)) if why.kind == Kind::Memory => {}
                    ended => return ended,
                }
            }
            interpreted(&shared, options(false), is_first.then_some(LIMIT_MS), &stop)
        };
        let ended = self.pool.offload(job).await;
        self.runs += 1;
        match ended.map_err(|message| BackendError::Panicked { message })? {
            Ok((results, printed)) => {
                self.results = results;
                self.printed = printed;
                Ok(())
            }
            Err(End::Stopped) => Err(BackendError::Stopped),
            Err(End::Failed(why)) => Err(BackendError::Python(compiler::diagnoses(
                &self.shared.source,
                &[*why],
            ))),
            Err(End::TooLong) => Err(BackendError::LeftOut {
                reason: format!(
                    "left out: its first run did not end within {} s, as every number is in a box of its own; \
                     choose a smaller size",
                    LIMIT_MS / 1e3
                ),
            }),
        }
    }
}

fn interpreted(
    Shared { prepared, .. }: &Shared,
    options: interpret::Options,
    limit_ms: Option<f64>,
    stop: &StopFlag,
) -> Result<(Vec<Array>, String), End> {
    let failed = |one| End::Failed(Box::new(one));
    let mut machine = prepared.machine(options).map_err(|why| {
        let kind = match why {
            interpret::Refusal::Memory { .. } => Kind::Memory,
            _ => Kind::Typing,
        };
        failed(Diagnostic::new(kind, Span::default(), why.to_string()))
    })?;
    let begin = crate::host::wall_ms();
    loop {
        match machine.run(SLICE) {
            Ok(interpret::State::Done) => break,
            Ok(interpret::State::Paused) => {}
            Err(error) => return Err(failed(error.diagnostic())),
        }
        if stop.is_raised() {
            return Err(End::Stopped);
        }
        if limit_ms.is_some_and(|limit| crate::host::wall_ms() - begin > limit) {
            return Err(End::TooLong);
        }
    }
    let results = machine.results().map_err(|error| failed(error.diagnostic()))?;
    let outputs = prepared.outputs(results, || machine.arguments());
    Ok((compiler::arrays(outputs), machine.printed().to_owned()))
}

impl Prepared for Ready {
    fn compile_ms(&self) -> f64 {
        self.compile_ms
    }

    fn shape(&self) -> Option<Vec<usize>> {
        self.shape.clone()
    }

    fn printed(&self) -> Option<String> {
        (!self.printed.is_empty()).then(|| self.printed.clone())
    }

    fn run(&mut self, runs: u32) -> LocalBoxFuture<'_, Result<(), BackendError>> {
        Box::pin(async move {
            for _ in 0..runs {
                self.once().await?;
            }
            Ok(())
        })
    }

    fn output(&mut self) -> LocalBoxFuture<'_, Result<Output, BackendError>> {
        Box::pin(async {
            let results = std::mem::take(&mut self.results);
            self.shape = results.first().map(|array| array.shape.clone());
            Ok(self.problem.output_of(results))
        })
    }
}

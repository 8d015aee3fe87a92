//! The interpreter, on one thread of the pool, a slice of instructions at a time so that Stop is heard.

use super::compiler::{self, Shared};
use crate::{BackendError, Chaos, Machine, Order, Pool, Prepared, StopFlag};
use futures_util::future::LocalBoxFuture;
use parallax_compiler::{Diagnostic, Kind, Span, interpret};
use parallax_protocol::Diagnosis;
use parallax_workloads::{Array, Output, Problem};
use std::sync::Arc;

/// Instructions between two looks at the stop flag: well below a millisecond of them.
const SLICE: u64 = 10_000;
/// What a first run may take, in milliseconds: whoever waits longer asks for a smaller size.
const LIMIT_MS: f64 = 4_000.0;
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
    Failed(Vec<Diagnosis>),
}

impl Ready {
    async fn once(&mut self) -> Result<(), BackendError> {
        let shared = Arc::clone(&self.shared);
        let (stop, memory) = (self.order.stop.clone(), self.memory);
        let chaos = Chaos::of(self.order.inject);
        let limit_ms = (self.runs == 0).then_some(LIMIT_MS);
        let job = move || {
            if let Some(chaos) = chaos {
                chaos.strike();
            }
            interpreted(&shared, memory, limit_ms, &stop)
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
            Err(End::Failed(diagnostics)) => Err(BackendError::Python(diagnostics)),
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
    Shared { prepared, source, .. }: &Shared,
    memory: u64,
    limit_ms: Option<f64>,
    stop: &StopFlag,
) -> Result<(Vec<Array>, String), End> {
    let failed = |one| End::Failed(compiler::diagnoses(source, &[one]));
    let options = interpret::Options {
        memory,
        ..interpret::Options::default()
    };
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
    let outputs = prepared.outputs(results, &machine.arguments());
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

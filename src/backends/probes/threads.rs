//! What threads cost by themselves: calling them, letting them meet, starting one.

use super::Probe;
use crate::host::Host;
use crate::{BackendError, Machine, Pool, StopFlag, overhead};
use futures_util::future::LocalBoxFuture;
use std::rc::Rc;

/// Empty runs of a team.
struct Calls {
    pool: Pool,
    threads: usize,
    /// All runs in one call, or each in its own.
    in_one: bool,
    host: Rc<dyn Host>,
    stop: StopFlag,
}

impl Probe for Calls {
    fn amount(&self) -> f64 {
        1.0
    }

    fn run(&mut self, runs: u32) -> LocalBoxFuture<'_, Result<f64, BackendError>> {
        let (calls, each) = match self.in_one {
            true => (1, runs),
            false => (runs, 1),
        };
        Box::pin(async move {
            let begin = self.host.now_ms();
            for _ in 0..calls {
                overhead::call(&self.pool, self.threads, each, &self.stop).await?;
            }
            Ok(self.host.now_ms() - begin)
        })
    }
}

/// Calls of a team; `None` without a pool of so many threads.
pub(super) fn calls(
    machine: &Machine,
    threads: usize,
    in_one: bool,
    stop: &StopFlag,
) -> Option<Box<dyn Probe>> {
    let there = threads > 0 && threads <= machine.pool.threads();
    there.then(|| {
        Box::new(Calls {
            pool: machine.pool.clone(),
            threads,
            in_one,
            host: Rc::clone(&machine.host),
            stop: stop.clone(),
        }) as Box<dyn Probe>
    })
}

/// Threads of the system, one after the other.
#[cfg(not(target_arch = "wasm32"))]
struct Spawn(Rc<dyn Host>);

#[cfg(not(target_arch = "wasm32"))]
impl Probe for Spawn {
    fn amount(&self) -> f64 {
        1.0
    }

    fn run(&mut self, runs: u32) -> LocalBoxFuture<'_, Result<f64, BackendError>> {
        Box::pin(async move {
            let begin = self.0.now_ms();
            for _ in 0..runs {
                let (sender, answer) = futures_channel::oneshot::channel();
                let thread = std::thread::Builder::new().spawn(move || {
                    // Unheard only if nobody waits.
                    let _ = sender.send(());
                });
                let refused = |message: String| BackendError::Panicked { message };
                thread.map_err(|error| refused(error.to_string()))?;
                // An error would mean that the thread ended without a word.
                answer
                    .await
                    .map_err(|_| refused("a thread did not answer".into()))?;
            }
            Ok(self.0.now_ms() - begin)
        })
    }
}

/// Starting threads of the system.
#[cfg(not(target_arch = "wasm32"))]
pub(super) fn spawn(machine: &Machine) -> Box<dyn Probe> {
    Box::new(Spawn(Rc::clone(&machine.host)))
}

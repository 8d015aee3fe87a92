//! What back ends find on this machine: cores, a pool, a GPU, a clock.

use crate::host::Host;
use futures_channel::oneshot;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The machine as the engine found it.
pub struct Machine {
    /// Logical cores.
    pub cores: usize,
    /// Whether the page is cross-origin isolated; true natively.
    pub isolated: bool,
    /// Where CPU work runs.
    pub pool: Pool,
    /// The GPU, asked for once and again after a loss.
    #[cfg(feature = "gpu")]
    pub gpu: crate::GpuSlot,
    /// Clock and timers.
    pub host: Rc<dyn Host>,
}

/// Where CPU work runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pool {
    /// Rayon's global pool.
    Threads(usize),
    /// On the calling thread, which cannot be interrupted meanwhile.
    Here {
        /// Why there is no pool, and the way out.
        reason: String,
    },
}

impl Pool {
    /// Threads in the pool; 0 without one.
    pub fn threads(&self) -> usize {
        match self {
            Pool::Threads(count) => *count,
            Pool::Here { .. } => 0,
        }
    }

    /// Starts a job on the pool, or runs it at once where there is none.
    pub fn spawn(&self, job: impl FnOnce() + Send + 'static) {
        match self {
            Pool::Threads(_) => rayon::spawn(job),
            Pool::Here { .. } => job(),
        }
    }

    /// Computes something on the pool while the calling thread goes on.
    ///
    /// `Err` if the job panicked (natively; in the browser a panic ends the engine).
    pub async fn offload<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> Result<T, String> {
        let (sender, receiver) = oneshot::channel();
        self.spawn(move || {
            let result = crate::team::catch(job);
            // The receiver is gone if the run was dropped; then nobody wants the result.
            let _ = sender.send(result);
        });
        receiver
            .await
            .unwrap_or_else(|_| Err("the pool dropped the job".into()))
    }
}

/// A flag that ends a run, read once a chunk.
#[derive(Debug, Clone, Default)]
pub struct StopFlag(Arc<AtomicBool>);

impl StopFlag {
    /// A flag that is not raised.
    pub fn new() -> Self {
        Self::default()
    }

    /// Ends the run at its next chunk.
    pub fn raise(&self) {
        // Relaxed: the flag carries no data, only the wish to end soon.
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the run is to end.
    pub fn is_raised(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

//! What back ends find on this machine: cores, a pool, a GPU, a clock.

use crate::host::Host;
use futures_channel::oneshot;
use futures_util::future::{FutureExt, Shared};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

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
    /// Bytes that runs may take; `None` where the system itself is the limit.
    pub memory: Option<u64>,
    /// Clock and timers.
    pub host: Rc<dyn Host>,
    /// The kernel from Python that rows share.
    pub compiled: crate::compiler::Last,
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
    pub async fn offload<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, String> {
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

/// The wish to end a run: a flag that kernels read once a chunk, and a signal for those
/// who wait for something else.
#[derive(Debug, Clone)]
pub struct StopFlag {
    raised: Arc<AtomicBool>,
    sender: Arc<Mutex<Option<oneshot::Sender<()>>>>,
    signal: Shared<oneshot::Receiver<()>>,
}

impl StopFlag {
    /// A flag that is not raised.
    pub fn new() -> Self {
        let (sender, receiver) = oneshot::channel();
        StopFlag {
            raised: Arc::default(),
            sender: Arc::new(Mutex::new(Some(sender))),
            signal: receiver.shared(),
        }
    }

    /// Ends the run: kernels at their next chunk, waits at once.
    pub fn raise(&self) {
        // Relaxed: the flag carries no data, only the wish to end soon.
        self.raised.store(true, Ordering::Relaxed);
        // Dropping the sender is the signal.
        drop(self.sender.lock().unwrap_or_else(PoisonError::into_inner).take());
    }

    /// Whether the run is to end.
    pub fn is_raised(&self) -> bool {
        self.raised.load(Ordering::Relaxed)
    }

    /// Resolves when the flag is raised.
    pub async fn raised(&self) {
        // The only "answer" is that the sender was dropped.
        let _ = self.signal.clone().await;
    }
}

impl Default for StopFlag {
    fn default() -> Self {
        Self::new()
    }
}

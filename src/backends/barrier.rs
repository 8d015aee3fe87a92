//! Where the tasks of a team meet.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};

/// A reusable barrier that spins briefly before it sleeps: the others are usually a
/// fraction of a chunk away, and waking a thread costs more than that.
pub(crate) struct Barrier {
    members: usize,
    arrived: AtomicUsize,
    generation: AtomicUsize,
    lock: Mutex<()>,
    wake: Condvar,
}

/// Turns of spinning: some 10 microseconds in WebAssembly, which has no pause, and 500 natively,
/// where a turn holds one. A tenth was measured natively: two threads that the system had put on
/// one core then stayed there, at 53 us a barrier for 0.5.
const SPINS: u32 = 20_000;

impl Barrier {
    pub(crate) fn new(members: usize) -> Self {
        Barrier {
            members,
            arrived: AtomicUsize::new(0),
            generation: AtomicUsize::new(0),
            lock: Mutex::new(()),
            wake: Condvar::new(),
        }
    }

    /// Waits for all members; the last to arrive runs `last` before any is released.
    pub(crate) fn wait(&self, last: impl FnOnce()) {
        let generation = self.generation.load(Ordering::Acquire);
        if self.arrived.fetch_add(1, Ordering::AcqRel) + 1 == self.members {
            last();
            if self.members == 1 {
                self.arrived.store(0, Ordering::Relaxed);
                return;
            }
            self.arrived.store(0, Ordering::Relaxed);
            // Under the lock, so that nobody goes to sleep between its look and our call.
            let guard = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
            self.generation
                .store(generation.wrapping_add(1), Ordering::Release);
            drop(guard);
            self.wake.notify_all();
            return;
        }
        for _ in 0..SPINS {
            if self.generation.load(Ordering::Acquire) != generation {
                return;
            }
            std::hint::spin_loop();
        }
        let mut guard = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        while self.generation.load(Ordering::Acquire) == generation {
            guard = self.wake.wait(guard).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

//! How work is dealt out to the tasks of a team.

use crate::StopFlag;
use parallax_protocol::Schedule;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How the items of a pass come to the tasks.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Deal {
    /// In which way.
    pub schedule: Schedule,
    /// The size of chunks over the pass's own; `None` for its own, and under a static schedule
    /// one stretch for each task.
    pub chunk: Option<f64>,
}

impl Deal {
    /// The size of chunks, where those of the work's own are of so many items.
    pub(crate) fn chunk_of(self, own: usize) -> usize {
        let times = self.chunk.unwrap_or(1.0);
        // `as` saturates, and a NaN becomes the least.
        ((own as f64 * times).round() as usize).max(1)
    }
}

/// Items that are being dealt out: every item goes to one task only.
#[derive(Debug, Default)]
pub(crate) struct Dealer {
    /// The next item to be claimed.
    next: AtomicUsize,
}

/// One task's share of items.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Share<'a> {
    /// How they are dealt out.
    pub deal: Deal,
    /// This task's number.
    pub worker: usize,
    /// How many tasks there are.
    pub threads: usize,
    /// How many items there are.
    pub items: usize,
    /// How many make a chunk, by [`Deal::chunk_of`].
    pub chunk: usize,
    /// Ends it.
    pub stop: &'a StopFlag,
}

impl Dealer {
    /// Begins anew. All tasks have met before, and meet again before they claim.
    pub(crate) fn reset(&self) {
        self.next.store(0, Ordering::Relaxed);
    }

    /// Has `compute` do what comes to this task until nothing is left for it.
    pub(crate) fn claim(&self, share: Share, compute: &mut dyn FnMut(Range<usize>)) {
        let Share {
            deal,
            worker,
            threads,
            items,
            chunk,
            stop,
        } = share;
        match (deal.schedule, deal.chunk) {
            (Schedule::Dynamic, _) => loop {
                // Relaxed: the counter only hands out numbers; the barriers order the data.
                let start = self.next.fetch_add(chunk, Ordering::Relaxed);
                if start >= items || stop.is_raised() {
                    return;
                }
                compute(start..(start + chunk).min(items));
            },
            // With what is left over the threads, as libgomp does (iter.c), but no less than a
            // chunk.
            (Schedule::Guided, _) => loop {
                let share = |start: usize| (items - start).div_ceil(threads).max(chunk);
                let next = |start| (start < items).then(|| (start + share(start)).min(items));
                let claimed = self.next.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next);
                let Ok(start) = claimed else { return };
                if stop.is_raised() {
                    return;
                }
                compute(start..(start + share(start)).min(items));
            },
            // One stretch for each.
            (Schedule::Static, None) => {
                let bound = |worker: usize| (items as u64 * worker as u64 / threads as u64) as usize;
                let stretch = bound(worker)..bound(worker + 1);
                if !stretch.is_empty() {
                    compute(stretch);
                }
            }
            // Chunks in turn.
            (Schedule::Static, Some(_)) => {
                for start in (worker * chunk..items).step_by(threads * chunk) {
                    if stop.is_raised() {
                        return;
                    }
                    compute(start..(start + chunk).min(items));
                }
            }
        }
    }
}

//! What sharing work costs by itself: an empty parallel run, timed when the engine starts.

use crate::host::Host;
use crate::{BackendError, Job, Pool, StopFlag, Team};
use parallax_protocol::Overhead;
use parallax_workloads::{Kernel, OutOfMemory, Output, Pass};
use std::ops::Range;
use std::sync::Arc;

/// Teams that are called, one after the other, for a median: the page starts meanwhile, and
/// takes a core now and then.
const CALLS: usize = 21;
/// Teams of many runs, and runs of each: its threads are awake from the second on.
const TEAMS: usize = 5;
const RUNS: u32 = 100;

/// A kernel with an item for each thread and nothing to do.
struct Empty([Pass; 1]);

impl Kernel for Empty {
    fn passes(&self) -> &[Pass] {
        &self.0
    }

    unsafe fn run(&self, _worker: usize, _pass: usize, _items: Range<usize>) {}

    fn output(&mut self) -> Result<Output, OutOfMemory> {
        Ok(Output::U32(Vec::new()))
    }
}

/// Times empty runs on all threads; `None` without a pool.
pub async fn overhead(pool: &Pool, host: &dyn Host) -> Option<Overhead> {
    if pool.threads() == 0 {
        return None;
    }
    Some(Overhead {
        dispatch_us: median(pool, host, CALLS, 1).await? * 1e3,
        // The call is in it too, a hundredth of it. To take it away was worse: a call costs more
        // or less by where the system wakes its threads.
        barrier_us: median(pool, host, TEAMS, RUNS).await? * 1e3 / f64::from(RUNS),
    })
}

/// The median of some calls of a team, in milliseconds.
async fn median(pool: &Pool, host: &dyn Host, count: usize, runs: u32) -> Option<f64> {
    let mut calls = Vec::with_capacity(count);
    for _ in 0..count {
        calls.push(timed(pool, host, runs).await.ok()?);
    }
    calls.sort_by(f64::total_cmp);
    calls.get(count / 2).copied()
}

/// Milliseconds from the call of a team to its last word.
async fn timed(pool: &Pool, host: &dyn Host, runs: u32) -> Result<f64, BackendError> {
    let begin = host.now_ms();
    call(pool, pool.threads(), runs, &StopFlag::new()).await?;
    Ok(host.now_ms() - begin)
}

/// A team of so many threads that does nothing so many times.
pub(crate) async fn call(
    pool: &Pool,
    threads: usize,
    runs: u32,
    stop: &StopFlag,
) -> Result<(), BackendError> {
    let pass = Pass {
        items: threads,
        chunk: 1,
    };
    let job = Job::new(threads, runs, stop.clone());
    Team::run(pool, Arc::new(Empty([pass])), job).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::NativeHost;

    #[test]
    fn an_empty_run_costs_something_and_ends() {
        let host = NativeHost::new();
        let pool = Pool::Threads(rayon::current_num_threads());
        let cost = pollster::block_on(overhead(&pool, &host)).unwrap();
        assert!(cost.dispatch_us > 0.0 && cost.barrier_us > 0.0, "{cost:?}");
        let here = Pool::Here {
            reason: "test".into(),
        };
        assert_eq!(pollster::block_on(overhead(&here, &host)), None);
    }
}

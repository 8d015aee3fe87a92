//! Copying and computing on the CPU: one part for each thread, by the workloads' own [`Loops`].

use super::Probe;
use crate::host::Host;
use crate::{BackendError, Deal, Job, Machine, Pool, StopFlag, Team};
use futures_util::future::LocalBoxFuture;
use parallax_protocol::Schedule;
use parallax_workloads::peak::{CHAINS, Loops, PIECE, STEPS, TURNS, Values};
use parallax_workloads::{Kernel, Level, OutOfMemory, Output, Pass};
use std::hint::black_box;
use std::ops::Range;
use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What every step multiplies with and adds: all chains tend to 1, so that no value overflows and
/// none becomes subnormal, and slowly, so that a test can still tell them apart.
const COEFFICIENTS: [f32; 2] = [0.999_9, 0.000_1];

/// A part's two arrays are at least this many bytes together: less would measure the loop's ends.
const LEAST_PART: u64 = 4096;

/// One thread's share.
trait Part: Send {
    /// Allocates and touches what is copied. Called by the thread that will copy it.
    fn make(&mut self) -> Result<(), OutOfMemory> {
        Ok(())
    }

    /// Does its work so many times.
    fn run(&mut self, runs: u32);
}

/// Copies one array to another.
struct Copied {
    len: usize,
    from: Vec<f32>,
    to: Vec<f32>,
    copy: fn(&[f32], &mut [f32]),
}

impl Copied {
    fn new(len: usize, level: Level) -> Self {
        Copied {
            len,
            from: Vec::new(),
            to: Vec::new(),
            copy: Loops::of(level).copy,
        }
    }
}

impl Part for Copied {
    fn make(&mut self) -> Result<(), OutOfMemory> {
        for array in [&mut self.from, &mut self.to] {
            array.try_reserve_exact(self.len).map_err(|_| OutOfMemory {
                bytes: self.len as u64 * 4,
            })?;
        }
        self.from.extend((0..self.len).map(|i| (i % 8191) as f32));
        self.to.resize(self.len, -1.0);
        Ok(())
    }

    fn run(&mut self, runs: u32) {
        for _ in 0..runs {
            (self.copy)(black_box(&self.from), black_box(&mut self.to));
        }
    }
}

/// Multiplies and adds.
struct Chains {
    values: Values,
    advance: fn(&mut Values, f32, f32),
}

impl Chains {
    fn new(level: Level) -> Self {
        Chains {
            values: std::array::from_fn(|i| 0.5 + i as f32 / 64.0),
            advance: Loops::of(level).advance,
        }
    }
}

impl Part for Chains {
    fn run(&mut self, runs: u32) {
        let [by, plus] = black_box(COEFFICIENTS);
        for _ in 0..runs {
            (self.advance)(black_box(&mut self.values), by, plus);
        }
    }
}

/// Operations of one thread's run.
fn operations(lanes: usize) -> f64 {
    (2 * CHAINS * lanes * TURNS * STEPS) as f64
}

/// The parts of all threads as a kernel of one item for each.
struct Work {
    pass: [Pass; 1],
    /// How often each part is to do its work; 0 to make it.
    runs: AtomicU32,
    /// Each is locked by its own thread only, for as long as it works.
    parts: Vec<Mutex<Box<dyn Part>>>,
    failed: Mutex<Option<OutOfMemory>>,
}

impl Kernel for Work {
    fn passes(&self) -> &[Pass] {
        &self.pass
    }

    // Nothing in here relies on what the trait asks of callers.
    unsafe fn run(&self, _worker: usize, _pass: usize, items: Range<usize>) {
        // Relaxed: set before the team was called, which synchronises.
        let runs = self.runs.load(Ordering::Relaxed);
        for part in &self.parts[items] {
            let mut part = part.lock().unwrap_or_else(PoisonError::into_inner);
            match runs {
                0 => {
                    if let Err(error) = part.make() {
                        *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                    }
                }
                runs => part.run(runs),
            }
        }
    }

    fn output(&mut self) -> Result<Output, OutOfMemory> {
        Ok(Output::U32(Vec::new()))
    }
}

/// Work on the pool, timed from the call to the last thread's end.
struct Ready {
    work: Arc<Work>,
    amount: f64,
    pool: Pool,
    host: Rc<dyn Host>,
    stop: StopFlag,
}

impl Ready {
    async fn new(
        machine: &Machine,
        parts: Vec<Box<dyn Part>>,
        amount: f64,
        stop: &StopFlag,
    ) -> Result<Ready, BackendError> {
        let ready = Ready {
            work: Arc::new(Work {
                pass: [Pass {
                    items: parts.len(),
                    chunk: 1,
                }],
                runs: AtomicU32::new(0),
                parts: parts.into_iter().map(Mutex::new).collect(),
                failed: Mutex::new(None),
            }),
            amount,
            pool: machine.pool.clone(),
            host: Rc::clone(&machine.host),
            stop: stop.clone(),
        };
        ready.turn(0).await?;
        let failed = ready.work.failed.lock();
        let failed = failed.unwrap_or_else(PoisonError::into_inner).take();
        match failed {
            Some(error) => Err(error.into()),
            None => Ok(ready),
        }
    }

    async fn turn(&self, runs: u32) -> Result<f64, BackendError> {
        self.work.runs.store(runs, Ordering::Relaxed);
        let job = Job {
            // One part for each thread: a team of fewer gives some of them two.
            deal: Deal {
                schedule: Schedule::Static,
                chunk: None,
            },
            ..Job::new(self.work.parts.len(), 1, self.stop.clone())
        };
        let begin = self.host.now_ms();
        let kernel = Arc::clone(&self.work);
        Team::run(&self.pool, kernel, job).await?;
        Ok(self.host.now_ms() - begin)
    }
}

impl Probe for Ready {
    fn amount(&self) -> f64 {
        self.amount
    }

    fn run(&mut self, runs: u32) -> LocalBoxFuture<'_, Result<f64, BackendError>> {
        Box::pin(self.turn(runs.max(1)))
    }
}

/// As many threads as there are; a machine without a pool has one.
fn there(machine: &Machine, threads: usize) -> Option<usize> {
    (threads > 0 && threads <= machine.pool.threads().max(1)).then_some(threads)
}

/// Copying; `None` where a thread's part would be too small or there are not so many threads.
pub(super) async fn copy(
    machine: &Machine,
    bytes: u64,
    threads: usize,
    stop: &StopFlag,
) -> Result<Option<Box<dyn Probe>>, BackendError> {
    let Some(threads) = there(machine, threads) else {
        return Ok(None);
    };
    let part = bytes / threads as u64;
    if part < LEAST_PART {
        return Ok(None);
    }
    // Two arrays of four bytes a value; the piece that is left over is left out.
    let len = (part / 8) as usize / PIECE * PIECE;
    let parts = (0..threads).map(|_| Box::new(Copied::new(len, Level::Simd)) as Box<dyn Part>);
    let amount = (threads * len * 8) as f64;
    let ready = Ready::new(machine, parts.collect(), amount, stop).await?;
    Ok(Some(Box::new(ready)))
}

/// Multiplying and adding; `None` where there are not so many threads.
pub(super) async fn peak(
    machine: &Machine,
    level: Level,
    threads: usize,
    stop: &StopFlag,
) -> Result<Option<Box<dyn Probe>>, BackendError> {
    let Some(threads) = there(machine, threads) else {
        return Ok(None);
    };
    let part = |_| -> Box<dyn Part> { Box::new(Chains::new(level)) };
    let parts = (0..threads).map(part).collect();
    let amount = operations(Loops::of(level).lanes) * threads as f64;
    let ready = Ready::new(machine, parts, amount, stop).await?;
    Ok(Some(Box::new(ready)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copying_moves_every_value_that_it_counts() {
        for level in [Level::Scalar, Level::Simd] {
            let mut part = Copied::new(5 * PIECE, level);
            part.make().unwrap();
            assert!(part.to.iter().all(|v| *v == -1.0));
            part.run(3);
            assert_eq!(part.from, part.to);
            assert_eq!(part.to[PIECE + 7], (PIECE + 7) as f32);
        }
    }

    #[test]
    fn what_does_not_fit_into_memory_is_an_error() {
        let mut part = Copied::new(usize::MAX / 16, Level::Simd);
        assert!(part.make().is_err());
    }

    /// To the last bit, against a loop that knows nothing of lanes.
    #[test]
    fn every_chain_is_multiplied_and_added_as_often_as_is_counted() {
        for level in [Level::Scalar, Level::Simd] {
            let mut chains = Chains::new(level);
            let lanes = Loops::of(level).lanes;
            let mut plain = chains.values;
            chains.run(2);
            let mut operations_done = 0.0;
            for value in &mut plain[..CHAINS * lanes] {
                for _ in 0..2 * TURNS * STEPS {
                    *value = *value * COEFFICIENTS[0] + COEFFICIENTS[1];
                    operations_done += 2.0;
                }
            }
            assert_eq!(chains.values, plain);
            assert_eq!(operations_done, 2.0 * operations(lanes));
            let mut different = plain[..CHAINS * lanes].to_vec();
            different.dedup();
            assert_eq!(
                different.len(),
                CHAINS * lanes,
                "chains that are all alike show nothing"
            );
        }
    }

    #[test]
    fn values_stay_finite_and_normal() {
        let mut chains = Chains::new(Level::Simd);
        chains.run(1000);
        assert!(
            chains
                .values
                .iter()
                .all(|v| v.is_normal() && (0.5..1.5).contains(v))
        );
    }
}

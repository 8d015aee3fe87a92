//! Copying and computing on the CPU: one part for each thread, in the lanes of the workloads'
//! own kernels.

use super::Probe;
use crate::host::Host;
use crate::{BackendError, Deal, Job, Machine, Pool, StopFlag, Team};
use futures_util::future::LocalBoxFuture;
use parallax_protocol::Schedule;
use parallax_workloads::simd::{F32s, Scalar, Simd};
use parallax_workloads::{Kernel, Level, OutOfMemory, Output, Pass};
use std::hint::black_box;
use std::marker::PhantomData;
use std::ops::Range;
use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Independent chains of a multiplication and an addition: 4 + 4 cycles on two units that do
/// either need 8 in flight, 3 + 3 cycles on two units for each need 12, and with the two
/// coefficients they still fit into 16 registers.
pub const CHAINS: usize = 12;
/// Lanes that there is room for in a chain.
const ROOM: usize = 4;
/// Turns of the loop in one run, and steps of every chain in a turn: the loop itself, with the
/// look that a browser takes at its stack in every turn, is lost among them.
const TURNS: usize = 256;
const STEPS: usize = 4;
/// What every step multiplies with and adds: all chains tend to 1, so that no value overflows and
/// none becomes subnormal, and slowly, so that a test can still tell them apart.
const COEFFICIENTS: [f32; 2] = [0.999_9, 0.000_1];

/// Values that a turn of the copying loop moves with four lanes: eight vectors. With one the
/// compiler would see a copy and call its own.
const UNROLLED: usize = 8;
/// A part is a whole number of these.
const PIECE: usize = UNROLLED * ROOM;
/// And its two arrays are at least this many bytes together: less would measure the loop's ends.
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
struct Copied<F> {
    len: usize,
    from: Vec<f32>,
    to: Vec<f32>,
    lanes: PhantomData<F>,
}

impl<F> Copied<F> {
    fn new(len: usize) -> Self {
        Copied {
            len,
            from: Vec::new(),
            to: Vec::new(),
            lanes: PhantomData,
        }
    }
}

impl<F: F32s + Send> Part for Copied<F> {
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
            copy_lanes::<F>(black_box(&self.from), black_box(&mut self.to));
        }
    }
}

/// Copies as much as both hold in whole turns.
#[inline(never)]
fn copy_lanes<F: F32s>(from: &[f32], to: &mut [f32]) {
    let turn = UNROLLED * F::LANES;
    for (from, to) in from.chunks_exact(turn).zip(to.chunks_exact_mut(turn)) {
        macro_rules! each {
            ($($name:ident $place:literal),*) => {
                $(let $name = F::load(&from[$place * F::LANES..]);)*
                $($name.store(&mut to[$place * F::LANES..]);)*
            };
        }
        each!(a 0, b 1, c 2, d 3, e 4, f 5, g 6, h 7);
    }
}

/// Multiplies and adds.
struct Chains<F> {
    values: [f32; CHAINS * ROOM],
    lanes: PhantomData<F>,
}

impl<F> Chains<F> {
    fn new() -> Self {
        Chains {
            values: std::array::from_fn(|i| 0.5 + i as f32 / 64.0),
            lanes: PhantomData,
        }
    }
}

impl<F: F32s + Send> Part for Chains<F> {
    fn run(&mut self, runs: u32) {
        let [by, plus] = black_box(COEFFICIENTS);
        for _ in 0..runs {
            advance::<F>(black_box(&mut self.values), by, plus);
        }
    }
}

/// All chains, [`TURNS`] times [`STEPS`] steps each.
#[inline(never)]
fn advance<F: F32s>(values: &mut [f32; CHAINS * ROOM], by: f32, plus: f32) {
    let (by, plus) = (F::splat(by), F::splat(plus));
    macro_rules! chains {
        ($($name:ident $place:literal),*) => {
            // Names, not an array: every compiler keeps these in registers.
            $(let mut $name = F::load(&values[$place * F::LANES..]);)*
            for _ in 0..TURNS {
                // As many lines as STEPS.
                $($name = $name * by + plus;)*
                $($name = $name * by + plus;)*
                $($name = $name * by + plus;)*
                $($name = $name * by + plus;)*
            }
            $($name.store(&mut values[$place * F::LANES..]);)*
        };
    }
    chains!(a 0, b 1, c 2, d 3, e 4, f 5, g 6, h 7, i 8, j 9, k 10, l 11);
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
    let parts = (0..threads).map(|_| Box::new(Copied::<Simd>::new(len)) as Box<dyn Part>);
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
    let part = |_| -> Box<dyn Part> {
        match level {
            Level::Scalar => Box::new(Chains::<Scalar>::new()),
            Level::Simd => Box::new(Chains::<Simd>::new()),
        }
    };
    let lanes = match level {
        Level::Scalar => Scalar::LANES,
        Level::Simd => Simd::LANES,
    };
    let parts = (0..threads).map(part).collect();
    let amount = operations(lanes) * threads as f64;
    let ready = Ready::new(machine, parts, amount, stop).await?;
    Ok(Some(Box::new(ready)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copying_moves_every_value_that_it_counts() {
        fn check<F: F32s + Send>() {
            let mut part = Copied::<F>::new(5 * PIECE);
            part.make().unwrap();
            assert!(part.to.iter().all(|v| *v == -1.0));
            part.run(3);
            assert_eq!(part.from, part.to);
            assert_eq!(part.to[PIECE + 7], (PIECE + 7) as f32);
        }
        check::<Scalar>();
        check::<Simd>();
    }

    #[test]
    fn what_does_not_fit_into_memory_is_an_error() {
        let mut part = Copied::<Simd>::new(usize::MAX / 16);
        assert!(part.make().is_err());
    }

    /// To the last bit, against a loop that knows nothing of lanes.
    #[test]
    fn every_chain_is_multiplied_and_added_as_often_as_is_counted() {
        fn check<F: F32s + Send>() {
            let mut chains = Chains::<F>::new();
            let mut plain = chains.values;
            chains.run(2);
            let mut operations_done = 0.0;
            for value in &mut plain[..CHAINS * F::LANES] {
                for _ in 0..2 * TURNS * STEPS {
                    *value = *value * COEFFICIENTS[0] + COEFFICIENTS[1];
                    operations_done += 2.0;
                }
            }
            assert_eq!(chains.values, plain);
            assert_eq!(operations_done, 2.0 * operations(F::LANES));
            let mut different = plain[..CHAINS * F::LANES].to_vec();
            different.dedup();
            assert_eq!(
                different.len(),
                CHAINS * F::LANES,
                "chains that are all alike show nothing"
            );
        }
        check::<Scalar>();
        check::<Simd>();
    }

    #[test]
    fn values_stay_finite_and_normal() {
        let mut chains = Chains::<Simd>::new();
        chains.run(1000);
        assert!(
            chains
                .values
                .iter()
                .all(|v| v.is_normal() && (0.5..1.5).contains(v))
        );
    }
}

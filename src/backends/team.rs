//! k tasks on the pool that work through a kernel together.
//!
//! Every task claims chunks of the current pass from one atomic counter until none is
//! left (or has its share by another [`Schedule`]), then meets the others at a barrier. A batch of many runs is one team, so that
//! waking the pool, slow in a browser, is paid once a batch.

use crate::barrier::Barrier;
use crate::deal::{Deal, Dealer, Share};
use crate::{BackendError, Pool, Recorder, StopFlag};
use futures_channel::oneshot;
use futures_util::lock::{Mutex as Turns, OwnedMutexGuard};
use parallax_protocol::{InjectKind, Span, SpanKind};
use parallax_workloads::Kernel;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

/// Teams take turns on the pool. Two at once could each hold a thread that waits at its
/// barrier for a member who never gets one.
pub(crate) static TURNS: LazyLock<Arc<Turns<()>>> = LazyLock::new(Arc::default);

/// A fault that a team provokes in its first chunk, for tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chaos {
    /// Panics.
    Panic,
    /// Traps without a message.
    Trap,
    /// Never ends, and never looks at the stop flag.
    Hang,
}

impl Chaos {
    /// The fault that an injection asks of a team; `None` if it is not for teams.
    pub fn of(inject: Option<InjectKind>) -> Option<Chaos> {
        match inject? {
            InjectKind::Panic => Some(Chaos::Panic),
            InjectKind::Trap => Some(Chaos::Trap),
            InjectKind::Hang => Some(Chaos::Hang),
            InjectKind::Wrong | InjectKind::Lost => None,
        }
    }

    pub(crate) fn strike(self) {
        match self {
            Chaos::Panic => panic!("injected by a test"),
            Chaos::Trap => trap(),
            Chaos::Hang => loop {
                std::hint::spin_loop();
            },
        }
    }
}

#[cfg(target_arch = "wasm32")]
fn trap() {
    core::arch::wasm32::unreachable()
}

/// Natively a trap would end the whole process; a panic is the nearest thing.
#[cfg(not(target_arch = "wasm32"))]
fn trap() {
    panic!("injected by a test, as a trap")
}

/// What a team is to do.
#[derive(Debug, Clone)]
pub struct Job {
    /// Tasks: at least one, at most the pool's threads.
    pub threads: usize,
    /// Runs of the whole kernel.
    pub runs: u32,
    /// Raised to end it.
    pub stop: StopFlag,
    /// How items are dealt out.
    pub deal: Deal,
    /// Where spans are kept, if they are.
    pub recorder: Option<Arc<Recorder>>,
    /// A fault to provoke.
    pub chaos: Option<Chaos>,
}

impl Job {
    /// Runs in the usual way, unrecorded.
    pub fn new(threads: usize, runs: u32, stop: StopFlag) -> Self {
        Job {
            threads,
            runs,
            stop,
            deal: Deal::default(),
            recorder: None,
            chaos: None,
        }
    }
}

/// A kernel being run by several tasks.
pub struct Team {
    kernel: Arc<dyn Kernel>,
    /// Its threads are as many as there really are.
    job: Job,
    /// The items of the current pass.
    items: Dealer,
    /// Set at a barrier by its last task, so that all tasks agree on it.
    ended: AtomicBool,
    panicked: Arc<Mutex<Option<String>>>,
    barrier: Barrier,
    /// Given back by the last task, so that a team whose caller has gone keeps its turn.
    _turn: OwnedMutexGuard<()>,
    /// Last field, dropped last: when the receiver hears of it, the kernel is released.
    _done: oneshot::Sender<()>,
}

impl Team {
    /// Runs a kernel.
    ///
    /// # Errors
    /// `Stopped` if the flag was raised before the end, `Panicked` if a chunk panicked.
    pub async fn run(pool: &Pool, kernel: Arc<dyn Kernel>, mut job: Job) -> Result<(), BackendError> {
        let threads = job.threads.clamp(1, pool.threads().max(1));
        job.threads = threads;
        let stop = job.stop.clone();
        let (done, finished) = oneshot::channel();
        let panicked = Arc::new(Mutex::new(None));
        let turn = Arc::clone(&TURNS).lock_owned().await;
        let team = Arc::new(Team {
            kernel,
            job,
            items: Dealer::default(),
            ended: AtomicBool::new(false),
            panicked: Arc::clone(&panicked),
            barrier: Barrier::new(threads),
            _turn: turn,
            _done: done,
        });
        for worker in 1..threads {
            let team = Arc::clone(&team);
            pool.spawn(move || team.work(worker));
        }
        pool.spawn(move || team.work(0));
        // Nothing is sent: the channel closes when the last task has let go of the team.
        let _ = finished.await;
        let message = panicked.lock().unwrap_or_else(PoisonError::into_inner).take();
        match message {
            Some(message) => Err(BackendError::Panicked { message }),
            None if stop.is_raised() => Err(BackendError::Stopped),
            None => Ok(()),
        }
    }

    /// One task's part.
    fn work(self: Arc<Self>, worker: usize) {
        let recorder = self.job.recorder.as_deref();
        for _ in 0..self.job.runs {
            for (pass, shape) in self.kernel.passes().iter().enumerate() {
                let share = Share {
                    deal: self.job.deal,
                    worker,
                    threads: self.job.threads,
                    items: shape.items,
                    chunk: self.job.deal.chunk_of(shape.chunk),
                    stop: &self.job.stop,
                };
                let mut compute = |range| self.compute(worker, pass, range, share.chunk);
                if let Err(message) = catch(|| self.items.claim(share, &mut compute)) {
                    *self.panicked.lock().unwrap_or_else(PoisonError::into_inner) = Some(message);
                }
                let waits_from = recorder.map(Recorder::now_ms);
                self.barrier.wait(|| {
                    self.items.reset();
                    let failed = self.panicked.lock().map_or(true, |p| p.is_some());
                    self.ended
                        .store(failed || self.job.stop.is_raised(), Ordering::Relaxed);
                });
                if let (Some(recorder), Some(start_ms)) = (recorder, waits_from) {
                    recorder.keep(
                        worker,
                        Span {
                            start_ms,
                            end_ms: recorder.now_ms(),
                            kind: SpanKind::Wait,
                            pass: pass as u32,
                            first: 0,
                            items: 0,
                        },
                    );
                }
                if self.ended.load(Ordering::Relaxed) {
                    return;
                }
            }
        }
    }

    /// Computes items that are this task's alone, in pieces of a chunk so that Stop is heard.
    fn compute(&self, worker: usize, pass: usize, range: Range<usize>, chunk: usize) {
        let recorder = self.job.recorder.as_deref();
        let start_ms = recorder.map(Recorder::now_ms);
        if let (Some(chaos), 0) = (self.job.chaos, range.start) {
            chaos.strike();
        }
        for start in range.clone().step_by(chunk) {
            if start > range.start && self.job.stop.is_raised() {
                break;
            }
            // SAFETY: every schedule of a `Dealer` gives an item of a pass to one task only: by a
            // counter that only grows, or by bounds that do not overlap; so ranges are disjoint.
            // Each task has a number of its own, below `threads`; the barrier in `work` separates
            // the passes and synchronises.
            unsafe {
                self.kernel
                    .run(worker, pass, start..(start + chunk).min(range.end))
            };
        }
        if let (Some(recorder), Some(start_ms)) = (recorder, start_ms) {
            recorder.keep(
                worker,
                Span {
                    start_ms,
                    end_ms: recorder.now_ms(),
                    kind: SpanKind::Chunk,
                    pass: pass as u32,
                    first: range.start as u32,
                    items: range.len() as u32,
                },
            );
        }
    }
}

/// Runs a job and turns a panic into its message. Where panics abort, as in wasm, it
/// only runs the job.
pub(crate) fn catch<T>(job: impl FnOnce() -> T) -> Result<T, String> {
    // AssertUnwindSafe: after a panic the kernel's output is thrown away, never read.
    catch_unwind(AssertUnwindSafe(job)).map_err(|payload| {
        let text = payload.downcast_ref::<&str>().map(|s| s.to_string());
        text.or_else(|| payload.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "no message".into())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use parallax_protocol::Schedule;
    use parallax_workloads::{OutOfMemory, Output, Pass};
    use std::sync::atomic::AtomicUsize;

    /// Counts how often each item of each pass is run, and whether passes overlap.
    struct Tally {
        passes: Vec<Pass>,
        counts: Vec<Vec<AtomicUsize>>,
        overlaps: AtomicUsize,
    }

    impl Tally {
        fn new(items: &[usize], chunk: usize) -> Arc<Self> {
            let pass = |&items: &usize| Pass { items, chunk };
            let zeros = |&items: &usize| (0..items).map(|_| AtomicUsize::new(0)).collect();
            Arc::new(Tally {
                passes: items.iter().map(pass).collect(),
                counts: items.iter().map(zeros).collect(),
                overlaps: AtomicUsize::new(0),
            })
        }
    }

    impl Kernel for Tally {
        fn passes(&self) -> &[Pass] {
            &self.passes
        }
        unsafe fn run(&self, _worker: usize, pass: usize, items: Range<usize>) {
            let run = self.counts[pass][items.start].load(Ordering::SeqCst);
            for i in items {
                self.counts[pass][i].fetch_add(1, Ordering::SeqCst);
            }
            // Every item of the pass before must have been run once more than ours was.
            let early = |c: &AtomicUsize| c.load(Ordering::SeqCst) != run + 1;
            if pass > 0 && self.counts[pass - 1].iter().any(early) {
                self.overlaps.fetch_add(1, Ordering::SeqCst);
            }
        }
        fn output(&mut self) -> Result<Output, OutOfMemory> {
            Ok(Output::U32(Vec::new()))
        }
    }

    fn run(
        kernel: &Arc<Tally>,
        threads: usize,
        runs: u32,
        stop: StopFlag,
        chaos: Option<Chaos>,
    ) -> Result<(), BackendError> {
        let job = Job {
            chaos,
            ..Job::new(threads, runs, stop)
        };
        dealt(kernel, job)
    }

    fn dealt(kernel: &Arc<Tally>, job: Job) -> Result<(), BackendError> {
        let pool = Pool::Threads(rayon::current_num_threads());
        let kernel: Arc<dyn Kernel> = Arc::clone(kernel) as _;
        pollster::block_on(Team::run(&pool, kernel, job))
    }

    #[test]
    fn every_schedule_deals_out_every_item_once_and_says_to_whom() {
        for schedule in Schedule::ALL {
            for chunk in [None, Some(0.01), Some(0.5), Some(4.0)] {
                for threads in [1, 2, 5] {
                    let kernel = Tally::new(&[40, 1, 25], 4);
                    let recorder = Arc::new(Recorder::new(8));
                    let job = Job {
                        deal: Deal { schedule, chunk },
                        recorder: Some(Arc::clone(&recorder)),
                        ..Job::new(threads, 3, StopFlag::new())
                    };
                    dealt(&kernel, job).unwrap();
                    let mut counts = kernel.counts.iter().flatten();
                    assert!(
                        counts.all(|c| c.load(Ordering::SeqCst) == 3),
                        "{schedule:?} {chunk:?} {threads}"
                    );
                    assert_eq!(kernel.overlaps.load(Ordering::SeqCst), 0);
                    let timeline = recorder.timeline("threads");
                    let spans = timeline.tracks.iter().flat_map(|track| &track.spans);
                    let chunks = spans.filter(|span| span.kind == SpanKind::Chunk);
                    assert_eq!(chunks.map(|span| span.items).sum::<u32>(), 3 * 66);
                }
            }
        }
    }

    #[test]
    fn chunks_are_as_large_as_the_schedule_says() {
        let sizes = |schedule, chunk| {
            let recorder = Arc::new(Recorder::new(1));
            let job = Job {
                deal: Deal { schedule, chunk },
                recorder: Some(Arc::clone(&recorder)),
                ..Job::new(1, 1, StopFlag::new())
            };
            dealt(&Tally::new(&[40], 4), job).unwrap();
            let track = recorder.timeline("threads").tracks.remove(0);
            let chunks = track.spans.iter().filter(|span| span.kind == SpanKind::Chunk);
            chunks.map(|span| span.items).collect::<Vec<_>>()
        };
        assert_eq!(sizes(Schedule::Dynamic, None), [4; 10]);
        assert_eq!(sizes(Schedule::Dynamic, Some(2.5)), [10; 4]);
        assert_eq!(sizes(Schedule::Static, None), [40]);
        assert_eq!(sizes(Schedule::Static, Some(5.0)), [20; 2]);
        assert_eq!(sizes(Schedule::Guided, None), [40], "one thread's share is all");
    }

    #[test]
    fn every_item_runs_once_a_run_and_passes_do_not_overlap() {
        for threads in [1, 2, 5] {
            for chunk in [1, 3, 100] {
                let kernel = Tally::new(&[40, 7, 25], chunk);
                run(&kernel, threads, 6, StopFlag::new(), None).unwrap();
                assert!(
                    kernel
                        .counts
                        .iter()
                        .flatten()
                        .all(|c| c.load(Ordering::SeqCst) == 6)
                );
                assert_eq!(kernel.overlaps.load(Ordering::SeqCst), 0);
            }
        }
    }

    #[test]
    fn the_kernel_is_released_when_the_run_is_over() {
        for _ in 0..200 {
            let mut kernel = Tally::new(&[8], 1);
            run(&kernel, 2, 1, StopFlag::new(), None).unwrap();
            assert!(Arc::get_mut(&mut kernel).is_some());
        }
    }

    #[test]
    fn a_raised_flag_ends_the_run() {
        let stop = StopFlag::new();
        stop.raise();
        let kernel = Tally::new(&[1000], 1);
        let result = run(&kernel, 2, u32::MAX, stop, None);
        assert!(matches!(result, Err(BackendError::Stopped)), "{result:?}");
        assert!(kernel.counts[0].iter().all(|c| c.load(Ordering::SeqCst) == 0));
    }

    #[test]
    fn a_panic_in_a_chunk_is_an_error_and_the_pool_lives_on() {
        let kernel = Tally::new(&[100, 100], 1);
        let result = run(&kernel, 2, 3, StopFlag::new(), Some(Chaos::Panic));
        let Err(BackendError::Panicked { message }) = result else {
            panic!("{result:?}")
        };
        assert_eq!(message, "injected by a test");
        run(&Tally::new(&[100], 1), 2, 1, StopFlag::new(), None).unwrap();
    }

    #[test]
    fn without_a_pool_the_caller_does_the_work() {
        let kernel = Tally::new(&[10], 3);
        let pool = Pool::Here {
            reason: "test".into(),
        };
        let job = Job::new(4, 2, StopFlag::new());
        pollster::block_on(Team::run(&pool, Arc::clone(&kernel) as _, job)).unwrap();
        assert!(kernel.counts[0].iter().all(|c| c.load(Ordering::SeqCst) == 2));
    }
}

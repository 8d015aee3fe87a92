//! Tasks on the pool that run one compiled kernel together.
//!
//! The first task does the serial part. Whenever that comes to a parallel loop, the others, who wait at a
//! barrier, claim chunks of it as the tasks of a [`crate::Team`] do, the first one with them, and
//! all meet again behind it. A batch of many runs is one team, so that waking the pool is paid
//! once a batch.

use crate::barrier::Barrier;
use crate::deal::{Dealer, Share};
use crate::team::{TURNS, catch};
use crate::{BackendError, Job, Pool, Recorder};
use futures_channel::oneshot;
use futures_util::lock::OwnedMutexGuard;
use parallax_protocol::{Span, SpanKind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Chunks that each thread is to have of a loop: enough that they end together, where iterations differ.
const CHUNKS_EACH: usize = 16;

/// How a part of a kernel ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Done.
    Well,
    /// By an error of the kernel's, which it has written down; or because it was to stop.
    Early,
}

/// A range of iterations of a parallel loop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Loop {
    /// Which of the kernel's loops.
    pub which: u32,
    /// The first iteration.
    pub start: i64,
    /// What is not reached any more.
    pub stop: i64,
}

impl Loop {
    fn iterations(self) -> u64 {
        self.stop.saturating_sub(self.start).max(0) as u64
    }
}

/// A kernel that can be run on any thread; each has what it needs for itself.
pub(crate) trait Code: Send + Sync {
    /// Gets this thread ready, which runs would do otherwise.
    ///
    /// # Errors
    /// Why it cannot run here, in words.
    fn warm(&self) -> Result<(), String>;

    /// Does the serial part on this thread; parallel loops are handed to `loops`, where the kernel was made
    /// for that.
    ///
    /// # Errors
    /// What broke down, in words. Errors of the kernel's own are [`Ended::Early`].
    fn run(&self, loops: &dyn Fn(Loop) -> Ended) -> Result<Ended, String>;

    /// Does some iterations of a loop on this thread, as the worker of this number.
    ///
    /// # Errors
    /// As `run`.
    fn iterate(&self, part: Loop, worker: usize) -> Result<Ended, String>;

    /// Iterations that chunks are multiples of, in a loop of so many.
    fn grain(&self, which: u32, iterations: u64) -> u64;
}

/// A kernel being run by several tasks.
pub(crate) struct Loops {
    code: Arc<dyn Code>,
    job: Job,
    /// The loop that is being done.
    current: Mutex<Loop>,
    items: Dealer,
    /// A chunk ended early: no more are claimed.
    failed: AtomicBool,
    /// No more loops come.
    over: AtomicBool,
    broken: Arc<Mutex<Option<BackendError>>>,
    barrier: Barrier,
    /// Given back by the last task, so that a team whose caller has gone keeps its turn.
    _turn: OwnedMutexGuard<()>,
    /// Last field, dropped last: when the receiver hears of it, the code is released.
    _done: oneshot::Sender<()>,
}

impl Loops {
    /// Runs a kernel so many times; without runs its threads are only got ready. A run that ends early
    /// is the last.
    ///
    /// # Errors
    /// `Stopped` if the flag was raised before the end, `Panicked` or `Kernel` if something broke down.
    pub(crate) async fn run(pool: &Pool, code: Arc<dyn Code>, mut job: Job) -> Result<Ended, BackendError> {
        let threads = job.threads.clamp(1, pool.threads().max(1));
        job.threads = threads;
        let stop = job.stop.clone();
        let (done, finished) = oneshot::channel();
        let broken = Arc::new(Mutex::new(None));
        let ended = Arc::new(AtomicBool::new(false));
        let turn = Arc::clone(&TURNS).lock_owned().await;
        let team = Arc::new(Loops {
            code,
            job,
            current: Mutex::default(),
            items: Dealer::default(),
            failed: AtomicBool::new(false),
            over: AtomicBool::new(false),
            broken: Arc::clone(&broken),
            barrier: Barrier::new(threads),
            _turn: turn,
            _done: done,
        });
        for worker in 1..threads {
            let team = Arc::clone(&team);
            pool.spawn(move || team.help(worker));
        }
        let early = Arc::clone(&ended);
        // The team is let go of behind this: whoever waits for that finds how it ended.
        pool.spawn(move || early.store(team.lead() == Ended::Early, Ordering::Release));
        // Nothing is sent: the channel closes when the last task has let go of the team.
        let _ = finished.await;
        let broken = broken.lock().unwrap_or_else(PoisonError::into_inner).take();
        match (broken, ended.load(Ordering::Acquire)) {
            (Some(error), _) => Err(error),
            _ if stop.is_raised() => Err(BackendError::Stopped),
            (None, true) => Ok(Ended::Early),
            (None, false) => Ok(Ended::Well),
        }
    }

    /// The first task: the serial part, and its share of every loop.
    fn lead(&self) -> Ended {
        let mut ended = self.guarded(|| self.code.warm().map(|()| Ended::Well));
        for _ in 0..self.job.runs {
            if ended == Ended::Early || self.job.stop.is_raised() {
                break;
            }
            let loops = |part: Loop| self.share_out(part);
            ended = self.guarded(|| {
                if let (Some(chaos), 1) = (self.job.chaos, self.job.threads) {
                    chaos.strike();
                }
                self.code.run(&loops)
            });
        }
        self.over.store(true, Ordering::Relaxed);
        self.barrier.wait(|| {});
        ended
    }

    /// Any other task: its share of every loop.
    fn help(self: Arc<Self>, worker: usize) {
        self.guarded(|| self.code.warm().map(|()| Ended::Well));
        loop {
            self.meet(worker, || {});
            if self.over.load(Ordering::Relaxed) {
                return;
            }
            self.claim(worker);
            self.meet(worker, || {});
        }
    }

    /// Has a loop done by all tasks; the first one calls this, in the middle of a run.
    fn share_out(&self, part: Loop) -> Ended {
        // Nobody else looks at it before the barrier.
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = part;
        self.items.reset();
        self.failed.store(false, Ordering::Relaxed);
        self.meet(0, || {});
        self.claim(0);
        self.meet(0, || {});
        let broken = self.broken.lock().map_or(true, |broken| broken.is_some());
        match broken || self.failed.load(Ordering::Relaxed) || self.job.stop.is_raised() {
            true => Ended::Early,
            false => Ended::Well,
        }
    }

    /// This task's chunks of the current loop.
    fn claim(&self, worker: usize) {
        let current = *self.current.lock().unwrap_or_else(PoisonError::into_inner);
        let iterations = current.iterations();
        let grain = self.code.grain(current.which, iterations).max(1);
        // Items are grains, made larger where there are very many.
        let grain = grain.saturating_mul(iterations.div_ceil(grain).div_ceil(1 << 24).max(1));
        let items = iterations.div_ceil(grain) as usize;
        let share = Share {
            deal: self.job.deal,
            worker,
            threads: self.job.threads,
            items,
            chunk: self.job.deal.chunk_of(items / (self.job.threads * CHUNKS_EACH)),
            stop: &self.job.stop,
        };
        self.guarded(|| {
            let mut broken = Ok(Ended::Well);
            self.items.claim(share, &mut |range| {
                if broken != Ok(Ended::Well) || self.failed.load(Ordering::Relaxed) {
                    return;
                }
                if let (Some(chaos), 0) = (self.job.chaos, range.start) {
                    chaos.strike();
                }
                let at = |item: usize| {
                    let offset = (item as u64).saturating_mul(grain).min(iterations);
                    current.start.wrapping_add_unsigned(offset)
                };
                let part = Loop {
                    start: at(range.start),
                    stop: at(range.end),
                    ..current
                };
                let recorder = self.job.recorder.as_deref();
                let start_ms = recorder.map(Recorder::now_ms);
                broken = self.code.iterate(part, worker);
                if broken != Ok(Ended::Well) {
                    self.failed.store(true, Ordering::Relaxed);
                }
                if let (Some(recorder), Some(start_ms)) = (recorder, start_ms) {
                    let span = Span {
                        start_ms,
                        end_ms: recorder.now_ms(),
                        kind: SpanKind::Chunk,
                        pass: current.which,
                        first: part.start as u32,
                        items: part.iterations() as u32,
                    };
                    recorder.keep(worker, span);
                }
            });
            broken
        });
    }

    /// Waits for the others, and writes down how long.
    fn meet(&self, worker: usize, last: impl FnOnce()) {
        let recorder = self.job.recorder.as_deref();
        let start_ms = recorder.map(Recorder::now_ms);
        self.barrier.wait(last);
        if let (Some(recorder), Some(start_ms)) = (recorder, start_ms) {
            let span = Span {
                start_ms,
                end_ms: recorder.now_ms(),
                kind: SpanKind::Wait,
                pass: 0,
                first: 0,
                items: 0,
            };
            recorder.keep(worker, span);
        }
    }

    /// Does a part, and keeps what broke down.
    fn guarded(&self, part: impl FnOnce() -> Result<Ended, String>) -> Ended {
        let error = match catch(part) {
            Ok(Ok(ended)) => return ended,
            Ok(Err(message)) => BackendError::Kernel {
                what: "broke down",
                message,
            },
            Err(message) => BackendError::Panicked { message },
        };
        *self.broken.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        self.failed.store(true, Ordering::Relaxed);
        Ended::Early
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Chaos, Deal, StopFlag};
    use parallax_protocol::Schedule;
    use std::sync::atomic::AtomicUsize;

    /// Two loops, the second of which must not begin before the first is over.
    struct Two {
        counts: [Vec<AtomicUsize>; 2],
        overlaps: AtomicUsize,
        grain: u64,
        fails_at: Option<i64>,
    }

    impl Two {
        fn new(lengths: [usize; 2], grain: u64) -> Arc<Self> {
            Arc::new(Two {
                counts: lengths.map(|n| (0..n).map(|_| AtomicUsize::new(0)).collect()),
                overlaps: AtomicUsize::new(0),
                grain,
                fails_at: None,
            })
        }

        fn all_are(&self, expected: usize) -> bool {
            let mut counts = self.counts.iter().flatten();
            counts.all(|c| c.load(Ordering::SeqCst) == expected)
        }
    }

    impl Code for Two {
        fn warm(&self) -> Result<(), String> {
            Ok(())
        }
        fn run(&self, loops: &dyn Fn(Loop) -> Ended) -> Result<Ended, String> {
            for (which, counts) in self.counts.iter().enumerate() {
                // Ranges need not begin at 0.
                let part = Loop {
                    which: which as u32,
                    start: -5,
                    stop: counts.len() as i64 - 5,
                };
                if loops(part) == Ended::Early {
                    return Ok(Ended::Early);
                }
            }
            Ok(Ended::Well)
        }
        fn iterate(&self, part: Loop, _worker: usize) -> Result<Ended, String> {
            if (part.start + 5) % self.grain as i64 != 0 {
                return Err(format!("a chunk begins at {}", part.start));
            }
            let which = part.which as usize;
            let run = self.counts[which][(part.start + 5) as usize].load(Ordering::SeqCst);
            for i in part.start..part.stop {
                if Some(i) == self.fails_at {
                    return Ok(Ended::Early);
                }
                self.counts[which][(i + 5) as usize].fetch_add(1, Ordering::SeqCst);
            }
            let early = |c: &AtomicUsize| c.load(Ordering::SeqCst) != run + 1;
            if which > 0 && self.counts[0].iter().any(early) {
                self.overlaps.fetch_add(1, Ordering::SeqCst);
            }
            Ok(Ended::Well)
        }
        fn grain(&self, _which: u32, _iterations: u64) -> u64 {
            self.grain
        }
    }

    fn run(code: &Arc<Two>, job: Job) -> Result<Ended, BackendError> {
        let pool = Pool::Threads(rayon::current_num_threads());
        pollster::block_on(Loops::run(&pool, Arc::clone(code) as _, job))
    }

    #[test]
    fn every_iteration_runs_once_a_run_and_loops_do_not_overlap() {
        for schedule in Schedule::ALL {
            for (threads, grain, chunk) in [(1, 1, None), (2, 8, None), (5, 3, Some(2.5))] {
                let code = Two::new([1000, 77], grain);
                let job = Job {
                    deal: Deal { schedule, chunk },
                    ..Job::new(threads, 4, StopFlag::new())
                };
                assert_eq!(run(&code, job).unwrap(), Ended::Well);
                assert!(code.all_are(4), "{schedule:?} {threads} {grain}");
                assert_eq!(code.overlaps.load(Ordering::SeqCst), 0);
                assert_eq!(Arc::strong_count(&code), 1, "the code is released");
            }
        }
    }

    #[test]
    fn an_error_ends_the_run_and_the_team() {
        let mut code = Two::new([1000, 77], 1);
        Arc::get_mut(&mut code).unwrap().fails_at = Some(500);
        let ended = run(&code, Job::new(2, 3, StopFlag::new()));
        assert_eq!(ended.unwrap(), Ended::Early);
        let second = code.counts[1].iter();
        assert_eq!(second.map(|c| c.load(Ordering::SeqCst)).sum::<usize>(), 0);
    }

    #[test]
    fn a_raised_flag_ends_it() {
        let stop = StopFlag::new();
        stop.raise();
        let code = Two::new([1000, 77], 1);
        let ended = run(&code, Job::new(2, u32::MAX, stop));
        assert!(matches!(ended, Err(BackendError::Stopped)), "{ended:?}");
    }

    #[test]
    fn a_panic_is_an_error_and_the_pool_lives_on() {
        for threads in [1, 2] {
            let job = Job {
                chaos: Some(Chaos::Panic),
                ..Job::new(threads, 2, StopFlag::new())
            };
            let ended = run(&Two::new([100, 7], 1), job);
            assert!(matches!(ended, Err(BackendError::Panicked { .. })), "{ended:?}");
        }
        let job = Job::new(2, 1, StopFlag::new());
        assert_eq!(run(&Two::new([100, 7], 1), job).unwrap(), Ended::Well);
    }

    #[test]
    fn spans_tell_who_did_which_iterations() {
        let recorder = Arc::new(Recorder::new(2));
        let job = Job {
            recorder: Some(Arc::clone(&recorder)),
            ..Job::new(2, 3, StopFlag::new())
        };
        run(&Two::new([100, 7], 1), job).unwrap();
        let timeline = recorder.timeline("threads:python");
        let spans = timeline.tracks.iter().flat_map(|track| &track.spans);
        let chunks = spans.filter(|span| span.kind == SpanKind::Chunk);
        assert_eq!(chunks.map(|span| span.items).sum::<u32>(), 3 * 107);
    }
}

//! Teams take turns on the pool. In a process of its own: another test's team would hold
//! the second thread, and hide what happens without turns.

use parallax_backends::{BackendError, Job, Pool, StopFlag, Team};
use parallax_workloads::{Kernel, OutOfMemory, Output, Pass};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A kernel of one item, which runs this.
struct Work<F>(F);

impl<F: Fn() + Send + Sync> Kernel for Work<F> {
    fn passes(&self) -> &[Pass] {
        &[Pass { items: 1, chunk: 1 }]
    }
    unsafe fn run(&self, _: usize, _: usize, _: Range<usize>) {
        (self.0)();
    }
    fn output(&mut self) -> Result<Output, OutOfMemory> {
        Ok(Output::U32(Vec::new()))
    }
}

fn run(job: impl Fn() + Send + Sync + 'static) -> Result<(), BackendError> {
    let pool = Pool::Threads(rayon::current_num_threads());
    let kernel: Arc<dyn Kernel> = Arc::new(Work(job));
    pollster::block_on(Team::run(&pool, kernel, Job::new(1, 1, StopFlag::new())))
}

#[test]
fn a_team_waits_for_the_one_before() {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2);
    pool.build_global().unwrap();
    let (begun, has_begun): (Sender<()>, Receiver<()>) = channel();
    let (leave, may_end): (Sender<()>, Receiver<()>) = channel();
    let may_end = Mutex::new(may_end);
    let first = std::thread::spawn(move || {
        run(move || {
            begun.send(()).unwrap();
            may_end.lock().unwrap().recv().unwrap();
        })
    });
    has_begun.recv().unwrap();

    let ran = Arc::new(AtomicBool::new(false));
    let second = std::thread::spawn({
        let ran = Arc::clone(&ran);
        move || run(move || ran.store(true, Ordering::SeqCst))
    });
    std::thread::sleep(Duration::from_millis(200));
    assert!(
        !ran.load(Ordering::SeqCst),
        "it began while the first was at work"
    );
    leave.send(()).unwrap();
    first.join().unwrap().unwrap();
    second.join().unwrap().unwrap();
    assert!(ran.load(Ordering::SeqCst));
}

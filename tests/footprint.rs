//! What workloads say that a run holds in memory is what it holds: the engine refuses by it
//! before anything is allocated.
#![cfg(not(target_arch = "wasm32"))]

#[path = "common/counting.rs"]
mod counting;

use counting::{NOW, PEAK};
use parallax::protocol::Form;
use parallax::workloads::{Arithmetic, Kernel, Level, Output, Workload, registry};
use std::sync::atomic::Ordering;

const ROWS: usize = 4;
const THREADS: usize = 2;

/// Runs a kernel alone, as one worker.
fn run(kernel: &mut dyn Kernel) -> Output {
    for (number, pass) in kernel.passes().to_vec().into_iter().enumerate() {
        // SAFETY: one call at a time, each pass whole and in order, by worker 0 of at least one.
        unsafe { kernel.run(0, number, 0..pass.items) };
    }
    kernel.output().unwrap()
}

/// The most bytes that a run holds at once, made as the engine makes it: inputs, reference, rows
/// one after another and all kept, each output checked and drawn.
fn held(workload: &dyn Workload, size: u32) -> usize {
    let before = NOW.load(Ordering::Relaxed);
    PEAK.store(before, Ordering::Relaxed);
    let problem = workload.problem(size, 1).unwrap();
    let reference = run(&mut *problem.reference().unwrap());
    let mut rows = Vec::new();
    for _ in 0..ROWS {
        let mut kernel = problem.kernel(Level::Simd, THREADS).unwrap();
        let output = run(&mut *kernel);
        assert!(problem.verify(&reference, &output, Arithmetic::Ieee).ok);
        rows.push(kernel);
    }
    PEAK.load(Ordering::Relaxed) - before
}

#[test]
fn what_is_said_is_held() {
    for workload in registry() {
        let info = workload.info();
        // Large enough to be more than the small things beside it, small enough for a test.
        for size in match &*info.id {
            "matmul" => [200, 333],
            "nbody" => [1000, 3000],
            "monte-carlo" => [1 << 22, 1 << 24],
            _ => [600, 1025],
        } {
            let said = workload.footprint(size, THREADS).peak(ROWS) as f64;
            let held = held(*workload, size) as f64;
            println!("{} n = {size}: {said} bytes said, {held} held", info.id);
            // 64 kB for what is not worth saying.
            assert!(
                held < said + 65_536.0,
                "{} n = {size} holds {held} bytes, not {said}",
                info.id
            );
            assert!(
                said < 1.6 * held + 65_536.0,
                "{} n = {size} holds only {held} of {said} bytes",
                info.id
            );
        }
    }
}

/// Every size that the page names fits into what a desktop's engine has, on every back end; the
/// default ones into a phone's.
#[test]
fn named_sizes_fit() {
    // Rows from Python that nobody named give way where memory is short.
    let is_native = |backend: &&&dyn parallax::backends::Backend| backend.info().form != Form::Python;
    let rows = parallax::backends::registry().iter().filter(is_native).count();
    for workload in registry() {
        let info = workload.info();
        let peak = |size| workload.footprint(size, 64).peak(rows) >> 20;
        for named in &info.sizes {
            let megabytes = peak(named.n);
            assert!(
                megabytes < 1000,
                "{} n = {} needs {megabytes} MB",
                info.id,
                named.n
            );
        }
        let megabytes = peak(info.default_size);
        assert!(megabytes < 480, "{} needs {megabytes} MB by default", info.id);
    }
}

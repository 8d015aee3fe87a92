//! Every workload on every back end, natively: the CPU's rungs on rayon, the shaders
//! through Vulkan (a software one is good enough: this is about results).
#![cfg(not(target_arch = "wasm32"))]

mod common;

use common::{Case, Failure};
use libtest_mimic::{Arguments, Trial};
use parallax::backends::host::NativeHost;
use parallax::backends::{GpuSlot, Machine, Pool};
use parallax::protocol::{Picture, Support, Verification};
use parallax::workloads::{
    Arithmetic, Data, GpuProgram, Kernel, Level, OutOfMemory, Output, Problem, ProblemError,
};
use std::rc::Rc;

fn machine() -> Machine {
    let host = Rc::new(NativeHost::new());
    Machine {
        cores: rayon::current_num_threads(),
        isolated: true,
        pool: Pool::Threads(rayon::current_num_threads()),
        gpu: pollster::block_on(GpuSlot::probe(&*host)),
        host,
    }
}

thread_local! {
    /// One per test thread: a device is not for sharing. Never dropped, since wgpu cannot be
    /// from a thread-local's destructor.
    static MACHINE: &'static Machine = Box::leak(Box::new(machine()));
}

fn check(case: &Case) -> Result<(), libtest_mimic::Failed> {
    MACHINE.with(|machine| match pollster::block_on(case.check(machine)) {
        Ok(()) => Ok(()),
        Err(Failure::Wrong(what)) => Err(what.into()),
        Err(Failure::Skipped(reason)) => {
            println!("SKIPPED {}: {reason}", case.name());
            Ok(())
        }
    })
}

/// A problem that only has a GPU program, and a huge one.
struct Huge;

impl Problem for Huge {
    fn workload(&self) -> &'static str {
        "huge"
    }
    fn flops(&self) -> f64 {
        1.0
    }
    fn bytes(&self) -> f64 {
        1.0
    }
    fn kernel(&self, _: Level, _: usize) -> Result<Box<dyn Kernel>, ProblemError> {
        Err(OutOfMemory { bytes: 0 }.into())
    }
    fn reference(&self) -> Result<Box<dyn Kernel>, ProblemError> {
        Err(OutOfMemory { bytes: 0 }.into())
    }
    fn data(&self) -> Data {
        Data {
            n: 1,
            seed: 0,
            inputs: Vec::new(),
            output_len: 1 << 40,
            output_is_float: false,
        }
    }
    fn gpu(&self) -> GpuProgram {
        GpuProgram::one_pass("", (1, 1), self.data())
    }
    fn verify(&self, _: &Output, _: &Output, _: Arithmetic) -> Verification {
        unreachable!("it never runs")
    }
    fn picture(&self, _: &Output) -> Picture {
        unreachable!("it never runs")
    }
}

/// A limit is found before anything is allocated, and named with need and have.
fn limit_is_named() -> Result<(), libtest_mimic::Failed> {
    let gpu = parallax::backends::find("gpu").ok_or("no GPU back end")?;
    MACHINE.with(|machine| {
        if let Support::No { reason } = gpu.probe(machine) {
            println!("SKIPPED gpu_limit_is_named: {reason}");
            return Ok(());
        }
        match gpu.fits(machine, &Huge) {
            Support::No { reason } if reason.contains("4194304 MB") && reason.contains("at most") => Ok(()),
            other => Err(format!("{other:?}").into()),
        }
    })
}

fn main() {
    // At least two threads, so that there is something to share even on one core.
    let threads = std::thread::available_parallelism().map_or(2, |n| n.get().max(2));
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build_global()
        .expect("the pool is started once, here");
    let arguments = Arguments::from_args();
    let trial = |case: Case| Trial::test(case.name(), move || check(&case));
    let mut trials: Vec<_> = common::cases().into_iter().map(trial).collect();
    trials.push(Trial::test("gpu_limit_is_named", limit_is_named));
    libtest_mimic::run(&arguments, trials).exit();
}

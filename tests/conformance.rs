//! Every workload on every back end, natively: the CPU's rungs on rayon, the shaders
//! through Vulkan (a software one is good enough: this is about results).
#![cfg(not(target_arch = "wasm32"))]

mod common;

use common::{Case, Failure};
use libtest_mimic::{Arguments, Trial};
use parallax::backends::host::NativeHost;
use parallax::backends::{GpuSlot, Machine, Pool};
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

fn main() {
    // At least two threads, so that there is something to share even on one core.
    let threads = std::thread::available_parallelism().map_or(2, |n| n.get().max(2));
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build_global()
        .expect("the pool is started once, here");
    let arguments = Arguments::from_args();
    let trial = |case: Case| Trial::test(case.name(), move || check(&case));
    let trials = common::cases().into_iter().map(trial).collect();
    libtest_mimic::run(&arguments, trials).exit();
}

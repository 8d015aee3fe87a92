//! Every workload on every back end, natively: the CPU's rungs on rayon, the shaders
//! through Vulkan (a software one is good enough: this is about results).
#![cfg(not(target_arch = "wasm32"))]

mod common;

use common::{Case, Failure};
use libtest_mimic::{Arguments, Trial};
use parallax::backends::host::NativeHost;
use parallax::backends::{Deal, GpuSlot, Machine, Pool};
use parallax::protocol::{Picture, Support, Verification};
use parallax::workloads::{
    Arithmetic, Data, GpuProgram, Kernel, Level, OutOfMemory, Output, Problem, ProblemError, PythonProgram,
};
use std::rc::Rc;

fn machine(gpu: GpuSlot) -> Machine {
    Machine {
        cores: rayon::current_num_threads(),
        isolated: true,
        pool: Pool::Threads(rayon::current_num_threads()),
        gpu,
        memory: None,
        compiled: Default::default(),
        host: Rc::new(NativeHost::new()),
    }
}

fn host() -> NativeHost {
    NativeHost::new()
}

thread_local! {
    /// One per test thread: a device is not for sharing. Never dropped, since wgpu cannot be
    /// from a thread-local's destructor.
    static MACHINE: &'static Machine =
        Box::leak(Box::new(machine(pollster::block_on(GpuSlot::probe(&host())))));
    /// The same without subgroups.
    static PLAIN: &'static Machine =
        Box::leak(Box::new(machine(pollster::block_on(GpuSlot::probe_plain(&host())))));
}

fn check(case: &Case) -> Result<(), libtest_mimic::Failed> {
    MACHINE.with(|machine| check_on(machine, case, &case.name()))
}

fn check_on(machine: &Machine, case: &Case, name: &str) -> Result<(), libtest_mimic::Failed> {
    match pollster::block_on(case.check(machine)) {
        Ok(()) => Ok(()),
        Err(Failure::Wrong(what)) => Err(what.into()),
        Err(Failure::Skipped(reason)) => {
            println!("SKIPPED {name}: {reason}");
            Ok(())
        }
    }
}

/// Shaders on an adapter without subgroups: where this one has them, another path than above.
fn check_plain(case: &Case, name: &str) -> Result<(), libtest_mimic::Failed> {
    PLAIN.with(|machine| {
        if machine.gpu.subgroups() == Some(true) {
            return Err("this device was to be one without subgroups".into());
        }
        check_on(machine, case, name)
    })
}

/// More workgroups than WebGPU dispatches in a row: 65,535.
fn many_workgroups() -> Result<(), libtest_mimic::Failed> {
    let workload = parallax::workloads::find("monte-carlo").ok_or("no monte-carlo")?;
    let case = |backend| -> Result<Case, libtest_mimic::Failed> {
        Ok(Case {
            workload,
            backend: parallax::backends::find(backend).ok_or("no such back end")?,
            size: 65_536 * 4096 + 1,
            seed: 7,
            deal: Deal::default(),
        })
    };
    let (gpu, cpu) = (case("gpu")?, case("threads+simd")?);
    MACHINE.with(|machine| {
        if let Support::No { reason } = gpu.backend.probe(machine) {
            println!("SKIPPED more_workgroups_than_fit_a_row: {reason}");
            return Ok(());
        }
        // The plain reference would take a minute.
        let got = pollster::block_on(gpu.output(machine)).map_err(|e| format!("{e:?}"))?;
        let expected = pollster::block_on(cpu.output(machine)).map_err(|e| format!("{e:?}"))?;
        match got == expected {
            true => Ok(()),
            false => Err(format!("{} hits for {}", got.at(0), expected.at(0)).into()),
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
    fn python(&self) -> PythonProgram {
        PythonProgram::of("", 1, Vec::new())
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
    // Where a back end needs a browser, one case a workload says so; `tests/browser.rs` and
    // `tests/e2e` run them.
    let elsewhere = |id: &str| id == "javascript" || id.ends_with(":python") && id != "gpu:python";
    let is_worth_saying = |case: &Case| {
        let only = case.size == 7 && case.deal == Deal::default();
        only || !elsewhere(&case.backend.info().id)
    };
    let cases = common::cases().into_iter().filter(is_worth_saying);
    let mut trials: Vec<_> = cases.map(trial).collect();
    for case in common::cases() {
        if case.backend.info().id == "gpu" && case.seed == 42 {
            let name = format!("{} without subgroups", case.name());
            trials.push(Trial::test(name.clone(), move || check_plain(&case, &name)));
        }
    }
    trials.push(Trial::test("more_workgroups_than_fit_a_row", many_workgroups));
    trials.push(Trial::test("gpu_limit_is_named", limit_is_named));
    libtest_mimic::run(&arguments, trials).exit();
}

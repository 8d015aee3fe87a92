//! A race on this machine's own CPU, without a browser: the same engine, registries and
//! measuring as in the page. What wasm costs is the difference.
//!
//! `cargo run --release -p parallax-engine --no-default-features --example race --
//! WORKLOAD SIZE [BUDGET_S [THREADS]]` prints one JSON object a line.

use parallax_backends::host::{NativeHost, timer_resolution_us};
use parallax_backends::{Machine, Pool};
use parallax_engine::Control;
use parallax_protocol::{Event, RunSpec, Sample};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::process::ExitCode;
use std::rc::Rc;

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let (Some(workload), Some(Ok(size))) = (args.next(), args.next().map(|n| n.parse())) else {
        eprintln!("race WORKLOAD SIZE [BUDGET_S [THREADS]]");
        return ExitCode::from(2);
    };
    let budget_s = args.next().and_then(|s| s.parse().ok()).unwrap_or(8.0);
    let threads = args.next().and_then(|s| s.parse().ok());
    // Rayon's own number: a team larger than the pool would wait for itself.
    let cores = rayon::current_num_threads();
    let host = Rc::new(NativeHost::new());
    let machine = Machine {
        cores,
        isolated: true,
        pool: Pool::Threads(cores),
        #[cfg(feature = "gpu")]
        gpu: pollster::block_on(parallax_backends::GpuSlot::probe(&*host)),
        host: Rc::clone(&host) as _,
    };
    let spec = RunSpec {
        budget_s,
        threads,
        ..RunSpec::race(workload.as_str(), size)
    };
    let samples: RefCell<BTreeMap<String, Vec<Sample>>> = RefCell::default();
    let failed = RefCell::new(false);
    let emit = |event| match event {
        Event::Sample { backend, sample, .. } => {
            samples.borrow_mut().entry(backend).or_default().push(sample)
        }
        Event::Failed { fault, .. } => {
            eprintln!(
                "{}: {}",
                fault.backend.as_deref().unwrap_or(&workload),
                fault.message
            );
            failed.replace(true);
        }
        Event::Verified {
            backend,
            verification,
            ..
        } if !verification.ok => {
            eprintln!("{backend}: WRONG: {verification:?}");
            failed.replace(true);
        }
        _ => {}
    };
    let resolution = timer_resolution_us(&*host);
    pollster::block_on(parallax_engine::run(
        &machine,
        resolution,
        1,
        spec,
        &Control::new(false),
        &emit,
    ));
    for (backend, samples) in samples.borrow().iter() {
        if let Some(summary) = parallax_stats::summarize(samples) {
            println!(
                r#"{{"workload":"{workload}","size":{size},"backend":"{backend}","where":"native","median_ms":{:.4},"mad_ms":{:.4},"samples":{}}}"#,
                summary.median_ms, summary.mad_ms, summary.count
            );
        }
    }
    if *failed.borrow() {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

//! Whole runs, natively, on the real registries but without a GPU.

use super::*;
use parallax_backends::host::NativeHost;
use parallax_protocol::{FEWER_THREADS, Inject};
use std::cell::RefCell;
use std::rc::Rc;

pub(crate) fn machine(pool: Pool) -> Machine {
    Machine {
        cores: 2,
        isolated: true,
        pool,
        #[cfg(feature = "gpu")]
        gpu: parallax_backends::GpuSlot::missing("no GPU in this test"),
        memory: None,
        compiled: Default::default(),
        host: Rc::new(NativeHost::new()),
    }
}

fn pool() -> Pool {
    Pool::Threads(rayon::current_num_threads())
}

fn spec(workload: &str, size: u32) -> RunSpec {
    RunSpec {
        budget_s: 0.5,
        ..RunSpec::race(workload, size)
    }
}

fn events(pool: Pool, spec: RunSpec, control: &Control) -> Vec<Event> {
    let events = RefCell::new(Vec::new());
    let machine = machine(pool);
    pollster::block_on(run(&machine, 1.0, 7, spec, control, &|event| {
        events.borrow_mut().push(event);
    }));
    events.into_inner()
}

fn samples<'a>(events: &'a [Event], id: &'a str) -> impl Iterator<Item = &'a Sample> {
    events.iter().filter_map(move |event| match event {
        Event::Sample { backend, sample, .. } if backend == id => Some(sample),
        _ => None,
    })
}

fn faults(events: &[Event]) -> Vec<&Fault> {
    fn fault(event: &Event) -> Option<&Fault> {
        match event {
            Event::Failed { fault, .. } => Some(fault),
            _ => None,
        }
    }
    events.iter().filter_map(fault).collect()
}

fn outcome(events: &[Event]) -> Outcome {
    match events.last() {
        Some(Event::Finished { job: 7, outcome }) => *outcome,
        other => panic!("the last event is {other:?}"),
    }
}

#[test]
fn a_race_verifies_before_it_times_and_pairs_its_samples() {
    for workload in parallax_workloads::registry() {
        let id = workload.info().id;
        let events = events(pool(), spec(&id, 96), &Control::new(false));
        assert!(faults(&events).is_empty(), "{:?}", faults(&events));
        assert_ne!(outcome(&events), Outcome::NothingToTime);
        let verified = |e: &Event| matches!(e, Event::Verified { verification, .. } if verification.ok);
        let last_verified = events.iter().rposition(verified).unwrap();
        let first_sample = events
            .iter()
            .position(|e| matches!(e, Event::Sample { .. }))
            .unwrap();
        assert!(last_verified < first_sample);
        let blocks: Vec<u32> = samples(&events, "scalar").map(|s| s.block).collect();
        assert!(!blocks.is_empty());
        for backend in ["simd", "threads", "threads+simd"] {
            let own: Vec<u32> = samples(&events, backend).map(|s| s.block).collect();
            assert_eq!(own, blocks, "{id} {backend}");
        }
        assert_eq!(samples(&events, "gpu").count(), 0);
    }
}

#[test]
fn a_wrong_row_is_named_and_never_timed() {
    for workload in parallax_workloads::registry() {
        let id = workload.info().id;
        let inject: Inject = "wrong:simd".parse().unwrap();
        let events = events(
            pool(),
            RunSpec {
                inject: Some(inject),
                ..spec(&id, 64)
            },
            &Control::new(false),
        );
        let verdict = events.iter().find_map(|event| match event {
            Event::Verified {
                backend,
                verification,
                provisional_ms,
                ..
            } if backend == "simd" => Some((verification, provisional_ms)),
            _ => None,
        });
        let (verification, provisional) = verdict.unwrap();
        assert!(!verification.ok && verification.worst.is_some() && provisional.is_none());
        assert_eq!(samples(&events, "simd").count(), 0);
        assert!(samples(&events, "threads").count() > 0);
    }
}

#[test]
fn a_panic_ends_its_row_only() {
    let inject: Inject = "panic:threads".parse().unwrap();
    let events = events(
        pool(),
        RunSpec {
            inject: Some(inject),
            ..spec("matmul", 64)
        },
        &Control::new(false),
    );
    let faults = faults(&events);
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].backend.as_deref(), Some("threads"));
    assert!(samples(&events, "threads+simd").count() > 0);
}

#[test]
fn small_work_stays_on_one_thread_and_says_so() {
    let notes = |size| -> Vec<String> {
        let events = events(pool(), spec("nbody", size), &Control::new(false));
        let note = |event: &Event| match event {
            Event::Note { backend, text, .. } if backend == "threads" => Some(text.clone()),
            _ => None,
        };
        events.iter().filter_map(note).collect()
    };
    let says = |size| notes(size).iter().any(|text| text.starts_with(FEWER_THREADS));
    assert!(says(64), "{:?}", notes(64));
    assert!(!says(600), "{:?}", notes(600));
}

#[test]
fn stop_ends_the_run_and_says_so() {
    let control = Control::new(false);
    control.stop();
    let events = events(pool(), spec("mandelbrot", 512), &control);
    assert_eq!(outcome(&events), Outcome::Stopped);
}

#[test]
fn without_a_pool_the_threaded_rows_are_skipped_with_the_reason() {
    let here = Pool::Here {
        reason: "the page is not isolated".into(),
    };
    let events = events(here, spec("mandelbrot", 64), &Control::new(false));
    let Some(Event::Planned { plan, .. }) = events.iter().find(|e| matches!(e, Event::Planned { .. })) else {
        panic!("no plan");
    };
    for row in plan.rows.iter().filter(|row| !row.backend.contains(":python")) {
        let threaded = row.backend.starts_with("threads");
        let reason =
            matches!(&row.support, parallax_protocol::Support::No { reason } if reason.contains("isolated"));
        assert_eq!(threaded, reason, "{row:?}");
    }
    assert!(samples(&events, "simd").count() > 0);
}

#[test]
fn a_spec_that_cannot_be_run_says_what_can() {
    let cases = [
        (spec("mandelbort", 64), "mandelbrot, map-reduce"),
        (spec("matmul", 0), "from 1 to"),
        (spec("matmul", 1 << 30), "from 1 to"),
        (
            RunSpec {
                backends: vec!["gpus".into()],
                ..spec("matmul", 64)
            },
            "interpreter, scalar, scalar:python, simd",
        ),
        (
            RunSpec {
                budget_s: f64::NAN,
                ..spec("matmul", 64)
            },
            "from 0.1 to",
        ),
        (
            RunSpec {
                threads: Some(0),
                ..spec("matmul", 64)
            },
            "from 1 to",
        ),
        (
            RunSpec {
                threads: Some(1000),
                ..spec("matmul", 64)
            },
            "from 1 to",
        ),
    ];
    for (spec, hint) in cases {
        let events = events(pool(), spec, &Control::new(false));
        let faults = faults(&events);
        assert_eq!(faults.len(), 1);
        assert!(faults[0].message.contains(hint), "{}", faults[0].message);
        assert_eq!(outcome(&events), Outcome::NothingToTime);
    }
}

#[test]
fn what_was_taken_while_the_page_was_hidden_is_discarded() {
    let control = Control::new(true);
    let events = RefCell::new(Vec::new());
    let machine = machine(pool());
    let shown = std::cell::Cell::new(false);
    pollster::block_on(run(
        &machine,
        1.0,
        7,
        spec("mandelbrot", 32),
        &control,
        &|event| {
            // Shown again once sampling has begun: the first block was measured hidden.
            if matches!(
                event,
                Event::Stage {
                    stage: Stage::Sampling,
                    ..
                }
            ) && !shown.replace(true)
            {
                control.set_hidden(false);
            }
            events.borrow_mut().push(event);
        },
    ));
    let events = events.into_inner();
    let sampling = |e: &Event| {
        matches!(
            e,
            Event::Stage {
                stage: Stage::Sampling,
                ..
            }
        )
    };
    let stages = events.iter().filter(|e| sampling(e)).count();
    let samples = events
        .iter()
        .filter(|e| matches!(e, Event::Sample { .. }))
        .count();
    assert_eq!(stages, samples + 4, "one block of four rows is missing");
}

mod kernels {
    use super::*;
    use parallax_protocol::{KernelSource, Number, OutputOf, checksum};

    const DOUBLED: &str = "\
import numpy as np
from numba import njit, prange

@njit(parallel=True)
def doubled(x):
    y = np.empty(x.size, np.int32)
    for i in prange(x.size):
        y[i] = 2 * x[i]
    return y

def setup(n):
    return np.arange(n)
";

    fn own(text: &str, size: u32) -> RunSpec {
        RunSpec {
            budget_s: 0.3,
            kernel: Some(KernelSource {
                text: text.into(),
                values: true,
                ..KernelSource::default()
            }),
            ..RunSpec::race("", size)
        }
    }

    fn outputs(events: &[Event]) -> Vec<(&str, &[OutputOf])> {
        fn one(event: &Event) -> Option<(&str, &[OutputOf])> {
            match event {
                Event::Outputs { backend, outputs, .. } => Some((backend, outputs)),
                _ => None,
            }
        }
        events.iter().filter_map(one).collect()
    }

    #[test]
    fn a_kernel_of_ones_own_runs_and_tells_what_it_gave() {
        let events = events(pool(), own(DOUBLED, 5), &Control::new(false));
        assert!(faults(&events).is_empty(), "{:?}", faults(&events));
        assert!(samples(&events, "interpreter").count() > 0);
        let found = outputs(&events);
        let [("interpreter", [output])] = found[..] else {
            panic!("{found:?}")
        };
        assert_eq!((output.dtype.as_str(), &output.shape[..]), ("int32", &[5][..]));
        let bytes: Vec<u8> = [0i32, 2, 4, 6, 8].iter().flat_map(|v| v.to_le_bytes()).collect();
        assert_eq!(output.checksum, checksum(&bytes));
        let values = [0, 2, 4, 6, 8].map(Number::Int);
        assert_eq!(output.values.as_deref(), Some(&values[..]));
        let planned = events.iter().find_map(|event| match event {
            Event::Planned { plan, .. } => Some(plan),
            _ => None,
        });
        let rows = &planned.unwrap().rows;
        assert_eq!(rows[0].workload, "doubled");
        assert!(rows.iter().all(|row| row.form == parallax_protocol::Form::Python));
        assert!(
            rows.iter()
                .any(|row| row.backend == "threads+simd:python" && !row.support.is_yes())
        );
    }

    #[test]
    fn of_a_large_kernel_the_interpreter_runs_a_smaller_size() {
        let events = events(pool(), own(DOUBLED, 100_000), &Control::new(false));
        assert!(faults(&events).is_empty(), "{:?}", faults(&events));
        let sampled = events.iter().find_map(|event| match event {
            Event::Sampled { sampled, .. } => Some(*sampled),
            _ => None,
        });
        let sampled = sampled.unwrap();
        assert!((1_000..=10_000).contains(&sampled.size), "{sampled:?}");
        // One multiplication for each element.
        let whole = 100_000.0 / f64::from(sampled.size);
        assert!((sampled.factor - whole).abs() < 1e-9, "{sampled:?}");
        assert!(outputs(&events).is_empty(), "they are another size's");
        let verified = |e: &Event| matches!(e, Event::Verified { verification, .. } if verification.ok);
        assert!(events.iter().any(verified));
    }

    #[test]
    fn an_experiment_counts_what_a_kernel_does() {
        let spec = RunSpec {
            experiment: Experiment::Sizes,
            ..own(DOUBLED, 640)
        };
        let events = events(pool(), spec, &Control::new(false));
        assert!(faults(&events).is_empty(), "{:?}", faults(&events));
        let rows = events.iter().filter_map(|event| match event {
            Event::Planned { plan, .. } => plan
                .rows
                .iter()
                .find(|row| row.backend.starts_with("interpreter")),
            _ => None,
        });
        let rows: Vec<_> = rows.collect();
        assert!(rows.len() >= 9, "{}", rows.len());
        assert!(
            rows.iter()
                .all(|row| row.flops == f64::from(row.size) && row.bytes > 0.0),
            "{rows:?}"
        );
        assert!(rows.iter().all(|row| row.workload == "doubled"));
    }

    #[test]
    fn what_is_wrong_with_a_kernel_ends_the_run_with_its_places() {
        let text = DOUBLED.replace("2 * x[i]", "2 * z[i]");
        let events = events(pool(), own(&text, 5), &Control::new(false));
        assert_eq!(outcome(&events), Outcome::NothingToTime);
        let faults = faults(&events);
        assert_eq!(faults[0].backend, None);
        let one = &faults[0].diagnostics[0];
        assert_eq!((one.kind.as_str(), one.line, one.column), ("NameError", 8, 20));
        assert!(one.rendered.contains("^"), "{}", one.rendered);
    }

    #[test]
    fn an_error_while_it_runs_fails_the_row_with_its_place() {
        let text = DOUBLED.replace("2 * x[i]", "2 * x[i + 1]");
        let events = events(pool(), own(&text, 5), &Control::new(false));
        let faults = faults(&events);
        assert_eq!(faults[0].backend.as_deref(), Some("interpreter"));
        let one = &faults[0].diagnostics[0];
        assert_eq!((one.kind.as_str(), one.line), ("IndexError", 8));
        assert!(faults[0].message.contains("line 8"), "{}", faults[0].message);
    }

    #[test]
    fn a_race_of_the_data_ends_the_row_of_the_interpreter_with_its_place() {
        // A permutation, but for one entry.
        let text = DOUBLED.replace("        y[i] = 2 * x[i]", "        y[x[i]] = i");
        let twice = text.replace(
            "    return np.arange(n)",
            "    x = np.arange(n)\n    x[3] = 1\n    return x",
        );
        let run = |text: &str| events(pool(), own(text, 5), &Control::new(false));
        let found = run(&twice);
        let faults = faults(&found);
        assert_eq!(faults[0].backend.as_deref(), Some("interpreter"));
        let one = &faults[0].diagnostics[0];
        assert_eq!((one.kind.as_str(), one.line), ("RaceError", 8));
        assert!(
            one.message.starts_with("iterations 1 and 3 both write y[1]"),
            "{}",
            one.message
        );
        assert_eq!(samples(&found, "interpreter").count(), 0);
        let right = run(&text);
        assert!(self::faults(&right).is_empty() && samples(&right, "interpreter").count() > 0);
        // Where there is memory for the kernel only, nobody looks.
        let events = RefCell::new(Vec::new());
        let small = Machine {
            memory: Some(4096),
            ..machine(pool())
        };
        let spec = own(&twice.replace("setup(n):", "setup(n):\n    n = 100"), 5);
        pollster::block_on(super::super::run(
            &small,
            1.0,
            7,
            spec,
            &Control::new(false),
            &|event| {
                events.borrow_mut().push(event);
            },
        ));
        let events = events.into_inner();
        assert!(self::faults(&events).is_empty(), "{:?}", self::faults(&events));
        assert!(samples(&events, "interpreter").count() > 0);
    }

    #[test]
    fn stop_ends_an_endless_kernel() {
        let text = DOUBLED.replace(
            "        y[i] = 2 * x[i]",
            "        while y[i] < 9:\n            y[i] = 2",
        );
        let control = Control::new(false);
        control.stop();
        let events = events(pool(), own(&text, 5), &control);
        assert_eq!(outcome(&events), Outcome::Stopped);
    }

    #[test]
    fn one_that_takes_too_long_for_the_interpreter_is_left_out() {
        let text = DOUBLED.replace(
            "        y[i] = 2 * x[i]",
            "        while y[i] < 9:\n            y[i] = 2",
        );
        let events = events(pool(), own(&text, 5), &Control::new(false));
        assert!(faults(&events).is_empty(), "{:?}", faults(&events));
        let left = events.iter().rev().find_map(|event| match event {
            Event::Planned { plan, .. } => Some(&plan.rows[0]),
            _ => None,
        });
        let left = left.unwrap();
        assert_eq!(left.backend, "interpreter");
        let parallax_protocol::Support::No { reason } = &left.support else {
            panic!("{left:?}")
        };
        assert!(reason.contains("4 s"), "{reason}");
    }

    #[test]
    fn the_interpreter_runs_a_part_of_a_large_problem_and_says_so() {
        let asked = RunSpec {
            backends: vec!["interpreter".into(), "scalar".into()],
            ..spec("mandelbrot", 256)
        };
        let events = events(pool(), asked, &Control::new(false));
        assert!(faults(&events).is_empty(), "{:?}", faults(&events));
        let sampled = events.iter().find_map(|event| match event {
            Event::Sampled { backend, sampled, .. } if backend == "interpreter" => Some(*sampled),
            _ => None,
        });
        let sampled = sampled.unwrap();
        let whole = f64::from(256u32.pow(2)) / f64::from(sampled.size.pow(2));
        assert!((sampled.factor - whole).abs() < 1e-9, "{sampled:?}");
        let verified = |e: &Event| matches!(e, Event::Verified { backend, verification, .. } if backend == "interpreter" && verification.ok);
        assert!(events.iter().any(verified));
        let says = |e: &Event| matches!(e, Event::Note { backend, text, .. } if backend == "interpreter" && text.contains("extrapolated"));
        assert!(events.iter().any(says));
        // Boxes cost: the whole takes longer than compiled code by far.
        let quickest = |id: &str| samples(&events, id).map(|s| s.ms).fold(f64::INFINITY, f64::min);
        assert!(quickest("interpreter") > 20.0 * quickest("scalar"));
    }

    #[test]
    fn rows_from_python_that_nobody_named_give_way_to_a_short_budget() {
        let all = RunSpec {
            budget_s: 0.1,
            ..spec("matmul", 256)
        };
        let events = events(pool(), all, &Control::new(false));
        let left = events.iter().filter_map(|event| match event {
            Event::Planned { plan, .. } if plan.rows.len() == 1 => Some(plan.rows[0].backend.as_str()),
            _ => None,
        });
        assert_eq!(left.collect::<Vec<_>>(), ["interpreter"]);
        assert_eq!(samples(&events, "interpreter").count(), 0);
        assert!(samples(&events, "scalar").count() > 0);
    }
}

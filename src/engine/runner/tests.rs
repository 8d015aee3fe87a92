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
    for row in &plan.rows {
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
            "scalar, simd",
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

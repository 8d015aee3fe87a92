//! The experiment `machine`, whole and natively, without a GPU. In a process of its own: other tests'
//! runs would take turns with these on the pool, and be measured with them.

use parallax_backends::host::{Host, NativeHost};
use parallax_backends::{Machine, Pool};
use parallax_engine::{Control, run};
use parallax_protocol::{Event, Experiment, Outcome, Quantity, RunSpec, Stage};
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// One at a time.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn spec(experiment: Experiment, budget_s: f64) -> RunSpec {
    RunSpec {
        experiment,
        budget_s,
        ..RunSpec::race("matmul", 64)
    }
}

fn machine(pool: Pool) -> Machine {
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

fn events(pool: Pool, spec: RunSpec, control: &Control, react: &dyn Fn(&Event)) -> Vec<Event> {
    let events = RefCell::new(Vec::new());
    let machine = machine(pool);
    pollster::block_on(run(&machine, 1.0, 7, spec, control, &|event| {
        react(&event);
        events.borrow_mut().push(event);
    }));
    events.into_inner()
}

fn quantities(events: &[Event]) -> Vec<&Quantity> {
    fn quantity(event: &Event) -> Option<&Quantity> {
        match event {
            Event::Quantity { job: 7, quantity } => Some(quantity),
            _ => None,
        }
    }
    events.iter().filter_map(quantity).collect()
}

fn pool() -> Pool {
    Pool::Threads(rayon::current_num_threads())
}

fn outcome(events: &[Event]) -> Outcome {
    match events.last() {
        Some(Event::Finished { job: 7, outcome }) => *outcome,
        other => panic!("the last event is {other:?}"),
    }
}

#[test]
fn the_machine_is_measured_and_nothing_else() {
    let _alone = alone();
    let events = events(
        pool(),
        spec(Experiment::Machine, 6.0),
        &Control::new(false),
        &|_| {},
    );
    let first = Event::Stage {
        job: 7,
        backend: None,
        stage: Stage::Probing,
    };
    assert_eq!(events[0], first);
    assert!(matches!(
        outcome(&events),
        Outcome::Settled | Outcome::BudgetSpent
    ));
    assert!(
        !events
            .iter()
            .any(|e| matches!(e, Event::Failed { .. } | Event::Note { .. })),
        "{events:?}"
    );
    let all = quantities(&events);
    let mut keys = BTreeSet::new();
    for q in &all {
        assert!(q.value.is_finite() && q.value > 0.0, "{q:?}");
        let bytes = q.bytes.map(|bytes| bytes as u64);
        assert!(keys.insert((&q.id, &q.of, q.threads, bytes)), "{q:?}");
        let (low, high) = q.ci95.unwrap_or((q.value, q.value));
        assert!(low <= q.value && q.value <= high, "{q:?}");
        println!(
            "{} {} {:?} {:?}: {:.4} {:?} {:?} {:?}",
            q.id, q.of, q.threads, q.bytes, q.value, q.ci95, q.unit, q.note
        );
    }
    let threads = rayon::current_num_threads();
    for id in ["clock-step", "peak", "copy"] {
        assert!(all.iter().any(|q| q.id == id), "{id}");
    }
    // A few repetitions on a busy machine say nothing.
    if let Some(cores) = all.iter().find(|q| q.id == "cores" && q.ci95.is_some()) {
        assert!((0.5..threads as f64 + 0.5).contains(&cores.value), "{cores:?}");
    }
    // Nothing is made up of what is not here.
    assert!(
        all.iter()
            .all(|q| q.id != "message" && q.id != "clone" && !q.id.starts_with("gpu") && q.of != "gpu")
    );
}

#[test]
fn without_a_pool_one_thread_is_measured() {
    let _alone = alone();
    let here = Pool::Here {
        reason: "test".into(),
    };
    let events = events(
        here,
        spec(Experiment::Machine, 2.0),
        &Control::new(false),
        &|_| {},
    );
    let all = quantities(&events);
    assert!(!all.is_empty() && all.iter().all(|q| q.threads.is_none_or(|t| t == 1)));
}

#[test]
fn a_short_budget_ends_in_time_with_a_word() {
    let _alone = alone();
    let host = NativeHost::new();
    let begin = host.now_ms();
    let events = events(
        pool(),
        spec(Experiment::Machine, 0.1),
        &Control::new(false),
        &|_| {},
    );
    let spent = host.now_ms() - begin;
    println!("{spent:.0} ms");
    assert_eq!(outcome(&events), Outcome::BudgetSpent);
    assert!(!quantities(&events).is_empty());
}

#[test]
fn stop_keeps_what_was_measured() {
    let _alone = alone();
    let control = Control::new(false);
    let seen = Cell::new(0);
    let events = events(pool(), spec(Experiment::Machine, 4.0), &control, &|event| {
        if matches!(event, Event::Quantity { .. }) {
            seen.set(seen.get() + 1);
            if seen.get() == 3 {
                control.stop();
            }
        }
    });
    assert_eq!(outcome(&events), Outcome::Stopped);
    assert_eq!(quantities(&events).len(), 3);
}

#[test]
fn the_roofline_has_its_ceilings_before_its_rows() {
    let _alone = alone();
    let spec = RunSpec {
        backends: vec!["scalar".into()],
        ..spec(Experiment::Roofline, 1.0)
    };
    let events = events(pool(), spec, &Control::new(false), &|_| {});
    let last = events
        .iter()
        .rposition(|e| matches!(e, Event::Quantity { .. }))
        .unwrap();
    let planned = events
        .iter()
        .position(|e| matches!(e, Event::Planned { .. }))
        .unwrap();
    assert!(last < planned);
    assert!(
        quantities(&events)
            .iter()
            .any(|q| q.id == "peak" && q.of == "scalar")
    );
}

use parallax_protocol::{Cold, ErrorKind, Form, PlanRow, RunPlan, Sample, Stage, Support, Verification};

use super::*;

fn capabilities(build: &str) -> Capabilities {
    Capabilities {
        build: build.into(),
        cores: 4,
        pool_threads: 4,
        engine_load_ms: Some(40.0),
        pool_start_ms: Some(90.0),
        overhead: None,
        isolated: true,
        timer_resolution_us: 5.0,
        adapter: None,
        backends: Vec::new(),
    }
}

fn ids() -> Vec<String> {
    ["scalar", "simd", "threads", "gpu"].map(String::from).to_vec()
}

fn press() -> Input {
    Input::Run {
        spec: RunSpec::race("mandelbrot", 64),
        backends: ids(),
        started: String::new(),
    }
}

fn ready() -> Input {
    Input::Engine(Event::Ready(capabilities("b")))
}

fn planned(job: u32) -> Input {
    let row = |backend: &str, support| PlanRow {
        against: (backend != "scalar").then(|| "scalar".into()),
        support,
        ..PlanRow::waiting(backend, &RunSpec::race("mandelbrot", 64), Form::Rust)
    };
    Input::Engine(Event::Planned {
        job,
        plan: RunPlan {
            spec: RunSpec::race("mandelbrot", 64),
            rows: vec![
                row("scalar", Support::YES),
                row("simd", Support::YES),
                row("threads", Support::YES),
                row("gpu", Support::no("no adapter")),
            ],
        },
    })
}

fn stage(job: u32, backend: Option<&str>, stage: Stage) -> Input {
    Input::Engine(Event::Stage {
        job,
        backend: backend.map(String::from),
        stage,
    })
}

fn verified(job: u32, backend: &str, ok: bool) -> Input {
    Input::Engine(Event::Verified {
        job,
        backend: backend.into(),
        verification: Verification {
            ok,
            compared: 4096,
            error_kind: ErrorKind::Ulp,
            max_error: 0.0,
            tolerance: 2.0,
            worst: None,
        },
        cold: Cold::default(),
        provisional_ms: Some(3.0),
    })
}

fn sample(job: u32, backend: &str, block: u32) -> Input {
    Input::Engine(Event::Sample {
        job,
        backend: backend.into(),
        sample: Sample {
            ms: 1.0,
            block,
            runs: 1,
        },
    })
}

fn finished(job: u32, outcome: Outcome) -> Input {
    Input::Engine(Event::Finished { job, outcome })
}

fn all(session: &mut Session, inputs: impl IntoIterator<Item = Input>) -> Vec<Effect> {
    inputs.into_iter().flat_map(|i| session.apply(i)).collect()
}

fn statuses(session: &Session) -> Vec<&'static str> {
    let run = session.run.as_ref().unwrap();
    run.rows.iter().map(|row| row.status.name()).collect()
}

fn phase(session: &Session) -> &Phase {
    &session.run.as_ref().unwrap().phase
}

/// A run of job 1 in which three rows have been verified and sampled.
fn running() -> Session {
    let mut session = Session::new("b");
    all(&mut session, [ready(), press(), planned(1)]);
    for id in ["scalar", "simd", "threads"] {
        all(
            &mut session,
            [
                stage(1, Some(id), Stage::Preparing),
                verified(1, id, true),
                sample(1, id, 0),
            ],
        );
    }
    session
}

#[test]
fn a_run_pressed_early_is_kept_until_the_engine_is_ready() {
    let mut session = Session::new("b");
    assert_eq!(session.apply(press()), []);
    assert_eq!(phase(&session), &Phase::Waiting);
    let effects = session.apply(ready());
    assert!(matches!(&effects[..], [Effect::Send(Request::Run { job: 1, spec })] if spec.size == 64));
    assert_eq!(session.apply(press()), [], "one run at a time");
}

#[test]
fn a_run_goes_its_way() {
    let mut session = running();
    assert_eq!(statuses(&session), ["running", "running", "running", "skipped"]);
    session.apply(finished(9, Outcome::Settled));
    assert!(session.is_active(), "another job's end is not ours");
    session.apply(finished(1, Outcome::Settled));
    assert_eq!(statuses(&session), ["ok", "ok", "ok", "skipped"]);
    assert_eq!(phase(&session), &Phase::Over(End::Settled));
    let effects = session.apply(press());
    assert!(matches!(
        &effects[..],
        [Effect::Send(Request::Run { job: 2, .. })]
    ));
}

#[test]
fn a_wrong_row_has_no_time_and_takes_none() {
    let mut session = running();
    all(&mut session, [verified(1, "simd", false)]);
    all(&mut session, [sample(1, "simd", 1)]);
    let row = &session.run.as_ref().unwrap().rows[1];
    assert_eq!(row.status, RowStatus::Wrong);
    assert_eq!(row.provisional_ms, None);
    assert!(row.samples.is_empty());
}

#[test]
fn a_stop_is_answered_or_the_engine_is_restarted() {
    let mut session = running();
    assert_eq!(
        session.apply(Input::Stop),
        [
            Effect::Send(Request::Stop { job: 1 }),
            Effect::TimeStop { job: 1 }
        ]
    );
    let mut other = session.clone();
    other.apply(finished(1, Outcome::Stopped));
    assert_eq!(statuses(&other), ["stopped", "stopped", "stopped", "skipped"]);
    assert_eq!(other.apply(Input::StopTimeOver { job: 1 }), []);

    assert_eq!(
        session.apply(Input::StopTimeOver { job: 1 }),
        [Effect::Terminate, Effect::Start]
    );
    assert_eq!(phase(&session), &Phase::Over(End::Stopped));
    let run = session.run.as_ref().unwrap();
    assert_eq!(run.rows[0].samples.len(), 1, "what was measured is kept");
    assert_eq!(run.notes.len(), 1);
}

#[test]
fn stop_before_the_engine_is_ready_needs_no_engine() {
    let mut session = Session::new("b");
    all(&mut session, [press(), Input::Stop]);
    assert_eq!(phase(&session), &Phase::Over(End::Stopped));
    assert_eq!(session.apply(ready()), [], "nothing is started afterwards");
}

#[test]
fn a_trap_fails_the_row_named_last_and_the_rest_is_run_again() {
    let mut session = running();
    session.apply(stage(1, Some("threads"), Stage::Sampling));
    let effects = session.apply(Input::Died("panicked".into()));
    assert_eq!(effects, [Effect::Terminate, Effect::Start]);
    assert_eq!(statuses(&session), ["running", "running", "failed", "skipped"]);
    let effects = session.apply(ready());
    let [Effect::Send(Request::Run { job: 2, spec })] = &effects[..] else {
        panic!("{effects:?}");
    };
    assert_eq!(spec.backends, ["scalar", "simd"]);
    assert_eq!(session.run.as_ref().unwrap().rows[0].samples.len(), 1);
    // Samples of the old job stay until the new one's arrive, and are never mixed with them.
    all(&mut session, [sample(1, "scalar", 1), sample(2, "scalar", 0)]);
    let row = &session.run.as_ref().unwrap().rows[0];
    assert_eq!((row.samples.len(), row.samples_job), (1, 2));
    session.apply(finished(2, Outcome::BudgetSpent));
    assert_eq!(statuses(&session), ["ok", "ok", "failed", "skipped"]);
}

#[test]
fn a_trap_that_leaves_nothing_ends_the_run_and_one_without_a_name_too() {
    let mut session = Session::new("b");
    all(&mut session, [ready(), press(), planned(1)]);
    session.apply(Input::Died("out of memory".into()));
    assert!(matches!(phase(&session), Phase::Over(End::Failed(_))));

    let mut session = running();
    for (job, id) in [(1, "scalar"), (2, "simd"), (3, "threads")] {
        session.apply(stage(job, Some(id), Stage::Sampling));
        session.apply(Input::Died("trap".into()));
        session.apply(ready());
    }
    assert_eq!(phase(&session), &Phase::Over(End::NothingToTime));
    assert_eq!(statuses(&session)[..3], ["failed"; 3]);
    let effects = session.apply(press());
    assert!(matches!(&effects[..], [Effect::Send(Request::Run { .. })]));
}

#[test]
fn an_engine_that_does_not_come_is_started_anew_by_the_next_run() {
    let mut session = Session::new("b");
    session.apply(press());
    assert_eq!(session.apply(Input::NotReadyInTime), [Effect::Terminate]);
    assert!(matches!(phase(&session), Phase::Over(End::Failed(_))));
    assert_eq!(session.apply(press()), [Effect::Start]);
    assert_eq!(session.engine, Engine::Starting);
    session.apply(ready());
    assert_eq!(session.apply(Input::NotReadyInTime), []);
    assert_eq!(phase(&session), &Phase::Running);
}

#[test]
fn an_engine_of_another_build_never_runs() {
    let mut session = Session::new("b");
    session.apply(press());
    let effects = session.apply(Input::Engine(Event::Ready(capabilities("c"))));
    assert_eq!(effects, [Effect::Terminate]);
    assert_eq!(session.engine, Engine::OtherBuild("c".into()));
    assert_eq!(session.apply(press()), []);
}

#[test]
fn a_fault_of_one_back_end_fails_its_row_alone() {
    let mut session = running();
    let fault = |backend: Option<&str>, kind| {
        Input::Engine(Event::Failed {
            job: 1,
            fault: Fault::new(backend.map(String::from), kind, "no"),
        })
    };
    assert_eq!(session.apply(fault(Some("simd"), FaultKind::Memory)), []);
    assert_eq!(statuses(&session)[1], "failed");
    assert_eq!(
        session.apply(fault(Some("threads"), FaultKind::Trap)),
        [Effect::Terminate, Effect::Start]
    );
    assert_eq!(phase(&session), &Phase::Resuming);

    let mut session = running();
    session.apply(fault(None, FaultKind::BadSpec));
    session.apply(finished(1, Outcome::NothingToTime));
    assert_eq!(phase(&session), &Phase::Over(End::Failed("no".into())));
}

#[test]
fn visibility_is_told_to_every_engine() {
    let mut session = Session::new("b");
    assert_eq!(session.apply(Input::Visible(false)), []);
    assert_eq!(session.apply(ready()), [Effect::Send(Request::Visible(false))]);
    assert_eq!(
        session.apply(Input::Visible(true)),
        [Effect::Send(Request::Visible(true))]
    );
}

#[test]
fn a_film_plays_beside_runs_only_and_one_at_a_time() {
    let play = || Input::Play {
        workload: "heat".into(),
        seed: 1,
    };
    let over = |film| Input::Engine(Event::Frame { film, picture: None });
    let mut session = Session::new("b");
    assert!(session.apply(play()).is_empty(), "no engine yet");
    session.apply(ready());
    let effects = session.apply(play());
    assert!(
        matches!(&effects[..], [Effect::Send(Request::Film { film: 1, .. })]),
        "{effects:?}"
    );
    session.apply(play());
    session.apply(over(1));
    assert_eq!(session.film, Some(2), "the end of the first is not the second's");
    session.apply(over(2));
    assert_eq!(session.film, None);

    session.apply(play());
    let effects = session.apply(Input::Visible(false));
    assert_eq!(effects[0], Effect::Send(Request::EndFilm));
    assert!(session.apply(play()).is_empty(), "nobody sees it");
    session.apply(Input::Visible(true));
    session.apply(play());
    let effects = session.apply(press());
    assert!(
        matches!(&effects[..], [Effect::Send(Request::Run { .. })]),
        "{effects:?}"
    );
    assert_eq!(session.film, None);
    assert!(session.apply(play()).is_empty(), "a run is not to be disturbed");
}

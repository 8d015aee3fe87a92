use parallax_protocol::{
    Adapter, BackendInfo, BackendSupport, Capabilities, Catalogue, Cold, ErrorKind, Event, Form, Outcome,
    RunSpec, Sample, Sampled, Support, Verification, Worst,
};

use super::race::{Race, of_question, of_run};
use super::summary::sentences;
use crate::state::{Input, RowStatus, Session};

const IDS: [(&str, &str); 3] = [
    ("scalar", "Scalar"),
    ("threads+simd", "Threads + SIMD"),
    ("gpu", "GPU"),
];

fn catalogue() -> Catalogue {
    let backend = |(id, name): (&str, &str)| BackendInfo {
        id: id.into(),
        name: name.into(),
        what: String::new(),
        form: match id {
            "gpu" => Form::Wgsl,
            _ => Form::Rust,
        },
        how: String::new(),
        threaded: id.starts_with("threads"),
    };
    Catalogue {
        workloads: Vec::new(),
        backends: IDS.map(backend).to_vec(),
    }
}

fn capabilities(software: bool) -> Capabilities {
    Capabilities {
        build: "b".into(),
        cores: 4,
        pool_threads: 4,
        engine_load_ms: None,
        pool_start_ms: None,
        overhead: None,
        isolated: true,
        timer_resolution_us: 5.0,
        adapter: Some(Adapter {
            name: "a".into(),
            software,
            max_storage_binding: 1,
        }),
        backends: vec![BackendSupport {
            backend: "gpu".into(),
            support: Support::no("no adapter"),
        }],
    }
}

/// A session with one run in which each back end was verified and sampled at its own pace.
fn session(software: bool, ids: &[&str], ms: &[f64], blocks: u32, wrong: Option<&str>) -> Session {
    let mut session = Session::new("b");
    let backends: Vec<String> = ids.iter().map(|id| id.to_string()).collect();
    session.apply(Input::Engine(Event::Ready(capabilities(software))));
    session.apply(Input::Run {
        spec: RunSpec::race("mandelbrot", 64),
        backends,
        started: String::new(),
    });
    for id in ids {
        let ok = wrong != Some(*id);
        session.apply(Input::Engine(Event::Verified {
            job: 1,
            backend: id.to_string(),
            verification: Verification {
                ok,
                compared: 4096,
                error_kind: ErrorKind::MismatchFraction,
                max_error: if ok { 0.0 } else { 0.1 },
                tolerance: 0.01,
                worst: (!ok).then(|| Worst {
                    place: "row 3, column 17".into(),
                    got: 97.0,
                    expected: 14.0,
                }),
            },
            cold: Cold::default(),
            provisional_ms: Some(ms[0]),
        }));
    }
    for block in 0..blocks {
        for (id, ms) in ids.iter().zip(ms) {
            // Runs differ a little, as runs do.
            let ms = ms * (1.0 + f64::from(block * 7 % 5) / 200.0);
            session.apply(Input::Engine(Event::Sample {
                job: 1,
                backend: id.to_string(),
                sample: Sample { ms, block, runs: 1 },
            }));
        }
    }
    session
}

fn chart(session: &Session, log: bool) -> Race {
    let run = session.run.as_ref().unwrap();
    of_run(&catalogue(), session.capabilities.as_ref(), run, log, None)
}

fn summary(session: &mut Session) -> String {
    session.apply(Input::Engine(Event::Finished {
        job: 1,
        outcome: Outcome::Settled,
    }));
    let run = session.run.as_ref().unwrap();
    sentences(&catalogue(), session.capabilities.as_ref(), run).join(" ")
}

#[test]
fn a_race_has_times_speed_ups_and_a_headline() {
    let mut session = session(
        false,
        &["scalar", "threads+simd", "gpu"],
        &[40.0, 5.0, 1.0],
        24,
        None,
    );
    let race = chart(&session, false);
    assert!(race.offers_log && race.has_baseline);
    let speeds: Vec<&str> = race
        .rows
        .iter()
        .map(|row| row.speed.as_ref().unwrap().main.as_str())
        .collect();
    assert_eq!(speeds, ["baseline", "8.00x", "40.0x"]);
    assert!(race.rows[0].time.as_ref().unwrap().main.starts_with("40."));
    assert_eq!(race.rows[0].verified, Some(true));
    assert_eq!(race.rows[0].bar.as_ref().unwrap().samples.len(), 24);
    assert!(chart(&session, true).axis.unwrap().log);
    let words = summary(&mut session);
    assert!(
        words.starts_with("On this machine the GPU is 40.0x (40.0-40.0) as fast as scalar."),
        "{words}"
    );
}

#[test]
fn a_software_gpu_never_shows_a_speed_up() {
    let mut session = session(
        true,
        &["scalar", "threads+simd", "gpu"],
        &[40.0, 5.0, 1.0],
        24,
        None,
    );
    let gpu = &chart(&session, false).rows[2];
    assert!(gpu.speed.as_ref().unwrap().main.contains("no speed-up"));
    assert_eq!(gpu.ratio, None);
    assert!(gpu.median_ms.is_some());
    let words = summary(&mut session);
    assert!(
        words.contains("threads + SIMD is 8.00x") && !words.contains("GPU"),
        "{words}"
    );
}

#[test]
fn few_samples_and_equals_claim_nothing() {
    let few = session(false, &["scalar", "gpu"], &[40.0, 10.0], 3, None);
    let speed = chart(&few, false).rows[1].speed.clone().unwrap();
    assert_eq!(
        (speed.main.as_str(), speed.sub.as_deref()),
        ("~4.0x", Some("too few samples"))
    );

    let mut equal = session(false, &["scalar", "gpu"], &[40.0, 40.0], 24, None);
    let speed = chart(&equal, false).rows[1].speed.clone().unwrap();
    assert_eq!(speed.main, "no clear difference");
    assert!(summary(&mut equal).contains("no clear difference between the GPU and scalar"));
}

#[test]
fn a_wrong_row_names_its_worst_element_and_has_no_time() {
    let mut session = session(false, &["scalar", "gpu"], &[40.0, 10.0], 24, Some("gpu"));
    let row = &chart(&session, false).rows[1];
    assert_eq!(row.status, RowStatus::Wrong);
    assert_eq!(row.verified, Some(false));
    assert!(row.time.is_none() && row.speed.is_none() && row.bar.is_none());
    let reason = row.reason.as_ref().unwrap();
    assert!(
        reason.contains("row 3, column 17: got 97, expected 14"),
        "{reason}"
    );
    assert!(summary(&mut session).contains("WRONG, and so without a time: the GPU."));
}

#[test]
fn without_the_baseline_no_speed_up_is_said() {
    let mut session = session(false, &["threads+simd", "gpu"], &[5.0, 1.0], 24, None);
    let race = chart(&session, false);
    assert!(!race.has_baseline);
    assert!(race.rows.iter().all(|row| row.speed.is_none()));
    assert!(summary(&mut session).contains("no speed-up can be said"));
}

#[test]
fn what_was_extrapolated_leaves_the_others_their_bars() {
    let mut session = session(false, &["scalar", "threads+simd"], &[40.0, 50_000.0], 24, None);
    let ends = |session: &Session| -> Vec<f64> {
        let rows = chart(session, false).rows;
        rows.iter().map(|row| row.bar.as_ref().unwrap().end).collect()
    };
    assert!(ends(&session)[0] < 0.01);
    session.apply(Input::Engine(Event::Sampled {
        job: 1,
        backend: "threads+simd".into(),
        sampled: Sampled {
            size: 19,
            factor: 2905.0,
        },
    }));
    assert!(ends(&session)[0] > 0.3);
    assert_eq!(ends(&session)[1], 1.0);
}

#[test]
fn before_any_sample_the_first_run_is_shown_as_provisional() {
    let session = session(false, &["scalar"], &[40.0], 0, None);
    let race = chart(&session, false);
    let time = race.rows[0].time.as_ref().unwrap();
    assert_eq!(
        (time.main.as_str(), time.sub.as_deref()),
        ("~40.0 ms", Some("provisional"))
    );
    assert!(race.rows[0].bar.as_ref().unwrap().provisional);
    assert_eq!(race.rows[0].median_ms, None);
}

#[test]
fn a_question_shows_what_cannot_run_here_before_it_runs() {
    let asked = ["scalar".into(), "gpu".into()];
    let race = of_question(&catalogue(), Some(&capabilities(false)), &asked, ("w", 1), None);
    assert_eq!(race.rows[0].status, RowStatus::Ready);
    assert_eq!(race.rows[1].status, RowStatus::Skipped);
    assert_eq!(race.rows[1].reason.as_deref(), Some("no adapter"));
}

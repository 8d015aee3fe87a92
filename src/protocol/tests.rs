use super::*;

fn spec() -> RunSpec {
    RunSpec {
        backends: vec!["simd".into(), "gpu".into()],
        threads: Some(3),
        seed: u64::MAX,
        inject: Some("wrong:threads+simd".parse().unwrap()),
        ..RunSpec::race("mandelbrot", 1024)
    }
}

fn events() -> Vec<Event> {
    let fault = Fault {
        backend: Some("gpu".into()),
        kind: FaultKind::DeviceLost,
        message: "the device was lost".into(),
    };
    vec![
        Event::Ready(Capabilities {
            build: "abc".into(),
            cores: 8,
            pool_threads: 8,
            engine_load_ms: Some(40.0),
            pool_start_ms: Some(90.0),
            overhead: Some(Overhead {
                dispatch_us: 110.0,
                barrier_us: 0.4,
            }),
            isolated: true,
            timer_resolution_us: 5.0,
            adapter: Some(Adapter {
                name: "SwiftShader".into(),
                software: true,
                max_storage_binding: 1 << 27,
            }),
            backends: vec![BackendSupport {
                backend: "threads".into(),
                support: Support::no("the page is not isolated"),
            }],
        }),
        Event::Planned {
            job: 1,
            plan: RunPlan {
                spec: spec(),
                rows: vec![PlanRow {
                    backend: "simd@512".into(),
                    workload: "mandelbrot".into(),
                    size: 512,
                    flops: 1e9,
                    bytes: 4e6,
                    schedule: Some(Schedule::Static),
                    chunk: Some(4.0),
                    against: Some("scalar".into()),
                    recorded: true,
                    form: Form::Rust,
                    threads: 1,
                    support: Support::YES,
                }],
            },
        },
        Event::Stage {
            job: 1,
            backend: None,
            stage: Stage::Reference,
        },
        Event::Verified {
            job: 1,
            backend: "simd".into(),
            verification: Verification {
                ok: false,
                compared: 1 << 40,
                error_kind: ErrorKind::MismatchFraction,
                max_error: 0.5,
                tolerance: 0.0,
                worst: Some(Worst {
                    place: "row 1, column 2".into(),
                    got: f64::INFINITY,
                    expected: -0.0,
                }),
            },
            cold: Cold {
                total: 3.0,
                start: 1.0,
                pipeline: 0.0,
                first_run: 2.0,
            },
            provisional_ms: None,
        },
        Event::Picture {
            job: 1,
            backend: "simd".into(),
            picture: Picture {
                width: 1,
                height: 1,
                rgba: vec![1, 2, 3, 255],
            },
            result: Some("pi = 3.14159".into()),
        },
        Event::Sample {
            job: 1,
            backend: "simd".into(),
            sample: Sample {
                ms: 20.5,
                block: 3,
                runs: 4,
            },
        },
        Event::Note {
            job: 1,
            backend: "simd".into(),
            text: "warm-up cut short".into(),
        },
        Event::Imbalance {
            job: 1,
            backend: "threads@2".into(),
            imbalance: 0.25,
        },
        Event::Timeline {
            job: 1,
            backend: "threads".into(),
            timeline: Timeline {
                backend: "threads".into(),
                tracks: vec![Track {
                    name: "thread 0".into(),
                    spans: vec![Span {
                        start_ms: 0.5,
                        end_ms: 1.5,
                        kind: SpanKind::Chunk,
                        pass: 1,
                        first: 0,
                        items: 64,
                    }],
                }],
                dropped: 3,
            },
        },
        Event::Quantity {
            job: 1,
            quantity: Quantity {
                id: "peak".into(),
                of: "simd".into(),
                threads: Some(1),
                bytes: None,
                value: 11.5,
                ci95: Some((11.0, 12.0)),
                unit: Unit::GflopPerS,
                note: None,
            },
        },
        Event::Progress {
            job: 1,
            blocks: 3,
            elapsed_s: 0.5,
        },
        Event::Failed { job: 1, fault },
        Event::Finished {
            job: 1,
            outcome: Outcome::Stopped,
        },
    ]
}

#[test]
fn every_message_round_trips() {
    for event in events() {
        let back: Event = decode(&encode(&event).unwrap()).unwrap();
        assert_eq!(back, event);
    }
    let requests = [
        Request::Run { job: 7, spec: spec() },
        Request::Stop { job: 7 },
        Request::Visible(false),
    ];
    for request in requests {
        let back: Request = decode(&encode(&request).unwrap()).unwrap();
        assert_eq!(back, request);
    }
}

#[test]
fn a_broken_message_is_an_error_and_not_a_panic() {
    let bytes = encode(&events()[0]).unwrap();
    for cut in 0..bytes.len() {
        assert!(decode::<Event>(&bytes[..cut]).is_err(), "cut at {cut}");
    }
    assert!(decode::<Event>(&[255; 64]).is_err());
}

#[test]
fn inject_reads_what_it_writes_and_says_what_it_cannot_read() {
    for text in [
        "wrong:simd",
        "panic:threads+simd",
        "trap:threads",
        "hang:scalar",
        "lost:gpu",
    ] {
        assert_eq!(text.parse::<Inject>().unwrap().to_string(), text);
    }
    for text in ["", "wrong", "wrong:", "explode:gpu", ":gpu"] {
        let error = text.parse::<Inject>().unwrap_err();
        assert!(error.to_string().contains("KIND:BACKEND"), "{error}");
    }
}

#[test]
fn a_back_end_may_be_asked_for_twice() {
    assert_eq!(base_id("scalar#2"), "scalar");
    assert_eq!(base_id("threads+simd"), "threads+simd");
    assert_eq!(base_id("threads+simd@4 static"), "threads+simd");
}

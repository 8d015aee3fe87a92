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

fn kernel() -> KernelSource {
    KernelSource {
        text: "@njit\ndef f(x):\n    return x\n".into(),
        entry: Some("f".into()),
        narrow: true,
        values: true,
        drawn: true,
        files: vec![KernelFile {
            name: "x.npy".into(),
            bytes: vec![0x93, 1],
        }],
    }
}

fn diagnosis() -> Diagnosis {
    Diagnosis {
        kind: "NameError".into(),
        message: "name 'yy' is not defined".into(),
        line: 2,
        column: 3,
        end_line: 2,
        end_column: 5,
        help: Some("did you mean 'x'?".into()),
        notes: vec![Note {
            message: "'x' is a parameter".into(),
            line: 1,
            column: 7,
            end_line: 1,
            end_column: 8,
        }],
        rendered: "NameError: ...".into(),
    }
}

fn events() -> Vec<Event> {
    let fault = Fault {
        diagnostics: vec![diagnosis()],
        ..Fault::new(Some("gpu".into()), FaultKind::DeviceLost, "the device was lost")
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
                compile: 0.5,
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
        Event::Compiled {
            compile: 3,
            compilation: Compilation {
                ok: true,
                diagnostics: Vec::new(),
                refusals: vec![Refused {
                    backend: "gpu".into(),
                    diagnostics: vec![diagnosis()],
                }],
                entry: Some("f".into()),
                arguments: vec!["array(float32, 2d, C)".into()],
                wasm_bytes: Some(1200),
                compile_ms: 1.5,
            },
        },
        Event::Lab {
            explain: Some(4),
            bytes: vec![1, 2],
        },
        Event::Outputs {
            job: 1,
            backend: "simd:python".into(),
            outputs: vec![OutputOf {
                dtype: "float32".into(),
                shape: vec![2],
                checksum: checksum(&[1, 2]),
                values: Some(vec![Number::Float(0.5), Number::Float(f64::INFINITY)]),
            }],
        },
        Event::Sampled {
            job: 1,
            backend: "interpreter".into(),
            sampled: Sampled {
                size: 27,
                factor: 1440.5,
            },
        },
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
        Request::Run {
            job: 8,
            spec: RunSpec {
                workload: String::new(),
                kernel: Some(kernel()),
                ..spec()
            },
        },
        Request::Compile {
            compile: 3,
            kernel: kernel(),
            size: 100,
        },
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

#[test]
fn pythons_rungs_have_ids_of_their_own_and_the_names_of_the_others() {
    for (id, asked, reported) in [
        ("scalar", "scalar:python", "scalar"),
        ("scalar#2", "scalar:python#2", "scalar#2"),
        ("threads+simd:python", "threads+simd:python", "threads+simd"),
        ("interpreter", "interpreter", "interpreter"),
    ] {
        assert_eq!(python_id(id), asked);
        assert_eq!(reported_id(asked), reported);
    }
    assert_eq!(base_id("threads:python@4 static"), "threads:python");
    let row = |backend: &str, form, place: &str| ResultRow {
        place: place.into(),
        ..ResultRow::blank("w", 1, backend, form, 1)
    };
    assert_eq!(row("scalar", Form::Python, "browser").id(), "scalar:python");
    assert_eq!(row("scalar", Form::Rust, "browser").id(), "scalar");
    assert_eq!(row("numba", Form::Python, "peer:numba").id(), "numba");
}

mod sources {
    use super::*;

    fn catalogue() -> Catalogue {
        let backend = |id: &str, form| BackendInfo {
            id: id.into(),
            name: id.into(),
            what: String::new(),
            form,
            how: String::new(),
            threaded: false,
        };
        Catalogue {
            workloads: vec![WorkloadInfo {
                id: "heat".into(),
                name: String::new(),
                question: String::new(),
                lesson: String::new(),
                film: None,
                tries: Vec::new(),
                recorded: None,
                size_means: String::new(),
                sizes: Vec::new(),
                default_size: 64,
                size_range: (1, 128),
                verified_by: String::new(),
                sources: Vec::new(),
            }],
            backends: vec![
                backend("interpreter", Form::Python),
                backend("scalar", Form::Rust),
                backend("scalar:python", Form::Python),
                backend("gpu", Form::Wgsl),
            ],
        }
    }

    fn asked(fields: &[(&str, Value)]) -> Result<RunSpec, SpecProblem> {
        let fields = fields.iter().map(|(name, value)| ((*name).into(), value.clone()));
        Asked::read(fields.collect())?.resolve(&catalogue())
    }

    fn text(text: &str) -> Value {
        Value::Text(text.into())
    }

    #[test]
    fn a_source_is_a_spec_of_its_own() {
        let spec = asked(&[
            ("source", text("def f(): ...")),
            ("size", Value::Number(500_000.0)),
            ("entry", text("f")),
            ("values", Value::Bool(true)),
            ("backends", Value::List(vec![text("scalar"), text("interpreter")])),
        ]);
        let spec = spec.unwrap();
        // Beyond what any workload takes, and by the names that reports have.
        assert_eq!((spec.workload.as_str(), spec.size), ("", 500_000));
        assert_eq!(spec.backends, ["scalar:python", "interpreter"]);
        let kernel = spec.kernel.as_ref().unwrap();
        assert_eq!(
            (kernel.entry.as_deref(), kernel.values, kernel.narrow),
            (Some("f"), true, false)
        );
        let opened = decode_link(&encode_link(&spec, None).unwrap()).unwrap().spec;
        assert_eq!(opened.kernel.map(|kernel| kernel.text), Some(kernel.text.clone()));
        assert_eq!(Asked::from(&spec).source.as_deref(), Some("def f(): ..."));
    }

    #[test]
    fn what_makes_no_sense_together_is_refused() {
        let source = ("source", text("x"));
        let refused = |fields: &[(&str, Value)]| asked(fields).unwrap_err().to_string();
        assert!(refused(&[source.clone(), ("workload", text("heat"))]).contains("not of both"));
        assert!(refused(&[source.clone(), ("experiment", text("machine"))]).contains("no kernel"));
        assert!(refused(&[("workload", text("heat")), ("narrow", Value::Bool(true))]).contains("source"));
        assert!(refused(&[source.clone(), ("values", text("yes"))]).contains("true or false"));
        assert!(refused(&[source.clone(), ("size", Value::Number(0.0))]).contains("size 0"));
        assert!(refused(&[source, ("backends", Value::List(vec![text("gpu")]))]).contains("gpu:python"));
        let long = "x".repeat(LONGEST_SOURCE + 1);
        assert!(refused(&[("source", text(&long))]).contains("bytes"));
    }
}

#[test]
fn what_is_for_the_lab_survives() {
    let explained = Explained {
        stages: vec![StageTime {
            name: "types".into(),
            ms: 0.25,
        }],
        functions: vec![FunctionTypes {
            name: "f".into(),
            line: 2,
            gives: Some("float64".into()),
            variables: vec![("x".into(), "float64".into())],
        }],
        hovers: vec![Hover {
            line: 3,
            column: 12,
            end_column: 13,
            text: "float64".into(),
        }],
        listings: vec![Listing {
            id: "ir".into(),
            text: "return x\n".into(),
            lines: vec![3],
        }],
        remarks: vec![Remark {
            line: 3,
            kind: "lanes".into(),
            good: false,
            text: "not in lanes".into(),
        }],
        modules: kernel().files,
        ..Explained::of(Compilation::failed(vec![diagnosis()]))
    };
    let output = RawOutput {
        dtype: "float32".into(),
        shape: vec![1],
        bytes: vec![0, 0, 0x80, 0x3f],
    };
    for event in [
        LabEvent::Explained(Box::new(explained)),
        LabEvent::Drawn {
            backend: "scalar:python".into(),
            outputs: Some(vec![output]),
        },
        LabEvent::Printed("1 2\n".into()),
        LabEvent::Failed(vec![diagnosis()]),
    ] {
        assert_eq!(decode::<LabEvent>(&encode(&event).unwrap()).unwrap(), event);
    }
}

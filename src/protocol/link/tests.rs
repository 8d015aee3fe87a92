use super::*;
use crate::{
    Asked, ColdMs, Environment, Finding, Form, Found, GpuMs, KernelSource, Quantity, ResultRow, ResultStatus, SCHEMA,
    Schedule, Unit, Verdict,
};

fn spec() -> RunSpec {
    RunSpec {
        backends: vec!["scalar".into(), "threads+simd".into()],
        threads: Some(3),
        seed: u64::MAX,
        budget_s: 2.5,
        ..RunSpec::race("mandelbrot", 1024)
    }
}

fn report() -> Report {
    Report {
        schema: SCHEMA,
        spec: Asked::from(&spec()),
        environment: Environment {
            build: "0123456789ab".into(),
            user_agent: "Some browser".into(),
            cores: 8,
            timer_resolution_us: 5.0,
            ..Environment::default()
        },
        results: vec![ResultRow {
            status: ResultStatus::Ok,
            sample_count: 40,
            median_ms: Some(14.25),
            ci95_ms: Some((14.0, 14.5)),
            speedup: Some(7.5),
            speedup_ci95: Some((7.25, 7.75)),
            verdict: Some(Verdict::Faster),
            against: Some("scalar".into()),
            warnings: vec!["noisy".into()],
            ..ResultRow::blank("mandelbrot", 1024, "threads+simd", Form::Rust, 8)
        }],
        quantities: Vec::new(),
        timelines: Vec::new(),
        findings: Vec::new(),
    }
}

/// With everything that only experiments have.
fn experiment() -> (RunSpec, Report) {
    let spec = RunSpec {
        experiment: Experiment::Sizes,
        ..spec()
    };
    let mut report = report();
    report.spec = Asked::from(&spec);
    let row = report.results[0].clone();
    report.results.push(ResultRow {
        workload: "heat".into(),
        size: 64,
        schedule: Some(Schedule::Guided),
        chunk: Some(0.25),
        imbalance: Some(0.5),
        flops: Some(1e9),
        bytes: Some(3e6),
        cold_ms: Some(ColdMs {
            total: 2.0,
            compile: None,
            start: None,
            pipeline: Some(2.0),
            first_run: None,
        }),
        gpu_ms: Some(GpuMs {
            upload: Some(0.5),
            kernel: None,
            dispatch: Some(0.25),
            readback: Some(1.0),
            end_to_end: Some(14.25),
            resident: Some(12.0),
        }),
        ..row
    });
    report.quantities = vec![Quantity {
        id: "copy".into(),
        of: "threads+simd".into(),
        threads: Some(2),
        bytes: Some(65536.0),
        value: 12.5,
        ci95: Some((12.0, 13.0)),
        unit: Unit::GbPerS,
        note: Some("warm".into()),
    }];
    report.findings = vec![Finding {
        id: "crossover".into(),
        workload: "heat".into(),
        backend: "gpu".into(),
        against: Some("threads+simd".into()),
        values: vec![Found {
            name: "n".into(),
            value: 131_072.0,
            ci95: Some((98_304.0, 180_224.0)),
        }],
        words: "GPU beats threads+simd from n = 131,000".into(),
    }];
    (spec, report)
}

#[test]
fn a_link_brings_back_an_experiment() {
    let (spec, report) = experiment();
    let link = encode_link(&spec, Some(&report)).unwrap();
    let opened = decode_link(&link).unwrap();
    assert_eq!((&opened.spec, opened.results.as_ref()), (&spec, Some(&report)));
    // The question alone is one that the first version holds.
    assert!(link.starts_with('2') && encode_link(&spec, None).unwrap().starts_with('1'));
}

#[test]
fn an_experiment_with_other_rows_than_it_says_is_refused() {
    let (spec, report) = experiment();
    let mut content = postcard::to_stdvec(&v2::Link::of(&spec, Some(&report))).unwrap();
    assert!(v2::Link::read(&content).unwrap().into_link().is_ok());
    // One row less in the second list: its length stands right before the first workload's name.
    let name = content.windows(11).rposition(|w| w == b"\x0amandelbrot").unwrap();
    assert_eq!(content[name - 1], 2);
    content.truncate(name - 1);
    content.extend([0, 0, 0]);
    let Err(error) = v2::Link::read(&content).unwrap().into_link() else {
        panic!("it opened")
    };
    assert!(matches!(error, LinkError::Content { .. }), "{error}");
}

#[test]
fn a_link_brings_back_what_was_put_in() {
    for results in [None, Some(report())] {
        let link = encode_link(&spec(), results.as_ref()).unwrap();
        let opened = decode_link(&format!("https://example.org/x?y#{link}")).unwrap();
        assert_eq!(opened.spec, spec());
        assert_eq!(opened.results, results);
        assert_eq!(decode_link(&link), decode_link(&format!("#{link} ")));
    }
}

/// A kernel as the lab's are.
fn with_kernel() -> RunSpec {
    RunSpec {
        workload: String::new(),
        kernel: Some(KernelSource {
            text: "from numba import njit\n\n@njit\ndef twice(x):\n    return 2 * x\n".into(),
            entry: Some("twice".into()),
            narrow: true,
            ..KernelSource::default()
        }),
        ..spec()
    }
}

#[test]
fn a_link_brings_back_a_kernel() {
    let own = with_kernel();
    let mut results = report();
    results.spec = Asked::from(&own);
    results.results[0].workload = "twice".into();
    for results in [None, Some(results)] {
        let link = encode_link(&own, results.as_ref()).unwrap();
        assert!(link.starts_with('3') && link.len() < 2_000, "{link}");
        let opened = decode_link(&link).unwrap();
        assert_eq!((&opened.spec, &opened.results), (&own, &results));
    }
}

#[test]
fn a_kernel_too_long_for_a_link_is_to_be_shared_as_a_file() {
    let mut long = with_kernel();
    // Of lines that no two of are alike, so that they do not pack.
    let mut line = 0u64;
    let text = std::iter::repeat_with(|| {
        line = line.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        format!("# {line:x}\n")
    });
    let text: String = text.take(3_000).collect();
    long.kernel = long.kernel.map(|kernel| KernelSource { text, ..kernel });
    let error = encode_link(&long, None).unwrap_err();
    assert!(matches!(error, LinkError::Kernel { length } if length > LONGEST_LINK), "{error}");
    assert!(error.to_string().contains("as a file"));
}

#[test]
fn a_spec_is_short() {
    let mut long = spec();
    long.backends = (0..40)
        .map(|i| format!("a-back-end-with-a-long-name-{i}"))
        .collect();
    assert!(encode_link(&long, None).unwrap().len() < 2_000);
}

#[test]
fn a_fault_to_provoke_does_not_travel() {
    let mut chaos = spec();
    chaos.inject = "hang:scalar".parse().ok();
    let link = encode_link(&chaos, None).unwrap();
    assert_eq!(decode_link(&link).unwrap().spec, spec());
}

#[test]
fn every_cut_and_every_changed_character_is_noticed() {
    let link = encode_link(&spec(), Some(&report())).unwrap();
    for end in 0..link.len() {
        assert!(decode_link(&link[..end]).is_err(), "cut to {end}");
    }
    for place in 1..link.len() {
        let other = if &link[place..=place] == "A" { "B" } else { "A" };
        let changed = format!("{}{other}{}", &link[..place], &link[place + 1..]);
        assert!(decode_link(&changed).is_err(), "changed at {place}");
    }
}

#[test]
fn what_cannot_be_opened_says_why() {
    let link = encode_link(&spec(), None).unwrap();
    let newer = format!("4{}", &link[1..]);
    assert_eq!(decode_link(&newer), Err(LinkError::Newer { version: '4' }));
    assert_eq!(decode_link("#section-3"), Err(LinkError::Foreign));
    assert_eq!(decode_link("#"), Err(LinkError::Foreign));
    assert_eq!(decode_link("1<img src=x>"), Err(LinkError::Characters));
    assert_eq!(decode_link("1"), Err(LinkError::Damaged));
    let long = "1".repeat(LONGEST_LINK + 1);
    assert_eq!(
        decode_link(&long),
        Err(LinkError::TooLong {
            length: LONGEST_LINK + 1
        })
    );
    let bomb = sealed(&vec![0; MOST_UNPACKED + 1]);
    assert_eq!(decode_link(&bomb), Err(LinkError::Bomb));
    let foreign = decode_link(&sealed(b"hello"));
    assert!(matches!(foreign, Err(LinkError::Content { .. })), "{foreign:?}");
}

/// A payload with a good checksum and any content.
fn sealed(content: &[u8]) -> String {
    let mut packed = compress_to_vec(content, EFFORT);
    packed.extend_from_slice(&CHECKSUM.checksum(&packed).to_le_bytes());
    format!("1{}", URL_SAFE_NO_PAD.encode(&packed))
}

#[test]
fn results_out_of_range_are_no_results() {
    let mut bad = report();
    bad.results[0].max_error = Some(f64::NAN);
    let link = encode_link(&spec(), Some(&bad)).unwrap();
    assert!(matches!(decode_link(&link), Err(LinkError::Content { .. })));
}

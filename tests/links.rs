//! Links of every version that was ever released still open, and nothing that a stranger
//! can put into a link, a report or a spec makes us panic or take memory without bound.
#![cfg(not(target_arch = "wasm32"))]

use parallax::protocol::{
    Asked, Catalogue, KernelSource, LinkError, Report, RunSpec, Value, decode_link, encode_link,
};
use rand_pcg::Pcg64Mcg as Random;
use rand_pcg::rand_core::{RngCore, SeedableRng};
use serde_json::Value as JsonValue;

#[path = "common/counting.rs"]
mod counting;
use counting::{NOW, PEAK};
use std::sync::atomic::Ordering;

/// Most bytes that opening one thing from outside may take at a time. What unpacks to 256 kB
/// may hold as many empty texts, at 24 bytes each and doubling as the list grows.
const MOST_BYTES: usize = 32 << 20;

/// Tests of this file run one at a time: they share the count.
static TURN: std::sync::Mutex<()> = std::sync::Mutex::new(());

/// Runs a job over many inputs and sees how much memory any of them took.
fn bounded(inputs: u32, mut job: impl FnMut(&mut Random)) {
    let mut random = Random::seed_from_u64(7);
    let before = NOW.load(Ordering::Relaxed);
    PEAK.store(before, Ordering::Relaxed);
    for _ in 0..inputs {
        job(&mut random);
    }
    let peak = PEAK.load(Ordering::Relaxed) - before;
    assert!(peak < MOST_BYTES, "{peak} bytes at a time");
    let left = NOW.load(Ordering::Relaxed).saturating_sub(before);
    assert!(left < 1 << 20, "{left} bytes were never given back");
}

fn below(random: &mut Random, n: usize) -> usize {
    (random.next_u64() % n.max(1) as u64) as usize
}

/// Changes, cuts, doubles and exchanges bytes.
fn mutated(random: &mut Random, bytes: &mut Vec<u8>) {
    for _ in 0..=below(random, 4) {
        if bytes.is_empty() {
            return;
        }
        let (at, other) = (below(random, bytes.len()), below(random, bytes.len()));
        match random.next_u32() % 6 {
            0 => bytes[at] = random.next_u32() as u8,
            1 => bytes[at] ^= 1 << (random.next_u32() % 8),
            2 => bytes.truncate(at),
            3 => bytes.swap(at, other),
            4 => {
                let piece = bytes[at.min(other)..at.max(other)].to_vec();
                bytes.splice(at..at, piece);
                bytes.truncate(100_000);
            }
            _ => bytes.insert(at, random.next_u32() as u8),
        }
    }
}

/// `link TAB expectation`, where the expectation is the spec as JSON, and `+results` after it
/// if the link carries some; since version 2 with the quantities and the findings.
fn released() -> Vec<(String, String)> {
    let lines = [
        include_str!("links/v1.txt"),
        include_str!("links/v2.txt"),
        include_str!("links/v3.txt"),
    ];
    let lines = lines.into_iter().flat_map(str::lines);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with("//"));
    let pair = |line: &str| line.split_once('\t').map(|(a, b)| (a.to_string(), b.to_string()));
    lines
        .map(|line| pair(line).expect("a link, a tab, what it says"))
        .collect()
}

fn told(fragment: &str) -> String {
    let link = decode_link(fragment).expect(fragment);
    let spec = serde_json::to_string(&Asked::from(&link.spec)).expect("JSON");
    match link.results {
        Some(report) if fragment.starts_with('1') => format!(
            "{spec} +{}",
            serde_json::to_string(&report.results).expect("JSON")
        ),
        Some(report) => {
            let more = serde_json::json!({
                "results": report.results,
                "quantities": report.quantities,
                "findings": report.findings,
            });
            format!("{spec} +{more}")
        }
        None => spec,
    }
}

#[test]
fn links_of_released_versions_open() {
    let all = released();
    assert!(all.len() >= 6);
    for (link, expected) in all {
        let (told, expected) = (parsed(&told(&link)), parsed(&expected));
        assert!(
            says(&told, &expected),
            "{link}\nsays     {told:?}\nexpected {expected:?}"
        );
    }
}

/// The spec and, if there are some, the results.
fn parsed(text: &str) -> Vec<JsonValue> {
    let (spec, results) = text.split_once(" +").unwrap_or((text, "null"));
    [spec, results]
        .map(|json| serde_json::from_str(json).expect(json))
        .into()
}

/// What was there when the link was made is as it was; there may be more by now.
fn says(told: &[JsonValue], expected: &[JsonValue]) -> bool {
    fn holds(told: &JsonValue, expected: &JsonValue) -> bool {
        match (told, expected) {
            (JsonValue::Object(told), JsonValue::Object(expected)) => expected
                .iter()
                .all(|(name, value)| told.get(name).is_some_and(|told| holds(told, value))),
            (JsonValue::Array(told), JsonValue::Array(expected)) => {
                told.len() == expected.len() && told.iter().zip(expected).all(|(t, e)| holds(t, e))
            }
            _ => told == expected,
        }
    }
    told.iter()
        .zip(expected)
        .all(|(told, expected)| holds(told, expected))
}

#[test]
fn a_million_links_from_strangers() {
    let _turn = TURN.lock();
    let links: Vec<String> = released().into_iter().map(|(link, _)| link).collect();
    let mut opened = 0u32;
    bounded(600_000, |random| {
        let mut link = links[below(random, links.len())].clone().into_bytes();
        mutated(random, &mut link);
        let link = String::from_utf8_lossy(&link);
        opened += u32::from(decode_link(&link).is_ok());
    });
    // A checksum lets next to nothing through that was changed; unchanged ones are rare.
    assert!(opened < 60_000, "{opened} of the changed links opened");
    // With a good checksum, so that what lies behind it is reached.
    let specs: Vec<(&str, Vec<u8>)> = links.iter().map(|link| (&link[..1], payload(link))).collect();
    let mut opened = 0u32;
    bounded(500_000, |random| {
        let (version, mut content) = specs[below(random, specs.len())].clone();
        mutated(random, &mut content);
        match decode_link(&sealed(version, &content)) {
            // What opens can be sent on, unless the packing makes it too long.
            Ok(link) => {
                opened += 1;
                let again = encode_link(&link.spec, link.results.as_ref());
                assert!(again.is_ok() || matches!(again, Err(LinkError::TooLong { .. })));
            }
            Err(LinkError::Damaged) => panic!("a good checksum is not damage"),
            Err(_) => {}
        }
    });
    assert!(
        opened > 10_000,
        "only {opened} got past the checksum's other side"
    );
}

/// What a link's payload unpacks to.
fn payload(link: &str) -> Vec<u8> {
    use base64::Engine as _;
    let packed = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(&link[1..]);
    let packed = packed.expect("base64url");
    miniz_oxide::inflate::decompress_to_vec(&packed[..packed.len() - 4]).expect("deflate")
}

/// A link with this content and a good checksum, made independently of the encoder.
fn sealed(version: &str, content: &[u8]) -> String {
    use base64::Engine as _;
    let mut packed = miniz_oxide::deflate::compress_to_vec(content, 1);
    let checksum = crc::Crc::<u32>::new(&crc::CRC_32_ISO_HDLC).checksum(&packed);
    packed.extend_from_slice(&checksum.to_le_bytes());
    let text = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&packed);
    format!("{version}{text}")
}

fn a_report() -> String {
    let link = released().into_iter().find(|(_, told)| told.contains(" +"));
    let (link, _) = link.expect("a link with results");
    let mut report = decode_link(&link).expect("a link").results.expect("results");
    let sample = |block| parallax::protocol::ReportSample {
        ms: 1.5,
        block,
        outlier: false,
    };
    report.results[0].samples = (0..3).map(sample).collect();
    serde_json::to_string(&report).expect("JSON")
}

#[test]
fn a_million_reports_from_strangers() {
    let _turn = TURN.lock();
    let report = a_report();
    let words = [
        "null",
        "-1",
        "1e999",
        "-0",
        "1e-400",
        "[]",
        "{}",
        "\"\"",
        "true",
        "\"\\u0000\"",
        "99999999999999999999",
        "\"<img src=x onerror=alert(1)>\"",
        "NaN",
    ];
    let mut taken = 0u32;
    bounded(1_000_000, |random| {
        let mut text = report.clone().into_bytes();
        if random.next_u32() % 2 == 0 {
            // A value in the place of another: still JSON, no longer a report.
            let commas: Vec<usize> = (0..text.len()).filter(|i| text[*i] == b':').collect();
            let from = commas[below(random, commas.len())] + 1;
            let value = text[from..].iter().position(|b| matches!(b, b',' | b'}' | b']'));
            let to = from + value.unwrap_or(0);
            text.splice(from..to, words[below(random, words.len())].bytes());
        } else {
            mutated(random, &mut text);
        }
        if let Ok(report) = serde_json::from_slice::<Report>(&text)
            && report.validate().is_ok()
        {
            taken += 1;
            let sane = |ms: f64| ms.is_finite() && ms >= 0.0;
            assert!(report.results.iter().filter_map(|r| r.median_ms).all(sane));
            assert!(report.results.iter().flat_map(|r| &r.samples).all(|s| sane(s.ms)));
        }
    });
    assert!(taken > 10_000, "only {taken} were reports");
}

#[test]
fn a_million_specs_from_strangers() {
    let _turn = TURN.lock();
    let catalogue = Catalogue {
        workloads: parallax::workloads::registry().iter().map(|w| w.info()).collect(),
        backends: parallax::backends::registry().iter().map(|b| b.info()).collect(),
    };
    let mut good = 0u32;
    bounded(1_000_000, |random| {
        let count = below(random, 9);
        let fields = (0..count).map(|_| field(random)).collect();
        if let Ok(asked) = Asked::read(fields)
            && let Ok(spec) = asked.resolve(&catalogue)
        {
            good += 1;
            assert!(spec.budget_s >= 0.1 && spec.budget_s <= 600.0);
            assert!(spec.threads.is_none_or(|t| (1..=1024).contains(&t)));
            let link = match encode_link(&spec, None) {
                Err(LinkError::Kernel { .. }) => return assert!(spec.kernel.is_some()),
                link => link.expect("a spec fits into a link"),
            };
            let budget_ms = (spec.budget_s * 1e3).round();
            let back = decode_link(&link).expect("our own link").spec;
            let sent = RunSpec {
                inject: None,
                budget_s: budget_ms / 1e3,
                // A link asks for no values.
                kernel: spec.kernel.clone().map(|kernel| KernelSource {
                    values: false,
                    ..kernel
                }),
                ..spec
            };
            assert_eq!(back, sent);
        }
    });
    assert!(good > 1_000, "only {good} specs could be run");
}

fn field(random: &mut Random) -> (String, Value) {
    let names = Asked::FIELDS;
    let name = match random.next_u32() % 40 {
        0 => "constructor".to_string(),
        // The one without which nothing goes on, more often.
        1..=10 => "workload".to_string(),
        _ => names[below(random, names.len())].to_string(),
    };
    (name.clone(), value(random, &name))
}

fn value(random: &mut Random, name: &str) -> Value {
    let numbers = [
        0.0,
        1.0,
        2.0,
        64.0,
        0.1,
        -1.0,
        1e9,
        1e300,
        f64::NAN,
        f64::INFINITY,
        0.5,
        8.0,
    ];
    let texts = [
        "mandelbrot",
        "matmul",
        "race",
        "scalar",
        "scalar#2",
        "wrong:gpu",
        "",
        "18446744073709551615",
        "#",
        "\u{0}",
    ];
    let text = |random: &mut Random| Value::Text(texts[below(random, texts.len())].into());
    // Mostly of the right type, so that what comes after is reached.
    match (random.next_u32() % 8, name) {
        (0, _) => Value::Null,
        (1, _) => Value::Other("function"),
        (2, _) => text(random),
        (3, _) => Value::Number(numbers[below(random, numbers.len())]),
        (_, "workload") => Value::Text(texts[below(random, 2)].into()),
        (_, "experiment") => Value::Text("race".into()),
        (_, "inject") => Value::Text("wrong:gpu".into()),
        (_, "backends") => Value::List((0..below(random, 4)).map(|_| text(random)).collect()),
        _ => Value::Number(numbers[below(random, 4)]),
    }
}

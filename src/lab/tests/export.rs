//! Exported scripts run under real Numba and print what we say of the same outputs. Needs a Python with Numba
//! in `PARALLAX_PYTHON`, as `cargo xtask test --full` gives it; without one this says that it is skipped.
#![cfg(not(target_arch = "wasm32"))]

use parallax_compiler::interpret::{Options, State};
use parallax_compiler::{Request, Value, prepare};
use parallax_lab::export::{script, summary};
use parallax_lab::gallery::LESSONS;
use parallax_protocol::RawOutput;
use std::process::Command;

/// What setups are given: the interpreter is slow.
const SIZE: u32 = 64;
/// Digits of floats that may differ: in the last of seven.
const NEAR: f64 = 2e-5;

/// What the interpreter gives.
fn ours(text: &str) -> (String, Vec<String>) {
    let request = Request {
        size: SIZE.into(),
        ..Request::default()
    };
    let prepared = prepare(text, &request, &|| false).expect("a kernel of the gallery");
    let mut machine = prepared
        .machine(Options::default())
        .expect("room for its arguments");
    while machine.run(1 << 20).expect("no error") == State::Paused {}
    let results = machine.results().expect("results");
    let raw = prepared
        .outputs(results, || machine.arguments())
        .into_iter()
        .map(|value| match value {
            Value::Array(array) => RawOutput {
                dtype: array.of.name().into(),
                shape: array.shape.iter().map(|n| *n as u64).collect(),
                bytes: array.bytes,
            },
            Value::Scalar(of, bits) => RawOutput {
                dtype: of.name().into(),
                shape: Vec::new(),
                bytes: bits.to_le_bytes()[..of.bytes() as usize].to_vec(),
            },
            other => panic!("{other:?}"),
        });
    (prepared.name.clone(), summary(&raw.collect::<Vec<_>>()))
}

/// The same words, and numbers that are near.
fn alike(ours: &str, theirs: &str) -> bool {
    let (a, b): (Vec<&str>, Vec<&str>) = (ours.split(' ').collect(), theirs.split(' ').collect());
    let near = |(a, b): (&&str, &&str)| match (a.parse::<f64>(), b.parse::<f64>()) {
        (Ok(a), Ok(b)) => (a - b).abs() <= NEAR * a.abs().max(1.0),
        _ => a == b,
    };
    a.len() == b.len() && a.iter().zip(&b).all(near)
}

#[test]
fn a_difference_is_seen() {
    assert!(alike(
        "mean 1.000001e+00 checksum 0f",
        "mean 1.000002e+00 checksum 0f"
    ));
    assert!(!alike("mean 1.000001e+00", "mean 1.100001e+00"));
    assert!(!alike("checksum af63", "checksum af64"));
}

#[test]
fn exported_scripts_run_under_numba_and_say_the_same() {
    let Some(python) = std::env::var_os("PARALLAX_PYTHON") else {
        println!("SKIPPED: no Python with Numba in PARALLAX_PYTHON");
        return;
    };
    let folder = std::env::temp_dir().join(format!("parallax-export-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let mut wrong = Vec::new();
    for (name, text) in LESSONS.iter().flat_map(|lesson| lesson.kernels) {
        let (entry, expected) = ours(text);
        let file = folder.join(format!("{name}.py"));
        std::fs::write(&file, script(text, &entry, SIZE)).expect("a file");
        let ran = Command::new(&python).arg(&file).output().expect("Python runs");
        let said = String::from_utf8_lossy(&ran.stdout).into_owned();
        let lines: Vec<&str> = said.lines().collect();
        let same = lines.len() == expected.len() && expected.iter().zip(&lines).all(|(a, b)| alike(a, b));
        if !ran.status.success() || !same {
            let error = String::from_utf8_lossy(&ran.stderr);
            wrong.push(format!("{name}: {expected:#?}\nNumba: {said}{error}"));
        }
    }
    // What is left there is in nobody's way.
    let _ = std::fs::remove_dir_all(&folder);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

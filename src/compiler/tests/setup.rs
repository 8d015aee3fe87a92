//! What `setup(n)` makes, against CPython and NumPy.
//!
//! `oracle/setup.txt` has, of each value of each file of `setup/`, the type, the shape and a hash of all bytes as
//! NumPy made them. A file that says "within 1 ULP" calls functions that NumPy takes from the C library or from
//! the machine's vector units: there every element is in the table, and each may differ by as much as
//! [`ulps`] says for what was measured of NumPy itself, most of them not at all.
#![cfg(not(target_arch = "wasm32"))]

use parallax_compiler::random::{Generator, SeedSequence};
use parallax_compiler::setup::{self, Limits};
use parallax_compiler::types::Scalar;
use parallax_compiler::{Diagnostic, Source, Value, module, syntax};

/// Runs a text's setup.
fn run(text: &str, n: i64, limits: &Limits) -> Result<Vec<Value>, Diagnostic> {
    let source = Source::new(text).expect("short");
    let (tree, faults) = syntax::parse(source);
    if let Some(fault) = faults.into_iter().next() {
        return Err(fault);
    }
    let (file, _) = module::file(&tree, None);
    setup::setup(&file, n, limits, &|| false)
}

/// A value's parts: type, shape, bytes.
type Part = (String, String, Vec<u8>);

fn flat(value: &Value, out: &mut Vec<Part>) {
    match value {
        Value::Scalar(of, bits) => {
            let bytes = bits.to_le_bytes()[..of.bytes() as usize].to_vec();
            out.push((of.name().into(), "scalar".into(), bytes));
        }
        Value::Array(array) => {
            let shape: Vec<String> = array.shape.iter().map(usize::to_string).collect();
            out.push((array.of.name().into(), shape.join("x"), array.bytes.clone()));
        }
        Value::Tuple(all) => all.iter().for_each(|one| flat(one, out)),
        Value::None => out.push(("none".into(), "-".into(), Vec::new())),
    }
}

fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3)
    })
}

fn elements(bytes: &[u8], width: usize) -> impl Iterator<Item = u64> {
    let one = |chunk: &[u8]| chunk.iter().rev().fold(0, |n, b| n << 8 | u64::from(*b));
    bytes.chunks(width).map(one)
}

fn told(fault: &Diagnostic, text: &str) -> String {
    fault.render(Source::new(text).expect("short"))
}

#[test]
fn every_value_is_numpys() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/setup");
    let table = include_str!("oracle/setup.txt");
    let mut rows = table
        .lines()
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .peekable();
    let (mut compared, mut wrong) = (0, Vec::new());
    let (mut close, mut off) = (0, 0);
    while let Some(first) = rows.peek() {
        let (name, n) = (first[0], first[1]);
        let text = std::fs::read_to_string(format!("{folder}/{name}.py")).expect("the file of the table");
        let is_close = text.contains("# within 1 ULP");
        let mut parts = Vec::new();
        match run(&text, n.parse().expect("a number"), &Limits::default()) {
            Ok(values) => values.iter().for_each(|one| flat(one, &mut parts)),
            Err(fault) => wrong.push(format!("{name}({n}): {}", told(&fault, &text))),
        }
        let mut parts = parts.into_iter();
        while let Some(row) = rows.next_if(|row| row[0] == name && row[1] == n) {
            let what = format!("{name}({n})[{}]", row[2]);
            let Some((of, shape, bytes)) = parts.next() else {
                continue;
            };
            compared += 1;
            if (of.as_str(), shape.as_str()) != (row[3], row[4]) {
                wrong.push(format!("{what}: {of} {shape}, NumPy's {} {}", row[3], row[4]));
                continue;
            }
            let width = Scalar::named(&of).map_or(1, |of| of.bytes() as usize);
            let expected = || {
                row[6..]
                    .iter()
                    .map(|bits| u64::from_str_radix(bits, 16).expect("bits"))
            };
            if is_close {
                for (ours, theirs) in elements(&bytes, width).zip(expected()) {
                    close += 1;
                    off += usize::from(ours != theirs);
                    if ours.abs_diff(theirs) > 1 {
                        wrong.push(format!("{what}: {ours:x}, NumPy's {theirs:x}"));
                    }
                }
            } else if of != "none" && format!("{:016x}", fnv(&bytes)) != row[5] {
                let ours: Vec<String> = elements(&bytes, width)
                    .take(4)
                    .map(|bits| format!("{bits:x}"))
                    .collect();
                wrong.push(format!("{what} {of} {shape}: {ours:?}, NumPy's {:?}", &row[6..]));
            }
        }
        if parts.next().is_some() {
            wrong.push(format!("{name}({n}): more values than NumPy's"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {compared} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(compared > 3_000 && close > 1_000, "{compared} {close}");
    assert!(off * 10 < close, "{off} of {close} differ in the last bit");
}

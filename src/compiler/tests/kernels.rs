//! Kernels as people write them, held to what real Numba makes of the same files.
#![cfg(not(target_arch = "wasm32"))]

#[path = "wasm/runner.rs"]
mod runner;

use parallax_compiler::{
    ArrayValue, Layout, Prepared, Request, Scalar, Source, Type, Value, infer, interpret, module, prepare,
    syntax,
};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// What Numba made of a kernel.
#[derive(Debug, Default)]
struct Golden {
    name: String,
    takes: Vec<String>,
    gives: String,
    /// Function, variable, its types.
    locals: Vec<(String, String, Vec<String>)>,
    outputs: Vec<Output>,
}

/// An output as Numba gave it.
#[derive(Debug, Clone)]
struct Output {
    of: String,
    shape: Vec<usize>,
    hash: u64,
    values: Vec<String>,
}

fn goldens() -> Vec<Golden> {
    let mut all: Vec<Golden> = Vec::new();
    for line in include_str!("oracle/kernels.golden").lines() {
        let words: Vec<&str> = line.split('\t').collect();
        let rest = || {
            words[1..]
                .iter()
                .map(|word| (*word).to_owned())
                .collect::<Vec<_>>()
        };
        match words[0] {
            "kernel" => all.push(Golden {
                name: words[1].into(),
                ..Golden::default()
            }),
            "takes" => all.last_mut().unwrap().takes = rest(),
            "gives" => all.last_mut().unwrap().gives = words[1].into(),
            "local" => {
                let (function, name) = words[1].split_once('.').unwrap();
                let types = words[2..].iter().map(|word| (*word).to_owned()).collect();
                all.last_mut()
                    .unwrap()
                    .locals
                    .push((function.into(), name.into(), types));
            }
            "out" => {
                let shape = match words[2] {
                    "-" => Vec::new(),
                    shape => shape.split('x').map(|one| one.parse().unwrap()).collect(),
                };
                all.last_mut().unwrap().outputs.push(Output {
                    of: words[1].into(),
                    shape,
                    hash: u64::from_str_radix(words[3], 16).unwrap(),
                    values: words[4..].iter().map(|word| (*word).to_owned()).collect(),
                });
            }
            _ => {}
        }
    }
    all
}

/// What a kernel's own line says.
fn pragma<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let head = format!("# parallax: {name}=");
    text.lines()
        .find_map(|line| line.strip_prefix(&head))
        .map(str::trim)
}

/// FNV-1a of 64 bits.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// An output as an array, a number as one of no axes; every NaN is the same.
fn plain(value: &Value) -> ArrayValue {
    let mut array = match value {
        Value::Array(array) => array.clone(),
        Value::Scalar(of, bits) => ArrayValue {
            of: *of,
            shape: Vec::new(),
            bytes: bits.to_le_bytes()[..of.bytes() as usize].to_vec(),
        },
        other => panic!("{other:?}"),
    };
    match array.of {
        Scalar::F32 => {
            for bytes in array.bytes.chunks_exact_mut(4) {
                if f32::from_le_bytes(bytes.try_into().unwrap()).is_nan() {
                    bytes.copy_from_slice(&0x7fc0_0000u32.to_le_bytes());
                }
            }
        }
        Scalar::F64 => {
            for bytes in array.bytes.chunks_exact_mut(8) {
                if f64::from_le_bytes(bytes.try_into().unwrap()).is_nan() {
                    bytes.copy_from_slice(&0x7ff8_0000_0000_0000u64.to_le_bytes());
                }
            }
        }
        _ => {}
    }
    array
}

fn float(of: Scalar, bits: u64) -> f64 {
    match of {
        Scalar::F32 => f32::from_bits(bits as u32).into(),
        _ => f64::from_bits(bits),
    }
}

/// How an output differs from Numba's; nothing if it does not.
fn difference(ours: &ArrayValue, golden: &Output, tolerance: f64) -> Option<String> {
    if ours.of.name() != golden.of || ours.shape != golden.shape {
        return Some(format!(
            "{} {:?}, Numba {} {:?}",
            ours.of, ours.shape, golden.of, golden.shape
        ));
    }
    if fnv(&ours.bytes) == golden.hash {
        return None;
    }
    let count = ours.len().max(1);
    let places: Vec<usize> = match golden.values.len() == count {
        true => (0..count).collect(),
        false => (0..64).chain(count - 64..count).collect(),
    };
    let mut worst: Option<(f64, String)> = None;
    for (place, told) in places.into_iter().zip(&golden.values) {
        let bits = ours.bits(place).unwrap();
        let (off, line) = match ours.of.is_float() {
            true => {
                let theirs = u64::from_str_radix(told, 16).unwrap();
                let (a, b) = (float(ours.of, bits), float(ours.of, theirs));
                let off = if bits == theirs || (a.is_nan() && b.is_nan()) {
                    0.0
                } else {
                    (a - b).abs() / b.abs().max(1.0)
                };
                (off, format!("[{place}] {a:e}, Numba {b:e}"))
            }
            false => {
                let theirs: i128 = told.parse().unwrap();
                let ours_int = match ours.of.is_signed() {
                    true => {
                        let unused = 64 - 8 * ours.of.bytes();
                        i128::from((bits << unused) as i64 >> unused)
                    }
                    false => i128::from(bits),
                };
                let off = if ours_int == theirs { 0.0 } else { f64::INFINITY };
                (off, format!("[{place}] {ours_int}, Numba {theirs}"))
            }
        };
        if !(off <= tolerance) && worst.as_ref().is_none_or(|(before, _)| !(off <= *before)) {
            worst = Some((off, line));
        }
    }
    match worst {
        Some((off, line)) => Some(format!("{line} (off by {off:e})")),
        // What is not told is wrong.
        None if tolerance == 0.0 => Some("values that the golden file does not list".into()),
        None => None,
    }
}

fn prepared(name: &str) -> Result<Prepared, String> {
    let text = file(name);
    let request = Request {
        size: pragma(&text, "size").map_or(16, |size| size.parse().unwrap()),
        ..Request::default()
    };
    prepare(&text, &request, &|| false).map_err(|failed| failed.render(&text))
}

/// What the interpreter gives, every parallel loop watched for races.
fn interpreted(prepared: &Prepared, order: interpret::Order) -> Result<Vec<Value>, String> {
    let options = interpret::Options {
        shadow: true,
        order,
        ..interpret::Options::default()
    };
    let mut machine = prepared.machine(options).map_err(|why| format!("{why:?}"))?;
    match machine.run(u64::MAX) {
        Err(failed) => return Err(failed.diagnostic().message),
        Ok(interpret::State::Paused) => return Err("it paused".into()),
        Ok(interpret::State::Done) => {}
    }
    let results = machine.results().map_err(|failed| failed.diagnostic().message)?;
    Ok(prepared.outputs(results, &machine.arguments()))
}

#[test]
fn values_are_numbas_on_every_rung() {
    let only = std::env::var("PARALLAX_KERNEL").ok();
    let (mut outputs, mut wrong) = (0, Vec::new());
    for golden in goldens() {
        if only.as_ref().is_some_and(|only| *only != golden.name) {
            continue;
        }
        let text = file(&golden.name);
        let tolerance = pragma(&text, "tolerance").map_or(0.0, |text| text.parse().unwrap());
        let prepared = match prepared(&golden.name) {
            Ok(prepared) => prepared,
            Err(said) => {
                wrong.push(format!("{}: {said}", golden.name));
                continue;
            }
        };
        let given = match interpreted(&prepared, interpret::Order::Natural) {
            Ok(given) => given,
            Err(said) => {
                wrong.push(format!("{}: interpreted: {said}", golden.name));
                continue;
            }
        };
        let given: Vec<ArrayValue> = given.iter().map(plain).collect();
        if given.len() != golden.outputs.len() {
            wrong.push(format!(
                "{}: {} outputs, Numba {}",
                golden.name,
                given.len(),
                golden.outputs.len()
            ));
            continue;
        }
        for (i, (ours, numbas)) in given.iter().zip(&golden.outputs).enumerate() {
            outputs += 1;
            if let Some(said) = difference(ours, numbas, tolerance) {
                wrong.push(format!("{}: output {i}: {said}", golden.name));
            }
        }
        for target in runner::TARGETS {
            let ran = runner::run(&prepared.program, target, &prepared.arguments, 7);
            if let Some(failed) = ran.failed {
                wrong.push(format!("{}: {target:?}: {failed:?}", golden.name));
                continue;
            }
            let theirs = prepared.outputs(ran.results, &ran.arguments);
            let theirs: Vec<ArrayValue> = theirs.iter().map(plain).collect();
            if theirs != given {
                let at = theirs.iter().zip(&given).position(|(a, b)| a != b);
                wrong.push(format!(
                    "{}: {target:?} differs from the interpreter in output {at:?}",
                    golden.name
                ));
            }
        }
    }
    assert!(only.is_some() || outputs > 400, "{outputs}");
    assert!(wrong.is_empty(), "{} faults:\n{}", wrong.len(), wrong.join("\n"));
}

fn file(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/kernels/{name}.py"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A type by Numba's name for it.
fn read(text: &str) -> Type {
    if let Some(scalar) = Scalar::named(text) {
        return Type::Scalar(scalar);
    }
    if let Some(inner) = text
        .strip_prefix("array(")
        .and_then(|text| text.strip_suffix(')'))
    {
        let parts: Vec<&str> = inner.split(", ").collect();
        return Type::Array {
            of: Scalar::named(parts[0]).unwrap(),
            axes: parts[1].trim_end_matches('d').parse().unwrap(),
            layout: if parts[2] == "C" { Layout::C } else { Layout::Any },
        };
    }
    if let Some(inner) = text
        .strip_prefix("UniTuple(")
        .and_then(|text| text.strip_suffix(')'))
    {
        let (one, count) = inner.rsplit_once(" x ").unwrap();
        return Type::Tuple(vec![read(one); count.parse().unwrap()]);
    }
    if let Some(inner) = text
        .strip_prefix("Tuple(")
        .and_then(|text| text.strip_suffix(')'))
    {
        let mut parts = vec![String::new()];
        let mut depth = 0;
        for c in inner.chars() {
            depth += i32::from(c == '(') - i32::from(c == ')');
            match c {
                ',' if depth == 0 => parts.push(String::new()),
                _ => parts.last_mut().unwrap().push(c),
            }
        }
        return Type::Tuple(parts.iter().map(|part| read(part.trim())).collect());
    }
    panic!("{text}");
}

#[test]
fn types_are_numbas() {
    let only = std::env::var("PARALLAX_KERNEL").ok();
    let (mut kernels, mut wrong) = (0, Vec::new());
    for golden in goldens() {
        if only.as_ref().is_some_and(|only| *only != golden.name) {
            continue;
        }
        kernels += 1;
        let text = file(&golden.name);
        let source = Source::new(&text).unwrap();
        let (tree, faults) = syntax::parse(source);
        assert_eq!(faults, [], "{}", golden.name);
        let (names, faults) = module::file(&tree, None);
        if !faults.is_empty() {
            let said: String = faults.iter().map(|fault| fault.render(source)).collect();
            wrong.push(format!("{}: {said}", golden.name));
            continue;
        }
        let takes: Vec<Type> = golden.takes.iter().map(|text| read(text)).collect();
        match infer::program(&names, names.entry.unwrap(), &takes) {
            Err(faults) => {
                let said: String = faults.iter().map(|fault| fault.render(source)).collect();
                wrong.push(format!("{}: {said}", golden.name));
            }
            Ok(typed) => {
                if only.is_some() {
                    println!("{}", typed.program);
                }
                if typed.gives.to_string() != golden.gives {
                    wrong.push(format!(
                        "{}: gives {}, Numba {}",
                        golden.name, typed.gives, golden.gives
                    ));
                }
                for (function, name, types) in &golden.locals {
                    let ours: BTreeSet<&str> = typed
                        .variables
                        .iter()
                        .filter(|(f, n, _)| f == function && n == name)
                        .map(|(.., of)| of.as_str())
                        .collect();
                    let numbas: BTreeSet<&str> = types.iter().map(String::as_str).collect();
                    // Numba gives each assignment a variable of its own, here those that meet are one; and
                    // it tells arrays in Fortran's order from others.
                    let plain = |one: &str| one.replace(", F)", ", A)").replace(", C)", ", A)");
                    if !ours
                        .iter()
                        .all(|one| numbas.iter().any(|other| plain(other) == plain(one)))
                    {
                        wrong.push(format!(
                            "{}: {function}.{name} is {ours:?}, Numba {numbas:?}",
                            golden.name
                        ));
                    }
                }
            }
        }
    }
    assert!(only.is_some() || kernels >= 150, "{kernels}");
    assert!(wrong.is_empty(), "{} faults:\n{}", wrong.len(), wrong.join("\n"));
}

//! Kernels as people write them, held to what real Numba makes of the same files.
#![cfg(not(target_arch = "wasm32"))]

use parallax_compiler::{Layout, Scalar, Source, Type, infer, module, syntax};
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
            _ => {}
        }
    }
    all
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

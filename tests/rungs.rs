//! The built engine, read instruction by instruction: the scalar rung holds no SIMD
//! instruction, the SIMD rung does, and threads really share memory.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeMap;
use wasmparser::{KnownCustom, Name, Operator, Parser, Payload, TypeRef};

/// Reads the engine that `cargo xtask test` built, its function names kept; `None`, said
/// aloud, if this was started without it.
fn engine(test: &str) -> Option<Vec<u8>> {
    let Some(path) = std::env::var_os("PARALLAX_ENGINE_WASM") else {
        println!("SKIPPED {test}: the engine was not built; run `cargo xtask test`");
        return None;
    };
    Some(std::fs::read(&path).unwrap_or_else(|error| panic!("{path:?}: {error}")))
}

/// Functions by demangled name, with the number of their vector instructions.
fn vector_instructions(wasm: &[u8]) -> BTreeMap<String, usize> {
    let mut names = BTreeMap::new();
    let mut imported = 0u32;
    let mut counts = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.unwrap() {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    if matches!(import.unwrap().ty, TypeRef::Func(_) | TypeRef::FuncExact(_)) {
                        imported += 1;
                    }
                }
            }
            Payload::CodeSectionEntry(body) => {
                let operators = body.get_operators_reader().unwrap().into_iter();
                counts.push(operators.filter(|op| is_vector(op.as_ref().unwrap())).count());
            }
            Payload::CustomSection(section) => {
                if let KnownCustom::Name(section) = section.as_known() {
                    for name in section {
                        if let Name::Function(map) = name.unwrap() {
                            for naming in map {
                                let naming = naming.unwrap();
                                names.insert(naming.index, naming.name.to_string());
                            }
                        }
                    }
                }
            }
            _ => {}
        }
    }
    counts
        .into_iter()
        .zip(imported..)
        .filter_map(|(count, index)| {
            let name = names.get(&index)?;
            Some((
                without_hashes(&format!("{:#}", rustc_demangle::demangle(name))),
                count,
            ))
        })
        .collect()
}

/// wasm-bindgen demangles names in full: `parallax_stats[1f0a]::median` says no more than
/// `parallax_stats::median`.
fn without_hashes(name: &str) -> String {
    let mut short = String::new();
    for part in name.split('[') {
        match part.split_once(']') {
            Some((hash, rest)) if hash.chars().all(|c| c.is_ascii_hexdigit()) => short += rest,
            _ if short.is_empty() => short += part,
            _ => short = short + "[" + part,
        }
    }
    short
}

/// Every instruction of the SIMD proposals, by its name: `V128Load`, `F32x4Mul`, ...
fn is_vector(operator: &Operator) -> bool {
    let name = format!("{operator:?}");
    let name = name.split([' ', '{']).next().unwrap_or("");
    ["V128", "I8x16", "I16x8", "I32x4", "I64x2", "F32x4", "F64x2"]
        .iter()
        .any(|prefix| name.starts_with(prefix))
}

/// A function of the workloads themselves, not of somebody else on their types.
fn is_ours(name: &str) -> bool {
    name.trim_start_matches('<').starts_with("parallax_workloads::")
}

#[test]
fn scalar_kernels_hold_no_simd_and_simd_kernels_do() {
    let Some(wasm) = engine("scalar_kernels_hold_no_simd_and_simd_kernels_do") else {
        return;
    };
    let functions = vector_instructions(&wasm);
    for workload in parallax::workloads::registry() {
        let id = workload.info().id;
        let module = format!("parallax_workloads::{}::", id.replace('-', "_"));
        let of = |level: &str| -> Vec<(&String, usize)> {
            let own = |(name, _): &(&String, &usize)| {
                is_ours(name) && name.contains(&module) && name.contains(level)
            };
            functions
                .iter()
                .filter(own)
                .map(|(name, count)| (name, *count))
                .collect()
        };
        let scalar = of("simd::scalar::Scalar");
        let simd = of("simd::four::Simd");
        assert!(
            !scalar.is_empty(),
            "{id}: no scalar kernel found by name; is it inlined away?"
        );
        assert!(
            !simd.is_empty(),
            "{id}: no SIMD kernel found by name; is it inlined away?"
        );
        for (name, count) in &scalar {
            assert_eq!(*count, 0, "{name} holds {count} vector instructions");
        }
        let most = simd.iter().map(|(_, count)| *count).max();
        assert!(
            most > Some(10),
            "{id}: the SIMD kernel holds {most:?} vector instructions"
        );
        println!("{id}: scalar {scalar:?}, simd {simd:?}");
    }
}

/// What the machine's ceilings are measured with, too.
#[test]
fn the_scalar_peak_holds_no_simd_and_copies_and_the_simd_peak_do() {
    let Some(wasm) = engine("the_scalar_peak_holds_no_simd_and_copies_and_the_simd_peak_do") else {
        return;
    };
    let functions = vector_instructions(&wasm);
    let of = |kind: &str, level: &str| -> Vec<(&String, usize)> {
        let own = |(name, _): &(&String, &usize)| {
            name.starts_with("parallax_workloads::peak::") && name.contains(kind) && name.contains(level)
        };
        functions
            .iter()
            .filter(own)
            .map(|(name, count)| (name, *count))
            .collect()
    };
    let scalar = of("advance", "simd::scalar::Scalar");
    assert!(
        !scalar.is_empty(),
        "no scalar peak found by name; is it inlined away?"
    );
    for (name, count) in &scalar {
        assert_eq!(*count, 0, "{name} holds {count} vector instructions");
    }
    // Twelve chains, four steps, two operations; eight loads and eight stores.
    let simd = of("advance", "simd::four::Simd");
    assert!(simd.iter().any(|(_, count)| *count >= 96), "{simd:?}");
    let copies = of("copy_lanes", "simd::four::Simd");
    assert!(copies.iter().any(|(_, count)| *count >= 16), "{copies:?}");
    println!("scalar {scalar:?}, simd {simd:?}, copies {copies:?}");
}

/// What the scalar kernels are compared with must not hold any either: the references, which are not
/// generic. What makes one may move it by vectors.
#[test]
fn nothing_else_in_the_workloads_is_vectorised() {
    let Some(wasm) = engine("nothing_else_in_the_workloads_is_vectorised") else {
        return;
    };
    let references: Vec<_> = vector_instructions(&wasm)
        .into_iter()
        .filter(|(name, _)| is_ours(name) && name.contains("reference::"))
        .collect();
    assert!(!references.is_empty());
    for (name, count) in references {
        assert_eq!(count, 0, "{name}");
    }
}

#[test]
fn memory_is_shared_and_imported() {
    let Some(wasm) = engine("memory_is_shared_and_imported") else {
        return;
    };
    let mut memories = Vec::new();
    for payload in Parser::new(0).parse_all(&wasm) {
        if let Payload::ImportSection(imports) = payload.unwrap() {
            for import in imports.into_imports() {
                if let TypeRef::Memory(memory) = import.unwrap().ty {
                    memories.push(memory);
                }
            }
        }
    }
    assert_eq!(memories.len(), 1);
    assert!(memories[0].shared, "threads need shared memory");
    // 1 GiB: larger maxima fail on phones.
    assert_eq!(memories[0].maximum, Some((1 << 30) / 65_536));
}

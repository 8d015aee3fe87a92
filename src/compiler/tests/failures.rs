//! Kernels that end by an error: the same error at the same place on every rung, and nothing else is changed.
#![cfg(not(target_arch = "wasm32"))]

#[path = "wasm/runner.rs"]
mod runner;

use parallax_compiler::{Diagnostic, Kind, Prepared, Request, Source, interpret, prepare};
use std::path::PathBuf;

/// What a kernel's own line says.
fn pragma<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let head = format!("# parallax: {name}=");
    text.lines()
        .find_map(|line| line.strip_prefix(&head))
        .map(str::trim)
}

fn prepared(name: &str, text: &str) -> Prepared {
    let request = Request {
        size: 16,
        ..Request::default()
    };
    prepare(text, &request, &|| false).unwrap_or_else(|failed| panic!("{name}: {}", failed.render(text)))
}

/// The interpreter after a run to its end, and the error.
fn interpreted(prepared: &Prepared, order: interpret::Order) -> (interpret::Machine, Option<Diagnostic>) {
    let options = interpret::Options {
        shadow: true,
        order,
        ..interpret::Options::default()
    };
    let mut machine = prepared.machine(options).unwrap();
    let failed = machine.run(u64::MAX).err().map(|failed| failed.diagnostic());
    (machine, failed)
}

fn place(text: &str, fault: &Diagnostic) -> String {
    let at = Source::new(text).unwrap().position(fault.span.start);
    format!("{}:{}", at.line, at.column)
}

#[test]
fn every_rung_fails_with_the_same_words_at_the_same_place() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/kernels/fails");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "py"))
        .collect();
    paths.sort();
    let (mut runs, mut wrong) = (0, Vec::new());
    for path in &paths {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(path).unwrap();
        let wanted = ["fails", "at"]
            .map(|what| pragma(&text, what).unwrap_or_else(|| panic!("{name} does not tell {what}")));
        let prepared = prepared(&name, &text);
        let (machine, failed) = interpreted(&prepared, interpret::Order::Natural);
        let Some(failed) = failed else {
            wrong.push(format!("{name}: the interpreter does not fail"));
            continue;
        };
        if (failed.kind.name(), &*place(&text, &failed)) != (wanted[0], wanted[1]) {
            let at = place(&text, &failed);
            wrong.push(format!(
                "{name}: {wanted:?}, ours {}: {} at {at}",
                failed.kind.name(),
                failed.message
            ));
        }
        for target in runner::TARGETS {
            runs += 1;
            let ran = runner::run(&prepared.program, target, &prepared.arguments, 7);
            let Some(record) = ran.failed else {
                wrong.push(format!("{name}: {target:?} does not fail"));
                continue;
            };
            let theirs = prepared.failure(&record);
            if theirs != failed {
                wrong.push(format!(
                    "{name}: {target:?}: {theirs:?}\n    interpreter {failed:?}"
                ));
            }
            // What was stored before stays stored, and nothing else is. In a parallel loop others may have run.
            if !prepared.is_parallel() && ran.arguments != machine.arguments() {
                wrong.push(format!(
                    "{name}: {target:?} left other arguments than the interpreter"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} faults:\n{}", wrong.len(), wrong.join("\n"));
    assert!(runs >= 140, "{runs}");
}

#[test]
fn what_was_stored_before_an_error_stays() {
    let text = "import numpy as np\nfrom numba import njit\n\n@njit\ndef f(a, b):\n    for i in range(9):\n        a[i] = i + 1\n        b[2 * i] = 5\n\ndef setup(n):\n    return np.zeros(9), np.zeros(6)\n";
    let prepared = prepared("stores", text);
    let (machine, failed) = interpreted(&prepared, interpret::Order::Natural);
    let message = "index 6 is out of bounds for axis 0 with size 6 of 'b'";
    assert_eq!(failed.unwrap().message, message);
    let numbers = |values: &[parallax_compiler::Value]| -> Vec<Vec<f64>> {
        let arrays = values.iter().map(|value| match value {
            parallax_compiler::Value::Array(array) => array.bytes.chunks_exact(8),
            other => panic!("{other:?}"),
        });
        arrays
            .map(|all| {
                all.map(|one| f64::from_le_bytes(one.try_into().unwrap()))
                    .collect()
            })
            .collect()
    };
    let expected = [
        vec![1., 2., 3., 4., 0., 0., 0., 0., 0.],
        vec![5., 0., 5., 0., 5., 0.],
    ];
    assert_eq!(numbers(&machine.arguments()), expected);
    for target in runner::TARGETS {
        let ran = runner::run(&prepared.program, target, &prepared.arguments, 1);
        assert_eq!(
            prepared.failure(&ran.failed.unwrap()).message,
            message,
            "{target:?}"
        );
        assert_eq!(numbers(&ran.arguments), expected, "{target:?}");
    }
}

/// Races that no one can see in the text, each with the two places.
#[test]
fn races_of_the_data_are_found_by_the_interpreter() {
    let head = "import numpy as np\nfrom numba import njit, prange\n\n@njit(parallel=True)\ndef f(a, p):\n    out = np.zeros(a.size)\n    for i in prange(a.size):\n";
    let setup =
        "    return out\n\ndef setup(n):\n    p = np.arange(n)\n    p[n - 3] = 2\n    return np.ones(n), p\n";
    let cases = [
        // A permutation with an entry twice.
        (
            "out[p[i]] = a[i]",
            "out[p[i]]",
            "out[p[i]]",
            "iterations 2 and 13 both write out[2]",
        ),
        // A histogram that is only stored to.
        (
            "if a[i] > 0:\n            out[p[i] // 2] = i",
            "out[p[i] // 2]",
            "out[p[i] // 2]",
            "iterations 0 and 1 both write out[0]",
        ),
        // What one stores another reads, by way of the data.
        (
            "out[i] = 1\n        a[i] = out[p[i]]",
            "out[p[i]]",
            "out[i]",
            "iteration 13 reads out[2], which iteration 2 writes",
        ),
        // Some iterations update what they look up, and two of them the same.
        (
            "if i == 2 or i == a.size - 3:\n            for k in range(i, i + 1):\n                out[p[k]] += 1",
            "out[p[k]]",
            "out[p[k]]",
            "iteration 13 reads out[2], which iteration 2 writes",
        ),
    ];
    for (lines, second, first, message) in cases {
        let text = format!("{head}        {lines}\n{setup}");
        let prepared = prepared(lines, &text);
        for order in [interpret::Order::Natural, interpret::Order::Reversed] {
            let (_, failed) = interpreted(&prepared, order);
            let failed = failed.unwrap_or_else(|| panic!("{lines}: no race"));
            assert_eq!(failed.kind, Kind::Race, "{lines}: {failed:?}");
            assert!(failed.help.is_some());
            if order == interpret::Order::Natural {
                let source = Source::new(&text).unwrap();
                assert!(failed.message.starts_with(message), "{lines}: {}", failed.message);
                assert_eq!(source.slice(failed.span), second);
                assert_eq!(source.slice(failed.notes[0].0), first);
            }
        }
        // Without the repeated entry there is none.
        let right = text
            .replace("p[n - 3] = 2", "p[n - 3] = n - 3")
            .replace(" // 2", "");
        let (_, failed) = interpreted(&self::prepared(lines, &right), interpret::Order::Natural);
        assert_eq!(failed, None, "{lines}");
    }
}

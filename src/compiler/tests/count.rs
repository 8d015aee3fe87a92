//! How much work a kernel does: counted by hand, and alike on every rung.
#![cfg(not(target_arch = "wasm32"))]

mod golden;
#[path = "wasm/runner.rs"]
mod runner;

use golden::{names, size, text};
use parallax_compiler::validate::Valid;
use parallax_compiler::{Prepared, Request, Scalar, Value, interpret, prepare};

fn prepared(text: &str, size: i64) -> Prepared {
    let request = Request {
        size,
        ..Request::default()
    };
    prepare(text, &request, &|| false).unwrap_or_else(|failed| panic!("{}", failed.render(text)))
}

fn numbers(results: &[Value]) -> (i64, i64) {
    match results {
        [
            Value::Scalar(Scalar::I64, operations),
            Value::Scalar(Scalar::I64, bytes),
        ] => (*operations as i64, *bytes as i64),
        other => panic!("{other:?}"),
    }
}

fn interpreted(prepared: &Prepared, counting: &Valid) -> (i64, i64) {
    let arguments = prepared.flat_arguments();
    let mut machine =
        interpret::Machine::with(counting, arguments, interpret::Options::default()).expect("arguments");
    assert_eq!(machine.run(u64::MAX).expect("no error"), interpret::State::Done);
    numbers(&machine.results().expect("results"))
}

fn counted(body: &str) -> (i64, i64) {
    let body = body.replace('\n', "\n    ");
    let text = format!(
        "import numpy as np, math\nfrom numba import njit, prange\n@njit(parallel=True)\ndef f(x, k, out):\n    {body}\n\
         def setup(n):\n    return np.arange(n) * 0.5, np.arange(n), np.zeros(n)\n"
    );
    let prepared = prepared(&text, 10);
    interpreted(&prepared, &prepared.counting().expect("it counts"))
}

#[test]
fn what_is_done_is_what_was_counted_by_hand() {
    for (body, expected) in [
        ("out[0] = 1.0", (0, 8)),
        ("out[3] = x[1] * 2.0 + x[2]", (2, 24)),
        // Indices, ends and counters are none.
        (
            "for i in range(1, x.size - 1):\n    out[i + 0] = x[i - 1] + x[i + 1]",
            (8, 8 * 24),
        ),
        (
            "for i in prange(x.size):\n    out[i] = math.sqrt(x[i])",
            (10, 160),
        ),
        ("for i in prange(x.size):\n    out[i] = math.sin(x[i])", (10, 160)),
        // x > 2 for 5 of 10, which are multiplied.
        (
            "for i in prange(x.size):\n    if x[i] > 2.0:\n        out[i] = x[i] * 3.0",
            (15, 80 + 5 * 16),
        ),
        // The second half is evaluated for the five above 2 alone, and true for two of them.
        (
            "for i in range(x.size):\n    if x[i] > 2.0 and x[i] > 3.5:\n        out[i] = 1.0",
            (15, 80 + 5 * 8 + 2 * 8),
        ),
        (
            "for i in range(x.size):\n    if x[i] < 1.0 or x[i] > 3.5:\n        out[i] = 1.0",
            (2 + 8 * 2, 16 + 8 * 16 + 4 * 8),
        ),
        // Four rounds and five tests: 4 subtractions, 5 comparisons.
        ("a = 4.0\nwhile a > 0.0:\n    a -= 1.0\nout[0] = a", (9, 8)),
        // Left in the round of i = 4, before its addition.
        (
            "s = 0.0\nfor i in range(10):\n    if x[i] == 2.0:\n        break\n    s += x[i]\nout[0] = s",
            (5 + 4, 5 * 8 + 4 * 8 + 8),
        ),
        (
            "for i in range(10):\n    if x[i] == 2.0:\n        return\n    out[i] = 1.0",
            (5, 5 * 8 + 4 * 8),
        ),
        // Values of integers count, and what they are loaded from.
        (
            "s = 0\nfor i in range(10):\n    s += k[i] % 3\nout[0] = s",
            (20, 88),
        ),
        ("for i in range(10):\n    out[k[i]] = 1.0", (0, 160)),
        (
            "s = 0.0\nfor i in prange(10):\n    s += x[i]\nout[0] = s",
            (10, 88),
        ),
        // Made full.
        ("a = np.zeros(5)\nout[0] = a[0]", (0, 40 + 16)),
        ("out[:] = x * 2.0 + 1.0", (20, 160)),
        // A variable that only says where.
        (
            "for i in range(5):\n    j = 2 * i + 1\n    out[j] = x[j]",
            (0, 80),
        ),
        ("for i in range(5):\n    j = 2 * i + 1\n    out[j] = j", (10, 40)),
        // A choice of expressions.
        (
            "for i in range(10):\n    out[i] = x[i] + 1.0 if k[i] < 3 else 0.0",
            (10 + 3, 160 + 3 * 8),
        ),
    ] {
        assert_eq!(counted(body), expected, "{body}");
    }
}

/// What one rung counts is what all do.
#[test]
fn every_rung_counts_alike() {
    let (mut compared, mut working) = (0, 0);
    for name in names("kernels") {
        let text = text("kernels", &name);
        let prepared = prepared(&text, size(&text));
        let counting = prepared
            .counting()
            .unwrap_or_else(|| panic!("{name} does not count"));
        let ours = interpreted(&prepared, &counting);
        assert!(ours.0 >= 0 && ours.1 >= 0, "{name}: {ours:?}");
        working += usize::from(ours.1 > 0);
        for target in runner::TARGETS {
            let ran = runner::run(&counting, target, &prepared.arguments, 3);
            assert!(ran.failed.is_none(), "{name}");
            assert_eq!(numbers(&ran.results), ours, "{name} {target:?}");
        }
        compared += 1;
    }
    assert!(
        compared >= 150 && working >= compared - 10,
        "{working} of {compared}"
    );
}

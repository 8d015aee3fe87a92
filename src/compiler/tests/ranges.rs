//! Which checks are left in the version of a loop that is meant to run, and which loops run in lanes.
#![cfg(not(target_arch = "wasm32"))]

mod golden;

use parallax_compiler::ir::{ExprKind, Stmt};
use parallax_compiler::{Request, prepare, walk};

/// Checked accesses, and loops in lanes, where every choice of two versions is taken for the fast one.
fn counted(text: &str, size: i64) -> (usize, usize) {
    let request = Request {
        size,
        ..Request::default()
    };
    let prepared =
        prepare(text, &request, &|| false).unwrap_or_else(|failed| panic!("{}", failed.render(text)));
    let (mut checked, mut lanes) = (0, 0);
    count(&prepared.program.body, &mut checked, &mut lanes);
    (checked, lanes)
}

fn count(body: &[Stmt], checked: &mut usize, lanes: &mut usize) {
    for stmt in body {
        if let Stmt::Store { site: Some(_), .. } = stmt {
            *checked += 1;
        }
        if let Stmt::For { vector: true, .. } = stmt {
            *lanes += 1;
        }
        walk::own(stmt, &mut |expr| {
            walk::within(expr, &mut |expr| {
                *checked += usize::from(matches!(expr.kind, ExprKind::Load { site: Some(_), .. }));
            });
        });
        match stmt {
            Stmt::If { yes, no, .. } if matches!(no.as_slice(), [Stmt::For { .. } | Stmt::ParFor(_)]) => {
                count(yes, checked, lanes);
            }
            other => walk::blocks(other)
                .into_iter()
                .for_each(|block| count(block, checked, lanes)),
        }
    }
}

#[test]
fn well_known_loops_have_no_checks_and_the_lanes_that_suit_their_memory() {
    for (name, checked, lanes) in [
        ("mandelbrot", 0, 1),
        ("black_scholes", 0, 0),
        // Two copies of an array, and the sweep.
        ("jacobi", 0, 3),
        ("matmul", 0, 1),
        ("nbody", 0, 0),
        ("sum", 0, 0),
        ("saxpy", 0, 0),
        ("map_reduce", 0, 0),
    ] {
        let text = golden::text("kernels", name);
        assert_eq!(counted(&text, golden::size(&text)), (checked, lanes), "{name}");
    }
}

fn kernel(body: &str) -> String {
    format!(
        "import numpy as np\nfrom numba import njit, prange\n\n@njit(parallel=True)\ndef f(a, b, p, n):\n{body}\n\ndef setup(n):\n    return np.ones(n), np.ones(n), np.arange(n), n\n"
    )
}

#[test]
fn checks_stay_where_nothing_bounds_the_index() {
    for (body, checked) in [
        // By data: the element by which is looked for.
        ("    for i in prange(n):\n        b[i] = a[p[i]]", 1),
        // A remainder is bounded.
        ("    for i in prange(n):\n        b[i] = a[(i * 7 + 1) % n]", 0),
        // From the end by a constant.
        ("    for i in prange(n):\n        b[i] = a[-1]", 0),
        // By a variable that a loop changes in its own way: behind a test, and without one.
        (
            "    k = 0\n    while k < n:\n        b[k] = a[k]\n        k += 1",
            0,
        ),
        (
            "    k = 0\n    while a[0] > 0.0:\n        b[k] = a[k]\n        k += 1",
            2,
        ),
        // Bounds of an inner loop by the outer one.
        (
            "    for i in prange(n):\n        s = 0.0\n        for j in range(i, n):\n            s += a[j]\n        b[i] = s",
            0,
        ),
        // Arrays that the loop itself exchanges: of one length, and of two.
        (
            "    for i in range(n):\n        b[i] = a[i]\n        a, b = b, a",
            0,
        ),
        (
            "    b = np.ones(3)\n    for i in range(n):\n        b[i] = a[i]\n        a, b = b, a",
            2,
        ),
    ] {
        assert_eq!(counted(&kernel(body), 8).0, checked, "{body}");
    }
}

#[test]
fn loops_run_in_lanes_only_if_their_iterations_are_independent() {
    for (body, lanes) in [
        ("    for i in range(n):\n        b[i] = a[i] * 2.0", 1),
        // One after the other.
        ("    for i in range(1, n):\n        b[i] = b[i - 1] + a[i]", 0),
        (
            "    s = 0.0\n    for i in range(n):\n        s += a[i]\n        b[i] = s",
            0,
        ),
        // Left early.
        (
            "    for i in range(n):\n        if a[i] > 2.0:\n            break\n        b[i] = 1.0",
            0,
        ),
        // What fails has to fail in its turn.
        ("    for i in range(n):\n        b[i] = 1.0 / a[i]", 0),
        // Every iteration in the same place.
        ("    for i in range(n):\n        b[3] = a[i]", 0),
    ] {
        assert_eq!(counted(&kernel(body), 8).1, lanes, "{body}");
    }
}

//! Which checks are left in the version of a loop that is meant to run, which loops run in lanes, and what is still done in
//! each of their rounds.
#![cfg(not(target_arch = "wasm32"))]

mod golden;

use parallax_compiler::ir::{ExprKind, Stmt};
use parallax_compiler::{Prepared, Request, prepare, walk};

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
            Stmt::If { yes, no, .. } if matches!(no.as_slice(), [.., Stmt::For { .. } | Stmt::ParFor(_)]) => {
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
        "import numpy as np\nfrom numba import njit, prange\n\n@njit(parallel=True)\ndef f(a, b, c, p, n):\n{body}\n\ndef setup(n):\n    return np.ones(n), np.ones(n), np.ones((2, n)), np.arange(n), n\n"
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
        // In two places of its own, and in the next one's.
        (
            "    for i in range(n):\n        c[0, i] = a[i]\n        c[1, i] = c[0, i] * 2.0",
            1,
        ),
        (
            "    for i in range(n - 1):\n        c[0, i] = a[i]\n        c[1, i] = c[0, i + 1]",
            0,
        ),
    ] {
        assert_eq!(counted(&kernel(body), 8).1, lanes, "{body}");
    }
}

fn typed(text: &str) -> Prepared {
    let request = Request {
        size: 100,
        ..Request::default()
    };
    prepare(text, &request, &|| false).unwrap_or_else(|failed| panic!("{}", failed.render(text)))
}

/// Serial loops, and elements and divisions in them, where every choice of two versions is taken for the fast one.
fn in_loops(body: &[Stmt], is_inside: bool, found: &mut [usize; 3]) {
    for stmt in body {
        if is_inside {
            walk::own(stmt, &mut |expr| {
                walk::within(expr, &mut |expr| match expr.kind {
                    ExprKind::Load { .. } => found[1] += 1,
                    ExprKind::Divide(..) => found[2] += 1,
                    _ => {}
                });
            });
        }
        let is_loop = matches!(stmt, Stmt::For { .. });
        found[0] += usize::from(is_loop);
        match stmt {
            Stmt::If { yes, no, .. } if matches!(no.as_slice(), [.., Stmt::For { .. } | Stmt::ParFor(_)]) => {
                in_loops(yes, is_inside, found);
            }
            other => walk::blocks(other)
                .into_iter()
                .for_each(|block| in_loops(block, is_inside || is_loop, found)),
        }
    }
}

#[test]
fn loops_do_again_only_what_may_differ_or_fail() {
    let around = |before: &str, inner: &str| {
        kernel(&format!(
            "    for i in prange(n):\n{before}        s = 0.0\n        for j in range(n):\n{inner}        b[i] = s"
        ))
    };
    for (before, inner, loads, divisions) in [
        // An element of an array that is only read.
        ("", "            s += a[j] * a[i]\n", 1, 0),
        // Of one that is stored to.
        ("", "            c[0, i] = a[j]\n            s += c[1, i]\n", 2, 0),
        // What fails has to fail in its turn, but by an element that is there.
        ("", "            s += a[j] / a[i]\n", 1, 1),
        // What the first round may not get to.
        (
            "",
            "            if a[j] > 2.0:\n                break\n            s += a[i]\n",
            2,
            0,
        ),
        // A place that is the same in all rounds, which a test bounds, and one that nothing bounds.
        ("", "            s += a[p[i]]\n", 0, 0),
        ("", "            s += a[p[j]]\n", 2, 0),
        // A division that nothing stops.
        ("", "            s += a[j] * (a[i] / 3.0)\n", 1, 0),
        // What most rounds may not do.
        (
            "",
            "            if a[j] > 2.0:\n                s += a[i]\n",
            2,
            0,
        ),
        // By a variable that the loop gives its value.
        (
            "        k = 0\n",
            "            s += a[k]\n            k = j\n",
            1,
            0,
        ),
    ] {
        let text = around(before, inner);
        let mut found = [0; 3];
        in_loops(&typed(&text).program.body, false, &mut found);
        assert_eq!(found, [1, loads, divisions], "{inner}");
    }
}

#[test]
fn short_loops_are_their_rounds() {
    for (body, loops) in [
        (
            "    for i in prange(n):\n        s = 0.0\n        for q in range(4):\n            s += a[q] * a[i]\n        b[i] = s",
            0,
        ),
        (
            "    for i in prange(n):\n        s = 0.0\n        for q in range(4):\n            for r in range(4):\n                s += a[q + r]\n        b[i] = s",
            0,
        ),
        // Too many.
        (
            "    for i in prange(n):\n        s = 0.0\n        for q in range(400):\n            s += a[i] * q\n        b[i] = s",
            1,
        ),
        // As many as there are elements.
        (
            "    for i in prange(n):\n        s = 0.0\n        for q in range(a.size):\n            s += a[q]\n        b[i] = s",
            1,
        ),
        // Left early.
        (
            "    for i in prange(n):\n        s = 0.0\n        for q in range(4):\n            if a[q] > 2.0:\n                break\n            s += a[q]\n        b[i] = s",
            1,
        ),
    ] {
        let text = kernel(body);
        let mut found = [0; 3];
        in_loops(&typed(&text).program.body, false, &mut found);
        assert_eq!(found[0], loops, "{body}");
    }
}

#[test]
fn four_rounds_are_one_where_all_they_do_is_a_loop_in_lanes() {
    for (round, loops) in [
        // By fours, what is left, and a loop in lanes in either.
        (
            "        for j in range(n):\n            b[j] += a[k] * c[0, j]",
            4,
        ),
        // An element that another round reads.
        (
            "        for j in range(n):\n            b[j] += a[k] * b[j + k]",
            2,
        ),
        // Another element in each round.
        (
            "        for j in range(n):\n            c[k, j] += a[k] * b[j]",
            2,
        ),
        // Something else in a round.
        (
            "        b[k] = a[k]\n        for j in range(n):\n            b[j] += a[k] * c[0, j]",
            2,
        ),
        // Nothing that is both loaded and stored.
        ("        for j in range(n):\n            b[j] = a[k] * c[0, j]", 2),
    ] {
        let text = kernel(&format!("    for k in range(n):\n{round}"));
        let mut found = [0; 3];
        in_loops(&typed(&text).program.body, false, &mut found);
        assert_eq!(found[0], loops, "{round}");
    }
}

//! Loops over as many numbers in each lane, wherever they begin: `range(a, a + 16)`. Lanes do not part there.

use super::scalar::constant_int;
use crate::interval::facts;
use crate::ir::{Binary, Expr, ExprKind, Label, Program, Stmt};
use crate::sorted::Set;

/// The loops whose end is a constant above their start, and does not wrap: it is reached in every lane at once.
pub(super) fn loops(program: &Program) -> Set<Label> {
    let mut likely = Vec::new();
    crate::walk::statements(&program.body, &mut |stmt| {
        if let Stmt::For {
            label,
            start,
            stop,
            step,
            ..
        } = stmt
            && let Some(by) = distance(start, stop)
            && constant_int(step).is_some_and(|step| step > 0)
        {
            likely.push((*label, start, stop, i128::from(by)));
        }
    });
    if likely.is_empty() {
        // Most programs have none, and intervals take a while.
        return Set::new();
    }
    let facts = facts(program, program.made_for.as_deref().unwrap_or_default());
    let does_not_wrap = |(_, start, stop, by): &(Label, &Expr, &Expr, i128)| {
        let (from, to) = (facts.of(start), facts.of(stop));
        to == (from.0 + by, from.1 + by)
    };
    let found = likely.into_iter().filter(does_not_wrap);
    found.map(|(label, ..)| label).collect()
}

/// By how much one integer is above another, as far as can be seen.
fn distance(start: &Expr, stop: &Expr) -> Option<i64> {
    match &stop.kind {
        ExprKind::Binary(Binary::Add, a, b) if a == start && start.of.is_signed() => {
            constant_int(b).filter(|by| *by > 0)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::{Request, prepare};

    /// How many loops of such a range in a parallel one are found to be even.
    fn found(range: &str) -> usize {
        let text = format!(
            "import numpy as np\nfrom numba import njit, prange\n@njit(parallel=True)\ndef f(a, n):\n    for k in prange(n):\n        \
             s = 0\n        for i in range({range}):\n            s += i * i\n        a[k] = s\n\
             def setup(n):\n    return np.zeros(n), n\n"
        );
        let request = Request {
            size: 40,
            ..Request::default()
        };
        let prepared = prepare(&text, &request, &|| false);
        let prepared = prepared.unwrap_or_else(|failed| panic!("{}", failed.render(&text)));
        super::loops(&prepared.program).len()
    }

    #[test]
    fn loops_of_a_constant_length_are_even() {
        assert_eq!(found("k * 32, k * 32 + 32"), 1);
        assert_eq!(found("k * 32 - 7, k * 32 - 7 + 32, 4"), 1);
        // The last is as long as the others.
        assert_eq!(found("k * 32, min(k * 32 + 32, n * 32)"), 1);
        assert_eq!(found("k * 32, max(k * 32 + 32, n - n)"), 1);
        for range in [
            "k * 32, min(k * 32 + 32, n * 31)",
            "k * 32, k * 33 + 32",
            "k * 32, k * 32 - 1, -1",
            "k * 32, k * 32 + -8",
            // Beyond what there is, from some iteration on.
            "k * 2 ** 58, k * 2 ** 58 + 32",
        ] {
            assert_eq!(found(range), 0, "{range}");
        }
    }

    #[test]
    fn lanes_do_not_part_in_them() {
        use crate::wasm::vselect::tests::done;
        let of = |range: &str| done(&format!("for j in range({range}):\n    p += q\nb[i] = p"));
        assert!(!of("i * 32, i * 32 + 32").contains("V128AnyTrue"));
        assert!(of("i * 32, i * 33 + 32").contains("V128AnyTrue"));
        // As far as is known, it might wrap in some.
        assert!(of("i * 32, i * 32 - 8").contains("V128AnyTrue"));
    }
}

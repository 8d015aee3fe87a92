//! Short loops of a constant number of rounds are those rounds, one after the other: their indices become constants, and
//! what is the same for each of them in a loop around can move out of it. Of long ones that do little but store, four rounds are
//! one: counting and looking whether to stop would take as long as the rest. (A sum's rounds wait for each other anyway, and
//! in lanes there is more to do in each.)

use crate::ir::{Binary, Expr, ExprKind, Label, Local, Program, Stmt};
use crate::sorted::Map as HashMap;
use crate::told::{self, Told, What};
use crate::types::Scalar;
use crate::walk;

/// Rounds at most.
const ROUNDS: i64 = 16;
/// Expressions of all rounds at most.
const LARGEST: usize = 400;
/// Rounds of a long loop at once, and expressions of a round at most.
const AT_ONCE: i64 = 4;
const LITTLE: usize = 24;

/// Unrolls loops, the innermost first.
pub fn unroll(program: &mut Program) {
    let uses = super::uses(program);
    block(&mut program.body, &uses, true, &mut program.told);
}

fn block(body: &mut Vec<Stmt>, uses: &HashMap<Local, usize>, is_serial: bool, told: &mut Told) {
    let mut out = Vec::with_capacity(body.len());
    for mut stmt in std::mem::take(body) {
        let is_serial = is_serial && !matches!(stmt, Stmt::ParFor(_) | Stmt::For { vector: true, .. });
        for inner in walk::blocks_mut(&mut stmt) {
            block(inner, uses, is_serial, told);
        }
        match rounds(&stmt, uses, is_serial) {
            Some((what, rounds)) => {
                told.of(&stmt, what);
                out.extend(rounds);
            }
            None => out.push(stmt),
        }
    }
    *body = out;
}

/// A loop's rounds, or a loop of four of them, if it is to be those.
fn rounds(stmt: &Stmt, uses: &HashMap<Local, usize>, is_serial: bool) -> Option<(What, Vec<Stmt>)> {
    let Stmt::For {
        label,
        var,
        start,
        stop,
        step,
        vector: false,
        body,
    } = stmt
    else {
        return None;
    };
    let [start, stop, by] = [start, stop, step].map(|one| match one.kind {
        ExprKind::Const(bits) if matches!(one.of, Scalar::I64 | Scalar::I32) => Some(number(one.of, bits)),
        _ => None,
    });
    let (start, stop, by) = (start?, stop?, by?);
    let distance = if by > 0 {
        stop.checked_sub(start)?
    } else {
        start.checked_sub(stop)?
    };
    let rounds = distance
        .max(0)
        .checked_add(by.checked_abs()? - 1)?
        .checked_div(by.abs())?;
    let size = size(body, *label)?;
    let mut inside = HashMap::new();
    super::count_uses(std::slice::from_ref(stmt), &mut inside);
    let is_used = uses.get(var) != inside.get(var);
    let constant = |value: i64| Expr::bits(step.of, value as u64 & mask(step.of));
    if rounds <= ROUNDS && rounds as usize * size <= LARGEST {
        let mut all = Vec::new();
        for round in 0..rounds {
            let value = constant(start + round * by);
            all.extend(is_used.then(|| Stmt::Set(*var, value.clone())));
            all.extend(with(body, *var, &value));
        }
        return Some((What::Rounds(rounds as u32), all));
    }
    let stores = body.iter().any(|one| matches!(one, Stmt::Store { .. }));
    if !is_serial || is_used || !stores || size > LITTLE || rounds <= ROUNDS {
        return None;
    }
    let whole = rounds - rounds % AT_ONCE;
    let counter = Expr::new(ExprKind::Local(*var), step.of);
    let further = |round: i64| {
        let sum = ExprKind::Binary(Binary::Add, counter.clone(), constant(round * by));
        Expr::new(sum, step.of)
    };
    let mut four = body.clone();
    for round in 1..AT_ONCE {
        four.extend(with(body, *var, &further(round)));
    }
    let at = told::place(stmt);
    let mut all = vec![Stmt::For {
        label: *label,
        var: *var,
        start: constant(start).placed(at),
        stop: constant(start + whole * by),
        step: constant(AT_ONCE * by),
        vector: false,
        body: four,
    }];
    for round in whole..rounds {
        all.extend(with(body, *var, &constant(start + round * by)));
    }
    Some((What::AtOnce(AT_ONCE as u32), all))
}

/// A body for this value of a loop's variable.
fn with(body: &[Stmt], var: Local, value: &Expr) -> Vec<Stmt> {
    let mut own = body.to_vec();
    walk::statements_mut(&mut own, &mut |stmt| {
        walk::own_mut(stmt, &mut |expr| {
            walk::within_mut(expr, &mut |expr| {
                if expr.kind == ExprKind::Local(var) {
                    *expr = value.clone();
                }
                fold(expr);
            });
        });
    });
    own
}

fn number(of: Scalar, bits: u64) -> i64 {
    if of == Scalar::I32 {
        i64::from(bits as i32)
    } else {
        bits as i64
    }
}

fn mask(of: Scalar) -> u64 {
    u64::MAX >> (64 - 8 * of.bytes())
}

/// Expressions of a body; none if it may not be there several times: it jumps on its own, has labels or makes arrays.
fn size(body: &[Stmt], label: Label) -> Option<usize> {
    let mut size = 0;
    let mut is_plain = true;
    walk::statements(body, &mut |stmt| {
        is_plain &= match stmt {
            Stmt::Leave(to) | Stmt::Again(to) => *to != label,
            Stmt::Set(..) | Stmt::Store { site: None, .. } | Stmt::If { .. } | Stmt::Check(..) => true,
            _ => false,
        };
    });
    walk::expressions(body, &mut |expr| {
        size += 1;
        is_plain &= !matches!(expr.kind, ExprKind::Load { site: Some(_), .. });
    });
    is_plain.then_some(size)
}

/// Integers of constants.
fn fold(expr: &mut Expr) {
    let value = match &expr.kind {
        ExprKind::Convert(a) if expr.of.is_int() && a.of.is_int() => match a.kind {
            ExprKind::Const(bits) if a.of.is_signed() => signed(a.of, bits) as u64,
            ExprKind::Const(bits) => bits,
            _ => return,
        },
        ExprKind::Binary(op, a, b) if expr.of.is_int() => {
            let (ExprKind::Const(a), ExprKind::Const(b)) = (&a.kind, &b.kind) else {
                return;
            };
            match op {
                Binary::Add => a.wrapping_add(*b),
                Binary::Sub => a.wrapping_sub(*b),
                Binary::Mul => a.wrapping_mul(*b),
                _ => return,
            }
        }
        _ => return,
    };
    expr.kind = ExprKind::Const(value & mask(expr.of));
}

fn signed(of: Scalar, bits: u64) -> i64 {
    let unused = 64 - 8 * of.bytes();
    ((bits << unused) as i64) >> unused
}

#[cfg(test)]
mod tests {
    use super::super::printed;

    fn text(body: &str) -> String {
        let body = body.replace('\n', "\n    ");
        let text = format!(
            "import numpy as np\nfrom numba import njit, prange\n@njit(parallel=True)\ndef f(x, h):\n    {body}\n\
             def setup(n):\n    return np.arange(n).astype(np.uint8), np.zeros(256)\n"
        );
        printed(&text)
    }

    #[test]
    fn four_rounds_are_one_and_the_rest_follows() {
        let made = text("for i in range(x.size):\n    h[x[i]] += 1.0");
        assert!(made.contains("in 0:int32, 48:int32, 4:int32"), "{made}");
        assert_eq!(made.matches("+ 1.0:float64").count(), 6, "{made}");
        assert!(
            made.contains("x[(int64(i.0) + 3:int64)]") || made.contains("+ 3:int64)]"),
            "{made}"
        );
        let made = text("for i in range(x.size - 1, 9, -2):\n    h[x[i]] += 1.0");
        assert!(made.contains("in 49:int32, 9:int32, -8:int32"), "{made}");
    }

    #[test]
    fn one_round_is_one_where_four_are_not_quicker() {
        for body in [
            // In parallel, and without a store.
            "for k in prange(8):\n    for i in range(x.size):\n        h[k] += x[i]",
            "s = 0\nfor i in range(x.size):\n    s += x[i]\nh[0] = s",
            // Left early.
            "for i in range(x.size):\n    if x[i] > 9:\n        break\n    h[x[i]] += 1.0",
            // It does enough.
            "for i in range(x.size):\n    h[x[i]] += h[0] * h[1] + h[2] * h[3] + h[4] * h[5] + h[6] * h[7] + h[8] * h[9]",
        ] {
            let made = text(body);
            assert!(made.contains("in 0:int32, 50:int32, 1:int32"), "{made}");
        }
    }
}

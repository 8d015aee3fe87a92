//! Short loops of a constant number of rounds are those rounds, one after the other: their indices become constants, and
//! what is the same for each of them in a loop around can move out of it.

use crate::ir::{Binary, Expr, ExprKind, Label, Local, Program, Stmt};
use crate::sorted::Map as HashMap;
use crate::types::Scalar;
use crate::walk;

/// Rounds at most.
const ROUNDS: i64 = 16;
/// Expressions of all rounds at most.
const LARGEST: usize = 400;

/// Unrolls loops, the innermost first.
pub fn unroll(program: &mut Program) {
    let uses = super::uses(program);
    block(&mut program.body, &uses);
}

fn block(body: &mut Vec<Stmt>, uses: &HashMap<Local, usize>) {
    let mut out = Vec::with_capacity(body.len());
    for mut stmt in std::mem::take(body) {
        for inner in walk::blocks_mut(&mut stmt) {
            block(inner, uses);
        }
        match rounds(&stmt, uses) {
            Some(rounds) => out.extend(rounds),
            None => out.push(stmt),
        }
    }
    *body = out;
}

/// A loop's rounds, if it is to be those.
fn rounds(stmt: &Stmt, uses: &HashMap<Local, usize>) -> Option<Vec<Stmt>> {
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
    if rounds > ROUNDS || rounds as usize * size(body, *label)? > LARGEST {
        return None;
    }
    let mut inside = HashMap::new();
    super::count_uses(std::slice::from_ref(stmt), &mut inside);
    let is_used = uses.get(var) != inside.get(var);
    let mut all = Vec::new();
    for round in 0..rounds {
        let value = Expr::bits(step.of, (start + round * by) as u64 & mask(step.of));
        if is_used {
            all.push(Stmt::Set(*var, value.clone()));
        }
        let mut own = body.clone();
        walk::statements_mut(&mut own, &mut |stmt| {
            walk::own_mut(stmt, &mut |expr| {
                walk::within_mut(expr, &mut |expr| {
                    if expr.kind == ExprKind::Local(*var) {
                        *expr = value.clone();
                    }
                    fold(expr);
                });
            });
        });
        all.extend(own);
    }
    Some(all)
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

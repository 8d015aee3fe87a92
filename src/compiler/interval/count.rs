//! Numbers that loops only count, by how much in a round.

use super::number::{Interval, signed};
use crate::ir::{Binary, Expr, ExprKind, Local, Stmt};
use crate::sorted::Map as HashMap;
use crate::walk;

/// Numbers that these statements only change by adding constants, and by how much in a round at most: each place
/// once in an iteration of some loop, of an inner one too only if that is to be counted.
pub fn counters(bodies: &[&[Stmt]], is_nested: bool) -> HashMap<Local, Interval> {
    let mut found: HashMap<Local, Option<Interval>> = HashMap::new();
    for body in bodies {
        count(body, true, is_nested, &mut found);
    }
    let found = found.into_iter();
    found.filter_map(|(local, by)| by.map(|by| (local, by))).collect()
}

fn count(body: &[Stmt], counts: bool, is_nested: bool, found: &mut HashMap<Local, Option<Interval>>) {
    for stmt in body {
        match stmt {
            Stmt::Set(local, value) => {
                let by = added(*local, value).filter(|_| counts);
                let sum = found.entry(*local).or_insert(Some((0, 0)));
                *sum = match (*sum, by) {
                    (Some(sum), Some(by)) => Some((sum.0 + by.min(0), sum.1 + by.max(0))),
                    _ => None,
                };
            }
            Stmt::For { var, .. } => {
                found.insert(*var, None);
            }
            Stmt::ParFor(it) => {
                found.insert(it.var, None);
                found.extend(it.reductions.iter().map(|one| (one.local, None)));
            }
            _ => {}
        }
        let is_loop = matches!(stmt, Stmt::For { .. } | Stmt::While { .. } | Stmt::ParFor(_));
        for inner in walk::blocks(stmt) {
            count(inner, counts && (is_nested || !is_loop), is_nested, found);
        }
    }
}

fn added(local: Local, value: &Expr) -> Option<i128> {
    let is_it = |expr: &Expr| matches!(expr.kind, ExprKind::Local(other) if other == local);
    let constant = |expr: &Expr| match expr.kind {
        ExprKind::Const(bits) if expr.of.is_int() => Some(signed(expr.of, bits)),
        _ => None,
    };
    match &value.kind {
        ExprKind::Binary(Binary::Add, a, b) if is_it(a) => constant(b),
        ExprKind::Binary(Binary::Add, a, b) if is_it(b) => constant(a),
        ExprKind::Binary(Binary::Sub, a, b) if is_it(a) => constant(b).map(|by| -by),
        _ => None,
    }
    .filter(|by| by.abs() < 1 << 32)
}

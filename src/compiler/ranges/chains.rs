//! Several rounds of a loop at once around a loop that looks for the greatest or the least: of `for j: for i: most = max(most, f(i, j))`
//! what depends on i alone is computed once for four j, and there is work that does not wait for the round before.
//!
//! What is found stays what is found first: each round but the first looks on its own, and the rounds' findings are compared in their order.

use super::jam::{Jammer, get, plus, reads, with};
use super::lanes::reads_what_was_set;
use super::rename;
use crate::ir::{Compare, Expr, ExprKind, Local, Reduce, Stmt};
use crate::sorted::{Map as HashMap, Set as BTreeSet};
use crate::specialise::can_fail;
use crate::types::Scalar;
use crate::walk;
use std::slice::from_ref;

/// Rounds at once.
pub(super) const ROUNDS: i64 = 4;
/// Expressions of a round at most.
const LARGEST: usize = 100;

/// What is looked for, if a statement is a step of looking for it.
fn looks(stmt: &Stmt) -> Option<(Local, Reduce)> {
    let Stmt::Set(to, value) = stmt else { return None };
    let ExprKind::Select(test, new, old) = &value.kind else {
        return None;
    };
    let ExprKind::Compare(Compare::Less, a, b) = &test.kind else {
        return None;
    };
    let is_step = old.kind == ExprKind::Local(*to) && !reads(new, *to);
    match (a == old && b == new, a == new && b == old) {
        (true, _) if is_step => Some((*to, Reduce::Greatest)),
        (_, true) if is_step => Some((*to, Reduce::Least)),
        _ => None,
    }
}

impl Jammer {
    /// A loop with four rounds at once, if it is one of those.
    pub fn chained(&mut self, stmt: &Stmt) -> Option<Stmt> {
        let Stmt::For {
            var,
            start,
            stop,
            step,
            vector: false,
            body,
            ..
        } = stmt
        else {
            return None;
        };
        let (ExprKind::Const(from), ExprKind::Const(to), ExprKind::Const(1)) =
            (&start.kind, &stop.kind, &step.kind)
        else {
            return None;
        };
        let [before @ .., Stmt::For { body: inner, .. }] = body.as_slice() else {
            return None;
        };
        let n = (*to as i64).checked_sub(*from as i64)?;
        let mut found = inner.iter().filter_map(looks);
        let (Some((most, how)), None) = (found.next(), found.next()) else {
            return None;
        };
        let (mut sets, _) = walk::set_in(body);
        let mut inside = HashMap::new();
        super::count_uses(from_ref(stmt), &mut inside);
        sets.remove(&most);
        let is_private = |local: &Local| self.uses.get(local) == inside.get(local);
        let is_set = |stmt: &Stmt| matches!(stmt, Stmt::Set(..));
        let (mut size, mut fits) = (0, true);
        walk::expressions(body, &mut |expr| {
            size += 1;
            fits &= !matches!(expr.kind, ExprKind::Let(..));
        });
        walk::statements(body, &mut |stmt| {
            walk::own(stmt, &mut |expr| fits &= !can_fail(expr))
        });
        let fits = fits
            && n > 0
            && n % ROUNDS == 0
            && size <= LARGEST
            && step.of == Scalar::I64
            // It is set and read there only: three times.
            && inside.get(&most) == Some(&3)
            && before.iter().chain(inner).all(is_set)
            && sets.iter().chain([var]).all(is_private)
            && reads_what_was_set(body, &sets, &mut BTreeSet::new());
        if !fits {
            return None;
        }
        // What differs between rounds.
        let mut own = BTreeSet::from_iter([*var, most]);
        let mut known = 0;
        while known != own.len() {
            known = own.len();
            walk::statements(body, &mut |stmt| {
                walk::own(stmt, &mut |expr| {
                    if let Stmt::Set(local, _) = stmt
                        && own.iter().any(|one| reads(expr, *one))
                    {
                        own.insert(*local);
                    }
                });
            });
        }
        let Some(Stmt::For {
            start, stop, step, ..
        }) = body.last()
        else {
            return None;
        };
        if own
            .iter()
            .any(|one| [start, stop, step].into_iter().any(|e| reads(e, *one)))
        {
            return None;
        }
        let of = self.locals[most.0 as usize].of;
        let mut rounds = Vec::new();
        for round in 0..ROUNDS {
            let mut names = HashMap::new();
            for local in own
                .iter()
                .filter(|local| **local != *var && (round > 0 || **local != most))
            {
                names.insert(*local, self.local(self.locals[local.0 as usize].of));
            }
            let counter = get(*var, Scalar::I64);
            rounds.push(([(*var, plus(&counter, round))], names));
        }
        let all = |body: &[Stmt]| -> Vec<Stmt> {
            let mut out = Vec::new();
            for stmt in body {
                if !matches!(stmt, Stmt::Set(local, _) if own.contains(local)) {
                    out.push(stmt.clone());
                    continue;
                }
                for (values, names) in &rounds {
                    let mut copy = with(from_ref(stmt), values, &[]);
                    rename(&mut copy, names);
                    out.extend(copy);
                }
            }
            out
        };
        let others = || rounds.iter().filter_map(|(_, names)| names.get(&most));
        let mut whole: Vec<Stmt> = Vec::new();
        whole.extend(others().map(|one| Stmt::Set(*one, Expr::bits(of, how.neutral(of)))));
        whole.extend(all(before));
        let mut last = body.last()?.clone();
        if let Stmt::For { body, .. } = &mut last {
            *body = all(inner);
        }
        whole.push(last);
        for one in others() {
            let (old, new) = (get(most, of), get(*one, of));
            let (a, b) = match how {
                Reduce::Greatest => (&old, &new),
                _ => (&new, &old),
            };
            let less = ExprKind::Compare(Compare::Less, a.clone(), b.clone());
            let test = Expr::new(less, Scalar::Bool);
            let value = ExprKind::Select(test, new, old);
            whole.push(Stmt::Set(most, Expr::new(value, of)));
        }
        let mut stmt = stmt.clone();
        if let Stmt::For { step, body, .. } = &mut stmt {
            *step = Expr::int(ROUNDS);
            *body = whole;
        }
        Some(stmt)
    }
}

#[cfg(test)]
mod tests {
    use super::super::printed;

    fn text(inner: &str) -> String {
        let inner = inner.replace('\n', "\n                ");
        printed(&format!(
            "import numpy as np\nfrom numba import njit, prange\n@njit(parallel=True)\ndef f(a, b):\n    for p in prange(a.size):\n        \
             m = 0.5\n        for j in range(40):\n            y = a[p] * j\n            for i in range(30):\n                {inner}\n        \
             b[p] = m\ndef setup(n):\n    return np.ones(n), np.ones(n)\n"
        ))
    }

    #[test]
    fn four_rounds_look_at_once_and_what_they_find_is_compared_in_their_order() {
        for (step, neutral) in [("max(m, y + x)", "-inf"), ("min(m, y + x)", "inf")] {
            let made = text(&format!("x = np.sqrt(1.0 * i)\nm = {step}"));
            assert!(made.contains("in 0:int32, 40:int32, 4:int32"), "{made}");
            assert_eq!(made.matches("sqrt").count(), 1, "{made}");
            assert_eq!(made.matches(&format!("= {neutral}:float64")).count(), 3, "{made}");
            assert_eq!(made.matches("= select(").count(), 7, "{made}");
        }
    }

    #[test]
    fn one_round_is_one_where_the_order_would_show() {
        for inner in [
            // The last of equals.
            "m = max(y + i, m)",
            // A sum, and something else that a round leaves.
            "m += y + i",
            "m = max(m, y + i)\ny = y * 0.5\nb[p] = y",
            // It looks for two, and reads what it found.
            "m = max(m, y + i)\nm = max(m, y - i)",
            "m = max(m, m * 0.5 + y + i)",
            // It may leave early.
            "m = max(m, y + i)\nif y > 3:\n    break",
        ] {
            let made = text(inner);
            assert!(!made.contains("40:int32, 4:int32"), "{inner}\n{made}");
        }
    }
}

//! Several rows of a parallel loop at once, where each is a loop around a loop in lanes: of `for i in prange: for k: for j: c[i, j] += a[i, k] * b[k, j]`
//! four rows load each element of b once, and have theirs of c in registers for all of a block of k (Goto and van de Geijn 2008, Anatomy of
//! High-Performance Matrix Multiplication, but for the packing). More rows share what of b is in a cache.
//!
//! Iterations of a parallel loop do not get into each other's way, so that they may be done in any order, statement by statement.
//! The first of as many as belong together does them all, and the others nothing: a range that begins and ends anywhere is still right,
//! and what an element goes through still happens in the order of k.

use super::invariants::is_work;
use super::jam::{Jammer, Nest, ROUNDS, binary, count, get, plus, reads, with};
use super::lanes::reads_what_was_set;
use super::{relabel, rename};
use crate::ir::{Binary, Compare, Expr, ExprKind, Local, ParFor, Stmt};
use crate::sorted::{Map as HashMap, Set as BTreeSet};
use crate::specialise::can_fail;
use crate::types::Scalar;
use crate::walk;
use std::slice::from_ref;

/// Rows that belong together: few of a loop that has few, as threads share them.
const ROWS: [i64; 2] = [4, 16];
/// From as many in all, the more.
const MANY: i64 = 256;
/// Rounds of k after which elements go back.
const BLOCK: i64 = 64;
/// Bytes of elements that are in registers: eight lanes of each are in eight of the processor's sixteen.
const BYTES: usize = 16;
/// Expressions of all rounds at once at most.
const LARGEST: usize = 256;

/// Rows at once.
pub(super) struct Rows {
    /// Behind the last that are together.
    end: i64,
    pub at_once: u32,
    body: Vec<Stmt>,
}

impl Rows {
    /// Them, or one row where the others are not all there.
    pub fn or(&mut self, par: &ParFor, one: Vec<Stmt>) -> Stmt {
        let row = get(par.var, Scalar::I64);
        let compare = |kind, a, b| Expr::new(ExprKind::Compare(kind, a, b), Scalar::Bool);
        let from_first = binary(Binary::Sub, row.clone(), par.start.clone());
        let rest = binary(Binary::And, from_first, Expr::int(i64::from(self.at_once) - 1));
        let first = Stmt::If {
            test: compare(Compare::Equal, rest, Expr::int(0)),
            yes: std::mem::take(&mut self.body),
            no: Vec::new(),
        };
        Stmt::If {
            test: compare(Compare::Less, row, Expr::int(self.end)),
            yes: vec![first],
            no: one,
        }
    }
}

/// What a constant is.
pub(super) fn number(e: &Expr) -> Option<i64> {
    match e.kind {
        ExprKind::Const(bits) if e.of == Scalar::I64 => Some(bits as i64),
        _ => None,
    }
}

impl Jammer {
    /// A parallel loop's rows at once, if that is quicker and nobody sees it.
    pub fn rows(&mut self, par: &ParFor) -> Option<Rows> {
        let (start, stop) = (number(&par.start)?, number(&par.stop)?);
        let n = stop.checked_sub(start)?;
        let at_once = ROWS[usize::from(n >= MANY)];
        let mut fits =
            n >= at_once && par.reductions.is_empty() && self.locals[par.var.0 as usize].of == Scalar::I64;
        walk::statements(&par.body, &mut |stmt| {
            fits &= matches!(
                stmt,
                Stmt::For { .. } | Stmt::If { .. } | Stmt::Set(..) | Stmt::Store { site: None, .. }
            );
            walk::own(stmt, &mut |expr| fits &= !can_fail(expr));
        });
        let (sets, _) = walk::set_in(&par.body);
        // Nothing goes from statement to statement but in memory.
        let alone = |stmt| reads_what_was_set(from_ref(stmt), &sets, &mut BTreeSet::new());
        if !fits || !par.body.iter().all(alone) {
            return None;
        }
        let mut body = Vec::new();
        let mut is_quicker = false;
        for stmt in &par.body {
            let row = self.local(Scalar::I64);
            let first = get(par.var, Scalar::I64);
            let rows = [first.clone(), plus(&first, at_once)];
            match self.tiles(stmt, par.var, row, &rows) {
                Some(tiles) => {
                    is_quicker = true;
                    body.extend(tiles);
                }
                None => {
                    let mut own = vec![stmt.clone()];
                    let mut names = self.names(&own);
                    names.insert(par.var, row);
                    rename(&mut own, &names);
                    relabel(&mut own, &mut self.labels);
                    body.push(count(self.label(), row, rows, 1, own));
                }
            }
        }
        is_quicker.then_some(Rows {
            end: stop - n % at_once,
            at_once: at_once as u32,
            body,
        })
    }

    /// Variables of its own for a copy of a body.
    fn names(&mut self, body: &[Stmt]) -> HashMap<Local, Local> {
        let (sets, _) = walk::set_in(body);
        let mut own = |local: Local| (local, self.local(self.locals[local.0 as usize].of));
        sets.into_iter().map(&mut own).collect()
    }

    /// A nest of these rows.
    fn tiles(&mut self, stmt: &Stmt, first: Local, row: Local, rows: &[Expr; 2]) -> Option<Vec<Stmt>> {
        let nest = self.nest(stmt)?;
        let (start, stop) = (number(nest.start)?, number(nest.stop)?);
        let bytes: usize = nest
            .elements
            .iter()
            .map(|one| (one.of.bytes() as usize).max(4))
            .sum();
        let in_tile = match BYTES / bytes.max(1) {
            4.. => 4,
            2.. => 2,
            _ => return None,
        };
        if nest.range.iter().any(|e| reads(e, first)) {
            return None;
        }
        let mut size = 0;
        walk::expressions(nest.inner, &mut |_| size += 1);
        let rounds = match size * (in_tile * ROUNDS) as usize <= LARGEST {
            true => ROUNDS,
            false => 1,
        };
        let whole = stop - (stop - start).max(0) % rounds;
        let mut all = Vec::new();
        for (from, to, by) in [(start, whole, rounds), (whole, stop, 1)] {
            if from >= to {
                continue;
            }
            let block = get(self.local(Scalar::I64), Scalar::I64);
            let end = binary(Binary::Min, plus(&block, BLOCK), Expr::int(to));
            let is_short = to - from <= BLOCK;
            let range = match is_short {
                true => [Expr::int(from), Expr::int(to)],
                false => [block.clone(), end],
            };
            let tile = self.tile(&nest, [first, row], range, in_tile, by);
            let mut tiles = count(self.label(), row, rows.clone(), in_tile, vec![tile]);
            if let (false, ExprKind::Local(block)) = (is_short, &block.kind) {
                let range = [Expr::int(from), Expr::int(to)];
                tiles = count(self.label(), *block, range, BLOCK, vec![tiles]);
            }
            all.push(tiles);
        }
        Some(all)
    }

    /// The loop in lanes of so many rows, with a block of the loop around in it.
    fn tile(
        &mut self,
        nest: &Nest<'_>,
        [first, row]: [Local; 2],
        range: [Expr; 2],
        in_tile: i64,
        rounds: i64,
    ) -> Stmt {
        let (sets, _) = walk::set_in(nest.inner);
        let var = self.local(Scalar::I64);
        let counter = get(var, Scalar::I64);
        let (mut before, mut behind, mut each) = (Vec::new(), Vec::new(), Vec::new());
        for n in 0..in_tile {
            let own = [(first, plus(&get(row, Scalar::I64), n))];
            let places = self.places(nest);
            for (element, place) in &places {
                before.extend(with(&[element.to(*place)], &own, &[]));
                behind.extend(with(&[element.from(*place)], &own, &[]));
            }
            each.push((own, places, self.names(nest.inner)));
        }
        let mut body = Vec::new();
        for round in 0..rounds {
            for mut stmt in with(nest.inner, &[(nest.var, plus(&counter, round))], &[]) {
                let mut shared = Shared {
                    jammer: self,
                    is_own: &|e| match &e.kind {
                        ExprKind::Local(local) => *local == first || sets.contains(local),
                        ExprKind::Load { array, .. } => nest.elements.iter().any(|one| one.array == *array),
                        _ => false,
                    },
                    known: Vec::new(),
                };
                walk::own_mut(&mut stmt, &mut |expr| shared.take(expr));
                body.extend(
                    shared
                        .known
                        .into_iter()
                        .map(|(local, value)| Stmt::Set(local, value)),
                );
                for (own, places, names) in &each {
                    let mut copy = with(from_ref(&stmt), own, places);
                    rename(&mut copy, names);
                    body.extend(copy);
                }
            }
        }
        let all = [count(self.label(), var, range, rounds, body)];
        let body = before.into_iter().chain(all).chain(behind).collect();
        nest.lanes(self.label(), body)
    }
}

/// What is the same for all rows.
struct Shared<'a> {
    jammer: &'a mut Jammer,
    /// Whether a value alone is a row's own.
    is_own: &'a dyn Fn(&Expr) -> bool,
    known: Vec<(Local, Expr)>,
}

impl Shared<'_> {
    /// Takes such parts out of a value, of those that are always evaluated.
    fn take(&mut self, value: &mut Expr) {
        let mut is_own = false;
        walk::within(value, &mut |one| is_own |= (self.is_own)(one));
        if !is_own && is_work(value) {
            let known = self.known.iter().find(|(_, one)| one == value);
            let local = known.map(|(local, _)| *local).unwrap_or_else(|| {
                let local = self.jammer.local(value.of);
                self.known.push((local, value.clone()));
                local
            });
            value.kind = ExprKind::Local(local);
            return;
        }
        match &mut value.kind {
            ExprKind::And(a, _) | ExprKind::Or(a, _) | ExprKind::Choice(a, ..) => self.take(a),
            _ => walk::operands_mut(value, &mut |operand| self.take(operand)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::printed;

    fn text(body: &str) -> String {
        let body = body.replace('\n', "\n    ");
        printed(&format!(
            "import numpy as np\nfrom numba import njit, prange\n@njit(parallel=True)\ndef f(a, b, p):\n    \
             n = a.shape[0]\n    c = np.zeros((n, n), a.dtype)\n    {body}\n    return c\n\
             def setup(n):\n    return np.ones((n, n), np.float32), np.ones((n, n), np.float32), np.arange(n)\n"
        ))
    }

    /// What a group of rows does, if there is one.
    fn together(made: &str) -> Option<&str> {
        let from = made.split("& 3:int32) == 0:int32)").nth(1)?;
        from.split("else").next()
    }

    const ROUND: &str =
        "for k in range(n):\n        for j in range(n):\n            c[i, j] += a[i, k] * b[k, j]";

    #[test]
    fn rows_share_what_is_the_same_for_them_and_keep_their_elements() {
        let made = text(&format!("for i in prange(n):\n    {ROUND}"));
        assert!(made.contains("< 48:int32"), "{made}");
        let rows = together(&made).unwrap_or_else(|| panic!("{made}"));
        // Four rounds by four rows, then two rounds; elements are loaded and stored by four rows, twice.
        let count = |what: &str| rows.matches(what).count();
        assert_eq!(
            [count("b.2a["), count("a.0a["), count("c[")],
            [6, 24, 16],
            "{rows}"
        );
        // As many registers as there are for eight bytes each.
        let wide = text(&format!("c = np.zeros((n, n))\nfor i in prange(n):\n    {ROUND}"));
        let rows = together(&wide).unwrap_or_else(|| panic!("{wide}"));
        assert!(rows.contains("4:int32), 2:int32"), "{rows}");
    }

    #[test]
    fn rounds_are_cut_into_blocks_and_each_statement_has_all_rows() {
        let made = text(
            "d = np.ones((n, 100), a.dtype)\ne = np.ones((100, n), a.dtype)\nfor i in prange(n):\n    for j in range(n):\n        c[i, j] = b[j, i]\n    \
             for k in range(100):\n        for j in range(n):\n            c[i, j] += d[i, k] * e[k, j]",
        );
        let rows = together(&made).unwrap_or_else(|| panic!("{made}"));
        assert!(rows.contains("in 0:int32, 100:int32, 64:int32"), "{rows}");
        assert!(rows.contains("+ 4:int32), 1:int32"), "{rows}");
    }

    #[test]
    fn one_row_is_one_where_several_could_be_told_apart() {
        for body in [
            // Something crosses the rows.
            format!("s = 0.0\nfor i in prange(n):\n    {ROUND}\n    s += c[i, 0]\nc[0, 0] = s"),
            // Something goes from statement to statement.
            format!("for i in prange(n):\n    t = a[i, i]\n    {ROUND}\n    c[i, 0] = t"),
            // It ends early, and so is no parallel loop; or its row does.
            format!("for i in prange(n):\n    {ROUND}\n    if c[i, 0] > 3:\n        break"),
            format!("for i in prange(n):\n    if a[i, 0] > 3:\n        continue\n    {ROUND}"),
            // It may fail.
            format!("for i in prange(n):\n    {ROUND}\n    c[i, 0] = b[p[i], 0]"),
            format!("for i in prange(n):\n    {ROUND}\n    c[i, 0] = 1 / a[i, 0]"),
            // It makes an array.
            format!("for i in prange(n):\n    {ROUND}\n    q = c[i]\n    q[0] = 1"),
            // Rows of different lengths.
            ROUND.replace("for j in range(n)", "for j in range(i)"),
            // Too few.
            format!("for i in prange(3):\n    {ROUND}"),
        ] {
            let body = match body.starts_with("for k") {
                true => format!("for i in prange(n):\n    {body}"),
                false => body,
            };
            let made = text(&body);
            assert!(together(&made).is_none(), "{body}\n{made}");
        }
    }
}

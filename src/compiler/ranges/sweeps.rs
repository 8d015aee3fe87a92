//! Loops over sweeps, and what is known of them: which rows and arrays they have to do with, and whether they may go along together, as
//! [`super::skew`] has them do.

use super::bounds::Facts;
use super::count_uses;
use super::lanes::reads_what_was_set;
use super::rows::number;
use super::skew::{BANDS, DEPTH};
use crate::ir::{Array, ArrayExpr, Binary, Expr, ExprKind, Local, ParFor, Stmt};
use crate::sorted::{Map, Set};
use crate::specialise::can_fail;
use crate::types::Scalar;
use crate::walk;
use std::slice::from_ref;

/// Rows and rounds at most, so that nothing wraps.
const MOST: i64 = 1 << 30;
/// Elements of a row at least: a sweep's step from row to row has to be worth it.
const ROW: i64 = 32;

/// What is known of the sweeps of a loop.
pub(super) struct Sweeps {
    /// Parallel loops just before, that make what the rounds begin with: they go along.
    pub lead: Vec<ParFor>,
    /// What a round does: parallel loops, handles that change places, and variables.
    pub round: Vec<Stmt>,
    /// The rounds.
    pub times: [i64; 2],
    /// The rows of all sweeps.
    pub rows: [i64; 2],
    /// How far a row's sources are away.
    pub reach: i64,
    /// Sweeps of a round.
    pub each: i64,
    /// Arrays that have to be apart for it.
    pub pairs: Vec<(Array, Array)>,
    /// Handles that a round changes, and those of them that it needs from the one before.
    pub bound: Set<Array>,
    pub given: Set<Array>,
}

/// Whether a test asks for nothing but that arrays are apart.
fn is_apart(test: &Expr) -> bool {
    match &test.kind {
        ExprKind::Apart(..) => true,
        ExprKind::And(a, b) => is_apart(a) && is_apart(b),
        _ => false,
    }
}

/// A round's statements: where arrays have to be apart for some, those for arrays that are, or the others.
pub(super) fn round(body: &[Stmt], are_apart: bool, out: &mut Vec<Stmt>) {
    for stmt in body {
        match stmt {
            Stmt::If { test, yes, no } if is_apart(test) => match are_apart {
                true => round(yes, true, out),
                false => out.extend_from_slice(no),
            },
            _ => out.push(stmt.clone()),
        }
    }
}

/// How far an index is from a row.
fn offset(index: &Expr, row: Local) -> Option<i64> {
    match &index.kind {
        ExprKind::Local(local) => (*local == row).then_some(0),
        ExprKind::Binary(Binary::Add, a, b) => offset(a, row)?.checked_add(number(b)?),
        ExprKind::Binary(Binary::Sub, a, b) => offset(a, row)?.checked_sub(number(b)?),
        _ => None,
    }
}

/// Elements of a row, as far as its first loops tell.
fn elements(body: &[Stmt]) -> i64 {
    let of_loop = |stmt: &Stmt| match stmt {
        Stmt::For {
            start, stop, body, ..
        } => {
            let n = number(stop)?.checked_sub(number(start)?)?;
            Some(n.saturating_mul(elements(body)))
        }
        _ => None,
    };
    body.iter().find_map(of_loop).unwrap_or(1)
}

/// A quotient, rounded up.
pub(super) fn up(a: i64, by: i64) -> i64 {
    (a + by - 1) / by
}

impl Sweeps {
    /// A loop's sweeps, if they may go along together.
    pub fn of(stmt: &Stmt, before: &Before, uses: &Map<Local, usize>, facts: &Facts) -> Option<Sweeps> {
        let Stmt::For {
            var,
            start,
            stop,
            step,
            body,
            ..
        } = stmt
        else {
            return None;
        };
        let has_sweeps = |stmt: &Stmt| match stmt {
            Stmt::If { test, .. } => is_apart(test),
            _ => matches!(stmt, Stmt::ParFor(_)),
        };
        // Most loops are none, and are not looked into.
        if step.kind != ExprKind::Const(1) || !body.iter().any(has_sweeps) {
            return None;
        }
        let mut all = Vec::new();
        round(body, true, &mut all);
        // What a round sets is its own.
        let (mut sets, bound) = walk::set_in(body);
        sets.insert(*var);
        let mut inside = Map::new();
        count_uses(from_ref(stmt), &mut inside);
        let is_own = |local: &Local| uses.get(local) == inside.get(local);
        let mut known = Set::from_iter([*var]);
        let is_set = |stmt: &Stmt| match stmt {
            Stmt::ParFor(par) => {
                known.insert(par.var);
                reads_what_was_set(&par.body, &sets, &mut known.clone())
            }
            Stmt::Set(..) | Stmt::Bind(_, ArrayExpr::Same(_)) => {
                reads_what_was_set(from_ref(stmt), &sets, &mut known)
            }
            _ => false,
        };
        if !sets.iter().all(is_own) || !all.iter().all(is_set) {
            return None;
        }
        let mut sweeps = Sweeps {
            times: [number(start)?, number(stop)?],
            rows: [i64::MAX, i64::MIN],
            reach: 1,
            each: 0,
            pairs: Vec::new(),
            given: Set::new(),
            bound,
            lead: before.loops.clone(),
            round: all,
        };
        sweeps.arrays(before, facts)?;
        Some(sweeps)
    }

    /// How many rounds go along together, if any.
    pub fn together(&self) -> Option<i64> {
        let [rounds, rows] = [self.times, self.rows].map(|[from, to]| to.checked_sub(from));
        let (rounds, rows) = (rounds?, rows?);
        let deep = rows / (2 * BANDS * self.reach) - self.lead.len() as i64;
        let most = deep.min(DEPTH) / self.each.max(1);
        (most > 1 && (2..MOST).contains(&rounds) && rows < MOST).then(|| up(rounds, up(rounds, most)))
    }

    /// What the rounds have to do with arrays and rows.
    fn arrays(&mut self, before: &Before, facts: &Facts) -> Option<()> {
        // Whatever may be stored to, by whatever name.
        let mut moving = self.bound.clone();
        let mut met = Set::new();
        walk::arrays_mut(&mut self.round, &mut |array| {
            met.insert(*array);
        });
        for stmt in &self.round {
            if let Stmt::Bind(_, ArrayExpr::Same(of)) = stmt {
                moving.insert(*of);
            }
            stored(from_ref(stmt), &mut moving);
        }
        for par in &mut self.lead {
            let mut makes = Set::new();
            stored(&par.body, &mut makes);
            let is_used = |made: &Array| met.iter().any(|one| before.root(*one) == before.root(*made));
            makes.iter().any(is_used).then_some(())?;
            moving.extend(makes.iter().copied());
            walk::arrays_mut(&mut par.body, &mut |array| {
                met.insert(*array);
                if self.bound.contains(array) {
                    self.given.insert(*array);
                }
            });
        }
        // And all that are one of these by another name.
        let roots: Set<Array> = moving.iter().map(|array| before.root(*array)).collect();
        let others = met.iter().filter(|array| roots.contains(&before.root(**array)));
        moving.extend(others.copied());
        for par in &self.lead {
            self.reach = self.reach.max(reach(par, &moving)?);
            over(&mut self.rows, par)?;
        }
        let mut bound = Set::new();
        for stmt in &mut self.round {
            walk::arrays_mut(std::slice::from_mut(stmt), &mut |array| {
                if self.bound.contains(array) && !bound.contains(array) {
                    self.given.insert(*array);
                }
            });
            if let Stmt::Bind(to, _) = stmt {
                bound.insert(*to);
            }
        }
        for stmt in &self.round {
            match stmt {
                Stmt::ParFor(par) => {
                    self.reach = self.reach.max(reach(par, &moving)?);
                    over(&mut self.rows, par)?;
                    self.each += 1;
                }
                Stmt::Set(_, value) if can_fail(value) || loads(value) => return None,
                _ => {}
            }
        }
        // Handles that there are before.
        met.retain(|array| !self.bound.contains(array) || self.given.contains(array));
        for (n, a) in met.iter().enumerate() {
            for b in met.iter().skip(n + 1) {
                let moves = moving.contains(a) || moving.contains(b);
                let (a, b) = (before.root(*a), before.root(*b));
                if moves && a != b && !facts.are_apart(a, b) && !self.pairs.contains(&(a, b)) {
                    self.pairs.push((a, b));
                }
            }
        }
        Some(())
    }
}

/// There are this sweep's rows too.
fn over(rows: &mut [i64; 2], par: &ParFor) -> Option<()> {
    *rows = [rows[0].min(number(&par.start)?), rows[1].max(number(&par.stop)?)];
    Some(())
}

/// What comes before a loop over sweeps and may go along with it.
#[derive(Default)]
pub(super) struct Before {
    /// Where the loops are, from the last to the first.
    pub places: Vec<usize>,
    /// The loops, from the first to the last.
    loops: Vec<ParFor>,
    /// Arrays by other names.
    names: Map<Array, Array>,
}

impl Before {
    /// Parallel loops that make arrays of this kernel's own, with nothing behind them that has to do with what they do.
    pub fn of(before: &[Stmt], facts: &Facts) -> Before {
        let mut found = Before::default();
        let (mut locals, mut arrays) = (Set::new(), Set::new());
        for (place, stmt) in before.iter().enumerate().rev() {
            let mut is_read = false;
            walk::own(stmt, &mut |expr| is_read |= loads(expr));
            match stmt {
                Stmt::Bind(to, ArrayExpr::Same(_) | ArrayExpr::New { .. }) if !is_read => {
                    arrays.insert(*to);
                }
                Stmt::Set(to, _) if !is_read => {
                    locals.insert(*to);
                }
                Stmt::ParFor(par) => {
                    let (mut makes, mut own) = (Set::new(), vec![stmt.clone()]);
                    stored(&par.body, &mut makes);
                    let mut is_free = makes.iter().all(|array| facts.is_fresh(*array));
                    walk::arrays_mut(&mut own, &mut |array| is_free &= !arrays.contains(array));
                    walk::expressions(&own, &mut |expr| {
                        is_free &= !matches!(&expr.kind, ExprKind::Local(local) if locals.contains(local));
                    });
                    if !is_free {
                        break;
                    }
                    found.places.push(place);
                    found.loops.insert(0, (**par).clone());
                }
                _ => break,
            }
        }
        for stmt in &before[found.places.last().copied().unwrap_or(before.len())..] {
            if let Stmt::Bind(to, ArrayExpr::Same(of)) = stmt
                && facts.is_fresh(*of)
            {
                found.names.insert(*to, *of);
            }
        }
        found
    }

    /// The same of so many loops alone.
    pub fn last(&self, many: usize) -> Before {
        Before {
            places: self.places[..many].to_vec(),
            loops: self.loops[self.loops.len() - many..].to_vec(),
            names: self.names.clone(),
        }
    }

    /// The array that this one is another name of.
    fn root(&self, array: Array) -> Array {
        self.names.get(&array).copied().unwrap_or(array)
    }
}

/// Whether an element is read for a value.
fn loads(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Load { .. }) || walk::operands(expr).any(loads)
}

/// The arrays that statements store to.
fn stored(body: &[Stmt], found: &mut Set<Array>) {
    walk::statements(body, &mut |stmt| {
        if let Stmt::Store { array, .. } = stmt {
            found.insert(*array);
        }
    });
}

/// How many rows away a sweep reads what is stored, if it is one.
fn reach(par: &ParFor, moving: &Set<Array>) -> Option<i64> {
    let mut fits = par.reductions.is_empty() && par.start.of == Scalar::I64 && elements(&par.body) >= ROW;
    let mut far = 0;
    walk::statements(&par.body, &mut |stmt| {
        fits &= match stmt {
            Stmt::For { .. } | Stmt::If { .. } | Stmt::Set(..) => true,
            Stmt::Store {
                index, site: None, ..
            } => index.len() > 1 && offset(&index[0], par.var) == Some(0),
            _ => false,
        };
        walk::own(stmt, &mut |expr| {
            fits &= !can_fail(expr);
            walk::within(expr, &mut |expr| {
                if let ExprKind::Load { array, index, .. } = &expr.kind
                    && moving.contains(array)
                {
                    match offset(&index[0], par.var) {
                        Some(by) => far = far.max(by.saturating_abs()),
                        None => fits = false,
                    }
                }
            });
        });
    });
    (fits && far <= DEPTH).then_some(far)
}

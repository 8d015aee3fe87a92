//! Sweeps over arrays that go along together. `for t: for y in prange: b[y, x] = a[y - 1, x] + ..; a, b = b, a` takes every row from
//! memory in each of its rounds, and waits for it. Here the rounds follow each other down the rows, each some rows behind the one
//! before, so that a row is still in a cache when the next round comes by (time skewing; Wonnacott 1999, Time Skewing for
//! Parallel Computers). For threads, rows are cut into bands. First each band goes as far as its own rows carry it, a little less
//! in each round; then what is missing around each border is filled (split tiling; Krishnamoorthy et al. 2007, Effective
//! Automatic Parallelization of Stencil Computations). Nothing is computed twice, and every element is what it was.
//!
//! Why the order may be this one. Let a round's sweeps be numbered through all rounds, and sweep s do its row y at time y + R s, earlier
//! sweeps first, where no sweep reads a row of what is stored that is more than R away from its own. If two sweeps
//! s < t have to do with the same element, then one at row y and the other at a row z of at least y - R, so that t comes at time
//! z + R t >= y + R s or later: the order of any two that meet is as before, whichever arrays change places. A band's
//! rows shrink by R at each end with each sweep, so that what it reads is its own; around a border it is what bands and the border itself
//! have done. Borders are apart by twice as many rows as their sweeps can reach.

use super::bounds::Facts;
use super::jam::{binary, count, get, plus};
use super::sweeps::{Before, Sweeps, round, up};
use super::{relabel, rename};
use crate::ir::{
    Array, ArrayExpr, ArrayInfo, Binary, Compare, Expr, ExprKind, Local, LocalInfo, ParFor, Program, Stmt,
};
use crate::sorted::Map;
use crate::told::{Told, What};
use crate::types::Scalar;
use crate::walk;

/// Sweeps together at most: more would save little of what is left, and need more of the cache.
pub(super) const DEPTH: i64 = 16;
/// Bands that there should be, for threads.
pub(super) const BANDS: i64 = 8;
/// Rows of a band, where there are enough: they share what borders cost.
const HEIGHT: i64 = 64;
/// Does so wherever it can be done.
pub fn skew(program: &mut Program, facts: &Facts) {
    let mut skewer = Skewer {
        facts,
        uses: super::uses(program),
        locals: std::mem::take(&mut program.locals),
        arrays: std::mem::take(&mut program.arrays),
        told: std::mem::take(&mut program.told),
        labels: program.labels,
    };
    skewer.block(&mut program.body);
    program.locals = skewer.locals;
    program.arrays = skewer.arrays;
    program.told = skewer.told;
    program.labels = skewer.labels;
}

struct Skewer<'f> {
    facts: &'f Facts,
    uses: Map<Local, usize>,
    locals: Vec<LocalInfo>,
    arrays: Vec<ArrayInfo>,
    told: Told,
    labels: u32,
}

fn compare(kind: Compare, a: Expr, b: Expr) -> Expr {
    Expr::new(ExprKind::Compare(kind, a, b), Scalar::Bool)
}

fn times(a: Expr, by: i64) -> Expr {
    match by {
        1 => a,
        _ => binary(Binary::Mul, a, Expr::int(by)),
    }
}

impl Skewer<'_> {
    fn block(&mut self, body: &mut Vec<Stmt>) {
        let mut at = 0;
        while at < body.len() {
            let (before, rest) = body.split_at_mut(at);
            let stmt = &mut rest[0];
            let alone = Sweeps::of(stmt, &Before::default(), &self.uses, self.facts);
            if let Some(alone) = alone.filter(|alone| alone.together().is_some()) {
                let before = Before::of(before, self.facts);
                // With as many of the loops before it as may go along.
                let many = (1..=before.places.len()).rev().find_map(|many| {
                    let sweeps = Sweeps::of(stmt, &before.last(many), &self.uses, self.facts)?;
                    sweeps.together().is_some().then_some(sweeps)
                });
                let sweeps = many.unwrap_or(alone);
                if let Some(skewed) = self.skewed(stmt, &sweeps) {
                    *stmt = skewed;
                    let gone = &before.places[..sweeps.lead.len()];
                    gone.iter().for_each(|place| drop(body.remove(*place)));
                    at = at + 1 - gone.len();
                    continue;
                }
            }
            if !matches!(stmt, Stmt::ParFor(_)) {
                for inner in walk::blocks_mut(stmt) {
                    self.block(inner);
                }
            }
            at += 1;
        }
    }

    fn local(&mut self, of: Scalar) -> Local {
        let local = Local(self.locals.len() as u32);
        let name = format!("${}", local.0);
        self.locals.push(LocalInfo { name, of });
        local
    }

    fn counter(&mut self) -> (Local, Expr) {
        let local = self.local(Scalar::I64);
        (local, get(local, Scalar::I64))
    }

    fn for_(&mut self, var: Local, range: [Expr; 2], by: i64, body: Vec<Stmt>) -> Stmt {
        self.labels += 1;
        count(crate::ir::Label(self.labels - 1), var, range, by, body)
    }

    /// A loop over sweeps, as sweeps that go along together.
    fn skewed(&mut self, stmt: &Stmt, sweeps: &Sweeps) -> Option<Stmt> {
        let Stmt::For { var, body, .. } = stmt else {
            return None;
        };
        let ([first, last], [low, high]) = (sweeps.times, sweeps.rows);
        let (rounds, rows, together) = (last - first, high - low, sweeps.together()?);
        // Rows that a band loses at either end.
        let slope = sweeps.reach * (sweeps.each * together + sweeps.lead.len() as i64);
        let domain = rows + 2 * slope;
        let bands = domain / HEIGHT.min(domain / BANDS).max(2 * slope);
        let height = up(domain, bands);

        let (block, now) = self.counter();
        let until = binary(Binary::Min, plus(&now, together), Expr::int(last));
        let (phase, in_phase) = self.counter();
        let (band, of_band) = self.counter();
        let (from, at_from) = self.counter();
        let (to, at_to) = self.counter();
        let (lean, leaning) = self.counter();
        let border = |k: Expr| plus(&times(k, height), low - slope);
        let mut in_band = vec![
            Stmt::Set(
                from,
                border(binary(Binary::Add, of_band.clone(), in_phase.clone())),
            ),
            Stmt::Set(to, border(plus(&of_band, 1))),
            Stmt::Set(
                lean,
                binary(
                    Binary::Sub,
                    Expr::int(sweeps.reach),
                    times(in_phase.clone(), 2 * sweeps.reach),
                ),
            ),
        ];
        let front = [
            binary(Binary::Max, at_from.clone(), Expr::int(low)),
            binary(
                Binary::Min,
                binary(Binary::Add, at_to.clone(), times(in_phase.clone(), 2 * slope)),
                Expr::int(high + slope),
            ),
        ];
        let (time, at_time) = self.counter();
        let starts = (together < rounds).then(|| compare(Compare::Equal, now.clone(), Expr::int(first)));
        let wave = self.wave(
            sweeps,
            *var,
            starts,
            [&now, &until],
            [at_from, at_to, leaning, at_time],
        );
        in_band.push(self.for_(time, front, 1, wave));
        let part = ParFor {
            span: sweeps.round.iter().find_map(|stmt| match stmt {
                Stmt::ParFor(par) => Some(par.span),
                _ => None,
            })?,
            label: crate::ir::Label(self.labels),
            var: band,
            start: Expr::int(0),
            stop: binary(Binary::Sub, Expr::int(bands), in_phase),
            body: in_band,
            private: Vec::new(),
            private_arrays: Vec::new(),
            reductions: Vec::new(),
        };
        self.labels += 1;
        let both = self.for_(
            phase,
            [Expr::int(0), Expr::int(2)],
            1,
            vec![Stmt::ParFor(Box::new(part))],
        );
        let is_bind = |stmt: &&Stmt| matches!(stmt, Stmt::Bind(..));
        let binds: Vec<Stmt> = sweeps.round.iter().filter(is_bind).cloned().collect();
        let mut in_block = vec![both];
        if !binds.is_empty() {
            let (turn, _) = self.counter();
            in_block.push(self.for_(turn, [now, until], 1, binds));
        }
        let skewed = self.for_(block, [Expr::int(first), Expr::int(last)], together, in_block);
        self.told.of(stmt, What::Skewed(together as u32));
        let apart = sweeps
            .pairs
            .iter()
            .map(|(a, b)| Expr::new(ExprKind::Apart(*a, *b), Scalar::Bool));
        let test = apart.reduce(|a, b| Expr::new(ExprKind::And(a, b), Scalar::Bool));
        let Some(test) = test else {
            return Some(skewed);
        };
        // Where some are not apart, no version is for those that are.
        let mut other = stmt.clone();
        if let Stmt::For { body: inner, .. } = &mut other {
            inner.clear();
            round(body, false, inner);
        }
        Some(Stmt::If {
            test,
            yes: vec![skewed],
            no: sweeps
                .lead
                .iter()
                .map(|par| Stmt::ParFor(Box::new(par.clone())))
                .chain([other])
                .collect(),
        })
    }

    /// What all rounds do at a time, each on its row. What is before them is done if `starts`.
    fn wave(
        &mut self,
        sweeps: &Sweeps,
        var: Local,
        starts: Option<Expr>,
        [now, until]: [&Expr; 2],
        place: [Expr; 4],
    ) -> Vec<Stmt> {
        let (name, is_round) = self.counter();
        let mut out = Vec::new();
        let mut names: Map<Array, Array> = Map::new();
        for array in sweeps.bound.iter() {
            let own = Array(self.arrays.len() as u32);
            self.arrays.push(self.arrays[array.0 as usize].clone());
            names.insert(*array, own);
            if sweeps.given.contains(array) {
                out.push(Stmt::Bind(own, ArrayExpr::Same(*array)));
            }
        }
        let mut all = Vec::new();
        // Sweeps before this one.
        let mut at = 0;
        for par in &sweeps.lead {
            all.extend(self.step(par, Expr::int(at), sweeps.reach, &place));
            at += 1;
        }
        if let (Some(test), false) = (starts, all.is_empty()) {
            all = vec![Stmt::If {
                test,
                yes: all,
                no: Vec::new(),
            }];
        }
        let mut round = Vec::new();
        for stmt in &sweeps.round {
            let Stmt::ParFor(par) = stmt else {
                round.push(stmt.clone());
                continue;
            };
            let gone = times(binary(Binary::Sub, is_round.clone(), now.clone()), sweeps.each);
            round.extend(self.step(par, plus(&gone, at), sweeps.reach, &place));
            at += 1;
        }
        all.push(self.for_(name, [now.clone(), until.clone()], 1, round));
        // Its own variables, and those that handles are in.
        let of = self.locals[var.0 as usize].of;
        let value = match of {
            Scalar::I64 => is_round,
            _ => Expr::new(ExprKind::Convert(is_round), of),
        };
        walk::statements_mut(&mut all, &mut |stmt| {
            walk::own_mut(stmt, &mut |expr| {
                walk::within_mut(expr, &mut |expr| {
                    if expr.kind == ExprKind::Local(var) {
                        *expr = value.clone();
                    }
                });
            });
        });
        let (sets, _) = walk::set_in(&all);
        let fresh = sets.into_iter().map(|local| {
            let of = self.locals[local.0 as usize].of;
            (local, self.local(of))
        });
        let fresh: Map<Local, Local> = fresh.collect();
        rename(&mut all, &fresh);
        relabel(&mut all, &mut self.labels);
        let own = |array: &mut Array| {
            if let Some(own) = names.get(array) {
                *array = *own;
            }
        };
        walk::arrays_mut(&mut all, &mut |array| own(array));
        walk::statements_mut(&mut all, &mut |stmt| {
            if let Stmt::Bind(to, _) = stmt {
                own(to);
            }
        });
        out.extend(all);
        out
    }

    /// A sweep's row at a time, where it is one of the band's.
    fn step(
        &mut self,
        par: &ParFor,
        gone: Expr,
        reach: i64,
        [from, to, lean, time]: &[Expr; 4],
    ) -> [Stmt; 3] {
        let (sweep, of_sweep) = self.counter();
        let (row, at_row) = self.counter();
        let leant = binary(Binary::Mul, of_sweep.clone(), lean.clone());
        let low = binary(
            Binary::Max,
            binary(Binary::Add, from.clone(), leant.clone()),
            par.start.clone(),
        );
        let high = binary(
            Binary::Min,
            binary(Binary::Sub, to.clone(), leant),
            par.stop.clone(),
        );
        let test = ExprKind::And(
            compare(Compare::AtMost, low, at_row.clone()),
            compare(Compare::Less, at_row, high),
        );
        let mut yes = par.body.clone();
        rename(&mut yes, &Map::from_iter([(par.var, row)]));
        [
            Stmt::Set(sweep, gone),
            Stmt::Set(row, binary(Binary::Sub, time.clone(), times(of_sweep, reach))),
            Stmt::If {
                test: Expr::new(test, Scalar::Bool),
                yes,
                no: Vec::new(),
            },
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::super::printed;

    /// What becomes of rounds over arrays of 500 rows, `a`, `b` and `c`.
    fn text(rounds: &str) -> String {
        let rounds = rounds.replace('\n', "\n    ");
        printed(&format!(
            "import numpy as np\nfrom numba import njit, prange\n@njit(parallel=True)\ndef f(u):\n    c = u.copy()\n    a = u.copy()\n    \
             b = u.copy()\n    h, w = u.shape\n    k = 2.0\n    {rounds}\n    return a, b, c\n\
             def setup(n):\n    return np.ones((10 * n, n)),\n"
        ))
    }

    fn is_skewed(made: &str) -> bool {
        made.contains("- ($")
    }

    #[test]
    fn rounds_go_along_together_in_bands() {
        let made = text(
            "for t in range(20):\n    for y in prange(1, h - 1):\n        for x in range(w):\n            b[y, x] = a[y - 1, x] + a[y + 1, x]\n    a, b = b, a",
        );
        // Two blocks of ten rounds; 518 rows are eight bands of 65.
        assert!(
            is_skewed(&made) && made.contains("0:int32, 20:int32, 10:int32"),
            "{made}"
        );
        assert!(made.contains("(8:int32 - "), "{made}");
        // What is far away needs bands that are high: 596 rows of which each loses 48 at either end.
        let made = text(
            "for t in range(20):\n    for y in prange(12, h - 12):\n        for x in range(w):\n            b[y, x] = a[y - 12, x] + a[y + 3, x]\n    a, b = b, a",
        );
        assert!(made.contains("0:int32, 20:int32, 2:int32"), "{made}");
    }

    #[test]
    fn what_makes_the_arrays_goes_along_if_nobody_can_tell() {
        let rounds = "for t in range(20):\n    for y in prange(1, h - 1):\n        for x in range(w):\n            b[y, x] = a[y - 1, x] + a[y + 1, x]\n    a, b = b, a";
        // Loops that are no part of the sweeps: copies of u.
        let alone = |made: &str| {
            let end = made.find("- ($").unwrap_or_else(|| panic!("{made}"));
            made[..end].matches("= u.0a[").count()
                - made[..end]
                    .rsplit("parfor")
                    .next()
                    .map_or(0, |own| own.matches("= u.0a[").count())
        };
        // Two of the three copies, the third is none of the sweeps'.
        assert_eq!(alone(&text(rounds)), 1);
        for before in [
            // Read in between, printed, changed by another name, or needed before.
            "k = a[3, 3]",
            "k = a.sum()",
            "print(k)",
            "a = c",
            "b = a[:]",
        ] {
            let made = text(&format!("{before}\n{rounds}"));
            assert!(alone(&made) > 1, "{before}\n{made}");
        }
    }

    #[test]
    fn arrays_that_may_be_one_are_asked_whether_they_are() {
        let made = text(
            "a = c\nprint(k)\nfor t in range(20):\n    for y in prange(h - 9):\n        for x in range(w):\n            b[y, x] = a[y + 1, x] + c[h - 1 - y, x]\n    a, b = b, a",
        );
        let tests = made
            .lines()
            .find(|line| line.contains("if ") && line.contains("apart"));
        let tests = tests.unwrap_or_else(|| panic!("{made}"));
        // The two that change places, and each of them and the one that is read anywhere.
        assert_eq!(tests.matches("apart").count(), 3, "{made}");
    }

    #[test]
    fn rounds_are_one_after_the_other_where_somebody_could_tell() {
        let sweep = "    for y in prange(1, h - 1):\n        for x in range(w):\n            b[y, x] = a[y - 1, x] + k\n";
        let swap = "    a, b = b, a";
        let with = |from: &str, to: &str| format!("for t in range(20):\n{}{swap}", sweep.replace(from, to));
        let between = |what: &str| format!("for t in range(20):\n{sweep}    {what}\n{swap}");
        for rounds in [
            // A row of another place, or a column.
            with("a[y - 1, x]", "a[h - y, x]"),
            with("a[y - 1, x]", "a[y // 2, x]"),
            with("a[y - 1, x]", "a[x, y]"),
            with("b[y, x]", "b[y - 1, x]"),
            // Something crosses the rows, or the rounds.
            with("+ k\n", "\n        k += 1.0\n"),
            between("k = k * 0.5"),
            // Something else in between, a sum, or an end.
            between("b[0, 0] = 1.0"),
            between("b = a.copy()"),
            between("k = b.sum()"),
            between("if b[3, 3] > 2.0:\n        break"),
            // It may fail.
            with("+ k", "/ a[y, x]"),
            // Rounds that are not known, or one alone.
            with("", "").replace("(20)", "(int(u[0, 0]))"),
            with("", "").replace("(20)", "(1)"),
            // Few rows, or short ones.
            with("h - 1", "20"),
            with("range(w)", "range(9)"),
        ] {
            let made = text(&rounds);
            assert!(!is_skewed(&made), "{rounds}\n{made}");
        }
        assert!(is_skewed(&text(&with("", ""))));
    }
}

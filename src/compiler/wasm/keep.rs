//! Arrays that a loop makes round after round, and what of them outlives the next.
//!
//! Nothing counts handles. Where a loop makes an array, the module says first which addresses are still needed
//! (`env.keep`), and gives back whatever else its slot has been given (`env.release`). Which variables those are is found
//! here, backwards: an array is needed as long as an element of it, or of a handle made of it, may still be read or
//! written. Handles lie in variables alone, never in arrays, so that there is nowhere else to look; arguments
//! are not of the slot.
//!
//! Arrays that are not made in loops cost nothing. Those that a parallel loop's iteration makes are given back by the next one;
//! serial loops within an iteration do as those outside.

use super::walk;
use crate::ir::{Array, ArrayExpr, Expr, ExprKind, Label, ParFor, Param, Program, Stmt};
use crate::sorted::{Map as BTreeMap, Set as BTreeSet};

type Set = BTreeSet<Array>;

/// A new array by its address, which is its own as long as the program is borrowed.
pub(super) type Key = *const ArrayExpr;

pub(super) fn key(one: &ArrayExpr) -> Key {
    one
}

/// Of each new array in a loop, the others that are needed once it is there.
pub(super) fn kept(program: &Program) -> BTreeMap<Key, Set> {
    let results = program.results.iter().filter_map(|one| match one {
        Param::Array(array) => Some(*array),
        Param::Scalar(_) => None,
    });
    let over: Set = results.collect();
    let mut keeper = Keeper {
        kept: BTreeMap::new(),
        targets: Vec::new(),
        over: over.clone(),
        made: made(&program.body),
        loops: 0,
        binds: 0,
    };
    keeper.body(&program.body, over);
    keeper.kept
}

/// What a handle is made of.
fn source(value: &ArrayExpr) -> Option<Array> {
    match value {
        ArrayExpr::New { .. } => None,
        ArrayExpr::Same(of)
        | ArrayExpr::Transposed(of)
        | ArrayExpr::Reshape { of, .. }
        | ArrayExpr::View { of, .. } => Some(*of),
    }
}

/// Variables that may lead to an array that this function makes. What a parallel loop makes is its own function's.
fn made(body: &[Stmt]) -> Set {
    fn step(body: &[Stmt], found: &mut Set) {
        for one in body {
            match one {
                Stmt::Bind(to, value) if source(value).is_none_or(|of| found.contains(&of)) => {
                    found.insert(*to);
                }
                Stmt::ParFor(_) => {}
                _ => walk::blocks(one).into_iter().for_each(|inner| step(inner, found)),
            }
        }
    }
    let mut found = Set::new();
    loop {
        let before = found.len();
        step(body, &mut found);
        if found.len() == before {
            return found;
        }
    }
}

/// Arrays that an expression reads elements of.
fn reads(e: &Expr, needed: &mut Set) {
    crate::walk::within(e, &mut |e| {
        if let ExprKind::Load { array, .. } = &e.kind {
            needed.insert(*array);
        }
    });
}

struct Keeper {
    kept: BTreeMap<Key, Set>,
    /// Of labels: what is needed behind them, and at the loop's next round.
    targets: Vec<(Label, Set, Set)>,
    /// What is needed when the kernel is over.
    over: Set,
    /// What the function at hand may have made.
    made: Set,
    /// Loops around, in the function at hand.
    loops: usize,
    /// Handles that were given to variables, as often as that was looked at.
    binds: usize,
}

impl Keeper {
    /// What is needed before statements, by what is needed behind them.
    fn body(&mut self, body: &[Stmt], after: Set) -> Set {
        body.iter()
            .rev()
            .fold(after, |needed, one| self.statement(one, needed))
    }

    fn statement(&mut self, one: &Stmt, after: Set) -> Set {
        let mut needed = match one {
            Stmt::Bind(to, value) => {
                self.binds += 1;
                let mut needed = after;
                let is_needed = needed.remove(to);
                match source(value) {
                    // To have a handle alone takes no element.
                    Some(of) if is_needed => _ = needed.insert(of),
                    None if self.loops > 0 => {
                        let kept = needed.intersection(&self.made).copied();
                        self.kept.entry(key(value)).or_default().extend(kept);
                    }
                    _ => {}
                }
                needed
            }
            Stmt::Store { array, .. } => {
                let mut needed = after;
                needed.insert(*array);
                needed
            }
            Stmt::If { yes, no, .. } => {
                let mut needed = self.body(yes, after.clone());
                needed.extend(self.body(no, after));
                needed
            }
            Stmt::Block { label, body } => {
                self.targets.push((*label, after.clone(), Set::new()));
                let needed = self.body(body, after);
                self.targets.pop();
                needed
            }
            Stmt::While {
                label,
                before,
                test,
                body,
            } => return self.rounds(*label, before, Some(test), body, after),
            Stmt::For { label, body, .. } => self.rounds(*label, &[], None, body, after),
            Stmt::ParFor(par) => self.parallel(par, after),
            Stmt::Leave(label) => self.target(*label, false),
            Stmt::Again(label) => self.target(*label, true),
            Stmt::Return => self.over.clone(),
            Stmt::Set(..) | Stmt::Check(..) | Stmt::Print(_) => after,
        };
        crate::walk::own(one, &mut |e| reads(e, &mut needed));
        needed
    }

    /// A loop: what is needed when it begins, or begins again.
    fn rounds(
        &mut self,
        label: Label,
        before: &[Stmt],
        test: Option<&Expr>,
        body: &[Stmt],
        after: Set,
    ) -> Set {
        let mut head = after.clone();
        self.loops += 1;
        loop {
            let (size, binds) = (head.len(), self.binds);
            self.targets.push((label, after.clone(), head.clone()));
            let mut tested = self.body(body, head.clone());
            tested.extend(&after);
            if let Some(test) = test {
                reads(test, &mut tested);
            }
            head.extend(self.body(before, tested));
            self.targets.pop();
            // Where no variable gets another handle, one round finds all.
            if head.len() == size || self.binds == binds {
                break;
            }
        }
        self.loops -= 1;
        head
    }

    /// A parallel loop is a function of its own. What an iteration makes is gone with it.
    fn parallel(&mut self, par: &ParFor, after: Set) -> Set {
        let made = std::mem::replace(&mut self.made, made(&par.body));
        let loops = std::mem::take(&mut self.loops);
        self.targets.push((par.label, Set::new(), Set::new()));
        let mut needed = self.body(&par.body, Set::new());
        self.targets.pop();
        (self.made, self.loops) = (made, loops);
        needed.extend(after);
        needed
    }

    fn target(&self, label: Label, is_again: bool) -> Set {
        let found = self.targets.iter().rev().find(|(one, ..)| *one == label);
        found
            .map(|(_, leave, again)| if is_again { again } else { leave }.clone())
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Request, prepare};

    /// Of each new array in a loop, in the order of the program: its name, and the names of what is kept. Versions of
    /// a loop that say the same are one.
    fn told(body: &str) -> Vec<(String, Vec<String>)> {
        let mut text = String::from(
            "import numpy as np\nfrom numba import njit, prange\n\n\
             def setup(n):\n    return np.ones(8), np.ones(8)\n\n\
             @njit(parallel=True)\ndef kernel(a, b):\n",
        );
        for line in body.lines() {
            text.push_str(&format!("    {line}\n"));
        }
        let prepared = prepare(&text, &Request::default(), &|| false)
            .unwrap_or_else(|failed| panic!("{}", failed.render(&text)));
        let program: &Program = &prepared.program;
        let name = |array: &Array| program.arrays[array.0 as usize].name.clone();
        let kept = kept(program);
        let mut told = Vec::new();
        crate::walk::statements(&program.body, &mut |stmt| {
            if let Stmt::Bind(array, value) = stmt
                && let Some(kept) = kept.get(&key(value))
            {
                told.push((name(array), kept.iter().map(name).collect()));
            }
        });
        told.dedup();
        told
    }

    fn one(name: &str, kept: &[&str]) -> (String, Vec<String>) {
        (name.into(), kept.iter().map(|one| (*one).into()).collect())
    }

    #[test]
    fn what_is_made_once_gives_nothing_back() {
        let body = "c = np.zeros(8)\nfor s in range(9):\n    c[0] += a[s]\nd = np.zeros(8)\nreturn c, d";
        assert_eq!(told(body), []);
    }

    #[test]
    fn what_the_next_round_reads_is_kept_and_arguments_need_not_be() {
        let body = "c = np.zeros(8)\nfor s in range(9):\n    d = np.zeros(8)\n    d[0] = c[0] + b[0]\n    c = d\nreturn a";
        assert_eq!(told(body), [one("d", &["c"])]);
        // An argument's name may lead to what a loop made.
        let body = "for s in range(9):\n    d = np.zeros(8)\n    d[0] = a[0] + b[0]\n    a = d\nreturn a";
        assert_eq!(told(body), [one("d", &["a"])]);
    }

    #[test]
    fn what_is_read_behind_the_loop_is_kept_and_a_length_is_no_element() {
        let body = "c = np.zeros(8)\ne = np.zeros(9)\nfor s in range(9):\n    d = np.zeros(8)\n    a[s] = d[0] + e.size\nreturn c[1:]";
        assert_eq!(told(body), [one("d", &["c"])]);
    }

    #[test]
    fn jumps_lead_to_what_is_needed_where_they_end() {
        let body = "c = np.zeros(8)\nd = np.zeros(8)\nfor s in range(9):\n    if a[s] > 1.0:\n        break\n    \
                    e = np.zeros(8)\n    a[s] = e[0]\n    if a[s] > 2.0:\n        return c\n    d[0] = 1.0\nreturn d";
        assert_eq!(told(body), [one("e", &["c", "d"])]);
    }

    #[test]
    fn iterations_keep_their_own_alone() {
        let body = "c = np.zeros(8)\nfor s in range(9):\n    for i in prange(8):\n        d = np.zeros(8)\n        \
                    for j in range(3):\n            e = np.zeros(8)\n            d[j] += e[0] + c[i]\n        b[i] = d[i]\nreturn c";
        assert_eq!(told(body), [one("e", &["d"])]);
    }
}

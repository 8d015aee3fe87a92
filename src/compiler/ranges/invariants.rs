//! What a loop computes again and again is computed before it: arithmetic on floats, functions, divisions, and elements of
//! arrays that the loop does not store to.
//!
//! Only what cannot fail moves. An element moves if its index was proven, which holds for whatever its variables may
//! be; so they must have been given values by then, as those of a loop that never runs need not. Integers stay:
//! they are cheap, and indices are read for how they move with their loops.

use super::bounds::Facts;
use crate::ir::{Array, Expr, ExprKind, Local, LocalInfo, Param, Program, Stmt};
use crate::walk;
use std::collections::BTreeSet;

/// Values that leave a loop at most: each takes a register.
const MOST: usize = 24;

/// Takes out of loops what stays the same in them.
pub fn take_out(program: &mut Program, facts: &Facts) {
    let mut mover = Mover {
        facts,
        own: program.locals.len(),
        locals: std::mem::take(&mut program.locals),
        apart: Vec::new(),
    };
    let scalar = |param: &Param| match param {
        Param::Scalar(local) => Some(*local),
        Param::Array(_) => None,
    };
    let mut set = program.params.iter().filter_map(scalar).collect();
    mover.block(&mut program.body, &mut set);
    program.locals = mover.locals;
}

struct Mover<'f> {
    facts: &'f Facts,
    locals: Vec<LocalInfo>,
    /// The first of the variables that were made here.
    own: usize,
    /// Arrays that a test around has found to be apart.
    apart: Vec<(Array, Array)>,
}

/// A loop that things leave.
struct Loop<'s> {
    sets: BTreeSet<Local>,
    binds: BTreeSet<Array>,
    stores: BTreeSet<Array>,
    /// What was given a value before it.
    known: &'s BTreeSet<Local>,
    moved: Vec<(Local, Expr)>,
}

impl Mover<'_> {
    /// Goes through statements; `set` is what has been given a value on every way to here.
    fn block(&mut self, body: &mut Vec<Stmt>, set: &mut BTreeSet<Local>) {
        let mut out = Vec::with_capacity(body.len());
        for mut stmt in std::mem::take(body) {
            let has_blocks = walk::blocks(&stmt).iter().any(|block| !block.is_empty());
            let mut inner = if has_blocks { set.clone() } else { BTreeSet::new() };
            let tests = self.apart.len();
            match &mut stmt {
                Stmt::Set(local, _) => _ = set.insert(*local),
                Stmt::If { test, yes, no } => {
                    self.learn(test);
                    self.block(yes, &mut inner);
                    self.apart.truncate(tests);
                    self.block(no, &mut set.clone());
                }
                Stmt::Block { body, .. } => self.block(body, &mut inner),
                Stmt::While { before, body, .. } => {
                    self.block(before, &mut inner);
                    self.block(body, &mut inner);
                }
                Stmt::For { var, body, .. } => {
                    inner.insert(*var);
                    self.block(body, &mut inner);
                }
                Stmt::ParFor(par) => {
                    inner.insert(par.var);
                    self.block(&mut par.body, &mut inner);
                }
                _ => {}
            }
            if matches!(stmt, Stmt::For { .. } | Stmt::While { .. } | Stmt::ParFor(_)) {
                for (local, value) in self.out_of(&mut stmt, set) {
                    set.insert(local);
                    out.push(Stmt::Set(local, value));
                }
            }
            out.push(stmt);
        }
        *body = out;
    }

    fn learn(&mut self, test: &Expr) {
        match &test.kind {
            ExprKind::And(a, b) => {
                self.learn(a);
                self.learn(b);
            }
            ExprKind::Apart(a, b) => self.apart.push((*a, *b)),
            _ => {}
        }
    }

    /// Takes what stays the same out of a loop, and gives it to whoever is around it.
    fn out_of(&mut self, stmt: &mut Stmt, known: &BTreeSet<Local>) -> Vec<(Local, Expr)> {
        let (sets, binds) = walk::set_in(std::slice::from_ref(stmt));
        let mut stores = BTreeSet::new();
        walk::statements(std::slice::from_ref(stmt), &mut |stmt| {
            if let Stmt::Store { array, .. } = stmt {
                stores.insert(*array);
            }
        });
        let mut around = Loop {
            sets,
            binds,
            stores,
            known,
            moved: Vec::new(),
        };
        match stmt {
            Stmt::For { body, .. } => self.straight(body, &mut around),
            Stmt::ParFor(par) => self.straight(&mut par.body, &mut around),
            Stmt::While {
                before, test, body, ..
            } => {
                self.straight(before, &mut around);
                self.value(test, &mut around);
                self.straight(body, &mut around);
            }
            _ => {}
        }
        around.moved
    }

    /// What is done in every round, unless a jump comes before.
    fn straight(&mut self, body: &mut Vec<Stmt>, around: &mut Loop<'_>) {
        body.retain_mut(|stmt| {
            if let Stmt::Set(local, value) = stmt
                && local.0 as usize >= self.own
                && around.moved.len() < MOST
                && self.stays(value, around)
            {
                // It came out of a loop in this one.
                around.sets.remove(local);
                around.moved.push((*local, value.clone()));
                return false;
            }
            if let Stmt::Block { body, .. } = stmt {
                self.straight(body, around);
            }
            walk::own_mut(stmt, &mut |value| self.value(value, around));
            true
        });
    }

    /// Parts of a value that are always evaluated.
    fn value(&mut self, value: &mut Expr, around: &mut Loop<'_>) {
        if is_work(value) && self.stays(value, around) {
            let known = around.moved.iter().find(|(_, one)| one == value);
            let local = match known {
                Some((local, _)) => *local,
                None if around.moved.len() == MOST => return,
                None => {
                    let local = Local(self.locals.len() as u32);
                    let name = format!("${}", local.0);
                    self.locals.push(LocalInfo { name, of: value.of });
                    around.moved.push((local, value.clone()));
                    local
                }
            };
            value.kind = ExprKind::Local(local);
            return;
        }
        match &mut value.kind {
            ExprKind::And(a, _) | ExprKind::Or(a, _) | ExprKind::Choice(a, ..) => self.value(a, around),
            _ => {
                for operand in walk::operands_mut(value) {
                    self.value(operand, around);
                }
            }
        }
    }

    /// Whether a value is the same in all rounds, and can be had before them.
    fn stays(&self, value: &Expr, around: &Loop<'_>) -> bool {
        let itself = match &value.kind {
            ExprKind::Local(local) => {
                let is_known =
                    around.known.contains(local) || around.moved.iter().any(|(own, _)| own == local);
                is_known && !around.sets.contains(local)
            }
            ExprKind::Length(array, _) => !around.binds.contains(array),
            ExprKind::Load { array, site, .. } => {
                let is_apart = |store: &Array| {
                    let is_it =
                        |&(a, b): &(Array, Array)| (a, b) == (*array, *store) || (b, a) == (*array, *store);
                    self.facts.are_apart(*array, *store) || self.apart.iter().any(is_it)
                };
                site.is_none() && !around.binds.contains(array) && around.stores.iter().all(is_apart)
            }
            ExprKind::Divide(_, _, by, site) => {
                let is_zero =
                    |bits: u64| bits << (64 - 8 * by.of.bytes()) << u32::from(by.of.is_float()) == 0;
                site.is_none() || matches!(by.kind, ExprKind::Const(bits) if !is_zero(bits))
            }
            ExprKind::Let(..) | ExprKind::Apart(..) => false,
            _ => true,
        };
        itself
            && walk::operands(value)
                .into_iter()
                .all(|one| self.stays(one, around))
    }
}

/// Whether a value is worth a variable.
fn is_work(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Load { .. } | ExprKind::Divide(..) | ExprKind::Math(..) => true,
        ExprKind::Unary(..) | ExprKind::Binary(..) => value.of.is_float(),
        ExprKind::Convert(a) => value.of.is_float() && !matches!(a.kind, ExprKind::Const(_)),
        _ => false,
    }
}

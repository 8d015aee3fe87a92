//! What a loop computes again and again is computed before it: arithmetic on floats, functions, divisions, and elements of
//! arrays that the loop does not store to.
//!
//! Only what cannot fail moves. An element whose index was proven is there if it is reached, so that it moves only from where the
//! first round gets for certain, and is loaded only if there is a first round. Integers stay: they are cheap, and
//! indices are read for how they move with their loops.

use super::bounds::Facts;
use crate::ir::{Array, Compare, Expr, ExprKind, Local, LocalInfo, Param, Program, Stmt};
use crate::sorted::Set as BTreeSet;
use crate::types::Scalar;
use crate::walk;

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
    /// Whether there is a first round; nothing where that cannot be told before.
    runs: Option<Expr>,
    /// The first round gets here for certain.
    is_reached: bool,
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
            runs: runs(stmt),
            is_reached: true,
        };
        match stmt {
            Stmt::For { body, .. } => self.straight(body, &mut around),
            Stmt::ParFor(par) => self.straight(&mut par.body, &mut around),
            Stmt::While {
                before, test, body, ..
            } => {
                self.straight(before, &mut around);
                self.value(test, &mut around);
                around.is_reached = false;
                self.straight(body, &mut around);
            }
            _ => {}
        }
        if let Some(runs) = around.runs.filter(|runs| runs.kind != ExprKind::Const(1)) {
            for (_, value) in around.moved.iter_mut().filter(|(_, value)| loads(value)) {
                let of = value.of;
                let load = std::mem::replace(value, Expr::bits(of, 0));
                let kind = ExprKind::Choice(runs.clone(), load, Expr::bits(of, 0));
                *value = Expr::new(kind, of);
            }
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
            around.is_reached &= matches!(stmt, Stmt::Set(..) | Stmt::Store { site: None, .. });
            true
        });
    }

    /// Parts of a value that are always evaluated.
    fn value(&mut self, value: &mut Expr, around: &mut Loop<'_>) {
        let known = around.moved.iter().find(|(_, one)| one == value);
        let known = known.map(|(local, _)| *local);
        if known.is_some() || is_work(value) && self.stays(value, around) {
            let local = match known {
                Some(local) => local,
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
            ExprKind::And(a, _) | ExprKind::Or(a, _) | ExprKind::Choice(a, ..) => {
                self.value(a, around);
                around.is_reached = false;
            }
            _ => {
                walk::operands_mut(value, &mut |operand| self.value(operand, around));
            }
        }
        around.is_reached &= !matches!(
            value.kind,
            ExprKind::Load { site: Some(_), .. } | ExprKind::Divide(.., Some(_))
        );
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
                let is_there = site.is_none() && around.is_reached && around.runs.is_some();
                is_there && !around.binds.contains(array) && around.stores.iter().all(is_apart)
            }
            ExprKind::Divide(_, _, by, site) => {
                let is_zero =
                    |bits: u64| bits << (64 - 8 * by.of.bytes()) << u32::from(by.of.is_float()) == 0;
                site.is_none() || matches!(by.kind, ExprKind::Const(bits) if !is_zero(bits))
            }
            ExprKind::Let(..) | ExprKind::Apart(..) => false,
            _ => true,
        };
        itself && walk::operands(value).all(|one| self.stays(one, around))
    }
}

/// Whether a value is worth a variable.
pub(super) fn is_work(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Load { .. } | ExprKind::Divide(..) | ExprKind::Math(..) => true,
        ExprKind::Unary(..) | ExprKind::Binary(..) => value.of.is_float(),
        ExprKind::Convert(a) => value.of.is_float() && !matches!(a.kind, ExprKind::Const(_)),
        _ => false,
    }
}

/// Whether a loop has a first round, where that can be told before it.
fn runs(stmt: &Stmt) -> Option<Expr> {
    let (start, stop, up) = match stmt {
        Stmt::For {
            start, stop, step, ..
        } => {
            let (ExprKind::Const(by), of) = (&step.kind, step.of) else {
                return None;
            };
            let is_down = of.is_signed() && by >> (8 * of.bytes() - 1) & 1 == 1;
            (start, stop, !is_down)
        }
        Stmt::ParFor(par) => (&par.start, &par.stop, true),
        _ => return None,
    };
    let (a, b) = if up { (start, stop) } else { (stop, start) };
    if let (ExprKind::Const(a), ExprKind::Const(b)) = (&a.kind, &b.kind) {
        // Of small numbers the bits are in order.
        let is_small = |bits: u64| bits < 1 << 31;
        return (is_small(*a) && is_small(*b) && a < b).then(|| Expr::bool(true));
    }
    let kind = ExprKind::Compare(Compare::Less, a.clone(), b.clone());
    (is_plain(a) && is_plain(b)).then_some(Expr::new(kind, Scalar::Bool))
}

/// Arithmetic on variables and lengths.
pub fn is_plain(e: &Expr) -> bool {
    let itself = matches!(
        e.kind,
        ExprKind::Const(_)
            | ExprKind::Local(_)
            | ExprKind::Length(..)
            | ExprKind::Unary(..)
            | ExprKind::Binary(..)
            | ExprKind::Convert(_)
    );
    itself && walk::operands(e).all(is_plain)
}

fn loads(e: &Expr) -> bool {
    matches!(e.kind, ExprKind::Load { .. }) || walk::operands(e).any(loads)
}

//! Range checks out of loops, and loops into lanes.
//!
//! An engine removes none of the checks that we write, and they cost up to half of a stencil's time. So each loop whose
//! indices have bounds that are known when it begins is there twice: behind one test of those bounds without
//! its checks, and as it was. What the checked version does on an error, it still does, at the same iteration. In the
//! version without checks a serial loop whose iterations are independent may run in lanes, where that suits its
//! memory better than the parallel loop around it. What cannot fail can then be done elsewhere: what stays the same
//! before a loop, short loops as their rounds, four rounds of a loop at once, and several rows of a parallel one.
//!
//! Bounds are those of interval arithmetic over the loops' own ends (Markstein, Cocke and Markstein 1982,
//! Optimization of Range Checking). They are worked out by the program itself, in numbers of 64 bits that the same test keeps from
//! wrapping.

mod bounds;
mod chains;
mod copies;
mod invariants;
mod jam;
mod lanes;
mod rows;
mod skew;
mod sweeps;
mod unroll;

use crate::ir::{Expr, ExprKind, Label, Local, LocalInfo, Param, Program, Stmt};
use crate::sorted::Map as HashMap;
use crate::told::{Told, What};
use crate::types::Scalar;
use crate::walk;
use bounds::Facts;

/// Statements that a program may grow to.
const LARGEST: usize = 20_000;

/// Takes checks out of loops where their indices have bounds, and marks the loops that run in lanes.
pub fn hoist(program: &mut Program) {
    copies::collapse(program);
    copies::forward(program);
    let facts = Facts::of(program);
    let copies = program.labels;
    let mut facts = versions(program, facts, None);
    jam::jam(program);
    invariants::take_out(program, &facts);
    // An element that is an index, and now the same in an inner loop, has bounds there.
    facts.renew(program);
    facts = versions(program, facts, Some(copies));
    unroll::unroll(program);
    // What the rounds of a short loop do is in the loop around now.
    invariants::take_out(program, &facts);
    skew::skew(program, &facts);
}

/// Two versions of each loop where that takes checks away: of all loops, or once more of those that are no copies, whose labels are
/// above this.
fn versions(program: &mut Program, facts: Facts, copies: Option<u32>) -> Facts {
    let mut hoister = Hoister {
        size: count(&program.body),
        labels: program.labels,
        uses: uses(program),
        locals: std::mem::take(&mut program.locals),
        told: std::mem::take(&mut program.told),
        facts,
        copies,
    };
    let body = std::mem::take(&mut program.body);
    program.body = hoister.block(body);
    program.labels = hoister.labels;
    program.locals = hoister.locals;
    program.told = hoister.told;
    hoister.facts
}

/// How often each variable is read or set.
fn uses(program: &Program) -> HashMap<Local, usize> {
    let mut uses = HashMap::new();
    count_uses(&program.body, &mut uses);
    for outside in program.results.iter().chain(&program.params) {
        if let Param::Scalar(local) = outside {
            *uses.entry(*local).or_default() += 1;
        }
    }
    uses
}

fn count_uses(body: &[Stmt], uses: &mut HashMap<Local, usize>) {
    walk::expressions(body, &mut |expr| {
        if let ExprKind::Local(local) = expr.kind {
            *uses.entry(local).or_default() += 1;
        }
    });
    walk::statements(body, &mut |stmt| match stmt {
        Stmt::Set(local, _) | Stmt::For { var: local, .. } => *uses.entry(*local).or_default() += 1,
        Stmt::ParFor(par) => {
            *uses.entry(par.var).or_default() += 1;
            for reduction in &par.reductions {
                *uses.entry(reduction.local).or_default() += 1;
            }
        }
        _ => {}
    });
}

fn count(body: &[Stmt]) -> usize {
    let mut count = 0;
    walk::statements(body, &mut |_| count += 1);
    count
}

/// Whether an access in a statement is checked.
fn is_checked(stmt: &Stmt) -> bool {
    let mut found = false;
    walk::statements(std::slice::from_ref(stmt), &mut |stmt| {
        found |= matches!(stmt, Stmt::Store { site: Some(_), .. });
        walk::own(stmt, &mut |expr| {
            walk::within(expr, &mut |expr| {
                found |= matches!(expr.kind, ExprKind::Load { site: Some(_), .. });
            });
        });
    });
    found
}

struct Hoister {
    facts: Facts,
    labels: u32,
    locals: Vec<LocalInfo>,
    told: Told,
    /// Of the program as it was.
    uses: HashMap<Local, usize>,
    size: usize,
    /// The first label of what was copied before, if anything was.
    copies: Option<u32>,
}

impl Hoister {
    fn block(&mut self, body: Vec<Stmt>) -> Vec<Stmt> {
        body.into_iter().map(|stmt| self.stmt(stmt)).collect()
    }

    fn stmt(&mut self, stmt: Stmt) -> Stmt {
        match stmt {
            Stmt::For { label, .. } if self.is_copy(label) => stmt,
            Stmt::ParFor(ref par) if self.is_copy(par.label) => stmt,
            Stmt::For { .. } | Stmt::ParFor(_) => self.versions(stmt),
            other => self.inside(other),
        }
    }

    fn is_copy(&self, label: Label) -> bool {
        self.copies.is_some_and(|first| label.0 >= first)
    }

    fn inside(&mut self, mut stmt: Stmt) -> Stmt {
        for block in walk::blocks_mut(&mut stmt) {
            let body = std::mem::take(block);
            *block = self.block(body);
        }
        stmt
    }

    /// A loop, or a choice of two of it.
    fn versions(&mut self, stmt: Stmt) -> Stmt {
        let size = count(std::slice::from_ref(&stmt));
        if self.size + size > LARGEST {
            return stmt;
        }
        let mut fast = stmt;
        // Most have nothing to take, and need no other version.
        let mut slow = is_checked(&fast).then(|| fast.clone());
        let (mut tests, mut is_other) = (Vec::new(), false);
        if slow.is_some() {
            let mut proof = self.facts.at(&fast);
            is_other = proof.take_checks(&mut fast, &mut self.told);
            tests = proof.tests;
        }
        if self.copies.is_some() && !is_other {
            return self.inside(fast);
        }
        let (labels, pairs) = lanes::choose(&fast, &self.facts, &mut self.told);
        if !pairs.is_empty() && slow.is_none() {
            slow = Some(fast.clone());
        }
        if !labels.is_empty() {
            lanes::mark(&mut fast, &labels);
        }
        for (a, b) in pairs {
            tests.push(Expr::new(ExprKind::Apart(a, b), Scalar::Bool));
        }
        let mut seen: Vec<Expr> = Vec::new();
        for test in tests {
            if test.kind != ExprKind::Const(1) && !seen.contains(&test) {
                seen.push(test);
            }
        }
        let fast = self.inside(fast);
        let whole = seen
            .into_iter()
            .reduce(|a, b| Expr::new(ExprKind::And(a, b), Scalar::Bool));
        let (Some(test), Some(slow)) = (whole, slow) else {
            return fast;
        };
        self.size += size;
        self.told.of(&slow, What::Twice);
        let mut slow = vec![slow];
        relabel(&mut slow, &mut self.labels);
        self.rename(&mut slow);
        Stmt::If {
            test,
            yes: vec![fast],
            no: slow,
        }
    }

    /// Variables of its own for a copy, but for those that are used outside of it: what is used in one place only is
    /// nobody else's business there.
    fn rename(&mut self, body: &mut [Stmt]) {
        let (sets, _) = walk::set_in(body);
        let mut inside = HashMap::new();
        count_uses(body, &mut inside);
        let mut names: HashMap<Local, Local> = HashMap::new();
        for local in sets {
            if self.uses.get(&local) == inside.get(&local) {
                self.locals.push(self.locals[local.0 as usize].clone());
                names.insert(local, Local(self.locals.len() as u32 - 1));
            }
        }
        rename(body, &names);
    }
}

/// Puts other variables in the place of these, wherever they are set or read.
fn rename(body: &mut [Stmt], names: &HashMap<Local, Local>) {
    let renamed = |local: &mut Local| {
        if let Some(other) = names.get(local) {
            *local = *other;
        }
    };
    walk::statements_mut(body, &mut |stmt| {
        match stmt {
            Stmt::Set(local, _) => renamed(local),
            Stmt::For { var, .. } => renamed(var),
            Stmt::ParFor(par) => {
                renamed(&mut par.var);
                par.private.iter_mut().for_each(renamed);
                par.reductions.iter_mut().for_each(|one| renamed(&mut one.local));
            }
            _ => {}
        }
        walk::own_mut(stmt, &mut |expr| {
            walk::within_mut(expr, &mut |expr| match &mut expr.kind {
                ExprKind::Local(local) => renamed(local),
                ExprKind::Let(all, _) => all.iter_mut().for_each(|(local, _)| renamed(local)),
                _ => {}
            });
        });
    });
}

/// Labels of its own for a copy.
fn relabel(body: &mut [Stmt], labels: &mut u32) {
    let mut names: HashMap<Label, Label> = HashMap::new();
    walk::statements_mut(body, &mut |stmt| {
        let own = match stmt {
            Stmt::Block { label, .. } | Stmt::While { label, .. } | Stmt::For { label, .. } => label,
            Stmt::ParFor(par) => &mut par.label,
            Stmt::Leave(label) | Stmt::Again(label) => {
                if let Some(other) = names.get(label) {
                    *label = *other;
                }
                return;
            }
            _ => return,
        };
        *labels += 1;
        names.insert(*own, Label(*labels - 1));
        *own = Label(*labels - 1);
    });
}

/// What becomes of a text whose `setup` is called with 50.
#[cfg(test)]
fn printed(text: &str) -> String {
    let request = crate::Request {
        size: 50,
        ..crate::Request::default()
    };
    let prepared = crate::prepare(text, &request, &|| false);
    let prepared = prepared.unwrap_or_else(|failed| panic!("{}", failed.render(text)));
    prepared.program.to_string()
}

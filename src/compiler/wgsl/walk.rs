//! What statements and expressions are made of, and what they use.

use crate::ir::{Array, ArrayExpr, Cut, Expr, ExprKind, Label, Local, Math, Printed, Stmt};
use std::collections::{BTreeMap, BTreeSet};

/// Hands over the operands of an expression, in their order.
pub fn operands<'a>(expr: &'a Expr, f: &mut dyn FnMut(&'a Expr)) {
    match &expr.kind {
        ExprKind::Const(_) | ExprKind::Local(_) | ExprKind::Length(..) | ExprKind::Apart(..) => {}
        ExprKind::Unary(_, a) | ExprKind::Convert(a) | ExprKind::Bits(a) | ExprKind::Table(_, a) => f(a),
        ExprKind::Binary(_, a, b)
        | ExprKind::Divide(_, a, b, _)
        | ExprKind::Compare(_, a, b)
        | ExprKind::And(a, b)
        | ExprKind::Or(a, b) => {
            f(a);
            f(b);
        }
        ExprKind::Select(a, b, c) | ExprKind::Choice(a, b, c) => {
            f(a);
            f(b);
            f(c);
        }
        ExprKind::Load { index, .. } => index.iter().for_each(f),
        ExprKind::Math(_, all) => all.iter().for_each(f),
        ExprKind::Let(sets, last) => {
            sets.iter().for_each(|(_, value)| f(value));
            f(last);
        }
    }
}

/// Whether something holds of an expression or of anything in it.
pub fn any(expr: &Expr, test: &dyn Fn(&Expr) -> bool) -> bool {
    let mut found = test(expr);
    operands(expr, &mut |part| found = found || any(part, test));
    found
}

/// Hands over the expressions of a statement, without those of the statements in it.
pub fn expressions<'a>(stmt: &'a Stmt, f: &mut dyn FnMut(&'a Expr)) {
    match stmt {
        Stmt::Set(_, value) | Stmt::Check(value, _) => f(value),
        Stmt::Bind(_, handle) => of_handle(handle, f),
        Stmt::Store { index, value, .. } => {
            index.iter().for_each(&mut *f);
            f(value);
        }
        Stmt::If { test, .. } | Stmt::While { test, .. } => f(test),
        Stmt::For {
            start, stop, step, ..
        } => {
            f(start);
            f(stop);
            f(step);
        }
        Stmt::ParFor(it) => {
            f(&it.start);
            f(&it.stop);
        }
        Stmt::Print(parts) => {
            for part in parts {
                if let Printed::Value(value) = part {
                    f(value);
                }
            }
        }
        Stmt::Block { .. } | Stmt::Leave(_) | Stmt::Again(_) | Stmt::Return => {}
    }
}

fn of_handle<'a>(handle: &'a ArrayExpr, f: &mut dyn FnMut(&'a Expr)) {
    match handle {
        ArrayExpr::Same(_) => {}
        ArrayExpr::New { shape, fill, .. } => shape.iter().chain(fill).for_each(f),
        ArrayExpr::View { cuts, .. } => {
            for cut in cuts {
                match cut {
                    Cut::At(at, _) => f(at),
                    Cut::Range { low, high, step, .. } => {
                        [low, high, step].into_iter().flatten().for_each(&mut *f)
                    }
                }
            }
        }
    }
}

/// The statements within a statement.
pub fn bodies(stmt: &Stmt) -> [&[Stmt]; 2] {
    match stmt {
        Stmt::If { yes, no, .. } => [yes, no],
        Stmt::While { before, body, .. } => [before, body],
        Stmt::Block { body, .. } | Stmt::For { body, .. } => [body, &[]],
        Stmt::ParFor(it) => [&it.body, &[]],
        _ => [&[], &[]],
    }
}

/// What statements use.
#[derive(Debug, Default, Clone)]
pub struct Uses {
    /// How often each number is read.
    pub reads: BTreeMap<Local, usize>,
    /// What gets a value.
    pub writes: BTreeSet<Local>,
    /// How often each array is named.
    pub mentions: BTreeMap<Array, usize>,
    /// Whose elements are stored.
    pub stores: BTreeSet<Array>,
    /// What gets a handle.
    pub binds: BTreeSet<Array>,
    /// Whether elements are read or stored.
    pub has_elements: bool,
    /// Whether there is a parallel loop.
    pub has_parallel: bool,
    /// Whether the kernel may end here.
    pub has_return: bool,
    /// Whether anything has a site.
    pub can_fail: bool,
    jumps: BTreeSet<Label>,
    labels: BTreeSet<Label>,
}

impl Uses {
    /// Of these statements.
    pub fn of(body: &[Stmt]) -> Uses {
        let mut uses = Uses::default();
        uses.statements(body);
        uses
    }

    /// Of an expression.
    pub fn of_expr(expr: &Expr) -> Uses {
        let mut uses = Uses::default();
        uses.expr(expr);
        uses
    }

    /// Whether a jump leads out of them.
    pub fn escapes(&self) -> bool {
        self.has_return || self.jumps.iter().any(|to| !self.labels.contains(to))
    }

    /// Whether something jumps to this label.
    pub fn jumps_to(&self, label: Label) -> bool {
        self.jumps.contains(&label)
    }

    fn mention(&mut self, array: Array) {
        *self.mentions.entry(array).or_default() += 1;
    }

    fn statements(&mut self, body: &[Stmt]) {
        for stmt in body {
            match stmt {
                Stmt::Set(local, _) => {
                    self.writes.insert(*local);
                }
                Stmt::Bind(array, handle) => {
                    self.mention(*array);
                    self.binds.insert(*array);
                    match handle {
                        ArrayExpr::Same(of) => self.mention(*of),
                        ArrayExpr::View { of, .. } => {
                            self.can_fail = true;
                            self.mention(*of);
                        }
                        ArrayExpr::New { .. } => {}
                    }
                }
                Stmt::Store { array, site, .. } => {
                    self.mention(*array);
                    self.stores.insert(*array);
                    self.has_elements = true;
                    self.can_fail |= site.is_some();
                }
                Stmt::Block { label, .. } => {
                    self.labels.insert(*label);
                }
                Stmt::While { label, .. } => {
                    self.labels.insert(*label);
                    self.can_fail = true;
                }
                Stmt::For { label, var, .. } => {
                    self.labels.insert(*label);
                    self.writes.insert(*var);
                    self.can_fail = true;
                }
                Stmt::ParFor(it) => {
                    self.labels.insert(it.label);
                    self.writes.insert(it.var);
                    self.writes.extend(it.reductions.iter().map(|one| one.local));
                    self.has_parallel = true;
                }
                Stmt::Leave(label) | Stmt::Again(label) => {
                    self.jumps.insert(*label);
                }
                Stmt::Return => self.has_return = true,
                Stmt::Check(..) => self.can_fail = true,
                Stmt::If { .. } => {}
                Stmt::Print(parts) => {
                    for part in parts {
                        if let Printed::Array(array) = part {
                            self.mention(*array);
                        }
                    }
                }
            }
            if !matches!(stmt, Stmt::Print(_)) {
                expressions(stmt, &mut |expr| self.expr(expr));
            }
            for inner in bodies(stmt) {
                self.statements(inner);
            }
        }
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Local(local) => *self.reads.entry(*local).or_default() += 1,
            ExprKind::Length(array, _) => self.mention(*array),
            ExprKind::Apart(a, b) => {
                self.mention(*a);
                self.mention(*b);
            }
            ExprKind::Load { array, site, .. } => {
                self.mention(*array);
                self.has_elements = true;
                self.can_fail |= site.is_some();
            }
            // The host has no such function: as if it were an element.
            ExprKind::Math(Math::Erf | Math::Erfc | Math::Gamma | Math::Lgamma, _) | ExprKind::Table(..) => {
                self.has_elements = true;
            }
            ExprKind::Divide(_, _, _, site) => self.can_fail |= site.is_some(),
            ExprKind::Let(sets, _) => self.writes.extend(sets.iter().map(|(local, _)| *local)),
            _ => {}
        }
        operands(expr, &mut |part| self.expr(part));
    }
}

/// Where each run of serial statements ends that one invocation of a shader does: those that touch elements, and
/// what is between them. `None` if the statement at `from` is not the first of such a run.
///
/// `total` is what the whole program uses: an array that is bound here and named elsewhere is the host's.
pub fn region(body: &[Stmt], from: usize, total: &Uses) -> Option<usize> {
    let fits = |stmt: &Stmt| {
        let uses = Uses::of(std::slice::from_ref(stmt));
        let binds_own = uses
            .binds
            .iter()
            .all(|array| uses.mentions.get(array) == total.mentions.get(array));
        let ok = !uses.has_parallel && !uses.escapes() && binds_own && !matches!(stmt, Stmt::Print(_));
        ok.then_some(uses.has_elements)
    };
    if fits(body.get(from)?) != Some(true) {
        return None;
    }
    let mut end = from + 1;
    let mut written = Uses::of(&body[from..end]).writes;
    for (at, stmt) in body.iter().enumerate().skip(end) {
        let fits = fits(stmt);
        let uses = Uses::of(std::slice::from_ref(stmt));
        match fits {
            Some(true) => end = at + 1,
            // What the host can do without waiting for results is the host's.
            Some(false) if uses.reads.keys().any(|local| written.contains(local)) => {}
            _ => break,
        }
        written.extend(uses.writes);
    }
    Some(end)
}

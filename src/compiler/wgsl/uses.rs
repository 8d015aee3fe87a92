//! What statements use, and which of them are one shader's.

use crate::ir::{Array, ArrayExpr, Expr, ExprKind, Label, Local, Printed, Stmt};
use crate::sorted::{Map as BTreeMap, Set as BTreeSet};
use crate::walk;

/// Whether something holds of an expression or of anything in it.
pub fn any(expr: &Expr, test: &dyn Fn(&Expr) -> bool) -> bool {
    test(expr) || walk::operands(expr).any(|part| any(part, test))
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
                        ArrayExpr::Transposed(of) => self.mention(*of),
                        ArrayExpr::View { of, .. } | ArrayExpr::Reshape { of, .. } => {
                            self.can_fail = true;
                            self.mention(*of);
                        }
                        // A length below zero.
                        ArrayExpr::New { .. } => self.can_fail = true,
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
                walk::own(stmt, &mut |expr| self.expr(expr));
            }
            for inner in walk::blocks(stmt) {
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
            ExprKind::Divide(_, _, _, site) => self.can_fail |= site.is_some(),
            ExprKind::Let(sets, _) => self.writes.extend(sets.iter().map(|(local, _)| *local)),
            _ => {}
        }
        walk::operands(expr).for_each(|part| self.expr(part));
    }
}

/// Where each run of serial statements ends that one invocation of a shader does: those that touch elements, and
/// what is between them. `None` if the statement at `from` is not the first of such a run.
///
/// `total` is what the whole program uses: an array that is bound here and named elsewhere is the host's.
pub fn region(body: &[Stmt], from: usize, total: &Uses) -> Option<usize> {
    let fits = |uses: &Uses, stmt: &Stmt| {
        let binds_own = uses
            .binds
            .iter()
            .all(|array| uses.mentions.get(array) == total.mentions.get(array));
        let ok = !uses.has_parallel && !uses.escapes() && binds_own && !matches!(stmt, Stmt::Print(_));
        ok.then_some(uses.has_elements)
    };
    let mut end = from;
    let mut written = BTreeSet::new();
    for (at, stmt) in body.iter().enumerate().skip(from) {
        let uses = Uses::of(std::slice::from_ref(stmt));
        match fits(&uses, stmt) {
            Some(true) => end = at + 1,
            // What the host can do without waiting for results is the host's.
            Some(false) if uses.reads.keys().any(|local| written.contains(local)) => {}
            _ => break,
        }
        written.extend(uses.writes);
    }
    (end > from).then_some(end)
}

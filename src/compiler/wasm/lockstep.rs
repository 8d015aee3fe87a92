//! Counters of loops that lanes leave at different times. While a lane is in such a loop, `n` in `n = 0; while ...: n += 1` is the same as in
//! all others; only behind it lanes differ. So that it stays one value, the loop gets a counter of its own, which lanes take along
//! when they leave: on every way out of the loop, `n` becomes what the counter is.

use super::walk::{self, Seen};
use crate::ir::{Expr, ExprKind, Label, Local, LocalInfo, Program, Stmt, Unary};
use crate::sorted::Map;
use crate::types::Scalar;

/// Gives loops in bodies that may run in lanes counters of their own, if there is any that might take one.
pub(super) fn split(program: &Program) -> Option<Program> {
    let mut loops = false;
    crate::walk::statements(&program.body, &mut |one| {
        loops |= matches!(one, Stmt::While { .. })
    });
    if !loops {
        return None;
    }
    let mut program = program.clone();
    let reads = super::parallel::reads(&program);
    let mut split = Split {
        locals: std::mem::take(&mut program.locals),
        reads,
    };
    split.find(&mut program.body);
    program.locals = split.locals;
    Some(program)
}

struct Split {
    locals: Vec<LocalInfo>,
    reads: Map<Local, usize>,
}

impl Split {
    /// Bodies of loops in lanes.
    fn find(&mut self, body: &mut [Stmt]) {
        for one in body {
            match one {
                Stmt::ParFor(par) => {
                    let first = self.locals.len();
                    self.list(&mut par.body);
                    par.private
                        .extend((first..self.locals.len()).map(|n| Local(n as u32)));
                }
                Stmt::For {
                    vector: true, body, ..
                } => self.list(body),
                Stmt::If { yes, no, .. } => {
                    self.find(yes);
                    self.find(no);
                }
                Stmt::Block { body, .. } | Stmt::For { body, .. } => self.find(body),
                Stmt::While { before, body, .. } => {
                    self.find(before);
                    self.find(body);
                }
                _ => {}
            }
        }
    }

    fn list(&mut self, body: &mut Vec<Stmt>) {
        let mut at = 0;
        while at < body.len() {
            for counter in self.counters(&body[..at], &body[at]) {
                let of = self.locals[counter.0 as usize].of;
                let own = Local(self.locals.len() as u32);
                let name = format!("{}'", self.locals[counter.0 as usize].name);
                self.locals.push(LocalInfo { name, of });
                let Some(value) = first(&body[..at], counter) else {
                    continue;
                };
                let value = value.clone();
                take_along(&mut body[at], counter, own, of);
                body.insert(at, Stmt::Set(own, value));
                at += 1;
            }
            match &mut body[at] {
                Stmt::If { yes, no, .. } => {
                    self.list(yes);
                    self.list(no);
                }
                Stmt::Block { body, .. } | Stmt::For { body, .. } | Stmt::While { body, .. } => {
                    self.list(body)
                }
                _ => {}
            }
            at += 1;
        }
    }

    /// Variables that begin as a constant, that a loop changes in each of its rounds, and that are read behind it.
    fn counters(&self, before: &[Stmt], one: &Stmt) -> Vec<Local> {
        let Stmt::While {
            before: head, body, ..
        } = one
        else {
            return Vec::new();
        };
        let mut seen = Seen::default();
        walk::body(body, &mut seen);
        if !head.is_empty() || seen.binds || seen.parallel {
            return Vec::new();
        }
        let mut inside = Map::new();
        super::plan::count(std::slice::from_ref(one), &mut inside);
        let mut nested = Seen::default();
        for inner in body.iter().flat_map(walk::blocks) {
            walk::body(inner, &mut nested);
        }
        let mut found: Vec<Local> = Vec::new();
        for stmt in body {
            let Stmt::Set(local, _) = stmt else { continue };
            let crosses = self.reads.get(local) != inside.get(local);
            if crosses
                && !nested.sets.contains(local)
                && !found.contains(local)
                && first(before, *local).is_some()
            {
                found.push(*local);
            }
        }
        found
    }
}

/// The constant that a variable was given last.
fn first(before: &[Stmt], local: Local) -> Option<&Expr> {
    for one in before.iter().rev() {
        match one {
            Stmt::Set(to, value) if *to == local => {
                return matches!(value.kind, ExprKind::Const(_)).then_some(value);
            }
            _ => {
                let mut seen = Seen::default();
                walk::body(std::slice::from_ref(one), &mut seen);
                if seen.sets.contains(&local) {
                    return None;
                }
            }
        }
    }
    None
}

/// Makes a loop count in a variable of its own.
fn take_along(one: &mut Stmt, counter: Local, own: Local, of: Scalar) {
    let Stmt::While {
        label, test, body, ..
    } = one
    else {
        return;
    };
    rename_expr(test, counter, own);
    rename(body, counter, own);
    let copy = Stmt::Set(counter, Expr::new(ExprKind::Local(own), of));
    let mut inner = vec![];
    labels(body, &mut inner);
    leave(body, *label, &inner, &copy);
    let ends = std::mem::replace(test, Expr::bool(true));
    if ends != Expr::bool(true) {
        let test = Expr::new(ExprKind::Unary(Unary::Not, ends), Scalar::Bool);
        body.insert(
            0,
            Stmt::If {
                test,
                yes: vec![copy, Stmt::Leave(*label)],
                no: vec![],
            },
        );
    }
}

fn rename_expr(e: &mut Expr, from: Local, to: Local) {
    match &mut e.kind {
        ExprKind::Local(local) if *local == from => *local = to,
        ExprKind::Unary(_, a) | ExprKind::Convert(a) | ExprKind::Bits(a) | ExprKind::Table(_, a) => {
            rename_expr(a, from, to);
        }
        ExprKind::Binary(_, a, b)
        | ExprKind::Divide(_, a, b, _)
        | ExprKind::Compare(_, a, b)
        | ExprKind::And(a, b)
        | ExprKind::Or(a, b) => [a, b].into_iter().for_each(|e| rename_expr(e, from, to)),
        ExprKind::Select(a, b, c) | ExprKind::Choice(a, b, c) => {
            [a, b, c].into_iter().for_each(|e| rename_expr(e, from, to));
        }
        ExprKind::Load { index: all, .. } | ExprKind::Math(_, all) => {
            all.iter_mut().for_each(|e| rename_expr(e, from, to));
        }
        ExprKind::Let(bound, last) => {
            bound.iter_mut().for_each(|(_, e)| rename_expr(e, from, to));
            rename_expr(last, from, to);
        }
        _ => {}
    }
}

fn rename(body: &mut [Stmt], from: Local, to: Local) {
    for one in body {
        match one {
            Stmt::Set(local, value) => {
                if *local == from {
                    *local = to;
                }
                rename_expr(value, from, to);
            }
            Stmt::Check(value, _) => rename_expr(value, from, to),
            Stmt::Store { index, value, .. } => {
                index.iter_mut().for_each(|e| rename_expr(e, from, to));
                rename_expr(value, from, to);
            }
            Stmt::If { test, yes, no } => {
                rename_expr(test, from, to);
                rename(yes, from, to);
                rename(no, from, to);
            }
            Stmt::Block { body, .. } => rename(body, from, to),
            Stmt::While {
                before, test, body, ..
            } => {
                rename_expr(test, from, to);
                rename(before, from, to);
                rename(body, from, to);
            }
            Stmt::For {
                start,
                stop,
                step,
                body,
                ..
            } => {
                [start, stop, step]
                    .into_iter()
                    .for_each(|e| rename_expr(e, from, to));
                rename(body, from, to);
            }
            _ => {}
        }
    }
}

fn labels(body: &[Stmt], inner: &mut Vec<Label>) {
    for one in body {
        if let Stmt::Block { label, .. } | Stmt::While { label, .. } | Stmt::For { label, .. } = one {
            inner.push(*label);
        }
        walk::blocks(one).into_iter().for_each(|body| labels(body, inner));
    }
}

/// Before each jump out of a loop.
fn leave(body: &mut Vec<Stmt>, own: Label, inner: &[Label], copy: &Stmt) {
    let mut at = 0;
    while at < body.len() {
        let leaves = match &mut body[at] {
            Stmt::Leave(label) => !inner.contains(label),
            Stmt::Again(label) => *label != own && !inner.contains(label),
            Stmt::Return => true,
            Stmt::If { yes, no, .. } => {
                leave(yes, own, inner, copy);
                leave(no, own, inner, copy);
                false
            }
            Stmt::Block { body, .. } | Stmt::For { body, .. } => {
                leave(body, own, inner, copy);
                false
            }
            Stmt::While { before, body, .. } => {
                leave(before, own, inner, copy);
                leave(body, own, inner, copy);
                false
            }
            _ => false,
        };
        if leaves {
            body.insert(at, copy.clone());
            at += 1;
        }
        at += 1;
    }
}

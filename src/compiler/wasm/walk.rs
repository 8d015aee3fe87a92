//! What a statement or an expression consists of, for whoever only wants to look.

use crate::ir::{Array, ArrayExpr, Cut, Expr, ExprKind, Local, Stmt};
use std::collections::BTreeSet;

/// The expressions that one is made of, in the order of their evaluation.
pub fn operands(one: &Expr) -> Vec<&Expr> {
    match &one.kind {
        ExprKind::Const(_) | ExprKind::Local(_) | ExprKind::Length(..) | ExprKind::Apart(..) => Vec::new(),
        ExprKind::Unary(_, a) | ExprKind::Convert(a) | ExprKind::Bits(a) | ExprKind::Table(_, a) => vec![a],
        ExprKind::Binary(_, a, b)
        | ExprKind::Divide(_, a, b, _)
        | ExprKind::Compare(_, a, b)
        | ExprKind::And(a, b)
        | ExprKind::Or(a, b) => vec![a, b],
        ExprKind::Select(a, b, c) | ExprKind::Choice(a, b, c) => vec![a, b, c],
        ExprKind::Load { index, .. } => index.iter().collect(),
        ExprKind::Math(_, all) => all.iter().collect(),
        ExprKind::Let(bound, last) => bound.iter().map(|(_, e)| e).chain([&**last]).collect(),
    }
}

/// The expressions of a statement itself, without those of the statements in it, in order.
pub fn expressions(one: &Stmt) -> Vec<&Expr> {
    match one {
        Stmt::Set(_, value) | Stmt::Check(value, _) => vec![value],
        Stmt::Bind(_, ArrayExpr::Same(_) | ArrayExpr::Transposed(_)) => Vec::new(),
        Stmt::Bind(_, ArrayExpr::Reshape { shape, .. }) => shape.iter().collect(),
        Stmt::Bind(_, ArrayExpr::New { shape, fill, .. }) => shape.iter().chain(fill).collect(),
        Stmt::Bind(_, ArrayExpr::View { cuts, .. }) => {
            let mut all = Vec::new();
            for cut in cuts {
                match cut {
                    Cut::At(at, _) => all.push(at),
                    Cut::Range { low, high, step, .. } => all.extend([low, high, step].into_iter().flatten()),
                }
            }
            all
        }
        Stmt::Store { index, value, .. } => index.iter().chain([value]).collect(),
        Stmt::If { test, .. } | Stmt::While { test, .. } => vec![test],
        Stmt::For {
            start, stop, step, ..
        } => vec![start, stop, step],
        Stmt::ParFor(one) => vec![&one.start, &one.stop],
        Stmt::Block { .. } | Stmt::Leave(_) | Stmt::Again(_) | Stmt::Return | Stmt::Print(_) => Vec::new(),
    }
}

/// The statements in a statement.
pub fn bodies(one: &Stmt) -> Vec<&Vec<Stmt>> {
    match one {
        Stmt::If { yes, no, .. } => vec![yes, no],
        Stmt::Block { body, .. } | Stmt::For { body, .. } => vec![body],
        Stmt::While { before, body, .. } => vec![before, body],
        Stmt::ParFor(one) => vec![&one.body],
        _ => Vec::new(),
    }
}

/// What a body mentions.
#[derive(Debug, Default)]
pub struct Seen {
    /// Variables that are read.
    pub reads: BTreeSet<Local>,
    /// Variables that are given values, loops' and those of [`ExprKind::Let`] among them.
    pub sets: BTreeSet<Local>,
    /// Arrays.
    pub arrays: BTreeSet<Array>,
    /// An array is made.
    pub allocates: bool,
    /// A handle is made.
    pub binds: bool,
    /// A parallel loop is in it.
    pub parallel: bool,
    /// A loop to be done in lanes is in it.
    pub vector: bool,
    /// A loop is in it.
    pub loops: bool,
    /// Expressions in it.
    pub size: usize,
}

/// What an expression mentions.
pub fn expression(one: &Expr, seen: &mut Seen) {
    seen.size += 1;
    match &one.kind {
        ExprKind::Local(local) => {
            seen.reads.insert(*local);
        }
        ExprKind::Length(array, _) | ExprKind::Load { array, .. } => {
            seen.arrays.insert(*array);
        }
        ExprKind::Apart(a, b) => seen.arrays.extend([*a, *b]),
        ExprKind::Let(bound, _) => seen.sets.extend(bound.iter().map(|(local, _)| *local)),
        _ => {}
    }
    for operand in operands(one) {
        expression(operand, seen);
    }
}

/// What statements mention.
pub fn body(all: &[Stmt], seen: &mut Seen) {
    for one in all {
        match one {
            Stmt::Set(local, _) => {
                seen.sets.insert(*local);
            }
            Stmt::Bind(array, value) => {
                seen.binds = true;
                seen.arrays.insert(*array);
                match value {
                    ArrayExpr::Same(of)
                    | ArrayExpr::Transposed(of)
                    | ArrayExpr::Reshape { of, .. }
                    | ArrayExpr::View { of, .. } => {
                        seen.arrays.insert(*of);
                    }
                    ArrayExpr::New { .. } => seen.allocates = true,
                }
            }
            Stmt::Store { array, .. } => {
                seen.arrays.insert(*array);
            }
            Stmt::For { var, vector, .. } => {
                seen.sets.insert(*var);
                seen.loops = true;
                seen.vector |= vector;
            }
            Stmt::While { .. } => seen.loops = true,
            Stmt::ParFor(one) => {
                seen.sets.insert(one.var);
                seen.reads.extend(one.reductions.iter().map(|one| one.local));
                seen.sets.extend(one.reductions.iter().map(|one| one.local));
                seen.parallel = true;
                seen.loops = true;
            }
            _ => {}
        }
        for value in expressions(one) {
            expression(value, seen);
        }
        for inner in bodies(one) {
            body(inner, seen);
        }
    }
}

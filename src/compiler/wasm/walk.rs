//! What a statement or an expression consists of, for whoever only wants to look.

use crate::ir::{Array, ArrayExpr, Expr, ExprKind, Local, Stmt};
use crate::sorted::Set;

pub use crate::walk::{blocks, operands, own};

/// What a body mentions.
#[derive(Debug, Default)]
pub struct Seen {
    /// Variables that are read.
    pub reads: Set<Local>,
    /// Variables that are given values, loops' and those of [`ExprKind::Let`] among them.
    pub sets: Set<Local>,
    /// Arrays.
    pub arrays: Set<Array>,
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
        own(one, &mut |value| expression(value, seen));
        for inner in blocks(one) {
            body(inner, seen);
        }
    }
}

//! How far a loop gets that counts by more than one: where it begins at multiples of its step, its last number is one too.

use super::number::Interval;
use crate::ir::{Binary, Expr, ExprKind, Local, Param, Program, Stmt, Unary};
use crate::sorted::{Map, Set};
use crate::walk;

/// Of variables that are given one thing only: how many of their low bits are always zero. A float is whole where any is.
/// And which are odd.
#[derive(Debug, Default)]
pub struct Zeros(Map<Local, u32>, Set<Local>);

impl Zeros {
    /// Looks at a program.
    pub fn of(program: &Program) -> Zeros {
        let mut sets: Map<Local, usize> = Map::new();
        let mut set = |local: &Local| *sets.entry(*local).or_default() += 1;
        for param in &program.params {
            if let Param::Scalar(local) = param {
                set(local);
            }
        }
        walk::statements(&program.body, &mut |stmt| match stmt {
            Stmt::Set(local, _) | Stmt::For { var: local, .. } => set(local),
            _ => {}
        });
        let mut zeros = Zeros::default();
        walk::statements(&program.body, &mut |stmt| {
            let (local, known) = match stmt {
                Stmt::Set(local, value) => (local, zeros.in_value(value)),
                Stmt::For { var, start, step, .. } => (var, zeros.in_value(start).min(zeros.in_value(step))),
                _ => return,
            };
            if sets.get(local) == Some(&1) {
                zeros.0.insert(*local, known);
                if matches!(stmt, Stmt::Set(_, value) if zeros.is_odd(value)) {
                    zeros.1.insert(*local);
                }
            }
        });
        zeros
    }

    /// Whether an integer's lowest bit is set.
    pub fn is_odd(&self, e: &Expr) -> bool {
        match &e.kind {
            ExprKind::Const(bits) => bits & 1 == 1,
            ExprKind::Local(local) => self.1.contains(local),
            ExprKind::Convert(a) => a.of.is_int() && self.is_odd(a),
            ExprKind::Binary(Binary::Or, a, b) => self.is_odd(a) || self.is_odd(b),
            _ => false,
        }
    }

    /// Wrapping takes none away, as a type has a power of two of numbers.
    pub fn in_value(&self, e: &Expr) -> u32 {
        let of = |e: &Expr| self.in_value(e);
        match &e.kind {
            ExprKind::Local(local) => self.0.get(local).copied().unwrap_or_default(),
            ExprKind::Unary(Unary::Floor | Unary::Ceil | Unary::Trunc | Unary::Nearest, _) => 1,
            ExprKind::Convert(a) if e.of.is_float() && a.of.is_int() => 1,
            _ if !e.of.is_int() => 0,
            ExprKind::Const(bits) => bits.trailing_zeros().min(32),
            ExprKind::Convert(a) if !a.of.is_int() => 0,
            ExprKind::Unary(Unary::Minus, a) | ExprKind::Convert(a) => of(a),
            ExprKind::Binary(Binary::Add | Binary::Sub, a, b) => of(a).min(of(b)),
            ExprKind::Binary(Binary::Mul, a, b) => (of(a) + of(b)).min(32),
            _ => 0,
        }
    }

    /// The last number of a loop upwards that begins with this expression, or more than that.
    pub fn last(&self, from: &Expr, start: Interval, stop: Interval, step: Interval) -> i128 {
        let last = stop.1 - 1;
        let step = if step.0 == step.1 { step.0.max(1) } else { 1 };
        let is_multiple = step.count_ones() == 1 && step.trailing_zeros() <= self.in_value(from);
        let beyond = match start.0 == start.1 {
            true => last - start.0,
            false if is_multiple => last,
            false => 0,
        };
        (last - beyond.rem_euclid(step)).max(start.0)
    }
}

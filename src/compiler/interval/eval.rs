//! Expressions: what they are, and what tests tell of variables.

use super::number::{
    I32, Interval, U32, all, binary, bits_of, chosen, compare, divide, meet, signed, within,
};
use super::{Analysis, float, join_states};
use crate::ir::*;
use crate::types::Scalar;
use crate::walk;

impl Analysis<'_> {
    /// Narrows the state to where a test comes out so.
    pub fn refine(&mut self, test: &Expr, holds: bool) {
        match (&test.kind, holds) {
            (ExprKind::And(a, b), true) | (ExprKind::Or(a, b), false) => {
                self.refine(a, holds);
                self.refine(b, holds);
            }
            (ExprKind::And(a, b), false) | (ExprKind::Or(a, b), true) => {
                let before = self.state.clone();
                self.refine(a, holds);
                let one = std::mem::replace(&mut self.state, before);
                self.refine(a, !holds);
                self.refine(b, holds);
                join_states(&mut self.state, one);
            }
            (ExprKind::Unary(Unary::Not, a), _) if a.of == Scalar::Bool => self.refine(a, !holds),
            (ExprKind::Compare(op, a, b), _) if !a.of.is_float() && !b.of.is_float() => {
                let (x, y) = (self.eval(a), self.eval(b));
                // By how much the lesser is less at least.
                let (a, x, b, y, by) = match (op, holds) {
                    (Compare::Equal, true) | (Compare::Unequal, false) => {
                        self.bound(a, y);
                        return self.bound(b, x);
                    }
                    (Compare::Less, true) => (a, x, b, y, 1),
                    (Compare::AtMost, true) => (a, x, b, y, 0),
                    (Compare::Less, false) => (b, y, a, x, 0),
                    (Compare::AtMost, false) => (b, y, a, x, 1),
                    _ => return,
                };
                self.bound(a, (i128::MIN, y.1 - by));
                self.bound(b, (x.0 + by, i128::MAX));
            }
            _ => {}
        }
    }

    fn bound(&mut self, expr: &Expr, to: Interval) {
        match &expr.kind {
            ExprKind::Local(local) => {
                if let Some(now) = self.get(local.0 as usize) {
                    self.put(local.0 as usize, meet(now, to));
                }
            }
            // A type that holds all of the other's values changes none.
            ExprKind::Convert(inner) if !inner.of.is_float() && within(all(inner.of), all(expr.of)) => {
                self.bound(inner, to);
            }
            _ => {}
        }
    }

    /// The indices of an access.
    pub fn access(&mut self, array: Array, index: &[Expr]) {
        for one in index {
            self.eval(one);
        }
        self.note_inside(array, index);
    }

    fn note_inside(&mut self, array: Array, index: &[Expr]) {
        if self.gpu.is_some() {
            return;
        }
        let mut axes = (0..).zip(index);
        let is_inside = axes.all(|(axis, one)| {
            let length = self.get(self.slot(array, axis)).unwrap_or(self.length);
            within(self.facts.of(one), (0, length.0 - 1))
        });
        if let Some(first) = index.first() {
            self.facts.of.at(first).is_inside = is_inside;
        }
    }

    pub fn eval(&mut self, expr: &Expr) -> Interval {
        let value = self.compute(expr);
        if let ExprKind::Load { array, index, .. } = &expr.kind {
            self.note_inside(*array, index);
        }
        let all = all(expr.of);
        let value = match expr.of.is_float() {
            // Shaders round as they like.
            true if self.gpu.is_some() => return all,
            true => value,
            false if within(value, all) => value,
            // Beyond its type it wraps.
            false if value.0 == value.1 && value.0.abs() < i128::MAX => {
                let wrapped = signed(expr.of, bits_of(expr.of, value.0));
                (wrapped, wrapped)
            }
            false => all,
        };
        let value = match expr.of.is_int() && self.zeros.is_odd(expr) {
            true => (value.0 | 1, (value.1 - 1) | 1),
            false => value,
        };
        self.facts.of.at(expr).range = value;
        value
    }

    fn compute(&mut self, expr: &Expr) -> Interval {
        let top = all(expr.of);
        let mut parts = [top; 3];
        match &expr.kind {
            ExprKind::Const(bits) if !expr.of.is_float() => {
                let value = signed(expr.of, *bits);
                return (value, value);
            }
            ExprKind::Local(local) => return self.get(local.0 as usize).unwrap_or(top),
            ExprKind::Length(array, axis) => {
                return self.get(self.slot(*array, *axis)).unwrap_or(self.length);
            }
            ExprKind::Let(sets, last) => {
                for (local, value) in sets {
                    let value = self.eval(value);
                    self.put(local.0 as usize, value);
                }
                return self.eval(last);
            }
            ExprKind::Choice(test, a, b) => {
                let known = self.eval(test);
                let before = self.state.clone();
                self.refine(test, true);
                let a = self.eval(a);
                self.state.clone_from(&before);
                self.refine(test, false);
                let b = self.eval(b);
                self.state = before;
                return chosen(known, a, b);
            }
            ExprKind::And(a, b) | ExprKind::Or(a, b) => {
                let is_and = matches!(expr.kind, ExprKind::And(..));
                let x = self.eval(a);
                let before = self.state.clone();
                self.refine(a, is_and);
                let y = self.eval(b);
                self.state = before;
                return match is_and {
                    true => (x.0.min(y.0), x.1.min(y.1)),
                    false => (x.0.max(y.0), x.1.max(y.1)),
                };
            }
            _ => {
                for (at, part) in walk::operands(expr).enumerate() {
                    let value = self.eval(part);
                    if let Some(place) = parts.get_mut(at) {
                        *place = value;
                    }
                }
            }
        }
        let int = |at: usize| parts[at];
        match &expr.kind {
            ExprKind::Convert(from) if from.of.is_float() && expr.of.is_int() => {
                match (self.in_shader, expr.of) {
                    // It is checked there, or was to be narrowed.
                    (true, Scalar::I64) => I32,
                    (true, Scalar::U64) => U32,
                    _ if !float::is_number(parts[0]) => top,
                    _ => {
                        if self.zeros.in_value(from) > 0 {
                            self.facts.of.at(expr).is_whole = true;
                        }
                        let (low, high) = float::bounds(parts[0]);
                        let cut = |end: f64| (end as i128).max(top.0).min(top.1);
                        (cut(low), cut(high))
                    }
                }
            }
            ExprKind::Select(..) => chosen(int(0), int(1), int(2)),
            _ if expr.of.is_float() => float::compute(expr, &parts),
            ExprKind::Convert(from) if from.of.is_float() => top,
            ExprKind::Convert(_) => int(0),
            ExprKind::Compare(op, a, b) if !a.of.is_float() && !b.of.is_float() => {
                compare(*op, int(0), int(1))
            }
            ExprKind::Unary(op, a) if !a.of.is_float() => match (op, int(0)) {
                (Unary::Minus, (low, high)) => (-high, -low),
                (Unary::Not, (low, high)) if expr.of.is_signed() => (-1 - high, -1 - low),
                (Unary::Not, (low, high)) => (top.1 - high, top.1 - low),
                (Unary::Abs, (low, high)) if low >= 0 || high <= 0 => {
                    (low.abs().min(high.abs()), low.abs().max(high.abs()))
                }
                (Unary::Abs, (low, high)) => (0, low.abs().max(high.abs())),
                _ => top,
            },
            ExprKind::Binary(op, ..) if !expr.of.is_float() => binary(*op, int(0), int(1), expr.of),
            ExprKind::Divide(op, ..) if !expr.of.is_float() => divide(*op, int(0), int(1), top),
            ExprKind::Load { .. } if expr.of.bytes() == 8 && self.gpu.is_some_and(|(it, _)| it.narrow) => {
                if expr.of == Scalar::U64 {
                    U32
                } else {
                    I32
                }
            }
            _ => top,
        }
    }
}

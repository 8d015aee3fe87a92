//! Divisors that are above zero whatever there is: `1 + x * x`. Such a division never fails.
//!
//! A float has a bound here that it is not below, unless it is a NaN, which divides without an error. Rounding keeps the order of
//! numbers, so that an operation on bounds, rounded as the program rounds, bounds the operation's results.

use crate::ir::{Binary, Divide, Expr, ExprKind, Local, Param, Program, Stmt, Unary};
use crate::sorted::Map;
use crate::types::Scalar;
use crate::walk;

/// Takes the checks from divisions by floats that are not zero.
pub fn divisors(program: &mut Program) {
    let mut bounds = Bounds::default();
    let mut set = |local: &Local| *bounds.sets.entry(*local).or_default() += 1;
    for param in &program.params {
        if let Param::Scalar(local) = param {
            set(local);
        }
    }
    walk::statements(&program.body, &mut |stmt| match stmt {
        Stmt::Set(local, _) => set(local),
        Stmt::ParFor(par) => par.reductions.iter().for_each(|one| set(&one.local)),
        _ => {}
    });
    bounds.block(&mut program.body);
}

#[derive(Default)]
struct Bounds {
    sets: Map<Local, usize>,
    /// Of variables that are given one thing only, and have been.
    known: Map<Local, f64>,
}

impl Bounds {
    fn block(&mut self, body: &mut [Stmt]) {
        for stmt in body {
            walk::own_mut(stmt, &mut |expr| {
                walk::within_mut(expr, &mut |expr| {
                    if let ExprKind::Divide(_, _, by, site) = &mut expr.kind
                        && self.low(by) > 0.0
                    {
                        *site = None;
                    }
                });
            });
            for inner in walk::blocks_mut(stmt) {
                let before = self.known.clone();
                self.block(inner);
                self.known = before;
            }
            if let Stmt::Set(local, value) = stmt
                && self.sets.get(local) == Some(&1)
            {
                self.known.insert(*local, self.low(value));
            }
        }
    }

    /// What a float is not below.
    fn low(&self, e: &Expr) -> f64 {
        let none = f64::NEG_INFINITY;
        let of = |e: &Expr| self.low(e);
        let low = match &e.kind {
            _ if !e.of.is_float() => none,
            ExprKind::Const(bits) if e.of == Scalar::F32 => f32::from_bits(*bits as u32).into(),
            ExprKind::Const(bits) => f64::from_bits(*bits),
            ExprKind::Local(local) => self.known.get(local).copied().unwrap_or(none),
            ExprKind::Unary(Unary::Sqrt, a) => of(a).max(0.0).sqrt(),
            ExprKind::Unary(Unary::Abs, a) => of(a).max(0.0),
            ExprKind::Unary(Unary::Floor | Unary::Ceil | Unary::Trunc | Unary::Nearest, a) => of(a).floor(),
            ExprKind::Binary(Binary::Add, a, b) => of(a) + of(b),
            ExprKind::Binary(Binary::Mul, a, b) => match (of(a), of(b)) {
                (x, y) if x >= 0.0 && y >= 0.0 => x * y,
                _ if a == b => 0.0,
                _ => none,
            },
            ExprKind::Select(_, a, b) | ExprKind::Choice(_, a, b) => of(a).min(of(b)),
            ExprKind::Divide(Divide::True, a, b, _) if of(a) >= 0.0 && of(b) > 0.0 => 0.0,
            ExprKind::Convert(a) => of(a),
            _ => none,
        };
        match e.of {
            _ if low.is_nan() => none,
            Scalar::F32 => (low as f32).into(),
            _ => low,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::body;

    #[test]
    fn divisors_above_zero_are_not_looked_at() {
        for (divisor, is_safe) in [
            ("1.0 + x * x", true),
            ("np.float32(1e-3) + np.float32(x) * np.float32(x)", true),
            ("2.0 + math.sqrt(x) * abs(y)", true),
            ("(1.0 + x * x) * math.sqrt(3.0 + y * y)", true),
            ("min(2.0 + x * x, 1.0 + y * y)", true),
            ("1.0 + x * x / (1.0 + y * y)", true),
            ("np.floor(1.5 + x * x)", true),
            ("r", true),
            ("1.0 + x * y", false),
            ("x * x", false),
            ("x * x + y * y", false),
            ("x * x - 1.0", false),
            ("min(2.0 + x * x, y)", false),
            // Too little to be above zero when they are multiplied.
            ("(1e-200 + x * x) * (1e-200 + y * y)", false),
            ("np.float32(1e-200 + x * x)", false),
            // Given another thing.
            ("t", false),
        ] {
            let text = body(&format!(
                "x = a[0, 0]\ny = a[1, 0]\nr = 1.0 + y * y\nt = 1.0 + x * x\nif x > 3.0:\n    t = y\nreturn 1.0 / ({divisor})"
            ));
            assert_eq!(!text.contains(")?"), is_safe, "{divisor}: {text}");
        }
    }

    #[test]
    fn what_is_not_set_on_every_way_is_not_known() {
        let text = body("x = a[0, 0]\nif x > 3.0:\n    r = 1.0 + x * x\nreturn 1.0 / r");
        assert!(text.contains(")?"), "{text}");
    }
}

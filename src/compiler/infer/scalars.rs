//! Operators on numbers.

use super::Maker;
use super::operand::{Operand, Operator, compare, constant, convert, number, select, unary};
use crate::diagnostic::Kind;
use crate::ir::{Binary, Compare, Divide, Expr, ExprKind, Site, Unary};
use crate::module::{Global, Number};
use crate::rules;
use crate::source::Span;
use crate::syntax::BinaryOp;
use crate::types::Scalar;

impl Maker<'_> {
    /// `a op b`, of whatever there is.
    pub(super) fn binary(&mut self, op: BinaryOp, a: Operand, b: Operand, span: Span) -> Operand {
        if op == BinaryOp::MatMul {
            return self.product(a, b, span);
        }
        if self.is_array(&a) || self.is_array(&b) {
            let name = match op {
                BinaryOp::Add => "add",
                BinaryOp::Sub => "subtract",
                BinaryOp::Mul => "multiply",
                BinaryOp::Div => "true_divide",
                BinaryOp::FloorDiv => "floor_divide",
                BinaryOp::Mod => "remainder",
                BinaryOp::Pow => {
                    // A square of floats is a product, as in Numba. One of narrow integers has 64 bits.
                    let is_two = |n: Number| n.is_weak && n.as_int() == 2 && !n.of.is_float();
                    let is_float = self.element_type(&a).is_some_and(Scalar::is_float);
                    if is_float && self.constant_number(&b).is_some_and(is_two) {
                        return self.elementwise("square", vec![a], span);
                    }
                    return self.elementwise("power", vec![a, b], span);
                }
                BinaryOp::ShiftLeft => "left_shift",
                BinaryOp::ShiftRight => "right_shift",
                BinaryOp::And => "bitwise_and",
                BinaryOp::Or => "bitwise_or",
                _ => "bitwise_xor",
            };
            return self.operated(Operator::Binary(op), name, vec![a, b], span);
        }
        if let (Operand::Tuple(x), Operand::Tuple(y)) = (&a, &b)
            && op == BinaryOp::Add
        {
            return Operand::Tuple(x.iter().chain(y).cloned().collect());
        }
        let is_unknown = |one: &Operand| matches!(one, Operand::Unknown | Operand::Known(Global::Invalid));
        if is_unknown(&a) || is_unknown(&b) {
            return Operand::Unknown;
        }
        let (Some(left), Some(right)) = (self.number_like(&a), self.number_like(&b)) else {
            return self.no_operator(op, &a, &b, span);
        };
        if op == BinaryOp::Pow {
            return self.power(left, right, self.constant_number(&b), span);
        }
        match self.arithmetic(op, left, right, span) {
            Some(expr) => Operand::Value(expr),
            None => self.no_operator(op, &a, &b, span),
        }
    }

    fn number_like(&self, operand: &Operand) -> Option<Expr> {
        match operand {
            Operand::Value(expr) => Some(expr.clone()),
            Operand::Known(Global::Number(value)) => Some(number(*value)),
            _ => None,
        }
    }

    fn no_operator(&mut self, op: BinaryOp, a: &Operand, b: &Operand, span: Span) -> Operand {
        let words = |maker: &Self, one: &Operand| {
            maker
                .known(one)
                .map_or_else(|| "?".to_owned(), |known| known.words())
        };
        let (a, b) = (words(self, a), words(self, b));
        let message = format!(
            "No implementation of function Function(<built-in function {}>) found for signature: {}({a}, {b})",
            function_of(op),
            function_of(op)
        );
        self.refuse(Kind::Typing, span, message)
    }

    /// An operator on two numbers; nothing if there is none of that kind.
    pub(super) fn arithmetic(&mut self, op: BinaryOp, a: Expr, b: Expr, span: Span) -> Option<Expr> {
        let of = rules::binary(op, a.of, b.of)?;
        let (a, b) = (convert(a, of), convert(b, of));
        Some(match op {
            BinaryOp::Add => binary(Binary::Add, a, b),
            BinaryOp::Sub => binary(Binary::Sub, a, b),
            BinaryOp::Mul => binary(Binary::Mul, a, b),
            BinaryOp::Div => self.divide(Divide::True, a, b, span),
            BinaryOp::FloorDiv => self.divide(Divide::Floor, a, b, span),
            BinaryOp::Mod => self.divide(Divide::Rest, a, b, span),
            BinaryOp::ShiftLeft => binary(Binary::ShiftLeft, a, b),
            BinaryOp::ShiftRight => binary(Binary::ShiftRight, a, b),
            BinaryOp::And => binary(Binary::And, a, b),
            BinaryOp::Or => binary(Binary::Or, a, b),
            BinaryOp::Xor => binary(Binary::Xor, a, b),
            BinaryOp::Pow | BinaryOp::MatMul => return None,
        })
    }

    /// A division, which fails by zero as the decorator says.
    pub(super) fn divide(&mut self, how: Divide, a: Expr, b: Expr, span: Span) -> Expr {
        let is_safe = constant(&b).is_some_and(|known| known.as_float() != 0.0);
        let site = if is_safe { None } else { self.division(span) };
        division(how, a, b, site)
    }

    pub(super) fn negative(&mut self, expr: Expr) -> Expr {
        match constant(&expr) {
            Some(known) if known.of.is_float() => number(Number::float(known.of, -known.as_float(), false)),
            Some(known) => number(Number::int(known.of, -known.as_int(), false)),
            None => unary(Unary::Minus, expr),
        }
    }

    /// Python's `min` and `max` of two: the later one only if it is really less or more.
    pub(super) fn lesser(&mut self, is_max: bool, a: Expr, b: Expr) -> Expr {
        let of = rules::unify(a.of, b.of);
        let (a, b) = (convert(a, of), convert(b, of));
        if of.is_int() {
            // It has bounds, which a choice of two has not.
            return binary(if is_max { Binary::Max } else { Binary::Min }, a, b);
        }
        let (a, b) = (self.named(a), self.named(b));
        let test = if is_max {
            compare(Compare::Less, a.clone(), b.clone())
        } else {
            compare(Compare::Less, b.clone(), a.clone())
        };
        select(test, b, a)
    }
}

pub(super) fn division(how: Divide, a: Expr, b: Expr, site: Option<Site>) -> Expr {
    let of = a.of;
    Expr::new(ExprKind::Divide(how, a, b, site), of)
}

/// An operation on two of a type; of constant integers at once.
pub(super) fn binary(op: Binary, a: Expr, b: Expr) -> Expr {
    let of = a.of;
    if let (Some(x), Some(y)) = (constant(&a), constant(&b))
        && of.is_int()
    {
        let value = match op {
            Binary::Add => Some(x.as_int() + y.as_int()),
            Binary::Sub => Some(x.as_int() - y.as_int()),
            Binary::Mul => x.as_int().checked_mul(y.as_int()),
            _ => None,
        };
        if let Some(value) = value {
            return number(Number::int(of, value, false));
        }
    }
    // Adding nothing, and once.
    let is =
        |one: &Expr, value: i128| of.is_int() && constant(one).is_some_and(|known| known.as_int() == value);
    match op {
        Binary::Add if is(&a, 0) => return b,
        Binary::Add | Binary::Sub if is(&b, 0) => return a,
        Binary::Mul if is(&b, 1) => return a,
        Binary::Mul if is(&a, 1) => return b,
        _ => {}
    }
    Expr::new(ExprKind::Binary(op, a, b), of)
}

/// Numba's names of the operators' functions.
fn function_of(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => "add",
        BinaryOp::Sub => "sub",
        BinaryOp::Mul => "mul",
        BinaryOp::Div => "truediv",
        BinaryOp::FloorDiv => "floordiv",
        BinaryOp::Mod => "mod",
        BinaryOp::Pow => "pow",
        BinaryOp::MatMul => "matmul",
        BinaryOp::ShiftLeft => "lshift",
        BinaryOp::ShiftRight => "rshift",
        BinaryOp::And => "and_",
        BinaryOp::Or => "or_",
        BinaryOp::Xor => "xor",
    }
}

/// Whether this scalar counts as an unsigned integer.
pub(super) fn is_unsigned(of: Scalar) -> bool {
    of.is_int() && !of.is_signed()
}

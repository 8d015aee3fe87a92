//! Tests that come out the same in every call, found before types are: as Numba's dead branch pruning does, so that
//! what is never done has no part in what variables are.

use super::{Env, Flow, Node};
use crate::module::{Global, Number};
use crate::syntax::{self, CompareOp, Expr, ExprKind, LogicOp, UnaryOp};
use crate::types::Scalar;
use std::cmp::Ordering;

/// What is known of an argument before types are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fact {
    /// Nothing.
    Open,
    /// It is `None`.
    None,
    /// A whole number or truth value that stands in the source, and so not `None`.
    Literal,
    /// An array with so many axes.
    Axes(u8),
}

/// What is known of a value.
#[derive(Debug, Clone)]
pub(super) enum Fixed {
    Value(Global),
    /// An array of so many axes.
    Array(u8),
    /// Whatever it is, it is not `None`.
    NotNone,
}

impl Flow<'_> {
    /// The one definition that reaches a name of the function's own, if there is one.
    fn only(&self, name: &str, env: &Env) -> Option<&Node> {
        let mut all = env[*self.names.get(name)?].iter();
        match (all.next(), all.next()) {
            (Some(one), None) => self.nodes.get(*one as usize),
            _ => None,
        }
    }

    /// What an expression is in every call.
    pub(super) fn fixed(&self, expr: &Expr, env: &Env) -> Option<Fixed> {
        match &expr.kind {
            ExprKind::Name(name) if self.names.contains_key(name) => self.only(name, env)?.fixed.clone(),
            ExprKind::Name(name) => self.globals.get(name).cloned().map(Fixed::Value),
            ExprKind::Attribute(of, name) if name.name == "ndim" => match self.fixed(of, env)? {
                Fixed::Array(axes) => Some(Fixed::Value(Global::Number(Number::int(
                    Scalar::I64,
                    axes.into(),
                    true,
                )))),
                Fixed::Value(_) | Fixed::NotNone => None,
            },
            ExprKind::Compare(..) => self.comes_out(expr, env).map(|is| Fixed::Value(truth_value(is))),
            _ => literal(expr).map(Fixed::Value),
        }
    }

    /// How a test comes out in every call.
    fn comes_out(&self, test: &Expr, env: &Env) -> Option<bool> {
        match &test.kind {
            ExprKind::Unary(UnaryOp::Not, of) => self.comes_out(of, env).map(|is| !is),
            ExprKind::Logic(op, all) => {
                let ends = *op == LogicOp::Or;
                let parts = all.iter().map(|one| self.comes_out(one, env));
                // What ends it may stand behind what is not known.
                let mut all_known = true;
                for part in parts {
                    if part == Some(ends) {
                        return Some(ends);
                    }
                    all_known &= part.is_some();
                }
                all_known.then_some(!ends)
            }
            ExprKind::Compare(first, rest) => {
                let mut left = self.fixed(first, env);
                let mut all_known = true;
                for (op, right) in rest {
                    let right = self.fixed(right, env);
                    match (&left, &right) {
                        (Some(a), Some(b)) => match compared(*op, a, b) {
                            Some(false) => return Some(false),
                            is => all_known &= is.is_some(),
                        },
                        _ => all_known = false,
                    }
                    left = right;
                }
                all_known.then_some(true)
            }
            _ => match self.fixed(test, env)? {
                Fixed::Value(value) => truth(&value),
                Fixed::Array(_) | Fixed::NotNone => None,
            },
        }
    }

    /// The same, noted down.
    pub(super) fn test(&mut self, test: &Expr, env: &Env) -> Option<bool> {
        if let ExprKind::Unary(UnaryOp::Not, of) = &test.kind {
            self.test(of, env);
        }
        let is = self.comes_out(test, env)?;
        self.decided.push((test.span, is));
        Some(is)
    }
}

/// A constant that stands in the source; a number of more than 64 bits is none.
pub fn literal(expr: &Expr) -> Option<Global> {
    if let Some(literal) = syntax::folded(expr) {
        return Number::literal(literal).map(Global::Number);
    }
    Some(match &expr.kind {
        ExprKind::Float(value) => Global::Number(Number::float(Scalar::F64, *value, true)),
        ExprKind::Bool(value) => truth_value(*value),
        ExprKind::None => Global::None,
        ExprKind::Str(text) => Global::Text(text.clone()),
        _ => return None,
    })
}

/// `True` or `False`.
pub fn truth_value(value: bool) -> Global {
    Global::Number(Number::int(Scalar::Bool, i128::from(value), true))
}

/// Whether a constant counts as true.
fn truth(value: &Global) -> Option<bool> {
    Some(match value {
        Global::Number(value) => value.as_float() != 0.0,
        Global::Text(text) => !text.is_empty(),
        Global::Tuple(all) => !all.is_empty(),
        Global::None => false,
        Global::Library(_) | Global::Type(_) | Global::Function(_) => true,
        Global::Invalid | Global::Unknown(_) => return None,
    })
}

/// How two constants compare; nothing where that is not soon said.
fn compare(op: CompareOp, a: &Global, b: &Global) -> Option<bool> {
    let order = match (a, b) {
        (Global::None, _) | (_, Global::None) => {
            let is_equal = matches!(op, CompareOp::Equal | CompareOp::Is);
            let is_one = is_equal || matches!(op, CompareOp::Unequal | CompareOp::IsNot);
            return is_one.then_some((a == b) == is_equal);
        }
        (Global::Number(a), Global::Number(b)) => match (op, a.of, b.of) {
            // `True` and `False` are there once; of numbers nobody knows.
            (CompareOp::Is, Scalar::Bool, Scalar::Bool) => return Some(a == b),
            (CompareOp::IsNot, Scalar::Bool, Scalar::Bool) => return Some(a != b),
            (_, of, other) if of.is_float() || other.is_float() => a.as_float().partial_cmp(&b.as_float()),
            _ => Some(a.as_int().cmp(&b.as_int())),
        },
        (Global::Text(a), Global::Text(b)) => Some(a.cmp(b)),
        _ => return None,
    };
    let (is_less, is_same) = (order == Some(Ordering::Less), order == Some(Ordering::Equal));
    Some(match op {
        CompareOp::Equal => is_same,
        CompareOp::Unequal => !is_same,
        CompareOp::Less => is_less,
        CompareOp::AtMost => is_less || is_same,
        CompareOp::Greater => order == Some(Ordering::Greater),
        CompareOp::AtLeast => is_same || order == Some(Ordering::Greater),
        _ => return None,
    })
}

fn compared(op: CompareOp, a: &Fixed, b: &Fixed) -> Option<bool> {
    match (a, b) {
        (Fixed::Value(a), Fixed::Value(b)) => compare(op, a, b),
        (Fixed::NotNone, Fixed::Value(Global::None)) | (Fixed::Value(Global::None), Fixed::NotNone) => {
            match op {
                CompareOp::Is | CompareOp::Equal => Some(false),
                CompareOp::IsNot | CompareOp::Unequal => Some(true),
                _ => None,
            }
        }
        _ => None,
    }
}

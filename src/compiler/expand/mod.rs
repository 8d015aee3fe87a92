//! The functions of [`Math`] as plain arithmetic, so that their results are the same everywhere.
//!
//! Each function is straight-line code of a few dozen operations for usual arguments, which vectors run in all
//! lanes, and a [`ExprKind::Choice`] for what is rare: huge arguments, results that are subnormal, zeros,
//! infinities. Special values are those of C99's annex F.
//!
//! How far results are from the exact ones is measured in `tests/math`, against mpmath and, of `float32`, against the
//! system's `float64`; functions state what was found. Of `float64` those are 20 to 30 thousand arguments over the
//! whole range with the worst ones known. Of `float32`, `sin`, `cos`, `exp`, `exp2`, `expm1`, `log`, `log1p` and
//! `tanh` were computed for every number of usual size (a `log` for three powers of two on either side of 1), and for
//! samples of the rest. The other functions of `float32` are computed in `float64`, and so are the first two from
//! 200 on.

// Coefficients stand as their sources print them.
#![allow(clippy::excessive_precision)]

mod build;
mod double;
mod error;
mod exp;
mod gamma;
mod inverse;
mod log;
mod pow;
mod root;
mod trig;

use crate::ir::{Expr, ExprKind, Local, LocalInfo, Math, Program, TableInfo};
use crate::types::Scalar;
use crate::walk;
use build::{Builder, Value};

/// Replaces every function. Locals and tables are added at the ends of the program's.
pub fn expand(program: &mut Program) {
    let mut body = std::mem::take(&mut program.body);
    walk::statements_mut(&mut body, &mut |stmt| {
        walk::own_mut(stmt, &mut |expr| expand_in(program, expr));
    });
    program.body = body;
}

/// The same within an expression that belongs to a program.
pub fn expand_in(program: &mut Program, expr: &mut Expr) {
    let mut expander = Expander {
        locals: &mut program.locals,
        tables: &mut program.tables,
    };
    walk::within_mut(expr, &mut |expr| {
        if let ExprKind::Math(function, arguments) = &mut expr.kind {
            let (function, arguments) = (*function, std::mem::take(arguments));
            *expr = expander.function(function, arguments, expr.of).placed(expr.at);
        }
    });
}

struct Expander<'p> {
    locals: &'p mut Vec<LocalInfo>,
    tables: &'p mut Vec<TableInfo>,
}

impl Expander<'_> {
    /// Arguments that are more than a variable or a constant become locals, as they are read more than once.
    fn function(&mut self, function: Math, arguments: Vec<Expr>, of: Scalar) -> Expr {
        let mut bound = Vec::new();
        let simple: Vec<Expr> = arguments
            .into_iter()
            .map(|argument| match argument.kind {
                ExprKind::Const(_) | ExprKind::Local(_) => argument,
                _ => {
                    let (local, of) = (Local(self.locals.len() as u32), argument.of);
                    self.locals.push(LocalInfo {
                        name: format!("{function:?}.argument"),
                        of,
                    });
                    bound.push((local, argument));
                    Expr::new(ExprKind::Local(local), of)
                }
            })
            .collect();
        let builder = Builder::new(std::mem::take(self.tables));
        let handles: Vec<Value> = (0..)
            .zip(&simple)
            .map(|(i, a)| builder.argument(i, a.of))
            .collect();
        let result = match handles[..] {
            [x] => unary(function, x),
            [x, y] => {
                let exponent = match (function, &simple[1].kind) {
                    (Math::Pow, ExprKind::Const(bits)) => Some(*bits),
                    _ => None,
                };
                let short = exponent.and_then(|bits| pow::of_known(x, bits));
                short.or_else(|| binary(function, x, y))
            }
            _ => None,
        };
        let Some(at) = result.map(Value::at) else {
            // A wrong number of arguments: validation finds what is left.
            *self.tables = builder.into_tables();
            return Expr::new(ExprKind::Math(function, simple), of);
        };
        let (inner, tables) = builder.finish(at, &simple, &format!("{function:?}"), self.locals);
        *self.tables = tables;
        if bound.is_empty() {
            return inner;
        }
        Expr::new(ExprKind::Let(bound, inner), of)
    }
}

/// Functions of one number.
fn unary<'b>(function: Math, x: Value<'b>) -> Option<Value<'b>> {
    Some(match function {
        Math::Sin => trig::sin(x),
        Math::Cos => trig::cos(x),
        Math::Tan => trig::tan(x),
        Math::Exp => exp::exp(x),
        Math::Exp2 => exp::exp2(x),
        Math::Expm1 => exp::expm1(x),
        Math::Asin => inverse::asin(x),
        Math::Acos => inverse::acos(x),
        Math::Atan => inverse::atan(x),
        Math::Sinh => exp::sinh(x),
        Math::Cosh => exp::cosh(x),
        Math::Asinh => log::asinh(x),
        Math::Acosh => log::acosh(x),
        Math::Atanh => log::atanh(x),
        Math::Cbrt => root::cbrt(x),
        Math::Erf => error::erf(x),
        Math::Erfc => error::erfc(x),
        Math::Gamma => gamma::gamma(x),
        Math::Lgamma => gamma::lgamma(x),
        Math::Tanh => exp::tanh(x),
        Math::Log => log::log(x),
        Math::Log2 => pow::log2(x),
        Math::Log10 => pow::log10(x),
        Math::Log1p => log::log1p(x),
        Math::Atan2 | Math::Hypot | Math::Pow => return None,
    })
}

/// Functions of two.
fn binary<'b>(function: Math, x: Value<'b>, y: Value<'b>) -> Option<Value<'b>> {
    Some(match function {
        Math::Atan2 => inverse::atan2(x, y),
        Math::Hypot => root::hypot(x, y),
        Math::Pow => pow::pow(x, y),
        _ => return None,
    })
}

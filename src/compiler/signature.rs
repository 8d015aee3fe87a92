//! Signatures in decorators: `@njit("float64(float64[:], int64)")`, `@njit([float64(float64)])`, `@njit((int64,))`.
//!
//! A function that has some is for these types alone, as in Numba: numbers become what the parameter is, arrays have
//! to be what it says.

use crate::diagnostic::{Diagnostic, Kind};
use crate::module::Global;
use crate::source::{Source, Span};
use crate::syntax::{self, Expr, ExprKind, Index, StmtKind};
use crate::types::{Layout, MOST_AXES, Scalar, Type};

/// What a function says it takes and gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Signature {
    /// One for each parameter.
    pub params: Vec<Type>,
    /// What it gives, if that is said.
    pub gives: Option<Type>,
}

/// How far a number is from the type that it becomes, the best first: Numba's ranks of conversions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Exact,
    Promoted,
    Safe,
    Unsafe,
}

impl Signature {
    /// How well it fits these types, the least the best: how many have to be converted unsafely, safely, and within
    /// their kind. Nothing if it does not fit.
    pub fn fits(&self, given: &[Type]) -> Option<[usize; 3]> {
        let mut ranks = [0; 3];
        if given.len() != self.params.len() {
            return None;
        }
        for (from, to) in given.iter().zip(&self.params) {
            match rank(from, to)? {
                Rank::Exact => {}
                Rank::Promoted => ranks[2] += 1,
                Rank::Safe => ranks[1] += 1,
                Rank::Unsafe => ranks[0] += 1,
            }
        }
        Some(ranks)
    }
}

/// How a value of a type becomes one of another; nothing if it does not.
fn rank(from: &Type, to: &Type) -> Option<Rank> {
    match (from, to) {
        _ if from == to => Some(Rank::Exact),
        (Type::Scalar(from), Type::Scalar(to)) => Some(number(*from, *to)),
        (
            Type::Array { of, axes, .. },
            Type::Array {
                of: to,
                axes: many,
                layout: Layout::Any,
            },
        ) => (of == to && axes == many).then_some(Rank::Promoted),
        (Type::Tuple(from), Type::Tuple(to)) if from.len() == to.len() => {
            let all = from.iter().zip(to).map(|(from, to)| rank(from, to));
            all.reduce(|a, b| Some(a?.max(b?))).unwrap_or(Some(Rank::Exact))
        }
        _ => None,
    }
}

/// As in Numba's table (`numba/core/typeconv/rules.py`).
fn number(from: Scalar, to: Scalar) -> Rank {
    let (a, b) = (from.bytes(), to.bytes());
    match (from, to) {
        (Scalar::Bool, _) => Rank::Safe,
        (_, Scalar::Bool) => Rank::Unsafe,
        _ if from.is_float() => match to.is_float() && a < b {
            true => Rank::Promoted,
            false => Rank::Unsafe,
        },
        _ if to.is_float() => match a < b || to == Scalar::F64 {
            true => Rank::Safe,
            false => Rank::Unsafe,
        },
        _ if from.is_signed() == to.is_signed() && a < b => Rank::Promoted,
        _ if to.is_signed() && a < b => Rank::Safe,
        _ => Rank::Unsafe,
    }
}

/// What a decorator's argument says; `value` is what an expression outside of functions is.
///
/// # Errors
/// What is no signature, or not of the language of kernels.
pub fn read(expr: &Expr, value: &mut dyn FnMut(&Expr) -> Global) -> Result<Vec<Signature>, Diagnostic> {
    match &expr.kind {
        ExprKind::List(all) => {
            let all: Result<Vec<_>, _> = all.iter().map(|one| read(one, value)).collect();
            Ok(all?.concat())
        }
        ExprKind::Str(text) => {
            // Its own places are not the file's.
            let told = |fault: &Diagnostic| Diagnostic::new(fault.kind, expr.span, fault.message.clone());
            let source = Source::new(text).map_err(|_| unreadable(expr.span))?;
            let (module, faults) = syntax::parse(source);
            if let Some(fault) = faults.first() {
                return Err(told(fault));
            }
            let [stmt] = module.body.as_slice() else {
                return Err(unreadable(expr.span));
            };
            let StmtKind::Expr(inner) = &stmt.kind else {
                return Err(unreadable(expr.span));
            };
            let mut named = |one: &Expr| match &one.kind {
                ExprKind::Name(name) => named(name),
                _ => Global::Invalid,
            };
            let one = one(inner, &mut named).map_err(|fault| told(&fault).help(LEAVE))?;
            Ok(vec![one])
        }
        _ => Ok(vec![one(expr, value)?]),
    }
}

const LEAVE: &str = "leave it out: a function is compiled for what it is given";

fn unreadable(span: Span) -> Diagnostic {
    let words = "this is no signature of types that kernels have, such as 'float64(float64[:], int64)'";
    Diagnostic::new(Kind::Unsupported, span, words).help(LEAVE)
}

/// What a name stands for within a text: `numba.types` has it.
fn named(name: &str) -> Global {
    match scalar(name) {
        Some(of) => Global::Type(of),
        None => Global::Library(format!("numba.types.{name}")),
    }
}

/// Numba's names of numbers, the short ones too.
fn scalar(name: &str) -> Option<Scalar> {
    Some(match name {
        "b1" => Scalar::Bool,
        "i1" => Scalar::I8,
        "i2" => Scalar::I16,
        "i4" => Scalar::I32,
        "i8" => Scalar::I64,
        "u1" => Scalar::U8,
        "u2" => Scalar::U16,
        "u4" => Scalar::U32,
        "u8" => Scalar::U64,
        "f4" => Scalar::F32,
        "f8" => Scalar::F64,
        _ => return Scalar::named(name),
    })
}

/// `gives(takes, takes)`, or `(takes, takes)`.
fn one(expr: &Expr, value: &mut dyn FnMut(&Expr) -> Global) -> Result<Signature, Diagnostic> {
    let mut types =
        |all: &[Expr]| -> Result<Vec<Type>, Diagnostic> { all.iter().map(|one| of(one, value)).collect() };
    match &expr.kind {
        ExprKind::Tuple(all) => Ok(Signature {
            params: types(all)?,
            gives: None,
        }),
        ExprKind::Call {
            callee,
            args,
            keywords,
        } if keywords.is_empty() => Ok(Signature {
            params: types(args)?,
            gives: Some(of(callee, value)?),
        }),
        _ => Err(unreadable(expr.span)),
    }
}

/// A type.
fn of(expr: &Expr, value: &mut dyn FnMut(&Expr) -> Global) -> Result<Type, Diagnostic> {
    match &expr.kind {
        ExprKind::Name(_) | ExprKind::Attribute(..) => match value(expr) {
            Global::Type(of) => Ok(Type::Scalar(of)),
            Global::None => Ok(Type::None),
            Global::Library(name) => {
                let name = name.rsplit('.').next().unwrap_or_default();
                match scalar(name) {
                    Some(of) => Ok(Type::Scalar(of)),
                    None if matches!(name, "void" | "none") => Ok(Type::None),
                    None => {
                        let words = format!("'{name}' is no type that kernels have");
                        Err(Diagnostic::new(Kind::Name, expr.span, words).help(LEAVE))
                    }
                }
            }
            _ => Err(unreadable(expr.span)),
        },
        ExprKind::Subscript(inner, indices) => {
            let Type::Scalar(of) = of(inner, value)? else {
                return Err(unreadable(expr.span));
            };
            let mut layout = Layout::Any;
            for (i, index) in indices.iter().enumerate() {
                match index {
                    Index::Slice {
                        low: None,
                        high: None,
                        step,
                        ..
                    } => match step.as_ref().map(|step| &step.kind) {
                        None => {}
                        // The last is contiguous; were it the first, the array would lie as Fortran's.
                        Some(ExprKind::Int(1)) if i + 1 == indices.len() => layout = Layout::C,
                        Some(_) => return Err(unreadable(expr.span)),
                    },
                    _ => return Err(unreadable(expr.span)),
                }
            }
            match u8::try_from(indices.len()) {
                Ok(axes) if axes <= MOST_AXES => Ok(Type::Array { of, axes, layout }),
                _ => Err(unreadable(expr.span)),
            }
        }
        ExprKind::Call { callee, args, .. } => {
            let (ExprKind::Name(name) | ExprKind::Attribute(_, syntax::Ident { name, .. })) = &callee.kind
            else {
                return Err(unreadable(expr.span));
            };
            match (name.as_str(), args.as_slice()) {
                ("UniTuple", [one, many]) => {
                    let one = of(one, value)?;
                    match many.kind {
                        ExprKind::Int(many @ 0..=64) => Ok(Type::Tuple(vec![one; many as usize])),
                        _ => Err(unreadable(expr.span)),
                    }
                }
                ("Tuple", [all]) => match &all.kind {
                    ExprKind::Tuple(all) | ExprKind::List(all) => {
                        let all: Result<Vec<Type>, _> = all.iter().map(|one| of(one, value)).collect();
                        Ok(Type::Tuple(all?))
                    }
                    _ => Err(unreadable(expr.span)),
                },
                _ => Err(unreadable(expr.span)),
            }
        }
        _ => Err(unreadable(expr.span)),
    }
}

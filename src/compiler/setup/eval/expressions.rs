//! Expressions: each kind has a function of its own, so that each level takes little of the stack.

use super::{Frame, Machine};
use crate::diagnostic::Kind;
use crate::module::{self, Global};
use crate::setup::args::Args;
use crate::setup::index::{self, Cut};
use crate::setup::number;
use crate::setup::object::{Fault, Num, Object, Res, type_error};
use crate::setup::ops;
use crate::setup::subscript::{Subscript, Subscripts, sequence_place};
use crate::setup::ufunc::{self, Fun};
use crate::setup::{builtins, files, methods, numpy};
use crate::source::Span;
use crate::syntax::{BinaryOp, CompareOp, Expr, ExprKind, Index, LogicOp, UnaryOp};
use crate::types::Scalar;
use std::rc::Rc;

impl<'a> Machine<'a, '_> {
    #[inline(never)]
    pub(super) fn indices(&mut self, frame: &mut Frame<'a>, indices: &'a [Index]) -> Res<Subscripts> {
        let mut out = Vec::with_capacity(indices.len());
        for index in indices {
            out.push(match index {
                Index::At(Expr {
                    kind: ExprKind::Other("'...'"),
                    ..
                }) => Subscript::Rest,
                Index::At(at) => Subscript::At(self.eval(frame, at)?),
                Index::Slice { low, high, step, .. } => {
                    let mut bound = |of: &'a Option<Expr>| -> Res<Option<i128>> {
                        let Some(expr) = of else { return Ok(None) };
                        match self.eval(frame, expr)? {
                            Object::None => Ok(None),
                            object => match object.index() {
                                Ok(value) => Ok(Some(value)),
                                Err(_) => Err(type_error(
                                    "slice indices must be integers or None or have an __index__ method",
                                )
                                .at(expr.span)),
                            },
                        }
                    };
                    Subscript::Slice(Cut {
                        low: bound(low)?,
                        high: bound(high)?,
                        step: bound(step)?,
                    })
                }
            });
        }
        // A tuple alone is several.
        if let [Subscript::At(Object::Tuple(all))] = out.as_slice() {
            return Ok(Subscripts(all.to_vec().into_iter().map(Subscript::At).collect()));
        }
        Ok(Subscripts(out))
    }

    #[inline(never)]
    pub(super) fn subscript(&mut self, of: &Object, indices: &Subscripts) -> Res<Object> {
        match (of, indices.0.as_slice()) {
            (Object::Array(array), _) => {
                let parts = indices.parts(&self.budget)?;
                index::get(&self.budget, array, &parts)
            }
            (Object::List(all) | Object::Tuple(all), [Subscript::At(at)]) => {
                let words = match of {
                    Object::List(_) => "list index out of range",
                    _ => "tuple index out of range",
                };
                let at = sequence_place(at, all.len(), words)?;
                Ok(all.get(at).unwrap_or(Object::None))
            }
            (Object::List(all) | Object::Tuple(all), [Subscript::Slice(cut)]) => {
                let (from, count, step) = cut.of(all.len())?;
                let all = all.to_vec();
                let mut out = Vec::with_capacity(count);
                let mut at = from;
                for _ in 0..count {
                    out.extend(all.get(at).cloned());
                    at = at.wrapping_add_signed(step);
                }
                match of {
                    Object::List(_) => self.budget.list(out),
                    _ => self.budget.tuple(out),
                }
            }
            (Object::Range(range), [Subscript::At(at)]) => {
                let size = usize::try_from(range.len()).unwrap_or(usize::MAX);
                let at = sequence_place(at, size, "range object index out of range")?;
                Ok(Object::Int(range.at(at as i128)))
            }
            (Object::List(_) | Object::Tuple(_) | Object::Range(_), _) => Err(type_error(format!(
                "{} indices must be integers or slices",
                of.type_name()
            ))),
            _ => Err(type_error(format!(
                "'{}' object is not subscriptable",
                of.type_name()
            ))),
        }
    }

    #[inline(never)]
    fn name(&mut self, frame: &Frame<'a>, name: &str) -> Res<Object> {
        if let Some(object) = frame.names.get(name) {
            return Ok(object.clone());
        }
        if frame.own.contains(name) {
            let words =
                format!("cannot access local variable '{name}' where it is not associated with a value");
            return Err(Fault::raised("UnboundLocalError", words));
        }
        let file = self.file;
        if let Some(global) = file.globals.get(name) {
            if let Global::Unknown(unknown) = global {
                let words = format!("what '{name}' stands for is not known: {}", unknown.why);
                return Err(Fault::unsupported(words).help("make it in 'setup(n)'"));
            }
            return self.object(global);
        }
        match builtins::named(name) {
            Some(object) => Ok(object),
            None => Err(Fault::new(Kind::Name, format!("name '{name}' is not defined"))),
        }
    }

    /// A name of the file's as an object.
    #[inline(never)]
    pub(super) fn object(&mut self, global: &Global) -> Res<Object> {
        Ok(match global {
            Global::Library(name) if name == "numpy.newaxis" => Object::None,
            Global::Library(name) if matches!(name.as_str(), "numpy.True_" | "numpy.False_") => {
                Object::Scalar(Scalar::Bool, u64::from(name == "numpy.True_"))
            }
            Global::Library(name) => Object::Library(name.as_str().into()),
            Global::Type(of) => Object::Type(*of, false),
            Global::Number(number) => {
                let value = match number.of.is_float() {
                    true => Num::Float(number.as_float()),
                    false => Num::Int(number.as_int()),
                };
                match (value, number.is_weak) {
                    (Num::Int(value), true) if number.of == Scalar::Bool => Object::Bool(value != 0),
                    (Num::Int(value), true) => Object::Int(value),
                    (Num::Float(value), true) => Object::Float(value),
                    (value, false) => Object::scalar(number.of, value),
                }
            }
            Global::Text(text) => Object::Str(text.as_str().into()),
            Global::Tuple(all) => {
                let all: Res<Vec<Object>> = all.iter().map(|one| self.object(one)).collect();
                self.budget.tuple(all?)?
            }
            Global::Function(at) => Object::Function(*at),
            Global::None => Object::None,
            Global::Unknown(unknown) => {
                let words = format!("what this stands for is not known: {}", unknown.why);
                return Err(Fault::unsupported(words).help("make it in 'setup(n)'"));
            }
            Global::Invalid => {
                return Err(Fault::new(
                    Kind::Name,
                    "this name stands for something that is wrong",
                ));
            }
        })
    }

    /// The value of an expression. Kinds have functions of their own, so that each level takes little of the stack.
    pub(super) fn eval(&mut self, frame: &mut Frame<'a>, expr: &'a Expr) -> Res<Object> {
        let value = self.budget.spend(1).and_then(|()| match &expr.kind {
            // What needs no depth.
            ExprKind::Name(name) => self.name(frame, name),
            ExprKind::Int(value) => Ok(Object::Int((*value).into())),
            ExprKind::Float(value) => Ok(Object::Float(*value)),
            ExprKind::Bool(value) => Ok(Object::Bool(*value)),
            ExprKind::None => Ok(Object::None),
            ExprKind::Str(text) => Ok(Object::Str(text.as_str().into())),
            _ => self.deeper(|m| m.compound(frame, expr)),
        });
        value.map_err(|fault| fault.at(expr.span))
    }

    #[inline(never)]
    fn all(&mut self, frame: &mut Frame<'a>, all: &'a [Expr]) -> Res<Vec<Object>> {
        all.iter().map(|one| self.eval(frame, one)).collect()
    }

    #[inline(never)]
    fn compound(&mut self, frame: &mut Frame<'a>, expr: &'a Expr) -> Res<Object> {
        match &expr.kind {
            ExprKind::Tuple(all) => self.sequence(frame, all, false),
            ExprKind::List(all) => self.sequence(frame, all, true),
            ExprKind::Unary(op, a) => self.one_sided(frame, *op, a),
            ExprKind::Binary(op, a, b) => self.two_sided(frame, *op, a, b),
            ExprKind::Logic(op, all) => self.logic(frame, *op, all),
            ExprKind::Compare(first, rest) => self.compared(frame, first, rest),
            ExprKind::Choice { test, yes, no } => self.chosen(frame, test, yes, no),
            ExprKind::Call {
                callee,
                args,
                keywords,
            } => self.called(frame, expr.span, callee, args, keywords),
            ExprKind::Attribute(of, name) => self.member(frame, of, &name.name),
            ExprKind::Subscript(of, indices) => self.element(frame, of, indices),
            other => Err(foreign(other)),
        }
    }

    #[inline(never)]
    fn sequence(&mut self, frame: &mut Frame<'a>, all: &'a [Expr], is_list: bool) -> Res<Object> {
        let all = self.all(frame, all)?;
        match is_list {
            true => self.budget.list(all),
            false => self.budget.tuple(all),
        }
    }

    #[inline(never)]
    fn one_sided(&mut self, frame: &mut Frame<'a>, op: UnaryOp, a: &'a Expr) -> Res<Object> {
        let a = self.eval(frame, a)?;
        self.unary(op, &a)
    }

    #[inline(never)]
    fn two_sided(&mut self, frame: &mut Frame<'a>, op: BinaryOp, a: &'a Expr, b: &'a Expr) -> Res<Object> {
        let a = self.eval(frame, a)?;
        let b = self.eval(frame, b)?;
        ops::binary(&self.budget, op, &a, &b)
    }

    #[inline(never)]
    fn logic(&mut self, frame: &mut Frame<'a>, op: LogicOp, all: &'a [Expr]) -> Res<Object> {
        let mut last = Object::None;
        for one in all {
            last = self.eval(frame, one)?;
            if last.truth().map_err(|fault| fault.at(one.span))? == (op == LogicOp::Or) {
                break;
            }
        }
        Ok(last)
    }

    #[inline(never)]
    fn compared(
        &mut self,
        frame: &mut Frame<'a>,
        first: &'a Expr,
        rest: &'a [(CompareOp, Expr)],
    ) -> Res<Object> {
        let mut left = self.eval(frame, first)?;
        let mut last = Object::Bool(true);
        for (at, (op, right)) in rest.iter().enumerate() {
            let right = self.eval(frame, right)?;
            last = ops::compare(&self.budget, *op, &left, &right)?;
            if at + 1 < rest.len() && !last.truth()? {
                break;
            }
            left = right;
        }
        Ok(last)
    }

    #[inline(never)]
    fn chosen(&mut self, frame: &mut Frame<'a>, test: &'a Expr, yes: &'a Expr, no: &'a Expr) -> Res<Object> {
        let truth = self.eval(frame, test)?.truth()?;
        self.eval(frame, if truth { yes } else { no })
    }

    #[inline(never)]
    fn member(&mut self, frame: &mut Frame<'a>, of: &'a Expr, name: &str) -> Res<Object> {
        let of = self.eval(frame, of)?;
        self.attribute(&of, name)
    }

    #[inline(never)]
    fn element(&mut self, frame: &mut Frame<'a>, of: &'a Expr, indices: &'a [Index]) -> Res<Object> {
        let of = self.eval(frame, of)?;
        let indices = self.indices(frame, indices)?;
        self.subscript(&of, &indices)
    }

    #[inline(never)]
    fn unary(&mut self, op: UnaryOp, a: &Object) -> Res<Object> {
        let plain = match a {
            Object::Bool(value) => Some(i128::from(*value)),
            Object::Int(value) => Some(*value),
            _ => None,
        };
        Ok(match (op, plain, a) {
            (UnaryOp::Not, ..) => Object::Bool(!a.truth()?),
            (UnaryOp::Minus, Some(value), _) => {
                Object::Int(value.checked_neg().ok_or_else(number::too_long)?)
            }
            (UnaryOp::Plus, Some(value), _) => Object::Int(value),
            (UnaryOp::Invert, Some(value), _) => Object::Int(!value),
            (UnaryOp::Minus, _, Object::Float(value)) => Object::Float(-value),
            (UnaryOp::Plus, _, Object::Float(value)) => Object::Float(*value),
            (_, _, Object::Array(_) | Object::Scalar(..)) => {
                let fun = match op {
                    UnaryOp::Minus => Fun::Neg,
                    UnaryOp::Plus => Fun::Pos,
                    _ => Fun::Invert,
                };
                ufunc::call(&self.budget, fun, &[ops::operand(&self.budget, a)?])?
            }
            _ => {
                return Err(type_error(format!(
                    "bad operand type for unary operator: '{}'",
                    a.type_name()
                )));
            }
        })
    }

    #[inline(never)]
    fn attribute(&mut self, of: &Object, name: &str) -> Res<Object> {
        match of {
            Object::Library(module) => self.object(&module::library(module, name)),
            _ => methods::attribute(&self.budget, of, name),
        }
    }

    #[inline(never)]
    fn called(
        &mut self,
        frame: &mut Frame<'a>,
        span: Span,
        callee: &'a Expr,
        args: &'a [Expr],
        keywords: &'a [(crate::syntax::Ident, Expr)],
    ) -> Res<Object> {
        // A method belongs to its object, and is looked up with it.
        let (of, method) = match &callee.kind {
            ExprKind::Attribute(of, name) => match self.eval(frame, of)? {
                Object::Library(module) => (self.object(&module::library(&module, &name.name))?, None),
                object => (object, Some(name.name.as_str())),
            },
            _ => (self.eval(frame, callee)?, None),
        };
        let given = self.all(frame, args)?;
        let mut named = Vec::with_capacity(keywords.len());
        for (name, value) in keywords {
            named.push((name.name.clone(), self.eval(frame, value)?));
        }
        let mut args = Args::new(given, named);
        if let (Object::Type(of, _), Some("type")) = (&of, method) {
            args.name = of.name().into();
            return builtins::convert(&self.budget, *of, false, &mut args);
        }
        if let Some(method) = method {
            args.name = method.into();
            if let (Object::List(list), "append" | "extend", [item]) = (&of, method, args.given.as_slice())
                && matches!(item, Object::List(_) | Object::Tuple(_))
            {
                self.tangled.push(Rc::downgrade(list));
            }
            return methods::call(&self.budget, &of, method, &mut args);
        }
        match of {
            Object::Function(at) => {
                let name = self.file.functions.get(at).map(|f| f.def.name.name.clone());
                self.call(at, args.given, args.named).map_err(|fault| {
                    let mut fault = fault.at(span);
                    let told = fault.told();
                    if told.span != span && told.notes.len() < 3 {
                        let words = format!("in a call of '{}'", name.unwrap_or_default());
                        told.notes.push((span, words));
                    }
                    fault
                })
            }
            Object::Type(of, is_python) => {
                args.name = of.name().into();
                builtins::convert(&self.budget, of, is_python, &mut args)
            }
            Object::Library(name) => {
                args.name = name.split('.').next_back().unwrap_or_default().into();
                match files::call(&self.budget, self.data, &name, &mut args) {
                    Some(read) => read,
                    None => numpy::call(&self.budget, &name, &mut args),
                }
            }
            _ => Err(type_error(format!("'{}' object is not callable", of.type_name()))),
        }
    }
}

/// What an expression is not evaluated for.
fn foreign(kind: &ExprKind) -> Fault {
    match kind {
        ExprKind::Imaginary(_) => Fault::unsupported("complex numbers are not supported"),
        ExprKind::Other("comprehensions") => Fault::unsupported("comprehensions are not supported in setup")
            .help("write a loop: out = [] and out.append(...), or an expression of whole arrays"),
        ExprKind::Other(what) => Fault::unsupported(format!("{what} are not supported in setup")),
        _ => Fault::new(Kind::Syntax, "this was not understood"),
    }
}

//! Statements and expressions.

use super::args::Args;
use super::index::{self, Cut};
use super::iterate;
use super::number;
use super::object::{Budget, Fault, Num, Object, Res, Seq, storable, type_error, value_error};
use super::ops;
use super::scope::assigned;
use super::subscript::{Subscript, Subscripts, sequence_place};
use super::ufunc::{self, Fun};
use super::{builtins, methods, numpy};
use crate::diagnostic::Kind;
use crate::module::{self, File, Global};
use crate::sorted::{Map, Set};
use crate::source::Span;
use crate::syntax::{BinaryOp, CompareOp, Expr, ExprKind, Index, LogicOp, Stmt, StmtKind, UnaryOp};
use crate::types::Scalar;
use std::rc::{Rc, Weak};

/// Runs functions of a file.
pub struct Machine<'a, 'b> {
    file: &'a File<'a>,
    pub budget: Budget<'b>,
    depth: u32,
    most_depth: u32,
    /// The names that each function assigns, which are its own everywhere in it.
    own: Map<usize, Rc<Set<&'a str>>>,
    /// Lists that got lists, which could hold themselves: emptied in the end.
    tangled: Vec<Weak<Seq>>,
}

/// A function that runs.
struct Frame<'a> {
    names: Map<&'a str, Object>,
    own: Rc<Set<&'a str>>,
}

/// What follows a statement.
enum Flow {
    Next,
    Break,
    Continue,
    Return(Object),
}

impl Drop for Machine<'_, '_> {
    fn drop(&mut self) {
        for list in self.tangled.drain(..) {
            if let Some(list) = list.upgrade() {
                let items = std::mem::take(&mut *list.items.borrow_mut());
                drop(items);
            }
        }
    }
}

impl<'a, 'b> Machine<'a, 'b> {
    /// That has run nothing.
    pub fn new(file: &'a File<'a>, budget: Budget<'b>, most_depth: u32) -> Machine<'a, 'b> {
        Machine {
            file,
            budget,
            depth: 0,
            most_depth,
            own: Map::new(),
            tangled: Vec::new(),
        }
    }

    fn deeper<T>(&mut self, act: impl FnOnce(&mut Self) -> Res<T>) -> Res<T> {
        if self.depth >= self.most_depth {
            return Err(Fault::limit("calls and expressions are nested too deeply").help("write a loop"));
        }
        self.depth += 1;
        let done = act(self);
        self.depth -= 1;
        done
    }

    /// Calls a function of the file.
    #[inline(never)]
    pub fn call(&mut self, function: usize, given: Vec<Object>, named: Vec<(String, Object)>) -> Res<Object> {
        let file = self.file;
        let Some(of) = file.functions.get(function) else {
            return Err(Fault::unsupported("this function is not of the file"));
        };
        let def = of.def;
        let name = &def.name.name;
        let own = match self.own.get(&function) {
            Some(own) => own.clone(),
            None => {
                let mut own = Set::new();
                own.extend(def.params.iter().map(|param| param.name.name.as_str()));
                assigned(&def.body, &mut own);
                let own = Rc::new(own);
                self.own.insert(function, own.clone());
                own
            }
        };
        let mut frame = Frame {
            names: Map::new(),
            own,
        };
        if let Some(param) = def.params.iter().find(|param| param.is_star) {
            return Err(Fault::unsupported("'*' parameters are not supported").at(param.name.span));
        }
        if given.len() > def.params.len() {
            return Err(type_error(format!(
                "{name}() takes {} positional arguments but {} were given",
                def.params.len(),
                given.len()
            )));
        }
        for (param, object) in def.params.iter().zip(given) {
            frame.names.insert(&param.name.name, object);
        }
        for (keyword, object) in named {
            let Some(param) = def.params.iter().find(|param| param.name.name == keyword) else {
                return Err(type_error(format!(
                    "{name}() got an unexpected keyword argument '{keyword}'"
                )));
            };
            if frame.names.insert(&param.name.name, object).is_some() {
                return Err(type_error(format!(
                    "{name}() got multiple values for argument '{keyword}'"
                )));
            }
        }
        for param in &def.params {
            if frame.names.contains_key(param.name.name.as_str()) {
                continue;
            }
            let Some(default) = &param.default else {
                return Err(type_error(format!(
                    "{name}() missing required argument: '{}'",
                    param.name.name
                )));
            };
            // Defaults see the file's names only.
            let mut outside = Frame {
                names: Map::new(),
                own: Rc::new(Set::new()),
            };
            let value = self.eval(&mut outside, default)?;
            frame.names.insert(&param.name.name, value);
        }
        match self.deeper(|m| m.block(&mut frame, &def.body))? {
            Flow::Return(object) => Ok(object),
            _ => Ok(Object::None),
        }
    }

    #[inline(never)]
    fn block(&mut self, frame: &mut Frame<'a>, body: &'a [Stmt]) -> Res<Flow> {
        for stmt in body {
            let flow = self.stmt(frame, stmt).map_err(|fault| fault.at(stmt.span))?;
            if !matches!(flow, Flow::Next) {
                return Ok(flow);
            }
        }
        Ok(Flow::Next)
    }

    #[inline(never)]
    fn stmt(&mut self, frame: &mut Frame<'a>, stmt: &'a Stmt) -> Res<Flow> {
        self.budget.spend(1)?;
        match &stmt.kind {
            StmtKind::Return(None) => return Ok(Flow::Return(Object::None)),
            StmtKind::Return(Some(value)) => return Ok(Flow::Return(self.eval(frame, value)?)),
            StmtKind::Assign { targets, value } => {
                let value = self.eval(frame, value)?;
                for target in targets {
                    self.assign(frame, target, value.clone())?;
                }
            }
            StmtKind::Annotated { target, value } => {
                if let Some(value) = value {
                    let value = self.eval(frame, value)?;
                    self.assign(frame, target, value)?;
                }
            }
            StmtKind::Augmented { target, op, value } => self.augmented(frame, target, *op, value)?,
            StmtKind::For {
                target,
                iter,
                body,
                or_else,
            } => return self.deeper(|m| m.each(frame, target, iter, body, or_else)),
            StmtKind::While { test, body, or_else } => {
                return self.deeper(|m| m.repeat(frame, test, body, or_else));
            }
            StmtKind::If { test, body, or_else } => {
                let truth = self
                    .eval(frame, test)?
                    .truth()
                    .map_err(|fault| fault.at(test.span))?;
                return self.deeper(|m| m.block(frame, if truth { body } else { or_else }));
            }
            StmtKind::Break => return Ok(Flow::Break),
            StmtKind::Continue => return Ok(Flow::Continue),
            StmtKind::Pass => {}
            StmtKind::Expr(value) => {
                self.eval(frame, value)?;
            }
            StmtKind::Assert(test) => {
                if !self.eval(frame, test)?.truth()? {
                    return Err(Fault::raised("AssertionError", "the assertion does not hold").at(test.span));
                }
            }
            StmtKind::Import(names) => {
                for alias in names {
                    let (name, whole) = match &alias.here {
                        Some(here) => (&here.name, alias.name.name.as_str()),
                        None => {
                            let first = alias.name.name.split('.').next().unwrap_or_default();
                            frame.names.insert(first, Object::Library(first.into()));
                            continue;
                        }
                    };
                    frame.names.insert(name, Object::Library(whole.into()));
                }
            }
            StmtKind::From { module, names } => {
                for alias in names {
                    let name = alias.here.as_ref().unwrap_or(&alias.name);
                    let object = self.object(&module::library(&module.name, &alias.name.name))?;
                    frame.names.insert(&name.name, object);
                }
            }
            StmtKind::Def(def) => {
                return Err(Fault::unsupported(format!(
                    "the function '{}' within a function is not supported",
                    def.name.name
                ))
                .help("define it beside setup"));
            }
            StmtKind::Other(what) => {
                return Err(Fault::unsupported(format!("{what} are not supported in setup")));
            }
            StmtKind::Invalid => return Err(Fault::new(Kind::Syntax, "this was not understood")),
        }
        Ok(Flow::Next)
    }

    #[inline(never)]
    fn augmented(
        &mut self,
        frame: &mut Frame<'a>,
        target: &'a Expr,
        op: BinaryOp,
        value: &'a Expr,
    ) -> Res<()> {
        match &target.kind {
            ExprKind::Subscript(of, indices) => {
                let of = self.eval(frame, of)?;
                let indices = self.indices(frame, indices)?;
                let old = self
                    .subscript(&of, &indices)
                    .map_err(|fault| fault.at(target.span))?;
                let by = self.eval(frame, value)?;
                let made = ops::augmented(&self.budget, op, &old, &by)?;
                self.put(&of, indices, made)
                    .map_err(|fault| fault.at(target.span))?;
            }
            _ => {
                let old = self.eval(frame, target)?;
                let by = self.eval(frame, value)?;
                let made = ops::augmented(&self.budget, op, &old, &by)?;
                if let (Object::List(list), Object::List(_)) = (&old, &by) {
                    self.tangled.push(Rc::downgrade(list));
                }
                self.assign(frame, target, made)?;
            }
        }
        Ok(())
    }

    #[inline(never)]
    fn repeat(
        &mut self,
        frame: &mut Frame<'a>,
        test: &'a Expr,
        body: &'a [Stmt],
        or_else: &'a [Stmt],
    ) -> Res<Flow> {
        while self
            .eval(frame, test)?
            .truth()
            .map_err(|fault| fault.at(test.span))?
        {
            self.budget.spend(1)?;
            match self.block(frame, body)? {
                Flow::Break => return Ok(Flow::Next),
                Flow::Return(object) => return Ok(Flow::Return(object)),
                Flow::Next | Flow::Continue => {}
            }
        }
        self.block(frame, or_else)
    }

    #[inline(never)]
    fn each(
        &mut self,
        frame: &mut Frame<'a>,
        target: &'a Expr,
        iter: &'a Expr,
        body: &'a [Stmt],
        or_else: &'a [Stmt],
    ) -> Res<Flow> {
        let over = self.eval(frame, iter)?;
        let mut items = iterate::over(&over).map_err(|fault| fault.at(iter.span))?;
        while let Some(item) = iterate::next(&self.budget, &mut items).map_err(|fault| fault.at(iter.span))? {
            self.assign(frame, target, item)?;
            match self.block(frame, body)? {
                Flow::Break => return Ok(Flow::Next),
                Flow::Return(object) => return Ok(Flow::Return(object)),
                Flow::Next | Flow::Continue => {}
            }
        }
        self.block(frame, or_else)
    }

    #[inline(never)]
    fn assign(&mut self, frame: &mut Frame<'a>, target: &'a Expr, value: Object) -> Res<()> {
        match &target.kind {
            ExprKind::Name(name) => {
                frame.names.insert(name, value);
                Ok(())
            }
            ExprKind::Tuple(targets) | ExprKind::List(targets) => {
                let all = match &value {
                    Object::Tuple(_)
                    | Object::List(_)
                    | Object::Array(_)
                    | Object::Range(_)
                    | Object::Iter(_) => iterate::collected(&self.budget, &value)?,
                    _ => {
                        let words = format!("cannot unpack non-iterable {} object", value.type_name());
                        return Err(type_error(words).at(target.span));
                    }
                };
                let (want, have) = (targets.len(), all.len());
                if have != want {
                    let words = match have > want {
                        true => format!("too many values to unpack (expected {want})"),
                        false => format!("not enough values to unpack (expected {want}, got {have})"),
                    };
                    return Err(value_error(words).at(target.span));
                }
                for (target, value) in targets.iter().zip(all) {
                    self.deeper(|m| m.assign(frame, target, value))?;
                }
                Ok(())
            }
            ExprKind::Subscript(of, indices) => {
                let of = self.eval(frame, of)?;
                let indices = self.indices(frame, indices)?;
                self.put(&of, indices, value)
                    .map_err(|fault| fault.at(target.span))
            }
            _ => Err(Fault::unsupported("this cannot be assigned to here").at(target.span)),
        }
    }

    /// `of[indices] = value`.
    #[inline(never)]
    fn put(&mut self, of: &Object, indices: Subscripts, value: Object) -> Res<()> {
        match (of, indices) {
            (Object::Array(array), indices) => {
                let parts = indices.parts(&self.budget)?;
                index::set(&self.budget, array, &parts, &value)
            }
            (Object::List(list), Subscripts(indices)) => match indices.as_slice() {
                [Subscript::At(at)] => {
                    storable(&value)?;
                    let size = list.len();
                    let at = sequence_place(at, size, "list assignment index out of range")?;
                    if matches!(value, Object::List(_) | Object::Tuple(_)) {
                        self.tangled.push(Rc::downgrade(list));
                    }
                    let old = match list.items.borrow_mut().get_mut(at) {
                        Some(place) => std::mem::replace(place, value),
                        None => Object::None,
                    };
                    drop(old);
                    Ok(())
                }
                _ => Err(Fault::unsupported("slices of lists cannot be assigned here").help("use an array")),
            },
            _ => Err(type_error(format!(
                "'{}' object does not support item assignment",
                of.type_name()
            ))),
        }
    }

    #[inline(never)]
    fn indices(&mut self, frame: &mut Frame<'a>, indices: &'a [Index]) -> Res<Subscripts> {
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
    fn subscript(&mut self, of: &Object, indices: &Subscripts) -> Res<Object> {
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
            return self.object(global);
        }
        match builtins::named(name) {
            Some(object) => Ok(object),
            None => Err(Fault::new(Kind::Name, format!("name '{name}' is not defined"))),
        }
    }

    /// A name of the file's as an object.
    #[inline(never)]
    fn object(&mut self, global: &Global) -> Res<Object> {
        Ok(match global {
            Global::Library(name) if name == "numpy.newaxis" => Object::None,
            Global::Library(name) if matches!(name.as_str(), "numpy.True_" | "numpy.False_") => {
                Object::Scalar(Scalar::Bool, u64::from(name == "numpy.True_"))
            }
            Global::Library(name) => Object::Library(name.as_str().into()),
            Global::Type(of) => Object::Type(*of, false),
            Global::Number(number) => {
                let value = match number.of.is_float() {
                    true => Num::Float(number.float),
                    false => Num::Int(number.int),
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
            Global::Invalid => {
                return Err(Fault::new(
                    Kind::Name,
                    "this name stands for something that is wrong",
                ));
            }
        })
    }

    /// The value of an expression. Kinds have functions of their own, so that each level takes little of the stack.
    fn eval(&mut self, frame: &mut Frame<'a>, expr: &'a Expr) -> Res<Object> {
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
                numpy::call(&self.budget, &name, &mut args)
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

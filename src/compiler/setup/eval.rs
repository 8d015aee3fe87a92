//! Statements; [`expressions`] are beside.

mod expressions;

use super::files::DataFile;
use super::index;
use super::iterate;
use super::object::{Budget, Fault, Object, Res, Seq, miscounted, storable, type_error, value_error};
use super::ops;
use super::scope::assigned;
use super::subscript::{Subscript, Subscripts, sequence_place};
use crate::diagnostic::Kind;
use crate::module::{self, File, Global};
use crate::sorted::{Map, Set};
use crate::syntax::{BinaryOp, Expr, ExprKind, Stmt, StmtKind};
use std::rc::{Rc, Weak};

/// Runs functions of a file.
pub struct Machine<'a, 'b> {
    file: &'a File<'a>,
    /// What may be read.
    data: &'a [DataFile],
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
    pub fn new(
        file: &'a File<'a>,
        data: &'a [DataFile],
        budget: Budget<'b>,
        most_depth: u32,
    ) -> Machine<'a, 'b> {
        Machine {
            file,
            data,
            budget,
            depth: 0,
            most_depth,
            own: Map::new(),
            tangled: Vec::new(),
        }
    }

    fn deeper<T>(&mut self, act: impl FnOnce(&mut Self) -> Res<T>) -> Res<T> {
        self.deep()?;
        let done = act(self);
        self.depth -= 1;
        done
    }

    /// One deeper, if there is room.
    #[inline(never)]
    fn deep(&mut self) -> Res<()> {
        if self.depth >= self.most_depth {
            return Err(Fault::limit("calls and expressions are nested too deeply").help("write a loop"));
        }
        self.depth += 1;
        Ok(())
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
            return Err(miscounted(name, def.params.len(), given.len()));
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
        for (at, param) in def.params.iter().enumerate() {
            if frame.names.contains_key(param.name.name.as_str()) {
                continue;
            }
            let Some(default) = &param.default else {
                return Err(type_error(format!(
                    "{name}() missing required argument: '{}'",
                    param.name.name
                )));
            };
            let value = match of.defaults.get(at) {
                Some(Some(value)) if !matches!(value, Global::Unknown(_)) => self.object(value)?,
                _ => self.outside(default)?,
            };
            frame.names.insert(&param.name.name, value);
        }
        match self.deeper(|m| m.block(&mut frame, &def.body))? {
            Flow::Return(object) => Ok(object),
            _ => Ok(Object::None),
        }
    }

    /// An expression outside of functions, which sees the file's names only.
    pub fn outside(&mut self, expr: &'a Expr) -> Res<Object> {
        let mut outside = Frame {
            names: Map::new(),
            own: Rc::new(Set::new()),
        };
        self.eval(&mut outside, expr)
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
            StmtKind::Other { what, .. } => {
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
}

//! What gets a value: variables, elements, parts of arrays.

use super::expr::{literal, placed};
use super::operand::{Apply, Operand, Slot, local};
use super::{Key, Maker, RESULT, Var};
use crate::diagnostic::Kind;
use crate::flow::Webs;
use crate::ir::{ArrayExpr, Expr, ExprKind, Failure, Local, Reduction, Site, Stmt};
use crate::module::Global;
use crate::source::Span;
use crate::syntax::{self, BinaryOp};
use crate::types::Scalar;
use crate::walk;

impl Maker<'_> {
    /// Gives a variable a value, by the definition at a place; its type widens what is known of the variable.
    pub(super) fn assign_web(&mut self, var: Var, name: &str, value: Operand, at: u32, span: Span) {
        let value = match value {
            // A range of one's own, a method: nobody needs them in a variable.
            Operand::Range(_) | Operand::Method(..) => {
                let words = format!("'{name}' cannot hold this: use it where it stands");
                self.fault(Kind::Unsupported, span, words);
                return;
            }
            other => other,
        };
        let Some(known) = self.known(&value) else {
            return;
        };
        let joined = match self.type_of(var) {
            None => known.clone(),
            Some(before) => match before.join(&known) {
                Some(joined) => joined,
                None => {
                    let what = if var.1 == RESULT {
                        format!(
                            "Can't unify return type from the following types: {}, {}",
                            before.words(),
                            known.words()
                        )
                    } else {
                        format!(
                            "Cannot unify {} and {} for '{name}'",
                            before.words(),
                            known.words()
                        )
                    };
                    self.fault(Kind::Typing, span, what);
                    return;
                }
            },
        };
        if self.type_of(var) != Some(&joined) {
            let before = self.variable(var).own.replace(joined);
            self.widened |= before.is_some();
        }
        self.defined(var, at, &known);
        let faces = self.faces(var, at);
        match faces.as_slice() {
            [one] => {
                let slot = self.slot(var, name, one);
                self.put_in(&slot, value, span);
            }
            several => {
                let value = self.settled(value);
                let outer = std::mem::replace(&mut self.has_several, true);
                for one in several {
                    let slot = self.slot(var, name, one);
                    self.put_in(&slot, value.clone(), span);
                }
                self.has_several = outer;
            }
        }
        if let Some(flag) = self.variable(var).flag {
            self.emit(Stmt::Set(flag, Expr::bool(true)));
        }
    }

    /// Variables that are read where they may have no value have none when their function begins.
    pub(super) fn begin_flags(&mut self, key: Key, webs: &Webs) {
        for web in webs.open() {
            let flag = self.local(&webs.names[web.0 as usize], Scalar::Bool);
            self.variable((key, web)).flag = Some(flag);
            self.emit(Stmt::Set(flag, Expr::bool(false)));
        }
    }

    /// That a variable has a value where it is read, if that is not certain.
    pub(super) fn check_flag(&mut self, var: Var, span: Span) {
        let is_open = self.frame_ref().is_some_and(|frame| frame.webs.is_open(span));
        if let (true, Some(flag)) = (is_open, self.variable(var).flag) {
            let site = self.site(span, Failure::Unbound(flag));
            self.emit(Stmt::Check(local(Scalar::Bool, flag), site));
        }
    }

    /// In an iteration of a `prange` its own variables have no value. What is reduced keeps the one it had, and has to
    /// have one: these checks are to be made before the loop.
    pub(super) fn flags_within(&self, body: &mut Vec<Stmt>, reductions: &[Reduction]) -> Vec<(Local, Site)> {
        let mut before = Vec::new();
        for variable in self.variables.values() {
            let Some(flag) = &variable.flag else { continue };
            if walk::sets(body, *flag) == 0 {
                continue;
            }
            let is_own = |one: &Reduction| {
                variable.is_in(&|slot| matches!(slot, Slot::Scalar(at) if *at == one.local))
            };
            if !reductions.iter().any(is_own) {
                body.insert(0, Stmt::Set(*flag, Expr::bool(false)));
                continue;
            }
            walk::retain(body, &mut |stmt| match stmt {
                Stmt::Set(to, _) => to != flag,
                Stmt::Check(test, site) if test.kind == ExprKind::Local(*flag) => {
                    before.push((*flag, *site));
                    false
                }
                _ => true,
            });
        }
        before
    }

    /// Gives a place a value of its type.
    pub(super) fn put_in(&mut self, slot: &Slot, value: Operand, span: Span) {
        match (slot, value) {
            (Slot::Scalar(at), value) => {
                let of = self.program.locals[at.0 as usize].of;
                if let Some(expr) = self.value(value, span) {
                    let expr = self.convert(expr, of);
                    if expr.kind != ExprKind::Local(*at) {
                        self.emit(Stmt::Set(*at, expr));
                    }
                }
            }
            (Slot::Array(array), Operand::Part(of, cuts)) => {
                self.emit(Stmt::Bind(*array, ArrayExpr::View { of, cuts }));
            }
            (Slot::Array(array), value) => {
                if let Some(from) = self.handle(value, span) {
                    // What was just made for this alone needs no other name.
                    if !self.has_several
                        && let Some(Stmt::Bind(last, _)) = self.out.last_mut()
                        && *last == from
                        && self.program.arrays[from.0 as usize].name.starts_with('$')
                        && self.program.arrays[from.0 as usize].layout
                            == self.program.arrays[array.0 as usize].layout
                    {
                        *last = *array;
                    } else if from != *array {
                        self.emit(Stmt::Bind(*array, ArrayExpr::Same(from)));
                    }
                }
            }
            (Slot::Tuple(slots), Operand::Tuple(all)) => {
                let all = self.apart(all);
                for (slot, one) in slots.iter().zip(all) {
                    self.put_in(slot, one, span);
                }
            }
            (Slot::Tuple(slots), Operand::Known(Global::Tuple(all))) => {
                for (slot, one) in slots.iter().zip(all) {
                    self.put_in(slot, Operand::Known(one), span);
                }
            }
            (Slot::Tuple(_) | Slot::Known(_), _) => {}
        }
    }

    /// What it is now, once for all.
    pub(super) fn settled(&mut self, operand: Operand) -> Operand {
        match operand {
            Operand::Value(expr) => Operand::Value(self.saved(expr)),
            Operand::Part(array, cuts) => Operand::Array(self.view(array, cuts)),
            Operand::Lazy(lazy) => self.made(&lazy).map_or(Operand::Unknown, Operand::Array),
            Operand::Tuple(all) => Operand::Tuple(all.into_iter().map(|one| self.settled(one)).collect()),
            other => other,
        }
    }

    /// Values that stay what they are while others are given away: `a, b = b, a`.
    pub(super) fn apart(&mut self, all: Vec<Operand>) -> Vec<Operand> {
        if all.len() < 2 {
            return all;
        }
        let mut out = Vec::with_capacity(all.len());
        // A name that gets another array has another length.
        let has_arrays = all
            .iter()
            .any(|one| self.is_array(one) || matches!(one, Operand::Tuple(_)));
        for one in all {
            out.push(match one {
                Operand::Value(expr) if matches!(expr.kind, ExprKind::Const(_)) => Operand::Value(expr),
                Operand::Value(expr) if matches!(expr.kind, ExprKind::Length(..)) && !has_arrays => {
                    Operand::Value(expr)
                }
                Operand::Value(expr) => Operand::Value(self.saved(expr)),
                Operand::Array(array) => {
                    let info = self.array_info(array).clone();
                    let copy = self.bound(info.of, info.axes, info.layout, ArrayExpr::Same(array));
                    Operand::Array(copy)
                }
                Operand::Part(array, cuts) => Operand::Array(self.view(array, cuts)),
                Operand::Lazy(lazy) => match self.made(&lazy) {
                    Some(array) => Operand::Array(array),
                    None => Operand::Unknown,
                },
                Operand::Tuple(all) => Operand::Tuple(self.apart(all)),
                other => other,
            });
        }
        out
    }

    /// `target = value`.
    pub(super) fn assign(&mut self, target: &syntax::Expr, value: Operand) {
        match &target.kind {
            syntax::ExprKind::Name(name) => {
                let Some(frame) = self.frame_ref() else { return };
                if let Some(web) = frame.webs.store(target.span) {
                    let var = (frame.key, web);
                    self.assign_web(var, name, value, target.span.start, target.span);
                }
            }
            syntax::ExprKind::Tuple(targets) | syntax::ExprKind::List(targets) => {
                let Some(parts) = self.unpacked(value, targets.len(), target.span) else {
                    // Their types stay unknown, and so does what is made of them.
                    return;
                };
                let parts = self.apart(parts);
                for (target, part) in targets.iter().zip(parts) {
                    self.assign(target, part);
                }
            }
            syntax::ExprKind::Subscript(of, indices) => {
                let mark = self.out.len();
                let Some(place) = self.place(of, indices, target.span) else {
                    return;
                };
                let value = self.kept(mark, value);
                self.store(place, value, target.span);
            }
            syntax::ExprKind::Attribute(_, name) => {
                let words = format!("attribute '{}' cannot be set", name.name);
                self.fault(Kind::Unsupported, target.span, words);
            }
            syntax::ExprKind::Invalid => {}
            _ => self.fault(Kind::Syntax, target.span, "cannot assign to this"),
        }
    }

    /// The parts of a tuple, or the elements of an array along its first axis, of which there are to be so many.
    fn unpacked(&mut self, value: Operand, wanted: usize, span: Span) -> Option<Vec<Operand>> {
        let parts = match value {
            Operand::Tuple(all) => all,
            Operand::Known(Global::Tuple(all)) => all.into_iter().map(Operand::Known).collect(),
            Operand::Unknown | Operand::Known(Global::Invalid) => return None,
            other => {
                let words = match self.known(&other) {
                    Some(known) => format!("cannot unpack {}", known.words()),
                    None => "cannot unpack this".into(),
                };
                self.fault(Kind::Typing, span, words);
                return None;
            }
        };
        if parts.len() == wanted {
            return Some(parts);
        }
        let words = if parts.len() < wanted {
            format!(
                "not enough values to unpack (expected {wanted}, got {})",
                parts.len()
            )
        } else {
            format!("too many values to unpack (expected {wanted})")
        };
        self.fault(Kind::Typing, span, words);
        None
    }

    /// `target op= value`.
    pub(super) fn augmented(
        &mut self,
        target: &syntax::Expr,
        op: BinaryOp,
        value: &syntax::Expr,
        span: Span,
    ) {
        match &target.kind {
            syntax::ExprKind::Name(_) => {
                let left = self.expr(target);
                if matches!(left, Operand::Array(_)) {
                    // In place, as in NumPy.
                    let mut right = self.expr(value);
                    // It is an array by itself before it is added.
                    if let Operand::Lazy(lazy) = right {
                        let of = lazy.of;
                        right = self.apply(Apply::Cast, of, vec![*lazy], span);
                    }
                    if let Operand::Array(array) = left {
                        let result = self.binary(op, Operand::Array(array), right, span);
                        self.fill(array, result, span);
                        self.assign(target, Operand::Array(array));
                    }
                    return;
                }
                let mark = self.out.len();
                let right = self.expr(value);
                let left = self.kept(mark, left);
                let literal = literal(&right, value);
                let result = placed(self.binary(op, left, right, span), literal);
                self.assign(target, result);
            }
            syntax::ExprKind::Subscript(of, indices) => {
                let Some(place) = self.place(of, indices, target.span) else {
                    let _ = self.expr(value);
                    return;
                };
                let place = self.steady(place);
                let left = self.element_at(&place);
                let mark = self.out.len();
                let right = self.expr(value);
                let left = self.kept(mark, left);
                let literal = literal(&right, value);
                let result = placed(self.binary(op, left, right, span), literal);
                self.store(place, result, span);
            }
            syntax::ExprKind::Invalid => {}
            _ => self.fault(
                Kind::Unsupported,
                target.span,
                "only names and elements can be changed so",
            ),
        }
    }
}

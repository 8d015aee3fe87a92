//! Expressions.

use super::Maker;
use super::operand::{Known, Operand, both, compare, select};
use crate::diagnostic::Kind;
use crate::ir::{Compare, Cut, Expr, ExprKind as Ir, Failure, Stmt};
use crate::module::{self, Global, Number};
use crate::rules;
use crate::source::Span;
use crate::syntax::{self, CompareOp, ExprKind, Index, LogicOp, UnaryOp};
use crate::types::Scalar;

/// An element or a part that is to be changed.
pub(super) enum Place {
    Element(crate::ir::Array, Vec<Expr>, crate::ir::Site),
    Part(crate::ir::Array, Vec<Cut>),
    Whole(crate::ir::Array),
}

impl Maker<'_> {
    pub(super) fn expr(&mut self, expr: &syntax::Expr) -> Operand {
        match &expr.kind {
            ExprKind::Name(name) => self.name(name, expr.span),
            ExprKind::Int(value) => {
                let of = if i64::try_from(*value).is_ok() {
                    Scalar::I64
                } else {
                    Scalar::U64
                };
                Operand::Known(Global::Number(Number::int(of, i128::from(*value), true)))
            }
            ExprKind::Float(value) => {
                Operand::Known(Global::Number(Number::float(Scalar::F64, *value, true)))
            }
            ExprKind::Bool(value) => Operand::Known(Global::Number(Number::int(
                Scalar::Bool,
                i128::from(*value),
                true,
            ))),
            ExprKind::None => Operand::Known(Global::None),
            ExprKind::Str(text) => Operand::Known(Global::Text(text.clone())),
            ExprKind::Imaginary(_) => self.refuse(
                Kind::Unsupported,
                expr.span,
                "complex numbers are not compiled yet",
            ),
            ExprKind::Tuple(all) => Operand::Tuple(self.operands(all)),
            ExprKind::List(_) => {
                let refused = self.refuse(
                    Kind::Unsupported,
                    expr.span,
                    "lists are not compiled: kernels work on arrays",
                );
                self.help("use a tuple, or 'np.array([..])' or 'np.empty(n)'");
                refused
            }
            ExprKind::Unary(op, a) => self.unary(*op, a, expr.span),
            ExprKind::Binary(op, a, b) => {
                let left = self.expr(a);
                let mark = self.out.len();
                let right = self.expr(b);
                let left = self.kept(mark, left);
                self.binary(*op, left, right, expr.span)
            }
            ExprKind::Logic(op, all) => self.logic(*op, all),
            ExprKind::Compare(first, rest) => self.compared(first, rest, expr.span),
            ExprKind::Choice { test, yes, no } => self.choice(test, yes, no, expr.span),
            ExprKind::Call {
                callee,
                args,
                keywords,
            } => self.call(callee, args, keywords, expr.span),
            ExprKind::Attribute(of, name) => {
                let value = self.expr(of);
                self.attribute(value, &name.name, name.span)
            }
            ExprKind::Subscript(of, indices) => {
                let value = self.expr(of);
                self.subscript(value, indices, expr.span)
            }
            ExprKind::Other(what) => self.refuse(
                Kind::Unsupported,
                expr.span,
                format!("{what} are not of the language of kernels"),
            ),
            ExprKind::Invalid => Operand::Unknown,
        }
    }

    /// From left to right; what earlier ones read is kept.
    pub(super) fn operands(&mut self, all: &[syntax::Expr]) -> Vec<Operand> {
        let mut out: Vec<Operand> = Vec::with_capacity(all.len());
        for one in all {
            let mark = self.out.len();
            let value = self.expr(one);
            if self.out.len() > mark {
                // Inserted before the new statements, in order.
                let mut at = mark;
                out = out
                    .into_iter()
                    .map(|earlier| {
                        let before = self.out.len();
                        let kept = self.kept(at, earlier);
                        at += self.out.len() - before;
                        kept
                    })
                    .collect();
            }
            out.push(value);
        }
        out
    }

    /// Whether a name means Python's own.
    pub(super) fn is_builtin(&self, callee: &syntax::Expr) -> bool {
        let ExprKind::Name(name) = &callee.kind else {
            return false;
        };
        let is_local = self
            .frame_ref()
            .is_some_and(|frame| frame.webs.load(callee.span).is_some());
        !is_local && !self.file.globals.contains_key(name)
    }

    fn name(&mut self, name: &str, span: Span) -> Operand {
        let web = self
            .frame_ref()
            .and_then(|frame| Some((frame.key, frame.webs.load(span)?)));
        if let Some(var) = web {
            let Some(known) = self.types.get(&var).cloned() else {
                self.asked.entry(var).or_insert((name.to_owned(), span));
                return Operand::Unknown;
            };
            let slot = self.slot(var, name, &known);
            return self.read(&slot);
        }
        if let Some(global) = self.file.globals.get(name) {
            return Operand::Known(global.clone());
        }
        if super::builtins::NAMES.contains(&name) {
            return match name {
                "int" => Operand::Known(Global::Type(Scalar::I64)),
                "float" => Operand::Known(Global::Type(Scalar::F64)),
                "bool" => Operand::Known(Global::Type(Scalar::Bool)),
                _ => Operand::Known(Global::Library(format!("builtins.{name}"))),
            };
        }
        let is_known_here = self
            .frame_ref()
            .is_some_and(|frame| frame.webs.names.iter().any(|n| n == name));
        if is_known_here {
            // Said when the function's variables were found.
            return Operand::Unknown;
        }
        let refused = self.refuse(Kind::Name, span, format!("name '{name}' is not defined"));
        if let Some(near) = self.nearest(name) {
            self.help(format!("did you mean '{near}'?"));
        } else if matches!(name, "np" | "numpy") {
            self.help("begin the file with 'import numpy as np'");
        } else if name == "prange" || name == "njit" {
            self.help(format!("begin the file with 'from numba import {name}'"));
        } else if name == "math" {
            self.help("begin the file with 'import math'");
        }
        refused
    }

    /// A name that is written almost so.
    fn nearest(&self, name: &str) -> Option<String> {
        let own = self.frame_ref().map(|frame| frame.webs.names.as_slice());
        let all = own
            .unwrap_or_default()
            .iter()
            .chain(self.file.globals.keys())
            .map(String::as_str)
            .chain(super::builtins::NAMES);
        let near = |other: &&str| crate::module::distance(name, other) <= 1 + name.len() / 5;
        let mut found: Vec<&str> = all.filter(near).collect();
        found.sort_by_key(|other| (crate::module::distance(name, other), *other));
        found.first().map(|found| (*found).to_owned())
    }

    fn unary(&mut self, op: UnaryOp, a: &syntax::Expr, span: Span) -> Operand {
        let value = self.expr(a);
        if op == UnaryOp::Not {
            return match self.truth(value, a.span) {
                Some(truth) => Operand::Value(self.opposite(truth)),
                None => Operand::Unknown,
            };
        }
        if let Operand::Known(Global::Number(known)) = &value
            && let Some(folded) = module::negated(op, *known)
            && (known.of != Scalar::Bool || op == UnaryOp::Minus)
        {
            return Operand::Known(Global::Number(folded));
        }
        let name = match op {
            UnaryOp::Minus => "negative",
            UnaryOp::Plus => "positive",
            _ => "invert",
        };
        if self.is_array(&value) {
            return self.elementwise(name, vec![value], span);
        }
        let Some(expr) = self.value(value, a.span) else {
            return Operand::Unknown;
        };
        let of = match op {
            UnaryOp::Invert => rules::invert(expr.of),
            _ => Some(rules::sign(expr.of)),
        };
        let Some(of) = of else {
            let words = format!("bad operand type for unary ~: {}", expr.of);
            return self.refuse(Kind::Typing, span, words);
        };
        let expr = self.convert(expr, of);
        Operand::Value(match op {
            UnaryOp::Minus => self.negative(expr),
            UnaryOp::Plus => expr,
            _ => super::operand::not(expr),
        })
    }

    fn opposite(&mut self, truth: Expr) -> Expr {
        match super::operand::constant(&truth) {
            Some(known) => Expr::bool(known.int == 0),
            None => super::operand::not(truth),
        }
    }

    /// `a and b and c`.
    fn logic(&mut self, op: LogicOp, all: &[syntax::Expr]) -> Operand {
        let Some((first, rest)) = all.split_first() else {
            return Operand::Unknown;
        };
        let mut left = self.expr(first);
        let mut left_span = first.span;
        for one in rest {
            let (more, right) = self.aside(|maker| {
                let value = maker.expr(one);
                maker.value(value, one.span)
            });
            let Some(a) = self.value(left, left_span) else {
                left = Operand::Unknown;
                self.out.extend(more);
                continue;
            };
            let Some(b) = right else {
                left = Operand::Unknown;
                self.out.extend(more);
                continue;
            };
            left = Operand::Value(self.either(op, a, b, more));
            left_span = left_span.to(one.span);
        }
        left
    }

    /// The left side, or the right one with the statements that it needs.
    fn either(&mut self, op: LogicOp, a: Expr, b: Expr, more: Vec<Stmt>) -> Expr {
        let is_plain = a.of == Scalar::Bool && b.of == Scalar::Bool;
        if more.is_empty() && is_plain {
            let kind = match op {
                LogicOp::And => Ir::And(Box::new(a), Box::new(b)),
                LogicOp::Or => Ir::Or(Box::new(a), Box::new(b)),
            };
            return Expr {
                kind,
                of: Scalar::Bool,
            };
        }
        let of = rules::unify(a.of, b.of);
        let a = self.named(a);
        let test = self.is_true(a.clone());
        let (a, mut b) = (self.convert(a, of), self.convert(b, of));
        if more.is_empty() {
            let (yes, no) = match op {
                LogicOp::And => (b, a),
                LogicOp::Or => (a, b),
            };
            return Expr {
                kind: Ir::Choice(Box::new(test), Box::new(yes), Box::new(no)),
                of,
            };
        }
        let temp = self.temp(of);
        let mut right = more;
        right.push(Stmt::Set(temp, std::mem::replace(&mut b, Expr::bool(false))));
        let left = vec![Stmt::Set(temp, a)];
        let (yes, no) = match op {
            LogicOp::And => (right, left),
            LogicOp::Or => (left, right),
        };
        self.emit(Stmt::If { test, yes, no });
        super::operand::local(of, temp)
    }

    fn choice(&mut self, test: &syntax::Expr, yes: &syntax::Expr, no: &syntax::Expr, span: Span) -> Operand {
        let value = self.expr(test);
        let truth = self.truth(value, test.span);
        let (first, a) = self.aside(|maker| maker.expr(yes));
        let (second, b) = self.aside(|maker| maker.expr(no));
        let Some(truth) = truth else {
            return Operand::Unknown;
        };
        if let Some(known) = super::operand::constant(&truth) {
            let (more, value) = if known.int != 0 { (first, a) } else { (second, b) };
            self.out.extend(more);
            return value;
        }
        let (Some(left), Some(right)) = (self.known(&a), self.known(&b)) else {
            return Operand::Unknown;
        };
        let Some(joined) = left.join(&right) else {
            let words = format!("Cannot unify {} and {}", left.words(), right.words());
            return self.refuse(Kind::Typing, span, words);
        };
        if let Known::Scalar(of) = joined
            && first.is_empty()
            && second.is_empty()
        {
            let (Some(a), Some(b)) = (self.value(a, yes.span), self.value(b, no.span)) else {
                return Operand::Unknown;
            };
            let (a, b) = (self.convert(a, of), self.convert(b, of));
            return Operand::Value(Expr {
                kind: Ir::Choice(Box::new(truth), Box::new(a), Box::new(b)),
                of,
            });
        }
        let slot = self.fresh(&joined);
        let (yes_stmts, ()) = self.aside(|maker| {
            maker.out = first;
            maker.put_in(&slot, a, yes.span);
        });
        let (no_stmts, ()) = self.aside(|maker| {
            maker.out = second;
            maker.put_in(&slot, b, no.span);
        });
        self.emit(Stmt::If {
            test: truth,
            yes: yes_stmts,
            no: no_stmts,
        });
        self.read(&slot)
    }

    /// `a < b <= c`.
    fn compared(&mut self, first: &syntax::Expr, rest: &[(CompareOp, syntax::Expr)], span: Span) -> Operand {
        let mut left = self.expr(first);
        let mut left_span = first.span;
        let mut all: Option<Operand> = None;
        for (i, (op, right_expr)) in rest.iter().enumerate() {
            let is_last = i + 1 == rest.len();
            let mark = self.out.len();
            let mut right = self.expr(right_expr);
            left = self.kept(mark, left);
            if !is_last && let Operand::Value(expr) = right {
                right = Operand::Value(self.named(expr));
            }
            let one = self.comparison(*op, left, right.clone(), left_span.to(right_expr.span));
            all = Some(match all {
                None => one,
                Some(before) => {
                    let (Some(a), Some(b)) = (self.value(before, span), self.value(one, span)) else {
                        return Operand::Unknown;
                    };
                    Operand::Value(both(a, b))
                }
            });
            left = right;
            left_span = right_expr.span;
        }
        all.unwrap_or(Operand::Unknown)
    }

    fn comparison(&mut self, op: CompareOp, a: Operand, b: Operand, span: Span) -> Operand {
        if matches!(op, CompareOp::In | CompareOp::NotIn) {
            return self.contained(op == CompareOp::NotIn, a, b, span);
        }
        if matches!(op, CompareOp::Is | CompareOp::IsNot) {
            let is_none = |one: &Operand| matches!(one, Operand::Known(Global::None));
            return match (&a, &b) {
                (Operand::Unknown, _) | (_, Operand::Unknown) => Operand::Unknown,
                _ if is_none(&a) || is_none(&b) => {
                    let same = is_none(&a) && is_none(&b);
                    let truth = same == (op == CompareOp::Is);
                    Operand::Known(Global::Number(Number::int(Scalar::Bool, i128::from(truth), true)))
                }
                _ => self.comparison(
                    if op == CompareOp::Is {
                        CompareOp::Equal
                    } else {
                        CompareOp::Unequal
                    },
                    a,
                    b,
                    span,
                ),
            };
        }
        let name = match op {
            CompareOp::Equal => "equal",
            CompareOp::Unequal => "not_equal",
            CompareOp::Less => "less",
            CompareOp::AtMost => "less_equal",
            CompareOp::Greater => "greater",
            _ => "greater_equal",
        };
        if self.is_array(&a) || self.is_array(&b) {
            return self.elementwise(name, vec![a, b], span);
        }
        if let (Operand::Tuple(x), Operand::Tuple(y)) = (&a, &b)
            && matches!(op, CompareOp::Equal | CompareOp::Unequal)
        {
            return self.same_tuples(op, x.clone(), y.clone(), span);
        }
        let (Some(a), Some(b)) = (self.value(a, span), self.value(b, span)) else {
            return Operand::Unknown;
        };
        Operand::Value(self.order(name, a, b))
    }

    fn same_tuples(&mut self, op: CompareOp, x: Vec<Operand>, y: Vec<Operand>, span: Span) -> Operand {
        let mut all = Expr::bool(x.len() == y.len());
        if x.len() == y.len() {
            for (a, b) in x.into_iter().zip(y) {
                let one = self.comparison(CompareOp::Equal, a, b, span);
                let Some(one) = self.value(one, span) else {
                    return Operand::Unknown;
                };
                all = both(all, one);
            }
        }
        if op == CompareOp::Unequal {
            all = self.opposite(all);
        }
        Operand::Value(all)
    }

    fn contained(&mut self, is_not: bool, a: Operand, b: Operand, span: Span) -> Operand {
        let parts = match b {
            Operand::Tuple(all) => all,
            Operand::Known(Global::Tuple(all)) => all.into_iter().map(Operand::Known).collect(),
            Operand::Unknown => return Operand::Unknown,
            _ => {
                return self.refuse(Kind::Unsupported, span, "'in' looks into tuples only");
            }
        };
        let Some(a) = self.value(a, span) else {
            return Operand::Unknown;
        };
        let a = self.named(a);
        let mut any = Expr::bool(false);
        for part in parts {
            let Some(part) = self.value(part, span) else {
                return Operand::Unknown;
            };
            let one = self.order("equal", a.clone(), part);
            any = Expr {
                kind: Ir::Or(Box::new(any), Box::new(one)),
                of: Scalar::Bool,
            };
        }
        if is_not {
            any = self.opposite(any);
        }
        Operand::Value(any)
    }

    /// A comparison of numbers.
    pub(super) fn order(&mut self, name: &str, a: Expr, b: Expr) -> Expr {
        let is_whole = |one: &Expr| one.of.is_int();
        let (a, b) = if !is_whole(&a) || !is_whole(&b) {
            let of = rules::unify(a.of, b.of);
            (self.convert(a, of), self.convert(b, of))
        } else {
            // A literal takes the other side's type where that changes nothing.
            let fits = |known: &Expr, of: Scalar| {
                super::operand::constant(known).is_some_and(|n| Number::int(of, n.int, false).int == n.int)
            };
            if a.of != b.of && fits(&b, a.of) {
                let of = a.of;
                (a, self.convert(b, of))
            } else if a.of != b.of && fits(&a, b.of) {
                let of = b.of;
                (self.convert(a, of), b)
            } else {
                (a, b)
            }
        };
        match name {
            "equal" => compare(Compare::Equal, a, b),
            "not_equal" => compare(Compare::Unequal, a, b),
            "less" => compare(Compare::Less, a, b),
            "less_equal" => compare(Compare::AtMost, a, b),
            "greater" => compare(Compare::Less, b, a),
            _ => compare(Compare::AtMost, b, a),
        }
    }

    // Subscripts.

    /// What `of[..]` means.
    pub(super) fn subscript(&mut self, of: Operand, indices: &[Index], span: Span) -> Operand {
        match of {
            Operand::Tuple(all) => self.part_of_tuple(all, indices, span),
            Operand::Known(Global::Tuple(all)) => {
                let all = all.into_iter().map(Operand::Known).collect();
                self.part_of_tuple(all, indices, span)
            }
            Operand::Unknown | Operand::Known(Global::Invalid) => {
                for index in indices {
                    if let Index::At(at) = index {
                        let _ = self.expr(at);
                    }
                }
                Operand::Unknown
            }
            other => match self.place_in(other, indices, span) {
                Some(place) => self.element_at(&place),
                None => Operand::Unknown,
            },
        }
    }

    fn part_of_tuple(&mut self, all: Vec<Operand>, indices: &[Index], span: Span) -> Operand {
        let [index] = indices else {
            return self.refuse(Kind::Typing, span, "a tuple has one index");
        };
        match index {
            Index::At(at) => {
                let value = self.expr(at);
                let Some(value) = self.index(value, at.span) else {
                    return Operand::Unknown;
                };
                if let Some(known) = super::operand::constant(&value) {
                    let count = all.len() as i128;
                    let place = if known.int < 0 {
                        known.int + count
                    } else {
                        known.int
                    };
                    return match usize::try_from(place).ok().and_then(|at| all.get(at)) {
                        Some(found) => found.clone(),
                        None => self.refuse(Kind::Typing, span, "tuple index out of range"),
                    };
                }
                self.any_of_tuple(all, value, span)
            }
            Index::Slice { low, high, step, .. } => {
                let mut ends = [None; 3];
                for (end, one) in ends.iter_mut().zip([low, high, step]) {
                    if let Some(one) = one {
                        let value = self.expr(one);
                        let Some(value) = self.index(value, one.span) else {
                            return Operand::Unknown;
                        };
                        let Some(known) = super::operand::constant(&value) else {
                            return self.refuse(
                                Kind::Typing,
                                one.span,
                                "a tuple's slice needs constant ends",
                            );
                        };
                        *end = Some(known.int);
                    }
                }
                let count = all.len() as i128;
                let step = ends[2].unwrap_or(1);
                if step != 1 {
                    return self.refuse(Kind::Unsupported, span, "a tuple's slice goes by steps of 1");
                }
                let clip = |end: Option<i128>, usual: i128| {
                    let end = end.unwrap_or(usual);
                    let end = if end < 0 { end + count } else { end };
                    end.clamp(0, count) as usize
                };
                let (low, high) = (clip(ends[0], 0), clip(ends[1], count));
                Operand::Tuple(all.get(low..high.max(low)).unwrap_or_default().to_vec())
            }
        }
    }

    /// An element of a tuple of numbers by an index that is known later.
    fn any_of_tuple(&mut self, all: Vec<Operand>, at: Expr, span: Span) -> Operand {
        let mut values = Vec::new();
        for one in all {
            let Some(value) = self.value(one, span) else {
                return Operand::Unknown;
            };
            values.push(value);
        }
        let Some(first) = values.first() else {
            return self.refuse(Kind::Typing, span, "tuple index out of range");
        };
        let of = first.of;
        if values.iter().any(|one| one.of != of) {
            return self.refuse(
                Kind::Typing,
                span,
                "No implementation of getitem by a variable: only a tuple of one type has it",
            );
        }
        let at = self.named(at);
        let count = values.len() as i64;
        let mut out = values[0].clone();
        for (i, value) in values.into_iter().enumerate().skip(1) {
            let this = |k: i64| compare(Compare::Equal, at.clone(), Expr::int(k));
            let here = Expr {
                kind: Ir::Or(Box::new(this(i as i64)), Box::new(this(i as i64 - count))),
                of: Scalar::Bool,
            };
            out = select(here, value, out);
        }
        Operand::Value(out)
    }

    /// What `of[..]` is, to be read or changed.
    pub(super) fn place(&mut self, of: &syntax::Expr, indices: &[Index], span: Span) -> Option<Place> {
        let value = self.expr(of);
        if let Operand::Tuple(_) | Operand::Known(Global::Tuple(_)) = value {
            self.fault(
                Kind::Typing,
                span,
                "No implementation of setitem: tuples cannot be changed",
            );
            return None;
        }
        self.place_in(value, indices, span)
    }

    fn place_in(&mut self, of: Operand, indices: &[Index], span: Span) -> Option<Place> {
        // `a[i][j]` is `a[i, j]`.
        let (array, mut cuts) = match of {
            Operand::Part(array, cuts) => (array, cuts),
            other => {
                if !self.is_for("getitem", &other, span) {
                    return None;
                }
                let array = self.handle(other, span)?;
                let axes = self.array_info(array).axes;
                let mut cuts = Vec::new();
                for _ in 0..axes {
                    cuts.push(self.whole_axis(span));
                }
                (array, cuts)
            }
        };
        let open: Vec<usize> = (0..cuts.len())
            .filter(|i| matches!(cuts[*i], Cut::Range { .. }))
            .collect();
        let given = indices
            .iter()
            .filter(|index| !matches!(index, Index::At(at) if is_ellipsis(at)))
            .count();
        if given > open.len() {
            let known = self.known(&Operand::Array(array));
            let words = format!(
                "No implementation of getitem: {} cannot be indexed with {given} indices",
                known.map(|known| known.words()).unwrap_or_default()
            );
            self.fault(Kind::Typing, span, words);
            return None;
        }
        // A cut of a cut has to be worked out first, unless it is a whole axis.
        let is_whole = |cut: &Cut| {
            matches!(
                cut,
                Cut::Range {
                    low: None,
                    high: None,
                    step: None,
                    ..
                }
            )
        };
        if !indices.is_empty() && open.iter().any(|i| !is_whole(&cuts[*i])) {
            let view = self.view(array, cuts);
            return self.place_in(Operand::Array(view), indices, span);
        }
        let mut faulty = false;
        let mut open = open.into_iter();
        let axes = open.len();
        for index in indices {
            if let Index::At(one) = index
                && is_ellipsis(one)
            {
                // As many whole axes as the others leave.
                for _ in given..axes {
                    open.next();
                }
                continue;
            }
            let Some(at) = open.next() else { continue };
            match index {
                Index::At(one) => {
                    let mark = self.out.len();
                    let value = self.expr(one);
                    if let Operand::Tuple(_) = value {
                        self.fault(
                            Kind::Unsupported,
                            one.span,
                            "an axis is indexed by a number or a slice",
                        );
                        faulty = true;
                        continue;
                    }
                    if self.is_array(&value) {
                        self.fault(
                            Kind::Unsupported,
                            one.span,
                            "arrays as indices are not compiled yet",
                        );
                        self.help("write the loop over the indices");
                        faulty = true;
                        continue;
                    }
                    let Some(value) = self.index(value, one.span) else {
                        faulty = true;
                        continue;
                    };
                    self.keep_cuts(mark, &mut cuts);
                    let site = self.site(one.span, Failure::Index(array, at as u8));
                    cuts[at] = Cut::At(value, site);
                }
                Index::Slice {
                    low,
                    high,
                    step,
                    span,
                    ..
                } => {
                    let mark = self.out.len();
                    let mut ends = [None, None, None];
                    for (end, one) in ends.iter_mut().zip([low, high, step]) {
                        if let Some(one) = one {
                            let value = self.expr(one);
                            match self.index(value, one.span) {
                                Some(value) => *end = Some(self.named(value)),
                                None => faulty = true,
                            }
                        }
                    }
                    self.keep_cuts(mark, &mut cuts);
                    let site = self.site(*span, Failure::Step);
                    let [low, high, step] = ends;
                    let step = step.filter(|step| !matches!(step.kind, Ir::Const(1)));
                    cuts[at] = Cut::Range {
                        low,
                        high,
                        step,
                        site,
                    };
                }
            }
        }
        if faulty {
            return None;
        }
        let all_at: Option<Vec<Expr>> = cuts
            .iter()
            .map(|cut| match cut {
                Cut::At(at, _) => Some(at.clone()),
                Cut::Range { .. } => None,
            })
            .collect();
        Some(match all_at {
            Some(index) => {
                let site = self.site(span, Failure::Index(array, 0));
                Place::Element(array, index, site)
            }
            None if cuts.iter().all(is_whole) => Place::Whole(array),
            None => Place::Part(array, cuts),
        })
    }

    /// Indices that were worked out before statements that came since keep their values.
    fn keep_cuts(&mut self, mark: usize, cuts: &mut [Cut]) {
        if self.out.len() <= mark {
            return;
        }
        for cut in cuts {
            if let Cut::At(at, site) = cut {
                let held = std::mem::replace(at, Expr::int(0));
                let site = *site;
                if let Operand::Value(kept) = self.kept(mark, Operand::Value(held)) {
                    *cut = Cut::At(kept, site);
                }
            }
        }
    }

    /// All of an axis.
    pub(super) fn whole_axis(&mut self, span: Span) -> Cut {
        Cut::Range {
            low: None,
            high: None,
            step: None,
            site: self.site(span, Failure::Step),
        }
    }

    /// A part of an array, or an element where no axis is left.
    pub(super) fn part(&mut self, array: crate::ir::Array, cuts: Vec<Cut>) -> Operand {
        let index: Option<Vec<Expr>> = cuts
            .iter()
            .map(|cut| match cut {
                Cut::At(at, _) => Some(at.clone()),
                Cut::Range { .. } => None,
            })
            .collect();
        match (index, cuts.first()) {
            (Some(index), Some(Cut::At(_, site))) => {
                let of = self.array_info(array).of;
                Operand::Value(Expr {
                    kind: Ir::Load {
                        array,
                        index,
                        site: Some(*site),
                    },
                    of,
                })
            }
            _ => Operand::Part(array, cuts),
        }
    }

    /// What stands at a place.
    pub(super) fn element_at(&mut self, place: &Place) -> Operand {
        match place {
            Place::Element(array, index, site) => {
                let of = self.array_info(*array).of;
                Operand::Value(Expr {
                    kind: Ir::Load {
                        array: *array,
                        index: index.clone(),
                        site: Some(*site),
                    },
                    of,
                })
            }
            Place::Part(array, cuts) => Operand::Part(*array, cuts.clone()),
            Place::Whole(array) => Operand::Array(*array),
        }
    }

    /// A place whose indices are worked out once.
    pub(super) fn steady(&mut self, place: Place) -> Place {
        match place {
            Place::Element(array, index, site) => {
                let index = index.into_iter().map(|one| self.steady_expr(one)).collect();
                Place::Element(array, index, site)
            }
            Place::Part(array, cuts) => Place::Whole(self.view(array, cuts)),
            whole @ Place::Whole(_) => whole,
        }
    }

    /// Cheap arithmetic of variables may be done twice; what reads elements may not.
    fn steady_expr(&mut self, expr: Expr) -> Expr {
        let is_cheap = |expr: &Expr| {
            let mut nodes = 0;
            let mut cheap = true;
            crate::walk::within(expr, &mut |one| {
                nodes += 1;
                cheap &= matches!(
                    one.kind,
                    Ir::Const(_) | Ir::Local(_) | Ir::Length(..) | Ir::Binary(..) | Ir::Convert(_)
                );
            });
            cheap && nodes <= 7
        };
        if is_cheap(&expr) {
            return expr;
        }
        self.saved(expr)
    }

    /// Gives a place a value.
    pub(super) fn store(&mut self, place: Place, value: Operand, span: Span) {
        match place {
            Place::Element(array, index, site) => {
                let of = self.array_info(array).of;
                if self.is_array(&value) {
                    let known = self.known(&value).map(|known| known.words()).unwrap_or_default();
                    let words =
                        format!("No implementation of setitem: {known} is no element of an array of {of}");
                    self.fault(Kind::Typing, span, words);
                    return;
                }
                if let Some(value) = self.value(value, span) {
                    let value = self.convert(value, of);
                    self.emit(Stmt::Store {
                        array,
                        index,
                        value,
                        site: Some(site),
                    });
                }
            }
            Place::Part(array, cuts) => {
                let view = self.view(array, cuts);
                self.fill(view, value, span);
            }
            Place::Whole(array) => self.fill(array, value, span),
        }
    }

    pub(super) fn constant_number(&self, value: &Operand) -> Option<Number> {
        match value {
            Operand::Known(Global::Number(known)) => Some(*known),
            Operand::Value(expr) => super::operand::constant(expr),
            _ => None,
        }
    }
}

fn is_ellipsis(expr: &syntax::Expr) -> bool {
    matches!(expr.kind, ExprKind::Other(what) if what.contains("..."))
}

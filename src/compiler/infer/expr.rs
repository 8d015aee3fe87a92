//! Expressions.

use super::Maker;
use super::operand::{Known, Operand, Operator, both, compare};
use crate::diagnostic::Kind;
use crate::ir::{Compare, Expr, ExprKind as Ir, Stmt};
use crate::module::{self, Global, Number};
use crate::rules;
use crate::source::Span;
use crate::syntax::{self, CompareOp, ExprKind, LogicOp, UnaryOp};
use crate::told::What;
use crate::types::Scalar;
use crate::walk;

impl Maker<'_> {
    pub(super) fn expr(&mut self, expr: &syntax::Expr) -> Operand {
        let mut made = self.expr_at_hand(expr);
        let is_double = match &mut made {
            Operand::Value(value) => {
                value.place(expr.span.start + 1);
                value.of == Scalar::F64 && matches!(value.kind, Ir::Const(_))
            }
            Operand::Known(Global::Number(number)) => number.of == Scalar::F64,
            _ => false,
        };
        if is_double {
            self.program.told.say(expr.span.start + 1, What::Double);
        }
        made
    }

    fn expr_at_hand(&mut self, expr: &syntax::Expr) -> Operand {
        if let Some(literal) = crate::flow::decided::literal(expr) {
            return Operand::Known(literal);
        }
        if syntax::folded(expr).is_some() {
            let words = "Int value is too large: 64 bits are all there are";
            return self.refuse(Kind::Typing, expr.span, words);
        }
        match &expr.kind {
            ExprKind::Name(name) => self.name(name, expr.span),
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
                let literal = literal(&left, a).or(literal(&right, b));
                placed(self.binary(*op, left, right, expr.span), literal)
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
            ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Bool(_)
            | ExprKind::None
            | ExprKind::Str(_)
            | ExprKind::Invalid => Operand::Unknown,
        }
    }

    /// From left to right; what earlier ones read is kept.
    pub(super) fn operands<'e>(&mut self, all: impl IntoIterator<Item = &'e syntax::Expr>) -> Vec<Operand> {
        self.operands_of(&mut all.into_iter())
    }

    fn operands_of(&mut self, all: &mut dyn Iterator<Item = &syntax::Expr>) -> Vec<Operand> {
        let mut out: Vec<Operand> = Vec::new();
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
            let Some(known) = self.version(var, span.start) else {
                let asked = &mut self.variable(var).asked;
                asked.get_or_insert_with(|| (name.to_owned(), span));
                return Operand::Unknown;
            };
            let slot = self.slot(var, name, &known);
            self.check_flag(var, span);
            return self.read(&slot);
        }
        if let Some(global) = self.file.globals.get(name) {
            if let Global::Unknown(why) = global {
                self.faults.push(why.told(name, span));
                return Operand::Unknown;
            }
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
        if super::builtins::NOT_COMPILED.contains(&name) {
            let refused = self.refuse(
                Kind::Unsupported,
                span,
                format!("Python's '{name}' is not compiled: kernels work on numbers and arrays"),
            );
            self.help("do in 'setup(n)' what needs it, or write its loop");
            return refused;
        }
        let refused = self.refuse(Kind::Name, span, format!("name '{name}' is not defined"));
        if let Some(import) = module::import_of(name) {
            self.help(format!("begin the file with '{import}'"));
        } else if let Some(near) = self.nearest(name) {
            self.help(format!("did you mean '{near}'?"));
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
        all.filter(near)
            .min_by_key(|other| (crate::module::distance(name, other), *other))
            .map(str::to_owned)
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
            let of = rules::sign(known.of);
            return Operand::Known(Global::Number(match folded.of.is_int() {
                true => Number::int(of, folded.as_int(), folded.is_weak),
                false => folded,
            }));
        }
        let name = match op {
            UnaryOp::Minus => "negative",
            UnaryOp::Plus => "positive",
            _ => "invert",
        };
        if self.is_array(&value) {
            return self.operated(Operator::Unary(op), name, vec![value], span);
        }
        let Some(expr) = self.value(value, a.span) else {
            return Operand::Unknown;
        };
        let of = expr.of;
        match self.turned(op, expr) {
            Some(value) => Operand::Value(value),
            None => {
                let words = format!("bad operand type for unary ~: {of}");
                self.refuse(Kind::Typing, span, words)
            }
        }
    }

    /// `-x`, `+x` and `~x`; nothing if there is no such operator.
    pub(super) fn turned(&mut self, op: UnaryOp, expr: Expr) -> Option<Expr> {
        let of = match op {
            UnaryOp::Invert => rules::invert(expr.of)?,
            _ => rules::sign(expr.of),
        };
        // In its own width, and only then widened: -np.uint8(1) is 255.
        let expr = match expr.of {
            Scalar::Bool => self.convert(expr, of),
            _ => expr,
        };
        let value = match op {
            UnaryOp::Minus => self.negative(expr),
            UnaryOp::Plus => expr,
            _ => super::operand::not(expr),
        };
        Some(self.convert(value, of))
    }

    fn opposite(&mut self, truth: Expr) -> Expr {
        match super::operand::constant(&truth) {
            Some(known) => Expr::bool(known.as_int() == 0),
            None => super::operand::not(truth),
        }
    }

    /// How a test comes out, if it is the same in every call. What is done before that is known is done.
    pub(super) fn decided(&mut self, test: &syntax::Expr) -> Option<bool> {
        let is = self.comes_out(test)?;
        match &test.kind {
            ExprKind::Unary(UnaryOp::Not, of) => {
                self.decided(of);
            }
            ExprKind::Logic(..) => {
                self.expr(test);
            }
            ExprKind::Compare(_, rest) if rest.len() > 1 => {
                self.expr(test);
            }
            _ => {}
        }
        Some(is)
    }

    pub(super) fn comes_out(&self, test: &syntax::Expr) -> Option<bool> {
        self.frame_ref()?.webs.decided(test.span)
    }

    /// `a and b and c`.
    fn logic(&mut self, op: LogicOp, mut all: &[syntax::Expr]) -> Operand {
        let ends = op == LogicOp::Or;
        if let Some(last) = all.iter().position(|one| self.comes_out(one) == Some(ends)) {
            // The others are never asked.
            all = &all[..=last];
        }
        while let [one, _, ..] = all
            && self.decided(one) == Some(!ends)
        {
            all = &all[1..];
        }
        let Some((first, rest)) = all.split_first() else {
            return Operand::Unknown;
        };
        let mut left = self.expr(first);
        let mut left_span = first.span;
        if self.is_array(&left) {
            self.truth(left, left_span);
            left = Operand::Unknown;
        }
        for one in rest {
            let (more, right) = self.aside(|maker| {
                let value = maker.expr(one);
                match maker.is_array(&value) {
                    true => maker.truth(value, one.span),
                    false => maker.value(value, one.span),
                }
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
                LogicOp::And => Ir::And(a, b),
                LogicOp::Or => Ir::Or(a, b),
            };
            return Expr::new(kind, Scalar::Bool);
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
            return Expr::new(Ir::Choice(test, yes, no), of);
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
        if let Some(is) = self.decided(test) {
            return self.expr(if is { yes } else { no });
        }
        let value = self.expr(test);
        let truth = self.truth(value, test.span);
        let (first, a) = self.aside(|maker| maker.expr(yes));
        let (second, b) = self.aside(|maker| maker.expr(no));
        let Some(truth) = truth else {
            return Operand::Unknown;
        };
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
            return Operand::Value(Expr::new(Ir::Choice(truth, a, b), of));
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
        let left = self.expr(first);
        self.compared_from(left, first.span, rest, span)
    }

    /// The same from its left side on; what comes behind a comparison that does not hold is not worked out.
    fn compared_from(
        &mut self,
        left: Operand,
        left_span: Span,
        rest: &[(CompareOp, syntax::Expr)],
        span: Span,
    ) -> Operand {
        let Some(((op, right_expr), rest)) = rest.split_first() else {
            return Operand::Unknown;
        };
        let mark = self.out.len();
        let mut right = self.expr(right_expr);
        let left = self.kept(mark, left);
        if !rest.is_empty()
            && let Operand::Value(expr) = right
        {
            right = Operand::Value(self.named(expr));
        }
        let literal = match &left {
            Operand::Known(Global::Number(_)) => Some(left_span.start + 1),
            _ => literal(&right, right_expr),
        };
        let one = self.comparison(*op, left, right.clone(), left_span.to(right_expr.span));
        let one = placed(one, literal);
        if rest.is_empty() {
            return one;
        }
        let one = self.value(one, span);
        let (more, others) = self.aside(|maker| {
            let others = maker.compared_from(right, right_expr.span, rest, span);
            maker.value(others, span)
        });
        let (Some(a), Some(b)) = (one, others) else {
            self.out.extend(more);
            return Operand::Unknown;
        };
        if more.iter().all(is_harmless) {
            self.out.extend(more);
            return Operand::Value(both(a, b));
        }
        Operand::Value(self.either(LogicOp::And, a, b, more))
    }

    fn comparison(&mut self, op: CompareOp, a: Operand, b: Operand, span: Span) -> Operand {
        if matches!(op, CompareOp::In | CompareOp::NotIn) {
            return self.contained(op == CompareOp::NotIn, a, b, span);
        }
        let is_none = |one: &Operand| matches!(one, Operand::Known(Global::None));
        let is_equal = matches!(op, CompareOp::Is | CompareOp::Equal);
        if (is_equal || matches!(op, CompareOp::IsNot | CompareOp::Unequal))
            && !matches!((&a, &b), (Operand::Unknown, _) | (_, Operand::Unknown))
            && (is_none(&a) || is_none(&b))
        {
            let same = is_none(&a) && is_none(&b);
            return Operand::Known(crate::flow::decided::truth_value(same == is_equal));
        }
        if matches!(op, CompareOp::Is | CompareOp::IsNot) {
            return match (&a, &b) {
                (Operand::Unknown, _) | (_, Operand::Unknown) => Operand::Unknown,
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
        let name = compared_by(op);
        if self.is_array(&a) || self.is_array(&b) {
            return self.operated(Operator::Compare(op), name, vec![a, b], span);
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
            any = Expr::new(Ir::Or(any, one), Scalar::Bool);
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
                super::operand::constant(known)
                    .is_some_and(|n| Number::int(of, n.as_int(), false).as_int() == n.as_int())
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
}

/// Where a number is written, which is a constant only where it meets something that has a type.
pub(super) fn literal(operand: &Operand, written: &syntax::Expr) -> Option<u32> {
    matches!(operand, Operand::Known(Global::Number(_))).then_some(written.span.start + 1)
}

/// An operation, of whose operands one is a constant from this place.
pub(super) fn placed(mut made: Operand, literal: Option<u32>) -> Operand {
    if let (Operand::Value(value), Some(at)) = (&mut made, literal) {
        walk::operands_mut(value, &mut |one| {
            if one.at == 0 && matches!(one.kind, Ir::Const(_)) {
                one.at = at;
            }
        });
    }
    made
}

/// Whether a statement may be done though nobody asks for it: it only gives a variable a value, and cannot fail.
fn is_harmless(stmt: &Stmt) -> bool {
    let Stmt::Set(_, value) = stmt else { return false };
    let mut is_one = true;
    crate::walk::within(value, &mut |one| {
        is_one &= !matches!(one.kind, Ir::Load { .. } | Ir::Divide(.., Some(_)));
    });
    is_one
}

/// NumPy's name of a comparison.
pub(super) fn compared_by(op: CompareOp) -> &'static str {
    match op {
        CompareOp::Equal => "equal",
        CompareOp::Unequal => "not_equal",
        CompareOp::Less => "less",
        CompareOp::AtMost => "less_equal",
        CompareOp::Greater => "greater",
        _ => "greater_equal",
    }
}

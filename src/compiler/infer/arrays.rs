//! Array expressions: kept as they are until something needs their elements, and then one loop.

use super::Maker;
use super::loops::length;
use super::math::UFUNCS;
use super::operand::{Apply, Lazy, Node, Operand, Operator, both, compare, convert, select};
use crate::diagnostic::Kind;
use crate::ir::{Array, ArrayExpr, Compare, Expr, ExprKind, Failure, Label, Local, ParFor, Reduction, Stmt};
use crate::module::Global;
use crate::rules;
use crate::source::Span;
use crate::told::What;
use crate::types::{Layout, MOST_AXES, Scalar};
use crate::walk;

impl Maker<'_> {
    pub(super) fn is_array(&self, operand: &Operand) -> bool {
        match operand {
            Operand::Array(_) | Operand::Part(..) => true,
            Operand::Lazy(lazy) => !lazy.shape.is_empty(),
            _ => false,
        }
    }

    /// As an array expression; a number is one without axes.
    pub(super) fn lazy(&mut self, operand: Operand, span: Span) -> Option<Lazy> {
        match operand {
            Operand::Lazy(lazy) => Some(*lazy),
            Operand::Array(_) | Operand::Part(..) => {
                let array = self.handle(operand, span)?;
                let info = self.array_info(array);
                let (of, axes) = (info.of, info.axes);
                Some(Lazy {
                    of,
                    shape: (0..axes).map(|axis| length(array, axis)).collect(),
                    node: Node::Array(array),
                    span,
                })
            }
            other => {
                let value = self.value(other, span)?;
                let value = self.named(value);
                Some(Lazy {
                    of: value.of,
                    shape: Vec::new(),
                    node: Node::Scalar(value),
                    span,
                })
            }
        }
    }

    /// One of NumPy's functions, element by element.
    pub(super) fn elementwise(&mut self, name: &str, args: Vec<Operand>, span: Span) -> Operand {
        let is_unknown = |one: &Operand| matches!(one, Operand::Unknown | Operand::Known(Global::Invalid));
        if args.iter().any(is_unknown) {
            return Operand::Unknown;
        }
        let Some((name, _)) = UFUNCS.iter().find(|(known, _)| *known == name) else {
            return Operand::Unknown;
        };
        let words: Vec<String> = args
            .iter()
            .map(|one| self.known(one).map_or_else(|| "?".into(), |known| known.words()))
            .collect();
        let mut parts = Vec::new();
        for one in args {
            match self.lazy(one, span) {
                Some(lazy) => parts.push(lazy),
                None => return Operand::Unknown,
            }
        }
        let dummies = parts.iter().map(|part| dummy(part.of)).collect();
        let (_, made) = self.aside(|maker| maker.ufunc(name, dummies, span));
        let Some(made) = made else {
            let message = format!(
                "No implementation of function Function(<ufunc '{name}'>) found for signature: {name}({})",
                words.join(", ")
            );
            return self.refuse(Kind::Typing, span, message);
        };
        self.apply(Apply::Ufunc(name), made.of, parts, span)
    }

    /// An operator, element by element. What comes of it has the type of NumPy's function.
    pub(super) fn operated(
        &mut self,
        operator: Operator,
        name: &str,
        args: Vec<Operand>,
        span: Span,
    ) -> Operand {
        let mut made = self.elementwise(name, args, span);
        if let Operand::Lazy(lazy) = &mut made
            && let Node::Apply(how, _) = &mut lazy.node
        {
            *how = Apply::Operator(operator);
        }
        made
    }

    /// An operator between elements: that of numbers, where a division by zero is no error.
    fn operation(&mut self, operator: Operator, values: Vec<Expr>, span: Span) -> Option<Expr> {
        let mut values = values.into_iter();
        let first = values.next()?;
        Some(match (operator, values.next()) {
            (Operator::Binary(op), Some(second)) => {
                let around = std::mem::replace(&mut self.is_quiet, true);
                let made = self.arithmetic(op, first, second, span);
                self.is_quiet = around;
                made?
            }
            (Operator::Compare(op), Some(second)) => self.order(super::expr::compared_by(op), first, second),
            (Operator::Unary(op), _) => self.turned(op, first)?,
            _ => return None,
        })
    }

    /// An operation on array expressions that fit each other.
    pub(super) fn apply(&mut self, how: Apply, of: Scalar, parts: Vec<Lazy>, span: Span) -> Operand {
        let Some(shape) = self.broadcast(&parts, span) else {
            return Operand::Unknown;
        };
        Operand::Lazy(Box::new(Lazy {
            of,
            shape,
            node: Node::Apply(how, parts),
            span,
        }))
    }

    /// The shape of several together: from the last axis on, equal lengths or 1.
    fn broadcast(&mut self, parts: &[Lazy], span: Span) -> Option<Vec<Expr>> {
        let axes = parts.iter().map(|part| part.shape.len()).max().unwrap_or(0);
        if axes > usize::from(MOST_AXES) {
            self.fault(Kind::Unsupported, span, "arrays have 3 axes at most");
            return None;
        }
        let mut shape: Vec<Expr> = Vec::with_capacity(axes);
        for axis in 0..axes {
            let mut whole: Option<Expr> = None;
            for part in parts {
                let missing = axes - part.shape.len();
                let Some(own) = axis.checked_sub(missing).and_then(|at| part.shape.get(at)) else {
                    continue;
                };
                whole = Some(match whole {
                    None => own.clone(),
                    Some(before) => self.common(before, own.clone(), span),
                });
            }
            shape.push(whole.unwrap_or(Expr::int(1)));
        }
        Some(shape)
    }

    /// The length of two axes together.
    fn common(&mut self, a: Expr, b: Expr, span: Span) -> Expr {
        let is_one = |one: &Expr| one.kind == ExprKind::Const(1);
        if a == b || is_one(&b) {
            return a;
        }
        if is_one(&a) {
            return b;
        }
        let equal = compare(Compare::Equal, a.clone(), b.clone());
        let a_is_one = compare(Compare::Equal, a.clone(), Expr::int(1));
        let b_is_one = compare(Compare::Equal, b.clone(), Expr::int(1));
        let or = |x: Expr, y: Expr| Expr::new(ExprKind::Or(x, y), Scalar::Bool);
        let site = self.site(span, Failure::Shape);
        self.emit(Stmt::Check(or(equal, or(a_is_one.clone(), b_is_one)), site));
        self.saved(select(a_is_one, b, a))
    }

    /// An element of an array expression whose lengths fit each other.
    pub(super) fn element(&mut self, lazy: &Lazy, at: &[Expr]) -> Option<Expr> {
        let value = self.element_of(lazy, at, &lazy.shape, true)?;
        Some(convert(value, lazy.of))
    }

    /// An element within a whole shape. `direct` promises that lengths which may differ do not.
    fn element_of(&mut self, lazy: &Lazy, at: &[Expr], whole: &[Expr], direct: bool) -> Option<Expr> {
        match &lazy.node {
            Node::Scalar(value) => Some(value.clone()),
            Node::Array(array) => {
                let missing = whole.len() - lazy.shape.len();
                let index = lazy
                    .shape
                    .iter()
                    .enumerate()
                    .map(|(axis, own)| {
                        let here = at.get(missing + axis).cloned().unwrap_or(Expr::int(0));
                        if own.kind == ExprKind::Const(1) {
                            return Expr::int(0);
                        }
                        if direct || whole.get(missing + axis) == Some(own) {
                            return here;
                        }
                        let is_one = compare(Compare::Equal, own.clone(), Expr::int(1));
                        select(is_one, Expr::int(0), here)
                    })
                    .collect();
                Some(Expr::new(
                    ExprKind::Load {
                        array: *array,
                        index,
                        site: None,
                    },
                    lazy.of,
                ))
            }
            Node::Apply(how, parts) => {
                let mut values = Vec::with_capacity(parts.len());
                for part in parts {
                    let value = self.element_of(part, at, whole, direct)?;
                    // What is handed to these is an array, whose elements have its type.
                    values.push(match how {
                        Apply::Cast | Apply::Where => convert(value, part.of),
                        Apply::Ufunc(_) | Apply::Operator(_) => value,
                    });
                }
                match how {
                    Apply::Ufunc(name) => self.ufunc(name, values, lazy.span),
                    Apply::Operator(operator) => self.operation(*operator, values, lazy.span),
                    Apply::Cast => values.pop().map(|value| convert(value, lazy.of)),
                    Apply::Where => {
                        let no = convert(values.pop()?, lazy.of);
                        let yes = convert(values.pop()?, lazy.of);
                        let test = values.pop()?;
                        let test = self.is_true(test);
                        Some(select(test, yes, no))
                    }
                }
            }
        }
    }

    /// Whether all lengths are what they are expected to be; nothing where that is known.
    fn fits(&self, lazy: &Lazy, whole: &[Expr], test: &mut Option<Expr>) {
        match &lazy.node {
            Node::Scalar(_) => {}
            Node::Array(_) => {
                let missing = whole.len() - lazy.shape.len();
                for (axis, own) in lazy.shape.iter().enumerate() {
                    let Some(there) = whole.get(missing + axis) else {
                        continue;
                    };
                    if own == there || own.kind == ExprKind::Const(1) {
                        continue;
                    }
                    let equal = compare(Compare::Equal, own.clone(), there.clone());
                    *test = Some(match test.take() {
                        None => equal,
                        Some(before) => both(before, equal),
                    });
                }
            }
            Node::Apply(_, parts) => parts.iter().for_each(|part| self.fits(part, whole, test)),
        }
    }

    /// A new array of an array expression's elements.
    pub(super) fn made(&mut self, lazy: &Lazy) -> Option<Array> {
        let site = self.site(lazy.span, Failure::Memory);
        let expr = ArrayExpr::New {
            shape: lazy.shape.clone(),
            fill: None,
            site,
        };
        let array = self.bound(lazy.of, lazy.shape.len() as u8, Layout::C, expr);
        self.each(array, lazy)?;
        Some(array)
    }

    /// Stores an array expression's elements in an array of its shape, which it does not read.
    fn each(&mut self, array: Array, lazy: &Lazy) -> Option<()> {
        let of = self.array_info(array).of;
        let axes = self.array_info(array).axes;
        let shape: Vec<Expr> = (0..axes).map(|axis| length(array, axis)).collect();
        let mut test = None;
        // What the expression's own lengths promise is seen against its own shape.
        self.fits(lazy, &lazy.shape, &mut test);
        let nest = |maker: &mut Self, direct: bool| {
            maker.nest(&shape, None, |maker, at| {
                let value = maker.element_of(lazy, at, &lazy.shape, direct)?;
                maker.emit(Stmt::Store {
                    array,
                    index: at.to_vec(),
                    value: convert(convert(value, lazy.of), of),
                    site: None,
                });
                Some(())
            })
        };
        match test {
            None => nest(self, true),
            Some(test) => {
                let (yes, a) = self.aside(|maker| nest(maker, true));
                let (no, b) = self.aside(|maker| nest(maker, false));
                self.emit(Stmt::If { test, yes, no });
                a.and(b)
            }
        }
    }

    /// Gives an array's elements what a number, or an array of a fitting shape, has.
    pub(super) fn fill(&mut self, array: Array, value: Operand, span: Span) {
        let Some(lazy) = self.lazy(value, span) else {
            return;
        };
        let axes = self.array_info(array).axes;
        if lazy.shape.len() > usize::from(axes) {
            let words = format!("cannot store {} axes into {axes}", lazy.shape.len());
            self.fault(Kind::Typing, span, words);
            return;
        }
        let whole: Vec<Expr> = (0..axes).map(|axis| length(array, axis)).collect();
        let missing = whole.len() - lazy.shape.len();
        for (axis, own) in lazy.shape.iter().enumerate() {
            let there = &whole[missing + axis];
            if own == there || own.kind == ExprKind::Const(1) {
                continue;
            }
            let equal = compare(Compare::Equal, own.clone(), there.clone());
            let is_one = compare(Compare::Equal, own.clone(), Expr::int(1));
            let site = self.site(span, Failure::Shape);
            let test = Expr::new(ExprKind::Or(equal, is_one), Scalar::Bool);
            self.emit(Stmt::Check(test, site));
        }
        let mut read = Vec::new();
        arrays_of(&lazy, &mut read);
        let stretched = Lazy {
            shape: whole,
            ..wrapped(lazy)
        };
        let apart = read.iter().fold(None, |test: Option<Expr>, other| {
            let one = Expr::new(ExprKind::Apart(array, *other), Scalar::Bool);
            Some(match test {
                None => one,
                Some(before) => both(before, one),
            })
        });
        match apart {
            None => {
                self.each(array, &stretched);
            }
            Some(test) => {
                // What is read may be what is written: then by way of another array.
                let (yes, _) = self.aside(|maker| maker.each(array, &stretched));
                let (no, ()) = self.aside(|maker| {
                    if let Some(copy) = maker.made(&stretched)
                        && let Some(copied) = maker.lazy(Operand::Array(copy), span)
                    {
                        let copied = Lazy {
                            shape: stretched.shape.clone(),
                            ..copied
                        };
                        maker.each_same(array, &copied);
                    }
                });
                self.emit(Stmt::If { test, yes, no });
            }
        }
    }

    /// The same where the shapes are known to be alike.
    fn each_same(&mut self, array: Array, lazy: &Lazy) {
        let of = self.array_info(array).of;
        let shape = lazy.shape.clone();
        self.nest(&shape, None, |maker, at| {
            let value = maker.element_of(lazy, at, &lazy.shape, true)?;
            maker.emit(Stmt::Store {
                array,
                index: at.to_vec(),
                value: convert(value, of),
                site: None,
            });
            Some(())
        });
    }

    /// Loops over all axes of a shape: the first in parallel where there is none around, the last in lanes.
    /// With a reduction the order is that of the language.
    pub(super) fn nest(
        &mut self,
        shape: &[Expr],
        reduction: Option<Reduction>,
        make: impl FnOnce(&mut Self, &[Expr]) -> Option<()>,
    ) -> Option<()> {
        let mut make = Some(make);
        self.nest_of(shape, reduction, &mut |maker, at| make.take()?(maker, at))
    }

    /// The same, written out once.
    fn nest_of(
        &mut self,
        shape: &[Expr],
        reduction: Option<Reduction>,
        make: &mut dyn FnMut(&mut Self, &[Expr]) -> Option<()>,
    ) -> Option<()> {
        let is_parallel = self.is_outermost() && !shape.is_empty();
        let vars: Vec<(Label, Local)> = shape
            .iter()
            .map(|_| (self.label(), self.temp(Scalar::I64)))
            .collect();
        let at: Vec<Expr> = vars
            .iter()
            .map(|(_, var)| super::operand::local(Scalar::I64, *var))
            .collect();
        let depth = self.frames.len();
        let outer = self.parallel;
        if is_parallel {
            // Nothing returns from within, so that the frame itself need not be shut.
            self.parallel = Some(depth.saturating_sub(1));
        }
        let (mut body, made) = self.aside(|maker| make(maker, &at));
        self.parallel = outer;
        for (axis, ((label, var), stop)) in vars.into_iter().zip(shape).enumerate().rev() {
            let (start, stop) = (Expr::int(0), stop.clone());
            if axis == 0 && is_parallel {
                self.program.told.say(self.span_at_hand.start + 1, What::Parallel);
            }
            let looping = if axis == 0 && is_parallel {
                let reductions: Vec<Reduction> = reduction.into_iter().collect();
                let private = walk::private(&body, var, &reductions);
                Stmt::ParFor(Box::new(ParFor {
                    span: self.span_at_hand,
                    label,
                    var,
                    start,
                    stop,
                    body,
                    private: private.0,
                    private_arrays: private.1,
                    reductions,
                }))
            } else {
                Stmt::For {
                    label,
                    var,
                    start,
                    stop,
                    step: Expr::int(1),
                    vector: axis + 1 == shape.len() && reduction.is_none(),
                    body,
                }
            };
            body = vec![looping];
        }
        for stmt in body {
            self.emit(stmt);
        }
        made
    }

    /// `np.where(test, a, b)`.
    pub(super) fn chosen(&mut self, args: Vec<Operand>, span: Span) -> Operand {
        let mut parts = Vec::new();
        for one in args {
            match self.lazy(one, span) {
                Some(lazy) => parts.push(lazy),
                None => return Operand::Unknown,
            }
        }
        let [test, a, b] = parts.as_slice() else {
            return Operand::Unknown;
        };
        let of = rules::unify(a.of, b.of);
        if let (Node::Scalar(test), Node::Scalar(a), Node::Scalar(b)) = (&test.node, &a.node, &b.node) {
            let (test, a, b) = (test.clone(), convert(a.clone(), of), convert(b.clone(), of));
            let test = self.is_true(test);
            return Operand::Value(select(test, a, b));
        }
        self.apply(Apply::Where, of, parts, span)
    }
}

/// An expression that cannot be repeated under another shape is made one that can.
fn wrapped(lazy: Lazy) -> Lazy {
    let (of, shape, span) = (lazy.of, lazy.shape.clone(), lazy.span);
    match lazy.node {
        Node::Apply(..) => lazy,
        _ => Lazy {
            of,
            shape,
            span,
            node: Node::Apply(Apply::Cast, vec![lazy]),
        },
    }
}

/// All arrays that an expression reads.
fn arrays_of(lazy: &Lazy, out: &mut Vec<Array>) {
    match &lazy.node {
        Node::Scalar(_) => {}
        Node::Array(array) => {
            if !out.contains(array) {
                out.push(*array);
            }
        }
        Node::Apply(_, parts) => parts.iter().for_each(|part| arrays_of(part, out)),
    }
}

/// Something of a type, to ask which type an operation gives.
fn dummy(of: Scalar) -> Expr {
    super::operand::local(of, Local(u32::MAX))
}

//! What an expression comes to while compiling, and how it becomes a value.

use super::Maker;
use crate::diagnostic::Kind;
use crate::ir::{Array, ArrayExpr, Binary, Compare, Cut, Divide, Expr, ExprKind, Local, Stmt, Unary};
use crate::module::{Global, Number};
use crate::rules;
use crate::sorted::Set;
use crate::source::Span;
use crate::syntax::{BinaryOp, CompareOp, UnaryOp};
use crate::types::{Layout, Scalar, Type};

/// What an expression comes to.
#[derive(Debug, Clone)]
pub(super) enum Operand {
    /// A number.
    Value(Expr),
    /// An array's handle.
    Array(Array),
    /// A part of an array that nobody has a handle of yet.
    Part(Array, Vec<Cut>),
    /// An array expression: worked out element by element when it is given to something.
    Lazy(Box<Lazy>),
    /// Some of these.
    Tuple(Vec<Operand>),
    /// Something that is known now: a number, a module, a type, a function.
    Known(Global),
    /// `range` and `prange`.
    Range(Box<Span3>),
    /// An array's method, or another attribute that is called.
    Method(Box<Operand>, String),
    /// Not known in this round, or faulty, which has been said.
    Unknown,
}

/// A range's ends.
#[derive(Debug, Clone)]
pub(super) struct Span3 {
    pub(super) start: Expr,
    pub(super) stop: Expr,
    pub(super) step: Option<(Expr, Span)>,
    pub(super) is_parallel: bool,
}

/// An array expression.
#[derive(Debug, Clone)]
pub(super) struct Lazy {
    /// The type of its elements.
    pub(super) of: Scalar,
    /// Its lengths, each cheap and without effect.
    pub(super) shape: Vec<Expr>,
    /// What each element is.
    pub(super) node: Node,
    pub(super) span: Span,
}

#[derive(Debug, Clone)]
pub(super) enum Node {
    /// An element of an array; its axes are the last ones of the shape.
    Array(Array),
    /// The same everywhere.
    Scalar(Expr),
    /// An operation on these.
    Apply(Apply, Vec<Lazy>),
}

/// An operation on scalars that arrays do element by element.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Apply {
    /// NumPy's function by this name.
    Ufunc(&'static str),
    /// An operator, which within a larger expression is that of numbers: `(a + b) // 2` of bytes does not wrap.
    Operator(Operator),
    /// To another type.
    Cast,
    /// `np.where`.
    Where,
}

/// An operator between elements.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Operator {
    Binary(BinaryOp),
    Unary(UnaryOp),
    Compare(CompareOp),
}

/// The type of a variable, or what it is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Known {
    Scalar(Scalar),
    Array(Scalar, u8, Layout),
    Tuple(Vec<Known>),
    Thing(Global),
}

/// Where a variable's value is.
#[derive(Debug, Clone)]
pub(super) enum Slot {
    Scalar(Local),
    Array(Array),
    Tuple(Vec<Slot>),
    Known(Global),
}

impl Known {
    /// As Numba would write it.
    pub(super) fn words(&self) -> String {
        match self {
            Known::Scalar(of) => of.to_string(),
            Known::Array(of, axes, layout) => Type::Array {
                of: *of,
                axes: *axes,
                layout: *layout,
            }
            .to_string(),
            Known::Tuple(all) => {
                let same = all.iter().all(|one| Some(one) == all.first());
                match all.first() {
                    None => "Tuple()".into(),
                    Some(first) if same => format!("UniTuple({} x {})", first.words(), all.len()),
                    Some(_) => {
                        let all: Vec<String> = all.iter().map(Known::words).collect();
                        format!("Tuple({})", all.join(", "))
                    }
                }
            }
            Known::Thing(thing) => match thing {
                Global::None => "none".into(),
                Global::Text(text) => format!("Literal[str]({text})"),
                Global::Library(name) => format!("Function({name})"),
                Global::Function(_) => "a function".into(),
                Global::Type(of) => format!("class({of})"),
                Global::Number(_) | Global::Tuple(_) | Global::Invalid | Global::Unknown(_) => {
                    "a constant".into()
                }
            },
        }
    }

    /// As the type of a value; `None` for what is none.
    pub(super) fn as_type(&self) -> Type {
        match self {
            Known::Scalar(of) => Type::Scalar(*of),
            Known::Array(of, axes, layout) => Type::Array {
                of: *of,
                axes: *axes,
                layout: *layout,
            },
            Known::Tuple(all) => Type::Tuple(all.iter().map(Known::as_type).collect()),
            Known::Thing(_) => Type::None,
        }
    }

    /// Whether it is, or has, what is no value: a module, a function, a type, a text.
    pub(super) fn has_thing(&self) -> bool {
        match self {
            Known::Thing(thing) => *thing != Global::None,
            Known::Tuple(all) => all.iter().any(Known::has_thing),
            Known::Scalar(_) | Known::Array(..) => false,
        }
    }

    /// What holds both; nothing if there is no such type.
    pub(super) fn join(&self, other: &Known) -> Option<Known> {
        if self == other {
            return Some(self.clone());
        }
        match (self, other) {
            (Known::Scalar(a), Known::Scalar(b)) => Some(Known::Scalar(rules::unify(*a, *b))),
            (Known::Array(a, n, _), Known::Array(b, m, _)) if a == b && n == m => {
                Some(Known::Array(*a, *n, Layout::Any))
            }
            (Known::Tuple(a), Known::Tuple(b)) if a.len() == b.len() => {
                let all: Option<Vec<Known>> = a.iter().zip(b).map(|(a, b)| a.join(b)).collect();
                all.map(Known::Tuple)
            }
            _ => None,
        }
    }
}

/// A constant number as an expression.
pub(super) fn number(value: Number) -> Expr {
    Expr::bits(value.of, value.bits)
}

/// A constant expression as a number.
pub(super) fn constant(expr: &Expr) -> Option<Number> {
    let ExprKind::Const(bits) = expr.kind else {
        return None;
    };
    Some(Number {
        of: expr.of,
        bits,
        is_weak: false,
    })
}

/// A variable's value.
pub(super) fn local(of: Scalar, local: Local) -> Expr {
    Expr::new(ExprKind::Local(local), of)
}

impl Maker<'_> {
    /// What kind of thing it is; nothing while it is unknown.
    pub(super) fn known(&self, operand: &Operand) -> Option<Known> {
        Some(match operand {
            Operand::Value(expr) => Known::Scalar(expr.of),
            Operand::Array(array) => {
                let info = self.array_info(*array);
                Known::Array(info.of, info.axes, info.layout)
            }
            Operand::Part(array, cuts) => {
                let info = self.array_info(*array);
                let axes = cuts.iter().filter(|cut| matches!(cut, Cut::Range { .. })).count();
                Known::Array(info.of, axes as u8, self.layout_of_part(*array, cuts))
            }
            Operand::Lazy(lazy) => Known::Array(lazy.of, lazy.shape.len() as u8, Layout::C),
            Operand::Tuple(all) => {
                let all: Option<Vec<Known>> = all.iter().map(|one| self.known(one)).collect();
                Known::Tuple(all?)
            }
            Operand::Known(Global::Number(value)) => Known::Scalar(value.of),
            Operand::Known(Global::Tuple(all)) => {
                let all: Option<Vec<Known>> = all
                    .iter()
                    .map(|one| self.known(&Operand::Known(one.clone())))
                    .collect();
                Known::Tuple(all?)
            }
            Operand::Known(Global::Invalid) => return None,
            Operand::Known(thing) => Known::Thing(thing.clone()),
            Operand::Range(_) | Operand::Method(..) | Operand::Unknown => return None,
        })
    }

    /// How a part of an array lies: rows of an array in C order stay so.
    pub(super) fn layout_of_part(&self, array: Array, cuts: &[Cut]) -> Layout {
        let whole = |cut: &Cut| {
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
        let contiguous = |cut: &Cut| matches!(cut, Cut::Range { step: None, .. });
        if self.array_info(array).layout != Layout::C {
            return Layout::Any;
        }
        let rest: Vec<&Cut> = cuts.iter().skip_while(|cut| matches!(cut, Cut::At(..))).collect();
        match rest.split_first() {
            Some((first, others)) if contiguous(first) && others.iter().all(|cut| whole(cut)) => Layout::C,
            _ => Layout::Any,
        }
    }

    /// As a number; a fault if it is none.
    pub(super) fn value(&mut self, operand: Operand, span: Span) -> Option<Expr> {
        match operand {
            Operand::Value(expr) => Some(expr),
            Operand::Known(Global::Number(value)) => Some(number(value)),
            Operand::Unknown | Operand::Known(Global::Invalid) => None,
            Operand::Lazy(lazy) if lazy.shape.is_empty() => self.element(&lazy, &[]),
            other => {
                let words = match self.known(&other) {
                    Some(known) => format!(
                        "No implementation of function for {}: a number is needed here",
                        known.words()
                    ),
                    None => "a number is needed here".into(),
                };
                self.fault(Kind::Typing, span, words);
                None
            }
        }
    }

    /// As a truth value.
    pub(super) fn truth(&mut self, operand: Operand, span: Span) -> Option<Expr> {
        if let Operand::Tuple(all) = &operand {
            return Some(Expr::bool(!all.is_empty()));
        }
        if let Operand::Known(Global::None) = &operand {
            return Some(Expr::bool(false));
        }
        if matches!(operand, Operand::Array(_) | Operand::Part(..) | Operand::Lazy(_)) {
            let known = self
                .known(&operand)
                .map(|known| known.words())
                .unwrap_or_default();
            let words = format!("the truth value of {known} is ambiguous");
            self.fault(Kind::Typing, span, words);
            self.help("use 'np.any(..)' or 'np.all(..)'");
            return None;
        }
        let expr = self.value(operand, span)?;
        Some(self.is_true(expr))
    }

    pub(super) fn is_true(&mut self, expr: Expr) -> Expr {
        if expr.of == Scalar::Bool {
            return expr;
        }
        if let Some(value) = constant(&expr) {
            return Expr::bool(value.as_float() != 0.0);
        }
        let zero = Expr::bits(expr.of, 0);
        compare(Compare::Unequal, expr, zero)
    }

    /// A number as another type.
    pub(super) fn convert(&mut self, expr: Expr, of: Scalar) -> Expr {
        convert(expr, of)
    }

    /// An `int64`, as indices and lengths are; a fault if it is no whole number.
    pub(super) fn index(&mut self, operand: Operand, span: Span) -> Option<Expr> {
        let expr = self.value(operand, span)?;
        if expr.of.is_float() {
            let words = format!(
                "No implementation of getitem by {}: an index is a whole number",
                expr.of
            );
            self.fault(Kind::Typing, span, words);
            self.help("make it one with 'int(..)'");
            return None;
        }
        if expr.of == Scalar::U64 && constant(&expr).is_none() {
            // What is above the greatest `int64` is no index from the end.
            let most = Expr::bits(Scalar::U64, i64::MAX as u64);
            return Some(convert(
                super::scalars::binary(Binary::Min, expr, most),
                Scalar::I64,
            ));
        }
        Some(convert(expr, Scalar::I64))
    }

    /// In a variable of its own, if it is not as good as one already.
    pub(super) fn named(&mut self, expr: Expr) -> Expr {
        match expr.kind {
            ExprKind::Const(_) | ExprKind::Local(_) | ExprKind::Length(..) => expr,
            _ => self.saved(expr),
        }
    }

    /// In a variable of its own.
    pub(super) fn saved(&mut self, expr: Expr) -> Expr {
        let (of, temp) = (expr.of, self.temp(expr.of));
        self.emit(Stmt::Set(temp, expr));
        local(of, temp)
    }

    /// Keeps an operand's value as it was before the statements that came since.
    pub(super) fn kept(&mut self, mark: usize, operand: Operand) -> Operand {
        if self.out.len() <= mark {
            return operand;
        }
        match operand {
            Operand::Value(expr) if loads(&expr) => {
                let (of, temp) = (expr.of, self.temp(expr.of));
                self.out.insert(mark, Stmt::Set(temp, expr));
                Operand::Value(local(of, temp))
            }
            Operand::Part(array, mut cuts) => {
                self.keep_cuts(mark, &mut cuts);
                Operand::Part(array, cuts)
            }
            // Worked out then if its elements may be others now.
            Operand::Lazy(lazy) if stores(&self.out[mark..]) => {
                let since = self.out.split_off(mark);
                let made = self.made(&lazy);
                self.out.extend(since);
                made.map_or(Operand::Unknown, Operand::Array)
            }
            Operand::Tuple(all) => Operand::Tuple(all.into_iter().map(|one| self.kept(mark, one)).collect()),
            other => other,
        }
    }

    /// A fault if it is no array, in Numba's words for what is done with it.
    pub(super) fn is_for(&mut self, function: &str, operand: &Operand, span: Span) -> bool {
        let is_one = matches!(
            operand,
            Operand::Array(_)
                | Operand::Part(..)
                | Operand::Lazy(_)
                | Operand::Unknown
                | Operand::Known(Global::Invalid)
        );
        if !is_one {
            let known = self.known(operand).map(|known| known.words()).unwrap_or_default();
            self.fault(
                Kind::Typing,
                span,
                format!("No implementation of {function} for {known}: an array is needed here"),
            );
        }
        is_one
    }

    /// As a handle; what is not an array is a fault.
    pub(super) fn handle(&mut self, operand: Operand, span: Span) -> Option<Array> {
        match operand {
            Operand::Array(array) => Some(array),
            Operand::Part(array, cuts) => Some(self.view(array, cuts)),
            Operand::Lazy(lazy) => self.made(&lazy),
            Operand::Unknown | Operand::Known(Global::Invalid) => None,
            other => {
                let words = match self.known(&other) {
                    Some(known) => format!("an array is needed here, not {}", known.words()),
                    None => "an array is needed here".into(),
                };
                self.fault(Kind::Typing, span, words);
                None
            }
        }
    }

    pub(super) fn view(&mut self, array: Array, cuts: Vec<Cut>) -> Array {
        let layout = self.layout_of_part(array, &cuts);
        let of = self.array_info(array).of;
        let axes = cuts.iter().filter(|cut| matches!(cut, Cut::Range { .. })).count();
        self.bound(of, axes as u8, layout, ArrayExpr::View { of: array, cuts })
    }

    /// What a variable holds.
    pub(super) fn read(&self, slot: &Slot) -> Operand {
        match slot {
            Slot::Scalar(at) => {
                let of = self.program.locals[at.0 as usize].of;
                Operand::Value(local(of, *at))
            }
            Slot::Array(array) => Operand::Array(*array),
            Slot::Tuple(all) => Operand::Tuple(all.iter().map(|one| self.read(one)).collect()),
            Slot::Known(thing) => Operand::Known(thing.clone()),
        }
    }

    /// Variables of its own that nobody has a name for.
    pub(super) fn fresh(&mut self, known: &Known) -> Slot {
        self.new_slot("$", known)
    }

    pub(super) fn new_slot(&mut self, name: &str, known: &Known) -> Slot {
        match known {
            Known::Scalar(of) => Slot::Scalar(self.local(name, *of)),
            Known::Array(of, axes, layout) => Slot::Array(self.array(name, *of, *axes, *layout)),
            Known::Tuple(all) => Slot::Tuple(all.iter().map(|one| self.new_slot(name, one)).collect()),
            Known::Thing(thing) => Slot::Known(thing.clone()),
        }
    }
}

/// Whether statements store to an array that they have not made.
fn stores(statements: &[Stmt]) -> bool {
    let (mut own, mut found) = (Set::new(), false);
    crate::walk::statements(statements, &mut |stmt| match stmt {
        Stmt::Bind(array, ArrayExpr::New { .. }) => {
            own.insert(*array);
        }
        Stmt::Bind(
            array,
            ArrayExpr::Same(of)
            | ArrayExpr::Transposed(of)
            | ArrayExpr::View { of, .. }
            | ArrayExpr::Reshape { of, .. },
        ) => {
            // One that is others' on another way is theirs.
            match own.contains(of) {
                true => own.insert(*array),
                false => own.remove(array),
            };
        }
        Stmt::Store { array, .. } => found |= !own.contains(array),
        _ => {}
    });
    found
}

/// Whether an expression reads an element, so that it means something else after a store.
fn loads(expr: &Expr) -> bool {
    let mut any = false;
    crate::walk::within(expr, &mut |one| any |= matches!(one.kind, ExprKind::Load { .. }));
    any
}

/// A number as another type; constants at once.
pub(super) fn convert(expr: Expr, of: Scalar) -> Expr {
    if expr.of == of {
        return expr;
    }
    if let Some(value) = constant(&expr) {
        let whole = !of.is_float() && value.of.is_float();
        // What does not fit is left to the program, which knows the language's rule.
        if !whole
            || (value.as_float().abs() < 1e9
                && of.bytes() >= 4
                && (of.is_signed() || value.as_float() >= 0.0))
        {
            return number(value.convert(of));
        }
    }
    if of == Scalar::Bool {
        let zero = Expr::bits(expr.of, 0);
        return compare(Compare::Unequal, expr, zero);
    }
    match of {
        Scalar::F32 => in_single(expr),
        _ => Expr::new(ExprKind::Convert(expr), of),
    }
}

/// A value as `float32`. One operation of `float64` on what `float32` holds, rounded again, is what the same
/// operation of `float32` gives (Figueroa, When is double rounding innocuous?, 1995).
fn in_single(expr: Expr) -> Expr {
    use Binary::{Add, Mul, Sub};
    let kind = match &expr.kind {
        ExprKind::Unary(op @ (Unary::Minus | Unary::Abs | Unary::Sqrt), a) => {
            single(a).map(|a| ExprKind::Unary(*op, a))
        }
        ExprKind::Binary(op @ (Add | Sub | Mul), a, b) => {
            single(a).zip(single(b)).map(|(a, b)| ExprKind::Binary(*op, a, b))
        }
        ExprKind::Divide(Divide::True, a, b, site) => single(a)
            .zip(single(b))
            .map(|(a, b)| ExprKind::Divide(Divide::True, a, b, *site)),
        _ => None,
    };
    match kind {
        Some(kind) => Expr::new(kind, Scalar::F32).placed(expr.at),
        None => Expr::new(ExprKind::Convert(expr), Scalar::F32),
    }
}

/// The `float32` that a `float64` was made of, or that holds a constant.
fn single(expr: &Expr) -> Option<Expr> {
    match &expr.kind {
        _ if expr.of != Scalar::F64 => None,
        ExprKind::Convert(a) if a.of == Scalar::F32 => Some(a.clone()),
        ExprKind::Const(bits) => {
            let value = f64::from_bits(*bits);
            let nearest = value as f32;
            (f64::from(nearest) == value).then(|| Expr::bits(Scalar::F32, nearest.to_bits().into()))
        }
        _ => None,
    }
}

/// A comparison. Of a `float32` and a constant of `float64` as one of `float32`: there is none between a constant and
/// the next `float32` on its side.
pub(super) fn compare(op: Compare, a: Expr, b: Expr) -> Expr {
    // What is at most the constant is at most the greatest `float32` that is, and so on.
    let goes_up = matches!(op, Compare::Less);
    let (a, b) = match (beside(&a, !goes_up), beside(&b, goes_up)) {
        (Some(c), None) => match single(&b) {
            Some(b) => (constant_of(op, c), b),
            None => (a, b),
        },
        (None, Some(c)) => match single(&a) {
            Some(a) => (a, constant_of(op, c)),
            None => (a, b),
        },
        _ => (a, b),
    };
    Expr::new(ExprKind::Compare(op, a, b), Scalar::Bool)
}

/// The next `float32` at least or at most a constant of `float64`, and whether it is that constant.
fn beside(expr: &Expr, is_least: bool) -> Option<(f32, bool)> {
    let ExprKind::Const(bits) = expr.kind else {
        return None;
    };
    if expr.of != Scalar::F64 {
        return None;
    }
    let value = f64::from_bits(bits);
    let nearest = value as f32;
    let beside = match f64::from(nearest) {
        near if is_least && near < value => nearest.next_up(),
        near if !is_least && near > value => nearest.next_down(),
        _ => nearest,
    };
    Some((beside, f64::from(nearest) == value))
}

/// What a `float32` is compared with instead: nothing equals what no `float32` is.
fn constant_of(op: Compare, (beside, is_same): (f32, bool)) -> Expr {
    let value = match op {
        Compare::Equal | Compare::Unequal if !is_same => f32::NAN,
        _ => beside,
    };
    Expr::bits(Scalar::F32, value.to_bits().into())
}

pub(super) fn unary(op: Unary, a: Expr) -> Expr {
    let of = a.of;
    Expr::new(ExprKind::Unary(op, a), of)
}

pub(super) fn not(a: Expr) -> Expr {
    unary(Unary::Not, a)
}

pub(super) fn select(test: Expr, yes: Expr, no: Expr) -> Expr {
    let of = yes.of;
    Expr::new(ExprKind::Select(test, yes, no), of)
}

pub(super) fn both(a: Expr, b: Expr) -> Expr {
    Expr::new(ExprKind::And(a, b), Scalar::Bool)
}

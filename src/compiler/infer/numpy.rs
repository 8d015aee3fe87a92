//! NumPy's functions of arrays, by their names.

use super::Maker;
use super::calls::Named;
use super::math::UFUNCS;
use super::operand::{Known, Operand, compare, constant, convert, select};
use super::scalars::{binary, division};
use crate::diagnostic::Kind;
use crate::ir::{ArrayExpr, Binary, Compare, Divide, Expr, Failure, Stmt, Unary};
use crate::module::Global;
use crate::source::Span;
use crate::syntax::{self, ExprKind};
use crate::types::{Layout, Scalar};

impl Maker<'_> {
    pub(super) fn numpy(
        &mut self,
        name: &str,
        mut values: Vec<Operand>,
        named: Named,
        span: Span,
    ) -> Operand {
        let is_unknown = |one: &Operand| matches!(one, Operand::Unknown | Operand::Known(Global::Invalid));
        if values.iter().any(is_unknown) || named.iter().any(|(_, value, _)| is_unknown(value)) {
            return Operand::Unknown;
        }
        if let Some((function, count)) = UFUNCS.iter().find(|(known, _)| *known == name) {
            if let Some((keyword, _, at)) = named.first() {
                let words = format!("'{name}' takes no '{keyword}' here");
                return self.refuse(Kind::Unsupported, *at, words);
            }
            if values.len() == count + 1 {
                // The last is where the results go.
                let out = values.pop();
                let result = self.elementwise(function, values, span);
                if let Some(out) = out
                    && let Some(array) = self.handle(out, span)
                {
                    self.fill(array, result, span);
                    return Operand::Array(array);
                }
                return Operand::Unknown;
            }
            if values.len() != *count {
                let words = format!("'{name}' takes {count} arguments, not {}", values.len());
                return self.refuse(Kind::Typing, span, words);
            }
            if values.iter().any(|one| self.is_array(one)) {
                return self.elementwise(function, values, span);
            }
            return self.ufunc_of_numbers(function, values, span);
        }
        let mut args = Args {
            values: values.into_iter().map(Some).collect(),
            named,
        };
        match name {
            "zeros" | "ones" | "empty" => {
                let Some(shape) = args.take(0, "shape") else {
                    return self.lacks(name, "shape", span);
                };
                let of = match args.take(1, "dtype") {
                    Some(given) => self.dtype(&given, span),
                    None => Some(Scalar::F64),
                };
                let (Some(of), Some(shape)) = (of, self.shape_arg(shape, span)) else {
                    return Operand::Unknown;
                };
                self.created(name, of, shape, span)
            }
            "full" => {
                let shape = args.take(0, "shape");
                let value = args.take(1, "fill_value");
                let given = args.take(2, "dtype");
                let (Some(shape), Some(value)) = (shape, value) else {
                    return self.lacks(name, "fill_value", span);
                };
                let (Some(shape), Some(value)) = (self.shape_arg(shape, span), self.value(value, span))
                else {
                    return Operand::Unknown;
                };
                let of = match given {
                    Some(given) => self.dtype(&given, span),
                    None => Some(value.of),
                };
                let Some(of) = of else {
                    return Operand::Unknown;
                };
                self.new_array(of, shape, Some(convert(value, of)), span)
            }
            "zeros_like" | "ones_like" | "empty_like" | "full_like" => {
                let Some(like) = args.take(0, "a") else {
                    return self.lacks(name, "a", span);
                };
                let value = match name {
                    "full_like" => args.take(1, "fill_value"),
                    _ => None,
                };
                let at = if name == "full_like" { 2 } else { 1 };
                let given = args.take(at, "dtype");
                let Some(shape) = self.shape_of(&like, span) else {
                    return Operand::Unknown;
                };
                let own = match self.known(&like) {
                    Some(Known::Array(of, ..)) => Some(of),
                    _ => None,
                };
                let of = match given {
                    Some(given) => self.dtype(&given, span),
                    None => own,
                };
                let Some(of) = of else {
                    return Operand::Unknown;
                };
                if name == "full_like" {
                    let Some(value) = value.and_then(|value| self.value(value, span)) else {
                        return Operand::Unknown;
                    };
                    return self.new_array(of, shape, Some(convert(value, of)), span);
                }
                self.created(name.trim_end_matches("_like"), of, shape, span)
            }
            "arange" => self.arange(&mut args, span),
            "linspace" => self.linspace(&mut args, span),
            "eye" | "identity" => {
                let Some(n) = args.take(0, "N") else {
                    return self.lacks(name, "N", span);
                };
                let columns = if name == "eye" { args.take(1, "M") } else { None };
                let given = args.take(if name == "eye" { 3 } else { 1 }, "dtype");
                let of = match given {
                    Some(given) => self.dtype(&given, span),
                    None => Some(Scalar::F64),
                };
                let columns = columns.unwrap_or_else(|| n.clone());
                let (Some(of), Some(shape)) = (of, self.lengths(vec![n, columns], span)) else {
                    return Operand::Unknown;
                };
                let zero = Expr::bits(of, 0);
                let made = self.new_array(of, shape.clone(), Some(zero), span);
                if let Operand::Array(array) = made {
                    let least = self.lesser(false, shape[0].clone(), shape[1].clone());
                    self.nest(&[least], None, |maker, at| {
                        maker.emit(Stmt::Store {
                            array,
                            index: vec![at[0].clone(), at[0].clone()],
                            value: convert(Expr::int(1), of),
                            site: None,
                        });
                        Some(())
                    });
                }
                made
            }
            "array" | "asarray" | "copy" | "ascontiguousarray" | "atleast_1d" => {
                let Some(one) = args.take(0, "a") else {
                    return self.lacks(name, "a", span);
                };
                let to = match args.take(1, "dtype") {
                    Some(given) => match self.dtype(&given, span) {
                        Some(to) => Some(to),
                        None => return Operand::Unknown,
                    },
                    None => None,
                };
                if name == "asarray" && to.is_none() {
                    return one;
                }
                self.copied(one, to, span)
            }
            "sum" | "prod" | "mean" | "min" | "max" | "amin" | "amax" | "any" | "all" | "argmin"
            | "argmax" | "var" | "std" => {
                let Some(one) = args.take(0, "a") else {
                    return self.lacks(name, "a", span);
                };
                if let Some(axis) = args.take(1, "axis") {
                    return match name {
                        "sum" => self.sum_along(one, axis, span),
                        _ => self.no_axis(name, span),
                    };
                }
                if let Operand::Tuple(_) = one
                    && matches!(name, "min" | "max" | "sum")
                {
                    return self.builtin(name, vec![one], span);
                }
                self.reduce_array(name, one, span)
            }
            "count_nonzero" => {
                let Some(one) = args.take(0, "a") else {
                    return self.lacks(name, "a", span);
                };
                let truth = self.elementwise("not_equal", vec![one, Operand::Value(Expr::int(0))], span);
                self.reduce_array("sum", truth, span)
            }
            "where" => {
                let all: Vec<Operand> = (0..3).filter_map(|i| args.take(i, "")).collect();
                if all.len() != 3 {
                    return self.refuse(
                        Kind::Unsupported,
                        span,
                        "'np.where' takes a condition and two values",
                    );
                }
                self.chosen(all, span)
            }
            "clip" => {
                let (one, low, high) = (args.take(0, "a"), args.take(1, "a_min"), args.take(2, "a_max"));
                let Some(mut one) = one else {
                    return self.lacks(name, "a", span);
                };
                for (limit, function) in [(low, "maximum"), (high, "minimum")] {
                    match limit {
                        None | Some(Operand::Known(Global::None)) => {}
                        Some(limit) => one = self.numpy(function, vec![one, limit], Vec::new(), span),
                    }
                }
                one
            }
            "dot" | "matmul" | "vdot" => {
                let (a, b) = (args.take(0, "a"), args.take(1, "b"));
                let (Some(a), Some(b)) = (a, b) else {
                    return self.lacks(name, "b", span);
                };
                self.product(a, b, span)
            }
            "outer" => {
                let (a, b) = (args.take(0, "a"), args.take(1, "b"));
                let (Some(a), Some(b)) = (a, b) else {
                    return self.lacks(name, "b", span);
                };
                let column = self.reshaped(
                    a,
                    vec![Operand::Value(Expr::int(-1)), Operand::Value(Expr::int(1))],
                    span,
                );
                self.elementwise("multiply", vec![column, b], span)
            }
            "reshape" => {
                let (one, shape) = (args.take(0, "a"), args.take(1, "shape"));
                let (Some(one), Some(shape)) = (one, shape) else {
                    return self.lacks(name, "shape", span);
                };
                let shape = match shape {
                    Operand::Tuple(all) => all,
                    other => vec![other],
                };
                self.reshaped(one, shape, span)
            }
            "ravel" => match args.take(0, "a") {
                Some(one) => self.flat(one, false, span),
                None => self.lacks(name, "a", span),
            },
            "transpose" => match args.take(0, "a") {
                Some(one) => self.transposed(one, span),
                None => self.lacks(name, "a", span),
            },
            "shape" => match args.take(0, "a") {
                Some(one) => self.attribute(one, "shape", span),
                None => self.lacks(name, "a", span),
            },
            "size" => match args.take(0, "a") {
                Some(one) => self.attribute(one, "size", span),
                None => self.lacks(name, "a", span),
            },
            "round" | "around" | "round_" => {
                let one = args.take(0, "a");
                let digits = args.take(1, "decimals");
                let Some(one) = one else {
                    return self.lacks(name, "a", span);
                };
                let plain = digits.as_ref().is_none_or(|digits| {
                    self.constant_number(digits)
                        .is_some_and(|known| known.as_int() == 0)
                });
                if !plain {
                    return self.refuse(Kind::Unsupported, span, "'np.round' rounds to whole numbers here");
                }
                if self.is_array(&one) {
                    return self.elementwise("rint", vec![one], span);
                }
                match self.value(one, span) {
                    Some(value) if value.of.is_float() => {
                        Operand::Value(super::operand::unary(Unary::Nearest, value))
                    }
                    Some(value) => Operand::Value(value),
                    None => Operand::Unknown,
                }
            }
            "cumsum" => {
                let Some(one) = args.take(0, "a") else {
                    return self.lacks(name, "a", span);
                };
                self.running_sum(one, span)
            }
            "iinfo" | "finfo" => match args.take(0, "type").map(|given| self.dtype(&given, span)) {
                Some(Some(of)) => {
                    Operand::Method(Box::new(Operand::Known(Global::Type(of))), name.to_owned())
                }
                _ => Operand::Unknown,
            },
            "dtype" => match args.take(0, "dtype").map(|given| self.dtype(&given, span)) {
                Some(Some(of)) => Operand::Known(Global::Type(of)),
                _ => Operand::Unknown,
            },
            _ => {
                let refused = self.refuse(
                    Kind::Typing,
                    span,
                    format!("Unknown attribute '{name}' of type Module(numpy)"),
                );
                self.help("this function is not compiled here: write its loop");
                refused
            }
        }
    }

    fn lacks(&mut self, name: &str, what: &str, span: Span) -> Operand {
        self.refuse(
            Kind::Typing,
            span,
            format!("'np.{name}' lacks its argument '{what}'"),
        )
    }

    /// One of the element-wise functions on numbers.
    fn ufunc_of_numbers(&mut self, name: &str, values: Vec<Operand>, span: Span) -> Operand {
        let words: Vec<String> = values.iter().map(|one| self.words(one)).collect();
        let mut all = Vec::new();
        for one in values {
            match self.value(one, span) {
                Some(value) => all.push(value),
                None => return Operand::Unknown,
            }
        }
        match self.ufunc(name, all, span) {
            Some(value) => Operand::Value(value),
            None => {
                let message = format!(
                    "No implementation of function Function(<ufunc '{name}'>) found for signature: {name}({})",
                    words.join(", ")
                );
                self.refuse(Kind::Typing, span, message)
            }
        }
    }

    fn created(&mut self, name: &str, of: Scalar, shape: Vec<Expr>, span: Span) -> Operand {
        let fill = match name {
            "zeros" => Some(Expr::bits(of, 0)),
            "ones" => Some(convert(Expr::int(1), of)),
            _ => None,
        };
        self.new_array(of, shape, fill, span)
    }

    pub(super) fn new_array(
        &mut self,
        of: Scalar,
        shape: Vec<Expr>,
        fill: Option<Expr>,
        span: Span,
    ) -> Operand {
        let site = self.site(span, Failure::Memory);
        let axes = shape.len() as u8;
        let expr = ArrayExpr::New { shape, fill, site };
        Operand::Array(self.bound(of, axes, Layout::C, expr))
    }

    fn arange(&mut self, args: &mut Args, span: Span) -> Operand {
        let given = args.take_named("dtype");
        let mut ends = Vec::new();
        for (i, name) in ["start", "stop", "step"].into_iter().enumerate() {
            if let Some(one) = args.take(i, name) {
                let Some(value) = self.value(one, span) else {
                    return Operand::Unknown;
                };
                ends.push(value);
            }
        }
        let of = match given {
            Some(given) => match self.dtype(&given, span) {
                Some(of) => of,
                None => return Operand::Unknown,
            },
            None if ends.iter().all(|end| !end.of.is_float()) => Scalar::I64,
            None => Scalar::F64,
        };
        let (start, stop, step) = match ends.len() {
            1 => (Expr::int(0), ends.remove(0), Expr::int(1)),
            2 => {
                let stop = ends.remove(1);
                (ends.remove(0), stop, Expr::int(1))
            }
            3 => {
                let step = ends.remove(2);
                let stop = ends.remove(1);
                (ends.remove(0), stop, step)
            }
            _ => return self.lacks("arange", "stop", span),
        };
        let whole = [&start, &stop, &step].iter().all(|end| !end.of.is_float());
        let count = if whole {
            let (a, b, s) = (
                convert(start.clone(), Scalar::I64),
                convert(stop, Scalar::I64),
                convert(step.clone(), Scalar::I64),
            );
            let s = self.named(s);
            if constant(&s).is_none() {
                let site = self.site(span, Failure::Step);
                self.emit(Stmt::Check(
                    compare(Compare::Unequal, s.clone(), Expr::int(0)),
                    site,
                ));
            }
            let gap = binary(Binary::Sub, b, a);
            // Rounded up: the floor of the opposite, turned round.
            let count = if constant(&s).is_some_and(|known| known.as_int() == 1) {
                gap
            } else {
                let minus = self.negative(gap);
                let floor = division(Divide::Floor, minus, s, None);
                self.negative(floor)
            };
            self.at_least_zero(count)
        } else {
            let float = |one: Expr| convert(one, Scalar::F64);
            let gap = binary(Binary::Sub, float(stop), float(start.clone()));
            let ratio = division(Divide::True, gap, float(step.clone()), None);
            let count = convert(super::operand::unary(Unary::Ceil, ratio), Scalar::I64);
            self.at_least_zero(count)
        };
        let count = self.named(count);
        let inner = if whole { Scalar::I64 } else { Scalar::F64 };
        let (start, step) = (
            self.named(convert(start, inner)),
            self.named(convert(step, inner)),
        );
        let made = self.new_array(of, vec![count], None, span);
        if let Operand::Array(array) = made {
            let shape = [super::loops::length(array, 0)];
            self.nest(&shape, None, |maker, at| {
                let i = convert(at[0].clone(), inner);
                let value = binary(Binary::Add, start, binary(Binary::Mul, i, step));
                maker.emit(Stmt::Store {
                    array,
                    index: at.to_vec(),
                    value: convert(value, of),
                    site: None,
                });
                Some(())
            });
        }
        made
    }

    fn linspace(&mut self, args: &mut Args, span: Span) -> Operand {
        let (start, stop) = (args.take(0, "start"), args.take(1, "stop"));
        let count = args.take(2, "num").unwrap_or(Operand::Value(Expr::int(50)));
        let (Some(start), Some(stop)) = (start, stop) else {
            return self.lacks("linspace", "stop", span);
        };
        let (Some(start), Some(stop), Some(count)) = (
            self.value(start, span),
            self.value(stop, span),
            self.index(count, span),
        ) else {
            return Operand::Unknown;
        };
        let float = |maker: &mut Self, one: Expr| maker.named(convert(one, Scalar::F64));
        let (start, stop) = (float(self, start), float(self, stop));
        let count = self.named(count);
        let steps = binary(Binary::Sub, count.clone(), Expr::int(1));
        let gap = binary(Binary::Sub, stop.clone(), start.clone());
        let step = division(Divide::True, gap, convert(steps.clone(), Scalar::F64), None);
        let step = self.named(step);
        let steps = self.named(steps);
        let made = self.new_array(Scalar::F64, vec![count], None, span);
        if let Operand::Array(array) = made {
            let shape = [super::loops::length(array, 0)];
            self.nest(&shape, None, |maker, at| {
                let i = convert(at[0].clone(), Scalar::F64);
                let value = binary(Binary::Add, start.clone(), binary(Binary::Mul, i, step));
                let is_last = compare(Compare::Equal, at[0].clone(), steps.clone());
                let many = compare(Compare::Less, Expr::int(0), steps);
                let is_stop = binary(Binary::And, is_last, many.clone());
                let inner = select(is_stop, stop, value);
                maker.emit(Stmt::Store {
                    array,
                    index: at.to_vec(),
                    // One alone is the start.
                    value: select(many, inner, start),
                    site: None,
                });
                Some(())
            });
        }
        made
    }

    fn running_sum(&mut self, one: Operand, span: Span) -> Operand {
        let Some(array) = self.handle(one, span) else {
            return Operand::Unknown;
        };
        let info = self.array_info(array).clone();
        if info.axes != 1 {
            return self.refuse(Kind::Unsupported, span, "'np.cumsum' takes one axis here");
        }
        let of = match info.of {
            Scalar::F32 | Scalar::F64 => info.of,
            of if super::scalars::is_unsigned(of) => Scalar::U64,
            _ => Scalar::I64,
        };
        let made = self.new_array(of, vec![super::loops::length(array, 0)], None, span);
        if let Operand::Array(out) = made {
            let sum = self.temp(of);
            self.emit(Stmt::Set(sum, Expr::bits(of, 0)));
            let range = super::operand::Span3 {
                start: Expr::int(0),
                stop: super::loops::length(array, 0),
                step: None,
                is_parallel: false,
            };
            self.range_loop(range, None, &[], |maker, i| {
                let element = Expr::new(
                    crate::ir::ExprKind::Load {
                        array,
                        index: vec![i.clone()],
                        site: None,
                    },
                    info.of,
                );
                let before = super::operand::local(of, sum);
                maker.emit(Stmt::Set(sum, binary(Binary::Add, before, convert(element, of))));
                maker.emit(Stmt::Store {
                    array: out,
                    index: vec![i],
                    value: super::operand::local(of, sum),
                    site: None,
                });
            });
        }
        made
    }

    /// `np.array([1, 2])` and `np.array([[..], [..]])`.
    pub(super) fn array_of_list(
        &mut self,
        list: &syntax::Expr,
        second: Option<&syntax::Expr>,
        named: Named,
        span: Span,
    ) -> Operand {
        let given = match second {
            Some(second) => Some(self.expr(second)),
            None => named
                .into_iter()
                .find(|(name, ..)| name == "dtype")
                .map(|(_, value, _)| value),
        };
        let to = match given {
            Some(given) => match self.dtype(&given, span) {
                Some(to) => Some(to),
                None => return Operand::Unknown,
            },
            None => None,
        };
        let mut shape = Vec::new();
        let mut all = Vec::new();
        if !self.listed(list, 0, &mut shape, &mut all) {
            return Operand::Unknown;
        }
        if shape.len() > usize::from(crate::types::MOST_AXES) {
            return self.refuse(Kind::Unsupported, span, "arrays have 1 to 3 axes");
        }
        let of = all.iter().map(|one: &Expr| one.of).reduce(crate::rules::unify);
        let of = to.or(of).unwrap_or(Scalar::F64);
        let lengths = shape.iter().map(|one| Expr::int(*one as i64)).collect();
        let made = self.new_array(of, lengths, None, span);
        if let Operand::Array(array) = made {
            for (i, value) in all.into_iter().enumerate() {
                let mut rest = i;
                let mut index: Vec<Expr> = Vec::new();
                for &length in shape.iter().rev() {
                    index.push(Expr::int((rest % length) as i64));
                    rest /= length;
                }
                index.reverse();
                self.emit(Stmt::Store {
                    array,
                    index,
                    value: convert(value, of),
                    site: None,
                });
            }
        }
        made
    }

    fn listed(
        &mut self,
        list: &syntax::Expr,
        depth: usize,
        shape: &mut Vec<usize>,
        all: &mut Vec<Expr>,
    ) -> bool {
        match &list.kind {
            ExprKind::List(parts) | ExprKind::Tuple(parts) => {
                if shape.len() == depth {
                    if !all.is_empty() {
                        self.fault(Kind::Typing, list.span, "the list's parts have different depths");
                        return false;
                    }
                    shape.push(parts.len());
                } else if shape[depth] != parts.len() {
                    self.fault(Kind::Typing, list.span, "the list's rows have different lengths");
                    return false;
                }
                parts.iter().all(|part| self.listed(part, depth + 1, shape, all))
            }
            _ => {
                if depth != shape.len() {
                    self.fault(Kind::Typing, list.span, "the list's parts have different depths");
                    return false;
                }
                let value = self.expr(list);
                match self.value(value, list.span) {
                    Some(value) => {
                        all.push(self.named(value));
                        true
                    }
                    None => false,
                }
            }
        }
    }
}

/// Arguments by place or by name.
struct Args {
    values: Vec<Option<Operand>>,
    named: Named,
}

impl Args {
    /// The argument at a place, or by this name.
    fn take(&mut self, at: usize, name: &str) -> Option<Operand> {
        match self.values.get_mut(at).and_then(Option::take) {
            Some(value) => Some(value),
            None => self.take_named(name),
        }
    }

    fn take_named(&mut self, name: &str) -> Option<Operand> {
        let at = self.named.iter().position(|(known, ..)| known == name)?;
        Some(self.named.remove(at).1)
    }
}

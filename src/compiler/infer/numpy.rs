//! NumPy's functions of arrays, by their names.

use super::Maker;
use super::calls::Named;
use super::math::UFUNCS;
use super::operand::{Known, Operand, compare, constant, convert, select};
use super::scalars::{binary, division};
use crate::diagnostic::Kind;
use crate::ir::{Array, ArrayExpr, Binary, Compare, Divide, Expr, Failure, Stmt, Unary};
use crate::module::Global;
use crate::rules;
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
                let words = format!("'{name}' takes {}, not {}", arguments(*count), values.len());
                return self.refuse(Kind::Typing, span, words);
            }
            if values.iter().any(|one| self.is_array(one)) {
                return self.elementwise(function, values, span);
            }
            return self.ufunc_of_numbers(function, values, span);
        }
        let mut args = Args::new(name, values, named, span);
        let given = self.function_of_arrays(&mut args);
        match given {
            Some(given) if self.are_all_taken(&args) => given,
            _ => Operand::Unknown,
        }
    }

    /// Whether every argument had a meaning; a fault if not. One that is passed over would give another result than
    /// NumPy's.
    pub(super) fn are_all_taken(&mut self, args: &Args) -> bool {
        let name = args.function;
        if let Some((keyword, _, at)) = args.named.first() {
            self.fault(
                Kind::Unsupported,
                *at,
                format!("'{name}' takes no '{keyword}' here"),
            );
            if keyword == "dtype" {
                self.help("make the array another first, with '.astype(..)'");
            }
            return false;
        }
        let left = args.values.iter().filter(|one| one.is_some()).count();
        if left > 0 {
            let words = format!(
                "'{name}' takes {} here, not {}",
                arguments(args.values.len() - left),
                args.values.len()
            );
            self.fault(Kind::Unsupported, args.span, words);
        }
        left == 0
    }

    /// All others; nothing where there is a fault, or where something is not known yet.
    fn function_of_arrays(&mut self, args: &mut Args) -> Option<Operand> {
        let (name, span) = (args.function, args.span);
        if !FUNCTIONS.contains(&name) {
            if NOT_COMPILED.contains(&name) {
                let words = format!("'np.{name}' is not compiled here");
                self.fault(Kind::Unsupported, span, words);
                self.help("write its loop, or do it in 'setup(n)'");
                return None;
            }
            let words = format!("Unknown attribute '{name}' of type Module(numpy)");
            self.fault(Kind::Typing, span, words);
            let known = UFUNCS.iter().map(|(one, _)| *one).chain(FUNCTIONS);
            let far = |one: &&str| crate::module::distance(name, one);
            let near = known.filter(|one| far(one) <= 1 + name.len() / 5).min_by_key(far);
            self.help(match near {
                Some(near) => format!("did you mean 'np.{near}'?"),
                None => "this function is not compiled here: write its loop".into(),
            });
            return None;
        }
        let one = match name {
            "arange" | "linspace" | "where" | "iinfo" | "finfo" | "dtype" => Operand::Unknown,
            "zeros" | "ones" | "empty" | "full" => self.needed(args, 0, "shape")?,
            "eye" | "identity" => self.needed(args, 0, "N")?,
            _ => self.needed(args, 0, "a")?,
        };
        Some(match name {
            "zeros" | "ones" | "empty" => {
                let of = self.dtype_of(args, 1, Some(Scalar::F64));
                let shape = self.shape_arg(one, span);
                self.created(name, of?, shape?, span)
            }
            "full" => {
                let value = self.needed(args, 1, "fill_value")?;
                let (shape, value) = (self.shape_arg(one, span), self.value(value, span));
                let of = self.dtype_of(args, 2, value.as_ref().map(|value| value.of))?;
                self.new_array(of, shape?, Some(convert(value?, of)), span)
            }
            "full_like" => {
                let value = self.needed(args, 1, "fill_value")?;
                let (shape, own) = (self.shape_of(&one, span)?, self.element_type(&one));
                let of = self.dtype_of(args, 2, own)?;
                let value = self.value(value, span)?;
                self.new_array(of, shape, Some(convert(value, of)), span)
            }
            "zeros_like" | "ones_like" | "empty_like" => {
                let (shape, own) = (self.shape_of(&one, span)?, self.element_type(&one));
                let of = self.dtype_of(args, 1, own)?;
                self.created(name.strip_suffix("_like")?, of, shape, span)
            }
            "arange" => self.arange(args)?,
            "linspace" => self.linspace(args)?,
            "eye" | "identity" => {
                let (columns, k, at) = match name {
                    "eye" => (args.take(1, "M"), args.take(2, "k"), 3),
                    _ => (None, None, 1),
                };
                let columns = columns.filter(|one| !matches!(one, Operand::Known(Global::None)));
                let of = self.dtype_of(args, at, Some(Scalar::F64));
                let columns = columns.unwrap_or_else(|| one.clone());
                let shape = self.lengths(vec![one, columns], span);
                let (of, shape) = (of?, shape?);
                let k = match k {
                    Some(k) => self.index(k, span)?,
                    None => Expr::int(0),
                };
                let k = self.named(k);
                let zero = Expr::bits(of, 0);
                let made = self.new_array(of, shape.clone(), Some(zero), span);
                if let Operand::Array(array) = made {
                    // From row `first` on, `k` columns further right.
                    let first = binary(Binary::Sub, Expr::int(0), k.clone());
                    let first = self.lesser(true, Expr::int(0), first);
                    let behind = self.lesser(
                        false,
                        shape[0].clone(),
                        binary(Binary::Sub, shape[1].clone(), k.clone()),
                    );
                    let count = binary(Binary::Sub, behind, first.clone());
                    let count = self.lesser(true, Expr::int(0), count);
                    self.nest(&[count], None, |maker, at| {
                        let row = binary(Binary::Add, at[0].clone(), first.clone());
                        let one = convert(Expr::int(1), of);
                        maker.put_at(array, vec![row.clone(), binary(Binary::Add, row, k.clone())], one);
                        Some(())
                    });
                }
                made
            }
            "array" | "asarray" | "copy" | "ascontiguousarray" | "atleast_1d" => {
                let to = match args.take(1, "dtype") {
                    Some(given) => Some(self.dtype(&given, span)?),
                    None => None,
                };
                // The array itself, if it is as it is wanted.
                let is_one = match (name, self.known(&one)) {
                    ("asarray", Some(Known::Array(of, ..))) => to.is_none_or(|to| to == of),
                    ("asarray", _) => to.is_none(),
                    ("atleast_1d", Some(Known::Array(..)))
                    | ("ascontiguousarray", Some(Known::Array(_, _, Layout::C))) => to.is_none(),
                    _ => false,
                };
                match is_one {
                    true => one,
                    false => self.copied(one, to, span),
                }
            }
            "sum" | "prod" | "mean" | "min" | "max" | "amin" | "amax" | "any" | "all" | "argmin"
            | "argmax" | "var" | "std" => {
                let axis = args.take(1, "axis");
                let one = match name {
                    "sum" => self.summed_as(one, args, 2)?,
                    _ => one,
                };
                match (axis, &one, name) {
                    (Some(axis), _, "sum") => self.sum_along(one, axis, span),
                    (Some(_), ..) => self.no_axis(name, span),
                    (_, Operand::Tuple(_), "min" | "max" | "sum") => self.builtin(name, vec![one], span),
                    _ => self.reduce_array(name, one, span),
                }
            }
            "count_nonzero" => {
                let truth = self.elementwise("not_equal", vec![one, Operand::Value(Expr::int(0))], span);
                self.reduce_array("sum", truth, span)
            }
            "where" => {
                let all: Vec<Operand> = (0..3).filter_map(|i| args.take(i, "")).collect();
                if all.len() != 3 {
                    let words = "'np.where' takes a condition and two values";
                    return Some(self.refuse(Kind::Unsupported, span, words));
                }
                self.chosen(all, span)
            }
            "clip" => {
                let (own, mut one) = (self.element_type(&one), one);
                for (at, limit, function) in [(1, "a_min", "maximum"), (2, "a_max", "minimum")] {
                    match args.take(at, limit) {
                        None | Some(Operand::Known(Global::None)) => {}
                        Some(limit) => one = self.numpy(function, vec![one, limit], Vec::new(), span),
                    }
                }
                match (own, one) {
                    // What lies outside is cut off as elements of the array are.
                    (Some(own), Operand::Lazy(lazy)) if lazy.of != own => {
                        self.apply(super::operand::Apply::Cast, own, vec![*lazy], span)
                    }
                    (_, one) => one,
                }
            }
            "dot" | "matmul" | "vdot" | "outer" => {
                let b = self.needed(args, 1, "b")?;
                if name != "outer" {
                    return Some(self.product(one, b, span));
                }
                let column = [-1, 1].map(|length| Operand::Value(Expr::int(length)));
                let column = self.reshaped(one, column.into(), span);
                self.elementwise("multiply", vec![column, b], span)
            }
            "reshape" => {
                let shape = match self.needed(args, 1, "shape")? {
                    Operand::Tuple(all) => all,
                    other => vec![other],
                };
                self.reshaped(one, shape, span)
            }
            "ravel" => self.flat(one, false, span),
            "transpose" => self.transposed(one, span),
            "shape" | "size" => self.attribute(one, name, span),
            "round" | "around" => {
                let digits = args.take(1, "decimals");
                if let Some(digits) = digits {
                    let Some(digits) = self.constant_number(&digits).filter(|known| known.of.is_int()) else {
                        let words = format!("'np.{name}' takes constant decimals");
                        return Some(self.refuse(Kind::Unsupported, span, words));
                    };
                    if digits.as_int() != 0 {
                        return self.rounded_to(one, digits, span);
                    }
                }
                if self.is_array(&one) {
                    if self.element_type(&one).is_some_and(|of| !of.is_float()) {
                        return Some(self.copied(one, None, span));
                    }
                    return Some(self.elementwise("rint", vec![one], span));
                }
                let value = self.value(one, span)?;
                Operand::Value(match value.of.is_float() {
                    true => super::operand::unary(Unary::Nearest, value),
                    false => value,
                })
            }
            "cumsum" => self.running_sum(one, span)?,
            "iinfo" | "finfo" => {
                let of = Operand::Known(Global::Type(self.dtype(&args.take(0, "type")?, span)?));
                Operand::Method(Box::new(of), name.to_owned())
            }
            "dtype" => Operand::Known(Global::Type(self.dtype(&args.take(0, "dtype")?, span)?)),
            _ => return None,
        })
    }

    /// An array to be summed, each element as the type that is asked for.
    pub(super) fn summed_as(&mut self, array: Operand, args: &mut Args, at: usize) -> Option<Operand> {
        let Some(of) = self.dtype_of(args, at, None) else {
            return Some(array);
        };
        let own = self.element_type(&array)?;
        let is_narrow = !of.is_float() && of.bytes() < 8;
        if rules::unify(own, of) != of || is_narrow {
            // Each sum would be rounded or cut, not each element.
            let words = format!("elements of {own} are not summed as {of}");
            self.fault(Kind::Unsupported, args.span, words);
            self.help("make the array another first, with '.astype(..)'");
            return None;
        }
        let lazy = self.lazy(array, args.span)?;
        Some(self.apply(super::operand::Apply::Cast, of, vec![lazy], args.span))
    }

    /// `np.round` to some digits: times a power of ten, whole, and back (`round_ndigits` in Numba's builtins.py).
    fn rounded_to(&mut self, one: Operand, digits: crate::module::Number, span: Span) -> Option<Operand> {
        let digits = Expr::int(digits.as_int() as i64);
        if !self.is_array(&one) {
            let value = self.value(one, span)?;
            let of = value.of;
            // Numba gives a float64 for a float32, too.
            let rounded = self.rounded(convert(value, Scalar::F64), Some(digits))?;
            return Some(Operand::Value(match of.is_float() {
                true => rounded,
                false => convert(rounded, Scalar::I64),
            }));
        }
        let array = self.handle(one, span)?;
        let of = self.array_info(array).of;
        let shape = self.shape_of(&Operand::Array(array), span)?;
        let Operand::Array(out) = self.new_array(of, shape.clone(), None, span) else {
            return None;
        };
        let lazy = self.lazy(Operand::Array(array), span)?;
        self.nest(&shape, None, |maker, at| {
            let element = maker.element(&lazy, at)?;
            let rounded = maker.rounded(convert(element, Scalar::F64), Some(digits.clone()))?;
            maker.put_at(out, at.to_vec(), convert(rounded, of));
            Some(())
        });
        Some(Operand::Array(out))
    }

    /// An argument; a fault if it is not given.
    fn needed(&mut self, args: &mut Args, at: usize, what: &str) -> Option<Operand> {
        let given = args.take(at, what);
        if given.is_none() {
            let words = format!("'np.{}' lacks its argument '{what}'", args.function);
            self.fault(Kind::Typing, args.span, words);
        }
        given
    }

    /// The type that elements are to have: the argument, or this.
    fn dtype_of(&mut self, args: &mut Args, at: usize, usual: Option<Scalar>) -> Option<Scalar> {
        match args.take(at, "dtype") {
            Some(given) => self.dtype(&given, args.span),
            None => usual,
        }
    }

    pub(super) fn element_type(&self, array: &Operand) -> Option<Scalar> {
        match self.known(array) {
            Some(Known::Array(of, ..)) => Some(of),
            _ => None,
        }
    }

    /// Stores where an element certainly is.
    fn put_at(&mut self, array: Array, index: Vec<Expr>, value: Expr) {
        self.emit(Stmt::Store {
            array,
            index,
            value,
            site: None,
        });
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

    fn arange(&mut self, args: &mut Args) -> Option<Operand> {
        let span = args.span;
        let given = args.take_named("dtype");
        let mut ends = Vec::new();
        for (i, name) in ["start", "stop", "step"].into_iter().enumerate() {
            if let Some(one) = args.take(i, name) {
                ends.push(self.value(one, span)?);
            }
        }
        let of = match given {
            Some(given) => self.dtype(&given, span)?,
            None if ends.iter().all(|end| !end.of.is_float()) => Scalar::I64,
            None => Scalar::F64,
        };
        // One alone is the end.
        match ends.len() {
            0 => _ = self.needed(args, 0, "stop")?,
            1 => ends.insert(0, Expr::int(0)),
            _ => {}
        }
        ends.resize_with(3, || Expr::int(1));
        let Ok([start, stop, step]) = <[Expr; 3]>::try_from(ends) else {
            return None;
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
                maker.put_at(array, at.to_vec(), convert(value, of));
                Some(())
            });
        }
        Some(made)
    }

    fn linspace(&mut self, args: &mut Args) -> Option<Operand> {
        let span = args.span;
        let (start, stop) = (self.needed(args, 0, "start")?, self.needed(args, 1, "stop")?);
        let count = args.take(2, "num").unwrap_or(Operand::Value(Expr::int(50)));
        let (start, stop) = (self.value(start, span), self.value(stop, span));
        let count = self.index(count, span);
        let float = |maker: &mut Self, one: Expr| maker.named(convert(one, Scalar::F64));
        let (start, stop, count) = (float(self, start?), float(self, stop?), count?);
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
                // One alone is the start.
                maker.put_at(array, at.to_vec(), select(many, inner, start));
                Some(())
            });
        }
        Some(made)
    }

    pub(super) fn running_sum(&mut self, one: Operand, span: Span) -> Option<Operand> {
        let array = self.handle(one, span)?;
        let info = self.array_info(array).clone();
        if info.axes != 1 {
            self.fault(Kind::Unsupported, span, "'np.cumsum' takes one axis here");
            return None;
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
                maker.put_at(out, vec![i], super::operand::local(of, sum));
            });
        }
        Some(made)
    }

    /// `np.array([1, 2])` and `np.array([[..], [..]])`.
    pub(super) fn array_of_list(
        &mut self,
        list: &syntax::Expr,
        second: Option<&syntax::Expr>,
        named: Named,
        span: Span,
    ) -> Operand {
        let second = second.map(|second| self.expr(second));
        let mut args = Args::new("array", second.into_iter().collect(), named, span);
        let to = args.take(0, "dtype").map(|given| self.dtype(&given, span));
        if to == Some(None) || !self.are_all_taken(&args) {
            return Operand::Unknown;
        }
        let mut shape = Vec::new();
        let mut all = Vec::new();
        if !self.listed(list, 0, &mut shape, &mut all) {
            return Operand::Unknown;
        }
        if shape.len() > usize::from(crate::types::MOST_AXES) {
            return self.refuse(Kind::Unsupported, span, "arrays have 1 to 3 axes");
        }
        let of = all.iter().map(|one: &Expr| one.of).reduce(crate::rules::unify);
        let of = to.flatten().or(of).unwrap_or(Scalar::F64);
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
                self.put_at(array, index, convert(value, of));
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

/// NumPy's functions that are compiled, beside those of one element.
const FUNCTIONS: [&str; 48] = [
    "all",
    "amax",
    "amin",
    "any",
    "arange",
    "argmax",
    "argmin",
    "around",
    "array",
    "asarray",
    "ascontiguousarray",
    "atleast_1d",
    "clip",
    "copy",
    "count_nonzero",
    "cumsum",
    "dot",
    "dtype",
    "empty",
    "empty_like",
    "eye",
    "finfo",
    "full",
    "full_like",
    "identity",
    "iinfo",
    "linspace",
    "matmul",
    "max",
    "mean",
    "min",
    "ones",
    "ones_like",
    "outer",
    "prod",
    "ravel",
    "reshape",
    "round",
    "shape",
    "size",
    "std",
    "sum",
    "transpose",
    "var",
    "vdot",
    "where",
    "zeros",
    "zeros_like",
];

/// NumPy's functions that people know, and that are not.
const NOT_COMPILED: [&str; 60] = [
    "append",
    "argpartition",
    "argsort",
    "argwhere",
    "average",
    "bincount",
    "broadcast_to",
    "column_stack",
    "concatenate",
    "convolve",
    "corrcoef",
    "correlate",
    "cov",
    "cross",
    "cumprod",
    "delete",
    "diag",
    "diff",
    "digitize",
    "ediff1d",
    "einsum",
    "expand_dims",
    "fft",
    "flatnonzero",
    "flip",
    "fliplr",
    "flipud",
    "gradient",
    "histogram",
    "hstack",
    "insert",
    "interp",
    "isin",
    "kron",
    "linalg",
    "median",
    "meshgrid",
    "nanmax",
    "nanmean",
    "nanmin",
    "nansum",
    "nonzero",
    "partition",
    "percentile",
    "quantile",
    "repeat",
    "roll",
    "rot90",
    "searchsorted",
    "sort",
    "split",
    "squeeze",
    "stack",
    "take",
    "tile",
    "trace",
    "trapezoid",
    "tril",
    "triu",
    "unique",
];

/// So many of them.
fn arguments(count: usize) -> String {
    let many = if count == 1 { "" } else { "s" };
    format!("{count} argument{many}")
}

/// Arguments by place or by name.
pub(super) struct Args<'n> {
    function: &'n str,
    span: Span,
    values: Vec<Option<Operand>>,
    named: Named,
}

impl<'n> Args<'n> {
    pub(super) fn new(function: &'n str, values: Vec<Operand>, named: Named, span: Span) -> Args<'n> {
        Args {
            function,
            span,
            values: values.into_iter().map(Some).collect(),
            named,
        }
    }

    /// The argument at a place, or by this name.
    pub(super) fn take(&mut self, at: usize, name: &str) -> Option<Operand> {
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

//! Attributes and methods.

use super::Maker;
use super::calls::Named;
use super::loops::length;
use super::numpy::Args;
use super::operand::{Apply, Operand, compare, constant, select};
use super::scalars::{binary, division};
use crate::diagnostic::Kind;
use crate::ir::{Array, ArrayExpr, Binary, Compare, Divide, Expr, ExprKind, Failure};
use crate::module::{self, Global};
use crate::source::Span;
use crate::types::{Layout, MOST_AXES, Scalar};

const METHODS: [&str; 24] = [
    "all",
    "any",
    "argmax",
    "argmin",
    "astype",
    "clip",
    "copy",
    "cumsum",
    "dot",
    "fill",
    "flatten",
    "item",
    "max",
    "mean",
    "min",
    "prod",
    "ravel",
    "repeat",
    "reshape",
    "round",
    "std",
    "sum",
    "transpose",
    "var",
];

impl Maker<'_> {
    pub(super) fn attribute(&mut self, of: Operand, name: &str, span: Span) -> Operand {
        match &of {
            Operand::Known(Global::Library(module)) => {
                return Operand::Known(module::library(module, name));
            }
            Operand::Unknown | Operand::Known(Global::Invalid) => return Operand::Unknown,
            _ => {}
        }
        if self.is_array(&of) {
            return match name {
                "shape" => match self.shape_of(&of, span) {
                    Some(shape) => Operand::Tuple(shape.into_iter().map(Operand::Value).collect()),
                    None => Operand::Unknown,
                },
                "size" => match self.shape_of(&of, span) {
                    Some(shape) => Operand::Value(self.count(&shape)),
                    None => Operand::Unknown,
                },
                "ndim" => match self.shape_of(&of, span) {
                    Some(shape) => Operand::Value(Expr::int(shape.len() as i64)),
                    None => Operand::Unknown,
                },
                "itemsize" | "nbytes" => match self.lazy(of, span) {
                    Some(lazy) => {
                        let bytes = Expr::int(i64::from(lazy.of.bytes()));
                        if name == "itemsize" {
                            return Operand::Value(bytes);
                        }
                        let count = self.count(&lazy.shape);
                        Operand::Value(binary(Binary::Mul, count, bytes))
                    }
                    None => Operand::Unknown,
                },
                "dtype" => match self.known(&of) {
                    Some(super::operand::Known::Array(of, ..)) => Operand::Known(Global::Type(of)),
                    _ => Operand::Unknown,
                },
                "T" => self.transposed(of, span),
                "real" => of,
                _ if METHODS.contains(&name) => {
                    // A handle now, so that the method's arguments do not come between.
                    let of = match of {
                        Operand::Lazy(_) => of,
                        other => match self.handle(other, span) {
                            Some(array) => Operand::Array(array),
                            None => return Operand::Unknown,
                        },
                    };
                    Operand::Method(Box::new(of), name.into())
                }
                _ => {
                    let words = format!("Unknown attribute '{name}' of type {}", self.words(&of));
                    self.refuse(Kind::Typing, span, words)
                }
            };
        }
        match (&of, name) {
            (Operand::Value(_) | Operand::Known(Global::Number(_)), "real") => of,
            (Operand::Value(_) | Operand::Known(Global::Number(_)), "item") => {
                Operand::Method(Box::new(of), name.into())
            }
            (Operand::Known(Global::Type(of)), "type") => Operand::Known(Global::Type(*of)),
            (Operand::Method(inner, limits), _) if limits == "iinfo" || limits == "finfo" => {
                let Operand::Known(Global::Type(of)) = **inner else {
                    return Operand::Unknown;
                };
                self.limit(of, name, span)
            }
            _ => {
                let words = format!("Unknown attribute '{name}' of type {}", self.words(&of));
                self.refuse(Kind::Typing, span, words)
            }
        }
    }

    pub(super) fn words(&self, operand: &Operand) -> String {
        self.known(operand)
            .map_or_else(|| "unknown".into(), |known| known.words())
    }

    /// `np.iinfo(np.int32).max` and the like.
    fn limit(&mut self, of: Scalar, name: &str, span: Span) -> Operand {
        let value = match (of, name) {
            (Scalar::F32, "max") => Expr::bits(of, u64::from(f32::MAX.to_bits())),
            (Scalar::F32, "min") => Expr::bits(of, u64::from(f32::MIN.to_bits())),
            (Scalar::F32, "eps") => Expr::bits(of, u64::from(f32::EPSILON.to_bits())),
            (Scalar::F32, "tiny") => Expr::bits(of, u64::from(f32::MIN_POSITIVE.to_bits())),
            (Scalar::F64, "max") => Expr::float(f64::MAX),
            (Scalar::F64, "min") => Expr::float(f64::MIN),
            (Scalar::F64, "eps") => Expr::float(f64::EPSILON),
            (Scalar::F64, "tiny") => Expr::float(f64::MIN_POSITIVE),
            (_, "max" | "min") if of.is_int() => {
                let value = super::reduce::extreme(of, name == "max");
                match constant(&value) {
                    Some(known) if i64::try_from(known.as_int()).is_ok() => Expr::int(known.as_int() as i64),
                    _ => value,
                }
            }
            _ => {
                return self.refuse(Kind::Typing, span, format!("{of} has no limit called '{name}'"));
            }
        };
        Operand::Value(value)
    }

    /// The lengths of an array, or of what will be one.
    pub(super) fn shape_of(&mut self, of: &Operand, span: Span) -> Option<Vec<Expr>> {
        match of {
            Operand::Array(array) => {
                let axes = self.array_info(*array).axes;
                Some((0..axes).map(|axis| length(*array, axis)).collect())
            }
            Operand::Lazy(lazy) => Some(lazy.shape.clone()),
            Operand::Part(..) => {
                let array = self.handle(of.clone(), span)?;
                self.shape_of(&Operand::Array(array), span)
            }
            other => {
                self.handle(other.clone(), span)?;
                None
            }
        }
    }

    pub(super) fn transposed(&mut self, of: Operand, span: Span) -> Operand {
        let Some(array) = self.handle(of, span) else {
            return Operand::Unknown;
        };
        let info = self.array_info(array);
        let (of, axes) = (info.of, info.axes);
        if axes == 1 {
            return Operand::Array(array);
        }
        Operand::Array(self.bound(of, axes, Layout::Any, ArrayExpr::Transposed(array)))
    }

    pub(super) fn method(
        &mut self,
        of: Operand,
        name: &str,
        mut values: Vec<Operand>,
        named: Named,
        span: Span,
    ) -> Operand {
        if matches!(name, "clip" | "round") {
            values.insert(0, of);
            return self.numpy(name, values, named, span);
        }
        let shape = match name {
            "reshape" => std::mem::take(&mut values),
            _ => Vec::new(),
        };
        let mut args = Args::new(name, values, named, span);
        let given = match name {
            "enumerate" | "zip" => return self.refuse(Kind::Typing, span, "this is not callable"),
            "item" if self.is_array(&of) => {
                let refused = self.refuse(Kind::Unsupported, span, "'.item()' of an array is not compiled");
                self.help("give its index: 'a[0]'");
                return refused;
            }
            "item" => of,
            "sum" | "prod" | "mean" | "min" | "max" | "any" | "all" | "argmin" | "argmax" | "var" | "std" => {
                let axis = args.take(0, "axis");
                let of = match name {
                    "sum" => match self.summed_as(of, &mut args, 1) {
                        Some(of) => of,
                        None => return Operand::Unknown,
                    },
                    _ => of,
                };
                match (axis, name) {
                    (Some(axis), "sum") => self.sum_along(of, axis, span),
                    (Some(_), _) => self.no_axis(name, span),
                    (None, _) => self.reduce_array(name, of, span),
                }
            }
            "copy" => self.copied(of, None, span),
            "cumsum" => self.running_sum(of, span).unwrap_or(Operand::Unknown),
            "astype" => match args.take(0, "dtype") {
                Some(wanted) => match self.dtype(&wanted, span) {
                    Some(to) => self.copied(of, Some(to), span),
                    None => Operand::Unknown,
                },
                None => self.refuse(Kind::Typing, span, "'astype' lacks its argument 'dtype'"),
            },
            "reshape" => match shape.as_slice() {
                [Operand::Tuple(all)] => self.reshaped(of, all.clone(), span),
                _ => self.reshaped(of, shape, span),
            },
            "ravel" => self.flat(of, false, span),
            "flatten" => self.flat(of, true, span),
            "transpose" => self.transposed(of, span),
            "fill" => match args.take(0, "value") {
                Some(value) => {
                    if let Some(array) = self.handle(of, span) {
                        self.fill(array, value, span);
                    }
                    Operand::Known(Global::None)
                }
                None => self.refuse(Kind::Typing, span, "'fill' lacks its argument 'value'"),
            },
            "dot" => match args.take(0, "b") {
                Some(other) => self.product(of, other, span),
                None => self.refuse(Kind::Typing, span, "'dot' lacks its argument 'b'"),
            },
            _ => {
                let words = format!("'.{name}(..)' is not compiled");
                return self.refuse(Kind::Unsupported, span, words);
            }
        };
        match self.are_all_taken(&args) {
            true => given,
            false => Operand::Unknown,
        }
    }

    pub(super) fn no_axis(&mut self, name: &str, span: Span) -> Operand {
        let words = format!("'{name}' reduces the whole array here, not along an axis");
        let refused = self.refuse(Kind::Unsupported, span, words);
        self.help("write the loop over the other axis, and reduce each row");
        refused
    }

    /// A new array with the same elements, or of another type.
    pub(super) fn copied(&mut self, of: Operand, to: Option<Scalar>, span: Span) -> Operand {
        if !self.is_array(&of) {
            return match (self.value(of, span), to) {
                (Some(value), Some(to)) => Operand::Value(super::operand::convert(value, to)),
                (Some(value), None) => Operand::Value(value),
                _ => Operand::Unknown,
            };
        }
        let Some(lazy) = self.lazy(of, span) else {
            return Operand::Unknown;
        };
        let to = to.unwrap_or(lazy.of);
        let Operand::Lazy(cast) = self.apply(Apply::Cast, to, vec![lazy], span) else {
            return Operand::Unknown;
        };
        match self.made(&cast) {
            Some(array) => Operand::Array(array),
            None => Operand::Unknown,
        }
    }

    /// One axis, the elements in order.
    pub(super) fn flat(&mut self, of: Operand, copies: bool, span: Span) -> Operand {
        let Some(array) = self.handle(of, span) else {
            return Operand::Unknown;
        };
        let is_plain = self.array_info(array).layout == Layout::C;
        let array = if copies || !is_plain {
            match self.copied(Operand::Array(array), None, span) {
                Operand::Array(array) => array,
                _ => return Operand::Unknown,
            }
        } else {
            array
        };
        self.reshaped(Operand::Array(array), vec![Operand::Value(Expr::int(-1))], span)
    }

    pub(super) fn reshaped(&mut self, of: Operand, shape: Vec<Operand>, span: Span) -> Operand {
        let Some(array) = self.handle(of, span) else {
            return Operand::Unknown;
        };
        if self.array_info(array).layout != Layout::C {
            let refused = self.refuse(Kind::Typing, span, "reshape() supports contiguous array only");
            self.help("copy it first: 'a.copy().reshape(..)'");
            return refused;
        }
        let Some(mut lengths) = self.lengths(shape, span) else {
            return Operand::Unknown;
        };
        // One of them may be left open by -1.
        let open = lengths
            .iter()
            .position(|one| constant(one).is_some_and(|known| known.as_int() == -1));
        if let Some(open) = open {
            let whole = self.shape_of(&Operand::Array(array), span).unwrap_or_default();
            let whole = self.count(&whole);
            let others: Vec<Expr> = lengths
                .iter()
                .enumerate()
                .filter(|(i, _)| *i != open)
                .map(|(_, one)| one.clone())
                .collect();
            let others = self.count(&others);
            lengths[open] = match others.kind {
                ExprKind::Const(1) => whole,
                _ => self.saved(division(Divide::Floor, whole, others, None)),
            };
        }
        let (of, axes) = (self.array_info(array).of, lengths.len() as u8);
        let site = self.site(span, Failure::Shape);
        let expr = ArrayExpr::Reshape {
            of: array,
            shape: lengths,
            site,
        };
        Operand::Array(self.bound(of, axes, Layout::C, expr))
    }

    /// A shape as it is given: a number, a tuple of numbers.
    pub(super) fn lengths(&mut self, shape: Vec<Operand>, span: Span) -> Option<Vec<Expr>> {
        let mut out = Vec::new();
        for one in shape {
            let value = self.index(one, span)?;
            out.push(self.named(value));
        }
        if out.is_empty() || out.len() > usize::from(MOST_AXES) {
            self.fault(Kind::Unsupported, span, "arrays have 1 to 3 axes");
            return None;
        }
        Some(out)
    }

    /// A shape operand: a number or a tuple.
    pub(super) fn shape_arg(&mut self, shape: Operand, span: Span) -> Option<Vec<Expr>> {
        let parts = match shape {
            Operand::Tuple(all) => all,
            Operand::Known(Global::Tuple(all)) => all.into_iter().map(Operand::Known).collect(),
            other => vec![other],
        };
        self.lengths(parts, span)
    }

    /// What a `dtype` says.
    pub(super) fn dtype(&mut self, given: &Operand, span: Span) -> Option<Scalar> {
        match given {
            Operand::Known(Global::Type(of)) => Some(*of),
            Operand::Known(Global::Text(text)) => match Scalar::named(text) {
                Some(of) => Some(of),
                None => {
                    self.fault(Kind::Typing, span, format!("data type '{text}' not understood"));
                    None
                }
            },
            Operand::Unknown => None,
            _ => {
                self.fault(Kind::Typing, span, "a dtype is a type such as 'np.float32'");
                None
            }
        }
    }

    /// `a @ b` and `np.dot(a, b)`.
    pub(super) fn product(&mut self, a: Operand, b: Operand, span: Span) -> Operand {
        let (Some(x), Some(y)) = (self.handle(a, span), self.handle(b, span)) else {
            return Operand::Unknown;
        };
        let (a, b) = (self.array_info(x).clone(), self.array_info(y).clone());
        if a.of != b.of || !a.of.is_float() {
            let words = format!(
                "np.dot() arguments must be floats of one type, not {} and {}",
                a.of, b.of
            );
            return self.refuse(Kind::Typing, span, words);
        }
        let of = a.of;
        let inner_a = length(x, a.axes - 1);
        let inner_b = length(y, if b.axes == 1 { 0 } else { b.axes - 2 });
        if a.axes > 2 || b.axes > 2 {
            return self.refuse(Kind::Unsupported, span, "np.dot() takes arrays of 1 or 2 axes");
        }
        if inner_a != inner_b {
            let site = self.site(span, Failure::Shape);
            let test = compare(Compare::Equal, inner_a.clone(), inner_b);
            self.emit(crate::ir::Stmt::Check(test, site));
        }
        if (a.axes, b.axes) == (1, 1) {
            let product = self.elementwise("multiply", vec![Operand::Array(x), Operand::Array(y)], span);
            return self.reduce_array("sum", product, span);
        }
        let mut shape = Vec::new();
        if a.axes == 2 {
            shape.push(length(x, 0));
        }
        if b.axes == 2 {
            shape.push(length(y, 1));
        }
        let site = self.site(span, Failure::Memory);
        let expr = ArrayExpr::New {
            shape: shape.clone(),
            fill: Some(Expr::bits(of, 0)),
            site,
        };
        let out = self.bound(of, shape.len() as u8, Layout::C, expr);
        let rows: Vec<Expr> = (0..shape.len()).map(|axis| length(out, axis as u8)).collect();
        // Rows on the outside, then the inner axis, then columns: each element's sum in order, and unit strides.
        let element = |array: Array, index: Vec<Expr>| {
            Expr::new(
                ExprKind::Load {
                    array,
                    index,
                    site: None,
                },
                of,
            )
        };
        let outer = if a.axes == 2 {
            vec![rows[0].clone()]
        } else {
            Vec::new()
        };
        let make = |maker: &mut Self, at: &[Expr]| {
            let inner = super::operand::Span3 {
                start: Expr::int(0),
                stop: inner_a.clone(),
                step: None,
                is_parallel: false,
            };
            let at = at.to_vec();
            maker.range_loop(inner, None, &[], |maker, k| {
                let mut left = at.clone();
                left.push(k.clone());
                let factor = maker.named(element(x, left));
                let update = |maker: &mut Self, index: Vec<Expr>, right: Vec<Expr>| {
                    let before = element(out, index.clone());
                    let term = binary(Binary::Mul, factor.clone(), element(y, right));
                    maker.emit(crate::ir::Stmt::Store {
                        array: out,
                        index,
                        value: binary(Binary::Add, before, term),
                        site: None,
                    });
                };
                if b.axes == 2 {
                    let columns = super::operand::Span3 {
                        start: Expr::int(0),
                        stop: length(y, 1),
                        step: None,
                        is_parallel: false,
                    };
                    maker.range_loop(columns, None, &[], |maker, j| {
                        let mut index = at.clone();
                        index.push(j.clone());
                        update(maker, index, vec![k.clone(), j]);
                    });
                    maker.last_in_lanes();
                } else {
                    update(maker, at.clone(), vec![k.clone()]);
                }
            });
            Some(())
        };
        if outer.is_empty() {
            make(self, &[]);
        } else {
            self.nest(&outer, None, make);
            if b.axes == 2 {
                self.last_not_in_lanes();
            }
        }
        Operand::Array(out)
    }

    /// The loop that was made last may run in lanes.
    fn last_in_lanes(&mut self) {
        if let Some(crate::ir::Stmt::For { vector, .. }) = self.out.last_mut() {
            *vector = true;
        }
    }

    /// Nor that around one that does.
    fn last_not_in_lanes(&mut self) {
        if let Some(crate::ir::Stmt::For { vector, .. }) = self.out.last_mut() {
            *vector = false;
        }
    }

    /// A slice's or a range's length, at least 0.
    pub(super) fn at_least_zero(&mut self, value: Expr) -> Expr {
        let value = self.named(value);
        let below = compare(Compare::Less, value.clone(), Expr::int(0));
        select(below, Expr::int(0), value)
    }
}

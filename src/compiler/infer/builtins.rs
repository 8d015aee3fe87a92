//! Python's own functions.

use super::Maker;
use super::operand::{Operand, Span3, convert};
use crate::diagnostic::Kind;
use crate::ir::{Expr, Unary};
use crate::module::Global;
use crate::rules;
use crate::source::Span;
use crate::types::Scalar;

/// What Python has without an import, and kernels know.
pub(crate) const NAMES: [&str; 16] = [
    "abs",
    "bool",
    "divmod",
    "enumerate",
    "float",
    "int",
    "len",
    "max",
    "min",
    "pow",
    "print",
    "range",
    "round",
    "sum",
    "tuple",
    "zip",
];

/// Python's own names that no kernel here has: they are there, but not to be compiled.
pub(crate) const NOT_COMPILED: [&str; 18] = [
    "complex",
    "dict",
    "filter",
    "frozenset",
    "hash",
    "input",
    "isinstance",
    "iter",
    "list",
    "map",
    "next",
    "open",
    "ord",
    "reversed",
    "set",
    "sorted",
    "str",
    "type",
];

/// Arguments of `min` and `max`: each is within the one before it.
const MOST_COMPARED: usize = 200;

impl Maker<'_> {
    pub(super) fn builtin(&mut self, name: &str, mut args: Vec<Operand>, span: Span) -> Operand {
        let is_unknown = |one: &Operand| matches!(one, Operand::Unknown | Operand::Known(Global::Invalid));
        if args.iter().any(is_unknown) {
            return Operand::Unknown;
        }
        match (name, args.len()) {
            ("range", 1..=3) => self.range(args, false, span),
            ("len", 1) => {
                let one = args.remove(0);
                match one {
                    Operand::Tuple(all) => Operand::Value(Expr::int(all.len() as i64)),
                    Operand::Known(Global::Tuple(all)) => Operand::Value(Expr::int(all.len() as i64)),
                    other => match self.shape_of(&other, span) {
                        Some(shape) => match shape.first() {
                            Some(first) => Operand::Value(first.clone()),
                            None => self.refuse(Kind::Typing, span, "a number has no length"),
                        },
                        None => Operand::Unknown,
                    },
                }
            }
            ("abs", 1) => {
                let one = args.remove(0);
                if self.is_array(&one) {
                    return self.elementwise("absolute", vec![one], span);
                }
                let Some(value) = self.value(one, span) else {
                    return Operand::Unknown;
                };
                let of = rules::magnitude(value.of);
                let value = convert(value, of);
                Operand::Value(match of.is_float() || of.is_signed() {
                    true => super::operand::unary(Unary::Abs, value),
                    false => value,
                })
            }
            ("min" | "max", 1..) => {
                if let [Operand::Tuple(all)] = args.as_slice() {
                    args = all.clone();
                }
                if let [array] = args.as_slice()
                    && self.is_array(array)
                {
                    let array = args.remove(0);
                    return self.reduce_array(name, array, span);
                }
                if args.len() > MOST_COMPARED {
                    let words = format!("'{name}' of more than {MOST_COMPARED} arguments");
                    let refused = self.refuse(Kind::Limit, span, words);
                    self.help("put them into an array");
                    return refused;
                }
                let mut out: Option<Expr> = None;
                for one in args {
                    let Some(value) = self.value(one, span) else {
                        return Operand::Unknown;
                    };
                    out = Some(match out {
                        None => value,
                        Some(before) => self.lesser(name == "max", before, value),
                    });
                }
                out.map_or(Operand::Unknown, Operand::Value)
            }
            ("sum", 1) => {
                let one = args.remove(0);
                match one {
                    Operand::Tuple(all) => {
                        let mut out = Operand::Value(Expr::int(0));
                        for part in all {
                            out = self.binary(crate::syntax::BinaryOp::Add, out, part, span);
                        }
                        out
                    }
                    other => self.reduce_array("sum", other, span),
                }
            }
            ("round", 1 | 2) => {
                let digits = match args.len() {
                    2 => {
                        let digits = args.remove(1);
                        let Some(digits) = self.value(digits, span) else {
                            return Operand::Unknown;
                        };
                        Some(digits)
                    }
                    _ => None,
                };
                let one = args.remove(0);
                let Some(x) = self.value(one, span) else {
                    return Operand::Unknown;
                };
                match self.rounded(x, digits) {
                    Some(value) => Operand::Value(value),
                    None => self.refuse(
                        Kind::Unsupported,
                        span,
                        "'round' takes a float, and constant digits",
                    ),
                }
            }
            ("pow", 2) => {
                let b = args.remove(1);
                let a = args.remove(0);
                self.binary(crate::syntax::BinaryOp::Pow, a, b, span)
            }
            ("divmod", 2) => {
                let b = args.remove(1);
                let a = args.remove(0);
                let (Some(a), Some(b)) = (self.value(a, span), self.value(b, span)) else {
                    return Operand::Unknown;
                };
                match self.both_divisions(a, b, span) {
                    Some((quotient, rest)) => {
                        Operand::Tuple(vec![Operand::Value(quotient), Operand::Value(rest)])
                    }
                    None => Operand::Unknown,
                }
            }
            ("enumerate", 1 | 2) | ("zip", 1..) => {
                Operand::Method(Box::new(Operand::Tuple(args)), name.into())
            }
            ("tuple", 1) if matches!(args[0], Operand::Tuple(_)) => args.remove(0),
            ("print", _) => self.refuse(Kind::Unsupported, span, "'print' stands by itself"),
            _ => {
                let words = format!("'{name}' does not take {} arguments here", args.len());
                self.refuse(Kind::Typing, span, words)
            }
        }
    }

    /// `range(..)` and `prange(..)`, whose type is that of their widest end.
    pub(super) fn range(&mut self, args: Vec<Operand>, is_parallel: bool, span: Span) -> Operand {
        let mut ends = Vec::new();
        for one in args {
            let Some(value) = self.value(one, span) else {
                return Operand::Unknown;
            };
            if value.of.is_float() {
                let words = format!("a range goes by whole numbers, not {}", value.of);
                let refused = self.refuse(Kind::Typing, span, words);
                self.help("make it one with 'int(..)'");
                return refused;
            }
            ends.push(value);
        }
        let is_narrow = |of: Scalar| of.bytes() < 4 || of == Scalar::I32;
        let of = if is_parallel {
            let all_unsigned = ends.iter().all(|end| end.of == Scalar::U64);
            if all_unsigned { Scalar::U64 } else { Scalar::I64 }
        } else if ends.iter().all(|end| is_narrow(end.of)) {
            Scalar::I32
        } else if ends.iter().all(|end| super::scalars::is_unsigned(end.of)) {
            Scalar::U64
        } else {
            Scalar::I64
        };
        let mut ends: Vec<Expr> = ends.into_iter().map(|end| convert(end, of)).collect();
        let step = (ends.len() == 3).then(|| ends.pop()).flatten();
        let stop = ends.pop().unwrap_or(Expr::bits(of, 0));
        let start = ends.pop().unwrap_or(Expr::bits(of, 0));
        if let Some(step) = &step
            && super::operand::constant(step).is_some_and(|known| known.as_int() == 0)
        {
            return self.refuse(Kind::Typing, span, "range() arg 3 must not be zero");
        }
        Operand::Range(Box::new(Span3 {
            start,
            stop,
            step: step.map(|step| (step, span)),
            is_parallel,
        }))
    }
}

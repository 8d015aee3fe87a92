//! Functions of `math`, and NumPy's functions of numbers, by their names.

use super::Maker;
use super::operand::{compare, constant, convert, not, select, unary};
use super::power::math;
use super::scalars::{binary, division, is_unsigned};
use crate::ir::{Binary, Compare, Divide, Expr, ExprKind, Math, Unary};
use crate::rules;
use crate::source::Span;
use crate::syntax::BinaryOp;
use crate::types::Scalar;

/// NumPy's functions that work element by element, with how many arguments.
pub(super) const UFUNCS: [(&str, usize); 84] = [
    ("add", 2),
    ("subtract", 2),
    ("multiply", 2),
    ("divide", 2),
    ("true_divide", 2),
    ("floor_divide", 2),
    ("remainder", 2),
    ("mod", 2),
    ("fmod", 2),
    ("power", 2),
    ("float_power", 2),
    ("minimum", 2),
    ("maximum", 2),
    ("fmin", 2),
    ("fmax", 2),
    ("negative", 1),
    ("positive", 1),
    ("absolute", 1),
    ("abs", 1),
    ("fabs", 1),
    ("sign", 1),
    ("square", 1),
    ("reciprocal", 1),
    ("sqrt", 1),
    ("cbrt", 1),
    ("rint", 1),
    ("floor", 1),
    ("ceil", 1),
    ("trunc", 1),
    ("exp", 1),
    ("exp2", 1),
    ("expm1", 1),
    ("log", 1),
    ("log2", 1),
    ("log10", 1),
    ("log1p", 1),
    ("sin", 1),
    ("cos", 1),
    ("tan", 1),
    ("arcsin", 1),
    ("arccos", 1),
    ("arctan", 1),
    ("arctan2", 2),
    ("sinh", 1),
    ("cosh", 1),
    ("tanh", 1),
    ("arcsinh", 1),
    ("arccosh", 1),
    ("arctanh", 1),
    ("hypot", 2),
    ("degrees", 1),
    ("radians", 1),
    ("deg2rad", 1),
    ("rad2deg", 1),
    ("copysign", 2),
    ("signbit", 1),
    ("isnan", 1),
    ("isinf", 1),
    ("isfinite", 1),
    ("logaddexp", 2),
    ("heaviside", 2),
    ("equal", 2),
    ("not_equal", 2),
    ("less", 2),
    ("less_equal", 2),
    ("greater", 2),
    ("greater_equal", 2),
    ("logical_and", 2),
    ("logical_or", 2),
    ("logical_xor", 2),
    ("logical_not", 1),
    ("bitwise_and", 2),
    ("bitwise_or", 2),
    ("bitwise_xor", 2),
    ("bitwise_not", 1),
    ("invert", 1),
    ("left_shift", 2),
    ("right_shift", 2),
    // Names that later NumPys have too.
    ("acos", 1),
    ("asin", 1),
    ("atan", 1),
    ("atan2", 2),
    ("pow", 2),
    ("conjugate", 1),
];

/// The functions that become plain arithmetic later on.
fn expanded(name: &str) -> Option<Math> {
    Some(match name {
        "exp" => Math::Exp,
        "exp2" => Math::Exp2,
        "expm1" => Math::Expm1,
        "log" => Math::Log,
        "log2" => Math::Log2,
        "log10" => Math::Log10,
        "log1p" => Math::Log1p,
        "sin" => Math::Sin,
        "cos" => Math::Cos,
        "tan" => Math::Tan,
        "arcsin" | "asin" => Math::Asin,
        "arccos" | "acos" => Math::Acos,
        "arctan" | "atan" => Math::Atan,
        "arctan2" | "atan2" => Math::Atan2,
        "sinh" => Math::Sinh,
        "cosh" => Math::Cosh,
        "tanh" => Math::Tanh,
        "arcsinh" | "asinh" => Math::Asinh,
        "arccosh" | "acosh" => Math::Acosh,
        "arctanh" | "atanh" => Math::Atanh,
        "cbrt" => Math::Cbrt,
        "hypot" => Math::Hypot,
        "erf" => Math::Erf,
        "erfc" => Math::Erfc,
        "gamma" => Math::Gamma,
        "lgamma" => Math::Lgamma,
        _ => return None,
    })
}

fn float(of: Scalar, value: f64) -> Expr {
    convert(Expr::float(value), of)
}

impl Maker<'_> {
    /// A function of `math`; nothing if there is none by that name.
    pub(super) fn math_function(&mut self, name: &str, mut all: Vec<Expr>, span: Span) -> Option<Expr> {
        let count = all.len();
        let last = all.pop()?;
        match (count, name) {
            (1, "floor" | "ceil" | "trunc") => {
                let of = rules::math_round(last.of);
                if !last.of.is_float() {
                    return Some(convert(last, of));
                }
                let op = match name {
                    "floor" => Unary::Floor,
                    "ceil" => Unary::Ceil,
                    _ => Unary::Trunc,
                };
                Some(convert(unary(op, last), of))
            }
            (1, "isnan" | "isinf" | "isfinite") => self.ufunc(name, vec![last], span),
            (1, "fabs") => {
                let of = rules::math(last.of);
                Some(unary(Unary::Abs, convert(last, of)))
            }
            (1, "sqrt") => {
                let of = rules::math(last.of);
                Some(unary(Unary::Sqrt, convert(last, of)))
            }
            (1, "degrees" | "radians") => {
                let of = rules::math(last.of);
                Some(self.angle(name, convert(last, of)))
            }
            (1, _) => {
                let of = rules::math(last.of);
                let takes_two = |function: &Math| matches!(function, Math::Atan2 | Math::Hypot | Math::Pow);
                let function = expanded(name).filter(|function| !takes_two(function));
                function.map(|function| math(function, vec![convert(last, of)]))
            }
            (2, "log") => {
                // log(x, base)
                let first = all.pop()?;
                let of = rules::quotient(first.of, last.of);
                let (x, base) = (
                    math(Math::Log, vec![convert(first, of)]),
                    math(Math::Log, vec![convert(last, of)]),
                );
                Some(self.divide(Divide::True, x, base, span))
            }
            (2, _) => {
                let first = all.pop()?;
                let of = match name {
                    "pow" => rules::math_pow(first.of, last.of),
                    "copysign" => rules::math_copysign(first.of, last.of),
                    _ => rules::quotient(first.of, last.of),
                };
                let (a, b) = (convert(first.clone(), of), convert(last.clone(), of));
                Some(match name {
                    "pow" => math(Math::Pow, vec![a, b]),
                    "copysign" => binary(Binary::CopySign, a, b),
                    "atan2" => math(Math::Atan2, vec![a, b]),
                    "hypot" => math(Math::Hypot, vec![a, b]),
                    "ldexp" => self.scaled(first, last),
                    "gcd" => return self.gcd(first, last),
                    _ => return None,
                })
            }
            _ => None,
        }
    }

    fn angle(&mut self, name: &str, x: Expr) -> Expr {
        let of = x.of;
        let factor = match name {
            "degrees" | "rad2deg" => 180.0 / std::f64::consts::PI,
            _ => std::f64::consts::PI / 180.0,
        };
        binary(Binary::Mul, x, float(of, factor))
    }

    /// `x * 2**n`, in two steps that do not leave the range where the result does not.
    fn scaled(&mut self, x: Expr, n: Expr) -> Expr {
        let of = rules::math(x.of);
        let x = convert(x, of);
        let (bias, shift, most) = match of {
            Scalar::F32 => (127, 23, 126),
            _ => (1023, 52, 1022),
        };
        let n = self.named(convert(n, Scalar::I64));
        let clamp = |maker: &mut Self, value: Expr| {
            let high = maker.lesser(false, value, Expr::int(most));
            maker.lesser(true, high, Expr::int(-most))
        };
        let mut out = x;
        let mut left = n;
        for _ in 0..3 {
            let step = clamp(self, left.clone());
            let step = self.named(step);
            let biased = binary(Binary::Add, step.clone(), Expr::int(bias));
            let bits = binary(Binary::ShiftLeft, biased, Expr::int(shift));
            let whole = if of == Scalar::F32 {
                Scalar::I32
            } else {
                Scalar::I64
            };
            let factor = Expr::new(ExprKind::Bits(convert(bits, whole)), of);
            out = binary(Binary::Mul, out, factor);
            left = self.named(binary(Binary::Sub, left, step));
        }
        out
    }

    fn gcd(&mut self, a: Expr, b: Expr) -> Option<Expr> {
        if a.of.is_float() || b.of.is_float() {
            return None;
        }
        let of = rules::unify(a.of, b.of);
        if of.is_float() {
            return None;
        }
        let magnitude = |one: Expr| {
            if of.is_signed() {
                unary(Unary::Abs, one)
            } else {
                one
            }
        };
        let (x, y) = (self.temp(of), self.temp(of));
        let rest = self.temp(of);
        self.emit(crate::ir::Stmt::Set(x, magnitude(convert(a, of))));
        self.emit(crate::ir::Stmt::Set(y, magnitude(convert(b, of))));
        let value = |one| super::operand::local(of, one);
        let label = self.label();
        self.emit(crate::ir::Stmt::While {
            label,
            before: Vec::new(),
            test: compare(Compare::Unequal, value(y), Expr::bits(of, 0)),
            body: vec![
                crate::ir::Stmt::Set(rest, division(Divide::CRest, value(x), value(y), None)),
                crate::ir::Stmt::Set(x, value(y)),
                crate::ir::Stmt::Set(y, value(rest)),
            ],
        });
        Some(value(x))
    }

    /// One of [`UFUNCS`] on numbers; nothing if there is none for their types.
    pub(super) fn ufunc(&mut self, name: &str, mut all: Vec<Expr>, span: Span) -> Option<Expr> {
        let last = all.pop()?;
        match all.pop() {
            None => self.ufunc_of_one(name, last),
            Some(first) => self.ufunc_of_two(name, first, last, span),
        }
    }

    fn ufunc_of_one(&mut self, name: &str, a: Expr) -> Option<Expr> {
        let of = a.of;
        Some(match name {
            "negative" => {
                // NumPy's narrowest loop that takes it.
                let of = if of == Scalar::Bool { Scalar::I8 } else { of };
                self.negative(convert(a, of))
            }
            "positive" | "conjugate" => {
                if of == Scalar::Bool {
                    return None;
                }
                a
            }
            "absolute" | "abs" => match of {
                Scalar::Bool => a,
                _ if is_unsigned(of) => a,
                _ => unary(Unary::Abs, a),
            },
            "fabs" => unary(Unary::Abs, convert(a, rules::float_ufunc_of(of))),
            "sign" => {
                let of = rules::magnitude(of);
                let a = self.named(convert(a, of));
                let one = convert(Expr::int(1), of);
                let zero = Expr::bits(of, 0);
                let below = self.negative(one.clone());
                let is_above = compare(Compare::Less, zero.clone(), a.clone());
                let is_below = compare(Compare::Less, a.clone(), zero.clone());
                // A NaN stays one.
                let rest = if of.is_float() {
                    let is_zero = compare(Compare::Equal, a.clone(), zero.clone());
                    select(is_zero, zero, a)
                } else {
                    zero
                };
                if is_unsigned(of) {
                    return Some(select(is_above, one, rest));
                }
                select(is_above, one, select(is_below, below, rest))
            }
            "square" => {
                let a = self.named(convert(a, rules::magnitude(of)));
                binary(Binary::Mul, a.clone(), a)
            }
            "reciprocal" => {
                let of = rules::magnitude(of);
                let one = convert(Expr::int(1), of);
                let how = if of.is_float() {
                    Divide::True
                } else {
                    Divide::Floor
                };
                division(how, one, convert(a, of), None)
            }
            "sqrt" => unary(Unary::Sqrt, convert(a, rules::float_ufunc_of(of))),
            "floor" | "ceil" | "trunc" | "rint" => {
                if !of.is_float() && name != "rint" {
                    return Some(a);
                }
                let op = match name {
                    "floor" => Unary::Floor,
                    "ceil" => Unary::Ceil,
                    "trunc" => Unary::Trunc,
                    _ => Unary::Nearest,
                };
                unary(op, convert(a, rules::float_ufunc_of(of)))
            }
            "degrees" | "radians" | "deg2rad" | "rad2deg" => {
                self.angle(name, convert(a, rules::float_ufunc_of(of)))
            }
            "isnan" | "isinf" | "isfinite" => {
                if !of.is_float() {
                    return Some(Expr::bool(name == "isfinite"));
                }
                let a = self.named(a);
                let infinite = float(of, f64::INFINITY);
                let size = unary(Unary::Abs, a.clone());
                match name {
                    "isnan" => compare(Compare::Unequal, a.clone(), a),
                    "isinf" => compare(Compare::Equal, size, infinite),
                    _ => compare(Compare::Less, size, infinite),
                }
            }
            "signbit" => {
                let of = rules::float_ufunc_of(of);
                let whole = if of == Scalar::F32 {
                    Scalar::I32
                } else {
                    Scalar::I64
                };
                let bits = Expr::new(ExprKind::Bits(convert(a, of)), whole);
                compare(Compare::Less, bits, Expr::bits(whole, 0))
            }
            "logical_not" => {
                let truth = self.is_true(a);
                not(truth)
            }
            "invert" | "bitwise_not" => {
                if of.is_float() {
                    return None;
                }
                not(a)
            }
            _ => {
                let function = expanded(name)?;
                math(function, vec![convert(a, rules::float_ufunc_of(of))])
            }
        })
    }

    fn ufunc_of_two(&mut self, name: &str, a: Expr, b: Expr, span: Span) -> Option<Expr> {
        let floats = a.of.is_float() || b.of.is_float();
        let same = |of: Scalar, a: Expr, b: Expr| (convert(a, of), convert(b, of));
        Some(match name {
            "add" | "subtract" | "multiply" => {
                let of = rules::ufunc(a.of, b.of);
                let (a, b) = same(of, a, b);
                match (name, of) {
                    ("subtract", Scalar::Bool) => return None,
                    ("add", Scalar::Bool) => binary(Binary::Or, a, b),
                    ("multiply", Scalar::Bool) => binary(Binary::And, a, b),
                    ("add", _) => binary(Binary::Add, a, b),
                    ("subtract", _) => binary(Binary::Sub, a, b),
                    _ => binary(Binary::Mul, a, b),
                }
            }
            "divide" | "true_divide" => {
                let (a, b) = same(rules::float_ufunc(a.of, b.of), a, b);
                division(Divide::True, a, b, None)
            }
            "floor_divide" | "remainder" | "mod" | "fmod" => {
                let (a, b) = same(rules::ufunc_of_numbers(a.of, b.of), a, b);
                let how = match name {
                    "floor_divide" => Divide::Floor,
                    "fmod" => Divide::CRest,
                    _ => Divide::Rest,
                };
                division(how, a, b, None)
            }
            "power" | "pow" => {
                let of = rules::ufunc_of_numbers(a.of, b.of);
                if of.is_float() {
                    let (a, b) = same(of, a, b);
                    return Some(math(Math::Pow, vec![a, b]));
                }
                let (a, b) = same(of, a, b);
                let known = constant(&b);
                match self.power(a, b, known, span) {
                    super::operand::Operand::Value(value) => convert(value, of),
                    _ => return None,
                }
            }
            "float_power" => {
                let (a, b) = same(Scalar::F64, a, b);
                math(Math::Pow, vec![a, b])
            }
            "minimum" | "maximum" | "fmin" | "fmax" => {
                let of = rules::ufunc(a.of, b.of);
                let (a, b) = same(of, a, b);
                let is_max = name.ends_with("max") || name == "maximum";
                let op = if is_max { Binary::Max } else { Binary::Min };
                if name.starts_with('f') && of.is_float() {
                    let (a, b) = (self.named(a), self.named(b));
                    let is_nan = |one: &Expr| compare(Compare::Unequal, one.clone(), one.clone());
                    let plain = binary(op, a.clone(), b.clone());
                    return Some(select(is_nan(&a), b.clone(), select(is_nan(&b), a, plain)));
                }
                if of == Scalar::Bool {
                    let op = if is_max { Binary::Or } else { Binary::And };
                    return Some(binary(op, a, b));
                }
                binary(op, a, b)
            }
            "arctan2" | "atan2" | "hypot" | "copysign" | "logaddexp" | "heaviside" => {
                let of = rules::float_ufunc(a.of, b.of);
                let (a, b) = same(of, a, b);
                match name {
                    "hypot" => math(Math::Hypot, vec![a, b]),
                    "copysign" => binary(Binary::CopySign, a, b),
                    "heaviside" => {
                        let a = self.named(a);
                        let zero = Expr::bits(of, 0);
                        let one = float(of, 1.0);
                        let below = compare(Compare::Less, a.clone(), zero.clone());
                        let above = compare(Compare::Less, zero.clone(), a.clone());
                        let is_zero = compare(Compare::Equal, a.clone(), zero.clone());
                        select(below, zero, select(above, one, select(is_zero, b, a)))
                    }
                    "logaddexp" => {
                        let (a, b) = (self.named(a), self.named(b));
                        let high = binary(Binary::Max, a.clone(), b.clone());
                        let high = self.named(high);
                        let gap = unary(Unary::Abs, binary(Binary::Sub, a.clone(), b.clone()));
                        let gap = self.negative(gap);
                        let tail = math(Math::Log1p, vec![math(Math::Exp, vec![gap])]);
                        let sum = binary(Binary::Add, high.clone(), tail);
                        let is_same = compare(Compare::Equal, a.clone(), b);
                        let twice = binary(Binary::Add, a, float(of, std::f64::consts::LN_2));
                        select(is_same, twice, sum)
                    }
                    _ => math(Math::Atan2, vec![a, b]),
                }
            }
            "equal" | "not_equal" | "less" | "less_equal" | "greater" | "greater_equal" => {
                self.order(name, a, b)
            }
            "logical_and" | "logical_or" | "logical_xor" => {
                let (a, b) = (self.is_true(a), self.is_true(b));
                let op = match name {
                    "logical_and" => Binary::And,
                    "logical_or" => Binary::Or,
                    _ => Binary::Xor,
                };
                binary(op, a, b)
            }
            "bitwise_and" | "bitwise_or" | "bitwise_xor" => {
                let of = rules::ufunc(a.of, b.of);
                if floats || of.is_float() {
                    return None;
                }
                let (a, b) = same(of, a, b);
                let op = match name {
                    "bitwise_and" => Binary::And,
                    "bitwise_or" => Binary::Or,
                    _ => Binary::Xor,
                };
                binary(op, a, b)
            }
            "left_shift" | "right_shift" => {
                let of = rules::ufunc_of_numbers(a.of, b.of);
                if floats || of.is_float() {
                    return None;
                }
                let (a, b) = same(of, a, b);
                let op = match name {
                    "left_shift" => Binary::ShiftLeft,
                    _ => Binary::ShiftRight,
                };
                binary(op, a, b)
            }
            _ => return None,
        })
    }

    /// `round(x)` and `round(x, digits)`.
    pub(super) fn rounded(&mut self, x: Expr, digits: Option<Expr>) -> Option<Expr> {
        let Some(digits) = digits else {
            if !x.of.is_float() {
                return Some(convert(x, Scalar::I64));
            }
            return Some(convert(unary(Unary::Nearest, x), Scalar::I64));
        };
        if !x.of.is_float() {
            return None;
        }
        let of = x.of;
        let digits = constant(&digits)?;
        let scale = float(of, 10f64.powi(digits.as_int().unsigned_abs().min(300) as i32));
        let x = self.named(x);
        let (up, down) = match digits.as_int() >= 0 {
            true => (binary(Binary::Mul, x.clone(), scale.clone()), Divide::True),
            false => (
                division(Divide::True, x.clone(), scale.clone(), None),
                Divide::True,
            ),
        };
        let whole = self.named(unary(Unary::Nearest, up));
        let back = match digits.as_int() >= 0 {
            true => division(down, whole.clone(), scale, None),
            false => binary(Binary::Mul, whole.clone(), scale),
        };
        let finite = compare(Compare::Less, unary(Unary::Abs, whole), float(of, f64::INFINITY));
        Some(select(finite, back, x))
    }

    /// `divmod(a, b)`.
    pub(super) fn both_divisions(&mut self, a: Expr, b: Expr, span: Span) -> Option<(Expr, Expr)> {
        let (a, b) = (self.named(a), self.named(b));
        let quotient = self.arithmetic(BinaryOp::FloorDiv, a.clone(), b.clone(), span)?;
        let rest = self.arithmetic(BinaryOp::Mod, a, b, span)?;
        Some((quotient, rest))
    }
}

//! NumPy's functions of elements: which types they are worked out in (NEP 50), and each of them on numbers.

use super::array::{Array, broadcast_shape, cast, load, store, walk, wrapped};
use super::object::{Budget, Fault, Num, Object, Res, Weak, type_error, value_error};
use crate::types::Scalar;

/// A function of one or two elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fun {
    Add,
    Sub,
    Mul,
    Div,
    FloorDiv,
    Mod,
    Pow,
    And,
    Or,
    Xor,
    Shl,
    Shr,
    Min,
    Max,
    FMin,
    FMax,
    FMod,
    Atan2,
    Hypot,
    CopySign,
    Equal,
    Unequal,
    Less,
    AtMost,
    Greater,
    AtLeast,
    LogicalAnd,
    LogicalOr,
    LogicalXor,
    Neg,
    Pos,
    Invert,
    LogicalNot,
    Abs,
    Sign,
    Square,
    Reciprocal,
    Floor,
    Ceil,
    Trunc,
    Rint,
    IsNan,
    IsInf,
    IsFinite,
    Sqrt,
    Cbrt,
    Exp,
    Exp2,
    Expm1,
    Log,
    Log2,
    Log10,
    Log1p,
    Sin,
    Cos,
    Tan,
    Asin,
    Acos,
    Atan,
    Sinh,
    Cosh,
    Tanh,
    Asinh,
    Acosh,
    Atanh,
    Radians,
    Degrees,
}

use Fun::*;

/// Their names in NumPy.
const NAMES: [(&str, Fun); 83] = [
    ("add", Add),
    ("subtract", Sub),
    ("multiply", Mul),
    ("divide", Div),
    ("true_divide", Div),
    ("floor_divide", FloorDiv),
    ("mod", Mod),
    ("remainder", Mod),
    ("power", Pow),
    ("bitwise_and", And),
    ("bitwise_or", Or),
    ("bitwise_xor", Xor),
    ("left_shift", Shl),
    ("right_shift", Shr),
    ("minimum", Min),
    ("maximum", Max),
    ("fmin", FMin),
    ("fmax", FMax),
    ("fmod", FMod),
    ("arctan2", Atan2),
    ("atan2", Atan2),
    ("hypot", Hypot),
    ("copysign", CopySign),
    ("equal", Equal),
    ("not_equal", Unequal),
    ("less", Less),
    ("less_equal", AtMost),
    ("greater", Greater),
    ("greater_equal", AtLeast),
    ("logical_and", LogicalAnd),
    ("logical_or", LogicalOr),
    ("logical_xor", LogicalXor),
    ("negative", Neg),
    ("positive", Pos),
    ("invert", Invert),
    ("bitwise_not", Invert),
    ("bitwise_invert", Invert),
    ("logical_not", LogicalNot),
    ("abs", Abs),
    ("absolute", Abs),
    ("fabs", Abs),
    ("sign", Sign),
    ("square", Square),
    ("reciprocal", Reciprocal),
    ("floor", Floor),
    ("ceil", Ceil),
    ("trunc", Trunc),
    ("rint", Rint),
    ("isnan", IsNan),
    ("isinf", IsInf),
    ("isfinite", IsFinite),
    ("sqrt", Sqrt),
    ("cbrt", Cbrt),
    ("exp", Exp),
    ("exp2", Exp2),
    ("expm1", Expm1),
    ("log", Log),
    ("log2", Log2),
    ("log10", Log10),
    ("log1p", Log1p),
    ("sin", Sin),
    ("cos", Cos),
    ("tan", Tan),
    ("arcsin", Asin),
    ("arccos", Acos),
    ("arctan", Atan),
    ("asin", Asin),
    ("acos", Acos),
    ("atan", Atan),
    ("sinh", Sinh),
    ("cosh", Cosh),
    ("tanh", Tanh),
    ("arcsinh", Asinh),
    ("arccosh", Acosh),
    ("arctanh", Atanh),
    ("asinh", Asinh),
    ("acosh", Acosh),
    ("atanh", Atanh),
    ("radians", Radians),
    ("deg2rad", Radians),
    ("degrees", Degrees),
    ("rad2deg", Degrees),
    ("pow", Pow),
];

impl Fun {
    /// By its name in NumPy.
    pub fn named(name: &str) -> Option<Fun> {
        NAMES
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, fun)| *fun)
    }

    /// As NumPy's messages call it.
    pub fn name(self) -> &'static str {
        NAMES
            .iter()
            .find(|(_, fun)| *fun == self)
            .map_or("ufunc", |(name, _)| *name)
    }

    /// How many it takes.
    pub fn arity(self) -> usize {
        if (self as u8) < Neg as u8 { 2 } else { 1 }
    }

    /// Whether it gives truths by comparing.
    pub fn is_comparison(self) -> bool {
        (Equal as u8..=AtLeast as u8).contains(&(self as u8))
    }
}

/// Two types together, as NumPy promotes them.
pub fn promoted(a: Scalar, b: Scalar) -> Scalar {
    use Scalar::*;
    match (a.min(b), a.max(b)) {
        (a, b) if a == b => a,
        (Bool, b) => b,
        (a, F64) if a != F64 => F64,
        (I8 | I16 | U8 | U16, F32) => F32,
        (_, F32) => F64,
        (a, b) if a.is_signed() == b.is_signed() => b,
        // A signed type and one without a sign: the next that holds both.
        (signed, unsigned) if signed.bytes() > unsigned.bytes() => signed,
        (_, U8) => I16,
        (_, U16) => I32,
        (_, U32) => I64,
        _ => F64,
    }
}

/// Several together, Python's own numbers taking the others' type.
pub fn together(kinds: &[Weak]) -> Scalar {
    let strong = kinds.iter().filter_map(|kind| match kind {
        Weak::Not(of) => Some(*of),
        _ => None,
    });
    let strong = strong.reduce(promoted);
    let has = |weak: Weak| kinds.contains(&weak);
    match strong {
        Some(of) if of.is_float() => of,
        _ if has(Weak::Float) => Scalar::F64,
        None | Some(Scalar::Bool) if has(Weak::Int) => Scalar::I64,
        Some(of) => of,
        None => Scalar::F64,
    }
}

fn not_supported(fun: Fun) -> Fault {
    type_error(format!(
        "ufunc '{}' not supported for the input types, and the inputs could not be safely coerced",
        fun.name()
    ))
}

/// The type that it is worked out in, and the type that it gives.
pub fn resolved(fun: Fun, kinds: &[Weak]) -> Res<(Scalar, Scalar)> {
    let of = together(kinds);
    let no_bool = if of == Scalar::Bool { Scalar::I8 } else { of };
    Ok(match fun {
        Add | Mul | Min | Max | FMin | FMax | Abs | Floor | Ceil | Trunc => (of, of),
        Sub if of == Scalar::Bool => {
            return Err(type_error(
                "numpy boolean subtract, the `-` operator, is not supported, use the bitwise_xor, the `^` operator, or the logical_xor function instead.",
            ));
        }
        Neg if of == Scalar::Bool => {
            return Err(type_error(
                "The numpy boolean negative, the `-` operator, is not supported, use the `~` operator or the logical_not function instead.",
            ));
        }
        Sign | Pos if of == Scalar::Bool => return Err(not_supported(fun)),
        Sub | Neg | Sign | Pos => (of, of),
        FloorDiv | Mod | Pow | FMod | Square | Reciprocal => (no_bool, no_bool),
        Shl | Shr if !of.is_float() => (no_bool, no_bool),
        And | Or | Xor | Invert if !of.is_float() => (of, of),
        Shl | Shr | And | Or | Xor | Invert => return Err(not_supported(fun)),
        Div if of.is_float() => (of, of),
        Div => (Scalar::F64, Scalar::F64),
        Equal | Unequal | Less | AtMost | Greater | AtLeast => {
            // Integers are compared as such, whatever their types.
            let exact = kinds.iter().all(|kind| match kind {
                Weak::Not(of) => !of.is_float(),
                weak => *weak == Weak::Int,
            });
            (if exact { Scalar::I64 } else { of }, Scalar::Bool)
        }
        LogicalAnd | LogicalOr | LogicalXor | LogicalNot | IsNan | IsInf | IsFinite => (of, Scalar::Bool),
        _ => {
            let of = match of {
                Scalar::Bool | Scalar::I8 | Scalar::U8 => {
                    let words = format!("np.{} of {of} is float16, which kernels do not have", fun.name());
                    return Err(Fault::unsupported(words)
                        .help("cast it first: np.float32(...) or .astype(np.float32)"));
                }
                Scalar::I16 | Scalar::U16 | Scalar::F32 => Scalar::F32,
                _ => Scalar::F64,
            };
            (of, of)
        }
    })
}

/// The quotient rounded down and the rest with the divisor's sign, as NumPy and CPython compute them; `round` is the
/// type's.
pub fn float_divmod(a: f64, b: f64, round: &dyn Fn(f64) -> f64) -> (f64, f64) {
    let rest = a % b;
    if b == 0.0 {
        return (round(a / b), rest);
    }
    let mut quotient = round(round(a - rest) / b);
    let mut rest = rest;
    if rest != 0.0 {
        if (b < 0.0) != (rest < 0.0) {
            rest = round(rest + b);
            quotient = round(quotient - 1.0);
        }
    } else {
        rest = 0f64.copysign(b);
    }
    if quotient != 0.0 {
        let mut down = quotient.floor();
        if quotient - down > 0.5 {
            down = round(down + 1.0);
        }
        (down, rest)
    } else {
        (0f64.copysign(round(a / b)), rest)
    }
}

/// The quotient rounded down and the rest with the divisor's sign; the divisor is not 0.
pub fn int_divmod(a: i128, b: i128) -> (i128, i128) {
    let (quotient, rest) = (a.wrapping_div(b), a.wrapping_rem(b));
    match rest != 0 && (rest < 0) != (b < 0) {
        true => (quotient - 1, rest + b),
        false => (quotient, rest),
    }
}

/// Of two numbers that were cast to the type; what it gives is of the type, or a truth.
pub fn of_two(fun: Fun, of: Scalar, a: Num, b: Num) -> Res<Num> {
    let truth = |value: bool| Num::Int(i128::from(value));
    match fun {
        Equal => return Ok(truth(a == b)),
        Unequal => return Ok(truth(a != b)),
        LogicalAnd => return Ok(truth(a.truth() && b.truth())),
        LogicalOr => return Ok(truth(a.truth() || b.truth())),
        LogicalXor => return Ok(truth(a.truth() != b.truth())),
        _ => {}
    }
    if let (Num::Float(a), Num::Float(b)) = (a, b) {
        let round = |value: f64| {
            if of == Scalar::F32 {
                f64::from(value as f32)
            } else {
                value
            }
        };
        let value = match fun {
            Less => return Ok(truth(a < b)),
            AtMost => return Ok(truth(a <= b)),
            Greater => return Ok(truth(a > b)),
            AtLeast => return Ok(truth(a >= b)),
            Add => a + b,
            Sub => a - b,
            Mul => a * b,
            Div => a / b,
            FloorDiv => float_divmod(a, b, &round).0,
            Mod => float_divmod(a, b, &round).1,
            Pow => a.powf(b),
            Min if a.is_nan() || a <= b => a,
            Max if a.is_nan() || a >= b => a,
            FMin if b.is_nan() || a <= b => a,
            FMax if b.is_nan() || a >= b => a,
            Min | Max | FMin | FMax => b,
            FMod => a % b,
            Atan2 if of == Scalar::F32 => f64::from((a as f32).atan2(b as f32)),
            Hypot if of == Scalar::F32 => f64::from((a as f32).hypot(b as f32)),
            Atan2 => a.atan2(b),
            Hypot => a.hypot(b),
            CopySign => a.copysign(b),
            _ => return Err(not_supported(fun)),
        };
        return Ok(Num::Float(round(value)));
    }
    let (a, b) = (a.int(), b.int());
    let width = i128::from(of.bytes() * 8);
    let value = match fun {
        Less => return Ok(truth(a < b)),
        AtMost => return Ok(truth(a <= b)),
        Greater => return Ok(truth(a > b)),
        AtLeast => return Ok(truth(a >= b)),
        Add if of == Scalar::Bool => a | b,
        Mul if of == Scalar::Bool => a & b,
        Add => a + b,
        Sub => a - b,
        Mul => a.wrapping_mul(b),
        FloorDiv | Mod | FMod if b == 0 => 0,
        FloorDiv => int_divmod(a, b).0,
        Mod => int_divmod(a, b).1,
        FMod => a.wrapping_rem(b),
        Pow if b < 0 => {
            return Err(value_error(
                "Integers to negative integer powers are not allowed.",
            ));
        }
        Pow => {
            // By squaring, in the type's bits.
            let (mut base, mut left, mut out) = (a, b, 1i128);
            while left > 0 {
                if left & 1 == 1 {
                    out = wrapped(out.wrapping_mul(base), of);
                }
                base = wrapped(base.wrapping_mul(base), of);
                left >>= 1;
            }
            out
        }
        And => a & b,
        Or => a | b,
        Xor => a ^ b,
        Shl if (0..width).contains(&b) => a << b,
        Shl => 0,
        Shr if (0..width).contains(&b) => a >> b,
        Shr => -i128::from(a < 0),
        Min | FMin => a.min(b),
        Max | FMax => a.max(b),
        _ => return Err(not_supported(fun)),
    };
    Ok(Num::Int(wrapped(value, of)))
}

/// Of one number that was cast to the type.
pub fn of_one(fun: Fun, of: Scalar, a: Num) -> Res<Num> {
    let truth = |value: bool| Num::Int(i128::from(value));
    let a = match (a, fun) {
        (a, LogicalNot) => return Ok(truth(!a.truth())),
        (a, IsNan) => return Ok(truth(a.float().is_nan())),
        (a, IsInf) => return Ok(truth(a.float().is_infinite())),
        (a, IsFinite) => return Ok(truth(a.float().is_finite())),
        (Num::Int(a), fun) => {
            let value = match fun {
                Neg => -a,
                Pos | Floor | Ceil | Trunc => a,
                Invert if of == Scalar::Bool => 1 - a,
                Invert => !a,
                Abs => a.abs(),
                Sign => a.signum(),
                Square => a.wrapping_mul(a),
                Reciprocal if a == 0 => {
                    return Err(Fault::unsupported(
                        "np.reciprocal of the integer 0 depends on the machine",
                    ));
                }
                Reciprocal => 1 / a,
                _ => return Err(not_supported(fun)),
            };
            return Ok(Num::Int(wrapped(value, of)));
        }
        (Num::Float(a), _) => a,
    };
    // Those of 32 bits have functions of their own in the C library, too.
    macro_rules! of_width {
        ($name:ident) => {
            match of {
                Scalar::F32 => f64::from((a as f32).$name()),
                _ => a.$name(),
            }
        };
    }
    let value = match fun {
        Neg => -a,
        Pos => a,
        Abs => a.abs(),
        Sign if a.is_nan() || a == 0.0 => a + 0.0,
        Sign => 1f64.copysign(a),
        Square => a * a,
        Reciprocal => 1.0 / a,
        Floor => a.floor(),
        Ceil => a.ceil(),
        Trunc => a.trunc(),
        Rint => a.round_ties_even(),
        Sqrt => a.sqrt(),
        Cbrt => of_width!(cbrt),
        Exp => of_width!(exp),
        Exp2 => of_width!(exp2),
        Expm1 => of_width!(exp_m1),
        Log => of_width!(ln),
        Log2 => of_width!(log2),
        Log10 => of_width!(log10),
        Log1p => of_width!(ln_1p),
        Sin => of_width!(sin),
        Cos => of_width!(cos),
        Tan => of_width!(tan),
        Asin => of_width!(asin),
        Acos => of_width!(acos),
        Atan => of_width!(atan),
        Sinh => of_width!(sinh),
        Cosh => of_width!(cosh),
        Tanh => of_width!(tanh),
        Asinh => of_width!(asinh),
        Acosh => of_width!(acosh),
        Atanh => of_width!(atanh),
        Radians if of == Scalar::F32 => f64::from(a as f32 * (std::f32::consts::PI / 180.0)),
        Degrees if of == Scalar::F32 => f64::from(a as f32 * (180.0 / std::f32::consts::PI)),
        Radians => a * (std::f64::consts::PI / 180.0),
        Degrees => a * (180.0 / std::f64::consts::PI),
        _ => return Err(not_supported(fun)),
    };
    Ok(Num::Float(if of == Scalar::F32 {
        f64::from(value as f32)
    } else {
        value
    }))
}

/// What a ufunc is given: an array, of no axes where it is a number, and whether its type is Python's.
#[derive(Clone)]
pub struct Operand {
    pub kind: Weak,
    pub from: From,
}

/// Where an operand's elements are.
#[derive(Clone)]
pub enum From {
    Number(Num),
    Array(Array),
}

impl Operand {
    /// Its shape.
    pub fn shape(&self) -> &[usize] {
        match &self.from {
            From::Number(_) => &[],
            From::Array(array) => &array.shape,
        }
    }

    /// A number that is of a type, or a type error as NumPy has it.
    pub fn fit(&self, to: Scalar) -> Res<Option<Num>> {
        match &self.from {
            From::Number(number) => Ok(Some(fitted(self.kind, *number, to)?)),
            From::Array(_) => Ok(None),
        }
    }
}

/// A number in a type; Python's integers have to fit.
pub fn fitted(kind: Weak, number: Num, to: Scalar) -> Res<Num> {
    if let (Weak::Int, Num::Int(value), true) = (kind, number, to.is_int())
        && wrapped(value, to) != value
    {
        let words = format!("Python integer {value} out of bounds for {to}");
        return Err(Fault::raised("OverflowError", words));
    }
    cast(number, to)
}

/// What arrays of no axes become.
pub fn unwrapped(array: Array) -> Object {
    match array.shape.is_empty() {
        true => Object::scalar(array.of, array.first()),
        false => Object::Array(array),
    }
}

/// Calls a ufunc.
pub fn call(budget: &Budget, fun: Fun, args: &[Operand]) -> Res<Object> {
    let kinds: Vec<Weak> = args.iter().map(|arg| arg.kind).collect();
    let (of, gives) = resolved(fun, &kinds)?;
    // Integers that are compared are not cast at all.
    let is_exact = fun.is_comparison() && !of.is_float();
    let ready = |arg: &Operand| match (&arg.from, is_exact) {
        (From::Number(number), true) => Ok(Some(*number)),
        _ => arg.fit(of),
    };
    match args {
        [a] => {
            let act = |value: Num| of_one(fun, of, cast(value, of)?);
            match &a.from {
                From::Number(_) => Ok(Object::scalar(gives, act(ready(a)?.unwrap_or(Num::Int(0)))?)),
                From::Array(array) => {
                    let out = budget.array(gives, &array.shape)?;
                    let mut bytes = out.data.bytes.borrow_mut();
                    let mut at = 0;
                    array.each(&mut |value| {
                        store(&mut bytes, gives, at, act(value)?);
                        at += 1;
                        Ok(())
                    })?;
                    drop(bytes);
                    Ok(unwrapped(out))
                }
            }
        }
        [a, b] => {
            let (x, y) = (ready(a)?, ready(b)?);
            if let (Some(x), Some(y)) = (x, y) {
                return Ok(Object::scalar(gives, of_two(fun, of, x, y)?));
            }
            let shape = broadcast_shape(&[a.shape(), b.shape()])?;
            let out = budget.array(gives, &shape)?;
            // A whole array to the power of a number is what NumPy shortens.
            let fun = match (fun, y) {
                (Pow, Some(Num::Float(2.0))) if b.kind != Weak::Not(of) => Shortcut::Square,
                (Pow, Some(Num::Float(0.5))) if b.kind != Weak::Not(of) => Shortcut::Root,
                (Pow, Some(Num::Float(-1.0))) if b.kind != Weak::Not(of) => Shortcut::Reciprocal,
                (fun, _) => Shortcut::None(fun),
            };
            pairwise(&out, fun, of, is_exact, (a, x), (b, y))?;
            Ok(unwrapped(out))
        }
        _ => Err(type_error(format!("{}() takes from 1 to 2 arrays", fun.name()))),
    }
}

/// What NumPy does instead of raising to certain powers.
#[derive(Clone, Copy)]
enum Shortcut {
    Square,
    Root,
    Reciprocal,
    None(Fun),
}

fn pairwise(
    out: &Array,
    fun: Shortcut,
    of: Scalar,
    is_exact: bool,
    (a, x): (&Operand, Option<Num>),
    (b, y): (&Operand, Option<Num>),
) -> Res<()> {
    let act = |x: Num, y: Num| match fun {
        Shortcut::Square => of_one(Square, of, x),
        Shortcut::Root => of_one(Sqrt, of, x),
        Shortcut::Reciprocal => of_one(Reciprocal, of, x),
        Shortcut::None(fun) => of_two(fun, of, x, y),
    };
    let into = |value: Num| if is_exact { Ok(value) } else { cast(value, of) };
    if let Shortcut::None(fun @ (Add | Sub | Mul | Div)) = fun
        && of.is_float()
        && plainly(out, fun, of, (a, x), (b, y))
    {
        return Ok(());
    }
    let mut bytes = out.data.bytes.borrow_mut();
    let wide = |operand: &Operand| match &operand.from {
        From::Number(_) => None,
        From::Array(array) => array.broadcast(&out.shape),
    };
    let mut at = 0;
    let mut put = |value: Num| {
        store(&mut bytes, out.of, at, value);
        at += 1;
    };
    match (wide(a), x, wide(b), y) {
        (Some(a), _, Some(b), _) => {
            let (from_a, from_b) = (a.data.bytes.borrow(), b.data.bytes.borrow());
            walk(
                &out.shape,
                [&a.strides, &b.strides],
                [a.start, b.start],
                &mut |[i, j]| {
                    put(act(into(load(&from_a, a.of, i))?, into(load(&from_b, b.of, j))?)?);
                    Ok(())
                },
            )
        }
        (Some(a), _, _, Some(y)) => a.each(&mut |x| {
            put(act(into(x)?, y)?);
            Ok(())
        }),
        (_, Some(x), Some(b), _) => b.each(&mut |y| {
            put(act(x, into(y)?)?);
            Ok(())
        }),
        _ => Ok(()),
    }
}

/// The four operations on floats that lie in order, of one type and shape: what most of the work is. Whether it was
/// done.
fn plainly(
    out: &Array,
    fun: Fun,
    of: Scalar,
    (a, x): (&Operand, Option<Num>),
    (b, y): (&Operand, Option<Num>),
) -> bool {
    let lies = |operand: &Operand| match &operand.from {
        From::Number(_) => true,
        From::Array(array) => array.of == of && array.shape == out.shape && array.is_contiguous(),
    };
    if !lies(a) || !lies(b) {
        return false;
    }
    macro_rules! run {
        ($float:ty, $bytes:literal) => {{
            let number = |value: Option<Num>| value.map_or(0.0, Num::float) as $float;
            let (x, y) = (number(x), number(y));
            let act = |x: $float, y: $float| match fun {
                Add => x + y,
                Sub => x - y,
                Mul => x * y,
                _ => x / y,
            };
            let read = |bytes: &[u8]| <$float>::from_le_bytes(bytes.try_into().unwrap_or_default());
            let mut into = out.data.bytes.borrow_mut();
            let places = into.chunks_exact_mut($bytes);
            match (&a.from, &b.from) {
                (From::Array(a), From::Array(b)) => {
                    let (a_bytes, b_bytes) = (a.data.bytes.borrow(), b.data.bytes.borrow());
                    let a = a_bytes.chunks_exact($bytes).skip(a.start);
                    let b = b_bytes.chunks_exact($bytes).skip(b.start);
                    for (place, (x, y)) in places.zip(a.zip(b)) {
                        place.copy_from_slice(&act(read(x), read(y)).to_le_bytes());
                    }
                }
                (From::Array(a), From::Number(_)) => {
                    let a_bytes = a.data.bytes.borrow();
                    for (place, x) in places.zip(a_bytes.chunks_exact($bytes).skip(a.start)) {
                        place.copy_from_slice(&act(read(x), y).to_le_bytes());
                    }
                }
                (From::Number(_), From::Array(b)) => {
                    let b_bytes = b.data.bytes.borrow();
                    for (place, y) in places.zip(b_bytes.chunks_exact($bytes).skip(b.start)) {
                        place.copy_from_slice(&act(x, read(y)).to_le_bytes());
                    }
                }
                _ => return false,
            }
        }};
    }
    match of {
        Scalar::F32 => run!(f32, 4),
        _ => run!(f64, 8),
    }
    true
}

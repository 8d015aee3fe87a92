//! Python's own functions, and types called as functions.

use super::args::Args;
use super::array::cast;
use super::iterate;
use super::number;
use super::object::{Budget, Fault, Iter, Num, Object, Range, Res, Weak, type_error, value_error};
use super::ops::{self, array, converted};
use super::ufunc::{self, Fun, unwrapped};
use crate::decimal;
use crate::syntax::{BinaryOp, CompareOp};
use crate::types::Scalar;

const NAMES: [&str; 20] = [
    "len",
    "min",
    "max",
    "abs",
    "sum",
    "round",
    "range",
    "enumerate",
    "zip",
    "list",
    "tuple",
    "print",
    "pow",
    "divmod",
    "reversed",
    "sorted",
    "any",
    "all",
    "slice",
    "isinstance",
];

/// A builtin by its name.
pub fn named(name: &str) -> Option<Object> {
    match name {
        "int" => Some(Object::Type(Scalar::I64, true)),
        "float" => Some(Object::Type(Scalar::F64, true)),
        "bool" => Some(Object::Type(Scalar::Bool, true)),
        _ => NAMES
            .contains(&name)
            .then(|| Object::Library(format!("builtins.{name}").into())),
    }
}

/// A type called: `int(x)`, `np.float32(x)`.
pub fn convert(budget: &Budget, of: Scalar, is_python: bool, args: &mut Args) -> Res<Object> {
    if args.given.is_empty() && args.named.is_empty() {
        return Ok(match (of, is_python) {
            (Scalar::I64, true) => Object::Int(0),
            (Scalar::F64, true) => Object::Float(0.0),
            (_, true) => Object::Bool(false),
            _ => Object::Scalar(of, 0),
        });
    }
    let object = args.only()?;
    if is_python {
        return Ok(match (of, &object) {
            (Scalar::Bool, _) => Object::Bool(object.truth()?),
            (Scalar::F64, Object::Str(text)) => Object::Float(text_float(text)?),
            (_, Object::Str(text)) => Object::Int(text_int(text)?),
            _ => match (of, one_number(&object)) {
                (Scalar::F64, Some((_, number))) => Object::Float(number.float()),
                (_, Some((_, Num::Int(value)))) => Object::Int(value),
                (_, Some((_, Num::Float(value)))) => Object::Int(number::whole(value)?),
                (_, None) if matches!(object, Object::Array(_)) => {
                    return Err(type_error(
                        "only 0-dimensional arrays can be converted to Python scalars",
                    ));
                }
                _ => {
                    return Err(type_error(format!(
                        "{}() argument must be a string or a real number, not '{}'",
                        if of == Scalar::F64 { "float" } else { "int" },
                        object.type_name()
                    )));
                }
            },
        });
    }
    Ok(match &object {
        Object::Str(text) if of.is_float() => Object::scalar(of, cast(Num::Float(text_float(text)?), of)?),
        Object::Str(text) => Object::scalar(of, converted(Weak::Int, Num::Int(text_int(text)?), of)?),
        _ => match object.number() {
            Some((kind, number)) => Object::scalar(of, converted(kind, number, of)?),
            None => unwrapped(array(budget, &object, None)?.cast(budget, of)?),
        },
    })
}

fn one_number(object: &Object) -> Option<(Weak, Num)> {
    object.number()
}

fn text_float(text: &str) -> Res<f64> {
    let plain = text.trim().replace('_', "");
    decimal::parse(&plain).ok_or_else(|| value_error(format!("could not convert string to float: '{text}'")))
}

fn text_int(text: &str) -> Res<i128> {
    text.trim()
        .parse()
        .map_err(|_| value_error(format!("invalid literal for int() with base 10: '{text}'")))
}

/// The lesser or the greater of some, as `min` and `max` find it.
fn extreme(budget: &Budget, op: CompareOp, args: &mut Args) -> Res<Object> {
    let name = args.name.clone();
    if !args.named.is_empty() {
        return Err(Fault::unsupported(format!("{name}() takes no keywords here")));
    }
    let items = match args.given.as_slice() {
        [one] => iterate::collected(budget, one)?,
        _ => std::mem::take(&mut args.given),
    };
    let mut items = items.into_iter();
    let Some(mut best) = items.next() else {
        return Err(value_error(format!("{name}() iterable argument is empty")));
    };
    for item in items {
        if ops::compare(budget, op, &item, &best)?.truth()? {
            best = item;
        }
    }
    Ok(best)
}

/// `sum`. Since 3.12 CPython's sum of floats carries what is rounded off along, so that it is another one; where the two
/// differ there is nothing right to give.
fn sum(budget: &Budget, args: &mut Args) -> Res<Object> {
    args.bind(&["iterable", "start"])?;
    let over = args.need(0, "its argument")?;
    let mut total = args.get(1).cloned().unwrap_or(Object::Int(0));
    let (mut carried, mut lost, mut is_plain) = (0.0f64, 0.0f64, true);
    for item in iterate::collected(budget, over)? {
        if let Object::Float(value) = item {
            if matches!(total, Object::Int(_)) {
                carried = total.index()? as f64;
            }
            let next = carried + value;
            lost += match carried.abs() >= value.abs() {
                true => (carried - next) + value,
                false => (value - next) + carried,
            };
            carried = next;
        } else {
            is_plain &= matches!(item, Object::Int(_) | Object::Bool(_));
            if let Object::Int(value) = item {
                carried += value as f64;
            }
        }
        total = ops::binary(budget, BinaryOp::Add, &total, &item)?;
    }
    if let Object::Float(total) = total
        && is_plain
        && lost.is_finite()
        && carried + lost != total
    {
        return Err(
            Fault::unsupported("sum() of these floats has another last bit since Python 3.12")
                .help("use np.sum(...)"),
        );
    }
    Ok(total)
}

/// `round`.
fn round(args: &mut Args) -> Res<Object> {
    args.bind(&["number", "ndigits"])?;
    let object = args.need(0, "its argument")?;
    let digits = args.some(1).map(|object| object.index()).transpose()?;
    Ok(match (object, digits) {
        (Object::Int(value), None) => Object::Int(*value),
        (Object::Bool(value), None) => Object::Int(i128::from(*value)),
        (Object::Int(value), Some(0..)) => Object::Int(*value),
        (Object::Float(value), None) => Object::Int(number::whole(value.round_ties_even())?),
        (Object::Float(value), Some(digits)) => Object::Float(number::rounded(*value, digits)),
        (Object::Scalar(of, bits), digits) if digits.is_some() || *of != Scalar::Bool => {
            let value = super::array::number(*of, *bits);
            match (digits, value) {
                (Some(digits), value) => Object::scalar(*of, rounded(*of, value, digits)?),
                (None, Num::Float(value)) => Object::Int(number::whole(value.round_ties_even())?),
                (None, Num::Int(value)) => Object::Int(value),
            }
        }
        _ => {
            return Err(
                Fault::unsupported(format!("round() of '{}' is not supported", object.type_name()))
                    .help("use np.round(...)"),
            );
        }
    })
}

/// A number to some decimals as NumPy rounds: scaled, to the nearest whole one, and back.
pub fn rounded(of: Scalar, value: Num, digits: i128) -> Res<Num> {
    let Num::Float(value) = value else {
        return match digits {
            0.. => Ok(value),
            _ => Err(Fault::unsupported("rounding integers to tens is not supported")),
        };
    };
    let fit = |value: f64| {
        if of == Scalar::F32 {
            f64::from(value as f32)
        } else {
            value
        }
    };
    let digits = digits.clamp(-300, 300) as i32;
    if digits == 0 {
        return Ok(Num::Float(value.round_ties_even()));
    }
    // Powers of ten up to 22 are exact.
    let Some(unit) = 10i128
        .checked_pow(digits.unsigned_abs())
        .filter(|_| digits.abs() <= 22)
    else {
        return Err(Fault::unsupported(
            "rounding to more than 22 decimals is not supported",
        ));
    };
    let unit = fit(unit as f64);
    Ok(Num::Float(match digits > 0 {
        true => fit(fit(value * unit).round_ties_even() / unit),
        false => fit(fit(value / unit).round_ties_even() * unit),
    }))
}

/// A builtin called.
pub fn call(budget: &Budget, name: &str, args: &mut Args) -> Res<Object> {
    match name {
        "len" => {
            let object = args.only()?;
            Ok(Object::Int(match &object {
                Object::Tuple(all) | Object::List(all) => all.len() as i128,
                Object::Array(array) if !array.shape.is_empty() => array.shape[0] as i128,
                Object::Array(_) => return Err(type_error("len() of unsized object")),
                Object::Str(text) => text.chars().count() as i128,
                Object::Range(range) => range.len(),
                _ => {
                    let words = format!("object of type '{}' has no len()", object.type_name());
                    return Err(type_error(words));
                }
            }))
        }
        "min" => extreme(budget, CompareOp::Less, args),
        "max" => extreme(budget, CompareOp::Greater, args),
        "abs" => {
            let object = args.only()?;
            match object {
                Object::Int(value) => Ok(Object::Int(value.checked_abs().ok_or_else(number::too_long)?)),
                Object::Bool(value) => Ok(Object::Int(value.into())),
                Object::Float(value) => Ok(Object::Float(value.abs())),
                Object::Scalar(..) | Object::Array(_) => {
                    ufunc::call(budget, Fun::Abs, &[ops::operand(budget, &object)?])
                }
                _ => Err(type_error(format!(
                    "bad operand type for abs(): '{}'",
                    object.type_name()
                ))),
            }
        }
        "sum" => sum(budget, args),
        "round" => round(args),
        "range" => {
            let mut bounds = Vec::new();
            for object in &args.given {
                bounds.push(object.index()?.clamp(-(1 << 100), 1 << 100));
            }
            let (start, stop, step) = match bounds.as_slice() {
                [stop] => (0, *stop, 1),
                [start, stop] => (*start, *stop, 1),
                [start, stop, step] => (*start, *stop, *step),
                _ => {
                    return Err(type_error(format!(
                        "range expected 1 to 3 arguments, got {}",
                        bounds.len()
                    )));
                }
            };
            match step {
                0 => Err(value_error("range() arg 3 must not be zero")),
                _ => Ok(Object::Range(Range { start, stop, step }.into())),
            }
        }
        "enumerate" => {
            args.bind(&["iterable", "start"])?;
            let start = args.index(1, 0)?;
            let over = args.need(0, "its argument")?;
            iterate::named(Iter::Enumerate(Box::new(iterate::over(over)?), start))
        }
        "zip" => {
            let all: Res<Vec<Iter>> = args.given.iter().map(iterate::over).collect();
            if let Some((keyword, value)) = args.named.first()
                && (keyword != "strict" || value.truth()?)
            {
                return Err(Fault::unsupported(format!(
                    "zip() with '{keyword}' is not supported"
                )));
            }
            iterate::named(Iter::Zip(all?))
        }
        "list" | "tuple" | "reversed" | "sorted" => {
            let mut items = match args.given.as_slice() {
                [] => Vec::new(),
                [one] if args.named.is_empty() => iterate::collected(budget, one)?,
                _ => {
                    return Err(Fault::unsupported(format!(
                        "{name}() with these arguments is not supported"
                    )));
                }
            };
            match name {
                "list" => budget.list(items),
                "tuple" => budget.tuple(items),
                "reversed" => {
                    items.reverse();
                    iterate::named(Iter::Seq(budget.seq(items)?, 0))
                }
                _ => {
                    let mut numbers = Vec::with_capacity(items.len());
                    for item in &items {
                        match item {
                            Object::Int(_) | Object::Bool(_) | Object::Float(_) => numbers.push(item.clone()),
                            _ => {
                                return Err(Fault::unsupported("sorted() is for numbers here")
                                    .help("use np.sort(...)"));
                            }
                        }
                    }
                    // NaNs have no order, so that what Python makes of them depends on its way of sorting.
                    if numbers
                        .iter()
                        .any(|item| matches!(item, Object::Float(value) if value.is_nan()))
                    {
                        return Err(
                            Fault::unsupported("sorted() of NaNs is not supported").help("use np.sort(...)")
                        );
                    }
                    budget.spend(numbers.len() * 8)?;
                    numbers.sort_by(|a, b| {
                        number::ordered(a, b)
                            .flatten()
                            .unwrap_or(std::cmp::Ordering::Equal)
                    });
                    budget.list(numbers)
                }
            }
        }
        "print" => Ok(Object::None),
        "pow" => {
            args.bind(&["base", "exp"])?;
            let (a, b) = (args.need(0, "base")?, args.need(1, "exp")?);
            ops::binary(budget, BinaryOp::Pow, a, b)
        }
        "divmod" => {
            args.bind(&["a", "b"])?;
            let (a, b) = (args.need(0, "a")?, args.need(1, "b")?);
            let down = ops::binary(budget, BinaryOp::FloorDiv, a, b)?;
            let rest = ops::binary(budget, BinaryOp::Mod, a, b)?;
            budget.tuple(vec![down, rest])
        }
        "any" | "all" => {
            for item in iterate::collected(budget, &args.only()?)? {
                if item.truth()? == (name == "any") {
                    return Ok(Object::Bool(name == "any"));
                }
            }
            Ok(Object::Bool(name == "all"))
        }
        _ => Err(Fault::unsupported(format!("{name}() is not supported in setup"))),
    }
}

/// `math`'s functions, of Python's floats.
pub fn math(name: &str, args: &mut Args) -> Res<Object> {
    let mut numbers = Vec::new();
    for object in &args.given {
        match object.number() {
            Some((_, number)) => numbers.push(number),
            None => {
                return Err(type_error(format!(
                    "must be real number, not {}",
                    object.type_name()
                )));
            }
        }
    }
    if !args.named.is_empty() {
        return Err(Fault::unsupported(format!(
            "math.{name}() takes no keywords here"
        )));
    }
    let domain = || value_error("math domain error");
    let range = || Fault::raised("OverflowError", "math range error");
    let whole = |number: Num| match number {
        Num::Int(value) => Ok(value),
        Num::Float(_) => Err(type_error("'float' object cannot be interpreted as an integer")),
    };
    // What is not finite though all it came from was is an error in `math`.
    let finite = |value: f64, from: &[Num]| {
        if from.iter().all(|number| number.float().is_finite()) {
            if value.is_nan() {
                return Err(domain());
            }
            if value.is_infinite() {
                return Err(range());
            }
        }
        if value.is_nan() && !from.iter().any(|number| number.float().is_nan()) {
            return Err(domain());
        }
        Ok(Object::Float(value))
    };
    match (name, numbers.as_slice()) {
        ("floor" | "ceil" | "trunc", [Num::Int(value)]) => Ok(Object::Int(*value)),
        ("floor", [a]) => Ok(Object::Int(number::whole(a.float().floor())?)),
        ("ceil", [a]) => Ok(Object::Int(number::whole(a.float().ceil())?)),
        ("trunc", [a]) => Ok(Object::Int(number::whole(a.float().trunc())?)),
        ("isnan", [a]) => Ok(Object::Bool(a.float().is_nan())),
        ("isinf", [a]) => Ok(Object::Bool(a.float().is_infinite())),
        ("isfinite", [a]) => Ok(Object::Bool(a.float().is_finite())),
        ("gcd", [a, b]) => {
            let (mut a, mut b) = (whole(*a)?.unsigned_abs(), whole(*b)?.unsigned_abs());
            while b != 0 {
                (a, b) = (b, a % b);
            }
            i128::try_from(a).map(Object::Int).map_err(|_| number::too_long())
        }
        ("factorial", [a]) => {
            let n = whole(*a)?;
            if n < 0 {
                return Err(value_error("factorial() not defined for negative values"));
            }
            let product = (1..=n.min(40)).try_fold(1i128, i128::checked_mul);
            product
                .filter(|_| n <= 40)
                .map(Object::Int)
                .ok_or_else(number::too_long)
        }
        ("isqrt", [a]) => match whole(*a)? {
            n if n < 0 => Err(value_error("isqrt() argument must be nonnegative")),
            n => Ok(Object::Int(n.isqrt())),
        },
        ("log2", [Num::Int(value)]) if *value > 0 && (*value as u128).is_power_of_two() => {
            Ok(Object::Float(f64::from((*value as u128).trailing_zeros())))
        }
        ("log" | "log2" | "log10", [a, ..]) if a.float() <= 0.0 => Err(domain()),
        ("log1p", [a]) if a.float() <= -1.0 => Err(domain()),
        ("log", [a, b]) if b.float() <= 0.0 => {
            let _ = a;
            Err(domain())
        }
        ("log", [a, b]) => match b.float().ln() {
            0.0 => Err(Fault::raised("ZeroDivisionError", "float division by zero")),
            base => Ok(Object::Float(a.float().ln() / base)),
        },
        ("pow", [a, b]) => match (a.float(), b.float()) {
            (a, b) if a == 0.0 && b < 0.0 => Err(domain()),
            (x, y) => finite(x.powf(y), &numbers),
        },
        ("fmod", [_, b]) if b.float() == 0.0 => Err(domain()),
        ("ldexp", [a, b]) => {
            let by = whole(*b)?.clamp(-2_200, 2_200) as i32;
            // In steps, so that the factor itself stays a normal number.
            let (half, rest) = (by / 4, by - 3 * (by / 4));
            let value = (0..3).fold(a.float(), |value, _| value * 2f64.powi(half)) * 2f64.powi(rest);
            finite(value, &numbers)
        }
        ("fabs", [a]) => Ok(Object::Float(a.float().abs())),
        ("sqrt", [a]) => finite(a.float().sqrt(), &numbers),
        ("copysign", [a, b]) => Ok(Object::Float(a.float().copysign(b.float()))),
        ("atan2", [a, b]) => Ok(Object::Float(a.float().atan2(b.float()))),
        ("hypot", [a, b]) => finite(a.float().hypot(b.float()), &numbers),
        ("fmod", [a, b]) => finite(a.float() % b.float(), &numbers),
        _ => {
            let fun = match name {
                "exp" | "exp2" | "expm1" | "log" | "log2" | "log10" | "log1p" | "sin" | "cos" | "tan"
                | "asin" | "acos" | "atan" | "sinh" | "cosh" | "tanh" | "asinh" | "acosh" | "atanh"
                | "cbrt" | "radians" | "degrees" => Fun::named(name),
                _ => None,
            };
            match (fun, numbers.as_slice()) {
                (Some(fun), [a]) => {
                    let value = ufunc::of_one(fun, Scalar::F64, Num::Float(a.float()))?;
                    finite(value.float(), &numbers)
                }
                _ => Err(Fault::unsupported(format!(
                    "math.{name} of {} arguments is not supported in setup",
                    numbers.len()
                ))),
            }
        }
    }
}

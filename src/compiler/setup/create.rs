//! Arrays from nothing: `zeros`, `arange`, `linspace` and the like, with the bits that NumPy computes.

use super::args::{Args, shape};
use super::array::{Array, cast};
use super::object::{Budget, Fault, Num, Object, Res, Weak, type_error, value_error};
use super::ops::{self, array, converted, operand};
use super::ufunc::{Fun, Operand, of_one, of_two, promoted, together};
use crate::syntax::BinaryOp;
use crate::types::Scalar;

/// `zeros`, `ones`, `empty` (zeros here: what NumPy gives is whatever was there) and `full`.
pub fn filled(budget: &Budget, name: &str, args: &mut Args) -> Res<Object> {
    let (fill, of) = match name {
        "full" => {
            args.bind(&["shape", "fill_value", "dtype"])?;
            (Some(args.need(1, "fill_value")?), 2)
        }
        _ => {
            args.bind(&["shape", "dtype", "order"])?;
            in_order(args.some(2))?;
            (None, 1)
        }
    };
    let size = shape(args.need(0, "shape")?)?;
    made(budget, name, &size, fill, args.dtype(of)?)
}

/// `order='C'` is what all are.
pub fn in_order(given: Option<&Object>) -> Res<()> {
    match given {
        None => Ok(()),
        Some(Object::Str(order)) if matches!(&**order, "C" | "K" | "A") => Ok(()),
        _ => Err(Fault::unsupported("only order='C' is supported")),
    }
}

/// `zeros_like` and the like.
pub fn like(budget: &Budget, name: &str, args: &mut Args) -> Res<Object> {
    let (fill, of) = match name {
        "full_like" => {
            args.bind(&["a", "fill_value", "dtype", "shape"])?;
            (Some(args.need(1, "fill_value")?), 2)
        }
        _ => {
            args.bind(&["a", "dtype", "shape"])?;
            (None, 1)
        }
    };
    let what = args.array(budget, 0, "an array")?;
    let size = match args.some(of + 1) {
        Some(size) => shape(size)?,
        None => what.shape.clone(),
    };
    let of = args.dtype(of)?.unwrap_or(what.of);
    made(budget, name.trim_end_matches("_like"), &size, fill, Some(of))
}

fn made(
    budget: &Budget,
    name: &str,
    size: &[usize],
    fill: Option<&Object>,
    of: Option<Scalar>,
) -> Res<Object> {
    let of = match (fill, of) {
        (_, Some(of)) => of,
        (Some(fill), None) => array(budget, fill, None)?.of,
        (None, None) => Scalar::F64,
    };
    let out = budget.array(of, size)?;
    match (fill, name) {
        (Some(fill), _) => out.assign(&super::index::fitting(budget, fill, of, size)?)?,
        (None, "ones") => out.fill(cast(Num::Int(1), of)?)?,
        _ => {}
    }
    Ok(Object::Array(out))
}

/// `eye` and `identity`.
pub fn eye(budget: &Budget, name: &str, args: &mut Args) -> Res<Object> {
    let is_eye = name != "identity";
    args.bind(if is_eye {
        &["N", "M", "k", "dtype"]
    } else {
        &["n", "dtype"]
    })?;
    let one = |object: &Object| -> Res<usize> {
        usize::try_from(object.index()?).map_err(|_| value_error("negative dimensions are not allowed"))
    };
    let rows = one(args.need(0, "N")?)?;
    let (mut columns, mut above) = (rows, 0);
    if is_eye {
        columns = args.some(1).map_or(Ok(rows), one)?;
        above = args.index(2, 0)?;
    }
    let of = args.dtype(if is_eye { 3 } else { 1 })?.unwrap_or(Scalar::F64);
    let out = budget.filled(of, &[rows, columns], &mut |at| {
        let (row, column) = (at / columns, at % columns);
        cast(Num::Int(i128::from(column as i128 - row as i128 == above)), of)
    })?;
    Ok(Object::Array(out))
}

/// `arange`: the first two are computed, and the rest from their difference.
pub fn arange(budget: &Budget, args: &mut Args) -> Res<Object> {
    args.bind(&["start", "stop", "step", "dtype"])?;
    let (zero, one) = (Object::Int(0), Object::Int(1));
    let (start, stop) = match (args.get(0), args.some(1)) {
        (Some(start), Some(stop)) => (start, stop),
        (Some(stop), None) | (None, Some(stop)) => (&zero, stop),
        _ => return Err(type_error("arange() requires stop to be specified.")),
    };
    let step = args.some(2).unwrap_or(&one);
    let mut kinds = Vec::new();
    for object in [start, stop, step] {
        match object.number() {
            Some((kind, _)) => kinds.push(kind.alone()),
            None => {
                return Err(type_error(format!(
                    "arange() of '{}' is not supported",
                    object.type_name()
                )));
            }
        }
    }
    // Python's own numbers count with the types that they have alone.
    let found = promoted(promoted(kinds[0], kinds[1]), kinds[2]);
    let of = args
        .dtype(3)?
        .unwrap_or(if found == Scalar::Bool { Scalar::I64 } else { found });
    let span = ops::binary(budget, BinaryOp::Sub, stop, start)?;
    let many = ops::binary(budget, BinaryOp::Div, &span, step)?;
    let many = match many.number() {
        Some((_, many)) => many.float().ceil(),
        None => 0.0,
    };
    if many.is_nan() {
        return Err(value_error("arange: cannot compute length"));
    }
    if many > 1e12 {
        return Err(value_error("Maximum allowed size exceeded"));
    }
    let many = many.max(0.0) as usize;
    let second = ops::binary(budget, BinaryOp::Add, start, step)?;
    let fit = |object: &Object| match object.number() {
        Some((kind, number)) => converted(kind, number, of),
        None => Ok(Num::Int(0)),
    };
    if many == 0 {
        return Ok(Object::Array(budget.array(of, &[0])?));
    }
    if of == Scalar::Bool && many > 2 {
        return Err(type_error("no fill-function for data-type."));
    }
    let first = fit(start)?;
    let second = if many > 1 { fit(&second)? } else { first };
    let delta = of_two(
        Fun::Sub,
        if of == Scalar::Bool { Scalar::I8 } else { of },
        second,
        first,
    )?;
    let out = budget.filled(of, &[many], &mut |at| match at {
        0 => Ok(first),
        1 => Ok(second),
        _ => {
            let times = of_two(Fun::Mul, of, cast(Num::Int(at as i128), of)?, delta)?;
            of_two(Fun::Add, of, first, times)
        }
    })?;
    Ok(Object::Array(out))
}

/// `linspace` of numbers, as `numpy/_core/function_base.py` computes it.
pub fn linspace(budget: &Budget, args: &mut Args) -> Res<Object> {
    args.bind(&["start", "stop", "num", "endpoint", "retstep", "dtype"])?;
    let (start, stop) = (args.need(0, "start")?, args.need(1, "stop")?);
    let num = args.index(2, 50)?;
    let has_end = args.flag(3, true)?;
    if args.flag(4, false)? {
        return Err(Fault::unsupported("retstep is not supported"));
    }
    let Ok(num) = usize::try_from(num) else {
        return Err(value_error(format!(
            "Number of samples, {num}, must be non-negative."
        )));
    };
    let (Some((kind_a, a)), Some((kind_b, b))) = (start.number(), stop.number()) else {
        return Err(Fault::unsupported("np.linspace between arrays is not supported"));
    };
    let of = args.dtype(5)?;
    let work = match together(&[kind_a, kind_b, Weak::Float]) {
        Scalar::F32 => Scalar::F32,
        _ => Scalar::F64,
    };
    let (a, b) = (cast(a, work)?, cast(b, work)?);
    let of = of.unwrap_or(work);
    let delta = of_two(Fun::Sub, work, b, a)?;
    let parts = if has_end { num.saturating_sub(1) } else { num };
    let divisor = cast(Num::Int(parts as i128), work)?;
    let step = of_two(Fun::Div, work, delta, divisor)?;
    let out = budget.filled(of, &[num], &mut |at| {
        let place = cast(Num::Int(at as i128), work)?;
        let along = match (parts, step.float() == 0.0) {
            (0, _) => of_two(Fun::Mul, work, place, delta)?,
            (_, true) => of_two(Fun::Mul, work, of_two(Fun::Div, work, place, divisor)?, delta)?,
            _ => of_two(Fun::Mul, work, place, step)?,
        };
        let mut value = of_two(Fun::Add, work, along, a)?;
        if has_end && num > 1 && at == num - 1 {
            value = b;
        }
        if of.is_int() {
            value = of_one(Fun::Floor, work, value)?;
        }
        cast(value, of)
    })?;
    Ok(Object::Array(out))
}

/// `np.array` and `np.asarray`.
pub fn from(budget: &Budget, name: &str, args: &mut Args) -> Res<Object> {
    args.bind(&["object", "dtype", "copy", "order", "ndmin"])?;
    in_order(args.some(3))?;
    if args.some(4).is_some() {
        return Err(Fault::unsupported("ndmin is not supported").help("reshape the array"));
    }
    let what = args.need(0, "an object")?;
    let of = args.dtype(1)?;
    let copies = match args.some(2) {
        Some(copies) => copies.truth()?,
        None => name == "array",
    };
    let out = array(budget, what, of)?;
    Ok(Object::Array(match (what, name, copies) {
        (Object::Array(_), "ascontiguousarray", _) => out.contiguous(budget)?,
        (Object::Array(_), _, true) => out.cast(budget, out.of)?,
        _ => out,
    }))
}

/// `np.where`.
pub fn choice(budget: &Budget, args: &mut Args) -> Res<Object> {
    args.bind(&["condition", "x", "y"])?;
    let test = args.array(budget, 0, "condition")?;
    let (yes, no) = match (args.get(1), args.get(2)) {
        (Some(yes), Some(no)) => (operand(budget, yes)?, operand(budget, no)?),
        (None, None) => {
            let all = super::index::nonzero(budget, &test)?;
            return budget.tuple(all.into_iter().map(Object::Array).collect());
        }
        _ => return Err(value_error("either both or neither of x and y should be given")),
    };
    let of = together(&[yes.kind, no.kind]);
    let shape = super::array::broadcast_shape(&[&test.shape, yes.shape(), no.shape()])?;
    let wide = |from: &Operand| -> Res<Array> {
        let array = match &from.from {
            super::ufunc::From::Array(array) => array.clone(),
            super::ufunc::From::Number(number) => {
                let number = super::ufunc::fitted(from.kind, *number, of)?;
                budget.one(of, number)?
            }
        };
        array
            .broadcast(&shape)
            .ok_or_else(|| value_error("shapes do not fit"))
    };
    let (yes, no) = (wide(&yes)?, wide(&no)?);
    let test = test
        .broadcast(&shape)
        .ok_or_else(|| value_error("shapes do not fit"))?;
    let out = budget.array(of, &shape)?;
    {
        let mut bytes = out.data.bytes.borrow_mut();
        let (t, x, y) = (
            test.data.bytes.borrow(),
            yes.data.bytes.borrow(),
            no.data.bytes.borrow(),
        );
        let strides = [test.strides.as_slice(), &yes.strides, &no.strides];
        let mut at = 0;
        super::array::walk(
            &shape,
            strides,
            [test.start, yes.start, no.start],
            &mut |[i, j, k]| {
                let value = match super::array::load(&t, test.of, i).truth() {
                    true => super::array::load(&x, yes.of, j),
                    false => super::array::load(&y, no.of, k),
                };
                super::array::store(&mut bytes, of, at, cast(value, of)?);
                at += 1;
                Ok(())
            },
        )?;
    }
    Ok(Object::Array(out))
}

/// `np.clip`.
pub fn clip(budget: &Budget, args: &mut Args) -> Res<Object> {
    args.bind(&["a", "a_min", "a_max", "min", "max"])?;
    let (low, high) = (args.some(1).or(args.some(3)), args.some(2).or(args.some(4)));
    let a = args.need(0, "an array")?;
    let all = [Some(a), low, high];
    let all: Res<Vec<Operand>> = all
        .into_iter()
        .flatten()
        .map(|one| operand(budget, one))
        .collect();
    let kinds: Vec<Weak> = all?.iter().map(|one| one.kind).collect();
    let of = together(&kinds);
    let typed = |object: &Object| -> Res<Operand> {
        let mut one = operand(budget, object)?;
        if let Some(number) = one.fit(of)? {
            one.from = super::ufunc::From::Number(number);
            one.kind = Weak::Not(of);
        } else if let super::ufunc::From::Array(array) = &one.from
            && array.of != of
        {
            one.from = super::ufunc::From::Array(array.cast(budget, of)?);
            one.kind = Weak::Not(of);
        }
        Ok(one)
    };
    let mut out = a.clone();
    for (fun, bound) in [(Fun::Max, low), (Fun::Min, high)] {
        if let Some(bound) = bound {
            out = super::ufunc::call(budget, fun, &[typed(&out)?, typed(bound)?])?;
        }
    }
    match out {
        Object::Int(_) | Object::Float(_) | Object::List(_) | Object::Tuple(_) => {
            array(budget, &out, None).map(super::ufunc::unwrapped)
        }
        out => Ok(out),
    }
}

/// A number to some decimals; see [`super::builtins::rounded`].
pub fn round(budget: &Budget, args: &mut Args) -> Res<Object> {
    args.bind(&["a", "decimals"])?;
    args.name = "round".into();
    let a = args.array(budget, 0, "an array")?;
    let digits = args.index(1, 0)?;
    if a.of == Scalar::Bool {
        return Err(Fault::unsupported(
            "np.round of bool is float16, which kernels do not have",
        ));
    }
    let numbers = a.numbers(budget)?;
    let out = budget.filled(a.of, &a.shape, &mut |at| {
        super::builtins::rounded(a.of, numbers[at], digits)
    })?;
    Ok(super::ufunc::unwrapped(out))
}

/// What `np.iinfo` and `np.finfo` are asked for.
pub fn limits_of(of: Scalar, name: &str) -> Option<Object> {
    let bits = of.bytes() * 8;
    Some(match (of, name) {
        (Scalar::F32, "eps") => Object::scalar(of, Num::Float(f32::EPSILON.into())),
        (Scalar::F64, "eps") => Object::scalar(of, Num::Float(f64::EPSILON)),
        (Scalar::F32, "max") => Object::scalar(of, Num::Float(f32::MAX.into())),
        (Scalar::F64, "max") => Object::scalar(of, Num::Float(f64::MAX)),
        (Scalar::F32, "min") => Object::scalar(of, Num::Float(f32::MIN.into())),
        (Scalar::F64, "min") => Object::scalar(of, Num::Float(f64::MIN)),
        (Scalar::F32, "tiny") => Object::scalar(of, Num::Float(f32::MIN_POSITIVE.into())),
        (Scalar::F64, "tiny") => Object::scalar(of, Num::Float(f64::MIN_POSITIVE)),
        (of, "max") if of.is_signed() => Object::Int((1 << (bits - 1)) - 1),
        (of, "max") if of.is_int() => Object::Int((1 << bits) - 1),
        (of, "min") if of.is_signed() => Object::Int(-(1 << (bits - 1))),
        (of, "min") if of.is_int() => Object::Int(0),
        (_, "bits") => Object::Int(bits.into()),
        _ => return None,
    })
}

/// A number as an integer that is a count.
pub fn count(object: &Object) -> Res<usize> {
    usize::try_from(object.index()?).map_err(|_| value_error("counts are not negative"))
}

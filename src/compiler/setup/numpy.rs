//! NumPy's functions by name.

use super::args::{Args, axis_at, dtype, missing};
use super::array::Array;
use super::index;
use super::object::{Budget, Fault, Num, Object, Res, miscounted, type_error, value_error};
use super::ops::{array, into_place, operand};
use super::reduce::{self, Reduction};
use super::ufunc::{self, Fun, unwrapped};
use super::{builtins, create, linear, random, shape};
use crate::types::Scalar;

/// Calls what a whole name stands for.
pub fn call(budget: &Budget, whole: &str, args: &mut Args) -> Res<Object> {
    let (module, name) = whole.rsplit_once('.').unwrap_or(("", whole));
    match module {
        "builtins" => builtins::call(budget, name, args),
        "math" => builtins::math(name, args),
        "numpy" => function(budget, name, args),
        "numpy.random" if matches!(name, "default_rng" | "Generator" | "PCG64") => {
            random::generator(name, args)
        }
        "numpy.random" => Err(Fault::unsupported(format!(
            "np.random.{name} uses a global state, and is not supported"
        ))
        .help("rng = np.random.default_rng(seed), then rng.random, rng.integers, rng.normal, ...")),
        "numba" if name == "prange" => builtins::call(budget, "range", args),
        _ => Err(Fault::unsupported(format!("{whole} is not supported in setup"))),
    }
}

/// Functions whose first argument becomes an array, with the names of all that they take.
const OF_ARRAYS: [(&str, &[&str]); 36] = [
    ("reshape", &["a", "shape"]),
    ("ravel", &["a"]),
    ("transpose", &["a", "axes"]),
    ("swapaxes", &["a", "axis1", "axis2"]),
    ("moveaxis", &["a", "axis1", "axis2"]),
    ("expand_dims", &["a", "axis"]),
    ("squeeze", &["a", "axis"]),
    ("broadcast_to", &["array", "shape"]),
    ("sum", &["a", "axis", "dtype", "keepdims"]),
    ("prod", &["a", "axis", "dtype", "keepdims"]),
    ("min", &["a", "axis", "keepdims"]),
    ("max", &["a", "axis", "keepdims"]),
    ("amin", &["a", "axis", "keepdims"]),
    ("amax", &["a", "axis", "keepdims"]),
    ("any", &["a", "axis", "keepdims"]),
    ("all", &["a", "axis", "keepdims"]),
    ("mean", &["a", "axis", "keepdims"]),
    ("average", &["a", "axis", "keepdims"]),
    ("var", &["a", "axis", "ddof", "keepdims"]),
    ("std", &["a", "axis", "ddof", "keepdims"]),
    ("argmin", &["a", "axis", "keepdims"]),
    ("argmax", &["a", "axis", "keepdims"]),
    ("cumsum", &["a", "axis", "dtype"]),
    ("cumprod", &["a", "axis", "dtype"]),
    ("sort", &["a", "axis", "kind"]),
    ("argsort", &["a", "axis", "kind"]),
    ("take", &["a", "indices"]),
    ("repeat", &["a", "repeats", "axis"]),
    ("roll", &["a", "shift", "axis"]),
    ("flip", &["m", "axis"]),
    ("flipud", &["m", "axis"]),
    ("fliplr", &["m", "axis"]),
    ("tile", &["A", "reps"]),
    ("ptp", &[""]),
    ("nonzero", &[""]),
    ("flatnonzero", &[""]),
];

/// A function of `numpy`'s; methods of arrays come here with their array first.
pub fn function(budget: &Budget, name: &str, args: &mut Args) -> Res<Object> {
    if let Some(fun) = Fun::named(name) {
        return elementwise(budget, fun, args);
    }
    if let Some((_, params)) = OF_ARRAYS.iter().find(|(known, _)| *known == name) {
        args.bind(params)?;
        let what = if params[0].is_empty() {
            "an argument"
        } else {
            "an array"
        };
        return of_array(budget, name, &args.array(budget, 0, what)?, args);
    }
    let first = |args: &Args| -> Res<Array> {
        let object = args.given.first();
        array(budget, object.ok_or_else(|| missing(name, "an array"))?, None)
    };
    match name {
        "zeros" | "ones" | "empty" | "full" => create::filled(budget, name, args),
        "zeros_like" | "ones_like" | "empty_like" | "full_like" => create::like(budget, name, args),
        "eye" | "identity" => create::eye(budget, name, args),
        "arange" => create::arange(budget, args),
        "linspace" => create::linspace(budget, args),
        "array" | "asarray" | "ascontiguousarray" | "asanyarray" => create::from(budget, name, args),
        "copy" => {
            let a = first(args)?;
            Ok(Object::Array(a.cast(budget, a.of)?))
        }
        "where" => create::choice(budget, args),
        "clip" => create::clip(budget, args),
        "round" | "around" => create::round(budget, args),
        "concatenate" | "stack" | "vstack" | "hstack" | "column_stack" => shape::together(budget, name, args),
        "meshgrid" => shape::meshgrid(budget, args),
        "count_nonzero" => {
            let a = array(budget, &args.only()?, None)?;
            let mut count = 0;
            budget.spend(a.len())?;
            a.each(&mut |value| {
                count += u64::from(value.truth());
                Ok(())
            })?;
            Ok(Object::Scalar(Scalar::I64, count))
        }
        "diff" => diff(budget, args),
        "dot" | "matmul" | "outer" => {
            args.bind(&["a", "b"])?;
            let a = args.array(budget, 0, "a")?;
            let b = args.array(budget, 1, "b")?;
            match name {
                "dot" => linear::dot(budget, &a, &b),
                "matmul" => linear::matmul(budget, &a, &b),
                _ => linear::outer(budget, &a, &b),
            }
        }
        "size" | "ndim" | "shape" => super::methods::attribute(budget, &Object::Array(first(args)?), name),
        "isscalar" => Ok(Object::Bool(!matches!(
            args.only()?,
            Object::Array(_) | Object::List(_) | Object::Tuple(_)
        ))),
        "array_equal" => {
            args.bind(&["a1", "a2"])?;
            let a = args.array(budget, 0, "a1")?;
            let b = args.array(budget, 1, "a2")?;
            if a.shape != b.shape {
                return Ok(Object::Bool(false));
            }
            let same = two(budget, Fun::Equal, a, b)?;
            let same = array(budget, &same, None)?;
            let all = reduce::reduce(budget, Reduction::All, &same, None, Scalar::Bool, false)?;
            Ok(Object::Bool(all.truth()?))
        }
        "dtype" => {
            let of = dtype(Some(&args.only()?))?;
            Ok(Object::Type(of.unwrap_or(Scalar::F64), false))
        }
        "iinfo" | "finfo" => match dtype(Some(&args.only()?))? {
            // Asked for by attributes of the type itself: see `methods::attribute`.
            Some(of) => Ok(Object::Type(of, false)),
            None => Err(Fault::unsupported(format!("np.{name} needs a type"))),
        },
        "bincount" => bincount(budget, args),
        "fill_diagonal" => {
            args.bind(&["a", "val"])?;
            let Object::Array(a) = args.need(0, "an array")? else {
                return Err(type_error("np.fill_diagonal needs an array"));
            };
            if a.shape.len() != 2 {
                return Err(Fault::unsupported(
                    "np.fill_diagonal is for arrays of two axes here",
                ));
            }
            let value = args.need(1, "val")?;
            for k in 0..a.shape[0].min(a.shape[1]) {
                let place = [index::Part::At(k as i128), index::Part::At(k as i128)];
                index::set(budget, a, &place, value)?;
            }
            Ok(Object::None)
        }
        _ => Err(Fault::unsupported(format!("np.{name} is not supported in setup"))),
    }
}

/// A ufunc of two arrays.
fn two(budget: &Budget, fun: Fun, a: Array, b: Array) -> Res<Object> {
    let (a, b) = (Object::Array(a), Object::Array(b));
    ufunc::call(budget, fun, &[operand(budget, &a)?, operand(budget, &b)?])
}

/// A function of [`OF_ARRAYS`], its arguments bound.
#[inline(never)]
fn of_array(budget: &Budget, name: &str, a: &Array, args: &Args) -> Res<Object> {
    let axes = a.shape.len();
    Ok(Object::Array(match name {
        "reshape" => {
            let wanted = shape::sizes(std::slice::from_ref(args.need(1, "shape")?))?;
            shape::reshape(budget, a, &wanted)?
        }
        "ravel" => shape::reshape(budget, a, &[-1])?,
        "transpose" => {
            let order = args.some(1).map(std::slice::from_ref);
            shape::transpose(a, &order.map_or(Ok(Vec::new()), shape::sizes)?)?
        }
        "swapaxes" | "moveaxis" => {
            let one = args.axis(1, axes)?.unwrap_or(0);
            let two = args.axis(2, axes)?.unwrap_or(0);
            let mut order: Vec<usize> = (0..axes).collect();
            match name {
                "swapaxes" => order.swap(one, two),
                _ => {
                    let moved = order.remove(one);
                    order.insert(two, moved);
                }
            }
            a.permuted(&order)
        }
        "expand_dims" => a.with_axis(args.axis(1, axes + 1)?.unwrap_or(0))?,
        "squeeze" => shape::squeeze(a, args.axis(1, axes)?)?,
        "broadcast_to" => {
            let to = super::args::shape(args.need(1, "shape")?)?;
            let wide = a.broadcast(&to).ok_or_else(|| {
                value_error("operands could not be broadcast together with remapped shapes")
            })?;
            // A copy: elements of a view would be written to in several places at once.
            wide.cast(budget, a.of)?
        }
        "cumsum" | "cumprod" => {
            let of = args.dtype(2)?.unwrap_or(reduce::wide(a.of));
            let fun = if name == "cumsum" { Fun::Add } else { Fun::Mul };
            reduce::cumulative(budget, a, args.axis(1, axes)?, fun, of)?
        }
        "sort" | "argsort" => {
            let is_stable =
                matches!(args.some(2), Some(Object::Str(kind)) if matches!(&**kind, "stable" | "mergesort"));
            let at = match args.get(1) {
                None => Some(axis_at(-1, axes)?),
                Some(_) => args.axis(1, axes)?,
            };
            reduce::sorted(budget, a, at, name == "argsort", is_stable)?
        }
        "repeat" => shape::repeat(budget, a, args)?,
        "roll" => shape::roll(budget, a, args)?,
        "flip" | "flipud" | "fliplr" => shape::flip(a, name, args)?,
        "tile" => shape::tile(budget, a, args)?,
        "flatnonzero" => {
            let flat = shape::reshape(budget, a, &[-1])?;
            let all = index::nonzero(budget, &flat)?;
            return Ok(all.into_iter().next().map_or(Object::None, Object::Array));
        }
        _ => return reduction(budget, name, a, args),
    }))
}

/// One that gives a number where there is no axis, or several arrays.
#[inline(never)]
fn reduction(budget: &Budget, name: &str, a: &Array, args: &Args) -> Res<Object> {
    let axis = || args.axis(1, a.shape.len());
    match name {
        "ptp" => {
            let end = |by| reduce::reduce(budget, by, a, None, a.of, false);
            let (high, low) = (end(Reduction::Max)?, end(Reduction::Min)?);
            let both = [operand(budget, &high)?, operand(budget, &low)?];
            ufunc::call(budget, Fun::Sub, &both)
        }
        "nonzero" => {
            let all = index::nonzero(budget, a)?;
            budget.tuple(all.into_iter().map(Object::Array).collect())
        }
        "take" => {
            let flat = shape::reshape(budget, a, &[-1])?;
            let part = index::part(budget, args.need(1, "indices")?)?;
            index::get(budget, &flat, &[part])
        }
        "mean" | "average" => reduce::mean(budget, a, axis()?, args.flag(2, false)?),
        "var" | "std" => {
            let ddof = args.get(2).and_then(Object::number);
            let ddof = ddof.map_or(0.0, |(_, ddof)| ddof.float());
            reduce::variance(budget, a, axis()?, ddof, args.flag(3, false)?, name == "std")
        }
        "argmin" | "argmax" => reduce::argument(budget, a, axis()?, name == "argmax", args.flag(2, false)?),
        _ => {
            let by = match name {
                "sum" => Reduction::Sum,
                "prod" => Reduction::Prod,
                "min" | "amin" => Reduction::Min,
                "max" | "amax" => Reduction::Max,
                "any" => Reduction::Any,
                _ => Reduction::All,
            };
            let at = axis()?;
            let (of, keeps) = match by {
                Reduction::Sum | Reduction::Prod => (args.dtype(2)?, 3),
                _ => (None, 2),
            };
            let of = of.unwrap_or(by.of(a.of));
            reduce::reduce(budget, by, a, at, of, args.flag(keeps, false)?)
        }
    }
}

#[inline(never)]
fn diff(budget: &Budget, args: &mut Args) -> Res<Object> {
    args.bind(&["a", "n", "axis"])?;
    if args.get(1).is_some_and(|n| !matches!(n, Object::Int(1))) {
        return Err(Fault::unsupported("np.diff more than once is not supported"));
    }
    let a = args.array(budget, 0, "an array")?;
    let at = match args.get(2) {
        None => axis_at(-1, a.shape.len())?,
        Some(_) => args.axis(2, a.shape.len())?.unwrap_or(0),
    };
    let less = a.shape[at].saturating_sub(1);
    let part = |from: usize| a.sliced(at, from.min(a.shape[at]), less, 1);
    let fun = if a.of == Scalar::Bool {
        Fun::Unequal
    } else {
        Fun::Sub
    };
    two(budget, fun, part(1), part(0))
}

#[inline(never)]
fn bincount(budget: &Budget, args: &mut Args) -> Res<Object> {
    args.bind(&["x", "weights", "minlength"])?;
    if args.some(1).is_some() {
        return Err(Fault::unsupported("weights of np.bincount are not supported"));
    }
    let a = args.array(budget, 0, "x")?;
    let least = args.get(2).map_or(Ok(0), create::count)?;
    let places = a.numbers(budget)?;
    let most = places.iter().map(|place| place.int()).max().unwrap_or(-1);
    if places.iter().any(|place| place.int() < 0) {
        return Err(value_error("'list' argument must have no negative elements"));
    }
    let size = usize::try_from(most.saturating_add(1))
        .unwrap_or(usize::MAX)
        .max(least);
    let out = budget.array(Scalar::I64, &[size])?;
    {
        let mut bytes = out.data.bytes.borrow_mut();
        for place in places {
            let at = place.int() as usize;
            let had = super::array::load(&bytes, Scalar::I64, at).int();
            super::array::store(&mut bytes, Scalar::I64, at, Num::Int(had + 1));
        }
    }
    Ok(Object::Array(out))
}

/// A ufunc with `out=` and `dtype=`.
fn elementwise(budget: &Budget, fun: Fun, args: &mut Args) -> Res<Object> {
    let mut out = None;
    let mut of = None;
    for (name, value) in std::mem::take(&mut args.named) {
        match name.as_str() {
            "out" => out = Some(value).filter(|value| !matches!(value, Object::None)),
            "dtype" => of = dtype(Some(&value))?,
            _ => {
                let words = format!("the argument '{name}' of np.{} is not supported", fun.name());
                return Err(Fault::unsupported(words));
            }
        }
    }
    if args.given.len() == fun.arity() + 1 {
        out = args.given.pop();
    }
    if args.given.len() != fun.arity() {
        return Err(miscounted(fun.name(), fun.arity(), args.given.len()));
    }
    let mut operands = Vec::new();
    for object in &args.given {
        let mut one = operand(budget, object)?;
        if let Some(of) = of {
            let cast = array(budget, object, Some(of))?;
            one = operand(budget, &unwrapped(cast))?;
        }
        operands.push(one);
    }
    let made = ufunc::call(budget, fun, &operands)?;
    match out {
        None => Ok(made),
        Some(Object::Array(out)) => {
            into_place(&out, &made, fun)?;
            Ok(Object::Array(out))
        }
        Some(_) => Err(type_error("return arrays must be of ArrayType")),
    }
}

//! NumPy's functions by name.

use super::args::{Args, axis, dtype, flag, required, some};
use super::array::Array;
use super::index;
use super::object::{Budget, Fault, Object, Res};
use super::ops::{array, into_place, operand};
use super::reduce::{self, Reduction};
use super::ufunc::{self, Fun, unwrapped};
use super::{builtins, create, linear, random, shape};
use crate::types::Scalar;

/// Calls what a whole name stands for.
pub fn call(budget: &Budget, whole: &str, args: Args) -> Res<Object> {
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

/// A function of `numpy`'s; methods of arrays come here with their array first.
pub fn function(budget: &Budget, name: &str, mut args: Args) -> Res<Object> {
    if let Some(fun) = Fun::named(name) {
        return elementwise(budget, fun, args);
    }
    let first = |args: &Args| -> Res<Array> {
        let object = args.given.first().cloned();
        array(budget, &required(object, name, "an array")?, None)
    };
    match name {
        "zeros" | "ones" | "empty" | "full" => create::filled(budget, name, args),
        "zeros_like" | "ones_like" | "empty_like" | "full_like" => create::like(budget, name, args),
        "eye" | "identity" => create::eye(budget, name, args),
        "arange" => create::arange(budget, args),
        "linspace" => create::linspace(budget, args),
        "array" | "asarray" | "ascontiguousarray" | "asanyarray" => create::from(budget, name, args),
        "copy" => Ok(Object::Array(first(&args)?.cast(budget, first(&args)?.of)?)),
        "where" => create::choice(budget, args),
        "clip" => create::clip(budget, args),
        "round" | "around" => create::round(budget, args),
        "concatenate" | "stack" | "vstack" | "hstack" | "column_stack" => shape::together(budget, name, args),
        "meshgrid" => shape::meshgrid(budget, args),
        "tile" => shape::tile(budget, args),
        "repeat" => shape::repeat(budget, args),
        "roll" => shape::roll(budget, args),
        "flip" | "flipud" | "fliplr" => shape::flip(budget, name, args),
        "reshape" => {
            let [a, wanted] = args.bind(["a", "shape"])?;
            let a = array(budget, &required(a, name, "an array")?, None)?;
            let wanted = shape::sizes(&[required(wanted, name, "shape")?])?;
            Ok(Object::Array(shape::reshape(budget, &a, &wanted)?))
        }
        "ravel" => {
            let [a] = args.bind(["a"])?;
            let a = array(budget, &required(a, name, "an array")?, None)?;
            Ok(Object::Array(shape::reshape(budget, &a, &[-1])?))
        }
        "transpose" => {
            let [a, order] = args.bind(["a", "axes"])?;
            let a = array(budget, &required(a, name, "an array")?, None)?;
            let order = some(order).map_or(Ok(Vec::new()), |order| shape::sizes(&[order]))?;
            Ok(Object::Array(shape::transpose(&a, &order)?))
        }
        "swapaxes" | "moveaxis" => {
            let [a, one, two] = args.bind(["a", "axis1", "axis2"])?;
            let a = array(budget, &required(a, name, "an array")?, None)?;
            let one = axis(one, a.shape.len())?.unwrap_or(0);
            let two = axis(two, a.shape.len())?.unwrap_or(0);
            let mut order: Vec<usize> = (0..a.shape.len()).collect();
            match name {
                "swapaxes" => order.swap(one, two),
                _ => {
                    let moved = order.remove(one);
                    order.insert(two, moved);
                }
            }
            Ok(Object::Array(a.permuted(&order)))
        }
        "expand_dims" => {
            let [a, at] = args.bind(["a", "axis"])?;
            let a = array(budget, &required(a, name, "an array")?, None)?;
            let at = axis(at, a.shape.len() + 1)?.unwrap_or(0);
            Ok(Object::Array(a.with_axis(at)?))
        }
        "squeeze" => {
            let [a, at] = args.bind(["a", "axis"])?;
            let a = array(budget, &required(a, name, "an array")?, None)?;
            let at = axis(at, a.shape.len())?;
            Ok(Object::Array(shape::squeeze(&a, at)?))
        }
        "broadcast_to" => {
            let [a, to] = args.bind(["array", "shape"])?;
            let a = array(budget, &required(a, name, "an array")?, None)?;
            let to = super::args::shape(&required(to, name, "shape")?)?;
            let wide = a.broadcast(&to).ok_or_else(|| {
                super::object::value_error("operands could not be broadcast together with remapped shapes")
            })?;
            // A copy: elements of a view would be written to in several places at once.
            Ok(Object::Array(wide.cast(budget, a.of)?))
        }
        "sum" | "prod" | "min" | "max" | "amin" | "amax" | "any" | "all" => {
            let [a, at, of, keeps] = match name {
                "sum" | "prod" => args.bind(["a", "axis", "dtype", "keepdims"])?,
                _ => {
                    let [a, at, keeps] = args.bind(["a", "axis", "keepdims"])?;
                    [a, at, None, keeps]
                }
            };
            let a = array(budget, &required(a, name, "an array")?, None)?;
            let by = match name {
                "sum" => Reduction::Sum,
                "prod" => Reduction::Prod,
                "min" | "amin" => Reduction::Min,
                "max" | "amax" => Reduction::Max,
                "any" => Reduction::Any,
                _ => Reduction::All,
            };
            let at = axis(at, a.shape.len())?;
            let of = dtype(of)?.unwrap_or(by.of(a.of));
            reduce::reduce(budget, by, &a, at, of, flag(keeps, false)?)
        }
        "ptp" | "count_nonzero" | "nonzero" | "flatnonzero" => {
            let a = array(budget, &args.only()?, None)?;
            match name {
                "ptp" => {
                    let end = |by| reduce::reduce(budget, by, &a, None, a.of, false);
                    let (high, low) = (end(Reduction::Max)?, end(Reduction::Min)?);
                    ufunc::call(
                        budget,
                        Fun::Sub,
                        &[operand(budget, &high)?, operand(budget, &low)?],
                    )
                }
                "count_nonzero" => {
                    let mut count = 0;
                    budget.spend(a.len())?;
                    a.each(|value| {
                        count += i128::from(value.truth());
                        Ok(())
                    })?;
                    Ok(Object::Scalar(Scalar::I64, super::object::Num::Int(count)))
                }
                "nonzero" => {
                    let all = index::nonzero(budget, &a)?;
                    budget.tuple(all.into_iter().map(Object::Array).collect())
                }
                _ => {
                    let flat = shape::reshape(budget, &a, &[-1])?;
                    let all = index::nonzero(budget, &flat)?;
                    Ok(all.into_iter().next().map_or(Object::None, Object::Array))
                }
            }
        }
        "mean" | "average" => {
            let [a, at, keeps] = args.bind(["a", "axis", "keepdims"])?;
            let a = array(budget, &required(a, name, "an array")?, None)?;
            let at = axis(at, a.shape.len())?;
            reduce::mean(budget, &a, at, flag(keeps, false)?)
        }
        "var" | "std" => {
            let [a, at, ddof, keeps] = args.bind(["a", "axis", "ddof", "keepdims"])?;
            let a = array(budget, &required(a, name, "an array")?, None)?;
            let ddof = match ddof.and_then(|ddof| ddof.number()) {
                Some((_, ddof)) => ddof.float(),
                None => 0.0,
            };
            let at = axis(at, a.shape.len())?;
            reduce::variance(budget, &a, at, ddof, flag(keeps, false)?, name == "std")
        }
        "argmin" | "argmax" => {
            let [a, at, keeps] = args.bind(["a", "axis", "keepdims"])?;
            let a = array(budget, &required(a, name, "an array")?, None)?;
            let at = axis(at, a.shape.len())?;
            reduce::argument(budget, &a, at, name == "argmax", flag(keeps, false)?)
        }
        "cumsum" | "cumprod" => {
            let [a, at, of] = args.bind(["a", "axis", "dtype"])?;
            let a = array(budget, &required(a, name, "an array")?, None)?;
            let of = dtype(of)?.unwrap_or(reduce::wide(a.of));
            let fun = if name == "cumsum" { Fun::Add } else { Fun::Mul };
            let at = axis(at, a.shape.len())?;
            reduce::cumulative(budget, &a, at, fun, of)
        }
        "sort" | "argsort" => {
            let [a, at, kind] = args.bind(["a", "axis", "kind"])?;
            let a = array(budget, &required(a, name, "an array")?, None)?;
            let is_stable =
                matches!(some(kind), Some(Object::Str(kind)) if matches!(&*kind, "stable" | "mergesort"));
            let at = match at {
                None => Some(super::args::axis_at(-1, a.shape.len())?),
                at => axis(at, a.shape.len())?,
            };
            reduce::sorted(budget, &a, at, name == "argsort", is_stable).map(Object::Array)
        }
        "diff" => {
            let [a, n, at] = args.bind(["a", "n", "axis"])?;
            if n.is_some_and(|n| !matches!(n, Object::Int(1))) {
                return Err(Fault::unsupported("np.diff more than once is not supported"));
            }
            let a = array(budget, &required(a, name, "an array")?, None)?;
            let at = match at {
                None => super::args::axis_at(-1, a.shape.len())?,
                at => axis(at, a.shape.len())?.unwrap_or(0),
            };
            let less = a.shape[at].saturating_sub(1);
            let part = |from: usize| Object::Array(a.sliced(at, from.min(a.shape[at]), less, 1));
            let fun = if a.of == Scalar::Bool {
                Fun::Unequal
            } else {
                Fun::Sub
            };
            ufunc::call(
                budget,
                fun,
                &[operand(budget, &part(1))?, operand(budget, &part(0))?],
            )
        }
        "dot" | "matmul" | "outer" => {
            let [a, b] = args.bind(["a", "b"])?;
            let a = array(budget, &required(a, name, "a")?, None)?;
            let b = array(budget, &required(b, name, "b")?, None)?;
            match name {
                "dot" => linear::dot(budget, &a, &b),
                "matmul" => linear::matmul(budget, &a, &b),
                _ => linear::outer(budget, &a, &b),
            }
        }
        "size" | "ndim" | "shape" => {
            let a = first(&args)?;
            super::methods::attribute(budget, &Object::Array(a), name)
        }
        "isscalar" => Ok(Object::Bool(!matches!(
            args.only()?,
            Object::Array(_) | Object::List(_) | Object::Tuple(_)
        ))),
        "array_equal" => {
            let [a, b] = args.bind(["a1", "a2"])?;
            let a = array(budget, &required(a, name, "a1")?, None)?;
            let b = array(budget, &required(b, name, "a2")?, None)?;
            if a.shape != b.shape {
                return Ok(Object::Bool(false));
            }
            let (a, b) = (Object::Array(a), Object::Array(b));
            let same = ufunc::call(budget, Fun::Equal, &[operand(budget, &a)?, operand(budget, &b)?])?;
            let same = array(budget, &same, None)?;
            let all = reduce::reduce(budget, Reduction::All, &same, None, Scalar::Bool, false)?;
            Ok(Object::Bool(all.truth()?))
        }
        "dtype" => match dtype(Some(args.only()?))? {
            Some(of) => Ok(Object::Type(of, false)),
            None => Ok(Object::Type(Scalar::F64, false)),
        },
        "iinfo" | "finfo" => match dtype(Some(args.only()?))? {
            // Asked for by attributes of the type itself: see `methods::attribute`.
            Some(of) => Ok(Object::Type(of, false)),
            None => Err(Fault::unsupported(format!("np.{name} needs a type"))),
        },
        "bincount" => {
            let [a, weights, least] = args.bind(["x", "weights", "minlength"])?;
            if some(weights).is_some() {
                return Err(Fault::unsupported("weights of np.bincount are not supported"));
            }
            let a = array(budget, &required(a, name, "x")?, None)?;
            let least = least.map_or(Ok(0), |least| create::count(&least))?;
            let places = a.numbers(budget)?;
            let most = places.iter().map(|place| place.int()).max().unwrap_or(-1);
            if places.iter().any(|place| place.int() < 0) {
                return Err(super::object::value_error(
                    "'list' argument must have no negative elements",
                ));
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
                    super::array::store(&mut bytes, Scalar::I64, at, super::object::Num::Int(had + 1));
                }
            }
            Ok(Object::Array(out))
        }
        "take" => {
            let [a, at] = args.bind(["a", "indices"])?;
            let a = array(budget, &required(a, name, "an array")?, None)?;
            let flat = shape::reshape(budget, &a, &[-1])?;
            let part = index::part(budget, &required(at, name, "indices")?)?;
            index::get(budget, &flat, &[part])
        }
        "fill_diagonal" => {
            args.name = name.into();
            let [a, value] = args.bind(["a", "val"])?;
            let a = required(a, name, "an array")?;
            let Object::Array(a) = a else {
                return Err(super::object::type_error("np.fill_diagonal needs an array"));
            };
            if a.shape.len() != 2 {
                return Err(Fault::unsupported(
                    "np.fill_diagonal is for arrays of two axes here",
                ));
            }
            let value = required(value, name, "val")?;
            for k in 0..a.shape[0].min(a.shape[1]) {
                let place = [index::Part::At(k as i128), index::Part::At(k as i128)];
                index::set(budget, &a, &place, &value)?;
            }
            Ok(Object::None)
        }
        _ => Err(Fault::unsupported(format!("np.{name} is not supported in setup"))),
    }
}

/// A ufunc with `out=` and `dtype=`.
fn elementwise(budget: &Budget, fun: Fun, mut args: Args) -> Res<Object> {
    let mut out = None;
    let mut of = None;
    for (name, value) in std::mem::take(&mut args.named) {
        match name.as_str() {
            "out" => out = some(Some(value)),
            "dtype" => of = dtype(Some(value))?,
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
        return Err(super::object::type_error(format!(
            "{}() takes {} positional arguments but {} were given",
            fun.name(),
            fun.arity(),
            args.given.len()
        )));
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
        Some(_) => Err(super::object::type_error("return arrays must be of ArrayType")),
    }
}

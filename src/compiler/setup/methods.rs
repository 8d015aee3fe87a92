//! Attributes and methods of objects.

use super::args::Args;
use super::create;
use super::numpy;
use super::object::{Budget, Fault, Object, Res, type_error};
use super::ops::{self, converted};
use super::reduce;
use super::{iterate, random, shape};
use crate::syntax::CompareOp;

/// Functions of `numpy` that are methods, too.
const SHARED: [&str; 24] = [
    "sum", "prod", "min", "max", "any", "all", "mean", "var", "std", "argmin", "argmax", "cumsum", "cumprod",
    "clip", "round", "repeat", "ravel", "dot", "nonzero", "swapaxes", "squeeze", "argsort", "ptp", "take",
];

/// `of.name`.
pub fn attribute(budget: &Budget, of: &Object, name: &str) -> Res<Object> {
    let int = |value: usize| Object::Int(value as i128);
    match (of, name) {
        (Object::Array(array), "shape") => budget.tuple(array.shape.iter().map(|size| int(*size)).collect()),
        (Object::Array(array), "size") => Ok(int(array.len())),
        (Object::Array(array), "ndim") => Ok(int(array.shape.len())),
        (Object::Array(array), "dtype") => Ok(Object::Type(array.of, false)),
        (Object::Array(array), "T") => shape::transpose(array, &[]).map(Object::Array),
        (Object::Array(array), "itemsize") => Ok(int(array.of.bytes() as usize)),
        (Object::Array(array), "nbytes") => Ok(int(array.len() * array.of.bytes() as usize)),
        (Object::Array(array), "flat") => shape::reshape(budget, array, &[-1]).map(Object::Array),
        (Object::Array(array), "real") => Ok(Object::Array(array.clone())),
        (Object::Scalar(of, _), "dtype") => Ok(Object::Type(*of, false)),
        (Object::Scalar(..), "shape") => budget.tuple(Vec::new()),
        (Object::Scalar(..), "ndim") => Ok(int(0)),
        (Object::Scalar(..), "size") => Ok(int(1)),
        (Object::Scalar(..) | Object::Float(_) | Object::Int(_), "real") => Ok(of.clone()),
        (Object::Type(of, _), "type") => Ok(Object::Type(*of, false)),
        (Object::Type(of, _), "itemsize") => Ok(int(of.bytes() as usize)),
        (Object::Type(of, _), "name") => Ok(Object::Str(of.name().into())),
        (Object::Type(of, _), _) if create::limits_of(*of, name).is_some() => {
            create::limits_of(*of, name).ok_or_else(|| type_error("unknown"))
        }
        _ => Err(Fault::raised(
            "AttributeError",
            format!(
                "'{}' object has no attribute '{name}' that is supported here",
                of.type_name()
            ),
        )),
    }
}

/// `of.name(...)`.
pub fn call(budget: &Budget, of: &Object, name: &str, args: &mut Args) -> Res<Object> {
    match of {
        Object::Array(array) => match name {
            "astype" => shape::astype(budget, array, args),
            "copy" | "flatten" => {
                args.bind(&["order"])?;
                create::in_order(args.some(0))?;
                let whole = array.cast(budget, array.of)?;
                match name {
                    "copy" => Ok(Object::Array(whole)),
                    _ => shape::reshape(budget, &whole, &[-1]).map(Object::Array),
                }
            }
            "reshape" => {
                args.named.retain(|(name, value)| !matches!((name.as_str(), value), ("order", Object::Str(order)) if &**order == "C"));
                if let Some((keyword, _)) = args.named.first() {
                    let words = format!("the argument '{keyword}' of reshape() is not supported");
                    return Err(Fault::unsupported(words));
                }
                let wanted = shape::sizes(&args.given)?;
                shape::reshape(budget, array, &wanted).map(Object::Array)
            }
            "transpose" => {
                let order = match args.given.as_slice() {
                    [Object::None] => Vec::new(),
                    given => shape::sizes(given)?,
                };
                shape::transpose(array, &order).map(Object::Array)
            }
            "fill" => {
                let value = args.only()?;
                let Some((kind, number)) = value.number() else {
                    return Err(type_error("fill() needs a number"));
                };
                budget.spend(array.len())?;
                array.fill(converted(kind, number, array.of)?)?;
                Ok(Object::None)
            }
            "sort" => {
                args.bind(&["axis", "kind"])?;
                let at = match args.get(0) {
                    Some(axis) => super::args::axis_at(axis.index()?, array.shape.len())?,
                    None => super::args::axis_at(-1, array.shape.len())?,
                };
                array.assign(&reduce::sorted(budget, array, Some(at), false, true)?)?;
                Ok(Object::None)
            }
            "tolist" => shape::tolist(budget, array),
            "item" => {
                let whole = shape::reshape(budget, array, &[-1])?;
                let at = match args.given.as_slice() {
                    [] if array.len() == 1 => 0,
                    [at] => super::index::place(at.index()?, array.len(), 0)?,
                    _ => {
                        return Err(super::object::value_error(
                            "can only convert an array of size 1 to a Python scalar",
                        ));
                    }
                };
                Ok(shape::item(array.of, whole.at(0, at).first()))
            }
            _ if SHARED.contains(&name) => {
                args.given.insert(0, of.clone());
                numpy::function(budget, name, args)
            }
            _ => Err(no_method(of, name)),
        },
        Object::Scalar(scalar, bits) => match name {
            "item" => Ok(shape::item(*scalar, super::array::number(*scalar, *bits))),
            "astype" | "copy" => {
                let array = ops::array(budget, of, None)?;
                match name {
                    "copy" => Ok(of.clone()),
                    _ => match shape::astype(budget, &array, args)? {
                        Object::Array(array) => Ok(super::ufunc::unwrapped(array)),
                        other => Ok(other),
                    },
                }
            }
            _ if SHARED.contains(&name) => {
                args.given.insert(0, of.clone());
                numpy::function(budget, name, args)
            }
            _ => Err(no_method(of, name)),
        },
        Object::List(list) => match name {
            "append" => {
                list.push(args.only()?)?;
                Ok(Object::None)
            }
            "extend" => {
                for item in iterate::collected(budget, &args.only()?)? {
                    list.push(item)?;
                }
                Ok(Object::None)
            }
            "copy" => budget.list(list.to_vec()),
            "pop" => {
                args.bind(&["index"])?;
                let at = args.index(0, -1)?;
                if list.len() == 0 {
                    return Err(super::index::index_error("pop from empty list"));
                }
                let at = super::index::place(at, list.len(), 0)
                    .map_err(|_| super::index::index_error("pop index out of range"))?;
                Ok(list.items.borrow_mut().remove(at))
            }
            "reverse" => {
                list.items.borrow_mut().reverse();
                Ok(Object::None)
            }
            "sort" => {
                args.given.insert(0, of.clone());
                if let Object::List(made) = super::builtins::call(budget, "sorted", args)? {
                    let items = made.to_vec();
                    let old = std::mem::replace(&mut *list.items.borrow_mut(), items);
                    drop(old);
                }
                Ok(Object::None)
            }
            _ => sequence(budget, of, name, args),
        },
        Object::Tuple(_) => sequence(budget, of, name, args),
        Object::Generator(generator) => random::call(budget, generator, name, args),
        Object::Float(value) if name == "is_integer" => Ok(Object::Bool(value.fract() == 0.0)),
        Object::Int(value) if name == "bit_length" => Ok(Object::Int(i128::from(
            128 - value.unsigned_abs().leading_zeros(),
        ))),
        Object::Function(_) if name == "py_func" => {
            Err(Fault::unsupported("py_func is not supported").help("call the function itself"))
        }
        _ => Err(no_method(of, name)),
    }
}

fn sequence(budget: &Budget, of: &Object, name: &str, args: &mut Args) -> Res<Object> {
    let (Object::List(all) | Object::Tuple(all)) = of else {
        return Err(no_method(of, name));
    };
    match name {
        "index" | "count" => {
            let wanted = args.only()?;
            let mut count = 0;
            for (at, item) in all.to_vec().iter().enumerate() {
                if ops::compare(budget, CompareOp::Equal, item, &wanted)?.truth()? {
                    if name == "index" {
                        return Ok(Object::Int(at as i128));
                    }
                    count += 1;
                }
            }
            match name {
                "count" => Ok(Object::Int(count)),
                _ => Err(super::object::value_error("the value is not in the list")),
            }
        }
        _ => Err(no_method(of, name)),
    }
}

fn no_method(of: &Object, name: &str) -> Fault {
    let words = format!(
        "the method '{name}' of '{}' is not supported in setup",
        of.type_name()
    );
    Fault::unsupported(words)
}

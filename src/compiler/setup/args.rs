//! Arguments of a call, by position and by name.

use super::array::Array;
use super::object::{Budget, Fault, Object, Res, type_error};
use crate::types::Scalar;

/// What a function is called with. [`Args::bind`] gives each parameter its place; all else asks by that.
pub struct Args {
    /// As messages call the function.
    pub name: String,
    pub given: Vec<Object>,
    pub named: Vec<(String, Object)>,
    bound: Vec<Option<Object>>,
}

impl Args {
    /// As they stand in the call.
    pub fn new(given: Vec<Object>, named: Vec<(String, Object)>) -> Args {
        Args {
            name: String::new(),
            given,
            named,
            bound: Vec::new(),
        }
    }

    /// Puts each parameter's argument at its place, where one is given. Those that are not known are refused.
    pub fn bind(&mut self, names: &[&str]) -> Res<()> {
        let (many, given) = (names.len(), self.given.len());
        if given > many {
            let words = format!(
                "{}() takes at most {many} arguments here ({given} given)",
                self.name
            );
            return Err(type_error(words));
        }
        self.bound = std::mem::take(&mut self.given).into_iter().map(Some).collect();
        self.bound.resize(many, None);
        for (name, object) in std::mem::take(&mut self.named) {
            match names.iter().position(|known| *known == name) {
                Some(at) if self.bound[at].is_none() => self.bound[at] = Some(object),
                Some(_) => {
                    let words = format!("{}() got multiple values for argument '{name}'", self.name);
                    return Err(type_error(words));
                }
                None => {
                    let words = format!("the argument '{name}' of {}() is not supported", self.name);
                    return Err(Fault::unsupported(words).help(format!("it takes {} here", names.join(", "))));
                }
            }
        }
        Ok(())
    }

    /// An argument, if it was given.
    pub fn get(&self, at: usize) -> Option<&Object> {
        self.bound.get(at)?.as_ref()
    }

    /// One that is not there if it is `None`.
    pub fn some(&self, at: usize) -> Option<&Object> {
        self.get(at).filter(|object| !matches!(object, Object::None))
    }

    /// One that has to be there.
    pub fn need(&self, at: usize, what: &str) -> Res<&Object> {
        self.get(at).ok_or_else(|| missing(&self.name, what))
    }

    /// One that has to be there and becomes an array.
    pub fn array(&self, budget: &Budget, at: usize, what: &str) -> Res<Array> {
        super::ops::array(budget, self.need(at, what)?, None)
    }

    /// `True` or `False`.
    pub fn flag(&self, at: usize, otherwise: bool) -> Res<bool> {
        self.get(at).map_or(Ok(otherwise), Object::truth)
    }

    /// A whole number.
    pub fn index(&self, at: usize, otherwise: i128) -> Res<i128> {
        self.get(at).map_or(Ok(otherwise), Object::index)
    }

    /// A `dtype`.
    pub fn dtype(&self, at: usize) -> Res<Option<Scalar>> {
        dtype(self.get(at))
    }

    /// An `axis`, from either end.
    pub fn axis(&self, at: usize, axes: usize) -> Res<Option<usize>> {
        match self.some(at) {
            None => Ok(None),
            Some(Object::Tuple(_)) => Err(Fault::unsupported("several axes at once are not supported")
                .help("reduce one axis after another")),
            Some(object) => axis_at(object.index()?, axes).map(Some),
        }
    }

    /// One by position alone.
    pub fn only(&mut self) -> Res<Object> {
        self.bind(&[""])?;
        self.need(0, "an argument").cloned()
    }
}

/// An argument that has to be there and is not.
pub fn missing(function: &str, what: &str) -> Fault {
    type_error(format!("{function}() is missing {what}"))
}

/// A `dtype`.
pub fn dtype(given: Option<&Object>) -> Res<Option<Scalar>> {
    Ok(match given {
        None | Some(Object::None) => None,
        Some(Object::Type(of, _)) => Some(*of),
        Some(Object::Str(name)) => match Scalar::named(name) {
            Some(of) => Some(of),
            None => {
                Some(short(name).ok_or_else(|| type_error(format!("data type '{name}' not understood")))?)
            }
        },
        Some(other) => {
            return Err(type_error(format!(
                "Cannot interpret '{}' as a data type",
                other.type_name()
            )));
        }
    })
}

/// `f4`, `<i8`, `int`, and the like.
pub fn short(name: &str) -> Option<Scalar> {
    Some(match name.trim_start_matches(['<', '=', '|']) {
        "int" | "i8" | "l" | "q" => Scalar::I64,
        "float" | "f8" | "d" => Scalar::F64,
        "f4" | "f" => Scalar::F32,
        "i4" | "i" => Scalar::I32,
        "i2" | "h" => Scalar::I16,
        "i1" | "b" => Scalar::I8,
        "u8" | "L" | "Q" => Scalar::U64,
        "u4" | "I" => Scalar::U32,
        "u2" | "H" => Scalar::U16,
        "u1" | "B" => Scalar::U8,
        "b1" | "?" => Scalar::Bool,
        _ => return None,
    })
}

/// An axis by its number, from either end.
pub fn axis_at(at: i128, axes: usize) -> Res<usize> {
    let from = if at < 0 {
        at.saturating_add(axes as i128)
    } else {
        at
    };
    match usize::try_from(from) {
        Ok(from) if from < axes => Ok(from),
        _ => Err(Fault::raised(
            "AxisError",
            format!("axis {at} is out of bounds for array of dimension {axes}"),
        )),
    }
}

/// A shape: an integer or some.
pub fn shape(object: &Object) -> Res<Vec<usize>> {
    let one = |object: &Object| -> Res<usize> {
        let size = match object {
            Object::Float(value) => {
                return Err(type_error(format!(
                    "expected a sequence of integers or a single integer, got '{value:?}'"
                )));
            }
            _ => object.index()?,
        };
        usize::try_from(size).map_err(|_| super::object::value_error("negative dimensions are not allowed"))
    };
    match object {
        Object::Tuple(all) | Object::List(all) => all.to_vec().iter().map(one).collect(),
        Object::Array(array) if array.shape.len() == 1 && array.of.is_int() => {
            let mut out = Vec::new();
            array.each(&mut |value| {
                out.push(one(&Object::Int(value.int()))?);
                Ok(())
            })?;
            Ok(out)
        }
        _ => Ok(vec![one(object)?]),
    }
}

//! Arguments of a call, by position and by name.

use super::object::{Object, Res, type_error};
use crate::types::Scalar;

/// What a function is called with.
pub struct Args {
    /// As messages call the function.
    pub name: String,
    pub given: Vec<Object>,
    pub named: Vec<(String, Object)>,
}

impl Args {
    /// Each parameter's argument, where one is given. Those that are not known are refused.
    pub fn bind<const N: usize>(self, names: [&str; N]) -> Res<[Option<Object>; N]> {
        let mut out = [const { None }; N];
        if self.given.len() > N {
            return Err(type_error(format!(
                "{}() takes at most {N} arguments here ({} given)",
                self.name,
                self.given.len()
            )));
        }
        for (place, object) in out.iter_mut().zip(self.given) {
            *place = Some(object);
        }
        for (name, object) in self.named {
            match names.iter().position(|known| *known == name) {
                Some(at) if out[at].is_none() => out[at] = Some(object),
                Some(_) => {
                    let words = format!("{}() got multiple values for argument '{name}'", self.name);
                    return Err(type_error(words));
                }
                None => {
                    let words = format!("the argument '{name}' of {}() is not supported", self.name);
                    return Err(super::object::Fault::unsupported(words)
                        .help(format!("it takes {} here", names.join(", "))));
                }
            }
        }
        Ok(out)
    }

    /// One by position alone.
    pub fn only(self) -> Res<Object> {
        let name = self.name.clone();
        let [one] = self.bind([""])?;
        required(one, &name, "an argument")
    }
}

/// An argument that has to be there.
pub fn required(given: Option<Object>, function: &str, what: &str) -> Res<Object> {
    given.ok_or_else(|| type_error(format!("{function}() is missing {what}")))
}

/// An argument that is not there if it is `None`.
pub fn some(given: Option<Object>) -> Option<Object> {
    given.filter(|object| !matches!(object, Object::None))
}

/// A `dtype`.
pub fn dtype(given: Option<Object>) -> Res<Option<Scalar>> {
    Ok(match some(given) {
        None => None,
        Some(Object::Type(of, _)) => Some(of),
        Some(Object::Str(name)) => match Scalar::named(&name) {
            Some(of) => Some(of),
            None => {
                Some(short(&name).ok_or_else(|| type_error(format!("data type '{name}' not understood")))?)
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
fn short(name: &str) -> Option<Scalar> {
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

/// `True` or `False`.
pub fn flag(given: Option<Object>, otherwise: bool) -> Res<bool> {
    given.map_or(Ok(otherwise), |object| object.truth())
}

/// An `axis`, from either end.
pub fn axis(given: Option<Object>, axes: usize) -> Res<Option<usize>> {
    match some(given) {
        None => Ok(None),
        Some(Object::Tuple(_)) => Err(super::object::Fault::unsupported(
            "several axes at once are not supported",
        )
        .help("reduce one axis after another")),
        Some(object) => axis_at(object.index()?, axes).map(Some),
    }
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
        _ => Err(super::object::Fault::raised(
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
            array.each(|value| {
                out.push(one(&Object::Int(value.int()))?);
                Ok(())
            })?;
            Ok(out)
        }
        _ => Ok(vec![one(object)?]),
    }
}

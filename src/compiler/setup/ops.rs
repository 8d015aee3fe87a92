//! Operators between any objects, and what becomes an array.

use super::array::{Array, cast, store};
use super::number;
use super::object::{Budget, Fault, Num, Object, Res, Weak, type_error, value_error};
use super::ufunc::{self, From, Fun, Operand, fitted, promoted};
use crate::syntax::{BinaryOp, CompareOp};
use crate::types::Scalar;

/// Lists within lists that become an array, at most.
const MOST_NESTED: usize = super::array::MOST_AXES;

/// An operator of two.
pub fn binary(budget: &Budget, op: BinaryOp, a: &Object, b: &Object) -> Res<Object> {
    if let Some(done) = number::binary(op, a, b) {
        return done;
    }
    let is_plain = |object: &Object| !matches!(object, Object::Array(_) | Object::Scalar(..));
    match (op, a, b) {
        (BinaryOp::Add, Object::List(x), Object::List(y)) => {
            return budget.list([x.to_vec(), y.to_vec()].concat());
        }
        (BinaryOp::Add, Object::Tuple(x), Object::Tuple(y)) => {
            return budget.tuple([x.to_vec(), y.to_vec()].concat());
        }
        (BinaryOp::Mul, Object::List(all) | Object::Tuple(all), times)
        | (BinaryOp::Mul, times, Object::List(all) | Object::Tuple(all))
            if matches!(times, Object::Int(_) | Object::Bool(_))
                || matches!(times, Object::Scalar(of, _) if of.is_int()) =>
        {
            let count = usize::try_from(times.index()?.max(0)).unwrap_or(usize::MAX);
            let length = count.saturating_mul(all.len());
            budget.spend(length)?;
            let bytes = length.saturating_mul(size_of::<Object>());
            budget.meter.hold(bytes)?;
            budget.meter.release(bytes);
            let items = all.to_vec();
            let mut out = Vec::with_capacity(length);
            if !items.is_empty() {
                for _ in 0..count {
                    out.extend_from_slice(&items);
                }
            }
            return match (a, b) {
                (Object::List(_), _) | (_, Object::List(_)) => budget.list(out),
                _ => budget.tuple(out),
            };
        }
        (BinaryOp::Add, Object::Str(a), Object::Str(b)) if a.len() + b.len() < 4_096 => {
            return Ok(Object::Str(format!("{a}{b}").into()));
        }
        _ if is_plain(a) && is_plain(b) => {
            return Err(type_error(format!(
                "unsupported operand type(s) for {}: '{}' and '{}'",
                op.sign(),
                a.type_name(),
                b.type_name()
            )));
        }
        _ => {}
    }
    if op == BinaryOp::MatMul {
        return super::linear::matmul(budget, &array(budget, a, None)?, &array(budget, b, None)?);
    }
    ufunc::call(budget, fun_of(op), &[operand(budget, a)?, operand(budget, b)?])
}

fn fun_of(op: BinaryOp) -> Fun {
    match op {
        BinaryOp::Add => Fun::Add,
        BinaryOp::Sub => Fun::Sub,
        BinaryOp::Mul | BinaryOp::MatMul => Fun::Mul,
        BinaryOp::Div => Fun::Div,
        BinaryOp::FloorDiv => Fun::FloorDiv,
        BinaryOp::Mod => Fun::Mod,
        BinaryOp::Pow => Fun::Pow,
        BinaryOp::ShiftLeft => Fun::Shl,
        BinaryOp::ShiftRight => Fun::Shr,
        BinaryOp::And => Fun::And,
        BinaryOp::Or => Fun::Or,
        BinaryOp::Xor => Fun::Xor,
    }
}

/// `target op= value` where the target may change in place.
pub fn augmented(budget: &Budget, op: BinaryOp, target: &Object, value: &Object) -> Res<Object> {
    match (op, target) {
        (BinaryOp::Add, Object::List(list)) => {
            for item in super::iterate::collected(budget, value)? {
                list.push(item)?;
            }
            Ok(target.clone())
        }
        (_, Object::Array(array)) => {
            let made = binary(budget, op, target, value)?;
            into_place(array, &made, fun_of(op))?;
            Ok(target.clone())
        }
        _ => binary(budget, op, target, value),
    }
}

/// Puts what a ufunc made into an array, where its kind of type allows it.
pub fn into_place(array: &Array, made: &Object, fun: Fun) -> Res<()> {
    let (of, shape) = match made {
        Object::Array(made) => (made.of, made.shape.as_slice()),
        Object::Scalar(of, _) => (*of, &[][..]),
        _ => (array.of, &[][..]),
    };
    if !same_kind(of, array.of) {
        return Err(Fault::raised(
            "UFuncTypeError",
            format!(
                "Cannot cast ufunc '{}' output from dtype('{of}') to dtype('{}') with casting rule 'same_kind'",
                fun.name(),
                array.of
            ),
        )
        .help("write a = a + b, which makes an array of the wider type"));
    }
    if shape != array.shape.as_slice() && !(shape.is_empty() && array.len() == 1) {
        return Err(value_error(format!(
            "non-broadcastable output operand with shape {} doesn't match the broadcast shape {}",
            super::array::shape_text(&array.shape),
            super::array::shape_text(shape)
        )));
    }
    match made {
        Object::Array(made) => array.assign(made),
        Object::Scalar(of, bits) => array.fill(cast(super::array::number(*of, *bits), array.of)?),
        _ => Ok(()),
    }
}

/// Whether NumPy casts one to the other where the kind has to stay.
pub fn same_kind(from: Scalar, to: Scalar) -> bool {
    let rank = |of: Scalar| match of {
        Scalar::Bool => 0,
        of if of.is_float() => 3,
        of if of.is_signed() => 2,
        _ => 1,
    };
    rank(from) <= rank(to)
}

/// A comparison of two.
pub fn compare(budget: &Budget, op: CompareOp, a: &Object, b: &Object) -> Res<Object> {
    compare_within(budget, op, a, b, 0)
}

fn compare_within(budget: &Budget, op: CompareOp, a: &Object, b: &Object, depth: usize) -> Res<Object> {
    budget.spend(1)?;
    if depth > 50 {
        return Err(Fault::limit("lists within lists are too deep to be compared"));
    }
    if let Some(order) = number::ordered(a, b)
        && !matches!(
            op,
            CompareOp::Is | CompareOp::IsNot | CompareOp::In | CompareOp::NotIn
        )
    {
        return Ok(Object::Bool(number::holds(op, order)));
    }
    let negated = |value: Object| Ok(Object::Bool(!value.truth()?));
    match op {
        CompareOp::NotIn => negated(compare_within(budget, CompareOp::In, a, b, depth)?),
        CompareOp::IsNot => negated(compare_within(budget, CompareOp::Is, a, b, depth)?),
        CompareOp::Is => match (a, b) {
            (Object::None, _) | (_, Object::None) => {
                Ok(Object::Bool(matches!((a, b), (Object::None, Object::None))))
            }
            (Object::Bool(a), Object::Bool(b)) => Ok(Object::Bool(a == b)),
            _ => Err(Fault::unsupported("'is' is for None, True and False here").help("compare with ==")),
        },
        CompareOp::In => match b {
            Object::Range(range) => match a {
                Object::Int(value) => {
                    let offset = value - range.start;
                    let inside =
                        offset % range.step == 0 && (0..range.len()).contains(&(offset / range.step));
                    Ok(Object::Bool(inside))
                }
                _ => Err(Fault::unsupported("only integers are looked for in a range")),
            },
            Object::List(all) | Object::Tuple(all) => {
                for item in all.to_vec() {
                    if compare_within(budget, CompareOp::Equal, a, &item, depth + 1)?.truth()? {
                        return Ok(Object::Bool(true));
                    }
                }
                Ok(Object::Bool(false))
            }
            Object::Array(_) => {
                let same = compare_within(budget, CompareOp::Equal, b, a, depth)?;
                let mut found = false;
                if let Object::Array(same) = same {
                    same.each(&mut |value| {
                        found |= value.truth();
                        Ok(())
                    })?;
                }
                Ok(Object::Bool(found))
            }
            _ => Err(type_error(format!(
                "argument of type '{}' is not iterable",
                b.type_name()
            ))),
        },
        _ => match (a, b) {
            (Object::Array(_) | Object::Scalar(..), _) | (_, Object::Array(_) | Object::Scalar(..))
                if is_numeric(a) && is_numeric(b) =>
            {
                let fun = match op {
                    CompareOp::Equal => Fun::Equal,
                    CompareOp::Unequal => Fun::Unequal,
                    CompareOp::Less => Fun::Less,
                    CompareOp::AtMost => Fun::AtMost,
                    CompareOp::Greater => Fun::Greater,
                    _ => Fun::AtLeast,
                };
                ufunc::call(budget, fun, &[operand(budget, a)?, operand(budget, b)?])
            }
            _ => match (op, same(budget, a, b, depth)?) {
                (CompareOp::Equal, Some(same)) => Ok(Object::Bool(same)),
                (CompareOp::Unequal, Some(same)) => Ok(Object::Bool(!same)),
                _ => Err(Fault::unsupported(format!(
                    "comparing '{}' with '{}' is not supported",
                    a.type_name(),
                    b.type_name()
                ))),
            },
        },
    }
}

fn is_numeric(object: &Object) -> bool {
    object.number().is_some() || matches!(object, Object::Array(_) | Object::List(_) | Object::Tuple(_))
}

fn same(budget: &Budget, a: &Object, b: &Object, depth: usize) -> Res<Option<bool>> {
    Ok(Some(match (a, b) {
        (Object::None, Object::None) => true,
        (Object::Array(_), _) | (_, Object::Array(_)) => return Ok(None),
        (Object::None, _) | (_, Object::None) => false,
        (Object::Str(a), Object::Str(b)) => a == b,
        (Object::Str(name), Object::Type(of, _)) | (Object::Type(of, _), Object::Str(name)) => {
            Scalar::named(name) == Some(*of)
        }
        (Object::Type(a, _), Object::Type(b, _)) => a == b,
        (Object::Range(a), Object::Range(b)) => a == b,
        (Object::Tuple(x), Object::Tuple(y)) | (Object::List(x), Object::List(y)) => {
            if x.len() != y.len() {
                return Ok(Some(false));
            }
            for (x, y) in x.to_vec().iter().zip(&y.to_vec()) {
                if !compare_within(budget, CompareOp::Equal, x, y, depth + 1)?.truth()? {
                    return Ok(Some(false));
                }
            }
            true
        }
        (Object::Tuple(_) | Object::List(_) | Object::Str(_), _)
        | (_, Object::Tuple(_) | Object::List(_) | Object::Str(_)) => false,
        _ => return Ok(None),
    }))
}

/// What a ufunc takes.
pub fn operand(budget: &Budget, object: &Object) -> Res<Operand> {
    if let Some((kind, number)) = object.number() {
        // Python's integers beyond 64 bits fit no type of NumPy's.
        if let (Weak::Int, Num::Int(value)) = (kind, number)
            && i64::try_from(value).is_err()
            && u64::try_from(value).is_err()
        {
            return Err(Fault::unsupported(format!(
                "the integer {value} fits no type of NumPy's"
            )));
        }
        let from = From::Number(number);
        return Ok(Operand { kind, from });
    }
    let array = array(budget, object, None)?;
    Ok(Operand {
        kind: Weak::Not(array.of),
        from: From::Array(array),
    })
}

/// What `np.asarray(object, dtype)` gives: the array itself if it is one of that type.
pub fn array(budget: &Budget, object: &Object, of: Option<Scalar>) -> Res<Array> {
    if let Object::Array(array) = object {
        return match of {
            Some(of) if of != array.of => array.cast(budget, of),
            _ => Ok(array.clone()),
        };
    }
    let mut shape = Vec::new();
    let mut found = None;
    look(budget, object, 0, &mut shape, &mut found)?;
    let of = of.or(found).unwrap_or(Scalar::F64);
    let out = budget.array(of, &shape)?;
    let mut at = 0;
    put(&out, object, &mut at)?;
    Ok(out)
}

/// Finds the shape and the type; nested lists have to have one shape.
fn look(
    budget: &Budget,
    object: &Object,
    depth: usize,
    shape: &mut Vec<usize>,
    found: &mut Option<Scalar>,
) -> Res<()> {
    budget.spend(1)?;
    let ragged = || {
        value_error(format!(
            "setting an array element with a sequence. The requested array has an inhomogeneous shape after {depth} dimensions."
        ))
    };
    let mut meets = |of: Scalar| *found = Some(found.map_or(of, |found| promoted(found, of)));
    let size = match object {
        Object::Array(array) => {
            meets(array.of);
            let rest = shape.get(depth..).unwrap_or_default();
            if !rest.is_empty() && rest != array.shape.as_slice() {
                return Err(ragged());
            }
            if rest.is_empty() {
                shape.extend_from_slice(&array.shape);
            }
            return Ok(());
        }
        Object::Tuple(all) | Object::List(all) => all.len(),
        Object::Range(range) => usize::try_from(range.len()).unwrap_or(usize::MAX),
        _ => {
            let Some((kind, number)) = object.number() else {
                return Err(Fault::unsupported(format!(
                    "an array cannot be made of '{}' here",
                    object.type_name()
                )));
            };
            meets(match (kind, number) {
                (Weak::Int, Num::Int(value)) if i64::try_from(value).is_err() => Scalar::U64,
                _ => kind.alone(),
            });
            return match shape.len() == depth {
                true => Ok(()),
                false => Err(ragged()),
            };
        }
    };
    if depth >= MOST_NESTED {
        return Err(Fault::unsupported(format!(
            "lists within lists are at most {MOST_NESTED} deep here"
        )));
    }
    match shape.get(depth) {
        Some(have) if *have != size => return Err(ragged()),
        Some(_) => {}
        None => shape.push(size),
    }
    match object {
        Object::Tuple(all) | Object::List(all) => {
            for (at, item) in all.to_vec().iter().enumerate() {
                let axes = shape.len();
                look(budget, item, depth + 1, shape, found)?;
                if at > 0 && shape.len() != axes {
                    return Err(ragged());
                }
            }
        }
        _ => {
            *found = Some(found.map_or(Scalar::I64, |found| promoted(found, Scalar::I64)));
        }
    }
    Ok(())
}

fn put(out: &Array, object: &Object, at: &mut usize) -> Res<()> {
    let mut one = |kind: Weak, number: Num| -> Res<()> {
        let value = converted(kind, number, out.of)?;
        store(&mut out.data.bytes.borrow_mut(), out.of, *at, value);
        *at += 1;
        Ok(())
    };
    match object {
        Object::Array(array) => array.each(&mut |value| one(Weak::Not(array.of), value)),
        Object::Tuple(all) | Object::List(all) => {
            for item in all.to_vec() {
                put(out, &item, at)?;
            }
            Ok(())
        }
        Object::Range(range) => {
            for i in 0..range.len() {
                one(Weak::Int, Num::Int(range.at(i)))?;
            }
            Ok(())
        }
        _ => match object.number() {
            Some((kind, number)) => one(kind, number),
            None => Ok(()),
        },
    }
}

/// A number in a type where it is put into an array: Python's own have to fit, floats as `int(x)` gives them.
pub fn converted(kind: Weak, number: Num, to: Scalar) -> Res<Num> {
    match (kind, number) {
        (Weak::Float, Num::Float(value)) if to.is_int() => {
            fitted(Weak::Int, Num::Int(number::whole(value)?), to)
        }
        _ => fitted(kind, number, to),
    }
}

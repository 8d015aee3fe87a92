//! What `for` goes over.

use super::object::{Budget, Iter, Object, Res, type_error};
use super::ufunc::unwrapped;
use std::cell::RefCell;
use std::rc::Rc;

/// Iterators of iterators, at most.
const DEEPEST: usize = 8;

/// An iterator over an object.
pub fn over(object: &Object) -> Res<Iter> {
    Ok(match object {
        Object::Range(range) => Iter::Range(**range, 0),
        Object::Tuple(all) | Object::List(all) => Iter::Seq(all.clone(), 0),
        Object::Array(array) if !array.shape.is_empty() => Iter::Array(array.clone(), 0),
        Object::Iter(iter) => Iter::Shared(iter.clone()),
        Object::Array(_) => return Err(type_error("iteration over a 0-d array")),
        _ => {
            return Err(type_error(format!(
                "'{}' object is not iterable",
                object.type_name()
            )));
        }
    })
}

fn depth(iter: &Iter) -> usize {
    match iter {
        Iter::Enumerate(inner, _) => 1 + depth(inner),
        Iter::Zip(all) => 1 + all.iter().map(depth).max().unwrap_or(0),
        Iter::Shared(inner) => inner.try_borrow().map_or(DEEPEST, |inner| 1 + depth(&inner)),
        _ => 0,
    }
}

/// An iterator as an object.
pub fn named(iter: Iter) -> Res<Object> {
    if depth(&iter) > DEEPEST {
        return Err(super::object::Fault::limit("iterators of iterators are too deep"));
    }
    Ok(Object::Iter(Rc::new(RefCell::new(iter))))
}

/// The next object.
pub fn next(budget: &Budget, iter: &mut Iter) -> Res<Option<Object>> {
    budget.spend(1)?;
    Ok(match iter {
        Iter::Range(range, at) => {
            *at += 1;
            (*at <= range.len()).then(|| Object::Int(range.at(*at - 1)))
        }
        Iter::Seq(all, at) => {
            *at += 1;
            all.get(*at - 1)
        }
        Iter::Array(array, at) => {
            *at += 1;
            match array.shape.first() {
                Some(size) if *at <= *size => Some(unwrapped(array.at(0, *at - 1))),
                _ => None,
            }
        }
        Iter::Enumerate(inner, at) => match next(budget, inner)? {
            Some(item) => {
                *at += 1;
                Some(budget.tuple(vec![Object::Int(*at - 1), item])?)
            }
            None => None,
        },
        Iter::Zip(all) => {
            let mut items = Vec::with_capacity(all.len());
            for one in all {
                match next(budget, one)? {
                    Some(item) => items.push(item),
                    None => return Ok(None),
                }
            }
            match items.is_empty() {
                true => None,
                false => Some(budget.tuple(items)?),
            }
        }
        Iter::Shared(inner) => match inner.try_borrow_mut() {
            Ok(mut inner) => next(budget, &mut inner)?,
            Err(_) => return Err(super::object::value_error("iterator already executing")),
        },
    })
}

/// All that an object goes over.
pub fn collected(budget: &Budget, object: &Object) -> Res<Vec<Object>> {
    if let Object::Tuple(all) | Object::List(all) = object {
        budget.spend(all.len())?;
        return Ok(all.to_vec());
    }
    let mut iter = over(object)?;
    let mut out = Vec::new();
    while let Some(item) = next(budget, &mut iter)? {
        // As long as the list that it becomes, which is not held yet.
        if out.len() % 1_024 == 0 {
            let bytes = 2 * size_of::<Object>() * (out.len() + 1_024);
            budget.meter.hold(bytes)?;
            budget.meter.release(bytes);
        }
        out.push(item);
    }
    Ok(out)
}

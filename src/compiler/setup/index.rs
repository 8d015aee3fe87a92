//! Subscripts of arrays as NumPy has them: integers, slices and `None` give views; masks and arrays of integers
//! gather and scatter.

use super::array::{Array, broadcast_shape, cast, load, shape_text, store, walk};
use super::object::{Budget, Fault, Num, Object, Res, Weak, value_error};
use super::ops::{array, converted};
use super::ufunc::unwrapped;
use crate::types::Scalar;

/// One part of a subscript.
#[derive(Clone)]
pub enum Part {
    At(i128),
    Slice(Cut),
    /// `None`.
    New,
    /// `...`.
    Rest,
    /// Places along an axis.
    Places(Array),
    /// Truths along as many axes as it has.
    Mask(Array),
}

/// `low:high:step`.
#[derive(Clone, Copy, Default)]
pub struct Cut {
    pub low: Option<i128>,
    pub high: Option<i128>,
    pub step: Option<i128>,
}

/// `IndexError`.
pub fn index_error(message: impl Into<String>) -> Fault {
    Fault::raised("IndexError", message)
}

impl Cut {
    /// The first place, how many, and from one to the next, as `slice.indices` does it.
    pub fn of(self, size: usize) -> Res<(usize, usize, isize)> {
        let size = size as i128;
        let step = self.step.unwrap_or(1);
        if step == 0 {
            return Err(value_error("slice step cannot be zero"));
        }
        let (least, most) = if step > 0 { (0, size) } else { (-1, size - 1) };
        let bound = |at: Option<i128>, absent: i128| match at {
            None => absent,
            Some(at) if at < 0 => at.saturating_add(size).clamp(least, most),
            Some(at) => at.clamp(least, most),
        };
        let (from, to) = match step > 0 {
            true => (bound(self.low, 0), bound(self.high, size)),
            false => (bound(self.low, size - 1), bound(self.high, -1)),
        };
        let step = step.clamp(-(1 << 62), 1 << 62);
        let count = super::object::Range {
            start: from,
            stop: to,
            step,
        }
        .len();
        let from = usize::try_from(from).unwrap_or(0);
        Ok((from, usize::try_from(count).unwrap_or(0), step as isize))
    }
}

/// A place from either end, or the error.
pub fn place(at: i128, size: usize, axis: usize) -> Res<usize> {
    let from = if at < 0 {
        at.saturating_add(size as i128)
    } else {
        at
    };
    match usize::try_from(from) {
        Ok(from) if from < size => Ok(from),
        _ => Err(index_error(format!(
            "index {at} is out of bounds for axis {axis} with size {size}"
        ))),
    }
}

/// A part that an object stands for.
pub fn part(budget: &Budget, object: &Object) -> Res<Part> {
    Ok(match object {
        Object::None => Part::New,
        Object::Bool(_) | Object::Scalar(Scalar::Bool, _) => {
            return Err(
                Fault::unsupported("a single truth value as an index is not supported")
                    .help("index with an array of truths"),
            );
        }
        Object::Array(_) | Object::List(_) => {
            let places = array(budget, object, None)?;
            match places.of {
                Scalar::Bool => Part::Mask(places),
                of if of.is_int() => Part::Places(places),
                // An empty list has no type of its own.
                _ if places.len() == 0 && matches!(object, Object::List(_)) => {
                    Part::Places(places.cast(budget, Scalar::I64)?)
                }
                _ => {
                    return Err(index_error(
                        "arrays used as indices must be of integer (or boolean) type",
                    ));
                }
            }
        }
        _ => match object.number() {
            Some((_, Num::Int(at))) => Part::At(at),
            _ => {
                return Err(index_error(
                    "only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and integer or boolean arrays are valid indices",
                ));
            }
        },
    })
}

/// What a subscript selects.
enum Selected {
    View(Array),
    /// Blocks of a view's axes, one for each start; where the starts' axes belong, and their shape.
    Blocks {
        view: Array,
        starts: Vec<usize>,
        shape: Vec<usize>,
        at: usize,
    },
}

fn select(budget: &Budget, of: &Array, parts: &[Part]) -> Res<Selected> {
    let takes = |part: &Part| match part {
        Part::New | Part::Rest => 0,
        Part::Mask(mask) => mask.shape.len(),
        _ => 1,
    };
    let taken: usize = parts.iter().map(takes).sum();
    if taken > of.shape.len() {
        return Err(index_error(format!(
            "too many indices for array: array is {}-dimensional, but {taken} were indexed",
            of.shape.len()
        )));
    }
    if parts.iter().filter(|part| matches!(part, Part::Rest)).count() > 1 {
        return Err(index_error("an index can only have a single ellipsis ('...')"));
    }
    let missing = of.shape.len() - taken;
    let gathers = parts
        .iter()
        .any(|part| matches!(part, Part::Mask(_) | Part::Places(_)));
    let mut view = of.clone();
    // `axis` counts those of the view, `source` those of the array.
    let (mut axis, mut source) = (0, 0);
    // Places by axis, that axis's stride and size.
    let mut gathered: Vec<(Array, isize, usize, usize)> = Vec::new();
    let mut first = None;
    let (mut is_apart, mut gap) = (false, false);
    let mut met = |axis: usize, gap: bool| match first {
        None => first = Some(axis),
        Some(_) if gap => is_apart = true,
        Some(_) => {}
    };
    let rest = [Part::Rest];
    let open = !parts.iter().any(|part| matches!(part, Part::Rest));
    for part in parts.iter().chain(if open { &rest[..] } else { &[] }) {
        match part {
            Part::New => {
                view = view.with_axis(axis)?;
                axis += 1;
                gap |= !gathered.is_empty();
            }
            Part::Rest => {
                axis += missing;
                source += missing;
                gap |= !gathered.is_empty();
            }
            Part::Slice(cut) => {
                let (from, count, step) = cut.of(view.shape[axis])?;
                view = view.sliced(axis, from, count, step);
                axis += 1;
                source += 1;
                gap |= !gathered.is_empty();
            }
            Part::At(at) => {
                let at = place(*at, view.shape[axis], source)?;
                if gathers {
                    let one = budget.one(Scalar::I64, Num::Int(at as i128))?;
                    gathered.push((one, view.strides[axis], view.shape[axis], source));
                    met(axis, gap);
                    view = view.at(axis, 0);
                } else {
                    view = view.at(axis, at);
                }
                source += 1;
            }
            Part::Places(places) => {
                gathered.push((places.clone(), view.strides[axis], view.shape[axis], source));
                met(axis, gap);
                view = view.at(axis, 0);
                source += 1;
            }
            Part::Mask(mask) => {
                for (k, size) in mask.shape.iter().enumerate() {
                    if view.shape[axis + k] != *size {
                        return Err(index_error(format!(
                            "boolean index did not match indexed array along axis {}; size of axis is {} but size of corresponding boolean axis is {size}",
                            source + k,
                            view.shape[axis + k]
                        )));
                    }
                }
                met(axis, gap);
                for places in nonzero(budget, mask)? {
                    gathered.push((places, view.strides[axis], view.shape[axis], source));
                    view = view.at(axis, 0);
                    source += 1;
                }
            }
        }
    }
    if !gathers {
        return Ok(Selected::View(view));
    }
    let shapes: Vec<&[usize]> = gathered
        .iter()
        .map(|(places, ..)| places.shape.as_slice())
        .collect();
    let shape = broadcast_shape(&shapes).map_err(|_| {
        let all: Vec<String> = shapes.iter().map(|shape| shape_text(shape)).collect();
        index_error(format!(
            "shape mismatch: indexing arrays could not be broadcast together with shapes {}",
            all.join(" ")
        ))
    })?;
    let count: usize = shape
        .iter()
        .try_fold(1usize, |n, axis| n.checked_mul(*axis))
        .unwrap_or(usize::MAX);
    budget.spend(count)?;
    budget.meter.hold(count.saturating_mul(size_of::<usize>()))?;
    budget.meter.release(count.saturating_mul(size_of::<usize>()));
    let mut starts = vec![view.start; count];
    for (places, stride, size, axis) in &gathered {
        let Some(wide) = places.broadcast(&shape) else {
            continue;
        };
        let mut next = starts.iter_mut();
        wide.each(&mut |at| {
            let at = place(at.int(), *size, *axis)?;
            if let Some(start) = next.next() {
                *start = start.wrapping_add_signed(at as isize * stride);
            }
            Ok(())
        })?;
    }
    let at = if is_apart { 0 } else { first.unwrap_or(0) };
    Ok(Selected::Blocks {
        view,
        starts,
        shape,
        at,
    })
}

/// Where an array is not zero: places along each axis.
pub fn nonzero(budget: &Budget, mask: &Array) -> Res<Vec<Array>> {
    let axes = mask.shape.len();
    let mut found: Vec<Vec<usize>> = vec![Vec::new(); axes];
    let mut at = 0usize;
    let mut count = 0;
    budget.spend(mask.len())?;
    let words = mask.len().saturating_mul(axes * size_of::<usize>());
    budget.meter.hold(words)?;
    budget.meter.release(words);
    mask.each(&mut |value| {
        if value.truth() {
            let mut rest = at;
            for axis in (0..axes).rev() {
                found[axis].push(rest % mask.shape[axis]);
                rest /= mask.shape[axis];
            }
            count += 1;
        }
        at += 1;
        Ok(())
    })?;
    let made = found.iter().map(|places| {
        budget.filled(Scalar::I64, &[count], &mut |i| {
            Ok(Num::Int(places.get(i).copied().unwrap_or(0) as i128))
        })
    });
    made.collect()
}

/// The order that brings the gathered axes, which are first, to their place.
fn order(gathered: usize, at: usize, all: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (gathered..all).collect();
    for axis in 0..gathered {
        order.insert((at + axis).min(order.len()), axis);
    }
    order
}

/// `array[parts]`.
pub fn get(budget: &Budget, of: &Array, parts: &[Part]) -> Res<Object> {
    match select(budget, of, parts)? {
        Selected::View(view) => {
            let whole = view.shape.is_empty() && parts.iter().all(|part| matches!(part, Part::At(_)));
            Ok(if whole {
                unwrapped(view)
            } else {
                Object::Array(view)
            })
        }
        Selected::Blocks {
            view,
            starts,
            shape,
            at,
        } => {
            let all = [shape.as_slice(), view.shape.as_slice()].concat();
            let out = budget.array(of.of, &all)?;
            {
                let from = of.data.bytes.borrow();
                let mut bytes = out.data.bytes.borrow_mut();
                let mut to = 0;
                for start in starts {
                    walk(&view.shape, [&view.strides], [start], &mut |[i]| {
                        store(&mut bytes, of.of, to, load(&from, of.of, i));
                        to += 1;
                        Ok(())
                    })?;
                }
            }
            Ok(Object::Array(out.permuted(&order(shape.len(), at, all.len()))))
        }
    }
}

/// `array[parts] = value`.
pub fn set(budget: &Budget, of: &Array, parts: &[Part], value: &Object) -> Res<()> {
    let number = match value {
        // An array of another shape than this would be broadcast.
        Object::Array(_) => None,
        _ => match value.number() {
            Some((kind, number)) => Some(converted(kind, number, of.of)?),
            None => None,
        },
    };
    match (select(budget, of, parts)?, number) {
        (Selected::View(view), Some(number)) => {
            budget.spend(view.len())?;
            view.fill(number)
        }
        (Selected::View(view), None) => {
            let from = fitting(budget, value, of.of, &view.shape)?;
            budget.spend(view.len())?;
            view.assign(&from)
        }
        (
            Selected::Blocks {
                view,
                starts,
                shape,
                at,
            },
            number,
        ) => {
            let all = [shape.as_slice(), view.shape.as_slice()].concat();
            let order = order(shape.len(), at, all.len());
            let seen: Vec<usize> = order.iter().map(|axis| all[*axis]).collect();
            let from = match number {
                Some(number) => budget.one(of.of, number)?,
                None => array(budget, value, None)?.cast(budget, of.of)?,
            };
            let from = trimmed(&from, seen.len()).broadcast(&seen).ok_or_else(|| {
                value_error(format!(
                    "shape mismatch: value array of shape {} could not be broadcast to indexing result of shape {}",
                    shape_text(&from.shape),
                    shape_text(&seen)
                ))
            })?;
            let mut back = vec![0; order.len()];
            for (to, axis) in order.iter().enumerate() {
                back[*axis] = to;
            }
            let mut values = from.permuted(&back).numbers(budget)?.into_iter();
            let mut bytes = of.data.bytes.borrow_mut();
            for start in starts {
                walk(&view.shape, [&view.strides], [start], &mut |[i]| {
                    if let Some(value) = values.next() {
                        store(&mut bytes, of.of, i, cast(value, of.of)?);
                    }
                    Ok(())
                })?;
            }
            Ok(())
        }
    }
}

/// Without leading axes of one element, which an assignment overlooks.
fn trimmed(array: &Array, axes: usize) -> Array {
    let mut view = array.clone();
    while view.shape.len() > axes && view.shape.first() == Some(&1) {
        view = view.at(0, 0);
    }
    view
}

/// A value as an array of a shape, to be assigned.
pub fn fitting(budget: &Budget, value: &Object, of: Scalar, shape: &[usize]) -> Res<Array> {
    let from = match value {
        Object::Array(array) => array.clone(),
        _ => match value.number() {
            Some((kind, number)) if kind != Weak::Not(of) => {
                let number = converted(kind, number, of)?;
                budget.one(of, number)?
            }
            _ => array(budget, value, Some(of))?,
        },
    };
    trimmed(&from, shape.len()).broadcast(shape).ok_or_else(|| {
        value_error(format!(
            "could not broadcast input array from shape {} into shape {}",
            shape_text(&from.shape),
            shape_text(shape)
        ))
    })
}

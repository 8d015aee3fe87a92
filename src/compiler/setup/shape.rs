//! Arrays out of arrays: other shapes, several as one, repeated, turned.

use super::args::{Args, axis_at};
use super::array::{Array, shape_text};
use super::iterate;
use super::object::{Budget, Fault, Num, Object, Res, value_error};
use super::ops::array;
use super::ufunc::promoted;

/// `reshape` with one size that may be left open.
pub fn reshape(budget: &Budget, of: &Array, wanted: &[i128]) -> Res<Array> {
    let total = of.len();
    let told = || {
        let all: Vec<String> = wanted
            .iter()
            .filter(|size| **size >= 0)
            .map(i128::to_string)
            .collect();
        let shape = match all.as_slice() {
            [one] if wanted.len() == 1 => format!("({one},)"),
            _ => format!("({})", all.join(",")),
        };
        value_error(format!("cannot reshape array of size {total} into shape {shape}"))
    };
    if wanted.iter().filter(|size| **size < 0).count() > 1 {
        return Err(value_error("can only specify one unknown dimension"));
    }
    let known = wanted
        .iter()
        .filter(|size| **size >= 0)
        .try_fold(1usize, |n, size| n.checked_mul(usize::try_from(*size).ok()?));
    let known = known.ok_or_else(told)?;
    let is_open = wanted.iter().any(|size| *size < 0);
    if (is_open && (known == 0 || !total.is_multiple_of(known))) || (!is_open && known != total) {
        return Err(told());
    }
    let shape: Vec<usize> = wanted
        .iter()
        .map(|size| usize::try_from(*size).unwrap_or(total / known.max(1)))
        .collect();
    of.reshaped(budget, &shape)
}

/// Sizes as `reshape` is given them.
pub fn sizes(given: &[Object]) -> Res<Vec<i128>> {
    match given {
        [Object::Tuple(all) | Object::List(all)] => all.to_vec().iter().map(Object::index).collect(),
        all => all.iter().map(Object::index).collect(),
    }
}

/// `transpose`, of all axes or in a given order.
pub fn transpose(of: &Array, order: &[i128]) -> Res<Array> {
    let axes = of.shape.len();
    if order.is_empty() {
        return Ok(of.permuted(&(0..axes).rev().collect::<Vec<_>>()));
    }
    let order: Res<Vec<usize>> = order.iter().map(|at| axis_at(*at, axes)).collect();
    let order = order?;
    let mut seen = order.clone();
    seen.sort_unstable();
    seen.dedup();
    if seen.len() != axes || order.len() != axes {
        return Err(value_error("axes don't match array"));
    }
    Ok(of.permuted(&order))
}

/// Several arrays, of a list, a tuple or an array's first axis.
fn several(budget: &Budget, args: &Args) -> Res<Vec<Array>> {
    let items = iterate::collected(budget, args.need(0, "arrays")?)?;
    items.iter().map(|item| array(budget, item, None)).collect()
}

fn joined(budget: &Budget, all: &[Array], along: usize) -> Res<Array> {
    let Some(first) = all.first() else {
        return Err(value_error("need at least one array to concatenate"));
    };
    let of = all.iter().map(|one| one.of).reduce(promoted).unwrap_or(first.of);
    let mut shape = first.shape.clone();
    if shape.is_empty() {
        return Err(value_error("zero-dimensional arrays cannot be concatenated"));
    }
    shape[along] = 0;
    for one in all {
        let fits = one.shape.len() == shape.len()
            && (0..shape.len()).all(|k| k == along || one.shape[k] == shape[k]);
        if !fits {
            return Err(value_error(format!(
                "all the input array dimensions except for the concatenation axis must match exactly, but {} and {} do not",
                shape_text(&first.shape),
                shape_text(&one.shape)
            )));
        }
        shape[along] += one.shape[along];
    }
    let out = budget.array(of, &shape)?;
    let mut from = 0;
    for one in all {
        let count = one.shape[along];
        out.sliced(along, from, count, 1).assign(one)?;
        from += count;
    }
    Ok(out)
}

/// `concatenate`, `stack` and their kin.
pub fn together(budget: &Budget, name: &str, args: &mut Args) -> Res<Object> {
    args.bind(match name {
        "vstack" | "hstack" | "column_stack" => &["tup"],
        _ => &["arrays", "axis"],
    })?;
    let mut all = several(budget, args)?;
    let axes = all.first().map_or(0, |first| first.shape.len());
    let made = match name {
        "stack" => {
            let at = match args.some(1) {
                Some(at) => axis_at(at.index()?, axes + 1)?,
                None => 0,
            };
            if all.iter().any(|one| one.shape != all[0].shape) {
                return Err(value_error("all input arrays must have the same shape"));
            }
            let all: Res<Vec<Array>> = all.iter().map(|one| one.with_axis(at)).collect();
            joined(budget, &all?, at)?
        }
        "column_stack" | "vstack" => {
            for one in &mut all {
                while one.shape.len() < 2 {
                    let axis = if name == "vstack" { 0 } else { one.shape.len() };
                    *one = one.with_axis(axis)?;
                }
            }
            joined(budget, &all, usize::from(name == "column_stack"))?
        }
        "hstack" => joined(budget, &all, usize::from(axes > 1))?,
        _ => {
            let at = args.get(1);
            if matches!(at, Some(Object::None)) {
                let flat: Res<Vec<Array>> = all.iter().map(|one| reshape(budget, one, &[-1])).collect();
                return Ok(Object::Array(joined(budget, &flat?, 0)?));
            }
            let at = at.map_or(Ok(0), |at| axis_at(at.index()?, axes))?;
            joined(budget, &all, at)?
        }
    };
    Ok(Object::Array(made))
}

/// `meshgrid`.
pub fn meshgrid(budget: &Budget, args: &mut Args) -> Res<Object> {
    let mut is_matrix = false;
    for (name, value) in std::mem::take(&mut args.named) {
        match (name.as_str(), &value) {
            ("indexing", Object::Str(order)) if &**order == "ij" => is_matrix = true,
            ("indexing", Object::Str(order)) if &**order == "xy" => {}
            ("sparse", Object::Bool(false)) | ("copy", _) => {}
            _ => {
                return Err(Fault::unsupported(format!(
                    "the argument '{name}' of meshgrid() is not supported"
                )));
            }
        }
    }
    let all: Res<Vec<Array>> = args.given.iter().map(|one| array(budget, one, None)).collect();
    let all = all?;
    let count = all.len();
    let axis_of = |k: usize| {
        if !is_matrix && count > 1 && k < 2 {
            1 - k
        } else {
            k
        }
    };
    let mut shape = vec![1; count];
    for (k, one) in all.iter().enumerate() {
        shape[axis_of(k)] = one.len();
    }
    let mut out = Vec::new();
    for (k, one) in all.iter().enumerate() {
        let mut thin = vec![1; count];
        thin[axis_of(k)] = -1;
        let wide = reshape(budget, one, &thin)?.broadcast(&shape);
        let wide = wide.ok_or_else(|| value_error("shapes do not fit"))?;
        out.push(Object::Array(wide.cast(budget, one.of)?));
    }
    budget.tuple(out)
}

/// `tile`.
pub fn tile(budget: &Budget, a: &Array, args: &Args) -> Res<Array> {
    let mut a = a.clone();
    let mut reps = super::args::shape(args.need(1, "reps")?)?;
    while a.shape.len() < reps.len() {
        a = a.with_axis(0)?;
    }
    while reps.len() < a.shape.len() {
        reps.insert(0, 1);
    }
    let shape: Option<Vec<usize>> = a
        .shape
        .iter()
        .zip(&reps)
        .map(|(a, b)| a.checked_mul(*b))
        .collect();
    let shape = shape.ok_or_else(|| value_error("array is too big"))?;
    let out = budget.array(a.of, &shape)?;
    // Each place of the pattern gets a copy.
    let count: usize = if out.len() == 0 { 0 } else { reps.iter().product() };
    for k in 0..count {
        let (mut rest, mut part) = (k, out.clone());
        for axis in (0..reps.len()).rev() {
            let at = rest % reps[axis];
            rest /= reps[axis];
            part = part.sliced(axis, at * a.shape[axis], a.shape[axis], 1);
        }
        budget.spend(1)?;
        part.assign(&a)?;
    }
    Ok(out)
}

/// `repeat` by one number.
pub fn repeat(budget: &Budget, a: &Array, args: &Args) -> Res<Array> {
    let times = args.need(1, "repeats")?;
    if times.number().is_none() {
        return Err(Fault::unsupported("np.repeat by an array is not supported"));
    }
    let times = super::create::count(times)?;
    let (a, at) = match args.axis(2, a.shape.len())? {
        Some(at) => (a.clone(), at),
        None => (reshape(budget, a, &[-1])?, 0),
    };
    let mut shape = a.shape.clone();
    shape[at] = shape[at]
        .checked_mul(times)
        .ok_or_else(|| value_error("array is too big"))?;
    let out = budget.array(a.of, &shape)?;
    for k in 0..if out.len() == 0 { 0 } else { times } {
        out.sliced(at, k, a.shape[at], times as isize).assign(&a)?;
    }
    Ok(out)
}

/// `roll` by one number.
pub fn roll(budget: &Budget, a: &Array, args: &Args) -> Res<Array> {
    let shift = args.need(1, "shift")?.index()?;
    let shape: Vec<i128> = a.shape.iter().map(|size| *size as i128).collect();
    let (flat, at) = match args.axis(2, a.shape.len())? {
        Some(at) => (a.clone(), at),
        None => (reshape(budget, a, &[-1])?, 0),
    };
    let out = budget.array(a.of, &flat.shape)?;
    let size = flat.shape[at];
    if size > 0 {
        let by = shift.rem_euclid(size as i128) as usize;
        out.sliced(at, by, size - by, 1)
            .assign(&flat.sliced(at, 0, size - by, 1))?;
        out.sliced(at, 0, by, 1)
            .assign(&flat.sliced(at, size - by, by, 1))?;
    }
    reshape(budget, &out, &shape)
}

/// `flip`, of one axis or all.
pub fn flip(a: &Array, name: &str, args: &Args) -> Res<Array> {
    let axes = a.shape.len();
    let at = match name {
        "flipud" => Some(axis_at(0, axes)?),
        "fliplr" => Some(axis_at(1, axes)?),
        _ => args.axis(1, axes)?,
    };
    let mut out = a.clone();
    for k in 0..axes {
        if at.is_none_or(|at| at == k) {
            let size = out.shape[k];
            out = out.sliced(k, size.saturating_sub(1), size, -1);
        }
    }
    Ok(out)
}

/// `squeeze`: without axes of one element.
pub fn squeeze(of: &Array, at: Option<usize>) -> Res<Array> {
    let mut out = of.clone();
    for k in (0..of.shape.len()).rev() {
        if at.is_some_and(|at| at == k) && of.shape[k] != 1 {
            return Err(value_error(
                "cannot select an axis to squeeze out which has size not equal to one",
            ));
        }
        if of.shape[k] == 1 && at.is_none_or(|at| at == k) {
            out = out.at(k, 0);
        }
    }
    Ok(out)
}

/// `astype`.
pub fn astype(budget: &Budget, of: &Array, args: &mut Args) -> Res<Object> {
    args.bind(&["dtype", "copy"])?;
    let to = args
        .dtype(0)?
        .ok_or_else(|| super::object::type_error("astype() is missing dtype"))?;
    if to == of.of && !args.flag(1, true)? {
        return Ok(Object::Array(of.clone()));
    }
    Ok(Object::Array(of.cast(budget, to)?))
}

/// `tolist`: Python's own numbers in lists.
pub fn tolist(budget: &Budget, of: &Array) -> Res<Object> {
    if of.shape.is_empty() {
        return Ok(item(of.of, of.first()));
    }
    let all: Res<Vec<Object>> = (0..of.shape[0]).map(|k| tolist(budget, &of.at(0, k))).collect();
    budget.list(all?)
}

/// NumPy's scalar as Python's.
pub fn item(of: crate::types::Scalar, value: Num) -> Object {
    match (of, value) {
        (crate::types::Scalar::Bool, value) => Object::Bool(value.truth()),
        (_, Num::Int(value)) => Object::Int(value),
        (_, Num::Float(value)) => Object::Float(value),
    }
}

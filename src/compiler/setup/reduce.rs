//! Sums and the like, in NumPy's order, so that floats have NumPy's last bits.
//!
//! NumPy's reduction of an array goes over its axes from the largest stride to the smallest, and joins those that
//! lie within one another; the innermost then is either reduced as a whole, floats pairwise in blocks of 128 with
//! eight partial sums (`numpy/_core/src/umath/loops_utils.h.src`, `pairwise_sum`), or added row by row. Rows that do
//! not lie one after another are gathered in a buffer, as far as whole ones fit, and summed together.

use super::array::{Array, cast, load, store};
use super::object::{Budget, Fault, Num, Object, Res, value_error};
use super::ufunc::{Fun, of_two, unwrapped};
use crate::types::Scalar;

/// Elements that NumPy casts at once where a sum's type is not the array's.
const BUFFER: usize = 8_192;

/// What is reduced by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reduction {
    Sum,
    Prod,
    Min,
    Max,
    Any,
    All,
}

impl Reduction {
    fn fun(self) -> Fun {
        match self {
            Reduction::Sum => Fun::Add,
            Reduction::Prod => Fun::Mul,
            Reduction::Min => Fun::Min,
            Reduction::Max => Fun::Max,
            Reduction::Any => Fun::LogicalOr,
            Reduction::All => Fun::LogicalAnd,
        }
    }

    /// The type that it is worked out in.
    pub fn of(self, of: Scalar) -> Scalar {
        match self {
            Reduction::Sum | Reduction::Prod => wide(of),
            Reduction::Min | Reduction::Max => of,
            Reduction::Any | Reduction::All => Scalar::Bool,
        }
    }

    fn identity(self, of: Scalar) -> Res<Option<Num>> {
        Ok(Some(match self {
            Reduction::Sum | Reduction::Any => cast(Num::Int(0), of)?,
            Reduction::Prod | Reduction::All => cast(Num::Int(1), of)?,
            Reduction::Min | Reduction::Max => return Ok(None),
        }))
    }
}

/// Sums of small integers are of 64 bits.
pub fn wide(of: Scalar) -> Scalar {
    match of {
        Scalar::Bool => Scalar::I64,
        of if of.is_float() => of,
        of if of.is_signed() => Scalar::I64,
        _ => Scalar::U64,
    }
}

/// Reduces along an axis, or all of them; `of` is the type to work in.
pub fn reduce(
    budget: &Budget,
    by: Reduction,
    from: &Array,
    axis: Option<usize>,
    of: Scalar,
    keeps: bool,
) -> Res<Object> {
    let is_gone = |k: usize| axis.is_none_or(|axis| axis == k);
    let axes = from.shape.len();
    let kept: Vec<usize> = (0..axes)
        .map(|k| if is_gone(k) { 1 } else { from.shape[k] })
        .collect();
    let out = budget.array(of, &kept)?;
    budget.spend(from.len())?;
    let identity = by.identity(of)?;
    match identity {
        Some(identity) => out.fill(identity)?,
        None if out.len() > 0 && from.len() == 0 => {
            let name = by.fun().name();
            return Err(value_error(format!(
                "zero-size array to reduction operation {name} which has no identity"
            )));
        }
        None => {
            // Beginning with the first along the axis.
            let mut first = from.clone();
            for k in 0..axes {
                if is_gone(k) {
                    first = first.sliced(k, 0, 1, 1);
                }
            }
            out.assign(&first)?;
        }
    }
    if from.len() > 0 {
        run(by, from, &out, of, &is_gone)?;
    }
    let mut out = out;
    if !keeps {
        for k in (0..axes).rev() {
            if is_gone(k) {
                out = out.at(k, 0);
            }
        }
    }
    Ok(unwrapped(out))
}

/// One axis of the way through.
#[derive(Clone, Copy)]
struct Way {
    size: usize,
    from: isize,
    to: isize,
}

fn run(by: Reduction, from: &Array, out: &Array, of: Scalar, is_gone: &dyn Fn(usize) -> bool) -> Res<()> {
    let mut ways = Vec::new();
    for k in 0..from.shape.len() {
        if from.shape[k] == 1 {
            continue;
        }
        let way = Way {
            size: from.shape[k],
            from: from.strides[k],
            to: if is_gone(k) { 0 } else { out.strides[k] },
        };
        ways.push(way);
    }
    ways.sort_by_key(|way| std::cmp::Reverse((way.from.unsigned_abs(), way.to.unsigned_abs())));
    // Join what lies within one another.
    let mut joined: Vec<Way> = Vec::new();
    for way in ways {
        match joined.last_mut() {
            Some(outer)
                if outer.from == way.from * way.size as isize && outer.to == way.to * way.size as isize =>
            {
                *outer = Way {
                    size: outer.size * way.size,
                    ..way
                };
            }
            _ => joined.push(way),
        }
    }
    let is_summed = by == Reduction::Sum && of.is_float();
    let bytes = from.data.bytes.borrow();
    let mut into = out.data.bytes.borrow_mut();
    let get = |at: usize| cast(load(&bytes, from.of, at), of);
    if is_summed && joined.len() > 1 && joined.iter().all(|way| way.to == 0) {
        let mut total = load(&into, of, out.start).float();
        buffered(&joined, from.start, &mut |at, core, count| {
            let mut row = Row {
                get: &mut |i: usize| get(place_of(core, at, i)).map(Num::float),
                of,
            };
            let sum = row.pairwise(0, count)?;
            total = row.round(total + sum);
            Ok(())
        })?;
        store(&mut into, of, out.start, Num::Float(total));
        return Ok(());
    }
    let inner = joined.pop().unwrap_or(Way {
        size: 1,
        from: 0,
        to: 0,
    });
    let fun = by.fun();
    let shape: Vec<usize> = joined.iter().map(|way| way.size).collect();
    let froms: Vec<isize> = joined.iter().map(|way| way.from).collect();
    let tos: Vec<isize> = joined.iter().map(|way| way.to).collect();
    let is_pairwise = is_summed && inner.to == 0;
    super::array::walk(&shape, [&froms, &tos], [from.start, out.start], &mut |[
        mut at,
        mut to,
    ]| {
        if is_pairwise {
            let mut total = load(&into, of, to).float();
            let most = if from.of == of { inner.size } else { BUFFER };
            let mut left = inner.size;
            while left > 0 {
                let count = left.min(most);
                let mut row = Row {
                    get: &mut |i: usize| get(at.wrapping_add_signed(inner.from * i as isize)).map(Num::float),
                    of,
                };
                let sum = row.pairwise(0, count)?;
                total = row.round(total + sum);
                at = at.wrapping_add_signed(inner.from * count as isize);
                left -= count;
            }
            store(&mut into, of, to, Num::Float(total));
            return Ok(());
        }
        for _ in 0..inner.size {
            let value = of_two(fun, of, load(&into, of, to), get(at)?)?;
            store(&mut into, of, to, value);
            at = at.wrapping_add_signed(inner.from);
            to = to.wrapping_add_signed(inner.to);
        }
        Ok(())
    })
}

/// What is done to some elements: where they begin, the ways through them, how many they are.
type Act<'a> = dyn FnMut(usize, &[Way], usize) -> Res<()> + 'a;

/// Goes through what does not lie in one row as NumPy's iterator does since 2.3: as many whole rows as fit its buffer at
/// once.
fn buffered(joined: &[Way], start: usize, act: &mut Act) -> Res<()> {
    let mut first = joined.len() - 1;
    let mut size = joined[first].size;
    while first > 0 && size * joined[first - 1].size <= BUFFER {
        first -= 1;
        size *= joined[first].size;
    }
    let mut core = joined[first..].to_vec();
    if first == 0 {
        return act(start, &core, size);
    }
    // Of the axis that does not fit as a whole, some at a time.
    let cut = joined[first - 1];
    let most = (BUFFER / size).max(1);
    let outer = &joined[..first - 1];
    let shape: Vec<usize> = outer.iter().map(|way| way.size).collect();
    let strides: Vec<isize> = outer.iter().map(|way| way.from).collect();
    core.insert(0, cut);
    super::array::walk(&shape, [&strides], [start], &mut |[mut at]| {
        let mut left = cut.size;
        while left > 0 {
            let count = left.min(most);
            act(at, &core, count * size)?;
            at = at.wrapping_add_signed(cut.from * count as isize);
            left -= count;
        }
        Ok(())
    })
}

/// Where the `i`th element of some ways lies.
fn place_of(core: &[Way], at: usize, i: usize) -> usize {
    let (mut at, mut rest) = (at, i);
    for way in core.iter().skip(1).rev() {
        at = at.wrapping_add_signed(way.from * (rest % way.size) as isize);
        rest /= way.size;
    }
    match core.first() {
        Some(way) => at.wrapping_add_signed(way.from * rest as isize),
        None => at,
    }
}

/// Floats that are summed pairwise.
struct Row<'a> {
    get: &'a mut dyn FnMut(usize) -> Res<f64>,
    of: Scalar,
}

impl Row<'_> {
    fn round(&self, value: f64) -> f64 {
        if self.of == Scalar::F32 {
            f64::from(value as f32)
        } else {
            value
        }
    }

    fn pairwise(&mut self, from: usize, count: usize) -> Res<f64> {
        if count < 8 {
            let mut sum = -0.0;
            for i in from..from + count {
                let value = (self.get)(i)?;
                sum = self.round(sum + value);
            }
            return Ok(sum);
        }
        if count <= 128 {
            let mut part = [0.0; 8];
            let whole = count - count % 8;
            for i in 0..whole {
                let value = (self.get)(from + i)?;
                part[i % 8] = if i < 8 {
                    value
                } else {
                    self.round(part[i % 8] + value)
                };
            }
            let two = |a: f64, b: f64| self.round(a + b);
            let left = two(two(part[0], part[1]), two(part[2], part[3]));
            let right = two(two(part[4], part[5]), two(part[6], part[7]));
            let mut sum = two(left, right);
            for i in whole..count {
                let value = (self.get)(from + i)?;
                sum = self.round(sum + value);
            }
            return Ok(sum);
        }
        let half = count / 2;
        let half = half - half % 8;
        let left = self.pairwise(from, half)?;
        let right = self.pairwise(from + half, count - half)?;
        Ok(self.round(left + right))
    }
}

/// `mean`: the sum over how many there are.
pub fn mean(budget: &Budget, from: &Array, axis: Option<usize>, keeps: bool) -> Res<Object> {
    let of = if from.of.is_float() { from.of } else { Scalar::F64 };
    let total = reduce(budget, Reduction::Sum, from, axis, of, keeps)?;
    let count = axis.map_or(from.len(), |axis| from.shape[axis]);
    over(budget, &total, of, count as f64)
}

fn over(budget: &Budget, total: &Object, of: Scalar, count: f64) -> Res<Object> {
    let count = Num::Float(if of == Scalar::F32 {
        f64::from(count as f32)
    } else {
        count
    });
    match total {
        Object::Array(array) => {
            let numbers = array.numbers(budget)?;
            let made = budget.filled(of, &array.shape, &mut |i| {
                of_two(Fun::Div, of, numbers.get(i).copied().unwrap_or(count), count)
            })?;
            Ok(Object::Array(made))
        }
        Object::Scalar(from, bits) => {
            let value = super::array::number(*from, *bits);
            Ok(Object::scalar(of, of_two(Fun::Div, of, value, count)?))
        }
        other => Ok(other.clone()),
    }
}

/// `var` and, with its root, `std`.
pub fn variance(
    budget: &Budget,
    from: &Array,
    axis: Option<usize>,
    ddof: f64,
    keeps: bool,
    is_root: bool,
) -> Res<Object> {
    use super::ufunc::{Operand, call};
    let middle = mean(budget, from, axis, true)?;
    let operand = |object: &Object| -> Res<Operand> { super::ops::operand(budget, object) };
    let whole = Object::Array(from.clone());
    let apart = call(budget, Fun::Sub, &[operand(&whole)?, operand(&middle)?])?;
    let squared = call(budget, Fun::Mul, &[operand(&apart)?, operand(&apart)?])?;
    let squared = super::ops::array(budget, &squared, None)?;
    let of = squared.of;
    let total = reduce(budget, Reduction::Sum, &squared, axis, of, keeps)?;
    let count = axis.map_or(from.len(), |axis| from.shape[axis]);
    let spread = over(budget, &total, of, (count as f64 - ddof).max(0.0))?;
    match is_root {
        true => call(budget, Fun::Sqrt, &[operand(&spread)?]),
        false => Ok(spread),
    }
}

/// An array with the axis to work along last, in order; all of it as one axis where there is none.
pub fn along(budget: &Budget, from: &Array, axis: Option<usize>) -> Res<Array> {
    match axis {
        None => from.contiguous(budget)?.reshaped(budget, &[from.len()]),
        Some(axis) => {
            let mut order: Vec<usize> = (0..from.shape.len()).filter(|k| *k != axis).collect();
            order.push(axis);
            from.permuted(&order).contiguous(budget)
        }
    }
}

/// Brings the last axis back to its place.
pub fn back(of: &Array, axis: Option<usize>) -> Array {
    match axis {
        None => of.clone(),
        Some(axis) => {
            let last = of.shape.len() - 1;
            let mut order: Vec<usize> = (0..last).collect();
            order.insert(axis, last);
            of.permuted(&order)
        }
    }
}

/// `argmin` and `argmax`: the first place of the least or the greatest; of a NaN, if there is one.
pub fn argument(
    budget: &Budget,
    from: &Array,
    axis: Option<usize>,
    is_max: bool,
    keeps: bool,
) -> Res<Object> {
    if keeps {
        return Err(Fault::unsupported("keepdims is not supported here"));
    }
    let rows = along(budget, from, axis)?;
    let size = rows.shape.last().copied().unwrap_or(1);
    if size == 0 {
        let name = if is_max { "argmax" } else { "argmin" };
        return Err(value_error(format!("attempt to get {name} of an empty sequence")));
    }
    let numbers = rows.numbers(budget)?;
    let shape = &rows.shape[..rows.shape.len().saturating_sub(1)];
    let out = budget.filled(Scalar::I64, shape, &mut |row| {
        let row = numbers.get(row * size..(row + 1) * size).unwrap_or_default();
        let mut best = 0;
        for (at, value) in row.iter().enumerate() {
            let is_better = match (*value, row[best]) {
                (_, Num::Float(best)) if best.is_nan() => false,
                (Num::Float(value), _) if value.is_nan() => true,
                (Num::Float(a), Num::Float(b)) => {
                    if is_max {
                        a > b
                    } else {
                        a < b
                    }
                }
                (a, b) => {
                    if is_max {
                        a.int() > b.int()
                    } else {
                        a.int() < b.int()
                    }
                }
            };
            if is_better {
                best = at;
            }
        }
        Ok(Num::Int(best as i128))
    })?;
    Ok(unwrapped(out))
}

/// `cumsum` and `cumprod`: one after another.
pub fn cumulative(budget: &Budget, from: &Array, axis: Option<usize>, fun: Fun, of: Scalar) -> Res<Array> {
    let rows = along(budget, from, axis)?;
    let size = rows.shape.last().copied().unwrap_or(1).max(1);
    let numbers = rows.numbers(budget)?;
    let mut last = Num::Int(0);
    let shape = if rows.shape.is_empty() {
        vec![1]
    } else {
        rows.shape.clone()
    };
    let out = budget.filled(of, &shape, &mut |at| {
        let value = cast(numbers.get(at).copied().unwrap_or(Num::Int(0)), of)?;
        last = if at % size == 0 {
            value
        } else {
            of_two(fun, of, last, value)?
        };
        Ok(last)
    })?;
    Ok(back(&out, axis))
}

/// In NumPy's order: NaNs last.
pub fn order(a: Num, b: Num) -> std::cmp::Ordering {
    match (a, b) {
        (Num::Float(a), Num::Float(b)) => a.partial_cmp(&b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan())),
        (a, b) => a.int().cmp(&b.int()),
    }
}

/// `sort`, or `argsort` where the places are wanted.
pub fn sorted(
    budget: &Budget,
    from: &Array,
    axis: Option<usize>,
    is_places: bool,
    is_stable: bool,
) -> Res<Array> {
    let rows = along(budget, from, axis)?;
    let size = rows.shape.last().copied().unwrap_or(1).max(1);
    let mut numbers = rows.numbers(budget)?;
    budget.spend(numbers.len().saturating_mul(4))?;
    if !is_places {
        for row in numbers.chunks_mut(size) {
            row.sort_by(|a, b| order(*a, *b));
        }
        let out = budget.filled(from.of, &rows.shape, &mut |at| Ok(numbers[at]))?;
        return Ok(back(&out, axis));
    }
    let mut places: Vec<usize> = (0..numbers.len()).map(|at| at % size).collect();
    for (row, places) in numbers.chunks(size).zip(places.chunks_mut(size)) {
        places.sort_by(|a, b| order(row[*a], row[*b]));
        let is_tied = places
            .windows(2)
            .any(|two| order(row[two[0]], row[two[1]]).is_eq());
        if is_tied && !is_stable {
            return Err(
                Fault::unsupported("np.argsort of equal elements depends on the machine")
                    .help("give kind='stable'"),
            );
        }
    }
    let out = budget.filled(Scalar::I64, &rows.shape, &mut |at| {
        Ok(Num::Int(places[at] as i128))
    })?;
    Ok(back(&out, axis))
}

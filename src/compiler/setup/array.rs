//! Arrays as NumPy has them: a buffer and a way through it, so that slices are views.

use super::object::{Budget, Fault, Meter, Num, Res, value_error};
use crate::types::Scalar;
use std::cell::RefCell;
use std::rc::Rc;

/// Axes while computing; kernels are given at most [`crate::types::MOST_AXES`].
pub const MOST_AXES: usize = 6;

/// Elements, little-endian.
pub struct Buffer {
    pub bytes: RefCell<Vec<u8>>,
    held: usize,
    meter: Rc<Meter>,
}

impl Drop for Buffer {
    fn drop(&mut self) {
        self.meter.release(self.held);
    }
}

/// An array or a view of one: a word, as it is handed about a lot.
#[derive(Clone)]
pub struct Array(Rc<View>);

impl std::ops::Deref for Array {
    type Target = View;

    fn deref(&self) -> &View {
        &self.0
    }
}

/// A way through a buffer. Places are in elements.
pub struct View {
    pub of: Scalar,
    pub data: Rc<Buffer>,
    pub start: usize,
    pub shape: Vec<usize>,
    pub strides: Vec<isize>,
}

/// The strides of an array whose last axis is the fastest.
pub fn strides_of(shape: &[usize]) -> Vec<isize> {
    let mut strides = vec![1isize; shape.len()];
    for axis in (1..shape.len()).rev() {
        strides[axis - 1] = strides[axis].saturating_mul(shape[axis].max(1) as isize);
    }
    strides
}

/// `(2, 3)`, as messages have it.
pub fn shape_text(shape: &[usize]) -> String {
    let all: Vec<String> = shape.iter().map(usize::to_string).collect();
    match all.as_slice() {
        [one] => format!("({one},)"),
        _ => format!("({})", all.join(",")),
    }
}

/// An element of a buffer.
pub fn load(bytes: &[u8], of: Scalar, at: usize) -> Num {
    fn chunk<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
        let rest = bytes.get(at * N..).unwrap_or_default();
        rest.first_chunk::<N>().copied().unwrap_or([0; N])
    }
    let bits = match of.bytes() {
        1 => u8::from_le_bytes(chunk(bytes, at)).into(),
        2 => u16::from_le_bytes(chunk(bytes, at)).into(),
        4 => u32::from_le_bytes(chunk(bytes, at)).into(),
        _ => u64::from_le_bytes(chunk(bytes, at)),
    };
    number(of, bits)
}

/// The number that a type's bits are.
pub fn number(of: Scalar, bits: u64) -> Num {
    match of {
        Scalar::F64 => Num::Float(f64::from_bits(bits)),
        Scalar::F32 => Num::Float(f32::from_bits(bits as u32).into()),
        _ if of.is_signed() => {
            let unused = 64 - of.bytes() * 8;
            Num::Int(((bits << unused) as i64 >> unused).into())
        }
        _ => Num::Int(bits.into()),
    }
}

/// A number's bits in a type that it was cast to.
pub fn bits(of: Scalar, value: Num) -> u64 {
    match of {
        Scalar::F64 => value.float().to_bits(),
        Scalar::F32 => (value.float() as f32).to_bits().into(),
        _ => {
            let width = of.bytes() * 8;
            value.int() as u64 & (u64::MAX >> (64 - width))
        }
    }
}

/// Into an element of a buffer.
pub fn store(bytes: &mut [u8], of: Scalar, at: usize, value: Num) {
    let width = of.bytes() as usize;
    let from = bits(of, value).to_le_bytes();
    if let Some(place) = bytes.get_mut(at * width..(at + 1) * width) {
        place.copy_from_slice(&from[..width]);
    }
}

/// A number in another type, as `astype` does it. Floats that an integer type cannot hold give what the machine
/// makes of them in NumPy, so that they are refused.
pub fn cast(value: Num, to: Scalar) -> Res<Num> {
    Ok(match (value, to) {
        (value, Scalar::Bool) => Num::Int(i128::from(value.truth())),
        (Num::Float(value), Scalar::F32) => Num::Float((value as f32).into()),
        (Num::Float(_), Scalar::F64) => value,
        (Num::Int(value), Scalar::F32) => Num::Float((value as f32).into()),
        (Num::Int(value), Scalar::F64) => Num::Float(value as f64),
        (Num::Int(value), _) => Num::Int(wrapped(value, to)),
        (Num::Float(value), _) => {
            let whole = value as i128;
            if !value.is_finite() || wrapped(whole, to) != whole {
                let words =
                    format!("{value} does not fit {to}: what a cast makes of it depends on the machine");
                return Err(Fault::unsupported(words).help("clip it first, or cast to a wider type"));
            }
            Num::Int(whole)
        }
    })
}

/// An integer in the bits of a type.
pub fn wrapped(value: i128, to: Scalar) -> i128 {
    let width = to.bytes() * 8;
    match to {
        Scalar::Bool => i128::from(value != 0),
        _ if to.is_signed() => (value << (128 - width)) >> (128 - width),
        _ => value & ((1 << width) - 1),
    }
}

/// Goes through several arrays of one shape at once, the last axis the fastest.
pub fn walk<const N: usize>(
    shape: &[usize],
    strides: [&[isize]; N],
    starts: [usize; N],
    act: &mut dyn FnMut([usize; N]) -> Res<()>,
) -> Res<()> {
    if shape.contains(&0) {
        return Ok(());
    }
    let Some((&inner, outer)) = shape.split_last() else {
        return act(starts);
    };
    let steps = strides.map(|s| s.get(outer.len()).copied().unwrap_or(0));
    let mut index = vec![0usize; outer.len()];
    let mut row = starts;
    loop {
        let mut at = row;
        for _ in 0..inner {
            act(at)?;
            for k in 0..N {
                at[k] = at[k].wrapping_add_signed(steps[k]);
            }
        }
        let mut axis = outer.len();
        loop {
            let Some(next) = axis.checked_sub(1) else {
                return Ok(());
            };
            axis = next;
            index[axis] += 1;
            for k in 0..N {
                row[k] = row[k].wrapping_add_signed(strides[k][axis]);
            }
            if index[axis] < outer[axis] {
                break;
            }
            for k in 0..N {
                row[k] = row[k].wrapping_add_signed(-strides[k][axis] * outer[axis] as isize);
            }
            index[axis] = 0;
        }
    }
}

impl Array {
    /// Whether an element is of another array, too.
    pub fn meets(&self, other: &Array) -> Res<bool> {
        if !Rc::ptr_eq(&self.data, &other.data) || self.len() == 0 || other.len() == 0 {
            return Ok(false);
        }
        if self.of.bytes() != other.of.bytes() {
            return Ok(true);
        }
        let count = self.data.bytes.borrow().len() / self.of.bytes() as usize;
        let mut seen = vec![false; count];
        walk(&self.shape, [&self.strides], [self.start], &mut |[at]| {
            seen[at] = true;
            Ok(())
        })?;
        let mut meets = false;
        walk(&other.shape, [&other.strides], [other.start], &mut |[at]| {
            meets |= seen[at];
            Ok(())
        })?;
        Ok(meets)
    }

    /// Another way through its buffer.
    fn seen(&self, start: usize, shape: Vec<usize>, strides: Vec<isize>) -> Array {
        Array(Rc::new(View {
            of: self.of,
            data: self.data.clone(),
            start,
            shape,
            strides,
        }))
    }

    /// How many elements it has.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// The one that the start is at; zero if there is none.
    pub fn first(&self) -> Num {
        load(&self.data.bytes.borrow(), self.of, self.start)
    }

    /// Whether its elements lie one after another.
    pub fn is_contiguous(&self) -> bool {
        let expected = strides_of(&self.shape);
        let same = |axis: usize| self.shape[axis] == 1 || self.strides[axis] == expected[axis];
        self.len() == 0 || (0..self.shape.len()).all(same)
    }

    /// Each element, the last axis the fastest.
    pub fn each(&self, act: &mut dyn FnMut(Num) -> Res<()>) -> Res<()> {
        let bytes = self.data.bytes.borrow();
        walk(&self.shape, [&self.strides], [self.start], &mut |[at]| {
            act(load(&bytes, self.of, at))
        })
    }

    /// All elements.
    pub fn numbers(&self, budget: &Budget) -> Res<Vec<Num>> {
        let bytes = self.len() * size_of::<Num>();
        budget.spend(self.len())?;
        // Held only for a moment, yet not beyond the limit.
        budget.meter.hold(bytes)?;
        budget.meter.release(bytes);
        let mut out = Vec::with_capacity(self.len());
        self.each(&mut |value| {
            out.push(value);
            Ok(())
        })?;
        Ok(out)
    }

    /// As a view of a larger shape, elements repeated.
    pub fn broadcast(&self, shape: &[usize]) -> Option<Array> {
        let ahead = shape.len().checked_sub(self.shape.len())?;
        let mut strides = vec![0; shape.len()];
        for axis in 0..self.shape.len() {
            let (have, want) = (self.shape[axis], shape[ahead + axis]);
            if have == want {
                strides[ahead + axis] = self.strides[axis];
            } else if have != 1 {
                return None;
            }
        }
        Some(self.seen(self.start, shape.to_vec(), strides))
    }

    /// Some of it along an axis: `count` elements from `from`, `step` apart.
    pub fn sliced(&self, axis: usize, from: usize, count: usize, step: isize) -> Array {
        let (mut start, mut shape, mut strides) = (self.start, self.shape.clone(), self.strides.clone());
        let stride = strides[axis];
        if count > 0 {
            start = start.wrapping_add_signed(from as isize * stride);
        }
        shape[axis] = count;
        if count > 1 {
            strides[axis] = stride.saturating_mul(step);
        }
        self.seen(start, shape, strides)
    }

    /// One place along an axis, which goes.
    pub fn at(&self, axis: usize, index: usize) -> Array {
        let (mut shape, mut strides) = (self.shape.clone(), self.strides.clone());
        shape.remove(axis);
        let stride = strides.remove(axis);
        let start = self.start.wrapping_add_signed(index as isize * stride);
        self.seen(start, shape, strides)
    }

    /// With its axes in another order.
    pub fn permuted(&self, order: &[usize]) -> Array {
        let shape = order.iter().map(|axis| self.shape[*axis]).collect();
        let strides = order.iter().map(|axis| self.strides[*axis]).collect();
        self.seen(self.start, shape, strides)
    }

    /// With an axis of one element more.
    pub fn with_axis(&self, axis: usize) -> Res<Array> {
        let (mut shape, mut strides) = (self.shape.clone(), self.strides.clone());
        shape.insert(axis, 1);
        strides.insert(axis, 0);
        checked_axes(shape.len())?;
        Ok(self.seen(self.start, shape, strides))
    }

    /// In another type, or the same: always a copy, in order.
    pub fn cast(&self, budget: &Budget, to: Scalar) -> Res<Array> {
        let out = budget.array(to, &self.shape)?;
        out.assign(self)?;
        Ok(out)
    }

    /// As a whole in order, itself if it is.
    pub fn contiguous(&self, budget: &Budget) -> Res<Array> {
        match self.is_contiguous() {
            true => Ok(self.clone()),
            false => self.cast(budget, self.of),
        }
    }

    /// The same elements in another shape: a view where it can be one.
    pub fn reshaped(&self, budget: &Budget, shape: &[usize]) -> Res<Array> {
        checked_axes(shape.len())?;
        let whole = self.contiguous(budget)?;
        Ok(whole.seen(whole.start, shape.to_vec(), strides_of(shape)))
    }

    /// Gets the elements of another of the same shape, cast.
    pub fn assign(&self, from: &Array) -> Res<()> {
        if Rc::ptr_eq(&self.data, &from.data) {
            let copy = from.data.bytes.borrow().clone();
            return self.assign_bytes(&copy, from);
        }
        self.assign_bytes(&from.data.bytes.borrow(), from)
    }

    fn assign_bytes(&self, source: &[u8], from: &Array) -> Res<()> {
        let mut bytes = self.data.bytes.borrow_mut();
        let width = self.of.bytes() as usize;
        if self.of == from.of && self.is_contiguous() && from.is_contiguous() {
            let length = self.len() * width;
            let (to, at) = (self.start * width, from.start * width);
            if let (Some(to), Some(from)) = (bytes.get_mut(to..to + length), source.get(at..at + length)) {
                to.copy_from_slice(from);
            }
            return Ok(());
        }
        let both = [self.strides.as_slice(), from.strides.as_slice()];
        walk(&self.shape, both, [self.start, from.start], &mut |[to, at]| {
            let value = cast(load(source, from.of, at), self.of)?;
            store(&mut bytes, self.of, to, value);
            Ok(())
        })
    }

    /// Puts a number of its type everywhere.
    pub fn fill(&self, value: Num) -> Res<()> {
        let mut bytes = self.data.bytes.borrow_mut();
        walk(&self.shape, [&self.strides], [self.start], &mut |[at]| {
            store(&mut bytes, self.of, at, value);
            Ok(())
        })
    }
}

fn checked_axes(axes: usize) -> Res<()> {
    match axes <= MOST_AXES {
        true => Ok(()),
        false => Err(Fault::unsupported(format!(
            "arrays have at most {MOST_AXES} axes here"
        ))),
    }
}

impl Budget<'_> {
    /// An array of zeros.
    pub fn array(&self, of: Scalar, shape: &[usize]) -> Res<Array> {
        checked_axes(shape.len())?;
        // Also where an axis has nothing: what is worked out from the others stays within a word.
        let span = shape.iter().try_fold(8isize, |n, axis| {
            n.checked_mul(isize::try_from((*axis).max(1)).ok()?)
        });
        let count = match span {
            Some(_) => shape.iter().product(),
            None => usize::MAX,
        };
        let held = count.saturating_mul(of.bytes() as usize).saturating_add(128);
        self.meter.hold(held)?;
        let buffer = Rc::new(Buffer {
            bytes: RefCell::new(vec![0; held - 128]),
            held,
            meter: self.meter.clone(),
        });
        self.spend(count)?;
        Ok(Array(Rc::new(View {
            of,
            data: buffer,
            start: 0,
            strides: strides_of(shape),
            shape: shape.to_vec(),
        })))
    }

    /// An array of no axes.
    pub fn one(&self, of: Scalar, value: Num) -> Res<Array> {
        self.filled(of, &[], &mut |_| Ok(value))
    }

    /// An array of numbers of its type, in order.
    pub fn filled(&self, of: Scalar, shape: &[usize], next: &mut dyn FnMut(usize) -> Res<Num>) -> Res<Array> {
        let out = self.array(of, shape)?;
        {
            let mut bytes = out.data.bytes.borrow_mut();
            for at in 0..out.len() {
                store(&mut bytes, of, at, next(at)?);
            }
        }
        Ok(out)
    }
}

/// The shape that several have together.
pub fn broadcast_shape(shapes: &[&[usize]]) -> Res<Vec<usize>> {
    let axes = shapes.iter().map(|shape| shape.len()).max().unwrap_or(0);
    let mut out = vec![1; axes];
    for shape in shapes {
        let ahead = axes - shape.len();
        for (have, want) in shape.iter().zip(&mut out[ahead..]) {
            if *want == 1 {
                *want = *have;
            } else if *have != 1 && have != want {
                let all: Vec<String> = shapes.iter().map(|shape| shape_text(shape)).collect();
                return Err(value_error(format!(
                    "operands could not be broadcast together with shapes {}",
                    all.join(" ")
                )));
            }
        }
    }
    Ok(out)
}

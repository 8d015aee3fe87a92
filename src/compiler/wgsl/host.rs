//! The host's part: numbers and handles between the parallel loops, without elements of arrays.

use super::plan::Fault;
use crate::expand;
use crate::interval::bits_of as wrap;
pub use crate::interval::signed;
use crate::ir::{
    Array, ArrayExpr, Binary, Compare, Cut, Divide, Expr, ExprKind, Local, Program, TableInfo, Unary,
};
use crate::types::Scalar;

/// Where an array's elements lie: in a buffer of 32-bit words, one for each element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handle {
    /// Which buffer, by the order in which they were made.
    pub buffer: u32,
    /// The first element.
    pub offset: i64,
    /// For each axis how many there are, and how far they are apart.
    pub axes: Vec<(i64, i64)>,
}

impl Handle {
    /// How many elements there are.
    pub fn len(&self) -> i64 {
        self.axes
            .iter()
            .fold(1, |n: i64, (length, _)| n.saturating_mul(*length))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The least and the greatest place of an element, if there are any.
    fn extent(&self) -> Option<(i64, i64)> {
        let start = (self.offset, self.offset);
        (!self.is_empty()).then(|| {
            self.axes.iter().fold(start, |(low, high), (length, stride)| {
                let far = (length - 1).saturating_mul(*stride);
                (low.saturating_add(far.min(0)), high.saturating_add(far.max(0)))
            })
        })
    }

    /// Whether they share no element, as far as their extents show it.
    fn is_apart(&self, other: &Handle) -> bool {
        match (self.extent(), other.extent()) {
            _ if self.buffer != other.buffer => true,
            (Some((a, b)), Some((c, d))) => b < c || d < a,
            _ => true,
        }
    }
}

/// The state of the serial part.
#[derive(Debug, Clone)]
pub struct Host {
    /// The bits of each number.
    pub locals: Vec<u64>,
    /// Each array's handle, once it has one.
    pub handles: Vec<Option<Handle>>,
    /// What is looked up.
    tables: Vec<TableInfo>,
}

impl Host {
    /// Before a program: every number is 0.
    pub fn new(program: &Program) -> Host {
        Host {
            locals: vec![0; program.locals.len()],
            handles: vec![None; program.arrays.len()],
            tables: program.tables.clone(),
        }
    }

    /// A number.
    pub fn local(&self, local: Local) -> u64 {
        self.locals.get(local.0 as usize).copied().unwrap_or_default()
    }

    /// Gives a number a value.
    pub fn set(&mut self, local: Local, bits: u64) {
        if let Some(slot) = self.locals.get_mut(local.0 as usize) {
            *slot = bits;
        }
    }

    /// An array's handle.
    ///
    /// # Errors
    /// If it was given none.
    pub fn handle(&self, array: Array) -> Result<&Handle, Fault> {
        let handle = self.handles.get(array.0 as usize);
        handle.and_then(Option::as_ref).ok_or(Fault::Unset(array))
    }

    /// An `int64`'s value.
    ///
    /// # Errors
    /// As [`Host::eval`].
    pub fn int(&mut self, expr: &Expr) -> Result<i64, Fault> {
        Ok(signed(expr.of, self.eval(expr)?) as i64)
    }

    /// The bits of a value.
    ///
    /// # Errors
    /// A division by zero where it has a site, and what only a shader can do.
    pub fn eval(&mut self, expr: &Expr) -> Result<u64, Fault> {
        let of = expr.of;
        Ok(match &expr.kind {
            ExprKind::Const(bits) => *bits,
            ExprKind::Local(local) => self.local(*local),
            ExprKind::Length(array, axis) => {
                let axes = &self.handle(*array)?.axes;
                axes.get(usize::from(*axis))
                    .map_or(0, |(length, _)| *length as u64)
            }
            ExprKind::Unary(op, a) => {
                let a = self.eval(a)?;
                unary(*op, of, a)
            }
            ExprKind::Binary(op, a, b) => {
                let (a, b) = (self.eval(a)?, self.eval(b)?);
                binary(*op, of, a, b)
            }
            ExprKind::Divide(op, a, b, site) => {
                let (a, b) = (self.eval(a)?, self.eval(b)?);
                let is_zero = if of.is_float() {
                    float(of, b) == 0.0
                } else {
                    b == 0
                };
                match site {
                    Some(site) if is_zero => {
                        return Err(Fault::Site {
                            site: *site,
                            index: 0,
                        });
                    }
                    _ => divide(*op, of, a, b),
                }
            }
            ExprKind::Compare(op, a, b) => {
                let (x, y) = (self.eval(a)?, self.eval(b)?);
                compare(*op, a.of, x, b.of, y).into()
            }
            ExprKind::Convert(a) => {
                let bits = self.eval(a)?;
                convert(a.of, of, bits)
            }
            ExprKind::Select(test, a, b) => {
                let (test, a, b) = (self.eval(test)?, self.eval(a)?, self.eval(b)?);
                if test != 0 { a } else { b }
            }
            ExprKind::Choice(test, a, b) => match self.eval(test)? {
                0 => self.eval(b)?,
                _ => self.eval(a)?,
            },
            ExprKind::And(a, b) => match self.eval(a)? {
                0 => 0,
                _ => self.eval(b)?,
            },
            ExprKind::Or(a, b) => match self.eval(a)? {
                0 => self.eval(b)?,
                _ => 1,
            },
            ExprKind::Bits(a) => self.eval(a)?,
            ExprKind::Let(sets, last) => {
                for (local, value) in sets {
                    let bits = self.eval(value)?;
                    self.set(*local, bits);
                }
                self.eval(last)?
            }
            ExprKind::Apart(a, b) => self.handle(*a)?.is_apart(self.handle(*b)?).into(),
            ExprKind::Table(table, at) => {
                let at = self.eval(at)? as usize;
                let table = self.tables.get(table.0 as usize).ok_or(Fault::Shader)?;
                let place = at & table.bits.len().wrapping_sub(1);
                table.bits.get(place).copied().ok_or(Fault::Shader)?
            }
            // Functions were expanded: the host's numbers are those of the processor's rungs, too.
            ExprKind::Load { .. } | ExprKind::Math(..) => return Err(Fault::Shader),
        })
    }

    /// A part of another array, or that itself. A new one is not the host's alone to make.
    ///
    /// # Errors
    /// A bad index or step.
    pub fn view(&mut self, expr: &ArrayExpr) -> Result<Handle, Fault> {
        match expr {
            ArrayExpr::Same(of) => Ok(self.handle(*of)?.clone()),
            ArrayExpr::New { .. } => Err(Fault::Shader),
            ArrayExpr::Transposed(of) => {
                let mut handle = self.handle(*of)?.clone();
                handle.axes.reverse();
                Ok(handle)
            }
            ArrayExpr::Reshape { of, shape, site } => {
                let from = self.handle(*of)?.clone();
                let lengths = shape
                    .iter()
                    .map(|one| self.int(one))
                    .collect::<Result<Vec<_>, _>>()?;
                let to = Handle {
                    axes: contiguous(&lengths),
                    ..from
                };
                match lengths.iter().all(|length| *length >= 0) && to.len() == from.len() {
                    true => Ok(to),
                    false => Err(Fault::Site {
                        site: *site,
                        index: 0,
                    }),
                }
            }
            ArrayExpr::View { of, cuts } => {
                let from = self.handle(*of)?.clone();
                let mut to = Handle {
                    axes: Vec::new(),
                    ..from
                };
                for (cut, (length, stride)) in cuts.iter().zip(from.axes) {
                    match cut {
                        Cut::At(at, site) => {
                            let index = self.int(at)?;
                            let at = if index < 0 {
                                index.wrapping_add(length)
                            } else {
                                index
                            };
                            if !(0..length).contains(&at) {
                                return Err(Fault::Site { site: *site, index });
                            }
                            to.offset += at * stride;
                        }
                        Cut::Range {
                            low,
                            high,
                            step,
                            site,
                        } => {
                            let step = self.part(step)?.unwrap_or(1);
                            if step == 0 {
                                return Err(Fault::Site {
                                    site: *site,
                                    index: 0,
                                });
                            }
                            let (low, high) = (self.part(low)?, self.part(high)?);
                            let (first, count) = slice(length, low, high, step);
                            // An empty view stays where its elements would be looked for first.
                            to.offset += if count > 0 { first * stride } else { 0 };
                            to.axes.push((count, stride.wrapping_mul(step)));
                        }
                    }
                }
                Ok(to)
            }
        }
    }

    fn part(&mut self, expr: &Option<Expr>) -> Result<Option<i64>, Fault> {
        expr.as_ref().map(|expr| self.int(expr)).transpose()
    }
}

/// Axes of these lengths, the last the fastest.
pub fn contiguous(lengths: &[i64]) -> Vec<(i64, i64)> {
    let mut stride: i64 = 1;
    let mut axes: Vec<(i64, i64)> = Vec::new();
    for length in lengths.iter().rev() {
        axes.push((*length, stride));
        stride = stride.saturating_mul((*length).max(1));
    }
    axes.reverse();
    axes
}

/// The first place of a slice and how many there are, as `PySlice_AdjustIndices` of CPython has it.
fn slice(length: i64, low: Option<i64>, high: Option<i64>, step: i64) -> (i64, i64) {
    let (least, most) = if step > 0 { (0, length) } else { (-1, length - 1) };
    let clip = |at: i64| {
        let at = if at < 0 { at.saturating_add(length) } else { at };
        at.max(least).min(most)
    };
    let (first, last) = if step > 0 { (least, most) } else { (most, least) };
    let (low, high) = (low.map_or(first, clip), high.map_or(last, clip));
    let distance = if step > 0 { high - low } else { low - high };
    let count = match distance {
        1.. => (distance - 1) / step.saturating_abs() + 1,
        _ => 0,
    };
    (low, count)
}

/// A float's value.
pub fn float(of: Scalar, bits: u64) -> f64 {
    match of {
        Scalar::F32 => f64::from(f32::from_bits(bits as u32)),
        _ => f64::from_bits(bits),
    }
}

/// A float's bits, rounded to its type.
fn bits(of: Scalar, value: f64) -> u64 {
    match of {
        Scalar::F32 => u64::from((value as f32).to_bits()),
        _ => value.to_bits(),
    }
}

fn unary(op: Unary, of: Scalar, a: u64) -> u64 {
    if of.is_float() {
        let x = float(of, a);
        return bits(
            of,
            match op {
                Unary::Minus => -x,
                Unary::Not => x,
                Unary::Abs => x.abs(),
                Unary::Sqrt => x.sqrt(),
                Unary::Floor => x.floor(),
                Unary::Ceil => x.ceil(),
                Unary::Trunc => x.trunc(),
                Unary::Nearest => x.round_ties_even(),
            },
        );
    }
    let x = signed(of, a);
    match op {
        Unary::Minus => wrap(of, -x),
        Unary::Not if of == Scalar::Bool => u64::from(a == 0),
        Unary::Not => wrap(of, !x),
        Unary::Abs => wrap(of, x.abs()),
        _ => a,
    }
}

/// An operation of two values, each exact in `f64` before it is rounded: sums, products and quotients of
/// `float32` that are rounded twice are as if rounded once (Figueroa 1995).
pub fn binary(op: Binary, of: Scalar, a: u64, b: u64) -> u64 {
    if of.is_float() {
        let (x, y) = (float(of, a), float(of, b));
        let least = |x: f64, y: f64| match x == y {
            true if x.is_sign_negative() => x,
            true => y,
            false if x < y => x,
            false => y,
        };
        return bits(
            of,
            match op {
                Binary::Add => x + y,
                Binary::Sub => x - y,
                Binary::Mul => x * y,
                Binary::Min | Binary::Max if x.is_nan() || y.is_nan() => f64::NAN,
                Binary::Min => least(x, y),
                Binary::Max => -least(-x, -y),
                Binary::CopySign => x.copysign(y),
                _ => x,
            },
        );
    }
    let (x, y) = (signed(of, a), signed(of, b));
    let count = (b & u64::from(8 * of.bytes() - 1)) as u32;
    match op {
        Binary::Add => wrap(of, x + y),
        Binary::Sub => wrap(of, x - y),
        Binary::Mul => wrap(of, x.wrapping_mul(y)),
        Binary::And => a & b,
        Binary::Or => a | b,
        Binary::Xor => a ^ b,
        Binary::ShiftLeft => wrap(of, x << count),
        Binary::ShiftRight => wrap(of, x >> count),
        Binary::Min => wrap(of, x.min(y)),
        Binary::Max => wrap(of, x.max(y)),
        Binary::CopySign => a,
    }
}

/// A division; by zero an integer gives 0.
fn divide(op: Divide, of: Scalar, a: u64, b: u64) -> u64 {
    if of.is_float() {
        let (x, y) = (float(of, a), float(of, b));
        let rest = x % y;
        // As `float_divmod` of CPython.
        let python = match rest != 0.0 {
            true if (y < 0.0) != (rest < 0.0) => rest + y,
            true => rest,
            false => 0.0_f64.copysign(y),
        };
        return bits(
            of,
            match op {
                Divide::True => x / y,
                Divide::CRest => rest,
                Divide::Rest if y == 0.0 => f64::NAN,
                Divide::Rest => python,
                Divide::Floor if y == 0.0 => x / y,
                Divide::Floor => match (x - python) / y {
                    0.0 => 0.0_f64.copysign(x / y),
                    whole if whole - whole.floor() > 0.5 => whole.floor() + 1.0,
                    whole => whole.floor(),
                },
            },
        );
    }
    let (x, y) = (signed(of, a), signed(of, b));
    match op {
        _ if y == 0 => 0,
        Divide::True | Divide::Floor => {
            let quotient = x / y;
            let is_between = x % y != 0 && (x < 0) != (y < 0);
            wrap(of, quotient - i128::from(is_between))
        }
        Divide::Rest => {
            let rest = x % y;
            let is_between = rest != 0 && (rest < 0) != (y < 0);
            wrap(of, if is_between { rest + y } else { rest })
        }
        Divide::CRest => wrap(of, x % y),
    }
}

fn compare(op: Compare, of: Scalar, a: u64, other: Scalar, b: u64) -> bool {
    let order = match of.is_float() {
        true => float(of, a).partial_cmp(&float(other, b)),
        false => Some(signed(of, a).cmp(&signed(other, b))),
    };
    match op {
        Compare::Equal => order.is_some_and(|o| o.is_eq()),
        Compare::Unequal => order.is_none_or(|o| o.is_ne()),
        Compare::Less => order.is_some_and(|o| o.is_lt()),
        Compare::AtMost => order.is_some_and(|o| o.is_le()),
    }
}

/// Another type's nearest value.
pub fn convert(from: Scalar, to: Scalar, value: u64) -> u64 {
    match (from.is_float(), to.is_float()) {
        (true, true) => bits(to, float(from, value)),
        (true, false) if to == Scalar::Bool => u64::from(float(from, value) != 0.0),
        (true, false) => {
            let x = float(from, value);
            // Rust cuts off, keeps to the nearest that there is, and makes a NaN 0.
            wrap(
                to,
                match to {
                    Scalar::I8 => (x as i8).into(),
                    Scalar::I16 => (x as i16).into(),
                    Scalar::I32 => (x as i32).into(),
                    Scalar::I64 => (x as i64).into(),
                    Scalar::U8 => (x as u8).into(),
                    Scalar::U16 => (x as u16).into(),
                    Scalar::U32 => (x as u32).into(),
                    _ => (x as u64).into(),
                },
            )
        }
        (false, true) => {
            let x = signed(from, value);
            match to {
                Scalar::F32 => u64::from((x as f32).to_bits()),
                _ => (x as f64).to_bits(),
            }
        }
        (false, false) => wrap(to, signed(from, value)),
    }
}

/// The bits of an expression without variables.
pub fn constant(expr: &Expr) -> Option<u64> {
    let (mut program, mut expr) = (Program::default(), expr.clone());
    expand::expand_in(&mut program, &mut expr);
    Host::new(&program).eval(&expr).ok()
}

/// Whether the host can compute this, its functions expanded: no elements.
pub fn can(expr: &Expr) -> bool {
    !super::uses::any(expr, &|part| matches!(part.kind, ExprKind::Load { .. }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::Math;

    #[test]
    fn functions_are_computed_without_the_processors_library() {
        let value = |function: Math, of: Scalar, all: &[f64]| {
            let all = all.iter().map(|x| Expr::bits(of, bits(of, *x))).collect();
            constant(&Expr::new(ExprKind::Math(function, all), of)).map(|bits| float(of, bits))
        };
        // With tables and without, of one number and of two, rare and usual arguments.
        let cases: [(Math, &[f64], f64); 9] = [
            (Math::Sin, &[0.75], 0.75_f64.sin()),
            (Math::Sin, &[1e22], 1e22_f64.sin()),
            (Math::Exp, &[-3.25], (-3.25_f64).exp()),
            (Math::Log, &[10.0], 10.0_f64.ln()),
            (Math::Log2, &[10.0], 10.0_f64.log2()),
            (Math::Pow, &[2.5, -1.75], 2.5_f64.powf(-1.75)),
            (Math::Atan2, &[-1.0, -2.0], (-1.0_f64).atan2(-2.0)),
            (Math::Hypot, &[3.0, 4.0], 5.0),
            (Math::Gamma, &[5.0], 24.0),
        ];
        for (function, all, expected) in cases {
            for (of, bound) in [(Scalar::F64, 1e-15), (Scalar::F32, 1e-6)] {
                let all: Vec<f64> = all.iter().map(|x| float(of, bits(of, *x))).collect();
                // What 1e22 is in 32 bits has a sine of its own.
                let expected = match (function, all[0] > 1e20) {
                    (Math::Sin, true) => all[0].sin(),
                    _ => expected,
                };
                let given = value(function, of, &all).unwrap();
                let error = (given / expected - 1.0).abs();
                assert!(error <= bound, "{function:?} {of} {all:?}: {given} {expected}");
            }
        }
    }
}

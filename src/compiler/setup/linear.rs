//! Products of vectors and matrices.

use super::array::{Array, cast, shape_text};
use super::object::{Budget, Fault, Num, Object, Res, value_error};
use super::ufunc::{Fun, of_two, promoted, unwrapped};
use crate::types::Scalar;

fn product(budget: &Budget, a: &Array, b: &Array, words: &dyn Fn() -> Fault) -> Res<Object> {
    let inner = a.shape.last().copied().unwrap_or(0);
    let along = b.shape.len().saturating_sub(2);
    if b.shape.get(along).copied() != Some(inner) {
        return Err(words());
    }
    let of = promoted(a.of, b.of);
    let (x, y) = (a.numbers(budget)?, b.numbers(budget)?);
    let rows = if a.shape.len() == 2 { a.shape[0] } else { 1 };
    let columns = if b.shape.len() == 2 { b.shape[1] } else { 1 };
    let mut shape = Vec::new();
    if a.shape.len() == 2 {
        shape.push(rows);
    }
    if b.shape.len() == 2 {
        shape.push(columns);
    }
    budget.spend(rows.saturating_mul(columns).saturating_mul(inner))?;
    let number = |all: &[Num], at: usize| cast(all.get(at).copied().unwrap_or(Num::Int(0)), of);
    let out = budget.filled(of, &shape, &mut |at| {
        let (row, column) = (at / columns.max(1), at % columns.max(1));
        let mut total = cast(Num::Int(0), of)?;
        for k in 0..inner {
            let one = of_two(
                Fun::Mul,
                of,
                number(&x, row * inner + k)?,
                number(&y, k * columns + column)?,
            )?;
            total = of_two(Fun::Add, of, total, one)?;
        }
        Ok(total)
    })?;
    Ok(unwrapped(out))
}

/// `a @ b` of one or two axes. NumPy gives floats to the machine's BLAS, whose order is its own: the last bits of
/// such sums may differ.
pub fn matmul(budget: &Budget, a: &Array, b: &Array) -> Res<Object> {
    if a.shape.is_empty() || b.shape.is_empty() {
        return Err(value_error(
            "matmul: Input operand does not have enough dimensions (has 0, gufunc core with signature (n?,k),(k,m?)->(n?,m?) requires 1)",
        ));
    }
    if a.shape.len() > 2 || b.shape.len() > 2 {
        return Err(Fault::unsupported(
            "'@' of arrays of more than two axes is not supported",
        ));
    }
    product(budget, a, b, &|| {
        let core = b.shape.len().saturating_sub(2);
        value_error(format!(
            "matmul: Input operand 1 has a mismatch in its core dimension {core}, with gufunc signature (n?,k),(k,m?)->(n?,m?) (size {} is different from {})",
            b.shape.get(core).copied().unwrap_or(0),
            a.shape.last().copied().unwrap_or(0)
        ))
    })
}

/// `np.dot`.
pub fn dot(budget: &Budget, a: &Array, b: &Array) -> Res<Object> {
    if a.shape.is_empty() || b.shape.is_empty() {
        let operand = |array: &Array| super::ops::operand(budget, &unwrapped(array.clone()));
        return super::ufunc::call(budget, Fun::Mul, &[operand(a)?, operand(b)?]);
    }
    if a.shape.len() > 2 || b.shape.len() > 2 {
        return Err(Fault::unsupported(
            "np.dot of arrays of more than two axes is not supported",
        ));
    }
    product(budget, a, b, &|| {
        value_error(format!(
            "shapes {} and {} not aligned: {} (dim {}) != {} (dim {})",
            shape_text(&a.shape),
            shape_text(&b.shape),
            a.shape.last().copied().unwrap_or(0),
            a.shape.len() - 1,
            b.shape.get(b.shape.len().saturating_sub(2)).copied().unwrap_or(0),
            b.shape.len().saturating_sub(2)
        ))
    })
}

/// `np.outer`.
pub fn outer(budget: &Budget, a: &Array, b: &Array) -> Res<Object> {
    let of = promoted(a.of, b.of);
    let of = if of == Scalar::Bool { Scalar::Bool } else { of };
    let (x, y) = (a.numbers(budget)?, b.numbers(budget)?);
    let columns = y.len().max(1);
    let out = budget.filled(of, &[x.len(), y.len()], &mut |at| {
        of_two(
            Fun::Mul,
            of,
            cast(x[at / columns], of)?,
            cast(y[at % columns], of)?,
        )
    })?;
    Ok(Object::Array(out))
}

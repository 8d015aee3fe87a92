//! Functions that every module has, for what WebAssembly has no instruction for.

use super::function::at;
use crate::types::Scalar;
use wasm_encoder::{BlockType, Function, Ieee32, Ieee64, ValType};

/// Their numbers, from [`super::function::Unit::first`] on.
pub(super) const FAIL: u32 = 0;
pub(super) const FMOD: u32 = 1;
const FLOOR_DIVIDE_32: u32 = 2;
const FLOOR_DIVIDE_64: u32 = 3;
const REST_32: u32 = 4;
const REST_64: u32 = 5;
/// The first of the program itself.
pub(super) const RUN: u32 = 6;

/// What they are called, for people.
pub const NAMES: [&str; RUN as usize] = [
    "fail",
    "fmod",
    "floor_divide_32",
    "floor_divide_64",
    "rest_32",
    "rest_64",
];

/// The function that is `a // b` or `a % b` of floats.
pub(super) fn floor_or_rest(of: Scalar, is_rest: bool) -> u32 {
    match (of, is_rest) {
        (Scalar::F32, false) => FLOOR_DIVIDE_32,
        (Scalar::F32, true) => REST_32,
        (_, false) => FLOOR_DIVIDE_64,
        (_, true) => REST_64,
    }
}

/// All of them, in order; `first` is the number of the first.
pub(super) fn all(first: u32) -> Vec<Function> {
    use Scalar::{F32, F64};
    let divmod = |of, is_rest| divmod(first + FMOD, of, is_rest);
    vec![
        fail(),
        fmod(),
        divmod(F32, false),
        divmod(F64, false),
        divmod(F32, true),
        divmod(F64, true),
    ]
}

/// Writes an error's record: (record, site, axis, index, length, iteration) -> 1.
fn fail() -> Function {
    let mut function = Function::new([]);
    let mut put = function.instructions();
    put.local_get(0)
        .local_get(1)
        .i32_const(1)
        .i32_add()
        .i32_store(at(0));
    put.local_get(0).local_get(2).i32_store(at(4));
    for (parameter, offset) in [(3, 8), (4, 16), (5, 24)] {
        put.local_get(0).local_get(parameter).i64_store(at(offset));
    }
    put.i32_const(1).end();
    function
}

/// The exact remainder of `x` by `y` with the sign of `x`: the divisor is doubled up to the dividend and taken
/// away on its way back. Every difference is exact, because the dividend is always less than twice
/// what is taken away (Sterbenz).
fn fmod() -> Function {
    let [x, y, a, b, t] = [0, 1, 2, 3, 4];
    let mut function = Function::new([(3, ValType::F64)]);
    let mut put = function.instructions();
    put.local_get(x).f64_abs().local_set(a);
    put.local_get(y).f64_abs().local_tee(b).local_set(t);
    // Infinite dividends, divisors of zero and NaN.
    put.local_get(a).f64_const(Ieee64::from(f64::INFINITY)).f64_lt();
    put.local_get(b)
        .f64_const(Ieee64::from(0.0))
        .f64_gt()
        .i32_and()
        .i32_eqz()
        .if_(BlockType::Empty);
    put.local_get(x)
        .local_get(y)
        .f64_mul()
        .local_tee(a)
        .local_get(a)
        .f64_div()
        .return_()
        .end();
    put.local_get(a)
        .local_get(b)
        .f64_lt()
        .if_(BlockType::Empty)
        .local_get(x)
        .return_()
        .end();
    put.loop_(BlockType::Empty)
        .local_get(t)
        .local_get(t)
        .f64_add()
        .local_get(a)
        .f64_le();
    put.if_(BlockType::Empty)
        .local_get(t)
        .local_get(t)
        .f64_add()
        .local_set(t)
        .br(1)
        .end()
        .end();
    put.loop_(BlockType::Empty)
        .local_get(a)
        .local_get(t)
        .f64_ge()
        .if_(BlockType::Empty);
    put.local_get(a).local_get(t).f64_sub().local_set(a).end();
    put.local_get(t).local_get(b).f64_ne().if_(BlockType::Empty);
    put.local_get(t)
        .f64_const(Ieee64::from(0.5))
        .f64_mul()
        .local_set(t)
        .br(1)
        .end()
        .end();
    put.local_get(a).local_get(x).f64_copysign().end();
    function
}

/// CPython's `float_divmod`, either part.
fn divmod(fmod: u32, of: Scalar, is_rest: bool) -> Function {
    let [x, y, rest, whole, down] = [0, 1, 2, 3, 4];
    let is_wide = of == Scalar::F64;
    let word = if is_wide { ValType::F64 } else { ValType::F32 };
    let mut function = Function::new([(3, word)]);
    let mut put = function.instructions();
    // The two widths' instructions by their bytes' names.
    macro_rules! float {
        ($wide:ident, $narrow:ident) => {
            if is_wide { put.$wide() } else { put.$narrow() }
        };
    }
    macro_rules! constant {
        ($value:literal) => {
            match is_wide {
                true => put.f64_const(Ieee64::from($value)),
                false => put.f32_const(Ieee32::from($value)),
            }
        };
    }
    if !is_rest {
        // Only where the kernel may go on: NumPy's infinity.
        put.local_get(y);
        constant!(0.0);
        float!(f64_eq, f32_eq)
            .if_(BlockType::Empty)
            .local_get(x)
            .local_get(y);
        float!(f64_div, f32_div).return_().end();
    }
    put.local_get(x);
    if !is_wide {
        put.f64_promote_f32();
    }
    put.local_get(y);
    if !is_wide {
        put.f64_promote_f32();
    }
    put.call(fmod);
    if !is_wide {
        put.f32_demote_f64();
    }
    put.local_set(rest);
    // The quotient, near a whole number.
    put.local_get(x).local_get(rest);
    float!(f64_sub, f32_sub).local_get(y);
    float!(f64_div, f32_div).local_set(whole);
    put.local_get(rest);
    constant!(0.0);
    float!(f64_ne, f32_ne).if_(BlockType::Empty).local_get(y);
    constant!(0.0);
    float!(f64_lt, f32_lt).local_get(rest);
    constant!(0.0);
    float!(f64_lt, f32_lt)
        .i32_ne()
        .if_(BlockType::Empty)
        .local_get(rest)
        .local_get(y);
    float!(f64_add, f32_add).local_set(rest).local_get(whole);
    constant!(1.0);
    float!(f64_sub, f32_sub).local_set(whole).end().else_();
    constant!(0.0);
    put.local_get(y);
    float!(f64_copysign, f32_copysign).local_set(rest).end();
    if is_rest {
        put.local_get(rest).end();
        return function;
    }
    put.local_get(whole);
    constant!(0.0);
    float!(f64_ne, f32_ne)
        .if_(BlockType::Result(word))
        .local_get(whole);
    float!(f64_floor, f32_floor).local_tee(down);
    constant!(1.0);
    float!(f64_add, f32_add)
        .local_get(down)
        .local_get(whole)
        .local_get(down);
    float!(f64_sub, f32_sub);
    constant!(0.5);
    float!(f64_gt, f32_gt).select().else_();
    constant!(0.0);
    put.local_get(x).local_get(y);
    float!(f64_div, f32_div);
    float!(f64_copysign, f32_copysign).end().end();
    function
}

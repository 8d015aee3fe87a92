//! Four lanes as an array; the compiler finds the vector instructions.

use super::{Add, BitOr, BitXor, Div, F32s, Mul, Sub, U32s, operator};
use std::array::from_fn;

/// Four lanes of f32.
#[derive(Debug, Clone, Copy)]
pub struct Simd([f32; 4]);

/// Four lanes of u32.
#[derive(Debug, Clone, Copy)]
pub struct Words([u32; 4]);

operator!(Simd: Add add, a b => from_fn(|i| a[i] + b[i]));
operator!(Simd: Sub sub, a b => from_fn(|i| a[i] - b[i]));
operator!(Simd: Mul mul, a b => from_fn(|i| a[i] * b[i]));
operator!(Simd: Div div, a b => from_fn(|i| a[i] / b[i]));
operator!(Words: Add add, a b => from_fn(|i| a[i].wrapping_add(b[i])));
operator!(Words: Mul mul, a b => from_fn(|i| a[i].wrapping_mul(b[i])));
operator!(Words: BitOr bitor, a b => from_fn(|i| a[i] | b[i]));
operator!(Words: BitXor bitxor, a b => from_fn(|i| a[i] ^ b[i]));

impl F32s for Simd {
    const LANES: usize = 4;
    type Mask = [bool; 4];
    type U32s = Words;

    #[inline(always)]
    fn splat(value: f32) -> Self {
        Simd([value; 4])
    }
    #[inline(always)]
    fn iota() -> Self {
        Simd([0.0, 1.0, 2.0, 3.0])
    }
    #[inline(always)]
    fn load(values: &[f32]) -> Self {
        Simd(from_fn(|i| values[i]))
    }
    #[inline(always)]
    fn store(self, values: &mut [f32]) {
        values[..4].copy_from_slice(&self.0);
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        Simd(self.0.map(f32::sqrt))
    }
    #[inline(always)]
    fn or_greater(self, other: Self) -> Self {
        let (a, b) = (self.0, other.0);
        Simd(from_fn(|i| if a[i] < b[i] { b[i] } else { a[i] }))
    }
    #[inline(always)]
    fn greatest(self) -> f32 {
        let [first, rest @ ..] = self.0;
        rest.into_iter().fold(first, |a, b| if a < b { b } else { a })
    }
    #[inline(always)]
    fn to_bits(self) -> Words {
        Words(self.0.map(f32::to_bits))
    }
    #[inline(always)]
    fn from_bits(bits: Words) -> Self {
        Simd(bits.0.map(f32::from_bits))
    }
    #[inline(always)]
    fn le(self, other: Self) -> [bool; 4] {
        from_fn(|i| self.0[i] <= other.0[i])
    }
    #[inline(always)]
    fn mask_all() -> [bool; 4] {
        [true; 4]
    }
    #[inline(always)]
    fn mask_and(a: [bool; 4], b: [bool; 4]) -> [bool; 4] {
        from_fn(|i| a[i] & b[i])
    }
    #[inline(always)]
    fn mask_or(a: [bool; 4], b: [bool; 4]) -> [bool; 4] {
        from_fn(|i| a[i] | b[i])
    }
    #[inline(always)]
    fn mask_any(mask: [bool; 4]) -> bool {
        mask.contains(&true)
    }
}

impl U32s for Words {
    type Mask = [bool; 4];

    #[inline(always)]
    fn splat(value: u32) -> Self {
        Words([value; 4])
    }
    #[inline(always)]
    fn iota() -> Self {
        Words([0, 1, 2, 3])
    }
    #[inline(always)]
    fn shl<const BY: u32>(self) -> Self {
        Words(self.0.map(|x| x << BY))
    }
    #[inline(always)]
    fn shr<const BY: u32>(self) -> Self {
        Words(self.0.map(|x| x >> BY))
    }
    #[inline(always)]
    fn squared_halves(self) -> Self {
        Words(self.0.map(|x| {
            let (low, high) = (i32::from(x as i16), x as i32 >> 16);
            (low * low).wrapping_add(high * high) as u32
        }))
    }
    #[inline(always)]
    fn lt_signed(self, other: Self) -> [bool; 4] {
        from_fn(|i| (self.0[i] as i32) < other.0[i] as i32)
    }
    #[inline(always)]
    fn count(self, mask: [bool; 4]) -> Self {
        Words(from_fn(|i| self.0[i].wrapping_add(u32::from(mask[i]))))
    }
    #[inline(always)]
    fn sum(self) -> u32 {
        self.0.into_iter().fold(0, u32::wrapping_add)
    }
    #[inline(always)]
    fn store_part(self, values: &mut [u32]) {
        let len = values.len().min(4);
        values[..len].copy_from_slice(&self.0[..len]);
    }
}

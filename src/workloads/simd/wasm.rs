//! Four lanes of wasm SIMD128.

use super::{Add, BitOr, BitXor, Div, F32s, Mul, Sub, U32s, operator};
use core::arch::wasm32::*;

/// Four lanes of f32.
#[derive(Debug, Clone, Copy)]
pub struct Simd(v128);

/// Four lanes of u32.
#[derive(Debug, Clone, Copy)]
pub struct Words(v128);

operator!(Simd: Add add, a b => f32x4_add(a, b));
operator!(Simd: Sub sub, a b => f32x4_sub(a, b));
operator!(Simd: Mul mul, a b => f32x4_mul(a, b));
operator!(Simd: Div div, a b => f32x4_div(a, b));
operator!(Words: Add add, a b => u32x4_add(a, b));
operator!(Words: Mul mul, a b => u32x4_mul(a, b));
operator!(Words: BitOr bitor, a b => v128_or(a, b));
operator!(Words: BitXor bitxor, a b => v128_xor(a, b));

impl F32s for Simd {
    const LANES: usize = 4;
    type Mask = v128;
    type U32s = Words;

    #[inline(always)]
    fn splat(value: f32) -> Self {
        Simd(f32x4_splat(value))
    }
    #[inline(always)]
    fn iota() -> Self {
        Simd(f32x4(0.0, 1.0, 2.0, 3.0))
    }
    #[inline(always)]
    fn load(values: &[f32]) -> Self {
        let values = &values[..4];
        // SAFETY: four f32s were just bounds-checked; v128.load needs no alignment.
        Simd(unsafe { v128_load(values.as_ptr().cast()) })
    }
    #[inline(always)]
    fn store(self, values: &mut [f32]) {
        let values = &mut values[..4];
        // SAFETY: as in `load`, and the slice is exclusively ours.
        unsafe { v128_store(values.as_mut_ptr().cast(), self.0) }
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        Simd(f32x4_sqrt(self.0))
    }
    #[inline(always)]
    fn or_greater(self, other: Self) -> Self {
        Simd(f32x4_pmax(self.0, other.0))
    }
    #[inline(always)]
    fn greatest(self) -> f32 {
        let pairs = f32x4_pmax(self.0, i32x4_shuffle::<2, 3, 2, 3>(self.0, self.0));
        let one = f32x4_pmax(pairs, i32x4_shuffle::<1, 1, 1, 1>(pairs, pairs));
        f32x4_extract_lane::<0>(one)
    }
    #[inline(always)]
    fn to_bits(self) -> Words {
        Words(self.0)
    }
    #[inline(always)]
    fn from_bits(bits: Words) -> Self {
        Simd(bits.0)
    }
    #[inline(always)]
    fn le(self, other: Self) -> v128 {
        f32x4_le(self.0, other.0)
    }
    #[inline(always)]
    fn mask_all() -> v128 {
        u32x4_splat(u32::MAX)
    }
    #[inline(always)]
    fn mask_and(a: v128, b: v128) -> v128 {
        v128_and(a, b)
    }
    #[inline(always)]
    fn mask_or(a: v128, b: v128) -> v128 {
        v128_or(a, b)
    }
    #[inline(always)]
    fn mask_any(mask: v128) -> bool {
        v128_any_true(mask)
    }
}

impl U32s for Words {
    type Mask = v128;

    #[inline(always)]
    fn splat(value: u32) -> Self {
        Words(u32x4_splat(value))
    }
    #[inline(always)]
    fn iota() -> Self {
        Words(u32x4(0, 1, 2, 3))
    }
    #[inline(always)]
    fn shl<const BY: u32>(self) -> Self {
        Words(u32x4_shl(self.0, BY))
    }
    #[inline(always)]
    fn shr<const BY: u32>(self) -> Self {
        Words(u32x4_shr(self.0, BY))
    }
    #[inline(always)]
    fn squared_halves(self) -> Self {
        Words(i32x4_dot_i16x8(self.0, self.0))
    }
    #[inline(always)]
    fn lt_signed(self, other: Self) -> v128 {
        i32x4_lt(self.0, other.0)
    }
    #[inline(always)]
    fn count(self, mask: v128) -> Self {
        // A true lane is all ones, which is -1.
        Words(u32x4_sub(self.0, mask))
    }
    #[inline(always)]
    fn sum(self) -> u32 {
        let v = self.0;
        [
            u32x4_extract_lane::<0>(v),
            u32x4_extract_lane::<1>(v),
            u32x4_extract_lane::<2>(v),
            u32x4_extract_lane::<3>(v),
        ]
        .into_iter()
        .fold(0, u32::wrapping_add)
    }
    #[inline(always)]
    fn store_part(self, values: &mut [u32]) {
        if values.len() < 4 {
            let mut lanes = [0; 4];
            self.store_part(&mut lanes);
            return values.copy_from_slice(&lanes[..values.len()]);
        }
        let values = &mut values[..4];
        // SAFETY: four u32s were just bounds-checked and are exclusively ours.
        unsafe { v128_store(values.as_mut_ptr().cast(), self.0) }
    }
}

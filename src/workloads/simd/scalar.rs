//! One lane.

use super::{Add, BitOr, BitXor, Div, F32s, Mul, Sub, U32s, operator};

/// One lane: an f32.
#[derive(Debug, Clone, Copy)]
pub struct Scalar(f32);

/// One lane: a u32.
#[derive(Debug, Clone, Copy)]
pub struct Word(u32);

operator!(Scalar: Add add, a b => a + b);
operator!(Scalar: Sub sub, a b => a - b);
operator!(Scalar: Mul mul, a b => a * b);
operator!(Scalar: Div div, a b => a / b);
operator!(Word: Add add, a b => a.wrapping_add(b));
operator!(Word: Mul mul, a b => a.wrapping_mul(b));
operator!(Word: BitOr bitor, a b => a | b);
operator!(Word: BitXor bitxor, a b => a ^ b);

impl F32s for Scalar {
    const LANES: usize = 1;
    type Mask = bool;
    type U32s = Word;

    #[inline(always)]
    fn splat(value: f32) -> Self {
        Scalar(value)
    }
    #[inline(always)]
    fn iota() -> Self {
        Scalar(0.0)
    }
    #[inline(always)]
    fn load(values: &[f32]) -> Self {
        Scalar(values[0])
    }
    #[inline(always)]
    fn store(self, values: &mut [f32]) {
        values[0] = self.0;
    }
    #[inline(always)]
    fn load_part(values: &[f32]) -> Self {
        Scalar(values.first().copied().unwrap_or(0.0))
    }
    #[inline(always)]
    fn store_part(self, values: &mut [f32]) {
        if let Some(value) = values.first_mut() {
            *value = self.0;
        }
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        Scalar(self.0.sqrt())
    }
    #[inline(always)]
    fn or_greater(self, other: Self) -> Self {
        Scalar(if self.0 < other.0 { other.0 } else { self.0 })
    }
    #[inline(always)]
    fn greatest(self) -> f32 {
        self.0
    }
    #[inline(always)]
    fn to_bits(self) -> Word {
        Word(self.0.to_bits())
    }
    #[inline(always)]
    fn from_bits(bits: Word) -> Self {
        Scalar(f32::from_bits(bits.0))
    }
    #[inline(always)]
    fn le(self, other: Self) -> bool {
        self.0 <= other.0
    }
    #[inline(always)]
    fn mask_all() -> bool {
        true
    }
    #[inline(always)]
    fn mask_and(a: bool, b: bool) -> bool {
        a & b
    }
    #[inline(always)]
    fn mask_or(a: bool, b: bool) -> bool {
        a | b
    }
    #[inline(always)]
    fn mask_any(mask: bool) -> bool {
        mask
    }
}

impl U32s for Word {
    type Mask = bool;

    #[inline(always)]
    fn splat(value: u32) -> Self {
        Word(value)
    }
    #[inline(always)]
    fn iota() -> Self {
        Word(0)
    }
    #[inline(always)]
    fn shl<const BY: u32>(self) -> Self {
        Word(self.0 << BY)
    }
    #[inline(always)]
    fn shr<const BY: u32>(self) -> Self {
        Word(self.0 >> BY)
    }
    #[inline(always)]
    fn squared_halves(self) -> Self {
        let (low, high) = (i32::from(self.0 as i16), self.0 as i32 >> 16);
        Word((low * low).wrapping_add(high * high) as u32)
    }
    #[inline(always)]
    fn lt_signed(self, other: Self) -> bool {
        (self.0 as i32) < other.0 as i32
    }
    #[inline(always)]
    fn count(self, mask: bool) -> Self {
        Word(self.0.wrapping_add(u32::from(mask)))
    }
    #[inline(always)]
    fn sum(self) -> u32 {
        self.0
    }
    #[inline(always)]
    fn store_part(self, values: &mut [u32]) {
        if let Some(value) = values.first_mut() {
            *value = self.0;
        }
    }
}

//! Four lanes of SSE2, which every x86-64 has.

use super::{Add, BitOr, BitXor, Div, F32s, Mul, Sub, U32s, operator};
use core::arch::x86_64::*;

/// Four lanes of f32.
#[derive(Debug, Clone, Copy)]
pub struct Simd(__m128);

/// Four lanes of u32.
#[derive(Debug, Clone, Copy)]
pub struct Words(__m128i);

macro_rules! sse {
    ($e:expr) => {
        // SAFETY: SSE2 is part of the x86-64 baseline; no memory is touched.
        unsafe { $e }
    };
}

operator!(Simd: Add add, a b => sse!(_mm_add_ps(a, b)));
operator!(Simd: Sub sub, a b => sse!(_mm_sub_ps(a, b)));
operator!(Simd: Mul mul, a b => sse!(_mm_mul_ps(a, b)));
operator!(Simd: Div div, a b => sse!(_mm_div_ps(a, b)));
operator!(Words: Add add, a b => sse!(_mm_add_epi32(a, b)));
operator!(Words: Mul mul, a b => sse!(product(a, b)));
operator!(Words: BitOr bitor, a b => sse!(_mm_or_si128(a, b)));
operator!(Words: BitXor bitxor, a b => sse!(_mm_xor_si128(a, b)));

/// The low halves of four products: SSE2 multiplies two lanes at a time.
#[inline(always)]
unsafe fn product(a: __m128i, b: __m128i) -> __m128i {
    sse!({
        let even = _mm_mul_epu32(a, b);
        let odd = _mm_mul_epu32(_mm_srli_epi64::<32>(a), _mm_srli_epi64::<32>(b));
        _mm_unpacklo_epi32(
            _mm_shuffle_epi32::<0b00_00_10_00>(even),
            _mm_shuffle_epi32::<0b00_00_10_00>(odd),
        )
    })
}

#[allow(unused_unsafe)] // Some of these became safe; older compilers still ask for it.
impl F32s for Simd {
    const LANES: usize = 4;
    type Mask = __m128;
    type U32s = Words;

    #[inline(always)]
    fn splat(value: f32) -> Self {
        Simd(sse!(_mm_set1_ps(value)))
    }
    #[inline(always)]
    fn iota() -> Self {
        Simd(sse!(_mm_setr_ps(0.0, 1.0, 2.0, 3.0)))
    }
    #[inline(always)]
    fn load(values: &[f32]) -> Self {
        let values = &values[..4];
        // SAFETY: four f32s were just bounds-checked; the load is an unaligned one.
        Simd(unsafe { _mm_loadu_ps(values.as_ptr()) })
    }
    #[inline(always)]
    fn store(self, values: &mut [f32]) {
        let values = &mut values[..4];
        // SAFETY: as in `load`, and the slice is exclusively ours.
        unsafe { _mm_storeu_ps(values.as_mut_ptr(), self.0) }
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        Simd(sse!(_mm_sqrt_ps(self.0)))
    }
    #[inline(always)]
    fn or_greater(self, other: Self) -> Self {
        // Gives its second operand where neither is greater.
        Simd(sse!(_mm_max_ps(other.0, self.0)))
    }
    #[inline(always)]
    fn greatest(self) -> f32 {
        sse!({
            let pairs = _mm_max_ps(_mm_movehl_ps(self.0, self.0), self.0);
            let one = _mm_max_ps(_mm_shuffle_ps::<0b01_01_01_01>(pairs, pairs), pairs);
            _mm_cvtss_f32(one)
        })
    }
    #[inline(always)]
    fn to_bits(self) -> Words {
        Words(sse!(_mm_castps_si128(self.0)))
    }
    #[inline(always)]
    fn from_bits(bits: Words) -> Self {
        Simd(sse!(_mm_castsi128_ps(bits.0)))
    }
    #[inline(always)]
    fn le(self, other: Self) -> __m128 {
        sse!(_mm_cmple_ps(self.0, other.0))
    }
    #[inline(always)]
    fn mask_all() -> __m128 {
        sse!(_mm_castsi128_ps(_mm_set1_epi32(-1)))
    }
    #[inline(always)]
    fn mask_and(a: __m128, b: __m128) -> __m128 {
        sse!(_mm_and_ps(a, b))
    }
    #[inline(always)]
    fn mask_or(a: __m128, b: __m128) -> __m128 {
        sse!(_mm_or_ps(a, b))
    }
    #[inline(always)]
    fn mask_any(mask: __m128) -> bool {
        sse!(_mm_movemask_ps(mask)) != 0
    }
}

#[allow(unused_unsafe)] // As above.
impl U32s for Words {
    type Mask = __m128;

    #[inline(always)]
    fn splat(value: u32) -> Self {
        Words(sse!(_mm_set1_epi32(value as i32)))
    }
    #[inline(always)]
    fn iota() -> Self {
        Words(sse!(_mm_setr_epi32(0, 1, 2, 3)))
    }
    #[inline(always)]
    fn shl<const BY: u32>(self) -> Self {
        Words(sse!(_mm_sll_epi32(self.0, _mm_cvtsi32_si128(BY as i32))))
    }
    #[inline(always)]
    fn shr<const BY: u32>(self) -> Self {
        Words(sse!(_mm_srl_epi32(self.0, _mm_cvtsi32_si128(BY as i32))))
    }
    #[inline(always)]
    fn squared_halves(self) -> Self {
        Words(sse!(_mm_madd_epi16(self.0, self.0)))
    }
    #[inline(always)]
    fn lt_signed(self, other: Self) -> __m128 {
        sse!(_mm_castsi128_ps(_mm_cmplt_epi32(self.0, other.0)))
    }
    #[inline(always)]
    fn count(self, mask: __m128) -> Self {
        // A true lane is all ones, which is -1.
        Words(sse!(_mm_sub_epi32(self.0, _mm_castps_si128(mask))))
    }
    #[inline(always)]
    fn sum(self) -> u32 {
        let mut lanes = [0; 4];
        self.store_part(&mut lanes);
        lanes.into_iter().fold(0, u32::wrapping_add)
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
        unsafe { _mm_storeu_si128(values.as_mut_ptr().cast(), self.0) }
    }
}

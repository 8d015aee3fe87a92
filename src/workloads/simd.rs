//! Lanes: one kernel body, as one value at a time or as four.
//!
//! A kernel is written once, generic over [`F32s`]. [`Scalar`] makes the scalar rung of
//! it, [`Simd`] the SIMD rung: wasm SIMD128 in the browser, SSE2 (x86-64's baseline)
//! natively, a plain array elsewhere. Both round every operation alike, so their
//! results agree to the last bit; fused multiply-add is left out for that reason.
//!
//! The engine is built with the auto-vectoriser off, so that only code that goes
//! through [`Simd`] holds vector instructions (`tests/rungs.rs` reads the built wasm).

use std::ops::{Add, Mul, Sub};

/// The widest vector here.
const MOST_LANES: usize = 4;

/// A vector of f32 lanes.
pub trait F32s: Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> {
    /// Number of lanes.
    const LANES: usize;
    /// A truth value per lane.
    type Mask: Copy;
    /// An unsigned integer per lane.
    type U32s: Copy;

    /// The same value in every lane.
    fn splat(value: f32) -> Self;
    /// 0, 1, 2, ... across the lanes.
    fn iota() -> Self;
    /// The first [`Self::LANES`] values. Panics if there are fewer.
    fn load(values: &[f32]) -> Self;
    /// Writes the first [`Self::LANES`] values. Panics if there is no room.
    fn store(self, values: &mut [f32]);
    /// As [`F32s::load`], but where there are fewer values the other lanes are zero.
    #[inline(always)]
    fn load_part(values: &[f32]) -> Self {
        if values.len() >= Self::LANES {
            return Self::load(values);
        }
        let mut lanes = [0.0; MOST_LANES];
        lanes[..values.len()].copy_from_slice(values);
        Self::load(&lanes)
    }
    /// As [`F32s::store`], but no more than there is room for.
    #[inline(always)]
    fn store_part(self, values: &mut [f32]) {
        if values.len() >= Self::LANES {
            return self.store(values);
        }
        let mut lanes = [0.0; MOST_LANES];
        self.store(&mut lanes);
        values.copy_from_slice(&lanes[..values.len()]);
    }

    /// Per lane: not greater than. False where either is NaN.
    fn le(self, other: Self) -> Self::Mask;
    /// True in every lane.
    fn mask_all() -> Self::Mask;
    /// Per lane: both.
    fn mask_and(a: Self::Mask, b: Self::Mask) -> Self::Mask;
    /// Per lane: either.
    fn mask_or(a: Self::Mask, b: Self::Mask) -> Self::Mask;
    /// Whether any lane is true.
    fn mask_any(mask: Self::Mask) -> bool;

    /// Zero in every lane.
    fn zero_counts() -> Self::U32s;
    /// Adds one in the lanes that are true.
    fn count(counts: Self::U32s, mask: Self::Mask) -> Self::U32s;
    /// Writes the lanes' values, no more than there is room for.
    fn store_counts(counts: Self::U32s, values: &mut [u32]);
}

/// One lane: an f32.
#[derive(Debug, Clone, Copy)]
pub struct Scalar(f32);

macro_rules! operators {
    ($type:ident, $a:ident, $b:ident, $add:expr, $sub:expr, $mul:expr) => {
        impl Add for $type {
            type Output = Self;
            #[inline(always)]
            fn add(self, other: Self) -> Self {
                let ($a, $b) = (self.0, other.0);
                $type($add)
            }
        }
        impl Sub for $type {
            type Output = Self;
            #[inline(always)]
            fn sub(self, other: Self) -> Self {
                let ($a, $b) = (self.0, other.0);
                $type($sub)
            }
        }
        impl Mul for $type {
            type Output = Self;
            #[inline(always)]
            fn mul(self, other: Self) -> Self {
                let ($a, $b) = (self.0, other.0);
                $type($mul)
            }
        }
    };
}

operators!(Scalar, a, b, a + b, a - b, a * b);

impl F32s for Scalar {
    const LANES: usize = 1;
    type Mask = bool;
    type U32s = u32;

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
    #[inline(always)]
    fn zero_counts() -> u32 {
        0
    }
    #[inline(always)]
    fn count(counts: u32, mask: bool) -> u32 {
        counts + u32::from(mask)
    }
    #[inline(always)]
    fn store_counts(counts: u32, values: &mut [u32]) {
        if let Some(value) = values.first_mut() {
            *value = counts;
        }
    }
}

pub use four::Simd;

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod four {
    use super::{Add, F32s, Mul, Sub};
    use core::arch::wasm32::*;

    /// Four lanes of wasm SIMD128.
    #[derive(Debug, Clone, Copy)]
    pub struct Simd(v128);

    operators!(Simd, a, b, f32x4_add(a, b), f32x4_sub(a, b), f32x4_mul(a, b));

    impl F32s for Simd {
        const LANES: usize = 4;
        type Mask = v128;
        type U32s = v128;

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
        #[inline(always)]
        fn zero_counts() -> v128 {
            u32x4_splat(0)
        }
        #[inline(always)]
        fn count(counts: v128, mask: v128) -> v128 {
            // A true lane is all ones, which is -1.
            u32x4_sub(counts, mask)
        }
        #[inline(always)]
        fn store_counts(counts: v128, values: &mut [u32]) {
            if values.len() < 4 {
                let mut lanes = [0; 4];
                Self::store_counts(counts, &mut lanes);
                return values.copy_from_slice(&lanes[..values.len()]);
            }
            let values = &mut values[..4];
            // SAFETY: four u32s were just bounds-checked and are exclusively ours.
            unsafe { v128_store(values.as_mut_ptr().cast(), counts) }
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod four {
    use super::{Add, F32s, Mul, Sub};
    use core::arch::x86_64::*;

    /// Four lanes of SSE2, which every x86-64 has.
    #[derive(Debug, Clone, Copy)]
    pub struct Simd(__m128);

    // SAFETY (of every intrinsic in this module): SSE2 is part of the x86-64 baseline.
    macro_rules! sse {
        ($e:expr) => {
            // SAFETY: SSE2 is part of the x86-64 baseline; no memory is touched.
            unsafe { $e }
        };
    }

    operators!(
        Simd,
        a,
        b,
        sse!(_mm_add_ps(a, b)),
        sse!(_mm_sub_ps(a, b)),
        sse!(_mm_mul_ps(a, b))
    );

    #[allow(unused_unsafe)] // Some of these became safe; older compilers still ask for it.
    impl F32s for Simd {
        const LANES: usize = 4;
        type Mask = __m128;
        type U32s = __m128i;

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
        #[inline(always)]
        fn zero_counts() -> __m128i {
            sse!(_mm_setzero_si128())
        }
        #[inline(always)]
        fn count(counts: __m128i, mask: __m128) -> __m128i {
            // A true lane is all ones, which is -1.
            sse!(_mm_sub_epi32(counts, _mm_castps_si128(mask)))
        }
        #[inline(always)]
        fn store_counts(counts: __m128i, values: &mut [u32]) {
            if values.len() < 4 {
                let mut lanes = [0; 4];
                Self::store_counts(counts, &mut lanes);
                return values.copy_from_slice(&lanes[..values.len()]);
            }
            let values = &mut values[..4];
            // SAFETY: four u32s were just bounds-checked and are exclusively ours.
            unsafe { _mm_storeu_si128(values.as_mut_ptr().cast(), counts) }
        }
    }
}

#[cfg(not(any(
    target_arch = "x86_64",
    all(target_arch = "wasm32", target_feature = "simd128")
)))]
mod four {
    use super::{Add, F32s, Mul, Sub};
    use std::array::from_fn;

    /// Four lanes as an array; the compiler finds the vector instructions.
    #[derive(Debug, Clone, Copy)]
    pub struct Simd([f32; 4]);

    operators!(
        Simd,
        a,
        b,
        from_fn(|i| a[i] + b[i]),
        from_fn(|i| a[i] - b[i]),
        from_fn(|i| a[i] * b[i])
    );

    impl F32s for Simd {
        const LANES: usize = 4;
        type Mask = [bool; 4];
        type U32s = [u32; 4];

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
        #[inline(always)]
        fn zero_counts() -> [u32; 4] {
            [0; 4]
        }
        #[inline(always)]
        fn count(counts: [u32; 4], mask: [bool; 4]) -> [u32; 4] {
            from_fn(|i| counts[i] + u32::from(mask[i]))
        }
        #[inline(always)]
        fn store_counts(counts: [u32; 4], values: &mut [u32]) {
            if values.len() < 4 {
                let mut lanes = [0; 4];
                Self::store_counts(counts, &mut lanes);
                return values.copy_from_slice(&lanes[..values.len()]);
            }
            values[..4].copy_from_slice(&counts);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every operation on every lane, against plain f32.
    fn check<F: F32s>() {
        let values = [1.5, -2.0, f32::NAN, 4.0, 8.0, 0.25, 3.0];
        let mut out = [0.0; 6];
        let a = F::load(&values);
        let b = F::splat(4.0) + F::iota();
        ((a + b) * a - b).store(&mut out);
        for lane in 0..F::LANES {
            let (x, y) = (values[lane], 4.0 + lane as f32);
            let expected = (x + y) * x - y;
            assert_eq!(out[lane].to_bits(), expected.to_bits(), "lane {lane}");
        }
        let mut counts = [9; 6];
        let small = a.le(F::splat(1.5));
        let twice = F::count(F::count(F::zero_counts(), small), F::mask_all());
        F::store_counts(twice, &mut counts);
        for lane in 0..F::LANES {
            assert_eq!(counts[lane], 1 + u32::from(values[lane] <= 1.5), "lane {lane}");
        }
        assert_eq!(counts[F::LANES], 9, "wrote past its lanes");
        for len in 0..=F::LANES {
            let (mut floats, mut counts) = ([9.0; 6], [9; 6]);
            (F::load_part(&values[3..3 + len]) + F::splat(1.0)).store_part(&mut floats[..len]);
            F::store_counts(twice, &mut counts[..len]);
            for lane in 0..len {
                assert_eq!(floats[lane], values.get(3 + lane).map_or(1.0, |v| v + 1.0));
                assert_eq!(counts[lane], 1 + u32::from(values[lane] <= 1.5));
            }
            assert!(floats[len..].iter().all(|f| *f == 9.0) && counts[len..].iter().all(|c| *c == 9));
        }
        let none = F::splat(1.0).le(F::splat(0.0));
        assert!(F::mask_any(small) && !F::mask_any(none));
        assert!(!F::mask_any(F::mask_and(small, none)) && F::mask_any(F::mask_or(small, none)));
    }

    #[test]
    fn scalar_is_one_lane_of_f32() {
        check::<Scalar>();
    }

    #[test]
    fn simd_is_four_lanes_of_the_same() {
        check::<Simd>();
    }
}

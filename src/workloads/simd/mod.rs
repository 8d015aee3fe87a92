//! Lanes: one kernel body, as one value at a time or as four.
//!
//! A kernel is written once, generic over [`F32s`]. [`Scalar`] makes the scalar rung of
//! it, [`Simd`] the SIMD rung: wasm SIMD128 in the browser, SSE2 (x86-64's baseline)
//! natively, a plain array elsewhere. Both round every operation alike, so their
//! results agree to the last bit; fused multiply-add is left out for that reason.
//!
//! The engine is built with the auto-vectoriser off, so that only code that goes
//! through [`Simd`] holds vector instructions (`tests/rungs.rs` reads the built wasm).

use std::ops::{Add, BitOr, BitXor, Div, Mul, Sub};

mod scalar;
pub use scalar::Scalar;

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[path = "wasm.rs"]
mod four;
#[cfg(target_arch = "x86_64")]
#[path = "sse.rs"]
mod four;
#[cfg(not(any(
    target_arch = "x86_64",
    all(target_arch = "wasm32", target_feature = "simd128")
)))]
#[path = "array.rs"]
mod four;
pub use four::Simd;

/// The widest vector here.
const MOST_LANES: usize = 4;

/// A vector of f32 lanes.
pub trait F32s:
    Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self>
{
    /// Number of lanes.
    const LANES: usize;
    /// A truth value per lane.
    type Mask: Copy;
    /// An unsigned integer per lane.
    type U32s: U32s<Mask = Self::Mask>;

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

    /// Square root, correctly rounded.
    fn sqrt(self) -> Self;
    /// Per lane: `other` where it is greater, else `self`. One instruction, other than a
    /// maximum that has to care for NaN and the zeros' signs.
    fn or_greater(self, other: Self) -> Self;
    /// The greatest lane, by the same rule from the first lane to the last.
    fn greatest(self) -> f32;
    /// The bits of each lane.
    fn to_bits(self) -> Self::U32s;
    /// Lanes of these bits.
    fn from_bits(bits: Self::U32s) -> Self;

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
}

/// A vector of u32 lanes; arithmetic wraps.
pub trait U32s:
    Copy + Add<Output = Self> + Mul<Output = Self> + BitOr<Output = Self> + BitXor<Output = Self>
{
    /// A truth value per lane.
    type Mask: Copy;

    /// The same value in every lane.
    fn splat(value: u32) -> Self;
    /// 0, 1, 2, ... across the lanes.
    fn iota() -> Self;
    /// Each lane shifted left by `BY` bits.
    fn shl<const BY: u32>(self) -> Self;
    /// Each lane shifted right by `BY` bits, zeros coming in.
    fn shr<const BY: u32>(self) -> Self;
    /// Each lane's two halves as signed 16-bit integers: the sum of their squares.
    fn squared_halves(self) -> Self;
    /// Per lane: less than, both as signed integers.
    fn lt_signed(self, other: Self) -> Self::Mask;
    /// Adds one in the lanes that are true.
    fn count(self, mask: Self::Mask) -> Self;
    /// The sum of all lanes.
    fn sum(self) -> u32;
    /// Writes the lanes' values, no more than there is room for.
    fn store_part(self, values: &mut [u32]);
}

/// Implements an operator on a type of one field.
macro_rules! operator {
    ($type:ident: $trait:ident $method:ident, $a:ident $b:ident => $value:expr) => {
        impl $trait for $type {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                let ($a, $b) = (self.0, other.0);
                $type($value)
            }
        }
    };
}
use operator;

#[cfg(test)]
mod tests;

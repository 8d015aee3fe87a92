//! Loops that do nothing but copy or compute: what a machine's own limits are measured with.
//!
//! They are here as everything that is timed is: in this crate every line is compiled to be fast.

use crate::Level;
use crate::simd::{F32s, Scalar, Simd};

/// Independent chains of a multiplication and an addition: 4 + 4 cycles on two units that do
/// either need 8 in flight, 3 + 3 cycles on two units for each need 12, and with the two
/// coefficients they still fit into 16 registers.
pub const CHAINS: usize = 12;
/// Lanes that there is room for in a chain.
pub const ROOM: usize = 4;
/// Turns of the loop in one run, and steps of every chain in a turn: the loop itself, with the
/// look that a browser takes at its stack in every turn, is lost among them.
pub const TURNS: usize = 256;
/// See [`TURNS`].
pub const STEPS: usize = 4;

/// Values that a turn of the copying loop moves with four lanes: eight vectors. With one the
/// compiler would see a copy and call its own.
const UNROLLED: usize = 8;
/// Whole numbers of these are copied.
pub const PIECE: usize = UNROLLED * ROOM;

/// The values of all chains.
pub type Values = [f32; CHAINS * ROOM];

/// The loops at one level.
pub struct Loops {
    /// Values that one operation is done on.
    pub lanes: usize,
    /// Copies as much as both hold in whole turns.
    pub copy: fn(&[f32], &mut [f32]),
    /// Multiplies all chains by the first and adds the second, [`TURNS`] times [`STEPS`] times.
    pub advance: fn(&mut Values, f32, f32),
}

impl Loops {
    /// Those of a level.
    pub fn of(level: Level) -> Loops {
        fn of<F: F32s>() -> Loops {
            Loops {
                lanes: F::LANES,
                copy: copy_lanes::<F>,
                advance: advance::<F>,
            }
        }
        match level {
            Level::Scalar => of::<Scalar>(),
            Level::Simd => of::<Simd>(),
        }
    }
}

#[inline(never)]
fn copy_lanes<F: F32s>(from: &[f32], to: &mut [f32]) {
    let turn = UNROLLED * F::LANES;
    for (from, to) in from.chunks_exact(turn).zip(to.chunks_exact_mut(turn)) {
        macro_rules! each {
            ($($name:ident $place:literal),*) => {
                $(let $name = F::load(&from[$place * F::LANES..]);)*
                $($name.store(&mut to[$place * F::LANES..]);)*
            };
        }
        each!(a 0, b 1, c 2, d 3, e 4, f 5, g 6, h 7);
    }
}

#[inline(never)]
fn advance<F: F32s>(values: &mut Values, by: f32, plus: f32) {
    let (by, plus) = (F::splat(by), F::splat(plus));
    macro_rules! chains {
        ($($name:ident $place:literal),*) => {
            // Names, not an array: every compiler keeps these in registers.
            $(let mut $name = F::load(&values[$place * F::LANES..]);)*
            for _ in 0..TURNS {
                // As many lines as STEPS.
                $($name = $name * by + plus;)*
                $($name = $name * by + plus;)*
                $($name = $name * by + plus;)*
                $($name = $name * by + plus;)*
            }
            $($name.store(&mut values[$place * F::LANES..]);)*
        };
    }
    chains!(a 0, b 1, c 2, d 3, e 4, f 5, g 6, h 7, i 8, j 9, k 10, l 11);
}

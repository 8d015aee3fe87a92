//! Seeded inputs: the same numbers on every machine, native or wasm.
//!
//! Only integer arithmetic and exactly rounded float operations are used; `sin` and its
//! kind differ between maths libraries in the last bit.

use rand_core::{RngCore, SeedableRng};
use rand_pcg::Pcg64Mcg;

/// A stream of pseudo-random numbers (PCG, O'Neill 2014), one per seed and stream.
pub struct Random(Pcg64Mcg);

impl Random {
    /// The stream number `stream` of a seed. Different inputs take different streams.
    pub fn new(seed: u64, stream: u64) -> Self {
        // The golden ratio spreads neighbouring streams over the seed space.
        Random(Pcg64Mcg::seed_from_u64(
            seed ^ stream.wrapping_mul(0x9E37_79B9_7F4A_7C15),
        ))
    }

    /// Uniform in [0, 1), all 24 bits of a float's significand used.
    pub fn unit(&mut self) -> f32 {
        (self.0.next_u32() >> 8) as f32 * (1.0 / (1 << 24) as f32)
    }

    /// Uniform integer in `0..bound`; the bias is below bound / 2^32.
    pub fn below(&mut self, bound: u32) -> u32 {
        ((u64::from(self.0.next_u32()) * u64::from(bound)) >> 32) as u32
    }

    /// Puts a slice into random order (Fisher and Yates).
    pub fn shuffle<T>(&mut self, values: &mut [T]) {
        for last in (1..values.len()).rev() {
            let other = self.below(last as u32 + 1) as usize;
            values.swap(last, other);
        }
    }
}

/// A parabolic stand-in for sin(2 pi t): period 1, range -1 to 1, exact on every machine.
pub fn wave(t: f32) -> f32 {
    let t = t - t.floor();
    if t < 0.5 {
        16.0 * t * (0.5 - t)
    } else {
        -16.0 * (t - 0.5) * (1.0 - t)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_differ_and_repeat() {
        let take = |seed, stream| {
            let mut random = Random::new(seed, stream);
            (0..8).map(|_| random.unit()).collect::<Vec<_>>()
        };
        assert_eq!(take(1, 0), take(1, 0));
        assert_ne!(take(1, 0), take(1, 1));
        assert_ne!(take(1, 0), take(2, 0));
    }

    #[test]
    fn unit_covers_its_range_evenly() {
        let mut random = Random::new(7, 0);
        let values: Vec<f32> = (0..10_000).map(|_| random.unit()).collect();
        assert!(values.iter().all(|v| (0.0..1.0).contains(v)));
        let mean = values.iter().sum::<f32>() / 10_000.0;
        // Standard error of the mean: 0.2887 / 100.
        assert!((mean - 0.5).abs() < 4.0 * 0.0029, "{mean}");
    }

    #[test]
    fn shuffle_keeps_every_value() {
        let mut values: Vec<u32> = (0..50).collect();
        Random::new(3, 0).shuffle(&mut values);
        assert_ne!(values, (0..50).collect::<Vec<_>>());
        values.sort_unstable();
        assert_eq!(values, (0..50).collect::<Vec<_>>());
    }

    #[test]
    fn wave_has_period_one_and_the_shape_of_a_sine() {
        for (t, y) in [
            (0.0, 0.0),
            (0.25, 1.0),
            (0.5, 0.0),
            (0.75, -1.0),
            (1.25, 1.0),
            (-0.25, -1.0),
        ] {
            assert_eq!(wave(t), y, "t = {t}");
        }
    }
}

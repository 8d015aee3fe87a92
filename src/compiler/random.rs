//! NumPy's random numbers, bit for bit: what `np.random.default_rng(seed)` gives in `setup(n)`.
//!
//! The generator is PCG64 (O'Neill 2014, PCG: A Family of Simple Fast Space-Efficient Statistically Good
//! Algorithms for Random Number Generation: XSL RR 128/64), seeded by NumPy's `SeedSequence`; bounded
//! integers after Lemire 2019, Fast Random Integer Generation in an Interval. The streams are frozen by
//! NumPy's NEP 19, which is what lets real Numba run on the very same numbers.
//!
//! Normal numbers by the ziggurat (Marsaglia and Tsang 2000, The Ziggurat Method for Generating Random Variables),
//! whose tables are NumPy's own: `ziggurat.bin`, which `tests/oracle/ziggurat_table.py` reads from NumPy (BSD-3). Those of
//! 32 bits are these rounded.
//! In the tails NumPy calls the C library, so that one in some thousand may differ in its last bit.

use crate::types::Scalar;

/// Spreads a seed over the generator's state.
pub struct SeedSequence {
    pool: [u32; 4],
}

impl SeedSequence {
    /// From an integer of any length, least word first. Without words it is that of 0.
    pub fn new(entropy: &[u32]) -> SeedSequence {
        const INIT: u32 = 0x43b0_d7e5;
        const MULT: u32 = 0x931e_8875;
        let mut hash = INIT;
        let mut hashed = |value: u32| {
            let mut value = value ^ hash;
            hash = hash.wrapping_mul(MULT);
            value = value.wrapping_mul(hash);
            value ^ (value >> 16)
        };
        let mixed = |x: u32, y: u32| {
            let value = x
                .wrapping_mul(0xca01_f9dd)
                .wrapping_sub(y.wrapping_mul(0x4973_f715));
            value ^ (value >> 16)
        };
        let mut pool = [0; 4];
        for (i, slot) in pool.iter_mut().enumerate() {
            *slot = hashed(entropy.get(i).copied().unwrap_or(0));
        }
        for from in 0..4 {
            for to in (0..4).filter(|to| *to != from) {
                pool[to] = mixed(pool[to], hashed(pool[from]));
            }
        }
        for &word in entropy.iter().skip(4) {
            for slot in &mut pool {
                *slot = mixed(*slot, hashed(word));
            }
        }
        SeedSequence { pool }
    }

    /// From a seed as scripts give it.
    pub fn of(seed: u64) -> SeedSequence {
        let words = [seed as u32, (seed >> 32) as u32];
        let used = if words[1] == 0 { 1 } else { 2 };
        SeedSequence::new(&words[..used])
    }

    /// The first words of the state that it makes.
    pub fn words(&self, count: usize) -> Vec<u32> {
        const INIT: u32 = 0x8b51_f9dd;
        const MULT: u32 = 0x58f3_8ded;
        let mut hash = INIT;
        let word = |i: usize| {
            let mut value = self.pool[i % 4] ^ hash;
            hash = hash.wrapping_mul(MULT);
            value = value.wrapping_mul(hash);
            value ^ (value >> 16)
        };
        (0..count).map(word).collect()
    }
}

/// `np.random.Generator` over PCG64.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generator {
    state: u128,
    increment: u128,
    /// The upper half of a number whose lower half was taken.
    half: Option<u32>,
}

impl Generator {
    /// `np.random.default_rng(seed)`.
    pub fn new(seed: &SeedSequence) -> Generator {
        let words = seed.words(8);
        let long = |i: usize| u128::from(words[2 * i]) | u128::from(words[2 * i + 1]) << 32;
        let (state, sequence) = (long(0) << 64 | long(1), long(2) << 64 | long(3));
        let mut generator = Generator {
            state: 0,
            increment: sequence << 1 | 1,
            half: None,
        };
        generator.step();
        generator.state = generator.state.wrapping_add(state);
        generator.step();
        generator
    }

    fn step(&mut self) {
        const MULT: u128 = 0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645;
        self.state = self.state.wrapping_mul(MULT).wrapping_add(self.increment);
    }

    /// 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        self.step();
        let folded = (self.state >> 64) as u64 ^ self.state as u64;
        folded.rotate_right((self.state >> 122) as u32)
    }

    /// 32 bits: a number's lower half, then its upper.
    pub fn next_u32(&mut self) -> u32 {
        if let Some(half) = self.half.take() {
            return half;
        }
        let both = self.next_u64();
        self.half = Some((both >> 32) as u32);
        both as u32
    }

    /// `random()`: in [0, 1), of 53 bits.
    pub fn random(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// `random(dtype=np.float32)`: in [0, 1), of 24 bits.
    pub fn random_f32(&mut self) -> f32 {
        (self.next_u32() >> 8) as f32 * (1.0 / (1u32 << 24) as f32)
    }

    /// `standard_normal()`.
    pub fn normal(&mut self) -> f64 {
        loop {
            let bits = self.next_u64();
            let (layer, is_negative) = ((bits & 0xff) as usize, bits >> 8 & 1 == 1);
            let magnitude = bits >> 9 & ((1 << 52) - 1);
            let x = magnitude as f64 * table(WIDTHS, layer);
            let signed = |x: f64| if is_negative { -x } else { x };
            if magnitude < limit(layer) {
                return signed(x);
            }
            if layer == 0 {
                loop {
                    let beyond = -(-self.random()).ln_1p() / EDGE;
                    let height = -(-self.random()).ln_1p();
                    if height + height > beyond * beyond {
                        let x = EDGE + beyond;
                        return if magnitude >> 8 & 1 == 1 { -x } else { x };
                    }
                }
            }
            let height = |layer: usize| table(HEIGHTS, layer);
            let (above, below) = (height(layer - 1), height(layer));
            if (above - below) * self.random() + below < (-0.5 * x * x).exp() {
                return signed(x);
            }
        }
    }

    /// `standard_normal(dtype=np.float32)`.
    pub fn normal_f32(&mut self) -> f32 {
        loop {
            let bits = self.next_u32();
            let (layer, is_negative) = ((bits & 0xff) as usize, bits >> 8 & 1 == 1);
            let magnitude = bits >> 9 & ((1 << 23) - 1);
            let x = magnitude as f32 * (table(WIDTHS, layer) * (1u64 << 29) as f64) as f32;
            let signed = |x: f32| if is_negative { -x } else { x };
            if u64::from(magnitude) < (limit(layer) + (1 << 28)) >> 29 {
                return signed(x);
            }
            if layer == 0 {
                loop {
                    let beyond = -(-self.random_f32()).ln_1p() / EDGE_F32;
                    let height = -(-self.random_f32()).ln_1p();
                    if height + height > beyond * beyond {
                        let x = EDGE_F32 + beyond;
                        return if magnitude >> 8 & 1 == 1 { -x } else { x };
                    }
                }
            }
            let height = |layer: usize| table(HEIGHTS, layer) as f32;
            let (above, below) = (height(layer - 1), height(layer));
            let drop = f64::from(x) * f64::from(x) * -0.5;
            if (above - below) * self.random_f32() + below < drop.exp() as f32 {
                return signed(x);
            }
        }
    }

    /// `uniform(low, high)`.
    pub fn uniform(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.random()
    }

    /// `integers(low, high, size, dtype)`: each from `low` to `low + range`, both included. The low bits
    /// of the results are the integers of the type.
    ///
    /// Small types take their bits from buffered words, which begin anew with every call.
    pub fn integers(&mut self, of: Scalar, low: i128, range: u64, out: &mut [i128]) {
        let mut small = Small { bits: 0, left: 0 };
        for one in out {
            let drawn = match of {
                _ if range == 0 => 0,
                Scalar::Bool => u64::from(small.take(self, 1)) & range,
                Scalar::I8 | Scalar::U8 => self.small(&mut small, 8, range),
                Scalar::I16 | Scalar::U16 => self.small(&mut small, 16, range),
                _ => self.bounded(range),
            };
            *one = low + i128::from(drawn);
        }
    }

    /// From 0 to `range`, both included.
    fn bounded(&mut self, range: u64) -> u64 {
        match u32::try_from(range) {
            Ok(u32::MAX) => self.next_u32().into(),
            Ok(range) => {
                let count = u64::from(range) + 1;
                let mut product = u64::from(self.next_u32()) * count;
                if (product as u32) < count as u32 {
                    let threshold = (u32::MAX - range) % count as u32;
                    while (product as u32) < threshold {
                        product = u64::from(self.next_u32()) * count;
                    }
                }
                product >> 32
            }
            Err(_) if range == u64::MAX => self.next_u64(),
            Err(_) => {
                let count = u128::from(range) + 1;
                let mut product = u128::from(self.next_u64()) * count;
                if (product as u64) < count as u64 {
                    let threshold = (u64::MAX - range) % count as u64;
                    while (product as u64) < threshold {
                        product = u128::from(self.next_u64()) * count;
                    }
                }
                (product >> 64) as u64
            }
        }
    }

    fn small(&mut self, small: &mut Small, bits: u32, range: u64) -> u64 {
        let most = (1u64 << bits) - 1;
        if range == most {
            return small.take(self, bits).into();
        }
        let count = range + 1;
        let mut product = u64::from(small.take(self, bits)) * count;
        if product & most < count {
            let threshold = (most - range) % count;
            while product & most < threshold {
                product = u64::from(small.take(self, bits)) * count;
            }
        }
        product >> bits
    }
}

static TABLES: &[u8; 4_096] = include_bytes!("ziggurat.bin");
/// Where each of them begins.
const HEIGHTS: usize = 0;
const WIDTHS: usize = 2_048;
/// Where the lowest layer's rectangle ends and the tail begins.
const EDGE: f64 = 3.654_152_885_361_009;
const EDGE_F32: f32 = 3.654_152_9;

fn table(which: usize, layer: usize) -> f64 {
    let at = which + 8 * (layer & 0xff);
    let bits = TABLES[at..at + 8].iter().rev();
    f64::from_bits(bits.fold(0, |n, b| n << 8 | u64::from(*b)))
}

/// Below this a layer's point lies under the curve, too: the layer's width by that of the one above, in 52 bits. NumPy has
/// tables of it.
fn limit(layer: usize) -> u64 {
    let width = table(WIDTHS, layer);
    let inner = match layer {
        0 => EDGE / (1u64 << 52) as f64,
        // Its rectangle has no width.
        1 => 0.0,
        _ => table(WIDTHS, layer - 1),
    };
    (inner / width * (1u64 << 52) as f64).round_ties_even() as u64
}

/// Words of 32 bits, taken in pieces from below.
struct Small {
    bits: u32,
    left: u32,
}

impl Small {
    fn take(&mut self, from: &mut Generator, bits: u32) -> u32 {
        match self.left {
            0 => {
                self.bits = from.next_u32();
                self.left = 32 / bits - 1;
            }
            _ => {
                self.bits >>= bits;
                self.left -= 1;
            }
        }
        self.bits & ((1 << bits) - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_worked_out_is_in_numpys_tables() {
        // Folds of the tables as `tests/oracle/ziggurat_table.py` reads them.
        let fold = |all: &mut dyn Iterator<Item = u64>| {
            all.fold(0u64, |n, x| {
                n.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(x)
            })
        };
        assert_eq!(fold(&mut (0..256).map(limit)), 0xb9fe_e0aa_d595_2d46);
        assert_eq!(
            fold(&mut (0..256).map(|layer| (limit(layer) + (1 << 28)) >> 29)),
            0xdc30_4888_22d9_5c71
        );
        let narrow = |layer: usize| {
            let width = (table(WIDTHS, layer) * (1u64 << 29) as f64) as f32;
            [table(HEIGHTS, layer) as f32, width].map(|one| u64::from(one.to_bits()))
        };
        assert_eq!(fold(&mut (0..256).flat_map(narrow)), 0xa221_66fc_518c_49ae);
    }

    #[test]
    fn seeds_spread_as_numpys() {
        let words = |seed: u64, count| SeedSequence::of(seed).words(count);
        assert_eq!(
            words(42, 8),
            [
                0xcd54_0ab7,
                0x9f1e_2e6d,
                0x79fb_94b6,
                0xd578_73dc,
                0x64d4_20b7,
                0x7d28_2a1b,
                0x4692_d5ff,
                0x3365_7971
            ]
        );
        assert_eq!(
            words((1 << 40) + 7, 4),
            [0x0e3d_1a15, 0x0d86_72e1, 0x4ecf_a161, 0x9aef_4ada]
        );
        let mut generator = Generator::new(&SeedSequence::of(42));
        let raw = [(); 3].map(|()| generator.next_u64());
        assert_eq!(
            raw,
            [
                0xc621_fbcd_16d9_2688,
                0x705a_5661_a791_ffc1,
                0xdbcd_12c2_6eda_1624
            ]
        );
    }
}

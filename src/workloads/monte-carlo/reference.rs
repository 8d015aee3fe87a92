//! The reference: the hash written out for one dart, in 64-bit integers, and the distance
//! from the centre in f64, which holds these squares exactly.

use super::DARTS;
use std::ops::Range;

/// Where a dart lands: odd coordinates from -32767 to 32767.
pub fn dart(seed: u64, dart: usize) -> (i32, i32) {
    let wrap = |x: u64| x & 0xffff_ffff;
    let mut v = [(dart / 4) as u64, u64::from(DARTS), wrap(seed), seed >> 32];
    for x in &mut v {
        *x = wrap(*x * 1_664_525 + 1_013_904_223);
    }
    for round in 0..2 {
        for (to, a, b) in [(0, 1, 3), (1, 2, 0), (2, 0, 1), (3, 1, 2)] {
            v[to] = wrap(v[to] + wrap(v[a] * v[b]));
        }
        if round == 0 {
            for x in &mut v {
                *x ^= *x >> 16;
            }
        }
    }
    let word = v[dart % 4];
    let signed = |half: u64| {
        let odd = (half & 0xffff | 1) as i32;
        if odd >= 0x8000 { odd - 0x1_0000 } else { odd }
    };
    (signed(word), signed(word >> 16))
}

pub fn hits(seed: u64, darts: Range<usize>) -> u32 {
    let is_hit = |d: usize| {
        let (x, y) = dart(seed, d);
        f64::from(x).hypot(f64::from(y)) < 32_768.0
    };
    darts.filter(|&d| is_hit(d)).count() as u32
}

//! What the files of the compiler's tests say of themselves, and what becomes of some in 32 bits.

/// The size that a file of the compiler's tests says it is for.
pub fn size(text: &str) -> u32 {
    let said = text
        .lines()
        .find_map(|line| line.strip_prefix("# parallax: size="));
    said.and_then(|n| n.trim().parse().ok()).unwrap_or(16)
}

/// Kernels that are another's in 32 bits, and why.
pub const NARROWED: &[(&str, &str)] = &[
    ("float_specials", "5e-324 is no float32"),
    ("math_specials", "1e-310 is no float32"),
    (
        "floats_to_whole",
        "numbers beyond 2^31, and fractions that float32 has no digits for",
    ),
    ("logistic_map", "chaos: the last bits become the first"),
    ("while_in_prange", "counts rounds until the last bit stands still"),
    ("halves_of_words", "2^31"),
    ("hash_fnv", "a hash of 64 bits"),
    ("literals_folded", "a hash of 64 bits, and literals beyond 2^31"),
    ("xorshift_widens", "numbers of 64 bits"),
    ("ints_compare_signs", "2^64 - 1"),
    ("ints_narrow_typed", "sums beyond 2^31"),
    ("ints_unsigned", "numbers beyond 2^61"),
    ("power_of_ints", "powers beyond 2^31"),
    ("reductions_of_ints", "a product beyond 2^31"),
];

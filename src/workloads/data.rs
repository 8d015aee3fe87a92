//! What kernels outside of Rust are handed: plain data, whatever runs them.

use std::sync::Arc;

/// What a kernel outside of Rust reads and writes.
#[derive(Debug, Clone)]
pub struct Data {
    /// The size.
    pub n: u32,
    /// The seed, for kernels that make random numbers of their own.
    pub seed: u64,
    /// Inputs in the order in which the kernel takes them, shared with the problem.
    pub inputs: Vec<Arc<Vec<f32>>>,
    /// Length of the output, in 4-byte elements.
    pub output_len: usize,
    /// Whether the output's elements are floats (else u32).
    pub output_is_float: bool,
}

impl Data {
    /// The seed's low and high half: kernels outside of Rust have 32-bit integers.
    pub fn seed_words(&self) -> [u32; 2] {
        [self.seed as u32, (self.seed >> 32) as u32]
    }
}

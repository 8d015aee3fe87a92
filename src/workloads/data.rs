//! What kernels outside of Rust are handed: plain data, whatever runs them.

use std::sync::Arc;

/// What a kernel outside of Rust reads and writes.
#[derive(Debug, Clone)]
pub struct Data {
    /// The size.
    pub n: u32,
    /// Inputs in the order in which the kernel takes them, shared with the problem.
    pub inputs: Vec<Arc<Vec<f32>>>,
    /// Length of the output, in 4-byte elements.
    pub output_len: usize,
    /// Whether the output's elements are floats (else u32).
    pub output_is_float: bool,
}

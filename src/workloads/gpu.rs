//! A kernel as a WebGPU program: plain data, so that this crate needs no GPU library.

use std::sync::Arc;

/// One dispatch over a grid of workgroups, with its buffers.
///
/// Bindings, all in group 0: `@binding(0)` a uniform with the two `u32`s `n` and
/// `first_row` (of workgroups: long dispatches are cut into bands), then the inputs as
/// read-only storage in order, then the output as read-write storage. The entry point
/// is `main`.
#[derive(Debug, Clone)]
pub struct GpuProgram {
    /// WGSL, `shaders/<workload>.wgsl`.
    pub source: &'static str,
    /// The size, as in the uniform.
    pub n: u32,
    /// Workgroups across and down; the back end may dispatch bands of rows of them.
    pub workgroups: (u32, u32),
    /// Input buffers in binding order, shared with the problem.
    pub inputs: Vec<Arc<Vec<f32>>>,
    /// Length of the output, in 4-byte elements.
    pub output_len: usize,
    /// Whether the output's elements are floats (else u32).
    pub output_is_float: bool,
}

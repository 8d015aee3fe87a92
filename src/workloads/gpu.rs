//! A kernel as a WebGPU program: plain data, so that this crate needs no GPU library.

use crate::Data;

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
    /// Workgroups across and down; the back end may dispatch bands of rows of them.
    pub workgroups: (u32, u32),
    /// Its buffers: the size goes into the uniform.
    pub data: Data,
}

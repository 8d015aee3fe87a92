//! What a run asks of a device.

use super::plan::{FIRST, GROUP};

/// A buffer of the run. [`REPORT_BUFFER`] is the report; buffers are numbered in the order of their making.
pub type Buffer = u32;

/// The report's buffer.
pub const REPORT_BUFFER: Buffer = 0;

/// What the device is to do, in order.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Make a storage buffer of 32-bit words, which may be copied from.
    Create {
        /// Its number.
        buffer: Buffer,
        /// How many words; at least 4.
        words: u64,
        /// What they hold.
        contents: Contents,
    },
    /// The buffer is not needed any more.
    Drop(Buffer),
    /// Run a shader.
    Dispatch(Launch),
    /// Read so many words from each buffer's beginning, and hand all of them, one buffer's after the other's, to
    /// [`super::Run::give`] before the next step.
    Read(Vec<(Buffer, u64)>),
    /// It is over: [`super::Run::outcome`] has what it came to.
    Done,
}

/// What a new buffer holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Contents {
    /// The same in every word; of 0 nothing is to be done.
    Fill(u32),
    /// These.
    Words(Vec<u32>),
    /// The [`super::words`] of the argument of this number.
    Argument(usize),
}

/// A dispatch.
#[derive(Debug, Clone, PartialEq)]
pub struct Launch {
    /// Which of [`super::Plan::shaders`].
    pub shader: usize,
    /// What [`super::Shader::wgsl`] and [`super::Shader::access`] are to be given: with the shader's number the key of a pipeline.
    pub sharing: Vec<usize>,
    /// Bindings from 2; binding 1 is [`REPORT_BUFFER`].
    pub buffers: Vec<Buffer>,
    /// Workgroups.
    pub groups: u32,
    /// Of these at most so many are done in one band.
    pub most: u32,
    /// The uniform block without what is a band's.
    pub(super) uniforms: Vec<u32>,
}

impl Launch {
    /// What a band from a workgroup on takes: the uniform block, binding 0, in whole vectors of 4 words.
    pub fn band(&self, first: u32) -> Vec<u32> {
        let mut uniforms = self.uniforms.clone();
        uniforms[FIRST] = first * GROUP;
        uniforms
    }
}

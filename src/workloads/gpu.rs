//! A kernel as a WebGPU program: plain data, so that this crate needs no GPU library.

use crate::Data;

/// Dispatches in order, each over a grid of workgroups, with their buffers.
///
/// `@group(0) @binding(0)` is a uniform of four `u32`s: `n`, `first_row` (of workgroups: long
/// dispatches are cut into bands) and the seed's low and high half. The pass's buffers follow
/// from `@binding(1)` on.
#[derive(Debug, Clone)]
pub struct GpuProgram {
    /// WGSL, `shaders/<workload>.wgsl`. Of lines between `// [subgroups]`, `// [no subgroups]`
    /// and `// [end]` the back end keeps those that fit its adapter.
    pub source: &'static str,
    /// The dispatches. Each sees what the ones before it wrote.
    pub passes: Vec<GpuPass>,
    /// Lengths, in 4-byte elements, of buffers that only the passes see.
    pub scratch: Vec<usize>,
    /// Size, seed, inputs and output.
    pub data: Data,
}

/// One dispatch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GpuPass {
    /// The entry point.
    pub entry: &'static str,
    /// Workgroups across and down; the back end may dispatch bands of rows of them.
    pub workgroups: (u32, u32),
    /// What is bound, from `@binding(1)` on.
    pub bindings: Vec<Access>,
}

/// A buffer, and what a pass does with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// `var<storage, read>`.
    Read(Buffer),
    /// `var<storage, read_write>`.
    Write(Buffer),
}

/// One of a program's buffers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Buffer {
    /// An input, by its place.
    Input(usize),
    /// Scratch, by its place.
    Scratch(usize),
    /// The output.
    Output,
}

impl GpuProgram {
    /// One dispatch of `main`, from all inputs to the output.
    pub fn one_pass(source: &'static str, workgroups: (u32, u32), data: Data) -> Self {
        let inputs = (0..data.inputs.len()).map(|i| Access::Read(Buffer::Input(i)));
        let bindings = inputs.chain([Access::Write(Buffer::Output)]).collect();
        GpuProgram {
            source,
            passes: vec![GpuPass {
                entry: "main",
                workgroups,
                bindings,
            }],
            scratch: Vec::new(),
            data,
        }
    }

    /// The source for an adapter with subgroups or without.
    pub fn variant(&self, subgroups: bool) -> String {
        let mut kept = true;
        let mut text = String::with_capacity(self.source.len());
        for line in self.source.lines() {
            match line.trim() {
                "// [subgroups]" => kept = subgroups,
                "// [no subgroups]" => kept = !subgroups,
                "// [end]" => kept = true,
                _ if kept => {
                    text.push_str(line);
                    text.push('\n');
                }
                _ => {}
            }
        }
        text
    }
}

/// A grid of workgroups for so many in a row, none of its sides above what every WebGPU
/// dispatches (65,535). The shader leaves out what is too much.
pub fn grid(groups: usize) -> (u32, u32) {
    const ACROSS: usize = 256;
    (
        groups.clamp(1, ACROSS) as u32,
        groups.div_ceil(ACROSS).max(1) as u32,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variant_holds_what_its_adapter_can_do() {
        let data = Data {
            n: 1,
            seed: 0,
            inputs: Vec::new(),
            output_len: 1,
            output_is_float: true,
        };
        let source = "a\n  // [subgroups]\nb\n  // [no subgroups]\nc\n// [end]\nd\n";
        let program = GpuProgram::one_pass(source, (1, 1), data);
        assert_eq!(program.variant(true), "a\nb\nd\n");
        assert_eq!(program.variant(false), "a\nc\nd\n");
        assert_eq!(program.passes[0].bindings, [Access::Write(Buffer::Output)]);
    }

    #[test]
    fn a_grid_has_room_for_all_and_fits_every_adapter() {
        for groups in [0, 1, 255, 256, 257, 65_536, 1 << 23] {
            let (across, down) = grid(groups);
            let there = across as usize * down as usize;
            assert!(there >= groups && across <= 65_535 && down <= 65_535, "{groups}");
        }
    }
}

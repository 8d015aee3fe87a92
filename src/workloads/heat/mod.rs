//! Heat: ten sweeps of a five-point stencil. Four operations a point on numbers that lie in
//! memory: what counts is how often they have to come from there.

mod film;
mod reference;
mod sweeps;

use crate::inputs::Random;
use crate::kernel::{Arithmetic, Film, Footprint, Kernel, Level, Output, Problem, ProblemError, Workload};
use crate::simd::{Scalar, Simd};
use crate::{Access, Argument, Buffer, Data, GpuPass, GpuProgram, PythonProgram, compare, picture, readme};
use parallax_protocol::{NamedSize, Picture, Verification, WorkloadInfo};
use std::sync::Arc;

const ID: &str = "heat";
const SIZES: (u32, u32) = (1, 4096);
const DEFAULT_SIZE: u32 = 2048;

/// Sweeps of a run.
pub(crate) const SWEEPS: usize = 10;
/// Per point and sweep: 3 additions and a multiplication.
const FLOPS: f64 = 4.0;
/// Points of a workgroup across and down, as in the shader: 64 x 4 invocations of 4 points.
const GPU_GROUP: (usize, usize) = (64, 16);

/// Values are between 0 and 1, and averaging does not make errors grow: each sweep adds at
/// most three roundings of a sum below 4, times a quarter (measured: 1.5e-7 in all).
const TOLERANCE: f64 = SWEEPS as f64 * 3.0 * f32::EPSILON as f64 / 2.0;

/// What the catalogue says of it.
pub fn info() -> WorkloadInfo {
    WorkloadInfo {
        id: ID.into(),
        name: "Heat".into(),
        question: "When four operations wait for every number, is it still the processor that decides?".into(),
        lesson: readme::lesson(include_str!("README.md")),
        film: Some("256 x 256 points of the same kind, ten sweeps a frame.".into()),
        tries: readme::tries(include_str!("README.md")),
        recorded: readme::recorded(include_str!("README.md")),
        size_means: "points along each side of the plate".into(),
        sizes: NamedSize::four([128, 512, 2048, 4096]),
        default_size: DEFAULT_SIZE,
        size_range: SIZES,
        verified_by: "Every point after ten sweeps is compared with sweeps in f64, themselves tested against the known decay of \
                      a wave (seed 0 is that wave). It may be off by 30 roundings, 1.8e-6."
            .into(),
        sources: readme::sources(
            include_str!("kernel.py"),
            include_str!("kernel.js"),
            include_str!("sweeps.rs"),
            include_str!("../../../shaders/heat.wgsl"),
        ),
    }
}

/// The registry's entry.
pub struct Heat;

impl Workload for Heat {
    fn id(&self) -> &'static str {
        ID
    }

    fn default_size(&self) -> u32 {
        DEFAULT_SIZE
    }

    fn size_range(&self) -> (u32, u32) {
        SIZES
    }

    fn footprint(&self, size: u32, threads: usize) -> Footprint {
        let points = u64::from(size).pow(2);
        Footprint {
            inputs: 4 * points,
            // Two fields in f64.
            reference: 16 * points,
            expected: 8 * points,
            row: 4 * points + sweeps::KEPT_BYTES * threads as u64,
            output: 4 * points,
        }
    }

    fn problem(&self, size: u32, seed: u64) -> Result<Box<dyn Problem>, ProblemError> {
        let n = ProblemError::check(ID, size, SIZES)?;
        let field = match seed {
            0 => wave(n),
            _ => noise(n, seed),
        };
        let field = Arc::new(field);
        Ok(Box::new(Plate { n, seed, field }))
    }

    fn film(&self, seed: u64) -> Result<Option<Box<dyn Film>>, ProblemError> {
        Ok(Some(Box::new(film::Spreading::new(seed))))
    }
}

/// A noisy plate with hot discs.
fn noise(n: usize, seed: u64) -> Vec<f32> {
    const DISCS: usize = 7;
    let mut random = Random::new(seed, 0);
    let discs: [[f32; 3]; DISCS] = std::array::from_fn(|_| {
        let radius = 0.02 + 0.08 * random.unit();
        [random.unit(), random.unit(), radius * radius]
    });
    let mut grain = Random::new(seed, 1);
    (0..n * n)
        .map(|i| {
            let (x, y) = ((i % n) as f32 / n as f32, (i / n) as f32 / n as f32);
            let is_hot = |[cx, cy, rr]: &[f32; 3]| (x - cx) * (x - cx) + (y - cy) * (y - cy) < *rr;
            let warmth = if discs.iter().any(is_hot) { 0.6 } else { 0.0 };
            warmth + 0.4 * grain.unit()
        })
        .collect()
}

/// Half-waves along each side of the plate of seed 0, sixteen points each.
pub(crate) fn half_waves(n: usize) -> usize {
    (n.saturating_sub(1) / 16).max(1)
}

/// The sine mode that every sweep multiplies by cos(pi p / (n - 1)), p half-waves along
/// each side: what is left of it is known without computing a single sweep.
pub(crate) fn mode(n: usize, sweeps: usize) -> impl Fn(usize) -> f64 {
    let turn = std::f64::consts::PI * half_waves(n) as f64 / n.saturating_sub(1).max(1) as f64;
    let left = turn.cos().powi(sweeps as i32);
    move |i| left * ((i % n) as f64 * turn).sin() * ((i / n) as f64 * turn).sin()
}

fn wave(n: usize) -> Vec<f32> {
    let mode = mode(n, 0);
    (0..n * n).map(|i| mode(i) as f32).collect()
}

struct Plate {
    n: usize,
    seed: u64,
    field: Arc<Vec<f32>>,
}

impl Problem for Plate {
    fn workload(&self) -> &'static str {
        ID
    }

    fn flops(&self) -> f64 {
        let inner = self.n.saturating_sub(2) as f64;
        (FLOPS * SWEEPS as f64 * inner * inner).max(1.0)
    }

    fn bytes(&self) -> f64 {
        2.0 * 4.0 * (self.n as f64).powi(2)
    }

    fn kernel(&self, level: Level, workers: usize) -> Result<Box<dyn Kernel>, ProblemError> {
        let field = Arc::clone(&self.field);
        Ok(match level {
            Level::Scalar => Box::new(sweeps::Sweeps::<Scalar>::new(self.n, field, workers)?),
            Level::Simd => Box::new(sweeps::Sweeps::<Simd>::new(self.n, field, workers)?),
        })
    }

    fn data(&self) -> Data {
        Data {
            n: self.n as u32,
            seed: self.seed,
            inputs: vec![Arc::clone(&self.field)],
            output_len: self.n * self.n,
            output_is_float: true,
        }
    }

    /// To and fro between two buffers, without reading back.
    fn gpu(&self) -> GpuProgram {
        let groups = |length| self.n.div_ceil(length) as u32;
        let pass = |sweep| GpuPass {
            entry: "main",
            workgroups: (groups(GPU_GROUP.0), groups(GPU_GROUP.1)),
            bindings: vec![
                Access::Read(match sweep {
                    0 => Buffer::Input(0),
                    odd if odd % 2 == 1 => Buffer::Scratch(0),
                    _ => Buffer::Output,
                }),
                Access::Write(if sweep % 2 == 0 {
                    Buffer::Scratch(0)
                } else {
                    Buffer::Output
                }),
            ],
        };
        // The last sweep has to end in the output.
        const { assert!(SWEEPS.is_multiple_of(2)) };
        GpuProgram {
            source: include_str!("../../../shaders/heat.wgsl"),
            passes: (0..SWEEPS).map(pass).collect(),
            scratch: vec![self.n * self.n],
            data: self.data(),
        }
    }

    fn python(&self) -> PythonProgram {
        let field = Argument::F32 {
            shape: vec![self.n, self.n],
            values: Arc::clone(&self.field),
        };
        PythonProgram::of(include_str!("kernel.py"), self.n, vec![field])
    }

    fn reference(&self) -> Result<Box<dyn Kernel>, ProblemError> {
        Ok(Box::new(reference::Plain::new(self.n, &self.field)?))
    }

    fn verify(&self, reference: &Output, got: &Output, _arithmetic: Arithmetic) -> Verification {
        let n = self.n;
        compare::absolute(reference, got, TOLERANCE, |i| {
            format!("row {}, column {}", i / n, i % n)
        })
    }

    fn picture(&self, output: &Output) -> Picture {
        let cold = if self.seed == 0 { -1.0 } else { 0.0 };
        picture::field(self.n, |i| warmth((output.at(i) as f32 - cold) / (1.0 - cold)))
    }
}

/// A colour for a temperature from 0 to 1.
fn warmth(t: f32) -> [u8; 3] {
    const STOPS: [[u8; 3]; 5] = [
        [14, 16, 44],
        [92, 28, 108],
        [204, 66, 72],
        [250, 160, 60],
        [252, 248, 200],
    ];
    picture::gradient(&STOPS, t)
}

#[cfg(test)]
mod tests;

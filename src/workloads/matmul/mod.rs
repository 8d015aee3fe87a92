//! Matmul: C = A B for n x n matrices of f32. Every number is used n times, so what
//! counts is where it waits meanwhile: registers, caches, workgroup memory.

mod blocked;
mod reference;

use crate::inputs::{Random, wave};
use crate::kernel::{Arithmetic, Footprint, Kernel, Level, Output, Problem, ProblemError, Workload};
use crate::simd::{Scalar, Simd};
use crate::{Argument, Data, GpuProgram, PythonProgram, compare, picture, readme};
use parallax_protocol::{NamedSize, Picture, Verification, WorkloadInfo};
use std::sync::Arc;

const ID: &str = "matmul";
const SIZES: (u32, u32) = (1, 2048);
const DEFAULT_SIZE: u32 = 512;
/// Rows and columns of C that one workgroup computes; as in the shader.
const GPU_TILE: usize = 64;

/// What the catalogue says of it.
pub fn info() -> WorkloadInfo {
    WorkloadInfo {
        id: ID.into(),
        name: "Matrix product".into(),
        question: "When every number is used a thousand times, who keeps the arithmetic fed?".into(),
        lesson: readme::lesson(include_str!("README.md")),
        film: None,
        tries: readme::tries(include_str!("README.md")),
        recorded: readme::recorded(include_str!("README.md")),
        size_means: "rows and columns of the matrices".into(),
        sizes: NamedSize::four([128, 512, 1024, 2048]),
        default_size: DEFAULT_SIZE,
        size_range: SIZES,
        verified_by: "Every element of C is compared with a product summed in f64. The error, relative to the \
                      norms of the row and the column, may reach 4 times the square root of n times 2^-24: the \
                      growth of n random roundings."
            .into(),
        sources: readme::sources(
            include_str!("kernel.py"),
            include_str!("kernel.js"),
            include_str!("blocked.rs"),
            include_str!("../../../shaders/matmul.wgsl"),
        ),
    }
}

/// The registry's entry.
pub struct Matmul;

impl Workload for Matmul {
    fn id(&self) -> &'static str {
        ID
    }

    fn default_size(&self) -> u32 {
        DEFAULT_SIZE
    }

    fn size_range(&self) -> (u32, u32) {
        SIZES
    }

    fn footprint(&self, size: u32, _threads: usize) -> Footprint {
        let elements = u64::from(size).pow(2);
        Footprint {
            // Two matrices, and norms in f64 for the tolerance.
            inputs: 8 * elements + 32 * u64::from(size),
            reference: 8 * elements,
            expected: 8 * elements,
            row: blocked::bytes(size as usize),
            output: 4 * elements,
        }
    }

    fn problem(&self, size: u32, seed: u64) -> Result<Box<dyn Problem>, ProblemError> {
        let n = ProblemError::check(ID, size, SIZES)?;
        Ok(Box::new(Product {
            inputs: Arc::new(Inputs::new(n, seed)),
        }))
    }
}

/// The two factors, row by row, and the norms that scale the error.
struct Inputs {
    n: usize,
    seed: u64,
    a: Arc<Vec<f32>>,
    b: Arc<Vec<f32>>,
    row_norms: Vec<f64>,
    column_norms: Vec<f64>,
}

impl Inputs {
    /// Noise with waves in it. In the product the noise averages out and the waves, which
    /// share their period along k, add up: a wrong tile is then seen as a broken wave.
    fn new(n: usize, seed: u64) -> Self {
        let mut random = Random::new(seed, 0);
        let mut period = || 1 + random.below(5) as usize;
        let waves: [[usize; 3]; 2] = [
            [period(), period(), period()],
            [period() + 5, period() + 5, period() + 5],
        ];
        let fill = |stream: u64, along: fn(&[usize; 3]) -> (usize, usize)| {
            let mut noise = Random::new(seed, stream);
            let mut values = Vec::with_capacity(n * n);
            for row in 0..n {
                for column in 0..n {
                    let mut value = 2.0 * noise.unit() - 1.0;
                    for w in &waves {
                        let (down, across) = along(w);
                        let turn = (row * down + column * across) % n;
                        value += 0.25 * wave(turn as f32 / n as f32);
                    }
                    values.push(value);
                }
            }
            values
        };
        let a = fill(1, |w| (w[0], w[1]));
        let b = fill(2, |w| (w[1], w[2]));
        let mut row_norms = vec![0.0; n];
        let mut column_norms = vec![0.0; n];
        for i in 0..n {
            for j in 0..n {
                row_norms[i] += f64::from(a[i * n + j]).powi(2);
                column_norms[j] += f64::from(b[i * n + j]).powi(2);
            }
        }
        let root = |norms: Vec<f64>| norms.into_iter().map(f64::sqrt).collect();
        Inputs {
            n,
            seed,
            a: Arc::new(a),
            b: Arc::new(b),
            row_norms: root(row_norms),
            column_norms: root(column_norms),
        }
    }
}

struct Product {
    inputs: Arc<Inputs>,
}

impl Problem for Product {
    fn workload(&self) -> &'static str {
        ID
    }

    fn flops(&self) -> f64 {
        2.0 * (self.inputs.n as f64).powi(3)
    }

    fn bytes(&self) -> f64 {
        3.0 * 4.0 * (self.inputs.n as f64).powi(2)
    }

    fn kernel(&self, level: Level, _workers: usize) -> Result<Box<dyn Kernel>, ProblemError> {
        let inputs = Arc::clone(&self.inputs);
        Ok(match level {
            // 2 x 4 registers of sums: of the shapes tried (2 to 6 rows, 2 to 4 vectors) the
            // fastest at both levels, in Chromium and natively.
            Level::Scalar => Box::new(blocked::Blocked::<Scalar, 2, 4>::new(inputs)?),
            Level::Simd => Box::new(blocked::Blocked::<Simd, 2, 4>::new(inputs)?),
        })
    }

    fn data(&self) -> Data {
        let n = self.inputs.n;
        Data {
            n: n as u32,
            seed: self.inputs.seed,
            inputs: vec![Arc::clone(&self.inputs.a), Arc::clone(&self.inputs.b)],
            output_len: n * n,
            output_is_float: true,
        }
    }

    fn gpu(&self) -> GpuProgram {
        let groups = self.inputs.n.div_ceil(GPU_TILE) as u32;
        let source = include_str!("../../../shaders/matmul.wgsl");
        let mut program = GpuProgram::one_pass(source, (groups, groups), self.data());
        program.passes[0].entry = match self.inputs.n % 4 {
            0 => "by_fours",
            _ => "one_by_one",
        };
        program
    }

    fn python(&self) -> PythonProgram {
        let n = self.inputs.n;
        let factor = |values: &Arc<Vec<f32>>| Argument::F32 {
            shape: vec![n, n],
            values: Arc::clone(values),
        };
        let factors = vec![factor(&self.inputs.a), factor(&self.inputs.b)];
        PythonProgram::of(include_str!("kernel.py"), n, factors)
    }

    fn reference(&self) -> Result<Box<dyn Kernel>, ProblemError> {
        Ok(Box::new(reference::Plain::new(Arc::clone(&self.inputs))?))
    }

    /// One rule for CPU and GPU: fusing only makes the sums more exact. Rounding errors of a
    /// sum of n products grow like sqrt(n) u with high probability (Higham and Mary, A new
    /// approach to probabilistic rounding error analysis, 2019), relative to |a| |b|, which
    /// the norms of row and column bound. A single product left out is some 1/n: far above.
    fn verify(&self, reference: &Output, got: &Output, _arithmetic: Arithmetic) -> Verification {
        let Inputs {
            n,
            row_norms,
            column_norms,
            ..
        } = &*self.inputs;
        let n = *n;
        let tolerance = 4.0 * (n as f64).sqrt() * f64::from(f32::EPSILON) / 2.0;
        compare::relative(
            reference,
            got,
            tolerance,
            |i| row_norms[i / n] * column_norms[i % n],
            |i| format!("row {}, column {}", i / n, i % n),
        )
    }

    fn picture(&self, output: &Output) -> Picture {
        const STOPS: [[u8; 3]; 5] = [
            [16, 52, 110],
            [88, 150, 200],
            [244, 243, 238],
            [222, 140, 84],
            [130, 34, 24],
        ];
        let n = self.inputs.n;
        let squares: f64 = (0..output.len()).map(|i| output.at(i).powi(2)).sum();
        let most = 2.0
            * (squares / output.len().max(1) as f64)
                .sqrt()
                .max(f64::MIN_POSITIVE);
        picture::field(n, |i| {
            picture::gradient(&STOPS, (0.5 + 0.5 * output.at(i) / most) as f32)
        })
    }
}

#[cfg(test)]
mod tests;

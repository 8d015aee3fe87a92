//! Map and reduce: the greatest of cos(r^2) / (1 + r^2) over a grid. A map that only
//! computes, and a reduction that leaves one number: nothing is worth keeping in between.

mod reference;

use crate::gpu::grid;
use crate::kernel::{Arithmetic, Footprint, Kernel, Level, Output, Pass, Problem, ProblemError, Workload};
use crate::simd::{F32s, Scalar, Simd, U32s};
use crate::{
    Access, Argument, Buffer, Data, GpuPass, GpuProgram, OutOfMemory, PythonProgram, Shared, compare,
    picture, readme,
};
use parallax_protocol::{NamedSize, Picture, Verification, WorkloadInfo};
use std::array::from_fn;
use std::ops::Range;

const ID: &str = "map-reduce";
const SIZES: (u32, u32) = (1, 8192);
const DEFAULT_SIZE: u32 = 3000;

/// The grid reaches from -3 to 3 on both axes, as in the tutorial.
pub(crate) const EDGE: f32 = 3.0;
/// Points along each side of a tile: the reduction's first step leaves one maximum a tile.
pub(crate) const TILE: usize = 16;
/// Points that make a chunk worth claiming.
const CHUNK_POINTS: usize = 1 << 15;

/// Per point: 3 operations for r, 7 to bring it between -pi/2 and pi/2, 9 for the
/// polynomial, 3 to divide and to compare.
const FLOPS: f64 = 22.0;

/// The cosine is off by at most 1e-7, r by some 10 roundings of numbers up to 18, and both
/// are divided by 1 + r: at most 6e-7 in all, measured at n = 5000.
const TOLERANCE: f64 = 1e-6;

/// What the catalogue says of it.
pub fn info() -> WorkloadInfo {
    WorkloadInfo {
        id: ID.into(),
        name: "Map and reduce".into(),
        question: "What is left to win when a million cosines end in a single number?".into(),
        lesson: readme::lesson(include_str!("README.md")),
        film: None,
        tries: readme::tries(include_str!("README.md")),
        recorded: readme::recorded(include_str!("README.md")),
        size_means: "grid points along each axis".into(),
        sizes: NamedSize::four([250, 1000, 3000, 5000]),
        default_size: DEFAULT_SIZE,
        size_range: SIZES,
        verified_by: "The greatest value and the greatest of every tile of 16 x 16 points are compared with \
                      ones computed in f64. Each may be off by 1e-6; the tutorial asks that of the last one."
            .into(),
        sources: readme::sources(
            include_str!("kernel.py"),
            include_str!("kernel.js"),
            include_str!("mod.rs"),
            include_str!("../../../shaders/map-reduce.wgsl"),
        ),
    }
}

/// The registry's entry.
pub struct MapReduce;

impl Workload for MapReduce {
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
        let values = u64::from(size).div_ceil(TILE as u64).pow(2) + 1;
        Footprint {
            inputs: 0,
            reference: 8 * values,
            expected: 8 * values,
            row: 4 * values,
            output: 4 * values,
        }
    }

    fn problem(&self, size: u32, seed: u64) -> Result<Box<dyn Problem>, ProblemError> {
        let n = ProblemError::check(ID, size, SIZES)?;
        Ok(Box::new(Grid { n, seed }))
    }
}

/// Distance of neighbouring points.
pub(crate) fn step(n: usize) -> f64 {
    2.0 * f64::from(EDGE) / n.saturating_sub(1).max(1) as f64
}

struct Grid {
    n: usize,
    seed: u64,
}

impl Grid {
    /// Tiles along each axis.
    fn tiles(&self) -> usize {
        self.n.div_ceil(TILE)
    }
}

impl Problem for Grid {
    fn workload(&self) -> &'static str {
        ID
    }

    fn flops(&self) -> f64 {
        (self.n * self.n) as f64 * FLOPS
    }

    fn bytes(&self) -> f64 {
        4.0 * (self.tiles() * self.tiles() + 1) as f64
    }

    fn kernel(&self, level: Level, _workers: usize) -> Result<Box<dyn Kernel>, ProblemError> {
        let (tiles, top): (TilesFn, TopFn) = match level {
            Level::Scalar => (row_of_tiles::<Scalar>, greatest::<Scalar>),
            Level::Simd => (row_of_tiles::<Simd>, greatest::<Simd>),
        };
        Ok(Box::new(Reduction::new(self.n, tiles, top)?))
    }

    fn data(&self) -> Data {
        Data {
            n: self.n as u32,
            seed: self.seed,
            inputs: Vec::new(),
            output_len: self.tiles() * self.tiles() + 1,
            output_is_float: true,
        }
    }

    fn gpu(&self) -> GpuProgram {
        let pass = |entry, workgroups| GpuPass {
            entry,
            workgroups,
            bindings: vec![Access::Write(Buffer::Output)],
        };
        // A workgroup has 256 invocations: 16 for each of 16 tiles.
        GpuProgram {
            source: include_str!("../../../shaders/map-reduce.wgsl"),
            passes: vec![
                pass("tiles", grid((self.tiles() * self.tiles()).div_ceil(16))),
                pass("top", (1, 1)),
            ],
            scratch: Vec::new(),
            data: self.data(),
        }
    }

    fn python(&self) -> PythonProgram {
        PythonProgram::of(
            include_str!("kernel.py"),
            self.n,
            vec![Argument::Int(self.n as i64)],
        )
    }

    fn reference(&self) -> Result<Box<dyn Kernel>, ProblemError> {
        Ok(Box::new(reference::Plain::new(self.n)?))
    }

    fn verify(&self, reference: &Output, got: &Output, _arithmetic: Arithmetic) -> Verification {
        let tiles = self.tiles();
        compare::absolute(reference, got, TOLERANCE, |i| match i.checked_sub(1) {
            None => "the greatest of all".into(),
            Some(i) => format!("tile row {}, column {}", i / tiles, i % tiles),
        })
    }

    fn result(&self, output: &Output) -> Option<String> {
        Some(format!("greatest: {:.8}", output.at(0)))
    }

    fn picture(&self, output: &Output) -> Picture {
        const STOPS: [[u8; 3]; 5] = [
            [12, 30, 84],
            [66, 128, 178],
            [240, 240, 236],
            [226, 148, 82],
            [140, 40, 26],
        ];
        picture::field(self.tiles(), |i| {
            // The rings fade like 1 / r: a root keeps the outer ones visible.
            let value = output.at(i + 1) as f32;
            picture::gradient(&STOPS, 0.5 + 0.5 * value.signum() * value.abs().sqrt())
        })
    }
}

/// Greatest values of a row of tiles.
type TilesFn = fn(n: usize, row: usize, out: &mut [f32]);
/// The greatest of many.
type TopFn = fn(&[f32]) -> f32;

/// The greatest value, and before it those of the tiles.
struct Reduction {
    n: usize,
    tiles: TilesFn,
    top: TopFn,
    passes: [Pass; 2],
    /// The greatest of all, then one a tile.
    maxima: Shared<f32>,
}

impl Reduction {
    fn new(n: usize, tiles: TilesFn, top: TopFn) -> Result<Self, OutOfMemory> {
        let side = n.div_ceil(TILE);
        Ok(Reduction {
            n,
            tiles,
            top,
            passes: [
                Pass {
                    items: side,
                    chunk: (CHUNK_POINTS / (n * TILE)).max(1),
                },
                Pass { items: 1, chunk: 1 },
            ],
            maxima: Shared::new(side * side + 1)?,
        })
    }
}

impl Kernel for Reduction {
    fn passes(&self) -> &[Pass] {
        &self.passes
    }

    unsafe fn run(&self, _worker: usize, pass: usize, items: Range<usize>) {
        let side = self.n.div_ceil(TILE);
        for item in items {
            if pass == 0 {
                let span = 1 + item * side..1 + (item + 1) * side;
                // SAFETY: this row of tiles belongs to this item alone.
                (self.tiles)(self.n, item, unsafe { self.maxima.slice_mut(span) });
            } else {
                // SAFETY: the tiles were the pass before, and this pass has one item.
                let (first, tiles) =
                    unsafe { (self.maxima.slice_mut(0..1), self.maxima.slice(1..1 + side * side)) };
                first[0] = (self.top)(tiles);
            }
        }
    }

    fn output(&mut self) -> Result<Output, OutOfMemory> {
        Ok(Output::F32(self.maxima.to_vec()?))
    }
}

// [kernel]
/// Vectors at a time, to keep the processor busy while divisions are under way.
const GROUPS: usize = 4;

/// cos(r) for r from 0 to 18: a multiple of pi is taken off (in two parts, the first of
/// which has few bits, so that its multiples are exact), then a polynomial of the least
/// greatest error, 7e-8, between -pi/2 and pi/2; odd multiples turn the sign.
#[inline(always)]
fn cosine<F: F32s>(r: F) -> F {
    /// Adding it rounds to a whole number, which then lies in the lowest bits.
    const ROUND: f32 = 12_582_912.0;
    let shifted = r * F::splat(0.318_309_87) + F::splat(ROUND);
    let k = shifted - F::splat(ROUND);
    let f = (r - k * F::splat(3.141_540_5)) - k * F::splat(5.212_624_5e-5);
    let y = f * f;
    let p = F::splat(2.319_360_6e-5) * y - F::splat(0.001_385_589_5);
    let p = p * y + F::splat(0.041_663_986);
    let p = p * y - F::splat(0.499_999_3);
    let p = p * y + F::splat(1.0);
    F::from_bits(p.to_bits() ^ shifted.to_bits().shl::<31>())
}

/// The greatest of cos(r) / (1 + r), r = x^2 + y^2, in each tile of a row of tiles.
#[inline(never)]
fn row_of_tiles<F: F32s>(n: usize, row: usize, out: &mut [f32]) {
    let step = step(n) as f32;
    let rows = row * TILE..((row + 1) * TILE).min(n);
    for (tile, out) in out.iter_mut().enumerate() {
        let mut most = F::splat(-1.0);
        for left in (tile * TILE..(tile + 1) * TILE).step_by(GROUPS * F::LANES) {
            let xx: [F; GROUPS] = from_fn(|g| {
                let x = columns::<F>(n, left + g * F::LANES) * F::splat(step) - F::splat(EDGE);
                x * x
            });
            let mut best = [F::splat(-1.0); GROUPS];
            for j in rows.clone() {
                let y = j as f32 * step - EDGE;
                let yy = F::splat(y * y);
                for g in 0..GROUPS {
                    let r = xx[g] + yy;
                    best[g] = best[g].or_greater(cosine(r) / (F::splat(1.0) + r));
                }
            }
            most = best.into_iter().fold(most, F::or_greater);
        }
        *out = most.greatest();
    }
}

/// The numbers of a vector's columns; past the edge the last one again, which changes no
/// maximum.
#[inline(always)]
fn columns<F: F32s>(n: usize, first: usize) -> F {
    if first + F::LANES <= n {
        return F::splat(first as f32) + F::iota();
    }
    let lanes: [f32; 4] = from_fn(|lane| (first + lane).min(n - 1) as f32);
    F::load(&lanes)
}

/// The greatest of the tiles.
#[inline(never)]
fn greatest<F: F32s>(values: &[f32]) -> f32 {
    let mut most = F::splat(-1.0);
    let vectors = values.chunks_exact(F::LANES);
    let rest = vectors.remainder().iter();
    for vector in vectors {
        most = most.or_greater(F::load(vector));
    }
    rest.fold(most, |most, &value| most.or_greater(F::splat(value)))
        .greatest()
}
// [/kernel]

#[cfg(test)]
mod tests;

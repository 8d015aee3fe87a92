//! Mandelbrot: how many steps each pixel's orbit stays bounded. Independent pixels,
//! very uneven work: what lanes and threads do with divergence.

mod film;
mod reference;

use crate::kernel::{
    Arithmetic, Film, Footprint, Kernel, Level, Output, Pass, Problem, ProblemError, Workload,
};
use crate::simd::{F32s, Scalar, Simd, U32s};
use crate::{Argument, Data, GpuProgram, OutOfMemory, PythonProgram, Shared, compare, picture, readme};
use parallax_protocol::{NamedSize, Picture, Verification, WorkloadInfo};
use std::array::from_fn;
use std::ops::Range;

const ID: &str = "mandelbrot";
const SIZES: (u32, u32) = (1, 4096);
const DEFAULT_SIZE: u32 = 1024;

/// Steps after which an orbit counts as bounded.
pub(crate) const MAX_STEPS: u32 = 256;
/// Left and top edge of the region and its extent, as in the tutorial: x from -2 to
/// 0.5, y from -1.25 to 1.25.
pub(crate) const REGION: (f32, f32, f64) = (-2.0, -1.25, 2.5);

/// Mean steps per pixel over this region; nearly the same at every size (tested).
const MEAN_STEPS: f64 = 67.5;
/// Per step: 3 multiplications, 2 additions, 1 subtraction, 1 doubling, 1 comparison.
const FLOPS_PER_STEP: f64 = 8.0;

/// On the GPU a step may be fused, and the orbits of pixels near the set's edge then
/// part: computing every step with fused multiply-adds changes 0.15 % of the counts at
/// n = 128 and 0.17 % at 512 (tested in this file); compilers fuse in other ways too. On
/// the CPU every back end is exact.
const RELAXED_MISMATCHES: f64 = 0.005;
/// The same within any one tile of 16 x 16 pixels: fused, at most 5.5 % (tested).
const RELAXED_TILE_MISMATCHES: f64 = 0.25;

/// What the catalogue says of it.
pub fn info() -> WorkloadInfo {
    WorkloadInfo {
        id: ID.into(),
        name: "Mandelbrot set".into(),
        question: "When every pixel takes its own time, how much do lanes, threads and a GPU still buy?".into(),
        lesson: readme::lesson(include_str!("README.md")),
        film: Some("Chunks of rows, in the order in which four threads would finish them, each in its tint: slowed down.".into()),
        tries: readme::tries(include_str!("README.md")),
        recorded: readme::recorded(include_str!("README.md")),
        size_means: "pixels along each side of the image".into(),
        sizes: NamedSize::four([128, 512, 1024, 4096]),
        default_size: DEFAULT_SIZE,
        size_range: SIZES,
        verified_by: "Every pixel's step count is compared with a plain loop's that shares no code with the kernels. \
                      CPU rungs must be equal; on the GPU, where steps may be fused, at most 0.5 % of the pixels may differ, \
                      and a quarter of any 16 x 16 of them."
            .into(),
        sources: readme::sources(
            include_str!("kernel.py"),
            include_str!("kernel.js"),
            include_str!("mod.rs"),
            include_str!("../../../shaders/mandelbrot.wgsl"),
        ),
    }
}

/// The registry's entry.
pub struct Mandelbrot;

impl Workload for Mandelbrot {
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
        let counts = 4 * u64::from(size).pow(2);
        Footprint {
            inputs: 0,
            reference: counts,
            expected: counts,
            row: counts,
            output: counts,
        }
    }

    fn problem(&self, size: u32, seed: u64) -> Result<Box<dyn Problem>, ProblemError> {
        let n = ProblemError::check(ID, size, SIZES)?;
        Ok(Box::new(Image { n, seed }))
    }

    fn film(&self, _seed: u64) -> Result<Option<Box<dyn Film>>, ProblemError> {
        Ok(Some(Box::new(film::Filling::new())))
    }
}

struct Image {
    n: usize,
    seed: u64,
}

impl Image {
    fn place(&self, i: usize) -> String {
        format!("row {}, column {}", i / self.n, i % self.n)
    }
}

impl Problem for Image {
    fn workload(&self) -> &'static str {
        ID
    }

    fn flops(&self) -> f64 {
        (self.n * self.n) as f64 * MEAN_STEPS * FLOPS_PER_STEP
    }

    fn bytes(&self) -> f64 {
        (self.n * self.n * 4) as f64
    }

    fn kernel(&self, level: Level, _workers: usize) -> Result<Box<dyn Kernel>, ProblemError> {
        Ok(Box::new(Rows::new(
            self.n,
            match level {
                Level::Scalar => row::<Scalar>,
                Level::Simd => row::<Simd>,
            },
        )?))
    }

    fn data(&self) -> Data {
        Data {
            n: self.n as u32,
            seed: self.seed,
            inputs: Vec::new(),
            output_len: self.n * self.n,
            output_is_float: false,
        }
    }

    fn gpu(&self) -> GpuProgram {
        let groups = self.n.div_ceil(16) as u32;
        GpuProgram::one_pass(
            include_str!("../../../shaders/mandelbrot.wgsl"),
            (groups, groups),
            self.data(),
        )
    }

    fn python(&self) -> PythonProgram {
        PythonProgram::of(
            include_str!("kernel.py"),
            self.n,
            vec![Argument::Int(self.n as i64)],
        )
    }

    fn reference(&self) -> Result<Box<dyn Kernel>, ProblemError> {
        Ok(Box::new(Rows::new(self.n, reference::row)?))
    }

    fn verify(&self, reference: &Output, got: &Output, arithmetic: Arithmetic) -> Verification {
        let place = |i| self.place(i);
        match arithmetic {
            Arithmetic::Ieee => compare::mismatches(reference, got, 0.0, place),
            Arithmetic::Relaxed => {
                let mut verification = compare::mismatches(reference, got, RELAXED_MISMATCHES, place);
                // A share of the whole would let a workgroup's tile that was never written pass.
                let worst = compare::worst_tile(self.n, reference, got);
                if worst > RELAXED_TILE_MISMATCHES {
                    verification.ok = false;
                    verification.max_error = worst;
                }
                verification
            }
        }
    }

    fn picture(&self, output: &Output) -> Picture {
        picture::field(self.n, |i| colour(output.at(i) as f32))
    }
}

/// The set itself black; outside of it, quick escapes dark and slow ones bright.
fn colour(steps: f32) -> [u8; 3] {
    const STOPS: [[u8; 3]; 6] = [
        [9, 12, 42],
        [24, 60, 130],
        [70, 150, 200],
        [236, 244, 240],
        [250, 190, 70],
        [150, 50, 20],
    ];
    if steps >= MAX_STEPS as f32 {
        return [0, 0, 0];
    }
    picture::gradient(&STOPS, (steps / 48.0).sqrt())
}

/// The step counts of an n by n image, computed row by row.
struct Rows {
    n: usize,
    row: fn(usize, usize, &mut [u32]),
    passes: [Pass; 1],
    counts: Shared<u32>,
}

impl Rows {
    fn new(n: usize, row: fn(usize, usize, &mut [u32])) -> Result<Self, OutOfMemory> {
        Ok(Rows {
            n,
            row,
            // A row of the set's inside takes a hundred times as long as one outside,
            // so chunks are small: some 2,000 pixels.
            passes: [Pass {
                items: n,
                chunk: (2048 / n).clamp(1, 64),
            }],
            counts: Shared::new(n * n)?,
        })
    }
}

impl Kernel for Rows {
    fn passes(&self) -> &[Pass] {
        &self.passes
    }

    unsafe fn run(&self, _worker: usize, _pass: usize, items: Range<usize>) {
        for y in items {
            // SAFETY: row y belongs to this call alone, as ranges of items are disjoint.
            let counts = unsafe { self.counts.slice_mut(y * self.n..(y + 1) * self.n) };
            (self.row)(self.n, y, counts);
        }
    }

    fn output(&mut self) -> Result<Output, OutOfMemory> {
        Ok(Output::U32(self.counts.to_vec()?))
    }
}

// [kernel]
/// Vectors at a time: each step waits for the one before, so that independent vectors keep
/// the processor busy. More than three no longer fit into its registers.
const GROUPS: usize = 3;
/// Steps between two looks at whether any lane is still alive.
const STRIDE: u32 = 4;

/// Counts the steps of one row's pixels. A lane whose orbit has escaped goes on behind its
/// mask, but counts no more; a block of vectors ends when all their lanes have escaped.
#[inline(never)]
fn row<F: F32s>(n: usize, y: usize, counts: &mut [u32]) {
    let (left, top, extent) = REGION;
    let pixel = (extent / n as f64) as f32;
    let ci = F::splat(top + y as f32 * pixel);
    let (two, four) = (F::splat(2.0), F::splat(4.0));
    let width = F::LANES * GROUPS;

    for (block, out) in counts.chunks_mut(width).enumerate() {
        let cr: [F; GROUPS] = from_fn(|g| {
            let x = F::splat((block * width + g * F::LANES) as f32) + F::iota();
            F::splat(left) + x * F::splat(pixel)
        });
        let mut zr = [F::splat(0.0); GROUPS];
        let mut zi = zr;
        let mut count = [F::U32s::splat(0); GROUPS];
        let mut alive = [F::mask_all(); GROUPS];
        for _ in 0..MAX_STEPS / STRIDE {
            for _ in 0..STRIDE {
                for g in 0..GROUPS {
                    let (zr2, zi2) = (zr[g] * zr[g], zi[g] * zi[g]);
                    alive[g] = F::mask_and(alive[g], (zr2 + zi2).le(four));
                    count[g] = count[g].count(alive[g]);
                    zi[g] = two * zr[g] * zi[g] + ci;
                    zr[g] = zr2 - zi2 + cr[g];
                }
            }
            if !F::mask_any(alive.into_iter().reduce(F::mask_or).unwrap_or(alive[0])) {
                break;
            }
        }
        // The last block of a row may have more lanes than there are pixels.
        for (count, out) in count.iter().zip(out.chunks_mut(F::LANES)) {
            count.store_part(out);
        }
    }
}
// [/kernel]

#[cfg(test)]
mod tests;

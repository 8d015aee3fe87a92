//! Monte Carlo: pi from darts. Random numbers on every rung at once need a generator that
//! has no state: a number is a function of its place, so that nobody waits for the one before.

mod film;
mod reference;

use crate::gpu::grid;
use crate::kernel::{
    Arithmetic, Film, Footprint, Kernel, Level, Output, Pass, Problem, ProblemError, Workload,
};
use crate::simd::{F32s, Scalar, Simd, U32s};
use crate::{
    Access, Argument, Buffer, Data, GpuPass, GpuProgram, OutOfMemory, PythonProgram, Shared, compare,
    picture, readme,
};
use parallax_protocol::{NamedSize, Picture, Verification, WorkloadInfo};
use std::ops::Range;

const ID: &str = "monte-carlo";
const SIZES: (u32, u32) = (1, 1 << 30);
const DEFAULT_SIZE: u32 = 16_777_216;

/// Darts whose hits are counted together.
pub(crate) const BLOCK: usize = 4096;
/// Darts that make a chunk worth claiming.
const CHUNK_DARTS: usize = 1 << 16;
/// Integer and comparison operations of a dart: 26 for four random numbers, then 7 each.
const OPERATIONS: f64 = 13.5;

/// What the catalogue says of it.
pub fn info() -> WorkloadInfo {
    WorkloadInfo {
        id: ID.into(),
        name: "Monte Carlo".into(),
        question: "How do a million threads draw random numbers without waiting for each other?".into(),
        lesson: readme::lesson(include_str!("README.md")),
        film: Some("The first 24,000 darts, 200 a frame.".into()),
        tries: readme::tries(include_str!("README.md")),
        recorded: readme::recorded(include_str!("README.md")),
        size_means: "darts thrown".into(),
        sizes: NamedSize::four([65_536, 1_000_000, 16_777_216, 100_000_000]),
        default_size: DEFAULT_SIZE,
        size_range: SIZES,
        verified_by: "The hits of every 4,096 darts, and of all, are compared with a plain loop's. All of it is integer \
                      arithmetic, so that every back end, the GPU included, must count the same."
            .into(),
        sources: readme::sources(
            include_str!("kernel.py"),
            include_str!("kernel.js"),
            include_str!("mod.rs"),
            include_str!("../../../shaders/monte-carlo.wgsl"),
        ),
    }
}

/// The registry's entry.
pub struct MonteCarlo;

impl Workload for MonteCarlo {
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
        let counts = 4 * (u64::from(size).div_ceil(BLOCK as u64) + 1);
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
        Ok(Box::new(Throws { n, seed }))
    }

    fn film(&self, seed: u64) -> Result<Option<Box<dyn Film>>, ProblemError> {
        Ok(Some(Box::new(film::Falling::new(seed))))
    }
}

struct Throws {
    n: usize,
    seed: u64,
}

impl Throws {
    fn blocks(&self) -> usize {
        self.n.div_ceil(BLOCK)
    }
}

impl Problem for Throws {
    fn workload(&self) -> &'static str {
        ID
    }

    fn flops(&self) -> f64 {
        self.n as f64 * OPERATIONS
    }

    fn bytes(&self) -> f64 {
        4.0 * (self.blocks() + 1) as f64
    }

    fn kernel(&self, level: Level, _workers: usize) -> Result<Box<dyn Kernel>, ProblemError> {
        let hits: HitsFn = match level {
            Level::Scalar => hits::<Scalar>,
            Level::Simd => hits::<Simd>,
        };
        Ok(Box::new(Counting::new(self.n, self.seed, hits)?))
    }

    fn data(&self) -> Data {
        Data {
            n: self.n as u32,
            seed: self.seed,
            inputs: Vec::new(),
            output_len: self.blocks() + 1,
            output_is_float: false,
        }
    }

    fn gpu(&self) -> GpuProgram {
        let pass = |entry, workgroups| GpuPass {
            entry,
            workgroups,
            bindings: vec![Access::Write(Buffer::Output)],
        };
        GpuProgram {
            source: include_str!("../../../shaders/monte-carlo.wgsl"),
            passes: vec![pass("blocks", grid(self.blocks())), pass("total", (1, 1))],
            scratch: Vec::new(),
            data: self.data(),
        }
    }

    fn python(&self) -> PythonProgram {
        let [low, high] = self.data().seed_words();
        PythonProgram::of(
            include_str!("kernel.py"),
            self.n,
            vec![
                Argument::Int(self.n as i64),
                Argument::U32(low),
                Argument::U32(high),
            ],
        )
    }

    fn reference(&self) -> Result<Box<dyn Kernel>, ProblemError> {
        Ok(Box::new(Counting::new(self.n, self.seed, reference::hits)?))
    }

    fn verify(&self, reference: &Output, got: &Output, _arithmetic: Arithmetic) -> Verification {
        compare::mismatches(reference, got, 0.0, |i| match i.checked_sub(1) {
            None => "hits of all darts".into(),
            Some(block) => format!("hits from dart {} on", block * BLOCK),
        })
    }

    fn result(&self, output: &Output) -> Option<String> {
        Some(format!("pi = {:.5}", 4.0 * output.at(0) / self.n as f64))
    }

    /// The square, the circle in it, and the first darts.
    fn picture(&self, output: &Output) -> Picture {
        const SIDE: usize = 256;
        const MOST: usize = 12_000;
        let mut board = Board::new(SIDE);
        // A wrong count has no picture of its own: its darts are the seed's.
        let darts = self.n.min(MOST).min(output.len() * BLOCK);
        board.throw((0..darts).map(|dart| reference::dart(self.seed, dart)));
        board.picture()
    }
}

/// The square, the circle in it, and darts.
struct Board {
    side: usize,
    colours: Vec<[u8; 3]>,
}

impl Board {
    fn new(side: usize) -> Self {
        let centre = |pixel: usize| (2 * pixel + 1) as f32 / side as f32 - 1.0;
        let ground = |i: usize| match centre(i % side).powi(2) + centre(i / side).powi(2) < 1.0 {
            true => [240, 243, 246],
            false => [222, 226, 232],
        };
        Board {
            colours: (0..side * side).map(ground).collect(),
            side,
        }
    }

    fn throw(&mut self, darts: impl Iterator<Item = (i32, i32)>) {
        let side = self.side;
        let place = |c: i32| (c + 32_768) as usize * side / 65_536;
        for (x, y) in darts {
            self.colours[place(y) * side + place(x)] = match is_hit(x, y) {
                true => [28, 92, 150],
                false => [178, 84, 44],
            };
        }
    }

    fn picture(&self) -> Picture {
        picture::field(self.side, |i| self.colours[i])
    }
}

/// Whether a dart is within the circle that touches the square's sides.
fn is_hit(x: i32, y: i32) -> bool {
    x * x + y * y < RADIUS_SQUARED as i32
}

/// Hits of some blocks, one number each, from a dart on.
type HitsFn = fn(seed: u64, darts: Range<usize>) -> u32;

/// The hits of all darts, and before that of every block.
struct Counting {
    n: usize,
    seed: u64,
    hits: HitsFn,
    passes: [Pass; 2],
    /// Of all, then one a block.
    counts: Shared<u32>,
}

impl Counting {
    fn new(n: usize, seed: u64, hits: HitsFn) -> Result<Self, OutOfMemory> {
        let blocks = n.div_ceil(BLOCK);
        Ok(Counting {
            n,
            seed,
            hits,
            passes: [
                Pass {
                    items: blocks,
                    chunk: CHUNK_DARTS / BLOCK,
                },
                Pass { items: 1, chunk: 1 },
            ],
            counts: Shared::new(blocks + 1)?,
        })
    }
}

impl Kernel for Counting {
    fn passes(&self) -> &[Pass] {
        &self.passes
    }

    unsafe fn run(&self, _worker: usize, pass: usize, items: Range<usize>) {
        if pass == 1 {
            // SAFETY: the blocks were the pass before, and this pass has one item.
            let counts = unsafe { self.counts.slice_mut(0..1 + self.passes[0].items) };
            counts[0] = counts[1..].iter().sum();
            return;
        }
        // SAFETY: these blocks belong to this call alone.
        let counts = unsafe { self.counts.slice_mut(1 + items.start..1 + items.end) };
        for (count, block) in counts.iter_mut().zip(items) {
            *count = (self.hits)(self.seed, block * BLOCK..((block + 1) * BLOCK).min(self.n));
        }
    }

    fn output(&mut self) -> Result<Output, OutOfMemory> {
        Ok(Output::U32(self.counts.to_vec()?))
    }
}

// [kernel]
/// In the second word of every counter: tells this use of a seed from others.
const DARTS: u32 = 0x6461_7274;
/// Darts land on odd coordinates from -32767 to 32767, the centres of cells: squares and
/// their sum fit into 31 bits, so every processor counts the same.
const RADIUS_SQUARED: u32 = 1 << 30;

/// Four random words of a counter and a seed: the hash pcg4d (Jarzynski and Olano, Hash
/// Functions for GPU Rendering, 2020). It needs no wide multiplication, which neither WGSL
/// nor a vector of four lanes has.
#[inline(always)]
fn words<W: U32s>(counter: W, [low, high]: [u32; 2]) -> [W; 4] {
    let spread = |x: W| x * W::splat(1_664_525) + W::splat(1_013_904_223);
    let mix = |[mut x, mut y, mut z, mut w]: [W; 4]| {
        x = x + y * w;
        y = y + z * x;
        z = z + x * y;
        w = w + y * z;
        [x, y, z, w]
    };
    let v = [counter, W::splat(DARTS), W::splat(low), W::splat(high)].map(spread);
    mix(mix(v).map(|x| x ^ x.shr::<16>()))
}

/// How many of the darts are hits. Dart i is word i mod 4 of counter i / 4.
#[inline(never)]
fn hits<F: F32s>(seed: u64, darts: Range<usize>) -> u32 {
    let seed = [seed as u32, (seed >> 32) as u32];
    let radius = F::U32s::splat(RADIUS_SQUARED);
    // The low bit of both halves set: an odd number each.
    let odd = F::U32s::splat(0x0001_0001);
    let is_hit = |word: F::U32s| (word | odd).squared_halves().lt_signed(radius);
    let (first, end) = (darts.start / 4, darts.end / 4);
    let whole = first + (end - first) / F::LANES * F::LANES;

    let mut counts = [F::U32s::splat(0); 4];
    for counter in (first..whole).step_by(F::LANES) {
        let four = words(F::U32s::splat(counter as u32) + F::U32s::iota(), seed);
        for (count, word) in counts.iter_mut().zip(four) {
            *count = count.count(is_hit(word));
        }
    }
    let hits = counts.into_iter().map(|count| count.sum()).sum::<u32>();
    hits + rest(seed, whole * 4..darts.end)
}
// [/kernel]

/// The darts that fill no vector: at the end of the last block.
fn rest(seed: [u32; 2], darts: Range<usize>) -> u32 {
    type Word = <Scalar as F32s>::U32s;
    darts
        .map(|dart| {
            let word = words::<Word>(Word::splat((dart / 4) as u32), seed)[dart % 4];
            let odd = word | Word::splat(0x0001_0001);
            u32::from(odd.squared_halves().lt_signed(Word::splat(RADIUS_SQUARED)))
        })
        .sum()
}

#[cfg(test)]
mod tests;

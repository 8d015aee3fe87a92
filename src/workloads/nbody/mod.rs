//! N-body: the pull of every body on every other. n numbers in, n^2 square roots and
//! divisions, n numbers out: arithmetic alone decides.

mod film;
mod reference;

use crate::inputs::Random;
use crate::kernel::{
    Arithmetic, Film, Footprint, Kernel, Level, Output, Pass, Problem, ProblemError, Workload,
};
use crate::simd::{F32s, Scalar, Simd};
use crate::{Argument, Data, GpuProgram, OutOfMemory, PythonProgram, Shared, compare, picture, readme};
use parallax_protocol::{NamedSize, Picture, Verification, WorkloadInfo};
use std::array::from_fn;
use std::ops::Range;
use std::sync::Arc;

const ID: &str = "nbody";
const SIZES: (u32, u32) = (1, 65_536);
const DEFAULT_SIZE: u32 = 4096;

/// Added to every squared distance: keeps close encounters finite, and a body's pull on
/// itself zero.
pub(crate) const SOFTENING: f32 = 1e-3;
/// Per pair: 3 differences, 6 for the squared distance, root, product and quotient, 6 to
/// add up. (Some count 20, after the estimate of a reciprocal root's cost in GPU Gems 3.)
const FLOPS: f64 = 18.0;
/// Bodies that are one item of the pass.
const BODIES: usize = 16;
/// Pairs that make a chunk worth claiming.
const CHUNK_PAIRS: usize = 1 << 15;
/// Pairs that the reference computes at most, unless that were fewer than 256 bodies.
const REFERENCE_PAIRS: usize = 1 << 26;
/// Bodies of a workgroup, as in the shader.
const GPU_BODIES: usize = 32;

/// What the catalogue says of it.
pub fn info() -> WorkloadInfo {
    WorkloadInfo {
        id: ID.into(),
        name: "N-body".into(),
        question: "When nothing but arithmetic is in the way, how far do lanes, threads and a GPU go?".into(),
        lesson: readme::lesson(include_str!("README.md")),
        film: Some("A thousand bodies in rotation, moved by the same kernel.".into()),
        tries: readme::tries(include_str!("README.md")),
        recorded: readme::recorded(include_str!("README.md")),
        size_means: "bodies, each of which pulls on all others".into(),
        sizes: NamedSize::four([256, 1024, 4096, 16_384]),
        default_size: DEFAULT_SIZE,
        size_range: SIZES,
        verified_by: "The pull on every body (above n = 8,192 on every n^2 / 2^26th) is compared with sums in f64, relative \
                      to the sum of the pulls' magnitudes: at most 16 roundings and 4 times the square root of n. \
                      And as every pull has its counterpart, all of them together must cancel."
            .into(),
        sources: readme::sources(
            include_str!("kernel.py"),
            include_str!("kernel.js"),
            include_str!("mod.rs"),
            include_str!("../../../shaders/nbody.wgsl"),
        ),
    }
}

/// The registry's entry.
pub struct Nbody;

impl Workload for Nbody {
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
        let bodies = u64::from(size);
        let looked_at = sampled(size as usize) as u64;
        Footprint {
            inputs: 12 * bodies,
            // Three sums and a scale in f64, and which body.
            reference: 40 * looked_at,
            expected: 32 * looked_at,
            row: 12 * bodies,
            // With what is compared, in f64.
            output: 12 * bodies + 120 * looked_at + 48 * bodies,
        }
    }

    fn problem(&self, size: u32, seed: u64) -> Result<Box<dyn Problem>, ProblemError> {
        let n = ProblemError::check(ID, size, SIZES)?;
        Ok(Box::new(Bodies::new(n, seed)))
    }

    fn film(&self, seed: u64) -> Result<Option<Box<dyn Film>>, ProblemError> {
        Ok(Some(Box::new(film::Motion::new(seed))))
    }
}

/// Positions along the three axes.
type Positions = [Arc<Vec<f32>>; 3];

struct Bodies {
    n: usize,
    seed: u64,
    at: Positions,
}

impl Bodies {
    /// Bodies scattered about the origin, near enough to normally: sums of four uniform
    /// numbers, of variance 1.
    fn new(n: usize, seed: u64) -> Self {
        let mut random = Random::new(seed, 0);
        let mut number = || {
            let sum: f32 = (0..4).map(|_| random.unit()).sum();
            (sum - 2.0) * 1.732_050_8
        };
        let at = from_fn(|_| Arc::new((0..n).map(|_| number()).collect()));
        Bodies { n, seed, at }
    }

    /// The bodies that the reference looks at.
    fn samples(&self) -> impl Iterator<Item = usize> + use<> {
        let n = self.n;
        let count = sampled(n);
        (0..count).map(move |s| s * n / count)
    }
}

/// How many bodies the reference looks at.
fn sampled(n: usize) -> usize {
    (REFERENCE_PAIRS / n.max(1)).max(256).min(n)
}

impl Problem for Bodies {
    fn workload(&self) -> &'static str {
        ID
    }

    fn flops(&self) -> f64 {
        FLOPS * (self.n as f64).powi(2)
    }

    fn bytes(&self) -> f64 {
        6.0 * 4.0 * self.n as f64
    }

    fn kernel(&self, level: Level, _workers: usize) -> Result<Box<dyn Kernel>, ProblemError> {
        let pulls = match level {
            Level::Scalar => pulls::<Scalar>,
            Level::Simd => pulls::<Simd>,
        };
        Ok(Box::new(Pulls::new(self.at.clone(), pulls)?))
    }

    fn data(&self) -> Data {
        Data {
            n: self.n as u32,
            seed: self.seed,
            inputs: self.at.to_vec(),
            output_len: 3 * self.n,
            output_is_float: true,
        }
    }

    fn gpu(&self) -> GpuProgram {
        GpuProgram::one_pass(
            include_str!("../../../shaders/nbody.wgsl"),
            crate::gpu::grid(self.n.div_ceil(GPU_BODIES)),
            self.data(),
        )
    }

    fn python(&self) -> PythonProgram {
        let axis = |values: &Arc<Vec<f32>>| Argument::F32 {
            shape: vec![self.n],
            values: Arc::clone(values),
        };
        let at = self.at.iter().map(axis).collect();
        PythonProgram::of(include_str!("kernel.py"), self.n, at)
    }

    fn reference(&self) -> Result<Box<dyn Kernel>, ProblemError> {
        let samples = self.samples().collect();
        Ok(Box::new(reference::Plain::new(self.at.clone(), samples)?))
    }

    /// Each pull is some 16 roundings off where a GPU takes an approximate root, and sums of n
    /// roundings grow like the root of n (as in matmul). The sum of all pulls is zero but for
    /// such errors, which are independent from body to body.
    fn verify(&self, reference: &Output, got: &Output, _arithmetic: Arithmetic) -> Verification {
        let n = self.n;
        let tolerance = (16.0 + 4.0 * (n as f64).sqrt()) * f64::from(f32::EPSILON) / 2.0;
        let samples: Vec<usize> = self.samples().collect();
        let axis = |axis: usize| (0..n).map(move |i| axis * n + i);
        let mut expected = Vec::new();
        let mut found = Vec::new();
        let mut scales = Vec::new();
        for (s, &body) in samples.iter().enumerate() {
            for axis in 0..3 {
                expected.push(reference.at(4 * s + axis));
                found.push(got.at(axis * n + body));
                scales.push(reference.at(4 * s + 3));
            }
        }
        let mean = scales.iter().sum::<f64>() / scales.len() as f64;
        for a in 0..3 {
            let all: f64 = axis(a).map(|i| got.at(i)).sum();
            expected.push(0.0);
            // An output of another length is no such field.
            found.push(if got.len() == 3 * n { all } else { f64::NAN });
            scales.push(4.0 * (n as f64).sqrt() * mean);
        }
        // A body alone is pulled by nobody.
        let scale = |i: usize| scales[i].max(f64::from(f32::MIN_POSITIVE));
        compare::relative(
            &Output::F64(expected),
            &Output::F64(found),
            tolerance,
            scale,
            |i| {
                let axis = ["x", "y", "z"][i % 3];
                match samples.get(i / 3) {
                    Some(body) => format!("body {body}, {axis}"),
                    None => format!("all bodies, {axis}"),
                }
            },
        )
    }

    fn picture(&self, output: &Output) -> Picture {
        let n = self.n;
        let pull = |i: usize| (0..3).map(|a| output.at(a * n + i).powi(2)).sum::<f64>().sqrt() as f32;
        let greatest = (0..n).map(pull).fold(f32::MIN_POSITIVE, f32::max);
        sky(from_fn(|axis| self.at[axis].as_slice()), |i| {
            (pull(i) / greatest).sqrt()
        })
    }
}

/// Bodies seen along the z axis, brighter where `light` is nearer to 1.
fn sky(at: [&[f32]; 3], light: impl Fn(usize) -> f32) -> Picture {
    const SIDE: usize = 256;
    /// What of space is seen: +-3.5.
    const REACH: f32 = 3.5;
    const STOPS: [[u8; 3]; 4] = [[10, 14, 30], [88, 122, 205], [246, 204, 128], [255, 250, 236]];
    let mut lights = vec![0.0f32; SIDE * SIDE];
    let place = |v: f32| ((v + REACH) / (2.0 * REACH) * SIDE as f32) as isize;
    for (i, (&x, &y)) in at[0].iter().zip(at[1]).enumerate() {
        let (px, py) = (place(x), place(y));
        let light = 0.45 + 0.55 * light(i);
        // Three pixels wide, so that it is seen in a small picture too.
        for (dx, dy) in (-1..=1).flat_map(|dy| (-1..=1).map(move |dx| (dx, dy))) {
            let (x, y) = (px + dx, py + dy);
            let inside = |v: isize| (0..SIDE as isize).contains(&v);
            if inside(x) && inside(y) {
                let share = [1.0, 0.5, 0.25][(dx.abs() + dy.abs()) as usize];
                let pixel = &mut lights[y as usize * SIDE + x as usize];
                *pixel = (*pixel + light * share).min(1.0);
            }
        }
    }
    picture::field(SIDE, |i| picture::gradient(&STOPS, lights[i]))
}

/// Pulls on some bodies, from the first of the outputs' places on.
type PullsFn = fn(at: [&[f32]; 3], first: usize, out: [&mut [f32]; 3]);

struct Pulls {
    at: Positions,
    pulls: PullsFn,
    passes: [Pass; 1],
    /// Along x of all bodies, then y, then z.
    out: Shared<f32>,
}

impl Pulls {
    fn new(at: Positions, pulls: PullsFn) -> Result<Self, OutOfMemory> {
        let n = at[0].len();
        Ok(Pulls {
            passes: [Pass {
                items: n.div_ceil(BODIES),
                chunk: (CHUNK_PAIRS / (n * BODIES)).max(1),
            }],
            out: Shared::new(3 * n)?,
            at,
            pulls,
        })
    }
}

impl Kernel for Pulls {
    fn passes(&self) -> &[Pass] {
        &self.passes
    }

    unsafe fn run(&self, _worker: usize, _pass: usize, items: Range<usize>) {
        let n = self.at[0].len();
        let bodies = items.start * BODIES..(items.end * BODIES).min(n);
        let out = from_fn(|axis| {
            // SAFETY: these bodies belong to this call alone, on each axis.
            unsafe { self.out.slice_mut(axis * n + bodies.start..axis * n + bodies.end) }
        });
        let at = from_fn(|axis| self.at[axis].as_slice());
        (self.pulls)(at, bodies.start, out);
    }

    fn output(&mut self) -> Result<Output, OutOfMemory> {
        Ok(Output::F32(self.out.to_vec()?))
    }
}

// [kernel]
/// Vectors of bodies at a time: they share what is loaded of the bodies that pull, and keep
/// the processor busy while roots and quotients are under way.
const GROUPS: usize = 2;

/// The pull of all bodies on some of them. Each lane sums for a body of its own, one pull
/// after the other, so that one lane and four sum alike.
#[inline(never)]
fn pulls<F: F32s>(at: [&[f32]; 3], first: usize, out: [&mut [f32]; 3]) {
    let count = out[0].len();
    let [xs, ys, zs] = at.map(|axis| &axis[..at[0].len()]);
    let [ax, ay, az] = out;
    for start in (0..count).step_by(GROUPS * F::LANES) {
        let own: [[F; 3]; GROUPS] = from_fn(|g| {
            let body = (first + start + g * F::LANES).min(xs.len());
            [xs, ys, zs].map(|axis| F::load_part(&axis[body..]))
        });
        let mut sums = [[F::splat(0.0); 3]; GROUPS];
        for j in 0..xs.len() {
            let (x, y, z) = (F::splat(xs[j]), F::splat(ys[j]), F::splat(zs[j]));
            for g in 0..GROUPS {
                let [dx, dy, dz] = [x - own[g][0], y - own[g][1], z - own[g][2]];
                let d = dx * dx + dy * dy + dz * dz + F::splat(SOFTENING);
                let k = F::splat(1.0) / (d * d.sqrt());
                sums[g][0] = sums[g][0] + dx * k;
                sums[g][1] = sums[g][1] + dy * k;
                sums[g][2] = sums[g][2] + dz * k;
            }
        }
        for (g, [x, y, z]) in sums.into_iter().enumerate() {
            // The last vectors may have more lanes than there are bodies.
            let place = (start + g * F::LANES).min(count);
            x.store_part(within::<F>(ax, place));
            y.store_part(within::<F>(ay, place));
            z.store_part(within::<F>(az, place));
        }
    }
}

/// A vector's part of a slice, cut off at its end.
#[inline(always)]
fn within<F: F32s>(out: &mut [f32], place: usize) -> &mut [f32] {
    let end = (place + F::LANES).min(out.len());
    &mut out[place..end]
}
// [/kernel]

#[cfg(test)]
mod tests;

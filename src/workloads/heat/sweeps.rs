//! All sweeps in one pass over memory. A block of the plate goes down through the sweeps row
//! by row: as soon as three rows of one sweep are there, the middle one of the next can be
//! made, and of each sweep only three rows are kept, in a cache (time skewing with ghost
//! zones, after Wonnacott, Time skewing for parallel computers, 1999). A block computes again
//! what it needs of its neighbours, so that nobody waits for anybody.
//!
//! Every point is computed by the same operations as in plain sweeps, so that rungs and block
//! sizes agree to the last bit.

use super::SWEEPS;
use crate::kernel::{Kernel, Output, Pass};
use crate::simd::F32s;
use crate::{OutOfMemory, Shared};
use std::marker::PhantomData;
use std::ops::Range;
use std::sync::Arc;

/// Columns of a block. Narrower ones would fit into the first-level cache, but what they compute
/// twice costs more (measured from 128 to 4,096 columns).
const COLUMNS: usize = 2048;
/// Rows of a block, least and most: many so that little is computed twice, few so that every
/// thread has some.
const ROWS: (usize, usize) = (32, 128);
/// Blocks that each worker should find, one above the other.
const SHARE: usize = 4;
/// Points of a row of a block with its ghost zones.
const WIDTH: usize = COLUMNS + 2 * SWEEPS;
/// Rows that are kept of each sweep.
const KEPT: usize = 3;
/// Bytes that a worker keeps.
pub(super) const KEPT_BYTES: u64 = ((SWEEPS - 1) * KEPT * WIDTH * size_of::<f32>()) as u64;

/// Ten sweeps on `F::LANES` points at a time.
pub struct Sweeps<F> {
    n: usize,
    /// Of a block.
    rows: usize,
    field: Arc<Vec<f32>>,
    passes: [Pass; 1],
    /// The rows kept of all sweeps but the last, for each worker.
    kept: Vec<Shared<f32>>,
    out: Shared<f32>,
    lanes: PhantomData<F>,
}

impl<F: F32s> Sweeps<F> {
    pub fn new(n: usize, field: Arc<Vec<f32>>, workers: usize) -> Result<Self, OutOfMemory> {
        let workers = workers.max(1);
        let rows = (n / (workers * SHARE)).clamp(ROWS.0, ROWS.1);
        let kept = |_| Shared::new((SWEEPS - 1) * KEPT * WIDTH);
        Ok(Sweeps {
            n,
            rows,
            field,
            passes: [Pass {
                items: n.div_ceil(rows) * n.div_ceil(COLUMNS),
                chunk: 1,
            }],
            kept: (0..workers).map(kept).collect::<Result<_, _>>()?,
            out: Shared::new(n * n)?,
            lanes: PhantomData,
        })
    }

    /// One block. `kept` is this worker's.
    fn block(&self, item: usize, kept: &mut [f32]) {
        let n = self.n;
        let across = n.div_ceil(COLUMNS);
        let part = |place: usize, length: usize| place * length..((place + 1) * length).min(n);
        let (rows, columns) = (part(item / across, self.rows), part(item % across, COLUMNS));
        // What a sweep has to make: the block, and a ring around it for each sweep to come.
        // The plate's edges stay as they are.
        let inner = |of: &Range<usize>, sweep: usize| {
            let ring = SWEEPS - sweep;
            of.start.saturating_sub(ring).max(1)..(of.end + ring).min(n - 1)
        };
        let left = columns.start.saturating_sub(SWEEPS);

        // Edges first; they are all there is of a plate without an inside.
        for row in rows.clone() {
            // SAFETY: this part of the row belongs to this item alone.
            let out = unsafe { self.out.slice_mut(row * n + columns.start..row * n + columns.end) };
            let given = &self.field[row * n..][columns.clone()];
            if row == 0 || row == n - 1 {
                out.copy_from_slice(given);
            }
            if columns.start == 0 {
                out[0] = given[0];
            }
            if columns.end == n {
                out[out.len() - 1] = given[given.len() - 1];
            }
        }
        if n < 3 {
            return;
        }
        let first = inner(&rows, 1);
        for front in first.start..first.end + SWEEPS - 1 {
            for sweep in 1..=SWEEPS {
                // Each sweep is a row behind the one before it.
                let Some(row) = (front + 1).checked_sub(sweep) else {
                    break;
                };
                if !inner(&rows, sweep).contains(&row) {
                    continue;
                }
                let x = inner(&columns, sweep);
                let made = (sweep - 1) * KEPT * WIDTH;
                let (before, after) = kept.split_at_mut(if sweep < SWEEPS { made } else { kept.len() });
                // Row `row` of the sweep before, from column `from` on.
                let source = |row: usize, from: usize| -> &[f32] {
                    if sweep == 1 || row == 0 || row == n - 1 {
                        return &self.field[row * n + from..];
                    }
                    let place = (sweep - 2) * KEPT + row % KEPT;
                    &before[place * WIDTH..][from - left..WIDTH]
                };
                let (up, middle, down) = (
                    source(row - 1, x.start),
                    source(row, x.start - 1),
                    source(row + 1, x.start),
                );
                if sweep == SWEEPS {
                    let place = row * n;
                    // SAFETY: as above; the last sweep makes the block's own points only.
                    let out = unsafe { self.out.slice_mut(place + x.start..place + x.end) };
                    average::<F>(up, middle, down, out);
                } else {
                    let made = &mut after[row % KEPT * WIDTH..][..WIDTH];
                    average::<F>(up, middle, down, &mut made[x.start - left..x.end - left]);
                    if x.start == 1 {
                        made[0] = self.field[row * n];
                    }
                    if x.end == n - 1 {
                        made[n - 1 - left] = self.field[row * n + n - 1];
                    }
                }
            }
        }
    }
}

impl<F: F32s + Send + Sync> Kernel for Sweeps<F> {
    fn passes(&self) -> &[Pass] {
        &self.passes
    }

    unsafe fn run(&self, worker: usize, _pass: usize, items: Range<usize>) {
        let kept = &self.kept[worker];
        // SAFETY: no two calls at a time have the same worker.
        let kept = unsafe { kept.slice_mut(0..(SWEEPS - 1) * KEPT * WIDTH) };
        for item in items {
            self.block(item, kept);
        }
    }

    fn output(&mut self) -> Result<Output, OutOfMemory> {
        Ok(Output::F32(self.out.to_vec()?))
    }
}

// [kernel]
/// The mean of each point's four neighbours: above, below, and left and right of it in
/// `middle`, which begins a point earlier and ends a point later than the others.
#[inline(never)]
fn average<F: F32s>(up: &[f32], middle: &[f32], down: &[f32], out: &mut [f32]) {
    let length = out.len();
    let (up, down) = (&up[..length], &down[..length]);
    let (left, right) = (&middle[..length], &middle[2..length + 2]);
    let mean = |up: F, down: F, left: F, right: F| (up + down + left + right) * F::splat(0.25);

    let mut above = up.chunks_exact(F::LANES);
    let mut below = down.chunks_exact(F::LANES);
    let mut before = left.chunks_exact(F::LANES);
    let mut after = right.chunks_exact(F::LANES);
    let mut means = out.chunks_exact_mut(F::LANES);
    let vectors = (&mut above).zip(&mut below).zip(&mut before).zip(&mut after);
    for ((((up, down), left), right), out) in vectors.zip(&mut means) {
        mean(F::load(up), F::load(down), F::load(left), F::load(right)).store(out);
    }
    // What fills no vector.
    let last = length - length % F::LANES;
    let part = |of: &[f32]| F::load_part(&of[last..]);
    mean(part(up), part(down), part(left), part(right)).store_part(&mut out[last..]);
}
// [/kernel]

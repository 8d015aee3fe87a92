//! The product as fast libraries do it: packed, blocked for the caches, tiled in
//! registers (Goto and van de Geijn, Anatomy of High-Performance Matrix Multiplication,
//! 2008). One body for all CPU rungs: every element is summed in the same order,
//! whatever the lanes and threads, so the rungs agree to the last bit.

use super::Inputs;
use crate::kernel::{Kernel, Output, Pass};
use crate::simd::F32s;
use crate::{OutOfMemory, Shared};
use std::array::from_fn;
use std::marker::PhantomData;
use std::ops::Range;
use std::sync::Arc;

/// Length of a block along k: a sliver of B this long stays in the first-level cache.
const K_BLOCK: usize = 256;
/// Rows of C that a thread claims at once: with K_BLOCK, their part of A (64 kB at 64)
/// stays in the second-level cache while all of B passes by.
const ROW_BLOCK: usize = 32;

/// Products that make a chunk worth claiming.
const CHUNK_PRODUCTS: usize = 1 << 21;
/// Elements that one thread packs sooner than two.
const PACK_TOGETHER: usize = 128 * 128;

/// Bytes of the product of two n x n matrices: both packed, in panels of at most 32, and the
/// result.
pub fn bytes(n: usize) -> u64 {
    let padded = n.next_multiple_of(32) as u64;
    4 * (2 * padded + n as u64) * n as u64
}

/// The product on `ROWS` by `VECTORS * F::LANES` register tiles.
pub struct Blocked<F, const ROWS: usize, const VECTORS: usize> {
    inputs: Arc<Inputs>,
    passes: [Pass; 2],
    /// A and B in the order in which the tiles read them, padded with zeros to whole
    /// panels: block of k by block of k, panel by panel, k by k.
    packed_a: Shared<f32>,
    packed_b: Shared<f32>,
    c: Shared<f32>,
    lanes: PhantomData<F>,
}

impl<F: F32s, const ROWS: usize, const VECTORS: usize> Blocked<F, ROWS, VECTORS> {
    const COLUMNS: usize = VECTORS * F::LANES;

    pub fn new(inputs: Arc<Inputs>) -> Result<Self, OutOfMemory> {
        let n = inputs.n;
        let (panels_a, panels_b) = (n.div_ceil(ROWS), n.div_ceil(Self::COLUMNS));
        Ok(Blocked {
            passes: [
                Pass {
                    items: panels_a + panels_b,
                    // Small matrices are not worth a second thread.
                    chunk: if n * n <= PACK_TOGETHER {
                        panels_a + panels_b
                    } else {
                        (1024 / n).max(1)
                    },
                },
                Pass {
                    items: n.div_ceil(ROW_BLOCK),
                    chunk: (CHUNK_PRODUCTS / (ROW_BLOCK * n * n)).max(1),
                },
            ],
            packed_a: Shared::new(panels_a * ROWS * n)?,
            packed_b: Shared::new(panels_b * Self::COLUMNS * n)?,
            c: Shared::new(n * n)?,
            inputs,
            lanes: PhantomData,
        })
    }

    /// Where a panel's part of a k block lies in a packed matrix.
    fn span(&self, width: usize, panel: usize, k: &Range<usize>) -> Range<usize> {
        let padded = self.inputs.n.div_ceil(width) * width;
        let start = k.start * padded + panel * width * k.len();
        start..start + width * k.len()
    }

    fn k_blocks(&self) -> impl Iterator<Item = Range<usize>> + use<F, ROWS, VECTORS> {
        let n = self.inputs.n;
        (0..n).step_by(K_BLOCK).map(move |k| k..(k + K_BLOCK).min(n))
    }

    /// Copies `ROWS` rows of A, k by k.
    fn pack_a(&self, panel: usize) {
        let n = self.inputs.n;
        for k in self.k_blocks() {
            let span = self.span(ROWS, panel, &k);
            // SAFETY: spans of different panels are disjoint, and each panel is one item.
            let out = unsafe { self.packed_a.slice_mut(span) };
            for r in 0..ROWS {
                let row = panel * ROWS + r;
                for (i, out) in out.iter_mut().skip(r).step_by(ROWS).enumerate() {
                    *out = if row < n {
                        self.inputs.a[row * n + k.start + i]
                    } else {
                        0.0
                    };
                }
            }
        }
    }

    /// Copies `COLUMNS` columns of B, k by k.
    fn pack_b(&self, panel: usize) {
        let n = self.inputs.n;
        let columns = panel * Self::COLUMNS..((panel + 1) * Self::COLUMNS).min(n);
        for k in self.k_blocks() {
            let span = self.span(Self::COLUMNS, panel, &k);
            // SAFETY: as in `pack_a`.
            let out = unsafe { self.packed_b.slice_mut(span) };
            for (out, k) in out.chunks_exact_mut(Self::COLUMNS).zip(k) {
                let (used, padding) = out.split_at_mut(columns.len());
                used.copy_from_slice(&self.inputs.b[k * n..][columns.clone()]);
                padding.fill(0.0);
            }
        }
    }

    /// One block of rows of C.
    fn rows(&self, block: usize) {
        let n = self.inputs.n;
        let rows = block * ROW_BLOCK..((block + 1) * ROW_BLOCK).min(n);
        // SAFETY: these rows of C belong to this item alone.
        let c = unsafe { self.c.slice_mut(rows.start * n..rows.end * n) };
        // Any value will do. A constant would be stored with vector instructions, which the
        // scalar rung is not to hold.
        let mut sums = [[F::load_part(c); VECTORS]; ROWS];
        for k in self.k_blocks() {
            for panel_b in 0..n.div_ceil(Self::COLUMNS) {
                // SAFETY: packing was the pass before; nobody writes these any more.
                let b = unsafe { self.packed_b.slice(self.span(Self::COLUMNS, panel_b, &k)) };
                for panel_a in rows.start / ROWS..rows.end.div_ceil(ROWS) {
                    // SAFETY: as for `b`.
                    let a = unsafe { self.packed_a.slice(self.span(ROWS, panel_a, &k)) };
                    tile(a, b, &mut sums);
                    let corner = (panel_a * ROWS - rows.start, panel_b * Self::COLUMNS);
                    add_tile(&sums, c, n, corner, k.start == 0);
                }
            }
        }
    }
}

impl<F: F32s + Send + Sync, const ROWS: usize, const VECTORS: usize> Kernel for Blocked<F, ROWS, VECTORS> {
    fn passes(&self) -> &[Pass] {
        &self.passes
    }

    unsafe fn run(&self, _worker: usize, pass: usize, items: Range<usize>) {
        let panels_a = self.inputs.n.div_ceil(ROWS);
        for item in items {
            match pass {
                0 if item < panels_a => self.pack_a(item),
                0 => self.pack_b(item - panels_a),
                _ => self.rows(item),
            }
        }
    }

    fn output(&mut self) -> Result<Output, OutOfMemory> {
        Ok(Output::F32(self.c.to_vec()?))
    }
}

// [kernel]
/// A tile of C: the sums over one block of k, held in registers throughout.
/// `a` holds `ROWS` numbers for each k, `b` holds `VECTORS` vectors.
// Never inlined: where the sums are indexed later, at the matrix's edges, compilers keep
// some of them in memory all the time (a third slower in SSE2, measured at n = 1024).
// Written out at the end, not returned: a returned array is zeroed with vector stores.
#[inline(never)]
fn tile<F: F32s, const ROWS: usize, const VECTORS: usize>(
    a: &[f32],
    b: &[f32],
    tile: &mut [[F; VECTORS]; ROWS],
) {
    let mut sums = [[F::splat(0.0); VECTORS]; ROWS];
    for (a, b) in a.chunks_exact(ROWS).zip(b.chunks_exact(VECTORS * F::LANES)) {
        let b: [F; VECTORS] = from_fn(|v| F::load(&b[v * F::LANES..]));
        for r in 0..ROWS {
            let a = F::splat(a[r]);
            for v in 0..VECTORS {
                sums[r][v] = sums[r][v] + a * b[v];
            }
        }
    }
    for r in 0..ROWS {
        for v in 0..VECTORS {
            tile[r][v] = sums[r][v];
        }
    }
}

/// Adds a tile to C (the first block of k stores it), cut off at the matrix's edges.
#[inline(always)]
fn add_tile<F: F32s, const ROWS: usize, const VECTORS: usize>(
    sums: &[[F; VECTORS]; ROWS],
    c: &mut [f32],
    n: usize,
    (row, column): (usize, usize),
    first: bool,
) {
    let columns = column..(column + VECTORS * F::LANES).min(n);
    for (sums, c) in sums.iter().zip(c.chunks_exact_mut(n).skip(row)) {
        for (sum, c) in sums.iter().zip(c[columns.clone()].chunks_mut(F::LANES)) {
            let sum = if first { *sum } else { F::load_part(c) + *sum };
            sum.store_part(c);
        }
    }
}
// [/kernel]

//! The reference: the same maxima in f64, with the standard library's cosine.

use super::{EDGE, TILE, step};
use crate::kernel::{Kernel, Output, Pass};
use crate::{OutOfMemory, Shared};
use std::ops::Range;

pub struct Plain {
    n: usize,
    passes: [Pass; 2],
    maxima: Shared<f64>,
}

impl Plain {
    pub fn new(n: usize) -> Result<Self, OutOfMemory> {
        let side = n.div_ceil(TILE);
        Ok(Plain {
            n,
            passes: [
                Pass {
                    items: side,
                    chunk: 1,
                },
                Pass { items: 1, chunk: 1 },
            ],
            maxima: Shared::new(1 + side * side)?,
        })
    }
}

impl Kernel for Plain {
    fn passes(&self) -> &[Pass] {
        &self.passes
    }

    unsafe fn run(&self, _worker: usize, pass: usize, items: Range<usize>) {
        let (n, side) = (self.n, self.n.div_ceil(TILE));
        if pass == 1 {
            // SAFETY: the tiles were the pass before, and this pass has one item.
            let all = unsafe { self.maxima.slice_mut(0..1 + side * side) };
            all[0] = all[1..].iter().copied().fold(f64::NEG_INFINITY, f64::max);
            return;
        }
        let at = |i: usize| step(n) * i as f64 - f64::from(EDGE);
        for row in items {
            // SAFETY: this row of tiles belongs to this item alone.
            let out = unsafe { self.maxima.slice_mut(1 + row * side..1 + (row + 1) * side) };
            out.fill(f64::NEG_INFINITY);
            for j in row * TILE..((row + 1) * TILE).min(n) {
                for i in 0..n {
                    let r = at(i).powi(2) + at(j).powi(2);
                    let most = &mut out[i / TILE];
                    *most = most.max(r.cos() / (1.0 + r));
                }
            }
        }
    }

    fn output(&mut self) -> Result<Output, OutOfMemory> {
        Ok(Output::F64(self.maxima.to_vec()?))
    }
}

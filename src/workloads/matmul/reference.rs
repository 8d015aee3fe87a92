//! The reference: dot products in f64, straight from the definition. Four by four of
//! them at a time, only so that a person need not wait for the check.

use super::Inputs;
use crate::kernel::{Kernel, Output, Pass};
use crate::{OutOfMemory, Shared};
use std::ops::Range;
use std::sync::Arc;

const SIDE: usize = 4;

pub struct Plain {
    inputs: Arc<Inputs>,
    passes: [Pass; 1],
    c: Shared<f64>,
}

impl Plain {
    pub fn new(inputs: Arc<Inputs>) -> Result<Self, OutOfMemory> {
        let n = inputs.n;
        Ok(Plain {
            passes: [Pass {
                items: n.div_ceil(SIDE),
                chunk: 2,
            }],
            c: Shared::new(n * n)?,
            inputs,
        })
    }
}

impl Kernel for Plain {
    fn passes(&self) -> &[Pass] {
        &self.passes
    }

    unsafe fn run(&self, _worker: usize, _pass: usize, items: Range<usize>) {
        let Inputs { n, a, b, .. } = &*self.inputs;
        let n = *n;
        for item in items {
            let rows = item * SIDE..((item + 1) * SIDE).min(n);
            // SAFETY: these rows of C belong to this item alone.
            let c = unsafe { self.c.slice_mut(rows.start * n..rows.end * n) };
            for j in (0..n).step_by(SIDE) {
                let columns = j..(j + SIDE).min(n);
                let mut sums = [[0.0f64; SIDE]; SIDE];
                if rows.len() == SIDE && columns.len() == SIDE {
                    for k in 0..n {
                        let b: [f64; SIDE] = std::array::from_fn(|y| f64::from(b[k * n + j + y]));
                        for (x, sums) in sums.iter_mut().enumerate() {
                            let a = f64::from(a[(rows.start + x) * n + k]);
                            for (sum, b) in sums.iter_mut().zip(b) {
                                *sum += a * b;
                            }
                        }
                    }
                } else {
                    for (x, row) in rows.clone().enumerate() {
                        for (y, column) in columns.clone().enumerate() {
                            for k in 0..n {
                                sums[x][y] += f64::from(a[row * n + k]) * f64::from(b[k * n + column]);
                            }
                        }
                    }
                }
                for (x, sums) in sums.iter().enumerate().take(rows.len()) {
                    c[x * n..][columns.clone()].copy_from_slice(&sums[..columns.len()]);
                }
            }
        }
    }

    fn output(&mut self) -> Result<Output, OutOfMemory> {
        Ok(Output::F64(self.c.to_vec()?))
    }
}

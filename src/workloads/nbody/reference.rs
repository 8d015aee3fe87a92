//! The reference: sums in f64 for some of the bodies, straight from the law.

use super::{Positions, SOFTENING};
use crate::kernel::{Kernel, Output, Pass};
use crate::{OutOfMemory, Shared};
use std::ops::Range;

/// For each sample the pull along x, y and z, and the sum of the pulls' magnitudes.
pub struct Plain {
    at: Positions,
    samples: Vec<usize>,
    passes: [Pass; 1],
    out: Shared<f64>,
}

impl Plain {
    pub fn new(at: Positions, samples: Vec<usize>) -> Result<Self, OutOfMemory> {
        Ok(Plain {
            passes: [Pass {
                items: samples.len(),
                chunk: 16,
            }],
            out: Shared::new(4 * samples.len())?,
            samples,
            at,
        })
    }
}

impl Kernel for Plain {
    fn passes(&self) -> &[Pass] {
        &self.passes
    }

    unsafe fn run(&self, _worker: usize, _pass: usize, items: Range<usize>) {
        let at = |i: usize| [0, 1, 2].map(|axis: usize| f64::from(self.at[axis][i]));
        for item in items {
            let own = at(self.samples[item]);
            let mut sum = [0.0; 4];
            for j in 0..self.at[0].len() {
                let other = at(j);
                let d: [f64; 3] = [0, 1, 2].map(|axis: usize| other[axis] - own[axis]);
                let squared = d.iter().map(|d| d * d).sum::<f64>();
                let distance = squared + f64::from(SOFTENING);
                let k = 1.0 / (distance * distance.sqrt());
                for (sum, d) in sum.iter_mut().zip(d) {
                    *sum += d * k;
                }
                sum[3] += squared.sqrt() * k;
            }
            // SAFETY: this sample belongs to this item alone.
            unsafe { self.out.slice_mut(4 * item..4 * item + 4) }.copy_from_slice(&sum);
        }
    }

    fn output(&mut self) -> Result<Output, OutOfMemory> {
        Ok(Output::F64(self.out.to_vec()?))
    }
}

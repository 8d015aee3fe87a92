//! The reference: plain sweeps over the whole plate in f64, to and fro between two fields.

use super::SWEEPS;
use crate::kernel::{Kernel, Output, Pass};
use crate::{OutOfMemory, Shared};
use std::ops::Range;

pub struct Plain {
    n: usize,
    passes: [Pass; SWEEPS],
    fields: [Shared<f64>; 2],
}

impl Plain {
    pub fn new(n: usize, field: &[f32]) -> Result<Self, OutOfMemory> {
        let mut fields = [Shared::new(n * n)?, Shared::new(n * n)?];
        for copy in &mut fields {
            // SAFETY: nobody else knows of these fields yet.
            let copy = unsafe { copy.slice_mut(0..n * n) };
            for (copy, value) in copy.iter_mut().zip(field) {
                *copy = f64::from(*value);
            }
        }
        Ok(Plain {
            n,
            passes: [Pass {
                items: n.saturating_sub(2),
                chunk: 16,
            }; SWEEPS],
            fields,
        })
    }
}

impl Kernel for Plain {
    fn passes(&self) -> &[Pass] {
        &self.passes
    }

    unsafe fn run(&self, _worker: usize, pass: usize, items: Range<usize>) {
        let n = self.n;
        let (from, to) = (&self.fields[pass % 2], &self.fields[(pass + 1) % 2]);
        for row in items.start + 1..items.end + 1 {
            // SAFETY: a pass reads one field and writes the other, each row by one item.
            let (from, to) = unsafe { (from.slice(0..n * n), to.slice_mut(row * n + 1..row * n + n - 1)) };
            for (to, i) in to.iter_mut().zip(row * n + 1..) {
                *to = (from[i - n] + from[i + n] + from[i - 1] + from[i + 1]) / 4.0;
            }
        }
    }

    fn output(&mut self) -> Result<Output, OutOfMemory> {
        Ok(Output::F64(self.fields[SWEEPS % 2].to_vec()?))
    }
}

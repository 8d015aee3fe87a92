//! The plate over more sweeps than a run makes.

use super::{SWEEPS, noise, sweeps, warmth, wave};
use crate::kernel::{Film, Kernel, Output, ProblemError};
use crate::picture;
use crate::simd::Simd;
use parallax_protocol::Picture;
use std::sync::Arc;

const SIDE: usize = 256;
const FRAMES: usize = 120;

pub struct Spreading {
    field: Arc<Vec<f32>>,
    /// The coldest that there is.
    cold: f32,
    frame: usize,
}

impl Spreading {
    pub fn new(seed: u64) -> Self {
        let (field, cold) = match seed {
            0 => (wave(SIDE), -1.0),
            _ => (noise(SIDE, seed), 0.0),
        };
        Spreading {
            field: Arc::new(field),
            cold,
            frame: 0,
        }
    }

    /// Ten sweeps on.
    fn step(&mut self) -> Result<(), ProblemError> {
        let mut kernel = sweeps::Sweeps::<Simd>::new(SIDE, Arc::clone(&self.field), 1)?;
        let items = kernel.passes()[0].items;
        // SAFETY: one call with all items, and nobody else knows of this kernel.
        unsafe { kernel.run(0, 0, 0..items) };
        if let Output::F32(field) = kernel.output()? {
            self.field = Arc::new(field);
        }
        Ok(())
    }
}

impl Film for Spreading {
    fn next(&mut self) -> Option<Picture> {
        const { assert!(SWEEPS == 10) };
        if self.frame == FRAMES {
            return None;
        }
        // A plate that finds no memory stands still and ends.
        if self.frame > 0 && self.step().is_err() {
            return None;
        }
        self.frame += 1;
        let cold = self.cold;
        Some(picture::field(SIDE, |i| {
            warmth((self.field[i] - cold) / (1.0 - cold))
        }))
    }
}

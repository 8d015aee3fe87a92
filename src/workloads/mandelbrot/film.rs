//! The image as threads fill it in: chunks of rows, each as long as its steps.

use super::{MAX_STEPS, colour, row};
use crate::kernel::Film;
use crate::picture;
use crate::simd::Simd;
use parallax_protocol::Picture;

const SIDE: usize = 256;
/// Rows of a chunk.
const CHUNK: usize = 4;
const FRAMES: usize = 110;
/// Frames after which a chunk has lost its tint.
const FADE: f32 = 10.0;
const BLANK: [u8; 3] = [58, 62, 70];
/// One for each thread.
const TINTS: [[u8; 3]; 4] = [[230, 159, 0], [86, 180, 233], [0, 158, 115], [204, 121, 167]];

/// Who finishes a chunk, and when, in frames.
#[derive(Debug, Clone, Copy)]
struct Done {
    thread: usize,
    at: f32,
}

pub struct Filling {
    counts: Vec<u32>,
    chunks: Vec<Done>,
    frame: usize,
}

impl Filling {
    pub fn new() -> Self {
        let mut counts = vec![0; SIDE * SIDE];
        for (y, counts) in counts.chunks_mut(SIDE).enumerate() {
            row::<Simd>(SIDE, y, counts);
        }
        let work = counts.chunks(SIDE * CHUNK).map(|chunk| chunk.iter().sum::<u32>());
        // Each chunk goes to whoever is free first, as in the pool.
        let mut free = [0u32; TINTS.len()];
        let claimed: Vec<(usize, u32)> = work
            .map(|steps| {
                let thread = (0..free.len()).min_by_key(|&t| free[t]).unwrap_or(0);
                free[thread] += steps;
                (thread, free[thread])
            })
            .collect();
        let end = free.into_iter().max().unwrap_or(1).max(1);
        let last = FRAMES as f32 - FADE - 1.0;
        let done = |(thread, steps): (usize, u32)| Done {
            thread,
            at: last * steps as f32 / end as f32,
        };
        Filling {
            chunks: claimed.into_iter().map(done).collect(),
            counts,
            frame: 0,
        }
    }
}

impl Film for Filling {
    fn next(&mut self) -> Option<Picture> {
        if self.frame == FRAMES {
            return None;
        }
        let now = self.frame as f32;
        self.frame += 1;
        Some(picture::field(SIDE, |i| {
            let Done { thread, at } = self.chunks[i / SIDE / CHUNK];
            if at > now {
                return BLANK;
            }
            let own = colour(self.counts[i].min(MAX_STEPS) as f32);
            picture::gradient(&[TINTS[thread], own], (now - at) / FADE)
        }))
    }
}

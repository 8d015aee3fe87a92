//! The reference: the tutorial's loop, pixel by pixel, sharing no code with the kernel.

use super::{MAX_STEPS, REGION};

/// Counts the steps of one row's pixels.
pub fn row(n: usize, y: usize, counts: &mut [u32]) {
    let step = (REGION.2 / n as f64) as f32;
    let ci = REGION.1 + (y as f32) * step;
    for (x, count) in counts.iter_mut().enumerate() {
        let cr = REGION.0 + (x as f32) * step;
        *count = escape(cr, ci);
    }
}

/// Steps until |z| > 2 in z -> z^2 + c, at most [`MAX_STEPS`].
fn escape(cr: f32, ci: f32) -> u32 {
    let mut zr = 0.0f32;
    let mut zi = 0.0f32;
    let mut n = 0;
    while n < MAX_STEPS {
        let zr2 = zr * zr;
        let zi2 = zi * zi;
        if zr2 + zi2 > 4.0 {
            break;
        }
        zi = 2.0 * zr * zi + ci;
        zr = zr2 - zi2 + cr;
        n += 1;
    }
    n
}

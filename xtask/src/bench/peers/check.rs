//! Whether a peer has done the work: its output against one computed here, plainly.
//!
//! A peer rounds in its own way (gpu.js computes in f64, NumPy with complex numbers, GPUs fuse),
//! so what is compared allows for that and for nothing else.

use parallax_protocol::{ErrorKind, Verification};
use serde_json::Value;

use super::Task;

/// Orbits near the set's edge part with every other rounding: the share of pixels that may
/// have another count. Fused steps change 0.2 % of them, and what the peers do changes no
/// more (0.13 % at n = 256, 0.05 % at 1024).
const OTHER_COUNTS: f64 = 0.01;

/// What the output should be like.
pub enum Expected {
    /// How often each count of steps occurs.
    Counts(Vec<f64>),
    /// Elements of a product, summed in f64, each with the norms that scale its error.
    Spots {
        /// Value and scale.
        elements: Vec<(f64, f64)>,
        /// Relative to the scale: 4 sqrt(n) roundings, as the workload allows its own rungs.
        tolerance: f64,
    },
    /// No peer has it.
    Nothing,
}

impl Expected {
    /// Computes it.
    pub fn of(task: &Task) -> Self {
        match task.workload.as_str() {
            "mandelbrot" => Self::Counts(counts(task.n)),
            "matmul" => Self::Spots {
                elements: spots(task),
                tolerance: 4.0 * f64::from(task.n).sqrt() * f64::from(f32::EPSILON) / 2.0,
            },
            _ => Self::Nothing,
        }
    }

    /// Compares what a lane shows of its output. `None` if there is nothing to compare.
    pub fn verify(&self, output: &Value) -> Option<Verification> {
        let got: Vec<f64> = output
            .as_array()?
            .iter()
            .map(|v| v.as_f64().unwrap_or(f64::NAN))
            .collect();
        let (error_kind, max_error, tolerance, compared, complete) = match self {
            Self::Nothing => return None,
            Self::Counts(expected) => {
                // A pixel with another count is missing in one place and too much in another.
                let apart: f64 = expected.iter().zip(&got).map(|(a, b)| (a - b).abs()).sum();
                let pixels: f64 = expected.iter().sum();
                let complete = got.len() == expected.len() && got.iter().sum::<f64>() == pixels;
                let share = apart / 2.0 / pixels;
                (
                    ErrorKind::MismatchFraction,
                    share,
                    OTHER_COUNTS,
                    pixels as u64,
                    complete,
                )
            }
            Self::Spots { elements, tolerance } => {
                let errors = elements
                    .iter()
                    .zip(&got)
                    .map(|((a, scale), b)| (a - b).abs() / scale);
                // Not by `f64::max`, which would overlook NaN.
                let worst = errors.fold(0.0, |a: f64, b| if b > a || b.is_nan() { b } else { a });
                let complete = got.len() == elements.len();
                (ErrorKind::Relative, worst, *tolerance, got.len() as u64, complete)
            }
        };
        Some(Verification {
            ok: complete && max_error <= tolerance,
            compared,
            error_kind,
            max_error,
            tolerance,
            worst: None,
        })
    }
}

/// Steps that the pixels of the usual region stay bounded, counted.
fn counts(n: u32) -> Vec<f64> {
    let mut counts = vec![0.0; 257];
    let step = (2.5 / f64::from(n)) as f32;
    for y in 0..n {
        let ci = -1.25 + y as f32 * step;
        for x in 0..n {
            let cr = -2.0 + x as f32 * step;
            let (mut zr, mut zi, mut steps) = (0.0_f32, 0.0_f32, 0);
            while steps < 256 && zr * zr + zi * zi <= 4.0 {
                (zr, zi) = (zr * zr - zi * zi + cr, 2.0 * zr * zi + ci);
                steps += 1;
            }
            counts[steps] += 1.0;
        }
    }
    counts
}

/// The product's elements that the task asks for.
fn spots(task: &Task) -> Vec<(f64, f64)> {
    let n = u64::from(task.n);
    let spot = |&i: &u64| {
        let (row, column) = (i / n, i % n);
        let (mut sum, mut row_squares, mut column_squares) = (0.0, 0.0, 0.0);
        for k in 0..n {
            let a = f64::from(number(row * n + k, task.seed, 0));
            let b = f64::from(number(k * n + column, task.seed, 1));
            sum += a * b;
            row_squares += a * a;
            column_squares += b * b;
        }
        (sum, (row_squares * column_squares).sqrt().max(f64::MIN_POSITIVE))
    };
    task.spots.iter().map(spot).collect()
}

/// A number from -1 to 1 by a hash of its place; as native.py and browser.js make them.
fn number(i: u64, seed: u64, stream: u32) -> f32 {
    let offset = (seed as u32).wrapping_mul(2).wrapping_add(stream);
    let mut x = (i as u32).wrapping_mul(2_654_435_761).wrapping_add(offset);
    x ^= x >> 15;
    x = x.wrapping_mul(0x2C1B_3C6D);
    x ^= x >> 12;
    (x >> 8) as f32 * (1.0 / (1 << 23) as f32) - 1.0
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn task(workload: &str, n: u32) -> Task {
        Task {
            workload: workload.into(),
            n,
            seed: 1,
            threads: 1,
            spots: vec![0, 5, 11, 15],
            seconds: 1.0,
        }
    }

    #[test]
    fn a_histogram_may_differ_a_little() {
        let expected = Expected::of(&task("mandelbrot", 64));
        let Expected::Counts(counts) = &expected else {
            panic!("not counts");
        };
        assert_eq!(counts.iter().sum::<f64>(), 64.0 * 64.0);
        // Of this region a fifth belongs to the set (the workload's tests say so of every size).
        assert!((0.15..0.3).contains(&(counts[256] / 4096.0)), "{}", counts[256]);
        let exact = expected.verify(&json!(counts)).unwrap();
        assert!(exact.ok && exact.max_error == 0.0);
        let moved = |pixels: f64| {
            let mut counts = counts.clone();
            counts[256] -= pixels;
            counts[255] += pixels;
            expected.verify(&json!(counts)).unwrap().ok
        };
        assert!(moved(8.0) && !moved(200.0));
        // One count too many everywhere is what an off-by-one in a peer's loop would give.
        let mut shifted = counts.clone();
        shifted.rotate_right(1);
        assert!(!expected.verify(&json!(shifted)).unwrap().ok);
        assert!(!expected.verify(&json!([1, 2])).unwrap().ok);
    }

    #[test]
    fn a_product_is_held_to_the_workload_s_tolerance() {
        let expected = Expected::of(&task("matmul", 4));
        let Expected::Spots { elements, .. } = &expected else {
            panic!("not spots");
        };
        let with = |change: f64| -> Vec<f64> { elements.iter().map(|(value, _)| value + change).collect() };
        assert!(expected.verify(&json!(with(1e-7))).unwrap().ok);
        assert!(!expected.verify(&json!(with(1e-4))).unwrap().ok);
        assert!(
            !expected.verify(&json!(["x", 0, 0, 0])).unwrap().ok,
            "not a number is not right"
        );
        assert!(!expected.verify(&json!([])).unwrap().ok);
    }

    #[test]
    fn numbers_are_spread() {
        let numbers: Vec<f32> = (0..4096).map(|i| number(i, 1, 0)).collect();
        assert!(numbers.iter().all(|x| (-1.0..1.0).contains(x)));
        let mean = numbers.iter().sum::<f32>() / 4096.0;
        assert!(mean.abs() < 0.05, "{mean}");
        assert!(number(7, 1, 0) != number(7, 1, 1) && number(7, 1, 0) != number(7, 2, 0));
    }
}

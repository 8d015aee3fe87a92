//! Whether a peer has done the work: its output against one computed here, plainly.
//!
//! A peer rounds in its own way (gpu.js computes in f64, NumPy with complex numbers, GPUs fuse),
//! so what is compared allows for that and for nothing else.

use std::f64::consts::PI;

use parallax_protocol::{ErrorKind, Verification};
use serde_json::Value;

use super::Task;

/// Orbits near the set's edge part with every other rounding: the share of pixels that may
/// have another count. Fused steps change 0.2 % of them, and what the peers do changes no
/// more (0.13 % at n = 256, 0.05 % at 1024).
const OTHER_COUNTS: f64 = 0.01;

/// How far chance may take an estimate of pi: a right one is beyond once in 1.7 million.
const STANDARD_ERRORS: f64 = 5.0;

/// At most so much of a number is lost by rounding it to f32.
const ROUNDING: f64 = f32::EPSILON as f64 / 2.0;

/// Sweeps of `heat`.
const SWEEPS: usize = 10;

/// What the output should be like.
pub enum Expected {
    /// How often each count of steps occurs.
    Counts(Vec<f64>),
    /// Numbers computed in f64, each with what scales its error.
    Spots {
        /// Value and scale.
        elements: Vec<(f64, f64)>,
        /// Relative to the scale.
        tolerance: f64,
        /// Whether the scale is 1.
        kind: ErrorKind,
    },
    /// Pi, by this many random darts of the peer's own.
    Pi(f64),
    /// No peer has it.
    Nothing,
}

impl Expected {
    /// Computes it.
    pub fn of(task: &Task) -> Self {
        let n = f64::from(task.n);
        let relative = |elements, roundings: f64| Self::Spots {
            elements,
            tolerance: roundings * ROUNDING,
            kind: ErrorKind::Relative,
        };
        match task.workload.as_str() {
            "mandelbrot" => Self::Counts(counts(task.n)),
            // As the workload allows its own rungs: roundings of n terms grow like the root of n.
            "matmul" => relative(product(task), 4.0 * n.sqrt()),
            // The cosine at its greatest is flat, so that nothing but the last bits may differ.
            "map-reduce" => Self::Spots {
                elements: vec![(greatest(task.n), 1.0)],
                tolerance: 1e-6,
                kind: ErrorKind::Absolute,
            },
            // Three sums a sweep, rounded once each. A mean makes no error greater, and all terms
            // are positive.
            "heat" => relative(points(task), 3.0 * SWEEPS as f64),
            // Sums as above. A term is rounded a dozen times, or more where a reciprocal and a root
            // are approximate: by fast mathematics or on a GPU.
            "nbody" => relative(pulls(task), 16.0 + 4.0 * n.sqrt()),
            "monte-carlo" => Self::Pi(n),
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
            Self::Spots {
                elements,
                tolerance,
                kind,
            } => {
                let errors = elements
                    .iter()
                    .zip(&got)
                    .map(|((a, scale), b)| (a - b).abs() / scale);
                // Not by `f64::max`, which would overlook NaN.
                let worst = errors.fold(0.0, |a: f64, b| if b > a || b.is_nan() { b } else { a });
                let complete = got.len() == elements.len();
                (*kind, worst, *tolerance, got.len() as u64, complete)
            }
            Self::Pi(darts) => {
                let &[pi] = got.as_slice() else { return None };
                let hits = pi * darts / 4.0;
                // What is no count of hits was not counted, however near it is.
                let counted = (hits - hits.round()).abs() < 1e-3;
                let error = if counted { (pi - PI).abs() } else { f64::INFINITY };
                let tolerance = STANDARD_ERRORS * 4.0 * (PI / 4.0 * (1.0 - PI / 4.0) / darts).sqrt();
                (ErrorKind::Absolute, error, tolerance, *darts as u64, true)
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
fn product(task: &Task) -> Vec<(f64, f64)> {
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

/// The greatest cos(r) / (1 + r) on the grid.
fn greatest(n: u32) -> f64 {
    let step = 6.0 / f64::from(n.max(2) - 1);
    let squares: Vec<f64> = (0..n).map(|i| (f64::from(i) * step - 3.0).powi(2)).collect();
    let row = |y: &f64| {
        let values = squares.iter().map(|x| (x + y).cos() / (1.0 + x + y));
        values.fold(-1.0, f64::max)
    };
    squares.iter().map(row).fold(-1.0, f64::max)
}

/// The field's points that the task asks for. Each depends on no point more than ten away.
fn points(task: &Task) -> Vec<(f64, f64)> {
    let n = task.n as usize;
    let point = |&i: &u64| {
        let (row, column) = (i as usize / n, i as usize % n);
        let (top, left) = (row.saturating_sub(SWEEPS), column.saturating_sub(SWEEPS));
        let (bottom, right) = ((row + SWEEPS + 1).min(n), (column + SWEEPS + 1).min(n));
        let at = |row: usize, column: usize| f64::from(number((row * n + column) as u64, task.seed, 0));
        let line = |row: usize| (left..right).map(|column| at(row, column) / 2.0 + 0.5).collect();
        let mut field: Vec<Vec<f64>> = (top..bottom).map(line).collect();
        // The rim is the field's edge, or wrong by one more point a sweep.
        for _ in 0..SWEEPS {
            let before = field.clone();
            for y in 1..field.len() - 1 {
                for x in 1..field[y].len() - 1 {
                    let (vertical, horizontal) = (
                        before[y - 1][x] + before[y + 1][x],
                        before[y][x - 1] + before[y][x + 1],
                    );
                    field[y][x] = 0.25 * (vertical + horizontal);
                }
            }
        }
        let value = field[row - top][column - left];
        (value, value.max(f64::MIN_POSITIVE))
    };
    task.spots.iter().map(point).collect()
}

/// The pulls on the bodies that the task asks for, with the sums of their terms' magnitudes.
fn pulls(task: &Task) -> Vec<(f64, f64)> {
    let place = |i: u64| [0, 1, 2].map(|axis| 2.0 * f64::from(number(i, task.seed, axis)));
    let all: Vec<[f64; 3]> = (0..u64::from(task.n)).map(place).collect();
    let pull = |&i: &u64| {
        let mut sums = [(0.0, f64::MIN_POSITIVE); 3];
        for other in &all {
            let apart = [0, 1, 2].map(|axis| other[axis] - all[i as usize][axis]);
            let d = apart.iter().map(|delta| delta * delta).sum::<f64>() + 1e-3;
            let k = 1.0 / (d * d.sqrt());
            for (sum, delta) in sums.iter_mut().zip(apart) {
                *sum = (sum.0 + delta * k, sum.1 + (delta * k).abs());
            }
        }
        sums
    };
    task.spots.iter().flat_map(pull).collect()
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

    /// What a lane shows of its output is right, and no longer with any one number changed so.
    fn holds(expected: &Expected, right: &[f64], wrong: impl Fn(f64) -> f64) {
        assert!(expected.verify(&json!(right)).unwrap().ok);
        for place in 0..right.len() {
            let mut output = right.to_vec();
            output[place] = wrong(output[place]);
            assert!(!expected.verify(&json!(output)).unwrap().ok, "{place}");
        }
    }

    #[test]
    fn a_maximum_is_held_to_its_last_bits() {
        // The tutorial's figure, which is f32's.
        let expected = Expected::of(&task("map-reduce", 5000));
        holds(&expected, &[0.999_999_279_7], |max| max + 2e-6);
        // On these grids, unlike their neighbours, the corners are greatest.
        for n in [1, 2, 4] {
            let expected = Expected::of(&task("map-reduce", n));
            holds(&expected, &[18.0_f64.cos() / 19.0], |max| max - 2e-6);
        }
    }

    /// The field as a peer makes it: whole and in f32.
    fn swept(n: usize, sweeps: usize) -> Vec<f32> {
        let mut field: Vec<f32> = (0..n * n).map(|i| (number(i as u64, 1, 0) + 1.0) / 2.0).collect();
        for _ in 0..sweeps {
            let before = field.clone();
            for i in (0..n * n).filter(|i| (1..n - 1).contains(&(i / n)) && (1..n - 1).contains(&(i % n))) {
                field[i] = 0.25 * (before[i - n] + before[i + n] + before[i - 1] + before[i + 1]);
            }
        }
        field
    }

    #[test]
    fn ten_sweeps_are_neither_nine_nor_eleven() {
        let mut task = task("heat", 40);
        // A corner, edges, within ten points of an edge, and the middle.
        task.spots = vec![0, 20, 40, 41, 180, 819, 820, 1599];
        let expected = Expected::of(&task);
        let shown = |sweeps| -> Vec<f64> {
            let field = swept(40, sweeps);
            task.spots.iter().map(|&i| f64::from(field[i as usize])).collect()
        };
        holds(&expected, &shown(10), |value| value + 1e-5);
        assert!(!expected.verify(&json!(shown(9))).unwrap().ok);
        assert!(!expected.verify(&json!(shown(11))).unwrap().ok);
    }

    #[test]
    fn pulls_are_whole_bodies() {
        let mut task = task("nbody", 50);
        task.spots = vec![3, 49];
        let expected = Expected::of(&task);
        let place = |i: u64, axis: u32| 2.0 * number(i, 1, axis);
        let pull = |i: u64, n: u64| {
            let mut sums = [0.0_f32; 3];
            for j in 0..n {
                let [x, y, z] = [0, 1, 2].map(|axis| place(j, axis) - place(i, axis));
                let d = x * x + y * y + z * z + 1e-3;
                let k = 1.0 / (d * d.sqrt());
                sums = [sums[0] + x * k, sums[1] + y * k, sums[2] + z * k];
            }
            sums.map(f64::from)
        };
        let shown = |n| [pull(3, n), pull(49, n)].concat();
        holds(&expected, &shown(50), |sum| sum * 1.001 + 1e-3);
        assert!(
            !expected.verify(&json!(shown(49))).unwrap().ok,
            "a body is missing"
        );
    }

    #[test]
    fn pi_is_counted_and_near() {
        let n = 1 << 20;
        let expected = Expected::of(&task("monte-carlo", n));
        let pi = |hits: f64| [4.0 * hits / f64::from(n)];
        let hits = (PI / 4.0 * f64::from(n)).round();
        // One standard error is 420 hits.
        holds(&expected, &pi(hits + 1800.0), |_| pi(hits + 2400.0)[0]);
        holds(&expected, &pi(hits - 1800.0), |_| pi(hits - 2400.0)[0]);
        holds(&expected, &pi(hits), |_| PI);
        assert!(!expected.verify(&json!([f64::NAN])).unwrap().ok);
        assert!(expected.verify(&json!([])).is_none());
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

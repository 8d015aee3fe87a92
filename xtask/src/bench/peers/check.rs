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
    /// Numbers, each with what scales its error.
    Spots {
        /// Value and scale.
        elements: Vec<(f64, f64)>,
        /// Relative to the scale.
        tolerance: f64,
    },
    /// No peer has it.
    Nothing,
}

impl Expected {
    /// Computes it.
    pub fn of(task: &Task) -> Self {
        let n = f64::from(task.n);
        // So many roundings of sums of n terms are what the workloads allow their own rungs.
        let roundings = |count: f64| count * f64::from(f32::EPSILON) / 2.0;
        let (elements, tolerance) = match task.workload.as_str() {
            "mandelbrot" => return Self::Counts(counts(task.n)),
            "matmul" => (product(task), roundings(4.0 * n.sqrt())),
            "map-reduce" => (vec![(greatest(task.n), 1.0)], 1e-6),
            "heat" => (heat(task), roundings(30.0)),
            // gpu.js and jax-js add the components to each other too.
            "nbody" => (pulls(task), roundings(16.0 + 4.0 * n.sqrt())),
            // Five standard errors of n darts: the generators differ, chance does not.
            "monte-carlo" => (vec![(std::f64::consts::PI, 1.0)], 5.0 * 1.642 / n.sqrt()),
            _ => return Self::Nothing,
        };
        Self::Spots { elements, tolerance }
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

/// The greatest of cos(r) / (1 + r) on the grid.
fn greatest(n: u32) -> f64 {
    let step = 6.0 / f64::from(n.max(2) - 1);
    let at = |i: u32| f64::from(i) * step - 3.0;
    let value = |i, j| {
        let r = at(i).powi(2) + at(j).powi(2);
        r.cos() / (1.0 + r)
    };
    let row = |j| (0..n).map(move |i| value(i, j)).fold(-1.0, f64::max);
    (0..n).map(row).fold(-1.0, f64::max)
}

/// The plate's points after ten sweeps, each from the points within ten steps of it.
fn heat(task: &Task) -> Vec<(f64, f64)> {
    const SWEEPS: i64 = 10;
    let n = i64::from(task.n);
    let spot = |&i: &u64| {
        let (row, column) = (i as i64 / n, i as i64 % n);
        let side = 2 * SWEEPS + 1;
        let place = |p: i64| (row - SWEEPS + p / side, column - SWEEPS + p % side);
        let within = |(y, x): (i64, i64)| (0..n).contains(&y) && (0..n).contains(&x);
        let moves = |(y, x): (i64, i64)| y > 0 && x > 0 && y < n - 1 && x < n - 1;
        let given = |(y, x): (i64, i64)| f64::from(number((y * n + x) as u64, task.seed, 0));
        let mut values: Vec<f64> = (0..side * side)
            .map(|p| if within(place(p)) { given(place(p)) } else { 0.0 })
            .collect();
        for sweep in 1..=SWEEPS {
            let before = values.clone();
            // What lacks a neighbour here is no longer needed.
            for p in (0..side * side).filter(|p| moves(place(*p))) {
                let ring = (p / side)
                    .min(p % side)
                    .min(side - 1 - p / side)
                    .min(side - 1 - p % side);
                if ring >= sweep {
                    let at = |q: i64| before[q as usize];
                    values[p as usize] = 0.25 * (at(p - side) + at(p + side) + at(p - 1) + at(p + 1));
                }
            }
        }
        (values[(SWEEPS * side + SWEEPS) as usize], 1.0)
    };
    task.spots.iter().map(spot).collect()
}

/// The sum of the components of some bodies' pulls, with the sum of the pulls' magnitudes.
fn pulls(task: &Task) -> Vec<(f64, f64)> {
    let n = u64::from(task.n);
    let at = |i: u64| [0, 1, 2].map(|stream| f64::from(number(i, task.seed, stream)));
    let spot = |&i: &u64| {
        let own = at(i % n);
        let (mut sum, mut magnitudes) = (0.0, 0.0);
        for j in 0..n {
            let other = at(j);
            let d = [0, 1, 2].map(|axis: usize| other[axis] - own[axis]);
            let squared = d.iter().map(|d| d * d).sum::<f64>();
            let k = (squared + f64::from(1e-3_f32)).powf(-1.5);
            sum += k * d.iter().sum::<f64>();
            magnitudes += k * d.iter().map(|d| d.abs()).sum::<f64>();
        }
        (sum, magnitudes.max(f64::MIN_POSITIVE))
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

    /// What a plain program gives passes, and each of its mistakes does not.
    #[test]
    fn the_others_are_held_to_theirs() {
        let verify = |task: &Task, output: &[f64]| Expected::of(task).verify(&json!(output)).unwrap().ok;
        let grid = task("map-reduce", 1000);
        // As NumPy has it in f32, and what a grid that starts a step late would give.
        assert!(verify(&grid, &[0.999_982]) && !verify(&grid, &[0.999_928]));
        let darts = task("monte-carlo", 1 << 20);
        assert!(verify(&darts, &[3.1425]) && !verify(&darts, &[3.2]) && !verify(&darts, &[f64::NAN]));

        let plate = Task {
            spots: (0..40 * 40).collect(),
            ..task("heat", 40)
        };
        let sweeps = |count: usize| {
            let mut field: Vec<f64> = (0..1600).map(|i| f64::from(number(i, 1, 0))).collect();
            for _ in 0..count {
                let before = field.clone();
                for i in (0..1600).filter(|i| (1..39).contains(&(i / 40)) && (1..39).contains(&(i % 40))) {
                    field[i] = 0.25 * (before[i - 40] + before[i + 40] + before[i - 1] + before[i + 1]);
                }
            }
            field
        };
        assert!(verify(&plate, &sweeps(10)) && !verify(&plate, &sweeps(9)));

        let bodies = task("nbody", 50);
        let at = |i: u64, axis| f64::from(number(i, 1, axis));
        let pull = |body: u64, left_out: u64| -> f64 {
            let pulls = (0..50).filter(|&j| j != left_out).map(|j| {
                let d: Vec<f64> = (0..3).map(|axis| at(j, axis) - at(body, axis)).collect();
                let r2 = d.iter().map(|d| d * d).sum::<f64>() + 1e-3;
                d.iter().sum::<f64>() / (r2 * r2.sqrt())
            });
            pulls.sum()
        };
        let all = |left_out| {
            bodies
                .spots
                .iter()
                .map(|&b| pull(b, left_out))
                .collect::<Vec<_>>()
        };
        assert!(verify(&bodies, &all(99)) && !verify(&bodies, &all(7)));
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

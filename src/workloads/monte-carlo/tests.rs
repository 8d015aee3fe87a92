use super::*;
use crate::kernel::run_alone;

fn total(output: &Output) -> u32 {
    output.at(0) as u32
}

/// Hits that NumPy counts with the same hash: `tests/oracles/oracles.py`.
#[test]
fn every_level_agrees_with_numpy() {
    for line in include_str!("../../../tests/oracles/monte-carlo.txt").lines() {
        let fields: Vec<u64> = line.split(' ').map(|f| f.parse().unwrap()).collect();
        let [n, seed, hits] = fields[..] else {
            panic!("bad line: {line}")
        };
        let problem = MonteCarlo.problem(n as u32, seed).unwrap();
        for kernel in [
            problem.reference(),
            problem.kernel(Level::Scalar, 1),
            problem.kernel(Level::Simd, 1),
        ] {
            assert_eq!(u64::from(total(&run_alone(kernel.unwrap()))), hits, "n = {n}");
        }
    }
}

#[test]
fn odd_numbers_of_darts_are_all_thrown() {
    for n in [1, 2, 3, 5, 17, 4095, 4096, 4097, 10_001] {
        let problem = MonteCarlo.problem(n, 3).unwrap();
        let reference = run_alone(problem.reference().unwrap());
        for level in [Level::Scalar, Level::Simd] {
            assert_eq!(run_alone(problem.kernel(level, 1).unwrap()), reference, "n = {n}");
        }
    }
}

/// Ten seeds' estimates lie about pi as chance has it: within five standard errors each, and
/// neither all on one side nor suspiciously near.
#[test]
fn pi_comes_out() {
    let n = 1 << 22;
    let error = 1.642 / f64::from(n).sqrt();
    let off: Vec<f64> = (0..10)
        .map(|seed| {
            let problem = MonteCarlo.problem(n, seed).unwrap();
            let hits = total(&run_alone(problem.kernel(Level::Simd, 1).unwrap()));
            (4.0 * f64::from(hits) / f64::from(n) - std::f64::consts::PI) / error
        })
        .collect();
    let spread = (off.iter().map(|x| x * x).sum::<f64>() / 10.0).sqrt();
    assert!(off.iter().all(|x| x.abs() < 5.0), "{off:?}");
    assert!((0.4..1.8).contains(&spread), "{off:?}");
}

/// Darts, and neighbouring darts, fall evenly over the square: chi-squared over 16 x 16 cells
/// of the first two, and of one dart's x with the next one's. 255 degrees of freedom: mean
/// 255, standard deviation 22.6.
#[test]
fn darts_fall_evenly() {
    const DARTS: usize = 1 << 18;
    let cell = |c: i32| (c + 32_768) as usize / 4096;
    for seed in 0..4 {
        let darts: Vec<(i32, i32)> = (0..DARTS + 4).map(|d| reference::dart(seed, d)).collect();
        for (name, step) in [("x and y", 0), ("next dart", 1), ("next counter", 4)] {
            let mut cells = [0u32; 256];
            for (dart, later) in darts[..DARTS].iter().zip(&darts[step..]) {
                cells[cell(dart.0) * 16 + cell(later.1)] += 1;
            }
            let expected = DARTS as f64 / 256.0;
            let chi = |&c: &u32| (f64::from(c) - expected).powi(2) / expected;
            let chi: f64 = cells.iter().map(chi).sum();
            assert!((160.0..370.0).contains(&chi), "{name}, seed {seed}: {chi}");
        }
    }
}

#[test]
fn one_hit_too_many_is_wrong() {
    let problem = MonteCarlo.problem(100_000, 1).unwrap();
    let Output::U32(good) = run_alone(problem.reference().unwrap()) else {
        panic!("not counts")
    };
    for place in [0, 9] {
        let mut got = good.clone();
        got[place] += 1;
        let reference = Output::U32(good.clone());
        let v = problem.verify(&reference, &Output::U32(got), Arithmetic::Relaxed);
        assert!(!v.ok && v.worst.is_some(), "{v:?}");
    }
}

use super::*;
use crate::kernel::run_alone;

/// Two bodies at a distance r pull at each other with r / (r^2 + softening)^1.5; a third one
/// half-way is pulled by neither.
#[test]
fn the_law_is_the_law() {
    let at: Positions = [vec![-1.0, 1.0, 0.0], vec![0.0; 3], vec![0.5; 3]].map(Arc::new);
    let bodies = Bodies {
        n: 3,
        seed: 0,
        at: at.clone(),
    };
    let pull = |r: f64| r / (r * r + 1e-3).powf(1.5);
    let expected = pull(2.0) + pull(1.0);
    let reference = run_alone(bodies.reference().unwrap());
    assert!((reference.at(0) - expected).abs() < 1e-9);
    for level in [Level::Scalar, Level::Simd] {
        let got = run_alone(bodies.kernel(level, 1).unwrap());
        assert!((got.at(0) - expected).abs() < 1e-6, "{level:?}");
        assert!((got.at(1) + expected).abs() < 1e-6, "{level:?}");
        assert!(got.at(2).abs() < 1e-6, "{level:?}");
        assert!((3..9).all(|i| got.at(i) == 0.0), "{level:?}: along y and z");
        assert!(bodies.verify(&reference, &got, Arithmetic::Ieee).ok);
    }
}

/// Pulls that NumPy computes in f64: `tests/oracles/oracles.py`. Positions are exact fractions.
#[test]
fn the_reference_agrees_with_numpy() {
    for line in include_str!("../../../tests/oracles/nbody.txt").lines() {
        let fields: Vec<f64> = line.split(' ').map(|f| f.parse().unwrap()).collect();
        let [n, body, x, y, z] = fields[..] else {
            panic!("bad line: {line}")
        };
        let n = n as usize;
        let axis = |step: usize| (0..n).map(|i| ((i * step) % 101) as f32 / 32.0).collect();
        let at: Positions = [7, 13, 29].map(|step| Arc::new(axis(step)));
        let bodies = Bodies { n, seed: 0, at };
        let reference = run_alone(bodies.reference().unwrap());
        for (axis, expected) in [x, y, z].into_iter().enumerate() {
            let got = reference.at(4 * body as usize + axis);
            assert!(
                (got - expected).abs() <= 1e-9 * expected.abs().max(1.0),
                "{line}: {got}"
            );
        }
    }
}

#[test]
fn scalar_and_simd_agree_to_the_last_bit() {
    for n in [1, 3, 8, 9, 33, 257] {
        let problem = Nbody.problem(n, 9).unwrap();
        let scalar = run_alone(problem.kernel(Level::Scalar, 1).unwrap());
        let simd = run_alone(problem.kernel(Level::Simd, 1).unwrap());
        assert_eq!(scalar, simd, "n = {n}");
    }
}

/// A body that was left out, a pull that was, and a body that the reference did not look at.
#[test]
fn wrong_pulls_are_found() {
    for n in [500, 20_000] {
        let problem = Nbody.problem(n, 1).unwrap();
        let reference = run_alone(problem.reference().unwrap());
        let Output::F32(good) = run_alone(problem.kernel(Level::Simd, 1).unwrap()) else {
            panic!("not f32")
        };
        let verify = |got: Vec<f32>| problem.verify(&reference, &Output::F32(got), Arithmetic::Relaxed);
        let v = verify(good.clone());
        println!("n = {n}: error {} of {}", v.max_error, v.tolerance);
        assert!(v.ok, "{v:?}");
        // The one pulled most: no body has reason to be forgotten.
        let body = (0..n as usize)
            .max_by(|&a, &b| good[a].abs().total_cmp(&good[b].abs()))
            .unwrap();
        let mut blank = good.clone();
        blank[body] = 0.0;
        assert!(!verify(blank).ok);
        let mut nan = good.clone();
        nan[3 * n as usize - 1] = f32::NAN;
        assert!(!verify(nan).ok);
        assert!(!verify(good[1..].to_vec()).ok);
    }
}

use super::*;
use crate::kernel::run_alone;

fn worst(got: &Output, expected: impl Fn(usize) -> f64) -> f64 {
    let off = |i| (got.at(i) - expected(i)).abs();
    (0..got.len()).map(off).fold(0.0, f64::max)
}

/// The known solution: a sine mode decays by the same factor in every sweep.
#[test]
fn a_wave_decays_as_it_is_known_to() {
    for n in [3, 17, 100, 512, 1030] {
        let problem = Heat.problem(n, 0).unwrap();
        let n = n as usize;
        let after = mode(n, SWEEPS);
        let point = n + 1;
        let decay = after(point) / mode(n, 0)(point);
        // At n = 512 and above a half-wave is some sixteen points: the page says 83 %.
        assert!(n < 512 || (decay - 0.83).abs() < 0.01, "n = {n}: {decay}");
        let reference = run_alone(problem.reference().unwrap());
        // The wave itself is rounded to f32 at the start.
        assert!(worst(&reference, &after) < 6e-8, "n = {n}");
        for level in [Level::Scalar, Level::Simd] {
            let got = run_alone(problem.kernel(level, 1).unwrap());
            assert!(worst(&got, &after) < TOLERANCE, "n = {n}, {level:?}");
        }
    }
}

/// Plain sweeps in f32, in the order in which the kernels add.
fn plain(n: usize, field: &[f32]) -> Vec<f32> {
    let (mut from, mut to) = (field.to_vec(), field.to_vec());
    for _ in 0..SWEEPS {
        for i in 0..n * n {
            let inside = |place: usize| (1..n - 1).contains(&place);
            if inside(i / n) && inside(i % n) {
                to[i] = 0.25 * (from[i - n] + from[i + n] + from[i - 1] + from[i + 1]);
            }
        }
        std::mem::swap(&mut from, &mut to);
    }
    from
}

#[test]
fn blocks_and_lanes_change_no_bit() {
    for n in [1, 2, 3, 5, 12, 127, 129, 300, 515, 2090] {
        let problem = Heat.problem(n, 9).unwrap();
        let expected = plain(n as usize, &problem.data().inputs[0]);
        for level in [Level::Scalar, Level::Simd] {
            let Output::F32(got) = run_alone(problem.kernel(level, 5).unwrap()) else {
                panic!("not f32")
            };
            let wrong = got
                .iter()
                .zip(&expected)
                .position(|(a, b)| a.to_bits() != b.to_bits());
            assert_eq!(wrong, None, "n = {n}, {level:?}");
        }
    }
}

/// A sweep too few, a row that was forgotten in one sweep, an edge that moved.
#[test]
fn wrong_plates_are_found() {
    let n = 200;
    let problem = Heat.problem(n, 1).unwrap();
    let n = n as usize;
    let reference = run_alone(problem.reference().unwrap());
    let Output::F32(good) = run_alone(problem.kernel(Level::Simd, 1).unwrap()) else {
        panic!("not f32")
    };
    let verify = |got: Vec<f32>| problem.verify(&reference, &Output::F32(got), Arithmetic::Relaxed);
    let v = verify(good.clone());
    println!("error {} of {}", v.max_error, v.tolerance);
    assert!(v.ok && v.max_error > TOLERANCE / 30.0);
    let again = Plate {
        n,
        seed: 1,
        field: Arc::new(good.clone()),
    };
    let Output::F32(twice) = run_alone(again.kernel(Level::Simd, 1).unwrap()) else {
        panic!("not f32")
    };
    assert!(!verify(twice).ok);
    let mut row = good.clone();
    row.copy_within(50 * n..51 * n, 51 * n);
    assert!(!verify(row).ok);
    let mut edge = good.clone();
    edge[n - 1] += 1e-5;
    let v = verify(edge);
    assert!(!v.ok && v.worst.unwrap().place == "row 0, column 199");
}

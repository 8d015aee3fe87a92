use super::*;
use crate::kernel::run_alone;

fn maxima(n: u32) -> [Output; 3] {
    let problem = MapReduce.problem(n, 1).unwrap();
    [
        run_alone(problem.reference().unwrap()),
        run_alone(problem.kernel(Level::Scalar, 1).unwrap()),
        run_alone(problem.kernel(Level::Simd, 1).unwrap()),
    ]
}

/// The tutorial's own figure.
#[test]
fn the_greatest_of_5000_squared_is_the_recorded_one() {
    let [reference, _, simd] = maxima(5000);
    assert!((reference.at(0) - 0.9999992797).abs() < 1e-10);
    assert!((simd.at(0) - 0.9999992797).abs() < 1e-6);
}

#[test]
fn scalar_and_simd_agree_to_the_last_bit() {
    for n in [1, 15, 16, 17, 250, 1001] {
        let [_, scalar, simd] = maxima(n);
        assert_eq!(scalar, simd, "n = {n}");
    }
}

/// The tolerance holds, and not by much.
#[test]
fn errors_are_as_large_as_stated() {
    let mut most = 0.0f64;
    for n in [2, 100, 1000, 5000] {
        let problem = MapReduce.problem(n, 1).unwrap();
        let [reference, _, simd] = maxima(n);
        let v = problem.verify(&reference, &simd, Arithmetic::Ieee);
        assert!(v.ok, "n = {n}: {v:?}");
        most = most.max(v.max_error);
    }
    assert!((1e-7..TOLERANCE).contains(&most), "{most}");
}

/// A tile that was left out, one point that was: found, though the greatest of all is right.
#[test]
fn a_wrong_tile_is_found_though_the_greatest_of_all_is_right() {
    let problem = MapReduce.problem(1000, 1).unwrap();
    let [reference, _, simd] = maxima(1000);
    let Output::F32(good) = simd else {
        panic!("not f32")
    };
    for wrong in [0.0, f32::NAN, good[7] + 2e-6] {
        let mut got = good.clone();
        got[7] = wrong;
        let v = problem.verify(&reference, &Output::F32(got), Arithmetic::Relaxed);
        assert!(!v.ok && v.worst.unwrap().place == "tile row 0, column 6");
    }
}

use super::*;

fn run(mut kernel: Box<dyn Kernel>) -> Output {
    for (pass, p) in kernel.passes().to_vec().into_iter().enumerate() {
        // SAFETY: one call a pass, all items, no other thread.
        unsafe { kernel.run(0, pass, 0..p.items) };
    }
    kernel.output().unwrap()
}

fn product(n: usize, a: Vec<f32>, b: Vec<f32>) -> Product {
    let inputs = Inputs {
        a: Arc::new(a),
        b: Arc::new(b),
        ..Inputs::new(n, 1)
    };
    Product {
        inputs: Arc::new(inputs),
    }
}

/// (i + 2 k) mod 7 times (3 k + j) mod 5: integers, so the sums are exact; the
/// expected ones were made with NumPy by `tests/oracles/oracles.py`.
#[test]
fn the_reference_agrees_with_numpy() {
    for line in include_str!("../../../tests/oracles/matmul.txt").lines() {
        let fields: Vec<i64> = line.split(' ').map(|f| f.parse().unwrap()).collect();
        let [n, sum, weighted] = fields[..] else {
            panic!("bad line: {line}")
        };
        let n = n as usize;
        let at = |f: fn(usize, usize) -> f32| (0..n * n).map(|i| f(i / n, i % n)).collect::<Vec<_>>();
        let a = at(|i, k| ((i + 2 * k) % 7) as f32);
        let b = at(|k, j| ((3 * k + j) % 5) as f32);
        let problem = product(n, a, b);
        let Output::F64(c) = run(problem.reference().unwrap()) else {
            panic!("not f64")
        };
        assert_eq!(c.iter().sum::<f64>() as i64, sum, "n = {n}");
        let by_place: f64 = c.iter().enumerate().map(|(i, c)| (i % 1009) as f64 * c).sum();
        assert_eq!(by_place as i64, weighted, "n = {n}");
    }
}

#[test]
fn scalar_and_simd_agree_to_the_last_bit() {
    for n in [1, 5, 33, 100, 257, 300] {
        let problem = Matmul.problem(n, 9).unwrap();
        let scalar = run(problem.kernel(Level::Scalar, 1).unwrap());
        let simd = run(problem.kernel(Level::Simd, 1).unwrap());
        assert_eq!(scalar, simd, "n = {n}");
    }
}

#[test]
fn one_product_left_out_is_wrong() {
    for n in [64, 512] {
        let problem = Matmul.problem(n, 1).unwrap();
        let reference = run(problem.reference().unwrap());
        let Output::F32(mut c) = run(problem.kernel(Level::Simd, 1).unwrap()) else {
            panic!("not f32")
        };
        assert!(
            problem
                .verify(&reference, &Output::F32(c.clone()), Arithmetic::Ieee)
                .ok
        );
        let inputs = Inputs::new(n as usize, 1);
        let (row, column) = (3usize, 7usize);
        // The middle one of the element's products by magnitude.
        let n = n as usize;
        let mut products: Vec<f32> = (0..n)
            .map(|k| inputs.a[row * n + k] * inputs.b[k * n + column])
            .collect();
        products.sort_by(|a, b| a.abs().total_cmp(&b.abs()));
        c[row * n + column] -= products[n / 2];
        let v = problem.verify(&reference, &Output::F32(c), Arithmetic::Relaxed);
        assert!(!v.ok && v.worst.unwrap().place == "row 3, column 7");
    }
}

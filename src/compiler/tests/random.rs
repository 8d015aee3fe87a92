//! Random numbers against NumPy's own.
#![cfg(not(target_arch = "wasm32"))]

use parallax_compiler::random::{Generator, SeedSequence};
use parallax_compiler::types::Scalar;

#[test]
fn every_number_is_numpys() {
    let mut compared = 0;
    for line in include_str!("oracle/random.txt").lines() {
        let mut parts = line.split('\t');
        let call = parts.next().unwrap();
        let expected: Vec<i128> = parts.map(|value| value.parse().unwrap()).collect();
        let words: Vec<&str> = call.split(' ').collect();
        let mut generator = Generator::new(&SeedSequence::of(words[0].parse().unwrap()));
        let count = expected.len();
        let drawn: Vec<i128> = match words[1] {
            "random" => (0..count).map(|_| generator.random().to_bits().into()).collect(),
            "random32" => (0..count)
                .map(|_| generator.random_f32().to_bits().into())
                .collect(),
            "normal" => (0..count).map(|_| generator.normal().to_bits().into()).collect(),
            "normal32" => (0..count)
                .map(|_| generator.normal_f32().to_bits().into())
                .collect(),
            "uniform" => (0..count)
                .map(|_| generator.uniform(-3.0, 7.5).to_bits().into())
                .collect(),
            "integers" => {
                let (low, high): (i128, i128) = (words[3].parse().unwrap(), words[4].parse().unwrap());
                let range = u64::try_from(high - 1 - low).unwrap();
                let mut out = vec![0; count];
                generator.integers(Scalar::named(words[2]).unwrap(), low, range, &mut out);
                out
            }
            "mixed" => {
                let first = [
                    f64::from(generator.random_f32()),
                    generator.random(),
                    f64::from(generator.random_f32()),
                ];
                let mut rest = vec![0; 3];
                generator.integers(Scalar::I64, 0, 99, &mut rest);
                let rest = rest.into_iter().map(|value| value as f64);
                first
                    .into_iter()
                    .chain(rest)
                    .map(|value| value.to_bits().into())
                    .collect()
            }
            other => panic!("{other}"),
        };
        if words[1].starts_with("normal") {
            // Logarithms and exponentials of the tails are the C library's in NumPy.
            let off = drawn.iter().zip(&expected).filter(|(a, b)| a != b);
            assert!(off.clone().count() <= 3, "{call}: {:?}", off.collect::<Vec<_>>());
            assert!(off.clone().all(|(a, b)| (a - b).abs() <= 1), "{call}");
            compared += count;
            continue;
        }
        assert_eq!(drawn, expected, "{call}");
        compared += count;
    }
    assert!(compared > 18_000, "{compared}");
}

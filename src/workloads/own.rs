//! Somebody's own kernel as a problem: its back ends are compared with each other, as there is no
//! reference of its own.

use crate::kernel::{Arithmetic, Kernel, Level, Output, Problem, ProblemError};
use crate::{Array, Data, GpuProgram, PythonProgram};
use parallax_protocol::{ErrorKind, Picture, Verification, Worst};
use std::sync::OnceLock;

/// What a GPU's floats may be off by, relative to the greatest magnitude of their output: it fuses,
/// reassociates, and its functions are good to some 2^-11 (WGSL, 15.7.4).
const RELAXED_FLOATS: f64 = 1e-3;
/// Whole numbers may come of such floats. One that is so near to the other, relative to the greater of both, is a count or
/// sum of which a few parts were decided by a float: 3142069 for 3142070.
const NEAR_WHOLE: f64 = 1e-3;
/// And which share of the others may differ: what a single float decides may be anything.
const RELAXED_WHOLE: f64 = 0.01;

/// A kernel that no workload is behind.
pub struct Own {
    program: PythonProgram,
    has_floats: bool,
    /// Operations of a run, and the bytes of what it reads and writes, once somebody has counted.
    counts: OnceLock<(f64, f64)>,
}

impl Own {
    /// A problem of a program that makes its own arguments.
    pub fn new(program: PythonProgram) -> Self {
        Own {
            program,
            has_floats: true,
            counts: OnceLock::new(),
        }
    }

    /// The same of a kernel of whole numbers only, which all processors agree on.
    pub fn of_whole_numbers(self) -> Self {
        Own {
            has_floats: false,
            ..self
        }
    }

    /// A run has been counted: its operations, and the bytes that it must read and write at least once.
    pub fn counted(&self, operations: f64, bytes: f64) {
        // A second count is the first.
        let _ = self.counts.set((operations, bytes));
    }
}

const NONE: ProblemError = ProblemError::OnlyPython;

impl Problem for Own {
    fn workload(&self) -> &'static str {
        ""
    }

    /// 0 as long as nobody has counted.
    fn flops(&self) -> f64 {
        self.counts.get().map_or(0.0, |counts| counts.0)
    }

    fn bytes(&self) -> f64 {
        self.counts.get().map_or(0.0, |counts| counts.1)
    }

    fn kernel(&self, _level: Level, _workers: usize) -> Result<Box<dyn Kernel>, ProblemError> {
        Err(NONE)
    }

    fn data(&self) -> Data {
        Data {
            n: self.program.size as u32,
            seed: 0,
            inputs: Vec::new(),
            output_len: 0,
            output_is_float: true,
        }
    }

    fn gpu(&self) -> GpuProgram {
        GpuProgram::one_pass("", (1, 1), self.data())
    }

    fn python(&self) -> PythonProgram {
        self.program.clone()
    }

    fn output_of(&self, arrays: Vec<Array>) -> Output {
        Output::Arrays(arrays)
    }

    fn reference(&self) -> Result<Box<dyn Kernel>, ProblemError> {
        Err(NONE)
    }

    fn verify(&self, reference: &Output, got: &Output, arithmetic: Arithmetic) -> Verification {
        let (Output::Arrays(reference), Output::Arrays(got)) = (reference, got) else {
            return differs(0, "the outputs", 0.0, 0.0);
        };
        let compared = reference.iter().map(|array| array.len() as u64).sum();
        if reference.len() != got.len() {
            return differs(
                compared,
                "the number of outputs",
                got.len() as f64,
                reference.len() as f64,
            );
        }
        let pairs = reference.iter().zip(got).enumerate();
        let all = pairs.map(|(i, (reference, got))| {
            let place = |at| match got.shape.is_empty() {
                true => format!("output {i}"),
                false => format!("output {i}, {}", place(&got.shape, at)),
            };
            if (reference.dtype, &reference.shape) != (got.dtype, &got.shape) {
                let what = format!("type or shape of output {i}");
                return differs(compared, &what, got.len() as f64, reference.len() as f64);
            }
            match arithmetic {
                Arithmetic::Relaxed if got.is_float() => near(reference, got, place),
                Arithmetic::Relaxed if self.has_floats => near_whole(reference, got, place),
                Arithmetic::Relaxed | Arithmetic::Ieee => equal(reference, got, place),
            }
        });
        // The one that is furthest beyond what it may be.
        let badness = |v: &Verification| (!v.ok, v.max_error / v.tolerance.max(f64::MIN_POSITIVE));
        let worst = all.max_by(|a, b| {
            let ((a, x), (b, y)) = (badness(a), badness(b));
            a.cmp(&b).then(x.total_cmp(&y))
        });
        let nothing = Verification {
            ok: true,
            compared,
            error_kind: ErrorKind::MismatchFraction,
            max_error: 0.0,
            tolerance: 0.0,
            worst: None,
        };
        Verification {
            compared,
            ..worst.unwrap_or(nothing)
        }
    }

    fn picture(&self, _output: &Output) -> Picture {
        Picture {
            width: 0,
            height: 0,
            rgba: Vec::new(),
        }
    }
}

/// `[3, 17]`.
fn place(shape: &[usize], mut at: usize) -> String {
    let mut index: Vec<String> = Vec::new();
    for length in shape.iter().rev() {
        let length = (*length).max(1);
        index.insert(0, (at % length).to_string());
        at /= length;
    }
    format!("[{}]", index.join(", "))
}

fn differs(compared: u64, what: &str, got: f64, expected: f64) -> Verification {
    Verification {
        ok: false,
        compared,
        error_kind: ErrorKind::MismatchFraction,
        max_error: 1.0,
        tolerance: 0.0,
        worst: Some(Worst {
            place: what.into(),
            got,
            expected,
        }),
    }
}

/// Bit for bit, but that a NaN is a NaN.
fn equal(reference: &Array, got: &Array, place: impl Fn(usize) -> String) -> Verification {
    let same = |i: &usize| {
        let is_nan = || got.is_float() && got.at(*i).is_nan() && reference.at(*i).is_nan();
        got.element(*i) == reference.element(*i) || is_nan()
    };
    // The usual case, at the speed of memory.
    let mut count = 0;
    let mut first = None;
    if reference.bytes != got.bytes {
        for i in (0..reference.len()).filter(|i| !same(i)) {
            count += 1;
            first = first.or(Some(i));
        }
    }
    let fraction = f64::from(count) / reference.len().max(1) as f64;
    Verification {
        ok: count == 0,
        compared: reference.len() as u64,
        error_kind: ErrorKind::MismatchFraction,
        max_error: fraction,
        tolerance: 0.0,
        worst: first.map(|i| Worst {
            place: place(i),
            got: got.at(i),
            expected: reference.at(i),
        }),
    }
}

/// Whole numbers that came of a GPU's floats: each near the other, or few that are not.
fn near_whole(reference: &Array, got: &Array, place: impl Fn(usize) -> String) -> Verification {
    let len = reference.len();
    // Of truth values none is near the other, and no small number near its neighbour.
    let error = |i: usize| {
        let (a, b) = (reference.at(i), got.at(i));
        (a - b).abs() / a.abs().max(b.abs()).max(1.0)
    };
    let all = (0..len).map(|i| (i, error(i)));
    let worst = all.clone().max_by(|a, b| a.1.total_cmp(&b.1));
    let worst = worst.filter(|(_, error)| *error > 0.0);
    let far = all.filter(|(_, error)| *error > NEAR_WHOLE).count();
    let most = worst.map_or(0.0, |(_, error)| error);
    let fraction = far as f64 / len.max(1) as f64;
    let (error_kind, max_error, tolerance) = match far {
        0 => (ErrorKind::Relative, most, NEAR_WHOLE),
        _ => (ErrorKind::MismatchFraction, fraction, RELAXED_WHOLE),
    };
    Verification {
        ok: max_error <= tolerance,
        compared: len as u64,
        error_kind,
        max_error,
        tolerance,
        worst: worst.map(|(i, _)| Worst {
            place: place(i),
            got: got.at(i),
            expected: reference.at(i),
        }),
    }
}

/// Within a tolerance of the greatest magnitude.
fn near(reference: &Array, got: &Array, place: impl Fn(usize) -> String) -> Verification {
    let len = reference.len();
    let finite = (0..len).map(|i| reference.at(i).abs()).filter(|v| v.is_finite());
    let scale = finite.fold(0.0, f64::max).max(f64::MIN_POSITIVE);
    let error = |i: usize| {
        let (a, b) = (reference.at(i), got.at(i));
        match () {
            _ if a == b || a.is_nan() && b.is_nan() => 0.0,
            // What overflows for f32 arithmetic in one order may not in another.
            _ if !a.is_finite() || !b.is_finite() => f64::INFINITY,
            _ => (a - b).abs() / scale,
        }
    };
    let worst = (0..len).map(|i| (i, error(i))).max_by(|a, b| a.1.total_cmp(&b.1));
    let most = worst.map_or(0.0, |(_, error)| error);
    Verification {
        ok: most <= RELAXED_FLOATS,
        compared: len as u64,
        error_kind: ErrorKind::Relative,
        max_error: most,
        tolerance: RELAXED_FLOATS,
        worst: worst.filter(|(_, error)| *error > 0.0).map(|(i, _)| Worst {
            place: place(i),
            got: got.at(i),
            expected: reference.at(i),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own() -> Own {
        Own::new(PythonProgram::of("", 1, Vec::new()))
    }

    fn floats(values: &[f32]) -> Output {
        Output::Arrays(vec![Array {
            dtype: "float32",
            shape: vec![values.len()],
            bytes: values.iter().flat_map(|v| v.to_le_bytes()).collect(),
        }])
    }

    fn ok(a: &Output, b: &Output, arithmetic: Arithmetic) -> bool {
        own().verify(a, b, arithmetic).ok
    }

    #[test]
    fn processors_agree_bit_for_bit_and_gpus_nearly() {
        let one = floats(&[1.0, 2.0, f32::NAN]);
        let other = floats(&[1.0, 2.000_000_2, f32::NAN]);
        assert!(ok(&one, &one, Arithmetic::Ieee));
        assert!(!ok(&one, &other, Arithmetic::Ieee));
        assert!(ok(&one, &other, Arithmetic::Relaxed));
        assert!(!ok(&one, &floats(&[1.0, 2.1, f32::NAN]), Arithmetic::Relaxed));
        assert!(!ok(&one, &floats(&[1.0, 2.0, 0.0]), Arithmetic::Relaxed));
        assert!(!ok(&floats(&[0.0]), &floats(&[-0.0]), Arithmetic::Ieee));
        assert!(ok(&floats(&[0.0]), &floats(&[-0.0]), Arithmetic::Relaxed));
    }

    fn whole(dtype: &'static str, values: &[i64]) -> Output {
        let width = if dtype == "bool" { 1 } else { 8 };
        let bytes = values.iter().flat_map(|v| v.to_le_bytes()[..width].to_vec());
        Output::Arrays(vec![Array {
            dtype,
            shape: vec![values.len()],
            bytes: bytes.collect(),
        }])
    }

    #[test]
    fn a_count_of_what_floats_decide_may_be_off_by_a_thousandth() {
        let count = |n| whole("int64", &[n]);
        assert!(ok(&count(3_142_070), &count(3_142_069), Arithmetic::Relaxed));
        assert!(ok(&count(-2_000), &count(-2_002), Arithmetic::Relaxed));
        assert!(!ok(&count(3_142_070), &count(3_138_900), Arithmetic::Relaxed));
        // Processors agree, as do all on what has no floats.
        assert!(!ok(&count(3_142_070), &count(3_142_069), Arithmetic::Ieee));
        let exact = |got| {
            own()
                .of_whole_numbers()
                .verify(&count(3_142_070), &count(got), Arithmetic::Relaxed)
        };
        assert!(exact(3_142_070).ok && !exact(3_142_069).ok);
        // Nothing is near a small number but itself.
        assert!(!ok(&count(500), &count(501), Arithmetic::Relaxed));
        assert!(!ok(&count(0), &count(1), Arithmetic::Relaxed));
        assert!(!ok(
            &whole("bool", &[1]),
            &whole("bool", &[0]),
            Arithmetic::Relaxed
        ));
    }

    #[test]
    fn one_of_a_hundred_whole_numbers_may_be_another() {
        let values = |off: usize| {
            let values: Vec<i64> = (0..100).map(|i| if i < off { 7 } else { 70_000 }).collect();
            whole("int64", &values)
        };
        let verify = |off| own().verify(&values(0), &values(off), Arithmetic::Relaxed);
        assert!(verify(0).ok && verify(0).worst.is_none());
        assert!(verify(1).ok && !verify(2).ok);
        let two = verify(2);
        assert_eq!(
            (two.error_kind, two.max_error),
            (ErrorKind::MismatchFraction, 0.02)
        );
        assert_eq!(two.worst.unwrap().got, 7.0);
        assert!(
            !own()
                .of_whole_numbers()
                .verify(&values(0), &values(1), Arithmetic::Relaxed)
                .ok
        );
    }

    #[test]
    fn any_nan_is_a_nan() {
        let other = f32::from_bits(0x7fc0_0001);
        assert!(ok(&floats(&[f32::NAN]), &floats(&[other]), Arithmetic::Ieee));
    }

    #[test]
    fn another_shape_type_or_number_of_outputs_is_wrong() {
        let one = floats(&[1.0, 2.0]);
        for other in [
            floats(&[1.0]),
            Output::Arrays(Vec::new()),
            Output::F32(vec![1.0, 2.0]),
            Output::Arrays(vec![Array {
                dtype: "uint32",
                shape: vec![2],
                bytes: vec![0; 8],
            }]),
            Output::Arrays(vec![Array {
                dtype: "float32",
                shape: vec![2, 1],
                bytes: [1.0f32, 2.0].iter().flat_map(|v| v.to_le_bytes()).collect(),
            }]),
        ] {
            assert!(!ok(&one, &other, Arithmetic::Ieee), "{other:?}");
            assert!(!ok(&one, &other, Arithmetic::Relaxed), "{other:?}");
        }
    }

    #[test]
    fn a_wrong_element_is_named_by_its_indices() {
        let array = |last| {
            Output::Arrays(vec![Array {
                dtype: "int64",
                shape: vec![2, 3],
                bytes: [1i64, 2, 3, 4, 5, last]
                    .iter()
                    .flat_map(|v| v.to_le_bytes())
                    .collect(),
            }])
        };
        let verification = own().verify(&array(6), &array(-6), Arithmetic::Ieee);
        let worst = verification.worst.unwrap();
        assert_eq!((worst.place.as_str(), worst.got), ("output 0, [1, 2]", -6.0));
    }
}

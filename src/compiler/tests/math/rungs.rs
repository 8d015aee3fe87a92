//! The same functions as kernels, for every argument of the table: each rung gives the bits that the columns give.

use parallax_compiler::types::Scalar::{self, F32, F64};
use parallax_compiler::{ArrayValue, Request, Value, interpret, prepare};

use crate::runner;
use crate::{BOUNDS, bits, call, column, is_wanted, program, table};

fn array(of: Scalar, bits: &[u64]) -> Value {
    let bytes = of.bytes() as usize;
    Value::Array(ArrayValue {
        of,
        shape: vec![bits.len()],
        bytes: bits
            .iter()
            .flat_map(|bits| bits.to_le_bytes().into_iter().take(bytes))
            .collect(),
    })
}

/// The bits of the array that a kernel has filled, a NaN being a NaN.
fn filled(of: Scalar, value: Option<&Value>) -> Vec<u64> {
    let Some(Value::Array(array)) = value else {
        panic!("{value:?}");
    };
    (0..array.len())
        .map(|at| plain(of, array.bits(at).unwrap()))
        .collect()
}

fn plain(of: Scalar, bits: u64) -> u64 {
    match of {
        F32 if f32::from_bits(bits as u32).is_nan() => f32::NAN.to_bits().into(),
        F64 if f64::from_bits(bits).is_nan() => f64::NAN.to_bits(),
        _ => bits,
    }
}

#[test]
fn every_rung_gives_the_same_bits() {
    let mut wrong = Vec::new();
    for rows in table() {
        let (function, name, arity, ..) = *BOUNDS.iter().find(|row| row.1 == rows.name).unwrap();
        if !is_wanted(name) {
            continue;
        }
        let (takes, given) = match arity {
            1 => ("x", "x[i]"),
            _ => ("x, y", "x[i], y[i]"),
        };
        let text = format!(
            "import math\nfrom numba import njit, prange\n\n@njit(parallel=True)\ndef kernel({takes}, out):\n    \
             for i in prange(out.shape[0]):\n        out[i] = math.{name}({given})\n"
        );
        let count = rows.results.len();
        let columns: Vec<_> = rows.arguments.iter().map(|bits| column(rows.of, bits)).collect();
        let expected = bits(&call(&program(function, rows.of, arity), columns, count));
        let expected: Vec<u64> = expected.into_iter().map(|bits| plain(rows.of, bits)).collect();
        let mut arguments: Vec<Value> = rows.arguments.iter().map(|bits| array(rows.of, bits)).collect();
        arguments.push(array(rows.of, &vec![0; count]));
        let request = Request {
            arguments: Some(arguments),
            ..Request::default()
        };
        let prepared = match prepare(&text, &request, &|| false) {
            Ok(prepared) => prepared,
            Err(failed) => panic!("{}", failed.render(&text)),
        };
        let mut machine = prepared.machine(interpret::Options::default()).unwrap();
        assert!(matches!(machine.run(u64::MAX), Ok(interpret::State::Done)));
        let mut check = |rung: String, got: Vec<u64>| {
            if let Some(at) = got.iter().zip(&expected).position(|(a, b)| a != b) {
                let at: Vec<u64> = rows.arguments.iter().map(|all| all[at]).collect();
                wrong.push(format!("{name} {} {rung}: {at:x?}", rows.of));
            }
        };
        check("interpreter".into(), filled(rows.of, machine.arguments().last()));
        for target in runner::TARGETS {
            let ran = runner::run(&prepared.program, target, &prepared.arguments, 7);
            assert!(ran.failed.is_none(), "{name} {target:?} {:?}", ran.failed);
            check(format!("{target:?}"), filled(rows.of, ran.arguments.last()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

//! What the expanded functions give, against exact results by mpmath (`oracle/math_table.py`), and `float32`
//! functions, for every so-manieth number there is, against the system's functions of `float64`.
#![cfg(not(target_arch = "wasm32"))]

mod eval;

use std::rc::Rc;

use eval::{Column, Machine};
use parallax_compiler::expand::expand;
use parallax_compiler::ir::{Expr, ExprKind, Local, LocalInfo, Math, Param, Program, Stmt};
use parallax_compiler::types::Scalar::{self, F32, F64};

/// The function's name in the table, how many it takes, and the error that it has at most, in units in the last place, as
/// `float64` and as `float32`.
const BOUNDS: [(Math, &str, usize, f64, f64); 27] = [
    (Math::Sin, "sin", 1, 1.5, 1.5),
    (Math::Cos, "cos", 1, 1.5, 1.5),
    (Math::Tan, "tan", 1, 1.5, 1.5),
    (Math::Asin, "asin", 1, 1.5, 1.5),
    (Math::Acos, "acos", 1, 1.5, 1.5),
    (Math::Atan, "atan", 1, 1.5, 1.5),
    (Math::Atan2, "atan2", 2, 1.5, 1.5),
    (Math::Sinh, "sinh", 1, 1.5, 1.5),
    (Math::Cosh, "cosh", 1, 1.5, 1.5),
    (Math::Tanh, "tanh", 1, 1.5, 1.5),
    (Math::Asinh, "asinh", 1, 1.5, 1.5),
    (Math::Acosh, "acosh", 1, 1.5, 1.5),
    (Math::Atanh, "atanh", 1, 1.5, 1.5),
    (Math::Exp, "exp", 1, 1.5, 1.5),
    (Math::Exp2, "exp2", 1, 1.5, 1.5),
    (Math::Expm1, "expm1", 1, 1.5, 1.5),
    (Math::Log, "log", 1, 1.5, 1.5),
    (Math::Log2, "log2", 1, 1.5, 1.5),
    (Math::Log10, "log10", 1, 1.5, 1.5),
    (Math::Log1p, "log1p", 1, 1.5, 1.5),
    (Math::Pow, "pow", 2, 1.5, 1.5),
    (Math::Hypot, "hypot", 2, 1.5, 1.5),
    (Math::Cbrt, "cbrt", 1, 1.5, 1.5),
    (Math::Erf, "erf", 1, 1.5, 1.5),
    (Math::Erfc, "erfc", 1, 1.5, 1.5),
    (Math::Gamma, "gamma", 1, 10.0, 1.5),
    (Math::Lgamma, "lgamma", 1, 10.0, 1.5),
];

/// A program that calls one function.
fn program(function: Math, of: Scalar, arity: usize) -> Program {
    let local = |name: &str| LocalInfo {
        name: name.to_owned(),
        of,
    };
    let arguments = (0..arity as u32).map(|i| Expr {
        kind: ExprKind::Local(Local(i)),
        of,
    });
    let mut program = Program {
        params: (0..arity as u32).map(|i| Param::Scalar(Local(i))).collect(),
        locals: vec![local("x"), local("y"), local("result")],
        body: vec![Stmt::Set(
            Local(2),
            Expr {
                kind: ExprKind::Math(function, arguments.collect()),
                of,
            },
        )],
        results: vec![Param::Scalar(Local(2))],
        ..Program::default()
    };
    expand(&mut program);
    program
}

/// Its results for columns of arguments.
fn call(program: &Program, arguments: Vec<Column>, count: usize) -> Rc<Column> {
    let [Stmt::Set(_, expr)] = &program.body[..] else {
        panic!("one statement");
    };
    let mut locals: Vec<_> = arguments
        .into_iter()
        .map(|column| Some(Rc::new(column)))
        .collect();
    locals.resize(program.locals.len(), None);
    let mut machine = Machine {
        program,
        locals,
        count,
        operations: 0,
    };
    machine.eval(expr)
}

fn column(of: Scalar, bits: &[u64]) -> Column {
    match of {
        F32 => Column::F32(bits.iter().map(|bits| f32::from_bits(*bits as u32)).collect()),
        _ => Column::F64(bits.iter().map(|bits| f64::from_bits(*bits)).collect()),
    }
}

fn bits(column: &Column) -> Vec<u64> {
    match column {
        Column::F32(all) => all.iter().map(|value| value.to_bits().into()).collect(),
        Column::F64(all) => all.iter().map(|value| value.to_bits()).collect(),
        other => panic!("{other:?}"),
    }
}

/// Floats' places among all floats of their type. Both zeros are 0.
fn ordinal(of: Scalar, bits: u64) -> i64 {
    let sign = match of {
        F32 => 1 << 31,
        _ => 1 << 63,
    };
    let magnitude = (bits & (sign - 1)) as i64;
    if bits & sign == 0 { magnitude } else { -magnitude }
}

fn is_nan(of: Scalar, bits: u64) -> bool {
    match of {
        F32 => f32::from_bits(bits as u32).is_nan(),
        _ => f64::from_bits(bits).is_nan(),
    }
}

fn value(of: Scalar, bits: u64) -> f64 {
    match of {
        F32 => f32::from_bits(bits as u32).into(),
        _ => f64::from_bits(bits),
    }
}

struct Rows {
    name: String,
    of: Scalar,
    arguments: Vec<Vec<u64>>,
    results: Vec<u64>,
    off: Vec<f64>,
}

fn table() -> Vec<Rows> {
    let mut rest: &[u8] = include_bytes!("../oracle/math.bin");
    let mut all = Vec::new();
    let word = |bytes: &[u8]| bytes.iter().rev().fold(0, |n, b| n << 8 | u64::from(*b));
    while !rest.is_empty() {
        let (head, body) = rest.split_at(12);
        let name = String::from_utf8_lossy(&head[..8])
            .trim_end_matches('\0')
            .to_owned();
        let (size, arity, count) = (
            usize::from(head[8]),
            usize::from(head[9]),
            word(&head[10..]) as usize,
        );
        let (words, body) = body.split_at(count * size * (arity + 1));
        let (off, body) = body.split_at(count * 2);
        let mut columns: Vec<Vec<u64>> = words
            .chunks(count * size)
            .map(|column| column.chunks(size).map(word).collect())
            .collect();
        all.push(Rows {
            name,
            of: if size == 4 { F32 } else { F64 },
            results: columns.pop().unwrap(),
            arguments: columns,
            off: off
                .chunks(2)
                .map(|off| f64::from(word(off) as i16) / 65536.0)
                .collect(),
        });
        rest = body;
    }
    all
}

/// The greatest error, and the row.
fn worst(program: &Program, rows: &Rows) -> (f64, usize) {
    let arguments = rows.arguments.iter().map(|bits| column(rows.of, bits)).collect();
    let got = bits(&call(program, arguments, rows.results.len()));
    let mut worst = (0.0, 0);
    for (row, got) in got.into_iter().enumerate() {
        let distance = (ordinal(rows.of, got) - ordinal(rows.of, rows.results[row])) as f64;
        let error = match is_nan(rows.of, got) {
            true => f64::INFINITY,
            false => (distance - rows.off[row]).abs(),
        };
        if error > worst.0 {
            worst = (error, row);
        }
    }
    worst
}

#[test]
fn results_are_as_near_to_the_exact_ones_as_is_said() {
    let table = table();
    let mut faults = Vec::new();
    let wanted = std::env::var("MATH").ok();
    for (function, name, arity, bound64, bound32) in BOUNDS {
        if wanted
            .as_ref()
            .is_some_and(|wanted| !wanted.split(',').any(|one| one == name))
        {
            continue;
        }
        for (of, bound) in [(F64, bound64), (F32, bound32)] {
            let rows = table
                .iter()
                .find(|rows| rows.name == name && rows.of == of)
                .unwrap();
            assert_eq!(rows.arguments.len(), arity);
            let (error, row) = worst(&program(function, of, arity), rows);
            let at: Vec<f64> = rows.arguments.iter().map(|bits| value(of, bits[row])).collect();
            println!(
                "{name:8} {of} {error:6.3} ULP of {bound}, at {at:?} -> {:e}",
                value(of, rows.results[row])
            );
            if error > bound {
                faults.push(format!("{name} {of}: {error} at {at:?}"));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

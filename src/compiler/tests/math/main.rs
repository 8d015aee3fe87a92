//! What the expanded functions give, against exact results by mpmath (`oracle/math_table.py`), and `float32`
//! functions, for every so-manieth number there is, against the system's functions of `float64`.
#![cfg(not(target_arch = "wasm32"))]

mod eval;
mod places;
mod rungs;
#[path = "../wasm/runner.rs"]
#[allow(dead_code)]
mod runner;

use std::rc::Rc;

use eval::{Column, Machine};
use parallax_compiler::expand::expand;
use parallax_compiler::ir::{Expr, ExprKind, Local, LocalInfo, Math, Param, Program, Stmt};
use parallax_compiler::types::Scalar::{self, F32, F64};

/// The function's name in the table, how many it takes, and the error that it has at most, in units in the last
/// place, as `float64` and as `float32`.
const BOUNDS: [(Math, &str, usize, f64, f64); 27] = [
    (Math::Sin, "sin", 1, 0.75, 1.0),
    (Math::Cos, "cos", 1, 0.75, 1.0),
    (Math::Tan, "tan", 1, 0.85, 0.51),
    (Math::Asin, "asin", 1, 1.1, 0.51),
    (Math::Acos, "acos", 1, 0.8, 0.51),
    (Math::Atan, "atan", 1, 0.8, 0.51),
    (Math::Atan2, "atan2", 2, 0.95, 0.51),
    (Math::Sinh, "sinh", 1, 0.65, 0.51),
    (Math::Cosh, "cosh", 1, 0.6, 0.51),
    (Math::Tanh, "tanh", 1, 1.15, 1.35),
    (Math::Asinh, "asinh", 1, 1.05, 0.51),
    (Math::Acosh, "acosh", 1, 1.05, 0.51),
    (Math::Atanh, "atanh", 1, 0.55, 0.51),
    (Math::Exp, "exp", 1, 0.9, 1.05),
    (Math::Exp2, "exp2", 1, 0.85, 1.15),
    (Math::Expm1, "expm1", 1, 0.75, 1.25),
    (Math::Log, "log", 1, 0.85, 0.9),
    (Math::Log2, "log2", 1, 0.55, 0.51),
    (Math::Log10, "log10", 1, 0.55, 0.51),
    (Math::Log1p, "log1p", 1, 0.8, 0.9),
    (Math::Pow, "pow", 2, 0.85, 0.6),
    (Math::Hypot, "hypot", 2, 0.55, 0.51),
    (Math::Cbrt, "cbrt", 1, 0.7, 0.51),
    (Math::Erf, "erf", 1, 0.8, 0.51),
    (Math::Erfc, "erfc", 1, 1.5, 0.51),
    (Math::Gamma, "gamma", 1, 10.0, 0.51),
    (Math::Lgamma, "lgamma", 1, 5.0, 0.51),
];

/// A program that calls one function.
fn program(function: Math, of: Scalar, arity: usize) -> Program {
    let local = |name: &str| LocalInfo {
        name: name.to_owned(),
        of,
    };
    let arguments = (0..arity as u32).map(|i| Expr::new(ExprKind::Local(Local(i)), of));
    let mut program = Program {
        params: (0..arity as u32).map(|i| Param::Scalar(Local(i))).collect(),
        locals: vec![local("x"), local("y"), local("result")],
        body: vec![Stmt::Set(
            Local(2),
            Expr::new(ExprKind::Math(function, arguments.collect()), of),
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
    let larger = std::env::var("MATH_TABLE")
        .ok()
        .map(|path| std::fs::read(path).unwrap());
    let mut rest: &[u8] = larger.as_deref().unwrap_or(include_bytes!("../oracle/math.bin"));
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

/// How far a result is from the exact one, in units in the last place of the rounded one. A logarithm of the gamma
/// function may be near one of its zeros below zero by cancellation: those are units of 1 at least.
fn error(name: &str, of: Scalar, got: u64, rounded: u64, off: f64, negative: bool) -> f64 {
    if is_nan(of, got) || is_nan(of, rounded) {
        return if is_nan(of, got) == is_nan(of, rounded) {
            0.0
        } else {
            f64::INFINITY
        };
    }
    let (got, rounded) = (ordinal(of, got), ordinal(of, rounded));
    let one = ordinal(
        of,
        if of == F32 {
            1.0_f32.to_bits().into()
        } else {
            1.0_f64.to_bits()
        },
    );
    if name == "lgamma" && negative && of == F64 && rounded.abs() < one {
        let number = |ordinal: i64| f64::from_bits(ordinal.unsigned_abs()).copysign(ordinal as f64);
        return (number(got) - number(rounded)).abs() / f64::EPSILON;
    }
    ((i128::from(got) - i128::from(rounded)) as f64 - off).abs()
}

/// The greatest error, and the row.
fn worst(program: &Program, rows: &Rows) -> (f64, usize) {
    let arguments = rows.arguments.iter().map(|bits| column(rows.of, bits)).collect();
    let got = bits(&call(program, arguments, rows.results.len()));
    let mut worst = (0.0, 0);
    for (row, got) in got.into_iter().enumerate() {
        let negative = value(rows.of, rows.arguments[0][row]) < 0.0;
        let error = error(
            &rows.name,
            rows.of,
            got,
            rows.results[row],
            rows.off[row],
            negative,
        );
        if error > worst.0 {
            worst = (error, row);
        }
    }
    worst
}

/// Functions named in the environment's `MATH`, or all of them.
fn is_wanted(name: &str) -> bool {
    std::env::var("MATH").map_or(true, |wanted| wanted.split(',').any(|one| one == name))
}

#[test]
fn results_are_as_near_to_the_exact_ones_as_is_said() {
    let table = table();
    let mut faults = Vec::new();
    for (function, name, arity, bound64, bound32) in BOUNDS {
        if !is_wanted(name) {
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

/// The system's function of `float64`, where the standard library has it.
fn reference(function: Math) -> Option<fn(f64) -> f64> {
    Some(match function {
        Math::Sin => f64::sin,
        Math::Cos => f64::cos,
        Math::Tan => f64::tan,
        Math::Asin => f64::asin,
        Math::Acos => f64::acos,
        Math::Atan => f64::atan,
        Math::Sinh => f64::sinh,
        Math::Cosh => f64::cosh,
        Math::Tanh => f64::tanh,
        Math::Asinh => f64::asinh,
        Math::Acosh => f64::acosh,
        Math::Atanh => f64::atanh,
        Math::Exp => f64::exp,
        Math::Exp2 => f64::exp2,
        Math::Expm1 => f64::exp_m1,
        Math::Log => f64::ln,
        Math::Log2 => f64::log2,
        Math::Log10 => f64::log10,
        Math::Log1p => f64::ln_1p,
        Math::Cbrt => f64::cbrt,
        _ => return None,
    })
}

/// How far a `float32` is from a number, in units in the last place of the number's nearest.
fn error_of_float32(got: f32, exact: f64) -> f64 {
    let nearest = exact as f32;
    if got.to_bits() == nearest.to_bits() && !nearest.is_normal() {
        return 0.0;
    }
    if got.is_nan() || nearest.is_nan() {
        return if got.is_nan() == nearest.is_nan() {
            0.0
        } else {
            f64::INFINITY
        };
    }
    if nearest.is_infinite() || got.is_infinite() || nearest == 0.0 {
        return if got == nearest && got.is_sign_negative() == nearest.is_sign_negative() {
            0.0
        } else {
            1.0
        };
    }
    let unit = f64::from(f32::from_bits(
        (nearest.abs().to_bits() & 0x7f80_0000).max(0x0080_0000),
    )) * 2.0_f64.powi(-23);
    (f64::from(got) - exact).abs() / unit
}

/// `MATH_STEP=1 MATH=exp cargo test --test math every -- --nocapture` takes all numbers there are.
#[test]
fn every_so_manieth_float32_is_as_near_to_the_systems_float64_as_is_said() {
    let step = std::env::var("MATH_STEP")
        .ok()
        .and_then(|step| step.parse().ok())
        .unwrap_or(20_011);
    let mut faults = Vec::new();
    for (function, name, arity, _, bound) in BOUNDS {
        let Some(exact) = reference(function) else {
            continue;
        };
        if !is_wanted(name) {
            continue;
        }
        let program = program(function, F32, arity);
        let (mut worst, mut at) = (0.0, 0.0);
        let mut all = (0..=u32::MAX).step_by(step).map(f32::from_bits).peekable();
        while all.peek().is_some() {
            let arguments: Vec<f32> = all.by_ref().take(1024).collect();
            let results = call(&program, vec![Column::F32(arguments.clone())], arguments.len());
            let Column::F32(results) = &*results else {
                panic!("{name}");
            };
            for (x, got) in arguments.into_iter().zip(results) {
                let error = error_of_float32(*got, exact(x.into()));
                if error > worst {
                    (worst, at) = (error, x);
                }
            }
        }
        println!("{name:8} {worst:6.3} ULP of {bound}, at {at:e}");
        if worst > bound {
            faults.push(format!("{name}: {worst} at {at:e}"));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

const SPECIAL: [f64; 26] = [
    0.0,
    1.0,
    f64::INFINITY,
    f64::NAN,
    2.0,
    0.5,
    3.0,
    2.5,
    1e30,
    1e-30,
    1e300,
    1e-300,
    5e-324,
    1e-310,
    f64::MAX,
    f64::MIN_POSITIVE,
    9_007_199_254_740_991.0,
    9_007_199_254_740_993.0,
    171.0,
    172.0,
    745.5,
    710.5,
    16_777_217.0,
    1.000_000_1,
    0.999_999_9,
    1e20,
];

fn special(of: Scalar) -> Vec<f64> {
    let both = SPECIAL.iter().flat_map(|x| [*x, -*x]);
    both.map(|x| if of == F32 { f64::from(x as f32) } else { x })
        .collect()
}

fn check_special(
    name: &str,
    of: Scalar,
    arguments: &[f64],
    got: u64,
    expected: f64,
    faults: &mut Vec<String>,
) {
    let expected = match of {
        F32 => u64::from((expected as f32).to_bits()),
        _ => expected.to_bits(),
    };
    let sign = if of == F32 { 31 } else { 63 };
    let near = error(name, of, got, expected, 0.0, false) <= 1.0
        && (is_nan(of, got) || got >> sign == expected >> sign);
    let exact = value(of, expected);
    if !near
        || (!exact.is_normal()
            && !is_nan(of, got)
            && (exact == 0.0 || exact.is_infinite())
            && got != expected)
    {
        faults.push(format!(
            "{name}{arguments:?} {of}: {:e}, not {exact:e}",
            value(of, got)
        ));
    }
}

fn column_of(of: Scalar, values: &[f64]) -> Column {
    match of {
        F32 => Column::F32(values.iter().map(|x| *x as f32).collect()),
        _ => Column::F64(values.to_vec()),
    }
}

#[test]
fn special_values_are_those_of_c() {
    let mut faults = Vec::new();
    for of in [F64, F32] {
        let all = special(of);
        for (function, name, arity, ..) in BOUNDS {
            let program = program(function, of, arity);
            if let Some(exact) = reference(function) {
                let got = bits(&call(&program, vec![column_of(of, &all)], all.len()));
                for (x, got) in all.iter().zip(got) {
                    // The standard library's own are not so exact.
                    let is_own = matches!(function, Math::Asinh | Math::Acosh | Math::Atanh);
                    if is_own && *x != 0.0 && value(of, got).is_finite() {
                        continue;
                    }
                    check_special(name, of, &[*x], got, exact(*x), &mut faults);
                }
            }
            let exact: fn(f64, f64) -> f64 = match function {
                Math::Pow => f64::powf,
                Math::Atan2 => f64::atan2,
                Math::Hypot => f64::hypot,
                _ => continue,
            };
            let pairs: Vec<(f64, f64)> = all.iter().flat_map(|x| all.iter().map(|y| (*x, *y))).collect();
            let (xs, ys): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
            let got = bits(&call(
                &program,
                vec![column_of(of, &xs), column_of(of, &ys)],
                pairs.len(),
            ));
            for ((x, y), got) in pairs.into_iter().zip(got) {
                check_special(name, of, &[x, y], got, exact(x, y), &mut faults);
            }
        }
        let (inf, nan) = (f64::INFINITY, f64::NAN);
        type Row<'a> = (Math, &'a str, &'a [(f64, f64)]);
        let rows: [Row; 4] = [
            (
                Math::Erf,
                "erf",
                &[
                    (0.0, 0.0),
                    (-0.0, -0.0),
                    (inf, 1.0),
                    (-inf, -1.0),
                    (nan, nan),
                    (1e30, 1.0),
                ],
            ),
            (
                Math::Erfc,
                "erfc",
                &[
                    (0.0, 1.0),
                    (-0.0, 1.0),
                    (inf, 0.0),
                    (-inf, 2.0),
                    (nan, nan),
                    (1e30, 0.0),
                ],
            ),
            (
                Math::Gamma,
                "gamma",
                // C99 as CPython's and Numba's math.gamma have it.
                &[
                    (0.0, inf),
                    (-0.0, -inf),
                    (inf, inf),
                    (-inf, nan),
                    (nan, nan),
                    (-1.0, nan),
                    (-2.0, nan),
                    (-1e30, nan),
                    (172.0, inf),
                    (1e30, inf),
                    (1.0, 1.0),
                    (2.0, 1.0),
                    (5.0, 24.0),
                    (-190.5, -0.0),
                    (-191.5, 0.0),
                    (-2000.5, -0.0),
                    (-2001.5, 0.0),
                ],
            ),
            (
                Math::Lgamma,
                "lgamma",
                &[
                    (0.0, inf),
                    (-0.0, inf),
                    (inf, inf),
                    (-inf, inf),
                    (nan, nan),
                    (-1.0, inf),
                    (-2.0, inf),
                    (-1e30, inf),
                    (1.0, 0.0),
                    (2.0, 0.0),
                ],
            ),
        ];
        for (function, name, rows) in rows {
            let program = program(function, of, 1);
            let xs: Vec<f64> = rows.iter().map(|(x, _)| *x).collect();
            let got = bits(&call(&program, vec![column_of(of, &xs)], xs.len()));
            for ((x, expected), got) in rows.iter().zip(got) {
                check_special(name, of, &[*x], got, *expected, &mut faults);
            }
        }
    }
    assert!(
        faults.is_empty(),
        "{} {:#?}",
        faults.len(),
        &faults[..faults.len().min(60)]
    );
}

#[test]
fn operations_of_usual_arguments_are_few() {
    // A guard against a careless change: what vectors do for arguments that are not rare.
    for (function, name, arity, ..) in BOUNDS {
        let mut counts = Vec::new();
        for of in [F32, F64] {
            let program = program(function, of, arity);
            let [Stmt::Set(_, expr)] = &program.body[..] else {
                panic!("one statement");
            };
            let x = if function == Math::Acosh { 1.7 } else { 0.7 };
            let mut machine = Machine {
                program: &program,
                locals: vec![None; program.locals.len()],
                count: 1,
                operations: 0,
            };
            machine.locals[0] = Some(Rc::new(column_of(of, &[x])));
            machine.locals[1] = Some(Rc::new(column_of(of, &[0.4])));
            machine.eval(expr);
            counts.push(machine.operations);
        }
        println!("{name:8} {counts:?}");
        assert!(counts.iter().all(|count| *count < 260), "{name} {counts:?}");
    }
}

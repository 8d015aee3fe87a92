//! Parallel loops: what is combined and how, which error is told, and what gets in each other's way.

use super::*;
use crate::types::Layout;
use crate::validate::built::{add, binary, compare, convert, divide};

/// Values whose sum depends on its order.
fn value(i: u64) -> f64 {
    (i as f64 * 0.7).sin() * 10f64.powi((i % 13) as i32)
}

/// The essay of `ir`, read once more: lanes of leaves, lanes by halving, leaves from first to last.
fn tree(n: u64, start: f64, neutral: f64, op: impl Fn(f64, f64) -> f64, of: impl Fn(u64) -> f64) -> f64 {
    let per_leaf = (8 * n.div_ceil(2048)).max(8);
    let mut total = None;
    let mut first = 0;
    while first < n {
        let last = (first + per_leaf).min(n);
        let mut l = [neutral; 8];
        for i in first..last {
            l[(i % 8) as usize] = op(l[(i % 8) as usize], of(i));
        }
        let even = op(op(l[0], l[4]), op(l[2], l[6]));
        let leaf = op(even, op(op(l[1], l[5]), op(l[3], l[7])));
        total = Some(total.map_or(leaf, |total| op(total, leaf)));
        first = last;
    }
    total.map_or(start, |total| op(start, total))
}

fn run_in(built: Program, given: Vec<Value>, order: Order, shadow: bool) -> Result<Machine, Failed> {
    let options = Options {
        order,
        shadow,
        ..Options::default()
    };
    ran_as(Built(built), given, options)
}

#[test]
fn sums_and_products_are_of_the_fixed_tree_in_every_order() {
    let mut differs = false;
    for n in [0, 1, 7, 8, 9, 63, 100, 2048, 2049, 5000] {
        let values: Vec<f64> = (0..n).map(value).collect();
        let mut built = Built::default();
        let a = built.array_param("a", Scalar::F64, 1);
        let (i, sum) = (built.local("i", Scalar::I64), built.result("sum", Scalar::F64));
        let (product, least) = (
            built.result("product", Scalar::F64),
            built.result("least", Scalar::F64),
        );
        for (local, before) in [(sum, 0.5), (product, 3.0), (least, 0.0)] {
            built.set(local, Expr::float(before));
        }
        let get = built.get(i);
        let element = built.load(a, vec![get]);
        let ratio = binary(
            Binary::Add,
            Expr::float(1.0),
            binary(Binary::Mul, element.clone(), Expr::float(1e-13)),
        );
        let site = built.site(Failure::Division);
        let body = vec![
            Stmt::Set(sum, binary(Binary::Sub, built.get(sum), element.clone())),
            Stmt::Set(
                product,
                divide(Divide::True, built.get(product), ratio, Some(site)),
            ),
            Stmt::Set(least, binary(Binary::Min, element, built.get(least))),
        ];
        let reductions = [
            (sum, Reduce::Sum),
            (product, Reduce::Product),
            (least, Reduce::Least),
        ];
        let reductions = reductions.map(|(local, op)| Reduction { local, op });
        let looped = built.prange(i, int(n as i64), body, reductions.to_vec());
        built.push(looped);
        // `-=` begins with a neutral 0, `/=` with a neutral 1, and lanes are added and multiplied.
        let sum = tree(n, 0.5, -0.0, |a, b| a + b, |i| -value(i));
        let serial = (0..n).fold(0.5, |sum, i| sum - value(i));
        differs |= sum != serial;
        let by_lane = |n| {
            let per_leaf = (8 * u64::div_ceil(n, 2048)).max(8);
            let mut total: Option<f64> = None;
            for first in (0..n).step_by(per_leaf as usize) {
                let mut l = [1.0; 8];
                for i in first..(first + per_leaf).min(n) {
                    l[(i % 8) as usize] /= 1.0 + value(i) * 1e-13;
                }
                let leaf = ((l[0] * l[4]) * (l[2] * l[6])) * ((l[1] * l[5]) * (l[3] * l[7]));
                total = Some(total.map_or(leaf, |total| total * leaf));
            }
            total.map_or(3.0, |total| 3.0 * total)
        };
        let least = (0..n).map(value).fold(0.0, f64::min);
        let expected = [sum, by_lane(n), least].map(Value::float);
        for order in all_orders() {
            let given = vec![floats(&[n as usize], &values)];
            let machine = run_in(built.0.clone(), given, order, true).unwrap();
            assert_eq!(machine.results().unwrap(), expected, "{n} {order:?}");
        }
    }
    assert!(differs, "the values tell orders apart");
}

#[test]
fn whole_numbers_are_combined_by_every_operation() {
    let n = 77;
    let of = |i: i64| i.wrapping_mul(0x9e37_79b9_7f4a_7c15u64 as i64) >> 3;
    let all = || (0..n).map(of);
    for (op, before, expected) in [
        (Reduce::Sum, 5, all().fold(5, i64::wrapping_add)),
        (
            Reduce::Product,
            3,
            all().map(|x| x | 1).fold(3, i64::wrapping_mul),
        ),
        (Reduce::Least, i64::MAX, all().min().unwrap()),
        (Reduce::Greatest, i64::MIN, all().max().unwrap()),
        (Reduce::And, -1, all().map(|x| x | 1).fold(-1, |a, b| a & b)),
        (Reduce::Or, 0, all().fold(0, |a, b| a | b)),
        (Reduce::Xor, 9, all().fold(9, |a, b| a ^ b)),
    ] {
        let mut built = Built::default();
        let (i, x) = (built.local("i", Scalar::I64), built.result("x", Scalar::I64));
        built.set(x, int(before));
        let mixed = binary(Binary::Mul, built.get(i), int(0x9e37_79b9_7f4a_7c15u64 as i64));
        let mut mixed = binary(Binary::ShiftRight, mixed, int(3));
        if matches!(op, Reduce::Product | Reduce::And) {
            mixed = binary(Binary::Or, mixed, int(1));
        }
        let body = vec![Stmt::Set(x, binary(op.binary(), built.get(x), mixed))];
        let looped = built.prange(i, int(n), body, vec![Reduction { local: x, op }]);
        built.push(looped);
        for order in all_orders() {
            let machine = run_in(built.0.clone(), Vec::new(), order, false).unwrap();
            assert_eq!(
                machine.results().unwrap(),
                [Value::int(expected)],
                "{op:?} {order:?}"
            );
        }
    }
}

#[test]
fn neutral_values_change_nothing() {
    for of in Scalar::ALL {
        for op in [
            Reduce::Sum,
            Reduce::Product,
            Reduce::Least,
            Reduce::Greatest,
            Reduce::And,
            Reduce::Or,
            Reduce::Xor,
        ] {
            let neutral = Boxed::new(of, op.neutral(of));
            let ones = if of == Scalar::Bool {
                1
            } else {
                u64::MAX >> (64 - 8 * of.bytes())
            };
            let sign = if of == Scalar::Bool {
                0
            } else {
                1 << (8 * of.bytes() - 1)
            };
            for bits in [0, 1, ones, sign, ones >> 1].map(|bits| bits & ones) {
                let value = Boxed::new(of, bits);
                let Some(given) = boxed::binary(op.binary(), neutral, value) else {
                    continue;
                };
                let is_nan = |value: Boxed| value != value;
                assert!(
                    given.bits() == bits || is_nan(given) && is_nan(value),
                    "{op:?} {of} {bits:x}"
                );
            }
        }
    }
}

#[test]
fn the_error_of_the_smallest_iteration_is_told_in_every_order() {
    // 100 // ((i - 40) * (i - 90)) fails at 40 and at 90.
    let mut built = Built::default();
    let a = built.array_param("a", Scalar::I64, 1);
    let i = built.local("i", Scalar::I64);
    let site = built.site(Failure::Division);
    let minus = |n| binary(Binary::Sub, built.get(i), int(n));
    let quotient = divide(
        Divide::Floor,
        int(100),
        binary(Binary::Mul, minus(40), minus(90)),
        Some(site),
    );
    let index = built.get(i);
    let store = built.store(a, vec![index], quotient);
    let looped = built.prange(i, int(100), vec![store], vec![]);
    built.push(looped);
    for order in all_orders() {
        let failed = run_in(built.0.clone(), vec![ints(&[0; 100])], order, false).unwrap_err();
        let expected = Failed {
            what: What::Division,
            span: Some(Span::new(0, 5)),
            iteration: Some(40),
        };
        assert_eq!(failed, expected, "{order:?}");
        assert_eq!(
            failed.to_string(),
            "ZeroDivisionError: division by zero, in iteration 40 of the parallel loop"
        );
    }
}

/// `for i in prange(50): a[first(i)] = a[second(i)]`, after a loop that writes all of `a`.
fn racing(first: impl Fn(Expr) -> Expr, second: impl Fn(Expr) -> Expr) -> Program {
    let mut built = Built::default();
    let a = built.array_param("a", Scalar::I64, 1);
    let i = built.local("i", Scalar::I64);
    let index = built.get(i);
    let load = built.load(a, vec![second(index.clone())]);
    let store = built.store(a, vec![first(index.clone())], load);
    let fill = built.store(a, vec![add(index, int(50))], int(1));
    let before = built.prange(i, int(50), vec![fill], vec![]);
    built.push(before);
    let looped = built.prange(i, int(50), vec![store], vec![]);
    built.push(looped);
    built.0
}

fn race_of(program: Program, order: Order) -> Option<Race> {
    match run_in(program, vec![ints(&[0; 100])], order, true) {
        Ok(_) => None,
        Err(failed) => match failed.what {
            What::Race(race) => Some(*race),
            other => panic!("{other:?}"),
        },
    }
}

#[test]
fn races_are_found_in_every_order() {
    let same: fn(Expr) -> Expr = |i| i;
    let next: fn(Expr) -> Expr = |i| add(i, int(1));
    let zero: fn(Expr) -> Expr = |_| int(0);
    let far: fn(Expr) -> Expr = |i| add(i, int(50));
    let end: fn(Expr) -> Expr = |i| binary(Binary::Sub, int(-1), i);
    for order in all_orders() {
        for (first, second, races) in [
            (same, same, false),
            (same, far, false),
            // The last reads what the first loop wrote, which is over.
            (far, same, false),
            (same, end, false),
            (same, next, true),
            (next, same, true),
            (zero, far, true),
            (same, zero, true),
            (far, zero, false),
        ] {
            let race = race_of(racing(first, second), order);
            assert_eq!(race.is_some(), races, "{order:?} {race:?}");
            if let Some(race) = race {
                assert_ne!(race.first.iteration, race.second.iteration);
                assert!(race.first.writes || race.second.writes);
            }
        }
    }
    // Without a shadow nobody looks.
    assert!(run_in(racing(same, next), vec![ints(&[0; 100])], Order::Natural, false).is_ok());
}

#[test]
fn a_race_names_both_sides() {
    let program = racing(|i| i, |i| add(i, int(1)));
    let failed = run_in(program, vec![ints(&[0; 100])], Order::Natural, true).unwrap_err();
    let race = Race {
        array: "a".into(),
        element: vec![1],
        first: Touch {
            iteration: 0,
            writes: false,
            span: Span::new(0, 5),
        },
        second: Touch {
            iteration: 1,
            writes: true,
            span: Span::new(10, 15),
        },
    };
    assert_eq!(failed.what, What::Race(Box::new(race)));
    let text = "a[i + 1]  a[i] = 0";
    let shown = failed.diagnostic().render(crate::Source::new(text).unwrap());
    let expected = "RaceError: iteration 1 writes a[1], which iteration 0 reads\n";
    assert!(shown.starts_with(expected), "{shown}");
    assert!(
        shown.contains("iteration 0 reads it:\n  line 1, column 1\n"),
        "{shown}"
    );
    let program = racing(|_| int(-100), |i| add(i, int(50)));
    let race = race_of(program, Order::Natural).unwrap();
    assert_eq!(
        (race.element, race.first.writes, race.second.writes),
        (vec![0], true, true)
    );
}

#[test]
fn every_earlier_reader_is_remembered() {
    // Iterations 0 and 1 read a[0], then 1 writes it: the reader 0 is in the way, though 1 read last.
    let mut built = Built::default();
    let a = built.array_param("a", Scalar::I64, 1);
    let (i, x) = (built.local("i", Scalar::I64), built.local("x", Scalar::I64));
    let read = built.load(a, vec![int(0)]);
    let write = built.store(a, vec![int(0)], int(1));
    let body = vec![
        Stmt::Set(x, read),
        Stmt::If {
            test: compare(Compare::Equal, built.get(i), int(1)),
            yes: vec![write],
            no: vec![],
        },
    ];
    let looped = built.prange(i, int(2), body, vec![]);
    built.push(looped);
    for order in all_orders() {
        let failed = run_in(built.0.clone(), vec![ints(&[0])], order, true).unwrap_err();
        assert_eq!(failed.diagnostic().kind, crate::Kind::Race);
    }
}

#[test]
fn what_is_private_is_undefined_in_every_iteration() {
    // if i == 0: x = 1 and v = new; then both are read.
    for is_array in [false, true] {
        let mut built = Built::default();
        let i = built.local("i", Scalar::I64);
        let (x, y) = (built.local("x", Scalar::I64), built.local("y", Scalar::I64));
        let v = built.array("v", Scalar::I64, 1, Layout::C);
        let site = built.site(Failure::Memory);
        let shape = vec![int(1)];
        let fill = Some(int(1));
        let bind = Stmt::Bind(v, ArrayExpr::New { shape, fill, site });
        let element = built.load(v, vec![int(0)]);
        let (given, read) = match is_array {
            true => (bind, element),
            false => (Stmt::Set(x, int(1)), built.get(x)),
        };
        let body = vec![
            Stmt::If {
                test: compare(Compare::Equal, built.get(i), int(0)),
                yes: vec![given],
                no: vec![],
            },
            Stmt::Set(y, read),
        ];
        let looped = built.prange(i, int(3), body, vec![]);
        built.push(looped);
        let failed = run_in(built.0, Vec::new(), Order::Natural, false).unwrap_err();
        let name = if is_array { "v" } else { "x" };
        assert_eq!(
            (failed.what, failed.iteration),
            (What::Unbound(name.into()), Some(1))
        );
    }
}

#[test]
fn continue_ends_an_iteration_and_ranges_of_any_type_run() {
    for of in [Scalar::U8, Scalar::I32, Scalar::I64, Scalar::U64] {
        for is_again in [true, false] {
            let mut built = Built::default();
            let (i, sum) = (built.local("i", of), built.result("sum", Scalar::I64));
            built.set(sum, int(100));
            let constant = |n| Expr::bits(of, n);
            let mut looped = built.prange(i, constant(9), vec![], vec![]);
            if let Stmt::ParFor(par) = &mut looped {
                par.start = constant(3);
                par.private.clear();
                par.reductions = vec![Reduction {
                    local: sum,
                    op: Reduce::Sum,
                }];
                let jump = if is_again {
                    Stmt::Again(par.label)
                } else {
                    Stmt::Leave(par.label)
                };
                par.body = vec![
                    Stmt::If {
                        test: compare(Compare::Equal, built.get(i), constant(5)),
                        yes: vec![jump],
                        no: vec![],
                    },
                    Stmt::Set(sum, add(built.get(sum), convert(Scalar::I64, built.get(i)))),
                ];
            }
            built.push(looped);
            // 3 + 4 + 6 + 7 + 8.
            for order in all_orders() {
                let machine = run_in(built.0.clone(), Vec::new(), order, false).unwrap();
                assert_eq!(machine.results().unwrap(), [Value::int(128)]);
                assert_eq!(machine.progress(), None);
            }
        }
    }
}

#[test]
fn a_parallel_loop_is_stopped_and_resumed() {
    let program = validate(racing(|i| i, |i| i)).unwrap();
    let whole = run_in(racing(|i| i, |i| i), vec![ints(&[0; 100])], Order::Natural, true).unwrap();
    let mut machine = Machine::new(&program, vec![ints(&[0; 100])]).unwrap();
    let mut most = 0;
    while machine.run(1).unwrap() == State::Paused {
        if let Some((done, n)) = machine.progress() {
            assert!(done <= n && n == 50);
            most = most.max(done);
        }
    }
    assert_eq!((machine.arguments(), most), (whole.arguments(), 49));
}

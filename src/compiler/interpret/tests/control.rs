//! Loops, jumps, what is evaluated and what is not, and how a run is stopped.

use super::*;
use crate::validate::built::{add, binary, compare, divide, truth};

/// Something that fails if it is evaluated: `1 // 0 == 0`.
fn fails(built: &mut Built) -> Expr {
    let site = built.site(Failure::Division);
    compare(
        Compare::Equal,
        divide(Divide::Floor, int(1), int(0), Some(site)),
        int(0),
    )
}

#[test]
fn serial_loops_are_pythons_ranges() {
    for of in [Scalar::I8, Scalar::U8, Scalar::I64, Scalar::U64] {
        let (least, most) = match of {
            Scalar::I8 => (-128, 127),
            Scalar::U8 => (0, 255),
            Scalar::I64 => (i64::MIN.into(), i64::MAX.into()),
            _ => (0i128, u64::MAX.into()),
        };
        for start in [least, least + 5, 0, 3, most - 3, most] {
            for stop in [least, 0, 9, most - 1, most] {
                for step in [1, 2, 100, -1, -3, most, least] {
                    let far = (stop - start).abs();
                    if step == 0 || step < least || far > 2000 && step.abs() < 1000 {
                        continue;
                    }
                    let mut built = Built::default();
                    let (var, count) = (built.local("i", of), built.result("count", Scalar::I64));
                    let last = built.result("last", of);
                    let value =
                        |value: i128| Expr::bits(of, value as u64 & (u64::MAX >> (64 - 8 * of.bytes())));
                    built.set(count, int(0));
                    built.set(last, value(start));
                    let body = vec![
                        Stmt::Set(count, add(built.get(count), int(1))),
                        Stmt::Set(last, built.get(var)),
                    ];
                    let looped = built.for_range(var, [value(start), value(stop), value(step)], body);
                    built.push(looped);
                    let mut expected = (0, start);
                    let mut at = start;
                    while if step > 0 { at < stop } else { at > stop } {
                        expected = (expected.0 + 1, at);
                        at += step;
                    }
                    let given = ran(built, Vec::new()).unwrap();
                    let ExprKind::Const(bits) = value(expected.1).kind else {
                        unreachable!()
                    };
                    let expected = [Value::int(expected.0), Value::Scalar(of, bits)];
                    assert_eq!(given, expected, "{of} {start} {stop} {step}");
                }
            }
        }
    }
}

#[test]
fn jumps_lead_where_they_say() {
    // Odd numbers below 20 without 7, up to where the sum passes 60.
    let mut built = Built::default();
    let (i, sum) = (built.local("i", Scalar::I64), built.result("sum", Scalar::I64));
    let (looped, block) = (built.label(), built.label());
    built.set(i, int(-1));
    built.set(sum, int(0));
    let (get_i, get_sum) = (built.get(i), built.get(sum));
    let is = |value| compare(Compare::Equal, get_i.clone(), int(value));
    built.push(Stmt::While {
        label: looped,
        before: vec![Stmt::Set(i, add(get_i.clone(), int(2)))],
        test: compare(Compare::Less, get_i.clone(), int(20)),
        body: vec![
            Stmt::If {
                test: is(7),
                yes: vec![Stmt::Again(looped)],
                no: vec![Stmt::Block {
                    label: block,
                    body: vec![
                        Stmt::If {
                            test: is(9),
                            yes: vec![Stmt::Leave(block)],
                            no: vec![],
                        },
                        Stmt::Set(sum, add(get_sum.clone(), get_i.clone())),
                    ],
                }],
            },
            Stmt::If {
                test: compare(Compare::Less, int(60), get_sum.clone()),
                yes: vec![Stmt::Leave(looped)],
                no: vec![],
            },
        ],
    });
    built.push(Stmt::Set(sum, binary(Binary::Mul, get_sum, int(10))));
    built.push(Stmt::Return);
    built.push(Stmt::Set(sum, int(0)));
    // 1 + 3 + 5 + 11 + 13 + 15 + 17 = 65.
    assert_eq!(ran(built, Vec::new()).unwrap(), [Value::int(650)]);
}

#[test]
fn continue_in_a_loop_over_a_range_counts_on() {
    let mut built = Built::default();
    let (i, sum) = (built.local("i", Scalar::I64), built.result("sum", Scalar::I64));
    let label = built.label();
    built.set(sum, int(0));
    let test = compare(Compare::Less, built.get(i), int(3));
    let value = add(built.get(sum), built.get(i));
    built.push(Stmt::For {
        label,
        var: i,
        start: int(0),
        stop: int(6),
        step: int(1),
        vector: false,
        body: vec![
            Stmt::If {
                test,
                yes: vec![Stmt::Again(label)],
                no: vec![],
            },
            Stmt::Set(sum, value),
        ],
    });
    assert_eq!(ran(built, Vec::new()).unwrap(), [Value::int(12)]);
}

#[test]
fn only_what_decides_is_evaluated() {
    type Kind = fn(Expr, Expr) -> ExprKind;
    let cases: [(Kind, bool, bool); 4] = [
        (ExprKind::And, false, false),
        (ExprKind::Or, true, true),
        (|a, b| ExprKind::Choice(a, Expr::bool(true), b), true, true),
        (|a, b| ExprKind::Choice(a, b, Expr::bool(false)), false, false),
    ];
    for (kind, test, expected) in cases {
        for is_decided in [true, false] {
            let mut built = Built::default();
            let z = built.result("z", Scalar::Bool);
            let failing = fails(&mut built);
            let made = truth(kind(Expr::bool(test == is_decided), failing));
            built.set(z, made);
            let given = ran(built, Vec::new()).map_err(|failed| failed.what);
            match is_decided {
                true => assert_eq!(given, Ok(vec![Value::Scalar(Scalar::Bool, expected.into())])),
                false => assert_eq!(given, Err(What::Division)),
            }
        }
    }
    // And of two that need both.
    for (a, b) in [(false, false), (false, true), (true, false), (true, true)] {
        let mut built = Built::default();
        let (and, or) = (
            built.result("and", Scalar::Bool),
            built.result("or", Scalar::Bool),
        );
        let both = || (Expr::bool(a), Expr::bool(b));
        built.set(and, truth(ExprKind::And(both().0, both().1)));
        built.set(or, truth(ExprKind::Or(both().0, both().1)));
        let expected = [a && b, a || b].map(|value| Value::Scalar(Scalar::Bool, value.into()));
        assert_eq!(ran(built, Vec::new()).unwrap(), expected);
    }
}

#[test]
fn a_select_evaluates_everything() {
    for test in [true, false] {
        let mut built = Built::default();
        let z = built.result("z", Scalar::Bool);
        let failing = fails(&mut built);
        let sides = (failing, Expr::bool(true));
        built.set(z, truth(ExprKind::Select(Expr::bool(test), sides.0, sides.1)));
        assert_eq!(ran(built, Vec::new()).unwrap_err().what, What::Division);
    }
    let mut built = Built::default();
    let z = built.result("z", Scalar::I64);
    let kind = ExprKind::Select(Expr::bool(false), int(1), int(2));
    built.set(z, Expr::new(kind, Scalar::I64));
    assert_eq!(ran(built, Vec::new()).unwrap(), [Value::int(2)]);
}

#[test]
fn a_variable_may_be_given_what_it_is_made_of() {
    // x = x and (x or x) must not overwrite x on the way; the same for a choice.
    let mut built = Built::default();
    let x = built.param("x", Scalar::Bool);
    built.0.results.push(Param::Scalar(x));
    let get = || built.get(x);
    let not = truth(ExprKind::Unary(Unary::Not, get()));
    let kind = ExprKind::And(not.clone(), not);
    built.set(x, truth(kind));
    let given = ran(built, vec![Value::Scalar(Scalar::Bool, 0)]).unwrap();
    assert_eq!(given, [Value::Scalar(Scalar::Bool, 1)]);
}

#[test]
fn lets_tables_and_bits_are_looked_up() {
    let mut built = Built::default();
    let (x, t, u) = (
        built.param("x", Scalar::I64),
        built.local("$t", Scalar::I64),
        built.local("$u", Scalar::I32),
    );
    let (z, w) = (built.result("z", Scalar::I64), built.result("w", Scalar::U64));
    built.0.tables.push(TableInfo {
        of: Scalar::I64,
        bits: vec![10, 11, 12, 13],
    });
    let table = |at: Expr| Expr::new(ExprKind::Table(Table(0), at), Scalar::I64);
    let (get_x, get_t, get_u) = (built.get(x), built.get(t), built.get(u));
    let bound = vec![
        (t, add(get_x, int(1))),
        (u, crate::validate::built::convert(Scalar::I32, get_t.clone())),
    ];
    let kind = ExprKind::Let(bound, add(table(get_u), get_t));
    built.set(z, Expr::new(kind, Scalar::I64));
    let kind = ExprKind::Bits(Expr::float(-2.0));
    built.set(w, Expr::new(kind, Scalar::U64));
    // x = 5: the table's 6 modulo 4, and 6.
    let given = ran(built, vec![Value::int(5)]).unwrap();
    assert_eq!(
        given,
        [Value::int(18), Value::Scalar(Scalar::U64, (-2f64).to_bits())]
    );
}

/// Sums up to n in a loop without end, if n is below 0.
fn summing(n: i64) -> Built {
    let mut built = Built::default();
    let (i, sum) = (built.local("i", Scalar::I64), built.result("sum", Scalar::I64));
    let label = built.label();
    built.set(i, int(0));
    built.set(sum, int(0));
    let (get_i, get_sum) = (built.get(i), built.get(sum));
    built.push(Stmt::While {
        label,
        before: vec![],
        test: compare(Compare::Unequal, get_i.clone(), int(n)),
        body: vec![
            Stmt::Set(i, add(get_i.clone(), int(1))),
            Stmt::Set(sum, add(get_sum, get_i)),
        ],
    });
    built
}

#[test]
fn a_machine_is_stopped_and_resumed() {
    let whole = ran_as(summing(100), Vec::new(), Options::default()).unwrap();
    for budget in [1, 7, 1000] {
        let mut machine = Machine::new(&validate(summing(100).0).unwrap(), Vec::new()).unwrap();
        let mut rounds = 1;
        while machine.run(budget).unwrap() == State::Paused {
            rounds += 1;
        }
        assert_eq!(machine.results(), Ok(vec![Value::int(5050)]));
        assert_eq!(machine.executed(), whole.executed());
        assert_eq!(rounds, machine.executed().div_ceil(budget));
        assert_eq!(machine.run(0), Ok(State::Done));
    }
    let mut endless = Machine::new(&validate(summing(-1).0).unwrap(), Vec::new()).unwrap();
    assert_eq!(endless.run(10_000), Ok(State::Paused));
    assert_eq!(endless.executed(), 10_000);
}

#[test]
fn what_was_given_no_value_is_an_error() {
    let mut built = Built::default();
    let (x, z) = (built.local("x", Scalar::F64), built.result("z", Scalar::F64));
    let value = add(Expr::float(1.0), built.get(x));
    built.set(z, value);
    let failed = ran(built, Vec::new()).unwrap_err();
    let words = "UnboundLocalError: local variable 'x' referenced before assignment";
    assert_eq!(failed.to_string(), words);
    let mut built = Built::default();
    built.result("z", Scalar::F64);
    let machine = ran_as(built, Vec::new(), Options::default()).unwrap();
    assert_eq!(machine.results().unwrap_err().what, What::Unbound("z".into()));
}

#[test]
fn checks_fail_in_numpys_words() {
    for (what, words) in [
        (Failure::Division, "ZeroDivisionError: division by zero"),
        (
            Failure::Shape,
            "ValueError: operands could not be broadcast together",
        ),
        (Failure::Memory, "ValueError: negative dimensions are not allowed"),
        (Failure::Assertion, "AssertionError: an assertion does not hold"),
        (Failure::Step, "ValueError: range() arg 3 must not be zero"),
        (
            Failure::Empty,
            "ValueError: zero-size array to reduction operation not possible",
        ),
    ] {
        let mut built = Built::default();
        let first = built.site(Failure::Empty);
        let site = built.site(what);
        built.push(Stmt::Check(Expr::bool(true), first));
        built.push(Stmt::Check(Expr::bool(false), site));
        let failed = ran(built, Vec::new()).unwrap_err();
        assert_eq!(failed.to_string(), words);
        assert_eq!(failed.span, Some(Span::new(10, 15)));
    }
}

#[test]
fn what_is_printed_is_kept() {
    let mut built = Built::default();
    let a = built.array_param("a", Scalar::F64, 1);
    built.push(Stmt::Print(vec![
        Printed::Text("x is ".into()),
        Printed::Value(Expr::float(0.1)),
        Printed::Text(" ".into()),
        Printed::Value(Expr::bool(true)),
        Printed::Text(" ".into()),
        Printed::Array(a),
    ]));
    built.push(Stmt::Print(vec![]));
    let machine = ran_as(built, vec![floats(&[2], &[1.5, -2.0])], Options::default()).unwrap();
    assert_eq!(machine.printed(), "x is 0.1 True [ 1.5 -2. ]\n\n");
}

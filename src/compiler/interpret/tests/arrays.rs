//! Elements, views, handles and memory.

use super::*;
use crate::types::Layout;
use crate::validate::built::{add, truth};

#[test]
fn indices_count_from_the_end_too_and_no_further() {
    for (index, expected) in [
        (0, Some(10)),
        (2, Some(30)),
        (-1, Some(30)),
        (-3, Some(10)),
        (3, None),
        (-4, None),
    ] {
        let mut built = Built::default();
        let a = built.array_param("a", Scalar::I64, 1);
        let z = built.result("z", Scalar::I64);
        let value = built.load(a, vec![int(index)]);
        built.set(z, value);
        let given = ran(built, vec![ints(&[10, 20, 30])]);
        match expected {
            Some(expected) => assert_eq!(given, Ok(vec![Value::int(expected)])),
            None => {
                let failed = given.unwrap_err();
                let words =
                    format!("IndexError: index {index} is out of bounds for axis 0 with size 3 of 'a'");
                assert_eq!((failed.to_string(), failed.span), (words, Some(Span::new(0, 5))));
            }
        }
    }
}

#[test]
fn a_store_beyond_an_axis_touches_nothing() {
    // In a 2 by 3 array [0, 3] would be an element of the next row.
    for (index, axis, size) in [([0, 3], 1, 3), ([2, 0], 0, 2), ([0, -4], 1, 3)] {
        let mut built = Built::default();
        let a = built.array_param("a", Scalar::F64, 2);
        let first = built.store(a, vec![int(-1), int(-2)], Expr::float(7.0));
        let wrong = built.store(a, index.map(int).to_vec(), Expr::float(1.0));
        let never = built.store(a, vec![int(0), int(0)], Expr::float(1.0));
        built.0.body.extend([first, wrong, never]);
        let program = validate(built.0).unwrap();
        let mut machine = Machine::new(&program, vec![floats(&[2, 3], &[0.0; 6])]).unwrap();
        let failed = machine.run(u64::MAX).unwrap_err();
        let expected = What::Index {
            array: "a".into(),
            axis,
            index: Some(index[usize::from(axis)]),
            length: Some(size),
            proven: false,
        };
        assert_eq!(failed.what, expected);
        // What was stored before stays, and the machine stays as it ended.
        assert_eq!(
            machine.arguments(),
            [floats(&[2, 3], &[0.0, 0.0, 0.0, 0.0, 7.0, 0.0])]
        );
        assert_eq!(machine.run(u64::MAX).unwrap_err(), failed);
    }
}

#[test]
fn an_index_that_was_proven_and_is_wrong_is_the_compilers_fault() {
    for index in [-1, 3] {
        let mut built = Built::default();
        let a = built.array_param("a", Scalar::I64, 1);
        built.push(Stmt::Store {
            array: a,
            index: vec![int(index)],
            value: int(1),
            site: None,
        });
        let failed = ran(built, vec![ints(&[1, 2, 3])]).unwrap_err();
        assert_eq!(failed.diagnostic().kind, crate::Kind::Internal);
    }
}

#[test]
fn elements_of_every_type_come_back() {
    for of in Scalar::ALL {
        let mut built = Built::default();
        let a = built.array_param("a", of, 1);
        let z = built.result("z", of);
        let element = built.load(a, vec![int(1)]);
        let store = built.store(a, vec![int(0)], element);
        built.push(store);
        let element = built.load(a, vec![int(0)]);
        built.set(z, element);
        let width = of.bytes() as usize;
        let second = if of == Scalar::Bool {
            vec![1]
        } else {
            (1..=width as u8).collect()
        };
        let value = |first: &[u8]| {
            Value::Array(ArrayValue {
                of,
                shape: vec![2],
                bytes: [first, &second].concat(),
            })
        };
        let machine = ran_as(built, vec![value(&vec![0; width])], Options::default()).unwrap();
        assert_eq!(machine.arguments(), [value(&second)]);
        let bits = second.iter().rev().fold(0, |n, b| n << 8 | u64::from(*b));
        assert_eq!(machine.results().unwrap(), [Value::Scalar(of, bits)]);
    }
}

fn range(built: &mut Built, low: Option<i64>, high: Option<i64>, step: Option<i64>) -> Cut {
    Cut::Range {
        low: low.map(int),
        high: high.map(int),
        step: step.map(int),
        site: built.site(Failure::Step),
    }
}

#[test]
fn views_are_the_same_elements() {
    // v = a[::-1, 1, ::2]; w = v[1:]; w[0, 1] = 9.
    let mut built = Built::default();
    let a = built.array_param("a", Scalar::F64, 3);
    let v = built.array("v", Scalar::F64, 2, Layout::Any);
    let w = built.array("w", Scalar::F64, 2, Layout::Any);
    built.0.results.extend([Param::Array(v), Param::Array(w)]);
    let n = built.result("n", Scalar::I64);
    let at = Cut::At(int(1), built.site(Failure::Index(a, 1)));
    let cuts = vec![
        range(&mut built, None, None, Some(-1)),
        at,
        range(&mut built, None, None, Some(2)),
    ];
    built.push(Stmt::Bind(v, ArrayExpr::View { of: a, cuts }));
    let cuts = vec![
        range(&mut built, Some(1), None, None),
        range(&mut built, None, None, None),
    ];
    built.push(Stmt::Bind(w, ArrayExpr::View { of: v, cuts }));
    let store = built.store(w, vec![int(0), int(1)], Expr::float(9.0));
    built.push(store);
    let kind = ExprKind::Length(v, 0);
    built.set(n, Expr::new(kind, Scalar::I64));
    let values: Vec<f64> = (0..12).map(f64::from).collect();
    let machine = ran_as(built, vec![floats(&[2, 2, 3], &values)], Options::default()).unwrap();
    // a[1, 1, ::2] is 9, 11; a[0, 1, ::2] is 3, 5, of which the 5 becomes 9.
    let expected = [
        floats(&[2, 2], &[9.0, 11.0, 3.0, 9.0]),
        floats(&[1, 2], &[3.0, 9.0]),
        Value::int(2),
    ];
    assert_eq!(machine.results().unwrap(), expected);
    let mut changed = values;
    changed[5] = 9.0;
    assert_eq!(machine.arguments(), [floats(&[2, 2, 3], &changed)]);
}

#[test]
fn arrays_are_reshaped_and_transposed_in_place() {
    // b = a.reshape(3, 2); c = b.T; c[0, 2] = 9: b[2, 0] and a[1, 1].
    let reshaped = |first: i64, second: i64| {
        let mut built = Built::default();
        let a = built.array_param("a", Scalar::F64, 2);
        let b = built.array("b", Scalar::F64, 2, Layout::C);
        let c = built.array("c", Scalar::F64, 2, Layout::Any);
        built.0.results.push(Param::Array(c));
        let site = built.site(Failure::Shape);
        let shape = vec![int(first), int(second)];
        built.push(Stmt::Bind(b, ArrayExpr::Reshape { of: a, shape, site }));
        built.push(Stmt::Bind(c, ArrayExpr::Transposed(b)));
        let store = built.store(c, vec![int(0), int(2)], Expr::float(9.0));
        built.push(store);
        let given = vec![floats(&[2, 3], &[0.0, 1.0, 2.0, 3.0, 4.0, 5.0])];
        ran_as(built, given, Options::default())
    };
    let machine = reshaped(3, 2).unwrap();
    assert_eq!(
        machine.results().unwrap(),
        [floats(&[2, 3], &[0.0, 2.0, 9.0, 1.0, 3.0, 5.0])]
    );
    assert_eq!(
        machine.arguments(),
        [floats(&[2, 3], &[0.0, 1.0, 2.0, 3.0, 9.0, 5.0])]
    );
    for (first, second) in [(3, 3), (-3, -2), (-1, 6), (0, 6), (i64::MAX, i64::MAX)] {
        assert_eq!(reshaped(first, second).unwrap_err().what, What::Shape);
    }
}

#[test]
fn a_slice_with_a_step_of_zero_is_an_error() {
    let mut built = Built::default();
    let a = built.array_param("a", Scalar::F64, 1);
    let v = built.array("v", Scalar::F64, 1, Layout::Any);
    let cuts = vec![range(&mut built, None, None, Some(0))];
    built.push(Stmt::Bind(v, ArrayExpr::View { of: a, cuts }));
    let failed = ran(built, vec![floats(&[1], &[0.0])]).unwrap_err();
    assert_eq!(failed.to_string(), "ValueError: slice step cannot be zero");
}

#[test]
fn names_that_swap_swap_handles() {
    // t = a; a = b; b = t; a[0] = 1: the second argument changes.
    let mut built = Built::default();
    let (a, b) = (
        built.array_param("a", Scalar::F64, 1),
        built.array_param("b", Scalar::F64, 1),
    );
    let t = built.array("t", Scalar::F64, 1, Layout::C);
    built.0.results.push(Param::Array(b));
    for (to, from) in [(t, a), (a, b), (b, t)] {
        built.push(Stmt::Bind(to, ArrayExpr::Same(from)));
    }
    let store = built.store(a, vec![int(0)], Expr::float(1.0));
    built.push(store);
    let given = vec![floats(&[1], &[5.0]), floats(&[1], &[6.0])];
    let machine = ran_as(built, given, Options::default()).unwrap();
    assert_eq!(machine.arguments(), [floats(&[1], &[5.0]), floats(&[1], &[1.0])]);
    assert_eq!(machine.results().unwrap(), [floats(&[1], &[5.0])]);
}

fn new(built: &mut Built, shape: Vec<Expr>, fill: Option<Expr>) -> ArrayExpr {
    let site = built.site(Failure::Memory);
    ArrayExpr::New { shape, fill, site }
}

#[test]
fn arrays_go_with_their_last_handle() {
    let loops = |keeps: bool| {
        let mut built = Built::default();
        let (i, a) = (
            built.local("i", Scalar::I64),
            built.array("a", Scalar::F64, 1, Layout::C),
        );
        let b = built.array("b", Scalar::F64, 1, Layout::Any);
        let made = new(&mut built, vec![int(1000)], Some(Expr::float(2.0)));
        let cuts = vec![range(&mut built, Some(1), Some(2), Some(1))];
        let mut body = vec![
            Stmt::Bind(a, made),
            Stmt::Bind(b, ArrayExpr::View { of: a, cuts }),
        ];
        if keeps {
            // The round before is kept as well.
            let c = built.array("c", Scalar::F64, 1, Layout::Any);
            let d = built.array("d", Scalar::F64, 1, Layout::Any);
            body.push(Stmt::Bind(d, ArrayExpr::Same(c)));
            body.push(Stmt::Bind(c, ArrayExpr::Same(b)));
            let cuts = vec![range(&mut built, None, None, None)];
            let first = new(&mut built, vec![int(1)], None);
            built.push(Stmt::Bind(a, first));
            built.push(Stmt::Bind(c, ArrayExpr::View { of: a, cuts }));
        }
        let looped = built.for_range(i, [int(0), int(100), int(1)], body);
        built.push(looped);
        built.0.results.push(Param::Array(b));
        let options = Options {
            memory: 20_000,
            ..Options::default()
        };
        ran_as(built, Vec::new(), options)
    };
    let machine = loops(false).unwrap();
    assert_eq!(machine.memory(), 8_000);
    assert_eq!(machine.results().unwrap(), [floats(&[1], &[2.0])]);
    // With three rounds' arrays at once the bound is passed.
    let failed = loops(true).unwrap_err();
    let words = "MemoryError: Unable to allocate an array with shape (1000,) and data type float64";
    assert_eq!(failed.to_string(), words);
}

#[test]
fn what_there_is_no_memory_for_is_an_error() {
    let huge = i64::MAX;
    for (shape, is_negative) in [
        (vec![huge, 1], false),
        (vec![huge, huge], false),
        (vec![0, huge], false),
        (vec![1 << 32, 1 << 32], false),
        (vec![-1, 5], true),
    ] {
        let mut built = Built::default();
        let a = built.array("a", Scalar::F32, 2, Layout::C);
        let made = new(&mut built, shape.iter().copied().map(int).collect(), None);
        built.push(Stmt::Bind(a, made));
        match ran(built, Vec::new()).unwrap_err().what {
            What::Negative => assert!(is_negative),
            What::Memory { .. } => assert!(!is_negative),
            other => panic!("{other:?}"),
        }
    }
    let mut built = Built::default();
    let a = built.array("a", Scalar::F32, 2, Layout::C);
    built.0.results.push(Param::Array(a));
    let made = new(&mut built, vec![int(0), int(5)], None);
    built.push(Stmt::Bind(a, made));
    let empty = ArrayValue {
        of: Scalar::F32,
        shape: vec![0, 5],
        bytes: vec![],
    };
    assert_eq!(ran(built, Vec::new()).unwrap(), [Value::Array(empty)]);
}

#[test]
fn arrays_are_apart_or_not() {
    // Parts of one array of 10, and another.
    let cases = [
        ((Some(0), Some(5), 1), (Some(5), Some(10), 1), true),
        ((Some(0), Some(6), 1), (Some(5), Some(10), 1), false),
        ((Some(9), Some(4), -1), (Some(0), Some(5), 1), true),
        ((Some(9), Some(3), -1), (Some(0), Some(5), 1), false),
        ((Some(3), Some(3), 1), (None, None, 1), true),
    ];
    for (first, second, expected) in cases {
        let mut built = Built::default();
        let a = built.array_param("a", Scalar::F64, 1);
        let (v, w) = (
            built.array("v", Scalar::F64, 1, Layout::Any),
            built.array("w", Scalar::F64, 1, Layout::Any),
        );
        let other = built.array("other", Scalar::F64, 1, Layout::C);
        for (array, (low, high, step)) in [(v, first), (w, second)] {
            let cuts = vec![range(&mut built, low, high, Some(step))];
            built.push(Stmt::Bind(array, ArrayExpr::View { of: a, cuts }));
        }
        let made = new(&mut built, vec![int(10)], None);
        built.push(Stmt::Bind(other, made));
        let (z, y) = (built.result("z", Scalar::Bool), built.result("y", Scalar::Bool));
        built.set(z, truth(ExprKind::Apart(v, w)));
        built.set(y, truth(ExprKind::Apart(a, other)));
        let given = ran(built, vec![floats(&[10], &[0.0; 10])]).unwrap();
        let expected = [expected, true].map(|value| Value::Scalar(Scalar::Bool, value.into()));
        assert_eq!(given, expected, "{first:?} {second:?}");
    }
}

#[test]
fn arguments_are_looked_at() {
    let program = || {
        let mut built = Built::default();
        built.param("x", Scalar::F64);
        built.array_param("a", Scalar::F64, 1);
        validate(built.0).unwrap()
    };
    let refused = |arguments| Machine::new(&program(), arguments).unwrap_err().to_string();
    let array = || floats(&[1], &[1.0]);
    assert_eq!(
        refused(vec![array()]),
        "the kernel takes 2 arguments, and 1 are given"
    );
    assert_eq!(
        refused(vec![Value::int(1), array()]),
        "'x' is to be float64, and is given int64"
    );
    assert_eq!(
        refused(vec![Value::float(1.0), floats(&[1, 1], &[1.0])]),
        "'a' is to be array(float64, 1d, C), and is given array(float64, 2d, C)"
    );
    for shape in [vec![2], vec![usize::MAX]] {
        assert_eq!(
            refused(vec![Value::float(1.0), floats(&shape, &[1.0])]),
            "the bytes of 'a' do not fit its shape"
        );
    }
    let options = Options {
        memory: 7,
        ..Options::default()
    };
    let given = vec![Value::float(1.0), array()];
    let refusal = Machine::with(&program(), given.clone(), options).unwrap_err();
    assert_eq!(refusal, Refusal::Memory { most: 7 });
    // A tuple's parts are arguments one after the other.
    let machine = Machine::new(&program(), vec![Value::Tuple(given.clone())]).unwrap();
    assert_eq!(machine.arguments(), given);
}

#[test]
fn operands_are_evaluated_from_left_to_right() {
    // a[5] + b[5] fails at a's.
    let mut built = Built::default();
    let (a, b) = (
        built.array_param("a", Scalar::I64, 1),
        built.array_param("b", Scalar::I64, 1),
    );
    let z = built.result("z", Scalar::I64);
    let value = add(built.load(a, vec![int(5)]), built.load(b, vec![int(6)]));
    built.set(z, value);
    let failed = ran(built, vec![ints(&[1]), ints(&[1])]).unwrap_err();
    assert_eq!(failed.span, Some(Span::new(0, 5)));
}

//! Every operation over values at the edges.

use super::*;
use crate::validate::built::{binary, compare, convert, divide, unary};

/// One operation on two values, in a program of its own.
fn of_two(a: (Scalar, u64), b: (Scalar, u64), to: Scalar, op: impl FnOnce(Expr, Expr) -> Expr) -> u64 {
    let mut built = Built::default();
    let (x, y) = (built.param("x", a.0), built.param("y", b.0));
    let z = built.result("z", to);
    let value = op(built.get(x), built.get(y));
    built.set(z, value);
    let given = vec![Value::Scalar(a.0, a.1), Value::Scalar(b.0, b.1)];
    match ran(built, given).unwrap()[..] {
        [Value::Scalar(of, bits)] if of == to => bits,
        ref other => panic!("{other:?}"),
    }
}

fn is_nan(of: Scalar, bits: u64) -> bool {
    match of {
        Scalar::F32 => f32::from_bits(bits as u32).is_nan(),
        Scalar::F64 => f64::from_bits(bits).is_nan(),
        _ => false,
    }
}

#[test]
fn divisions_and_conversions_are_pythons() {
    let mut lines = 0;
    for line in include_str!("../../tests/oracle/arithmetic.txt").lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let [op, of, a, b, expected] = words[..] else {
            panic!("{line}")
        };
        let (of, bits) = (Scalar::named(of).unwrap(), |text| {
            u64::from_str_radix(text, 16).unwrap()
        });
        let (a, expected) = (bits(a), bits(expected));
        let both = |op| of_two((of, a), (of, bits(b)), of, |a, b| divide(op, a, b, None));
        let one = |from, to| of_two((from, a), (Scalar::Bool, 0), to, |a, _| convert(to, a));
        let (to, ours) = match op {
            "//" => (of, both(Divide::Floor)),
            "%" => (of, both(Divide::Rest)),
            "cut" => (of, one(Scalar::F64, of)),
            "float64" => (Scalar::F64, one(of, Scalar::F64)),
            "float32" => (Scalar::F32, one(of, Scalar::F32)),
            "narrow" => (Scalar::F32, one(Scalar::F64, Scalar::F32)),
            _ => panic!("{line}"),
        };
        assert!(
            ours == expected || is_nan(to, ours) && is_nan(to, expected),
            "{line}: {ours:x}"
        );
        lines += 1;
    }
    assert_eq!(lines, 1987);
}

const INTS: [Scalar; 8] = [
    Scalar::I8,
    Scalar::I16,
    Scalar::I32,
    Scalar::I64,
    Scalar::U8,
    Scalar::U16,
    Scalar::U32,
    Scalar::U64,
];

/// An integer's least and greatest value.
fn ends(of: Scalar) -> (i128, i128) {
    let bits = 8 * of.bytes();
    match of.is_signed() {
        true => (-(1 << (bits - 1)), (1 << (bits - 1)) - 1),
        false => (0, (1 << bits) - 1),
    }
}

fn edges(of: Scalar) -> Vec<i128> {
    let (least, most) = ends(of);
    let mut all = vec![least, least + 1, 0, 1, 3, most / 2, most - 1, most];
    if least < 0 {
        all.extend([-1, -3]);
    }
    all
}

fn bits_of(of: Scalar, value: i128) -> u64 {
    value as u64 & (u64::MAX >> (64 - 8 * of.bytes()))
}

#[test]
fn integers_wrap_as_wider_ones_cut() {
    for of in INTS {
        let width = i128::from(8 * of.bytes());
        for a in edges(of) {
            for b in edges(of) {
                let count = b.rem_euclid(width);
                for (op, expected) in [
                    (Binary::Add, a + b),
                    (Binary::Sub, a - b),
                    (Binary::Mul, a.wrapping_mul(b)),
                    (Binary::And, a & b),
                    (Binary::Or, a | b),
                    (Binary::Xor, a ^ b),
                    (Binary::ShiftLeft, a << count),
                    (Binary::ShiftRight, a >> count),
                    (Binary::Min, a.min(b)),
                    (Binary::Max, a.max(b)),
                ] {
                    let (x, y) = ((of, bits_of(of, a)), (of, bits_of(of, b)));
                    let ours = of_two(x, y, of, |a, b| binary(op, a, b));
                    assert_eq!(ours, bits_of(of, expected), "{op:?} {of} {a} {b}");
                }
            }
            let x = (of, bits_of(of, a));
            for (op, expected) in [(Unary::Minus, -a), (Unary::Not, !a), (Unary::Abs, a.abs())] {
                let ours = of_two(x, x, of, |a, _| unary(op, a));
                assert_eq!(ours, bits_of(of, expected), "{op:?} {of} {a}");
            }
            for to in INTS {
                let ours = of_two(x, x, to, |a, _| convert(to, a));
                assert_eq!(ours, bits_of(to, a), "{of} {a} to {to}");
            }
            let ours = of_two(x, x, Scalar::Bool, |a, _| convert(Scalar::Bool, a));
            assert_eq!(ours, u64::from(a != 0));
        }
    }
}

#[test]
fn divisions_of_integers_without_a_site_give_zero_by_zero() {
    for op in [Divide::Floor, Divide::Rest, Divide::CRest] {
        assert_eq!(
            of_two((Scalar::I32, 7), (Scalar::I32, 0), Scalar::I32, |a, b| divide(
                op, a, b, None
            )),
            0
        );
    }
    // C's remainder has the dividend's sign.
    let minus = |n: i32| u64::from(-n as u32);
    for (a, b, expected) in [(minus(7), 3, minus(1)), (7, minus(3), 1), (1 << 31, minus(1), 0)] {
        let op = |a, b| divide(Divide::CRest, a, b, None);
        assert_eq!(
            of_two((Scalar::I32, a), (Scalar::I32, b), Scalar::I32, op),
            expected
        );
    }
    let inf = of_two(
        (Scalar::F64, 1f64.to_bits()),
        (Scalar::F64, (-0f64).to_bits()),
        Scalar::F64,
        |a, b| divide(Divide::Floor, a, b, None),
    );
    assert_eq!(f64::from_bits(inf), f64::NEG_INFINITY);
}

#[test]
fn integers_of_any_types_compare_exactly() {
    for of in INTS {
        for other in INTS {
            for a in edges(of) {
                for b in edges(other) {
                    for (op, expected) in [
                        (Compare::Equal, a == b),
                        (Compare::Unequal, a != b),
                        (Compare::Less, a < b),
                        (Compare::AtMost, a <= b),
                    ] {
                        let (a_bits, b_bits) = (boxed(of, a), boxed(other, b));
                        let ours = super::super::boxed::compare(op, a_bits, b_bits);
                        assert_eq!(ours, Some(expected), "{of} {a} {op:?} {other} {b}");
                    }
                }
            }
        }
    }
    let (a, b) = ((Scalar::I64, u64::MAX), (Scalar::U64, u64::MAX));
    assert_eq!(of_two(a, b, Scalar::Bool, |a, b| compare(Compare::Less, a, b)), 1);
}

fn boxed(of: Scalar, value: i128) -> Boxed {
    Boxed::new(of, bits_of(of, value))
}

#[test]
fn the_lesser_and_greater_mind_nan_and_the_sign_of_zero() {
    for (a, b, least, most) in [
        (0.0, -0.0, -0.0, 0.0),
        (-0.0, 0.0, -0.0, 0.0),
        (1.0, 2.0, 1.0, 2.0),
        (f64::NEG_INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::INFINITY),
        (f64::NAN, 1.0, f64::NAN, f64::NAN),
        (1.0, f64::NAN, f64::NAN, f64::NAN),
    ] {
        for (op, expected) in [(Binary::Min, least), (Binary::Max, most)] {
            let double = |value: f64| (Scalar::F64, value.to_bits());
            let ours = f64::from_bits(of_two(double(a), double(b), Scalar::F64, |a, b| binary(op, a, b)));
            let single = |value: f64| (Scalar::F32, u64::from((value as f32).to_bits()));
            let ours_single = of_two(single(a), single(b), Scalar::F32, |a, b| binary(op, a, b));
            let ours_single = f64::from(f32::from_bits(ours_single as u32));
            for ours in [ours, ours_single] {
                let is_same = ours == expected && ours.is_sign_negative() == expected.is_sign_negative();
                assert!(
                    is_same || ours.is_nan() && expected.is_nan(),
                    "{op:?} {a} {b}: {ours}"
                );
            }
        }
    }
}

#[test]
fn floats_are_rounded_in_every_direction() {
    let double = |op, a: f64| {
        let x = (Scalar::F64, a.to_bits());
        f64::from_bits(of_two(x, x, Scalar::F64, |a, _| unary(op, a)))
    };
    for (a, floor, ceil, trunc, nearest) in [
        (2.5, 2.0, 3.0, 2.0, 2.0),
        (-2.5, -3.0, -2.0, -2.0, -2.0),
        (3.5, 3.0, 4.0, 3.0, 4.0),
        (-0.2, -1.0, -0.0, -0.0, -0.0),
        (1e300, 1e300, 1e300, 1e300, 1e300),
    ] {
        let all = [Unary::Floor, Unary::Ceil, Unary::Trunc, Unary::Nearest].map(|op| double(op, a).to_bits());
        assert_eq!(all, [floor, ceil, trunc, nearest].map(f64::to_bits), "{a}");
    }
    assert_eq!(double(Unary::Sqrt, 2.0), std::f64::consts::SQRT_2);
    assert_eq!(double(Unary::Minus, 0.0).to_bits(), (-0f64).to_bits());
    assert_eq!(double(Unary::Abs, -0.0).to_bits(), 0);
    let sign = of_two(
        (Scalar::F64, 3f64.to_bits()),
        (Scalar::F64, (-0f64).to_bits()),
        Scalar::F64,
        |a, b| binary(Binary::CopySign, a, b),
    );
    assert_eq!(f64::from_bits(sign), -3.0);
    let nan = of_two(
        (Scalar::F64, f64::NAN.to_bits()),
        (Scalar::Bool, 0),
        Scalar::Bool,
        |a, _| convert(Scalar::Bool, a),
    );
    assert_eq!(nan, 1);
}

#[test]
fn every_type_and_operation_that_validation_lets_through_is_one() {
    let all = |of: Scalar| Expr::bits(of, 1);
    let mut count = 0;
    for of in Scalar::ALL {
        let mut made = Vec::new();
        for op in [
            Binary::Add,
            Binary::Sub,
            Binary::Mul,
            Binary::And,
            Binary::Or,
            Binary::Xor,
            Binary::ShiftLeft,
            Binary::ShiftRight,
            Binary::Min,
            Binary::Max,
            Binary::CopySign,
        ] {
            made.push(binary(op, all(of), all(of)));
        }
        for op in [
            Unary::Minus,
            Unary::Not,
            Unary::Abs,
            Unary::Sqrt,
            Unary::Floor,
            Unary::Ceil,
            Unary::Trunc,
            Unary::Nearest,
        ] {
            made.push(unary(op, all(of)));
        }
        for op in [Divide::True, Divide::Floor, Divide::Rest, Divide::CRest] {
            made.push(divide(op, all(of), all(of), None));
        }
        for other in Scalar::ALL {
            made.push(convert(of, all(other)));
            made.push(Expr::new(ExprKind::Bits(all(other)), of));
            made.push(compare(Compare::Less, all(of), all(other)));
        }
        for expr in made {
            let mut built = Built::default();
            let to = built.result("z", expr.of);
            built.set(to, expr.clone());
            if validate(built.0.clone()).is_ok() {
                let given = ran(built, Vec::new());
                assert_eq!(given.map(|all| all.len()), Ok(1), "{expr:?}");
                count += 1;
            }
        }
    }
    assert!(count > 300, "{count}");
}

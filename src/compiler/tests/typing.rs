//! Every type that is inferred against Numba's own answer.
#![cfg(not(target_arch = "wasm32"))]

use parallax_compiler::rules;
use parallax_compiler::syntax::BinaryOp;
use parallax_compiler::types::Scalar;

/// Numba's word for a type that it gave, or "refused".
fn told(given: Option<Scalar>) -> String {
    given.map_or("refused".into(), |scalar| scalar.name().into())
}

fn operator(sign: &str) -> Option<BinaryOp> {
    Some(match sign {
        "+" => BinaryOp::Add,
        "-" => BinaryOp::Sub,
        "*" => BinaryOp::Mul,
        "/" => BinaryOp::Div,
        "//" => BinaryOp::FloorDiv,
        "%" => BinaryOp::Mod,
        "**" | "pow" => BinaryOp::Pow,
        "<<" => BinaryOp::ShiftLeft,
        ">>" => BinaryOp::ShiftRight,
        "&" => BinaryOp::And,
        "|" => BinaryOp::Or,
        "^" => BinaryOp::Xor,
        _ => return None,
    })
}

/// What the compiler gives for an operation of two; `None` if the table has it and we do not.
fn of_two(name: &str, a: Scalar, b: Scalar) -> Option<String> {
    if let Some(op) = operator(name) {
        return Some(told(rules::binary(op, a, b)));
    }
    let floats = a.is_float() || b.is_float();
    Some(told(match name {
        "<" | "==" => Some(Scalar::Bool),
        "min" | "max" | "phi" => Some(rules::unify(a, b)),
        "math.atan2" | "math.hypot" => Some(rules::quotient(a, b)),
        "math.pow" => Some(rules::math_pow(a, b)),
        "math.copysign" => Some(rules::math_copysign(a, b)),
        "np.add" | "np.minimum" | "np.maximum" => Some(rules::ufunc(a, b)),
        "np.power" | "np.fmod" | "np.floor_divide" | "np.mod" => Some(rules::ufunc_of_numbers(a, b)),
        "np.left_shift" => {
            let given = rules::ufunc_of_numbers(a, b);
            (!floats && !given.is_float()).then_some(given)
        }
        "np.hypot" | "np.arctan2" | "np.true_divide" => Some(rules::float_ufunc(a, b)),
        _ => return None,
    }))
}

fn of_one(name: &str, a: Scalar) -> Option<String> {
    if let Some(at) = name.find(|c: char| c.is_ascii_digit() || c == 'T' || c == '-') {
        // "+1.5": an operator and a literal.
        let (sign, literal) = name.split_at(at);
        if let (Some(op), false) = (operator(sign), literal == "-") {
            let b = match literal {
                "True" => Scalar::Bool,
                _ if literal.contains('.') => Scalar::F64,
                _ => Scalar::I64,
            };
            return Some(told(rules::binary(op, a, b)));
        }
    }
    Some(told(match name {
        "-" | "+" => Some(rules::sign(a)),
        "~" => rules::invert(a),
        "not" | "bool" | "math.isnan" | "np.isnan" => Some(Scalar::Bool),
        "abs" | "np.sign" | "np.square" => Some(rules::magnitude(a)),
        "np.abs" | "np.floor" => Some(a),
        "math.sqrt" | "math.exp" | "math.fabs" => Some(rules::math(a)),
        "math.floor" | "math.ceil" | "math.trunc" => Some(rules::math_round(a)),
        "np.sqrt" | "np.exp" => Some(rules::float_ufunc_of(a)),
        "round" => Some(Scalar::I64),
        "int" => Some(rules::int(a)),
        "float" => rules::float(a),
        "np.int32" => Some(Scalar::I32),
        "np.uint8" => Some(Scalar::U8),
        "np.float32" => Some(Scalar::F32),
        _ => return None,
    }))
}

#[test]
fn every_type_is_numbas() {
    let mut compared = 0;
    let mut wrong = Vec::new();
    let mut compare = |what: String, ours: Option<String>, numbas: &str| {
        compared += 1;
        if ours.as_deref() != Some(numbas) {
            wrong.push(format!("{what}: Numba {numbas}, here {ours:?}"));
        }
    };
    for line in include_str!("oracle/typing.txt").lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (name, of, answers) = (words[0], words[1], &words[2..]);
        // Of loops, conditions and pairs it is told in the tests of the whole compiler.
        if matches!(name, "sum-loop" | "divmod") {
            continue;
        }
        assert_eq!(answers.len(), Scalar::ALL.len(), "{line}");
        for (b, answer) in Scalar::ALL.into_iter().zip(answers) {
            match Scalar::named(of) {
                Some(a) => compare(format!("{name} {a} {b}"), of_two(name, a, b), answer),
                None => compare(format!("{name} {b}"), of_one(name, b), answer),
            }
        }
    }
    assert!(compared > 3_500, "{compared}");
    assert!(
        wrong.is_empty(),
        "{} of {compared}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

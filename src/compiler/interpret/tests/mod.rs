//! Programs made by hand, and what comes out.

mod arithmetic;
mod arrays;
mod control;
mod parallel;

use super::*;
use crate::ir::*;
use crate::types::Scalar;
use crate::validate::built::Built;
use crate::validate::validate;

/// What a program gives, or how it fails.
fn ran(built: Built, arguments: Vec<Value>) -> Result<Vec<Value>, Failed> {
    ran_as(built, arguments, Options::default()).map(|machine| machine.results().unwrap())
}

fn ran_as(built: Built, arguments: Vec<Value>, options: Options) -> Result<Machine, Failed> {
    let program = validate(built.0).unwrap();
    let mut machine = Machine::with(&program, arguments, options).unwrap();
    assert_eq!(machine.run(u64::MAX)?, State::Done);
    Ok(machine)
}

fn int(value: i64) -> Expr {
    Expr::int(value)
}

fn floats(shape: &[usize], values: &[f64]) -> Value {
    Value::Array(ArrayValue {
        of: Scalar::F64,
        shape: shape.to_vec(),
        bytes: values.iter().flat_map(|value| value.to_le_bytes()).collect(),
    })
}

fn ints(values: &[i64]) -> Value {
    Value::Array(ArrayValue {
        of: Scalar::I64,
        shape: vec![values.len()],
        bytes: values.iter().flat_map(|value| value.to_le_bytes()).collect(),
    })
}

fn all_orders() -> [Order; 5] {
    [
        Order::Natural,
        Order::Reversed,
        Order::Lanes,
        Order::Shuffled(1),
        Order::Shuffled(2),
    ]
}

//! What kernels are given and give: numbers and arrays, outside of any back end's memory.

use crate::types::{Layout, Scalar, Type};

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A number or a truth value, by its bits as in [`crate::ir::ExprKind::Const`]: an integer's in two's
    /// complement of its width, the rest zero.
    Scalar(Scalar, u64),
    /// An array.
    Array(ArrayValue),
    /// Some values.
    Tuple(Vec<Value>),
    /// `None`.
    None,
}

/// An array, the last axis the fastest.
#[derive(Debug, Clone, PartialEq)]
pub struct ArrayValue {
    /// Of what.
    pub of: Scalar,
    /// Along each axis.
    pub shape: Vec<usize>,
    /// The elements, little-endian.
    pub bytes: Vec<u8>,
}

/// An argument, as far as a program may depend on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arg {
    /// A number, by its bits.
    Scalar(u64),
    /// An array, by its shape.
    Shape(Vec<usize>),
}

impl Arg {
    /// Whether a program that depends on this may be given that: the same whole number, or an array of the same shape.
    /// No program depends on a float, or on what is in an array.
    pub fn admits(&self, value: &Value) -> bool {
        match (self, value) {
            (Arg::Scalar(known), Value::Scalar(of, bits)) => of.is_float() || known == bits,
            (Arg::Shape(known), Value::Array(array)) => *known == array.shape,
            _ => false,
        }
    }
}

impl From<&Value> for Arg {
    /// Of a part of a tuple; nothing else is handed over.
    fn from(value: &Value) -> Arg {
        match value {
            Value::Array(array) => Arg::Shape(array.shape.clone()),
            Value::Scalar(_, bits) => Arg::Scalar(*bits),
            Value::Tuple(_) | Value::None => Arg::Scalar(0),
        }
    }
}

impl Value {
    /// Its type, as a kernel sees it.
    pub fn type_of(&self) -> Type {
        match self {
            Value::Scalar(of, _) => Type::Scalar(*of),
            Value::Array(array) => Type::Array {
                of: array.of,
                axes: array.shape.len() as u8,
                layout: Layout::C,
            },
            Value::Tuple(all) => Type::Tuple(all.iter().map(Value::type_of).collect()),
            Value::None => Type::None,
        }
    }

    /// Bytes of its elements.
    pub fn bytes(&self) -> usize {
        match self {
            Value::Array(array) => array.bytes.len(),
            Value::Tuple(all) => all.iter().map(Value::bytes).sum(),
            Value::Scalar(..) | Value::None => 0,
        }
    }

    /// A `float64`.
    pub fn float(value: f64) -> Value {
        Value::Scalar(Scalar::F64, value.to_bits())
    }

    /// An `int64`.
    pub fn int(value: i64) -> Value {
        Value::Scalar(Scalar::I64, value as u64)
    }
}

impl ArrayValue {
    /// An element's bits by its place, where there is one.
    pub fn bits(&self, at: usize) -> Option<u64> {
        let bytes = self.of.bytes() as usize;
        let element = self.bytes.get(at * bytes..(at + 1) * bytes)?;
        Some(element.iter().rev().fold(0, |n, b| n << 8 | u64::from(*b)))
    }

    /// How many elements there are.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

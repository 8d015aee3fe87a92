//! A kernel as a Python program with its arguments: plain data, so that this crate needs no compiler.

use crate::Output;
use std::sync::Arc;

/// What is compiled and called.
#[derive(Debug, Clone)]
pub struct PythonProgram {
    /// The file.
    pub source: Arc<str>,
    /// The function; `None` for the one that the file names, else its last kernel.
    pub entry: Option<String>,
    /// What it is called with; `None` for what the file's own `setup(size)` gives.
    pub arguments: Option<Vec<Argument>>,
    /// What `setup` is given.
    pub size: i64,
    /// 64-bit numbers may become 32-bit ones where a processor has no others.
    pub narrow: bool,
}

impl PythonProgram {
    /// A workload's own, called with its inputs.
    pub fn of(source: &str, size: usize, arguments: Vec<Argument>) -> Self {
        PythonProgram {
            source: source.into(),
            entry: None,
            arguments: Some(arguments),
            size: size as i64,
            narrow: false,
        }
    }
}

/// What a kernel is called with.
#[derive(Debug, Clone)]
pub enum Argument {
    /// An `int64`.
    Int(i64),
    /// A `uint32`.
    U32(u32),
    /// An array of `float32`, the last axis the fastest, shared with the problem.
    F32 {
        /// Along each axis.
        shape: Vec<usize>,
        /// The elements.
        values: Arc<Vec<f32>>,
    },
    /// A number of any type, by its bits, the rest zero.
    Scalar(&'static str, u64),
    /// An array of any type.
    Array(Arc<Array>),
    /// Some of them.
    Tuple(Vec<Argument>),
    /// `None`.
    None,
}

/// An array, or a number without axes, that a kernel gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Array {
    /// As NumPy calls it: `float32`.
    pub dtype: &'static str,
    /// Along each axis.
    pub shape: Vec<usize>,
    /// Elements, little-endian, the last axis the fastest.
    pub bytes: Vec<u8>,
}

impl Array {
    /// Bytes of an element.
    pub fn width(&self) -> usize {
        match self.dtype {
            "bool" | "int8" | "uint8" => 1,
            "int16" | "uint16" => 2,
            "int32" | "uint32" | "float32" => 4,
            _ => 8,
        }
    }

    /// How many elements there are.
    pub fn len(&self) -> usize {
        self.bytes.len() / self.width()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Whether its elements are floats.
    pub fn is_float(&self) -> bool {
        self.dtype.starts_with("float")
    }

    /// An element's bytes, as many as there are of them.
    pub fn element(&self, at: usize) -> &[u8] {
        let width = self.width();
        self.bytes.get(at * width..(at + 1) * width).unwrap_or_default()
    }

    /// An element as f64, whole numbers beyond 2^53 rounded; NaN past the end.
    pub fn at(&self, index: usize) -> f64 {
        let bytes = self.element(index);
        // Sign-extended by hand: the widths are many and the types are strings.
        let word = bytes.iter().rev().fold(0u64, |n, b| n << 8 | u64::from(*b));
        let spare = 64 - 8 * bytes.len() as u32;
        match (self.dtype, bytes.is_empty()) {
            (_, true) => f64::NAN,
            ("float32", _) => f64::from(f32::from_bits(word as u32)),
            ("float64", _) => f64::from_bits(word),
            (name, _) if name.starts_with('i') => ((word << spare) as i64 >> spare) as f64,
            _ => word as f64,
        }
    }

    /// As a workload's own check takes it, if it is of one of its types.
    pub fn into_output(self) -> Output {
        fn of<T, const N: usize>(bytes: &[u8], read: fn([u8; N]) -> T) -> Vec<T> {
            let (whole, _) = bytes.as_chunks::<N>();
            whole.iter().map(|chunk| read(*chunk)).collect()
        }
        match self.dtype {
            "uint32" => Output::U32(of(&self.bytes, u32::from_le_bytes)),
            "float32" => Output::F32(of(&self.bytes, f32::from_le_bytes)),
            "float64" => Output::F64(of(&self.bytes, f64::from_le_bytes)),
            _ => Output::Arrays(vec![self]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_read_by_their_type() {
        let array = |dtype, bytes: &[u8]| Array {
            dtype,
            shape: vec![1],
            bytes: bytes.into(),
        };
        assert_eq!(array("int8", &[255]).at(0), -1.0);
        assert_eq!(array("uint8", &[255]).at(0), 255.0);
        assert_eq!(
            array("int64", &[254, 255, 255, 255, 255, 255, 255, 255]).at(0),
            -2.0
        );
        assert_eq!(array("float32", &0.5f32.to_le_bytes()).at(0), 0.5);
        assert!(array("float64", &[]).at(0).is_nan());
        let output = array("uint32", &[1, 0, 0, 0]).into_output();
        assert_eq!(output, Output::U32(vec![1]));
    }
}

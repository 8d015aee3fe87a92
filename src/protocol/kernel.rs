//! Kernels that somebody wrote: how they are asked for, what is wrong with one, what one gives.

use crate::KernelFile;
use serde::{Deserialize, Serialize};

/// Longest source that is compiled, in bytes.
pub const LONGEST_SOURCE: usize = 256 << 10;
/// Elements of an output up to which its values are given where they are asked for.
pub const MOST_VALUES: usize = 1_000_000;
/// Most outputs of a kernel, and most diagnostics that are told.
pub const MOST_OF_A_KERNEL: usize = 100;

/// A Python file in Numba's style, as somebody asks to have it run or compiled.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct KernelSource {
    /// The whole file.
    pub text: String,
    /// The function to run; `None` for the one that the file names, else its last kernel.
    pub entry: Option<String>,
    /// 64-bit numbers may become 32-bit ones where a processor has no others: the GPU.
    pub narrow: bool,
    /// The outputs' elements are wanted, not only their checksums.
    pub values: bool,
    /// The outputs are to be drawn: they come as [`crate::LabEvent::Drawn`].
    pub drawn: bool,
    /// What its `setup` may read, by name.
    pub files: Vec<KernelFile>,
}

/// One thing that is wrong with a kernel. Lines and columns count from 1, columns in characters;
/// the end is behind the last one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Diagnosis {
    /// As Python or Numba call it: `TypingError`, `IndexError`.
    pub kind: String,
    /// What is wrong, a sentence.
    pub message: String,
    /// Where it begins.
    pub line: u32,
    /// Where it begins.
    pub column: u32,
    /// Where it ends.
    pub end_line: u32,
    /// Where it ends.
    pub end_column: u32,
    /// The way out, if one is known.
    pub help: Option<String>,
    /// Other places that have to do with it.
    pub notes: Vec<Note>,
    /// All of it for a terminal, with the line and a caret under the place.
    pub rendered: String,
}

/// Another place that has to do with what is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Note {
    /// What it has to do with it.
    pub message: String,
    /// Where it begins.
    pub line: u32,
    /// Where it begins.
    pub column: u32,
    /// Where it ends.
    pub end_line: u32,
    /// Where it ends.
    pub end_column: u32,
}

/// A back end that does not run a kernel, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// As reports name it: `gpu`.
    pub backend: String,
    /// Why, each with its place.
    pub diagnostics: Vec<Diagnosis>,
}

/// What the compiler makes of a kernel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Compilation {
    /// It can be run, at least by the interpreter.
    pub ok: bool,
    /// What is wrong with it, if it cannot.
    pub diagnostics: Vec<Diagnosis>,
    /// The back ends that refuse it, although others run it.
    pub refusals: Vec<Refused>,
    /// The function that runs.
    pub entry: Option<String>,
    /// Types of its arguments as Numba writes them: `array(float32, 2d, C)`.
    pub arguments: Vec<String>,
    /// Bytes of WebAssembly with vectors and threads; null where there is none.
    pub wasm_bytes: Option<u32>,
    /// Milliseconds that all of it took.
    pub compile_ms: f64,
}

impl Compilation {
    /// Of a kernel that cannot be run.
    pub fn failed(diagnostics: Vec<Diagnosis>) -> Compilation {
        Compilation {
            ok: false,
            diagnostics,
            refusals: Vec::new(),
            entry: None,
            arguments: Vec::new(),
            wasm_bytes: None,
            compile_ms: 0.0,
        }
    }
}

/// One array or number that a run gave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutputOf {
    /// As NumPy calls it: `float32`.
    pub dtype: String,
    /// Along each axis; of a number none.
    pub shape: Vec<u64>,
    /// [`checksum`] of its elements' little-endian bytes, the last axis the fastest, every NaN as NumPy's `nan`.
    pub checksum: String,
    /// The elements in that order, if they were asked for and are at most [`MOST_VALUES`].
    #[serde(default)]
    pub values: Option<Vec<Number>>,
}

/// FNV-1a of 64 bits (Fowler, Noll and Vo; draft-eastlake-fnv) as 16 hexadecimal digits.
pub fn checksum(bytes: &[u8]) -> String {
    const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let sum = bytes
        .iter()
        .fold(BASIS, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(PRIME));
    format!("{sum:016x}")
}

/// An element of an output. In JSON a number or a truth value; what JSON has no number for is a text:
/// `nan`, `inf`, `-inf`, and whole numbers beyond 2^53 - 1 as their digits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// One beyond.
    Uint(u64),
    /// Any other.
    Float(f64),
}

mod number {
    use super::Number;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
    use std::fmt;

    const MOST_EXACT: u64 = (1 << 53) - 1;

    /// Between our own programs.
    #[derive(Serialize, Deserialize)]
    enum Plain {
        Bool(bool),
        Int(i64),
        Uint(u64),
        Float(f64),
    }

    impl Serialize for Number {
        fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
            if !s.is_human_readable() {
                return match *self {
                    Number::Bool(v) => Plain::Bool(v),
                    Number::Int(v) => Plain::Int(v),
                    Number::Uint(v) => Plain::Uint(v),
                    Number::Float(v) => Plain::Float(v),
                }
                .serialize(s);
            }
            match *self {
                Number::Bool(v) => s.serialize_bool(v),
                Number::Int(v) if v.unsigned_abs() <= MOST_EXACT => s.serialize_i64(v),
                Number::Int(v) => s.collect_str(&v),
                Number::Uint(v) if v <= MOST_EXACT => s.serialize_u64(v),
                Number::Uint(v) => s.collect_str(&v),
                Number::Float(v) if v.is_finite() => s.serialize_f64(v),
                Number::Float(v) if v.is_nan() => s.serialize_str("nan"),
                Number::Float(v) => s.serialize_str(if v > 0.0 { "inf" } else { "-inf" }),
            }
        }
    }

    impl<'de> Deserialize<'de> for Number {
        fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
            if d.is_human_readable() {
                return d.deserialize_any(Any);
            }
            Ok(match Plain::deserialize(d)? {
                Plain::Bool(v) => Number::Bool(v),
                Plain::Int(v) => Number::Int(v),
                Plain::Uint(v) => Number::Uint(v),
                Plain::Float(v) => Number::Float(v),
            })
        }
    }

    struct Any;

    impl de::Visitor<'_> for Any {
        type Value = Number;

        fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
            f.write_str("a number, a truth value, or a text for what JSON has no number for")
        }

        fn visit_bool<E: de::Error>(self, v: bool) -> Result<Number, E> {
            Ok(Number::Bool(v))
        }

        fn visit_i64<E: de::Error>(self, v: i64) -> Result<Number, E> {
            Ok(Number::Int(v))
        }

        fn visit_u64<E: de::Error>(self, v: u64) -> Result<Number, E> {
            Ok(i64::try_from(v).map_or(Number::Uint(v), Number::Int))
        }

        fn visit_f64<E: de::Error>(self, v: f64) -> Result<Number, E> {
            Ok(Number::Float(v))
        }

        fn visit_str<E: de::Error>(self, v: &str) -> Result<Number, E> {
            match v {
                "nan" => Ok(Number::Float(f64::NAN)),
                "inf" => Ok(Number::Float(f64::INFINITY)),
                "-inf" => Ok(Number::Float(f64::NEG_INFINITY)),
                _ => {
                    let int = v.parse().map(Number::Int);
                    let uint = int.or_else(|_| v.parse().map(Number::Uint));
                    uint.map_err(|_| E::invalid_value(de::Unexpected::Str(v), &self))
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_fnv_1a() {
        // The draft's own examples.
        assert_eq!(checksum(b""), "cbf29ce484222325");
        assert_eq!(checksum(b"a"), "af63dc4c8601ec8c");
        assert_eq!(checksum(b"foobar"), "85944171f73967e8");
    }

    #[test]
    fn numbers_survive_our_own_bytes() {
        for number in [
            Number::Bool(true),
            Number::Int(i64::MIN),
            Number::Uint(u64::MAX),
            Number::Float(f64::INFINITY),
        ] {
            let bytes = crate::encode(&number).unwrap();
            assert_eq!(crate::decode::<Number>(&bytes).unwrap(), number);
        }
    }
}

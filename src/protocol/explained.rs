//! What the compiler tells of a kernel to whoever looks closer: types, code, remarks.

use crate::Compilation;
use serde::{Deserialize, Serialize};

/// Everything beside an editor. What could not be made is empty, and the compilation says why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Explained {
    /// What is wrong, what it is given, which back ends refuse it.
    pub compilation: Compilation,
    /// What each stage took, in order.
    pub stages: Vec<StageTime>,
    /// The functions that were compiled.
    pub functions: Vec<FunctionTypes>,
    /// Types by place, in the order of the text.
    pub hovers: Vec<Hover>,
    /// What was written: `ir`, `scalar`, `simd`, `wgsl`.
    pub listings: Vec<Listing>,
    /// What became of the loops, in the order of the text.
    pub remarks: Vec<Remark>,
    /// Files for whoever takes the code elsewhere.
    pub modules: Vec<KernelFile>,
}

impl Explained {
    /// Of a kernel of which nothing but this is known.
    pub fn of(compilation: Compilation) -> Explained {
        Explained {
            compilation,
            stages: Vec::new(),
            functions: Vec::new(),
            hovers: Vec::new(),
            listings: Vec::new(),
            remarks: Vec::new(),
            modules: Vec::new(),
        }
    }
}

/// A stage of the compiler.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StageTime {
    /// In a word or two.
    pub name: String,
    /// Milliseconds.
    pub ms: f64,
}

/// A function and the types of its variables.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunctionTypes {
    /// Its name.
    pub name: String,
    /// Where it begins, from 1.
    pub line: u32,
    /// What it returns, where that is known.
    pub gives: Option<String>,
    /// Each variable and its type, as Numba writes it.
    pub variables: Vec<(String, String)>,
}

/// What stands at a place. Lines and columns count from 1, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hover {
    /// Where.
    pub line: u32,
    /// Where it begins.
    pub column: u32,
    /// Behind its end.
    pub end_column: u32,
    /// Its type.
    pub text: String,
}

/// A text of the compiler's, beside the source line by line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// `ir`, `scalar`, `simd` or `wgsl`.
    pub id: String,
    /// The text.
    pub text: String,
    /// Of each of its lines the source's, from 1; 0 for none.
    pub lines: Vec<u32>,
}

/// What became of a loop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// The loop's line.
    pub line: u32,
    /// What it is about: `lanes`, `parallel`, `checks`, `masks`, `reduction`, ...
    pub kind: String,
    /// It went as one would wish.
    pub good: bool,
    /// A sentence.
    pub text: String,
}

/// A file by its name: one that `setup` reads, or one that the compiler wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KernelFile {
    /// Without any folder.
    pub name: String,
    /// All of it.
    #[serde(with = "serde_bytes")]
    pub bytes: Vec<u8>,
}

/// An output as it is, to be drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawOutput {
    /// As NumPy calls it: `float32`.
    pub dtype: String,
    /// Along each axis; of a number none.
    pub shape: Vec<u64>,
    /// The elements, little-endian, the last axis the fastest.
    #[serde(with = "serde_bytes")]
    pub bytes: Vec<u8>,
}

/// Bytes of outputs up to which they are given to be drawn.
pub const MOST_DRAWN: usize = 16 << 20;

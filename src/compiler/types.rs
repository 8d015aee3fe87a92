//! Types of values, by the names that NumPy and Numba have for them.

use std::fmt;

/// A number or a truth value. The order is that of NumPy's kinds, then of width.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scalar {
    /// `bool`: a byte in an array.
    Bool,
    /// `int8`.
    I8,
    /// `int16`.
    I16,
    /// `int32`.
    I32,
    /// `int64`, which is Numba's `int`.
    I64,
    /// `uint8`.
    U8,
    /// `uint16`.
    U16,
    /// `uint32`.
    U32,
    /// `uint64`.
    U64,
    /// `float32`.
    F32,
    /// `float64`, which is Python's `float`.
    F64,
}

impl Scalar {
    /// All of them, in order.
    pub const ALL: [Scalar; 11] = [
        Scalar::Bool,
        Scalar::I8,
        Scalar::I16,
        Scalar::I32,
        Scalar::I64,
        Scalar::U8,
        Scalar::U16,
        Scalar::U32,
        Scalar::U64,
        Scalar::F32,
        Scalar::F64,
    ];

    /// As NumPy calls it.
    pub fn name(self) -> &'static str {
        match self {
            Scalar::Bool => "bool",
            Scalar::I8 => "int8",
            Scalar::I16 => "int16",
            Scalar::I32 => "int32",
            Scalar::I64 => "int64",
            Scalar::U8 => "uint8",
            Scalar::U16 => "uint16",
            Scalar::U32 => "uint32",
            Scalar::U64 => "uint64",
            Scalar::F32 => "float32",
            Scalar::F64 => "float64",
        }
    }

    /// By NumPy's name, or one of its others.
    pub fn named(name: &str) -> Option<Scalar> {
        Some(match name {
            "bool_" | "boolean" => Scalar::Bool,
            "int_" | "intp" | "longlong" => Scalar::I64,
            "uint" | "uintp" | "ulonglong" => Scalar::U64,
            "intc" => Scalar::I32,
            "uintc" => Scalar::U32,
            "short" => Scalar::I16,
            "ushort" => Scalar::U16,
            "byte" => Scalar::I8,
            "ubyte" => Scalar::U8,
            "single" => Scalar::F32,
            "double" | "float_" => Scalar::F64,
            _ => return Scalar::ALL.into_iter().find(|scalar| scalar.name() == name),
        })
    }

    /// In an array.
    pub fn bytes(self) -> u32 {
        match self {
            Scalar::Bool | Scalar::I8 | Scalar::U8 => 1,
            Scalar::I16 | Scalar::U16 => 2,
            Scalar::I32 | Scalar::U32 | Scalar::F32 => 4,
            Scalar::I64 | Scalar::U64 | Scalar::F64 => 8,
        }
    }

    /// `float32` or `float64`.
    pub fn is_float(self) -> bool {
        matches!(self, Scalar::F32 | Scalar::F64)
    }

    /// A whole number.
    pub fn is_int(self) -> bool {
        !self.is_float() && self != Scalar::Bool
    }

    /// A whole number that may be below zero.
    pub fn is_signed(self) -> bool {
        matches!(self, Scalar::I8 | Scalar::I16 | Scalar::I32 | Scalar::I64)
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How an array's elements lie in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Layout {
    /// One after another, the last axis the fastest.
    C,
    /// Anyhow, by strides that are known when it runs: what a slice may give.
    Any,
}

/// The type of a value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Type {
    /// A number or a truth value.
    Scalar(Scalar),
    /// An array.
    Array {
        /// Of what.
        of: Scalar,
        /// Axes, from 1 to [`MOST_AXES`].
        axes: u8,
        /// How it lies.
        layout: Layout,
    },
    /// Some values.
    Tuple(Vec<Type>),
    /// `None`.
    None,
}

/// Axes of an array at most.
pub const MOST_AXES: u8 = 3;

impl fmt::Display for Type {
    /// As Numba writes it: "array(float32, 2d, C)".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Scalar(scalar) => write!(f, "{scalar}"),
            Type::Array { of, axes, layout } => {
                let layout = match layout {
                    Layout::C => "C",
                    Layout::Any => "A",
                };
                write!(f, "array({of}, {axes}d, {layout})")
            }
            Type::Tuple(all) => {
                let same = all.iter().all(|one| Some(one) == all.first());
                match all.first() {
                    None => f.write_str("Tuple()"),
                    Some(first) if same => write!(f, "UniTuple({first} x {})", all.len()),
                    Some(_) => {
                        let all: Vec<String> = all.iter().map(Type::to_string).collect();
                        write!(f, "Tuple({})", all.join(", "))
                    }
                }
            }
            Type::None => f.write_str("none"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_numpys_and_numbas() {
        for scalar in Scalar::ALL {
            assert_eq!(Scalar::named(scalar.name()), Some(scalar));
        }
        assert_eq!(Scalar::named("double"), Some(Scalar::F64));
        assert_eq!(Scalar::named("complex64"), None);
        let array = |layout| Type::Array {
            of: Scalar::F32,
            axes: 2,
            layout,
        };
        assert_eq!(array(Layout::C).to_string(), "array(float32, 2d, C)");
        assert_eq!(array(Layout::Any).to_string(), "array(float32, 2d, A)");
        let int = Type::Scalar(Scalar::I64);
        let two = Type::Tuple(vec![int.clone(), int.clone()]);
        assert_eq!(two.to_string(), "UniTuple(int64 x 2)");
        let mixed = Type::Tuple(vec![int, array(Layout::C)]);
        assert_eq!(mixed.to_string(), "Tuple(int64, array(float32, 2d, C))");
    }
}

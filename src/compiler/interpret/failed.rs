//! How a kernel ends badly, and in which words.

use crate::diagnostic::{Diagnostic, Kind};
use crate::source::Span;
use crate::types::{Scalar, Type};
use std::fmt;

/// A kernel's end by an error.
#[derive(Debug, Clone, PartialEq)]
pub struct Failed {
    /// What went wrong.
    pub what: What,
    /// Where; nothing where the program does not say.
    pub span: Option<Span>,
    /// The parallel loop's variable in the iteration that it went wrong in.
    pub iteration: Option<i128>,
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// An index outside of an axis.
    Index {
        /// The array, as the source calls it.
        array: String,
        /// Which axis, from 0.
        axis: u8,
        /// Which index, where one was at hand.
        index: Option<i64>,
        /// How long the axis is, where the array is at hand.
        length: Option<u64>,
        /// Whether it had been proven not to happen: then the compiler is wrong.
        proven: bool,
    },
    /// A division by zero.
    Division,
    /// Shapes that do not fit each other.
    Shape,
    /// A length below zero.
    Negative,
    /// An array that there is no room for.
    Memory {
        /// Of what.
        of: Scalar,
        /// How long it was to be along each axis.
        shape: Vec<u64>,
    },
    /// An assertion.
    Assertion,
    /// A range's step of zero.
    Step,
    /// A slice's step of zero.
    SliceStep,
    /// The least or greatest of nothing.
    Empty,
    /// A variable that was given nothing on the way that was taken.
    Unbound(String),
    /// An index beyond a tuple's parts.
    Tuple,
    /// Iterations that get into each other's way.
    Race(Box<Race>),
    /// A promise of `ir` that the program breaks, though it passed validation: the compiler is wrong.
    Broken(&'static str),
}

/// Two iterations at one element.
#[derive(Debug, Clone, PartialEq)]
pub struct Race {
    /// The array, as the source calls it.
    pub array: String,
    /// Which element: an index for each axis.
    pub element: Vec<u64>,
    /// What came first.
    pub first: Touch,
    /// What came second.
    pub second: Touch,
}

/// What an iteration did to an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Touch {
    /// The loop's variable.
    pub iteration: i128,
    /// Whether it wrote.
    pub writes: bool,
    /// Where.
    pub span: Span,
}

impl Failed {
    /// With its place, in the words that Python, NumPy and Numba have.
    pub fn diagnostic(&self) -> Diagnostic {
        let kind = match &self.what {
            What::Index { proven: true, .. } | What::Broken(_) => Kind::Internal,
            What::Index { .. } => Kind::Index,
            What::Division => Kind::Division,
            What::Shape | What::Negative | What::Step | What::SliceStep | What::Empty => Kind::Value,
            What::Memory { .. } => Kind::Memory,
            What::Assertion => Kind::Assertion,
            What::Unbound(_) => Kind::Unbound,
            What::Tuple => Kind::Index,
            What::Race(_) => Kind::Race,
        };
        let mut message = self.what.to_string();
        if let (Some(iteration), true) = (self.iteration, kind != Kind::Race) {
            message.push_str(&format!(", in iteration {iteration} of the parallel loop"));
        }
        let made = Diagnostic::new(kind, self.span.unwrap_or_default(), message);
        match &self.what {
            What::Race(race) => made
                .note(race.first.span, race.first.to_string())
                .help("let each iteration write elements of its own, and read none that another writes"),
            _ if kind == Kind::Internal => made.help("this is the compiler's fault, not the kernel's"),
            _ => made,
        }
    }
}

impl fmt::Display for Touch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let does = if self.writes { "writes" } else { "reads" };
        write!(f, "iteration {} {does} it", self.iteration)
    }
}

/// As Python writes a tuple.
fn tuple(all: &[u64]) -> String {
    let text: Vec<String> = all.iter().map(u64::to_string).collect();
    match &text[..] {
        [one] => format!("({one},)"),
        all => format!("({})", all.join(", ")),
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            What::Index {
                array,
                axis,
                index,
                length,
                proven,
            } => {
                match index {
                    Some(index) => write!(f, "index {index} is out of bounds for axis {axis}")?,
                    None => write!(f, "an index is out of bounds for axis {axis}")?,
                }
                if let Some(length) = length {
                    write!(f, " with size {length}")?;
                }
                write!(f, " of '{array}'")?;
                match proven {
                    true => f.write_str(", which was thought impossible"),
                    false => Ok(()),
                }
            }
            What::Division => f.write_str("division by zero"),
            What::Shape => f.write_str("operands could not be broadcast together"),
            What::Negative => f.write_str("negative dimensions are not allowed"),
            What::Memory { of, shape } => {
                let shape = tuple(shape);
                write!(
                    f,
                    "Unable to allocate an array with shape {shape} and data type {of}"
                )
            }
            What::Assertion => f.write_str("an assertion does not hold"),
            What::Tuple => f.write_str("tuple index out of range"),
            What::Step => f.write_str("range() arg 3 must not be zero"),
            What::SliceStep => f.write_str("slice step cannot be zero"),
            What::Empty => f.write_str("zero-size array to reduction operation not possible"),
            What::Unbound(name) => write!(f, "local variable '{name}' referenced before assignment"),
            What::Race(race) => {
                let element: Vec<String> = race.element.iter().map(u64::to_string).collect();
                let (array, element) = (&race.array, element.join(", "));
                let (a, b) = (race.first.iteration, race.second.iteration);
                match (race.first.writes, race.second.writes) {
                    (true, true) => write!(f, "iterations {a} and {b} both write {array}[{element}]"),
                    (true, false) => write!(
                        f,
                        "iteration {b} reads {array}[{element}], which iteration {a} writes"
                    ),
                    (false, _) => write!(
                        f,
                        "iteration {b} writes {array}[{element}], which iteration {a} reads"
                    ),
                }
            }
            What::Broken(promise) => write!(f, "the compiled program breaks a promise: {promise}"),
        }
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let made = self.diagnostic();
        write!(f, "{}: {}", made.kind.name(), made.message)
    }
}

impl std::error::Error for Failed {}

/// Why a kernel is not begun with these arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Too many or too few.
    Count {
        /// How many the kernel takes, parts of tuples counted.
        expected: usize,
        /// How many there are.
        given: usize,
    },
    /// One of another type.
    Type {
        /// The parameter.
        name: String,
        /// What it takes.
        expected: Type,
        /// What is given.
        given: Type,
    },
    /// An array whose bytes are not as many as its shape has it.
    Malformed {
        /// The parameter.
        name: String,
    },
    /// One that the program does not hold for: another whole number, or an array of another shape.
    MadeFor {
        /// The parameter.
        name: String,
    },
    /// Arguments that need more memory than is allowed.
    Memory {
        /// How much is allowed, in bytes.
        most: u64,
    },
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Count { expected, given } => {
                write!(f, "the kernel takes {expected} arguments, and {given} are given")
            }
            Refusal::Type {
                name,
                expected,
                given,
            } => write!(f, "'{name}' is to be {expected}, and is given {given}"),
            Refusal::Malformed { name } => write!(f, "the bytes of '{name}' do not fit its shape"),
            Refusal::MadeFor { name } => write!(f, "the kernel was made for another '{name}'"),
            Refusal::Memory { most } => write!(f, "the arguments need more than {most} bytes"),
        }
    }
}

impl std::error::Error for Refusal {}

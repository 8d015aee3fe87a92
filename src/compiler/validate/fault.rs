//! What is wrong with a program.

use crate::ir::{Array, Label, Local, Math, Site, Table};
use crate::types::Scalar;
use std::fmt;

/// A program that is refused, and where in it the reason is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong.
    pub what: Wrong,
    /// The statement: its number in the body, then in that statement's bodies taken one after the other, and so on.
    /// Empty if it is of the program as a whole.
    pub path: Vec<usize>,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// There is no such local.
    NoLocal(Local),
    /// There is no such array.
    NoArray(Array),
    /// There is no such site.
    NoSite(Site),
    /// There is no such label.
    NoLabel(Label),
    /// There is no such table.
    NoTable(Table),
    /// A value of one type where another is needed.
    Type {
        /// What is needed.
        expected: Scalar,
        /// What is there.
        found: Scalar,
    },
    /// An operation that a type has not.
    Operation {
        /// Which.
        name: String,
        /// Of what.
        of: Scalar,
    },
    /// Bits that are no value of the type.
    Constant {
        /// Of what.
        of: Scalar,
        /// Which.
        bits: u64,
    },
    /// Bits of one width as another.
    Width {
        /// What is read as another type.
        from: Scalar,
        /// Which other.
        to: Scalar,
    },
    /// A number of axes that an array has not, or that no array has.
    Axes {
        /// Which array.
        array: Array,
        /// How many axes were given.
        found: usize,
    },
    /// A site for another kind of failure.
    SiteKind(Site),
    /// An array of the C layout that is given another's elements, which need not be so.
    Layout(Array),
    /// A table whose length is no power of two.
    TableLength(Table),
    /// Two parameters of one variable.
    ParameterTwice,
    /// A label of two loops or blocks.
    LabelTwice(Label),
    /// A jump to a label that is not around it.
    NotAround(Label),
    /// A jump to the next round of a block.
    NoLoop(Label),
    /// A jump out of a loop whose iterations run at once.
    Leaves(Option<Label>),
    /// A parallel loop within another.
    Nested,
    /// A local that iterations share and set.
    Shared(Local),
    /// An array's variable that iterations share and set.
    SharedArray(Array),
    /// A local that is reduced, and also private or the loop's variable, or reduced twice.
    ReducedToo(Local),
    /// A reduced local that is read, or changed by something else.
    Reduced(Local),
    /// The local of a [`crate::ir::ExprKind::Let`] that is used outside of it, or bound within itself.
    Let(Local),
    /// A loop's variable that its body changes.
    Counter(Local),
    /// A function that was not expanded.
    Math(Math),
    /// Statements and expressions within one another beyond [`super::MOST_DEPTH`].
    Deep,
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Wrong::NoLocal(Local(n)) => write!(f, "there is no local {n}"),
            Wrong::NoArray(Array(n)) => write!(f, "there is no array {n}"),
            Wrong::NoSite(Site(n)) => write!(f, "there is no site {n}"),
            Wrong::NoLabel(Label(n)) => write!(f, "there is no label {n}"),
            Wrong::NoTable(Table(n)) => write!(f, "there is no table {n}"),
            Wrong::Type { expected, found } => write!(f, "{found} where {expected} is needed"),
            Wrong::Operation { name, of } => write!(f, "{of} has no {name}"),
            Wrong::Constant { of, bits } => write!(f, "{bits:#x} is no {of}"),
            Wrong::Width { from, to } => write!(f, "the bits of a {from} are no {to}"),
            Wrong::Axes { array, found } => write!(f, "{found} axes do not fit array {}", array.0),
            Wrong::SiteKind(Site(n)) => write!(f, "site {n} is for another kind of failure"),
            Wrong::Layout(Array(n)) => write!(
                f,
                "the elements given to array {n} need not lie one after another"
            ),
            Wrong::TableLength(Table(n)) => write!(f, "the length of table {n} is no power of two"),
            Wrong::ParameterTwice => f.write_str("two parameters are one variable"),
            Wrong::LabelTwice(Label(n)) => write!(f, "label {n} is given twice"),
            Wrong::NotAround(Label(n)) => write!(f, "label {n} is not around the jump to it"),
            Wrong::NoLoop(Label(n)) => write!(f, "label {n} is no loop's, and has no next round"),
            Wrong::Leaves(_) => f.write_str("a jump leads out of a loop whose iterations run at once"),
            Wrong::Nested => f.write_str("a parallel loop is within another"),
            Wrong::Shared(Local(n)) => write!(f, "iterations set local {n}, which they share"),
            Wrong::SharedArray(Array(n)) => write!(f, "iterations set array {n}, which they share"),
            Wrong::ReducedToo(Local(n)) => write!(f, "local {n} is reduced, and something else as well"),
            Wrong::Reduced(Local(n)) => write!(f, "local {n} is reduced, and read or changed otherwise"),
            Wrong::Let(Local(n)) => {
                write!(f, "local {n} belongs to an expression, and is used outside of it")
            }
            Wrong::Counter(Local(n)) => write!(f, "local {n} counts a loop, which changes it"),
            Wrong::Math(math) => write!(f, "{math:?} was not expanded"),
            Wrong::Deep => f.write_str("too many statements and expressions are within one another"),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            let path: Vec<String> = self.path.iter().map(usize::to_string).collect();
            write!(f, "statement {}: ", path.join("."))?;
        }
        self.what.fmt(f)
    }
}

impl std::error::Error for Fault {}

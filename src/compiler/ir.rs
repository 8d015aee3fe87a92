//! The typed program, and what it means. All writers and the interpreter follow this text; where two
//! of them differ on a processor's own arithmetic, one of them is wrong.
//!
//! # Values
//!
//! A value is a [`Scalar`]. Integers are of their width in two's complement and wrap. Floats are IEEE 754
//! of their width: every operation rounds once, to nearest, ties to even; nothing is fused, reassociated or
//! left out, and subnormals are numbers, on every CPU rung alike. A NaN is a NaN whatever its bits. (WGSL promises less: what it
//! gives is compared within a tolerance.) Only `fastmath=True` allows a multiplication and an addition
//! to become one.
//!
//! Arrays are handles: where the elements lie, how many there are along each axis, and how far they are
//! apart. Giving one to another name copies the handle, as in Python. Elements are little-endian, truth values
//! a byte of 0 or 1.
//!
//! # Arithmetic
//!
//! - `//` and `%` round towards minus infinity, and the remainder has the divisor's sign; of floats as
//!   CPython's `float_divmod` gives them.
//! - A division by zero, of integers or floats, ends the kernel with an error at its place under
//!   `error_model="python"`, which is the usual; under `"numpy"` floats give infinities and NaN, and
//!   integers 0. The least integer divided by -1 wraps.
//! - Shifts take their count modulo the width, as processors do.
//! - A float becomes an integer by cutting off; what does not fit becomes the nearest that there is, and a NaN 0.
//!   (Numba leaves both to the processor.) An integer becomes a narrower one by its low bits.
//! - Comparisons of a signed and an unsigned integer are exact.
//! - Functions of [`Math`] are expanded into the other operations before anything is written, so that their
//!   results are the same everywhere.
//!
//! # Order
//!
//! Operands are evaluated from left to right, statements one after the other, and a serial loop runs
//! in its order. [`ExprKind::And`], [`ExprKind::Or`] and [`ExprKind::Choice`] evaluate only what decides;
//! [`ExprKind::Select`] evaluates everything. Vectors evaluate a side of a `Choice` if any of their lanes
//! needs it. Expressions change nothing but may fail.
//!
//! # Indices
//!
//! An index from `-n` to `n - 1` is one of an axis of length n. Any other is an error that names
//! array, axis, index and place, and touches no memory. What was stored before stays stored. In a
//! parallel loop other iterations may still run or not; of several errors that of the smallest
//! iteration is reported.
//!
//! # Parallel loops
//!
//! The iterations of a [`Stmt::ParFor`] may run in any order and at once. Validation has seen to it, as far as it
//! can be seen, that none reads what another writes. What crosses them is one of its reductions: a
//! local that the body only changes by `op`, and reads nowhere else. Inside, it begins with the
//! operation's neutral value; its final value is that of before, combined with the loop's.
//!
//! Sums and products of floats depend on their order, so that the order is part of the language, and depends
//! on the number n of iterations alone. Iterations are cut into leaves of `8 * ceil(n / 2048)`, at most 256 of them.
//! Within a leaf, iteration i belongs to lane i modulo 8, and each lane combines its iterations in order.
//! Lanes are combined as `((0+4)+(2+6))+((1+5)+(3+7))`, which vectors of 2, 4 and 8 lanes do by halving;
//! leaves from first to last. A lane without iterations is neutral. `sum` and `prod` of arrays are such loops.
//!
//! # Arguments
//!
//! A program is for any arguments of its types, until a pass makes use of what they are. From then on
//! [`Program::made_for`] says which they are, and whoever runs it refuses others: it is right for the same whole numbers
//! and shapes only, whatever floats there are and whatever is in the arrays.
//!
//! # Ends
//!
//! A kernel ends by its last statement, by [`Stmt::Return`], or by an error. Errors are values, not traps: a trap
//! would take the pool's thread with it.

use crate::source::Span;
use crate::told::Told;
use crate::types::{Layout, Scalar};
use crate::value::Arg;
use std::fmt;
use std::ops::{Deref, DerefMut};

/// Lanes of the fixed tree of a reduction.
pub const LANES: u64 = 8;
/// Leaves of that tree at most.
pub const LEAVES: u64 = 256;

/// Iterations of a leaf where there are n in all: a multiple of [`LANES`].
pub fn leaf(n: u64) -> u64 {
    LANES * n.div_ceil(LANES * LEAVES).max(1)
}

/// A variable that holds a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Local(pub u32);

/// A variable that holds an array's handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Array(pub u32);

/// The target of a jump: a loop or a block around the statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Label(pub u32);

/// A place in the source that can fail: an index into [`Program::sites`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Site(pub u32);

/// A kernel for certain types, all that it calls within it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Program {
    /// The entry's name.
    pub name: String,
    /// What it takes, in order.
    pub params: Vec<Param>,
    /// The numbers, by [`Local`].
    pub locals: Vec<LocalInfo>,
    /// The arrays, by [`Array`].
    pub arrays: Vec<ArrayInfo>,
    /// What can fail, by [`Site`].
    pub sites: Vec<SiteInfo>,
    /// Labels given out.
    pub labels: u32,
    /// What it does.
    pub body: Vec<Stmt>,
    /// What it gives, in order: a tuple's parts one after the other.
    pub results: Vec<Param>,
    /// Constants that are looked up, by [`Table`].
    pub tables: Vec<TableInfo>,
    /// Whether a multiplication and an addition may become one.
    pub fastmath: bool,
    /// What it is given, by [`Program::params`], if it holds for nothing else: see [`Arg::admits`].
    pub made_for: Option<Vec<Arg>>,
    /// What passes decided, and why.
    pub told: Told,
}

/// Constants that are looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Table(pub u32);

/// Constants of a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableInfo {
    /// Of what.
    pub of: Scalar,
    /// Their bits; a power of two of them.
    pub bits: Vec<u64>,
}

/// What is handed in or out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Param {
    /// A number.
    Scalar(Local),
    /// An array.
    Array(Array),
}

/// A number's variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalInfo {
    /// As the source calls it; made ones have names that Python would not allow.
    pub name: String,
    /// Its type.
    pub of: Scalar,
}

/// An array's variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArrayInfo {
    /// As the source calls it.
    pub name: String,
    /// Of what.
    pub of: Scalar,
    /// Axes, 1 to 3.
    pub axes: u8,
    /// How it lies.
    pub layout: Layout,
}

/// Where something can fail, and what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteInfo {
    /// Where.
    pub span: Span,
    /// What.
    pub what: Failure,
}

/// What can go wrong while it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// An index outside of this array's axis.
    Index(Array, u8),
    /// A division by zero.
    Division,
    /// Arrays whose shapes do not fit each other.
    Shape,
    /// An array that there is no memory for, or whose length is below zero.
    Memory,
    /// An assertion.
    Assertion,
    /// A loop's step of zero.
    Step,
    /// The least or greatest of nothing.
    Empty,
    /// An index beyond a tuple's parts.
    Tuple,
    /// A variable that nothing has given a value: of its name is the one that says whether something has.
    Unbound(Local),
}

/// A statement.
#[derive(Debug, Clone, PartialEq)]
pub enum Stmt {
    /// Gives a variable a value of its type.
    Set(Local, Expr),
    /// Gives an array's variable a handle.
    Bind(Array, ArrayExpr),
    /// Stores an element.
    Store {
        /// Where.
        array: Array,
        /// One `int64` for each axis.
        index: Vec<Expr>,
        /// What, of the array's type.
        value: Expr,
        /// If an index is none. Without one, each is proven to be from 0 to the axis' length - 1.
        site: Option<Site>,
    },
    /// One or the other.
    If {
        /// A truth value.
        test: Expr,
        /// If it holds.
        yes: Vec<Stmt>,
        /// If not.
        no: Vec<Stmt>,
    },
    /// What can be left.
    Block {
        /// Its name.
        label: Label,
        /// What it does.
        body: Vec<Stmt>,
    },
    /// As long as the test holds.
    While {
        /// Its name.
        label: Label,
        /// What is done before each test.
        before: Vec<Stmt>,
        /// A truth value.
        test: Expr,
        /// What is done after it; [`Stmt::Again`] leads to `before`.
        body: Vec<Stmt>,
    },
    /// Over a range that is known when it begins.
    For {
        /// Its name.
        label: Label,
        /// What counts; nothing else changes it.
        var: Local,
        /// The first, of the type of `var`.
        start: Expr,
        /// What is not reached any more.
        stop: Expr,
        /// From one to the next; not 0.
        step: Expr,
        /// Its iterations may run several at once in lanes, as those of a parallel loop without reductions:
        /// found by analysis. Every local that the body sets is set before it is read in each of them.
        vector: bool,
        /// What is done.
        body: Vec<Stmt>,
    },
    /// Over a range in any order and at once.
    ParFor(Box<ParFor>),
    /// To behind the block or loop.
    Leave(Label),
    /// To the loop's next round.
    Again(Label),
    /// The kernel is over.
    Return,
    /// The kernel is over by an error, if this does not hold.
    Check(Expr, Site),
    /// For people, and in the interpreter only: a line of all parts, with nothing between them.
    Print(Vec<Printed>),
}

/// A part of what is printed.
#[derive(Debug, Clone, PartialEq)]
pub enum Printed {
    /// A text.
    Text(String),
    /// A number.
    Value(Expr),
    /// A whole array.
    Array(Array),
}

/// A parallel loop.
#[derive(Debug, Clone, PartialEq)]
pub struct ParFor {
    /// The loop's place in the source.
    pub span: Span,
    /// `continue` leads behind this.
    pub label: Label,
    /// What counts, by 1; private to each iteration.
    pub var: Local,
    /// The first.
    pub start: Expr,
    /// What is not reached any more.
    pub stop: Expr,
    /// What is done.
    pub body: Vec<Stmt>,
    /// Variables of the body: each iteration has its own, undefined when it begins.
    pub private: Vec<Local>,
    /// Arrays' variables of the body, likewise.
    pub private_arrays: Vec<Array>,
    /// What crosses iterations.
    pub reductions: Vec<Reduction>,
}

/// A variable that iterations combine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reduction {
    /// Which.
    pub local: Local,
    /// How.
    pub op: Reduce,
}

/// How iterations are combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reduce {
    /// `+=` and `-=`.
    Sum,
    /// `*=` and `/=`.
    Product,
    /// `min`.
    Least,
    /// `max`.
    Greatest,
    /// `&=`.
    And,
    /// `|=`.
    Or,
    /// `^=`.
    Xor,
}

impl Reduce {
    /// The bits that change nothing: what a lane begins with. Of a float's sum that is -0, as 0 + -0 is 0.
    pub fn neutral(self, of: Scalar) -> u64 {
        let width = 8 * of.bytes();
        let ones = if of == Scalar::Bool {
            1
        } else {
            u64::MAX >> (64 - width)
        };
        let sign = 1 << (width - 1);
        match (self, of) {
            (Reduce::Sum, Scalar::F32 | Scalar::F64) => sign,
            (Reduce::Sum | Reduce::Or | Reduce::Xor, _) => 0,
            (Reduce::Product, Scalar::F32) => 1f32.to_bits().into(),
            (Reduce::Product, Scalar::F64) => 1f64.to_bits(),
            (Reduce::Product, _) => 1,
            (Reduce::Least, Scalar::F32) => f32::INFINITY.to_bits().into(),
            (Reduce::Least, Scalar::F64) => f64::INFINITY.to_bits(),
            (Reduce::Greatest, Scalar::F32) => f32::NEG_INFINITY.to_bits().into(),
            (Reduce::Greatest, Scalar::F64) => f64::NEG_INFINITY.to_bits(),
            (Reduce::Least, _) if of.is_signed() => ones >> 1,
            (Reduce::Least | Reduce::And, _) => ones,
            (Reduce::Greatest, _) if of.is_signed() => sign,
            (Reduce::Greatest, _) => 0,
        }
    }

    /// The operation on two values.
    pub fn binary(self) -> Binary {
        match self {
            Reduce::Sum => Binary::Add,
            Reduce::Product => Binary::Mul,
            Reduce::Least => Binary::Min,
            Reduce::Greatest => Binary::Max,
            Reduce::And => Binary::And,
            Reduce::Or => Binary::Or,
            Reduce::Xor => Binary::Xor,
        }
    }
}

/// A handle.
#[derive(Debug, Clone, PartialEq)]
pub enum ArrayExpr {
    /// Another's.
    Same(Array),
    /// A new array.
    New {
        /// One `int64` for each axis.
        shape: Vec<Expr>,
        /// What it holds; nothing in particular if nothing is given.
        fill: Option<Expr>,
        /// If there is no memory.
        site: Site,
    },
    /// The elements of an array that lies as [`Layout::C`], along other axes.
    Reshape {
        /// Which.
        of: Array,
        /// One `int64` for each new axis.
        shape: Vec<Expr>,
        /// If there are not as many elements.
        site: Site,
    },
    /// The same elements, the axes in the other order.
    Transposed(Array),
    /// A part of another array, axis by axis.
    View {
        /// Which.
        of: Array,
        /// One for each of its axes.
        cuts: Vec<Cut>,
    },
}

/// What a view takes of an axis.
#[derive(Debug, Clone, PartialEq)]
pub enum Cut {
    /// One place: the axis is gone.
    At(Expr, Site),
    /// Every `step`th from `low` up to `high`, as Python's slices are clipped.
    Range {
        /// The first; the axis' end that it begins with if nothing is given.
        low: Option<Expr>,
        /// What is not reached any more.
        high: Option<Expr>,
        /// From one to the next; 1 if nothing is given.
        step: Option<Expr>,
        /// If the step is 0.
        site: Site,
    },
}

/// A value: a pointer to its [`Node`], as expressions are handed on far more often than they are looked into.
#[derive(Clone, PartialEq)]
pub struct Expr(Box<Node>);

/// What a value is. Equal are those that are the same value, wherever they come from.
#[derive(Debug, Clone)]
pub struct Node {
    /// How it comes about.
    pub kind: ExprKind,
    /// Its type.
    pub of: Scalar,
    /// Where in the source it comes from, as [`crate::told`] counts: 0 if that is not known.
    pub at: u32,
}

impl PartialEq for Node {
    fn eq(&self, other: &Node) -> bool {
        self.of == other.of && self.kind == other.kind
    }
}

impl Deref for Expr {
    type Target = Node;

    fn deref(&self) -> &Node {
        &self.0
    }
}

impl DerefMut for Expr {
    fn deref_mut(&mut self) -> &mut Node {
        &mut self.0
    }
}

impl fmt::Debug for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How values come about.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// A constant, by its bits.
    Const(u64),
    /// A variable.
    Local(Local),
    /// How many elements an array has along an axis: an `int64`.
    Length(Array, u8),
    /// Of its operand's type.
    Unary(Unary, Expr),
    /// Of both operands' type.
    Binary(Binary, Expr, Expr),
    /// A division: fails at the site by zero, where there is one.
    Divide(Divide, Expr, Expr, Option<Site>),
    /// A truth value, of operands of one type, or of integers of any.
    Compare(Compare, Expr, Expr),
    /// The other type's nearest value, as the essay has it.
    Convert(Expr),
    /// The second where the first holds, else the third, all of which are evaluated.
    Select(Expr, Expr, Expr),
    /// The second where the first holds, else the third, and only that.
    Choice(Expr, Expr, Expr),
    /// Both hold; the second is evaluated if the first does.
    And(Expr, Expr),
    /// One holds; the second is evaluated if the first does not.
    Or(Expr, Expr),
    /// An element.
    Load {
        /// Of which.
        array: Array,
        /// One `int64` for each axis.
        index: Vec<Expr>,
        /// If an index is none. Without one, each is proven to be from 0 to the axis' length - 1.
        site: Option<Site>,
    },
    /// A function, to be expanded.
    Math(Math, Vec<Expr>),
    /// The same bits as another type of the same width.
    Bits(Expr),
    /// Gives these locals values, one after the other, and is then the last value. They are used nowhere else.
    Let(Vec<(Local, Expr)>, Expr),
    /// A constant of a table by an `int32`, of which the low bits count.
    Table(Table, Expr),
    /// Whether no element of one array is one of the other: a truth value.
    Apart(Array, Array),
}

/// Operations on one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unary {
    /// `-a`; of a float its sign.
    Minus,
    /// `~a`; of a truth value `not a`.
    Not,
    /// Without its sign; the least integer stays.
    Abs,
    /// The root, rounded correctly.
    Sqrt,
    /// Towards minus infinity.
    Floor,
    /// Towards infinity.
    Ceil,
    /// Towards zero.
    Trunc,
    /// To the nearest whole number, ties to even.
    Nearest,
}

/// Operations on two values of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Binary {
    /// `a + b`.
    Add,
    /// `a - b`.
    Sub,
    /// `a * b`.
    Mul,
    /// `a & b`.
    And,
    /// `a | b`.
    Or,
    /// `a ^ b`.
    Xor,
    /// `a << b`.
    ShiftLeft,
    /// `a >> b`: of signed integers with their sign.
    ShiftRight,
    /// The lesser; a NaN where one is; -0 below 0.
    Min,
    /// The greater, likewise.
    Max,
    /// A float's magnitude with another's sign.
    CopySign,
}

/// Divisions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Divide {
    /// `a / b` of floats.
    True,
    /// `a // b`.
    Floor,
    /// `a % b`.
    Rest,
    /// The remainder with the dividend's sign: C's `%` and `fmod`.
    CRest,
}

/// Comparisons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Compare {
    /// `==`.
    Equal,
    /// `!=`.
    Unequal,
    /// `<`.
    Less,
    /// `<=`.
    AtMost,
}

/// Functions that are expanded, of floats of one type and giving that type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Math {
    Sin,
    Cos,
    Tan,
    Asin,
    Acos,
    Atan,
    Atan2,
    Sinh,
    Cosh,
    Tanh,
    Asinh,
    Acosh,
    Atanh,
    Exp,
    Exp2,
    Expm1,
    Log,
    Log2,
    Log10,
    Log1p,
    Pow,
    Hypot,
    Cbrt,
    Erf,
    Erfc,
    Gamma,
    Lgamma,
}

impl Expr {
    /// A value of this type that comes about so.
    pub fn new(kind: ExprKind, of: Scalar) -> Expr {
        Expr(Box::new(Node { kind, of, at: 0 }))
    }

    /// The same from this place, where it has none.
    pub fn placed(mut self, at: u32) -> Expr {
        if self.at == 0 {
            self.at = at;
        }
        self
    }

    /// The same of all of it, down to what has a place already.
    pub fn place(&mut self, at: u32) {
        if self.at == 0 {
            self.at = at;
            crate::walk::operands_mut(self, &mut |operand| operand.place(at));
        }
    }

    /// How it comes about, to be taken apart.
    pub fn into_kind(self) -> ExprKind {
        self.0.kind
    }

    /// A constant of this type by its bits.
    pub fn bits(of: Scalar, bits: u64) -> Expr {
        Expr::new(ExprKind::Const(bits), of)
    }

    /// An `int64`.
    pub fn int(value: i64) -> Expr {
        Expr::bits(Scalar::I64, value as u64)
    }

    /// A `float64`.
    pub fn float(value: f64) -> Expr {
        Expr::bits(Scalar::F64, value.to_bits())
    }

    /// A truth value.
    pub fn bool(value: bool) -> Expr {
        Expr::bits(Scalar::Bool, value.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_are_few_and_of_whole_vectors() {
        for n in (0..5_000).chain([1 << 20, u64::from(u32::MAX), 1 << 40]) {
            let length = leaf(n);
            assert!(length >= LANES && length.is_multiple_of(LANES));
            assert!(n.div_ceil(length) <= LEAVES, "{n}");
            // Short loops still have something to share.
            assert!(n < 2 * LANES || n.div_ceil(length) >= 2, "{n}");
        }
        assert_eq!((leaf(64), leaf(2048), leaf(2049)), (8, 8, 16));
    }
}

//! The tree of a module. Every node knows its place.

use crate::source::Span;

/// A file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Module {
    /// Its statements.
    pub body: Vec<Stmt>,
    /// Its comments that begin with "parallax:".
    pub pragmas: Vec<Pragma>,
}

/// A wish in a comment: "# parallax: entry=name".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pragma {
    /// What follows the colon.
    pub text: String,
    /// Where.
    pub span: Span,
}

/// A name where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ident {
    /// The name; a dotted one where modules are imported.
    pub name: String,
    /// Where.
    pub span: Span,
}

/// A statement.
#[derive(Debug, Clone, PartialEq)]
pub struct Stmt {
    /// What it is.
    pub kind: StmtKind,
    /// All of it; of one with a block, its head.
    pub span: Span,
}

/// Kinds of statements.
#[derive(Debug, Clone, PartialEq)]
pub enum StmtKind {
    /// `def`.
    Def(Box<Def>),
    /// `return`.
    Return(Option<Expr>),
    /// `a = b = value`.
    Assign {
        /// From left to right.
        targets: Vec<Expr>,
        /// What they get.
        value: Expr,
    },
    /// `a: type = value`; types are only for people, as in Numba.
    Annotated {
        /// What gets it.
        target: Expr,
        /// What it gets, if anything.
        value: Option<Expr>,
    },
    /// `a += value`.
    Augmented {
        /// What is changed.
        target: Expr,
        /// The operator.
        op: BinaryOp,
        /// By what.
        value: Expr,
    },
    /// `for target in iter`.
    For {
        /// What counts.
        target: Expr,
        /// Over what.
        iter: Expr,
        /// What is done.
        body: Vec<Stmt>,
        /// What is done unless it was left.
        or_else: Vec<Stmt>,
    },
    /// `while test`.
    While {
        /// The condition.
        test: Expr,
        /// What is done.
        body: Vec<Stmt>,
        /// What is done unless it was left.
        or_else: Vec<Stmt>,
    },
    /// `if test`; an `elif` is an `if` that is alone in `or_else`.
    If {
        /// The condition.
        test: Expr,
        /// If it holds.
        body: Vec<Stmt>,
        /// If not.
        or_else: Vec<Stmt>,
    },
    /// `break`.
    Break,
    /// `continue`.
    Continue,
    /// `pass`.
    Pass,
    /// A value that is not used: a call, a docstring.
    Expr(Expr),
    /// `import a.b as c, d`.
    Import(Vec<Alias>),
    /// `from module import a as b`.
    From {
        /// The module.
        module: Ident,
        /// What is taken from it; nothing for `*`.
        names: Vec<Alias>,
    },
    /// `assert test`.
    Assert(Expr),
    /// Python that has no meaning here.
    Other {
        /// What it is, in words.
        what: &'static str,
        /// The names that its head gives a value, takes it from, or may.
        names: Vec<String>,
        /// Its blocks, one after the other; a class's are its own.
        body: Vec<Stmt>,
    },
    /// Not understood, and said so.
    Invalid,
}

/// What is imported, and as what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alias {
    /// Its name there.
    pub name: Ident,
    /// Its name here, if it is another.
    pub here: Option<Ident>,
}

/// A function.
#[derive(Debug, Clone, PartialEq)]
pub struct Def {
    /// Its name.
    pub name: Ident,
    /// Without the `@`, from the top.
    pub decorators: Vec<Expr>,
    /// What it takes.
    pub params: Vec<Param>,
    /// What it does.
    pub body: Vec<Stmt>,
}

/// A parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Param {
    /// Its name.
    pub name: Ident,
    /// What it is where nothing is given.
    pub default: Option<Expr>,
    /// `*args` or `**kwargs`.
    pub is_star: bool,
}

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where, with its own brackets but not those around it.
    pub span: Span,
}

/// Kinds of expressions.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// A variable, a function, a module.
    Name(String),
    /// A whole number below 2^64.
    Int(u64),
    /// A number with a fraction.
    Float(f64),
    /// An imaginary number.
    Imaginary(f64),
    /// `True` or `False`.
    Bool(bool),
    /// `None`.
    None,
    /// A text, as it means.
    Str(String),
    /// `(a, b)`.
    Tuple(Vec<Expr>),
    /// `[a, b]`.
    List(Vec<Expr>),
    /// `-a`.
    Unary(UnaryOp, Box<Expr>),
    /// `a + b`.
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// `a and b and c`: at least two.
    Logic(LogicOp, Vec<Expr>),
    /// `a < b <= c`: the first, then each operator with what follows it.
    Compare(Box<Expr>, Vec<(CompareOp, Expr)>),
    /// `a if test else b`.
    Choice {
        /// The condition.
        test: Box<Expr>,
        /// If it holds.
        yes: Box<Expr>,
        /// If not.
        no: Box<Expr>,
    },
    /// `f(a, b=c)`.
    Call {
        /// What is called.
        callee: Box<Expr>,
        /// By position.
        args: Vec<Expr>,
        /// By name.
        keywords: Vec<(Ident, Expr)>,
    },
    /// `a.name`.
    Attribute(Box<Expr>, Ident),
    /// `a[i, j:k]`.
    Subscript(Box<Expr>, Vec<Index>),
    /// Python that has no meaning here: a lambda, a comprehension, `...`.
    Other(&'static str),
    /// Not understood, and said so.
    Invalid,
}

/// One axis of a subscript.
#[derive(Debug, Clone, PartialEq)]
pub enum Index {
    /// `a[i]`.
    At(Expr),
    /// `a[low:high:step]`.
    Slice {
        /// The first.
        low: Option<Expr>,
        /// One past the last.
        high: Option<Expr>,
        /// From one to the next.
        step: Option<Expr>,
        /// Where.
        span: Span,
    },
}

/// Operators with one side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnaryOp {
    /// `-a`.
    Minus,
    /// `+a`.
    Plus,
    /// `~a`.
    Invert,
    /// `not a`.
    Not,
}

/// Operators with two sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BinaryOp {
    /// `a + b`.
    Add,
    /// `a - b`.
    Sub,
    /// `a * b`.
    Mul,
    /// `a / b`.
    Div,
    /// `a // b`.
    FloorDiv,
    /// `a % b`.
    Mod,
    /// `a ** b`.
    Pow,
    /// `a @ b`.
    MatMul,
    /// `a << b`.
    ShiftLeft,
    /// `a >> b`.
    ShiftRight,
    /// `a & b`.
    And,
    /// `a | b`.
    Or,
    /// `a ^ b`.
    Xor,
}

impl BinaryOp {
    /// As it is written.
    pub fn sign(self) -> &'static str {
        match self {
            BinaryOp::Add => "+",
            BinaryOp::Sub => "-",
            BinaryOp::Mul => "*",
            BinaryOp::Div => "/",
            BinaryOp::FloorDiv => "//",
            BinaryOp::Mod => "%",
            BinaryOp::Pow => "**",
            BinaryOp::MatMul => "@",
            BinaryOp::ShiftLeft => "<<",
            BinaryOp::ShiftRight => ">>",
            BinaryOp::And => "&",
            BinaryOp::Or => "|",
            BinaryOp::Xor => "^",
        }
    }
}

/// `and` and `or`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LogicOp {
    /// All of them.
    And,
    /// Any of them.
    Or,
}

/// Comparisons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CompareOp {
    /// `==`.
    Equal,
    /// `!=`.
    Unequal,
    /// `<`.
    Less,
    /// `<=`.
    AtMost,
    /// `>`.
    Greater,
    /// `>=`.
    AtLeast,
    /// `is`.
    Is,
    /// `is not`.
    IsNot,
    /// `in`.
    In,
    /// `not in`.
    NotIn,
}

//! What the machine runs: short instructions over numbered registers.
//!
//! A register holds a boxed value. First come the program's locals, then constants and what expressions leave
//! in between. Arrays' variables are numbered on their own.

use super::boxed::Boxed;
use crate::ir::{Binary, Compare, Divide, Param, Reduction, SiteInfo, TableInfo, Unary};
use crate::source::Span;
use crate::types::{Layout, Scalar};

/// A register.
pub(super) type Reg = u32;
/// An array's variable.
pub(super) type Arr = u32;
/// An instruction's place.
pub(super) type Pc = u32;

/// An instruction. What it gives is named first.
#[derive(Debug, Clone, Copy)]
pub(super) enum Op {
    Move(Reg, Reg),
    Unary(Unary, Reg, Reg),
    Binary(Binary, Reg, Reg, Reg),
    /// By the place in [`Code::divisions`].
    Divide(u32, Reg),
    Compare(Compare, Reg, Reg, Reg),
    Convert(Scalar, Reg, Reg),
    Bits(Scalar, Reg, Reg),
    /// The third where the second holds, else the fourth.
    Select(Reg, Reg, Reg, Reg),
    /// By the place in [`Code::accesses`].
    Load(Reg, u32),
    Store(Reg, u32),
    Length(Reg, Arr, u8),
    Table(Reg, u32, Reg),
    Apart(Reg, Arr, Arr),
    Jump(Pc),
    /// If the register is false.
    Unless(Reg, Pc),
    Same(Arr, Arr),
    /// By the place in [`Code::news`].
    New(Arr, u32),
    /// By the place in [`Code::views`].
    View(Arr, u32),
    /// By the place in [`Code::reshapes`].
    Reshape(Arr, u32),
    Transposed(Arr, Arr),
    /// By the place in the program's sites.
    Check(Reg, u32),
    /// By the place in [`Code::fors`].
    For(u32),
    ForNext(u32),
    /// By the place in [`Code::par_fors`].
    ParFor(u32),
    ParNext,
    /// By the place in [`Code::prints`].
    Print(u32),
    Return,
}

/// A division.
#[derive(Debug, Clone, Copy)]
pub(super) struct Division {
    pub op: Divide,
    pub a: Reg,
    pub b: Reg,
    pub site: Option<u32>,
}

/// An element.
#[derive(Debug, Clone, Copy)]
pub(super) struct Access {
    pub array: Arr,
    pub index: [Reg; 3],
    pub axes: u8,
    pub site: Option<u32>,
}

/// A new array.
#[derive(Debug, Clone)]
pub(super) struct New {
    pub of: Scalar,
    pub shape: Vec<Reg>,
    pub fill: Option<Reg>,
    pub site: u32,
}

/// The same elements along other axes.
#[derive(Debug, Clone)]
pub(super) struct Reshape {
    pub of: Arr,
    pub shape: Vec<Reg>,
    pub site: u32,
}

/// A part of an array.
#[derive(Debug, Clone)]
pub(super) struct View {
    pub of: Arr,
    pub cuts: Vec<Cut>,
}

/// What a view takes of an axis.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cut {
    At(Reg, u32),
    Range {
        low: Option<Reg>,
        high: Option<Reg>,
        step: Option<Reg>,
        site: u32,
    },
}

/// A serial loop.
#[derive(Debug, Clone, Copy)]
pub(super) struct For {
    pub var: Reg,
    pub start: Reg,
    pub stop: Reg,
    pub step: Reg,
    pub body: Pc,
    pub end: Pc,
}

/// A parallel loop.
#[derive(Debug, Clone)]
pub(super) struct ParFor {
    pub span: Span,
    pub var: Reg,
    pub start: Reg,
    pub stop: Reg,
    pub body: Pc,
    /// Where an iteration ends.
    pub next: Pc,
    pub end: Pc,
    pub private: Vec<Reg>,
    pub private_arrays: Vec<Arr>,
    pub reductions: Vec<Reduction>,
}

/// A part of what is printed.
#[derive(Debug, Clone)]
pub(super) enum Part {
    Text(String),
    Value(Reg),
    Array(Arr),
}

/// A variable of an array.
#[derive(Debug, Clone)]
pub(super) struct ArrayVar {
    pub name: String,
    pub of: Scalar,
    pub axes: u8,
    pub layout: Layout,
}

/// A compiled program.
#[derive(Debug, Default)]
pub(super) struct Code {
    pub ops: Vec<Op>,
    pub divisions: Vec<Division>,
    pub accesses: Vec<Access>,
    pub news: Vec<New>,
    pub views: Vec<View>,
    pub reshapes: Vec<Reshape>,
    pub fors: Vec<For>,
    pub par_fors: Vec<ParFor>,
    pub prints: Vec<Vec<Part>>,
    pub tables: Vec<TableInfo>,
    pub sites: Vec<SiteInfo>,
    /// What registers hold when it begins.
    pub registers: Vec<Boxed>,
    /// Names of the locals, and their types.
    pub locals: Vec<(String, Scalar)>,
    pub arrays: Vec<ArrayVar>,
    pub params: Vec<Param>,
    pub results: Vec<Param>,
}

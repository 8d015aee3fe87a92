//! The only door to the writers: what passes here keeps all promises of `ir`, so that they need not ask again.
//!
//! The rules of types:
//!
//! | expression | operands | gives |
//! |---|---|---|
//! | `Const` | bits of the type's width, 0 or 1 of a truth value | its type |
//! | `Length` | an axis that the array has | `int64` |
//! | `Minus`, `Abs` | a number | the same |
//! | `Not` | an integer or a truth value | the same |
//! | `Sqrt`, `Floor`, `Ceil`, `Trunc`, `Nearest`, `CopySign` | floats | the same |
//! | `Add`, `Sub`, `Mul`, `Min`, `Max` | two numbers of a type | the same |
//! | `And`, `Or`, `Xor` of bits | two integers of a type, or truth values | the same |
//! | shifts | two integers of a type | the same |
//! | `Divide` | two numbers of a type; floats if `True` | the same |
//! | `Compare` | two of a type, or integers of any two | truth value |
//! | `Convert` | anything | anything |
//! | `Bits` | a number of the same width | a number |
//! | `Select`, `Choice` | a truth value, two of a type | the same |
//! | `And`, `Or` | truth values | truth value |
//! | `Load` | an `int64` for each axis | the array's |
//! | `Let` | values of the locals' types | as the last |
//! | `Table` | an `int32` | the table's |
//! | `Apart` | two arrays | truth value |
//!
//! Locals of a `Let` are read in it alone, behind their value. Several may use the same locals one
//! after the other, so that expressions can be copied.
//!
//! A reduced local is changed by `x = x op value` or `x = value op x` (`-=` and `/=` only the first way), or by
//! a `Select` of the lesser or greater of it and a value, and is not read in the value. Of a parallel loop both
//! `Leave` and `Again` mean `continue`.

#[cfg(test)]
pub(crate) mod built;
mod check;
mod fault;
#[cfg(test)]
mod tests;

pub use fault::{Fault, Wrong};

use crate::ir::{Expr, Program, Stmt};
use crate::walk;
use std::ops::Deref;

/// Statements and expressions within one another at most, so that passes may call themselves.
pub const MOST_DEPTH: u32 = 1_000;

/// A program that keeps all promises.
#[derive(Debug, Clone, PartialEq)]
pub struct Valid(Program);

impl Valid {
    /// To be changed, and validated again.
    pub fn into_inner(self) -> Program {
        self.0
    }
}

impl Deref for Valid {
    type Target = Program;

    fn deref(&self) -> &Program {
        &self.0
    }
}

/// Looks at all of a program.
///
/// # Errors
/// The first promise that it breaks.
pub fn validate(program: Program) -> Result<Valid, Fault> {
    match check::check(&program) {
        Ok(()) => Ok(Valid(program)),
        Err(fault) => {
            if fault.what == Wrong::Deep {
                take_apart(program.body);
            }
            Err(fault)
        }
    }
}

/// Drops a tree that is too deep for drops within drops.
fn take_apart(mut body: Vec<Stmt>) {
    let mut exprs: Vec<Expr> = Vec::new();
    let out = |expr: &mut Expr| std::mem::replace(expr, Expr::bool(false));
    while let Some(mut stmt) = body.pop() {
        walk::own_mut(&mut stmt, &mut |expr| exprs.push(out(expr)));
        for block in walk::blocks_mut(&mut stmt) {
            body.append(block);
        }
    }
    while let Some(mut expr) = exprs.pop() {
        walk::operands_mut(&mut expr, &mut |one| exprs.push(out(one)));
    }
}

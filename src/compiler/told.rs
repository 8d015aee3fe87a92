//! What passes decided about loops, and why: said by the pass that decides, where it decides, for [`crate::explain`].
//!
//! A place is the first byte of what the source says, counted from 1; 0 is no place.

use crate::ir::{Array, Expr, Local, Stmt};
use crate::walk;

/// What was said, in order. What a program does does not depend on it: any two are equal.
#[derive(Debug, Clone, Default)]
pub struct Told(Vec<(u32, What)>);

impl PartialEq for Told {
    fn eq(&self, _: &Told) -> bool {
        true
    }
}

impl Told {
    /// Says something of a place.
    pub fn say(&mut self, at: u32, what: What) {
        self.0.push((at, what));
    }

    /// Says something of a loop, or of any other statement.
    pub fn of(&mut self, stmt: &Stmt, what: What) {
        self.say(place(stmt), what);
    }

    /// Where the kernel ends by `return`, in order.
    pub fn returns(&self) -> Vec<u32> {
        let ends = self.0.iter().filter(|(_, what)| *what == What::Returns);
        ends.map(|(at, _)| *at).collect()
    }

    /// All that was said.
    pub fn all(&self) -> &[(u32, What)] {
        &self.0
    }
}

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Its iterations are shared among threads.
    Parallel,
    /// They are not.
    Serial(Serial),
    /// It runs in lanes.
    Lanes,
    /// It does not.
    NotLanes(NotLanes),
    /// Lanes part here, and wait under a mask.
    Masked,
    /// It is its rounds, one after the other: so many.
    Rounds(u32),
    /// So many of its rounds are one.
    AtOnce(u32),
    /// Four of its rounds are done together in the loop in lanes within it.
    Jammed,
    /// So many of its rounds go along together, each some rows behind the one before.
    Skewed(u32),
    /// It is there twice: without checks behind one test, and as it was.
    Twice,
    /// The kernel ends here, and gives what it gives.
    Returns,
    /// A number is written here that is a `float64`.
    Double,
    /// An index of this array keeps its check, and why.
    Checked(Array, Checked),
}

/// Why a loop is not parallel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Serial {
    /// It is no `prange`.
    Plain,
    /// It is a `while`.
    While,
    /// It is within a parallel loop.
    Within,
    /// The decorator does not say `parallel=True`.
    NotAsked,
    /// `break` or `return` leaves it.
    Left,
}

/// Why a loop is not in lanes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotLanes {
    /// It does not count by 1, or not in 32 or 64 bits.
    Step,
    /// How often it goes round is not known before it.
    While,
    /// Something jumps out of it.
    Left,
    /// Something in it can fail, and what comes before that would be done too late or too early.
    Fails,
    /// It makes arrays or handles, or prints.
    Makes,
    /// Another loop in lanes, or a parallel one, is in it.
    Outside,
    /// Each iteration reads what the one before set.
    Crosses(Local),
    /// What it sets is read behind it.
    Behind(Local),
    /// What an iteration stores there another may need.
    Memory(Array),
    /// It could, but another loop of the nest suits the memory better.
    Slower,
    /// It could, but would gain nothing: it moves along no array's last axis.
    Scattered,
    /// A loop around it is in lanes: each lane has rounds of its own.
    Inside,
}

/// Why an index keeps its check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checked {
    /// The array is another in each round.
    Rebound,
    /// Nothing is known of the index before the loop.
    Unbounded,
    /// It is outside of the array for certain.
    Outside,
}

/// Where a statement comes from: the first place that anything of it has.
pub fn place(stmt: &Stmt) -> u32 {
    if let Stmt::ParFor(par) = stmt {
        return par.span.start + 1;
    }
    let mut at = 0;
    walk::own(stmt, &mut |expr| {
        if at == 0 {
            at = place_of(expr);
        }
    });
    at
}

/// The first place that an expression or anything in it has.
pub fn place_of(expr: &Expr) -> u32 {
    if expr.at != 0 {
        return expr.at;
    }
    let parts = walk::operands(expr).map(place_of);
    parts.into_iter().find(|at| *at != 0).unwrap_or(0)
}

//! What is known of expressions, by their places in memory: the program is borrowed, and stays where it is.
//!
//! A hash table of one kind, without removal: the standard library's would be as much code again as the rest of the analysis'
//! bookkeeping.

use super::{Interval, all};
use crate::ir::Expr;

/// What is known of an expression.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known {
    pub range: Interval,
    /// Of the first index of an access: whether all are within their array.
    pub is_inside: bool,
    /// Of an integer that a float becomes: whether that is a whole number.
    pub is_whole: bool,
}

/// A power of two of slots, at most half of them taken; the address is null in the others.
#[derive(Debug, Default)]
pub struct Places {
    slots: Vec<(*const Expr, Known)>,
    taken: usize,
}

impl Places {
    /// Where an expression is, or would be.
    fn slot(&self, at: *const Expr) -> usize {
        // Addresses are as good as random once they are multiplied.
        let hash = (at.addr() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        let mut slot = hash as usize;
        loop {
            slot &= self.slots.len() - 1;
            let (here, _) = self.slots[slot];
            if here == at || here.is_null() {
                return slot;
            }
            slot += 1;
        }
    }

    /// What is known of an expression, if anything was said.
    pub fn get(&self, expr: &Expr) -> Option<&Known> {
        if self.slots.is_empty() {
            return None;
        }
        let (at, known) = &self.slots[self.slot(expr)];
        (!at.is_null()).then_some(known)
    }

    /// The same, to be said.
    pub fn at(&mut self, expr: &Expr) -> &mut Known {
        if 2 * self.taken >= self.slots.len() {
            let free = (std::ptr::null(), Known::default());
            let more = vec![free; (2 * self.slots.len()).max(64)];
            for one in std::mem::replace(&mut self.slots, more) {
                if !one.0.is_null() {
                    let slot = self.slot(one.0);
                    self.slots[slot] = one;
                }
            }
        }
        let slot = self.slot(expr);
        let (at, known) = &mut self.slots[slot];
        if at.is_null() {
            *at = expr;
            known.range = all(expr.of);
            self.taken += 1;
        }
        known
    }
}

//! Where instructions come from in the source, and what was decided while they were written: kept if somebody asks.

use super::function::Emitter;
use super::plan;
use crate::ir::{ParFor, Stmt};
use crate::told::{self, NotLanes, Told, What};

/// Where a module's instructions come from.
#[derive(Debug, Clone, Default)]
pub struct Marks {
    /// By the function, imported ones not counted: from which byte of its instructions on which place, as [`crate::told`] counts.
    pub functions: Vec<Vec<(u32, u32)>>,
    /// What was decided.
    pub told: Told,
}

impl Marks {
    /// Of functions that come from nowhere.
    pub(super) fn before(functions: usize) -> Marks {
        Marks {
            functions: vec![Vec::new(); functions],
            told: Told::default(),
        }
    }

    pub(super) fn take(&mut self, notes: &mut Notes) {
        self.functions.push(std::mem::take(&mut notes.marks));
        for (at, what) in notes.told.all() {
            self.told.say(*at, *what);
        }
    }
}

/// The same of a function while it is written.
#[derive(Debug, Default)]
pub(super) struct Notes {
    at: u32,
    marks: Vec<(u32, u32)>,
    told: Told,
}

impl Emitter<'_> {
    /// What is written from here on comes from this place, if it is one; gives the place before.
    pub fn come_from(&mut self, at: u32) -> u32 {
        let around = self.notes.at;
        if self.unit.is_marked && at != 0 && at != around {
            self.notes.at = at;
            let here = self.code.len() as u32;
            match self.notes.marks.last_mut() {
                Some(last) if last.0 == here => last.1 = at,
                _ => self.notes.marks.push((here, at)),
            }
        }
        around
    }

    /// What is written from here on comes from this statement.
    pub fn begin_place(&mut self, one: &Stmt) -> u32 {
        if !self.unit.is_marked {
            return 0;
        }
        let around = self.come_from(told::place(one));
        if self.vector.is_some() && matches!(one, Stmt::For { .. } | Stmt::While { .. }) {
            self.tell(What::NotLanes(NotLanes::Inside));
        }
        around
    }

    /// Says something of the place at hand.
    pub fn tell(&mut self, what: What) {
        if self.unit.is_marked {
            self.notes.told.say(self.notes.at, what);
        }
    }

    /// Says that lanes part in a statement.
    pub fn tell_masked(&mut self, one: &Stmt) {
        if matches!(one, Stmt::If { .. } | Stmt::While { .. } | Stmt::For { .. }) {
            self.tell(What::Masked);
        }
    }

    /// Says whether a parallel loop's iterations run in lanes.
    pub fn tell_lanes(&mut self, one: &ParFor, are_they: bool) {
        if self.unit.is_marked && self.unit.target.simd && self.vector.is_none() {
            let what = match are_they {
                true => What::Lanes,
                false => What::NotLanes(plan::why_not(one)),
            };
            self.notes.told.say(one.span.start + 1, what);
        }
    }
}

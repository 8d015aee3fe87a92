//! What is known of a variable: the types of its definitions, and the one that it has at a place.
//!
//! Numba types each definition by itself, and what several of them give where they meet: after `v = i` an index is an
//! `int64`, though behind `if far: v = 0.5` it is a `float64`. A variable whose definitions agree needs one place
//! for its value. Any other has one for each type that it is read as, and what gives it a value writes to those that
//! may be read before it gets another.

use super::operand::{Known, Slot};
use super::{Maker, RESULT, Var};
use crate::flow::Meets;
use crate::ir::Local;
use crate::source::Span;

/// A variable of a frame, or what the frame's function gives.
#[derive(Debug, Clone, Default)]
pub(super) struct Variable {
    /// What holds all that it is given; nothing until something is.
    pub own: Option<Known>,
    /// Each definition's own type, by its place.
    given: Vec<(u32, Known)>,
    /// Which definitions meet where, once they differ.
    meets: Option<Meets>,
    /// The types of all that meet, once worked out.
    met: Vec<Option<Known>>,
    /// Where its values are, by their types.
    slots: Vec<(Known, Slot)>,
    /// Whether it has been given a value, if it is read where it may have none.
    pub flag: Option<Local>,
    /// Where it was read before anything was known of it, and its name.
    pub asked: Option<(String, Span)>,
    /// As what the `prange` at hand reduces it.
    reduced: Option<Known>,
}

impl Variable {
    /// For another round: what is known of types stays.
    pub fn again(&mut self) {
        self.slots.clear();
        (self.flag, self.asked, self.reduced) = (None, None, None);
    }

    fn differs(&self) -> bool {
        self.given
            .iter()
            .any(|(_, known)| Some(known) != self.own.as_ref())
    }

    fn given_at(&self, at: u32) -> Option<&Known> {
        self.given
            .iter()
            .find(|(place, _)| *place == at)
            .map(|(_, known)| known)
    }

    /// What holds all that those definitions give, as far as it is known.
    fn met(&mut self, number: usize) -> Option<Known> {
        let places = self.meets.as_ref()?.all.get(number)?;
        if self.met.len() <= number {
            self.met.resize(number + 1, None);
        }
        if self.met[number].is_none() {
            let mut all: Option<Known> = None;
            for (at, known) in &self.given {
                if places.contains(at) {
                    all = match all {
                        Some(all) => all.join(known),
                        None => Some(known.clone()),
                    };
                }
            }
            self.met[number] = all;
        }
        self.met[number].clone()
    }

    /// The type where it is given a value or read.
    pub fn at(&self, place: u32) -> Option<&Known> {
        let read = self.meets.as_ref().and_then(|meets| {
            let number = *meets.at.get(&place)?;
            self.met.get(number as usize)?.as_ref()
        });
        let given = || self.meets.as_ref().and_then(|_| self.given_at(place));
        read.or_else(given).or(self.own.as_ref())
    }

    /// All types that it has somewhere.
    pub fn types(&self) -> Vec<&Known> {
        let given = self.given.iter().map(|(_, known)| known);
        let mut all: Vec<&Known> = given.chain(self.met.iter().flatten()).collect();
        if all.is_empty() {
            all.extend(&self.own);
        }
        all
    }

    /// Whether this is where one of its values is.
    pub fn is_in(&self, is: &dyn Fn(&Slot) -> bool) -> bool {
        self.slots.iter().any(|(_, slot)| is(slot))
    }
}

impl Maker<'_> {
    pub(super) fn variable(&mut self, var: Var) -> &mut Variable {
        self.variables.entry(var).or_default()
    }

    /// What holds all that a variable is given.
    pub(super) fn type_of(&self, var: Var) -> Option<&Known> {
        self.variables.get(&var)?.own.as_ref()
    }

    /// Takes note of what a definition gives, which the type that holds all already does.
    pub(super) fn defined(&mut self, var: Var, at: u32, known: &Known) {
        if var.1 == RESULT {
            return;
        }
        let variable = self.variable(var);
        let joined = match variable.given_at(at) {
            Some(before) if before == known => return,
            Some(before) => before.join(known),
            None => Some(known.clone()),
        };
        variable.given.retain(|(place, _)| *place != at);
        variable.given.extend(joined.map(|known| (at, known)));
        variable.met.clear();
        // Whoever has read it before took it for something else, or did not know what it is.
        let is_news = variable.differs() | variable.asked.take().is_some();
        self.widened |= is_news;
    }

    /// A variable whose definitions differ.
    fn differing(&mut self, var: Var) -> Option<&mut Variable> {
        let webs = &self.frames.last()?.webs;
        let variable = self
            .variables
            .get_mut(&var)
            .filter(|variable| variable.differs())?;
        variable.meets.get_or_insert_with(|| webs.meets(var.1));
        Some(variable)
    }

    /// What a variable is where it is read; nothing if that is not known yet.
    pub(super) fn version(&mut self, var: Var, at: u32) -> Option<Known> {
        let Some(variable) = self.differing(var) else {
            return self.type_of(var).cloned();
        };
        if variable.reduced.is_some() {
            return variable.reduced.clone();
        }
        let number = *variable.meets.as_ref()?.at.get(&at)?;
        variable.met(number as usize)
    }

    /// The types that a definition's value is read as.
    pub(super) fn faces(&mut self, var: Var, at: u32) -> Vec<Known> {
        let own = self.type_of(var).cloned();
        let mut faces: Vec<Known> = Vec::new();
        if let Some(variable) = self.differing(var) {
            faces.extend(variable.reduced.clone());
            let count = variable.meets.as_ref().map_or(0, |meets| meets.all.len());
            for number in 0..if faces.is_empty() { count } else { 0 } {
                let meets = variable.meets.as_ref().and_then(|meets| meets.all.get(number));
                if meets.is_some_and(|meets| meets.contains(&at)) {
                    let known = variable.met(number);
                    faces.extend(known.filter(|known| !faces.contains(known)));
                }
            }
        }
        if faces.is_empty() {
            // They agree, or nobody reads it.
            faces.extend(own);
        }
        faces
    }

    /// Where a variable's value of this type is.
    pub(super) fn slot(&mut self, var: Var, name: &str, known: &Known) -> Slot {
        let slots = &self.variable(var).slots;
        if let Some((_, slot)) = slots.iter().find(|(of, _)| of == known) {
            return slot.clone();
        }
        let slot = self.new_slot(name, known);
        self.variable(var).slots.push((known.clone(), slot.clone()));
        slot
    }

    /// A `prange` begins that reduces this variable: within it the variable has one type, whatever it is read as behind.
    pub(super) fn begin_reduced(&mut self, var: Var, inside: Span) {
        let Some(frame) = self.frame_ref() else { return };
        let webs = std::rc::Rc::clone(&frame.webs);
        if let Some(at) = webs.load_places(var.1).find(|at| inside.has(*at)) {
            let known = self.version(var, at);
            if let Some(variable) = self.differing(var) {
                variable.reduced = known;
            }
        }
    }

    /// Where the `prange` at hand reduces it.
    pub(super) fn reduced_in(&mut self, var: Var) -> Option<Slot> {
        let variable = self.variables.get(&var)?;
        let known = variable.reduced.as_ref().or(variable.own.as_ref());
        let slot = variable.slots.iter().find(|(of, _)| Some(of) == known);
        slot.map(|(_, slot)| slot.clone())
    }

    /// Behind it the variable may be read as something else.
    pub(super) fn end_reduced(&mut self, var: Var, inside: Span) {
        let (Some(reduced), Some(frame)) = (self.variable(var).reduced.take(), self.frames.last()) else {
            return;
        };
        let webs = std::rc::Rc::clone(&frame.webs);
        let name = &webs.names[var.1.0 as usize];
        let from = self.slot(var, name, &reduced);
        for at in webs.store_places(var.1).filter(|at| inside.has(*at)) {
            for known in self.faces(var, at) {
                if known != reduced {
                    let (value, to) = (self.read(&from), self.slot(var, name, &known));
                    self.put_in(&to, value, inside);
                }
            }
        }
    }
}

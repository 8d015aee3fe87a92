//! Which type a variable has at a place, where its definitions differ in theirs.
//!
//! Numba types each definition by itself, and what several of them give where they meet: after `v = i` an index is an
//! `int64`, though behind `if far: v = 0.5` it is a `float64`. A variable whose definitions agree needs one place
//! for its value. Any other has one, a *face*, for each type that it is read as, and what gives it a value writes to
//! those that may be read before it gets another.

use super::operand::{Known, Slot};
use super::{Maker, RESULT, Var};
use crate::flow::Meets;
use crate::sorted::Map;
use crate::source::Span;

/// What is known of a variable's definitions.
#[derive(Debug, Clone, Default)]
pub(super) struct Versions {
    /// Each definition's own type, by its place.
    given: Map<u32, Known>,
    /// Where values of other types than the widest are.
    faces: Vec<(Known, Slot)>,
    /// Which definitions meet where, once that matters.
    meets: Option<Meets>,
    /// The types of all that meet, once worked out.
    met: Map<usize, Known>,
    /// As what the `prange` at hand reduces it.
    reduced: Option<Known>,
}

impl Versions {
    /// For another round: what is known of types stays.
    pub(super) fn again(&mut self) {
        self.faces.clear();
        self.reduced = None;
    }

    fn differ(&self, own: &Known) -> bool {
        self.given.values().any(|known| known != own)
    }

    /// What holds all that those definitions give, as far as it is known.
    fn met(&mut self, number: usize) -> Option<Known> {
        if let Some(known) = self.met.get(&number) {
            return Some(known.clone());
        }
        let places = self.meets.as_ref()?.all.get(number)?;
        let mut all = places.iter().filter_map(|at| self.given.get(at));
        let first = all.next()?.clone();
        let known = all.try_fold(first, |all, one| all.join(one))?;
        self.met.insert(number, known.clone());
        Some(known)
    }

    /// The type of a variable where it is given a value or read, if it is not the same everywhere.
    pub(super) fn at(&self, place: u32) -> Option<&Known> {
        let meets = self.meets.as_ref()?;
        let read = meets.at.get(&place).and_then(|number| self.met.get(number));
        read.or_else(|| self.given.get(&place))
    }

    /// All types that a variable has somewhere.
    pub(super) fn types(&self, own: &Known) -> Vec<Known> {
        let mut all: Vec<Known> = Vec::new();
        for known in self.given.values().chain(self.met.values()) {
            if !all.contains(known) {
                all.push(known.clone());
            }
        }
        if all.is_empty() {
            all.push(own.clone());
        }
        all
    }
}

impl Maker<'_> {
    /// Takes note of what a definition gives.
    pub(super) fn defined(&mut self, var: Var, at: u32, known: &Known) {
        let (Some(own), false) = (self.types.get(&var), var.1 == RESULT) else {
            return;
        };
        let versions = self.versions.entry(var).or_default();
        let before = versions.given.get(&at);
        let joined = before.map_or(Some(known.clone()), |before| before.join(known));
        let joined = joined.unwrap_or_else(|| own.clone());
        if before == Some(&joined) {
            return;
        }
        versions.given.insert(at, joined);
        versions.met.clear();
        // Whoever has read it before took it for something else, or did not know what it is.
        self.widened |= versions.differ(own) | self.asked.remove(&var).is_some();
    }

    /// What is known of a variable whose definitions differ.
    fn differing(&mut self, var: Var) -> Option<&mut Versions> {
        let own = self.types.get(&var)?;
        let webs = &self.frames.last()?.webs;
        let versions = self.versions.get_mut(&var)?;
        if var.1 == RESULT || !versions.differ(own) {
            return None;
        }
        versions.meets.get_or_insert_with(|| webs.meets(var.1));
        Some(versions)
    }

    /// What a variable is where it is read; nothing if that is not known yet.
    pub(super) fn version(&mut self, var: Var, at: u32) -> Option<Known> {
        let own = self.types.get(&var)?.clone();
        let Some(versions) = self.differing(var) else {
            return Some(own);
        };
        if let Some(reduced) = &versions.reduced {
            return Some(reduced.clone());
        }
        let number = *versions.meets.as_ref()?.at.get(&at)?;
        versions.met(number)
    }

    /// The types that a definition's value is read as.
    pub(super) fn faces(&mut self, var: Var, at: u32) -> Vec<Known> {
        let own = self.types.get(&var).cloned();
        let Some(versions) = self.differing(var) else {
            return own.into_iter().collect();
        };
        if let Some(reduced) = &versions.reduced {
            return vec![reduced.clone()];
        }
        let all = versions.meets.iter().flat_map(|meets| &meets.all);
        let has = all.zip(0..).filter(|(met, _)| met.contains(&at));
        let numbers: Vec<usize> = has.map(|(_, number)| number).collect();
        let mut faces: Vec<Known> = Vec::new();
        for number in numbers {
            let known = versions.met(number);
            faces.extend(known.filter(|known| !faces.contains(known)));
        }
        if faces.is_empty() {
            // Nobody reads it.
            faces.extend(own);
        }
        faces
    }

    /// Where a variable's value of this type is.
    pub(super) fn face(&mut self, var: Var, name: &str, known: &Known) -> Slot {
        if self.types.get(&var) == Some(known) {
            return self.slot(var, name, known);
        }
        let faces = self.versions.get(&var).map(|versions| versions.faces.as_slice());
        if let Some((_, slot)) = faces.and_then(|faces| faces.iter().find(|(of, _)| of == known)) {
            return slot.clone();
        }
        let slot = self.new_slot(name, known);
        let versions = self.versions.entry(var).or_default();
        versions.faces.push((known.clone(), slot.clone()));
        slot
    }

    /// All places of a variable's value.
    pub(super) fn slots_of(&self, var: Var) -> impl Iterator<Item = &Slot> {
        let faces = self.versions.get(&var).into_iter().flat_map(|one| &one.faces);
        self.slots
            .get(&var)
            .into_iter()
            .chain(faces.map(|(_, slot)| slot))
    }

    /// A `prange` begins that reduces this variable: within it the variable has one type, whatever it is read as behind.
    pub(super) fn begin_reduced(&mut self, var: Var, inside: Span) {
        let Some(frame) = self.frame_ref() else { return };
        let mut loads = frame.webs.load_places(var.1);
        let Some(at) = loads.find(|at| (inside.start..inside.end).contains(at)) else {
            return;
        };
        drop(loads);
        let known = self.version(var, at);
        if let Some(versions) = self.differing(var) {
            versions.reduced = known;
        }
    }

    /// Where the `prange` at hand reduces it.
    pub(super) fn reduced_in(&self, var: Var) -> Option<Slot> {
        let versions = self.versions.get(&var);
        let Some((versions, reduced)) = versions.and_then(|one| Some((one, one.reduced.as_ref()?))) else {
            return self.slots.get(&var).cloned();
        };
        let face = versions.faces.iter().find(|(known, _)| known == reduced);
        face.map(|(_, slot)| slot).or(self.slots.get(&var)).cloned()
    }

    /// Behind it the variable may be read as something else.
    pub(super) fn end_reduced(&mut self, var: Var, inside: Span) {
        let reduced = self.versions.get_mut(&var).and_then(|one| one.reduced.take());
        let (Some(reduced), Some(frame)) = (reduced, self.frame_ref()) else {
            return;
        };
        let name = frame
            .webs
            .names
            .get(var.1.0 as usize)
            .cloned()
            .unwrap_or_default();
        let stores = frame.webs.store_places(var.1);
        let stores: Vec<u32> = stores
            .filter(|at| (inside.start..inside.end).contains(at))
            .collect();
        let from = self.face(var, &name, &reduced);
        let mut done = vec![reduced];
        for at in stores {
            for known in self.faces(var, at) {
                if !done.contains(&known) {
                    let (value, to) = (self.read(&from), self.face(var, &name, &known));
                    self.put_in(&to, value, inside);
                    done.push(known);
                }
            }
        }
    }
}

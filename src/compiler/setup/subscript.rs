//! Subscripts that were evaluated, for arrays and for lists.

use super::index::{self, Cut, Part};
use super::object::{Budget, Num, Object, Res, Weak, type_error};

/// A subscript that was evaluated.
pub enum Subscript {
    At(Object),
    Slice(Cut),
    Rest,
}

/// All that stand in the brackets.
pub struct Subscripts(pub Vec<Subscript>);

impl Subscripts {
    /// As an array takes it.
    pub fn parts(&self, budget: &Budget) -> Res<Vec<Part>> {
        let one = |subscript: &Subscript| match subscript {
            Subscript::At(object) => index::part(budget, object),
            Subscript::Slice(cut) => Ok(Part::Slice(*cut)),
            Subscript::Rest => Ok(Part::Rest),
        };
        self.0.iter().map(one).collect()
    }
}

/// A place in a list or a tuple.
pub fn sequence_place(at: &Object, size: usize, words: &'static str) -> Res<usize> {
    let at = match at.number() {
        Some((Weak::Int | Weak::Not(_), Num::Int(at))) => at,
        _ => {
            return Err(type_error(format!(
                "list indices must be integers or slices, not {}",
                at.type_name()
            )));
        }
    };
    index::place(at, size, 0).map_err(|_| index::index_error(words))
}

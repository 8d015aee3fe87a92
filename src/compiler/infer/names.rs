//! What each name of the source means, at its place: for people who point at it.

use super::operand::Known;
use super::versions::Versions;
use super::{Called, Key, RESULT, Typed, Var};
use crate::flow::Webs;
use crate::module::File;
use crate::sorted::{Map, Set};
use std::rc::Rc;

/// Frames, their functions and variables.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub types: Map<Var, Known>,
    pub versions: Map<Var, Versions>,
    /// By the frame around, the place of the call, and what is called.
    pub keys: Map<(Option<Key>, u32, Called), Key>,
    pub flows: Map<Called, Rc<Webs>>,
}

/// A name at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Its first byte.
    pub start: u32,
    /// How many bytes it has.
    pub bytes: u32,
    /// What it is: a type, or several where a function was called with several.
    pub text: String,
}

impl Typed {
    /// Every place of a variable or of one of the file's functions, in order.
    pub fn names(&self, file: &File) -> Vec<Named> {
        let mut found: Map<(u32, u32), Set<String>> = Map::new();
        let mut say = |start: u32, name: &str, text: String| {
            found.entry((start, name.len() as u32)).or_default().insert(text);
        };
        for ((around, at, called), key) in &self.found.keys {
            let Some(webs) = self.found.flows.get(called) else {
                continue;
            };
            let Some(def) = file.functions.get(called.0).map(|function| function.def) else {
                continue;
            };
            for ((web, name), known) in (0..).map(crate::flow::Web).zip(&webs.names).filter_map(|one| {
                let known = self.found.types.get(&(*key, one.0))?;
                Some((one, known))
            }) {
                let versions = self.found.versions.get(&(*key, web));
                webs.places(web).for_each(|at| {
                    let here = versions.and_then(|one| one.at(at));
                    say(at, name, here.unwrap_or(known).words());
                });
            }
            let type_of = |var| self.found.types.get(&var).map(Known::words);
            let params = def.params.iter().map(|param| {
                let of = webs.store(param.name.span).and_then(|web| type_of((*key, web)));
                format!("{}: {}", param.name.name, of.unwrap_or_else(|| "?".into()))
            });
            let params: Vec<String> = params.collect();
            let gives = type_of((*key, RESULT)).unwrap_or_else(|| "none".into());
            let text = format!("{}({}) -> {gives}", def.name.name, params.join(", "));
            if around.is_some() {
                say(*at, &def.name.name, text.clone());
            }
            say(def.name.span.start, &def.name.name, text);
        }
        let named = |((start, bytes), texts): (&(u32, u32), &Set<String>)| Named {
            start: *start,
            bytes: *bytes,
            text: texts.iter().cloned().collect::<Vec<_>>().join(" or "),
        };
        found.iter().map(named).collect()
    }
}

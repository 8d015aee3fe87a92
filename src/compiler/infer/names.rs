//! What each name of the source means, at its place: for people who point at it.

use super::variable::Variable;
use super::{Called, Key, RESULT, Typed, Var};
use crate::module::File;
use crate::sorted::{Map, Set};

/// Frames, their functions and variables.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub variables: Map<Var, Variable>,
    /// By the frame around, the place of the call, and the flow.
    pub keys: Map<(Option<Key>, u32, usize), Key>,
    pub flows: Vec<Called>,
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
        for ((around, at, flow), key) in &self.found.keys {
            let Some(Called { function, webs, .. }) = self.found.flows.get(*flow) else {
                continue;
            };
            let Some(def) = file.functions.get(*function).map(|function| function.def) else {
                continue;
            };
            let type_at = |web, at| Some(self.found.variables.get(&(*key, web))?.at(at)?.words());
            for (web, name) in (0..).map(crate::flow::Web).zip(&webs.names) {
                for at in webs.places(web) {
                    if let Some(text) = type_at(web, at) {
                        say(at, name, text);
                    }
                }
            }
            let params = def.params.iter().map(|param| {
                let web = webs.store(param.name.span);
                let of = web.and_then(|web| type_at(web, param.name.span.start));
                format!("{}: {}", param.name.name, of.unwrap_or_else(|| "?".into()))
            });
            let params: Vec<String> = params.collect();
            let gives = type_at(RESULT, 0).unwrap_or_else(|| "none".into());
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

//! Functions that say for which types they are: which signature fits, and what it makes of what is given and
//! returned.

use super::Maker;
use super::operand::{Operand, convert};
use crate::diagnostic::Kind;
use crate::signature::Signature;
use crate::source::Span;
use crate::types::{Layout, Scalar, Type};

impl<'a> Maker<'a> {
    /// Which of a function's signatures is for these types; nothing within if it has none at all, nothing, with a
    /// fault, if none fits.
    pub(super) fn signature(
        &mut self,
        function: usize,
        given: &[Type],
        span: Span,
    ) -> Option<Option<&'a Signature>> {
        let function = self.file.functions.get(function)?;
        let all = &function.options.signatures;
        if all.is_empty() {
            return Some(None);
        }
        let mut best: Vec<_> = all
            .iter()
            .filter_map(|one| Some((one.fits(given)?, one)))
            .collect();
        best.sort_by_key(|(fit, _)| *fit);
        let (name, words) = (&function.def.name.name, listed(given));
        match best.as_slice() {
            [] => {
                let message = format!("No matching definition for argument type(s) {words}");
                self.fault(Kind::Typing, span, message);
                let all: Vec<String> = all
                    .iter()
                    .map(|one| format!("({})", listed(&one.params)))
                    .collect();
                self.help(format!("'{name}' says that it is for {}", all.join(" or ")));
                None
            }
            [(first, one), (second, other), ..] if first == second && one.params != other.params => {
                let message = format!("Ambiguous overloading for {name} ({words})");
                self.fault(Kind::Typing, span, message);
                None
            }
            [(_, one), ..] => Some(Some(one)),
        }
    }

    /// A value as the type that is said.
    pub(super) fn as_declared(&mut self, value: Operand, of: &Type, span: Span) -> Option<Operand> {
        let known = self.known(&value)?.as_type();
        match (of, value) {
            (Type::Scalar(Scalar::Bool), value) if matches!(known, Type::Scalar(_)) => {
                Some(Operand::Value(self.truth(value, span)?))
            }
            (Type::Scalar(of), value) if matches!(known, Type::Scalar(_)) => {
                Some(Operand::Value(convert(self.value(value, span)?, *of)))
            }
            (Type::Tuple(all), Operand::Tuple(values)) if all.len() == values.len() => {
                let all = values.into_iter().zip(all);
                let all: Option<Vec<_>> = all.map(|(one, of)| self.as_declared(one, of, span)).collect();
                all.map(Operand::Tuple)
            }
            (of, value) if known == *of || is_any_of(&known, of) => Some(value),
            _ => {
                let words = format!("No conversion from {known} to {of}, which the signature says");
                self.fault(Kind::Typing, span, words);
                self.help("leave the signature out: a function is compiled for what it is given");
                None
            }
        }
    }
}

/// Whether an array in C order is wanted as one that lies anyhow.
fn is_any_of(known: &Type, wanted: &Type) -> bool {
    match (known, wanted) {
        (
            Type::Array { of, axes, .. },
            Type::Array {
                of: to,
                axes: many,
                layout: Layout::Any,
            },
        ) => of == to && axes == many,
        _ => false,
    }
}

fn listed(types: &[Type]) -> String {
    types.iter().map(Type::to_string).collect::<Vec<_>>().join(", ")
}

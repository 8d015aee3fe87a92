//! Calls: of the file's own functions, which are inlined, and of all others by their names.

use super::operand::{Known, Operand, convert};
use super::{Maker, RESULT};
use crate::diagnostic::Kind;
use crate::flow::decided::Fact;
use crate::ir::{Expr, Stmt};
use crate::module::Global;
use crate::rules;
use crate::source::Span;
use crate::syntax::{self, ExprKind, Ident};
use crate::types::{Scalar, Type};

/// Arguments by name.
pub(super) type Named = Vec<(String, Operand, Span)>;

impl Maker<'_> {
    pub(super) fn call(
        &mut self,
        callee: &syntax::Expr,
        args: &[syntax::Expr],
        keywords: &[(Ident, syntax::Expr)],
        span: Span,
    ) -> Operand {
        let mark = self.out.len();
        let function = self.expr(callee);
        // The only place for a list.
        if let Operand::Known(Global::Library(name)) = &function
            && matches!(name.as_str(), "numpy.array" | "numpy.asarray")
            && let Some(ExprKind::List(_) | ExprKind::Tuple(_)) = args.first().map(|arg| &arg.kind)
        {
            let named = self.named_args(keywords);
            return self.array_of_list(&args[0], args.get(1), named, span);
        }
        let mut values = self.operands(args.iter().chain(keywords.iter().map(|(_, value)| value)));
        let named = values.split_off(args.len());
        let named = keywords.iter().zip(named);
        let named = named
            .map(|((name, _), value)| (name.name.clone(), value, name.span))
            .collect();
        let function = self.kept(mark, function);
        match function {
            Operand::Known(Global::Type(of)) => {
                self.no_keywords(of.name(), &named);
                // Python's own keep what is one already.
                let own = self.is_builtin(callee).then(|| match values.as_slice() {
                    [one] => match (self.known(one), of) {
                        (Some(super::operand::Known::Scalar(given)), Scalar::I64) => Some(rules::int(given)),
                        (Some(super::operand::Known::Scalar(given)), Scalar::F64) => {
                            Some(rules::float(given).unwrap_or(of))
                        }
                        _ => None,
                    },
                    _ => None,
                });
                self.cast(own.flatten().unwrap_or(of), values, span)
            }
            Operand::Known(Global::Function(index)) => self.inline(index, values, named, span),
            Operand::Known(Global::Library(name)) => self.library_call(&name, values, named, span),
            Operand::Method(of, name) => self.method(*of, &name, values, named, span),
            Operand::Unknown | Operand::Known(Global::Invalid) => Operand::Unknown,
            other => {
                let words = match self.known(&other) {
                    Some(known) => format!("Invalid use of {}: it is not callable", known.words()),
                    None => "this is not callable".into(),
                };
                self.refuse(Kind::Typing, callee.span, words)
            }
        }
    }

    fn named_args(&mut self, keywords: &[(Ident, syntax::Expr)]) -> Named {
        keywords
            .iter()
            .map(|(name, value)| (name.name.clone(), self.expr(value), name.span))
            .collect()
    }

    /// `np.float32(x)`.
    fn cast(&mut self, of: Scalar, mut values: Vec<Operand>, span: Span) -> Operand {
        match values.len() {
            0 => Operand::Value(Expr::bits(of, 0)),
            1 => {
                let one = values.remove(0);
                if self.is_array(&one) {
                    let words = format!("'{of}' takes a number; an array becomes another by '.astype({of})'");
                    return self.refuse(Kind::Typing, span, words);
                }
                if of == Scalar::Bool {
                    return match self.truth(one, span) {
                        Some(truth) => Operand::Value(truth),
                        None => Operand::Unknown,
                    };
                }
                match self.value(one, span) {
                    Some(value) => Operand::Value(convert(value, of)),
                    None => Operand::Unknown,
                }
            }
            _ => self.refuse(Kind::Typing, span, format!("'{of}' takes one number")),
        }
    }

    fn library_call(&mut self, name: &str, mut values: Vec<Operand>, named: Named, span: Span) -> Operand {
        let (module, function) = name.rsplit_once('.').unwrap_or(("", name));
        match module {
            "builtins" => {
                // `int(x)` and the like keep what Numba keeps.
                self.no_keywords(function, &named);
                self.builtin(function, values, span)
            }
            "math" => {
                self.no_keywords(function, &named);
                let mut all = Vec::new();
                for one in values {
                    match self.value(one, span) {
                        Some(value) => all.push(value),
                        None => return Operand::Unknown,
                    }
                }
                let count = all.len();
                match self.math_function(function, all, span) {
                    Some(value) => Operand::Value(value),
                    None => {
                        let words = format!(
                            "Unknown attribute '{function}' of type Module(math), or not with {count} arguments"
                        );
                        self.refuse(Kind::Typing, span, words)
                    }
                }
            }
            "numba" => match function {
                "prange" | "literally" if !named.is_empty() => {
                    self.no_keywords(function, &named);
                    Operand::Unknown
                }
                "prange" => {
                    let is_parallel = self.options().is_some_and(|options| options.parallel);
                    self.range(values, is_parallel, span)
                }
                "literally" if values.len() == 1 => values.remove(0),
                _ => self.refuse(
                    Kind::Unsupported,
                    span,
                    format!("'numba.{function}' is not compiled yet"),
                ),
            },
            "numpy" => self.numpy(function, values, named, span),
            _ if module.starts_with("numpy.random") || name == "numpy.random" => {
                let refused = self.refuse(
                    Kind::Unsupported,
                    span,
                    "'np.random' is not for kernels, which draw no random numbers: every rung has to see the same",
                );
                self.help("draw them in 'setup(n)' and give the kernel an array");
                refused
            }
            _ => self.refuse(
                Kind::Unsupported,
                span,
                format!("'{name}' is not of the language of kernels"),
            ),
        }
    }

    fn no_keywords(&mut self, function: &str, named: &Named) {
        if let Some((name, _, span)) = named.first() {
            let words = format!("'{function}' takes no argument called '{name}'");
            self.fault(Kind::Typing, *span, words);
        }
    }

    /// What a parameter is where nothing is given.
    pub(super) fn default(&mut self, function: usize, place: usize) -> Operand {
        let file = self.file;
        let Some(function) = file.functions.get(function) else {
            return Operand::Unknown;
        };
        match (function.defaults.get(place), function.def.params.get(place)) {
            (Some(Some(Global::Unknown(why))), Some(param)) => {
                self.faults.push(why.told(&param.name.name, param.name.span));
                Operand::Unknown
            }
            (Some(Some(value)), _) => Operand::Known(value.clone()),
            _ => Operand::Unknown,
        }
    }

    /// What is known of an argument whatever its type turns out to be.
    pub(super) fn fact(&self, operand: &Operand) -> Fact {
        match self.known(operand) {
            _ if matches!(operand, Operand::Known(Global::Number(value)) if !value.of.is_float()) => {
                Fact::Literal
            }
            Some(Known::Thing(Global::None)) => Fact::None,
            Some(Known::Array(_, axes, _)) => Fact::Axes(axes),
            _ => Fact::Open,
        }
    }

    /// A function of the file, within the one at hand.
    fn inline(&mut self, index: usize, values: Vec<Operand>, named: Named, span: Span) -> Operand {
        let file = self.file;
        let Some(function) = file.functions.get(index) else {
            return Operand::Unknown;
        };
        let name = &function.def.name.name;
        if let Some(refused) = &function.refused {
            let refused = refused.clone().note(span, format!("'{name}' is called here"));
            self.faults.push(refused);
            return Operand::Unknown;
        }
        if !function.options.is_jitted {
            let words = format!("Untyped global name '{name}': it is not compiled");
            let refused = self.refuse(Kind::Typing, span, words);
            self.help(format!("decorate '{name}' with '@njit'"));
            return refused;
        }
        if self.frames.iter().any(|frame| frame.function == index) {
            let words = format!("'{name}' calls itself: recursion is not compiled");
            let refused = self.refuse(Kind::Unsupported, span, words);
            self.help("write it as a loop");
            return refused;
        }
        if self.frames.len() >= super::DEEPEST_CALLS {
            return self.refuse(Kind::Limit, span, "calls are too deep");
        }
        let params = &function.def.params;
        if let Some(star) = params.iter().find(|param| param.is_star) {
            let words = "functions take arguments by position: no '*'";
            return self.refuse(Kind::Unsupported, star.name.span, words);
        }
        if values.len() > params.len() {
            let words = format!(
                "too many positional arguments: {name}() expected {}, got {}",
                params.len(),
                values.len()
            );
            return self.refuse(Kind::Typing, span, words);
        }
        let mut given: Vec<Option<Operand>> = values.into_iter().map(Some).collect();
        given.resize(params.len(), None);
        for (keyword, value, at) in named {
            match params.iter().position(|param| param.name.name == keyword) {
                Some(place) if given[place].is_none() => given[place] = Some(value),
                Some(_) => {
                    let words = format!("{name}() got multiple values for argument '{keyword}'");
                    return self.refuse(Kind::Typing, at, words);
                }
                None => {
                    let words = format!("{name}() got an unexpected keyword argument '{keyword}'");
                    return self.refuse(Kind::Typing, at, words);
                }
            }
        }
        let (mut missing, mut facts) = (Vec::new(), Vec::new());
        for (at, (param, value)) in params.iter().zip(&mut given).enumerate() {
            let mut fact = value.as_ref().map_or(Fact::Open, |value| self.fact(value));
            if value.is_none() {
                match param.default {
                    Some(_) => {
                        let usual = self.default(index, at);
                        if matches!(usual, Operand::Known(Global::None)) {
                            fact = Fact::None;
                        }
                        *value = Some(usual);
                    }
                    None => missing.push(format!("'{}'", param.name.name)),
                }
            }
            facts.push(fact);
        }
        if !missing.is_empty() {
            let words = format!("{name}() is missing a required argument: {}", missing.join(", "));
            return self.refuse(Kind::Typing, span, words);
        }
        let mut given: Vec<Operand> = given.into_iter().flatten().collect();
        let around = self.frame_ref().map(|frame| frame.key);
        let Some(mut frame) = self.frame(around, span, index, facts) else {
            return Operand::Unknown;
        };
        let label = self.label();
        frame.leave = Some(label);
        let (key, webs) = (frame.key, std::rc::Rc::clone(&frame.webs));
        if !function.options.signatures.is_empty() {
            let types: Option<Vec<Type>> = given.iter().map(|one| Some(self.known(one)?.as_type())).collect();
            let Some(said) = types.and_then(|types| self.signature(index, &types, span)?) else {
                return Operand::Unknown;
            };
            for (value, of) in given.iter_mut().zip(&said.params) {
                let before = std::mem::replace(value, Operand::Unknown);
                *value = self.as_declared(before, of, span).unwrap_or(Operand::Unknown);
            }
            frame.gives.clone_from(&said.gives);
        }
        self.frames.push(frame);
        let (mut body, ()) = self.aside(|maker| {
            maker.begin_flags(key, &webs);
            for (param, value) in params.iter().zip(given) {
                if let Some(web) = webs.store(param.name.span) {
                    let at = param.name.span.start;
                    maker.assign_web((key, web), &param.name.name, value, at, span);
                }
            }
            let falls = maker.block_here(&function.def.body);
            let has_result = maker.type_of((key, RESULT)).is_some();
            if falls && has_result {
                maker.give_result(Operand::Known(Global::None), function.span);
            }
        });
        self.frames.pop();
        if let Some(Stmt::Leave(to)) = body.last()
            && *to == label
        {
            body.pop();
        }
        if super::loops::has_leave(&body, label) {
            self.emit(Stmt::Block { label, body });
        } else {
            self.out.extend(body);
        }
        let var = (key, RESULT);
        let Some(known) = self.type_of(var).cloned() else {
            // It may turn out to give something in the next round.
            return Operand::Known(Global::None);
        };
        let slot = self.slot(var, "$result", &known);
        self.read(&slot)
    }
}

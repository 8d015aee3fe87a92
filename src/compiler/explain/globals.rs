//! What names from outside of functions are: modules, their functions, types and constants.

use crate::infer::Named;
use crate::module::{self, File, Global};
use crate::source::Span;
use crate::syntax::{Expr, ExprKind, Index, Stmt, StmtKind};

/// All of them in the file's functions but `setup`, which is no kernel's. (A variable of the same name is said to be one elsewhere.)
pub fn named(file: &File<'_>) -> Vec<Named> {
    let mut finder = Finder {
        file,
        found: Vec::new(),
    };
    for (number, function) in file.functions.iter().enumerate() {
        if Some(number) != file.setup {
            finder.body(&function.def.body);
        }
    }
    finder.found
}

struct Finder<'f> {
    file: &'f File<'f>,
    found: Vec<Named>,
}

impl Finder<'_> {
    fn body(&mut self, body: &[Stmt]) {
        for stmt in body {
            match &stmt.kind {
                StmtKind::Assign { targets, value } => self.all(targets.iter().chain([value])),
                StmtKind::Annotated { target, value } => self.all([target].into_iter().chain(value)),
                StmtKind::Augmented { target, value, .. } => self.all([target, value]),
                StmtKind::Return(value) => self.all(value),
                StmtKind::Expr(value) | StmtKind::Assert(value) => self.all([value]),
                StmtKind::For {
                    iter: head,
                    body,
                    or_else,
                    ..
                }
                | StmtKind::While {
                    test: head,
                    body,
                    or_else,
                }
                | StmtKind::If {
                    test: head,
                    body,
                    or_else,
                } => {
                    self.all([head]);
                    self.body(body);
                    self.body(or_else);
                }
                _ => {}
            }
        }
    }

    fn all<'e>(&mut self, all: impl IntoIterator<Item = &'e Expr>) {
        for one in all {
            self.expr(one);
        }
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Name(name) => {
                if let Some(global) = self.file.globals.get(name) {
                    self.say(expr.span, global.clone());
                }
            }
            ExprKind::Attribute(of, name) => {
                self.expr(of);
                if let Some(Global::Library(module)) = self.global(of) {
                    self.say(name.span, module::library(&module, &name.name));
                }
            }
            ExprKind::Tuple(all) | ExprKind::List(all) | ExprKind::Logic(_, all) => self.all(all),
            ExprKind::Unary(_, a) => self.expr(a),
            ExprKind::Binary(_, a, b) => self.all([&**a, &**b]),
            ExprKind::Compare(first, rest) => {
                self.all([&**first].into_iter().chain(rest.iter().map(|(_, one)| one)));
            }
            ExprKind::Choice { test, yes, no } => self.all([&**test, &**yes, &**no]),
            ExprKind::Call {
                callee,
                args,
                keywords,
            } => {
                self.all([&**callee].into_iter().chain(args));
                self.all(keywords.iter().map(|(_, one)| one));
            }
            ExprKind::Subscript(of, indices) => {
                self.expr(of);
                for index in indices {
                    match index {
                        Index::At(at) => self.expr(at),
                        Index::Slice { low, high, step, .. } => {
                            self.all([low, high, step].into_iter().flatten())
                        }
                    }
                }
            }
            _ => {}
        }
    }

    fn global(&self, expr: &Expr) -> Option<Global> {
        match &expr.kind {
            ExprKind::Name(name) => self.file.globals.get(name).cloned(),
            ExprKind::Attribute(of, name) => match self.global(of)? {
                Global::Library(module) => Some(module::library(&module, &name.name)),
                _ => None,
            },
            _ => None,
        }
    }

    fn say(&mut self, span: Span, global: Global) {
        let text = match global {
            Global::Library(name) if module::MODULES.contains(&name.as_str()) => format!("Module({name})"),
            Global::Library(name) => format!("Function({name})"),
            Global::Type(of) => format!("class({of})"),
            Global::Number(value) if value.of.is_float() => format!("{} = {:?}", value.of, value.as_float()),
            Global::Number(value) => format!("{} = {}", value.of, value.as_int()),
            // A function of the file is said with its types, where it is called.
            _ => return,
        };
        self.found.push(Named {
            start: span.start,
            bytes: span.end - span.start,
            text,
        });
    }
}

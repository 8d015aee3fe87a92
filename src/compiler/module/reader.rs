//! Statements outside of functions: what a kernel's names stand for when all of them have been run.
//!
//! They are not run but for what comes to a constant. What else may give a name a value, or change it, makes the name
//! [`Global::Unknown`]: nobody is told unless a kernel uses it, and no kernel is given what it no longer stands for.

use super::{File, Function, Global, MODULES, Options, Unknown, import_of, library};
use crate::diagnostic::{Diagnostic, Kind};
use crate::infer::PYTHONS;
use crate::setup;
use crate::signature;
use crate::source::Span;
use crate::syntax::{self, Alias, Def, Expr, ExprKind, Stmt, StmtKind};
use crate::types::Scalar;

/// Reads a file's statements.
pub(super) fn read(module: &syntax::Module) -> (File<'_>, Vec<Diagnostic>) {
    let mut reader = Reader {
        file: File::default(),
        faults: Vec::new(),
    };
    reader.block(&module.body);
    // Whoever says that a name is global means to change it.
    let mut all = Vec::new();
    for function in &reader.file.functions {
        declared(&function.def.body, &mut all);
    }
    for (name, span) in all {
        reader.forget(name, span, "a function may change it");
    }
    (reader.file, reader.faults)
}

/// The names that are said to be global.
fn declared<'a>(body: &'a [Stmt], out: &mut Vec<(&'a str, Span)>) {
    for stmt in body {
        match &stmt.kind {
            StmtKind::Other { what, names, body } => {
                if *what == "'global' statements" {
                    out.extend(names.iter().map(|name| (name.as_str(), stmt.span)));
                }
                declared(body, out);
            }
            StmtKind::For { body, or_else, .. }
            | StmtKind::While { body, or_else, .. }
            | StmtKind::If { body, or_else, .. } => {
                declared(body, out);
                declared(or_else, out);
            }
            _ => {}
        }
    }
}

/// `__name__ == "__main__"`, which is not so of what is imported.
fn is_main(test: &Expr) -> bool {
    match &test.kind {
        ExprKind::Compare(first, _) => matches!(&first.kind, ExprKind::Name(name) if name == "__name__"),
        _ => false,
    }
}

/// The name whose value `a.b[i]` is a part of.
fn root(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Name(name) => Some(name),
        ExprKind::Attribute(of, _) | ExprKind::Subscript(of, _) => root(of),
        _ => None,
    }
}

struct Reader<'a> {
    file: File<'a>,
    faults: Vec<Diagnostic>,
}

impl<'a> Reader<'a> {
    fn fault(&mut self, kind: Kind, span: Span, message: impl Into<String>) -> Global {
        self.faults.push(Diagnostic::new(kind, span, message));
        Global::Invalid
    }

    fn bind(&mut self, name: &str, value: Global) {
        self.file.globals.insert(name.into(), value);
    }

    /// From here on nobody knows what it stands for.
    fn forget(&mut self, name: &str, span: Span, why: &'static str) {
        self.bind(name, Global::Unknown(Unknown { span, why }));
    }

    /// What statements give a value that are not run.
    fn forget_all(&mut self, body: &[Stmt], span: Span, why: &'static str) {
        let mut names = crate::sorted::Set::new();
        setup::assigned(body, &mut names);
        for name in names {
            self.forget(name, span, why);
        }
    }

    fn block(&mut self, body: &'a [Stmt]) {
        for stmt in body {
            self.stmt(stmt);
        }
    }

    fn stmt(&mut self, stmt: &'a Stmt) {
        match &stmt.kind {
            StmtKind::Import(names) => self.import(names),
            StmtKind::From { module, names } => {
                if !MODULES.contains(&module.name.as_str()) {
                    // What is not used does no harm.
                    for alias in names {
                        let name = alias.here.as_ref().unwrap_or(&alias.name);
                        self.bind(
                            &name.name,
                            Global::Library(format!("{}.{}", module.name, alias.name.name)),
                        );
                    }
                    return;
                }
                if names.is_empty() {
                    let words = format!("import what is used by name, not * from '{}'", module.name);
                    self.fault(Kind::Unsupported, module.span, words);
                }
                for alias in names {
                    let name = alias.here.as_ref().unwrap_or(&alias.name);
                    let value = library(&module.name, &alias.name.name);
                    self.bind(&name.name, value);
                }
            }
            StmtKind::Def(def) => self.def(def, stmt.span),
            StmtKind::Assign { targets, value } => {
                let value = self.value(value);
                for target in targets {
                    self.assign(target, &value);
                }
            }
            StmtKind::Annotated {
                target,
                value: Some(value),
            } => {
                let value = self.value(value);
                self.assign(target, &value);
            }
            StmtKind::Augmented { target, .. } => self.change(target),
            StmtKind::If { test, body, or_else } => match is_main(test) {
                true => self.block(or_else),
                false => match truth(&self.value(test)) {
                    Some(true) => self.block(body),
                    Some(false) => self.block(or_else),
                    None => {
                        let why = "whether this is done is not known";
                        self.forget_all(std::slice::from_ref(stmt), stmt.span, why);
                    }
                },
            },
            StmtKind::Expr(expr) => self.called_for_its_own(expr),
            StmtKind::For { .. } | StmtKind::While { .. } | StmtKind::Other { .. } => {
                let why = "outside of functions this is not run";
                self.forget_all(std::slice::from_ref(stmt), stmt.span, why);
            }
            StmtKind::Pass | StmtKind::Annotated { .. } | StmtKind::Assert(_) | StmtKind::Invalid => {}
            StmtKind::Return(_) | StmtKind::Break | StmtKind::Continue => {
                let words = "this stands within a function or a loop";
                self.fault(Kind::Syntax, stmt.span, words);
            }
        }
    }

    fn def(&mut self, def: &'a Def, span: Span) {
        let (options, refused) = self.options(def);
        let defaults = def.params.iter();
        let defaults = defaults
            .map(|param| Some(self.value(param.default.as_ref()?)))
            .collect();
        let index = self.file.functions.len();
        self.file.functions.push(Function {
            def,
            span,
            options,
            defaults,
            refused,
        });
        self.bind(&def.name.name, Global::Function(index));
    }

    /// `table.append(x)`, `init(table)`: what could be changed by it is not known any more.
    fn called_for_its_own(&mut self, expr: &Expr) {
        let ExprKind::Call { callee, args, .. } = &expr.kind else {
            return;
        };
        if matches!(&callee.kind, ExprKind::Name(name) if name == "print") {
            return;
        }
        for name in [&**callee].into_iter().chain(args).filter_map(root) {
            if let Some(Global::Tuple(_)) = self.file.globals.get(name) {
                self.forget(name, expr.span, "this may change it");
            }
        }
    }

    fn import(&mut self, names: &[Alias]) {
        for alias in names {
            match &alias.here {
                Some(here) => self.bind(&here.name, Global::Library(alias.name.name.clone())),
                None => {
                    let first = alias.name.name.split('.').next().unwrap_or_default();
                    self.bind(first, Global::Library(first.into()));
                }
            }
        }
    }

    fn assign(&mut self, target: &Expr, value: &Global) {
        match (&target.kind, value) {
            (ExprKind::Name(name), value) => self.bind(name, value.clone()),
            (ExprKind::Tuple(targets) | ExprKind::List(targets), Global::Tuple(values))
                if targets.len() == values.len() =>
            {
                for (target, value) in targets.iter().zip(values) {
                    self.assign(target, value);
                }
            }
            (ExprKind::Tuple(targets) | ExprKind::List(targets), value) => {
                let unknown = match value {
                    Global::Invalid => Global::Invalid,
                    _ => self.unknown(target.span),
                };
                for target in targets {
                    self.assign(target, &unknown);
                }
            }
            (_, _) => self.change(target),
        }
    }

    /// A name, an element or an attribute gets something that nobody knows.
    fn change(&mut self, target: &Expr) {
        if let Some(name) = root(target) {
            self.forget(name, target.span, "this changes it");
        }
    }

    fn unknown(&self, span: Span) -> Global {
        let why = "outside of functions only constants are worked out";
        Global::Unknown(Unknown { span, why })
    }

    /// What `@njit(parallel=True)` says.
    fn options(&mut self, def: &Def) -> (Options, Option<Diagnostic>) {
        let mut refused = None;
        let mut options = Options {
            is_jitted: false,
            parallel: false,
            fastmath: false,
            python_errors: None,
            signatures: Vec::new(),
        };
        for decorator in &def.decorators {
            let (callee, args, keywords) = match &decorator.kind {
                ExprKind::Call {
                    callee,
                    args,
                    keywords,
                } => (&**callee, args.as_slice(), keywords.as_slice()),
                _ => (decorator, &[][..], &[][..]),
            };
            let name = match self.value(callee) {
                Global::Library(name) => name,
                Global::Invalid => continue,
                _ => String::new(),
            };
            match name.as_str() {
                "numba.njit" | "numba.jit" => options.is_jitted = true,
                "numba.vectorize" | "numba.guvectorize" | "numba.stencil" | "numba.cuda.jit" => {
                    let name = name.strip_prefix("numba.").unwrap_or_default();
                    let words = format!("'@{name}' is not compiled yet");
                    let one = Diagnostic::new(Kind::Unsupported, decorator.span, words);
                    refused = Some(one.help("write the loop with '@njit(parallel=True)' and 'prange'"));
                    options.is_jitted = true;
                    continue;
                }
                _ => {
                    let words = "only Numba's decorators have a meaning here";
                    let one = Diagnostic::new(Kind::Unsupported, decorator.span, words);
                    refused = Some(one.help("decorate kernels with '@njit' from numba"));
                    continue;
                }
            }
            for arg in args {
                match signature::read(arg, &mut |expr| self.value(expr)) {
                    Ok(all) => {
                        let (takes, found) = (
                            def.params.len(),
                            all.iter().find(|one| one.params.len() != def.params.len()),
                        );
                        if let Some(wrong) = found {
                            let words = format!(
                                "Signature mismatch: {} argument types given, but function takes {takes} arguments",
                                wrong.params.len()
                            );
                            self.fault(Kind::Typing, arg.span, words);
                        }
                        options.signatures.extend(all);
                    }
                    Err(fault) => self.faults.push(fault),
                }
            }
            for (keyword, value) in keywords {
                self.option(&mut options, &keyword.name, keyword.span, value);
            }
        }
        (options, refused)
    }

    fn option(&mut self, options: &mut Options, name: &str, span: Span, value: &Expr) {
        let given = self.value(value);
        let truth = match &given {
            Global::Number(number) if number.of == Scalar::Bool => Some(number.as_int() != 0),
            _ => None,
        };
        match (name, truth, &given) {
            ("parallel", Some(truth), _) => options.parallel = truth,
            // A set of flags allows some of it; what we use of it is contraction.
            ("fastmath", Some(truth), _) => options.fastmath = truth,
            ("error_model", _, Global::Text(model)) if model == "numpy" => {
                options.python_errors = Some(false)
            }
            ("error_model", _, Global::Text(model)) if model == "python" => {
                options.python_errors = Some(true)
            }
            // Indices are always checked, and there is neither a lock nor a cache on disk.
            ("boundscheck" | "nopython" | "nogil" | "cache" | "inline" | "forceinline", ..) => {}
            (_, _, Global::Invalid) => {}
            ("error_model", ..) => {
                self.fault(Kind::Typing, value.span, "error_model is 'python' or 'numpy'");
            }
            ("parallel" | "fastmath", ..) => {
                self.fault(Kind::Typing, value.span, format!("{name} is True or False"));
            }
            _ => {
                self.fault(
                    Kind::Unsupported,
                    span,
                    format!("'{name}' is no option of '@njit' here"),
                );
            }
        }
    }

    /// What an expression outside of functions is.
    fn value(&mut self, expr: &Expr) -> Global {
        match &expr.kind {
            ExprKind::Name(name) => match self.file.globals.get(name) {
                Some(Global::Unknown(_)) => self.unknown(expr.span),
                Some(value) => value.clone(),
                None => self.worked_out(expr),
            },
            ExprKind::Attribute(of, name) => match self.value(of) {
                Global::Library(module) => library(&module, &name.name),
                Global::Invalid => Global::Invalid,
                _ => self.worked_out(expr),
            },
            ExprKind::Invalid => Global::Invalid,
            _ => self.worked_out(expr),
        }
    }

    /// As CPython and NumPy work it out.
    fn worked_out(&mut self, expr: &Expr) -> Global {
        match setup::constant(&self.file, expr) {
            Ok(Some(value)) => value,
            Err(fault) if fault.kind == Kind::Name => {
                let name = fault.message.split('\'').nth(1).unwrap_or_default();
                // Python's other functions and exceptions, and what it knows of the file.
                let is_other = |c: char| c == '_' || c.is_uppercase();
                if PYTHONS.iter().any(|all| all.contains(&name)) || name.starts_with(is_other) {
                    return self.unknown(expr.span);
                }
                let import = import_of(name).map(|import| format!("begin the file with '{import}'"));
                self.faults.push(match import {
                    Some(import) => fault.help(import),
                    None => fault,
                });
                Global::Invalid
            }
            _ => self.unknown(expr.span),
        }
    }
}

/// Whether it counts as true; nothing where that is not known.
fn truth(value: &Global) -> Option<bool> {
    match value {
        Global::Number(number) => Some(number.as_float() != 0.0),
        Global::Text(text) => Some(!text.is_empty()),
        Global::Tuple(all) => Some(!all.is_empty()),
        Global::None => Some(false),
        Global::Library(_) | Global::Type(_) | Global::Function(_) => Some(true),
        Global::Invalid | Global::Unknown(_) => None,
    }
}

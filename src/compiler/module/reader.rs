//! Statements outside of functions: what a kernel's names stand for when all of them have been run.
//!
//! They are not run but for what comes to a constant. What else may give a name a value, or change it, makes the name
//! [`Global::Unknown`]: nobody is told unless a kernel uses it, and no kernel is given what it no longer stands for.

use super::{File, Function, Global, MODULES, Number, Options, Unknown, folded, import_of, library, negated};
use crate::diagnostic::{Diagnostic, Kind};
use crate::infer::PYTHONS;
use crate::setup;
use crate::signature;
use crate::source::Span;
use crate::syntax::{self, Alias, Def, Expr, ExprKind, Index, Stmt, StmtKind};
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
            StmtKind::Augmented { target, op, value } => {
                let span = stmt.span;
                let kind = ExprKind::Binary(*op, Box::new(target.clone()), Box::new(value.clone()));
                let value = self.value(&Expr { kind, span });
                self.assign(target, &value);
            }
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
            (_, _) => {
                if let Some(name) = root(target) {
                    self.forget(name, target.span, "this changes it");
                }
            }
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
                    let words = format!("'@{}' is not compiled yet", &name["numba.".len()..]);
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
        match self.constant(expr) {
            Some(value) => value,
            None => setup::constant(&self.file, expr).unwrap_or_else(|| self.unknown(expr.span)),
        }
    }

    /// What has a type of its own as a kernel's constant: nothing if it is not as simple as that.
    fn constant(&mut self, expr: &Expr) -> Option<Global> {
        if let Some(number) = syntax::folded(expr).and_then(Number::literal) {
            return Some(Global::Number(number));
        }
        Some(match &expr.kind {
            ExprKind::Name(name) => match self.file.globals.get(name) {
                Some(Global::Unknown(_)) => return None,
                Some(value) => value.clone(),
                None => match name.as_str() {
                    "int" => Global::Type(Scalar::I64),
                    "float" => Global::Type(Scalar::F64),
                    "bool" => Global::Type(Scalar::Bool),
                    _ if PYTHONS.iter().any(|all| all.contains(&name.as_str())) => return None,
                    // Python's exceptions, and what it knows of the file.
                    _ if name.starts_with(|c: char| c == '_' || c.is_uppercase()) => return None,
                    _ => {
                        let words = format!("name '{name}' is not defined");
                        let fault = self.fault(Kind::Name, expr.span, words);
                        if let (Some(import), Some(last)) = (import_of(name), self.faults.last_mut()) {
                            last.help = Some(format!("begin the file with '{import}'"));
                        }
                        fault
                    }
                },
            },
            ExprKind::Float(value) => Global::Number(Number::float(Scalar::F64, *value, true)),
            ExprKind::Bool(value) => Global::Number(Number::int(Scalar::Bool, i128::from(*value), true)),
            ExprKind::None => Global::None,
            ExprKind::Str(text) => Global::Text(text.clone()),
            ExprKind::Tuple(all) | ExprKind::List(all) => {
                let all: Option<Vec<Global>> = all.iter().map(|one| self.constant(one)).collect();
                Global::Tuple(all?)
            }
            ExprKind::Attribute(of, name) => match self.constant(of)? {
                Global::Library(module) => library(&module, &name.name),
                Global::Invalid => Global::Invalid,
                _ => return None,
            },
            ExprKind::Unary(op, a) => match self.constant(a)? {
                Global::Invalid => Global::Invalid,
                Global::Number(a) => Global::Number(negated(*op, a)?),
                _ => return None,
            },
            ExprKind::Binary(op, a, b) => match (self.constant(a)?, self.constant(b)?) {
                (Global::Invalid, _) | (_, Global::Invalid) => Global::Invalid,
                (Global::Number(a), Global::Number(b)) => Global::Number(folded(*op, a, b)?),
                _ => return None,
            },
            ExprKind::Call {
                callee,
                args,
                keywords,
            } => return self.called(expr, callee, args, keywords.is_empty()),
            ExprKind::Subscript(of, indices) => {
                let [Index::At(at)] = indices.as_slice() else {
                    return None;
                };
                match (self.constant(of)?, self.constant(at)?) {
                    (Global::Tuple(all), Global::Number(at)) if !at.of.is_float() => {
                        let back = if at.as_int() < 0 { all.len() as i128 } else { 0 };
                        let found = usize::try_from(at.as_int() + back)
                            .ok()
                            .and_then(|at| all.get(at));
                        match found {
                            Some(value) => value.clone(),
                            None => self.fault(Kind::Typing, expr.span, "tuple index out of range"),
                        }
                    }
                    (Global::Invalid, _) | (_, Global::Invalid) => Global::Invalid,
                    _ => return None,
                }
            }
            ExprKind::Invalid => Global::Invalid,
            _ => return None,
        })
    }

    fn called(&mut self, expr: &Expr, callee: &Expr, args: &[Expr], plain: bool) -> Option<Global> {
        let callee = self.constant(callee)?;
        let given: Option<Vec<Global>> = args.iter().map(|arg| self.constant(arg)).collect();
        let given = given?;
        if callee == Global::Invalid || given.contains(&Global::Invalid) {
            return Some(Global::Invalid);
        }
        match (&callee, given.as_slice()) {
            (Global::Type(of), [Global::Number(a)]) if plain => Some(Global::Number(a.convert(*of))),
            // `np.dtype("float32")` and `np.dtype(np.float32)`.
            (Global::Library(name), [Global::Text(text)]) if name == "numpy.dtype" => {
                Some(match Scalar::named(text) {
                    Some(of) => Global::Type(of),
                    None => self.fault(
                        Kind::Typing,
                        expr.span,
                        format!("data type '{text}' not understood"),
                    ),
                })
            }
            (Global::Library(name), [Global::Type(of)]) if name == "numpy.dtype" => Some(Global::Type(*of)),
            _ => None,
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

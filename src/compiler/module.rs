//! A file's own names: what it imports, its constants, its functions and how they are decorated.
//!
//! A kernel sees the values that global names have when the file has been read, frozen, as in Numba.

use crate::diagnostic::{Diagnostic, Kind};
use crate::interval::{bits_of, signed};
use crate::signature::{self, Signature};
use crate::sorted::Map;
use crate::source::Span;
use crate::syntax::{
    self, Alias, BinaryOp, Def, Expr, ExprKind, Index, Literal, Module, Stmt, StmtKind, UnaryOp,
};
use crate::types::Scalar;

/// What a global name stands for.
#[derive(Debug, Clone, PartialEq)]
pub enum Global {
    /// A module, or what is in one, by its whole name: "numpy", "math.sqrt", "numba.prange".
    Library(String),
    /// A type, called or given as a `dtype`.
    Type(Scalar),
    /// A number or a truth value.
    Number(Number),
    /// A text.
    Text(String),
    /// Some of these.
    Tuple(Vec<Global>),
    /// A function of this file: an index into [`File::functions`].
    Function(usize),
    /// `None`.
    None,
    /// Something was wrong with it, which has been said.
    Invalid,
}

/// A constant with its type.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Number {
    /// Its type.
    pub of: Scalar,
    /// Its bits.
    pub bits: u64,
    /// Written as a literal or made of such alone: NumPy lets these take the other side's type.
    pub is_weak: bool,
}

impl Number {
    /// A whole number, wrapped to its type.
    pub fn int(of: Scalar, value: i128, is_weak: bool) -> Number {
        let bits = bits_of(of, value);
        Number { of, bits, is_weak }
    }

    /// A float, rounded to its type.
    pub fn float(of: Scalar, value: f64, is_weak: bool) -> Number {
        let bits = match of {
            Scalar::F32 => (value as f32).to_bits().into(),
            _ => value.to_bits(),
        };
        Number { of, bits, is_weak }
    }

    /// A number without a name has the type that it fits.
    pub fn literal(literal: Literal) -> Option<Number> {
        let value = match literal {
            Literal::Float(value) => return Some(Number::float(Scalar::F64, value, true)),
            Literal::Int(value) => value,
        };
        let of = match (i64::try_from(value), u64::try_from(value)) {
            (Ok(_), _) => Scalar::I64,
            (_, Ok(_)) => Scalar::U64,
            _ => return None,
        };
        Some(Number::int(of, value, true))
    }

    /// Its value where it is whole, else 0.
    pub fn as_int(self) -> i128 {
        match self.of.is_float() {
            true => 0,
            false => signed(self.of, self.bits),
        }
    }

    /// As a float, whatever it is.
    pub fn as_float(self) -> f64 {
        match self.of {
            Scalar::F32 => f32::from_bits(self.bits as u32).into(),
            Scalar::F64 => f64::from_bits(self.bits),
            _ => self.as_int() as f64,
        }
    }

    /// As another type.
    pub fn convert(self, of: Scalar) -> Number {
        match (self.of.is_float(), of.is_float()) {
            (_, true) => Number::float(of, self.as_float(), false),
            (true, false) if of == Scalar::Bool => Number::int(of, i128::from(self.as_float() != 0.0), false),
            (true, false) => Number::int(of, self.as_float() as i128, false),
            (false, false) => Number::int(of, self.as_int(), false),
        }
    }
}

/// How a function is decorated.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// By `@njit` or `@jit` at all.
    pub is_jitted: bool,
    /// `prange` is one.
    pub parallel: bool,
    /// A multiplication and an addition may become one.
    pub fastmath: bool,
    /// A division by zero is an error; where nothing is said, as in the function that calls it.
    pub python_errors: Option<bool>,
    /// The types that it says it is for; none if it is for whatever it is given.
    pub signatures: Vec<Signature>,
}

/// A function of a file.
#[derive(Debug)]
pub struct Function<'a> {
    /// Its tree.
    pub def: &'a Def,
    /// The line of its head.
    pub span: Span,
    /// Its decorators.
    pub options: Options,
}

/// A file that was looked through.
#[derive(Debug, Default)]
pub struct File<'a> {
    /// What its names stand for.
    pub globals: Map<String, Global>,
    /// Its functions, in order.
    pub functions: Vec<Function<'a>>,
    /// The one that is run: the last that is decorated, or that a pragma names.
    pub entry: Option<usize>,
    /// The one that makes its arguments.
    pub setup: Option<usize>,
}

/// Modules that there is something of, and the names they have in files without being imported as others.
pub(crate) const MODULES: [&str; 5] = ["numpy", "math", "numba", "numpy.random", "numba.core"];

/// Looks through a file.
pub fn file<'a>(module: &'a Module, entry: Option<&str>) -> (File<'a>, Vec<Diagnostic>) {
    let mut reader = Reader {
        file: File::default(),
        faults: Vec::new(),
    };
    for stmt in &module.body {
        reader.stmt(stmt);
    }
    let pragma = module.pragmas.iter().find_map(|pragma| {
        let name = pragma
            .text
            .strip_prefix("entry")?
            .trim_ascii_start()
            .strip_prefix('=')?;
        Some((name.trim_ascii(), pragma.span))
    });
    let wanted = entry.map(|name| (name, Span::default())).or(pragma);
    let functions = &reader.file.functions;
    reader.file.setup = functions.iter().position(|f| f.def.name.name == "setup");
    reader.file.entry = match wanted {
        Some((name, span)) => {
            let found = functions.iter().position(|f| f.def.name.name == name);
            if found.is_none() {
                let all: Vec<String> = functions.iter().map(|f| f.def.name.name.clone()).collect();
                let words = format!("the entry '{name}' is not defined");
                let fault = Diagnostic::new(Kind::Name, span, words);
                reader
                    .faults
                    .push(fault.help(format!("this file has: {}", all.join(", "))));
            }
            found
        }
        None => functions.iter().rposition(|f| f.options.is_jitted),
    };
    (reader.file, reader.faults)
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
            StmtKind::Def(def) => {
                let options = self.options(def);
                let index = self.file.functions.len();
                self.file.functions.push(Function {
                    def,
                    span: stmt.span,
                    options,
                });
                self.bind(&def.name.name, Global::Function(index));
            }
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
            // `if __name__ == "__main__":` and calls below it are for Python alone.
            StmtKind::If { .. } | StmtKind::Expr(_) | StmtKind::Pass | StmtKind::Annotated { .. } => {}
            StmtKind::Other(what) => {
                self.fault(
                    Kind::Unsupported,
                    stmt.span,
                    format!("{what} are not of the language of kernels"),
                );
            }
            StmtKind::Invalid => {}
            StmtKind::Augmented { .. }
            | StmtKind::For { .. }
            | StmtKind::While { .. }
            | StmtKind::Return(_)
            | StmtKind::Break
            | StmtKind::Continue
            | StmtKind::Assert(_) => {
                let words = "only imports, constants and functions stand outside of functions";
                self.fault(Kind::Unsupported, stmt.span, words);
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
            (_, Global::Invalid) => {}
            _ => {
                self.fault(Kind::Unsupported, target.span, "a constant needs a name");
            }
        }
    }

    /// What `@njit(parallel=True)` says.
    fn options(&mut self, def: &Def) -> Options {
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
                    self.faults.push(
                        Diagnostic::new(Kind::Unsupported, decorator.span, words)
                            .help("write the loop with '@njit(parallel=True)' and 'prange'"),
                    );
                    continue;
                }
                _ => {
                    let words = "only Numba's decorators have a meaning here";
                    self.faults.push(
                        Diagnostic::new(Kind::Unsupported, decorator.span, words)
                            .help("decorate kernels with '@njit' from numba"),
                    );
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
        options
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
        if let Some(number) = syntax::folded(expr).and_then(Number::literal) {
            return Global::Number(number);
        }
        match &expr.kind {
            ExprKind::Name(name) => match self.file.globals.get(name) {
                Some(value) => value.clone(),
                None => match name.as_str() {
                    "int" => Global::Type(Scalar::I64),
                    "float" => Global::Type(Scalar::F64),
                    "bool" => Global::Type(Scalar::Bool),
                    _ => self.fault(Kind::Name, expr.span, format!("name '{name}' is not defined")),
                },
            },
            ExprKind::Float(value) => Global::Number(Number::float(Scalar::F64, *value, true)),
            ExprKind::Bool(value) => Global::Number(Number::int(Scalar::Bool, i128::from(*value), true)),
            ExprKind::None => Global::None,
            ExprKind::Str(text) => Global::Text(text.clone()),
            ExprKind::Tuple(all) | ExprKind::List(all) => {
                Global::Tuple(all.iter().map(|one| self.value(one)).collect())
            }
            ExprKind::Attribute(of, name) => match self.value(of) {
                Global::Library(module) => library(&module, &name.name),
                Global::Invalid => Global::Invalid,
                _ => self.not_constant(expr),
            },
            ExprKind::Unary(op, a) => match (op, self.value(a)) {
                (_, Global::Invalid) => Global::Invalid,
                (op, Global::Number(a)) => match negated(*op, a) {
                    Some(value) => Global::Number(value),
                    None => self.not_constant(expr),
                },
                _ => self.not_constant(expr),
            },
            ExprKind::Binary(op, a, b) => match (self.value(a), self.value(b)) {
                (Global::Invalid, _) | (_, Global::Invalid) => Global::Invalid,
                (Global::Number(a), Global::Number(b)) => match folded(*op, a, b) {
                    Some(value) => Global::Number(value),
                    None => self.not_constant(expr),
                },
                _ => self.not_constant(expr),
            },
            ExprKind::Call {
                callee,
                args,
                keywords,
            } => self.called(expr, callee, args, keywords.is_empty()),
            ExprKind::Subscript(of, indices) => {
                let index = match indices.as_slice() {
                    [Index::At(at)] => self.value(at),
                    _ => Global::None,
                };
                match (self.value(of), index) {
                    (Global::Tuple(all), Global::Number(at)) if !at.of.is_float() => {
                        let at = if at.as_int() < 0 {
                            at.as_int() + all.len() as i128
                        } else {
                            at.as_int()
                        };
                        let found = usize::try_from(at).ok().and_then(|at| all.get(at));
                        match found {
                            Some(value) => value.clone(),
                            None => self.fault(Kind::Typing, expr.span, "tuple index out of range"),
                        }
                    }
                    (Global::Invalid, _) | (_, Global::Invalid) => Global::Invalid,
                    _ => self.not_constant(expr),
                }
            }
            ExprKind::Other(what) => self.fault(
                Kind::Unsupported,
                expr.span,
                format!("{what} are not of the language of kernels"),
            ),
            ExprKind::Invalid => Global::Invalid,
            _ => self.not_constant(expr),
        }
    }

    fn called(&mut self, expr: &Expr, callee: &Expr, args: &[Expr], plain: bool) -> Global {
        let callee = self.value(callee);
        let numbers: Vec<Global> = args.iter().map(|arg| self.value(arg)).collect();
        if callee == Global::Invalid || numbers.contains(&Global::Invalid) {
            return Global::Invalid;
        }
        match (&callee, numbers.as_slice()) {
            (Global::Type(of), [Global::Number(a)]) if plain => Global::Number(a.convert(*of)),
            // `np.dtype("float32")` and `np.dtype(np.float32)`.
            (Global::Library(name), [Global::Text(text)]) if name == "numpy.dtype" => {
                match Scalar::named(text) {
                    Some(of) => Global::Type(of),
                    None => self.fault(
                        Kind::Typing,
                        expr.span,
                        format!("data type '{text}' not understood"),
                    ),
                }
            }
            (Global::Library(name), [Global::Type(of)]) if name == "numpy.dtype" => Global::Type(*of),
            (Global::Library(name), [Global::Number(a)]) if name == "math.sqrt" && a.as_float() >= 0.0 => {
                Global::Number(Number::float(Scalar::F64, a.as_float().sqrt(), false))
            }
            _ => self.not_constant(expr),
        }
    }

    fn not_constant(&mut self, expr: &Expr) -> Global {
        let words = "outside of functions only constants can be worked out";
        self.faults.push(
            Diagnostic::new(Kind::Unsupported, expr.span, words)
                .help("make arrays in 'setup(n)', and give them to the kernel"),
        );
        Global::Invalid
    }
}

/// What a module has by a name.
pub fn library(module: &str, name: &str) -> Global {
    // Python's own floats, which take the type of what they meet.
    let number = |value: f64| Global::Number(Number::float(Scalar::F64, value, true));
    match (module, name) {
        ("math" | "numpy", "pi") => number(std::f64::consts::PI),
        ("math" | "numpy", "e") => number(std::f64::consts::E),
        ("math", "tau") => number(std::f64::consts::TAU),
        ("math" | "numpy", "inf") => number(f64::INFINITY),
        ("math" | "numpy", "nan") => number(f64::NAN),
        ("numpy" | "numba" | "numba.types", _) => match Scalar::named(name) {
            Some(of) => Global::Type(of),
            None => Global::Library(format!("{module}.{name}")),
        },
        _ => Global::Library(format!("{module}.{name}")),
    }
}

pub(crate) fn negated(op: UnaryOp, a: Number) -> Option<Number> {
    Some(match op {
        UnaryOp::Plus => a,
        UnaryOp::Minus if a.of.is_float() => Number::float(a.of, -a.as_float(), a.is_weak),
        UnaryOp::Minus => {
            // The least int64 is written as the opposite of what only a uint64 holds.
            let is_least = a.is_weak && a.as_int() == 1 << 63;
            let of = if a.of == Scalar::Bool || is_least {
                Scalar::I64
            } else {
                a.of
            };
            Number::int(of, -a.as_int(), a.is_weak)
        }
        UnaryOp::Not => Number::int(Scalar::Bool, i128::from(a.as_float() == 0.0), true),
        UnaryOp::Invert if a.of.is_int() => Number::int(a.of, !a.as_int(), a.is_weak),
        UnaryOp::Invert => return None,
    })
}

/// How many letters have to be changed, put in or left out (Levenshtein 1966).
pub(crate) fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let changed = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

/// Two constants together, as NumPy 2 does it: a literal takes the other side's type (NEP 50), which also is what
/// the value then has when a kernel sees it.
fn folded(op: BinaryOp, a: Number, b: Number) -> Option<Number> {
    let is_weak = a.is_weak && b.is_weak;
    let floats = a.of.is_float() || b.of.is_float();
    let of = match (a.is_weak, b.is_weak) {
        (true, false) if floats <= b.of.is_float() => b.of,
        (false, true) if floats <= a.of.is_float() => a.of,
        _ if a.of == b.of && a.of != Scalar::Bool => a.of,
        _ if floats => match (a.of, b.of) {
            (Scalar::F32, Scalar::F32) => Scalar::F32,
            _ => Scalar::F64,
        },
        _ => Scalar::I64,
    };
    if floats || op == BinaryOp::Div {
        let of = if of.is_float() { of } else { Scalar::F64 };
        let (x, y) = (a.as_float(), b.as_float());
        let value = match op {
            BinaryOp::Add => x + y,
            BinaryOp::Sub => x - y,
            BinaryOp::Mul => x * y,
            BinaryOp::Div if y != 0.0 => x / y,
            BinaryOp::FloorDiv if y != 0.0 => (x / y).floor(),
            BinaryOp::Pow if y.fract() == 0.0 && y.abs() < 1e9 => x.powi(y as i32),
            _ => return None,
        };
        return Some(Number::float(of, value, is_weak));
    }
    let (x, y) = (a.as_int(), b.as_int());
    let shift = u32::try_from(y).ok().filter(|y| *y < 64);
    let value = match op {
        BinaryOp::Add => x + y,
        BinaryOp::Sub => x - y,
        BinaryOp::Mul => x.checked_mul(y)?,
        BinaryOp::FloorDiv if y != 0 => x.div_euclid(y) - i128::from(y < 0 && x.rem_euclid(y) != 0),
        BinaryOp::Mod if y != 0 => {
            let rest = x.rem_euclid(y);
            if y < 0 && rest != 0 { rest + y } else { rest }
        }
        BinaryOp::Pow => x.checked_pow(u32::try_from(y).ok()?)?,
        BinaryOp::ShiftLeft => x << shift?,
        BinaryOp::ShiftRight => x >> shift?,
        BinaryOp::And => x & y,
        BinaryOp::Or => x | y,
        BinaryOp::Xor => x ^ y,
        _ => return None,
    };
    // Python's integers have no end, a kernel's have.
    let fits = i64::try_from(value).is_ok() || (of == Scalar::U64 && u64::try_from(value).is_ok());
    (fits || !is_weak).then(|| Number::int(of, value, is_weak))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use crate::syntax;

    fn looked(text: &str, entry: Option<&str>, then: impl FnOnce(&File, Vec<String>)) {
        let source = Source::new(text).unwrap();
        let (module, faults) = syntax::parse(source);
        assert_eq!(faults, [], "{text}");
        let (file, faults) = file(&module, entry);
        let told = |f: &Diagnostic| format!("{}: {}", source.position(f.span.start).line, f.message);
        then(&file, faults.iter().map(told).collect());
    }

    fn constant(text: &str) -> String {
        let mut out = String::new();
        let whole = format!("import numpy as np, math\nfrom numpy import float32 as f32\nX = {text}\n");
        looked(&whole, None, |file, faults| {
            out = match &file.globals["X"] {
                Global::Number(n) if n.of.is_float() => format!("{} {}", n.of, n.as_float()),
                Global::Number(n) => format!("{} {}", n.of, n.as_int()),
                Global::Type(of) => of.to_string(),
                Global::Library(name) => name.clone(),
                other => format!("{other:?} {}", faults.join(";")),
            };
        });
        out
    }

    #[test]
    fn constants_have_the_types_that_numpy_gives_them() {
        for (text, expected) in [
            ("1", "int64 1"),
            ("-7 // 2", "int64 -4"),
            ("-7 % 3", "int64 2"),
            ("7 % -3", "int64 -2"),
            ("7 // -2", "int64 -4"),
            ("2 ** 10 - 1", "int64 1023"),
            ("1 << 20", "int64 1048576"),
            ("18446744073709551615", "uint64 18446744073709551615"),
            ("1 / 4", "float64 0.25"),
            ("1e-3", "float64 0.001"),
            ("f32(0.1)", "float32 0.10000000149011612"),
            ("f32(0.5) * 3", "float32 1.5"),
            ("2.0 * f32(0.5)", "float32 1"),
            ("f32(1) / np.float64(4)", "float64 0.25"),
            ("np.uint8(300)", "uint8 44"),
            ("np.int8(-1) + 200", "int8 -57"),
            ("True + True", "int64 2"),
            ("not 0", "bool 1"),
            ("~5", "int64 -6"),
            ("math.pi", "float64 3.141592653589793"),
            ("-np.inf", "float64 -inf"),
            ("(1, 2.5, f32(3))[-1]", "float32 3"),
            ("np.float32", "float32"),
            ("np.dtype('int32')", "int32"),
            ("float", "float64"),
            ("np.sqrt", "numpy.sqrt"),
            ("np.random.default_rng", "numpy.random.default_rng"),
            (
                "math.sqrt(2) ** 2 > 1",
                "Invalid 3: outside of functions only constants can be worked out",
            ),
            (
                "np.zeros(3)",
                "Invalid 3: outside of functions only constants can be worked out",
            ),
            (
                "1 // 0",
                "Invalid 3: outside of functions only constants can be worked out",
            ),
            (
                "9 ** 99",
                "Invalid 3: outside of functions only constants can be worked out",
            ),
            ("y", "Invalid 3: name 'y' is not defined"),
            (
                "np.dtype('float3')",
                "Invalid 3: data type 'float3' not understood",
            ),
        ] {
            assert_eq!(constant(text), expected, "{text}");
        }
    }

    #[test]
    fn the_entry_is_the_last_that_is_jitted_or_the_one_named() {
        let text = "import numba\nfrom numba import njit as fast, jit\n@fast\ndef a(x): return x\n@numba.jit(nopython=True, parallel=True, fastmath=True, error_model='numpy')\ndef b(x): return x\ndef setup(n): return n,\ndef c(x): return x\nif __name__ == '__main__':\n    print(b(1))\n";
        looked(text, None, |file, faults| {
            assert_eq!(faults, Vec::<String>::new());
            assert_eq!((file.entry, file.setup), (Some(1), Some(2)));
            let expected = Options {
                is_jitted: true,
                parallel: true,
                fastmath: true,
                python_errors: Some(false),
                signatures: Vec::new(),
            };
            assert_eq!(file.functions[1].options, expected);
            assert!(
                file.functions[0].options.python_errors.is_none() && !file.functions[3].options.is_jitted
            );
        });
        looked(&format!("# parallax: entry = a\n{text}"), None, |file, _| {
            assert_eq!(file.entry, Some(0));
        });
        looked(text, Some("a"), |file, _| assert_eq!(file.entry, Some(0)));
        looked(text, Some("d"), |file, faults| {
            assert_eq!(file.entry, None);
            assert_eq!(faults, ["1: the entry 'd' is not defined"]);
        });
    }

    #[test]
    fn what_has_no_meaning_is_named() {
        let text = "from numba import njit, cuda, vectorize\nfrom functools import cache\nx = 1\nx += 1\n@vectorize\ndef a(x): pass\n@cache\ndef b(x): pass\n@njit(parallel=1)\ndef c(x): pass\n@njit(paralel=True)\ndef d(x): pass\n@cuda.jit\ndef e(x): pass\nfor i in x: pass\nclass A:\n    pass\n";
        looked(text, None, |_, faults| {
            assert_eq!(
                faults,
                [
                    "4: only imports, constants and functions stand outside of functions",
                    "5: '@vectorize' is not compiled yet",
                    "7: only Numba's decorators have a meaning here",
                    "9: parallel is True or False",
                    "11: 'paralel' is no option of '@njit' here",
                    "13: '@cuda.jit' is not compiled yet",
                    "15: only imports, constants and functions stand outside of functions",
                    "16: class definitions are not of the language of kernels",
                ]
            );
        });
    }
}

//! A file's own names: what it imports, its constants, its functions and how they are decorated.
//!
//! A kernel sees the values that global names have when the file has been read, frozen, as in Numba.

mod reader;

use crate::diagnostic::{Diagnostic, Kind};
use crate::interval::{bits_of, signed};
use crate::signature::Signature;
use crate::sorted::Map;
use crate::source::Span;
use crate::syntax::{Def, Literal, Module, UnaryOp};
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
    /// What it is can only be known by running the file.
    Unknown(Unknown),
}

/// Why a name's value is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unknown {
    /// What gives or changes it.
    pub span: Span,
    /// What that is.
    pub why: &'static str,
}

impl Unknown {
    /// Told to whoever uses the name.
    pub fn told(self, name: &str, span: Span) -> Diagnostic {
        let words = format!("what '{name}' stands for is not known before the file is run");
        Diagnostic::new(Kind::Unsupported, span, words)
            .note(self.span, self.why)
            .help("make it in 'setup(n)', and give it to the kernel")
    }
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
    /// What its parameters are where nothing is given, as it was when the function was defined.
    pub defaults: Vec<Option<Global>>,
    /// Why it is not compiled, if it is decorated by something that has no meaning here.
    pub refused: Option<Diagnostic>,
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
    let (mut file, mut faults) = reader::read(module);
    let pragma = module.pragmas.iter().find_map(|pragma| {
        let name = pragma
            .text
            .strip_prefix("entry")?
            .trim_ascii_start()
            .strip_prefix('=')?;
        Some((name.trim_ascii(), pragma.span))
    });
    let wanted = entry.map(|name| (name, Span::default())).or(pragma);
    let functions = &file.functions;
    // The last of a name is the one that it has in the end.
    file.setup = functions.iter().rposition(|f| f.def.name.name == "setup");
    if let Some(setup) = file
        .setup
        .map(|at| &functions[at])
        .filter(|f| f.options.is_jitted)
    {
        let span = setup.def.decorators.first().map_or(setup.span, |one| one.span);
        let fault = Diagnostic::new(
            Kind::Unsupported,
            span,
            "'setup' is plain Python: it is not compiled",
        );
        faults.push(fault.help("take its decorator away"));
    }
    file.entry = match wanted {
        Some((name, span)) => {
            let found = functions.iter().rposition(|f| f.def.name.name == name);
            if found.is_none() {
                let all: Vec<String> = functions.iter().map(|f| f.def.name.name.clone()).collect();
                let words = format!("the entry '{name}' is not defined");
                let fault = Diagnostic::new(Kind::Name, span, words);
                faults.push(fault.help(format!("this file has: {}", all.join(", "))));
            }
            found
        }
        None => functions
            .iter()
            .rposition(|f| f.options.is_jitted && f.def.name.name != "setup"),
    };
    faults.extend(file.entry.and_then(|at| functions[at].refused.clone()));
    (file, faults)
}

/// How a name usually comes into a file.
pub(crate) fn import_of(name: &str) -> Option<String> {
    match name {
        "np" => Some("import numpy as np".into()),
        "numpy" | "math" | "numba" => Some(format!("import {name}")),
        "njit" | "prange" | "jit" => Some(format!("from numba import {name}")),
        _ => None,
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
        ("numpy", "euler_gamma") => number(0.577_215_664_901_532_9),
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
                Global::Unknown(why) => format!("unknown at {}", &whole[why.span.range()]),
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
            ("np.uint8(300)", "unknown at np.uint8(300)"),
            ("np.int8(-1) + 200", "unknown at np.int8(-1) + 200"),
            ("np.int8(100) + np.int8(100)", "int8 -56"),
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
            ("np.sqrt", "numpy.sqrt"),
            ("np.euler_gamma", "float64 0.5772156649015329"),
            ("float('-inf')", "float64 -inf"),
            ("math.sqrt(2)", "float64 1.4142135623730951"),
            ("np.sqrt(2)", "float64 1.4142135623730951"),
            ("np.sqrt(np.float32(2))", "float32 1.4142135381698608"),
            ("math.sqrt(2) ** 2 > 2", "bool 1"),
            ("3 if f32(1) < 2 else 4.5", "int64 3"),
            (
                "(0,) * 3",
                "Tuple([Number(Number { of: I64, bits: 0, is_weak: true }), Number(Number { of: I64, bits: 0, is_weak: true }), Number(Number { of: I64, bits: 0, is_weak: true })]) ",
            ),
            ("len((1, 2, 3)) - 1", "int64 2"),
            ("np.finfo(np.float32).eps", "float32 0.00000011920928955078125"),
            ("np.iinfo(np.int32).max", "int64 2147483647"),
            ("min(3, 2, 7)", "int64 2"),
            ("np.zeros(3)", "unknown at np.zeros(3)"),
            ("np.arange(10)[3]", "int64 3"),
            ("np.zeros(10**9)", "unknown at np.zeros(10**9)"),
            ("1 // 0", "unknown at 1 // 0"),
            ("9 ** 99", "unknown at 9 ** 99"),
            ("open('x')", "unknown at open('x')"),
            ("y", "Invalid 3: name 'y' is not defined"),
            ("np.dtype('float3')", "unknown at np.dtype('float3')"),
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
        let text = "from numba import njit\nreturn 1\n@njit(parallel=1)\ndef c(x): pass\n@njit(paralel=True)\ndef d(x): pass\ny = missing\n";
        looked(text, None, |_, faults| {
            assert_eq!(
                faults,
                [
                    "2: this stands within a function or a loop",
                    "3: parallel is True or False",
                    "5: 'paralel' is no option of '@njit' here",
                    "7: name 'missing' is not defined",
                ]
            );
        });
    }

    #[test]
    fn what_a_kernel_does_not_use_may_be_any_python() {
        let text = "import time, os\nfrom numba import njit, cuda, vectorize\nfrom functools import cache\nimport numpy as np\n@vectorize\ndef a(x): pass\n@cache\ndef b(x): pass\n@cuda.jit\ndef e(x): pass\nbegin = time.perf_counter()\nx = np.arange(10)\nfor i in x: print(i)\nwith open('a') as g: pass\nclass A:\n    np = 1\ntry:\n    import cupy\nexcept ImportError:\n    cupy = None\n@njit\ndef f(x): return x\nr = f(x)\nassert r is not None\n";
        looked(text, None, |file, faults| {
            assert_eq!(faults, Vec::<String>::new());
            assert_eq!(file.globals["np"], Global::Library("numpy".into()));
            assert_eq!(
                file.entry.map(|at| file.functions[at].def.name.name.as_str()),
                Some("f")
            );
            for name in ["begin", "x", "i", "g", "A", "cupy", "r"] {
                assert!(matches!(file.globals[name], Global::Unknown(_)), "{name}");
            }
        });
        // But it is said if it is the last that is decorated, or the one that is wanted.
        looked(&text.replace("@njit", "@cuda.jit"), None, |_, faults| {
            assert_eq!(faults, ["21: '@cuda.jit' is not compiled yet"]);
        });
        looked(text, Some("b"), |_, faults| {
            assert_eq!(faults, ["7: only Numba's decorators have a meaning here"]);
        });
    }

    #[test]
    fn a_name_is_what_it_is_in_the_end() {
        let what = |lines: &str| {
            let mut out = String::new();
            let text = format!("import numpy as np\nfrom numba import njit\nN = 1\nT = [1, 2]\n{lines}\n");
            looked(&text, None, |file, faults| {
                out = match &file.globals["N"] {
                    Global::Number(n) if n.of.is_float() => n.as_float().to_string(),
                    Global::Number(n) => n.as_int().to_string(),
                    Global::Unknown(why) => format!("? {}", text[why.span.range()].trim_end_matches(':')),
                    other => format!("{other:?}"),
                };
                out += &faults.join(";");
                if let Global::Unknown(why) = file.globals["T"] {
                    out += &format!(" T? {}", why.why);
                }
            });
            out
        };
        for (lines, expected) in [
            ("N += 2", "? N"),
            ("N = N / 4 + np.sqrt(4)", "2.25"),
            ("if N > 0:\n    N = 7\nelse:\n    N = 8", "7"),
            ("if not T:\n    N = 7\nelif N == 1:\n    N = 8", "8"),
            ("if __name__ == '__main__':\n    N = 7", "1"),
            (
                "import os\nif os.environ.get('N'):\n    N = 7",
                "? if os.environ.get('N')",
            ),
            ("for N in range(3):\n    pass", "? for N in range(3)"),
            ("for k in range(3):\n    N += k", "? for k in range(3)"),
            ("while N < 3:\n    N += 1", "? while N < 3"),
            ("try:\n    N = 2\nexcept: pass", "? try"),
            (
                "try:\n    N = 2\nexcept E as x:\n    pass\nelse:\n    N = 3",
                "? try",
            ),
            ("with open('a') as N:\n    pass", "? with open('a') as N"),
            ("with open('a'): N = 3", "? with open('a'): N = 3"),
            ("class N:\n    pass", "? class N"),
            ("class A:\n    N = 5", "1"),
            ("del N", "? del N"),
            ("def g():\n    global N\n    N = 5\ng()", "? global N"),
            (
                "def g():\n    if 1:\n        global N, M\n    N = 5\ng()",
                "? global N, M",
            ),
            ("N, M = 3, 4", "3"),
            ("N, M = np.array([3, 4])", "? N, M"),
            ("T.append(3)", "1 T? this may change it"),
            ("np.random.shuffle(T)", "1 T? this may change it"),
            ("T[0] = 5", "1 T? this changes it"),
            ("print(T)", "1"),
            ("N = M = 5; M = 6", "5"),
        ] {
            assert_eq!(what(lines), expected, "{lines}");
        }
    }

    #[test]
    fn defaults_are_those_of_the_definition_and_setup_is_the_last() {
        let text = "from numba import njit\nK = 2\n@njit\ndef f(x, k=K, m=-1): return x\nK = 3\ndef setup(n): return 1\ndef setup(n): return 2\n";
        looked(text, None, |file, faults| {
            assert_eq!(faults, Vec::<String>::new());
            let two = Global::Number(Number::int(Scalar::I64, 2, true));
            assert_eq!(file.functions[0].defaults[1], Some(two));
            assert_eq!((&file.functions[0].defaults[0], file.setup), (&None, Some(2)));
        });
        looked(
            &text.replace("def setup", "@njit\ndef setup"),
            None,
            |_, faults| {
                assert_eq!(faults, ["8: 'setup' is plain Python: it is not compiled"]);
            },
        );
    }
}

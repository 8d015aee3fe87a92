//! Programs made by chance, to find out where two ways of running a kernel differ.
//!
//! Each is a whole file: a kernel, functions that it calls, and `setup`. It is valid for Numba, and gives the same
//! bits in CPython with NumPy, where `prange` is `range`: every value has one of NumPy's types, and each
//! operation has operands of one type and is cast to it, because Numba widens integers to 64 bits
//! where NumPy does not. Nothing is divided by zero, a float becomes an integer only where it fits, an
//! index is in range by its making, and no function is called whose last bit is a library's own.
//!
//! `tests/oracle/differential.py` runs them, and says what they give.

mod arrays;
mod expressions;
mod random;
mod statements;

use parallax_compiler::Scalar;
use random::Random;
use std::fmt::Write;

/// A program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// The file.
    pub source: String,
    /// CPython with NumPy gives the same bits. If not, a float was summed in an order that is our own.
    pub compares_with_numpy: bool,
    /// Numba takes it. If not, it has parallel reductions of bits.
    pub is_numbas: bool,
}

/// The program of a seed, always the same.
pub fn program(seed: u64) -> Program {
    let mut maker = Maker::new(seed);
    maker.kernel();
    maker.program(seed)
}

/// A number's name.
#[derive(Debug, Clone)]
struct Variable {
    name: String,
    of: Scalar,
    /// Iterations of a parallel loop may only read it.
    is_frozen: bool,
}

/// An array's name.
#[derive(Debug, Clone)]
struct Array {
    name: String,
    of: Scalar,
    /// As it is when the program runs.
    shape: Vec<usize>,
    /// The array whose elements these are: its place in the list.
    base: usize,
    /// Made within the parallel loop around, of an iteration's own elements or new ones.
    is_own: bool,
}

/// A loop's variable, from 0 to below the bound.
#[derive(Debug, Clone)]
struct Counter {
    name: String,
    bound: usize,
}

/// What an iteration of the parallel loop around may do.
#[derive(Debug, Clone)]
struct Parallel {
    /// Arrays that it changes: the place of each, and how it writes its own index of the first axis.
    own: Vec<(usize, String)>,
    reductions: Vec<Reduction>,
}

/// A sum and the like.
#[derive(Debug, Clone)]
struct Reduction {
    name: String,
    of: Scalar,
    /// As it is written: "+=" or "min".
    op: &'static str,
    /// How many statements change it.
    uses: usize,
}

/// A function that kernels may call.
#[derive(Debug, Clone)]
struct Helper {
    name: String,
    takes: Vec<Scalar>,
    /// One, or a tuple's.
    gives: Vec<Scalar>,
    /// Whether it has another parameter `k`, with a default.
    has_default: bool,
}

/// Writes one program.
struct Maker {
    random: Random,
    lines: String,
    depth: usize,
    /// How often what is being written will run.
    rounds: usize,
    variables: Vec<Variable>,
    arrays: Vec<Array>,
    counters: Vec<Counter>,
    helpers: Vec<Helper>,
    parallel: Option<Parallel>,
    /// How the loop around may be left.
    jumps: &'static [&'static str],
    names: usize,
    /// Of the first axis of what is handed in.
    size: usize,
    is_parallel: bool,
    /// Types that it mostly has: few, so that values meet.
    types: Vec<Scalar>,
    compares_with_numpy: bool,
    is_numbas: bool,
    head: String,
    setup: String,
    params: Vec<String>,
}

/// Types, the frequent ones several times.
const TYPES: [Scalar; 14] = [
    Scalar::I8,
    Scalar::I16,
    Scalar::I32,
    Scalar::I32,
    Scalar::I64,
    Scalar::I64,
    Scalar::U8,
    Scalar::U16,
    Scalar::U32,
    Scalar::U64,
    Scalar::F32,
    Scalar::F32,
    Scalar::F64,
    Scalar::F64,
];

/// As the file calls it.
fn type_name(of: Scalar) -> String {
    match of {
        Scalar::Bool => "np.bool_".into(),
        _ => format!("np.{of}"),
    }
}

impl Maker {
    fn new(seed: u64) -> Maker {
        let mut random = Random::new(seed);
        let size = 3 + random.below(7);
        let is_parallel = !random.one_in(4);
        let types = (0..2 + random.below(4))
            .map(|_| TYPES[random.below(TYPES.len())])
            .collect();
        Maker {
            random,
            lines: String::new(),
            depth: 0,
            rounds: 1,
            variables: Vec::new(),
            arrays: Vec::new(),
            counters: Vec::new(),
            helpers: Vec::new(),
            parallel: None,
            jumps: &[],
            names: 0,
            size,
            is_parallel,
            types,
            compares_with_numpy: true,
            is_numbas: true,
            head: String::new(),
            setup: String::new(),
            params: Vec::new(),
        }
    }

    fn line(&mut self, text: &str) {
        for _ in 0..self.depth {
            self.lines.push_str("    ");
        }
        self.lines.push_str(text);
        self.lines.push('\n');
    }

    fn name(&mut self, stem: &str) -> String {
        self.names += 1;
        format!("{stem}{}", self.names)
    }

    /// One of the program's own types; seldom any other.
    fn any_type(&mut self) -> Scalar {
        match self.random.one_in(12) {
            true => TYPES[self.random.below(TYPES.len())],
            false => self.types[self.random.below(self.types.len())],
        }
    }

    /// Writes what `body` makes as a block; names that it gives are gone after it.
    fn block(&mut self, head: &str, body: impl FnOnce(&mut Maker)) {
        self.line(head);
        let known = (self.variables.len(), self.arrays.len(), self.counters.len());
        self.depth += 1;
        body(self);
        if self.variables.len() > known.0 && !self.random.one_in(4) {
            let at = known.0 + self.random.below(self.variables.len() - known.0);
            let variable = self.variables[at].clone();
            self.keep(&variable);
        }
        self.depth -= 1;
        self.variables.truncate(known.0);
        self.arrays.truncate(known.1);
        self.counters.truncate(known.2);
    }

    fn kernel(&mut self) {
        for _ in 0..self.random.below(3) {
            self.helper();
        }
        for _ in 0..2 + self.random.below(4) {
            self.param_array();
        }
        for _ in 0..self.random.below(3) {
            self.param_scalar();
        }
        self.depth = 1;
        // What the kernel gives in the end is there from its beginning, so that it may return early.
        let first = self.variables.len();
        for _ in 0..1 + self.random.below(3) {
            let of = if self.random.one_in(4) {
                Scalar::Bool
            } else {
                self.any_type()
            };
            self.define("r", of);
        }
        let results: Vec<Variable> = self.variables[first..].to_vec();
        let arrays: Vec<String> = self.arrays.iter().map(|array| array.name.clone()).collect();
        let mut given = arrays.clone();
        given.extend(results.iter().map(|result| result.name.clone()));
        let given = given.join(", ");
        let groups = 2 + self.random.below(4);
        let loops_at = self.random.below(groups);
        for group in 0..groups {
            // A group's own names may be given again, to other types, by the next.
            let known = (self.variables.len(), self.arrays.len());
            let names = self.names;
            match group == loops_at || self.random.one_in(2) {
                true => self.parallel_loop(),
                false => self.statements(3),
            }
            if self.random.one_in(2) {
                self.array_statement();
            }
            if self.random.one_in(6) {
                let test = self.truth(2);
                self.line(&format!("if {test}:"));
                self.line(&format!("    return {given}"));
            }
            self.keep_some(known.0, &results);
            self.variables.truncate(known.0);
            self.arrays.truncate(known.1);
            if self.random.one_in(2) {
                self.names = names;
            }
        }
        self.line(&format!("return {given}"));
    }

    /// Lets something of a group, if it has made anything, into what the kernel returns.
    fn keep_some(&mut self, first: usize, results: &[Variable]) {
        for result in results {
            let own = self.variables[first..].to_vec();
            let name = &result.name;
            match self.random.pick(&own).cloned() {
                Some(variable) => {
                    let value = self.cast(&variable, result.of);
                    let of = type_name(result.of);
                    match result.of {
                        Scalar::Bool => self.line(&format!("{name} = {name} != {value}")),
                        _ => self.line(&format!("{name} = {of}({name} + {value})")),
                    }
                }
                None => {
                    let value = self.value(result.of, 2);
                    self.line(&format!("{name} = {value}"));
                }
            }
        }
    }

    fn param_array(&mut self) {
        let of = if self.random.one_in(8) {
            Scalar::Bool
        } else {
            self.any_type()
        };
        let name = self.name("a");
        let axes = 1 + [0, 0, 0, 1, 1, 2][self.random.below(6)];
        let mut shape = vec![self.size];
        for _ in 1..axes {
            shape.push(2 + self.random.below(3));
        }
        let lengths: Vec<String> = shape
            .iter()
            .enumerate()
            .map(|(axis, n)| if axis == 0 { "n".into() } else { n.to_string() })
            .collect();
        let lengths = match axes {
            1 => lengths[0].clone(),
            _ => format!("({})", lengths.join(", ")),
        };
        let drawn = match of {
            Scalar::Bool => format!("rng.random({lengths}) < 0.5"),
            Scalar::F32 => format!("rng.uniform(-4.0, 4.0, {lengths}).astype(np.float32)"),
            Scalar::F64 => format!("rng.uniform(-4.0, 4.0, {lengths})"),
            Scalar::I64 => format!("rng.integers(-1000000, 1000000, {lengths})"),
            Scalar::U64 => format!("rng.integers(0, 2**64, {lengths}, dtype=np.uint64)"),
            _ => {
                let bits = of.bytes() * 8;
                let (low, high) = match of.is_signed() {
                    true => (-(1i64 << (bits - 1)), 1i64 << (bits - 1)),
                    false => (0, 1 << bits),
                };
                format!("rng.integers({low}, {high}, {lengths}, dtype=np.{of})")
            }
        };
        let _ = writeln!(self.setup, "    {name} = {drawn}");
        self.params.push(name.clone());
        let base = self.arrays.len();
        self.arrays.push(Array {
            name,
            of,
            shape,
            base,
            is_own: false,
        });
    }

    /// A number that is handed in: Python's own are int64, float64 and truth values.
    fn param_scalar(&mut self) {
        let of = self.any_type();
        let name = self.name("p");
        let value = self.literal(of);
        let _ = writeln!(self.setup, "    {name} = {value}");
        self.params.push(name.clone());
        self.variables.push(Variable {
            name,
            of,
            is_frozen: true,
        });
    }

    /// A function of numbers, with an early end.
    fn helper(&mut self) {
        let name = self.name("h");
        let takes: Vec<Scalar> = (0..1 + self.random.below(3)).map(|_| self.any_type()).collect();
        let gives: Vec<Scalar> = (0..1 + self.random.below(5) / 3)
            .map(|_| self.any_type())
            .collect();
        let has_default = self.random.one_in(2);
        let mut params: Vec<String> = Vec::new();
        for of in &takes {
            let param = self.name("x");
            params.push(param.clone());
            self.variables.push(Variable {
                name: param,
                of: *of,
                is_frozen: false,
            });
        }
        if has_default {
            params.push("k=3".into());
            self.counters.push(Counter {
                name: "k".into(),
                bound: 8,
            });
        }
        self.depth = 0;
        self.line("@njit");
        self.block(&format!("def {name}({}):", params.join(", ")), |maker| {
            maker.statements(2);
            if maker.random.one_in(2) {
                let test = maker.truth(2);
                let value = maker.tuple(&gives);
                maker.line(&format!("if {test}:"));
                maker.line(&format!("    return {value}"));
            }
            let value = maker.tuple(&gives);
            maker.line(&format!("return {value}"));
        });
        self.variables.clear();
        self.counters.clear();
        self.head.push_str(&std::mem::take(&mut self.lines));
        self.head.push_str("\n\n");
        self.helpers.push(Helper {
            name,
            takes,
            gives,
            has_default,
        });
    }

    fn tuple(&mut self, of: &[Scalar]) -> String {
        let values: Vec<String> = of.iter().map(|of| self.value(*of, 2)).collect();
        values.join(", ")
    }

    fn program(self, seed: u64) -> Program {
        let options = if self.is_parallel { "(parallel=True)" } else { "" };
        let order = match self.compares_with_numpy {
            true => "",
            false => "# The order of sums is our own.\n",
        };
        let takers = if self.is_numbas { "" } else { "# Not Numba's.\n" };
        let source = format!(
            "# Made by tests/generate from the seed {seed}.\n# parallax: size={size}\n{order}{takers}import math\nimport numpy as np\nfrom numba import njit, prange\n\n\n{head}@njit{options}\ndef kernel({params}):\n{body}\n\ndef setup(n):\n    rng = np.random.default_rng({seed})\n{setup}    return {params},\n",
            size = self.size,
            head = self.head,
            params = self.params.join(", "),
            body = self.lines,
            setup = self.setup,
        );
        Program {
            source,
            compares_with_numpy: self.compares_with_numpy,
            is_numbas: self.is_numbas,
        }
    }
}

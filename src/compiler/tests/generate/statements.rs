//! Statements, and the parallel loops around them.

use super::{Array, Counter, Maker, Parallel, Reduction, Variable, type_name};
use parallax_compiler::Scalar;

/// How often an innermost statement may run.
const MOST_ROUNDS: usize = 250;

impl Maker {
    /// Some statements, at least one.
    pub(super) fn statements(&mut self, most: usize) {
        for _ in 0..1 + self.random.below(most) {
            self.statement();
        }
    }

    fn statement(&mut self) {
        let may_nest = self.depth < 5;
        match self.random.below(22) {
            0..=3 => {
                let of = if self.random.one_in(7) {
                    Scalar::Bool
                } else {
                    self.any_type()
                };
                self.define("t", of);
            }
            4..=6 => self.assign(),
            7..=10 => self.store(),
            11 | 12 if may_nest => self.branch(),
            13 | 14 if may_nest => self.for_loop(),
            15 if may_nest => self.while_loop(),
            16 => self.unpack(),
            17 => self.swap(),
            18 => self.jump(),
            19 if may_nest => self.loop_over_elements(),
            20 => self.row(),
            _ => self.reduce(),
        }
    }

    /// A new variable.
    pub(super) fn define(&mut self, stem: &str, of: Scalar) {
        let value = self.value(of, 3);
        let name = self.name(stem);
        self.line(&format!("{name} = {value}"));
        self.variables.push(Variable {
            name,
            of,
            is_frozen: false,
        });
    }

    fn changeable(&mut self) -> Option<Variable> {
        let all: Vec<Variable> = self.variables.iter().filter(|v| !v.is_frozen).cloned().collect();
        self.random.pick(&all).cloned()
    }

    fn assign(&mut self) {
        let Some(Variable { name, of, .. }) = self.changeable() else {
            return self.define("t", Scalar::I64);
        };
        let is_wide = matches!(of, Scalar::I64 | Scalar::U64 | Scalar::F32 | Scalar::F64);
        match is_wide && self.random.one_in(2) {
            true => {
                let (op, value) = self.change(of);
                self.line(&format!("{name} {op} {value}"));
            }
            false => {
                let value = self.value(of, 3);
                self.line(&format!("{name} = {value}"));
            }
        }
    }

    /// An operator that changes something in place, and a value for it.
    pub(super) fn change(&mut self, of: Scalar) -> (&'static str, String) {
        if of == Scalar::Bool {
            let op = ["&=", "|=", "^="][self.random.below(3)];
            return (op, format!("np.bool_({})", self.truth(2)));
        }
        if of.is_float() {
            return match self.random.below(6) {
                0 => ("/=", self.float_divisor(of, 1)),
                1 => ("%=", self.float_divisor(of, 1)),
                2 => ("//=", self.float_divisor(of, 1)),
                other => (["+=", "-=", "*="][other - 3], self.value(of, 2)),
            };
        }
        match self.random.below(8) {
            0 => ("//=", self.divisor(of, 1)),
            1 => ("%=", self.divisor(of, 1)),
            other => (["+=", "-=", "*=", "&=", "|=", "^="][other - 2], self.value(of, 2)),
        }
    }

    /// Arrays that may be changed here.
    fn stores(&self) -> Vec<Array> {
        let may = |array: &&Array| match &self.parallel {
            None => true,
            Some(parallel) => array.is_own || parallel.own.iter().any(|(base, _)| *base == array.base),
        };
        self.readable().into_iter().filter(|array| may(&array)).collect()
    }

    /// Arrays that may be read here: where iterations change an array, only itself and its own rows.
    pub(super) fn readable(&self) -> Vec<Array> {
        let own = |array: &Array| {
            let parallel = self.parallel.as_ref();
            parallel.is_some_and(|p| p.own.iter().any(|(base, _)| *base == array.base))
        };
        let may = |(at, array): &(usize, &Array)| !own(array) || *at == array.base || array.is_own;
        let all = self.arrays.iter().enumerate().filter(may);
        all.map(|(_, array)| array.clone()).collect()
    }

    fn store(&mut self) {
        let all = self.stores();
        let Some(array) = self.random.pick(&all).cloned() else {
            return self.define("t", Scalar::I32);
        };
        let target = self.element(&array);
        match self.random.below(5) {
            0 | 1 => {
                let (op, value) = self.change(array.of);
                self.line(&format!("{target} {op} {value}"));
            }
            2 if array.of.is_float() => {
                // Any number becomes a float on the way in.
                let of = self.any_type();
                let value = self.value(of, 2);
                self.line(&format!("{target} = {value}"));
            }
            _ => {
                let value = self.value(array.of, 3);
                self.line(&format!("{target} = {value}"));
            }
        }
    }

    /// Lets a variable into an array, or another variable, so that it counts.
    pub(super) fn keep(&mut self, variable: &Variable) {
        let all = self.stores();
        let Some(array) = self.random.pick(&all).cloned() else {
            return self.assign();
        };
        let (target, value) = (self.element(&array), self.cast(variable, array.of));
        let op = match array.of {
            Scalar::Bool => "^=",
            _ => "+=",
        };
        self.line(&format!("{target} {op} {value}"));
    }

    fn branch(&mut self) {
        let test = self.truth(3);
        self.block(&format!("if {test}:"), |maker| maker.statements(2));
        if self.random.one_in(4) {
            let test = self.truth(2);
            self.block(&format!("elif {test}:"), |maker| maker.statements(2));
        }
        if self.random.one_in(2) {
            self.block("else:", |maker| maker.statements(2));
        }
    }

    /// A loop's body, which may be left, and what follows it if it was not.
    fn looped(&mut self, head: &str, counter: Option<Counter>, rounds: usize, first: Option<&str>) {
        let outer = (self.rounds, self.jumps);
        self.rounds *= rounds.max(1);
        self.jumps = &["break", "continue"];
        self.block(head, |maker| {
            maker.counters.extend(counter);
            if let Some(first) = first {
                maker.line(first);
            }
            maker.statements(3);
        });
        (self.rounds, self.jumps) = outer;
        if self.random.one_in(5) {
            self.block("else:", |maker| maker.statements(1));
        }
    }

    fn for_loop(&mut self) {
        let most = (MOST_ROUNDS / self.rounds).min(7);
        if most < 2 {
            return self.store();
        }
        let mut bound = 1 + self.random.below(most);
        let mut stop = bound.to_string();
        let arrays = self.readable();
        if let Some(array) = self.random.pick(&arrays).cloned()
            && self.random.one_in(2)
        {
            let axis = self.random.below(array.shape.len());
            if array.shape[axis] <= most {
                bound = array.shape[axis];
                stop = match axis {
                    0 => format!("len({})", array.name),
                    _ => format!("{}.shape[{axis}]", array.name),
                };
            }
        }
        let name = self.name("i");
        let low = self.random.below(bound + 1);
        let range = match self.random.below(7) {
            0 => format!("range({low}, {stop})"),
            1 => format!("range({stop} - 1, -1, -1)"),
            2 => format!("range({low}, {stop}, 2)"),
            3 => format!("range({}, {low}, -{})", bound - 1, 1 + self.random.below(3)),
            _ => format!("range({stop})"),
        };
        let counter = Counter {
            name: name.clone(),
            bound,
        };
        self.looped(&format!("for {name} in {range}:"), Some(counter), bound, None);
    }

    fn while_loop(&mut self) {
        let most = (MOST_ROUNDS / self.rounds).min(6);
        if most < 2 {
            return self.store();
        }
        let bound = 1 + self.random.below(most);
        let name = self.name("w");
        let test = self.truth(2);
        self.line(&format!("{name} = 0"));
        let head = match self.random.below(3) {
            0 => format!("while {name} < {bound}:"),
            1 => format!("while {name} < {bound} and {test}:"),
            _ => format!("while not ({name} >= {bound} or {test}):"),
        };
        let counter = Counter {
            name: name.clone(),
            bound: bound + 1,
        };
        self.looped(&head, Some(counter), bound, Some(&format!("{name} += 1")));
    }

    /// `for x in a:`, with or without a count.
    fn loop_over_elements(&mut self) {
        let all: Vec<Array> = self
            .readable()
            .into_iter()
            .filter(|array| array.shape.len() == 1 && self.rounds * array.shape[0] <= MOST_ROUNDS)
            .filter(|array| self.parallel.is_none() || array.is_own)
            .collect();
        let Some(array) = self.random.pick(&all).cloned() else {
            return self.assign();
        };
        let value = Variable {
            name: self.name("e"),
            of: array.of,
            is_frozen: true,
        };
        let counter = Counter {
            name: self.name("i"),
            bound: array.shape[0],
        };
        let known = self.variables.len();
        self.variables.push(value.clone());
        match self.random.one_in(2) {
            true => {
                let head = format!("for {} in {}:", value.name, array.name);
                self.looped(&head, None, array.shape[0], None);
            }
            false => {
                let head = format!(
                    "for {}, {} in enumerate({}):",
                    counter.name, value.name, array.name
                );
                self.looped(&head, Some(counter), array.shape[0], None);
            }
        }
        self.variables.truncate(known);
    }

    /// Several values at once: a tuple's, or what a function gives.
    fn unpack(&mut self) {
        let helpers: Vec<usize> = (0..self.helpers.len())
            .filter(|at| self.helpers[*at].gives.len() > 1)
            .collect();
        let (of, value) = match self.random.pick(&helpers).copied() {
            Some(at) if self.random.one_in(2) => {
                let of = self.helpers[at].gives.clone();
                (of, self.call_of(at, 2))
            }
            _ => {
                let of = vec![self.any_type(), self.any_type()];
                let value = self.tuple(&of);
                (of, value)
            }
        };
        let names: Vec<String> = of.iter().map(|_| self.name("t")).collect();
        match self.random.one_in(2) {
            true => self.line(&format!("{} = {value}", names.join(", "))),
            false => {
                let whole = self.name("u");
                self.line(&format!("{whole} = ({value})"));
                for (at, name) in names.iter().enumerate() {
                    self.line(&format!("{name} = {whole}[{at}]"));
                }
            }
        }
        for (name, of) in names.into_iter().zip(of) {
            self.variables.push(Variable {
                name,
                of,
                is_frozen: false,
            });
        }
    }

    fn swap(&mut self) {
        let Some(one) = self.changeable() else {
            return self.define("t", Scalar::F32);
        };
        let all: Vec<Variable> = self
            .variables
            .iter()
            .filter(|v| !v.is_frozen && v.of == one.of)
            .cloned()
            .collect();
        let other = self.random.pick(&all).cloned().unwrap_or_else(|| one.clone());
        let (a, b) = (one.name, other.name);
        let value = self.value(one.of, 2);
        match a == b {
            true => self.line(&format!("{a} = {value}")),
            false if self.random.one_in(2) => self.line(&format!("{a}, {b} = {b}, {a}")),
            false => self.line(&format!("{a} = {b} = {value}")),
        }
    }

    fn jump(&mut self) {
        let Some(jump) = self.random.pick(self.jumps).copied() else {
            return self.assign();
        };
        let test = self.truth(2);
        self.line(&format!("if {test}:"));
        self.line(&format!("    {jump}"));
    }

    /// A part of an array that an iteration has for itself, or any part outside of parallel loops; or a new array.
    fn row(&mut self) {
        if self.random.one_in(3) {
            return self.new_array();
        }
        let all: Vec<Array> = self
            .stores()
            .into_iter()
            .filter(|array| array.shape.len() > 1 && !array.is_own)
            .collect();
        let Some(array) = self.random.pick(&all).cloned() else {
            return self.store();
        };
        let own = self.own_index(&array);
        let index = match own {
            Some(index) => index,
            None => self.index(&array.name, 0, array.shape[0]),
        };
        let name = self.name("b");
        self.line(&format!("{name} = {}[{index}]", array.name));
        self.arrays.push(Array {
            name,
            shape: array.shape[1..].to_vec(),
            is_own: self.parallel.is_some(),
            ..array
        });
    }

    fn new_array(&mut self) {
        let (of, length) = (self.any_type(), 1 + self.random.below(4));
        let name = self.name("b");
        let value = match self.random.below(3) {
            0 => format!("np.zeros({length}, np.{of})"),
            1 => format!("np.ones({length}, dtype=np.{of})"),
            _ => format!("np.full({length}, {})", self.value(of, 1)),
        };
        self.line(&format!("{name} = {value}"));
        self.arrays.push(Array {
            name,
            of,
            shape: vec![length],
            base: self.arrays.len(),
            is_own: self.parallel.is_some(),
        });
    }

    /// Something for a reduction of the parallel loop around.
    fn reduce(&mut self) {
        let all = match &self.parallel {
            Some(parallel) => parallel.reductions.clone(),
            None => Vec::new(),
        };
        let Some(Reduction { name, of, op, uses }) = self.random.pick(&all).cloned() else {
            return self.store();
        };
        if uses > 0 {
            // Numba takes one statement for each.
            return self.assign();
        }
        let found = self
            .parallel
            .iter_mut()
            .flat_map(|parallel| &mut parallel.reductions);
        for reduction in found.filter(|reduction| reduction.name == name) {
            reduction.uses += 1;
        }
        let value = self.value(of, 3);
        match op {
            "min" | "max" => self.line(&format!("{name} = {op}({name}, {value})")),
            _ => self.line(&format!("{name} {op} {value}")),
        }
    }

    /// A parallel loop, with what it reduces to.
    pub(super) fn parallel_loop(&mut self) {
        let loose: Vec<usize> = (0..self.arrays.len())
            .filter(|at| self.arrays[*at].base == *at && self.arrays[*at].shape[0] == self.size)
            .collect();
        let counter = self.name("i");
        let mut own = Vec::new();
        for at in loose {
            if own.is_empty() || self.random.one_in(3) {
                let size = self.size;
                let index = match self.random.below(6) {
                    0 => format!("-1 - {counter}"),
                    1 => format!("{size} - 1 - {counter}"),
                    _ => counter.clone(),
                };
                own.push((at, index));
            }
        }
        let mut reductions = Vec::new();
        for _ in 0..self.random.below(3) {
            let name = self.name("s");
            let (of, op) = match self.random.below(12) {
                0..=2 => (Scalar::I64, "+="),
                3 => (Scalar::U64, "+="),
                4 => (Scalar::I64, "-="),
                5 => (Scalar::U64, "*="),
                6 | 7 => (Scalar::I64, "min"),
                8 | 9 => (Scalar::I64, "max"),
                10 => {
                    self.is_numbas = false;
                    (Scalar::I64, ["&=", "|=", "^="][self.random.below(3)])
                }
                _ if self.random.one_in(2) => {
                    self.compares_with_numpy = false;
                    (Scalar::F64, "+=")
                }
                _ => {
                    self.compares_with_numpy = false;
                    (Scalar::F32, ["+=", "-="][self.random.below(2)])
                }
            };
            let value = self.literal(of);
            self.line(&format!("{name} = {value}"));
            reductions.push(Reduction {
                name,
                of,
                op,
                uses: 0,
            });
        }
        let (first, _) = own[0].clone();
        let array = self.arrays[first].name.clone();
        let range = match self.random.below(4) {
            0 => format!("prange({})", self.size),
            1 => format!("prange(1, {array}.shape[0])"),
            2 => format!("prange(len({array}) - 1)"),
            _ => format!("prange({array}.shape[0])"),
        };
        let frozen = std::mem::take(&mut self.variables);
        self.variables = frozen
            .iter()
            .map(|variable| Variable {
                is_frozen: true,
                ..variable.clone()
            })
            .collect();
        let outer = (self.rounds, self.jumps);
        self.rounds *= self.size;
        self.jumps = &["continue"];
        self.parallel = Some(Parallel {
            own,
            reductions: reductions.clone(),
        });
        let bound = self.size;
        self.block(&format!("for {counter} in {range}:"), |maker| {
            maker.counters.push(Counter { name: counter, bound });
            maker.statements(4);
            maker.store();
            for _ in &reductions {
                maker.reduce();
            }
        });
        self.parallel = None;
        (self.rounds, self.jumps) = outer;
        self.variables = frozen;
        for Reduction { name, of, .. } in reductions {
            self.variables.push(Variable {
                name,
                of,
                is_frozen: false,
            });
        }
    }

    /// How iterations of the parallel loop around write their place of this array.
    pub(super) fn own_index(&self, array: &Array) -> Option<String> {
        let parallel = self.parallel.as_ref()?;
        let (_, index) = parallel.own.iter().find(|(base, _)| *base == array.base)?;
        (!array.is_own).then(|| index.clone())
    }

    /// A value of NumPy's own type, whatever Python made of it.
    pub(super) fn typed(of: Scalar, value: &str) -> String {
        format!("{}({value})", type_name(of))
    }
}

//! Values. `value(of, ..)` has this type exactly, in NumPy and in Numba.

use super::{Array, Maker, Variable, type_name};
use parallax_compiler::Scalar;

impl Maker {
    /// A truth value, for tests.
    pub(super) fn truth(&mut self, depth: usize) -> String {
        self.value(Scalar::Bool, depth)
    }

    /// A value of the type, of at most this many operations one inside the other.
    pub(super) fn value(&mut self, of: Scalar, depth: usize) -> String {
        if depth == 0 || self.random.one_in(6) {
            return self.leaf(of);
        }
        match of {
            Scalar::Bool => self.bool(depth - 1),
            _ if of.is_float() => self.float(of, depth - 1),
            _ => self.int(of, depth - 1),
        }
    }

    /// A constant with its type.
    pub(super) fn literal(&mut self, of: Scalar) -> String {
        let wide = |shift: u32, random: u64| (random >> shift) as i64;
        let number = match of {
            Scalar::Bool => return ["True", "False"][self.random.below(2)].into(),
            _ if of.is_float() => {
                let quarters = self.random.below(33) as f64 - 16.0;
                match self.random.below(6) {
                    0 => "0.1".into(),
                    1 => "1e3".into(),
                    2 => "-0.0".into(),
                    _ => format!("{:?}", quarters / 4.0),
                }
            }
            _ => {
                let bits = of.bytes() * 8;
                let random = self.random.next();
                match (self.random.below(8), of.is_signed()) {
                    (0, true) => wide(65 - bits, random).to_string(),
                    (0, false) => (random >> (64 - bits)).to_string(),
                    (1, true) if bits < 64 => (-1i64 << (bits - 1)).to_string(),
                    (2, false) => (u64::MAX >> (64 - bits)).to_string(),
                    (3, true) => (u64::MAX >> (65 - bits)).to_string(),
                    (_, true) => (self.random.below(41) as i64 - 20).to_string(),
                    (_, false) => self.random.below(41).to_string(),
                }
            }
        };
        format!("{}({number})", type_name(of))
    }

    fn leaf(&mut self, of: Scalar) -> String {
        for _ in 0..4 {
            let found = match self.random.below(6) {
                0 | 1 => self.variable(of),
                2 | 3 => self.element_of(of),
                4 if of != Scalar::Bool => self.cast_leaf(of),
                _ => None,
            };
            if let Some(text) = found {
                return text;
            }
        }
        match of == Scalar::Bool && !self.random.one_in(8) {
            true => self.bool(0),
            false => self.literal(of),
        }
    }

    pub(super) fn variable(&mut self, of: Scalar) -> Option<String> {
        let all: Vec<&str> = self
            .variables
            .iter()
            .filter(|variable| variable.of == of)
            .map(|variable| variable.name.as_str())
            .collect();
        // What was made last is what nothing has used yet.
        match self.random.one_in(2) {
            true => all.last().map(|name| name.to_string()),
            false => self.random.pick(&all).map(|name| name.to_string()),
        }
    }

    /// An element of any array of this type that may be read here.
    fn element_of(&mut self, of: Scalar) -> Option<String> {
        let all: Vec<Array> = self.readable().into_iter().filter(|a| a.of == of).collect();
        let array = self.random.pick(&all)?.clone();
        Some(self.element(&array))
    }

    /// `a[i, j]`, in range, and of its own part where iterations of a parallel loop change the array.
    pub(super) fn element(&mut self, array: &Array) -> String {
        let own = self.own_index(array);
        let indices: Vec<String> = array
            .shape
            .iter()
            .enumerate()
            .map(|(axis, length)| match &own {
                Some(own) if axis == 0 => own.clone(),
                _ => self.index(&array.name, axis, *length),
            })
            .collect();
        format!("{}[{}]", array.name, indices.join(", "))
    }

    /// An index from `-length` to `length - 1`.
    pub(super) fn index(&mut self, array: &str, axis: usize, length: usize) -> String {
        let fitting: Vec<String> = self
            .counters
            .iter()
            .filter(|counter| counter.bound <= length)
            .map(|counter| counter.name.clone())
            .collect();
        let any: Vec<String> = self.counters.iter().map(|c| c.name.clone()).collect();
        let size = match (self.random.below(3), axis) {
            (0, _) => length.to_string(),
            (1, 0) => format!("len({array})"),
            _ => format!("{array}.shape[{axis}]"),
        };
        match self.random.below(9) {
            0..=3 if !fitting.is_empty() => fitting[self.random.below(fitting.len())].clone(),
            4 if !fitting.is_empty() => {
                let counter = &fitting[self.random.below(fitting.len())];
                format!("-1 - {counter}")
            }
            5 if !any.is_empty() => {
                let counter = any[self.random.below(any.len())].clone();
                let (by, plus) = (1 + self.random.below(3), self.random.below(5));
                format!("({counter} * {by} + {plus}) % {size}")
            }
            6 => {
                let ints: Vec<String> = self
                    .variables
                    .iter()
                    .filter(|variable| variable.of.is_int())
                    .map(|variable| variable.name.clone())
                    .collect();
                match self.random.pick(&ints) {
                    Some(name) => format!("np.int64({name}) % {size}"),
                    None => "0".into(),
                }
            }
            7 => format!("-{}", 1 + self.random.below(length)),
            _ => self.random.below(length).to_string(),
        }
    }

    /// A variable of another type as this one.
    fn cast_leaf(&mut self, of: Scalar) -> Option<String> {
        let to = type_name(of);
        if self.random.one_in(4) {
            let counters: Vec<&str> = self.counters.iter().map(|c| c.name.as_str()).collect();
            return self
                .random
                .pick(&counters)
                .map(|counter| format!("{to}({counter})"));
        }
        let all = self.variables.clone();
        let variable = self.random.pick(&all).cloned()?;
        Some(self.cast(&variable, of))
    }

    /// A variable as another type; of floats that become integers only what fits, so that the processor's own way
    /// does not show. A NaN does not fit either.
    pub(super) fn cast(&mut self, variable: &Variable, of: Scalar) -> String {
        let (name, to) = (&variable.name, type_name(of));
        match variable.of.is_float() && of.is_int() {
            false => format!("{to}({name})"),
            true => {
                let (from, low) = (type_name(variable.of), if of.is_signed() { -100 } else { 0 });
                format!("{to}({name} if {from}({low}) <= {name} < {from}(100) else {from}(7))")
            }
        }
    }

    fn bool(&mut self, depth: usize) -> String {
        let of = self.any_type();
        let shape = if depth == 0 {
            4 + self.random.below(6)
        } else {
            self.random.below(10)
        };
        match shape {
            0 => {
                let (a, b) = (self.truth(depth), self.truth(depth));
                format!("({a} and {b})")
            }
            1 => {
                let (a, b) = (self.truth(depth), self.truth(depth));
                format!("({a} or {b})")
            }
            2 => format!("(not {})", self.truth(depth)),
            3 => {
                let (a, b) = (self.truth(depth), self.truth(depth));
                let op = ["&", "|", "^"][self.random.below(3)];
                format!("(np.bool_({a}) {op} np.bool_({b}))")
            }
            4 => {
                let (a, b, c) = (self.value(of, depth), self.value(of, depth), self.leaf(of));
                let (first, second) = (self.compare(), self.compare());
                format!("({a} {first} {b} {second} {c})")
            }
            5 => {
                // Integers of two types, by their values.
                let (one, other) = (self.int_type(), self.int_type());
                let (a, b) = (self.value(one, depth), self.value(other, depth));
                format!("({a} {} {b})", self.compare())
            }
            _ => {
                let (a, b) = (self.value(of, depth), self.value(of, depth));
                format!("({a} {} {b})", self.compare())
            }
        }
    }

    fn compare(&mut self) -> &'static str {
        ["<", "<=", ">", ">=", "==", "!="][self.random.below(6)]
    }

    fn int_type(&mut self) -> Scalar {
        let all: Vec<Scalar> = Scalar::ALL.into_iter().filter(|of| of.is_int()).collect();
        all[self.random.below(all.len())]
    }

    fn choice(&mut self, of: Scalar, depth: usize) -> String {
        let (test, yes, no) = (self.truth(depth), self.value(of, depth), self.value(of, depth));
        format!("({yes} if {test} else {no})")
    }

    fn int(&mut self, of: Scalar, depth: usize) -> String {
        let to = type_name(of);
        match self.random.below(16) {
            0..=5 => {
                let (a, b) = (self.value(of, depth), self.value(of, depth));
                let op = ["+", "-", "*", "&", "|", "^"][self.random.below(6)];
                format!("{to}({a} {op} {b})")
            }
            6 | 7 => {
                let (a, b) = (self.value(of, depth), self.divisor(of, depth));
                let op = ["//", "%"][self.random.below(2)];
                format!("{to}({a} {op} {b})")
            }
            8 => {
                let (a, b) = (self.value(of, depth), self.value(of, depth));
                let op = ["<<", ">>"][self.random.below(2)];
                format!("{to}({a} {op} ({b} & {to}({})))", of.bytes() * 8 - 1)
            }
            9 => {
                let (a, b) = (self.value(of, depth), self.value(of, depth));
                let function = ["min", "max", "np.minimum", "np.maximum"][self.random.below(4)];
                format!("{to}({function}({a}, {b}))")
            }
            10 => {
                let a = self.value(of, depth);
                let function = ["-", "~", "abs", "+"][self.random.below(4)];
                format!("{to}({function}({a}))")
            }
            11 | 12 => self.choice(of, depth),
            13 => format!("{to}({})", self.truth(depth)),
            14 => {
                let other = self.int_type();
                format!("{to}({})", self.value(other, depth))
            }
            _ => match self.call(of, depth) {
                Some(call) => call,
                None => self.choice(of, depth),
            },
        }
    }

    /// An integer that is not 0; not -1 either where the least integer of the processor could meet it.
    pub(super) fn divisor(&mut self, of: Scalar, depth: usize) -> String {
        let to = type_name(of);
        match (self.random.below(4), of.is_signed()) {
            (0, true) => format!("{to}({})", ["-7", "-2", "-100", "-3"][self.random.below(4)]),
            (1, true) => format!("{to}({to}(-2) - ({} & {to}(31)))", self.value(of, depth)),
            (2, _) if of.bytes() < 8 => format!("({} | {to}(1))", self.value(of, depth)),
            (3, _) => format!("{to}(({} & {to}(31)) + {to}(1))", self.value(of, depth)),
            _ => format!("{to}({})", [1, 2, 3, 5, 10, 100][self.random.below(6)]),
        }
    }

    fn float(&mut self, of: Scalar, depth: usize) -> String {
        let to = type_name(of);
        match self.random.below(16) {
            0..=5 => {
                let (a, b) = (self.value(of, depth), self.value(of, depth));
                let op = ["+", "-", "*"][self.random.below(3)];
                format!("({a} {op} {b})")
            }
            6 | 7 => {
                let (a, b) = (self.value(of, depth), self.float_divisor(of, depth));
                let op = ["/", "/", "//", "%"][self.random.below(4)];
                format!("({a} {op} {b})")
            }
            8 => {
                let a = self.value(of, depth);
                let function = ["np.sqrt", "math.sqrt"][self.random.below(2)];
                format!("{to}({function}(abs({a})))")
            }
            9 => {
                let a = self.value(of, depth);
                let function = [
                    "np.floor",
                    "np.ceil",
                    "np.trunc",
                    "abs",
                    "np.abs",
                    "-",
                    "math.fabs",
                ][self.random.below(7)];
                format!("{to}({function}({a}))")
            }
            10 => match self.variable(of) {
                Some(name) => {
                    let other = self.value(of, depth);
                    let op = ["<", ">"][self.random.below(2)];
                    format!("({name} if {name} {op} {other} else {to}(0.5))")
                }
                None => self.choice(of, depth),
            },
            11 | 12 => self.choice(of, depth),
            13 => {
                let other = self.int_type();
                format!("{to}({})", self.value(other, depth))
            }
            14 if of == Scalar::F64 => {
                let (a, b) = (self.value(Scalar::I64, depth), self.divisor(Scalar::I64, depth));
                format!("({a} / {b})")
            }
            14 => format!("{to}({})", self.value(Scalar::F64, depth)),
            _ => match self.call(of, depth) {
                Some(call) => call,
                None => format!("np.copysign({}, {})", self.value(of, depth), self.leaf(of)),
            },
        }
    }

    /// A float that is not 0.
    pub(super) fn float_divisor(&mut self, of: Scalar, depth: usize) -> String {
        let to = type_name(of);
        match self.random.below(4) {
            0 => format!("(abs({}) + {to}(0.5))", self.value(of, depth)),
            1 => format!("(-abs({}) - {to}(1.5))", self.value(of, depth)),
            2 => match self.variable(of) {
                Some(name) => format!("({name} if {name} != {to}(0) else {to}(3))"),
                None => format!("{to}(0.3)"),
            },
            _ => format!("{to}({})", ["2.5", "-1.75", "0.1", "3.0"][self.random.below(4)]),
        }
    }

    /// A call of a function that gives one value of this type.
    fn call(&mut self, of: Scalar, depth: usize) -> Option<String> {
        let all: Vec<usize> = (0..self.helpers.len())
            .filter(|at| self.helpers[*at].gives == [of])
            .collect();
        let at = *self.random.pick(&all)?;
        Some(self.call_of(at, depth))
    }

    pub(super) fn call_of(&mut self, at: usize, depth: usize) -> String {
        let helper = self.helpers[at].clone();
        let mut args: Vec<String> = helper.takes.iter().map(|of| self.value(*of, depth)).collect();
        if helper.has_default {
            match self.random.below(3) {
                0 => args.push(self.random.below(8).to_string()),
                1 => args.push(format!("k={}", self.random.below(8))),
                _ => {}
            }
        }
        format!("{}({})", helper.name, args.join(", "))
    }
}

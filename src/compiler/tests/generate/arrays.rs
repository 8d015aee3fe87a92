//! Statements of whole arrays, outside of loops.

use super::{Array, Maker, Variable, type_name};
use parallax_compiler::Scalar;

impl Maker {
    pub(super) fn array_statement(&mut self) {
        for _ in 0..1 + self.random.below(3) {
            match self.random.below(10) {
                0 | 1 => self.expression(),
                2 | 3 => self.view(),
                4 => self.copy(),
                5 => self.assign_part(),
                6 | 7 => self.reduction(),
                8 => self.change_all(),
                _ => self.swap_arrays(),
            }
        }
    }

    fn any_array(&mut self) -> Array {
        let at = self.random.below(self.arrays.len());
        self.arrays[at].clone()
    }

    /// A new name for elements of its own, or of another array.
    fn bind(&mut self, value: &str, of: Scalar, shape: Vec<usize>, base: Option<usize>) {
        let name = self.name("b");
        self.line(&format!("{name} = {value}"));
        let base = base.unwrap_or(self.arrays.len());
        self.arrays.push(Array {
            name,
            of,
            shape,
            base,
            is_own: false,
        });
        let array = self.arrays[self.arrays.len() - 1].clone();
        let element = self.element(&array);
        match self.random.below(4) {
            0 => {
                let (op, value) = self.change(of);
                self.line(&format!("{element} {op} {value}"));
            }
            1 if of == Scalar::Bool || base != self.arrays.len() - 1 => {
                let value = self.value(of, 2);
                self.line(&format!("{element} = {value}"));
            }
            _ => {
                let name = self.name("t");
                self.line(&format!("{name} = {element}"));
                self.variables.push(Variable {
                    name,
                    of,
                    is_frozen: false,
                });
            }
        }
    }

    /// Another array of this type and shape, or a number; an array of the last axis alone too.
    fn operand(&mut self, of: Scalar, shape: &[usize]) -> String {
        let fits = |array: &&Array| {
            array.of == of && (array.shape == shape || array.shape == shape[shape.len() - 1..])
        };
        let all: Vec<String> = self
            .arrays
            .iter()
            .filter(fits)
            .map(|array| array.name.clone())
            .collect();
        match self.random.one_in(4) {
            true => match self.variable(of) {
                Some(name) => Maker::typed(of, &name),
                None => self.literal(of),
            },
            false => self.random.pick(&all).cloned().unwrap_or_else(|| "1".into()),
        }
    }

    /// An expression of the type and shape of this array.
    fn elementwise(&mut self, array: &Array, depth: usize) -> String {
        let of = array.of;
        let to = type_name(of);
        let a = match depth {
            0 => array.name.clone(),
            _ => self.elementwise(array, depth - 1),
        };
        let b = self.operand(of, &array.shape);
        if of == Scalar::Bool {
            return match self.random.below(4) {
                0 => format!("~{a}"),
                other => format!("({a} {} {b})", ["&", "|", "^"][other - 1]),
            };
        }
        if of.is_float() {
            return match self.random.below(7) {
                0 => format!("({a} / (np.abs({b}) + {to}(0.5)))"),
                1 => format!("np.sqrt(np.abs({a}))"),
                2 => format!("(-{a})"),
                3 => format!("np.where({a} < {b}, {a}, {b})"),
                other => format!("({a} {} {b})", ["+", "-", "*"][other - 4]),
            };
        }
        let which = self.random.below(11);
        // Within an expression Numba's operators are those of numbers, which widen; NumPy's keep each width. It is the
        // same where only the lowest bits count.
        let a = match depth > 0 && of.bytes() < 8 && matches!(which, 0 | 1 | 3 | 4) {
            true => format!("({a}).astype({to})"),
            false => a,
        };
        match which {
            other @ (0 | 1) => {
                let op = ["//", "%"][other];
                // Numba widens what numbers make, so that a number needs its type again.
                match b.contains('(') {
                    true => format!("({a} {op} {to}(({b} & {to}(15)) + {to}(1)))"),
                    false => format!("({a} {op} (({b} & {to}(15)) + {to}(1)))"),
                }
            }
            2 => format!("(-{a})"),
            3 => format!("np.where({a} < {b}, {b}, {a})"),
            4 => {
                let function = ["np.minimum", "np.maximum"][self.random.below(2)];
                format!("{function}({a}, {b})")
            }
            other => {
                let op = ["+", "-", "*", "&", "|", "^"][other - 5];
                format!("({a} {op} {b})")
            }
        }
    }

    fn expression(&mut self) {
        let array = self.any_array();
        let depth = self.random.below(2);
        if array.of != Scalar::Bool && self.random.one_in(4) {
            let (a, b) = (self.elementwise(&array, 0), self.operand(array.of, &array.shape));
            let op = ["<", "<=", "==", "!=", ">"][self.random.below(5)];
            return self.bind(&format!("{a} {op} {b}"), Scalar::Bool, array.shape, None);
        }
        let value = self.elementwise(&array, depth);
        self.bind(&value, array.of, array.shape, None);
    }

    /// A slice that is not empty: its text and length.
    fn slice(&mut self, length: usize) -> (String, usize) {
        let low = self.random.below(length);
        let high = low + 1 + self.random.below(length - low);
        let step = 1 + self.random.below(3);
        match self.random.below(7) {
            0 => (":".into(), length),
            1 => ("::-1".into(), length),
            2 => (format!("{low}:"), length - low),
            3 => (format!(":{high}"), high),
            4 => (format!("{low}:{high}:{step}"), (high - low).div_ceil(step)),
            5 => (format!("-{}:", length - low), length - low),
            _ => {
                let (first, last) = (high - 1, low);
                let count = (first - last) / step + 1;
                match last {
                    0 => (format!("{first}::-{step}"), count),
                    _ => (format!("{first}:{}:-{step}", last - 1), count),
                }
            }
        }
    }

    /// A part of an array: its text and shape.
    fn part(&mut self, array: &Array) -> (String, Vec<usize>) {
        let mut cuts = Vec::new();
        let mut shape = Vec::new();
        for (axis, length) in array.shape.iter().enumerate() {
            let may_drop = axis + 1 < array.shape.len() || !shape.is_empty();
            if may_drop && self.random.one_in(4) {
                cuts.push(self.index(&array.name, axis, *length));
            } else {
                let (text, count) = self.slice(*length);
                cuts.push(text);
                shape.push(count);
            }
        }
        (format!("{}[{}]", array.name, cuts.join(", ")), shape)
    }

    fn view(&mut self) {
        let array = self.any_array();
        if array.shape.len() > 1 && self.random.one_in(4) {
            let shape = array.shape.iter().rev().copied().collect();
            return self.bind(&format!("{}.T", array.name), array.of, shape, Some(array.base));
        }
        let (text, shape) = self.part(&array);
        self.bind(&text, array.of, shape, Some(array.base));
    }

    fn copy(&mut self) {
        let array = self.any_array();
        let (name, of) = (&array.name, array.of);
        let total: usize = array.shape.iter().product();
        match self.random.below(8) {
            0 => self.bind(&format!("{name}.copy()"), of, array.shape, None),
            1 => self.bind(&format!("np.zeros_like({name})"), of, array.shape, None),
            2 => self.bind(&format!("{name}.copy().ravel()"), of, vec![total], None),
            3 => {
                let rows = if total.is_multiple_of(2) { 2 } else { 1 };
                let text = format!("{name}.copy().reshape({rows}, {})", total / rows);
                self.bind(&text, of, vec![rows, total / rows], None);
            }
            4 => {
                let to = self.any_type();
                if of.is_float() && !to.is_float() {
                    return self.bind(&format!("np.ones_like({name})"), of, array.shape, None);
                }
                self.bind(&format!("{name}.astype(np.{to})"), to, array.shape, None);
            }
            5 => {
                let length = 1 + self.random.below(6);
                let value = self.value(of, 2);
                self.bind(&format!("np.full({length}, {value})"), of, vec![length], None);
            }
            6 => {
                let length = 1 + self.random.below(6);
                let text = format!("np.arange({length})");
                self.bind(&text, Scalar::I64, vec![length], None);
            }
            _ => {
                let shape = vec![2, 3];
                self.bind(&format!("np.ones((2, 3), {})", type_name(of)), of, shape, None);
            }
        }
    }

    fn assign_part(&mut self) {
        let array = self.any_array();
        let (text, shape) = self.part(&array);
        let fits =
            |other: &&Array| other.of == array.of && other.shape == shape && (other.base != array.base);
        let all: Vec<String> = self.arrays.iter().filter(fits).map(|a| a.name.clone()).collect();
        let value = match self.random.pick(&all).cloned() {
            Some(name) => name,
            // What is written may be what is read: it is read first.
            None if !self.is_parallel && array.shape.len() == 1 && array.shape[0] > 2 => {
                let (to, from) = [("1:", ":-1"), (":-1", "1:"), ("::-1", ":")][self.random.below(3)];
                return self.line(&format!("{0}[{to}] = {0}[{from}]", array.name));
            }
            None => self.value(array.of, 2),
        };
        self.line(&format!("{text} = {value}"));
    }

    /// A number of an array.
    fn reduction(&mut self) {
        let array = self.any_array();
        let name = &array.name;
        let sums = if array.of.is_signed() || array.of == Scalar::Bool {
            Scalar::I64
        } else {
            Scalar::U64
        };
        let (of, value) = match self.random.below(6) {
            0 if array.of == Scalar::Bool => (Scalar::Bool, format!("{name}.any()")),
            1 if array.of == Scalar::Bool => (Scalar::Bool, format!("{name}.all()")),
            _ if array.of == Scalar::Bool => (Scalar::I64, format!("np.int64({name}.sum())")),
            0 | 1 if array.of.is_int() => (sums, format!("{}({name}.sum())", type_name(sums))),
            2 if array.of.is_int() => (sums, format!("{}(np.prod({name}))", type_name(sums))),
            3 if array.of.is_int() => (array.of, format!("{}({name}.min())", type_name(array.of))),
            4 if array.of.is_int() => (array.of, format!("{}(np.max({name}))", type_name(array.of))),
            0 => (Scalar::I64, format!("np.int64({name}.argmin())")),
            1 => (Scalar::I64, format!("np.int64(np.argmax({name}))")),
            2 => (Scalar::I64, format!("np.int64({name}.size * 10 + {name}.ndim)")),
            _ => (
                Scalar::Bool,
                format!("np.any({name} > {}(1))", type_name(array.of)),
            ),
        };
        let variable = self.name("t");
        self.line(&format!("{variable} = {value}"));
        self.variables.push(Variable {
            name: variable,
            of,
            is_frozen: false,
        });
    }

    fn change_all(&mut self) {
        let array = self.any_array();
        let of = array.of;
        let fits = |other: &&Array| other.of == of && other.shape == array.shape && other.base != array.base;
        let all: Vec<String> = self.arrays.iter().filter(fits).map(|a| a.name.clone()).collect();
        let value = match self.random.pick(&all).cloned() {
            Some(name) => name,
            None => self.literal(of),
        };
        let op = match of {
            Scalar::Bool => ["&=", "|=", "^="][self.random.below(3)],
            _ => ["+=", "-=", "*="][self.random.below(3)],
        };
        self.line(&format!("{} {op} {value}", array.name));
    }

    /// Two names change places. Only where no array is a part of another.
    fn swap_arrays(&mut self) {
        let array = self.any_array();
        let has_views = self.arrays.iter().enumerate().any(|(at, array)| array.base != at);
        let fits =
            |other: &&Array| other.of == array.of && other.shape == array.shape && other.name != array.name;
        let all: Vec<String> = self.arrays.iter().filter(fits).map(|a| a.name.clone()).collect();
        match self.random.pick(&all).cloned() {
            Some(name) if !has_views => self.line(&format!("{0}, {name} = {name}, {0}", array.name)),
            _ => self.expression(),
        }
    }
}

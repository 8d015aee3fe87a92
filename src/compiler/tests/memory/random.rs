//! Programs of array names that change hands: new arrays, views, swaps, calls and tuples in loops in loops. All arrays have
//! one type and length, so that any name can be given any.

use std::fmt::Write;

/// Elements of each array.
const LENGTH: usize = 6;
/// Bytes of each array.
pub const BYTES: usize = LENGTH * 8;

/// Names in the order in which they may be given: the arguments, then those made first of all.
const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];

const HEAD: &str = "import numpy as np
from numba import njit, prange

@njit
def moved(x):
    y = np.empty_like(x)
    for i in range(x.size):
        y[i] = x[(i + 1) % x.size] + i
    return y

@njit
def chosen(x, y):
    if x[0] % 3 == 0:
        return x
    if x[1] % 2 == 0:
        return moved(y)
    return y

@njit
def both(x, y):
    if x[2] > y[3]:
        return moved(x), x
    return y, moved(y)

def setup(n):
    return np.arange(6), np.arange(6) * 3 - 7, np.zeros(6, np.int64)

@njit(parallel=True)
def kernel(a, b, out):
    c = moved(a)
    d = b[::-1]
    e = a
    t = 0
";

struct Maker {
    state: u64,
    text: String,
    /// Loops and names made.
    count: usize,
}

pub fn program(seed: u64) -> String {
    let mut maker = Maker {
        state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d,
        text: HEAD.into(),
        count: 0,
    };
    let rounds = 2 + maker.below(6);
    maker.line(1, &format!("for s in range({rounds}):"));
    maker.block(2, true);
    maker.block(1, false);
    let [x, y] = [maker.name(), maker.name()];
    maker.line(1, &format!("return {x}, {y}, {y}[1:], t"));
    maker.text
}

impl Maker {
    fn below(&mut self, n: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        (self.state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % n
    }

    fn name(&mut self) -> &'static str {
        NAMES[self.below(NAMES.len())]
    }

    fn line(&mut self, depth: usize, line: &str) {
        let _ = writeln!(self.text, "{}{line}", "    ".repeat(depth));
    }

    fn fresh(&mut self, name: &str) -> String {
        self.count += 1;
        format!("{name}{}", self.count)
    }

    fn element(&mut self) -> String {
        format!("{}[{}]", self.name(), self.below(LENGTH))
    }

    fn array(&mut self) -> String {
        let [x, y] = [self.name(), self.name()];
        match self.below(12) {
            0 | 1 => format!("moved({x})"),
            2 => format!("chosen({x}, {y})"),
            3 => format!("{x} + {y}"),
            4 => format!("np.where({x} > {y}, {y}, {x} * 3 + t)"),
            5 => format!("np.full(6, {})", self.element()),
            6 => format!("{x}.copy()"),
            7 => format!("{x}[::-1]"),
            8 => format!("({x} * 2)[::-1]"),
            9 => format!("moved({x}).reshape(2, 3).T.copy().ravel()"),
            10 => format!("np.zeros_like({x})"),
            _ => x.into(),
        }
    }

    fn block(&mut self, depth: usize, in_loop: bool) {
        for _ in 0..2 + self.below(4) {
            self.statement(depth, in_loop);
        }
    }

    fn statement(&mut self, depth: usize, in_loop: bool) {
        let [x, y, z, w] = [(); 4].map(|()| self.name());
        match self.below(if depth < 4 { 18 } else { 12 }) {
            0..=3 => {
                let value = self.array();
                self.line(depth, &format!("{x} = {value}"));
            }
            4 => self.line(depth, &format!("{x}, {y} = {y}, {x}")),
            5 if x != y => self.line(depth, &format!("{x}, {y} = both({z}, {w})")),
            6 if x != y => {
                let value = self.array();
                self.line(depth, &format!("{x}, {y} = {z}, {value}"));
            }
            7 | 8 => {
                let (to, from) = (self.element(), self.element());
                self.line(depth, &format!("{to} = {from} + {}", self.count));
            }
            9 => self.line(depth, &format!("{x}[1:] = {y}[:-1].copy()")),
            10 => self.line(depth, &format!("{x} += {y}")),
            12 | 13 => {
                let test = self.element();
                self.line(depth, &format!("if {test} % 3 == {}:", self.count % 3));
                self.block(depth + 1, in_loop);
                match self.below(4) {
                    0 if in_loop => self.line(depth + 1, ["break", "continue"][self.count % 2]),
                    1 => self.line(depth + 1, &format!("return {x}, {y}, {x}[1:], t")),
                    2 => {
                        self.line(depth, "else:");
                        self.block(depth + 1, in_loop);
                    }
                    _ => {}
                }
            }
            14 => {
                let (var, rounds) = (self.fresh("i"), 1 + self.below(4));
                self.line(depth, &format!("for {var} in range({rounds}):"));
                self.block(depth + 1, true);
            }
            15 => {
                let (var, rounds) = (self.fresh("w"), 1 + self.below(4));
                self.line(depth, &format!("{var} = 0"));
                self.line(depth, &format!("while {var} < {rounds}:"));
                self.line(depth + 1, &format!("{var} += 1"));
                self.block(depth + 1, true);
            }
            16 => self.parallel(depth),
            _ => {
                let element = self.element();
                self.line(depth, &format!("t += {element} + {x}.sum()"));
            }
        }
    }

    /// Arrays of iterations, and a serial loop that makes more.
    fn parallel(&mut self, depth: usize) {
        let [var, own, other] = ["p", "own", "other"].map(|name| self.fresh(name));
        let [x, y] = [self.name(), self.name()];
        let rounds = 1 + self.below(4);
        self.line(depth, &format!("for {var} in prange(6):"));
        self.line(depth + 1, &format!("{own} = {x} + {var}"));
        self.line(depth + 1, &format!("{other} = {own}[::-1]"));
        self.line(depth + 1, &format!("for {var}s in range({rounds}):"));
        for _ in 0..1 + self.below(4) {
            let line = match self.below(6) {
                0 => format!("{own} = {own} + {y}"),
                1 => format!("{other} = moved({own})"),
                2 => format!("{own}, {other} = {own}.copy(), {own}"),
                3 => format!("{own}[{var}] += {other}[2]"),
                4 => format!("{other} = {own}[::-1]"),
                _ => format!("{own} = chosen({other}, {own})"),
            };
            self.line(depth + 2, &line);
        }
        self.line(depth + 1, &format!("out[{var}] = {own}[{var}] + {other}[1]"));
    }
}

//! Expressions of numbers, evaluated for many arguments at once: one column of values for each operation, as the text
//! of `ir` has it. Knows what `expand` may write and nothing else.

use std::rc::Rc;

use parallax_compiler::ir::{Binary, Compare, Divide, Expr, ExprKind, Program, Unary};
use parallax_compiler::types::Scalar;

/// Values of one type, by their bits.
#[derive(Debug, Clone)]
pub enum Column {
    F32(Vec<f32>),
    F64(Vec<f64>),
    I32(Vec<i32>),
    I64(Vec<i64>),
    U64(Vec<u64>),
    Bool(Vec<bool>),
}
use Column::{Bool, F32, F64, I32, I64, U64};

/// Variables' columns and the length of all of them.
pub struct Machine<'p> {
    pub program: &'p Program,
    pub locals: Vec<Option<Rc<Column>>>,
    pub count: usize,
    /// Operations on columns so far, without constants and what is the same bits.
    pub operations: usize,
}

fn map<A: Copy, B>(a: &[A], f: impl Fn(A) -> B) -> Vec<B> {
    a.iter().map(|a| f(*a)).collect()
}

fn zip<A: Copy, B>(a: &[A], b: &[A], f: impl Fn(A, A) -> B) -> Vec<B> {
    a.iter().zip(b).map(|(a, b)| f(*a, *b)).collect()
}

fn pick<A: Copy>(test: &[bool], yes: &[A], no: &[A]) -> Vec<A> {
    let pairs = yes.iter().zip(no);
    test.iter()
        .zip(pairs)
        .map(|(t, (a, b))| if *t { *a } else { *b })
        .collect()
}

impl Machine<'_> {
    pub fn eval(&mut self, expr: &Expr) -> Rc<Column> {
        let n = self.count;
        let is_free = matches!(
            expr.kind,
            ExprKind::Const(_) | ExprKind::Bits(_) | ExprKind::Local(_) | ExprKind::Let(..)
        );
        self.operations += usize::from(!is_free);
        let value = match &expr.kind {
            ExprKind::Const(bits) => match expr.of {
                Scalar::F32 => F32(vec![f32::from_bits(*bits as u32); n]),
                Scalar::F64 => F64(vec![f64::from_bits(*bits); n]),
                Scalar::I32 => I32(vec![*bits as u32 as i32; n]),
                Scalar::I64 => I64(vec![*bits as i64; n]),
                Scalar::U64 => U64(vec![*bits; n]),
                Scalar::Bool => Bool(vec![*bits != 0; n]),
                other => panic!("{other}"),
            },
            ExprKind::Local(local) => {
                let value = self.locals[local.0 as usize]
                    .clone()
                    .expect("a variable is set before it is read");
                assert_eq!(self.program.locals[local.0 as usize].of, expr.of);
                return value;
            }
            ExprKind::Let(bound, last) => {
                for (local, value) in bound {
                    assert!(self.locals[local.0 as usize].is_none(), "set once");
                    let value = self.eval(value);
                    self.locals[local.0 as usize] = Some(value);
                }
                let last = self.eval(last);
                for (local, _) in bound {
                    self.locals[local.0 as usize] = None;
                }
                return last;
            }
            ExprKind::Unary(op, a) => {
                assert_eq!(a.of, expr.of);
                unary(*op, &self.eval(a))
            }
            ExprKind::Binary(op, a, b) => {
                assert!(a.of == expr.of && b.of == expr.of);
                let (a, b) = (self.eval(a), self.eval(b));
                binary(*op, &a, &b)
            }
            ExprKind::Divide(Divide::True, a, b, None) => match (&*self.eval(a), &*self.eval(b)) {
                (F32(a), F32(b)) => F32(zip(a, b, |a, b| a / b)),
                (F64(a), F64(b)) => F64(zip(a, b, |a, b| a / b)),
                other => panic!("{other:?}"),
            },
            ExprKind::Compare(op, a, b) => {
                let (a, b) = (self.eval(a), self.eval(b));
                Bool(match (&*a, &*b) {
                    (F32(a), F32(b)) => zip(a, b, |a, b| holds(*op, a, b)),
                    (F64(a), F64(b)) => zip(a, b, |a, b| holds(*op, a, b)),
                    (I32(a), I32(b)) => zip(a, b, |a, b| holds(*op, a, b)),
                    (I64(a), I64(b)) => zip(a, b, |a, b| holds(*op, a, b)),
                    (U64(a), U64(b)) => zip(a, b, |a, b| holds(*op, a, b)),
                    other => panic!("{other:?}"),
                })
            }
            ExprKind::Convert(a) => match (&*self.eval(a), expr.of) {
                (F32(a), Scalar::F64) => F64(map(a, f64::from)),
                (F64(a), Scalar::F32) => F32(map(a, |a| a as f32)),
                (I32(a), Scalar::F32) => F32(map(a, |a| a as f32)),
                (I32(a), Scalar::F64) => F64(map(a, f64::from)),
                (I64(a), Scalar::F64) => F64(map(a, |a| a as f64)),
                (U64(a), Scalar::F64) => F64(map(a, |a| a as f64)),
                (F64(a), Scalar::I64) => I64(map(a, |a| a as i64)),
                (F64(a), Scalar::I32) => I32(map(a, |a| a as i32)),
                (F32(a), Scalar::I32) => I32(map(a, |a| a as i32)),
                (U64(a), Scalar::I32) => I32(map(a, |a| a as i32)),
                (I64(a), Scalar::I32) => I32(map(a, |a| a as i32)),
                (_, other) => panic!("to {other}"),
            },
            ExprKind::Bits(a) => match (&*self.eval(a), expr.of) {
                (F32(a), Scalar::I32) => I32(map(a, |a| a.to_bits() as i32)),
                (I32(a), Scalar::F32) => F32(map(a, |a| f32::from_bits(a as u32))),
                (F64(a), Scalar::I64) => I64(map(a, |a| a.to_bits() as i64)),
                (F64(a), Scalar::U64) => U64(map(a, f64::to_bits)),
                (I64(a), Scalar::F64) => F64(map(a, |a| f64::from_bits(a as u64))),
                (U64(a), Scalar::F64) => F64(map(a, f64::from_bits)),
                (U64(a), Scalar::I64) => I64(map(a, |a| a as i64)),
                (_, other) => panic!("as {other}"),
            },
            ExprKind::Select(test, yes, no) => {
                let test = self.eval(test);
                let (yes, no) = (self.eval(yes), self.eval(no));
                select(&test, &yes, &no)
            }
            ExprKind::Choice(test, yes, no) => {
                let test = self.eval(test);
                let Bool(all) = &*test else { panic!("{test:?}") };
                if all.iter().all(|one| *one) {
                    return self.eval(yes);
                }
                if !all.iter().any(|one| *one) {
                    return self.eval(no);
                }
                let (yes, no) = (self.eval(yes), self.eval(no));
                select(&test, &yes, &no)
            }
            ExprKind::Table(table, at) => {
                let table = &self.program.tables[table.0 as usize];
                assert!(table.bits.len().is_power_of_two() && table.of == expr.of);
                let get = |at: i32| table.bits[at as u32 as usize & (table.bits.len() - 1)];
                match (&*self.eval(at), expr.of) {
                    (I32(at), Scalar::F64) => F64(map(at, |at| f64::from_bits(get(at)))),
                    (I32(at), Scalar::U64) => U64(map(at, get)),
                    other => panic!("{other:?}"),
                }
            }
            other => panic!("{other:?}"),
        };
        Rc::new(value)
    }
}

fn holds<A: PartialOrd>(op: Compare, a: A, b: A) -> bool {
    match op {
        Compare::Equal => a == b,
        Compare::Unequal => a != b,
        Compare::Less => a < b,
        Compare::AtMost => a <= b,
    }
}

fn select(test: &Column, yes: &Column, no: &Column) -> Column {
    let Bool(test) = test else { panic!("{test:?}") };
    match (yes, no) {
        (F32(a), F32(b)) => F32(pick(test, a, b)),
        (F64(a), F64(b)) => F64(pick(test, a, b)),
        (I32(a), I32(b)) => I32(pick(test, a, b)),
        (I64(a), I64(b)) => I64(pick(test, a, b)),
        (U64(a), U64(b)) => U64(pick(test, a, b)),
        (Bool(a), Bool(b)) => Bool(pick(test, a, b)),
        other => panic!("{other:?}"),
    }
}

fn unary(op: Unary, a: &Column) -> Column {
    macro_rules! float {
        ($a:expr, $kind:ident) => {
            $kind(match op {
                Unary::Minus => map($a, |a| -a),
                Unary::Abs => map($a, |a| a.abs()),
                Unary::Sqrt => map($a, |a| a.sqrt()),
                Unary::Floor => map($a, |a| a.floor()),
                Unary::Ceil => map($a, |a| a.ceil()),
                Unary::Trunc => map($a, |a| a.trunc()),
                Unary::Nearest => map($a, |a| a.round_ties_even()),
                Unary::Not => panic!("not of a float"),
            })
        };
    }
    match (op, a) {
        (_, F32(a)) => float!(a, F32),
        (_, F64(a)) => float!(a, F64),
        (Unary::Minus, I32(a)) => I32(map(a, i32::wrapping_neg)),
        (Unary::Minus, I64(a)) => I64(map(a, i64::wrapping_neg)),
        (Unary::Not, Bool(a)) => Bool(map(a, |a| !a)),
        other => panic!("{other:?}"),
    }
}

fn binary(op: Binary, a: &Column, b: &Column) -> Column {
    macro_rules! float {
        ($a:expr, $b:expr, $kind:ident) => {
            $kind(match op {
                Binary::Add => zip($a, $b, |a, b| a + b),
                Binary::Sub => zip($a, $b, |a, b| a - b),
                Binary::Mul => zip($a, $b, |a, b| a * b),
                Binary::CopySign => zip($a, $b, |a, b| a.copysign(b)),
                other => panic!("{other:?} of floats"),
            })
        };
    }
    macro_rules! int {
        ($a:expr, $b:expr, $kind:ident) => {
            $kind(match op {
                Binary::Add => zip($a, $b, |a, b| a.wrapping_add(b)),
                Binary::Sub => zip($a, $b, |a, b| a.wrapping_sub(b)),
                Binary::Mul => zip($a, $b, |a, b| a.wrapping_mul(b)),
                Binary::And => zip($a, $b, |a, b| a & b),
                Binary::Or => zip($a, $b, |a, b| a | b),
                Binary::Xor => zip($a, $b, |a, b| a ^ b),
                Binary::ShiftLeft => zip($a, $b, |a, b| a.wrapping_shl(b as u32)),
                Binary::ShiftRight => zip($a, $b, |a, b| a.wrapping_shr(b as u32)),
                other => panic!("{other:?} of integers"),
            })
        };
    }
    match (a, b) {
        (F32(a), F32(b)) => float!(a, b, F32),
        (F64(a), F64(b)) => float!(a, b, F64),
        (I32(a), I32(b)) => int!(a, b, I32),
        (I64(a), I64(b)) => int!(a, b, I64),
        (U64(a), U64(b)) => int!(a, b, U64),
        (Bool(a), Bool(b)) => Bool(match op {
            Binary::And => zip(a, b, |a, b| a & b),
            Binary::Or => zip(a, b, |a, b| a | b),
            Binary::Xor => zip(a, b, |a, b| a ^ b),
            other => panic!("{other:?} of truth values"),
        }),
        other => panic!("{op:?} {other:?}"),
    }
}

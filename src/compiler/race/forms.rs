//! What a value within a parallel loop's body is in terms of the iteration.

use crate::ir::{Array, Binary, Divide, Expr, ExprKind, Local, Unary};
use crate::sorted::Map;
use crate::types::Scalar;

/// What is known of how a value depends on the iteration, from the plainest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// It is the same in each.
    Uniform,
    /// It goes through the same values in each.
    Inner,
    /// It falls together for several iterations, as `i // 2` does.
    Few,
    /// It was looked up, or is one of a few that data decide: two iterations may well have the same.
    Data,
    /// Anything else: perhaps it is different in each.
    Other,
}

/// What a sum is made of, besides the loop's variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Atom {
    Local(Local),
    Length(Array, u8),
}

/// `var * i + atoms + constant`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Linear {
    pub var: i64,
    pub atoms: Map<Atom, i64>,
    pub constant: i64,
}

/// A value: its class, and what it is if it is a sum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Form {
    pub class: Class,
    pub linear: Option<Linear>,
}

impl Form {
    pub fn of(class: Class) -> Form {
        Form { class, linear: None }
    }

    pub fn constant(constant: i64) -> Form {
        Form {
            class: Class::Uniform,
            linear: Some(Linear {
                var: 0,
                atoms: Map::new(),
                constant,
            }),
        }
    }

    /// The loop's own variable.
    pub fn var() -> Form {
        Form {
            class: Class::Other,
            linear: Some(Linear {
                var: 1,
                atoms: Map::new(),
                constant: 0,
            }),
        }
    }

    pub fn atom(class: Class, atom: Atom) -> Form {
        Form {
            class,
            linear: Some(Linear {
                var: 0,
                atoms: Map::from([(atom, 1)]),
                constant: 0,
            }),
        }
    }

    /// The factor of the loop's variable in a sum.
    pub fn factor(&self) -> Option<i64> {
        self.linear.as_ref().map(|linear| linear.var)
    }

    pub fn as_constant(&self) -> Option<i64> {
        let linear = self.linear.as_ref()?;
        (linear.var == 0 && linear.atoms.is_empty()).then_some(linear.constant)
    }

    /// Whether every iteration has the same value, or goes through the same ones.
    pub fn is_shared(&self) -> bool {
        matches!(self.class, Class::Uniform | Class::Inner)
    }

    /// Of a variable that is given both, one here and one there.
    pub fn join(&self, other: &Form) -> Form {
        if self == other {
            return self.clone();
        }
        let is_other = self.class == Class::Other || other.class == Class::Other;
        Form::of(if is_other { Class::Other } else { Class::Data })
    }

    /// Of any operation on both.
    pub fn mixed(&self, other: &Form) -> Form {
        use Class::{Data, Few, Inner, Other, Uniform};
        Form::of(match (self.class, other.class) {
            (Other, _) | (_, Other) | (Few, Few) => Other,
            (Data, _) | (_, Data) => Data,
            (Few, _) | (_, Few) => Few,
            (Inner, _) | (_, Inner) => Inner,
            (Uniform, Uniform) => Uniform,
        })
    }

    fn plus(&self, other: &Form, sign: i64) -> Form {
        let linear = match (&self.linear, &other.linear) {
            (Some(a), Some(b)) => a.plus(b, sign),
            _ => None,
        };
        match linear {
            // What does not depend on the variable any more is no worse than its atoms.
            Some(linear) => Form {
                class: self.mixed(other).class,
                linear: Some(linear),
            },
            None => self.mixed(other),
        }
    }

    fn times(&self, factor: i64) -> Form {
        match self.linear.as_ref().map(|linear| linear.times(factor)) {
            Some(Some(linear)) => Form {
                class: self.class,
                linear: Some(linear),
            },
            _ => Form::of(self.class),
        }
    }

    /// Of an operation on two values; `trips` is how often the loop goes round, if it is known.
    pub fn binary(op: Binary, a: &Form, b: &Form, trips: Option<u64>) -> Form {
        match op {
            Binary::Add => a.plus(b, 1),
            Binary::Sub => a.plus(b, -1),
            Binary::Mul => match (a.as_constant(), b.as_constant()) {
                (_, Some(factor)) => a.times(factor),
                (Some(factor), _) => b.times(factor),
                _ => a.mixed(b),
            },
            Binary::ShiftLeft => match b.as_constant() {
                Some(count @ 0..=62) => a.times(1 << count),
                _ => a.mixed(b),
            },
            Binary::ShiftRight => match b.as_constant() {
                Some(count @ 0..=62) => a.coarser(Some(1 << count), b),
                _ => a.coarser(None, b),
            },
            Binary::And => match (a.as_constant(), b.as_constant()) {
                (_, Some(mask)) => a.masked(mask, b, trips),
                (Some(mask), _) => b.masked(mask, a, trips),
                _ => a.mixed(b),
            },
            _ => a.mixed(b),
        }
    }

    /// Of a division.
    pub fn divide(op: Divide, a: &Form, b: &Form, trips: Option<u64>) -> Form {
        match (op, b.as_constant()) {
            (Divide::Floor, Some(by)) => a.coarser(Some(by), b),
            (Divide::Floor, None) => a.coarser(None, b),
            (Divide::Rest | Divide::CRest, Some(by)) => a.wrapped(by, b, trips),
            _ => a.mixed(b),
        }
    }

    /// What is left of it where neighbours fall together, `by` at a time.
    fn coarser(&self, by: Option<i64>, divisor: &Form) -> Form {
        let falls_together = match (self.factor(), by) {
            (Some(var), Some(by)) => var != 0 && var.unsigned_abs() < by.unsigned_abs(),
            (Some(var), None) => var != 0 && divisor.class == Class::Uniform,
            (None, _) => false,
        };
        match falls_together {
            true => Form::of(Class::Few),
            false => self.mixed(divisor),
        }
    }

    /// What is left of it where it begins anew after `by`.
    fn wrapped(&self, by: i64, divisor: &Form, trips: Option<u64>) -> Form {
        match self.factor() {
            Some(var) if var != 0 && by != 0 => {
                let round = by.unsigned_abs() / gcd(by.unsigned_abs(), var.unsigned_abs());
                match trips.is_some_and(|trips| trips <= round) {
                    true => Form::of(Class::Other),
                    false => Form::of(Class::Few),
                }
            }
            _ => self.mixed(divisor),
        }
    }

    fn masked(&self, mask: i64, other: &Form, trips: Option<u64>) -> Form {
        match mask.checked_add(1) {
            Some(round) if mask >= 0 && round.count_ones() == 1 => self.wrapped(round, other, trips),
            // The low bits go.
            _ if mask < 0 && mask != i64::MIN && mask.unsigned_abs().is_power_of_two() => {
                self.coarser(Some(-mask), other)
            }
            _ => self.mixed(other),
        }
    }

    /// As another type.
    pub fn converted(self, from: Scalar, to: Scalar) -> Form {
        match from.is_int() && to.is_int() && to.bytes() >= 4 {
            true => self,
            false => Form::of(self.class),
        }
    }

    pub fn unary(op: Unary, a: &Form) -> Form {
        match op {
            Unary::Minus => a.times(-1),
            // `~a` is `-a - 1`.
            Unary::Not => Form::constant(-1).plus(a, -1),
            _ => Form::of(a.class),
        }
    }
}

impl Linear {
    /// Nothing where it would not fit.
    fn plus(&self, other: &Linear, sign: i64) -> Option<Linear> {
        let scaled = other.times(sign)?;
        let mut atoms = self.atoms.clone();
        for (atom, factor) in scaled.atoms {
            let sum = atoms.entry(atom).or_default();
            *sum = sum.checked_add(factor)?;
        }
        atoms.retain(|_, factor| *factor != 0);
        Some(Linear {
            var: self.var.checked_add(scaled.var)?,
            atoms,
            constant: self.constant.checked_add(scaled.constant)?,
        })
    }

    fn times(&self, factor: i64) -> Option<Linear> {
        let mut atoms = Map::new();
        if factor != 0 {
            for (atom, own) in &self.atoms {
                atoms.insert(*atom, own.checked_mul(factor)?);
            }
        }
        Some(Linear {
            var: self.var.checked_mul(factor)?,
            atoms,
            constant: self.constant.checked_mul(factor)?,
        })
    }

    /// How far apart two sums are whose variable and atoms are the same.
    pub fn distance(&self, other: &Linear) -> Option<i64> {
        (self.var == other.var && self.atoms == other.atoms)
            .then(|| self.constant.checked_sub(other.constant))
            .flatten()
    }
}

pub(super) fn gcd(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}

/// Whether two expressions are the same but for the places where they may fail.
pub(super) fn same(a: &Expr, b: &Expr) -> bool {
    let head = match (&a.kind, &b.kind) {
        (ExprKind::Load { array, .. }, ExprKind::Load { array: other, .. }) => array == other,
        (ExprKind::Divide(op, ..), ExprKind::Divide(other, ..)) => op == other,
        (ExprKind::Unary(op, _), ExprKind::Unary(other, _)) => op == other,
        (ExprKind::Binary(op, ..), ExprKind::Binary(other, ..)) => op == other,
        (ExprKind::Compare(op, ..), ExprKind::Compare(other, ..)) => op == other,
        (ExprKind::Math(op, _), ExprKind::Math(other, _)) => op == other,
        (ExprKind::Convert(_), ExprKind::Convert(_)) => true,
        _ => return a == b,
    };
    let (mut mine, mut others) = (crate::walk::operands(a), crate::walk::operands(b));
    let mut is_same = |a: &Expr| others.next().is_some_and(|b| same(a, b));
    head && a.of == b.of && mine.all(&mut is_same) && others.next().is_none()
}

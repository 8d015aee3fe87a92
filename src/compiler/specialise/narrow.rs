//! 32 bits where 64 are not needed.
//!
//! Numba makes 64 bits of nearly every integer. Two facts take them back. What an interval shows to fit 32 bits is computed
//! in them: variables, comparisons, divisions, what becomes a float. And the low bits of sums, products and the like
//! depend on nothing but the operands' low bits, so that what is cut to 32 bits in the end is computed in 32 from the
//! beginning, wrapping as it may. An index stays an `int64`; both writers compute its low bits only where it is proven.

use super::{Specialise, can_fail};
use crate::interval::{Facts, I32, Interval, U32, bits_of, within};
use crate::ir::{Binary, Divide, Expr, ExprKind, Local, Param, Program, Stmt, Unary};
use crate::sorted::{Map as BTreeMap, Set as HashSet};
use crate::types::Scalar;
use crate::walk;

/// The type of 32 bits that holds all of these.
fn fitting(all: impl IntoIterator<Item = Interval>) -> Option<Scalar> {
    let (mut signed, mut unsigned) = (true, true);
    for one in all {
        signed &= within(one, I32);
        unsigned &= within(one, U32);
    }
    match (signed, unsigned) {
        (true, _) => Some(Scalar::I32),
        (_, true) => Some(Scalar::U32),
        _ => None,
    }
}

fn is_wide(of: Scalar) -> bool {
    matches!(of, Scalar::I64 | Scalar::U64)
}

/// Variables of 64 bits that 32 are enough for: all that they are ever given fits.
pub fn choose(program: &Program, facts: &Facts, reduced: &HashSet<Local>) -> BTreeMap<Local, Scalar> {
    let mut given: BTreeMap<Local, Option<Vec<Interval>>> = BTreeMap::new();
    let outside = program.params.iter().chain(&program.results);
    given.extend(outside.filter_map(|one| match one {
        Param::Scalar(local) => Some((*local, None)),
        Param::Array(_) => None,
    }));
    given.extend(reduced.iter().map(|local| (*local, None)));
    let mut counters = Vec::new();
    let mut give = |local: Local, values: &[&Expr]| {
        let known = given.entry(local).or_insert_with(|| Some(Vec::new()));
        if let Some(known) = known {
            known.extend(values.iter().map(|value| facts.of(value)));
        }
    };
    walk::statements(&program.body, &mut |stmt| {
        match stmt {
            Stmt::Set(local, value) => give(*local, &[value]),
            Stmt::For {
                var,
                start,
                stop,
                step,
                ..
            } => {
                give(*var, &[start, stop, step]);
                counters.push(*var);
            }
            _ => {}
        }
        walk::own(stmt, &mut |expr| {
            walk::within(expr, &mut |expr| {
                if let ExprKind::Let(sets, _) = &expr.kind {
                    sets.iter().for_each(|(local, value)| give(*local, &[value]));
                }
            });
        });
    });
    walk::statements(&program.body, &mut |stmt| {
        if let Stmt::ParFor(par) = stmt {
            given.insert(par.var, None);
        }
    });
    // Lanes count with a sign.
    let below_zero = (-1, -1);
    for var in counters {
        if let Some(Some(known)) = given.get_mut(&var) {
            known.push(below_zero);
        }
    }
    let is_wide = |local: &Local| {
        program
            .locals
            .get(local.0 as usize)
            .is_some_and(|it| is_wide(it.of))
    };
    let fits = |(local, given): (Local, Option<Vec<Interval>>)| Some((local, fitting(given?)?));
    given
        .into_iter()
        .filter(|(local, _)| is_wide(local))
        .filter_map(fits)
        .collect()
}

/// An expression as another type of at most its width.
fn cut(new: Expr, to: Scalar) -> Expr {
    match &new.kind {
        _ if new.of == to => new,
        &ExprKind::Const(bits) if !new.of.is_float() => {
            Expr::bits(to, bits_of(to, crate::interval::signed(new.of, bits)))
        }
        // Longer, and cut again.
        ExprKind::Convert(inner) if is_wide(new.of) && !inner.of.is_float() => cut(inner.clone(), to),
        _ => converted(new, to),
    }
}

/// An operation of two, the first of which need not be subtracted from what is not looked at.
fn binary(op: Binary, a: Expr, b: Expr) -> ExprKind {
    if let (Binary::And, ExprKind::Binary(Binary::Sub, value, by), ExprKind::Const(mask)) =
        (op, &a.kind, &b.kind)
        && let ExprKind::Const(by) = by.kind
        && by.trailing_zeros() + mask.leading_zeros() >= 64
    {
        return ExprKind::Binary(op, value.clone(), b);
    }
    ExprKind::Binary(op, a, b)
}

fn converted(new: Expr, to: Scalar) -> Expr {
    Expr::new(ExprKind::Convert(new), to)
}

impl Specialise<'_> {
    /// What a variable is given.
    pub(super) fn given(&self, local: Local, value: &Expr) -> Expr {
        match self.narrowed(local) {
            Some(of) => self.low(value, of),
            None => self.expr(value),
        }
    }

    pub(super) fn narrowed(&self, local: Local) -> Option<Scalar> {
        self.narrow
            .as_ref()
            .and_then(|narrow| narrow.get(&local))
            .copied()
    }

    /// The type of 32 bits that holds whatever two expressions are, if one of them has more.
    fn both(&self, a: &Expr, b: &Expr) -> Option<Scalar> {
        let counts = self.narrow.is_some() && (is_wide(a.of) || is_wide(b.of));
        let is_int = a.of.is_int() && b.of.is_int();
        (counts && is_int).then(|| fitting([self.facts.of(a), self.facts.of(b)]))?
    }

    /// An expression in 32 bits as far as it can be, if that is another way to write it.
    pub(super) fn in_32(&self, old: &Expr) -> Option<ExprKind> {
        self.narrow.as_ref()?;
        let fits = || fitting([self.facts.of(old)]);
        let wide = |of: Scalar| {
            let new = self.low(old, of);
            match &new.kind {
                // As it was, after all.
                ExprKind::Convert(inner) if inner.of == old.of => inner.kind.clone(),
                _ => ExprKind::Convert(new),
            }
        };
        Some(match &old.kind {
            ExprKind::Convert(a) if a.of.is_float() => self.whole(old, a, old.of)?.into_kind(),
            ExprKind::Local(local) => {
                let kind = ExprKind::Local(*local);
                let of = self.narrowed(*local)?;
                ExprKind::Convert(Expr::new(kind, of))
            }
            ExprKind::Convert(a) if is_wide(a.of) && !is_wide(old.of) => match old.of {
                Scalar::F32 | Scalar::F64 | Scalar::Bool => {
                    let of = fitting([self.facts.of(a)])?;
                    ExprKind::Convert(self.low(a, of))
                }
                Scalar::I32 | Scalar::U32 => self.low(a, old.of).into_kind(),
                _ => cut(self.low(a, Scalar::I32), old.of).into_kind(),
            },
            ExprKind::Compare(op, a, b) => {
                let of = self.both(a, b)?;
                ExprKind::Compare(*op, self.low(a, of), self.low(b, of))
            }
            ExprKind::Binary(..) | ExprKind::Unary(..) if is_wide(old.of) => wide(fits()?),
            ExprKind::Divide(_, a, b, _) if is_wide(old.of) => {
                self.both(a, b)?;
                wide(fits()?)
            }
            _ => return None,
        })
    }

    /// The low 32 bits of an integer, as one of these types.
    fn low(&self, old: &Expr, to: Scalar) -> Expr {
        if !is_wide(old.of) || self.narrow.is_none() {
            return cut(self.expr(old), to);
        }
        let low = |part: &Expr, of: Scalar| self.low(part, of);
        let of_two =
            |op: Binary, of: Scalar, a: &Expr, b: &Expr| Expr::new(binary(op, low(a, of), low(b, of)), of);
        let is_count = |b: &Expr| within(self.facts.of(b), (0, 31));
        let as_it_is = || cut(self.known(old, self.parts(old)), to);
        let new = match &old.kind {
            ExprKind::Unary(op @ (Unary::Minus | Unary::Not), a) => {
                Expr::new(ExprKind::Unary(*op, low(a, to)), to)
            }
            ExprKind::Binary(op, a, b) => match op {
                Binary::Add | Binary::Sub | Binary::Mul | Binary::And | Binary::Or | Binary::Xor => {
                    of_two(*op, to, a, b)
                }
                Binary::ShiftLeft if is_count(b) => of_two(*op, to, a, b),
                Binary::ShiftRight if is_count(b) => match fitting([self.facts.of(a)]) {
                    Some(of) => of_two(*op, of, a, b),
                    None => return as_it_is(),
                },
                Binary::Min | Binary::Max => match self.both(a, b) {
                    Some(of) => of_two(*op, of, a, b),
                    None => return as_it_is(),
                },
                _ => return as_it_is(),
            },
            ExprKind::Divide(op, a, b, site) if *op != Divide::True => match self.both(a, b) {
                Some(of) => {
                    let by = low(b, of);
                    let site = self.division(b, &by, *site);
                    let kind = ExprKind::Divide(*op, low(a, of), by, site);
                    Expr::new(kind, of)
                }
                None => return as_it_is(),
            },
            ExprKind::Divide(..) => return as_it_is(),
            ExprKind::Select(test, a, b) => {
                Expr::new(ExprKind::Select(self.expr(test), low(a, to), low(b, to)), to)
            }
            ExprKind::Choice(test, a, b) => {
                Expr::new(ExprKind::Choice(self.expr(test), low(a, to), low(b, to)), to)
            }
            ExprKind::Convert(a) if a.of.is_int() => return self.low(a, to),
            ExprKind::Convert(a) => match self.whole(old, a, to) {
                Some(new) => new,
                None => return cut(self.expr(old), to),
            },
            ExprKind::Unary(..) => return as_it_is(),
            _ => return cut(self.expr(old), to),
        };
        let (least, most) = self.facts.of(old);
        if least == most && !can_fail(&new) {
            return Expr::bits(to, bits_of(to, least));
        }
        cut(new, to)
    }

    /// An index: sums and products stay what they are, as that is where the writers look for steps.
    pub(super) fn index(&self, old: &Expr) -> Expr {
        match &old.kind {
            ExprKind::Binary(op @ (Binary::Add | Binary::Sub | Binary::Mul), a, b)
                if self.narrow.is_some() =>
            {
                let kind = ExprKind::Binary(*op, self.index(a), self.index(b));
                self.known(old, Expr::new(kind, old.of))
            }
            _ => self.expr(old),
        }
    }
}

//! Bounds of indices over a whole loop, as expressions that are worked out before it.

use crate::ir::{
    Array, ArrayExpr, Binary, Compare, Divide, Expr, ExprKind, Local, Param, Program, Stmt, Unary,
};
use crate::sorted::{Map as HashMap, Set as BTreeSet};
use crate::told::{Checked, Told, What};
use crate::types::Scalar;
use crate::walk;

/// What takes part in a bound is kept within this, so that nothing wraps: products of two, some sums of them.
const MOST: i64 = 1 << 30;
/// Constants in a bound.
const MOST_CONSTANT: i64 = 1 << 24;
/// Operations of a bound.
const LONGEST: usize = 60;
/// Definitions within definitions.
const DEEPEST: usize = 12;

/// How a variable gets its values.
#[derive(Debug, Clone)]
enum Def {
    /// Once, this.
    Once(Expr),
    /// It counts a loop.
    Counts { start: Expr, stop: Expr, step: i64 },
    /// In several ways.
    Many,
}

/// What is known of a whole program.
pub struct Facts {
    defs: HashMap<Local, Def>,
    /// Arrays that are made once and are nothing else.
    fresh: BTreeSet<Array>,
    params: BTreeSet<Array>,
}

/// What is known when a loop begins.
pub struct Proof<'f> {
    facts: &'f Facts,
    locals: BTreeSet<Local>,
    arrays: BTreeSet<Array>,
    /// All that has to hold.
    pub tests: Vec<Expr>,
}

type Pair = (Expr, Expr);

impl Facts {
    pub fn of(program: &Program) -> Facts {
        let mut defs: HashMap<Local, Def> = HashMap::new();
        let mut binds: HashMap<Array, usize> = HashMap::new();
        let mut fresh = BTreeSet::new();
        let mut params = BTreeSet::new();
        for param in &program.params {
            match param {
                Param::Scalar(local) => {
                    defs.insert(*local, Def::Many);
                }
                Param::Array(array) => {
                    params.insert(*array);
                    *binds.entry(*array).or_default() += 1;
                }
            }
        }
        let mut define = |local: Local, def: Def| {
            defs.entry(local)
                .and_modify(|before| *before = Def::Many)
                .or_insert(def);
        };
        walk::statements(&program.body, &mut |stmt| match stmt {
            Stmt::Set(local, value) => define(*local, Def::Once(value.clone())),
            Stmt::For {
                var,
                start,
                stop,
                step,
                ..
            } => {
                let def = match step.kind {
                    ExprKind::Const(bits) => Def::Counts {
                        start: start.clone(),
                        stop: stop.clone(),
                        step: signed(step.of, bits),
                    },
                    _ => Def::Many,
                };
                define(*var, def);
            }
            Stmt::ParFor(par) => {
                define(
                    par.var,
                    Def::Counts {
                        start: par.start.clone(),
                        stop: par.stop.clone(),
                        step: 1,
                    },
                );
                // A loop's result is no definition of its own.
                for reduction in &par.reductions {
                    define(reduction.local, Def::Many);
                }
            }
            Stmt::Bind(array, how) => {
                *binds.entry(*array).or_default() += 1;
                if matches!(how, ArrayExpr::New { .. }) {
                    fresh.insert(*array);
                }
            }
            _ => {}
        });
        fresh.retain(|array| binds.get(array) == Some(&1));
        params.retain(|array| binds.get(array) == Some(&1));
        Facts { defs, fresh, params }
    }

    /// Looks once more at how variables get their values.
    pub fn renew(&mut self, program: &Program) {
        self.defs = Facts::of(program).defs;
    }

    /// What is known before this loop.
    pub fn at(&self, stmt: &Stmt) -> Proof<'_> {
        let (locals, arrays) = walk::set_in(std::slice::from_ref(stmt));
        Proof {
            facts: self,
            locals,
            arrays,
            tests: Vec::new(),
        }
    }

    /// Whether an array is made once and is nothing else.
    pub fn is_fresh(&self, array: Array) -> bool {
        self.fresh.contains(&array)
    }

    /// Whether two arrays are never one: one of them was made here, the other is one's own too or was handed in.
    pub fn are_apart(&self, a: Array, b: Array) -> bool {
        let known = |one: &Array| self.fresh.contains(one) || self.params.contains(one);
        a != b && known(&a) && known(&b) && !(self.params.contains(&a) && self.params.contains(&b))
    }
}

fn signed(of: Scalar, bits: u64) -> i64 {
    match of {
        Scalar::I8 => i64::from(bits as i8),
        Scalar::I16 => i64::from(bits as i16),
        Scalar::I32 => i64::from(bits as i32),
        _ => bits as i64,
    }
}

fn binary(op: Binary, a: Expr, b: Expr) -> Expr {
    if let (ExprKind::Const(x), ExprKind::Const(y)) = (&a.kind, &b.kind) {
        let (x, y) = (*x as i64, *y as i64);
        let value = match op {
            Binary::Add => x.checked_add(y),
            Binary::Sub => x.checked_sub(y),
            Binary::Mul => x.checked_mul(y),
            Binary::Min => Some(x.min(y)),
            Binary::Max => Some(x.max(y)),
            _ => None,
        };
        if let Some(value) = value {
            return Expr::int(value);
        }
    }
    match (op, &a.kind, &b.kind) {
        (Binary::Add | Binary::Sub, _, ExprKind::Const(0)) => return a,
        (Binary::Add, ExprKind::Const(0), _) => return b,
        (Binary::Min | Binary::Max, x, y) if x == y => return a,
        // (x - c) + d
        (Binary::Add | Binary::Sub, ExprKind::Binary(inner, x, c), ExprKind::Const(d)) => {
            if let (Binary::Add | Binary::Sub, ExprKind::Const(c)) = (inner, &c.kind) {
                let sign = |op: Binary, value: u64| {
                    if op == Binary::Add {
                        value as i64
                    } else {
                        -(value as i64)
                    }
                };
                let sum = sign(*inner, *c) + sign(op, *d);
                return binary(Binary::Add, x.clone(), Expr::int(sum));
            }
        }
        _ => {}
    }
    Expr::new(ExprKind::Binary(op, a, b), Scalar::I64)
}

fn at_most(a: Expr, b: Expr) -> Expr {
    if let (ExprKind::Const(x), ExprKind::Const(y)) = (&a.kind, &b.kind) {
        return Expr::bool(*x as i64 <= *y as i64);
    }
    Expr::new(ExprKind::Compare(Compare::AtMost, a, b), Scalar::Bool)
}

impl Proof<'_> {
    /// Takes the check from each access whose indices have bounds, and keeps what has to hold for that; whether there is one.
    pub fn take_checks(&mut self, stmt: &mut Stmt, told: &mut Told) -> bool {
        let mut taken = false;
        let this = std::cell::RefCell::new((self, told, &mut taken));
        let is_proven = |array: Array, index: &mut [Expr], at: u32| {
            let (own, told, taken) = &mut *this.borrow_mut();
            // A store is where its index is.
            let at = if at == 0 {
                index.first().map_or(0, |one| one.at)
            } else {
                at
            };
            let proven = own.prove(array, index);
            if let Err(why) = proven {
                told.say(at, What::Checked(array, why));
            }
            **taken |= proven.is_ok();
            proven.is_ok()
        };
        walk::statements_mut(std::slice::from_mut(stmt), &mut |stmt| {
            if let Stmt::Store {
                array,
                index,
                site: site @ Some(_),
                ..
            } = stmt
                && is_proven(*array, index, 0)
            {
                *site = None;
            }
            walk::own_mut(stmt, &mut |expr| {
                walk::within_mut(expr, &mut |expr| {
                    let at = expr.at;
                    if let ExprKind::Load {
                        array,
                        index,
                        site: site @ Some(_),
                    } = &mut expr.kind
                        && is_proven(*array, index, at)
                    {
                        *site = None;
                    }
                });
            });
        });
        taken
    }

    fn prove(&mut self, array: Array, index: &mut [Expr]) -> Result<(), Checked> {
        if self.arrays.contains(&array) {
            return Err(Checked::Rebound);
        }
        let mut tests = Vec::new();
        let mut places: Vec<Option<Expr>> = Vec::new();
        for (axis, one) in index.iter().enumerate() {
            let length = Expr::new(ExprKind::Length(array, axis as u8), Scalar::I64);
            // From the end, by a constant.
            if let ExprKind::Const(bits) = one.kind
                && (bits as i64) < 0
                && (bits as i64) > -MOST_CONSTANT
            {
                let place = binary(Binary::Add, length, Expr::int(bits as i64));
                tests.push(at_most(Expr::int(0), place.clone()));
                places.push(Some(place));
                continue;
            }
            places.push(None);
            let mut nodes = 0;
            let Some((low, high)) = self.bound(one, &mut tests, 0, &mut nodes) else {
                return Err(Checked::Unbounded);
            };
            tests.push(at_most(Expr::int(0), low));
            tests.push(at_most(high, binary(Binary::Sub, length, Expr::int(1))));
        }
        // What is wrong for certain keeps its check, and others keep their chance.
        if tests.iter().any(|test| test.kind == ExprKind::Const(0)) {
            return Err(Checked::Outside);
        }
        for test in tests {
            if !self.tests.contains(&test) {
                self.tests.push(test);
            }
        }
        for (one, place) in index.iter_mut().zip(places) {
            if let Some(place) = place {
                *one = place;
            }
        }
        Ok(())
    }

    /// The least and the greatest that an `int64` may be, as expressions that hold before the loop.
    fn bound(&self, expr: &Expr, tests: &mut Vec<Expr>, depth: usize, nodes: &mut usize) -> Option<Pair> {
        *nodes += 1;
        if depth > DEEPEST || *nodes > LONGEST {
            return None;
        }
        let narrow = |of: Scalar| match of {
            Scalar::Bool => Some((0, 1)),
            Scalar::I8 => Some((-128, 127)),
            Scalar::U8 => Some((0, 255)),
            Scalar::I16 => Some((-32_768, 32_767)),
            Scalar::U16 => Some((0, 65_535)),
            _ => None,
        };
        match &expr.kind {
            ExprKind::Const(bits) => {
                let value = signed(expr.of, *bits);
                let fits =
                    value.checked_abs().is_some_and(|size| size < MOST_CONSTANT) && expr.of != Scalar::U64;
                fits.then(|| (Expr::int(value), Expr::int(value)))
            }
            ExprKind::Length(array, _) if !self.arrays.contains(array) => {
                tests.push(at_most(expr.clone(), Expr::int(MOST)));
                Some((expr.clone(), expr.clone()))
            }
            ExprKind::Local(local) => self.bound_of_local(*local, expr.of, tests, depth, nodes),
            ExprKind::Convert(inner) if expr.of == Scalar::I64 && inner.of.is_int() => match inner.of {
                // The same bits: a bound that holds is one of the number.
                Scalar::U64 => None,
                Scalar::I32 | Scalar::U32 => match &inner.kind {
                    ExprKind::Local(local) => self.bound_of_local(*local, inner.of, tests, depth + 1, nodes),
                    ExprKind::Const(_) => self.bound(inner, tests, depth + 1, nodes),
                    _ => None,
                },
                of => {
                    let (low, high) = narrow(of)?;
                    Some((Expr::int(low), Expr::int(high)))
                }
            },
            ExprKind::Convert(inner) if expr.of == Scalar::I64 && inner.of == Scalar::Bool => {
                Some((Expr::int(0), Expr::int(1)))
            }
            _ if expr.of != Scalar::I64 => None,
            ExprKind::Binary(op, a, b) => self.bound_of_two(*op, a, b, tests, depth, nodes),
            ExprKind::Divide(how, a, b, _) => {
                let ExprKind::Const(by) = b.kind else {
                    if *how == Divide::Rest {
                        // From 0 to the divisor, which is the same throughout and above 0.
                        let (low, high) = self.bound(b, tests, depth + 1, nodes)?;
                        tests.push(at_most(Expr::int(1), low));
                        return Some((Expr::int(0), binary(Binary::Sub, high, Expr::int(1))));
                    }
                    return None;
                };
                let by = by as i64;
                if !(1..MOST_CONSTANT).contains(&by) {
                    return None;
                }
                match how {
                    Divide::Rest => Some((Expr::int(0), Expr::int(by - 1))),
                    Divide::Floor => {
                        let (low, high) = self.bound(a, tests, depth + 1, nodes)?;
                        let cut = |one: Expr| {
                            Expr::new(
                                ExprKind::Divide(Divide::Floor, one, Expr::int(by), None),
                                Scalar::I64,
                            )
                        };
                        Some((cut(low), cut(high)))
                    }
                    _ => None,
                }
            }
            ExprKind::Unary(Unary::Minus, a) => {
                let (low, high) = self.bound(a, tests, depth + 1, nodes)?;
                let minus = |one: Expr| binary(Binary::Sub, Expr::int(0), one);
                Some((minus(high), minus(low)))
            }
            ExprKind::Select(_, a, b) | ExprKind::Choice(_, a, b) => {
                let (x, y) = self.bound(a, tests, depth + 1, nodes)?;
                let (p, q) = self.bound(b, tests, depth + 1, nodes)?;
                Some((binary(Binary::Min, x, p), binary(Binary::Max, y, q)))
            }
            _ => None,
        }
    }

    fn bound_of_two(
        &self,
        op: Binary,
        a: &Expr,
        b: &Expr,
        tests: &mut Vec<Expr>,
        depth: usize,
        nodes: &mut usize,
    ) -> Option<Pair> {
        if let (Binary::And, ExprKind::Const(mask)) = (op, &b.kind) {
            return ((*mask as i64) >= 0).then(|| (Expr::int(0), Expr::int(*mask as i64)));
        }
        let (x, y) = self.bound(a, tests, depth + 1, nodes)?;
        if let (Binary::ShiftRight, ExprKind::Const(by @ 0..24)) = (op, &b.kind) {
            let cut = |one: Expr| {
                Expr::new(
                    ExprKind::Divide(Divide::Floor, one, Expr::int(1 << by), None),
                    Scalar::I64,
                )
            };
            return Some((cut(x), cut(y)));
        }
        let (p, q) = self.bound(b, tests, depth + 1, nodes)?;
        Some(match op {
            Binary::Add => (binary(Binary::Add, x, p), binary(Binary::Add, y, q)),
            Binary::Sub => (binary(Binary::Sub, x, q), binary(Binary::Sub, y, p)),
            Binary::Min => (binary(Binary::Min, x, p), binary(Binary::Min, y, q)),
            Binary::Max => (binary(Binary::Max, x, p), binary(Binary::Max, y, q)),
            Binary::Mul => {
                let constant = |one: &Expr| match one.kind {
                    ExprKind::Const(bits) => Some(bits as i64),
                    _ => None,
                };
                match (constant(a), constant(b)) {
                    (_, Some(c)) | (Some(c), _) => {
                        let (x, y) = if constant(b).is_some() { (x, y) } else { (p, q) };
                        let times = |one: Expr| binary(Binary::Mul, one, Expr::int(c));
                        if c >= 0 {
                            (times(x), times(y))
                        } else {
                            (times(y), times(x))
                        }
                    }
                    _ => {
                        tests.push(at_most(Expr::int(0), x.clone()));
                        tests.push(at_most(Expr::int(0), p.clone()));
                        (binary(Binary::Mul, x, p), binary(Binary::Mul, y, q))
                    }
                }
            }
            _ => return None,
        })
    }

    fn bound_of_local(
        &self,
        local: Local,
        of: Scalar,
        tests: &mut Vec<Expr>,
        depth: usize,
        nodes: &mut usize,
    ) -> Option<Pair> {
        let own = Expr::new(ExprKind::Local(local), of);
        if !self.locals.contains(&local) {
            // The same throughout: itself, if it is of a size that does not wrap.
            let wide = match of {
                Scalar::I64 => own,
                _ if of.is_int() && of != Scalar::U64 => Expr::new(ExprKind::Convert(own), Scalar::I64),
                _ => return None,
            };
            tests.push(at_most(Expr::int(-MOST), wide.clone()));
            tests.push(at_most(wide.clone(), Expr::int(MOST)));
            return Some((wide.clone(), wide));
        }
        match self.facts.defs.get(&local)? {
            Def::Once(value) if of == Scalar::I64 => self.bound(value, tests, depth + 1, nodes),
            Def::Counts { start, stop, step } => {
                let wide = |expr: &Expr| match expr.of {
                    Scalar::I64 => Some(expr.clone()),
                    Scalar::I32 => Some(Expr::new(ExprKind::Convert(expr.clone()), Scalar::I64)),
                    _ => None,
                };
                let (start_low, start_high) = self.bound(&wide(start)?, tests, depth + 1, nodes)?;
                let (stop_low, stop_high) = self.bound(&wide(stop)?, tests, depth + 1, nodes)?;
                match step.signum() {
                    1 => Some((start_low, binary(Binary::Sub, stop_high, Expr::int(1)))),
                    -1 => Some((binary(Binary::Add, stop_low, Expr::int(1)), start_high)),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

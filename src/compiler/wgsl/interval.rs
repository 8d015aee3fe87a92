//! Ranges of integers: what provably fits 32 bits needs no 64.
//!
//! Abstract interpretation with intervals (Cousot and Cousot 1977): a state has an interval for each number
//! and for each length of an array. Tests narrow it, branches join, and loops are repeated until nothing grows; what
//! still grows after the first round goes to its type's end at once. One more round from there takes
//! back what a test bounds after all. A number that a loop only counts by constants is bounded by the loop's bound
//! on iterations, which every loop has.

use super::plan::{Arg, Options};
use super::uses::{Uses, region};
use crate::ir::*;
use crate::sorted::Map as HashMap;
use crate::types::Scalar;
use crate::walk;

/// From the first up to and with the second.
pub type Interval = (i128, i128);

/// `int32`.
pub const I32: Interval = (i32::MIN as i128, i32::MAX as i128);
/// `uint32`.
pub const U32: Interval = (0, u32::MAX as i128);
/// Lengths on a GPU.
const LENGTH: Interval = (0, i32::MAX as i128);

/// Whether one lies within the other.
pub fn within(a: Interval, b: Interval) -> bool {
    b.0 <= a.0 && a.1 <= b.1
}

/// All that a type has. A float's is not looked at.
pub fn all(of: Scalar) -> Interval {
    let bits = 8 * of.bytes();
    match of {
        Scalar::Bool => (0, 1),
        _ if of.is_signed() => (-1 << (bits - 1), (1 << (bits - 1)) - 1),
        _ => (0, (1 << bits) - 1),
    }
}

fn join(a: Interval, b: Interval) -> Interval {
    (a.0.min(b.0), a.1.max(b.1))
}

/// What is in both; the first if there is nothing, which is code that is never reached.
fn meet(a: Interval, b: Interval) -> Interval {
    let both = (a.0.max(b.0), a.1.min(b.1));
    if both.0 <= both.1 { both } else { a }
}

/// What is known of a program.
#[derive(Debug, Default)]
pub struct Facts {
    /// By the place of the expression in memory: the program is borrowed, and stays where it is.
    values: HashMap<*const Expr, Interval>,
    /// The lengths of arrays where they were last used.
    lengths: HashMap<(Array, u8), Interval>,
    /// The ranges of numbers where a shader takes them over.
    captured: HashMap<(*const Stmt, Local), Interval>,
}

impl Facts {
    /// Of an integer or a truth value.
    pub fn of(&self, expr: &Expr) -> Interval {
        let known = self.values.get(&std::ptr::from_ref(expr)).copied();
        known.unwrap_or(all(expr.of))
    }

    /// Of a length, wherever the array is used in a shader.
    pub fn length(&self, array: Array, axis: u8) -> Interval {
        self.lengths.get(&(array, axis)).copied().unwrap_or(LENGTH)
    }

    /// Of a number that the shader beginning with this statement takes over: 32 bits, and checked there.
    pub fn captured(&self, first: &Stmt, local: Local, of: Scalar) -> Interval {
        let known = self.captured.get(&(std::ptr::from_ref(first), local)).copied();
        known.unwrap_or_else(|| fitting(all(of), of))
    }
}

/// What a shader takes over has to fit 32 bits, with or without a sign.
fn fitting(interval: Interval, of: Scalar) -> Interval {
    match of {
        _ if within(interval, I32) || within(interval, U32) => interval,
        Scalar::U64 => meet(interval, U32),
        _ => meet(interval, I32),
    }
}

type State = Vec<Interval>;

struct Analysis<'a> {
    program: &'a Program,
    options: &'a Options,
    total: &'a Uses,
    facts: Facts,
    state: Option<State>,
    leaves: HashMap<Label, State>,
    agains: HashMap<Label, State>,
    in_shader: bool,
    /// Statements that may still be looked at; nested loops multiply.
    budget: usize,
}

/// Statements that are looked at before giving up, which is to know nothing.
const BUDGET: usize = 200_000;

/// Finds what is known of a program with these arguments.
pub fn facts(program: &Program, total: &Uses, options: &Options) -> Facts {
    let mut state: State = program.locals.iter().map(|info| all(info.of)).collect();
    state.resize(state.len() + 3 * program.arrays.len(), LENGTH);
    let mut it = Analysis {
        program,
        options,
        total,
        facts: Facts::default(),
        state: None,
        leaves: HashMap::new(),
        agains: HashMap::new(),
        in_shader: false,
        budget: BUDGET,
    };
    for (param, arg) in program.params.iter().zip(&options.args) {
        match (param, arg) {
            (Param::Scalar(local), Arg::Scalar(bits)) => {
                let Some(info) = program.locals.get(local.0 as usize) else {
                    continue;
                };
                if !info.of.is_float() {
                    let value = super::host::signed(info.of, *bits);
                    state[local.0 as usize] = (value, value);
                }
            }
            (Param::Array(array), Arg::Shape(shape)) => {
                for (axis, length) in shape.iter().take(3).enumerate() {
                    let at = it.slot(*array, axis as u8);
                    state[at] = (*length as i128, *length as i128);
                }
            }
            _ => {}
        }
    }
    it.state = Some(state);
    it.statements(&program.body);
    match it.budget {
        0 => Facts::default(),
        _ => it.facts,
    }
}

fn join_states(a: &mut Option<State>, b: Option<State>) {
    match (a.as_mut(), b) {
        (Some(a), Some(b)) => a.iter_mut().zip(b).for_each(|(a, b)| *a = join(*a, b)),
        (None, b) => *a = b,
        _ => {}
    }
}

fn keep(map: &mut HashMap<Label, State>, label: Label, state: Option<State>) {
    let mut kept = map.remove(&label);
    join_states(&mut kept, state);
    if let Some(kept) = kept {
        map.insert(label, kept);
    }
}

impl Analysis<'_> {
    fn slot(&self, array: Array, axis: u8) -> usize {
        self.program.locals.len() + 3 * array.0 as usize + usize::from(axis.min(2))
    }

    fn get(&self, slot: usize) -> Option<Interval> {
        self.state.as_ref().and_then(|state| state.get(slot)).copied()
    }

    fn put(&mut self, slot: usize, value: Interval) {
        if let Some(place) = self.state.as_mut().and_then(|state| state.get_mut(slot)) {
            *place = value;
        }
    }

    fn type_of(&self, local: Local) -> Scalar {
        let info = self.program.locals.get(local.0 as usize);
        info.map_or(Scalar::I64, |info| info.of)
    }

    fn statements(&mut self, body: &[Stmt]) {
        let mut at = 0;
        while at < body.len() {
            let end = match self.in_shader {
                true => None,
                false => region(body, at, self.total),
            };
            match end {
                Some(end) => {
                    let stmts = &body[at..end];
                    self.shader(&stmts[0], &Uses::of(stmts), |it| {
                        stmts.iter().for_each(|stmt| it.statement(stmt));
                    });
                    at = end;
                }
                None => {
                    self.statement(&body[at]);
                    at += 1;
                }
            }
        }
    }

    /// What it takes over fits, or it is not run.
    fn shader(&mut self, first: &Stmt, uses: &Uses, run: impl FnOnce(&mut Self)) {
        let was = std::mem::replace(&mut self.in_shader, true);
        if !was {
            for local in uses.reads.keys() {
                let (slot, of) = (local.0 as usize, self.type_of(*local));
                let known = self.get(slot).unwrap_or(all(of));
                let fits = fitting(known, of);
                self.facts
                    .captured
                    .insert((std::ptr::from_ref(first), *local), fits);
                self.put(slot, fits);
            }
        }
        for array in uses.mentions.keys() {
            for axis in 0..3 {
                if let Some(known) = self.get(self.slot(*array, axis)) {
                    let fits = meet(LENGTH, known);
                    let entry = self.facts.lengths.entry((*array, axis)).or_insert(fits);
                    *entry = join(*entry, fits);
                }
            }
        }
        run(self);
        self.in_shader = was;
    }

    fn statement(&mut self, stmt: &Stmt) {
        if self.budget == 0 || self.state.is_none() {
            return;
        }
        self.budget -= 1;
        match stmt {
            Stmt::Set(local, value) => {
                let value = self.eval(value);
                self.put(local.0 as usize, meet(all(self.type_of(*local)), value));
            }
            Stmt::Bind(array, handle) => self.bind(*array, handle),
            Stmt::Store { index, value, .. } => {
                index.iter().for_each(|at| {
                    self.eval(at);
                });
                self.eval(value);
            }
            Stmt::If { test, yes, no } => {
                self.eval(test);
                let before = self.state.clone();
                self.refine(test, true);
                self.statements(yes);
                let after = std::mem::replace(&mut self.state, before);
                self.refine(test, false);
                self.statements(no);
                join_states(&mut self.state, after);
            }
            Stmt::Block { label, body } => {
                self.statements(body);
                let left = self.leaves.remove(label);
                join_states(&mut self.state, left);
            }
            Stmt::While {
                label,
                before,
                test,
                body,
            } => {
                self.repeat(*label, &[before, body], |it| {
                    it.statements(before);
                    it.eval(test);
                    let head = it.state.clone();
                    it.refine(test, false);
                    let exit = std::mem::replace(&mut it.state, head);
                    it.refine(test, true);
                    it.statements(body);
                    exit
                });
            }
            Stmt::For {
                label,
                var,
                start,
                stop,
                step,
                body,
                ..
            } => {
                let (start, stop, step) = (self.eval(start), self.eval(stop), self.eval(step));
                let up = (start.0, (stop.1 - 1).max(start.0));
                let down = ((stop.0 + 1).min(start.1), start.1);
                let range = match step {
                    (1.., _) => up,
                    (_, ..=-1) => down,
                    _ => join(up, down),
                };
                self.repeat(*label, &[body], |it| {
                    let exit = it.state.clone();
                    it.put(var.0 as usize, range);
                    it.statements(body);
                    exit
                });
            }
            Stmt::ParFor(it) => self.parallel(stmt, it),
            Stmt::Leave(label) => {
                let state = self.state.take();
                keep(&mut self.leaves, *label, state);
            }
            Stmt::Again(label) => {
                let state = self.state.take();
                keep(&mut self.agains, *label, state);
            }
            Stmt::Return => self.state = None,
            Stmt::Check(test, _) => {
                self.eval(test);
                self.refine(test, true);
            }
            Stmt::Print(_) => {}
        }
    }

    fn parallel(&mut self, stmt: &Stmt, it: &ParFor) {
        let (start, stop) = (self.eval(&it.start), self.eval(&it.stop));
        let unknown = |this: &mut Self| {
            for one in &it.reductions {
                this.put(one.local.0 as usize, all(this.type_of(one.local)));
            }
        };
        let uses = Uses::of(std::slice::from_ref(stmt));
        self.shader(stmt, &uses, |this| {
            unknown(this);
            let before = this.state.clone();
            for local in &it.private {
                this.put(local.0 as usize, all(this.type_of(*local)));
            }
            this.put(it.var.0 as usize, (start.0, (stop.1 - 1).max(start.0)));
            this.statements(&it.body);
            this.leaves.remove(&it.label);
            this.agains.remove(&it.label);
            this.state = before;
        });
    }

    /// A loop. `round` does one, and gives the state in which the loop is left at its head.
    fn repeat(&mut self, label: Label, bodies: &[&[Stmt]], round: impl Fn(&mut Self) -> Option<State>) {
        let Some(entry) = self.state.clone() else { return };
        let mut counted: HashMap<Local, Interval> = HashMap::new();
        let rounds = i128::from(self.options.bound) + 1;
        for (local, by) in counters(bodies) {
            let from = entry[local.0 as usize];
            let range = (from.0 + by.0 * rounds, from.1 + by.1 * rounds);
            if within(range, all(self.type_of(local))) {
                counted.insert(local, range);
            }
        }
        let mut head = entry.clone();
        for (local, range) in &counted {
            head[local.0 as usize] = *range;
        }
        loop {
            self.state = Some(head.clone());
            round(self);
            join_states(&mut self.state, self.agains.remove(&label));
            let back = self.state.take();
            self.leaves.remove(&label);
            let mut next = Some(entry.clone());
            join_states(&mut next, back);
            let next = next.unwrap_or_else(|| entry.clone());
            let mut grows = false;
            for (slot, (head, next)) in head.iter_mut().zip(&next).enumerate() {
                let is_counted = counted.contains_key(&Local(slot as u32));
                if is_counted || within(*next, *head) {
                    continue;
                }
                grows = true;
                let info = self.program.locals.get(slot);
                let most = info.map_or(LENGTH, |info| all(info.of));
                let low = if next.0 < head.0 { most.0 } else { head.0 };
                let high = if next.1 > head.1 { most.1 } else { head.1 };
                *head = (low, high);
            }
            if self.budget == 0 {
                return;
            }
            if grows {
                continue;
            }
            // A last round from what came back, which is less than what was assumed.
            self.state = Some(
                head.iter()
                    .zip(&next)
                    .map(|(head, next)| meet(*head, *next))
                    .collect(),
            );
            let exit = round(self);
            self.agains.remove(&label);
            self.state = exit;
            let left = self.leaves.remove(&label);
            join_states(&mut self.state, left);
            return;
        }
    }

    fn bind(&mut self, array: Array, handle: &ArrayExpr) {
        let axes: Vec<Interval> = match handle {
            ArrayExpr::Same(of) => (0..3).filter_map(|axis| self.get(self.slot(*of, axis))).collect(),
            ArrayExpr::New { shape, fill, .. } => {
                if let Some(fill) = fill {
                    self.eval(fill);
                }
                let most = (0, self.options.elements.min(i32::MAX as u64).into());
                shape.iter().map(|one| meet(most, self.eval(one))).collect()
            }
            ArrayExpr::Transposed(of) => {
                let axes = self.program.arrays.get(of.0 as usize).map_or(1, |info| info.axes);
                let axes = (0..axes).rev();
                axes.filter_map(|axis| self.get(self.slot(*of, axis))).collect()
            }
            ArrayExpr::Reshape { shape, .. } => {
                shape.iter().map(|one| meet(LENGTH, self.eval(one))).collect()
            }
            ArrayExpr::View { of, cuts } => {
                let mut axes = Vec::new();
                for (axis, cut) in cuts.iter().enumerate() {
                    let most = self.get(self.slot(*of, axis as u8)).unwrap_or(LENGTH).1;
                    match cut {
                        Cut::At(at, _) => {
                            self.eval(at);
                        }
                        Cut::Range { low, high, step, .. } => {
                            for part in [low, high, step].into_iter().flatten() {
                                self.eval(part);
                            }
                            axes.push((0, most));
                        }
                    }
                }
                axes
            }
        };
        for (axis, length) in axes.into_iter().enumerate() {
            let slot = self.slot(array, axis as u8);
            self.put(slot, length);
        }
    }

    /// Narrows the state to where a test comes out so.
    fn refine(&mut self, test: &Expr, holds: bool) {
        match (&test.kind, holds) {
            (ExprKind::And(a, b), true) | (ExprKind::Or(a, b), false) => {
                self.refine(a, holds);
                self.refine(b, holds);
            }
            (ExprKind::And(a, b), false) | (ExprKind::Or(a, b), true) => {
                let before = self.state.clone();
                self.refine(a, holds);
                let one = std::mem::replace(&mut self.state, before);
                self.refine(a, !holds);
                self.refine(b, holds);
                join_states(&mut self.state, one);
            }
            (ExprKind::Unary(Unary::Not, a), _) if a.of == Scalar::Bool => self.refine(a, !holds),
            (ExprKind::Compare(op, a, b), _) if !a.of.is_float() && !b.of.is_float() => {
                let (x, y) = (self.eval(a), self.eval(b));
                // By how much the lesser is less at least.
                let (a, x, b, y, by) = match (op, holds) {
                    (Compare::Equal, true) | (Compare::Unequal, false) => {
                        self.bound(a, y);
                        return self.bound(b, x);
                    }
                    (Compare::Less, true) => (a, x, b, y, 1),
                    (Compare::AtMost, true) => (a, x, b, y, 0),
                    (Compare::Less, false) => (b, y, a, x, 0),
                    (Compare::AtMost, false) => (b, y, a, x, 1),
                    _ => return,
                };
                self.bound(a, (i128::MIN, y.1 - by));
                self.bound(b, (x.0 + by, i128::MAX));
            }
            _ => {}
        }
    }

    fn bound(&mut self, expr: &Expr, to: Interval) {
        match &expr.kind {
            ExprKind::Local(local) => {
                if let Some(now) = self.get(local.0 as usize) {
                    self.put(local.0 as usize, meet(now, to));
                }
            }
            // A type that holds all of the other's values changes none.
            ExprKind::Convert(inner) if !inner.of.is_float() && within(all(inner.of), all(expr.of)) => {
                self.bound(inner, to);
            }
            _ => {}
        }
    }

    fn eval(&mut self, expr: &Expr) -> Interval {
        let value = self.compute(expr);
        let value = match expr.of.is_float() {
            true => (0, 0),
            // Beyond its type it wraps.
            false if within(value, all(expr.of)) => value,
            false => all(expr.of),
        };
        self.facts.values.insert(std::ptr::from_ref(expr), value);
        value
    }

    fn compute(&mut self, expr: &Expr) -> Interval {
        let top = all(expr.of);
        let mut parts: Vec<Interval> = Vec::new();
        match &expr.kind {
            ExprKind::Const(bits) => {
                let value = super::host::signed(expr.of, *bits);
                return (value, value);
            }
            ExprKind::Local(local) => return self.get(local.0 as usize).unwrap_or(top),
            ExprKind::Length(array, axis) => return self.get(self.slot(*array, *axis)).unwrap_or(LENGTH),
            ExprKind::Let(sets, last) => {
                for (local, value) in sets {
                    let value = self.eval(value);
                    self.put(local.0 as usize, value);
                }
                return self.eval(last);
            }
            ExprKind::Choice(test, a, b) => {
                self.eval(test);
                let before = self.state.clone();
                self.refine(test, true);
                let a = self.eval(a);
                self.state.clone_from(&before);
                self.refine(test, false);
                let b = self.eval(b);
                self.state = before;
                return join(a, b);
            }
            ExprKind::And(a, b) | ExprKind::Or(a, b) => {
                self.eval(a);
                let before = self.state.clone();
                self.refine(a, matches!(expr.kind, ExprKind::And(..)));
                self.eval(b);
                self.state = before;
                return top;
            }
            _ => parts.extend(walk::operands(expr).into_iter().map(|part| self.eval(part))),
        }
        let int = |at: usize| parts.get(at).copied().unwrap_or(top);
        match &expr.kind {
            ExprKind::Convert(from) if from.of.is_float() && expr.of.is_int() => {
                match (self.in_shader, expr.of) {
                    // It is checked there, or was to be narrowed.
                    (true, Scalar::I64) => I32,
                    (true, Scalar::U64) => U32,
                    _ => top,
                }
            }
            ExprKind::Convert(from) if from.of.is_float() => top,
            ExprKind::Convert(_) => int(0),
            ExprKind::Select(..) => join(int(1), int(2)),
            ExprKind::Unary(op, a) if !a.of.is_float() => match (op, int(0)) {
                (Unary::Minus, (low, high)) => (-high, -low),
                (Unary::Not, (low, high)) if expr.of.is_signed() => (-1 - high, -1 - low),
                (Unary::Abs, (low, high)) if low >= 0 || high <= 0 => {
                    (low.abs().min(high.abs()), low.abs().max(high.abs()))
                }
                (Unary::Abs, (low, high)) => (0, low.abs().max(high.abs())),
                _ => top,
            },
            ExprKind::Binary(op, ..) if !expr.of.is_float() => binary(*op, int(0), int(1), top),
            ExprKind::Divide(op, ..) if !expr.of.is_float() => divide(*op, int(0), int(1), top),
            ExprKind::Load { .. } if expr.of.bytes() == 8 && self.options.narrow => {
                if expr.of == Scalar::U64 { U32 } else { I32 }
            }
            _ => top,
        }
    }
}

fn binary(op: Binary, a: Interval, b: Interval, top: Interval) -> Interval {
    let corners = |f: &dyn Fn(i128, i128) -> i128| {
        let all = [f(a.0, b.0), f(a.0, b.1), f(a.1, b.0), f(a.1, b.1)];
        all.into_iter()
            .fold((all[0], all[0]), |sum, one| join(sum, (one, one)))
    };
    // All ones up to the highest bit of either.
    let ones = |most: i128| (1_i128 << (128 - most.max(0).leading_zeros())) - 1;
    let positive = a.0 >= 0 && b.0 >= 0;
    match op {
        Binary::Add => (a.0 + b.0, a.1 + b.1),
        Binary::Sub => (a.0 - b.1, a.1 - b.0),
        Binary::Mul => corners(&|x, y| x.saturating_mul(y)),
        Binary::And if positive => (0, a.1.min(b.1)),
        Binary::And if a.0 >= 0 => (0, a.1),
        Binary::And if b.0 >= 0 => (0, b.1),
        Binary::Or | Binary::Xor if positive => (0, ones(a.1.max(b.1))),
        Binary::And | Binary::Or | Binary::Xor if within(a, I32) && within(b, I32) => I32,
        Binary::ShiftLeft if within(b, (0, 62)) => corners(&|x, y| x.saturating_mul(1 << y)),
        Binary::ShiftRight if within(b, (0, 31)) => corners(&|x, y| x >> y),
        Binary::ShiftRight => (a.0.min(0), a.1.max(0)),
        Binary::Min => (a.0.min(b.0), a.1.min(b.1)),
        Binary::Max => (a.0.max(b.0), a.1.max(b.1)),
        _ => top,
    }
}

/// A division by zero gives 0 or ends the kernel.
fn divide(op: Divide, a: Interval, b: Interval, top: Interval) -> Interval {
    let most = a.0.abs().max(a.1.abs());
    match op {
        Divide::True | Divide::Floor if a.0 >= 0 && b.0 >= 1 => (a.0 / b.1, a.1 / b.0),
        Divide::True | Divide::Floor if b.0 >= 0 => (a.0.min(0), a.1.max(0)),
        Divide::True | Divide::Floor => (-most - 1, most + 1),
        Divide::Rest if b.0 >= 0 && a.0 >= 0 => (0, a.1.min((b.1 - 1).max(0))),
        Divide::Rest if b.0 >= 0 => (0, (b.1 - 1).max(0)),
        Divide::Rest if b.1 <= 0 => ((b.0 + 1).min(0), 0),
        Divide::Rest => ((b.0 + 1).min(0), (b.1 - 1).max(0)),
        Divide::CRest if within(a, top) => (a.0.min(0), a.1.max(0)),
        Divide::CRest => top,
    }
}

/// Numbers that these statements only change by adding constants, and by how much in a round at most: each place
/// once in an iteration of some loop.
fn counters(bodies: &[&[Stmt]]) -> HashMap<Local, Interval> {
    let mut found: HashMap<Local, Option<Interval>> = HashMap::new();
    for body in bodies {
        count(body, &mut found);
    }
    let found = found.into_iter();
    found.filter_map(|(local, by)| by.map(|by| (local, by))).collect()
}

fn count(body: &[Stmt], found: &mut HashMap<Local, Option<Interval>>) {
    for stmt in body {
        match stmt {
            Stmt::Set(local, value) => {
                let by = added(*local, value);
                let sum = found.entry(*local).or_insert(Some((0, 0)));
                *sum = match (*sum, by) {
                    (Some(sum), Some(by)) => Some((sum.0 + by.min(0), sum.1 + by.max(0))),
                    _ => None,
                };
            }
            Stmt::For { var, .. } => {
                found.insert(*var, None);
            }
            Stmt::ParFor(it) => {
                found.insert(it.var, None);
                found.extend(it.reductions.iter().map(|one| (one.local, None)));
            }
            _ => {}
        }
        for inner in crate::walk::blocks(stmt) {
            count(inner, found);
        }
    }
}

fn added(local: Local, value: &Expr) -> Option<i128> {
    let is_it = |expr: &Expr| matches!(expr.kind, ExprKind::Local(other) if other == local);
    let constant = |expr: &Expr| match expr.kind {
        ExprKind::Const(bits) if expr.of.is_int() => Some(super::host::signed(expr.of, bits)),
        _ => None,
    };
    match &value.kind {
        ExprKind::Binary(Binary::Add, a, b) if is_it(a) => constant(b),
        ExprKind::Binary(Binary::Add, a, b) if is_it(b) => constant(a),
        ExprKind::Binary(Binary::Sub, a, b) if is_it(a) => constant(b).map(|by| -by),
        _ => None,
    }
    .filter(|by| by.abs() < 1 << 32)
}

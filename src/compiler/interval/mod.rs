//! Ranges of numbers, for certain arguments: what is one whole number needs no computing, what is within an axis no check, what
//! provably fits 32 bits no 64. [`crate::specialise`] goes by it, and the GPU's shaders.
//!
//! Abstract interpretation with intervals (Cousot and Cousot 1977): a state has an interval for each number
//! and for each length of an array. Tests narrow it, branches join, and loops are repeated until nothing grows; what
//! still grows after the first round goes to its type's end at once. One more round from there takes
//! back what a test bounds after all. A number that a loop only counts by constants is bounded by the loop's iterations:
//! those of its range, or in shaders the bound that every loop has there.

mod count;
mod eval;
mod float;
mod number;
mod places;
mod stride;

pub use float::{bounds, is_number};
pub use number::{I32, Interval, U32, all, bits_of, signed, within};

use crate::ir::*;
use crate::sorted::Map;
use crate::types::Scalar;
use crate::value::Arg;
use crate::walk;
use crate::wgsl::Options;
use crate::wgsl::uses::{Uses, region};
use count::counters;
use number::{join, meet};
use places::Places;

/// Lengths on a GPU.
const LENGTH: Interval = (0, i32::MAX as i128);
/// Lengths on a CPU: of an array without elements one axis may be as long as it likes.
const LONG: Interval = (0, i64::MAX as i128);

/// What is known of a program.
#[derive(Debug, Default)]
pub struct Facts {
    of: Places,
    /// The lengths of arrays where they were last used.
    lengths: Map<(Array, u8), Interval>,
    /// The ranges of numbers where a shader takes them over.
    captured: Map<(*const Stmt, Local), Interval>,
}

impl Facts {
    /// What an expression is.
    pub fn of(&self, expr: &Expr) -> Interval {
        self.of.get(expr).map_or(all(expr.of), |known| known.range)
    }

    /// Whether an access' indices are all from 0 to the axis' length - 1.
    pub fn is_inside(&self, index: &[Expr]) -> bool {
        let first = index.first().and_then(|first| self.of.get(first));
        first.is_some_and(|known| known.is_inside)
    }

    /// Whether a float that becomes this integer is a whole number, where it has bounds.
    pub fn is_whole(&self, integer: &Expr) -> bool {
        self.of.get(integer).is_some_and(|known| known.is_whole)
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
    /// What holds of shaders, and what the program uses.
    gpu: Option<(&'a Options, &'a Uses)>,
    length: Interval,
    facts: Facts,
    state: Option<State>,
    leaves: Map<Label, State>,
    agains: Map<Label, State>,
    in_shader: bool,
    zeros: stride::Zeros,
    /// Statements that may still be looked at; nested loops multiply.
    budget: usize,
}

/// Statements of shaders that are looked at before giving up, which is to know nothing.
const BUDGET: usize = 200_000;
/// The same where 64 bits are no reason to refuse a program.
const SMALL_BUDGET: usize = 20_000;

/// Finds what is known of a program with these arguments; of none, if it is for any.
pub fn facts(program: &Program, args: &[Arg]) -> Facts {
    found(program, args, None)
}

/// The same of one that becomes shaders.
pub fn facts_of_shaders(program: &Program, total: &Uses, options: &Options) -> Facts {
    found(program, &options.args, Some((options, total)))
}

fn found(program: &Program, args: &[Arg], gpu: Option<(&Options, &Uses)>) -> Facts {
    let length = if gpu.is_some() { LENGTH } else { LONG };
    let mut state: State = program.locals.iter().map(|info| all(info.of)).collect();
    state.resize(state.len() + 3 * program.arrays.len(), length);
    let mut it = Analysis {
        program,
        gpu,
        length,
        facts: Facts::default(),
        state: None,
        leaves: Map::new(),
        agains: Map::new(),
        in_shader: false,
        zeros: stride::Zeros::of(program),
        budget: if gpu.is_some() { BUDGET } else { SMALL_BUDGET },
    };
    for (param, arg) in program.params.iter().zip(args) {
        match (param, arg) {
            (Param::Scalar(local), Arg::Scalar(bits)) => {
                let Some(info) = program.locals.get(local.0 as usize) else {
                    continue;
                };
                if !info.of.is_float() {
                    let value = signed(info.of, *bits);
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

fn keep(map: &mut Map<Label, State>, label: Label, state: Option<State>) {
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
            let end = match self.gpu {
                Some((_, total)) if !self.in_shader => region(body, at, total),
                _ => None,
            };
            match end {
                Some(end) => {
                    let stmts = &body[at..end];
                    self.shader(&stmts[0], &Uses::of(stmts), &|it| {
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
    fn shader(&mut self, first: &Stmt, uses: &Uses, run: &dyn Fn(&mut Self)) {
        if self.gpu.is_none() {
            return run(self);
        }
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
            Stmt::Store {
                array, index, value, ..
            } => {
                self.access(*array, index);
                self.eval(value);
            }
            Stmt::If { test, yes, no } => {
                let known = self.eval(test);
                let before = self.state.clone();
                self.refine(test, true);
                self.statements(yes);
                let after = std::mem::replace(&mut self.state, before);
                self.refine(test, false);
                self.statements(no);
                match known {
                    (1, 1) => self.state = after,
                    (0, 0) => {}
                    _ => join_states(&mut self.state, after),
                }
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
                self.repeat(*label, &[before, body], None, &|it| {
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
                let from = start;
                let (start, stop, step) = (self.eval(start), self.eval(stop), self.eval(step));
                let up = (start.0, self.zeros.last(from, start, stop, step));
                let down = ((stop.0 + 1).min(start.1), start.1);
                let range = match step {
                    (1.., _) => up,
                    (_, ..=-1) => down,
                    _ => join(up, down),
                };
                let most = (stop.1 - start.0).max(start.1 - stop.0).max(0);
                self.repeat(*label, &[body], Some(most), &|it| {
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
        let uses = self.gpu.map(|_| Uses::of(std::slice::from_ref(stmt)));
        self.shader(stmt, &uses.unwrap_or_default(), &|this| {
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
            for local in &it.private {
                this.put(local.0 as usize, all(this.type_of(*local)));
            }
        });
    }

    /// A loop of so many iterations at most, if that is known. `round` does one, and gives the state in which the loop
    /// is left at its head.
    fn repeat(
        &mut self,
        label: Label,
        bodies: &[&[Stmt]],
        most: Option<i128>,
        round: &dyn Fn(&mut Self) -> Option<State>,
    ) {
        let Some(entry) = self.state.clone() else { return };
        let mut counted: Map<Local, Interval> = Map::new();
        // In a shader all loops of an invocation share the bound; elsewhere an inner loop's iterations are its own.
        let (rounds, is_nested) = match self.gpu {
            Some((options, _)) => (Some(i128::from(options.bound) + 1), true),
            None => (most, false),
        };
        let found = rounds.map(|_| counters(bodies, is_nested)).unwrap_or_default();
        for (local, by) in found {
            let rounds = rounds.unwrap_or_default();
            let from = entry[local.0 as usize];
            let range = (
                from.0 + by.0.saturating_mul(rounds),
                from.1 + by.1.saturating_mul(rounds),
            );
            if within(range, all(self.type_of(local))) {
                counted.insert(local, range);
            }
        }
        let mut head = entry.clone();
        // What becomes of a float in a loop has no end; it is not waited for.
        for local in bodies.iter().flat_map(|body| walk::set_in(body).0) {
            let of = self.type_of(local);
            if of.is_float() {
                head[local.0 as usize] = all(of);
            }
        }
        for (local, range) in &counted {
            head[local.0 as usize] = *range;
        }
        // Each round looks at the same expressions, so that what the last one notes is what stays.
        let mut is_last = false;
        loop {
            self.state = Some(head.clone());
            let exit = round(self);
            join_states(&mut self.state, self.agains.remove(&label));
            let back = std::mem::replace(&mut self.state, exit);
            let left = self.leaves.remove(&label);
            if self.budget == 0 {
                return;
            }
            let mut next = Some(entry.clone());
            join_states(&mut next, back);
            let next = next.unwrap_or_default();
            let mut grows = false;
            let mut is_less = false;
            for (slot, (head, next)) in head.iter_mut().zip(&next).enumerate() {
                if is_last || *next == *head {
                    continue;
                }
                if within(*next, *head) || counted.contains_key(&Local(slot as u32)) {
                    is_less |= meet(*head, *next) != *head;
                    continue;
                }
                grows = true;
                let info = self.program.locals.get(slot);
                let most = info.map_or(self.length, |info| all(info.of));
                let low = if next.0 < head.0 { most.0 } else { head.0 };
                let high = if next.1 > head.1 { most.1 } else { head.1 };
                *head = (low, high);
            }
            if grows {
                continue;
            }
            if is_less {
                // A last round from what came back, which is less than what was assumed.
                head.iter_mut()
                    .zip(&next)
                    .for_each(|(head, next)| *head = meet(*head, *next));
                is_last = true;
                continue;
            }
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
                let most = match self.gpu {
                    Some((options, _)) => (0, options.elements.min(i32::MAX as u64).into()),
                    None => self.length,
                };
                shape.iter().map(|one| meet(most, self.eval(one))).collect()
            }
            ArrayExpr::Transposed(of) => {
                let axes = self.program.arrays.get(of.0 as usize).map_or(1, |info| info.axes);
                let axes = (0..axes).rev();
                axes.filter_map(|axis| self.get(self.slot(*of, axis))).collect()
            }
            ArrayExpr::Reshape { shape, .. } => {
                let shape: Vec<Interval> = shape.iter().map(|one| self.eval(one)).collect();
                // -1 is what is left for it.
                let fits = |one: Interval| {
                    if one.0 < 0 {
                        self.length
                    } else {
                        meet(self.length, one)
                    }
                };
                shape.into_iter().map(fits).collect()
            }
            ArrayExpr::View { of, cuts } => {
                let mut axes = Vec::new();
                for (axis, cut) in cuts.iter().enumerate() {
                    let most = self.get(self.slot(*of, axis as u8)).unwrap_or(self.length).1;
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
}

//! Functions of a module: the serial part, and one for each parallel loop. Reductions go by the fixed tree of [`crate::ir`].

use super::abi::{SlotKind, allocates};
use super::function::{Emitter, Jump, Unit, at, word};
use super::helpers;
use super::lanes::Lanes;
use super::plan::{self, Plan};
use super::walk::{self, Seen};
use crate::ir::{Compare, LANES, Local, ParFor, Param, Program, Reduce, Reduction, Stmt};
use crate::sorted::Map;
use crate::types::Scalar;
use wasm_encoder::ValType;

/// Expressions of a body that is small enough to have it several times.
const SMALL: usize = 60;
/// Expressions of a body that is much code in lanes.
const MUCH: usize = 256;

/// Parallel loops that are in no other.
pub(super) fn outer_loops(all: &[Stmt]) -> Vec<&ParFor> {
    let mut found = Vec::new();
    for one in all {
        match one {
            Stmt::ParFor(one) => found.push(&**one),
            _ => walk::blocks(one)
                .into_iter()
                .for_each(|body| found.extend(outer_loops(body))),
        }
    }
    found
}

/// How often each variable is read, by statements or as a result.
pub(super) fn reads(program: &Program) -> Map<Local, usize> {
    let mut reads = Map::new();
    plan::count(&program.body, &mut reads);
    for result in &program.results {
        if let Param::Scalar(local) = result {
            *reads.entry(*local).or_default() += 1;
        }
    }
    reads
}

/// The part of a reduction that is done with one value after another.
pub(super) struct Partial {
    pub what: Reduction,
    pub of: Scalar,
    /// One for each of the tree's lanes, or just one where neither the order matters nor lanes do it.
    pub parts: Vec<u32>,
}

/// Where a leaf's result goes.
#[derive(Clone, Copy)]
enum Sink<'s> {
    /// To its place in the frame.
    Frame(usize),
    /// Combined with these variables.
    Totals(&'s [u32]),
}

/// Whether results depend on the order.
pub(super) fn is_ordered(op: Reduce, of: Scalar) -> bool {
    of.is_float() && matches!(op, Reduce::Sum | Reduce::Product)
}

impl<'a> Emitter<'a> {
    /// The serial part.
    pub fn run(unit: &'a Unit<'a>) -> Emitter<'a> {
        let mut own = Emitter::new(unit, &[ValType::I32]);
        let abi = &unit.layouts.abi;
        own.record = own.variable(ValType::I32);
        let record = own.record;
        own.put()
            .local_get(0)
            .i32_const(abi.records as i32)
            .i32_add()
            .local_set(record);
        for (param, slot) in unit.program.params.iter().zip(&abi.params) {
            match *param {
                Param::Scalar(local) => own.load_number(local, slot.at),
                Param::Array(array) => own.load_handle(array, slot.at),
            }
        }
        own.block();
        own.over = own.depth;
        own.statements(&unit.program.body);
        own.end();
        own.come_from(unit.program.told.returns().last().copied().unwrap_or(0));
        for (param, slot) in unit.program.results.iter().zip(&abi.results) {
            match (*param, slot.kind) {
                (Param::Scalar(local), SlotKind::Scalar(of)) => {
                    let variable = own.number(local);
                    own.frame();
                    own.get(variable);
                    own.store_word(of, slot.at);
                }
                (Param::Array(array), _) => own.store_handle(array, slot.at),
                (Param::Scalar(_), SlotKind::Array { .. }) => {}
            }
        }
        own.int32(0);
        own
    }

    /// Iterations of a parallel loop.
    pub fn parallel_loop(unit: &'a Unit<'a>, k: usize) -> Emitter<'a> {
        let [slot, low, high] = [1, 2, 3];
        let mut own = Emitter::new(unit, &[ValType::I32, ValType::I32, ValType::I64, ValType::I64]);
        let layout = &unit.layouts.loops[k];
        own.record = own.variable(ValType::I32);
        let record = own.record;
        own.put()
            .local_get(slot)
            .i32_const(super::RECORD as i32)
            .i32_mul();
        own.put().i32_const(unit.layouts.abi.records as i32).i32_add();
        own.put().local_get(0).i32_add().local_set(record);
        for (local, place) in &layout.locals {
            own.load_number(*local, *place);
        }
        for (array, place) in &layout.arrays {
            own.load_handle(*array, *place);
        }
        let counter = own.variable(ValType::I64);
        own.inside = Some((slot, counter));
        own.block();
        own.over = own.depth;
        let what = unit.loops[k];
        let plan = own.parallel_plan(what);
        if what.reductions.is_empty() {
            own.put().local_get(low).local_set(counter);
            own.iterations(what, plan.as_ref(), counter, high, &mut []);
        } else {
            let [start, leaf] = [own.variable(ValType::I64), own.variable(ValType::I64)];
            own.put().local_get(0).i64_load(at(layout.start)).local_set(start);
            own.put().local_get(0).i64_load(at(layout.leaf)).local_set(leaf);
            own.leaves(
                what,
                plan.as_ref(),
                counter,
                [low, high, start, leaf],
                Sink::Frame(k),
            );
        }
        own.end();
        own.int32(0);
        own
    }

    fn load_number(&mut self, local: Local, place: u32) {
        let variable = self.number(local);
        let of = self.program.locals[local.0 as usize].of;
        self.frame();
        self.load_word(of, place);
        self.set(variable);
    }

    /// A parallel loop as a statement.
    pub fn parallel_for(&mut self, one: &'a ParFor) {
        let [start, stop, leaf] = [ValType::I64; 3].map(|of| self.borrow(of));
        for (to, e) in [(start, &one.start), (stop, &one.stop)] {
            self.scalar(e);
            self.convert(e.of, Scalar::I64);
            self.set(to);
        }
        // 8 * ceil(n / 2048)
        self.put()
            .local_get(stop)
            .local_get(start)
            .i64_sub()
            .i64_const(2047)
            .i64_add();
        self.put()
            .i64_const(11)
            .i64_shr_u()
            .i64_const(3)
            .i64_shl()
            .local_set(leaf);
        let totals = self.begin_totals(one);
        self.put().local_get(start).local_get(stop);
        let order = if one.start.of == Scalar::U64 {
            Scalar::U64
        } else {
            Scalar::I64
        };
        self.compare(Compare::Less, order, order);
        self.begin_if();
        let outer = self.unit.loops.iter().position(|known| std::ptr::eq(*known, one));
        match outer.filter(|_| self.inside.is_none()) {
            Some(k) => self.call_loop(one, k, [start, stop, leaf], &totals),
            None => {
                let counter = self.variable(ValType::I64);
                let plan = self.parallel_plan(one);
                if one.reductions.is_empty() {
                    self.put().local_get(start).local_set(counter);
                    self.iterations(one, plan.as_ref(), counter, stop, &mut []);
                } else {
                    self.leaves(
                        one,
                        plan.as_ref(),
                        counter,
                        [start, stop, start, leaf],
                        Sink::Totals(&totals),
                    );
                }
            }
        }
        self.end();
        for (reduction, total) in one.reductions.iter().zip(&totals) {
            let variable = self.number(reduction.local);
            self.put().local_get(variable).local_get(*total);
            self.binary(
                reduction.op.binary(),
                self.program.locals[reduction.local.0 as usize].of,
            );
            self.set(variable);
            self.give_back(&[*total]);
        }
        self.give_back(&[start, stop, leaf]);
    }

    fn begin_totals(&mut self, one: &ParFor) -> Vec<u32> {
        let mut totals = Vec::new();
        for reduction in &one.reductions {
            let of = self.program.locals[reduction.local.0 as usize].of;
            let total = self.borrow(word(of));
            self.constant(of, reduction.op.neutral(of));
            self.set(total);
            totals.push(total);
        }
        totals
    }

    /// Has a loop done by its function, and combines what its leaves gave.
    fn call_loop(&mut self, one: &ParFor, k: usize, [start, stop, leaf]: [u32; 3], totals: &[u32]) {
        let layout = &self.unit.layouts.loops[k];
        self.put()
            .local_get(0)
            .local_get(start)
            .i64_store(at(layout.start));
        self.put().local_get(0).local_get(leaf).i64_store(at(layout.leaf));
        for (local, place) in &layout.locals {
            let variable = self.number(*local);
            self.frame();
            self.get(variable);
            self.store_word(self.program.locals[local.0 as usize].of, *place);
        }
        for (array, place) in &layout.arrays {
            self.store_handle(*array, *place);
        }
        self.frame();
        match self.unit.target.threads {
            true => self
                .put()
                .i32_const(k as i32)
                .local_get(start)
                .local_get(stop)
                .call(super::PARALLEL),
            // Rooms of its own: slot 0 has what the loop is given.
            false => self.put().i32_const(1).local_get(start).local_get(stop),
        };
        if !self.unit.target.threads {
            self.call_own(helpers::RUN + 1 + k as u32);
        }
        self.begin_if();
        self.put().i32_const(1).return_();
        self.end();
        if one.reductions.is_empty() {
            return;
        }
        let [place, end] = [ValType::I32; 2].map(|of| self.borrow(of));
        // As many as start before the end.
        self.put()
            .local_get(0)
            .local_tee(place)
            .local_get(stop)
            .local_get(start)
            .i64_sub();
        self.put()
            .i64_const(1)
            .i64_sub()
            .local_get(leaf)
            .i64_div_u()
            .i32_wrap_i64();
        self.put()
            .i32_const(1)
            .i32_add()
            .i32_const(3)
            .i32_shl()
            .i32_add()
            .local_set(end);
        self.begin_loop();
        let top = self.depth;
        for (total, (reduction, offset)) in totals.iter().zip(&layout.partials) {
            let of = self.program.locals[reduction.local.0 as usize].of;
            self.put().local_get(*total).local_get(place);
            self.load_word(of, *offset);
            self.binary(reduction.op.binary(), of);
            self.set(*total);
        }
        self.put()
            .local_get(place)
            .i32_const(8)
            .i32_add()
            .local_tee(place)
            .local_get(end)
            .i32_ne();
        self.jump_if(top);
        self.end();
        self.give_back(&[place, end]);
    }

    /// Iterations from `low` up to `high`, which is above it, leaf by leaf.
    fn leaves(
        &mut self,
        one: &'a ParFor,
        plan: Option<&Plan>,
        counter: u32,
        [low, high, start, leaf]: [u32; 4],
        sink: Sink<'_>,
    ) {
        let [begin, end] = [ValType::I64; 2].map(|of| self.borrow(of));
        let mut partials: Vec<Partial> = Vec::new();
        for what in &one.reductions {
            let of = self.program.locals[what.local.0 as usize].of;
            let n = if plan.is_some() || is_ordered(what.op, of) {
                LANES
            } else {
                1
            };
            let parts = (0..n).map(|_| self.variable(word(of))).collect();
            partials.push(Partial {
                what: *what,
                of,
                parts,
            });
        }
        self.put().local_get(low).local_set(begin);
        self.block();
        let done = self.depth;
        self.begin_loop();
        let top = self.depth;
        self.put().local_get(begin).local_get(high).i64_ge_s();
        self.jump_if(done);
        // A leaf, or what is left.
        self.put()
            .local_get(high)
            .local_get(begin)
            .i64_sub()
            .local_tee(end)
            .local_get(leaf);
        self.put().local_get(end).local_get(leaf).i64_lt_u().select();
        self.put().local_get(begin).i64_add().local_set(end);
        for partial in &partials {
            for part in &partial.parts {
                self.constant(partial.of, partial.what.op.neutral(partial.of));
                self.set(*part);
            }
        }
        self.put().local_get(begin).local_set(counter);
        self.iterations(one, plan, counter, end, &mut partials);
        for (which, partial) in partials.iter().enumerate() {
            let op = partial.what.op.binary();
            match sink {
                Sink::Frame(k) => {
                    self.put()
                        .local_get(begin)
                        .local_get(start)
                        .i64_sub()
                        .local_get(leaf)
                        .i64_div_u();
                    self.put()
                        .i32_wrap_i64()
                        .i32_const(3)
                        .i32_shl()
                        .local_get(0)
                        .i32_add();
                    self.combine(partial);
                    self.store_word(partial.of, self.unit.layouts.loops[k].partials[which].1);
                }
                Sink::Totals(totals) => {
                    self.get(totals[which]);
                    self.combine(partial);
                    self.binary(op, partial.of);
                    self.set(totals[which]);
                }
            }
        }
        self.put().local_get(end).local_set(begin);
        self.jump(top);
        self.end();
        self.end();
        self.give_back(&[begin, end]);
    }

    /// Puts all of a leaf's parts on the stack, as one.
    fn combine(&mut self, partial: &Partial) {
        let parts = &partial.parts;
        let order = [0, 4, 2, 6, 1, 5, 3, 7]
            .into_iter()
            .filter(|part| *part < parts.len());
        // After how many values how many pairs are complete.
        for (n, part) in order.enumerate() {
            self.get(parts[part]);
            for _ in 0..(n + 1).trailing_zeros() {
                self.binary(partial.what.op.binary(), partial.of);
            }
        }
    }

    /// Iterations from the counter's up to the end, each on the next of the parts.
    fn iterations(
        &mut self,
        one: &'a ParFor,
        plan: Option<&Plan>,
        counter: u32,
        end: u32,
        partials: &mut [Partial],
    ) {
        self.tell_lanes(one, plan.is_some());
        let mut seen = Seen::default();
        walk::body(&one.body, &mut seen);
        let mut failed = None;
        if let Some(plan) = plan {
            let with_rest = has_rest(&seen, &one.body);
            let lanes = Lanes::new(
                plan.clone(),
                self.program.locals.len(),
                self.inside.is_some_and(|(_, n)| n == counter),
            );
            self.vector = Some(Box::new(lanes));
            let labels = [one.label, one.label];
            failed =
                Some(self.loop_in_lanes(labels, one.var, &one.body, [counter, end], partials, with_rest));
            self.vector = None;
            if with_rest {
                return;
            }
        }
        let before: Vec<u32> = partials
            .iter()
            .map(|partial| self.number(partial.what.local))
            .collect();
        let ordered = partials.iter().any(|partial| partial.parts.len() > 1);
        let lanes = LANES as usize;
        if ordered && seen.size <= SMALL && !seen.loops {
            // Eight at a time while there are as many.
            self.block();
            let done = self.depth;
            self.begin_loop();
            let top = self.depth;
            self.put()
                .local_get(end)
                .local_get(counter)
                .i64_sub()
                .i64_const(LANES as i64)
                .i64_lt_s();
            self.jump_if(done);
            for lane in 0..lanes {
                for partial in partials.iter() {
                    self.rename(partial.what.local, partial.parts[lane % partial.parts.len()]);
                }
                self.iteration_of(one, counter);
                self.put()
                    .local_get(counter)
                    .i64_const(1)
                    .i64_add()
                    .local_set(counter);
            }
            self.jump(top);
            self.end();
            self.end();
        }
        for partial in partials.iter() {
            self.rename(partial.what.local, partial.parts[0]);
        }
        self.put().local_get(counter).local_get(end).i64_lt_s();
        self.begin_if();
        let turns = self.borrow(ValType::I32);
        if ordered {
            self.int32(0);
            self.set(turns);
        }
        self.begin_loop();
        let top = self.depth;
        self.iteration_of(one, counter);
        if ordered {
            self.turn(partials);
            self.put()
                .local_get(turns)
                .i32_const(1)
                .i32_add()
                .local_set(turns);
        }
        self.put()
            .local_get(counter)
            .i64_const(1)
            .i64_add()
            .local_tee(counter)
            .local_get(end)
            .i64_lt_s();
        self.jump_if(top);
        self.end();
        if ordered {
            // Until each part is at its place again.
            self.block();
            let done = self.depth;
            self.begin_loop();
            let top = self.depth;
            self.put()
                .local_get(turns)
                .i32_const(LANES as i32 - 1)
                .i32_and()
                .i32_eqz();
            self.jump_if(done);
            self.turn(partials);
            self.put()
                .local_get(turns)
                .i32_const(1)
                .i32_add()
                .local_set(turns);
            self.jump(top);
            self.end();
            self.end();
        }
        self.give_back(&[turns]);
        self.end();
        for (partial, variable) in partials.iter().zip(before) {
            self.rename(partial.what.local, variable);
        }
        if let Some(failed) = failed {
            self.leave_if(failed);
        }
    }

    /// Moves the parts on by one.
    fn turn(&mut self, partials: &[Partial]) {
        for partial in partials.iter().filter(|partial| partial.parts.len() > 1) {
            for part in &partial.parts {
                self.get(*part);
            }
            let n = partial.parts.len();
            for lane in (0..n).rev() {
                self.set(partial.parts[(lane + n - 1) % n]);
            }
        }
    }

    /// One iteration of a parallel loop.
    fn iteration_of(&mut self, one: &'a ParFor, counter: u32) {
        if let Some((slot, outer)) = self.inside
            && outer == counter
            && allocates(&one.body)
        {
            self.put().local_get(0).local_get(slot).call(super::RELEASE);
        }
        let var = self.number(one.var);
        self.get(counter);
        self.convert(Scalar::I64, self.program.locals[one.var.0 as usize].of);
        self.set(var);
        self.block();
        let end = self.depth;
        self.jumps.push(Jump {
            label: one.label,
            leave: end,
            again: Some(end),
        });
        self.statements(&one.body);
        self.jumps.pop();
        self.end();
    }
}

/// Whether the lanes that are left are a vector too. Where each iteration is short, though it is much code, it is not
/// there once more for them: they run one by one.
pub(super) fn has_rest(seen: &walk::Seen, body: &[Stmt]) -> bool {
    seen.size < MUCH || !is_plain(body)
}

/// Whether statements only compute and store.
fn is_plain(body: &[Stmt]) -> bool {
    let mut plain = true;
    crate::walk::statements(body, &mut |stmt| {
        plain &= matches!(stmt, Stmt::If { .. } | Stmt::Set(..) | Stmt::Store { .. });
    });
    plain
}

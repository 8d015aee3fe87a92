//! Statements, one iteration at a time. Loops are rotated: the test comes once before the loop and once at the end
//! of its body, which older engines do not do themselves.

use super::function::{Emitter, Jump, word};
use super::lanes::Scope;
use super::scalar::constant_int;
use super::walk::{self, Seen};
use crate::ir::{Binary, Compare, Expr, Label, Local, Stmt, Unary};
use crate::told::What;
use crate::types::Scalar;
use wasm_encoder::ValType;

impl<'a> Emitter<'a> {
    pub fn statements(&mut self, all: &'a [Stmt]) {
        for one in all {
            let around = self.begin_place(one);
            match self.vector.is_some() && self.masked(one) {
                true => self.tell_masked(one),
                false => self.statement(one),
            }
            self.leave_if_none();
            self.come_from(around);
        }
    }

    fn statement(&mut self, one: &'a Stmt) {
        match one {
            Stmt::Set(local, value) => {
                self.scalar(value);
                let variable = self.number(*local);
                self.set(variable);
            }
            Stmt::Bind(array, value) => self.bind(*array, value),
            Stmt::Store {
                array,
                index,
                value,
                site,
            } => self.store(*array, index, value, *site),
            Stmt::If { test, yes, no } => {
                self.scalar(test);
                self.begin_if();
                self.statements(yes);
                if !no.is_empty() {
                    self.otherwise();
                    self.statements(no);
                }
                self.end();
            }
            Stmt::Block { label, body } => {
                self.block();
                self.within(*label, self.depth, None, body);
                self.end();
            }
            Stmt::While {
                label,
                before,
                test,
                body,
            } => self.while_loop(*label, before, test, body),
            Stmt::For {
                label,
                var,
                start,
                stop,
                step,
                body,
                ..
            } => {
                if let Some(plan) = self.serial_plan(one) {
                    self.tell(What::Lanes);
                    return self.serial_in_lanes(plan, *label, *var, [start, stop], body);
                }
                self.for_loop(*label, *var, [start, stop, step], body);
            }
            Stmt::ParFor(one) => self.parallel_for(one),
            Stmt::Leave(label) => {
                let to = self
                    .jumps
                    .iter()
                    .rev()
                    .find(|one| one.label == *label)
                    .map(|one| one.leave);
                self.jump(to.unwrap_or(self.over));
            }
            Stmt::Again(label) => {
                let to = self
                    .jumps
                    .iter()
                    .rev()
                    .find(|one| one.label == *label)
                    .and_then(|one| one.again);
                self.jump(to.unwrap_or(self.over));
            }
            Stmt::Return => self.jump(self.over),
            Stmt::Check(test, site) => {
                self.scalar(test);
                self.unary(Unary::Not, Scalar::Bool);
                self.fail_if(*site);
            }
            Stmt::Print(_) => {}
        }
    }

    /// Statements that may jump to this label.
    pub fn within(&mut self, label: Label, leave: u32, again: Option<u32>, body: &'a [Stmt]) {
        self.jumps.push(Jump { label, leave, again });
        if let Some(vector) = &mut self.vector {
            let scope = Scope {
                leave: Some(label),
                again: again.and(Some(label)),
                ..Scope::default()
            };
            vector.scopes.push(scope);
        }
        self.statements(body);
        if let Some(vector) = &mut self.vector {
            vector.scopes.pop();
        }
        self.jumps.pop();
    }

    fn while_loop(&mut self, label: Label, before: &'a [Stmt], test: &'a Expr, body: &'a [Stmt]) {
        let mut seen = Seen::default();
        walk::body(before, &mut seen);
        self.block();
        let leave = self.depth;
        if seen.loops || seen.size > 200 {
            // Too much to have it twice.
            self.begin_loop();
            let top = self.depth;
            self.within(label, leave, Some(top), before);
            self.scalar(test);
            self.put().i32_eqz();
            self.jump_if(leave);
            self.within(label, leave, Some(top), body);
            self.jump(top);
            self.end();
            return self.end();
        }
        self.within(label, leave, Some(leave), before);
        self.scalar(test);
        self.begin_if();
        self.begin_loop();
        let top = self.depth;
        self.block();
        self.within(label, leave, Some(self.depth), body);
        self.end();
        self.within(label, leave, Some(leave), before);
        self.scalar(test);
        self.jump_if(top);
        self.end();
        self.end();
        self.end();
    }

    /// What counts keeps the last value that the body had.
    fn for_loop(&mut self, label: Label, var: Local, [start, stop, step]: [&'a Expr; 3], body: &'a [Stmt]) {
        let of = self.program.locals[var.0 as usize].of;
        let word = word(of);
        let end = self.borrow(word);
        let by = constant_int(step);
        let stride = self.borrow(word);
        self.scalar(start);
        let first = self.borrow(word);
        self.set(first);
        self.scalar(stop);
        self.set(end);
        if by.is_none() {
            self.scalar(step);
            self.set(stride);
        }
        let counter = self.number(var);
        self.put().local_get(first).local_set(counter);
        self.give_back(&[first]);
        let rows = self.begin_rows(var, body);
        self.block();
        let leave = self.depth;
        // Whether there is a first iteration.
        self.begins(label, of, counter, end, by, stride);
        self.begin_if();
        self.begin_loop();
        let top = self.depth;
        self.block();
        self.within(label, leave, Some(self.depth), body);
        self.end();
        // What remains is more than a step: a sum could wrap where the end is near the type's.
        if by == Some(1) {
            let next = self.borrow(word);
            self.get(counter);
            self.constant(of, 1);
            self.binary(Binary::Add, of);
            self.tee(next);
            self.get(end);
            // Lanes that are not there may wrap.
            let goes_on = if self.unit.steady.contains(&label) {
                Compare::Unequal
            } else {
                Compare::Less
            };
            self.compare(goes_on, of, of);
            self.begin_if();
            self.put().local_get(next).local_set(counter);
            self.give_back(&[next]);
        } else {
            self.remaining(of, counter, end, by, stride);
            self.begin_if();
            self.get(counter);
            self.step(of, by, stride);
            self.binary(Binary::Add, of);
            self.set(counter);
        }
        self.jump(top);
        self.end();
        self.end();
        self.end();
        self.end();
        self.end_rows(rows);
        self.give_back(&[end, stride]);
    }

    pub fn step(&mut self, of: Scalar, by: Option<i64>, stride: u32) {
        match by {
            Some(by) => self.constant(of, by as u64),
            None => self.get(stride),
        }
    }

    /// Whether a loop has a first round.
    pub fn begins(&mut self, label: Label, of: Scalar, counter: u32, end: u32, by: Option<i64>, stride: u32) {
        match self.unit.steady.contains(&label) {
            true => self.int32(1),
            false => self.before(of, counter, end, by, stride),
        }
    }

    /// Whether the counter is before the end, in the direction of the step.
    pub fn before(&mut self, of: Scalar, counter: u32, end: u32, by: Option<i64>, stride: u32) {
        let down = by.is_some_and(|by| by < 0) && of.is_signed();
        let (a, b) = if down { (end, counter) } else { (counter, end) };
        self.put().local_get(a).local_get(b);
        self.compare(Compare::Less, of, of);
        if by.is_none() && of.is_signed() {
            self.put().local_get(end).local_get(counter);
            self.compare(Compare::Less, of, of);
            self.get(stride);
            self.constant(of, 0);
            self.compare(Compare::Less, of, of);
            // The second where the step is below zero.
            let test = self.borrow(ValType::I32);
            self.set(test);
            let (up, down) = (self.borrow(ValType::I32), self.borrow(ValType::I32));
            self.put()
                .local_set(down)
                .local_set(up)
                .local_get(down)
                .local_get(up)
                .local_get(test)
                .select();
            self.give_back(&[test, up, down]);
        }
    }

    /// Whether there is more than a step from the counter to the end, which it has not reached.
    pub fn remaining(&mut self, of: Scalar, counter: u32, end: u32, by: Option<i64>, stride: u32) {
        let is_wide = word(of) == ValType::I64;
        let minus = |own: &mut Self, a: u32, b: u32| {
            own.put().local_get(a).local_get(b);
            match is_wide {
                true => own.put().i64_sub(),
                false => own.put().i32_sub(),
            };
        };
        let above = |own: &mut Self| {
            match is_wide {
                true => own.put().i64_gt_u(),
                false => own.put().i32_gt_u(),
            };
        };
        let wide = if is_wide { Scalar::I64 } else { Scalar::I32 };
        match by {
            Some(by) if by >= 0 || !of.is_signed() => {
                minus(self, end, counter);
                self.constant(of, by as u64);
                above(self);
            }
            Some(by) => {
                minus(self, counter, end);
                self.constant(wide, by.wrapping_neg() as u64);
                above(self);
            }
            None => {
                self.get(stride);
                self.constant(of, 0);
                self.compare(Compare::Less, of, of);
                self.begin_if_giving(ValType::I32);
                minus(self, counter, end);
                self.get(stride);
                self.unary(Unary::Minus, wide);
                above(self);
                self.otherwise();
                minus(self, end, counter);
                self.get(stride);
                above(self);
                self.end();
            }
        }
    }
}

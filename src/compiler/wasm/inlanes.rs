//! Loops whose iterations run in lanes: as many whole vectors as there are, then one of the lanes that are left.

use super::function::{Emitter, Jump};
use super::lanes::{LANES, Lanes, Parts, Scope};
use super::parallel::{self, Partial};
use super::plan::{self, Plan};
use super::walk;
use crate::ir::{Expr, Label, Local, ParFor, Stmt};
use crate::types::Scalar;
use wasm_encoder::ValType;

impl<'a> Emitter<'a> {
    /// How a parallel loop runs in lanes, if it does.
    pub fn parallel_plan(&self, one: &ParFor) -> Option<Plan> {
        let can = self.unit.target.simd && self.vector.is_none();
        can.then(|| plan::of_parallel(&self.unit.steady, one)).flatten()
    }

    /// How a serial loop runs in lanes, if it does.
    pub fn serial_plan(&self, one: &Stmt) -> Option<Plan> {
        let can = self.unit.target.simd && self.vector.is_none();
        can.then(|| plan::of_serial(self.program, &self.unit.behind, &self.unit.steady, one))
            .flatten()
    }

    pub fn serial_in_lanes(
        &mut self,
        plan: Plan,
        label: Label,
        var: Local,
        [start, stop]: [&'a Expr; 2],
        body: &'a [Stmt],
    ) {
        let [counter, end] = [ValType::I64; 2].map(|of| self.borrow(of));
        for (to, e) in [(counter, start), (end, stop)] {
            self.scalar(e);
            self.convert(e.of, Scalar::I64);
            self.set(to);
        }
        let lanes = Lanes::new(plan, self.program.locals.len(), false);
        self.put().local_get(counter).local_get(end).i64_lt_s();
        self.begin_if();
        self.vector = Some(Box::new(lanes));
        let mut seen = walk::Seen::default();
        walk::body(body, &mut seen);
        let with_rest = parallel::has_rest(&seen, body);
        let failed = self.loop_in_lanes([label; 2], var, body, [counter, end], &mut [], with_rest);
        self.vector = None;
        if !with_rest {
            self.one_by_one(var, body, [counter, end]);
            self.leave_if(failed);
        }
        self.end();
        self.give_back(&[counter, end]);
    }

    /// Iterations of statements that only compute and store, from the counter's up to the end.
    fn one_by_one(&mut self, var: Local, body: &'a [Stmt], [counter, end]: [u32; 2]) {
        self.put().local_get(counter).local_get(end).i64_lt_s();
        self.begin_if();
        self.begin_loop();
        let top = self.depth;
        let own = self.number(var);
        self.get(counter);
        self.convert(Scalar::I64, self.program.locals[var.0 as usize].of);
        self.set(own);
        self.statements(body);
        self.put()
            .local_get(counter)
            .i64_const(1)
            .i64_add()
            .local_tee(counter)
            .local_get(end)
            .i64_lt_s();
        self.jump_if(top);
        self.end();
        self.end();
    }

    /// Iterations from the counter's up to the end. Without the rest those of whole vectors; up to the end, which is nearer then,
    /// those are left that come before a failure, or behind the last vector. Gives where it stands whether one failed.
    pub fn loop_in_lanes(
        &mut self,
        [leave, again]: [Label; 2],
        var: Local,
        body: &'a [Stmt],
        [counter, end]: [u32; 2],
        partials: &mut [Partial],
        with_rest: bool,
    ) -> u32 {
        let lanes = i64::from(LANES);
        // A vector is what the fixed tree's lanes are at.
        let mut sums: Vec<Parts> = Vec::new();
        for partial in partials.iter() {
            let parts = self.new_parts(partial.of);
            self.constant(partial.of, partial.what.op.neutral(partial.of));
            self.splat(partial.of);
            self.set_parts(&parts);
            if let Some(vector) = &mut self.vector {
                vector.rename(partial.what.local, parts.clone());
            }
            sums.push(parts);
        }
        let [left, failed] = [self.variable(ValType::I64), self.variable(ValType::I32)];
        self.int32(0);
        self.set(failed);

        let rows = self.begin_rows(var, body);
        self.begin_spreads(body);
        self.block();
        let rest = self.depth;
        self.replay(rest, left, failed);
        self.block();
        let done = self.depth;
        self.begin_loop();
        let top = self.depth;
        self.put()
            .local_get(end)
            .local_get(counter)
            .i64_sub()
            .i64_const(lanes)
            .i64_lt_s();
        self.jump_if(done);
        self.vector_of([leave, again], var, body, counter, None);
        self.put()
            .local_get(counter)
            .i64_const(lanes)
            .i64_add()
            .local_set(counter);
        self.jump(top);
        self.end();
        self.end();
        self.put()
            .local_get(end)
            .local_get(counter)
            .i64_sub()
            .local_set(left);
        self.end();

        // What is left, or was before a failure.
        if with_rest {
            self.begin_loop();
            let top = self.depth;
            self.replay(top, left, failed);
            self.put().local_get(left).i64_const(0).i64_gt_s();
            self.begin_if();
            let mask = self.borrow(ValType::V128);
            self.first_lanes(left);
            self.set(mask);
            self.vector_of([leave, again], var, body, counter, Some(mask));
            self.give_back(&[mask]);
            self.end();
            self.end();
        } else {
            self.put()
                .local_get(counter)
                .local_get(left)
                .i64_add()
                .local_set(end);
        }
        self.end_spreads();
        self.end_rows(rows);
        if with_rest {
            self.leave_if(failed);
        }
        for (partial, sums) in partials.iter().zip(&sums) {
            for (at, part) in partial.parts.iter().enumerate() {
                self.extract(partial.of, sums, at as u32);
                self.set(*part);
            }
        }
        failed
    }

    /// Ends the function, if one failed.
    pub fn leave_if(&mut self, failed: u32) {
        self.get(failed);
        self.begin_if();
        self.put().i32_const(1).return_();
        self.end();
    }

    fn replay(&mut self, to: u32, left: u32, failed: u32) {
        if let Some(vector) = &mut self.vector {
            vector.replay = (to, left, failed);
        }
    }

    /// One vector of iterations.
    fn vector_of(
        &mut self,
        [leave, again]: [Label; 2],
        var: Local,
        body: &'a [Stmt],
        counter: u32,
        mask: Option<u32>,
    ) {
        let of = self.program.locals[var.0 as usize].of;
        let variable = self.number(var);
        self.get(counter);
        self.convert(Scalar::I64, of);
        self.set(variable);
        let Some(vector) = &self.vector else { return };
        let parts = vector.plan.leaves.contains(&leave) || vector.plan.agains.contains(&again);
        let parked = vector.plan.crossing.clone();
        self.block();
        let exit = self.depth;
        let own = match mask {
            None if parts => Some(self.copy_mask()),
            other => other,
        };
        if let Some(vector) = &mut self.vector {
            let scope = Scope {
                mask: own,
                parked,
                leave: Some(leave),
                again: Some(again),
                exit,
                touched: false,
            };
            vector.scopes.push(scope);
        }
        self.jumps.push(Jump {
            label: again,
            leave: exit,
            again: Some(exit),
        });
        self.statements(body);
        self.jumps.pop();
        if let Some(vector) = &mut self.vector {
            vector.scopes.pop();
        }
        self.end();
        if mask.is_none()
            && let Some(own) = own
        {
            self.give_back(&[own]);
        }
    }
}

//! Statements that only some lanes take part in. Each region has a mask of the lanes in it; a jump takes lanes out of the masks of all
//! regions up to its target, and a region that all have left is over.

use super::function::{Emitter, Jump, word};
use super::lanes::{Parts, Scope, parts};
use super::plan::Kind;
use super::scalar::constant_int;
use crate::ir::{Binary, Compare, Expr, ExprKind, Label, Local, Stmt};
use crate::types::Scalar;
use wasm_encoder::ValType;

/// The step of a loop in lanes.
struct Stride {
    of: Scalar,
    /// Where it is known.
    by: Option<i64>,
    /// As a word, where it is the same in all lanes and not known.
    word: Option<u32>,
    /// Its vectors, and those of its size.
    parts: Parts,
    size: Parts,
    /// Which lanes count down; none if there is no mask and the step is not known to be below zero.
    down: Option<u32>,
}

impl<'a> Emitter<'a> {
    /// Writes a statement that lanes may part in; not, if they do not.
    pub fn masked(&mut self, one: &'a Stmt) -> bool {
        let Some(vector) = &self.vector else { return false };
        match one {
            Stmt::Set(local, value) => {
                if vector.plan.local(*local) != Kind::Varying {
                    return false;
                }
                self.lanewise(value);
                self.assign(*local);
            }
            Stmt::Store {
                array,
                index,
                value,
                site,
            } => self.store_lanes(*array, index, value, *site),
            Stmt::Check(test, site) => {
                if !self.varies(test) {
                    return false;
                }
                self.lanewise(test);
                self.put().v128_not();
                self.fail_lanes(*site, |own| _ = own.put().i32_const(0).i64_const(0).i64_const(0));
            }
            Stmt::If { test, yes, no } => {
                if !self.varies(test) {
                    return false;
                }
                self.masked_if(one, test, yes, no);
            }
            Stmt::Block { label, body } => {
                if !vector.plan.is_parted(*label) {
                    return false;
                }
                let parked = vector.plan.parks(one).first;
                let mask = self.copy_mask();
                self.block();
                let exit = self.depth;
                self.enter(Scope {
                    mask: Some(mask),
                    parked,
                    leave: Some(*label),
                    exit,
                    ..Scope::default()
                });
                self.jumps.push(Jump {
                    label: *label,
                    leave: exit,
                    again: None,
                });
                self.statements(body);
                self.jumps.pop();
                self.leave_scope();
                self.end();
                self.give_back(&[mask]);
            }
            Stmt::While {
                label,
                before,
                test,
                body,
            } => {
                let differs = self.varies(test);
                let Some(vector) = &self.vector else { return false };
                if !differs && !vector.plan.is_parted(*label) && !vector.plan.agains.contains(label) {
                    return false;
                }
                self.masked_while(one, *label, before, test, body);
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
                let plan = &vector.plan;
                let same = plan.is_even(*label, [start, stop, step]);
                let counts = plan.local(*var) != Kind::Varying;
                if same && counts && !plan.is_parted(*label) && !plan.agains.contains(label) {
                    return false;
                }
                self.masked_for(one, *label, *var, [start, stop, step], same && counts, body);
            }
            Stmt::Leave(label) => return self.masked_jump(*label, false),
            Stmt::Again(label) => return self.masked_jump(*label, true),
            _ => return false,
        }
        true
    }

    fn enter(&mut self, scope: Scope) {
        if let Some(vector) = &mut self.vector {
            vector.scopes.push(scope);
        }
    }

    fn leave_scope(&mut self) {
        if let Some(vector) = &mut self.vector {
            vector.scopes.pop();
        }
    }

    /// A mask of the lanes that take part, to be changed.
    pub fn copy_mask(&mut self) -> u32 {
        let copy = self.borrow(ValType::V128);
        match self.mask() {
            Some(mask) => self.get(mask),
            None => _ = self.put().v128_const(-1),
        }
        self.set(copy);
        copy
    }

    /// Ends a region that lanes have just left, if none is there any more.
    pub fn leave_if_none(&mut self) {
        let Some(vector) = &mut self.vector else { return };
        let Some(scope) = vector.scopes.iter_mut().rev().find(|scope| scope.mask.is_some()) else {
            return;
        };
        let (Some(mask), true) = (scope.mask, scope.touched) else {
            return;
        };
        scope.touched = false;
        let exit = scope.exit;
        self.put().local_get(mask).v128_any_true().i32_eqz();
        self.jump_if(exit);
    }

    /// Gives a variable the vectors on the stack; lanes that wait keep what they will read.
    fn assign(&mut self, local: Local) {
        let of = self.program.locals[local.0 as usize].of;
        let variables = self.in_lanes(local);
        let parked = self.vector.as_ref().is_some_and(|vector| {
            vector
                .scopes
                .iter()
                .any(|scope| scope.mask.is_some() && scope.parked.contains(&local))
        });
        if let Some(mask) = self.mask().filter(|_| parked) {
            self.get_parts(&variables);
            self.get(mask);
            self.blend(of);
        }
        self.set_parts(&variables);
    }

    /// The region that a jump ends, and whether lanes wait between here and there.
    fn target(&self, label: Label, is_again: bool) -> Option<(usize, bool)> {
        let scopes = &self.vector.as_ref()?.scopes;
        let to = |scope: &Scope| if is_again { scope.again } else { scope.leave } == Some(label);
        let target = scopes.iter().rposition(to)?;
        Some((
            target,
            scopes[target + 1..].iter().any(|scope| scope.mask.is_some()),
        ))
    }

    /// Takes the lanes of a mask out of regions.
    fn take_out(&mut self, regions: std::ops::Range<usize>, lanes: u32) {
        for region in regions {
            let Some(scope) = self
                .vector
                .as_mut()
                .and_then(|vector| vector.scopes.get_mut(region))
            else {
                return;
            };
            let Some(mask) = scope.mask else { continue };
            scope.touched = true;
            self.put()
                .local_get(mask)
                .local_get(lanes)
                .v128_andnot()
                .local_set(mask);
        }
    }

    fn masked_jump(&mut self, label: Label, is_again: bool) -> bool {
        let Some((target, true)) = self.target(label, is_again) else {
            return false;
        };
        let Some(scopes) = self.vector.as_ref().map(|vector| &vector.scopes) else {
            return false;
        };
        let Some(inner) = scopes.iter().rposition(|scope| scope.mask.is_some()) else {
            return false;
        };
        let exit = scopes[inner].exit;
        if let Some(mask) = scopes[inner].mask {
            self.take_out(target..inner, mask);
        }
        self.jump(exit);
        true
    }

    fn masked_if(&mut self, one: &'a Stmt, test: &'a Expr, yes: &'a [Stmt], no: &'a [Stmt]) {
        self.lanewise(test);
        let jump = match (yes, no) {
            ([Stmt::Leave(label)], []) => self.target(*label, false),
            ([Stmt::Again(label)], []) => self.target(*label, true),
            _ => None,
        };
        if let Some((target, _)) = jump {
            // Just out of all masks up to there. Lanes that do not take part are in none of them, unless they wait outside.
            let lanes = self.borrow(ValType::V128);
            if let Some(mask) = self.mask() {
                self.put().local_get(mask).v128_and();
            }
            self.set(lanes);
            let n = self.vector.as_ref().map_or(0, |vector| vector.scopes.len());
            self.take_out(target..n, lanes);
            return self.give_back(&[lanes]);
        }
        let parks = self
            .vector
            .as_ref()
            .map(|vector| vector.plan.parks(one))
            .unwrap_or_default();
        let sides = self.sides();
        for ((side, mask), parked) in [yes, no].into_iter().zip(sides).zip([parks.first, parks.second]) {
            if side.is_empty() {
                continue;
            }
            self.put().local_get(mask).v128_any_true();
            self.begin_if();
            self.block();
            let exit = self.depth;
            self.enter(Scope {
                mask: Some(mask),
                parked,
                exit,
                ..Scope::default()
            });
            self.statements(side);
            self.leave_scope();
            self.end();
            // Only here may all have left.
            self.leave_if_none();
            self.end();
        }
        self.give_back(&sides);
    }

    /// A loop's round: its body, in which lanes may wait for the next. If all have left, it jumps to the exit.
    fn round(&mut self, label: Label, body: &'a [Stmt], parked: super::plan::Set, live: u32, exit: u32) {
        let waits = self
            .vector
            .as_ref()
            .is_some_and(|vector| vector.plan.agains.contains(&label));
        self.block();
        let end = self.depth;
        let mask = waits.then(|| self.copy_mask());
        self.enter(Scope {
            mask,
            parked,
            again: Some(label),
            exit: end,
            ..Scope::default()
        });
        self.jumps.push(Jump {
            label,
            leave: exit,
            again: Some(end),
        });
        self.statements(body);
        self.jumps.pop();
        self.leave_scope();
        self.end();
        if let Some(mask) = mask {
            self.give_back(&[mask]);
            self.put().local_get(live).v128_any_true().i32_eqz();
            self.jump_if(exit);
            if let Some(scope) = self.vector.as_mut().and_then(|vector| vector.scopes.last_mut()) {
                scope.touched = false;
            }
        }
    }

    /// Keeps those lanes alive for which a test holds, and puts on the stack whether there are any.
    fn live_test(&mut self, test: &'a Expr, live: u32) {
        if self.varies(test) {
            self.lanewise(test);
            self.put()
                .local_get(live)
                .v128_and()
                .local_tee(live)
                .v128_any_true();
        } else {
            self.scalar(test);
        }
    }

    fn masked_while(
        &mut self,
        one: &'a Stmt,
        label: Label,
        before: &'a [Stmt],
        test: &'a Expr,
        body: &'a [Stmt],
    ) {
        let parks = self
            .vector
            .as_ref()
            .map(|vector| vector.plan.parks(one))
            .unwrap_or_default();
        let live = self.copy_mask();
        self.block();
        let exit = self.depth;
        self.enter(Scope {
            mask: Some(live),
            parked: parks.first,
            leave: Some(label),
            exit,
            ..Scope::default()
        });
        if before.is_empty() {
            self.live_test(test, live);
            self.put().i32_eqz();
            self.jump_if(exit);
            self.begin_loop();
            let top = self.depth;
            self.round(label, body, parks.second, live, exit);
            self.live_test(test, live);
            self.jump_if(top);
        } else {
            self.begin_loop();
            let top = self.depth;
            self.jumps.push(Jump {
                label,
                leave: exit,
                again: Some(top),
            });
            self.statements(before);
            self.jumps.pop();
            self.live_test(test, live);
            self.put().i32_eqz();
            self.jump_if(exit);
            self.round(label, body, parks.second, live, exit);
            self.jump(top);
        }
        self.end();
        self.leave_scope();
        self.end();
        self.give_back(&[live]);
    }

    fn masked_for(
        &mut self,
        one: &'a Stmt,
        label: Label,
        var: Local,
        [start, stop, step]: [&'a Expr; 3],
        same: bool,
        body: &'a [Stmt],
    ) {
        let of = self.program.locals[var.0 as usize].of;
        let parks = self
            .vector
            .as_ref()
            .map(|vector| vector.plan.parks(one))
            .unwrap_or_default();
        let varying = self
            .vector
            .as_ref()
            .is_some_and(|vector| vector.plan.local(var) == Kind::Varying);
        // The range is evaluated before the variable changes.
        let first_word = self.borrow(word(of));
        let first = self.borrow_parts(of);
        if varying {
            self.lanewise(start);
            self.set_parts(&first);
        } else {
            self.scalar(start);
            self.set(first_word);
        }
        let end = self.borrow(word(of));
        let ends = self.borrow_parts(of);
        if same {
            self.scalar(stop);
            self.set(end);
        } else {
            self.lanewise(stop);
            self.set_parts(&ends);
        }
        let stride = self.stride_of(step, same);
        if varying {
            self.get_parts(&first);
            self.assign(var);
        } else {
            let counter = self.number(var);
            self.put().local_get(first_word).local_set(counter);
        }
        self.give_back(&first);
        self.give_back(&[first_word]);

        let live = self.copy_mask();
        self.block();
        let exit = self.depth;
        self.enter(Scope {
            mask: Some(live),
            parked: parks.first,
            leave: Some(label),
            exit,
            ..Scope::default()
        });
        let word = stride.word.unwrap_or_default();
        if same {
            let counter = self.number(var);
            self.begins(label, of, counter, end, stride.by, word);
        } else {
            self.lanes_before(var, &ends, &stride);
            self.put()
                .local_get(live)
                .v128_and()
                .local_tee(live)
                .v128_any_true();
        }
        self.put().i32_eqz();
        self.jump_if(exit);
        self.begin_loop();
        let top = self.depth;
        self.round(label, body, parks.second, live, exit);
        if same {
            let counter = self.number(var);
            self.remaining(of, counter, end, stride.by, word);
        } else {
            self.lanes_remaining(var, &ends, &stride);
            self.put()
                .local_get(live)
                .v128_and()
                .local_tee(live)
                .v128_any_true();
        }
        self.begin_if();
        if varying {
            let variables = self.in_lanes(var);
            self.get_parts(&variables);
            self.get_parts(&stride.parts);
            let parts = parts(of);
            self.each(parts, 2, |own| own.binary_vector(Binary::Add, of));
            self.assign(var);
        } else {
            let counter = self.number(var);
            self.get(counter);
            self.step(of, stride.by, word);
            self.binary(Binary::Add, of);
            self.set(counter);
        }
        self.jump(top);
        self.end();
        self.end();
        self.leave_scope();
        self.end();
        self.give_back(&ends);
        self.give_back(&[end, live]);
        self.give_back(&stride.parts);
        self.give_back(&stride.size);
        let others: Vec<u32> = stride.word.into_iter().chain(stride.down).collect();
        self.give_back(&others);
    }

    fn stride_of(&mut self, step: &'a Expr, same: bool) -> Stride {
        let of = step.of;
        let by = constant_int(step);
        let mut stride = Stride {
            of,
            by,
            word: None,
            parts: Vec::new(),
            size: Vec::new(),
            down: None,
        };
        if by.is_none() && !self.varies(step) {
            let kept = self.borrow(word(of));
            self.scalar(step);
            self.set(kept);
            stride.word = Some(kept);
        }
        match stride.word {
            Some(kept) => {
                self.get(kept);
                self.splat(of);
            }
            None => self.lanewise(step),
        }
        stride.parts = self.keep(of);
        if same {
            return stride;
        }
        let wide = if of.bytes() == 8 { Scalar::I64 } else { Scalar::I32 };
        for part in stride.parts.clone() {
            self.get(part);
            if of.is_signed() {
                match wide {
                    Scalar::I64 => self.put().i64x2_abs(),
                    _ => self.put().i32x4_abs(),
                };
            }
        }
        stride.size = self.keep(of);
        if by.is_none() && of.is_signed() {
            self.get_parts(&stride.parts);
            for _ in 0..stride.parts.len() {
                self.put().v128_const(0);
            }
            let parts = parts(of);
            self.each(parts, 2, |own| own.compare_vector(Compare::Less, of));
            self.mask_of(of);
            let down = self.borrow(ValType::V128);
            self.set(down);
            stride.down = Some(down);
        }
        stride
    }

    /// Puts one of two masks or vectors of a type on the stack by the direction: f makes either, for steps above zero or below.
    fn by_direction(&mut self, stride: &Stride, as_mask: bool, f: &dyn Fn(&mut Self, bool)) {
        let is_down = stride.of.is_signed() && stride.by.is_some_and(|by| by < 0);
        let Some(down) = stride.down else {
            return f(self, is_down);
        };
        f(self, true);
        f(self, false);
        self.get(down);
        self.blend(if as_mask { Scalar::Bool } else { stride.of });
    }

    fn get_counter(&mut self, var: Local, of: Scalar) {
        self.lanewise(&Expr::new(ExprKind::Local(var), of));
    }

    /// Which lanes have a first iteration.
    fn lanes_before(&mut self, var: Local, ends: &Parts, stride: &Stride) {
        let of = stride.of;
        self.by_direction(stride, true, &|own, is_down| {
            if is_down {
                own.get_parts(ends);
            }
            own.get_counter(var, of);
            if !is_down {
                own.get_parts(ends);
            }
            let parts = parts(of);
            own.each(parts, 2, |own| own.compare_vector(Compare::Less, of));
            own.mask_of(of);
        });
    }

    /// Which lanes have more than a step from the counter to the end.
    fn lanes_remaining(&mut self, var: Local, ends: &Parts, stride: &Stride) {
        let of = stride.of;
        let parts = parts(of);
        self.by_direction(stride, false, &|own, is_down| {
            if !is_down {
                own.get_parts(ends);
            }
            own.get_counter(var, of);
            if is_down {
                own.get_parts(ends);
            }
            own.each(parts, 2, |own| own.minus_vector(of));
        });
        self.get_parts(&stride.size);
        self.each(parts, 2, |own| own.above_vector(of));
        self.mask_of(of);
    }
}

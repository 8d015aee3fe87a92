//! Loops: over ranges, arrays and tuples, and parallel ones.

use super::operand::{Operand, Slot, Span3, compare, constant, local};
use super::scalars::binary;
use super::{Around, Jump, Maker};
use crate::diagnostic::Kind;
use crate::ir::{Binary, Compare, Cut, Expr, ExprKind, Failure, Local, ParFor, Stmt};
use crate::module::Global;
use crate::source::Span;
use crate::syntax;
use crate::told::{NotLanes, Serial, What};
use crate::types::Scalar;
use crate::walk;

impl Maker<'_> {
    pub(super) fn while_loop(
        &mut self,
        test: &syntax::Expr,
        body: &[syntax::Stmt],
        or_else: &[syntax::Stmt],
    ) -> bool {
        if self.comes_out(test) == Some(false) {
            self.decided(test);
            return self.block_here(or_else);
        }
        let at = self.span_at_hand.start + 1;
        self.program.told.say(at, What::Serial(Serial::While));
        self.program.told.say(at, What::NotLanes(NotLanes::While));
        let label = self.label();
        let outer = (!or_else.is_empty()).then(|| self.label());
        let (before, value) = self.aside(|maker| match maker.decided(test) {
            Some(is) => Some(Expr::bool(is)),
            None => {
                let value = maker.expr(test);
                maker.truth(value, test.span)
            }
        });
        let value = value.unwrap_or(Expr::bool(true));
        let is_endless = constant(&value).is_some_and(|known| known.as_int() != 0) && before.is_empty();
        let (body, _) = self.within(label, outer, |maker| {
            maker.block_here(body);
        });
        let leaves = has_leave(&body, outer.unwrap_or(label));
        let while_loop = Stmt::While {
            label,
            before,
            test: value,
            body,
        };
        self.with_else(while_loop, outer, or_else);
        !is_endless || leaves
    }

    /// A loop's body, with its jumps.
    fn within<T>(
        &mut self,
        label: crate::ir::Label,
        outer: Option<crate::ir::Label>,
        make: impl FnOnce(&mut Self) -> T,
    ) -> (Vec<Stmt>, T) {
        self.around(
            Around {
                breaks: Jump::Leave(outer.unwrap_or(label)),
                continues: Jump::Again(label),
            },
            make,
        )
    }

    fn around<T>(&mut self, around: Around, make: impl FnOnce(&mut Self) -> T) -> (Vec<Stmt>, T) {
        if let Some(frame) = self.frames.last_mut() {
            frame.loops.push(around);
        }
        let made = self.aside(make);
        if let Some(frame) = self.frames.last_mut() {
            frame.loops.pop();
        }
        made
    }

    fn with_else(&mut self, looping: Stmt, outer: Option<crate::ir::Label>, or_else: &[syntax::Stmt]) {
        match outer {
            None => self.emit(looping),
            Some(outer) => {
                let (mut body, _) = self.block(or_else);
                body.insert(0, looping);
                self.emit(Stmt::Block { label: outer, body });
            }
        }
    }

    pub(super) fn for_loop(
        &mut self,
        span: Span,
        target: &syntax::Expr,
        iter: &syntax::Expr,
        body: &[syntax::Stmt],
        or_else: &[syntax::Stmt],
    ) -> bool {
        let over = self.expr(iter);
        match over {
            Operand::Range(range) if range.is_parallel && self.is_outermost() && !is_left(body) => {
                self.program.told.say(span.start + 1, What::Parallel);
                self.parallel_loop(span, target, *range, body);
                if !or_else.is_empty() {
                    self.block_here(or_else);
                }
            }
            Operand::Range(range) => {
                let why = match (range.is_parallel, self.parallel.is_some(), self.is_outermost()) {
                    (_, true, _) => Serial::Within,
                    (false, ..) => Serial::Plain,
                    (.., false) => Serial::NotAsked,
                    (.., true) => Serial::Left,
                };
                self.program.told.say(span.start + 1, What::Serial(why));
                let counts = Some((target, body_span(body, target.span).end));
                self.range_loop(*range, counts, or_else, |maker, count| {
                    maker.assign(target, Operand::Value(count));
                    maker.block_here(body);
                });
            }
            Operand::Tuple(all) => self.unrolled(target, all, body, or_else),
            Operand::Known(Global::Tuple(all)) => {
                let all = all.into_iter().map(Operand::Known).collect();
                self.unrolled(target, all, body, or_else);
            }
            Operand::Method(of, name) if name == "enumerate" || name == "zip" => {
                self.together(target, &name, *of, iter.span, body, or_else);
            }
            Operand::Unknown | Operand::Known(Global::Invalid) => {
                // What is within still has faults and types.
                let label = self.label();
                let _ = self.within(label, None, |maker| maker.block_here(body));
                let _ = self.block(or_else);
            }
            other => {
                if !self.is_for("getiter", &other, iter.span) {
                    return true;
                }
                let Some(array) = self.handle(other, iter.span) else {
                    return true;
                };
                let array = self.unchanged(array, body);
                self.program.told.say(span.start + 1, What::Serial(Serial::Plain));
                let range = self.over_axis(array);
                self.range_loop(range, None, or_else, |maker, count| {
                    let item = maker.item(array, count, iter.span);
                    maker.assign(target, item);
                    maker.block_here(body);
                });
            }
        }
        true
    }

    /// Whether a `prange` here is one: not within another, and the function's decorator says so.
    pub(super) fn is_outermost(&self) -> bool {
        self.parallel.is_none() && self.options().is_some_and(|options| options.parallel)
    }

    fn over_axis(&mut self, array: crate::ir::Array) -> Span3 {
        Span3 {
            start: Expr::int(0),
            stop: length(array, 0),
            step: None,
            is_parallel: false,
        }
    }

    /// A handle that stays what it is while statements are done: one of its own if they give the name another array.
    fn unchanged(&mut self, array: crate::ir::Array, body: &[syntax::Stmt]) -> crate::ir::Array {
        fn has(slot: &Slot, array: crate::ir::Array) -> bool {
            match slot {
                Slot::Array(own) => *own == array,
                Slot::Tuple(all) => all.iter().any(|one| has(one, array)),
                Slot::Scalar(_) | Slot::Known(_) => false,
            }
        }
        let Some(frame) = self.frame_ref() else {
            return array;
        };
        let mut names = crate::sorted::Set::new();
        crate::setup::assigned(body, &mut names);
        let is_given = |web: super::Web| {
            let name = frame.webs.names.get(web.0 as usize);
            name.is_some_and(|name| names.contains(name.as_str()))
        };
        let is_theirs = |((key, web), variable): (&super::Var, &super::Variable)| {
            *key == frame.key && is_given(*web) && variable.is_in(&|slot| has(slot, array))
        };
        if !self.variables.iter().any(is_theirs) {
            return array;
        }
        let info = self.array_info(array).clone();
        self.bound(info.of, info.axes, info.layout, crate::ir::ArrayExpr::Same(array))
    }

    /// An element of the first axis: a number, or a part with an axis less.
    fn item(&mut self, array: crate::ir::Array, at: Expr, span: Span) -> Operand {
        let axes = self.array_info(array).axes;
        let site = self.site(span, Failure::Index(array, 0));
        let mut cuts = vec![Cut::At(at, site)];
        for _ in 1..axes {
            cuts.push(self.whole_axis(span));
        }
        self.part(array, cuts)
    }

    /// `for i, x in enumerate(a)` and `for x, y in zip(a, b)`.
    fn together(
        &mut self,
        target: &syntax::Expr,
        how: &str,
        of: Operand,
        span: Span,
        body: &[syntax::Stmt],
        or_else: &[syntax::Stmt],
    ) {
        let Operand::Tuple(mut all) = of else { return };
        let counts = how == "enumerate";
        let first = match counts && all.len() == 2 {
            true => {
                let first = all.pop().unwrap_or(Operand::Unknown);
                let Some(first) = self.index(first, span) else {
                    return;
                };
                self.named(first)
            }
            false => Expr::int(0),
        };
        if all
            .iter()
            .any(|one| matches!(one, Operand::Tuple(_) | Operand::Known(Global::Tuple(_))))
        {
            let first = counts.then_some(first);
            return self.tuples_together(target, first, all, span, body, or_else);
        }
        let mut arrays = Vec::new();
        for one in all {
            let Some(array) = self.handle(one, span) else {
                return;
            };
            arrays.push(self.unchanged(array, body));
        }
        let mut stop = length(arrays[0], 0);
        for &other in &arrays[1..] {
            let a = self.named(stop);
            let b = length(other, 0);
            stop = super::operand::select(compare(Compare::Less, b.clone(), a.clone()), b, a);
        }
        let range = Span3 {
            start: Expr::int(0),
            stop,
            step: None,
            is_parallel: false,
        };
        self.range_loop(range, None, or_else, |maker, count| {
            let mut parts = Vec::new();
            if counts {
                let number = match first.kind {
                    ExprKind::Const(0) => count.clone(),
                    _ => binary(Binary::Add, count.clone(), first.clone()),
                };
                parts.push(Operand::Value(number));
            }
            for &array in &arrays {
                parts.push(maker.item(array, count.clone(), span));
            }
            maker.assign(target, Operand::Tuple(parts));
            maker.block_here(body);
        });
    }

    /// The same of tuples.
    fn tuples_together(
        &mut self,
        target: &syntax::Expr,
        first: Option<Expr>,
        all: Vec<Operand>,
        span: Span,
        body: &[syntax::Stmt],
        or_else: &[syntax::Stmt],
    ) {
        let mut tuples: Vec<Vec<Operand>> = Vec::new();
        for one in all {
            match one {
                Operand::Tuple(parts) => tuples.push(parts),
                Operand::Known(Global::Tuple(parts)) => {
                    tuples.push(parts.into_iter().map(Operand::Known).collect());
                }
                _ => {
                    self.fault(Kind::Unsupported, span, "tuples go together with tuples only");
                    return;
                }
            }
        }
        let count = tuples.iter().map(Vec::len).min().unwrap_or(0);
        let items = (0..count)
            .map(|i| {
                let number = first
                    .clone()
                    .map(|first| Operand::Value(binary(Binary::Add, Expr::int(i as i64), first)));
                let parts = tuples.iter().map(|parts| parts[i].clone());
                Operand::Tuple(number.into_iter().chain(parts).collect())
            })
            .collect();
        self.unrolled(target, items, body, or_else);
    }

    /// Over the parts of a tuple: the body as often as there are parts.
    fn unrolled(
        &mut self,
        target: &syntax::Expr,
        all: Vec<Operand>,
        body: &[syntax::Stmt],
        or_else: &[syntax::Stmt],
    ) {
        let outer = self.label();
        let all = self.apart(all);
        let (mut whole, ()) = self.aside(|maker| {
            for one in all {
                if maker.is_full(target.span) {
                    return;
                }
                let label = maker.label();
                let around = Around {
                    breaks: Jump::Leave(outer),
                    continues: Jump::Leave(label),
                };
                let (body, _) = maker.around(around, |maker| {
                    maker.assign(target, one);
                    maker.block_here(body)
                });
                maker.emit(Stmt::Block { label, body });
            }
        });
        let (rest, _) = self.block(or_else);
        whole.extend(rest);
        self.emit(Stmt::Block {
            label: outer,
            body: whole,
        });
    }

    /// A serial loop. `target` is the name that may count by itself, if nothing else changes it, and where the body ends.
    pub(super) fn range_loop(
        &mut self,
        range: Span3,
        target: Option<(&syntax::Expr, u32)>,
        or_else: &[syntax::Stmt],
        make: impl FnOnce(&mut Self, Expr),
    ) {
        let mut make = Some(make);
        self.range_loop_of(range, target, or_else, &mut |maker, count| {
            if let Some(make) = make.take() {
                make(maker, count);
            }
        });
    }

    /// The same, written out once.
    fn range_loop_of(
        &mut self,
        range: Span3,
        target: Option<(&syntax::Expr, u32)>,
        or_else: &[syntax::Stmt],
        make: &mut dyn FnMut(&mut Self, Expr),
    ) {
        let label = self.label();
        let outer = (!or_else.is_empty()).then(|| self.label());
        let of = range.start.of;
        let step = match range.step {
            None => Expr::bits(of, 1),
            Some((step, span)) => {
                let step = self.named(step);
                if constant(&step).is_none() {
                    let site = self.site(span, Failure::Step);
                    let zero = Expr::bits(of, 0);
                    self.emit(Stmt::Check(compare(Compare::Unequal, step.clone(), zero), site));
                }
                step
            }
        };
        let var = self.counter(target.map(|(target, _)| target), of);
        let (mut body, ()) = self.within(label, outer, |maker| make(maker, local(of, var)));
        self.count_by_itself(var, target, &mut body);
        let looping = Stmt::For {
            label,
            var,
            start: range.start,
            stop: range.stop,
            step,
            vector: false,
            body,
        };
        self.with_else(looping, outer, or_else);
    }

    /// What a loop counts with: a variable that the source does not know.
    fn counter(&mut self, target: Option<&syntax::Expr>, of: Scalar) -> Local {
        match target.map(|target| &target.kind) {
            Some(syntax::ExprKind::Name(name)) => {
                let name = format!("${name}");
                self.local(&name, of)
            }
            _ => self.temp(of),
        }
    }

    /// Where the source's variable is only what is counted, one of them is enough: its first statement goes, and
    /// the counter's name is the source's.
    fn count_by_itself(&mut self, var: Local, target: Option<(&syntax::Expr, u32)>, body: &mut Vec<Stmt>) {
        let (Some(frame), Some((target, end))) = (self.frame_ref(), target) else {
            return;
        };
        let syntax::ExprKind::Name(name) = &target.kind else {
            return;
        };
        let Some(web) = frame.webs.store(target.span) else {
            return;
        };
        let Some(Stmt::Set(set, value)) = body.first() else {
            return;
        };
        let named = *set;
        let variable = self.variables.get(&(frame.key, web));
        let is_named = |slot: &Slot| matches!(slot, Slot::Scalar(at) if *at == named);
        if !variable.is_some_and(|variable| variable.is_in(&is_named)) {
            return;
        }
        // Only this loop gives it a value, and nothing behind the loop reads it.
        let is_elsewhere = frame
            .webs
            .places(web)
            .any(|at| at < target.span.start || at >= end);
        if value.kind != ExprKind::Local(var) || is_elsewhere || walk::sets(body, named) != 1 {
            return;
        }
        body.remove(0);
        walk::rename(body, named, var);
        self.program.locals[var.0 as usize].name.clone_from(name);
    }

    fn parallel_loop(&mut self, span: Span, target: &syntax::Expr, range: Span3, body: &[syntax::Stmt]) {
        if let Some((step, at)) = &range.step
            && constant(step).is_none_or(|step| step.as_int() != 1)
        {
            self.fault(Kind::Unsupported, *at, "a 'prange' goes by steps of 1");
            self.help("count from 0 by 1, and multiply within the loop");
        }
        let (mut start, mut stop) = (range.start, range.stop);
        let of = start.of;
        let inside = body_span(body, target.span);
        let reductions = self.reductions(target, body, inside);
        let label = self.label();
        let var = self.counter(Some(target), of);
        for (var, ..) in &reductions {
            self.begin_reduced(*var, inside);
        }
        let outer = self.parallel.replace(self.frames.len());
        let around = Around {
            breaks: Jump::Forbidden,
            continues: Jump::Leave(label),
        };
        let (mut statements, ()) = self.around(around, |maker| {
            maker.assign(target, Operand::Value(local(of, var)));
            maker.block_here(body);
        });
        self.parallel = outer;
        self.count_by_itself(var, Some((target, inside.end)), &mut statements);
        let crossings = reductions;
        let reductions = self.reduced(&crossings);
        for (flag, site) in self.flags_within(&mut statements, &reductions) {
            (start, stop) = (self.named(start), self.named(stop));
            let is_empty = compare(Compare::AtMost, stop.clone(), start.clone());
            let is_set = local(Scalar::Bool, flag);
            self.emit(Stmt::Check(binary(Binary::Or, is_set, is_empty), site));
        }
        let private = walk::private(&statements, var, &reductions);
        self.emit(Stmt::ParFor(Box::new(ParFor {
            span,
            label,
            var,
            start,
            stop,
            body: statements,
            private: private.0,
            private_arrays: private.1,
            reductions,
        })));
        for (var, ..) in crossings {
            self.end_reduced(var, inside);
        }
    }
}

/// How many elements an array has along an axis.
pub(super) fn length(array: crate::ir::Array, axis: u8) -> Expr {
    Expr::new(ExprKind::Length(array, axis), Scalar::I64)
}

/// From a loop's target to the end of its last statement, whatever is nested in it.
pub(super) fn body_span(body: &[syntax::Stmt], target: Span) -> Span {
    body.iter().fold(target, |span, stmt| span.to(whole_span(stmt)))
}

fn whole_span(stmt: &syntax::Stmt) -> Span {
    use syntax::StmtKind::{For, If, While};
    let blocks: [&[syntax::Stmt]; 2] = match &stmt.kind {
        For { body, or_else, .. } | While { body, or_else, .. } | If { body, or_else, .. } => [body, or_else],
        _ => [&[], &[]],
    };
    blocks
        .into_iter()
        .flatten()
        .fold(stmt.span, |span, one| span.to(whole_span(one)))
}

/// Whether a loop can be left early: no parallel one in Numba either.
fn is_left(body: &[syntax::Stmt]) -> bool {
    use syntax::StmtKind;
    body.iter().any(|stmt| match &stmt.kind {
        StmtKind::Break | StmtKind::Return(_) => true,
        StmtKind::If { body, or_else, .. } => is_left(body) || is_left(or_else),
        StmtKind::For { body, or_else, .. } | StmtKind::While { body, or_else, .. } => {
            returns(body) || is_left(or_else)
        }
        _ => false,
    })
}

fn returns(body: &[syntax::Stmt]) -> bool {
    use syntax::StmtKind;
    body.iter().any(|stmt| match &stmt.kind {
        StmtKind::Return(_) => true,
        StmtKind::If { body, or_else, .. }
        | StmtKind::For { body, or_else, .. }
        | StmtKind::While { body, or_else, .. } => returns(body) || returns(or_else),
        _ => false,
    })
}

pub(super) fn has_leave(body: &[Stmt], label: crate::ir::Label) -> bool {
    let mut any = false;
    walk::statements(body, &mut |stmt| {
        any |= matches!(stmt, Stmt::Leave(to) if *to == label)
    });
    any
}

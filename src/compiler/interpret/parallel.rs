//! The machine's parallel loops: iterations in some order, reductions by the fixed tree.

use super::boxed::{self, Boxed};
use super::code::{self, Code};
use super::failed::Failed;
use super::order::Schedule;
use super::{Fault, Machine, Step};
use crate::ir::{self, LANES, Reduction};
use crate::types::Scalar;

/// A parallel loop that runs.
#[derive(Debug)]
pub(super) struct Par {
    /// Which.
    pub at: u32,
    /// Its variable's first value, and type.
    start: i128,
    of: Scalar,
    n: u64,
    /// The iteration that runs, from 0; none between two.
    current: Option<u64>,
    done: u64,
    schedule: Schedule,
    crossing: Vec<Crossing>,
    /// The smallest iteration that failed: those behind it need not run.
    failed: Option<(u64, Box<Failed>)>,
}

/// A reduction while its loop runs.
#[derive(Debug)]
struct Crossing {
    /// The local's value before the loop.
    before: Boxed,
    neutral: Boxed,
    lanes: [Boxed; LANES as usize],
    leaves: Vec<Boxed>,
}

impl Par {
    /// The number of the iteration that runs, from 0.
    pub fn iteration(&self) -> u64 {
        self.current.unwrap_or_default()
    }

    /// The loop's variable in the iteration that runs.
    pub fn variable(&self) -> i128 {
        self.variable_of(self.iteration())
    }

    /// The loop's variable in an iteration.
    pub fn variable_of(&self, iteration: u64) -> i128 {
        self.start + i128::from(iteration)
    }

    /// How many iterations have ended, of how many.
    pub fn progress(&self) -> (u64, u64) {
        (self.done, self.n)
    }

    /// The iteration that runs has failed.
    pub fn fail(&mut self, failed: Box<Failed>) {
        let iteration = self.iteration();
        if self.failed.as_ref().is_none_or(|(first, _)| iteration < *first) {
            self.failed = Some((iteration, failed));
        }
    }
}

/// The lanes in their order: `((0+4)+(2+6))+((1+5)+(3+7))`.
fn combined(reduction: &Reduction, lanes: &[Boxed; LANES as usize]) -> Option<Boxed> {
    let op = |a: Boxed, b: Boxed| boxed::binary(reduction.op.binary(), a, b);
    let half = |i: usize| op(op(lanes[i], lanes[i + 4])?, op(lanes[i + 2], lanes[i + 6])?);
    op(half(0)?, half(1)?)
}

const MISFIT: &str = "reductions are of a type that has their operation";

impl Machine {
    pub(super) fn begin_par(&mut self, code: &Code, at: u32) -> Step<()> {
        let par = &code.par_fors[at as usize];
        let first = self.get(par.start);
        let (Some(start), Some(stop), Some(of)) = (first.integer(), self.get(par.stop).integer(), first.of())
        else {
            return Err(self.misfit(&[par.start, par.stop]));
        };
        let n = u64::try_from((stop - start).max(0)).unwrap_or(u64::MAX);
        self.epoch = self.epoch.wrapping_add(1);
        let leaves = n.div_ceil(ir::leaf(n)) as usize;
        let crossing = par.reductions.iter().map(|reduction| {
            let of = code.locals[reduction.local.0 as usize].1;
            let neutral = Boxed::new(of, reduction.op.neutral(of));
            Crossing {
                before: self.get(reduction.local.0),
                neutral,
                lanes: [neutral; LANES as usize],
                leaves: vec![neutral; leaves],
            }
        });
        let crossing: Vec<Crossing> = crossing.collect();
        let locals = par.reductions.iter().map(|reduction| reduction.local.0);
        let locals: Vec<u32> = locals.collect();
        if crossing
            .iter()
            .any(|crossing| crossing.before == Boxed::Undefined)
        {
            return Err(self.misfit(&locals));
        }
        self.par = Some(Par {
            at,
            start,
            of,
            n,
            current: None,
            done: 0,
            schedule: Schedule::new(self.options.order, n, !par.reductions.is_empty()),
            crossing,
            failed: None,
        });
        self.pc = par.next as usize;
        Ok(())
    }

    /// Ends an iteration and begins the next, or ends the loop.
    pub(super) fn next_par(&mut self, code: &Code) -> Step<()> {
        let Some(mut running) = self.par.take() else {
            return Err(Fault::broken("an iteration ends in its loop"));
        };
        let par = &code.par_fors[running.at as usize];
        let leaf = ir::leaf(running.n);
        let ended = running.current.take();
        if let Some(iteration) = ended {
            running.done += 1;
            for (crossing, reduction) in running.crossing.iter_mut().zip(&par.reductions) {
                crossing.lanes[(iteration % LANES) as usize] = self.get(reduction.local.0);
            }
        }
        self.forget(par);
        let next = running.schedule.next();
        // What is behind an iteration that failed need not run. One step for each, to stay within the budget.
        let is_natural = self.options.order == super::Order::Natural;
        let is_behind = |one: u64| running.failed.as_ref().is_some_and(|(failed, _)| one > *failed);
        let next = next.filter(|one| !(is_natural && is_behind(*one)));
        let leaf_of = |iteration: Option<u64>| iteration.map(|iteration| iteration / leaf);
        if let Some(last) = leaf_of(ended).filter(|last| leaf_of(next) != Some(*last)) {
            for (crossing, reduction) in running.crossing.iter_mut().zip(&par.reductions) {
                let sum = combined(reduction, &crossing.lanes).ok_or_else(|| Fault::broken(MISFIT))?;
                crossing.leaves[last as usize] = sum;
                crossing.lanes = [crossing.neutral; LANES as usize];
            }
        }
        let Some(iteration) = next else {
            return self.end_par(par, running);
        };
        if is_behind(iteration) {
            // Not run; this instruction again.
            self.pc = par.next as usize;
            self.par = Some(running);
            return Ok(());
        }
        for (crossing, reduction) in running.crossing.iter().zip(&par.reductions) {
            self.set(reduction.local.0, crossing.lanes[(iteration % LANES) as usize]);
        }
        self.set(
            par.var,
            Boxed::new(running.of, running.variable_of(iteration) as u64),
        );
        self.pc = par.body as usize;
        running.current = Some(iteration);
        self.par = Some(running);
        Ok(())
    }

    /// What is private to an iteration is undefined again.
    fn forget(&mut self, par: &code::ParFor) {
        for &private in &par.private {
            self.set(private, Boxed::Undefined);
        }
        for &array in &par.private_arrays {
            if let Some(handle) = self.arrays[array as usize].take() {
                self.memory.release(&handle);
            }
        }
    }

    fn end_par(&mut self, par: &code::ParFor, running: Par) -> Step<()> {
        if let Some((_, failed)) = running.failed {
            self.ended = Some(Err(failed));
            return Ok(());
        }
        for (crossing, reduction) in running.crossing.iter().zip(&par.reductions) {
            let mut leaves = crossing.leaves.iter().copied();
            // A loop without iterations leaves the local as it was.
            let mut value = crossing.before;
            if let Some(first) = leaves.next() {
                let op = |a, b| boxed::binary(reduction.op.binary(), a, b);
                let total = leaves.try_fold(first, op);
                let after = total.and_then(|total| op(crossing.before, total));
                value = after.ok_or_else(|| Fault::broken(MISFIT))?;
            }
            self.set(reduction.local.0, value);
        }
        self.set(par.var, Boxed::Undefined);
        self.pc = par.end as usize;
        Ok(())
    }
}

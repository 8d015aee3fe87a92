//! What rows from Python need beside the others: a smaller problem for the interpreter, a reference where no
//! workload has one, and a budget that does for all.

use super::{LEAST_RUNS, Row, Run, Work};
use crate::calibrate;
use crate::planner::is_extra;
use parallax_backends::{Backend, BackendError, Deal, Order};
use parallax_protocol::{Event, Experiment, PlanRow, RunPlan, Sampled, Support};
use parallax_workloads::{Arithmetic, Output, Problem, Workload};
use std::cell::RefCell;
use std::sync::Arc;

/// Rounds for which there has to be time, or rows that nobody has named are left out: fewer carry no
/// interval.
const ROUNDS: f64 = LEAST_RUNS / 2.0;
/// Operations that the interpreter is given of a kernel of one's own: about a second of them, and in unoptimised tests
/// fewer.
const MOST_OF_ITS_OWN: f64 = if cfg!(test) { 1e4 } else { 4e6 };
/// Sizes that are tried for fewer.
const TRIES: u32 = 6;
/// Who computes what others are compared with, where no row can: the quickest first.
const INSTEAD: [&str; 2] = ["scalar:python", INTERPRETER];
/// The slowest by far.
pub(super) const INTERPRETER: &str = "interpreter";

impl Run<'_> {
    /// Smaller work for a back end that takes too long over the whole.
    pub(super) async fn smaller(
        &self,
        backend: &'static dyn Backend,
        row: &PlanRow,
        work: &Work,
    ) -> Result<Option<(Work, Sampled)>, BackendError> {
        let Some(most) = backend.most_operations() else {
            return Ok(None);
        };
        let Some(workload) = work.workload else {
            return self.smaller_own(row, work).await;
        };
        let whole = work.problem.flops();
        if whole <= most {
            return Ok(None);
        }
        let (seed, size) = (self.spec.seed, row.size);
        let smaller = self
            .machine
            .pool
            .offload(move || largest(workload, size, seed, most))
            .await
            .map_err(|message| BackendError::Panicked { message })??;
        let Some((size, problem)) = smaller else {
            return Ok(None);
        };
        let problem: Arc<dyn Problem> = Arc::from(problem);
        let sampled = Sampled {
            size,
            factor: whole / problem.flops(),
        };
        let reference = self.reference(&problem).await?;
        let work = Work {
            workload: work.workload,
            own: None,
            reference: RefCell::new(Some(Arc::new(reference))),
            problem,
            budget_s: work.budget_s,
        };
        Ok(Some((work, sampled)))
    }

    /// The same of a kernel of one's own. How many operations a size has is only known when they are counted: sizes
    /// are tried from the half of the whole on, along the power that the last two show.
    async fn smaller_own(&self, row: &PlanRow, work: &Work) -> Result<Option<(Work, Sampled)>, BackendError> {
        let (Some(own), Some(kernel)) = (&work.own, &self.spec.kernel) else {
            return Ok(None);
        };
        let stop = self.control.flag();
        own.count(self.machine, &stop, false).await?;
        let whole = own.problem.flops();
        if whole <= MOST_OF_ITS_OWN {
            return Ok(None);
        }
        let (mut size, mut before) = (row.size / 2, (f64::from(row.size), whole));
        for _ in 0..TRIES {
            if size == 0 {
                break;
            }
            let made =
                parallax_backends::compiler::own(self.machine, kernel.clone(), size, stop.clone()).await;
            // A setup may not take every size: then there is no smaller problem.
            let own = match made {
                Ok(own) => own,
                Err(BackendError::Python(_)) => break,
                Err(error) => return Err(error),
            };
            own.count(self.machine, &stop, false).await?;
            let operations = own.problem.flops();
            if operations <= 0.0 {
                break;
            }
            if operations <= MOST_OF_ITS_OWN {
                let sampled = Sampled {
                    size,
                    factor: whole / operations,
                };
                let problem = Arc::clone(&own.problem);
                let work = Work {
                    workload: None,
                    own: Some(own),
                    reference: RefCell::new(self.instead(&problem).await?),
                    problem,
                    budget_s: work.budget_s,
                };
                return Ok(Some((work, sampled)));
            }
            let n = f64::from(size);
            let power = (before.1 / operations).ln() / (before.0 / n).ln();
            let power = if power.is_finite() {
                power.clamp(0.5, 4.0)
            } else {
                1.0
            };
            before = (n, operations);
            let next = n * (0.8 * MOST_OF_ITS_OWN / operations).powf(1.0 / power);
            size = (next as u32).min(size - 1);
        }
        Ok(None)
    }

    /// Tells that a row runs less than the whole.
    pub(super) fn sampled(&self, row: &PlanRow, sampled: Sampled) {
        (self.emit)(Event::Sampled {
            job: self.job,
            backend: row.backend.clone(),
            sampled,
        });
        let factor = match sampled.factor >= 100.0 {
            true => format!("{:.0}", sampled.factor),
            false => format!("{:.1}", sampled.factor),
        };
        let text = format!(
            "extrapolated: timed and verified at n = {}, and its times multiplied by {factor}, the operations of \
             the whole over those",
            sampled.size
        );
        self.note(&row.backend, text);
    }

    /// What an output is compared with; `None` if it is what others will be compared with.
    pub(super) async fn reference_of(
        &self,
        output: &Output,
        backend: &'static dyn Backend,
        work: &Work,
    ) -> Result<Option<Arc<Output>>, BackendError> {
        let there = work.reference.borrow().clone();
        if there.is_some() || backend.arithmetic() == Arithmetic::Ieee {
            return Ok(there);
        }
        debug_assert!(work.workload.is_none() && !output.is_empty());
        // A GPU alone: what is right is computed apart.
        let reference = self.instead(&work.problem).await?;
        work.reference.replace(reference.clone());
        Ok(reference)
    }

    /// What a kernel of one's own gives, computed apart from any row.
    async fn instead(&self, problem: &Arc<dyn Problem>) -> Result<Option<Arc<Output>>, BackendError> {
        for backend in INSTEAD.into_iter().filter_map(parallax_backends::find) {
            if !backend.probe(self.machine).is_yes() {
                continue;
            }
            let order = Order {
                threads: 1,
                deal: Deal::default(),
                stop: self.control.flag(),
                inject: None,
            };
            let problem = Arc::clone(problem);
            let mut prepared = backend.prepare(self.machine, problem, order).await?;
            prepared.run(1).await?;
            return Ok(Some(Arc::new(prepared.output().await?)));
        }
        Ok(None)
    }

    /// Rows from Python that nobody has named are left out, the slowest first, until the budget does for
    /// all others.
    pub(super) fn make_time(&self, rows: &mut Vec<Row>, budget_s: f64) {
        if self.spec.experiment != Experiment::Race {
            return;
        }
        let expected = |row: &Row| {
            let least = calibrate::target_ms(self.timer_resolution_us);
            row.first_run_ms.max(least) + f64::from(calibrate::DRAW_MS) / 8.0
        };
        let limit_ms = budget_s * 1e3 * (1.0 - calibrate::WARM_UP_SHARE);
        while rows.iter().map(expected).sum::<f64>() * ROUNDS > limit_ms {
            let extras = rows.iter().enumerate();
            let extras = extras.filter(|(_, row)| is_extra(&self.spec, row.entry.plan.form));
            let slowest = extras.max_by(|a, b| expected(a.1).total_cmp(&expected(b.1)));
            let Some((place, _)) = slowest else { return };
            let row = rows.remove(place);
            self.leave(
                &row.entry.plan,
                "verified, but left out of the race: this budget does not do for it beside the others; give \
                 it more seconds or fewer back ends"
                    .into(),
            );
        }
    }

    /// Tells that a row is not run after all.
    pub(super) fn leave(&self, row: &PlanRow, reason: String) {
        let row = PlanRow {
            support: Support::no(reason),
            ..row.clone()
        };
        (self.emit)(Event::Planned {
            job: self.job,
            plan: RunPlan {
                spec: self.spec.clone(),
                rows: vec![row],
            },
        });
    }
}

/// A size and its problem.
type Smaller = (u32, Box<dyn Problem>);

/// The largest problem of at most so many operations, up to a size; `None` if there is none smaller.
fn largest(
    workload: &dyn Workload,
    size: u32,
    seed: u64,
    most: f64,
) -> Result<Option<Smaller>, BackendError> {
    let (least, _) = workload.size_range();
    let fits = |n: u32| -> Result<bool, BackendError> { Ok(workload.problem(n, seed)?.flops() <= most) };
    // Never far above what fits: problems bring their inputs.
    let mut low = least;
    while low < size / 2 && fits(low * 2)? {
        low *= 2;
    }
    let mut high = (low * 2).min(size);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        match fits(middle)? {
            true => low = middle,
            false => high = middle,
        }
    }
    match low < size {
        true => Ok(Some((low, workload.problem(low, seed)?))),
        false => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_smaller_problem_has_about_as_many_operations_as_it_may() {
        const MOST: f64 = 2e5;
        for workload in parallax_workloads::registry() {
            let info = workload.info();
            let found = largest(*workload, info.default_size, 3, MOST);
            let (size, problem) = found.ok().flatten().unwrap();
            assert!(size < info.default_size, "{}", info.id);
            let share = problem.flops() / MOST;
            assert!(share <= 1.0 && share > 0.5, "{}: {size} has {share}", info.id);
        }
    }
}

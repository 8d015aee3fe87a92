//! Carries out a run, stage by stage: reference, then every row prepared and verified, then what [`measure`]
//! takes of them. A failing row ends alone; a wrong one is never timed.

use crate::planner::{Room, check, fits, plan};
use crate::stages::{Stage as Step, stages};
use crate::{Control, calibrate, probing};
use parallax_backends::compiler::OwnKernel;
use parallax_backends::{Backend, BackendError, Deal, Job, Machine, Order, Pool, Prepared, Team};
use parallax_protocol::{
    Cold, Event, Experiment, Fault, FaultKind, InjectKind, LabEvent, Outcome, PlanRow, RunSpec, Sample,
    Stage, Support, Verification, base_id,
};
use parallax_workloads::{Output, Problem, Workload};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::sync::Arc;

mod after;
mod measure;
mod outputs;
mod paces;
mod python;

use paces::Paces;

/// Rows that cannot all run this often within a stage's budget are left out, the slowest first.
const LEAST_RUNS: f64 = 12.0;
/// How often a hidden page is looked at, in milliseconds.
const HIDDEN_POLL_MS: u32 = 100;

/// Runs a spec and emits its events; the last is always `Finished`.
pub async fn run(
    machine: &Machine,
    timer_resolution_us: f64,
    job: u32,
    spec: RunSpec,
    control: &Control,
    emit: &dyn Fn(Event),
) {
    let run = Run {
        machine,
        timer_resolution_us,
        job,
        spec,
        control,
        emit,
        paces: RefCell::default(),
        spent_s: Cell::new(0.0),
    };
    let outcome = match run.all().await {
        Ok(outcome) => outcome,
        Err(End::Stopped) => Outcome::Stopped,
        Err(End::Failed(fault)) => {
            run.failed(fault);
            Outcome::NothingToTime
        }
    };
    emit(Event::Finished { job, outcome });
}

/// Why a run ends before its time.
enum End {
    Stopped,
    Failed(Fault),
}

impl From<BackendError> for End {
    fn from(error: BackendError) -> End {
        match error.kind() {
            None => End::Stopped,
            Some(kind) => End::Failed(Fault {
                diagnostics: error.diagnostics().to_vec(),
                ..Fault::new(None, kind, error.to_string())
            }),
        }
    }
}

struct Run<'a> {
    machine: &'a Machine,
    timer_resolution_us: f64,
    job: u32,
    spec: RunSpec,
    control: &'a Control,
    emit: &'a dyn Fn(Event),
    /// Milliseconds per operation of each back end at the size before.
    paces: RefCell<BTreeMap<String, Paces>>,
    /// Seconds that the stages before took.
    spent_s: Cell<f64>,
}

/// What rows are prepared from and checked against.
struct Work {
    /// `None` for a kernel of one's own.
    workload: Option<&'static dyn Workload>,
    /// That kernel.
    own: Option<OwnKernel>,
    problem: Arc<dyn Problem>,
    /// Of a kernel of one's own what the first of its rows gave.
    reference: RefCell<Option<Arc<Output>>>,
    /// Seconds for the stage.
    budget_s: f64,
}

/// A row that is to be prepared.
#[derive(Clone)]
struct Entry {
    plan: PlanRow,
    deal: Deal,
}

/// A verified row that is being timed.
struct Row {
    id: String,
    entry: Entry,
    /// Its device was lost once and asked for again; a second loss ends it.
    rebuilt: bool,
    prepared: Box<dyn Prepared>,
    first_run_ms: f64,
    /// What its times are multiplied with, if it runs less than the whole.
    factor: f64,
    /// Runs in a batch.
    batch: u32,
    samples: Vec<Sample>,
}

impl Run<'_> {
    async fn all(&self) -> Result<Outcome, End> {
        let bad = |error: crate::SpecError| End::Failed(error.into());
        check(self.machine, &self.spec).map_err(bad)?;
        let steps = stages(self.machine, &self.spec).map_err(bad)?;
        if let [only] = &steps[..] {
            fits(self.machine, &self.spec, only).map_err(bad)?;
        }
        let mut ended = None;
        if let Some(budget_s) = probing::budget_s(&self.spec) {
            let begin = self.machine.host.now_ms();
            let outcome = probing::run(probing::Probing {
                machine: self.machine,
                timer_resolution_us: self.timer_resolution_us,
                job: self.job,
                spec: &self.spec,
                budget_s,
                control: self.control,
                emit: self.emit,
            });
            let outcome = outcome.await?;
            self.spent_s.set((self.machine.host.now_ms() - begin) / 1e3);
            // With rows, these say how the run ended.
            ended = steps.is_empty().then_some(outcome);
        }
        for step in &steps {
            let begin = self.machine.host.now_ms();
            let outcome = self.step(step).await?;
            let spent_s = (self.machine.host.now_ms() - begin) / 1e3;
            self.spent_s.set(self.spent_s.get() + spent_s.min(step.budget_s));
            // The stage that was cut shortest says how the run ended.
            ended = match (ended, outcome) {
                (None, outcome) => Some(outcome),
                (Some(before), Outcome::NothingToTime) => Some(before),
                (Some(Outcome::BudgetSpent), _) => Some(Outcome::BudgetSpent),
                (Some(_), outcome) => Some(outcome),
            };
        }
        Ok(ended.unwrap_or(Outcome::NothingToTime))
    }

    /// One stage from its inputs to its last sample.
    async fn step(&self, step: &Step) -> Result<Outcome, End> {
        let pool = &self.machine.pool;
        let (workload, size, seed) = (step.workload, step.size, self.spec.seed);
        self.stage(None, Stage::Reference);
        let room = match fits(self.machine, &self.spec, step) {
            Ok(room) => room,
            Err(instead) => {
                let why = instead.to_string();
                let plan = plan(self.machine, &self.spec, step, Room::All, Err(&why));
                (self.emit)(Event::Planned { job: self.job, plan });
                return Ok(Outcome::NothingToTime);
            }
        };
        // Compiled once for its arguments and for its rows.
        let mut kernel = None;
        let problem: Arc<dyn Problem> = match (workload, &self.spec.kernel) {
            (Some(workload), _) => {
                let problem = pool.offload(move || workload.problem(size, seed)).await;
                Arc::from(problem.map_err(panicked)?.map_err(BackendError::from)?)
            }
            (None, text) => {
                let (text, stop) = (text.clone().unwrap_or_default(), self.control.flag());
                let own = parallax_backends::compiler::own(self.machine, text, size, stop).await?;
                if self.spec.experiment != Experiment::Race {
                    own.count(self.machine, &self.control.flag(), true).await?;
                }
                let problem = Arc::clone(&own.problem);
                kernel = Some(own);
                problem
            }
        };
        let mut plan = plan(self.machine, &self.spec, step, room, Ok(&*problem));
        self.leave_out(&mut plan.rows, step.budget_s);
        let entries = plan.rows.iter().zip(&step.rows);
        let entries = entries.map(|(plan, row)| Entry {
            plan: plan.clone(),
            deal: row.deal.unwrap_or_default(),
        });
        let mut entries: Vec<Entry> = entries.filter(|entry| entry.plan.support.is_yes()).collect();
        if workload.is_none() {
            // The slowest has the last word: by then the others have shown what they made.
            entries.sort_by_key(|entry| base_id(&entry.plan.backend) == python::INTERPRETER);
        }
        (self.emit)(Event::Planned { job: self.job, plan });
        if entries.is_empty() {
            return Ok(Outcome::NothingToTime);
        }

        let reference = match workload {
            Some(_) => Some(Arc::new(self.reference(&problem).await?)),
            None => None,
        };
        let work = Work {
            workload,
            own: kernel,
            reference: RefCell::new(reference),
            problem,
            budget_s: step.budget_s,
        };
        let mut ready = Vec::new();
        for entry in &entries {
            self.breathe().await?;
            let id = &entry.plan.backend;
            let first = self.prepare(entry, &work).await;
            let lost = self.lost(id, &first);
            let prepared = match lost {
                true => self.prepare(entry, &work).await,
                false => first,
            };
            match prepared {
                Ok(Some(row)) => ready.push(Row { rebuilt: lost, ..row }),
                Ok(None) => {}
                Err(BackendError::LeftOut { reason }) => self.leave(&entry.plan, reason),
                Err(error) => self.fail(id, error)?,
            }
        }
        self.make_time(&mut ready, work.budget_s);
        self.measure(ready, &work).await
    }

    /// The slowest rows are skipped until the rest can run often enough within the budget, going by
    /// the sizes before: one that takes most of the time would take the others' rounds as well.
    fn leave_out(&self, rows: &mut [PlanRow], budget_s: f64) {
        if self.spec.experiment != Experiment::Sizes {
            return;
        }
        let paces = self.paces.borrow();
        let mut expected: Vec<(usize, f64)> = rows
            .iter()
            .enumerate()
            .filter(|(_, row)| row.support.is_yes())
            .filter_map(|(i, row)| Some((i, paces.get(base_id(&row.backend))?.at(work_of(row))?)))
            .collect();
        expected.sort_by(|a, b| b.1.total_cmp(&a.1));
        let mut block_ms: f64 = expected.iter().map(|(_, ms)| ms).sum();
        for (i, ms) in expected {
            if block_ms * LEAST_RUNS <= budget_s * 1e3 {
                break;
            }
            block_ms -= ms;
            let some = match ms < 1e3 {
                true => format!("{ms:.0} ms"),
                false => format!("{:.1} s", ms / 1e3),
            };
            rows[i].support = Support::no(format!(
                "left out: one run would take some {some}, which is too long for this budget"
            ));
        }
    }

    /// Whether a device was lost, which is said on the row: it is asked for again, once.
    fn lost<T>(&self, backend: &str, result: &Result<T, BackendError>) -> bool {
        let Err(BackendError::DeviceLost { reason }) = result else {
            return false;
        };
        self.note(
            backend,
            format!("the GPU device was lost once ({reason}) and was asked for again"),
        );
        true
    }

    /// What becomes of a row that broke down: prepared and verified anew if its device was lost
    /// for the first time. False if it is gone, which has been said then.
    async fn rebuild(&self, row: &mut Row, error: BackendError, work: &Work) -> Result<bool, End> {
        let result = Err(error);
        let anew = match !row.rebuilt && self.lost(&row.id, &result) {
            true => self.prepare(&row.entry, work).await,
            false => result,
        };
        match anew {
            Ok(Some(anew)) => {
                row.prepared = anew.prepared;
                row.factor = anew.factor;
                row.rebuilt = true;
                Ok(true)
            }
            Ok(None) => Ok(false),
            Err(BackendError::LeftOut { reason }) => {
                self.leave(&row.entry.plan, reason);
                Ok(false)
            }
            Err(error) => self.fail(&row.id, error).map(|()| false),
        }
    }

    /// The reference's output, computed on all threads.
    async fn reference(&self, problem: &Arc<dyn Problem>) -> Result<Output, BackendError> {
        let pool = &self.machine.pool;
        let own = Arc::clone(problem);
        let kernel = pool.offload(move || own.reference()).await;
        let kernel = kernel.map_err(|message| BackendError::Panicked { message })??;
        let mut kernel: Arc<dyn parallax_workloads::Kernel> = Arc::from(kernel);
        let job = Job::new(pool.threads(), 1, self.control.flag());
        Team::run(pool, Arc::clone(&kernel), job).await?;
        let output = Arc::get_mut(&mut kernel).map(|kernel| kernel.output());
        Ok(output.ok_or(BackendError::Stopped)??)
    }

    /// The cold part of a row. `None` if it is wrong, which has been said then.
    async fn prepare(&self, entry: &Entry, work: &Work) -> Result<Option<Row>, BackendError> {
        let row = &entry.plan;
        let Some(backend) = parallax_backends::find(&row.backend) else {
            return Ok(None);
        };
        self.stage(Some(&row.backend), Stage::Preparing);
        let smaller = self.smaller(backend, row, work).await?;
        let (work, factor) = match &smaller {
            Some((work, sampled)) => (work, sampled.factor),
            None => (work, 1.0),
        };
        let problem = &work.problem;
        // Of several rows of a back end all.
        let own = row.backend.split('@').next();
        let inject = self.spec.inject.as_ref().filter(|i| Some(&*i.backend) == own);
        let inject = inject.map(|i| i.kind);
        let order = Order {
            threads: row.threads as usize,
            deal: entry.deal,
            stop: self.control.flag(),
            inject,
        };
        let host = &self.machine.host;
        let begin = host.now_ms();
        let mut prepared = backend.prepare(self.machine, Arc::clone(problem), order).await?;
        let started = host.now_ms();
        if let Some(text) = prepared.note() {
            self.note(&row.backend, text);
        }
        prepared.run(1).await?;
        let ended = host.now_ms();
        let (pipeline, compile) = (prepared.pipeline_ms(), prepared.compile_ms());
        let cold = Cold {
            total: ended - begin,
            compile,
            start: (started - begin - pipeline - compile).max(0.0),
            pipeline,
            first_run: ended - started,
        };

        let mut output = prepared.output().await?;
        let shape = prepared.shape();
        if inject == Some(InjectKind::Wrong) {
            corrupt(&mut output);
        }
        let mut is_first = false;
        let reference = match self.reference_of(&output, backend, work).await? {
            Some(reference) => reference,
            None => {
                let own = Arc::new(output.clone());
                work.reference.replace(Some(Arc::clone(&own)));
                self.note(&row.backend, "the others are compared with this one".into());
                is_first = true;
                own
            }
        };
        let (output, verification) = self.verify(problem, &reference, output, backend).await?;
        let ok = verification.ok;
        (self.emit)(Event::Verified {
            job: self.job,
            backend: row.backend.clone(),
            verification,
            cold,
            provisional_ms: ok.then_some(cold.first_run * factor),
        });
        if let Some((_, sampled)) = &smaller {
            self.sampled(row, *sampled);
        }
        self.breathe().await?;
        if self.spec.experiment == Experiment::Race {
            if let Some(text) = prepared.printed() {
                self.lab(LabEvent::Printed(text));
            }
            let mut output = output;
            // Of less than the whole they would be others.
            if work.workload.is_some() || smaller.is_none() {
                let reference = (!is_first).then_some(&*reference);
                output = self.drawn(row, output, reference);
                output = self.outputs(row, output, shape).await?;
            }
            if work.workload.is_some() {
                self.picture(row, problem, output).await?;
            }
        }
        Ok(ok.then(|| Row {
            id: row.backend.clone(),
            entry: entry.clone(),
            rebuilt: false,
            prepared,
            batch: calibrate::batch(cold.first_run, 1, self.timer_resolution_us),
            first_run_ms: cold.first_run,
            factor,
            samples: Vec::new(),
        }))
    }

    /// Draws an output and tells it in words.
    async fn picture(
        &self,
        row: &PlanRow,
        problem: &Arc<dyn Problem>,
        output: Output,
    ) -> Result<(), BackendError> {
        let own = Arc::clone(problem);
        let job = move || (own.picture(&output), own.result(&output));
        let shown = self.machine.pool.offload(job).await;
        let (picture, result) = shown.map_err(|message| BackendError::Panicked { message })?;
        (self.emit)(Event::Picture {
            job: self.job,
            backend: row.backend.clone(),
            picture,
            result,
        });
        Ok(())
    }

    async fn verify(
        &self,
        problem: &Arc<dyn Problem>,
        reference: &Arc<Output>,
        output: Output,
        backend: &'static dyn Backend,
    ) -> Result<(Output, Verification), BackendError> {
        let (problem, reference) = (Arc::clone(problem), Arc::clone(reference));
        let job = move || {
            let verification = problem.verify(&reference, &output, backend.arithmetic());
            (output, verification)
        };
        let verified = self.machine.pool.offload(job).await;
        verified.map_err(|message| BackendError::Panicked { message })
    }

    /// Lets messages in where kernels run on this very thread, and ends if Stop was among them.
    async fn breathe(&self) -> Result<(), BackendError> {
        if matches!(self.machine.pool, Pool::Here { .. }) {
            self.machine.host.sleep(0).await;
        }
        match self.control.flag().is_raised() {
            true => Err(BackendError::Stopped),
            false => Ok(()),
        }
    }

    /// Tells of a row's failure; the others go on. A stop ends the whole run.
    fn fail(&self, backend: &str, error: BackendError) -> Result<(), End> {
        let kind = error.kind().ok_or(End::Stopped)?;
        let fault = Fault {
            diagnostics: error.diagnostics().to_vec(),
            ..Fault::new(Some(backend.into()), kind, error.to_string())
        };
        self.failed(fault);
        Ok(())
    }

    /// Tells a failure to the page, and what is wrong with the kernel to the lab.
    fn failed(&self, fault: Fault) {
        if !fault.diagnostics.is_empty() {
            self.lab(LabEvent::Failed(fault.diagnostics.clone()));
        }
        (self.emit)(Event::Failed { job: self.job, fault });
    }

    fn note(&self, backend: &str, text: String) {
        (self.emit)(Event::Note {
            job: self.job,
            backend: backend.into(),
            text,
        });
    }

    fn stage(&self, backend: Option<&str>, stage: Stage) {
        (self.emit)(Event::Stage {
            job: self.job,
            backend: backend.map(Into::into),
            stage,
        });
    }
}

fn panicked(message: String) -> End {
    let message = format!("preparing the work panicked: {message}");
    End::Failed(Fault::new(None, FaultKind::Trap, message))
}

/// How much a row does: operations, or where nobody has counted them what it is given.
fn work_of(row: &PlanRow) -> f64 {
    match row.flops > 0.0 {
        true => row.flops,
        false => f64::from(row.size),
    }
}

/// Corrupts a tenth of an output: more than any tolerance allows.
fn corrupt(output: &mut Output) {
    fn spoil<T: Copy>(values: &mut [T], wrong: impl Fn(T) -> T) {
        let part = values.len().div_ceil(10);
        for value in &mut values[..part] {
            *value = wrong(*value);
        }
    }
    match output {
        Output::U32(values) => spoil(values, |v| v.wrapping_add(1)),
        Output::F32(values) => spoil(values, |v| v + 1.0),
        Output::F64(values) => spoil(values, |v| v + 1.0),
        Output::Arrays(all) => {
            if let Some(array) = all.first_mut() {
                spoil(&mut array.bytes, |byte| byte ^ 0x55);
            }
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;

//! Carries out a run, stage by stage: reference, then every row prepared and verified, then
//! warm-up, then samples in interleaved blocks until the intervals are narrow or the budget is
//! spent. A failing row ends alone; a wrong one is never timed.

use crate::planner::{Room, check, fits, plan};
use crate::stages::{Stage as Step, stages};
use crate::{Control, calibrate, probing};
use parallax_backends::{Backend, BackendError, Deal, Job, Machine, Order, Pool, Prepared, Team};
use parallax_protocol::{
    Cold, Event, Experiment, Fault, FaultKind, InjectKind, LabEvent, Outcome, PlanRow, RunSpec, Sample, Stage, Support,
    Verification, base_id,
};
use parallax_stats::{LOOKS, Look, look};
use parallax_workloads::inputs::Random;
use parallax_workloads::{Output, Problem, Workload};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::sync::Arc;

mod after;
mod outputs;
mod paces;
mod python;

use paces::Paces;

/// Rows that cannot all run this often within a stage's budget are left out, the slowest first.
const LEAST_RUNS: f64 = 12.0;
/// How often a hidden page is looked at, in milliseconds.
const HIDDEN_POLL_MS: u32 = 100;
/// Blocks are shuffled by this stream of the spec's seed, apart from the inputs' streams.
const ORDER_STREAM: u64 = 0x6f72_6465;

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

/// What became of a block.
enum Block {
    /// Its samples were kept.
    Counted,
    /// A row had to be prepared anew: its samples have no pair.
    Broken,
    /// These rows failed.
    Failed(Vec<String>),
    /// The page was hidden meanwhile.
    Hidden,
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
        let kernel;
        let problem: Arc<dyn Problem> = match (workload, &self.spec.kernel) {
            (Some(workload), _) => {
                let problem = pool.offload(move || workload.problem(size, seed)).await;
                Arc::from(problem.map_err(panicked)?.map_err(BackendError::from)?)
            }
            (None, text) => {
                let (text, stop) = (text.clone().unwrap_or_default(), self.control.flag());
                kernel = parallax_backends::compiler::own(self.machine, text, size, stop).await?;
                Arc::clone(&kernel.problem)
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
        let reference = match self.reference_of(&output, backend, work, entry).await? {
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
            let reference = (!is_first).then_some(&*reference);
            let output = self.drawn(row, output, reference);
            let output = self.outputs(row, output, shape).await?;
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

    /// Warm-up and blocks. Rows that fail on the way are dropped.
    async fn measure(&self, mut rows: Vec<Row>, work: &Work) -> Result<Outcome, End> {
        let host = &self.machine.host;
        let begin = host.now_ms();
        let limit = calibrate::warm_up_limit_ms(work.budget_s, rows.len());
        let mut warm = Vec::new();
        for mut row in rows.drain(..) {
            self.breathe().await?;
            loop {
                match self.warm_up(&mut row, limit).await {
                    Ok(()) => break warm.push(row),
                    Err(error) => {
                        if !self.rebuild(&mut row, error, work).await? {
                            break;
                        }
                    }
                }
            }
        }
        let mut rows = warm;
        let outcome = self.blocks(&mut rows, begin, work).await?;
        // Apart from the race, whose figures are complete by then.
        self.parts(&mut rows, work.budget_s).await;
        match self.spec.experiment {
            Experiment::Threads => self.imbalances(&mut rows, work.budget_s).await?,
            Experiment::Timeline => self.timelines(&mut rows).await?,
            Experiment::Sizes => self.keep_paces(&rows),
            _ => {}
        }
        Ok(outcome)
    }

    /// Samples of all rows, block by block, until a look ends it or the budget is spent.
    async fn blocks(&self, rows: &mut Vec<Row>, mut begin: f64, work: &Work) -> Result<Outcome, End> {
        let host = &self.machine.host;
        let mut random = Random::new(self.spec.seed, ORDER_STREAM);
        let mut blocks = 0;
        let mut longest_block_s = 0.0f64;
        loop {
            if rows.is_empty() {
                return Ok(Outcome::NothingToTime);
            }
            let block_begin = host.now_ms();
            random.shuffle(rows);
            match self.block(rows, blocks, work).await? {
                Block::Counted => {}
                Block::Broken => {
                    // What it took to ask again is no time of the race.
                    begin += host.now_ms() - block_begin;
                    continue;
                }
                Block::Failed(ids) => {
                    rows.retain(|row| !ids.contains(&row.id));
                    continue;
                }
                Block::Hidden => {
                    while self.control.is_hidden() {
                        host.sleep(HIDDEN_POLL_MS).await;
                        self.breathe().await?;
                    }
                    // Neither the block nor the wait is charged to the budget.
                    begin += host.now_ms() - block_begin;
                    continue;
                }
            }
            blocks += 1;
            let elapsed_s = || (host.now_ms() - begin) / 1e3;
            longest_block_s = longest_block_s.max((host.now_ms() - block_begin) / 1e3);
            (self.emit)(Event::Progress {
                job: self.job,
                blocks,
                elapsed_s: self.spent_s.get() + elapsed_s(),
            });
            self.machine.host.sleep(calibrate::DRAW_MS).await;
            match decide(blocks, rows) {
                Look::Settled => return Ok(Outcome::Settled),
                Look::LastLook => return Ok(Outcome::BudgetSpent),
                Look::GoOn if elapsed_s() + longest_block_s > work.budget_s => {
                    return Ok(Outcome::BudgetSpent);
                }
                Look::GoOn => {}
            }
        }
    }

    /// What the next size is expected to take.
    fn keep_paces(&self, rows: &[Row]) {
        for row in rows {
            let first = row.first_run_ms * row.factor;
            let quickest = row.samples.iter().map(|s| s.ms).fold(first, f64::min);
            let mut paces = self.paces.borrow_mut();
            let own = paces.entry(base_id(&row.id).into()).or_default();
            own.add(work_of(&row.entry.plan).max(1.0), quickest);
        }
    }

    /// Runs that are not counted. Ends with the batch calibrated to what they showed.
    async fn warm_up(&self, row: &mut Row, limit_ms: f64) -> Result<(), BackendError> {
        self.stage(Some(&row.id), Stage::WarmingUp);
        let host = &self.machine.host;
        let begin = host.now_ms();
        let mut runs = 0;
        let mut last_ms = row.first_run_ms;
        // The quickest batch sets the size of samples: a hiccup must not make them short.
        row.batch = 1;
        let mut batch = calibrate::batch(row.first_run_ms, 1, self.timer_resolution_us) / 4;
        loop {
            let spent = host.now_ms() - begin;
            let enough = runs >= calibrate::WARM_UP_RUNS && spent >= calibrate::WARM_UP_MS;
            if enough {
                break;
            }
            if spent + last_ms > limit_ms {
                let text = match runs {
                    0 => "no warm-up: the budget is too short".to_string(),
                    1 => "warm-up cut to 1 run by the budget".to_string(),
                    _ => format!("warm-up cut to {runs} runs by the budget"),
                };
                self.note(&row.id, text);
                break;
            }
            // Small kernels are warmed up in batches of a few milliseconds.
            batch = batch.max(1);
            let start = host.now_ms();
            row.prepared.run(batch).await?;
            last_ms = host.now_ms() - start;
            runs += batch;
            let sample = calibrate::batch(last_ms, batch, self.timer_resolution_us);
            row.batch = row.batch.max(sample);
            batch = sample / 4;
            self.breathe().await?;
        }
        Ok(())
    }

    /// One sample of every row; they are kept only if the block counts, so that pairs stay pairs.
    async fn block(&self, rows: &mut [Row], block: u32, work: &Work) -> Result<Block, End> {
        let host = &self.machine.host;
        self.control.watch_visibility();
        let mut taken = BTreeMap::new();
        let mut failed = Vec::new();
        let mut broken = false;
        for row in rows.iter_mut() {
            self.breathe().await?;
            self.stage(Some(&row.id), Stage::Sampling);
            if row.entry.plan.recorded {
                // A fresh one for each sample: a full one would cost less.
                row.prepared.record(true);
            }
            let start = host.now_ms();
            let run = row.prepared.run(row.batch).await;
            let ms = host.now_ms() - start;
            match run {
                Ok(()) => {
                    let sample = Sample {
                        ms: ms / f64::from(row.batch) * row.factor,
                        block,
                        runs: row.batch,
                    };
                    taken.insert(row.id.clone(), sample);
                }
                Err(error) => match self.rebuild(row, error, work).await? {
                    true => broken = true,
                    false => failed.push(row.id.clone()),
                },
            }
        }
        if !failed.is_empty() {
            return Ok(Block::Failed(failed));
        }
        if broken {
            return Ok(Block::Broken);
        }
        // The word that the page was hidden may still be waiting.
        self.breathe().await?;
        if self.control.was_hidden() {
            return Ok(Block::Hidden);
        }
        for row in rows.iter_mut() {
            if let Some(&sample) = taken.get(&row.id) {
                row.samples.push(sample);
                (self.emit)(Event::Sample {
                    job: self.job,
                    backend: row.id.clone(),
                    sample,
                });
            }
        }
        Ok(Block::Counted)
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

/// Whether to go on after a block: when all that are compared with one row are known well enough,
/// for every such row.
fn decide(blocks: u32, rows: &[Row]) -> Look {
    let against = |row: &Row| {
        let other = row.entry.plan.against.clone();
        // What it would be compared with may have failed.
        other.filter(|id| rows.iter().any(|row| row.id == *id))
    };
    let mut baselines: Vec<Option<String>> = rows.iter().map(against).collect();
    baselines.sort();
    baselines.dedup();
    // A row that others are compared with is judged by them.
    let judged = |row: &Row| baselines.contains(&Some(row.id.clone())) && against(row).is_none();
    let looks = baselines.iter().map(|baseline| {
        let samples = |row: &Row| row.samples.clone();
        let base = baseline
            .as_ref()
            .and_then(|id| rows.iter().find(|row| row.id == *id));
        let others = rows
            .iter()
            .filter(|row| against(row) == *baseline && !judged(row));
        let others: Vec<Vec<Sample>> = others.map(samples).collect();
        let others: Vec<&[Sample]> = others.iter().map(Vec::as_slice).collect();
        match (base, others.is_empty()) {
            (None, true) => Look::Settled,
            (base, _) => look(blocks, base.map(|row| row.samples.as_slice()), &others),
        }
    });
    let looks: Vec<Look> = looks.collect();
    match () {
        _ if looks.contains(&Look::GoOn) => Look::GoOn,
        _ if looks.contains(&Look::LastLook) => Look::LastLook,
        _ if LOOKS.contains(&blocks) => Look::Settled,
        _ => Look::GoOn,
    }
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

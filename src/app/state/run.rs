//! One press of Run and what came of it: rows, pictures, and how far it is.

use std::sync::Arc;

use parallax_protocol::{
    Cold, Diagnosis, Experiment, GpuMs, OutputOf, Picture, PlanRow, Quantity, RunPlan, RunSpec, Sample,
    Sampled, Stage, Support, Timeline, Verification, base_id,
};

/// How far a run is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phase {
    /// For the engine to be ready.
    Waiting,
    /// At work.
    Running,
    /// The engine was restarted and the rest is run as soon as it is ready.
    Resuming,
    /// Stop was pressed and not yet answered.
    Stopping,
    /// Over.
    Over(End),
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// Every interval is narrow enough.
    Settled,
    /// The budget was spent first.
    BudgetSpent,
    /// Somebody stopped it.
    Stopped,
    /// Every row was skipped, wrong or failed.
    NothingToTime,
    /// The run as a whole failed, and why.
    Failed(String),
}

/// How a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowStatus {
    /// Asked for.
    Ready,
    /// In its cold part.
    Preparing,
    /// Verified, not timed yet.
    Verified,
    /// Being timed.
    Running,
    /// Timed to the end.
    Ok,
    /// Its output is wrong; it has no time.
    Wrong,
    /// Cannot run here.
    Skipped,
    /// Broke down.
    Failed,
    /// Ended early; what it has is kept.
    Stopped,
}

impl RowStatus {
    /// As in `data-status`.
    pub fn name(self) -> &'static str {
        match self {
            RowStatus::Ready => "ready",
            RowStatus::Preparing => "preparing",
            RowStatus::Verified => "verified",
            RowStatus::Running => "running",
            RowStatus::Ok => "ok",
            RowStatus::Wrong => "wrong",
            RowStatus::Skipped => "skipped",
            RowStatus::Failed => "failed",
            RowStatus::Stopped => "stopped",
        }
    }

    /// Nothing more will be measured in this run.
    pub(super) fn is_final(self) -> bool {
        matches!(self, RowStatus::Wrong | RowStatus::Skipped | RowStatus::Failed)
    }
}

/// One back end in a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Back end id.
    pub id: String,
    /// How it is.
    pub status: RowStatus,
    /// Why it was skipped or failed.
    pub reason: Option<String>,
    /// What should be said although it runs.
    pub notes: Vec<String>,
    /// What it is to do, once planned.
    pub plan: Option<PlanRow>,
    /// How evenly its threads were busy.
    pub imbalance: Option<f64>,
    /// It runs less than the whole.
    pub sampled: Option<Sampled>,
    /// What its first run gave.
    pub outputs: Option<Vec<OutputOf>>,
    /// What is wrong with its kernel.
    pub diagnostics: Vec<Diagnosis>,
    /// The parts of a GPU run.
    pub gpu: Option<GpuMs>,
    /// The verdict on its output.
    pub verification: Option<Verification>,
    /// What it cost to get there.
    pub cold: Option<Cold>,
    /// A first warm run.
    pub provisional_ms: Option<f64>,
    /// Timed samples.
    pub samples: Vec<Sample>,
    /// The job that the samples are of: blocks of different jobs must not be paired.
    pub samples_job: u32,
    /// It runs, but not counted yet.
    pub warming_up: bool,
}

impl Row {
    /// A row that waits.
    pub fn new(id: impl Into<String>) -> Row {
        Row {
            id: id.into(),
            status: RowStatus::Ready,
            reason: None,
            notes: Vec::new(),
            plan: None,
            imbalance: None,
            sampled: None,
            outputs: None,
            diagnostics: Vec::new(),
            gpu: None,
            verification: None,
            cold: None,
            provisional_ms: None,
            samples: Vec::new(),
            samples_job: 0,
            warming_up: false,
        }
    }

    pub(super) fn fail(&mut self, reason: String) {
        self.status = RowStatus::Failed;
        self.provisional_ms = None;
        self.reason = Some(reason);
    }
}

/// An output, shared so that comparing two states does not compare pixels.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Back end id.
    pub backend: String,
    /// The pixels.
    pub picture: Arc<Picture>,
    /// The result in words, if it is one number.
    pub result: Option<String>,
}

impl PartialEq for Shown {
    fn eq(&self, other: &Shown) -> bool {
        self.backend == other.backend && Arc::ptr_eq(&self.picture, &other.picture)
    }
}

/// One press of Run and what came of it.
#[derive(Debug, Clone)]
pub struct Run {
    /// What was asked.
    pub spec: RunSpec,
    /// The number under which the engine knows it now; a resumed run has a new one.
    pub job: u32,
    /// How far it is.
    pub phase: Phase,
    /// One per back end asked for, in ladder order.
    pub rows: Vec<Row>,
    /// First outputs.
    pub pictures: Vec<Shown>,
    /// Seconds of the budget used.
    pub elapsed_s: f64,
    /// Blocks completed.
    pub blocks: u32,
    /// What the engine does now.
    pub stage: Option<(Option<String>, Stage)>,
    /// What was measured of the machine itself.
    pub quantities: Vec<Quantity>,
    /// Who did what when.
    pub timelines: Vec<Timeline>,
    /// What else must be said, in words.
    pub notes: Vec<String>,
    /// What is wrong with the kernel, if that ended it.
    pub diagnostics: Vec<Diagnosis>,
    /// The page was hidden during it for a while, which does not count.
    pub was_hidden: bool,
    /// When Run was pressed, as UTC.
    pub started: String,
    /// The back end that was named last: the one to blame if the engine dies.
    pub(super) last_named: Option<String>,
}

impl Run {
    pub(super) fn new(spec: RunSpec, backends: Vec<String>, started: String) -> Run {
        Run {
            spec,
            job: 0,
            phase: Phase::Waiting,
            rows: backends.into_iter().map(Row::new).collect(),
            pictures: Vec::new(),
            elapsed_s: 0.0,
            blocks: 0,
            stage: None,
            quantities: Vec::new(),
            timelines: Vec::new(),
            notes: Vec::new(),
            diagnostics: Vec::new(),
            was_hidden: false,
            started,
            last_named: None,
        }
    }

    /// It has not ended.
    pub fn is_active(&self) -> bool {
        !matches!(self.phase, Phase::Over(_))
    }

    pub(super) fn row(&mut self, id: &str) -> Option<&mut Row> {
        self.rows.iter_mut().find(|row| row.id == id)
    }

    /// The back ends that are still worth asking for: a row's own in a race, and in an experiment
    /// those of which no row broke down.
    pub(super) fn remaining(&self) -> Vec<String> {
        if self.spec.experiment == Experiment::Race {
            let left = self.rows.iter().filter(|row| !row.status.is_final());
            return left.map(|row| row.id.clone()).collect();
        }
        let of = |row: &Row| base_id(&row.id).to_owned();
        let broken = self.rows.iter().filter(|row| row.status == RowStatus::Failed);
        let broken: Vec<String> = broken.map(of).collect();
        let mut left: Vec<String> = self.rows.iter().map(of).collect();
        left.dedup();
        left.retain(|id| !broken.contains(id));
        left.sort();
        left.dedup();
        left
    }

    pub(super) fn end(&mut self, end: End) {
        let complete = matches!(end, End::Settled | End::BudgetSpent);
        for row in &mut self.rows {
            row.warming_up = false;
            if row.status.is_final() {
                continue;
            }
            row.status = match complete {
                true if !row.samples.is_empty() => RowStatus::Ok,
                true if row.verification.is_some() => RowStatus::Verified,
                _ => RowStatus::Stopped,
            };
        }
        self.stage = None;
        self.phase = Phase::Over(end);
    }

    pub(super) fn planned(&mut self, plan: RunPlan) {
        for planned in plan.rows {
            let id = &planned.backend;
            if self.row(id).is_none() {
                self.rows.push(Row::new(id.as_str()));
            }
            let Some(row) = self.row(id) else { continue };
            match &planned.support {
                Support::Yes { note } => row.notes = note.iter().cloned().collect(),
                Support::No { reason } => {
                    row.status = RowStatus::Skipped;
                    row.reason = Some(reason.clone());
                }
            }
            row.plan = Some(planned);
        }
    }

    pub(super) fn staged(&mut self, backend: Option<String>, stage: Stage) {
        if let Some(id) = &backend {
            self.last_named = Some(id.clone());
            if let Some(row) = self.row(id)
                && !row.status.is_final()
            {
                row.warming_up = stage == Stage::WarmingUp;
                match stage {
                    Stage::Reference | Stage::Probing => {}
                    Stage::Preparing => row.status = RowStatus::Preparing,
                    Stage::WarmingUp | Stage::Sampling => row.status = RowStatus::Running,
                }
            }
        }
        self.stage = Some((backend, stage));
    }

    pub(super) fn verified(
        &mut self,
        id: &str,
        verification: Verification,
        cold: Cold,
        provisional_ms: Option<f64>,
    ) {
        // Neither failed nor skipped rows come back to life within a run.
        let Some(row) = self.row(id).filter(|row| !row.status.is_final()) else {
            return;
        };
        row.status = match verification.ok {
            true => RowStatus::Verified,
            false => RowStatus::Wrong,
        };
        // A wrong back end gets no time at all.
        row.provisional_ms = provisional_ms.filter(|_| verification.ok);
        if !verification.ok {
            row.samples.clear();
        }
        row.verification = Some(verification);
        row.cold = Some(cold);
        row.reason = None;
    }

    pub(super) fn sampled(&mut self, id: &str, sample: Sample) {
        let job = self.job;
        self.last_named = Some(id.into());
        let Some(row) = self.row(id) else { return };
        if row.status.is_final() {
            return;
        }
        if row.samples_job != job {
            row.samples.clear();
            row.samples_job = job;
        }
        row.status = RowStatus::Running;
        row.warming_up = false;
        row.samples.push(sample);
    }

    pub(super) fn pictured(&mut self, backend: String, picture: Picture, result: Option<String>) {
        let shown = Shown {
            backend,
            picture: Arc::new(picture),
            result,
        };
        match self.pictures.iter_mut().find(|s| s.backend == shown.backend) {
            Some(old) => *old = shown,
            None => {
                let place = |id: &str| self.rows.iter().position(|row| row.id == id);
                let own = place(&shown.backend);
                let before = |other: &&Shown| place(&other.backend) < own;
                let at = self.pictures.iter().take_while(before).count();
                self.pictures.insert(at, shown);
            }
        }
    }
}

//! The page's state as a pure fold: inputs go in, effects come out, nothing here touches a browser.
//!
//! [`Session::apply`] is the only way to change anything. The client carries the
//! [`Effect`]s out and feeds what happens back in as [`Input`]s.

use std::sync::Arc;

use parallax_protocol::{
    Capabilities, Cold, Event, Fault, FaultKind, Form, GpuMs, Outcome, Picture, Request, RunPlan, RunSpec,
    Sample, Stage, Support, Verification,
};

use crate::text;

/// Something that happened.
#[derive(Debug, Clone)]
pub enum Input {
    /// The engine said something.
    Engine(Event),
    /// The engine's worker reported a trap or could not be loaded or understood.
    Died(String),
    /// The engine did not start, and the server has another build by now.
    OtherBuild(String),
    /// The engine did not become ready in time.
    NotReadyInTime,
    /// The time in which a stop should have been answered is over.
    StopTimeOver {
        /// The job that was to stop.
        job: u32,
    },
    /// Run was pressed; the ids are those of the back ends asked for, in ladder order.
    Run {
        /// What to run.
        spec: RunSpec,
        /// One row each.
        backends: Vec<String>,
        /// When, as UTC.
        started: String,
    },
    /// Stop was pressed.
    Stop,
    /// The page was hidden or shown.
    Visible(bool),
    /// Another question was chosen: forget a run that is over.
    Forget,
    /// The work is to be seen in motion.
    Play {
        /// Workload id.
        workload: String,
        /// Seed.
        seed: u64,
    },
    /// That was enough of it.
    EndPlay,
}

/// Something to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Start a new engine, ending one that may be there.
    Start,
    /// End the engine.
    Terminate,
    /// Tell it something.
    Send(Request),
    /// Report [`Input::StopTimeOver`] in a while.
    TimeStop {
        /// The job that is to stop.
        job: u32,
    },
}

/// The engine, as the page sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Engine {
    /// Loading; it has not said that it is ready.
    Starting,
    /// Up and of this page's build.
    Ready,
    /// Not there, and why. The next run starts a new one.
    Failed(String),
    /// Of another build than the page: reload.
    OtherBuild(String),
}

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
    fn is_final(self) -> bool {
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
    /// Threads that take part, once planned.
    pub threads: Option<u32>,
    /// The form of its kernel, once planned.
    pub form: Option<Form>,
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
            threads: None,
            form: None,
            gpu: None,
            verification: None,
            cold: None,
            provisional_ms: None,
            samples: Vec::new(),
            samples_job: 0,
            warming_up: false,
        }
    }

    fn fail(&mut self, reason: String) {
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
    /// What else must be said, in words.
    pub notes: Vec<String>,
    /// The page was hidden during it for a while, which does not count.
    pub was_hidden: bool,
    /// When Run was pressed, as UTC.
    pub started: String,
    /// The back end that was named last: the one to blame if the engine dies.
    last_named: Option<String>,
}

impl Run {
    fn new(spec: RunSpec, backends: Vec<String>, started: String) -> Run {
        Run {
            spec,
            job: 0,
            phase: Phase::Waiting,
            rows: backends.into_iter().map(Row::new).collect(),
            pictures: Vec::new(),
            elapsed_s: 0.0,
            blocks: 0,
            stage: None,
            notes: Vec::new(),
            was_hidden: false,
            started,
            last_named: None,
        }
    }

    /// It has not ended.
    pub fn is_active(&self) -> bool {
        !matches!(self.phase, Phase::Over(_))
    }

    fn row(&mut self, id: &str) -> Option<&mut Row> {
        self.rows.iter_mut().find(|row| row.id == id)
    }

    fn remaining(&self) -> Vec<String> {
        let left = self.rows.iter().filter(|row| !row.status.is_final());
        left.map(|row| row.id.clone()).collect()
    }

    fn end(&mut self, end: End) {
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

    fn planned(&mut self, plan: RunPlan) {
        for planned in plan.rows {
            let id = planned.backend;
            if self.row(&id).is_none() {
                self.rows.push(Row::new(id.clone()));
            }
            let Some(row) = self.row(&id) else { continue };
            row.threads = Some(planned.threads);
            row.form = Some(planned.form);
            match planned.support {
                Support::Yes { note } => row.notes = note.into_iter().collect(),
                Support::No { reason } => {
                    row.status = RowStatus::Skipped;
                    row.reason = Some(reason);
                }
            }
        }
    }

    fn staged(&mut self, backend: Option<String>, stage: Stage) {
        if let Some(id) = &backend {
            self.last_named = Some(id.clone());
            if let Some(row) = self.row(id)
                && !row.status.is_final()
            {
                row.warming_up = stage == Stage::WarmingUp;
                match stage {
                    Stage::Reference => {}
                    Stage::Preparing => row.status = RowStatus::Preparing,
                    Stage::WarmingUp | Stage::Sampling => row.status = RowStatus::Running,
                }
            }
        }
        self.stage = Some((backend, stage));
    }

    fn verified(&mut self, id: &str, verification: Verification, cold: Cold, provisional_ms: Option<f64>) {
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

    fn sampled(&mut self, id: &str, sample: Sample) {
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

    fn pictured(&mut self, backend: String, picture: Picture, result: Option<String>) {
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

/// Everything that the page knows and does.
#[derive(Debug, Clone)]
pub struct Session {
    /// The page's build id.
    build: &'static str,
    /// The engine.
    pub engine: Engine,
    /// What the machine can do, as the last engine that started found it.
    pub capabilities: Option<Capabilities>,
    /// The last run.
    pub run: Option<Run>,
    /// The film that the engine makes now.
    pub film: Option<u32>,
    visible: bool,
    next_job: u32,
    next_film: u32,
}

impl Session {
    /// Before anything has happened; the client starts the engine by itself.
    pub fn new(build: &'static str) -> Session {
        Session {
            build,
            engine: Engine::Starting,
            capabilities: None,
            run: None,
            film: None,
            visible: true,
            next_job: 1,
            next_film: 1,
        }
    }

    /// A run is on its way.
    pub fn is_active(&self) -> bool {
        self.run.as_ref().is_some_and(Run::is_active)
    }

    /// Takes one input.
    pub fn apply(&mut self, input: Input) -> Vec<Effect> {
        match input {
            Input::Engine(Event::Ready(capabilities)) => self.ready(capabilities),
            Input::Engine(event) => self.event(event),
            Input::Died(words) => self.died(words, None),
            Input::OtherBuild(build) => self.other_build(build),
            Input::NotReadyInTime if self.engine == Engine::Starting => {
                self.died(text::ENGINE_LATE.into(), None)
            }
            Input::NotReadyInTime => Vec::new(),
            Input::StopTimeOver { job } => self.stop_time_over(job),
            Input::Run {
                spec,
                backends,
                started,
            } => self.start(spec, backends, started),
            Input::Stop => self.stop(),
            Input::Visible(visible) => {
                self.visible = visible;
                if let Some(run) = self.run.as_mut().filter(|run| run.is_active()) {
                    run.was_hidden |= !visible;
                }
                let mut effects = match visible {
                    true => Vec::new(),
                    false => self.end_film(),
                };
                if self.engine == Engine::Ready {
                    effects.push(Effect::Send(Request::Visible(visible)));
                }
                effects
            }
            Input::Forget => {
                if !self.is_active() {
                    self.run = None;
                }
                self.end_film()
            }
            Input::Play { workload, seed } => self.play(workload, seed),
            Input::EndPlay => self.end_film(),
        }
    }

    fn ready(&mut self, capabilities: Capabilities) -> Vec<Effect> {
        if capabilities.build != self.build {
            return self.other_build(capabilities.build);
        }
        self.engine = Engine::Ready;
        self.capabilities = Some(capabilities);
        let mut effects = Vec::new();
        if !self.visible {
            effects.push(Effect::Send(Request::Visible(false)));
        }
        let waiting = matches!(
            self.run.as_ref().map(|run| &run.phase),
            Some(Phase::Waiting | Phase::Resuming)
        );
        if waiting {
            effects.extend(self.send_run());
        }
        effects
    }

    fn other_build(&mut self, build: String) -> Vec<Effect> {
        self.engine = Engine::OtherBuild(build);
        if let Some(run) = self.run.as_mut().filter(|run| run.is_active()) {
            run.end(End::Failed(text::OTHER_BUILD.into()));
        }
        vec![Effect::Terminate]
    }

    /// Sends the run, or what is left of it, under a new number.
    fn send_run(&mut self) -> Option<Effect> {
        let run = self.run.as_mut()?;
        let mut spec = run.spec.clone();
        if run.phase == Phase::Resuming {
            spec.backends = run.remaining();
        }
        run.job = self.next_job;
        self.next_job += 1;
        run.phase = Phase::Running;
        run.stage = None;
        run.last_named = None;
        run.elapsed_s = 0.0;
        run.blocks = 0;
        Some(Effect::Send(Request::Run { job: run.job, spec }))
    }

    fn start(&mut self, spec: RunSpec, backends: Vec<String>, started: String) -> Vec<Effect> {
        if self.is_active() || matches!(self.engine, Engine::OtherBuild(_)) {
            return Vec::new();
        }
        let run = Run::new(spec, backends, started);
        self.run = Some(Run {
            was_hidden: !self.visible,
            ..run
        });
        // The engine ends it by itself when it hears of the run.
        self.film = None;
        match self.engine {
            Engine::Ready => self.send_run().into_iter().collect(),
            Engine::Failed(_) => {
                self.engine = Engine::Starting;
                vec![Effect::Start]
            }
            Engine::Starting | Engine::OtherBuild(_) => Vec::new(),
        }
    }

    /// Only beside runs, and only where somebody sees it.
    fn play(&mut self, workload: String, seed: u64) -> Vec<Effect> {
        if self.is_active() || !self.visible || self.engine != Engine::Ready {
            return Vec::new();
        }
        let film = self.next_film;
        self.next_film += 1;
        self.film = Some(film);
        vec![Effect::Send(Request::Film { film, workload, seed })]
    }

    fn end_film(&mut self) -> Vec<Effect> {
        match self.film.take() {
            Some(_) => vec![Effect::Send(Request::EndFilm)],
            None => Vec::new(),
        }
    }

    fn stop(&mut self) -> Vec<Effect> {
        let Some(run) = &mut self.run else {
            return Vec::new();
        };
        match run.phase {
            Phase::Waiting | Phase::Resuming => {
                run.end(End::Stopped);
                Vec::new()
            }
            Phase::Running => {
                run.phase = Phase::Stopping;
                let job = run.job;
                vec![Effect::Send(Request::Stop { job }), Effect::TimeStop { job }]
            }
            Phase::Stopping | Phase::Over(_) => Vec::new(),
        }
    }

    fn stop_time_over(&mut self, job: u32) -> Vec<Effect> {
        match &mut self.run {
            Some(run) if run.job == job && run.phase == Phase::Stopping => {
                run.notes.push(text::STOP_NOT_ANSWERED.into());
                run.end(End::Stopped);
                self.restart()
            }
            _ => Vec::new(),
        }
    }

    fn restart(&mut self) -> Vec<Effect> {
        self.engine = Engine::Starting;
        vec![Effect::Terminate, Effect::Start]
    }

    /// The engine trapped, did not load or is not understood.
    fn died(&mut self, words: String, blamed: Option<String>) -> Vec<Effect> {
        self.film = None;
        let active = self.run.as_mut().filter(|run| run.is_active());
        let Some(run) = active else {
            self.engine = Engine::Failed(words);
            return vec![Effect::Terminate];
        };
        match run.phase {
            Phase::Waiting | Phase::Resuming => {
                run.end(End::Failed(words.clone()));
                self.engine = Engine::Failed(words);
                return vec![Effect::Terminate];
            }
            Phase::Stopping => {
                run.notes.push(text::STOP_NOT_ANSWERED.into());
                run.end(End::Stopped);
            }
            Phase::Running | Phase::Over(_) => {
                let blamed = blamed.or_else(|| run.last_named.take());
                match blamed
                    .and_then(|id| run.row(&id))
                    .filter(|row| !row.status.is_final())
                {
                    Some(row) => {
                        row.fail(text::engine_restarted(&words));
                        run.stage = None;
                        match run.remaining().is_empty() {
                            true => run.end(End::NothingToTime),
                            false => run.phase = Phase::Resuming,
                        }
                    }
                    // Nobody to blame: running the same again would end the same.
                    None => run.end(End::Failed(text::engine_restarted(&words))),
                }
            }
        }
        self.restart()
    }

    fn event(&mut self, event: Event) -> Vec<Effect> {
        if let Event::Frame { film, picture: None } = event {
            self.film = self.film.filter(|now| *now != film);
        }
        let Some(run) = self
            .run
            .as_mut()
            .filter(|run| matches!(run.phase, Phase::Running | Phase::Stopping))
            .filter(|run| Some(run.job) == job_of(&event))
        else {
            return Vec::new();
        };
        match event {
            Event::Ready(_) | Event::Frame { .. } => {}
            Event::Planned { plan, .. } => run.planned(plan),
            Event::Stage { backend, stage, .. } => run.staged(backend, stage),
            Event::Verified {
                backend,
                verification,
                cold,
                provisional_ms,
                ..
            } => run.verified(&backend, verification, cold, provisional_ms),
            Event::Picture {
                backend,
                picture,
                result,
                ..
            } => run.pictured(backend, picture, result),
            Event::Sample { backend, sample, .. } => run.sampled(&backend, sample),
            Event::Note { backend, text, .. } => {
                if let Some(row) = run.row(&backend)
                    && !row.notes.contains(&text)
                {
                    row.notes.push(text);
                }
            }
            Event::GpuParts { backend, parts, .. } => {
                if let Some(row) = run.row(&backend) {
                    row.gpu = Some(parts);
                }
            }
            Event::Progress {
                blocks, elapsed_s, ..
            } => {
                run.blocks = blocks;
                run.elapsed_s = elapsed_s;
            }
            Event::Failed { fault, .. } => return self.fault(fault),
            Event::Finished { outcome, .. } => {
                let end = match outcome {
                    // A fault that no back end can be blamed for ends the run as a failure.
                    Outcome::NothingToTime => match run.notes.first() {
                        Some(note) => End::Failed(note.clone()),
                        None => End::NothingToTime,
                    },
                    Outcome::Settled => End::Settled,
                    Outcome::BudgetSpent => End::BudgetSpent,
                    Outcome::Stopped => End::Stopped,
                };
                if matches!(end, End::Failed(_)) {
                    run.notes.clear();
                }
                run.end(end);
            }
        }
        Vec::new()
    }

    fn fault(&mut self, fault: Fault) -> Vec<Effect> {
        // After a trap the engine cannot be trusted, whoever reports it.
        if matches!(fault.kind, FaultKind::Trap | FaultKind::Engine) {
            return self.died(fault.message, fault.backend);
        }
        if let Some(run) = &mut self.run {
            match fault.backend.and_then(|id| run.row(&id)) {
                Some(row) => row.fail(fault.message),
                None => run.notes.push(fault.message),
            }
        }
        Vec::new()
    }
}

fn job_of(event: &Event) -> Option<u32> {
    match event {
        Event::Ready(_) | Event::Frame { .. } => None,
        Event::Planned { job, .. }
        | Event::Stage { job, .. }
        | Event::Verified { job, .. }
        | Event::Picture { job, .. }
        | Event::Sample { job, .. }
        | Event::Note { job, .. }
        | Event::GpuParts { job, .. }
        | Event::Progress { job, .. }
        | Event::Failed { job, .. }
        | Event::Finished { job, .. } => Some(*job),
    }
}

#[cfg(test)]
mod tests;

//! The page's state as a pure fold: inputs go in, effects come out, nothing here touches a browser.
//!
//! [`Session::apply`] is the only way to change anything. The client carries the
//! [`Effect`]s out and feeds what happens back in as [`Input`]s.

use parallax_protocol::{Capabilities, Event, Fault, FaultKind, Outcome, Quantity, Request, RunSpec};

use crate::text;

mod run;

pub use run::{End, Phase, Row, RowStatus, Run, Shown};

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

    /// The engine is up.
    pub fn is_up(&self) -> bool {
        self.engine == Engine::Ready
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
            Event::Ready(_)
            | Event::Frame { .. }
            | Event::Compiled { .. }
            | Event::Lab { .. } => {}
            Event::Outputs { backend, outputs, .. } => {
                if let Some(row) = run.row(&backend) {
                    row.outputs = Some(outputs);
                }
            }
            Event::Sampled { backend, sampled, .. } => {
                if let Some(row) = run.row(&backend) {
                    row.sampled = Some(sampled);
                }
            }
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
                // What is said of no row is said of the run: a quantity that could not be measured.
                let known = run.rows.iter().any(|row| row.id == backend);
                let notes = match known {
                    true => run.row(&backend).map(|row| &mut row.notes),
                    false => Some(&mut run.notes),
                };
                if let Some(notes) = notes.filter(|notes| !notes.contains(&text)) {
                    notes.push(text);
                }
            }
            Event::GpuParts { backend, parts, .. } => {
                if let Some(row) = run.row(&backend) {
                    row.gpu = Some(parts);
                }
            }
            Event::Imbalance {
                backend, imbalance, ..
            } => {
                if let Some(row) = run.row(&backend) {
                    row.imbalance = Some(imbalance);
                }
            }
            Event::Timeline { timeline, .. } => {
                run.timelines.retain(|old| old.backend != timeline.backend);
                run.timelines.push(timeline);
            }
            Event::Quantity { quantity, .. } => {
                let same = |old: &Quantity| {
                    (&old.id, &old.of, old.threads, old.bytes)
                        == (&quantity.id, &quantity.of, quantity.threads, quantity.bytes)
                };
                run.quantities.retain(|old| !same(old));
                run.quantities.push(quantity);
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
                Some(row) => {
                    row.diagnostics = fault.diagnostics;
                    row.fail(fault.message);
                }
                None => {
                    run.diagnostics = fault.diagnostics;
                    run.notes.push(fault.message);
                }
            }
        }
        Vec::new()
    }
}

fn job_of(event: &Event) -> Option<u32> {
    match event {
        Event::Ready(_) | Event::Frame { .. } | Event::Compiled { .. } | Event::Lab { .. } => None,
        Event::Planned { job, .. }
        | Event::Stage { job, .. }
        | Event::Verified { job, .. }
        | Event::Picture { job, .. }
        | Event::Sample { job, .. }
        | Event::Note { job, .. }
        | Event::GpuParts { job, .. }
        | Event::Imbalance { job, .. }
        | Event::Timeline { job, .. }
        | Event::Quantity { job, .. }
        | Event::Progress { job, .. }
        | Event::Outputs { job, .. }
        | Event::Sampled { job, .. }
        | Event::Failed { job, .. }
        | Event::Finished { job, .. } => Some(*job),
    }
}

#[cfg(test)]
mod tests;

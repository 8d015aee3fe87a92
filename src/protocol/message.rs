//! Requests to the engine and its events.

use crate::{
    Capabilities, Cold, Compilation, Diagnosis, Explained, GpuMs, KernelSource, OutputOf, Picture, Quantity,
    RawOutput, RunPlan, RunSpec, Sample, Sampled, Timeline, Verification,
};
use serde::{Deserialize, Serialize};

/// What the page asks of the engine. One job at a time; the page numbers them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Request {
    /// Run this.
    Run {
        /// Comes back in every event of the run.
        job: u32,
        /// What to run.
        spec: RunSpec,
    },
    /// End the job as soon as the chunks in flight are done. Answered by [`Event::Finished`].
    Stop {
        /// The job to end.
        job: u32,
    },
    /// Make a workload's moving picture; ends one that is being made. A run ends it too.
    Film {
        /// Comes back with every frame.
        film: u32,
        /// Workload id.
        workload: String,
        /// The seed.
        seed: u64,
    },
    /// Make no more frames.
    EndFilm,
    /// Say what the compiler makes of a kernel; nothing is run but its `setup`. Answered by
    /// [`Event::Compiled`].
    Compile {
        /// Comes back with the answer.
        compile: u32,
        /// What to compile.
        kernel: KernelSource,
        /// What its `setup` is given, for the types of the arguments.
        size: u32,
    },
    /// Tell all that the compiler knows of a kernel, likewise. Answered by [`Event::Lab`] with a
    /// [`LabEvent::Explained`].
    Explain {
        /// Comes back with the answer.
        explain: u32,
        /// What to explain.
        kernel: KernelSource,
        /// What its `setup` is given.
        size: u32,
        /// What was written too, as text: most of the time goes there.
        listings: bool,
    },
    /// The page was hidden or shown: samples taken while it was hidden are discarded.
    Visible(bool),
}

/// What the engine tells the page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// The engine is up. Sent once, before anything else; requests sent earlier are lost.
    Ready(Capabilities),
    /// What will run, and what will be skipped and why.
    Planned {
        /// The job.
        job: u32,
        /// The plan.
        plan: RunPlan,
    },
    /// The run reached a stage, on one back end or (`None`) on none in particular.
    Stage {
        /// The job.
        job: u32,
        /// Back end id.
        backend: Option<String>,
        /// What it does now.
        stage: Stage,
    },
    /// A back end's whole first output was compared with the reference.
    Verified {
        /// The job.
        job: u32,
        /// Back end id.
        backend: String,
        /// The verdict.
        verification: Verification,
        /// What it cost to get there.
        cold: Cold,
        /// The time of that first run, to be shown until there are samples; `None` when the
        /// output is wrong.
        provisional_ms: Option<f64>,
    },
    /// A back end's first output as an image.
    Picture {
        /// The job.
        job: u32,
        /// Back end id.
        backend: String,
        /// The image.
        picture: Picture,
        /// The result in words, where it comes down to one number.
        result: Option<String>,
    },
    /// One timed sample of a verified back end.
    Sample {
        /// The job.
        job: u32,
        /// Back end id.
        backend: String,
        /// The sample.
        sample: Sample,
    },
    /// Something that the reader of a row's figures should know ("warm-up cut short").
    Note {
        /// The job.
        job: u32,
        /// Back end id.
        backend: String,
        /// A short sentence.
        text: String,
    },
    /// The parts of a GPU run, measured apart from the race.
    GpuParts {
        /// The job.
        job: u32,
        /// Back end id.
        backend: String,
        /// Each part's median.
        parts: GpuMs,
    },
    /// How evenly the threads of a row were busy, measured apart from the samples.
    Imbalance {
        /// The job.
        job: u32,
        /// Row id.
        backend: String,
        /// Longest busy time of a thread over the mean, less 1: 0 when all end together.
        imbalance: f64,
    },
    /// Who did what when, in some runs of a row.
    Timeline {
        /// The job.
        job: u32,
        /// Row id.
        backend: String,
        /// What was recorded.
        timeline: Timeline,
    },
    /// Something measured that is no run of a workload.
    Quantity {
        /// The job.
        job: u32,
        /// What and how much.
        quantity: Quantity,
    },
    /// A block was completed.
    Progress {
        /// The job.
        job: u32,
        /// Blocks so far.
        blocks: u32,
        /// Seconds of the budget used.
        elapsed_s: f64,
    },
    /// What the compiler made of a kernel.
    Compiled {
        /// The request's number.
        compile: u32,
        /// All of it.
        compilation: Compilation,
    },
    /// Something for the lab's program alone: bytes of a [`LabEvent`], which the page hands on unread.
    Lab {
        /// The number of the request that this answers.
        explain: Option<u32>,
        /// What it is.
        #[serde(with = "serde_bytes")]
        bytes: Vec<u8>,
    },
    /// What a row's first run gave.
    Outputs {
        /// The job.
        job: u32,
        /// Row id.
        backend: String,
        /// In the order in which the kernel returns them.
        outputs: Vec<OutputOf>,
    },
    /// A row is timed and verified on less than the whole.
    Sampled {
        /// The job.
        job: u32,
        /// Row id.
        backend: String,
        /// How much of it, and what its times are multiplied with already.
        sampled: Sampled,
    },
    /// A frame of a moving picture.
    Frame {
        /// The film.
        film: u32,
        /// The image; `None` when the film is over.
        picture: Option<Picture>,
    },
    /// A back end failed; the others go on.
    Failed {
        /// The job.
        job: u32,
        /// What happened and where.
        fault: Fault,
    },
    /// The job is over. Its last event.
    Finished {
        /// The job.
        job: u32,
        /// How it ended.
        outcome: Outcome,
    },
}

/// What the engine tells the lab.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum LabEvent {
    /// What the compiler knows of a kernel.
    Explained(Box<Explained>),
    /// What a row's first run gave, to be drawn.
    Drawn {
        /// Row id.
        backend: String,
        /// The outputs; `None` if they are those of the first row, bit for bit.
        outputs: Option<Vec<RawOutput>>,
    },
    /// What a kernel printed; only the interpreter prints.
    Printed(String),
    /// What is wrong with the kernel, found while it ran.
    Failed(Vec<Diagnosis>),
}

/// What the engine is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// Computing the independent reference result.
    Reference,
    /// The cold part: buffers, pipelines, first run, comparison.
    Preparing,
    /// Runs that are not counted, until the browser has optimised the code.
    WarmingUp,
    /// Timed samples.
    Sampling,
    /// Limits of the machine itself.
    Probing,
}

/// A named failure of one back end, or (`backend: None`) of the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Back end id.
    pub backend: Option<String>,
    /// What kind of failure.
    pub kind: FaultKind,
    /// What happened, with the way out.
    pub message: String,
    /// What is wrong with the kernel, where it is the kernel's fault.
    pub diagnostics: Vec<Diagnosis>,
}

impl Fault {
    /// A fault that no place in a kernel has to do with.
    pub fn new(backend: Option<String>, kind: FaultKind, message: impl Into<String>) -> Fault {
        Fault {
            backend,
            kind,
            message: message.into(),
            diagnostics: Vec::new(),
        }
    }
}

/// Kinds of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// The spec cannot be run: unknown id, size out of range.
    BadSpec,
    /// A pool thread or the engine trapped; the engine has to be started anew.
    Trap,
    /// The GPU device was lost.
    DeviceLost,
    /// The GPU refused a shader, a buffer or a dispatch.
    Gpu,
    /// A kernel did not load or threw; nothing else is touched.
    Kernel,
    /// Not enough memory for this size.
    Memory,
    /// The engine did not load, or did not answer in time.
    Engine,
}

/// How a job ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The intervals are as narrow as wanted.
    Settled,
    /// The time budget was spent first.
    BudgetSpent,
    /// Somebody pressed Stop. What was measured is kept.
    Stopped,
    /// Nothing could be timed: every row was skipped, wrong or failed.
    NothingToTime,
}

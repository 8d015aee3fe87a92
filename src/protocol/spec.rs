//! What somebody wants to run. A spec states intent, never a machine.

use crate::KernelSource;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The kind of question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Experiment {
    /// Every back end on the same work at one size, timed in interleaved blocks.
    Race,
    /// The threaded back ends on 1 to all threads, then every schedule on all of them.
    Threads,
    /// Every back end at sizes up to the one asked for.
    Sizes,
    /// The GPU's runs in their parts, and what the parts cost when they are empty.
    Gpu,
    /// Every workload against the ceilings of this machine.
    Roofline,
    /// When each thread did what.
    Timeline,
    /// What this machine and browser give, whatever the workload.
    Machine,
}

impl Experiment {
    /// All of them, in the order of the page's views.
    pub const ALL: [Experiment; 7] = [
        Experiment::Race,
        Experiment::Threads,
        Experiment::Sizes,
        Experiment::Gpu,
        Experiment::Roofline,
        Experiment::Timeline,
        Experiment::Machine,
    ];

    /// As in links, reports and commands.
    pub fn name(self) -> &'static str {
        match self {
            Experiment::Race => "race",
            Experiment::Threads => "threads",
            Experiment::Sizes => "sizes",
            Experiment::Gpu => "gpu",
            Experiment::Roofline => "roofline",
            Experiment::Timeline => "timeline",
            Experiment::Machine => "machine",
        }
    }

    /// The experiment of this name.
    pub fn named(name: &str) -> Option<Experiment> {
        Experiment::ALL.into_iter().find(|e| e.name() == name)
    }

    /// Seconds that it takes unless told otherwise.
    pub fn default_budget_s(self) -> f64 {
        match self {
            Experiment::Race => DEFAULT_BUDGET_S,
            Experiment::Threads => 16.0,
            Experiment::Sizes | Experiment::Roofline => 40.0,
            Experiment::Gpu => 12.0,
            Experiment::Timeline => 4.0,
            Experiment::Machine => 45.0,
        }
    }

    /// It asks of one workload at one size, not of all or of none.
    pub fn has_workload(self) -> bool {
        !matches!(self, Experiment::Roofline | Experiment::Machine)
    }
}

/// How the items of a pass are dealt out to threads, as in OpenMP (5.2, 11.5.3) and Numba.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Schedule {
    /// To each thread one stretch of items, before it begins.
    Static,
    /// Chunks of one size, to whoever comes next.
    #[default]
    Dynamic,
    /// Chunks that shrink with what is left, to whoever comes next.
    Guided,
}

impl Schedule {
    /// All of them.
    pub const ALL: [Schedule; 3] = [Schedule::Static, Schedule::Dynamic, Schedule::Guided];

    /// As in reports.
    pub fn name(self) -> &'static str {
        match self {
            Schedule::Static => "static",
            Schedule::Dynamic => "dynamic",
            Schedule::Guided => "guided",
        }
    }
}

/// The form in which a kernel was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// Python in Numba's style, compiled in the tab or interpreted.
    Python,
    /// A JavaScript module over typed arrays.
    JavaScript,
    /// Rust over index ranges, generic over the SIMD level.
    Rust,
    /// A WebGPU compute shader.
    Wgsl,
}

impl Form {
    /// The name as a heading.
    pub fn title(self) -> &'static str {
        match self {
            Form::Python => "Python",
            Form::JavaScript => "JavaScript",
            Form::Rust => "Rust",
            Form::Wgsl => "WGSL",
        }
    }
}

/// Seconds that a run takes unless told otherwise.
pub const DEFAULT_BUDGET_S: f64 = 8.0;

/// The back end of a row's id: `scalar#2` is `scalar` once more, to be raced against itself, and
/// `threads@4` is `threads` where an experiment has several rows of it.
pub fn base_id(id: &str) -> &str {
    id.find(['#', '@']).map_or(id, |end| &id[..end])
}

/// What ends the id of a back end that runs Python, where one of the same name runs another form.
const PYTHON: &str = ":python";

/// The id under which a back end's Python is asked for: `scalar:python`, and `scalar:python#2`. The
/// interpreter runs nothing else and keeps its own.
pub fn python_id(id: &str) -> String {
    match base_id(id) {
        "interpreter" => id.into(),
        base if base.ends_with(PYTHON) => id.into(),
        base => format!("{base}{PYTHON}{}", &id[base.len()..]),
    }
}

/// As reports name it, where the form stands beside: `scalar#2` of `scalar:python#2`.
pub fn reported_id(id: &str) -> String {
    let base = base_id(id);
    match base.strip_suffix(PYTHON) {
        Some(own) => format!("{own}{}", &id[base.len()..]),
        None => id.into(),
    }
}

/// One run as somebody asked for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunSpec {
    /// The kind of question.
    pub experiment: Experiment,
    /// Workload id, such as `mandelbrot`.
    pub workload: String,
    /// The workload's n; what it means is in [`crate::WorkloadInfo::size_means`].
    pub size: u32,
    /// Back end ids, in any order. Empty: every one there is.
    pub backends: Vec<String>,
    /// Pool threads that take part. `None`: as many as the machine has.
    pub threads: Option<u32>,
    /// Seeds the inputs and the order of the blocks.
    pub seed: u64,
    /// Seconds for the whole run, reference and verification not counted.
    pub budget_s: f64,
    /// A fault to provoke, for tests. The page shows it in words while it is set.
    pub inject: Option<Inject>,
    /// Somebody's own kernel, run in the place of a workload's: `workload` is then empty.
    pub kernel: Option<KernelSource>,
}

impl RunSpec {
    /// A race of every back end with the defaults.
    pub fn race(workload: impl Into<String>, size: u32) -> Self {
        RunSpec {
            experiment: Experiment::Race,
            workload: workload.into(),
            size,
            backends: Vec::new(),
            threads: None,
            seed: 1,
            budget_s: DEFAULT_BUDGET_S,
            inject: None,
            kernel: None,
        }
    }
}

impl RunSpec {
    /// The id of the row that others are compared with, of those that a baseline's id names.
    pub fn baseline(&self, id: &str) -> String {
        match self.kernel {
            Some(_) => python_id(id),
            None => id.into(),
        }
    }

    /// Asks the same, whatever is wanted of the outputs.
    pub fn asks_like(&self, other: &RunSpec) -> bool {
        let plain = |spec: &RunSpec| {
            let mut spec = spec.clone();
            if let Some(kernel) = &mut spec.kernel {
                (kernel.values, kernel.drawn) = (false, false);
                kernel.files.clear();
            }
            spec
        };
        plain(self) == plain(other)
    }
}

/// A fault provoked on purpose in one back end, so that tests can see it handled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inject {
    /// What goes wrong.
    pub kind: InjectKind,
    /// Where: a back end id.
    pub backend: String,
}

/// The faults that can be provoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum InjectKind {
    /// A tenth of the output is corrupted before it is verified.
    Wrong,
    /// A chunk panics in a pool thread.
    Panic,
    /// A chunk traps without a panic (no message, as a stack overflow would).
    Trap,
    /// A chunk never ends and ignores the stop flag.
    Hang,
    /// The GPU device is destroyed under the run.
    Lost,
}

impl InjectKind {
    const ALL: [(InjectKind, &'static str); 5] = [
        (InjectKind::Wrong, "wrong"),
        (InjectKind::Panic, "panic"),
        (InjectKind::Trap, "trap"),
        (InjectKind::Hang, "hang"),
        (InjectKind::Lost, "lost"),
    ];
}

/// Text that is no fault to provoke.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' is no fault: write KIND:BACKEND, with KIND one of wrong, panic, trap, hang, lost")]
pub struct ParseError {
    /// What was given.
    pub text: String,
}

impl FromStr for Inject {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let error = || ParseError { text: text.into() };
        let (kind, backend) = text.split_once(':').ok_or_else(error)?;
        let (kind, _) = InjectKind::ALL
            .into_iter()
            .find(|(_, name)| *name == kind)
            .ok_or_else(error)?;
        if backend.is_empty() {
            return Err(error());
        }
        Ok(Inject {
            kind,
            backend: backend.into(),
        })
    }
}

impl fmt::Display for Inject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = InjectKind::ALL
            .into_iter()
            .find_map(|(kind, name)| (kind == self.kind).then_some(name));
        write!(f, "{}:{}", name.unwrap_or("?"), self.backend)
    }
}

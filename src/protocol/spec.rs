//! What somebody wants to run. A spec states intent, never a machine.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What is asked of a workload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Experiment {
    /// Every back end on the same work at one size, timed in interleaved blocks.
    Race,
}

/// The form in which a kernel was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// The Python original. Shown beside the others.
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

/// The back end of an id: `scalar#2` is `scalar` once more, to be raced against itself.
pub fn base_id(id: &str) -> &str {
    id.split_once('#').map_or(id, |(base, _)| base)
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
        }
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

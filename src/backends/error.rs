//! How a run can fail.

use parallax_protocol::{Diagnosis, FaultKind};
use parallax_workloads::{OutOfMemory, ProblemError};

/// A failure of one back end.
#[derive(Debug, Clone, thiserror::Error)]
pub enum BackendError {
    /// The stop flag was raised. Not a failure: the caller knows who raised it.
    #[error("stopped")]
    Stopped,
    /// A chunk panicked. In the browser a panic traps instead, and the engine ends.
    #[error("a chunk panicked: {message}")]
    Panicked {
        /// The panic's message.
        message: String,
    },
    /// The GPU went away.
    #[error("the GPU device was lost ({reason}); press Run to ask for it again")]
    DeviceLost {
        /// What the browser or driver says.
        reason: String,
    },
    /// The GPU refused something.
    #[error("the GPU refused the {what}: {message}")]
    Gpu {
        /// shader, buffers, dispatch, read-back.
        what: &'static str,
        /// What the browser or driver says.
        message: String,
    },
    /// A JavaScript kernel did not load, or threw.
    #[error("the JavaScript kernel {what}: {message}")]
    JavaScript {
        /// What became of it: "did not start".
        what: &'static str,
        /// What the browser or the kernel says, with the way out.
        message: String,
    },
    /// A Python kernel that is refused, or that failed while it ran.
    #[error("{}", said(.0))]
    Python(Vec<Diagnosis>),
    /// It is not run here after all, which is no failure: too slow, or of types that a processor lacks.
    #[error("{reason}")]
    LeftOut {
        /// Why, and the way out.
        reason: String,
    },
    /// A Python kernel's own machinery broke down: no fault of the kernel's.
    #[error("the kernel {what}: {message}")]
    Kernel {
        /// What became of it: "did not start".
        what: &'static str,
        /// What the browser says.
        message: String,
    },
    /// Not enough memory.
    #[error(transparent)]
    Memory(#[from] OutOfMemory),
    /// The workload refused.
    #[error(transparent)]
    Problem(#[from] ProblemError),
}

impl BackendError {
    /// The kind that is reported; `None` for a stop, which is none.
    pub fn kind(&self) -> Option<FaultKind> {
        match self {
            BackendError::Stopped => None,
            BackendError::Panicked { .. } => Some(FaultKind::Trap),
            BackendError::DeviceLost { .. } => Some(FaultKind::DeviceLost),
            BackendError::Gpu { .. } => Some(FaultKind::Gpu),
            BackendError::JavaScript { .. }
            | BackendError::Python(_)
            | BackendError::LeftOut { .. }
            | BackendError::Kernel { .. } => Some(FaultKind::Kernel),
            BackendError::Memory(_) | BackendError::Problem(ProblemError::Memory(_)) => {
                Some(FaultKind::Memory)
            }
            BackendError::Problem(ProblemError::Size { .. } | ProblemError::OnlyPython) => {
                Some(FaultKind::BadSpec)
            }
        }
    }

    /// What is wrong with the kernel, where it is the kernel's fault.
    pub fn diagnostics(&self) -> &[Diagnosis] {
        match self {
            BackendError::Python(all) => all,
            _ => &[],
        }
    }
}

/// The first of them with its place, and how many more there are.
pub(crate) fn said(all: &[Diagnosis]) -> String {
    let Some(first) = all.first() else {
        return "the kernel failed".into();
    };
    let mut words = format!("{}: {} (line {}", first.kind, first.message, first.line);
    words.push_str(&format!(", column {})", first.column));
    if let Some(help) = &first.help {
        words.push_str(&format!("; {help}"));
    }
    if all.len() > 1 {
        words.push_str(&format!("; and {} more", all.len() - 1));
    }
    words
}

//! How a run can fail.

use parallax_protocol::FaultKind;
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
            BackendError::JavaScript { .. } => Some(FaultKind::Kernel),
            BackendError::Memory(_) | BackendError::Problem(ProblemError::Memory(_)) => {
                Some(FaultKind::Memory)
            }
            BackendError::Problem(ProblemError::Size { .. }) => Some(FaultKind::BadSpec),
        }
    }
}

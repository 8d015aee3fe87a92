//! What this machine makes of a spec.

use crate::{Form, RunSpec, Support};
use serde::{Deserialize, Serialize};

/// The rows of a run, those that cannot run included, each with its reason.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunPlan {
    /// What was asked.
    pub spec: RunSpec,
    /// One per back end asked for, in ladder order.
    pub rows: Vec<PlanRow>,
    /// Floating-point operations of one run, as the workload counts them.
    pub flops: f64,
    /// Bytes that one run must at least move to and from memory.
    pub bytes: f64,
}

/// One back end's part in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanRow {
    /// Back end id.
    pub backend: String,
    /// The form it will run.
    pub form: Form,
    /// Threads that will take part; 1 where threads do not apply.
    pub threads: u32,
    /// `No`: the row is skipped, with this reason.
    pub support: Support,
}

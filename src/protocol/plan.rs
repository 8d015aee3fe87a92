//! What this machine makes of a spec.

use crate::{Form, RunSpec, Schedule, Support};
use serde::{Deserialize, Serialize};

/// The rows of a run or, in an experiment of several stages, of one stage: those that cannot run
/// included, each with its reason.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunPlan {
    /// What was asked.
    pub spec: RunSpec,
    /// In ladder order.
    pub rows: Vec<PlanRow>,
}

/// One row of a plan: a back end, and where in the experiment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanRow {
    /// Its own id, under which events name it: [`crate::base_id`] is the back end.
    pub backend: String,
    /// Workload id.
    pub workload: String,
    /// The workload's n.
    pub size: u32,
    /// Floating-point operations of one run, as the workload counts them.
    pub flops: f64,
    /// Bytes that one run must at least move to and from memory.
    pub bytes: f64,
    /// How items are dealt out, where that is asked about; else dynamic.
    pub schedule: Option<Schedule>,
    /// The size of chunks over the workload's own, where that is asked about.
    pub chunk: Option<f64>,
    /// The id of the row that it is compared with; `None` if with none.
    pub against: Option<String>,
    /// It is timed while every thread writes down what it does.
    pub recorded: bool,
    /// The form it will run.
    pub form: Form,
    /// Threads that will take part; 1 where threads do not apply.
    pub threads: u32,
    /// `No`: the row is skipped, with this reason.
    pub support: Support,
}

impl PlanRow {
    /// A row of which nothing is known yet but its id and the question.
    pub fn waiting(id: &str, spec: &RunSpec, form: Form) -> Self {
        PlanRow {
            backend: id.into(),
            workload: spec.workload.clone(),
            size: spec.size,
            flops: 0.0,
            bytes: 0.0,
            schedule: None,
            chunk: None,
            against: None,
            recorded: false,
            form,
            threads: 1,
            support: Support::YES,
        }
    }

    /// The id without what tells the rows of an experiment apart: `threads` of `threads@4`,
    /// `scalar#2` of `scalar#2@64`.
    pub fn of(&self) -> &str {
        self.backend.split('@').next().unwrap_or(&self.backend)
    }
}

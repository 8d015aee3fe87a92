//! What this machine makes of a spec: pure but for the probes that were made before.

use crate::stages::{Row, Stage, most_threads};
use parallax_backends::Machine;
use parallax_protocol::{
    BackendSupport, Capabilities, Fault, FaultKind, Form, Overhead, PlanRow, RunPlan, RunSpec, Support,
};
use parallax_workloads::Problem;

/// Shortest and longest budget, in seconds.
const BUDGET_S: (f64, f64) = (0.1, 600.0);

/// A spec that cannot be run as it is.
#[derive(Debug, Clone, PartialEq)]
pub enum SpecError {
    /// No workload of this name.
    Workload(String),
    /// No back end of this name.
    Backend(String),
    /// A budget that is no time, or a very long one.
    Budget(f64),
    /// No thread, or more than there are.
    Threads {
        /// What was asked.
        asked: u32,
        /// Threads in the pool.
        there: usize,
    },
    /// More memory than the engine has.
    Memory {
        /// The workload's n.
        size: u32,
        /// Rows that would be there at once.
        rows: usize,
        /// Bytes that they need.
        need: u64,
        /// Bytes that there are.
        have: u64,
    },
}

impl std::fmt::Display for SpecError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            SpecError::Workload(id) => {
                let ids: Vec<_> = parallax_workloads::registry().iter().map(|w| w.id()).collect();
                write!(f, "there is no workload '{id}': choose one of {}", ids.join(", "))
            }
            SpecError::Backend(id) => {
                let ids: Vec<_> = parallax_backends::registry()
                    .iter()
                    .map(|b| b.info().id)
                    .collect();
                write!(f, "there is no back end '{id}': choose among {}", ids.join(", "))
            }
            SpecError::Budget(seconds) => write!(
                f,
                "a budget of {seconds} s is not possible: choose from {} to {} s",
                BUDGET_S.0, BUDGET_S.1
            ),
            SpecError::Threads { asked, there } => {
                write!(f, "{asked} threads are not possible: choose from 1 to {there}")
            }
            SpecError::Memory {
                size,
                rows,
                need,
                have,
            } => write!(
                f,
                "n = {size} on {rows} back ends needs {} MB of memory and the engine has {} MB here: \
                 choose a smaller size or fewer back ends",
                need.div_ceil(1 << 20),
                have >> 20
            ),
        }
    }
}

impl std::error::Error for SpecError {}

impl From<SpecError> for Fault {
    fn from(error: SpecError) -> Fault {
        Fault::new(None, FaultKind::BadSpec, error.to_string())
    }
}

/// What the engine found, for the page.
pub fn capabilities(
    machine: &Machine,
    build: &str,
    engine_load_ms: Option<f64>,
    pool_start_ms: Option<f64>,
    overhead: Option<Overhead>,
    timer_resolution_us: f64,
) -> Capabilities {
    Capabilities {
        build: build.into(),
        cores: machine.cores as u32,
        pool_threads: machine.pool.threads() as u32,
        engine_load_ms,
        pool_start_ms,
        overhead,
        isolated: machine.isolated,
        timer_resolution_us,
        #[cfg(feature = "gpu")]
        adapter: machine.gpu.adapter(),
        #[cfg(not(feature = "gpu"))]
        adapter: None,
        backends: parallax_backends::registry()
            .iter()
            .map(|backend| BackendSupport {
                backend: backend.info().id,
                support: backend.probe(machine),
            })
            .collect(),
    }
}

/// Checks everything that needs no memory.
pub(crate) fn check(machine: &Machine, spec: &RunSpec) -> Result<(), SpecError> {
    for id in &spec.backends {
        if parallax_backends::find(id).is_none() {
            return Err(SpecError::Backend(id.clone()));
        }
    }
    // Written so that NaN is refused.
    if !(BUDGET_S.0..=BUDGET_S.1).contains(&spec.budget_s) {
        return Err(SpecError::Budget(spec.budget_s));
    }
    let there = machine.pool.threads().max(1);
    match spec.threads.filter(|&t| t == 0 || t as usize > there) {
        Some(asked) => Err(SpecError::Threads { asked, there }),
        None => Ok(()),
    }
}

/// Whether there is room for a stage's rows of Python.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Room {
    /// For all rows.
    All,
    /// Only without those of Python, that nobody has named.
    WithoutPython,
}

/// Whether a row is of Python and there only because all were asked for.
pub(crate) fn is_extra(spec: &RunSpec, form: Form) -> bool {
    form == Form::Python && spec.backends.is_empty() && spec.kernel.is_none()
}

/// Checks how much memory a stage needs, before any of it is allocated.
pub(crate) fn fits(machine: &Machine, spec: &RunSpec, stage: &Stage) -> Result<Room, SpecError> {
    // What a kernel of one's own needs nobody knows before it runs: too little is an error of its own.
    let (Some(workload), Some(have)) = (stage.workload, machine.memory) else {
        return Ok(Room::All);
    };
    let footprint = workload.footprint(stage.size, most_threads(machine, spec) as usize);
    let rows = stage.rows.iter();
    let rows: Vec<Form> = rows
        .filter(|row| row.backend.probe(machine).is_yes())
        .map(|row| row.backend.info().form)
        .collect();
    let python = rows.iter().filter(|form| **form == Form::Python).count();
    let need = |python: usize, others: usize| {
        let own = footprint.python().saturating_mul(python as u64);
        footprint.peak(others).saturating_add(own)
    };
    let others = rows.len() - python;
    if need(python, others) <= have {
        return Ok(Room::All);
    }
    if need(0, others) <= have && rows.contains(&Form::Rust) && is_extra(spec, Form::Python) {
        return Ok(Room::WithoutPython);
    }
    let python = if is_extra(spec, Form::Python) { 0 } else { python };
    Err(SpecError::Memory {
        size: stage.size,
        rows: python + others,
        need: need(python, others),
        have,
    })
}

/// The rows of a stage, each with its support for this problem; without one, `instead` says why
/// they are all skipped.
pub(crate) fn plan(
    machine: &Machine,
    spec: &RunSpec,
    stage: &Stage,
    room: Room,
    problem: Result<&dyn Problem, &str>,
) -> RunPlan {
    let row = |row: &Row| {
        let info = row.backend.info();
        let extra = is_extra(spec, info.form) && room == Room::WithoutPython;
        let support = match (row.backend.probe(machine), problem) {
            (Support::No { reason }, _) => Support::No { reason },
            (Support::Yes { .. }, Err(instead)) => Support::no(instead),
            (Support::Yes { .. }, Ok(_)) if extra => Support::no(
                "left out: there is too little memory for the rungs from Python beside the others; \
                 choose a smaller size or fewer back ends",
            ),
            (yes, Ok(problem)) => match row.backend.fits(machine, problem) {
                Support::Yes { note: None } => yes,
                other => other,
            },
        };
        PlanRow {
            workload: match stage.workload {
                Some(workload) => workload.id().to_owned(),
                // A kernel of one's own is known by its function.
                None => problem.ok().and_then(|p| p.python().entry).unwrap_or_default(),
            },
            size: stage.size,
            flops: problem.map_or(0.0, |p| p.flops()),
            bytes: problem.map_or(0.0, |p| p.bytes()),
            schedule: row.deal.map(|deal| deal.schedule),
            chunk: row.deal.and_then(|deal| deal.chunk),
            against: row.against.clone(),
            recorded: row.recorded,
            form: info.form,
            threads: match info.threaded {
                true => row.threads.unwrap_or(most_threads(machine, spec)),
                false => 1,
            },
            support,
            backend: row.id.clone(),
        }
    };
    RunPlan {
        rows: stage.rows.iter().map(row).collect(),
        spec: spec.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::stages;
    use parallax_backends::Pool;

    #[test]
    fn rows_from_python_give_way_where_memory_is_short() {
        let mut machine = crate::runner::tests::machine(Pool::Threads(2));
        let spec = RunSpec::race("heat", 512);
        let named = RunSpec {
            backends: vec!["interpreter".into(), "scalar".into()],
            ..spec.clone()
        };
        let mut room = |have: u64, spec: &RunSpec| {
            machine.memory = Some(have);
            let stage = stages(&machine, spec).ok().and_then(|mut all| all.pop());
            stage.map(|stage| {
                let room = fits(&machine, spec, &stage);
                let problem = stage.workload.and_then(|w| w.problem(512, 1).ok());
                let rows = match (&room, problem) {
                    (Ok(room), Some(problem)) => plan(&machine, spec, &stage, *room, Ok(&*problem)).rows,
                    _ => Vec::new(),
                };
                let left = rows.into_iter().find(|row| row.backend == "interpreter");
                let reason = left.and_then(|row| match row.support {
                    Support::No { reason } => Some(reason),
                    Support::Yes { .. } => None,
                });
                (room, reason)
            })
        };
        let footprint = parallax_workloads::find("heat").map(|w| w.footprint(512, 2));
        let (Some(footprint), rows) = (footprint, 4) else {
            panic!("no heat")
        };
        let without = footprint.peak(rows);
        assert_eq!(
            room(without + footprint.python(), &spec),
            Some((Ok(Room::All), None))
        );
        let Some((Ok(Room::WithoutPython), Some(reason))) = room(without, &spec) else {
            panic!("{:?}", room(without, &spec))
        };
        assert!(reason.contains("too little memory"), "{reason}");
        assert!(matches!(
            room(without - 1, &spec),
            Some((Err(SpecError::Memory { rows: 4, .. }), _))
        ));
        let less = footprint.peak(1);
        assert!(matches!(
            room(less, &named),
            Some((Err(SpecError::Memory { rows: 2, .. }), _))
        ));
    }
}

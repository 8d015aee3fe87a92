//! What this machine makes of a spec: pure but for the probes that were made before.

use parallax_backends::{Backend, Machine};
use parallax_protocol::{
    BackendSupport, Capabilities, Fault, FaultKind, Overhead, PlanRow, RunPlan, RunSpec, Support, base_id,
};
use parallax_workloads::{Problem, Workload};

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
                let ids: Vec<_> = parallax_workloads::registry()
                    .iter()
                    .map(|w| w.info().id)
                    .collect();
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
        Fault {
            backend: None,
            kind: FaultKind::BadSpec,
            message: error.to_string(),
        }
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

/// Finds the workload and checks everything that needs no memory, and how much will be needed.
pub(crate) fn check(machine: &Machine, spec: &RunSpec) -> Result<&'static dyn Workload, SpecError> {
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
    if let Some(asked) = spec.threads.filter(|&t| t == 0 || t as usize > there) {
        return Err(SpecError::Threads { asked, there });
    }
    let workload =
        parallax_workloads::find(&spec.workload).ok_or_else(|| SpecError::Workload(spec.workload.clone()))?;
    let rows = rows(spec)
        .filter(|(backend, _)| backend.probe(machine).is_yes())
        .count();
    let threads = spec.threads.map_or(there, |threads| threads as usize);
    let need = workload.footprint(spec.size, threads).peak(rows);
    match machine.memory {
        Some(have) if need > have => Err(SpecError::Memory {
            size: spec.size,
            rows,
            need,
            have,
        }),
        _ => Ok(workload),
    }
}

/// The back ends of a run with the ids of their rows, in ladder order; one may be there twice,
/// as `scalar` and `scalar#2`.
fn rows(spec: &RunSpec) -> impl Iterator<Item = (&'static dyn Backend, String)> {
    parallax_backends::registry().iter().flat_map(|&backend| {
        let own = backend.info().id;
        let ids: Vec<String> = match spec.backends.is_empty() {
            true => vec![own],
            false => spec
                .backends
                .iter()
                .filter(|id| base_id(id) == own)
                .cloned()
                .collect(),
        };
        ids.into_iter().map(move |id| (backend, id))
    })
}

/// The rows of a run: every back end asked for, with its support for this problem.
pub fn plan(machine: &Machine, spec: &RunSpec, problem: &dyn Problem) -> RunPlan {
    let threads = spec.threads.unwrap_or(machine.pool.threads() as u32).max(1);
    let row = |backend: &'static dyn Backend, id: String| {
        let info = backend.info();
        let support = match backend.probe(machine) {
            Support::No { reason } => Support::No { reason },
            yes => match backend.fits(machine, problem) {
                Support::Yes { note: None } => yes,
                other => other,
            },
        };
        PlanRow {
            form: info.form,
            threads: if info.threaded { threads } else { 1 },
            support,
            backend: id,
        }
    };
    let rows = rows(spec).map(|(backend, id)| row(backend, id));
    RunPlan {
        rows: rows.collect(),
        flops: problem.flops(),
        bytes: problem.bytes(),
        spec: spec.clone(),
    }
}

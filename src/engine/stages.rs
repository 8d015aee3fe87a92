//! What an experiment does one after the other: races, each with its rows. Pure.

use crate::planner::SpecError;
use parallax_backends::{Backend, Deal, Machine};
use parallax_protocol::{BackendInfo, Experiment, Form, RunSpec, Schedule, base_id, python_id, reported_id};
use parallax_stats::BASELINE;
use parallax_workloads::Workload;

/// Sizes of a size sweep; crossovers lie between two of them.
const SIZES: usize = 9;
/// Sizes at which the parts of a GPU's run are shown.
const GPU_SIZES: usize = 4;
/// The smallest size of a sweep over the largest, unless the workload takes none so small.
const SPAN: f64 = 64.0;
/// Up to so many threads every count is measured; beyond, some of them.
const EVERY_COUNT: u32 = 8;
/// Sizes of chunks over the workload's own.
const CHUNKS: [f64; 4] = [0.25, 1.0, 4.0, 16.0];

/// Rows that are timed together, in the same blocks.
pub(crate) struct Stage {
    /// `None` for a kernel of one's own.
    pub workload: Option<&'static dyn Workload>,
    pub size: u32,
    pub rows: Vec<Row>,
    /// Seconds.
    pub budget_s: f64,
}

/// One row of a stage.
pub(crate) struct Row {
    /// Unique among all stages.
    pub id: String,
    pub backend: &'static dyn Backend,
    /// Threads where they apply; `None` for as many as the run has.
    pub threads: Option<u32>,
    /// How items are dealt out, where that is asked about.
    pub deal: Option<Deal>,
    /// The id of the row that it is compared with.
    pub against: Option<String>,
    /// It is timed while it is being recorded.
    pub recorded: bool,
}

impl Row {
    fn new(id: impl Into<String>, backend: &'static dyn Backend) -> Self {
        Row {
            id: id.into(),
            backend,
            threads: None,
            deal: None,
            against: None,
            recorded: false,
        }
    }
}

/// The stages of a spec, in order; none where an experiment runs no workload.
pub(crate) fn stages(machine: &Machine, spec: &RunSpec) -> Result<Vec<Stage>, SpecError> {
    if spec.experiment == Experiment::Machine {
        return Ok(Vec::new());
    }
    // A kernel of one's own takes any size, and its rows are those of Python.
    let workload = match spec.kernel {
        Some(_) => None,
        None => Some(
            parallax_workloads::find(&spec.workload)
                .ok_or_else(|| SpecError::Workload(spec.workload.clone()))?,
        ),
    };
    let least = workload.map_or(1, |workload| workload.size_range().0);
    let one = |rows| Stage {
        workload,
        size: spec.size,
        rows,
        budget_s: spec.budget_s,
    };
    let mut stages: Vec<Stage> = match spec.experiment {
        Experiment::Race => vec![one(race(spec, ""))],
        Experiment::Threads => vec![one(threads(spec, most_threads(machine, spec)))],
        Experiment::Timeline => vec![one(timeline(spec))],
        Experiment::Sizes => sweep(least, spec.size, SIZES)
            .into_iter()
            .map(|size| Stage {
                size,
                ..one(race(spec, &size.to_string()))
            })
            .collect(),
        Experiment::Gpu => sweep(least, spec.size, GPU_SIZES)
            .into_iter()
            .map(|size| {
                let mut rows = race(spec, &size.to_string());
                rows.retain(|row| reported_id(&row.backend.info().id) == "gpu");
                Stage { size, ..one(rows) }
            })
            .collect(),
        Experiment::Roofline if workload.is_none() => vec![one(race(spec, ""))],
        Experiment::Roofline => parallax_workloads::registry()
            .iter()
            .map(|&workload| Stage {
                workload: Some(workload),
                size: workload.default_size(),
                ..one(race(spec, workload.id()))
            })
            .collect(),
        Experiment::Machine => Vec::new(),
    };
    // The limits of the machine take their share of the time where they are measured too.
    let rest_s = spec.budget_s - crate::probing::budget_s(spec).unwrap_or(0.0);
    let each = rest_s / stages.len().max(1) as f64;
    for stage in &mut stages {
        stage.budget_s = each;
    }
    Ok(stages)
}

/// Threads that there may be in a row.
pub(crate) fn most_threads(machine: &Machine, spec: &RunSpec) -> u32 {
    let there = machine.pool.threads().max(1) as u32;
    spec.threads.unwrap_or(there).min(there)
}

/// The back ends that are asked for with the ids of their rows, in ladder order; one may be there
/// twice, as `scalar` and `scalar#2`.
fn asked(spec: &RunSpec) -> impl Iterator<Item = (&'static dyn Backend, BackendInfo, String)> {
    parallax_backends::registry().iter().flat_map(|&backend| {
        let info = backend.info();
        let is_python = info.form == Form::Python;
        let ids: Vec<String> = match spec.backends.is_empty() {
            // A kernel of one's own is Python.
            _ if spec.kernel.is_some() && !is_python => Vec::new(),
            // Experiments are of the hand-written rungs, but where Python's are named.
            true if spec.kernel.is_none() && is_python && spec.experiment != Experiment::Race => Vec::new(),
            true => vec![info.id.clone()],
            false => spec
                .backends
                .iter()
                .filter(|id| base_id(id) == info.id)
                .cloned()
                .collect(),
        };
        ids.into_iter().map(move |id| (backend, info.clone(), id))
    })
}

/// Every back end, against scalar. `mark` tells the rows of several stages apart.
fn race(spec: &RunSpec, mark: &str) -> Vec<Row> {
    let id = |id: &str| match mark {
        "" => id.to_owned(),
        mark => format!("{id}@{mark}"),
    };
    let baseline = match spec.kernel {
        Some(_) => id(&python_id(BASELINE)),
        None => id(BASELINE),
    };
    asked(spec)
        .map(|(backend, _, own)| {
            let id = id(&own);
            Row {
                against: (id != baseline).then(|| baseline.clone()),
                ..Row::new(id, backend)
            }
        })
        .collect()
}

/// Each threaded back end on 1 to so many threads against itself on one, then the last of them
/// under every schedule against its usual one.
fn threads(spec: &RunSpec, most: u32) -> Vec<Row> {
    let threaded: Vec<_> = asked(spec).filter(|(_, info, _)| info.threaded).collect();
    let mut rows = Vec::new();
    for (backend, _, id) in &threaded {
        for count in counts(most) {
            rows.push(Row {
                threads: Some(count),
                against: (count > 1).then(|| format!("{id}@1")),
                ..Row::new(format!("{id}@{count}"), *backend)
            });
        }
    }
    if let Some((backend, _, id)) = threaded.last().filter(|_| most > 1) {
        let usual = format!("{id}@{most}");
        let mut row = |schedule: Schedule, chunk: Option<f64>| {
            let chunks = chunk.map(|chunk| format!(" x{chunk}")).unwrap_or_default();
            rows.push(Row {
                threads: Some(most),
                deal: Some(Deal { schedule, chunk }),
                against: Some(usual.clone()),
                ..Row::new(format!("{id}@{most} {}{chunks}", schedule.name()), *backend)
            });
        };
        row(Schedule::Static, None);
        for chunk in CHUNKS {
            row(Schedule::Dynamic, Some(chunk));
        }
        row(Schedule::Guided, Some(1.0));
    }
    rows
}

/// Thread counts up to the most: all of few, else powers of two, what lies halfway between them, the
/// most, and half of it, where logical cores that share a physical one would show.
fn counts(most: u32) -> Vec<u32> {
    if most <= EVERY_COUNT {
        return (1..=most.max(1)).collect();
    }
    let powers = (0..32).map(|p| 1u32 << p).take_while(|p| *p < most);
    let mut counts: Vec<u32> = powers
        .flat_map(|p| [p, p + p / 2])
        .filter(|c| *c < most)
        .chain([most / 2, most])
        .collect();
    counts.sort_unstable();
    counts.dedup();
    counts
}

/// Every back end, and those with threads once more while they are recorded: what recording costs
/// is their ratio.
fn timeline(spec: &RunSpec) -> Vec<Row> {
    let mut rows = Vec::new();
    for (backend, info, id) in asked(spec) {
        rows.push(Row::new(id.clone(), backend));
        if info.threaded {
            rows.push(Row {
                against: Some(id.clone()),
                recorded: true,
                ..Row::new(format!("{id}@recorded"), backend)
            });
        }
    }
    rows
}

/// So many sizes up to this one, evenly spaced on a logarithmic axis, without repetitions.
fn sweep(least: u32, most: u32, count: usize) -> Vec<u32> {
    let low = f64::from(least).max(f64::from(most) / SPAN).max(1.0);
    let ratio = f64::from(most) / low;
    let step = |i: usize| (low * ratio.powf(i as f64 / (count - 1) as f64)).round() as u32;
    let mut sizes: Vec<u32> = (0..count).map(step).map(|n| n.clamp(least, most)).collect();
    sizes.dedup();
    sizes
}

#[cfg(test)]
mod tests {
    use super::*;
    use parallax_protocol::KernelSource;

    fn spec(experiment: Experiment) -> RunSpec {
        RunSpec {
            experiment,
            ..RunSpec::race("matmul", 512)
        }
    }

    fn ids(rows: &[Row]) -> Vec<&str> {
        rows.iter().map(|row| row.id.as_str()).collect()
    }

    #[test]
    fn thread_counts_are_all_of_few_and_some_of_many() {
        assert_eq!(counts(1), [1]);
        assert_eq!(counts(6), [1, 2, 3, 4, 5, 6]);
        assert_eq!(counts(16), [1, 2, 3, 4, 6, 8, 12, 16]);
        assert_eq!(counts(20), [1, 2, 3, 4, 6, 8, 10, 12, 16, 20]);
    }

    #[test]
    fn threads_are_compared_with_one_and_schedules_with_the_usual() {
        let rows = threads(&spec(Experiment::Threads), 2);
        assert_eq!(
            ids(&rows)[..4],
            ["threads@1", "threads@2", "threads+simd@1", "threads+simd@2"]
        );
        assert_eq!(rows[0].against, None);
        assert_eq!(rows[3].against.as_deref(), Some("threads+simd@1"));
        let schedules = &rows[4..];
        assert_eq!(schedules.len(), 6);
        assert!(
            schedules
                .iter()
                .all(|row| row.against.as_deref() == Some("threads+simd@2"))
        );
        // One thread has nobody to share with.
        assert_eq!(
            ids(&threads(&spec(Experiment::Threads), 1)),
            ["threads@1", "threads+simd@1"]
        );
    }

    #[test]
    fn ids_are_unique_in_every_experiment() {
        let machine = crate::runner::tests::machine(parallax_backends::Pool::Threads(4));
        for experiment in Experiment::ALL {
            let stages = stages(&machine, &spec(experiment)).unwrap();
            let mut all: Vec<_> = stages.iter().flat_map(|stage| ids(&stage.rows)).collect();
            let count = all.len();
            all.sort_unstable();
            all.dedup();
            assert_eq!(all.len(), count, "{experiment:?}");
            assert_eq!(count == 0, experiment == Experiment::Machine);
            let budget: f64 = stages.iter().map(|stage| stage.budget_s).sum();
            assert!(budget <= 8.0 + 1e-9, "{experiment:?}");
        }
    }

    #[test]
    fn a_kernel_of_ones_own_has_the_rows_of_python_in_every_experiment() {
        let machine = crate::runner::tests::machine(parallax_backends::Pool::Threads(2));
        for experiment in Experiment::ALL {
            let spec = RunSpec {
                kernel: Some(KernelSource::default()),
                workload: String::new(),
                size: 1000,
                ..spec(experiment)
            };
            let stages = stages(&machine, &spec).unwrap();
            let rows: Vec<&Row> = stages.iter().flat_map(|stage| &stage.rows).collect();
            assert!(
                stages
                    .iter()
                    .all(|stage| stage.workload.is_none() && stage.size <= 1000)
            );
            assert!(rows.iter().all(|row| row.backend.info().form == Form::Python));
            assert_eq!(
                rows.is_empty(),
                experiment == Experiment::Machine,
                "{experiment:?}"
            );
            if matches!(experiment, Experiment::Machine | Experiment::Gpu) {
                // Nothing is compared there.
                continue;
            }
            let there = |id: &String| rows.iter().any(|row| row.id == *id);
            assert!(
                rows.iter().all(|row| row.against.as_ref().is_none_or(there)),
                "{experiment:?}"
            );
            assert!(rows.iter().any(|row| row.against.is_some()), "{experiment:?}");
        }
    }

    #[test]
    fn sizes_rise_to_the_one_that_was_asked_for() {
        for workload in parallax_workloads::registry() {
            let info = workload.info();
            for most in [info.size_range.0, info.default_size, info.size_range.1] {
                let sizes = sweep(info.size_range.0, most, SIZES);
                assert!(sizes.is_sorted_by(|a, b| a < b), "{sizes:?}");
                assert_eq!(sizes.last(), Some(&most));
                assert!(sizes[0] >= info.size_range.0);
            }
        }
    }
}

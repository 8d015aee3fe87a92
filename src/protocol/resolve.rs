//! From a spec as it was written to one that can be run.

use crate::{Asked, Catalogue, Inject, RunSpec, base_id};

/// Budgets that can be asked for, in seconds.
pub const BUDGET_RANGE_S: (f64, f64) = (0.1, 600.0);
/// No machine that this page meets has more.
pub const MOST_THREADS: u32 = 1024;

/// A spec that cannot be run as it is written.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SpecProblem {
    /// A field of this name means nothing.
    #[error("there is no field '{field}' in a spec: it has {}", Asked::FIELDS.join(", "))]
    Field {
        /// As written.
        field: String,
    },
    /// No such workload.
    #[error("there is no workload '{id}': choose one of {known}")]
    Workload {
        /// As written.
        id: String,
        /// Those there are.
        known: String,
    },
    /// No such back end.
    #[error("there is no back end '{id}': choose among {known}")]
    Backend {
        /// As written.
        id: String,
        /// Those there are.
        known: String,
    },
    /// A back end twice: what was meant?
    #[error("the back end '{id}' is there twice: to run one against itself, write '{id}' and '{id}#2'")]
    Twice {
        /// As written.
        id: String,
    },
    /// n out of range.
    #[error("size {size} is not possible for {workload}: choose from {low} to {high}")]
    Size {
        /// Its id.
        workload: String,
        /// As written.
        size: u32,
        /// Smallest.
        low: u32,
        /// Largest.
        high: u32,
    },
    /// No thread, or very many.
    #[error("{threads} threads are not possible: choose from 1 to {MOST_THREADS}")]
    Threads {
        /// As written.
        threads: u32,
    },
    /// No time, or a very long one.
    #[error(
        "a budget of {budget} s is not possible: choose from {} to {} s",
        BUDGET_RANGE_S.0,
        BUDGET_RANGE_S.1
    )]
    Budget {
        /// As written.
        budget: f64,
    },
    /// No fault of this name.
    #[error("{0}")]
    Inject(#[from] crate::ParseError),
}

impl Asked {
    /// Fills in the defaults and checks everything that does not depend on the machine.
    ///
    /// # Errors
    /// The first field that cannot be used, with what could be.
    pub fn resolve(&self, catalogue: &Catalogue) -> Result<RunSpec, SpecProblem> {
        let workload = catalogue
            .workload(&self.workload)
            .ok_or_else(|| SpecProblem::Workload {
                id: self.workload.clone(),
                known: list(catalogue.workloads.iter().map(|w| w.id.as_str())),
            })?;
        let size = self.size.unwrap_or(workload.default_size);
        let (low, high) = workload.size_range;
        if !(low..=high).contains(&size) {
            return Err(SpecProblem::Size {
                workload: workload.id.clone(),
                size,
                low,
                high,
            });
        }
        let inject: Option<Inject> = self.inject.as_deref().map(str::parse).transpose()?;
        for (i, id) in self.backends.iter().enumerate() {
            self.known(id, catalogue)?;
            if self.backends[..i].contains(id) {
                return Err(SpecProblem::Twice { id: id.clone() });
            }
        }
        if let Some(inject) = &inject {
            self.known(&inject.backend, catalogue)?;
        }
        if let Some(threads) = self.threads.filter(|t| !(1..=MOST_THREADS).contains(t)) {
            return Err(SpecProblem::Threads { threads });
        }
        let (least, most) = BUDGET_RANGE_S;
        // Written so that NaN is refused.
        if !(least..=most).contains(&self.budget) {
            return Err(SpecProblem::Budget { budget: self.budget });
        }
        Ok(RunSpec {
            experiment: self.experiment,
            workload: workload.id.clone(),
            size,
            backends: self.backends.clone(),
            threads: self.threads,
            seed: self.seed,
            budget_s: self.budget,
            inject,
        })
    }

    fn known(&self, id: &str, catalogue: &Catalogue) -> Result<(), SpecProblem> {
        match catalogue.backend(base_id(id)) {
            Some(_) => Ok(()),
            None => Err(SpecProblem::Backend {
                id: id.into(),
                known: list(catalogue.backends.iter().map(|b| b.id.as_str())),
            }),
        }
    }
}

fn list<'a>(ids: impl Iterator<Item = &'a str>) -> String {
    ids.collect::<Vec<_>>().join(", ")
}

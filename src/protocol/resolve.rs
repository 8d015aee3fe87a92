//! From a spec as it was written to one that can be run.

use crate::{
    Asked, Catalogue, Experiment, Inject, KernelSource, LONGEST_SOURCE, RunSpec, base_id, python_id,
};

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
    /// A field holds something else than it should.
    #[error("{field} is {got}: {wanted} is expected")]
    Type {
        /// Which.
        field: &'static str,
        /// What it holds, in words.
        got: String,
        /// What it should hold.
        wanted: &'static str,
    },
    /// A field must be there.
    #[error("{field} is missing: {wanted} is expected")]
    Missing {
        /// Which.
        field: &'static str,
        /// What it should hold.
        wanted: &'static str,
    },
    /// Fields that exclude each other.
    #[error("{0}")]
    Together(&'static str),
    /// A file that is longer than any kernel.
    #[error("the source has {bytes} bytes: at most {LONGEST_SOURCE} are compiled")]
    Source {
        /// Its length.
        bytes: usize,
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

/// A value as a script wrote it.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Null, undefined or absent.
    Null,
    /// True or false.
    Bool(bool),
    /// Any number.
    Number(f64),
    /// Any text.
    Text(String),
    /// An array.
    List(Vec<Value>),
    /// Something that no field takes, by its type's name.
    Other(&'static str),
}

impl Value {
    fn words(&self) -> String {
        match self {
            Value::Null => "null".into(),
            Value::Bool(b) => b.to_string(),
            Value::Number(n) => n.to_string(),
            Value::Text(text) => format!("'{}'", text.chars().take(40).collect::<String>()),
            Value::List(_) => "an array".into(),
            Value::Other(name) => format!("a {name}"),
        }
    }
}

/// The largest whole number up to which a script's numbers tell neighbours apart.
const MOST_EXACT: f64 = 9_007_199_254_740_991.0;

/// What `setup` is given unless told otherwise.
const USUAL_SIZE: u32 = 1_000;

const EXPERIMENTS: &str = "'race', 'threads', 'sizes', 'gpu', 'roofline', 'timeline' or 'machine'";
const ID: &str = "a workload's id";
const WHOLE: &str = "a whole number";
const SEED: &str = "a whole number from 0 to 2^64 - 1, beyond 2^53 - 1 as text";
const IDS: &str = "an array of back end ids";

impl Asked {
    /// Reads the fields of a spec as a script wrote them; what is left out gets its default.
    ///
    /// # Errors
    /// The first field that is unknown, missing or of the wrong type.
    pub fn read(fields: Vec<(String, Value)>) -> Result<Asked, SpecProblem> {
        let mut asked = Asked::from(&RunSpec::race("", 0));
        asked.size = None;
        let mut budget = None;
        for (name, value) in fields {
            let field = Asked::FIELDS.into_iter().find(|field| *field == name);
            let Some(field) = field else {
                return Err(SpecProblem::Field {
                    field: name.chars().take(40).collect(),
                });
            };
            let wrong = |wanted| SpecProblem::Type {
                field,
                got: value.words(),
                wanted,
            };
            match (field, &value) {
                ("workload", Value::Text(id)) => asked.workload = id.clone(),
                ("workload", Value::Null) => {}
                ("workload", _) => return Err(wrong(ID)),
                (_, Value::Null) => {}
                ("experiment", Value::Text(name)) if Experiment::named(name).is_some() => {
                    asked.experiment = Experiment::named(name).unwrap_or(Experiment::Race);
                }
                ("experiment", _) => return Err(wrong(EXPERIMENTS)),
                ("size", value) => asked.size = Some(whole(value).ok_or_else(|| wrong(WHOLE))?),
                ("threads", value) => asked.threads = Some(whole(value).ok_or_else(|| wrong(WHOLE))?),
                ("backends", Value::List(ids)) => {
                    let ids = ids.iter().map(|id| match id {
                        Value::Text(id) => Some(id.clone()),
                        _ => None,
                    });
                    asked.backends = ids.collect::<Option<_>>().ok_or_else(|| wrong(IDS))?;
                }
                ("backends", _) => return Err(wrong(IDS)),
                ("seed", Value::Number(n)) if *n >= 0.0 && *n <= MOST_EXACT && n.fract() == 0.0 => {
                    asked.seed = *n as u64;
                }
                ("seed", Value::Text(digits)) => asked.seed = digits.parse().map_err(|_| wrong(SEED))?,
                ("seed", _) => return Err(wrong(SEED)),
                ("budget", Value::Number(s)) => budget = Some(*s),
                ("budget", _) => return Err(wrong("a number of seconds")),
                ("inject", Value::Text(fault)) => asked.inject = Some(fault.clone()),
                ("source", Value::Text(text)) => asked.source = Some(text.clone()),
                ("source", _) => return Err(wrong("a Python file as text")),
                ("entry", Value::Text(name)) => asked.entry = Some(name.clone()),
                ("entry", _) => return Err(wrong("a function's name")),
                ("narrow", Value::Bool(narrow)) => asked.narrow = *narrow,
                ("values", Value::Bool(values)) => asked.values = *values,
                ("narrow" | "values", _) => return Err(wrong("true or false")),
                (_, _) => return Err(wrong("KIND:BACKEND")),
            }
        }
        asked.budget = budget.unwrap_or(asked.experiment.default_budget_s());
        match asked.workload.is_empty() && asked.source.is_none() && asked.experiment.has_workload() {
            true => Err(SpecProblem::Missing {
                field: "workload",
                wanted: ID,
            }),
            false => Ok(asked),
        }
    }

    /// Fills in the defaults and checks everything that does not depend on the machine.
    ///
    /// # Errors
    /// The first field that cannot be used, with what could be.
    pub fn resolve(&self, catalogue: &Catalogue) -> Result<RunSpec, SpecProblem> {
        if let Some(source) = &self.source {
            return self.resolve_source(source, catalogue);
        }
        if self.entry.is_some() || self.narrow || self.values {
            return Err(SpecProblem::Together(
                "entry, narrow and values are of a kernel of one's own: they go with source",
            ));
        }
        let named = catalogue.workload(&self.workload);
        let any = catalogue
            .workloads
            .first()
            .filter(|_| self.workload.is_empty() && !self.experiment.has_workload());
        let workload = named.or(any).ok_or_else(|| SpecProblem::Workload {
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
            kernel: None,
        })
    }

    /// The same of a kernel of one's own. Its back ends are those that run Python, asked for by the
    /// names that reports have for them.
    fn resolve_source(&self, source: &str, catalogue: &Catalogue) -> Result<RunSpec, SpecProblem> {
        if !self.workload.is_empty() {
            return Err(SpecProblem::Together(
                "a run is of a workload or of a source, not of both",
            ));
        }
        if self.experiment == Experiment::Machine {
            return Err(SpecProblem::Together(
                "the machine is measured without a workload, and with no kernel: leave the source out",
            ));
        }
        if source.len() > LONGEST_SOURCE {
            return Err(SpecProblem::Source { bytes: source.len() });
        }
        let any = catalogue
            .workloads
            .first()
            .map(|w| w.id.clone())
            .unwrap_or_default();
        let size = self.size.unwrap_or(USUAL_SIZE);
        if size == 0 || size > i32::MAX as u32 {
            return Err(SpecProblem::Size {
                workload: "a source".into(),
                size,
                low: 1,
                high: i32::MAX as u32,
            });
        }
        // Everything else is what it is of any run.
        let plain = Asked {
            workload: any,
            size: None,
            backends: self.backends.iter().map(|id| python_id(id)).collect(),
            source: None,
            entry: None,
            narrow: false,
            values: false,
            ..self.clone()
        };
        Ok(RunSpec {
            workload: String::new(),
            size,
            kernel: Some(KernelSource {
                text: source.into(),
                entry: self.entry.clone(),
                narrow: self.narrow,
                values: self.values,
                ..KernelSource::default()
            }),
            ..plain.resolve(catalogue)?
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

fn whole(value: &Value) -> Option<u32> {
    match value {
        Value::Number(n) if *n >= 0.0 && *n <= f64::from(u32::MAX) && n.fract() == 0.0 => Some(*n as u32),
        _ => None,
    }
}

fn list<'a>(ids: impl Iterator<Item = &'a str>) -> String {
    ids.collect::<Vec<_>>().join(", ")
}

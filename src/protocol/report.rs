//! The report: what the page shows, exports and keeps, what `window.parallax.run` and
//! `cargo xtask bench` give. One and the same JSON for all of them.
//!
//! Fields that do not apply are null, never absent. Reading ignores fields that it does
//! not know, so that a report of a newer minor version can still be compared with.

use crate::kernel::{LONGEST_SOURCE, MOST_OF_A_KERNEL, MOST_VALUES};
use crate::{
    Cold, Diagnosis, ErrorKind, Experiment, Finding, Form, OutputOf, Quantity, RunSpec, Schedule, Timeline,
    found, python_id,
};
use serde::{Deserialize, Serialize};

/// The version of the report's layout. A change of meaning makes a new one.
pub const SCHEMA: u32 = 1;

/// Most rows that a report read from outside may have.
pub const MOST_ROWS: usize = 1_000;
/// Most samples that one of its rows may have.
pub const MOST_SAMPLES: usize = 100_000;
/// How the warning begins that a row had work for fewer threads than it was given.
pub const FEWER_THREADS: &str = "work for ";
/// Longest text in it, in bytes.
pub const LONGEST_TEXT: usize = 4_096;

/// One run, or several put together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: u32,
    /// What was asked.
    pub spec: Asked,
    /// Where it was measured.
    pub environment: Environment,
    /// One per back end; of experiments with several stages one per back end and stage.
    pub results: Vec<ResultRow>,
    /// What was measured of the machine itself.
    #[serde(default)]
    pub quantities: Vec<Quantity>,
    /// Who did what when.
    #[serde(default)]
    pub timelines: Vec<Timeline>,
    /// What is concluded, in numbers and words.
    #[serde(default)]
    pub findings: Vec<Finding>,
}

/// A spec as people and programs write it: everything but the workload may be left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    /// The kind of question.
    #[serde(default = "race")]
    pub experiment: Experiment,
    /// Workload id; of a benchmark over several, their ids with commas between. Of experiments that
    /// ask of no workload in particular any, or none.
    #[serde(default)]
    pub workload: String,
    /// The workload's n; null for its default.
    #[serde(default)]
    pub size: Option<u32>,
    /// Back end ids; empty for every one there is.
    #[serde(default)]
    pub backends: Vec<String>,
    /// Pool threads that take part; null for all.
    #[serde(default)]
    pub threads: Option<u32>,
    /// Seeds inputs and order. Beyond 2^53, where JSON's numbers end, a text of digits.
    #[serde(default = "first_seed", with = "seed")]
    pub seed: u64,
    /// Seconds for the workload over all its back ends.
    #[serde(default = "usual_budget")]
    pub budget: f64,
    /// A fault provoked on purpose, `KIND:BACKEND`; for tests.
    #[serde(default)]
    pub inject: Option<String>,
    /// A Python file of one's own, run in the place of a workload.
    #[serde(default)]
    pub source: Option<String>,
    /// Its function; null for the one that the file names, else its last kernel.
    #[serde(default)]
    pub entry: Option<String>,
    /// Whether 64-bit numbers may become 32-bit ones on the GPU.
    #[serde(default)]
    pub narrow: bool,
    /// Whether the outputs' elements are wanted.
    #[serde(default)]
    pub values: bool,
}

fn race() -> Experiment {
    Experiment::Race
}

fn first_seed() -> u64 {
    1
}

fn usual_budget() -> f64 {
    crate::DEFAULT_BUDGET_S
}

impl Asked {
    /// The names of its fields, to tell a misspelt one.
    pub const FIELDS: [&'static str; 12] = [
        "experiment",
        "workload",
        "size",
        "backends",
        "threads",
        "seed",
        "budget",
        "inject",
        "source",
        "entry",
        "narrow",
        "values",
    ];
}

impl From<&RunSpec> for Asked {
    fn from(spec: &RunSpec) -> Self {
        Asked {
            experiment: spec.experiment,
            workload: spec.workload.clone(),
            size: Some(spec.size),
            backends: spec.backends.clone(),
            threads: spec.threads,
            seed: spec.seed,
            budget: spec.budget_s,
            inject: spec.inject.as_ref().map(ToString::to_string),
            source: spec.kernel.as_ref().map(|kernel| kernel.text.clone()),
            entry: spec.kernel.as_ref().and_then(|kernel| kernel.entry.clone()),
            narrow: spec.kernel.as_ref().is_some_and(|kernel| kernel.narrow),
            values: spec.kernel.as_ref().is_some_and(|kernel| kernel.values),
        }
    }
}

/// The conditions under which figures were made.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Environment {
    /// Build id of page and engine.
    pub build: String,
    /// As the browser names itself; natively the operating system and processor.
    pub user_agent: String,
    /// Logical cores reported.
    pub cores: u32,
    /// Threads in the pool; 0 without one.
    #[serde(default)]
    pub pool_threads: u32,
    /// Cold: milliseconds that the engine's program took to fetch and compile.
    #[serde(default)]
    pub engine_load_ms: Option<f64>,
    /// Cold: milliseconds that the pool took to start.
    #[serde(default)]
    pub pool_start_ms: Option<f64>,
    /// Microseconds of an empty parallel run: the pool called, all threads answered.
    #[serde(default)]
    pub dispatch_us: Option<f64>,
    /// Microseconds of each further one while the threads are awake.
    #[serde(default)]
    pub barrier_us: Option<f64>,
    /// `crossOriginIsolated`; true natively.
    pub isolated: bool,
    /// Smallest step of the clock that was seen, in microseconds.
    pub timer_resolution_us: f64,
    /// The GPU, if any.
    pub adapter: Option<AdapterName>,
    /// The page was visible when the run ended. Samples of a hidden page are discarded.
    pub visible: bool,
    /// When it began, as `2026-11-21T02:25:49Z`; empty if nobody knows.
    #[serde(default)]
    pub started: String,
}

/// A GPU as a report names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdapterName {
    /// Vendor, device or driver, as far as the browser tells.
    pub name: String,
    /// It runs shaders on the CPU.
    pub software: bool,
}

/// What became of one back end on one workload.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResultRow {
    /// Workload id.
    pub workload: String,
    /// Its n.
    pub size: u32,
    /// Back end id.
    pub backend: String,
    /// The form of the kernel that ran.
    pub form: Form,
    /// Threads that took part.
    pub threads: u32,
    /// How items were dealt out, where that was asked about; else dynamic.
    #[serde(default)]
    pub schedule: Option<Schedule>,
    /// The size of chunks over the workload's own, where that was asked about.
    #[serde(default)]
    pub chunk: Option<f64>,
    /// It was timed while every thread wrote down what it did.
    #[serde(default)]
    pub recorded: bool,
    /// Longest busy time of a thread over the mean, less 1.
    #[serde(default)]
    pub imbalance: Option<f64>,
    /// Floating-point operations of one run, as the workload counts them.
    #[serde(default)]
    pub flops: Option<f64>,
    /// Bytes that one run must at least move to and from memory.
    #[serde(default)]
    pub bytes: Option<f64>,
    /// `browser`, `native`, or `peer:<name>`.
    #[serde(rename = "where")]
    pub place: String,
    /// How it ended.
    pub status: ResultStatus,
    /// Why it was skipped, failed or is wrong.
    pub reason: Option<String>,
    /// Costs paid once.
    pub cold_ms: Option<ColdMs>,
    /// Every sample that was taken; outliers are flagged, never dropped.
    pub samples: Vec<ReportSample>,
    /// How many samples the figures are made of: a link carries the figures without them.
    #[serde(default)]
    pub sample_count: u32,
    /// Median, milliseconds per run.
    pub median_ms: Option<f64>,
    /// Median absolute deviation from it.
    pub mad_ms: Option<f64>,
    /// 95 % interval of the median.
    pub ci95_ms: Option<(f64, f64)>,
    /// Median of the ratios paired by block; null for the baseline and for software GPUs.
    pub speedup: Option<f64>,
    /// Its 95 % interval.
    pub speedup_ci95: Option<(f64, f64)>,
    /// What may be claimed of it.
    #[serde(default)]
    pub verdict: Option<Verdict>,
    /// The back end that the speed-up is against.
    pub against: Option<String>,
    /// Largest error against the reference.
    pub max_error: Option<f64>,
    /// The measure of it.
    pub error_kind: Option<ErrorKind>,
    /// What is allowed.
    pub tolerance: Option<f64>,
    /// The parts of a GPU run.
    pub gpu_ms: Option<GpuMs>,
    /// It was timed and verified on less than the whole: its times are extrapolated.
    #[serde(default)]
    pub sampled: Option<Sampled>,
    /// What the first run gave; null where nothing ran.
    #[serde(default)]
    pub outputs: Option<Vec<OutputOf>>,
    /// What is wrong with the kernel, where that ended the row; else null.
    #[serde(default)]
    pub diagnostics: Option<Vec<Diagnosis>>,
    /// What the reader of these figures should know.
    pub warnings: Vec<String>,
}

/// A smaller piece of the work in the place of the whole.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Sampled {
    /// The n that was run, and verified.
    pub size: u32,
    /// What its times were multiplied with: operations of the whole over its own.
    pub factor: f64,
}

/// How a back end's part in a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ResultStatus {
    /// Verified and timed.
    Ok,
    /// Its output is wrong: it has no time.
    Wrong,
    /// It cannot run here.
    Skipped,
    /// It broke down.
    Failed,
    /// The run was stopped before it was done; what it has is kept.
    Stopped,
}

/// What an interval allows to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The whole interval is above 1.
    Faster,
    /// The whole interval is below 1.
    Slower,
    /// The interval holds 1.
    NoClearDifference,
    /// Too few blocks for an interval.
    TooFew,
}

/// [`Cold`] as reports write it. What does not apply is null.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ColdMs {
    /// Everything below.
    pub total: f64,
    /// Code generated and compiled at run time.
    pub compile: Option<f64>,
    /// Buffers allocated, inputs uploaded, workers started.
    pub start: Option<f64>,
    /// Shader compiled, pipeline made.
    pub pipeline: Option<f64>,
    /// The first run, which is also the one that is verified.
    pub first_run: Option<f64>,
}

impl From<Cold> for ColdMs {
    fn from(cold: Cold) -> Self {
        ColdMs {
            total: cold.total,
            compile: (cold.compile > 0.0).then_some(cold.compile),
            start: Some(cold.start),
            pipeline: (cold.pipeline > 0.0).then_some(cold.pipeline),
            first_run: Some(cold.first_run),
        }
    }
}

/// One sample in a report.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ReportSample {
    /// Milliseconds per run.
    pub ms: f64,
    /// The block that it belongs to.
    pub block: u32,
    /// Beyond Tukey's fences.
    pub outlier: bool,
}

/// The parts of a GPU run, medians of a few runs, in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct GpuMs {
    /// Inputs to the device.
    pub upload: Option<f64>,
    /// The dispatches, by the GPU's own clock; null where it has none or they are too short
    /// for its steps.
    pub kernel: Option<f64>,
    /// What submitting and waiting cost beside the kernel; null where the kernel is not known.
    #[serde(default)]
    pub dispatch: Option<f64>,
    /// The output back in our memory.
    pub readback: Option<f64>,
    /// All of it, as timed in the race.
    pub end_to_end: Option<f64>,
    /// One run while the data stay on the device: submitted in batches, waited for once.
    pub resident: Option<f64>,
}

/// Why a report from outside is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReportError {
    /// A newer layout.
    #[error(
        "this report has version {schema}, and this page reads up to {SCHEMA}: open it with a newer build"
    )]
    Newer {
        /// Its version.
        schema: u32,
    },
    /// Nothing in it.
    #[error("this report holds no results")]
    Empty,
    /// More than anybody measures.
    #[error("this report holds {count} {what}, more than the {most} that are read")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many.
        count: usize,
        /// How many are taken.
        most: usize,
    },
    /// A number that no measurement yields.
    #[error("{field} of {backend} is no time or ratio: {value}")]
    Number {
        /// Where.
        field: &'static str,
        /// In which row.
        backend: String,
        /// As it is written.
        value: String,
    },
    /// A text that is too long to be one of ours.
    #[error("{field} is longer than {LONGEST_TEXT} bytes")]
    Text {
        /// Which.
        field: &'static str,
    },
}

impl Report {
    /// Checks what came from outside: everything that is shown or calculated with is sane after.
    ///
    /// # Errors
    /// The first thing that is not.
    pub fn validate(&self) -> Result<(), ReportError> {
        if self.schema > SCHEMA {
            return Err(ReportError::Newer { schema: self.schema });
        }
        if self.results.is_empty() && self.quantities.is_empty() {
            return Err(ReportError::Empty);
        }
        at_most("results", self.results.len(), MOST_ROWS)?;
        at_most("back ends", self.spec.backends.len(), MOST_ROWS)?;
        let spec = &self.spec;
        short("the workload", &spec.workload)?;
        for id in &spec.backends {
            short("a back end", id)?;
        }
        short("inject", spec.inject.as_deref().unwrap_or_default())?;
        short("entry", spec.entry.as_deref().unwrap_or_default())?;
        at_most(
            "bytes of source",
            spec.source.as_ref().map_or(0, String::len),
            LONGEST_SOURCE,
        )?;
        number("budget", "the spec", spec.budget)?;
        let e = &self.environment;
        short("the build", &e.build)?;
        short("the user agent", &e.user_agent)?;
        short("the start", &e.started)?;
        short("the adapter", e.adapter.as_ref().map_or("", |a| &a.name))?;
        for (field, value) in [
            ("timer_resolution_us", Some(e.timer_resolution_us)),
            ("engine_load_ms", e.engine_load_ms),
            ("pool_start_ms", e.pool_start_ms),
            ("dispatch_us", e.dispatch_us),
            ("barrier_us", e.barrier_us),
        ] {
            number(field, "the environment", value.unwrap_or(0.0))?;
        }
        found::validate(&self.quantities, &self.timelines, &self.findings)?;
        self.results.iter().try_for_each(ResultRow::validate)
    }
}

impl Report {
    /// The same with [`ResultRow::id`] in the place of the back end's name, so that rows of one name and
    /// several forms stay apart.
    pub fn by_id(mut self) -> Report {
        for row in &mut self.results {
            row.backend = row.id();
        }
        self
    }

    /// Rows of Python are among others.
    pub fn is_mixed(&self) -> bool {
        self.results.iter().any(|row| row.id() != row.backend)
    }
}

impl ResultRow {
    /// A row without figures.
    pub fn blank(workload: &str, size: u32, backend: &str, form: Form, threads: u32) -> Self {
        ResultRow {
            workload: workload.into(),
            size,
            backend: backend.into(),
            form,
            threads,
            schedule: None,
            chunk: None,
            recorded: false,
            imbalance: None,
            flops: None,
            bytes: None,
            place: "browser".into(),
            status: ResultStatus::Skipped,
            reason: None,
            cold_ms: None,
            samples: Vec::new(),
            sample_count: 0,
            median_ms: None,
            mad_ms: None,
            ci95_ms: None,
            speedup: None,
            speedup_ci95: None,
            verdict: None,
            against: None,
            max_error: None,
            error_kind: None,
            tolerance: None,
            gpu_ms: None,
            sampled: None,
            outputs: None,
            diagnostics: None,
            warnings: Vec::new(),
        }
    }

    /// The id under which its back end is asked for: a form of its own for Python's rows.
    pub fn id(&self) -> String {
        let peer = self.place.starts_with("peer:");
        match self.form == Form::Python && !peer {
            true => python_id(&self.backend),
            false => self.backend.clone(),
        }
    }

    fn validate(&self) -> Result<(), ReportError> {
        short("a workload", &self.workload)?;
        short("a back end", &self.backend)?;
        short("where", &self.place)?;
        short("a reason", self.reason.as_deref().unwrap_or_default())?;
        short("against", self.against.as_deref().unwrap_or_default())?;
        at_most("samples", self.samples.len(), MOST_SAMPLES)?;
        at_most("warnings", self.warnings.len(), MOST_ROWS)?;
        for warning in &self.warnings {
            short("a warning", warning)?;
        }
        let wrong = self.diagnostics.as_deref().unwrap_or_default();
        at_most("diagnostics", wrong.len(), MOST_OF_A_KERNEL)?;
        for one in wrong {
            short("a diagnostic", &one.message)?;
            at_most("bytes of a diagnostic", one.rendered.len(), LONGEST_SOURCE)?;
        }
        let outputs = self.outputs.as_deref().unwrap_or_default();
        at_most("outputs", outputs.len(), MOST_OF_A_KERNEL)?;
        for output in outputs {
            short("a dtype", &output.dtype)?;
            short("a checksum", &output.checksum)?;
            at_most("axes", output.shape.len(), MOST_OF_A_KERNEL)?;
            at_most("values", output.values.as_ref().map_or(0, Vec::len), MOST_VALUES)?;
        }
        let ends = |interval: Option<(f64, f64)>| [interval.map(|i| i.0), interval.map(|i| i.1)];
        let [ci_low, ci_high] = ends(self.ci95_ms);
        let [speed_low, speed_high] = ends(self.speedup_ci95);
        let cold = self.cold_ms;
        let gpu = self.gpu_ms.unwrap_or_default();
        let numbers = [
            ("median_ms", self.median_ms),
            ("mad_ms", self.mad_ms),
            ("ci95_ms", ci_low),
            ("ci95_ms", ci_high),
            ("speedup", self.speedup),
            ("speedup_ci95", speed_low),
            ("speedup_ci95", speed_high),
            ("max_error", self.max_error),
            ("tolerance", self.tolerance),
            ("cold_ms", cold.map(|c| c.total)),
            ("cold_ms", cold.and_then(|c| c.compile)),
            ("cold_ms", cold.and_then(|c| c.start)),
            ("cold_ms", cold.and_then(|c| c.pipeline)),
            ("cold_ms", cold.and_then(|c| c.first_run)),
            ("gpu_ms", gpu.upload),
            ("gpu_ms", gpu.kernel),
            ("gpu_ms", gpu.readback),
            ("gpu_ms", gpu.end_to_end),
            ("gpu_ms", gpu.resident),
            ("gpu_ms", gpu.dispatch),
            ("sampled", self.sampled.map(|s| s.factor)),
            ("chunk", self.chunk),
            ("imbalance", self.imbalance),
            ("flops", self.flops),
            ("bytes", self.bytes),
        ];
        for (field, value) in numbers {
            number(field, &self.backend, value.unwrap_or(0.0))?;
        }
        let mut samples = self.samples.iter();
        samples.try_for_each(|sample| number("samples", &self.backend, sample.ms))
    }
}

pub(crate) fn at_most(what: &'static str, count: usize, most: usize) -> Result<(), ReportError> {
    match count > most {
        true => Err(ReportError::TooMany { what, count, most }),
        false => Ok(()),
    }
}

pub(crate) fn short(field: &'static str, text: &str) -> Result<(), ReportError> {
    match text.len() > LONGEST_TEXT {
        true => Err(ReportError::Text { field }),
        false => Ok(()),
    }
}

/// Times, ratios and errors are finite and not below zero.
pub(crate) fn number(field: &'static str, backend: &str, value: f64) -> Result<(), ReportError> {
    match value.is_finite() && value >= 0.0 {
        true => Ok(()),
        false => Err(ReportError::Number {
            field,
            backend: backend.into(),
            value: value.to_string(),
        }),
    }
}

/// `2026-11-21T02:25:49Z` from seconds since 1970 (Howard Hinnant's `civil_from_days`).
pub fn utc(unix_s: u64) -> String {
    let (days, second) = (unix_s / 86_400, unix_s % 86_400);
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let (hour, minute) = (second / 3_600, second / 60 % 60);
    format!(
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{:02}Z",
        second % 60
    )
}

/// A u64 that survives JSON's numbers. Between our own programs it is plain.
mod seed {
    use serde::{Deserialize, Deserializer, Serializer, de};
    use std::fmt;

    /// The largest whole number up to which JavaScript tells neighbours apart.
    const MOST_EXACT: u64 = (1 << 53) - 1;

    pub fn serialize<S: Serializer>(seed: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        match *seed <= MOST_EXACT || !serializer.is_human_readable() {
            true => serializer.serialize_u64(*seed),
            false => serializer.collect_str(seed),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        match deserializer.is_human_readable() {
            true => deserializer.deserialize_any(Seed),
            false => u64::deserialize(deserializer),
        }
    }

    struct Seed;

    impl de::Visitor<'_> for Seed {
        type Value = u64;

        fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
            f.write_str("a seed: a whole number from 0 to 2^64 - 1, beyond 2^53 - 1 as text")
        }

        fn visit_u64<E: de::Error>(self, seed: u64) -> Result<u64, E> {
            Ok(seed)
        }

        fn visit_i64<E: de::Error>(self, seed: i64) -> Result<u64, E> {
            u64::try_from(seed).map_err(|_| E::invalid_value(de::Unexpected::Signed(seed), &self))
        }

        fn visit_f64<E: de::Error>(self, seed: f64) -> Result<u64, E> {
            match seed >= 0.0 && seed <= MOST_EXACT as f64 && seed.fract() == 0.0 {
                true => Ok(seed as u64),
                false => Err(E::invalid_value(de::Unexpected::Float(seed), &self)),
            }
        }

        fn visit_str<E: de::Error>(self, seed: &str) -> Result<u64, E> {
            let parsed = seed.parse();
            parsed.map_err(|_| E::invalid_value(de::Unexpected::Str(seed), &self))
        }
    }
}

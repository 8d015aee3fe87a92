//! Version 1, released and frozen: nothing below may change but names.
//!
//! Ids travel as strings and numbers as varints: times in nanoseconds, ratios in
//! ten-thousandths. Enumerations travel by name, so that a build that has more of them
//! still reads the link.

use super::{Link as Opened, LinkError};
use crate::{
    AdapterName, Asked, Environment, ErrorKind, Experiment, Form, Report, ResultRow, ResultStatus, RunSpec,
    SCHEMA, Verdict,
};
use serde::{Deserialize, Serialize};

pub const VERSION: char = '1';

#[derive(Serialize, Deserialize)]
pub struct Link {
    spec: Spec,
    results: Option<Results>,
}

#[derive(Serialize, Deserialize)]
struct Spec {
    experiment: String,
    workload: String,
    size: u32,
    backends: Vec<String>,
    threads: Option<u32>,
    seed: u64,
    budget_ms: u32,
}

#[derive(Serialize, Deserialize)]
struct Results {
    build: String,
    user_agent: String,
    cores: u32,
    pool_threads: u32,
    isolated: bool,
    timer_ns: u32,
    adapter: Option<(String, bool)>,
    visible: bool,
    started: String,
    rows: Vec<Row>,
}

#[derive(Serialize, Deserialize)]
struct Row {
    backend: String,
    form: String,
    threads: u32,
    place: String,
    status: String,
    samples: u32,
    median_ns: Option<u64>,
    mad_ns: Option<u64>,
    ci95_ns: Option<(u64, u64)>,
    speedup: Option<u64>,
    speedup_ci95: Option<(u64, u64)>,
    verdict: Option<String>,
    against: Option<String>,
    error_kind: Option<String>,
    max_error: Option<f64>,
    tolerance: Option<f64>,
    warnings: Vec<String>,
}

const FORMS: [(Form, &str); 4] = [
    (Form::Python, "python"),
    (Form::Rust, "rust"),
    (Form::Wgsl, "wgsl"),
    (Form::JavaScript, "javascript"),
];
const STATUSES: [(ResultStatus, &str); 5] = [
    (ResultStatus::Ok, "ok"),
    (ResultStatus::Wrong, "wrong"),
    (ResultStatus::Skipped, "skipped"),
    (ResultStatus::Failed, "failed"),
    (ResultStatus::Stopped, "stopped"),
];
const VERDICTS: [(Verdict, &str); 4] = [
    (Verdict::Faster, "faster"),
    (Verdict::Slower, "slower"),
    (Verdict::NoClearDifference, "no-clear-difference"),
    (Verdict::TooFew, "too-few"),
];
const ERRORS: [(ErrorKind, &str); 4] = [
    (ErrorKind::Ulp, "ulp"),
    (ErrorKind::Relative, "relative"),
    (ErrorKind::Absolute, "absolute"),
    (ErrorKind::MismatchFraction, "mismatch_fraction"),
];

fn name<T: PartialEq>(table: &[(T, &'static str)], value: &T) -> String {
    let found = table.iter().find(|(v, _)| v == value);
    found.map_or(String::new(), |(_, name)| (*name).into())
}

fn named<T: Copy>(table: &[(T, &str)], name: &str, what: &'static str) -> Result<T, LinkError> {
    let found = table.iter().find(|(_, n)| *n == name);
    found.map(|(v, _)| *v).ok_or(LinkError::Content { what })
}

/// Nanoseconds of milliseconds, and ten-thousandths of ratios. `as` saturates.
fn scaled(value: f64, scale: f64) -> u64 {
    (value * scale).round() as u64
}

const NS: f64 = 1e6;
const RATIO: f64 = 1e4;

impl Link {
    /// What is put into the link.
    pub fn of(spec: &RunSpec, results: Option<&Report>) -> Self {
        Link {
            spec: Spec {
                experiment: spec.experiment.name().into(),
                workload: spec.workload.clone(),
                size: spec.size,
                backends: spec.backends.clone(),
                threads: spec.threads,
                seed: spec.seed,
                budget_ms: (spec.budget_s * 1e3).round() as u32,
            },
            results: results.map(Results::of),
        }
    }

    /// Reads the unpacked bytes, all of them.
    pub fn read(bytes: &[u8]) -> Result<Self, LinkError> {
        match postcard::take_from_bytes::<Link>(bytes) {
            Ok((link, [])) => Ok(link),
            _ => Err(LinkError::Content {
                what: "its bytes are not those of a question",
            }),
        }
    }

    /// As this build knows it.
    pub fn into_link(self) -> Result<Opened, LinkError> {
        let link = self.unchecked()?;
        if let Some(report) = &link.results {
            let what = "its results are no results";
            report.validate().map_err(|_| LinkError::Content { what })?;
        }
        Ok(link)
    }

    /// The same, its results not validated yet.
    pub fn unchecked(self) -> Result<Opened, LinkError> {
        let Spec {
            experiment,
            workload,
            size,
            backends,
            threads,
            seed,
            budget_ms,
        } = self.spec;
        let spec = RunSpec {
            experiment: Experiment::named(&experiment).ok_or(LinkError::Content {
                what: "it asks for an experiment that this page does not have",
            })?,
            workload,
            size,
            backends,
            threads,
            seed,
            budget_s: f64::from(budget_ms) / 1e3,
            inject: None,
            kernel: None,
        };
        let results = match self.results {
            Some(results) => Some(results.into_report(&spec)?),
            None => None,
        };
        Ok(Opened { spec, results })
    }
}

impl Results {
    fn of(report: &Report) -> Self {
        let e = &report.environment;
        Results {
            build: e.build.clone(),
            user_agent: e.user_agent.clone(),
            cores: e.cores,
            pool_threads: e.pool_threads,
            isolated: e.isolated,
            timer_ns: (e.timer_resolution_us * 1e3).round() as u32,
            adapter: e.adapter.as_ref().map(|a| (a.name.clone(), a.software)),
            visible: e.visible,
            started: e.started.clone(),
            rows: report.results.iter().map(Row::of).collect(),
        }
    }

    fn into_report(self, spec: &RunSpec) -> Result<Report, LinkError> {
        let rows = self.rows.into_iter().map(|row| row.into_row(spec));
        Ok(Report {
            schema: SCHEMA,
            spec: Asked::from(spec),
            environment: Environment {
                build: self.build,
                user_agent: self.user_agent,
                cores: self.cores,
                pool_threads: self.pool_threads,
                engine_load_ms: None,
                pool_start_ms: None,
                dispatch_us: None,
                barrier_us: None,
                isolated: self.isolated,
                timer_resolution_us: f64::from(self.timer_ns) / 1e3,
                adapter: self
                    .adapter
                    .map(|(name, software)| AdapterName { name, software }),
                visible: self.visible,
                started: self.started,
            },
            results: rows.collect::<Result<_, _>>()?,
            quantities: Vec::new(),
            timelines: Vec::new(),
            findings: Vec::new(),
        })
    }
}

impl Row {
    fn of(row: &ResultRow) -> Self {
        let ns = |ms: f64| scaled(ms, NS);
        let ratio = |r: f64| scaled(r, RATIO);
        Row {
            backend: row.backend.clone(),
            form: name(&FORMS, &row.form),
            threads: row.threads,
            place: row.place.clone(),
            status: name(&STATUSES, &row.status),
            samples: row.sample_count,
            median_ns: row.median_ms.map(ns),
            mad_ns: row.mad_ms.map(ns),
            ci95_ns: row.ci95_ms.map(|(low, high)| (ns(low), ns(high))),
            speedup: row.speedup.map(ratio),
            speedup_ci95: row.speedup_ci95.map(|(low, high)| (ratio(low), ratio(high))),
            verdict: row.verdict.as_ref().map(|v| name(&VERDICTS, v)),
            against: row.against.clone(),
            error_kind: row.error_kind.as_ref().map(|k| name(&ERRORS, k)),
            max_error: row.max_error,
            tolerance: row.tolerance,
            warnings: row.warnings.clone(),
        }
    }

    fn into_row(self, spec: &RunSpec) -> Result<ResultRow, LinkError> {
        let ms = |ns: u64| ns as f64 / NS;
        let ratio = |r: u64| r as f64 / RATIO;
        let form = named(&FORMS, &self.form, "it has a row of an unknown form")?;
        let verdict = |v: String| named(&VERDICTS, &v, "it has an unknown verdict");
        let kind = |k: String| named(&ERRORS, &k, "it has an unknown measure of error");
        Ok(ResultRow {
            place: self.place,
            status: named(&STATUSES, &self.status, "it has an unknown status")?,
            sample_count: self.samples,
            median_ms: self.median_ns.map(ms),
            mad_ms: self.mad_ns.map(ms),
            ci95_ms: self.ci95_ns.map(|(low, high)| (ms(low), ms(high))),
            speedup: self.speedup.map(ratio),
            speedup_ci95: self.speedup_ci95.map(|(low, high)| (ratio(low), ratio(high))),
            verdict: self.verdict.map(verdict).transpose()?,
            against: self.against,
            error_kind: self.error_kind.map(kind).transpose()?,
            max_error: self.max_error,
            tolerance: self.tolerance,
            warnings: self.warnings,
            ..ResultRow::blank(&spec.workload, spec.size, &self.backend, form, self.threads)
        })
    }
}

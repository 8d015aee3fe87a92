//! What was read from outside, on its way to the page.

use crate::{Environment, Experiment, Report, ResultStatus, RunSpec, encode};
use serde::{Deserialize, Serialize};

/// What a link, a file or an entry of the history asks and holds, read and checked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Opened {
    /// The question; `None` if it cannot be asked here.
    pub spec: Option<RunSpec>,
    /// The figures that came with it.
    pub figures: Option<Figures>,
}

/// Of a report what is shown beside one's own: a tenth of it, so that the page need not be able
/// to read the rest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Where they are from.
    pub environment: Environment,
    /// The kind of question.
    pub experiment: Experiment,
    /// Of an experiment the whole report as it was read, for the program that draws it.
    pub whole: Vec<u8>,
    /// With this seed.
    pub seed: u64,
    /// One per row of the report.
    pub rows: Vec<FiguresRow>,
}

/// One row of [`Figures`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FiguresRow {
    /// Workload id.
    pub workload: String,
    /// Its n.
    pub size: u32,
    /// Back end id.
    pub backend: String,
    /// It ran in a browser.
    pub in_browser: bool,
    /// What became of it.
    pub status: ResultStatus,
    /// The figure.
    pub median_ms: Option<f64>,
    /// Its interval.
    pub ci95_ms: Option<(f64, f64)>,
}

impl From<&Report> for Figures {
    fn from(report: &Report) -> Figures {
        let rows = report.results.iter().map(|row| FiguresRow {
            workload: row.workload.clone(),
            size: row.size,
            backend: row.id(),
            in_browser: row.place == "browser",
            status: row.status,
            median_ms: row.median_ms,
            ci95_ms: row.ci95_ms,
        });
        let is_race = report.spec.experiment == Experiment::Race;
        Figures {
            experiment: report.spec.experiment,
            // Our own data can always be written.
            whole: match is_race {
                true => Vec::new(),
                false => encode(report).unwrap_or_default(),
            },
            environment: report.environment.clone(),
            seed: report.spec.seed,
            rows: rows.collect(),
        }
    }
}

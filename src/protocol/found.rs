//! What experiments find besides times of runs: quantities of the machine, recorded spans, and what
//! is concluded from all of it.

use crate::report::{ReportError, at_most, number, short};
use serde::{Deserialize, Serialize};

/// Most spans of all tracks that a report from outside may hold.
pub const MOST_SPANS: usize = 200_000;
/// Most quantities and findings.
const MOST_FOUND: usize = 2_000;

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unit {
    /// Nothing in particular: cores, threads, items.
    #[serde(rename = "")]
    Count,
    /// A quotient of two of the same.
    #[serde(rename = "x")]
    Ratio,
    /// Milliseconds.
    #[serde(rename = "ms")]
    Ms,
    /// Microseconds.
    #[serde(rename = "us")]
    Us,
    /// Bytes.
    #[serde(rename = "B")]
    Bytes,
    /// 10^9 bytes a second.
    #[serde(rename = "GB/s")]
    GbPerS,
    /// 10^9 floating-point operations a second.
    #[serde(rename = "GFLOP/s")]
    GflopPerS,
}

/// Something measured that is no run of a workload.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Quantity {
    /// What, in kebab-case: `copy`, `peak`, `round-trip`.
    pub id: String,
    /// Of what: a back end's id, or a word such as `clone`; empty where there is nothing to tell
    /// apart.
    pub of: String,
    /// Threads that took part, where that is told apart.
    pub threads: Option<u32>,
    /// Bytes of the working set or message, where that is told apart.
    pub bytes: Option<f64>,
    /// How much: a median.
    pub value: f64,
    /// Its 95 % interval; null where it is no measurement or there were too few.
    pub ci95: Option<(f64, f64)>,
    /// Of what kind the value is.
    pub unit: Unit,
    /// What the reader should know.
    pub note: Option<String>,
}

/// Who did what when, in some runs of one row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Timeline {
    /// Back end id.
    pub backend: String,
    /// One per thread, the engine and the GPU, those that took part.
    pub tracks: Vec<Track>,
    /// Spans that there was no room for.
    pub dropped: u32,
}

/// One thread's spans, or the GPU's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Track {
    /// `engine`, `thread 0`, `gpu`.
    pub name: String,
    /// In order of their beginnings.
    pub spans: Vec<Span>,
}

/// A stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Span {
    /// Milliseconds since the beginning of the recording.
    pub start_ms: f64,
    /// Milliseconds since then.
    pub end_ms: f64,
    /// What was done.
    pub kind: SpanKind,
    /// The pass that it is of, from 0.
    pub pass: u32,
    /// First item, where it is a chunk.
    pub first: u32,
    /// Items, where it is a chunk.
    pub items: u32,
}

/// What is done in a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SpanKind {
    /// A chunk of items being computed.
    Chunk,
    /// A thread waiting for the others at the end of a pass.
    Wait,
    /// A run as the engine sees it, from call to answer.
    Run,
    /// Inputs to the GPU.
    Upload,
    /// From submission to the word that all is done.
    Submit,
    /// The GPU at work by its own clock, which shares no beginning with ours: placed within its
    /// submission.
    Kernel,
    /// The output back in our memory.
    ReadBack,
}

/// Something concluded, with what it rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// What, in kebab-case: `amdahl`, `usl`, `cost`, `exponent`, `crossover`, `schedule`, `bound`.
    pub id: String,
    /// Workload id; empty where it is about the machine.
    pub workload: String,
    /// The row's back end.
    pub backend: String,
    /// Against which other, where it is a comparison.
    pub against: Option<String>,
    /// The numbers, named.
    pub values: Vec<Found>,
    /// All of it as a sentence, or why there are no numbers.
    pub words: String,
}

/// A number with a name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// Its name, in kebab-case.
    pub name: String,
    /// The number.
    pub value: f64,
    /// Its 95 % interval.
    pub ci95: Option<(f64, f64)>,
}

impl Finding {
    /// The value of this name.
    pub fn value(&self, name: &str) -> Option<&Found> {
        self.values.iter().find(|found| found.name == name)
    }
}

/// Checks what came from outside.
pub(crate) fn validate(
    quantities: &[Quantity],
    timelines: &[Timeline],
    findings: &[Finding],
) -> Result<(), ReportError> {
    at_most("quantities", quantities.len(), MOST_FOUND)?;
    at_most("findings", findings.len(), MOST_FOUND)?;
    at_most("timelines", timelines.len(), MOST_FOUND)?;
    let tracks = timelines.iter().flat_map(|timeline| &timeline.tracks);
    at_most("tracks", tracks.clone().count(), MOST_FOUND)?;
    at_most(
        "spans",
        tracks.clone().map(|track| track.spans.len()).sum(),
        MOST_SPANS,
    )?;
    for q in quantities {
        short("a quantity", &q.id)?;
        short("a quantity", &q.of)?;
        short("a note", q.note.as_deref().unwrap_or_default())?;
        let (low, high) = q.ci95.unwrap_or_default();
        for value in [q.value, q.bytes.unwrap_or_default(), low, high] {
            number("a quantity", &q.id, value)?;
        }
    }
    for timeline in timelines {
        short("a timeline", &timeline.backend)?;
    }
    for track in tracks {
        short("a track", &track.name)?;
        for span in &track.spans {
            number("a span", &track.name, span.start_ms)?;
            number("a span", &track.name, span.end_ms)?;
        }
    }
    for finding in findings {
        let against = finding.against.as_deref().unwrap_or_default();
        for text in [
            &*finding.id,
            &finding.workload,
            &finding.backend,
            against,
            &finding.words,
        ] {
            short("a finding", text)?;
        }
        at_most("values", finding.values.len(), MOST_FOUND)?;
        for found in &finding.values {
            short("a value", &found.name)?;
            let (low, high) = found.ci95.unwrap_or_default();
            for value in [found.value, low, high] {
                finite("a finding", &finding.id, value)?;
            }
        }
    }
    Ok(())
}

/// A coefficient may be below zero.
fn finite(field: &'static str, of: &str, value: f64) -> Result<(), ReportError> {
    number(field, of, value.abs())
}

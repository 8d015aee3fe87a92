//! What a run yields: verdicts, samples, pictures.

use serde::{Deserialize, Serialize};

/// How an output differs from its reference is measured in one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// Units in the last place.
    Ulp,
    /// Difference over a magnitude that the workload states.
    Relative,
    /// Plain difference.
    Absolute,
    /// Share of elements that differ at all.
    MismatchFraction,
}

/// The whole output against the reference, element by element.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verification {
    /// Within the tolerance.
    pub ok: bool,
    /// Elements compared: all of them.
    pub compared: u64,
    /// The measure of [`Verification::max_error`] and [`Verification::tolerance`].
    pub error_kind: ErrorKind,
    /// The worst element's error, or the share of mismatches.
    pub max_error: f64,
    /// What is allowed.
    pub tolerance: f64,
    /// The element furthest from its reference; `None` if all are equal.
    pub worst: Option<Worst>,
}

/// The element that is furthest off.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Worst {
    /// Where, in words: "row 3, column 17".
    pub place: String,
    /// What the back end computed.
    pub got: f64,
    /// What the reference holds.
    pub expected: f64,
}

/// One timed sample: the mean of a calibrated batch of runs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// Milliseconds per run.
    pub ms: f64,
    /// The interleaved block it belongs to.
    pub block: u32,
    /// Runs in the batch.
    pub runs: u32,
}

/// Costs that are paid once, in milliseconds. Kept apart from the warm figures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Cold {
    /// Everything below.
    pub total: f64,
    /// Code generated and compiled at run time; 0 where there is none.
    pub compile: f64,
    /// Buffers allocated, inputs uploaded.
    pub start: f64,
    /// Shader compiled, pipeline made; 0 where there is none.
    pub pipeline: f64,
    /// The first run, which is also the one that is verified.
    pub first_run: f64,
}

/// An output as an image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Row by row from the top, four bytes a pixel, opaque.
    #[serde(with = "serde_bytes")]
    pub rgba: Vec<u8>,
}

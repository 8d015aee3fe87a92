//! What the page and the engine say to each other, and nothing else.
//!
//! Everything here is plain data with public fields. The page sends a
//! [`Request`], the engine answers with [`Event`]s; both travel as postcard
//! bytes ([`encode`], [`decode`]). The [`Catalogue`] is what the page knows
//! before the engine has loaded: the native registries write it at build time.
//!
//! The way of the data: a [`RunSpec`] states what somebody wants, a [`RunPlan`]
//! what this machine makes of it, [`Event`]s what then happened.

mod capabilities;
mod catalogue;
mod explained;
mod found;
mod kernel;
mod link;
mod message;
mod opened;
mod plan;
mod report;
mod resolve;
mod result;
mod spec;

pub use capabilities::{Adapter, BackendSupport, Capabilities, Overhead, Support};
pub use catalogue::{BackendInfo, Catalogue, NamedSize, Source, Try, WorkloadInfo};
pub use explained::{
    Explained, FunctionTypes, Hover, KernelFile, Listing, MOST_DRAWN, RawOutput, Remark, StageTime,
};
pub use found::{Finding, Found, MOST_SPANS, Quantity, Span, SpanKind, Timeline, Track, Unit};
pub use kernel::{
    Compilation, Diagnosis, KernelSource, LONGEST_SOURCE, MOST_OF_A_KERNEL, MOST_VALUES, Note, Number,
    OutputOf, Refused, checksum,
};
pub use link::{LONGEST_LINK, Link, LinkError, MOST_UNPACKED, decode_link, encode_link};
pub use message::{Event, Fault, FaultKind, LabEvent, Outcome, Request, Stage};
pub use opened::{Figures, FiguresRow, Opened};
pub use plan::{PlanRow, RunPlan};
pub use report::{
    AdapterName, Asked, ColdMs, Environment, FEWER_THREADS, GpuMs, Report, ReportError, ReportSample,
    ResultRow, ResultStatus, SCHEMA, Sampled, Verdict, utc,
};
pub use resolve::{BUDGET_RANGE_S, MOST_THREADS, SpecProblem, Value};
pub use result::{Cold, ErrorKind, Picture, Sample, Verification, Worst};
pub use spec::{
    DEFAULT_BUDGET_S, Experiment, Form, Inject, InjectKind, ParseError, RunSpec, Schedule, base_id,
    python_id, reported_id,
};

use serde::{Serialize, de::DeserializeOwned};

/// Bytes that cannot be written or read: page, engine and catalogue are of different
/// builds, or the bytes are not ours.
#[derive(Debug, Clone, thiserror::Error)]
#[error("what page and engine share could not be {action}: {source}")]
pub struct CodecError {
    /// "written" or "read".
    pub action: &'static str,
    /// What postcard says.
    pub source: postcard::Error,
}

/// Writes a message as postcard bytes.
pub fn encode<T: Serialize>(message: &T) -> Result<Vec<u8>, CodecError> {
    postcard::to_stdvec(message).map_err(|source| CodecError {
        action: "written",
        source,
    })
}

/// Reads a message that [`encode`] wrote.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, CodecError> {
    postcard::from_bytes(bytes).map_err(|source| CodecError {
        action: "read",
        source,
    })
}

#[cfg(test)]
mod tests;

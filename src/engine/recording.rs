//! Runs that are recorded: how evenly threads were busy, and who did what when.

use parallax_backends::host::wall_ms;
use parallax_backends::{BackendError, Prepared};
use parallax_protocol::{Span, SpanKind, Timeline, Track};

/// Runs of which the median imbalance is taken, at most.
const BALANCE_RUNS: usize = 9;
/// Runs of a timeline: the first is told from the others, and the others are alike.
const TIMELINE_RUNS: usize = 3;

/// The median imbalance of so many runs, of one at least; `None` where it means nothing.
pub(crate) async fn imbalance(prepared: &mut dyn Prepared, runs: usize) -> Result<Option<f64>, BackendError> {
    let runs = runs.clamp(1, BALANCE_RUNS);
    let mut all = Vec::with_capacity(runs);
    for _ in 0..runs {
        prepared.record(true);
        prepared.run(1).await?;
        all.extend(prepared.imbalance());
    }
    prepared.record(false);
    all.sort_by(f64::total_cmp);
    Ok(all.get(all.len() / 2).copied())
}

/// Some runs, recorded by the threads that compute them and by the engine that waits for them.
pub(crate) async fn timeline(prepared: &mut dyn Prepared, backend: &str) -> Result<Timeline, BackendError> {
    let begin_ms = wall_ms();
    prepared.record(true);
    let mut spans = Vec::with_capacity(TIMELINE_RUNS);
    for _ in 0..TIMELINE_RUNS {
        let start_ms = wall_ms() - begin_ms;
        prepared.run(1).await?;
        spans.push(Span {
            start_ms,
            end_ms: wall_ms() - begin_ms,
            kind: SpanKind::Run,
            pass: 0,
            first: 0,
            items: 0,
        });
    }
    let engine = Track {
        name: "engine".into(),
        spans,
    };
    let recorded = prepared.recorded();
    prepared.record(false);
    let (tracks, dropped) = recorded.map_or((Vec::new(), 0), |t| (t.tracks, t.dropped));
    Ok(Timeline {
        backend: backend.into(),
        tracks: [engine].into_iter().chain(tracks).collect(),
        dropped,
    })
}

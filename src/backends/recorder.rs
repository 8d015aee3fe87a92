//! Who does what when: each thread writes its spans into a list of its own.

use crate::host::wall_ms;
use parallax_protocol::{Span, SpanKind, Timeline, Track};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

/// Spans that a track may hold; further ones are counted, not kept.
const MOST: usize = 20_000;
/// Spans that there is room for at once, so that a recording thread seldom allocates.
const ROOM: usize = 1_024;

/// A recording in progress.
#[derive(Debug)]
pub struct Recorder {
    begin_ms: f64,
    /// One for each worker. Each is locked by its own worker only, until all is over.
    tracks: Vec<Mutex<Vec<Span>>>,
    dropped: AtomicU32,
}

impl Recorder {
    /// A recording by so many workers that begins now.
    pub fn new(workers: usize) -> Self {
        Recorder {
            begin_ms: wall_ms(),
            tracks: (0..workers)
                .map(|_| Mutex::new(Vec::with_capacity(ROOM)))
                .collect(),
            dropped: AtomicU32::new(0),
        }
    }

    /// Milliseconds since the beginning, on a clock that all threads share.
    pub fn now_ms(&self) -> f64 {
        wall_ms() - self.begin_ms
    }

    /// Keeps a span of a worker's.
    pub fn keep(&self, worker: usize, span: Span) {
        let Some(track) = self.tracks.get(worker) else {
            return;
        };
        let mut spans = track.lock().unwrap_or_else(PoisonError::into_inner);
        match spans.len() < MOST {
            true => spans.push(span),
            false => {
                self.dropped.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// Longest busy time of a worker over the mean, less 1; `None` if nothing was computed.
    ///
    /// The percent imbalance of DeRose, Homer and Johnson (2007, Euro-Par), as a share.
    pub fn imbalance(&self) -> Option<f64> {
        let busy = |spans: &[Span]| -> f64 {
            let chunks = spans.iter().filter(|span| span.kind == SpanKind::Chunk);
            chunks.map(|span| span.end_ms - span.start_ms).sum()
        };
        let times = self.tracks.iter();
        let times = times.map(|track| busy(&track.lock().unwrap_or_else(PoisonError::into_inner)));
        let times: Vec<f64> = times.collect();
        let mean = times.iter().sum::<f64>() / times.len().max(1) as f64;
        let longest = times.iter().copied().fold(0.0, f64::max);
        (mean > 0.0).then(|| longest / mean - 1.0)
    }

    /// What was recorded, one track for each worker.
    pub fn timeline(&self, backend: &str) -> Timeline {
        let track = |(worker, track): (usize, &Mutex<Vec<Span>>)| Track {
            name: format!("thread {worker}"),
            spans: track.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        };
        Timeline {
            backend: backend.into(),
            tracks: self.tracks.iter().enumerate().map(track).collect(),
            dropped: self.dropped.load(Ordering::Relaxed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(start_ms: f64, end_ms: f64) -> Span {
        Span {
            start_ms,
            end_ms,
            kind: SpanKind::Chunk,
            pass: 0,
            first: 0,
            items: 1,
        }
    }

    #[test]
    fn imbalance_is_of_the_longest_over_the_mean() {
        let recorder = Recorder::new(2);
        assert_eq!(recorder.imbalance(), None);
        recorder.keep(0, chunk(0.0, 3.0));
        recorder.keep(1, chunk(0.0, 0.5));
        recorder.keep(1, chunk(1.0, 1.5));
        recorder.keep(
            1,
            Span {
                kind: SpanKind::Wait,
                ..chunk(1.5, 3.0)
            },
        );
        assert_eq!(recorder.imbalance(), Some(0.5));
    }

    #[test]
    fn what_has_no_room_is_counted() {
        let recorder = Recorder::new(1);
        for _ in 0..MOST + 3 {
            recorder.keep(0, chunk(0.0, 1.0));
        }
        recorder.keep(7, chunk(0.0, 1.0));
        let timeline = recorder.timeline("threads");
        assert_eq!((timeline.tracks[0].spans.len(), timeline.dropped), (MOST, 3));
    }
}

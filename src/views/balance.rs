//! How evenly the threads of a timeline are busy. Pure.

use parallax_protocol::{SpanKind, Timeline, Track};

/// How busy the threads of a timeline are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Balance {
    /// Time spent on chunks over all threads' time from the first chunk to the last.
    pub busy: f64,
    /// Longest busy time of a thread over the mean, less 1.
    pub imbalance: f64,
    /// Threads, those without a chunk too.
    pub threads: usize,
}

/// How busy the threads of a timeline are; `None` if it holds no chunk.
pub fn balance(timeline: &Timeline) -> Option<Balance> {
    let chunks = |track: &Track| {
        let chunks = track.spans.iter().filter(|span| span.kind == SpanKind::Chunk);
        chunks
            .map(|span| (span.start_ms, span.end_ms))
            .collect::<Vec<_>>()
    };
    // A thread that found no chunk was there as well.
    let tracks: Vec<Vec<(f64, f64)>> = timeline
        .tracks
        .iter()
        .map(|track| (track.name.starts_with("thread"), chunks(track)))
        .filter(|(is_thread, chunks)| *is_thread || !chunks.is_empty())
        .map(|(_, chunks)| chunks)
        .collect();
    let all = || tracks.iter().flatten();
    let begin = all().map(|(start, _)| *start).reduce(f64::min)?;
    let end = all().map(|(_, end)| *end).reduce(f64::max)?;
    let busy = |track: &Vec<(f64, f64)>| track.iter().map(|(start, end)| end - start).sum::<f64>();
    let times: Vec<f64> = tracks.iter().map(busy).collect();
    let sum: f64 = times.iter().sum();
    let mean = sum / times.len() as f64;
    let longest = times.iter().copied().fold(0.0, f64::max);
    (end > begin && mean > 0.0).then(|| Balance {
        busy: sum / ((end - begin) * times.len() as f64),
        imbalance: longest / mean - 1.0,
        threads: times.len(),
    })
}

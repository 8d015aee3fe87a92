//! The parts of a run, each waited for: timed by itself, or written down for a timeline. One way for
//! hand-written and generated shaders.

use super::clock::{self, Clock, RESIDENT_RUNS, Times};
use super::link::Link;
use crate::BackendError;
use crate::host::wall_ms;
use futures_util::future::LocalBoxFuture;
use parallax_protocol::{GpuMs, Span, SpanKind, Timeline, Track};

/// A run that can be done part by part.
pub(crate) trait Parted {
    fn link(&self) -> &Link;

    /// What runs need, to the device.
    fn upload(&mut self) -> Result<(), BackendError>;

    /// Some runs of what is on the device, with the clock read before the first and after the last.
    fn dispatch(&mut self, runs: u32, clock: Option<&Clock>) -> Result<(), BackendError>;

    /// What a run gave, back in our memory.
    fn read_back(&mut self) -> LocalBoxFuture<'_, Result<(), BackendError>>;

    /// Whether a run leaves what it was given as it was, so that another may follow without an upload.
    fn repeats(&self) -> bool;
}

/// Medians of some rounds.
pub(crate) async fn timed(run: &mut dyn Parted, rounds: u32) -> Result<GpuMs, BackendError> {
    let link = run.link().clone();
    let clock = Clock::new(&link.device);
    let mut times = Times::default();
    for _ in 0..rounds {
        round(run, &link, clock.as_ref(), &mut times).await?;
        if run.repeats() {
            times.lengthen();
        }
    }
    Ok(times.parts(link.period()))
}

/// Upload, dispatch, read-back, each waited for.
async fn round(
    run: &mut dyn Parted,
    link: &Link,
    clock: Option<&Clock>,
    times: &mut Times,
) -> Result<(), BackendError> {
    let begin = link.host.now_ms();
    run.upload()?;
    // Writes wait for a submission.
    link.device.queue.submit([]);
    link.idle("upload").await?;
    times.upload.push(link.host.now_ms() - begin);

    run.dispatch(times.stamped, clock)?;
    link.idle("dispatch").await?;
    let begin = link.host.now_ms();
    run.read_back().await?;
    times.readback.push(link.host.now_ms() - begin);
    if let Some(clock) = clock
        && let Some(pair) = clock.read(link).await?
    {
        times.stamp(pair);
    }

    // Data stay where they are: one wait for several runs.
    if run.repeats() {
        let begin = link.host.now_ms();
        run.dispatch(RESIDENT_RUNS, None)?;
        link.idle("dispatch").await?;
        let ms = link.host.now_ms() - begin;
        times.resident.push(ms / f64::from(RESIDENT_RUNS));
    }
    Ok(())
}

/// What the queue and the GPU did when.
pub(crate) struct Recording {
    begin_ms: f64,
    queue: Vec<Span>,
    gpu: Vec<Span>,
    /// The GPU's own, of which it is known whether its clock is fine enough for the kernels.
    stamps: Vec<(u64, u64)>,
}

impl Recording {
    pub fn new() -> Self {
        Recording {
            begin_ms: wall_ms(),
            queue: Vec::new(),
            gpu: Vec::new(),
            stamps: Vec::new(),
        }
    }

    fn span(&self, kind: SpanKind, start_ms: f64, end_ms: f64) -> Span {
        Span {
            start_ms: start_ms - self.begin_ms,
            end_ms: end_ms - self.begin_ms,
            kind,
            pass: 0,
            first: 0,
            items: 0,
        }
    }

    /// One run in parts, each waited for and written down.
    pub async fn run(&mut self, run: &mut dyn Parted) -> Result<(), BackendError> {
        let link = run.link().clone();
        let clock = Clock::new(&link.device);
        let begin = wall_ms();
        run.upload()?;
        link.device.queue.submit([]);
        link.idle("upload").await?;
        let uploaded = wall_ms();
        run.dispatch(1, clock.as_ref())?;
        link.idle("dispatch").await?;
        let done = wall_ms();
        run.read_back().await?;
        let back = wall_ms();
        let queue = [
            self.span(SpanKind::Upload, begin, uploaded),
            self.span(SpanKind::Submit, uploaded, done),
            self.span(SpanKind::ReadBack, done, back),
        ];
        self.queue.extend(queue);
        if let Some(clock) = &clock
            && let Some((start, end)) = clock.read(&link).await?
        {
            self.stamps.push((start, end));
            let ms = end.saturating_sub(start) as f64 * link.period() / 1e6;
            // Its clock has another beginning: placed in the middle of its submission.
            let spare = (done - uploaded - ms).max(0.0) / 2.0;
            if ms > 0.0 {
                let from = uploaded + spare;
                let span = self.span(SpanKind::Kernel, from, (from + ms).min(done));
                self.gpu.push(span);
            }
        }
        Ok(())
    }

    /// A run that has no parts, from then until now.
    pub fn whole(&mut self, begin_ms: f64) {
        let span = self.span(SpanKind::Run, begin_ms, wall_ms());
        self.queue.push(span);
    }

    pub fn timeline(self, backend: &str) -> Timeline {
        let track = |name: &str, spans| Track {
            name: name.into(),
            spans,
        };
        let mut tracks = vec![track("queue", self.queue)];
        // Kernels of a few of the clock's steps would be drawn as long as these.
        if clock::tells(&self.stamps) {
            tracks.push(track("gpu", self.gpu));
        }
        Timeline {
            backend: backend.into(),
            tracks,
            dropped: 0,
        }
    }
}

//! The parts of a GPU run: what the GPU's own clock says, and medians of a few rounds.

use super::device::Device;
use super::link::{self, Link};
use crate::BackendError;
use parallax_protocol::GpuMs;

/// Runs in a row for the time of a run whose data stay on the device.
pub const RESIDENT_RUNS: u32 = 8;

/// A time by the GPU's clock counts only if it is this many of its steps long: browsers
/// coarsen the clock to some 0.1 ms.
const LEAST_STEPS: u64 = 20;

const BYTES: u64 = 16;

/// Two time stamps, around all bands of some runs.
pub struct Clock {
    queries: wgpu::QuerySet,
    resolved: wgpu::Buffer,
    staging: wgpu::Buffer,
}

impl Clock {
    /// `None` on a device without a clock.
    pub fn new(device: &Device) -> Option<Clock> {
        let device = &device.device;
        if !device.features().contains(wgpu::Features::TIMESTAMP_QUERY) {
            return None;
        }
        let buffer = |usage| {
            device.create_buffer(&wgpu::BufferDescriptor {
                label: None,
                size: BYTES,
                usage,
                mapped_at_creation: false,
            })
        };
        Some(Clock {
            queries: device.create_query_set(&wgpu::QuerySetDescriptor {
                label: None,
                ty: wgpu::QueryType::Timestamp,
                count: 2,
            }),
            resolved: buffer(wgpu::BufferUsages::QUERY_RESOLVE | wgpu::BufferUsages::COPY_SRC),
            staging: buffer(wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST),
        })
    }

    /// What a pass writes down; nothing in the middle of a run.
    pub fn writes(&self, first: bool, last: bool) -> Option<wgpu::ComputePassTimestampWrites<'_>> {
        (first || last).then_some(wgpu::ComputePassTimestampWrites {
            query_set: &self.queries,
            beginning_of_pass_write_index: first.then_some(0),
            end_of_pass_write_index: last.then_some(1),
        })
    }

    /// The two stamps of the last run, in the clock's ticks; `None` if they cannot be read.
    pub async fn read(&self, link: &Link) -> Result<Option<(u64, u64)>, BackendError> {
        let device = &link.device;
        let mut encoder = device.device.create_command_encoder(&Default::default());
        encoder.resolve_query_set(&self.queries, 0..2, &self.resolved, 0);
        encoder.copy_buffer_to_buffer(&self.resolved, 0, &self.staging, 0, BYTES);
        device.queue.submit([encoder.finish()]);
        let Ok(Ok(())) = link.wait("time stamps", link::map(&self.staging)).await? else {
            return Ok(None);
        };
        let stamps = self.staging.get_mapped_range(..).ok().map(|view| {
            let (begin, end) = view.split_at(8);
            let number = |bytes: &[u8]| bytes.iter().rev().fold(0u64, |n, b| n << 8 | u64::from(*b));
            (number(begin), number(end))
        });
        self.staging.unmap();
        Ok(stamps)
    }
}

impl Drop for Clock {
    fn drop(&mut self) {
        self.queries.destroy();
        self.resolved.destroy();
        self.staging.destroy();
    }
}

/// What the rounds took.
pub struct Times {
    /// Milliseconds each.
    pub upload: Vec<f64>,
    /// Milliseconds each.
    pub readback: Vec<f64>,
    /// Milliseconds a run.
    pub resident: Vec<f64>,
    /// Begin and end by the GPU's clock, of [`Times::stamped`] runs in a row.
    ticks: Vec<(u64, u64)>,
    /// Those of fewer runs in a row too: of all of them the clock's step is known.
    seen: Vec<(u64, u64)>,
    /// Runs between two stamps.
    pub stamped: u32,
}

/// Most runs between two stamps.
const MOST_STAMPED: u32 = 64;
/// Rounds from which the clock's step is told: of one alone it would be the run's own length.
const ROUNDS_FOR_STEP: usize = 2;

impl Default for Times {
    fn default() -> Self {
        Times {
            upload: Vec::new(),
            readback: Vec::new(),
            resident: Vec::new(),
            ticks: Vec::new(),
            seen: Vec::new(),
            stamped: 1,
        }
    }
}

impl Times {
    /// Each part's median; `period` is the nanoseconds of a tick.
    pub fn parts(mut self, period: f64) -> GpuMs {
        let kernel = kernel(&self.ticks, step(&self.seen), period);
        let kernel = kernel.map(|ms| ms / f64::from(self.stamped));
        let resident = median(&mut self.resident);
        GpuMs {
            upload: median(&mut self.upload),
            kernel,
            // Two clocks, each with its noise: below zero there is nothing to show.
            dispatch: kernel.zip(resident).map(|(kernel, all)| (all - kernel).max(0.0)),
            readback: median(&mut self.readback),
            end_to_end: None,
            resident,
        }
    }

    /// Takes a round's two stamps.
    pub fn stamp(&mut self, pair: (u64, u64)) {
        self.ticks.push(pair);
        self.seen.push(pair);
    }

    /// From the next round on so many more runs between two stamps as these are too short for the
    /// clock's steps, and as many again, if they are. Gives whether they were.
    pub fn lengthen(&mut self) -> bool {
        if self.seen.len() < ROUNDS_FOR_STEP || self.stamped >= MOST_STAMPED {
            return false;
        }
        let (Some(step), Some(length)) = (step(&self.seen), length(&self.ticks)) else {
            return false;
        };
        let short = (LEAST_STEPS * step).div_ceil(length);
        if short > 1 {
            let times = u32::try_from(2 * short).unwrap_or(MOST_STAMPED);
            self.stamped = self.stamped.saturating_mul(times).min(MOST_STAMPED);
            self.ticks.clear();
        }
        short > 1
    }
}

/// The median of the stamped times, if they are long enough for the clock's step.
fn kernel(ticks: &[(u64, u64)], step: Option<u64>, period: f64) -> Option<f64> {
    let (step, length) = (step?, length(ticks)?);
    (length / step >= LEAST_STEPS).then_some(length as f64 * period / 1e6)
}

/// Whether stamps are far enough apart, for their clock's step, to say how long runs are.
pub fn tells(ticks: &[(u64, u64)]) -> bool {
    ticks.len() >= ROUNDS_FOR_STEP && kernel(ticks, step(ticks), 1.0).is_some()
}

/// The median length in ticks.
fn length(ticks: &[(u64, u64)]) -> Option<u64> {
    // Some drivers give zeros, or an end before the beginning, instead of an error.
    if ticks.iter().any(|(begin, end)| end <= begin) {
        return None;
    }
    let mut lengths: Vec<u64> = ticks.iter().map(|(begin, end)| end - begin).collect();
    lengths.sort_unstable();
    lengths.get(lengths.len() / 2).copied()
}

/// The clock's step: what all differences between its stamps are multiples of.
pub(crate) fn step(ticks: &[(u64, u64)]) -> Option<u64> {
    let (first, _) = ticks.first()?;
    let all = ticks.iter().flat_map(|(begin, end)| [*begin, *end]);
    let step = all.map(|t| t.abs_diff(*first)).fold(0, gcd);
    (step > 0).then_some(step)
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fine_clock_is_believed() {
        let ticks = [
            (1_000, 6_001_040),
            (9_000_040, 15_000_080),
            (20_000_003, 25_900_001),
        ];
        assert_eq!(kernel(&ticks, step(&ticks), 1.0), Some(6.000040));
        assert_eq!(kernel(&ticks, step(&ticks), 2.0), Some(12.00008));
    }

    #[test]
    fn a_coarse_clock_is_believed_only_for_long_runs() {
        let quantum = 100_000;
        let run = |begin: u64, steps: u64| (begin * quantum, (begin + steps) * quantum);
        let told = |ticks: &[(u64, u64)]| kernel(ticks, step(ticks), 1.0);
        assert_eq!(told(&[run(3, 19), run(40, 19), run(77, 19)]), None);
        assert_eq!(told(&[run(3, 20), run(40, 21), run(77, 20)]), Some(2.0));
        assert!(tells(&[run(3, 20), run(40, 21)]) && !tells(&[run(3, 19), run(40, 19)]));
    }

    #[test]
    fn only_short_runs_are_stamped_together() {
        // Of one round nothing is known: its length may be the clock's step.
        let mut times = Times::default();
        times.stamp((1_000, 6_001_040));
        assert!(!times.lengthen());
        times.stamp((9_000_040, 15_000_081));
        assert!(!times.lengthen() && times.stamped == 1);
        assert_eq!(times.parts(1.0).kernel, Some(6.000041));
        // Three steps: seven times as many would be twenty-one.
        let quantum = 100_000;
        let mut times = Times::default();
        times.stamp((5 * quantum, 8 * quantum));
        assert!(!times.lengthen());
        times.stamp((21 * quantum, 24 * quantum));
        assert!(times.lengthen() && times.stamped == 14);
        times.stamp((40 * quantum, 82 * quantum));
        assert!(!times.lengthen());
        assert_eq!(times.parts(1.0).kernel, Some(0.3));
    }

    #[test]
    fn a_broken_clock_is_not() {
        for ticks in [&[(0, 0), (0, 0)][..], &[(5, 4), (9, 8)], &[]] {
            assert!(!tells(ticks), "{ticks:?}");
            let mut times = Times::default();
            ticks.iter().for_each(|pair| times.stamp(*pair));
            assert!(!times.lengthen() && times.parts(1.0).kernel.is_none());
        }
    }
}

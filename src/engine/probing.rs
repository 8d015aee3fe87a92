//! Which quantities of the machine an experiment asks for, and how often each is measured within
//! its time. What they are is said in `parallax_backends::probes`.
//!
//! They are measured one after the other. Each gets an equal part of the time that is left, and
//! gives back what it does not use. A part is: made ready; runs that are not counted, which find
//! how many make a repetition long enough for the clock and let the browser optimise the code;
//! then repetitions, at least [`ENOUGH`] where the time allows, and the median of what they say
//! with its order-statistics interval. Where the budget is short there are fewer working sets,
//! then fewer repetitions, and the quantity's note says so. A repetition during which the page was
//! hidden does not count, and its time is not charged.

use crate::{Control, calibrate};
use parallax_backends::probes::{GpuLimits, Probe, Subject, gpu_limits, gpu_quantum_us, probe, value};
use parallax_backends::{BackendError, Machine, Pool, host};
use parallax_protocol::{Event, Experiment, Outcome, Quantity, RunSpec, Stage, Unit, base_id};
use parallax_stats::{median, median_interval};
use parallax_workloads::Level;

/// Share of the budget where runs of workloads take the rest.
const SHARE: f64 = 0.4;
/// The most that the limits of the machine may take, in seconds: more makes no interval narrow
/// that is not.
const MOST_S: f64 = 45.0;
/// Repetitions that carry a 95 % interval.
const ENOUGH: usize = 6;
/// Repetitions at most.
const MOST: usize = 21;
/// Runs that are not counted take no more than this share of a quantity's time...
const WARM_UP_SHARE: f64 = 0.25;
/// ... nor more than so many milliseconds.
const WARM_UP_MS: f64 = 300.0;
/// Calls that it takes at least, to find the batch.
const LEAST_WARM_UP: u32 = 2;
/// How often a hidden page is looked at, in milliseconds.
const HIDDEN_POLL_MS: u32 = 100;
/// Where all take part, the cores' repetitions are so many times longer: their quotient has the
/// cost of waking the threads in it.
const CORES_LONGER: u32 = 2;
/// A size is left out if so many times its bytes are more than the engine's memory.
const MEMORY_TIMES: u64 = 4;

const KB: u64 = 1 << 10;
const MB: u64 = 1 << 20;

/// Working sets of copies on the CPU: from the first cache to memory.
const COPIES: [u64; 7] = [16 * KB, 64 * KB, 256 * KB, MB, 4 * MB, 16 * MB, 64 * MB];
/// Working sets of copies on the GPU.
const GPU_COPIES: [u64; 5] = [MB, 4 * MB, 16 * MB, 64 * MB, 256 * MB];
/// The same where a CPU plays one.
const SOFTWARE_COPIES: usize = 4;
/// Lengths of messages.
const MESSAGES: [u64; 3] = [64 * KB, MB, 16 * MB];
/// Lengths of transfers to and from the GPU.
const TRANSFERS: [u64; 4] = [64 * KB, MB, 16 * MB, 64 * MB];

/// Seconds that an experiment has for the machine's limits; `None` where it does not ask for any.
pub(crate) fn budget_s(spec: &RunSpec) -> Option<f64> {
    match spec.experiment {
        Experiment::Machine => Some(spec.budget_s.min(MOST_S)),
        Experiment::Roofline | Experiment::Gpu => Some((spec.budget_s * SHARE).min(MOST_S)),
        _ => None,
    }
}

/// One quantity that is asked for.
#[derive(Debug, Clone, PartialEq)]
struct Asked {
    id: &'static str,
    of: &'static str,
    threads: Option<u32>,
    bytes: Option<u64>,
    unit: Unit,
    how: How,
    /// Working sets of it were left out.
    thinned: bool,
}

/// How a quantity comes about.
#[derive(Debug, Clone, Copy, PartialEq)]
enum How {
    Measured(Subject),
    /// Of so many threads.
    Cores(usize),
    ClockStep,
    GpuQuantum,
    /// It is known.
    Given(f64),
}

impl Asked {
    fn new(id: &'static str, of: &'static str, unit: Unit, how: How) -> Self {
        Asked {
            id,
            of,
            threads: None,
            bytes: None,
            unit,
            how,
            thinned: false,
        }
    }

    fn on(self, threads: usize) -> Self {
        Asked {
            threads: Some(threads as u32),
            ..self
        }
    }

    fn sized(self, bytes: u64) -> Self {
        Asked {
            bytes: Some(bytes),
            ..self
        }
    }

    fn is_gpu(&self) -> bool {
        self.of == "gpu" || self.id.starts_with("gpu-")
    }
}

/// What an experiment asks for, in the order of its measuring.
fn asked(experiment: Experiment, here: &Here) -> Vec<Asked> {
    let measured = |id, of, unit, subject| Asked::new(id, of, unit, How::Measured(subject));
    let both = match here.threads {
        1 => vec![1],
        threads => vec![1, threads],
    };
    let mut all = Vec::new();
    let on_cpu = experiment != Experiment::Gpu;
    let is_machine = experiment == Experiment::Machine;
    if is_machine {
        all.push(Asked::new("clock-step", "", Unit::Us, How::ClockStep));
    }
    if on_cpu {
        for (of, level) in [("scalar", Level::Scalar), ("simd", Level::Simd)] {
            for &threads in &both {
                let subject = Subject::Peak { level, threads };
                all.push(measured("peak", of, Unit::GflopPerS, subject).on(threads));
            }
        }
    }
    if is_machine && here.threads > 1 {
        let threads = here.threads;
        all.push(Asked::new("cores", "", Unit::Count, How::Cores(threads)).on(threads));
    }
    if on_cpu {
        for &threads in &both {
            for bytes in COPIES {
                let subject = Subject::Copy { bytes, threads };
                all.push(
                    measured("copy", "simd", Unit::GbPerS, subject)
                        .on(threads)
                        .sized(bytes),
                );
            }
        }
    }
    if is_machine {
        let threads = here.threads;
        if here.pool {
            all.push(measured("dispatch", "", Unit::Us, Subject::Dispatch { threads }).on(threads));
            all.push(measured("barrier", "", Unit::Us, Subject::Barrier { threads }).on(threads));
        }
        all.push(measured("spawn", "", Unit::Ms, Subject::Spawn));
        all.push(measured("message", "", Unit::Us, Subject::Message));
        let clone = |bytes| measured("clone", "", Unit::GbPerS, Subject::Clone(bytes)).sized(bytes);
        let transfer = |bytes| measured("transfer", "", Unit::GbPerS, Subject::Transfer(bytes)).sized(bytes);
        let shared = |bytes| measured("shared", "", Unit::GbPerS, Subject::Shared(bytes)).sized(bytes);
        all.extend(MESSAGES.map(clone));
        all.extend(MESSAGES.map(transfer));
        all.extend(MESSAGES.map(shared));
    }
    if let Some((limits, software)) = &here.gpu {
        if experiment != Experiment::Roofline {
            for (id, unit, value) in [
                ("gpu-max-buffer", Unit::Bytes, limits.max_buffer),
                ("gpu-max-binding", Unit::Bytes, limits.max_binding),
                ("gpu-max-workgroups", Unit::Count, limits.max_workgroups),
                ("gpu-max-invocations", Unit::Count, limits.max_invocations),
            ] {
                all.push(Asked::new(id, "", unit, How::Given(value)));
            }
            all.push(Asked::new("gpu-quantum", "", Unit::Us, How::GpuQuantum));
            for (id, subject) in [
                ("gpu-round-trip", Subject::GpuRoundTrip),
                ("gpu-map-round-trip", Subject::GpuMapRoundTrip),
                ("gpu-empty-dispatch", Subject::GpuEmptyDispatch),
            ] {
                all.push(measured(id, "", Unit::Us, subject));
            }
            let up = |bytes| measured("gpu-upload", "", Unit::GbPerS, Subject::GpuUpload(bytes)).sized(bytes);
            let down =
                |bytes| measured("gpu-readback", "", Unit::GbPerS, Subject::GpuReadback(bytes)).sized(bytes);
            all.extend(TRANSFERS.map(up));
            all.extend(TRANSFERS.map(down));
        }
        all.push(measured("peak", "gpu", Unit::GflopPerS, Subject::GpuPeak));
        let count = match software {
            true => SOFTWARE_COPIES,
            false => GPU_COPIES.len(),
        };
        for bytes in &GPU_COPIES[..count] {
            all.push(measured("copy", "gpu", Unit::GbPerS, Subject::GpuCopy(*bytes)).sized(*bytes));
        }
    }
    all.retain(|asked| here.has_room(asked));
    all
}

/// What matters of the machine for what is asked.
struct Here {
    /// Threads that are used, at least one.
    threads: usize,
    pool: bool,
    memory: Option<u64>,
    /// The GPU's limits, and whether a CPU plays it.
    gpu: Option<(GpuLimits, bool)>,
}

impl Here {
    fn of(machine: &Machine, spec: &RunSpec) -> Here {
        #[cfg(feature = "gpu")]
        let software = machine.gpu.adapter().is_some_and(|adapter| adapter.software);
        #[cfg(not(feature = "gpu"))]
        let software = false;
        // Of the ceilings only what rows lie under.
        let is_left_out = spec.experiment == Experiment::Roofline
            && !spec.backends.is_empty()
            && !spec.backends.iter().any(|id| base_id(id) == "gpu");
        let limits = gpu_limits(machine).filter(|_| !is_left_out);
        Here {
            threads: crate::stages::most_threads(machine, spec) as usize,
            pool: machine.pool.threads() > 0,
            memory: machine.memory,
            gpu: limits.map(|limits| (limits, software)),
        }
    }

    /// Whether the engine's memory takes it. The GPU's own buffers are not in there.
    fn has_room(&self, asked: &Asked) -> bool {
        let ours = !matches!(asked.how, How::Measured(Subject::GpuCopy(_)));
        let need = asked.bytes.filter(|_| ours).unwrap_or(0) * MEMORY_TIMES;
        self.memory.is_none_or(|have| need <= have)
    }
}

/// Leaves out working sets until every quantity has time for its least: first every other one
/// between the smallest and the largest, then all but these two, then all but the largest.
fn thin(all: Vec<Asked>, budget_ms: f64, least_ms: f64) -> Vec<Asked> {
    let sets = |asked: &Asked| -> Vec<u64> {
        let same = |other: &&Asked| {
            (other.id, other.of, other.threads) == (asked.id, asked.of, asked.threads)
                && other.bytes.is_some()
        };
        all.iter().filter(same).filter_map(|other| other.bytes).collect()
    };
    let kept = |level: usize| -> Vec<Asked> {
        let keeps = |asked: &&Asked| {
            let Some(bytes) = asked.bytes else { return true };
            let sets = sets(asked);
            // From the largest down: that one is always there.
            let place = sets.iter().rev().position(|b| *b == bytes).unwrap_or(0);
            let is_end = place == 0 || place + 1 == sets.len();
            match level {
                0 => true,
                1 => is_end || place % 2 == 0,
                2 => is_end,
                _ => place == 0,
            }
        };
        all.iter().filter(keeps).cloned().collect()
    };
    let timed = |all: &[Asked]| all.iter().filter(|a| !matches!(a.how, How::Given(_))).count();
    for level in 0..=3 {
        let mut some = kept(level);
        if level == 3 || timed(&some) as f64 * least_ms <= budget_ms {
            for asked in some.iter_mut().filter(|asked| asked.bytes.is_some()) {
                let now = kept(level);
                let same = |a: &&Asked| (a.id, a.of, a.threads) == (asked.id, asked.of, asked.threads);
                asked.thinned = now.iter().filter(same).count() < all.iter().filter(same).count();
            }
            return some;
        }
    }
    all
}

/// Measures what the experiment asks for. Gives whether all of it had its time.
///
/// # Errors
/// `Stopped`; what was measured has been emitted then.
pub(crate) async fn run(probing: Probing<'_>) -> Result<Outcome, BackendError> {
    (probing.emit)(Event::Stage {
        job: probing.job,
        backend: None,
        stage: Stage::Probing,
    });
    probing.all().await
}

/// What probing needs of a run.
pub(crate) struct Probing<'a> {
    pub machine: &'a Machine,
    pub timer_resolution_us: f64,
    pub job: u32,
    pub spec: &'a RunSpec,
    pub budget_s: f64,
    pub control: &'a Control,
    pub emit: &'a dyn Fn(Event),
}

/// The time of one quantity.
struct Time {
    begin_ms: f64,
    /// What is its own.
    own_ms: f64,
    /// What it may take for enough repetitions.
    most_ms: f64,
}

/// Repetitions in the quantity's unit.
type Values = Vec<f64>;

impl Probing<'_> {
    fn now_ms(&self) -> f64 {
        self.machine.host.now_ms()
    }

    async fn all(&self) -> Result<Outcome, BackendError> {
        let here = Here::of(self.machine, self.spec);
        let software = here.gpu.as_ref().is_some_and(|(_, software)| *software);
        let repetition_ms = calibrate::target_ms(self.timer_resolution_us);
        // Made ready and warmed up, that is as long again as some repetitions.
        let least_ms = f64::from(calibrate::DRAW_MS) + repetition_ms * (ENOUGH + 3) as f64;
        let budget_ms = self.budget_s * 1e3;
        let all = thin(asked(self.spec.experiment, &here), budget_ms, least_ms);
        let mut left = all.iter().filter(|a| !matches!(a.how, How::Given(_))).count();
        let mut end_ms = self.now_ms() + budget_ms;
        let mut complete = all.iter().all(|asked| !asked.thinned);
        let mut without_gpu = false;
        let mut without_messages = false;
        for asked in &all {
            let is_message = matches!(asked.how, How::Measured(subject) if subject.is_message());
            let mut values = match asked.how {
                How::Given(value) => vec![value],
                _ => {
                    let remaining_ms = end_ms - self.now_ms();
                    let own_ms = remaining_ms / left.max(1) as f64;
                    left = left.saturating_sub(1);
                    if without_gpu && asked.is_gpu() || without_messages && is_message {
                        continue;
                    }
                    if remaining_ms < 2.0 * repetition_ms {
                        complete = false;
                        continue;
                    }
                    let time = Time {
                        begin_ms: self.now_ms(),
                        own_ms,
                        most_ms: (3.0 * own_ms).min(remaining_ms / 4.0).max(own_ms),
                    };
                    match self.measure(asked, time, &mut end_ms).await {
                        Ok(values) => values,
                        Err(BackendError::Stopped) => return Err(BackendError::Stopped),
                        // What there is no room for is left out, as larger sets are.
                        Err(BackendError::Memory(_)) => {
                            complete = false;
                            continue;
                        }
                        Err(error) => {
                            complete = false;
                            // Each further one would wait for its limit.
                            without_messages |= is_message;
                            without_gpu |= matches!(error, BackendError::DeviceLost { .. });
                            self.note(asked, &error);
                            continue;
                        }
                    }
                }
            };
            values.retain(|value| value.is_finite() && *value > 0.0);
            let Some(median) = median(&values) else { continue };
            let given = matches!(asked.how, How::Given(_) | How::GpuQuantum);
            complete &= given || values.len() >= ENOUGH;
            (self.emit)(Event::Quantity {
                job: self.job,
                quantity: Quantity {
                    id: asked.id.into(),
                    of: asked.of.into(),
                    threads: asked.threads,
                    bytes: asked.bytes.map(|bytes| bytes as f64),
                    value: median,
                    ci95: (!given).then(|| median_interval(&values, 0.95)).flatten(),
                    unit: asked.unit,
                    note: notes(asked, values.len(), given, software),
                },
            });
            // The page draws it, and how far it is.
            if !given {
                (self.emit)(Event::Progress {
                    job: self.job,
                    blocks: 0,
                    elapsed_s: self.budget_s - (end_ms - self.now_ms()).max(0.0) / 1e3,
                });
                self.machine.host.sleep(calibrate::DRAW_MS).await;
            }
        }
        self.breathe().await?;
        Ok(match complete {
            true => Outcome::Settled,
            false => Outcome::BudgetSpent,
        })
    }

    /// Repetitions of one quantity; none where it does not exist here.
    async fn measure(&self, asked: &Asked, time: Time, end_ms: &mut f64) -> Result<Values, BackendError> {
        self.breathe().await?;
        let stop = self.control.flag();
        match asked.how {
            How::Given(value) => Ok(vec![value]),
            How::GpuQuantum => Ok(gpu_quantum_us(self.machine, &stop).await?.into_iter().collect()),
            How::ClockStep => {
                let step = async || Ok(host::timer_resolution_us(&*self.machine.host));
                self.repeat(step, ENOUGH, &time, end_ms).await
            }
            How::Measured(subject) => {
                let Some(mut probe) = probe(self.machine, subject, &stop).await? else {
                    return Ok(Vec::new());
                };
                let runs = self.warm_up(&mut *probe, &time).await?;
                let repetition = async || {
                    let ms = probe.run(runs).await?;
                    Ok(value(asked.unit, probe.amount(), runs, ms))
                };
                self.repeat(repetition, MOST, &time, end_ms).await
            }
            How::Cores(threads) => {
                let of = |threads| Subject::Peak {
                    level: Level::Scalar,
                    threads,
                };
                let one = probe(self.machine, of(1), &stop).await?;
                let all = probe(self.machine, of(threads), &stop).await?;
                let (Some(mut one), Some(mut all)) = (one, all) else {
                    return Ok(Vec::new());
                };
                self.warm_up(&mut *all, &time).await?;
                let runs = self.warm_up(&mut *one, &time).await? * CORES_LONGER;
                let pair = async || {
                    // The two of a pair share whatever hits this moment.
                    let alone = one.run(runs).await?;
                    let together = all.run(runs).await?;
                    Ok(threads as f64 * alone / together)
                };
                self.repeat(pair, MOST, &time, end_ms).await
            }
        }
    }

    /// Runs that are not counted; gives how many make a repetition.
    async fn warm_up(&self, probe: &mut dyn Probe, time: &Time) -> Result<u32, BackendError> {
        let begin = self.now_ms();
        let limit = (time.own_ms * WARM_UP_SHARE).min(WARM_UP_MS);
        let mut runs = 1;
        // The quickest call sets the size of repetitions: a hiccup must not make them short.
        let mut most = 1;
        for call in 1.. {
            let ms = probe.run(runs).await?;
            let batch = calibrate::batch(ms, runs, self.timer_resolution_us);
            most = most.max(batch);
            self.breathe().await?;
            let is_known = runs >= most / 2;
            let spent = self.now_ms() - begin;
            if is_known && call >= LEAST_WARM_UP && spent + ms > limit || spent > time.own_ms {
                break;
            }
            // Slowly: what one cold run says may be far off.
            runs = batch.min(runs.saturating_mul(32));
        }
        Ok(most)
    }

    /// Repeats until the time is spent or there are enough.
    async fn repeat(
        &self,
        mut repetition: impl AsyncFnMut() -> Result<f64, BackendError>,
        most: usize,
        time: &Time,
        end_ms: &mut f64,
    ) -> Result<Values, BackendError> {
        let mut values = Vec::with_capacity(most);
        let mut hidden_ms = 0.0;
        loop {
            let begin = self.now_ms();
            self.control.watch_visibility();
            let value = repetition().await?;
            // The word that the page was hidden may still be waiting.
            self.breathe().await?;
            if self.control.was_hidden() {
                while self.control.is_hidden() {
                    self.machine.host.sleep(HIDDEN_POLL_MS).await;
                    self.breathe().await?;
                }
                let lost_ms = self.now_ms() - begin;
                *end_ms += lost_ms;
                hidden_ms += lost_ms;
                continue;
            }
            values.push(value);
            let spent = self.now_ms() - time.begin_ms - hidden_ms;
            let next = self.now_ms() - begin;
            let limit = match values.len() < ENOUGH {
                true => time.most_ms,
                false => time.own_ms,
            };
            if values.len() >= most || spent + next > limit {
                return Ok(values);
            }
        }
    }

    /// Lets messages in where kernels run on this very thread, and ends if Stop was among them.
    async fn breathe(&self) -> Result<(), BackendError> {
        if matches!(self.machine.pool, Pool::Here { .. }) {
            self.machine.host.sleep(0).await;
        }
        match self.control.flag().is_raised() {
            true => Err(BackendError::Stopped),
            false => Ok(()),
        }
    }

    fn note(&self, asked: &Asked, error: &BackendError) {
        (self.emit)(Event::Note {
            job: self.job,
            backend: match asked.is_gpu() {
                true => "gpu".into(),
                false => asked.of.into(),
            },
            text: format!("{} could not be measured: {error}", asked.id),
        });
    }
}

/// What the reader of a quantity should know.
fn notes(asked: &Asked, repetitions: usize, given: bool, software: bool) -> Option<String> {
    let few = format!("{repetitions} repetitions: the budget is too short for an interval");
    let notes = [
        (software && asked.is_gpu(), "software GPU: shaders run on the CPU"),
        (!given && repetitions < ENOUGH, few.as_str()),
        (asked.thinned, "sizes between are left out: the budget is short"),
    ];
    let notes: Vec<&str> = notes
        .into_iter()
        .filter(|(is, _)| *is)
        .map(|(_, text)| text)
        .collect();
    (!notes.is_empty()).then(|| notes.join("; "))
}

#[cfg(test)]
mod tests;

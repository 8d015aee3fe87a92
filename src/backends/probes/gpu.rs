//! What the GPU can do and what it costs to ask it, by the engine's clock: a repetition is many
//! times the step of that clock, which the GPU's own is not in a browser.

use super::{GpuLimits, Probe, Subject};
use crate::gpu::clock::step;
use crate::gpu::device::Device;
use crate::gpu::link::refused;
use crate::host::Host;
use crate::{BackendError, Machine, StopFlag};
use futures_channel::oneshot;
use futures_util::future::LocalBoxFuture;
use parallax_workloads::OutOfMemory;
use std::future::Future;
use std::rc::Rc;
use wgpu::BufferUsages as Usage;

const COPY: &str = include_str!("../../../shaders/probes/copy.wgsl");
const PEAK: &str = include_str!("../../../shaders/probes/peak.wgsl");

/// Empty dispatches in one submission.
pub const ROW: u32 = 100;
/// Invocations in a workgroup of our shaders.
const GROUP: u64 = 256;
/// Bytes that an invocation copies.
const VECTOR: u64 = 16;
/// Operations of an invocation of `peak`, as its shader counts.
const OPERATIONS: f64 = 128.0 * 256.0;
/// Workgroups of `peak`, on hardware and on a CPU that plays one: some 9 and 0.1 Gflop.
const PEAK_GROUPS: (u32, u32) = (1024, 16);
/// What `peak` multiplies with and adds, four lanes each: values tend to 1.
const COEFFICIENTS: [f32; 8] = [
    0.999_9, 0.999_9, 0.999_9, 0.999_9, 0.000_1, 0.000_1, 0.000_1, 0.000_1,
];
/// Submissions that a repetition is cut into: watchdogs, and whoever else draws, wait for one.
const SUBMISSIONS: u32 = 4;
/// And dispatches in one at most.
const MOST_IN_ONE: u32 = 64;
/// Pairs of time stamps that the quantum is found in, each waited for.
const STAMPED: u32 = 24;

/// The device and what waits for it must hear.
struct Bench {
    device: Rc<Device>,
    host: Rc<dyn Host>,
    stop: StopFlag,
}

/// Makes a subject of the GPU's ready; `None` without a GPU, or for what it does not bind.
pub(super) async fn probe(
    machine: &Machine,
    subject: Subject,
    stop: &StopFlag,
) -> Result<Option<Box<dyn Probe>>, BackendError> {
    let Some(bench) = Bench::open(machine, stop).await? else {
        return Ok(None);
    };
    Ok(match subject {
        Subject::GpuCopy(bytes) => match Copy::new(bench, bytes).await? {
            Some(copy) => Some(Box::new(copy)),
            None => None,
        },
        Subject::GpuPeak => Some(Box::new(Peak::new(bench).await?)),
        Subject::GpuRoundTrip => Some(Box::new(RoundTrip(bench))),
        Subject::GpuMapRoundTrip => Some(Box::new(ReadBack::new(bench, 4, 1.0).await?)),
        Subject::GpuEmptyDispatch => Some(Box::new(Empty::new(bench).await?)),
        Subject::GpuUpload(bytes) if bench.holds(bytes) => Some(Box::new(Upload::new(bench, bytes).await?)),
        Subject::GpuReadback(bytes) if bench.holds(bytes) => {
            Some(Box::new(ReadBack::new(bench, bytes, bytes as f64).await?))
        }
        _ => None,
    })
}

pub(super) fn limits(machine: &Machine) -> Option<GpuLimits> {
    let device = machine.gpu.device()?;
    Some(GpuLimits {
        max_buffer: device.there.max_buffer_size as f64,
        max_binding: device.there.max_storage_buffer_binding_size as f64,
        max_workgroups: f64::from(device.there.max_compute_workgroups_per_dimension),
        max_invocations: f64::from(device.there.max_compute_invocations_per_workgroup),
    })
}

/// What all differences between time stamps of empty passes are multiples of, in microseconds.
pub(super) async fn quantum_us(machine: &Machine, stop: &StopFlag) -> Result<Option<f64>, BackendError> {
    let Some(bench) = Bench::open(machine, stop).await? else {
        return Ok(None);
    };
    let device = &bench.device.device;
    if !device.features().contains(wgpu::Features::TIMESTAMP_QUERY) {
        return Ok(None);
    }
    let bytes = u64::from(STAMPED) * 16;
    let made = bench.make("time stamps", |device| {
        let queries = device.create_query_set(&wgpu::QuerySetDescriptor {
            label: None,
            ty: wgpu::QueryType::Timestamp,
            count: STAMPED * 2,
        });
        let resolved = buffer(device, bytes, Usage::QUERY_RESOLVE | Usage::COPY_SRC);
        let staging = buffer(device, bytes, Usage::MAP_READ | Usage::COPY_DST);
        (queries, resolved, staging)
    });
    let (queries, resolved, staging) = made.await?;
    let mut stamps = Vec::new();
    let work = async {
        for pair in 0..STAMPED {
            let mut encoder = device.create_command_encoder(&Default::default());
            drop(encoder.begin_compute_pass(&wgpu::ComputePassDescriptor {
                label: None,
                timestamp_writes: Some(wgpu::ComputePassTimestampWrites {
                    query_set: &queries,
                    beginning_of_pass_write_index: Some(2 * pair),
                    end_of_pass_write_index: Some(2 * pair + 1),
                }),
            }));
            bench.device.queue.submit([encoder.finish()]);
            // So that they lie apart.
            bench.done().await;
        }
        let mut encoder = device.create_command_encoder(&Default::default());
        encoder.resolve_query_set(&queries, 0..STAMPED * 2, &resolved, 0);
        encoder.copy_buffer_to_buffer(&resolved, 0, &staging, 0, bytes);
        bench.device.queue.submit([encoder.finish()]);
        bench
            .read(&staging, |view| {
                stamps.extend_from_slice(bytemuck::cast_slice(view))
            })
            .await;
    };
    bench.timed("time stamps", work).await?;
    queries.destroy();
    resolved.destroy();
    staging.destroy();
    let pairs: Vec<(u64, u64)> = stamps.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
    // Zeros instead of an error were seen; the first of all stays zero then, and so does the step.
    let period = f64::from(bench.device.queue.get_timestamp_period());
    Ok(step(&pairs).map(|ticks| ticks as f64 * period / 1e3))
}

impl Bench {
    async fn open(machine: &Machine, stop: &StopFlag) -> Result<Option<Bench>, BackendError> {
        if machine.gpu.device().is_none() {
            return Ok(None);
        }
        Ok(Some(Bench {
            device: machine.gpu.open(&*machine.host, stop).await?,
            host: Rc::clone(&machine.host),
            stop: stop.clone(),
        }))
    }

    /// Whether a buffer may have so many bytes, and be bound.
    fn holds(&self, bytes: u64) -> bool {
        bytes
            <= self
                .device
                .max_buffer
                .min(self.device.adapter.max_storage_binding)
    }

    /// Makes what may be refused.
    async fn make<T>(
        &self,
        what: &'static str,
        make: impl FnOnce(&wgpu::Device) -> T,
    ) -> Result<T, BackendError> {
        let device = &self.device;
        let memory = device.device.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
        let validation = device.device.push_error_scope(wgpu::ErrorFilter::Validation);
        let made = make(&device.device);
        // Popped inside out, but too little memory is said first: the rest follows from it.
        let (validation, memory) = (validation.pop(), memory.pop());
        for error in [
            device.wait(&*self.host, &self.stop, what, memory).await?,
            device.wait(&*self.host, &self.stop, what, validation).await?,
        ] {
            refused(what, error)?;
        }
        Ok(made)
    }

    /// Does some work and gives its milliseconds: ended by a loss, Stop or the limit of all waits,
    /// and told what was refused.
    async fn timed(&self, what: &'static str, work: impl Future<Output = ()>) -> Result<f64, BackendError> {
        let device = &self.device;
        let scope = device.device.push_error_scope(wgpu::ErrorFilter::Validation);
        let work = async {
            let begin = self.host.now_ms();
            work.await;
            self.host.now_ms() - begin
        };
        let ms = device.wait(&*self.host, &self.stop, what, work).await?;
        let error = device.wait(&*self.host, &self.stop, what, scope.pop()).await?;
        if let Some(reason) = device.lost_reason() {
            return Err(BackendError::DeviceLost { reason });
        }
        refused(what, error)?;
        match self.stop.is_raised() {
            true => Err(BackendError::Stopped),
            false => Ok(ms),
        }
    }

    /// Until all that was submitted is done.
    async fn done(&self) {
        let (sender, done) = oneshot::channel();
        self.device.queue.on_submitted_work_done(move || {
            // The receiver is gone if the run was dropped.
            let _ = sender.send(());
        });
        self.poll();
        // An error only says that the callback was dropped with its device, which `timed` hears of.
        let _ = done.await;
    }

    /// Until a buffer can be read, and reads it.
    async fn read(&self, staging: &wgpu::Buffer, take: impl FnOnce(&[u8])) {
        let (sender, mapped) = oneshot::channel();
        staging.map_async(wgpu::MapMode::Read, .., move |result| {
            let _ = sender.send(result);
        });
        self.poll();
        // Else `timed` hears of the loss, or of what was refused.
        if let Ok(Ok(())) = mapped.await {
            if let Ok(view) = staging.get_mapped_range(..) {
                take(&view);
            }
            staging.unmap();
        }
    }

    /// Natively callbacks are made from within poll; in the browser this does nothing.
    fn poll(&self) {
        #[cfg(not(target_arch = "wasm32"))]
        let _ = self.device.device.poll(wgpu::PollType::wait_indefinitely());
    }

    /// Submits a dispatch so many times, so many at once, and waits for the last of them.
    async fn dispatch(
        &self,
        pipeline: &wgpu::ComputePipeline,
        bindings: Option<&wgpu::BindGroup>,
        groups: u32,
        (times, at_once): (u32, u32),
    ) {
        let mut left = times;
        while left > 0 {
            let now = left.min(at_once);
            let mut encoder = self.device.device.create_command_encoder(&Default::default());
            let mut pass = encoder.begin_compute_pass(&Default::default());
            pass.set_pipeline(pipeline);
            if let Some(bindings) = bindings {
                pass.set_bind_group(0, bindings, &[]);
            }
            for _ in 0..now {
                pass.dispatch_workgroups(groups, 1, 1);
            }
            drop(pass);
            self.device.queue.submit([encoder.finish()]);
            left -= now;
        }
        self.done().await;
    }
}

/// Dispatches, and how many of them are submitted at once.
fn cut(runs: u32) -> (u32, u32) {
    (runs, runs.div_ceil(SUBMISSIONS).clamp(1, MOST_IN_ONE))
}

fn buffer(device: &wgpu::Device, size: u64, usage: Usage) -> wgpu::Buffer {
    device.create_buffer(&wgpu::BufferDescriptor {
        label: None,
        size,
        usage,
        mapped_at_creation: false,
    })
}

fn pipeline(device: &wgpu::Device, source: &str, entry: &str) -> wgpu::ComputePipeline {
    let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
        label: None,
        source: wgpu::ShaderSource::Wgsl(source.into()),
    });
    device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
        label: None,
        layout: None,
        module: &module,
        entry_point: Some(entry),
        compilation_options: Default::default(),
        cache: None,
    })
}

fn bind(
    device: &wgpu::Device,
    pipeline: &wgpu::ComputePipeline,
    buffers: &[(u32, &wgpu::Buffer)],
) -> wgpu::BindGroup {
    let entries: Vec<_> = buffers
        .iter()
        .map(|(binding, buffer)| wgpu::BindGroupEntry {
            binding: *binding,
            resource: buffer.as_entire_binding(),
        })
        .collect();
    device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: None,
        layout: &pipeline.get_bind_group_layout(0),
        entries: &entries,
    })
}

/// Nothing, waited for.
struct RoundTrip(Bench);

impl Probe for RoundTrip {
    fn amount(&self) -> f64 {
        1.0
    }

    fn run(&mut self, runs: u32) -> LocalBoxFuture<'_, Result<f64, BackendError>> {
        let bench = &self.0;
        Box::pin(bench.timed("submission", async move {
            for _ in 0..runs {
                bench.device.queue.submit([]);
                bench.done().await;
            }
        }))
    }
}

/// Rows of empty dispatches, each waited for.
struct Empty {
    bench: Bench,
    pipeline: wgpu::ComputePipeline,
}

impl Empty {
    async fn new(bench: Bench) -> Result<Empty, BackendError> {
        let pipeline = bench.make("shader", |device| pipeline(device, PEAK, "nothing"));
        let pipeline = pipeline.await?;
        Ok(Empty { bench, pipeline })
    }
}

impl Probe for Empty {
    fn amount(&self) -> f64 {
        f64::from(ROW)
    }

    fn run(&mut self, runs: u32) -> LocalBoxFuture<'_, Result<f64, BackendError>> {
        let Empty { bench, pipeline } = &*self;
        Box::pin(bench.timed("dispatch", async move {
            for _ in 0..runs {
                bench.dispatch(pipeline, None, 1, (ROW, ROW)).await;
            }
        }))
    }
}

/// Buffers that give their memory back at once; a browser would wait for its garbage collector.
struct Kept(Vec<wgpu::Buffer>);

impl Drop for Kept {
    fn drop(&mut self) {
        for buffer in &self.0 {
            buffer.destroy();
        }
    }
}

struct Copy {
    bench: Bench,
    pipeline: wgpu::ComputePipeline,
    bindings: wgpu::BindGroup,
    groups: u32,
    amount: f64,
    _buffers: Kept,
}

impl Copy {
    /// `None` where the adapter does not bind or dispatch so much.
    async fn new(bench: Bench, bytes: u64) -> Result<Option<Copy>, BackendError> {
        let each = bytes / 2 / (GROUP * VECTOR) * (GROUP * VECTOR);
        let groups = each / (GROUP * VECTOR);
        if each == 0 || !bench.holds(each) || groups > u64::from(bench.device.max_groups) {
            return Ok(None);
        }
        let made = bench.make("buffers", |device| {
            let [from, to] = [(); 2].map(|()| buffer(device, each, Usage::STORAGE | Usage::COPY_SRC));
            let (copy, fill) = (pipeline(device, COPY, "copy"), pipeline(device, COPY, "fill"));
            let bindings = bind(device, &copy, &[(0, &from), (1, &to)]);
            let filled = bind(device, &fill, &[(1, &from)]);
            (Kept(vec![from, to]), copy, fill, bindings, filled)
        });
        let (buffers, pipeline, fill, bindings, filled) = made.await?;
        let groups = groups as u32;
        let first = bench.dispatch(&fill, Some(&filled), groups, (1, 1));
        bench.timed("dispatch", first).await?;
        Ok(Some(Copy {
            bench,
            pipeline,
            bindings,
            groups,
            amount: (each * 2) as f64,
            _buffers: buffers,
        }))
    }
}

impl Probe for Copy {
    fn amount(&self) -> f64 {
        self.amount
    }

    fn run(&mut self, runs: u32) -> LocalBoxFuture<'_, Result<f64, BackendError>> {
        let work = self
            .bench
            .dispatch(&self.pipeline, Some(&self.bindings), self.groups, cut(runs));
        Box::pin(self.bench.timed("dispatch", work))
    }
}

struct Peak {
    bench: Bench,
    pipeline: wgpu::ComputePipeline,
    bindings: wgpu::BindGroup,
    groups: u32,
    _buffers: Kept,
}

impl Peak {
    async fn new(bench: Bench) -> Result<Peak, BackendError> {
        let groups = match bench.device.adapter.software {
            true => PEAK_GROUPS.1,
            false => PEAK_GROUPS.0,
        };
        let made = bench.make("shader", |device| {
            let by = buffer(device, 32, Usage::UNIFORM | Usage::COPY_DST);
            let results = u64::from(groups) * GROUP * 4;
            let results = buffer(device, results, Usage::STORAGE | Usage::COPY_SRC);
            let pipeline = pipeline(device, PEAK, "peak");
            let bindings = bind(device, &pipeline, &[(0, &by), (1, &results)]);
            (Kept(vec![by, results]), pipeline, bindings)
        });
        let (buffers, pipeline, bindings) = made.await?;
        bench
            .device
            .queue
            .write_buffer(&buffers.0[0], 0, bytemuck::cast_slice(&COEFFICIENTS));
        Ok(Peak {
            bench,
            pipeline,
            bindings,
            groups,
            _buffers: buffers,
        })
    }
}

impl Probe for Peak {
    fn amount(&self) -> f64 {
        f64::from(self.groups) * GROUP as f64 * OPERATIONS
    }

    fn run(&mut self, runs: u32) -> LocalBoxFuture<'_, Result<f64, BackendError>> {
        let work = self
            .bench
            .dispatch(&self.pipeline, Some(&self.bindings), self.groups, cut(runs));
        Box::pin(self.bench.timed("dispatch", work))
    }
}

/// So many bytes of ours.
fn ours(bytes: u64) -> Result<Vec<u8>, OutOfMemory> {
    let mut values = Vec::new();
    values
        .try_reserve_exact(bytes as usize)
        .map_err(|_| OutOfMemory { bytes })?;
    values.extend((0..bytes).map(|i| i as u8));
    Ok(values)
}

struct Upload {
    bench: Bench,
    values: Vec<u8>,
    buffers: Kept,
}

impl Upload {
    async fn new(bench: Bench, bytes: u64) -> Result<Upload, BackendError> {
        let values = ours(bytes)?;
        let made = bench.make("buffers", |device| {
            buffer(device, bytes, Usage::STORAGE | Usage::COPY_DST | Usage::COPY_SRC)
        });
        let buffers = Kept(vec![made.await?]);
        Ok(Upload {
            bench,
            values,
            buffers,
        })
    }
}

impl Probe for Upload {
    fn amount(&self) -> f64 {
        self.values.len() as f64
    }

    fn run(&mut self, runs: u32) -> LocalBoxFuture<'_, Result<f64, BackendError>> {
        let Upload {
            bench,
            values,
            buffers,
        } = &*self;
        Box::pin(bench.timed("upload", async move {
            for _ in 0..runs {
                bench.device.queue.write_buffer(&buffers.0[0], 0, values);
                // Writes wait for a submission.
                bench.device.queue.submit([]);
                bench.done().await;
            }
        }))
    }
}

struct ReadBack {
    bench: Bench,
    /// On the device, and where it can be mapped.
    buffers: Kept,
    ours: Vec<u8>,
    bytes: u64,
    amount: f64,
}

impl ReadBack {
    async fn new(bench: Bench, bytes: u64, amount: f64) -> Result<ReadBack, BackendError> {
        let ours = ours(bytes)?;
        let made = bench.make("buffers", |device| {
            Kept(vec![
                buffer(device, bytes, Usage::STORAGE | Usage::COPY_SRC | Usage::COPY_DST),
                buffer(device, bytes, Usage::MAP_READ | Usage::COPY_DST),
            ])
        });
        let buffers = made.await?;
        // Something else than the zeros that it begins with.
        bench.device.queue.write_buffer(&buffers.0[0], 0, &ours);
        bench.device.queue.submit([]);
        Ok(ReadBack {
            bench,
            buffers,
            ours,
            bytes,
            amount,
        })
    }
}

impl Probe for ReadBack {
    fn amount(&self) -> f64 {
        self.amount
    }

    fn run(&mut self, runs: u32) -> LocalBoxFuture<'_, Result<f64, BackendError>> {
        let ReadBack {
            bench,
            buffers,
            ours,
            bytes,
            ..
        } = self;
        let bench = &*bench;
        Box::pin(bench.timed("read-back", async move {
            for _ in 0..runs {
                let mut encoder = bench.device.device.create_command_encoder(&Default::default());
                encoder.copy_buffer_to_buffer(&buffers.0[0], 0, &buffers.0[1], 0, *bytes);
                bench.device.queue.submit([encoder.finish()]);
                bench
                    .read(&buffers.0[1], |view| {
                        ours.clear();
                        ours.extend_from_slice(view);
                    })
                    .await;
            }
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probes::tests::machine_with_gpu;

    fn words(bench: &Bench, buffer: &wgpu::Buffer, bytes: u64) -> Vec<f32> {
        let made = bench.make("buffers", |device| {
            self::buffer(device, bytes, Usage::MAP_READ | Usage::COPY_DST)
        });
        let staging = pollster::block_on(made).unwrap();
        let mut encoder = bench.device.device.create_command_encoder(&Default::default());
        encoder.copy_buffer_to_buffer(buffer, 0, &staging, 0, bytes);
        bench.device.queue.submit([encoder.finish()]);
        let mut words = Vec::new();
        let read = bench.read(&staging, |view| {
            words.extend_from_slice(bytemuck::cast_slice(view))
        });
        pollster::block_on(read);
        words
    }

    fn bench(machine: &Machine) -> Bench {
        let bench = pollster::block_on(Bench::open(machine, &StopFlag::new()));
        bench.unwrap().unwrap()
    }

    #[test]
    fn the_gpu_copies_every_value_that_it_counts() {
        let Some(machine) = machine_with_gpu("the_gpu_copies_every_value_that_it_counts") else {
            return;
        };
        let copy = pollster::block_on(Copy::new(bench(&machine), 1 << 20));
        let mut copy = copy.unwrap().unwrap();
        assert_eq!(copy.amount(), f64::from(1 << 20));
        assert!(pollster::block_on(copy.run(3)).unwrap() > 0.0);
        let to = words(&copy.bench, &copy._buffers.0[1], 1 << 19);
        for (place, value) in to.iter().enumerate() {
            let expected = (place / 4 % 8191) as f32 + (place % 4) as f32 / 4.0;
            assert_eq!(*value, expected, "{place}");
        }
    }

    #[test]
    fn the_gpu_multiplies_and_adds_as_often_as_is_counted() {
        let Some(machine) = machine_with_gpu("the_gpu_multiplies_and_adds_as_often_as_is_counted") else {
            return;
        };
        let mut peak = pollster::block_on(Peak::new(bench(&machine))).unwrap();
        pollster::block_on(peak.run(1)).unwrap();
        let results = words(
            &peak.bench,
            &peak._buffers.0[1],
            u64::from(peak.groups) * GROUP * 4,
        );
        let steps = (OPERATIONS / 2.0 / 16.0) as i32;
        for (id, result) in results.iter().enumerate() {
            let [by, plus] = [COEFFICIENTS[0], COEFFICIENTS[4]].map(f64::from);
            let limit = plus / (1.0 - by);
            let offset = (id % 256) as f64 / 1024.0;
            let chain = |start: f64| limit + (start - limit) * by.powi(steps);
            let starts = (0..16).map(|i| 0.5 + f64::from(i / 4) / 8.0 + f64::from(i % 4) / 16.0 + offset);
            let expected: f64 = starts.map(chain).sum();
            // Each of a thousand steps rounds by half an ulp of 1; one step more or less is
            // 16 * 5e-5 = 8e-4.
            assert!(
                (f64::from(*result) - expected).abs() < 4e-4,
                "{id}: {result} for {expected}"
            );
        }
    }
}

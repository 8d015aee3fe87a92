//! A WGSL kernel on the device: upload, dispatch, read back, and the limits that apply.

use super::clock::{self, Clock, RESIDENT_RUNS, Times};
use super::device::{Device, GpuSlot};
use crate::host::{Host, wall_ms};
use crate::{BackendError, Machine, Order, Prepared};
use futures_channel::oneshot;
use futures_util::future::LocalBoxFuture;
use parallax_protocol::{GpuMs, InjectKind, Span, SpanKind, Support, Timeline, Track};
use parallax_workloads::{Access, Buffer, GpuPass, GpuProgram, Output, Problem};
use std::future::Future;
use std::rc::Rc;
use std::sync::Arc;

/// What one dispatch should take at most: longer ones freeze the desktop, and watchdogs
/// end them.
const BAND_MS: f64 = 50.0;
/// Assumed speed for the first run, in operations per millisecond: slow hardware, and
/// what a software adapter was seen to do. The runs after it go by what was measured.
const FIRST_GUESS: (f64, f64) = (50e6, 0.5e6);
/// Bytes between the uniforms of two bands, the default alignment of dynamic offsets.
const BAND_STRIDE: u64 = 256;
/// Bytes of a band's uniform: size, first row, seed.
const PARAMS: u64 = 16;
/// Most bands of a run.
const MAX_BANDS: u32 = 256;

/// Compares what the program needs with what the device has.
pub fn fits(gpu: &GpuSlot, program: &GpuProgram) -> Support {
    let Some(device) = gpu.device() else {
        return Support::YES; // `probe` has said why there is none.
    };
    let lengths = program.data.inputs.iter().map(|input| input.len());
    let scratch = program.scratch.iter().copied();
    let need = lengths.chain(scratch).chain([program.data.output_len]).max();
    let need = need.unwrap_or(0) as u64 * 4;
    let have = device.adapter.max_storage_binding.min(device.max_buffer);
    if need > have {
        return Support::no(format!(
            "needs a buffer of {} MB, this GPU binds at most {} MB: choose a smaller size",
            need.div_ceil(1 << 20),
            have >> 20
        ));
    }
    let sides = program.passes.iter().map(|pass| pass.workgroups);
    let groups = sides.map(|(across, down)| across.max(down)).max().unwrap_or(0);
    if groups > device.max_groups {
        return Support::no(format!(
            "needs {groups} workgroups in a row, this GPU dispatches at most {}: choose a smaller size",
            device.max_groups
        ));
    }
    Support::YES
}

/// Opens the device, compiles, allocates and uploads.
pub async fn prepare(
    machine: &Machine,
    problem: Arc<dyn Problem>,
    order: Order,
) -> Result<Box<dyn Prepared>, BackendError> {
    let device = machine.gpu.open(&*machine.host, &order.stop).await?;
    let flops = problem.flops();
    let program = problem.gpu();
    let host = Rc::clone(&machine.host);

    let start = host.now_ms();
    let scope = device.device.push_error_scope(wgpu::ErrorFilter::Validation);
    let pipelines = pipelines(&device, &program);
    let error = device.wait(&*host, &order.stop, "shader", scope.pop()).await?;
    refused("shader", error)?;
    let pipeline_ms = host.now_ms() - start;

    let memory = device.device.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
    let validation = device.device.push_error_scope(wgpu::ErrorFilter::Validation);
    let buffers = Buffers::new(&device.device, &pipelines, &program);
    // Popped inside out, but too little memory is said first: the rest follows from it.
    let (validation, memory) = (validation.pop(), memory.pop());
    let error = device.wait(&*host, &order.stop, "buffers", memory).await?;
    refused("buffers", error)?;
    let error = device.wait(&*host, &order.stop, "buffers", validation).await?;
    refused("buffers", error)?;

    let rate = if device.adapter.software {
        FIRST_GUESS.1
    } else {
        FIRST_GUESS.0
    };
    Ok(Box::new(Ready {
        expected_ms: flops / rate,
        device,
        host,
        pipelines,
        buffers,
        program,
        pipeline_ms,
        order,
        output: Vec::new(),
        recording: None,
    }))
}

/// How a pass is cut, if the whole takes `ms`: so that no band is above [`BAND_MS`].
fn split(ms: f64, rows: u32, most: u32) -> Split {
    // `max` first: it turns a NaN into the least.
    let wanted = (ms / BAND_MS).ceil().max(1.0).min(f64::from(most.max(1))) as u32;
    let rows_each = rows.div_ceil(wanted.min(rows.max(1))).max(1);
    Split {
        rows: rows_each,
        count: rows.div_ceil(rows_each).max(1),
    }
}

pub(crate) fn refused(what: &'static str, error: Option<wgpu::Error>) -> Result<(), BackendError> {
    match error {
        None => Ok(()),
        Some(error) => Err(BackendError::Gpu {
            what,
            message: error.to_string(),
        }),
    }
}

/// A pass, compiled.
struct Pipeline {
    layout: wgpu::BindGroupLayout,
    pipeline: wgpu::ComputePipeline,
}

/// One pipeline for each pass; passes of the same entry point are compiled once by drivers
/// that know them again.
fn pipelines(device: &Device, program: &GpuProgram) -> Vec<Pipeline> {
    let module = device.device.create_shader_module(wgpu::ShaderModuleDescriptor {
        label: None,
        source: wgpu::ShaderSource::Wgsl(source(device, program).into()),
    });
    let passes = program.passes.iter();
    passes
        .map(|pass| Pipeline::new(&device.device, &module, pass))
        .collect()
}

/// What of the shader is for this adapter.
fn source(device: &Device, program: &GpuProgram) -> String {
    let text = program.variant(device.subgroups);
    // Browsers want the extension to be named; wgpu's own WGSL does not know the name yet.
    match device.subgroups && cfg!(target_arch = "wasm32") {
        true => format!("enable subgroups;\n{text}"),
        false => text,
    }
}

impl Pipeline {
    fn new(device: &wgpu::Device, module: &wgpu::ShaderModule, pass: &GpuPass) -> Self {
        let entry = |binding, ty, dynamic| wgpu::BindGroupLayoutEntry {
            binding,
            visibility: wgpu::ShaderStages::COMPUTE,
            ty: wgpu::BindingType::Buffer {
                ty,
                has_dynamic_offset: dynamic,
                min_binding_size: None,
            },
            count: None,
        };
        let mut entries = vec![entry(0, wgpu::BufferBindingType::Uniform, true)];
        for (access, binding) in pass.bindings.iter().zip(1..) {
            let read_only = matches!(access, Access::Read(_));
            entries.push(entry(
                binding,
                wgpu::BufferBindingType::Storage { read_only },
                false,
            ));
        }
        let layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: None,
            entries: &entries,
        });
        let pipeline_layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: None,
            bind_group_layouts: &[Some(&layout)],
            immediate_size: 0,
        });
        let pipeline = device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: None,
            layout: Some(&pipeline_layout),
            module,
            entry_point: Some(pass.entry),
            compilation_options: Default::default(),
            cache: None,
        });
        Pipeline { layout, pipeline }
    }
}

struct Buffers {
    params: wgpu::Buffer,
    inputs: Vec<wgpu::Buffer>,
    scratch: Vec<wgpu::Buffer>,
    output: wgpu::Buffer,
    staging: wgpu::Buffer,
    /// One for each pass.
    bindings: Vec<wgpu::BindGroup>,
}

impl Buffers {
    fn new(device: &wgpu::Device, pipelines: &[Pipeline], program: &GpuProgram) -> Self {
        use wgpu::BufferUsages as Usage;
        let buffer = |size: u64, usage| {
            device.create_buffer(&wgpu::BufferDescriptor {
                label: None,
                // A binding of zero bytes is refused.
                size: size.max(4),
                usage,
                mapped_at_creation: false,
            })
        };
        let params = buffer(
            BAND_STRIDE * u64::from(MAX_BANDS).max(program.passes.len() as u64),
            Usage::UNIFORM | Usage::COPY_DST,
        );
        let input =
            |values: &Arc<Vec<f32>>| buffer(values.len() as u64 * 4, Usage::STORAGE | Usage::COPY_DST);
        let inputs: Vec<_> = program.data.inputs.iter().map(input).collect();
        let scratch = program.scratch.iter();
        let scratch: Vec<_> = scratch
            .map(|len| buffer(*len as u64 * 4, Usage::STORAGE))
            .collect();
        let bytes = program.data.output_len as u64 * 4;
        let output = buffer(bytes, Usage::STORAGE | Usage::COPY_SRC);
        let staging = buffer(bytes, Usage::MAP_READ | Usage::COPY_DST);
        let group = |(pass, pipeline): (&GpuPass, &Pipeline)| {
            let uniform = wgpu::BindGroupEntry {
                binding: 0,
                resource: wgpu::BindingResource::Buffer(wgpu::BufferBinding {
                    buffer: &params,
                    offset: 0,
                    size: std::num::NonZeroU64::new(PARAMS),
                }),
            };
            let storage = pass.bindings.iter().zip(1..).map(|(access, binding)| {
                let (Access::Read(which) | Access::Write(which)) = *access;
                let buffer = match which {
                    Buffer::Input(place) => &inputs[place],
                    Buffer::Scratch(place) => &scratch[place],
                    Buffer::Output => &output,
                };
                wgpu::BindGroupEntry {
                    binding,
                    resource: buffer.as_entire_binding(),
                }
            });
            let entries: Vec<_> = [uniform].into_iter().chain(storage).collect();
            device.create_bind_group(&wgpu::BindGroupDescriptor {
                label: None,
                layout: &pipeline.layout,
                entries: &entries,
            })
        };
        let bindings = program.passes.iter().zip(pipelines).map(group).collect();
        Buffers {
            params,
            inputs,
            scratch,
            output,
            staging,
            bindings,
        }
    }
}

impl Drop for Buffers {
    /// Gives GPU memory back at once; a browser would wait for its garbage collector.
    fn drop(&mut self) {
        for buffer in
            self.inputs
                .iter()
                .chain(&self.scratch)
                .chain([&self.params, &self.output, &self.staging])
        {
            buffer.destroy();
        }
    }
}

pub(crate) struct Ready {
    pub device: Rc<Device>,
    host: Rc<dyn Host>,
    pipelines: Vec<Pipeline>,
    buffers: Buffers,
    program: GpuProgram,
    pipeline_ms: f64,
    /// What a run is thought to take: decides how it is cut.
    expected_ms: f64,
    order: Order,
    output: Vec<u32>,
    /// Spans since recording began, and when that was.
    recording: Option<Recording>,
}

/// What the queue and the GPU did when.
struct Recording {
    begin_ms: f64,
    queue: Vec<Span>,
    gpu: Vec<Span>,
    /// The GPU's own, of which it is known whether its clock is fine enough for the kernels.
    stamps: Vec<(u64, u64)>,
}

impl Recording {
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
}

impl Ready {
    /// Inputs and parameters to the device.
    fn upload(&self, plan: &[Split]) {
        let Ready { device, buffers, .. } = self;
        for (buffer, values) in buffers.inputs.iter().zip(&self.program.data.inputs) {
            device.queue.write_buffer(buffer, 0, bytemuck::cast_slice(values));
        }
        let [low, high] = self.program.data.seed_words();
        let mut params = Vec::new();
        for band in plan.iter().flat_map(|split| split.first_rows()) {
            params.extend([self.program.data.n, band, low, high]);
            params.resize(params.len().next_multiple_of(BAND_STRIDE as usize / 4), 0);
        }
        device
            .queue
            .write_buffer(&buffers.params, 0, bytemuck::cast_slice(&params));
    }

    /// Some runs: all bands of all passes, with the clock read before the first and after the
    /// last where there is one.
    fn dispatch(&self, plan: &[Split], runs: u32, clock: Option<&Clock>) {
        for run in 0..runs {
            self.dispatch_once(plan, clock, (run == 0, run + 1 == runs));
        }
    }

    fn dispatch_once(&self, plan: &[Split], clock: Option<&Clock>, (is_first, is_last): (bool, bool)) {
        let Ready { device, buffers, .. } = self;
        let last = plan.iter().map(|split| split.count).sum::<u32>() - 1;
        let mut place = 0;
        for (number, split) in plan.iter().enumerate() {
            let (columns, rows) = self.program.passes[number].workgroups;
            for first in split.first_rows() {
                let mut encoder = device.device.create_command_encoder(&Default::default());
                let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor {
                    label: None,
                    timestamp_writes: clock
                        .and_then(|clock| clock.writes(is_first && place == 0, is_last && place == last)),
                });
                pass.set_pipeline(&self.pipelines[number].pipeline);
                pass.set_bind_group(0, &buffers.bindings[number], &[place * BAND_STRIDE as u32]);
                pass.dispatch_workgroups(columns, split.rows.min(rows - first), 1);
                drop(pass);
                // One submission a band: a watchdog looks at submissions.
                device.queue.submit([encoder.finish()]);
                place += 1;
            }
        }
    }

    /// The output's copy to where it can be mapped, and its mapping.
    fn read_back(&self) -> oneshot::Receiver<Result<(), wgpu::BufferAsyncError>> {
        let Ready { device, buffers, .. } = self;
        let mut encoder = device.device.create_command_encoder(&Default::default());
        encoder.copy_buffer_to_buffer(
            &buffers.output,
            0,
            &buffers.staging,
            0,
            self.program.data.output_len as u64 * 4,
        );
        device.queue.submit([encoder.finish()]);
        let (sender, mapped) = oneshot::channel();
        buffers.staging.map_async(wgpu::MapMode::Read, .., move |result| {
            // The receiver is gone if the run was dropped.
            let _ = sender.send(result);
        });
        mapped
    }

    /// How each pass is cut.
    fn plan(&self) -> Vec<Split> {
        let passes = &self.program.passes;
        let ms = self.expected_ms / passes.len() as f64;
        let most = MAX_BANDS / passes.len() as u32;
        let splits = passes.iter().map(|pass| split(ms, pass.workgroups.1, most));
        splits.collect()
    }

    pub async fn wait<T>(
        &self,
        what: &'static str,
        answer: impl Future<Output = T>,
    ) -> Result<T, BackendError> {
        self.device
            .wait(&*self.host, &self.order.stop, what, answer)
            .await
    }

    /// Waits for everything that was submitted.
    async fn idle(&self, what: &'static str) -> Result<(), BackendError> {
        let (sender, done) = oneshot::channel();
        self.device.queue.on_submitted_work_done(move || {
            let _ = sender.send(());
        });
        // An error only says that the callback was dropped with its device, which `wait` hears of.
        self.wait(what, done).await.map(|_| ())
    }

    /// One run, end to end: inputs up, all bands, output back in our memory.
    async fn once(&mut self) -> Result<(), BackendError> {
        let start = self.host.now_ms();
        let plan = self.plan();
        let scope = self.device.device.push_error_scope(wgpu::ErrorFilter::Validation);
        self.upload(&plan);
        self.dispatch(&plan, 1, None);
        if self.order.inject == Some(InjectKind::Lost) {
            self.device.device.destroy();
        }
        let mapped = self.read_back();
        let error = scope.pop();
        let answer = self.wait("read-back", mapped).await?;
        if let Some(reason) = self.device.lost_reason() {
            return Err(BackendError::DeviceLost { reason });
        }
        refused("dispatch", self.wait("dispatch", error).await?)?;
        match answer {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return Err(unreadable(error.to_string())),
            Err(_) => return Err(unreadable("the buffer was never mapped".into())),
        }
        {
            let view = self
                .buffers
                .staging
                .get_mapped_range(..)
                .map_err(|e| unreadable(e.to_string()))?;
            self.output.clear();
            self.output.extend_from_slice(bytemuck::cast_slice(&view));
        }
        self.buffers.staging.unmap();
        // Read-back included: an over-estimate, which errs towards short dispatches.
        self.expected_ms = self.host.now_ms() - start;
        Ok(())
    }

    /// One run in parts, each waited for and written down.
    async fn once_recorded(&mut self, mut recording: Recording) -> Result<(), BackendError> {
        let plan = self.plan();
        let clock = Clock::new(&self.device);
        let begin = wall_ms();
        self.upload(&plan);
        self.device.queue.submit([]);
        self.idle("upload").await?;
        let uploaded = wall_ms();
        self.dispatch(&plan, 1, clock.as_ref());
        self.idle("dispatch").await?;
        let done = wall_ms();
        let mapped = self.wait("read-back", self.read_back()).await?;
        let back = wall_ms();
        if let Ok(Ok(())) = mapped {
            self.buffers.staging.unmap();
        }
        let queue = [
            recording.span(SpanKind::Upload, begin, uploaded),
            recording.span(SpanKind::Submit, uploaded, done),
            recording.span(SpanKind::ReadBack, done, back),
        ];
        recording.queue.extend(queue);
        if let Some(clock) = &clock
            && let Some((start, end)) = clock.read(self).await?
        {
            recording.stamps.push((start, end));
            let period = f64::from(self.device.queue.get_timestamp_period());
            let ms = end.saturating_sub(start) as f64 * period / 1e6;
            // Its clock has another beginning: placed in the middle of its submission.
            let spare = (done - uploaded - ms).max(0.0) / 2.0;
            if ms > 0.0 {
                let from = uploaded + spare;
                let span = recording.span(SpanKind::Kernel, from, (from + ms).min(done));
                recording.gpu.push(span);
            }
        }
        self.recording = Some(recording);
        Ok(())
    }

    /// One round of [`Prepared::parts`]: upload, dispatch, read-back, each waited for.
    async fn round(&self, clock: Option<&Clock>, times: &mut Times) -> Result<(), BackendError> {
        let plan = self.plan();
        let begin = self.host.now_ms();
        self.upload(&plan);
        // Writes wait for a submission.
        self.device.queue.submit([]);
        self.idle("upload").await?;
        times.upload.push(self.host.now_ms() - begin);

        self.dispatch(&plan, times.stamped, clock);
        self.idle("dispatch").await?;
        let begin = self.host.now_ms();
        let mapped = self.wait("read-back", self.read_back()).await?;
        times.readback.push(self.host.now_ms() - begin);
        if let Ok(Ok(())) = mapped {
            self.buffers.staging.unmap();
        }
        if let Some(clock) = clock
            && let Some(pair) = clock.read(self).await?
        {
            times.stamp(pair);
        }

        // Data stay where they are: one wait for several runs.
        let begin = self.host.now_ms();
        self.dispatch(&plan, RESIDENT_RUNS, None);
        self.idle("dispatch").await?;
        times
            .resident
            .push((self.host.now_ms() - begin) / f64::from(RESIDENT_RUNS));
        Ok(())
    }
}

/// How a pass is cut into bands.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Split {
    /// Rows of workgroups in each but the last.
    rows: u32,
    /// How many bands.
    count: u32,
}

impl Split {
    /// Each band's first row.
    fn first_rows(self) -> impl Iterator<Item = u32> {
        (0..self.count).map(move |band| band * self.rows)
    }
}

fn unreadable(message: String) -> BackendError {
    BackendError::Gpu {
        what: "read-back",
        message,
    }
}

impl Prepared for Ready {
    fn pipeline_ms(&self) -> f64 {
        self.pipeline_ms
    }

    fn run(&mut self, runs: u32) -> LocalBoxFuture<'_, Result<(), BackendError>> {
        Box::pin(async move {
            for _ in 0..runs {
                if self.order.stop.is_raised() {
                    return Err(BackendError::Stopped);
                }
                match self.recording.take() {
                    Some(recording) => self.once_recorded(recording).await?,
                    None => self.once().await?,
                }
            }
            Ok(())
        })
    }

    fn record(&mut self, on: bool) {
        self.recording = on.then(|| Recording {
            begin_ms: wall_ms(),
            queue: Vec::new(),
            gpu: Vec::new(),
            stamps: Vec::new(),
        });
    }

    fn recorded(&mut self) -> Option<Timeline> {
        let recording = self.recording.take()?;
        let track = |name: &str, spans| Track {
            name: name.into(),
            spans,
        };
        let mut tracks = vec![track("queue", recording.queue)];
        // Kernels of a few of the clock's steps would be drawn as long as these.
        if clock::tells(&recording.stamps) {
            tracks.push(track("gpu", recording.gpu));
        }
        Some(Timeline {
            backend: "gpu".into(),
            tracks,
            dropped: 0,
        })
    }

    fn parts(&mut self, rounds: u32) -> LocalBoxFuture<'_, Result<Option<GpuMs>, BackendError>> {
        Box::pin(async move {
            let clock = Clock::new(&self.device);
            let mut times = Times::default();
            for _ in 0..rounds {
                self.round(clock.as_ref(), &mut times).await?;
                times.lengthen();
            }
            let period = f64::from(self.device.queue.get_timestamp_period());
            Ok(Some(times.parts(period)))
        })
    }

    fn output(&mut self) -> LocalBoxFuture<'_, Result<Output, BackendError>> {
        Box::pin(async {
            let words = std::mem::take(&mut self.output);
            Ok(match self.program.data.output_is_float {
                true => Output::F32(bytemuck::cast_vec(words)),
                false => Output::U32(words),
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_work_is_cut_into_bands_of_whole_rows() {
        let count = |ms, rows| split(ms, rows, MAX_BANDS).count;
        assert_eq!(count(10.0, 64), 1);
        assert_eq!(split(501.0, 64, MAX_BANDS), Split { rows: 6, count: 11 });
        assert_eq!(count(1e9, 64), 64);
        assert!(count(1e9, 100_000) <= MAX_BANDS);
        assert_eq!(split(1e9, 100, 25).count, 25);
        assert_eq!(count(0.0, 0), 1);
        assert_eq!(count(f64::NAN, 8), 1);
        let rows: Vec<u32> = split(120.0, 7, MAX_BANDS).first_rows().collect();
        assert_eq!(rows, [0, 3, 6]);
    }
}

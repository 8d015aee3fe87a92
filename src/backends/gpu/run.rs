//! A WGSL kernel on the device: upload, dispatch, read back, and the limits that apply.

use super::bands::{MAX_BANDS, Split};
use super::clock::Clock;
use super::device::{Device, GpuSlot};
use super::link::{Link, Mapped, Pipeline, mapped, refused, unreadable};
use super::parts::{self, Parted, Recording};
use crate::{BackendError, Machine, Order, Prepared};
use futures_util::future::LocalBoxFuture;
use parallax_protocol::{GpuMs, InjectKind, Support, Timeline};
use parallax_workloads::{Access, Buffer, GpuPass, GpuProgram, Output, Problem};
use std::sync::Arc;

/// Assumed speed for the first run, in operations per millisecond: slow hardware, and
/// what a software adapter was seen to do. The runs after it go by what was measured.
const FIRST_GUESS: (f64, f64) = (50e6, 0.5e6);
/// Bytes between the uniforms of two bands, the default alignment of dynamic offsets.
const BAND_STRIDE: u64 = 256;
/// Bytes of a band's uniform: size, first row, seed.
const PARAMS: u64 = 16;

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
    let link = Link::new(device, &machine.host, &order);
    let device = &*link.device;

    let start = link.host.now_ms();
    let scope = device.device.push_error_scope(wgpu::ErrorFilter::Validation);
    let pipelines = pipelines(device, &program);
    refused("shader", link.wait("shader", scope.pop()).await?)?;
    let pipeline_ms = link.host.now_ms() - start;

    let memory = device.device.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
    let validation = device.device.push_error_scope(wgpu::ErrorFilter::Validation);
    let buffers = Buffers::new(&device.device, &pipelines, &program);
    // Popped inside out, but too little memory is said first: the rest follows from it.
    let (validation, memory) = (validation.pop(), memory.pop());
    refused("buffers", link.wait("buffers", memory).await?)?;
    refused("buffers", link.wait("buffers", validation).await?)?;

    let rate = if device.adapter.software {
        FIRST_GUESS.1
    } else {
        FIRST_GUESS.0
    };
    Ok(Box::new(Ready {
        expected_ms: flops / rate,
        link,
        pipelines,
        buffers,
        program,
        pipeline_ms,
        order,
        output: Vec::new(),
        recording: None,
    }))
}

/// One pipeline for each pass; passes of the same entry point are compiled once by drivers
/// that know them again.
fn pipelines(device: &Device, program: &GpuProgram) -> Vec<Pipeline> {
    let module = device.device.create_shader_module(wgpu::ShaderModuleDescriptor {
        label: None,
        source: wgpu::ShaderSource::Wgsl(source(device, program).into()),
    });
    let passes = program.passes.iter().map(|pass| {
        let written = pass
            .bindings
            .iter()
            .map(|access| matches!(access, Access::Write(_)));
        Pipeline::new(&device.device, &module, Some(pass.entry), true, written)
    });
    passes.collect()
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

struct Ready {
    link: Link,
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

impl Ready {
    /// Inputs and parameters to the device.
    fn upload_for(&self, plan: &[Split]) {
        let (device, buffers) = (&self.link.device, &self.buffers);
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

    /// All bands of all passes, with the clock read before the first and after the last.
    fn dispatch_once(&self, plan: &[Split], clock: Option<&Clock>, (is_first, is_last): (bool, bool)) {
        let (device, buffers) = (&self.link.device, &self.buffers);
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
    fn mapping(&self) -> Mapped {
        let Buffers { output, staging, .. } = &self.buffers;
        self.link
            .read_back(output, staging, self.program.data.output_len as u64 * 4)
    }

    /// How each pass is cut.
    fn plan(&self) -> Vec<Split> {
        let passes = &self.program.passes;
        let ms = self.expected_ms / passes.len() as f64;
        let most = MAX_BANDS / passes.len() as u32;
        let splits = passes.iter().map(|pass| Split::new(ms, pass.workgroups.1, most));
        splits.collect()
    }

    /// One run, end to end: inputs up, all bands, output back in our memory.
    async fn once(&mut self) -> Result<(), BackendError> {
        let (link, device) = (&self.link, &self.link.device);
        let start = link.host.now_ms();
        let plan = self.plan();
        let scope = device.device.push_error_scope(wgpu::ErrorFilter::Validation);
        self.upload_for(&plan);
        self.dispatch_once(&plan, None, (true, true));
        if self.order.inject == Some(InjectKind::Lost) {
            device.device.destroy();
        }
        let mapping = self.mapping();
        let error = scope.pop();
        let answer = link.wait("read-back", mapping).await?;
        if let Some(reason) = device.lost_reason() {
            return Err(BackendError::DeviceLost { reason });
        }
        refused("dispatch", link.wait("dispatch", error).await?)?;
        mapped(answer)?;
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
        self.expected_ms = link.host.now_ms() - start;
        Ok(())
    }
}

impl Parted for Ready {
    fn link(&self) -> &Link {
        &self.link
    }

    fn upload(&mut self) -> Result<(), BackendError> {
        self.upload_for(&self.plan());
        Ok(())
    }

    fn dispatch(&mut self, runs: u32, clock: Option<&Clock>) -> Result<(), BackendError> {
        let plan = self.plan();
        for run in 0..runs {
            self.dispatch_once(&plan, clock, (run == 0, run + 1 == runs));
        }
        Ok(())
    }

    fn read_back(&mut self) -> LocalBoxFuture<'_, Result<(), BackendError>> {
        Box::pin(async {
            mapped(self.link.wait("read-back", self.mapping()).await?)?;
            self.buffers.staging.unmap();
            Ok(())
        })
    }

    /// Inputs are only read.
    fn repeats(&self) -> bool {
        true
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
                    Some(mut recording) => {
                        recording.run(self).await?;
                        self.recording = Some(recording);
                    }
                    None => self.once().await?,
                }
            }
            Ok(())
        })
    }

    fn record(&mut self, on: bool) {
        self.recording = on.then(Recording::new);
    }

    fn recorded(&mut self) -> Option<Timeline> {
        Some(self.recording.take()?.timeline("gpu"))
    }

    fn parts(&mut self, rounds: u32) -> LocalBoxFuture<'_, Result<Option<GpuMs>, BackendError>> {
        Box::pin(async move { Ok(Some(parts::timed(self, rounds).await?)) })
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

//! A WGSL kernel on the device: upload, dispatch, read back, and the limits that apply.

use super::clock::{Clock, RESIDENT_RUNS, Times};
use super::device::{Device, GpuSlot};
use crate::host::Host;
use crate::{BackendError, Machine, Order, Prepared};
use futures_channel::oneshot;
use futures_util::future::LocalBoxFuture;
use parallax_protocol::{GpuMs, InjectKind, Support};
use parallax_workloads::{GpuProgram, Output, Problem};
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
/// Most bands: the uniform buffer's default limit is 64 kB.
const MAX_BANDS: u32 = 256;

/// Compares what the program needs with what the device has.
pub fn fits(gpu: &GpuSlot, program: &GpuProgram) -> Support {
    let Some(device) = gpu.device() else {
        return Support::YES; // `probe` has said why there is none.
    };
    let lengths = program.data.inputs.iter().map(|input| input.len());
    let need = lengths.chain([program.data.output_len]).max().unwrap_or(0) as u64 * 4;
    let have = device.adapter.max_storage_binding.min(device.max_buffer);
    if need > have {
        return Support::no(format!(
            "needs a buffer of {} MB, this GPU binds at most {} MB: choose a smaller size",
            need.div_ceil(1 << 20),
            have >> 20
        ));
    }
    let groups = program.workgroups.0.max(program.workgroups.1);
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
    let pipeline = Pipeline::new(&device.device, &program);
    let error = device.wait(&*host, &order.stop, "shader", scope.pop()).await?;
    refused("shader", error)?;
    let pipeline_ms = host.now_ms() - start;

    let memory = device.device.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
    let validation = device.device.push_error_scope(wgpu::ErrorFilter::Validation);
    let buffers = Buffers::new(&device.device, &pipeline, &program);
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
        bands: bands(flops / rate, program.workgroups.1),
        device,
        host,
        pipeline,
        buffers,
        program,
        pipeline_ms,
        order,
        output: Vec::new(),
    }))
}

/// How many bands keep each below [`BAND_MS`], if the whole takes `ms`.
fn bands(ms: f64, rows: u32) -> u32 {
    // `max` first: it turns a NaN into the least.
    let wanted = (ms / BAND_MS).ceil().max(1.0).min(f64::from(MAX_BANDS)) as u32;
    wanted.min(rows.max(1))
}

fn refused(what: &'static str, error: Option<wgpu::Error>) -> Result<(), BackendError> {
    match error {
        None => Ok(()),
        Some(error) => Err(BackendError::Gpu {
            what,
            message: error.to_string(),
        }),
    }
}

struct Pipeline {
    layout: wgpu::BindGroupLayout,
    pipeline: wgpu::ComputePipeline,
}

impl Pipeline {
    fn new(device: &wgpu::Device, program: &GpuProgram) -> Self {
        let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: None,
            source: wgpu::ShaderSource::Wgsl(program.source.into()),
        });
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
        let inputs = program.data.inputs.len() as u32;
        for binding in 1..=inputs + 1 {
            let read_only = binding <= inputs;
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
            module: &module,
            entry_point: Some("main"),
            compilation_options: Default::default(),
            cache: None,
        });
        Pipeline { layout, pipeline }
    }
}

struct Buffers {
    params: wgpu::Buffer,
    inputs: Vec<wgpu::Buffer>,
    output: wgpu::Buffer,
    staging: wgpu::Buffer,
    bindings: wgpu::BindGroup,
}

impl Buffers {
    fn new(device: &wgpu::Device, pipeline: &Pipeline, program: &GpuProgram) -> Self {
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
            BAND_STRIDE * u64::from(MAX_BANDS),
            Usage::UNIFORM | Usage::COPY_DST,
        );
        let input =
            |values: &Arc<Vec<f32>>| buffer(values.len() as u64 * 4, Usage::STORAGE | Usage::COPY_DST);
        let inputs: Vec<_> = program.data.inputs.iter().map(input).collect();
        let bytes = program.data.output_len as u64 * 4;
        let output = buffer(bytes, Usage::STORAGE | Usage::COPY_SRC);
        let staging = buffer(bytes, Usage::MAP_READ | Usage::COPY_DST);
        let uniform = wgpu::BindGroupEntry {
            binding: 0,
            resource: wgpu::BindingResource::Buffer(wgpu::BufferBinding {
                buffer: &params,
                offset: 0,
                size: std::num::NonZeroU64::new(8),
            }),
        };
        let storage = inputs.iter().chain([&output]).zip(1..);
        let storage = storage.map(|(buffer, binding)| wgpu::BindGroupEntry {
            binding,
            resource: buffer.as_entire_binding(),
        });
        let entries: Vec<_> = [uniform].into_iter().chain(storage).collect();
        let bindings = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: None,
            layout: &pipeline.layout,
            entries: &entries,
        });
        Buffers {
            params,
            inputs,
            output,
            staging,
            bindings,
        }
    }
}

impl Drop for Buffers {
    /// Gives GPU memory back at once; a browser would wait for its garbage collector.
    fn drop(&mut self) {
        for buffer in self
            .inputs
            .iter()
            .chain([&self.params, &self.output, &self.staging])
        {
            buffer.destroy();
        }
    }
}

pub(super) struct Ready {
    pub device: Rc<Device>,
    host: Rc<dyn Host>,
    pipeline: Pipeline,
    buffers: Buffers,
    program: GpuProgram,
    pipeline_ms: f64,
    bands: u32,
    order: Order,
    output: Vec<u32>,
}

impl Ready {
    /// Inputs and parameters to the device.
    fn upload(&self, split: Split) {
        let Ready { device, buffers, .. } = self;
        for (buffer, values) in buffers.inputs.iter().zip(&self.program.data.inputs) {
            device.queue.write_buffer(buffer, 0, bytemuck::cast_slice(values));
        }
        let mut params = vec![0u8; BAND_STRIDE as usize * split.count as usize];
        for band in 0..split.count {
            let place = &mut params[band as usize * BAND_STRIDE as usize..][..8];
            place[..4].copy_from_slice(&self.program.data.n.to_le_bytes());
            place[4..].copy_from_slice(&(band * split.rows).to_le_bytes());
        }
        device.queue.write_buffer(&buffers.params, 0, &params);
    }

    /// All bands, with the clock read before the first and after the last where there is one.
    fn dispatch(&self, split: Split, clock: Option<&Clock>) {
        let Ready { device, buffers, .. } = self;
        let (columns, rows) = self.program.workgroups;
        for band in 0..split.count {
            let mut encoder = device.device.create_command_encoder(&Default::default());
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor {
                label: None,
                timestamp_writes: clock.and_then(|clock| clock.writes(band == 0, band + 1 == split.count)),
            });
            pass.set_pipeline(&self.pipeline.pipeline);
            pass.set_bind_group(0, &buffers.bindings, &[band * BAND_STRIDE as u32]);
            let first = band * split.rows;
            pass.dispatch_workgroups(columns, split.rows.min(rows - first), 1);
            drop(pass);
            // One submission a band: a watchdog looks at submissions.
            device.queue.submit([encoder.finish()]);
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

    fn split(&self) -> Split {
        let rows = self.program.workgroups.1;
        let band_rows = rows.div_ceil(self.bands);
        Split {
            rows: band_rows,
            count: rows.div_ceil(band_rows),
        }
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
        let split = self.split();
        let scope = self.device.device.push_error_scope(wgpu::ErrorFilter::Validation);
        self.upload(split);
        self.dispatch(split, None);
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
        self.bands = bands(self.host.now_ms() - start, self.program.workgroups.1);
        Ok(())
    }

    /// One round of [`Prepared::parts`]: upload, dispatch, read-back, each waited for.
    async fn round(&self, clock: Option<&Clock>, times: &mut Times) -> Result<(), BackendError> {
        let split = self.split();
        let begin = self.host.now_ms();
        self.upload(split);
        // Writes wait for a submission.
        self.device.queue.submit([]);
        self.idle("upload").await?;
        times.upload.push(self.host.now_ms() - begin);

        self.dispatch(split, clock);
        self.idle("dispatch").await?;
        let begin = self.host.now_ms();
        let mapped = self.wait("read-back", self.read_back()).await?;
        times.readback.push(self.host.now_ms() - begin);
        if let Ok(Ok(())) = mapped {
            self.buffers.staging.unmap();
        }
        if let Some(clock) = clock {
            times.ticks.extend(clock.read(self).await?);
        }

        // Data stay where they are: one wait for several runs.
        let begin = self.host.now_ms();
        for _ in 0..RESIDENT_RUNS {
            self.dispatch(split, None);
        }
        self.idle("dispatch").await?;
        times
            .resident
            .push((self.host.now_ms() - begin) / f64::from(RESIDENT_RUNS));
        Ok(())
    }
}

/// How a run is cut into bands.
#[derive(Clone, Copy)]
struct Split {
    /// Rows of workgroups in each but the last.
    rows: u32,
    /// How many bands.
    count: u32,
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
                self.once().await?;
            }
            Ok(())
        })
    }

    fn parts(&mut self, rounds: u32) -> LocalBoxFuture<'_, Result<Option<GpuMs>, BackendError>> {
        Box::pin(async move {
            let clock = Clock::new(&self.device);
            let mut times = Times::default();
            for _ in 0..rounds {
                self.round(clock.as_ref(), &mut times).await?;
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
        assert_eq!(bands(10.0, 64), 1);
        assert_eq!(bands(501.0, 64), 11);
        assert_eq!(bands(1e9, 64), 64);
        assert_eq!(bands(1e9, 100_000), MAX_BANDS);
        assert_eq!(bands(0.0, 0), 1);
        assert_eq!(bands(f64::NAN, 8), 1);
    }
}

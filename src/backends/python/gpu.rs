//! The GPU's rung: a plan of the compiler's taken step by step on the device, arguments up and results back
//! for every run.

use super::compiler;
use crate::gpu::device::Device;
use crate::gpu::run::refused;
use crate::host::{Host, wall_ms};
use crate::{BackendError, Machine, Order, Prepared};
use futures_channel::oneshot;
use futures_util::future::LocalBoxFuture;
use parallax_compiler::wgsl::{Action, Contents, Launch, Plan, REPORT_BUFFER, Run};
use parallax_protocol::{InjectKind, Span, SpanKind, Timeline, Track};
use parallax_workloads::{Array, Output, Problem};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

/// Opens the device and compiles for it.
pub async fn prepare(
    machine: &Machine,
    problem: Arc<dyn Problem>,
    order: Order,
) -> Result<Box<dyn Prepared>, BackendError> {
    let device = machine.gpu.open(&*machine.host, &order.stop).await?;
    let program = problem.python();
    let source = Arc::clone(&program.source);
    let begin = machine.host.now_ms();
    let stop = order.stop.clone();
    let job = move || {
        let prepared = compiler::prepare(&program, &stop)?;
        let plan = prepared
            .shaders(program.narrow)
            .map_err(|why| compiler::refused(&program.source, &why))?;
        Ok::<_, BackendError>((prepared, plan))
    };
    let made = machine.pool.offload(job).await;
    let (prepared, plan) = made.map_err(|message| BackendError::Panicked { message })??;
    Ok(Box::new(Ready {
        compile_ms: machine.host.now_ms() - begin,
        arguments: prepared.flat_arguments(),
        prepared,
        plan: Rc::new(plan),
        source,
        device,
        host: Rc::clone(&machine.host),
        problem,
        order,
        pipelines: BTreeMap::new(),
        recording: None,
        results: Vec::new(),
        shape: None,
    }))
}

/// A shader, compiled for certain buffers.
struct Pipeline {
    layout: wgpu::BindGroupLayout,
    pipeline: wgpu::ComputePipeline,
}

struct Ready {
    prepared: parallax_compiler::Prepared,
    arguments: Vec<parallax_compiler::Value>,
    plan: Rc<Plan>,
    source: Arc<str>,
    device: Rc<Device>,
    host: Rc<dyn Host>,
    problem: Arc<dyn Problem>,
    order: Order,
    compile_ms: f64,
    /// By shader and sharing.
    pipelines: BTreeMap<(usize, Vec<usize>), Pipeline>,
    /// Spans since recording began, and when that was.
    recording: Option<(f64, Vec<Span>)>,
    results: Vec<Array>,
    shape: Option<Vec<usize>>,
}

/// The buffers of one run, given back at its end: a browser would wait for its garbage collector.
#[derive(Default)]
struct Buffers(BTreeMap<u32, wgpu::Buffer>);

impl Drop for Buffers {
    fn drop(&mut self) {
        self.0.values().for_each(wgpu::Buffer::destroy);
    }
}

impl Ready {
    fn buffer(&self, bytes: u64, usage: wgpu::BufferUsages) -> wgpu::Buffer {
        self.device.device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size: bytes.max(16),
            usage,
            mapped_at_creation: false,
        })
    }

    async fn once(&mut self) -> Result<(), BackendError> {
        let begin = wall_ms();
        let device = Rc::clone(&self.device);
        let validation = device.device.push_error_scope(wgpu::ErrorFilter::Validation);
        let memory = device.device.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
        let ended = self.steps().await;
        // Popped inside out, but too little memory is said first: the rest follows from it.
        let (memory, validation) = (memory.pop(), validation.pop());
        if let Some(reason) = device.lost_reason() {
            return Err(BackendError::DeviceLost { reason });
        }
        let stop = self.order.stop.clone();
        for (what, error) in [("buffers", memory), ("shader", validation)] {
            refused(what, device.wait(&*self.host, &stop, what, error).await?)?;
        }
        self.results = ended?;
        if let Some((since, spans)) = &mut self.recording {
            spans.push(Span {
                start_ms: begin - *since,
                end_ms: wall_ms() - *since,
                kind: SpanKind::Run,
                pass: 0,
                first: 0,
                items: 0,
            });
        }
        Ok(())
    }

    /// All steps of a run, and what it gave.
    async fn steps(&mut self) -> Result<Vec<Array>, BackendError> {
        use wgpu::BufferUsages as Usage;
        let plan = Rc::clone(&self.plan);
        let source = Arc::clone(&self.source);
        let fault = |fault| compiler::gpu_fault(&source, &plan.program, &fault);
        let mut run = Run::new(&plan, &self.arguments).map_err(fault)?;
        let mut buffers = Buffers::default();
        let mut uniforms: Option<wgpu::Buffer> = None;
        loop {
            if self.order.stop.is_raised() {
                return Err(BackendError::Stopped);
            }
            match run.step().map_err(fault)? {
                Action::Create {
                    buffer,
                    words,
                    contents,
                } => {
                    let made = self.buffer(
                        words.saturating_mul(4),
                        Usage::STORAGE | Usage::COPY_SRC | Usage::COPY_DST,
                    );
                    let queue = &self.device.queue;
                    match contents {
                        Contents::Fill(0) => {}
                        Contents::Fill(word) => {
                            let all = vec![word; words as usize];
                            queue.write_buffer(&made, 0, bytemuck::cast_slice(&all));
                        }
                        Contents::Words(words) => queue.write_buffer(&made, 0, bytemuck::cast_slice(&words)),
                    }
                    buffers.0.insert(buffer, made);
                }
                // The queue keeps what it still needs.
                Action::Drop(buffer) => drop(buffers.0.remove(&buffer)),
                Action::Dispatch(launch) => self.dispatch(&launch, &buffers, &mut uniforms)?,
                Action::Read { buffer, words } => {
                    let from = buffers.0.get(&buffer).ok_or_else(missing)?;
                    let words = self.read(from, words).await?;
                    run.give(words);
                }
                Action::Done => break,
            }
            if self.order.inject == Some(InjectKind::Lost) {
                self.device.device.destroy();
            }
        }
        let outcome = run.outcome().map_err(fault)?;
        let mut arguments = self.arguments.clone();
        for (at, array) in outcome.changed {
            if let Some(argument) = arguments.get_mut(at) {
                *argument = parallax_compiler::Value::Array(array);
            }
        }
        let outputs = self.prepared.outputs(outcome.results, &arguments);
        Ok(compiler::arrays(outputs))
    }

    fn dispatch(
        &mut self,
        launch: &Launch,
        buffers: &Buffers,
        uniforms: &mut Option<wgpu::Buffer>,
    ) -> Result<(), BackendError> {
        let key = (launch.shader, launch.sharing.clone());
        if !self.pipelines.contains_key(&key) {
            let made = self.pipeline(launch)?;
            self.pipelines.insert(key.clone(), made);
        }
        let pipeline = self.pipelines.get(&key).ok_or_else(missing)?;
        let bytes = launch.uniforms.len() as u64 * 4;
        // Writes and submissions keep their order, so that one block does for all dispatches.
        let uniform = match uniforms {
            Some(buffer) if buffer.size() >= bytes => buffer,
            other => other.insert(self.buffer(
                bytes.next_power_of_two(),
                wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            )),
        };
        let Device { device, queue, .. } = &*self.device;
        queue.write_buffer(uniform, 0, bytemuck::cast_slice(&launch.uniforms));
        let report = buffers.0.get(&REPORT_BUFFER).ok_or_else(missing)?;
        let bound = launch.buffers.iter().map(|buffer| buffers.0.get(buffer));
        let bound: Vec<&wgpu::Buffer> = bound.collect::<Option<_>>().ok_or_else(missing)?;
        let all = [&*uniform, report].into_iter().chain(bound);
        let entries: Vec<wgpu::BindGroupEntry> = all
            .zip(0..)
            .map(|(buffer, binding)| wgpu::BindGroupEntry {
                binding,
                resource: buffer.as_entire_binding(),
            })
            .collect();
        let group = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: None,
            layout: &pipeline.layout,
            entries: &entries,
        });
        let mut encoder = device.create_command_encoder(&Default::default());
        let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor {
            label: None,
            timestamp_writes: None,
        });
        pass.set_pipeline(&pipeline.pipeline);
        pass.set_bind_group(0, &group, &[]);
        pass.dispatch_workgroups(launch.groups.0, launch.groups.1, 1);
        drop(pass);
        // One submission a dispatch: a watchdog looks at submissions.
        queue.submit([encoder.finish()]);
        Ok(())
    }

    fn pipeline(&self, launch: &Launch) -> Result<Pipeline, BackendError> {
        let shader = self.plan.shaders.get(launch.shader).ok_or_else(missing)?;
        let device = &self.device.device;
        let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: None,
            source: wgpu::ShaderSource::Wgsl(shader.wgsl(&launch.sharing).into()),
        });
        let entry = |binding, ty| wgpu::BindGroupLayoutEntry {
            binding,
            visibility: wgpu::ShaderStages::COMPUTE,
            ty: wgpu::BindingType::Buffer {
                ty,
                has_dynamic_offset: false,
                min_binding_size: None,
            },
            count: None,
        };
        let storage = |is_written: bool| wgpu::BufferBindingType::Storage {
            read_only: !is_written,
        };
        let mut entries = vec![
            entry(0, wgpu::BufferBindingType::Uniform),
            entry(1, storage(true)),
        ];
        for (is_written, binding) in shader.access(&launch.sharing).into_iter().zip(2..) {
            entries.push(entry(binding, storage(is_written)));
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
            // There is one.
            entry_point: None,
            compilation_options: Default::default(),
            cache: None,
        });
        Ok(Pipeline { layout, pipeline })
    }

    /// A buffer's first words, once all that was submitted is done.
    async fn read(&self, from: &wgpu::Buffer, words: u64) -> Result<Vec<u32>, BackendError> {
        let unreadable = |message: String| BackendError::Gpu {
            what: "read-back",
            message,
        };
        let bytes = words * 4;
        let staging = self.buffer(bytes, wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST);
        let mut encoder = self.device.device.create_command_encoder(&Default::default());
        encoder.copy_buffer_to_buffer(from, 0, &staging, 0, bytes);
        self.device.queue.submit([encoder.finish()]);
        let (sender, mapped) = oneshot::channel();
        staging.map_async(wgpu::MapMode::Read, .., move |result| {
            // The receiver is gone if the run was dropped.
            let _ = sender.send(result);
        });
        let wait = self
            .device
            .wait(&*self.host, &self.order.stop, "read-back", mapped);
        match wait.await? {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return Err(unreadable(error.to_string())),
            Err(_) => return Err(unreadable("the buffer was never mapped".into())),
        }
        let read = {
            let view = staging
                .get_mapped_range(..)
                .map_err(|error| unreadable(error.to_string()))?;
            bytemuck::cast_slice(&view)[..words as usize].to_vec()
        };
        staging.destroy();
        Ok(read)
    }
}

/// The plan names what it does not have: cannot happen, and must not take the engine with it.
fn missing() -> BackendError {
    BackendError::Gpu {
        what: "dispatch",
        message: "the compiler's plan does not hold together".into(),
    }
}

impl Prepared for Ready {
    fn compile_ms(&self) -> f64 {
        self.compile_ms
    }

    fn shape(&self) -> Option<Vec<usize>> {
        self.shape.clone()
    }

    fn run(&mut self, runs: u32) -> LocalBoxFuture<'_, Result<(), BackendError>> {
        Box::pin(async move {
            for _ in 0..runs {
                self.once().await?;
            }
            Ok(())
        })
    }

    fn record(&mut self, on: bool) {
        self.recording = on.then(|| (wall_ms(), Vec::new()));
    }

    fn recorded(&mut self) -> Option<Timeline> {
        let (_, spans) = self.recording.take()?;
        Some(Timeline {
            backend: "gpu:python".into(),
            tracks: vec![Track {
                name: "queue".into(),
                spans,
            }],
            dropped: 0,
        })
    }

    fn output(&mut self) -> LocalBoxFuture<'_, Result<Output, BackendError>> {
        Box::pin(async {
            let results = std::mem::take(&mut self.results);
            self.shape = results.first().map(|array| array.shape.clone());
            Ok(self.problem.output_of(results))
        })
    }
}

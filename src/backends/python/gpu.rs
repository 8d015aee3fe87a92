//! The GPU's rung: a plan of the compiler's taken step by step on the device, arguments up and results back
//! for every run.
//!
//! The first run finds out how quickly each shader's workgroups are done ([`Pace`]); from then on launches are
//! cut into bands and submitted without waiting, as those of the hand-written shaders are. For its parts
//! a run is done once more and what it read is kept ([`Tape`]): with these answers all its dispatches
//! can follow one another, apart from upload and read-back.

use super::compiler::{self, Shared};
use crate::gpu::bands::{BAND_MS, Pace, Split};
use crate::gpu::clock::Clock;
use crate::gpu::link::{Link, Pipeline, map, mapped, refused, unreadable};
use crate::gpu::parts::{self, Parted, Recording};
use crate::host::wall_ms;
use crate::{BackendError, Machine, Order, Prepared};
use futures_util::future::LocalBoxFuture;
use parallax_compiler::Value;
use parallax_compiler::wgsl::{self, Action, Buffer, Contents, Launch, Plan, REPORT_BUFFER, Run};
use parallax_protocol::{GpuMs, InjectKind, Timeline};
use parallax_workloads::{Array, Output, Problem};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

/// Reads of a run that are kept at most: a loop of the host that asks the device so often has no parts.
const MOST_READS: usize = 1000;

/// Opens the device and compiles for it.
pub async fn prepare(
    machine: &Machine,
    problem: Arc<dyn Problem>,
    order: Order,
) -> Result<Box<dyn Prepared>, BackendError> {
    let device = machine.gpu.open(&*machine.host, &order.stop).await?;
    let begin = machine.host.now_ms();
    let shared = compiler::shared(machine, &problem, &order.stop).await?;
    compiler::room(&shared.prepared, 3).map_err(|reason| BackendError::LeftOut { reason })?;
    let own = Arc::clone(&shared);
    let job = move || {
        let plan = own.prepared.shaders(own.narrow);
        plan.map_err(|why| compiler::refused(&own.source, &why))
    };
    let plan = machine.pool.offload(job).await;
    let plan = plan.map_err(|message| BackendError::Panicked { message })??;
    Ok(Box::new(Ready {
        compile_ms: machine.host.now_ms() - begin,
        arguments: shared.prepared.flat_arguments().into(),
        shared,
        plan: Rc::new(plan),
        link: Link::new(device, &machine.host, &order),
        problem,
        order,
        pipelines: BTreeMap::new(),
        paces: BTreeMap::new(),
        guessed: Vec::new(),
        wait_ms: None,
        is_learnt: false,
        buffers: Buffers::default(),
        uniform: None,
        submissions: 0,
        tape: None,
        recording: None,
        results: Vec::new(),
        shape: None,
    }))
}

struct Ready {
    shared: Arc<Shared>,
    arguments: Rc<[Value]>,
    plan: Rc<Plan>,
    link: Link,
    problem: Arc<dyn Problem>,
    order: Order,
    compile_ms: f64,
    /// By shader and sharing.
    pipelines: BTreeMap<(usize, Vec<usize>), Pipeline>,
    /// By shader.
    paces: BTreeMap<usize, Pace>,
    /// Bands of the first run that were not waited for: when, the shader, and what it was thought to take.
    guessed: Vec<(f64, usize, f64)>,
    /// What a wait for nothing takes, once that was tried.
    wait_ms: Option<f64>,
    /// All paces are known.
    is_learnt: bool,
    /// Those of the run that is under way.
    buffers: Buffers,
    /// Writes and submissions keep their order, so that one block does for all dispatches.
    uniform: Option<wgpu::Buffer>,
    /// Bands since the run began.
    submissions: u32,
    tape: Option<Tape>,
    recording: Option<Recording>,
    results: Vec<Array>,
    shape: Option<Vec<usize>>,
}

/// From where words were read, and how many.
type Places = Vec<(Buffer, u64)>;

/// What a run read, so that its dispatches can be repeated without the device's answers.
#[derive(Default)]
struct Tape {
    /// From where, and what, which is nothing where nothing depends on it.
    reads: Vec<(Places, Vec<u32>)>,
    submissions: u32,
    repeats: bool,
}

/// The buffers of one run, given back at its end: a browser would wait for its garbage collector.
#[derive(Default)]
struct Buffers(BTreeMap<Buffer, wgpu::Buffer>);

impl Buffers {
    fn get(&self, buffer: Buffer) -> Result<&wgpu::Buffer, BackendError> {
        self.0.get(&buffer).ok_or_else(missing)
    }
}

impl Drop for Buffers {
    fn drop(&mut self) {
        self.0.values().for_each(wgpu::Buffer::destroy);
    }
}

/// What a launch's bands have in common.
struct Ground {
    pipeline: wgpu::ComputePipeline,
    group: wgpu::BindGroup,
    uniform: wgpu::Buffer,
}

impl Ready {
    fn buffer(&self, bytes: u64, usage: wgpu::BufferUsages) -> wgpu::Buffer {
        self.link.device.device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size: bytes.max(16),
            usage,
            mapped_at_creation: false,
        })
    }

    async fn once(&mut self) -> Result<(), BackendError> {
        let link = self.link.clone();
        let device = &link.device;
        let validation = device.device.push_error_scope(wgpu::ErrorFilter::Validation);
        let memory = device.device.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
        let ended = self.steps().await;
        self.buffers = Buffers::default();
        // Popped inside out, but too little memory is said first: the rest follows from it.
        let (memory, validation) = (memory.pop(), validation.pop());
        if let Some(reason) = device.lost_reason() {
            return Err(BackendError::DeviceLost { reason });
        }
        for (what, error) in [("buffers", memory), ("shader", validation)] {
            refused(what, link.wait(what, error).await?)?;
        }
        self.results = ended?;
        Ok(())
    }

    /// All steps of a run, and what it gave.
    async fn steps(&mut self) -> Result<Vec<Array>, BackendError> {
        let (plan, arguments) = (Rc::clone(&self.plan), Rc::clone(&self.arguments));
        let shared = Arc::clone(&self.shared);
        let fault = |fault| compiler::gpu_fault(&shared.source, &plan.program, &fault);
        self.submissions = 0;
        self.guessed.clear();
        let mut run = Run::new(&plan, &arguments).map_err(fault)?;
        loop {
            if self.order.stop.is_raised() {
                return Err(BackendError::Stopped);
            }
            match run.step().map_err(fault)? {
                Action::Create {
                    buffer,
                    words,
                    contents,
                } => self.create(buffer, words, &contents),
                // The queue keeps what it still needs.
                Action::Drop(buffer) => drop(self.buffers.0.remove(&buffer)),
                Action::Dispatch(launch) if self.is_learnt => self.submit(&launch, None)?,
                Action::Dispatch(launch) => self.learn(&launch).await?,
                Action::Read(from) => {
                    let words = self.read(&from).await?;
                    if let Some(tape) = self.tape.as_mut().filter(|tape| tape.reads.len() <= MOST_READS) {
                        let is_report = from.iter().all(|(buffer, _)| *buffer == REPORT_BUFFER);
                        let kept = if is_report { words.clone() } else { Vec::new() };
                        tape.reads.push((from, kept));
                    }
                    run.give(words);
                }
                Action::Done => break,
            }
            if self.order.inject == Some(InjectKind::Lost) {
                self.link.device.device.destroy();
            }
        }
        self.is_learnt = true;
        if let Some(tape) = &mut self.tape {
            tape.submissions = self.submissions;
            tape.repeats = run.repeats();
        }
        let outcome = run.outcome().map_err(fault)?;
        let mut arguments = arguments.to_vec();
        for (at, array) in outcome.changed {
            if let Some(argument) = arguments.get_mut(at) {
                *argument = Value::Array(array);
            }
        }
        let outputs = self.shared.prepared.outputs(outcome.results, || arguments);
        Ok(compiler::arrays(outputs))
    }

    fn create(&mut self, buffer: Buffer, words: u64, contents: &Contents) {
        use wgpu::BufferUsages as Usage;
        let made = self.buffer(
            words.saturating_mul(4),
            Usage::STORAGE | Usage::COPY_SRC | Usage::COPY_DST,
        );
        let bytes = match contents {
            Contents::Fill(0) => Cow::default(),
            Contents::Fill(word) => word.to_le_bytes().repeat(words as usize).into(),
            Contents::Words(words) => bytemuck::cast_slice(words).into(),
            Contents::Argument(at) => self.arguments.get(*at).map_or(Cow::default(), bytes),
        };
        self.link.device.queue.write_buffer(&made, 0, &bytes);
        self.buffers.0.insert(buffer, made);
    }

    fn ground(&mut self, launch: &Launch) -> Result<Ground, BackendError> {
        let key = (launch.shader, launch.sharing.clone());
        if !self.pipelines.contains_key(&key) {
            let made = self.pipeline(launch)?;
            self.pipelines.insert(key.clone(), made);
        }
        let pipeline = self.pipelines.get(&key).ok_or_else(missing)?;
        let bytes = launch.band(0).len() as u64 * 4;
        let uniform = match self.uniform.take() {
            Some(buffer) if buffer.size() >= bytes => buffer,
            _ => self.buffer(
                bytes.next_power_of_two(),
                wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            ),
        };
        let mut all = vec![&uniform, self.buffers.get(REPORT_BUFFER)?];
        for buffer in &launch.buffers {
            all.push(self.buffers.get(*buffer)?);
        }
        let entries: Vec<wgpu::BindGroupEntry> = all
            .into_iter()
            .zip(0..)
            .map(|(buffer, binding)| wgpu::BindGroupEntry {
                binding,
                resource: buffer.as_entire_binding(),
            })
            .collect();
        let device = &self.link.device.device;
        let group = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: None,
            layout: &pipeline.layout,
            entries: &entries,
        });
        self.uniform = Some(uniform.clone());
        Ok(Ground {
            pipeline: pipeline.pipeline.clone(),
            group,
            uniform,
        })
    }

    fn band(&mut self, ground: &Ground, launch: &Launch, (first, groups): (u32, u32), clock: Clocked) {
        let uniforms = launch.band(first);
        let (device, queue) = (&self.link.device.device, &self.link.device.queue);
        queue.write_buffer(&ground.uniform, 0, bytemuck::cast_slice(&uniforms));
        let mut encoder = device.create_command_encoder(&Default::default());
        let timestamp_writes =
            clock.and_then(|(clock, last)| clock.writes(self.submissions == 0, self.submissions == last));
        let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor {
            label: None,
            timestamp_writes,
        });
        pass.set_pipeline(&ground.pipeline);
        pass.set_bind_group(0, &ground.group, &[]);
        pass.dispatch_workgroups(groups, 1, 1);
        drop(pass);
        // One submission a band: a watchdog looks at submissions.
        queue.submit([encoder.finish()]);
        self.submissions += 1;
    }

    /// How a launch is cut, by what is known of its shader.
    fn bands(&self, launch: &Launch) -> impl Iterator<Item = (u32, u32)> + use<> {
        let (groups, most) = (launch.groups, launch.most);
        let ms = self.paces.get(&launch.shader).map_or(0.0, |pace| pace.ms(groups));
        let rows = Split::new(ms, groups, u32::MAX).rows.min(most);
        let first = (0..groups).step_by(rows as usize);
        first.map(move |first| (first, rows.min(groups - first)))
    }

    /// All of a launch, waiting for nothing.
    fn submit(&mut self, launch: &Launch, clock: Clocked) -> Result<(), BackendError> {
        let ground = self.ground(launch)?;
        for band in self.bands(launch) {
            self.band(&ground, launch, band, clock);
        }
        Ok(())
    }

    /// The same in the first run, where nothing that may take long is submitted before it is known how
    /// long the bands before it took.
    async fn learn(&mut self, launch: &Launch) -> Result<(), BackendError> {
        let ground = self.ground(launch)?;
        if let Some(pace) = self.paces.get(&launch.shader) {
            let each = pace.ms(1);
            for band in self.bands(launch) {
                let begin = self.link.host.now_ms();
                self.band(&ground, launch, band, None);
                self.guessed
                    .push((begin, launch.shader, each * f64::from(band.1)));
                if self.guessed.iter().map(|(.., ms)| ms).sum::<f64>() >= BAND_MS {
                    self.prove().await?;
                }
            }
            return Ok(());
        }
        self.prove().await?;
        let (mut pace, mut first) = (Pace::new(self.wait_ms().await?), 0);
        while first < launch.groups {
            let groups = pace.next().min(launch.groups - first).min(launch.most);
            let begin = self.link.host.now_ms();
            self.band(&ground, launch, (first, groups), None);
            self.idle().await?;
            pace.took(groups, self.link.host.now_ms() - begin);
            first += groups;
        }
        self.paces.insert(launch.shader, pace);
        Ok(())
    }

    /// Corrects what the bands before were thought to take.
    async fn prove(&mut self) -> Result<(), BackendError> {
        self.idle().await?;
        let guessed = std::mem::take(&mut self.guessed);
        let Some((begin, ..)) = guessed.first() else {
            return Ok(());
        };
        let thought: f64 = guessed.iter().map(|(.., ms)| ms).sum();
        let waited = self.link.host.now_ms() - begin;
        let factor = Pace::new(self.wait_ms().await?).within(waited) / thought.max(1e-3);
        let shaders: std::collections::BTreeSet<usize> =
            guessed.iter().map(|(_, shader, _)| *shader).collect();
        for shader in shaders {
            if let Some(pace) = self.paces.get_mut(&shader) {
                pace.correct(factor.max(0.1));
            }
        }
        Ok(())
    }

    /// Milliseconds that a wait takes where there is nothing to wait for. Called when there is not.
    async fn wait_ms(&mut self) -> Result<f64, BackendError> {
        if let Some(ms) = self.wait_ms {
            return Ok(ms);
        }
        // The first one ends when a browser looks, the second begins there.
        self.idle().await?;
        let begin = self.link.host.now_ms();
        self.idle().await?;
        Ok(*self.wait_ms.insert(self.link.host.now_ms() - begin))
    }

    async fn idle(&self) -> Result<(), BackendError> {
        self.link.idle("dispatch").await?;
        match self.order.stop.is_raised() {
            true => Err(BackendError::Stopped),
            false => Ok(()),
        }
    }

    fn pipeline(&self, launch: &Launch) -> Result<Pipeline, BackendError> {
        let shader = self.plan.shaders.get(launch.shader).ok_or_else(missing)?;
        let device = &self.link.device.device;
        let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: None,
            source: wgpu::ShaderSource::Wgsl(shader.wgsl(&launch.sharing).into()),
        });
        // The report is.
        let written = [true].into_iter().chain(shader.access(&launch.sharing));
        Ok(Pipeline::new(device, &module, None, false, written))
    }

    /// Buffers' first words, one after the other, once all that was submitted is done.
    async fn read(&self, from: &[(Buffer, u64)]) -> Result<Vec<u32>, BackendError> {
        let bytes = 4 * from.iter().map(|(_, words)| words).sum::<u64>();
        let staging = self.buffer(bytes, wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST);
        let mut encoder = self
            .link
            .device
            .device
            .create_command_encoder(&Default::default());
        let mut place = 0;
        for (buffer, words) in from {
            encoder.copy_buffer_to_buffer(self.buffers.get(*buffer)?, 0, &staging, place, words * 4);
            place += words * 4;
        }
        self.link.device.queue.submit([encoder.finish()]);
        mapped(self.link.wait("read-back", map(&staging)).await?)?;
        let read = {
            let view = staging
                .get_mapped_range(..)
                .map_err(|error| unreadable(error.to_string()))?;
            bytemuck::cast_slice(&view)[..bytes as usize / 4].to_vec()
        };
        staging.destroy();
        Ok(read)
    }

    /// Has a run's reads kept, if they are few enough; false if there are no parts.
    async fn tape(&mut self) -> Result<bool, BackendError> {
        if !self.is_learnt {
            self.once().await?;
        }
        self.tape = Some(Tape::default());
        self.once().await?;
        let has_parts = |tape: &Tape| tape.submissions > 0 && tape.reads.len() <= MOST_READS;
        Ok(self.tape.as_ref().is_some_and(has_parts))
    }

    /// After parts were done.
    fn forget(&mut self) {
        self.tape = None;
        self.buffers = Buffers::default();
    }

    /// The dispatches of a run, by what it read once.
    fn replay(&mut self, tape: &Tape, clock: Clocked) -> Result<(), BackendError> {
        let (plan, arguments) = (Rc::clone(&self.plan), Rc::clone(&self.arguments));
        let mut run = Run::new(&plan, &arguments).map_err(|_| missing())?;
        let mut reads = tape.reads.iter();
        loop {
            match run.step().map_err(|_| missing())? {
                Action::Create { contents, .. } if is_given(&contents) => {}
                Action::Create {
                    buffer,
                    words,
                    contents,
                } => self.create(buffer, words, &contents),
                Action::Drop(buffer) => drop(self.buffers.0.remove(&buffer)),
                Action::Dispatch(launch) => self.submit(&launch, clock)?,
                // After the last one nothing is dispatched.
                Action::Read(_) => match reads.next() {
                    Some((_, words)) if reads.len() > 0 => run.give(words.clone()),
                    _ => return Ok(()),
                },
                Action::Done => return Ok(()),
            }
        }
    }
}

/// A clock, and the last submission of those that are stamped.
type Clocked<'c> = Option<(&'c Clock, u32)>;

/// What is there before the first dispatch: arguments and report.
fn is_given(contents: &Contents) -> bool {
    matches!(contents, Contents::Argument(_) | Contents::Words(_))
}

fn bytes(argument: &Value) -> Cow<'_, [u8]> {
    match argument {
        Value::Array(array) => wgsl::words(array),
        _ => Cow::default(),
    }
}

/// The plan names what it does not have: cannot happen, and must not take the engine with it.
fn missing() -> BackendError {
    BackendError::Gpu {
        what: "dispatch",
        message: "the compiler's plan does not hold together".into(),
    }
}

impl Parted for Ready {
    fn link(&self) -> &Link {
        &self.link
    }

    fn upload(&mut self) -> Result<(), BackendError> {
        let (plan, arguments) = (Rc::clone(&self.plan), Rc::clone(&self.arguments));
        self.buffers = Buffers::default();
        let mut run = Run::new(&plan, &arguments).map_err(|_| missing())?;
        while let Ok(Action::Create {
            buffer,
            words,
            contents,
        }) = run.step()
            && is_given(&contents)
        {
            self.create(buffer, words, &contents);
        }
        Ok(())
    }

    fn dispatch(&mut self, runs: u32, clock: Option<&Clock>) -> Result<(), BackendError> {
        let tape = self.tape.take().ok_or_else(missing)?;
        self.submissions = 0;
        let clock = clock.map(|clock| (clock, (tape.submissions * runs).saturating_sub(1)));
        let ended = (0..runs).try_for_each(|_| self.replay(&tape, clock));
        self.tape = Some(tape);
        ended
    }

    fn read_back(&mut self) -> LocalBoxFuture<'_, Result<(), BackendError>> {
        Box::pin(async {
            for (from, _) in self.tape.iter().flat_map(|tape| &tape.reads) {
                self.read(from).await?;
            }
            Ok(())
        })
    }

    fn repeats(&self) -> bool {
        self.tape.as_ref().is_some_and(|tape| tape.repeats)
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
                let Some(mut recording) = self.recording.take() else {
                    self.once().await?;
                    continue;
                };
                match self.tape().await? {
                    true => recording.run(self).await?,
                    false => {
                        let begin = wall_ms();
                        self.once().await?;
                        recording.whole(begin);
                    }
                }
                self.forget();
                self.recording = Some(recording);
            }
            Ok(())
        })
    }

    fn record(&mut self, on: bool) {
        self.recording = on.then(Recording::new);
    }

    fn recorded(&mut self) -> Option<Timeline> {
        Some(self.recording.take()?.timeline("gpu:python"))
    }

    fn parts(&mut self, rounds: u32) -> LocalBoxFuture<'_, Result<Option<GpuMs>, BackendError>> {
        Box::pin(async move {
            let parts = match self.tape().await? {
                true => Some(parts::timed(self, rounds).await?),
                false => None,
            };
            self.forget();
            Ok(parts)
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

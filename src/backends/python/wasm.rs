//! Generated WebAssembly in the engine's own memory.
//!
//! A module's bytes reach a thread through shared memory. Each thread compiles them when it first takes
//! part, at once, as Workers may, and keeps the instance. What a module imports are exports of the engine
//! itself, so that calls between the two pass through no JavaScript. Arrays and frames come from the engine's
//! allocator.

use super::compiler::{self, Shared};
use super::loops::{Code, Ended, Loop, Loops};
use super::rooms::Rooms;
use crate::{BackendError, Chaos, Job, Machine, Order, Pool, Prepared, Recorder};
use futures_util::future::LocalBoxFuture;
use js_sys::{Array as JsArray, BigInt, Function, Object, Reflect, Uint8Array};
use parallax_compiler::ir;
use parallax_compiler::wasm::host::{Call, CallError};
use parallax_compiler::wasm::{Abi, Module, Target};
use parallax_protocol::Timeline;
use parallax_workloads::{Array, Output, Problem};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use wasm_bindgen::prelude::*;

/// Instances that a thread keeps: those of the rows of a race, and some.
const KEPT: usize = 12;

thread_local! {
    /// By their modules' keys, the one that was used last at the end.
    static INSTANCES: RefCell<Vec<(u32, Rc<Instance>)>> = const { RefCell::new(Vec::new()) };
    /// What a module that runs on this thread may call.
    static CALLS: Cell<Option<Calls>> = const { Cell::new(None) };
}

/// What answers a module's calls while it runs on this thread.
#[derive(Clone, Copy)]
struct Calls {
    rooms: *const Rooms,
    /// For those made for threads; a pointer to a reference, as a pointer to what it refers to is two words.
    loops: *const &'static dyn Fn(Loop) -> Ended,
}

/// One module on one thread.
struct Instance {
    run: Function,
    loops: Vec<Function>,
}

/// A module with its arguments in memory.
struct Program {
    key: u32,
    module: Module,
    simd: bool,
    call: Call,
    rooms: Rooms,
}

impl Program {
    /// This thread's instance, compiled if it is not there.
    fn here(&self) -> Result<Rc<Instance>, String> {
        let kept = INSTANCES.with_borrow_mut(|all| {
            let place = all.iter().position(|(key, _)| *key == self.key)?;
            let own = all.remove(place);
            all.push(own);
            all.last().map(|(_, instance)| Rc::clone(instance))
        });
        if let Some(kept) = kept {
            return Ok(kept);
        }
        let instance = Rc::new(self.instantiate().map_err(|error| words(&error))?);
        INSTANCES.with_borrow_mut(|all| {
            if all.len() >= KEPT {
                all.remove(0);
            }
            all.push((self.key, Rc::clone(&instance)));
        });
        Ok(instance)
    }

    fn instantiate(&self) -> Result<Instance, JsValue> {
        let own = wasm_bindgen::exports();
        let env = Object::new();
        let set = |name: &str, value: &JsValue| Reflect::set(&env, &name.into(), value);
        set("memory", &wasm_bindgen::memory())?;
        for (name, export) in [
            ("room", "parallax_kernel_room"),
            ("keep", "parallax_kernel_keep"),
            ("release", "parallax_kernel_release"),
            ("parallel", "parallax_kernel_parallel"),
        ] {
            set(name, &Reflect::get(&own, &export.into())?)?;
        }
        let imports = Object::new();
        Reflect::set(&imports, &"env".into(), &env)?;
        // A copy that nobody shares: the browser's compiler takes no other.
        let bytes = Uint8Array::from(self.module.bytes.as_slice());
        let module = js_sys::WebAssembly::Module::new(&bytes)?;
        let instance = js_sys::WebAssembly::Instance::new(&module, &imports)?;
        let export = |name: &str| -> Result<Function, JsValue> {
            Reflect::get(&instance.exports(), &name.into())?.dyn_into()
        };
        let loops = (0..self.module.abi.reduces.len()).map(|k| export(&format!("loop_{k}")));
        Ok(Instance {
            run: export("run")?,
            loops: loops.collect::<Result<_, _>>()?,
        })
    }

    /// Calls into the module, which may call back meanwhile.
    fn called(
        &self,
        function: &Function,
        arguments: &JsArray,
        loops: &dyn Fn(Loop) -> Ended,
    ) -> Result<Ended, String> {
        // SAFETY: only the lifetime is changed, to one that the thread's cell can name. The pointer is
        // taken out of it again below, before `loops` ends, by a guard that runs on every way out.
        let loops: &'static dyn Fn(Loop) -> Ended = unsafe { std::mem::transmute(loops) };
        let calls = Calls {
            rooms: &raw const self.rooms,
            loops: &raw const loops,
        };
        let _former = Former(CALLS.replace(Some(calls)));
        let ended = function.apply(&JsValue::UNDEFINED, arguments);
        match ended.map_err(|error| words(&error))?.as_f64() {
            Some(0.0) => Ok(Ended::Well),
            Some(_) => Ok(Ended::Early),
            None => Err("it answered no number".into()),
        }
    }
}

/// Puts back what answered before: a thread that leads a team runs chunks in the middle of a run.
struct Former(Option<Calls>);

impl Drop for Former {
    fn drop(&mut self) {
        CALLS.set(self.0);
    }
}

impl Code for Program {
    fn warm(&self) -> Result<(), String> {
        self.here().map(drop)
    }

    fn run(&self, loops: &dyn Fn(Loop) -> Ended) -> Result<Ended, String> {
        let instance = self.here()?;
        self.rooms.release_all();
        let arguments = JsArray::of1(&self.call.frame.into());
        self.called(&instance.run, &arguments, loops)
    }

    fn iterate(&self, part: Loop, worker: usize) -> Result<Ended, String> {
        let instance = self.here()?;
        let function = instance.loops.get(part.which as usize);
        let function = function.ok_or("there is no such loop")?;
        let arguments = JsArray::of4(
            &self.call.frame.into(),
            &JsValue::from(worker as u32 + 1),
            &BigInt::from(part.start),
            &BigInt::from(part.stop),
        );
        // Loops within loops are serial.
        self.called(function, &arguments, &|_| Ended::Early)
    }

    fn grain(&self, which: u32, iterations: u64) -> u64 {
        let abi = &self.module.abi;
        let of = |all: &[bool]| all.get(which as usize).copied().unwrap_or_default();
        match (of(&abi.reduces), self.simd && of(&abi.lanes)) {
            (true, _) => ir::leaf(iterations),
            // Whole vectors.
            (_, true) => 4,
            (_, false) => 1,
        }
    }
}

/// Memory for a module: its `env.room`.
///
/// Not for anybody else to call; without a module that runs on this thread it answers 0.
#[unsafe(no_mangle)]
pub extern "C" fn parallax_kernel_room(_frame: u32, slot: u32, bytes: i64) -> u32 {
    let Some(calls) = CALLS.get() else { return 0 };
    // SAFETY: `called` holds the rooms for as long as the pointer is in the cell.
    let rooms = unsafe { &*calls.rooms };
    usize::try_from(bytes).map_or(0, |bytes| rooms.take(slot, bytes))
}

/// What has this address in it outlives the next release: a module's `env.keep`.
#[unsafe(no_mangle)]
pub extern "C" fn parallax_kernel_keep(_frame: u32, slot: u32, address: u32) {
    let Some(calls) = CALLS.get() else { return };
    // SAFETY: as in `parallax_kernel_room`.
    let rooms = unsafe { &*calls.rooms };
    rooms.keep(slot, address);
}

/// What a slot was given may be used again, but for what is kept: a module's `env.release`.
#[unsafe(no_mangle)]
pub extern "C" fn parallax_kernel_release(_frame: u32, slot: u32) {
    let Some(calls) = CALLS.get() else { return };
    // SAFETY: as in `parallax_kernel_room`.
    let rooms = unsafe { &*calls.rooms };
    rooms.release(slot);
}

/// Has a parallel loop done by the team: a module's `env.parallel`.
#[unsafe(no_mangle)]
pub extern "C" fn parallax_kernel_parallel(_frame: u32, which: u32, start: i64, stop: i64) -> u32 {
    let Some(calls) = CALLS.get() else { return 1 };
    // SAFETY: `called` holds the reference and what it refers to for as long as the pointer is in the cell.
    let loops = unsafe { *calls.loops };
    match loops(Loop { which, start, stop }) {
        Ended::Well => 0,
        Ended::Early => 1,
    }
}

fn uncallable(error: CallError) -> BackendError {
    BackendError::Kernel {
        what: "could not be called",
        message: error.to_string(),
    }
}

fn words(error: &JsValue) -> String {
    let message = Reflect::get(error, &"message".into()).ok();
    let message = message.and_then(|message| message.as_string());
    message.unwrap_or_else(|| "unknown reason".into())
}

/// Compiles, and places the arguments.
pub async fn prepare(
    machine: &Machine,
    problem: Arc<dyn Problem>,
    order: Order,
    simd: bool,
    threads: bool,
    id: &'static str,
) -> Result<Box<dyn Prepared>, BackendError> {
    static KEYS: AtomicU32 = AtomicU32::new(1);
    let target = Target {
        simd,
        threads,
        // The engine's memory is, also where there are no threads.
        shared: true,
    };
    let most = if threads { order.threads } else { 1 };
    let memory = machine.memory.unwrap_or(u64::MAX);
    let begin = machine.host.now_ms();
    let shared = compiler::shared(machine, &problem, &order.stop).await?;
    let own = Arc::clone(&shared);
    let job = move || own.prepared.wasm(target).map_err(|why| compiler::too_large(&why));
    let module = machine.pool.offload(job).await;
    let module = module.map_err(|message| BackendError::Panicked { message })??;
    let compiled = machine.host.now_ms();
    let own = Arc::clone(&shared);
    let job = move || -> Result<_, BackendError> {
        compiler::room(&own.prepared, 2).map_err(|reason| BackendError::LeftOut { reason })?;
        let rooms = Rooms::new(most + 2, memory);
        let call = rooms.call(&module.abi, &own.prepared.arguments, most as u32);
        let call = call.map_err(uncallable)?;
        let program = Program {
            key: KEYS.fetch_add(1, Ordering::Relaxed),
            module,
            simd,
            call,
            rooms,
        };
        Ok(Arc::new(program))
    };
    let placed = machine.pool.offload(job).await;
    let code = placed.map_err(|message| BackendError::Panicked { message })??;
    let mut ready = Ready {
        compile_ms: 0.0,
        code,
        shared,
        problem,
        pool: machine.pool.clone(),
        threads: most,
        order,
        recorder: None,
        fill: false,
        first: true,
        results: Vec::new(),
        shape: None,
        id,
    };
    // The browser's own compiler is part of what compiling costs.
    let before = machine.host.now_ms();
    let job = Job {
        chaos: None,
        ..ready.job(0)
    };
    Loops::run(&ready.pool, Arc::clone(&ready.code) as _, job).await?;
    ready.compile_ms = compiled - begin + machine.host.now_ms() - before;
    Ok(Box::new(ready))
}

struct Ready {
    code: Arc<Program>,
    shared: Arc<Shared>,
    problem: Arc<dyn Problem>,
    pool: Pool,
    threads: usize,
    order: Order,
    recorder: Option<Arc<Recorder>>,
    /// Runs change their arguments, which are placed anew before each.
    fill: bool,
    /// Nothing has run yet.
    first: bool,
    compile_ms: f64,
    /// What the last run gave.
    results: Vec<Array>,
    shape: Option<Vec<usize>>,
    id: &'static str,
}

impl Ready {
    fn job(&self, runs: u32) -> Job {
        Job {
            threads: self.threads,
            runs,
            stop: self.order.stop.clone(),
            deal: self.order.deal,
            recorder: self.recorder.clone(),
            chaos: Chaos::of(self.order.inject),
        }
    }

    async fn some(&self, runs: u32) -> Result<(), BackendError> {
        match Loops::run(&self.pool, Arc::clone(&self.code) as _, self.job(runs)).await? {
            Ended::Well => Ok(()),
            Ended::Early => {
                let failed = self.code.rooms.failed(&self.code.call, self.abi());
                Err(match failed {
                    Some(failed) => {
                        let Shared { prepared, source, .. } = &*self.shared;
                        compiler::fault(source, &prepared.program, &failed)
                    }
                    None => BackendError::Kernel {
                        what: "broke down",
                        message: "it ended early and left no reason".into(),
                    },
                })
            }
        }
    }

    fn abi(&self) -> &Abi {
        &self.code.module.abi
    }

    /// What a run gave, and whether it changed its arguments.
    async fn read(&self) -> Result<(Vec<Array>, bool), BackendError> {
        let (code, shared) = (Arc::clone(&self.code), Arc::clone(&self.shared));
        let job = move || {
            let abi = &code.module.abi;
            let results = code.rooms.results(&code.call, abi);
            let now = || code.rooms.arguments(&code.call, abi);
            let outputs = shared.prepared.outputs(results, now);
            (compiler::arrays(outputs), !shared.prepared.changed().is_empty())
        };
        let read = self.pool.offload(job).await;
        read.map_err(|message| BackendError::Panicked { message })
    }

    async fn place(&self) -> Result<(), BackendError> {
        let (code, shared) = (Arc::clone(&self.code), Arc::clone(&self.shared));
        let job = move || {
            let abi = &code.module.abi;
            code.rooms.fill(&code.call, abi, &shared.prepared.arguments)
        };
        let placed = self.pool.offload(job).await;
        let placed = placed.map_err(|message| BackendError::Panicked { message })?;
        placed.map_err(uncallable)
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
            if self.first && runs > 0 {
                self.first = false;
                self.some(1).await?;
                (self.results, self.fill) = self.read().await?;
                if runs == 1 {
                    return Ok(());
                }
                return self.run(runs - 1).await;
            }
            self.results.clear();
            if !self.fill {
                return self.some(runs).await;
            }
            for _ in 0..runs {
                self.place().await?;
                self.some(1).await?;
            }
            Ok(())
        })
    }

    fn record(&mut self, on: bool) {
        self.recorder = on.then(|| Arc::new(Recorder::new(self.threads)));
    }

    fn imbalance(&self) -> Option<f64> {
        self.recorder.as_ref()?.imbalance()
    }

    fn recorded(&mut self) -> Option<Timeline> {
        Some(self.recorder.take()?.timeline(self.id))
    }

    fn output(&mut self) -> LocalBoxFuture<'_, Result<Output, BackendError>> {
        Box::pin(async {
            if self.results.is_empty() {
                (self.results, _) = self.read().await?;
            }
            let results = std::mem::take(&mut self.results);
            self.shape = results.first().map(|array| array.shape.clone());
            Ok(self.problem.output_of(results))
        })
    }
}

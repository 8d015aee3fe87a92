//! The engine's Web Worker: messages in, messages out, and the start of pool and GPU.
//!
//! `js/worker.js` loads this module and calls [`start`]; the page hears of it by the
//! `Ready` event. Requests and events are postcard bytes. A trap, here or in a pool
//! thread, is told by the two scripts in `js/`, as no Rust runs after it.
//!
//! Natively this crate is empty.
#![cfg(target_arch = "wasm32")]

mod pool;

use parallax_backends::host::{BrowserHost, Host, timer_resolution_us};
use parallax_backends::{GpuSlot, Machine, StopFlag, overhead};
use parallax_engine::Control;
use parallax_protocol::{Event, Fault, FaultKind, LabEvent, Outcome, Request, RunSpec, decode, encode};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// The build that this engine belongs to; the page compares it with its own.
const BUILD: &str = match option_env!("PARALLAX_BUILD") {
    Some(build) => build,
    None => "dev",
};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = self, js_name = postMessage)]
    fn post_message(message: &JsValue, transfer: &js_sys::Array);
    #[wasm_bindgen(js_name = crossOriginIsolated, thread_local_v2)]
    static ISOLATED: bool;
    #[wasm_bindgen(js_namespace = navigator, js_name = hardwareConcurrency, thread_local_v2)]
    static CORES: f64;
    /// Keeps a panic's message for the script that reports the trap which follows it.
    #[wasm_bindgen(js_namespace = self, js_name = parallaxPanic)]
    fn keep_panic(message: &str);
}

/// Everything that lives as long as the Worker.
struct Engine {
    machine: Machine,
    timer_resolution_us: f64,
    job: RefCell<Option<(u32, Rc<Control>)>>,
    /// Raised to end the film that is being made.
    film: RefCell<StopFlag>,
    /// Raised to end the explanation that is being made.
    explaining: RefCell<StopFlag>,
    hidden: Cell<bool>,
}

/// Starts pool and GPU, tells the page, and returns the function that takes its requests.
/// `load_ms` is what it took to fetch and compile this program, `most_bytes` what its memory
/// may grow to.
#[wasm_bindgen]
pub async fn start(load_ms: f64, most_bytes: f64) -> js_sys::Function {
    std::panic::set_hook(Box::new(|info| keep_panic(&info.to_string())));
    let host = Rc::new(BrowserHost);
    let isolated = ISOLATED.with(|isolated| *isolated);
    let cores = CORES.with(|cores| *cores).max(1.0) as usize;
    let pool = pool::start(&*host, isolated, cores);
    // Side by side: each has a limit of its own, and the page waits for both.
    let ((pool, pool_start_ms), gpu) = futures_util::join!(pool, GpuSlot::probe(&*host));
    let engine = Rc::new(Engine {
        machine: Machine {
            cores,
            isolated,
            pool,
            gpu,
            memory: Some((most_bytes as u64).saturating_sub(used_bytes())),
            compiled: Default::default(),
            host: Rc::clone(&host) as Rc<dyn Host>,
        },
        timer_resolution_us: timer_resolution_us(&*host),
        job: RefCell::new(None),
        film: RefCell::default(),
        explaining: RefCell::default(),
        hidden: Cell::new(false),
    });
    let overhead = overhead(&engine.machine.pool, &*host).await;
    let capabilities = parallax_engine::capabilities(
        &engine.machine,
        BUILD,
        Some(load_ms),
        pool_start_ms,
        overhead,
        engine.timer_resolution_us,
    );
    post(&Event::Ready(capabilities));
    let receive: Closure<dyn FnMut(js_sys::Uint8Array)> =
        Closure::new(move |bytes: js_sys::Uint8Array| receive(&engine, &bytes.to_vec()));
    receive.into_js_value().unchecked_into()
}

/// What the memory has grown to: after the start, program, stacks and pool.
fn used_bytes() -> u64 {
    const PAGE: u64 = 1 << 16;
    core::arch::wasm32::memory_size(0) as u64 * PAGE
}

fn receive(engine: &Rc<Engine>, bytes: &[u8]) {
    let request = match decode::<Request>(bytes) {
        Ok(request) => request,
        Err(error) => {
            let message = format!("{error}; reload the page");
            return refuse(0, message);
        }
    };
    match request {
        Request::Run { job, spec } => begin(engine, job, spec),
        Request::Stop { job } => {
            if let Some((current, control)) = &*engine.job.borrow()
                && *current == job
            {
                control.stop();
            }
        }
        Request::Film { film, workload, seed } => show(engine, film, workload, seed),
        Request::EndFilm => engine.film.borrow().raise(),
        Request::Compile {
            compile,
            kernel,
            size,
        } => {
            let pool = engine.machine.pool.clone();
            wasm_bindgen_futures::spawn_local(async move {
                let compilation =
                    parallax_backends::compiler::compile(&pool, kernel, size, StopFlag::new()).await;
                post(&Event::Compiled { compile, compilation });
            });
        }
        Request::Explain {
            explain,
            kernel,
            size,
            listings,
        } => {
            // Whoever asks again does not wait for the answer before.
            let stop = StopFlag::new();
            engine.explaining.replace(stop.clone()).raise();
            let engine = Rc::clone(engine);
            wasm_bindgen_futures::spawn_local(async move {
                let explained =
                    parallax_backends::explain::explain(&engine.machine, kernel, size, listings, stop).await;
                if let Ok(bytes) = encode(&LabEvent::Explained(Box::new(explained))) {
                    post(&Event::Lab {
                        explain: Some(explain),
                        bytes,
                    });
                }
            });
        }
        Request::Visible(visible) => {
            engine.hidden.set(!visible);
            if let Some((_, control)) = &*engine.job.borrow() {
                control.set_hidden(!visible);
            }
        }
    }
}

fn begin(engine: &Rc<Engine>, job: u32, spec: RunSpec) {
    if engine.job.borrow().is_some() {
        return refuse(
            job,
            "the engine is still busy with another run: stop that first".into(),
        );
    }
    engine.film.borrow().raise();
    let control = Rc::new(Control::new(engine.hidden.get()));
    engine.job.replace(Some((job, Rc::clone(&control))));
    let engine = Rc::clone(engine);
    wasm_bindgen_futures::spawn_local(async move {
        // The job is put away before its last event, so that the next may follow at once.
        let emit = |event: Event| {
            if matches!(event, Event::Finished { .. }) {
                engine.job.replace(None);
            }
            post(&event);
        };
        let resolution = engine.timer_resolution_us;
        parallax_engine::run(&engine.machine, resolution, job, spec, &control, &emit).await;
    });
}

/// Makes a film, unless a run is on its way: that is not to be disturbed.
fn show(engine: &Rc<Engine>, film: u32, workload: String, seed: u64) {
    engine.film.borrow().raise();
    let stop = StopFlag::new();
    if engine.job.borrow().is_some() {
        stop.raise();
    }
    engine.film.replace(stop.clone());
    let engine = Rc::clone(engine);
    wasm_bindgen_futures::spawn_local(async move {
        let emit = |event: Event| post(&event);
        parallax_engine::film(&engine.machine, film, &workload, seed, &stop, &emit).await;
    });
}

/// Answers a request that cannot be served.
fn refuse(job: u32, message: String) {
    let fault = Fault::new(None, FaultKind::Engine, message);
    post(&Event::Failed { job, fault });
    post(&Event::Finished {
        job,
        outcome: Outcome::NothingToTime,
    });
}

/// Sends an event; its bytes are moved, not copied, to the page.
fn post(event: &Event) {
    match encode(event) {
        Ok(bytes) => {
            let bytes = js_sys::Uint8Array::from(bytes.as_slice());
            post_message(&bytes, &js_sys::Array::of1(&bytes.buffer()));
        }
        // Cannot happen with our own types, and must not take the engine with it.
        Err(error) => keep_panic(&error.to_string()),
    }
}

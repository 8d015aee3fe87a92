//! What it costs to tell another Worker something: `worker.js` beside this file is the other one.

use super::{Probe, Subject};
use crate::host::Host;
use crate::javascript::browser::{Thread, object};
use crate::{BackendError, Machine, StopFlag};
use futures_util::future::LocalBoxFuture;
use js_sys::{Array, ArrayBuffer, Function, Object, Reflect, SharedArrayBuffer, Uint8Array};
use parallax_workloads::OutOfMemory;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};

/// From the engine's own script; `cargo xtask` puts it there.
const SCRIPT: &str = "./javascript/probe.js";
/// Its name among the browser's tools.
const NAME: &str = "parallax-probe";
/// Longest wait for a batch, in milliseconds; some hundred are usual at most.
const LIMIT_MS: u32 = 10_000;

/// What is sent each time.
enum Load {
    Nothing,
    Cloned(ArrayBuffer),
    /// The one that came back last, or the first.
    Moved(JsValue),
    /// Ours, and what both can see.
    Shared(Uint8Array, Uint8Array),
}

struct Ready {
    thread: Thread,
    load: Load,
    amount: f64,
    host: Rc<dyn Host>,
    stop: StopFlag,
}

/// Starts the other Worker and makes what it is sent; `None` where a browser lacks the means.
pub(super) async fn probe(
    machine: &Machine,
    subject: Subject,
    stop: &StopFlag,
) -> Result<Option<Box<dyn Probe>>, BackendError> {
    let (load, amount) = match subject {
        Subject::Clone(bytes) => (Load::Cloned(filled(bytes)?), bytes as f64),
        Subject::Transfer(bytes) => (Load::Moved(filled(bytes)?.into()), 2.0 * bytes as f64),
        Subject::Shared(bytes) => {
            if !machine.isolated {
                return Ok(None);
            }
            let Some(shared) = shared(bytes) else {
                return Err(OutOfMemory { bytes }.into());
            };
            let load = Load::Shared(Uint8Array::new(&filled(bytes)?.into()), shared);
            (load, bytes as f64)
        }
        _ => (Load::Nothing, 1.0),
    };
    if !crate::javascript::browser::support().is_yes() {
        return Ok(None);
    }
    let thread = start()?;
    let mut ready = Ready {
        thread,
        load,
        amount,
        host: Rc::clone(&machine.host),
        stop: stop.clone(),
    };
    // Its script has loaded when it answers.
    ready.exchange(1).await?;
    Ok(Some(Box::new(ready)))
}

fn start() -> Result<Thread, BackendError> {
    Thread::start(SCRIPT, NAME).map_err(|message| BackendError::JavaScript {
        what: "did not start",
        message,
    })
}

/// An array of so many bytes, or an error: the constructor throws where memory is short.
fn filled(bytes: u64) -> Result<ArrayBuffer, OutOfMemory> {
    let made = construct("ArrayBuffer", bytes).and_then(|made| made.dyn_into::<ArrayBuffer>().ok());
    let buffer = made.ok_or(OutOfMemory { bytes })?;
    // Touched: pages that nobody wrote cost nothing to read.
    Uint8Array::new(&buffer).fill(7, 0, bytes as u32);
    Ok(buffer)
}

fn shared(bytes: u64) -> Option<Uint8Array> {
    let shared: SharedArrayBuffer = construct("SharedArrayBuffer", bytes)?.dyn_into().ok()?;
    let view = Uint8Array::new(&shared);
    view.fill(1, 0, bytes as u32);
    Some(view)
}

fn construct(name: &str, bytes: u64) -> Option<JsValue> {
    let constructor = Reflect::get(&js_sys::global(), &name.into()).ok()?;
    let arguments = Array::of1(&(bytes as f64).into());
    Reflect::construct(constructor.dyn_ref::<Function>()?, &arguments).ok()
}

impl Load {
    /// The next message, and what of it is moved.
    fn next(&mut self, before: Option<JsValue>) -> (Object, Array) {
        match self {
            Load::Nothing => (Object::new(), Array::new()),
            Load::Cloned(buffer) => (object(&[("take", buffer.clone().into())]), Array::new()),
            Load::Moved(buffer) => {
                let back = before.and_then(|answer| Reflect::get(&answer, &"back".into()).ok());
                if let Some(back) = back {
                    *buffer = back;
                }
                (object(&[("back", buffer.clone())]), Array::of1(buffer))
            }
            Load::Shared(ours, shared) => {
                shared.set(ours, 0);
                (object(&[("read", shared.clone().into())]), Array::new())
            }
        }
    }
}

impl Ready {
    async fn exchange(&mut self, runs: u32) -> Result<f64, BackendError> {
        let begin = self.host.now_ms();
        let load = &mut self.load;
        let next = |before| load.next(before);
        let limit = self.host.sleep(LIMIT_MS);
        let last = self
            .thread
            .exchange("did not answer", runs, next, &self.stop, limit);
        let last = last.await?;
        let ms = self.host.now_ms() - begin;
        if let Load::Moved(buffer) = &mut self.load
            && let Ok(back) = Reflect::get(&last, &"back".into())
        {
            *buffer = back;
        }
        Ok(ms)
    }
}

impl Probe for Ready {
    fn amount(&self) -> f64 {
        self.amount
    }

    fn run(&mut self, runs: u32) -> LocalBoxFuture<'_, Result<f64, BackendError>> {
        Box::pin(self.exchange(runs))
    }
}

/// Workers, started one after the other to their first answer.
struct Spawn {
    host: Rc<dyn Host>,
    stop: StopFlag,
}

/// Starting Workers; `None` where a Worker may not.
pub(super) fn spawn(machine: &Machine, stop: &StopFlag) -> Option<Box<dyn Probe>> {
    crate::javascript::browser::support().is_yes().then(|| {
        Box::new(Spawn {
            host: Rc::clone(&machine.host),
            stop: stop.clone(),
        }) as Box<dyn Probe>
    })
}

impl Probe for Spawn {
    fn amount(&self) -> f64 {
        1.0
    }

    fn run(&mut self, runs: u32) -> LocalBoxFuture<'_, Result<f64, BackendError>> {
        Box::pin(async move {
            let mut ms = 0.0;
            for _ in 0..runs {
                let begin = self.host.now_ms();
                let mut thread = start()?;
                let nothing = |_| (Object::new(), Array::new());
                let limit = self.host.sleep(LIMIT_MS);
                thread
                    .exchange("did not start", 1, nothing, &self.stop, limit)
                    .await?;
                // Its end is not in it.
                ms += self.host.now_ms() - begin;
            }
            Ok(ms)
        })
    }
}

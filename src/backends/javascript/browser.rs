//! The Worker that a kernel runs in: the engine's thread never blocks, and Stop ends the
//! Worker, whatever the kernel does.
//!
//! One request at a time, each with one answer; `worker.js` beside this file is the other
//! side.

use crate::{BackendError, Chaos, Machine, Order, Prepared, StopFlag};
use futures_channel::mpsc::{UnboundedReceiver, unbounded};
use futures_util::StreamExt;
use futures_util::future::{Either, LocalBoxFuture, pending, select};
use js_sys::{Array, Float32Array, Function, Object, Reflect, Uint32Array};
use parallax_protocol::Support;
use parallax_workloads::{OutOfMemory, Output, Problem};
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use wasm_bindgen::prelude::*;

/// From the engine's own script; `cargo xtask` puts it there.
const SCRIPT: &str = "./javascript/worker.js";
const NAME: &str = "parallax-javascript";
/// Longest wait for script, module and arrays, in milliseconds; tens are usual.
const START_LIMIT_MS: u32 = 10_000;

#[wasm_bindgen]
extern "C" {
    type Worker;
    #[wasm_bindgen(constructor, catch)]
    fn new(url: &str, options: &Object) -> Result<Worker, JsValue>;
    #[wasm_bindgen(method)]
    fn terminate(this: &Worker);
    #[wasm_bindgen(method, catch, js_name = postMessage)]
    fn post(this: &Worker, message: &Object, transfer: &Array) -> Result<(), JsValue>;
    #[wasm_bindgen(method, setter)]
    fn set_onmessage(this: &Worker, callback: Option<&Function>);
    #[wasm_bindgen(method, setter)]
    fn set_onmessageerror(this: &Worker, callback: Option<&Function>);
    #[wasm_bindgen(method, setter)]
    fn set_onerror(this: &Worker, callback: Option<&Function>);

    /// Any of the events that a Worker sends.
    type WorkerEvent;
    #[wasm_bindgen(method, getter)]
    fn data(this: &WorkerEvent) -> JsValue;
    #[wasm_bindgen(method, getter)]
    fn message(this: &WorkerEvent) -> Option<String>;
    #[wasm_bindgen(method, js_name = preventDefault)]
    fn prevent_default(this: &WorkerEvent);
}

/// Whether a Worker may start another one, which Safari does since 15.5.
pub fn support() -> Support {
    match Reflect::has(&js_sys::global(), &"Worker".into()) {
        Ok(true) => Support::YES,
        _ => Support::no("this browser starts no Worker from within a Worker"),
    }
}

/// Starts the Worker, loads the workload's module and hands over copies of the inputs.
pub async fn prepare(
    machine: &Machine,
    problem: Arc<dyn Problem>,
    order: Order,
) -> Result<Box<dyn Prepared>, BackendError> {
    let data = problem.data();
    let mut thread = Thread::start(SCRIPT, NAME).map_err(|message| BackendError::JavaScript {
        what: "did not start",
        message,
    })?;
    // Copies: a Worker takes shared memory, but the kernel is to read plain arrays.
    let inputs: Array = data
        .inputs
        .iter()
        .map(|input| JsValue::from(Float32Array::from(input.as_slice())))
        .collect();
    let buffers = inputs.iter().filter_map(|input| get(&input, "buffer")).collect();
    let inject = match Chaos::of(order.inject) {
        Some(Chaos::Panic | Chaos::Trap) => "throw".into(),
        Some(Chaos::Hang) => "hang".into(),
        None => JsValue::NULL,
    };
    let start = object(&[
        ("workload", problem.workload().into()),
        ("n", data.n.into()),
        (
            "seed",
            Array::from_iter(data.seed_words().map(JsValue::from)).into(),
        ),
        ("inputs", inputs.into()),
        ("length", (data.output_len as f64).into()),
        ("float", data.output_is_float.into()),
        ("inject", inject),
    ]);
    let request = object(&[("start", start.into())]);
    let limit = machine.host.sleep(START_LIMIT_MS);
    thread
        .ask("did not start", &request, &buffers, &order.stop, limit)
        .await?;
    Ok(Box::new(Ready {
        thread,
        is_float: data.output_is_float,
        stop: order.stop,
    }))
}

struct Ready {
    thread: Thread,
    is_float: bool,
    stop: StopFlag,
}

impl Ready {
    /// Kernels take as long as they take, here as on the other rungs: Stop ends them.
    async fn ask(&mut self, word: &str, value: JsValue) -> Result<JsValue, BackendError> {
        let request = object(&[(word, value)]);
        let thread = &mut self.thread;
        thread
            .ask("failed", &request, &Array::new(), &self.stop, pending())
            .await
    }
}

impl Prepared for Ready {
    fn run(&mut self, runs: u32) -> LocalBoxFuture<'_, Result<(), BackendError>> {
        Box::pin(async move { self.ask("runs", runs.into()).await.map(drop) })
    }

    fn output(&mut self) -> LocalBoxFuture<'_, Result<Output, BackendError>> {
        Box::pin(async {
            let answer = self.ask("output", true.into()).await?;
            // Another length than expected is found wrong, as any output is.
            let array = get(&answer, "output").unwrap_or(JsValue::UNDEFINED);
            Ok(match self.is_float {
                true => {
                    let values = Float32Array::new(&array);
                    Output::F32(filled(values.length(), |out| values.copy_to(out))?)
                }
                false => {
                    let values = Uint32Array::new(&array);
                    Output::U32(filled(values.length(), |out| values.copy_to(out))?)
                }
            })
        })
    }
}

/// A vector of so many values, or an error if it does not fit into memory.
fn filled<T: Clone + Default>(length: u32, fill: impl FnOnce(&mut [T])) -> Result<Vec<T>, OutOfMemory> {
    let mut values = Vec::new();
    let length = length as usize;
    values.try_reserve_exact(length).map_err(|_| OutOfMemory {
        bytes: (length * size_of::<T>()) as u64,
    })?;
    values.resize(length, T::default());
    fill(&mut values);
    Ok(values)
}

/// A Worker and what it says; dropping it ends the Worker.
pub(crate) struct Thread {
    worker: Worker,
    answers: UnboundedReceiver<Result<JsValue, String>>,
    _callbacks: [Closure<dyn FnMut(WorkerEvent)>; 3],
}

impl Thread {
    /// Starts the module of this address, from the engine's own script.
    pub(crate) fn start(script: &str, name: &str) -> Result<Self, String> {
        let options = object(&[("type", "module".into()), ("name", name.into())]);
        let worker = Worker::new(script, &options).map_err(|error| text(&error))?;
        let (sender, answers) = unbounded();
        let on = |read: fn(&WorkerEvent) -> Result<JsValue, String>| {
            let sender = sender.clone();
            Closure::<dyn FnMut(WorkerEvent)>::new(move |event: WorkerEvent| {
                // Unheard if nobody waits any more.
                let _ = sender.unbounded_send(read(&event));
            })
        };
        let message = on(|event| {
            let answer = event.data();
            match get(&answer, "fault").and_then(|fault| fault.as_string()) {
                Some(fault) => Err(fault),
                None => Ok(answer),
            }
        });
        let unread = on(|_| Err("an answer could not be read: reload the page".into()));
        let error = on(|event| {
            // Else it would pass for an error of the engine's own script.
            event.prevent_default();
            let message = event.message().filter(|message| !message.is_empty());
            Err(message.unwrap_or_else(|| "its script did not load: reload the page".into()))
        });
        worker.set_onmessage(Some(message.as_ref().unchecked_ref()));
        worker.set_onmessageerror(Some(unread.as_ref().unchecked_ref()));
        worker.set_onerror(Some(error.as_ref().unchecked_ref()));
        Ok(Thread {
            worker,
            answers,
            _callbacks: [message, unread, error],
        })
    }

    /// Asks, and waits for the answer, an error, the limit or Stop, whichever is first.
    async fn ask(
        &mut self,
        what: &'static str,
        request: &Object,
        transfer: &Array,
        stop: &StopFlag,
        limit: impl Future<Output = ()>,
    ) -> Result<JsValue, BackendError> {
        let next = |_| (request.clone(), transfer.clone());
        self.exchange(what, 1, next, stop, limit).await
    }

    /// Asks so many times, one after the other, within one limit: `next` makes a request and what
    /// of it is moved, from the answer before. Gives the last answer.
    pub(crate) async fn exchange(
        &mut self,
        what: &'static str,
        times: u32,
        mut next: impl FnMut(Option<JsValue>) -> (Object, Array),
        stop: &StopFlag,
        limit: impl Future<Output = ()>,
    ) -> Result<JsValue, BackendError> {
        let failed = |message| BackendError::JavaScript { what, message };
        let (worker, answers) = (&self.worker, &mut self.answers);
        let talk = pin!(async {
            let mut answer = None;
            for _ in 0..times.max(1) {
                let (request, transfer) = next(answer);
                let posted = worker.post(&request, &transfer);
                posted.map_err(|error| text(&error))?;
                let ended = || Err("its Worker has ended: press Run again".into());
                answer = Some(answers.next().await.unwrap_or_else(ended)?);
            }
            Ok(answer.unwrap_or(JsValue::UNDEFINED))
        });
        let (stopped, limit) = (pin!(stop.raised()), pin!(limit));
        match select(talk, select(stopped, limit)).await {
            Either::Left((Ok(answer), _)) => Ok(answer),
            Either::Left((Err(message), _)) => Err(failed(message)),
            Either::Right((Either::Left(_), _)) => {
                // At once, and not when the run is put away: it may be at work.
                self.worker.terminate();
                Err(BackendError::Stopped)
            }
            Either::Right((Either::Right(_), _)) => Err(failed(format!(
                "no answer within {} s: press Run again",
                START_LIMIT_MS / 1000
            ))),
        }
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        // First of all: what is on its way would call closures that are gone.
        self.worker.set_onmessage(None);
        self.worker.set_onmessageerror(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

pub(crate) fn object(entries: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (key, value) in entries {
        // Only a frozen object or a setter could refuse; this one is new.
        let _ = Reflect::set(&object, &(*key).into(), value);
    }
    object
}

fn get(value: &JsValue, key: &str) -> Option<JsValue> {
    Reflect::get(value, &key.into()).ok()
}

fn text(error: &JsValue) -> String {
    let message = get(error, "message").and_then(|message| message.as_string());
    message.unwrap_or_else(|| "unknown reason".into())
}

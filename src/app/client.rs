//! The sole contact with the engine's worker: carries effects out, feeds what happens back in.

use std::cell::RefCell;
use std::mem;
use std::rc::Rc;
use std::time::Duration;

use js_sys::{Reflect, Uint8Array};
use leptos::prelude::set_timeout;
use parallax_protocol::{Event, Request, decode, encode};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{ErrorEvent, MessageEvent, Worker, WorkerOptions, WorkerType};

use crate::BUILD;
use crate::host;
use crate::state::{Effect, Input};
use crate::text;

/// The engine has this long to say that it is ready: it gives pool and GPU 8 s, at once.
const READY_WITHIN: Duration = Duration::from_secs(20);
/// The engine has this long to answer a stop.
///
/// Half a second is promised; a page under load wakes up late.
const STOP_WITHIN: Duration = Duration::from_millis(300);

/// Takes what happens.
type Sink = Rc<dyn Fn(Input)>;

/// Holds at most one worker.
#[derive(Clone)]
pub struct Client {
    inner: Rc<RefCell<Inner>>,
    sink: Sink,
}

#[derive(Default)]
struct Inner {
    live: Option<Live>,
    /// Counts the workers, so that a late word of a former one is not heard.
    generation: u32,
    /// The worker has said something of its own: its program is there.
    heard: bool,
    /// It is the second in a row, as the first did not come.
    again: bool,
}

/// A worker and the closures that it calls; both go together.
struct Live {
    worker: Worker,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(web_sys::Event)>,
}

impl Live {
    fn end(self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.set_onmessageerror(None);
        self.worker.terminate();
    }
}

impl Client {
    /// A client without a worker; `sink` must not call back into it at once.
    pub fn new(sink: impl Fn(Input) + 'static) -> Client {
        Client {
            inner: Rc::default(),
            sink: Rc::new(sink),
        }
    }

    /// Carries out what the state asks for.
    pub fn perform(&self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Start => self.start(),
                Effect::Terminate => self.terminate(),
                Effect::Send(request) => self.send(&request),
                Effect::TimeStop { job } => {
                    let sink = self.sink.clone();
                    set_timeout(move || sink(Input::StopTimeOver { job }), STOP_WITHIN);
                }
            }
        }
    }

    fn terminate(&self) {
        let live = {
            let mut inner = self.inner.borrow_mut();
            inner.generation += 1;
            inner.heard = false;
            inner.live.take()
        };
        if let Some(live) = live {
            live.end();
        }
    }

    fn start(&self) {
        self.inner.borrow_mut().again = false;
        self.begin();
    }

    fn begin(&self) {
        self.terminate();
        let generation = self.inner.borrow().generation;
        match self.open(generation) {
            Ok(live) => self.inner.borrow_mut().live = Some(live),
            Err(error) => self.report_later(generation, Input::Died(words(&error))),
        }
        let client = self.clone();
        set_timeout(
            move || client.report(generation, Input::NotReadyInTime),
            READY_WITHIN,
        );
    }

    fn open(&self, generation: u32) -> Result<Live, JsValue> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        options.set_name("parallax-engine");
        // What the browser keeps of the script from before the host sent headers is refused in an isolated
        // page: under another address it is asked for anew.
        let query = match host::ISOLATED.with(|isolated| *isolated) {
            true => "?isolated",
            false => "",
        };
        let script = format!("engine-{BUILD}/worker.js{query}");
        let worker = Worker::new_with_options(&script, &options)?;

        let client = self.clone();
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            client.hear(generation, read(&event.data()));
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));

        let client = self.clone();
        let on_error = Closure::<dyn FnMut(web_sys::Event)>::new(move |event: web_sys::Event| {
            // Said on the page; without this the browser says it in the console once more.
            event.prevent_default();
            let message = event
                .dyn_ref::<ErrorEvent>()
                .map(ErrorEvent::message)
                .filter(|message| !message.is_empty() && message != "undefined");
            let message = message.unwrap_or_else(|| text::ENGINE_NOT_LOADED.into());
            client.hear(generation, Input::Died(message));
        });
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        worker.set_onmessageerror(Some(on_error.as_ref().unchecked_ref()));

        Ok(Live {
            worker,
            _on_message: on_message,
            _on_error: on_error,
        })
    }

    fn send(&self, request: &Request) {
        let generation = self.inner.borrow().generation;
        let sent = encode(request)
            .map_err(|error| error.to_string())
            .and_then(|bytes| {
                let inner = self.inner.borrow();
                let Some(live) = &inner.live else {
                    return Err(text::ENGINE_NOT_LOADED.into());
                };
                let message = Uint8Array::from(bytes.as_slice());
                live.worker.post_message(&message).map_err(|e| words(&e))
            });
        if let Err(error) = sent {
            self.report_later(generation, Input::Died(error));
        }
    }

    /// An engine that does not even start is started once more: a request that fails while one service
    /// worker takes another's place, or a connection comes back, does not fail twice. If it does, a newer
    /// engine may have replaced it on the server: that is asked first, and said instead.
    fn hear(&self, generation: u32, input: Input) {
        if self.inner.borrow().generation != generation {
            return;
        }
        if !matches!(input, Input::Died(_)) {
            self.inner.borrow_mut().heard = true;
        } else if !self.inner.borrow().heard {
            let client = self.clone();
            if !mem::replace(&mut self.inner.borrow_mut().again, true) {
                // Not from within the closure that this ends.
                set_timeout(
                    move || {
                        if client.inner.borrow().generation == generation {
                            client.begin();
                        }
                    },
                    Duration::ZERO,
                );
                return;
            }
            return spawn_local(async move {
                let served = host::served_build()
                    .await
                    .ok()
                    .and_then(|build| build.as_string());
                client.report(
                    generation,
                    match served {
                        Some(build) if build != BUILD => Input::OtherBuild(build),
                        _ => input,
                    },
                );
            });
        }
        self.report(generation, input);
    }

    fn report(&self, generation: u32, input: Input) {
        if self.inner.borrow().generation == generation {
            (self.sink)(input);
        }
    }

    /// Not from within the call that asked for it.
    fn report_later(&self, generation: u32, input: Input) {
        let client = self.clone();
        set_timeout(move || client.report(generation, input), Duration::ZERO);
    }
}

fn read(data: &JsValue) -> Input {
    if let Some(bytes) = data.dyn_ref::<Uint8Array>() {
        return match decode::<Event>(&bytes.to_vec()) {
            Ok(event) => Input::Engine(event),
            Err(error) => Input::Died(text::unreadable(&error.to_string())),
        };
    }
    let field = |name: &str| {
        Reflect::get(data, &JsValue::from_str(name))
            .ok()
            .and_then(|value| value.as_string())
    };
    Input::Died(match field("fault") {
        Some(fault) => text::trapped(&field("where").unwrap_or_default(), &fault),
        None => text::ENGINE_UNREADABLE.into(),
    })
}

/// What a JavaScript error says.
pub fn words(error: &JsValue) -> String {
    error
        .dyn_ref::<js_sys::Error>()
        .map(|error| String::from(error.message()))
        .or_else(|| error.as_string())
        .unwrap_or_else(|| format!("{error:?}"))
}

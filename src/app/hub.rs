//! Joins state and client: every input goes through here, and the page is told that it changed.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use leptos::prelude::*;
use parallax_protocol::{Compilation, Event, KernelSource, Picture, Request, Stage};
use wasm_bindgen::prelude::*;

use crate::BUILD;
use crate::client::Client;
use crate::state::{Effect, Engine, Input, Session};

/// Something that others than the page itself want to hear of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// The engine is up.
    Ready,
    /// It is not, and will not be by itself.
    EngineFailed,
    /// A run got further.
    Progress,
    /// A run is over.
    Ended,
}

/// Who hears of it; must not dispatch at once.
type Listener = Rc<dyn Fn(&Session, Moment)>;

/// Who waits for the compiler, by the request's number; `None`: the engine is gone.
type Waiting = Rc<RefCell<Vec<(u32, Box<dyn FnOnce(Option<Told>)>)>>>;

/// What the engine is asked of a kernel.
#[derive(Debug, Clone, Copy)]
pub enum Wanted {
    /// Whether it can be run.
    Verdict,
    /// All that its compiler knows, with or without what it wrote.
    Account {
        /// That too.
        listings: bool,
    },
}

/// What the compiler tells.
pub enum Told {
    /// Whether a kernel can be run.
    Compilation(Compilation),
    /// All about it, in bytes for the lab.
    Explained(Vec<u8>),
}

/// Who hears of what a kernel's rows gave: the lab, in bytes that only it reads.
type Heard = Rc<RefCell<Option<Box<dyn Fn(&[u8])>>>>;

/// The session and its client.
#[derive(Clone)]
pub struct Hub {
    /// What the page knows.
    pub session: ArcRwSignal<Session>,
    /// The frame of a film that came last. Apart from the session: nothing else is drawn anew
    /// for it.
    pub frame: ArcRwSignal<Option<Arc<Picture>>>,
    client: Rc<OnceCell<Client>>,
    /// A redraw is due at the next frame.
    due: Rc<Cell<bool>>,
    listeners: Rc<RefCell<Vec<Listener>>>,
    waiting: Waiting,
    heard: Heard,
    /// Kernels that were compiled.
    compiled: Rc<Cell<u32>>,
}

impl Hub {
    /// A new session; its engine starts at once.
    pub fn start() -> Hub {
        let hub = Hub {
            session: ArcRwSignal::new(Session::new(BUILD)),
            frame: ArcRwSignal::new(None),
            client: Rc::default(),
            due: Rc::default(),
            listeners: Rc::default(),
            waiting: Rc::default(),
            heard: Rc::default(),
            compiled: Rc::default(),
        };
        let sink = hub.clone();
        let client = hub
            .client
            .get_or_init(|| Client::new(move |input| sink.dispatch(input)));
        client.perform(vec![Effect::Start]);
        hub.watch_visibility();
        hub
    }

    /// Takes one input and does what follows from it.
    pub fn dispatch(&self, input: Input) {
        if let Input::Engine(Event::Frame {
            film,
            picture: Some(picture),
        }) = input
        {
            // Of the film that plays: one that was ended may have a frame on its way.
            if self.session.with_untracked(|session| session.film == Some(film)) {
                self.frame.set(Some(Arc::new(picture)));
            }
            return;
        }
        match input {
            Input::Engine(Event::Compiled { compile, compilation }) => {
                return self.answer(compile, Told::Compilation(compilation));
            }
            Input::Engine(Event::Lab { explain, bytes }) => {
                match explain {
                    Some(id) => self.answer(id, Told::Explained(bytes)),
                    None => {
                        if let Some(heard) = &*self.heard.borrow() {
                            heard(&bytes);
                        }
                    }
                }
                return;
            }
            _ => {}
        }
        // Samples come faster than frames: they are folded at once and drawn with the next frame.
        let can_wait = matches!(
            input,
            Input::Engine(Event::Sample { .. } | Event::Progress { .. } | Event::Stage { .. })
        );
        // While a sample is being taken nothing is drawn: drawing would take a core from it.
        // The engine pauses after each block, and what has changed is drawn then.
        let in_sample = matches!(
            input,
            Input::Engine(Event::Stage {
                stage: Stage::Sampling,
                ..
            })
        );
        let is_progress = matches!(input, Input::Engine(Event::Progress { .. } | Event::Stage { .. }));
        let before = self.session.with_untracked(state);
        let mut effects = Vec::new();
        self.session
            .update_untracked(|session| effects = session.apply(input));
        let after = self.session.with_untracked(state);
        if after.0 != Up::Yes {
            // Whatever was asked of an engine that is gone has no answer.
            for (_, answer) in self.waiting.take() {
                answer(None);
            }
        }
        if in_sample {
            // Not even soon.
        } else if can_wait {
            self.draw_soon();
        } else {
            self.session.notify();
        }
        if let Some(client) = self.client.get() {
            client.perform(effects);
        }
        match (before, after) {
            ((_, true), (_, false)) => self.tell(Moment::Ended),
            ((a, _), (b, _)) if a != b && b == Up::Yes => self.tell(Moment::Ready),
            ((a, _), (b, _)) if a != b && b == Up::No => self.tell(Moment::EngineFailed),
            // A stroke of samples is no time for scripts: they hear of it after the block.
            _ if is_progress && !in_sample => self.tell(Moment::Progress),
            _ => {}
        }
    }

    /// Asks the engine, which is up, what its compiler makes of a kernel.
    pub fn compile(
        &self,
        kernel: KernelSource,
        size: u32,
        wanted: Wanted,
        answer: impl FnOnce(Option<Told>) + 'static,
    ) {
        let id = self.compiled.get().wrapping_add(1);
        self.compiled.set(id);
        match (self.client.get(), self.session.with_untracked(state).0) {
            (Some(client), Up::Yes) => {
                self.waiting.borrow_mut().push((id, Box::new(answer)));
                client.perform(vec![Effect::Send(match wanted {
                    Wanted::Verdict => Request::Compile {
                        compile: id,
                        kernel,
                        size,
                    },
                    Wanted::Account { listings } => Request::Explain {
                        explain: id,
                        kernel,
                        size,
                        listings,
                    },
                })]);
            }
            _ => answer(None),
        }
    }

    fn answer(&self, id: u32, told: Told) {
        let found = self.waiting.borrow().iter().position(|(own, _)| *own == id);
        if let Some(found) = found {
            let (_, answer) = self.waiting.borrow_mut().remove(found);
            answer(Some(told));
        }
    }

    /// Tells this what a kernel's rows gave, from now on.
    pub fn on_kernel(&self, heard: impl Fn(&[u8]) + 'static) {
        self.heard.replace(Some(Box::new(heard)));
    }

    /// Calls this at every moment from now on.
    pub fn listen(&self, listener: impl Fn(&Session, Moment) + 'static) {
        self.listeners.borrow_mut().push(Rc::new(listener));
    }

    fn tell(&self, moment: Moment) {
        let listeners = self.listeners.borrow().clone();
        self.session.with_untracked(|session| {
            for listener in &listeners {
                listener(session, moment);
            }
        });
    }

    fn draw_soon(&self) {
        if self.due.replace(true) {
            return;
        }
        let hub = self.clone();
        request_animation_frame(move || {
            hub.due.set(false);
            hub.session.notify();
        });
    }

    fn watch_visibility(&self) {
        let Some(document) = web_sys::window().and_then(|w| w.document()) else {
            return;
        };
        if document.hidden() {
            self.dispatch(Input::Visible(false));
        }
        let hub = self.clone();
        let target = document.clone();
        // A page is hidden before it is frozen, and is shown after it is not.
        let changed = Closure::<dyn FnMut()>::new(move || {
            hub.dispatch(Input::Visible(!document.hidden()));
        });
        // Without the event the page counts as visible; nothing else depends on it.
        let _ = target.add_event_listener_with_callback("visibilitychange", changed.as_ref().unchecked_ref());
        changed.forget();
    }
}

/// Whether the engine is up.
#[derive(Clone, Copy, PartialEq)]
enum Up {
    Starting,
    Yes,
    No,
}

/// Whether the engine is up, and whether a run is on its way.
fn state(session: &Session) -> (Up, bool) {
    let up = match session.engine {
        Engine::Starting => Up::Starting,
        Engine::Ready => Up::Yes,
        Engine::Failed(_) | Engine::OtherBuild(_) => Up::No,
    };
    (up, session.is_active())
}

//! The parts of the page. Each reads the [`Page`] from its context.

mod answer;
mod ask;
mod code;
mod lesson;
mod machine;
mod masthead;
mod notices;
mod pictures;

pub use answer::Answer;
pub use ask::Ask;
pub use code::Code;
pub use lesson::Lesson;
pub use machine::Machine;
pub use masthead::Masthead;
pub use notices::Notices;
pub use pictures::Pictures;

use leptos::prelude::*;
use parallax_protocol::{Catalogue, WorkloadInfo};

use crate::form::{self, Fields, Problems, Question};
use crate::hub::Hub;
use crate::state::{Input, Session};

// Few things are memos, and of few types: each type of memo costs kilobytes of program,
// and elements compare what they are given with what they have anyway.

/// What the parts of the page share.
#[derive(Clone, Copy)]
pub struct Page {
    /// What there is to run.
    pub catalogue: StoredValue<Catalogue>,
    /// What the page knows.
    pub session: RwSignal<Session>,
    /// Takes inputs.
    pub hub: StoredValue<Hub, LocalStorage>,
    /// What stands in the form.
    pub fields: RwSignal<Fields>,
    /// The chosen workload's id.
    pub workload: Memo<String>,
    /// A run is on its way.
    pub active: Memo<bool>,
    /// A logarithmic axis is wanted.
    pub log: RwSignal<bool>,
    /// Run was pressed on a form with mistakes in it.
    pub complained: RwSignal<bool>,
    /// What was of no use in the address.
    pub problems: StoredValue<Vec<String>>,
}

impl Page {
    /// The page that this component is on.
    pub fn here() -> Page {
        expect_context()
    }

    /// Takes one input.
    pub fn dispatch(self, input: Input) {
        self.hub.with_value(|hub| hub.dispatch(input));
    }

    /// What the form asks, or what is wrong with it.
    pub fn question(self) -> Result<Question, Problems> {
        let pool = self.pool();
        self.fields
            .with(|fields| self.catalogue.with_value(|c| form::read(fields, c, pool)))
    }

    /// Threads in the pool, once that is known.
    pub fn pool(self) -> Option<u32> {
        self.session
            .with(|s| s.capabilities.as_ref().map(|c| c.pool_threads))
    }

    /// Runs what the form asks.
    pub fn run(self) {
        if self.session.with_untracked(Session::is_active) {
            return;
        }
        match untrack(|| self.question()) {
            Ok(Question { spec, backends }) => {
                self.complained.set(false);
                self.dispatch(Input::Run { spec, backends });
                show_answer();
            }
            Err(_) => self.complained.set(true),
        }
    }

    /// Something of the chosen workload.
    pub fn of_workload<T: Default>(self, read: impl FnOnce(&WorkloadInfo) -> T) -> T {
        self.workload.with(|id| {
            self.catalogue
                .with_value(|c| c.workload(id).map(read).unwrap_or_default())
        })
    }

    /// A back end's name.
    pub fn name_of(self, backend: &str) -> String {
        self.catalogue.with_value(|c| {
            c.backend(backend)
                .map_or_else(|| backend.into(), |b| b.name.clone())
        })
    }
}

/// Where the answer is below the fold, it is brought into view when a run starts.
fn show_answer() {
    let Some(answer) = document().get_element_by_id("answer") else {
        return;
    };
    let height = window()
        .inner_height()
        .ok()
        .and_then(|height| height.as_f64())
        .unwrap_or(f64::MAX);
    if answer.get_bounding_client_rect().top() > height * 0.6 {
        answer.scroll_into_view();
    }
}

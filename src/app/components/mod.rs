//! The parts of the page. Each reads the [`Page`] from its context.

mod answer;
mod ask;
mod code;
mod desk;
mod film;
mod lesson;
mod machine;
mod masthead;
mod notices;
mod over;
mod panel;
mod pictures;
mod reports;
mod share;

pub use answer::Answer;
pub use ask::Ask;
pub use code::Code;
pub use desk::Lab;
pub use film::Film;
pub use lesson::Lesson;
pub use machine::Machine;
pub use masthead::{Masthead, Views};
pub use notices::Notices;
pub use panel::Panel;
pub use pictures::Pictures;
pub use reports::Reports;
pub use share::Share;

use leptos::prelude::*;
use leptos::tachys::html::attribute::AttributeValue;
use leptos::tachys::html::attribute::custom::{CustomAttr, custom_attribute};
use parallax_protocol::{
    Catalogue, Experiment, Figures, KernelFile, KernelSource, Opened, Report, RunSpec, WorkloadInfo, utc,
};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::form::{self, Fields, Problems, Question};
use crate::hub::Hub;
use crate::report::{self, Surroundings};
use crate::state::{Input, Run, Session};
use crate::views::Views as Program;
use crate::{lab, query};

// Few things are memos, and of few types: each type of memo costs kilobytes of program,
// and elements compare what they are given with what they have anyway. Lists of elements and
// elements that may be absent are of one type too, `AnyView`: `all` and `maybe` make it.

/// A list of elements.
fn all(views: impl IntoIterator<Item = AnyView>) -> AnyView {
    views.into_iter().collect::<Vec<_>>().into_any()
}

/// An attribute by its name, as `{..named("rel", "noopener")}`. Leptos has a type for each that it
/// knows, of three quarters of a kilobyte; what stands in one place only is cheaper so.
fn named<V: AttributeValue>(name: &'static str, value: V) -> CustomAttr<&'static str, V> {
    custom_attribute(name, value)
}

/// An element, or nothing.
fn maybe(view: Option<AnyView>) -> AnyView {
    view.unwrap_or_else(|| ().into_any())
}

/// What the parts of the page share.
#[derive(Clone, Copy)]
pub struct Page {
    /// What there is to run.
    pub catalogue: StoredValue<Catalogue>,
    /// What the page knows.
    pub session: RwSignal<Session>,
    /// Takes inputs.
    pub hub: StoredValue<Hub, LocalStorage>,
    /// Makes links, files, and reports for scripts.
    pub views: Program,
    /// What stands in the form.
    pub fields: RwSignal<Fields>,
    /// The chosen workload's id.
    pub workload: Memo<String>,
    /// The chosen kind of question.
    pub experiment: Memo<Experiment>,
    /// A run is on its way.
    pub active: Memo<bool>,
    /// A logarithmic axis is wanted.
    pub log: RwSignal<bool>,
    /// Run was pressed on a form with mistakes in it.
    pub complained: RwSignal<bool>,
    /// What was of no use in the address.
    pub problems: RwSignal<Vec<String>>,
    /// Somebody else's results, or earlier ones, to compare with.
    pub theirs: RwSignal<Option<Figures>>,
    /// A kernel of the reader's own is asked about.
    pub in_lab: Memo<bool>,
    /// It came with a link, and nothing of it was changed here.
    pub came: RwSignal<bool>,
    /// The reader's own data, for the kernel's `setup`.
    pub files: StoredValue<Vec<KernelFile>>,
    /// The page stands inside another.
    pub embedded: bool,
    /// The share dialog is open.
    pub sharing: RwSignal<bool>,
    /// The last run was started with the page's own button.
    pub by_hand: RwSignal<bool>,
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
        if let Some(typed) = lab::typed().filter(|_| self.in_lab.get_untracked()) {
            // What was typed last may not have been told yet.
            self.fields.update(|fields| {
                if let Some(kernel) = fields.kernel.as_mut().filter(|kernel| kernel.text != typed) {
                    kernel.text = typed;
                }
            });
        }
        match untrack(|| self.question()) {
            Ok(Question { mut spec, .. }) => {
                if let Some(kernel) = &mut spec.kernel {
                    kernel.drawn = true;
                    kernel.files = self.files.get_value();
                }
                self.complained.set(false);
                self.start(spec);
                self.by_hand.set(true);
                show_answer();
            }
            Err(_) => self.complained.set(true),
        }
    }

    /// Runs a spec, whatever the form asks.
    pub fn start(self, spec: RunSpec) {
        self.by_hand.set(false);
        let backends = match spec.experiment {
            Experiment::Race => self.catalogue.with_value(|c| form::ladder(&spec, c)),
            // Their rows come with the plan of each stage.
            _ => Vec::new(),
        };
        let started = utc((js_sys::Date::now() / 1e3) as u64);
        self.dispatch(Input::Run {
            spec,
            backends,
            started,
        });
    }

    /// Puts a question of the chosen workload into the form, what it does not name as it is at
    /// first, and goes where it can be run. The last answer stays, and says what it is of.
    pub fn attempt(self, query: &str) {
        let of = self.workload.get_untracked();
        let query = query::parse(&format!("workload={of}&{query}"));
        let (fields, problems) = self.catalogue.with_value(|c| form::initial(&query, c));
        self.problems.set(problems);
        self.fields.set(fields);
        let run = document().query_selector("[data-testid=run]").ok().flatten();
        if let Some(run) = run.and_then(|run| run.dyn_into::<HtmlElement>().ok()) {
            // Focus brings it into view; a browser that refuses leaves the reader where they are.
            let _ = run.focus();
        }
    }

    /// Asks about the lab's kernel, or about a workload again.
    pub fn turn_to_lab(self, lab: bool) {
        if self.in_lab.get_untracked() == lab {
            return;
        }
        self.dispatch(Input::Forget);
        self.fields.update(|fields| {
            fields.kernel = lab.then(|| KernelSource {
                text: lab::typed().unwrap_or_default(),
                ..KernelSource::default()
            });
        });
        if !lab {
            let size = self.of_workload(|w| w.default_size.to_string());
            self.fields.update(|fields| fields.size = size);
        }
    }

    /// Puts a spec into the form.
    pub fn ask(self, spec: &RunSpec) {
        let fields = self.catalogue.with_value(|c| form::of_spec(spec, c));
        if self.fields.with_untracked(|now| *now != fields) {
            self.dispatch(Input::Forget);
            self.fields.set(fields);
        }
    }

    /// Shows a report beside ours, and asks what it asked.
    pub fn compare_with(self, opened: Opened) {
        if let Some(spec) = opened.spec {
            self.ask(&spec);
        }
        self.theirs.set(opened.figures);
        show_answer();
    }

    /// The report of a run.
    pub fn report(self, session: &Session, run: &Run) -> Report {
        let surroundings = Surroundings {
            user_agent: window().navigator().user_agent().unwrap_or_default(),
            visible: !document().hidden(),
        };
        self.catalogue
            .with_value(|c| report::of_run(c, session.capabilities.as_ref(), run, &surroundings))
    }

    /// The report of the last run, once it is over and has something in it.
    pub fn last_report(self) -> Option<Report> {
        self.session.with(|session| {
            let run = session.run.as_ref().filter(|run| !run.is_active())?;
            Some(self.report(session, run))
        })
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
        self.catalogue.with_value(|c| c.name_of(backend))
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

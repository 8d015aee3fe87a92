//! What there is to run, known to the page before the engine has loaded.

use crate::Form;
use serde::{Deserialize, Serialize};

/// Everything in the native registries, written at build time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Catalogue {
    /// In the order of the page's list; the first is the one shown first.
    pub workloads: Vec<WorkloadInfo>,
    /// In ladder order, slowest idea first.
    pub backends: Vec<BackendInfo>,
}

impl Catalogue {
    /// The workload with this id.
    pub fn workload(&self, id: &str) -> Option<&WorkloadInfo> {
        self.workloads.iter().find(|w| w.id == id)
    }

    /// The back end with this id, or with what stands before its `#`.
    pub fn backend(&self, id: &str) -> Option<&BackendInfo> {
        let id = crate::base_id(id);
        self.backends.iter().find(|b| b.id == id)
    }

    /// A back end's name: `scalar#2` is "Scalar #2".
    pub fn name_of(&self, id: &str) -> String {
        match self.backend(id) {
            Some(backend) => match &id[crate::base_id(id).len()..] {
                "" => backend.name.clone(),
                again => format!("{} {again}", backend.name),
            },
            None => id.into(),
        }
    }
}

/// One workload, in words and sizes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkloadInfo {
    /// Kebab-case id, for ever.
    pub id: String,
    /// As a heading.
    pub name: String,
    /// The question that it answers, one sentence.
    pub question: String,
    /// The lesson, a paragraph of plain text (from the workload's README, as the next two).
    pub lesson: String,
    /// What the moving picture shows, a sentence; `None` where nothing moves.
    pub film: Option<String>,
    /// Three things to try.
    pub tries: Vec<Try>,
    /// What the tutorial recorded, and what was wrong with it; `None` where it recorded nothing.
    pub recorded: Option<String>,
    /// What n is: "pixels along each side of the image".
    pub size_means: String,
    /// Named sizes, rising.
    pub sizes: Vec<NamedSize>,
    /// The size that the page starts with.
    pub default_size: u32,
    /// Smallest and largest n accepted.
    pub size_range: (u32, u32),
    /// How the result is checked and how exact it must be, a sentence or two.
    pub verified_by: String,
    /// The kernel in each form that there is.
    pub sources: Vec<Source>,
}

impl WorkloadInfo {
    /// The kernel's text in one form.
    pub fn source(&self, form: Form) -> Option<&Source> {
        self.sources.iter().find(|s| s.form == form)
    }
}

/// A change to the question, and what it shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Try {
    /// An order, short: "Use one thread".
    pub label: String,
    /// What it changes, in the words of the page's address: `size=128&backends=scalar,simd`.
    pub query: String,
    /// What to look for, a sentence.
    pub look_for: String,
}

/// A size with a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedSize {
    /// tiny, small, medium, large.
    pub name: String,
    /// The workload's n.
    pub n: u32,
}

impl NamedSize {
    /// The four that every workload has.
    pub fn four(sizes: [u32; 4]) -> Vec<NamedSize> {
        let names = ["tiny", "small", "medium", "large"].into_iter().zip(sizes);
        names
            .map(|(name, n)| NamedSize { name: name.into(), n })
            .collect()
    }
}

/// A kernel's text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The form it is in.
    pub form: Form,
    /// The kernel itself, without tests and plumbing.
    pub text: String,
}

/// One back end, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackendInfo {
    /// Id, for ever: `threads+simd`.
    pub id: String,
    /// As a heading: "Threads + SIMD".
    pub name: String,
    /// What it is, one short sentence.
    pub what: String,
    /// The kernel form that it runs.
    pub form: Form,
    /// What the user sees of how that form is run: "4 lanes, every pool thread".
    pub how: String,
    /// It computes in parallel threads, so a thread count applies.
    pub threaded: bool,
}

//! What this machine and this page can do, found by probing.

use serde::{Deserialize, Serialize};

/// Whether something is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Support {
    /// It is; the note qualifies it ("software adapter") where something must be said.
    Yes {
        /// What the user should know, a short sentence.
        note: Option<String>,
    },
    /// It is not.
    No {
        /// Why, and the way out where there is one.
        reason: String,
    },
}

impl Support {
    /// There, with nothing to add.
    pub const YES: Support = Support::Yes { note: None };

    /// Not there, and why.
    pub fn no(reason: impl Into<String>) -> Self {
        Support::No {
            reason: reason.into(),
        }
    }

    /// True for `Yes`.
    pub fn is_yes(&self) -> bool {
        matches!(self, Support::Yes { .. })
    }
}

/// A GPU, or what plays one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adapter {
    /// Vendor, device or driver, as far as the browser tells.
    pub name: String,
    /// It runs shaders on the CPU (SwiftShader, lavapipe): its speed says nothing about GPUs.
    pub software: bool,
    /// Largest storage buffer that a shader may bind, in bytes.
    pub max_storage_binding: u64,
}

/// One back end here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackendSupport {
    /// Back end id.
    pub backend: String,
    /// Whether it can run here.
    pub support: Support,
}

/// What sharing work among the pool's threads costs by itself.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Overhead {
    /// Microseconds from the call of all threads to the answer that they have done nothing.
    pub dispatch_us: f64,
    /// The same for each further run of threads that are awake: samples are made of such runs.
    pub barrier_us: f64,
}

/// What the engine found when it started.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Capabilities {
    /// The engine's build id; the page compares it with its own.
    pub build: String,
    /// Logical cores that the browser reports.
    pub cores: u32,
    /// Threads in the pool; 0 when there is none.
    pub pool_threads: u32,
    /// Milliseconds that the engine's program took to fetch and compile; `None` natively.
    pub engine_load_ms: Option<f64>,
    /// Milliseconds that the pool took to start; `None` without a pool.
    pub pool_start_ms: Option<f64>,
    /// Cost of an empty parallel run; `None` without a pool.
    pub overhead: Option<Overhead>,
    /// `crossOriginIsolated`: without it there is no shared memory and so no pool.
    pub isolated: bool,
    /// Smallest step of `performance.now()` seen, in microseconds.
    pub timer_resolution_us: f64,
    /// The GPU, if any.
    pub adapter: Option<Adapter>,
    /// Every back end of the registry, in ladder order.
    pub backends: Vec<BackendSupport>,
}

impl Capabilities {
    /// What is known of one back end.
    pub fn backend(&self, id: &str) -> Option<&Support> {
        let id = crate::base_id(id);
        self.backends.iter().find(|b| b.backend == id).map(|b| &b.support)
    }
}

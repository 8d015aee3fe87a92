//! What a machine can do, as `window.parallax.ready` tells it: parallax.d.ts has the same fields.

use parallax_protocol::{AdapterName, Capabilities, Catalogue, Experiment, Form, NamedSize, Support};
use serde::Serialize;

/// The machine, with what there is to run on it.
#[derive(Debug, Serialize)]
pub struct Capable<'a> {
    build: &'a str,
    cores: u32,
    pool_threads: u32,
    isolated: bool,
    timer_resolution_us: f64,
    adapter: Option<AdapterName>,
    experiments: [Experiment; 7],
    backends: Vec<Backend<'a>>,
    workloads: Vec<Workload<'a>>,
}

#[derive(Debug, Serialize)]
struct Backend<'a> {
    id: &'a str,
    name: &'a str,
    form: Form,
    supported: bool,
    note: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct Workload<'a> {
    id: &'a str,
    name: &'a str,
    default_size: u32,
    size_range: (u32, u32),
    sizes: &'a [NamedSize],
}

/// Both put together.
pub fn capable<'a>(catalogue: &'a Catalogue, c: &'a Capabilities) -> Capable<'a> {
    let backends = catalogue.backends.iter().map(|b| {
        let (supported, note) = match c.backend(&b.id) {
            Some(Support::Yes { note }) => (true, note.as_deref()),
            Some(Support::No { reason }) => (false, Some(reason.as_str())),
            None => (false, None),
        };
        Backend {
            id: &b.id,
            name: &b.name,
            form: b.form,
            supported,
            note,
        }
    });
    let workloads = catalogue.workloads.iter().map(|w| Workload {
        id: &w.id,
        name: &w.name,
        default_size: w.default_size,
        size_range: w.size_range,
        sizes: &w.sizes,
    });
    Capable {
        build: &c.build,
        cores: c.cores,
        pool_threads: c.pool_threads,
        isolated: c.isolated,
        timer_resolution_us: c.timer_resolution_us,
        adapter: c.adapter.as_ref().map(|a| AdapterName {
            name: a.name.clone(),
            software: a.software,
        }),
        experiments: Experiment::ALL,
        backends: backends.collect(),
        workloads: workloads.collect(),
    }
}

//! Every workload on every back end, in a browser: a dedicated Worker, a real pool of Web
//! Workers, real WebGPU.
#![cfg(target_arch = "wasm32")]

mod common;

use common::{Failure, cases};
use parallax::backends::host::{BrowserHost, Host, timer_resolution_us};
use parallax::backends::{GpuSlot, Machine, Pool};
use parallax::engine::Control;
use parallax::protocol::{Event, RunSpec, reported_id};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = navigator, js_name = hardwareConcurrency, thread_local_v2)]
    static CORES: f64;
}

thread_local! {
    /// The pool can be started once per instance, so all tests share it.
    static POOL: Cell<usize> = const { Cell::new(0) };
}

async fn machine() -> Machine {
    let host = Rc::new(BrowserHost);
    let cores = CORES.with(|cores| *cores) as usize;
    if POOL.get() == 0 {
        POOL.set(cores.max(2));
        let started = JsFuture::from(wasm_bindgen_rayon::init_thread_pool(POOL.get())).await;
        started.expect("the pool starts");
    }
    Machine {
        cores,
        isolated: true,
        pool: Pool::Threads(POOL.get()),
        memory: None,
        compiled: Default::default(),
        gpu: GpuSlot::probe(&*host).await,
        host,
    }
}

/// All of one back end's cases: the browser's harness knows no tests made at run time.
async fn conforms(test: &str, backend: &str) {
    let machine = machine().await;
    let mut wrong = Vec::new();
    let mut checked = 0;
    for case in cases()
        .into_iter()
        .filter(|case| case.backend.info().id == backend)
    {
        match case.check(&machine).await {
            Ok(()) => checked += 1,
            Err(Failure::Wrong(what)) => wrong.push(format!("{}: {what}", case.name())),
            Err(Failure::Skipped(reason)) => return console_log!("SKIPPED {test}: {reason}"),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(
        checked > 0,
        "no case for {backend}: does the registry still have it?"
    );
    console_log!("{checked} cases on {backend}");
}

#[wasm_bindgen_test]
async fn scalar_conforms() {
    conforms("scalar_conforms", "scalar").await;
}

#[wasm_bindgen_test]
async fn simd_conforms() {
    conforms("simd_conforms", "simd").await;
}

#[wasm_bindgen_test]
async fn threads_conform() {
    conforms("threads_conform", "threads").await;
}

#[wasm_bindgen_test]
async fn threads_with_simd_conform() {
    conforms("threads_with_simd_conform", "threads+simd").await;
}

#[wasm_bindgen_test]
async fn gpu_conforms() {
    conforms("gpu_conforms", "gpu").await;
}

#[wasm_bindgen_test]
async fn the_interpreter_conforms() {
    conforms("the_interpreter_conforms", "interpreter").await;
}

#[wasm_bindgen_test]
async fn scalar_from_python_conforms() {
    conforms("scalar_from_python_conforms", "scalar:python").await;
}

#[wasm_bindgen_test]
async fn simd_from_python_conforms() {
    conforms("simd_from_python_conforms", "simd:python").await;
}

#[wasm_bindgen_test]
async fn threads_from_python_conform() {
    conforms("threads_from_python_conform", "threads:python").await;
}

#[wasm_bindgen_test]
async fn threads_with_simd_from_python_conform() {
    conforms("threads_with_simd_from_python_conform", "threads+simd:python").await;
}

#[wasm_bindgen_test]
async fn gpu_from_python_conforms() {
    conforms("gpu_from_python_conforms", "gpu:python").await;
}

/// The only one that cannot run here.
const SITE_ONLY: &str = "javascript";

#[wasm_bindgen_test]
fn javascript_conforms() {
    console_log!(
        "SKIPPED javascript_conforms: its modules are files of the built site, which this harness \
         does not serve; tests/e2e/javascript.rs runs them there"
    );
}

#[wasm_bindgen_test]
fn every_back_end_has_a_test_here() {
    let here = [
        SITE_ONLY,
        "interpreter",
        "scalar",
        "simd",
        "threads",
        "threads+simd",
        "gpu",
    ];
    for backend in parallax::backends::registry() {
        assert!(
            here.contains(&reported_id(&backend.info().id).as_str()),
            "{} has none",
            backend.info().id
        );
    }
}

#[wasm_bindgen_test]
async fn a_whole_race_runs_in_a_worker() {
    let machine = machine().await;
    let events = RefCell::new(Vec::new());
    let backends = parallax::backends::registry().iter().map(|b| b.info().id);
    let backends = backends.filter(|id| id != SITE_ONLY).collect();
    let spec = RunSpec {
        budget_s: 0.5,
        backends,
        ..RunSpec::race("mandelbrot", 100)
    };
    let resolution = timer_resolution_us(&BrowserHost);
    let emit = |event| events.borrow_mut().push(event);
    parallax::engine::run(&machine, resolution, 1, spec, &Control::new(false), &emit).await;
    let events = events.into_inner();
    let failed = events.iter().find(|e| matches!(e, Event::Failed { .. }));
    assert!(failed.is_none(), "{failed:?}");
    let of = |id: &str| {
        let own = |e: &&Event| matches!(e, Event::Sample { backend, .. } if backend == id);
        events.iter().filter(own).count()
    };
    assert!(of("scalar") > 0);
    assert_eq!(of("scalar"), of("threads+simd"));
}

/// The engine's thread stays free while the pool works: a timer fires during a long run.
#[wasm_bindgen_test]
async fn the_engines_thread_is_not_blocked_by_a_run() {
    let machine = machine().await;
    let fired = Rc::new(Cell::new(0));
    let done = Rc::new(Cell::new(false));
    let (counter, over) = (Rc::clone(&fired), Rc::clone(&done));
    wasm_bindgen_futures::spawn_local(async move {
        while !over.get() {
            BrowserHost.sleep(5).await;
            counter.set(counter.get() + 1);
        }
    });
    let spec = RunSpec {
        budget_s: 0.2,
        backends: vec!["scalar".into()],
        ..RunSpec::race("mandelbrot", 1024)
    };
    parallax::engine::run(&machine, 5.0, 1, spec, &Control::new(false), &|_| {}).await;
    done.set(true);
    assert!(
        fired.get() >= 10,
        "the timer fired {} times in a run of 0.4 s or more",
        fired.get()
    );
}

//! A race on this machine's own CPU, without a browser: the same engine, registries and
//! measuring as in the page. What wasm costs is the difference.
//!
//! `cargo run --release -p parallax-engine --no-default-features --example race -- --json SPEC`
//! with the spec that `window.parallax.run` takes, as JSON, prints the same report; faults go
//! to stderr. `cargo xtask bench --native` builds and calls it.

use parallax_backends::host::{NativeHost, timer_resolution_us};
use parallax_backends::{Machine, Pool, overhead};
use parallax_engine::Control;
use parallax_protocol::{
    Asked, Catalogue, Cold, Environment, Event, GpuMs, Outcome, OutputOf, PlanRow, Quantity, Report,
    ResultStatus, RunSpec, SCHEMA, Sample, Sampled, Support, Timeline, Verification, utc,
};
use parallax_stats::{Measured, analyze};
use std::cell::RefCell;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::{SystemTime, UNIX_EPOCH};

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let (Some("--json"), Some(spec)) = (args.next().as_deref(), args.next()) else {
        eprintln!("race --json '{{\"workload\": \"mandelbrot\", \"size\": 512}}'");
        return ExitCode::from(2);
    };
    match read(&spec).map(race) {
        Ok((report, well)) => match serde_json::to_string(&report) {
            Ok(json) => {
                println!("{json}");
                if well {
                    ExitCode::SUCCESS
                } else {
                    ExitCode::FAILURE
                }
            }
            Err(error) => failed(&error.to_string()),
        },
        Err(why) => failed(&why),
    }
}

fn failed(why: &str) -> ExitCode {
    eprintln!("error: {why}");
    ExitCode::from(2)
}

fn read(spec: &str) -> Result<RunSpec, String> {
    let asked: Asked = serde_json::from_str(spec).map_err(|error| error.to_string())?;
    let catalogue = Catalogue {
        workloads: parallax_workloads::registry().iter().map(|w| w.info()).collect(),
        backends: parallax_backends::registry().iter().map(|b| b.info()).collect(),
    };
    asked.resolve(&catalogue).map_err(|error| error.to_string())
}

/// One row as it comes to be.
struct Row {
    plan: PlanRow,
    status: ResultStatus,
    reason: Option<String>,
    verification: Option<Verification>,
    cold: Option<Cold>,
    samples: Vec<Sample>,
    gpu: Option<GpuMs>,
    imbalance: Option<f64>,
    sampled: Option<Sampled>,
    outputs: Option<Vec<OutputOf>>,
    notes: Vec<String>,
}

impl Row {
    fn new(row: PlanRow) -> Row {
        let (status, reason, notes) = match row.support.clone() {
            Support::Yes { note } => (ResultStatus::Ok, None, note.into_iter().collect()),
            Support::No { reason } => (ResultStatus::Skipped, Some(reason), Vec::new()),
        };
        Row {
            plan: row,
            status,
            reason,
            verification: None,
            cold: None,
            samples: Vec::new(),
            gpu: None,
            imbalance: None,
            sampled: None,
            outputs: None,
            notes,
        }
    }
}

/// What the events add up to.
#[derive(Default)]
struct Fold {
    rows: Vec<Row>,
    quantities: Vec<Quantity>,
    timelines: Vec<Timeline>,
    /// A fault of no row in particular.
    fault: Option<String>,
}

impl Fold {
    fn row(&mut self, id: &str) -> Option<&mut Row> {
        self.rows.iter_mut().find(|row| row.plan.backend == id)
    }

    fn hear(&mut self, event: Event) {
        match event {
            Event::Planned { plan, .. } => {
                for planned in plan.rows {
                    let new = Row::new(planned);
                    match self.row(&new.plan.backend) {
                        // Left out after all: what it has shown so far stays.
                        Some(row) => (row.status, row.reason) = (new.status, new.reason),
                        None => self.rows.push(new),
                    }
                }
            }
            Event::Outputs { backend, outputs, .. } => {
                if let Some(row) = self.row(&backend) {
                    row.outputs = Some(outputs);
                }
            }
            Event::Sampled { backend, sampled, .. } => {
                if let Some(row) = self.row(&backend) {
                    row.sampled = Some(sampled);
                }
            }
            Event::Verified {
                backend,
                verification,
                cold,
                ..
            } => {
                if let Some(row) = self.row(&backend) {
                    if !verification.ok {
                        row.status = ResultStatus::Wrong;
                        row.reason = Some(format!("{verification:?}"));
                    }
                    row.verification = Some(verification);
                    row.cold = Some(cold);
                }
            }
            Event::Sample { backend, sample, .. } => {
                if let Some(row) = self.row(&backend) {
                    row.samples.push(sample);
                }
            }
            Event::GpuParts { backend, parts, .. } => {
                if let Some(row) = self.row(&backend) {
                    row.gpu = Some(parts);
                }
            }
            Event::Imbalance {
                backend, imbalance, ..
            } => {
                if let Some(row) = self.row(&backend) {
                    row.imbalance = Some(imbalance);
                }
            }
            Event::Timeline { timeline, .. } => self.timelines.push(timeline),
            Event::Quantity { quantity, .. } => self.quantities.push(quantity),
            Event::Note { backend, text, .. } => {
                if let Some(row) = self.row(&backend) {
                    row.notes.push(text);
                }
            }
            Event::Failed { fault, .. } => {
                for diagnosis in &fault.diagnostics {
                    eprintln!("{}", diagnosis.rendered);
                }
                match fault.backend.as_deref().and_then(|id| self.row(id)) {
                    Some(row) => {
                        row.status = ResultStatus::Failed;
                        row.reason = Some(fault.message);
                    }
                    None => self.fault = Some(fault.message),
                }
            }
            Event::Finished { outcome, .. } if outcome != Outcome::Settled => {
                eprintln!("ended: {outcome:?}");
            }
            _ => {}
        }
    }
}

/// Runs the race; false if anything was wrong or failed.
fn race(spec: RunSpec) -> (Report, bool) {
    // Rayon's own number: a team larger than the pool would wait for itself.
    let cores = rayon::current_num_threads();
    let host = Rc::new(NativeHost::new());
    let machine = Machine {
        cores,
        isolated: true,
        pool: Pool::Threads(cores),
        memory: None,
        compiled: Default::default(),
        #[cfg(feature = "gpu")]
        gpu: pollster::block_on(parallax_backends::GpuSlot::probe(&*host)),
        host: Rc::clone(&host) as _,
    };
    let started = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |d| d.as_secs());
    let resolution = timer_resolution_us(&*host);
    let overhead = pollster::block_on(overhead(&machine.pool, &*host));
    let fold = RefCell::<Fold>::default();
    pollster::block_on(parallax_engine::run(
        &machine,
        resolution,
        1,
        spec.clone(),
        &Control::new(false),
        &|event| fold.borrow_mut().hear(event),
    ));
    let fold = fold.into_inner();
    if let Some(fault) = &fold.fault {
        eprintln!("error: {fault}");
    }
    let measured = fold.rows.iter().map(|row| Measured {
        plan: &row.plan,
        status: row.status,
        reason: row.reason.clone(),
        verification: row.verification.as_ref(),
        cold: row.cold,
        samples: &row.samples,
        job: 1,
        gpu: row.gpu,
        imbalance: row.imbalance,
        sampled: row.sampled,
        software_gpu: row.notes.iter().any(|note| parallax_stats::is_software(note)),
        notes: &row.notes,
    });
    let measured: Vec<Measured> = measured.collect();
    let mut results = analyze(&measured);
    for (result, row) in results.iter_mut().zip(&fold.rows) {
        result.place = "native".into();
        result.outputs = row.outputs.clone();
    }
    let bad = |status| matches!(status, ResultStatus::Wrong | ResultStatus::Failed);
    let well = fold.fault.is_none() && results.iter().all(|row| !bad(row.status));
    let report = Report {
        schema: SCHEMA,
        spec: Asked::from(&spec),
        environment: Environment {
            build: option_env!("PARALLAX_BUILD").unwrap_or("dev").into(),
            user_agent: format!("native {} {}", std::env::consts::OS, std::env::consts::ARCH),
            cores: cores as u32,
            pool_threads: cores as u32,
            engine_load_ms: None,
            pool_start_ms: None,
            dispatch_us: overhead.map(|o| o.dispatch_us),
            barrier_us: overhead.map(|o| o.barrier_us),
            isolated: true,
            timer_resolution_us: resolution,
            adapter: None,
            visible: true,
            started: utc(started),
        },
        results,
        quantities: fold.quantities,
        timelines: fold.timelines,
        findings: Vec::new(),
    };
    (report, well)
}

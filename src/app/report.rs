//! The report of a run: what is exported, kept, sent, and given to scripts.

use parallax_protocol::{
    AdapterName, Asked, Capabilities, Catalogue, Environment, Form, PlanRow, Report, ResultRow, ResultStatus,
    SCHEMA, reported_id,
};
use parallax_stats::{BASELINE, Measured, analyze};

use crate::BUILD;
use crate::state::{Row, RowStatus, Run};

/// What only the browser knows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Surroundings {
    /// `navigator.userAgent`.
    pub user_agent: String,
    /// The page is visible.
    pub visible: bool,
}

/// The rows of a run, as far as it has got.
pub fn rows(catalogue: &Catalogue, capabilities: Option<&Capabilities>, run: &Run) -> Vec<ResultRow> {
    let baseline = run.spec.baseline(BASELINE);
    let plan = |row: &Row| {
        let form = catalogue.backend(&row.id).map_or(Form::Rust, |b| b.form);
        let planned = row.plan.clone();
        planned.unwrap_or_else(|| PlanRow {
            against: (row.id != baseline).then(|| baseline.clone()),
            ..PlanRow::waiting(&row.id, &run.spec, form)
        })
    };
    let plans: Vec<PlanRow> = run.rows.iter().map(plan).collect();
    let measured = run.rows.iter().zip(&plans).map(|(row, plan)| Measured {
        plan,
        status: status(run, row),
        reason: row.reason.clone(),
        verification: row.verification.as_ref(),
        cold: row.cold,
        samples: &row.samples,
        job: row.samples_job,
        gpu: row.gpu,
        imbalance: row.imbalance,
        sampled: row.sampled,
        software_gpu: is_software_gpu(catalogue, capabilities, &row.id),
        notes: &row.notes,
    });
    let measured: Vec<Measured> = measured.collect();
    analyze(&measured)
}

/// The whole report.
pub fn of_run(
    catalogue: &Catalogue,
    capabilities: Option<&Capabilities>,
    run: &Run,
    surroundings: &Surroundings,
) -> Report {
    let c = capabilities;
    Report {
        schema: SCHEMA,
        spec: Asked::from(&run.spec),
        environment: Environment {
            build: BUILD.into(),
            user_agent: surroundings.user_agent.clone(),
            cores: c.map_or(0, |c| c.cores),
            pool_threads: c.map_or(0, |c| c.pool_threads),
            engine_load_ms: c.and_then(|c| c.engine_load_ms),
            pool_start_ms: c.and_then(|c| c.pool_start_ms),
            dispatch_us: c.and_then(|c| c.overhead).map(|o| o.dispatch_us),
            barrier_us: c.and_then(|c| c.overhead).map(|o| o.barrier_us),
            isolated: c.is_some_and(|c| c.isolated),
            timer_resolution_us: c.map_or(0.0, |c| c.timer_resolution_us),
            adapter: c.and_then(|c| c.adapter.as_ref()).map(|a| AdapterName {
                name: a.name.clone(),
                software: a.software,
            }),
            visible: surroundings.visible,
            started: run.started.clone(),
        },
        results: rows(catalogue, capabilities, run)
            .into_iter()
            .zip(&run.rows)
            .map(|(result, row)| ResultRow {
                outputs: row.outputs.clone(),
                diagnostics: (!row.diagnostics.is_empty()).then(|| row.diagnostics.clone()),
                ..result
            })
            .collect(),
        quantities: run.quantities.clone(),
        timelines: run.timelines.clone(),
        findings: Vec::new(),
    }
}

/// The back end's GPU is the CPU in disguise.
pub fn is_software_gpu(catalogue: &Catalogue, capabilities: Option<&Capabilities>, id: &str) -> bool {
    let on_gpu = catalogue.backend(id).is_some_and(|b| reported_id(&b.id) == "gpu");
    let adapter = capabilities.and_then(|c| c.adapter.as_ref());
    on_gpu && adapter.is_some_and(|a| a.software)
}

fn status(run: &Run, row: &Row) -> ResultStatus {
    match row.status {
        RowStatus::Wrong => ResultStatus::Wrong,
        RowStatus::Skipped => ResultStatus::Skipped,
        RowStatus::Failed => ResultStatus::Failed,
        RowStatus::Ok => ResultStatus::Ok,
        // While it runs its figures are those of a row that will be well.
        _ if run.is_active() => ResultStatus::Ok,
        _ => ResultStatus::Stopped,
    }
}

//! Conformance, one body for all machines: every workload on every back end, tiny and odd
//! sizes, whole outputs against the reference. Run natively by `conformance.rs` and in
//! Chromium by `browser.rs`.

use parallax::backends::{Backend, BackendError, Machine, Order, StopFlag, Team};
use parallax::protocol::Support;
use parallax::workloads::{Output, Problem, Workload};
use std::sync::Arc;

/// Sizes that divide by nothing: edges of tiles, lanes and workgroups.
const ODD_SIZES: [u32; 5] = [1, 7, 33, 67, 129];

/// One thing to check.
#[derive(Clone)]
pub struct Case {
    pub workload: &'static dyn Workload,
    pub backend: &'static dyn Backend,
    pub size: u32,
}

/// How a check ended, other than well.
#[derive(Debug)]
pub enum Failure {
    /// It could not be made here, and why.
    Skipped(String),
    /// It was made and failed.
    Wrong(String),
}

impl From<BackendError> for Failure {
    fn from(error: BackendError) -> Self {
        Failure::Wrong(error.to_string())
    }
}

/// Every workload, back end and size.
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for &workload in parallax::workloads::registry() {
        let tiny = workload.info().sizes[0].n;
        for &backend in parallax::backends::registry() {
            for size in ODD_SIZES.into_iter().chain([tiny]) {
                cases.push(Case {
                    workload,
                    backend,
                    size,
                });
            }
        }
    }
    cases
}

impl Case {
    /// `mandelbrot/threads+simd/67`
    pub fn name(&self) -> String {
        format!(
            "{}/{}/{}",
            self.workload.info().id,
            self.backend.info().id,
            self.size
        )
    }

    /// Runs it three times (what is left over from one run must not show in the next) and
    /// compares every element.
    pub async fn check(&self, machine: &Machine) -> Result<(), Failure> {
        let problem = self.workload.problem(self.size, 42);
        let problem = problem.map_err(|e| Failure::Wrong(e.to_string()))?;
        let problem: Arc<dyn Problem> = Arc::from(problem);
        for support in [self.backend.probe(machine), self.backend.fits(machine, &*problem)] {
            if let Support::No { reason } = support {
                return Err(Failure::Skipped(reason));
            }
        }
        let order = Order {
            threads: machine.pool.threads(),
            stop: StopFlag::new(),
            inject: None,
        };
        let mut prepared = self.backend.prepare(machine, Arc::clone(&problem), order).await?;
        prepared.run(1).await?;
        prepared.run(2).await?;
        let got = prepared.output().await?;
        let reference = reference(machine, &*problem).await?;
        let verification = problem.verify(&reference, &got, self.backend.arithmetic());
        if !verification.ok {
            return Err(Failure::Wrong(format!("{verification:?}")));
        }
        // The comparison itself must be able to fail: an output of another size is wrong.
        if problem
            .verify(&reference, &Output::F32(vec![0.0]), self.backend.arithmetic())
            .ok
            && got.len() > 1
        {
            return Err(Failure::Wrong("an output of one zero passed for right".into()));
        }
        Ok(())
    }
}

async fn reference(machine: &Machine, problem: &dyn Problem) -> Result<Output, Failure> {
    let kernel = problem.reference().map_err(|e| Failure::Wrong(e.to_string()))?;
    let mut kernel: Arc<dyn parallax::workloads::Kernel> = Arc::from(kernel);
    let team = Team::run(
        &machine.pool,
        Arc::clone(&kernel),
        machine.pool.threads(),
        1,
        StopFlag::new(),
        None,
    );
    team.await?;
    let kernel =
        Arc::get_mut(&mut kernel).ok_or_else(|| Failure::Wrong("the reference is still in use".into()))?;
    kernel.output().map_err(|e| Failure::Wrong(e.to_string()))
}

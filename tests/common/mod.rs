//! Conformance, one body for all machines: every workload on every back end, tiny and odd
//! sizes, whole outputs against the reference. Run natively by `conformance.rs` and in
//! Chromium by `browser.rs`.

use parallax::backends::{Backend, BackendError, Deal, Job, Machine, Order, StopFlag, Team};
use parallax::protocol::{Schedule, Support};
use parallax::workloads::{Output, Problem, Workload};
use std::sync::Arc;

/// Sizes that divide by nothing: edges of tiles, lanes and workgroups.
const ODD_SIZES: [u32; 5] = [1, 7, 33, 67, 129];

/// Ways to deal out items, beside the usual one.
const DEALS: [(Schedule, Option<f64>); 4] = [
    (Schedule::Static, None),
    (Schedule::Static, Some(0.3)),
    (Schedule::Dynamic, Some(0.01)),
    (Schedule::Guided, Some(0.7)),
];

/// One thing to check.
#[derive(Clone)]
pub struct Case {
    pub workload: &'static dyn Workload,
    pub backend: &'static dyn Backend,
    pub size: u32,
    pub seed: u64,
    pub deal: Deal,
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
            let sizes = ODD_SIZES.into_iter().chain([tiny]).map(|size| (size, 42));
            // Seed 0 may be a special one (heat's is a wave with a known decay).
            for (size, seed) in sizes.chain([(200, 0), (200, u64::MAX)]) {
                cases.push(Case {
                    workload,
                    backend,
                    size,
                    seed,
                    deal: Deal::default(),
                });
            }
            // Items may come in any ranges, also in ones that no chunk of the kernel's own has.
            for (schedule, chunk) in DEALS.into_iter().filter(|_| backend.info().threaded) {
                cases.push(Case {
                    workload,
                    backend,
                    size: 129,
                    seed: 42,
                    deal: Deal { schedule, chunk },
                });
            }
        }
    }
    cases
}

impl Case {
    /// `mandelbrot/threads+simd/67`, the seed behind it if it is a special one.
    pub fn name(&self) -> String {
        let (workload, backend) = (self.workload.info().id, self.backend.info().id);
        let seed = match self.seed {
            42 => String::new(),
            seed => format!("/seed {seed}"),
        };
        let deal = match self.deal {
            deal if deal == Deal::default() => String::new(),
            Deal {
                schedule,
                chunk: None,
            } => format!("/{}", schedule.name()),
            Deal {
                schedule,
                chunk: Some(chunk),
            } => format!("/{} x{chunk}", schedule.name()),
        };
        format!("{workload}/{backend}/{}{seed}{deal}", self.size)
    }

    /// What one run gives, unchecked.
    #[allow(dead_code)] // Natively only.
    pub async fn output(&self, machine: &Machine) -> Result<Output, Failure> {
        let problem = self.workload.problem(self.size, self.seed);
        let problem = problem.map_err(|e| Failure::Wrong(e.to_string()))?;
        self.run(machine, Arc::from(problem), &[1]).await
    }

    /// Prepares it and runs so many batches of so many runs.
    async fn run(
        &self,
        machine: &Machine,
        problem: Arc<dyn Problem>,
        batches: &[u32],
    ) -> Result<Output, Failure> {
        let order = Order {
            threads: machine.pool.threads(),
            deal: self.deal,
            stop: StopFlag::new(),
            inject: None,
        };
        let mut prepared = self.backend.prepare(machine, problem, order).await?;
        for &runs in batches {
            prepared.run(runs).await?;
        }
        Ok(prepared.output().await?)
    }

    /// Runs it three times (what is left over from one run must not show in the next) and
    /// compares every element.
    pub async fn check(&self, machine: &Machine) -> Result<(), Failure> {
        let problem = self.workload.problem(self.size, self.seed);
        let problem = problem.map_err(|e| Failure::Wrong(e.to_string()))?;
        let problem: Arc<dyn Problem> = Arc::from(problem);
        for support in [self.backend.probe(machine), self.backend.fits(machine, &*problem)] {
            if let Support::No { reason } = support {
                return Err(Failure::Skipped(reason));
            }
        }
        let got = self.run(machine, Arc::clone(&problem), &[1, 2]).await?;
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
    let job = Job::new(machine.pool.threads(), 1, StopFlag::new());
    Team::run(&machine.pool, Arc::clone(&kernel), job).await?;
    let kernel =
        Arc::get_mut(&mut kernel).ok_or_else(|| Failure::Wrong("the reference is still in use".into()))?;
    kernel.output().map_err(|e| Failure::Wrong(e.to_string()))
}

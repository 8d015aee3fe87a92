//! The GPU, through WebGPU: in the browser the page's own, natively whatever Vulkan,
//! Metal or Direct3D offers, with the same shaders.

#[cfg(feature = "gpu")]
pub(crate) mod bands;
#[cfg(feature = "gpu")]
pub(crate) mod clock;
#[cfg(feature = "gpu")]
pub(crate) mod device;
#[cfg(feature = "gpu")]
pub(crate) mod link;
#[cfg(feature = "gpu")]
pub(crate) mod parts;
#[cfg(feature = "gpu")]
mod run;

#[cfg(feature = "gpu")]
pub use device::GpuSlot;

use crate::{Backend, BackendError, Machine, Order, Prepared};
use futures_util::future::LocalBoxFuture;
use parallax_protocol::{BackendInfo, Form, Support};
use parallax_workloads::{Arithmetic, Problem};
use std::sync::Arc;

/// The registry's entry.
pub struct Gpu;

impl Backend for Gpu {
    fn info(&self) -> BackendInfo {
        BackendInfo {
            id: "gpu".into(),
            name: "GPU".into(),
            what: "a WebGPU compute shader; upload and read-back included".into(),
            form: Form::Wgsl,
            how: "thousands of invocations in workgroups".into(),
            threaded: false,
        }
    }

    fn arithmetic(&self) -> Arithmetic {
        Arithmetic::Relaxed
    }

    #[cfg(feature = "gpu")]
    fn probe(&self, machine: &Machine) -> Support {
        machine.gpu.support()
    }

    #[cfg(feature = "gpu")]
    fn fits(&self, machine: &Machine, problem: &dyn Problem) -> Support {
        run::fits(&machine.gpu, &problem.gpu())
    }

    #[cfg(feature = "gpu")]
    fn prepare<'a>(
        &'a self,
        machine: &'a Machine,
        problem: Arc<dyn Problem>,
        order: Order,
    ) -> LocalBoxFuture<'a, Result<Box<dyn Prepared>, BackendError>> {
        Box::pin(run::prepare(machine, problem, order))
    }

    #[cfg(not(feature = "gpu"))]
    fn probe(&self, _machine: &Machine) -> Support {
        Support::no("this build has no GPU support")
    }

    #[cfg(not(feature = "gpu"))]
    fn prepare<'a>(
        &'a self,
        _machine: &'a Machine,
        _problem: Arc<dyn Problem>,
        _order: Order,
    ) -> LocalBoxFuture<'a, Result<Box<dyn Prepared>, BackendError>> {
        Box::pin(async {
            Err(BackendError::Gpu {
                what: "work",
                message: "this build has no GPU support".into(),
            })
        })
    }
}

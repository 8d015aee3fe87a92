//! Plain JavaScript: what everybody would write first, and the answer to "is wasm worth it
//! at all?". Each workload brings a static module (`kernel.js`), which runs over typed
//! arrays in a Worker of its own.

#[cfg(target_arch = "wasm32")]
pub(crate) mod browser;

use crate::{Backend, BackendError, Machine, Order, Prepared};
use futures_util::future::LocalBoxFuture;
use parallax_protocol::{BackendInfo, Form, Support};
use parallax_workloads::Problem;
use std::sync::Arc;

/// The registry's entry.
pub struct JavaScript;

impl Backend for JavaScript {
    fn info(&self) -> BackendInfo {
        BackendInfo {
            id: "javascript".into(),
            name: "JavaScript".into(),
            what: "plain JavaScript over typed arrays, one thread".into(),
            form: Form::JavaScript,
            how: "doubles or 32-bit integers, one thread".into(),
            threaded: false,
        }
    }

    #[cfg(target_arch = "wasm32")]
    fn probe(&self, _machine: &Machine) -> Support {
        browser::support()
    }

    #[cfg(target_arch = "wasm32")]
    fn prepare<'a>(
        &'a self,
        machine: &'a Machine,
        problem: Arc<dyn Problem>,
        order: Order,
    ) -> LocalBoxFuture<'a, Result<Box<dyn Prepared>, BackendError>> {
        Box::pin(browser::prepare(machine, problem, order))
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn probe(&self, _machine: &Machine) -> Support {
        Support::no(NOT_HERE)
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn prepare<'a>(
        &'a self,
        _machine: &'a Machine,
        _problem: Arc<dyn Problem>,
        _order: Order,
    ) -> LocalBoxFuture<'a, Result<Box<dyn Prepared>, BackendError>> {
        Box::pin(async {
            Err(BackendError::JavaScript {
                what: "did not start",
                message: NOT_HERE.into(),
            })
        })
    }
}

/// No engine for it is linked natively, and another one would be another contestant.
#[cfg(not(target_arch = "wasm32"))]
const NOT_HERE: &str = "JavaScript runs in a browser";

//! The GPU.
use crate::{BackendError, Machine, Order, Prepared};
use parallax_workloads::Problem;
use std::sync::Arc;
pub async fn prepare(
    _m: &Machine,
    _p: Arc<dyn Problem>,
    _o: Order,
) -> Result<Box<dyn Prepared>, BackendError> {
    Err(super::left_out("soon"))
}

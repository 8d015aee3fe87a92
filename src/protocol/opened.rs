//! What was read from outside, on its way to the page.

use crate::{Report, RunSpec};
use serde::{Deserialize, Serialize};

/// What a link, a file or an entry of the history asks and holds, read and checked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Opened {
    /// The question; `None` if it cannot be asked here.
    pub spec: Option<RunSpec>,
    /// The figures that came with it.
    pub results: Option<Report>,
}

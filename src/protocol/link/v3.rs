//! Version 3, released and frozen: version 2 with a kernel of one's own. Nothing below may change but
//! names.

use super::{Link as Opened, LinkError, v2};
use crate::{KernelSource, Report, RunSpec};
use serde::{Deserialize, Serialize};

pub const VERSION: char = '3';

#[derive(Serialize, Deserialize)]
pub struct Link {
    rest: v2::Link,
    text: String,
    entry: Option<String>,
    narrow: bool,
}

impl Link {
    /// What is put into the link.
    pub fn of(spec: &RunSpec, kernel: &KernelSource, results: Option<&Report>) -> Self {
        Link {
            rest: v2::Link::of(spec, results),
            text: kernel.text.clone(),
            entry: kernel.entry.clone(),
            narrow: kernel.narrow,
        }
    }

    /// Reads the unpacked bytes, all of them.
    pub fn read(bytes: &[u8]) -> Result<Self, LinkError> {
        match postcard::take_from_bytes::<Link>(bytes) {
            Ok((link, [])) => Ok(link),
            _ => Err(LinkError::Content {
                what: "its bytes are not those of a kernel",
            }),
        }
    }

    /// As this build knows it.
    pub fn into_link(self) -> Result<Opened, LinkError> {
        let mut link = self.rest.into_link()?;
        let kernel = KernelSource {
            text: self.text,
            entry: self.entry,
            narrow: self.narrow,
            // What is wanted of the outputs, and the files that it reads, are the receiver's own.
            ..KernelSource::default()
        };
        if let Some(report) = &mut link.results {
            report.spec.source = Some(kernel.text.clone());
            report.spec.entry = kernel.entry.clone();
            report.spec.narrow = kernel.narrow;
        }
        link.spec.kernel = Some(kernel);
        Ok(link)
    }
}

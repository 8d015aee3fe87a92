//! Version 2, released and frozen: version 1 with what the results of experiments have beside it.
//! Nothing below may change but names.
//!
//! Recorded spans are not in links: they would not fit. They travel in files.

use super::{Link as Opened, LinkError, v1};
use crate::{Finding, Found, GpuMs, Quantity, Report, ResultRow, RunSpec, Schedule, Unit};
use serde::{Deserialize, Serialize};

pub const VERSION: char = '2';

#[derive(Serialize, Deserialize)]
pub struct Link {
    first: v1::Link,
    /// One for each row of the results.
    rows: Vec<Row>,
    quantities: Vec<Measured>,
    findings: Vec<Concluded>,
}

#[derive(Serialize, Deserialize)]
struct Row {
    workload: String,
    size: u32,
    schedule: Option<String>,
    chunk: Option<f64>,
    recorded: bool,
    imbalance: Option<f64>,
    flops: Option<f64>,
    bytes: Option<f64>,
    pipeline_ms: Option<f64>,
    gpu_ms: Option<[Option<f64>; 6]>,
}

#[derive(Serialize, Deserialize)]
struct Measured {
    id: String,
    of: String,
    threads: Option<u32>,
    bytes: Option<f64>,
    value: f64,
    ci95: Option<(f64, f64)>,
    unit: String,
    note: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Concluded {
    id: String,
    workload: String,
    backend: String,
    against: Option<String>,
    values: Vec<Value>,
    words: String,
}

/// Name, value and interval.
type Value = (String, f64, Option<(f64, f64)>);

const UNITS: [(Unit, &str); 7] = [
    (Unit::Count, ""),
    (Unit::Ratio, "x"),
    (Unit::Ms, "ms"),
    (Unit::Us, "us"),
    (Unit::Bytes, "B"),
    (Unit::GbPerS, "GB/s"),
    (Unit::GflopPerS, "GFLOP/s"),
];

/// Seven digits are more than any measurement has, and half as long.
fn short(value: f64) -> f64 {
    f64::from(value as f32)
}

impl Link {
    /// What is put into the link.
    pub fn of(spec: &RunSpec, results: Option<&Report>) -> Self {
        let (rows, quantities, findings) = match results {
            Some(report) => (
                &report.results[..],
                &report.quantities[..],
                &report.findings[..],
            ),
            None => (&[][..], &[][..], &[][..]),
        };
        Link {
            first: v1::Link::of(spec, results),
            rows: rows.iter().map(Row::of).collect(),
            quantities: quantities.iter().map(Measured::of).collect(),
            findings: findings.iter().map(Concluded::of).collect(),
        }
    }

    /// Reads the unpacked bytes, all of them.
    pub fn read(bytes: &[u8]) -> Result<Self, LinkError> {
        match postcard::take_from_bytes::<Link>(bytes) {
            Ok((link, [])) => Ok(link),
            _ => Err(LinkError::Content {
                what: "its bytes are not those of a question",
            }),
        }
    }

    /// As this build knows it.
    pub fn into_link(self) -> Result<Opened, LinkError> {
        let mut link = self.first.unchecked()?;
        let Some(report) = &mut link.results else {
            return Ok(link);
        };
        if self.rows.len() != report.results.len() {
            return Err(LinkError::Content {
                what: "its results are no results",
            });
        }
        for (row, more) in report.results.iter_mut().zip(self.rows) {
            more.into_row(row)?;
        }
        report.quantities = self
            .quantities
            .into_iter()
            .map(Measured::into_quantity)
            .collect::<Result<_, _>>()?;
        report.findings = self.findings.into_iter().map(Concluded::into_finding).collect();
        let what = "its results are no results";
        report.validate().map_err(|_| LinkError::Content { what })?;
        Ok(link)
    }
}

impl Row {
    fn of(row: &ResultRow) -> Self {
        Row {
            workload: row.workload.clone(),
            size: row.size,
            schedule: row.schedule.map(|s| s.name().into()),
            chunk: row.chunk,
            recorded: row.recorded,
            imbalance: row.imbalance.map(short),
            flops: row.flops,
            bytes: row.bytes,
            pipeline_ms: row.cold_ms.and_then(|cold| cold.pipeline).map(short),
            gpu_ms: row.gpu_ms.map(|gpu| {
                [
                    gpu.upload,
                    gpu.kernel,
                    gpu.dispatch,
                    gpu.readback,
                    gpu.end_to_end,
                    gpu.resident,
                ]
                .map(|part| part.map(short))
            }),
        }
    }

    fn into_row(self, row: &mut ResultRow) -> Result<(), LinkError> {
        let schedule = |name: String| {
            let found = Schedule::ALL.into_iter().find(|s| s.name() == name);
            found.ok_or(LinkError::Content {
                what: "it has an unknown schedule",
            })
        };
        row.workload = self.workload;
        row.size = self.size;
        row.schedule = self.schedule.map(schedule).transpose()?;
        row.chunk = self.chunk;
        row.recorded = self.recorded;
        row.imbalance = self.imbalance;
        row.flops = self.flops;
        row.bytes = self.bytes;
        row.cold_ms = self.pipeline_ms.map(|pipeline| crate::ColdMs {
            total: pipeline,
            compile: None,
            start: None,
            pipeline: Some(pipeline),
            first_run: None,
        });
        row.gpu_ms = self.gpu_ms.map(
            |[upload, kernel, dispatch, readback, end_to_end, resident]| GpuMs {
                upload,
                kernel,
                dispatch,
                readback,
                end_to_end,
                resident,
            },
        );
        Ok(())
    }
}

impl Measured {
    fn of(q: &Quantity) -> Self {
        let unit = UNITS.iter().find(|(unit, _)| *unit == q.unit);
        Measured {
            id: q.id.clone(),
            of: q.of.clone(),
            threads: q.threads,
            bytes: q.bytes,
            value: short(q.value),
            ci95: q.ci95.map(|(low, high)| (short(low), short(high))),
            unit: unit.map_or("", |(_, name)| name).into(),
            note: q.note.clone(),
        }
    }

    fn into_quantity(self) -> Result<Quantity, LinkError> {
        let unit = UNITS.iter().find(|(_, name)| *name == self.unit);
        let what = "it has an unknown unit";
        Ok(Quantity {
            unit: unit.ok_or(LinkError::Content { what })?.0,
            id: self.id,
            of: self.of,
            threads: self.threads,
            bytes: self.bytes,
            value: self.value,
            ci95: self.ci95,
            note: self.note,
        })
    }
}

impl Concluded {
    fn of(finding: &Finding) -> Self {
        let value = |found: &Found| {
            let ci95 = found.ci95.map(|(low, high)| (short(low), short(high)));
            (found.name.clone(), short(found.value), ci95)
        };
        Concluded {
            id: finding.id.clone(),
            workload: finding.workload.clone(),
            backend: finding.backend.clone(),
            against: finding.against.clone(),
            values: finding.values.iter().map(value).collect(),
            words: finding.words.clone(),
        }
    }

    fn into_finding(self) -> Finding {
        let found = |(name, value, ci95)| Found { name, value, ci95 };
        Finding {
            id: self.id,
            workload: self.workload,
            backend: self.backend,
            against: self.against,
            values: self.values.into_iter().map(found).collect(),
            words: self.words,
        }
    }
}

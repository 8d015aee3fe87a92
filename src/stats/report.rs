//! From what was measured to the rows of a report.

use crate::format::{self, decimal};
use crate::{Summary, drift, noise, outliers, self_check, speedup, summarize};
use parallax_protocol::{
    Cold, GpuMs, PlanRow, ReportSample, ResultRow, ResultStatus, Sample, Sampled, Verification, reported_id,
};

/// The back end that speed-ups are relative to.
pub const BASELINE: &str = "scalar";

/// What was measured of one back end.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured<'a> {
    /// What it was to do.
    pub plan: &'a PlanRow,
    /// How it ended, or how it is just now.
    pub status: ResultStatus,
    /// Why it was skipped, failed or is wrong.
    pub reason: Option<String>,
    /// The verdict on its output.
    pub verification: Option<&'a Verification>,
    /// What it cost to get there.
    pub cold: Option<Cold>,
    /// Timed samples.
    pub samples: &'a [Sample],
    /// The job that the samples are of: blocks of different jobs are not pairs.
    pub job: u32,
    /// The parts of a GPU run.
    pub gpu: Option<GpuMs>,
    /// How evenly its threads were busy.
    pub imbalance: Option<f64>,
    /// It ran less than the whole.
    pub sampled: Option<Sampled>,
    /// It is a GPU that the CPU plays.
    pub software_gpu: bool,
    /// What was said of it on the way.
    pub notes: &'a [String],
}

impl Measured<'_> {
    /// It has samples that figures may be made of. What a back end measured before it broke
    /// is no figure to compare with.
    fn counts(&self) -> bool {
        !self.samples.is_empty() && matches!(self.status, ResultStatus::Ok | ResultStatus::Stopped)
    }
}

/// The rows of a report, with figures, speed-ups, outliers and warnings.
pub fn analyze(rows: &[Measured]) -> Vec<ResultRow> {
    // The row that another is compared with, if the two can be.
    let baseline = |row: &Measured| {
        let id = row.plan.against.as_ref()?;
        let found = rows
            .iter()
            .find(|other| other.plan.backend == *id && other.counts());
        found.filter(|other| other.job == row.job && row.counts() && !row.software_gpu)
    };
    // Claims about one baseline share its chances.
    let comparisons = |id: &str| {
        let compared = rows.iter().filter_map(baseline);
        compared.filter(|other| other.plan.backend == id).count()
    };
    let figures = rows.iter().map(|row| {
        let plan = row.plan;
        let own = reported_id(plan.of());
        let mut out = ResultRow::blank(&plan.workload, plan.size, &own, plan.form, plan.threads);
        out.schedule = plan.schedule;
        out.chunk = plan.chunk;
        out.recorded = plan.recorded;
        out.imbalance = row.imbalance;
        out.sampled = row.sampled;
        let counted = |value: f64| (value > 0.0).then_some(value);
        out.flops = counted(plan.flops);
        out.bytes = counted(plan.bytes);
        out.status = row.status;
        out.reason = row.reason.clone();
        out.cold_ms = row.cold.map(Into::into);
        if let Some(v) = row.verification {
            out.max_error = v.max_error.is_finite().then_some(v.max_error);
            out.error_kind = Some(v.error_kind);
            out.tolerance = Some(v.tolerance);
            // An error that is no number has no place of its own: NaN for 3, infinity for 1e30.
            if !v.ok && out.reason.is_none() {
                out.reason = v.worst.as_ref().map(|worst| {
                    let (got, expected) = (format::value(worst.got), format::value(worst.expected));
                    format!("{}: got {got}, expected {expected}", worst.place)
                });
            }
        }
        out.samples = flagged(row.samples);
        out.sample_count = out.samples.len() as u32;
        out.warnings = row.notes.to_vec();
        if !row.counts() {
            return out;
        }
        if let Some(summary) = summarize(row.samples) {
            out.median_ms = Some(summary.median_ms);
            out.mad_ms = Some(summary.mad_ms);
            out.ci95_ms = summary.ci95_ms;
            out.warnings.extend(warnings(&summary, row.samples));
        }
        out.gpu_ms = row.gpu.map(|parts| GpuMs {
            end_to_end: out.median_ms,
            ..parts
        });
        if row.software_gpu {
            // The back end's own note says more, where there is one.
            if !row.notes.iter().any(|note| is_software(note)) {
                out.warnings.push(SOFTWARE_GPU.into());
            }
        } else if let Some(baseline) = baseline(row) {
            out.against = Some(reported_id(baseline.plan.of()));
            let comparisons = comparisons(&baseline.plan.backend);
            if let Some(s) = speedup(baseline.samples, row.samples, comparisons) {
                out.speedup = Some(s.ratio);
                out.speedup_ci95 = s.ci95;
                out.verdict = Some(s.verdict);
            }
        }
        out
    });
    figures.collect()
}

/// Whether a warning says that the row's GPU is the CPU.
pub fn is_software(warning: &str) -> bool {
    warning.starts_with("software GPU")
}

const SOFTWARE_GPU: &str = "software GPU: shaders run on the CPU, so no speed-up is given";

fn flagged(samples: &[Sample]) -> Vec<ReportSample> {
    let ms: Vec<f64> = samples.iter().map(|s| s.ms).collect();
    let flags = outliers(&ms).into_iter().chain(std::iter::repeat(false));
    let flagged = samples.iter().zip(flags).map(|(s, outlier)| ReportSample {
        ms: s.ms,
        block: s.block,
        outlier,
    });
    flagged.collect()
}

/// What the reader of the figures should know, in words.
fn warnings(summary: &Summary, samples: &[Sample]) -> Vec<String> {
    let mut out = Vec::new();
    if let Some(share) = noise(summary) {
        out.push(format!(
            "noisy: the samples' median deviation is {} % of their median",
            decimal(share * 100.0, 0)
        ));
    }
    if let Some(ratio) = drift(samples) {
        out.push(format!(
            "drift: the last third of the samples took {} times as long as the first",
            decimal(ratio, 2)
        ));
    }
    if let Some((low, high)) = self_check(samples) {
        out.push(format!(
            "unsteady: against itself, block by block, it differs by {} to {} times",
            decimal(low, 3),
            decimal(high, 3)
        ));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use parallax_protocol::{ErrorKind, Form, RunSpec, Verdict, Worst};

    fn samples(ms: impl Fn(u32) -> f64) -> Vec<Sample> {
        let sample = |block| Sample {
            ms: ms(block),
            block,
            runs: 1,
        };
        (0..24).map(sample).collect()
    }

    fn plan(id: &str) -> PlanRow {
        PlanRow {
            against: (id != BASELINE).then(|| BASELINE.into()),
            ..PlanRow::waiting(id, &RunSpec::race("w", 9), Form::Rust)
        }
    }

    fn row<'a>(plan: &'a PlanRow, samples: &'a [Sample]) -> Measured<'a> {
        Measured {
            plan,
            status: ResultStatus::Ok,
            reason: None,
            verification: None,
            cold: None,
            samples,
            job: 1,
            gpu: None,
            imbalance: None,
            sampled: None,
            software_gpu: false,
            notes: &[],
        }
    }

    #[test]
    fn speed_ups_are_against_scalar_and_outliers_are_kept() {
        let (slow, quick) = (
            samples(|b| 8.0 + f64::from(b % 3) / 100.0),
            samples(|b| {
                if b == 7 {
                    9.0
                } else {
                    2.0 + f64::from(b % 5) / 100.0
                }
            }),
        );
        let (scalar, simd) = (plan("scalar"), plan("simd"));
        let rows = analyze(&[row(&scalar, &slow), row(&simd, &quick)]);
        assert_eq!((rows[0].speedup, rows[0].against.as_deref()), (None, None));
        let simd = &rows[1];
        assert_eq!(
            (simd.against.as_deref(), simd.verdict),
            (Some("scalar"), Some(Verdict::Faster))
        );
        assert!((simd.speedup.unwrap() - 4.0).abs() < 0.1);
        assert_eq!(
            (simd.workload.as_str(), simd.size, simd.sample_count),
            ("w", 9, 24)
        );
        let outliers: Vec<u32> = simd
            .samples
            .iter()
            .filter(|s| s.outlier)
            .map(|s| s.block)
            .collect();
        assert_eq!(outliers, [7]);
    }

    #[test]
    fn who_failed_or_plays_a_gpu_gets_no_speed_up() {
        let (slow, quick) = (samples(|_| 8.0), samples(|_| 2.0));
        let plans = ["scalar", "simd", "gpu", "threads"].map(plan);
        let mut failed = row(&plans[1], &quick);
        failed.status = ResultStatus::Failed;
        let mut software = row(&plans[2], &quick);
        software.software_gpu = true;
        software.gpu = Some(GpuMs::default());
        let mut elsewhen = row(&plans[3], &quick);
        elsewhen.job = 2;
        let rows = analyze(&[row(&plans[0], &slow), failed, software, elsewhen]);
        assert!(
            rows.iter()
                .all(|row| row.speedup.is_none() && row.against.is_none())
        );
        assert_eq!((rows[1].median_ms, rows[1].sample_count), (None, 24));
        assert_eq!(rows[2].warnings, [SOFTWARE_GPU]);
        assert_eq!(rows[2].gpu_ms.unwrap().end_to_end, Some(2.0));
    }

    #[test]
    fn what_is_wrong_says_where_even_without_a_number() {
        let plan = plan("gpu");
        let worst = |got| Verification {
            ok: false,
            compared: 4,
            error_kind: ErrorKind::Relative,
            max_error: f64::INFINITY,
            tolerance: 1e-3,
            worst: Some(Worst {
                place: "output 0, [2]".into(),
                got,
                expected: 3.0,
            }),
        };
        let said = |verification: &Verification| {
            let mut wrong = row(&plan, &[]);
            wrong.status = ResultStatus::Wrong;
            wrong.verification = Some(verification);
            let row = analyze(&[wrong]).remove(0);
            (row.max_error, row.reason)
        };
        let reason = "output 0, [2]: got not a number, expected 3";
        assert_eq!(said(&worst(f64::NAN)), (None, Some(reason.into())));
        let right = Verification {
            ok: true,
            max_error: 1e-4,
            ..worst(3.0)
        };
        assert_eq!(said(&right), (Some(1e-4), None));
    }

    #[test]
    fn restlessness_is_said() {
        let noisy = samples(|b| 5.0 + f64::from(b * 7 % 5));
        let drifting = samples(|b| 10.0 + f64::from(b));
        let (scalar, simd) = (plan("scalar"), plan("simd"));
        let rows = analyze(&[row(&scalar, &noisy), row(&simd, &drifting)]);
        assert!(
            rows[0].warnings.iter().any(|w| w.starts_with("noisy")),
            "{:?}",
            rows[0].warnings
        );
        assert!(
            rows[1].warnings.iter().any(|w| w.starts_with("drift")),
            "{:?}",
            rows[1].warnings
        );
    }
}

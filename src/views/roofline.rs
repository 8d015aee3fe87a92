//! Where a workload stands under the ceilings that its report measured, and what bounds it. Pure.

use parallax_protocol::{Finding, Quantity, Report, ResultRow};

use crate::charts::Unit;

/// A share of its ceiling from which on a row is said to be at it.
const AT_CEILING: f64 = 0.7;
/// A share of it that no row can reach.
const ABOVE: f64 = 1.1;

/// What stands over a row: the lower of two ceilings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bound {
    /// Floating-point operations per byte.
    pub intensity: f64,
    /// What it reaches, in GFLOP/s.
    pub reached: f64,
    /// What it could reach at most, in GFLOP/s.
    pub ceiling: f64,
    /// The ceiling is that of memory, not of arithmetic.
    pub by_memory: bool,
}

/// Where a row stands under the ceilings of the same report (Williams, Waterman and Patterson
/// 2009, Communications of the ACM 52(4), 65). `None` without a time or a ceiling.
///
/// Memory's ceiling is the copy bandwidth of the nearest working set that was measured: what lies
/// in a cache is held to what that cache gives.
pub fn bound(report: &Report, row: &ResultRow) -> Option<Bound> {
    let (flops, bytes, ms) = (row.flops?, row.bytes?, row.median_ms?);
    let (of, threads) = rung(row)?;
    let same = |id: &'static str| {
        let all = report.quantities.iter();
        all.filter(move |q| q.id == id && q.of == of && q.threads.is_none_or(|t| t == threads))
    };
    let peak = same("peak").next()?.value;
    let far = |q: &&Quantity| (q.bytes.unwrap_or(1.0) / bytes.max(1.0)).ln().abs();
    // A copy's rate hardly depends on the lanes: the widest that was measured stands for all.
    let copies = report.quantities.iter().filter(|q| {
        let gpu = (q.of == "gpu") == (of == "gpu");
        q.id == "copy" && gpu && q.threads.is_none_or(|t| t == threads)
    });
    let bandwidth = copies.min_by(|a, b| far(a).total_cmp(&far(b)))?.value;
    let intensity = flops / bytes;
    let memory = intensity * bandwidth;
    Some(Bound {
        intensity,
        reached: flops / ms / 1e6,
        ceiling: memory.min(peak),
        by_memory: memory < peak,
    })
}

/// Which ceilings a row is held to: lanes and threads.
fn rung(row: &ResultRow) -> Option<(&'static str, u32)> {
    match parallax_protocol::reported_id(&row.backend).as_str() {
        "javascript" | "scalar" => Some(("scalar", 1)),
        "simd" => Some(("simd", 1)),
        "threads" => Some(("scalar", row.threads)),
        "threads+simd" => Some(("simd", row.threads)),
        "gpu" => Some(("gpu", 1)),
        _ => None,
    }
}

/// The ceilings of a roofline, as findings of it are `against` one.
pub const MEMORY: &str = "memory";
/// The other.
pub const ARITHMETIC: &str = "arithmetic";

/// What a row is bound by, that reaches this share of its ceiling.
pub fn held_by(share: f64, by_memory: bool) -> &'static str {
    match (share >= AT_CEILING, by_memory) {
        _ if share > ABOVE => {
            "above it: the ceiling was measured too low, or this work needs less than is counted"
        }
        (true, true) => "bound by memory",
        (true, false) => "bound by arithmetic",
        (false, _) => "held back by something else than these two",
    }
}

/// A roofline's findings for people, one sentence a workload: what bounds which rung.
pub fn bounds(
    found: &[Finding],
    backend: &dyn Fn(&str) -> String,
    workload: &dyn Fn(&str) -> String,
) -> Vec<String> {
    let mut workloads: Vec<&str> = Vec::new();
    for finding in found.iter().filter(|finding| finding.id == "bound") {
        if !workloads.contains(&finding.workload.as_str()) {
            workloads.push(&finding.workload);
        }
    }
    let of = |id: &str| {
        let own = found.iter().filter(|f| f.id == "bound" && f.workload == id);
        let mut held: Vec<(&str, Vec<String>)> = Vec::new();
        let mut intensity = None;
        for finding in own {
            let Some(share) = finding.value("share").map(|found| found.value) else {
                continue;
            };
            intensity = intensity.or_else(|| finding.value("intensity").map(|found| found.value));
            let by = held_by(share, finding.against.as_deref() == Some(MEMORY));
            let one = format!("{} ({})", backend(&finding.backend), Unit::Percent.write(share));
            match held.iter_mut().find(|(known, _)| *known == by) {
                Some((_, all)) => all.push(one),
                None => held.push((by, vec![one])),
            }
        }
        let held: Vec<String> = held
            .iter()
            .map(|(by, all)| format!("{by}: {}", all.join(", ")))
            .collect();
        let at = intensity.map_or_else(String::new, |i| format!(", {}", Unit::FlopsPerByte.write(i)));
        format!("{}{at}: {}.", workload(id), held.join("; "))
    };
    workloads.into_iter().map(of).collect()
}

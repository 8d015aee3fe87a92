//! What an experiment's figures come to: fits, crossovers, bounds, each with a sentence. Pure.
//!
//! Everything here is made of a report's rows and quantities; the fits themselves are
//! `parallax_stats`'. What cannot be told is said so, in the same place.

use parallax_protocol::{
    Experiment, FEWER_THREADS, Finding, Found, Report, ResultRow, ResultStatus, Sample, Schedule, Verdict,
    base_id, python_id, reported_id,
};
use parallax_stats::{
    Crossover, CrossoverPoint, Estimate, Scaling, SizePoint, Unclear, cost, crossover, is_software, scaling,
};

use crate::balance::balance;
use crate::charts::Unit;
use crate::roofline::{ARITHMETIC, MEMORY, bound, held_by};

/// Pairs of which it is asked from which size on the first wins.
const PAIRS: [(&str, &str); 6] = [
    ("simd", "scalar"),
    ("threads", "scalar"),
    ("threads+simd", "simd"),
    ("gpu", "threads+simd"),
    ("gpu", "simd"),
    ("gpu", "scalar"),
];
/// Efficiencies between which a step down at half the threads looks like shared cores.
const SHARED_CORES: (f64, f64) = (0.85, 0.7);

/// What was concluded of a report, once: a link holds no samples, but what they came to.
pub fn held(report: &Report, name: &dyn Fn(&str) -> String) -> Vec<Finding> {
    match report.findings.is_empty() {
        true => of(report, name),
        false => report.findings.clone(),
    }
}

/// So many times the threads that were measured a fitted law is believed.
const FAR: f64 = 2.0;

/// Concludes what an experiment allows to conclude. `name` gives back ends their names.
pub fn of(report: &Report, name: &dyn Fn(&str) -> String) -> Vec<Finding> {
    let mixed = report.is_mixed().then(|| report.clone().by_id());
    let report = mixed.as_ref().unwrap_or(report);
    let rows = Rows { report, name };
    match report.spec.experiment {
        Experiment::Race | Experiment::Machine => Vec::new(),
        Experiment::Threads => rows.threads(),
        Experiment::Sizes => rows.sizes(),
        Experiment::Gpu => rows.gpu(),
        Experiment::Roofline => rows.roofline(),
        Experiment::Timeline => rows.timeline(),
    }
}

/// The thread scaling of a back end, by its rows under the usual schedule.
pub fn scaling_of(report: &Report, backend: &str) -> Option<Scaling> {
    let rows = report.results.iter();
    let plain = rows.filter(|row| row.backend == backend && counts(row) && row.schedule.is_none());
    let plain = plain.filter(|row| !has_fewer_threads(row));
    let columns: Vec<(u32, Vec<Sample>)> = plain.map(|row| (row.threads, samples(row))).collect();
    let columns: Vec<(u32, &[Sample])> = columns.iter().map(|(t, s)| (*t, s.as_slice())).collect();
    scaling(&columns)
}

struct Rows<'a> {
    report: &'a Report,
    name: &'a dyn Fn(&str) -> String,
}

fn samples(row: &ResultRow) -> Vec<Sample> {
    let sample = |s: &parallax_protocol::ReportSample| Sample {
        ms: s.ms,
        block: s.block,
        runs: 1,
    };
    row.samples.iter().map(sample).collect()
}

fn counts(row: &ResultRow) -> bool {
    !row.samples.is_empty() && matches!(row.status, ResultStatus::Ok | ResultStatus::Stopped)
}

/// Its work was not enough for the threads that it was given: it tells nothing of so many.
fn has_fewer_threads(row: &ResultRow) -> bool {
    row.warnings
        .iter()
        .any(|warning| warning.starts_with(FEWER_THREADS))
}

/// There were not rounds enough for a verdict.
fn told_too_little(row: &ResultRow) -> bool {
    matches!(row.verdict, None | Some(Verdict::TooFew))
}

const TOO_FEW_ROUNDS: &str = "Too few rounds to tell schedules apart: give it more time.";

/// The GPU's, whoever wrote what it runs.
pub fn is_gpu(row: &ResultRow) -> bool {
    reported_id(base_id(&row.backend)) == "gpu"
}

/// Of a GPU that is none: its times say nothing of GPUs.
pub fn is_software_row(row: &ResultRow) -> bool {
    row.warnings.iter().any(|warning| is_software(warning))
}

fn found(name: &str, of: Estimate) -> Found {
    Found {
        name: name.into(),
        value: of.value,
        // JSON and links have no infinity: an end that is nowhere is none.
        ci95: of.ci95.filter(|(low, high)| low.is_finite() && high.is_finite()),
    }
}

/// A value that has no interval.
fn plain(name: &str, value: f64) -> Found {
    found(name, Estimate { value, ci95: None })
}

/// "3.81x (3.62-4.01)".
fn written(unit: Unit, of: Estimate) -> String {
    match of.ci95 {
        Some(interval) => format!("{} {}", unit.write(of.value), unit.interval(of.value, interval)),
        None => unit.write(of.value),
    }
}

impl Rows<'_> {
    fn finding(&self, id: &str, backend: &str, words: String) -> Finding {
        Finding {
            id: id.into(),
            workload: self.report.spec.workload.clone(),
            backend: backend.into(),
            against: None,
            values: Vec::new(),
            words,
        }
    }

    /// The back ends that have rows with samples, in their order.
    fn backends(&self) -> Vec<&str> {
        let mut all: Vec<&str> = Vec::new();
        for row in self.report.results.iter().filter(|row| counts(row)) {
            if !all.contains(&row.backend.as_str()) {
                all.push(&row.backend);
            }
        }
        all
    }

    fn of<'a>(&'a self, backend: &'a str) -> impl Iterator<Item = &'a ResultRow> {
        let own = self.report.results.iter();
        own.filter(move |row| row.backend == backend && counts(row))
    }

    fn threads(&self) -> Vec<Finding> {
        let mut out = Vec::new();
        for backend in self.backends() {
            let Some(fit) = scaling_of(self.report, backend) else {
                continue;
            };
            let name = (self.name)(backend);
            let left: Vec<String> = self
                .of(backend)
                .filter(|row| row.schedule.is_none() && has_fewer_threads(row))
                .map(|row| row.threads.to_string())
                .collect();
            if !left.is_empty() {
                let words = format!(
                    "{name}: this size has too little work to share for {} threads, so that these say nothing of scaling: choose a larger one.",
                    left.join(", ")
                );
                out.push(self.finding("fewer-threads", backend, words));
            }
            if let Some(last) = fit.points.last().filter(|last| last.threads > 1) {
                out.push(Finding {
                    values: vec![
                        plain("threads", last.threads.into()),
                        found("speedup", last.speedup),
                        found("efficiency", last.efficiency),
                    ],
                    ..self.finding(
                        "speedup",
                        backend,
                        format!(
                            "{name}: {} threads are {} as fast as one, an efficiency of {}.",
                            last.threads,
                            written(Unit::Ratio, last.speedup),
                            written(Unit::Percent, last.efficiency)
                        ),
                    )
                });
            }
            out.push(match &fit.amdahl {
                Ok(serial) => {
                    let words = match serial.ci95 {
                        Some((low, high)) if low > 0.0 => format!(
                            "{name}: a share of {} is serial by Amdahl's law, by which no number of threads makes it more than {} as fast.",
                            written(Unit::Percent, *serial),
                            written(
                                Unit::Ratio,
                                Estimate {
                                    value: 1.0 / serial.value,
                                    ci95: Some((1.0 / high, 1.0 / low)),
                                }
                            )
                        ),
                        Some(_) => format!(
                            "{name}: no serial part is seen (Amdahl's fraction {}).",
                            written(Unit::Percent, *serial)
                        ),
                        None => format!("{name}: too few rounds to tell a serial part."),
                    };
                    Finding {
                        values: vec![found("serial", *serial)],
                        ..self.finding("amdahl", backend, words)
                    }
                }
                Err(why) => self.finding("amdahl", backend, format!("{name}: {why}.")),
            });
            out.push(match &fit.usl {
                Ok(usl) => {
                    // Far beyond what was measured the law is a guess.
                    let most = fit.points.last().map_or(0.0, |last| f64::from(last.threads));
                    let peak = usl.peak_threads.filter(|peak| *peak <= FAR * most).map(|peak| {
                        format!(
                            " By these it would be slower again with more than some {} threads; up to {most} were measured.",
                            Unit::Count.write(peak.round())
                        )
                    });
                    let mut values = vec![
                        found("contention", usl.contention),
                        found("coherence", usl.coherence),
                    ];
                    values.extend(
                        usl.peak_threads
                            .map(|value| plain("peak-threads", value)),
                    );
                    Finding {
                        values,
                        ..self.finding(
                            "usl",
                            backend,
                            format!(
                                "{name}: contention {}, coherence {} (Universal Scalability Law).{}",
                                written(Unit::Percent, usl.contention),
                                written(Unit::Percent, usl.coherence),
                                peak.unwrap_or_default()
                            ),
                        )
                    }
                }
                Err(why) => self.finding("usl", backend, format!("{name}: {why}.")),
            });
            out.extend(self.shared_cores(backend, &fit.points));
            out.extend(self.schedules(backend));
        }
        out
    }

    /// Whether efficiency falls where half of the logical cores are used up, as it does where two
    /// of them share one.
    fn shared_cores(&self, backend: &str, points: &[parallax_stats::ScalingPoint]) -> Option<Finding> {
        let last = points
            .last()
            .filter(|p| p.threads >= 4 && p.threads == self.report.environment.cores)?;
        let half = points.iter().find(|p| p.threads * 2 == last.threads)?;
        let (well, badly) = SHARED_CORES;
        let sharp = half.efficiency.value > well && last.efficiency.value < badly;
        let words = match sharp {
            true => format!(
                "Efficiency falls from {} at {} threads to {} at {}: it looks as if two logical cores share one physical core.",
                Unit::Percent.write(half.efficiency.value),
                half.threads,
                Unit::Percent.write(last.efficiency.value),
                last.threads
            ),
            false => format!(
                "Nothing at {} of {} threads looks like logical cores that share a physical one.",
                half.threads, last.threads
            ),
        };
        Some(self.finding("cores", backend, words))
    }

    fn schedules(&self, backend: &str) -> Option<Finding> {
        let mut tried = self.of(backend).filter(|row| row.schedule.is_some()).peekable();
        tried.peek()?;
        let what = |row: &ResultRow| {
            let name = row.schedule.map_or("", Schedule::name);
            match row.chunk.filter(|chunk| *chunk != 1.0) {
                Some(chunk) => format!("{name} with chunks {chunk} times the usual"),
                None => name.into(),
            }
        };
        let ratio = |row: &ResultRow| row.speedup.unwrap_or(1.0);
        let clear = |row: &&ResultRow| matches!(row.verdict, Some(Verdict::Faster | Verdict::Slower));
        let all: Vec<&ResultRow> = tried.collect();
        let best = all
            .iter()
            .filter(|row| row.verdict == Some(Verdict::Faster))
            .max_by(|a, b| ratio(a).total_cmp(&ratio(b)));
        let worst = all
            .iter()
            .filter(|row| row.verdict == Some(Verdict::Slower))
            .min_by(|a, b| ratio(a).total_cmp(&ratio(b)));
        let told = |row: &ResultRow| {
            let estimate = Estimate {
                value: ratio(row),
                ci95: row.speedup_ci95,
            };
            let imbalance = row
                .imbalance
                .map(|i| format!(", with an imbalance of {}", Unit::Percent.write(i)));
            format!(
                "{} is {} as fast as the usual dealing{}",
                what(row),
                written(Unit::Ratio, estimate),
                imbalance.unwrap_or_default()
            )
        };
        let words = match (best, worst) {
            (None, None) if all.iter().all(|row| told_too_little(row)) => TOO_FEW_ROUNDS.to_string(),
            (None, None) => "No schedule is clearly faster or slower than the usual one.".to_string(),
            (best, worst) => {
                let parts: Vec<String> = [best, worst].into_iter().flatten().map(|row| told(row)).collect();
                format!("{}: {}.", (self.name)(backend), parts.join("; "))
            }
        };
        let values = all.iter().filter(|row| clear(row)).map(|row| {
            let estimate = Estimate {
                value: ratio(row),
                ci95: row.speedup_ci95,
            };
            found(&what(row), estimate)
        });
        Some(Finding {
            values: values.collect(),
            ..self.finding("schedule", backend, words)
        })
    }

    fn sizes(&self) -> Vec<Finding> {
        let mut out = Vec::new();
        for backend in self.backends() {
            let name = (self.name)(backend);
            // Where the work was for fewer threads it is another line.
            let (alone, rows): (Vec<&ResultRow>, _) =
                self.of(backend).partition(|row| has_fewer_threads(row));
            let alone = left_out(TOO_LITTLE_WORK, alone.iter().map(|row| row.size));
            let rows = rows.into_iter().map(|row| (row, samples(row))).collect();
            let (rows, few) = enough(rows, |(_, samples): &(&ResultRow, Vec<Sample>)| samples.len());
            let few = alone + &left_out(TOO_FEW, few.iter().map(|(row, _)| row.size));
            let point = |(row, samples): &(&ResultRow, Vec<Sample>)| {
                (row.size, row.flops.unwrap_or(0.0), samples.clone())
            };
            let points: Vec<_> = rows.iter().map(point).collect();
            let points: Vec<SizePoint> = points
                .iter()
                .map(|(n, work, samples)| SizePoint {
                    n: *n,
                    work: *work,
                    samples,
                })
                .collect();
            out.push(match cost(&points) {
                Ok(cost) => {
                    let per_s = Estimate {
                        value: cost.per_ms.value / 1e6,
                        ci95: cost.per_ms.ci95.map(|(low, high)| (low / 1e6, high / 1e6)),
                    };
                    let fixed = match cost.fixed_ms.ci95 {
                        Some((low, _)) if low > 0.0 => {
                            format!("a fixed cost of {}", written(Unit::TimeMs, cost.fixed_ms))
                        }
                        Some(_) => "no fixed cost to be seen".to_string(),
                        None => "too few rounds to tell a fixed cost".to_string(),
                    };
                    let rate = match per_s.value.is_finite() {
                        true => format!("then {}", written(Unit::GigaflopsPerSecond, per_s)),
                        false => "and the time does not grow with the work".to_string(),
                    };
                    let misfit = format!(
                        "; the line is off by {} at most, at n = {}",
                        Unit::Percent.write(cost.misfit.residual.abs()),
                        Unit::Count.write(cost.misfit.n.into())
                    );
                    let exponent = cost
                        .exponent
                        .map(|e| format!("; time grows with n to the {}", written(Unit::Plain, e.slope)));
                    let mut values = vec![found("fixed-ms", cost.fixed_ms)];
                    if per_s.value.is_finite() {
                        values.push(found("gflop-per-s", per_s));
                    }
                    values.extend(cost.exponent.map(|e| found("exponent", e.slope)));
                    values.push(plain("misfit", cost.misfit.residual));
                    let words = format!(
                        "{name}: {fixed}, {rate}{}{misfit}.{few}",
                        exponent.unwrap_or_default()
                    );
                    Finding {
                        values,
                        ..self.finding("cost", backend, words)
                    }
                }
                Err(why) => self.finding("cost", backend, format!("{name}: {why}.")),
            });
        }
        let there = self.backends();
        // What is written by hand against its like, and so with Python.
        for id in [str::to_owned, python_id] {
            for (a, b) in PAIRS.map(|(a, b)| (id(a), id(b))) {
                if there.contains(&&*a) && there.contains(&&*b) {
                    out.push(self.crossover(&a, &b));
                }
            }
        }
        out
    }

    fn crossover(&self, a: &str, b: &str) -> Finding {
        let (first, second) = ((self.name)(a), (self.name)(b));
        let with = |words: String, values| Finding {
            against: Some(b.into()),
            values,
            ..self.finding("crossover", a, words)
        };
        if self.of(a).chain(self.of(b)).any(is_software_row) {
            let words = format!("{first} against {second}: a software GPU, so no crossover is given.");
            return with(words, Vec::new());
        }
        let pairs: Vec<(u32, Vec<Sample>, Vec<Sample>)> = self
            .of(a)
            .filter_map(|row| {
                let other = self.of(b).find(|other| other.size == row.size)?;
                Some((row.size, samples(row), samples(other)))
            })
            .collect();
        let (pairs, few) = enough(pairs, |(_, a, b)| a.len().min(b.len()));
        let few = left_out(TOO_FEW, few.iter().map(|(n, ..)| *n));
        let points: Vec<CrossoverPoint> = pairs
            .iter()
            .map(|(n, a, b)| CrossoverPoint { n: *n, a, b })
            .collect();
        let range = (
            points.first().map_or(0, |p| p.n),
            points.last().map_or(0, |p| p.n),
        );
        let n = |n: f64| Unit::Count.write(rounded(n));
        match crossover(&points) {
            Crossover::From { n: from, ci95 } => {
                let words = format!(
                    "{first} beats {second} from n = {} (95 %: {}-{}).{few}",
                    n(from),
                    n(ci95.0),
                    n(ci95.1)
                );
                let value = found(
                    "n",
                    Estimate {
                        value: from,
                        ci95: Some(ci95),
                    },
                );
                with(words, vec![value])
            }
            Crossover::AlwaysFaster => with(
                format!(
                    "{first} beats {second} at every size from n = {}.{few}",
                    n(range.0.into())
                ),
                Vec::new(),
            ),
            Crossover::NeverFaster => with(
                format!(
                    "{first} does not beat {second} up to n = {}.{few}",
                    n(range.1.into())
                ),
                Vec::new(),
            ),
            Crossover::CannotTell {
                why: Unclear::AtSmallest { n: least, clear },
            } => with(
                format!(
                    "{first} is clearly faster than {second} at every size measured from n = {} on; from where on exactly cannot be told, with no clear difference at n = {}.{few}",
                    n(clear.into()),
                    n(least.into())
                ),
                vec![plain("n-clear", clear.into())],
            ),
            Crossover::CannotTell { why } => with(
                format!("From where on {first} beats {second} cannot be told: {why}.{few}"),
                Vec::new(),
            ),
        }
    }

    fn gpu(&self) -> Vec<Finding> {
        let row = |row: &ResultRow| {
            let gpu = row.gpu_ms?;
            let (all, resident) = (gpu.end_to_end?, gpu.resident?);
            let ratio = all / resident;
            let words = format!(
                "{}, n = {}: {} end to end, {} with the data kept on the device, about {} as fast.",
                (self.name)(&row.backend),
                Unit::Count.write(row.size.into()),
                Unit::TimeMs.write(all),
                Unit::TimeMs.write(resident),
                Unit::Ratio.write(ratio)
            );
            Some(Finding {
                values: vec![plain("n", row.size.into()), plain("resident", ratio)],
                ..self.finding("resident", &row.backend, words)
            })
        };
        let all = self.report.results.iter().filter(|row| counts(row));
        all.filter(|row| is_gpu(row)).filter_map(row).collect()
    }

    fn roofline(&self) -> Vec<Finding> {
        let row = |row: &ResultRow| {
            let bound = bound(self.report, row)?;
            let share = bound.reached / bound.ceiling;
            let ceiling = match bound.by_memory {
                true => "memory's",
                false => "arithmetic's",
            };
            let at = held_by(share, bound.by_memory);
            let words = format!(
                "{}, {}: {} of {ceiling} ceiling of {} at {}: {at}.",
                row.workload,
                (self.name)(&row.backend),
                Unit::Percent.write(share),
                Unit::GigaflopsPerSecond.write(bound.ceiling),
                Unit::FlopsPerByte.write(bound.intensity),
            );
            Some(Finding {
                workload: row.workload.clone(),
                against: Some(if bound.by_memory { MEMORY } else { ARITHMETIC }.into()),
                values: vec![
                    plain("intensity", bound.intensity),
                    plain("reached", bound.reached),
                    plain("ceiling", bound.ceiling),
                    plain("share", share),
                ],
                ..self.finding("bound", &row.backend, words)
            })
        };
        let rows = self.report.results.iter().filter(|row| counts(row));
        rows.filter_map(row).collect()
    }

    fn timeline(&self) -> Vec<Finding> {
        let mut out = Vec::new();
        for timeline in &self.report.timelines {
            let name = (self.name)(&timeline.backend);
            let Some(balance) = balance(timeline) else {
                continue;
            };
            let busy = Unit::Percent.write(balance.busy);
            let words = match balance.threads {
                1 => format!(
                    "{name}: one thread computes {busy} of the time from the first chunk to the last."
                ),
                many => format!(
                    "{name}: {many} threads compute {busy} of the time from the first chunk to the last; the busiest has {} more than the mean.",
                    Unit::Percent.write(balance.imbalance)
                ),
            };
            out.push(Finding {
                values: vec![plain("busy", balance.busy), plain("imbalance", balance.imbalance)],
                ..self.finding("balance", &timeline.backend, words)
            });
        }
        for row in self
            .report
            .results
            .iter()
            .filter(|row| row.recorded && counts(row))
        {
            let Some(speedup) = row.speedup else { continue };
            let cost = Estimate {
                value: 1.0 / speedup - 1.0,
                ci95: row
                    .speedup_ci95
                    .map(|(low, high)| (1.0 / high - 1.0, 1.0 / low - 1.0)),
            };
            let name = (self.name)(&row.backend);
            let words = match row.verdict {
                Some(Verdict::Slower) => format!(
                    "{name}: recording costs {} of the time.",
                    written(Unit::Percent, cost)
                ),
                None | Some(Verdict::TooFew) => {
                    format!("{name}: too few rounds to tell what recording costs: give it more time.")
                }
                _ => format!(
                    "{name}: recording costs nothing that can be seen ({}).",
                    written(Unit::Percent, cost)
                ),
            };
            out.push(Finding {
                values: vec![found("recording", cost)],
                ..self.finding("recording", &row.backend, words)
            });
        }
        out
    }
}

/// Rounds without which there is no interval.
const LEAST_ROUNDS: usize = 6;
/// Sizes without which nothing is concluded.
const LEAST_SIZES: usize = 3;

/// Sizes with rounds enough, if these are enough to go by, and the others: a size that was run a few
/// times, being slow, would take the interval of all, which have as many blocks as the fewest.
fn enough<T>(all: Vec<T>, rounds: impl Fn(&T) -> usize) -> (Vec<T>, Vec<T>) {
    let many = |one: &T| rounds(one) >= LEAST_ROUNDS;
    match all.iter().filter(|one| many(one)).count() >= LEAST_SIZES {
        true => all.into_iter().partition(|one| many(one)),
        false => (all, Vec::new()),
    }
}

/// Why a size is left out.
const TOO_FEW: &str = "for too few rounds";
const TOO_LITTLE_WORK: &str = "being work for fewer threads";

/// " Left out, for too few rounds: n = 512."
fn left_out(why: &str, sizes: impl Iterator<Item = u32>) -> String {
    let sizes: Vec<String> = sizes.map(|n| Unit::Count.write(n.into())).collect();
    match sizes.is_empty() {
        true => String::new(),
        false => format!(" Left out, {why}: n = {}.", sizes.join(", ")),
    }
}

/// To three digits: more than a crossover ever has.
pub fn rounded(value: f64) -> f64 {
    if value <= 0.0 || !value.is_finite() {
        return value;
    }
    let step = 10f64.powf(value.log10().floor() - 2.0).max(1.0);
    (value / step).round() * step
}

#[cfg(test)]
#[path = "findings_tests.rs"]
mod tests;

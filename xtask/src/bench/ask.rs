//! What is to be run: the command line against what the page says it has.
//!
//! Everything that can be refused is refused here, before the first race: nobody wants to
//! hear after ten minutes that the last workload's name was misspelt.

use anyhow::{Context, Result, bail};
use parallax_protocol::{Asked, Experiment, RunSpec, base_id};
use serde_json::Value;

use crate::args::Bench;

/// What the command line asked, as the merged report repeats it, and the races that it makes.
#[derive(Debug, PartialEq)]
pub struct Plan {
    /// Workloads joined by commas.
    pub asked: Asked,
    /// One per workload, with its size filled in.
    pub races: Vec<Asked>,
}

/// Makes the races of a command line.
///
/// # Errors
/// The first word that this page cannot run, and what it can.
pub fn plan(bench: &Bench, ready: &Value) -> Result<Plan> {
    let known: Vec<&Value> = ready["workloads"].as_array().into_iter().flatten().collect();
    let names = known.iter().filter_map(|workload| workload["id"].as_str());
    let names: Vec<&str> = names.collect();
    if names.is_empty() {
        bail!("the page names no workload: `parallax.ready` of this build is not what bench expects");
    }
    let backends = ready["backends"].as_array().into_iter().flatten();
    let backends: Vec<&str> = backends.filter_map(|backend| backend["id"].as_str()).collect();
    for id in &bench.backends {
        if !backends.contains(&base_id(id)) {
            bail!("no back end `{id}`: there are {}", backends.join(", "));
        }
    }
    if let (Some(threads), Some(pool @ 1..)) = (bench.threads, ready["pool_threads"].as_u64())
        && !(1..=pool).contains(&u64::from(threads))
    {
        bail!("--threads {threads} is not possible: the page's pool has {pool}");
    }
    let asked = |workload: String, size| Asked {
        experiment: bench.experiment,
        workload,
        size,
        backends: bench.backends.clone(),
        threads: bench.threads,
        seed: bench.seed,
        budget: bench.budget.unwrap_or(bench.experiment.default_budget_s()),
        ..Asked::from(&RunSpec::race("", 0))
    };
    let wanted: Vec<&str> = if bench.workloads.is_empty() {
        names.clone()
    } else {
        bench.workloads.iter().map(String::as_str).collect()
    };
    let race = |&id: &&str| {
        let found = known.iter().find(|workload| workload["id"] == id);
        let workload =
            found.with_context(|| format!("no workload `{id}`: there are {}", names.join(", ")))?;
        Ok(asked(id.to_owned(), Some(size(bench.size, workload)?)))
    };
    // Races are of all; an experiment is of one, or of all or none at once, whichever is named.
    let wanted = match bench.experiment {
        Experiment::Race => wanted,
        _ => wanted.into_iter().take(1).collect(),
    };
    Ok(Plan {
        asked: asked(wanted.join(","), bench.size),
        races: wanted.iter().map(race).collect::<Result<_>>()?,
    })
}

/// The size asked for if the workload takes it, or the workload's own.
fn size(asked: Option<u32>, workload: &Value) -> Result<u32> {
    let id = workload["id"].as_str().unwrap_or_default();
    let number = |value: &Value| value.as_u64().and_then(|n| u32::try_from(n).ok());
    let Some(size) = asked else {
        return number(&workload["default_size"])
            .with_context(|| format!("the page names no size for {id}: give one with --size"));
    };
    let range = &workload["size_range"];
    if let (Some(low), Some(high)) = (number(&range[0]), number(&range[1]))
        && !(low..=high).contains(&size)
    {
        bail!("--size {size} is not possible for {id}: choose from {low} to {high}");
    }
    Ok(size)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ready() -> Value {
        json!({
            "pool_threads": 2,
            "workloads": [
                { "id": "mandelbrot", "default_size": 1024, "size_range": [1, 4096] },
                { "id": "matmul", "default_size": 512, "size_range": [1, 2048] },
            ],
            "backends": [{ "id": "scalar" }, { "id": "simd" }],
        })
    }

    fn refused(bench: &Bench) -> String {
        plan(bench, &ready()).unwrap_err().to_string()
    }

    #[test]
    fn all_workloads_at_their_own_sizes() {
        let plan = plan(&Bench::default(), &ready()).unwrap();
        assert_eq!(plan.asked.workload, "mandelbrot,matmul");
        assert_eq!(plan.asked.size, None);
        let races: Vec<_> = plan
            .races
            .iter()
            .map(|race| (race.workload.as_str(), race.size))
            .collect();
        assert_eq!(races, [("mandelbrot", Some(1024)), ("matmul", Some(512))]);
    }

    #[test]
    fn what_was_asked_reaches_every_race() {
        let bench = Bench {
            workloads: vec!["matmul".into()],
            backends: vec!["scalar".into(), "scalar#2".into()],
            size: Some(64),
            threads: Some(2),
            budget: Some(0.5),
            seed: u64::MAX,
            ..Bench::default()
        };
        let plan = plan(&bench, &ready()).unwrap();
        assert_eq!(plan.races.as_slice(), std::slice::from_ref(&plan.asked));
        let json = serde_json::to_value(&plan.asked).unwrap();
        assert_eq!(json["seed"], u64::MAX.to_string(), "beyond JSON's numbers");
        assert_eq!(json["inject"], Value::Null);
    }

    #[test]
    fn refusals_name_what_there_is() {
        let with = |change: fn(&mut Bench)| {
            let mut bench = Bench::default();
            change(&mut bench);
            refused(&bench)
        };
        assert_eq!(
            with(|b| b.workloads = vec!["matmul".into(), "heat".into()]),
            "no workload `heat`: there are mandelbrot, matmul"
        );
        assert_eq!(
            with(|b| b.backends = vec!["cuda".into()]),
            "no back end `cuda`: there are scalar, simd"
        );
        assert_eq!(
            with(|b| b.size = Some(4096)),
            "--size 4096 is not possible for matmul: choose from 1 to 2048"
        );
        assert_eq!(
            with(|b| b.threads = Some(3)),
            "--threads 3 is not possible: the page's pool has 2"
        );
        assert!(plan(&Bench::default(), &json!({})).is_err());
    }
}

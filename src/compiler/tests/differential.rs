//! Programs that a grammar makes, the same on every rung, bit for bit, and in CPython with NumPy.
//!
//! 2,000 of them; `PARALLAX_PROGRAMS=FROM..TO` takes others, and `PARALLAX_ORACLE=FILE` what CPython said to them
//! (`oracle/differential.py --hash`). What was once found to differ is kept in `tests/kernels`.
#![cfg(not(target_arch = "wasm32"))]

mod generate;
mod golden;
#[path = "wasm/runner.rs"]
mod runner;

use parallax_compiler::{Request, interpret, prepare};
use std::collections::BTreeMap;

/// What a program gives, or how it ends.
fn told(seed: u64, expected: &BTreeMap<u64, (u64, u64)>) -> Result<bool, String> {
    let made = generate::program(seed);
    let request = Request {
        size: golden::size(&made.source),
        ..Request::default()
    };
    let prepared =
        prepare(&made.source, &request, &|| false).map_err(|failed| failed.render(&made.source))?;
    let interpreted = |order| {
        let options = interpret::Options {
            shadow: true,
            order,
            ..interpret::Options::default()
        };
        let mut machine = prepared
            .machine(options)
            .map_err(|refusal| format!("{refusal:?}"))?;
        machine
            .run(u64::MAX)
            .map_err(|failed| failed.diagnostic().message.clone())?;
        let results = machine
            .results()
            .map_err(|failed| failed.diagnostic().message.clone())?;
        Ok::<_, String>(golden::told(&prepared.outputs(results, || machine.arguments())))
    };
    let ours = interpreted(interpret::Order::Natural)?;
    let mut compared = false;
    if let Some((program, outputs)) = expected.get(&seed) {
        if golden::fnv(made.source.as_bytes()) != *program {
            return Err("the oracle ran another program under this seed".into());
        }
        if golden::fnv(ours.as_bytes()) != *outputs {
            return Err(format!("CPython and NumPy differ from {ours}"));
        }
        compared = true;
    }
    let shuffled = interpreted(interpret::Order::Shuffled(seed))?;
    if shuffled != ours {
        return Err(format!("in another order {shuffled}, else {ours}"));
    }
    for target in runner::TARGETS {
        let ran = runner::run(&prepared.program, target, &prepared.arguments, seed);
        if let Some(failed) = ran.failed {
            return Err(format!("{target:?} failed: {failed:?}"));
        }
        let theirs = golden::told(&prepared.outputs(ran.results, || ran.arguments));
        if theirs != ours {
            return Err(format!("{target:?} gives {theirs}, the interpreter {ours}"));
        }
    }
    Ok(compared)
}

#[test]
fn programs_give_the_same_everywhere() {
    let range = std::env::var("PARALLAX_PROGRAMS").ok();
    let (from, to) = range
        .as_deref()
        .and_then(|range| range.split_once(".."))
        .map_or((0, 2_000), |(from, to)| {
            (from.parse().unwrap(), to.parse().unwrap())
        });
    let expected: BTreeMap<u64, (u64, u64)> = golden::differential()
        .into_iter()
        .map(|(seed, program, outputs)| (seed, (program, outputs)))
        .collect();
    println!("seeds {from}..{to}");
    let threads = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    let found: Vec<(u64, Result<bool, String>)> = std::thread::scope(|scope| {
        let expected = &expected;
        let each = |first: u64| {
            let seeds = (from + first..to).step_by(threads as usize);
            seeds.map(|seed| (seed, told(seed, expected))).collect::<Vec<_>>()
        };
        let all: Vec<_> = (0..threads)
            .map(|first| scope.spawn(move || each(first)))
            .collect();
        all.into_iter().flat_map(|one| one.join().unwrap()).collect()
    });
    let compared = found.iter().filter(|(_, told)| *told == Ok(true)).count();
    let wrong: Vec<String> = found
        .iter()
        .filter_map(|(seed, told)| told.as_ref().err().map(|said| format!("seed {seed}: {said}")))
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        found.len(),
        wrong.join("\n")
    );
    println!(
        "{} programs, {compared} of them in CPython and NumPy too",
        found.len()
    );
    assert!(compared * 10 >= found.len() * 8, "{compared} of {}", found.len());
}

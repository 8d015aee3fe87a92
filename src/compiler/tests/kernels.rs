//! Kernels as people write them, held to what real Numba makes of the same files: types and values, on every rung.
#![cfg(not(target_arch = "wasm32"))]

mod golden;
#[path = "wasm/runner.rs"]
mod runner;

use golden::{Record, records, size, text, tolerance};
use parallax_compiler::{Prepared, Request, interpret, prepare};
use std::collections::BTreeSet;

/// `PARALLAX_KERNEL=name` takes one of them, and prints its program.
fn each(mut look: impl FnMut(&Record, &str, &Prepared, &mut Vec<String>)) {
    let only = std::env::var("PARALLAX_KERNEL").ok();
    let (mut kernels, mut wrong) = (0, Vec::new());
    for record in records() {
        if only.as_ref().is_some_and(|only| *only != record.name) {
            continue;
        }
        kernels += 1;
        let text = text("kernels", &record.name);
        let request = Request {
            size: size(&text),
            ..Request::default()
        };
        let mut said = Vec::new();
        match prepare(&text, &request, &|| false) {
            Ok(prepared) => {
                if only.is_some() {
                    println!("{}", *prepared.program);
                }
                look(&record, &text, &prepared, &mut said);
            }
            Err(failed) => said.push(failed.render(&text)),
        }
        wrong.extend(said.into_iter().map(|said| format!("{}: {said}", record.name)));
    }
    assert!(only.is_some() || kernels >= 150, "{kernels}");
    assert!(wrong.is_empty(), "{} faults:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn types_are_numbas() {
    each(|record, _, prepared, wrong| {
        let takes: Vec<String> = prepared
            .arguments
            .iter()
            .map(|value| value.type_of().to_string())
            .collect();
        if takes != record.takes {
            wrong.push(format!("takes {takes:?}, Numba {:?}", record.takes));
        }
        if prepared.gives.to_string() != record.gives {
            wrong.push(format!("gives {}, Numba {}", prepared.gives, record.gives));
        }
        for (variable, types) in &record.locals {
            let ours: BTreeSet<&str> = prepared
                .variables
                .iter()
                .filter(|(function, name, _)| format!("{function}.{name}") == *variable)
                .map(|(.., of)| of.as_str())
                .collect();
            // Numba gives each assignment a variable of its own, here those that meet are one; and
            // it tells arrays in Fortran's order from others.
            let plain = |one: &str| one.replace(", F)", ", A)").replace(", C)", ", A)");
            let is_numbas = |one: &&str| types.iter().any(|other| plain(other) == plain(one));
            if !ours.iter().all(is_numbas) {
                wrong.push(format!("{variable} is {ours:?}, Numba {types:?}"));
            }
        }
    });
}

/// What the interpreter gives, every parallel loop watched for races.
fn interpreted(
    prepared: &Prepared,
    order: interpret::Order,
) -> Result<Vec<parallax_compiler::Value>, String> {
    let options = interpret::Options {
        shadow: true,
        order,
        ..interpret::Options::default()
    };
    let mut machine = prepared.machine(options).map_err(|why| format!("{why:?}"))?;
    match machine.run(u64::MAX) {
        Err(failed) => return Err(failed.diagnostic().message.clone()),
        Ok(interpret::State::Paused) => return Err("it paused".into()),
        Ok(interpret::State::Done) => {}
    }
    let results = machine
        .results()
        .map_err(|failed| failed.diagnostic().message.clone())?;
    Ok(prepared.outputs(results, || machine.arguments()))
}

#[test]
fn values_are_numbas_on_every_rung() {
    let mut outputs = 0;
    each(|record, text, prepared, wrong| {
        let given = match interpreted(prepared, interpret::Order::Natural) {
            Ok(given) => given,
            Err(said) => return wrong.push(format!("interpreted: {said}")),
        };
        if given.len() != record.outputs.len() {
            let (ours, numbas) = (given.len(), record.outputs.len());
            return wrong.push(format!("{ours} outputs, Numba {numbas}"));
        }
        for (i, (ours, numbas)) in given.iter().zip(&record.outputs).enumerate() {
            outputs += 1;
            if let Some(said) = numbas.difference(ours, tolerance(text)) {
                wrong.push(format!("output {i}: {said}"));
            }
        }
        let given = golden::told(&given);
        for order in [interpret::Order::Reversed, interpret::Order::Shuffled(3)] {
            match interpreted(prepared, order) {
                Ok(theirs) if golden::told(&theirs) == given => {}
                Ok(_) => wrong.push(format!("{order:?} gives something else")),
                Err(said) => wrong.push(format!("{order:?}: {said}")),
            }
        }
        for target in runner::TARGETS {
            let ran = runner::run(&prepared.program, target, &prepared.arguments, 7);
            if let Some(failed) = ran.failed {
                wrong.push(format!("{target:?}: {failed:?}"));
                continue;
            }
            let theirs = golden::told(&prepared.outputs(ran.results, || ran.arguments));
            if theirs != given {
                wrong.push(format!(
                    "{target:?} differs from the interpreter: {theirs}, {given}"
                ));
            }
        }
    });
    let is_one = std::env::var("PARALLAX_KERNEL").is_ok();
    assert!(is_one || outputs > 400, "{outputs}");
}

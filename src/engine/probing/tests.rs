//! What is asked for, how it is cut to a budget, what is done with a page that is hidden. Whole runs
//! are in `tests/machine.rs`, which has the pool to itself.

use super::*;
use crate::runner::tests::machine;
use std::collections::BTreeSet;

fn spec(experiment: Experiment, budget_s: f64) -> RunSpec {
    RunSpec {
        experiment,
        budget_s,
        ..RunSpec::race("matmul", 64)
    }
}

fn here(threads: usize, software: bool) -> Here {
    Here {
        threads,
        pool: true,
        memory: None,
        gpu: Some((
            GpuLimits {
                max_buffer: 1e9,
                max_binding: 1e9,
                max_workgroups: 65535.0,
                max_invocations: 256.0,
            },
            software,
        )),
    }
}

type Key = (String, String, Option<u32>, Option<u64>);

fn key(asked: &Asked) -> Key {
    (asked.id.into(), asked.of.into(), asked.threads, asked.bytes)
}

#[test]
fn keys_are_unique_and_every_experiment_gets_what_it_needs() {
    for threads in [1, 2, 64] {
        for experiment in [Experiment::Machine, Experiment::Roofline, Experiment::Gpu] {
            let all = asked(experiment, &here(threads, false));
            let keys: BTreeSet<Key> = all.iter().map(key).collect();
            assert_eq!(keys.len(), all.len(), "{experiment:?} {threads}");
            let has = |id: &str, of: &str| all.iter().any(|a| a.id == id && a.of == of);
            assert!(has("copy", "gpu") && has("peak", "gpu"));
            let on_cpu = experiment != Experiment::Gpu;
            assert_eq!(
                has("copy", "simd") && has("peak", "scalar") && has("peak", "simd"),
                on_cpu
            );
            assert_eq!(has("gpu-upload", ""), experiment != Experiment::Roofline);
            let is_machine = experiment == Experiment::Machine;
            assert_eq!(has("message", "") && has("spawn", ""), is_machine);
            assert_eq!(has("cores", ""), is_machine && threads > 1);
        }
    }
}

#[test]
fn without_a_gpu_a_pool_or_memory_less_is_asked() {
    let bare = Here {
        threads: 1,
        pool: false,
        memory: Some(32 * MB),
        gpu: None,
    };
    let all = asked(Experiment::Machine, &bare);
    assert!(
        all.iter()
            .all(|a| !a.is_gpu() && a.threads.is_none_or(|t| t == 1))
    );
    assert!(all.iter().all(|a| a.id != "dispatch" && a.id != "cores"));
    let largest = all.iter().filter_map(|a| a.bytes).max();
    assert_eq!(largest, Some(4 * MB));
    assert!(asked(Experiment::Gpu, &bare).is_empty());
}

#[test]
fn a_short_budget_leaves_sizes_out_and_says_so() {
    let all = asked(Experiment::Machine, &here(2, false));
    let sets = |some: &[Asked]| -> Vec<u64> {
        let copies = some
            .iter()
            .filter(|a| a.of == "simd" && a.id == "copy" && a.threads == Some(2));
        copies.filter_map(|a| a.bytes).collect()
    };
    let cut = |budget_ms| thin(all.clone(), budget_ms, 200.0);
    let whole = cut(1e9);
    assert_eq!(sets(&whole), COPIES);
    assert!(whole.iter().all(|a| !a.thinned));
    let half = cut(200.0 * 40.0);
    assert_eq!(sets(&half), [16 * KB, 256 * KB, 4 * MB, 64 * MB]);
    let least = cut(0.0);
    assert_eq!(sets(&least), [64 * MB]);
    for some in [half, least] {
        for asked in some {
            // Of three lengths of a message every other one leaves two.
            assert_eq!(asked.thinned, asked.bytes.is_some(), "{asked:?}");
        }
    }
}

#[test]
fn notes_say_what_is_to_be_known() {
    let copy = Asked::new("copy", "gpu", Unit::GbPerS, How::Measured(Subject::GpuCopy(MB)));
    assert_eq!(notes(&copy, 6, false, false), None);
    let all = Asked {
        thinned: true,
        ..copy
    };
    let text = notes(&all, 2, false, true).unwrap();
    for word in [
        "software GPU: shaders run on the CPU",
        "2 repetitions",
        "left out",
    ] {
        assert!(text.contains(word), "{text}");
    }
    let on_cpu = Asked::new("spawn", "", Unit::Ms, How::Measured(Subject::Spawn));
    assert_eq!(notes(&on_cpu, 6, false, true), None);
}

/// A page that is hidden through some repetitions: they are repeated, and the wait is not charged.
#[test]
fn what_was_measured_while_the_page_was_hidden_is_repeated() {
    let control = Control::new(false);
    let machine = machine(Pool::Threads(rayon::current_num_threads()));
    let spec = spec(Experiment::Machine, 1.0);
    let probing = Probing {
        machine: &machine,
        timer_resolution_us: 1.0,
        job: 7,
        spec: &spec,
        budget_s: 1.0,
        control: &control,
        emit: &|_| {},
    };
    let time = Time {
        begin_ms: probing.now_ms(),
        own_ms: 1e6,
        most_ms: 1e6,
    };
    let mut calls = 0.0;
    let mut end_ms = 0.0;
    let repetition = async || {
        calls += 1.0;
        if calls == 3.0 {
            // Hidden for a moment.
            control.set_hidden(true);
            control.set_hidden(false);
        }
        Ok(calls)
    };
    let values = pollster::block_on(probing.repeat(repetition, 5, &time, &mut end_ms)).unwrap();
    assert_eq!(values, [1.0, 2.0, 4.0, 5.0, 6.0]);
    assert!(end_ms > 0.0);
}

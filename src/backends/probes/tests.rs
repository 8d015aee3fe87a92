//! Probes on the real pool, and on a GPU where this machine has one.

use super::*;
use crate::Pool;
use crate::host::NativeHost;
use std::rc::Rc;

pub(super) fn machine(pool: Pool) -> Machine {
    Machine {
        cores: 2,
        isolated: true,
        pool,
        #[cfg(feature = "gpu")]
        gpu: crate::GpuSlot::missing("no GPU in this test"),
        memory: None,
        compiled: Default::default(),
        host: Rc::new(NativeHost::new()),
    }
}

fn pooled() -> Machine {
    machine(Pool::Threads(rayon::current_num_threads()))
}

/// `None`, said aloud, where there is no adapter.
#[cfg(feature = "gpu")]
pub(super) fn machine_with_gpu(test: &str) -> Option<Machine> {
    let machine = Machine {
        gpu: pollster::block_on(crate::GpuSlot::probe(&NativeHost::new())),
        ..pooled()
    };
    if machine.gpu.device().is_none() {
        println!("SKIPPED {test}: no GPU adapter here");
        return None;
    }
    Some(machine)
}

fn made(machine: &Machine, subject: Subject) -> Option<Box<dyn Probe>> {
    pollster::block_on(probe(machine, subject, &StopFlag::new())).unwrap()
}

fn value_of(machine: &Machine, subject: Subject, unit: Unit, runs: u32) -> f64 {
    let mut probe = made(machine, subject).unwrap_or_else(|| panic!("no {subject:?}"));
    let mut best = f64::NAN;
    for _ in 0..3 {
        let ms = pollster::block_on(probe.run(runs)).unwrap();
        let value = value(unit, probe.amount(), runs, ms);
        assert!(value.is_finite() && value > 0.0, "{subject:?}: {value}");
        best = best.max(value);
    }
    best
}

fn cpu(threads: usize) -> [(Subject, Unit, u32); 6] {
    [
        (
            Subject::Copy {
                bytes: 1 << 20,
                threads,
            },
            Unit::GbPerS,
            4,
        ),
        (
            Subject::Peak {
                level: Level::Scalar,
                threads,
            },
            Unit::GflopPerS,
            40,
        ),
        (
            Subject::Peak {
                level: Level::Simd,
                threads,
            },
            Unit::GflopPerS,
            40,
        ),
        (Subject::Dispatch { threads }, Unit::Us, 5),
        (Subject::Barrier { threads }, Unit::Us, 50),
        (Subject::Spawn, Unit::Ms, 3),
    ]
}

#[test]
fn every_probe_of_the_cpu_gives_a_number() {
    let machine = pooled();
    for threads in [1, machine.pool.threads()] {
        for (subject, unit, runs) in cpu(threads) {
            let value = value_of(&machine, subject, unit, runs);
            println!("{subject:?}: {value:.3} {}", name(unit));
        }
    }
}

fn name(unit: Unit) -> String {
    format!("{unit:?}")
}

#[test]
fn four_lanes_compute_more_than_one() {
    let machine = pooled();
    let peak = |level| {
        value_of(
            &machine,
            Subject::Peak { level, threads: 1 },
            Unit::GflopPerS,
            500,
        )
    };
    let (scalar, simd) = (peak(Level::Scalar), peak(Level::Simd));
    println!("scalar {scalar:.2}, simd {simd:.2} GFLOP/s");
    assert!(simd > scalar, "simd {simd}, scalar {scalar}");
}

#[test]
fn what_is_not_here_has_no_probe() {
    let machine = pooled();
    let (threads, bytes) = (machine.pool.threads() + 1, 1 << 20);
    for subject in [
        Subject::Copy { bytes, threads },
        Subject::Copy {
            bytes: 1024,
            threads: 1,
        },
        Subject::Copy { bytes, threads: 0 },
        Subject::Peak {
            level: Level::Simd,
            threads,
        },
        Subject::Dispatch { threads },
        Subject::Message,
        Subject::Clone(1 << 16),
        Subject::GpuPeak,
        Subject::GpuCopy(1 << 20),
        Subject::GpuUpload(1 << 20),
    ] {
        assert!(made(&machine, subject).is_none(), "{subject:?}");
    }
    assert_eq!(gpu_limits(&machine), None);
    assert_eq!(
        pollster::block_on(gpu_quantum_us(&machine, &StopFlag::new())).unwrap(),
        None
    );

    let here = self::machine(Pool::Here {
        reason: "test".into(),
    });
    assert!(made(&here, Subject::Barrier { threads: 1 }).is_none());
    assert!(made(&here, Subject::Copy { bytes, threads: 2 }).is_none());
    value_of(&here, Subject::Copy { bytes, threads: 1 }, Unit::GbPerS, 3);
    value_of(
        &here,
        Subject::Peak {
            level: Level::Simd,
            threads: 1,
        },
        Unit::GflopPerS,
        3,
    );
}

#[test]
fn too_little_memory_is_said() {
    let subject = Subject::Copy {
        bytes: 1 << 60,
        threads: 1,
    };
    let refused = pollster::block_on(probe(&pooled(), subject, &StopFlag::new()));
    assert!(matches!(refused.err(), Some(BackendError::Memory(_))));
}

#[test]
fn a_raised_stop_ends_a_probe() {
    let machine = pooled();
    for (subject, _, runs) in cpu(1) {
        if subject == Subject::Spawn {
            continue;
        }
        let stop = StopFlag::new();
        let mut probe = pollster::block_on(probe(&machine, subject, &stop))
            .unwrap()
            .unwrap();
        stop.raise();
        let ended = pollster::block_on(probe.run(runs));
        assert!(matches!(ended, Err(BackendError::Stopped)), "{subject:?}");
    }
}

#[test]
fn values_are_rates_or_times_of_one() {
    assert_eq!(value(Unit::GbPerS, 1e6, 20, 10.0), 2.0);
    assert_eq!(value(Unit::GflopPerS, 1e6, 20, 10.0), 2.0);
    assert_eq!(value(Unit::Us, 100.0, 20, 10.0), 5.0);
    assert_eq!(value(Unit::Ms, 1.0, 20, 10.0), 0.5);
}

#[cfg(feature = "gpu")]
#[test]
fn every_probe_of_the_gpu_gives_a_number() {
    let Some(machine) = machine_with_gpu("every_probe_of_the_gpu_gives_a_number") else {
        return;
    };
    for (subject, unit, runs) in [
        (Subject::GpuCopy(1 << 20), Unit::GbPerS, 5),
        (Subject::GpuPeak, Unit::GflopPerS, 1),
        (Subject::GpuRoundTrip, Unit::Us, 5),
        (Subject::GpuMapRoundTrip, Unit::Us, 5),
        (Subject::GpuEmptyDispatch, Unit::Us, 2),
        (Subject::GpuUpload(1 << 16), Unit::GbPerS, 5),
        (Subject::GpuReadback(1 << 16), Unit::GbPerS, 5),
    ] {
        let value = value_of(&machine, subject, unit, runs);
        println!("{subject:?}: {value:.3} {}", name(unit));
        let stop = StopFlag::new();
        let mut stopped = pollster::block_on(probe(&machine, subject, &stop))
            .unwrap()
            .unwrap();
        stop.raise();
        assert!(
            matches!(pollster::block_on(stopped.run(1)), Err(BackendError::Stopped)),
            "{subject:?}"
        );
    }
    let limits = gpu_limits(&machine).unwrap();
    assert!(
        limits.max_buffer >= limits.max_binding && limits.max_binding > 0.0,
        "{limits:?}"
    );
    assert!(
        limits.max_workgroups >= 1.0 && limits.max_invocations >= 1.0,
        "{limits:?}"
    );
    let quantum = pollster::block_on(gpu_quantum_us(&machine, &StopFlag::new())).unwrap();
    println!("{limits:?}, quantum {quantum:?} us");
    assert!(quantum.is_none_or(|us| us > 0.0));
    assert!(made(&machine, Subject::GpuCopy(1 << 60)).is_none());
    assert!(made(&machine, Subject::GpuUpload(1 << 60)).is_none());
}

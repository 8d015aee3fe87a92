//! WebAssembly against the interpreter: random programs, bit for bit.

#[path = "wasm/random.rs"]
mod random;
#[path = "wasm/runner.rs"]
mod runner;

use parallax_compiler::interpret::{Failed, Machine, State, What};
use parallax_compiler::ir::Program;
use parallax_compiler::validate::{Valid, validate};
use parallax_compiler::value::Arg;
use parallax_compiler::{ArrayValue, Request, Scalar, Value, prepare, ranges, specialise, walk};
use runner::{TARGETS, run};

/// Any NaN as the one.
fn plain(value: &Value) -> Value {
    let plain = |of, bits: u64| match of {
        Scalar::F32 if f32::from_bits(bits as u32).is_nan() => f32::NAN.to_bits().into(),
        Scalar::F64 if f64::from_bits(bits).is_nan() => f64::NAN.to_bits(),
        _ => bits,
    };
    match value {
        Value::Scalar(of, bits) => Value::Scalar(*of, plain(*of, *bits)),
        Value::Array(array) => {
            let width = array.of.bytes() as usize;
            let bits = (0..array.len()).map(|at| plain(array.of, array.bits(at).unwrap()));
            let bytes = bits
                .flat_map(|bits| bits.to_le_bytes().into_iter().take(width))
                .collect();
            Value::Array(ArrayValue {
                of: array.of,
                shape: array.shape.clone(),
                bytes,
            })
        }
        other => other.clone(),
    }
}

fn interpret(program: &Valid, arguments: &[Value]) -> (Machine, Option<Failed>) {
    let mut machine = Machine::new(program, arguments.to_vec()).unwrap();
    let failed = match machine.run(100_000_000) {
        Ok(State::Done) => None,
        Ok(State::Paused) => panic!("it goes on and on"),
        Err(failed) => Some(failed),
    };
    (machine, failed)
}

/// Runs a program everywhere, and compares.
fn compare(program: &Valid, arguments: &[Value], seed: u64) {
    compare_with(program, program, arguments, seed);
}

/// A program made for its arguments, as `prepare` makes it.
fn made_for(program: &Program, arguments: &[Value]) -> Valid {
    let mut own = program.clone();
    own.made_for = Some(arguments.iter().map(Arg::from).collect());
    specialise::specialise(&mut own);
    ranges::hoist(&mut own);
    specialise::narrow(&mut own);
    walk::renew_private(&mut own.body);
    validate(own).unwrap_or_else(|why| panic!("{why:?} in\n{program}"))
}

/// Compares what a program means with what is written of it.
fn compare_with(program: &Valid, written: &Valid, arguments: &[Value], seed: u64) {
    let (machine, failed) = interpret(program, arguments);
    for target in TARGETS.into_iter().take(4) {
        if std::env::var("ONLY").is_ok_and(|only| only != format!("{}", target.simd)) {
            continue;
        }
        let ran = run(written, target, arguments, seed);
        let iteration = failed.as_ref().map(|failed| failed.iteration);
        assert_eq!(
            ran.failed.map(|failed| failed.iteration.map(i128::from)),
            iteration,
            "seed {seed} {target:?}: {failed:?} {:?} in\n{}",
            ran.failed,
            **program
        );
        if failed.is_some() {
            continue;
        }
        let pairs = [
            (&ran.results, machine.results().unwrap()),
            (&ran.arguments, machine.arguments()),
        ];
        for (which, (is, should)) in pairs.into_iter().enumerate() {
            for (n, (is, should)) in is.iter().zip(should).enumerate() {
                let (is, should) = (plain(is), plain(&should));
                let kind = ["result", "argument"][which];
                if let (Value::Array(is), Value::Array(should)) = (&is, &should) {
                    let first = (0..is.len()).find(|at| is.bits(*at) != should.bits(*at));
                    let bits = first.map(|at| (at, is.bits(at), should.bits(at)));
                    assert!(
                        bits.is_none(),
                        "seed {seed} {target:?}: {kind} {n} at, is, should {bits:x?} in\n{}",
                        **program
                    );
                }
                assert!(
                    is == should,
                    "seed {seed} {target:?}: {kind} {n} is {is:?}, should be {should:?}, in\n{}",
                    **program
                );
            }
        }
    }
}

#[test]
fn random_programs_do_what_the_interpreter_does() {
    let first: u64 = std::env::var("SEED").ok().map_or(0, |text| text.parse().unwrap());
    let n: u64 = std::env::var("SEEDS")
        .ok()
        .map_or(300, |text| text.parse().unwrap());
    for seed in first..first + n {
        let made = random::program(seed, seed % 3 == 0);
        let valid = validate(made.program).unwrap_or_else(|why| panic!("seed {seed}: {why:?}"));
        if std::env::var("SHRINK").is_err() {
            compare(&valid, &made.arguments, seed);
            continue;
        }
        let fails = |program: &parallax_compiler::ir::Program| {
            validate(program.clone()).is_ok_and(|valid| {
                let mut machine = Machine::new(&valid, made.arguments.clone()).unwrap();
                match machine.run(1_000_000) {
                    Ok(State::Paused) => return false,
                    Err(failed) if matches!(failed.what, What::Unbound(_)) => return false,
                    Ok(State::Done) if machine.results().is_err() => return false,
                    _ => {}
                }
                let run = std::panic::AssertUnwindSafe(|| compare(&valid, &made.arguments, seed));
                std::panic::catch_unwind(run).is_err()
            })
        };
        std::panic::set_hook(Box::new(|_| {}));
        if fails(&valid) {
            let small = random::shrink(valid.into_inner(), fails);
            let _ = std::panic::take_hook();
            compare(&validate(small).unwrap(), &made.arguments, seed);
        }
    }
}

/// Facts about arguments, ranges and 32 bits change nothing: not a value, and not where an error is.
#[test]
fn programs_for_their_arguments_do_the_same() {
    for seed in 1_000..1_300 {
        let made = random::program(seed, seed % 3 == 0);
        let written = made_for(&made.program, &made.arguments);
        let valid = validate(made.program).unwrap_or_else(|why| panic!("seed {seed}: {why:?}"));
        compare_with(&valid, &written, &made.arguments, seed);
        for target in TARGETS.into_iter().take(4) {
            let [one, other] = [&valid, &written].map(|it| run(it, target, &made.arguments, seed).failed);
            assert_eq!(one, other, "seed {seed} {target:?}");
        }
    }
}

#[test]
fn kernels_do_what_the_interpreter_does() {
    let only = std::env::var("KERNEL").unwrap_or_default();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/kernels");
    let mut names: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|one| one.unwrap().path())
        .collect();
    names.sort();
    let mut refused = Vec::new();
    for path in names {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if path.extension().is_none_or(|ext| ext != "py") || !name.contains(&only) {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let request = Request {
            size: 13,
            ..Request::default()
        };
        match prepare(&text, &request, &|| false) {
            Err(why) => refused.push(format!(
                "{name}: {}",
                why.render(&text).lines().next().unwrap_or_default()
            )),
            Ok(kernel) => {
                eprintln!("{name}");
                compare(&kernel.program, &kernel.arguments, 1);
            }
        }
    }
    eprintln!("not compiled: {refused:#?}");
}

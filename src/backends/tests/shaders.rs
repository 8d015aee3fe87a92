//! Shaders from Python, by value: the functions that they are written with over tables of arguments, and the
//! compiler's own kernels, held to the interpreter. On whatever Vulkan there is: a software one will do.
#![cfg(all(feature = "gpu", not(target_arch = "wasm32")))]

mod narrowed;

use narrowed::{NARROWED, size};
use parallax_backends::host::NativeHost;
use parallax_backends::{BackendError, Deal, GpuSlot, Machine, Order, Pool, StopFlag, compiler, find};
use parallax_protocol::{GpuMs, KernelSource, SpanKind, Support, Timeline};
use parallax_workloads::{Argument, Array, Output, Own, Problem, PythonProgram};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

/// `None`, said aloud, where there is no adapter.
fn machine(test: &str) -> Option<Machine> {
    let host = Rc::new(NativeHost::new());
    let machine = Machine {
        cores: rayon::current_num_threads(),
        isolated: true,
        pool: Pool::Threads(rayon::current_num_threads()),
        gpu: pollster::block_on(GpuSlot::probe(&*host)),
        memory: None,
        compiled: Default::default(),
        host,
    };
    if let Support::No { reason } = machine.gpu.support() {
        println!("SKIPPED {test}: {reason}");
        return None;
    }
    Some(machine)
}

/// What a back end's second run gives: the first has other bands.
fn outputs(machine: &Machine, problem: &Arc<dyn Problem>, backend: &str) -> Result<Vec<Array>, BackendError> {
    let order = Order {
        threads: 1,
        deal: Deal::default(),
        stop: StopFlag::new(),
        inject: None,
    };
    let backend = find(backend).expect("a back end of this name");
    pollster::block_on(async {
        let mut prepared = backend.prepare(machine, Arc::clone(problem), order).await?;
        prepared.run(2).await?;
        match prepared.output().await? {
            Output::Arrays(all) => Ok(all),
            other => panic!("{other:?}"),
        }
    })
}

/// By how much a result may be off, by the arguments and the right result.
type Allowed = fn(f64, f64, f64) -> f64;

/// A float32's unit in the last place.
fn ulp(value: f64) -> f64 {
    let value = (value.abs() as f32).clamp(f32::MIN_POSITIVE, f32::MAX / 2.0);
    f64::from(value.next_up()) - f64::from(value)
}

/// What WGSL allows `exp` (3 + 2|x| ulp), and so what is made of it.
fn exp(x: f64, want: f64) -> f64 {
    (3.0 + 2.0 * x.abs()) * ulp(want)
}

/// What it allows `log`: 2^-21 from 1/2 to 2, else 3 ulp.
fn log(want: f64) -> f64 {
    (3.0 * ulp(want)).max(2f64.powi(-21))
}

/// What it allows `sin` and `cos`, which is all that their makers say.
const TRIGONOMETRIC: f64 = 1.0 / 2048.0;

fn inside(values: &[f32], low: f32, high: f32) -> Vec<f32> {
    values
        .iter()
        .copied()
        .filter(|x| low <= *x && *x <= high)
        .collect()
}

/// Numbers of all sizes.
fn table() -> Vec<f32> {
    let sizes = [
        1e-30, 1e-12, 1e-6, 1e-3, 0.01, 0.1, 0.2, 0.249, 0.25, 0.26, 0.3, 0.4999, 0.5, 0.51, 0.7, 0.75, 0.9,
        0.999, 1.0, 1.001, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 3.3, 4.0, 4.5, 5.0, 6.0, 7.5, 8.0, 9.99,
        10.0, 12.5, 17.0, 20.5, 30.0, 34.5, 50.0, 80.0, 88.0, 100.0, 1e3, 12345.6, 1e6, 1e9, 1e12, 1e20,
    ];
    let all = sizes.iter().flat_map(|x| [*x, -*x]).chain([0.0, -0.0]);
    let mut all: Vec<f32> = all.collect();
    // And some of no particular kind.
    all.extend((0..400).map(|k| (k as f32 * 0.618_034).fract() * 24.0 - 12.0));
    all
}

fn floats(values: &[f32]) -> Argument {
    Argument::F32 {
        shape: vec![values.len()],
        values: Arc::new(values.to_vec()),
    }
}

fn ints<T, const N: usize>(dtype: &'static str, values: &[T], bytes: fn(&T) -> [u8; N]) -> Argument {
    Argument::Array(Arc::new(Array {
        dtype,
        shape: vec![values.len()],
        bytes: values.iter().flat_map(bytes).collect(),
    }))
}

/// A loop that gives an expression of `x[i]` and `y[i]` for all of them.
fn problem(expression: &str, result: &str, x: Argument, y: Argument) -> Arc<dyn Problem> {
    let source = format!(
        "import math\nimport numpy as np\nfrom numba import njit, prange\nf32 = np.float32\n\n\
         @njit(parallel=True)\ndef f(x, y):\n    out = np.empty(x.size, np.{result})\n    \
         for i in prange(x.size):\n        a = x[i]\n        b = y[i]\n        out[i] = {expression}\n    return out\n"
    );
    let program = PythonProgram {
        narrow: true,
        ..PythonProgram::of(&source, 1, vec![x, y])
    };
    Arc::new(Own::new(program))
}

/// Every place where the GPU is further off than it may be, and the greatest difference.
fn compare(
    machine: &Machine,
    expression: &str,
    (x, y): (&[f32], &[f32]),
    allowed: Allowed,
) -> (Vec<String>, f64) {
    let problem = problem(expression, "float32", floats(x), floats(y));
    let one = |backend| match outputs(machine, &problem, backend) {
        Ok(mut all) => all.remove(0),
        Err(error) => panic!("{expression} on {backend}: {error}"),
    };
    let (got, want) = (one("gpu:python"), one("interpreter"));
    let (mut wrong, mut most) = (Vec::new(), 0.0f64);
    for i in 0..want.len() {
        let (a, b) = (f64::from(x[i]), f64::from(y[i]));
        let (got, want) = (got.at(i), want.at(i));
        if got == want || got.is_nan() && want.is_nan() {
            continue;
        }
        // Numbers below the least normal one may be flushed, those at the other end overflow.
        let off = (got - want).abs() - f64::from(f32::MIN_POSITIVE);
        let is_huge = |v: f64| v.abs() > f64::from(f32::MAX) * (1.0 - 1e-4);
        if is_huge(got) && is_huge(want) && got.signum() == want.signum() {
            continue;
        }
        let may = allowed(a, b, want);
        most = most.max(off / ulp(want));
        if want.is_infinite() || off.is_nan() || off > may {
            wrong.push(format!(
                "{expression} of {a:e}, {b:e} is {got:e}, not {want:e}: {off:e} off, {may:e} allowed"
            ));
        }
    }
    (wrong, most)
}

/// Functions of one number: the least and the greatest argument, and what is allowed.
const ONE: &[(&str, (f32, f32), Allowed)] = &[
    ("math.sqrt(a)", (0.0, 1e20), |_, _, want| 4.0 * ulp(want)),
    ("math.exp(a)", (-87.0, 88.0), |x, _, want| exp(x, want)),
    ("np.exp2(a)", (-126.0, 127.0), |x, _, want| exp(x, want)),
    ("math.log(a)", (1e-30, 1e20), |_, _, want| log(want)),
    ("math.log2(a)", (1e-30, 1e20), |_, _, want| log(want)),
    ("math.log10(a)", (1e-30, 1e20), |_, _, want| {
        log(want) + 2.0 * ulp(want)
    }),
    ("math.expm1(a)", (-0.4999, 0.4999), |_, _, want| 2.0 * ulp(want)),
    ("math.expm1(a)", (-87.0, 88.0), |x, _, want| {
        exp(x, want + 1.0) + ulp(want)
    }),
    ("math.log1p(a)", (-0.2499, 0.2499), |_, _, want| 3.0 * ulp(want)),
    ("math.log1p(a)", (-0.999, 1e20), |_, _, want| 2.0 * log(want)),
    ("math.sin(a)", (-3.1, 3.1), |_, _, _| TRIGONOMETRIC),
    ("math.cos(a)", (-3.1, 3.1), |_, _, _| TRIGONOMETRIC),
    ("math.tan(a)", (-1.4, 1.4), |_, _, want| {
        TRIGONOMETRIC * (1.0 + want * want) * 2.0
    }),
    ("math.asin(a)", (-1.0, 1.0), |_, _, want| {
        4096.0 * ulp(want) + 7e-5
    }),
    ("math.acos(a)", (-1.0, 1.0), |_, _, want| {
        4096.0 * ulp(want) + 7e-5
    }),
    ("math.atan(a)", (-1e20, 1e20), |_, _, want| 4096.0 * ulp(want)),
    ("math.sinh(a)", (-0.9999, 0.9999), |_, _, want| 2.0 * ulp(want)),
    ("math.sinh(a)", (-88.0, 88.0), |x, _, want| 2.0 * exp(x, want)),
    ("math.cosh(a)", (-88.0, 88.0), |x, _, want| 2.0 * exp(x, want)),
    ("math.tanh(a)", (-1e20, 1e20), |x, _, want| {
        exp(2.0 * x.abs().min(9.0), want)
    }),
    ("math.asinh(a)", (-1e20, 1e20), |_, _, want| 2.0 * log(want)),
    ("math.asinh(a)", (-0.2, 0.2), |_, _, want| 6.0 * ulp(want)),
    ("math.acosh(a)", (1.0, 1e20), |_, _, want| 2.0 * log(want)),
    ("math.atanh(a)", (-0.999, 0.999), |_, _, want| {
        2.0 * log(want) + 8.0 * ulp(want)
    }),
    ("math.atanh(a)", (-0.1, 0.1), |_, _, want| 6.0 * ulp(want)),
    ("np.cbrt(a)", (-1e20, 1e20), |_, _, want| 3.0 * ulp(want)),
    ("math.erf(a)", (-0.4999, 0.4999), |_, _, want| 2.0 * ulp(want)),
    ("math.erf(a)", (-1e20, 1e20), |_, _, _| 5e-7),
    ("math.erfc(a)", (-1e20, 1e20), |_, _, _| 5e-7),
    ("math.gamma(a)", (-8.0, 10.0), |_, _, want| 1e-5 * want.abs()),
    ("math.gamma(a)", (10.0, 34.0), |_, _, want| 1e-4 * want.abs()),
    ("math.lgamma(a)", (-8.0, 1e9), |_, _, want| {
        1e-5 * want.abs().max(1.0)
    }),
    ("math.floor(a)", (-1e9, 1e9), |_, _, _| 0.0),
    ("math.ceil(a)", (-1e9, 1e9), |_, _, _| 0.0),
    ("np.floor(a)", (-1e20, 1e20), |_, _, _| 0.0),
    ("np.ceil(a)", (-1e20, 1e20), |_, _, _| 0.0),
    ("np.trunc(a)", (-1e20, 1e20), |_, _, _| 0.0),
    ("np.rint(a)", (-1e20, 1e20), |_, _, _| 0.0),
    ("round(a)", (-1e9, 1e9), |_, _, _| 0.0),
    ("abs(a)", (-1e20, 1e20), |_, _, _| 0.0),
    ("-a", (-1e20, 1e20), |_, _, _| 0.0),
    ("np.int32(a)", (-2e9, 2e9), |_, _, _| 0.0),
    ("np.uint32(a)", (0.0, 4e9), |_, _, _| 0.0),
    ("int(a)", (-2e9, 2e9), |_, _, _| 0.0),
    ("bool(a)", (-2e9, 2e9), |_, _, _| 0.0),
    ("a * f32(math.pi) + f32(1e-3)", (-1e20, 1e20), |_, _, want| {
        2.0 * ulp(want) + 1e-9
    }),
];

/// Functions of two.
const TWO: &[(&str, (f32, f32), Allowed)] = &[
    ("a / b if b != f32(0) else f32(0)", (-1e9, 1e9), |_, _, want| {
        2.5 * ulp(want)
    }),
    ("math.atan2(a, b)", (-1e9, 1e9), |_, _, want| 4096.0 * ulp(want)),
    ("math.hypot(a, b)", (-1e20, 1e20), |_, _, want| 4.0 * ulp(want)),
    ("math.copysign(a, b)", (-1e20, 1e20), |_, _, _| 0.0),
    ("min(a, b)", (-1e20, 1e20), |_, _, _| 0.0),
    ("max(a, b)", (-1e20, 1e20), |_, _, _| 0.0),
    ("np.minimum(a, b)", (-1e20, 1e20), |_, _, _| 0.0),
    ("np.maximum(a, b)", (-1e20, 1e20), |_, _, _| 0.0),
    ("a % b if b != f32(0) else f32(0)", (-1e9, 1e9), |_, _, want| {
        ulp(want)
    }),
    (
        "np.fmod(a, b) if b != f32(0) else f32(0)",
        (-1e20, 1e20),
        |_, _, _| 0.0,
    ),
    ("a // b if b != f32(0) else f32(0)", (-1e9, 1e9), |_, _, want| {
        2.5 * ulp(want)
    }),
    // 2^(y * log2(x)): what is wrong with the exponent counts by its size.
    ("abs(a) ** b", (-12.0, 12.0), |x, y, want| {
        let exponent = y * x.abs().ln();
        want.abs() * (4.0 * ulp(exponent) + 2f64.powi(-21) * y.abs()) + exp(exponent, want)
    }),
    ("a ** np.rint(b)", (-12.0, 12.0), |x, y, want| {
        let exponent = y.round_ties_even() * x.abs().ln();
        want.abs() * (4.0 * ulp(exponent) + 2f64.powi(-21) * y.abs()) + exp(exponent, want)
    }),
];

#[test]
fn functions_of_floats_are_as_exact_as_is_said() {
    let Some(machine) = machine("functions_of_floats_are_as_exact_as_is_said") else {
        return;
    };
    let table = table();
    let mut wrong = Vec::new();
    for (expression, (low, high), allowed) in ONE {
        let x = inside(&table, *low, *high);
        let (more, most) = compare(&machine, expression, (&x, &x), *allowed);
        println!("{expression} from {low:e} to {high:e}: {most:.1} ulp");
        wrong.extend(more);
    }
    let few: Vec<f32> = table
        .iter()
        .copied()
        .enumerate()
        .filter(|(k, _)| *k < 104 || k % 16 == 0)
        .map(|(_, x)| x)
        .collect();
    for (expression, (low, high), allowed) in TWO {
        let few = inside(&few, *low, *high);
        let x: Vec<f32> = few.iter().flat_map(|x| vec![*x; few.len()]).collect();
        let y: Vec<f32> = few.iter().flat_map(|_| few.clone()).collect();
        let (more, most) = compare(&machine, expression, (&x, &y), *allowed);
        println!("{expression} from {low:e} to {high:e}: {most:.1} ulp");
        wrong.extend(more);
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn integers_are_exact() {
    let Some(machine) = machine("integers_are_exact") else {
        return;
    };
    let sizes = [
        0,
        1,
        2,
        3,
        5,
        7,
        8,
        31,
        32,
        33,
        63,
        64,
        100,
        127,
        128,
        255,
        256,
        1000,
        32767,
        32768,
        65535,
        65536,
        123_456_789,
        i32::MAX - 1,
        i32::MAX,
    ];
    let all: Vec<i32> = sizes
        .iter()
        .flat_map(|k| [*k, -*k])
        .chain([i32::MIN, i32::MIN + 1])
        .collect();
    let pairs = |all: &[i32]| -> (Vec<i32>, Vec<i32>) {
        let x = all.iter().flat_map(|x| vec![*x; all.len()]);
        (x.collect(), all.iter().flat_map(|_| all.to_vec()).collect())
    };
    let (x, y) = pairs(&all);
    let signed = (
        ints("int32", &x, |k| k.to_le_bytes()),
        ints("int32", &y, |k| k.to_le_bytes()),
    );
    let unsigned = (
        ints("uint32", &x, |k| k.to_le_bytes()),
        ints("uint32", &y, |k| k.to_le_bytes()),
    );
    let mixed = (signed.0.clone(), unsigned.1.clone());
    let short: Vec<i16> = x.iter().map(|k| *k as i16).collect();
    let byte: Vec<u8> = y.iter().map(|k| *k as u8).collect();
    let narrow = (
        ints("int16", &short, |k| k.to_le_bytes()),
        ints("uint8", &byte, |k| k.to_le_bytes()),
    );
    let both = [
        "a + b",
        "a - b",
        "a * b",
        "a & b",
        "a | b",
        "a ^ b",
        "~a",
        "-a",
        "a == b",
        "a != b",
        "a < b",
        "a <= b",
        "a > b",
        "a >= b",
        "min(a, b)",
        "max(a, b)",
        "a >> (b & 31)",
        "a << (b & 31)",
        "np.int16(a)",
        "np.uint8(b)",
        "np.int8(a)",
        "np.uint16(b)",
        "abs(np.int32(a))",
        "a // 7",
        "a % 7",
        "a % 8",
    ];
    let of = [
        ("int32", &signed),
        ("uint32", &unsigned),
        ("mixed", &mixed),
        ("narrow", &narrow),
    ];
    let divided = [
        "a // b if b != 0 else b",
        "a % b if b != 0 else b",
        "a // -3",
        "a % -3",
    ];
    let mut wrong = Vec::new();
    for (name, (x, y)) in of {
        let more = match name {
            // Unsigned by signed ones are int64, and float64 where the types meet.
            "mixed" => &[][..],
            "uint32" => &divided[..2],
            _ => &divided[..],
        };
        for expression in both.iter().chain(more) {
            let problem = problem(expression, "int32", x.clone(), y.clone());
            match (
                outputs(&machine, &problem, "gpu:python"),
                outputs(&machine, &problem, "interpreter"),
            ) {
                (Ok(got), Ok(want)) => {
                    let (got, want) = (&got[0], &want[0]);
                    let differ = (0..want.len()).filter(|i| got.at(*i) != want.at(*i));
                    let differ: Vec<usize> = differ.collect();
                    if let Some(i) = differ.first() {
                        wrong.push(format!(
                            "{expression} of {name} {} (the {i}th: {} and {}) is {}, not {}",
                            differ.len(),
                            all[i / all.len()],
                            all[i % all.len()],
                            got.at(*i),
                            want.at(*i)
                        ));
                    }
                }
                (got, want) => wrong.push(format!(
                    "{expression} of {name}: {:?} {:?}",
                    got.err(),
                    want.err()
                )),
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_compilers_kernels_give_what_the_interpreter_gives() {
    let Some(machine) = machine("the_compilers_kernels_give_what_the_interpreter_gives") else {
        return;
    };
    let only = std::env::var("PARALLAX_KERNEL").ok();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../compiler/tests/kernels");
    let files = std::fs::read_dir(folder).expect("the compiler's kernels");
    let mut files: Vec<_> = files.filter_map(|file| Some(file.ok()?.path())).collect();
    files.sort();
    let (mut same, mut refused, mut wrong) = (0, Vec::new(), Vec::new());
    for file in files
        .iter()
        .filter(|file| file.extension().is_some_and(|end| end == "py"))
    {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().to_string();
        if only.as_ref().is_some_and(|only| *only != name) {
            continue;
        }
        let text = std::fs::read_to_string(file).expect("a kernel");
        for narrow in [false, true] {
            let kernel = KernelSource {
                text: text.clone(),
                narrow,
                ..KernelSource::default()
            };
            let size = size(&text);
            let own = compiler::own(&machine, kernel, size, StopFlag::new());
            let own = pollster::block_on(own).unwrap_or_else(|error| panic!("{name}: {error}"));
            let problem = own.problem;
            let got = match outputs(&machine, &problem, "gpu:python") {
                Ok(got) => got,
                Err(BackendError::LeftOut { reason }) => {
                    refused.extend(narrow.then(|| format!("{name}: {reason}")));
                    continue;
                }
                Err(error) => {
                    wrong.push(format!("{name} ({narrow}): {error}"));
                    break;
                }
            };
            let want =
                outputs(&machine, &problem, "interpreter").unwrap_or_else(|error| panic!("{name}: {error}"));
            let gpu = find("gpu:python").expect("a back end").arithmetic();
            let verification = problem.verify(&Output::Arrays(want), &Output::Arrays(got), gpu);
            let is_narrowed = narrow && NARROWED.iter().any(|(narrowed, _)| *narrowed == name);
            match verification.ok != is_narrowed {
                true => same += 1,
                false => wrong.push(format!("{name} ({narrow}): {verification:?}")),
            }
            break;
        }
    }
    println!("{same} as they have to be; refused: {refused:#?}");
    assert!(only.is_some() || same > 150, "{same}");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// What a kernel's runs come to, and the parts of one.
fn parts(machine: &Machine, text: &str) -> (GpuMs, Timeline, [Vec<Array>; 2]) {
    let kernel = KernelSource {
        text: text.into(),
        ..KernelSource::default()
    };
    let order = Order {
        threads: 1,
        deal: Deal::default(),
        stop: StopFlag::new(),
        inject: None,
    };
    let gpu = find("gpu:python").expect("a back end");
    let ended = pollster::block_on(async {
        let own = compiler::own(machine, kernel, 3000, StopFlag::new()).await?;
        let mut prepared = gpu.prepare(machine, own.problem, order).await?;
        prepared.run(1).await?;
        let before = prepared.output().await?;
        let parts = prepared.parts(3).await?.expect("it has parts");
        prepared.record(true);
        prepared.run(2).await?;
        let timeline = prepared.recorded().expect("it was recorded");
        prepared.run(1).await?;
        match (before, prepared.output().await?) {
            (Output::Arrays(before), Output::Arrays(after)) => Ok((parts, timeline, [before, after])),
            other => panic!("{other:?}"),
        }
    });
    ended.unwrap_or_else(|error: BackendError| panic!("{error}"))
}

#[test]
fn a_run_has_parts_and_is_the_same_after_them() {
    let Some(machine) = machine("a_run_has_parts_and_is_the_same_after_them") else {
        return;
    };
    const HEAD: &str = "import numpy as np\nfrom numba import njit, prange\n\n@njit(parallel=True)\ndef f(x, n):\n    total = np.float32(0)\n";
    const SETUP: &str = "\ndef setup(n):\n    return np.arange(n).astype(np.float32) / np.float32(n), 4\n";
    // What is read in between decides what comes next.
    let repeated = format!(
        "{HEAD}    y = np.zeros_like(x)\n    while total < np.float32(n * 3000):\n        for i in prange(x.size):\n            \
         y[i] += x[i] + np.float32(1)\n        total = np.float32(0)\n        for i in prange(x.size):\n            \
         total += y[i]\n    return y, total\n{SETUP}"
    );
    let (parts_ms, timeline, [before, after]) = parts(&machine, &repeated);
    assert_eq!(before, after);
    assert!(
        parts_ms.upload.is_some() && parts_ms.readback.is_some(),
        "{parts_ms:?}"
    );
    assert!(parts_ms.resident.is_some_and(|ms| ms > 0.0), "{parts_ms:?}");
    let kinds: Vec<SpanKind> = timeline.tracks[0].spans.iter().map(|span| span.kind).collect();
    let one = [SpanKind::Upload, SpanKind::Submit, SpanKind::ReadBack];
    assert_eq!(kinds, [one, one].concat());

    let changing = format!("{HEAD}    for i in prange(x.size):\n        x[i] += np.float32(n)\n{SETUP}");
    let (parts_ms, _, [before, after]) = parts(&machine, &changing);
    assert_eq!(before, after);
    assert!(
        parts_ms.upload.is_some() && parts_ms.resident.is_none(),
        "{parts_ms:?}"
    );
}

#[test]
fn arrays_that_iterations_make_are_each_its_own() {
    let Some(machine) = machine("arrays_that_iterations_make_are_each_its_own") else {
        return;
    };
    // More than is private, so that 13 workgroups at a time share a buffer; lengths differ. (A software GPU may end a
    // shader's loops after 65,535 rounds.)
    let text = "import numpy as np\nfrom numba import njit, prange\n\n@njit(parallel=True)\ndef f(n):\n    \
                out = np.zeros(n, np.int32)\n    for i in prange(n):\n        own = np.full(20000 + i % 17, i, np.int32)\n        \
                few = np.zeros(1 + i % 5, np.bool_)\n        own[i % own.size] += 1\n        few[i % few.size] = True\n        \
                s = np.int32(0)\n        for k in range(0, own.size, 997):\n            s += own[k] * (k & 3)\n        \
                for k in range(few.size):\n            s += np.int32(few[k])\n        out[i] = s\n    return out\n\n\
                def setup(n):\n    return n\n";
    let program = PythonProgram {
        narrow: true,
        arguments: None,
        ..PythonProgram::of(text, 2000, Vec::new())
    };
    let problem: Arc<dyn Problem> = Arc::new(Own::new(program));
    let got = outputs(&machine, &problem, "gpu:python").unwrap_or_else(|error| panic!("{error}"));
    // By hand: the interpreter would take its time.
    let want = (0..2000_i64).map(|i| {
        let own = |k: i64| i + i64::from(k == i % (20_000 + i % 17));
        let places = (0..20_000 + i % 17).step_by(997);
        places.map(|k| own(k) * (k & 3)).sum::<i64>() + 1
    });
    for (i, want) in want.enumerate() {
        assert_eq!(got[0].at(i), want as f64, "{i}");
    }
}

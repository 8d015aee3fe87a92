//! Nothing that anybody writes makes the compiler panic, hang, or point outside of the text.
#![cfg(not(target_arch = "wasm32"))]

use parallax_compiler::compile::Failed;
use parallax_compiler::random::{Generator, SeedSequence};
use parallax_compiler::syntax::{self, StmtKind};
use parallax_compiler::wasm::Target;
use parallax_compiler::{Kind, Request, Source, Value, flow, interpret, module, prepare};
use std::path::PathBuf;
use std::time::{Duration, Instant};
use wasmparser::{Validator, WasmFeatures};

const KERNELS: [&str; 3] = [
    "import numpy as np\nfrom numba import njit, prange\nf32 = np.float32\n\n# parallax: entry=mandelbrot\n@njit(parallel=True, fastmath=False)\ndef mandelbrot(n):\n    \"\"\"Steps.\"\"\"\n    out = np.empty((n, n), np.uint32)\n    for y in prange(n):\n        ci = f32(-1.25) + f32(y) * f32(2.5 / n)\n        for x in range(n):\n            zr = zi = f32(0); steps = 0\n            while steps < 256:\n                if zr * zr + zi * zi > 4: break\n                zi = f32(2) * zr * zi + ci\n                steps += 1\n            else:\n                steps = -1\n            out[y, x] = steps\n    return out\n\ndef setup(n):\n    return n,\n",
    "import math\nfrom numba import jit\n@jit\ndef f(x, *, k=0x_ff, s='a\\n'):\n\tt = (x[1:-1, ::2], [1, 2.5e-3], {1: 2})\n\tif not x is None and k ** -2 <= 3 < 4 or s in t:\n\t\treturn lambda q: q\n\telif x: pass\n\telse:\n\t\tdel x\n\tfor i, (a, b) in enumerate(x): continue\n\treturn math.sqrt(x @ x) if k else f(*x, s=k)[0].T\n",
    "class A(B):\n    async def m(self): await x\ntry:\n    with open('f') as g: raise E from e\nexcept (A, B) as e:\n    global z\nfinally:\n    assert x, 'y'\nx: int = 1; y = [i for i in range(3) if i]\nprint(f'{x!r}')\n",
];
/// What is put in.
const BITS: [&str; 24] = [
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ":",
    "\n",
    "\n    ",
    "\t",
    "\"\"\"",
    "'",
    "\\",
    "é",
    "0x",
    "1e",
    "if ",
    "def ",
    "@",
    "# parallax:",
    "**",
    ",",
    "\r\n",
    "\u{c}",
];

fn below(random: &mut Generator, n: usize) -> usize {
    (random.next_u32() as usize) % n.max(1)
}

fn boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn mutated(random: &mut Generator) -> String {
    let mut text = KERNELS[below(random, KERNELS.len())].to_owned();
    for _ in 0..=below(random, 8) {
        let (a, b) = (below(random, text.len() + 1), below(random, text.len() + 1));
        let (a, b) = (boundary(&text, a.min(b)), boundary(&text, a.max(b)));
        match random.next_u32() % 5 {
            0 => text.replace_range(
                a..boundary(&text, (a + 1 + below(random, 9)).min(text.len())).max(a),
                "",
            ),
            1 => {
                let piece = text[a..b].to_owned();
                text.insert_str(a, &piece);
                let end = boundary(&text, text.len().min(5_000));
                text.truncate(end);
            }
            2 => text.truncate(b),
            _ => text.insert_str(a, BITS[below(random, BITS.len())]),
        }
    }
    text
}

#[test]
fn anything_is_read() {
    let mut random = Generator::new(&SeedSequence::of(7));
    let (mut clean, mut with_functions) = (0, 0);
    for _ in 0..20_000 {
        let text = mutated(&mut random);
        let source = Source::new(&text).expect("short");
        let (module, mut faults) = syntax::parse(source);
        clean += u32::from(faults.is_empty());
        let (file, more) = module::file(&module, None);
        faults.extend(more);
        for function in &file.functions {
            faults.extend(flow::webs(function.def, &file.globals, &[]).1);
            with_functions += 1;
        }
        for stmt in &module.body {
            assert!(
                stmt.span.start <= stmt.span.end && stmt.span.end as usize <= text.len(),
                "{text:?}"
            );
            assert!(!matches!(&stmt.kind, StmtKind::Def(def) if def.name.name.is_empty()));
        }
        for fault in faults {
            let (start, end) = (fault.span.start as usize, fault.span.end as usize);
            assert!(start <= end && end <= text.len(), "{text:?}: {fault:?}");
            assert!(
                text.is_char_boundary(start) && text.is_char_boundary(end),
                "{text:?}: {fault:?}"
            );
            assert!(fault.render(source).contains(&fault.message));
        }
    }
    // The changes leave something to be read.
    assert!(clean > 200 && with_functions > 10_000, "{clean} {with_functions}");
}

/// A kernel that compiles, to be spoilt: one of those that are held to Numba, or one that fails or is refused.
fn kernels() -> Vec<String> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/kernels");
    let mut paths = Vec::new();
    for folder in [folder.clone(), folder.join("fails"), folder.join("bad")] {
        paths.extend(
            std::fs::read_dir(folder)
                .unwrap()
                .map(|entry| entry.unwrap().path()),
        );
    }
    paths.retain(|path| path.extension().is_some_and(|ext| ext == "py"));
    paths.sort();
    paths
        .iter()
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect()
}

/// Numbers, names and operators of kernels.
const WORDS: [&str; 40] = [
    "0",
    "1",
    "-1",
    "2**62",
    "9223372036854775807",
    "0.5",
    "1e308",
    "n",
    "i",
    "a",
    "a.size",
    "a[0]",
    "a[i]",
    "len(a)",
    "+",
    "-",
    "*",
    "//",
    "%",
    "**",
    ">>",
    "<<",
    "&",
    "/",
    "==",
    "<",
    "range",
    "prange",
    "np.float32",
    "np.uint64",
    "np.int8",
    "not ",
    " and ",
    "True",
    "np.zeros(3)",
    "a[1:]",
    "a.T",
    "(1, 2)",
    "None",
    "np.sum(a)",
];

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '.'
}

/// A word or an operator in the place of another, or a line moved, doubled or lost: most of it still is Python.
fn spoilt(random: &mut Generator, text: &str) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for _ in 0..=below(random, 3) {
        let (at, other) = (below(random, lines.len()), below(random, lines.len()));
        match random.next_u32() % 10 {
            0 => {
                let line = lines[at].clone();
                lines.insert(other, line);
            }
            1 if lines.len() > 1 => {
                lines.remove(at);
            }
            2 => lines.swap(at, other),
            _ => {
                let line = &lines[at];
                if line.starts_with('#') || line.contains("import") {
                    continue;
                }
                let mut parts: Vec<String> = Vec::new();
                for c in line.trim_start().chars() {
                    match parts.last_mut() {
                        Some(last) if is_word(c) && last.chars().all(is_word) => last.push(c),
                        _ => parts.push(c.into()),
                    }
                }
                if parts.is_empty() {
                    continue;
                }
                let indent = " ".repeat(line.len() - line.trim_start().len());
                let place = below(random, parts.len());
                parts[place] = match random.next_u32() % 3 {
                    0 => parts[below(random, parts.len())].clone(),
                    _ => WORDS[below(random, WORDS.len())].to_owned(),
                };
                lines[at] = indent + &parts.concat();
            }
        }
    }
    lines.join("\n") + "\n"
}

/// The whole way, as far as it goes; whether there is a program at its end.
fn whole_way(text: &str) -> bool {
    let request = Request {
        size: 6,
        ..Request::default()
    };
    let begin = Instant::now();
    let stop = || begin.elapsed() > Duration::from_millis(200);
    let prepared = match prepare(text, &request, &stop) {
        Ok(prepared) => prepared,
        Err(failed) => {
            let _ = failed.render(text);
            if let Failed::Diagnostics(all) = &failed {
                assert!(!all.is_empty(), "refused for nothing: {text}");
                for fault in all {
                    assert!(fault.kind != Kind::Internal, "{}\n{text}", failed.render(text));
                    let span = fault.span.start as usize..fault.span.end as usize;
                    assert!(text.get(span).is_some(), "{fault:?} is not of the text\n{text}");
                }
            }
            return false;
        }
    };
    let bytes: usize = prepared
        .flat_arguments()
        .iter()
        .map(|value| match value {
            Value::Array(array) => array.bytes.len(),
            _ => 8,
        })
        .sum();
    for (simd, threads, shared) in [(false, false, false), (true, true, true)] {
        let target = Target {
            simd,
            threads,
            shared,
        };
        if let Ok(module) = prepared.wasm(target) {
            let mut validator = Validator::new_with_features(WasmFeatures::all());
            if let Err(why) = validator.validate_all(&module.bytes) {
                panic!("{target:?}: {why}\n{text}");
            }
        }
    }
    let _ = prepared.shaders(true);
    let _ = prepared.typed.to_string();
    if bytes < 1 << 20 {
        // As it was written, and with its checks hoisted.
        for shadow in [true, false] {
            let options = interpret::Options {
                shadow,
                ..interpret::Options::default()
            };
            if let Ok(mut machine) = prepared.machine(options)
                && let Err(failed) = machine.run(20_000)
            {
                let fault = failed.diagnostic();
                assert!(fault.kind != Kind::Internal, "{}\n{text}", fault.message);
            }
        }
    }
    true
}

#[test]
fn anything_goes_the_whole_way() {
    let seconds: Option<u64> = std::env::var("PARALLAX_FUZZ_SECONDS")
        .ok()
        .map(|text| text.parse().expect("seconds"));
    let kernels = kernels();
    let mut failed = Vec::new();
    let (mut tried, mut made, mut seed) = (0, 0, seconds.unwrap_or(7));
    let begin = Instant::now();
    let most = Duration::from_secs(seconds.unwrap_or(6));
    while begin.elapsed() < most && (seconds.is_some() || tried < 3_000) {
        // A generator for each, so that one is found again by its seed.
        seed += 1;
        let mut random = Generator::new(&SeedSequence::of(seed));
        let kernel = &kernels[below(&mut random, kernels.len())];
        let text = spoilt(&mut random, kernel);
        match std::panic::catch_unwind(|| whole_way(&text)) {
            Ok(is_made) => made += u32::from(is_made),
            Err(_) => failed.push(seed),
        }
        tried += 1;
    }
    println!("{tried} tried, {made} made");
    assert_eq!(failed, [], "seeds of those that failed");
    assert!(tried > 100 && made > tried / 20, "{made} of {tried}");
}

//! Nothing that anybody writes makes the compiler panic, hang, or point outside of the text.
#![cfg(not(target_arch = "wasm32"))]

use parallax_compiler::Source;
use parallax_compiler::random::{Generator, SeedSequence};
use parallax_compiler::syntax::{self, StmtKind};
use parallax_compiler::{flow, module};

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
            faults.extend(flow::webs(function.def).1);
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

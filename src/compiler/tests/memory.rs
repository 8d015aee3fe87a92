//! Arrays that loops make are given back while the kernel runs, never those that anything still leads to: kernels by
//! hand with the most that they may hold, and programs of array names that change hands at random, where the host makes
//! unusable what it gets back.
#![cfg(not(target_arch = "wasm32"))]

#[path = "memory/random.rs"]
mod random;
#[path = "wasm/runner.rs"]
mod runner;

use parallax_compiler::{Prepared, Request, Value, interpret, prepare};

/// Elements of the arrays, of 8 bytes each.
const N: usize = 512;
/// Rounds: more arrays than the host's memory holds.
const ROUNDS: usize = 10_000;

fn prepared(text: &str) -> Prepared {
    let request = Request::default();
    prepare(text, &request, &|| false).unwrap_or_else(|failed| panic!("{}\n{text}", failed.render(text)))
}

/// Results and changed arguments.
fn interpreted(prepared: &Prepared) -> (Vec<Value>, Vec<Value>) {
    let mut machine = prepared.machine(interpret::Options::default()).unwrap();
    machine
        .run(u64::MAX)
        .unwrap_or_else(|failed| panic!("{failed:?}"));
    (machine.results().unwrap(), machine.arguments())
}

/// Runs a kernel everywhere: its values are the interpreter's, and it holds no more than this many bytes at once.
fn holds(name: &str, text: &str, most: usize) {
    let prepared = prepared(text);
    let (results, arguments) = interpreted(&prepared);
    for target in runner::TARGETS {
        let ran = runner::run(&prepared.program, target, &prepared.arguments, 5);
        assert!(ran.failed.is_none(), "{name} {target:?}: {:?}", ran.failed);
        assert!(
            ran.results == results && ran.arguments == arguments,
            "{name} {target:?}: {:?}, not {results:?}, in\n{}",
            ran.results,
            *prepared.program
        );
        assert!(
            ran.most <= most,
            "{name} {target:?}: {} bytes, not {most}, in\n{}",
            ran.most,
            *prepared.program
        );
    }
}

/// A kernel of this body on two arrays of ones.
fn kernel(body: &str) -> String {
    let mut text = String::from(
        "import numpy as np\n\
         from numba import njit, prange\n\n\
         @njit\n\
         def moved(x):\n    \
             y = np.zeros_like(x)\n    \
             y[1] = x[0] + 1.0\n    \
             y[0] = x[1]\n    \
             return y\n\n\
         @njit\n\
         def greater(x, y):\n    \
             if x[0] > y[0]:\n        \
                 return x\n    \
             return y.copy()\n\n\
         @njit\n\
         def both(x, y):\n    \
             return moved(y), moved(x)\n\n\
         def setup(n):\n    \
             return np.ones(512), np.ones(512), 10000\n\n\
         @njit(parallel=True)\n\
         def kernel(a, b, rounds):\n",
    );
    for line in body.lines() {
        text.push_str(&format!("    {line}\n"));
    }
    assert_eq!((N, ROUNDS), (512, 10_000), "as in setup");
    text
}

/// Of each its name, what it does, and how many arrays it holds at most.
const KERNELS: [(&str, &str, usize); 18] = [
    (
        "rebinding",
        "for s in range(rounds):\n    new = np.zeros_like(a)\n    new[0] = a[0] + 1.0\n    a = new\nreturn a",
        2,
    ),
    (
        "swaps",
        "for s in range(rounds):\n    b = np.zeros(a.shape)\n    b[1] = a[0] + 1.0\n    b[0] = a[1]\n    a, b = b, a\nreturn a",
        2,
    ),
    (
        "expressions",
        "acc = np.zeros(512)\nfor s in range(rounds // 10):\n    acc = acc + a * 0.5\nreturn acc",
        2,
    ),
    (
        "expressions within expressions",
        "acc = np.zeros(512)\nfor s in range(rounds // 10):\n    acc = np.sqrt((acc * 0.5)[::-1] + a[:])\nreturn acc",
        2,
    ),
    (
        "numbers of arrays",
        "t = 0.0\nfor s in range(rounds // 10):\n    t += (a * t)[1:3].sum() % 3.0\nreturn t",
        1,
    ),
    (
        "a view that outlives the name",
        "v = a[::2]\nfor s in range(rounds):\n    new = np.zeros_like(b)\n    new[2] = v[1] + 1.0\n    v = new[::2]\nreturn v",
        2,
    ),
    (
        "a view of a view, through calls",
        "v = a[1:]\nfor s in range(rounds):\n    v = moved(v)[::-1][::-1]\nreturn v",
        2,
    ),
    (
        "shapes",
        "v = a.reshape(2, 256)\nfor s in range(rounds):\n    w = np.zeros((256, 2))\n    w[1, 0] = v[0, 1] + 1.0\n    v = w.T\nreturn v",
        2,
    ),
    (
        "calls",
        "for s in range(rounds):\n    a = moved(a)\n    b = greater(a, b)\nreturn a, b",
        4,
    ),
    (
        "tuples",
        "for s in range(rounds):\n    a, b = both(a, b)\nreturn a, b",
        4,
    ),
    (
        "one that is kept",
        "best = a\nfor s in range(rounds):\n    new = np.full(512, float(s % 100))\n    if s % 3000 == 99:\n        best = new\nreturn best",
        2,
    ),
    (
        "loops in loops, left early",
        "s = 0\nwhile s < rounds:\n    s += 1\n    c = moved(a)\n    for j in range(3):\n        d = moved(c)\n        \
         if d[0] > 2.0 and j == 1:\n            break\n        if s % 2 == 0:\n            continue\n        c = d\n    a = c\nreturn a",
        3,
    ),
    (
        "results of one array",
        "new = a\nfor s in range(rounds):\n    new = moved(new)\nreturn new, new[:2], new[1:]",
        2,
    ),
    (
        "a result in the middle",
        "for s in range(rounds):\n    c = moved(a)\n    if s == 9000:\n        return c\n    a = moved(c)\nreturn a",
        2,
    ),
    (
        "what was made before",
        "first = moved(a)\nunused = moved(b)\nfor s in range(rounds):\n    b = moved(b)\n    b[2] = first[1]\nreturn b, first",
        3,
    ),
    (
        "growing",
        "acc = np.zeros(1)\nfor s in range(512):\n    more = np.zeros(s + 1)\n    more[:s] = acc[:s]\n    more[s] = s\n    acc = more\nreturn acc",
        2,
    ),
    (
        "parallel loops between",
        "for s in range(rounds // 10):\n    new = np.empty(512)\n    for i in prange(512):\n        new[i] = a[i] * 0.5 + b[511 - i]\n    a = new\nreturn a",
        2,
    ),
    (
        "serial loops in parallel ones",
        "for i in prange(8):\n    own = a * i\n    for s in range(rounds // 8):\n        own = moved(own)\n    b[i] = own[0] + own[1]",
        2,
    ),
];

#[test]
fn loops_hold_no_more_than_what_is_still_needed() {
    let only = std::env::var("KERNEL").unwrap_or_default();
    for (name, body, arrays) in KERNELS {
        if name.contains(&only) {
            holds(name, &kernel(body), arrays * N * 8);
        }
    }
}

#[test]
fn a_thousand_arrays_of_a_megabyte_pass_through_a_memory_of_sixteen() {
    let text = "import numpy as np\nfrom numba import njit\n\n\
                def setup(n):\n    return np.ones(2)\n\n\
                @njit\n\
                def kernel(a):\n    \
                    last = np.empty(131072)\n    \
                    last[0] = 0.0\n    \
                    for s in range(1000):\n        \
                        new = np.empty(131072)\n        \
                        new[0] = last[0] + a[0]\n        \
                        last = new\n    \
                    return last[:1]\n";
    holds("large", text, 2 << 20);
}

#[test]
fn without_loops_nothing_is_given_back() {
    let text = kernel("c = moved(a)\nc = moved(c)\nc = moved(c)\nreturn c");
    let prepared = prepared(&text);
    let ran = runner::run(&prepared.program, runner::TARGETS[0], &prepared.arguments, 1);
    assert_eq!(ran.most, 3 * N * 8);
}

/// `SEEDS=FROM..TO` takes others.
#[test]
fn names_that_change_hands_lead_to_what_they_should() {
    let range = std::env::var("SEEDS").ok();
    let (from, to) = range
        .as_deref()
        .and_then(|range| range.split_once(".."))
        .map_or((0, 400), |(from, to)| {
            (from.parse().unwrap(), to.parse().unwrap())
        });
    let mut made = 0;
    for seed in from..to {
        let text = random::program(seed);
        let program = prepared(&text);
        // What is needed is in some variable.
        let most = program.program.arrays.len() * random::BYTES;
        holds(&format!("seed {seed}:\n{text}"), &text, most);
        made += usize::from(text.contains("= moved("));
    }
    assert!(made * 2 > (to - from) as usize, "{made}");
}

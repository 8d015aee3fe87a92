//! What `setup(n)` makes, against CPython and NumPy.
//!
//! `oracle/setup.txt` has, of each value of each file of `setup/`, the type, the shape and a hash of all bytes as
//! NumPy made them. A file that says "within 1 ULP" calls functions that NumPy takes from the C library or from
//! its own vector code, which round differently from machine to machine: there every element is in the table, and
//! each may be as many units in the last place off as the file says, most of them none (12 in 100 are).
#![cfg(not(target_arch = "wasm32"))]

use parallax_compiler::random::{Generator, SeedSequence};
use parallax_compiler::setup::{self, DataFile, Limits};
use parallax_compiler::types::Scalar;
use parallax_compiler::{Diagnostic, Kind, Source, Value, module, syntax};
use std::sync::LazyLock;

/// Runs a text's setup with the files of `setup/data`.
fn run(text: &str, n: i64, limits: &Limits) -> Result<Vec<Value>, Diagnostic> {
    static DATA: LazyLock<Vec<DataFile>> = LazyLock::new(|| {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/setup/data");
        let all = std::fs::read_dir(folder).expect("the folder");
        let file = |entry: std::io::Result<std::fs::DirEntry>| {
            let entry = entry.expect("an entry");
            DataFile {
                name: entry.file_name().into_string().expect("a name"),
                bytes: std::fs::read(entry.path()).expect("a file"),
            }
        };
        all.map(file).collect()
    });
    run_with(text, n, &DATA, limits)
}

/// Runs a text's setup with these files.
fn run_with(text: &str, n: i64, files: &[DataFile], limits: &Limits) -> Result<Vec<Value>, Diagnostic> {
    let source = Source::new(text).expect("short");
    let (tree, faults) = syntax::parse(source);
    if let Some(fault) = faults.into_iter().next() {
        return Err(fault);
    }
    let (file, _) = module::file(&tree, None);
    setup::setup(&file, n, files, limits, &|| false).map(|given| given.values)
}

/// A value's parts: type, shape, bytes.
type Part = (String, String, Vec<u8>);

fn flat(value: &Value, out: &mut Vec<Part>) {
    match value {
        Value::Scalar(of, bits) => {
            let bytes = bits.to_le_bytes()[..of.bytes() as usize].to_vec();
            out.push((of.name().into(), "scalar".into(), bytes));
        }
        Value::Array(array) => {
            let shape: Vec<String> = array.shape.iter().map(usize::to_string).collect();
            out.push((array.of.name().into(), shape.join("x"), array.bytes.clone()));
        }
        Value::Tuple(all) => all.iter().for_each(|one| flat(one, out)),
        Value::None => out.push(("none".into(), "-".into(), Vec::new())),
    }
}

fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3)
    })
}

fn elements(bytes: &[u8], width: usize) -> impl Iterator<Item = u64> {
    let one = |chunk: &[u8]| chunk.iter().rev().fold(0, |n, b| n << 8 | u64::from(*b));
    bytes.chunks(width).map(one)
}

fn told(fault: &Diagnostic, text: &str) -> String {
    fault.render(Source::new(text).expect("short"))
}

#[test]
fn every_value_is_numpys() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/setup");
    let table = include_str!("oracle/setup.txt");
    let mut rows = table
        .lines()
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .peekable();
    let (mut compared, mut wrong) = (0, Vec::new());
    let (mut close, mut off) = (0, 0);
    while let Some(first) = rows.peek() {
        let (name, n) = (first[0], first[1]);
        let text = std::fs::read_to_string(format!("{folder}/{name}.py")).expect("the file of the table");
        let allowed = text.split_once("# within ").map(|(_, rest)| {
            let (digits, _) = rest.split_once(" ULP").expect("units");
            digits.parse::<u64>().expect("a number")
        });
        let mut parts = Vec::new();
        match run(&text, n.parse().expect("a number"), &Limits::default()) {
            Ok(values) => values.iter().for_each(|one| flat(one, &mut parts)),
            Err(fault) => wrong.push(format!("{name}({n}): {}", told(&fault, &text))),
        }
        let mut parts = parts.into_iter();
        while let Some(row) = rows.next_if(|row| row[0] == name && row[1] == n) {
            let what = format!("{name}({n})[{}]", row[2]);
            let Some((of, shape, bytes)) = parts.next() else {
                continue;
            };
            compared += 1;
            if (of.as_str(), shape.as_str()) != (row[3], row[4]) {
                wrong.push(format!("{what}: {of} {shape}, NumPy's {} {}", row[3], row[4]));
                continue;
            }
            let width = Scalar::named(&of).map_or(1, |of| of.bytes() as usize);
            let expected = || {
                row[6..]
                    .iter()
                    .map(|bits| u64::from_str_radix(bits, 16).expect("bits"))
            };
            if let Some(allowed) = allowed {
                for (ours, theirs) in elements(&bytes, width).zip(expected()) {
                    close += 1;
                    off += usize::from(ours != theirs);
                    if ours.abs_diff(theirs) > allowed {
                        wrong.push(format!("{what}: {ours:x}, NumPy's {theirs:x}"));
                    }
                }
            } else if of != "none" && format!("{:016x}", fnv(&bytes)) != row[5] {
                let ours: Vec<String> = elements(&bytes, width)
                    .take(4)
                    .map(|bits| format!("{bits:x}"))
                    .collect();
                wrong.push(format!("{what} {of} {shape}: {ours:?}, NumPy's {:?}", &row[6..]));
            }
        }
        if parts.next().is_some() {
            wrong.push(format!("{name}({n}): more values than NumPy's"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {compared} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(compared > 3_000 && close > 1_000, "{compared} {close}");
    assert!(off * 100 < close * 15, "{off} of {close} differ in the last bit");
}

/// What is told of a setup that fails: its kind, line, and sentence.
fn fails(text: &str) -> String {
    let limits = Limits {
        steps: 3_000_000,
        bytes: 16 << 20,
        ..Limits::default()
    };
    let text = format!("import numpy as np\nimport math\n{text}\n");
    match run(&text, 8, &limits) {
        Ok(values) => format!("{values:?}"),
        Err(fault) => {
            let line = Source::new(&text).expect("short").position(fault.span.start).line;
            format!("{} {}: {}", line - 2, fault.kind.name(), fault.message)
        }
    }
}

#[test]
fn errors_are_pythons_with_their_place() {
    for (text, expected) in [
        (
            "def setup(n):\n  return 1 // (n - 8)",
            "2 ZeroDivisionError: integer division or modulo by zero",
        ),
        (
            "def setup(n):\n  return 1 / 0",
            "2 ZeroDivisionError: division by zero",
        ),
        (
            "def setup(n):\n  a = np.zeros(3)\n  a[n] = 1\n  return a",
            "3 IndexError: index 8 is out of bounds for axis 0 with size 3",
        ),
        (
            "def setup(n):\n  return [1][n]",
            "2 IndexError: list index out of range",
        ),
        (
            "def setup(n):\n  return np.zeros((2, 3)) + np.zeros((2, 2))",
            "2 ValueError: operands could not be broadcast together with shapes (2,3) (2,2)",
        ),
        (
            "def setup(n):\n  return np.zeros(6).reshape(4, 2)",
            "2 ValueError: cannot reshape array of size 6 into shape (4,2)",
        ),
        (
            "def setup(n):\n  a = np.zeros(3, np.uint8)\n  a[0] = 300\n  return a",
            "3 OverflowError: Python integer 300 out of bounds for uint8",
        ),
        (
            "def setup(n):\n  a = np.arange(3)\n  a += 1.5\n  return a",
            "3 UFuncTypeError: Cannot cast ufunc 'add' output from dtype('float64') to dtype('int64') with casting rule 'same_kind'",
        ),
        (
            "def setup(n):\n  return y",
            "2 NameError: name 'y' is not defined",
        ),
        (
            "def setup(n):\n  x = x + 1\n  return x",
            "2 UnboundLocalError: cannot access local variable 'x' where it is not associated with a value",
        ),
        (
            "def setup(n):\n  assert n < 3\n  return n",
            "2 AssertionError: the assertion does not hold",
        ),
        (
            "def setup(n):\n  a, b = 1, 2, 3\n  return a",
            "2 ValueError: too many values to unpack (expected 2)",
        ),
        (
            "def f(x):\n  return x.no\ndef setup(n):\n  return f(n)",
            "2 AttributeError: 'int' object has no attribute 'no' that is supported here",
        ),
        (
            "def setup(n):\n  return math.sqrt(-1)",
            "2 ValueError: math domain error",
        ),
        (
            "def setup(n):\n  return 2.0 ** 5000",
            "2 OverflowError: (34, 'Numerical result out of range')",
        ),
        (
            "def one(a):\n  return a\ndef setup(n):\n  return one(n, 2)",
            "4 TypeError: one() takes 1 positional argument but 2 were given",
        ),
        (
            "def setup(n):\n  return np.arctan2(1.5)",
            "2 TypeError: arctan2() takes 2 positional arguments but 1 was given",
        ),
        (
            "def setup(n):\n  return 3 ** 100",
            "2 LimitError: an integer has more than 127 bits",
        ),
        (
            "def setup(n):\n  return 2 ** 64",
            "1 OverflowError: setup returns 18446744073709551616, which is no 64-bit integer",
        ),
        (
            "def setup(n):\n  return np.arange(3) ** -1",
            "2 ValueError: Integers to negative integer powers are not allowed.",
        ),
        (
            "def setup(n):\n  if np.zeros(2): pass\n  return n",
            "2 ValueError: The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()",
        ),
        (
            "def setup(n):\n  return np.random.rand(n)",
            "2 UnsupportedError: np.random.rand uses a global state, and is not supported",
        ),
        (
            "def setup(n):\n  return np.random.default_rng().random(n)",
            "2 UnsupportedError: a generator without a seed draws other numbers every time",
        ),
        (
            "def setup(n):\n  r = np.random.default_rng(1)\n  return r.choice(9, 3, replace=False)",
            "3 UnsupportedError: choice() without replacement is not supported",
        ),
        (
            "def setup(n):\n  return [i for i in range(n)]",
            "2 UnsupportedError: comprehensions are not supported in setup",
        ),
        (
            "def setup(n):\n  return np.linalg.norm(np.zeros(3))",
            "2 UnsupportedError: numpy.linalg.norm is not supported in setup",
        ),
        (
            "def setup(n):\n  return np.sqrt(np.int8(4))",
            "2 UnsupportedError: np.sqrt of int8 is float16, which kernels do not have",
        ),
        (
            "def setup(n):\n  return np.array([1e10]).astype(np.int32)",
            "2 UnsupportedError: 10000000000 does not fit int32: what a cast makes of it depends on the machine",
        ),
        (
            "def setup(n):\n  return np.argsort([1, 1])",
            "2 UnsupportedError: np.argsort of equal elements depends on the machine",
        ),
        (
            "def setup(n):\n  return sum([0.1] * 10)",
            "2 UnsupportedError: sum() of these floats has another last bit since Python 3.12",
        ),
        (
            "def setup(n):\n  return [1, 2]",
            "1 UnsupportedError: setup returns a list, which kernels are not given",
        ),
        (
            "def setup(n):\n  return np.array(1)",
            "1 UnsupportedError: setup returns an array of 0 axes; kernels are given 1 to 3",
        ),
        (
            "def setup(n):\n  return np.zeros(1 << 40)",
            "2 LimitError: setup needs more than 16 MiB of memory",
        ),
        (
            "def setup(n):\n  return [0] * (1 << 60)",
            "2 LimitError: setup takes more than 3 million steps",
        ),
        (
            "def setup(n):\n  while True: pass",
            "2 LimitError: setup takes more than 3 million steps",
        ),
        (
            "def setup(n):\n  a = []\n  while True: a = [a, a]",
            "3 LimitError: setup needs more than 16 MiB of memory",
        ),
        (
            "def setup(n):\n  a = []\n  a.append(a)\n  return np.array(a)",
            "4 UnsupportedError: lists within lists are at most 6 deep here",
        ),
        (
            "def setup(n):\n  return setup(n)",
            "2 LimitError: calls and expressions are nested too deeply",
        ),
        (
            "def setup(n, m):\n  return n",
            "1 TypeError: setup() missing required argument: 'm'",
        ),
    ] {
        assert_eq!(fails(text), expected, "{text}");
    }
    assert_eq!(
        run("x = 1", 1, &Limits::default()).unwrap_err().message,
        "this file has no setup(n)"
    );
    let text = "def setup(n):\n  while True: pass\n";
    let (tree, _) = syntax::parse(Source::new(text).expect("short"));
    let (file, _) = module::file(&tree, None);
    let fault = setup::setup(&file, 1, &[], &Limits::default(), &|| true).unwrap_err();
    assert_eq!(fault.message, "setup was stopped");
}

#[test]
fn the_deepest_that_is_allowed_fits_a_small_stack() {
    let texts = [
        "def setup(n):\n    if n:\n        for i in (1, 2):\n            x = -(1 + (2 * setup(n + i)))\n    return x\n".to_owned(),
        "def f(x, y=0):\n    return abs(min(f(x + 1), f(y=2, x=3)))\ndef setup(n):\n    return f(n)\n".to_owned(),
        format!("def setup(n):\n    return {}n\n", "-".repeat(100)),
        format!("def setup(n):\n    return {}n{}\n", "[".repeat(90), "][0]".repeat(90)),
        format!("def setup(n):\n    return n{}\n", " + n".repeat(350)),
    ];
    let limits = Limits {
        steps: 10_000_000,
        ..Limits::default()
    };
    // Of 700 kB; a page's has 1 MB.
    let deep = std::thread::Builder::new().stack_size(700 << 10).spawn(move || {
        let told = |text: &String| match run(text, 1, &limits) {
            Ok(values) => format!("{values:?}"),
            Err(fault) => fault.message.clone(),
        };
        texts.iter().map(told).collect::<Vec<_>>()
    });
    let told = deep.expect("a thread").join().expect("no overflow");
    let nested = "calls and expressions are nested too deeply".to_owned();
    let int = |value: i64| format!("{:?}", [Value::int(value)]);
    assert_eq!(told, [nested.clone(), nested, int(1), int(1), int(351)]);
}

/// Values that are put in for others.
const PIECES: [&str; 24] = [
    "0",
    "-1",
    "7",
    "1e308",
    "(2 ** 63)",
    "(1 << 62)",
    "n",
    "np.nan",
    "None",
    "True",
    "[]",
    "()",
    "[1, [2]]",
    "'f4'",
    "np.int8",
    "np.uint64",
    "np.zeros((0, 3))",
    "np.zeros((2, 0, 2))",
    "np.arange(5)[::-1]",
    "np.float32(2)",
    "np.array([True, False])",
    "(1 << 70)",
    "range(n)",
    "np.ones((1 << 40, 0))",
];
/// What is put behind a value.
const TAILS: [&str; 12] = [
    "[None]",
    ".T",
    "[::-2]",
    "[-3:]",
    "[..., None]",
    ".sum(-1)",
    ".reshape(-1)",
    ".astype(bool)",
    "[:, 1:]",
    " if n else 2",
    ".astype(np.uint8)",
    "[[0, -1]]",
];
const OPERATORS: [&str; 12] = ["+", "-", "*", "/", "//", "%", "**", "@", "<<", "&", "<", "=="];

/// What a word may be exchanged for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    Value,
    Method,
    Operator,
    Other,
}

fn kind(word: &str) -> Word {
    const KEYWORDS: [&str; 16] = [
        "def", "return", "import", "from", "as", "for", "in", "while", "if", "else", "not", "and", "or",
        "is", "break", "setup",
    ];
    match word.chars().next() {
        Some('.') => Word::Method,
        Some(c) if c.is_alphanumeric() && !KEYWORDS.contains(&word) => Word::Value,
        Some('+' | '-' | '*' | '/' | '%' | '&' | '<' | '>') => Word::Operator,
        _ => Word::Other,
    }
}

#[test]
fn changed_setups_never_panic() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/setup");
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder") {
        let path = entry.expect("an entry").path();
        if path.is_file() {
            texts.push(std::fs::read_to_string(path).expect("a file"));
        }
    }
    texts.sort();
    let mut random = Generator::new(&SeedSequence::of(11));
    let mut below = move |n: usize| random.next_u32() as usize % n.max(1);
    let limits = Limits {
        steps: 100_000,
        bytes: 4 << 20,
        depth: 300,
    };
    let rounds: u32 = std::env::var("SETUP_FUZZ").map_or(6_000, |rounds| rounds.parse().expect("a number"));
    let (mut done, mut unread) = (0, 0);
    for _ in 0..rounds {
        let mut text = texts[below(texts.len())].clone();
        for _ in 0..=below(2) {
            // What is one word or sign is exchanged for another of its kind, from here or from the pieces.
            let words = words(&text);
            let (from, to) = words[below(words.len())];
            let alike: Vec<&(usize, usize)> = words
                .iter()
                .filter(|word| kind(&text[word.0..word.1]) == kind(&text[from..to]))
                .collect();
            let (a, b) = *alike[below(alike.len())];
            let other = match (kind(&text[from..to]), below(3)) {
                (Word::Operator, _) => OPERATORS[below(OPERATORS.len())].to_owned(),
                (Word::Value, 0) => PIECES[below(PIECES.len())].to_owned(),
                (Word::Value, 1) => format!("{}{}", &text[from..to], TAILS[below(TAILS.len())]),
                _ => text[a..b].to_owned(),
            };
            text.replace_range(from..to, &other);
        }
        let n = [0, 1, 2, 5, 16, -1][below(6)];
        match run(&text, n, &limits) {
            Ok(_) => done += 1,
            Err(fault) => {
                unread += u32::from(fault.kind == Kind::Syntax);
                assert!(fault.span.end as usize <= text.len() && !told(&fault, &text).is_empty());
            }
        }
    }
    // The changes leave much that runs, and some that comes to its end.
    assert!(done * 30 > rounds && unread * 2 < rounds, "{done} {unread}");
}

/// Words, numbers and signs of a text.
fn words(text: &str) -> Vec<(usize, usize)> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let mut out: Vec<(usize, usize)> = Vec::new();
    let mut was_word = false;
    for (at, c) in text.char_indices().filter(|(_, c)| c.is_ascii()) {
        match out.last_mut() {
            Some(last) if was_word && is_word(c) && last.1 == at => last.1 = at + 1,
            _ if !c.is_whitespace() => out.push((at, at + 1)),
            _ => {}
        }
        was_word = is_word(c);
    }
    out.retain(|(from, to)| kind(&text[*from..*to]) != Word::Other);
    out
}

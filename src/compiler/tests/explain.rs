//! What is said of kernels: every line that it can be said of, and nothing that is not so.
#![cfg(not(target_arch = "wasm32"))]

mod golden;

use golden::{names, size, text};
use parallax_compiler::explain::{About, Explained, Listing, Wanted, explain};
use parallax_compiler::{Request, Source, module, syntax};
use std::cell::Cell;
use std::collections::BTreeSet;
use wasmparser::{Parser, Payload};

fn explained(text: &str, size: i64) -> Explained {
    let request = Request {
        size,
        ..Request::default()
    };
    let now = Cell::new(0.0);
    let clock = || {
        now.set(now.get() + 1.0);
        now.get()
    };
    let wanted = Wanted {
        narrow: true,
        listings: true,
    };
    explain(text, &request, &clock, wanted, &|| false)
}

fn listing<'e>(all: &'e Explained, name: &str) -> &'e Listing {
    let found = all.listings.iter().find(|one| one.name == name);
    found.unwrap_or_else(|| panic!("no {name}: {:?}", all.refused))
}

/// Lines of the entry that do something: no blanks, comments, docstrings, `else`, `pass`, jumps.
fn lines_of_entry(text: &str) -> BTreeSet<u32> {
    let source = Source::new(text).expect("short");
    let (tree, _) = syntax::parse(source);
    let (file, _) = module::file(&tree, None);
    let entry = &file.functions[file.entry.expect("an entry")];
    let mut found = BTreeSet::new();
    statements(&entry.def.body, source, &mut found);
    found
}

fn statements(body: &[syntax::Stmt], source: Source<'_>, found: &mut BTreeSet<u32>) {
    use syntax::StmtKind as Kind;
    for stmt in body {
        let blocks: [&[syntax::Stmt]; 2] = match &stmt.kind {
            Kind::For { body, or_else, .. }
            | Kind::While { body, or_else, .. }
            | Kind::If { body, or_else, .. } => [body, or_else],
            _ => [&[], &[]],
        };
        let is_text =
            matches!(&stmt.kind, Kind::Expr(value) if matches!(value.kind, syntax::ExprKind::Str(_)));
        let is_nothing = matches!(
            stmt.kind,
            Kind::Pass | Kind::Break | Kind::Continue | Kind::Annotated { value: None, .. }
        );
        if !is_text && !is_nothing {
            found.insert(source.position(stmt.span.start).line);
        }
        blocks
            .into_iter()
            .for_each(|block| statements(block, source, found));
    }
}

/// For their arguments these do not do most of what is missing: branches that are not taken, checks that hold, what only the
/// interpreter prints, other names of arrays.
const FOLDED: [&str; 7] = [
    "array_names",
    "assert_holds",
    "docstring_and_comments",
    "print_values",
    "ranges",
    "return_nothing",
    "unify_int_float",
];

#[test]
fn lines_of_kernels_are_found_again() {
    let mut wrong = Vec::new();
    let mut covered = [0usize; 4];
    let mut all = [0usize; 4];
    for name in names("kernels") {
        let text = text("kernels", &name);
        let made = explained(&text, size(&text));
        assert_eq!(made.failed, None, "{name}");
        // A loop that is its rounds has none of its own any more.
        let is_gone = |line: &u32| {
            let own = made
                .remarks
                .iter()
                .filter(|one| one.line == *line && one.about == About::Unrolled);
            own.into_iter().any(|one| one.text.contains("stand one after"))
        };
        let wanted: BTreeSet<u32> = lines_of_entry(&text)
            .into_iter()
            .filter(|line| !is_gone(line))
            .collect();
        for (which, kind) in ["ir", "scalar", "simd", "wgsl"].into_iter().enumerate() {
            let Some(listing) = made.listings.iter().find(|one| one.name == kind) else {
                assert_eq!(kind, "wgsl", "{name}");
                continue;
            };
            let found: BTreeSet<u32> = listing.lines.iter().map(|(_, line)| *line).collect();
            let missing: Vec<u32> = wanted.difference(&found).copied().collect();
            covered[which] += wanted.len() - missing.len();
            all[which] += wanted.len();
            if kind != "wgsl" && missing.len() * 5 > wanted.len() && !FOLDED.contains(&name.as_str()) {
                wrong.push(format!("{name} {kind}: {missing:?} of {wanted:?}"));
            }
        }
    }
    println!("covered {covered:?} of {all:?}");
    // Of the GPU's plan less, as what the host does with handles comes from nowhere.
    for (covered, all) in covered.into_iter().zip(all) {
        assert!(covered * 100 >= all * 90, "{covered} of {all}");
    }
    assert!(
        wrong.is_empty(),
        "{} listings:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// An operator's name in the text, by its name in the reader.
fn mnemonic(operator: &wasmparser::Operator<'_>) -> String {
    let debug = format!("{operator:?}");
    let name: String = debug.chars().take_while(char::is_ascii_alphanumeric).collect();
    let mut words: Vec<String> = Vec::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() || words.is_empty() {
            words.push(String::new());
        }
        if let Some(last) = words.last_mut() {
            last.push(c.to_ascii_lowercase());
        }
    }
    words.join("_")
}

fn plain(text: &str) -> String {
    let word = text.trim().split(' ').next().unwrap_or_default();
    word.replace(['.', '_'], "")
}

#[test]
fn modules_are_read_as_another_reader_reads_them() {
    let mut compared = 0;
    for name in names("kernels") {
        let text = text("kernels", &name);
        let made = explained(&text, size(&text));
        for (kind, bytes) in &made.modules {
            let Some(listing) = made.listings.iter().find(|one| one.name == *kind) else {
                continue;
            };
            let is_code = |line: &str| line.starts_with("    ") && !line.starts_with("    (local");
            let ours: Vec<&str> = listing
                .lines
                .iter()
                .map(|(line, _)| line.as_str())
                .filter(|line| is_code(line))
                .collect();
            let mut theirs = Vec::new();
            for payload in Parser::new(0).parse_all(bytes) {
                if let Payload::CodeSectionEntry(body) = payload.expect("a module") {
                    let mut own = Vec::new();
                    for operator in body.get_operators_reader().expect("code") {
                        own.push(
                            operator
                                .map(|one| (mnemonic(&one).replace('_', ""), format!("{one:?}")))
                                .expect("known"),
                        );
                    }
                    own.pop();
                    theirs.extend(own);
                }
            }
            assert_eq!(ours.len(), theirs.len(), "{name} {kind}");
            for (ours, (theirs, debug)) in ours.iter().zip(&theirs) {
                assert_eq!(plain(ours), *theirs, "{name} {kind}: {ours}, {debug}");
                if let Some((_, number)) = debug.split_once("_index: ")
                    && theirs.starts_with("local")
                {
                    assert_eq!(
                        ours.rsplit(' ').next(),
                        number.split(' ').next(),
                        "{ours}, {debug}"
                    );
                }
                compared += 1;
            }
        }
    }
    assert!(compared > 100_000, "{compared}");
}

const TEXT: &str = "\
import numpy as np
from numba import njit, prange

@njit
def twice(v):
    return v * 2

@njit(parallel=True)
def f(x, k, out):
    s = 0.0
    for i in prange(x.size):
        s += x[i]
    for i in prange(1, x.size - 1):
        if x[i] > 3.0:
            out[i] = x[i - 1] + twice(x[i])
    t = 0.0
    for i in range(x.size):
        t = t * 0.5 + x[i]
    for i in range(k.size):
        out[k[i]] += 1.0
    for i in range(4):
        t += x[i]
    while t > 1.0:
        t *= 0.5
    out[0] = s + t + twice(k[0])
    return t

def setup(n):
    return np.arange(n) * 1.0, np.arange(n), np.zeros(n)
";

#[test]
fn remarks_say_what_the_passes_decided() {
    let made = explained(TEXT, 100);
    assert_eq!(made.failed, None);
    let said: Vec<String> = made
        .remarks
        .iter()
        .map(|one| {
            format!(
                "{} {} {} {}",
                one.line,
                if one.is_good { "+" } else { "-" },
                one.about.name(),
                one.text
            )
        })
        .collect();
    let all = said.join("\n");
    for wanted in [
        "11 + parallel parallel: iterations are shared among threads",
        "11 + reduction reduction of `s` by +",
        "11 + lanes runs in lanes: 8 iterations at once",
        "11 + masks no masks needed: all lanes do the same",
        "14 - masks lanes that do not take part wait under a mask",
        "17 - parallel not parallel: a plain loop",
        "19 - parallel not parallel: a plain loop; use prange",
        "17 - lanes not in lanes: each iteration needs `t` of the one before",
        "19 - checks each index of `out` is checked: its bounds are not known before the loop",
        "21 + unrolled unrolled: its 4 rounds stand one after the other",
        "23 - parallel not parallel: a `while` goes round by round",
        "23 - lanes not in lanes: how often it goes round is not known before it",
    ] {
        assert!(said.iter().any(|one| one == wanted), "{wanted}\n\n{all}");
    }
    assert!(
        !made
            .remarks
            .iter()
            .any(|one| one.line == 13 && one.about == About::Masks),
        "{all}"
    );
}

const NEST: &str = "\
import numpy as np
from numba import njit, prange

@njit(parallel=True)
def f(a, b, n):
    for y in prange(1, a.shape[0] - 1):
        for x in range(1, n):
            b[y, x] = a[y - 1, x] + a[y, x + 1]
    for y in prange(a.shape[0]):
        while b[y, 0] > 1.0:
            b[y, 0] *= 0.5
    for x in range(1, n):
        a[0, x] += a[0, x - 1]
    return a.sum()

def setup(n):
    return np.ones((n, n)), np.ones((n, n)), n - 1
";

/// Of two versions of a loop the quicker one is told of.
#[test]
fn remarks_are_of_the_version_that_runs() {
    let made = explained(NEST, 100);
    assert_eq!(made.failed, None);
    let said: Vec<String> = made
        .remarks
        .iter()
        .map(|one| format!("{} {}", one.line, one.text))
        .collect();
    let all = said.join("\n");
    for wanted in [
        "6 not in lanes: a loop within it is, or is parallel",
        "7 runs in lanes: 8 iterations at once",
        "7 not parallel: the loop around it is",
        "9 runs in lanes: 8 iterations at once",
        "10 lanes that do not take part wait under a mask",
        "10 not in lanes: a loop around it is, and each lane goes its own rounds",
        "12 not in lanes: what one iteration stores in `a` another may need",
        "14 parallel: iterations are shared among threads",
        "14 reduction of a value by +",
    ] {
        assert!(said.iter().any(|one| one == wanted), "{wanted}\n\n{all}");
    }
    assert!(
        !said.contains(&"6 runs in lanes: 8 iterations at once".to_owned()),
        "{all}"
    );
}

#[test]
fn names_have_their_types_at_their_places() {
    let made = explained(TEXT, 100);
    let hover = |line: u32, column: u32| {
        let found = made
            .hovers
            .iter()
            .find(|one| one.line == line && (one.column..one.end).contains(&column));
        found.map(|one| one.text.as_str())
    };
    assert_eq!(hover(12, 9), Some("float64"));
    assert_eq!(hover(12, 14), Some("array(float64, 1d, C)"));
    assert_eq!(hover(9, 10), Some("array(int64, 1d, C)"), "{:?}", made.hovers);
    assert_eq!(hover(6, 12), Some("float64 or int64"));
    assert_eq!(hover(15, 33), Some("twice(v: float64) -> float64"));
    assert_eq!(hover(25, 24), Some("twice(v: int64) -> int64"));
    let stages: Vec<&str> = made.stages.iter().map(|(name, _)| *name).collect();
    assert_eq!(
        stages,
        [
            "parse",
            "setup",
            "types",
            "races",
            "specialise",
            "loops",
            "narrow",
            "math",
            "validate",
            "wasm scalar",
            "wasm simd",
            "wasm threads",
            "shaders"
        ]
    );
    assert!(
        made.stages.iter().all(|(_, time)| *time == 1.0),
        "{:?}",
        made.stages
    );
    assert_eq!(made.functions[1].gives.as_deref(), Some("float64"));
    assert_eq!(
        (made.functions[0].name.as_str(), made.functions[0].line),
        ("twice", 5)
    );
}

#[test]
fn what_does_not_compile_says_why_and_what_there_is() {
    let made = explained("def f(:\n", 1);
    assert!(made.failed.is_some() && made.listings.is_empty());
    let wrong = TEXT.replace("return t\n", "return missing\n");
    let made = explained(&wrong, 10);
    assert!(made.failed.is_some());
    assert_eq!(made.name.as_deref(), Some("f"));
    assert_eq!(made.stages.len(), 2);
}

#[test]
fn listings_are_what_is_run() {
    let made = explained(TEXT, 100);
    let ir = listing(&made, "ir");
    let first = ir
        .lines
        .iter()
        .find(|(text, _)| text.contains("parfor"))
        .expect("a loop");
    assert_eq!(first.1, 11);
    let wgsl = listing(&made, "wgsl");
    assert!(
        wgsl.lines
            .iter()
            .any(|(text, line)| text.contains("_store(") && *line == 15)
    );
    assert!(!wgsl.lines.iter().any(|(text, _)| text.contains("//@")));
    assert!(!made.shaders.is_empty());
    for file in &made.shaders {
        naga::front::wgsl::parse_str(file).unwrap_or_else(|fault| panic!("{}", fault.emit_to_string(file)));
    }
    let scalar = listing(&made, "scalar");
    assert!(
        scalar
            .lines
            .iter()
            .any(|(text, line)| text.contains("f64.const 0.5") && *line == 18)
    );
}

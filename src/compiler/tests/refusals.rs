//! Kernels that are refused, each with what Numba says, or with why it is a race or none of our language.
#![cfg(not(target_arch = "wasm32"))]

use parallax_compiler::compile::Failed;
use parallax_compiler::{Diagnostic, Kind, Request, Source, prepare};
use std::path::PathBuf;

/// What a kernel's own line says.
fn pragma<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let head = format!("# parallax: {name}=");
    text.lines()
        .find_map(|line| line.strip_prefix(&head))
        .map(str::trim)
}

fn refused(text: &str) -> Vec<Diagnostic> {
    let request = Request {
        size: 16,
        ..Request::default()
    };
    match prepare(text, &request, &|| false) {
        Ok(_) => Vec::new(),
        Err(Failed::Diagnostics(all)) => all,
        Err(Failed::TooLong(why)) => panic!("{why}"),
    }
}

/// "line:column" of a fault's beginning.
fn place(text: &str, fault: &Diagnostic) -> String {
    let at = Source::new(text).unwrap().position(fault.span.start);
    format!("{}:{}", at.line, at.column)
}

#[test]
fn each_is_refused_with_its_reason_at_its_place() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/kernels/bad");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "py"))
        .collect();
    paths.sort();
    let (mut races, mut wrong) = (0, Vec::new());
    for path in &paths {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(path).unwrap();
        let wanted = ["error", "says", "at"]
            .map(|what| pragma(&text, what).unwrap_or_else(|| panic!("{name} does not tell its {what}")));
        let faults = refused(&text);
        races += u32::from(faults.first().is_some_and(|fault| fault.kind == Kind::Race));
        let Some(first) = faults.first() else {
            wrong.push(format!("{name}: accepted, but is {wanted:?}"));
            continue;
        };
        let is_it = first.kind.name() == wanted[0]
            && first.message.contains(wanted[1])
            && place(&text, first) == wanted[2];
        if !is_it {
            let at = place(&text, first);
            wrong.push(format!(
                "{name}: {wanted:?}\n    ours {}: {} at {at}",
                first.kind.name(),
                first.message
            ));
        }
        if first.kind == Kind::Race && first.help.is_none() {
            wrong.push(format!("{name}: a race without a way out"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        paths.len(),
        wrong.join("\n")
    );
    assert!(paths.len() >= 70 && races >= 8, "{} {races}", paths.len());
}

/// A kernel of these lines within a `prange` over the arrays `a`, `b` (numbers), `m` (two axes) and `x` (indices).
fn in_prange(lines: &[&str]) -> String {
    let mut text = "import numpy as np\nfrom numba import njit, prange\n\n\n@njit(parallel=True)\ndef f(a, b, m, x):\n    n = a.size\n    for i in prange(n):\n".to_owned();
    for line in lines {
        text.push_str(&format!("        {line}\n"));
    }
    text + "\n\ndef setup(n):\n    return np.zeros(n), np.zeros(4 * n), np.zeros((n, n)), np.zeros(n + 1, np.int64)\n"
}

#[test]
fn races_that_can_be_seen_are_refused() {
    let cases: [&[&str]; 33] = [
        &["a[0] += i"],
        &["a[-1] = i"],
        &["b[n] = i"],
        &["b[x[0]] = i"],
        &["for k in range(n):", "    m[k, 0] += a[i]"],
        &["for k in range(n):", "    b[k] = i"],
        &["a[i // 2] = 1"],
        &["a[i >> 1] = 1"],
        &["a[i % 4] = 1"],
        &["a[i & 3] += 1"],
        &["m[0, (i + 1) // 3] = 1"],
        &["b[x[i]] += 1"],
        &["b[x[i]] = b[x[i]] + 1"],
        &["k = x[i]", "t = b[k]", "b[k] = t + 1"],
        &["k = int(a[i] * 8)", "if k > 7:", "    k = 7", "b[k] += 1"],
        &["k = 0", "while a[k] < i:", "    k += 1", "b[k] += 1"],
        &["if a[i] > 3:", "    b[0] += 1"],
        &["if i % 2 == 0:", "    b[0] += 1"],
        &["a[i] = a[i - 1]"],
        &["j = 2 * i", "b[j] = b[j + 4]"],
        &["b[i] = 1", "b[i + 1] = 2"],
        &["if i > 0:", "    a[i] = a[i - 1] + 1"],
        &["a[i] = a[i - 1] if i > 0 else 0.0"],
        &["for k in range(n):", "    m[i, k] = m[i - 1, k]"],
        &["row = m[i]", "row[:] = m[i - 1]"],
        &["row = m[1]", "row[i % 3] = 1"],
        &["for k in range(3):", "    b[2 * i + k] = k"],
        &["for k in range(2 * i, 2 * i + 2):", "    b[x[k]] += 1"],
        &["for k in range(i, n):", "    m[x[k], x[k]] += 1"],
        &["for k in range(i + 4, i, -1):", "    b[x[k]] -= 1"],
        &[
            "size = n // 4 + 1",
            "for k in range(i * size, min(n, (i + 1) * size)):",
            "    b[x[k]] += 1",
        ],
        &["for k in range(i):", "    b[0] += 1"],
        &[
            "k = 2 * i",
            "while k < 2 * i + 2:",
            "    b[x[k]] += 1",
            "    k += 1",
        ],
    ];
    for lines in cases {
        let text = in_prange(lines);
        let faults = refused(&text);
        assert!(
            !faults.is_empty() && faults.iter().all(|fault| fault.kind == Kind::Race),
            "{lines:?}: {faults:?}"
        );
        assert!(
            faults
                .iter()
                .all(|fault| fault.help.is_some() && !fault.notes.is_empty())
        );
    }
}

#[test]
fn what_may_be_right_is_allowed() {
    let cases: [&[&str]; 33] = [
        &["a[x[i]] = i"],
        &["b[4 * i + x[i]] += 1"],
        &["b[i * n + 1] += 1"],
        &["a[(i + 1) % n] += 1"],
        &["m[i // 4, i % 4] = 1"],
        &["m[i, x[i]] += 1"],
        &["m[i, 0] += m[i, 1]"],
        &["a[n - 1 - i] = i"],
        &["a[-i - 1] = i"],
        &["for k in range(4):", "    b[4 * i + k] += 1"],
        &["for k in range(x[i], x[i + 1]):", "    b[k] *= 2"],
        &["k = x[i]", "while k < x[i + 1]:", "    b[k] *= 2", "    k += 1"],
        &["if i == 0:", "    b[0] += 1"],
        &["if i != 0:", "    continue", "b[0] += 1"],
        &["if a[i] > 3:", "    b[0] = 1"],
        &["if i % 2 == 0:", "    b[i // 2] += 1"],
        &["if i % 2 == 0:", "    a[i] = a[i - 1]"],
        &["if i < 4:", "    a[i] = a[i + 4]"],
        &["b[2 * i] = b[2 * i + 1]"],
        &["b[2 * i] = b[2 * i - 1] + b[2 * i + 1]"],
        &["a[i] = b[i - 1]"],
        &["for k in range(n):", "    m[i, k] -= m[0, k]"],
        &["for k in range(1 + i % 2, n, 2):", "    m[i, k] = m[i - 1, k]"],
        &["own = np.zeros(4)", "own[0] += i", "a[i] = own[0]"],
        &[
            "own = np.zeros(4)",
            "row = own[1:]",
            "row[x[i]] += i",
            "a[i] = own[1]",
        ],
        &["row = m[i]", "row[0] += 1", "row[x[i]] = row[x[i]] + 1"],
        &["row = m.T[i]", "row[3] += 1"],
        &["j = i", "if a[i] > 3:", "    j = n - 1 - i", "b[j] += 1"],
        &["first = i == 0", "if first:", "    b[0] += 1"],
        &["for k in range(2 * i, 2 * i + 2):", "    b[x[k]] = a[i]"],
        &["for k in range(2 * i, 2 * i + 2):", "    b[k] += x[k]"],
        &["for k in range(2 * i, 2 * i + 2):", "    m[i, x[k]] += 1"],
        &[
            "if i == 3:",
            "    for k in range(2 * i, 2 * i + 2):",
            "        b[x[k]] += 1",
        ],
    ];
    for lines in cases {
        let faults = refused(&in_prange(lines));
        assert_eq!(faults, [], "{lines:?}");
    }
}

#[test]
fn loops_of_one_iteration_or_none_have_no_races() {
    for range in ["0", "1", "5, 6", "n, n + 1", "n, 0"] {
        let text = in_prange(&["a[0] += i"]).replace("prange(n)", &format!("prange({range})"));
        assert_eq!(refused(&text), [], "{range}");
    }
    let text = in_prange(&["a[0] += i"]).replace("prange(n)", "prange(2)");
    assert_eq!(refused(&text).len(), 1);
}

#[test]
fn a_race_names_both_places() {
    let text = in_prange(&["a[i] = 2 * a[i - 1]"]);
    let fault = &refused(&text)[0];
    let source = Source::new(&text).unwrap();
    assert_eq!(source.slice(fault.span), "a[i]");
    assert_eq!(source.slice(fault.notes[0].0), "a[i - 1]");
    assert_eq!(
        fault.message,
        "'a' crosses the iterations of a 'prange': what one iteration stores here, the next one reads"
    );
}

/// The kinds and lines of all that is said of a text.
fn said(text: &str) -> Vec<(&'static str, u32)> {
    let source = Source::new(text).unwrap();
    refused(text)
        .iter()
        .map(|fault| (fault.kind.name(), source.position(fault.span.start).line))
        .collect()
}

#[test]
fn independent_mistakes_are_told_at_once() {
    let text = "from numba import njit\n\n@njit\ndef f(a):\n    x = a[0] + missing\n    y = a.length\n    z = (1, 2)\n    z[0] = 3\n    w = a[0] & 1\n    return other(a)\n\ndef setup(n):\n    return n * 0.5,\n"
        .replace("n * 0.5,", "np.zeros(n),")
        .replace("from numba", "import numpy as np\nfrom numba");
    assert_eq!(
        said(&text),
        [
            ("NameError", 6),
            ("TypingError", 7),
            ("TypingError", 9),
            ("TypingError", 10),
            ("NameError", 11)
        ]
    );
    // What cannot be read does not hide what else cannot.
    let text = "import numpy as np\nfrom numba import njit\n\n@njit\ndef f(a):\n    if a[0] = 1:\n        pass\n    x = a[0] +\n    class A:\n        pass\n    return a[\n";
    let kinds = said(text);
    assert!(
        kinds.contains(&("SyntaxError", 6)) && kinds.contains(&("SyntaxError", 8)),
        "{kinds:?}"
    );
    // Races of several loops and places.
    let text = in_prange(&["a[0] += 1", "b[x[i]] += 1", "m[i, 0] = m[i - 1, 0]"]);
    assert_eq!(
        said(&text),
        [("RaceError", 9), ("RaceError", 10), ("RaceError", 11)]
    );
}

/// A kernel that returns this of arrays `a` (numbers), `m` (two axes) and `x` (integers).
fn returns(expression: &str) -> String {
    format!(
        "import numpy as np\nimport numba\nfrom numba import njit, prange\n\n\n@njit\ndef f(a, m, x):\n    return {expression}\n\n\ndef setup(n):\n    return np.ones(n), np.ones((n, n)), np.arange(n)\n"
    )
}

#[test]
fn no_argument_is_passed_over() {
    for (expression, place, words) in [
        (
            "np.linspace(0, 1, 5, endpoint=False)",
            "endpoint",
            "'linspace' takes no 'endpoint' here",
        ),
        (
            "np.sum(a, dtype=np.float32)",
            "np.sum(a, dtype=np.float32)",
            "elements of float64 are not summed as float32",
        ),
        (
            "a.sum(dtype=np.float32)",
            "a.sum(dtype=np.float32)",
            "elements of float64 are not summed as float32",
        ),
        ("np.var(a, ddof=1)", "ddof", "'var' takes no 'ddof' here"),
        ("a.std(ddof=1)", "ddof", "'std' takes no 'ddof' here"),
        (
            "np.zeros((3, 4), order='F')",
            "order",
            "'zeros' takes no 'order' here",
        ),
        (
            "m.reshape(-1, order='F')",
            "order",
            "'reshape' takes no 'order' here",
        ),
        (
            "m.ravel('F')",
            "m.ravel('F')",
            "'ravel' takes 0 arguments here, not 1",
        ),
        ("m.flatten(order='F')", "order", "'flatten' takes no 'order' here"),
        ("m.copy(order='F')", "order", "'copy' takes no 'order' here"),
        (
            "a.astype(np.int32, copy=False)",
            "copy",
            "'astype' takes no 'copy' here",
        ),
        (
            "np.max(a, initial=3.0)",
            "initial",
            "'max' takes no 'initial' here",
        ),
        (
            "np.sum(a, None, np.float64)",
            "np.sum(a, None, np.float64)",
            "axis",
        ),
        (
            "np.array([1, 2], order='F')",
            "order",
            "'array' takes no 'order' here",
        ),
        (
            "np.dot(m, m, m)",
            "np.dot(m, m, m)",
            "'dot' takes 2 arguments here, not 3",
        ),
        (
            "m.transpose(1, 0)",
            "m.transpose(1, 0)",
            "'transpose' takes 0 arguments here, not 2",
        ),
        (
            "np.count_nonzero(m, axis=0)",
            "axis",
            "'count_nonzero' takes no 'axis' here",
        ),
        (
            "np.size(m, 0)",
            "np.size(m, 0)",
            "'size' takes 1 argument here, not 2",
        ),
        (
            "np.clip(a, 0, 1, a)",
            "np.clip(a, 0, 1, a)",
            "'clip' takes 3 arguments here, not 4",
        ),
        ("np.float32(x=1)", "x", "'float32' takes no argument called 'x'"),
        (
            "int(3, base=7)",
            "base",
            "'int64' takes no argument called 'base'",
        ),
        ("min(1, 2, key=3)", "key", "'min' takes no argument called 'key'"),
        ("a.item()", "a.item()", "'.item()' of an array"),
    ] {
        let text = returns(expression);
        let faults = refused(&text);
        let Some(first) = faults.first() else {
            panic!("{expression} is accepted");
        };
        let source = Source::new(&text).unwrap();
        assert!(first.message.contains(words), "{expression}: {}", first.message);
        assert_eq!(source.slice(first.span), place, "{expression}");
    }
    assert_eq!(
        refused(&returns(
            "np.sum(m, axis=0) + a.sum() + np.clip(a, a_min=0.1, a_max=0.5)"
        )),
        []
    );
}

/// A kernel `f(x, k)` of an array and a whole number with this decorator.
fn decorated(decorator: &str, setup: &str) -> String {
    format!(
        "import numpy as np\nimport numba\nfrom numba import njit, float64, int64, float32, types\n\n\n@{decorator}\ndef f(x, k):\n    return x[k]\n\n\ndef setup(n):\n    return {setup}\n"
    )
}

#[test]
fn signatures_are_heeded() {
    for decorator in [
        "njit('float64(float64[:], int64)')",
        "njit('f8(f8[::1], i4)', parallel=True)",
        "njit(float64(float64[:], int64))",
        "njit((types.float64[:], types.int64))",
        "njit([float32(float32[:], int64), float64(float64[:], int64)])",
        "numba.njit(numba.float64(numba.float64[:], numba.int64))",
    ] {
        assert_eq!(refused(&decorated(decorator, "np.ones(n), 3")), [], "{decorator}");
    }
    for (decorator, setup, words) in [
        (
            "njit('float64(float64[:], int64)')",
            "np.ones(n, np.float32), 3",
            "No matching definition for argument type(s) array(float32, 1d, C), int64",
        ),
        (
            "njit('float64(float64[:,:], int64)')",
            "np.ones(n), 3",
            "No matching definition for argument type(s) array(float64, 1d, C), int64",
        ),
        (
            "njit([float64(float64[:], float64), float64(float64[:], int64)])",
            "np.ones(n), True",
            "Ambiguous overloading for f (array(float64, 1d, C), bool)",
        ),
        (
            "njit('float64[:](float64[:], int64)')",
            "np.ones(n), 3",
            "No conversion from float64 to array(float64, 1d, A)",
        ),
        (
            "njit('void(float64[:], int64)')",
            "np.ones(n), 3",
            "No conversion from float64 to none",
        ),
        (
            "njit('float64(float64[:])')",
            "np.ones(n), 3",
            "Signature mismatch: 1 argument types given, but function takes 2 arguments",
        ),
        (
            "njit('float65(float64[:], int64)')",
            "np.ones(n), 3",
            "'float65' is no type that kernels have",
        ),
        (
            "njit('float64(complex128[:], int64)')",
            "np.ones(n), 3",
            "'complex128' is no type",
        ),
        (
            "njit('float64(float64[:], int64')",
            "np.ones(n), 3",
            "'(' was never closed",
        ),
        ("njit('float64')", "np.ones(n), 3", "this is no signature"),
        (
            "njit('float64(float64[::2], int64)')",
            "np.ones(n), 3",
            "this is no signature",
        ),
        ("njit(3)", "np.ones(n), 3", "this is no signature"),
        ("njit('')", "np.ones(n), 3", "this is no signature"),
    ] {
        let faults = refused(&decorated(decorator, setup));
        let said = faults
            .first()
            .map(|fault| fault.message.as_str())
            .unwrap_or_default();
        assert!(said.contains(words), "{decorator} of {setup}: {said:?}");
        assert!(
            faults[0].help.is_some()
                || words.starts_with("Amb")
                || words.contains("mismatch")
                || words.contains("closed"),
            "{decorator}"
        );
    }
}

#[test]
fn what_is_stored_to_is_an_arguments_own() {
    for (given, is_twice) in [
        ("a, a", true),
        ("a, a.copy()", false),
        ("a, a[2:]", true),
        ("a[:4], a[4:]", false),
        ("a[::2], a[1::2]", false),
        ("a[::2], a[::3]", true),
        ("a[::-1], a", true),
        ("a, a[:0]", false),
        ("m[:, 0], m[:, 1]", false),
        ("m[:, 0], m[3]", true),
        ("m[:2], m.T[:, 2:]", false),
        ("m, m.T", true),
    ] {
        let setup = format!(
            "def setup(n):\n    a = np.arange(8)\n    m = np.arange(16).reshape(4, 4)\n    return {given}\n"
        );
        for (body, stores) in [
            ("return x.sum() + y.sum()", false),
            ("x[0] = y[1]", true),
            ("z = y[1:]\n    z[:] = 1", true),
        ] {
            let text = format!(
                "import numpy as np\nfrom numba import njit\n\n\n@njit\ndef f(x, y):\n    {body}\n\n\n{setup}"
            );
            let faults = refused(&text);
            let told = "'x' and 'y' have elements in common, and 'f' stores to them";
            let is_told = faults
                .first()
                .is_some_and(|fault| fault.message.starts_with(told));
            assert_eq!(is_told, is_twice && stores, "{given} {body}: {faults:?}");
            assert_eq!(is_told, !faults.is_empty(), "{given} {body}: {faults:?}");
        }
    }
    // Within tuples, and behind numbers and nothing.
    let text = "import numpy as np\nfrom numba import njit\n\n\n@njit\ndef f(p, q, none, k):\n    p[1][0] = k\n\n\ndef setup(n):\n    a = np.zeros(n)\n    return (1, a), (2.5, a), None, 3\n";
    assert!(refused(text)[0].message.contains("have elements in common"));
}

#[test]
fn the_way_out_is_told() {
    let kernel = |imports: &str, body: &str| {
        format!("{imports}\n\n\n@njit\ndef f(a):\n    {body}\n\n\ndef setup(n):\n    return 1.5\n")
    };
    let usual = "import numpy as np\nfrom numba import njit, prange";
    for (text, message, help) in [
        (
            kernel("import numpy as np", "return a"),
            "name 'njit' is not defined",
            "begin the file with 'from numba import njit'",
        ),
        (
            kernel(
                "from numba import njit",
                "for i in prange(3):\n        a += i\n    return a",
            ),
            "name 'prange' is not defined",
            "begin the file with 'from numba import prange'",
        ),
        (
            kernel("from numba import njit", "return np.sin(a)"),
            "name 'np' is not defined",
            "begin the file with 'import numpy as np'",
        ),
        (
            kernel(usual, "return np.diff(a)"),
            "'np.diff' is not compiled here",
            "write its loop, or do it in 'setup(n)'",
        ),
        (
            kernel(usual, "return np.zeroes(3)"),
            "Unknown attribute 'zeroes' of type Module(numpy)",
            "did you mean 'np.zeros'?",
        ),
        (
            kernel(usual, "b = np.ones(3)\n    return b > 0 and a"),
            "the truth value of array(bool, 1d, C) is ambiguous",
            "use 'np.any(..)' or 'np.all(..)'",
        ),
        (
            kernel(usual, "b = np.ones(3)\n    return a and b > 0"),
            "the truth value of array(bool, 1d, C) is ambiguous",
            "use 'np.any(..)' or 'np.all(..)'",
        ),
        (
            kernel(usual, "return a").replace("return 1.5", "pass"),
            "'setup' returns nothing: 'f' is given no arguments",
            "end it with 'return ..'",
        ),
        (
            kernel(usual, "return a").replace("f(a)", "f(a, a)"),
            "duplicate argument 'a' in function definition",
            "",
        ),
        (
            kernel(usual, "print 'x'"),
            "missing parentheses in call to 'print': print(..)",
            "",
        ),
        (
            kernel(usual, "return np.sin(a, a, a)"),
            "'sin' takes 1 argument, not 3",
            "",
        ),
    ] {
        let faults = refused(&text);
        let said = faults
            .first()
            .map(|fault| (fault.message.as_str(), fault.help.as_deref().unwrap_or_default()));
        assert_eq!(said, Some((message, help)), "{text}");
    }
}

//! Files that `setup` reads and that are broken: told in NumPy's words, with their names, and never a panic. What
//! whole ones give is held to NumPy in `setup.rs`.
#![cfg(not(target_arch = "wasm32"))]

use parallax_compiler::random::{Generator, SeedSequence};
use parallax_compiler::setup::{self, DataFile, Limits};
use parallax_compiler::{Diagnostic, Source, Value, module, syntax};

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

/// What is told of a file that does not do.
fn refused(call: &str, name: &str, bytes: &[u8]) -> String {
    let text = format!("import numpy as np\ndef setup(n):\n  return {call}\n");
    let file = DataFile {
        name: name.into(),
        bytes: bytes.to_vec(),
    };
    match run_with(&text, 8, &[file], &Limits::default()) {
        Ok(values) => format!("{values:?}"),
        Err(fault) => format!("{}: {}", fault.kind.name(), fault.message),
    }
}

/// A file of NumPy's with this header.
fn npy(version: u8, header: &str, elements: usize) -> Vec<u8> {
    let mut out = b"\x93NUMPY".to_vec();
    out.extend([version, 0]);
    let length = (header.len() as u32).to_le_bytes();
    out.extend_from_slice(&length[..if version == 1 { 2 } else { 4 }]);
    out.extend_from_slice(header.as_bytes());
    out.extend(std::iter::repeat_n(1, elements));
    out
}

#[test]
fn a_broken_array_is_told_in_numpys_words() {
    let told = |bytes: &[u8]| refused("np.load('a/x.npy')", "b/x.npy", bytes);
    let header = |descr: &str, order: &str, shape: &str| {
        let text = format!("{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}");
        told(&npy(1, &text, 16))
    };
    for (said, expected) in [
        (told(b""), "EOFError: x.npy: No data left in file"),
        (
            told(b"\x93NUMPY\x01"),
            "ValueError: x.npy: EOF: reading magic string, expected 8 bytes got 7",
        ),
        (
            told(b"\x93NUMPY\x01\0\x09\0{"),
            "ValueError: x.npy: EOF: reading array header, expected 9 bytes got 1",
        ),
        (
            told(&npy(4, "{}", 0)),
            "ValueError: x.npy: we only support format version (1,0), (2,0), and (3,0), not (4, 0)",
        ),
        (
            told(&npy(2, "{'a': 1}", 0)),
            "ValueError: x.npy: Header does not contain the correct keys: ['a']",
        ),
        (
            told(&npy(3, "{'a' 1", 0)),
            "ValueError: x.npy: Cannot parse header: \"{'a' 1\"",
        ),
        (
            told(b"PK\x03\x04"),
            "UnsupportedError: x.npy: archives (.npz) are not read here",
        ),
        (
            header("'<f8'", "False", "(2)"),
            "ValueError: x.npy: shape is not valid: (2)",
        ),
        (
            header("'<f8'", "1", "(2,)"),
            "ValueError: x.npy: fortran_order is not a valid bool: 1",
        ),
        (
            header("'<f9'", "False", "(2,)"),
            "ValueError: x.npy: descr is not a valid dtype descriptor: '<f9'",
        ),
        (
            header("'<f8'", "True", "(3, 1)"),
            "ValueError: x.npy: Failed to read all data for array. Expected (3, 1) = 3 elements, could only read 2 elements. (file seems not fully written?)",
        ),
        (
            header("'|O'", "False", "(2,)"),
            "ValueError: x.npy: Object arrays cannot be loaded when allow_pickle=False",
        ),
        (
            header("'<f2'", "False", "(2,)"),
            "UnsupportedError: x.npy: its elements are float16, which kernels do not have",
        ),
        (
            header("'<c16'", "False", "(1,)"),
            "UnsupportedError: x.npy: its elements are complex128, which kernels do not have",
        ),
        (
            header("[('a', '<f4', (2,))]", "False", "(2,)"),
            "UnsupportedError: x.npy: its elements are structured, which kernels do not have",
        ),
    ] {
        assert_eq!(said, expected);
    }
    assert!(told(b"1,2").starts_with("ValueError: x.npy: This file contains pickled (object) data."));
}

#[test]
fn a_broken_table_is_told_in_numpys_words() {
    for (call, bytes, expected) in [
        ("np.loadtxt('y.csv')", "1", "FileNotFoundError: y.csv not found."),
        (
            "np.load('y.npy')",
            "1",
            "FileNotFoundError: [Errno 2] No such file or directory: 'y.npy'",
        ),
        (
            "np.loadtxt(1)",
            "1",
            "TypeError: expected str, bytes or os.PathLike object, not int",
        ),
        (
            "np.loadtxt('x.csv')",
            "1 2\n3\n",
            "ValueError: x.csv: the number of columns changed from 2 to 1 at row 2; use `usecols` to select a subset and avoid this error",
        ),
        (
            "np.loadtxt('x.csv', delimiter=',')",
            "1\n  \n",
            "ValueError: x.csv: could not convert string '  ' to float64 at row 1, column 1.",
        ),
        (
            "np.loadtxt('x.csv', delimiter=',')",
            "1,\n",
            "ValueError: x.csv: could not convert string '' to float64 at row 0, column 2.",
        ),
        (
            "np.loadtxt('x.csv')",
            "it's",
            "ValueError: x.csv: could not convert string \"it's\" to float64 at row 0, column 1.",
        ),
        (
            "np.loadtxt('x.csv')",
            "1_0",
            "ValueError: x.csv: could not convert string '1_0' to float64 at row 0, column 1.",
        ),
        (
            "np.loadtxt('x.csv', dtype=np.uint8)",
            "1 -0",
            "ValueError: x.csv: could not convert string '-0' to uint8 at row 0, column 2.",
        ),
        (
            "np.loadtxt('x.csv', dtype=np.int8)",
            "128",
            "ValueError: x.csv: could not convert string '128' to int8 at row 0, column 1.",
        ),
        (
            "np.loadtxt('x.csv', usecols=(0, -3))",
            "1 2",
            "ValueError: x.csv: invalid column index -3 at row 1 with 2 columns",
        ),
        (
            "np.loadtxt('x.csv', skiprows=-1)",
            "1",
            "ValueError: argument must be nonnegative",
        ),
        (
            "np.loadtxt('x.csv', delimiter='::')",
            "1",
            "TypeError: Text reading control character must be a single unicode character or None; but got: '::'",
        ),
        (
            "np.loadtxt('x.csv', ndmin=3)",
            "1",
            "ValueError: Illegal value of ndmin keyword: 3",
        ),
        (
            "np.genfromtxt('x.csv', delimiter=',')",
            "# c\n\n1,2\n3\n\n4,5,6\n7,8",
            "ValueError: x.csv: Some errors were detected !\n    Line #2 (got 1 columns instead of 2)\n    Line #4 (got 3 columns instead of 2)",
        ),
        (
            "np.genfromtxt('x.csv', dtype=int)",
            "1",
            "UnsupportedError: np.genfromtxt makes float64 and float32 here, where what is missing is nan",
        ),
    ] {
        assert_eq!(
            refused(call, "x.csv", bytes.as_bytes()),
            expected,
            "{call} {bytes:?}"
        );
    }
    let fault = run_with(
        "import numpy as np\ndef setup(n):\n  return np.load('y.npy')\n",
        1,
        &[],
        &Limits::default(),
    );
    let fault = fault.unwrap_err();
    assert_eq!(
        fault.help.as_deref(),
        Some("drop y.npy on the page; files given: none")
    );
    assert!(refused("np.loadtxt('x.csv')", "x.csv", b"1\xff").starts_with("UnicodeDecodeError: x.csv: "));
}

#[test]
fn changed_files_never_panic() {
    let whole = npy(
        1,
        "{'descr': '<i2', 'fortran_order': True, 'shape': (3, 4), }",
        24,
    );
    let table = b"# a,b\n1,2.5\r\n-3e4,nan # c\n,1_0\n".to_vec();
    let mut random = Generator::new(&SeedSequence::of(12));
    let mut below = move |n: usize| random.next_u32() as usize % n.max(1);
    let (mut read, mut failed) = (0, 0);
    for round in 0..20_000 {
        let (call, seed) = match round % 3 {
            0 => ("np.load('x')", &whole),
            1 => ("np.loadtxt('x', delimiter=',', usecols=-1)", &table),
            _ => ("np.genfromtxt('x', delimiter=',', ndmin=2)", &table),
        };
        let mut bytes = seed.clone();
        for _ in 0..=below(3) {
            let at = below(bytes.len());
            const SIGNS: &[u8] = b"'\"{}()[],:0123456789-<>fbiucOLTF \n\r\x85\xff\0";
            match below(4) {
                0 => bytes.truncate(at),
                1 => bytes.insert(at, SIGNS[below(SIGNS.len())]),
                2 if at < bytes.len() => drop(bytes.remove(at)),
                _ if at < bytes.len() => bytes[at] = SIGNS[below(SIGNS.len())],
                _ => {}
            }
        }
        match refused(call, "x", &bytes).starts_with('[') {
            true => read += 1,
            false => failed += 1,
        }
    }
    assert!(read > 2_000 && failed > 2_000, "{read} {failed}");
}

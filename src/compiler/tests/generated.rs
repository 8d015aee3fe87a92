//! The generator of programs itself: what it makes is read, and is always the same.
#![cfg(not(target_arch = "wasm32"))]

mod generate;
mod golden;

use generate::program;
use parallax_compiler::{Source, flow, module, syntax};
use std::path::Path;

#[test]
fn a_seed_has_one_program_and_it_is_read_without_faults() {
    let mut texts = std::collections::HashSet::new();
    for seed in 0..500 {
        let made = program(seed);
        assert_eq!(made, program(seed));
        let source = Source::new(&made.source).expect("short");
        let (tree, mut faults) = syntax::parse(source);
        let (file, more) = module::file(&tree, None);
        faults.extend(more);
        for function in file.functions.iter().filter(|f| f.options.is_jitted) {
            faults.extend(flow::webs(function.def, &file.globals, &[]).1);
        }
        assert!(faults.is_empty(), "{}\n{faults:?}", made.source);
        assert!(file.entry.is_some() && file.setup.is_some());
        texts.insert(made.source);
    }
    assert_eq!(texts.len(), 500);
}

#[test]
fn the_programs_have_everything_that_they_are_to_show() {
    let all: String = (0..300).map(|seed| program(seed).source).collect();
    for part in [
        "prange(",
        "while ",
        "else:",
        "elif ",
        "break",
        "continue",
        "[::-1]",
        " if ",
        " and ",
        " or ",
        "not ",
        " //= ",
        ".T\n",
        ".astype(",
        "np.where(",
        "= min(",
        "^= ",
        "k=",
        "enumerate(",
        "reshape(",
        "shape[1]",
        "uint16",
        "int8",
        "float32",
        "bool_",
        "np.prod(",
        "[-1 - i",
        "for e",
    ] {
        assert!(all.contains(part), "{part}");
    }
    let compared = (0..300).filter(|seed| program(*seed).compares_with_numpy).count();
    assert!((150..300).contains(&compared), "{compared}");
}

#[test]
fn the_stored_hashes_are_of_these_programs() {
    let stored = golden::differential();
    assert!(stored.len() > 1_500, "{}", stored.len());
    for (seed, hash, _) in stored {
        let made = program(seed);
        assert_eq!(
            golden::fnv(made.source.as_bytes()),
            hash,
            "{seed}: run differential.py --hash"
        );
        assert!(made.compares_with_numpy);
    }
}

/// For `tests/oracle/differential.py`: PARALLAX_PROGRAMS=FOLDER, and how many.
#[test]
#[ignore = "writes programs into the folder that PARALLAX_PROGRAMS names"]
fn programs_are_written() {
    let folder = std::env::var("PARALLAX_PROGRAMS").expect("a folder");
    let count = std::env::var("PARALLAX_COUNT").map_or(200, |n| n.parse().expect("a number"));
    std::fs::create_dir_all(&folder).expect("a folder");
    for seed in 0..count {
        let path = Path::new(&folder).join(format!("{seed:05}.py"));
        std::fs::write(path, program(seed).source).expect("room");
    }
}

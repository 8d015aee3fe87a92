//! RELIABILITY.md and the tests of faults are the same list.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// What the work began with.
const LEAST: usize = 40;

fn read(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The cells of every row of the tables, heads left out.
fn rows(text: &str) -> Vec<Vec<String>> {
    let lines = text
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    let cells = |line: &str| line.split(" | ").map(|cell| cell.trim().to_owned()).collect();
    lines
        .map(cells)
        .filter(|row: &Vec<String>| row[0] != "fault")
        .collect()
}

/// The names in the list of faults: each is the first text of a pair.
fn provoked() -> Vec<String> {
    let source = read("tests/e2e/faults/mod.rs");
    let (_, list) = source.split_once("pub const FAULTS").expect("a list");
    let pairs = list.split('(').skip(1);
    let names = pairs.filter_map(|pair| pair.trim_start().strip_prefix('"')?.split('"').next());
    names.map(str::to_owned).collect()
}

#[test]
fn the_table_and_the_tests_are_the_same_list() {
    let table = read("RELIABILITY.md");
    let rows = rows(&table);
    let mut listed = BTreeSet::new();
    for row in &rows {
        let [fault, seen, kept, test] = &row[..] else {
            panic!("not four cells: {row:?}");
        };
        assert!(
            !fault.is_empty() && !seen.is_empty() && !kept.is_empty(),
            "{row:?}"
        );
        let test = test
            .strip_prefix('`')
            .and_then(|name| name.strip_suffix('`'))
            .expect("a test's name");
        match test.split_once(": ") {
            // A test of another kind is where it says.
            Some((file, name)) => {
                let source = read(file);
                let (_, after) = source
                    .split_once(&format!("fn {name}("))
                    .unwrap_or_else(|| panic!("{file} has no {name}"));
                let before = &source[..source.len() - after.len()];
                let above = before.trim_end_matches(&*format!("fn {name}(")).trim_end();
                assert!(above.ends_with("#[test]"), "{name} is no test");
            }
            None => assert!(listed.insert(test.to_owned()), "{test} is there twice"),
        }
    }
    let provoked = provoked();
    assert!(
        provoked.len() >= LEAST,
        "only {} faults are provoked",
        provoked.len()
    );
    let tests: BTreeSet<String> = provoked.iter().cloned().collect();
    assert_eq!(tests.len(), provoked.len(), "a test is listed twice");
    assert_eq!(
        listed, tests,
        "RELIABILITY.md lists others than tests/e2e/faults/mod.rs"
    );
}

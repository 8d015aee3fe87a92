//! Who may depend on whom, and what only some may use: the arrows of ARCHITECTURE.md.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The crates of ours that a crate names in its dependencies, tests' ones left out.
fn arrows(krate: &str) -> BTreeSet<String> {
    let manifest = fs::read_to_string(root().join("src").join(krate).join("Cargo.toml")).unwrap();
    let mut here = false;
    let mut arrows = BTreeSet::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            here = line.contains("dependencies") && !line.contains("dev-");
        } else if let (true, Some(name)) = (here, line.strip_prefix("parallax-")) {
            arrows.insert(name.split(['.', ' ', '=']).next().unwrap().to_string());
        }
    }
    arrows
}

#[test]
fn arrows_point_one_way() {
    let allowed: [(&str, &[&str]); 10] = [
        ("protocol", &[]),
        ("stats", &["protocol"]),
        ("workloads", &["protocol"]),
        ("compiler", &[]),
        ("backends", &["protocol", "workloads", "compiler"]),
        ("engine", &["protocol", "stats", "workloads", "backends"]),
        ("worker", &["protocol", "backends", "engine"]),
        ("views", &["protocol", "stats"]),
        ("lab", &["protocol", "views"]),
        ("app", &["protocol", "stats"]),
    ];
    let mut found = Vec::new();
    for entry in fs::read_dir(root().join("src")).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            found.push(entry.file_name().into_string().unwrap());
        }
    }
    found.sort();
    let mut known: Vec<_> = allowed.iter().map(|(krate, _)| krate.to_string()).collect();
    known.sort();
    assert_eq!(
        found, known,
        "a crate without a rule, or a rule without its crate"
    );
    for (krate, to) in allowed {
        let to: BTreeSet<String> = to.iter().map(|s| s.to_string()).collect();
        let arrows = arrows(krate);
        assert!(
            arrows.is_subset(&to),
            "{krate} may depend on {to:?} but depends on {arrows:?}"
        );
        assert!(
            ["protocol", "compiler"].contains(&krate) || !arrows.is_empty(),
            "{krate}: the manifest was not understood"
        );
    }
}

fn files(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, extension, found);
        } else if path.extension().is_some_and(|e| e == extension) {
            found.push(path);
        }
    }
}

/// Lines of code in a crate that hold a word, comments left out.
fn uses(krate: &str, word: &str) -> Vec<String> {
    let mut sources = Vec::new();
    files(&root().join("src").join(krate), "rs", &mut sources);
    assert!(!sources.is_empty());
    let mut found = Vec::new();
    for path in sources {
        for (number, line) in fs::read_to_string(&path).unwrap().lines().enumerate() {
            let code = line.split("//").next().unwrap();
            if code.contains(word) {
                found.push(format!("{}:{}: {}", path.display(), number + 1, line.trim()));
            }
        }
    }
    found
}

#[test]
fn the_page_blocks_nothing_and_trusts_no_markup() {
    // A lock or a pool on the page's thread traps there; markup from data is an injection. Charts
    // are put in at one place, by whom escapes every text (`src/views/charts/markup.rs`).
    let markup = uses("views", "set_inner_html");
    assert!(markup.len() == 1 && markup[0].contains("stage.rs"), "{markup:#?}");
    for word in [
        "rayon",
        "Mutex",
        "RwLock",
        "inner_html",
        "set_inner_html",
        "eval(",
    ] {
        assert_eq!(uses("app", word), Vec::<String>::new());
    }
}

#[test]
fn the_engine_knows_no_browser_and_joins_no_pool() {
    for krate in ["engine", "workloads", "stats", "protocol"] {
        for word in ["wasm_bindgen", "js_sys", "web_sys"] {
            assert_eq!(uses(krate, word), Vec::<String>::new());
        }
    }
    // The views are pure but for what the page calls and where they draw.
    for word in ["wasm_bindgen", "js_sys", "web_sys"] {
        let used = uses("views", word);
        let elsewhere: Vec<_> = used
            .iter()
            .filter(|line| !line.contains("views/front.rs") && !line.contains("views/stage.rs"))
            .collect();
        assert_eq!(elsewhere, Vec::<&String>::new());
    }
    // Blocking joins have no place on the engine's thread.
    for krate in ["engine", "backends", "worker"] {
        for word in [
            "par_iter",
            "rayon::scope",
            "rayon::join",
            "rayon::in_place",
            ".install(",
        ] {
            assert_eq!(uses(krate, word), Vec::<String>::new());
        }
    }
}

#[test]
fn opening_a_link_runs_nothing() {
    // Runs begin in one function of the page's pure state, whose tests show that only a
    // press of Run (and the resumption of such a run) leads there.
    let begun = uses("app", "Request::Run");
    let begun: Vec<_> = begun.iter().filter(|line| !line.contains("tests.rs")).collect();
    assert_eq!(begun.len(), 1, "{begun:#?}");
    assert!(begun[0].contains("state.rs"), "{begun:#?}");
}

//! The lab's gallery and its guided way, typed as real Numba types them. What they give is compared in the
//! browser (`tests/e2e/gallery.rs` of the whole), at their own sizes.
#![cfg(not(target_arch = "wasm32"))]

mod golden;

use parallax_compiler::{Failed, Kind, Request, prepare};
use std::path::{Path, PathBuf};

/// What setups are given here: types do not depend on it.
const SIZE: i64 = 64;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../lab")
}

#[test]
fn the_gallery_is_typed_as_numba_types_it() {
    let text = std::fs::read_to_string(folder().join("gallery/gallery.golden")).expect("the goldens");
    let mut count = 0;
    let mut records = text.split("\nkernel\t");
    // Before the first there is the head.
    records.next();
    for record in records {
        let lines: Vec<Vec<&str>> = record.lines().map(|line| line.split('\t').collect()).collect();
        let (name, hash) = (lines[0][0], lines[0][1]);
        let file = match name.strip_prefix("path/") {
            Some(step) => folder().join(format!("path/{step}.py")),
            None => folder().join(format!("gallery/{name}.py")),
        };
        let source = std::fs::read_to_string(&file).expect("a kernel");
        let now = format!("{:016x}", golden::fnv(source.as_bytes()));
        assert_eq!(now, hash, "{name} has changed: run gallery/numba_check.py");
        let field = |key: &str| {
            lines
                .iter()
                .find(|line| line[0] == key)
                .map(|line| line[1..].join("\t"))
        };
        let request = Request {
            size: SIZE,
            ..Request::default()
        };
        count += 1;
        let prepared = match prepare(&source, &request, &|| false) {
            Ok(prepared) => prepared,
            Err(Failed::Diagnostics(all)) if name == "path/3" => {
                // Numba takes the race; the step is that we do not.
                assert!(all.iter().all(|one| one.kind == Kind::Race), "{all:?}");
                continue;
            }
            Err(failed) => panic!("{name}:\n{}", failed.render(&source)),
        };
        let types: Vec<String> = prepared
            .arguments
            .iter()
            .map(|value| value.type_of().to_string())
            .collect();
        assert_eq!(Some(types.join("\t")), field("takes"), "{name}");
        assert_eq!(Some(prepared.gives.to_string()), field("gives"), "{name}");
    }
    let files = |place: &str| {
        let entries = std::fs::read_dir(folder().join(place)).expect("a folder");
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        names
            .filter(|name| name.ends_with(".py") && name != "numba_check.py")
            .count()
    };
    assert_eq!(count, files("gallery") + files("path"), "each has a record");
}

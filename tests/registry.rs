//! The registries themselves: what everybody relies on when adding to them.
#![cfg(not(target_arch = "wasm32"))]

use parallax::protocol::{Form, WorkloadInfo, reported_id};
use parallax::workloads::{Arithmetic, Kernel, Level, Output, Workload, catalogue, registry};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn is_kebab(id: &str) -> bool {
    !id.is_empty()
        && id
            .split('-')
            .all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase()))
}

#[test]
fn workloads_are_complete() {
    let said = catalogue().into_iter();
    let said = said.map(|info| (info.id, info.default_size, info.size_range));
    let has = |w: &&'static dyn Workload| (w.id().to_owned(), w.default_size(), w.size_range());
    assert_eq!(
        said.collect::<Vec<_>>(),
        registry().iter().map(has).collect::<Vec<_>>()
    );
    let mut ids = BTreeSet::new();
    for workload in registry() {
        let info = workload.info();
        let id = info.id.as_str();
        assert!(is_kebab(id) && ids.insert(info.id.clone()), "{id}");
        assert!(info.question.ends_with('?'), "{id}: {}", info.question);
        assert!(info.lesson.len() > 200, "{id}: no lesson in the README?");
        tries_can_be_asked(&info);
        let names: Vec<_> = info.sizes.iter().map(|s| s.name.as_str()).collect();
        assert_eq!(names, ["tiny", "small", "medium", "large"], "{id}");
        assert!(info.sizes.is_sorted_by_key(|s| s.n), "{id}");
        for size in info.sizes.iter().map(|s| s.n).chain([info.default_size]) {
            assert!(
                (info.size_range.0..=info.size_range.1).contains(&size),
                "{id}: {size}"
            );
        }
        for form in [Form::Python, Form::JavaScript, Form::Rust, Form::Wgsl] {
            let text = &info
                .source(form)
                .unwrap_or_else(|| panic!("{id} has no {form:?}"))
                .text;
            assert!(text.len() > 200, "{id}: {form:?} is cut off");
        }
        for kernel in ["kernel.py", "kernel.js"] {
            let file = root().join("src/workloads").join(id).join(kernel);
            assert!(file.exists(), "{} is missing", file.display());
        }
        assert!(root().join("shaders").join(format!("{id}.wgsl")).exists(), "{id}");

        let (least, most) = info.size_range;
        for bad in [least.wrapping_sub(1), most + 1, u32::MAX] {
            if !(least..=most).contains(&bad) {
                let error = workload.problem(bad, 1).err().unwrap().to_string();
                assert!(error.contains(&most.to_string()), "{id}: {error}");
            }
        }
        let problem = workload.problem(info.sizes[0].n, 1).unwrap();
        assert_eq!(problem.workload(), id);
        assert!(problem.flops() > 0.0 && problem.bytes() > 0.0, "{id}");
    }
    assert!(ids.contains("mandelbrot") && ids.contains("matmul"));
}

/// Three, each a question of its own that the page can read (`src/app/query.rs`).
fn tries_can_be_asked(info: &WorkloadInfo) {
    assert_eq!(info.tries.len(), 3, "{}", info.id);
    for attempt in &info.tries {
        let place = format!("{}: {}", info.id, attempt.label);
        assert!(
            !attempt.query.is_empty() && attempt.look_for.len() > 40,
            "{place}"
        );
        for pair in attempt.query.split('&') {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let number = value.parse::<u32>();
            let (least, most) = info.size_range;
            let good = match key {
                "size" => number.is_ok_and(|n| (least..=most).contains(&n)),
                "seed" => number.is_ok(),
                "threads" => number == Ok(1),
                "budget" => number.is_ok_and(|s| (1..=60).contains(&s)),
                "backends" => value.split(',').all(|id| parallax::backends::find(id).is_some()),
                _ => false,
            };
            assert!(good, "{place}: {pair}");
        }
    }
}

#[test]
fn every_shader_belongs_to_a_workload() {
    for entry in fs::read_dir(root().join("shaders")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let id = path.file_stem().unwrap().to_str().unwrap();
            assert!(parallax::workloads::find(id).is_some(), "{}", path.display());
        }
    }
}

/// A GPU cannot be interrupted: no loop in a shader goes on for longer than its head says.
#[test]
fn loops_in_shaders_are_bounded() {
    let folders = [root().join("shaders"), root().join("shaders/probes")];
    let entries = folders
        .iter()
        .flat_map(|folder| std::fs::read_dir(folder).unwrap());
    for entry in entries {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "wgsl") {
            continue;
        }
        let shader = std::fs::read_to_string(&path).unwrap();
        let code = shader
            .lines()
            .map(|line| line.split("//").next().unwrap_or_default());
        for line in code.map(str::trim) {
            let words: Vec<&str> = line.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
            assert!(!words.contains(&"loop"), "{}: {line}", path.display());
            if let Some(rest) = line.strip_prefix("while ") {
                // Up to a constant, one at a time.
                let (counter, bound) = rest.split_once(" < ").expect("a bound");
                let bound = bound.trim_end_matches([' ', '{']);
                assert!(
                    bound.chars().all(|c| c.is_ascii_uppercase() || c == '_'),
                    "{line}"
                );
                assert!(
                    shader.contains(&format!("{counter} += 1")) || shader.contains(&format!("{counter}++")),
                    "{line}"
                );
            } else if let Some(head) = line.strip_prefix("for (var ") {
                let parts: Vec<&str> = head.splitn(3, ';').map(str::trim).collect();
                let counter = parts[0].split(' ').next().unwrap();
                let compares = ["<", ">"]
                    .iter()
                    .any(|sign| parts[1].starts_with(&format!("{counter} {sign} ")));
                let steps = ["++", " += ", " /= "]
                    .iter()
                    .any(|step| parts[2].starts_with(&format!("{counter}{step}")));
                assert!(compares && steps, "{}: {line}", path.display());
            } else {
                assert!(
                    !words.contains(&"for") && !words.contains(&"while"),
                    "{}: {line}",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn back_ends_are_in_ladder_order_with_the_names_that_others_rely_on() {
    const LADDER: [&str; 8] = [
        "javascript",
        "interpreter",
        "scalar",
        "simd",
        "threads",
        "threads+simd",
        "processes",
        "gpu",
    ];
    let mut last = None;
    for backend in parallax::backends::registry() {
        let info = backend.info();
        let name = reported_id(&info.id);
        assert!(name == info.id || info.form == Form::Python, "{}", info.id);
        // Python's rungs stand behind those of the same name.
        let place = LADDER
            .iter()
            .position(|id| *id == name)
            .map(|i| (i, info.form == Form::Python));
        assert!(place.is_some(), "{} is not in INTERFACES", info.id);
        assert!(place > last, "{} is out of order", info.id);
        last = place;
        assert_eq!(info.threaded, info.id.starts_with("threads"), "{}", info.id);
        let relaxed = backend.arithmetic() == Arithmetic::Relaxed;
        assert_eq!(relaxed, name == "gpu", "{}", info.id);
    }
}

/// The same seed gives the same inputs, another seed others; outputs of CPU rungs are
/// equal to the last bit (that the rungs agree with the reference is conformance).
#[test]
fn problems_follow_their_seed() {
    for workload in parallax::workloads::registry() {
        let inputs = |seed| workload.problem(32, seed).unwrap().data().inputs;
        assert_eq!(inputs(5), inputs(5));
        if !inputs(5).is_empty() {
            assert_ne!(inputs(5), inputs(6));
        }
    }
}

#[test]
fn pictures_have_the_shape_they_say() {
    for workload in parallax::workloads::registry() {
        let problem = workload.problem(40, 1).unwrap();
        let mut kernel = problem.reference().unwrap();
        for (pass, p) in kernel.passes().to_vec().into_iter().enumerate() {
            // SAFETY: one call a pass, all items, no other thread.
            unsafe { kernel.run(0, pass, 0..p.items) };
        }
        let picture = problem.picture(&kernel.output().unwrap());
        assert_eq!(picture.rgba.len() as u32, picture.width * picture.height * 4);
        assert!(
            picture.rgba.chunks(4).any(|p| p != &picture.rgba[..4]),
            "one colour only"
        );
    }
}

/// Wrong results of many kinds, injected into each comparator: all are found.
#[test]
fn every_comparator_finds_what_is_wrong() {
    for workload in parallax::workloads::registry() {
        let info = workload.info();
        let problem = workload.problem(info.sizes[0].n, 5).unwrap();
        let run = |mut kernel: Box<dyn Kernel>| {
            for (pass, p) in kernel.passes().to_vec().into_iter().enumerate() {
                // SAFETY: one call a pass, all items, no other thread.
                unsafe { kernel.run(0, pass, 0..p.items) };
            }
            kernel.output().unwrap()
        };
        let reference = run(problem.reference().unwrap());
        let good = run(problem.kernel(Level::Scalar, 1).unwrap());
        assert!(
            problem.verify(&reference, &good, Arithmetic::Ieee).ok,
            "{}",
            info.id
        );
        let len = good.len();
        let most = (0..len).map(|i| good.at(i).abs()).fold(0.0, f64::max);
        let mut wrong: Vec<(String, Vec<f64>)> = Vec::new();
        let values: Vec<f64> = (0..len).map(|i| good.at(i)).collect();
        let mut with = |what: String, change: &dyn Fn(&mut Vec<f64>)| {
            let mut changed = values.clone();
            change(&mut changed);
            wrong.push((what, changed));
        };
        for part in 0..40 {
            let i = part * (len - 1) / 39;
            with(format!("element {i} is larger"), &|v| {
                v[i] += (most / 50.0).max(1.0).min(most)
            });
            with(format!("element {i} is not a number"), &|v| v[i] = f64::NAN);
        }
        with("shorter".into(), &|v| v.truncate(len - 1));
        with("longer".into(), &|v| v.push(0.0));
        with("empty".into(), &|v| v.clear());
        with("a place on".into(), &|v| v.rotate_right(1));
        with("zeros".into(), &|v| v.fill(0.0));
        with("negative".into(), &|v| v.iter_mut().for_each(|v| *v = -*v - 1e-3));
        for (what, values) in wrong {
            let got = Output::F64(values);
            let verification = problem.verify(&reference, &got, Arithmetic::Ieee);
            assert!(!verification.ok, "{}: {what}: {verification:?}", info.id);
        }
    }
}

/// Films move, end within some seconds, and are there where the catalogue says so.
#[test]
fn films_move_and_end() {
    for workload in parallax::workloads::registry() {
        let info = workload.info();
        let film = workload.film(3).unwrap();
        assert_eq!(film.is_some(), info.film.is_some(), "{}", info.id);
        let Some(mut film) = film else { continue };
        let mut frames = Vec::new();
        while let Some(frame) = film.next() {
            assert_eq!(frame.rgba.len() as u32, frame.width * frame.height * 4);
            assert!(frame.width <= 512 && frame.height <= 512, "{}", info.id);
            frames.push(frame);
        }
        assert!(
            (60..=160).contains(&frames.len()),
            "{}: {}",
            info.id,
            frames.len()
        );
        assert!(frames[0] != frames[frames.len() / 2], "{} stands still", info.id);
    }
}

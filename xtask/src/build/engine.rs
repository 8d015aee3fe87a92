//! The engine: wasm with shared memory, its glue, the two scripts that start it, and the
//! workloads' kernels in JavaScript.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::{Job, copy, encoded, name_of, sections, wasm_cargo, wasm_opt};
use crate::process::{Step, say};
use crate::setup::Toolchain;

/// More than this a shared memory may not grow to: phones refuse larger ones.
const MAX_MEMORY: u32 = 1 << 30;

/// Features that the compiler's output uses, so that wasm-opt accepts and keeps them.
const FEATURES: [&str; 8] = [
    "--enable-threads",
    "--enable-simd",
    "--enable-bulk-memory",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// The compiler flags of everything that shares the engine's memory, tests included.
#[must_use]
pub fn flags(linker: Option<&Path>) -> Vec<String> {
    let mut flags: Vec<String> = [
        "target-feature=+atomics,+simd128",
        // SIMD is explicit in the kernels: the scalar rung has to hold none.
        "no-vectorize-loops",
        "no-vectorize-slp",
        // Names that a test can read generic kernels from.
        "symbol-mangling-version=v0",
        // Not implied by +atomics any more (rustc since 2025-10).
        "link-arg=--shared-memory",
        "link-arg=--import-memory",
        "link-arg=--export=__wasm_init_tls",
        "link-arg=--export=__tls_size",
        "link-arg=--export=__tls_align",
        "link-arg=--export=__tls_base",
        "link-arg=--export=__heap_base",
    ]
    .map(str::to_owned)
    .into();
    flags.push(format!("link-arg=--max-memory={MAX_MEMORY}"));
    flags.extend(linker.map(|linker| format!("linker={}", linker.display())));
    flags
        .into_iter()
        .flat_map(|flag| ["-C".to_owned(), flag])
        .collect()
}

/// Sets the engine's compiler flags and target folder on a cargo command.
pub fn configure(command: &mut Command, root: &Path, toolchain: &Toolchain) {
    command
        .env(
            "CARGO_ENCODED_RUSTFLAGS",
            encoded(&flags(toolchain.linker.as_deref())),
        )
        .env("CARGO_TARGET_DIR", root.join("target/wasm"))
        .current_dir(root);
}

/// Builds into `<stage>/engine-<id>/`, and a copy with function names at `named`.
pub(super) fn build(job: &Job, named: &Path) -> Result<()> {
    say("building the engine...");
    let mut command = wasm_cargo(&job.setup.toolchain, "build");
    configure(&mut command, job.root, &job.setup.toolchain);
    command
        .args(["-p", "parallax-worker"])
        .env("PARALLAX_BUILD", job.id);
    Step::new("compile the engine", "its messages are above").shown(command)?;

    let built = job
        .root
        .join("target/wasm/wasm32-unknown-unknown/release/parallax_worker.wasm");
    let folder = job.stage.join(format!("engine-{}", job.id));
    bind(job, &built, &folder)?;

    say("optimising the engine...");
    let shipped = folder.join("engine_bg.wasm");
    // The stack begins at address 0 and no data lies within its end. By their names functions stand beside their like,
    // which takes 1 % of what is fetched away.
    let mut flags = vec!["-O3", "-g", "--low-memory-unused", "--reorder-functions-by-name"];
    flags.extend(FEATURES);
    wasm_opt(job, &flags, &shipped, named)?;
    let wasm = fs::read(named).with_context(|| format!("{} cannot be read", named.display()))?;
    // Cut out rather than written anew: the code that the tests read is the code that runs.
    let stripped = sections::without(&wasm, &["name", "producers"])
        .with_context(|| format!("{} is not wasm", named.display()))?;
    fs::write(&shipped, stripped).with_context(|| format!("{} cannot be written", shipped.display()))?;

    let scripts = job.root.join("src/worker/js");
    copy(&scripts.join("pool.js"), &helper(&folder)?)?;
    for name in ["worker.js", "alone.js", "nudge.js"] {
        copy(&scripts.join(name), &folder.join(name))?;
    }
    memory(&folder)?;
    javascript(job.root, &folder.join("javascript"))
}

/// Writes `memory.js`: what the engine's memory begins with and may grow to, in pages, as its
/// glue has it. The Worker makes the memory by itself, smaller where that is refused.
fn memory(folder: &Path) -> Result<()> {
    let glue = folder.join("engine.js");
    let text = fs::read_to_string(&glue).with_context(|| format!("{} cannot be read", glue.display()))?;
    let [initial, maximum] = pages(&text).with_context(|| {
        format!(
            "{} makes no shared memory: xtask/src/build/engine.rs has to learn this version of wasm-bindgen",
            glue.display()
        )
    })?;
    let file = folder.join("memory.js");
    let text = format!("export const initial = {initial};\nexport const maximum = {maximum};\n");
    fs::write(&file, text).with_context(|| format!("{} cannot be written", file.display()))
}

/// Initial and maximum pages in `new WebAssembly.Memory({initial:20,maximum:16384,shared:true})`.
fn pages(glue: &str) -> Option<[u32; 2]> {
    let (_, rest) = glue.split_once("new WebAssembly.Memory({")?;
    let (fields, _) = rest.split_once("})")?;
    let value = |name: &str| fields.split(',').find_map(|field| field.strip_prefix(name));
    (value("shared:")? == "true").then_some(())?;
    Some([value("initial:")?.parse().ok()?, value("maximum:")?.parse().ok()?])
}

/// Copies the JavaScript back end's Worker, the one that answers probes, and every workload's kernel beside it, as files:
/// the page's policy allows no script that is made at run time.
fn javascript(root: &Path, folder: &Path) -> Result<()> {
    let kernels = folder.join("kernels");
    fs::create_dir_all(&kernels).with_context(|| format!("{} cannot be made", kernels.display()))?;
    copy(
        &root.join("src/backends/javascript/worker.js"),
        &folder.join("worker.js"),
    )?;
    copy(
        &root.join("src/backends/probes/worker.js"),
        &folder.join("probe.js"),
    )?;
    let workloads = root.join("src/workloads");
    let entries =
        fs::read_dir(&workloads).with_context(|| format!("{} cannot be read", workloads.display()))?;
    for entry in entries {
        let workload = entry?.path();
        let kernel = workload.join("kernel.js");
        if kernel.is_file() {
            copy(&kernel, &kernels.join(format!("{}.js", name_of(&workload))))?;
        }
    }
    Ok(())
}

fn bind(job: &Job, wasm: &Path, folder: &Path) -> Result<()> {
    let mut command = Command::new(&job.setup.tools.wasm_bindgen);
    command
        .args([
            "--target",
            "web",
            "--out-name",
            "engine",
            "--no-typescript",
            // Files, not `data:` URLs, which the page's policy forbids to Workers.
            "--split-linked-modules",
            "--out-dir",
        ])
        .arg(folder)
        .arg(wasm);
    let way_out = "delete target/wasm and build again";
    Step::new(&format!("make bindings for {}", name_of(wasm)), way_out).quiet(command)
}

/// The one script of wasm-bindgen-rayon that starts pool threads, which ours replaces: the
/// original waits for ever if a thread does not start.
fn helper(folder: &Path) -> Result<PathBuf> {
    let snippets = folder.join("snippets");
    let mut found: Vec<PathBuf> = fs::read_dir(&snippets)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| name_of(path).starts_with("wasm-bindgen-rayon-"))
        .map(|path| path.join("src/workerHelpers.no-bundler.js"))
        .filter(|path| path.is_file())
        .collect();
    match (found.pop(), found.len()) {
        (Some(helper), 0) => Ok(helper),
        (None, _) => bail!(
            "{} holds no helper of wasm-bindgen-rayon: does parallax-worker still depend on it, \
             with its `no-bundler` feature, and export `init_thread_pool`?",
            snippets.display()
        ),
        (Some(_), more) => bail!(
            "{} holds {} helpers of wasm-bindgen-rayon and only one can start the pool: \
             `cargo tree -d` shows the second version",
            snippets.display(),
            more + 1
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flag_is_a_codegen_option() {
        let flags = flags(Some(Path::new("/a b/wasm-ld")));
        assert!(flags.chunks(2).all(|pair| pair[0] == "-C" && pair.len() == 2));
        assert_eq!(flags.last().unwrap(), "linker=/a b/wasm-ld");
        assert!(
            encoded(&flags)
                .to_string_lossy()
                .starts_with("-C\x1ftarget-feature=")
        );
    }

    #[test]
    fn the_memory_is_found_in_the_glue() {
        let glue = "memory: memory || new WebAssembly.Memory({initial:20,maximum:16384,shared:true}), x";
        assert_eq!(pages(glue), Some([20, 16_384]));
        assert_eq!(pages("new WebAssembly.Memory({initial:20})"), None);
        assert_eq!(pages(""), None);
    }

    #[test]
    fn every_folder_with_a_kernel_is_a_workload() {
        let root = std::env::temp_dir().join(format!("parallax-kernels-{}", std::process::id()));
        for (file, text) in [
            ("src/backends/javascript/worker.js", "w"),
            ("src/backends/probes/worker.js", "p"),
            ("src/workloads/heat/kernel.js", "h"),
            ("src/workloads/heat/mod.rs", ""),
            ("src/workloads/lib.rs", ""),
        ] {
            let file = root.join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        let folder = root.join("javascript");
        javascript(&root, &folder).unwrap();
        assert_eq!(fs::read_to_string(folder.join("worker.js")).unwrap(), "w");
        assert_eq!(fs::read_to_string(folder.join("probe.js")).unwrap(), "p");
        let kernels: Vec<_> = fs::read_dir(folder.join("kernels")).unwrap().collect();
        assert_eq!(kernels.len(), 1);
        assert_eq!(fs::read_to_string(folder.join("kernels/heat.js")).unwrap(), "h");
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn exactly_one_helper() {
        let folder = std::env::temp_dir().join(format!("parallax-helper-{}", std::process::id()));
        let make = |name: &str| {
            let place = folder.join("snippets").join(name).join("src");
            fs::create_dir_all(&place).unwrap();
            fs::write(place.join("workerHelpers.no-bundler.js"), "").unwrap();
        };
        assert!(
            helper(&folder)
                .unwrap_err()
                .to_string()
                .contains("holds no helper")
        );
        make("wasm-bindgen-rayon-0123");
        make("other-0123");
        assert!(helper(&folder).is_ok());
        make("wasm-bindgen-rayon-4567");
        assert!(
            helper(&folder)
                .unwrap_err()
                .to_string()
                .contains("holds 2 helpers")
        );
        fs::remove_dir_all(folder).unwrap();
    }
}

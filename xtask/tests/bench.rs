//! `bench` as a whole, with a real browser and a page that only pretends to race.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;
use xtask::browser::Chromium;

/// The page's API as it is documented, with rows that the spec's seed decides on.
const PAGE: &str = r#"
const row = (spec, backend, ms, more) => ({
  workload: spec.workload, size: spec.size, backend, form: 'rust', threads: 1, where: 'browser',
  status: 'ok', reason: null, samples: [{ ms, block: 0, outlier: false }], median_ms: ms,
  ci95_ms: [ms * 0.99, ms * 1.01], verdict: null, warnings: [], ...more,
});
window.parallax = {
  ready: Promise.resolve({
    cores: 2, pool_threads: 2, adapter: null,
    workloads: [
      { id: 'mandelbrot', default_size: 1024, size_range: [1, 4096] },
      { id: 'matmul', default_size: 512, size_range: [1, 2048] },
    ],
    backends: [{ id: 'scalar' }, { id: 'simd' }],
  }),
  async run(spec, { onProgress }) {
    onProgress({ stage: 'sampling', backend: 'simd', blocks: 3 });
    await new Promise((resolve) => setTimeout(resolve, 700));
    if (spec.seed === 13) throw Object.assign(new Error('thirteen'), { name: 'run-failed' });
    const simd = spec.seed === 14 ? { status: 'wrong', reason: 'row 3', median_ms: null } : {};
    const again = { verdict: spec.seed % 2 ? 'no-clear-difference' : 'faster' };
    const rows = { simd: row(spec, 'simd', 2, simd), 'scalar#2': row(spec, 'scalar#2', 8, again) };
    const others = spec.backends.length ? spec.backends.filter((id) => rows[id]) : ['simd'];
    return {
      schema: 1, spec, environment: { build: 'fake', user_agent: navigator.userAgent },
      results: [row(spec, 'scalar', 8), ...others.map((id) => rows[id])],
    };
  },
};
"#;

struct Bench {
    folder: PathBuf,
}

impl Bench {
    /// None, with a word to the tally, where there is no browser.
    fn new(name: &str) -> Option<Self> {
        if Chromium::find().is_none() {
            println!("SKIPPED {name}: no Chromium with chromedriver");
            return None;
        }
        let folder = std::env::temp_dir().join(format!("parallax-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("page.js"), PAGE).unwrap();
        fs::write(
            folder.join("index.html"),
            "<!doctype html><script src='page.js'></script>",
        )
        .unwrap();
        Some(Self { folder })
    }

    fn run(&self, flags: &[&str]) -> (bool, String, String) {
        let Output {
            status,
            stdout,
            stderr,
        } = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .arg("bench")
            .args(flags)
            .env("PARALLAX_DIST", &self.folder)
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (status.success(), text(stdout), text(stderr))
    }

    fn report(&self) -> Value {
        serde_json::from_slice(&fs::read(self.folder.join("out.json")).unwrap()).unwrap()
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

#[test]
fn every_workload_in_one_report() {
    let Some(bench) = Bench::new("bench-report") else {
        return;
    };
    let json = bench.folder.join("out.json");
    let (well, out, err) = bench.run(&["--seed", "7", "--json", json.to_str().unwrap()]);
    assert!(well, "{out}{err}");
    assert!(
        out.contains("workload") && out.contains("mandelbrot  1024  browser  scalar"),
        "{out}"
    );
    assert!(err.contains("mandelbrot 1024: sampling simd, 3 blocks"), "{err}");
    let report = bench.report();
    assert_eq!(report["spec"]["workload"], "mandelbrot,matmul");
    assert_eq!(
        (&report["spec"]["size"], &report["spec"]["seed"]),
        (&Value::Null, &Value::from(7))
    );
    assert_eq!(report["environment"]["build"], "fake");
    let rows = report["results"].as_array().unwrap();
    assert_eq!(rows.len(), 4);
    assert_eq!(
        (&rows[3]["workload"], &rows[3]["size"]),
        (&"matmul".into(), &512.into())
    );
    assert!(
        rows.iter()
            .all(|row| row.as_object().unwrap().contains_key("gpu_ms"))
    );
}

#[test]
fn what_is_wrong_or_fails_fails_the_bench() {
    let Some(bench) = Bench::new("bench-fails") else {
        return;
    };
    let (well, out, _) = bench.run(&["--workload", "matmul", "--seed", "14"]);
    assert!(!well && out.contains("wrong: row 3"), "{out}");
    let (well, _, err) = bench.run(&["--seed", "13"]);
    assert!(
        !well && err.contains("matmul 512, browser: run-failed: thirteen"),
        "{err}"
    );
    assert!(
        err.contains("mandelbrot 1024, browser: run-failed"),
        "one failure does not end the rest: {err}"
    );
    assert!(err.contains("nothing was measured"), "{err}");
    let (well, out, err) = bench.run(&["--workload", "matmul,heat"]);
    assert!(
        !well && err.contains("no workload `heat`: there are mandelbrot, matmul"),
        "{err}"
    );
    assert!(!out.contains("matmul"), "nothing was run: {out}");
}

#[test]
fn a_report_that_cannot_be_written_is_refused_first() {
    let Some(bench) = Bench::new("bench-json") else {
        return;
    };
    let nowhere = bench.folder.join("none/out.json");
    let (well, out, err) = bench.run(&["--json", nowhere.to_str().unwrap()]);
    assert!(!well && err.contains("cannot be written"), "{err}");
    assert!(
        !err.contains("sampling") && !out.contains("scalar"),
        "before anything is run: {out}{err}"
    );
}

#[test]
fn false_claims_are_counted() {
    let Some(bench) = Bench::new("bench-self") else {
        return;
    };
    let (well, out, err) = bench.run(&["--self-check", "1"]);
    assert!(well && out.contains("0 of 1 races"), "{out}{err}");
    let (well, out, err) = bench.run(&["--self-check", "2"]);
    assert!(well && out.contains("1 of 2 races"), "{out}{err}");
}

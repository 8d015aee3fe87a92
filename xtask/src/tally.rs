//! Counts tests by reading what their harnesses print: libtest's, libtest-mimic's and
//! wasm-bindgen's, which agree on one line at the end.
//!
//! A test that could not run what it is about prints `SKIPPED <name>: <reason>`. Its
//! harness counts it as passed; we do not: a skip never looks like a pass.

use std::collections::BTreeMap;
use std::fmt;

/// What became of a number of tests.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many did what they should.
    pub passed: usize,
    /// How many did not, harnesses that broke included.
    pub failed: usize,
    /// How many did not run.
    pub skipped: usize,
    /// Names of what failed, where they are known, with what was said of it.
    pub failures: Vec<(String, String)>,
    /// Names of what was skipped, with the reason.
    pub reasons: Vec<(String, String)>,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} passed, {} failed, {} skipped",
            self.passed, self.failed, self.skipped
        )
    }
}

impl Tally {
    /// Takes another's counts in.
    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
        self.failures.extend(other.failures);
        self.reasons.extend(other.reasons);
    }

    /// One test that passed.
    pub fn pass(&mut self) {
        self.passed += 1;
    }

    /// One test that failed.
    pub fn fail(&mut self, name: impl Into<String>, said: impl Into<String>) {
        self.failed += 1;
        self.failures.push((name.into(), said.into()));
    }

    /// One test, or one whole part, that could not run.
    pub fn skip(&mut self, name: impl Into<String>, reason: impl Into<String>) {
        self.skipped += 1;
        self.reasons.push((name.into(), reason.into()));
    }
}

/// Characters of a failed test's own words that are said again at the end, where they are still
/// seen when the rest has scrolled away.
const WORDS: usize = 600;

/// Reads one command's output line by line.
#[derive(Debug, Default)]
pub struct Reader {
    tally: Tally,
    /// The harness whose result is awaited.
    open: Option<String>,
    /// What it said of single tests so far.
    ignored: BTreeMap<String, String>,
    skipped: BTreeMap<String, String>,
    failures: BTreeMap<String, String>,
    /// The failed test whose output is read.
    telling: Option<String>,
    /// Within the output of tests that passed, which is only read.
    hushed: bool,
}

impl Reader {
    /// Takes one line; says whether a person wants to see it.
    pub fn line(&mut self, line: &str) -> bool {
        let text = line.trim();
        if failure(text).is_some() || text == "failures:" || result(text).is_some() {
            self.telling = None;
        }
        if let Some(said) = self.telling.as_ref().and_then(|name| self.failures.get_mut(name)) {
            if !text.is_empty() && said.len() + text.len() <= WORDS {
                said.push_str(if said.is_empty() { "" } else { "\n" });
                said.push_str(text);
            }
        } else if let Some(name) = harness(text) {
            self.close();
            self.open = Some(name.to_owned());
            self.hushed = false;
        } else if text == "successes:" {
            self.hushed = true;
        } else if text == "failures:" {
            self.hushed = false;
        } else if let Some((name, reason)) = skip(text) {
            self.skipped.insert(name.to_owned(), reason.to_owned());
        } else if let Some((name, outcome)) = test(text) {
            if outcome.starts_with("FAIL") {
                self.failures.entry(name.to_owned()).or_default();
            } else if let Some(reason) = outcome.strip_prefix("ignored") {
                let reason = reason.trim_start_matches([',', ' ']);
                let reason = if reason.is_empty() { "ignored" } else { reason };
                self.ignored.insert(name.to_owned(), reason.to_owned());
            }
        } else if let Some(name) = failure(text).filter(|_| !self.hushed) {
            self.failures.entry(name.to_owned()).or_default();
            self.telling = Some(name.to_owned());
        } else if let Some([passed, failed, ignored]) = result(text) {
            self.hushed = false;
            self.count(passed, failed, ignored);
        }
        !self.hushed
    }

    /// The counts, once the command `what` has ended well or not.
    #[must_use]
    pub fn end(mut self, well: bool, what: &str) -> Tally {
        if !well {
            self.close();
            if self.tally.failed == 0 {
                self.tally.fail(what, "did not build or did not run");
            }
        }
        self.tally
    }

    /// A harness that another follows, or that was the last of a failed command, without a
    /// result line has broken.
    fn close(&mut self) {
        if let Some(name) = self.open.take() {
            self.tally.fail(name, "ended without a result");
            self.forget();
        }
    }

    fn count(&mut self, passed: usize, failed: usize, ignored: usize) {
        self.open = None;
        self.skipped.retain(|name, _| !self.ignored.contains_key(name));
        let mut tests = Tally {
            failed,
            ..Tally::default()
        };
        // Of those that say they were skipped, none was a pass.
        tests.passed = passed.saturating_sub(self.skipped.len());
        tests.skipped = ignored + self.skipped.len();
        tests.failures.extend(std::mem::take(&mut self.failures));
        tests.reasons.extend(std::mem::take(&mut self.ignored));
        tests.reasons.extend(std::mem::take(&mut self.skipped));
        self.tally.add(tests);
        self.forget();
    }

    fn forget(&mut self) {
        self.ignored.clear();
        self.skipped.clear();
        self.failures.clear();
    }
}

/// "Running unittests lib.rs (target/...)" and "Doc-tests parallax", from cargo.
fn harness(text: &str) -> Option<&str> {
    text.strip_prefix("Running ")
        .filter(|rest| rest.ends_with(')'))
        .or_else(|| text.starts_with("Doc-tests ").then_some(text))
}

/// "SKIPPED gpu/matmul: no adapter", alone or behind "test matmul ... ", where a harness
/// that does not capture has the line begun.
fn skip(text: &str) -> Option<(&str, &str)> {
    let said = test(text).map_or(text, |(_, outcome)| outcome);
    let rest = said.strip_prefix("SKIPPED ")?;
    Some(rest.split_once(": ").unwrap_or((rest, "no reason given")))
}

/// "test stats::median ... ok"
fn test(text: &str) -> Option<(&str, &str)> {
    let (name, outcome) = text.strip_prefix("test ")?.split_once(" ... ")?;
    // libtest-mimic aligns the outcomes.
    Some((name.trim_end(), outcome))
}

/// "---- stats::median stdout ----", the head of what a failed test has printed; the only
/// place for its name if its line was broken by its output.
fn failure(text: &str) -> Option<&str> {
    let name = text.strip_prefix("---- ")?.strip_suffix(" ----")?;
    Some(name.trim_end_matches(" stdout").trim_end_matches(" output"))
}

/// "test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; ..."
fn result(text: &str) -> Option<[usize; 3]> {
    let rest = text.strip_prefix("test result: ")?;
    let number = |word: &str| {
        let before = rest.split(';').find_map(|part| part.trim().strip_suffix(word))?;
        before.rsplit(' ').next()?.parse().ok()
    };
    Some([
        number(" passed")?,
        number(" failed")?,
        number(" ignored").unwrap_or(0),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(output: &str, well: bool, expect: &str) -> Tally {
        let mut reader = Reader::default();
        for line in output.lines() {
            reader.line(line);
        }
        let tally = reader.end(well, "native");
        assert_eq!(tally.to_string(), expect, "{output}");
        tally
    }

    #[test]
    fn harnesses_are_added_up() {
        let output = "     Running unittests lib.rs (target/debug/deps/a-1)\n\
             test a ... ok\ntest result: ok. 5 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
             \x20  Doc-tests parallax\n\
             test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 1 filtered out; finished in 0.10s\n";
        check(output, true, "7 passed, 0 failed, 0 skipped");
    }

    #[test]
    fn a_skip_is_no_pass() {
        let output = "Running tests/gpu.rs (target/debug/deps/gpu-1)\n\
             test slow ... ignored, only with --full\ntest matmul ... ok\n\nsuccesses:\n\n---- matmul stdout ----\n\
             SKIPPED matmul: no adapter\nSKIPPED matmul: no adapter\n\nsuccesses:\n    matmul\n\n\
             test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out\n";
        let tally = check(output, true, "2 passed, 0 failed, 2 skipped");
        assert_eq!(tally.reasons[0], ("slow".into(), "only with --full".into()));
        assert_eq!(tally.reasons[1], ("matmul".into(), "no adapter".into()));
    }

    #[test]
    fn one_ignored_with_a_reason_counts_once() {
        let output = "test a ... ignored\nSKIPPED a: no browser\n\
             test result: ok. 1 passed; 0 failed; 1 ignored\n";
        check(output, true, "1 passed, 0 failed, 1 skipped");
    }

    #[test]
    fn a_harness_that_does_not_capture() {
        let output = "running 2 tests\ntest accessible   ... SKIPPED accessible: no axe\nok\n\
             test memory       ... before 1\nFAILED\n\nfailures:\n\n---- memory ----\nleak\n\ntest result: FAILED. 1 passed; 1 failed; 0 ignored\n";
        let tally = check(output, false, "0 passed, 1 failed, 1 skipped");
        assert_eq!(tally.failures, [("memory".to_owned(), "leak".to_owned())]);
        assert_eq!(tally.reasons, [("accessible".to_owned(), "no axe".to_owned())]);
    }

    #[test]
    fn failures_are_named() {
        let output = "Running tests/x.rs (target/x)\ntest a ... FAILED\ntest b ... ok\ntest c ... FAILED\n\
             failures:\n\n---- a stdout ----\nthread 'a' panicked:\n1 is not 2\n\n---- c stdout ----\n\
             test result: so it says\n\nfailures:\n    a\n    c\n\n\
             test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured\n";
        let tally = check(output, false, "1 passed, 2 failed, 0 skipped");
        let said = |name: &str, words: &str| (name.to_owned(), words.to_owned());
        assert_eq!(
            tally.failures,
            [
                said("a", "thread 'a' panicked:\n1 is not 2"),
                said("c", "test result: so it says")
            ]
        );
    }

    #[test]
    fn what_breaks_without_a_result_has_failed() {
        let tally = check(
            "error: could not compile `x`\n",
            false,
            "0 passed, 1 failed, 0 skipped",
        );
        assert_eq!(tally.failures[0].0, "native");
        let output = "Running tests/x.rs (target/x)\ntest a ... ok\nRunning tests/y.rs (target/y)\n\
             test result: ok. 1 passed; 0 failed; 0 ignored\n";
        let tally = check(output, false, "1 passed, 1 failed, 0 skipped");
        let broken = ("tests/x.rs (target/x)", "ended without a result");
        assert_eq!(tally.failures, [(broken.0.to_owned(), broken.1.to_owned())]);
    }

    #[test]
    fn the_output_of_passed_tests_is_hushed() {
        let mut reader = Reader::default();
        let shown: Vec<&str> = "a\nsuccesses:\nnoise\ntest result: ok. 1 passed; 0 failed; 0 ignored\nb"
            .lines()
            .filter(|line| reader.line(line))
            .collect();
        assert_eq!(shown.len(), 3);
        assert_eq!(
            reader.end(true, ""),
            Tally {
                passed: 1,
                ..Tally::default()
            }
        );
    }
}

//! From a Python loop to the GPU in six steps: each one small edit, checked by what the code then does.
//!
//! A step begins with one file of `path/` and what it comes to is the next. Whatever is typed, a step is done when
//! its facts hold: they are read off what the compiler says and what the last run gave.

use parallax_protocol::{Explained, Form, Report, ResultStatus};

/// A step of the way.
pub struct Step {
    /// A few words.
    pub title: &'static str,
    /// Why it is taken.
    pub why: &'static str,
    /// What to change.
    pub edit: &'static str,
    /// What is to be seen then.
    pub see: &'static str,
    /// The text before it.
    pub begins: &'static str,
    /// The text after it.
    pub ends: &'static str,
    /// What must hold.
    pub facts: &'static [Fact],
}

/// Something that can be seen of a kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fact {
    /// A loop runs in lanes.
    Lanes,
    /// A loop is shared among threads.
    Parallel,
    /// A variable crosses the iterations of such a loop as a reduction.
    Reduction,
    /// The compiler has found a race.
    Race,
    /// It compiles.
    Compiles,
    /// No argument has 64 bits.
    Narrow,
    /// Every back end takes it.
    Everywhere,
    /// A run's back ends agree.
    Agree,
    /// A run's outputs are those that Numba gives for the file that the way begins with.
    Kept,
    /// A run was of a size of at least 256.
    Large,
    /// In that run lanes and threads together were quicker than either alone, or a GPU than all.
    Quickest,
}

impl Fact {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Fact::Lanes => "a loop runs in lanes",
            Fact::Parallel => "a loop is shared among threads",
            Fact::Reduction => "a variable is a reduction",
            Fact::Race => "the compiler names the race",
            Fact::Compiles => "it compiles",
            Fact::Narrow => "no argument has 64 bits",
            Fact::Everywhere => "every back end takes it",
            Fact::Agree => "run it: all back ends agree",
            Fact::Kept => "run it: the outputs are still the same, bit for bit",
            Fact::Large => "run it with a size of at least 256",
            Fact::Quickest => "threads with lanes, or the GPU, are ahead",
        }
    }

    /// Whether it is seen.
    pub fn holds(self, explained: &Explained, report: Option<&Report>) -> bool {
        let c = &explained.compilation;
        let remark = |kind: &str| explained.remarks.iter().any(|r| r.kind == kind && r.good);
        match self {
            Fact::Lanes => c.ok && remark("lanes"),
            Fact::Parallel => c.ok && remark("parallel"),
            Fact::Reduction => c.ok && remark("reduction"),
            Fact::Race => c.diagnostics.iter().any(|d| d.kind == "RaceError"),
            Fact::Compiles => c.ok,
            Fact::Narrow => c.ok && c.arguments.iter().all(|of| !of.contains("64")),
            Fact::Everywhere => c.ok && c.refusals.is_empty(),
            Fact::Agree => report.is_some_and(agree),
            Fact::Kept => report.is_some_and(|report| agree(report) && kept(report)),
            Fact::Large => report.is_some_and(|report| agree(report) && report.spec.size >= Some(256)),
            Fact::Quickest => report.is_some_and(ahead),
        }
    }
}

/// Checksums of what real Numba gives for `path/1.py` (`gallery/gallery.golden`), in order.
const GIVEN: [&str; 2] = ["3a5d8c25e358a237", "abb3613fad289caa"];

/// Rows ran, and none is wrong or broke down.
fn agree(report: &Report) -> bool {
    let bad = [ResultStatus::Wrong, ResultStatus::Failed];
    let rows = &report.results;
    !rows.iter().any(|row| bad.contains(&row.status))
        && rows.iter().filter(|row| row.status == ResultStatus::Ok).count() > 1
}

fn kept(report: &Report) -> bool {
    let gave = |checksums: Vec<&str>| checksums == GIVEN;
    let mut rows = report.results.iter().filter_map(|row| row.outputs.as_ref());
    rows.any(|outputs| gave(outputs.iter().map(|output| output.checksum.as_str()).collect()))
}

fn ahead(report: &Report) -> bool {
    let ms = |id: &str| {
        let mut rows = report.results.iter().filter(|row| row.form == Form::Python);
        rows.find(|row| row.backend == id)?.median_ms
    };
    let others = ["scalar", "simd", "threads"].into_iter().filter_map(ms);
    let best = others.fold(f64::INFINITY, f64::min);
    [ms("threads+simd"), ms("gpu")].into_iter().flatten().any(|ms| ms < best)
}

/// What is done of a step: each of its facts, and whether it holds.
pub fn done(step: &Step, explained: &Explained, report: Option<&Report>) -> Vec<(Fact, bool)> {
    let facts = step.facts.iter();
    facts.map(|fact| (*fact, fact.holds(explained, report))).collect()
}

/// All of them.
pub const STEPS: [Step; 6] = [
    Step {
        title: "Let the lanes in",
        why: "A pen moves over the picture: x += pixel, y += pixel. Where it is depends on all of its moves before, \
              so that no lane can begin anywhere but at the start. A place that is looked up depends on nothing.",
        edit: "Look the places up: x = axis[column] in the inner loop, y = axis[row] in the outer one. What moved \
               the pen can go.",
        see: "SIMD was as quick as scalar. Now it is about twice as quick: a vector holds two float64.",
        begins: include_str!("path/1.py"),
        ends: include_str!("path/2.py"),
        facts: &[Fact::Lanes, Fact::Kept],
    },
    Step {
        title: "Ask for threads",
        why: "Rows do not need each other. prange promises just that, and the compiler looks whether it is true.",
        edit: "Import prange too, write @njit(parallel=True), and prange for range in both loops over row.",
        see: "Nothing runs: two threads could compare with the same old value of brightest, and the lesser be stored \
              last. Real Numba says nothing and returns 0.",
        begins: include_str!("path/2.py"),
        ends: include_str!("path/3.py"),
        facts: &[Fact::Race],
    },
    Step {
        title: "Make it a reduction",
        why: "A maximum can be put together from parts: each thread has its own, and they are combined in the end, in \
              an order that is the same on every back end.",
        edit: "Write brightest = max(brightest, image[row].max()) for the if and what is in it.",
        see: "All back ends on the processor agree, and the outputs are those of the serial loop. The GPU says why it \
              is out: float64.",
        begins: include_str!("path/3.py"),
        ends: include_str!("path/4.py"),
        facts: &[Fact::Parallel, Fact::Reduction, Fact::Kept],
    },
    Step {
        title: "Halve the data",
        why: "A GPU has no float64, and a vector holds twice as many float32. The data come first.",
        edit: "Let setup return axis.astype(np.float32), lamps.astype(np.float32).",
        see: "SIMD gains no more than before, and the GPU still refuses: one literal is enough. 0.01 is a float64, and \
              what it touches becomes one.",
        begins: include_str!("path/4.py"),
        ends: include_str!("path/5.py"),
        facts: &[Fact::Narrow, Fact::Agree],
    },
    Step {
        title: "Watch the literals",
        why: "float32 with a Python number is float64, to Numba as to us. A constant with a type stops that.",
        edit: "Write DARK = np.float32(0) and SOFT = np.float32(0.01).",
        see: "SIMD doubles, nothing but float32 is left, and the GPU runs.",
        begins: include_str!("path/5.py"),
        ends: include_str!("path/6.py"),
        facts: &[Fact::Everywhere, Fact::Agree],
    },
    Step {
        title: "Give them something to do",
        why: "To call threads costs tens of microseconds, a GPU more than a millisecond. 64 by 64 places are done by \
              then.",
        edit: "Set the size to 512.",
        see: "64 times the work: threads with lanes overtake lanes alone, and a real GPU is in the race.",
        begins: include_str!("path/6.py"),
        ends: include_str!("path/7.py"),
        facts: &[Fact::Large, Fact::Quickest],
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use parallax_protocol::{
        Asked, Compilation, Diagnosis, Environment, OutputOf, Remark, ResultRow, RunSpec, SCHEMA,
    };

    fn explained(ok: bool) -> Explained {
        Explained::of(Compilation {
            ok,
            ..Compilation::failed(Vec::new())
        })
    }

    fn report(rows: &[(&str, ResultStatus, f64, &[&str])], size: u32) -> Report {
        let rows = rows.iter().map(|(id, status, ms, checksums)| ResultRow {
            status: *status,
            median_ms: Some(*ms),
            outputs: Some(
                checksums
                    .iter()
                    .map(|checksum| OutputOf {
                        dtype: "float64".into(),
                        shape: vec![1],
                        checksum: (*checksum).into(),
                        values: None,
                    })
                    .collect(),
            ),
            ..ResultRow::blank("light_map", size, id, Form::Python, 1)
        });
        Report {
            schema: SCHEMA,
            spec: Asked::from(&RunSpec::race("", size)),
            environment: Environment::default(),
            results: rows.collect(),
            quantities: Vec::new(),
            timelines: Vec::new(),
            findings: Vec::new(),
        }
    }

    #[test]
    fn a_step_ends_where_the_next_begins() {
        for pair in STEPS.windows(2) {
            assert_eq!(pair[0].ends, pair[1].begins, "{}", pair[0].title);
        }
        assert!(STEPS.iter().all(|step| step.begins != step.ends && !step.facts.is_empty()));
    }

    #[test]
    fn facts_are_read_off_what_the_compiler_says() {
        let mut e = explained(true);
        assert!(Fact::Compiles.holds(&e, None) && Fact::Everywhere.holds(&e, None));
        assert!(!Fact::Lanes.holds(&e, None) && !Fact::Race.holds(&e, None));
        for (kind, good) in [("lanes", false), ("parallel", true), ("reduction", true)] {
            e.remarks.push(Remark {
                line: 1,
                kind: kind.into(),
                good,
                text: String::new(),
            });
        }
        assert!(!Fact::Lanes.holds(&e, None));
        assert!(Fact::Parallel.holds(&e, None) && Fact::Reduction.holds(&e, None));
        e.compilation.arguments = vec!["array(float32, 1d, C)".into(), "array(float64, 2d, C)".into()];
        assert!(!Fact::Narrow.holds(&e, None));
        e.compilation.arguments.pop();
        assert!(Fact::Narrow.holds(&e, None));
        let mut race = explained(false);
        race.compilation.diagnostics = vec![Diagnosis {
            kind: "RaceError".into(),
            message: String::new(),
            line: 1,
            column: 1,
            end_line: 1,
            end_column: 1,
            help: None,
            notes: Vec::new(),
            rendered: String::new(),
        }];
        assert!(Fact::Race.holds(&race, None) && !Fact::Parallel.holds(&race, None));
    }

    #[test]
    fn facts_are_read_off_what_a_run_gave() {
        let e = explained(true);
        let (ok, wrong) = (ResultStatus::Ok, ResultStatus::Wrong);
        let good = report(&[("scalar", ok, 4.0, &GIVEN), ("simd", ok, 2.0, &GIVEN)], 64);
        assert!(Fact::Agree.holds(&e, Some(&good)) && Fact::Kept.holds(&e, Some(&good)));
        assert!(!Fact::Large.holds(&e, Some(&good)) && !Fact::Quickest.holds(&e, Some(&good)));
        assert!(!Fact::Agree.holds(&e, None));
        let other = report(&[("scalar", ok, 4.0, &["0"]), ("simd", ok, 2.0, &["0"])], 256);
        assert!(!Fact::Kept.holds(&e, Some(&other)) && Fact::Large.holds(&e, Some(&other)));
        let bad = report(&[("scalar", ok, 4.0, &GIVEN), ("simd", wrong, 2.0, &GIVEN)], 64);
        assert!(!Fact::Agree.holds(&e, Some(&bad)) && !Fact::Kept.holds(&e, Some(&bad)));
        let ahead = report(&[("simd", ok, 4.0, &[]), ("threads+simd", ok, 2.0, &[])], 512);
        assert!(Fact::Quickest.holds(&e, Some(&ahead)));
    }
}

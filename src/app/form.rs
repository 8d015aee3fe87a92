//! The question as it stands in the form, and the spec that it makes.

use parallax_protocol::{
    BUDGET_RANGE_S as BUDGET_RANGE, BackendInfo, Catalogue, Experiment, Form, Inject, KernelSource,
    MOST_THREADS, RunSpec, WorkloadInfo, base_id,
};

use crate::query::Query;
use crate::{format, text};

/// What stands in the fields.
#[derive(Debug, Clone, PartialEq)]
pub struct Fields {
    /// The kind of question.
    pub experiment: Experiment,
    /// Workload id.
    pub workload: String,
    /// The workload's n.
    pub size: String,
    /// Pool threads; empty for all.
    pub threads: String,
    /// Seconds.
    pub budget: String,
    /// Back ends that are not asked for.
    pub off: Vec<String>,
    /// Back ends that are asked for once more: `scalar#2`.
    pub again: Vec<String>,
    /// Seed.
    pub seed: u64,
    /// A fault to provoke.
    pub inject: Option<Inject>,
    /// The lab's kernel, asked about in the place of the workload.
    pub kernel: Option<KernelSource>,
}

/// What is wrong with the fields, each in words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems {
    /// With the size.
    pub size: Option<String>,
    /// With the threads.
    pub threads: Option<String>,
    /// With the budget.
    pub budget: Option<String>,
    /// With the choice of back ends.
    pub backends: Option<String>,
}

impl Fields {
    /// The same of another kind. A budget that was the usual one becomes that kind's.
    pub fn turned_to(&self, experiment: Experiment) -> Fields {
        let usual = format::plain(self.experiment.default_budget_s());
        Fields {
            experiment,
            budget: match self.budget == usual {
                true => format::plain(experiment.default_budget_s()),
                false => self.budget.clone(),
            },
            ..self.clone()
        }
    }

    /// The kernel that is asked about; the machine is measured without any.
    fn own(&self) -> Option<&KernelSource> {
        self.kernel
            .as_ref()
            .filter(|_| self.experiment != Experiment::Machine)
    }

    /// The back ends that can run what is asked about.
    pub fn possible<'c>(&self, catalogue: &'c Catalogue) -> impl Iterator<Item = &'c BackendInfo> {
        let own = self.own().is_some();
        let runs = move |backend: &&BackendInfo| !own || backend.form == Form::Python;
        catalogue.backends.iter().filter(runs)
    }
}

impl Problems {
    /// Nothing is wrong.
    pub fn is_empty(&self) -> bool {
        *self == Problems::default()
    }
}

/// A spec and the back ends that it asks for, in ladder order.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// The spec.
    pub spec: RunSpec,
    /// Back end ids.
    pub backends: Vec<String>,
}

/// The fields as a page that was opened with this query shows them, and what in it was no use.
pub fn initial(query: &Query, catalogue: &Catalogue) -> (Fields, Vec<String>) {
    let mut problems = query.problems.clone();
    let asked = query.workload.as_deref();
    let named = asked.and_then(|id| catalogue.workload(id));
    if let (Some(id), None) = (asked, named) {
        problems.push(text::unknown_workload(id));
    }
    let workload = named.or(catalogue.workloads.first());
    let default = workload.map_or_else(String::new, |w| w.default_size.to_string());
    let size = match (&query.size, workload) {
        (Some(size), Some(workload)) => match read_size(size, workload) {
            Ok(_) => size.clone(),
            Err(_) => match workload.sizes.iter().find(|named| named.name == *size) {
                Some(named) => named.n.to_string(),
                None => {
                    problems.push(text::unusable("size", size));
                    default
                }
            },
        },
        _ => default,
    };
    let threads = match &query.threads {
        Some(threads) if read_threads(threads, None).is_err() => {
            problems.push(text::unusable("threads", threads));
            String::new()
        }
        Some(threads) => threads.clone(),
        None => String::new(),
    };
    let experiment = query.experiment.unwrap_or(Experiment::Race);
    let default_budget = format::plain(experiment.default_budget_s());
    let budget = match &query.budget {
        Some(budget) if read_budget(budget).is_err() => {
            problems.push(text::unusable("budget", budget));
            default_budget
        }
        Some(budget) => budget.clone(),
        None => default_budget,
    };
    let known = |id: &str| catalogue.backend(id).is_some();
    let mut off = Vec::new();
    if let Some(wanted) = &query.backends {
        for id in wanted.iter().filter(|id| !known(id)) {
            problems.push(text::unknown_backend(id));
        }
        if wanted.iter().any(|id| known(id)) {
            let all = catalogue.backends.iter().map(|b| &b.id);
            off = all.filter(|id| !wanted.contains(id)).cloned().collect();
        }
    }
    let inject = query.inject.clone().filter(|inject| {
        let is_known = known(&inject.backend);
        if !is_known {
            problems.push(text::unknown_backend(&inject.backend));
        }
        is_known
    });
    let fields = Fields {
        experiment,
        workload: workload.map_or_else(String::new, |w| w.id.clone()),
        size,
        threads,
        budget,
        off,
        again: Vec::new(),
        seed: query.seed.unwrap_or(RunSpec::race("", 0).seed),
        inject,
        kernel: None,
    };
    (fields, problems)
}

/// The fields that ask what a spec asks.
pub fn of_spec(spec: &RunSpec, catalogue: &Catalogue) -> Fields {
    let wanted = ladder(spec, catalogue);
    let mut all: Vec<&String> = catalogue.backends.iter().map(|b| &b.id).collect();
    if spec.kernel.is_some() && spec.backends.is_empty() {
        // Of the rungs that cannot run a kernel none was chosen, and none was left out.
        all.clear();
    }
    let first = || catalogue.workloads.first().map(|w| w.id.clone());
    Fields {
        experiment: spec.experiment,
        // Behind the lab there is a workload, to which its reader can go back.
        workload: match spec.kernel {
            Some(_) => first().unwrap_or_default(),
            None => spec.workload.clone(),
        },
        size: spec.size.to_string(),
        threads: spec.threads.map(|n| n.to_string()).unwrap_or_default(),
        budget: format::plain(spec.budget_s),
        off: all
            .into_iter()
            .filter(|id| !wanted.contains(id))
            .cloned()
            .collect(),
        again: wanted.into_iter().filter(|id| base_id(id) != id).collect(),
        seed: spec.seed,
        inject: spec.inject.clone(),
        kernel: spec.kernel.clone(),
    }
}

/// The back ends that a spec asks for, in ladder order.
pub fn ladder(spec: &RunSpec, catalogue: &Catalogue) -> Vec<String> {
    // A kernel of one's own exists in Python alone.
    let runs = |backend: &&BackendInfo| spec.kernel.is_none() || backend.form == Form::Python;
    let ids = catalogue.backends.iter().filter(runs).map(|b| b.id.as_str());
    match spec.backends.is_empty() {
        true => ids.map(String::from).collect(),
        false => {
            let asked = |id| spec.backends.iter().filter(move |asked| base_id(asked) == id);
            ids.flat_map(asked).cloned().collect()
        }
    }
}

/// Reads the fields; `pool` is the number of threads that there are, once that is known.
pub fn read(fields: &Fields, catalogue: &Catalogue, pool: Option<u32>) -> Result<Question, Problems> {
    let mut problems = Problems::default();
    let own = fields.own();
    let size = match (own, catalogue.workload(&fields.workload)) {
        (Some(_), _) => read_whole(&fields.size, ANY_SIZE),
        (None, Some(workload)) => read_size(&fields.size, workload),
        (None, None) => Err(text::unknown_workload(&fields.workload)),
    };
    // A field that is not shown cannot be corrected.
    let usual = || catalogue.workload(&fields.workload).map(|w| w.default_size);
    let size = match fields.experiment.has_workload() || own.is_some() {
        true => size,
        false => size.or_else(|words| usual().ok_or(words)),
    };
    let size = size.map_err(|words| problems.size = Some(words));
    let threads = read_threads(&fields.threads, pool).map_err(|words| problems.threads = Some(words));
    let budget = read_budget(&fields.budget).map_err(|words| problems.budget = Some(words));
    let backends = asked(fields, catalogue);
    if backends.is_empty() {
        problems.backends = Some(text::NO_BACKEND.into());
    }
    match (size, threads, budget) {
        (Ok(size), Ok(threads), Ok(budget_s)) if problems.is_empty() => Ok(Question {
            spec: RunSpec {
                experiment: fields.experiment,
                workload: match own {
                    Some(_) => String::new(),
                    None => fields.workload.clone(),
                },
                size,
                // All of them is the empty list, so that a back end of tomorrow takes part too.
                backends: match fields.possible(catalogue).all(|b| !fields.off.contains(&b.id))
                    && fields.again.is_empty()
                {
                    true => Vec::new(),
                    false => backends.clone(),
                },
                threads,
                seed: fields.seed,
                budget_s,
                inject: fields.inject.clone(),
                kernel: own.cloned(),
            },
            backends,
        }),
        _ => Err(problems),
    }
}

/// The back ends that the fields ask for, in ladder order.
pub fn asked(fields: &Fields, catalogue: &Catalogue) -> Vec<String> {
    let all = fields.possible(catalogue).map(|b| &b.id);
    let asked = all.flat_map(|id| {
        let own = (!fields.off.contains(id)).then_some(id);
        own.into_iter()
            .chain(fields.again.iter().filter(move |again| base_id(again) == id))
    });
    asked.cloned().collect()
}

/// A whole number, with or without marks between thousands.
pub fn whole(text: &str) -> Option<u32> {
    let digits: String = text
        .trim()
        .chars()
        .filter(|c| !matches!(c, ',' | ' ' | '_' | '\u{a0}' | '\u{202f}'))
        .collect();
    digits.parse().ok()
}

/// What the `setup` of a kernel of one's own may be given.
const ANY_SIZE: (u32, u32) = (1, i32::MAX as u32);

fn read_size(size: &str, workload: &WorkloadInfo) -> Result<u32, String> {
    read_whole(size, workload.size_range)
}

fn read_whole(size: &str, (low, high): (u32, u32)) -> Result<u32, String> {
    whole(size)
        .filter(|n| (low..=high).contains(n))
        .ok_or_else(|| text::size_range(&format::count(low.into()), &format::count(high.into())))
}

fn read_threads(threads: &str, pool: Option<u32>) -> Result<Option<u32>, String> {
    let all = threads.trim().is_empty();
    // Without a pool the number means nothing; each row says why.
    let most = pool.filter(|n| *n > 0).unwrap_or(MOST_THREADS);
    match whole(threads) {
        _ if all => Ok(None),
        Some(n) if (1..=most).contains(&n) => Ok(Some(n)),
        _ if pool.is_some_and(|n| n > 0) => Err(text::threads_range(most)),
        _ => Err(text::THREADS_WHOLE.into()),
    }
}

/// A plain decimal number. Rust's own reading of numbers handles every exponent and last
/// bit, with tables that would be a tenth of the page's program.
fn decimal(text: &str) -> Option<f64> {
    let text = text.trim().replace(',', ".");
    let (units, decimals) = text.split_once('.').unwrap_or((&text, ""));
    let digits = |digits: &str| match digits.bytes().all(|b| b.is_ascii_digit()) {
        true if digits.len() <= 9 => Some(digits.parse().unwrap_or(0u32)),
        _ => None,
    };
    if units.is_empty() && decimals.is_empty() {
        return None;
    }
    let fraction = f64::from(digits(decimals)?) / 10f64.powi(decimals.len() as i32);
    Some(f64::from(digits(units)?) + fraction)
}

fn read_budget(budget: &str) -> Result<f64, String> {
    let (low, high) = BUDGET_RANGE;
    decimal(budget)
        .filter(|s| (low..=high).contains(s))
        .ok_or_else(|| text::budget_range(&format::seconds(low), &format::seconds(high)))
}

#[cfg(test)]
mod tests {
    use parallax_protocol::NamedSize;

    use super::*;

    fn catalogue() -> Catalogue {
        let backend = |id: &str| BackendInfo {
            id: id.into(),
            name: id.into(),
            what: String::new(),
            form: Form::Rust,
            how: String::new(),
            threaded: id.starts_with("threads"),
        };
        Catalogue {
            workloads: vec![WorkloadInfo {
                id: "mandelbrot".into(),
                name: "Mandelbrot".into(),
                question: String::new(),
                lesson: String::new(),
                film: None,
                tries: Vec::new(),
                recorded: None,
                size_means: String::new(),
                sizes: vec![NamedSize {
                    name: "tiny".into(),
                    n: 64,
                }],
                default_size: 512,
                size_range: (16, 4096),
                verified_by: String::new(),
                sources: Vec::new(),
            }],
            backends: vec![backend("scalar"), backend("threads+simd")],
        }
    }

    fn opened(search: &str) -> (Fields, Vec<String>) {
        initial(&crate::query::parse(search), &catalogue())
    }

    #[test]
    fn an_address_without_a_query_gives_the_defaults() {
        let (fields, problems) = opened("");
        assert!(problems.is_empty());
        let question = read(&fields, &catalogue(), None).unwrap();
        assert_eq!(question.spec, RunSpec::race("mandelbrot", 512));
        assert_eq!(question.backends, ["scalar", "threads+simd"]);
    }

    #[test]
    fn a_query_sets_the_fields() {
        let (fields, problems) = opened(
            "?workload=mandelbrot&size=tiny&threads=2&budget=0.5&seed=7&backends=threads+simd&inject=wrong:threads%2Bsimd",
        );
        assert!(problems.is_empty(), "{problems:?}");
        let spec = read(&fields, &catalogue(), Some(4)).unwrap().spec;
        assert_eq!(
            (spec.size, spec.threads, spec.seed, spec.budget_s),
            (64, Some(2), 7, 0.5)
        );
        assert_eq!(spec.backends, ["threads+simd"]);
        assert!(spec.inject.is_some());
    }

    #[test]
    fn what_a_query_gets_wrong_is_named_and_the_defaults_are_used() {
        let (fields, problems) =
            opened("?workload=nonsense&size=99999999&threads=0&budget=-1&backends=warp&inject=panic:warp");
        assert_eq!(problems.len(), 6, "{problems:?}");
        assert_eq!(fields, opened("").0);
    }

    #[test]
    fn a_spec_fills_the_form_and_comes_back() {
        let spec = RunSpec {
            backends: vec!["threads+simd".into()],
            threads: Some(2),
            seed: 9,
            budget_s: 2.5,
            ..RunSpec::race("mandelbrot", 64)
        };
        let fields = of_spec(&spec, &catalogue());
        assert_eq!(read(&fields, &catalogue(), Some(4)).unwrap().spec, spec);
        let twice = RunSpec {
            backends: vec!["scalar#2".into(), "scalar".into()],
            ..spec
        };
        assert_eq!(ladder(&twice, &catalogue()), ["scalar#2", "scalar"]);
        let fields = of_spec(&twice, &catalogue());
        let question = read(&fields, &catalogue(), Some(4)).unwrap();
        assert_eq!(question.backends, ["scalar", "scalar#2"]);
    }

    #[test]
    fn a_kernel_takes_any_size_and_the_back_ends_of_python() {
        let mut catalogue = catalogue();
        catalogue.backends.push(BackendInfo {
            id: "scalar:python".into(),
            form: Form::Python,
            ..catalogue.backends[0].clone()
        });
        let (mut fields, _) = opened("");
        fields.kernel = Some(KernelSource {
            text: "x".into(),
            ..KernelSource::default()
        });
        fields.size = "7".into();
        // What cannot run it anyway changes nothing.
        fields.off = vec!["scalar".into()];
        let question = read(&fields, &catalogue, None).unwrap();
        assert_eq!(question.backends, ["scalar:python"]);
        assert_eq!((question.spec.workload.as_str(), question.spec.size), ("", 7));
        assert!(question.spec.backends.is_empty());
        let back = of_spec(&question.spec, &catalogue);
        assert_eq!(
            (back.workload.as_str(), &back.kernel),
            ("mandelbrot", &fields.kernel)
        );
        assert_eq!(read(&back, &catalogue, None).unwrap(), question);
        fields.experiment = Experiment::Machine;
        let machine = read(&fields, &catalogue, None).unwrap().spec;
        assert_eq!((machine.kernel, machine.workload.as_str()), (None, "mandelbrot"));
        fields.experiment = Experiment::Race;
        fields.size = "0".into();
        assert!(read(&fields, &catalogue, None).unwrap_err().size.is_some());
        fields.kernel = None;
        assert!(read(&fields, &catalogue, None).is_err());
    }

    #[test]
    fn budgets_are_plain_decimals() {
        assert_eq!(decimal(" 2.5 "), Some(2.5));
        assert_eq!(decimal("0,25"), Some(0.25));
        assert_eq!(decimal(".5"), Some(0.5));
        assert_eq!(decimal("8"), Some(8.0));
        for text in ["", ".", "-1", "1e3", "1.2.3", "soon", "99999999999"] {
            assert_eq!(decimal(text), None, "{text}");
        }
    }

    #[test]
    fn fields_out_of_range_are_each_explained() {
        let (mut fields, _) = opened("");
        fields.size = "5".into();
        fields.threads = "9".into();
        fields.budget = "soon".into();
        fields.off = vec!["scalar".into(), "threads+simd".into()];
        let problems = read(&fields, &catalogue(), Some(8)).unwrap_err();
        assert!(problems.size.unwrap().contains("4,096"));
        assert!(problems.threads.unwrap().contains('8'));
        assert!(problems.budget.is_some() && problems.backends.is_some());
        fields = opened("").0;
        fields.size = "1,024".into();
        fields.threads = "9".into();
        let question = read(&fields, &catalogue(), Some(0)).unwrap();
        assert_eq!(question.spec.size, 1024);
    }
}

//! What the address asks for before the question mark's end: initial values, never a run.

use parallax_protocol::{Experiment, Inject};

use crate::text;

/// The query parameters that the page knows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Query {
    /// The kind of question.
    pub experiment: Option<Experiment>,
    /// Workload id.
    pub workload: Option<String>,
    /// The workload's n, as text: the form checks it.
    pub size: Option<String>,
    /// Pool threads, as text.
    pub threads: Option<String>,
    /// Seconds, as text.
    pub budget: Option<String>,
    /// Seed.
    pub seed: Option<u64>,
    /// Back end ids.
    pub backends: Option<Vec<String>>,
    /// The page stands inside another, and shows the question and the answer only.
    pub embed: bool,
    /// A fault to provoke.
    pub inject: Option<Inject>,
    /// What could not be read, in words.
    pub problems: Vec<String>,
}

/// Reads `location.search`. A plus stays a plus: it is part of a back end's name.
pub fn parse(search: &str) -> Query {
    let mut query = Query::default();
    let pairs = search.trim_start_matches('?').split('&');
    for pair in pairs.filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let value = percent_decode(value);
        match key {
            "experiment" => match Experiment::named(&value) {
                Some(experiment) => query.experiment = Some(experiment),
                None => query.problems.push(text::unusable("experiment", &value)),
            },
            "workload" => query.workload = Some(value),
            "size" => query.size = Some(value),
            "threads" => query.threads = Some(value),
            "budget" => query.budget = Some(value),
            "seed" => match value.parse() {
                Ok(seed) => query.seed = Some(seed),
                Err(_) => query.problems.push(text::bad_seed(&value)),
            },
            "backends" => {
                let ids = value.split(',').map(str::trim).filter(|id| !id.is_empty());
                query.backends = Some(ids.map(String::from).collect());
            }
            "embed" => query.embed = true,
            "inject" => match value.parse() {
                Ok(inject) => query.inject = Some(inject),
                Err(error) => query.problems.push(text::bad_inject(&error)),
            },
            // Somebody else's parameter (a tracker's, a host's) is not ours to complain about.
            _ => {}
        }
    }
    query
}

fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        let pair = (bytes[i] == b'%')
            .then(|| bytes.get(i + 1..i + 3))
            .flatten()
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match pair {
            Some(byte) => {
                out.push(byte);
                i += 3;
            }
            None => {
                out.push(bytes[i]);
                i += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_of_a_plus_are_the_same_name() {
        for search in [
            "?backends=scalar,threads+simd&inject=panic:threads+simd",
            "?backends=scalar%2Cthreads%2Bsimd&inject=panic%3athreads%2bsimd",
        ] {
            let query = parse(search);
            assert_eq!(query.backends, Some(vec!["scalar".into(), "threads+simd".into()]));
            let inject = query.inject.map(|i| i.to_string());
            assert_eq!(inject.as_deref(), Some("panic:threads+simd"));
            assert!(query.problems.is_empty());
        }
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let query = parse("?inject=explode:gpu&seed=x&utm_source=a&size=12&%zz");
        assert_eq!(query.problems.len(), 2);
        assert!(query.problems[0].contains("explode:gpu"));
        assert!(query.problems[1].contains('x'));
        assert_eq!(query.size.as_deref(), Some("12"));
        assert_eq!(parse(""), Query::default());
        assert_eq!(percent_decode("%e4%zz%"), "\u{fffd}%zz%");
    }
}

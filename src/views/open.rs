//! What comes from outside: links and reports, read, checked, and asked of this page's catalogue.

use parallax_protocol::{
    Asked, Catalogue, Experiment, Figures, Link, LinkError, Opened, Report, ReportError, RunSpec,
    SpecProblem, Value, decode_link,
};

/// A link that is not opened.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum OpenError {
    /// It cannot be read.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// It can be, but not asked here.
    #[error("it asks for what this page does not have: {0}")]
    Unusable(#[from] SpecProblem),
}

/// Reads a fragment or a whole address.
///
/// # Errors
/// What is wrong with it, in words for the person who opened it.
pub fn link(text: &str, catalogue: &Catalogue) -> Result<Opened, OpenError> {
    let link = decode_link(text)?;
    Ok(Opened {
        spec: Some(usable(&link, catalogue)?),
        figures: link.results.as_ref().map(Figures::from),
    })
}

/// Reads what a link asks, whatever else it holds.
///
/// # Errors
/// As [`link`].
pub fn question(text: &str, catalogue: &Catalogue) -> Result<RunSpec, OpenError> {
    usable(&decode_link(text)?, catalogue)
}

fn usable(link: &Link, catalogue: &Catalogue) -> Result<RunSpec, OpenError> {
    Ok(Asked::from(&link.spec).resolve(catalogue)?)
}

/// Checks a report, and asks what it asked.
///
/// # Errors
/// What is wrong with it.
pub fn report(report: &Report, catalogue: &Catalogue) -> Result<Opened, ReportError> {
    report.validate()?;
    // Of a benchmark over several workloads the first that a browser measured.
    let first = report.results.iter().find(|row| row.place == "browser");
    let asked = match first.or(report.results.first()) {
        Some(row) if report.spec.experiment == Experiment::Race => Asked {
            workload: row.workload.clone(),
            size: Some(row.size),
            ..report.spec.clone()
        },
        _ => report.spec.clone(),
    };
    // The form cannot ask for a kernel of one's own.
    let spec = asked.resolve(catalogue).ok().filter(|spec| spec.kernel.is_none());
    Ok(Opened {
        spec,
        figures: Some(Figures::from(report)),
    })
}

/// Reads a spec as a script wrote it.
///
/// # Errors
/// The first field that is of no use.
pub fn spec(fields: Vec<(String, Value)>, catalogue: &Catalogue) -> Result<RunSpec, SpecProblem> {
    Asked::read(fields)?.resolve(catalogue)
}

#[cfg(test)]
mod tests {
    use super::*;
    use parallax_protocol::{
        BackendInfo, Environment, Form, NamedSize, ResultRow, SCHEMA, WorkloadInfo, encode_link,
    };

    fn catalogue() -> Catalogue {
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
            backends: vec![BackendInfo {
                id: "scalar".into(),
                name: "Scalar".into(),
                what: String::new(),
                form: Form::Rust,
                how: String::new(),
                threaded: false,
            }],
        }
    }

    #[test]
    fn a_link_is_used_only_if_this_page_can_ask_it() {
        let made = |id: &str, n| encode_link(&RunSpec::race(id, n), None).unwrap();
        let opened = link(&made("mandelbrot", 64), &catalogue()).unwrap();
        assert_eq!(opened.spec.unwrap().size, 64);
        let refused = |text: &str| link(text, &catalogue()).unwrap_err().to_string();
        let unknown = refused(&made("fft", 64));
        assert!(
            unknown.contains("'fft'") && unknown.contains("mandelbrot"),
            "{unknown}"
        );
        let large = refused(&made("mandelbrot", 1 << 30));
        assert!(large.contains("4096"), "{large}");
        let cut = refused(&made("mandelbrot", 64)[..20]);
        assert!(cut.contains("damaged"), "{cut}");
    }

    #[test]
    fn a_report_asks_what_a_browser_measured() {
        let row = |workload: &str, place: &str| ResultRow {
            place: place.into(),
            ..ResultRow::blank(workload, 100, "scalar", Form::Rust, 1)
        };
        let mut given = Report {
            schema: SCHEMA,
            spec: Asked::from(&RunSpec::race("fft,mandelbrot", 7)),
            environment: Environment::default(),
            results: vec![row("fft", "native"), row("mandelbrot", "browser")],
            quantities: Vec::new(),
            timelines: Vec::new(),
            findings: Vec::new(),
        };
        let opened = report(&given, &catalogue()).unwrap();
        assert_eq!(opened.spec, Some(RunSpec::race("mandelbrot", 100)));
        // Figures of a workload that is not here are still figures.
        given.results.truncate(1);
        let opened = report(&given, &catalogue()).unwrap();
        assert_eq!(
            (opened.spec, opened.figures.map(|f| f.rows.len())),
            (None, Some(1))
        );
        given.results.clear();
        assert!(report(&given, &catalogue()).is_err());
    }
}

//! The question in the address: what a link asks for, and what the address shows.
//!
//! Opening a link fills the form and never runs.

use leptos::prelude::*;
use parallax_protocol::{Asked, Catalogue, Report, RunSpec, decode_link, encode_link};
use wasm_bindgen::JsValue;

use crate::text;

/// What a link that can be used here asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Opened {
    /// The question.
    pub spec: RunSpec,
    /// The sender's figures.
    pub theirs: Option<Report>,
}

/// Reads a fragment or a whole address; the error is in words.
pub fn read(link: &str, catalogue: &Catalogue) -> Result<Opened, String> {
    let link = decode_link(link).map_err(|error| error.to_string())?;
    let asked = Asked::from(&link.spec);
    let spec = asked.resolve(catalogue);
    Ok(Opened {
        spec: spec.map_err(|error| text::link_unusable(&error.to_string()))?,
        theirs: link.results,
    })
}

/// What follows the `#` now; empty without one.
pub fn fragment() -> String {
    let hash = window().location().hash().unwrap_or_default();
    hash.trim_start_matches('#').into()
}

/// The page's address without query and fragment, and this fragment.
pub fn whole(fragment: &str) -> String {
    let location = window().location();
    let (origin, path) = (location.origin(), location.pathname());
    format!(
        "{}{}#{fragment}",
        origin.unwrap_or_default(),
        path.unwrap_or_default()
    )
}

/// Shows a question in the address. `push` leaves the one before for the Back button.
pub fn show(spec: &RunSpec, push: bool) {
    let now = fragment();
    // A link with results stays as long as it asks the same.
    if decode_link(&now).is_ok_and(|link| link.spec == *spec) {
        return;
    }
    let Ok(link) = encode_link(spec, None) else { return };
    let address = format!("#{link}");
    // A browser may refuse, in an embed or after hundreds of changes; the form has it anyway.
    let _ = window().history().map(|history| match push {
        true => history.push_state_with_url(&JsValue::NULL, "", Some(&address)),
        false => history.replace_state_with_url(&JsValue::NULL, "", Some(&address)),
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use parallax_protocol::{NamedSize, WorkloadInfo};

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
            backends: Vec::new(),
        }
    }

    #[test]
    fn a_link_is_used_only_if_this_page_can_ask_it() {
        let link = |id: &str, n| encode_link(&RunSpec::race(id, n), None).unwrap();
        assert_eq!(read(&link("mandelbrot", 64), &catalogue()).unwrap().spec.size, 64);
        let unknown = read(&link("fft", 64), &catalogue()).unwrap_err();
        assert!(
            unknown.contains("'fft'") && unknown.contains("mandelbrot"),
            "{unknown}"
        );
        let large = read(&link("mandelbrot", 1 << 30), &catalogue()).unwrap_err();
        assert!(large.contains("4096"), "{large}");
        let cut = read(&link("mandelbrot", 64)[..20], &catalogue()).unwrap_err();
        assert!(cut.contains("damaged"), "{cut}");
    }
}

//! What the page takes from a workload's files, so that nothing is written twice.

use parallax_protocol::{Form, Source};

/// The paragraph under "## Lesson" of a workload's README, as one line of plain text.
pub fn lesson(readme: &str) -> String {
    let text = readme.split_once("## Lesson").map_or("", |(_, text)| text);
    let text = text.split("\n## ").next().unwrap_or("");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A workload's kernel in every form: the files' own text.
pub fn sources(python: &str, javascript: &str, rust: &str, wgsl: &str) -> Vec<Source> {
    [
        (Form::Python, python.into()),
        (Form::JavaScript, kernel(javascript)),
        (Form::Rust, kernel(rust)),
        (Form::Wgsl, wgsl.into()),
    ]
    .map(|(form, text)| Source { form, text })
    .into()
}

/// The part of a source file between the lines `// [kernel]` and `// [/kernel]`.
pub fn kernel(source: &str) -> String {
    let text = source.split_once("// [kernel]\n").map_or("", |(_, text)| text);
    let text = text.split("// [/kernel]").next().unwrap_or("");
    format!("{}\n", text.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_lesson_and_the_kernel() {
        assert_eq!(lesson("# A\n\n## Lesson\nOne\ntwo.\n\n## Files\nx"), "One two.");
        assert_eq!(
            kernel("a\n// [kernel]\nfn k() {}\n\n// [/kernel]\nb"),
            "fn k() {}\n"
        );
    }
}

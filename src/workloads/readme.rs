//! What the page takes from a workload's files, so that nothing is written twice.

use parallax_protocol::{Form, Source, Try};

/// The paragraph under "## Lesson" of a workload's README, as one line of plain text.
pub fn lesson(readme: &str) -> String {
    one_line(section(readme, "Lesson"))
}

/// The paragraph under "## Recorded", if there is one.
pub fn recorded(readme: &str) -> Option<String> {
    Some(one_line(section(readme, "Recorded"))).filter(|text| !text.is_empty())
}

/// The list under "## Try": items like `- [Use one thread](?threads=1) Who gains nothing?`.
pub fn tries(readme: &str) -> Vec<Try> {
    let items = section(readme, "Try").split("\n- ").skip(1);
    items
        .filter_map(|item| {
            let (label, rest) = item.trim_start_matches('[').split_once("](?")?;
            let (query, look_for) = rest.split_once(')')?;
            Some(Try {
                label: one_line(label),
                query: query.into(),
                look_for: one_line(look_for),
            })
        })
        .collect()
}

/// What stands under a heading, up to the next.
fn section<'a>(readme: &'a str, heading: &str) -> &'a str {
    // The heading's own line end stays: it is part of what parts items.
    let after = readme.split_once(&format!("\n## {heading}"));
    let text = after.map_or("", |(_, text)| text);
    text.split("\n## ").next().unwrap_or("")
}

fn one_line(text: &str) -> String {
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
        let readme = "# A\n\n## Lesson\nOne\ntwo.\n\n## Try\n- [Use one\n  thread](?threads=1) Who\n  gains?\n- [B](?) C.\n\n## Recorded\n1 s.\n";
        assert_eq!(lesson(readme), "One two.");
        assert_eq!(recorded(readme).as_deref(), Some("1 s."));
        let items: Vec<_> = tries(readme)
            .into_iter()
            .map(|t| [t.label, t.query, t.look_for])
            .collect();
        assert_eq!(
            items,
            [["Use one thread", "threads=1", "Who gains?"], ["B", "", "C."]]
        );
        assert_eq!(
            (lesson("# A"), recorded("# A"), tries("# A")),
            ("".into(), None, vec![])
        );
        assert_eq!(
            kernel("a\n// [kernel]\nfn k() {}\n\n// [/kernel]\nb"),
            "fn k() {}\n"
        );
    }
}

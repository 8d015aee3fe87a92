//! The gallery: kernels to begin from, grouped by lesson, from simple to hard.
//!
//! Each is a file that real Numba runs as it stands. It says itself what it is about: the first line of
//! its docstring is its title, the paragraph behind it a question, and the one that begins with `Try:`
//! something to do; comments `# parallax: size=N show=HOW` say what `setup` is given and how its outputs
//! are best seen.

use crate::outputs::Show;

/// A lesson and its kernels.
pub struct Lesson {
    /// In a few words.
    pub title: &'static str,
    /// File names, without their ending, and texts.
    pub kernels: &'static [(&'static str, &'static str)],
}

macro_rules! lesson {
    ($title:literal: $($name:literal),+ $(,)?) => {
        Lesson {
            title: $title,
            kernels: &[$(($name, include_str!(concat!("gallery/", $name, ".py")))),+],
        }
    };
}

/// All of them, in the order of teaching.
pub const LESSONS: &[Lesson] = &[lesson!("First steps": "saxpy")];

/// What a kernel's file says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct About {
    /// A few words.
    pub title: String,
    /// Its question.
    pub question: String,
    /// Something to do with it.
    pub attempt: String,
    /// What `setup` is given.
    pub size: Option<u32>,
    /// How its outputs are seen.
    pub show: Option<Show>,
}

/// Reads what a file says of itself; nothing is missed where it says nothing.
pub fn about(text: &str) -> About {
    let mut about = About {
        size: hint(text, "size").and_then(|size| size.parse().ok()),
        show: hint(text, "show").and_then(Show::named),
        ..About::default()
    };
    let Some(doc) = docstring(text) else {
        return about;
    };
    let mut paragraphs = doc
        .split("\n\n")
        .map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "));
    about.title = paragraphs.next().unwrap_or_default();
    for part in paragraphs {
        match part.strip_prefix("Try:") {
            Some(attempt) => about.attempt = attempt.trim().into(),
            None if about.question.is_empty() => about.question = part,
            None => {}
        }
    }
    about
}

/// The text between the first three quotes and the next, if the file begins with them.
fn docstring(text: &str) -> Option<&str> {
    let rest = text.trim_start().strip_prefix("\"\"\"")?;
    Some(rest.split_once("\"\"\"")?.0.trim())
}

/// The value of `name=VALUE` in a line `# parallax: ...`.
pub fn hint<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let lines = text.lines().filter_map(|line| line.trim().strip_prefix("# parallax:"));
    lines
        .flat_map(str::split_whitespace)
        .find_map(|word| word.strip_prefix(name)?.strip_prefix('='))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_file_says_what_it_is_about() {
        let text = "\"\"\"Two words\n\nWhy is\nthe sky blue?\n\nTry: look\nup.\n\"\"\"\n# parallax: size=64 show=line\n";
        let expected = About {
            title: "Two words".into(),
            question: "Why is the sky blue?".into(),
            attempt: "look up.".into(),
            size: Some(64),
            show: Some(Show::Line),
        };
        assert_eq!(about(text), expected);
        assert_eq!(about("x = 1\n"), About::default());
        assert_eq!(about("\"\"\"never ended"), About::default());
        assert_eq!(hint("# parallax: entry=f", "size"), None);
    }

    #[test]
    fn every_kernel_has_a_title_a_question_and_something_to_try() {
        let mut names = BTreeSet::new();
        for (name, text) in LESSONS.iter().flat_map(|lesson| lesson.kernels) {
            assert!(names.insert(name), "{name} is there twice");
            let about = about(text);
            assert!((3..=32).contains(&about.title.len()), "{name}: {about:?}");
            assert!(about.question.contains('?') && !about.attempt.is_empty(), "{name}: {about:?}");
            assert!(about.size.is_some() && about.show.is_some(), "{name}: {about:?}");
        }
    }
}

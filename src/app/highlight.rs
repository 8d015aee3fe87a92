//! Just enough syntax to see a kernel's shape: comments and keywords.

use parallax_protocol::Form;

/// What a piece of source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Anything else.
    Plain,
    /// A word of the language.
    Keyword,
    /// To the end of the line.
    Comment,
}

const PYTHON: &[&str] = &[
    "and", "break", "class", "continue", "def", "elif", "else", "False", "for", "from", "if", "import", "in",
    "is", "lambda", "None", "not", "or", "pass", "return", "True", "while", "with", "yield",
];
const JAVASCRIPT: &[&str] = &[
    "async", "await", "break", "const", "continue", "do", "else", "export", "false", "for", "from",
    "function", "if", "import", "in", "let", "new", "null", "of", "return", "true", "while",
];
const RUST: &[&str] = &[
    "as", "break", "const", "continue", "else", "enum", "false", "fn", "for", "if", "impl", "in", "let",
    "loop", "match", "mod", "move", "mut", "pub", "ref", "return", "self", "Self", "static", "struct",
    "trait", "true", "type", "unsafe", "use", "where", "while",
];
const WGSL: &[&str] = &[
    "break", "const", "continue", "else", "false", "fn", "for", "if", "let", "loop", "override", "return",
    "struct", "switch", "true", "var", "while",
];

/// Cuts source into pieces; together they are the source.
pub fn pieces(form: Form, source: &str) -> Vec<(Kind, &str)> {
    let (keywords, comment) = match form {
        Form::Python => (PYTHON, "#"),
        Form::JavaScript => (JAVASCRIPT, "//"),
        Form::Rust => (RUST, "//"),
        Form::Wgsl => (WGSL, "//"),
    };
    let mut out: Vec<(Kind, &str)> = Vec::new();
    let mut plain = 0;
    let mut at = 0;
    while let Some(c) = source[at..].chars().next() {
        let rest = &source[at..];
        let (kind, length) = if rest.starts_with(comment) {
            (Kind::Comment, rest.find('\n').unwrap_or(rest.len()))
        } else if c == '"' {
            // A comment sign in a string is none; the string itself stays plain.
            let end = rest[1..].find(['"', '\n']).map_or(rest.len(), |i| i + 2);
            (Kind::Plain, end)
        } else if is_word(c) {
            let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            let is_keyword = keywords.contains(&&rest[..end]);
            (if is_keyword { Kind::Keyword } else { Kind::Plain }, end)
        } else {
            (Kind::Plain, c.len_utf8())
        };
        if kind != Kind::Plain {
            if plain < at {
                out.push((Kind::Plain, &source[plain..at]));
            }
            out.push((kind, &source[at..at + length]));
            plain = at + length;
        }
        at += length;
    }
    if plain < at {
        out.push((Kind::Plain, &source[plain..at]));
    }
    out
}

fn is_word(c: char) -> bool {
    // Sources hold no other words; the tables of all letters would be kilobytes of program.
    c.is_ascii_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pieces_are_the_source() {
        for (form, source) in [
            (
                Form::Rust,
                "fn f() -> f32 { // \u{e9}\n  let s = \"a // b\"; fnord\n}",
            ),
            (Form::Python, "def f(x):\n    return \"# no\" # yes"),
            (Form::JavaScript, "const a = \"//\"; // no more"),
            (Form::Wgsl, "\"open"),
            (Form::Wgsl, ""),
        ] {
            let whole: String = pieces(form, source).iter().map(|p| p.1).collect();
            assert_eq!(whole, source);
        }
    }

    #[test]
    fn words_and_comments_are_told_apart() {
        let pieces = pieces(Form::Python, "for i in x: # for\n  y = fork");
        let words: Vec<&str> = pieces
            .iter()
            .filter(|p| p.0 == Kind::Keyword)
            .map(|p| p.1)
            .collect();
        assert_eq!(words, ["for", "in"]);
        assert!(pieces.contains(&(Kind::Comment, "# for")));
    }

    #[test]
    fn javascript_is_seen() {
        let pieces = pieces(Form::JavaScript, "const letter = 1; // let");
        assert_eq!(pieces[0], (Kind::Keyword, "const"));
        assert_eq!(pieces.len(), 3, "{pieces:?}");
        assert_eq!(pieces[2], (Kind::Comment, "// let"));
    }
}

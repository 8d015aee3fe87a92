//! `np.load`, `np.loadtxt` and `np.genfromtxt`: files that were given beside the text, by their names.

mod npy;
mod text;

use super::args::Args;
use super::object::{Budget, Fault, Object, Res, type_error};

/// A file that `setup` may read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataFile {
    /// Its name. Folders do not count, here and where it is asked for.
    pub name: String,
    /// All of it.
    pub bytes: Vec<u8>,
}

/// Names that are told where one was not found.
const MOST_TOLD: usize = 8;

/// Calls what a whole name stands for, if it reads files.
pub fn call(budget: &Budget, files: &[DataFile], whole: &str, args: &mut Args) -> Option<Res<Object>> {
    Some(match whole {
        "numpy.load" => npy::load(budget, files, args),
        "numpy.loadtxt" => text::loadtxt(budget, files, args),
        "numpy.genfromtxt" => text::genfromtxt(budget, files, args),
        _ => return None,
    })
}

/// A name without folders.
fn base(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// The file that is asked for; `absent` says in NumPy's words that there is none.
fn find<'f>(files: &'f [DataFile], asked: &Object, absent: fn(&str) -> String) -> Res<&'f DataFile> {
    let Object::Str(asked) = asked else {
        let words = format!(
            "expected str, bytes or os.PathLike object, not {}",
            asked.type_name()
        );
        return Err(type_error(words));
    };
    files
        .iter()
        .find(|file| base(&file.name) == base(asked))
        .ok_or_else(|| {
            let mut given: Vec<&str> = files
                .iter()
                .take(MOST_TOLD)
                .map(|file| base(&file.name))
                .collect();
            match files.len() {
                0 => given.push("none"),
                many if many > MOST_TOLD => given.push("..."),
                _ => {}
            }
            let help = format!(
                "drop {} on the page; files given: {}",
                base(asked),
                given.join(", ")
            );
            Fault::raised("FileNotFoundError", absent(asked)).help(help)
        })
}

/// What is wrong with a file: Python's kind and words, its name before them.
fn broken(file: &DataFile, exception: &'static str, words: impl std::fmt::Display) -> Fault {
    Fault::raised(exception, format!("{}: {words}", base(&file.name)))
}

/// Arguments that have to be left out, or be `None`.
fn left_out(args: &Args, names: &[(usize, &str)]) -> Res<()> {
    match names.iter().find(|(at, _)| args.some(*at).is_some()) {
        None => Ok(()),
        Some((_, name)) => Err(Fault::unsupported(format!(
            "the argument '{name}' of {}() is not supported",
            args.name
        ))),
    }
}

/// A text as Python writes it in messages.
fn repr(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    let mut out = String::from(quote);
    for c in text.chars().take(200) {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => out.extend(['\\', c]),
            '\0'..='\x1f' | '\x7f'..='\u{a0}' => out.push_str(&format!("\\x{:02x}", u32::from(c))),
            '\u{feff}' | '\u{fffd}' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

//! From command line words to a [`Command`]: pure, so that every refusal has a test.

use std::ffi::OsString;
use std::path::PathBuf;

use lexopt::prelude::*;

/// What `cargo xtask`, `cargo xtask help` and `--help` print.
pub const HELP: &str = "\
cargo xtask <command>

  serve [--port N] [--no-isolation] [--open]
        set up what is missing, build, serve the page on this machine
        --port N          another port than 8080
        --no-isolation    without the headers that allow threads, to see the page cope
        --open            open the page in the default browser
  test  [--only native|browser|e2e] [--full]
        set up, build and test; the last line counts passed, failed and skipped
        --only PART       one part of it; the others are left out, not counted
        --full            larger sizes and slower checks too
  dist  build the site into dist/, with header files for common hosts
  shot  [--out DIR]
        screenshots of the built page, large and small, light and dark
  setup install what is missing (every other command does so by itself)
  help  this text

Tools are kept in $PARALLAX_CACHE, else $XDG_CACHE_HOME/parallax, else ~/.cache/parallax.";

/// The port that `serve` takes unless told otherwise.
pub const PORT: u16 = 8080;

/// One understood command line.
#[derive(Debug, PartialEq, Eq)]
pub enum Command {
    /// Print [`HELP`].
    Help,
    /// Install what is missing and nothing else.
    Setup,
    /// Build and serve.
    Serve(Serve),
    /// Build and test.
    Test(Test),
    /// Build a site to upload.
    Dist,
    /// Build and take screenshots.
    Shot(Shot),
}

/// Flags of `serve`.
#[derive(Debug, PartialEq, Eq)]
pub struct Serve {
    /// The port on 127.0.0.1.
    pub port: u16,
    /// Whether COOP and COEP are sent.
    pub isolation: bool,
    /// Whether the default browser is opened.
    pub open: bool,
}

/// Flags of `test`.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Test {
    /// The one part to run; all of them if absent.
    pub only: Option<Part>,
    /// Whether the slow checks run too.
    pub full: bool,
}

/// The parts of the tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Everything that runs on this machine without a browser.
    Native,
    /// The registries' conformance, as wasm in a headless browser.
    Browser,
    /// The built page, used as a person would use it.
    E2e,
}

/// Flags of `shot`.
#[derive(Debug, PartialEq, Eq)]
pub struct Shot {
    /// Where the pictures go.
    pub out: PathBuf,
}

/// Reads a whole command line, program name included.
///
/// # Errors
/// One sentence on the first word that was not understood.
pub fn parse(words: impl IntoIterator<Item = OsString>) -> Result<Command, String> {
    read(lexopt::Parser::from_iter(words)).map_err(|error| error.to_string())
}

fn read(mut words: lexopt::Parser) -> Result<Command, lexopt::Error> {
    let mut command = match words.next()? {
        None | Some(Long("help") | Short('h')) => return Ok(Command::Help),
        Some(Value(word)) => match word.to_str() {
            Some("help") => Command::Help,
            Some("setup") => Command::Setup,
            Some("serve") => Command::Serve(Serve {
                port: PORT,
                isolation: true,
                open: false,
            }),
            Some("test") => Command::Test(Test::default()),
            Some("dist") => Command::Dist,
            Some("shot") => Command::Shot(Shot {
                out: "target/shots".into(),
            }),
            _ => return Err(format!("no command `{}`", word.to_string_lossy()).into()),
        },
        Some(other) => return Err(other.unexpected()),
    };
    while let Some(word) = words.next()? {
        match (&mut command, word) {
            (_, Long("help") | Short('h')) => return Ok(Command::Help),
            (Command::Serve(serve), Long("port")) => serve.port = words.value()?.parse()?,
            (Command::Serve(serve), Long("no-isolation")) => serve.isolation = false,
            (Command::Serve(serve), Long("open")) => serve.open = true,
            (Command::Test(test), Long("full")) => test.full = true,
            (Command::Test(test), Long("only")) => test.only = Some(part(&words.value()?)?),
            (Command::Shot(shot), Long("out")) => shot.out = words.value()?.into(),
            (_, other) => return Err(other.unexpected()),
        }
    }
    Ok(command)
}

fn part(word: &OsString) -> Result<Part, lexopt::Error> {
    match word.to_str() {
        Some("native") => Ok(Part::Native),
        Some("browser") => Ok(Part::Browser),
        Some("e2e") => Ok(Part::E2e),
        _ => Err(format!(
            "--only takes native, browser or e2e, not `{}`",
            word.to_string_lossy()
        )
        .into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expect: Result<Command, &str>) {
        let words = std::iter::once("xtask")
            .chain(line.split_whitespace())
            .map(OsString::from);
        assert_eq!(parse(words), expect.map_err(str::to_owned), "{line}");
    }

    #[test]
    fn commands_and_flags() {
        check("", Ok(Command::Help));
        check("help", Ok(Command::Help));
        check("serve --help", Ok(Command::Help));
        check("dist", Ok(Command::Dist));
        check(
            "serve",
            Ok(Command::Serve(Serve {
                port: 8080,
                isolation: true,
                open: false,
            })),
        );
        check(
            "serve --port=81 --no-isolation --open",
            Ok(Command::Serve(Serve {
                port: 81,
                isolation: false,
                open: true,
            })),
        );
        check(
            "test --only e2e --full",
            Ok(Command::Test(Test {
                only: Some(Part::E2e),
                full: true,
            })),
        );
        check("shot --out here", Ok(Command::Shot(Shot { out: "here".into() })));
    }

    #[test]
    fn refusals_name_the_word() {
        check("srve", Err("no command `srve`"));
        check("--port 3", Err("invalid option '--port'"));
        check("dist --port 3", Err("invalid option '--port'"));
        check("dist now", Err("unexpected argument \"now\""));
        check(
            "test --only x",
            Err("--only takes native, browser or e2e, not `x`"),
        );
        check(
            "serve --port 99999",
            Err("cannot parse argument \"99999\": number too large to fit in target type"),
        );
        check("serve --port", Err("missing argument for option '--port'"));
    }

    #[test]
    fn help_names_every_command() {
        for command in ["serve", "test", "dist", "shot", "setup", "help"] {
            assert!(HELP.contains(&format!("\n  {command} ")), "{command}");
        }
    }
}

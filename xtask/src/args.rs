//! From command line words to a [`Command`]: pure, so that every refusal has a test.

use std::ffi::OsString;
use std::path::PathBuf;

use lexopt::prelude::*;
use parallax_protocol::Experiment;

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
  bench [--workload ID,..|all] [--backend ID,..|all] [--experiment ID] [--size N]
        [--threads N] [--budget S] [--seed N] [--browser chromium|firefox] [--native]
        [--peers] [--self-check [N]] [--json FILE]
        set up, build, and race in a headless browser through the page's own API; fails if
        a result is wrong or a row breaks down
        --experiment ID   race, threads, sizes, gpu, roofline, timeline or machine (race)
        --workload IDS    the workloads, with commas between; all of them if absent
        --backend IDS     the back ends; `scalar#2` is scalar once more
        --size N          the workloads' n instead of their defaults
        --budget S        seconds per workload over all its back ends (8; experiments more)
        --seed N          another order of the blocks and other inputs than 1's
        --native          the same engine compiled for this machine too
        --peers           and NumPy, Numba, gpu.js and jax-js, where they can be installed
        --self-check [N]  races N times (100) a back end against itself, and fails if a
                          difference is claimed more often than the 5 % that intervals allow
        --json FILE       the whole report, every sample, as JSON
  kernel FILE.py [--entry NAME] [--size N] [--threads N] [--backend ID,..] [--values]
        [--native] [--json FILE]
        set up, build, and run a Python file in Numba's style in a headless browser, on every
        back end, compared with each other; prints what is wrong with it and fails if it is
        refused, if a back end disagrees or breaks down, or if one that is named does not run
        --entry NAME      its function, instead of the one that the file names or its last kernel
        --size N          what its `setup` is given (1000)
        --values          its outputs' elements too, not only their checksums
        --native          the interpreter compiled for this machine too
  dist  build the site into dist/, with header files for common hosts
  shot  [--out DIR]
        screenshots of the built page, large and small, light and dark
  setup install what is missing (every other command does so by itself)
  help  this text

Tools are kept in $PARALLAX_CACHE, else $XDG_CACHE_HOME/parallax, else ~/.cache/parallax.";

/// The port that `serve` takes unless told otherwise.
pub const PORT: u16 = 8080;

/// The races of `bench --self-check`: with fewer, a rate of 10 % could pass for 5.
pub const SELF_CHECK: u32 = 100;

/// One understood command line.
#[derive(Debug, PartialEq)]
pub enum Command {
    /// Print [`HELP`].
    Help,
    /// Install what is missing and nothing else.
    Setup,
    /// Build and serve.
    Serve(Serve),
    /// Build and test.
    Test(Test),
    /// Build and race.
    Bench(Bench),
    /// Build and run a Python file.
    Kernel(Kernel),
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

/// Flags of `bench`.
#[derive(Debug, Clone, PartialEq)]
pub struct Bench {
    /// The kind of question.
    pub experiment: Experiment,
    /// Workload ids; empty for all.
    pub workloads: Vec<String>,
    /// Back end ids; empty for all.
    pub backends: Vec<String>,
    /// The workloads' n instead of their defaults.
    pub size: Option<u32>,
    /// Pool threads that take part; absent for all.
    pub threads: Option<u32>,
    /// Seconds per workload.
    pub budget: Option<f64>,
    /// Seeds inputs and order.
    pub seed: u64,
    /// Who runs the page.
    pub browser: Engine,
    /// Whether this machine's own code races too.
    pub native: bool,
    /// Whether what users would run instead does.
    pub peers: bool,
    /// How often to race a back end against itself instead.
    pub self_check: Option<u32>,
    /// Where the report goes.
    pub json: Option<PathBuf>,
}

impl Default for Bench {
    fn default() -> Self {
        Self {
            experiment: Experiment::Race,
            workloads: Vec::new(),
            backends: Vec::new(),
            size: None,
            threads: None,
            budget: None,
            seed: 1,
            browser: Engine::Chromium,
            native: false,
            peers: false,
            self_check: None,
            json: None,
        }
    }
}

/// Words and flags of `kernel`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kernel {
    /// The Python file.
    pub file: PathBuf,
    /// Its function.
    pub entry: Option<String>,
    /// What its `setup` is given.
    pub size: Option<u32>,
    /// Pool threads that take part; absent for all.
    pub threads: Option<u32>,
    /// Back end ids, as reports have them; empty for all that run Python.
    pub backends: Vec<String>,
    /// Whether outputs are wanted whole.
    pub values: bool,
    /// Whether this machine's own code runs it too.
    pub native: bool,
    /// Where the report goes.
    pub json: Option<PathBuf>,
}

/// The browsers that `bench` drives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Chromium or Chrome, by chromedriver.
    Chromium,
    /// Firefox, by geckodriver.
    Firefox,
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
            Some("bench") => Command::Bench(Bench::default()),
            Some("kernel") => Command::Kernel(Kernel::default()),
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
            (Command::Bench(bench), Long("workload")) => bench.workloads = ids(&words.value()?)?,
            (Command::Bench(bench), Long("backend")) => bench.backends = ids(&words.value()?)?,
            (Command::Bench(bench), Long("experiment")) => {
                bench.experiment = experiment(&words.value()?)?;
            }
            (Command::Bench(bench), Long("size")) => bench.size = Some(words.value()?.parse()?),
            (Command::Bench(bench), Long("threads")) => bench.threads = Some(words.value()?.parse()?),
            (Command::Bench(bench), Long("budget")) => bench.budget = Some(budget(&words.value()?)?),
            (Command::Bench(bench), Long("seed")) => bench.seed = words.value()?.parse()?,
            (Command::Bench(bench), Long("browser")) => bench.browser = engine(&words.value()?)?,
            (Command::Bench(bench), Long("native")) => bench.native = true,
            (Command::Bench(bench), Long("peers")) => bench.peers = true,
            (Command::Bench(bench), Long("self-check")) => bench.self_check = Some(races(&mut words)?),
            (Command::Bench(bench), Long("json")) => bench.json = Some(words.value()?.into()),
            (Command::Kernel(kernel), Value(file)) if kernel.file.as_os_str().is_empty() => {
                kernel.file = file.into();
            }
            (Command::Kernel(kernel), Long("entry")) => kernel.entry = Some(words.value()?.string()?),
            (Command::Kernel(kernel), Long("size")) => kernel.size = Some(words.value()?.parse()?),
            (Command::Kernel(kernel), Long("threads")) => kernel.threads = Some(words.value()?.parse()?),
            (Command::Kernel(kernel), Long("backend")) => kernel.backends = ids(&words.value()?)?,
            (Command::Kernel(kernel), Long("values")) => kernel.values = true,
            (Command::Kernel(kernel), Long("native")) => kernel.native = true,
            (Command::Kernel(kernel), Long("json")) => kernel.json = Some(words.value()?.into()),
            (Command::Shot(shot), Long("out")) => shot.out = words.value()?.into(),
            (_, other) => return Err(other.unexpected()),
        }
    }
    match &command {
        Command::Bench(bench) => together(bench)?,
        Command::Kernel(kernel) if kernel.file.as_os_str().is_empty() => {
            return Err("kernel takes a file: cargo xtask kernel FILE.py".into());
        }
        _ => {}
    }
    Ok(command)
}

/// Refuses flags that would be ignored.
fn together(bench: &Bench) -> Result<(), lexopt::Error> {
    if bench.experiment != Experiment::Race {
        if bench.native || bench.peers || bench.self_check.is_some() {
            return Err(
                "an experiment is made in the browser alone: leave out --native, --peers and --self-check"
                    .into(),
            );
        }
        if bench.workloads.len() > 1 {
            return Err("an experiment is of one workload: name one with --workload".into());
        }
    }
    let alone = bench.workloads.is_empty() && bench.backends.is_empty() && bench.json.is_none();
    if bench.self_check.is_some() && !(alone && !bench.native && !bench.peers) {
        return Err(
            "--self-check races one back end by itself: leave out --workload, --backend, \
                    --native, --peers and --json"
                .into(),
        );
    }
    Ok(())
}

/// "a,b", or "all" for the empty list, which means the same.
fn ids(word: &OsString) -> Result<Vec<String>, lexopt::Error> {
    let text = word.to_str().unwrap_or_default();
    let ids: Vec<String> = text.split(',').map(|id| id.trim().to_owned()).collect();
    if ids.iter().any(String::is_empty) {
        return Err(format!(
            "`{}` is no list of ids: write them as in a,b",
            word.to_string_lossy()
        )
        .into());
    }
    if let Some(twice) = (1..ids.len()).find(|&i| ids[..i].contains(&ids[i])) {
        return Err(format!("`{}` is named twice", ids[twice]).into());
    }
    Ok(if ids == ["all"] { Vec::new() } else { ids })
}

fn experiment(word: &OsString) -> Result<Experiment, lexopt::Error> {
    let found = word.to_str().and_then(Experiment::named);
    found.ok_or_else(|| {
        let all: Vec<&str> = Experiment::ALL.into_iter().map(Experiment::name).collect();
        format!(
            "no experiment `{}`: there are {}",
            word.to_string_lossy(),
            all.join(", ")
        )
        .into()
    })
}

fn budget(word: &OsString) -> Result<f64, lexopt::Error> {
    let seconds: f64 = word.parse()?;
    let (least, most) = parallax_protocol::BUDGET_RANGE_S;
    // Written so that NaN is refused.
    if !(least..=most).contains(&seconds) {
        return Err(format!("--budget takes {least} to {most} seconds").into());
    }
    Ok(seconds)
}

fn engine(word: &OsString) -> Result<Engine, lexopt::Error> {
    match word.to_str() {
        Some("chromium") => Ok(Engine::Chromium),
        Some("firefox") => Ok(Engine::Firefox),
        _ => Err(format!(
            "--browser takes chromium or firefox, not `{}`",
            word.to_string_lossy()
        )
        .into()),
    }
}

/// The number of races behind `--self-check`, if the next word is one.
fn races(words: &mut lexopt::Parser) -> Result<u32, lexopt::Error> {
    let number = |word: &std::ffi::OsStr| {
        word.to_str()
            .is_some_and(|w| w.starts_with(|c: char| c.is_ascii_digit()))
    };
    let given = match words.optional_value() {
        Some(value) => Some(value),
        None => words.try_raw_args().and_then(|mut next| next.next_if(number)),
    };
    let races = given.map_or(Ok(SELF_CHECK), |word| word.parse())?;
    if races == 0 {
        return Err("--self-check takes a number of races above 0".into());
    }
    Ok(races)
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
        check(
            "kernel a.py --entry f --size 9 --threads 2 --backend scalar,gpu --values --native --json o",
            Ok(Command::Kernel(Kernel {
                file: "a.py".into(),
                entry: Some("f".into()),
                size: Some(9),
                threads: Some(2),
                backends: vec!["scalar".into(), "gpu".into()],
                values: true,
                native: true,
                json: Some("o".into()),
            })),
        );
        check("kernel", Err("kernel takes a file: cargo xtask kernel FILE.py"));
        check("bench", Ok(Command::Bench(Bench::default())));
        check(
            "bench --workload mandelbrot,matmul --backend scalar,scalar#2 --experiment race --size 256 \
             --threads 2 --budget 0.5 --seed 7 --browser firefox --native --peers --json out.json",
            Ok(Command::Bench(Bench {
                experiment: Experiment::Race,
                workloads: vec!["mandelbrot".into(), "matmul".into()],
                backends: vec!["scalar".into(), "scalar#2".into()],
                size: Some(256),
                threads: Some(2),
                budget: Some(0.5),
                seed: 7,
                browser: Engine::Firefox,
                native: true,
                peers: true,
                self_check: None,
                json: Some("out.json".into()),
            })),
        );
        check(
            "bench --experiment sizes --workload matmul",
            Ok(Command::Bench(Bench {
                experiment: Experiment::Sizes,
                workloads: vec!["matmul".into()],
                ..Bench::default()
            })),
        );
        check(
            "bench --workload all --backend all",
            Ok(Command::Bench(Bench::default())),
        );
        for (line, races) in [
            ("bench --self-check", SELF_CHECK),
            ("bench --self-check 12", 12),
            ("bench --self-check=12 --seed 1", 12),
            ("bench --self-check --seed 1", SELF_CHECK),
        ] {
            let bench = Bench {
                self_check: Some(races),
                ..Bench::default()
            };
            check(line, Ok(Command::Bench(bench)));
        }
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
        check(
            "bench --experiment speed",
            Err("no experiment `speed`: there are race, threads, sizes, gpu, roofline, timeline, machine"),
        );
        check(
            "bench --experiment sizes --native",
            Err("an experiment is made in the browser alone: leave out --native, --peers and --self-check"),
        );
        check(
            "bench --experiment gpu --workload heat,matmul",
            Err("an experiment is of one workload: name one with --workload"),
        );
        check("bench --budget 0", Err("--budget takes 0.1 to 600 seconds"));
        check("bench --budget NaN", Err("--budget takes 0.1 to 600 seconds"));
        check(
            "bench --browser lynx",
            Err("--browser takes chromium or firefox, not `lynx`"),
        );
        check(
            "bench --workload a,,b",
            Err("`a,,b` is no list of ids: write them as in a,b"),
        );
        check("bench --workload a,a", Err("`a` is named twice"));
        check(
            "bench --self-check=0",
            Err("--self-check takes a number of races above 0"),
        );
        check(
            "bench --self-check --native",
            Err(
                "--self-check races one back end by itself: leave out --workload, --backend, --native, \
                 --peers and --json",
            ),
        );
        check("serve --port", Err("missing argument for option '--port'"));
    }

    #[test]
    fn help_names_every_command() {
        for command in ["serve", "test", "bench", "dist", "shot", "setup", "help"] {
            assert!(HELP.contains(&format!("\n  {command} ")), "{command}");
        }
    }
}

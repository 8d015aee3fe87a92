//! Every string on the page, in one table: constants where nothing varies, functions where something does.

#![allow(missing_docs, reason = "each name says what its text says")]

use parallax_protocol::{Environment, Experiment, ParseError, Stage};

// The masthead.
pub const NAME: &str = "Parallax";
pub const WHAT_IT_IS: &str =
    "One computation on scalar code, SIMD, threads and GPU: raced and checked in this tab.";
pub const THEME: &str = "Theme";
pub const THEMES: [(&str, &str); 3] = [("auto", "Auto"), ("light", "Light"), ("dark", "Dark")];

pub const WORKLOADS: &str = "Workloads";
pub const LAB: &str = "Lab: your own loop";

// The lab, whose own program has the rest.
pub const LAB_TITLE: &str = "The kernel";
pub const LAB_QUESTION: &str = "What becomes of your own loop?";
pub const LAB_SIZE: &str = "n, which setup(n) is given";
pub const LAB_PRESS_RUN: &str =
    "Press Run: every back end runs your kernel, is checked against the first, and is timed.";
pub const LAB_KERNEL: &str = "your kernel";

pub fn lab_missing(why: &str) -> String {
    format!("The lab could not be loaded: {why}. The rest of the page works without it.")
}

// The question.
pub const QUESTION: &str = "The question";
pub const WORKLOAD: &str = "Workload";
pub const SIZE: &str = "Size";
pub const THREADS: &str = "Threads";
pub const BUDGET: &str = "Time budget";
pub const BUDGET_UNIT: &str = "s";
pub const BACKENDS: &str = "Back ends";
pub const RUN: &str = "Run";
pub const RUN_KEYS: &str = "Ctrl+Enter";
pub const STOP: &str = "Stop";
pub const STOP_KEYS: &str = "Esc";
pub const NO_BACKEND: &str = "Choose at least one back end.";
pub const NO_POOL: &str = "none here";
pub const THREADS_WHOLE: &str = "Write a whole number from 1, or nothing for all threads.";
pub const CORRECT_FIRST: &str = "Nothing was run: correct the marked field first.";

// The engine's state.
pub const LOADING: &str = "The engine is loading. Run can be pressed already.";
pub const READY: &str = "Ready.";
pub const STARTING: &str = "Starting the engine...";
pub const RESTARTING: &str = "Restarting the engine, then the rest is run...";
pub const STOPPING: &str = "Stopping...";
pub const REFERENCE: &str = "Computing the reference result";
pub const CHECKING: &str = "Preparing and checking";
pub const WARMING: &str = "Warming up";
pub const VIEWS: &str = "Kinds of question";

/// A kind of question as a heading.
pub fn view(experiment: Experiment) -> &'static str {
    match experiment {
        Experiment::Race => "Race",
        Experiment::Threads => "Threads",
        Experiment::Sizes => "Sizes",
        Experiment::Gpu => "GPU",
        Experiment::Roofline => "Roofline",
        Experiment::Timeline => "Timeline",
        Experiment::Machine => "Machine",
    }
}

/// What it asks.
pub fn view_asks(experiment: Experiment) -> &'static str {
    match experiment {
        Experiment::Race => "Press Run: how much faster is each back end?",
        Experiment::Threads => {
            "Press Run: how much does each further thread buy, and how is work best dealt out?"
        }
        Experiment::Sizes => "Press Run: from which size on does each back end begin to win?",
        Experiment::Gpu => "Press Run: where does the time of a GPU's run go?",
        Experiment::Roofline => "Press Run: what holds each workload back, memory or arithmetic?",
        Experiment::Timeline => "Press Run: who did what when, chunk by chunk?",
        Experiment::Machine => {
            "Press Run: what does this machine give, whatever the work? It takes under a minute."
        }
    }
}

pub fn not_drawn(why: &str) -> String {
    format!("This could not be drawn: {why}. Reload the page and open the run from the history.")
}

pub const PROBING: &str = "Measuring the machine";
pub const TIMING: &str = "Timing";
pub const DONE: &str = "Done.";
pub const STOPPED: &str = "Stopped. What was measured is kept.";
pub const ENGINE_DOWN: &str = "The engine is not running. Press Run to try again.";
pub const ENGINE_LATE: &str = "the engine did not become ready within 20 seconds";
pub const ENGINE_NOT_LOADED: &str =
    "the engine's program could not be loaded, or it broke down while starting";
pub const ENGINE_UNREADABLE: &str = "a message of the engine could not be read";
pub const OTHER_BUILD: &str =
    "This page and its engine are of different builds, as after an update; reload the page.";
pub const RELOAD: &str = "Reload";
pub const STOP_NOT_ANSWERED: &str = "The engine did not answer and was restarted; what was measured is kept.";

// The notices.
pub const WAS_HIDDEN: &str =
    "The page was hidden during the run: it waited, and the rounds that this touched do not count.";
pub const NOT_ISOLATED: &str = "This page is not cross-origin isolated, so the browser gives it no shared memory and no threads. Everything else works. With threads: open the page from a server that sends the COOP and COEP headers, in a tab of its own.";

// The answer.
pub const ANSWER: &str = "The answer";
pub const PRESS_RUN: &str =
    "Press Run: every back end computes the same, is checked against a reference, and is timed.";
pub const CHECKS_FIRST: &str =
    "First every back end computes the whole result and is checked against the reference.";
pub const WARMS_UP: &str = "Now each runs uncounted for a moment, until the browser has optimised its code.";
pub const TAKES_TURNS: &str =
    "Now all take turns, round after round; each stroke under a bar is one timed sample.";
pub const PROBES: &str = "First what this machine gives whatever the work: bandwidth, arithmetic, waiting.";
pub const DOT: &str = " \u{b7} ";
pub const CHANGED: &str = "The question has changed since: press Run to measure it.";
pub const AXIS_TITLE: &str = "Time per run, shorter is faster";
pub const SPEED_TITLE: &str = "Against scalar";
pub const NO_BASELINE: &str = "Scalar is not in this run: no speed-up can be said.";
pub const LOG_SCALE: &str = "log scale";
pub const BACKEND_ROWS: &str = "One row per back end";
pub const TIME_LABEL: &str = "Median time:";
pub const SPEED_LABEL: &str = "Speed-up:";
pub const WAITING: &str = "waiting";
pub const PREPARING: &str = "preparing: first run, compared with the reference";
pub const WARMING_UP: &str = "warming up, not counted";
pub const SAMPLING: &str = "being timed";
pub const PARTIAL: &str = "stopped early";
pub const STOPPED_BEFORE: &str = "stopped before it was timed";
pub const SKIPPED: &str = "skipped";
pub const FAILED: &str = "failed";
pub const NOT_TIMED: &str = "not timed";
pub const CANNOT_RUN_HERE: &str = "cannot run here";
pub const WRONG: &str = "WRONG";
pub const WRONG_NO_TIME: &str = "a wrong result gets no time";
pub const PROVISIONAL: &str = "provisional";
pub const TOO_FEW: &str = "too few samples";
pub const NO_CLEAR_DIFFERENCE: &str = "no clear difference";
pub const BASELINE: &str = "baseline";
pub const SOFTWARE_NO_SPEEDUP: &str = "software GPU: no speed-up is claimed";
pub const NOTHING_TO_TIME: &str = "Nothing could be timed: every row was skipped, wrong or failed.";
pub const STOPPED_SENTENCE: &str = "Stopped before the end: what is shown is partial.";

// The evidence.
pub const PICTURES: &str = "The evidence";
pub const PICTURES_HELP: &str =
    "Each back end's own first output. One cross hair marks the same element in all of them.";
pub const PICTURES_KEYS: &str =
    "Output pictures. Move the cross hair with the arrow keys, hide it with Escape.";

pub const FILM: &str = "In motion";
pub const PLAY: &str = "Play";
pub const END_PLAY: &str = "Stop playing";

// The lesson and the code.
pub const LESSON: &str = "The lesson";
pub const TRY: &str = "Three things to try";
pub const RECORDED: &str = "What the tutorial recorded";
pub const VERIFIED_BY: &str = "How it is checked";
pub const CODE: &str = "The code";
pub const CODE_FORMS: &str = "Forms of the kernel";
pub const RUN_BY_NONE: &str = "The original, shown for comparison: no back end runs this form.";

// The machine.
pub const MACHINE: &str = "This machine";
pub const CORES: &str = "cores";
pub const ENGINE: &str = "engine";
pub const POOL: &str = "pool threads";
pub const POOL_NONE: &str = "none";
pub const ISOLATED: &str = "isolated";
pub const YES: &str = "yes";
pub const NO: &str = "no";
pub const TIMER: &str = "timer step";
pub const GPU: &str = "GPU";
pub const GPU_NONE: &str = "none found";
pub const BUILD: &str = "build";
pub const MACHINE_UNKNOWN: &str = "The engine is still finding out what this machine can do.";

// Sharing.
pub const SHARE: &str = "Share";
pub const SHARE_TITLE: &str = "Share this question";
pub const SHARE_HELP: &str = "Whoever opens the link finds this workload, size, back ends, threads, seed and budget in the form, and runs them on their own machine. Opening it never runs anything.";
pub const SHARE_RESULTS: &str = "With my results, to be shown beside theirs";
pub const SHARE_SENT: &str =
    "This is everything that is sent besides: figures, and the browser and machine they are from.";
pub const LINK: &str = "Link";
pub const COPY: &str = "Copy";
pub const COPIED: &str = "Copied.";
pub const COPY_BY_HAND: &str =
    "The browser does not let this page copy: select the link and copy it by hand.";
pub const CLOSE: &str = "Close";
pub const THEIRS: &str = "Theirs";
pub const REMOVE: &str = "Remove";
pub const OPEN_OWN_PAGE: &str = "Open in its own page";

// Reports.
pub const REPORTS: &str = "The report";
pub const SAVE_AS: &str = "Save as";
pub const OPEN_REPORT: &str = "Open a JSON report...";
pub const FILE_TOO_LARGE: &str = "it is larger than 32 MB";
pub const NOTHING_TO_DRAW: &str = "nothing was timed, so there is nothing to draw";
pub const CHARTS_APART: &str = "an experiment's charts are saved one by one, by the buttons below them";
pub const HISTORY: &str = "History in this browser";
pub const HISTORY_EMPTY: &str = "Runs that are over are kept here.";
pub const HISTORY_BLOCKED: &str = "This browser keeps nothing for this page (storage is blocked or full). Everything else works; save reports as files.";
pub const SEARCH: &str = "Search";
pub const COMPARE: &str = "Compare";
pub const DELETE: &str = "Delete";
pub const DELETE_ALL: &str = "Delete all";
pub const REALLY_DELETE_ALL: &str = "Press again to delete all";

// The API.
pub const API_NO_SOURCE: &str = "compile takes a Python file as text";
pub const API_NO_ENGINE: &str = "the engine is not up: await parallax.ready first";
pub const API_BUSY: &str = "another run is on its way: await it, or stop it first";
pub const API_NOT_READY: &str = "the page is still loading: await parallax.ready first";

// The page itself.
pub const TRY_AGAIN: &str = "Try again";

pub fn catalogue_failed(why: &str) -> String {
    format!("The list of workloads could not be loaded: {why}. Check the connection and try again.")
}

pub const VIEWS_COMING: &str = "The program that makes links is loading.";
pub const VIEWS_REPLACED: &str = "the site is of a newer build by now: reload the page";
pub const ASKED_MEANWHILE: &str = "something else was asked before it could be read";

pub fn views_missing(why: &str) -> String {
    format!(
        "The program for links, files and the history could not be loaded: {why}. Run works without it; no run is kept in the history meanwhile."
    )
}

pub fn link_not_opened(why: &str) -> String {
    format!("The link was not opened: {why}.")
}

pub fn link_length(length: usize) -> String {
    format!("{length} characters. Everything is in the link itself; no server keeps it.")
}

pub fn not_opened(why: &str) -> String {
    format!("The file was not opened: {why}. A report that Parallax saved as JSON is expected.")
}

pub fn not_saved(why: &str) -> String {
    format!("Nothing was saved: {why}.")
}

pub fn delete_entry(title: &str) -> String {
    format!("{DELETE}: {title}")
}

pub const MORE_ENTRIES: &str = "Show earlier ones";

pub fn history_found(found: usize, all: usize) -> String {
    match found == all {
        true => format!("{all} kept"),
        false => format!("{found} of {all}"),
    }
}

pub fn http_status(status: u16) -> String {
    format!("the server answered {status}")
}

pub fn page_panicked(what: &str) -> String {
    format!("The page stopped working and has to be reloaded. What happened: {what}")
}

pub fn bad_inject(error: &ParseError) -> String {
    format!("In the address, inject: {error}. No fault is provoked.")
}

pub fn bad_seed(value: &str) -> String {
    format!("In the address, seed: '{value}' is no whole number from 0 to 2^64 - 1; the default is used.")
}

pub fn unknown_workload(id: &str) -> String {
    format!("There is no workload '{id}'; the first of the list is used.")
}

pub fn unknown_backend(id: &str) -> String {
    format!("There is no back end '{id}'; it is left out.")
}

pub fn unusable(name: &str, value: &str) -> String {
    format!("In the address, {name}: '{value}' cannot be used here; the default is used instead.")
}

pub fn test_fault(kind: &str, backend: &str) -> String {
    format!("Test fault: {kind} in {backend}")
}

pub fn size_number(means: &str) -> String {
    format!("n: {means}")
}

pub fn size_range(low: &str, high: &str) -> String {
    format!("Write a whole number from {low} to {high}.")
}

pub fn threads_range(most: u32) -> String {
    format!("Write a whole number from 1 to {most}, the threads that this machine has.")
}

pub fn budget_range(low: &str, high: &str) -> String {
    format!("Write a time from {low} to {high}.")
}

pub fn all_threads(pool: Option<u32>) -> String {
    match pool {
        Some(pool) => format!("all {pool}"),
        None => "all".into(),
    }
}

pub fn engine_failed(why: &str) -> String {
    format!("The engine is not running: {why}. Press Run to try again.")
}

pub fn engine_restarted(words: &str) -> String {
    format!("{words}: the engine was restarted")
}

pub fn unreadable(why: &str) -> String {
    format!("{ENGINE_UNREADABLE} ({why})")
}

pub fn trapped(place: &str, words: &str) -> String {
    match place {
        "" | "engine" => words.into(),
        place => format!("{words} (in the {place})"),
    }
}

pub fn on_backend(what: &str, name: Option<&str>) -> String {
    match name {
        Some(name) => format!("{what}: {name}."),
        None => format!("{what}."),
    }
}

pub fn time_left(what: &str, seconds: &str, blocks: u32) -> String {
    let blocks = match blocks {
        0 => String::new(),
        1 => "1 round, ".into(),
        n => format!("{n} rounds, "),
    };
    format!("{what}: {blocks}at most {seconds} left.")
}

pub fn run_of(name: &str, n: &str, seed: u64) -> String {
    format!("{name}, n = {n}, seed {seed}")
}

/// What a run is called in the history: a race by what ran, an experiment by its view as well.
pub fn title(experiment: Experiment, of: &str) -> String {
    match experiment {
        Experiment::Race => of.into(),
        _ if experiment.has_workload() => format!("{}: {of}", view(experiment)),
        _ => view(experiment).into(),
    }
}

pub fn how_with_threads(how: &str, threads: u32) -> String {
    match threads {
        1 => format!("1 thread: {how}"),
        n => format!("{n} threads: {how}"),
    }
}

pub fn about(figure: &str) -> String {
    format!("~{figure}")
}

pub fn samples(n: usize) -> String {
    match n {
        1 => "1 sample".into(),
        n => format!("{n} samples"),
    }
}

pub fn outliers(n: usize) -> String {
    match n {
        1 => "1 outlier".into(),
        n => format!("{n} outliers"),
    }
}

pub fn yours_against_theirs(figure: &str) -> String {
    format!("yours is {figure} as fast")
}

/// Where figures were made, in one line.
pub fn made_by(e: &Environment) -> String {
    let mut parts = vec![format!("{} {CORES}", e.cores)];
    if let Some(a) = &e.adapter {
        parts.push(adapter(&a.name, a.software));
    }
    if !e.isolated {
        parts.push("not isolated".into());
    }
    parts.push(e.user_agent.clone());
    parts.push(format!("{BUILD} {}", e.build));
    parts.push(e.started.clone());
    parts.retain(|part| !part.is_empty());
    parts.join(", ")
}

pub fn off_the_axis(n: usize) -> String {
    format!("{n} beyond the axis")
}

pub fn cold(total: &str) -> String {
    format!("cold {total}")
}

pub fn cold_parts(start: &str, compile: Option<&str>, pipeline: &str, first_run: &str) -> String {
    let compile = compile.map_or(String::new(), |time| format!("code {time}, "));
    format!(
        "Paid once, not in the time: buffers and inputs {start}, {compile}pipeline {pipeline}, first run {first_run}"
    )
}

pub fn verified_equal(values: &str) -> String {
    format!("verified, {values} values equal")
}

pub fn verified_within(values: &str, error: &str, tolerance: &str) -> String {
    format!("verified, {values} values: largest error {error}, allowed {tolerance}")
}

pub fn wrong_by(error: &str, tolerance: &str) -> String {
    format!("error {error}, allowed {tolerance}")
}

pub fn wrong_at(place: &str, got: &str, expected: &str, off: &str) -> String {
    format!("Worst at {place}: got {got}, expected {expected}; {off}.")
}

pub fn ulp(value: &str) -> String {
    format!("{value} ulp")
}

pub fn relative(value: &str) -> String {
    format!("{value} relative")
}

pub fn absolute(value: &str) -> String {
    value.into()
}

pub fn mismatch(percent: &str) -> String {
    format!("{percent} of the values")
}

/// What goes on during a stage of a run.
pub fn doing(stage: Option<Stage>) -> &'static str {
    match stage {
        None => STARTING,
        Some(Stage::Reference | Stage::Preparing) => CHECKS_FIRST,
        Some(Stage::WarmingUp) => WARMS_UP,
        Some(Stage::Sampling) => TAKES_TURNS,
        Some(Stage::Probing) => PROBES,
    }
}

/// A back end's name inside a sentence: "Threads + SIMD" becomes "threads + SIMD", while
/// "JavaScript", with a capital inside, is a name.
pub fn in_sentence(name: &str) -> String {
    if name.split(' ').next() == Some(GPU) {
        return format!("the {name}");
    }
    let word = name.split(' ').next().unwrap_or_default();
    match word.get(1..) {
        Some(rest) if !rest.is_empty() && rest.bytes().all(|c| c.is_ascii_lowercase()) => {
            format!("{}{}", word[..1].to_ascii_lowercase(), &name[1..])
        }
        _ => name.into(),
    }
}

pub fn as_fast_as(name: &str, figure: &str, baseline: &str) -> String {
    format!("On this machine {name} is {figure} as fast as {baseline}.")
}

pub fn none_faster(name: &str, figure: &str, baseline: &str) -> String {
    format!("On this machine nothing is faster than {baseline}: the best, {name}, is {figure} as fast.")
}

pub fn no_difference(name: &str, baseline: &str) -> String {
    format!("On this machine there is no clear difference between {name} and {baseline}.")
}

pub fn too_few_to_say(name: &str, figure: &str, baseline: &str) -> String {
    format!("Too few samples to say: {name} looks about {figure} as fast as {baseline}.")
}

pub fn fastest_without_baseline(name: &str, time: &str) -> String {
    format!("Fastest here: {name}, {time}. Scalar was not timed in this run, so no speed-up can be said.")
}

pub fn only_baseline(name: &str, time: &str) -> String {
    format!("On this machine {name} takes {time}; nothing else was timed against it.")
}

pub fn all_agree(n: usize) -> String {
    match n {
        1 => "Its whole result was checked against the reference.".into(),
        2 => "Both computed the same, within the stated tolerance.".into(),
        n => format!("All {n} computed the same, within the stated tolerance."),
    }
}

pub fn were_wrong(names: &[String]) -> String {
    format!("WRONG, and so without a time: {}.", names.join(", "))
}

pub fn have_failed(names: &[String]) -> String {
    format!("Failed: {}.", names.join(", "))
}

pub fn settled(percent: &str) -> String {
    format!("Timing ended because every interval was within {percent}.")
}

pub fn budget_spent(budget: &str, percent: &str) -> String {
    format!("Timing ended with the budget of {budget}, before every interval was within {percent}.")
}

pub fn run_failed(words: &str) -> String {
    format!("The run failed: {words}")
}

pub fn bar_label(name: &str, time: &str, samples: usize) -> String {
    format!("{name}: {time}, {}", self::samples(samples))
}

pub fn picture_of(name: &str) -> String {
    format!("Output of {name}")
}

pub fn cursor_at(x: u32, y: u32) -> String {
    format!("column {x}, row {y}")
}

pub fn run_by(names: &str) -> String {
    format!("Run by {names}.")
}

pub fn source_of(title: &str) -> String {
    format!("{title} source")
}

pub fn loaded_in(time: &str) -> String {
    format!("loaded in {time}")
}

pub fn pool_of(threads: u32, start: Option<&str>, empty: Option<&str>) -> String {
    let start = start.map_or(String::new(), |start| format!(", started in {start}"));
    let empty = empty.map_or(String::new(), |empty| format!("; a run of nothing takes {empty}"));
    format!("{threads}{start}{empty}")
}

pub fn film_of(workload: &str) -> String {
    format!("{workload} in motion")
}

pub fn adapter(name: &str, software: bool) -> String {
    match software {
        true => format!("{name} (software: WebGPU on the CPU)"),
        false => name.into(),
    }
}

pub fn builds_differ(engine: &str) -> String {
    format!("{OTHER_BUILD} (The engine's is {engine}.)")
}

#[cfg(test)]
mod tests {
    use super::in_sentence;

    #[test]
    fn names_keep_their_capitals() {
        for (name, expect) in [
            ("Scalar", "scalar"),
            ("Threads + SIMD", "threads + SIMD"),
            ("SIMD", "SIMD"),
            ("JavaScript", "JavaScript"),
            ("GPU", "the GPU"),
            ("GPU from Python", "the GPU from Python"),
            ("", ""),
        ] {
            assert_eq!(in_sentence(name), expect);
        }
    }
}

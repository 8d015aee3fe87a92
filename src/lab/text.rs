//! Every string of the lab, in one table.

#![allow(missing_docs, reason = "each name says what its text says")]

pub const GALLERY: &str = "Kernel";
pub const OWN: &str = "Your own";
pub const EDITOR: &str = "Python kernel. Tab leaves the editor, Ctrl and ] indents.";
pub const EDITOR_HELP: &str =
    "Python in Numba's style. Ctrl+Enter runs it, Ctrl+Space completes, Ctrl+F searches, Tab leaves.";
pub const TRY: &str = "Try: ";
pub const CAME: &str = "This kernel came with a link from somebody else. Read it, and press Run if you want to see it on your machine.";
pub const OPEN_FILE: &str = "Open .py, .npy, .csv";
pub const SAVE_PY: &str = "Save .py";
pub const SAVE_CODE: &str = "Save code";
pub const NO_PROBLEM: &str = "It compiles.";
pub const ENGINE_LOADING: &str = "The compiler is loading. You can edit meanwhile.";
pub const NOT_COMPILED: &str = "Nothing is compiled yet.";
pub const STALE: &str = "What the last text that compiled became:";
pub const NARROW: &str = "Let the GPU use 32 bits where the kernel has 64";
pub const SEEN: &str = "What came out";
pub const PRINTED: &str = "Printed (by the interpreter)";
pub const SAME_AS_FIRST: &str = "bit for bit the same on";
pub const DIFFERENCE: &str = "difference";
pub const OUTPUT: &str = "Output";
pub const INDEX: &str = "index";
pub const VALUE: &str = "value";
pub const HOW_MANY: &str = "elements";
pub const AS_LINE: &str = "The output's elements over their index.";
pub const AS_POINTS: &str = "Pairs of the output's elements as points.";
pub const AS_BARS: &str = "How many elements have which value.";
pub const PANES: &str = "What the compiler made of it";
pub const NONE_OF_THIS: &str = "There is none of this: the reason is among the problems above.";
pub const LOOPS_HELP: &str = "What became of each loop. Go to a line to see where it is in the code.";
pub const STAGES_HELP: &str = "Cold is the first kernel that this page compiled, now the last text: its setup is kept as long as it says the same.";
pub const STAGE: &str = "stage";
pub const COLD: &str = "cold";
pub const WARM: &str = "now";
pub const NO_LOOPS: &str = "There is no loop in it.";

pub const GUIDE: &str = "Six steps to the GPU";
pub const GUIDE_DO: &str = "Do: ";
pub const GUIDE_SEEN: &str = "Done. ";
pub const GUIDE_BACK: &str = "Step back";
pub const GUIDE_NEXT: &str = "Next step";
pub const GUIDE_AGAIN: &str = "Begin this step again";
pub const GUIDE_SHOW: &str = "Show me";
pub const DONE: &str = " (done)";
pub const NOT_YET: &str = " (not yet)";

pub fn step_of(step: usize, all: usize) -> String {
    format!("Step {step} of {all}")
}

/// The panes beside the editor: id, heading.
pub const PANE: [(&str, &str); 7] = [
    ("loops", "Loops"),
    ("types", "Types"),
    ("ir", "IR"),
    ("scalar", "Scalar wasm"),
    ("simd", "SIMD wasm"),
    ("wgsl", "WGSL"),
    ("stages", "Compile time"),
];

pub fn file_too_long(name: &str, most: usize) -> String {
    format!("{name} has more than {} kB: open a shorter file.", most / 1024)
}

pub fn data_files(names: &str) -> String {
    format!(
        "Data for setup(n), by np.load(\"...\") or np.loadtxt(\"...\"): {names}. They stay on this machine: links do not hold them."
    )
}

pub fn line(line: u32) -> String {
    format!("line {line}")
}

pub fn compiled_in(ms: f64, setup_ms: f64) -> String {
    match setup_ms >= 1.0 {
        true => format!("{NO_PROBLEM} {ms:.1} ms, after {setup_ms:.0} ms for setup(n)."),
        false => format!("{NO_PROBLEM} {ms:.1} ms."),
    }
}

pub fn problems(count: usize) -> String {
    match count {
        1 => "1 problem".into(),
        n => format!("{n} problems"),
    }
}

pub fn refuses(backend: &str, why: &str) -> String {
    format!("{backend} does not run it: {why}")
}

pub fn scale(low: &str, high: &str) -> String {
    format!("{low} to {high}")
}

pub fn every_pixel(every: usize) -> String {
    format!("(1 of {every} rows and columns shown)")
}

pub fn more_numbers(count: usize) -> String {
    format!("and {count} more")
}

pub fn at_most_apart(by: &str) -> String {
    format!("at most {by} apart")
}

pub fn listing_of(title: &str) -> String {
    format!("{title} of this kernel, read only")
}

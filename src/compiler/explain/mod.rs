//! What the compiler made of a text, for the page that shows it: types, the program after all passes, WebAssembly and WGSL as text,
//! each line with the line of the source that it comes from, and what the passes decided about each loop.
//!
//! It goes the way of [`crate::prepare`] and looks on. It never fails: what could not be made is said in
//! [`Explained::failed`] and [`Explained::refused`], and all else is there.

mod globals;
mod lines;
mod opcodes;
mod remarks;
mod shaders;
mod wat;

pub use remarks::{About, Remark};

use crate::compile::{self, Seen};
use crate::infer::Named;
use crate::module;
use crate::source::{Source, Span};
use crate::told::Told;
use crate::{Failed, Prepared, Request, print, wasm, wgsl};
use lines::Lines;
use remarks::{Accesses, SourceLoop};

/// What became of a text.
#[derive(Debug, Clone, Default)]
pub struct Explained {
    /// The entry's name, if one was found.
    pub name: Option<String>,
    /// Why it does not compile.
    pub failed: Option<Failed>,
    /// Targets that there is nothing for: their name and why, a line each.
    pub refused: Vec<(&'static str, String)>,
    /// How long each stage took, in milliseconds, in order.
    pub stages: Vec<(&'static str, f64)>,
    /// The functions that were compiled.
    pub functions: Vec<Function>,
    /// What each name means, by place.
    pub hovers: Vec<Hover>,
    /// The program in other languages.
    pub listings: Vec<Listing>,
    /// What was decided about loops, by line.
    pub remarks: Vec<Remark>,
    /// Modules: "scalar", "simd" and "threads", with their bytes.
    pub modules: Vec<(&'static str, Vec<u8>)>,
    /// Shaders, each a file of WGSL.
    pub shaders: Vec<String>,
    /// What it was all read off, if it compiles.
    pub prepared: Option<Prepared>,
}

/// A function that was compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// The line of its head, from 1.
    pub line: u32,
    /// Its variables and their types as Numba writes them.
    pub variables: Vec<(String, String)>,
    /// What it returns, of the entry.
    pub gives: Option<String>,
}

/// What a name means at its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hover {
    /// From 1.
    pub line: u32,
    /// Its first character, from 1.
    pub column: u32,
    /// One past its last.
    pub end: u32,
    /// Its type, or a function's with those of its arguments.
    pub text: String,
}

/// A text of the program in another language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// "ir", "scalar", "simd" or "wgsl".
    pub name: &'static str,
    /// Its lines, and the line of the source that each comes from; 0 of none.
    pub lines: Vec<(String, u32)>,
}

/// How a text is explained.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// The GPU may use 32 bits for 64.
    pub narrow: bool,
    /// [`Explained::listings`] too, which take longer than all else.
    pub listings: bool,
}

/// Compiles a text and looks on. `clock` gives milliseconds, `stop` is asked now and then while `setup` runs.
pub fn explain(
    text: &str,
    request: &Request,
    clock: &dyn Fn() -> f64,
    wanted: Wanted,
    stop: &dyn Fn() -> bool,
) -> Explained {
    let mut looker = Looker {
        has_listings: wanted.listings,
        lines: Lines::new(text),
        clock,
        since: clock(),
        out: Explained::default(),
        heads: Vec::new(),
        names: Vec::new(),
        globals: Vec::new(),
        accesses: Accesses::default(),
        loops: Vec::new(),
    };
    let prepared = compile::watched(text, request, stop, &mut |stage, seen| looker.look(stage, seen));
    looker.hovers(text);
    match prepared {
        Err(failed) => looker.out.failed = Some(failed),
        Ok(prepared) => {
            looker.prepared(&prepared, wanted.narrow);
            looker.out.prepared = Some(prepared);
        }
    }
    looker.out
}

/// Why there is no module, for people.
fn refused(why: &wasm::Refusal) -> String {
    match why {
        wasm::Refusal::Math(function) => format!("{function:?} was not expanded"),
        wasm::Refusal::TooLarge { what, is, limit } => format!("too much {what}: {is}, at most {limit}"),
    }
}

struct Looker<'a> {
    has_listings: bool,
    lines: Lines,
    clock: &'a dyn Fn() -> f64,
    /// When the stage at hand began.
    since: f64,
    out: Explained,
    /// Functions' names, and the lines of their heads.
    heads: Vec<(String, u32)>,
    /// What names mean: first those of variables, whose word counts.
    names: Vec<Named>,
    globals: Vec<Named>,
    accesses: Accesses,
    loops: Vec<SourceLoop>,
}

impl Looker<'_> {
    /// A stage is over. What is done here is not in its time.
    fn over(&mut self, stage: &'static str) {
        self.out.stages.push((stage, (self.clock)() - self.since));
    }

    fn look(&mut self, stage: &'static str, seen: Seen<'_>) {
        self.over(stage);
        match seen {
            Seen::Nothing => {}
            Seen::File(file) => self.look_at_file(file),
            Seen::Typed(typed, file) => {
                self.names = typed.names(file);
                self.accesses.typed(&typed.program, &self.lines);
            }
            Seen::Program(program) => self.accesses.after(stage, program),
        }
        self.since = (self.clock)();
    }

    fn look_at_file(&mut self, file: &module::File<'_>) {
        for function in &file.functions {
            let line = self.lines.of(function.def.name.span.start + 1);
            self.heads.push((function.def.name.name.clone(), line));
            remarks::source_loops(&function.def.body, &self.lines, &mut self.loops);
        }
        self.globals = globals::named(file);
        self.out.name = file
            .entry
            .map(|entry| file.functions[entry].def.name.name.clone());
    }

    fn hovers(&mut self, text: &str) {
        let Ok(source) = Source::new(text) else { return };
        let is_other = |named: &&Named| !self.names.iter().any(|one| one.start == named.start);
        for named in self.names.iter().chain(self.globals.iter().filter(is_other)) {
            let span = Span {
                start: named.start,
                end: named.start + named.bytes,
            };
            let (from, to) = (source.position(span.start), source.position(span.end));
            self.out.hovers.push(Hover {
                line: from.line,
                column: from.column,
                end: to.column,
                text: named.text.clone(),
            });
        }
        self.out.hovers.sort_by_key(|hover| (hover.line, hover.column));
    }

    fn prepared(&mut self, prepared: &Prepared, narrow: bool) {
        for (name, line) in std::mem::take(&mut self.heads) {
            let own = prepared.variables.iter().filter(|(of, ..)| *of == name);
            let variables: Vec<_> = own.map(|(_, name, of)| (name.clone(), of.clone())).collect();
            let is_entry = name == prepared.name;
            if is_entry || !variables.is_empty() {
                let gives = is_entry.then(|| prepared.gives.to_string());
                self.out.functions.push(Function {
                    name,
                    line,
                    variables,
                    gives,
                });
            }
        }
        if self.has_listings {
            let (text, places) = print::with_places(&prepared.program);
            let lines = text.lines().zip(places);
            let lines = lines.map(|(line, at)| (line.to_owned(), self.lines.of(at)));
            self.out.listings.push(Listing {
                name: "ir",
                lines: lines.collect(),
            });
        }
        let mut told = Told::default();
        self.module(prepared, "scalar", wasm::Target::default(), &mut told);
        let simd = wasm::Target {
            simd: true,
            ..wasm::Target::default()
        };
        self.module(prepared, "simd", simd, &mut told);
        let threads = wasm::Target {
            simd: true,
            threads: true,
            shared: true,
        };
        self.module(prepared, "threads", threads, &mut told);
        self.shaders(prepared, narrow);
        self.out.remarks = remarks::remarks(prepared, &told, &self.accesses, &self.loops, &self.lines);
    }

    fn module(&mut self, prepared: &Prepared, name: &'static str, target: wasm::Target, told: &mut Told) {
        let stage = match name {
            "scalar" => "wasm scalar",
            "simd" => "wasm simd",
            _ => "wasm threads",
        };
        self.since = (self.clock)();
        let made = wasm::write_marked(&prepared.program, target);
        self.over(stage);
        match made {
            Err(refusals) => {
                let why: Vec<String> = refusals.iter().map(refused).collect();
                self.out.refused.push((name, why.join("\n")));
            }
            Ok((module, marks)) => {
                if name != "threads" {
                    if self.has_listings {
                        let lines = wat::text(&module.bytes, &marks.functions);
                        let lines = lines.into_iter().map(|(text, at)| (text, self.lines.of(at)));
                        self.out.listings.push(Listing {
                            name,
                            lines: lines.collect(),
                        });
                    }
                    marks
                        .told
                        .all()
                        .iter()
                        .for_each(|(at, what)| told.say(*at, *what));
                }
                self.out.modules.push((name, module.bytes));
            }
        }
    }

    fn shaders(&mut self, prepared: &Prepared, narrow: bool) {
        self.since = (self.clock)();
        let plan = prepared.shaders_marked(narrow, true);
        self.over("shaders");
        match plan {
            Err(refusals) => {
                let why: Vec<String> = refusals.iter().map(wgsl::Refusal::to_string).collect();
                self.out.refused.push(("wgsl", why.join("\n")));
            }
            Ok(plan) => {
                let (lines, files) = shaders::text(&plan, &self.lines);
                if self.has_listings {
                    self.out.listings.push(Listing { name: "wgsl", lines });
                }
                self.out.shaders = files;
            }
        }
    }
}

//! From a text to all that runs: the compiler's front door.
//!
//! A file's arguments have types only when they are there, so that [`prepare`] runs `setup(n)` first, then types the
//! kernel for what it gave, and leaves to each back end to be written on demand.

use crate::diagnostic::{Diagnostic, Kind, in_order};
use crate::interpret::{self, Machine};
use crate::ir::{Array, ArrayExpr, Param, Program, Stmt};
use crate::setup::{self, DataFile, Limits};
use crate::sorted::{Map, Set};
use crate::source::{Source, Span, TooLong};
use crate::syntax::{self, StmtKind};
use crate::types::Type;
use crate::validate::{self, Valid};
use crate::value::{Arg, Value};
use crate::{expand, failure, infer, module, race, ranges, specialise, wasm, wgsl};

/// What is wanted of a text.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The function that is run, instead of the file's own choice.
    pub entry: Option<String>,
    /// What `setup` is called with.
    pub size: i64,
    /// What the kernel is given, instead of what `setup` makes.
    pub arguments: Option<Vec<Value>>,
    /// What `setup` may read.
    pub files: Vec<DataFile>,
}

/// A kernel for its arguments: the whole numbers and the shapes among them are made use of, and who runs it refuses others.
/// Floats and what is in arrays may change.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// The entry's name.
    pub name: String,
    /// What it is given.
    pub arguments: Vec<Value>,
    /// The type of what it returns.
    pub gives: Type,
    /// Every variable's type: the function's name, the variable's, the type as Numba writes it.
    pub variables: Set<(String, String, String)>,
    /// As it was typed, functions and checks and all: what the GPU's shaders are written of.
    pub typed: Program,
    /// Made of nothing but arithmetic, for these arguments, checks hoisted, validated: what all others run.
    pub program: Valid,
}

/// Why there is no kernel: all that is wrong with the text.
#[derive(Debug, Clone, PartialEq)]
pub enum Failed {
    /// Nothing of it was read.
    TooLong(TooLong),
    /// What is wrong, in the order of the text.
    Diagnostics(Vec<Diagnostic>),
}

impl Failed {
    /// For a terminal.
    pub fn render(&self, text: &str) -> String {
        let source = match (self, Source::new(text)) {
            (Failed::Diagnostics(all), Ok(source)) => {
                return all
                    .iter()
                    .map(|one| one.render(source))
                    .collect::<Vec<_>>()
                    .join("\n");
            }
            (Failed::TooLong(why), _) => *why,
            (_, Err(why)) => why,
        };
        format!("{}: {source}\n", Kind::Limit.name())
    }
}

impl From<Vec<Diagnostic>> for Failed {
    fn from(all: Vec<Diagnostic>) -> Failed {
        Failed::Diagnostics(all)
    }
}

impl From<Diagnostic> for Failed {
    fn from(one: Diagnostic) -> Failed {
        Failed::Diagnostics(vec![one])
    }
}

/// Reads, sets up, types and lowers a text. `stop` is asked now and then while `setup` runs.
///
/// # Errors
/// All that is wrong, as far as it can be seen at once.
pub fn prepare(text: &str, request: &Request, stop: &dyn Fn() -> bool) -> Result<Prepared, Failed> {
    watched(text, request, stop, &mut |_, _| {})
}

/// What there is when a stage is over.
pub(crate) enum Seen<'a> {
    /// Nothing yet, or nothing new.
    Nothing,
    /// The file's functions and names.
    File(&'a module::File<'a>),
    /// What was typed.
    Typed(&'a infer::Typed, &'a module::File<'a>),
    /// The program as it is now.
    Program(&'a Program),
}

/// Who is told of each stage: its name, and what there is now.
pub(crate) type Watch<'w> = dyn FnMut(&'static str, Seen<'_>) + 'w;

/// The same, with each stage told when it is over.
pub(crate) fn watched(
    text: &str,
    request: &Request,
    stop: &dyn Fn() -> bool,
    watch: &mut Watch<'_>,
) -> Result<Prepared, Failed> {
    let source = Source::new(text).map_err(Failed::TooLong)?;
    let (tree, mut faults) = syntax::parse(source);
    let (file, more) = module::file(&tree, request.entry.as_deref());
    watch("parse", Seen::File(&file));
    faults.extend(more);
    if !faults.is_empty() {
        in_order(&mut faults);
        return Err(faults.into());
    }
    let Some(entry) = file.entry else {
        let words = "there is no kernel in this file";
        let fault = Diagnostic::new(Kind::Name, Span::default(), words);
        return Err(fault
            .help("decorate a function with '@njit(parallel=True)' from numba")
            .into());
    };
    let mut meetings = Vec::new();
    let arguments = match (&request.arguments, file.setup) {
        (Some(given), _) => given.clone(),
        (None, Some(_)) => {
            let given = setup::setup(&file, request.size, &request.files, &Limits::default(), stop)?;
            meetings = given.meetings;
            given.values
        }
        (None, None) if file.functions[entry].def.params.is_empty() => Vec::new(),
        (None, None) => {
            let function = &file.functions[entry];
            let name = &function.def.name.name;
            let words = format!("nothing gives '{name}' its arguments");
            let fault = Diagnostic::new(Kind::Name, function.span, words);
            let help = format!("add 'def setup(n):' that returns what '{name}' takes");
            return Err(fault.help(help).into());
        }
    };
    watch("setup", Seen::Nothing);
    let types: Vec<Type> = arguments.iter().map(Value::type_of).collect();
    let typed = infer::program(&file, entry, &types)?;
    watch("types", Seen::Typed(&typed, &file));
    if let Some(fault) = shared(&typed.program, &meetings, &file) {
        return Err(fault.into());
    }
    let races = race::races(&typed.program);
    watch("races", Seen::Nothing);
    if !races.is_empty() {
        return Err(races.into());
    }
    let program = lowered(&typed.program, Some(args(&arguments)), watch).map_err(|fault| {
        // Not the user's fault.
        let words = format!("the compiler made a program that does not hold: {fault}");
        Diagnostic::new(Kind::Internal, file.functions[entry].span, words)
    })?;
    Ok(Prepared {
        name: typed.program.name.clone(),
        arguments,
        gives: typed.gives,
        variables: typed.variables,
        typed: typed.program,
        program,
    })
}

/// What is wrong with elements that two arguments have in common: what is stored to the one would not be seen by the
/// other, as each is given by itself.
fn shared(program: &Program, meetings: &[[usize; 2]], file: &module::File<'_>) -> Option<Diagnostic> {
    let changed = changed(program);
    let [one, other] = meetings
        .iter()
        .find(|pair| pair.iter().any(|at| changed.contains(at)))?
        .map(|at| match program.params.get(at) {
            Some(Param::Array(array)) => program.arrays[array.0 as usize].name.clone(),
            _ => String::new(),
        });
    let words = format!(
        "'{one}' and '{other}' have elements in common, and '{}' stores to them: here every argument has its own",
        program.name
    );
    let span = file
        .setup
        .and_then(|at| file.functions.get(at))
        .map(|setup| setup.span);
    let fault = Diagnostic::new(Kind::Unsupported, span.unwrap_or_default(), words);
    Some(fault.help("return a copy from 'setup': 'a.copy()'"))
}

/// Places of the parameters (tuples' parts one after the other) that a program stores to.
fn changed(program: &Program) -> Vec<usize> {
    let stored = stored(program);
    let is_stored = |param: &Param| match param {
        Param::Array(array) => stored.contains(array),
        Param::Scalar(_) => false,
    };
    let params = program.params.iter().enumerate();
    params
        .filter(|(_, param)| is_stored(param))
        .map(|(at, _)| at)
        .collect()
}

/// Made of nothing but arithmetic, and validated; fast, if it is to be for these arguments alone.
fn lowered(
    typed: &Program,
    made_for: Option<Vec<Arg>>,
    watch: &mut Watch<'_>,
) -> Result<Valid, validate::Fault> {
    let mut program = typed.clone();
    if made_for.is_some() {
        program.made_for = made_for;
        specialise::specialise(&mut program);
        watch("specialise", Seen::Program(&program));
        ranges::hoist(&mut program);
        watch("loops", Seen::Program(&program));
        specialise::narrow(&mut program);
        watch("narrow", Seen::Nothing);
    }
    expand::expand(&mut program);
    watch("math", Seen::Nothing);
    crate::walk::renew_private(&mut program.body);
    let valid = validate::validate(program);
    watch("validate", Seen::Nothing);
    valid
}

/// Whether a text has this name in it, be it in a comment.
fn names(text: &str, name: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.split(|c| !is_part(c)).any(|word| word == name)
}

/// The part of a text that decides what `setup` gives: all but the kernels that nothing of it names. `None` of a text
/// that cannot be read. Two texts with the same part are given the same by the same `setup(n)`.
pub fn setup_part(text: &str) -> Option<String> {
    let source = Source::new(text).ok()?;
    let (tree, _) = syntax::parse(source);
    // From its name to the next statement.
    let mut left_out: Vec<(&str, usize, usize)> = Vec::new();
    for (at, stmt) in tree.body.iter().enumerate() {
        let end = tree
            .body
            .get(at + 1)
            .map_or(text.len(), |next| next.span.start as usize);
        if let StmtKind::Def(def) = &stmt.kind
            && !def.decorators.is_empty()
        {
            left_out.push((&def.name.name, def.name.span.start as usize, end));
        }
    }
    loop {
        let mut part = String::new();
        let mut at = 0;
        for (_, start, end) in &left_out {
            part.push_str(text.get(at..*start)?);
            at = *end;
        }
        part.push_str(text.get(at..)?);
        // What is named in what is left is a part of it, and what that names in turn.
        let before = left_out.len();
        left_out.retain(|(name, ..)| !names(&part, name));
        if left_out.len() == before {
            return Some(part);
        }
    }
}

impl Prepared {
    /// The arguments as the program takes them: tuples' parts one after the other.
    pub fn flat_arguments(&self) -> Vec<Value> {
        let mut out = Vec::new();
        flatten(&self.arguments, &mut out);
        out.into_iter().cloned().collect()
    }

    /// The interpreter, ready to run. Where it watches for races, no check is hoisted, so that each store has its place.
    ///
    /// # Errors
    /// If the arguments are not what the program takes, or too large.
    pub fn machine(&self, options: interpret::Options) -> Result<Machine, interpret::Refusal> {
        let watched = options
            .shadow
            .then(|| lowered(&self.typed, None, &mut |_, _| {}).ok())
            .flatten();
        Machine::with(
            watched.as_ref().unwrap_or(&self.program),
            self.flat_arguments(),
            options,
        )
    }

    /// As WebAssembly.
    ///
    /// # Errors
    /// Why this target has no such module.
    pub fn wasm(&self, target: wasm::Target) -> Result<wasm::Module, Vec<wasm::Refusal>> {
        wasm::write(&self.program, target)
    }

    /// A program that does the same work and tells how much it is, instead of what it gave: see [`crate::count`].
    pub fn counting(&self) -> Option<Valid> {
        let counting = crate::count::counting(&self.typed);
        lowered(&counting, Some(args(&self.arguments)), &mut |_, _| {}).ok()
    }

    /// What a module's error is, in the interpreter's words.
    pub fn failure(&self, record: &wasm::host::Failed) -> Diagnostic {
        failure::of_module(&self.program, record).diagnostic()
    }

    /// As WebGPU's shaders and what the host does around them.
    ///
    /// # Errors
    /// Why it does not run on a GPU.
    pub fn shaders(&self, narrow: bool) -> Result<wgsl::Plan, Vec<wgsl::Refusal>> {
        self.shaders_marked(narrow, false)
    }

    /// The same; with the lines' places, if those are wanted.
    pub(crate) fn shaders_marked(
        &self,
        narrow: bool,
        is_marked: bool,
    ) -> Result<wgsl::Plan, Vec<wgsl::Refusal>> {
        let options = wgsl::Options {
            narrow,
            is_marked,
            ..wgsl::Options::new(args(&self.arguments))
        };
        wgsl::write(&self.typed, &options)
    }

    /// The same work, whose results are its operations and bytes ([`crate::count`]) instead.
    pub fn counter(&self) -> Option<Prepared> {
        let program = self.counting()?;
        let mut counter = self.clone();
        counter.typed.results.clone_from(&program.results);
        counter.program = program;
        Some(counter)
    }

    /// Whether any loop runs in parallel.
    pub fn is_parallel(&self) -> bool {
        let mut found = false;
        crate::walk::statements(&self.program.body, &mut |stmt| {
            found |= matches!(stmt, Stmt::ParFor(_));
        });
        found
    }

    /// Whether anything that it computes is a float, of which a GPU promises less.
    pub fn has_floats(&self) -> bool {
        let mut found = self.typed.arrays.iter().any(|info| info.of.is_float());
        crate::walk::statements(&self.typed.body, &mut |stmt| {
            crate::walk::own(stmt, &mut |expr| {
                crate::walk::within(expr, &mut |one| found |= one.of.is_float());
            });
        });
        found
    }

    /// Places of the arguments (tuples' parts one after the other) that the kernel changes: its outputs
    /// if it returns nothing.
    pub fn changed(&self) -> Vec<usize> {
        changed(&self.typed)
    }

    /// What the kernel gave: what it returned, or else those of its arguments (as they are now) that it changed.
    pub fn outputs(&self, results: Vec<Value>, arguments: impl FnOnce() -> Vec<Value>) -> Vec<Value> {
        if !self.typed.results.is_empty() {
            return results;
        }
        let changed = self.changed();
        let all = arguments().into_iter().enumerate();
        all.filter(|(at, _)| changed.contains(at))
            .map(|(_, value)| value)
            .collect()
    }
}

fn flatten<'v>(all: &'v [Value], out: &mut Vec<&'v Value>) {
    for one in all {
        match one {
            Value::Tuple(parts) => flatten(parts, out),
            Value::None => {}
            other => out.push(other),
        }
    }
}

/// What a program may know of its arguments.
fn args(all: &[Value]) -> Vec<Arg> {
    let mut flat = Vec::new();
    flatten(all, &mut flat);
    flat.into_iter().map(Arg::from).collect()
}

/// The arrays that are stored to, under whatever name.
fn stored(program: &Program) -> Set<Array> {
    // What each handle may be another of.
    let mut from: Map<Array, Set<Array>> = Map::new();
    let mut open: Vec<Array> = Vec::new();
    crate::walk::statements(&program.body, &mut |stmt| match stmt {
        Stmt::Bind(to, ArrayExpr::Same(of) | ArrayExpr::Transposed(of)) => {
            from.entry(*to).or_default().insert(*of);
        }
        Stmt::Bind(to, ArrayExpr::View { of, .. } | ArrayExpr::Reshape { of, .. }) => {
            from.entry(*to).or_default().insert(*of);
        }
        Stmt::Store { array, .. } => open.push(*array),
        _ => {}
    });
    let mut found = Set::new();
    while let Some(one) = open.pop() {
        if found.insert(one) {
            open.extend(from.get(&one).into_iter().flatten());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_decides_setup_is_all_but_kernels_that_it_does_not_name() {
        let text = |body: &str, made: &str| {
            format!(
                "N = 3\n\n@njit\ndef f(x):\n    return {body}\n\n@njit\ndef g(x):\n    return x\n\ndef setup(n):\n    return {made}\n"
            )
        };
        let part = |body, made| setup_part(&text(body, made));
        assert_eq!(part("x + 1", "n"), part("x * y", "n"));
        assert_ne!(part("x", "n"), part("x", "n + 1"));
        // What setup calls, and what that calls, decides.
        assert_ne!(part("x + 1", "f(n)"), part("x + 2", "f(n)"));
        assert!(part("g(x)", "f(n)").is_some_and(|part| part.contains("g(x):")));
        assert!(part("g(x)", "n").is_some_and(|part| part.contains("N = 3") && !part.contains("g(x)")));
    }
}

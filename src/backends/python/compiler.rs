//! The compiler as back ends, engine and page use it: values and diagnostics in the words of the protocol.

use super::explain::LastGiven;
use crate::{BackendError, Deal, Machine, Order, Pool, StopFlag};
use parallax_compiler::failure;
#[cfg(feature = "gpu")]
use parallax_compiler::ir::Failure;
use parallax_compiler::ir::Program;
use parallax_compiler::wasm::{Target, host};
use parallax_compiler::wgsl;
use parallax_compiler::{
    ArrayValue, DataFile, Diagnostic, Failed, Position, Prepared, Request, Scalar, Source, Span, Value,
};
use parallax_protocol::{Compilation, Diagnosis, KernelFile, KernelSource, MOST_OF_A_KERNEL, Note, Refused};
use parallax_workloads::{Argument, Array, Output, Own, Problem, PythonProgram};
use std::cell::RefCell;
use std::sync::{Arc, Weak};

/// Somebody's kernel as a problem. What was compiled to make its arguments is its rows' as well, as long as this lasts.
pub struct OwnKernel {
    /// The problem.
    pub problem: Arc<dyn Problem>,
    own: Arc<Own>,
    compiled: Arc<Shared>,
}

impl OwnKernel {
    /// Has a run's operations counted, by running a version of it that counts, and on wish the bytes of what it is
    /// given and gives, which are moved at least once. Where nothing can run it, nothing is known of them.
    ///
    /// # Errors
    /// Those of a run.
    pub async fn count(&self, machine: &Machine, stop: &StopFlag, traffic: bool) -> Result<(), BackendError> {
        let compiled = Arc::clone(&self.compiled);
        let job = move || {
            let counter = compiled.prepared.counter()?;
            Some(Arc::new(Shared {
                prepared: counter,
                source: Arc::clone(&compiled.source),
                narrow: compiled.narrow,
            }))
        };
        let counter = machine.pool.offload(job).await;
        let Some(counter) = counter.map_err(|message| BackendError::Panicked { message })? else {
            return Ok(());
        };
        let problem: Arc<dyn Problem> = Arc::new(Own::new(self.problem.python()));
        machine.compiled.is(&problem, &counter);
        let counts = once(machine, &problem, stop).await;
        // What comes next is the kernel again.
        machine.compiled.is(&self.problem, &self.compiled);
        let counts = counts?;
        let [operations, _] = &counts[..] else {
            return Ok(());
        };
        let mut bytes = 0;
        if traffic {
            let given = self.compiled.prepared.flat_arguments();
            let given = given.iter().map(|value| match value {
                Value::Array(array) => array.bytes.len(),
                _ => 0,
            });
            let gives = once(machine, &self.problem, stop).await?;
            bytes = given.sum::<usize>() + gives.iter().map(|array| array.bytes.len()).sum::<usize>();
        }
        self.own.counted(operations.at(0), bytes as f64);
        Ok(())
    }
}

/// What one run gives, by whoever is quickest; nothing where nobody can.
async fn once(
    machine: &Machine,
    problem: &Arc<dyn Problem>,
    stop: &StopFlag,
) -> Result<Vec<Array>, BackendError> {
    let back_ends = COUNTING.into_iter().filter_map(crate::find);
    let Some(backend) = back_ends.into_iter().find(|one| one.probe(machine).is_yes()) else {
        return Ok(Vec::new());
    };
    let order = Order {
        threads: 1,
        deal: Deal::default(),
        stop: stop.clone(),
        inject: None,
    };
    let mut prepared = backend.prepare(machine, Arc::clone(problem), order).await?;
    prepared.run(1).await?;
    Ok(match prepared.output().await? {
        Output::Arrays(all) => all,
        _ => Vec::new(),
    })
}

/// Who counts: the quicker first.
const COUNTING: [&str; 2] = ["scalar:python", "interpreter"];

/// Reads somebody's kernel, checks it and has its `setup` make the arguments.
///
/// # Errors
/// `Python` with all that is wrong, `Stopped`.
pub async fn own(
    machine: &Machine,
    kernel: KernelSource,
    size: u32,
    stop: StopFlag,
) -> Result<OwnKernel, BackendError> {
    let files = data_files(kernel.files);
    let program = PythonProgram {
        source: kernel.text.into(),
        entry: kernel.entry,
        arguments: None,
        size: i64::from(size),
        narrow: kernel.narrow,
    };
    let job = move || {
        // With the arguments made, nobody needs the files again.
        let prepared = prepare(&program, files, &stop)?;
        if let Err(reason) = room(&prepared, COPIES) {
            let one = Diagnostic::new(parallax_compiler::Kind::Limit, Span::default(), reason)
                .help("take a smaller n");
            return Err(BackendError::Python(diagnoses(&program.source, &[one])));
        }
        let program = PythonProgram {
            entry: Some(prepared.name.clone()),
            arguments: Some(prepared.arguments.iter().cloned().map(argument).collect()),
            ..program
        };
        let own = Own::new(program.clone());
        let own = Arc::new(match prepared.has_floats() {
            true => own,
            false => own.of_whole_numbers(),
        });
        Ok::<_, BackendError>((own, Arc::new(Shared::new(prepared, program))))
    };
    let made = machine.pool.offload(job).await;
    let (own, compiled) = made.map_err(|message| BackendError::Panicked { message })??;
    let problem: Arc<dyn Problem> = Arc::clone(&own) as Arc<dyn Problem>;
    machine.compiled.is(&problem, &compiled);
    Ok(OwnKernel {
        problem,
        own,
        compiled,
    })
}

/// What the compiler makes of a kernel, on every back end.
pub async fn compile(pool: &Pool, kernel: KernelSource, size: u32, stop: StopFlag) -> Compilation {
    let made = pool.offload(move || all(kernel, size, &stop)).await;
    made.unwrap_or_else(|message| Compilation::failed(vec![broken_down(&message)]))
}

/// Types of what a kernel is given, as Numba writes them.
pub(super) fn types_of(prepared: &Prepared) -> Vec<String> {
    let types = prepared.arguments.iter().map(|value| value.type_of().to_string());
    types.collect()
}

/// What is said where the compiler itself broke down.
pub(super) fn broken_down(message: &str) -> Diagnosis {
    let words = format!("the compiler broke down: {message}");
    diagnosis(
        "",
        &Diagnostic::new(parallax_compiler::Kind::Internal, Span::default(), words),
    )
}

/// All that is wrong with a text.
pub(super) fn failed_diagnoses(text: &str, failed: &Failed) -> Vec<Diagnosis> {
    match failed {
        Failed::Diagnostics(all) => diagnoses(text, all),
        Failed::TooLong(why) => {
            let why = Diagnostic::new(parallax_compiler::Kind::Limit, Span::default(), why.to_string());
            diagnoses("", &[why])
        }
    }
}

fn all(kernel: KernelSource, size: u32, stop: &StopFlag) -> Compilation {
    let begin = crate::host::wall_ms();
    let files = data_files(kernel.files);
    let program = PythonProgram {
        source: kernel.text.into(),
        entry: kernel.entry,
        arguments: None,
        size: i64::from(size),
        narrow: kernel.narrow,
    };
    let made = match prepare(&program, files, stop) {
        Ok(prepared) => {
            let target = Target {
                simd: true,
                threads: true,
                shared: true,
            };
            let module = prepared.wasm(target).ok();
            Compilation {
                ok: true,
                entry: Some(prepared.name.clone()),
                arguments: types_of(&prepared),
                refusals: refusals(&program.source, program.narrow, &prepared),
                wasm_bytes: module.map(|module| module.bytes.len() as u32),
                ..Compilation::failed(Vec::new())
            }
        }
        Err(BackendError::Python(diagnostics)) => Compilation::failed(diagnostics),
        Err(_) => Compilation::failed(Vec::new()),
    };
    Compilation {
        compile_ms: crate::host::wall_ms() - begin,
        ..made
    }
}

/// What a problem's rows have in common: the kernel read, typed and lowered, of which each writes its own form.
pub(super) struct Shared {
    pub prepared: Prepared,
    pub source: Arc<str>,
    #[cfg_attr(not(feature = "gpu"), allow(dead_code))]
    pub narrow: bool,
}

impl Shared {
    fn new(prepared: Prepared, program: PythonProgram) -> Shared {
        Shared {
            prepared,
            source: program.source,
            narrow: program.narrow,
        }
    }
}

/// A problem, and its kernel.
type Compiled = (Weak<dyn Problem>, Weak<Shared>);

/// The kernel that was compiled last. It holds no memory: a kernel lasts as long as any row has it.
#[derive(Default)]
pub struct Last {
    kernel: RefCell<Option<Compiled>>,
    /// What the last text that was explained was given.
    pub(super) given: LastGiven,
}

impl Last {
    fn of(&self, problem: &Arc<dyn Problem>) -> Option<Arc<Shared>> {
        let last = self.kernel.borrow();
        let (of, shared) = last.as_ref()?;
        // The address is not another's while there is a `Weak`.
        shared.upgrade().filter(|_| of.ptr_eq(&Arc::downgrade(problem)))
    }

    fn is(&self, problem: &Arc<dyn Problem>, shared: &Arc<Shared>) {
        self.kernel
            .replace(Some((Arc::downgrade(problem), Arc::downgrade(shared))));
    }
}

/// A problem's kernel, compiled unless another row of the same problem has it.
///
/// # Errors
/// `Python` with all that is wrong, `Stopped`, `Panicked`.
pub(super) async fn shared(
    machine: &Machine,
    problem: &Arc<dyn Problem>,
    stop: &StopFlag,
) -> Result<Arc<Shared>, BackendError> {
    if let Some(there) = machine.compiled.of(problem) {
        return Ok(there);
    }
    let (own, stop) = (Arc::clone(problem), stop.clone());
    let job = move || {
        let program = own.python();
        let prepared = prepare(&program, Vec::new(), &stop)?;
        Ok::<_, BackendError>(Arc::new(Shared::new(prepared, program)))
    };
    let made = machine.pool.offload(job).await;
    let made = made.map_err(|message| BackendError::Panicked { message })??;
    machine.compiled.is(problem, &made);
    Ok(made)
}

/// Copies of a kernel's arguments that there has to be room for: the problem's, the first row's, what it gives, and some slack.
const COPIES: usize = 4;

/// Whether there is memory for so many copies of the arguments. They are made where nothing may fail, so it is asked before.
///
/// # Errors
/// The reason in words, if not.
pub(super) fn room(prepared: &Prepared, copies: usize) -> Result<(), String> {
    let bytes: usize = prepared.arguments.iter().map(Value::bytes).sum();
    let mut room: Vec<u8> = Vec::new();
    let there = room.try_reserve_exact(bytes.saturating_mul(copies));
    // Not to be left out as unused.
    std::hint::black_box(room.as_mut_ptr());
    there.map_err(|_| {
        let mib = bytes.div_ceil(1 << 20);
        format!("there is no memory for {copies} copies of the {mib} MiB that 'setup' gives")
    })
}

/// Compiles a program for its arguments.
///
/// # Errors
/// `Python` with all that is wrong, `Stopped`.
fn prepare(program: &PythonProgram, files: Vec<DataFile>, stop: &StopFlag) -> Result<Prepared, BackendError> {
    let request = Request {
        entry: program.entry.clone(),
        size: program.size,
        arguments: program
            .arguments
            .as_ref()
            .map(|all| all.iter().map(value).collect()),
        files,
    };
    let made = parallax_compiler::prepare(&program.source, &request, &|| stop.is_raised());
    made.map_err(|all| match stop.is_raised() {
        true => BackendError::Stopped,
        false => BackendError::Python(failed_diagnoses(&program.source, &all)),
    })
}

/// Files for `setup`, as the compiler has them.
pub(super) fn data_files(files: Vec<KernelFile>) -> Vec<DataFile> {
    let file = |KernelFile { name, bytes }| DataFile { name, bytes };
    files.into_iter().map(file).collect()
}

/// Diagnostics with lines and columns.
pub(super) fn diagnoses(text: &str, all: &[Diagnostic]) -> Vec<Diagnosis> {
    let all = all.iter().take(MOST_OF_A_KERNEL);
    all.map(|one| diagnosis(text, one)).collect()
}

/// A diagnostic with its lines and columns.
pub(super) fn diagnosis(text: &str, one: &Diagnostic) -> Diagnosis {
    // A text that is too long has no places; it was refused for that.
    let source = Source::new(text).or_else(|_| Source::new("")).ok();
    let place = |at: u32| source.map_or(Position { line: 1, column: 1 }, |source| source.position(at));
    let (start, end) = (place(one.span.start), place(one.span.end));
    let note = |(span, message): &(Span, String)| {
        let (start, end) = (place(span.start), place(span.end));
        Note {
            message: message.clone(),
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
        }
    };
    Diagnosis {
        kind: one.kind.name().into(),
        message: one.message.clone(),
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        help: one.help.clone(),
        notes: one.notes.iter().map(note).collect(),
        rendered: source.map_or_else(String::new, |source| one.render(source)),
    }
}

/// An argument as the compiler has it.
pub(super) fn value(argument: &Argument) -> Value {
    match argument {
        Argument::Int(value) => Value::int(*value),
        Argument::U32(value) => Value::Scalar(Scalar::U32, u64::from(*value)),
        Argument::F32 { shape, values } => Value::Array(ArrayValue {
            of: Scalar::F32,
            shape: shape.clone(),
            bytes: values.iter().flat_map(|v| v.to_le_bytes()).collect(),
        }),
        Argument::Scalar(name, bits) => Value::Scalar(scalar(name), *bits),
        Argument::Array(array) => Value::Array(ArrayValue {
            of: scalar(array.dtype),
            shape: array.shape.clone(),
            bytes: array.bytes.clone(),
        }),
        Argument::Tuple(all) => Value::Tuple(all.iter().map(value).collect()),
        Argument::None => Value::None,
    }
}

/// A value as a problem hands it on.
fn argument(value: Value) -> Argument {
    match value {
        Value::Scalar(of, bits) => Argument::Scalar(of.name(), bits),
        Value::Array(array) => Argument::Array(Arc::new(self::array(array))),
        Value::Tuple(all) => Argument::Tuple(all.into_iter().map(argument).collect()),
        Value::None => Argument::None,
    }
}

/// Names are the compiler's own.
fn scalar(name: &str) -> Scalar {
    Scalar::named(name).unwrap_or(Scalar::F64)
}

fn array(array: ArrayValue) -> Array {
    Array {
        dtype: array.of.name(),
        shape: array.shape,
        bytes: array.bytes,
    }
}

/// What a kernel gave, a tuple's parts one after the other; numbers have no axes, and nothing is nothing.
pub(super) fn arrays(values: Vec<Value>) -> Vec<Array> {
    let mut out = Vec::new();
    for value in values {
        match value {
            Value::Scalar(of, bits) => out.push(Array {
                dtype: of.name(),
                shape: Vec::new(),
                bytes: bits.to_le_bytes()[..of.bytes() as usize].to_vec(),
            }),
            Value::Array(value) => out.push(array(value)),
            Value::Tuple(all) => out.extend(arrays(all)),
            Value::None => {}
        }
    }
    out
}

/// An error that compiled code has written down, in the words that the interpreter has for it.
#[cfg_attr(not(any(target_arch = "wasm32", feature = "gpu")), allow(dead_code))]
pub(super) fn fault(text: &str, program: &Program, failed: &host::Failed) -> BackendError {
    let failed = failure::of_module(program, failed);
    BackendError::Python(diagnoses(text, &[failed.diagnostic()]))
}

/// What went wrong on a GPU, in the same words.
#[cfg(feature = "gpu")]
pub(super) fn gpu_fault(text: &str, program: &Program, fault: &wgsl::Fault) -> BackendError {
    let span = match fault {
        wgsl::Fault::Site { site, index } => {
            let length = match program.sites.get(site.0 as usize).map(|site| site.what) {
                // The GPU does not say how long the axis is.
                Some(Failure::Index(array, axis)) => {
                    let name = program.arrays.get(array.0 as usize);
                    let words = format!(
                        "index {index} is out of bounds for axis {axis} of '{}'",
                        name.map_or("an array", |info| info.name.as_str())
                    );
                    let span = program.sites.get(site.0 as usize).map(|site| site.span);
                    let one =
                        Diagnostic::new(parallax_compiler::Kind::Index, span.unwrap_or_default(), words);
                    return BackendError::Python(diagnoses(text, &[one]));
                }
                _ => 0,
            };
            return self::fault(
                text,
                program,
                &host::Failed {
                    site: *site,
                    axis: 0,
                    index: *index,
                    length,
                    iteration: None,
                },
            );
        }
        wgsl::Fault::Memory(site) => program.sites.get(site.0 as usize).map(|site| site.span),
        wgsl::Fault::Stopped { span, .. } | wgsl::Fault::Unfit { span, .. } => *span,
        _ => None,
    };
    let kind = match fault {
        wgsl::Fault::Unfit { .. } => parallax_compiler::Kind::Value,
        wgsl::Fault::Memory(_) => parallax_compiler::Kind::Memory,
        wgsl::Fault::Stopped { .. } => parallax_compiler::Kind::Limit,
        _ => parallax_compiler::Kind::Internal,
    };
    let mut one = Diagnostic::new(kind, word(text, span.unwrap_or_default()), fault.to_string());
    one.help = fault.help().map(Into::into);
    BackendError::Python(diagnoses(text, &[one]))
}

/// What a back end that writes no code for a kernel is left out for.
#[cfg(feature = "gpu")]
pub(super) fn refused(text: &str, why: &[wgsl::Refusal]) -> BackendError {
    let source = Source::new(text).ok();
    let one = |why: &wgsl::Refusal| match (source, why.span()) {
        (Some(source), Some(span)) => format!("{why} (line {})", source.position(span.start).line),
        _ => why.to_string(),
    };
    let mut all: Vec<String> = why.iter().take(MOST_REASONS).map(one).collect();
    all.extend(more(why).map(|n| format!("and {n} more")));
    BackendError::LeftOut {
        reason: format!("refused: {}", all.join("; ")),
    }
}

/// The same of WebAssembly, which refuses nothing that a person would write.
#[cfg(target_arch = "wasm32")]
pub(super) fn too_large(why: &[parallax_compiler::wasm::Refusal]) -> BackendError {
    BackendError::LeftOut {
        reason: format!("refused: this kernel is too large for one module ({why:?})"),
    }
}

/// The back ends that refuse a kernel which others run.
pub(super) fn refusals(text: &str, narrow: bool, prepared: &Prepared) -> Vec<Refused> {
    let Err(why) = prepared.shaders(narrow) else {
        return Vec::new();
    };
    let last = why.len().min(MOST_REASONS).saturating_sub(1);
    let one = |(k, one): (usize, &wgsl::Refusal)| {
        let span = word(text, one.span().unwrap_or_default());
        let rest = more(&why).filter(|_| k == last);
        let rest = rest.map_or_else(String::new, |n| format!(" (and {n} more)"));
        let words = format!("{one}{rest}");
        diagnosis(
            text,
            &Diagnostic::new(parallax_compiler::Kind::Unsupported, span, words),
        )
    };
    vec![Refused {
        backend: "gpu".into(),
        diagnostics: why.iter().take(MOST_REASONS).enumerate().map(one).collect(),
    }]
}

/// Reasons to refuse that a person is told: who sees to these sees the next.
const MOST_REASONS: usize = 3;

/// How many more there are.
fn more(why: &[wgsl::Refusal]) -> Option<usize> {
    why.len().checked_sub(MOST_REASONS).filter(|n| *n > 0)
}

/// The whole name or number of which a span has the first letter.
fn word(text: &str, span: Span) -> Span {
    let rest = text.get(span.start as usize..).unwrap_or_default();
    let is_within = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let length = rest.find(|c| !is_within(c)).unwrap_or(rest.len());
    Span {
        start: span.start,
        end: span.end.max(span.start + length as u32),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::NativeHost;
    use std::rc::Rc;

    #[test]
    fn rows_of_a_problem_share_what_was_compiled_and_keep_it_no_longer_than_they_last() {
        let machine = Machine {
            cores: 1,
            isolated: true,
            pool: Pool::Threads(rayon::current_num_threads()),
            #[cfg(feature = "gpu")]
            gpu: crate::GpuSlot::missing("test"),
            memory: None,
            compiled: Last::default(),
            host: Rc::new(NativeHost::new()),
        };
        let text =
            "from numba import njit\n\n@njit\ndef f(n):\n    return n + 1\n\ndef setup(n):\n    return n\n";
        let problem = || -> Arc<dyn Problem> {
            Arc::new(Own::new(PythonProgram {
                arguments: None,
                ..PythonProgram::of(text, 3, Vec::new())
            }))
        };
        let made = |problem| pollster::block_on(shared(&machine, problem, &StopFlag::new())).unwrap();
        let (one, other) = (problem(), problem());
        let (first, second) = (made(&one), made(&one));
        assert!(Arc::ptr_eq(&first, &second));
        assert!(!Arc::ptr_eq(&first, &made(&other)));
        // Only rows hold it.
        let (last, again) = (made(&one), made(&one));
        assert_eq!(Arc::strong_count(&last), 2);
        drop((last, again));
        assert!(machine.compiled.of(&one).is_none());
        // What made the arguments is not compiled again.
        let kernel = KernelSource {
            text: text.into(),
            ..KernelSource::default()
        };
        let own = pollster::block_on(own(&machine, kernel, 3, StopFlag::new())).unwrap();
        assert!(Arc::ptr_eq(&own.compiled, &made(&own.problem)));
    }
}

//! What the lab shows of a kernel: the compiler's own account of it, in the words of the protocol.

use super::compiler::{broken_down, data_files, failed_diagnoses, refusals, types_of};
use crate::{Machine, StopFlag};
use parallax_compiler::{Request, Value, explain as compiler};
use parallax_protocol::{
    Compilation, Explained, FunctionTypes, Hover, KernelFile, KernelSource, Listing, Remark, StageTime,
};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex};

/// All that the compiler knows of a kernel, with or without what it wrote as text, which takes longest. What its
/// `setup` gave is kept for the next time that the same is asked.
pub async fn explain(
    machine: &Machine,
    kernel: KernelSource,
    size: u32,
    listings: bool,
    stop: StopFlag,
) -> Explained {
    let last = machine.compiled.given.clone();
    let made = machine
        .pool
        .offload(move || explained(kernel, size, listings, &last, &stop))
        .await;
    made.unwrap_or_else(|message| Explained::of(Compilation::failed(vec![broken_down(&message)])))
}

fn explained(
    kernel: KernelSource,
    size: u32,
    listings: bool,
    last: &LastGiven,
    stop: &StopFlag,
) -> Explained {
    let begin = crate::host::wall_ms();
    let text = &kernel.text;
    let part = parallax_compiler::setup_part(text).map(|part| (part, size, fingerprint(&kernel.files)));
    let kept = last.of(part.as_ref());
    let request = Request {
        entry: kernel.entry.clone(),
        size: i64::from(size),
        arguments: kept.clone(),
        files: data_files(kernel.files),
    };
    let wanted = compiler::Wanted {
        narrow: kernel.narrow,
        listings,
    };
    let made = compiler::explain(text, &request, &crate::host::wall_ms, wanted, &|| {
        stop.is_raised()
    });
    if let (Some(prepared), Some(part), None) = (&made.prepared, part, kept) {
        last.keep(part, &prepared.arguments);
    }
    let compilation = match (&made.prepared, &made.failed) {
        (Some(prepared), _) => Compilation {
            ok: true,
            entry: Some(prepared.name.clone()),
            arguments: types_of(prepared),
            // Written once more for their places only where nothing could be written.
            refusals: match made.refused.is_empty() {
                true => Vec::new(),
                false => refusals(text, kernel.narrow, prepared),
            },
            wasm_bytes: made.modules.last().map(|(_, bytes)| bytes.len() as u32),
            ..Compilation::failed(Vec::new())
        },
        (None, Some(failed)) => Compilation::failed(failed_diagnoses(text, failed)),
        (None, None) => Compilation::failed(Vec::new()),
    };
    let file = |name: String, bytes: Vec<u8>| KernelFile { name, bytes };
    let name = made.name.as_deref().unwrap_or("kernel");
    let modules = made
        .modules
        .iter()
        .map(|(what, bytes)| file(format!("{name}-{what}.wasm"), bytes.clone()));
    let shaders = made.shaders.iter().enumerate();
    let shaders = shaders.map(|(i, text)| file(format!("{name}-{i}.wgsl"), text.clone().into_bytes()));
    Explained {
        compilation: Compilation {
            compile_ms: crate::host::wall_ms() - begin,
            ..compilation
        },
        stages: made
            .stages
            .iter()
            .map(|(name, ms)| StageTime {
                name: (*name).into(),
                ms: *ms,
            })
            .collect(),
        functions: made
            .functions
            .into_iter()
            .map(|one| FunctionTypes {
                name: one.name,
                line: one.line,
                gives: one.gives,
                variables: one.variables,
            })
            .collect(),
        hovers: made
            .hovers
            .into_iter()
            .map(|one| Hover {
                line: one.line,
                column: one.column,
                end_column: one.end,
                text: one.text,
            })
            .collect(),
        listings: made
            .listings
            .into_iter()
            .map(|one| {
                let (lines, from): (Vec<String>, Vec<u32>) = one.lines.into_iter().unzip();
                Listing {
                    id: one.name.into(),
                    text: lines.join("\n"),
                    lines: from,
                }
            })
            .collect(),
        remarks: made
            .remarks
            .into_iter()
            .map(|one| Remark {
                line: one.line,
                kind: one.about.name().into(),
                good: one.is_good,
                text: one.text,
            })
            .collect(),
        modules: modules.chain(shaders).collect(),
    }
}

/// Bytes of arguments that are kept at most.
const MOST_KEPT: usize = 32 << 20;

/// What decides what `setup` gives: a part of the text, the size, and the files by their fingerprint.
type Asked = (String, u32, u64);

/// Tells files from others without keeping them.
fn fingerprint(files: &[KernelFile]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for file in files {
        (&file.name, &file.bytes).hash(&mut hasher);
    }
    hasher.finish()
}

/// What a text's `setup` gave last, by what decides it: evaluating it takes far longer
/// than compiling, and somebody who writes a kernel asks again with every key.
#[derive(Clone, Default)]
pub struct LastGiven(Arc<Mutex<Option<Given>>>);

/// That, and what `setup` gave.
type Given = (Asked, Vec<Value>);

impl LastGiven {
    fn of(&self, part: Option<&Asked>) -> Option<Vec<Value>> {
        let last = self.0.lock().ok()?;
        let (of, given) = last.as_ref()?;
        (Some(of) == part).then(|| given.clone())
    }

    fn keep(&self, part: Asked, given: &[Value]) {
        fn bytes(value: &Value) -> usize {
            match value {
                Value::Array(array) => array.bytes.len(),
                Value::Tuple(all) => all.iter().map(bytes).sum(),
                Value::Scalar(..) | Value::None => 8,
            }
        }
        let small = given.iter().map(bytes).sum::<usize>() <= MOST_KEPT;
        if let Ok(mut last) = self.0.lock() {
            *last = small.then(|| (part, given.to_vec()));
        }
    }
}

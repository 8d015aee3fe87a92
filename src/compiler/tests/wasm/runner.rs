//! Runs written modules natively: in an interpreter of WebAssembly, with a host whose parallel loops run in chunks of any
//! order, and whose arrays lie between bytes that nobody may change.

use parallax_compiler::Value;
use parallax_compiler::ir::leaf;
use parallax_compiler::validate::Valid;
use parallax_compiler::wasm::host::{Call, Failed, Memory, PADDING};
use parallax_compiler::wasm::{self, Module, Target};
use wasmi::{Caller, Config, Engine, Linker, MemoryType, Store};
use wasmparser::{Validator, WasmFeatures};

/// What is around arrays.
const NOBODYS: u8 = 0xa5;
/// Slots besides `run`'s.
const SLOTS: u32 = 20;

/// The host's state.
#[derive(Default)]
struct Host {
    next: u32,
    end: u32,
    /// Of each room its begin and end.
    rooms: Vec<(u32, u32)>,
    memory: Option<wasmi::Memory>,
    reduces: Vec<bool>,
    seed: u64,
    rooms_of: Vec<Vec<(u32, u32)>>,
    /// Chunks that were dealt.
    chunks: usize,
}

impl Host {
    fn room(&mut self, bytes: usize, data: &mut [u8]) -> Option<u32> {
        let at = (self.next + PADDING).next_multiple_of(16);
        let end = at.checked_add(u32::try_from(bytes).ok()?)?.checked_add(PADDING)?;
        if end > self.end {
            return None;
        }
        data[self.next as usize..end as usize].fill(NOBODYS);
        self.next = end;
        self.rooms.push((at, at + bytes as u32));
        Some(at)
    }

    fn random(&mut self, below: usize) -> usize {
        self.seed = self
            .seed
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (self.seed >> 33) as usize % below
    }
}

/// A store's memory as the marshalling sees it.
struct Seen<'s>(&'s mut Store<Host>);

impl Memory for Seen<'_> {
    fn room(&mut self, bytes: usize) -> Option<u32> {
        let memory = self.0.data().memory?;
        let (data, host) = memory.data_and_store_mut(&mut *self.0);
        host.room(bytes, data)
    }
    fn read(&self, at: u32, to: &mut [u8]) {
        let memory = self.0.data().memory.unwrap();
        memory.read(&*self.0, at as usize, to).unwrap();
    }
    fn write(&mut self, at: u32, bytes: &[u8]) {
        let memory = self.0.data().memory.unwrap();
        memory.write(&mut *self.0, at as usize, bytes).unwrap();
    }
}

/// What a run came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Ran {
    pub failed: Option<Failed>,
    pub results: Vec<Value>,
    pub arguments: Vec<Value>,
    pub chunks: usize,
}

/// Targets that a native test can run.
pub const TARGETS: [Target; 4] = [
    Target {
        simd: false,
        threads: false,
        shared: false,
    },
    Target {
        simd: false,
        threads: true,
        shared: false,
    },
    Target {
        simd: true,
        threads: false,
        shared: false,
    },
    Target {
        simd: true,
        threads: true,
        shared: false,
    },
];

/// Whether wasmparser finds nothing wrong with a module, which may use no more than these features.
pub fn validate(module: &Module, target: Target) {
    let mut features = WasmFeatures::MVP
        | WasmFeatures::BULK_MEMORY
        | WasmFeatures::SIGN_EXTENSION
        | WasmFeatures::SATURATING_FLOAT_TO_INT
        | WasmFeatures::MULTI_VALUE;
    if target.simd {
        features |= WasmFeatures::SIMD;
    }
    if target.shared {
        features |= WasmFeatures::THREADS;
    }
    if let Err(why) = Validator::new_with_features(features).validate_all(&module.bytes) {
        std::fs::write("/tmp/wasm-invalid.wasm", &module.bytes).unwrap();
        panic!("{target:?}: {why}");
    }
}

/// Writes, validates and runs a program.
pub fn run(program: &Valid, target: Target, arguments: &[Value], seed: u64) -> Ran {
    let shared = Target {
        shared: true,
        threads: true,
        ..target
    };
    validate(&wasm::write(program, shared).unwrap(), shared);
    let module = wasm::write(program, target).unwrap();
    validate(&module, target);
    run_module(&module, target, arguments, seed)
}

/// Runs what was written.
pub fn run_module(module: &Module, target: Target, arguments: &[Value], seed: u64) -> Ran {
    let mut config = Config::default();
    config.wasm_simd(true);
    let engine = Engine::new(&config);
    let code = wasmi::Module::new(&engine, &module.bytes[..]).unwrap();
    let pages = 256;
    let state = Host {
        next: 1024,
        end: pages << 16,
        reduces: module.abi.reduces.clone(),
        seed,
        rooms_of: vec![Vec::new(); SLOTS as usize + 1],
        ..Host::default()
    };
    let mut store = Store::new(&engine, state);
    let memory = wasmi::Memory::new(&mut store, MemoryType::new(pages, Some(pages))).unwrap();
    store.data_mut().memory = Some(memory);
    let mut linker = Linker::new(&engine);
    linker.define("env", "memory", memory).unwrap();
    linker.func_wrap("env", "room", room).unwrap();
    linker.func_wrap("env", "release", release).unwrap();
    if target.threads {
        linker.func_wrap("env", "parallel", parallel).unwrap();
    }
    let instance = linker.instantiate_and_start(&mut store, &code).unwrap();
    let call = Call::new(&module.abi, arguments, SLOTS, &mut Seen(&mut store)).unwrap();
    let run = instance.get_typed_func::<i32, i32>(&store, "run").unwrap();
    let status = run
        .call(&mut store, call.frame as i32)
        .expect("modules do not trap");
    check_padding(&store);
    let chunks = store.data().chunks;
    let seen = Seen(&mut store);
    let failed = call.failed(&module.abi, &seen);
    assert_eq!(status, i32::from(failed.is_some()));
    let results = call.results(&module.abi, &seen);
    Ran {
        failed,
        results,
        arguments: call.arguments(&module.abi, &seen),
        chunks,
    }
}

/// Nothing was written outside of rooms.
fn check_padding(store: &Store<Host>) {
    let data = store.data().memory.unwrap().data(store);
    let mut at = 1024;
    for (begin, end) in &store.data().rooms {
        assert!(
            data[at..*begin as usize].iter().all(|b| *b == NOBODYS),
            "something was written before {begin}"
        );
        at = *end as usize;
    }
    assert!(data[..1024].iter().all(|b| *b == 0));
}

fn room(mut caller: Caller<'_, Host>, _frame: i32, slot: i32, bytes: i64) -> i32 {
    let memory = caller.data().memory.unwrap();
    let (data, host) = memory.data_and_store_mut(&mut caller);
    let Some(at) = usize::try_from(bytes)
        .ok()
        .and_then(|bytes| host.room(bytes, data))
    else {
        return 0;
    };
    let known = *host.rooms.last().unwrap();
    host.rooms_of[slot as usize].push(known);
    at as i32
}

/// What was released is made unusable.
fn release(mut caller: Caller<'_, Host>, _frame: i32, slot: i32) {
    let memory = caller.data().memory.unwrap();
    let (data, host) = memory.data_and_store_mut(&mut caller);
    for (begin, end) in host.rooms_of[slot as usize].drain(..) {
        data[begin as usize..end as usize].fill(0xee);
    }
}

/// Chunks in any order, each in any slot. After an error those before it still run, as they would have been
/// dealt earlier.
fn parallel(mut caller: Caller<'_, Host>, frame: i32, k: i32, start: i64, stop: i64) -> i32 {
    let n = (stop - start) as u64;
    let reduces = caller.data().reduces[k as usize];
    let step = if reduces {
        leaf(n) as i64 * 2
    } else {
        (n as i64 / 5).max(1)
    };
    let mut chunks: Vec<i64> = (0..)
        .map(|at| start + at * step)
        .take_while(|at| *at < stop)
        .collect();
    for last in (1..chunks.len()).rev() {
        let other = caller.data_mut().random(last + 1);
        chunks.swap(last, other);
    }
    let done = caller
        .get_export(&format!("loop_{k}"))
        .unwrap()
        .into_func()
        .unwrap();
    let done = done.typed::<(i32, i32, i64, i64), i32>(&caller).unwrap();
    let mut slot = 0;
    let mut failed = i64::MAX;
    for low in chunks {
        if low > failed {
            continue;
        }
        // A slot that failed keeps its record.
        caller.data_mut().chunks += 1;
        let status = done
            .call(&mut caller, (frame, 1 + slot, low, (low + step).min(stop)))
            .unwrap();
        if status != 0 {
            failed = low;
            slot += 1;
        }
        assert!(slot < SLOTS as i32);
    }
    i32::from(failed != i64::MAX)
}

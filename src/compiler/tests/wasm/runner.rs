//! Runs written modules natively: in an interpreter of WebAssembly, with a host whose parallel loops run in chunks of any
//! order, and whose arrays lie between bytes that nobody may change. What is given back is made unusable, and used again only when
//! nothing else is left.

use parallax_compiler::Value;
use parallax_compiler::ir::leaf;
use parallax_compiler::validate::Valid;
use parallax_compiler::wasm::host::{Call, Failed, Memory, PADDING};
use parallax_compiler::wasm::{self, Module, Target};
use wasmi::{Caller, Config, Engine, Linker, MemoryType, Store};
use wasmparser::{Validator, WasmFeatures};

/// What is around arrays.
const NOBODYS: u8 = 0xa5;
/// What is in rooms that were given back.
const FREED: u8 = 0xee;
/// Slots besides `run`'s.
const SLOTS: u32 = 20;

/// What a slot was given.
struct Room {
    begin: u32,
    end: u32,
    kept: bool,
}

/// The host's state.
#[derive(Default)]
struct Host {
    next: u32,
    end: u32,
    /// Of each room its begin and end.
    rooms: Vec<(u32, u32)>,
    /// Those that were given back, the oldest first.
    free: Vec<(u32, u32)>,
    memory: Option<wasmi::Memory>,
    reduces: Vec<bool>,
    seed: u64,
    rooms_of: Vec<Vec<Room>>,
    /// Bytes that all slots have, and the most that they ever had.
    taken: usize,
    most: usize,
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

    /// One that was given back, in which nobody has written since.
    fn again(&mut self, bytes: usize, data: &[u8]) -> Option<(u32, u32)> {
        let fits = |room: &(usize, &(u32, u32))| (room.1.1 - room.1.0) as usize >= bytes;
        let found = self.free.iter().enumerate().filter(fits);
        let (at, _) = found.min_by_key(|(_, (begin, end))| end - begin)?;
        let room = self.free.remove(at);
        assert_freed(room, data);
        Some(room)
    }

    fn random(&mut self, below: usize) -> usize {
        self.seed = self
            .seed
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (self.seed >> 33) as usize % below
    }
}

fn assert_freed((begin, end): (u32, u32), data: &[u8]) {
    let room = &data[begin as usize..end as usize];
    assert!(
        room.iter().all(|b| *b == FREED),
        "something was written at {begin} after it was given back"
    );
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
    /// Bytes of arrays made by the kernel, at most at any time.
    pub most: usize,
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
        rooms_of: (0..=SLOTS).map(|_| Vec::new()).collect(),
        ..Host::default()
    };
    let mut store = Store::new(&engine, state);
    let memory = wasmi::Memory::new(&mut store, MemoryType::new(pages, Some(pages))).unwrap();
    store.data_mut().memory = Some(memory);
    let mut linker = Linker::new(&engine);
    linker.define("env", "memory", memory).unwrap();
    linker.func_wrap("env", "room", room).unwrap();
    linker.func_wrap("env", "keep", keep).unwrap();
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
    let (chunks, most) = (store.data().chunks, store.data().most);
    let seen = Seen(&mut store);
    let failed = call.failed(&module.abi, &seen);
    assert_eq!(status, i32::from(failed.is_some()));
    let results = call.results(&module.abi, &seen);
    Ran {
        failed,
        results,
        arguments: call.arguments(&module.abi, &seen),
        chunks,
        most,
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
    for room in &store.data().free {
        assert_freed(*room, data);
    }
}

fn room(mut caller: Caller<'_, Host>, _frame: i32, slot: i32, bytes: i64) -> i32 {
    let memory = caller.data().memory.unwrap();
    let (data, host) = memory.data_and_store_mut(&mut caller);
    let Ok(bytes) = usize::try_from(bytes) else {
        return 0;
    };
    let fresh = host.room(bytes, data).map(|begin| (begin, begin + bytes as u32));
    let Some((begin, end)) = fresh.or_else(|| host.again(bytes, data)) else {
        return 0;
    };
    host.taken += (end - begin) as usize;
    host.most = host.most.max(host.taken);
    let kept = false;
    host.rooms_of[slot as usize].push(Room { begin, end, kept });
    begin as i32
}

fn keep(mut caller: Caller<'_, Host>, _frame: i32, slot: i32, address: i32) {
    let rooms = &mut caller.data_mut().rooms_of[slot as usize];
    for room in rooms {
        room.kept |= (room.begin..=room.end).contains(&(address as u32));
    }
}

/// What was released is made unusable.
fn release(mut caller: Caller<'_, Host>, _frame: i32, slot: i32) {
    let memory = caller.data().memory.unwrap();
    let (data, host) = memory.data_and_store_mut(&mut caller);
    for mut room in std::mem::take(&mut host.rooms_of[slot as usize]) {
        if room.kept {
            room.kept = false;
            host.rooms_of[slot as usize].push(room);
        } else {
            data[room.begin as usize..room.end as usize].fill(FREED);
            host.taken -= (room.end - room.begin) as usize;
            host.free.push((room.begin, room.end));
        }
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

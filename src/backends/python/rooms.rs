//! Memory that a compiled kernel works in: frame and arguments for as long as it is prepared, and what it
//! asks for while it runs, which is used again.

use parallax_compiler::Value;
use parallax_compiler::wasm::Abi;
use parallax_compiler::wasm::host::{Call, CallError, Failed, LOWEST, Memory, PADDING};
use std::alloc::{Layout, alloc, dealloc};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

const ALIGN: usize = 64;
const PAGE: usize = 1 << 16;

/// A piece of the engine's memory.
struct Block {
    address: u32,
    /// Without the padding.
    bytes: usize,
    is_taken: bool,
    /// The next release passes over it.
    is_kept: bool,
}

/// The pieces by who asked for them; the last is the kernel's own.
pub(super) struct Rooms {
    slots: Vec<Mutex<Vec<Block>>>,
    held: AtomicU64,
    most: u64,
}

impl Rooms {
    /// For so many slots, with so many bytes at most in all.
    pub fn new(slots: usize, most: u64) -> Self {
        Rooms {
            slots: (0..=slots).map(|_| Mutex::default()).collect(),
            held: AtomicU64::new(0),
            most,
        }
    }

    /// Fresh memory for a slot, at an address that modules can use; 0 if there is none.
    pub fn take(&self, slot: u32, bytes: usize) -> u32 {
        let Some(slot) = self.slots.get(slot as usize) else {
            return 0;
        };
        let mut blocks = slot.lock().unwrap_or_else(PoisonError::into_inner);
        // The smallest that is large enough, unless it is much too large.
        let fits = |block: &&mut Block| {
            !block.is_taken && block.bytes >= bytes && block.bytes <= bytes.saturating_mul(2).max(PAGE)
        };
        if let Some(block) = blocks.iter_mut().filter(fits).min_by_key(|block| block.bytes) {
            block.is_taken = true;
            return block.address;
        }
        // What is of no use to a loop whose arrays change their sizes must not pile up.
        blocks.retain(|block| block.is_taken || !self.give_back(block));
        let Some(layout) = layout(bytes) else { return 0 };
        let size = layout.size() as u64;
        if self.held.fetch_add(size, Ordering::Relaxed).saturating_add(size) > self.most {
            self.held.fetch_sub(size, Ordering::Relaxed);
            return 0;
        }
        // SAFETY: the layout's size is above zero: the padding is in it.
        let start = unsafe { alloc(layout) };
        let address = start.expose_provenance() as u32;
        if start.is_null() || address < LOWEST {
            self.held.fetch_sub(size, Ordering::Relaxed);
            return 0;
        }
        let address = address + PADDING;
        blocks.push(Block {
            address,
            bytes,
            is_taken: true,
            is_kept: false,
        });
        address
    }

    /// What a slot was given and has this address in it outlives the next release.
    pub fn keep(&self, slot: u32, address: u32) {
        if let Some(slot) = self.slots.get(slot as usize) {
            let mut blocks = slot.lock().unwrap_or_else(PoisonError::into_inner);
            let has = |block: &&mut Block| {
                let into = address.checked_sub(block.address);
                into.is_some_and(|into| into as usize <= block.bytes)
            };
            if let Some(block) = blocks.iter_mut().find(has) {
                block.is_kept = true;
            }
        }
    }

    /// What a slot was given may be used again, but for what is kept.
    pub fn release(&self, slot: u32) {
        if let Some(slot) = self.slots.get(slot as usize) {
            let mut blocks = slot.lock().unwrap_or_else(PoisonError::into_inner);
            for block in &mut *blocks {
                block.is_taken &= block.is_kept;
                block.is_kept = false;
            }
        }
    }

    /// Hands a block back to the allocator; nothing may lead to it any more.
    fn give_back(&self, block: &Block) -> bool {
        let Some(layout) = layout(block.bytes) else {
            return false;
        };
        let start = (block.address - PADDING) as usize;
        // SAFETY: allocated in `take` with this layout, its provenance exposed there.
        unsafe { dealloc(std::ptr::with_exposed_provenance_mut(start), layout) };
        self.held.fetch_sub(layout.size() as u64, Ordering::Relaxed);
        true
    }

    /// The same of all slots, but for frame and arguments.
    pub fn release_all(&self) {
        (0..self.own()).for_each(|slot| self.release(slot));
    }

    fn own(&self) -> u32 {
        self.slots.len() as u32 - 1
    }

    /// Places a kernel's arguments.
    pub fn call(&self, abi: &Abi, values: &[Value], slots: u32) -> Result<Call, CallError> {
        Call::new(abi, values, slots, &mut Here(self))
    }

    /// Places them anew.
    pub fn fill(&self, call: &Call, abi: &Abi, values: &[Value]) -> Result<(), CallError> {
        call.fill(abi, values, &mut Here(self))
    }

    /// What the last run gave.
    pub fn results(&self, call: &Call, abi: &Abi) -> Vec<Value> {
        call.results(abi, &Here(self))
    }

    /// The arguments as the last run left them.
    pub fn arguments(&self, call: &Call, abi: &Abi) -> Vec<Value> {
        call.arguments(abi, &Here(self))
    }

    /// Why the last run ended early.
    pub fn failed(&self, call: &Call, abi: &Abi) -> Option<Failed> {
        call.failed(abi, &Here(self))
    }
}

impl Drop for Rooms {
    fn drop(&mut self) {
        for slot in std::mem::take(&mut self.slots) {
            for block in slot.into_inner().unwrap_or_else(PoisonError::into_inner) {
                self.give_back(&block);
            }
        }
    }
}

fn layout(bytes: usize) -> Option<Layout> {
    let bytes = bytes.checked_add(2 * PADDING as usize)?;
    Layout::from_size_align(bytes, ALIGN).ok()
}

/// The memory that this code itself is in. Nothing runs in the rooms meanwhile: whoever reads and writes them
/// has the team's last word.
struct Here<'a>(&'a Rooms);

impl Here<'_> {
    fn is_memory(at: u32, bytes: usize) -> bool {
        let end = (at as usize).checked_add(bytes);
        end.is_some_and(|end| end <= core::arch::wasm32::memory_size(0) * PAGE)
    }
}

impl Memory for Here<'_> {
    fn room(&mut self, bytes: usize) -> Option<u32> {
        match self.0.take(self.0.own(), bytes) {
            0 => None,
            address => Some(address),
        }
    }

    fn read(&self, at: u32, to: &mut [u8]) {
        if Here::is_memory(at, to.len()) {
            // SAFETY: within this memory; `to` is somebody's own buffer, which no room overlaps, as both are
            // of one allocator. No thread writes there, see `Here`.
            unsafe {
                let from = std::ptr::with_exposed_provenance::<u8>(at as usize);
                std::ptr::copy_nonoverlapping(from, to.as_mut_ptr(), to.len());
            }
        }
    }

    fn write(&mut self, at: u32, bytes: &[u8]) {
        if Here::is_memory(at, bytes.len()) {
            // SAFETY: as in `read`. Addresses are those of rooms, or lie within them by the frame's layout.
            unsafe {
                let to = std::ptr::with_exposed_provenance_mut::<u8>(at as usize);
                std::ptr::copy_nonoverlapping(bytes.as_ptr(), to, bytes.len());
            }
        }
    }
}

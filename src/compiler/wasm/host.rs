//! The other side of a module: arguments into memory and a frame, results, changed arrays and errors out of it. No engine is
//! in here; who runs the module says how its memory is read and written.

use super::abi::{Abi, RECORD, Slot, SlotKind};
use crate::ir::Site;
use crate::value::{ArrayValue, Value};
use std::fmt;

/// Bytes of nobody's before and behind each array: vectors may read them.
pub const PADDING: u32 = 64;
/// The least address that a frame or an array may have.
pub const LOWEST: u32 = 1024;

/// A module's memory.
pub trait Memory {
    /// Address of fresh memory, 16-aligned, at least [`LOWEST`], with [`PADDING`] on both sides, if there is any. Of no
    /// bytes it is an address, too.
    fn room(&mut self, bytes: usize) -> Option<u32>;
    /// Copies from there; nothing, if it is not memory.
    fn read(&self, at: u32, to: &mut [u8]);
    /// Copies to there; nothing, if it is not memory.
    fn write(&mut self, at: u32, bytes: &[u8]);
}

/// Why a kernel cannot be called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallError {
    /// So many arguments, and so many are taken.
    Count(usize, usize),
    /// This argument is of another type.
    Type(usize),
    /// This argument is another number, or of another shape, than those that the kernel was made for.
    MadeFor(usize),
    /// There is no memory for this many bytes.
    Memory(usize),
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CallError::Count(given, taken) => write!(f, "{given} arguments for a kernel that takes {taken}"),
            CallError::Type(which) => write!(
                f,
                "argument {which} is of another type than the kernel was written for"
            ),
            CallError::MadeFor(which) => {
                write!(f, "argument {which} is another than the kernel was made for")
            }
            CallError::Memory(bytes) => write!(f, "no memory for {bytes} bytes"),
        }
    }
}

impl std::error::Error for CallError {}

/// An error's record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failed {
    /// Where, and by that what.
    pub site: Site,
    /// The axis, if it was an index.
    pub axis: u8,
    /// The index, or the length that there was no memory for.
    pub index: i64,
    /// The axis' length.
    pub length: i64,
    /// What counts the outermost parallel loop, if it was in one.
    pub iteration: Option<i64>,
}

/// A kernel's arguments in a memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The frame's address, to be handed to `run`.
    pub frame: u32,
    /// Slots besides that of `run`.
    slots: u32,
    /// Addresses of arrays among the parameters.
    addresses: Vec<Option<u32>>,
}

/// Tuples' parts one after the other.
fn flat<'v>(values: &'v [Value], into: &mut Vec<&'v Value>) {
    for value in values {
        match value {
            Value::Tuple(parts) => flat(parts, into),
            Value::None => {}
            _ => into.push(value),
        }
    }
}

impl Call {
    /// Makes a frame, and places the arguments.
    ///
    /// # Errors
    /// Arguments that the kernel was not written for, or too many bytes of them.
    pub fn new(abi: &Abi, values: &[Value], slots: u32, memory: &mut impl Memory) -> Result<Call, CallError> {
        let mut arguments = Vec::new();
        flat(values, &mut arguments);
        if arguments.len() != abi.params.len() {
            return Err(CallError::Count(arguments.len(), abi.params.len()));
        }
        let room = |memory: &mut _, bytes| Memory::room(memory, bytes).ok_or(CallError::Memory(bytes));
        let bytes = abi.frame_bytes(slots);
        let frame = room(memory, bytes as usize)?;
        memory.write(frame, &vec![0; bytes as usize]);
        memory.write(frame + abi.constants_at, &abi.constants);
        let mut addresses = Vec::new();
        for (which, (slot, value)) in abi.params.iter().zip(arguments).enumerate() {
            addresses.push(match (slot.kind, value) {
                (SlotKind::Scalar(of), Value::Scalar(is, _)) if of == *is => None,
                (SlotKind::Array { of, axes }, Value::Array(array))
                    if of == array.of
                        && usize::from(axes) == array.shape.len()
                        && Some(array.bytes.len()) == dense_bytes(array) =>
                {
                    Some(room(memory, array.bytes.len())?)
                }
                _ => return Err(CallError::Type(which)),
            });
        }
        let call = Call {
            frame,
            slots,
            addresses,
        };
        call.fill(abi, values, memory)?;
        Ok(call)
    }

    /// Sets everything as it was before a run; the arguments are of the shapes that the call was made with.
    ///
    /// # Errors
    /// Arguments that the kernel was not made for, and nothing is done.
    pub fn fill(&self, abi: &Abi, values: &[Value], memory: &mut impl Memory) -> Result<(), CallError> {
        let mut arguments = Vec::new();
        flat(values, &mut arguments);
        let made_for = abi.made_for.iter().flatten();
        if let Some(which) = made_for.zip(&arguments).position(|(arg, one)| !arg.admits(one)) {
            return Err(CallError::MadeFor(which));
        }
        for ((slot, value), address) in abi.params.iter().zip(arguments).zip(&self.addresses) {
            let at = self.frame + slot.at;
            match (value, address) {
                (Value::Scalar(_, bits), _) => memory.write(at, &bits.to_le_bytes()),
                (Value::Array(array), Some(address)) => {
                    memory.write(at, &address.to_le_bytes());
                    let mut stride = u64::from(array.of.bytes());
                    for (axis, n) in array.shape.iter().enumerate().rev() {
                        let place = at + 8 + 16 * axis as u32;
                        memory.write(place, &(*n as u64).to_le_bytes());
                        memory.write(place + 8, &stride.to_le_bytes());
                        stride = stride.wrapping_mul(*n as u64);
                    }
                    memory.write(*address, &array.bytes);
                }
                _ => {}
            }
        }
        let records = vec![0; (RECORD * (self.slots + 1)) as usize];
        memory.write(self.frame + abi.records, &records);
        Ok(())
    }

    /// What the kernel gave, in order.
    pub fn results(&self, abi: &Abi, memory: &impl Memory) -> Vec<Value> {
        abi.results.iter().map(|slot| self.value(*slot, memory)).collect()
    }

    /// The arguments as they are now: arrays may have been changed.
    pub fn arguments(&self, abi: &Abi, memory: &impl Memory) -> Vec<Value> {
        abi.params.iter().map(|slot| self.value(*slot, memory)).collect()
    }

    /// The error of the smallest iteration.
    pub fn failed(&self, abi: &Abi, memory: &impl Memory) -> Option<Failed> {
        let records = (0..=self.slots).filter_map(|slot| {
            let mut record = [0; RECORD as usize];
            memory.read(self.frame + abi.records + RECORD * slot, &mut record);
            let word = |at: usize| {
                record[at..at + 4]
                    .iter()
                    .rev()
                    .fold(0, |n, b| n << 8 | u32::from(*b))
            };
            let long = |at: usize| i64::from(word(at)) | i64::from(word(at + 4)) << 32;
            Some(Failed {
                site: Site(word(0).checked_sub(1)?),
                axis: word(4) as u8,
                index: long(8),
                length: long(16),
                iteration: Some(long(24)).filter(|at| *at != super::NO_ITERATION),
            })
        });
        records.min_by_key(|failed| failed.iteration)
    }

    fn value(&self, slot: Slot, memory: &impl Memory) -> Value {
        let at = self.frame + slot.at;
        match slot.kind {
            SlotKind::Scalar(of) => {
                let bits = u64_at(memory, at);
                Value::Scalar(of, bits & (u64::MAX >> (64 - 8 * of.bytes())))
            }
            SlotKind::Array { of, axes } => {
                let address = u64_at(memory, at) as u32;
                let axis = |axis: u32| {
                    (
                        u64_at(memory, at + 8 + 16 * axis),
                        u64_at(memory, at + 16 + 16 * axis),
                    )
                };
                let axes: Vec<(u64, u64)> = (0..u32::from(axes)).map(axis).collect();
                let shape: Vec<usize> = axes.iter().map(|(n, _)| *n as usize).collect();
                let mut array = ArrayValue {
                    of,
                    shape,
                    bytes: Vec::new(),
                };
                let Some(bytes) = dense_bytes(&array) else {
                    return Value::None;
                };
                array.bytes = vec![0; bytes];
                if bytes > 0 {
                    copy(memory, address, &axes, &mut array.bytes, of.bytes() as usize);
                }
                Value::Array(array)
            }
        }
    }
}

fn u64_at(memory: &impl Memory, at: u32) -> u64 {
    let mut bytes = [0; 8];
    memory.read(at, &mut bytes);
    u64::from_le_bytes(bytes)
}

/// Bytes of all elements, if there can be so many.
fn dense_bytes(array: &ArrayValue) -> Option<usize> {
    let n = array
        .shape
        .iter()
        .try_fold(array.of.bytes() as usize, |n, one| n.checked_mul(*one))?;
    (n <= u32::MAX as usize).then_some(n)
}

/// Elements by lengths and strides, one after another.
fn copy(memory: &impl Memory, address: u32, axes: &[(u64, u64)], to: &mut [u8], bytes: usize) {
    let Some(((n, stride), inner)) = axes.split_first() else {
        return memory.read(address, to);
    };
    if inner.is_empty() && *stride == bytes as u64 {
        return memory.read(address, to);
    }
    let part = to.len() / *n as usize;
    for (place, to) in to.chunks_exact_mut(part).enumerate() {
        copy(
            memory,
            address.wrapping_add((place as u64).wrapping_mul(*stride) as u32),
            inner,
            to,
            bytes,
        );
    }
}

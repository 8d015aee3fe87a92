//! Where arrays lie: blocks of elements that live as long as a handle leads to them.

use super::boxed::Boxed;
use super::failed::What;
use crate::types::Scalar;

/// An array's handle: where its elements lie in a block, counted in elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Handle {
    pub block: u32,
    pub offset: i64,
    pub axes: u8,
    pub shape: [i64; 3],
    pub strides: [i64; 3],
}

impl Handle {
    /// One whose elements lie one after another.
    pub fn contiguous(block: u32, lengths: &[i64]) -> Handle {
        let mut handle = Handle {
            block,
            offset: 0,
            axes: lengths.len() as u8,
            shape: [1; 3],
            strides: [0; 3],
        };
        let mut stride = 1i64;
        for (axis, &length) in lengths.iter().enumerate().take(3).rev() {
            handle.shape[axis] = length;
            handle.strides[axis] = stride;
            stride = stride.wrapping_mul(length);
        }
        handle
    }

    /// Along each axis.
    pub fn lengths(&self) -> &[i64] {
        &self.shape[..usize::from(self.axes).min(3)]
    }

    /// How many elements there are.
    pub fn len(&self) -> u64 {
        self.lengths().iter().map(|n| *n as u64).product()
    }

    /// Whether the elements lie one after another.
    pub fn is_contiguous(&self) -> bool {
        let mut stride = 1;
        for (&length, &apart) in self.lengths().iter().zip(&self.strides).rev() {
            if length != 1 && apart != stride {
                return self.len() == 0;
            }
            stride *= length;
        }
        true
    }

    /// The place of an element by its number, the last axis the fastest.
    pub fn place(&self, number: u64) -> i64 {
        let (mut left, mut at) = (number as i64, self.offset);
        for (&length, &apart) in self.lengths().iter().zip(&self.strides).rev() {
            at += left % length.max(1) * apart;
            left /= length.max(1);
        }
        at
    }

    /// The first and the last place of any element; none if there are no elements.
    fn reach(&self) -> Option<(i64, i64)> {
        if self.len() == 0 {
            return None;
        }
        let (mut low, mut high) = (self.offset, self.offset);
        for (&length, &apart) in self.lengths().iter().zip(&self.strides) {
            let far = apart * (length - 1);
            low += far.min(0);
            high += far.max(0);
        }
        Some((low, high))
    }

    /// Whether no element is one of the other's: as far as the first and the last of each tell.
    pub fn is_apart(&self, other: &Handle) -> bool {
        match (self.reach(), other.reach()) {
            (Some((low, high)), Some((other_low, other_high))) => {
                self.block != other.block || high < other_low || other_high < low
            }
            _ => true,
        }
    }
}

/// What happened to an element in the current parallel loop.
#[derive(Debug, Clone, Copy)]
struct Shadow {
    /// Of which parallel loop this is.
    epoch: u32,
    writer: Seen,
    /// The first that read it, and another.
    readers: [Seen; 2],
}

/// An iteration's number and the site that it was at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    pub iteration: u64,
    pub site: Option<u32>,
}

const NOBODY: Seen = Seen {
    iteration: u64::MAX,
    site: None,
};

const UNSEEN: Shadow = Shadow {
    epoch: 0,
    writer: NOBODY,
    readers: [NOBODY; 2],
};

/// Some of the same, if the machine has the memory.
fn room<T: Clone>(count: Option<usize>, of: T) -> Option<Vec<T>> {
    let (count, mut all) = (count?, Vec::new());
    all.try_reserve_exact(count).ok()?;
    all.resize(count, of);
    Some(all)
}

#[derive(Debug, Default)]
struct Block {
    of: Option<Scalar>,
    bytes: Vec<u8>,
    handles: u32,
    shadow: Vec<Shadow>,
}

/// All blocks, within a bound.
#[derive(Debug)]
pub(super) struct Memory {
    blocks: Vec<Block>,
    free: Vec<u32>,
    used: u64,
    most: u64,
}

impl Memory {
    pub fn new(most: u64) -> Memory {
        Memory {
            blocks: Vec::new(),
            free: Vec::new(),
            used: 0,
            most,
        }
    }

    /// Bytes in use.
    pub fn used(&self) -> u64 {
        self.used
    }

    /// Asks for room.
    fn claim(&mut self, bytes: u64) -> bool {
        let fits = bytes <= self.most.saturating_sub(self.used);
        if fits {
            self.used += bytes;
        }
        fits
    }

    /// A new array of zeros, or of these bytes. Its handle counts as one.
    ///
    /// # Errors
    /// If there is no room.
    pub fn allocate(&mut self, of: Scalar, lengths: &[i64], given: Option<Vec<u8>>) -> Result<Handle, What> {
        let shape: Vec<u64> = lengths.iter().map(|n| *n as u64).collect();
        let full = What::Memory { of, shape };
        let width = u64::from(of.bytes());
        let bytes = lengths
            .iter()
            .try_fold(width, |n, length| n.checked_mul(*length as u64));
        // Also those with no elements are bounded, so that strides do not overflow.
        let span = lengths
            .iter()
            .try_fold(width, |n, length| n.checked_mul((*length).max(1) as u64));
        let (Some(bytes), Some(_)) = (bytes, span.filter(|span| i64::try_from(*span).is_ok())) else {
            return Err(full);
        };
        if !self.claim(bytes) {
            return Err(full);
        }
        let data = match given {
            Some(given) => given,
            None => match room(usize::try_from(bytes).ok(), 0) {
                Some(data) => data,
                None => {
                    self.used -= bytes;
                    return Err(full);
                }
            },
        };
        let block = Block {
            of: Some(of),
            bytes: data,
            handles: 1,
            shadow: Vec::new(),
        };
        let number = match self.free.pop() {
            Some(number) => {
                self.blocks[number as usize] = block;
                number
            }
            None => {
                self.blocks.push(block);
                self.blocks.len() as u32 - 1
            }
        };
        Ok(Handle::contiguous(number, lengths))
    }

    /// What an array is of.
    pub fn of(&self, handle: &Handle) -> Scalar {
        self.blocks[handle.block as usize].of.unwrap_or(Scalar::U8)
    }

    /// One more handle.
    pub fn retain(&mut self, handle: &Handle) {
        self.blocks[handle.block as usize].handles += 1;
    }

    /// One handle less; with the last the block goes.
    pub fn release(&mut self, handle: &Handle) {
        let block = &mut self.blocks[handle.block as usize];
        block.handles -= 1;
        if block.handles == 0 {
            let shadow = block.shadow.len() * size_of::<Shadow>();
            self.used -= (block.bytes.len() + shadow) as u64;
            *block = Block::default();
            self.free.push(handle.block);
        }
    }

    /// An element; `None` beyond the block.
    #[inline]
    pub fn load(&self, block: u32, at: i64) -> Option<Boxed> {
        let block = self.blocks.get(block as usize)?;
        let (of, at) = (block.of?, usize::try_from(at).ok()?);
        let bytes = &block.bytes;
        macro_rules! read {
            ($kind:ident, $of:ty) => {{
                const BYTES: usize = size_of::<$of>();
                let element = bytes.get(at * BYTES..)?.first_chunk::<BYTES>()?;
                Boxed::$kind(<$of>::from_le_bytes(*element))
            }};
        }
        Some(match of {
            Scalar::Bool => Boxed::Bool(*bytes.get(at)? != 0),
            Scalar::I8 => read!(I8, i8),
            Scalar::I16 => read!(I16, i16),
            Scalar::I32 => read!(I32, i32),
            Scalar::I64 => read!(I64, i64),
            Scalar::U8 => read!(U8, u8),
            Scalar::U16 => read!(U16, u16),
            Scalar::U32 => read!(U32, u32),
            Scalar::U64 => read!(U64, u64),
            Scalar::F32 => read!(F32, f32),
            Scalar::F64 => read!(F64, f64),
        })
    }

    /// Stores an element; `None` beyond the block or of another type.
    #[inline]
    pub fn store(&mut self, block: u32, at: i64, value: Boxed) -> Option<()> {
        let block = self.blocks.get_mut(block as usize)?;
        let at = usize::try_from(at).ok()?;
        if block.of != value.of() {
            return None;
        }
        let bytes = &mut block.bytes;
        macro_rules! write {
            ($value:expr, $of:ty) => {{
                const BYTES: usize = size_of::<$of>();
                *bytes.get_mut(at * BYTES..)?.first_chunk_mut::<BYTES>()? = $value.to_le_bytes();
            }};
        }
        match value {
            Boxed::Undefined => return None,
            Boxed::Bool(a) => *bytes.get_mut(at)? = a.into(),
            Boxed::I8(a) => write!(a, i8),
            Boxed::I16(a) => write!(a, i16),
            Boxed::I32(a) => write!(a, i32),
            Boxed::I64(a) => write!(a, i64),
            Boxed::U8(a) => write!(a, u8),
            Boxed::U16(a) => write!(a, u16),
            Boxed::U32(a) => write!(a, u32),
            Boxed::U64(a) => write!(a, u64),
            Boxed::F32(a) => write!(a, f32),
            Boxed::F64(a) => write!(a, f64),
        }
        Some(())
    }

    /// The elements of an array, one after another.
    pub fn bytes(&self, handle: &Handle) -> Vec<u8> {
        let block = &self.blocks[handle.block as usize];
        let width = block.of.map_or(1, Scalar::bytes) as usize;
        if handle.is_contiguous() {
            let start = handle.offset as usize * width;
            let end = start + handle.len() as usize * width;
            return block.bytes.get(start..end).unwrap_or_default().to_vec();
        }
        let mut all = Vec::with_capacity(handle.len() as usize * width);
        for number in 0..handle.len() {
            let at = handle.place(number) as usize * width;
            all.extend_from_slice(block.bytes.get(at..at + width).unwrap_or_default());
        }
        all
    }

    /// Notes that an iteration reads or writes an element in a parallel loop, and gives who was there
    /// before, with whether that one wrote, if the two do not go together.
    ///
    /// # Errors
    /// If there is no room for the notes.
    pub fn touch(
        &mut self,
        block: u32,
        at: i64,
        epoch: u32,
        who: Seen,
        writes: bool,
    ) -> Result<Option<(Seen, bool)>, What> {
        let block = block as usize;
        if self.blocks[block].shadow.is_empty() {
            let of = self.blocks[block].of.unwrap_or(Scalar::U8);
            let elements = self.blocks[block].bytes.len() / of.bytes() as usize;
            let bytes = elements as u64 * size_of::<Shadow>() as u64;
            let shadow = match self.claim(bytes) {
                true => room(Some(elements), UNSEEN),
                false => None,
            };
            let Some(shadow) = shadow else {
                let shape = vec![elements as u64];
                return Err(What::Memory { of, shape });
            };
            self.blocks[block].shadow = shadow;
        }
        let Some(shadow) = self.blocks[block].shadow.get_mut(at as usize) else {
            return Ok(None);
        };
        if shadow.epoch != epoch {
            *shadow = Shadow { epoch, ..UNSEEN };
        }
        let is_other = |seen: Seen| seen != NOBODY && seen.iteration != who.iteration;
        if is_other(shadow.writer) {
            return Ok(Some((shadow.writer, true)));
        }
        if writes {
            if let Some(reader) = shadow.readers.into_iter().find(|reader| is_other(*reader)) {
                return Ok(Some((reader, false)));
            }
            shadow.writer = who;
        } else if shadow.readers[0] == NOBODY {
            shadow.readers[0] = who;
        } else if is_other(shadow.readers[0]) {
            shadow.readers[1] = who;
        }
        Ok(None)
    }
}

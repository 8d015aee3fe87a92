//! A buffer that several threads fill at once, each its own part.

use std::cell::UnsafeCell;
use std::ops::Range;

/// The allocation that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no memory for {bytes} more bytes: choose a smaller size")]
pub struct OutOfMemory {
    /// What was asked for.
    pub bytes: u64,
}

/// A fixed-length buffer of plain values that threads share.
///
/// The type itself keeps no locks: whoever takes a slice states why nobody else has
/// an overlapping one, as [`crate::Kernel::run`]'s contract allows.
pub struct Shared<T> {
    cells: Box<[UnsafeCell<T>]>,
}

// SAFETY: the only ways to the values are `slice` and `slice_mut`, whose callers promise
// that no range is written while another thread reads or writes any part of it, and
// `as_slice`, which borrows the buffer exclusively. T: Send + Sync, so values may be moved
// to and read from other threads.
unsafe impl<T: Send + Sync> Sync for Shared<T> {}

impl<T: Copy + Default> Shared<T> {
    /// A buffer of default values, or an error if it does not fit into memory.
    pub fn new(len: usize) -> Result<Self, OutOfMemory> {
        let mut cells = Vec::new();
        cells.try_reserve_exact(len).map_err(|_| OutOfMemory {
            bytes: (len as u64).saturating_mul(size_of::<T>() as u64),
        })?;
        cells.resize_with(len, || UnsafeCell::new(T::default()));
        Ok(Shared {
            cells: cells.into_boxed_slice(),
        })
    }

    /// The whole buffer, once nobody else uses it.
    pub fn as_slice(&mut self) -> &[T] {
        // SAFETY: `&mut self` excludes every other slice; UnsafeCell<T> has T's layout.
        unsafe { self.slice(0..self.cells.len()) }
    }

    /// A copy of the whole buffer, or an error if it does not fit into memory.
    pub fn to_vec(&mut self) -> Result<Vec<T>, OutOfMemory> {
        let values = self.as_slice();
        let mut copy = Vec::new();
        copy.try_reserve_exact(values.len()).map_err(|_| OutOfMemory {
            bytes: size_of_val(values) as u64,
        })?;
        copy.extend_from_slice(values);
        Ok(copy)
    }

    /// A part to read.
    ///
    /// # Safety
    /// Nobody writes any of `range` while the slice lives.
    ///
    /// # Panics
    /// If the range is outside of the buffer.
    pub unsafe fn slice(&self, range: Range<usize>) -> &[T] {
        let cells = &self.cells[range];
        // SAFETY: UnsafeCell<T> is repr(transparent) over T, the range was checked by the
        // indexing above, and the caller promises that no writer overlaps.
        unsafe { std::slice::from_raw_parts(cells.as_ptr().cast::<T>(), cells.len()) }
    }

    /// A part to write.
    ///
    /// # Safety
    /// Nobody else reads or writes any of `range` while the slice lives.
    ///
    /// # Panics
    /// If the range is outside of the buffer.
    // The cells are made for this: each is an UnsafeCell, and the caller takes the duty.
    #[allow(clippy::mut_from_ref)]
    pub unsafe fn slice_mut(&self, range: Range<usize>) -> &mut [T] {
        let cells = &self.cells[range];
        // SAFETY: as in `slice`, and the caller promises that this range is theirs alone;
        // writing through `&self` is what UnsafeCell permits.
        unsafe { std::slice::from_raw_parts_mut(cells.as_ptr().cast_mut().cast::<T>(), cells.len()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_fill_disjoint_parts() {
        let mut shared = Shared::<u32>::new(1000).unwrap();
        std::thread::scope(|scope| {
            for part in 0..4 {
                let shared = &shared;
                scope.spawn(move || {
                    // SAFETY: the four ranges do not overlap.
                    let slice = unsafe { shared.slice_mut(part * 250..(part + 1) * 250) };
                    slice.fill(part as u32 + 1);
                });
            }
        });
        assert_eq!(shared.as_slice().iter().sum::<u32>(), 250 * (1 + 2 + 3 + 4));
    }

    #[test]
    fn a_buffer_that_does_not_fit_is_an_error() {
        let error = Shared::<f32>::new(usize::MAX / 8).err().unwrap();
        assert!(error.to_string().contains("smaller size"), "{error}");
    }
}

//! The machine's instructions on arrays.

use super::boxed::Boxed;
use super::code::{Access, Arr, Code, Cut, Reg};
use super::failed::{Race, Touch, What};
use super::memory::{Handle, Seen};
use super::{Fault, Machine, Step};
use crate::types::Layout;

impl Machine {
    pub(super) fn handle(&self, array: Arr) -> Step<Handle> {
        match self.arrays[array as usize] {
            Some(handle) => Ok(handle),
            None => Err(Box::new(Fault {
                what: What::Unbound(self.code.arrays[array as usize].name.clone()),
                site: None,
            })),
        }
    }

    /// Gives a variable a handle that is counted already.
    pub(super) fn bind(&mut self, code: &Code, to: Arr, handle: Handle) -> Step<()> {
        if let Some(before) = self.arrays[to as usize].replace(handle) {
            self.memory.release(&before);
        }
        match code.arrays[to as usize].layout == Layout::C && !handle.is_contiguous() {
            true => Err(Fault::broken("elements of a C array lie one after another")),
            false => Ok(()),
        }
    }

    /// An index of an axis, those from the end counted.
    fn place(
        &self,
        code: &Code,
        array: Arr,
        axis: usize,
        at: Reg,
        length: i64,
        site: Option<u32>,
    ) -> Step<i64> {
        let index = self.int(at)?;
        let wrapped = if index < 0 && site.is_some() {
            index + length
        } else {
            index
        };
        if (0..length).contains(&wrapped) {
            return Ok(wrapped);
        }
        Err(Box::new(Fault {
            what: What::Index {
                array: code.arrays[array as usize].name.clone(),
                axis: axis as u8,
                index: Some(index),
                length: Some(length as u64),
                proven: site.is_none(),
            },
            site,
        }))
    }

    /// Where an element lies.
    #[inline]
    fn element(&self, code: &Code, access: &Access) -> Step<(u32, i64)> {
        let handle = match &self.arrays[access.array as usize] {
            Some(handle) => handle,
            None => return self.handle(access.array).map(|handle| (handle.block, 0)),
        };
        let mut at = handle.offset;
        for axis in 0..usize::from(access.axes) {
            let (index, length) = (access.index[axis], handle.shape[axis]);
            at += self.place(code, access.array, axis, index, length, access.site)? * handle.strides[axis];
        }
        Ok((handle.block, at))
    }

    #[inline]
    pub(super) fn load(&mut self, code: &Code, access: u32) -> Step<Boxed> {
        let access = &code.accesses[access as usize];
        let (block, at) = self.element(code, access)?;
        self.touch(code, access, block, at, false)?;
        self.memory
            .load(block, at)
            .ok_or_else(|| Fault::broken("handles stay within their blocks"))
    }

    #[inline]
    pub(super) fn store(&mut self, code: &Code, value: Reg, access: u32) -> Step<()> {
        let access = &code.accesses[access as usize];
        let value_of = self.get(value);
        if value_of == Boxed::Undefined {
            return Err(self.misfit(&[value]));
        }
        let (block, at) = self.element(code, access)?;
        self.touch(code, access, block, at, true)?;
        let stored = self.memory.store(block, at, value_of);
        stored
            .ok_or_else(|| Fault::broken("handles stay within their blocks, and elements are of their type"))
    }

    /// Looks for a race, where that is asked for and a parallel loop runs.
    #[inline]
    fn touch(&mut self, code: &Code, access: &Access, block: u32, at: i64, writes: bool) -> Step<()> {
        match (&self.par, self.options.shadow) {
            (Some(par), true) => {
                let who = Seen {
                    iteration: par.iteration(),
                    site: access.site,
                };
                self.shadowed(code, access, (block, at), who, writes)
            }
            _ => Ok(()),
        }
    }

    fn shadowed(
        &mut self,
        code: &Code,
        access: &Access,
        (block, at): (u32, i64),
        who: Seen,
        writes: bool,
    ) -> Step<()> {
        let touched = self.memory.touch(block, at, self.epoch, who, writes);
        let before = touched.map_err(|what| Box::new(Fault { what, site: None }))?;
        let (Some((before, wrote)), Some(par)) = (before, &self.par) else {
            return Ok(());
        };
        let handle = self.handle(access.array)?;
        let mut element = Vec::new();
        for (axis, length) in handle.lengths().iter().enumerate() {
            let index = self.int(access.index[axis])?;
            element.push((if index < 0 { index + length } else { index }) as u64);
        }
        let touch = |seen: Seen, writes: bool| Touch {
            iteration: par.variable_of(seen.iteration),
            writes,
            span: self.span(code, seen.site).unwrap_or_default(),
        };
        let race = Race {
            array: code.arrays[access.array as usize].name.clone(),
            element,
            first: touch(before, wrote),
            second: touch(who, writes),
        };
        Err(Box::new(Fault {
            what: What::Race(Box::new(race)),
            site: who.site,
        }))
    }

    pub(super) fn new_array(&mut self, code: &Code, to: Arr, new: u32) -> Step<()> {
        let new = &code.news[new as usize];
        let site = Some(new.site);
        let mut lengths = Vec::with_capacity(3);
        for &length in &new.shape {
            lengths.push(self.int(length)?);
        }
        if lengths.iter().any(|length| *length < 0) {
            let what = What::Negative;
            return Err(Box::new(Fault { what, site }));
        }
        let fill = new.fill.map(|fill| self.get(fill));
        if let (Some(Boxed::Undefined), Some(fill)) = (fill, new.fill) {
            return Err(self.misfit(&[fill]));
        }
        let made = self.memory.allocate(new.of, &lengths, None);
        let handle = made.map_err(|what| Box::new(Fault { what, site }))?;
        if let Some(fill) = fill.filter(|fill| fill.bits() != 0) {
            self.executed += handle.len();
            for at in 0..handle.len() as i64 {
                let stored = self.memory.store(handle.block, at, fill);
                stored.ok_or_else(|| Fault::broken("what an array is filled with is of its type"))?;
            }
        }
        self.bind(code, to, handle)
    }

    /// The same elements along other axes, as many of them.
    pub(super) fn reshape(&mut self, code: &Code, to: Arr, reshape: u32) -> Step<()> {
        let reshape = &code.reshapes[reshape as usize];
        let of = self.handle(reshape.of)?;
        let mut lengths = Vec::with_capacity(3);
        for &length in &reshape.shape {
            lengths.push(self.int(length)?);
        }
        let mut count = Some(1u64);
        for &length in &lengths {
            let length = u64::try_from(length).ok();
            count = count
                .zip(length)
                .and_then(|(count, length)| count.checked_mul(length));
        }
        if count != Some(of.len()) {
            return Err(Box::new(Fault {
                what: What::Shape,
                site: Some(reshape.site),
            }));
        }
        let made = Handle {
            offset: of.offset,
            ..Handle::contiguous(of.block, &lengths)
        };
        self.memory.retain(&made);
        self.bind(code, to, made)
    }

    pub(super) fn transposed(&mut self, code: &Code, to: Arr, of: Arr) -> Step<()> {
        let mut made = self.handle(of)?;
        let axes = usize::from(made.axes).min(3);
        made.shape[..axes].reverse();
        made.strides[..axes].reverse();
        self.memory.retain(&made);
        self.bind(code, to, made)
    }

    pub(super) fn view(&mut self, code: &Code, to: Arr, view: u32) -> Step<()> {
        let view = &code.views[view as usize];
        let of = self.handle(view.of)?;
        let mut made = Handle {
            axes: 0,
            shape: [1; 3],
            strides: [0; 3],
            ..of
        };
        for (axis, cut) in view.cuts.iter().enumerate() {
            let (length, stride) = (of.shape[axis], of.strides[axis]);
            match *cut {
                Cut::At(at, site) => {
                    made.offset += self.place(code, view.of, axis, at, length, Some(site))? * stride;
                }
                Cut::Range {
                    low,
                    high,
                    step,
                    site,
                } => {
                    let given = |from: Option<Reg>| from.map(|from| self.int(from)).transpose();
                    let (low, high, step) = (given(low)?, given(high)?, given(step)?.unwrap_or(1));
                    if step == 0 {
                        return Err(Box::new(Fault {
                            what: What::SliceStep,
                            site: Some(site),
                        }));
                    }
                    let (start, count) = clipped(low, high, step, length);
                    if count > 0 {
                        made.offset += start * stride;
                    }
                    made.shape[usize::from(made.axes)] = count;
                    made.strides[usize::from(made.axes)] = stride.wrapping_mul(step);
                    made.axes += 1;
                }
            }
        }
        self.memory.retain(&made);
        self.bind(code, to, made)
    }
}

/// The first place of a slice of an axis and how many there are: CPython's `PySlice_AdjustIndices`.
fn clipped(low: Option<i64>, high: Option<i64>, step: i64, length: i64) -> (i64, i64) {
    let is_down = step < 0;
    // Going down the places before the first and of the last are the ends.
    let (least, most) = if is_down { (-1, length - 1) } else { (0, length) };
    let end = |given: i64| {
        let from_start = if given < 0 { given + length } else { given };
        from_start.clamp(least, most)
    };
    let (first, last) = if is_down { (most, least) } else { (least, most) };
    let start = low.map_or(first, end);
    let stop = high.map_or(last, end);
    let (far, by) = match is_down {
        true => (start - stop, step.unsigned_abs()),
        false => (stop - start, step.unsigned_abs()),
    };
    let count = if far > 0 { (far as u64 - 1) / by + 1 } else { 0 };
    (start, count as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `range(length)[low:high:step]` has, place by place, by a plain reading of Python's reference.
    #[test]
    fn slices_are_clipped_as_pythons() {
        // From CPython: `slice(low, high, step).indices(length)` and the range's length.
        let ends = [
            None,
            Some(i64::MIN),
            Some(-6),
            Some(-5),
            Some(-2),
            Some(0),
            Some(2),
            Some(5),
            Some(i64::MAX),
        ];
        let table = include_str!("../tests/oracle/slices.txt");
        let mut lines = table.lines();
        for length in [0, 1, 5] {
            for step in [1, 2, 7, -1, -2, -7, i64::MAX, i64::MIN] {
                for low in ends {
                    for high in ends {
                        let (start, count) = clipped(low, high, step, length);
                        let ours = match count {
                            0 => "- 0".to_owned(),
                            _ => format!("{start} {count}"),
                        };
                        assert_eq!(
                            Some(ours.as_str()),
                            lines.next(),
                            "{low:?}:{high:?}:{step} of {length}"
                        );
                    }
                }
            }
        }
        assert_eq!(lines.next(), None);
    }
}

//! A plan's run, without a device: it says what to do next, and is given what the device read.

use super::action::{Action, Buffer, Contents, Launch, REPORT_BUFFER};
use super::host::{self, Host};
use super::plan::*;
use crate::ir::*;
use crate::sorted::{Map as BTreeMap, Set as BTreeSet};
use crate::source::Span;
use crate::types::Scalar;
use crate::value::{ArrayValue, Value};
use std::borrow::Cow;
use std::collections::VecDeque;

/// What a kernel gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Of [`Program::results`].
    pub results: Vec<Value>,
    /// Arguments that were changed, by their number.
    pub changed: Vec<(usize, ArrayValue)>,
}

#[derive(Debug, Clone, PartialEq)]
enum Waiting {
    Nothing,
    /// For what a shader gives back.
    Outputs(usize, u64),
    /// For the last report, if there is one, and the buffers that are part of the outcome.
    End(bool, Vec<(Buffer, u64)>),
}

/// A run.
#[derive(Debug)]
pub struct Run<'p> {
    plan: &'p Plan,
    args: &'p [Value],
    host: Host,
    at: usize,
    ranges: Vec<Option<(i128, i128, i128)>>,
    rounds: u32,
    dispatches: u32,
    queue: VecDeque<Action>,
    waiting: Waiting,
    given: Option<Vec<u32>>,
    /// Words of each buffer.
    sizes: BTreeMap<Buffer, u64>,
    next_buffer: Buffer,
    written: BTreeSet<Buffer>,
    loaded: BTreeSet<Buffer>,
    /// The arguments' places, by their buffers.
    arguments: BTreeMap<Buffer, usize>,
    params: Vec<Option<host::Handle>>,
    fault: Option<Fault>,
    /// Something was dispatched since the report was read.
    is_unread: bool,
    scratch: Option<Buffer>,
    read: BTreeMap<Buffer, Vec<u32>>,
    is_over: bool,
}

impl<'p> Run<'p> {
    /// A run on these arguments, which are the plan's.
    ///
    /// # Errors
    /// If an argument is not what the plan was made for.
    pub fn new(plan: &'p Plan, args: &'p [Value]) -> Result<Run<'p>, Fault> {
        let program = &plan.program;
        let mut run = Run {
            plan,
            args,
            host: Host::new(program),
            at: 0,
            ranges: vec![None; plan.ranges],
            rounds: 0,
            dispatches: 0,
            queue: VecDeque::new(),
            waiting: Waiting::Nothing,
            given: None,
            sizes: BTreeMap::new(),
            next_buffer: REPORT_BUFFER + 1,
            written: BTreeSet::new(),
            loaded: BTreeSet::new(),
            arguments: BTreeMap::new(),
            params: Vec::new(),
            fault: None,
            is_unread: false,
            scratch: None,
            read: BTreeMap::new(),
            is_over: false,
        };
        let most = plan.shaders.iter().map(Shader::words).max().unwrap_or(0);
        // WGSL rounds the struct up to whole vectors.
        let mut report = vec![0; (REPORT + most.max(1)).next_multiple_of(4) as usize];
        report[..2].fill(NOBODY);
        run.queue.push_back(Action::Create {
            buffer: REPORT_BUFFER,
            words: report.len() as u64,
            contents: Contents::Words(report),
        });
        if args.len() != program.params.len() {
            return Err(Fault::Argument(args.len()));
        }
        for (k, (param, arg)) in program.params.iter().zip(args).enumerate() {
            let wrong = Fault::Argument(k);
            match (param, arg, plan.options.args.get(k)) {
                (Param::Scalar(local), Value::Scalar(of, bits), Some(Arg::Scalar(known))) => {
                    if program.locals.get(local.0 as usize).map(|info| info.of) != Some(*of) || bits != known
                    {
                        return Err(wrong);
                    }
                    run.host.set(*local, *bits);
                    run.params.push(None);
                }
                (Param::Array(array), Value::Array(value), Some(Arg::Shape(shape))) => {
                    let info = program.arrays.get(array.0 as usize);
                    if info.map(|info| info.of) != Some(value.of)
                        || *shape != value.shape
                        || value.len().checked_mul(value.of.bytes() as usize) != Some(value.bytes.len())
                    {
                        return Err(wrong);
                    }
                    let shape = value.shape.iter().map(|n| *n as i64).collect();
                    let handle = run.create(shape, Contents::Argument(k));
                    run.arguments.insert(handle.buffer, k);
                    run.params.push(Some(handle.clone()));
                    if let Some(slot) = run.host.handles.get_mut(array.0 as usize) {
                        *slot = Some(handle);
                    }
                }
                _ => return Err(wrong),
            }
        }
        Ok(run)
    }

    /// What to do next.
    ///
    /// # Errors
    /// What ends the kernel.
    pub fn step(&mut self) -> Result<Action, Fault> {
        loop {
            if let Some(action) = self.queue.pop_front() {
                return Ok(action);
            }
            match std::mem::replace(&mut self.waiting, Waiting::Nothing) {
                Waiting::Nothing if self.is_over => return Ok(Action::Done),
                Waiting::Nothing => {
                    if let Err(fault) = self.op() {
                        // What a shader found before comes first.
                        self.fault = Some(fault);
                        self.end();
                    }
                }
                Waiting::Outputs(shader, count) => {
                    let words = self.take()?;
                    self.failure(&words)?;
                    self.outputs(shader, count, &words)?;
                }
                Waiting::End(has_report, buffers) => {
                    let all = self.given.take().unwrap_or_default();
                    let mut rest = &all[..];
                    if has_report {
                        self.failure(rest)?;
                        rest = rest.get(REPORT as usize..).ok_or(Fault::Device)?;
                    }
                    if let Some(fault) = self.fault.take() {
                        return Err(fault);
                    }
                    for (buffer, words) in buffers {
                        let (own, others) = rest.split_at_checked(words as usize).ok_or(Fault::Device)?;
                        self.read.insert(buffer, own.to_vec());
                        rest = others;
                    }
                    self.is_over = true;
                }
            }
        }
    }

    /// What the last [`Action::Read`] read.
    pub fn give(&mut self, words: Vec<u32>) {
        self.given = Some(words);
    }

    /// Whether the arguments' buffers hold all that a run of the same plan needs, after [`Action::Done`]: nothing of
    /// them was both changed and used.
    pub fn repeats(&self) -> bool {
        let mut arguments = self.arguments.keys();
        arguments.all(|buffer| !(self.written.contains(buffer) && self.loaded.contains(buffer)))
    }

    /// What the kernel gave, after [`Action::Done`].
    ///
    /// # Errors
    /// If it is not done, or the device gave back too little.
    pub fn outcome(&self) -> Result<Outcome, Fault> {
        let mut results = Vec::new();
        for result in &self.plan.program.results {
            results.push(match result {
                Param::Scalar(local) => {
                    let info = self.plan.program.locals.get(local.0 as usize);
                    Value::Scalar(info.ok_or(Fault::Shader)?.of, self.host.local(*local))
                }
                Param::Array(array) => Value::Array(self.elements(*array, self.host.handle(*array)?)?),
            });
        }
        let mut changed = Vec::new();
        for (k, (param, handle)) in self.plan.program.params.iter().zip(&self.params).enumerate() {
            if let (Param::Array(array), Some(handle)) = (param, handle)
                && self.written.contains(&handle.buffer)
            {
                changed.push((k, self.elements(*array, handle)?));
            }
        }
        Ok(Outcome { results, changed })
    }

    fn elements(&self, array: Array, handle: &host::Handle) -> Result<ArrayValue, Fault> {
        let of = self
            .plan
            .program
            .arrays
            .get(array.0 as usize)
            .ok_or(Fault::Unset(array))?
            .of;
        let shape: Vec<usize> = handle.axes.iter().map(|(length, _)| *length as usize).collect();
        let mut bytes = Vec::new();
        for at in 0..handle.len() {
            let mut rest = at;
            let mut place = handle.offset;
            for (length, stride) in handle.axes.iter().rev() {
                place += rest % length * stride;
                rest /= length;
            }
            let place = place as usize;
            // What no shader wrote is as it was given, in all its bits.
            let argument = self.arguments.get(&handle.buffer);
            let bits = match argument.and_then(|at| self.args.get(*at)) {
                Some(Value::Array(value)) if !self.written.contains(&handle.buffer) => value.bits(place),
                _ => {
                    let words = self.read.get(&handle.buffer).ok_or(Fault::Device)?;
                    words.get(place).map(|word| widen(of, *word))
                }
            };
            let bits = bits.ok_or(Fault::Device)?;
            bytes.extend_from_slice(&bits.to_le_bytes()[..of.bytes() as usize]);
        }
        Ok(ArrayValue { of, shape, bytes })
    }

    fn take(&mut self) -> Result<Vec<u32>, Fault> {
        self.given.take().ok_or(Fault::Device)
    }

    fn create(&mut self, shape: Vec<i64>, contents: Contents) -> host::Handle {
        let handle = host::Handle {
            buffer: self.next_buffer,
            offset: 0,
            axes: host::contiguous(&shape),
        };
        let words = (handle.len() as u64).max(4);
        self.next_buffer += 1;
        self.sizes.insert(handle.buffer, words);
        self.queue.push_back(Action::Create {
            buffer: handle.buffer,
            words,
            contents,
        });
        handle
    }

    /// A buffer of at least so many words, for what invocations make.
    fn scratch(&mut self, words: u64) -> Buffer {
        match self.scratch {
            Some(buffer) if self.sizes.get(&buffer).is_some_and(|size| *size >= words) => return buffer,
            Some(buffer) => {
                self.sizes.remove(&buffer);
                self.queue.push_back(Action::Drop(buffer));
            }
            None => {}
        }
        let buffer = self.create(vec![words as i64], Contents::Fill(0)).buffer;
        self.scratch = Some(buffer);
        buffer
    }

    fn end(&mut self) {
        let results = self.plan.program.results.iter();
        let results = results.filter_map(|result| match result {
            Param::Array(array) => self.host.handle(*array).ok().map(|handle| handle.buffer),
            Param::Scalar(_) => None,
        });
        let params = self.params.iter().flatten().map(|handle| handle.buffer);
        let params = params.filter(|buffer| self.written.contains(buffer));
        let all: BTreeSet<Buffer> = results.chain(params).collect();
        let is_known =
            |buffer: &Buffer| self.arguments.contains_key(buffer) && !self.written.contains(buffer);
        let sized = |buffer| (buffer, self.sizes.get(&buffer).copied().unwrap_or(0));
        let all = all.into_iter().filter(|buffer| !is_known(buffer)).map(sized);
        let buffers: Vec<_> = all.collect();
        let report = self.is_unread.then_some((REPORT_BUFFER, u64::from(REPORT)));
        let reads: Vec<_> = report.into_iter().chain(buffers.iter().copied()).collect();
        if !reads.is_empty() {
            self.queue.push_back(Action::Read(reads));
        }
        self.waiting = Waiting::End(report.is_some(), buffers);
    }

    /// The failure of the smallest iteration that the report has.
    fn failure(&self, words: &[u32]) -> Result<(), Fault> {
        let head = words.get(..REPORT as usize).ok_or(Fault::Device)?;
        if head[0] == NOBODY {
            return Ok(());
        }
        let count = (head[2] as usize).min(64);
        let records = head[4..].chunks_exact(4).take(count);
        let first = records.min_by_key(|record| record[0]).ok_or(Fault::Device)?;
        let shader = self.plan.shaders.get(first[3] as usize);
        let span: Option<Span> = shader.and_then(|shader| shader.span);
        Err(match first[1] {
            STOPPED => Fault::Stopped {
                after: self.plan.options.bound,
                in_parallel: shader.is_some_and(|shader| shader.work != Work::Serial),
                span,
            },
            UNFIT => Fault::Unfit { name: None, span },
            site => Fault::Site {
                site: Site(site),
                index: i64::from(first[2] as i32),
            },
        })
    }

    fn round(&mut self, at: u32) -> Result<(), Fault> {
        let bound = self.plan.options.bound;
        if self.rounds >= bound {
            return Err(Fault::Stopped {
                after: bound,
                in_parallel: false,
                span: at.checked_sub(1).map(|start| Span { start, end: at }),
            });
        }
        self.rounds += 1;
        Ok(())
    }

    fn op(&mut self) -> Result<(), Fault> {
        let plan = self.plan;
        let Some(op) = plan.code.get(self.at) else {
            self.end();
            return Ok(());
        };
        self.at += 1;
        match op {
            Op::Set(local, value) => {
                let bits = self.host.eval(value)?;
                self.host.set(*local, bits);
            }
            Op::Bind(array, handle) => self.bind(*array, handle)?,
            Op::Unless(test, to) => {
                if self.host.eval(test)? == 0 {
                    self.at = *to;
                }
            }
            Op::Jump(to) => self.at = *to,
            Op::Round(at) => self.round(*at)?,
            Op::Range(range, start, stop, step) => {
                let bounds = [start, stop, step].map(|expr| Ok(host::signed(expr.of, self.host.eval(expr)?)));
                let [start, stop, step] = bounds;
                if let Some(slot) = self.ranges.get_mut(*range) {
                    *slot = Some((start?, stop?, step?));
                }
            }
            Op::Next(range, var, exit) => match self.ranges.get_mut(*range) {
                Some(Some((next, stop, step)))
                    if *step > 0 && *next < *stop || *step < 0 && *next > *stop =>
                {
                    let value = *next as u64;
                    *next += *step;
                    let of = plan
                        .program
                        .locals
                        .get(var.0 as usize)
                        .map_or(Scalar::I64, |info| info.of);
                    let bits = host::convert(Scalar::I64, of, value);
                    self.host.set(*var, bits);
                    let place = plan.code.iter().find_map(|op| match op {
                        Op::Range(of, start, ..) if of == range => Some(crate::told::place_of(start)),
                        _ => None,
                    });
                    self.round(place.unwrap_or_default())?;
                }
                _ => self.at = *exit,
            },
            Op::Check(test, site) => {
                if self.host.eval(test)? == 0 {
                    return Err(Fault::Site {
                        site: *site,
                        index: 0,
                    });
                }
            }
            Op::Dispatch(shader) => self.dispatch(*shader)?,
            Op::End => self.at = plan.code.len(),
        }
        Ok(())
    }

    fn bind(&mut self, array: Array, expr: &ArrayExpr) -> Result<(), Fault> {
        let handle = match expr {
            ArrayExpr::New { shape, fill, site } => {
                let mut lengths = Vec::new();
                for one in shape {
                    lengths.push(self.host.int(one)?);
                }
                let used = self
                    .sizes
                    .values()
                    .fold(0_u64, |sum, words| sum.saturating_add(*words));
                let size = lengths.iter().try_fold(1_u64, |size, length| {
                    size.checked_mul(u64::try_from(*length).ok()?)
                });
                match size.and_then(|size| size.checked_add(used)) {
                    Some(sum) if sum <= self.plan.options.elements => {}
                    _ => return Err(Fault::Memory(*site)),
                }
                let fill = match fill {
                    Some(fill) => word(fill.of, self.host.eval(fill)?),
                    None => 0,
                };
                self.create(lengths, Contents::Fill(fill))
            }
            _ => self.host.view(expr)?,
        };
        let old = match self.host.handles.get_mut(array.0 as usize) {
            Some(slot) => slot.replace(handle),
            None => None,
        };
        let Some(old) = old else { return Ok(()) };
        let mut kept = self.host.handles.iter().chain(&self.params).flatten();
        if kept.all(|handle| handle.buffer != old.buffer) {
            self.sizes.remove(&old.buffer);
            self.queue.push_back(Action::Drop(old.buffer));
        }
        Ok(())
    }

    fn dispatch(&mut self, number: usize) -> Result<(), Fault> {
        let plan = self.plan;
        let shader = plan.shaders.get(number).ok_or(Fault::Shader)?;
        let unfit = |name: Option<String>| Fault::Unfit {
            name,
            span: shader.span,
        };
        let (start, count) = match &shader.work {
            Work::Serial => (0, 1),
            Work::Each(start, stop) | Work::Lanes(start, stop) => {
                let start = host::signed(start.of, self.host.eval(start)?);
                let stop = host::signed(stop.of, self.host.eval(stop)?);
                if start >= stop {
                    return Ok(());
                }
                let start = i32::try_from(start).map_err(|_| unfit(None))?;
                let stop = i32::try_from(stop).map_err(|_| unfit(None))?;
                (start, stop.abs_diff(start))
            }
        };
        let leaf = leaf(count.into()) as u32;
        let invocations = match shader.work {
            Work::Lanes(..) => LANES as u32 * count.div_ceil(leaf),
            _ => count,
        };
        let mut uniforms = vec![0; HEADER];
        let bound = plan.options.bound;
        uniforms[..FIRST].copy_from_slice(&[
            self.dispatches,
            count,
            start as u32,
            bound,
            leaf,
            number as u32,
        ]);
        let groups = invocations.div_ceil(GROUP);
        for one in &shader.captures {
            let (of, bits) = (one.value.of, self.host.eval(&one.value)?);
            if of.bytes() == 8 && of.is_int() && !plan.options.narrow {
                let value = host::signed(of, bits);
                if value < one.fits.0 || one.fits.1 < value {
                    let name = match one.value.kind {
                        ExprKind::Local(local) => plan.program.locals.get(local.0 as usize),
                        _ => None,
                    };
                    return Err(unfit(name.map(|info| info.name.clone())));
                }
            }
            uniforms.push(word(of, bits));
        }
        let mut buffers: Vec<Buffer> = Vec::new();
        let mut sharing = Vec::new();
        for one in &shader.handles {
            let handle = self.host.handle(one.array)?;
            let fits = one.fits.iter().zip(&handle.axes);
            if !fits
                .clone()
                .all(|((low, high), (length, _))| (*low..=*high).contains(&i128::from(*length)))
            {
                let info = plan.program.arrays.get(one.array.0 as usize);
                return Err(unfit(info.map(|info| info.name.clone())));
            }
            uniforms.push(handle.offset as u32);
            uniforms.extend(handle.axes.iter().map(|(length, _)| *length as u32));
            uniforms.extend(handle.axes.iter().map(|(_, stride)| *stride as u32));
            let known = buffers.iter().position(|buffer| *buffer == handle.buffer);
            sharing.push(known.unwrap_or(buffers.len()));
            if known.is_none() {
                buffers.push(handle.buffer);
            }
            if one.is_written {
                self.written.insert(handle.buffer);
            }
            if one.is_read {
                self.loaded.insert(handle.buffer);
            }
        }
        let most = match shader.scratch {
            0 => MOST_GROUPS,
            each => {
                let group = u64::from(each) * u64::from(GROUP);
                let most = (SCRATCH / group).clamp(1, u64::from(groups.min(MOST_GROUPS))) as u32;
                buffers.push(self.scratch(u64::from(most) * group));
                most
            }
        };
        if buffers.len() >= plan.options.buffers as usize {
            return Err(Fault::Buffers);
        }
        uniforms.resize(uniforms.len().next_multiple_of(4), 0);
        self.dispatches += 1;
        self.queue.push_back(Action::Dispatch(Launch {
            shader: number,
            sharing,
            buffers,
            groups,
            most,
            uniforms,
        }));
        self.is_unread = true;
        if !shader.outputs.is_empty() {
            let words = u64::from(REPORT + shader.words());
            self.queue.push_back(Action::Read(vec![(REPORT_BUFFER, words)]));
            self.is_unread = false;
            self.waiting = Waiting::Outputs(number, count.into());
        }
        Ok(())
    }

    /// Takes over what a shader gave back.
    fn outputs(&mut self, number: usize, count: u64, words: &[u32]) -> Result<(), Fault> {
        let plan = self.plan;
        let shader = plan.shaders.get(number).ok_or(Fault::Shader)?;
        let mut words = words.get(REPORT as usize..).ok_or(Fault::Device)?;
        for one in &shader.outputs {
            let of = plan
                .program
                .locals
                .get(one.local.0 as usize)
                .ok_or(Fault::Shader)?
                .of;
            let invocations = if one.reduce.is_some() {
                (LANES * LEAVES) as usize
            } else {
                1
            };
            let (own, rest) = words
                .split_at_checked(invocations * one.words as usize)
                .ok_or(Fault::Device)?;
            words = rest;
            let bits = match one.reduce {
                None => widen(of, own[0]),
                Some(op) => {
                    let part = |k: usize| match one.words {
                        2 => u64::from(own[2 * k]) | u64::from(own[2 * k + 1]) << 32,
                        _ => widen(of, own[k]),
                    };
                    let leaves = count.div_ceil(leaf(count)) as usize;
                    let sum = combine(of, op, leaves, &part);
                    host::binary(op.binary(), of, self.host.local(one.local), sum)
                }
            };
            self.host.set(one.local, bits);
        }
        Ok(())
    }
}

/// The language's tree over the lanes of each leaf, then over the leaves.
fn combine(of: Scalar, op: Reduce, leaves: usize, part: &dyn Fn(usize) -> u64) -> u64 {
    let lanes = LANES as usize;
    let mut sum = op.neutral(of);
    for leaf in 0..leaves {
        let lane = |k: usize| part(leaf * lanes + k);
        let pair = |k: usize| host::binary(op.binary(), of, lane(k), lane(k + 4));
        let even = host::binary(op.binary(), of, pair(0), pair(2));
        let odd = host::binary(op.binary(), of, pair(1), pair(3));
        let all = host::binary(op.binary(), of, even, odd);
        sum = host::binary(op.binary(), of, sum, all);
    }
    sum
}

/// A value as a word: floats rounded, integers by their low bits.
fn word(of: Scalar, bits: u64) -> u32 {
    match of {
        Scalar::F64 => (f64::from_bits(bits) as f32).to_bits(),
        _ if of.is_int() => host::signed(of, bits) as u32,
        _ => bits as u32,
    }
}

/// The other way.
fn widen(of: Scalar, word: u32) -> u64 {
    match of {
        Scalar::F64 => f64::from(f32::from_bits(word)).to_bits(),
        Scalar::F32 => word.into(),
        Scalar::Bool => (word != 0).into(),
        _ if of.is_signed() => host::convert(Scalar::I32, of, word.into()),
        _ => host::convert(Scalar::U32, of, word.into()),
    }
}

/// An array's elements, one in each word, as bytes.
pub fn words(array: &ArrayValue) -> Cow<'_, [u8]> {
    if array.of.bytes() == 4 {
        return Cow::Borrowed(&array.bytes);
    }
    let all = (0..array.len()).filter_map(|at| array.bits(at));
    all.flat_map(|bits| word(array.of, bits).to_le_bytes()).collect()
}

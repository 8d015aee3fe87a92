//! Handles: new arrays, views, and their way through the frame.

use super::function::{Emitter, Handle, at};
use super::keep;
use super::scalar::constant_int;
use crate::ir::{Array, ArrayExpr, Binary, Compare, Cut, Expr, Param, Program, Site, Stmt};
use crate::sorted::{Map as BTreeMap, Set as BTreeSet};
use crate::types::Scalar;
use crate::value::Arg;
use wasm_encoder::ValType;

/// Bytes of an array at most.
const MOST_BYTES: i64 = 1 << 32;

/// Lengths, where they are known.
pub(super) type Shape = Option<Vec<usize>>;

/// The shapes of arrays, where all that a variable may be are of the same: arguments that a program is made for, and new arrays.
pub(super) fn shapes(program: &Program) -> BTreeMap<Array, Shape> {
    let mut known: BTreeMap<Array, Shape> = BTreeMap::new();
    let mut take = |array: Array, shape: Shape| {
        let all = known.entry(array).or_insert_with(|| shape.clone());
        if *all != shape {
            *all = None;
        }
    };
    for (at, param) in program.params.iter().enumerate() {
        if let Param::Array(array) = param {
            let shape = match program.made_for.as_ref().and_then(|args| args.get(at)) {
                Some(Arg::Shape(shape)) => Some(shape.clone()),
                _ => None,
            };
            take(*array, shape);
        }
    }
    let length = |e: &Expr| usize::try_from(constant_int(e)?).ok();
    crate::walk::statements(&program.body, &mut |stmt| {
        if let Stmt::Bind(to, value) = stmt {
            let shape = match value {
                ArrayExpr::New { shape, .. } => shape.iter().map(length).collect(),
                _ => None,
            };
            take(*to, shape);
        }
    });
    known
}

/// Handle of a view while it is made: nothing of it is assigned before all is known, as it may be the
/// variable that is viewed.
struct Part {
    length: u32,
    stride: u32,
}

impl Emitter<'_> {
    /// Gives an array's variable a handle.
    pub fn bind(&mut self, array: Array, value: &ArrayExpr) {
        match value {
            ArrayExpr::Same(of) => {
                let axes = usize::from(self.program.arrays[array.0 as usize].axes);
                let from = self.handle(*of);
                let to = self.handle(array);
                if *of == array {
                    return;
                }
                self.put().local_get(from.address).local_set(to.address);
                for axis in 0..axes {
                    self.put()
                        .local_get(from.lengths[axis])
                        .local_set(to.lengths[axis]);
                    if let Some(stride) = to.strides.get(axis) {
                        self.stride(*of, axis);
                        self.set(*stride);
                    }
                }
            }
            ArrayExpr::New { shape, fill, site } => {
                let kept = self.unit.kept.get(&keep::key(value));
                self.new_array(array, shape, fill.as_ref(), *site, kept);
            }
            ArrayExpr::Reshape { of, shape, site } => self.reshape(array, *of, shape, *site),
            ArrayExpr::Transposed(of) => self.transpose(array, *of),
            ArrayExpr::View { of, cuts } => self.view(array, *of, cuts),
        }
    }

    /// Puts the bytes from one element to the next along an axis on the stack.
    pub fn stride(&mut self, array: Array, axis: usize) {
        match (
            self.constant_stride(array, axis),
            self.handle(array).strides.get(axis),
        ) {
            (None, Some(stride)) => self.get(*stride),
            (bytes, _) => self.int32(bytes.unwrap_or(1) as i32),
        }
    }

    /// Strides of an array whose elements lie one after another.
    fn dense(&mut self, array: Array, handle: &Handle) {
        let info = &self.program.arrays[array.0 as usize];
        for axis in (0..handle.strides.len()).rev() {
            if axis + 1 == handle.lengths.len() {
                self.int32(info.of.bytes() as i32);
            } else {
                self.stride(array, axis + 1);
                self.get(handle.lengths[axis + 1]);
                self.put().i32_wrap_i64().i32_mul();
            }
            self.set(handle.strides[axis]);
        }
    }

    /// In a loop, all but what is kept is given back first: nothing of it is read any more.
    fn new_array(
        &mut self,
        array: Array,
        shape: &[Expr],
        fill: Option<&Expr>,
        site: Site,
        kept: Option<&BTreeSet<Array>>,
    ) {
        let of = self.program.arrays[array.0 as usize].of;
        let word = super::function::word(of);
        // The shape may be that of the very variable, so that it is complete before it is assigned.
        let lengths: Vec<u32> = shape.iter().map(|_| self.borrow(ValType::I64)).collect();
        for (one, length) in shape.iter().zip(&lengths) {
            self.scalar(one);
            self.set(*length);
        }
        let value = fill.map(|fill| {
            let value = self.borrow(word);
            self.scalar(fill);
            self.set(value);
            value
        });
        let bytes = self.borrow(ValType::I64);
        self.int64(of.bytes().into());
        self.set(bytes);
        for length in &lengths {
            // Lengths below zero are huge without their sign. Factors below 2^32 do not wrap.
            self.put().local_get(*length).i64_const(MOST_BYTES).i64_ge_u();
            self.fail_new(site, *length);
            self.put()
                .local_get(bytes)
                .local_get(*length)
                .i64_mul()
                .local_tee(bytes);
            self.put().i64_const(MOST_BYTES).i64_ge_u();
            self.fail_new(site, *length);
        }
        let to = self.handle(array);
        if let Some(kept) = kept {
            for one in kept {
                let address = self.handle(*one).address;
                self.slot();
                self.put().local_get(address).call(super::KEEP);
            }
            self.slot();
            self.put().call(super::RELEASE);
        }
        self.slot();
        self.get(bytes);
        self.put().call(super::ROOM).local_tee(to.address).i32_eqz();
        self.fail_new(site, lengths[0]);
        for (axis, length) in lengths.iter().enumerate() {
            self.put().local_get(*length).local_set(to.lengths[axis]);
        }
        self.dense(array, &to);
        if let Some(value) = value {
            self.fill(of, to.address, bytes, value, fill.is_some_and(is_zero));
            self.give_back(&[value]);
        }
        self.give_back(&[bytes]);
        self.give_back(&lengths);
    }

    /// Puts the frame and the slot on the stack, as the host takes them.
    fn slot(&mut self) {
        self.frame();
        match self.inside {
            Some((slot, _)) => self.get(slot),
            None => self.int32(0),
        }
    }

    /// Fails for want of memory if the `i32` on the stack is not 0.
    fn fail_new(&mut self, site: Site, length: u32) {
        self.begin_if();
        self.fail(site, |own| {
            own.put().i32_const(0).local_get(length).i64_const(0);
        });
        self.end();
    }

    fn fill(&mut self, of: Scalar, address: u32, bytes: u32, value: u32, zero: bool) {
        if zero || of.bytes() == 1 {
            self.get(address);
            if zero {
                self.int32(0)
            } else {
                self.get(value)
            }
            self.put().local_get(bytes).i32_wrap_i64().memory_fill(0);
            return;
        }
        let [to, end] = [self.borrow(ValType::I32), self.borrow(ValType::I32)];
        self.put()
            .local_get(address)
            .local_tee(to)
            .local_get(bytes)
            .i32_wrap_i64()
            .i32_add()
            .local_tee(end);
        self.put().local_get(to).i32_ne();
        self.begin_if();
        self.begin_loop();
        let top = self.depth;
        self.get(to);
        self.get(value);
        self.store_word(of, 0);
        self.put()
            .local_get(to)
            .i32_const(of.bytes() as i32)
            .i32_add()
            .local_tee(to)
            .local_get(end)
            .i32_ne();
        self.jump_if(top);
        self.end();
        self.end();
        self.give_back(&[to, end]);
    }

    fn view(&mut self, array: Array, of: Array, cuts: &[Cut]) {
        let from = self.handle(of);
        let address = self.borrow(ValType::I32);
        self.put().local_get(from.address).local_set(address);
        let mut parts = Vec::new();
        for (axis, cut) in cuts.iter().enumerate() {
            match cut {
                Cut::At(index, site) => {
                    let place = self.borrow(ValType::I64);
                    self.scalar(index);
                    self.set(place);
                    self.check_index(place, from.lengths[axis], axis as u8, *site);
                    self.advance(of, address, place, axis);
                    self.give_back(&[place]);
                }
                Cut::Range {
                    low,
                    high,
                    step,
                    site,
                } => {
                    let bounds = [low.as_ref(), high.as_ref()];
                    parts.push(self.range(of, address, axis, bounds, step.as_ref(), *site));
                }
            }
        }
        let to = self.handle(array);
        self.put().local_get(address).local_set(to.address);
        for (axis, part) in parts.iter().enumerate() {
            self.put().local_get(part.length).local_set(to.lengths[axis]);
            if let Some(stride) = to.strides.get(axis) {
                self.put().local_get(part.stride).local_set(*stride);
            }
        }
        for part in parts {
            self.give_back(&[part.length, part.stride]);
        }
        self.give_back(&[address]);
    }

    fn reshape(&mut self, array: Array, of: Array, shape: &[Expr], site: Site) {
        let (from, to) = (self.handle(of), self.handle(array));
        let lengths: Vec<u32> = shape.iter().map(|_| self.borrow(ValType::I64)).collect();
        for (one, length) in shape.iter().zip(&lengths) {
            self.scalar(one);
            self.set(*length);
        }
        // No factor is above 2^32, and no product on the way unless a factor is 0.
        let [n, wrong] = [self.borrow(ValType::I64), self.borrow(ValType::I32)];
        self.int32(0);
        self.set(wrong);
        self.int64(1);
        self.set(n);
        for length in &lengths {
            self.put()
                .local_get(*length)
                .i64_const(MOST_BYTES)
                .i64_gt_u()
                .local_get(wrong)
                .i32_or();
            self.put()
                .local_get(n)
                .i64_const(MOST_BYTES)
                .i64_gt_u()
                .i32_or()
                .local_set(wrong);
            self.put().local_get(n).local_get(*length).i64_mul().local_set(n);
        }
        self.get(n);
        self.int64(1);
        for length in &from.lengths {
            self.get(*length);
            self.put().i64_mul();
        }
        self.put().i64_ne().local_get(wrong).i32_or();
        self.fail_if(site);
        self.put().local_get(from.address).local_set(to.address);
        for (axis, length) in lengths.iter().enumerate() {
            self.put().local_get(*length).local_set(to.lengths[axis]);
        }
        self.dense(array, &to);
        self.give_back(&[n, wrong]);
        self.give_back(&lengths);
    }

    fn transpose(&mut self, array: Array, of: Array) {
        let (from, to) = (self.handle(of), self.handle(array));
        self.put().local_get(from.address).local_set(to.address);
        let axes = from.lengths.len();
        // All at once, as it may be the same variable.
        for axis in 0..axes {
            self.get(from.lengths[axis]);
            self.stride(of, axis);
        }
        for axis in (0..axes).rev() {
            let to_axis = axes - 1 - axis;
            match to.strides.get(to_axis) {
                Some(stride) => self.set(*stride),
                None => _ = self.put().drop(),
            }
            self.set(to.lengths[to_axis]);
        }
    }

    /// Moves an address on to a place along an axis.
    fn advance(&mut self, of: Array, address: u32, place: u32, axis: usize) {
        self.put().local_get(address).local_get(place).i32_wrap_i64();
        self.stride(of, axis);
        self.put().i32_mul().i32_add().local_set(address);
    }

    /// A slice of an axis, clipped as `PySlice_AdjustIndices` of CPython does it.
    fn range(
        &mut self,
        of: Array,
        address: u32,
        axis: usize,
        bounds: [Option<&Expr>; 2],
        step: Option<&Expr>,
        site: Site,
    ) -> Part {
        let n = self.handle(of).lengths[axis];
        let [low, high, by] = [ValType::I64; 3].map(|of| self.borrow(of));
        let stride = self.borrow(ValType::I32);
        // 1 where the step is below zero: the places are then from -1 to n - 1 instead of from 0 to n.
        let down = self.borrow(ValType::I64);
        for (to, one) in [low, high].into_iter().zip(bounds) {
            if let Some(one) = one {
                self.scalar(one);
                self.set(to);
            }
        }
        match step {
            Some(step) => self.scalar(step),
            None => self.int64(1),
        }
        self.set(by);
        if step.is_some_and(|step| super::scalar::constant_int(step).is_none_or(|step| step == 0)) {
            self.put().local_get(by).i64_eqz();
            self.fail_if(site);
        }
        self.put().local_get(by).i64_const(63).i64_shr_u().local_set(down);
        for (is_high, (to, one)) in [low, high].into_iter().zip(bounds).enumerate() {
            match one {
                Some(_) => {
                    // From the end, then within the ends.
                    self.put().local_get(to).local_get(n).i64_const(0).local_get(to);
                    self.put().i64_const(0).i64_lt_s().select().i64_add();
                    self.put().i64_const(0).local_get(down).i64_sub();
                    self.binary(Binary::Max, Scalar::I64);
                    self.put().local_get(n).local_get(down).i64_sub();
                    self.binary(Binary::Min, Scalar::I64);
                }
                None => {
                    self.put().local_get(n).local_get(down).i64_sub();
                    self.put().i64_const(0).local_get(down).i64_sub();
                    self.put()
                        .local_get(down)
                        .i64_const(is_high as i64)
                        .i64_ne()
                        .select();
                }
            }
            self.set(to);
        }
        // How many: the distance by the step, rounded up.
        let length = self.borrow(ValType::I64);
        let signed = |own: &mut Self, from: u32| {
            own.put()
                .i64_const(0)
                .local_get(from)
                .i64_sub()
                .local_get(from)
                .local_get(down)
                .i32_wrap_i64();
            own.put().select();
        };
        self.put()
            .local_get(high)
            .local_get(low)
            .i64_sub()
            .local_set(length);
        signed(self, length);
        self.set(length);
        self.put().local_get(length).i64_const(0);
        self.compare(Compare::AtMost, Scalar::I64, Scalar::I64);
        self.begin_if_giving(ValType::I64);
        self.int64(0);
        self.otherwise();
        self.put().local_get(length).i64_const(1).i64_sub();
        signed(self, by);
        self.put().i64_div_u().i64_const(1).i64_add();
        self.end();
        self.set(length);
        // An empty slice begins where its axis does, so that its address is one of the array.
        self.put()
            .local_get(low)
            .i64_const(0)
            .local_get(length)
            .i64_const(0)
            .i64_ne()
            .select()
            .local_set(low);
        self.advance(of, address, low, axis);
        self.stride(of, axis);
        self.put()
            .local_get(by)
            .i32_wrap_i64()
            .i32_mul()
            .local_set(stride);
        self.give_back(&[low, high, by, down]);
        Part { length, stride }
    }

    /// Puts on the stack whether the bytes from an array's first to its last do not meet another's.
    pub fn apart(&mut self, a: Array, b: Array) {
        let [low_a, high_a] = self.extent(a);
        let [low_b, high_b] = self.extent(b);
        self.put().local_get(high_a).local_get(low_b).i64_le_u();
        self.put().local_get(high_b).local_get(low_a).i64_le_u().i32_or();
        self.give_back(&[low_a, high_a, low_b, high_b]);
    }

    /// The first byte of an array, and the first behind it; the same if it is empty.
    fn extent(&mut self, array: Array) -> [u32; 2] {
        let info = &self.program.arrays[array.0 as usize];
        let handle = self.handle(array);
        let [low, high, reach, any] = [ValType::I64; 4].map(|of| self.borrow(of));
        self.put()
            .local_get(handle.address)
            .i64_extend_i32_u()
            .local_tee(low)
            .local_set(high);
        self.int64(1);
        self.set(any);
        for axis in 0..usize::from(info.axes) {
            self.put().local_get(handle.lengths[axis]).i64_const(1).i64_sub();
            self.stride(array, axis);
            self.put().i64_extend_i32_s().i64_mul().local_set(reach);
            for (to, op) in [(low, Binary::Min), (high, Binary::Max)] {
                self.put().local_get(to).local_get(reach).i64_const(0);
                self.binary(op, Scalar::I64);
                self.put().i64_add().local_set(to);
            }
            self.put()
                .local_get(any)
                .i64_const(0)
                .local_get(handle.lengths[axis])
                .i64_const(0)
                .i64_ne();
            self.put().select().local_set(any);
        }
        self.put()
            .local_get(high)
            .i64_const(info.of.bytes().into())
            .i64_add();
        self.put()
            .local_get(low)
            .local_get(any)
            .i32_wrap_i64()
            .select()
            .local_set(high);
        self.give_back(&[reach, any]);
        [low, high]
    }

    /// Reads a handle from the frame.
    pub fn load_handle(&mut self, array: Array, place: u32) {
        let handle = self.handle(array);
        self.frame();
        self.put().i32_load(at(place)).local_set(handle.address);
        for (axis, length) in handle.lengths.iter().enumerate() {
            let offset = place + 8 + 16 * axis as u32;
            self.frame();
            self.put().i64_load(at(offset)).local_set(*length);
            if let Some(stride) = handle.strides.get(axis) {
                self.frame();
                self.put().i32_load(at(offset + 8)).local_set(*stride);
            }
        }
    }

    /// Writes a handle into the frame.
    pub fn store_handle(&mut self, array: Array, place: u32) {
        let handle = self.handle(array);
        self.frame();
        self.put().local_get(handle.address).i32_store(at(place));
        for (axis, length) in handle.lengths.iter().enumerate() {
            let offset = place + 8 + 16 * axis as u32;
            self.frame();
            self.put().local_get(*length).i64_store(at(offset));
            self.frame();
            self.stride(array, axis);
            self.put().i64_extend_i32_s().i64_store(at(offset + 8));
        }
    }
}

/// All of whose bytes are 0.
fn is_zero(e: &Expr) -> bool {
    matches!(e.kind, crate::ir::ExprKind::Const(0))
}

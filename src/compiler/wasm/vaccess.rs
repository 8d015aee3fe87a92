//! Elements in lanes: neighbours at once, others one by one. Reading around an array does no harm, as nobody's bytes are there; what is
//! written is written lane by lane where not all lanes take part, as others may write next to it.

use super::access::Index;
use super::function::{Emitter, at};
use super::lanes::{LANES, Parts, parts, words};
use super::plan::{Kind, SAME};
use crate::ir::{Array, Binary, Compare, Expr, Site};
use crate::types::{Layout, Scalar};
use wasm_encoder::{MemArg, ValType};

/// An index in all lanes.
enum Spread {
    /// The same in all: an `i64` variable.
    Same(u32),
    /// Its vectors.
    Each(Parts),
    /// Those of its low words.
    Low(Parts),
}

impl Emitter<'_> {
    /// Whether lanes access neighbours: only the last index differs, by 1. Of proven indices the low bits tell.
    fn is_contiguous(&self, array: Array, index: &[Expr], is_proven: bool) -> bool {
        let info = &self.program.arrays[array.0 as usize];
        let Some((last, others)) = index.split_last() else {
            return false;
        };
        let kind = |one| match is_proven {
            true => self.low_kind(one),
            false => self.kind(one),
        };
        info.layout == Layout::C && kind(last) == Kind::Step(1) && others.iter().all(|one| kind(one) == SAME)
    }

    pub fn load_lanes(&mut self, array: Array, index: &[Expr], site: Option<Site>) {
        let of = self.program.arrays[array.0 as usize].of;
        if !self.is_contiguous(array, index, site.is_none()) {
            return self.gather(array, index, site);
        }
        let Some(site) = site else {
            let kept: Vec<Index<'_>> = index.iter().map(Index::Of).collect();
            let offset = self.address(array, &kept);
            return self.load_vectors(of, offset);
        };
        let result = self.borrow_parts(of);
        let kept = self.begin_contiguous(array, index, site);
        let offset = self.address(array, &kept);
        self.load_vectors(of, offset);
        self.set_parts(&result);
        self.otherwise();
        self.gather(array, index, Some(site));
        self.set_parts(&result);
        self.end();
        self.drop_indices(&kept);
        self.get_parts(&result);
        self.give_back(&result);
    }

    /// Begins the case that neighbours are all within an axis.
    fn begin_contiguous<'e>(&mut self, array: Array, index: &'e [Expr], site: Site) -> Vec<Index<'e>> {
        let kept = self.indices(index, true);
        let handle = self.handle(array);
        let (others, last) = kept.split_at(kept.len() - 1);
        self.check(array, others, site);
        if let (Some(Index::In(first)), Some(length)) = (last.first(), handle.lengths.last()) {
            let lanes = i64::from(LANES);
            self.put().local_get(*first).i64_const(0).i64_ge_s();
            self.put()
                .local_get(*first)
                .local_get(*length)
                .i64_const(lanes)
                .i64_sub()
                .i64_le_s()
                .i32_and();
        }
        self.begin_if();
        kept
    }

    /// Neighbours from an address.
    fn load_vectors(&mut self, of: Scalar, offset: u32) {
        let memory = at(offset);
        match of {
            Scalar::Bool => {
                self.put().v128_load8x8_u(memory).v128_const(0).i16x8_ne();
            }
            Scalar::U8 => {
                self.put().v128_load8x8_u(memory);
                self.halves(
                    |own| _ = own.put().i32x4_extend_low_i16x8_u(),
                    |own| _ = own.put().i32x4_extend_high_i16x8_u(),
                );
            }
            Scalar::I8 => {
                self.put().v128_load8x8_s(memory);
                self.halves(
                    |own| _ = own.put().i32x4_extend_low_i16x8_s(),
                    |own| _ = own.put().i32x4_extend_high_i16x8_s(),
                );
            }
            Scalar::I16 => self.load_parts(of, offset, 8, |own, at| _ = own.put().v128_load16x4_s(at)),
            Scalar::U16 => self.load_parts(of, offset, 8, |own, at| _ = own.put().v128_load16x4_u(at)),
            _ => self.load_parts(of, offset, 16, |own, at| _ = own.put().v128_load(at)),
        }
    }

    /// A value's vectors, each of so many bytes in memory, from the address on the stack.
    fn load_parts(&mut self, of: Scalar, offset: u32, bytes: u32, load: impl Fn(&mut Self, MemArg)) {
        let address = self.borrow(ValType::I32);
        self.set(address);
        for part in 0..parts(of) as u32 {
            self.get(address);
            load(self, at(offset + part * bytes));
        }
        self.give_back(&[address]);
    }

    /// Stores neighbours: the address, then the vectors are on the stack.
    fn store_vectors(&mut self, of: Scalar, offset: u32) {
        let memory = at(offset);
        match of.bytes() {
            1 => {
                let bytes = match of {
                    // Masks of 16 bits.
                    Scalar::Bool => {
                        self.put().v128_const(words([0x0001_0001; 4])).v128_and();
                        self.repeat(2);
                        std::array::from_fn(|at| 2 * at as u8 % 16)
                    }
                    _ => std::array::from_fn(|at| 4 * at as u8 % 32),
                };
                self.put().i8x16_shuffle(bytes).v128_store64_lane(memory, 0);
            }
            2 => {
                let low = std::array::from_fn(|at| (4 * (at / 2) + at % 2) as u8);
                self.put().i8x16_shuffle(low).v128_store(memory);
            }
            _ => {
                let address = self.borrow(ValType::I32);
                let parts = self.keep(of);
                self.set(address);
                for (part, offset) in parts.iter().zip((offset..).step_by(16)) {
                    self.put()
                        .local_get(address)
                        .local_get(*part)
                        .v128_store(at(offset));
                }
                self.give_back(&parts);
                self.give_back(&[address]);
            }
        }
    }

    /// Indices in all lanes, in order.
    fn spread_indices(&mut self, index: &[Expr], checked: bool) -> Vec<Spread> {
        let mut all = Vec::new();
        for one in index {
            if self.varies(one) {
                if checked {
                    self.lanewise(one);
                    all.push(Spread::Each(self.keep(Scalar::I64)));
                } else {
                    self.low_lanes(one);
                    all.push(Spread::Low(self.keep(Scalar::I32)));
                }
            } else {
                self.scalar(one);
                let variable = self.borrow(ValType::I64);
                self.set(variable);
                all.push(Spread::Same(variable));
            }
        }
        all
    }

    /// Makes indices from -n to -1 those from the end, and fails for others of lanes that take part.
    fn check_lanes(&mut self, array: Array, all: &[Spread], site: Site) {
        let handle = self.handle(array);
        for (axis, one) in all.iter().enumerate() {
            let length = handle.lengths[axis];
            let parts = match one {
                Spread::Same(variable) => {
                    self.check_index(*variable, length, axis as u8, site);
                    continue;
                }
                Spread::Each(parts) => parts,
                Spread::Low(_) => continue,
            };
            let n = self.borrow(ValType::V128);
            self.put().local_get(length).i64x2_splat().local_set(n);
            let wrapped = self.borrow_parts(Scalar::I64);
            for (part, wrapped) in parts.iter().zip(&wrapped) {
                self.put()
                    .local_get(*part)
                    .local_get(n)
                    .local_get(*part)
                    .i32_const(63)
                    .i64x2_shr_s()
                    .v128_and();
                self.put().i64x2_add().local_set(*wrapped);
            }
            // Below 0 or not below n.
            for wrapped in &wrapped {
                self.put().local_get(*wrapped).i32_const(63).i64x2_shr_s();
                self.put().local_get(*wrapped).local_get(n).i64x2_ge_s().v128_or();
            }
            self.mask_of(Scalar::I64);
            self.fail_lanes(site, |own| {
                own.int32(axis as i32);
                own.failing(Scalar::I64, parts);
                own.get(length);
            });
            for (part, wrapped) in parts.iter().zip(&wrapped) {
                self.put().local_get(*wrapped).local_set(*part);
            }
            self.give_back(&wrapped);
            self.give_back(&[n]);
        }
    }

    /// Puts the addresses of elements on the stack, in 32-bit places. Those of lanes that do not take part are some element's.
    fn addresses(&mut self, array: Array, all: Vec<Spread>) {
        let handle = self.handle(array);
        self.put().local_get(handle.address);
        for (axis, one) in all.iter().enumerate() {
            if let Spread::Same(variable) = one {
                self.put().local_get(*variable).i32_wrap_i64();
                self.times_stride(array, &handle, axis);
                self.put().i32_add();
            }
        }
        self.splat(Scalar::I32);
        let parts = parts(Scalar::I32);
        let mask = self.mask();
        for (axis, one) in all.iter().enumerate() {
            match one {
                Spread::Same(_) => continue,
                Spread::Each(index) => {
                    self.get_parts(index);
                    self.words_of_longs();
                }
                Spread::Low(index) => self.get_parts(index),
            }
            if let Some(mask) = mask {
                self.get(mask);
                self.mask_for(Scalar::I32);
                self.each(parts, 2, |own| _ = own.put().v128_and());
            }
            match self.constant_stride(array, axis) {
                Some(bytes) if bytes.is_power_of_two() => self.each(parts, 1, |own| {
                    own.put().i32_const(bytes.trailing_zeros() as i32).i32x4_shl();
                }),
                _ => {
                    self.stride(array, axis);
                    self.splat(Scalar::I32);
                    self.each(parts, 2, |own| _ = own.put().i32x4_mul());
                }
            }
            self.each(parts, 2, |own| _ = own.put().i32x4_add());
        }
        for one in all {
            match one {
                Spread::Same(variable) => self.give_back(&[variable]),
                Spread::Each(parts) | Spread::Low(parts) => self.give_back(&parts),
            }
        }
    }

    fn gather(&mut self, array: Array, index: &[Expr], site: Option<Site>) {
        let of = self.program.arrays[array.0 as usize].of;
        if site.is_none()
            && self.mask().is_none()
            && of.bytes() >= 4
            && let Some(steps) = self.steps_of(index)
        {
            return self.strided(array, index, &steps);
        }
        let all = self.spread_indices(index, site.is_some());
        if let Some(site) = site {
            self.check_lanes(array, &all, site);
        }
        self.addresses(array, all);
        self.by_lanes(&[Scalar::I32], of, |own, _| own.load_word(of, 0));
    }

    /// By how much each index is more in each next lane, if that is known: proven ones, of which the low bits tell.
    fn steps_of(&self, index: &[Expr]) -> Option<Vec<i64>> {
        let step = |one| match self.low_kind(one) {
            Kind::Step(by) => Some(by),
            Kind::Varying => None,
        };
        index.iter().map(step).collect()
    }

    /// Elements as far apart as their neighbours, all of which are there: from one address to the next.
    fn strided(&mut self, array: Array, index: &[Expr], steps: &[i64]) {
        let of = self.program.arrays[array.0 as usize].of;
        let [address, apart] = [ValType::I32; 2].map(|of| self.borrow(of));
        self.int32(0);
        for (axis, by) in steps.iter().enumerate().filter(|(_, by)| **by != 0) {
            self.stride(array, axis);
            self.int32(*by as i32);
            self.put().i32_mul().i32_add();
        }
        self.set(apart);
        let kept: Vec<Index<'_>> = index.iter().map(Index::Of).collect();
        let offset = self.address(array, &kept);
        self.set(address);
        let each = LANES / parts(of) as u32;
        for lane in 0..LANES {
            if lane > 0 {
                self.put()
                    .local_get(address)
                    .local_get(apart)
                    .i32_add()
                    .local_set(address);
            }
            // A vector's first elements bring the vector.
            let vector = self.borrow(ValType::V128);
            if !lane.is_multiple_of(each) {
                self.set(vector);
            }
            self.get(address);
            match (lane % each, of.bytes()) {
                (0, 4) => self.put().v128_load32_zero(at(offset)),
                (0, _) => self.put().v128_load64_zero(at(offset)),
                (place, 4) => self
                    .put()
                    .local_get(vector)
                    .v128_load32_lane(at(offset), place as u8),
                (place, _) => self
                    .put()
                    .local_get(vector)
                    .v128_load64_lane(at(offset), place as u8),
            };
            self.give_back(&[vector]);
        }
        self.give_back(&[address, apart]);
    }

    pub fn store_lanes(&mut self, array: Array, index: &[Expr], value: &Expr, site: Option<Site>) {
        let of = self.program.arrays[array.0 as usize].of;
        if !self.is_contiguous(array, index, site.is_none()) {
            return self.scatter(array, index, value, site);
        }
        match (site, self.mask()) {
            (None, None) => {
                let kept: Vec<Index<'_>> = index.iter().map(Index::Of).collect();
                let offset = self.address(array, &kept);
                self.lanewise(value);
                self.store_vectors(of, offset);
            }
            (_, mask) => {
                // Neighbours if all lanes take part and are in the array.
                self.lanewise(value);
                let values = self.keep(of);
                let kept = match site {
                    Some(site) => self.begin_contiguous(array, index, site),
                    None => {
                        self.block();
                        index.iter().map(Index::Of).collect()
                    }
                };
                match mask {
                    None => {
                        let offset = self.address(array, &kept);
                        self.get_parts(&values);
                        self.store_vectors(of, offset);
                    }
                    Some(mask) => {
                        let offset = self.address(array, &kept);
                        let address = self.borrow(ValType::I32);
                        self.set(address);
                        self.get(mask);
                        self.put().i16x8_all_true();
                        self.begin_if();
                        self.get(address);
                        self.get_parts(&values);
                        self.store_vectors(of, offset);
                        self.otherwise();
                        self.each_lane_of(mask, |own, lane| {
                            own.get(address);
                            own.extract(of, &values, lane);
                            own.store_word(of, offset + lane * of.bytes());
                        });
                        self.end();
                        self.give_back(&[address]);
                    }
                }
                if let Some(site) = site {
                    self.otherwise();
                    self.scatter_values(array, index, &values, Some(site));
                }
                self.end();
                self.drop_indices(&kept);
                self.give_back(&values);
            }
        }
    }

    /// For each lane of a mask, in order.
    fn each_lane_of(&mut self, mask: u32, mut f: impl FnMut(&mut Self, u32)) {
        let bits = self.borrow(ValType::I32);
        self.get(mask);
        self.bits();
        self.set(bits);
        for lane in 0..LANES {
            self.put().local_get(bits).i32_const(1 << lane).i32_and();
            self.begin_if();
            f(self, lane);
            self.end();
        }
        self.give_back(&[bits]);
    }

    fn scatter(&mut self, array: Array, index: &[Expr], value: &Expr, site: Option<Site>) {
        let of = self.program.arrays[array.0 as usize].of;
        self.lanewise(value);
        let values = self.keep(of);
        self.scatter_values(array, index, &values, site);
        self.give_back(&values);
    }

    fn scatter_values(&mut self, array: Array, index: &[Expr], values: &Parts, site: Option<Site>) {
        let of = self.program.arrays[array.0 as usize].of;
        let all = self.spread_indices(index, site.is_some());
        if let Some(site) = site {
            self.check_lanes(array, &all, site);
        }
        self.addresses(array, all);
        let addresses = self.keep(Scalar::I32);
        let store = |own: &mut Self, lane: u32| {
            own.extract(Scalar::I32, &addresses, lane);
            own.extract(of, values, lane);
            own.store_word(of, 0);
        };
        match self.mask() {
            Some(mask) => self.each_lane_of(mask, store),
            None => (0..LANES).for_each(|lane| store(self, lane)),
        }
        self.give_back(&addresses);
    }

    /// Which lanes of a loop are before its end: `left` is how many are.
    pub fn first_lanes(&mut self, left: u32) {
        let numbers = words([0x0001_0000, 0x0003_0002, 0x0005_0004, 0x0007_0006]);
        self.put().local_get(left).i32_wrap_i64().i16x8_splat();
        self.put().v128_const(numbers).i16x8_gt_s();
    }

    /// Whether the steps of two vectors on the stack, a distance and a step, are more than one: as numbers without a sign.
    pub fn above_vector(&mut self, of: Scalar) {
        let unsigned = if of.bytes() == 8 { Scalar::U64 } else { Scalar::U32 };
        let b = self.borrow(ValType::V128);
        let a = self.borrow(ValType::V128);
        self.put().local_set(b).local_set(a).local_get(b).local_get(a);
        self.give_back(&[a, b]);
        self.compare_vector(Compare::Less, unsigned);
    }

    /// The difference of two vectors on the stack.
    pub fn minus_vector(&mut self, of: Scalar) {
        let wide = if of.bytes() == 8 { Scalar::I64 } else { Scalar::I32 };
        self.binary_vector(Binary::Sub, wide);
    }
}

//! Values in lanes, on the stack and in variables.
//!
//! There are as many lanes as a reduction's tree has: 8. A value of 64 bits takes four vectors, a truth value one, everything else two.
//! Integers of less than 32 bits are kept as the `i32` of their value, truth values as masks: all of a place's 16 bits.
//!
//! More lanes than a vector has are independent work for the processor while it waits for results: on all kernels
//! measured, 8 were as fast as 4 or 2, and mostly half as fast again.

use super::function::{Emitter, word};
use super::plan::{Kind, Plan, Set};
use crate::ir::{self, Expr, Label, Local};
use crate::types::Scalar;
use wasm_encoder::ValType;

/// How many lanes.
pub(super) const LANES: u32 = ir::LANES as u32;

/// The vectors of a value, as variables.
pub(super) type Parts = Vec<u32>;

/// A region of the body that some lanes may not take part in.
#[derive(Debug, Default)]
pub(super) struct Scope {
    /// The lanes that do; all if there is none.
    pub mask: Option<u32>,
    /// What the others will read.
    pub parked: Set,
    /// What a jump to here is called.
    pub leave: Option<Label>,
    pub again: Option<Label>,
    /// The end of the region: as many blocks are open around it.
    pub exit: u32,
    /// Lanes have left since it was last looked whether any are there.
    pub touched: bool,
}

/// A loop in lanes while it is written.
#[derive(Debug)]
pub(super) struct Lanes {
    pub plan: Plan,
    variables: Vec<Option<Parts>>,
    pub scopes: Vec<Scope>,
    /// Where to do the lanes before one that failed: the block to jump to, and the variables that say how many they are
    /// (`i64`) and that there was a failure (`i32`).
    pub replay: (u32, u32, u32),
    /// Whether the outermost parallel loop is the one in lanes.
    pub is_outer: bool,
    /// The lane that fails, while a failure is written.
    pub failing: Option<u32>,
    /// Values that are the same throughout, and their vectors.
    pub spreads: Vec<(Expr, u32)>,
}

impl Lanes {
    pub fn new(plan: Plan, locals: usize, is_outer: bool) -> Lanes {
        let variables = vec![None; locals];
        Lanes {
            plan,
            variables,
            scopes: Vec::new(),
            replay: (0, 0, 0),
            is_outer,
            failing: None,
            spreads: Vec::new(),
        }
    }

    pub fn rename(&mut self, local: Local, parts: Parts) {
        self.variables[local.0 as usize] = Some(parts);
    }
}

pub(super) fn is_wide(of: Scalar) -> bool {
    of.bytes() == 8
}

/// Lanes in a vector of this type.
fn places(of: Scalar) -> u32 {
    match of {
        Scalar::Bool => LANES,
        _ if is_wide(of) => 2,
        _ => 4,
    }
}

/// Vectors of a value.
pub(super) fn parts(of: Scalar) -> usize {
    (LANES / places(of)) as usize
}

/// The vector of a value that has a lane, and its place there.
fn place(of: Scalar, lane: u32) -> (usize, u8) {
    ((lane / places(of)) as usize, (lane % places(of)) as u8)
}

/// The bytes of a vector of 32-bit numbers.
pub(super) fn words(words: [u32; 4]) -> i128 {
    words
        .iter()
        .rev()
        .fold(0u128, |all, word| all << 32 | u128::from(*word)) as i128
}

/// The bytes of a vector of 64-bit numbers.
pub(super) fn longs(longs: [u64; 2]) -> i128 {
    (u128::from(longs[1]) << 64 | u128::from(longs[0])) as i128
}

/// Shuffles 32-bit words.
pub(super) fn shuffle(words: [u8; 4]) -> [u8; 16] {
    std::array::from_fn(|at| words[at / 4] * 4 + at as u8 % 4)
}

impl Emitter<'_> {
    /// How a value differs between lanes.
    pub fn kind(&self, e: &Expr) -> Kind {
        self.vector
            .as_ref()
            .map_or(Kind::Step(0), |vector| vector.plan.kind(e))
    }

    /// The same of its low 32 bits alone.
    pub fn low_kind(&self, e: &Expr) -> Kind {
        self.vector
            .as_ref()
            .map_or(Kind::Step(0), |vector| vector.plan.low_kind(e))
    }

    pub fn varies(&self, e: &Expr) -> bool {
        self.kind(e) != Kind::Step(0)
    }

    /// The vectors of a variable.
    pub fn in_lanes(&mut self, local: Local) -> Parts {
        let place = local.0 as usize;
        if let Some(known) = self
            .vector
            .as_ref()
            .and_then(|vector| vector.variables[place].clone())
        {
            return known;
        }
        let parts = self.new_parts(self.program.locals[place].of);
        if let Some(vector) = &mut self.vector {
            vector.variables[place] = Some(parts.clone());
        }
        parts
    }

    pub fn new_parts(&mut self, of: Scalar) -> Parts {
        (0..parts(of)).map(|_| self.variable(ValType::V128)).collect()
    }

    pub fn borrow_parts(&mut self, of: Scalar) -> Parts {
        (0..parts(of)).map(|_| self.borrow(ValType::V128)).collect()
    }

    pub fn get_parts(&mut self, parts: &[u32]) {
        for part in parts {
            self.get(*part);
        }
    }

    pub fn set_parts(&mut self, parts: &[u32]) {
        for part in parts.iter().rev() {
            self.set(*part);
        }
    }

    /// Takes a value from the stack.
    pub fn keep(&mut self, of: Scalar) -> Parts {
        let parts = self.borrow_parts(of);
        self.set_parts(&parts);
        parts
    }

    /// Does the same to each of n vectors of operands on the stack, each operand of as many vectors as the results.
    pub fn each(&mut self, parts: usize, operands: usize, mut f: impl FnMut(&mut Self)) {
        self.each_of(parts, operands, &mut f);
    }

    /// The same, written out once.
    fn each_of(&mut self, parts: usize, operands: usize, f: &mut dyn FnMut(&mut Self)) {
        if parts == 1 {
            return f(self);
        }
        // Of 64 bits there are four vectors, and no more than three operands.
        let mut kept = [0; 12];
        let kept = &mut kept[..parts * operands];
        kept.fill_with(|| self.borrow(ValType::V128));
        self.set_parts(kept);
        for part in 0..parts {
            for operand in 0..operands {
                self.get(kept[operand * parts + part]);
            }
            f(self);
        }
        self.give_back(kept);
    }

    /// The same value in all lanes, from the stack.
    pub fn splat(&mut self, of: Scalar) {
        self.splat_once(of);
        self.repeat(parts(of));
    }

    /// The same, as one vector.
    pub fn splat_once(&mut self, of: Scalar) {
        match word(of) {
            ValType::F32 => _ = self.put().f32x4_splat(),
            ValType::F64 => _ = self.put().f64x2_splat(),
            ValType::I64 => _ = self.put().i64x2_splat(),
            _ if of == Scalar::Bool => {
                self.put().i32_const(-1).i32_mul().i32x4_splat();
            }
            _ => _ = self.put().i32x4_splat(),
        }
    }

    /// Has the vector on the stack there n times.
    pub fn repeat(&mut self, n: usize) {
        if n > 1 {
            let one = self.borrow(ValType::V128);
            self.tee(one);
            (1..n).for_each(|_| self.get(one));
            self.give_back(&[one]);
        }
    }

    /// A vector that in lane k of a part holds k times this.
    pub fn steps(&mut self, of: Scalar, by: i64, part: usize) {
        let lane = |lane: u64| by.wrapping_mul(lane as i64);
        let vector = match is_wide(of) {
            true => longs([lane(2 * part as u64) as u64, lane(2 * part as u64 + 1) as u64]),
            false => words([0, 1, 2, 3].map(|at| lane(4 * part as u64 + at) as u32)),
        };
        self.put().v128_const(vector);
    }

    /// Makes a mask of lanes, on the stack, one of a type's places.
    pub fn mask_for(&mut self, of: Scalar) {
        if of == Scalar::Bool {
            return;
        }
        self.halves(
            |own| _ = own.put().i32x4_extend_low_i16x8_s(),
            |own| _ = own.put().i32x4_extend_high_i16x8_s(),
        );
        if is_wide(of) {
            let high = self.borrow(ValType::V128);
            self.set(high);
            self.longs_of_words();
            self.get(high);
            self.longs_of_words();
            self.give_back(&[high]);
        }
    }

    /// Two vectors of one on the stack.
    pub fn halves(&mut self, low: impl FnOnce(&mut Self), high: impl FnOnce(&mut Self)) {
        let all = self.borrow(ValType::V128);
        self.tee(all);
        low(self);
        self.get(all);
        high(self);
        self.give_back(&[all]);
    }

    /// Four signed words on the stack as two vectors of longs.
    fn longs_of_words(&mut self) {
        self.halves(
            |own| _ = own.put().i64x2_extend_low_i32x4_s(),
            |own| _ = own.put().i64x2_extend_high_i32x4_s(),
        );
    }

    /// One vector of each two of the n on the stack.
    pub fn join(&mut self, n: usize, f: impl Fn(&mut Self)) {
        let kept: Vec<u32> = (0..n).map(|_| self.borrow(ValType::V128)).collect();
        self.set_parts(&kept);
        for two in kept.chunks(2) {
            self.get_parts(two);
            f(self);
        }
        self.give_back(&kept);
    }

    /// Makes a mask of a type's places, on the stack, one of lanes.
    pub fn mask_of(&mut self, of: Scalar) {
        if of == Scalar::Bool {
            return;
        }
        if is_wide(of) {
            self.words_of_longs();
        }
        self.put().i16x8_narrow_i32x4_s();
    }

    /// The lanes that take part, if not all do.
    pub fn mask(&self) -> Option<u32> {
        self.vector
            .as_ref()
            .and_then(|vector| vector.scopes.iter().rev().find_map(|scope| scope.mask))
    }

    /// One bit for each lane of a mask on the stack.
    pub fn bits(&mut self) {
        self.put().i16x8_bitmask();
    }

    /// Puts a lane of a value on the stack, as its word.
    pub fn extract(&mut self, of: Scalar, parts: &[u32], lane: u32) {
        if of == Scalar::Bool {
            self.get(parts[0]);
            self.put().i16x8_extract_lane_u(lane as u8).i32_const(1).i32_and();
            return;
        }
        let (part, place) = place(of, lane);
        self.get(parts[part]);
        match word(of) {
            ValType::F32 => self.put().f32x4_extract_lane(place),
            ValType::F64 => self.put().f64x2_extract_lane(place),
            ValType::I64 => self.put().i64x2_extract_lane(place),
            _ => self.put().i32x4_extract_lane(place),
        };
    }

    /// Puts what is on the stack, behind the vector it goes to, into the place of a lane.
    pub fn replace(&mut self, of: Scalar, lane: u32) {
        let (_, place) = place(of, lane);
        match word(of) {
            ValType::F32 => self.put().f32x4_replace_lane(place),
            ValType::F64 => self.put().f64x2_replace_lane(place),
            ValType::I64 => self.put().i64x2_replace_lane(place),
            _ if of == Scalar::Bool => self.put().i32_const(-1).i32_mul().i16x8_replace_lane(place),
            _ => self.put().i32x4_replace_lane(place),
        };
    }

    /// Makes a value lane by lane. The values that it is made of are taken from the stack, and are there as words for `f`,
    /// which leaves a word of the type.
    pub fn by_lanes(&mut self, from: &[Scalar], to: Scalar, mut f: impl FnMut(&mut Self, u32)) {
        self.by_lanes_of(from, to, &mut f);
    }

    /// The same, written out once.
    fn by_lanes_of(&mut self, from: &[Scalar], to: Scalar, f: &mut dyn FnMut(&mut Self, u32)) {
        let mut operands: Vec<Parts> = from.iter().rev().map(|of| self.keep(*of)).collect();
        operands.reverse();
        let result = self.borrow_parts(to);
        // A first lane everywhere is cheaper than nothing everywhere.
        for part in &result {
            self.put().v128_const(0).local_set(*part);
        }
        for lane in 0..LANES {
            let part = result[place(to, lane).0];
            self.get(part);
            for (of, parts) in from.iter().zip(&operands) {
                self.extract(*of, parts, lane);
            }
            f(self, lane);
            self.replace(to, lane);
            self.set(part);
        }
        self.get_parts(&result);
        self.give_back(&result);
        for parts in operands {
            self.give_back(&parts);
        }
    }

    /// What the first operand on the stack has where the mask, the third, is set, else what the second has.
    pub fn blend(&mut self, of: Scalar) {
        self.mask_for(of);
        self.each(parts(of), 3, |own| _ = own.put().v128_bitselect());
    }
}

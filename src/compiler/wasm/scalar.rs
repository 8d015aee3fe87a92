//! Expressions of one value, on the stack. Integers of less than 32 bits are kept as the `i32` of
//! their value.

use super::function::{Emitter, at, word};
use super::helpers;
use crate::ir::{Binary, Compare, Divide, Expr, ExprKind, Site, Unary};
use crate::types::Scalar;
use wasm_encoder::{Ieee32, Ieee64, ValType};

/// A constant's value as a signed integer, if it is one.
pub(super) fn constant_int(e: &Expr) -> Option<i64> {
    match e.kind {
        ExprKind::Const(bits) if e.of.is_int() => Some(extended(e.of, bits)),
        _ => None,
    }
}

/// What a product with 2.0 is twice. A sum needs no register for the 2, and most processors have it sooner.
pub(super) fn twice(e: &Expr) -> Option<&Expr> {
    let is_two = |e: &Expr| match (e.of, &e.kind) {
        (Scalar::F32, ExprKind::Const(bits)) => *bits == u64::from(2f32.to_bits()),
        (Scalar::F64, ExprKind::Const(bits)) => *bits == 2f64.to_bits(),
        _ => false,
    };
    match &e.kind {
        ExprKind::Binary(Binary::Mul, a, b) if is_two(a) => Some(b),
        ExprKind::Binary(Binary::Mul, a, b) if is_two(b) => Some(a),
        _ => None,
    }
}

/// The value of an integer's bits; of `uint64` the bits as they are.
pub(super) fn extended(of: Scalar, bits: u64) -> i64 {
    match of {
        Scalar::I8 => i64::from(bits as i8),
        Scalar::I16 => i64::from(bits as i16),
        Scalar::I32 => i64::from(bits as i32),
        _ => bits as i64,
    }
}

impl Emitter<'_> {
    /// Leaves an expression's value on the stack; in lanes, that of the first.
    pub fn scalar(&mut self, e: &Expr) {
        let around = self.come_from(e.at);
        match &e.kind {
            ExprKind::Const(bits) => self.constant(e.of, *bits),
            ExprKind::Local(local) => {
                let variable = self.number(*local);
                self.get(variable);
            }
            ExprKind::Length(array, axis) => {
                let length = self.handle(*array).lengths[usize::from(*axis)];
                self.get(length);
            }
            ExprKind::Unary(op, a) => {
                self.scalar(a);
                self.unary(*op, e.of);
            }
            ExprKind::Binary(Binary::Mul, ..) if twice(e).is_some() => {
                let kept = self.borrow(word(e.of));
                twice(e).into_iter().for_each(|one| self.scalar(one));
                self.tee(kept);
                self.get(kept);
                self.binary(Binary::Add, e.of);
                self.give_back(&[kept]);
            }
            ExprKind::Binary(op, a, b) => {
                self.scalar(a);
                self.scalar(b);
                self.binary(*op, e.of);
            }
            ExprKind::Divide(op, a, b, site) => self.divide(*op, a, b, *site),
            ExprKind::Compare(op, a, b) => {
                self.scalar(a);
                if a.of != b.of {
                    self.widen_for_compare(a.of, b.of);
                }
                self.scalar(b);
                if a.of != b.of {
                    self.widen_for_compare(b.of, a.of);
                }
                self.compare(*op, a.of, b.of);
            }
            ExprKind::Convert(a) => {
                self.scalar(a);
                self.convert(a.of, e.of);
            }
            ExprKind::Select(c, a, b) => {
                // Failures come in the order of evaluation.
                let test = self.borrow(ValType::I32);
                self.scalar(c);
                self.set(test);
                self.scalar(a);
                self.scalar(b);
                self.get(test);
                self.put().select();
                self.give_back(&[test]);
            }
            ExprKind::Choice(c, a, b) => {
                self.scalar(c);
                self.begin_if_giving(word(e.of));
                self.scalar(a);
                self.otherwise();
                self.scalar(b);
                self.end();
            }
            ExprKind::And(a, b) => {
                self.scalar(a);
                self.begin_if_giving(ValType::I32);
                self.scalar(b);
                self.otherwise();
                self.int32(0);
                self.end();
            }
            ExprKind::Or(a, b) => {
                self.scalar(a);
                self.begin_if_giving(ValType::I32);
                self.int32(1);
                self.otherwise();
                self.scalar(b);
                self.end();
            }
            ExprKind::Load { array, index, site } => self.load(*array, index, *site),
            ExprKind::Math(math, _) => {
                self.refusals.push(super::Refusal::Math(*math));
                self.put().unreachable();
            }
            ExprKind::Bits(a) => {
                self.scalar(a);
                self.reinterpret(a.of, e.of);
            }
            ExprKind::Let(bound, last) => {
                for (local, value) in bound {
                    self.scalar(value);
                    let variable = self.number(*local);
                    self.set(variable);
                }
                self.scalar(last);
            }
            ExprKind::Table(table, index) => {
                let info = &self.program.tables[table.0 as usize];
                let mask = info.bits.len().saturating_sub(1) as i32;
                self.scalar(index);
                self.int32(mask);
                self.put().i32_and();
                self.times(info.of.bytes());
                self.frame();
                self.put().i32_add();
                let offset = self.unit.layouts.tables[table.0 as usize];
                self.load_word(info.of, offset);
            }
            ExprKind::Apart(a, b) => self.apart(*a, *b),
        }
        self.come_from(around);
    }

    pub fn constant(&mut self, of: Scalar, bits: u64) {
        match of {
            Scalar::F32 => self.put().f32_const(Ieee32::new(bits as u32)),
            Scalar::F64 => self.put().f64_const(Ieee64::new(bits)),
            Scalar::I64 | Scalar::U64 => self.put().i64_const(bits as i64),
            _ => self.put().i32_const(extended(of, bits) as i32),
        };
    }

    /// Multiplies the `i32` on the stack.
    pub fn times(&mut self, bytes: u32) {
        if !bytes.is_power_of_two() {
            self.put().i32_const(bytes as i32).i32_mul();
        } else if bytes > 1 {
            self.int32(bytes.trailing_zeros() as i32);
            self.put().i32_shl();
        }
    }

    /// Makes the `i32` on the stack a value of a narrower type by its low bits.
    pub fn normalise(&mut self, of: Scalar) {
        match of {
            Scalar::I8 => self.put().i32_extend8_s(),
            Scalar::I16 => self.put().i32_extend16_s(),
            Scalar::U8 => self.put().i32_const(0xff).i32_and(),
            Scalar::U16 => self.put().i32_const(0xffff).i32_and(),
            Scalar::Bool => self.put().i32_const(1).i32_and(),
            _ => return,
        };
    }

    pub fn unary(&mut self, op: Unary, of: Scalar) {
        use Unary::{Abs, Ceil, Floor, Minus, Nearest, Not, Sqrt, Trunc};
        match (op, of) {
            (Minus, Scalar::F32) => self.put().f32_neg(),
            (Abs, Scalar::F32) => self.put().f32_abs(),
            (Sqrt, Scalar::F32) => self.put().f32_sqrt(),
            (Floor, Scalar::F32) => self.put().f32_floor(),
            (Ceil, Scalar::F32) => self.put().f32_ceil(),
            (Trunc, Scalar::F32) => self.put().f32_trunc(),
            (Nearest, Scalar::F32) => self.put().f32_nearest(),
            (Minus, Scalar::F64) => self.put().f64_neg(),
            (Abs, Scalar::F64) => self.put().f64_abs(),
            (Sqrt, Scalar::F64) => self.put().f64_sqrt(),
            (Floor, Scalar::F64) => self.put().f64_floor(),
            (Ceil, Scalar::F64) => self.put().f64_ceil(),
            (Trunc, Scalar::F64) => self.put().f64_trunc(),
            (Nearest, Scalar::F64) => self.put().f64_nearest(),
            (Not, Scalar::Bool) => self.put().i32_eqz(),
            (Minus, Scalar::I64 | Scalar::U64) => self.put().i64_const(-1).i64_mul(),
            (Not, Scalar::I64 | Scalar::U64) => self.put().i64_const(-1).i64_xor(),
            (Minus, _) => {
                self.put().i32_const(-1).i32_mul();
                return self.normalise(of);
            }
            (Not, _) => {
                self.put().i32_const(-1).i32_xor();
                return self.normalise(of);
            }
            (Abs, Scalar::I64) => {
                let [a, sign] = [self.borrow(ValType::I64), self.borrow(ValType::I64)];
                self.put()
                    .local_tee(a)
                    .local_get(a)
                    .i64_const(63)
                    .i64_shr_s()
                    .local_tee(sign)
                    .i64_xor();
                self.put().local_get(sign).i64_sub();
                return self.give_back(&[a, sign]);
            }
            (Abs, _) if of.is_signed() => {
                let [a, sign] = [self.borrow(ValType::I32), self.borrow(ValType::I32)];
                self.put()
                    .local_tee(a)
                    .local_get(a)
                    .i32_const(31)
                    .i32_shr_s()
                    .local_tee(sign)
                    .i32_xor();
                self.put().local_get(sign).i32_sub();
                self.give_back(&[a, sign]);
                return self.normalise(of);
            }
            // Whole numbers are rounded, and what has no sign is without it.
            _ => return,
        };
    }

    pub fn binary(&mut self, op: Binary, of: Scalar) {
        use Binary::{Add, And, CopySign, Max, Min, Mul, Or, ShiftLeft, ShiftRight, Sub, Xor};
        match (op, word(of)) {
            (Add, ValType::F32) => self.put().f32_add(),
            (Sub, ValType::F32) => self.put().f32_sub(),
            (Mul, ValType::F32) => self.put().f32_mul(),
            (Min, ValType::F32) => self.put().f32_min(),
            (Max, ValType::F32) => self.put().f32_max(),
            (CopySign, ValType::F32) => self.put().f32_copysign(),
            (Add, ValType::F64) => self.put().f64_add(),
            (Sub, ValType::F64) => self.put().f64_sub(),
            (Mul, ValType::F64) => self.put().f64_mul(),
            (Min, ValType::F64) => self.put().f64_min(),
            (Max, ValType::F64) => self.put().f64_max(),
            (CopySign, ValType::F64) => self.put().f64_copysign(),
            (Add, ValType::I64) => self.put().i64_add(),
            (Sub, ValType::I64) => self.put().i64_sub(),
            (Mul, ValType::I64) => self.put().i64_mul(),
            (And, ValType::I64) => self.put().i64_and(),
            (Or, ValType::I64) => self.put().i64_or(),
            (Xor, ValType::I64) => self.put().i64_xor(),
            (ShiftLeft, ValType::I64) => self.put().i64_shl(),
            (ShiftRight, ValType::I64) if of.is_signed() => self.put().i64_shr_s(),
            (ShiftRight, ValType::I64) => self.put().i64_shr_u(),
            (Add, ValType::I32) => self.put().i32_add(),
            (Sub, ValType::I32) => self.put().i32_sub(),
            (Mul, ValType::I32) => self.put().i32_mul(),
            (And, ValType::I32) => self.put().i32_and(),
            (Or, ValType::I32) => self.put().i32_or(),
            (Xor, ValType::I32) => self.put().i32_xor(),
            (ShiftLeft | ShiftRight, ValType::I32) => {
                if of.bytes() < 4 {
                    self.put().i32_const(8 * of.bytes() as i32 - 1).i32_and();
                }
                match (op, of.is_signed()) {
                    (ShiftLeft, _) => _ = self.put().i32_shl(),
                    (_, true) => _ = self.put().i32_shr_s(),
                    (_, false) => _ = self.put().i32_shr_u(),
                }
                if op == ShiftLeft {
                    self.normalise(of);
                }
                return;
            }
            (Min | Max, int) => {
                let [a, b] = [self.borrow(int), self.borrow(int)];
                self.put()
                    .local_set(b)
                    .local_tee(a)
                    .local_get(b)
                    .local_get(a)
                    .local_get(b);
                self.compare(Compare::Less, of, of);
                if op == Max {
                    self.put().i32_eqz();
                }
                self.put().select();
                return self.give_back(&[a, b]);
            }
            // Integers have no sign of their own to copy, floats no bits: validation has refused these.
            _ => self.put().unreachable(),
        };
        if matches!(op, Add | Sub | Mul) {
            self.normalise(of);
        }
    }

    /// Fails at the site if the `i32` on the stack is not 0.
    pub fn fail_if(&mut self, site: Site) {
        self.begin_if();
        self.fail(site, |own| {
            own.put().i32_const(0).i64_const(0).i64_const(0);
        });
        self.end();
    }

    /// Ends the function by an error, of which axis, index and length are put on the stack. In lanes, those before the one
    /// that fails are done once more by themselves: one of them may fail elsewhere, and would have come first.
    pub fn fail(&mut self, site: Site, details: impl FnOnce(&mut Self)) {
        self.begin_fail(site);
        details(self);
        self.end_fail();
    }

    fn begin_fail(&mut self, site: Site) {
        let record = self.record;
        self.get(record);
        self.int32(site.0 as i32);
    }

    fn end_fail(&mut self) {
        self.iteration();
        self.call_own(helpers::FAIL);
        match self.vector.as_ref().map(|vector| vector.replay) {
            None => _ = self.put().return_(),
            Some((to, left, failed)) => {
                self.set(failed);
                self.lane();
                self.set(left);
                self.jump(to);
            }
        }
    }

    /// Puts the number of the lane that fails on the stack, an `i64`.
    fn lane(&mut self) {
        match (
            self.vector.as_ref().and_then(|vector| vector.failing),
            self.mask(),
        ) {
            (Some(lane), _) => _ = self.put().local_get(lane).i64_extend_i32_u(),
            // All that take part do.
            (None, Some(mask)) => {
                self.get(mask);
                self.bits();
                self.put().i32_ctz().i64_extend_i32_u();
            }
            (None, None) => self.int64(0),
        }
    }

    /// Puts what counts a parallel loop's iterations on the stack.
    fn iteration(&mut self) {
        match self.inside {
            None => return self.int64(super::NO_ITERATION),
            Some((_, counter)) => self.get(counter),
        }
        if self.vector.as_ref().is_some_and(|vector| vector.is_outer) {
            self.lane();
            self.put().i64_add();
        }
    }

    fn divide(&mut self, op: Divide, a: &Expr, b: &Expr, site: Option<Site>) {
        let of = a.of;
        if let Some(by) = constant_int(b).filter(|by| *by > 0 && by.count_ones() == 1)
            && op != Divide::CRest
        {
            self.scalar(a);
            let bits = match op {
                Divide::Rest => by - 1,
                _ => i64::from(by.trailing_zeros()),
            };
            self.constant(of, bits as u64);
            let op = if op == Divide::Rest {
                Binary::And
            } else {
                Binary::ShiftRight
            };
            return self.binary(op, of);
        }
        let word = word(of);
        self.scalar(a);
        self.scalar(b);
        let nonzero = match b.kind {
            ExprKind::Const(bits) if of.is_float() => bits << (64 - 8 * of.bytes()) << 1 != 0,
            ExprKind::Const(bits) => bits != 0,
            _ => false,
        };
        if let Some(site) = site
            && !nonzero
        {
            let divisor = self.borrow(word);
            self.tee(divisor);
            self.get(divisor);
            self.constant(of, 0);
            self.compare(Compare::Equal, of, of);
            self.fail_if(site);
            self.give_back(&[divisor]);
        }
        self.divide_words(op, of, constant_int(b));
    }

    /// A division of what is on the stack: by zero 0, of integers. The divisor may be known.
    pub fn divide_words(&mut self, op: Divide, of: Scalar, by: Option<i64>) {
        match (op, of) {
            (Divide::True, Scalar::F32) => {
                self.put().f32_div();
            }
            (Divide::True, _) => {
                self.put().f64_div();
            }
            (Divide::CRest, Scalar::F64) => self.call_own(helpers::FMOD),
            (Divide::CRest, Scalar::F32) => {
                let b = self.borrow(ValType::F32);
                self.put()
                    .local_set(b)
                    .f64_promote_f32()
                    .local_get(b)
                    .f64_promote_f32();
                self.call_own(helpers::FMOD);
                self.put().f32_demote_f64();
                self.give_back(&[b]);
            }
            (Divide::Floor | Divide::Rest, Scalar::F32 | Scalar::F64) => {
                self.call_own(helpers::floor_or_rest(of, op == Divide::Rest));
            }
            _ => self.divide_ints(op, of, by),
        }
    }

    fn divide_ints(&mut self, op: Divide, of: Scalar, by: Option<i64>) {
        let word = word(of);
        let is_wide = word == ValType::I64;
        let [a, b, c] = [self.borrow(word), self.borrow(word), self.borrow(word)];
        macro_rules! int {
            ($wide:ident, $narrow:ident) => {
                match is_wide {
                    true => _ = self.put().$wide(),
                    false => _ = self.put().$narrow(),
                }
            };
        }
        self.set(b);
        self.set(a);
        let is_floor = op == Divide::Floor;
        let signed = of.is_signed();
        // By 0 the quotient is 0, by -1 it is minus the dividend: the product, both times.
        let guarded = match by {
            Some(by) => by == 0 || by == -1 && is_floor && signed,
            None => true,
        };
        if guarded {
            self.get(b);
            match is_floor && signed {
                true => {
                    self.constant(of, 1);
                    int!(i64_add, i32_add);
                    if is_wide {
                        self.int64(2)
                    } else {
                        self.int32(2)
                    }
                    int!(i64_lt_u, i32_lt_u);
                }
                false => {
                    int!(i64_eqz, i32_eqz);
                }
            }
            self.begin_if_giving(word);
            match is_floor {
                true => {
                    self.put().local_get(a).local_get(b);
                    int!(i64_mul, i32_mul);
                }
                false => self.constant(of, 0),
            }
            self.otherwise();
        }
        self.put().local_get(a).local_get(b);
        match (op, signed) {
            (Divide::Floor, false) => int!(i64_div_u, i32_div_u),
            (_, false) => int!(i64_rem_u, i32_rem_u),
            (Divide::CRest, true) => int!(i64_rem_s, i32_rem_s),
            (Divide::Floor, true) => {
                // One less where the signs differ and something remains.
                int!(i64_div_s, i32_div_s);
                self.put().local_tee(c).local_get(c).local_get(b);
                int!(i64_mul, i32_mul);
                self.put().local_get(a);
                int!(i64_ne, i32_ne);
                self.put().local_get(a).local_get(b);
                int!(i64_xor, i32_xor);
                self.constant(of, 0);
                int!(i64_lt_s, i32_lt_s);
                self.put().i32_and();
                if is_wide {
                    self.put().i64_extend_i32_u();
                }
                int!(i64_sub, i32_sub);
            }
            (_, true) => {
                int!(i64_rem_s, i32_rem_s);
                self.put().local_tee(c).local_get(b);
                int!(i64_add, i32_add);
                self.put().local_get(c).local_get(c);
                self.constant(of, 0);
                int!(i64_ne, i32_ne);
                self.put().local_get(c).local_get(b);
                int!(i64_xor, i32_xor);
                self.constant(of, 0);
                int!(i64_lt_s, i32_lt_s);
                self.put().i32_and().select();
            }
        };
        if guarded {
            self.end();
        }
        self.normalise(of);
        self.give_back(&[a, b, c]);
    }

    /// Loads an element as the word of its type.
    pub fn load_word(&mut self, of: Scalar, offset: u32) {
        let memory = at(offset);
        match of {
            Scalar::Bool | Scalar::U8 => self.put().i32_load8_u(memory),
            Scalar::I8 => self.put().i32_load8_s(memory),
            Scalar::I16 => self.put().i32_load16_s(memory),
            Scalar::U16 => self.put().i32_load16_u(memory),
            Scalar::I32 | Scalar::U32 => self.put().i32_load(memory),
            Scalar::I64 | Scalar::U64 => self.put().i64_load(memory),
            Scalar::F32 => self.put().f32_load(memory),
            Scalar::F64 => self.put().f64_load(memory),
        };
    }

    /// Stores a word as an element.
    pub fn store_word(&mut self, of: Scalar, offset: u32) {
        let memory = at(offset);
        match of {
            Scalar::Bool | Scalar::U8 | Scalar::I8 => self.put().i32_store8(memory),
            Scalar::I16 | Scalar::U16 => self.put().i32_store16(memory),
            Scalar::I32 | Scalar::U32 => self.put().i32_store(memory),
            Scalar::I64 | Scalar::U64 => self.put().i64_store(memory),
            Scalar::F32 => self.put().f32_store(memory),
            Scalar::F64 => self.put().f64_store(memory),
        };
    }
}

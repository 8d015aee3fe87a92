//! Expressions in lanes. What is the same in all lanes is computed once and spread.

use super::function::{Emitter, at};
use super::lanes::{LANES, Parts, Scope, longs, parts, words};
use super::plan::{Kind, SAME};
use super::scalar::{constant_int, twice};
use crate::ir::{Binary, Compare, Divide, Expr, ExprKind, Local, Site, Unary};
use crate::types::Scalar;

/// The words of which two products multiply the low and the high halves, with their signs.
fn dot<'e>(a: &'e Expr, b: &'e Expr) -> Option<[&'e Expr; 2]> {
    // The word itself, whatever its sign, and whether this is its high half.
    fn half(e: &Expr) -> Option<(&Expr, bool)> {
        let (mut word, is_high) = match &e.kind {
            ExprKind::Convert(a) if a.of == Scalar::I16 => match &a.kind {
                ExprKind::Convert(word) => (word, false),
                _ => return None,
            },
            ExprKind::Binary(Binary::ShiftRight, word, by) if constant_int(by) == Some(16) => (word, true),
            _ => return None,
        };
        while let ExprKind::Convert(a) = &word.kind
            && a.of.is_int()
            && a.of.bytes() == 4
        {
            word = a;
        }
        (e.of == Scalar::I32 && word.of.is_int() && word.of.bytes() == 4).then_some((word, is_high))
    }
    let words = |e: &'e Expr| match &e.kind {
        ExprKind::Binary(Binary::Mul, a, b) => Some([half(a)?, half(b)?]),
        _ => None,
    };
    let ([(x, first), (y, second)], [(z, third), (w, fourth)]) = (words(a)?, words(b)?);
    (first == second && third == fourth && first != third && (x, y) == (z, w)).then_some([x, y])
}

impl Emitter<'_> {
    /// Leaves an expression's vectors on the stack.
    pub fn lanewise(&mut self, e: &Expr) {
        let parts = parts(e.of);
        match self.kind(e) {
            SAME => return self.same(e),
            Kind::Step(by) => {
                self.scalar(e);
                return self.spread(e.of, by);
            }
            Kind::Varying => {}
        }
        let around = self.come_from(e.at);
        match &e.kind {
            ExprKind::Local(local) => {
                let variables = self.in_lanes(*local);
                self.get_parts(&variables);
            }
            ExprKind::Unary(op, a) => {
                self.lanewise(a);
                self.each(parts, 1, |own| own.unary_vector(*op, e.of));
            }
            ExprKind::Binary(op @ (Binary::ShiftLeft | Binary::ShiftRight), a, b) => self.shift(*op, a, b),
            ExprKind::Binary(Binary::Add, a, b) if dot(a, b).is_some() => {
                for word in dot(a, b).into_iter().flatten() {
                    self.lanewise(word);
                }
                self.each(parts, 2, |own| _ = own.put().i32x4_dot_i16x8_s());
            }
            // What is set in a mask is -1.
            ExprKind::Binary(Binary::Add, a, b) if e.of.is_int() && self.truth(b).is_some() => {
                self.lanewise(a);
                if let Some(test) = self.truth(b) {
                    self.test(test, e.of);
                }
                self.each(parts, 2, |own| own.binary_vector(Binary::Sub, e.of));
            }
            ExprKind::Binary(Binary::Mul, ..) if twice(e).is_some() => {
                twice(e).into_iter().for_each(|one| self.lanewise(one));
                self.each(parts, 1, |own| {
                    own.repeat(2);
                    own.binary_vector(Binary::Add, e.of);
                });
            }
            ExprKind::Binary(op, a, b) => {
                self.lanewise(a);
                self.lanewise(b);
                self.each(parts, 2, |own| own.binary_vector(*op, e.of));
            }
            ExprKind::Divide(op, a, b, site) => self.divide_lanes(*op, a, b, *site),
            ExprKind::Compare(op, a, b) => self.compare_lanes(*op, a, b),
            ExprKind::Convert(a) => self.convert_lanes(a, e.of),
            ExprKind::Select(c, a, b) => self.select(c, a, b),
            ExprKind::Choice(c, a, b) => self.choice(c, a, b),
            ExprKind::And(a, b) | ExprKind::Or(a, b) => self.logic(e, a, b),
            ExprKind::Load { array, index, site } => self.load_lanes(*array, index, *site),
            ExprKind::Bits(a) => self.lanewise(a),
            ExprKind::Let(bound, last) => {
                for (local, value) in bound {
                    self.set_local(*local, value);
                }
                self.lanewise(last);
            }
            ExprKind::Table(table, index) => {
                let info = &self.program.tables[table.0 as usize];
                let offset = self.unit.layouts.tables[table.0 as usize];
                let mask = info.bits.len().saturating_sub(1) as i32;
                self.lanewise(index);
                self.by_lanes(&[Scalar::I32], e.of, |own, _| {
                    own.put().i32_const(mask).i32_and();
                    own.times(info.of.bytes());
                    own.frame();
                    own.put().i32_add();
                    own.load_word(info.of, offset);
                });
            }
            // These are the same in all lanes, or refused.
            ExprKind::Const(_) | ExprKind::Length(..) | ExprKind::Apart(..) | ExprKind::Math(..) => {
                self.scalar(e);
                self.splat(e.of);
            }
        }
        self.come_from(around);
    }

    /// A value that is the same in all lanes.
    fn same(&mut self, e: &Expr) {
        match (&e.kind, self.spread_of(e)) {
            (_, Some(vector)) => self.get(vector),
            (ExprKind::Load { array, index, site }, None) if e.of.bytes() >= 4 => {
                self.load_by(*array, index, *site, |own, offset| {
                    match e.of.bytes() {
                        4 => own.put().v128_load32_splat(at(offset)),
                        _ => own.put().v128_load64_splat(at(offset)),
                    };
                });
            }
            _ => {
                self.scalar(e);
                self.splat_once(e.of);
            }
        }
        self.repeat(parts(e.of));
    }

    /// Puts the low words of an `int64` on the stack.
    pub fn low_lanes(&mut self, e: &Expr) {
        match (self.kind(e), &e.kind) {
            (SAME, _) => {
                self.narrow(e);
                self.splat(Scalar::I32);
            }
            (Kind::Step(by), _) => {
                self.narrow(e);
                self.spread(Scalar::I32, by);
            }
            (_, ExprKind::Binary(op @ (Binary::Add | Binary::Sub | Binary::Mul), a, b)) => {
                self.low_lanes(a);
                self.low_lanes(b);
                self.each(parts(Scalar::I32), 2, |own| own.binary_vector(*op, Scalar::I32));
            }
            (_, ExprKind::Convert(a)) if matches!(a.of, Scalar::I32 | Scalar::U32) => self.lanewise(a),
            _ => {
                self.lanewise(e);
                self.words_of_longs();
            }
        }
    }

    /// A word on the stack as vectors that are this much more in each next lane.
    fn spread(&mut self, of: Scalar, by: i64) {
        self.splat(of);
        let parts = self.keep(of);
        for (part, variable) in parts.iter().enumerate() {
            self.get(*variable);
            self.steps(of, by, part);
            self.binary_vector(Binary::Add, of);
        }
        self.give_back(&parts);
    }

    /// Gives a variable a value, whatever waiting lanes would read of it.
    pub fn set_local(&mut self, local: Local, value: &Expr) {
        let kind = self
            .vector
            .as_ref()
            .map_or(SAME, |vector| vector.plan.local(local));
        if kind == Kind::Varying {
            self.lanewise(value);
            let variables = self.in_lanes(local);
            self.set_parts(&variables);
        } else {
            self.scalar(value);
            let variable = self.number(local);
            self.set(variable);
        }
    }

    /// Does something for those lanes only whose mask is in a variable, if there are any.
    pub fn among(&mut self, mask: u32, f: impl FnOnce(&mut Self)) {
        self.begin_among(mask);
        f(self);
        self.end_among();
    }

    fn begin_among(&mut self, mask: u32) {
        self.put().local_get(mask).v128_any_true();
        self.begin_if();
        let exit = self.depth;
        if let Some(vector) = &mut self.vector {
            vector.scopes.push(Scope {
                mask: Some(mask),
                exit,
                ..Scope::default()
            });
        }
    }

    fn end_among(&mut self) {
        if let Some(vector) = &mut self.vector {
            vector.scopes.pop();
        }
        self.end();
    }

    /// Takes a mask of lanes from the stack into two variables: the lanes that take part and have it, and that have it not.
    pub fn sides(&mut self) -> [u32; 2] {
        let [yes, no] = [wasm_encoder::ValType::V128; 2].map(|of| self.borrow(of));
        match self.mask() {
            Some(mask) => {
                self.put().local_tee(yes).local_get(mask).v128_and();
                self.put()
                    .local_get(mask)
                    .local_get(yes)
                    .v128_andnot()
                    .local_set(no)
                    .local_set(yes);
            }
            None => {
                self.put().local_tee(yes).v128_not().local_set(no);
            }
        }
        [yes, no]
    }

    fn shift(&mut self, op: Binary, a: &Expr, b: &Expr) {
        let of = a.of;
        self.lanewise(a);
        if self.varies(b) {
            self.lanewise(b);
            return self.by_lanes(&[of, of], of, |own, _| own.binary(op, of));
        }
        let count = self.borrow(wasm_encoder::ValType::I32);
        self.scalar(b);
        self.convert(of, Scalar::I32);
        if of.bytes() < 4 {
            self.put().i32_const(8 * of.bytes() as i32 - 1).i32_and();
        }
        self.set(count);
        let (wide, signed) = (of.bytes() == 8, of.is_signed());
        let parts = parts(of);
        self.each(parts, 1, |own| {
            own.get(count);
            match (op, wide, signed) {
                (Binary::ShiftLeft, true, _) => own.put().i64x2_shl(),
                (Binary::ShiftLeft, false, _) => own.put().i32x4_shl(),
                (_, true, true) => own.put().i64x2_shr_s(),
                (_, true, false) => own.put().i64x2_shr_u(),
                (_, false, true) => own.put().i32x4_shr_s(),
                (_, false, false) => own.put().i32x4_shr_u(),
            };
            own.normalise_vector(of);
        });
        self.give_back(&[count]);
    }

    /// Makes each `i32` of the vector on the stack a value of a narrower type.
    pub fn normalise_vector(&mut self, of: Scalar) {
        match of {
            Scalar::I8 => self.put().i32_const(24).i32x4_shl().i32_const(24).i32x4_shr_s(),
            Scalar::I16 => self.put().i32_const(16).i32x4_shl().i32_const(16).i32x4_shr_s(),
            Scalar::U8 => self.put().v128_const(words([0xff; 4])).v128_and(),
            Scalar::U16 => self.put().v128_const(words([0xffff; 4])).v128_and(),
            _ => return,
        };
    }

    fn unary_vector(&mut self, op: Unary, of: Scalar) {
        use Unary::{Abs, Ceil, Floor, Minus, Nearest, Not, Sqrt, Trunc};
        match (op, of) {
            (Minus, Scalar::F32) => self.put().f32x4_neg(),
            (Abs, Scalar::F32) => self.put().f32x4_abs(),
            (Sqrt, Scalar::F32) => self.put().f32x4_sqrt(),
            (Floor, Scalar::F32) => self.put().f32x4_floor(),
            (Ceil, Scalar::F32) => self.put().f32x4_ceil(),
            (Trunc, Scalar::F32) => self.put().f32x4_trunc(),
            (Nearest, Scalar::F32) => self.put().f32x4_nearest(),
            (Minus, Scalar::F64) => self.put().f64x2_neg(),
            (Abs, Scalar::F64) => self.put().f64x2_abs(),
            (Sqrt, Scalar::F64) => self.put().f64x2_sqrt(),
            (Floor, Scalar::F64) => self.put().f64x2_floor(),
            (Ceil, Scalar::F64) => self.put().f64x2_ceil(),
            (Trunc, Scalar::F64) => self.put().f64x2_trunc(),
            (Nearest, Scalar::F64) => self.put().f64x2_nearest(),
            (Not, _) => {
                self.put().v128_not();
                return self.normalise_vector(of);
            }
            (Minus, Scalar::I64 | Scalar::U64) => self.put().i64x2_neg(),
            (Abs, Scalar::I64) => self.put().i64x2_abs(),
            (Minus, _) => {
                self.put().i32x4_neg();
                return self.normalise_vector(of);
            }
            (Abs, _) if of.is_signed() => {
                self.put().i32x4_abs();
                return self.normalise_vector(of);
            }
            _ => return,
        };
    }

    pub fn binary_vector(&mut self, op: Binary, of: Scalar) {
        use Binary::{Add, And, CopySign, Max, Min, Mul, Or, Sub, Xor};
        match (op, of) {
            (Add, Scalar::F32) => self.put().f32x4_add(),
            (Sub, Scalar::F32) => self.put().f32x4_sub(),
            (Mul, Scalar::F32) => self.put().f32x4_mul(),
            (Min, Scalar::F32) => self.put().f32x4_min(),
            (Max, Scalar::F32) => self.put().f32x4_max(),
            (Add, Scalar::F64) => self.put().f64x2_add(),
            (Sub, Scalar::F64) => self.put().f64x2_sub(),
            (Mul, Scalar::F64) => self.put().f64x2_mul(),
            (Min, Scalar::F64) => self.put().f64x2_min(),
            (Max, Scalar::F64) => self.put().f64x2_max(),
            (CopySign, Scalar::F32) => self
                .put()
                .v128_const(words([i32::MAX as u32; 4]))
                .v128_bitselect(),
            (CopySign, Scalar::F64) => self
                .put()
                .v128_const(longs([i64::MAX as u64; 2]))
                .v128_bitselect(),
            (And, _) => self.put().v128_and(),
            (Or, _) => self.put().v128_or(),
            (Xor, _) => self.put().v128_xor(),
            (Add, Scalar::I64 | Scalar::U64) => self.put().i64x2_add(),
            (Sub, Scalar::I64 | Scalar::U64) => self.put().i64x2_sub(),
            (Mul, Scalar::I64 | Scalar::U64) => self.put().i64x2_mul(),
            (Min | Max, Scalar::I64 | Scalar::U64) => {
                let [a, b] = [wasm_encoder::ValType::V128; 2].map(|of| self.borrow(of));
                let (first, second) = if op == Min { (a, b) } else { (b, a) };
                self.put()
                    .local_set(b)
                    .local_tee(a)
                    .local_get(b)
                    .local_get(first)
                    .local_get(second);
                self.compare_vector(Compare::Less, of);
                self.put().v128_bitselect();
                return self.give_back(&[a, b]);
            }
            (Add, _) => self.put().i32x4_add(),
            (Sub, _) => self.put().i32x4_sub(),
            (Mul, _) => self.put().i32x4_mul(),
            (Min, _) if of.is_signed() => self.put().i32x4_min_s(),
            (Min, _) => self.put().i32x4_min_u(),
            (Max, _) if of.is_signed() => self.put().i32x4_max_s(),
            (Max, _) => self.put().i32x4_max_u(),
            _ => self.put().unreachable(),
        };
        if matches!(op, Add | Sub | Mul) {
            self.normalise_vector(of);
        }
    }

    /// Compares vectors of a type, which gives a mask of its places.
    pub fn compare_vector(&mut self, op: Compare, of: Scalar) {
        use Compare::{AtMost, Equal, Less, Unequal};
        if of == Scalar::U64 && matches!(op, Less | AtMost) {
            // Signed comparisons are all that there are.
            let b = self.borrow(wasm_encoder::ValType::V128);
            let sign = longs([1 << 63; 2]);
            self.put()
                .v128_const(sign)
                .v128_xor()
                .local_set(b)
                .v128_const(sign)
                .v128_xor()
                .local_get(b);
            self.give_back(&[b]);
        }
        match (of, op) {
            (Scalar::F32, Equal) => self.put().f32x4_eq(),
            (Scalar::F32, Unequal) => self.put().f32x4_ne(),
            (Scalar::F32, Less) => self.put().f32x4_lt(),
            (Scalar::F32, AtMost) => self.put().f32x4_le(),
            (Scalar::F64, Equal) => self.put().f64x2_eq(),
            (Scalar::F64, Unequal) => self.put().f64x2_ne(),
            (Scalar::F64, Less) => self.put().f64x2_lt(),
            (Scalar::F64, AtMost) => self.put().f64x2_le(),
            (Scalar::I64 | Scalar::U64, Equal) => self.put().i64x2_eq(),
            (Scalar::I64 | Scalar::U64, Unequal) => self.put().i64x2_ne(),
            (Scalar::I64 | Scalar::U64, Less) => self.put().i64x2_lt_s(),
            (Scalar::I64 | Scalar::U64, AtMost) => self.put().i64x2_le_s(),
            // Of masks, whose true is -1.
            (Scalar::Bool, Equal) => self.put().v128_xor().v128_not(),
            (Scalar::Bool, Unequal) => self.put().v128_xor(),
            (Scalar::Bool, Less) => {
                let b = self.borrow(wasm_encoder::ValType::V128);
                self.put().local_set(b).v128_not().local_get(b).v128_and();
                return self.give_back(&[b]);
            }
            (Scalar::Bool, AtMost) => {
                let b = self.borrow(wasm_encoder::ValType::V128);
                self.put().local_set(b).v128_not().local_get(b).v128_or();
                return self.give_back(&[b]);
            }
            (_, Equal) => self.put().i32x4_eq(),
            (_, Unequal) => self.put().i32x4_ne(),
            (Scalar::U32, Less) => self.put().i32x4_lt_u(),
            (Scalar::U32, AtMost) => self.put().i32x4_le_u(),
            (_, Less) => self.put().i32x4_lt_s(),
            (_, AtMost) => self.put().i32x4_le_s(),
        };
    }

    fn compare_lanes(&mut self, op: Compare, a: &Expr, b: &Expr) {
        let of = a.of;
        if a.of == b.of {
            self.compare_places(op, a, b);
            return self.mask_of(of);
        }
        let (common, below) = super::convert::common(a.of, b.of);
        if below.is_some() {
            self.lanewise(a);
            self.lanewise(b);
            return self.by_lanes(&[a.of, b.of], Scalar::Bool, |own, _| {
                own.compare_mixed(op, a.of, b.of)
            });
        }
        self.convert_lanes(a, common);
        self.convert_lanes(b, common);
        let parts = parts(common);
        self.each(parts, 2, |own| own.compare_vector(op, common));
        self.mask_of(common);
    }

    /// Compares values of one type, which gives a mask of its places.
    pub fn compare_places(&mut self, op: Compare, a: &Expr, b: &Expr) {
        self.lanewise(a);
        self.lanewise(b);
        self.each(parts(a.of), 2, |own| own.compare_vector(op, a.of));
    }

    /// Two words of different types, as they are.
    fn compare_mixed(&mut self, op: Compare, a: Scalar, b: Scalar) {
        let kept = self.borrow(super::function::word(b));
        self.set(kept);
        self.widen_for_compare(a, b);
        self.get(kept);
        self.widen_for_compare(b, a);
        self.compare(op, a, b);
        self.give_back(&[kept]);
    }

    fn divide_lanes(&mut self, op: Divide, a: &Expr, b: &Expr, site: Option<Site>) {
        let of = a.of;
        if let Some(by) = constant_int(b).filter(|by| *by > 0 && by.count_ones() == 1)
            && op != Divide::CRest
        {
            self.lanewise(a);
            let parts = parts(of);
            return self.each(parts, 1, |own| {
                if op == Divide::Rest {
                    let mask = (by - 1) as u64;
                    own.put().v128_const(if of.bytes() == 8 {
                        longs([mask; 2])
                    } else {
                        words([mask as u32; 4])
                    });
                    own.put().v128_and();
                    return;
                }
                own.put().i32_const(by.trailing_zeros() as i32);
                match (of.bytes() == 8, of.is_signed()) {
                    (true, true) => own.put().i64x2_shr_s(),
                    (true, false) => own.put().i64x2_shr_u(),
                    (false, true) => own.put().i32x4_shr_s(),
                    (false, false) => own.put().i32x4_shr_u(),
                };
            });
        }
        self.lanewise(a);
        let dividend = self.keep(of);
        self.lanewise(b);
        let divisor = self.keep(of);
        if let Some(site) = site {
            self.get_parts(&divisor);
            for _ in 0..parts(of) {
                self.put().v128_const(0);
            }
            let parts = parts(of);
            self.each(parts, 2, |own| own.compare_vector(Compare::Equal, of));
            self.mask_of(of);
            self.fail_lanes(site, |own| _ = own.put().i32_const(0).i64_const(0).i64_const(0));
        }
        self.get_parts(&dividend);
        self.get_parts(&divisor);
        self.give_back(&dividend);
        self.give_back(&divisor);
        match (op, of) {
            (Divide::True, _) => {
                let parts = parts(of);
                self.each(parts, 2, |own| {
                    match of {
                        Scalar::F32 => own.put().f32x4_div(),
                        _ => own.put().f64x2_div(),
                    };
                });
            }
            _ => self.by_lanes(&[of, of], of, |own, _| own.divide_words(op, of, constant_int(b))),
        }
    }

    /// Fails for the first of the lanes whose mask is on the stack and that take part, if there are any.
    pub fn fail_lanes(&mut self, site: Site, details: impl FnOnce(&mut Self)) {
        let kept = self.begin_fail_lanes();
        self.fail(site, details);
        self.end_fail_lanes(kept);
    }

    fn begin_fail_lanes(&mut self) -> [u32; 2] {
        if let Some(mask) = self.mask() {
            self.put().local_get(mask).v128_and();
        }
        let failed = self.borrow(wasm_encoder::ValType::V128);
        self.put().local_tee(failed).v128_any_true();
        self.begin_if();
        let lane = self.borrow(wasm_encoder::ValType::I32);
        self.get(failed);
        self.bits();
        self.put().i32_ctz().local_set(lane);
        if let Some(vector) = &mut self.vector {
            vector.failing = Some(lane);
        }
        [failed, lane]
    }

    fn end_fail_lanes(&mut self, kept: [u32; 2]) {
        if let Some(vector) = &mut self.vector {
            vector.failing = None;
        }
        self.end();
        self.give_back(&kept);
    }

    /// Puts the value of the lane that fails on the stack.
    pub fn failing(&mut self, of: Scalar, parts: &Parts) {
        self.extract(of, parts, 0);
        let Some(lane) = self.vector.as_ref().and_then(|vector| vector.failing) else {
            return;
        };
        let other = self.borrow(super::function::word(of));
        for at in 1..LANES {
            self.set(other);
            self.extract(of, parts, at);
            self.get(other);
            self.put().local_get(lane).i32_const(at as i32).i32_eq().select();
        }
        self.give_back(&[other]);
    }
}

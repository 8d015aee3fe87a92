//! Conversions in lanes.

use super::function::{Emitter, word};
use super::lanes::{longs, shuffle, words};
use crate::ir::{Binary, Compare, Expr};
use crate::types::Scalar;
use wasm_encoder::ValType;

impl Emitter<'_> {
    /// Leaves an expression's vectors on the stack, as those of another type.
    pub fn convert_lanes(&mut self, a: &Expr, to: Scalar) {
        if !self.varies(a) {
            self.scalar(a);
            self.convert(a.of, to);
            return self.splat(to);
        }
        self.lanewise(a);
        self.convert_vectors(a.of, to);
    }

    fn convert_vectors(&mut self, from: Scalar, to: Scalar) {
        use Scalar::{Bool, F32, F64, I32, I64, U32, U64};
        if from == to {
            return;
        }
        match (from, to) {
            (_, Bool) => {
                for _ in 0..self.parts(from) {
                    self.put().v128_const(0);
                }
                let parts = self.parts(from);
                self.each(parts, 2, |own| own.compare_vector(Compare::Unequal, from));
                self.mask_of(from);
            }
            (Bool, _) => {
                self.mask_for(to);
                let one = match to {
                    F32 => words([1f32.to_bits(); 4]),
                    F64 => longs([1f64.to_bits(); 2]),
                    I64 | U64 => longs([1; 2]),
                    _ => words([1; 4]),
                };
                let parts = self.parts(to);
                self.each(parts, 1, |own| _ = own.put().v128_const(one).v128_and());
            }
            (F32, F64) => self.widen(&|own| _ = own.put().f64x2_promote_low_f32x4(), &|own| {
                own.high_half()
            }),
            (F64, F32) => self.narrow_vectors(&|own| _ = own.put().f32x4_demote_f64x2_zero()),
            (F32 | F64, I64 | U64) => self.by_lanes(&[from], to, |own, _| own.convert(from, to)),
            (F32, _) => {
                match to {
                    U32 => self.put().i32x4_trunc_sat_f32x4_u(),
                    _ => self.put().i32x4_trunc_sat_f32x4_s(),
                };
                self.clamp(to);
            }
            (F64, _) => {
                self.narrow_vectors(&|own| {
                    match to {
                        U32 => own.put().i32x4_trunc_sat_f64x2_u_zero(),
                        _ => own.put().i32x4_trunc_sat_f64x2_s_zero(),
                    };
                });
                self.clamp(to);
            }
            (I64 | U64, F64) => {
                let parts = self.parts(I64);
                self.each(parts, 1, |own| own.long_to_float(from));
            }
            (I64 | U64, F32) => self.by_lanes(&[from], to, |own, _| own.convert(from, to)),
            (U32, F32) => _ = self.put().f32x4_convert_i32x4_u(),
            (_, F32) => _ = self.put().f32x4_convert_i32x4_s(),
            (U32, F64) => self.widen(&|own| _ = own.put().f64x2_convert_low_i32x4_u(), &|own| {
                own.high_half()
            }),
            (_, F64) => self.widen(&|own| _ = own.put().f64x2_convert_low_i32x4_s(), &|own| {
                own.high_half()
            }),
            (I64 | U64, I64 | U64) => {}
            (I64 | U64, _) => {
                if self.lanes() == 2 {
                    let twice = self.borrow(ValType::V128);
                    self.put().local_tee(twice).local_get(twice);
                    self.give_back(&[twice]);
                }
                let is_four = self.lanes() == 4;
                self.put()
                    .i8x16_shuffle(shuffle(if is_four { [0, 2, 4, 6] } else { [0, 2, 0, 2] }));
                self.normalise_vector(to);
            }
            (_, I64 | U64) if self.lanes() == 2 => match from {
                U32 => _ = self.put().i64x2_extend_low_i32x4_u(),
                _ => _ = self.put().i64x2_extend_low_i32x4_s(),
            },
            (_, I64 | U64) => {
                let all = self.borrow(ValType::V128);
                match from {
                    U32 => {
                        self.put().local_tee(all).i64x2_extend_low_i32x4_u();
                        self.put().local_get(all).i64x2_extend_high_i32x4_u();
                    }
                    _ => {
                        self.put().local_tee(all).i64x2_extend_low_i32x4_s();
                        self.put().local_get(all).i64x2_extend_high_i32x4_s();
                    }
                }
                self.give_back(&[all]);
            }
            (I32 | U32, I32 | U32) => {}
            _ => {
                debug_assert_eq!((word(from), word(to)), (ValType::I32, ValType::I32));
                self.normalise_vector(to);
            }
        }
    }

    /// One vector of four as two of two, or of two as one.
    fn widen(&mut self, low: &dyn Fn(&mut Self), high: &dyn Fn(&mut Self)) {
        if self.lanes() == 2 {
            return low(self);
        }
        let all = self.borrow(ValType::V128);
        self.tee(all);
        low(self);
        self.get(all);
        high(self);
        low(self);
        self.give_back(&[all]);
    }

    /// The upper half of a vector on the stack as the lower.
    fn high_half(&mut self) {
        self.put().v128_const(0).i8x16_shuffle(shuffle([2, 3, 2, 3]));
    }

    /// Two vectors of two as one of four, or the one of two.
    fn narrow_vectors(&mut self, f: &dyn Fn(&mut Self)) {
        if self.lanes() == 2 {
            return f(self);
        }
        let high = self.borrow(ValType::V128);
        self.set(high);
        f(self);
        self.get(high);
        f(self);
        self.put().i8x16_shuffle(shuffle([0, 1, 4, 5]));
        self.give_back(&[high]);
    }

    /// Within a type of less than 32 bits.
    fn clamp(&mut self, to: Scalar) {
        if to.bytes() < 4 {
            let (least, greatest) = super::convert::limits(to);
            self.put().v128_const(words([least as u32; 4]));
            self.binary_vector(Binary::Max, Scalar::I32);
            self.put().v128_const(words([greatest as u32; 4]));
            self.binary_vector(Binary::Min, Scalar::I32);
        }
    }

    /// 64-bit integers as floats: either half is one exactly, so that only their sum rounds.
    fn long_to_float(&mut self, from: Scalar) {
        let all = self.borrow(ValType::V128);
        self.put()
            .local_tee(all)
            .local_get(all)
            .i8x16_shuffle(shuffle([1, 3, 1, 3]));
        match from {
            Scalar::U64 => self.put().f64x2_convert_low_i32x4_u(),
            _ => self.put().f64x2_convert_low_i32x4_s(),
        };
        self.put()
            .v128_const(longs([4_294_967_296f64.to_bits(); 2]))
            .f64x2_mul();
        self.put()
            .local_get(all)
            .local_get(all)
            .i8x16_shuffle(shuffle([0, 2, 0, 2]));
        self.put().f64x2_convert_low_i32x4_u().f64x2_add();
        self.give_back(&[all]);
    }
}

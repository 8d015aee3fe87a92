//! Conversions in lanes.

use super::function::{Emitter, word};
use super::lanes::{longs, parts, shuffle, words};
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
        if a.of == Scalar::Bool && to != Scalar::Bool {
            self.test(a, to);
            return self.one_of_mask(to);
        }
        self.lanewise(a);
        self.convert_vectors(a.of, to);
    }

    /// 1 where a mask is set, 0 elsewhere.
    fn one_of_mask(&mut self, to: Scalar) {
        use Scalar::{F32, F64, I64, U64};
        let one = match to {
            F32 => words([1f32.to_bits(); 4]),
            F64 => longs([1f64.to_bits(); 2]),
            I64 | U64 => longs([1; 2]),
            _ => words([1; 4]),
        };
        self.each(parts(to), 1, |own| _ = own.put().v128_const(one).v128_and());
    }

    fn convert_vectors(&mut self, from: Scalar, to: Scalar) {
        use Scalar::{Bool, F32, F64, I32, I64, U32, U64};
        if from == to {
            return;
        }
        match (from, to) {
            (_, Bool) => {
                for _ in 0..parts(from) {
                    self.put().v128_const(0);
                }
                let parts = parts(from);
                self.each(parts, 2, |own| own.compare_vector(Compare::Unequal, from));
                self.mask_of(from);
            }
            (F32, F64) => self.widen(&|own| _ = own.put().f64x2_promote_low_f32x4()),
            (F64, F32) => self.narrow_vectors(&|own| _ = own.put().f32x4_demote_f64x2_zero()),
            (F32 | F64, I64 | U64) => self.by_lanes(&[from], to, |own, _| own.convert(from, to)),
            (F32, _) => self.each(parts(to), 1, |own| {
                match to {
                    U32 => own.put().i32x4_trunc_sat_f32x4_u(),
                    _ => own.put().i32x4_trunc_sat_f32x4_s(),
                };
                own.clamp(to);
            }),
            (F64, _) => {
                self.narrow_vectors(&|own| {
                    match to {
                        U32 => own.put().i32x4_trunc_sat_f64x2_u_zero(),
                        _ => own.put().i32x4_trunc_sat_f64x2_s_zero(),
                    };
                });
                self.each(parts(to), 1, |own| own.clamp(to));
            }
            (I64 | U64, F64) => {
                let parts = parts(I64);
                self.each(parts, 1, |own| own.long_to_float(from));
            }
            (I64 | U64, F32) => self.by_lanes(&[from], to, |own, _| own.convert(from, to)),
            (_, F32) => self.each(parts(F32), 1, |own| {
                match from {
                    U32 => own.put().f32x4_convert_i32x4_u(),
                    _ => own.put().f32x4_convert_i32x4_s(),
                };
            }),
            (U32, F64) => self.widen(&|own| _ = own.put().f64x2_convert_low_i32x4_u()),
            (_, F64) => self.widen(&|own| _ = own.put().f64x2_convert_low_i32x4_s()),
            (I64 | U64, I64 | U64) => {}
            (I64 | U64, _) => {
                self.words_of_longs();
                self.each(parts(to), 1, |own| own.normalise_vector(to));
            }
            (U32, I64 | U64) => self.widen(&|own| _ = own.put().i64x2_extend_low_i32x4_u()),
            (_, I64 | U64) => self.widen(&|own| _ = own.put().i64x2_extend_low_i32x4_s()),
            (I32 | U32, I32 | U32) => {}
            _ => {
                debug_assert_eq!((word(from), word(to)), (ValType::I32, ValType::I32));
                self.each(parts(to), 1, |own| own.normalise_vector(to));
            }
        }
    }

    /// The low words of longs on the stack.
    pub fn words_of_longs(&mut self) {
        self.join(parts(Scalar::I64), |own| {
            _ = own.put().i8x16_shuffle(shuffle([0, 2, 4, 6]))
        });
    }

    /// Each vector of four as two of two: `low` makes one of the lower half.
    fn widen(&mut self, low: &dyn Fn(&mut Self)) {
        let all = self.keep(Scalar::I32);
        for one in &all {
            self.get(*one);
            low(self);
            self.get(*one);
            self.put().v128_const(0).i8x16_shuffle(shuffle([2, 3, 2, 3]));
            low(self);
        }
        self.give_back(&all);
    }

    /// Each two vectors of two as one of four.
    fn narrow_vectors(&mut self, f: &dyn Fn(&mut Self)) {
        let parts = parts(Scalar::I64);
        self.each(parts, 1, f);
        self.join(parts, |own| _ = own.put().i8x16_shuffle(shuffle([0, 1, 4, 5])));
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

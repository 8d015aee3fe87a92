//! Conversions and comparisons of values on the stack.

use super::function::{Emitter, word};
use crate::ir::{Binary, Compare};
use crate::types::Scalar;
use wasm_encoder::ValType;

/// The least and the greatest of an integer of less than 32 bits.
pub(super) fn limits(of: Scalar) -> (i32, i32) {
    match of {
        Scalar::I8 => (i8::MIN.into(), i8::MAX.into()),
        Scalar::I16 => (i16::MIN.into(), i16::MAX.into()),
        Scalar::U8 => (0, u8::MAX.into()),
        Scalar::U16 => (0, u16::MAX.into()),
        _ => (i32::MIN, i32::MAX),
    }
}

/// As which type two integers of different types are compared once both have 64 bits, and which of
/// them may be below zero while the other is none of `int64`: 0 or 1.
pub(super) fn common(a: Scalar, b: Scalar) -> (Scalar, Option<usize>) {
    match (a, b) {
        (Scalar::U64, other) if other.is_signed() => (Scalar::U64, Some(1)),
        (other, Scalar::U64) if other.is_signed() => (Scalar::U64, Some(0)),
        (Scalar::U64, _) | (_, Scalar::U64) => (Scalar::U64, None),
        _ => (Scalar::I64, None),
    }
}

impl Emitter<'_> {
    /// Makes the value on the stack, which is to be compared with one of another type, one of 64 bits.
    pub fn widen_for_compare(&mut self, from: Scalar, _other: Scalar) {
        if word(from) == ValType::I32 {
            self.convert(from, Scalar::I64);
        }
    }

    /// Compares what is on the stack. Integers of different types are of 64 bits by now.
    pub fn compare(&mut self, op: Compare, a: Scalar, b: Scalar) {
        if a == b {
            return self.compare_words(op, a);
        }
        let (of, below) = common(a, b);
        let Some(which) = below else {
            return self.compare_words(op, of);
        };
        let [x, y] = [self.borrow(ValType::I64), self.borrow(ValType::I64)];
        // A number below zero differs from the other, and is the lesser.
        let otherwise = match op {
            Compare::Equal => 0,
            Compare::Unequal => 1,
            Compare::Less | Compare::AtMost => i32::from(which == 0),
        };
        self.put()
            .local_set(y)
            .local_set(x)
            .i32_const(otherwise)
            .local_get(x)
            .local_get(y);
        self.compare_words(op, of);
        self.put()
            .local_get([x, y][which])
            .i64_const(0)
            .i64_lt_s()
            .select();
        self.give_back(&[x, y]);
    }

    fn compare_words(&mut self, op: Compare, of: Scalar) {
        use Compare::{AtMost, Equal, Less, Unequal};
        let signed = of.is_signed();
        match (word(of), op) {
            (ValType::F32, Equal) => self.put().f32_eq(),
            (ValType::F32, Unequal) => self.put().f32_ne(),
            (ValType::F32, Less) => self.put().f32_lt(),
            (ValType::F32, AtMost) => self.put().f32_le(),
            (ValType::F64, Equal) => self.put().f64_eq(),
            (ValType::F64, Unequal) => self.put().f64_ne(),
            (ValType::F64, Less) => self.put().f64_lt(),
            (ValType::F64, AtMost) => self.put().f64_le(),
            (ValType::I64, Equal) => self.put().i64_eq(),
            (ValType::I64, Unequal) => self.put().i64_ne(),
            (ValType::I64, Less) if signed => self.put().i64_lt_s(),
            (ValType::I64, Less) => self.put().i64_lt_u(),
            (ValType::I64, AtMost) if signed => self.put().i64_le_s(),
            (ValType::I64, AtMost) => self.put().i64_le_u(),
            (_, Equal) => self.put().i32_eq(),
            (_, Unequal) => self.put().i32_ne(),
            (_, Less) if signed => self.put().i32_lt_s(),
            (_, Less) => self.put().i32_lt_u(),
            (_, AtMost) if signed => self.put().i32_le_s(),
            (_, AtMost) => self.put().i32_le_u(),
        };
    }

    /// Makes the value on the stack one of another type.
    pub fn convert(&mut self, from: Scalar, to: Scalar) {
        use Scalar::{F32, I32, U32, U64};
        if from == to {
            return;
        }
        if to == Scalar::Bool {
            self.constant(from, 0);
            return self.compare(Compare::Unequal, from, from);
        }
        let unsigned = to.is_int() && !to.is_signed();
        match (word(from), word(to)) {
            (ValType::F32, ValType::F64) => self.put().f64_promote_f32(),
            (ValType::F64, ValType::F32) => self.put().f32_demote_f64(),
            (ValType::F32, ValType::I64) if unsigned => self.put().i64_trunc_sat_f32_u(),
            (ValType::F32, ValType::I64) => self.put().i64_trunc_sat_f32_s(),
            (ValType::F64, ValType::I64) if unsigned => self.put().i64_trunc_sat_f64_u(),
            (ValType::F64, ValType::I64) => self.put().i64_trunc_sat_f64_s(),
            (ValType::F32 | ValType::F64, _) => {
                match (from, to == U32) {
                    (F32, true) => self.put().i32_trunc_sat_f32_u(),
                    (F32, false) => self.put().i32_trunc_sat_f32_s(),
                    (_, true) => self.put().i32_trunc_sat_f64_u(),
                    (_, false) => self.put().i32_trunc_sat_f64_s(),
                };
                if to.bytes() < 4 {
                    let (least, greatest) = limits(to);
                    self.int32(least);
                    self.binary(Binary::Max, I32);
                    self.int32(greatest);
                    self.binary(Binary::Min, I32);
                }
                return;
            }
            (ValType::I32, ValType::F32) if from == U32 => self.put().f32_convert_i32_u(),
            // V8's conversions of one number wait for whatever its scratch register was last used for, which in lanes is a chain
            // from each round to the next. Those of vectors wait for nothing.
            (ValType::I32, ValType::F32) if self.vector.is_some() => {
                self.put()
                    .i32x4_splat()
                    .f32x4_convert_i32x4_s()
                    .f32x4_extract_lane(0);
                return;
            }
            (ValType::I32, ValType::F64) if self.vector.is_some() && from != U32 => {
                self.put()
                    .i32x4_splat()
                    .f64x2_convert_low_i32x4_s()
                    .f64x2_extract_lane(0);
                return;
            }
            (ValType::I32, ValType::F32) => self.put().f32_convert_i32_s(),
            (ValType::I32, ValType::F64) if from == U32 => self.put().f64_convert_i32_u(),
            (ValType::I32, ValType::F64) => self.put().f64_convert_i32_s(),
            (ValType::I64, ValType::F32) if from == U64 => self.put().f32_convert_i64_u(),
            (ValType::I64, ValType::F32) => self.put().f32_convert_i64_s(),
            (ValType::I64, ValType::F64) if from == U64 => self.put().f64_convert_i64_u(),
            (ValType::I64, ValType::F64) => self.put().f64_convert_i64_s(),
            (ValType::I32, ValType::I64) if from == U32 => self.put().i64_extend_i32_u(),
            (ValType::I32, ValType::I64) => self.put().i64_extend_i32_s(),
            (ValType::I64, ValType::I32) => {
                self.put().i32_wrap_i64();
                return self.normalise(to);
            }
            (ValType::I32, ValType::I32) => return self.normalise(to),
            // Integers of 64 bits, either sign.
            _ => return,
        };
    }

    /// Takes the value on the stack for one of another type of the same width.
    pub fn reinterpret(&mut self, from: Scalar, to: Scalar) {
        match (word(from), word(to)) {
            (ValType::F32, ValType::I32) => self.put().i32_reinterpret_f32(),
            (ValType::I32, ValType::F32) => self.put().f32_reinterpret_i32(),
            (ValType::F64, ValType::I64) => self.put().i64_reinterpret_f64(),
            (ValType::I64, ValType::F64) => self.put().f64_reinterpret_i64(),
            (ValType::I32, ValType::I32) => return self.normalise(to),
            _ => return,
        };
    }
}

#[cfg(test)]
mod tests {
    use crate::wasm::vselect::tests::done;

    #[test]
    fn one_number_is_made_a_float_as_a_vector_in_lanes() {
        for to in ["f32", "np.float64"] {
            let done = done(&format!(
                "for j in range(40):\n    p += f32({to}(j) * 0.5)\nb[i] = p"
            ));
            assert!(
                !done.contains("ConvertI32S") && done.contains("ExtractLane"),
                "{done}"
            );
        }
    }
}

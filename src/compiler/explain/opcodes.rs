//! Names of WebAssembly's instructions by their numbers. A word that ends with a dot stands before all that follow; `-` is a gap.

/// Instructions of one byte, from 0x45 on.
pub const PLAIN: &str = "i32. eqz eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u i64. eqz eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u \
f32. eq ne lt gt le ge f64. eq ne lt gt le ge \
i32. clz ctz popcnt add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr \
i64. clz ctz popcnt add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr \
f32. abs neg ceil floor trunc nearest sqrt add sub mul div min max copysign \
f64. abs neg ceil floor trunc nearest sqrt add sub mul div min max copysign \
i32. wrap_i64 trunc_f32_s trunc_f32_u trunc_f64_s trunc_f64_u \
i64. extend_i32_s extend_i32_u trunc_f32_s trunc_f32_u trunc_f64_s trunc_f64_u \
f32. convert_i32_s convert_i32_u convert_i64_s convert_i64_u demote_f64 \
f64. convert_i32_s convert_i32_u convert_i64_s convert_i64_u promote_f32 \
i32. reinterpret_f32 i64. reinterpret_f64 f32. reinterpret_i32 f64. reinterpret_i64 \
i32. extend8_s extend16_s i64. extend8_s extend16_s extend32_s";

/// Loads and stores, from 0x28 on.
pub const MEMORY: &str = "i32. load i64. load f32. load f64. load i32. load8_s load8_u load16_s load16_u \
i64. load8_s load8_u load16_s load16_u load32_s load32_u \
i32. store i64. store f32. store f64. store i32. store8 store16 i64. store8 store16 store32";

/// Behind 0xfc.
pub const MORE: &str = "i32. trunc_sat_f32_s trunc_sat_f32_u trunc_sat_f64_s trunc_sat_f64_u \
i64. trunc_sat_f32_s trunc_sat_f32_u trunc_sat_f64_s trunc_sat_f64_u memory. init - copy fill";

/// Behind 0xfd.
pub const VECTOR: &str = "v128. load load8x8_s load8x8_u load16x4_s load16x4_u load32x2_s load32x2_u load8_splat load16_splat load32_splat \
load64_splat store const i8x16. shuffle swizzle splat i16x8. splat i32x4. splat i64x2. splat f32x4. splat f64x2. splat \
i8x16. extract_lane_s extract_lane_u replace_lane i16x8. extract_lane_s extract_lane_u replace_lane i32x4. extract_lane replace_lane \
i64x2. extract_lane replace_lane f32x4. extract_lane replace_lane f64x2. extract_lane replace_lane \
i8x16. eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u i16x8. eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u \
i32x4. eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u f32x4. eq ne lt gt le ge f64x2. eq ne lt gt le ge \
v128. not and andnot or xor bitselect any_true load8_lane load16_lane load32_lane load64_lane \
store8_lane store16_lane store32_lane store64_lane load32_zero load64_zero f32x4. demote_f64x2_zero f64x2. promote_low_f32x4 \
i8x16. abs neg popcnt all_true bitmask narrow_i16x8_s narrow_i16x8_u f32x4. ceil floor trunc nearest \
i8x16. shl shr_s shr_u add add_sat_s add_sat_u sub sub_sat_s sub_sat_u f64x2. ceil floor i8x16. min_s min_u max_s max_u f64x2. trunc \
i8x16. avgr_u i16x8. extadd_pairwise_i8x16_s extadd_pairwise_i8x16_u i32x4. extadd_pairwise_i16x8_s extadd_pairwise_i16x8_u \
i16x8. abs neg q15mulr_sat_s all_true bitmask narrow_i32x4_s narrow_i32x4_u extend_low_i8x16_s extend_high_i8x16_s \
extend_low_i8x16_u extend_high_i8x16_u shl shr_s shr_u add add_sat_s add_sat_u sub sub_sat_s sub_sat_u f64x2. nearest \
i16x8. mul min_s min_u max_s max_u - avgr_u extmul_low_i8x16_s extmul_high_i8x16_s extmul_low_i8x16_u extmul_high_i8x16_u \
i32x4. abs neg - all_true bitmask - - extend_low_i16x8_s extend_high_i16x8_s extend_low_i16x8_u extend_high_i16x8_u shl shr_s shr_u \
add - - sub - - - mul min_s min_u max_s max_u dot_i16x8_s - extmul_low_i16x8_s extmul_high_i16x8_s extmul_low_i16x8_u extmul_high_i16x8_u \
i64x2. abs neg - all_true bitmask - - extend_low_i32x4_s extend_high_i32x4_s extend_low_i32x4_u extend_high_i32x4_u shl shr_s shr_u \
add - - sub - - - mul eq ne lt_s gt_s le_s ge_s extmul_low_i32x4_s extmul_high_i32x4_s extmul_low_i32x4_u extmul_high_i32x4_u \
f32x4. abs neg - sqrt add sub mul div min max pmin pmax f64x2. abs neg - sqrt add sub mul div min max pmin pmax \
i32x4. trunc_sat_f32x4_s trunc_sat_f32x4_u f32x4. convert_i32x4_s convert_i32x4_u i32x4. trunc_sat_f64x2_s_zero trunc_sat_f64x2_u_zero \
f64x2. convert_low_i32x4_s convert_low_i32x4_u";

/// The names of a table, in order; a gap's is empty.
pub fn names(table: &'static str) -> Vec<[&'static str; 2]> {
    let mut before = "";
    let mut all = Vec::new();
    for word in table.split_ascii_whitespace() {
        match (word.ends_with('.'), word) {
            (true, _) => before = word,
            (_, "-") => all.push(["", ""]),
            _ => all.push([before, word]),
        }
    }
    all
}

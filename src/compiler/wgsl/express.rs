//! Expressions in WGSL. What needs statements of its own has them written first.
//!
//! An integer of 64 bits is kept as its low 32. Sums, products and bits come out right so; what asks for the
//! whole value, such as a comparison or a quotient, asks [`Facts`] whether it fits.

use super::host;
use super::plan::Why;
use super::shader::Writer;
use crate::decimal;
use crate::interval::{self, I32, U32, within};
use crate::ir::*;
use crate::types::Scalar;

/// How a shader holds a type.
pub fn register(of: Scalar) -> &'static str {
    match of {
        Scalar::Bool => "bool",
        Scalar::F32 | Scalar::F64 => "f32",
        _ if of.is_signed() => "i32",
        _ => "u32",
    }
}

/// How a buffer holds a type: every element takes 32 bits.
pub fn element(of: Scalar) -> &'static str {
    match of {
        Scalar::Bool => "u32",
        _ => register(of),
    }
}

/// A value in the form of a buffer's or the uniform block's word, made a register.
pub fn from_word(of: Scalar, word: &str) -> String {
    match of {
        Scalar::Bool => format!("({word} != 0u)"),
        _ => word.to_string(),
    }
}

/// The other way.
pub fn to_word(of: Scalar, value: &str) -> String {
    match of {
        Scalar::Bool => format!("select(0u, 1u, {value})"),
        _ => value.to_string(),
    }
}

/// Cuts an integer to its width.
fn cut(of: Scalar, value: String) -> String {
    match of {
        Scalar::I8 => format!("(({value} << 24u) >> 24u)"),
        Scalar::I16 => format!("(({value} << 16u) >> 16u)"),
        Scalar::U8 => format!("({value} & 255u)"),
        Scalar::U16 => format!("({value} & 65535u)"),
        _ => value,
    }
}

/// An integer's text in the other kind of register.
fn cast(from: Scalar, to: Scalar, value: String) -> String {
    match (register(from), register(to)) {
        (a, b) if a == b => value,
        (_, b) => format!("{b}({value})"),
    }
}

impl Writer<'_> {
    /// A constant by its bits.
    pub(super) fn constant(&mut self, of: Scalar, bits: u64) -> String {
        match of {
            Scalar::Bool => (bits != 0).to_string(),
            Scalar::F32 | Scalar::F64 => {
                let value = host::float(of, bits) as f32;
                // The greatest is rounded up where it is written shortest, which browsers refuse.
                let is_written = value.is_normal() && value.abs() < f32::MAX;
                match is_written || value == 0.0 && value.is_sign_positive() {
                    true => decimal::text_of_single(value) + "f",
                    false => format!("{}({}u)", self.helper("float_of"), value.to_bits()),
                }
            }
            _ if of.is_signed() => match host::signed(of, bits) as i32 {
                i32::MIN => "i32(-2147483648)".to_string(),
                value @ ..0 => format!("({value})"),
                value => value.to_string(),
            },
            _ => format!("{}u", bits as u32),
        }
    }

    /// A value's register; of 64-bit integers the low bits.
    pub(super) fn value(&mut self, expr: &Expr) -> String {
        // Of a float of 64 bits all parts are looked at together.
        let is_wide = expr.of == Scalar::F64;
        let around = std::mem::replace(&mut self.in_wide, is_wide);
        if is_wide && !around {
            self.is_wide(expr);
        }
        let text = self.value_of(expr);
        self.in_wide = around;
        text
    }

    fn value_of(&mut self, expr: &Expr) -> String {
        if let ExprKind::Const(bits) = expr.kind {
            return self.constant(expr.of, bits);
        }
        if let Some(name) = self.hoisted(expr) {
            return name;
        }
        let of = expr.of;
        match &expr.kind {
            ExprKind::Const(_) => String::new(),
            ExprKind::Local(local) => self.local(*local),
            ExprKind::Length(array, axis) => self.length(*array, *axis),
            ExprKind::Unary(op, a) => self.unary(*op, of, a),
            ExprKind::Binary(op, a, b) => self.binary(expr, *op, a, b),
            ExprKind::Divide(op, a, b, site) => self.divide(of, *op, a, b, *site),
            ExprKind::Compare(op, a, b) => self.compare(*op, a, b),
            ExprKind::Convert(a) => self.convert(of, a),
            ExprKind::Select(test, a, b) => {
                let (test, a, b) = (self.value(test), self.value(a), self.value(b));
                format!("select({b}, {a}, {test})")
            }
            ExprKind::Choice(test, a, b) => {
                let is_cheap = is_plain(a) && is_plain(b);
                let test = self.value(test);
                let (a, before_a) = self.aside(|it| it.value(a));
                let (b, before_b) = self.aside(|it| it.value(b));
                if before_a.is_empty() && before_b.is_empty() && is_cheap {
                    return format!("select({b}, {a}, {test})");
                }
                let name = self.temporary();
                self.line(format_args!("var {name}: {};", register(of)));
                self.open(format_args!("if ({test}) {{"));
                self.paste(&before_a);
                self.line(format_args!("{name} = {a};"));
                self.close_open("} else {");
                self.paste(&before_b);
                self.line(format_args!("{name} = {b};"));
                self.close("}");
                name
            }
            ExprKind::And(a, b) | ExprKind::Or(a, b) => {
                let is_and = matches!(expr.kind, ExprKind::And(..));
                let a = self.value(a);
                let (b, before) = self.aside(|it| it.value(b));
                if before.is_empty() {
                    return format!("({a} {} {b})", if is_and { "&&" } else { "||" });
                }
                let name = self.temporary();
                self.line(format_args!("var {name} = {a};"));
                self.open(format_args!("if ({}{name}) {{", if is_and { "" } else { "!" }));
                self.paste(&before);
                self.line(format_args!("{name} = {b};"));
                self.close("}");
                name
            }
            ExprKind::Load { array, index, site } => {
                let place = self.place(*array, index, *site);
                let root = self.root(*array, false);
                format!("{root}_load({place})")
            }
            ExprKind::Math(function, all) => self.math(*function, all),
            ExprKind::Bits(a) => {
                if of.bytes() == 8 {
                    self.refuse(Why::Lacks("bits of 64-bit values"));
                }
                let (to, value) = (register(of), self.value(a));
                format!("bitcast<{to}>({value})")
            }
            ExprKind::Let(sets, last) => {
                for (local, value) in sets {
                    let text = self.value(value);
                    let name = self.local(*local);
                    self.line(format_args!("{name} = {text};"));
                }
                self.value(last)
            }
            ExprKind::Table(..) => {
                self.refuse(Why::Lacks("tables"));
                self.constant(of, 0)
            }
            ExprKind::Apart(..) => {
                self.refuse(Why::Lacks("comparison of arrays' places"));
                "true".to_string()
            }
        }
    }

    /// The whole value of an integer, and whether its register has a sign; refused if it may not fit 32 bits.
    pub(super) fn exact(&mut self, expr: &Expr) -> (String, bool) {
        let range = self.facts.of(expr);
        let text = self.value(expr);
        match expr.of {
            _ if within(range, I32) && (expr.of.is_signed() || !within(range, U32)) => {
                (cast(expr.of, Scalar::I32, text), true)
            }
            _ if within(range, U32) => (cast(expr.of, Scalar::U32, text), false),
            of => {
                if !self.options.narrow {
                    self.unfit_parts(expr);
                }
                (text, of.is_signed())
            }
        }
    }

    /// The same with a sign: for indices and ranges.
    pub(super) fn exact_signed(&mut self, expr: &Expr) -> String {
        match self.exact(expr) {
            (text, true) => text,
            (text, false) if within(self.facts.of(expr), I32) => format!("i32({text})"),
            // Too great for any length, and so it stays.
            (text, false) => format!("i32(min({text}, 2147483647u))"),
        }
    }

    /// Whether of two integers that fit 32 bits one may be below zero, the other beyond `int32`.
    fn is_mixed(&self, a: &Expr, b: &Expr) -> bool {
        let (x, y) = (self.facts.of(a), self.facts.of(b));
        let fits = |range| within(range, I32) || within(range, U32);
        let other = |x: interval::Interval, y| x.0 < 0 && !within(y, I32);
        fits(x) && fits(y) && (other(x, y) || other(y, x))
    }

    /// Both whole values in one kind of register: signed or not.
    fn common(&mut self, a: &Expr, b: &Expr) -> (String, String, bool) {
        let (x, y) = (self.facts.of(a), self.facts.of(b));
        let ((s, s_signed), (t, t_signed)) = (self.exact(a), self.exact(b));
        match (s_signed, t_signed) {
            _ if s_signed == t_signed => (s, t, s_signed),
            _ if within(x, I32) && within(y, I32) => (format!("i32({s})"), format!("i32({t})"), true),
            _ if within(x, U32) && within(y, U32) => (format!("u32({s})"), format!("u32({t})"), false),
            _ => {
                // Sides of 64 bits that fit differently.
                if !self.options.narrow && !self.unfit_parts(a) && !self.unfit_parts(b) {
                    self.refuse(Why::Wide("a value".to_string(), a.of));
                }
                (format!("i32({s})"), format!("i32({t})"), true)
            }
        }
    }

    fn unary(&mut self, op: Unary, of: Scalar, a: &Expr) -> String {
        let x = match op {
            Unary::Abs if of.bytes() == 8 && of.is_signed() => self.exact(a).0,
            _ => self.value(a),
        };
        match op {
            Unary::Minus if register(of) == "u32" => cut(of, format!("(0u - {x})")),
            Unary::Minus => cut(of, format!("(-{x})")),
            Unary::Not if of == Scalar::Bool => format!("(!{x})"),
            Unary::Not => cut(of, format!("(~{x})")),
            Unary::Abs if register(of) == "u32" => x,
            Unary::Abs => cut(of, cast_if_u32(format!("abs({x})"), of)),
            Unary::Sqrt => format!("sqrt({x})"),
            Unary::Floor => format!("floor({x})"),
            Unary::Ceil => format!("ceil({x})"),
            Unary::Trunc => format!("trunc({x})"),
            Unary::Nearest => format!("round({x})"),
        }
    }

    fn binary(&mut self, expr: &Expr, op: Binary, a: &Expr, b: &Expr) -> String {
        let of = expr.of;
        let infix = |it: &mut Self, sign: &str| {
            let (a, b) = (it.value(a), it.value(b));
            format!("({a} {sign} {b})")
        };
        if of == Scalar::Bool {
            return match op {
                Binary::And | Binary::Min | Binary::Mul => infix(self, "&"),
                Binary::Or | Binary::Max | Binary::Add => infix(self, "|"),
                _ => infix(self, "!="),
            };
        }
        match op {
            Binary::Add => cut(of, infix(self, "+")),
            Binary::Sub => cut(of, infix(self, "-")),
            Binary::Mul => cut(of, infix(self, "*")),
            Binary::And => infix(self, "&"),
            Binary::Or => infix(self, "|"),
            Binary::Xor => infix(self, "^"),
            Binary::ShiftLeft => {
                let (a, count) = (self.value(a), self.shift(b));
                let width = 8 * of.bytes();
                match within(self.facts.of(b), (0, 31.min(i128::from(width) - 1))) {
                    true => cut(of, format!("({a} << {count})")),
                    false if width < 64 => cut(of, format!("({a} << ({count} & {}u))", width - 1)),
                    false => {
                        let zero = self.constant(of, 0);
                        format!("select({a} << ({count} & 31u), {zero}, ({count} & 32u) != 0u)")
                    }
                }
            }
            Binary::ShiftRight => {
                let width = 8 * of.bytes();
                let (x, is_signed) = match width {
                    64 => self.exact(a),
                    _ => (self.value(a), of.is_signed()),
                };
                let count = self.shift(b);
                let text = match within(self.facts.of(b), (0, 31.min(i128::from(width) - 1))) {
                    true => format!("({x} >> {count})"),
                    false if width < 64 => format!("({x} >> ({count} & {}u))", width - 1),
                    false if is_signed => format!("({x} >> min({count} & 63u, 31u))"),
                    false => format!("select({x} >> ({count} & 31u), 0u, ({count} & 32u) != 0u)"),
                };
                let from = if is_signed { Scalar::I32 } else { Scalar::U32 };
                cast(from, of, text)
            }
            Binary::Min | Binary::Max if of.is_float() => {
                let name = if op == Binary::Min {
                    "least_f"
                } else {
                    "greatest_f"
                };
                let (a, b, name) = (self.value(a), self.value(b), self.helper(name));
                format!("{name}({a}, {b})")
            }
            Binary::Min | Binary::Max if self.is_mixed(a, b) => {
                let less = self.compare(Compare::Less, a, b);
                let (a, b) = (self.value(a), self.value(b));
                match op {
                    Binary::Min => format!("select({b}, {a}, {less})"),
                    _ => format!("select({a}, {b}, {less})"),
                }
            }
            Binary::Min | Binary::Max => {
                let name = if op == Binary::Min { "min" } else { "max" };
                let (a, b, is_signed) = self.common(a, b);
                let from = if is_signed { Scalar::I32 } else { Scalar::U32 };
                cast(from, of, format!("{name}({a}, {b})"))
            }
            Binary::CopySign => {
                let (a, b, name) = (self.value(a), self.value(b), self.helper("copysign_f"));
                format!("{name}({a}, {b})")
            }
        }
    }

    /// A shift's count as a `u32`, by its low bits. Of a constant nothing of 32 or more is left for WGSL to refuse.
    fn shift(&mut self, count: &Expr) -> String {
        match count.kind {
            ExprKind::Const(bits) => format!("{}u", bits & 63),
            _ => {
                let text = self.value(count);
                cast(count.of, Scalar::U32, text)
            }
        }
    }

    fn divide(&mut self, of: Scalar, op: Divide, a: &Expr, b: &Expr, site: Option<Site>) -> String {
        if of.is_float() {
            let (a, mut b) = (self.value(a), self.value(b));
            if let Some(site) = site {
                b = format!("{}({b}, {}u)", self.helper("nonzero_f"), site.0);
            }
            let name = match op {
                Divide::True => return format!("({a} / {b})"),
                Divide::Floor => "floor_div_f",
                Divide::Rest => "floor_rest_f",
                Divide::CRest => "fmod_f",
            };
            return format!("{}({a}, {b})", self.helper(name));
        }
        // The remainder by a power of two is the low bits, whatever the high ones are.
        if let (Divide::Rest, ExprKind::Const(bits)) = (op, &b.kind) {
            let by = host::signed(b.of, *bits);
            if (1..=1 << 31).contains(&by) && by & (by - 1) == 0 {
                let text = self.value(a);
                let mask = self.constant(narrowed(of), (by - 1) as u64);
                return format!("({text} & {mask})");
            }
        }
        let (a, mut b, is_signed) = self.common(a, b);
        let suffix = if is_signed { 'i' } else { 'u' };
        if let Some(site) = site {
            let name = if is_signed { "nonzero_i" } else { "nonzero_u" };
            b = format!("{}({b}, {}u)", self.helper(name), site.0);
        }
        let name = match (op, suffix) {
            (Divide::True | Divide::Floor, 'i') => "floor_div_i",
            (Divide::Rest, 'i') => "floor_rest_i",
            (Divide::CRest, 'i') => "rest_i",
            (Divide::True | Divide::Floor, _) => "quotient_u",
            (Divide::Rest | Divide::CRest, _) => "rest_u",
        };
        let from = if is_signed { Scalar::I32 } else { Scalar::U32 };
        cut(of, cast(from, of, format!("{}({a}, {b})", self.helper(name))))
    }

    fn compare(&mut self, op: Compare, a: &Expr, b: &Expr) -> String {
        let sign = match op {
            Compare::Equal => "==",
            Compare::Unequal => "!=",
            Compare::Less => "<",
            Compare::AtMost => "<=",
        };
        if a.of == Scalar::Bool && b.of == Scalar::Bool {
            let (a, b) = (self.value(a), self.value(b));
            return match op {
                Compare::Equal | Compare::Unequal => format!("({a} {sign} {b})"),
                _ => format!("(u32({a}) {sign} u32({b}))"),
            };
        }
        if a.of.is_float() || b.of.is_float() {
            // WGSL may take it that there are no NaNs: the bits have to tell.
            let is_same = a == b && matches!(op, Compare::Equal | Compare::Unequal);
            let (a, b) = (self.value(a), self.value(b));
            match op {
                Compare::Unequal if is_same => return format!("{}({a})", self.helper("is_nan")),
                Compare::Equal if is_same => return format!("(!{}({a}))", self.helper("is_nan")),
                Compare::Unequal => return format!("(!({a} == {b}))"),
                _ => {}
            }
            return format!("({a} {sign} {b})");
        }
        if self.is_mixed(a, b) {
            let ((s, s_signed), (t, _)) = (self.exact(a), self.exact(b));
            let (name, s, t, holds) = match (op, s_signed) {
                (Compare::Equal, true) => ("equal_iu", s, t, true),
                (Compare::Equal, false) => ("equal_iu", t, s, true),
                (Compare::Unequal, true) => ("equal_iu", s, t, false),
                (Compare::Unequal, false) => ("equal_iu", t, s, false),
                (Compare::Less, true) => ("less_iu", s, t, true),
                (Compare::Less, false) => ("less_ui", s, t, true),
                // a <= b unless b < a.
                (Compare::AtMost, true) => ("less_ui", t, s, false),
                (Compare::AtMost, false) => ("less_iu", t, s, false),
            };
            let call = format!("{}({s}, {t})", self.helper(name));
            return if holds { call } else { format!("(!{call})") };
        }
        let (a, b, _) = self.common(a, b);
        format!("({a} {sign} {b})")
    }

    fn convert(&mut self, of: Scalar, a: &Expr) -> String {
        match (a.of, of) {
            (from, to) if from.is_float() && to.is_float() => self.value(a),
            (from, Scalar::Bool) if from.is_float() => format!("(!({} == 0.0))", self.value(a)),
            (from, Scalar::I64 | Scalar::U64) if from.is_float() => {
                let name = match (self.options.narrow, of) {
                    (true, Scalar::I64) => "clamped_i",
                    (true, _) => "clamped_u",
                    (false, Scalar::I64) => "checked_i",
                    (false, _) => "checked_u",
                };
                let (text, name) = (self.value(a), self.helper(name));
                format!("{name}({text})")
            }
            (from, to) if from.is_float() => {
                let (text, range) = (self.value(a), interval::all(to));
                let (name, kind) = if to.is_signed() {
                    ("clamped_i", "i")
                } else {
                    ("clamped_u", "u")
                };
                let call = format!("{}({text})", self.helper(name));
                match (to.bytes(), kind) {
                    (4, _) => call,
                    (_, "i") => format!("clamp({call}, {}, {})", range.0, range.1),
                    _ => format!("min({call}, {}u)", range.1),
                }
            }
            (Scalar::Bool, Scalar::Bool) => self.value(a),
            (Scalar::Bool, to) => format!("{}({})", register(to), self.value(a)),
            (_, Scalar::Bool) => {
                let (text, is_signed) = self.exact(a);
                format!("({text} != {})", if is_signed { "0" } else { "0u" })
            }
            (_, to) if to.is_float() => format!("f32({})", self.exact(a).0),
            (from, to) => {
                let text = self.value(a);
                let text = cast(from, to, text);
                match to.bytes() < from.bytes() || from.is_signed() != to.is_signed() {
                    true => cut(to, text),
                    false => text,
                }
            }
        }
    }

    fn math(&mut self, function: Math, all: &[Expr]) -> String {
        let name = match function {
            Math::Sin => "sin",
            Math::Cos => "cos",
            Math::Tan => "tan",
            Math::Asin => "asin",
            Math::Acos => "acos",
            Math::Atan => "atan",
            Math::Exp => "exp",
            Math::Exp2 => "exp2",
            Math::Log => "log",
            Math::Log2 => "log2",
            Math::Atan2 => self.helper("atan2_f"),
            Math::Sinh => self.helper("sinh_f"),
            Math::Cosh => self.helper("cosh_f"),
            Math::Tanh => self.helper("tanh_f"),
            Math::Asinh => self.helper("asinh_f"),
            Math::Acosh => self.helper("acosh_f"),
            Math::Atanh => self.helper("atanh_f"),
            Math::Expm1 => self.helper("expm1_f"),
            Math::Log10 => self.helper("log10_f"),
            Math::Log1p => self.helper("log1p_f"),
            Math::Pow => self.helper("pow_f"),
            Math::Hypot => self.helper("hypot_f"),
            Math::Cbrt => self.helper("cbrt_f"),
            Math::Erf => self.helper("erf_f"),
            Math::Erfc => self.helper("erfc_f"),
            Math::Gamma => self.helper("gamma_f"),
            Math::Lgamma => self.helper("lgamma_f"),
        };
        let all: Vec<String> = all.iter().map(|one| self.value(one)).collect();
        format!("{name}({})", all.join(", "))
    }

    /// The place of an element in its buffer.
    pub(super) fn place(&mut self, array: Array, index: &[Expr], site: Option<Site>) -> String {
        let info = self.program.arrays.get(array.0 as usize);
        let is_c = info.is_some_and(|info| info.layout == crate::types::Layout::C);
        let mut sum = self.offset(array);
        for (axis, one) in index.iter().enumerate() {
            let mut text = self.exact_signed(one);
            // The lengths are known well enough where a plan is made.
            let least = match self.uses.binds.contains(&array) {
                true => 0,
                false => self.facts.length(array, axis as u8).0,
            };
            let is_proven = within(self.facts.of(one), (0, least - 1));
            if let Some(site) = site
                && !is_proven
            {
                let (n, name) = (self.length(array, axis as u8), self.helper("at"));
                text = format!("{name}({text}, {n}, {}u)", site.0);
            }
            sum += &match is_c && axis + 1 == index.len() {
                true => format!(" + {text}"),
                false => format!(" + {text} * {}", self.stride(array, axis as u8)),
            };
        }
        sum
    }
}

/// `abs` of an integer that came as its unsigned form is there already; else it is of its type.
fn cast_if_u32(text: String, of: Scalar) -> String {
    match of {
        Scalar::I64 => format!("i32({text})"),
        _ => text,
    }
}

/// Whether it costs and does nothing to evaluate it in vain.
fn is_plain(expr: &Expr) -> bool {
    !super::uses::any(expr, &|part| {
        !matches!(
            part.kind,
            ExprKind::Const(_)
                | ExprKind::Local(_)
                | ExprKind::Length(..)
                | ExprKind::Unary(..)
                | ExprKind::Binary(..)
        )
    })
}

fn narrowed(of: Scalar) -> Scalar {
    super::plan::narrow(of)
}

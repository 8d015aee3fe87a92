//! What is one or the other in lanes: by masks of the values' own places, where a comparison gives them.

use super::function::Emitter;
use super::lanes::{longs, parts, words};
use super::scalar::constant_int;
use super::walk;
use crate::ir::{Binary, Compare, Divide, Expr, ExprKind, Unary};
use crate::types::Scalar;

/// Parts of an expression that is evaluated in all lanes rather than to be jumped over.
const CHEAP: usize = 12;

/// Whether an expression may as well be evaluated for nothing: it is small, and touches no memory.
fn is_cheap(e: &Expr) -> bool {
    fn size(e: &Expr) -> usize {
        let own = match &e.kind {
            ExprKind::Load { .. } | ExprKind::Table(..) | ExprKind::Choice(..) | ExprKind::Let(..) => CHEAP,
            ExprKind::Divide(Divide::True, .., None) => 2,
            ExprKind::Divide(..) => CHEAP,
            _ => 1,
        };
        own + walk::operands(e).map(size).sum::<usize>()
    }
    size(e) < CHEAP
}

impl Emitter<'_> {
    /// The truth value of which an expression is the number, if lanes differ in it.
    pub fn truth<'e>(&self, e: &'e Expr) -> Option<&'e Expr> {
        match &e.kind {
            ExprKind::Convert(test) if test.of == Scalar::Bool && self.varies(test) => Some(test),
            _ => None,
        }
    }

    /// Leaves a truth value on the stack as a mask of a type's places. A comparison of values as wide gives just that.
    pub fn test(&mut self, test: &Expr, of: Scalar) {
        if let ExprKind::Compare(op, a, b) = &test.kind
            && self.varies(test)
            && a.of == b.of
            && parts(a.of) == parts(of)
        {
            return self.compare_places(*op, a, b);
        }
        self.lanewise(test);
        self.mask_for(of);
    }

    /// One of two values, both of which are evaluated.
    pub fn select(&mut self, c: &Expr, a: &Expr, b: &Expr) {
        let of = a.of;
        let parts = parts(of);
        if let ExprKind::Compare(Compare::Less, x, y) = &c.kind
            && of != Scalar::Bool
            && ([x, y] == [a, b] || [x, y] == [b, a])
        {
            // Of two that are equal, and where one is a NaN, the instructions leave the one that the comparison does.
            let is_least = x == a;
            self.lanewise(x);
            if is_least {
                let first = self.keep(of);
                self.lanewise(y);
                self.get_parts(&first);
                self.give_back(&first);
            } else {
                self.lanewise(y);
            }
            return self.each(parts, 2, |own| own.nearer_vector(is_least, of));
        }
        if let ExprKind::Unary(Unary::Minus, minus) = &a.kind
            && of.is_float()
            && minus == b
        {
            self.sign_where(c, of);
            let signs = self.keep(of);
            self.lanewise(b);
            self.get_parts(&signs);
            self.give_back(&signs);
            return self.each(parts, 2, |own| _ = own.put().v128_xor());
        }
        self.test(c, of);
        let test = self.keep(of);
        self.lanewise(a);
        self.lanewise(b);
        self.get_parts(&test);
        self.give_back(&test);
        self.each(parts, 3, |own| _ = own.put().v128_bitselect());
    }

    /// Leaves the sign's bit of floats where a truth value holds.
    fn sign_where(&mut self, test: &Expr, of: Scalar) {
        // A bit that is looked at is moved there.
        if let ExprKind::Compare(Compare::Unequal, bit, zero) = &test.kind
            && let ExprKind::Binary(Binary::And, word, mask) = &bit.kind
            && let (Some(mask), Some(0)) = (constant_int(mask), constant_int(zero))
            && mask.count_ones() == 1
            && (of, bit.of.bytes()) == (Scalar::F32, 4)
            && bit.of == zero.of
            && self.varies(bit)
        {
            // The lowest is then all that is left.
            self.lanewise(if mask == 1 { word } else { bit });
            let by = (mask as u32).leading_zeros() as i32;
            return self.each(parts(of), 1, |own| _ = own.put().i32_const(by).i32x4_shl());
        }
        self.test(test, of);
        let sign = match of {
            Scalar::F32 => words([1 << 31; 4]),
            _ => longs([1 << 63; 2]),
        };
        self.each(parts(of), 1, |own| _ = own.put().v128_const(sign).v128_and());
    }

    /// The least or greatest of two vectors, the first if neither is.
    fn nearer_vector(&mut self, is_least: bool, of: Scalar) {
        match (is_least, of) {
            (true, Scalar::F32) => self.put().f32x4_pmin(),
            (false, Scalar::F32) => self.put().f32x4_pmax(),
            (true, Scalar::F64) => self.put().f64x2_pmin(),
            (false, Scalar::F64) => self.put().f64x2_pmax(),
            (true, _) => return self.binary_vector(Binary::Min, of),
            (false, _) => return self.binary_vector(Binary::Max, of),
        };
    }

    /// Only the side that decides, where any lane needs it.
    pub fn choice(&mut self, c: &Expr, a: &Expr, b: &Expr) {
        let of = a.of;
        if !self.varies(c) {
            let result = self.borrow_parts(of);
            self.scalar(c);
            self.begin_if();
            self.lanewise(a);
            self.set_parts(&result);
            self.otherwise();
            self.lanewise(b);
            self.set_parts(&result);
            self.end();
            self.get_parts(&result);
            return self.give_back(&result);
        }
        if is_cheap(a) && is_cheap(b) {
            return self.select(c, a, b);
        }
        self.lanewise(c);
        let [yes, no] = self.sides();
        let result = self.borrow_parts(of);
        self.among(yes, |own| {
            own.lanewise(a);
            own.set_parts(&result);
        });
        self.among(no, |own| {
            own.lanewise(b);
            own.get_parts(&result);
            own.get(no);
            own.blend(of);
            own.set_parts(&result);
        });
        self.get_parts(&result);
        self.give_back(&result);
        self.give_back(&[yes, no]);
    }

    /// Both sides, or the second only where the first does not decide.
    pub fn logic(&mut self, e: &Expr, a: &Expr, b: &Expr) {
        let is_and = matches!(e.kind, ExprKind::And(..));
        let join = |own: &mut Self| {
            match is_and {
                true => own.put().v128_and(),
                false => own.put().v128_or(),
            };
        };
        self.lanewise(a);
        if is_cheap(b) {
            self.lanewise(b);
            return join(self);
        }
        let result = self.keep(Scalar::Bool);
        self.get_parts(&result);
        let [yes, no] = self.sides();
        self.among(if is_and { yes } else { no }, |own| {
            own.lanewise(b);
            own.get_parts(&result);
            join(own);
            own.set_parts(&result);
        });
        self.get_parts(&result);
        self.give_back(&result);
        self.give_back(&[yes, no]);
    }
}

#[cfg(test)]
pub mod tests {
    use crate::wasm::Target;
    use crate::{Request, prepare};
    use wasmparser::{Parser, Payload};

    /// The instructions of a kernel in lanes whose iterations do this with `p`, `q` and `m`, floats and an integer.
    pub fn done(body: &str) -> String {
        let body = body.replace('\n', "\n        ");
        let text = format!(
            "import numpy as np\nfrom numba import njit, prange\nf32 = np.float32\nu32 = np.uint32\n\
             @njit(parallel=True)\ndef f(x, y, k, b):\n    for i in prange(x.size):\n        \
             p = x[i]\n        q = y[i]\n        m = k[i]\n        {body}\n\
             def setup(n):\n    x = np.ones(n, np.float32)\n    return x, x.copy(), np.ones(n, np.int32), x.copy()\n"
        );
        let request = Request {
            size: 64,
            ..Request::default()
        };
        let prepared = prepare(&text, &request, &|| false);
        let prepared = prepared.unwrap_or_else(|failed| panic!("{}", failed.render(&text)));
        let target = Target {
            simd: true,
            ..Target::default()
        };
        let mut done = String::new();
        for payload in Parser::new(0).parse_all(&prepared.wasm(target).unwrap().bytes) {
            if let Payload::CodeSectionEntry(body) = payload.unwrap() {
                for operator in body.get_operators_reader().unwrap() {
                    done += &format!("{:?}\n", operator.unwrap());
                }
            }
        }
        done
    }

    #[test]
    fn products_with_two_are_sums() {
        for (value, products) in [
            ("f32(2) * p * q", 1),
            ("(p + q) * f32(2)", 0),
            ("f32(3) * p", 1),
            ("p * q", 1),
        ] {
            let of = done(&format!("b[i] = {value}"));
            // Two vectors, in the loop in lanes and in what is left of it.
            assert_eq!(of.matches("F32x4Mul").count(), 4 * products, "{value}\n{of}");
            assert_eq!(
                of.contains("F32x4Splat"),
                value.contains("f32(3)"),
                "{value}\n{of}"
            );
        }
    }

    #[test]
    fn halves_of_words_are_multiplied_together() {
        for (value, is_one) in [
            ("u * u + v * v", true),
            ("v * w + u * u", false),
            ("u * v + v * u", false),
            ("v * v + v * v", false),
            ("u * u - v * v", false),
        ] {
            let body =
                "u = np.int32(np.int16(m))\nv = m >> 16\nif q > p:\n    m = np.int32(m + 1)\nw = m >> 15\n";
            for (body, is_one) in [
                (body.replace("m = np", "t = np"), is_one),
                (body.to_owned(), false),
            ] {
                let done = done(&format!("{body}b[i] = f32(np.int32({value}))"));
                assert_eq!(done.contains("Dot"), is_one, "{value} {body}:\n{done}");
            }
        }
    }

    #[test]
    fn masks_are_of_the_values_places() {
        for (value, with, without) in [
            ("max(p, q)", "F32x4PMax", "Bitselect"),
            ("min(p, q)", "F32x4PMin", "Bitselect"),
            ("p if p > q else f32(2)", "Bitselect", "Narrow"),
            ("p if m > 3 else f32(2)", "Bitselect", "Narrow"),
            ("-p if m & np.int32(8) else p", "I32x4Shl", "Bitselect"),
            ("-p if p < q else p", "V128Xor", "Bitselect"),
            ("f32(np.int32(m + (p < q)))", "I32x4Sub", "Narrow"),
            ("f32(p < q)", "V128And", "Narrow"),
            (
                "f32(np.int32(np.int32(np.int16(m)) * np.int32(np.int16(m)) + (m >> 16) * (m >> 16)))",
                "Dot",
                "I32x4Mul",
            ),
            // Masks of other places.
            ("p if np.float64(p) + 0.1 < 0.2 else f32(2)", "Narrow", "PMin"),
        ] {
            let done = done(&format!("b[i] = {value}"));
            assert!(done.contains(with) && !done.contains(without), "{value}:\n{done}");
        }
    }
}

//! Floats that become integers. Where to cut off, and what becomes of a NaN, takes an engine five instructions in lanes and a branch
//! elsewhere. Where intervals show a float to be small, a large number is added whose last digit is 1: the sum's bits count.

use super::Specialise;
use crate::interval::{all, bounds, is_number, within};
use crate::ir::{Binary, Expr, ExprKind, Unary};
use crate::types::Scalar;

impl Specialise<'_> {
    /// A float of which `old` makes an integer, as this type or its low bits, if intervals show it to be small.
    pub(super) fn whole(&self, old: &Expr, a: &Expr, to: Scalar) -> Option<Expr> {
        // Half as much again as where the last digit becomes 1, so that sums below it have it too.
        let (bits, word, half) = match a.of {
            Scalar::F32 => (0x4b40_0000, Scalar::I32, f64::from(1 << 22)),
            Scalar::F64 => (0x4338_0000_0000_0000, Scalar::I64, (1_u64 << 51) as f64),
            _ => return None,
        };
        let known = self.facts.of(a);
        let (low, high) = bounds(known);
        let fits = old.of.is_int()
            && is_number(known)
            && (-half <= low && high < half)
            && within((low as i128, high as i128), all(old.of));
        if !fits || to.bytes() < 4 {
            return None;
        }
        let mut value = self.expr(a);
        if !self.facts.is_whole(old) {
            value = Expr::new(ExprKind::Unary(Unary::Trunc, value), a.of);
        }
        let sum = ExprKind::Binary(Binary::Add, value, Expr::bits(a.of, bits));
        let mut new = Expr::new(ExprKind::Bits(Expr::new(sum, a.of)), word);
        // The low half of a long's bits is 0.
        if to.bytes() >= word.bytes() {
            new = Expr::new(ExprKind::Binary(Binary::Sub, new, Expr::bits(word, bits)), word);
        }
        Some(match to == word {
            true => new,
            false => Expr::new(ExprKind::Convert(new), to),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::body;

    #[test]
    fn divisors_above_zero_are_not_looked_at() {
        for (divisor, is_safe) in [
            ("1.0 + x * x", true),
            ("np.float32(1e-3) + np.float32(x) * np.float32(x)", true),
            ("2.0 + math.sqrt(x) * abs(y)", true),
            ("(1.0 + x * x) * math.sqrt(3.0 + y * y)", true),
            ("min(2.0 + x * x, 1.0 + y * y)", true),
            ("1.0 + x * x / (1.0 + y * y)", true),
            ("np.floor(1.5 + x * x)", true),
            ("r", true),
            ("1.0 + x * y", false),
            ("x * x", false),
            ("x * x + y * y", false),
            ("x * x - 1.0", false),
            ("min(2.0 + x * x, y)", false),
            // Too little to be above zero when they are multiplied.
            ("(1e-200 + x * x) * (1e-200 + y * y)", false),
            ("np.float32(1e-200 + x * x)", false),
            // Given another thing.
            ("t", false),
        ] {
            let text = body(&format!(
                "x = a[0, 0]\ny = a[1, 0]\nr = 1.0 + y * y\nt = 1.0 + x * x\nif x > 3.0:\n    t = y\nreturn 1.0 / ({divisor})"
            ));
            assert_eq!(!text.contains(")?"), is_safe, "{divisor}: {text}");
        }
    }

    #[test]
    fn what_is_not_set_on_every_way_is_not_known() {
        let text = body("x = a[0, 0]\nif x > 3.0:\n    r = 1.0 + x * x\nreturn 1.0 / r");
        assert!(text.contains(")?"), "{text}");
    }

    #[test]
    fn small_floats_are_whole_by_an_addition() {
        for (value, is_small, is_whole) in [
            ("np.int32(np.floor(k * 0.5))", true, true),
            ("np.int32(k * 0.5 - 1.0)", true, false),
            ("int(np.float32(k) / np.float32(1 + k * k))", true, false),
            ("np.uint32(k * 0.5)", true, false),
            ("np.int64(min(max(x, -3.0), 1e6))", false, false),
            ("np.int64(abs(k - 3.0) * 8e13)", true, false),
            // Too large, or below zero without a sign.
            ("np.int64(k * 1e15)", false, false),
            ("np.int32(k * 1e9)", false, false),
            ("np.int64(np.float32(k) * np.float32(1e6))", false, false),
            ("np.uint32(k * 0.5 - 1.0)", false, false),
            // Maybe none.
            ("np.int64(x)", false, false),
            ("np.int64(math.sqrt(k - 1.0))", false, false),
            ("np.int64(1e9 / (k - 1.0))", false, false),
            ("np.int64(t)", false, false),
        ] {
            let text = body(&format!(
                "x = a[0, 0]\nt = 1.0\ns = 0\nfor k in range(5 * n):\n    s += {value}\n    t += 1.0\nreturn s"
            ));
            assert_eq!(text.contains("bits.int"), is_small, "{value}: {text}");
            assert_eq!(text.contains("trunc"), is_small && !is_whole, "{value}: {text}");
        }
        let text =
            body("s = 0\nfor k in range(5 * n):\n    s += np.int32(np.floor(np.float32(k))) & 1\nreturn s");
        assert!(text.contains("12582912.0:float32)) & 1:int32"), "{text}");
        // A bound of both is none of what is beyond it.
        let text = body("return np.uint64(-5.5) + np.uint8(300.0)");
        assert!(text.contains("255:uint64"), "{text}");
    }
}

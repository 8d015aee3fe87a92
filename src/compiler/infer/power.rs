//! Powers: of a constant whole exponent a chain of products, of another whole one a loop of them, else a function.
//! The order of the products is Numba's (`static_power_impl` and `int_power_impl` of its `numbers.py`).

use super::Maker;
use super::operand::{Operand, compare, constant, convert, local, number, select};
use super::scalars::{binary, division, is_unsigned};
use crate::ir::{Binary, Compare, Divide, Expr, ExprKind, Math, Stmt};
use crate::module::Number;
use crate::rules;
use crate::source::Span;
use crate::syntax::BinaryOp;
use crate::types::Scalar;

/// Exponents whose products are written out.
const WRITTEN_OUT: i128 = 64;

impl Maker<'_> {
    pub(super) fn power(&mut self, a: Expr, b: Expr, known: Option<Number>, span: Span) -> Operand {
        let Some(of) = rules::binary(BinaryOp::Pow, a.of, b.of) else {
            return Operand::Unknown;
        };
        if b.of.is_float() || b.of == Scalar::Bool && of.is_float() {
            let (a, b) = (convert(a, of), convert(b, of));
            return Operand::Value(math(Math::Pow, vec![a, b]));
        }
        let a = convert(a, of);
        match known {
            Some(exponent) if exponent.as_int().abs() <= WRITTEN_OUT => {
                let exponent = exponent.as_int();
                let product = self.products(a, exponent.abs());
                Operand::Value(if exponent >= 0 {
                    product
                } else if of.is_float() {
                    let one = number(Number::int(Scalar::I64, 1, false).convert(of));
                    division(Divide::True, one, product, None)
                } else {
                    let product = self.named(product);
                    let is_zero = compare(Compare::Equal, product.clone(), Expr::bits(of, 0));
                    let whole = convert(whole_inverse(product), Scalar::I64);
                    match self.division(span) {
                        Some(site) => {
                            self.emit(Stmt::Check(super::operand::not(is_zero), site));
                            whole
                        }
                        None => select(is_zero, Expr::int(i64::MIN), whole),
                    }
                })
            }
            _ => Operand::Value(self.loop_of_products(a, b)),
        }
    }

    /// The product of so many of it.
    fn products(&mut self, a: Expr, mut left: i128) -> Expr {
        let one = number(Number::int(Scalar::I64, 1, false).convert(a.of));
        if left == 0 {
            return one;
        }
        let mut square = self.named(a);
        let mut out: Option<Expr> = None;
        loop {
            if left & 1 == 1 {
                out = Some(match out {
                    None => square.clone(),
                    Some(out) => {
                        let product = binary(Binary::Mul, out, square.clone());
                        if left > 1 { self.named(product) } else { product }
                    }
                });
            }
            left >>= 1;
            if left == 0 {
                break;
            }
            let next = binary(Binary::Mul, square.clone(), square.clone());
            square = if left == 1 && out.is_none() {
                next
            } else {
                self.named(next)
            };
        }
        out.unwrap_or(one)
    }

    fn loop_of_products(&mut self, a: Expr, b: Expr) -> Expr {
        let of = a.of;
        let wide = if is_unsigned(b.of) {
            Scalar::U64
        } else {
            Scalar::I64
        };
        let exponent = self.named(convert(b, wide));
        let one = number(Number::int(Scalar::I64, 1, false).convert(of));
        let (square, out, left) = (self.temp(of), self.temp(of), self.temp(Scalar::U64));
        self.emit(Stmt::Set(square, a.clone()));
        self.emit(Stmt::Set(out, one.clone()));
        let magnitude = match wide {
            Scalar::U64 => exponent.clone(),
            _ => {
                let magnitude = super::operand::unary(crate::ir::Unary::Abs, exponent.clone());
                convert(magnitude, Scalar::U64)
            }
        };
        self.emit(Stmt::Set(left, magnitude));
        let (n, x, product) = (local(Scalar::U64, left), local(of, square), local(of, out));
        let u = |value: u64| Expr::bits(Scalar::U64, value);
        let odd = compare(Compare::Unequal, binary(Binary::And, n.clone(), u(1)), u(0));
        let label = self.label();
        let body = vec![
            Stmt::If {
                test: odd,
                yes: vec![Stmt::Set(out, binary(Binary::Mul, product.clone(), x.clone()))],
                no: Vec::new(),
            },
            Stmt::Set(left, binary(Binary::ShiftRight, n.clone(), u(1))),
            Stmt::Set(square, binary(Binary::Mul, x.clone(), x)),
        ];
        self.emit(Stmt::While {
            label,
            before: Vec::new(),
            test: compare(Compare::Unequal, n, u(0)),
            body,
        });
        if wide == Scalar::U64 || constant(&exponent).is_some_and(|known| known.as_int() >= 0) {
            return product;
        }
        let is_negative = compare(Compare::Less, exponent, Expr::int(0));
        let inverse = division(Divide::True, one, product.clone(), None);
        if of.is_float() {
            return select(is_negative, inverse, product);
        }
        select(is_negative, whole_inverse(product.clone()), product)
    }
}

/// Of integers 1 over it, rounded to zero.
fn whole_inverse(product: Expr) -> Expr {
    let of = product.of;
    let [one, minus] = [1, -1].map(|value| number(Number::int(of, value, false)));
    let [is_one, is_minus] =
        [&one, &minus].map(|size| compare(Compare::Equal, product.clone(), size.clone()));
    select(is_one, one, select(is_minus, minus, Expr::bits(of, 0)))
}

/// A function of floats of one type.
pub(super) fn math(function: Math, all: Vec<Expr>) -> Expr {
    let of = all.first().map_or(Scalar::F64, |one| one.of);
    Expr::new(ExprKind::Math(function, all), of)
}

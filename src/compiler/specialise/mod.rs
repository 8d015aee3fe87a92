//! A program for certain arguments: what they decide is decided.
//!
//! A kernel is prepared for arguments that are there, so that the lengths of its arrays and its whole numbers are
//! known. Expressions that [`crate::interval`] finds to be one number become that number, branches that are never
//! taken go, and so do checks that always hold. What may fail stays as it is: the same error, at the same place,
//! of the same index. The program holds for [`Program::made_for`] alone.

mod narrow;
mod whole;

use crate::interval::{Facts, bits_of, bounds, facts, signed};
use crate::ir::{Binary, Expr, ExprKind, Local, Program, Site, Stmt};
use crate::sorted::{Map as BTreeMap, Set as HashSet};
use crate::types::Scalar;
use crate::walk;

/// Makes use of what a program's arguments are, if it is made for any.
pub fn specialise(program: &mut Program) {
    rewrite(program, false);
}

/// The same, and computes in 32 bits whatever needs no more.
pub fn narrow(program: &mut Program) {
    rewrite(program, true);
}

fn rewrite(program: &mut Program, is_narrow: bool) {
    let facts = facts(program, program.made_for.as_deref().unwrap_or_default());
    let mut reduced = HashSet::new();
    walk::statements(&program.body, &mut |stmt| {
        if let Stmt::ParFor(par) = stmt {
            reduced.extend(par.reductions.iter().map(|one| one.local));
        }
    });
    let own = Specialise {
        facts: &facts,
        reduced: &reduced,
        narrow: is_narrow.then(|| narrow::choose(program, &facts, &reduced)),
    };
    // What is known goes by where expressions are, so that all are made before any is put in its place.
    let mut made = Vec::new();
    let mut inside = Vec::new();
    walk::statements(&program.body, &mut |stmt| match stmt {
        Stmt::Set(local, value) if reduced.contains(local) => made.push(own.reduction(value)),
        Stmt::Set(local, value) => made.push(own.given(*local, value)),
        Stmt::For {
            var,
            start,
            stop,
            step,
            ..
        } => made.extend([start, stop, step].map(|one| own.given(*var, one))),
        Stmt::Store { index, value, .. } => {
            inside.push(facts.is_inside(index));
            made.extend(index.iter().map(|one| own.index(one)));
            made.push(own.expr(value));
        }
        _ => walk::own(stmt, &mut |expr| made.push(own.expr(expr))),
    });
    let narrowed = own.narrow.unwrap_or_default();
    let (mut made, mut inside) = (made.into_iter(), inside.into_iter());
    walk::statements_mut(&mut program.body, &mut |stmt| {
        if let Stmt::Store { site, .. } = stmt
            && inside.next() == Some(true)
        {
            *site = None;
        }
        walk::own_mut(stmt, &mut |expr| {
            if let Some(new) = made.next() {
                *expr = new.placed(expr.at);
            }
        });
    });
    for (local, of) in narrowed {
        program.locals[local.0 as usize].of = of;
    }
    tidy(&mut program.body);
}

/// The truth value that an expression is known to be.
fn truth(expr: &Expr) -> Option<bool> {
    match expr.kind {
        ExprKind::Const(bits) if expr.of == Scalar::Bool => Some(bits != 0),
        _ => None,
    }
}

/// Takes out what is never done, and checks that hold.
fn tidy(body: &mut Vec<Stmt>) {
    for mut stmt in std::mem::take(body) {
        for block in walk::blocks_mut(&mut stmt) {
            tidy(block);
        }
        match stmt {
            Stmt::If { test, yes, no } => match truth(&test) {
                Some(true) => body.extend(yes),
                Some(false) => body.extend(no),
                None if yes.is_empty() && no.is_empty() && !can_fail(&test) => {}
                None => body.push(Stmt::If { test, yes, no }),
            },
            Stmt::Check(test, _) if truth(&test) == Some(true) => {}
            other => body.push(other),
        }
    }
}

/// Whether evaluating an expression may end the kernel.
pub fn can_fail(expr: &Expr) -> bool {
    let own = match &expr.kind {
        ExprKind::Load { site, .. } | ExprKind::Divide(_, _, _, site) => site.is_some(),
        // Some of them are expanded to what divides.
        ExprKind::Math(..) => true,
        _ => false,
    };
    own || walk::operands(expr).any(can_fail)
}

struct Specialise<'a> {
    facts: &'a Facts,
    /// What parallel loops combine: such a variable is read in the way that validation knows.
    reduced: &'a HashSet<Local>,
    /// Variables that are of 32 bits from now on, if anything is to be.
    narrow: Option<BTreeMap<Local, Scalar>>,
}

impl Specialise<'_> {
    /// What a reduction's variable is given, in the form that it had.
    fn reduction(&self, value: &Expr) -> Expr {
        match &value.kind {
            ExprKind::Select(test, a, b) => {
                let (test, a, b) = (self.parts(test), self.expr(a), self.expr(b));
                let kind = ExprKind::Select(test, a, b);
                Expr::new(kind, value.of)
            }
            // What it begins with, which may be of 32 bits now.
            ExprKind::Local(_) => self.expr(value),
            _ => self.parts(value),
        }
    }

    fn expr(&self, old: &Expr) -> Expr {
        if let Some(one) = self.extreme(old) {
            return self.expr(one);
        }
        let new = match self.in_32(old) {
            Some(kind) => Expr::new(kind, old.of),
            None => self.parts(old),
        };
        self.known(old, new).placed(old.at)
    }

    /// Which of two integers their minimum or maximum always is: `min(k * 32 + 32, n)` where blocks fill `n`.
    fn extreme<'e>(&self, old: &'e Expr) -> Option<&'e Expr> {
        let (is_max, a, b) = match &old.kind {
            _ if !old.of.is_int() => return None,
            ExprKind::Binary(op @ (Binary::Min | Binary::Max), a, b) => (*op == Binary::Max, a, b),
            _ => return None,
        };
        let is_at_most = |x: &Expr, y: &Expr| self.facts.of(x).1 <= self.facts.of(y).0;
        let (one, other) = match (is_at_most(a, b), is_at_most(b, a)) {
            (true, _) if is_max => (b, a),
            (true, _) => (a, b),
            (_, true) if is_max => (a, b),
            (_, true) => (b, a),
            _ => return None,
        };
        (!can_fail(other) && !self.reads_reduced(one)).then_some(one)
    }

    /// A new form of an expression, or better what it is known to be.
    fn known(&self, old: &Expr, new: Expr) -> Expr {
        let (low, high) = self.facts.of(old);
        if low == high && !old.of.is_float() && !can_fail(&new) && !self.reads_reduced(&new) {
            return Expr::bits(old.of, bits_of(old.of, low));
        }
        let kind = match new.into_kind() {
            ExprKind::And(a, b) => match (truth(&a), truth(&b)) {
                (Some(true), _) => return b,
                (Some(false), _) | (_, Some(true)) => return a,
                _ => ExprKind::And(a, b),
            },
            ExprKind::Or(a, b) => match (truth(&a), truth(&b)) {
                (Some(false), _) => return b,
                (Some(true), _) | (_, Some(false)) => return a,
                _ => ExprKind::Or(a, b),
            },
            ExprKind::Choice(test, a, b) => match truth(&test) {
                Some(true) => return a,
                Some(false) => return b,
                None => ExprKind::Choice(test, a, b),
            },
            ExprKind::Select(test, a, b) => match truth(&test) {
                Some(true) if !can_fail(&b) => return a,
                Some(false) if !can_fail(&a) => return b,
                _ => ExprKind::Select(test, a, b),
            },
            ExprKind::Convert(a) => match (&a.kind, old.of) {
                (ExprKind::Const(bits), Scalar::F64) if !a.of.is_float() => {
                    return Expr::float(signed(a.of, *bits) as f64);
                }
                (ExprKind::Const(bits), Scalar::F32) if !a.of.is_float() => {
                    let value = signed(a.of, *bits) as f32;
                    return Expr::bits(Scalar::F32, value.to_bits().into());
                }
                _ => ExprKind::Convert(a),
            },
            other => other,
        };
        Expr::new(kind, old.of)
    }

    /// An expression of parts that are as known as they can be.
    fn parts(&self, old: &Expr) -> Expr {
        let one = |part: &Expr| self.expr(part);
        let all = |parts: &[Expr]| parts.iter().map(|part| self.expr(part)).collect();
        let kind = match &old.kind {
            ExprKind::Unary(op, a) => ExprKind::Unary(*op, one(a)),
            ExprKind::Binary(op, a, b) => ExprKind::Binary(*op, one(a), one(b)),
            ExprKind::Divide(op, a, b, site) => {
                let by = one(b);
                let site = self.division(b, &by, *site);
                ExprKind::Divide(*op, one(a), by, site)
            }
            ExprKind::Compare(op, a, b) => ExprKind::Compare(*op, one(a), one(b)),
            ExprKind::Convert(a) => ExprKind::Convert(one(a)),
            ExprKind::Bits(a) => ExprKind::Bits(one(a)),
            ExprKind::Table(table, a) => ExprKind::Table(*table, one(a)),
            ExprKind::Select(a, b, c) => ExprKind::Select(one(a), one(b), one(c)),
            ExprKind::Choice(a, b, c) => ExprKind::Choice(one(a), one(b), one(c)),
            ExprKind::And(a, b) => ExprKind::And(one(a), one(b)),
            ExprKind::Or(a, b) => ExprKind::Or(one(a), one(b)),
            ExprKind::Load { array, index, site } => ExprKind::Load {
                array: *array,
                index: index.iter().map(|one| self.index(one)).collect(),
                site: site.filter(|_| !self.facts.is_inside(index)),
            },
            ExprKind::Math(math, parts) => ExprKind::Math(*math, all(parts)),
            ExprKind::Let(sets, last) => {
                let sets = sets
                    .iter()
                    .map(|(local, value)| (*local, self.given(*local, value)));
                ExprKind::Let(sets.collect(), one(last))
            }
            ExprKind::Const(_) | ExprKind::Local(_) | ExprKind::Length(..) | ExprKind::Apart(..) => {
                old.kind.clone()
            }
        };
        Expr::new(kind, old.of)
    }

    /// Where a division by this, which is written so now, fails, if it may.
    fn division(&self, old: &Expr, new: &Expr, site: Option<Site>) -> Option<Site> {
        let (low, high) = self.facts.of(old);
        let is_safe = match new.kind {
            ExprKind::Const(bits) if new.of.is_float() => bits << (64 - 8 * new.of.bytes()) << 1 != 0,
            // Or it is a NaN.
            _ if new.of.is_float() => bounds((low, high)).0 > 0.0,
            _ => low > 0 || high < 0,
        };
        site.filter(|_| !is_safe)
    }

    fn reads_reduced(&self, expr: &Expr) -> bool {
        match expr.kind {
            ExprKind::Local(local) => self.reduced.contains(&local),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interpret::{Machine, Refusal};
    use crate::validate::validate;
    use crate::value::{ArrayValue, Value};
    use crate::wasm::host::{Call, CallError};
    use crate::{Prepared, Request, prepare, wasm};

    fn prepared(text: &str) -> Prepared {
        let head = "import math\nimport numpy as np\nfrom numba import njit, prange\n";
        let request = Request {
            size: 6,
            ..Request::default()
        };
        let text = format!("{head}{text}");
        prepare(&text, &request, &|| false).unwrap_or_else(|failed| panic!("{}", failed.render(&text)))
    }

    /// What a kernel of this body comes to, for an array of 6 by 40 and the number 6.
    pub(super) fn body(body: &str) -> String {
        let body = body.replace('\n', "\n    ");
        let setup = "def setup(n):\n    return np.ones((n, 40)), n\n";
        let made = prepared(&format!("@njit\ndef f(a, n):\n    {body}\n{setup}"));
        let text = made.program.to_string();
        let heads = ["kernel", "  local", "  array", "  site"];
        let lines = text
            .lines()
            .filter(|line| !heads.iter().any(|head| line.starts_with(head)));
        lines.flat_map(|line| [line, "\n"]).collect()
    }

    #[test]
    fn what_arguments_decide_is_decided() {
        let text = body("s = 0.0\nfor i in range(a.shape[1]):\n    s += a[n - 1, i]\nreturn s");
        assert!(text.contains("in 0:int32, 40:int32, 1:int32"), "{text}");
        assert!(text.contains("a[5:int64, i"), "{text}");
        // One loop, without checks.
        assert!(
            !text.contains("]?") && text.matches("for ").count() == 1,
            "{text}"
        );
    }

    #[test]
    fn branches_that_are_never_taken_go() {
        let text =
            body("x = n\nif n > 6:\n    x = a.shape[0] * 7\nif n == 6 and x < 7:\n    x += 100\nreturn x");
        assert!(!text.contains("if "), "{text}");
        assert!(text.contains("106:int64"), "{text}");
    }

    #[test]
    fn what_is_always_the_lesser_is_the_minimum() {
        for (value, is) in [
            ("min(k, 60)", "k"),
            ("min(60, k)", "k"),
            ("max(k, 60)", "60"),
            ("max(60, k)", "60"),
            ("min(k, 5)", "min"),
            ("max(k, 5)", "max"),
        ] {
            let text = body(&format!(
                "s = 0\nfor k in range(10 * n):\n    s += {value}\nreturn s"
            ));
            let sum = text.lines().find(|line| line.contains("s = (s +"));
            let sum = sum.unwrap_or_else(|| panic!("{text}"));
            assert!(sum.contains(is), "{value}: {sum}");
            assert_eq!(sum.contains(&value[..3]), is == &value[..3], "{value}: {sum}");
        }
        // What may fail is done.
        for most in [9, 0] {
            let text = body(&format!("return min(np.int64(a[n, 0]) & 7, {most})"));
            assert!(text.contains("]?"), "{text}");
        }
    }

    #[test]
    fn divisors_that_are_never_zero_are_not_looked_at() {
        let text = body(
            "x = 0\nfor i in range(5 * n):\n    x += n // i\nfor i in range(-5 * n, 1):\n    x += n // i\n\
             for i in range(1, 5 * n):\n    x += n % i\nreturn x",
        );
        assert_eq!(text.matches(")?").count(), 2, "{text}");
    }

    #[test]
    fn what_may_fail_stays() {
        // It is 0 whatever the element is, which is not there.
        let text = body("return np.int64(a[n, 0]) & 0");
        assert!(text.contains("a[6:int64, 0:int64]?"), "{text}");
        let text = body("if n > 6 or a[n, n] > 1.0:\n    return 1\nreturn 0");
        assert!(text.contains("]?"), "{text}");
        // A number that wraps is none that is known by its bounds.
        let text = body("x = n * 1537228672809129302\nreturn x");
        assert!(text.contains("x = -9223372036854775804:int64"), "{text}");
    }

    #[test]
    fn a_loop_by_fours_ends_at_a_multiple_of_four() {
        for (range, guard, is_known) in [
            ("0, 40 * n, 4", 240, true),
            // From wherever it begins, if that is one number.
            ("2, 40 * n, 4", 242, true),
            ("2, 40 * n, 4", 241, false),
            ("0, 40 * n + 1, 4", 243, false),
            ("0, 40 * n, 3", 241, true),
            ("0, 40 * n, k % 2 + 1", 242, false),
            ("k * 80, k * 80 + 80, 4", 480, true),
            ("k * 80 - 160, k * 80 - 80, 4", 320, true),
            ("k * 78, k * 78 + 80, 4", 472, false),
            ("j, j + 80, 4", 112, true),
            ("t, t + 80, 4", 120, false),
        ] {
            let text = body(&format!(
                "x = 0\nt = 3\nfor k in range(n):\n    j = 16 * (k // 2)\n    for i in range({range}):\n        \
                 if i + 3 < {guard}:\n            x += a.shape[0]\n    t = j + 8\nreturn x"
            ));
            assert_eq!(!text.contains("if "), is_known, "{range}: {text}");
        }
    }

    #[test]
    fn what_is_odd_is_not_the_least() {
        for (value, is_odd) in [
            ("v | 1", true),
            ("v | 65539", true),
            ("v | 2", false),
            ("v + 1", false),
        ] {
            let text = body(&format!(
                "v = np.int64(a[0, 0])\nw = {value}\nif np.int16(w) < -32767:\n    return 1\nreturn 0"
            ));
            assert_eq!(!text.contains("if "), is_odd, "{value}: {text}");
        }
    }

    #[test]
    fn loops_without_a_bound_are_not_thought_to_end_soon() {
        let text =
            body("x = 0\nwhile a[0, 0] > 0.0:\n    x += 1\n    if x > 5000000000:\n        break\nreturn x");
        assert!(text.contains("5000000000:int64 <"), "{text}");
        // An inner loop counts in each round of the outer.
        let text = body(
            "x = 0\nfor i in range(5 * n):\n    for j in range(5 * n):\n        x += 1\nif x > 30:\n    return 1\nreturn 0",
        );
        assert!(text.contains("30:int64 <"), "{text}");
        let text = body("x = 0\nfor i in range(5 * n):\n    x += 2\nif x > 60:\n    return 1\nreturn 0");
        assert!(!text.contains("60:int64 <"), "{text}");
    }

    #[test]
    fn what_is_cut_to_32_bits_is_computed_in_them() {
        let text = body(
            "x = np.uint32(n)\nfor i in range(5 * n):\n    x = np.uint32(x * np.uint32(1664525) + np.uint32(i))\n    \
             x = np.uint32(x ^ (x >> np.uint32(16)))\nreturn x",
        );
        assert!(!text.contains("int64"), "{text}");
        // The bit that is carried is looked at.
        let text = body(
            "x = np.uint32(n)\nfor i in range(5 * n):\n    x = np.uint32(x * np.uint32(3))\n    x = np.uint32((x + x) >> np.uint32(1))\n\
             return x",
        );
        assert!(
            text.contains("uint32(((uint64(x.5) + uint64(x.5)) >> 1:uint64))"),
            "{text}"
        );
    }

    #[test]
    fn what_fits_32_bits_is_of_them() {
        let text = body(
            "x = 0\nk = 0\nwhile k < 256:\n    k += 1\n    if a[0, 0] > np.float32(k):\n        break\n    x = k % 7\n\
             return np.float32(k) + np.float32(x)",
        );
        assert!(
            !text.contains("int64(") && !text.contains("< 256:int64"),
            "{text}"
        );
        let text = body("x = 0.0\nfor i in range(2147483648):\n    x += np.float32(i * 2)\nreturn x");
        assert!(text.contains("float32((uint32(i.3) * 2:uint32))"), "{text}");
        let text = body("k = 0\nwhile a[0, 0] > 0.0:\n    k += 1\nreturn k");
        assert!(text.contains("k = (k + 1:int64)"), "{text}");
    }

    #[test]
    fn what_crosses_iterations_keeps_its_form() {
        for (op, form) in [
            ("min(x, k)", "x = min(x, int64(k))"),
            ("x + k", "x = (x + int64(k))"),
        ] {
            let text = format!(
                "@njit(parallel=True)\ndef f(n):\n    x = 9\n    for i in prange(n):\n        k = i * i\n        \
                 x = {op}\n    return x\ndef setup(n):\n    return n\n"
            );
            let text = prepared(&text).program.to_string();
            assert!(text.contains(form), "{text}");
        }
    }

    #[test]
    fn other_arguments_are_refused() {
        let made = prepared(
            "@njit\ndef f(a, n, x):\n    return a[n] * x\ndef setup(n):\n    return np.zeros(n + 1), n, 0.5\n",
        );
        let array = |n: usize| {
            Value::Array(ArrayValue {
                of: Scalar::F64,
                shape: vec![n],
                bytes: vec![1; 8 * n],
            })
        };
        let run = |arguments: Vec<Value>| Machine::new(&made.program, arguments).map(|_| ());
        let refused = |name: &str| Err(Refusal::MadeFor { name: name.into() });
        let float = Value::float;
        assert_eq!(run(vec![array(7), Value::int(6), float(2.0)]), Ok(()));
        assert_eq!(run(vec![array(8), Value::int(6), float(0.5)]), refused("a"));
        assert_eq!(run(vec![array(7), Value::int(5), float(0.5)]), refused("n"));

        struct Bytes(Vec<u8>);
        impl wasm::host::Memory for Bytes {
            fn room(&mut self, bytes: usize) -> Option<u32> {
                let at = (self.0.len() + 64).next_multiple_of(16).max(1024);
                self.0.resize(at + bytes + 64, 0);
                Some(at as u32)
            }
            fn read(&self, at: u32, to: &mut [u8]) {
                to.copy_from_slice(&self.0[at as usize..][..to.len()]);
            }
            fn write(&mut self, at: u32, bytes: &[u8]) {
                self.0[at as usize..][..bytes.len()].copy_from_slice(bytes);
            }
        }
        let abi = made.wasm(wasm::Target::default()).unwrap().abi;
        let call = |arguments: &[Value]| Call::new(&abi, arguments, 1, &mut Bytes(Vec::new())).map(|_| ());
        assert_eq!(call(&[array(7), Value::int(6), float(2.0)]), Ok(()));
        assert_eq!(
            call(&[array(8), Value::int(6), float(0.5)]),
            Err(CallError::MadeFor(0))
        );
        assert_eq!(
            call(&[array(7), Value::int(5), float(0.5)]),
            Err(CallError::MadeFor(1))
        );
    }

    #[test]
    fn a_program_for_any_arguments_is_for_any() {
        let made =
            prepared("@njit\ndef f(n):\n    return n + 1 if n > 3 else 2\ndef setup(n):\n    return n\n");
        let mut program = made.typed.clone();
        specialise(&mut program);
        assert_eq!(program, made.typed);
        let program = validate(program).unwrap();
        for n in [1, 6] {
            assert!(Machine::new(&program, vec![Value::int(n)]).is_ok());
        }
    }
}

//! Where 64 bits come from. A person is told of the number, variable, array or operation that first had them, and not of
//! all that was made of it.

use super::handles::{collect, roots};
use super::plan::*;
use super::shader::Writer;
use crate::decimal;
use crate::interval::{I32, U32, within};
use crate::ir::*;
use crate::told::{self, What};
use crate::types::Scalar;
use crate::walk;

impl Writer<'_> {
    /// Refuses something of the source at its place, or else at the statement's.
    fn refuse_at(&mut self, why: Why, at: u32) {
        self.causes += 1;
        let around = self.at;
        if at != 0 {
            self.at = at;
        }
        self.refuse(why);
        self.at = around;
    }

    /// Refuses a float of 64 bits that something else is made of, unless it was to be narrowed.
    pub(super) fn is_wide(&mut self, expr: &Expr) {
        // A constant of the compiler's goes where 64 bits are wanted, which is refused itself.
        let is_asked = !self.options.narrow && !self.wide_parts(expr);
        if is_asked && !matches!(expr.kind, ExprKind::Const(_)) {
            self.refuse_at(Why::Wide(said(expr), expr.of), told::place_of(expr));
        }
    }

    /// Refuses what a float of 64 bits is made of; whether there is anything of 64 bits. A constant may have been
    /// something else, or of the compiler's making.
    pub(super) fn wide_parts(&mut self, expr: &Expr) -> bool {
        let at = told::place_of(expr);
        match &expr.kind {
            ExprKind::Const(bits) if self.program.told.all().contains(&(at, What::Double)) => {
                let number = decimal::text(f64::from_bits(*bits));
                self.refuse_at(Why::Wide(number, expr.of), at);
            }
            ExprKind::Const(_) | ExprKind::Convert(_) => return false,
            ExprKind::Local(local) => self.wide_local(*local, at),
            ExprKind::Load { array, .. } => self.wide_array(*array, at),
            _ => {
                let mut found = false;
                for part in walk::operands(expr).filter(|part| part.of == expr.of) {
                    found |= self.wide_parts(part);
                }
                if !found {
                    self.refuse_at(Why::Wide(said(expr), expr.of), at);
                }
            }
        }
        true
    }

    /// Refuses what made a variable a float of 64 bits: what it is given anywhere, or else itself.
    pub(super) fn wide_local(&mut self, local: Local, at: u32) {
        if !self.options.narrow {
            self.follow(local, at, &|it, value| it.wide_parts(value));
        }
    }

    fn follow(&mut self, local: Local, at: u32, parts: &dyn Fn(&mut Self, &Expr) -> bool) {
        match self.followed.get(&local) {
            // It has been said; while it is followed, nothing yet.
            Some(is_done) => return self.causes += usize::from(*is_done),
            None => self.followed.insert(local, false),
        };
        let (before, of) = (self.causes, self.type_of(local));
        let program = self.program;
        let is_given = program.params.contains(&Param::Scalar(local));
        let mut place = at;
        if !is_given && self.following < FAR {
            self.following += 1;
            for (k, value) in values(program, local).into_iter().enumerate() {
                if k == 0 && told::place_of(value) != 0 {
                    place = told::place_of(value);
                }
                parts(self, value);
            }
            self.following -= 1;
        }
        if self.causes == before {
            self.refuse_at(Why::Wide(self.said_or_not(local), of), place);
        }
        self.followed.insert(local, true);
    }

    /// A variable as the source has it.
    pub(super) fn said_or_not(&self, local: Local) -> String {
        let name = self.said(local);
        name.map_or_else(|| A_VALUE.to_string(), |name| format!("'{name}'"))
    }

    /// Refuses an array of 64 bits, as it is called where it is made.
    pub(super) fn wide_array(&mut self, array: Array, at: u32) {
        if self.options.narrow {
            return;
        }
        let program = self.program;
        let mut binds = Vec::new();
        collect(&program.body, &mut binds);
        let made = roots(&binds, &|_| true);
        let made = made.get(&array).filter(|all| !all.is_empty());
        let made = made.map_or_else(|| vec![array], |all| all.iter().copied().collect());
        for root in made {
            let place = binds.iter().find_map(|(of, bound)| match bound {
                ArrayExpr::New { site, .. } if *of == root => program.sites.get(site.0 as usize),
                _ => None,
            });
            let place = place.map_or(at, |site| site.span.start + 1);
            let why = Why::WideArray(self.array_said(root), self.element_of(root));
            // Of what has no place of its own, another use may have said it.
            if place != 0 || !self.refusals.has(&why) {
                self.refuse_at(why, place);
            }
        }
    }

    /// Refuses what an integer of 64 bits is made of that may not fit 32; whether there is anything.
    pub(super) fn unfit_parts(&mut self, expr: &Expr) -> bool {
        let range = self.facts.of(expr);
        if expr.of.bytes() < 8 || !expr.of.is_int() || within(range, I32) || within(range, U32) {
            return false;
        }
        let at = told::place_of(expr);
        match &expr.kind {
            ExprKind::Local(local) => self.follow(*local, at, &|it, value| it.unfit_parts(value)),
            ExprKind::Load { array, .. } => self.wide_array(*array, at),
            _ => {
                let mut found = false;
                for part in walk::operands(expr) {
                    found |= self.unfit_parts(part);
                }
                if !found {
                    self.refuse_at(Why::Wide(said(expr), expr.of), at);
                }
            }
        }
        true
    }
}

/// Variables that are followed one through the other: the stack is bounded, and a text may have thousands.
const FAR: usize = 64;
/// What has no name.
const A_VALUE: &str = "a value";

/// All that a variable is given, or counts from and to.
fn values(program: &Program, local: Local) -> Vec<&Expr> {
    let mut found = Vec::new();
    walk::statements(&program.body, &mut |stmt| {
        match stmt {
            Stmt::Set(to, value) if *to == local => found.push(value),
            Stmt::For {
                var,
                start,
                stop,
                step,
                ..
            } if *var == local => found.extend([start, stop, step]),
            _ => {}
        }
        walk::own(stmt, &mut |expr| {
            walk::within(expr, &mut |one| {
                if let ExprKind::Let(sets, _) = &one.kind {
                    found.extend(sets.iter().filter(|(to, _)| *to == local).map(|(_, value)| value));
                }
            });
        });
    });
    found
}

/// An operation in words: of which types, as those decide what it gives.
fn said(expr: &Expr) -> String {
    let sign = match &expr.kind {
        ExprKind::Convert(from) => return format!("{A_VALUE} made of {}", from.of),
        ExprKind::Binary(op, ..) => match op {
            Binary::Add => "+",
            Binary::Sub => "-",
            Binary::Mul => "*",
            Binary::And => "&",
            Binary::Or => "|",
            Binary::Xor => "^",
            Binary::ShiftLeft => "<<",
            Binary::ShiftRight => ">>",
            Binary::Min => "min",
            Binary::Max => "max",
            Binary::CopySign => "copysign",
        },
        ExprKind::Divide(op, ..) => match op {
            Divide::True => "/",
            Divide::Floor => "//",
            Divide::Rest | Divide::CRest => "%",
        },
        ExprKind::Unary(op, _) => match op {
            Unary::Minus => "-",
            Unary::Not => "~",
            Unary::Abs => "abs",
            Unary::Sqrt => "sqrt",
            Unary::Floor => "floor",
            Unary::Ceil => "ceil",
            Unary::Trunc => "trunc",
            Unary::Nearest => "round",
        },
        ExprKind::Math(Math::Pow, _) => "**",
        ExprKind::Math(function, _) => {
            return of(&format!("{function:?}").to_ascii_lowercase(), expr);
        }
        _ => return A_VALUE.to_string(),
    };
    of(sign, expr)
}

fn of(sign: &str, expr: &Expr) -> String {
    let mut types: Vec<Scalar> = Vec::new();
    let is_single = |part: &Expr| matches!(&part.kind, ExprKind::Convert(from) if from.of == Scalar::F32);
    for part in walk::operands(expr) {
        let of = match &part.kind {
            ExprKind::Convert(from) => from.of,
            // A constant of another type: beside a `float32` it was a whole number.
            ExprKind::Const(_) if expr.of.is_float() => match walk::operands(expr).any(is_single) {
                true => Scalar::I64,
                false => continue,
            },
            _ => part.of,
        };
        if !types.contains(&of) {
            types.push(of);
        }
    }
    let types: Vec<String> = types.iter().map(Scalar::to_string).collect();
    match types.is_empty() {
        true => format!("what '{sign}' gives"),
        false => format!("'{sign}' of {}", types.join(" and ")),
    }
}

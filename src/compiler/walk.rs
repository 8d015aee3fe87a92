//! Ways through a program: everything within statements and expressions, and what is asked of it again and again.

use crate::ir::{Array, ArrayExpr, Cut, Expr, ExprKind, Local, Printed, Reduction, Stmt};
use crate::sorted::Set;

/// The expressions that a statement itself has, not those of statements within it.
pub fn own<'a>(stmt: &'a Stmt, visit: &mut dyn FnMut(&'a Expr)) {
    match stmt {
        Stmt::Set(_, value) | Stmt::Check(value, _) => visit(value),
        Stmt::Bind(_, array) => match array {
            ArrayExpr::Same(_) | ArrayExpr::Transposed(_) => {}
            ArrayExpr::New { shape, fill, .. } => shape.iter().chain(fill).for_each(visit),
            ArrayExpr::Reshape { shape, .. } => shape.iter().for_each(visit),
            ArrayExpr::View { cuts, .. } => {
                for cut in cuts {
                    match cut {
                        Cut::At(at, _) => visit(at),
                        Cut::Range { low, high, step, .. } => {
                            [low, high, step].into_iter().flatten().for_each(&mut *visit)
                        }
                    }
                }
            }
        },
        Stmt::Store { index, value, .. } => {
            index.iter().for_each(&mut *visit);
            visit(value);
        }
        Stmt::If { test, .. } | Stmt::While { test, .. } => visit(test),
        Stmt::For {
            start, stop, step, ..
        } => [start, stop, step].into_iter().for_each(visit),
        Stmt::ParFor(par) => [&par.start, &par.stop].into_iter().for_each(visit),
        Stmt::Print(parts) => {
            for part in parts {
                if let Printed::Value(value) = part {
                    visit(value);
                }
            }
        }
        Stmt::Block { .. } | Stmt::Leave(_) | Stmt::Again(_) | Stmt::Return => {}
    }
}

/// The same, to change them.
pub fn own_mut(stmt: &mut Stmt, visit: &mut dyn FnMut(&mut Expr)) {
    match stmt {
        Stmt::Set(_, value) | Stmt::Check(value, _) => visit(value),
        Stmt::Bind(_, array) => lengths_mut(array, visit),
        Stmt::Store { index, value, .. } => {
            index.iter_mut().for_each(&mut *visit);
            visit(value);
        }
        Stmt::If { test, .. } | Stmt::While { test, .. } => visit(test),
        Stmt::For {
            start, stop, step, ..
        } => [start, stop, step].into_iter().for_each(visit),
        Stmt::ParFor(par) => [&mut par.start, &mut par.stop].into_iter().for_each(visit),
        Stmt::Print(parts) => {
            for part in parts {
                if let Printed::Value(value) = part {
                    visit(value);
                }
            }
        }
        Stmt::Block { .. } | Stmt::Leave(_) | Stmt::Again(_) | Stmt::Return => {}
    }
}

/// The lengths, places and elements that a handle is made of, to change them.
pub fn lengths_mut(array: &mut ArrayExpr, visit: &mut dyn FnMut(&mut Expr)) {
    match array {
        ArrayExpr::Same(_) | ArrayExpr::Transposed(_) => {}
        ArrayExpr::New { shape, fill, .. } => shape.iter_mut().chain(fill).for_each(visit),
        ArrayExpr::Reshape { shape, .. } => shape.iter_mut().for_each(visit),
        ArrayExpr::View { cuts, .. } => {
            for cut in cuts {
                match cut {
                    Cut::At(at, _) => visit(at),
                    Cut::Range { low, high, step, .. } => {
                        [low, high, step].into_iter().flatten().for_each(&mut *visit)
                    }
                }
            }
        }
    }
}

/// The blocks within a statement.
pub fn blocks(stmt: &Stmt) -> [&[Stmt]; 2] {
    match stmt {
        Stmt::If { yes, no, .. } => [yes, no],
        Stmt::While { before, body, .. } => [before, body],
        Stmt::Block { body, .. } | Stmt::For { body, .. } => [body, &[]],
        Stmt::ParFor(par) => [&par.body, &[]],
        _ => [&[], &[]],
    }
}

/// The same, to change them.
pub fn blocks_mut(stmt: &mut Stmt) -> impl Iterator<Item = &mut Vec<Stmt>> {
    let both = match stmt {
        Stmt::If { yes, no, .. } => [Some(yes), Some(no)],
        Stmt::While { before, body, .. } => [Some(before), Some(body)],
        Stmt::Block { body, .. } | Stmt::For { body, .. } => [Some(body), None],
        Stmt::ParFor(par) => [Some(&mut par.body), None],
        _ => [None, None],
    };
    both.into_iter().flatten()
}

/// An expression's operands, in order.
pub struct Operands<'a>(&'a Expr, usize);

impl<'a> Iterator for Operands<'a> {
    type Item = &'a Expr;

    // Not inlined, as each use would get it all.
    #[inline(never)]
    fn next(&mut self) -> Option<&'a Expr> {
        let at = self.1;
        self.1 += 1;
        let (a, b, c) = match &self.0.kind {
            ExprKind::Const(_) | ExprKind::Local(_) | ExprKind::Length(..) | ExprKind::Apart(..) => {
                return None;
            }
            ExprKind::Unary(_, a) | ExprKind::Convert(a) | ExprKind::Bits(a) | ExprKind::Table(_, a) => {
                (a, None, None)
            }
            ExprKind::Binary(_, a, b)
            | ExprKind::Divide(_, a, b, _)
            | ExprKind::Compare(_, a, b)
            | ExprKind::And(a, b)
            | ExprKind::Or(a, b) => (a, Some(b), None),
            ExprKind::Select(a, b, c) | ExprKind::Choice(a, b, c) => (a, Some(b), Some(c)),
            ExprKind::Load { index: all, .. } | ExprKind::Math(_, all) => return all.get(at),
            ExprKind::Let(all, last) => {
                let set = all.get(at).map(|(_, one)| one);
                return set.or((at == all.len()).then_some(last));
            }
        };
        match at {
            0 => Some(a),
            1 => b,
            2 => c,
            _ => None,
        }
    }
}

/// The operands of an expression.
pub fn operands(expr: &Expr) -> Operands<'_> {
    Operands(expr, 0)
}

/// The same, to change them.
pub fn operands_mut(expr: &mut Expr, visit: &mut dyn FnMut(&mut Expr)) {
    match &mut expr.kind {
        ExprKind::Const(_) | ExprKind::Local(_) | ExprKind::Length(..) | ExprKind::Apart(..) => {}
        ExprKind::Unary(_, a) | ExprKind::Convert(a) | ExprKind::Bits(a) | ExprKind::Table(_, a) => visit(a),
        ExprKind::Binary(_, a, b)
        | ExprKind::Divide(_, a, b, _)
        | ExprKind::Compare(_, a, b)
        | ExprKind::And(a, b)
        | ExprKind::Or(a, b) => [a, b].into_iter().for_each(visit),
        ExprKind::Select(a, b, c) | ExprKind::Choice(a, b, c) => [a, b, c].into_iter().for_each(visit),
        ExprKind::Load { index: all, .. } | ExprKind::Math(_, all) => all.iter_mut().for_each(visit),
        ExprKind::Let(all, last) => all.iter_mut().map(|(_, one)| one).chain([last]).for_each(visit),
    }
}

/// An expression and all within it, from above.
pub fn within<'a>(expr: &'a Expr, visit: &mut dyn FnMut(&'a Expr)) {
    visit(expr);
    for one in operands(expr) {
        within(one, visit);
    }
}

/// The same, to change them, from below.
pub fn within_mut(expr: &mut Expr, visit: &mut dyn FnMut(&mut Expr)) {
    operands_mut(expr, &mut |one| within_mut(one, visit));
    visit(expr);
}

/// All statements, each before those within it.
pub fn statements<'a>(body: &'a [Stmt], visit: &mut dyn FnMut(&'a Stmt)) {
    for stmt in body {
        visit(stmt);
        for block in blocks(stmt) {
            statements(block, visit);
        }
    }
}

/// All statements to change, each before those within it.
pub fn statements_mut(body: &mut [Stmt], visit: &mut dyn FnMut(&mut Stmt)) {
    for stmt in body {
        visit(stmt);
        for block in blocks_mut(stmt) {
            statements_mut(block, visit);
        }
    }
}

/// Keeps the statements for which it is so, and what they have within that is so.
pub fn retain(body: &mut Vec<Stmt>, keeps: &mut dyn FnMut(&Stmt) -> bool) {
    body.retain(|stmt| keeps(stmt));
    for stmt in body {
        for block in blocks_mut(stmt) {
            retain(block, keeps);
        }
    }
}

/// All expressions of all statements.
pub fn expressions<'a>(body: &'a [Stmt], visit: &mut dyn FnMut(&'a Expr)) {
    statements(body, &mut |stmt| own(stmt, &mut |expr| within(expr, visit)));
}

/// All arrays that statements read, write or name, but for the variables that handles are given to.
pub fn arrays_mut(body: &mut [Stmt], visit: &mut dyn FnMut(&mut Array)) {
    statements_mut(body, &mut |stmt| {
        match stmt {
            Stmt::Bind(_, ArrayExpr::Same(of) | ArrayExpr::Transposed(of)) => visit(of),
            Stmt::Bind(_, ArrayExpr::View { of, .. } | ArrayExpr::Reshape { of, .. }) => visit(of),
            Stmt::Store { array, .. } => visit(array),
            Stmt::Print(parts) => {
                for part in parts {
                    if let Printed::Array(array) = part {
                        visit(array);
                    }
                }
            }
            _ => {}
        }
        own_mut(stmt, &mut |expr| {
            within_mut(expr, &mut |expr| match &mut expr.kind {
                ExprKind::Length(array, _) | ExprKind::Load { array, .. } => visit(array),
                ExprKind::Apart(a, b) => {
                    visit(a);
                    visit(b);
                }
                _ => {}
            });
        });
    });
}

/// How many statements set a local.
pub fn sets(body: &[Stmt], local: Local) -> usize {
    let mut count = 0;
    statements(body, &mut |stmt| {
        let set = match stmt {
            Stmt::Set(set, _) => *set == local,
            Stmt::For { var, .. } => *var == local,
            Stmt::ParFor(par) => par.var == local,
            _ => false,
        };
        count += usize::from(set);
    });
    count
}

/// Puts another local in the place of one that nothing sets any more.
pub fn rename(body: &mut [Stmt], from: Local, to: Local) {
    statements_mut(body, &mut |stmt| {
        own_mut(stmt, &mut |expr| {
            within_mut(expr, &mut |expr| {
                if expr.kind == ExprKind::Local(from) {
                    expr.kind = ExprKind::Local(to);
                }
            });
        });
    });
}

/// All locals and arrays that statements set, in order.
pub fn set_in(body: &[Stmt]) -> (Set<Local>, Set<Array>) {
    let (mut locals, mut arrays) = (Set::new(), Set::new());
    statements(body, &mut |stmt| {
        match stmt {
            Stmt::Set(local, _) => {
                locals.insert(*local);
            }
            Stmt::Bind(array, _) => {
                arrays.insert(*array);
            }
            Stmt::For { var, .. } => {
                locals.insert(*var);
            }
            Stmt::ParFor(par) => {
                locals.insert(par.var);
            }
            _ => {}
        }
        own(stmt, &mut |expr| {
            within(expr, &mut |expr| {
                if let ExprKind::Let(all, _) = &expr.kind {
                    locals.extend(all.iter().map(|(local, _)| *local));
                }
            });
        });
    });
    (locals, arrays)
}

/// What is private to a parallel loop's iterations.
pub fn private(body: &[Stmt], var: Local, reductions: &[Reduction]) -> (Vec<Local>, Vec<Array>) {
    let (locals, arrays) = set_in(body);
    let crosses = |local: &Local| *local == var || reductions.iter().any(|r| r.local == *local);
    (
        locals.into_iter().filter(|local| !crosses(local)).collect(),
        arrays.into_iter().collect(),
    )
}

/// Counts anew what is private to iterations, after a pass has made variables.
pub fn renew_private(body: &mut [Stmt]) {
    statements_mut(body, &mut |stmt| {
        if let Stmt::ParFor(par) = stmt {
            (par.private, par.private_arrays) = private(&par.body, par.var, &par.reductions);
        }
    });
}

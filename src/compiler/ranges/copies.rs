//! Variables that are another by another name are that other: `x = y` where neither is ever given anything else. Truth values and
//! ends of loops that are named just for the next statement stand in it, where tests and steps are seen, and halves of words where they
//! are multiplied.

use crate::ir::{Array, ArrayExpr, Binary, Expr, ExprKind, Local, Param, Program, Stmt};
use crate::sorted::Map as HashMap;
use crate::specialise::can_fail;
use crate::types::Scalar;
use crate::walk;

/// Puts parameters, and arrays that were made once, in the place of their copies.
pub fn collapse(program: &mut Program) {
    let mut sets: HashMap<Local, usize> = HashMap::new();
    let mut binds: HashMap<Array, usize> = HashMap::new();
    let mut counters: HashMap<Local, ()> = HashMap::new();
    for param in &program.params {
        match param {
            Param::Scalar(local) => *sets.entry(*local).or_default() += 1,
            Param::Array(array) => *binds.entry(*array).or_default() += 1,
        }
    }
    walk::statements(&program.body, &mut |stmt| match stmt {
        Stmt::Set(local, _) => *sets.entry(*local).or_default() += 1,
        Stmt::For { var, .. } => {
            counters.insert(*var, ());
        }
        Stmt::ParFor(par) => {
            counters.insert(par.var, ());
            for reduction in &par.reductions {
                counters.insert(reduction.local, ());
            }
        }
        Stmt::Bind(array, _) => *binds.entry(*array).or_default() += 1,
        _ => {}
    });
    let is_param = |program: &Program, array: Array| program.params.contains(&Param::Array(array));
    // Those of the outermost block: whatever is in a loop may be another array each time.
    let outer: Vec<Array> = program
        .body
        .iter()
        .filter_map(|stmt| match stmt {
            Stmt::Bind(array, _) => Some(*array),
            _ => None,
        })
        .collect();
    let mut locals: HashMap<Local, Local> = HashMap::new();
    let mut arrays: HashMap<Array, Array> = HashMap::new();
    walk::statements(&program.body, &mut |stmt| match stmt {
        Stmt::Set(to, value) => {
            if let ExprKind::Local(from) = value.kind
                && sets.get(to) == Some(&1)
                && !counters.contains_key(to)
                && program.params.contains(&Param::Scalar(from))
                && sets.get(&from) == Some(&1)
            {
                locals.insert(*to, from);
            }
        }
        Stmt::Bind(to, ArrayExpr::Same(from)) => {
            let info = |array: &Array| &program.arrays[array.0 as usize];
            if binds.get(to) == Some(&1)
                && binds.get(from) == Some(&1)
                && (outer.contains(from) || is_param(program, *from))
                && info(to).of == info(from).of
                && (info(to).layout == info(from).layout)
            {
                arrays.insert(*to, *from);
            }
        }
        _ => {}
    });
    let root_of_local = |mut of: Local| {
        while let Some(other) = locals.get(&of) {
            of = *other;
        }
        of
    };
    let root_of_array = |mut of: Array| {
        while let Some(other) = arrays.get(&of) {
            of = *other;
        }
        of
    };
    remove(&mut program.body, &|stmt| match stmt {
        Stmt::Set(to, _) => locals.contains_key(to),
        Stmt::Bind(to, ArrayExpr::Same(_)) => arrays.contains_key(to),
        _ => false,
    });
    walk::arrays_mut(&mut program.body, &mut |array| *array = root_of_array(*array));
    walk::statements_mut(&mut program.body, &mut |stmt| {
        walk::own_mut(stmt, &mut |expr| {
            walk::within_mut(expr, &mut |expr| {
                if let ExprKind::Local(local) = &mut expr.kind {
                    *local = root_of_local(*local);
                }
            });
        });
    });
    for result in &mut program.results {
        match result {
            Param::Scalar(local) => *local = root_of_local(*local),
            Param::Array(array) => *array = root_of_array(*array),
        }
    }
    // What people called it.
    for to in arrays.keys() {
        let from = root_of_array(*to);
        let name = program.arrays[to.0 as usize].name.clone();
        let own = &mut program.arrays[from.0 as usize].name;
        if own.starts_with('$') && !name.starts_with('$') {
            *own = name;
        }
    }
}

/// Puts what is read once, by the next statement, in its place: truth values, and whatever a loop's range is of.
pub fn forward(program: &mut Program) {
    let uses = super::uses(program);
    let is_bool = |local: &Local| program.locals[local.0 as usize].of == Scalar::Bool;
    forward_in(&mut program.body, &|local, next| match next {
        // Set here and read there.
        _ if uses.get(&local) != Some(&2) => false,
        Stmt::For { .. } => true,
        Stmt::Set(..) | Stmt::Store { .. } | Stmt::If { .. } => is_bool(&local),
        _ => false,
    });
    halves(&mut program.body);
}

/// The variable of 32 bits that an expression is one half of, with its sign.
fn word_of(e: &Expr) -> Option<Local> {
    match &e.kind {
        ExprKind::Local(local) if e.of.bytes() == 4 => Some(*local),
        ExprKind::Convert(a) if a.of.is_int() && e.of.bytes() >= 2 => word_of(a),
        ExprKind::Binary(Binary::ShiftRight, a, by) if by.kind == ExprKind::Const(16) => word_of(a),
        _ => None,
    }
}

/// A variable's half of a word, with what it is, in the place of the variable.
fn stand_in(factor: &mut Expr, known: &[(Local, Local, Expr)]) {
    match factor.kind {
        ExprKind::Convert(ref mut inner) => stand_in(inner, known),
        ExprKind::Local(local) => {
            if let Some((.., half)) = known.iter().find(|one| one.0 == local) {
                *factor = half.clone();
            }
        }
        _ => {}
    }
}

/// Puts halves of words, `np.int16(w)` and `np.int32(w) >> 16`, where they are multiplied: lanes do that to both at once.
fn halves(body: &mut [Stmt]) {
    let mut known: Vec<(Local, Local, Expr)> = Vec::new();
    for stmt in body {
        walk::blocks_mut(stmt).for_each(|block| halves(block));
        if let Stmt::Set(..) | Stmt::Store { .. } | Stmt::If { .. } = stmt {
            walk::own_mut(stmt, &mut |expr| {
                walk::within_mut(expr, &mut |expr| {
                    let ExprKind::Binary(Binary::Mul, a, b) = &mut expr.kind else {
                        return;
                    };
                    [a, b].into_iter().for_each(|factor| stand_in(factor, &known));
                });
            });
        }
        let (sets, _) = walk::set_in(std::slice::from_ref(stmt));
        known.retain(|(half, word, _)| !sets.contains(half) && !sets.contains(word));
        if let Stmt::Set(half, value) = stmt
            && !matches!(value.kind, ExprKind::Local(_))
            && let Some(word) = word_of(value)
            && word != *half
        {
            known.push((*half, word, value.clone()));
        }
    }
}

fn forward_in(body: &mut Vec<Stmt>, may: &dyn Fn(Local, &Stmt) -> bool) {
    for mut stmt in std::mem::take(body) {
        for block in walk::blocks_mut(&mut stmt) {
            forward_in(block, may);
        }
        if let Some(Stmt::Set(local, value)) = body.last()
            && may(*local, &stmt)
            && !can_fail(value)
        {
            let (local, mut value) = (*local, Some(value.clone()));
            walk::own_mut(&mut stmt, &mut |expr| {
                walk::within_mut(expr, &mut |expr| {
                    if expr.kind == ExprKind::Local(local)
                        && let Some(value) = value.take()
                    {
                        *expr = value;
                    }
                });
            });
            if value.is_none() {
                body.pop();
            }
        }
        body.push(stmt);
    }
}

fn remove(body: &mut Vec<Stmt>, is_gone: &dyn Fn(&Stmt) -> bool) {
    body.retain(|stmt| !is_gone(stmt));
    for stmt in body {
        for block in walk::blocks_mut(stmt) {
            remove(block, is_gone);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::printed;

    /// A kernel's program, of one integer.
    fn made(body: &str) -> String {
        let body = body.replace('\n', "\n    ");
        let text = format!(
            "import numpy as np\nfrom numba import njit\n@njit\ndef many(v):\n    return v > 0.5\n@njit\ndef f(a, n):\n    \
             {body}\ndef setup(n):\n    return np.ones(n), n\n"
        );
        printed(&text)
    }

    #[test]
    fn what_is_named_for_the_next_statement_stands_in_it() {
        for (body, stands) in [
            ("s = 0\nfor i in range(n):\n    s += many(a[i])\nreturn s", true),
            (
                "s = 0\nfor i in range(n):\n    if many(a[i]):\n        s += i\nreturn s",
                true,
            ),
            // Read again, and behind something else.
            (
                "s = 0\nfor i in range(n):\n    t = a[i] > 0.5\n    s += t\n    if t:\n        s += i\nreturn s",
                false,
            ),
            (
                "s = 0\nfor i in range(n):\n    t = a[i] > 0.5\n    a[i] = 7.0\n    s += t\nreturn s",
                false,
            ),
            // Looked at in each round.
            (
                "s = 0\nt = a[7] > 0.5\nwhile t:\n    a[7] -= 1.0\n    s += 1\n    if s > 9:\n        break\nreturn s",
                false,
            ),
        ] {
            let text = made(body);
            let named = text.lines().any(|line| line.contains(" = (0.5:float64 < "));
            assert_eq!(!named, stands, "{text}");
        }
        // A loop's end, that it may be seen to be as far from the start in each round.
        let text = made(
            "s = 0\nfor k in range(n):\n    for i in range(k * 32, k * 32 + 32):\n        s += i % 7\nreturn s",
        );
        assert!(text.contains("* 32:int32), ((k"), "{text}");
    }
}

//! Four rounds of a serial loop at once, where all that it does is a loop in lanes: `for k: for j: c[j] += a[k] * b[k, j]` then loads and stores
//! each element of c a quarter as often (unroll and jam; Callahan, Carr and Kennedy 1990, Improving Register Allocation for
//! Subscripted Variables). What happens to an element happens in the order of k, as before.

use super::invariants::is_plain;
use crate::ir::{Array, Binary, Expr, ExprKind, Label, Local, LocalInfo, Program, Stmt};
use crate::sorted::{Map as HashMap, Set as BTreeSet};
use crate::told::{Told, What};
use crate::types::Scalar;
use crate::walk;

/// Rounds at once.
const ROUNDS: i64 = 4;
/// Expressions of a round at most.
const LARGEST: usize = 60;

/// Does so wherever it can be done.
pub fn jam(program: &mut Program) {
    let uses = super::uses(program);
    let mut jammer = Jammer {
        uses,
        locals: std::mem::take(&mut program.locals),
        told: std::mem::take(&mut program.told),
        labels: program.labels,
    };
    jammer.block(&mut program.body);
    program.locals = jammer.locals;
    program.told = jammer.told;
    program.labels = jammer.labels;
}

struct Jammer {
    uses: HashMap<Local, usize>,
    locals: Vec<LocalInfo>,
    told: Told,
    labels: u32,
}

impl Jammer {
    fn block(&mut self, body: &mut Vec<Stmt>) {
        let mut out = Vec::with_capacity(body.len());
        for mut stmt in std::mem::take(body) {
            for inner in walk::blocks_mut(&mut stmt) {
                self.block(inner);
            }
            match self.jammed(&stmt) {
                Some(jammed) => {
                    self.told.of(&stmt, What::Jammed);
                    out.extend(jammed);
                }
                None => out.push(stmt),
            }
        }
        *body = out;
    }

    fn local(&mut self, of: Scalar) -> Local {
        let local = Local(self.locals.len() as u32);
        let name = format!("${}", local.0);
        self.locals.push(LocalInfo { name, of });
        local
    }

    fn label(&mut self) -> Label {
        self.labels += 1;
        Label(self.labels - 1)
    }

    fn jammed(&mut self, stmt: &Stmt) -> Option<Vec<Stmt>> {
        let Stmt::For {
            var,
            start,
            stop,
            step,
            body,
            ..
        } = stmt
        else {
            return None;
        };
        let [
            Stmt::For {
                var: inner_var,
                start: inner_start,
                stop: inner_stop,
                step: inner_step,
                vector: true,
                body: inner,
                ..
            },
        ] = body.as_slice()
        else {
            return None;
        };
        let is_small = |e: &Expr| matches!(e.kind, ExprKind::Const(bits) if bits < 1 << 24);
        let (sets, _) = walk::set_in(body);
        let mut inside = HashMap::new();
        super::count_uses(std::slice::from_ref(stmt), &mut inside);
        let fits = start.of == Scalar::I64
            && step.kind == ExprKind::Const(1)
            && is_small(start)
            && is_plain(stop)
            && [inner_start, inner_stop, inner_step]
                .into_iter()
                .all(|e| is_plain(e) && !reads(e, *var) && sets.iter().all(|set| !reads(e, *set)))
            && self.uses.get(var) == inside.get(var);
        if !fits {
            return None;
        }

        // They are in variables meanwhile.
        let places: Vec<(Element, Local)> = elements(inner, *var, *inner_var, &sets)?
            .into_iter()
            .map(|element| (element, self.local(element.of)))
            .collect();
        let place = |of: Array| places.iter().find(|(element, _)| element.array == of);
        let mut all: Vec<Stmt> = Vec::new();
        all.extend(
            places
                .iter()
                .map(|(element, place)| Stmt::Set(*place, element.load())),
        );
        for round in 0..ROUNDS {
            let mut own = inner.clone();
            walk::statements_mut(&mut own, &mut |stmt| {
                walk::own_mut(stmt, &mut |expr| {
                    walk::within_mut(expr, &mut |expr| match &expr.kind {
                        ExprKind::Local(local) if local == var && round > 0 => {
                            *expr = binary(Binary::Add, expr.clone(), Expr::int(round));
                        }
                        ExprKind::Load { array, .. } => {
                            if let Some((element, place)) = place(*array) {
                                *expr = get(*place, element.of);
                            }
                        }
                        _ => {}
                    });
                });
                if let Stmt::Store { array, value, .. } = stmt
                    && let Some((_, place)) = place(*array)
                {
                    *stmt = Stmt::Set(*place, value.clone());
                }
            });
            all.extend(own);
        }
        let store = |(element, place): &(Element, Local)| element.store(get(*place, element.of));
        all.extend(places.iter().map(store));

        let rest = self.local(Scalar::I64);
        let n = binary(
            Binary::Max,
            binary(Binary::Sub, stop.clone(), start.clone()),
            Expr::int(0),
        );
        let whole = binary(Binary::And, n, Expr::int(-ROUNDS));
        let first = Stmt::Set(rest, binary(Binary::Add, start.clone(), whole));
        let rest = get(rest, Scalar::I64);
        let lanes = Stmt::For {
            label: self.label(),
            var: *inner_var,
            start: inner_start.clone(),
            stop: inner_stop.clone(),
            step: inner_step.clone(),
            vector: true,
            body: all,
        };
        let together = Stmt::For {
            label: self.label(),
            var: *var,
            start: start.clone(),
            stop: rest.clone(),
            step: Expr::int(ROUNDS),
            vector: false,
            body: vec![lanes],
        };
        let mut last = stmt.clone();
        if let Stmt::For { start, .. } = &mut last {
            *start = rest;
        }
        Some(vec![first, together, last])
    }
}

/// An element that a round of the inner loop changes.
#[derive(Clone, Copy)]
struct Element<'s> {
    array: Array,
    index: &'s [Expr],
    of: Scalar,
}

impl Element<'_> {
    fn load(&self) -> Expr {
        let kind = ExprKind::Load {
            array: self.array,
            index: self.index.to_vec(),
            site: None,
        };
        Expr::new(kind, self.of)
    }

    fn store(&self, value: Expr) -> Stmt {
        Stmt::Store {
            array: self.array,
            index: self.index.to_vec(),
            value,
            site: None,
        }
    }
}

/// The elements that a body changes, if each has one place whatever the outer variable is, and nothing else happens. That no
/// other array has them is known, as the loop runs in lanes.
fn elements<'s>(
    body: &'s [Stmt],
    outer: Local,
    var: Local,
    sets: &BTreeSet<Local>,
) -> Option<Vec<Element<'s>>> {
    let mut found: Vec<Element<'_>> = Vec::new();
    for stmt in body {
        match stmt {
            Stmt::Set(..) => {}
            Stmt::Store {
                array,
                index,
                value,
                site: None,
            } => {
                let moves = |local: &Local| *local != var && index.iter().any(|one| reads(one, *local));
                if moves(&outer) || sets.iter().any(moves) || !index.iter().all(is_plain) {
                    return None;
                }
                match found.iter().find(|element| element.array == *array) {
                    Some(known) if known.index != index.as_slice() => return None,
                    Some(_) => {}
                    None => found.push(Element {
                        array: *array,
                        index,
                        of: value.of,
                    }),
                }
            }
            _ => return None,
        }
    }
    let (mut size, mut loads, mut fits) = (0, 0, true);
    walk::expressions(body, &mut |expr| {
        size += 1;
        match &expr.kind {
            ExprKind::Load { array, index, site } => {
                fits &= site.is_none();
                if let Some(element) = found.iter().find(|element| element.array == *array) {
                    loads += 1;
                    fits &= element.index == index.as_slice();
                }
            }
            ExprKind::Divide(.., site) => fits &= site.is_none(),
            _ => {}
        }
    });
    (fits && loads > 0 && size <= LARGEST).then_some(found)
}

fn reads(e: &Expr, local: Local) -> bool {
    let mut found = false;
    walk::within(e, &mut |one| found |= one.kind == ExprKind::Local(local));
    found
}

fn get(local: Local, of: Scalar) -> Expr {
    Expr::new(ExprKind::Local(local), of)
}

fn binary(op: Binary, a: Expr, b: Expr) -> Expr {
    Expr::new(ExprKind::Binary(op, a, b), Scalar::I64)
}

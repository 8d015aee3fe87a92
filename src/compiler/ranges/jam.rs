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
pub(super) const ROUNDS: i64 = 4;
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

pub(super) struct Jammer {
    pub uses: HashMap<Local, usize>,
    pub locals: Vec<LocalInfo>,
    told: Told,
    pub labels: u32,
}

/// A loop around a loop in lanes, and nothing else.
pub(super) struct Nest<'s> {
    pub var: Local,
    pub start: &'s Expr,
    pub stop: &'s Expr,
    /// What the inner loop counts, its start, stop and step, and what it does.
    pub lane: Local,
    pub range: [&'s Expr; 3],
    pub inner: &'s [Stmt],
    pub elements: Vec<Element<'s>>,
}

impl Nest<'_> {
    /// The inner loop with another body.
    pub fn lanes(&self, label: Label, body: Vec<Stmt>) -> Stmt {
        let [start, stop, step] = self.range.map(Expr::clone);
        Stmt::For {
            label,
            var: self.lane,
            start,
            stop,
            step,
            vector: true,
            body,
        }
    }
}

impl Jammer {
    fn block(&mut self, body: &mut Vec<Stmt>) {
        let mut out = Vec::with_capacity(body.len());
        for mut stmt in std::mem::take(body) {
            let rows = match &stmt {
                Stmt::ParFor(par) => self.rows(par),
                _ => None,
            };
            for inner in walk::blocks_mut(&mut stmt) {
                self.block(inner);
            }
            if let (Some(mut rows), Stmt::ParFor(par)) = (rows, &mut stmt) {
                let one = std::mem::take(&mut par.body);
                par.body = vec![rows.or(par, one)];
                self.told.of(&stmt, What::AtOnce(rows.at_once));
            }
            match self.jammed(&stmt) {
                Some(jammed) => {
                    self.told.of(&stmt, What::Jammed);
                    out.extend(jammed);
                }
                None => match self.chained(&stmt) {
                    Some(chained) => {
                        self.told.of(&stmt, What::AtOnce(super::chains::ROUNDS as u32));
                        out.push(chained);
                    }
                    None => out.push(stmt),
                },
            }
        }
        *body = out;
    }

    pub fn local(&mut self, of: Scalar) -> Local {
        let local = Local(self.locals.len() as u32);
        let name = format!("${}", local.0);
        self.locals.push(LocalInfo { name, of });
        local
    }

    pub fn label(&mut self) -> Label {
        self.labels += 1;
        Label(self.labels - 1)
    }

    /// A loop as a nest of which several rounds may be done at once, if it is one.
    pub fn nest<'s>(&self, stmt: &'s Stmt) -> Option<Nest<'s>> {
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
                var: lane,
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
        let range = [inner_start, inner_stop, inner_step];
        let is_small = |e: &Expr| matches!(e.kind, ExprKind::Const(bits) if bits < 1 << 24);
        let (sets, _) = walk::set_in(body);
        let mut inside = HashMap::new();
        super::count_uses(std::slice::from_ref(stmt), &mut inside);
        let fits = start.of == Scalar::I64
            && step.kind == ExprKind::Const(1)
            && is_small(start)
            && is_plain(stop)
            && range
                .iter()
                .all(|e| is_plain(e) && !reads(e, *var) && sets.iter().all(|set| !reads(e, *set)))
            && self.uses.get(var) == inside.get(var);
        if !fits {
            return None;
        }
        Some(Nest {
            var: *var,
            start,
            stop,
            lane: *lane,
            range,
            inner,
            elements: elements(inner, *var, *lane, &sets)?,
        })
    }

    fn jammed(&mut self, stmt: &Stmt) -> Option<Vec<Stmt>> {
        let nest = self.nest(stmt)?;
        let places = self.places(&nest);
        let mut all: Vec<Stmt> = Vec::new();
        all.extend(places.iter().map(|(element, place)| element.to(*place)));
        let var = get(nest.var, Scalar::I64);
        for round in 0..ROUNDS {
            all.extend(with(nest.inner, &[(nest.var, plus(&var, round))], &places));
        }
        all.extend(places.iter().map(|(element, place)| element.from(*place)));

        let rest = self.local(Scalar::I64);
        let n = binary(
            Binary::Max,
            binary(Binary::Sub, nest.stop.clone(), nest.start.clone()),
            Expr::int(0),
        );
        let whole = binary(Binary::And, n, Expr::int(-ROUNDS));
        let first = Stmt::Set(rest, binary(Binary::Add, nest.start.clone(), whole));
        let rest = get(rest, Scalar::I64);
        let lanes = nest.lanes(self.label(), all);
        let together = count(
            self.label(),
            nest.var,
            [nest.start.clone(), rest.clone()],
            ROUNDS,
            vec![lanes],
        );
        let mut last = stmt.clone();
        if let Stmt::For { start, .. } = &mut last {
            *start = rest;
        }
        Some(vec![first, together, last])
    }

    /// Variables for a nest's elements: they are in them meanwhile.
    pub fn places<'s>(&mut self, nest: &Nest<'s>) -> Vec<(Element<'s>, Local)> {
        let local = |element: &Element<'s>| (*element, self.local(element.of));
        nest.elements.iter().map(local).collect()
    }
}

/// A body for these values of variables, its elements in variables.
pub(super) fn with(body: &[Stmt], values: &[(Local, Expr)], places: &[(Element<'_>, Local)]) -> Vec<Stmt> {
    let place = |of: Array| places.iter().find(|(element, _)| element.array == of);
    let mut own = body.to_vec();
    for stmt in &mut own {
        walk::own_mut(stmt, &mut |expr| {
            walk::within_mut(expr, &mut |expr| match &expr.kind {
                ExprKind::Local(local) => {
                    if let Some((_, value)) = values.iter().find(|(one, _)| one == local) {
                        *expr = value.clone();
                    }
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
    }
    own
}

/// A serial loop.
pub(super) fn count(label: Label, var: Local, [start, stop]: [Expr; 2], by: i64, body: Vec<Stmt>) -> Stmt {
    Stmt::For {
        label,
        var,
        start,
        stop,
        step: Expr::int(by),
        vector: false,
        body,
    }
}

/// An element that a round of the inner loop changes.
#[derive(Clone, Copy)]
pub(super) struct Element<'s> {
    pub array: Array,
    index: &'s [Expr],
    pub of: Scalar,
}

impl Element<'_> {
    /// Puts it into a variable.
    pub fn to(&self, place: Local) -> Stmt {
        let kind = ExprKind::Load {
            array: self.array,
            index: self.index.to_vec(),
            site: None,
        };
        Stmt::Set(place, Expr::new(kind, self.of))
    }

    /// Puts it back.
    pub fn from(&self, place: Local) -> Stmt {
        Stmt::Store {
            array: self.array,
            index: self.index.to_vec(),
            value: get(place, self.of),
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

pub(super) fn reads(e: &Expr, local: Local) -> bool {
    let mut found = false;
    walk::within(e, &mut |one| found |= one.kind == ExprKind::Local(local));
    found
}

pub(super) fn get(local: Local, of: Scalar) -> Expr {
    Expr::new(ExprKind::Local(local), of)
}

pub(super) fn binary(op: Binary, a: Expr, b: Expr) -> Expr {
    Expr::new(ExprKind::Binary(op, a, b), Scalar::I64)
}

pub(super) fn plus(a: &Expr, by: i64) -> Expr {
    match by {
        0 => a.clone(),
        _ => binary(Binary::Add, a.clone(), Expr::int(by)),
    }
}

//! Which loop of a nest runs in lanes: a parallel one, or a serial one within it whose iterations are independent.
//!
//! Lanes like neighbours in memory. Of the loops that may run so, that one is taken whose index moves along the last
//! axis in most accesses, those of inner loops counting more.

use super::bounds::Facts;
use crate::ir::{Array, Binary, Expr, ExprKind, Label, Local, Stmt};
use crate::sorted::Set as BTreeSet;
use crate::told::{NotLanes, Told, What};
use crate::walk;

/// How much more an access counts in each loop within a loop.
const DEEPER: i64 = 8;

/// The loops of a nest that run in lanes, and which arrays have to be apart for that.
pub fn choose(stmt: &Stmt, facts: &Facts, told: &mut Told) -> (Vec<Label>, Vec<(Array, Array)>) {
    let (mut labels, mut pairs) = (Vec::new(), Vec::new());
    match stmt {
        Stmt::ParFor(par) => {
            let own = score(par.var, &par.body);
            let mut found = Vec::new();
            candidates(&par.body, &par.body, facts, true, &mut found, told);
            if let Some(best) = found.iter().map(|one| one.score).max()
                && best > own
            {
                for one in found.into_iter().filter(|one| one.score == best) {
                    labels.push(one.label);
                    pairs.extend(one.pairs);
                }
            }
        }
        Stmt::For { .. } => {
            let whole = std::slice::from_ref(stmt);
            let mut found = Vec::new();
            candidates(whole, whole, facts, false, &mut found, told);
            // The outermost of the best.
            if let Some(best) = found.iter().map(|one| one.score).max()
                && best > 0
                && let Some(one) = found.into_iter().find(|one| one.score == best)
            {
                labels.push(one.label);
                pairs.extend(one.pairs);
            }
        }
        _ => {}
    }
    (labels, pairs)
}

struct Candidate {
    label: Label,
    score: i64,
    pairs: Vec<(Array, Array)>,
}

/// Has these loops of a nest run in lanes.
pub fn mark(stmt: &mut Stmt, labels: &[Label]) {
    walk::statements_mut(std::slice::from_mut(stmt), &mut |stmt| {
        if let Stmt::For { label, vector, .. } = stmt {
            *vector |= labels.contains(label);
        }
    });
}

fn candidates(
    body: &[Stmt],
    whole: &[Stmt],
    facts: &Facts,
    in_parallel: bool,
    found: &mut Vec<Candidate>,
    told: &mut Told,
) {
    for stmt in body {
        if let Stmt::For { label, vector, .. } = stmt
            && !vector
        {
            // Until one is chosen, it is none of them.
            let why = match independent(stmt, whole, facts, in_parallel) {
                Ok((score, pairs)) => {
                    found.push(Candidate {
                        label: *label,
                        score,
                        pairs,
                    });
                    if in_parallel || score > 0 {
                        NotLanes::Slower
                    } else {
                        NotLanes::Scattered
                    }
                }
                Err(why) => why,
            };
            told.of(stmt, What::NotLanes(why));
        }
        if let Stmt::While { .. } = stmt {
            told.of(stmt, What::NotLanes(NotLanes::While));
        }
        if matches!(stmt, Stmt::ParFor(_)) {
            continue;
        }
        for block in walk::blocks(stmt) {
            candidates(block, whole, facts, in_parallel, found, told);
        }
    }
}

/// Whether a serial loop's iterations may run several at once: how well that suits its memory, and which arrays
/// have to be apart; or why they may not.
fn independent(
    stmt: &Stmt,
    whole: &[Stmt],
    facts: &Facts,
    in_parallel: bool,
) -> Result<(i64, Vec<(Array, Array)>), NotLanes> {
    let Stmt::For {
        label,
        var,
        start,
        step,
        body,
        ..
    } = stmt
    else {
        return Err(NotLanes::While);
    };
    if step.kind != ExprKind::Const(1) || !start.of.is_int() || start.of.bytes() < 4 {
        return Err(NotLanes::Step);
    }
    if !stays_within(body, &mut vec![*label]) {
        return Err(NotLanes::Left);
    }
    is_plain(body, in_parallel)?;
    let (locals, _) = walk::set_in(body);
    // What is set within is set before it is read, and read nowhere else.
    let mut set = BTreeSet::new();
    if !reads_what_was_set(body, &locals, &mut set) {
        return Err(NotLanes::Crosses(crossing(body, &locals)));
    }
    if let Some(local) = read_outside(whole, stmt, &locals) {
        return Err(NotLanes::Behind(local));
    }
    let mut stores: Vec<(Array, &[Expr])> = Vec::new();
    let mut loads: Vec<(Array, &[Expr])> = Vec::new();
    walk::statements(body, &mut |stmt| {
        if let Stmt::Store { array, index, .. } = stmt {
            stores.push((*array, index));
        }
        walk::own(stmt, &mut |expr| {
            walk::within(expr, &mut |expr| {
                if let ExprKind::Load { array, index, .. } = &expr.kind {
                    loads.push((*array, index));
                }
            });
        });
    });
    let mut pairs: Vec<(Array, Array)> = Vec::new();
    for (array, index) in &stores {
        // Each iteration has places of its own: along some axis, none of another's.
        let moves = |one: &Expr| steps(one, *var, &locals).is_some_and(|by| by != 0);
        for (other, there) in stores.iter().chain(&loads) {
            if other == array {
                let mut axes = index.iter().zip(*there);
                if !axes.any(|(one, its)| one == its && moves(one)) {
                    return Err(NotLanes::Memory(*array));
                }
            } else if !facts.are_apart(*array, *other) {
                let pair = (*array.min(other), *array.max(other));
                if !pairs.contains(&pair) {
                    pairs.push(pair);
                }
            }
        }
    }
    Ok((score(*var, body), pairs))
}

/// Nothing jumps out of it.
fn stays_within(body: &[Stmt], labels: &mut Vec<Label>) -> bool {
    body.iter().all(|stmt| match stmt {
        Stmt::Leave(to) => labels[1..].contains(to),
        Stmt::Again(to) => labels.contains(to),
        Stmt::Return => false,
        Stmt::Block { label, .. } | Stmt::While { label, .. } | Stmt::For { label, .. } => {
            labels.push(*label);
            let stays = walk::blocks(stmt)
                .into_iter()
                .all(|block| stays_within(block, labels));
            labels.pop();
            stays
        }
        _ => walk::blocks(stmt)
            .into_iter()
            .all(|block| stays_within(block, labels)),
    })
}

/// Numbers and elements only; in a serial loop nothing that may fail, as what comes before an error is its own.
fn is_plain(body: &[Stmt], in_parallel: bool) -> Result<(), NotLanes> {
    let mut plain = Ok(());
    let mut unless = |is_fine: bool, why: NotLanes| {
        if !is_fine && plain.is_ok() {
            plain = Err(why);
        }
    };
    walk::statements(body, &mut |stmt| {
        match stmt {
            Stmt::Bind(..) | Stmt::Print(_) => unless(false, NotLanes::Makes),
            Stmt::ParFor(_) => unless(false, NotLanes::Outside),
            Stmt::Check(..) => unless(in_parallel, NotLanes::Fails),
            Stmt::Store { site, .. } => unless(in_parallel || site.is_none(), NotLanes::Fails),
            Stmt::For { vector, .. } => unless(!vector, NotLanes::Outside),
            _ => {}
        }
        walk::own(stmt, &mut |expr| {
            walk::within(expr, &mut |expr| {
                if let ExprKind::Load { site, .. } | ExprKind::Divide(_, _, _, site) = &expr.kind {
                    unless(in_parallel || site.is_none(), NotLanes::Fails);
                }
            });
        });
    });
    plain
}

/// Whether every local of these that is read was set before on every way, within these statements.
pub(super) fn reads_what_was_set(body: &[Stmt], locals: &BTreeSet<Local>, set: &mut BTreeSet<Local>) -> bool {
    for stmt in body {
        let mut fine = true;
        let reads = |expr: &Expr, set: &BTreeSet<Local>| {
            let mut fine = true;
            let mut bound: BTreeSet<Local> = BTreeSet::new();
            walk::within(expr, &mut |one| {
                if let ExprKind::Let(all, _) = &one.kind {
                    bound.extend(all.iter().map(|(local, _)| *local));
                }
                if let ExprKind::Local(local) = one.kind {
                    fine &= !locals.contains(&local) || set.contains(&local) || bound.contains(&local);
                }
            });
            fine
        };
        match stmt {
            Stmt::While {
                before, test, body, ..
            } => {
                fine &= reads_what_was_set(before, locals, set) && reads(test, set);
                let mut inner = set.clone();
                fine &= reads_what_was_set(body, locals, &mut inner);
            }
            Stmt::For { var, body, .. } => {
                walk::own(stmt, &mut |expr| fine &= reads(expr, set));
                let mut inner = set.clone();
                inner.insert(*var);
                fine &= reads_what_was_set(body, locals, &mut inner);
            }
            Stmt::If { test, yes, no } => {
                fine &= reads(test, set);
                let (mut a, mut b) = (set.clone(), set.clone());
                fine &= reads_what_was_set(yes, locals, &mut a) && reads_what_was_set(no, locals, &mut b);
                let ends = |block: &[Stmt]| matches!(block.last(), Some(Stmt::Leave(_) | Stmt::Again(_)));
                match (ends(yes), ends(no)) {
                    (true, _) => set.extend(b),
                    (_, true) => set.extend(a),
                    _ => set.extend(a.intersection(&b).copied().collect::<Vec<_>>()),
                }
            }
            Stmt::Block { body, .. } => {
                // What is left early may not have set all.
                let mut inner = set.clone();
                fine &= reads_what_was_set(body, locals, &mut inner);
            }
            Stmt::Set(local, value) => {
                fine &= reads(value, set);
                set.insert(*local);
            }
            _ => walk::own(stmt, &mut |expr| fine &= reads(expr, set)),
        }
        if !fine {
            return false;
        }
    }
    true
}

/// Which of the locals it is that one iteration needs from another, alone if possible.
fn crossing(body: &[Stmt], locals: &BTreeSet<Local>) -> Local {
    let is_it = |local: &&Local| {
        let alone = BTreeSet::from_iter([**local]);
        !reads_what_was_set(body, &alone, &mut BTreeSet::new())
    };
    let first = locals.iter().find(is_it).or(locals.iter().next());
    first.copied().unwrap_or(Local(u32::MAX))
}

/// A local of these that is read somewhere else.
fn read_outside(whole: &[Stmt], inner: &Stmt, locals: &BTreeSet<Local>) -> Option<Local> {
    let mut found = None;
    outside(whole, inner, &mut |stmt| {
        walk::own(stmt, &mut |expr| {
            walk::within(expr, &mut |expr| {
                if let ExprKind::Local(local) = expr.kind
                    && locals.contains(&local)
                {
                    found = Some(local);
                }
            });
        });
        if let Stmt::ParFor(par) = stmt {
            let mut reduced = par.reductions.iter().map(|one| one.local);
            found = found.or(reduced.find(|one| locals.contains(one)));
        }
    });
    found
}

/// All statements but one and what is in it.
fn outside<'a>(body: &'a [Stmt], inner: &Stmt, visit: &mut dyn FnMut(&'a Stmt)) {
    for stmt in body {
        if std::ptr::eq(stmt, inner) {
            continue;
        }
        visit(stmt);
        for block in walk::blocks(stmt) {
            outside(block, inner, visit);
        }
    }
}

/// By how much an index moves with a loop's variable; nothing if it is not by a constant.
fn steps(expr: &Expr, var: Local, inner: &BTreeSet<Local>) -> Option<i64> {
    let constant = |one: &Expr| match one.kind {
        ExprKind::Const(bits) => Some(bits as i64),
        _ => None,
    };
    match &expr.kind {
        ExprKind::Const(_) | ExprKind::Length(..) => Some(0),
        ExprKind::Local(local) if *local == var => Some(1),
        ExprKind::Local(local) => (!inner.contains(local)).then_some(0),
        ExprKind::Convert(a) if expr.of.is_int() && a.of.is_int() && a.of.bytes() >= 4 => {
            steps(a, var, inner)
        }
        ExprKind::Binary(Binary::Add, a, b) => steps(a, var, inner)?.checked_add(steps(b, var, inner)?),
        ExprKind::Binary(Binary::Sub, a, b) => steps(a, var, inner)?.checked_sub(steps(b, var, inner)?),
        ExprKind::Binary(Binary::Mul, a, b) => {
            let (x, y) = (steps(a, var, inner)?, steps(b, var, inner)?);
            match (x, y, constant(a), constant(b)) {
                (0, 0, ..) => Some(0),
                (x, 0, _, Some(c)) => x.checked_mul(c),
                (0, y, Some(c), _) => y.checked_mul(c),
                _ => None,
            }
        }
        _ => {
            let mut depends = false;
            walk::within(expr, &mut |one| {
                depends |= match one.kind {
                    ExprKind::Local(local) => local == var || inner.contains(&local),
                    ExprKind::Load { .. } => true,
                    _ => false,
                };
            });
            (!depends).then_some(0)
        }
    }
}

/// How well it suits the accesses of a loop's body that this variable's values run in lanes.
fn score(var: Local, body: &[Stmt]) -> i64 {
    scored(var, body, 1)
}

fn scored(var: Local, body: &[Stmt], weight: i64) -> i64 {
    // Inner loops' variables are the same in all lanes, if their ends are; good enough for an estimate.
    let varying: BTreeSet<Local> = BTreeSet::new();
    let one = |index: &[Expr]| {
        let Some((last, rest)) = index.split_last() else {
            return 0;
        };
        let others = rest.iter().map(|one| steps(one, var, &varying));
        let is_still = |by: Option<i64>| by == Some(0);
        match (others.into_iter().all(is_still), steps(last, var, &varying)) {
            (true, Some(0)) => 1,
            (true, Some(1)) => 2,
            _ => -3,
        }
    };
    let mut total = 0;
    for stmt in body {
        if let Stmt::Store { index, .. } = stmt {
            total += weight * one(index);
        }
        walk::own(stmt, &mut |expr| {
            walk::within(expr, &mut |expr| {
                if let ExprKind::Load { index, .. } = &expr.kind {
                    total += weight * one(index);
                }
            });
        });
        let deeper = match stmt {
            Stmt::For { .. } | Stmt::While { .. } | Stmt::ParFor(_) => weight.saturating_mul(DEEPER),
            _ => weight,
        };
        for block in walk::blocks(stmt) {
            total += scored(var, block, deeper);
        }
    }
    total
}

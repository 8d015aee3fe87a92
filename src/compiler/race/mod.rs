//! Races that can be seen: parallel loops whose iterations certainly, or as good as certainly, get into each other's way.
//!
//! Numba takes `a[0] += i` in a `prange`, and gives what it likes. Each element that an iteration stores is looked at as a
//! sum `c * i + ...` along each axis; where no axis tells iterations apart, or where one iteration stores what another
//! reads, the loop is refused. What cannot be decided (a permutation, `i * w + x`) is allowed: the interpreter watches
//! which iteration touches what, and finds the rest.

mod body;
mod forms;

use crate::diagnostic::{Diagnostic, Kind, in_order};
use crate::ir::{Array, ParFor, Program, Stmt};
use crate::sorted::{Map, Set};
use crate::source::Span;
use crate::walk;
use body::{Access, Body, Handles};
use forms::{Atom, Class, Form, gcd, same};

/// Pairs of a loop's accesses that are compared at most.
const MOST_PAIRS: usize = 1 << 20;

/// The races of all parallel loops, in the order of the text.
pub fn races(program: &Program) -> Vec<Diagnostic> {
    let handles = Handles::of(program);
    let mut found: Vec<Diagnostic> = Vec::new();
    walk::statements(&program.body, &mut |stmt| {
        if let Stmt::ParFor(par) = stmt {
            for fault in of_loop(program, &handles, par) {
                // Functions are inlined, so that a place may be there several times.
                if !found.iter().any(|one| one.span == fault.span) {
                    found.push(fault);
                }
            }
        }
    });
    in_order(&mut found);
    found
}

fn of_loop<'p>(program: &'p Program, handles: &'p Handles<'p>, par: &'p ParFor) -> Vec<Diagnostic> {
    let mut body = Body::of(program, handles, par);
    if body.trips.is_some_and(|trips| trips < 2) {
        return Vec::new();
    }
    let accesses = body.accesses(&par.body);
    let name = |access: &Access| {
        let info = program.arrays.get(access.name.0 as usize);
        info.map_or_else(String::new, |info| info.name.clone())
    };
    let mut found = Vec::new();
    let mut told: Set<Span> = Set::new();
    let mut by_space: Map<Array, Vec<&Access>> = Map::new();
    for access in &accesses {
        by_space.entry(access.space).or_default().push(access);
    }
    let mut pairs = 0;
    for store in accesses.iter().filter(|access| access.writes) {
        if told.contains(&store.span) {
            continue;
        }
        let others = &by_space[&store.space];
        pairs += others.len();
        if pairs > MOST_PAIRS {
            break;
        }
        if let Some((reason, help, other)) = alone(store, others, &body) {
            let message = format!("'{}' {reason}", name(store));
            let mut fault = Diagnostic::new(Kind::Race, store.span, message).help(help);
            fault = fault.note(
                par.span,
                "the iterations of this loop run in any order and at once",
            );
            if let Some(other) = other {
                fault = fault.note(other, "it is read here");
            }
            told.insert(store.span);
            found.push(fault);
            continue;
        }
        for other in others {
            let Some(shift) = meeting(store, other, &body) else {
                continue;
            };
            let (does, each) = match other.writes {
                true => ("stored to", "stores"),
                false => ("read", "reads"),
            };
            let who = match shift {
                1 => "the next one".to_owned(),
                -1 => "the one before".to_owned(),
                2.. => format!("the one {shift} further on"),
                _ => format!("the one {} before", shift.unsigned_abs()),
            };
            let message = format!(
                "'{}' crosses the iterations of a 'prange': what one iteration stores here, {who} {each}",
                name(store)
            );
            let fault = Diagnostic::new(Kind::Race, store.span, message)
                .note(other.span, format!("it is {does} here"))
                .help("store into another array, or make it a serial loop by 'range'");
            told.insert(store.span);
            found.push(fault);
            break;
        }
    }
    found
}

const COMBINE: &str = "sum into a variable, 's += ..', or into a row of each iteration's own and combine them behind the loop; or make it a serial loop by 'range'";

/// What is wrong with a store whose element says too little of the iteration: the reason, the way out, and where the
/// element is read, if it is.
fn alone(
    store: &Access,
    accesses: &[&Access],
    body: &Body,
) -> Option<(&'static str, &'static str, Option<Span>)> {
    let classes: Vec<Class> = store.at.iter().map(|form| form.class).collect();
    let count = |class| classes.iter().filter(|one| **one == class).count();
    if count(Class::Other) > 0 {
        return overlaps(store, body).then_some((
            "is stored to at places that overlap: the inner loop of one iteration of the 'prange' goes on into those of the next",
            "let the index go further with each iteration than the inner loop goes, or make it a serial loop by 'range'",
            None,
        ));
    }
    if count(Class::Few) > 1 {
        return None;
    }
    let read = accesses.iter().find(|other| {
        let is_same = || other.index.iter().zip(store.index).all(|(a, b)| same(a, b));
        !other.writes && other.index.len() == store.index.len() && is_same()
    });
    let guard = store.guard;
    let picked = guard.picks || guard.other;
    match read {
        None if guard.is_any() || count(Class::Data) > 0 => None,
        None if count(Class::Few) > 0 => Some((
            "is stored to at an index that is the same for several iterations of the 'prange'",
            "let each iteration store elements of its own",
            None,
        )),
        None => Some((
            "is stored to at the same element by every iteration of the 'prange'",
            "let the loop's variable be part of the index, or store behind the loop",
            None,
        )),
        Some(_) if picked => None,
        Some(read) => {
            let place = (read.span != store.span).then_some(read.span);
            if count(Class::Data) > 0 {
                let reason = "is changed at an index that was looked up: two iterations of the 'prange' may update the same element at once";
                return Some((reason, COMBINE, place));
            }
            if count(Class::Few) > 0 {
                let reason = "is changed at an index that is the same for several iterations of the 'prange', which would update it at once";
                return (!guard.sorts).then_some((reason, COMBINE, place));
            }
            let reason = "is changed at the same element by every iteration of the 'prange' at once";
            Some((reason, COMBINE, place))
        }
    }
}

/// Whether `c * i + k` with an inner loop's k comes to the same element from two iterations.
fn overlaps(store: &Access, body: &Body) -> bool {
    let mut meets = false;
    for form in &store.at {
        if form.class == Class::Uniform {
            continue;
        }
        let Some(linear) = &form.linear else { return false };
        let mut atoms = linear.atoms.iter().filter_map(|(atom, factor)| match atom {
            Atom::Local(local) => Some((body.inner.get(local)?, *factor)),
            Atom::Length(..) => None,
        });
        let (Some((inner, factor)), None) = (atoms.next(), atoms.next()) else {
            return false;
        };
        let (Some((start, stop, step)), true) = (inner.numbers, linear.var != 0 && !meets) else {
            return false;
        };
        let rounds = rounds(start, stop, step);
        let Some(by) = factor.checked_mul(step).map(i64::unsigned_abs) else {
            return false;
        };
        // The least number of the inner loop's rounds that comes to whole iterations.
        let var = linear.var.unsigned_abs();
        let common = gcd(var, by);
        let (inner_rounds, iterations) = (var / common, by / common);
        meets = iterations > 0 && inner_rounds < rounds && body.trips.is_none_or(|trips| iterations < trips);
        if !meets {
            return false;
        }
    }
    meets && !store.guard.is_any()
}

fn rounds(start: i64, stop: i64, step: i64) -> u64 {
    let (low, high) = if step > 0 { (start, stop) } else { (stop, start) };
    match high > low && step != 0 {
        true => high.abs_diff(low).div_ceil(step.unsigned_abs()),
        false => 0,
    }
}

/// How many iterations apart a store and another access touch the same element; nothing if they do not, or if that
/// is not known.
fn meeting(store: &Access, other: &Access, body: &Body) -> Option<i64> {
    if store.at.len() != other.at.len() {
        return None;
    }
    let mut shift = None;
    for (a, b) in store.at.iter().zip(&other.at) {
        let (x, y) = (a.linear.as_ref()?, b.linear.as_ref()?);
        match x.distance(y) {
            Some(distance) if x.var != 0 => {
                // An inner loop's rounds would make up for it.
                if x.atoms.keys().any(|atom| is_inner(atom, body)) || distance.checked_rem(x.var)? != 0 {
                    return None;
                }
                let here = distance.checked_div(x.var)?;
                if here == 0 || shift.is_some_and(|before| before != here) {
                    return None;
                }
                shift = Some(here);
            }
            Some(0) => {}
            Some(_) => {
                let inner = x.atoms.keys().filter(|atom| is_inner(atom, body)).count();
                if inner != 1 || !x.atoms.keys().all(|atom| goes_by_one(atom, body)) {
                    return None;
                }
            }
            None if x.var == 0 && y.var == 0 && like(a, b, body) => {}
            None => return None,
        }
    }
    let shift = shift?;
    if body.trips.is_some_and(|trips| shift.unsigned_abs() >= trips) {
        return None;
    }
    let guard = store.guard.and(other.guard);
    let is_sure = !(guard.picks || guard.sorts || guard.looks || guard.other);
    // Where the iteration is compared, neighbours are still on one side of it.
    (is_sure && (!guard.orders || shift.unsigned_abs() == 1)).then_some(shift)
}

fn is_inner(atom: &Atom, body: &Body) -> bool {
    matches!(atom, Atom::Local(local) if body.inner.contains_key(local))
}

fn goes_by_one(atom: &Atom, body: &Body) -> bool {
    match atom {
        Atom::Local(local) => body
            .inner
            .get(local)
            .is_none_or(|inner| matches!(inner.step.kind, crate::ir::ExprKind::Const(1))),
        Atom::Length(..) => true,
    }
}

/// Whether two indices are the counters of inner loops over the same range.
fn like(a: &Form, b: &Form, body: &Body) -> bool {
    let counter = |form: &Form| {
        let linear = form.linear.as_ref()?;
        let (Atom::Local(local), 1) = linear.atoms.first_key_value()? else {
            return None;
        };
        (linear.atoms.len() == 1 && linear.constant == 0).then(|| body.inner.get(local))?
    };
    match (counter(a), counter(b)) {
        (Some(a), Some(b)) => same(a.start, b.start) && same(a.stop, b.stop) && same(a.step, b.step),
        _ => false,
    }
}

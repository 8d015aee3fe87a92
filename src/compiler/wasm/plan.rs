//! What a loop in lanes needs to know of its body: which variables are the same in all lanes, where lanes part,
//! and what the lanes that wait elsewhere will still read.
//!
//! A lane that does not take part waits at a certain place: the other side of an `If`, the end of a loop or block that it left,
//! the next round. A variable that is live where lanes wait is *parked* there: it must keep their values, and so differs
//! between lanes. Everything else may be overwritten without a mask, and what is computed of the same
//! values stays one value for all lanes.

use super::scalar::constant_int;
use super::walk::{self, Seen};
use crate::ir::{Binary, Expr, ExprKind, Label, Local, ParFor, Param, Program, Stmt, Unary};
use crate::sorted::{Map as BTreeMap, Set as BTreeSet};
use crate::told::NotLanes;
use crate::types::Scalar;

/// How a value differs between lanes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It is this much more in each next lane, in the arithmetic of its type: 0 if it is the same.
    Step(i64),
    /// Anyhow.
    Varying,
}

pub(super) const SAME: Kind = Kind::Step(0);

pub(super) type Set = BTreeSet<Local>;

/// A statement by its address, which is its own as long as the program is borrowed.
pub(super) type Key = *const Stmt;

pub(super) fn key(one: &Stmt) -> Key {
    one
}

/// Variables that waiting lanes will read: in the first part of a statement (the yes of an `If`, a loop's or block's body after a `Leave`), and in
/// the second (the no, and a body after an `Again`).
#[derive(Debug, Clone, Default)]
pub(super) struct Parks {
    pub first: Set,
    pub second: Set,
}

/// What is known of a loop's body.
#[derive(Debug, Clone, Default)]
pub(super) struct Plan {
    /// By number; of what has not been met, nothing. They are asked for at every expression.
    kinds: Vec<Option<Kind>>,
    parks: BTreeMap<Key, Parks>,
    /// Labels that only some of the lanes leave to, or go on to.
    pub leaves: BTreeSet<Label>,
    pub agains: BTreeSet<Label>,
    /// Loops that lanes leave at different times.
    parted: BTreeSet<Label>,
    /// What is read behind the loop.
    pub crossing: Set,
    /// What loops alone give values.
    counters: Set,
    /// Loops over as many numbers in each lane.
    steady: BTreeSet<Label>,
}

/// What is around a statement while it is looked at.
enum Around {
    /// Lanes wait for these.
    Parked(Set),
    /// The same, at the end or the next round of the loop or block just around.
    ParkedAt(Set),
    /// A loop or block, as jumps out of it see it.
    Leave(Label),
    Again(Label),
}

struct Looker {
    plan: Plan,
    around: Vec<Around>,
    changed: bool,
}

impl Plan {
    /// Looks at the body of a loop whose variable counts lanes, and whose reductions cross its iterations.
    pub fn new(label: Label, var: Local, crossing: Set, steady: &BTreeSet<Label>, body: &[Stmt]) -> Plan {
        let mut plan = Plan {
            crossing: crossing.clone(),
            steady: steady.clone(),
            counters: counters(var, body),
            ..Plan::default()
        };
        Liveness {
            plan: &mut plan,
            targets: vec![(label, crossing.clone(), crossing.clone())],
            over: Set::new(),
            is_trial: false,
        }
        .body(body, &crossing);
        for local in &crossing {
            plan.set_kind(*local, Kind::Varying);
        }
        plan.set_kind(var, Kind::Step(1));
        let mut looker = Looker {
            plan,
            around: vec![Around::Again(label), Around::Leave(label)],
            changed: true,
        };
        while looker.changed {
            looker.changed = false;
            looker.body(body);
        }
        looker.plan
    }

    pub fn parks(&self, one: &Stmt) -> Parks {
        self.parks.get(&key(one)).cloned().unwrap_or_default()
    }

    pub fn local(&self, local: Local) -> Kind {
        self.known(local).unwrap_or(SAME)
    }

    fn known(&self, local: Local) -> Option<Kind> {
        self.kinds.get(local.0 as usize).copied().flatten()
    }

    fn set_kind(&mut self, local: Local, kind: Kind) {
        let at = local.0 as usize;
        if at >= self.kinds.len() {
            self.kinds.resize(at + 1, None);
        }
        self.kinds[at] = Some(kind);
    }

    /// Whether lanes leave a loop at different times.
    pub fn is_parted(&self, label: Label) -> bool {
        self.parted.contains(&label) || self.leaves.contains(&label)
    }

    /// Whether lanes do as many rounds of a loop, if none leaves it.
    pub fn is_even(&self, label: Label, [start, stop, step]: [&Expr; 3]) -> bool {
        match [start, stop, step].map(|e| self.kind(e)) {
            [Kind::Step(start), Kind::Step(stop), SAME] => {
                start == stop && (start == 0 || self.steady.contains(&label))
            }
            _ => false,
        }
    }

    /// How an expression's value differs between lanes.
    pub fn kind(&self, e: &Expr) -> Kind {
        self.kind_of(e, false)
    }

    /// The same of its low 32 bits alone.
    pub fn low_kind(&self, e: &Expr) -> Kind {
        self.kind_of(e, true)
    }

    fn kind_of(&self, e: &Expr, is_low: bool) -> Kind {
        let steps = matches!(e.of, Scalar::I64 | Scalar::U64 | Scalar::I32 | Scalar::U32);
        let part = |part: &Expr| self.kind_of(part, is_low);
        match &e.kind {
            ExprKind::Const(_) | ExprKind::Length(..) | ExprKind::Apart(..) => SAME,
            ExprKind::Local(local) => self.local(*local),
            // What fails in some lanes only cannot be evaluated once.
            ExprKind::Let(bound, last) => match bound.iter().all(|(_, value)| self.kind(value) == SAME) {
                true => self.kind(last),
                false => Kind::Varying,
            },
            ExprKind::Unary(Unary::Minus, a) if steps => match part(a) {
                Kind::Step(a) => Kind::Step(a.wrapping_neg()),
                Kind::Varying => Kind::Varying,
            },
            ExprKind::Binary(op @ (Binary::Add | Binary::Sub), a, b) if steps => {
                match (op, part(a), part(b)) {
                    (Binary::Add, Kind::Step(a), Kind::Step(b)) => Kind::Step(a.wrapping_add(b)),
                    (_, Kind::Step(a), Kind::Step(b)) => Kind::Step(a.wrapping_sub(b)),
                    _ => Kind::Varying,
                }
            }
            ExprKind::Binary(op @ (Binary::Mul | Binary::ShiftLeft), a, b) if steps => {
                match (part(a), part(b)) {
                    (SAME, SAME) => SAME,
                    (Kind::Step(step), SAME) if constant_int(b).is_some() => {
                        let by = constant_int(b).unwrap_or_default();
                        match op {
                            Binary::Mul => Kind::Step(step.wrapping_mul(by)),
                            _ => Kind::Step(step.wrapping_shl(by as u32 & (8 * e.of.bytes() - 1))),
                        }
                    }
                    (SAME, Kind::Step(step)) if *op == Binary::Mul && constant_int(a).is_some() => {
                        Kind::Step(step.wrapping_mul(constant_int(a).unwrap_or_default()))
                    }
                    _ => Kind::Varying,
                }
            }
            // Steps stay steps in as many bits or less, and in more where they do not wrap: what counts a loop does
            // not, in lanes that take part.
            ExprKind::Convert(a) if steps && a.of.is_int() && a.of.bytes() >= e.of.bytes() => part(a),
            ExprKind::Convert(a)
                if steps && matches!(a.of, Scalar::I32 | Scalar::U32) && (is_low || self.counts(a)) =>
            {
                part(a)
            }
            _ => match walk::operands(e).all(|operand| self.kind(operand) == SAME) {
                true => SAME,
                false => Kind::Varying,
            },
        }
    }

    /// Whether it is a variable that nothing but loops gives values.
    fn counts(&self, e: &Expr) -> bool {
        matches!(e.kind, ExprKind::Local(local) if self.counters.contains(&local))
    }
}

impl Looker {
    fn raise(&mut self, local: Local, kind: Kind) {
        let parked = self
            .around
            .iter()
            .any(|one| matches!(one, Around::Parked(set) | Around::ParkedAt(set) if set.contains(&local)));
        let kind = if parked { Kind::Varying } else { kind };
        let new = match self.plan.known(local) {
            Some(old) if old == kind => return,
            Some(Kind::Varying) => return,
            Some(_) => Kind::Varying,
            None => kind,
        };
        self.plan.set_kind(local, new);
        self.changed = true;
    }

    /// Variables of `Let` in an expression.
    fn expression(&mut self, e: &Expr) {
        for operand in walk::operands(e) {
            self.expression(operand);
        }
        if let ExprKind::Let(bound, _) = &e.kind {
            // In order, and again in the next round, as one may be of another.
            for (local, value) in bound {
                self.given(*local, value);
            }
        }
    }

    fn given(&mut self, local: Local, value: &Expr) {
        // It gets no further.
        if self.plan.local(local) != Kind::Varying {
            let kind = self.plan.kind(value);
            self.raise(local, kind);
        }
    }

    fn body(&mut self, body: &[Stmt]) {
        for one in body {
            self.statement(one);
        }
    }

    fn parked(&mut self, parked: Option<Set>, body: &[Stmt]) {
        match parked {
            None => self.body(body),
            Some(set) => {
                self.around.push(Around::Parked(set));
                self.body(body);
                self.around.pop();
            }
        }
    }

    /// A loop's or block's body, the label's own parks around it.
    fn labelled(&mut self, label: Label, parks: &Parks, is_loop: bool, parted: bool, bodies: [&[Stmt]; 2]) {
        let depth = self.around.len();
        self.around.push(Around::Leave(label));
        if parted {
            self.around.push(Around::ParkedAt(parks.first.clone()));
        }
        self.body(bodies[0]);
        if is_loop {
            self.around.push(Around::Again(label));
            if self.plan.agains.contains(&label) {
                self.around.push(Around::ParkedAt(parks.second.clone()));
            }
        }
        self.body(bodies[1]);
        self.around.truncate(depth);
    }

    /// A jump of some lanes only, if lanes wait anywhere on its way.
    fn jump(&mut self, label: Label, is_again: bool) {
        let target = self.around.iter().rposition(|one| match one {
            Around::Leave(to) => *to == label && !is_again,
            Around::Again(to) => *to == label && is_again,
            Around::Parked(_) | Around::ParkedAt(_) => false,
        });
        let Some(target) = target else { return };
        // The lanes that wait at the very target meet there anyway.
        let inside = &self.around[target + 1..];
        let own = usize::from(matches!(inside.first(), Some(Around::ParkedAt(_))));
        let waits = |one: &Around| matches!(one, Around::Parked(_) | Around::ParkedAt(_));
        if !inside[own..].iter().any(waits) {
            return;
        }
        let crossed: Vec<Label> = inside
            .iter()
            .filter_map(|one| match one {
                Around::Leave(crossed) => Some(*crossed),
                _ => None,
            })
            .collect();
        let jumps = if is_again {
            &mut self.plan.agains
        } else {
            &mut self.plan.leaves
        };
        self.changed |= jumps.insert(label);
        for one in crossed {
            self.changed |= self.plan.parted.insert(one);
        }
    }

    fn statement(&mut self, one: &Stmt) {
        walk::own(one, &mut |e| self.expression(e));
        let parks = self.plan.parks(one);
        match one {
            Stmt::Set(local, value) => self.given(*local, value),
            Stmt::If { test, yes, no } => {
                let parts = self.plan.kind(test) != SAME;
                self.parked(parts.then_some(parks.first), yes);
                self.parked(parts.then_some(parks.second), no);
            }
            Stmt::Block { label, body } => {
                let parted = self.plan.is_parted(*label);
                self.labelled(*label, &parks, false, parted, [&[], body]);
            }
            Stmt::While {
                label,
                before,
                test,
                body,
            } => {
                let parted = self.plan.kind(test) != SAME || self.plan.is_parted(*label);
                if parted {
                    self.changed |= self.plan.parted.insert(*label);
                }
                self.labelled(*label, &parks, true, parted, [before, body]);
            }
            Stmt::For {
                label,
                var,
                start,
                stop,
                step,
                body,
                ..
            } => {
                let parted = !self.plan.is_even(*label, [start, stop, step]) || self.plan.is_parted(*label);
                if parted {
                    self.changed |= self.plan.parted.insert(*label);
                }
                let kind = match self.plan.kind(step) {
                    SAME => self.plan.kind(start),
                    _ => Kind::Varying,
                };
                let kind = if parted && parks.first.contains(var) {
                    Kind::Varying
                } else {
                    kind
                };
                self.raise(*var, kind);
                self.labelled(*label, &parks, true, parted, [&[], body]);
            }
            Stmt::Leave(label) => self.jump(*label, false),
            Stmt::Again(label) => self.jump(*label, true),
            _ => {}
        }
    }
}

/// Which variables are still read, backwards.
struct Liveness<'p> {
    plan: &'p mut Plan,
    /// Of labels: what is live behind them, and at the loop's next round.
    targets: Vec<(Label, Set, Set)>,
    /// What is live at the kernel's end.
    over: Set,
    /// Whether a loop around is only tried, and nothing is kept.
    is_trial: bool,
}

fn reads(e: &Expr, live: &mut Set) {
    crate::walk::within(e, &mut |e| {
        if let ExprKind::Local(local) = e.kind {
            live.insert(local);
        }
    });
}

impl Liveness<'_> {
    fn body(&mut self, body: &[Stmt], after: &Set) -> Set {
        let mut live = after.clone();
        for one in body.iter().rev() {
            live = self.statement(one, live);
        }
        live
    }

    fn park(&mut self, one: &Stmt, first: Set, second: Set) {
        if !self.is_trial {
            self.plan.parks.insert(key(one), Parks { first, second });
        }
    }

    /// What is live at a loop's head. Of what is live at its end a round hands on what it does not set, and adds what it
    /// reads, so that one that only tries finds all that there is.
    fn rounds(
        &mut self,
        label: Label,
        after: &Set,
        mut head: Set,
        round: impl Fn(&mut Self, &Set) -> Set,
    ) -> Set {
        let was = std::mem::replace(&mut self.is_trial, true);
        for is_trial in [true, was] {
            self.is_trial = is_trial;
            self.targets.push((label, after.clone(), head.clone()));
            let begin = round(self, &head);
            self.targets.pop();
            head.extend(begin);
            if was {
                break;
            }
        }
        head
    }

    fn statement(&mut self, one: &Stmt, after: Set) -> Set {
        let mut live = match one {
            Stmt::Set(local, _) => {
                let mut live = after;
                live.remove(local);
                live
            }
            Stmt::If { yes, no, .. } => {
                let no_live = self.body(no, &after);
                let mut live = self.body(yes, &after);
                live.extend(&no_live);
                self.park(one, no_live, after);
                live
            }
            Stmt::Block { label, body } => {
                self.targets.push((*label, after.clone(), Set::new()));
                let live = self.body(body, &after);
                self.targets.pop();
                self.park(one, after, Set::new());
                live
            }
            Stmt::While {
                label,
                before,
                test,
                body,
            } => {
                let head = self.rounds(*label, &after, after.clone(), |own, head| {
                    let mut tested = own.body(body, head);
                    tested.extend(&after);
                    reads(test, &mut tested);
                    own.body(before, &tested)
                });
                self.park(one, after, head.clone());
                return head;
            }
            Stmt::For { label, var, body, .. } => {
                let mut head = after.clone();
                head.insert(*var);
                let mut head = self.rounds(*label, &after, head, |own, head| own.body(body, head));
                self.park(one, after, head.clone());
                head.remove(var);
                head
            }
            Stmt::Leave(label) => self.target(*label, false),
            Stmt::Again(label) => self.target(*label, true),
            Stmt::Return => self.over.clone(),
            Stmt::ParFor(par) => {
                let end: Set = par.reductions.iter().map(|one| one.local).collect();
                self.targets.push((par.label, end.clone(), end.clone()));
                let mut live = self.body(&par.body, &end);
                self.targets.pop();
                live.extend(after);
                live
            }
            _ => after,
        };
        walk::own(one, &mut |e| reads(e, &mut live));
        live
    }

    fn target(&self, label: Label, is_again: bool) -> Set {
        let found = self.targets.iter().rev().find(|(one, ..)| *one == label);
        found
            .map(|(_, leave, again)| if is_again { again } else { leave }.clone())
            .unwrap_or_default()
    }
}

/// Variables that count loops, and are nothing else.
fn counters(var: Local, body: &[Stmt]) -> Set {
    let (mut count, mut set) = (Set::from([var]), Set::new());
    crate::walk::statements(body, &mut |one| match one {
        Stmt::For { var, .. } => _ = count.insert(*var),
        Stmt::Set(local, _) => _ = set.insert(*local),
        _ => {}
    });
    count.retain(|local| !set.contains(local));
    count
}

/// Whether lanes can do a body: it makes no handles, holds no other such loop, and stays within itself.
fn is_plain(seen: &Seen, body: &[Stmt]) -> bool {
    fn ends(body: &[Stmt]) -> bool {
        body.iter()
            .any(|one| matches!(one, Stmt::Return) || walk::blocks(one).into_iter().any(ends))
    }
    !seen.binds && !seen.parallel && !seen.vector && !ends(body)
}

/// Why a parallel loop has no plan.
pub(super) fn why_not(one: &ParFor) -> NotLanes {
    let mut seen = Seen::default();
    walk::body(&one.body, &mut seen);
    match (seen.binds, seen.parallel || seen.vector) {
        (_, true) => NotLanes::Outside,
        (true, _) => NotLanes::Makes,
        _ => NotLanes::Left,
    }
}

/// A plan for a parallel loop, if its iterations can run in lanes.
pub(super) fn of_parallel(steady: &BTreeSet<Label>, one: &ParFor) -> Option<Plan> {
    let crossing = one.reductions.iter().map(|one| one.local).collect();
    suits_lanes(one).then(|| Plan::new(one.label, one.var, crossing, steady, &one.body))
}

/// Whether a parallel loop's iterations can run in lanes.
pub(super) fn suits_lanes(one: &ParFor) -> bool {
    let mut seen = Seen::default();
    walk::body(&one.body, &mut seen);
    is_plain(&seen, &one.body)
}

/// What is read behind each statement of a program.
pub(super) fn behind(program: &Program) -> Plan {
    let mut plan = Plan::default();
    let mut over = Set::new();
    for result in &program.results {
        if let Param::Scalar(local) = result {
            over.insert(*local);
        }
    }
    let mut liveness = Liveness {
        plan: &mut plan,
        targets: Vec::new(),
        over: over.clone(),
        is_trial: false,
    };
    liveness.body(&program.body, &over);
    plan
}

/// A plan for a serial loop that analysis found to be one for lanes.
pub(super) fn of_serial(
    program: &Program,
    behind: &Plan,
    steady: &BTreeSet<Label>,
    one: &Stmt,
) -> Option<Plan> {
    let Stmt::For {
        label,
        var,
        step,
        vector: true,
        body,
        ..
    } = one
    else {
        return None;
    };
    let mut seen = Seen::default();
    walk::body(body, &mut seen);
    // What one lane sets is gone when the loop is over.
    let live = behind.parks(one).first;
    let is_private = |local: &Local| !live.contains(local);
    let counts = matches!(program.locals[var.0 as usize].of, Scalar::I64 | Scalar::I32);
    let fits = counts
        && constant_int(step) == Some(1)
        && is_plain(&seen, body)
        && is_private(var)
        && seen.sets.iter().all(is_private)
        && !leaves(body, *label);
    fits.then(|| Plan::new(*label, *var, Set::new(), steady, body))
}

fn leaves(body: &[Stmt], label: Label) -> bool {
    body.iter().any(|one| match one {
        Stmt::Leave(to) => *to == label,
        _ => walk::blocks(one).into_iter().any(|body| leaves(body, label)),
    })
}

/// How often each variable is read in statements.
pub(super) fn count(body: &[Stmt], reads: &mut BTreeMap<Local, usize>) {
    fn expression(e: &Expr, reads: &mut BTreeMap<Local, usize>) {
        if let ExprKind::Local(local) = e.kind {
            *reads.entry(local).or_default() += 1;
        }
        for operand in walk::operands(e) {
            expression(operand, reads);
        }
    }
    for one in body {
        walk::own(one, &mut |e| expression(e, reads));
        for inner in walk::blocks(one) {
            count(inner, reads);
        }
    }
}

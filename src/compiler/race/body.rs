//! A parallel loop's body, walked: what each variable is, and which elements are touched under which conditions.

use super::forms::{Atom, Class, Form};
use crate::ir::{
    Array, ArrayExpr, Compare, Cut, Expr, ExprKind, Label, Local, ParFor, Program, Site, Stmt, Unary,
};
use crate::sorted::{Map, Set};
use crate::source::Span;
use crate::walk;

/// Handles are followed this far.
const FAR: usize = 64;
/// Walks until variables that are given several values are settled.
const ROUNDS: usize = 6;

/// How the conditions around a place depend on the iteration.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Guard {
    /// The iteration is compared with something for equality: it is one of them.
    pub picks: bool,
    /// The iteration is compared in another way.
    pub orders: bool,
    /// What falls together for some iterations decides, as `i % 2` does.
    pub sorts: bool,
    /// Data decide.
    pub looks: bool,
    /// Something else does.
    pub other: bool,
}

impl Guard {
    pub fn and(self, more: Guard) -> Guard {
        Guard {
            picks: self.picks | more.picks,
            orders: self.orders | more.orders,
            sorts: self.sorts | more.sorts,
            looks: self.looks | more.looks,
            other: self.other | more.other,
        }
    }

    pub fn is_any(self) -> bool {
        self != Guard::default()
    }
}

/// An element that is touched.
#[derive(Debug, Clone)]
pub(super) struct Access<'p> {
    /// Of which handle, views followed to what they are views of.
    pub space: Array,
    /// As the source calls it.
    pub name: Array,
    /// Which, along the axes of `space`.
    pub at: Vec<Form>,
    /// As it is written.
    pub index: &'p [Expr],
    pub guard: Guard,
    pub writes: bool,
    pub span: Span,
}

/// An inner loop's range.
#[derive(Debug, Clone)]
pub(super) struct Inner<'p> {
    pub start: &'p Expr,
    pub stop: &'p Expr,
    pub step: &'p Expr,
    /// The same as numbers, where they are.
    pub numbers: Option<(i64, i64, i64)>,
}

/// What an array's handle is.
#[derive(Debug, Clone, Copy)]
enum Handle<'p> {
    /// Given from outside.
    Outer,
    /// Bound once.
    Once(&'p ArrayExpr, bool, Span),
    /// Bound now to this, now to that within the loop.
    Several,
}

pub(super) struct Body<'p> {
    program: &'p Program,
    var: Local,
    span: Span,
    /// Rounds of the loop, if they are known.
    pub trips: Option<u64>,
    /// How often locals are set in the body.
    sets: Map<Local, usize>,
    handles: &'p Handles<'p>,
    /// Which of the handles are bound in the body.
    bound: Set<Array>,
    stored: Set<Array>,
    env: Map<Local, Form>,
    /// Locals that do not begin with the same in each iteration.
    differing: Set<Local>,
    pub inner: Map<Local, Inner<'p>>,
    guards: Vec<(Guard, Option<Set<Label>>)>,
    depth: usize,
    is_settled: bool,
    accesses: Vec<Access<'p>>,
}

/// What the program's handles are bound to, and how often its locals are set.
pub(super) struct Handles<'p> {
    binds: Map<Array, Vec<&'p ArrayExpr>>,
    sets: Map<Local, usize>,
}

impl<'p> Handles<'p> {
    pub fn of(program: &'p Program) -> Handles<'p> {
        let mut binds: Map<Array, Vec<&ArrayExpr>> = Map::new();
        walk::statements(&program.body, &mut |stmt| {
            if let Stmt::Bind(array, expr) = stmt {
                binds.entry(*array).or_default().push(expr);
            }
        });
        Handles {
            binds,
            sets: sets(&program.body),
        }
    }
}

/// How often locals are set.
fn sets(body: &[Stmt]) -> Map<Local, usize> {
    let mut out: Map<Local, usize> = Map::new();
    let mut set = |local: Local| *out.entry(local).or_default() += 1;
    walk::statements(body, &mut |stmt| match stmt {
        Stmt::Set(local, _) => set(*local),
        Stmt::For { var, .. } => set(*var),
        Stmt::ParFor(par) => set(par.var),
        _ => {}
    });
    out
}

impl<'p> Body<'p> {
    pub fn of(program: &'p Program, handles: &'p Handles<'p>, par: &'p ParFor) -> Body<'p> {
        let mut body = Body {
            program,
            var: par.var,
            span: par.span,
            trips: None,
            sets: sets(&par.body),
            handles,
            bound: Set::new(),
            stored: Set::new(),
            env: Map::new(),
            differing: Set::new(),
            inner: Map::new(),
            guards: Vec::new(),
            depth: 0,
            is_settled: true,
            accesses: Vec::new(),
        };
        let (start, stop) = (body.value(&par.start), body.value(&par.stop));
        let linear = stop.linear.as_ref().zip(start.linear.as_ref());
        body.trips = linear
            .and_then(|(stop, start)| stop.distance(start))
            .map(|n| n.max(0) as u64);
        // From somewhere to nothing: a loop that only a negative start would begin.
        if body.trips.is_none() && stop.as_constant().is_some_and(|stop| stop <= 0) {
            body.trips = Some(0);
        }
        let mut stores = Vec::new();
        walk::statements(&par.body, &mut |stmt| match stmt {
            Stmt::Bind(array, _) => {
                body.bound.insert(*array);
            }
            Stmt::Store { array, .. } => stores.push(*array),
            _ => {}
        });
        body.stored = stores.into_iter().map(|array| body.root(array)).collect();
        body
    }

    /// What is touched; nothing if the variables do not settle.
    pub fn accesses(&mut self, statements: &'p [Stmt]) -> Vec<Access<'p>> {
        for _ in 0..ROUNDS {
            self.is_settled = true;
            self.accesses.clear();
            self.guards.clear();
            self.block(statements);
            if self.is_settled {
                return std::mem::take(&mut self.accesses);
            }
        }
        Vec::new()
    }

    fn handle(&self, array: Array) -> Handle<'p> {
        let is_inside = self.bound.contains(&array);
        match self.handles.binds.get(&array).map(Vec::as_slice) {
            Some([one]) => {
                let span = site_of(one).map_or(self.span, |site| self.place(site));
                Handle::Once(one, is_inside, span)
            }
            _ if is_inside => Handle::Several,
            _ => Handle::Outer,
        }
    }

    fn place(&self, site: Site) -> Span {
        self.program
            .sites
            .get(site.0 as usize)
            .map_or(self.span, |site| site.span)
    }

    /// What holds the elements of an array, as far as it is known.
    fn root(&self, mut array: Array) -> Array {
        for _ in 0..FAR {
            array = match self.handle(array) {
                Handle::Once(
                    ArrayExpr::Same(of)
                    | ArrayExpr::Transposed(of)
                    | ArrayExpr::View { of, .. }
                    | ArrayExpr::Reshape { of, .. },
                    ..,
                ) => *of,
                _ => break,
            };
        }
        array
    }

    /// Whether an array is made anew in each iteration.
    fn is_own(&self, array: Array) -> bool {
        matches!(
            self.handle(self.root(array)),
            Handle::Once(ArrayExpr::New { .. }, true, _)
        )
    }

    /// Whether a value outside of the loop is still what it was when a view was made of it.
    fn is_lasting(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Const(_) | ExprKind::Length(..) => true,
            ExprKind::Local(local) => {
                !self.sets.contains_key(local) && self.handles.sets.get(local).is_none_or(|count| *count <= 1)
            }
            ExprKind::Unary(..) | ExprKind::Binary(..) | ExprKind::Convert(_) => {
                walk::operands(expr).all(|one| self.is_lasting(one))
            }
            _ => false,
        }
    }

    /// Which element of what an index is, views followed; nothing where it is not known.
    fn element(&mut self, mut array: Array, mut at: Vec<Form>) -> Option<(Array, Vec<Form>, Option<Span>)> {
        let mut place = None;
        for _ in 0..FAR {
            match self.handle(array) {
                Handle::Outer => return Some((array, at, place)),
                Handle::Several => return None,
                Handle::Once(bound, is_inside, span) => match bound {
                    ArrayExpr::Same(of) => array = *of,
                    ArrayExpr::Transposed(of) => {
                        array = *of;
                        at.reverse();
                    }
                    ArrayExpr::View { of, cuts } => {
                        if !is_inside && !cut_values(cuts).all(|value| self.is_lasting(value)) {
                            return Some((array, at, place));
                        }
                        place = place.or(Some(span));
                        let mut rest = at.into_iter();
                        let mut whole = Vec::new();
                        for cut in cuts {
                            whole.push(match cut {
                                Cut::At(value, _) => self.value(value),
                                Cut::Range { low, step, .. } => {
                                    let inner = rest.next()?;
                                    self.sliced(inner, low.as_ref(), step.as_ref())
                                }
                            });
                        }
                        (array, at) = (*of, whole);
                    }
                    ArrayExpr::New { .. } | ArrayExpr::Reshape { .. } => return Some((array, at, place)),
                },
            }
        }
        None
    }

    /// Where an index of a slice lies.
    fn sliced(&mut self, index: Form, low: Option<&Expr>, step: Option<&Expr>) -> Form {
        let step = step.map_or(Form::constant(1), |step| self.value(step));
        let low = match (low, step.as_constant()) {
            (Some(low), _) => self.value(low),
            (None, Some(1..)) => Form::constant(0),
            (None, _) => return index.mixed(&step),
        };
        if low.as_constant().is_some_and(|low| low < 0) {
            return index.mixed(&low).mixed(&step);
        }
        let scaled = Form::binary(crate::ir::Binary::Mul, &index, &step, self.trips);
        Form::binary(crate::ir::Binary::Add, &low, &scaled, self.trips)
    }

    /// How long an array is along an axis.
    fn length(&mut self, mut array: Array, mut axis: usize) -> Form {
        for _ in 0..FAR {
            let Handle::Once(bound, is_inside, _) = self.handle(array) else {
                break;
            };
            match bound {
                ArrayExpr::Same(of) => array = *of,
                ArrayExpr::Transposed(of) => {
                    let axes = self.program.arrays.get(of.0 as usize).map_or(1, |info| info.axes);
                    (array, axis) = (*of, usize::from(axes).saturating_sub(1 + axis));
                }
                ArrayExpr::View { of, cuts } => {
                    let mut ranges = cuts.iter().enumerate().filter_map(|(at, cut)| match cut {
                        Cut::Range { low, high, step, .. } => Some((at, [low, high, step])),
                        Cut::At(..) => None,
                    });
                    let Some((at, parts)) = ranges.nth(axis) else {
                        break;
                    };
                    let given: Vec<&Expr> = parts.into_iter().flatten().collect();
                    if !given.is_empty() {
                        if !is_inside {
                            break;
                        }
                        let of = self.length(*of, at);
                        return given.into_iter().fold(Form::of(of.class), |form, one| {
                            let one = self.value(one);
                            form.mixed(&one)
                        });
                    }
                    (array, axis) = (*of, at);
                }
                ArrayExpr::New { shape, .. } | ArrayExpr::Reshape { shape, .. } if is_inside => {
                    return match shape.get(axis) {
                        Some(length) => self.value(length),
                        None => Form::of(Class::Other),
                    };
                }
                _ => break,
            }
        }
        match self.bound.contains(&array) {
            true => Form::of(Class::Other),
            false => Form::atom(Class::Uniform, Atom::Length(array, axis as u8)),
        }
    }

    /// A value's form.
    pub fn value(&mut self, expr: &'_ Expr) -> Form {
        match &expr.kind {
            ExprKind::Const(bits) if !expr.of.is_float() => Form::constant(*bits as i64),
            ExprKind::Const(_) | ExprKind::Apart(..) => Form::of(Class::Uniform),
            ExprKind::Local(local) if *local == self.var => Form::var(),
            ExprKind::Local(local) => match self.env.get(local) {
                Some(form) => form.clone(),
                // It is set further on: in the first walk of several, nothing is known yet.
                None if self.sets.contains_key(local) => Form::of(Class::Other),
                None => Form::atom(Class::Uniform, Atom::Local(*local)),
            },
            ExprKind::Length(array, axis) => self.length(*array, usize::from(*axis)),
            ExprKind::Unary(op, a) => Form::unary(*op, &self.value(a)),
            ExprKind::Binary(op, a, b) => {
                let (a, b) = (self.value(a), self.value(b));
                Form::binary(*op, &a, &b, self.trips)
            }
            ExprKind::Divide(op, a, b, _) => {
                let (a, b) = (self.value(a), self.value(b));
                Form::divide(*op, &a, &b, self.trips)
            }
            ExprKind::Convert(a) => self.value(a).converted(a.of, expr.of),
            ExprKind::Select(test, a, b) | ExprKind::Choice(test, a, b) => {
                let (test, a, b) = (self.value(test), self.value(a), self.value(b));
                match test.is_shared() {
                    true => a.mixed(&b).mixed(&test),
                    false => a.join(&b),
                }
            }
            ExprKind::Let(all, last) => {
                for (local, value) in all {
                    let form = self.value(value);
                    self.env.insert(*local, form);
                }
                self.value(last)
            }
            ExprKind::Load { array, index, .. } => {
                let class = index
                    .iter()
                    .fold(Form::of(Class::Uniform), |form, one| form.mixed(&self.value(one)));
                let is_constant = !self.stored.contains(&self.root(*array));
                match () {
                    () if self.is_own(*array) => Form::of(Class::Other),
                    () if is_constant && class.is_shared() => class,
                    () => Form::of(Class::Data),
                }
            }
            ExprKind::Bits(_)
            | ExprKind::Compare(..)
            | ExprKind::And(..)
            | ExprKind::Or(..)
            | ExprKind::Math(..)
            | ExprKind::Table(..) => {
                walk::operands(expr).fold(Form::of(Class::Uniform), |form, one| form.mixed(&self.value(one)))
            }
        }
    }

    /// What a condition says of the iteration, where it holds or where it does not.
    fn guard(&mut self, test: &Expr, holds: bool) -> Guard {
        match &test.kind {
            ExprKind::And(a, b) | ExprKind::Or(a, b) => {
                let a = self.guard(a, holds);
                a.and(self.guard(b, holds))
            }
            ExprKind::Unary(Unary::Not, a) => self.guard(a, !holds),
            ExprKind::Compare(op, a, b) => {
                let (a, b) = (self.value(a), self.value(b));
                let counts = |form: &Form| form.factor().is_some_and(|factor| factor != 0);
                let picks = match op {
                    Compare::Equal => holds,
                    Compare::Unequal => !holds,
                    Compare::Less | Compare::AtMost => false,
                };
                match counts(&a) || counts(&b) {
                    true => Guard {
                        picks,
                        orders: !picks,
                        ..Guard::default()
                    },
                    false => by_class(a.mixed(&b).class),
                }
            }
            _ => by_class(self.value(test).class),
        }
    }

    fn around(&self) -> Guard {
        self.guards
            .iter()
            .fold(Guard::default(), |all, (one, _)| all.and(*one))
    }

    /// What it says of the iteration that a range is not empty.
    fn entered(&self, [start, stop, step]: &[Form; 3], class: Class) -> Guard {
        let linear = start.linear.as_ref().zip(stop.linear.as_ref());
        let length = linear.and_then(|(start, stop)| stop.distance(start));
        match (length, step.as_constant()) {
            // As long for each, as `range(8 * p, 8 * p + 8)` is.
            (Some(1..), Some(1..)) | (Some(..=-1), Some(..=-1)) => Guard::default(),
            // Its ends are compared, and both depend on the iteration by counting: no single one has all there is to do.
            _ if class == Class::Other => Guard {
                orders: true,
                ..Guard::default()
            },
            _ => by_class(class),
        }
    }

    fn set(&mut self, local: Local, form: Form) {
        if local == self.var {
            return;
        }
        let form = match (self.sets.get(&local), self.env.get(&local)) {
            (Some(2..), Some(before)) => before.join(&form),
            _ => form,
        };
        if self.env.get(&local) != Some(&form) {
            // What is set once and comes first is known from the first walk on.
            self.is_settled = false;
            self.env.insert(local, form);
        }
    }

    fn block(&mut self, statements: &'p [Stmt]) {
        for stmt in statements {
            self.statement(stmt);
        }
    }

    /// A block that is run where a condition holds.
    fn guarded(&mut self, guard: Guard, statements: &'p [Stmt]) {
        self.guards.push((guard, Some(Set::new())));
        let depth = self.guards.len();
        self.block(statements);
        // Those of jumps within stay.
        self.guards.remove(depth - 1);
    }

    /// Behind a loop or block, what jumped there goes on.
    fn left(&mut self, label: Label) {
        self.guards.retain_mut(|(_, labels)| match labels {
            Some(labels) => !(labels.remove(&label) && labels.is_empty()),
            None => true,
        });
    }

    fn statement(&mut self, stmt: &'p Stmt) {
        walk::own(stmt, &mut |expr| self.loads(expr));
        match stmt {
            Stmt::Set(local, value) => {
                let mut form = self.value(value);
                // Counting on from what was looked up: a run of places that may be this iteration's own.
                let mut goes_on = false;
                walk::within(value, &mut |one| goes_on |= one.kind == ExprKind::Local(*local));
                let begins = self.differing.contains(local);
                if !goes_on && !form.is_shared() {
                    self.differing.insert(*local);
                } else if goes_on && begins && self.depth > 0 && form.class == Class::Data {
                    form = Form::of(Class::Other);
                }
                self.set(*local, form);
            }
            Stmt::Store {
                array, index, site, ..
            } => self.touch(*array, index, *site, true),
            Stmt::If { test, yes, no } => {
                let (holds, fails) = (self.guard(test, true), self.guard(test, false));
                self.guarded(holds, yes);
                self.guarded(fails, no);
                // What follows a jump is run where it was not made.
                for (guard, block) in [(fails, yes), (holds, no)] {
                    let (labels, ends) = jumps(block);
                    if guard.is_any() && (ends || !labels.is_empty()) {
                        self.guards.push((guard, (!ends).then_some(labels)));
                    }
                }
            }
            Stmt::Block { label, body } => {
                self.block(body);
                self.left(*label);
            }
            Stmt::While {
                label,
                before,
                test,
                body,
            } => {
                self.depth += 1;
                self.block(before);
                let guard = self.guard(test, true);
                self.guarded(guard, body);
                self.depth -= 1;
                self.left(*label);
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
                let forms = [self.value(start), self.value(stop), self.value(step)];
                let class = forms
                    .iter()
                    .fold(Form::of(Class::Inner), |all, one| all.mixed(one))
                    .class;
                let form = match class {
                    Class::Inner => Form::atom(Class::Inner, Atom::Local(*var)),
                    // Each iteration has its own range, perhaps.
                    _ => Form::of(Class::Other),
                };
                let numbers = match (
                    forms[0].as_constant(),
                    forms[1].as_constant(),
                    forms[2].as_constant(),
                ) {
                    (Some(start), Some(stop), Some(step)) => Some((start, stop, step)),
                    _ => None,
                };
                self.inner.insert(
                    *var,
                    Inner {
                        start,
                        stop,
                        step,
                        numbers,
                    },
                );
                self.set(*var, form);
                self.depth += 1;
                self.guarded(self.entered(&forms, class), body);
                self.depth -= 1;
                self.left(*label);
            }
            // There is none within another; what it has is looked at anyway.
            Stmt::ParFor(par) => {
                self.set(par.var, Form::of(Class::Other));
                self.block(&par.body);
            }
            Stmt::Bind(..)
            | Stmt::Leave(_)
            | Stmt::Again(_)
            | Stmt::Return
            | Stmt::Check(..)
            | Stmt::Print(_) => {}
        }
    }

    /// What an expression reads.
    fn loads(&mut self, expr: &'p Expr) {
        match &expr.kind {
            ExprKind::Load { array, index, site } => {
                index.iter().for_each(|one| self.loads(one));
                self.touch(*array, index, *site, false);
            }
            ExprKind::Choice(test, yes, no) => {
                self.loads(test);
                for (side, holds) in [(yes, true), (no, false)] {
                    let guard = self.guard(test, holds);
                    self.guards.push((guard, None));
                    self.loads(side);
                    self.guards.pop();
                }
            }
            ExprKind::And(a, b) | ExprKind::Or(a, b) => {
                self.loads(a);
                let guard = self.guard(a, matches!(expr.kind, ExprKind::And(..)));
                self.guards.push((guard, None));
                self.loads(b);
                self.guards.pop();
            }
            _ => walk::operands(expr).for_each(|one| self.loads(one)),
        }
    }

    fn touch(&mut self, array: Array, index: &'p [Expr], site: Option<Site>, writes: bool) {
        if self.is_own(array) {
            return;
        }
        let at = index.iter().map(|one| self.value(one)).collect();
        let Some((space, at, place)) = self.element(array, at) else {
            return;
        };
        let span = site.map(|site| self.place(site)).or(place).unwrap_or(self.span);
        self.accesses.push(Access {
            space,
            name: self.named(array),
            at,
            index,
            guard: self.around(),
            writes,
            span,
        });
    }

    /// The first handle on the way that the source has a name for.
    fn named(&self, mut array: Array) -> Array {
        for _ in 0..FAR {
            let is_made = self
                .program
                .arrays
                .get(array.0 as usize)
                .is_some_and(|info| info.name.starts_with('$'));
            match self.handle(array) {
                Handle::Once(
                    ArrayExpr::Same(of)
                    | ArrayExpr::Transposed(of)
                    | ArrayExpr::View { of, .. }
                    | ArrayExpr::Reshape { of, .. },
                    ..,
                ) if is_made => array = *of,
                _ => break,
            }
        }
        array
    }
}

fn by_class(class: Class) -> Guard {
    let mut guard = Guard::default();
    match class {
        Class::Uniform | Class::Inner => {}
        Class::Few => guard.sorts = true,
        Class::Data => guard.looks = true,
        Class::Other => guard.other = true,
    }
    guard
}

/// Where a block jumps out to, and whether it ends the kernel somewhere.
fn jumps(block: &[Stmt]) -> (Set<Label>, bool) {
    let (mut to, mut ends, mut within) = (Set::new(), false, Set::new());
    walk::statements(block, &mut |stmt| match stmt {
        Stmt::Leave(label) | Stmt::Again(label) => {
            to.insert(*label);
        }
        Stmt::Return => ends = true,
        Stmt::Block { label, .. } | Stmt::While { label, .. } | Stmt::For { label, .. } => {
            within.insert(*label);
        }
        _ => {}
    });
    (to.difference(&within).copied().collect(), ends)
}

fn cut_values(cuts: &[Cut]) -> impl Iterator<Item = &Expr> {
    cuts.iter()
        .flat_map(|cut| match cut {
            Cut::At(value, _) => [Some(value), None, None],
            Cut::Range { low, high, step, .. } => [low.as_ref(), high.as_ref(), step.as_ref()],
        })
        .flatten()
}

fn site_of(expr: &ArrayExpr) -> Option<Site> {
    match expr {
        ArrayExpr::New { site, .. } | ArrayExpr::Reshape { site, .. } => Some(*site),
        ArrayExpr::View { cuts, .. } => cuts.first().map(|cut| match cut {
            Cut::At(_, site) | Cut::Range { site, .. } => *site,
        }),
        ArrayExpr::Same(_) | ArrayExpr::Transposed(_) => None,
    }
}

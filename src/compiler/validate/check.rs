//! One walk over all statements and expressions.

use super::MOST_DEPTH;
use super::fault::{Fault, Wrong};
use crate::ir::{
    Array, ArrayExpr, ArrayInfo, Binary, Compare, Cut, Divide, Expr, ExprKind, Failure, Label, Local, ParFor,
    Param, Printed, Program, Reduce, Reduction, Site, Stmt, Table, Unary,
};
use crate::sorted::Set;
use crate::types::{Layout, MOST_AXES, Scalar};

/// Looks at all of a program.
pub(super) fn check(program: &Program) -> Result<(), Fault> {
    let locals = program.locals.len();
    let mut check = Check {
        program,
        path: Vec::new(),
        depth: 0,
        labels: Set::new(),
        around: Vec::new(),
        uses: vec![Use::None; locals],
        counting: vec![false; locals],
        par: None,
    };
    check.whole().map_err(|what| Fault {
        what,
        path: std::mem::take(&mut check.path),
    })
}

type Checked<T = ()> = Result<T, Wrong>;

/// How a local is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    None,
    /// By statements.
    Plain,
    /// By an expression that is around.
    Open,
    /// By expressions that are over.
    Closed,
}

/// A label that is around.
struct Around {
    label: Label,
    is_loop: bool,
    /// Its iterations run at once: jumps lead to the next one at most.
    is_wall: bool,
}

/// What iterations of the parallel loop at hand may set.
struct Par<'a> {
    private: Vec<bool>,
    private_arrays: Vec<bool>,
    reductions: &'a [Reduction],
}

struct Check<'a> {
    program: &'a Program,
    path: Vec<usize>,
    depth: u32,
    labels: Set<Label>,
    around: Vec<Around>,
    uses: Vec<Use>,
    /// Variables of the loops around.
    counting: Vec<bool>,
    par: Option<Par<'a>>,
}

fn same(expected: Scalar, found: Scalar) -> Checked {
    match expected == found {
        true => Ok(()),
        false => Err(Wrong::Type { expected, found }),
    }
}

fn operation(name: &impl std::fmt::Debug, of: Scalar, has: bool) -> Checked {
    let name = format!("{name:?}");
    if has {
        Ok(())
    } else {
        Err(Wrong::Operation { name, of })
    }
}

fn constant(of: Scalar, bits: u64) -> Checked {
    let most = match of {
        Scalar::Bool => 1,
        _ => u64::MAX >> (64 - 8 * of.bytes()),
    };
    if bits <= most {
        Ok(())
    } else {
        Err(Wrong::Constant { of, bits })
    }
}

/// Whether an operation is one of a type.
fn has_binary(op: Binary, of: Scalar) -> bool {
    match op {
        Binary::Add | Binary::Sub | Binary::Mul | Binary::Min | Binary::Max => of != Scalar::Bool,
        Binary::And | Binary::Or | Binary::Xor => !of.is_float(),
        Binary::ShiftLeft | Binary::ShiftRight => of.is_int(),
        Binary::CopySign => of.is_float(),
    }
}

impl<'a> Check<'a> {
    fn whole(&mut self) -> Checked {
        let program = self.program;
        for (number, array) in program.arrays.iter().enumerate() {
            if array.axes == 0 || array.axes > MOST_AXES {
                let array_number = Array(number as u32);
                let found = usize::from(array.axes);
                return Err(Wrong::Axes {
                    array: array_number,
                    found,
                });
            }
        }
        for site in &program.sites {
            if let Failure::Index(array, axis) = site.what {
                self.axis(array, axis)?;
            }
        }
        for (number, table) in program.tables.iter().enumerate() {
            // The index is 32 bits of which low ones count.
            if !table.bits.len().is_power_of_two() || table.bits.len() > 1 << 31 {
                return Err(Wrong::TableLength(Table(number as u32)));
            }
            table.bits.iter().try_for_each(|bits| constant(table.of, *bits))?;
        }
        for (i, param) in program.params.iter().enumerate() {
            match *param {
                Param::Scalar(local) => self.plain(local).map(|_| ())?,
                Param::Array(array) => self.array(array).map(|_| ())?,
            }
            if program.params[..i].contains(param) {
                return Err(Wrong::ParameterTwice);
            }
        }
        self.all(&program.body, 0)?;
        for result in &program.results {
            match *result {
                Param::Scalar(local) => self.plain(local).map(|_| ())?,
                Param::Array(array) => self.array(array).map(|_| ())?,
            }
        }
        Ok(())
    }

    fn deeper(&mut self) -> Checked {
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            Err(Wrong::Deep)
        } else {
            Ok(())
        }
    }

    // What exists.

    fn local(&self, local: Local) -> Checked<Scalar> {
        let info = self.program.locals.get(local.0 as usize);
        info.map(|info| info.of).ok_or(Wrong::NoLocal(local))
    }

    fn array(&self, array: Array) -> Checked<&'a ArrayInfo> {
        let info = self.program.arrays.get(array.0 as usize);
        info.ok_or(Wrong::NoArray(array))
    }

    fn axis(&self, array: Array, axis: u8) -> Checked {
        let found = usize::from(axis) + 1;
        match axis < self.array(array)?.axes {
            true => Ok(()),
            false => Err(Wrong::Axes { array, found }),
        }
    }

    fn site(&self, site: Site, fits: fn(Failure) -> bool) -> Checked {
        let info = self
            .program
            .sites
            .get(site.0 as usize)
            .ok_or(Wrong::NoSite(site))?;
        if fits(info.what) {
            Ok(())
        } else {
            Err(Wrong::SiteKind(site))
        }
    }

    fn index_site(&self, site: Site) -> Checked {
        self.site(site, |what| matches!(what, Failure::Index(..)))
    }

    /// A local that statements use.
    fn plain(&mut self, local: Local) -> Checked<Scalar> {
        let of = self.local(local)?;
        match self.uses[local.0 as usize] {
            Use::None | Use::Plain => self.uses[local.0 as usize] = Use::Plain,
            Use::Open | Use::Closed => return Err(Wrong::Let(local)),
        }
        Ok(of)
    }

    /// A local that the parallel loop at hand may set, if there is one.
    fn settable(&self, local: Local) -> Checked {
        match &self.par {
            Some(par) if !par.private[local.0 as usize] => Err(Wrong::Shared(local)),
            _ => Ok(()),
        }
    }

    fn reduction(&self, local: Local) -> Option<Reduction> {
        let reductions = self.par.as_ref().map_or(&[][..], |par| par.reductions);
        reductions
            .iter()
            .find(|reduction| reduction.local == local)
            .copied()
    }

    // Statements.

    /// Statements; the first has this number among those of the same statement.
    fn all(&mut self, body: &'a [Stmt], first: usize) -> Checked {
        for (i, stmt) in body.iter().enumerate() {
            self.path.push(first + i);
            self.deeper()?;
            self.statement(stmt)?;
            self.depth -= 1;
            self.path.pop();
        }
        Ok(())
    }

    fn statement(&mut self, stmt: &'a Stmt) -> Checked {
        match stmt {
            Stmt::Set(local, value) => self.set(*local, value),
            Stmt::Bind(array, value) => self.bind(*array, value),
            Stmt::Store {
                array,
                index,
                value,
                site,
            } => {
                let of = self.indexed(*array, index, *site)?;
                self.typed(value, of)
            }
            Stmt::If { test, yes, no } => {
                self.typed(test, Scalar::Bool)?;
                self.all(yes, 0)?;
                self.all(no, yes.len())
            }
            Stmt::Block { label, body } => self.labelled(*label, false, false, body, 0),
            Stmt::While {
                label,
                before,
                test,
                body,
            } => {
                self.enter(*label, true, false)?;
                self.all(before, 0)?;
                self.typed(test, Scalar::Bool)?;
                self.all(body, before.len())?;
                self.around.pop();
                Ok(())
            }
            Stmt::For {
                label,
                var,
                start,
                stop,
                step,
                vector,
                body,
            } => {
                let of = self.counter(*var)?;
                self.settable(*var)?;
                for one in [start, stop, step] {
                    self.typed(one, of)?;
                }
                self.counting[var.0 as usize] = true;
                self.labelled(*label, true, *vector, body, 0)?;
                self.counting[var.0 as usize] = false;
                Ok(())
            }
            Stmt::ParFor(par) => self.par_for(par),
            Stmt::Leave(label) => self.jump(*label, false),
            Stmt::Again(label) => self.jump(*label, true),
            Stmt::Return => match self.around.iter().any(|around| around.is_wall) {
                true => Err(Wrong::Leaves(None)),
                false => Ok(()),
            },
            Stmt::Check(test, site) => {
                self.site(*site, |_| true)?;
                self.typed(test, Scalar::Bool)
            }
            Stmt::Print(parts) => parts.iter().try_for_each(|part| match part {
                Printed::Text(_) => Ok(()),
                Printed::Value(value) => self.expr(value),
                Printed::Array(array) => self.array(*array).map(|_| ()),
            }),
        }
    }

    fn enter(&mut self, label: Label, is_loop: bool, is_wall: bool) -> Checked {
        if label.0 >= self.program.labels {
            return Err(Wrong::NoLabel(label));
        }
        if !self.labels.insert(label) {
            return Err(Wrong::LabelTwice(label));
        }
        self.around.push(Around {
            label,
            is_loop,
            is_wall,
        });
        Ok(())
    }

    fn labelled(
        &mut self,
        label: Label,
        is_loop: bool,
        is_wall: bool,
        body: &'a [Stmt],
        first: usize,
    ) -> Checked {
        self.enter(label, is_loop, is_wall)?;
        self.all(body, first)?;
        self.around.pop();
        Ok(())
    }

    fn jump(&self, label: Label, is_again: bool) -> Checked {
        if label.0 >= self.program.labels {
            return Err(Wrong::NoLabel(label));
        }
        let found = self.around.iter().rposition(|around| around.label == label);
        let at = found.ok_or(Wrong::NotAround(label))?;
        let target = &self.around[at];
        if is_again && !target.is_loop {
            return Err(Wrong::NoLoop(label));
        }
        // `Leave` of a parallel loop is `continue`; of a loop in lanes it would end the others.
        let is_own_end = target.is_wall && !is_again && self.wall_is_vector(at);
        match is_own_end || self.around[at + 1..].iter().any(|around| around.is_wall) {
            true => Err(Wrong::Leaves(Some(label))),
            false => Ok(()),
        }
    }

    /// Whether the wall at a place is a loop in lanes: a parallel loop is the outermost wall, with `par` set.
    fn wall_is_vector(&self, at: usize) -> bool {
        let first = self.around.iter().position(|around| around.is_wall);
        self.par.is_none() || first != Some(at)
    }

    fn counter(&mut self, var: Local) -> Checked<Scalar> {
        let of = self.plain(var)?;
        operation(&"loop", of, of.is_int())?;
        match self.counting[var.0 as usize] {
            true => Err(Wrong::Counter(var)),
            false => Ok(of),
        }
    }

    fn set(&mut self, local: Local, value: &'a Expr) -> Checked {
        let of = self.plain(local)?;
        if self.counting[local.0 as usize] {
            return Err(Wrong::Counter(local));
        }
        let Some(reduction) = self.reduction(local) else {
            self.settable(local)?;
            return self.typed(value, of);
        };
        same(of, value.of)?;
        let is_it = |expr: &Expr| expr.kind == ExprKind::Local(local);
        let wrong = Err(Wrong::Reduced(local));
        let (a, b, has_site) = match &value.kind {
            ExprKind::Binary(op, a, b) => match (*op, reduction.op) {
                (Binary::Sub, Reduce::Sum) if is_it(a) => (a, b, None),
                (op, reduce) if op == reduce.binary() => (a, b, None),
                _ => return wrong,
            },
            ExprKind::Divide(Divide::True, a, b, site) if reduction.op == Reduce::Product && is_it(a) => {
                (a, b, *site)
            }
            ExprKind::Select(test, yes, no) => {
                // The lesser as Python's `min` gives it: `value if value < x else x`.
                let ExprKind::Compare(Compare::Less | Compare::AtMost, a, b) = &test.kind else {
                    return wrong;
                };
                let value = if is_it(a) { b } else { a };
                same(Scalar::Bool, test.of)?;
                self.typed(value, of)?;
                let chosen = match reduction.op {
                    Reduce::Least => (a, b),
                    Reduce::Greatest => (b, a),
                    _ => return wrong,
                };
                if chosen != (yes, no) {
                    return wrong;
                }
                (a, b, None)
            }
            _ => return wrong,
        };
        if let Some(site) = has_site {
            self.site(site, |what| what == Failure::Division)?;
        }
        // The other side is an expression like any, in which the local is not read.
        match (is_it(a), is_it(b)) {
            (true, false) => self.typed(b, of),
            (false, true) => self.typed(a, of),
            _ => wrong,
        }
    }

    fn bind(&mut self, array: Array, value: &'a ArrayExpr) -> Checked {
        let to = self.array(array)?;
        if self
            .par
            .as_ref()
            .is_some_and(|par| !par.private_arrays[array.0 as usize])
        {
            return Err(Wrong::SharedArray(array));
        }
        let axes = |found: usize| match found == usize::from(to.axes) {
            true => Ok(()),
            false => Err(Wrong::Axes { array, found }),
        };
        let laid = |is_c: bool| match to.layout == Layout::Any || is_c {
            true => Ok(()),
            false => Err(Wrong::Layout(array)),
        };
        match value {
            ArrayExpr::Same(other) => {
                let from = self.array(*other)?;
                same(to.of, from.of)?;
                axes(usize::from(from.axes))?;
                laid(from.layout == Layout::C)
            }
            ArrayExpr::New { shape, fill, site } => {
                self.site(*site, |what| what == Failure::Memory)?;
                axes(shape.len())?;
                shape.iter().try_for_each(|one| self.typed(one, Scalar::I64))?;
                fill.iter().try_for_each(|fill| self.typed(fill, to.of))
            }
            ArrayExpr::Reshape { of, shape, site } => {
                let from = self.array(*of)?;
                same(to.of, from.of)?;
                self.site(*site, |what| what == Failure::Shape)?;
                if from.layout != Layout::C {
                    return Err(Wrong::Layout(*of));
                }
                axes(shape.len())?;
                shape.iter().try_for_each(|one| self.typed(one, Scalar::I64))
            }
            ArrayExpr::Transposed(other) => {
                let from = self.array(*other)?;
                same(to.of, from.of)?;
                axes(usize::from(from.axes))?;
                laid(from.layout == Layout::C && from.axes == 1)
            }
            ArrayExpr::View { of, cuts } => {
                let from = self.array(*of)?;
                same(to.of, from.of)?;
                if cuts.len() != usize::from(from.axes) {
                    let found = cuts.len();
                    return Err(Wrong::Axes { array: *of, found });
                }
                axes(cuts.iter().filter(|cut| matches!(cut, Cut::Range { .. })).count())?;
                laid(from.layout == Layout::C && is_c(cuts))?;
                cuts.iter().try_for_each(|cut| match cut {
                    Cut::At(at, site) => {
                        self.index_site(*site)?;
                        self.typed(at, Scalar::I64)
                    }
                    Cut::Range {
                        low,
                        high,
                        step,
                        site,
                    } => {
                        self.site(*site, |what| what == Failure::Step)?;
                        let mut all = [low, high, step].into_iter().flatten();
                        all.try_for_each(|one| self.typed(one, Scalar::I64))
                    }
                })
            }
        }
    }

    fn par_for(&mut self, par: &'a ParFor) -> Checked {
        if self.par.is_some() || self.around.iter().any(|around| around.is_wall) {
            return Err(Wrong::Nested);
        }
        let of = self.counter(par.var)?;
        self.typed(&par.start, of)?;
        self.typed(&par.stop, of)?;
        let mut private = vec![false; self.program.locals.len()];
        for &local in &par.private {
            self.local(local)?;
            private[local.0 as usize] = true;
        }
        let mut private_arrays = vec![false; self.program.arrays.len()];
        for &array in &par.private_arrays {
            self.array(array)?;
            private_arrays[array.0 as usize] = true;
        }
        for (i, reduction) in par.reductions.iter().enumerate() {
            let local = reduction.local;
            let of = self.plain(local)?;
            operation(&reduction.op, of, has_binary(reduction.op.binary(), of))?;
            let is_known = par.reductions[..i].iter().any(|other| other.local == local);
            if private[local.0 as usize] || self.counting[local.0 as usize] || local == par.var || is_known {
                return Err(Wrong::ReducedToo(local));
            }
        }
        self.par = Some(Par {
            private,
            private_arrays,
            reductions: &par.reductions,
        });
        self.counting[par.var.0 as usize] = true;
        self.labelled(par.label, true, true, &par.body, 0)?;
        self.counting[par.var.0 as usize] = false;
        self.par = None;
        Ok(())
    }

    // Expressions.

    fn typed(&mut self, expr: &'a Expr, of: Scalar) -> Checked {
        same(of, expr.of)?;
        self.expr(expr)
    }

    fn indexed(&mut self, array: Array, index: &'a [Expr], site: Option<Site>) -> Checked<Scalar> {
        let info = self.array(array)?;
        if index.len() != usize::from(info.axes) {
            let found = index.len();
            return Err(Wrong::Axes { array, found });
        }
        site.map_or(Ok(()), |site| self.index_site(site))?;
        index.iter().try_for_each(|one| self.typed(one, Scalar::I64))?;
        Ok(info.of)
    }

    fn expr(&mut self, expr: &'a Expr) -> Checked {
        self.deeper()?;
        self.kind(expr)?;
        self.depth -= 1;
        Ok(())
    }

    fn kind(&mut self, expr: &'a Expr) -> Checked {
        let of = expr.of;
        match &expr.kind {
            ExprKind::Const(bits) => constant(of, *bits),
            ExprKind::Local(local) => {
                if self.reduction(*local).is_some() {
                    return Err(Wrong::Reduced(*local));
                }
                let found = match self.uses.get(local.0 as usize) {
                    Some(Use::Open) => self.local(*local)?,
                    _ => self.plain(*local)?,
                };
                same(found, of)
            }
            ExprKind::Length(array, axis) => {
                self.axis(*array, *axis)?;
                same(Scalar::I64, of)
            }
            ExprKind::Unary(op, a) => {
                let has = match op {
                    Unary::Minus | Unary::Abs => of != Scalar::Bool,
                    Unary::Not => !of.is_float(),
                    Unary::Sqrt | Unary::Floor | Unary::Ceil | Unary::Trunc | Unary::Nearest => of.is_float(),
                };
                operation(op, of, has)?;
                self.typed(a, of)
            }
            ExprKind::Binary(op, a, b) => {
                operation(op, of, has_binary(*op, of))?;
                self.typed(a, of)?;
                self.typed(b, of)
            }
            ExprKind::Divide(op, a, b, site) => {
                let has = if *op == Divide::True {
                    of.is_float()
                } else {
                    of != Scalar::Bool
                };
                operation(op, of, has)?;
                if let Some(site) = site {
                    self.site(*site, |what| what == Failure::Division)?;
                }
                self.typed(a, of)?;
                self.typed(b, of)
            }
            ExprKind::Compare(_, a, b) => {
                same(Scalar::Bool, of)?;
                if !(a.of.is_int() && b.of.is_int()) {
                    same(a.of, b.of)?;
                }
                self.expr(a)?;
                self.expr(b)
            }
            ExprKind::Convert(a) => self.expr(a),
            ExprKind::Select(test, yes, no) | ExprKind::Choice(test, yes, no) => {
                self.typed(test, Scalar::Bool)?;
                self.typed(yes, of)?;
                self.typed(no, of)
            }
            ExprKind::And(a, b) | ExprKind::Or(a, b) => {
                same(Scalar::Bool, of)?;
                self.typed(a, of)?;
                self.typed(b, of)
            }
            ExprKind::Load { array, index, site } => {
                let found = self.indexed(*array, index, *site)?;
                same(found, of)
            }
            ExprKind::Math(math, _) => Err(Wrong::Math(*math)),
            ExprKind::Bits(a) => {
                let (from, to) = (a.of, of);
                if from.bytes() != to.bytes() || from == Scalar::Bool || to == Scalar::Bool {
                    return Err(Wrong::Width { from, to });
                }
                self.expr(a)
            }
            ExprKind::Let(all, last) => {
                for (local, value) in all {
                    let of = self.local(*local)?;
                    self.typed(value, of)?;
                    // What it is itself made of may not have used it, and no expression around does.
                    match self.uses[local.0 as usize] {
                        Use::None | Use::Closed => self.uses[local.0 as usize] = Use::Open,
                        Use::Open | Use::Plain => return Err(Wrong::Let(*local)),
                    }
                    self.settable(*local)?;
                }
                self.typed(last, of)?;
                for (local, _) in all {
                    self.uses[local.0 as usize] = Use::Closed;
                }
                Ok(())
            }
            ExprKind::Table(table, at) => {
                let info = self.program.tables.get(table.0 as usize);
                same(info.ok_or(Wrong::NoTable(*table))?.of, of)?;
                self.typed(at, Scalar::I32)
            }
            ExprKind::Apart(a, b) => {
                self.array(*a)?;
                self.array(*b)?;
                same(Scalar::Bool, of)
            }
        }
    }
}

/// Whether a part of a C array is one too: places, then a part of an axis, then whole axes.
fn is_c(cuts: &[Cut]) -> bool {
    let rest = cuts.iter().skip_while(|cut| matches!(cut, Cut::At(..)));
    rest.enumerate().all(|(i, cut)| match cut {
        Cut::At(..) => false,
        Cut::Range { low, high, step, .. } => step.is_none() && (i == 0 || (low.is_none() && high.is_none())),
    })
}

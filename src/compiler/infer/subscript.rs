//! What stands in brackets: elements, parts of arrays and of tuples, to be read or changed.

use super::Maker;
use super::operand::{Operand, compare, select};
use crate::diagnostic::Kind;
use crate::ir::{Compare, Cut, Expr, ExprKind as Ir, Failure, Stmt};
use crate::module::{Global, Number};
use crate::source::Span;
use crate::syntax::{self, ExprKind, Index};
use crate::types::Scalar;

/// An element or a part that is to be changed.
pub(super) enum Place {
    Element(crate::ir::Array, Vec<Expr>, crate::ir::Site),
    Part(crate::ir::Array, Vec<Cut>),
    Whole(crate::ir::Array),
}

impl Maker<'_> {
    /// What `of[..]` means.
    pub(super) fn subscript(&mut self, of: Operand, indices: &[Index], span: Span) -> Operand {
        if indices.iter().any(is_new_axis) && self.is_array(&of) {
            return self.with_new_axes(of, indices, span);
        }
        match of {
            Operand::Tuple(all) => self.part_of_tuple(all, indices, span),
            Operand::Known(Global::Tuple(all)) => {
                let all = all.into_iter().map(Operand::Known).collect();
                self.part_of_tuple(all, indices, span)
            }
            Operand::Unknown | Operand::Known(Global::Invalid) => {
                for index in indices {
                    if let Index::At(at) = index {
                        let _ = self.expr(at);
                    }
                }
                Operand::Unknown
            }
            other => match self.place_in(other, indices, span) {
                Some(place) => self.element_at(&place),
                None => Operand::Unknown,
            },
        }
    }

    /// `a[:, np.newaxis]`: an axis of length 1.
    fn with_new_axes(&mut self, of: Operand, indices: &[Index], span: Span) -> Operand {
        let part = match self.place_in(of, indices, span) {
            Some(place) => self.element_at(&place),
            None => return Operand::Unknown,
        };
        let Some(shape) = self.shape_of(&part, span) else {
            return Operand::Unknown;
        };
        // Axes that have no index of their own: those of an ellipsis, or the last.
        let named = indices
            .iter()
            .filter(|one| matches!(one, Index::Slice { .. }))
            .count();
        let open = shape.len().saturating_sub(named);
        let mut own = shape.into_iter().map(Operand::Value);
        let mut all = Vec::new();
        for index in indices {
            match index {
                index if is_new_axis(index) => all.push(Operand::Value(Expr::int(1))),
                Index::At(at) if is_ellipsis(at) => all.extend(own.by_ref().take(open)),
                Index::At(_) => {}
                Index::Slice { .. } => all.extend(own.next()),
            }
        }
        all.extend(own);
        self.reshaped(part, all, span)
    }

    fn part_of_tuple(&mut self, all: Vec<Operand>, indices: &[Index], span: Span) -> Operand {
        let [index] = indices else {
            return self.refuse(Kind::Typing, span, "a tuple has one index");
        };
        match index {
            Index::At(at) => {
                let value = self.expr(at);
                let Some(value) = self.index(value, at.span) else {
                    return Operand::Unknown;
                };
                if let Some(known) = super::operand::constant(&value) {
                    let count = all.len() as i128;
                    let place = if known.as_int() < 0 {
                        known.as_int() + count
                    } else {
                        known.as_int()
                    };
                    return match usize::try_from(place).ok().and_then(|at| all.get(at)) {
                        Some(found) => found.clone(),
                        None => self.refuse(Kind::Typing, span, "tuple index out of range"),
                    };
                }
                self.any_of_tuple(all, value, span)
            }
            Index::Slice { low, high, step, .. } => {
                let mut ends = [None; 3];
                for (end, one) in ends.iter_mut().zip([low, high, step]) {
                    if let Some(one) = one {
                        let value = self.expr(one);
                        let Some(value) = self.index(value, one.span) else {
                            return Operand::Unknown;
                        };
                        let Some(known) = super::operand::constant(&value) else {
                            return self.refuse(
                                Kind::Typing,
                                one.span,
                                "a tuple's slice needs constant ends",
                            );
                        };
                        *end = Some(known.as_int());
                    }
                }
                let count = all.len() as i128;
                let step = ends[2].unwrap_or(1);
                if step != 1 {
                    return self.refuse(Kind::Unsupported, span, "a tuple's slice goes by steps of 1");
                }
                let clip = |end: Option<i128>, usual: i128| {
                    let end = end.unwrap_or(usual);
                    let end = if end < 0 { end + count } else { end };
                    end.min(count).max(0) as usize
                };
                let (low, high) = (clip(ends[0], 0), clip(ends[1], count));
                Operand::Tuple(all.get(low..high.max(low)).unwrap_or_default().to_vec())
            }
        }
    }

    /// An element of a tuple of numbers by an index that is known later.
    fn any_of_tuple(&mut self, all: Vec<Operand>, at: Expr, span: Span) -> Operand {
        let mut values = Vec::new();
        for one in all {
            let Some(value) = self.value(one, span) else {
                return Operand::Unknown;
            };
            values.push(value);
        }
        let Some(first) = values.first() else {
            return self.refuse(Kind::Typing, span, "tuple index out of range");
        };
        let of = first.of;
        if values.iter().any(|one| one.of != of) {
            return self.refuse(
                Kind::Typing,
                span,
                "No implementation of getitem by a variable: only a tuple of one type has it",
            );
        }
        let at = self.named(at);
        let count = values.len() as i64;
        let above = compare(Compare::AtMost, Expr::int(-count), at.clone());
        let below = compare(Compare::Less, at.clone(), Expr::int(count));
        let site = self.site(span, Failure::Tuple);
        self.emit(Stmt::Check(Expr::new(Ir::And(above, below), Scalar::Bool), site));
        let mut out = values[0].clone();
        for (i, value) in values.into_iter().enumerate().skip(1) {
            let this = |k: i64| compare(Compare::Equal, at.clone(), Expr::int(k));
            let here = Expr::new(Ir::Or(this(i as i64), this(i as i64 - count)), Scalar::Bool);
            out = select(here, value, out);
        }
        Operand::Value(out)
    }

    /// What `of[..]` is, to be read or changed.
    pub(super) fn place(&mut self, of: &syntax::Expr, indices: &[Index], span: Span) -> Option<Place> {
        let value = self.expr(of);
        if let Operand::Tuple(_) | Operand::Known(Global::Tuple(_)) = value {
            self.fault(
                Kind::Typing,
                span,
                "No implementation of setitem: tuples cannot be changed",
            );
            return None;
        }
        if indices.iter().any(is_new_axis) {
            let words = "what is changed has no new axes: give it the shape that it has";
            self.fault(Kind::Unsupported, span, words);
            return None;
        }
        self.place_in(value, indices, span)
    }

    fn place_in(&mut self, of: Operand, indices: &[Index], span: Span) -> Option<Place> {
        // `a[i][j]` is `a[i, j]`.
        let (array, mut cuts) = match of {
            Operand::Part(array, cuts) => (array, cuts),
            other => {
                if !self.is_for("getitem", &other, span) {
                    return None;
                }
                let array = self.handle(other, span)?;
                let axes = self.array_info(array).axes;
                let mut cuts = Vec::new();
                for _ in 0..axes {
                    cuts.push(self.whole_axis(span));
                }
                (array, cuts)
            }
        };
        let open: Vec<usize> = (0..cuts.len())
            .filter(|i| matches!(cuts[*i], Cut::Range { .. }))
            .collect();
        let given = indices
            .iter()
            .filter(|index| !is_new_axis(index) && !matches!(index, Index::At(at) if is_ellipsis(at)))
            .count();
        if given > open.len() {
            let known = self.known(&Operand::Array(array));
            let words = format!(
                "No implementation of getitem: {} cannot be indexed with {given} indices",
                known.map(|known| known.words()).unwrap_or_default()
            );
            self.fault(Kind::Typing, span, words);
            return None;
        }
        // A cut of a cut has to be worked out first, unless it is a whole axis.
        let is_whole = |cut: &Cut| {
            matches!(
                cut,
                Cut::Range {
                    low: None,
                    high: None,
                    step: None,
                    ..
                }
            )
        };
        if !indices.is_empty() && open.iter().any(|i| !is_whole(&cuts[*i])) {
            let view = self.view(array, cuts);
            return self.place_in(Operand::Array(view), indices, span);
        }
        let mut faulty = false;
        let mut open = open.into_iter();
        let axes = open.len();
        for index in indices.iter().filter(|index| !is_new_axis(index)) {
            if let Index::At(one) = index
                && is_ellipsis(one)
            {
                // As many whole axes as the others leave.
                for _ in given..axes {
                    open.next();
                }
                continue;
            }
            let Some(at) = open.next() else { continue };
            match index {
                Index::At(one) => {
                    let mark = self.out.len();
                    let value = self.expr(one);
                    if let Operand::Tuple(_) = value {
                        self.fault(
                            Kind::Unsupported,
                            one.span,
                            "an axis is indexed by a number or a slice",
                        );
                        faulty = true;
                        continue;
                    }
                    if self.is_array(&value) {
                        self.fault(
                            Kind::Unsupported,
                            one.span,
                            "arrays as indices are not compiled yet",
                        );
                        self.help("write the loop over the indices");
                        faulty = true;
                        continue;
                    }
                    let Some(value) = self.index(value, one.span) else {
                        faulty = true;
                        continue;
                    };
                    self.keep_cuts(mark, &mut cuts);
                    let site = self.site(one.span, Failure::Index(array, at as u8));
                    cuts[at] = Cut::At(value, site);
                }
                Index::Slice {
                    low,
                    high,
                    step,
                    span,
                    ..
                } => {
                    let mark = self.out.len();
                    let mut ends = [None, None, None];
                    for (end, one) in ends.iter_mut().zip([low, high, step]) {
                        if let Some(one) = one {
                            let value = self.expr(one);
                            match self.index(value, one.span) {
                                Some(value) => *end = Some(self.named(value)),
                                None => faulty = true,
                            }
                        }
                    }
                    self.keep_cuts(mark, &mut cuts);
                    let site = self.site(*span, Failure::Step);
                    let [low, high, step] = ends;
                    let step = step.filter(|step| !matches!(step.kind, Ir::Const(1)));
                    cuts[at] = Cut::Range {
                        low,
                        high,
                        step,
                        site,
                    };
                }
            }
        }
        if faulty {
            return None;
        }
        let all_at: Option<Vec<Expr>> = cuts
            .iter()
            .map(|cut| match cut {
                Cut::At(at, _) => Some(at.clone()),
                Cut::Range { .. } => None,
            })
            .collect();
        Some(match all_at {
            Some(index) => {
                let site = self.site(span, Failure::Index(array, 0));
                Place::Element(array, index, site)
            }
            None if cuts.iter().all(is_whole) => Place::Whole(array),
            None => Place::Part(array, cuts),
        })
    }

    /// Indices that were worked out before statements that came since keep their values.
    pub(super) fn keep_cuts(&mut self, mark: usize, cuts: &mut [Cut]) {
        if self.out.len() <= mark {
            return;
        }
        for cut in cuts {
            if let Cut::At(at, site) = cut {
                let held = std::mem::replace(at, Expr::int(0));
                let site = *site;
                if let Operand::Value(kept) = self.kept(mark, Operand::Value(held)) {
                    *cut = Cut::At(kept, site);
                }
            }
        }
    }

    /// All of an axis.
    pub(super) fn whole_axis(&mut self, span: Span) -> Cut {
        Cut::Range {
            low: None,
            high: None,
            step: None,
            site: self.site(span, Failure::Step),
        }
    }

    /// A part of an array, or an element where no axis is left.
    pub(super) fn part(&mut self, array: crate::ir::Array, cuts: Vec<Cut>) -> Operand {
        let index: Option<Vec<Expr>> = cuts
            .iter()
            .map(|cut| match cut {
                Cut::At(at, _) => Some(at.clone()),
                Cut::Range { .. } => None,
            })
            .collect();
        match (index, cuts.first()) {
            (Some(index), Some(Cut::At(_, site))) => {
                let of = self.array_info(array).of;
                Operand::Value(Expr::new(
                    Ir::Load {
                        array,
                        index,
                        site: Some(*site),
                    },
                    of,
                ))
            }
            _ => Operand::Part(array, cuts),
        }
    }

    /// What stands at a place.
    pub(super) fn element_at(&mut self, place: &Place) -> Operand {
        match place {
            Place::Element(array, index, site) => {
                let of = self.array_info(*array).of;
                Operand::Value(Expr::new(
                    Ir::Load {
                        array: *array,
                        index: index.clone(),
                        site: Some(*site),
                    },
                    of,
                ))
            }
            Place::Part(array, cuts) => Operand::Part(*array, cuts.clone()),
            Place::Whole(array) => Operand::Array(*array),
        }
    }

    /// A place whose indices are worked out once.
    pub(super) fn steady(&mut self, place: Place) -> Place {
        match place {
            Place::Element(array, index, site) => {
                let index = index.into_iter().map(|one| self.steady_expr(one)).collect();
                Place::Element(array, index, site)
            }
            Place::Part(array, cuts) => Place::Whole(self.view(array, cuts)),
            whole @ Place::Whole(_) => whole,
        }
    }

    /// Cheap arithmetic of variables may be done twice; what reads elements may not.
    fn steady_expr(&mut self, expr: Expr) -> Expr {
        let is_cheap = |expr: &Expr| {
            let mut nodes = 0;
            let mut cheap = true;
            crate::walk::within(expr, &mut |one| {
                nodes += 1;
                cheap &= matches!(
                    one.kind,
                    Ir::Const(_) | Ir::Local(_) | Ir::Length(..) | Ir::Binary(..) | Ir::Convert(_)
                );
            });
            cheap && nodes <= 7
        };
        if is_cheap(&expr) {
            return expr;
        }
        self.saved(expr)
    }

    /// Gives a place a value.
    pub(super) fn store(&mut self, place: Place, value: Operand, span: Span) {
        match place {
            Place::Element(array, index, site) => {
                let of = self.array_info(array).of;
                if self.is_array(&value) {
                    let known = self.known(&value).map(|known| known.words()).unwrap_or_default();
                    let words =
                        format!("No implementation of setitem: {known} is no element of an array of {of}");
                    self.fault(Kind::Typing, span, words);
                    return;
                }
                if let Some(value) = self.value(value, span) {
                    let value = self.convert(value, of);
                    self.emit(Stmt::Store {
                        array,
                        index,
                        value,
                        site: Some(site),
                    });
                }
            }
            Place::Part(array, cuts) => {
                let view = self.view(array, cuts);
                self.fill(view, value, span);
            }
            Place::Whole(array) => self.fill(array, value, span),
        }
    }

    pub(super) fn constant_number(&self, value: &Operand) -> Option<Number> {
        match value {
            Operand::Known(Global::Number(known)) => Some(*known),
            Operand::Value(expr) => super::operand::constant(expr),
            _ => None,
        }
    }
}

/// `None` and `np.newaxis`.
fn is_new_axis(index: &Index) -> bool {
    match index {
        Index::At(at) => match &at.kind {
            ExprKind::None => true,
            ExprKind::Attribute(_, name) => name.name == "newaxis",
            _ => false,
        },
        Index::Slice { .. } => false,
    }
}

fn is_ellipsis(expr: &syntax::Expr) -> bool {
    matches!(expr.kind, ExprKind::Other("'...'"))
}

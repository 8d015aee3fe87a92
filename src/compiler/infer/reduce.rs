//! What crosses the iterations of a `prange`: inferred reductions on the tree, and the reductions of arrays.

use super::operand::{Lazy, Operand, Slot, compare, convert};
use super::scalars::binary;
use super::{Maker, Var};
use crate::diagnostic::Kind;
use crate::flow::Web;
use crate::ir::{Binary, Compare, Divide, Expr, Failure, Reduce, Reduction, Stmt};
use crate::source::Span;
use crate::syntax::{self, BinaryOp, ExprKind, StmtKind};
use crate::types::Scalar;

/// A variable that iterations combine, and the place where they do.
pub(super) type Crossing = (Var, Reduce, Span);

impl Maker<'_> {
    /// The reductions of a parallel loop. A variable that crosses its iterations in another way is a race.
    pub(super) fn reductions(
        &mut self,
        target: &syntax::Expr,
        body: &[syntax::Stmt],
        inside: Span,
    ) -> Vec<Crossing> {
        let Some(frame) = self.frame_ref() else {
            return Vec::new();
        };
        let (key, webs) = (frame.key, std::rc::Rc::clone(&frame.webs));
        let mut found = Vec::new();
        for web in webs.stored_in(inside.start..inside.end) {
            let is_inside = |at: u32| inside.start <= at && at < inside.end;
            if webs.places(web).all(is_inside) {
                continue;
            }
            let name = webs.names.get(web.0 as usize).cloned().unwrap_or_default();
            let mut updates = Updates {
                webs: &webs,
                web,
                ops: Vec::new(),
                others: Vec::new(),
            };
            updates.block(body);
            if webs.store(target.span) == Some(web) {
                updates.others.push(target.span);
            }
            let loads_inside = webs.load_places(web).filter(|at| is_inside(*at)).count();
            let first = updates.ops.first().copied();
            match first {
                Some((op, span))
                    if updates.others.is_empty()
                        && updates.ops.iter().all(|(other, _)| *other == op)
                        && loads_inside == updates.ops.len() =>
                {
                    found.push(((key, web), op, span));
                }
                _ => self.crosses(&name, &updates, inside, loads_inside),
            }
        }
        found
    }

    fn crosses(&mut self, name: &str, updates: &Updates, inside: Span, loads: usize) {
        let span = updates
            .others
            .first()
            .or(updates.ops.first().map(|(_, span)| span))
            .copied()
            .unwrap_or(inside);
        let reason = if updates.ops.is_empty() && loads == 0 {
            "its value behind the loop would depend on which iteration comes last"
        } else if updates.others.is_empty() && updates.ops.windows(2).any(|two| two[0].0 != two[1].0) {
            "it is changed by different operators"
        } else {
            "one iteration would see what another has made of it"
        };
        self.fault(
            Kind::Race,
            span,
            format!("'{name}' crosses the iterations of a 'prange': {reason}"),
        );
        self.help(format!(
            "reductions are '{name} += ..', '*=', '{name} = min({name}, ..)', 'max', '&=', '|=', '^='; else store by the loop's index"
        ));
    }

    /// The reductions' own variables.
    pub(super) fn reduced(&mut self, crossings: &[Crossing]) -> Vec<Reduction> {
        let mut out = Vec::new();
        for (var, op, span) in crossings {
            match self.reduced_in(*var) {
                Some(Slot::Scalar(local)) => {
                    let local = &local;
                    let of = self.program.locals[local.0 as usize].of;
                    let bits = matches!(op, Reduce::And | Reduce::Or | Reduce::Xor);
                    if bits && of.is_float() {
                        continue;
                    }
                    out.push(Reduction {
                        local: *local,
                        op: *op,
                    });
                }
                Some(_) => {
                    self.fault(
                        Kind::Unsupported,
                        *span,
                        "only numbers are reduced by a 'prange', not arrays",
                    );
                    self.help("reduce within each iteration, and store the results by the loop's index");
                }
                None => {}
            }
        }
        out
    }

    /// `np.sum(a)` and the others that make one number of an array.
    pub(super) fn reduce_array(&mut self, name: &str, array: Operand, span: Span) -> Operand {
        let Some(lazy) = self.lazy(array, span) else {
            return Operand::Unknown;
        };
        let of = lazy.of;
        let summed = match of {
            Scalar::F32 | Scalar::F64 => of,
            _ if super::scalars::is_unsigned(of) => Scalar::U64,
            _ => Scalar::I64,
        };
        match name {
            "sum" => self.folded(&lazy, Reduce::Sum, summed, Expr::bits(summed, 0)),
            "prod" => {
                let one = convert(Expr::int(1), summed);
                self.folded(&lazy, Reduce::Product, summed, one)
            }
            "mean" => {
                // Of float32 a float32, divided as float64.
                let acc = if of.is_float() { of } else { Scalar::F64 };
                let sum = self.folded(&lazy, Reduce::Sum, acc, Expr::bits(acc, 0));
                let Some(sum) = self.value(sum, span) else {
                    return Operand::Unknown;
                };
                Operand::Value(convert(self.over_count(sum, &lazy), acc))
            }
            "var" | "std" => self.spread(name, &lazy, span),
            "any" | "all" => {
                let truth = self.truths(lazy, span);
                let Some(truth) = truth else {
                    return Operand::Unknown;
                };
                let (op, start) = match name {
                    "any" => (Reduce::Or, false),
                    _ => (Reduce::And, true),
                };
                self.folded(&truth, op, Scalar::Bool, Expr::bool(start))
            }
            "min" | "max" | "amin" | "amax" => {
                self.not_empty(&lazy, span);
                let is_max = name.ends_with("max");
                let op = match (of, is_max) {
                    (Scalar::Bool, true) => Reduce::Or,
                    (Scalar::Bool, false) => Reduce::And,
                    (_, true) => Reduce::Greatest,
                    (_, false) => Reduce::Least,
                };
                let start = extreme(of, !is_max);
                self.folded(&lazy, op, of, start)
            }
            "argmin" | "argmax" => {
                self.not_empty(&lazy, span);
                self.place_of(name == "argmax", &lazy)
            }
            _ => Operand::Unknown,
        }
    }

    /// `a.sum(axis)`: an array with an axis less, each element's sum in order.
    pub(super) fn sum_along(&mut self, array: Operand, axis: Operand, span: Span) -> Operand {
        let Some(axis) = self.constant_number(&axis) else {
            return self.refuse(Kind::Typing, span, "the axis is a constant");
        };
        let Some(lazy) = self.lazy(array, span) else {
            return Operand::Unknown;
        };
        let axes = lazy.shape.len();
        let at = if axis.as_int() < 0 {
            axis.as_int() + axes as i128
        } else {
            axis.as_int()
        };
        let Some(along) = usize::try_from(at).ok().filter(|at| *at < axes) else {
            return self.refuse(Kind::Typing, span, "'axis' entry is out of bounds");
        };
        if axes == 1 {
            return self.reduce_array("sum", Operand::Lazy(Box::new(lazy)), span);
        }
        let of = match lazy.of {
            Scalar::F32 | Scalar::F64 => lazy.of,
            of if super::scalars::is_unsigned(of) => Scalar::U64,
            _ => Scalar::I64,
        };
        let mut shape = lazy.shape.clone();
        let stop = shape.remove(along);
        let Operand::Array(out) = self.new_array(of, shape.clone(), None, span) else {
            return Operand::Unknown;
        };
        let sum = self.temp(of);
        self.nest(&shape, None, |maker, at| {
            maker.emit(Stmt::Set(sum, Expr::bits(of, 0)));
            let range = super::operand::Span3 {
                start: Expr::int(0),
                stop,
                step: None,
                is_parallel: false,
            };
            let mut is_known = true;
            maker.range_loop(range, None, &[], |maker, i| {
                let mut place = at.to_vec();
                place.insert(along, i);
                match maker.element(&lazy, &place) {
                    Some(element) => {
                        let before = super::operand::local(of, sum);
                        maker.emit(Stmt::Set(sum, binary(Binary::Add, before, convert(element, of))));
                    }
                    None => is_known = false,
                }
            });
            maker.emit(Stmt::Store {
                array: out,
                index: at.to_vec(),
                value: super::operand::local(of, sum),
                site: None,
            });
            is_known.then_some(())
        });
        Operand::Array(out)
    }

    fn truths(&mut self, lazy: Lazy, span: Span) -> Option<Lazy> {
        if lazy.of == Scalar::Bool {
            return Some(lazy);
        }
        match self.apply(super::operand::Apply::Cast, Scalar::Bool, vec![lazy], span) {
            Operand::Lazy(lazy) => Some(*lazy),
            _ => None,
        }
    }

    fn not_empty(&mut self, lazy: &Lazy, span: Span) {
        let count = self.count(&lazy.shape);
        let site = self.site(span, Failure::Empty);
        self.emit(Stmt::Check(compare(Compare::Less, Expr::int(0), count), site));
    }

    /// How many elements a shape has.
    pub(super) fn count(&mut self, shape: &[Expr]) -> Expr {
        shape.iter().fold(Expr::int(1), |product, one| {
            binary(Binary::Mul, product, one.clone())
        })
    }

    /// All elements in one number, in the language's order.
    pub(super) fn folded(&mut self, lazy: &Lazy, op: Reduce, of: Scalar, start: Expr) -> Operand {
        let acc = self.temp(of);
        self.emit(Stmt::Set(acc, start));
        let reduction = Reduction { local: acc, op };
        let shape = lazy.shape.clone();
        let made = self.nest(&shape, Some(reduction), |maker, at| {
            let value = maker.element(lazy, at)?;
            let value = convert(value, of);
            let before = super::operand::local(of, acc);
            let operation = match op {
                Reduce::Sum => Binary::Add,
                Reduce::Product => Binary::Mul,
                Reduce::Least => Binary::Min,
                Reduce::Greatest => Binary::Max,
                Reduce::And => Binary::And,
                Reduce::Or => Binary::Or,
                Reduce::Xor => Binary::Xor,
            };
            maker.emit(Stmt::Set(acc, binary(operation, before, value)));
            Some(())
        });
        match made {
            Some(()) => Operand::Value(super::operand::local(of, acc)),
            None => Operand::Unknown,
        }
    }

    /// A sum by how many there are.
    fn over_count(&mut self, sum: Expr, lazy: &Lazy) -> Expr {
        let count = self.count(&lazy.shape);
        let (a, b) = (convert(sum, Scalar::F64), convert(count, Scalar::F64));
        super::scalars::division(Divide::True, a, b, None)
    }

    /// `np.var` and `np.std`.
    fn spread(&mut self, name: &str, lazy: &Lazy, span: Span) -> Operand {
        let Some(array) = self.made(lazy) else {
            return Operand::Unknown;
        };
        let mean = self.reduce_array("mean", Operand::Array(array), span);
        let off = self.elementwise("subtract", vec![Operand::Array(array), mean], span);
        let square = self.elementwise("square", vec![off], span);
        let Some(square) = self.lazy(square, span) else {
            return Operand::Unknown;
        };
        let sum = self.folded(&square, Reduce::Sum, Scalar::F64, Expr::bits(Scalar::F64, 0));
        let Some(sum) = self.value(sum, span) else {
            return Operand::Unknown;
        };
        let var = self.over_count(sum, &square);
        Operand::Value(match name {
            "std" => super::operand::unary(crate::ir::Unary::Sqrt, var),
            _ => var,
        })
    }

    /// Where the first least or greatest element is, counted through all axes; a NaN is either.
    fn place_of(&mut self, is_max: bool, lazy: &Lazy) -> Operand {
        let of = lazy.of;
        let (best, place, at_hand) = (self.temp(of), self.temp(Scalar::I64), self.temp(Scalar::I64));
        let value = |local, of| super::operand::local(of, local);
        self.emit(Stmt::Set(best, Expr::bits(of, 0)));
        self.emit(Stmt::Set(place, Expr::int(-1)));
        self.emit(Stmt::Set(at_hand, Expr::int(0)));
        let outer = self.parallel;
        // One after the other.
        self.parallel = Some(self.parallel.unwrap_or(0));
        let shape = lazy.shape.clone();
        let keeps_order = Reduction {
            local: best,
            op: Reduce::Least,
        };
        let made = self.nest(&shape, Some(keeps_order), |maker, at| {
            let element = maker.element(lazy, at)?;
            let element = maker.named(element);
            let (before, now) = (value(best, of), element.clone());
            let better = match is_max {
                true => compare(Compare::Less, before.clone(), now),
                false => compare(Compare::Less, now, before.clone()),
            };
            let or = |a: Expr, b: Expr| binary(Binary::Or, a, b);
            let first = compare(Compare::Less, value(place, Scalar::I64), Expr::int(0));
            let mut test = or(first, better);
            if of.is_float() {
                let is_nan = compare(Compare::Unequal, element.clone(), element.clone());
                let was_none = compare(Compare::Equal, before.clone(), before);
                test = or(test, binary(Binary::And, is_nan, was_none));
            }
            maker.emit(Stmt::If {
                test,
                yes: vec![
                    Stmt::Set(best, element),
                    Stmt::Set(place, value(at_hand, Scalar::I64)),
                ],
                no: Vec::new(),
            });
            let next = binary(Binary::Add, value(at_hand, Scalar::I64), Expr::int(1));
            maker.emit(Stmt::Set(at_hand, next));
            Some(())
        });
        self.parallel = outer;
        match made {
            Some(()) => Operand::Value(value(place, Scalar::I64)),
            None => Operand::Unknown,
        }
    }
}

/// The greatest value of a type, or the least.
pub(super) fn extreme(of: Scalar, greatest: bool) -> Expr {
    let sign = if greatest { 1.0 } else { -1.0 };
    match of {
        Scalar::F32 | Scalar::F64 => convert(Expr::float(sign * f64::INFINITY), of),
        Scalar::Bool => Expr::bool(greatest),
        _ => {
            let bits = 8 * of.bytes();
            let mask = u64::MAX >> (64 - bits);
            let value = match (of.is_signed(), greatest) {
                (true, true) => mask >> 1,
                (true, false) => (mask >> 1) + 1,
                (false, true) => mask,
                (false, false) => 0,
            };
            Expr::bits(of, value)
        }
    }
}

/// What a loop's body does to a variable.
struct Updates<'a> {
    webs: &'a crate::flow::Webs,
    web: Web,
    ops: Vec<(Reduce, Span)>,
    others: Vec<Span>,
}

impl Updates<'_> {
    fn block(&mut self, body: &[syntax::Stmt]) {
        for stmt in body {
            match &stmt.kind {
                StmtKind::Augmented { target, op, .. } if self.is_stored(target) => match reduce(*op) {
                    Some(op) if self.is_loaded(target) => self.ops.push((op, stmt.span)),
                    _ => self.others.push(stmt.span),
                },
                StmtKind::Assign { targets, value } => {
                    let stored = targets.iter().any(|target| self.is_stored_within(target));
                    if stored {
                        match (targets.as_slice(), self.update(value)) {
                            ([target], Some(op)) if self.is_stored(target) => self.ops.push((op, stmt.span)),
                            _ => self.others.push(stmt.span),
                        }
                    }
                }
                StmtKind::Annotated { target, .. } if self.is_stored_within(target) => {
                    self.others.push(stmt.span);
                }
                StmtKind::For {
                    target,
                    body,
                    or_else,
                    ..
                } => {
                    if self.is_stored_within(target) {
                        self.others.push(target.span);
                    }
                    self.block(body);
                    self.block(or_else);
                }
                StmtKind::While { body, or_else, .. } | StmtKind::If { body, or_else, .. } => {
                    self.block(body);
                    self.block(or_else);
                }
                _ => {}
            }
        }
    }

    fn is_stored(&self, target: &syntax::Expr) -> bool {
        matches!(target.kind, ExprKind::Name(_)) && self.webs.store(target.span) == Some(self.web)
    }

    fn is_stored_within(&self, target: &syntax::Expr) -> bool {
        match &target.kind {
            ExprKind::Tuple(all) | ExprKind::List(all) => all.iter().any(|one| self.is_stored_within(one)),
            _ => self.is_stored(target),
        }
    }

    fn is_loaded(&self, expr: &syntax::Expr) -> bool {
        matches!(expr.kind, ExprKind::Name(_)) && self.webs.load(expr.span) == Some(self.web)
    }

    /// `x + ..`, `min(x, ..)`: the operation, if `x` is the variable.
    fn update(&self, value: &syntax::Expr) -> Option<Reduce> {
        match &value.kind {
            ExprKind::Binary(op, a, b) => {
                let op_of = reduce(*op)?;
                let turns = !matches!(op, BinaryOp::Sub | BinaryOp::Div);
                (self.is_loaded(a) || turns && self.is_loaded(b)).then_some(op_of)
            }
            ExprKind::Call {
                callee,
                args,
                keywords,
            } if keywords.is_empty() && args.len() == 2 => {
                let name = match &callee.kind {
                    ExprKind::Name(name) => name.as_str(),
                    ExprKind::Attribute(_, name) => name.name.as_str(),
                    _ => return None,
                };
                let op = match name {
                    "min" | "minimum" => Reduce::Least,
                    "max" | "maximum" => Reduce::Greatest,
                    _ => return None,
                };
                args.iter().any(|arg| self.is_loaded(arg)).then_some(op)
            }
            _ => None,
        }
    }
}

fn reduce(op: BinaryOp) -> Option<Reduce> {
    Some(match op {
        BinaryOp::Add | BinaryOp::Sub => Reduce::Sum,
        BinaryOp::Mul | BinaryOp::Div => Reduce::Product,
        BinaryOp::And => Reduce::And,
        BinaryOp::Or => Reduce::Or,
        BinaryOp::Xor => Reduce::Xor,
        _ => return None,
    })
}

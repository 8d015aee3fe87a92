//! How much work a kernel does for its arguments: a program that does the same, and whose results are two numbers instead.
//!
//! The first is **operations**: each addition, subtraction, multiplication, division, remainder, root, minimum, maximum, rounding,
//! comparison, shift and operation on bits that is done is one. A function of `math` is one too, as the kernel asks for one:
//! of how many it is made is each rung's own business, and on the GPU the driver's. Conversions, choices, and logic of truth values
//! are none. Arithmetic on integers counts where it makes a value; it does not where it only says where or how often: in indices,
//! ends and steps of loops, slices, checks of shapes, wherever a length takes part, and in variables that are read in such places
//! alone.
//! Neither does what a loop counts with. Floats count everywhere.
//!
//! The second is **bytes**: each element that is loaded or stored has those of its type; of an array that is made
//! full, all of its elements are stored.
//!
//! The counts are those of the program as it was typed, so that they do not depend on what passes make of it, and are
//! exact: what is not evaluated does not count. Pieces without branches add constants; what depends on a choice within an
//! expression is added by the same choice. In a parallel loop the two are sums over its iterations.

use crate::ir::{
    ArrayExpr, Binary, Expr, ExprKind, Local, LocalInfo, Param, Program, Reduce, Reduction, Stmt, Unary,
};
use crate::sorted::Set;
use crate::types::Scalar;
use crate::walk;

/// The program that counts.
pub fn counting(typed: &Program) -> Program {
    let mut program = typed.clone();
    let mut local = |name: &str| {
        program.locals.push(LocalInfo {
            name: name.into(),
            of: Scalar::I64,
        });
        Local(program.locals.len() as u32 - 1)
    };
    let counters = [local("$operations"), local("$bytes")];
    let mut counter = Counter {
        counters,
        pending: [0; 2],
        out: counters.map(|local| Stmt::Set(local, Expr::int(0))).to_vec(),
        places: places(typed),
        sizes: typed.arrays.iter().map(|array| array.of.bytes().into()).collect(),
    };
    counter.body(std::mem::take(&mut program.body));
    program.body = counter.out;
    program.results = counters.map(Param::Scalar).to_vec();
    program
}

/// Variables of integers that are read in indices and ends alone, or to give such variables values.
fn places(program: &Program) -> Set<Local> {
    let mut places = Set::new();
    walk::statements(&program.body, &mut |stmt| {
        if let Stmt::Set(local, _) = stmt {
            let info = program.locals.get(local.0 as usize);
            if info.is_some_and(|info| info.of.is_int()) && !program.results.contains(&Param::Scalar(*local))
            {
                places.insert(*local);
            }
        }
    });
    loop {
        let mut values: Vec<Local> = Vec::new();
        walk::statements(&program.body, &mut |stmt| {
            let mut read = |value: &Expr| reads(value, &mut values);
            match stmt {
                Stmt::Set(local, value) if !places.contains(local) => read(value),
                Stmt::Store { value, .. }
                | Stmt::If { test: value, .. }
                | Stmt::While { test: value, .. } => {
                    read(value);
                }
                _ => {}
            }
        });
        values.retain(|local| places.contains(local));
        if values.is_empty() {
            return places;
        }
        places = places
            .iter()
            .copied()
            .filter(|one| !values.contains(one))
            .collect();
    }
}

/// What an expression reads as a value, not as an index.
fn reads(expr: &Expr, found: &mut Vec<Local>) {
    match &expr.kind {
        ExprKind::Local(local) => found.push(*local),
        ExprKind::Load { .. } => {}
        _ => walk::operands(expr).for_each(|one| reads(one, found)),
    }
}

/// Whether a length takes part in an expression of integers.
fn has_length(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Length(..) => true,
        ExprKind::Load { .. } => false,
        _ => walk::operands(expr)
            .into_iter()
            .any(|one| one.of.is_int() && has_length(one)),
    }
}

/// What an expression costs: operations and bytes in any case, and what depends on a truth value.
#[derive(Default)]
struct Cost {
    sure: [i64; 2],
    choices: Vec<(Expr, Cost, Cost)>,
}

impl Cost {
    fn is_nothing(&self, which: usize) -> bool {
        let is_nothing = |(_, yes, no): &(Expr, Cost, Cost)| yes.is_nothing(which) && no.is_nothing(which);
        self.sure[which] == 0 && self.choices.iter().all(is_nothing)
    }

    /// The number of operations or bytes.
    fn value(&self, which: usize) -> Expr {
        let choices = self.choices.iter().filter_map(|(test, yes, no)| {
            if yes.is_nothing(which) && no.is_nothing(which) {
                return None;
            }
            let kind = ExprKind::Choice(test.clone(), yes.value(which), no.value(which));
            Some(Expr::new(kind, Scalar::I64))
        });
        choices.fold(Expr::int(self.sure[which]), sum)
    }
}

fn sum(a: Expr, b: Expr) -> Expr {
    Expr::new(ExprKind::Binary(Binary::Add, a, b), Scalar::I64)
}

struct Counter {
    counters: [Local; 2],
    /// What is to be added before the next branch.
    pending: [i64; 2],
    out: Vec<Stmt>,
    /// Variables that only say where.
    places: Set<Local>,
    /// Bytes of each array's elements.
    sizes: Vec<i64>,
}

impl Counter {
    fn body(&mut self, body: Vec<Stmt>) {
        for stmt in body {
            self.statement(stmt);
        }
        self.flush();
    }

    /// A block of its own, and after it what is added last.
    fn block(&mut self, body: Vec<Stmt>, last: Option<Cost>) -> Vec<Stmt> {
        let outer = std::mem::take(&mut self.out);
        for stmt in body {
            self.statement(stmt);
        }
        if let Some(cost) = last {
            self.add(cost);
        }
        self.flush();
        std::mem::replace(&mut self.out, outer)
    }

    fn flush(&mut self) {
        for (which, sure) in std::mem::take(&mut self.pending).into_iter().enumerate() {
            if sure != 0 {
                self.more(which, Expr::int(sure));
            }
        }
    }

    fn more(&mut self, which: usize, value: Expr) {
        let local = self.counters[which];
        let before = Expr::new(ExprKind::Local(local), Scalar::I64);
        self.out.push(Stmt::Set(local, sum(before, value)));
    }

    /// Adds what is sure later, and at once what depends on how things are now.
    fn add(&mut self, mut cost: Cost) {
        for (which, sure) in cost.sure.iter_mut().enumerate() {
            self.pending[which] += std::mem::take(sure);
        }
        for which in 0..2 {
            if !cost.is_nothing(which) {
                self.more(which, cost.value(which));
            }
        }
    }

    fn statement(&mut self, mut stmt: Stmt) {
        let cost = match &stmt {
            // Its test is evaluated in each round.
            Stmt::While { .. } | Stmt::Print(_) => Cost::default(),
            stmt => self.own(stmt),
        };
        self.add(cost);
        if !walk::blocks(&stmt).iter().all(|block| block.is_empty())
            || matches!(stmt, Stmt::Leave(_) | Stmt::Again(_) | Stmt::Return)
            || matches!(stmt, Stmt::While { .. })
        {
            self.flush();
        }
        match &mut stmt {
            Stmt::If { yes, no, .. } => {
                *yes = self.block(std::mem::take(yes), None);
                *no = self.block(std::mem::take(no), None);
            }
            Stmt::Block { body, .. } => *body = self.block(std::mem::take(body), None),
            Stmt::While {
                before, test, body, ..
            } => {
                let mut cost = Cost::default();
                self.expr(test, false, &mut cost);
                *before = self.block(std::mem::take(before), Some(cost));
                *body = self.block(std::mem::take(body), None);
            }
            Stmt::For { body, vector, .. } => {
                *body = self.block(std::mem::take(body), None);
                // Each round adds to what the one before had.
                *vector = false;
            }
            Stmt::ParFor(par) => {
                par.body = self.block(std::mem::take(&mut par.body), None);
                for local in self.counters {
                    if walk::sets(&par.body, local) > 0 {
                        let op = Reduce::Sum;
                        par.reductions.push(Reduction { local, op });
                    }
                }
            }
            _ => {}
        }
        let full = match &stmt {
            Stmt::Bind(
                array,
                ArrayExpr::New {
                    shape, fill: Some(_), ..
                },
            ) => Some((*array, shape.len() as u8)),
            _ => None,
        };
        self.out.push(stmt);
        if let Some((array, axes)) = full {
            let size = Expr::int(self.sizes[array.0 as usize]);
            let elements = (0..axes).fold(size, |all, axis| {
                let length = Expr::new(ExprKind::Length(array, axis), Scalar::I64);
                Expr::new(ExprKind::Binary(Binary::Mul, all, length), Scalar::I64)
            });
            self.more(1, elements);
        }
    }

    /// What a statement's own expressions cost, and its store.
    fn own(&self, stmt: &Stmt) -> Cost {
        let mut cost = Cost::default();
        match stmt {
            Stmt::Set(local, value) => self.expr(value, self.places.contains(local), &mut cost),
            Stmt::If { test, .. } => self.expr(test, false, &mut cost),
            Stmt::Store {
                array, index, value, ..
            } => {
                index.iter().for_each(|one| self.expr(one, true, &mut cost));
                self.expr(value, false, &mut cost);
                cost.sure[1] += self.sizes[array.0 as usize];
            }
            Stmt::Bind(
                _,
                ArrayExpr::New {
                    shape,
                    fill: Some(fill),
                    ..
                },
            ) => {
                shape.iter().for_each(|one| self.expr(one, true, &mut cost));
                self.expr(fill, false, &mut cost);
            }
            other => walk::own(other, &mut |one| self.expr(one, true, &mut cost)),
        }
        cost
    }

    /// Adds what an expression costs. `is_place` if it only says where or how often.
    fn expr(&self, expr: &Expr, is_place: bool, cost: &mut Cost) {
        let part = |part: &Expr| {
            let mut cost = Cost::default();
            self.expr(part, is_place, &mut cost);
            cost
        };
        let counts = |of: Scalar| i64::from(of.is_float() || !is_place && !has_length(expr));
        match &expr.kind {
            ExprKind::Choice(test, a, b) => {
                self.expr(test, is_place, cost);
                return cost.choices.push((test.clone(), part(a), part(b)));
            }
            ExprKind::And(test, b) => {
                self.expr(test, is_place, cost);
                return cost.choices.push((test.clone(), part(b), Cost::default()));
            }
            ExprKind::Or(test, b) => {
                self.expr(test, is_place, cost);
                return cost.choices.push((test.clone(), Cost::default(), part(b)));
            }
            ExprKind::Load { array, index, .. } => {
                cost.sure[1] += self.sizes[array.0 as usize];
                return index.iter().for_each(|one| self.expr(one, true, cost));
            }
            ExprKind::Unary(Unary::Not, _) | ExprKind::Binary(Binary::And | Binary::Or | Binary::Xor, ..)
                if expr.of == Scalar::Bool => {}
            ExprKind::Unary(..) | ExprKind::Binary(..) | ExprKind::Divide(..) | ExprKind::Math(..) => {
                cost.sure[0] += counts(expr.of);
            }
            ExprKind::Compare(_, a, _) => cost.sure[0] += counts(a.of),
            _ => {}
        }
        for operand in walk::operands(expr) {
            self.expr(operand, is_place, cost);
        }
    }
}

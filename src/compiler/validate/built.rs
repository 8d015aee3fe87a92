//! Programs made by hand, for tests.

use crate::ir::*;
use crate::source::Span;
use crate::types::{Layout, Scalar};

/// A program that grows.
#[derive(Default)]
pub(crate) struct Built(pub Program);

impl Built {
    pub fn local(&mut self, name: &str, of: Scalar) -> Local {
        let name = name.into();
        self.0.locals.push(LocalInfo { name, of });
        Local(self.0.locals.len() as u32 - 1)
    }

    pub fn param(&mut self, name: &str, of: Scalar) -> Local {
        let local = self.local(name, of);
        self.0.params.push(Param::Scalar(local));
        local
    }

    /// A local that the program gives.
    pub fn result(&mut self, name: &str, of: Scalar) -> Local {
        let local = self.local(name, of);
        self.0.results.push(Param::Scalar(local));
        local
    }

    pub fn array(&mut self, name: &str, of: Scalar, axes: u8, layout: Layout) -> Array {
        self.0.arrays.push(ArrayInfo {
            name: name.into(),
            of,
            axes,
            layout,
        });
        Array(self.0.arrays.len() as u32 - 1)
    }

    pub fn array_param(&mut self, name: &str, of: Scalar, axes: u8) -> Array {
        let array = self.array(name, of, axes, Layout::C);
        self.0.params.push(Param::Array(array));
        array
    }

    /// A site whose place tells its number.
    pub fn site(&mut self, what: Failure) -> Site {
        let number = self.0.sites.len();
        let span = Span::new(10 * number, 10 * number + 5);
        self.0.sites.push(SiteInfo { span, what });
        Site(number as u32)
    }

    pub fn label(&mut self) -> Label {
        self.0.labels += 1;
        Label(self.0.labels - 1)
    }

    pub fn push(&mut self, stmt: Stmt) {
        self.0.body.push(stmt);
    }

    pub fn get(&self, local: Local) -> Expr {
        let of = self.0.locals[local.0 as usize].of;
        Expr::new(ExprKind::Local(local), of)
    }

    pub fn set(&mut self, local: Local, value: Expr) {
        self.push(Stmt::Set(local, value));
    }

    pub fn of(&self, array: Array) -> Scalar {
        self.0.arrays[array.0 as usize].of
    }

    /// An element, checked.
    pub fn load(&mut self, array: Array, index: Vec<Expr>) -> Expr {
        let site = Some(self.site(Failure::Index(array, 0)));
        let of = self.of(array);
        Expr::new(ExprKind::Load { array, index, site }, of)
    }

    /// A store, checked.
    pub fn store(&mut self, array: Array, index: Vec<Expr>, value: Expr) -> Stmt {
        let site = Some(self.site(Failure::Index(array, 0)));
        Stmt::Store {
            array,
            index,
            value,
            site,
        }
    }

    /// `for var in range(start, stop, step)`.
    pub fn for_range(&mut self, var: Local, range: [Expr; 3], body: Vec<Stmt>) -> Stmt {
        let [start, stop, step] = range;
        let label = self.label();
        Stmt::For {
            label,
            var,
            start,
            stop,
            step,
            vector: false,
            body,
        }
    }

    /// `for var in prange(stop)`, everything but parameters' arrays private.
    pub fn prange(&mut self, var: Local, stop: Expr, body: Vec<Stmt>, reductions: Vec<Reduction>) -> Stmt {
        let label = self.label();
        let number = self.0.locals.len() as u32;
        let is_shared = |local: &Local| reductions.iter().any(|reduction| reduction.local == *local);
        let private = (0..number)
            .map(Local)
            .filter(|local| *local != var && !is_shared(local));
        let arrays = (0..self.0.arrays.len() as u32).map(Array);
        Stmt::ParFor(Box::new(ParFor {
            span: Span::new(500, 505),
            label,
            var,
            start: Expr::int(0),
            stop,
            body,
            private: private.collect(),
            private_arrays: arrays
                .filter(|array| !self.0.params.contains(&Param::Array(*array)))
                .collect(),
            reductions,
        }))
    }
}

pub(crate) fn unary(op: Unary, a: Expr) -> Expr {
    let of = a.of;
    let kind = ExprKind::Unary(op, a);
    Expr::new(kind, of)
}

pub(crate) fn binary(op: Binary, a: Expr, b: Expr) -> Expr {
    let of = a.of;
    let kind = ExprKind::Binary(op, a, b);
    Expr::new(kind, of)
}

pub(crate) fn add(a: Expr, b: Expr) -> Expr {
    binary(Binary::Add, a, b)
}

pub(crate) fn divide(op: Divide, a: Expr, b: Expr, site: Option<Site>) -> Expr {
    let of = a.of;
    let kind = ExprKind::Divide(op, a, b, site);
    Expr::new(kind, of)
}

/// A truth value.
pub(crate) fn truth(kind: ExprKind) -> Expr {
    Expr::new(kind, Scalar::Bool)
}

pub(crate) fn compare(op: Compare, a: Expr, b: Expr) -> Expr {
    truth(ExprKind::Compare(op, a, b))
}

pub(crate) fn convert(of: Scalar, a: Expr) -> Expr {
    let kind = ExprKind::Convert(a);
    Expr::new(kind, of)
}

//! What stays the same while a loop runs, and is worked out before it: addresses of the rows that it goes along, and, in lanes,
//! vectors of one value. Engines take neither out of loops.

use super::access::Index;
use super::function::Emitter;
use super::plan::SAME;
use super::scalar::twice;
use super::walk;
use crate::ir::{Array, Binary, Expr, ExprKind, Local, Stmt};
use crate::sorted::Set as BTreeSet;
use crate::types::Scalar;
use wasm_encoder::ValType;

/// Rows of a loop at most: addresses take registers, of which there are few.
const MOST_ROWS: usize = 8;
/// Vectors of one value at most: of more, engines keep some in memory, which takes longer than to make them.
const MOST_SPREADS: usize = 8;

/// The address of an array's row.
#[derive(Debug)]
pub(super) struct Row {
    array: Array,
    /// All indices but the last.
    index: Vec<Expr>,
    address: u32,
}

/// Whether an expression is arithmetic on what a loop does not set.
fn is_same(e: &Expr, sets: &BTreeSet<Local>) -> bool {
    match &e.kind {
        ExprKind::Const(_) | ExprKind::Length(..) => true,
        ExprKind::Local(local) => !sets.contains(local),
        ExprKind::Unary(..) | ExprKind::Binary(..) | ExprKind::Convert(_) => {
            walk::operands(e).all(|one| is_same(one, sets))
        }
        _ => false,
    }
}

impl Emitter<'_> {
    /// Works out the addresses of the rows that a loop's body accesses, and tells how many were known before.
    pub fn begin_rows(&mut self, var: Local, body: &[Stmt]) -> usize {
        let known = self.rows.len();
        let mut found: Vec<(Array, &[Expr])> = Vec::new();
        let mut take = |array: Array, index| {
            let Some((_, rows @ [_, ..])) = <[Expr]>::split_last(index) else {
                return;
            };
            let one = (array, rows);
            if !found.contains(&one) {
                found.push(one);
            }
        };
        crate::walk::statements(body, &mut |stmt| {
            if let Stmt::Store {
                array,
                index,
                site: None,
                ..
            } = stmt
            {
                take(*array, index);
            }
        });
        crate::walk::expressions(body, &mut |e| {
            if let ExprKind::Load {
                array,
                index,
                site: None,
            } = &e.kind
            {
                take(*array, index);
            }
        });
        if found.is_empty() {
            return known;
        }
        let (mut sets, binds) = crate::walk::set_in(body);
        sets.insert(var);
        found.retain(|(array, rows)| !binds.contains(array) && rows.iter().all(|one| is_same(one, &sets)));
        for (array, rows) in found {
            let differs = rows.iter().any(|one| self.varies(one));
            if differs || self.row(array, rows).is_some() || self.rows.len() - known == MOST_ROWS {
                continue;
            }
            let handle = self.handle(array);
            self.get(handle.address);
            for (axis, one) in rows.iter().enumerate() {
                self.narrow(one);
                self.times_stride(array, &handle, axis);
                self.put().i32_add();
            }
            let address = self.borrow(ValType::I32);
            self.set(address);
            self.rows.push(Row {
                array,
                index: rows.to_vec(),
                address,
            });
        }
        known
    }

    /// The loop is over: as many rows are known as before.
    pub fn end_rows(&mut self, known: usize) {
        for row in self.rows.split_off(known) {
            self.give_back(&[row.address]);
        }
    }

    /// The address of a row, if it is known.
    pub fn row(&self, array: Array, index: &[Expr]) -> Option<u32> {
        let is_it = |row: &&Row| row.array == array && row.index == index;
        self.rows.iter().find(is_it).map(|row| row.address)
    }

    /// The same of indices that are to be evaluated.
    pub fn row_of(&self, array: Array, index: &[Index<'_>]) -> Option<u32> {
        let (_, rows) = index.split_last()?;
        let is = |row: &Row| {
            let same = |(one, kept): (&Expr, &Index<'_>)| matches!(kept, Index::Of(e) if *e == one);
            row.array == array && !rows.is_empty() && row.index.iter().zip(rows).all(same)
        };
        self.rows.iter().find(|row| is(row)).map(|row| row.address)
    }

    /// Spreads constants, and variables that a loop in lanes does not set, to all lanes of a vector each.
    pub fn begin_spreads(&mut self, body: &[Stmt]) {
        let (sets, _) = crate::walk::set_in(body);
        let mut found: Vec<&Expr> = Vec::new();
        crate::walk::expressions(body, &mut |e| {
            let spreads = match &e.kind {
                ExprKind::Binary(Binary::ShiftLeft | Binary::ShiftRight, ..) => false,
                ExprKind::Binary(..) if twice(e).is_some() => false,
                ExprKind::Compare(_, a, b) => a.of == b.of,
                ExprKind::Binary(..) | ExprKind::Divide(..) | ExprKind::Select(..) | ExprKind::Choice(..) => {
                    true
                }
                _ => false,
            };
            if !spreads || found.len() == MOST_SPREADS || !self.varies(e) {
                return;
            }
            for one in walk::operands(e) {
                let is_leaf = matches!(one.kind, ExprKind::Const(_) | ExprKind::Local(_));
                let is_new = found.len() < MOST_SPREADS && !found.contains(&one);
                if is_leaf
                    && is_new
                    && one.of != Scalar::Bool
                    && self.kind(one) == SAME
                    && is_same(one, &sets)
                {
                    found.push(one);
                }
            }
        });
        for one in found {
            self.scalar(one);
            self.splat_once(one.of);
            let vector = self.borrow(ValType::V128);
            self.set(vector);
            if let Some(lanes) = &mut self.vector {
                lanes.spreads.push((one.clone(), vector));
            }
        }
    }

    /// The loop is over.
    pub fn end_spreads(&mut self) {
        let spreads = self
            .vector
            .as_mut()
            .map(|lanes| std::mem::take(&mut lanes.spreads));
        for (_, vector) in spreads.unwrap_or_default() {
            self.give_back(&[vector]);
        }
    }

    /// The vector of one value, if it is known.
    pub fn spread_of(&self, e: &Expr) -> Option<u32> {
        let lanes = self.vector.as_ref()?;
        let found = lanes.spreads.iter().find(|(one, _)| one == e);
        found.map(|(_, vector)| *vector)
    }
}

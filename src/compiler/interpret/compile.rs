//! From statements to the machine's instructions, in one pass over a valid program.

use super::boxed::Boxed;
use super::code::{
    Access, ArrayVar, Code, Cut, Division, For, New, Op, ParFor, Part, Pc, Reg, Reshape, View,
};
use crate::ir::{self, ArrayExpr, Expr, ExprKind, Label, Printed, Program, Site, Stmt};
use crate::sorted::Map;
use crate::types::Scalar;

/// The program's instructions.
pub(super) fn compile(program: &Program) -> Code {
    let locals = &program.locals;
    let arrays = program.arrays.iter().map(|array| ArrayVar {
        name: array.name.clone(),
        of: array.of,
        axes: array.axes,
        layout: array.layout,
    });
    let mut compiler = Compiler {
        code: Code {
            registers: vec![Boxed::Undefined; locals.len()],
            locals: locals
                .iter()
                .map(|local| (local.name.clone(), local.of))
                .collect(),
            arrays: arrays.collect(),
            params: program.params.clone(),
            results: program.results.clone(),
            tables: program.tables.clone(),
            sites: program.sites.clone(),
            ..Code::default()
        },
        constants: Map::new(),
        between: Vec::new(),
        used: 0,
        leaves: Map::new(),
        agains: Map::new(),
    };
    compiler.all(&program.body);
    compiler.code.ops.push(Op::Return);
    compiler.code
}

/// Where a jump's target is not known yet.
const OPEN: Pc = Pc::MAX;

struct Compiler {
    code: Code,
    constants: Map<(Scalar, u64), Reg>,
    /// Registers for what expressions leave in between; free again after each statement.
    between: Vec<Reg>,
    used: usize,
    /// Jumps that wait for the end of a block or loop, and for its next round.
    leaves: Map<Label, Vec<Pc>>,
    agains: Map<Label, Vec<Pc>>,
}

impl Compiler {
    fn here(&self) -> Pc {
        self.code.ops.len() as Pc
    }

    fn push(&mut self, op: Op) -> Pc {
        self.code.ops.push(op);
        self.here() - 1
    }

    /// Gives an open jump its target.
    fn close(&mut self, at: Pc, target: Pc) {
        if let Op::Jump(to) | Op::Unless(_, to) = &mut self.code.ops[at as usize] {
            *to = target;
        }
    }

    fn close_label(&mut self, jumps: Option<Vec<Pc>>, target: Pc) {
        for at in jumps.into_iter().flatten() {
            self.close(at, target);
        }
    }

    fn register(&mut self, holds: Boxed) -> Reg {
        self.code.registers.push(holds);
        self.code.registers.len() as Reg - 1
    }

    fn temporary(&mut self) -> Reg {
        let at = self.used;
        self.used += 1;
        if let Some(&one) = self.between.get(at) {
            return one;
        }
        let made = self.register(Boxed::Undefined);
        self.between.push(made);
        made
    }

    fn constant(&mut self, of: Scalar, bits: u64) -> Reg {
        if let Some(&known) = self.constants.get(&(of, bits)) {
            return known;
        }
        let made = self.register(Boxed::new(of, bits));
        self.constants.insert((of, bits), made);
        made
    }

    fn all(&mut self, body: &[Stmt]) {
        for stmt in body {
            self.statement(stmt);
            self.used = 0;
        }
    }

    fn statement(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Set(local, value) => self.into(local.0, value),
            Stmt::Bind(array, value) => self.bind(array.0, value),
            Stmt::Store {
                array,
                index,
                value,
                site,
            } => {
                let access = self.access(array.0, index, *site);
                let value = self.value(value);
                self.push(Op::Store(value, access));
            }
            Stmt::If { test, yes, no } => {
                let test = self.value(test);
                let to_no = self.push(Op::Unless(test, OPEN));
                self.all(yes);
                if no.is_empty() {
                    self.close(to_no, self.here());
                } else {
                    let to_end = self.push(Op::Jump(OPEN));
                    self.close(to_no, self.here());
                    self.all(no);
                    self.close(to_end, self.here());
                }
            }
            Stmt::Block { label, body } => {
                self.all(body);
                let leaves = self.leaves.remove(label);
                self.close_label(leaves, self.here());
            }
            Stmt::While {
                label,
                before,
                test,
                body,
            } => {
                let again = self.here();
                self.all(before);
                self.used = 0;
                let test = self.value(test);
                let out = self.push(Op::Unless(test, OPEN));
                self.all(body);
                self.push(Op::Jump(again));
                self.close(out, self.here());
                let (leaves, agains) = (self.leaves.remove(label), self.agains.remove(label));
                self.close_label(leaves, self.here());
                self.close_label(agains, again);
            }
            Stmt::For {
                label,
                var,
                start,
                stop,
                step,
                vector: _,
                body,
            } => {
                let (start, stop, step) = (self.value(start), self.value(stop), self.value(step));
                let at = self.code.fors.len();
                self.push(Op::For(at as u32));
                self.code.fors.push(For {
                    var: var.0,
                    start,
                    stop,
                    step,
                    body: self.here(),
                    end: OPEN,
                });
                self.all(body);
                let next = self.push(Op::ForNext(at as u32));
                self.code.fors[at].end = self.here();
                let (leaves, agains) = (self.leaves.remove(label), self.agains.remove(label));
                self.close_label(leaves, self.here());
                self.close_label(agains, next);
            }
            Stmt::ParFor(par) => self.par_for(par),
            Stmt::Leave(label) => {
                let at = self.push(Op::Jump(OPEN));
                self.leaves.entry(*label).or_default().push(at);
            }
            Stmt::Again(label) => {
                let at = self.push(Op::Jump(OPEN));
                self.agains.entry(*label).or_default().push(at);
            }
            Stmt::Return => {
                self.push(Op::Return);
            }
            Stmt::Check(test, site) => {
                let test = self.value(test);
                self.push(Op::Check(test, site.0));
            }
            Stmt::Print(parts) => {
                let parts = parts.iter().map(|part| match part {
                    Printed::Text(text) => Part::Text(text.clone()),
                    Printed::Value(value) => Part::Value(self.value(value)),
                    Printed::Array(array) => Part::Array(array.0),
                });
                let parts = parts.collect();
                self.code.prints.push(parts);
                self.push(Op::Print(self.code.prints.len() as u32 - 1));
            }
        }
    }

    fn par_for(&mut self, par: &ir::ParFor) {
        let (start, stop) = (self.value(&par.start), self.value(&par.stop));
        let at = self.code.par_fors.len();
        self.push(Op::ParFor(at as u32));
        self.code.par_fors.push(ParFor {
            span: par.span,
            var: par.var.0,
            start,
            stop,
            body: self.here(),
            next: OPEN,
            end: OPEN,
            private: par.private.iter().map(|local| local.0).collect(),
            private_arrays: par.private_arrays.iter().map(|array| array.0).collect(),
            reductions: par.reductions.clone(),
        });
        self.all(&par.body);
        let next = self.push(Op::ParNext);
        self.code.par_fors[at].next = next;
        self.code.par_fors[at].end = self.here();
        let (leaves, agains) = (self.leaves.remove(&par.label), self.agains.remove(&par.label));
        self.close_label(leaves, next);
        self.close_label(agains, next);
    }

    fn bind(&mut self, to: u32, value: &ArrayExpr) {
        match value {
            ArrayExpr::Same(from) => {
                self.push(Op::Same(to, from.0));
            }
            ArrayExpr::New { shape, fill, site } => {
                let shape = shape.iter().map(|one| self.value(one)).collect();
                let fill = fill.as_ref().map(|fill| self.value(fill));
                let of = self.code.arrays[to as usize].of;
                self.code.news.push(New {
                    of,
                    shape,
                    fill,
                    site: site.0,
                });
                self.push(Op::New(to, self.code.news.len() as u32 - 1));
            }
            ArrayExpr::Reshape { of, shape, site } => {
                let shape = shape.iter().map(|one| self.value(one)).collect();
                self.code.reshapes.push(Reshape {
                    of: of.0,
                    shape,
                    site: site.0,
                });
                self.push(Op::Reshape(to, self.code.reshapes.len() as u32 - 1));
            }
            ArrayExpr::Transposed(of) => {
                self.push(Op::Transposed(to, of.0));
            }
            ArrayExpr::View { of, cuts } => {
                let cuts = cuts.iter().map(|cut| match cut {
                    ir::Cut::At(at, site) => Cut::At(self.value(at), site.0),
                    ir::Cut::Range {
                        low,
                        high,
                        step,
                        site,
                    } => Cut::Range {
                        low: low.as_ref().map(|one| self.value(one)),
                        high: high.as_ref().map(|one| self.value(one)),
                        step: step.as_ref().map(|one| self.value(one)),
                        site: site.0,
                    },
                });
                let cuts = cuts.collect();
                self.code.views.push(View { of: of.0, cuts });
                self.push(Op::View(to, self.code.views.len() as u32 - 1));
            }
        }
    }

    fn access(&mut self, array: u32, index: &[Expr], site: Option<Site>) -> u32 {
        let mut registers = [0; 3];
        for (slot, one) in registers.iter_mut().zip(index) {
            *slot = self.value(one);
        }
        self.code.accesses.push(Access {
            array,
            index: registers,
            axes: index.len() as u8,
            site: site.map(|site| site.0),
        });
        self.code.accesses.len() as u32 - 1
    }

    /// The register that holds a value. As expressions change nothing, a variable's own may be read late.
    fn value(&mut self, expr: &Expr) -> Reg {
        match &expr.kind {
            ExprKind::Const(bits) => self.constant(expr.of, *bits),
            ExprKind::Local(local) => local.0,
            _ => {
                let to = self.temporary();
                self.into(to, expr);
                to
            }
        }
    }

    /// Evaluates into a register, which is written when all operands have been read.
    fn into(&mut self, to: Reg, expr: &Expr) {
        match &expr.kind {
            ExprKind::Const(_) | ExprKind::Local(_) => {
                let from = self.value(expr);
                self.push(Op::Move(to, from));
            }
            ExprKind::Length(array, axis) => {
                self.push(Op::Length(to, array.0, *axis));
            }
            ExprKind::Unary(op, a) => {
                let a = self.value(a);
                self.push(Op::Unary(*op, to, a));
            }
            ExprKind::Binary(op, a, b) => {
                let (a, b) = (self.value(a), self.value(b));
                self.push(Op::Binary(*op, to, a, b));
            }
            ExprKind::Divide(op, a, b, site) => {
                let (a, b) = (self.value(a), self.value(b));
                self.code.divisions.push(Division {
                    op: *op,
                    a,
                    b,
                    site: site.map(|site| site.0),
                });
                self.push(Op::Divide(self.code.divisions.len() as u32 - 1, to));
            }
            ExprKind::Compare(op, a, b) => {
                let (a, b) = (self.value(a), self.value(b));
                self.push(Op::Compare(*op, to, a, b));
            }
            ExprKind::Convert(a) => {
                let a = self.value(a);
                self.push(Op::Convert(expr.of, to, a));
            }
            ExprKind::Bits(a) => {
                let a = self.value(a);
                self.push(Op::Bits(expr.of, to, a));
            }
            ExprKind::Select(test, yes, no) => {
                let (test, yes, no) = (self.value(test), self.value(yes), self.value(no));
                self.push(Op::Select(to, test, yes, no));
            }
            ExprKind::Choice(test, yes, no) => {
                let test = self.value(test);
                let to_no = self.push(Op::Unless(test, OPEN));
                self.into(to, yes);
                let to_end = self.push(Op::Jump(OPEN));
                self.close(to_no, self.here());
                self.into(to, no);
                self.close(to_end, self.here());
            }
            ExprKind::And(a, b) => {
                let a = self.value(a);
                let to_no = self.push(Op::Unless(a, OPEN));
                self.into(to, b);
                let to_end = self.push(Op::Jump(OPEN));
                self.close(to_no, self.here());
                let no = self.constant(Scalar::Bool, 0);
                self.push(Op::Move(to, no));
                self.close(to_end, self.here());
            }
            ExprKind::Or(a, b) => {
                let a = self.value(a);
                let to_b = self.push(Op::Unless(a, OPEN));
                let yes = self.constant(Scalar::Bool, 1);
                self.push(Op::Move(to, yes));
                let to_end = self.push(Op::Jump(OPEN));
                self.close(to_b, self.here());
                self.into(to, b);
                self.close(to_end, self.here());
            }
            ExprKind::Load { array, index, site } => {
                let access = self.access(array.0, index, *site);
                self.push(Op::Load(to, access));
            }
            ExprKind::Let(all, last) => {
                for (local, value) in all {
                    self.into(local.0, value);
                }
                self.into(to, last);
            }
            ExprKind::Table(table, at) => {
                let at = self.value(at);
                self.push(Op::Table(to, table.0, at));
            }
            ExprKind::Apart(a, b) => {
                self.push(Op::Apart(to, a.0, b.0));
            }
            // Validation refuses what is to be expanded.
            ExprKind::Math(..) => {}
        }
    }
}

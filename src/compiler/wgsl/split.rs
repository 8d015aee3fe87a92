//! The cut between host and shaders: what is a parallel loop or touches elements is dispatched, the rest is code of the host.

use super::host;
use super::plan::*;
use super::shader;
use super::uses::{Uses, any, region};
use crate::interval::Facts;
use crate::ir::*;
use crate::sorted::{Map as HashMap, Set as BTreeSet};
use crate::walk;

/// The program with what the host cannot compute taken out of the statements that it does: such a value is
/// set before, which a shader does.
pub fn prepare(program: &Program, total: &Uses) -> Program {
    let mut program = program.clone();
    let body = std::mem::take(&mut program.body);
    program.body = lift(body, &mut program, total);
    program
}

fn lift(body: Vec<Stmt>, program: &mut Program, total: &Uses) -> Vec<Stmt> {
    let mut out = Vec::new();
    let mut serial_until = 0;
    let ends: Vec<Option<usize>> = (0..body.len()).map(|at| region(&body, at, total)).collect();
    for (at, mut stmt) in body.into_iter().enumerate() {
        if at < serial_until {
            out.push(stmt);
            continue;
        }
        if let Some(end) = ends.get(at).copied().flatten() {
            serial_until = end;
            out.push(stmt);
            continue;
        }
        let mut sets = Vec::new();
        if matches!(stmt, Stmt::Print(_)) {
            continue;
        }
        walk::own_mut(&mut stmt, &mut |expr| take(expr, program, &mut sets));
        if let Stmt::While { before, .. } = &mut stmt {
            before.append(&mut sets);
        }
        if !matches!(stmt, Stmt::ParFor(_)) {
            for block in walk::blocks_mut(&mut stmt) {
                *block = lift(std::mem::take(block), program, total);
            }
        }
        out.extend(sets);
        out.push(stmt);
    }
    out
}

fn take(expr: &mut Expr, program: &mut Program, sets: &mut Vec<Stmt>) {
    if host::can(expr) {
        return;
    }
    let local = Local(program.locals.len() as u32);
    program.locals.push(LocalInfo {
        name: "a value for the host".to_string(),
        of: expr.of,
    });
    let read = Expr::new(ExprKind::Local(local), expr.of);
    sets.push(Stmt::Set(local, std::mem::replace(expr, read)));
}

/// Where jumps to a label go: the next round, if it is a loop, and those that wait for the end's place.
#[derive(Default)]
struct Target {
    again: usize,
    waiting: Vec<usize>,
}

/// Host code and shaders under way.
pub struct Split<'a> {
    pub(super) program: &'a Program,
    pub(super) facts: &'a Facts,
    pub(super) options: &'a Options,
    pub(super) total: &'a Uses,
    pub(super) code: Vec<Op>,
    pub(super) shaders: Vec<Shader>,
    pub(super) refusals: Refusals,
    pub(super) ranges: usize,
    targets: HashMap<Label, Target>,
}

impl<'a> Split<'a> {
    /// Nothing yet.
    pub fn new(program: &'a Program, facts: &'a Facts, options: &'a Options, total: &'a Uses) -> Split<'a> {
        Split {
            program,
            facts,
            options,
            total,
            code: Vec::new(),
            shaders: Vec::new(),
            refusals: Refusals::default(),
            ranges: 0,
            targets: HashMap::new(),
        }
    }

    /// Adds statements; `in_loop` if they may run again.
    pub fn statements(&mut self, body: &'a [Stmt], in_loop: bool) {
        let mut at = 0;
        while let Some(stmt) = body.get(at) {
            match region(body, at, self.total) {
                Some(end) => {
                    self.serial(&body[at..end], in_loop);
                    at = end;
                }
                None => {
                    self.statement(stmt, in_loop);
                    at += 1;
                }
            }
        }
    }

    fn serial(&mut self, body: &'a [Stmt], in_loop: bool) {
        let uses = Uses::of(body);
        let is_output = |local: &Local| {
            let (all, own) = (self.total.reads.get(local), uses.reads.get(local));
            all.unwrap_or(&0) > own.unwrap_or(&0) || in_loop && exposed(body, *local, &mut false)
        };
        let outputs: BTreeSet<Local> = uses.writes.iter().copied().filter(is_output).collect();
        let inputs = uses.writes.iter().copied();
        let inputs = inputs.filter(|local| {
            let mut is_set = false;
            exposed(body, *local, &mut is_set) || outputs.contains(local) && !is_set
        });
        let numbers = (&inputs.collect(), &outputs);
        let (program, facts, options) = (self.program, self.facts, self.options);
        if let Some(shader) = shader::serial(program, facts, options, body, numbers, &mut self.refusals) {
            self.dispatch(shader);
        }
    }

    fn refuse_serial(&mut self, stmt: &Stmt) {
        let why = Why::Lacks("way to do this outside of a parallel loop");
        let at = crate::told::place(stmt);
        let span = at.checked_sub(1).map(|start| (start, at));
        self.refusals.add(why, span);
    }

    fn dispatch(&mut self, shader: Shader) {
        self.code.push(Op::Dispatch(self.shaders.len()));
        self.shaders.push(shader);
    }

    /// A step that jumps to where the label ends, once that is known.
    fn leave(&mut self, label: Label) {
        let target = self.targets.entry(label).or_default();
        target.waiting.push(self.code.len());
        self.code.push(Op::Jump(0));
    }

    fn land(&mut self, label: Label) {
        let end = self.code.len();
        for at in self.targets.remove(&label).unwrap_or_default().waiting {
            self.patch(at, end);
        }
    }

    fn patch(&mut self, at: usize, end: usize) {
        if let Some(Op::Unless(_, to) | Op::Jump(to) | Op::Next(_, _, to)) = self.code.get_mut(at) {
            *to = end;
        }
    }

    fn here(&self) -> usize {
        self.code.len()
    }

    fn open(&mut self, label: Label) -> usize {
        let again = self.here();
        self.targets.insert(
            label,
            Target {
                again,
                waiting: Vec::new(),
            },
        );
        again
    }

    fn statement(&mut self, stmt: &'a Stmt, in_loop: bool) {
        walk::own(stmt, &mut |expr| {
            if !host::can(expr) && !matches!(stmt, Stmt::Print(_)) {
                self.refuse_serial(stmt);
            }
        });
        match stmt {
            Stmt::Set(local, value) => self.code.push(Op::Set(*local, value.clone())),
            Stmt::Bind(array, handle) => self.code.push(Op::Bind(*array, handle.clone())),
            // Elements outside of what can be one shader: an array that is made in between.
            Stmt::Store { .. } => self.refuse_serial(stmt),
            Stmt::If { test, yes, no } => {
                let branch = self.here();
                self.code.push(Op::Unless(test.clone(), 0));
                self.statements(yes, in_loop);
                let over = self.here();
                if !no.is_empty() {
                    self.code.push(Op::Jump(0));
                }
                self.patch(branch, self.here());
                self.statements(no, in_loop);
                if !no.is_empty() {
                    self.patch(over, self.here());
                }
            }
            Stmt::Block { label, body } => {
                self.open(*label);
                self.statements(body, in_loop);
                self.land(*label);
            }
            Stmt::While {
                label,
                before,
                test,
                body,
            } => {
                let head = self.open(*label);
                self.code.push(Op::Round(crate::told::place(stmt)));
                self.statements(before, true);
                let exit = self.here();
                self.code.push(Op::Unless(test.clone(), 0));
                self.statements(body, true);
                self.code.push(Op::Jump(head));
                self.patch(exit, self.here());
                self.land(*label);
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
                let range = self.ranges;
                self.ranges += 1;
                self.code
                    .push(Op::Range(range, start.clone(), stop.clone(), step.clone()));
                let head = self.open(*label);
                self.code.push(Op::Next(range, *var, 0));
                self.statements(body, true);
                self.code.push(Op::Jump(head));
                self.patch(head, self.here());
                self.land(*label);
            }
            Stmt::ParFor(it) => {
                let (program, facts, options) = (self.program, self.facts, self.options);
                let shader = shader::parallel(program, facts, options, stmt, it, &mut self.refusals);
                self.dispatch(shader);
            }
            Stmt::Leave(label) => self.leave(*label),
            Stmt::Again(label) => {
                let again = self.targets.get(label).map_or(0, |target| target.again);
                self.code.push(Op::Jump(again));
            }
            Stmt::Return => self.code.push(Op::End),
            Stmt::Check(test, site) => self.code.push(Op::Check(test.clone(), *site)),
            Stmt::Print(_) => {}
        }
    }
}

/// Whether statements may read what a number was before them. `is_set` is whether it has been set, before and after.
fn exposed(body: &[Stmt], local: Local, is_set: &mut bool) -> bool {
    for stmt in body {
        let mut is_read = false;
        walk::own(stmt, &mut |expr| {
            is_read |= any(
                expr,
                &|part| matches!(part.kind, ExprKind::Local(other) if other == local),
            );
        });
        // A loop's test may come after what is before it, which is not worth the difference.
        if is_read && !*is_set {
            return true;
        }
        match stmt {
            Stmt::Set(to, _) if *to == local => *is_set = true,
            Stmt::If { yes, no, .. } => {
                let (mut a, mut b) = (*is_set, *is_set);
                if exposed(yes, local, &mut a) || exposed(no, local, &mut b) {
                    return true;
                }
                *is_set = a && b;
            }
            Stmt::For { var, body, .. } => {
                let mut inside = *is_set || *var == local;
                if exposed(body, local, &mut inside) {
                    return true;
                }
            }
            _ => {
                for inner in crate::walk::blocks(stmt) {
                    if exposed(inner, local, &mut is_set.clone()) {
                        return true;
                    }
                }
            }
        }
    }
    false
}

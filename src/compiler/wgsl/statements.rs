//! Statements in WGSL.

use super::express::register;
use super::plan::*;
use super::shader::{Frame, Writer};
use super::uses::Uses;
use crate::interval::{I32, U32, within};
use crate::ir::*;
use crate::sorted::Set as BTreeSet;
use crate::types::Scalar;

impl Writer<'_> {
    pub(super) fn body(&mut self, body: &[Stmt]) {
        self.find_roots(body);
        self.statements(body);
    }

    /// Writes them; whether the end is reached.
    pub(super) fn statements(&mut self, body: &[Stmt]) -> bool {
        for stmt in body {
            if !self.statement(stmt) {
                return false;
            }
        }
        true
    }

    pub(super) fn statement(&mut self, stmt: &Stmt) -> bool {
        let around = self.at;
        self.at = match crate::told::place(stmt) {
            0 => around,
            at => at,
        };
        let falls = self.statement_at(stmt);
        self.at = around;
        falls
    }

    fn statement_at(&mut self, stmt: &Stmt) -> bool {
        match stmt {
            Stmt::Set(local, value) => self.set(*local, value),
            Stmt::Bind(array, handle) => self.bind(*array, handle),
            Stmt::Store {
                array,
                index,
                value,
                site,
            } => {
                let place = self.place(*array, index, *site);
                let value = self.value(value);
                if self.element_of(*array).bytes() == 8 {
                    let site = site.and_then(|site| self.program.sites.get(site.0 as usize));
                    self.wide_array(*array, site.map_or(0, |site| site.span.start + 1));
                }
                let root = self.root(*array, true);
                if self.uses.can_fail {
                    // All that can fail does so before it is asked whether anything has.
                    let (t, v) = (self.temporary(), self.temporary());
                    self.line(format_args!("let {t} = {place};"));
                    self.line(format_args!("let {v} = {value};"));
                    self.line(format_args!("if (!failed) {{ {root}_store({t}, {v}); }}"));
                } else {
                    self.line(format_args!("{root}_store({place}, {value});"));
                }
            }
            Stmt::If { test, yes, no } => return self.branch(test, yes, no),
            Stmt::Block { label, body } => return self.block(*label, body),
            Stmt::While {
                label,
                before,
                test,
                body,
            } => {
                let tick = self.helper("tick");
                self.open("loop {");
                self.line(format_args!("if ({tick}()) {{ break; }}"));
                self.push(*label, false);
                if self.statements(before) {
                    let test = self.value(test);
                    self.line(format_args!("if (!{test}) {{ break; }}"));
                    self.statements(body);
                }
                self.close("}");
                self.pop();
            }
            Stmt::For {
                label,
                var,
                start,
                stop,
                step,
                body,
                ..
            } => self.count(*label, *var, (start, stop, Some(step)), body, false),
            Stmt::ParFor(it) => self.nested(it),
            Stmt::Leave(label) => {
                self.jump(*label, false);
                return false;
            }
            Stmt::Again(label) => {
                self.jump(*label, true);
                return false;
            }
            Stmt::Return => {
                self.line("return;");
                return false;
            }
            Stmt::Check(test, site) => {
                let (test, fail) = (self.value(test), self.helper("fail"));
                self.line(format_args!("if (!{test}) {{ {fail}({}u, 0); return; }}", site.0));
            }
            Stmt::Print(_) => {}
        }
        true
    }

    pub(super) fn set(&mut self, local: Local, value: &Expr) {
        let of = self.type_of(local);
        if of.bytes() == 8 && of.is_int() && self.reduced.contains_key(&local) {
            return self.set_wide(local, value);
        }
        if of == Scalar::F64 && !self.options.narrow {
            self.wide_parts(value);
            return self.wide_local(local, 0);
        }
        let text = self.value(value);
        // The host makes 64 bits of it again.
        if self.given.contains(&local) && of.bytes() == 8 && of.is_int() && !self.options.narrow {
            let fits = if of.is_signed() { I32 } else { U32 };
            if !within(self.facts.of(value), fits) && !self.unfit_parts(value) {
                self.refuse(Why::Wide(self.said_or_not(local), of));
            }
        }
        let name = self.local(local);
        self.line(format_args!("{name} = {text};"));
    }

    /// A round of a reduction in 64 bits, of which the parts have 32.
    pub(super) fn set_wide(&mut self, local: Local, value: &Expr) {
        let is_it = |expr: &Expr| matches!(expr.kind, ExprKind::Local(other) if other == local);
        let part = match &value.kind {
            ExprKind::Binary(op, a, b) if is_it(a) => Some((*op, b)),
            ExprKind::Binary(op, a, b) if is_it(b) && *op != Binary::Sub => Some((*op, a)),
            _ => None,
        };
        let Some((op, part)) = part else {
            let name = self.said(local).unwrap_or_default();
            return self.refuse(Why::Reduction(name));
        };
        let (text, is_signed) = self.exact(part);
        let name = self.local(local);
        let (t, hi) = (self.temporary(), format!("{name}_high"));
        self.line(format_args!("let {t} = {text};"));
        let (low, high) = match is_signed {
            true => (format!("u32({t})"), format!("u32({t} >> 31u)")),
            false => (t.clone(), "0u".to_string()),
        };
        match op {
            Binary::Add => {
                self.line(format_args!("{name} += {low};"));
                self.line(format_args!("{hi} += {high} + select(0u, 1u, {name} < {low});"));
            }
            Binary::Sub => {
                self.line(format_args!("{hi} -= {high} + select(0u, 1u, {name} < {low});"));
                self.line(format_args!("{name} -= {low};"));
            }
            Binary::And | Binary::Or | Binary::Xor => {
                let sign = match op {
                    Binary::And => "&",
                    Binary::Or => "|",
                    _ => "^",
                };
                self.line(format_args!("{name} = {name} {sign} {low};"));
                self.line(format_args!("{hi} = {hi} {sign} {high};"));
            }
            Binary::Min | Binary::Max => {
                // In two's complement the order of the high words, then of the low ones.
                let sign = if op == Binary::Min { "<" } else { ">" };
                let of = if self.type_of(local) == Scalar::I64 {
                    "i32"
                } else {
                    "u32"
                };
                self.line(format_args!(
                    "if ({of}({high}) {sign} {of}({hi}) || ({high} == {hi} && {low} {sign} {name})) {{ {name} = {low}; {hi} = {high}; }}"
                ));
            }
            _ => {
                let name = self.said(local).unwrap_or_default();
                self.refuse(Why::Reduction(name));
            }
        }
    }

    pub(super) fn branch(&mut self, test: &Expr, yes: &[Stmt], no: &[Stmt]) -> bool {
        let test = self.value(test);
        let (yes_ends, yes) = self.aside(|it| it.statements(yes));
        let (no_ends, no) = self.aside(|it| it.statements(no));
        if yes.is_empty() && !no.is_empty() {
            self.line(format_args!("if (!{test}) {{"));
            self.paste(&no);
            self.line("}");
        } else {
            self.line(format_args!("if ({test}) {{"));
            self.paste(&yes);
            if !no.is_empty() {
                self.line("} else {");
                self.paste(&no);
            }
            self.line("}");
        }
        yes_ends || no_ends
    }

    pub(super) fn block(&mut self, label: Label, body: &[Stmt]) -> bool {
        // What leaves only at its end needs no loop to leave.
        let body = match body.split_last() {
            Some((Stmt::Leave(to), rest)) if *to == label => rest,
            _ => body,
        };
        if !Uses::of(body).jumps_to(label) {
            return self.statements(body);
        }
        self.open("loop {");
        self.push(label, false);
        if self.statements(body) {
            self.line("break;");
        }
        self.close("}");
        self.pop();
        true
    }

    /// A loop over a range: its rounds are counted before it, unless it may be left early.
    pub(super) fn count(
        &mut self,
        label: Label,
        var: Local,
        range: (&Expr, &Expr, Option<&Expr>),
        body: &[Stmt],
        is_iteration: bool,
    ) {
        let of = self.type_of(var);
        let (start, stop, step) = range;
        let is_one = step.is_none_or(|step| matches!(step.kind, ExprKind::Const(1)));
        let is_unsigned = register(of) == "u32" && self.is_unsigned(start) && self.is_unsigned(stop);
        let bound = |it: &mut Self, expr: &Expr| match is_unsigned {
            true => it.exact(expr).0,
            false => it.exact_signed(expr),
        };
        let (start, stop) = (bound(self, start), bound(self, stop));
        let step = match step {
            Some(step) if !is_one => bound(self, step),
            _ if is_unsigned => "1u".to_string(),
            _ => "1".to_string(),
        };
        let trips = self.helper(if is_unsigned { "trips_u" } else { "trips_i" });
        let (from, by, n, j) = (
            self.temporary(),
            self.temporary(),
            self.temporary(),
            self.temporary(),
        );
        let has_exits = Uses::of(body).escapes();
        self.line(format_args!("let {from} = {start};"));
        self.line(format_args!("let {by} = {step};"));
        match has_exits {
            true => self.line(format_args!("let {n} = {trips}({from}, {stop}, {by});")),
            false => {
                let spend = self.helper("spend");
                self.line(format_args!("let {n} = {spend}({trips}({from}, {stop}, {by}));"));
            }
        }
        self.open(format_args!("for (var {j} = 0u; {j} < {n}; {j} += 1u) {{"));
        if has_exits {
            let tick = self.helper("tick");
            self.line(format_args!("if ({tick}()) {{ break; }}"));
        }
        let value = match is_unsigned {
            true => format!("{from} + {j} * {by}"),
            false => format!("{from} + i32({j}) * {by}"),
        };
        let value = match (is_unsigned, register(of)) {
            (false, "u32") => format!("u32({value})"),
            _ => value,
        };
        let name = self.local(var);
        self.line(format_args!("{name} = {value};"));
        self.push(label, is_iteration);
        self.statements(body);
        self.close("}");
        self.pop();
    }

    pub(super) fn is_unsigned(&self, expr: &Expr) -> bool {
        !expr.of.is_signed() && within(self.facts.of(expr), U32)
    }

    /// A parallel loop inside another is a loop.
    pub(super) fn nested(&mut self, it: &ParFor) {
        let mut kept = Vec::new();
        for one in &it.reductions {
            let of = self.type_of(one.local);
            let (name, was) = (self.local(one.local), self.temporary());
            let neutral = self.neutral(of, one.op);
            self.line(format_args!("let {was} = {name};"));
            self.line(format_args!("{name} = {neutral};"));
            kept.push((one, of, name, was));
        }
        self.count(it.label, it.var, (&it.start, &it.stop, None), &it.body, true);
        for (one, of, name, was) in kept {
            let text = match (one.op, of) {
                (Reduce::Sum, _) => format!("{was} + {name}"),
                (Reduce::Product, _) => format!("{was} * {name}"),
                (Reduce::And, _) => format!("{was} & {name}"),
                (Reduce::Or, _) => format!("{was} | {name}"),
                (Reduce::Xor, Scalar::Bool) => format!("{was} != {name}"),
                (Reduce::Xor, _) => format!("{was} ^ {name}"),
                (Reduce::Least, _) if of.is_float() => format!("{}({was}, {name})", self.helper("least_f")),
                (Reduce::Greatest, _) if of.is_float() => {
                    format!("{}({was}, {name})", self.helper("greatest_f"))
                }
                (Reduce::Least, _) => format!("min({was}, {name})"),
                (Reduce::Greatest, _) => format!("max({was}, {name})"),
            };
            self.line(format_args!("{name} = {text};"));
            if of.bytes() == 8 && of.is_int() && matches!(one.op, Reduce::Least | Reduce::Greatest) {
                // Its neutral value has more than 32 bits.
                let name = self.said(one.local).unwrap_or_default();
                self.refuse(Why::Reduction(name));
            }
        }
    }

    pub(super) fn neutral(&mut self, of: Scalar, op: Reduce) -> String {
        let bits = op.neutral(narrow(of));
        self.constant(narrow(of), bits)
    }

    pub(super) fn push(&mut self, label: Label, is_iteration: bool) {
        self.frames.push(Frame {
            label,
            is_iteration,
            through: BTreeSet::new(),
        });
    }

    /// After a loop's end: on to where jumps through it lead.
    pub(super) fn pop(&mut self) {
        let Some(frame) = self.frames.pop() else { return };
        let Some(top) = self.frames.len().checked_sub(1) else {
            return;
        };
        for (to, is_again) in frame.through.iter().filter(|(to, _)| *to == top) {
            let on = if *is_again { "continue" } else { "break" };
            let code = code(*to, *is_again);
            self.line(format_args!("if (jump == {code}u) {{ jump = 0u; {on}; }}"));
        }
        let further: Vec<_> = frame.through.into_iter().filter(|(to, _)| *to < top).collect();
        if !further.is_empty() {
            self.line("if (jump != 0u) { break; }");
            self.frames[top].through.extend(further);
        }
    }

    pub(super) fn jump(&mut self, label: Label, is_again: bool) {
        let Some(to) = self.frames.iter().rposition(|frame| frame.label == label) else {
            // Out of all: there is nothing after it.
            return self.line("return;");
        };
        if to == 0 && self.frames[0].is_iteration {
            return self.line("return;");
        }
        let is_again = is_again || self.frames[to].is_iteration;
        let top = self.frames.len() - 1;
        if to == top {
            return self.line(if is_again { "continue;" } else { "break;" });
        }
        self.has_jumps = true;
        self.line(format_args!("jump = {}u;", code(to, is_again)));
        self.line("break;");
        self.frames[top].through.insert((to, is_again));
    }
}

fn code(to: usize, is_again: bool) -> usize {
    2 * to + usize::from(is_again) + 1
}

//! The typed program as text, for people and for tests: one statement a line.
//!
//! `x = (y + 1:int64)` gives a local a value, `a[i]?3` is an element whose index fails at site 3 if it is none
//! of the axis, and `a[i]` one whose index is proven. Names that several variables have carry their number.

use crate::ir::{
    Array, ArrayExpr, Binary, Compare, Cut, Divide, Expr, ExprKind, Failure, Label, Local, ParFor, Param,
    Printed, Program, Reduce, Site, Stmt, Unary,
};
use crate::sorted::Map;
use crate::types::{Scalar, Type};
use crate::validate::MOST_DEPTH;
use std::fmt::{self, Write};

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = Text::new(self);
        text.whole();
        f.write_str(&text.out)
    }
}

/// The program's text, and of each line where it comes from, as [`crate::told`] counts.
pub fn with_places(program: &Program) -> (String, Vec<u32>) {
    let mut text = Text::new(program);
    text.whole();
    (text.out, text.places)
}

/// A statement alone.
pub fn statement(program: &Program, stmt: &Stmt) -> String {
    let mut text = Text::new(program);
    text.statement(stmt);
    text.out
}

/// An expression alone.
pub fn expression(program: &Program, expr: &Expr) -> String {
    Text::new(program).expr(expr)
}

struct Text<'a> {
    program: &'a Program,
    /// How many variables have a name.
    counts: Map<&'a str, u32>,
    out: String,
    indent: usize,
    depth: u32,
    /// Where the statement at hand comes from, and each line.
    at: u32,
    places: Vec<u32>,
    /// Where the next statements come from that end the kernel, if there are as many as the source has.
    returns: Vec<u32>,
}

fn sign(op: Binary) -> Result<&'static str, &'static str> {
    // Infix, or else a function.
    match op {
        Binary::Add => Ok("+"),
        Binary::Sub => Ok("-"),
        Binary::Mul => Ok("*"),
        Binary::And => Ok("&"),
        Binary::Or => Ok("|"),
        Binary::Xor => Ok("^"),
        Binary::ShiftLeft => Ok("<<"),
        Binary::ShiftRight => Ok(">>"),
        Binary::Min => Err("min"),
        Binary::Max => Err("max"),
        Binary::CopySign => Err("copysign"),
    }
}

fn reduce(op: Reduce) -> &'static str {
    match op {
        Reduce::Sum => "+",
        Reduce::Product => "*",
        Reduce::Least => "min",
        Reduce::Greatest => "max",
        Reduce::And => "&",
        Reduce::Or => "|",
        Reduce::Xor => "^",
    }
}

/// A constant with its type.
fn constant(of: Scalar, bits: u64) -> String {
    match of {
        Scalar::Bool if bits > 1 => format!("{bits:#x}:bool"),
        Scalar::Bool => (if bits == 1 { "True" } else { "False" }).into(),
        Scalar::F32 => format!("{:?}:{of}", f32::from_bits(bits as u32)),
        Scalar::F64 => format!("{:?}:{of}", f64::from_bits(bits)),
        _ if of.is_signed() => {
            let unused = 64 - 8 * of.bytes();
            format!("{}:{of}", (bits << unused) as i64 >> unused)
        }
        _ => format!("{bits}:{of}"),
    }
}

impl<'a> Text<'a> {
    fn new(program: &'a Program) -> Text<'a> {
        let mut counts: Map<&str, u32> = Map::new();
        let names = program.locals.iter().map(|local| local.name.as_str());
        for name in names.chain(program.arrays.iter().map(|array| array.name.as_str())) {
            *counts.entry(name).or_default() += 1;
        }
        let mut ends = 0;
        crate::walk::statements(&program.body, &mut |stmt| {
            ends += usize::from(matches!(stmt, Stmt::Return))
        });
        let mut returns = program.told.returns();
        returns.reverse();
        if returns.len() != ends {
            returns.clear();
        }
        Text {
            program,
            counts,
            out: String::new(),
            indent: 0,
            depth: 0,
            at: 0,
            places: Vec::new(),
            returns,
        }
    }

    fn named(&self, name: Option<&'a str>, number: u32) -> String {
        match name {
            Some(name) if self.counts.get(name) == Some(&1) => name.into(),
            Some(name) => format!("{name}.{number}"),
            None => format!("?.{number}"),
        }
    }

    fn local(&self, local: Local) -> String {
        let info = self.program.locals.get(local.0 as usize);
        self.named(info.map(|info| info.name.as_str()), local.0)
    }

    fn array(&self, array: Array) -> String {
        let info = self.program.arrays.get(array.0 as usize);
        let name = self.named(info.map(|info| info.name.as_str()), array.0);
        // A local of the same name may have the same number.
        if name.ends_with(&format!(".{}", array.0)) {
            format!("{name}a")
        } else {
            name
        }
    }

    fn declared(&self, array: Array) -> String {
        let Some(info) = self.program.arrays.get(array.0 as usize) else {
            return self.array(array);
        };
        let (of, axes, layout) = (info.of, info.axes, info.layout);
        format!("{}: {}", self.array(array), Type::Array { of, axes, layout })
    }

    fn param(&self, param: &Param) -> String {
        match *param {
            Param::Array(array) => self.declared(array),
            Param::Scalar(local) => match self.program.locals.get(local.0 as usize) {
                Some(info) => format!("{}: {}", self.local(local), info.of),
                None => self.local(local),
            },
        }
    }

    fn line(&mut self, text: &str) {
        let indent = 2 * self.indent;
        let _ = writeln!(self.out, "{:indent$}{text}", "");
        self.places.push(self.at);
    }

    fn whole(&mut self) {
        let program = self.program;
        let list = |params: &[Param]| {
            let all: Vec<String> = params.iter().map(|param| self.param(param)).collect();
            all.join(", ")
        };
        let (params, results) = (list(&program.params), list(&program.results));
        let fast = if program.fastmath { " fastmath" } else { "" };
        self.line(&format!("kernel {}({params}) -> ({results}){fast}", program.name));
        self.indent = 1;
        for (number, table) in program.tables.iter().enumerate() {
            let values: Vec<String> = table.bits.iter().map(|bits| constant(table.of, *bits)).collect();
            self.line(&format!("table {number}: {}", values.join(", ")));
        }
        for number in 0..program.locals.len() as u32 {
            let param = Param::Scalar(Local(number));
            if !program.params.contains(&param) {
                self.line(&format!("local {}", self.param(&param)));
            }
        }
        for number in 0..program.arrays.len() as u32 {
            let param = Param::Array(Array(number));
            if !program.params.contains(&param) {
                self.line(&format!("array {}", self.param(&param)));
            }
        }
        for (number, site) in program.sites.iter().enumerate() {
            let what = match site.what {
                Failure::Index(array, axis) => format!("index of {} axis {axis}", self.array(array)),
                other => format!("{other:?}").to_ascii_lowercase(),
            };
            self.line(&format!(
                "site {number}: {what} at {}..{}",
                site.span.start, site.span.end
            ));
        }
        self.all(&program.body);
    }

    fn all(&mut self, body: &[Stmt]) {
        if self.depth > MOST_DEPTH {
            return self.line("...");
        }
        self.depth += 1;
        let around = self.at;
        for stmt in body {
            let own = match stmt {
                Stmt::Return => self.returns.pop().unwrap_or(0),
                stmt => crate::told::place(stmt),
            };
            self.at = if own == 0 { around } else { own };
            self.statement(stmt);
        }
        self.at = around;
        self.depth -= 1;
    }

    fn inner(&mut self, body: &[Stmt]) {
        self.indent += 1;
        self.all(body);
        if body.is_empty() {
            self.line("pass");
        }
        self.indent -= 1;
    }

    fn statement(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Set(local, value) => {
                let value = self.expr(value);
                self.line(&format!("{} = {value}", self.local(*local)));
            }
            Stmt::Bind(array, value) => {
                let value = self.array_expr(*array, value);
                self.line(&format!("{} = {value}", self.array(*array)));
            }
            Stmt::Store {
                array,
                index,
                value,
                site,
            } => {
                let (element, value) = (self.element(*array, index, *site), self.expr(value));
                self.line(&format!("{element} = {value}"));
            }
            Stmt::If { test, yes, no } => {
                let test = self.expr(test);
                self.line(&format!("if {test}:"));
                self.inner(yes);
                if !no.is_empty() {
                    self.line("else:");
                    self.inner(no);
                }
            }
            Stmt::Block { label, body } => {
                self.line(&format!("block {}:", name(*label)));
                self.inner(body);
            }
            Stmt::While {
                label,
                before,
                test,
                body,
            } => {
                self.line(&format!("loop {}:", name(*label)));
                self.indent += 1;
                self.all(before);
                let test = self.expr(test);
                self.line(&format!("while {test}"));
                self.all(body);
                self.indent -= 1;
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
                let (start, stop, step) = (self.expr(start), self.expr(stop), self.expr(step));
                let kind = if *vector { " vector" } else { "" };
                let (label, var) = (name(*label), self.local(*var));
                self.line(&format!("for {label} {var} in {start}, {stop}, {step}{kind}:"));
                self.inner(body);
            }
            Stmt::ParFor(par) => self.par_for(par),
            Stmt::Leave(label) => self.line(&format!("leave {}", name(*label))),
            Stmt::Again(label) => self.line(&format!("again {}", name(*label))),
            Stmt::Return => self.line("return"),
            Stmt::Check(test, site) => {
                let test = self.expr(test);
                self.line(&format!("check {test}{}", at(Some(*site))));
            }
            Stmt::Print(parts) => {
                let parts = parts.iter().map(|part| match part {
                    Printed::Text(text) => format!("{text:?}"),
                    Printed::Value(value) => self.expr(value),
                    Printed::Array(array) => self.array(*array),
                });
                let parts: Vec<String> = parts.collect();
                self.line(&format!("print {}", parts.join(", ")));
            }
        }
    }

    fn par_for(&mut self, par: &ParFor) {
        let (start, stop) = (self.expr(&par.start), self.expr(&par.stop));
        let mut head = format!(
            "parfor {} {} in {start}, {stop}",
            name(par.label),
            self.local(par.var)
        );
        let locals = par.private.iter().map(|local| self.local(*local));
        let private: Vec<String> = locals
            .chain(par.private_arrays.iter().map(|array| self.array(*array)))
            .collect();
        if !private.is_empty() {
            let _ = write!(head, " private {}", private.join(", "));
        }
        for reduction in &par.reductions {
            let _ = write!(
                head,
                " reduce {} by {}",
                self.local(reduction.local),
                reduce(reduction.op)
            );
        }
        self.line(&format!("{head}:"));
        self.inner(&par.body);
    }

    fn array_expr(&mut self, to: Array, value: &ArrayExpr) -> String {
        match value {
            ArrayExpr::Same(other) => self.array(*other),
            ArrayExpr::New { shape, fill, site } => {
                let of = self
                    .program
                    .arrays
                    .get(to.0 as usize)
                    .map_or("?", |info| info.of.name());
                let (shape, fill) = (self.list(shape), fill.as_ref().map(|fill| self.expr(fill)));
                let fill = fill.map_or_else(String::new, |fill| format!(" of {fill}"));
                format!("new {of}({shape}){fill}{}", at(Some(*site)))
            }
            ArrayExpr::Reshape { of, shape, site } => {
                let shape = self.list(shape);
                format!("reshape {}({shape}){}", self.array(*of), at(Some(*site)))
            }
            ArrayExpr::Transposed(of) => format!("transpose {}", self.array(*of)),
            ArrayExpr::View { of, cuts } => {
                let cuts: Vec<String> = cuts.iter().map(|cut| self.cut(cut)).collect();
                format!("view {}[{}]", self.array(*of), cuts.join(", "))
            }
        }
    }

    fn cut(&mut self, cut: &Cut) -> String {
        match cut {
            Cut::At(place, site) => format!("{}{}", self.expr(place), at(Some(*site))),
            Cut::Range {
                low,
                high,
                step,
                site,
            } => {
                let [low, high, step] = [low, high, step].map(|one| one.as_ref().map(|one| self.expr(one)));
                let step = step.map_or_else(String::new, |step| format!(" : {step}{}", at(Some(*site))));
                format!("{} : {}{step}", low.unwrap_or_default(), high.unwrap_or_default())
            }
        }
    }

    fn list(&mut self, all: &[Expr]) -> String {
        let all: Vec<String> = all.iter().map(|one| self.expr(one)).collect();
        all.join(", ")
    }

    fn element(&mut self, array: Array, index: &[Expr], site: Option<Site>) -> String {
        let index = self.list(index);
        format!("{}[{index}]{}", self.array(array), at(site))
    }

    fn expr(&mut self, expr: &Expr) -> String {
        if self.depth > MOST_DEPTH {
            return "...".into();
        }
        self.depth += 1;
        let text = self.kind(expr);
        self.depth -= 1;
        text
    }

    fn kind(&mut self, expr: &Expr) -> String {
        let of = expr.of;
        match &expr.kind {
            ExprKind::Const(bits) => constant(of, *bits),
            ExprKind::Local(local) => self.local(*local),
            ExprKind::Length(array, axis) => format!("length({}, {axis})", self.array(*array)),
            ExprKind::Unary(op, a) => {
                let a = self.expr(a);
                match op {
                    Unary::Minus => format!("-{a}"),
                    Unary::Not => format!("~{a}"),
                    other => format!("{}({a})", format!("{other:?}").to_ascii_lowercase()),
                }
            }
            ExprKind::Binary(op, a, b) => {
                let (a, b) = (self.expr(a), self.expr(b));
                match sign(*op) {
                    Ok(sign) => format!("({a} {sign} {b})"),
                    Err(function) => format!("{function}({a}, {b})"),
                }
            }
            ExprKind::Divide(op, a, b, site) => {
                let (a, b, site) = (self.expr(a), self.expr(b), at(*site));
                match op {
                    Divide::True => format!("({a} / {b}){site}"),
                    Divide::Floor => format!("({a} // {b}){site}"),
                    Divide::Rest => format!("({a} % {b}){site}"),
                    Divide::CRest => format!("fmod({a}, {b}){site}"),
                }
            }
            ExprKind::Compare(op, a, b) => {
                let sign = match op {
                    Compare::Equal => "==",
                    Compare::Unequal => "!=",
                    Compare::Less => "<",
                    Compare::AtMost => "<=",
                };
                format!("({} {sign} {})", self.expr(a), self.expr(b))
            }
            ExprKind::Convert(a) => format!("{of}({})", self.expr(a)),
            ExprKind::Bits(a) => format!("bits.{of}({})", self.expr(a)),
            ExprKind::Select(test, yes, no) => {
                let (test, yes, no) = (self.expr(test), self.expr(yes), self.expr(no));
                format!("select({test}, {yes}, {no})")
            }
            ExprKind::Choice(test, yes, no) => {
                let (test, yes, no) = (self.expr(test), self.expr(yes), self.expr(no));
                format!("({yes} if {test} else {no})")
            }
            ExprKind::And(a, b) => format!("({} and {})", self.expr(a), self.expr(b)),
            ExprKind::Or(a, b) => format!("({} or {})", self.expr(a), self.expr(b)),
            ExprKind::Load { array, index, site } => self.element(*array, index, *site),
            ExprKind::Math(math, all) => {
                let all = self.list(all);
                format!("math.{}({all})", format!("{math:?}").to_ascii_lowercase())
            }
            ExprKind::Let(all, last) => {
                let mut text = String::from("let(");
                for (local, value) in all {
                    let value = self.expr(value);
                    let _ = write!(text, "{} = {value}; ", self.local(*local));
                }
                format!("{text}{})", self.expr(last))
            }
            ExprKind::Table(table, place) => format!("table.{}[{}]", table.0, self.expr(place)),
            ExprKind::Apart(a, b) => format!("apart({}, {})", self.array(*a), self.array(*b)),
        }
    }
}

fn name(label: Label) -> String {
    format!("L{}", label.0)
}

fn at(site: Option<Site>) -> String {
    site.map_or_else(String::new, |site| format!("?{}", site.0))
}

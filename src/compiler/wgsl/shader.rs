//! Statements in WGSL, and what is around them.

use super::express::{element, from_word, register, to_word};
use super::host;
use super::interval::{Facts, I32, U32, within};
use super::plan::*;
use super::prelude;
use super::uses::Uses;
use crate::ir::*;
use crate::types::Scalar;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write;

/// A loop of WGSL that is being written. A jump to one further out is a `break` of each between, with the
/// variable `jump` saying where it leads.
struct Frame {
    label: Label,
    /// Whether leaving means the next round: the body of a parallel loop.
    is_iteration: bool,
    /// Jumps that lead through its end: the frame, and whether to its next round.
    through: BTreeSet<(usize, bool)>,
}

/// What one shader is written with.
pub struct Writer<'a> {
    pub(super) program: &'a Program,
    pub(super) facts: &'a Facts,
    pub(super) options: &'a Options,
    /// The first statement: numbers that are taken over are known by it.
    first: &'a Stmt,
    span: Option<crate::source::Span>,
    refusals: &'a mut BTreeSet<Refusal>,
    out: String,
    depth: usize,
    temporaries: usize,
    helpers: BTreeSet<&'static str>,
    captures: Vec<Capture>,
    handles: Vec<Bound>,
    /// Numbers that the statements give values to.
    own: BTreeSet<Local>,
    /// Reductions, kept in variables of the module.
    reduced: BTreeMap<Local, Reduce>,
    /// Numbers that are given back.
    given: BTreeSet<Local>,
    /// Arrays that the statements bind, and the one array each is, or is a part of.
    roots: HashMap<Array, Array>,
    uses: Uses,
    frames: Vec<Frame>,
    /// Private variables of the module.
    private: String,
    private_elements: u64,
}

/// The name of a made or given variable, as far as WGSL allows it.
fn plain(name: &str) -> String {
    let name: String = name
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '_')
        .take(32)
        .collect();
    let name = name.trim_matches('_').replace("__", "_");
    match name.chars().next() {
        Some(first) if first.is_ascii_alphabetic() => name,
        _ => format!("v{name}"),
    }
}

/// Writes a parallel loop.
pub fn parallel<'a>(
    program: &'a Program,
    facts: &'a Facts,
    options: &'a Options,
    stmt: &'a Stmt,
    it: &'a ParFor,
    refusals: &'a mut BTreeSet<Refusal>,
) -> Shader {
    let mut uses = Uses::of(&it.body);
    uses.writes.insert(it.var);
    let mut writer = Writer::new(program, facts, options, stmt, uses, Some(it.span), refusals);
    for one in &it.reductions {
        writer.own.remove(&one.local);
        writer.reduced.insert(one.local, one.op);
    }
    if writer.uses.has_return {
        writer.refuse(Why::Lacks("end of the kernel inside a parallel loop"));
    }
    let outputs = writer.accumulators(&it.reductions);
    writer.frames.push(Frame {
        label: it.label,
        is_iteration: true,
        through: BTreeSet::new(),
    });
    writer.body(&it.body);
    let var = writer.local(it.var);
    let of = register(writer.type_of(it.var));
    let start = if of == "u32" { "u32(u.start)" } else { "u.start" };
    let run = format!("iteration = k;\n{var} = {start} + {of}(k);\nrun();\n");
    let entry = match it.reductions.is_empty() {
        true => format!("let k = id.y * u.pitch + id.x;\nif (k >= u.count) {{ return; }}\n{run}"),
        false => {
            writer.helper("tick");
            let mut text = format!(
                "let lane = id.y * u.pitch + id.x;\nlet lanes = {LANES}u * ((u.count + u.leaf - 1u) / u.leaf);\n\
                 if (lane >= lanes) {{ return; }}\n\
                 let first = (lane / {LANES}u) * u.leaf;\nlet n = min(u.leaf, u.count - first);\n\
                 for (var j = lane % {LANES}u; j < n; j += {LANES}u) {{\nif (tick()) {{ break; }}\n\
                 let k = first + j;\n{run}}}\n"
            );
            writer.store_partials(&outputs, &mut text);
            text
        }
    };
    let work = match it.reductions.is_empty() {
        true => Work::Each(it.start.clone(), it.stop.clone()),
        false => Work::Lanes(it.start.clone(), it.stop.clone()),
    };
    // The loop's own variable is set by the entry.
    writer.finish(work, outputs, &entry, Some(it.var))
}

/// Writes serial statements, of which one invocation does all. `inputs` are used before they are set, or are not
/// set in the end; `outputs` are used after the statements.
pub fn serial<'a>(
    program: &'a Program,
    facts: &'a Facts,
    options: &'a Options,
    body: &'a [Stmt],
    (inputs, outputs): (&BTreeSet<Local>, &BTreeSet<Local>),
    refusals: &'a mut BTreeSet<Refusal>,
) -> Option<Shader> {
    let first = body.first()?;
    let mut writer = Writer::new(program, facts, options, first, Uses::of(body), None, refusals);
    writer.given.clone_from(outputs);
    let mut entry = "if (id.x > 0u) { return; }\niteration = 0u;\n".to_string();
    for local in inputs {
        let (name, from) = (writer.local(*local), writer.capture(*local));
        let _ = writeln!(entry, "{name} = {from};");
    }
    entry += "run();\n";
    writer.body(body);
    let mut given = Vec::new();
    for (k, local) in outputs.iter().enumerate() {
        let (of, name) = (writer.type_of(*local), writer.local(*local));
        let word = as_word(of, &name);
        let _ = writeln!(entry, "report.words[{k}u] = {word};");
        given.push(Output {
            local: *local,
            reduce: None,
            words: 1,
        });
    }
    for local in inputs.union(outputs) {
        writer.globalise(*local);
    }
    Some(writer.finish(Work::Serial, given, &entry, None))
}

/// A register as a word of the report.
fn as_word(of: Scalar, value: &str) -> String {
    match register(of) {
        "bool" => to_word(of, value),
        "u32" => value.to_string(),
        _ => format!("bitcast<u32>({value})"),
    }
}

impl<'a> Writer<'a> {
    fn new(
        program: &'a Program,
        facts: &'a Facts,
        options: &'a Options,
        first: &'a Stmt,
        uses: Uses,
        span: Option<crate::source::Span>,
        refusals: &'a mut BTreeSet<Refusal>,
    ) -> Writer<'a> {
        Writer {
            program,
            facts,
            options,
            first,
            span,
            refusals,
            out: String::new(),
            depth: 1,
            temporaries: 0,
            helpers: BTreeSet::new(),
            captures: Vec::new(),
            handles: Vec::new(),
            own: uses.writes.clone(),
            reduced: BTreeMap::new(),
            given: BTreeSet::new(),
            roots: HashMap::new(),
            uses,
            frames: Vec::new(),
            private: String::new(),
            private_elements: 0,
        }
    }

    pub(super) fn refuse(&mut self, why: Why) {
        self.refusals.insert(Refusal {
            why,
            span: self.span.map(|span| (span.start, span.end)),
        });
    }

    pub(super) fn helper(&mut self, name: &'static str) -> &'static str {
        self.helpers.insert(name);
        name
    }

    pub(super) fn type_of(&self, local: Local) -> Scalar {
        let info = self.program.locals.get(local.0 as usize);
        info.map_or(Scalar::I64, |info| info.of)
    }

    /// A number's name as the source has it.
    pub(super) fn said(&self, local: Local) -> Option<String> {
        let name = &self.program.locals.get(local.0 as usize)?.name;
        let is_pythons = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
        is_pythons.then(|| name.clone())
    }

    pub(super) fn array_said(&self, array: Array) -> String {
        let info = self.program.arrays.get(array.0 as usize);
        info.map_or(String::new(), |info| info.name.clone())
    }

    fn element_of(&self, array: Array) -> Scalar {
        let info = self.program.arrays.get(array.0 as usize);
        info.map_or(Scalar::F32, |info| info.of)
    }

    pub(super) fn line(&mut self, text: &str) {
        for line in text.lines() {
            self.out.extend(std::iter::repeat_n("    ", self.depth));
            self.out.push_str(line);
            self.out.push('\n');
        }
    }

    pub(super) fn open(&mut self, text: &str) {
        self.line(text);
        self.depth += 1;
    }

    pub(super) fn close(&mut self, text: &str) {
        self.depth -= 1;
        self.line(text);
    }

    pub(super) fn close_open(&mut self, text: &str) {
        self.close(text);
        self.depth += 1;
    }

    /// What is written, and the statements that it needs, apart from the rest.
    pub(super) fn aside<T>(&mut self, f: impl FnOnce(&mut Self) -> T) -> (T, String) {
        let before = std::mem::take(&mut self.out);
        self.depth += 1;
        let value = f(self);
        self.depth -= 1;
        (value, std::mem::replace(&mut self.out, before))
    }

    pub(super) fn paste(&mut self, text: &str) {
        self.out.push_str(text);
    }

    pub(super) fn temporary(&mut self) -> String {
        self.temporaries += 1;
        format!("t{}", self.temporaries)
    }

    /// A number: a variable of the function, a reduction's, or a word of the uniform block.
    pub(super) fn local(&mut self, local: Local) -> String {
        if self.own.contains(&local) || self.reduced.contains_key(&local) {
            let of = self.type_of(local);
            if of == Scalar::F64 && !self.options.narrow {
                let name = self.said(local);
                self.refuse(Why::Wide(name, of));
            }
            let name = self
                .program
                .locals
                .get(local.0 as usize)
                .map_or("", |info| &info.name);
            return format!("{}_{}", plain(name), local.0);
        }
        self.capture(local)
    }

    /// A number that is taken over.
    fn capture(&mut self, local: Local) -> String {
        let of = self.type_of(local);
        if of == Scalar::F64 && !self.options.narrow {
            let name = self.said(local);
            self.refuse(Why::Wide(name, of));
        }
        let expr = Expr {
            kind: ExprKind::Local(local),
            of,
        };
        let fits = self.facts.captured(self.first, local, of);
        let said = self
            .program
            .locals
            .get(local.0 as usize)
            .map_or("", |info| &info.name);
        self.uniform(expr, fits, &format!("{}_{}", plain(said), local.0))
    }

    fn uniform(&mut self, value: Expr, fits: super::interval::Interval, name: &str) -> String {
        let of = value.of;
        let known = self.captures.iter().find(|one| one.value == value);
        let name = match known {
            Some(known) => known.name.clone(),
            None => {
                self.captures.push(Capture {
                    value,
                    fits,
                    name: name.to_string(),
                });
                name.to_string()
            }
        };
        from_word(of, &format!("u.{name}"))
    }

    /// A value that is the same in all invocations and is not a mere variable: the host computes it, and so in all its
    /// bits; if it has no variables at all, it is a constant.
    pub(super) fn hoisted(&mut self, expr: &Expr) -> Option<String> {
        let of = expr.of;
        let is_leaf = matches!(
            expr.kind,
            ExprKind::Const(_) | ExprKind::Local(_) | ExprKind::Length(..)
        );
        if is_leaf || of == Scalar::F64 && !self.options.narrow || !host::can(expr) {
            return None;
        }
        let uses = Uses::of_expr(expr);
        let is_inner = |local: &Local| self.own.contains(local) || self.reduced.contains_key(local);
        let is_bound = |array: &Array| self.uses.binds.contains(array);
        if uses.can_fail
            || uses.reads.keys().any(is_inner)
            || !uses.writes.is_empty()
            || uses.mentions.keys().any(is_bound)
        {
            return None;
        }
        if uses.reads.is_empty() && uses.mentions.is_empty() {
            let bits = host::Host::default().eval(expr).ok()?;
            return Some(self.constant(of, bits));
        }
        let fits = self.facts.of(expr);
        if of.bytes() == 8 && of.is_int() && !within(fits, I32) && !within(fits, U32) {
            return None;
        }
        let name = format!("c{}", self.captures.len());
        Some(self.uniform(expr.clone(), fits, &name))
    }

    // Arrays.

    /// The array whose elements it has: one of the host's, or one that an invocation makes for itself.
    fn root_of(&self, array: Array) -> Array {
        self.roots.get(&array).copied().unwrap_or(array)
    }

    fn array_name(&mut self, array: Array) -> String {
        let said = plain(&self.array_said(array));
        let name = format!("{said}_h{}", array.0);
        if !self.uses.binds.contains(&array) && !self.handles.iter().any(|one| one.array == array) {
            let of = self.element_of(array);
            if of.bytes() == 8 && !self.options.narrow {
                let name = self.array_said(array);
                self.refuse(Why::WideArray(name, of));
            }
            let axes = self
                .program
                .arrays
                .get(array.0 as usize)
                .map_or(1, |info| info.axes);
            self.handles.push(Bound {
                array,
                is_written: false,
                fits: (0..axes).map(|axis| self.facts.length(array, axis)).collect(),
                name: name.clone(),
                of,
            });
        }
        name
    }

    /// The name of the array whose elements it has.
    pub(super) fn root(&mut self, array: Array) -> String {
        let root = self.root_of(array);
        self.array_name(root)
    }

    fn field(&mut self, array: Array, what: &str) -> String {
        let name = self.array_name(array);
        match self.uses.binds.contains(&array) {
            true => format!("{name}_{what}"),
            false => format!("u.{name}_{what}"),
        }
    }

    pub(super) fn length(&mut self, array: Array, axis: u8) -> String {
        self.field(array, &format!("n{axis}"))
    }

    pub(super) fn stride(&mut self, array: Array, axis: u8) -> String {
        self.field(array, &format!("s{axis}"))
    }

    pub(super) fn offset(&mut self, array: Array) -> String {
        self.field(array, "o")
    }

    /// What each array that is bound here has its elements of: from all places that bind it.
    fn find_roots(&mut self, body: &[Stmt]) {
        let mut binds: Vec<(Array, &ArrayExpr)> = Vec::new();
        collect(body, &mut binds);
        let mut of: HashMap<Array, BTreeSet<Array>> = HashMap::new();
        loop {
            let before: usize = of.values().map(BTreeSet::len).sum();
            for (array, handle) in &binds {
                let more = match handle {
                    ArrayExpr::New { .. } => BTreeSet::from([*array]),
                    ArrayExpr::Same(from)
                    | ArrayExpr::Transposed(from)
                    | ArrayExpr::Reshape { of: from, .. }
                    | ArrayExpr::View { of: from, .. } => match self.uses.binds.contains(from) {
                        true => of.get(from).cloned().unwrap_or_default(),
                        false => BTreeSet::from([*from]),
                    },
                };
                of.entry(*array).or_default().extend(more);
            }
            if of.values().map(BTreeSet::len).sum::<usize>() == before {
                break;
            }
        }
        for (array, roots) in of {
            match roots.first() {
                Some(root) if roots.len() == 1 => {
                    self.roots.insert(array, *root);
                }
                _ => {
                    let name = self.array_said(array);
                    self.refuse(Why::Ambiguous(name));
                }
            }
        }
        let arrays: BTreeSet<Array> = binds.iter().map(|(array, _)| *array).collect();
        for array in arrays {
            let name = self.array_name(array);
            let axes = self
                .program
                .arrays
                .get(array.0 as usize)
                .map_or(1, |info| info.axes);
            let _ = writeln!(self.private, "var<private> {name}_o: i32;");
            for axis in 0..axes {
                let _ = writeln!(self.private, "var<private> {name}_n{axis}: i32;");
                let _ = writeln!(self.private, "var<private> {name}_s{axis}: i32;");
            }
            let shapes = binds.iter().filter_map(|(one, handle)| match handle {
                ArrayExpr::New { shape, .. } if *one == array => Some(shape),
                _ => None,
            });
            let sizes: Vec<Option<u64>> = shapes.map(|shape| self.size(shape)).collect();
            if sizes.is_empty() {
                continue;
            }
            let known: Option<u64> = sizes
                .into_iter()
                .try_fold(1, |most: u64, size| Some(most.max(size?)));
            match known {
                Some(size) if size <= MOST_PRIVATE => {
                    self.private_elements += size;
                    let of = element(self.element_of(array));
                    let _ = writeln!(self.private, "var<private> {name}_mem: array<{of}, {size}>;");
                    let (load, store) = accessors(&name, self.element_of(array), &format!("{name}_mem"));
                    self.private += &load;
                    self.private += &store;
                }
                _ => {
                    let name = self.array_said(array);
                    self.refuse(Why::Allocation(name));
                }
            }
        }
        if self.private_elements > MOST_PRIVATE {
            self.refuse(Why::Private);
        }
    }

    fn size(&self, shape: &[Expr]) -> Option<u64> {
        shape.iter().try_fold(1_u64, |size, one| {
            let (low, high) = self.facts.of(one);
            let length = u64::try_from(low).ok().filter(|_| low == high)?;
            size.checked_mul(length)
        })
    }

    // Statements.

    fn body(&mut self, body: &[Stmt]) {
        self.find_roots(body);
        self.statements(body);
    }

    /// Writes them; whether the end is reached.
    fn statements(&mut self, body: &[Stmt]) -> bool {
        for stmt in body {
            if !self.statement(stmt) {
                return false;
            }
        }
        true
    }

    fn statement(&mut self, stmt: &Stmt) -> bool {
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
                let root = self.root(*array);
                let is_root = self.root_of(*array);
                if let Some(bound) = self.handles.iter_mut().find(|one| one.array == is_root) {
                    bound.is_written = true;
                }
                let of = self.element_of(*array);
                if of.bytes() == 8 && !self.options.narrow {
                    let name = self.array_said(*array);
                    self.refuse(Why::WideArray(name, of));
                }
                if self.uses.can_fail {
                    // A bad index is found before what it is part of is known to be stored.
                    let t = self.temporary();
                    self.line(&format!("let {t} = {place};"));
                    self.line(&format!("if (!failed) {{ {root}_store({t}, {value}); }}"));
                } else {
                    self.line(&format!("{root}_store({place}, {value});"));
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
                self.line(&format!("if ({tick}()) {{ break; }}"));
                self.push(*label, false);
                if self.statements(before) {
                    let test = self.value(test);
                    self.line(&format!("if (!{test}) {{ break; }}"));
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
                self.line(&format!("if (!{test}) {{ {fail}({}u, 0); return; }}", site.0));
            }
            Stmt::Print(_) => {}
        }
        true
    }

    fn set(&mut self, local: Local, value: &Expr) {
        let of = self.type_of(local);
        if of.bytes() == 8 && of.is_int() && self.reduced.contains_key(&local) {
            return self.set_wide(local, value);
        }
        let text = self.value(value);
        // The host makes 64 bits of it again.
        if self.given.contains(&local) && of.bytes() == 8 && of.is_int() && !self.options.narrow {
            let fits = if of.is_signed() { I32 } else { U32 };
            if !within(self.facts.of(value), fits) {
                let name = self.said(local);
                self.refuse(Why::Wide(name, of));
            }
        }
        let name = self.local(local);
        self.line(&format!("{name} = {text};"));
    }

    /// A round of a reduction in 64 bits, of which the parts have 32.
    fn set_wide(&mut self, local: Local, value: &Expr) {
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
        self.line(&format!("let {t} = {text};"));
        let (low, high) = match is_signed {
            true => (format!("u32({t})"), format!("u32({t} >> 31u)")),
            false => (t.clone(), "0u".to_string()),
        };
        match op {
            Binary::Add => {
                self.line(&format!("{name} += {low};"));
                self.line(&format!("{hi} += {high} + select(0u, 1u, {name} < {low});"));
            }
            Binary::Sub => {
                self.line(&format!("{hi} -= {high} + select(0u, 1u, {name} < {low});"));
                self.line(&format!("{name} -= {low};"));
            }
            Binary::And | Binary::Or | Binary::Xor => {
                let sign = match op {
                    Binary::And => "&",
                    Binary::Or => "|",
                    _ => "^",
                };
                self.line(&format!("{name} = {name} {sign} {low};"));
                self.line(&format!("{hi} = {hi} {sign} {high};"));
            }
            Binary::Min | Binary::Max => {
                // In two's complement the order of the high words, then of the low ones.
                let sign = if op == Binary::Min { "<" } else { ">" };
                let of = if self.type_of(local) == Scalar::I64 {
                    "i32"
                } else {
                    "u32"
                };
                self.line(&format!(
                    "if ({of}({high}) {sign} {of}({hi}) || ({high} == {hi} && {low} {sign} {name})) {{ {name} = {low}; {hi} = {high}; }}"
                ));
            }
            _ => {
                let name = self.said(local).unwrap_or_default();
                self.refuse(Why::Reduction(name));
            }
        }
    }

    fn branch(&mut self, test: &Expr, yes: &[Stmt], no: &[Stmt]) -> bool {
        let test = self.value(test);
        let (yes_ends, yes) = self.aside(|it| it.statements(yes));
        let (no_ends, no) = self.aside(|it| it.statements(no));
        if yes.is_empty() && !no.is_empty() {
            self.line(&format!("if (!{test}) {{"));
            self.paste(&no);
            self.line("}");
        } else {
            self.line(&format!("if ({test}) {{"));
            self.paste(&yes);
            if !no.is_empty() {
                self.line("} else {");
                self.paste(&no);
            }
            self.line("}");
        }
        yes_ends || no_ends
    }

    fn block(&mut self, label: Label, body: &[Stmt]) -> bool {
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
    fn count(
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
        self.line(&format!("let {from} = {start};"));
        self.line(&format!("let {by} = {step};"));
        match has_exits {
            true => self.line(&format!("let {n} = {trips}({from}, {stop}, {by});")),
            false => {
                let spend = self.helper("spend");
                self.line(&format!("let {n} = {spend}({trips}({from}, {stop}, {by}));"));
            }
        }
        self.open(&format!("for (var {j} = 0u; {j} < {n}; {j} += 1u) {{"));
        if has_exits {
            let tick = self.helper("tick");
            self.line(&format!("if ({tick}()) {{ break; }}"));
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
        self.line(&format!("{name} = {value};"));
        self.push(label, is_iteration);
        self.statements(body);
        self.close("}");
        self.pop();
    }

    fn is_unsigned(&self, expr: &Expr) -> bool {
        !expr.of.is_signed() && within(self.facts.of(expr), U32)
    }

    /// A parallel loop inside another is a loop.
    fn nested(&mut self, it: &ParFor) {
        let mut kept = Vec::new();
        for one in &it.reductions {
            let of = self.type_of(one.local);
            let (name, was) = (self.local(one.local), self.temporary());
            let neutral = self.neutral(of, one.op);
            self.line(&format!("let {was} = {name};"));
            self.line(&format!("{name} = {neutral};"));
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
            self.line(&format!("{name} = {text};"));
            if of.bytes() == 8 && of.is_int() && matches!(one.op, Reduce::Least | Reduce::Greatest) {
                // Its neutral value has more than 32 bits.
                let name = self.said(one.local).unwrap_or_default();
                self.refuse(Why::Reduction(name));
            }
        }
    }

    fn neutral(&mut self, of: Scalar, op: Reduce) -> String {
        let bits = op.neutral(narrow(of));
        self.constant(narrow(of), bits)
    }

    // Jumps.

    fn push(&mut self, label: Label, is_iteration: bool) {
        self.frames.push(Frame {
            label,
            is_iteration,
            through: BTreeSet::new(),
        });
    }

    /// After a loop's end: on to where jumps through it lead.
    fn pop(&mut self) {
        let Some(frame) = self.frames.pop() else { return };
        let Some(top) = self.frames.len().checked_sub(1) else {
            return;
        };
        for (to, is_again) in frame.through.iter().filter(|(to, _)| *to == top) {
            let on = if *is_again { "continue" } else { "break" };
            let code = code(*to, *is_again);
            self.line(&format!("if (jump == {code}u) {{ jump = 0u; {on}; }}"));
        }
        let further: Vec<_> = frame.through.into_iter().filter(|(to, _)| *to < top).collect();
        if !further.is_empty() {
            self.line("if (jump != 0u) { break; }");
            self.frames[top].through.extend(further);
        }
    }

    fn jump(&mut self, label: Label, is_again: bool) {
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
        self.line(&format!("jump = {}u;", code(to, is_again)));
        self.line("break;");
        self.frames[top].through.insert((to, is_again));
    }

    // Handles.

    fn bind(&mut self, array: Array, handle: &ArrayExpr) {
        let name = self.array_name(array);
        match handle {
            ArrayExpr::Same(of) => self.fields(&name, *of, false),
            ArrayExpr::Transposed(of) => self.fields(&name, *of, true),
            ArrayExpr::Reshape { of, shape, site } => {
                let offset = self.offset(*of);
                let axes = self.program.arrays.get(of.0 as usize).map_or(1, |info| info.axes);
                let old: Vec<String> = (0..axes).map(|axis| self.length(*of, axis)).collect();
                let mut new = Vec::new();
                for one in shape {
                    let (text, t) = (self.exact_signed(one), self.temporary());
                    self.line(&format!("let {t} = {text};"));
                    new.push(t);
                }
                let (fail, t) = (self.helper("fail"), self.temporary());
                self.line(&format!("let {t} = {offset};"));
                let negative: Vec<String> = new.iter().map(|n| format!("{n} < 0")).collect();
                let (old, product, negative) = (old.join(" * "), new.join(" * "), negative.join(" || "));
                self.line(&format!(
                    "if ({old} != {product} || {negative}) {{ {fail}({}u, 0); }}",
                    site.0
                ));
                self.line(&format!("{name}_o = {t};"));
                let mut stride = "1".to_string();
                for (axis, length) in new.iter().enumerate().rev() {
                    self.line(&format!("{name}_n{axis} = {length};"));
                    self.line(&format!("{name}_s{axis} = {stride};"));
                    stride += &format!(" * max({length}, 1)");
                }
            }
            ArrayExpr::New { shape, fill, .. } => {
                self.line(&format!("{name}_o = 0;"));
                let mut stride = 1;
                for (axis, one) in shape.iter().enumerate().rev() {
                    let length = self.facts.of(one).0;
                    self.line(&format!("{name}_n{axis} = {length};"));
                    self.line(&format!("{name}_s{axis} = {stride};"));
                    stride *= length.clamp(0, i128::from(MOST_PRIVATE));
                }
                if let Some(fill) = fill {
                    let (fill, value, j) = (self.value(fill), self.temporary(), self.temporary());
                    self.line(&format!("let {value} = {fill};"));
                    self.line(&format!(
                        "for (var {j} = 0; {j} < {stride}; {j} += 1) {{ {name}_store({j}, {value}); }}"
                    ));
                }
            }
            ArrayExpr::View { of, cuts } => self.view(&name, *of, cuts),
        }
    }

    /// Another's handle, the axes in the other order or not.
    fn fields(&mut self, name: &str, of: Array, is_transposed: bool) {
        let axes = self.program.arrays.get(of.0 as usize).map_or(1, |info| info.axes);
        let mut sets = vec![(format!("{name}_o"), self.offset(of))];
        for axis in 0..axes {
            let from = if is_transposed { axes - 1 - axis } else { axis };
            sets.push((format!("{name}_n{axis}"), self.length(of, from)));
            sets.push((format!("{name}_s{axis}"), self.stride(of, from)));
        }
        // All is read before anything is overwritten.
        let read: Vec<String> = sets.iter().map(|_| self.temporary()).collect();
        for ((_, from), t) in sets.iter().zip(&read) {
            self.line(&format!("let {t} = {from};"));
        }
        for ((field, _), t) in sets.iter().zip(&read) {
            self.line(&format!("{field} = {t};"));
        }
    }

    fn view(&mut self, name: &str, of: Array, cuts: &[Cut]) {
        let mut offset = self.offset(of);
        let mut axes = Vec::new();
        for (axis, cut) in cuts.iter().enumerate() {
            let (n, stride) = (self.length(of, axis as u8), self.stride(of, axis as u8));
            match cut {
                Cut::At(index, site) => {
                    let (index, at) = (self.exact_signed(index), self.helper("at"));
                    offset += &format!(" + {at}({index}, {n}, {}u) * {stride}", site.0);
                }
                Cut::Range {
                    low,
                    high,
                    step,
                    site,
                } => {
                    let step = match step {
                        None => "1".to_string(),
                        Some(step) => {
                            let (text, name) = (self.exact_signed(step), self.helper("step_of"));
                            format!("{name}({text}, {}u)", site.0)
                        }
                    };
                    let [by, from, count] = [(); 3].map(|()| self.temporary());
                    self.line(&format!("let {by} = {step};"));
                    let (clip, counted) = (self.helper("clip"), self.helper("slice_count"));
                    let low = match low {
                        None => format!("select({n} - 1, 0, {by} > 0)"),
                        Some(low) => format!("{clip}({}, {n}, {by})", self.exact_signed(low)),
                    };
                    let high = match high {
                        None => format!("select(-1, {n}, {by} > 0)"),
                        Some(high) => format!("{clip}({}, {n}, {by})", self.exact_signed(high)),
                    };
                    self.line(&format!("let {from} = {low};"));
                    self.line(&format!("let {count} = {counted}({from}, {high}, {by});"));
                    offset += &format!(" + select(0, {from}, {count} > 0) * {stride}");
                    axes.push((count, format!("{stride} * {by}")));
                }
            }
        }
        // Computed before anything of it is overwritten: a view may be of the same name.
        let t = self.temporary();
        self.line(&format!("let {t} = {offset};"));
        let strides: Vec<String> = axes.iter().map(|_| self.temporary()).collect();
        for ((_, stride), t) in axes.iter().zip(&strides) {
            self.line(&format!("let {t} = {stride};"));
        }
        self.line(&format!("{name}_o = {t};"));
        for (axis, ((count, _), stride)) in axes.iter().zip(&strides).enumerate() {
            self.line(&format!("{name}_n{axis} = {count};"));
            self.line(&format!("{name}_s{axis} = {stride};"));
        }
    }

    // Around them.

    /// Variables of the module for the reductions, each beginning neutral.
    fn accumulators(&mut self, reductions: &[Reduction]) -> Vec<Output> {
        let mut outputs = Vec::new();
        for one in reductions {
            let of = self.type_of(one.local);
            let name = self.local(one.local);
            let is_wide = of.bytes() == 8 && of.is_int();
            let words = if is_wide { 2 } else { 1 };
            if is_wide {
                let bits = one.op.neutral(of);
                let (low, high) = (bits as u32, (bits >> 32) as u32);
                let _ = writeln!(self.private, "var<private> {name}: u32 = {low}u;");
                let _ = writeln!(self.private, "var<private> {name}_high: u32 = {high}u;");
            } else {
                let _ = writeln!(self.private, "var<private> {name}: {};", register(of));
            }
            outputs.push(Output {
                local: one.local,
                reduce: Some(one.op),
                words,
            });
        }
        outputs
    }

    /// The end of a lane: its parts into the report, one reduction after the other.
    fn store_partials(&mut self, outputs: &[Output], text: &mut String) {
        let mut before = String::new();
        let mut word = 0;
        for one in outputs {
            let of = self.type_of(one.local);
            let name = self.local(one.local);
            let Some(op) = one.reduce else { continue };
            if one.words == 2 {
                let _ = writeln!(text, "report.words[{word}u + 2u * lane] = {name};");
                let _ = writeln!(text, "report.words[{word}u + 2u * lane + 1u] = {name}_high;");
            } else {
                let neutral = self.neutral(of, op);
                let _ = writeln!(before, "{name} = {neutral};");
                let value = as_word(of, &name);
                let _ = writeln!(text, "report.words[{word}u + lane] = {value};");
            }
            word += one.words * (LANES * LEAVES) as u32;
        }
        text.insert_str(0, &before);
    }

    /// Makes a number of the function one of the module.
    fn globalise(&mut self, local: Local) {
        let name = self.local(local);
        let of = register(self.type_of(local));
        let _ = writeln!(self.private, "var<private> {name}: {of};");
        self.own.remove(&local);
    }

    fn finish(mut self, work: Work, outputs: Vec<Output>, entry: &str, var: Option<Local>) -> Shader {
        if let Some(var) = var {
            self.globalise(var);
        }
        let mut text = String::new();
        let mut fields = "    dispatch: u32,\n    count: u32,\n    start: i32,\n    pitch: u32,\n    bound: u32,\n    leaf: u32,\n    shader: u32,\n"
            .to_string();
        for one in &self.captures {
            let _ = writeln!(fields, "    {}: {},", one.name, element(one.value.of));
        }
        for one in &self.handles {
            let name = &one.name;
            let _ = writeln!(fields, "    {name}_o: i32,");
            for axis in 0..one.fits.len() {
                let _ = writeln!(fields, "    {name}_n{axis}: i32,");
            }
            for axis in 0..one.fits.len() {
                let _ = writeln!(fields, "    {name}_s{axis}: i32,");
            }
        }
        let _ = write!(
            text,
            "struct Uniforms {{\n{fields}}}\n\
             struct Report {{\n    dispatch: atomic<u32>,\n    least: atomic<u32>,\n    count: atomic<u32>,\n    unused: u32,\n    \
             records: array<vec4<u32>, 64>,\n    words: array<u32>,\n}}\n\
             @group(0) @binding(0) var<uniform> u: Uniforms;\n\
             @group(0) @binding(1) var<storage, read_write> report: Report;\n\
             var<private> failed: bool;\nvar<private> iteration: u32;\nvar<private> rounds: u32;\n"
        );
        text += &self.private;
        text += &prelude::text(&self.helpers);
        text += "fn run() {\n";
        if self.out.contains("jump = ") {
            text += "    var jump = 0u;\n";
        }
        let own = std::mem::take(&mut self.own);
        for local in &own {
            let of = register(self.type_of(*local));
            let name = self
                .program
                .locals
                .get(local.0 as usize)
                .map_or("", |info| &info.name);
            let _ = writeln!(text, "    var {}_{}: {of};", plain(name), local.0);
        }
        text += &self.out;
        text += "}\n";
        let size = if work == Work::Serial { 1 } else { GROUP };
        let _ = writeln!(
            text,
            "@compute @workgroup_size({size})\nfn main(@builtin(global_invocation_id) id: vec3<u32>) {{"
        );
        // After a dispatch that failed nothing is done any more.
        text += "    if (atomicLoad(&report.dispatch) < u.dispatch) { return; }\n";
        let mut depth = 1_usize;
        for line in entry.lines() {
            depth -= usize::from(line.starts_with('}'));
            text.extend(std::iter::repeat_n("    ", depth));
            text.push_str(line);
            text.push('\n');
            depth += usize::from(line.ends_with('{'));
        }
        text += "}\n";
        let most = self.options.buffers.saturating_sub(1) as usize;
        if self.handles.len() > most && !self.shares_buffers() {
            let have = self.handles.len();
            self.refuse(Why::Buffers { have, most });
        }
        Shader {
            span: self.span,
            work,
            captures: self.captures,
            handles: self.handles,
            outputs,
            body: text,
        }
    }

    /// Whether some of the arrays may be the same as others, so that only the run can count the buffers.
    fn shares_buffers(&self) -> bool {
        let mut binds = Vec::new();
        collect(&self.program.body, &mut binds);
        self.handles.iter().any(|one| {
            let mut of_it = binds.iter().filter(|(array, _)| *array == one.array);
            of_it.any(|(_, handle)| !matches!(handle, ArrayExpr::New { .. }))
        })
    }
}

fn code(to: usize, is_again: bool) -> usize {
    2 * to + usize::from(is_again) + 1
}

fn collect<'s>(body: &'s [Stmt], into: &mut Vec<(Array, &'s ArrayExpr)>) {
    for stmt in body {
        if let Stmt::Bind(array, handle) = stmt {
            into.push((*array, handle));
        }
        for inner in crate::walk::blocks(stmt) {
            collect(inner, into);
        }
    }
}

/// The functions that load and store an element.
fn accessors(name: &str, of: Scalar, buffer: &str) -> (String, String) {
    let value = register(of);
    let word = from_word(of, &format!("{buffer}[i]"));
    let load = format!("fn {name}_load(i: i32) -> {value} {{ return {word}; }}\n");
    let word = to_word(of, "x");
    let store = format!("fn {name}_store(i: i32, x: {value}) {{ {buffer}[i] = {word}; }}\n");
    (load, store)
}

impl Shader {
    /// The text, with each array's buffer by number: arrays of the same number share a buffer, which WebGPU
    /// wants bound once. Buffer k is binding `2 + k` of group 0; 0 is the uniform block, 1 the report.
    pub fn wgsl(&self, buffers: &[usize]) -> String {
        let mut text = String::new();
        let mut accesses = String::new();
        for (k, is_written) in self.access(buffers).into_iter().enumerate() {
            let access = if is_written { "read_write" } else { "read" };
            let of = self.handles.iter().zip(buffers).find(|(_, buffer)| **buffer == k);
            let of = of.map_or("u32", |(one, _)| element(one.of));
            let _ = writeln!(
                text,
                "@group(0) @binding({}) var<storage, {access}> buffer{k}: array<{of}>;",
                2 + k
            );
        }
        for (one, buffer) in self.handles.iter().zip(buffers) {
            let (load, store) = accessors(&one.name, one.of, &format!("buffer{buffer}"));
            accesses += &load;
            if one.is_written {
                accesses += &store;
            }
        }
        text + &accesses + &self.body
    }

    /// Whether each of the buffers is written to: what its binding has to say.
    pub fn access(&self, buffers: &[usize]) -> Vec<bool> {
        let count = buffers.iter().max().map_or(0, |most| most + 1);
        let mut access = vec![false; count];
        for (one, buffer) in self.handles.iter().zip(buffers) {
            access[*buffer] |= one.is_written;
        }
        access
    }

    /// Every array in a buffer of its own.
    pub fn apart(&self) -> Vec<usize> {
        (0..self.handles.len()).collect()
    }

    /// Words of the report that the results take.
    pub fn words(&self) -> u32 {
        let each = match self.work {
            Work::Lanes(..) => (LANES * LEAVES) as u32,
            _ => 1,
        };
        self.outputs.iter().map(|one| one.words * each).sum()
    }
}

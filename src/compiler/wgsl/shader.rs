//! Shaders: what is around statements, and what writers of them share.

use super::express::{element, from_word, register, to_word};
use super::handles::{accessors, collect};
use super::host;
use super::plan::*;
use super::prelude;
use super::uses::{Uses, any};
use crate::interval::{Facts, I32, U32, within};
use crate::ir::*;
use crate::sorted::{Map as BTreeMap, Map as HashMap, Set as BTreeSet};
use crate::source::Span;
use crate::types::Scalar;
use std::fmt::{self, Write};

/// A loop of WGSL that is being written. A jump to one further out is a `break` of each between, with the
/// variable `jump` saying where it leads.
pub struct Frame {
    pub(super) label: Label,
    /// Whether leaving means the next round: the body of a parallel loop.
    pub(super) is_iteration: bool,
    /// Jumps that lead through its end: the frame, and whether to its next round.
    pub(super) through: BTreeSet<(usize, bool)>,
}

/// What one shader is written with.
pub struct Writer<'a> {
    pub(super) program: &'a Program,
    pub(super) facts: &'a Facts,
    pub(super) options: &'a Options,
    /// The first statement: numbers that are taken over are known by it.
    pub(super) first: &'a Stmt,
    pub(super) span: Option<Span>,
    pub(super) refusals: &'a mut Refusals,
    pub(super) out: String,
    pub(super) depth: usize,
    pub(super) temporaries: usize,
    pub(super) helpers: BTreeSet<&'static str>,
    pub(super) captures: Vec<Capture>,
    pub(super) handles: Vec<Bound>,
    /// Numbers that the statements give values to.
    pub(super) own: BTreeSet<Local>,
    /// Reductions, kept in variables of the module.
    pub(super) reduced: BTreeMap<Local, Reduce>,
    /// Numbers that are given back.
    pub(super) given: BTreeSet<Local>,
    /// Arrays that the statements bind, and the one array each is, or is a part of.
    pub(super) roots: HashMap<Array, Array>,
    pub(super) uses: Uses,
    pub(super) frames: Vec<Frame>,
    /// Private variables of the module.
    pub(super) private: String,
    pub(super) private_elements: u64,
    /// Words of arrays that lie in the invocations' common buffer.
    pub(super) scratch: u64,
    /// Where the statement at hand comes from.
    pub(super) at: u32,
    /// Whether the expression at hand is part of a 64-bit float of which that was asked.
    pub(super) in_wide: bool,
    /// Whether a jump leads through the end of a loop within.
    pub(super) has_jumps: bool,
    /// Variables that were asked where their 64 bits come from, and whether that is known.
    pub(super) followed: BTreeMap<Local, bool>,
    /// How many of them are being followed.
    pub(super) following: usize,
    /// How often it was found out.
    pub(super) causes: usize,
}

/// The name of a made or given variable, as far as WGSL allows it.
pub fn plain(name: &str) -> String {
    let allowed = name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_');
    let mut name = String::new();
    for c in allowed.take(32) {
        // Two in a row are WGSL's own.
        if c != '_' || !name.ends_with('_') {
            name.push(c);
        }
    }
    let name = name.trim_matches('_');
    match name.chars().next() {
        Some(first) if first.is_ascii_alphabetic() => name.to_owned(),
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
    refusals: &'a mut Refusals,
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
        true => format!("let k = u.first + id.x;\nif (k >= u.count) {{ return; }}\n{run}"),
        false => {
            writer.helper("tick");
            let mut text = format!(
                "let lane = u.first + id.x;\nlet lanes = {LANES}u * ((u.count + u.leaf - 1u) / u.leaf);\n\
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
    refusals: &'a mut Refusals,
) -> Option<Shader> {
    let first = body.first()?;
    let span = loop_of(body).map(|at| Span {
        start: at - 1,
        end: at,
    });
    let mut writer = Writer::new(program, facts, options, first, Uses::of(body), span, refusals);
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
        writer.globalise(local);
    }
    Some(writer.finish(Work::Serial, given, &entry, None))
}

/// The place of the first loop of some statements, or of the first of them.
fn loop_of(body: &[Stmt]) -> Option<u32> {
    let (mut first, mut found) = (0, 0);
    crate::walk::statements(body, &mut |stmt| {
        let at = crate::told::place(stmt);
        first = if first == 0 { at } else { first };
        if found == 0 && matches!(stmt, Stmt::For { .. } | Stmt::While { .. }) {
            found = at;
        }
    });
    [found, first].into_iter().find(|at| *at != 0)
}

/// A register as a word of the report.
pub fn as_word(of: Scalar, value: &str) -> String {
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
        span: Option<Span>,
        refusals: &'a mut Refusals,
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
            scratch: 0,
            at: 0,
            has_jumps: false,
            in_wide: false,
            followed: BTreeMap::new(),
            following: 0,
            causes: 0,
        }
    }

    pub(super) fn refuse(&mut self, why: Why) {
        let around = self.span.map(|span| (span.start, span.end));
        let span = match self.at {
            0 => around,
            at => Some((at - 1, at)),
        };
        self.refusals.add(why, span);
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

    pub(super) fn element_of(&self, array: Array) -> Scalar {
        let info = self.program.arrays.get(array.0 as usize);
        info.map_or(Scalar::F32, |info| info.of)
    }

    pub(super) fn line(&mut self, text: impl fmt::Display) {
        self.lines(&text);
    }

    fn lines(&mut self, text: &dyn fmt::Display) {
        for line in text.to_string().lines() {
            self.out.extend(std::iter::repeat_n("    ", self.depth));
            self.out.push_str(line);
            if self.options.is_marked {
                let _ = write!(self.out, "{MARK}{}", self.at);
            }
            self.out.push('\n');
        }
    }

    pub(super) fn open(&mut self, text: impl fmt::Display) {
        self.lines(&text);
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
            if self.type_of(local) == Scalar::F64 {
                self.wide_local(local, 0);
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
        if of == Scalar::F64 {
            self.wide_local(local, 0);
        }
        let expr = Expr::new(ExprKind::Local(local), of);
        let fits = self.facts.captured(self.first, local, of);
        let said = self
            .program
            .locals
            .get(local.0 as usize)
            .map_or("", |info| &info.name);
        self.uniform(expr, fits, &format!("{}_{}", plain(said), local.0))
    }

    fn uniform(&mut self, value: Expr, fits: crate::interval::Interval, name: &str) -> String {
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
        if any(expr, &|part| self.can_fail(part))
            || uses.reads.keys().any(is_inner)
            || !uses.writes.is_empty()
            || uses.mentions.keys().any(is_bound)
        {
            return None;
        }
        if uses.reads.is_empty() && uses.mentions.is_empty() {
            return Some(self.constant(of, host::constant(expr)?));
        }
        let fits = self.facts.of(expr);
        if of.bytes() == 8 && of.is_int() && !within(fits, I32) && !within(fits, U32) {
            return None;
        }
        let name = format!("c{}", self.captures.len());
        Some(self.uniform(expr.clone(), fits, &name))
    }

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
        let mut fields = "    dispatch: u32,\n    count: u32,\n    start: i32,\n    bound: u32,\n    leaf: u32,\n    shader: u32,\n    first: u32,\n"
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
             var<private> failed: bool;\nvar<private> failure: vec3<u32>;\nvar<private> iteration: u32;\nvar<private> rounds: u32;\n"
        );
        if self.scratch > 0 {
            text += "var<private> slot: u32;\nvar<private> stripe: u32;\n";
        }
        text += &self.private;
        let helpers = prelude::with_used(&self.helpers);
        text += &prelude::text(&helpers);
        text += "fn run() {\n";
        if self.has_jumps {
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
        if self.scratch > 0 {
            let _ = writeln!(
                text,
                "    slot = id.x;\n    stripe = arrayLength(&scratch) / {}u;",
                self.scratch
            );
        }
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
        if helpers.contains("fail") {
            text += REPORTED;
        }
        text += "}\n";
        let most = self.options.buffers.saturating_sub(1) as usize;
        let have = self.buffers() + usize::from(self.scratch > 0);
        if have > most {
            self.refuse(Why::Buffers { have, most });
        }
        Shader {
            span: self.span,
            work,
            captures: self.captures,
            handles: self.handles,
            outputs,
            scratch: self.scratch as u32,
            body: text,
        }
    }

    /// Buffers that are certainly needed: arrays that can only be one, each once. Of others the run has to count.
    fn buffers(&self) -> usize {
        let mut binds = Vec::new();
        collect(&self.program.body, &mut binds);
        let roots = super::handles::roots(&binds, &|_| true);
        let of = |array: Array| roots.get(&array).cloned().unwrap_or_default();
        let single = self.handles.iter().filter_map(|one| match of(one.array) {
            all if all.is_empty() => Some(one.array),
            all if all.len() == 1 => all.first().copied(),
            _ => None,
        });
        single.collect::<BTreeSet<Array>>().len()
    }

    /// Whether an operation may fail on the host, where it has no divisor of zero.
    fn can_fail(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Divide(_, _, b, Some(_)) => {
                let has_zero = |of: &Expr| {
                    let (low, high) = self.facts.of(of);
                    low <= 0 && 0 <= high
                };
                match &b.kind {
                    ExprKind::Const(bits) if b.of.is_float() => host::float(b.of, *bits) == 0.0,
                    ExprKind::Convert(from) if b.of.is_float() && from.of.is_int() => has_zero(from),
                    _ => b.of.is_float() || has_zero(b),
                }
            }
            _ => false,
        }
    }
}

/// The end of an invocation that failed: if it is the first so far, it leaves a record.
const REPORTED: &str = "    if (failed) {
        atomicMin(&report.dispatch, u.dispatch);
        if (failure.x < atomicMin(&report.least, failure.x)) {
            let at = atomicAdd(&report.count, 1u) & 63u;
            report.records[at] = vec4<u32>(failure, u.shader);
        }
    }
";

impl Shader {
    /// The text, with each array's buffer by number: arrays of the same number share a buffer, which WebGPU
    /// wants bound once. Buffer k is binding `2 + k` of group 0; 0 is the uniform block, 1 the report.
    pub fn wgsl(&self, buffers: &[usize]) -> String {
        let mut text = String::new();
        let mut accesses = String::new();
        for (k, is_written) in self
            .access(buffers)
            .into_iter()
            .take(self.arrays(buffers))
            .enumerate()
        {
            let access = if is_written { "read_write" } else { "read" };
            let of = self.handles.iter().zip(buffers).find(|(_, buffer)| **buffer == k);
            let of = of.map_or("u32", |(one, _)| element(one.of));
            let _ = writeln!(
                text,
                "@group(0) @binding({}) var<storage, {access}> buffer{k}: array<{of}>;",
                2 + k
            );
        }
        if self.scratch > 0 {
            let binding = 2 + self.arrays(buffers);
            let _ = writeln!(
                text,
                "@group(0) @binding({binding}) var<storage, read_write> scratch: array<u32>;"
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
        let count = self.arrays(buffers);
        let mut access = vec![false; count];
        access.extend((self.scratch > 0).then_some(true));
        for (one, buffer) in self.handles.iter().zip(buffers) {
            access[*buffer] |= one.is_written;
        }
        access
    }

    /// Buffers of the host's arrays.
    fn arrays(&self, buffers: &[usize]) -> usize {
        buffers.iter().max().map_or(0, |most| most + 1)
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

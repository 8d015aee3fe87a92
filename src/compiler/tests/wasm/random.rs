//! Random programs that keep the promises of `ir`: a parallel loop over arrays of all types, with everything that can be in
//! one. They are about every operation on every type under every kind of mask, not about what people write.

use parallax_compiler::ir::*;
use parallax_compiler::types::{Layout, Scalar};
use parallax_compiler::{ArrayValue, Span, Value};

pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x1234_5678_9abc_def1)
    }
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }
    pub fn below(&mut self, n: usize) -> usize {
        (self.next() >> 33) as usize % n
    }
    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}

/// A value of a type: small, large, special.
pub fn bits(random: &mut Random, of: Scalar) -> u64 {
    let width = 8 * of.bytes();
    let all = u64::MAX >> (64 - width);
    let small = random.below(9) as i64 - 3;
    match of {
        Scalar::Bool => random.below(2) as u64,
        Scalar::F32 => {
            let special = [
                0.0,
                -0.0,
                1.5,
                -2.5,
                f32::INFINITY,
                f32::NAN,
                1e-40,
                3e38,
                16777217.0,
                -0.75,
            ];
            match random.below(4) {
                0 => random.one(&special).to_bits().into(),
                1 => (small as f32).to_bits().into(),
                _ => (random.below(4000) as f32 / 256.0 - 7.0).to_bits().into(),
            }
        }
        Scalar::F64 => {
            let special = [
                0.0,
                -0.0,
                1.5,
                -2.5,
                f64::NEG_INFINITY,
                f64::NAN,
                1e-310,
                1e300,
                9.007199254740993e15,
                3e9,
                2.5,
            ];
            match random.below(4) {
                0 => random.one(&special).to_bits(),
                1 => (small as f64).to_bits(),
                _ => (random.below(4000) as f64 / 256.0 - 7.0).to_bits(),
            }
        }
        _ => match random.below(5) {
            0 => random.next() & all,
            1 => random.one(&[all, all >> 1, (all >> 1) + 1, 0, 1]),
            _ => small as u64 & all,
        },
    }
}

pub struct Made {
    pub program: Program,
    pub arguments: Vec<Value>,
}

struct Maker {
    random: Random,
    program: Program,
    /// Locals that may be read, all private.
    locals: Vec<Local>,
    /// Those that may be set.
    free: Vec<Local>,
    shared: Vec<Local>,
    inputs: Vec<Array>,
    outputs: Vec<Array>,
    n: i64,
    var: Local,
    /// Labels around, and whether they are loops'.
    around: Vec<(Label, bool)>,
    span: Span,
    /// Whether anything may fail.
    fails: bool,
    private: Vec<Local>,
    types: Vec<Scalar>,
}

fn expr(kind: ExprKind, of: Scalar) -> Expr {
    Expr::new(kind, of)
}

impl Maker {
    fn local(&mut self, of: Scalar) -> Local {
        self.program.locals.push(LocalInfo {
            name: format!("x{}", self.program.locals.len()),
            of,
        });
        Local(self.program.locals.len() as u32 - 1)
    }

    fn label(&mut self) -> Label {
        self.program.labels += 1;
        Label(self.program.labels - 1)
    }

    fn site(&mut self, what: Failure) -> Site {
        self.program.sites.push(SiteInfo {
            span: self.span,
            what,
        });
        Site(self.program.sites.len() as u32 - 1)
    }

    fn of(&self, local: Local) -> Scalar {
        self.program.locals[local.0 as usize].of
    }

    fn scalar(&mut self) -> Scalar {
        self.random.one(&self.types.clone())
    }

    fn leaf(&mut self, of: Scalar) -> Expr {
        let known: Vec<Local> = self
            .locals
            .iter()
            .chain(&self.shared)
            .copied()
            .filter(|local| self.of(*local) == of)
            .collect();
        if !known.is_empty() && self.random.below(4) > 0 {
            return expr(ExprKind::Local(self.random.one(&known)), of);
        }
        if of == Scalar::I64 && self.random.below(2) == 0 {
            return expr(ExprKind::Local(self.var), of);
        }
        let bits = bits(&mut self.random, of);
        Expr::bits(of, bits)
    }

    /// An index of an array along an axis of length n, and whether it is proven.
    fn index(&mut self, depth: u32) -> (Expr, bool) {
        let var = expr(ExprKind::Local(self.var), Scalar::I64);
        match self.random.below(10) {
            // The arrays are longer than the loop.
            0..=4 => {
                let add = Expr::int(self.random.below(5) as i64);
                (expr(ExprKind::Binary(Binary::Add, var, add), Scalar::I64), true)
            }
            5 => {
                let sub = Expr::int(self.random.below(3) as i64);
                (expr(ExprKind::Binary(Binary::Sub, var, sub), Scalar::I64), false)
            }
            6 => (Expr::int(self.random.below(4) as i64), true),
            7 if self.fails => (self.expr(Scalar::I64, depth), false),
            _ => {
                let any = self.expr(Scalar::I64, depth);
                let divisor = Expr::int(self.n + 5);
                (
                    expr(ExprKind::Divide(Divide::Rest, any, divisor, None), Scalar::I64),
                    true,
                )
            }
        }
    }

    fn expr(&mut self, of: Scalar, depth: u32) -> Expr {
        if depth == 0 {
            return self.leaf(of);
        }
        let depth = depth - 1;
        let sub = |own: &mut Maker, of| own.expr(of, depth);
        match self.random.below(16) {
            0..=2 => {
                let op = match of {
                    Scalar::Bool => return expr(ExprKind::Unary(Unary::Not, sub(self, of)), of),
                    _ if of.is_float() => self.random.one(&[
                        Unary::Minus,
                        Unary::Abs,
                        Unary::Sqrt,
                        Unary::Floor,
                        Unary::Ceil,
                        Unary::Trunc,
                        Unary::Nearest,
                    ]),
                    _ => self.random.one(&[Unary::Minus, Unary::Not, Unary::Abs]),
                };
                expr(ExprKind::Unary(op, sub(self, of)), of)
            }
            3..=6 => {
                use Binary::{Add, And, CopySign, Max, Min, Mul, Or, ShiftLeft, ShiftRight, Sub, Xor};
                let op = match of {
                    Scalar::Bool => self.random.one(&[And, Or, Xor]),
                    _ if of.is_float() => self.random.one(&[Add, Sub, Mul, Add, Mul, Min, Max, CopySign]),
                    _ => self
                        .random
                        .one(&[Add, Sub, Mul, Min, Max, And, Or, Xor, ShiftLeft, ShiftRight]),
                };
                let a = sub(self, of);
                let b = match op {
                    // The sign of a NaN is nobody's.
                    Binary::CopySign => expr(ExprKind::Convert(sub(self, Scalar::I32)), of),
                    _ => sub(self, of),
                };
                expr(ExprKind::Binary(op, a, b), of)
            }
            7 if of != Scalar::Bool => {
                let op = match of.is_float() {
                    true => self.random.one(&[
                        Divide::True,
                        Divide::True,
                        Divide::Floor,
                        Divide::Rest,
                        Divide::CRest,
                    ]),
                    false => self.random.one(&[Divide::Floor, Divide::Rest, Divide::CRest]),
                };
                let site = (self.fails && self.random.below(3) == 0).then(|| self.site(Failure::Division));
                let a = sub(self, of);
                let b = sub(self, of);
                expr(ExprKind::Divide(op, a, b, site), of)
            }
            7 | 8 if of == Scalar::Bool => {
                let op = self
                    .random
                    .one(&[Compare::Equal, Compare::Unequal, Compare::Less, Compare::AtMost]);
                let a = self.scalar();
                let b = self.scalar();
                let b = if a.is_int() && b.is_int() { b } else { a };
                let (a, b) = if a == Scalar::Bool {
                    (Scalar::F32, Scalar::F32)
                } else {
                    (a, b)
                };
                expr(ExprKind::Compare(op, sub(self, a), sub(self, b)), of)
            }
            8 | 9 => {
                let from = self.scalar();
                expr(ExprKind::Convert(sub(self, from)), of)
            }
            10 => expr(
                ExprKind::Select(sub(self, Scalar::Bool), sub(self, of), sub(self, of)),
                of,
            ),
            11 => expr(
                ExprKind::Choice(sub(self, Scalar::Bool), sub(self, of), sub(self, of)),
                of,
            ),
            12 if of == Scalar::Bool => match self.random.below(2) {
                0 => expr(ExprKind::And(sub(self, of), sub(self, of)), of),
                _ => expr(ExprKind::Or(sub(self, of), sub(self, of)), of),
            },
            12 | 13 => {
                let arrays: Vec<Array> = self
                    .inputs
                    .iter()
                    .copied()
                    .filter(|array| self.program.arrays[array.0 as usize].of == of)
                    .collect();
                if arrays.is_empty() {
                    return self.expr(of, depth);
                }
                let array = self.random.one(&arrays);
                let mut index = Vec::new();
                let mut proven = true;
                for axis in 0..self.program.arrays[array.0 as usize].axes {
                    let (one, is_proven) = match axis {
                        1 if self.random.below(2) == 0 => (Expr::int(1), true),
                        _ => self.index(depth),
                    };
                    index.push(one);
                    proven &= is_proven;
                }
                let site =
                    (!proven || self.random.below(4) == 0).then(|| self.site(Failure::Index(array, 0)));
                expr(ExprKind::Load { array, index, site }, of)
            }
            14 => match of {
                Scalar::F32 => expr(ExprKind::Bits(sub(self, Scalar::I32)), of),
                Scalar::F64 => expr(ExprKind::Bits(sub(self, Scalar::I64)), of),
                Scalar::I32 => expr(ExprKind::Table(Table(0), sub(self, of)), of),
                Scalar::I64 => match self.inputs.is_empty() {
                    true => self.leaf(of),
                    false => expr(ExprKind::Length(self.random.one(&self.inputs.clone()), 0), of),
                },
                _ => self.leaf(of),
            },
            _ => {
                let from = self.scalar();
                let bound = self.local(from);
                self.private.push(bound);
                let value = self.expr(from, depth);
                self.locals.push(bound);
                let last = self.expr(of, depth);
                self.locals.pop();
                expr(ExprKind::Let(vec![(bound, value)], last), of)
            }
        }
    }

    fn statements(&mut self, depth: u32, n: usize) -> Vec<Stmt> {
        (0..n).map(|_| self.statement(depth)).collect()
    }

    fn statement(&mut self, depth: u32) -> Stmt {
        let simple = depth == 0;
        match self.random.below(if simple { 6 } else { 12 }) {
            0..=2 => {
                let to = self.random.one(&self.free.clone());
                let of = self.of(to);
                Stmt::Set(to, self.expr(of, 3))
            }
            3 | 4 => {
                let array = self.random.one(&self.outputs.clone());
                let info = self.program.arrays[array.0 as usize].clone();
                let mut index = vec![expr(ExprKind::Local(self.var), Scalar::I64)];
                if info.axes == 2 {
                    index.push(Expr::int(1));
                }
                let value = self.expr(info.of, 3);
                let site = (self.random.below(3) == 0).then(|| self.site(Failure::Index(array, 0)));
                Stmt::Store {
                    array,
                    index,
                    value,
                    site,
                }
            }
            5 => match self.random.below(6) {
                0 if self.fails => {
                    let test = self.expr(Scalar::Bool, 2);
                    let always = expr(
                        ExprKind::Compare(
                            Compare::Less,
                            expr(ExprKind::Local(self.var), Scalar::I64),
                            Expr::int(self.n - 3),
                        ),
                        Scalar::Bool,
                    );
                    let test = expr(ExprKind::Or(always, test), Scalar::Bool);
                    Stmt::Check(test, self.site(Failure::Assertion))
                }
                1 | 2 if !self.around.is_empty() => {
                    let (label, is_loop) = self.random.one(&self.around.clone());
                    let jump = match is_loop && self.random.below(2) == 0 {
                        true => Stmt::Again(label),
                        false => Stmt::Leave(label),
                    };
                    Stmt::If {
                        test: self.expr(Scalar::Bool, 2),
                        yes: vec![jump],
                        no: vec![],
                    }
                }
                _ => {
                    let to = self.random.one(&self.free.clone());
                    let of = self.of(to);
                    Stmt::Set(to, self.leaf(of))
                }
            },
            6..=8 => {
                let test = self.expr(Scalar::Bool, 3);
                let (yes, no) = (self.random.below(4), self.random.below(3));
                let yes = self.statements(depth - 1, yes);
                Stmt::If {
                    test,
                    yes,
                    no: self.statements(depth - 1, no),
                }
            }
            9 => {
                let label = self.label();
                self.around.push((label, false));
                let n = 1 + self.random.below(4);
                let body = self.statements(depth - 1, n);
                self.around.pop();
                Stmt::Block { label, body }
            }
            10 => {
                // The body ends in a few rounds, whatever is in it.
                let label = self.label();
                let counter = self.local(Scalar::I64);
                self.private.push(counter);
                let read = || expr(ExprKind::Local(counter), Scalar::I64);
                let one = Expr::int(1);
                let next = expr(ExprKind::Binary(Binary::Sub, read(), one), Scalar::I64);
                let more = expr(
                    ExprKind::Compare(Compare::Less, Expr::int(0), read()),
                    Scalar::Bool,
                );
                let test = self.expr(Scalar::Bool, 2);
                let test = expr(ExprKind::And(more, test), Scalar::Bool);
                self.around.push((label, true));
                let n = 1 + self.random.below(4);
                let body = self.statements(depth - 1, n);
                let mut before = vec![Stmt::Set(counter, next)];
                if self.random.below(3) == 0 {
                    self.around.pop();
                    before.extend(self.statements(0, 1));
                    self.around.push((label, true));
                }
                self.around.pop();
                let rounds = self.expr(Scalar::I64, 1);
                let rounds = expr(
                    ExprKind::Divide(Divide::Rest, rounds, Expr::int(6), None),
                    Scalar::I64,
                );
                let outside = self.label();
                let body = vec![
                    Stmt::Set(counter, rounds),
                    Stmt::While {
                        label,
                        before,
                        test,
                        body,
                    },
                ];
                Stmt::Block { label: outside, body }
            }
            _ => {
                let label = self.label();
                let of = self
                    .random
                    .one(&[Scalar::I64, Scalar::I64, Scalar::I32, Scalar::U64, Scalar::I8]);
                let var = self.local(of);
                self.private.push(var);
                let small = |own: &mut Maker| match own.random.below(3) {
                    0 => {
                        let any = own.expr(of, 1);
                        let by = Expr::bits(of, 7);
                        expr(ExprKind::Divide(Divide::Rest, any, by, None), of)
                    }
                    _ => Expr::bits(of, own.random.below(7) as u64),
                };
                let (start, stop) = (small(self), small(self));
                let steps: &[i64] = if of.is_signed() {
                    &[1, 1, 1, 2, 3, -1, -2]
                } else {
                    &[1, 2, 3]
                };
                let step = self.random.one(steps) as u64 & (u64::MAX >> (64 - 8 * of.bytes()));
                let step = Expr::bits(of, step);
                self.around.push((label, true));
                self.locals.push(var);
                let n = 1 + self.random.below(4);
                let body = self.statements(depth - 1, n);
                self.locals.pop();
                self.around.pop();
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
        }
    }
}

/// A program by a seed; with failures or without.
pub fn program(seed: u64, fails: bool) -> Made {
    let mut random = Random::new(seed);
    for _ in 0..5 {
        random.next();
    }
    let n = [0, 1, 3, 4, 7, 8, 17, 40, 61][random.below(9)];
    let sets: [&[Scalar]; 4] = [
        &Scalar::ALL,
        &[Scalar::F64, Scalar::I64, Scalar::Bool],
        &[Scalar::F32, Scalar::I32, Scalar::Bool],
        &[
            Scalar::F32,
            Scalar::I64,
            Scalar::F64,
            Scalar::U64,
            Scalar::Bool,
            Scalar::U8,
        ],
    ];
    let types = sets[random.below(4)].to_vec();
    let file = "def f(): pass";
    let _ = file;
    let mut maker = Maker {
        random,
        program: Program {
            name: "random".into(),
            ..Program::default()
        },
        locals: vec![],
        free: vec![],
        shared: vec![],
        inputs: vec![],
        outputs: vec![],
        n,
        var: Local(0),
        around: vec![],
        span: Span::default(),
        fails,
        private: vec![],
        types: types.clone(),
    };
    let table = (0..8).map(|_| bits(&mut maker.random, Scalar::I32)).collect();
    maker.program.tables.push(TableInfo {
        of: Scalar::I32,
        bits: table,
    });
    maker.var = maker.local(Scalar::I64);
    let mut arguments = Vec::new();
    for of in &types {
        let shared = maker.local(*of);
        maker.shared.push(shared);
        maker.program.params.push(Param::Scalar(shared));
        let value = bits(&mut maker.random, *of);
        arguments.push(Value::Scalar(*of, value));
    }
    for (of, is_output) in types.iter().flat_map(|of| [(of, false), (of, true)]) {
        let axes = 1 + maker.random.below(2) as u8;
        let name = format!("a{}", maker.program.arrays.len());
        maker.program.arrays.push(ArrayInfo {
            name,
            of: *of,
            axes,
            layout: Layout::C,
        });
        let array = Array(maker.program.arrays.len() as u32 - 1);
        maker.program.params.push(Param::Array(array));
        let long = n as usize + 5;
        let shape = if axes == 1 { vec![long] } else { vec![long, long] };
        let mut bytes = Vec::new();
        for _ in 0..shape.iter().product() {
            let value = bits(&mut maker.random, *of);
            bytes.extend(&value.to_le_bytes()[..of.bytes() as usize]);
        }
        arguments.push(Value::Array(ArrayValue {
            of: *of,
            shape,
            bytes,
        }));
        if is_output {
            &mut maker.outputs
        } else {
            &mut maker.inputs
        }
        .push(array);
    }
    let mut body = Vec::new();
    for of in types.iter().chain(&types) {
        let local = maker.local(*of);
        body.push(Stmt::Set(local, maker.expr(*of, 1)));
        maker.locals.push(local);
        maker.free.push(local);
        maker.private.push(local);
    }
    let label = maker.label();
    // Some are serial loops that analysis has found to be like parallel ones.
    let serial = seed % 5 == 4;
    if !serial {
        maker.around.push((label, true));
    }
    let long = 2 + maker.random.below(8);
    body.extend(maker.statements(3, long));
    maker.around.pop();
    // What is known at the end is seen.
    for array in maker.outputs.clone() {
        let info = maker.program.arrays[array.0 as usize].clone();
        let mut index = vec![expr(ExprKind::Local(maker.var), Scalar::I64)];
        if info.axes == 2 {
            index.push(Expr::int(0));
        }
        let known: Vec<Local> = maker
            .free
            .iter()
            .copied()
            .filter(|local| maker.of(*local) == info.of)
            .collect();
        let value = expr(ExprKind::Local(maker.random.one(&known)), info.of);
        body.push(Stmt::Store {
            array,
            index,
            value,
            site: None,
        });
    }
    let mut reductions = Vec::new();
    for of in &types {
        let ops: &[Reduce] = match of {
            Scalar::Bool => &[Reduce::And, Reduce::Or, Reduce::Xor],
            _ if of.is_float() => &[Reduce::Sum, Reduce::Product, Reduce::Least, Reduce::Greatest],
            _ => &[
                Reduce::Sum,
                Reduce::Product,
                Reduce::Least,
                Reduce::Greatest,
                Reduce::And,
                Reduce::Xor,
            ],
        };
        if serial || maker.random.below(3) > 0 {
            continue;
        }
        let op = maker.random.one(ops);
        let local = maker.local(*of);
        let binary = match op {
            Reduce::Sum => Binary::Add,
            Reduce::Product => Binary::Mul,
            Reduce::Least => Binary::Min,
            Reduce::Greatest => Binary::Max,
            Reduce::And => Binary::And,
            Reduce::Or => Binary::Or,
            Reduce::Xor => Binary::Xor,
        };
        let value = maker.expr(*of, 2);
        let change = expr(
            ExprKind::Binary(binary, expr(ExprKind::Local(local), *of), value),
            *of,
        );
        let change = Stmt::Set(local, change);
        body.push(match maker.random.below(2) {
            0 => change,
            _ => Stmt::If {
                test: maker.expr(Scalar::Bool, 2),
                yes: vec![change],
                no: vec![],
            },
        });
        reductions.push(Reduction { local, op });
    }
    let mut whole: Vec<Stmt> = Vec::new();
    for one in &reductions {
        let of = maker.of(one.local);
        let first = bits(&mut maker.random, of);
        whole.push(Stmt::Set(one.local, Expr::bits(of, first)));
        maker.program.results.push(Param::Scalar(one.local));
    }
    if serial {
        let [start, stop, step] = [0, n, 1].map(Expr::int);
        whole.push(Stmt::For {
            label,
            var: maker.var,
            start,
            stop,
            step,
            vector: true,
            body,
        });
        maker.program.body = whole;
        return Made {
            program: maker.program,
            arguments,
        };
    }
    whole.push(Stmt::ParFor(Box::new(ParFor {
        span: maker.span,
        label,
        var: maker.var,
        start: Expr::int(0),
        stop: Expr::int(n),
        body,
        private: maker.private.clone(),
        private_arrays: vec![],
        reductions,
    })));
    maker.program.body = whole;
    Made {
        program: maker.program,
        arguments,
    }
}

/// A program without all statements that a fault does not need.
pub fn shrink(mut program: Program, mut fails: impl FnMut(&Program) -> bool) -> Program {
    let mut changed = true;
    while changed {
        changed = false;
        let mut n = 0;
        loop {
            let mut smaller = program.clone();
            let mut at = n;
            if !change(&mut smaller.body, &mut at) {
                break;
            }
            if fails(&smaller) {
                program = smaller;
                changed = true;
            } else {
                n += 1;
            }
        }
    }
    program
}

/// Makes the n-th thing smaller, if there are so many.
fn change(body: &mut Vec<Stmt>, n: &mut usize) -> bool {
    for at in 0..body.len() {
        if *n == 0 {
            body.remove(at);
            return true;
        }
        *n -= 1;
        let inner: Vec<&mut Vec<Stmt>> = match &mut body[at] {
            Stmt::If { yes, no, .. } => vec![yes, no],
            Stmt::Block { body, .. } | Stmt::For { body, .. } => vec![body],
            Stmt::While { before, body, .. } => vec![before, body],
            Stmt::ParFor(one) => vec![&mut one.body],
            _ => vec![],
        };
        if !inner.is_empty() {
            if *n == 0 {
                // What is in it instead of it.
                if matches!(body[at], Stmt::If { .. }) {
                    let Stmt::If { yes, no, .. } = body.remove(at) else {
                        return false;
                    };
                    body.splice(at..at, yes.into_iter().chain(no));
                    return true;
                }
                *n += 1;
            }
            if matches!(body[at], Stmt::If { .. }) {
                *n -= 1;
            }
        }
        let inner: Vec<&mut Vec<Stmt>> = match &mut body[at] {
            Stmt::If { yes, no, .. } => vec![yes, no],
            Stmt::Block { body, .. } | Stmt::For { body, .. } => vec![body],
            Stmt::While { before, body, .. } => vec![before, body],
            Stmt::ParFor(one) => vec![&mut one.body],
            _ => vec![],
        };
        for one in inner {
            if change(one, n) {
                return true;
            }
        }
        let value: Option<&mut Expr> = match &mut body[at] {
            Stmt::Set(_, value) | Stmt::Store { value, .. } => Some(value),
            Stmt::If { test, .. } => Some(test),
            _ => None,
        };
        if let Some(value) = value
            && simpler(value, n)
        {
            return true;
        }
    }
    false
}

fn simpler(e: &mut Expr, n: &mut usize) -> bool {
    let of = e.of;
    let parts: Vec<&mut Expr> = match &mut e.kind {
        ExprKind::Unary(_, a) | ExprKind::Convert(a) => vec![a],
        ExprKind::Binary(_, a, b) | ExprKind::Divide(_, a, b, _) | ExprKind::Compare(_, a, b) => vec![a, b],
        ExprKind::And(a, b) | ExprKind::Or(a, b) => vec![a, b],
        ExprKind::Select(a, b, c) | ExprKind::Choice(a, b, c) => vec![a, b, c],
        ExprKind::Let(_, last) => vec![last],
        _ => vec![],
    };
    for part in parts {
        if part.of == of {
            if *n == 0 {
                *e = part.clone();
                return true;
            }
            *n -= 1;
        }
        if simpler(part, n) {
            return true;
        }
    }
    if !matches!(e.kind, ExprKind::Const(_)) && !matches!(e.kind, ExprKind::Local(_)) {
        if *n == 0 {
            *e = Expr::bits(of, u64::from(of == Scalar::Bool));
            return true;
        }
        *n -= 1;
    }
    false
}

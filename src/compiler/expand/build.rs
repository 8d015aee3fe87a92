//! A function's arithmetic as a graph, and the graph as an expression.
//!
//! Values are handles that are added and multiplied like numbers. The same operation on the same operands is one
//! node. When the graph becomes an expression, what is used more than once becomes a local of a `Let`, as far
//! inside as all of its uses allow: a node that only one side of a [`Value::choose`] needs is computed
//! there, so that what is rare costs nothing where it is not needed.

use crate::sorted::Map;
use std::cell::RefCell;
use std::ops::{Add, BitAnd, BitOr, BitXor, Div, Mul, Neg, Sub};

use crate::ir::{Binary, Compare, Divide, Expr, ExprKind, Local, LocalInfo, Table, TableInfo, Unary};
use crate::types::Scalar;

/// An operation on nodes before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Op {
    Argument(u32),
    Const(u64),
    Unary(Unary, u32),
    Binary(Binary, u32, u32),
    Divide(u32, u32),
    Compare(Compare, u32, u32),
    Convert(u32),
    Bits(u32),
    Select(u32, u32, u32),
    Choice(u32, u32, u32),
    Table(Table, u32),
}

impl Op {
    /// Operands that are evaluated wherever this is.
    fn operands(self) -> impl Iterator<Item = u32> {
        let all = match self {
            Op::Argument(_) | Op::Const(_) => [None; 3],
            Op::Unary(_, a) | Op::Convert(a) | Op::Bits(a) | Op::Table(_, a) | Op::Choice(a, _, _) => {
                [Some(a), None, None]
            }
            Op::Binary(_, a, b) | Op::Divide(a, b) | Op::Compare(_, a, b) => [Some(a), Some(b), None],
            Op::Select(a, b, c) => [Some(a), Some(b), Some(c)],
        };
        all.into_iter().flatten()
    }
}

#[derive(Debug, Default)]
struct Nodes {
    all: Vec<(Op, Scalar)>,
    tables: Vec<TableInfo>,
}

/// Where a function's nodes are kept while it is made.
#[derive(Debug, Default)]
pub(super) struct Builder(RefCell<Nodes>);

/// A node.
#[derive(Debug, Clone, Copy)]
pub(super) struct Value<'b> {
    builder: &'b Builder,
    at: u32,
    /// Its type.
    pub of: Scalar,
}

impl Builder {
    /// Tables of a program are added to, and found again.
    pub fn new(tables: Vec<TableInfo>) -> Builder {
        Builder(RefCell::new(Nodes {
            tables,
            ..Nodes::default()
        }))
    }

    fn node(&self, op: Op, of: Scalar) -> Value<'_> {
        let mut nodes = self.0.borrow_mut();
        let next = nodes.all.len() as u32;
        // Few enough to look at each.
        let known = nodes.all.iter().position(|known| *known == (op, of));
        let at = known.map_or(next, |at| at as u32);
        if at == next {
            nodes.all.push((op, of));
        }
        Value {
            builder: self,
            at,
            of,
        }
    }

    /// What the function is called with.
    pub fn argument(&self, place: usize, of: Scalar) -> Value<'_> {
        self.node(Op::Argument(place as u32), of)
    }

    /// A constant by its bits.
    pub fn bits(&self, of: Scalar, bits: u64) -> Value<'_> {
        self.node(Op::Const(bits), of)
    }

    /// A float of this type, rounded to it.
    pub fn float(&self, of: Scalar, value: f64) -> Value<'_> {
        self.bits(of, float_bits(of, value))
    }

    /// A table's place in the program.
    pub fn table(&self, table: TableInfo) -> Table {
        let tables = &mut self.0.borrow_mut().tables;
        let at = tables
            .iter()
            .position(|known| *known == table)
            .unwrap_or(tables.len());
        if at == tables.len() {
            tables.push(table);
        }
        Table(at as u32)
    }

    /// The program's tables again.
    pub fn into_tables(self) -> Vec<TableInfo> {
        self.0.into_inner().tables
    }

    /// The expression of a result, of arguments that may be evaluated any number of times, and the program's tables.
    pub fn finish(
        self,
        result: u32,
        arguments: &[Expr],
        name: &str,
        locals: &mut Vec<LocalInfo>,
    ) -> (Expr, Vec<TableInfo>) {
        let Nodes { all, tables, .. } = self.0.into_inner();
        let mut emitter = Emitter::new(all, result, arguments);
        emitter.name(name, locals);
        (emitter.side(0, result), tables)
    }
}

pub(super) fn float_bits(of: Scalar, value: f64) -> u64 {
    match of {
        Scalar::F32 => (value as f32).to_bits().into(),
        _ => value.to_bits(),
    }
}

/// One side of a choice; the first is the whole expression.
struct Side {
    parent: usize,
    depth: u32,
    /// Nodes that are locals here, in order.
    bound: Vec<u32>,
}

struct Emitter<'a> {
    nodes: Vec<(Op, Scalar)>,
    arguments: &'a [Expr],
    sides: Vec<Side>,
    /// Of each node the side that it is evaluated in; none if nothing needs it.
    place: Vec<Option<usize>>,
    /// Of each choice its first side; the other is the next.
    first_side: Map<u32, usize>,
    /// Locals of nodes that have one.
    local: Map<u32, Local>,
}

impl<'a> Emitter<'a> {
    /// Users come after what they use, so that one pass from the end knows all uses of a node when it meets it.
    fn new(nodes: Vec<(Op, Scalar)>, result: u32, arguments: &'a [Expr]) -> Emitter<'a> {
        let mut emitter = Emitter {
            place: vec![None; nodes.len()],
            nodes,
            arguments,
            sides: vec![Side {
                parent: 0,
                depth: 0,
                bound: Vec::new(),
            }],
            first_side: Map::new(),
            local: Map::new(),
        };
        let mut uses = vec![0_u32; emitter.nodes.len()];
        emitter.use_at(result, 0, &mut uses);
        for at in (0..emitter.nodes.len() as u32).rev() {
            let Some(place) = emitter.place[at as usize] else {
                continue;
            };
            let op = emitter.nodes[at as usize].0;
            if let Op::Choice(_, yes, no) = op {
                let first = emitter.sides.len();
                emitter.first_side.insert(at, first);
                for (side, root) in [(first, yes), (first + 1, no)] {
                    let depth = emitter.sides[place].depth + 1;
                    emitter.sides.push(Side {
                        parent: place,
                        depth,
                        bound: Vec::new(),
                    });
                    emitter.use_at(root, side, &mut uses);
                }
            }
            for operand in op.operands() {
                emitter.use_at(operand, place, &mut uses);
            }
            if uses[at as usize] > 1 && !matches!(op, Op::Argument(_) | Op::Const(_)) {
                emitter.sides[place].bound.push(at);
            }
        }
        for side in &mut emitter.sides {
            side.bound.reverse();
        }
        emitter
    }

    fn use_at(&mut self, node: u32, side: usize, uses: &mut [u32]) {
        uses[node as usize] += 1;
        let place = &mut self.place[node as usize];
        let (mut a, mut b) = (side, place.unwrap_or(side));
        while a != b {
            let deeper = match self.sides[a].depth >= self.sides[b].depth {
                true => &mut a,
                false => &mut b,
            };
            *deeper = self.sides[*deeper].parent;
        }
        *place = Some(a);
    }

    fn name(&mut self, name: &str, locals: &mut Vec<LocalInfo>) {
        for at in self.sides.iter().flat_map(|side| &side.bound) {
            self.local.insert(*at, Local(locals.len() as u32));
            locals.push(LocalInfo {
                name: format!("{name}.{at}"),
                of: self.nodes[*at as usize].1,
            });
        }
    }

    fn side(&self, side: usize, root: u32) -> Expr {
        let bound: Vec<(Local, Expr)> = self.sides[side]
            .bound
            .iter()
            .map(|at| (self.local[at], self.operation(*at)))
            .collect();
        let last = self.operand(root);
        if bound.is_empty() {
            return last;
        }
        let of = last.of;
        Expr::new(ExprKind::Let(bound, last), of)
    }

    fn operand(&self, at: u32) -> Expr {
        match self.local.get(&at) {
            Some(local) => Expr::new(ExprKind::Local(*local), self.nodes[at as usize].1),
            None => self.operation(at),
        }
    }

    fn operation(&self, at: u32) -> Expr {
        let (op, of) = self.nodes[at as usize];
        let operand = |at| self.operand(at);
        let kind = match op {
            Op::Argument(place) => return self.arguments[place as usize].clone(),
            Op::Const(bits) => ExprKind::Const(bits),
            Op::Unary(op, a) => ExprKind::Unary(op, operand(a)),
            Op::Binary(op, a, b) => ExprKind::Binary(op, operand(a), operand(b)),
            Op::Divide(a, b) => ExprKind::Divide(Divide::True, operand(a), operand(b), None),
            Op::Compare(op, a, b) => ExprKind::Compare(op, operand(a), operand(b)),
            Op::Convert(a) => ExprKind::Convert(operand(a)),
            Op::Bits(a) => ExprKind::Bits(operand(a)),
            Op::Select(test, yes, no) => ExprKind::Select(operand(test), operand(yes), operand(no)),
            Op::Choice(test, yes, no) => {
                let first = self.first_side[&at];
                let (yes, no) = (self.side(first, yes), self.side(first + 1, no));
                ExprKind::Choice(operand(test), yes, no)
            }
            Op::Table(table, a) => ExprKind::Table(table, operand(a)),
        };
        Expr::new(kind, of)
    }
}

impl<'b> Value<'b> {
    /// Its number.
    pub fn at(self) -> u32 {
        self.at
    }

    fn unary(self, op: Unary) -> Value<'b> {
        self.builder.node(Op::Unary(op, self.at), self.of)
    }

    fn binary(self, op: Binary, other: Value<'b>) -> Value<'b> {
        debug_assert_eq!(self.of, other.of);
        self.builder.node(Op::Binary(op, self.at, other.at), self.of)
    }

    fn compare(self, op: Compare, other: impl Operand<'b>) -> Value<'b> {
        let other = other.of_type(self);
        debug_assert_eq!(self.of, other.of);
        self.builder
            .node(Op::Compare(op, self.at, other.at), Scalar::Bool)
    }

    /// A float of its type.
    pub fn float(self, value: f64) -> Value<'b> {
        self.builder.float(self.of, value)
    }

    /// A constant of its type.
    pub fn constant(self, bits: u64) -> Value<'b> {
        self.builder.bits(self.of, bits)
    }

    pub fn abs(self) -> Value<'b> {
        self.unary(Unary::Abs)
    }

    pub fn sqrt(self) -> Value<'b> {
        self.unary(Unary::Sqrt)
    }

    pub fn floor(self) -> Value<'b> {
        self.unary(Unary::Floor)
    }

    pub fn nearest(self) -> Value<'b> {
        self.unary(Unary::Nearest)
    }

    /// The opposite of a truth value.
    pub fn not(self) -> Value<'b> {
        self.unary(Unary::Not)
    }

    pub fn copysign(self, sign: Value<'b>) -> Value<'b> {
        self.binary(Binary::CopySign, sign)
    }

    pub fn shl(self, count: u32) -> Value<'b> {
        self.shl_by(self.constant(count.into()))
    }

    pub fn shr(self, count: u32) -> Value<'b> {
        self.shr_by(self.constant(count.into()))
    }

    pub fn shl_by(self, count: Value<'b>) -> Value<'b> {
        self.binary(Binary::ShiftLeft, count)
    }

    pub fn shr_by(self, count: Value<'b>) -> Value<'b> {
        self.binary(Binary::ShiftRight, count)
    }

    pub fn lt(self, other: impl Operand<'b>) -> Value<'b> {
        self.compare(Compare::Less, other)
    }

    pub fn le(self, other: impl Operand<'b>) -> Value<'b> {
        self.compare(Compare::AtMost, other)
    }

    pub fn gt(self, other: impl Operand<'b>) -> Value<'b> {
        let other = other.of_type(self);
        other.lt(self)
    }

    pub fn eq(self, other: impl Operand<'b>) -> Value<'b> {
        self.compare(Compare::Equal, other)
    }

    pub fn ne(self, other: impl Operand<'b>) -> Value<'b> {
        self.compare(Compare::Unequal, other)
    }

    /// Its nearest of another type.
    pub fn to(self, of: Scalar) -> Value<'b> {
        match of == self.of {
            true => self,
            false => self.builder.node(Op::Convert(self.at), of),
        }
    }

    /// Its bits as another type.
    pub fn bits_as(self, of: Scalar) -> Value<'b> {
        debug_assert_eq!(self.of.bytes(), of.bytes());
        match of == self.of {
            true => self,
            false => self.builder.node(Op::Bits(self.at), of),
        }
    }

    /// One of two values that are both at hand.
    pub fn select(self, yes: impl Operand<'b>, no: Value<'b>) -> Value<'b> {
        let yes = yes.of_type(no);
        debug_assert!(self.of == Scalar::Bool && yes.of == no.of);
        self.builder.node(Op::Select(self.at, yes.at, no.at), no.of)
    }

    /// One of two values, of which only the one that is chosen is computed.
    pub fn choose(self, yes: Value<'b>, no: Value<'b>) -> Value<'b> {
        debug_assert!(self.of == Scalar::Bool && yes.of == no.of);
        self.builder.node(Op::Choice(self.at, yes.at, no.at), no.of)
    }

    /// A constant of a table by this `int32`.
    pub fn look_up(self, table: Table, of: Scalar) -> Value<'b> {
        self.builder.node(Op::Table(table, self.at), of)
    }

    /// The table's place in the program.
    pub fn table(self, table: TableInfo) -> Table {
        self.builder.table(table)
    }

    /// A polynomial of this, its coefficients from the constant on, by Horner's rule.
    pub fn poly(self, coefficients: &[f64]) -> Value<'b> {
        let mut all = coefficients.iter().rev();
        let first = self.float(all.next().copied().unwrap_or(0.0));
        all.fold(first, |sum, c| sum * self + *c)
    }
}

/// What stands on an operator's other side: a value, or a constant that gets the value's type.
pub(super) trait Operand<'b> {
    fn of_type(self, like: Value<'b>) -> Value<'b>;
}

impl<'b> Operand<'b> for Value<'b> {
    fn of_type(self, _: Value<'b>) -> Value<'b> {
        self
    }
}

impl<'b> Operand<'b> for f64 {
    fn of_type(self, like: Value<'b>) -> Value<'b> {
        debug_assert!(like.of.is_float());
        like.float(self)
    }
}

/// Bits of an integer.
impl<'b> Operand<'b> for i64 {
    fn of_type(self, like: Value<'b>) -> Value<'b> {
        debug_assert!(like.of.is_int());
        let unused = 64 - 8 * like.of.bytes();
        like.constant((self as u64) << unused >> unused)
    }
}

macro_rules! operators {
    ($($trait:ident $method:ident $op:ident;)*) => {$(
        impl<'b, O: Operand<'b>> $trait<O> for Value<'b> {
            type Output = Value<'b>;
            fn $method(self, other: O) -> Value<'b> {
                self.binary(Binary::$op, other.of_type(self))
            }
        }
    )*};
}

operators! {
    Add add Add;
    Sub sub Sub;
    Mul mul Mul;
    BitAnd bitand And;
    BitOr bitor Or;
    BitXor bitxor Xor;
}

impl<'b, O: Operand<'b>> Div<O> for Value<'b> {
    type Output = Value<'b>;
    fn div(self, other: O) -> Value<'b> {
        let other = other.of_type(self);
        debug_assert_eq!(self.of, other.of);
        self.builder.node(Op::Divide(self.at, other.at), self.of)
    }
}

impl<'b> Neg for Value<'b> {
    type Output = Value<'b>;
    fn neg(self) -> Value<'b> {
        self.unary(Unary::Minus)
    }
}

impl<'b> Sub<Value<'b>> for f64 {
    type Output = Value<'b>;
    fn sub(self, other: Value<'b>) -> Value<'b> {
        other.float(self) - other
    }
}

impl<'b> Add<Value<'b>> for f64 {
    type Output = Value<'b>;
    fn add(self, other: Value<'b>) -> Value<'b> {
        other.float(self) + other
    }
}

impl<'b> Mul<Value<'b>> for f64 {
    type Output = Value<'b>;
    fn mul(self, other: Value<'b>) -> Value<'b> {
        other.float(self) * other
    }
}

impl<'b> Div<Value<'b>> for f64 {
    type Output = Value<'b>;
    fn div(self, other: Value<'b>) -> Value<'b> {
        other.float(self) / other
    }
}

//! A program that is valid, broken in every way.

use super::built::{Built, add, binary, compare, convert, divide, unary};
use super::*;
use crate::ir::*;
use crate::types::{Layout, Scalar};

/// Its parts, so that tests can name them.
struct Sample {
    built: Built,
    x: Local,
    i: Local,
    j: Local,
    sum: Local,
    temporary: Local,
    made: Local,
    a: Array,
    v: Array,
    labels: [Label; 3],
    division: Site,
    memory: Site,
    step: Site,
}

/// Something of everything: a parallel loop that reduces, a serial loop and a block in it, a view, a table, a let.
fn sample() -> Sample {
    let mut built = Built::default();
    let x = built.param("x", Scalar::F64);
    let a = built.array_param("a", Scalar::F64, 2);
    let v = built.array("v", Scalar::F64, 1, Layout::Any);
    let (i, j) = (built.local("i", Scalar::I64), built.local("j", Scalar::I64));
    let sum = built.result("sum", Scalar::F64);
    let (temporary, made) = (built.local("t", Scalar::F64), built.local("$made", Scalar::F64));
    let (division, memory) = (built.site(Failure::Division), built.site(Failure::Memory));
    let step = built.site(Failure::Step);
    let table = TableInfo {
        of: Scalar::F64,
        bits: vec![0, 1, 2, 3],
    };
    built.0.tables.push(table);
    built.set(sum, Expr::float(0.0));
    let labels = [built.label(), built.label(), built.label()];
    let cuts = vec![
        Cut::At(built.get(i), built.site(Failure::Index(a, 0))),
        Cut::Range {
            low: None,
            high: None,
            step: None,
            site: step,
        },
    ];
    let get_j = built.get(j);
    let element = built.load(v, vec![get_j.clone()]);
    let entry = Expr::new(
        ExprKind::Table(Table(0), convert(Scalar::I32, get_j)),
        Scalar::F64,
    );
    let let_made = Expr::new(
        ExprKind::Let(
            vec![(made, entry)],
            binary(Binary::Mul, built.get(made), built.get(made)),
        ),
        Scalar::F64,
    );
    let quotient = divide(Divide::True, element, built.get(x), Some(division));
    let inner = Stmt::For {
        label: labels[1],
        var: j,
        start: Expr::int(0),
        stop: Expr::new(ExprKind::Length(a, 1), Scalar::I64),
        step: Expr::int(1),
        vector: false,
        body: vec![
            Stmt::Block {
                label: labels[2],
                body: vec![Stmt::Leave(labels[2])],
            },
            Stmt::Set(temporary, add(quotient, let_made)),
            Stmt::Set(sum, add(built.get(sum), built.get(temporary))),
            Stmt::Again(labels[1]),
        ],
    };
    let body = vec![Stmt::Bind(v, ArrayExpr::View { of: a, cuts }), inner];
    built.push(Stmt::ParFor(Box::new(ParFor {
        span: crate::Span::new(0, 1),
        label: labels[0],
        var: i,
        start: Expr::int(0),
        stop: Expr::new(ExprKind::Length(a, 0), Scalar::I64),
        body,
        private: vec![j, temporary, made],
        private_arrays: vec![v],
        reductions: vec![Reduction {
            local: sum,
            op: Reduce::Sum,
        }],
    })));
    Sample {
        built,
        x,
        i,
        j,
        sum,
        temporary,
        made,
        a,
        v,
        labels,
        division,
        memory,
        step,
    }
}

impl Sample {
    fn par(&mut self) -> &mut ParFor {
        match &mut self.built.0.body[1] {
            Stmt::ParFor(par) => par,
            other => panic!("{other:?}"),
        }
    }

    /// The serial loop's body.
    fn inner(&mut self) -> &mut Vec<Stmt> {
        match &mut self.par().body[1] {
            Stmt::For { body, .. } => body,
            other => panic!("{other:?}"),
        }
    }

    fn get(&self, local: Local) -> Expr {
        self.built.get(local)
    }

    /// A statement more at the beginning of the serial loop's body.
    fn insert(&mut self, stmt: Stmt) {
        self.inner().insert(0, stmt);
    }

    fn outside(&mut self, stmt: Stmt) {
        self.built.0.body.insert(0, stmt);
    }

    /// `t = value` in the serial loop.
    fn give(&mut self, value: Expr) {
        let temporary = self.temporary;
        self.insert(Stmt::Set(temporary, value));
    }
}

fn wrong_type(expected: Scalar, found: Scalar) -> Wrong {
    Wrong::Type { expected, found }
}

fn no_operation(name: &str, of: Scalar) -> Wrong {
    let name = name.into();
    Wrong::Operation { name, of }
}

fn expr(kind: ExprKind, of: Scalar) -> Expr {
    Expr::new(kind, of)
}

/// Breaks the sample and tells what is found.
fn broken(with: impl FnOnce(&mut Sample)) -> Wrong {
    let mut sample = sample();
    with(&mut sample);
    validate(sample.built.0).expect_err("the program is broken").what
}

#[test]
fn a_valid_program_passes_and_comes_back() {
    let program = sample().built.0;
    let valid = validate(program.clone()).unwrap();
    assert_eq!(valid.labels, 3);
    assert_eq!(valid.into_inner(), program);
}

#[test]
fn what_does_not_exist_is_refused() {
    use Scalar::{F64, I32};
    let none = Local(99);
    let f = |kind| expr(kind, F64);
    assert_eq!(broken(|s| s.give(f(ExprKind::Local(none)))), Wrong::NoLocal(none));
    assert_eq!(
        broken(|s| s.insert(Stmt::Set(none, Expr::float(0.0)))),
        Wrong::NoLocal(none)
    );
    assert_eq!(broken(|s| s.par().private.push(none)), Wrong::NoLocal(none));
    assert_eq!(
        broken(|s| s.par().reductions[0].local = none),
        Wrong::NoLocal(none)
    );
    assert_eq!(
        broken(|s| s.built.0.results.push(Param::Scalar(none))),
        Wrong::NoLocal(none)
    );
    assert_eq!(
        broken(|s| s.built.0.params.push(Param::Scalar(none))),
        Wrong::NoLocal(none)
    );
    let array = Array(7);
    assert_eq!(
        broken(|s| s.built.0.params.push(Param::Array(array))),
        Wrong::NoArray(array)
    );
    assert_eq!(
        broken(|s| s.par().private_arrays.push(array)),
        Wrong::NoArray(array)
    );
    let length = || expr(ExprKind::Length(array, 0), Scalar::I64);
    assert_eq!(broken(|s| s.par().stop = length()), Wrong::NoArray(array));
    assert_eq!(
        broken(|s| s.insert(Stmt::Print(vec![Printed::Array(array)]))),
        Wrong::NoArray(array)
    );
    let apart = || expr(ExprKind::Apart(Array(0), array), Scalar::Bool);
    assert_eq!(broken(|s| s.give(convert(F64, apart()))), Wrong::NoArray(array));
    let site = Site(99);
    assert_eq!(
        broken(|s| s.insert(Stmt::Check(Expr::bool(true), site))),
        Wrong::NoSite(site)
    );
    assert_eq!(
        broken(|s| s.give(divide(Divide::True, s.get(s.x), s.get(s.x), Some(site)))),
        Wrong::NoSite(site)
    );
    assert_eq!(broken(|s| s.built.0.labels = 2), Wrong::NoLabel(Label(2)));
    assert_eq!(
        broken(|s| s.insert(Stmt::Leave(Label(3)))),
        Wrong::NoLabel(Label(3))
    );
    let entry = || f(ExprKind::Table(Table(1), Expr::bits(I32, 0)));
    assert_eq!(broken(|s| s.give(entry())), Wrong::NoTable(Table(1)));
}

#[test]
fn operands_of_other_types_are_refused() {
    use Scalar::{Bool, F32, F64, I32, I64, U64};
    let (float, int, truth) = (|| Expr::float(1.0), || Expr::int(1), || Expr::bool(true));
    for (value, expected) in [
        (int(), wrong_type(F64, I64)),
        (add(float(), int()), wrong_type(F64, I64)),
        (
            expr(ExprKind::Binary(Binary::Add, int(), float()), F64),
            wrong_type(F64, I64),
        ),
        (
            expr(ExprKind::Unary(Unary::Minus, int()), F64),
            wrong_type(F64, I64),
        ),
        (divide(Divide::Floor, float(), int(), None), wrong_type(F64, I64)),
        (
            convert(F64, compare(Compare::Less, int(), float())),
            wrong_type(I64, F64),
        ),
        (
            convert(F64, compare(Compare::Less, truth(), int())),
            wrong_type(Bool, I64),
        ),
        (
            expr(ExprKind::Compare(Compare::Less, float(), float()), F64),
            wrong_type(Bool, F64),
        ),
        (
            expr(ExprKind::Select(int(), float(), float()), F64),
            wrong_type(Bool, I64),
        ),
        (
            expr(ExprKind::Choice(truth(), float(), int()), F64),
            wrong_type(F64, I64),
        ),
        (
            convert(F64, expr(ExprKind::And(truth(), int()), Bool)),
            wrong_type(Bool, I64),
        ),
        (expr(ExprKind::Or(truth(), truth()), F64), wrong_type(Bool, F64)),
        (expr(ExprKind::Table(Table(0), int()), F64), wrong_type(I32, I64)),
        (
            convert(F64, expr(ExprKind::Table(Table(0), Expr::bits(I32, 0)), F32)),
            wrong_type(F64, F32),
        ),
        (expr(ExprKind::Length(Array(0), 0), F64), wrong_type(I64, F64)),
        (
            expr(ExprKind::Apart(Array(0), Array(1)), F64),
            wrong_type(Bool, F64),
        ),
        (
            convert(F64, expr(ExprKind::Local(Local(0)), I64)),
            wrong_type(F64, I64),
        ),
        (expr(ExprKind::Let(vec![], int()), F64), wrong_type(F64, I64)),
        (
            expr(ExprKind::Let(vec![(Local(5), int())], float()), F64),
            wrong_type(F64, I64),
        ),
        (
            expr(ExprKind::Bits(Expr::bits(I32, 0)), F64),
            Wrong::Width { from: I32, to: F64 },
        ),
        (
            convert(F64, expr(ExprKind::Bits(Expr::bits(Scalar::U8, 2)), Bool)),
            Wrong::Width {
                from: Scalar::U8,
                to: Bool,
            },
        ),
        (
            convert(F64, Expr::bits(I32, 1 << 32)),
            Wrong::Constant {
                of: I32,
                bits: 1 << 32,
            },
        ),
        (
            convert(F64, Expr::bits(Bool, 2)),
            Wrong::Constant { of: Bool, bits: 2 },
        ),
        (unary(Unary::Not, float()), no_operation("Not", F64)),
        (convert(F64, unary(Unary::Sqrt, int())), no_operation("Sqrt", I64)),
        (
            convert(F64, unary(Unary::Minus, truth())),
            no_operation("Minus", Bool),
        ),
        (convert(F64, add(truth(), truth())), no_operation("Add", Bool)),
        (binary(Binary::Xor, float(), float()), no_operation("Xor", F64)),
        (
            convert(F64, binary(Binary::ShiftLeft, truth(), truth())),
            no_operation("ShiftLeft", Bool),
        ),
        (
            convert(F64, binary(Binary::CopySign, int(), int())),
            no_operation("CopySign", I64),
        ),
        (
            convert(F64, divide(Divide::True, int(), int(), None)),
            no_operation("True", I64),
        ),
        (
            convert(F64, divide(Divide::Rest, truth(), truth(), None)),
            no_operation("Rest", Bool),
        ),
        (
            expr(ExprKind::Math(Math::Sin, vec![float()]), F64),
            Wrong::Math(Math::Sin),
        ),
    ] {
        let shown = format!("{value:?}");
        assert_eq!(broken(|s| s.give(value)), expected, "{shown}");
    }
    let bad_test = |stmt: Stmt| assert_eq!(broken(|s| s.insert(stmt)), wrong_type(Bool, I64));
    bad_test(Stmt::Check(int(), Site(0)));
    bad_test(Stmt::If {
        test: int(),
        yes: vec![],
        no: vec![],
    });
    assert_eq!(broken(|s| s.par().start = float()), wrong_type(I64, F64));
    assert_eq!(
        broken(|s| s.par().stop = Expr::bits(U64, 0)),
        wrong_type(I64, U64)
    );
    for which in 0..3 {
        let wrong = broken(|s| {
            if let Stmt::For {
                start, stop, step, ..
            } = &mut s.par().body[1]
            {
                *[start, stop, step][which] = float();
            }
        });
        assert_eq!(wrong, wrong_type(I64, F64));
    }
    assert_eq!(
        broken(|s| s.built.0.locals[s.j.0 as usize].of = F64),
        no_operation("\"loop\"", F64)
    );
    assert_eq!(
        broken(|s| s.built.0.locals[s.sum.0 as usize].of = F32),
        wrong_type(F32, F64)
    );
}

#[test]
fn elements_and_views_that_do_not_fit_are_refused() {
    use Scalar::{F32, F64, I32, I64};
    let one = || Expr::int(0);
    let store = |array, index, value| Stmt::Store {
        array,
        index,
        value,
        site: None,
    };
    let axes = |array, found| Wrong::Axes { array, found };
    let zero = || Expr::float(0.0);
    assert_eq!(
        broken(|s| s.insert(store(s.a, vec![one()], zero()))),
        axes(Array(0), 1)
    );
    assert_eq!(
        broken(|s| s.insert(store(s.a, vec![one(), one(), one()], zero()))),
        axes(Array(0), 3)
    );
    assert_eq!(
        broken(|s| s.insert(store(s.a, vec![one(), one()], one()))),
        wrong_type(F64, I64)
    );
    let short = Expr::bits(I32, 0);
    assert_eq!(
        broken(|s| s.insert(store(s.a, vec![one(), short], zero()))),
        wrong_type(I64, I32)
    );
    let load = |of| ExprKind::Load {
        array: of,
        index: vec![one(), one()],
        site: None,
    };
    assert_eq!(
        broken(|s| s.give(convert(F64, expr(load(s.a), F32)))),
        wrong_type(F64, F32)
    );
    assert_eq!(broken(|s| s.give(expr(load(s.v), F64))), axes(Array(1), 2));
    let length = || convert(F64, expr(ExprKind::Length(Array(0), 2), I64));
    assert_eq!(broken(|s| s.give(length())), axes(Array(0), 3));
    assert_eq!(broken(|s| s.built.0.arrays[0].axes = 4), axes(Array(0), 4));
    assert_eq!(broken(|s| s.built.0.arrays[1].axes = 0), axes(Array(1), 0));
    let range = |step| Cut::Range {
        low: None,
        high: Some(Expr::int(4)),
        step,
        site: Site(2),
    };
    let view = |of, cuts| ArrayExpr::View { of, cuts };
    assert_eq!(
        broken(|s| s.insert(Stmt::Bind(s.v, view(s.a, vec![range(None)])))),
        axes(Array(0), 1)
    );
    let both = vec![range(None), range(None)];
    assert_eq!(
        broken(|s| s.insert(Stmt::Bind(s.v, view(s.a, both)))),
        axes(Array(1), 2)
    );
    assert_eq!(
        broken(|s| s.insert(Stmt::Bind(s.v, ArrayExpr::Same(s.a)))),
        axes(Array(1), 2)
    );
    assert_eq!(broken(|s| s.built.0.arrays[1].of = F32), wrong_type(F32, F64));
    // Rows of a C array are C, and what has a step is not.
    let is_row = |s: &mut Sample| s.built.0.arrays[1].layout = Layout::C;
    let mut fits = sample();
    is_row(&mut fits);
    assert!(validate(fits.built.0).is_ok());
    let stepped = || vec![Cut::At(one(), Site(3)), range(Some(one()))];
    let column = || vec![range(None), Cut::At(one(), Site(3))];
    for cuts in [stepped(), column()] {
        let wrong = broken(|s| {
            is_row(s);
            s.insert(Stmt::Bind(s.v, view(s.a, cuts)));
        });
        assert_eq!(wrong, Wrong::Layout(Array(1)));
    }
    let wrong = broken(|s| {
        let w = s.built.array("w", F64, 1, Layout::C);
        s.par().private_arrays.push(w);
        s.insert(Stmt::Bind(w, ArrayExpr::Same(s.v)));
    });
    assert_eq!(wrong, Wrong::Layout(Array(2)));
    let wrong = broken(|s| s.insert(Stmt::Bind(s.v, ArrayExpr::Transposed(s.a))));
    assert_eq!(wrong, axes(Array(1), 2));
    let reshape = |of, shape, site| ArrayExpr::Reshape { of, shape, site };
    let shape = |s: &mut Sample| s.built.site(Failure::Shape);
    for (shape_of, expected) in [
        (vec![one(), one()], axes(Array(1), 2)),
        (vec![zero()], wrong_type(I64, F64)),
    ] {
        let wrong = broken(|s| {
            let site = shape(s);
            s.insert(Stmt::Bind(s.v, reshape(s.a, shape_of, site)));
        });
        assert_eq!(wrong, expected);
    }
    let wrong = broken(|s| {
        let site = shape(s);
        s.insert(Stmt::Bind(s.v, reshape(s.v, vec![one()], site)));
    });
    assert_eq!(wrong, Wrong::Layout(Array(1)));
    let wrong = broken(|s| s.insert(Stmt::Bind(s.v, reshape(s.a, vec![one()], s.memory))));
    assert_eq!(wrong, Wrong::SiteKind(Site(1)));
    let new = |shape, fill| ArrayExpr::New {
        shape,
        fill,
        site: Site(1),
    };
    assert_eq!(
        broken(|s| s.insert(Stmt::Bind(s.v, new(vec![one(), one()], None)))),
        axes(Array(1), 2)
    );
    let filled = new(vec![one()], Some(one()));
    assert_eq!(
        broken(|s| s.insert(Stmt::Bind(s.v, filled))),
        wrong_type(F64, I64)
    );
    let long = new(vec![zero()], None);
    assert_eq!(broken(|s| s.insert(Stmt::Bind(s.v, long))), wrong_type(I64, F64));
}

#[test]
fn sites_are_of_their_kind() {
    let one = Expr::int(0);
    let new = ArrayExpr::New {
        shape: vec![one.clone()],
        fill: None,
        site: Site(2),
    };
    assert_eq!(
        broken(|s| s.insert(Stmt::Bind(s.v, new))),
        Wrong::SiteKind(Site(2))
    );
    assert_eq!(
        broken(|s| s.give(divide(Divide::True, s.get(s.x), s.get(s.x), Some(s.memory)))),
        Wrong::SiteKind(Site(1))
    );
    let load = ExprKind::Load {
        array: Array(1),
        index: vec![one.clone()],
        site: Some(Site(0)),
    };
    assert_eq!(
        broken(|s| s.give(expr(load, Scalar::F64))),
        Wrong::SiteKind(s_division())
    );
    let wrong = broken(|s| {
        if let Stmt::Bind(_, ArrayExpr::View { cuts, .. }) = &mut s.par().body[0] {
            cuts[0] = Cut::At(one, Site(2));
        }
    });
    assert_eq!(wrong, Wrong::SiteKind(sample().step));
    // Of an axis that the array has not.
    let wrong = broken(|s| s.built.0.sites[3].what = Failure::Index(Array(0), 2));
    assert_eq!(
        wrong,
        Wrong::Axes {
            array: Array(0),
            found: 3
        }
    );
}

fn s_division() -> Site {
    sample().division
}

#[test]
fn jumps_lead_to_what_is_around_them() {
    let [par, looped, block] = sample().labels;
    assert_eq!(broken(|s| s.insert(Stmt::Leave(block))), Wrong::NotAround(block));
    assert_eq!(
        broken(|s| s.outside(Stmt::Again(looped))),
        Wrong::NotAround(looped)
    );
    let again = |s: &mut Sample| {
        s.insert(Stmt::Block {
            label: Label(3),
            body: vec![Stmt::Again(Label(3))],
        });
        s.built.0.labels = 4;
    };
    assert_eq!(broken(again), Wrong::NoLoop(Label(3)));
    let twice = |label| Stmt::Block { label, body: vec![] };
    assert_eq!(broken(|s| s.insert(twice(looped))), Wrong::LabelTwice(looped));
    assert_eq!(broken(|s| s.outside(twice(block))), Wrong::LabelTwice(block));
    // Out of the parallel loop.
    assert_eq!(broken(|s| s.insert(Stmt::Return)), Wrong::Leaves(None));
    let out = |s: &mut Sample| {
        s.insert(Stmt::Leave(Label(3)));
        let body = std::mem::take(&mut s.built.0.body);
        s.built.0.body = vec![Stmt::Block {
            label: Label(3),
            body,
        }];
        s.built.0.labels = 4;
    };
    assert_eq!(broken(out), Wrong::Leaves(Some(Label(3))));
    // To its next iteration is fine either way.
    for jump in [Stmt::Again(par), Stmt::Leave(par)] {
        let mut sample = sample();
        sample.insert(jump);
        assert!(validate(sample.built.0).is_ok());
    }
    // A loop in lanes goes on in the others.
    for (jump, is_fine) in [
        (Stmt::Again(looped), true),
        (Stmt::Leave(looped), false),
        (Stmt::Again(par), false),
    ] {
        let mut sample = sample();
        if let Stmt::For { vector, .. } = &mut sample.par().body[1] {
            *vector = true;
        }
        sample.insert(jump);
        assert_eq!(validate(sample.built.0).is_ok(), is_fine);
    }
}

#[test]
fn iterations_share_nothing_that_they_set() {
    for (at, local) in [(0, sample().j), (1, sample().temporary), (2, sample().made)] {
        assert_eq!(broken(|s| _ = s.par().private.remove(at)), Wrong::Shared(local));
    }
    assert_eq!(
        broken(|s| s.par().private_arrays.clear()),
        Wrong::SharedArray(Array(1))
    );
    assert_eq!(
        broken(|s| s.par().reductions.clear()),
        Wrong::Shared(sample().sum)
    );
    let x = sample().x;
    assert_eq!(
        broken(|s| s.insert(Stmt::Set(x, Expr::float(0.0)))),
        Wrong::Shared(x)
    );
    let nested = |s: &mut Sample| {
        let mut other = s.par().clone();
        other.label = Label(3);
        other.body.clear();
        s.insert(Stmt::ParFor(Box::new(other)));
        s.built.0.labels = 4;
    };
    assert_eq!(broken(nested), Wrong::Nested);
}

#[test]
fn what_is_reduced_is_only_combined() {
    let (sum, i) = (sample().sum, sample().i);
    let get = |s: &Sample| s.get(sum);
    assert_eq!(broken(|s| s.give(get(s))), Wrong::Reduced(sum));
    assert_eq!(
        broken(|s| s.insert(Stmt::Set(sum, Expr::float(0.0)))),
        Wrong::Reduced(sum)
    );
    let one = || Expr::float(1.0);
    let product = |s: &Sample| binary(Binary::Mul, get(s), one());
    assert_eq!(
        broken(|s| s.insert(Stmt::Set(sum, product(s)))),
        Wrong::Reduced(sum)
    );
    let twice = |s: &Sample| add(get(s), get(s));
    assert_eq!(
        broken(|s| s.insert(Stmt::Set(sum, twice(s)))),
        Wrong::Reduced(sum)
    );
    let within = |s: &Sample| add(get(s), unary(Unary::Minus, get(s)));
    assert_eq!(
        broken(|s| s.insert(Stmt::Set(sum, within(s)))),
        Wrong::Reduced(sum)
    );
    let from = |s: &Sample| binary(Binary::Sub, one(), get(s));
    assert_eq!(broken(|s| s.insert(Stmt::Set(sum, from(s)))), Wrong::Reduced(sum));
    let other = |s: &Sample| add(get(s), Expr::int(1));
    assert_eq!(
        broken(|s| s.insert(Stmt::Set(sum, other(s)))),
        wrong_type(Scalar::F64, Scalar::I64)
    );
    // The other ways.
    for value in [
        |s: &Sample| binary(Binary::Sub, s.get(s.sum), Expr::float(1.0)),
        |s: &Sample| add(Expr::float(1.0), s.get(s.sum)),
    ] {
        let mut sample = sample();
        let value = value(&sample);
        sample.insert(Stmt::Set(sum, value));
        assert!(validate(sample.built.0).is_ok());
    }
    // The lesser as Python's `min` has it, which may be written in two ways, and nothing else.
    let chosen = |from: &Sample, op, is_first: bool, is_lesser: bool| {
        let (value, local) = (from.get(from.x), from.get(sum));
        let (a, b) = if is_first { (value, local) } else { (local, value) };
        let test = compare(Compare::Less, a.clone(), b.clone());
        let (yes, no) = if is_lesser { (a, b) } else { (b, a) };
        let kind = ExprKind::Select(test, yes, no);
        let mut sample = sample();
        sample.par().reductions[0].op = op;
        sample.inner().clear();
        sample.insert(Stmt::Set(sum, expr(kind, Scalar::F64)));
        validate(sample.built.0).map(|_| ()).map_err(|fault| fault.what)
    };
    let from = sample();
    for is_first in [true, false] {
        assert_eq!(chosen(&from, Reduce::Least, is_first, true), Ok(()));
        assert_eq!(chosen(&from, Reduce::Greatest, is_first, false), Ok(()));
        let wrong = Err(Wrong::Reduced(sum));
        assert_eq!(chosen(&from, Reduce::Least, is_first, false), wrong);
        assert_eq!(chosen(&from, Reduce::Greatest, is_first, true), wrong);
        assert_eq!(chosen(&from, Reduce::Sum, is_first, true), wrong);
    }
    assert_eq!(broken(|s| s.par().private.push(sum)), Wrong::ReducedToo(sum));
    let again = Reduction {
        local: sum,
        op: Reduce::Sum,
    };
    assert_eq!(broken(|s| s.par().reductions.push(again)), Wrong::ReducedToo(sum));
    assert_eq!(
        broken(|s| s.par().var = sum),
        no_operation("\"loop\"", Scalar::F64)
    );
    let var = Reduction {
        local: i,
        op: Reduce::Sum,
    };
    assert_eq!(broken(|s| s.par().reductions.push(var)), Wrong::ReducedToo(i));
    let op = |s: &mut Sample| s.par().reductions[0].op = Reduce::Xor;
    assert_eq!(broken(op), no_operation("Xor", Scalar::F64));
}

#[test]
fn locals_of_expressions_stay_in_them() {
    let made = sample().made;
    assert_eq!(broken(|s| s.give(s.get(made))), Wrong::Let(made));
    assert_eq!(
        broken(|s| s.insert(Stmt::Set(made, Expr::float(0.0)))),
        Wrong::Let(made)
    );
    assert_eq!(
        broken(|s| s.built.0.results.push(Param::Scalar(made))),
        Wrong::Let(made)
    );
    assert_eq!(
        broken(|s| s.built.0.params.push(Param::Scalar(made))),
        Wrong::Let(made)
    );
    let bound = |value: Expr, last: Expr| expr(ExprKind::Let(vec![(Local(5), value)], last), Scalar::F64);
    let one = || Expr::float(1.0);
    // In its own value, and within itself.
    assert_eq!(broken(|s| s.give(bound(s.get(made), one()))), Wrong::Let(made));
    assert_eq!(
        broken(|s| s.give(bound(one(), bound(one(), one())))),
        Wrong::Let(made)
    );
    // A copy of an expression is fine.
    let mut twice = sample();
    let value = bound(one(), twice.get(made));
    twice.give(value.clone());
    twice.give(add(value.clone(), value));
    assert!(validate(twice.built.0).is_ok());
}

#[test]
fn loops_alone_change_their_variables() {
    let (i, j) = (sample().i, sample().j);
    assert_eq!(
        broken(|s| s.insert(Stmt::Set(j, Expr::int(0)))),
        Wrong::Counter(j)
    );
    assert_eq!(
        broken(|s| s.insert(Stmt::Set(i, Expr::int(0)))),
        Wrong::Counter(i)
    );
    let nested = |var| {
        broken(|s| {
            let looped = s
                .built
                .for_range(var, [Expr::int(0), Expr::int(1), Expr::int(1)], vec![]);
            s.insert(looped);
        })
    };
    assert_eq!(nested(j), Wrong::Counter(j));
    assert_eq!(nested(i), Wrong::Counter(i));
    // After it, they are like any.
    let mut after = sample();
    after.built.push(Stmt::Set(j, Expr::int(0)));
    after.built.push(Stmt::Return);
    assert!(validate(after.built.0).is_ok());
}

#[test]
fn tables_and_parameters_are_well_formed() {
    let length = |bits: Vec<u64>| broken(|s| s.built.0.tables[0].bits = bits);
    assert_eq!(length(vec![0; 3]), Wrong::TableLength(Table(0)));
    assert_eq!(length(vec![]), Wrong::TableLength(Table(0)));
    let wrong = broken(|s| {
        s.built.0.tables[0] = TableInfo {
            of: Scalar::U8,
            bits: vec![256],
        };
    });
    assert_eq!(
        wrong,
        Wrong::Constant {
            of: Scalar::U8,
            bits: 256
        }
    );
    assert_eq!(
        broken(|s| s.built.0.params.push(Param::Scalar(s.x))),
        Wrong::ParameterTwice
    );
}

#[test]
fn deep_trees_are_refused_and_not_overflowed() {
    for depth in [MOST_DEPTH, 1_000_000] {
        let mut built = Built::default();
        let z = built.result("z", Scalar::F64);
        let mut value = Expr::float(1.0);
        for _ in 0..depth {
            value = unary(Unary::Minus, value);
        }
        built.set(z, value);
        assert_eq!(validate(built.0).unwrap_err().what, Wrong::Deep);
        let mut built = Built::default();
        let mut body = vec![];
        for _ in 0..depth {
            body = vec![Stmt::If {
                test: Expr::bool(true),
                yes: body,
                no: vec![],
            }];
        }
        built.0.body = vec![Stmt::If {
            test: Expr::bool(true),
            yes: vec![],
            no: body,
        }];
        assert_eq!(validate(built.0).unwrap_err().what, Wrong::Deep);
    }
    // What just passes is run, printed and compiled without an overflow.
    let mut built = Built::default();
    let z = built.result("z", Scalar::F64);
    let mut value = Expr::float(1.0);
    for _ in 0..MOST_DEPTH - 2 {
        value = unary(Unary::Minus, value);
    }
    built.set(z, value);
    let valid = validate(built.0).unwrap();
    assert!(valid.to_string().len() > MOST_DEPTH as usize - 2);
    let mut machine = crate::interpret::Machine::new(&valid, Vec::new()).unwrap();
    machine.run(u64::MAX).unwrap();
    assert_eq!(machine.results().unwrap(), [crate::Value::float(1.0)]);
}

#[test]
fn faults_tell_where() {
    let mut sample = sample();
    sample.inner()[2] = Stmt::Set(sample.temporary, Expr::int(1));
    let fault = validate(sample.built.0).unwrap_err();
    assert_eq!(fault.path, [1, 1, 2]);
    assert_eq!(
        fault.to_string(),
        "statement 1.1.2: int64 where float64 is needed"
    );
}

#[test]
fn a_program_is_readable() {
    let expected = "\
kernel (x: float64, a: array(float64, 2d, C)) -> (sum: float64)
  table 0: 0.0:float64, 5e-324:float64, 1e-323:float64, 1.5e-323:float64
  local i: int64
  local j: int64
  local sum: float64
  local t: float64
  local $made: float64
  array v: array(float64, 1d, A)
  site 0: division at 0..5
  site 1: memory at 10..15
  site 2: step at 20..25
  site 3: index of a axis 0 at 30..35
  site 4: index of v axis 0 at 40..45
  sum = 0.0:float64
  parfor L0 i in 0:int64, length(a, 0) private j, t, $made, v reduce sum by +:
    v = view a[i?3,  : ]
    for L1 j in 0:int64, length(a, 1), 1:int64:
      block L2:
        leave L2
      t = ((v[j]?4 / x)?0 + let($made = table.0[int32(j)]; ($made * $made)))
      sum = (sum + t)
      again L1
";
    assert_eq!(sample().built.0.to_string(), expected);
}

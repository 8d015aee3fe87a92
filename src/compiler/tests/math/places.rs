//! Where functions are found, and what becomes of their arguments and tables.

use parallax_compiler::expand::expand;
use parallax_compiler::ir::{
    Array, ArrayExpr, Compare, Cut, Expr, ExprKind, Label, Local, LocalInfo, Math, ParFor, Printed, Program,
    Site, Stmt,
};
use parallax_compiler::source::Span;
use parallax_compiler::types::Scalar::{self, F64};

/// A program that has the function wherever a value may be.
fn everywhere(function: impl Fn() -> Expr) -> Program {
    let int = |value: Expr| Expr::new(ExprKind::Convert(value), Scalar::I64);
    let holds = || {
        Expr::new(
            ExprKind::Compare(Compare::Less, function(), Expr::float(0.0)),
            Scalar::Bool,
        )
    };
    let (array, site, label, local) = (Array(0), Site(0), Label(0), Local(0));
    let set = || vec![Stmt::Set(local, function())];
    let range = Cut::Range {
        low: Some(int(function())),
        high: Some(int(function())),
        step: Some(int(function())),
        site,
    };
    let load = Expr::new(
        ExprKind::Load {
            array,
            index: vec![int(function())],
            site: None,
        },
        F64,
    );
    let body = vec![
        Stmt::Bind(
            array,
            ArrayExpr::New {
                shape: vec![int(function())],
                fill: Some(function()),
                site,
            },
        ),
        Stmt::Bind(
            array,
            ArrayExpr::View {
                of: array,
                cuts: vec![range, Cut::At(int(function()), site)],
            },
        ),
        Stmt::Bind(
            array,
            ArrayExpr::Reshape {
                of: array,
                shape: vec![int(function())],
                site,
            },
        ),
        Stmt::Store {
            array,
            index: vec![int(function())],
            value: load,
            site: None,
        },
        Stmt::If {
            test: holds(),
            yes: set(),
            no: set(),
        },
        Stmt::Block { label, body: set() },
        Stmt::While {
            label,
            before: set(),
            test: holds(),
            body: set(),
        },
        Stmt::For {
            label,
            var: local,
            start: function(),
            stop: function(),
            step: function(),
            vector: false,
            body: set(),
        },
        Stmt::ParFor(Box::new(ParFor {
            span: Span::default(),
            label,
            var: local,
            start: function(),
            stop: function(),
            body: set(),
            private: Vec::new(),
            private_arrays: Vec::new(),
            reductions: Vec::new(),
        })),
        Stmt::Check(holds(), site),
        Stmt::Print(vec![Printed::Value(function())]),
    ];
    Program {
        locals: vec![LocalInfo {
            name: "x".to_owned(),
            of: F64,
        }],
        body,
        ..Program::default()
    }
}

#[test]
fn functions_are_found_wherever_they_are_and_their_tables_are_kept_once() {
    let x = || Expr::new(ExprKind::Local(Local(0)), F64);
    let call = |function, argument| Expr::new(ExprKind::Math(function, vec![argument]), F64);
    let mut program = everywhere(|| call(Math::Sin, call(Math::Gamma, x())));
    expand(&mut program);
    assert!(!format!("{program:?}").contains("Math("));
    assert_eq!(program.tables.len(), 2);
    let names: Vec<&str> = program.locals.iter().map(|local| local.name.as_str()).collect();
    assert!(names.iter().skip(1).all(|name| name.contains('.')), "{names:?}");
}

#[test]
fn an_argument_that_is_not_a_variable_is_evaluated_once() {
    let load = Expr::new(
        ExprKind::Load {
            array: Array(0),
            index: vec![Expr::int(0)],
            site: Some(Site(0)),
        },
        F64,
    );
    let mut program = Program {
        body: vec![Stmt::Check(
            Expr::new(ExprKind::Math(Math::Pow, vec![load, Expr::float(0.5)]), F64),
            Site(0),
        )],
        ..Program::default()
    };
    expand(&mut program);
    assert_eq!(format!("{program:?}").matches("Load").count(), 1);
}

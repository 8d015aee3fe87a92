//! The front end: trees, exact places, several faults at once, and none that stops it.

use super::*;
use crate::source::Span;

fn parsed(text: &str) -> (Module, Vec<Diagnostic>) {
    parse(Source::new(text).unwrap())
}

fn good(text: &str) -> Module {
    let (module, faults) = parsed(text);
    assert_eq!(faults, [], "{text}");
    module
}

/// "line:column message" of every fault.
fn faults(text: &str) -> Vec<String> {
    let source = Source::new(text).unwrap();
    let (_, faults) = parse(source);
    let told = |fault: &Diagnostic| {
        let at = source.position(fault.span.start);
        format!("{}:{} {}", at.line, at.column, fault.message)
    };
    faults.iter().map(told).collect()
}

/// An expression with all of its brackets.
fn shown(expr: &Expr) -> String {
    let list = |all: &[Expr]| all.iter().map(shown).collect::<Vec<_>>().join(", ");
    let option = |one: &Option<Expr>| one.as_ref().map_or(String::new(), shown);
    match &expr.kind {
        ExprKind::Name(name) => name.clone(),
        ExprKind::Int(value) => value.to_string(),
        ExprKind::Float(value) => format!("{value:?}"),
        ExprKind::Imaginary(value) => format!("{value:?}j"),
        ExprKind::Bool(value) => value.to_string(),
        ExprKind::None => "None".into(),
        ExprKind::Str(text) => format!("{text:?}"),
        ExprKind::Tuple(all) => format!("tuple({})", list(all)),
        ExprKind::List(all) => format!("[{}]", list(all)),
        ExprKind::Unary(op, a) => format!("({op:?} {})", shown(a)),
        ExprKind::Binary(op, a, b) => format!("({} {} {})", shown(a), op.sign(), shown(b)),
        ExprKind::Logic(op, all) => format!("{op:?}({})", list(all)),
        ExprKind::Compare(first, rest) => {
            let rest: Vec<String> = rest
                .iter()
                .map(|(op, e)| format!("{op:?} {}", shown(e)))
                .collect();
            format!("({} {})", shown(first), rest.join(" "))
        }
        ExprKind::Choice { test, yes, no } => {
            format!("({} if {} else {})", shown(yes), shown(test), shown(no))
        }
        ExprKind::Call {
            callee,
            args,
            keywords,
        } => {
            let named = keywords
                .iter()
                .map(|(name, e)| format!("{}={}", name.name, shown(e)));
            let all: Vec<String> = args.iter().map(shown).chain(named).collect();
            format!("{}({})", shown(callee), all.join(", "))
        }
        ExprKind::Attribute(of, name) => format!("{}.{}", shown(of), name.name),
        ExprKind::Subscript(of, indices) => {
            let index = |index: &Index| match index {
                Index::At(at) => shown(at),
                Index::Slice { low, high, step, .. } => {
                    format!("{}:{}:{}", option(low), option(high), option(step))
                }
            };
            let all: Vec<String> = indices.iter().map(index).collect();
            format!("{}[{}]", shown(of), all.join(", "))
        }
        ExprKind::Other(what) => format!("<{what}>"),
        ExprKind::Invalid => "<invalid>".into(),
    }
}

fn expression(text: &str) -> String {
    let module = good(text);
    match &module.body[..] {
        [
            Stmt {
                kind: StmtKind::Expr(expr),
                ..
            },
        ] => shown(expr),
        other => panic!("{other:?}"),
    }
}

#[test]
fn operators_bind_as_in_python() {
    for (text, meant) in [
        ("1 + 2 * 3", "(1 + (2 * 3))"),
        ("a - b - c", "((a - b) - c)"),
        ("-a ** -b ** c", "(Minus (a ** (Minus (b ** c))))"),
        ("a * -b", "(a * (Minus b))"),
        (
            "~a & b | c ^ d << 1 + 2",
            "(((Invert a) & b) | (c ^ (d << (1 + 2))))",
        ),
        ("a // b % c @ d", "(((a // b) % c) @ d)"),
        ("not a == b and c or d", "Or(And((Not (a Equal b)), c), d)"),
        ("a < b <= c is not d", "(a Less b AtMost c IsNot d)"),
        ("a not in b", "(a NotIn b)"),
        ("x if a else y if b else z", "(x if a else (y if b else z))"),
        (
            "f(a, *b, key=c)[i, 1:, ::2].size",
            "f(a, <starred expressions>, key=c)[i, 1::, ::2].size",
        ),
        ("a[...]", "a[<'...'>]"),
        ("a, (b,), ()", "tuple(a, tuple(b), tuple())"),
        ("(a)", "a"),
        (
            "[1, 2.5, 1e-3, .5, 2., 1_000, 0x_Ff, 0b101, 0o17, 3j]",
            "[1, 2.5, 0.001, 0.5, 2.0, 1000, 255, 5, 15, 3.0j]",
        ),
        ("'a' \"b\\n\" r'\\n'", "\"ab\\n\\\\n\""),
        ("lambda x: x + 1", "<lambda functions>"),
        ("[x for x in y if x]", "<comprehensions>"),
        ("f(x for x in y)", "f(<comprehensions>)"),
        ("{1: 2, **a}", "<dictionaries and sets>"),
        ("f'{a}'", "<f-strings>"),
        ("18446744073709551615", "18446744073709551615"),
    ] {
        assert_eq!(expression(text), meant, "{text}");
    }
}

#[test]
fn a_kernel_has_its_tree_and_its_places() {
    let text = "import numpy as np\nfrom numba import njit, prange\n\n# parallax: entry=f\n@njit(parallel=True)\ndef f(x, n=4):\n    \"\"\"Doc.\"\"\"\n    s = t = 0.0\n    for i in prange(x.size):\n        if x[i] > 0: s += x[i]\n        elif x[i] < -1:\n            continue\n        else:\n            pass\n    while s > 1:\n        s /= 2; t -= 1\n    return s, t\n";
    let module = good(text);
    assert_eq!(module.pragmas.len(), 1);
    assert_eq!(module.pragmas[0].text, "entry=f");
    assert_eq!(&text[module.pragmas[0].span.range()], " entry=f");
    let StmtKind::Def(def) = &module.body[2].kind else {
        panic!("{:?}", module.body)
    };
    assert_eq!(def.name.name, "f");
    assert_eq!(shown(&def.decorators[0]), "njit(parallel=true)");
    assert_eq!(def.params[1].default.as_ref().map(shown), Some("4".into()));
    let StmtKind::For { body, .. } = &def.body[2].kind else {
        panic!("{:?}", def.body)
    };
    assert_eq!(&text[def.body[2].span.range()], "for i in prange(x.size)");
    let StmtKind::If { or_else, .. } = &body[0].kind else {
        panic!("{body:?}")
    };
    assert!(matches!(&or_else[0].kind, StmtKind::If { or_else, .. } if or_else.len() == 1));
    let StmtKind::While { body, .. } = &def.body[3].kind else {
        panic!("{:?}", def.body)
    };
    assert_eq!(body.len(), 2);
    assert_eq!(&text[body[1].span.range()], "t -= 1");
    let StmtKind::Return(Some(value)) = &def.body[4].kind else {
        panic!("{:?}", def.body)
    };
    assert_eq!(&text[value.span.range()], "s, t");
}

#[test]
fn several_faults_are_found_at_once() {
    let text = "def f(x)\n    y = x +\n    for i in rnge(3:\n        z = (1, 2\n    return y\n\ndef g(x):\n  a = 1\n   b = 2\n  1 = a\n  return a b\n";
    assert_eq!(
        faults(text),
        [
            "1:9 expected ':', not the end of the line",
            "2:12 expected an expression, not the end of the line",
            "3:18 '(' was never closed",
            "4:13 '(' was never closed",
            "9:1 unexpected indent",
            "10:3 cannot assign to a literal",
            "11:12 expected the end of the line after 'a', not a name",
        ]
    );
    // What could be read is there.
    let (module, _) = parsed(text);
    let names: Vec<&str> = module
        .body
        .iter()
        .filter_map(|stmt| match &stmt.kind {
            StmtKind::Def(def) => Some(def.name.name.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(names, ["f", "g"]);
}

#[test]
fn each_fault_has_its_words() {
    for (text, expected) in [
        ("x = 1$", "1:6 invalid character '$'"),
        ("x = 1 × 2", "1:7 invalid character '×' (U+00D7)"),
        ("x = 'a", "1:5 unterminated string literal"),
        ("x = '''a\nb", "1:5 unterminated triple-quoted string literal"),
        ("x = 012", "1:5 invalid number"),
        ("x = 1__2", "1:5 invalid number"),
        ("x = 0xg", "1:5 invalid number"),
        ("x = 1st", "1:5 invalid number"),
        (
            "x = 18446744073709551616",
            "1:5 int too large: 64 bits are all there are",
        ),
        (
            "if x:\npass",
            "2:1 expected an indented block after 'if' statement",
        ),
        (
            "if x:\n    a\n  b",
            "3:1 unindent does not match any outer indentation level",
        ),
        (
            "if x:\n\ta\n        b",
            "3:1 inconsistent use of tabs and spaces in indentation",
        ),
        (
            "x = (1, 2]",
            "1:10 closing parenthesis ']' does not match opening parenthesis '('",
        ),
        ("x = 1)", "1:6 unmatched ')'"),
        ("f(a=1, 2)", "1:8 positional argument follows keyword argument"),
        ("f(x) = 3", "1:1 cannot assign to a function call"),
        (
            "(a, b) += 1",
            "1:1 this is an illegal expression for augmented assignment",
        ),
        (
            "x = a if b",
            "1:11 expected 'else' after 'if' expression, not the end of the line",
        ),
        (
            "x = return",
            "1:5 expected an expression, not the keyword 'return'",
        ),
        ("a[]", "1:3 expected an index, not ']'"),
        (
            "x = \\ 1",
            "1:5 unexpected character after line continuation character",
        ),
    ] {
        let found = faults(text);
        assert!(found.iter().any(|f| f == expected), "{text}: {found:#?}");
    }
}

#[test]
fn what_the_language_lacks_is_read_and_named() {
    let text = "class A:\n    x = 1\ntry:\n    f()\nexcept E:\n    g()\nfinally:\n    h()\nwith a as b:\n    pass\nglobal x\ndel y\nraise Z(1)\nasync def f():\n    pass\nx = 1\n";
    let module = good(text);
    let kinds: Vec<&str> = module
        .body
        .iter()
        .map(|stmt| match &stmt.kind {
            StmtKind::Other { what, .. } => what,
            StmtKind::Assign { .. } => "=",
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        kinds,
        [
            "class definitions",
            "'try' statements",
            "'with' statements",
            "'global' statements",
            "'del' statements",
            "'raise' statements",
            "'async' statements",
            "="
        ]
    );
}

#[test]
fn nothing_is_too_deep_or_too_long() {
    let many = 60_000;
    for text in [
        "(".repeat(many),
        "[".repeat(many) + &"]".repeat(many),
        "a".to_string() + &".b".repeat(many),
        "1".to_string() + &"+1".repeat(many),
        "a".to_string() + &"[0]".repeat(many),
        "-".repeat(many) + "1",
        "not ".repeat(many) + "1",
        "1".to_string() + &"**1".repeat(many),
        "1 if 1 else ".repeat(20_000) + "1",
        "if 1: pass\n".to_string() + &"elif 1: pass\n".repeat(20_000),
        (0..400).map(|i| " ".repeat(i) + "if 1:\n").collect(),
        "((((1".to_string() + &"+1".repeat(400) + ")" + &"+1".repeat(400) + ")",
    ] {
        let (_, faults) = parsed(&text);
        assert!(!faults.is_empty() && faults.len() <= 100, "{}", &text[..20]);
    }
    // As much as people write is fine.
    good(&("x = 1".to_string() + &" + 1".repeat(400)));
    good(&("x = ".to_string() + &"(".repeat(60) + "1" + &")".repeat(60)));
}

#[test]
fn places_lie_within_the_source() {
    // Every cut of a kernel, at every byte: no panic, and places that exist.
    let text = "from numba import njit\n@njit\ndef f(x, é):\n    for i in range(3):\n        if x[i, 1:] >= 0.5e3 and not é:\n            x[i] += (1, 'ä')  # ö\n        elif y: return -x ** 2\n";
    for end in (0..=text.len()).filter(|end| text.is_char_boundary(*end)) {
        for begin in [0, 23, 29].into_iter().filter(|begin| *begin <= end) {
            let cut = &text[begin..end];
            let source = Source::new(cut).unwrap();
            let (_, faults) = parse(source);
            for fault in faults {
                let Span { start, end } = fault.span;
                assert!(start <= end && end as usize <= cut.len(), "{cut:?}: {fault:?}");
                assert!(!fault.render(source).is_empty());
            }
        }
    }
}

//! From tokens to the tree. After "Full Grammar specification" in The Python Language
//! Reference, 3.14; expressions by precedence climbing (Pratt 1973, Top down operator precedence).
//!
//! A line that is not understood is said so once and left; what follows it is read on. The
//! block below a broken head is read as well, so that its own faults are found.

mod expressions;

use super::ast::*;
use super::lexer::Lexed;
use super::token::{Tok, Token};
use crate::diagnostic::{Diagnostic, Kind, in_order};
use crate::source::{Source, Span};

/// Expressions and blocks within one another: beyond it is no kernel, and the stack has an end.
const DEEPEST: u32 = 200;
/// Levels of an expression's tree. Long sums are as deep as they are long, and what walks a
/// tree, if only to drop it, needs stack for each level.
const HIGHEST: u32 = 500;
/// More faults than anybody reads.
const MOST_FAULTS: usize = 100;

/// What stands where something was not understood: it was said already.
struct Refused;
type Parsed<T> = Result<T, Refused>;

/// Reads a module.
pub fn parse(source: Source, lexed: Lexed) -> (Module, Vec<Diagnostic>) {
    let mut parser = Parser {
        source,
        tokens: lexed.tokens,
        at: 0,
        depth: 0,
        height: 0,
        begun: 0,
        misread: lexed.faults.iter().map(|fault| fault.span.start).collect(),
        faults: lexed.faults,
    };
    let mut body = Vec::new();
    while parser.peek() != Tok::End {
        parser.statement(&mut body);
    }
    let mut faults = parser.faults;
    in_order(&mut faults);
    faults.dedup_by(|next, fault| next.span == fault.span);
    faults.truncate(MOST_FAULTS);
    let module = Module {
        body,
        pragmas: lexed.pragmas,
    };
    (module, faults)
}

struct Parser<'a> {
    source: Source<'a>,
    /// The last is [`Tok::End`], which is never taken.
    tokens: Vec<Token>,
    at: usize,
    depth: u32,
    /// Of the expression that was read last.
    height: u32,
    /// Where the statement begins that is being read.
    begun: u32,
    /// Where the lexer found faults.
    misread: Vec<u32>,
    faults: Vec<Diagnostic>,
}

impl Parser<'_> {
    fn token(&self) -> Token {
        self.ahead(0)
    }

    fn ahead(&self, by: usize) -> Token {
        let last = Token {
            kind: Tok::End,
            span: Span::default(),
        };
        let there = self.tokens.get(self.at + by).or_else(|| self.tokens.last());
        there.copied().unwrap_or(last)
    }

    fn peek(&self) -> Tok {
        self.token().kind
    }

    fn take(&mut self) -> Token {
        let token = self.token();
        if token.kind != Tok::End {
            self.at += 1;
        }
        token
    }

    fn takes(&mut self, kind: Tok) -> bool {
        let fits = self.peek() == kind;
        if fits {
            self.take();
        }
        fits
    }

    /// The end of what was taken last.
    fn end(&self) -> Span {
        let last = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        last.map_or(Span::default(), |token| token.span).after()
    }

    fn fault(&mut self, span: Span, message: impl Into<String>) -> Refused {
        // What follows from a misread character or a lost bracket was said with that.
        let follows = self.misread.iter().any(|at| (self.begun..=span.end).contains(at));
        if !follows {
            self.faults.push(Diagnostic::new(Kind::Syntax, span, message));
        }
        Refused
    }

    /// The token must be this.
    fn expect(&mut self, kind: Tok) -> Parsed<Token> {
        match self.peek() == kind {
            true => Ok(self.take()),
            false => Err(self.expected(kind.describe())),
        }
    }

    fn expected(&mut self, what: &str) -> Refused {
        let token = self.token();
        // The end of a line is after what stands on it.
        let span = match token.kind {
            Tok::Newline | Tok::End | Tok::Indent | Tok::Dedent => self.end(),
            _ => token.span,
        };
        self.fault(span, format!("expected {what}, not {}", token.kind.describe()))
    }

    fn name(&mut self) -> Parsed<Ident> {
        if self.peek() != Tok::Name {
            return Err(self.expected("a name"));
        }
        let span = self.take().span;
        Ok(Ident {
            name: self.source.slice(span).into(),
            span,
        })
    }

    fn deeper<T>(&mut self, act: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        self.deep()?;
        let done = act(self);
        self.depth -= 1;
        done
    }

    /// One deeper, if there is room.
    fn deep(&mut self) -> Parsed<()> {
        if self.depth >= DEEPEST {
            let span = self.token().span;
            let words = format!("more than {DEEPEST} expressions or blocks within one another");
            self.faults.push(Diagnostic::new(Kind::Limit, span, words));
            return Err(Refused);
        }
        self.depth += 1;
        Ok(())
    }

    /// An expression over others, of which the highest is this high.
    fn node(&mut self, kind: ExprKind, span: Span, below: u32) -> Parsed<Expr> {
        self.height = below + 1;
        match self.height > HIGHEST {
            true => {
                let words = format!("an expression of more than {HIGHEST} parts within one another");
                self.faults.push(Diagnostic::new(Kind::Limit, span, words));
                Err(Refused)
            }
            false => Ok(Expr { kind, span }),
        }
    }

    // --- Statements.

    /// A line with its block. What is wrong with it is said, and passed over.
    fn statement(&mut self, out: &mut Vec<Stmt>) {
        let begin = self.token();
        if begin.kind == Tok::Indent {
            self.fault(begin.span, "unexpected indent");
            let _ = self.deeper(|p| {
                p.block(out);
                Ok(())
            });
            return;
        }
        if self.deeper(|p| p.compound(out)).is_err() {
            self.pass_over(out);
            out.push(Stmt {
                kind: StmtKind::Invalid,
                span: begin.span.to(self.end()),
            });
        }
    }

    /// To the line after this one. A block that follows belongs to a broken head, and is read.
    fn pass_over(&mut self, out: &mut Vec<Stmt>) {
        while !matches!(self.peek(), Tok::Newline | Tok::End | Tok::Indent | Tok::Dedent) {
            self.take();
        }
        self.takes(Tok::Newline);
        if self.peek() != Tok::Indent {
            return;
        }
        if self.depth < DEEPEST {
            self.block(out);
            return;
        }
        // Too deep to be read at all.
        let mut open = 0u32;
        loop {
            match self.take().kind {
                Tok::Indent => open += 1,
                Tok::Dedent => open -= 1,
                Tok::End => return,
                _ => {}
            }
            if open == 0 {
                return;
            }
        }
    }

    /// At an indentation: the statements up to its end.
    fn block(&mut self, out: &mut Vec<Stmt>) {
        self.takes(Tok::Indent);
        while !matches!(self.peek(), Tok::Dedent | Tok::End) {
            self.statement(out);
        }
        self.takes(Tok::Dedent);
    }

    /// What follows a head: a colon, and a block or the rest of the line.
    fn suite(&mut self, of: &str) -> Parsed<Vec<Stmt>> {
        let mut out = Vec::new();
        if !self.takes(Tok::Colon) {
            let refused = self.expected("':'");
            let at_end = matches!(self.peek(), Tok::Newline | Tok::End);
            // `for i in range(n)` without its colon: the block below is still its own.
            if !at_end {
                return Err(refused);
            }
        }
        if !self.takes(Tok::Newline) {
            self.simple_line(&mut out)?;
            return Ok(out);
        }
        if self.peek() != Tok::Indent {
            let words = format!("expected an indented block after {of}");
            let span = self.token().span.before();
            self.fault(span, words);
            return Ok(out);
        }
        self.deeper(|p| {
            p.block(&mut out);
            Ok(())
        })?;
        Ok(out)
    }

    fn compound(&mut self, out: &mut Vec<Stmt>) -> Parsed<()> {
        let begin = self.token();
        self.begun = begin.span.start;
        let kind = match begin.kind {
            Tok::At | Tok::Def => self.def()?,
            Tok::If => {
                self.take();
                self.if_rest("'if' statement")?
            }
            Tok::For => {
                self.take();
                let target = self.targets()?;
                self.expect(Tok::In)?;
                let iter = self.expressions()?;
                let head = begin.span.to(self.end());
                let body = self.suite("'for' statement")?;
                let or_else = self.or_else()?;
                out.push(Stmt {
                    kind: StmtKind::For {
                        target,
                        iter,
                        body,
                        or_else,
                    },
                    span: head,
                });
                return Ok(());
            }
            Tok::While => {
                self.take();
                let test = self.expression()?;
                let head = begin.span.to(self.end());
                let body = self.suite("'while' statement")?;
                let or_else = self.or_else()?;
                out.push(Stmt {
                    kind: StmtKind::While { test, body, or_else },
                    span: head,
                });
                return Ok(());
            }
            Tok::Class => self.other("class definitions")?,
            Tok::Try => self.other("'try' statements")?,
            Tok::With => self.other("'with' statements")?,
            Tok::Async => self.other("'async' statements")?,
            _ => return self.simple_line(out),
        };
        out.push(Stmt {
            kind,
            span: begin.span.to(self.head_end(begin)),
        });
        Ok(())
    }

    /// The end of the line that a statement begins on.
    fn head_end(&self, begin: Token) -> Span {
        let line = self.source.line(begin.span.start);
        let head = self.source.head_of_line(begin.span.start);
        let end = begin.span.start as usize - head.len() + line.trim_ascii_end().len();
        Span::new(end, end)
    }

    /// After `if` or `elif`.
    fn if_rest(&mut self, of: &str) -> Parsed<StmtKind> {
        let test = self.expression()?;
        let body = self.suite(of)?;
        let next = self.token();
        let or_else = match next.kind {
            Tok::Elif => {
                self.take();
                let kind = self.deeper(|p| p.if_rest("'elif' statement"))?;
                let span = next.span.to(self.head_end(next));
                vec![Stmt { kind, span }]
            }
            _ => self.or_else()?,
        };
        Ok(StmtKind::If { test, body, or_else })
    }

    fn or_else(&mut self) -> Parsed<Vec<Stmt>> {
        match self.takes(Tok::Else) {
            true => self.suite("'else' statement"),
            false => Ok(Vec::new()),
        }
    }

    /// A statement that has no meaning here: its head is passed over.
    fn other(&mut self, what: &'static str) -> Parsed<StmtKind> {
        // A class and an 'async' function are one name, and what is within is theirs.
        let is_one = matches!(self.peek(), Tok::Class | Tok::Async);
        let (mut names, mut body) = (Vec::new(), Vec::new());
        loop {
            // What stands behind 'as', and what is on the head's own line behind its colon; one in brackets is no end.
            let (mut is_given, mut is_behind, mut open) = (is_one, false, 0u32);
            while !matches!(self.peek(), Tok::Newline | Tok::End) {
                let token = self.take();
                match token.kind {
                    Tok::Open | Tok::OpenSquare | Tok::OpenCurly => open += 1,
                    Tok::Close | Tok::CloseSquare | Tok::CloseCurly => open = open.saturating_sub(1),
                    Tok::Colon if open == 0 => is_behind = !is_one,
                    Tok::As => is_given = true,
                    Tok::Name if is_behind || is_given => {
                        names.push(self.source.slice(token.span).to_owned());
                        is_given = false;
                    }
                    _ => {}
                }
            }
            if is_one {
                names.truncate(1);
            }
            self.takes(Tok::Newline);
            if self.peek() == Tok::Indent {
                let mut block = Vec::new();
                self.deeper(|p| {
                    p.block(&mut block);
                    Ok(())
                })?;
                if !is_one {
                    body.append(&mut block);
                }
            }
            if !matches!(self.peek(), Tok::Except | Tok::Finally | Tok::Else) {
                return Ok(StmtKind::Other { what, names, body });
            }
        }
    }

    fn def(&mut self) -> Parsed<StmtKind> {
        let mut decorators = Vec::new();
        while self.takes(Tok::At) {
            decorators.push(self.expression()?);
            self.expect(Tok::Newline)?;
        }
        if self.peek() == Tok::Class {
            return self.other("class definitions");
        }
        self.expect(Tok::Def)?;
        let name = self.name()?;
        self.expect(Tok::Open)?;
        let (mut params, mut by_name) = (Vec::new(), false);
        while self.peek() != Tok::Close {
            // Behind a '*' they go by name, in any order.
            by_name |= self.peek() == Tok::Times;
            if let Some(param) = self.param()? {
                let before = !by_name && params.last().is_some_and(|last: &Param| last.default.is_some());
                if before && param.default.is_none() && !param.is_star {
                    let _ = self.fault(param.name.span, "non-default argument follows default argument");
                }
                if params
                    .iter()
                    .any(|one: &Param| one.name.name == param.name.name && !one.is_star)
                {
                    let words = format!("duplicate argument '{}' in function definition", param.name.name);
                    let _ = self.fault(param.name.span, words);
                }
                params.push(param);
            }
            if !self.takes(Tok::Comma) {
                break;
            }
        }
        self.expect(Tok::Close)?;
        if self.takes(Tok::Arrow) {
            self.expression()?;
        }
        let body = self.suite("function definition")?;
        Ok(StmtKind::Def(Box::new(Def {
            name,
            decorators,
            params,
            body,
        })))
    }

    /// A parameter; none for the bare `*` and `/` between parameters.
    fn param(&mut self) -> Parsed<Option<Param>> {
        if self.takes(Tok::Over) {
            return Ok(None);
        }
        let is_star = self.takes(Tok::Times) || self.takes(Tok::Power);
        if is_star && self.peek() == Tok::Comma {
            return Ok(None);
        }
        let name = self.name()?;
        if self.takes(Tok::Colon) {
            self.expression()?;
        }
        let default = match self.takes(Tok::Is1) {
            true => Some(self.expression()?),
            false => None,
        };
        Ok(Some(Param {
            name,
            default,
            is_star,
        }))
    }

    /// `a = 1; b = 2` up to the end of the line.
    fn simple_line(&mut self, out: &mut Vec<Stmt>) -> Parsed<()> {
        loop {
            let begin = self.token().span;
            let kind = self.simple()?;
            let span = begin.to(self.end());
            out.push(Stmt { kind, span });
            let more = self.takes(Tok::Semicolon);
            match self.peek() {
                Tok::Newline => {
                    self.take();
                    return Ok(());
                }
                Tok::End => return Ok(()),
                _ if more => {}
                _ => return Err(self.unexpected()),
            }
        }
    }

    /// After a whole statement there is more on its line.
    fn unexpected(&mut self) -> Refused {
        let token = self.token();
        let before = self.at.checked_sub(1).map(|at| self.tokens[at]);
        let words = match (before.map(|t| t.kind), token.kind) {
            (_, Tok::Is1) => "cannot assign to this".to_string(),
            (Some(Tok::Name), Tok::Name | Tok::Integer | Tok::Float | Tok::String) => {
                let name = before.map_or("", |t| self.source.slice(t.span));
                match name {
                    "print" => "missing parentheses in call to 'print': print(..)".into(),
                    _ => format!(
                        "expected the end of the line after '{name}', not {}",
                        token.kind.describe()
                    ),
                }
            }
            _ => format!("expected the end of the line, not {}", token.kind.describe()),
        };
        self.fault(token.span, words)
    }

    fn simple(&mut self) -> Parsed<StmtKind> {
        let kind = match self.peek() {
            Tok::Break => StmtKind::Break,
            Tok::Continue => StmtKind::Continue,
            Tok::Pass => StmtKind::Pass,
            Tok::Return => {
                self.take();
                let is_bare = matches!(self.peek(), Tok::Newline | Tok::Semicolon | Tok::End);
                return Ok(StmtKind::Return(match is_bare {
                    true => None,
                    false => Some(self.expressions()?),
                }));
            }
            Tok::Import => {
                self.take();
                return self.aliases(true).map(StmtKind::Import);
            }
            Tok::From => return self.from(),
            Tok::Assert => {
                self.take();
                let test = self.expression()?;
                if self.takes(Tok::Comma) {
                    self.expression()?;
                }
                return Ok(StmtKind::Assert(test));
            }
            Tok::Del => return self.skipped("'del' statements"),
            Tok::Raise => return self.skipped("'raise' statements"),
            Tok::Global => return self.skipped("'global' statements"),
            Tok::Nonlocal => return self.skipped("'nonlocal' statements"),
            _ => return self.expression_statement(),
        };
        self.take();
        Ok(kind)
    }

    /// A simple statement that has no meaning here.
    fn skipped(&mut self, what: &'static str) -> Parsed<StmtKind> {
        let mut names = Vec::new();
        while !matches!(self.peek(), Tok::Newline | Tok::End | Tok::Semicolon) {
            let token = self.take();
            if token.kind == Tok::Name {
                names.push(self.source.slice(token.span).to_owned());
            }
        }
        let body = Vec::new();
        Ok(StmtKind::Other { what, names, body })
    }

    fn from(&mut self) -> Parsed<StmtKind> {
        self.take();
        let begin = self.token().span;
        while self.takes(Tok::Dot) || self.takes(Tok::Ellipsis) {}
        let module = match self.peek() {
            Tok::Import => Ident {
                name: ".".into(),
                span: begin,
            },
            _ => self.dotted()?,
        };
        self.expect(Tok::Import)?;
        if self.takes(Tok::Times) {
            return Ok(StmtKind::From {
                module,
                names: Vec::new(),
            });
        }
        let in_brackets = self.takes(Tok::Open);
        let names = self.aliases(false)?;
        if in_brackets {
            self.expect(Tok::Close)?;
        }
        Ok(StmtKind::From { module, names })
    }

    fn aliases(&mut self, dotted: bool) -> Parsed<Vec<Alias>> {
        let mut all = Vec::new();
        loop {
            let name = if dotted { self.dotted()? } else { self.name()? };
            let here = match self.takes(Tok::As) {
                true => Some(self.name()?),
                false => None,
            };
            all.push(Alias { name, here });
            if !self.takes(Tok::Comma) || self.peek() == Tok::Close {
                return Ok(all);
            }
        }
    }

    fn dotted(&mut self) -> Parsed<Ident> {
        let mut all = self.name()?;
        while self.takes(Tok::Dot) {
            let next = self.name()?;
            all.name.push('.');
            all.name.push_str(&next.name);
            all.span = all.span.to(next.span);
        }
        Ok(all)
    }

    fn expression_statement(&mut self) -> Parsed<StmtKind> {
        let first = self.expressions()?;
        if self.takes(Tok::Colon) {
            self.expression()?;
            let value = match self.takes(Tok::Is1) {
                true => Some(self.expressions()?),
                false => None,
            };
            self.target(&first)?;
            return Ok(StmtKind::Annotated { target: first, value });
        }
        if let Some(op) = augmented(self.peek()) {
            self.take();
            let value = self.expressions()?;
            if matches!(first.kind, ExprKind::Tuple(_) | ExprKind::List(_)) {
                return Err(self.fault(
                    first.span,
                    "this is an illegal expression for augmented assignment",
                ));
            }
            self.target(&first)?;
            return Ok(StmtKind::Augmented {
                target: first,
                op,
                value,
            });
        }
        if self.peek() != Tok::Is1 {
            return Ok(StmtKind::Expr(first));
        }
        let mut all = vec![first];
        while self.takes(Tok::Is1) {
            all.push(self.expressions()?);
        }
        // There are two at least.
        let value = all.pop().ok_or(Refused)?;
        for target in &all {
            self.target(target)?;
        }
        Ok(StmtKind::Assign { targets: all, value })
    }

    /// Refuses what nothing can be given to.
    fn target(&mut self, target: &Expr) -> Parsed<()> {
        let what = match &target.kind {
            ExprKind::Name(_) | ExprKind::Subscript(..) | ExprKind::Attribute(..) => return Ok(()),
            ExprKind::Invalid | ExprKind::Other(_) => return Ok(()),
            ExprKind::Tuple(all) | ExprKind::List(all) => {
                return all.iter().try_for_each(|one| self.target(one));
            }
            ExprKind::Call { .. } => "a function call",
            ExprKind::Bool(true) => "True",
            ExprKind::Bool(false) => "False",
            ExprKind::None => "None",
            ExprKind::Compare(..) => "a comparison",
            ExprKind::Choice { .. } => "a conditional expression",
            ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::Imaginary(_) | ExprKind::Str(_) => "a literal",
            ExprKind::Unary(..) | ExprKind::Binary(..) | ExprKind::Logic(..) => "an expression",
        };
        Err(self.fault(target.span, format!("cannot assign to {what}")))
    }
}

fn augmented(kind: Tok) -> Option<BinaryOp> {
    Some(match kind {
        Tok::PlusIs => BinaryOp::Add,
        Tok::MinusIs => BinaryOp::Sub,
        Tok::TimesIs => BinaryOp::Mul,
        Tok::OverIs => BinaryOp::Div,
        Tok::OverFloorIs => BinaryOp::FloorDiv,
        Tok::RestIs => BinaryOp::Mod,
        Tok::PowerIs => BinaryOp::Pow,
        Tok::AtIs => BinaryOp::MatMul,
        Tok::ShiftLeftIs => BinaryOp::ShiftLeft,
        Tok::ShiftRightIs => BinaryOp::ShiftRight,
        Tok::BitAndIs => BinaryOp::And,
        Tok::BitOrIs => BinaryOp::Or,
        Tok::BitXorIs => BinaryOp::Xor,
        _ => return None,
    })
}

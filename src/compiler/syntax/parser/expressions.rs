//! Expressions, by precedence climbing.

use super::{Parsed, Parser};
use crate::decimal;
use crate::diagnostic::{Diagnostic, Kind};
use crate::source::Span;
use crate::syntax::ast::*;
use crate::syntax::token::Tok;

impl Parser<'_> {
    /// What a `for` counts with: names, not whole expressions, or `in` would be taken in.
    pub(super) fn targets(&mut self) -> Parsed<Expr> {
        let first = self.binary(Level::BitOr)?;
        if self.peek() != Tok::Comma {
            self.target(&first)?;
            return Ok(first);
        }
        let mut below = self.height;
        let mut all = vec![first];
        while self.takes(Tok::Comma) {
            if self.peek() == Tok::In {
                break;
            }
            all.push(self.binary(Level::BitOr)?);
            below = below.max(self.height);
        }
        let span = span_of(&all);
        let target = self.node(ExprKind::Tuple(all), span, below)?;
        self.target(&target)?;
        Ok(target)
    }

    /// `a, b` is a tuple.
    pub(super) fn expressions(&mut self) -> Parsed<Expr> {
        let first = self.starred()?;
        if self.peek() != Tok::Comma {
            return Ok(first);
        }
        let mut below = self.height;
        let mut all = vec![first];
        while self.takes(Tok::Comma) {
            if !self.begins_expression() {
                break;
            }
            all.push(self.starred()?);
            below = below.max(self.height);
        }
        let span = span_of(&all).to(self.end());
        self.node(ExprKind::Tuple(all), span, below)
    }

    fn begins_expression(&self) -> bool {
        matches!(
            self.peek(),
            Tok::Name
                | Tok::Integer
                | Tok::Float
                | Tok::Imaginary
                | Tok::String
                | Tok::FString
                | Tok::True
                | Tok::False
                | Tok::None
                | Tok::Not
                | Tok::Lambda
                | Tok::Await
                | Tok::Minus
                | Tok::Plus
                | Tok::Tilde
                | Tok::Times
                | Tok::Open
                | Tok::OpenSquare
                | Tok::OpenCurly
                | Tok::Ellipsis
        )
    }

    fn starred(&mut self) -> Parsed<Expr> {
        let begin = self.token().span;
        if self.takes(Tok::Times) || self.takes(Tok::Power) {
            self.expression()?;
            return Ok(other("starred expressions", begin.to(self.end())));
        }
        if self.takes(Tok::Yield) {
            self.takes(Tok::From);
            while self.begins_expression() {
                self.expression()?;
                if !self.takes(Tok::Comma) {
                    break;
                }
            }
            return Ok(other("'yield' expressions", begin.to(self.end())));
        }
        self.expression()
    }

    pub(super) fn expression(&mut self) -> Parsed<Expr> {
        self.deeper(Self::choice)
    }

    fn choice(&mut self) -> Parsed<Expr> {
        let begin = self.token().span;
        if self.takes(Tok::Lambda) {
            while !matches!(self.peek(), Tok::Colon | Tok::Newline | Tok::End) {
                self.take();
            }
            self.expect(Tok::Colon)?;
            self.expression()?;
            return Ok(other("lambda functions", begin.to(self.end())));
        }
        let yes = self.logic(Tok::Or)?;
        if self.takes(Tok::Walrus) {
            self.expression()?;
            return Ok(other("assignment expressions", begin.to(self.end())));
        }
        if !self.takes(Tok::If) {
            return Ok(yes);
        }
        let mut below = self.height;
        let test = self.logic(Tok::Or)?;
        below = below.max(self.height);
        if !self.takes(Tok::Else) {
            return Err(self.expected("'else' after 'if' expression"));
        }
        let no = self.expression()?;
        below = below.max(self.height);
        let span = yes.span.to(no.span);
        let kind = ExprKind::Choice {
            test: test.into(),
            yes: yes.into(),
            no: no.into(),
        };
        self.node(kind, span, below)
    }

    /// `or`, and below it `and`, and below it `not`.
    fn logic(&mut self, sign: Tok) -> Parsed<Expr> {
        let (op, next) = match sign {
            Tok::Or => (LogicOp::Or, Tok::And),
            _ => (LogicOp::And, Tok::Not),
        };
        let part = |p: &mut Self| match next {
            Tok::And => p.logic(Tok::And),
            _ => p.not(),
        };
        let first = part(self)?;
        if self.peek() != sign {
            return Ok(first);
        }
        let mut below = self.height;
        let mut all = vec![first];
        while self.takes(sign) {
            all.push(part(self)?);
            below = below.max(self.height);
        }
        let span = span_of(&all);
        // Each is within the ones before it, in the end.
        below += all.len() as u32;
        self.node(ExprKind::Logic(op, all), span, below)
    }

    fn not(&mut self) -> Parsed<Expr> {
        let begin = self.token().span;
        if !self.takes(Tok::Not) {
            return self.comparison();
        }
        let value = self.deeper(Self::not)?;
        let span = begin.to(value.span);
        self.node(ExprKind::Unary(UnaryOp::Not, value.into()), span, self.height)
    }

    fn comparison(&mut self) -> Parsed<Expr> {
        let first = self.binary(Level::BitOr)?;
        let mut below = self.height;
        let mut rest = Vec::new();
        while let Some(op) = self.compare_op() {
            rest.push((op, self.binary(Level::BitOr)?));
            below = below.max(self.height);
        }
        let Some((_, last)) = rest.last() else {
            return Ok(first);
        };
        let span = first.span.to(last.span);
        below += rest.len() as u32;
        self.node(ExprKind::Compare(first.into(), rest), span, below)
    }

    fn compare_op(&mut self) -> Option<CompareOp> {
        let op = match (self.peek(), self.ahead(1).kind) {
            (Tok::Equal, _) => CompareOp::Equal,
            (Tok::Unequal, _) => CompareOp::Unequal,
            (Tok::Below, _) => CompareOp::Less,
            (Tok::AtMost, _) => CompareOp::AtMost,
            (Tok::Above, _) => CompareOp::Greater,
            (Tok::AtLeast, _) => CompareOp::AtLeast,
            (Tok::In, _) => CompareOp::In,
            (Tok::Is, Tok::Not) => CompareOp::IsNot,
            (Tok::Not, Tok::In) => CompareOp::NotIn,
            (Tok::Is, _) => CompareOp::Is,
            _ => return None,
        };
        self.take();
        if matches!(op, CompareOp::IsNot | CompareOp::NotIn) {
            self.take();
        }
        Some(op)
    }

    /// Operators of this level and of tighter ones, which all group to the left.
    fn binary(&mut self, least: Level) -> Parsed<Expr> {
        let mut left = self.unary()?;
        while let Some((level, op)) = binary_op(self.peek()).filter(|(level, _)| *level >= least) {
            self.take();
            let below = self.height;
            let right = match level.next() {
                Some(tighter) => self.deeper(|p| p.binary(tighter))?,
                None => self.unary()?,
            };
            let span = left.span.to(right.span);
            let kind = ExprKind::Binary(op, left.into(), right.into());
            left = self.node(kind, span, below.max(self.height))?;
        }
        Ok(left)
    }

    fn unary(&mut self) -> Parsed<Expr> {
        let begin = self.token();
        let op = match begin.kind {
            Tok::Minus => UnaryOp::Minus,
            Tok::Plus => UnaryOp::Plus,
            Tok::Tilde => UnaryOp::Invert,
            _ => return self.power(),
        };
        self.take();
        let value = self.deeper(Self::unary)?;
        let span = begin.span.to(value.span);
        self.node(ExprKind::Unary(op, value.into()), span, self.height)
    }

    /// `a ** b` binds tighter than the sign before it, and looser than the one after it.
    fn power(&mut self) -> Parsed<Expr> {
        let base = self.primary()?;
        if !self.takes(Tok::Power) {
            return Ok(base);
        }
        let below = self.height;
        let exponent = self.deeper(Self::unary)?;
        let span = base.span.to(exponent.span);
        let kind = ExprKind::Binary(BinaryOp::Pow, base.into(), exponent.into());
        self.node(kind, span, below.max(self.height))
    }

    fn primary(&mut self) -> Parsed<Expr> {
        let mut value = self.atom()?;
        loop {
            let next = self.peek();
            if !matches!(next, Tok::Dot | Tok::Open | Tok::OpenSquare) {
                return Ok(value);
            }
            let (begin, below) = (value.span, self.height);
            let inner = Box::new(value);
            self.height = 0;
            let kind = match next {
                Tok::Dot => {
                    self.take();
                    ExprKind::Attribute(inner, self.name()?)
                }
                Tok::Open => {
                    let (args, keywords) = self.deeper(Self::arguments)?;
                    ExprKind::Call {
                        callee: inner,
                        args,
                        keywords,
                    }
                }
                _ => ExprKind::Subscript(inner, self.deeper(Self::indices)?),
            };
            let span = begin.to(self.end());
            value = self.node(kind, span, below.max(self.height))?;
        }
    }

    /// By position and by name. The height is that of the highest.
    #[allow(clippy::type_complexity)]
    fn arguments(&mut self) -> Parsed<(Vec<Expr>, Vec<(Ident, Expr)>)> {
        self.take();
        let (mut args, mut keywords, mut below) = (Vec::new(), Vec::new(), 0);
        while self.peek() != Tok::Close {
            if self.peek() == Tok::Name && self.ahead(1).kind == Tok::Is1 {
                let name = self.name()?;
                self.take();
                keywords.push((name, self.expression()?));
            } else {
                let arg = self.starred()?;
                let arg = self.comprehension(arg)?;
                if !keywords.is_empty() {
                    return Err(self.fault(arg.span, "positional argument follows keyword argument"));
                }
                args.push(arg);
            }
            below = self.height.max(below);
            if !self.takes(Tok::Comma) {
                break;
            }
        }
        self.expect(Tok::Close)?;
        self.height = below;
        Ok((args, keywords))
    }

    /// Whether `for` follows a value in brackets.
    fn comprehension(&mut self, value: Expr) -> Parsed<Expr> {
        if !matches!(self.peek(), Tok::For | Tok::Async) {
            return Ok(value);
        }
        let mut open = 0u32;
        loop {
            match self.peek() {
                Tok::Open | Tok::OpenSquare | Tok::OpenCurly => open += 1,
                Tok::Close | Tok::CloseSquare | Tok::CloseCurly if open == 0 => break,
                Tok::Close | Tok::CloseSquare | Tok::CloseCurly => open -= 1,
                Tok::Newline | Tok::End => break,
                _ => {}
            }
            self.take();
        }
        Ok(other("comprehensions", value.span.to(self.end())))
    }

    fn indices(&mut self) -> Parsed<Vec<Index>> {
        self.take();
        let (mut all, mut below) = (Vec::new(), 0);
        loop {
            if self.peek() == Tok::CloseSquare && !all.is_empty() {
                break;
            }
            all.push(self.index()?);
            below = self.height.max(below);
            if !self.takes(Tok::Comma) {
                break;
            }
        }
        self.expect(Tok::CloseSquare)?;
        self.height = below;
        Ok(all)
    }

    fn index(&mut self) -> Parsed<Index> {
        let begin = self.token().span;
        let low = self.bound()?;
        let mut below = self.height;
        if !self.takes(Tok::Colon) {
            return match low {
                Some(at) => Ok(Index::At(at)),
                None => Err(self.expected("an index")),
            };
        }
        let high = self.bound()?;
        below = below.max(self.height);
        let step = match self.takes(Tok::Colon) {
            true => self.bound()?,
            false => None,
        };
        self.height = below.max(self.height);
        Ok(Index::Slice {
            low,
            high,
            step,
            span: begin.to(self.end()),
        })
    }

    fn bound(&mut self) -> Parsed<Option<Expr>> {
        self.height = 0;
        match self.peek() {
            Tok::Colon | Tok::Comma | Tok::CloseSquare => Ok(None),
            _ => self.starred().map(Some),
        }
    }

    fn atom(&mut self) -> Parsed<Expr> {
        let token = self.token();
        let span = token.span;
        let text = self.source.slice(span);
        self.height = 0;
        let kind = match token.kind {
            Tok::Name => ExprKind::Name(text.into()),
            Tok::Integer => self.integer(text, span),
            Tok::Float => ExprKind::Float(decimal::parse(&text.replace('_', "")).unwrap_or(f64::NAN)),
            Tok::Imaginary => {
                let digits = text.trim_end_matches(['j', 'J']).replace('_', "");
                ExprKind::Imaginary(decimal::parse(&digits).unwrap_or(f64::NAN))
            }
            Tok::True => ExprKind::Bool(true),
            Tok::False => ExprKind::Bool(false),
            Tok::None => ExprKind::None,
            Tok::Ellipsis => ExprKind::Other("'...'"),
            Tok::FString => ExprKind::Other("f-strings"),
            Tok::String => return Ok(self.strings()),
            Tok::Open => return self.deeper(Self::in_brackets),
            Tok::OpenSquare => return self.deeper(Self::list),
            Tok::OpenCurly => return self.deeper(Self::curly),
            Tok::Await => {
                self.take();
                self.deeper(Self::primary)?;
                return Ok(other("'await' expressions", span.to(self.end())));
            }
            kind if kind.begins_statement() => {
                let words = format!("expected an expression, not the keyword {}", kind.describe());
                return Err(self.fault(span, words));
            }
            _ => return Err(self.expected("an expression")),
        };
        self.take();
        Ok(Expr { kind, span })
    }

    fn integer(&mut self, text: &str, span: Span) -> ExprKind {
        let plain = text.replace('_', "").to_ascii_lowercase();
        let prefixes = [("0x", 16), ("0o", 8), ("0b", 2)];
        let of_prefix = |(prefix, radix)| Some((plain.strip_prefix(prefix)?, radix));
        let (digits, radix) = prefixes
            .into_iter()
            .find_map(of_prefix)
            .unwrap_or((plain.as_str(), 10));
        match u64::from_str_radix(digits, radix) {
            Ok(value) => ExprKind::Int(value),
            // What is no number was said by the lexer.
            Err(error) if *error.kind() == std::num::IntErrorKind::PosOverflow => {
                let words = "int too large: 64 bits are all there are";
                self.faults.push(Diagnostic::new(Kind::Limit, span, words));
                ExprKind::Invalid
            }
            Err(_) => ExprKind::Invalid,
        }
    }

    /// Strings next to each other are one.
    fn strings(&mut self) -> Expr {
        let begin = self.token().span;
        let mut value = String::new();
        let mut is_plain = true;
        while matches!(self.peek(), Tok::String | Tok::FString) {
            let token = self.take();
            is_plain &= token.kind == Tok::String;
            value.push_str(&meaning(self.source.slice(token.span)));
        }
        let span = begin.to(self.end());
        match is_plain {
            true => Expr {
                kind: ExprKind::Str(value),
                span,
            },
            false => other("f-strings", span),
        }
    }

    fn in_brackets(&mut self) -> Parsed<Expr> {
        let begin = self.take().span;
        if self.takes(Tok::Close) {
            return Ok(Expr {
                kind: ExprKind::Tuple(Vec::new()),
                span: begin.to(self.end()),
            });
        }
        let inner = self.expressions()?;
        let mut inner = self.comprehension(inner)?;
        self.expect(Tok::Close)?;
        if matches!(inner.kind, ExprKind::Tuple(_)) {
            inner.span = begin.to(self.end());
        }
        Ok(inner)
    }

    fn list(&mut self) -> Parsed<Expr> {
        let begin = self.take().span;
        let (mut all, mut below) = (Vec::new(), 0);
        while self.peek() != Tok::CloseSquare {
            let one = self.starred()?;
            let one = self.comprehension(one)?;
            if one.kind == ExprKind::Other("comprehensions") {
                self.expect(Tok::CloseSquare)?;
                return Ok(other("comprehensions", begin.to(self.end())));
            }
            all.push(one);
            below = self.height.max(below);
            if !self.takes(Tok::Comma) {
                break;
            }
        }
        self.expect(Tok::CloseSquare)?;
        let span = begin.to(self.end());
        self.node(ExprKind::List(all), span, below)
    }

    /// Dictionaries and sets have no meaning here.
    fn curly(&mut self) -> Parsed<Expr> {
        let begin = self.take().span;
        while self.peek() != Tok::CloseCurly {
            let one = self.starred()?;
            self.comprehension(one)?;
            if self.takes(Tok::Colon) {
                let value = self.expression()?;
                self.comprehension(value)?;
            }
            if !self.takes(Tok::Comma) {
                break;
            }
        }
        self.expect(Tok::CloseCurly)?;
        Ok(other("dictionaries and sets", begin.to(self.end())))
    }
}

fn other(what: &'static str, span: Span) -> Expr {
    Expr {
        kind: ExprKind::Other(what),
        span,
    }
}

fn span_of(all: &[Expr]) -> Span {
    let spans = all.iter().map(|one| one.span);
    spans.reduce(Span::to).unwrap_or_default()
}

/// How tightly operators bind.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    BitOr,
    BitXor,
    BitAnd,
    Shift,
    Sum,
    Product,
}

impl Level {
    fn next(self) -> Option<Level> {
        Some(match self {
            Level::BitOr => Level::BitXor,
            Level::BitXor => Level::BitAnd,
            Level::BitAnd => Level::Shift,
            Level::Shift => Level::Sum,
            Level::Sum => Level::Product,
            Level::Product => return None,
        })
    }
}

fn binary_op(kind: Tok) -> Option<(Level, BinaryOp)> {
    Some(match kind {
        Tok::BitOr => (Level::BitOr, BinaryOp::Or),
        Tok::BitXor => (Level::BitXor, BinaryOp::Xor),
        Tok::BitAnd => (Level::BitAnd, BinaryOp::And),
        Tok::ShiftLeft => (Level::Shift, BinaryOp::ShiftLeft),
        Tok::ShiftRight => (Level::Shift, BinaryOp::ShiftRight),
        Tok::Plus => (Level::Sum, BinaryOp::Add),
        Tok::Minus => (Level::Sum, BinaryOp::Sub),
        Tok::Times => (Level::Product, BinaryOp::Mul),
        Tok::Over => (Level::Product, BinaryOp::Div),
        Tok::OverFloor => (Level::Product, BinaryOp::FloorDiv),
        Tok::Rest => (Level::Product, BinaryOp::Mod),
        Tok::At => (Level::Product, BinaryOp::MatMul),
        _ => return None,
    })
}

/// What a string literal means, of whose escapes only those of single characters are known: texts are
/// names of types here, and for people.
fn meaning(literal: &str) -> String {
    let quoted = literal.trim_start_matches(|c| c != '"' && c != '\'');
    let prefix = literal.strip_suffix(quoted).unwrap_or_default();
    let is_raw = prefix.contains(['r', 'R']);
    let marks = match quoted.starts_with("\"\"\"") || quoted.starts_with("'''") {
        true => 3,
        false => 1,
    };
    let end = quoted.len().saturating_sub(marks).max(marks);
    let inner = quoted.get(marks..end).unwrap_or_default();
    if is_raw {
        return inner.into();
    }
    let mut out = String::new();
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('\n') | None => {}
            Some(c) => out.push(c),
        }
    }
    out
}

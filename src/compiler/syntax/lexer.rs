//! From characters to tokens: numbers, names, signs, and the blocks that indentation makes.
//! After "Lexical analysis" in The Python Language Reference, 3.14.

use super::ast::Pragma;
use super::token::{KEYWORDS, SIGNS, Tok, Token};
use crate::diagnostic::{Diagnostic, Kind};
use crate::source::{Source, Span};

/// Blocks within blocks, as in CPython.
const MOST_BLOCKS: usize = 100;
/// Columns from one tab stop to the next.
const TAB: usize = 8;

/// All tokens, the last of them [`Tok::End`]; and what was found on the way.
pub struct Lexed {
    pub tokens: Vec<Token>,
    pub pragmas: Vec<Pragma>,
    pub faults: Vec<Diagnostic>,
}

/// Reads a whole source.
pub fn lex(source: Source) -> Lexed {
    let mut lexer = Lexer {
        text: source.text(),
        at: 0,
        blocks: vec![Block {
            tabs_as_8: 0,
            tabs_as_1: 0,
        }],
        brackets: Vec::new(),
        out: Lexed {
            tokens: Vec::new(),
            pragmas: Vec::new(),
            faults: Vec::new(),
        },
    };
    lexer.run();
    lexer.out
}

/// How far a block is indented. Where tabs are counted in two ways and they do not order lines
/// alike, nobody can tell what was meant.
#[derive(Clone, Copy, PartialEq)]
struct Block {
    tabs_as_8: usize,
    tabs_as_1: usize,
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    blocks: Vec<Block>,
    brackets: Vec<Token>,
    out: Lexed,
}

impl<'a> Lexer<'a> {
    fn run(&mut self) {
        loop {
            if self.brackets.is_empty() {
                self.indentation();
            }
            if !self.line() {
                break;
            }
        }
        for bracket in std::mem::take(&mut self.brackets) {
            self.never_closed(bracket);
        }
        let end = Span::new(self.text.len(), self.text.len());
        let is_over = self
            .out
            .tokens
            .last()
            .is_none_or(|last| last.kind == Tok::Newline);
        if !is_over {
            self.push(Tok::Newline, end);
        }
        while self.blocks.len() > 1 {
            self.blocks.pop();
            self.push(Tok::Dedent, end);
        }
        self.push(Tok::End, end);
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn push(&mut self, kind: Tok, span: Span) {
        self.out.tokens.push(Token { kind, span });
    }

    fn fault(&mut self, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        self.out.faults.push(Diagnostic::new(Kind::Syntax, span, message));
        let last = self.out.faults.len() - 1;
        &mut self.out.faults[last]
    }

    /// At the beginning of a line outside of brackets: what its indentation opens or closes.
    fn indentation(&mut self) {
        let begin = loop {
            let begin = self.at;
            let mut block = Block {
                tabs_as_8: 0,
                tabs_as_1: 0,
            };
            while let Some(c) = self.peek() {
                match c {
                    ' ' => block.tabs_as_8 += 1,
                    '\t' => block.tabs_as_8 = (block.tabs_as_8 / TAB + 1) * TAB,
                    '\u{c}' => {
                        block = Block {
                            tabs_as_8: 0,
                            tabs_as_1: 0,
                        }
                    }
                    _ => break,
                }
                block.tabs_as_1 += usize::from(c != '\u{c}');
                self.at += 1;
            }
            // Blank lines and comments alone say nothing of blocks.
            match self.peek() {
                None => return,
                Some('#') => self.comment(),
                Some('\r' | '\n') => {}
                Some(_) => break (begin, block),
            }
            match self.peek() {
                None => return,
                Some(_) => self.end_of_line(),
            }
        };
        let (begin, block) = begin;
        let span = Span::new(begin, self.at);
        let now = self.blocks[self.blocks.len() - 1];
        if block.tabs_as_8 > now.tabs_as_8 {
            if block.tabs_as_1 <= now.tabs_as_1 {
                self.fault(span, "inconsistent use of tabs and spaces in indentation");
            }
            if self.blocks.len() > MOST_BLOCKS {
                self.fault(span, "too many levels of indentation");
                return;
            }
            self.blocks.push(block);
            self.push(Tok::Indent, span);
            return;
        }
        while self.blocks[self.blocks.len() - 1].tabs_as_8 > block.tabs_as_8 {
            self.blocks.pop();
            self.push(Tok::Dedent, span.after());
        }
        let now = self.blocks[self.blocks.len() - 1];
        if now.tabs_as_8 != block.tabs_as_8 {
            self.fault(span, "unindent does not match any outer indentation level");
        } else if now.tabs_as_1 != block.tabs_as_1 {
            self.fault(span, "inconsistent use of tabs and spaces in indentation");
        }
    }

    /// Tokens up to the end of a line. False at the end of the text.
    fn line(&mut self) -> bool {
        while let Some(c) = self.peek() {
            let begin = self.at;
            match c {
                ' ' | '\t' | '\u{c}' => self.at += 1,
                '#' => self.comment(),
                '\r' | '\n' => {
                    self.end_of_line();
                    if self.brackets.is_empty() {
                        self.push(Tok::Newline, Span::new(begin, begin));
                        return true;
                    }
                    self.mind_brackets();
                    if self.brackets.is_empty() {
                        return true;
                    }
                }
                '\\' => {
                    self.at += 1;
                    match self.peek() {
                        Some('\r' | '\n') => self.end_of_line(),
                        _ => {
                            let span = Span::new(begin, self.at);
                            self.fault(span, "unexpected character after line continuation character");
                        }
                    }
                }
                '"' | '\'' => self.string(begin),
                c if c.is_ascii_digit() => self.number(),
                '.' if matches!(self.rest().as_bytes(), [_, b'0'..=b'9', ..]) => self.number(),
                c if c == '_' || c.is_alphabetic() => self.name(),
                _ => self.sign(c),
            }
        }
        false
    }

    fn end_of_line(&mut self) {
        let rest = self.rest();
        self.at += if rest.starts_with("\r\n") { 2 } else { 1 };
    }

    fn comment(&mut self) {
        let begin = self.at;
        let line = self.rest().split(['\r', '\n']).next().unwrap_or_default();
        self.at += line.len();
        let words = line.trim_start_matches('#').trim_ascii_start();
        if let Some(pragma) = words.strip_prefix("parallax:") {
            let from = begin + (line.len() - pragma.len());
            self.out.pragmas.push(Pragma {
                text: pragma.trim_ascii().into(),
                span: Span::new(from, begin + line.trim_ascii_end().len()),
            });
        }
    }

    /// A bracket that was forgotten would take in the rest of the file: it ends where a line begins as
    /// only statements do.
    fn mind_brackets(&mut self) {
        let line = self.rest().trim_start_matches([' ', '\t']);
        let word: &str = line
            .split(|c: char| !(c == '_' || c.is_alphanumeric()))
            .next()
            .unwrap_or_default();
        let keyword = KEYWORDS.iter().find(|(text, _)| *text == word);
        let begins = keyword.is_some_and(|(_, kind)| kind.begins_statement());
        let decorates = line.starts_with('@') && line.len() == self.rest().len();
        if !begins && !decorates {
            return;
        }
        for bracket in std::mem::take(&mut self.brackets) {
            self.never_closed(bracket);
        }
        let end = self.at;
        self.push(Tok::Newline, Span::new(end, end));
    }

    fn never_closed(&mut self, bracket: Token) {
        let message = format!("{} was never closed", bracket.kind.describe());
        self.fault(bracket.span, message);
    }

    fn name(&mut self) {
        let begin = self.at;
        let rest = self.rest();
        let behind = rest.trim_start_matches(|c: char| c == '_' || c.is_alphanumeric());
        let word = rest.strip_suffix(behind).unwrap_or_default();
        self.at += word.len();
        if word.len() <= 2 && self.rest().starts_with(['"', '\'']) && is_prefix(word) {
            return self.string(begin);
        }
        let keyword = KEYWORDS.iter().find(|(text, _)| *text == word);
        let kind = keyword.map_or(Tok::Name, |(_, kind)| *kind);
        self.push(kind, Span::new(begin, self.at));
    }

    /// At a quote; the prefix begins at `begin`.
    fn string(&mut self, begin: usize) {
        let prefix = self.text.get(begin..self.at).unwrap_or_default();
        let kind = match prefix.contains(['f', 'F', 't', 'T']) {
            true => Tok::FString,
            false => Tok::String,
        };
        let rest = self.rest();
        let [one, three] = match rest.starts_with('"') {
            true => ["\"", "\"\"\""],
            false => ["'", "'''"],
        };
        let is_long = rest.starts_with(three);
        let end = if is_long { three } else { one };
        self.at += end.len();
        loop {
            let rest = self.rest();
            let Some(c) = rest.chars().next() else { break };
            if rest.starts_with(end) {
                self.at += end.len();
                return self.push(kind, Span::new(begin, self.at));
            }
            match c {
                '\\' => {
                    self.at += 1;
                    self.at += self.peek().map_or(0, char::len_utf8);
                }
                '\n' | '\r' if !is_long => break,
                c => self.at += c.len_utf8(),
            }
        }
        let span = Span::new(begin, self.at);
        let words = match is_long {
            true => "unterminated triple-quoted string literal",
            false => "unterminated string literal",
        };
        self.fault(span, words);
        self.push(kind, span);
    }

    fn number(&mut self) {
        let begin = self.at;
        let rest = self.rest().as_bytes();
        let radix = match rest {
            [b'0', b'x' | b'X', ..] => 16,
            [b'0', b'o' | b'O', ..] => 8,
            [b'0', b'b' | b'B', ..] => 2,
            _ => 10,
        };
        let mut kind = Tok::Integer;
        if radix != 10 {
            self.at += 2;
            self.digits(|c| c == '_' || c.is_ascii_alphanumeric());
        } else {
            self.digits(|c| c == '_' || c.is_ascii_digit());
            if self.rest().starts_with('.') {
                kind = Tok::Float;
                self.at += 1;
                self.digits(|c| c == '_' || c.is_ascii_digit());
            }
            let mut after = self.rest().chars();
            if matches!(after.next(), Some('e' | 'E')) {
                let sign = matches!(after.next(), Some('+' | '-'));
                let digit = self.rest().as_bytes().get(1 + usize::from(sign));
                if digit.is_some_and(u8::is_ascii_digit) {
                    kind = Tok::Float;
                    self.at += 1 + usize::from(sign);
                    self.digits(|c| c == '_' || c.is_ascii_digit());
                }
            }
            if self.rest().starts_with(['j', 'J']) {
                kind = Tok::Imaginary;
                self.at += 1;
            }
        }
        // What follows without a blank belongs to it: "1st" is no number and a name.
        let good = self.at;
        self.digits(|c| c == '_' || c.is_alphanumeric());
        let span = Span::new(begin, self.at);
        let digits = self.text.get(begin..good).unwrap_or_default();
        let digits = digits.trim_end_matches(['j', 'J']);
        if good != self.at || !is_number(digits, radix) {
            self.fault(span, "invalid number");
            kind = Tok::Integer;
        }
        self.push(kind, span);
    }

    fn digits(&mut self, belongs: fn(char) -> bool) {
        let rest = self.rest();
        self.at += rest.find(|c: char| !belongs(c)).unwrap_or(rest.len());
    }

    fn sign(&mut self, c: char) {
        let begin = self.at;
        let rest = self.rest();
        let first = rest.as_bytes().first();
        let is_it = |text: &str| text.as_bytes().first() == first && rest.starts_with(text);
        let Some((text, kind)) = SIGNS.iter().find(|(text, _)| is_it(text)) else {
            self.at += c.len_utf8();
            let span = Span::new(begin, self.at);
            let code = u32::from(c);
            match c.is_ascii() {
                true => self.fault(span, format!("invalid character '{c}'")),
                false => self.fault(span, format!("invalid character '{c}' (U+{code:04X})")),
            };
            return;
        };
        self.at += text.len();
        let token = Token {
            kind: *kind,
            span: Span::new(begin, self.at),
        };
        match kind {
            Tok::Open | Tok::OpenSquare | Tok::OpenCurly => self.brackets.push(token),
            Tok::Close | Tok::CloseSquare | Tok::CloseCurly => return self.close(token),
            _ => {}
        }
        self.out.tokens.push(token);
    }

    /// A closing bracket. One of another shape than what is open closes that all the same: most likely
    /// one of the two was mistyped, or one was forgotten.
    fn close(&mut self, token: Token) {
        let name = token.kind.describe();
        let Some(open) = self.brackets.last().copied() else {
            // As if it were not there: the rest may be right.
            self.fault(token.span, format!("unmatched {name}"));
            return;
        };
        if closer(open.kind) == token.kind {
            self.brackets.pop();
            self.out.tokens.push(token);
            return;
        }
        let words = format!(
            "closing parenthesis {name} does not match opening parenthesis {}",
            open.kind.describe()
        );
        self.fault(token.span, words)
            .notes
            .push((open.span, "opened here".into()));
        let fits = self
            .brackets
            .iter()
            .rposition(|open| closer(open.kind) == token.kind);
        let least = fits.unwrap_or(self.brackets.len() - 1);
        for open in self.brackets.split_off(least).into_iter().rev() {
            self.push(closer(open.kind), token.span);
        }
    }
}

/// What closes a bracket.
fn closer(open: Tok) -> Tok {
    match open {
        Tok::Open => Tok::Close,
        Tok::OpenSquare => Tok::CloseSquare,
        _ => Tok::CloseCurly,
    }
}

fn is_prefix(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    matches!(
        lower.as_str(),
        "r" | "u" | "b" | "f" | "t" | "br" | "rb" | "fr" | "rf" | "tr" | "rt"
    )
}

/// Digits of the radix, with single underscores between them, and no zeros before a decimal integer.
fn is_number(text: &str, radix: u32) -> bool {
    let digits = match radix {
        10 => text,
        _ => {
            let digits = text.get(2..).unwrap_or_default();
            digits.strip_prefix('_').unwrap_or(digits)
        }
    };
    let parts = digits.split(['.', 'e', 'E', '+', '-']);
    if radix != 10 {
        return !digits.is_empty() && is_run(digits, &|c| c.is_digit(radix));
    }
    let is_integer = digits.bytes().all(|b| b == b'_' || b.is_ascii_digit());
    let padded = digits.len() > 1 && digits.starts_with('0');
    if is_integer && padded && digits.bytes().any(|b| b != b'0' && b != b'_') {
        return false;
    }
    parts
        .filter(|part| !part.is_empty())
        .all(|part| is_run(part, &|c| c.is_ascii_digit()))
}

fn is_run(text: &str, digit: &dyn Fn(char) -> bool) -> bool {
    let under =
        text.starts_with('_') || text.ends_with('_') || text.as_bytes().windows(2).any(|two| two == b"__");
    !under && text.chars().all(|c| c == '_' || digit(c))
}

//! What a line is made of.

use crate::source::Span;

/// A word of the language, and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    pub kind: Tok,
    pub span: Span,
}

macro_rules! tokens {
    ($($group:ident: $($name:ident = $text:literal),+;)+) => {
        /// Kinds of tokens.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Tok {
            Name,
            Integer,
            Float,
            Imaginary,
            String,
            /// A string with expressions in it.
            FString,
            Newline,
            Indent,
            Dedent,
            End,
            $($($name,)+)+
        }

        $(pub const $group: &[(&str, Tok)] = &[$(($text, Tok::$name)),+];)+

        impl Tok {
            /// For messages.
            pub fn describe(self) -> &'static str {
                match self {
                    Tok::Name => "a name",
                    Tok::Integer | Tok::Float | Tok::Imaginary => "a number",
                    Tok::String | Tok::FString => "a string",
                    Tok::Newline => "the end of the line",
                    Tok::Indent => "an indented block",
                    Tok::Dedent => "the end of the block",
                    Tok::End => "the end of the file",
                    $($(Tok::$name => concat!("'", $text, "'"),)+)+
                }
            }
        }
    };
}

tokens! {
    KEYWORDS:
        False = "False", None = "None", True = "True", And = "and", As = "as", Assert = "assert",
        Async = "async", Await = "await", Break = "break", Class = "class", Continue = "continue",
        Def = "def", Del = "del", Elif = "elif", Else = "else", Except = "except",
        Finally = "finally", For = "for", From = "from", Global = "global", If = "if",
        Import = "import", In = "in", Is = "is", Lambda = "lambda", Nonlocal = "nonlocal",
        Not = "not", Or = "or", Pass = "pass", Raise = "raise", Return = "return", Try = "try",
        While = "while", With = "with", Yield = "yield";
    // Longer ones first: the first that fits is taken.
    SIGNS:
        PowerIs = "**=", OverFloorIs = "//=", ShiftLeftIs = "<<=", ShiftRightIs = ">>=",
        Ellipsis = "...",
        Power = "**", OverFloor = "//", ShiftLeft = "<<", ShiftRight = ">>", AtMost = "<=",
        AtLeast = ">=", Equal = "==", Unequal = "!=", Arrow = "->", Walrus = ":=", PlusIs = "+=",
        MinusIs = "-=", TimesIs = "*=", OverIs = "/=", RestIs = "%=", BitAndIs = "&=",
        BitOrIs = "|=", BitXorIs = "^=", AtIs = "@=",
        Plus = "+", Minus = "-", Times = "*", Over = "/", Rest = "%", At = "@", BitAnd = "&",
        BitOr = "|", BitXor = "^", Tilde = "~", Below = "<", Above = ">", Open = "(", Close = ")",
        OpenSquare = "[", CloseSquare = "]", OpenCurly = "{", CloseCurly = "}", Comma = ",",
        Colon = ":", Dot = ".", Semicolon = ";", Is1 = "=";
}

impl Tok {
    /// Only a statement begins with this, and nothing within brackets.
    pub fn begins_statement(self) -> bool {
        matches!(
            self,
            Tok::Def
                | Tok::Class
                | Tok::Return
                | Tok::While
                | Tok::Import
                | Tok::Break
                | Tok::Continue
                | Tok::Pass
                | Tok::Raise
                | Tok::Try
                | Tok::With
                | Tok::Del
                | Tok::Global
        )
    }
}

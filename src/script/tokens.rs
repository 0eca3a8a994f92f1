//! A script's text as tokens: enough of both languages' grammars to colour a line that is being typed, to find the call the
//! cursor stands in, and to keep a Lua `local` of one entry for the next. Never fails: what is not closed yet is a token too.

/// A piece of text and what it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// What a token is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Name,
    Keyword,
    Number,
    /// Closed or not.
    Text,
    /// A text that goes on.
    OpenText,
    Comment,
    /// Brackets, operators, separators.
    Mark,
}

impl Token {
    pub(crate) fn of<'a>(&self, text: &'a str) -> &'a str {
        &text[self.start..self.end]
    }
}

/// What differs between the languages.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Grammar {
    #[cfg_attr(not(feature = "lua"), allow(dead_code, reason = "no Lua"))]
    Lua,
    #[cfg_attr(not(feature = "rhai"), allow(dead_code, reason = "no Rhai"))]
    Rhai,
}

const LUA_KEYWORDS: &[&str] = &[
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local",
    "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
];

const RHAI_KEYWORDS: &[&str] = &[
    "as", "break", "catch", "const", "continue", "do", "else", "export", "false", "fn", "for", "if",
    "import", "in", "let", "loop", "private", "return", "switch", "this", "throw", "true", "try", "until",
    "while", "with",
];

impl Grammar {
    /// The words that are no names.
    pub(crate) fn keywords(self) -> &'static [&'static str] {
        match self {
            Self::Lua => LUA_KEYWORDS,
            Self::Rhai => RHAI_KEYWORDS,
        }
    }

    /// Whether a text is one name, and no keyword.
    #[cfg(feature = "cli")]
    pub(crate) fn is_name(self, text: &str) -> bool {
        matches!(self.tokens(text)[..], [token] if token.kind == Kind::Name && token.end == text.len() && token.start == 0)
    }

    /// The tokens of a text, in order; what is between them is white space.
    pub(crate) fn tokens(self, text: &str) -> Vec<Token> {
        let mut tokens = Vec::new();
        let mut at = 0;
        while let Some(letter) = text[at..].chars().next() {
            if letter.is_whitespace() {
                at += letter.len_utf8();
                continue;
            }
            let (kind, length) = self.token(&text[at..], letter);
            tokens.push(Token {
                kind,
                start: at,
                end: at + length,
            });
            at += length;
        }
        tokens
    }

    /// The first token of a text that begins with this letter: its kind and its length, which is never 0.
    fn token(self, text: &str, letter: char) -> (Kind, usize) {
        if letter.is_alphabetic() || letter == '_' {
            let length = run(text, |letter| letter.is_alphanumeric() || letter == '_');
            let keyword = self.keywords().contains(&&text[..length]);
            return (if keyword { Kind::Keyword } else { Kind::Name }, length);
        }
        if letter.is_ascii_digit() {
            return (Kind::Number, self.number(text));
        }
        if let Some(length) = self.comment(text) {
            return (Kind::Comment, length);
        }
        if let Some((closed, length)) = self.string(text, letter) {
            return (if closed { Kind::Text } else { Kind::OpenText }, length);
        }
        let marks: &[&str] = match self {
            Self::Lua => &["...", "..", "::", "==", "~=", "<=", ">=", "//", "<<", ">>"],
            Self::Rhai => &[
                "..=", "..", "::", "==", "!=", "<=", ">=", "&&", "||", "#{", "=>", "<<", ">>", "**", "??",
                "?.",
            ],
        };
        let mark = marks.iter().find(|mark| text.starts_with(**mark));
        (Kind::Mark, mark.map_or(letter.len_utf8(), |mark| mark.len()))
    }

    fn number(self, text: &str) -> usize {
        let mut length = 0;
        let mut before = ' ';
        for letter in text.chars() {
            let exponent = matches!(before, 'e' | 'E' | 'p' | 'P') && matches!(letter, '+' | '-');
            let point = letter == '.'
                && !text[length + 1..].starts_with(['.', '_'])
                && (self == Self::Lua || text[length + 1..].starts_with(|next: char| next.is_ascii_digit()));
            if !(letter.is_ascii_alphanumeric()
                || letter == '_'
                || point
                || exponent && !text.starts_with("0x"))
            {
                break;
            }
            length += letter.len_utf8();
            before = letter;
        }
        length
    }

    fn comment(self, text: &str) -> Option<usize> {
        let line = |text: &str| text.find('\n').unwrap_or(text.len());
        match self {
            Self::Lua => {
                let rest = text.strip_prefix("--")?;
                Some(match long_bracket(rest) {
                    Some((_, length)) => 2 + length,
                    None => line(text),
                })
            }
            Self::Rhai if text.starts_with("//") => Some(line(text)),
            Self::Rhai if text.starts_with("/*") => Some(text.find("*/").map_or(text.len(), |at| at + 2)),
            Self::Rhai => None,
        }
    }

    /// A string literal: whether it is closed, and its length.
    fn string(self, text: &str, letter: char) -> Option<(bool, usize)> {
        match (self, letter) {
            (Self::Lua, '[') => long_bracket(text),
            (_, '"' | '\'') | (Self::Rhai, '`') => Some(quoted(text, letter)),
            _ => None,
        }
    }
}

fn run(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|letter| !belongs(letter)).unwrap_or(text.len())
}

/// `[[…]]`, `[==[…]==]`.
fn long_bracket(text: &str) -> Option<(bool, usize)> {
    let rest = text.strip_prefix('[')?;
    let level = run(rest, |letter| letter == '=');
    rest[level..].starts_with('[').then_some(())?;
    let end = format!("]{}]", "=".repeat(level));
    Some(match text.find(&end) {
        Some(at) => (true, at + end.len()),
        None => (false, text.len()),
    })
}

fn quoted(text: &str, quote: char) -> (bool, usize) {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quote != '`' => escaped = true,
            letter if letter == quote => return (true, at + 1),
            // A quoted text of Lua ends with its line, unless the end is escaped.
            '\n' if quote != '`' => return (false, at),
            _ => {}
        }
    }
    (false, text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(grammar: Grammar, text: &str) -> Vec<(Kind, &str)> {
        let tokens = grammar.tokens(text);
        tokens.iter().map(|token| (token.kind, token.of(text))).collect()
    }

    #[test]
    fn lua_is_taken_apart() {
        use Kind::{Comment, Keyword, Mark, Name, Number, OpenText, Text};
        assert_eq!(
            pieces(Grammar::Lua, "local x=1e-3 .. s:f('a\\'b', [[c]]) -- d"),
            [
                (Keyword, "local"),
                (Name, "x"),
                (Mark, "="),
                (Number, "1e-3"),
                (Mark, ".."),
                (Name, "s"),
                (Mark, ":"),
                (Name, "f"),
                (Mark, "("),
                (Text, "'a\\'b'"),
                (Mark, ","),
                (Text, "[[c]]"),
                (Mark, ")"),
                (Comment, "-- d"),
            ]
        );
        assert_eq!(
            pieces(Grammar::Lua, "f(\"ö"),
            [(Name, "f"), (Mark, "("), (OpenText, "\"ö")]
        );
        assert_eq!(
            pieces(Grammar::Lua, "0x1p4..[==[a]]"),
            [(Number, "0x1p4"), (Mark, ".."), (OpenText, "[==[a]]")]
        );
    }

    #[test]
    fn rhai_is_taken_apart() {
        use Kind::{Comment, Keyword, Mark, Name, Number, OpenText};
        assert_eq!(
            pieces(Grammar::Rhai, "let a=socket::f(#{b: 1..2}) /* c */ `d"),
            [
                (Keyword, "let"),
                (Name, "a"),
                (Mark, "="),
                (Name, "socket"),
                (Mark, "::"),
                (Name, "f"),
                (Mark, "("),
                (Mark, "#{"),
                (Name, "b"),
                (Mark, ":"),
                (Number, "1"),
                (Mark, ".."),
                (Number, "2"),
                (Mark, "}"),
                (Mark, ")"),
                (Comment, "/* c */"),
                (OpenText, "`d"),
            ]
        );
    }

    #[test]
    fn any_text_is_taken_apart_to_its_end() {
        for text in [
            "",
            "\u{0}\u{1b}[",
            "'\\",
            "--[[",
            "🙂~`",
            "0x",
            "1.",
            "[=",
            "\"\n",
        ] {
            for grammar in [Grammar::Lua, Grammar::Rhai] {
                let tokens = grammar.tokens(text);
                assert!(tokens.iter().all(|token| token.start < token.end), "{text:?}");
            }
        }
    }
}

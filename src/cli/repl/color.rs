//! Colours of a line that is being typed and of what is printed; none where nobody could see them.

use std::fmt::Write;

use crate::doc::names;
use crate::script::tokens::{Grammar, Kind, Token};

/// What a piece of text is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Tint {
    Keyword,
    Module,
    Number,
    Text,
    Faint,
    Handle,
    Trouble,
    Prompt,
    /// A bracket and its partner.
    Match,
}

impl Tint {
    const fn code(self) -> &'static str {
        match self {
            Self::Keyword => "35",
            Self::Module => "34",
            Self::Number => "36",
            Self::Text => "32",
            Self::Faint => "2",
            Self::Handle => "33",
            Self::Trouble => "31",
            Self::Prompt => "1;32",
            Self::Match => "1;4;36",
        }
    }
}

/// Writes a piece of text in its colour.
pub(super) fn paint(out: &mut String, tint: Option<Tint>, text: &str) {
    // Writing to a String does not fail.
    let _ = match tint {
        Some(tint) => write!(out, "\x1b[{}m{text}\x1b[0m", tint.code()),
        None => write!(out, "{text}"),
    };
}

/// A piece of text in its colour, if colours are wanted.
pub(super) fn painted(colored: bool, tint: Tint, text: &str) -> String {
    let mut out = String::new();
    paint(&mut out, colored.then_some(tint), text);
    out
}

/// A line in colours, with the bracket at the cursor and its partner marked.
pub(super) fn line(text: &str, cursor: Option<usize>, grammar: Grammar) -> String {
    let tokens = grammar.tokens(text);
    let partners = cursor.and_then(|cursor| partners(text, &tokens, cursor));
    let mut out = String::new();
    let command = if text.starts_with(':') {
        text.find(' ').unwrap_or(text.len())
    } else {
        0
    };
    if command > 0 {
        paint(&mut out, Some(Tint::Keyword), &text[..command]);
    }
    let mut done = command;
    for token in tokens.iter().filter(|token| token.start >= command) {
        out.push_str(&text[done..token.start]);
        let tint = match token.kind {
            _ if partners.is_some_and(|(one, other)| one == token.start || other == token.start) => {
                Some(Tint::Match)
            }
            Kind::Keyword => Some(Tint::Keyword),
            Kind::Number => Some(Tint::Number),
            Kind::Text | Kind::OpenText => Some(Tint::Text),
            Kind::Comment => Some(Tint::Faint),
            Kind::Name if names::of_module(token.of(text)).is_some() => Some(Tint::Module),
            Kind::Name | Kind::Mark => None,
        };
        paint(&mut out, tint, token.of(text));
        done = token.end;
    }
    out.push_str(&text[done..]);
    out
}

/// The bracket at the cursor, or just before it, and its partner.
fn partners(text: &str, tokens: &[Token], cursor: usize) -> Option<(usize, usize)> {
    let bracket = |token: &Token| {
        token.kind == Kind::Mark && matches!(token.of(text), "(" | ")" | "[" | "]" | "{" | "}" | "#{")
    };
    let brackets: Vec<&Token> = tokens.iter().filter(|token| bracket(token)).collect();
    let at = brackets
        .iter()
        .position(|token| token.start == cursor)
        .or_else(|| brackets.iter().position(|token| token.end == cursor))?;
    let mut depth = 0_isize;
    let opens = |token: &Token| matches!(token.of(text), "(" | "[" | "{" | "#{");
    let mut walk: Box<dyn Iterator<Item = &&Token>> = if opens(brackets[at]) {
        Box::new(brackets[at..].iter())
    } else {
        Box::new(brackets[..=at].iter().rev())
    };
    walk.find(|token| {
        depth += if opens(token) == opens(brackets[at]) {
            1
        } else {
            -1
        };
        depth == 0
    })
    .map(|other| (brackets[at].start, other.start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_change_nothing_but_colours() {
        let plain = |colored: &str| {
            let mut out = String::new();
            let mut rest = colored;
            while let Some((before, after)) = rest.split_once('\x1b') {
                out.push_str(before);
                rest = after.split_once('m').map_or("", |(_, after)| after);
            }
            out + rest
        };
        for text in [
            "local s = socket.socket() -- ö",
            ":load x.lua",
            "f('a",
            "",
            "  print ( 1 )\n",
            ":",
        ] {
            assert_eq!(plain(&line(text, Some(0), Grammar::Lua)), text);
            assert_eq!(plain(&line(text, Some(text.len()), Grammar::Rhai)), text);
        }
    }

    #[test]
    fn a_bracket_finds_its_partner() {
        let text = "f(g(1), {2})";
        let tokens = Grammar::Lua.tokens(text);
        assert_eq!(partners(text, &tokens, 12), Some((11, 1)));
        assert_eq!(partners(text, &tokens, 1), Some((1, 11)));
        assert_eq!(partners(text, &tokens, 8), Some((8, 10)));
        assert_eq!(partners(text, &tokens, 0), None);
    }
}

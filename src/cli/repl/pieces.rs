//! An entry taken apart, for what it is among others when a session is written down: where it returns, which functions of Rhai's it
//! defines, and which of its statements has the value. An entry is a script of its own; in a saved one they stand in a row.

use crate::script::tokens::{Grammar, Kind, Token};

/// Whether a `return` of an entry is its own, and no function's within it. It would end all that follows.
pub(super) fn returns(text: &str, grammar: Grammar) -> bool {
    let tokens = tokens(text, grammar);
    // What is open around a token, each with whether it is a function.
    let mut open = Vec::new();
    for (place, token) in tokens.iter().enumerate() {
        let is_word = token.kind == Kind::Keyword;
        let before = place.checked_sub(1).map_or("", |before| tokens[before].of(text));
        match (grammar, token.of(text)) {
            (Grammar::Lua, "function") if is_word => open.push(true),
            (Grammar::Lua, "do" | "if" | "repeat") if is_word => open.push(false),
            (Grammar::Lua, "end" | "until") if is_word => drop(open.pop()),
            (Grammar::Rhai, "{" | "#{") => {
                open.push(before == "|" || before == "||" || is_body(text, &tokens[..place]));
            }
            (Grammar::Rhai, "}") => drop(open.pop()),
            // A closure without braces returns what its expression does.
            (_, "return") if is_word && !open.contains(&true) && before != "|" && before != "||" => {
                return true;
            }
            _ => {}
        }
    }
    false
}

/// Whether what follows these tokens is the body of a function of Rhai's.
fn is_body(text: &str, tokens: &[Token]) -> bool {
    let Some((last, rest)) = tokens.split_last() else {
        return false;
    };
    if last.of(text) != ")" {
        return false;
    }
    // Parameters are names and commas.
    let open = rest.iter().rposition(|token| token.of(text) == "(");
    open.and_then(|open| open.checked_sub(2))
        .is_some_and(|word| rest[word].of(text) == "fn")
}

/// A function of Rhai's: what tells it from others, and its text.
pub(super) struct Function {
    name: String,
    parameters: usize,
    pub(super) text: String,
}

impl Function {
    /// Whether both cannot be there.
    pub(super) fn replaces(&self, other: &Self) -> bool {
        (&self.name, self.parameters) == (&other.name, other.parameters)
    }
}

/// The functions that an entry of Rhai's defines, and what else is in it.
pub(super) fn without_functions(text: &str) -> (Vec<Function>, String) {
    let all = Grammar::Rhai.tokens(text);
    let (mut functions, mut rest) = (Vec::new(), String::new());
    let (mut copied, mut depth, mut place) = (0, 0_usize, 0);
    while place < all.len() {
        match all[place].of(text) {
            "{" | "#{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => depth = depth.saturating_sub(1),
            "fn" if depth == 0 && all[place].kind == Kind::Keyword => {
                if let Some((end, name, parameters)) = function(text, &all, place) {
                    // What is said of it directly before goes with it.
                    let mut first = place;
                    while first > 0
                        && all[first - 1].start >= copied
                        && (all[first - 1].kind == Kind::Comment || all[first - 1].of(text) == "private")
                    {
                        first -= 1;
                    }
                    rest.push_str(&text[copied..all[first].start]);
                    copied = all[end].end;
                    functions.push(Function {
                        name,
                        parameters,
                        text: text[all[first].start..copied].to_owned(),
                    });
                    place = end;
                }
            }
            _ => {}
        }
        place += 1;
    }
    rest.push_str(&text[copied..]);
    (functions, rest)
}

/// The function that begins here: the place of its last brace, its name, how many parameters it has.
fn function(text: &str, tokens: &[Token], place: usize) -> Option<(usize, String, usize)> {
    let name = tokens.get(place + 1)?.of(text).to_owned();
    let inside = tokens.get(place + 3..)?;
    let close = inside.iter().position(|token| token.of(text) == ")")?;
    let parameters = inside[..close]
        .iter()
        .filter(|token| token.kind == Kind::Name)
        .count();
    let mut depth = 0_usize;
    for (end, token) in tokens.iter().enumerate().skip(place + 3 + close) {
        match token.of(text) {
            "{" | "#{" => depth += 1,
            "}" if depth <= 1 => return Some((end, name, parameters)),
            "}" => depth -= 1,
            _ => {}
        }
    }
    None
}

/// An expression of Lua's as one value: of several, which are separated by commas outside of brackets, the first.
pub(super) fn first_of(text: &str) -> String {
    let mut depth = 0_usize;
    for token in tokens(text, Grammar::Lua) {
        match token.of(text) {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth = depth.saturating_sub(1),
            // It may be a function's own, of which nothing changes.
            "," if depth == 0 => return format!("select(1, {text})"),
            _ => {}
        }
    }
    text.to_owned()
}

/// The statements of an entry of Rhai's that come before the one with the value, and the expression that has it.
pub(super) fn value_of(text: &str) -> (&str, String) {
    let tokens = tokens(text, Grammar::Rhai);
    let mut depth = 0_usize;
    let mut last = 0;
    for token in &tokens {
        match token.of(text) {
            "{" | "#{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => depth = depth.saturating_sub(1),
            ";" if depth == 0 && token.end < text.trim_end().len() => last = token.end,
            _ => {}
        }
    }
    let (before, value) = (text[..last].trim(), text[last..].trim());
    let bare = value
        .strip_prefix("return")
        .filter(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'));
    let value = bare.unwrap_or(value).trim_end_matches(';').trim();
    let has_blocks = tokens
        .iter()
        .any(|token| token.start >= last && token.of(text) == "{");
    // Several blocks in a row are one expression in braces.
    (
        before,
        if has_blocks {
            format!("{{\n{value}\n}}")
        } else {
            value.to_owned()
        },
    )
}

fn tokens(text: &str, grammar: Grammar) -> Vec<Token> {
    let mut tokens = grammar.tokens(text);
    tokens.retain(|token| token.kind != Kind::Comment);
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entrys_own_return_is_found() {
        for text in [
            "return 1",
            "x = 1 return x",
            "if a then return end",
            "for i = 1, 2 do return i end",
        ] {
            assert!(returns(text, Grammar::Lua), "{text}");
        }
        for text in [
            "function f() return 1 end",
            "f(function() if a then return 1 end end)",
            "x = 'return'",
        ] {
            assert!(!returns(text, Grammar::Lua), "{text}");
        }
        for text in ["return 7", "if a { return 7 }", "let f = || 1; return f.call()"] {
            assert!(returns(text, Grammar::Rhai), "{text}");
        }
        for text in [
            "let f = |a| { return a; }",
            "fn f(a, b) { if a { return b } }",
            "f(|| { return 1 })",
        ] {
            assert!(!returns(text, Grammar::Rhai), "{text}");
        }
    }

    #[test]
    fn functions_and_values_are_taken_out() {
        let (functions, rest) =
            without_functions("let a = 1; /// Adds.\nprivate fn add(a, b) { if a { b } }\nadd(a, 2)");
        assert_eq!(functions.len(), 1);
        assert_eq!(
            functions[0].text,
            "/// Adds.\nprivate fn add(a, b) { if a { b } }"
        );
        assert_eq!(rest, "let a = 1; \nadd(a, 2)");
        let (others, _) = without_functions("fn add(x, y) { 0 } fn add(x) { 1 }");
        assert!(others[0].replaces(&functions[0]) && !others[1].replaces(&functions[0]));
        assert_eq!(first_of("f(1, 2)"), "f(1, 2)");
        assert_eq!(first_of("1, 2"), "select(1, 1, 2)");
        assert_eq!(value_of("x = 1; x + 1"), ("x = 1;", "x + 1".to_owned()));
        assert_eq!(value_of("return f(1)"), ("", "f(1)".to_owned()));
        assert_eq!(
            value_of("let a = 1; a.f(2);"),
            ("let a = 1;", "a.f(2)".to_owned())
        );
        assert_eq!(value_of("returned"), ("", "returned".to_owned()));
        assert_eq!(value_of("for i in 0..2 { } 5").1, "{\nfor i in 0..2 { } 5\n}");
        assert_eq!(value_of("#{a: 1}").1, "#{a: 1}");
    }
}

//! Where the cursor stands in a line that is being typed: the word, what stands before it, and the call around it.

use crate::script::tokens::{Grammar, Kind, Token};

/// What stands before a word.
#[derive(PartialEq, Eq, Debug)]
pub(super) enum Base<'a> {
    /// Nothing that the word belongs to.
    Nothing,
    /// Names, from left to right.
    Path(Vec<&'a str>),
    /// The call of what these names name.
    Call(Vec<&'a str>),
    /// A text.
    Text,
    /// Something else.
    Unknown,
}

/// The call around the cursor.
#[derive(PartialEq, Eq, Debug)]
pub(super) struct Call<'a> {
    /// The names that name what is called.
    pub(super) path: Vec<&'a str>,
    /// The argument the cursor is in, from 0.
    pub(super) place: usize,
    /// The arguments before it.
    pub(super) before: Vec<&'a str>,
    /// Whether anything of the argument has been written.
    pub(super) begun: bool,
    /// Whether the cursor is inside a table of its own.
    pub(super) in_table: bool,
}

/// Where the cursor stands.
#[derive(PartialEq, Eq, Debug)]
pub(super) struct Site<'a> {
    pub(super) word: &'a str,
    /// Where the word begins.
    pub(super) start: usize,
    pub(super) base: Base<'a>,
    /// What stands between the word and its base.
    pub(super) joint: &'a str,
    pub(super) call: Option<Call<'a>>,
    /// The word is the value of a field, `x = wo…` in a table.
    pub(super) is_value: bool,
}

/// Looks at a text that ends at the cursor. None where nothing can be named: in a comment, in a text.
pub(super) fn look<'a>(text: &'a str, grammar: Grammar) -> Option<Site<'a>> {
    let tokens = grammar.tokens(text);
    let ends_here = |token: &&Token| token.end == text.len();
    let nameless = |token: &&Token| {
        matches!(
            token.kind,
            Kind::Comment | Kind::OpenText | Kind::Text | Kind::Number
        )
    };
    if tokens.last().filter(ends_here).filter(nameless).is_some() {
        return None;
    }
    let mut tokens: Vec<Token> = tokens
        .into_iter()
        .filter(|token| token.kind != Kind::Comment)
        .collect();
    let mut start = text.len();
    if let Some(last) = tokens.last()
        && last.end == text.len()
        && matches!(last.kind, Kind::Name | Kind::Keyword)
    {
        start = last.start;
        tokens.pop();
    }
    let joint = tokens.last().map_or("", |token| token.of(text));
    let joined = matches!(joint, "." | ":" | "::" | "?.");
    let base = if joined {
        base_before(text, &tokens[..tokens.len() - 1])
    } else {
        Base::Nothing
    };
    Some(Site {
        word: &text[start..],
        start,
        base,
        joint: if joined { joint } else { "" },
        call: call_around(text, &tokens, start < text.len()),
        is_value: matches!(joint, "=") || joint == ":" && grammar == Grammar::Rhai,
    })
}

/// The call the end of a text stands in, also where it stands in a text or behind a number.
pub(super) fn call(text: &str, grammar: Grammar) -> Option<Call<'_>> {
    let mut tokens = grammar.tokens(text);
    if tokens
        .last()
        .is_some_and(|token| token.kind == Kind::Comment && token.end == text.len())
    {
        return None;
    }
    tokens.retain(|token| token.kind != Kind::Comment);
    call_around(text, &tokens, false)
}

fn base_before<'a>(text: &'a str, tokens: &[Token]) -> Base<'a> {
    match tokens.last() {
        Some(last) if matches!(last.kind, Kind::Name | Kind::Keyword) => {
            Base::Path(path_before(text, tokens))
        }
        Some(last) if last.kind == Kind::Text => Base::Text,
        Some(last) if last.of(text) == ")" => {
            let Some(open) = opening(text, tokens) else {
                return Base::Unknown;
            };
            if tokens[open].of(text) == "(" && tokens.len() == open + 3 && tokens[open + 1].kind == Kind::Text
            {
                return Base::Text;
            }
            match path_before(text, &tokens[..open]) {
                path if path.is_empty() => Base::Unknown,
                path => Base::Call(path),
            }
        }
        _ => Base::Unknown,
    }
}

/// The names that end where these tokens end, from left to right.
fn path_before<'a>(text: &'a str, tokens: &[Token]) -> Vec<&'a str> {
    let mut path = Vec::new();
    let mut rest = tokens;
    while let [before @ .., last] = rest {
        if last.kind != Kind::Name {
            break;
        }
        path.insert(0, last.of(text));
        match before {
            [before @ .., joint] if matches!(joint.of(text), "." | ":" | "::" | "?.") => {
                if before.last().is_none_or(|token| token.kind != Kind::Name) {
                    // What it belongs to has no name.
                    return Vec::new();
                }
                rest = before;
            }
            _ => break,
        }
    }
    path
}

/// The place of the bracket that the last token closes.
fn opening(text: &str, tokens: &[Token]) -> Option<usize> {
    let mut depth = 0_usize;
    for (place, token) in tokens.iter().enumerate().rev() {
        if token.kind != Kind::Mark {
            continue;
        }
        match token.of(text) {
            ")" | "]" | "}" => depth += 1,
            "(" | "[" | "{" | "#{" => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(place);
                }
            }
            _ => {}
        }
    }
    None
}

fn call_around<'a>(text: &'a str, tokens: &[Token], has_word: bool) -> Option<Call<'a>> {
    let mut depth = 0_usize;
    let mut in_table = false;
    let mut commas = Vec::new();
    for (place, token) in tokens.iter().enumerate().rev() {
        if token.kind != Kind::Mark {
            continue;
        }
        match token.of(text) {
            ")" | "]" | "}" => depth += 1,
            "(" | "[" | "{" | "#{" if depth > 0 => depth -= 1,
            "," if depth == 0 => commas.push(place),
            "(" => {
                let path = path_before(text, &tokens[..place]);
                if path.is_empty() {
                    commas.clear();
                    in_table = false;
                    continue;
                }
                commas.reverse();
                let last = commas.last().copied().unwrap_or(place);
                let mut before = Vec::new();
                let mut from = token.end;
                for comma in &commas {
                    before.push(text[from..tokens[*comma].start].trim());
                    from = tokens[*comma].end;
                }
                return Some(Call {
                    path,
                    place: commas.len(),
                    before,
                    begun: has_word || last + 1 < tokens.len(),
                    in_table,
                });
            }
            "{" | "#{" | "[" => {
                in_table = token.of(text) != "[";
                commas.clear();
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_and_its_base_are_found() {
        let site = look("x = socket.cre", Grammar::Lua).expect("a site");
        assert_eq!((site.word, site.start, site.joint), ("cre", 11, "."));
        assert_eq!(site.base, Base::Path(vec!["socket"]));
        let site = look("socket.socket(1, 2):", Grammar::Lua).expect("a site");
        assert_eq!((site.word, site.base), ("", Base::Call(vec!["socket", "socket"])));
        assert_eq!(
            look("a.b:", Grammar::Lua).expect("a site").base,
            Base::Path(vec!["a", "b"])
        );
        assert_eq!(look("('x'):up", Grammar::Lua).expect("a site").base, Base::Text);
        assert_eq!(
            look("f().g.h", Grammar::Lua).expect("a site").base,
            Base::Path(vec![])
        );
        assert!(look("-- socket.", Grammar::Lua).is_none());
        assert!(look("print('soc", Grammar::Lua).is_none());
    }

    #[test]
    fn the_call_around_is_found() {
        let call = call("s:setsockopt(socket.SOL_TCP, TCP_", Grammar::Lua).expect("a call");
        assert_eq!(call.path, ["s", "setsockopt"]);
        assert_eq!((call.place, call.before), (1, vec!["socket.SOL_TCP"]));
        let call = super::call("f(g(1, 2), {a = 1, b", Grammar::Lua).expect("a call");
        assert_eq!((call.path, call.place, call.in_table), (vec!["f"], 1, true));
        let call = super::call("socket::create_server([\"h\", 1], #{ba", Grammar::Rhai).expect("a call");
        assert_eq!(
            (call.path, call.place, call.in_table),
            (vec!["socket", "create_server"], 1, true)
        );
        assert!(super::call("f(1)", Grammar::Lua).is_none());
        assert!(!super::call("f(1, ", Grammar::Lua).expect("a call").begun);
    }
}

//! Lua at a prompt: an expression alone is returned, and what is declared with `local` at the top of an entry is there for
//! the next one.
//!
//! For that the word `local` is taken out of the top of an entry, attributes with it: the names are globals then. So a
//! `<close>` does not close at once either.

use std::borrow::Cow;
use std::ffi::CString;
use std::fmt::Write;

use crate::error::Result;
use crate::sched::Task;
use crate::script::tokens::{Grammar, Kind, Token};
use crate::script::{Chunk, Conversation, Entered, Found, Picture, Results};

use super::LuaScript;
use super::trampoline::{asking, start};

/// What messages call the entries.
const NAME: &str = "=stdin";

impl Conversation for LuaScript {
    fn grammar(&self) -> Grammar {
        Grammar::Lua
    }

    fn is_partial(&self, text: &str) -> bool {
        let text = entry(text);
        // As Lua's own interpreter finds out, of statements and of expressions.
        let complaints = [&*text, &format!("return {text}")].map(|source| self.complaint(source));
        let ends_early =
            |complaint: &Option<String>| complaint.as_ref().is_some_and(|text| text.ends_with("<eof>"));
        complaints.iter().all(Option::is_some) && complaints.iter().any(ends_early)
    }

    fn enter(&self, source: &[u8], line: usize) -> Result<Entered> {
        let (text, strays) = Strays::hide(source);
        let text = entry(&text);
        let returning = format!("return {text}");
        let has_value = !text.trim().is_empty() && self.complaint(&returning).is_none();
        let is_expression = has_value && self.complaint(&text).is_some();
        let body = if has_value {
            returning.into()
        } else {
            without_local(&text)
        };
        let whole = format!("{}{body}", "\n".repeat(line.saturating_sub(1)));
        let source = strays.put_back(whole, source);
        self.context.enter();
        let chunk = Chunk {
            name: NAME,
            source: &source,
            path: None,
        };
        Ok(Entered {
            task: start(self.context, &chunk, "entry")?,
            is_expression,
        })
    }

    fn lasting<'a>(&self, text: &'a str) -> Cow<'a, str> {
        without_local(text)
    }

    fn results(&self, entered: &Entered) -> Results {
        let pictures = asking::results(self.context, &entered.task);
        let nothing = pictures
            .iter()
            .all(|picture| matches!(picture, Picture::Value(crate::api::Value::None)));
        Results {
            silent: nothing && !entered.is_expression,
            pictures,
        }
    }

    fn thrown(&self, task: &Task) -> Option<Picture> {
        asking::thrown(self.context, task)
    }

    fn names(&self) -> Vec<String> {
        asking::globals(self.context)
    }

    fn find(&self, path: &[&str]) -> Option<Found> {
        match asking::find(self.context, path) {
            Some(Found::Text) => asking::find(self.context, &["string"]),
            found => found,
        }
    }

    fn is_finalizing(&self) -> bool {
        self.context.is_finalizing()
    }

    fn keep_declarations(&self) {
        self.keeping.set(true);
    }
}

impl LuaScript {
    fn complaint(&self, source: &str) -> Option<String> {
        let name = CString::new(NAME).unwrap_or_default();
        asking::complaint(self.context, source.as_bytes(), &name)
    }

    /// The text of a script, changed so that what it declares at its top stays.
    pub(super) fn declarations_kept<'a>(&self, source: Cow<'a, [u8]>) -> Cow<'a, [u8]> {
        if !self.keeping.get() {
            return source;
        }
        match std::str::from_utf8(&source) {
            Ok(text) => without_local(text).into_owned().into_bytes().into(),
            Err(_) => source,
        }
    }
}

/// Bytes that belong to no character. A string of Lua's may hold them, but what is changed in an entry is changed as text: meanwhile a
/// mark stands for each.
struct Strays {
    mark: char,
    bytes: Vec<u8>,
}

impl Strays {
    /// The text with its marks, and what they stand for.
    fn hide(source: &[u8]) -> (Cow<'_, str>, Self) {
        let free = (1..=8).find(|mark| !source.contains(mark)).unwrap_or(1);
        let mark = char::from(free);
        let mut bytes = Vec::new();
        if let Ok(text) = std::str::from_utf8(source) {
            return (text.into(), Self { mark, bytes });
        }
        let mut text = String::new();
        for chunk in source.utf8_chunks() {
            text.push_str(chunk.valid());
            text.extend(chunk.invalid().iter().map(|_| mark));
            bytes.extend_from_slice(chunk.invalid());
        }
        (text.into(), Self { mark, bytes })
    }

    /// The changed text with the bytes again. Where marks were lost, or the text has some of its own, it is no Lua: the source as it was
    /// tells why.
    fn put_back(self, text: String, source: &[u8]) -> Vec<u8> {
        if self.bytes.is_empty() {
            return text.into_bytes();
        }
        if text.matches(self.mark).count() != self.bytes.len() {
            return source.to_vec();
        }
        let mut strays = self.bytes.into_iter();
        text.bytes()
            .map(|byte| {
                let stray = (char::from(byte) == self.mark).then(|| strays.next());
                stray.flatten().unwrap_or(byte)
            })
            .collect()
    }
}

/// The text of an entry: `=x` is `x`, as it used to be in Lua's own interpreter.
fn entry(text: &str) -> Cow<'_, str> {
    match text.trim_start().strip_prefix('=') {
        Some(rest) if !rest.starts_with('=') => rest.into(),
        _ => text.into(),
    }
}

/// The text with its outermost `local` statements made assignments, on the same lines.
fn without_local(text: &str) -> Cow<'_, str> {
    let tokens: Vec<Token> = Grammar::Lua
        .tokens(text)
        .into_iter()
        .filter(|token| token.kind != Kind::Comment)
        .collect();
    let word = |place: usize| tokens.get(place).map_or("", |token| token.of(text));
    let mut changed = String::new();
    let mut copied = 0;
    let mut depth = 0_usize;
    let mut place = 0;
    while place < tokens.len() {
        match word(place) {
            "function" | "do" | "repeat" | "if" if tokens[place].kind == Kind::Keyword => depth += 1,
            "end" | "until" if tokens[place].kind == Kind::Keyword => depth = depth.saturating_sub(1),
            "local" if depth == 0 => {
                changed.push_str(&text[copied..tokens[place].start]);
                copied = tokens[place].end;
                if word(place + 1) != "function" {
                    place = names(text, &tokens, place + 1, &mut changed, &mut copied);
                    continue;
                }
                copied = tokens[place + 1].start;
            }
            _ => {}
        }
        place += 1;
    }
    if copied == 0 {
        return text.into();
    }
    changed.push_str(&text[copied..]);
    changed.into()
}

/// Copies the names of a `local` without their attributes, and `= nil` where nothing is given; the place after them.
fn names(text: &str, tokens: &[Token], mut place: usize, changed: &mut String, copied: &mut usize) -> usize {
    let word = |place: usize| tokens.get(place).map_or("", |token| token.of(text));
    while place < tokens.len() {
        // A name begins where the text before it ends, line breaks included.
        changed.push_str(&text[*copied..tokens[place].end]);
        *copied = tokens[place].end;
        place += 1;
        if word(place) == "<" && word(place + 2) == ">" {
            *copied = tokens[place + 2].end;
            place += 3;
        }
        if word(place) != "," {
            break;
        }
        place += 1;
    }
    if word(place) != "=" {
        // Writing to a String does not fail.
        let _ = write!(changed, " = nil");
    }
    place
}

#[cfg(test)]
mod tests {
    use super::{Strays, entry, without_local};

    #[test]
    fn bytes_that_are_no_text_come_through() {
        let source = b"local a <const> = '\xff\x01\xc3' -- \xe9";
        let (text, strays) = Strays::hide(source);
        assert_eq!(text, "local a <const> = '\u{2}\u{1}\u{2}' -- \u{2}");
        let changed = without_local(&text).into_owned();
        assert_eq!(strays.put_back(changed, source), b" a = '\xff\x01\xc3' -- \xe9");
        let (text, strays) = Strays::hide(b"local a <\xff> = 1");
        let changed = without_local(&text).into_owned();
        assert_eq!(strays.put_back(changed, b"as it was"), b"as it was");
    }

    #[test]
    fn what_is_declared_at_the_top_stays() {
        for (text, changed) in [
            ("local x = 1", " x = 1"),
            ("local a, b", " a, b = nil"),
            (
                "local s <close> = f() local t<const>, u = 1, 2",
                " s = f()  t, u = 1, 2",
            ),
            (
                "local function f() local y = 1 end",
                "function f() local y = 1 end",
            ),
            ("do local x = 1 end local z", "do local x = 1 end  z = nil"),
            (
                "if a then local b = 1 else local c = 2 end\nlocal d = 3",
                "if a then local b = 1 else local c = 2 end\n d = 3",
            ),
            (
                "for i = 1, 2 do local a end while true do local b end local c = 1",
                "for i = 1, 2 do local a end while true do local b end  c = 1",
            ),
            (
                "repeat local a until a print('local b')",
                "repeat local a until a print('local b')",
            ),
            ("-- local\nprint(1)", "-- local\nprint(1)"),
        ] {
            assert_eq!(without_local(text), changed);
        }
    }

    #[test]
    fn an_equals_sign_asks_for_a_value() {
        assert_eq!(entry(" =x"), "x");
        assert_eq!(entry("x == y"), "x == y");
    }
}

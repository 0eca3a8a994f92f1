//! What a session was: written as a script that runs, or as a test that expects what was seen.

use std::fmt::Write;

use crate::api::{Value, repr};
use crate::bytes::Bytes;
use crate::error::{Class, Error};
use crate::script::Picture;
use crate::script::tokens::{Grammar, Kind};
use crate::text::bytes_repr;

use super::pieces::{self, Function};

/// First of the ports the system gives away: what holds one is not the same the next time.
const FIRST_EPHEMERAL: i64 = 32_768;
/// Characters of a result that are kept as a comment.
const LONG: usize = 100;

/// One entry and what came of it.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) text: String,
    pub(super) grammar: Grammar,
    pub(super) end: End,
}

/// How an entry ended.
#[derive(Clone)]
pub(super) enum End {
    /// Nothing was shown.
    Done,
    /// It had a value.
    Value {
        /// What Python's `repr` of the first value is, if that is the same whenever it is run.
        stable: Option<String>,
        shown: String,
    },
    /// It raised.
    Failed {
        error: Error,
        /// It cannot stand as a statement.
        is_expression: bool,
    },
    /// It was ended before its time.
    Broken,
}

/// The session as a script, or as a test.
pub(super) fn write(entries: &[Entry], grammar: Grammar, as_test: bool) -> String {
    let mut out = String::new();
    let comment = comment(grammar);
    let (kind, command) = if as_test {
        ("test", "wirescript test FILE")
    } else {
        ("script", "wirescript FILE")
    };
    push(
        &mut out,
        format_args!("{comment} A session of wirescript, kept as a {kind}: `{command}` runs it.\n\n"),
    );
    let mut own: Vec<Entry> = entries
        .iter()
        .filter(|entry| entry.grammar == grammar)
        .cloned()
        .collect();
    let others = entries.len() - own.len();
    // Rhai's functions stand outside of everything, and the last of a name is the one that is there.
    for function in functions(&mut own) {
        push(&mut out, format_args!("{}\n\n", function.text));
    }
    if as_test {
        out.push_str(beginning(grammar));
    }
    for (place, entry) in own.iter().enumerate() {
        // The last value is in use until there is another one.
        let later = &own[place + 1..];
        let next = later
            .iter()
            .position(|entry| matches!(entry.end, End::Value { .. }));
        let needed = later[..next.map_or(later.len(), |next| next + 1)]
            .iter()
            .any(|entry| uses_last(&entry.text, grammar));
        write_entry(&mut out, entry, as_test, needed);
    }
    if as_test {
        out.push_str(ending(grammar));
    }
    if others > 0 {
        push(
            &mut out,
            format_args!("\n{comment} {others} entries of the other language are left out.\n"),
        );
    }
    out
}

const fn comment(grammar: Grammar) -> &'static str {
    match grammar {
        Grammar::Lua => "--",
        Grammar::Rhai => "//",
    }
}

const fn last(grammar: Grammar) -> &'static str {
    match grammar {
        Grammar::Lua => "_",
        Grammar::Rhai => "_last",
    }
}

/// How a test begins. A session rarely closes what it has opened.
const fn beginning(grammar: Grammar) -> &'static str {
    match grammar {
        Grammar::Lua => "test(\"session\", {leaks = true}, function()\n",
        Grammar::Rhai => "test(\"session\", #{leaks: true}, || {\n",
    }
}

const fn ending(grammar: Grammar) -> &'static str {
    match grammar {
        Grammar::Lua => "end)\n",
        Grammar::Rhai => "});\n",
    }
}

/// Takes the functions out of entries of Rhai's; what is left empty goes.
fn functions(entries: &mut Vec<Entry>) -> Vec<Function> {
    let mut found: Vec<Function> = Vec::new();
    for entry in entries.iter_mut() {
        let is_whole = matches!(entry.end, End::Done | End::Value { .. });
        if entry.grammar == Grammar::Rhai && is_whole {
            let (functions, rest) = pieces::without_functions(&entry.text);
            entry.text = rest;
            for function in functions {
                found.retain(|known| !function.replaces(known));
                found.push(function);
            }
        }
    }
    entries.retain(|entry| !entry.text.trim().is_empty());
    found
}

fn write_entry(out: &mut String, entry: &Entry, as_test: bool, needed: bool) {
    let (grammar, text) = (entry.grammar, source(entry));
    let comment = comment(grammar);
    let last = last(grammar);
    // A comment at the end of a line must not swallow what follows.
    let closed = |text: &str| {
        if text.contains(comment) {
            format!("{text}\n")
        } else {
            text.to_owned()
        }
    };
    match &entry.end {
        End::Done => push(out, format_args!("{}\n", statement(&text, grammar))),
        End::Value { stable, shown } => {
            let (before, value) = match grammar {
                Grammar::Lua if pieces::returns(&text, grammar) => {
                    ("", format!("(function(...)\n{text}\nend)()"))
                }
                Grammar::Lua => ("", pieces::first_of(&closed(&text))),
                Grammar::Rhai => {
                    let (before, value) = pieces::value_of(&text);
                    (before, closed(&value))
                }
            };
            if !before.is_empty() {
                push(out, format_args!("{before}\n"));
            }
            let checked = stable.as_ref().filter(|_| as_test);
            let (declared, end, joint) = match grammar {
                Grammar::Lua => ("", "", "."),
                Grammar::Rhai => ("let ", ";", "::"),
            };
            if checked.is_some() || needed {
                push(out, format_args!("{declared}{last} = {value}{end}\n"));
            }
            match checked {
                Some(wanted) => {
                    let wanted = quoted(wanted);
                    push(
                        out,
                        format_args!("expect{joint}equal(repr({last}), {wanted}){end}\n"),
                    );
                }
                None if needed => push(out, format_args!("print(repr({last})){end}\n")),
                None if grammar == Grammar::Lua => push(out, format_args!("print(repr(({value})))\n")),
                None => push(out, format_args!("print(repr({value}));\n")),
            }
            if checked.is_none() {
                for line in shown.lines().take(3) {
                    push(
                        out,
                        format_args!("{comment}> {}\n", line.chars().take(LONG).collect::<String>()),
                    );
                }
            }
        }
        End::Failed { error, is_expression } if as_test && !fails_when_made(error, grammar) => {
            let class = match error.op() {
                Some(_) => format!("{}, ", quoted(error.class().name())),
                None => String::new(),
            };
            let returned = if *is_expression { "return " } else { "" };
            match grammar {
                Grammar::Lua => push(
                    out,
                    format_args!("expect.raises({class}function()\n{returned}{text}\nend)\n"),
                ),
                Grammar::Rhai => push(out, format_args!("expect::raises({class}|| {{\n{text}\n}});\n")),
            }
        }
        End::Failed { error, .. } => {
            push(
                out,
                format_args!("{comment} This failed: {}\n", error.headline().replace('\n', " ")),
            );
            commented(out, &text, comment);
        }
        End::Broken => {
            push(out, format_args!("{comment} This was interrupted:\n"));
            commented(out, &text, comment);
        }
    }
}

/// Whether the function that should fail could not even be made: one of Rhai's that names a variable looks for it then.
fn fails_when_made(error: &Error, grammar: Grammar) -> bool {
    grammar == Grammar::Rhai && error.class() == Class::NameError
}

fn commented(out: &mut String, text: &str, comment: &str) {
    for line in text.lines() {
        push(out, format_args!("{comment} {line}\n"));
    }
}

/// The entry without what only a prompt understands.
fn source(entry: &Entry) -> String {
    let text = entry.text.trim();
    match (entry.grammar, text.strip_prefix('=')) {
        (Grammar::Lua, Some(rest)) if !rest.starts_with('=') => rest.trim().to_owned(),
        (Grammar::Lua, _) => text.to_owned(),
        (Grammar::Rhai, _) => {
            let tokens = Grammar::Rhai.tokens(text);
            let mut out = String::new();
            let mut done = 0;
            for token in tokens.iter().filter(|token| token.of(text) == "_") {
                out.push_str(&text[done..token.start]);
                out.push_str(last(Grammar::Rhai));
                done = token.end;
            }
            out.push_str(&text[done..]);
            out
        }
    }
}

/// As a statement among others.
fn statement(text: &str, grammar: Grammar) -> String {
    if pieces::returns(text, grammar) {
        // It ends the entry and nothing else.
        return match grammar {
            Grammar::Lua => format!(";(function(...)\n{text}\nend)()"),
            Grammar::Rhai => format!("(|| {{\n{text}\n}}).call();"),
        };
    }
    if grammar == Grammar::Lua || text.ends_with([';', '}']) {
        return text.to_owned();
    }
    if text.contains("//") {
        format!("{text}\n;")
    } else {
        format!("{text};")
    }
}

/// Whether an entry names the last value.
pub(super) fn uses_last(text: &str, grammar: Grammar) -> bool {
    let tokens = grammar.tokens(text);
    tokens
        .iter()
        .any(|token| token.kind == Kind::Name && token.of(text) == "_")
}

/// A text as both languages read it.
fn quoted(text: &str) -> String {
    format!(
        "\"{}\"",
        text.replace('\\', "\\\\")
            .replace('"', "\\\"")
            .replace('\n', "\\n")
    )
}

/// What `repr` of a value is, if that is the same whenever the session is run again.
pub(super) fn stable(entry: &str, grammar: Grammar, picture: &Picture) -> Option<String> {
    /// What these give is the machine's, the moment's or the system's.
    const FLEETING: &[&str] = &[
        "fileno",
        "time",
        "monotonic",
        "random",
        "gethostname",
        "getfqdn",
        "clock",
        "date",
        "argv",
        "tostring",
    ];
    let tokens = grammar.tokens(entry);
    let names_it = |name: &&str| FLEETING.contains(name);
    if tokens
        .iter()
        .map(|token| token.of(entry))
        .any(|name| names_it(&name))
    {
        return None;
    }
    lasting(picture)
}

fn lasting(picture: &Picture) -> Option<String> {
    match picture {
        Picture::Bytes(start, length) if start.len() == *length => Some(bytes_repr(start)),
        Picture::Text(start, length) if start.len() == *length => Some(crate::text::str_repr(start)),
        Picture::Value(value) if is_lasting(value) => Some(repr(value)),
        Picture::List(items, length) if items.len() == *length => {
            let items: Option<Vec<String>> = items.iter().map(lasting).collect();
            Some(format!("[{}]", items?.join(", ")))
        }
        Picture::Map(pairs, 0) => {
            let mut pairs: Vec<_> = pairs
                .iter()
                .map(|(key, value)| Some((key_of(key)?, lasting(value)?)))
                .collect::<Option<_>>()?;
            pairs.sort();
            let each = pairs.iter().map(|(key, value)| match key {
                Key::Number(number) => format!("{number}: {value}"),
                Key::Name(name) => format!("{}: {value}", crate::text::str_repr(name)),
            });
            Some(format!("{{{}}}", each.collect::<Vec<_>>().join(", ")))
        }
        _ => None,
    }
}

/// A key of a map, in the order in which `repr` writes them in both languages.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Number(i64),
    Name(String),
}

/// A key that is a whole number or a plain name. Others have another place in each language.
fn key_of(picture: &Picture) -> Option<Key> {
    match picture {
        Picture::Value(Value::Int(number)) => Some(Key::Number(*number)),
        Picture::Bytes(start, length) if start.len() == *length => {
            let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.:/".contains(byte);
            let name = std::str::from_utf8(start).ok()?;
            start.iter().all(is_plain).then(|| Key::Name(name.to_owned()))
        }
        _ => None,
    }
}

fn is_lasting(value: &Value) -> bool {
    match value {
        Value::Int(number) => !(FIRST_EPHEMERAL..=65_535).contains(number),
        Value::None | Value::Bool(_) | Value::Float(_) | Value::Text(_) | Value::Class(_) => true,
        Value::Bytes(Bytes::Owned(_)) | Value::String(Bytes::Owned(_)) => true,
        Value::Record(record) => record.items.iter().all(is_lasting),
        Value::Several(items) | Value::List(items) => items.iter().all(is_lasting),
        _ => false,
    }
}

fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a String does not fail.
    let _ = out.write_fmt(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(text: &str, end: End) -> Entry {
        Entry {
            text: text.into(),
            grammar: Grammar::Lua,
            end,
        }
    }

    fn value(stable: Option<&str>) -> End {
        End::Value {
            stable: stable.map(Into::into),
            shown: "2".into(),
        }
    }

    #[test]
    fn a_session_becomes_a_script_and_a_test() {
        let entries = [
            entry("local a = 1", End::Done),
            entry("=a + 1 -- two", value(Some("2"))),
            entry("f()", value(None)),
            entry("_", value(None)),
            entry(
                "g()",
                End::Failed {
                    error: Error::os(2).during("open"),
                    is_expression: false,
                },
            ),
        ];
        let script = write(&entries, Grammar::Lua, false);
        assert!(
            script.contains("local a = 1\nprint(repr((a + 1 -- two\n)))\n--> 2\n"),
            "{script}"
        );
        assert!(script.contains("_ = f()\nprint(repr(_))\n"), "{script}");
        assert!(
            script.contains("-- This failed: FileNotFoundError") && script.contains("-- g()"),
            "{script}"
        );
        let test = write(&entries, Grammar::Lua, true);
        assert!(test.contains("expect.equal(repr(_), \"2\")"), "{test}");
        assert!(
            test.contains("expect.raises(\"FileNotFoundError\", function()\ng()\nend)\n"),
            "{test}"
        );
    }
}

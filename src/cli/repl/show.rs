//! Values as a person reads them: bytes as Python writes them, long ones as a dump, tables over several lines, and nothing
//! without bound.

use crate::api::{Value, repr};
use crate::script::Picture;
use crate::script::tokens::Grammar;
use crate::text::{bytes_repr, str_repr};
use crate::wire::bytes::dump;

use super::color::{Tint, paint};
use super::sockets;

/// Bytes that are shown in one piece; more are shown as a dump.
const FEW: usize = 256;
/// Bytes of one value inside another.
const FEW_INSIDE: usize = 64;
/// Characters of a text that are shown.
const LONG_TEXT: usize = 800;
/// Bytes of a line of a dump.
const ROW: usize = 16;

/// How things are shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    pub(super) colored: bool,
    /// Columns of the terminal.
    pub(super) width: usize,
    pub(super) grammar: Grammar,
}

/// A value over as many lines as it takes, without a line break at its end.
pub(super) fn block(picture: &Picture, style: Style) -> String {
    match picture {
        Picture::Bytes(start, length) if *length > FEW => long_bytes(start, *length, style),
        Picture::Text(start, length) if start.len() < *length || start.chars().count() > LONG_TEXT => {
            let beginning: String = start.chars().take(LONG_TEXT).collect();
            let left = length - beginning.len();
            let mut out = String::new();
            paint(&mut out, tint(style, Tint::Text), &str_repr(&beginning));
            paint(
                &mut out,
                tint(style, Tint::Faint),
                &format!(" … and {} more bytes", grouped(left)),
            );
            out
        }
        picture => {
            let mut out = String::new();
            write(&mut out, picture, style, 0, true);
            out
        }
    }
}

fn tint(style: Style, tint: Tint) -> Option<Tint> {
    style.colored.then_some(tint)
}

fn long_bytes(start: &[u8], length: usize, style: Style) -> String {
    let shown = &start[..start.len().min(FEW)];
    let dumped = dump(shown, ROW);
    let mut rows: Vec<&str> = dumped.lines().collect();
    // The last row is the length of what was dumped.
    rows.pop();
    let mut out = rows.join("\n");
    let left = length - shown.len();
    let rest = format!("\n… and {} more bytes, {} in all", grouped(left), grouped(length));
    paint(&mut out, tint(style, Tint::Faint), &rest);
    out
}

/// A number with its thousands apart.
pub(super) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Writes a value that begins `indent` columns from the left; over several lines where one is too short, if `may_break`.
fn write<'a>(out: &mut String, picture: &'a Picture, style: Style, indent: usize, may_break: bool) {
    match picture {
        Picture::Value(value) => write_value(out, value, style),
        Picture::Bytes(start, length) => {
            let shown = if indent == 0 && *length <= FEW {
                *length
            } else {
                FEW_INSIDE
            };
            let shown = &start[..start.len().min(shown)];
            paint(out, tint(style, Tint::Text), &bytes_repr(shown));
            if shown.len() < *length {
                paint(
                    out,
                    tint(style, Tint::Faint),
                    &format!("… ({} bytes)", grouped(*length)),
                );
            } else if let Some(text) = readable(shown) {
                paint(out, tint(style, Tint::Faint), &format!("  {text}"));
            }
        }
        Picture::Text(start, length) => {
            let shown: String = start
                .chars()
                .take(if indent == 0 { LONG_TEXT } else { FEW_INSIDE })
                .collect();
            paint(out, tint(style, Tint::Text), &str_repr(&shown));
            if shown.len() < *length {
                paint(
                    out,
                    tint(style, Tint::Faint),
                    &format!("… ({} bytes)", grouped(*length)),
                );
            }
        }
        Picture::Named(name) => paint(out, tint(style, Tint::Handle), &format!("<{name}>")),
        Picture::Cycle => paint(out, tint(style, Tint::Faint), "<itself>"),
        Picture::More => paint(out, tint(style, Tint::Faint), "…"),
        Picture::List(items, length) => {
            let (open, close) = brackets(style.grammar, true);
            let rows: Vec<Row<'_>> = items.iter().map(|item| (None, item)).collect();
            write_rows(
                out,
                &rows,
                length - items.len(),
                (open, close),
                style,
                indent,
                may_break,
            );
        }
        Picture::Map(pairs, left) => {
            let brackets = brackets(style.grammar, false);
            // The items of a Lua table that come first need no keys.
            let mut place = 0;
            let mut is_item = |key: &Picture| {
                place += 1;
                style.grammar == Grammar::Lua
                    && matches!(key, Picture::Value(Value::Int(number)) if *number == place)
            };
            let row = |(key, item): &'a (Picture, Picture)| ((!is_item(key)).then_some(key), item);
            let rows: Vec<Row<'_>> = pairs.iter().map(row).collect();
            write_rows(out, &rows, *left, brackets, style, indent, may_break);
        }
    }
}

/// Bytes that are text of more than ASCII, as that text.
fn readable(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| !text.is_ascii())?;
    (!text.chars().any(char::is_control)).then_some(text)
}

const fn brackets(grammar: Grammar, list: bool) -> (&'static str, &'static str) {
    match (grammar, list) {
        (Grammar::Lua, _) => ("{", "}"),
        (Grammar::Rhai, true) => ("[", "]"),
        (Grammar::Rhai, false) => ("#{", "}"),
    }
}

/// An item and its key.
type Row<'a> = (Option<&'a Picture>, &'a Picture);

fn write_rows(
    out: &mut String,
    rows: &[Row<'_>],
    left: usize,
    (open, close): (&str, &str),
    style: Style,
    indent: usize,
    may_break: bool,
) {
    let rest = (left > 0).then(|| format!("… and {} more", grouped(left)));
    let flat = |style: Style| {
        let mut line = open.to_owned();
        for (place, row) in rows.iter().enumerate() {
            if place > 0 {
                line.push_str(", ");
            }
            write_row(&mut line, row, style, indent + 1, false);
        }
        if let Some(rest) = &rest {
            line.push_str(if rows.is_empty() { "" } else { ", " });
            paint(&mut line, tint(style, Tint::Faint), rest);
        }
        line.push_str(close);
        line
    };
    let plain = Style {
        colored: false,
        ..style
    };
    if !may_break || flat(plain).chars().count() + indent <= style.width.saturating_sub(1) {
        out.push_str(&flat(style));
        return;
    }
    out.push_str(open);
    let inner = indent + 2;
    let margin = " ".repeat(inner);
    for row in rows {
        out.push('\n');
        out.push_str(&margin);
        write_row(out, row, style, inner, true);
        out.push(',');
    }
    if let Some(rest) = rest {
        out.push('\n');
        out.push_str(&margin);
        paint(out, tint(style, Tint::Faint), &rest);
    }
    out.push('\n');
    out.push_str(&" ".repeat(indent));
    out.push_str(close);
}

fn write_row(out: &mut String, (key, item): &Row<'_>, style: Style, indent: usize, may_break: bool) {
    if let Some(key) = key {
        let name = match key {
            Picture::Bytes(name, _) | Picture::Value(Value::String(crate::bytes::Bytes::Owned(name))) => {
                std::str::from_utf8(name)
                    .ok()
                    .filter(|name| style.grammar.is_name(name))
            }
            _ => None,
        };
        match (name, style.grammar) {
            (Some(name), _) => out.push_str(name),
            (None, Grammar::Lua) => {
                out.push('[');
                write(out, key, style, indent, false);
                out.push(']');
            }
            (None, Grammar::Rhai) => write(out, key, style, indent, false),
        }
        out.push_str(if style.grammar == Grammar::Lua {
            " = "
        } else {
            ": "
        });
    }
    write(out, item, style, indent, may_break);
}

fn write_value(out: &mut String, value: &Value, style: Style) {
    let (text, kind) = match value {
        Value::None => (nothing(style.grammar).to_owned(), Tint::Keyword),
        Value::Null => ("json.null".to_owned(), Tint::Keyword),
        Value::Bool(flag) => (flag.to_string(), Tint::Keyword),
        Value::Int(_) | Value::Float(_) => (repr(value), Tint::Number),
        Value::Socket(socket) => (sockets::line(socket), Tint::Handle),
        Value::Error(error) => (format!("<{}>", error.headline()), Tint::Trouble),
        Value::Several(items) => {
            out.push('(');
            for (place, item) in items.iter().enumerate() {
                out.push_str(if place > 0 { ", " } else { "" });
                write_value(out, item, style);
            }
            out.push(')');
            return;
        }
        Value::Text(_) => (repr(value), Tint::Text),
        Value::Array(array) => {
            let length = array.with(<[u8]>::len);
            if length <= FEW {
                (repr(value), Tint::Text)
            } else {
                let start = array.with(|bytes| bytes_repr(&bytes[..FEW_INSIDE]));
                (
                    format!("bytearray({start}…, {} bytes)", grouped(length)),
                    Tint::Text,
                )
            }
        }
        Value::Numbers(numbers) if numbers.len() > FEW => (
            format!("<array of {} numbers>", grouped(numbers.len())),
            Tint::Handle,
        ),
        value => (
            repr(value),
            if value.object_type().is_some() {
                Tint::Handle
            } else {
                Tint::Text
            },
        ),
    };
    paint(out, tint(style, kind), &text);
}

/// The word for nothing.
pub(super) const fn nothing(grammar: Grammar) -> &'static str {
    match grammar {
        Grammar::Lua => "nil",
        Grammar::Rhai => "()",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STYLE: Style = Style {
        colored: false,
        width: 80,
        grammar: Grammar::Lua,
    };

    fn bytes(text: &[u8]) -> Picture {
        Picture::Bytes(text.to_vec(), text.len())
    }

    #[test]
    fn long_bytes_are_dumped_and_bounded() {
        assert_eq!(block(&bytes(b"a\x00\n"), STYLE), r"b'a\x00\n'");
        let text = block(&Picture::Bytes(vec![b'x'; 1024], 10_000_000), STYLE);
        assert!(text.starts_with("00000000  78 78"), "{text}");
        assert!(
            text.ends_with("… and 9,999,744 more bytes, 10,000,000 in all"),
            "{text}"
        );
        assert!(
            text.len() < 2000 && text.lines().all(|line| line.chars().count() < 80),
            "{text}"
        );
    }

    #[test]
    fn tables_take_one_line_or_several() {
        let short = Picture::Map(
            vec![(bytes(b"a"), bytes(b"b")), (bytes(b"c d"), Picture::Cycle)],
            0,
        );
        assert_eq!(block(&short, STYLE), "{a = b'b', [b'c d'] = <itself>}");
        let long = Picture::List(
            (0..30)
                .map(|number| Picture::Value(Value::Int(number * 1000)))
                .collect(),
            500,
        );
        let text = block(&long, STYLE);
        assert!(
            text.starts_with("{\n  0,\n  1000,") && text.ends_with("… and 470 more\n}"),
            "{text}"
        );
        let rhai = Style {
            grammar: Grammar::Rhai,
            ..STYLE
        };
        assert_eq!(block(&short, rhai), "#{a: b'b', b'c d': <itself>}");
    }

    #[test]
    fn text_beyond_ascii_is_readable() {
        assert_eq!(block(&bytes("hé".as_bytes()), STYLE), r"b'h\xc3\xa9'  hé");
    }
}

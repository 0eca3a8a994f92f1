//! What a failed comparison shows of two values: short ones in a line each, bytes as a dump, long ones line by line.

use crate::api::repr;
use crate::api::repr::sorted;
use crate::api::value::Value;
use crate::text::str_repr;
use crate::wire::difference;

use super::compare::{octets, way_to_difference};

/// Characters of a value that fit on a line beside its label.
const NARROW: usize = 68;
/// Characters of a value that are shown in a sentence.
const SHORT: usize = 60;
/// Bytes of a text that is shown whole.
const LONG: usize = 160;
/// Characters of two values that are written over several lines, each with as much before it as it is nested.
const MOST_WRITTEN: usize = 1 << 18;
/// Bytes that are also shown in a line where a dump of them follows.
const FEW_BYTES: usize = 24;

/// A value in a sentence, cut where it is long.
pub(crate) fn inline(value: &Value) -> String {
    // A language's string is text where it can be, as in what is compared.
    let string = match value {
        Value::String(bytes) => text(&bytes.to_vec()).map(str_repr),
        _ => None,
    };
    let text = string.unwrap_or_else(|| repr(value));
    if text.chars().count() <= SHORT {
        return text;
    }
    text.chars().take(SHORT - 3).chain("...".chars()).collect()
}

/// What was expected and what came, in lines. `first` is the number of a list's first place.
pub(crate) fn compared(expected: &Value, received: &Value, first: usize) -> String {
    if let (Some(wanted), Some(got)) = (octets(expected), octets(received)) {
        return match (text(&wanted), text(&got)) {
            (Some(wanted), Some(got)) if wanted.contains('\n') || got.contains('\n') => {
                format!(
                    "the lines differ (- expected, + received)\n{}",
                    difference::lines(wanted, got)
                )
            }
            (Some(wanted), Some(got)) if wanted.len().max(got.len()) > LONG => {
                difference::passage(wanted, got)
            }
            (Some(wanted), Some(got)) => two(&str_repr(wanted), &str_repr(got)),
            _ if wanted.len().max(got.len()) <= FEW_BYTES => {
                format!(
                    "{}\n{}",
                    two(&repr(expected), &repr(received)),
                    difference::octets(&wanted, &got)
                )
            }
            _ => difference::octets(&wanted, &got),
        };
    }
    let (wanted, got) = (repr(expected), repr(received));
    if wanted.len().max(got.len()) <= NARROW || is_flat(expected) && is_flat(received) {
        return two(&wanted, &got);
    }
    let at = match way_to_difference(expected, received, first) {
        way if way.is_empty() => way,
        way => format!(" at {}", way.trim_start_matches('.')),
    };
    if wanted.len().max(got.len()) > MOST_WRITTEN {
        return format!("they differ{at}\n{}", difference::passage(&wanted, &got));
    }
    let (mut wanted, mut got) = (String::new(), String::new());
    write(&mut wanted, expected, 0);
    write(&mut got, received, 0);
    format!(
        "they differ{at} (- expected, + received)\n{}",
        difference::lines(&format!("{wanted}\n"), &format!("{got}\n"))
    )
}

fn two(expected: &str, received: &str) -> String {
    format!("expected: {expected}\nreceived: {received}")
}

/// The text that bytes are, if a person can read it: no control characters but those of lines.
fn text(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    text.chars()
        .all(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .then_some(text)
}

fn is_flat(value: &Value) -> bool {
    !matches!(
        value,
        Value::List(_) | Value::Several(_) | Value::Record(_) | Value::Map(_) | Value::Table(_)
    )
}

/// Whether a value may fit into so many characters, of which each that it has takes one: as text it is made only then, or what is nested
/// would be made again at every level.
fn may_be_short(value: &Value, left: &mut usize) -> bool {
    let mut takes = |count: usize| match left.checked_sub(count) {
        Some(rest) => {
            *left = rest;
            true
        }
        None => false,
    };
    match value {
        Value::Text(text) => takes(text.len()),
        Value::Bytes(bytes) | Value::String(bytes) => takes(bytes.len()),
        _ if !takes(1) => false,
        Value::List(items) | Value::Several(items) => items.iter().all(|item| may_be_short(item, left)),
        Value::Record(record) => record.items.iter().all(|item| may_be_short(item, left)),
        Value::Map(entries) => entries.iter().all(|(_, item)| may_be_short(item, left)),
        Value::Table(entries) => entries
            .iter()
            .all(|(key, item)| may_be_short(key, left) && may_be_short(item, left)),
        _ => true,
    }
}

/// A value over several lines, where it does not fit on one.
fn write(out: &mut String, value: &Value, depth: usize) {
    let line = (is_flat(value) || depth > 0 && may_be_short(value, &mut { SHORT })).then(|| repr(value));
    if let Some(line) = line
        && (is_flat(value) || line.len() + 2 * depth <= SHORT)
    {
        out.push_str(&line);
        return;
    }
    let (open, close) = match value {
        Value::Map(_) | Value::Table(_) => ('{', '}'),
        Value::List(_) => ('[', ']'),
        _ => ('(', ')'),
    };
    out.push(open);
    let mut item = |key: Option<String>, value: &Value| {
        out.push('\n');
        out.push_str(&"  ".repeat(depth + 1));
        if let Some(key) = key {
            out.push_str(&key);
            out.push_str(": ");
        }
        write(out, value, depth + 1);
        out.push(',');
    };
    match value {
        Value::List(items) | Value::Several(items) => items.iter().for_each(|value| item(None, value)),
        Value::Record(record) => record.items.iter().for_each(|value| item(None, value)),
        Value::Map(entries) => {
            let mut entries: Vec<_> = entries.iter().collect();
            entries.sort_by(|(one, _), (other, _)| one.cmp(other));
            for (key, value) in entries {
                item(Some(str_repr(key)), value);
            }
        }
        Value::Table(entries) => {
            for (key, value) in sorted(entries) {
                item(Some(key), value);
            }
        }
        _ => {}
    }
    out.push('\n');
    out.push_str(&"  ".repeat(depth));
    out.push(close);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_values_differ_is_told() {
        let list = |items: Vec<Value>| Value::List(items);
        let map = |entries: Vec<(&str, Value)>| {
            Value::Map(
                entries
                    .into_iter()
                    .map(|(key, value)| (key.to_owned(), value))
                    .collect(),
            )
        };
        let message = |name: &str, last: i64| {
            map(vec![
                ("kind", Value::Int(1)),
                (
                    "a b",
                    list(vec![Value::Int(1), map(vec![(name, Value::Int(last))])]),
                ),
            ])
        };
        for (one, other, way) in [
            (message("x", 1), message("x", 2), "['a b'][2].x"),
            (message("x", 1), message("y", 1), "['a b'][2].x"),
            (map(vec![]), message("x", 1), ".kind"),
            (list(vec![]), list(vec![Value::Int(1)]), "[1]"),
            (Value::Int(1), Value::Int(2), ""),
            (list(vec![Value::None]), map(vec![]), ""),
        ] {
            assert_eq!(way_to_difference(&one, &other, 1), way);
        }
    }

    #[test]
    fn values_are_shown_as_fits_them() {
        let show = |one: &str, other: &str| {
            compared(&Value::text(one.to_owned()), &Value::text(other.to_owned()), 0)
        };
        assert_eq!(show("a", "b"), "expected: 'a'\nreceived: 'b'");
        assert_eq!(
            show("a\nb\n", "a\nc\n"),
            "the lines differ (- expected, + received)\n  a\n- b\n+ c"
        );
        assert!(show("+OK\r\n", "+OK\n").contains("- 00000000  2b 4f 4b 0d 0a"));
        let list = |last: i64| Value::List((0..40).map(Value::Int).chain([Value::Int(last)]).collect());
        assert_eq!(
            compared(&list(7), &list(8), 0),
            "they differ at [40] (- expected, + received)\n    37,\n    38,\n    39,\n-   7,\n+   8,\n  ]"
        );
    }
}

//! Any value as Python's `repr` prints it.

use std::cmp::Ordering;
use std::fmt::Write;
use std::rc::Rc;

use crate::constants;
use crate::text::{bytes_repr, str_repr};
use crate::wire::{Number, NumberArray};

use super::construct::give;
use super::record::Shape;
use super::value::Value;

/// What stands for a list within itself.
pub(crate) const SAME_LIST: &str = "[...]";
/// What stands for a map within itself.
pub(crate) const SAME_MAP: &str = "{...}";

/// Python's `repr(value)`.
pub(crate) fn repr(value: &Value) -> String {
    let mut out = String::new();
    write_repr(&mut out, value, Shape::Plain);
    out
}

fn write_repr(out: &mut String, value: &Value, shape: Shape) {
    match value {
        Value::None | Value::Null => out.push_str("None"),
        Value::Bool(true) => out.push_str("True"),
        Value::Bool(false) => out.push_str("False"),
        Value::Int(number) => match shape {
            Shape::Enum(group) => out.push_str(&constants::enum_repr(group, *number)),
            Shape::Unsigned => push(out, number.cast_unsigned()),
            Shape::Plain | Shape::Text => push(out, number),
        },
        Value::Float(number) => out.push_str(&float(*number)),
        Value::Text(text) => out.push_str(&str_repr(text)),
        Value::Bytes(bytes) | Value::String(bytes) => bytes.with(|bytes| match std::str::from_utf8(bytes) {
            Ok(text) if shape == Shape::Text => out.push_str(&str_repr(text)),
            _ => out.push_str(&bytes_repr(bytes)),
        }),
        Value::List(items) => {
            out.push('[');
            write_items(out, items, |_| Shape::Plain);
            out.push(']');
        }
        Value::Several(items) => write_tuple(out, items, |_| Shape::Plain),
        Value::Bearing(bearing) => write_repr(out, &bearing.0, shape),
        Value::Record(record) if record.kind.is_bare() => {
            for item in &record.items {
                // An abstract name is bytes, a path is text where it can be.
                let text = !matches!(item, Value::Bytes(bytes) | Value::String(bytes)
                    if bytes.with(|bytes| bytes.first() == Some(&0) || std::str::from_utf8(bytes).is_err()));
                write_repr(out, item, if text { Shape::Text } else { Shape::Plain });
            }
        }
        Value::Record(record) if record.kind.is_named() => {
            push(out, format_args!("{}(", record.kind.name));
            for (place, ((field, shape), item)) in record.kind.fields.iter().zip(&record.items).enumerate() {
                push(out, format_args!("{}{field}=", if place > 0 { ", " } else { "" }));
                write_repr(out, item, *shape);
            }
            out.push(')');
        }
        Value::Record(record) => write_tuple(out, &record.items, |place| record.kind.shape(place)),
        Value::Map(entries) => {
            let mut entries: Vec<_> = entries.iter().map(|(key, value)| (key, value)).collect();
            entries.sort_by_key(|(key, _)| *key);
            let entries = entries.into_iter().map(|(key, value)| (str_repr(key), value));
            write_entries(out, entries);
        }
        Value::Table(entries) => write_entries(out, sorted(entries)),
        Value::Socket(socket) => push(out, socket),
        Value::TlsContext(context) => push(out, format_args!("{context:?}")),
        Value::File(file) => push(out, file),
        Value::Lines(_) => out.push_str("<lines>"),
        Value::Channel(channel) => push(out, format_args!("{channel:?}")),
        Value::Poll(poll) => push(
            out,
            format_args!("<select.poll object at {:#x}>", Rc::as_ptr(poll) as usize),
        ),
        Value::Epoll(set) => push(
            out,
            format_args!("<select.epoll object at {:#x}>", Rc::as_ptr(set) as usize),
        ),
        Value::Selector(selector) => push(out, selector),
        Value::Tube(tube) => push(out, tube),
        Value::Listener(listener) => push(out, format_args!("{listener:?}")),
        Value::Pattern(pattern) => push(out, pattern),
        Value::Trial(trial) => push(out, format_args!("{trial:?}")),
        Value::Held(held) => write_repr(out, &held.value(), shape),
        Value::Foreign(_) => out.push_str("<file>"),
        Value::Task(task) => push(out, format_args!("{task:?}")),
        Value::Worker(worker) => push(out, format_args!("{worker:?}")),
        Value::Link(channel) => push(out, format_args!("{channel:?}")),
        Value::Array(array) => array.with(|bytes| push(out, bytearray_repr(bytes))),
        Value::View(view) => push(out, format_args!("<memory of {} bytes>", view.len())),
        Value::Numbers(numbers) => numbers_repr(out, numbers),
        Value::Schema(schema) => push(out, format_args!("{schema:?}")),
        Value::Struct(structure) => push(
            out,
            format_args!("<_struct.Struct object at {:#x}>", Rc::as_ptr(structure) as usize),
        ),
        Value::Steps(steps) => push(out, format_args!("{steps:?}")),
        Value::Class(class) => push(out, format_args!("<class '{}'>", class.qualified_name())),
        Value::Error(error) => {
            push(out, format_args!("{}(", error.class().python_name()));
            let arguments: Vec<_> = error.arguments().into_iter().map(give).collect();
            write_items(out, &arguments, |_| Shape::Plain);
            out.push(')');
        }
        Value::Absent(constant) => out.push_str(constant.name),
        Value::Function(_) | Value::Kept(_) => out.push_str("<function>"),
        Value::Given(_) => out.push_str("<object>"),
        Value::Rest(_) | Value::Outcome(_) => out.push_str("<results>"),
        Value::Range(from, to) => push(out, format_args!("range({from}, {to})")),
        Value::Instance { class, identity } => push(out, format_args!("<{class} object at {identity:#x}>")),
        // As Python prints a list or dict within itself.
        Value::Opaque(kind @ (SAME_LIST | SAME_MAP)) => out.push_str(kind),
        Value::Opaque(kind) | Value::Thing { kind, .. } => push(out, format_args!("<{kind}>")),
    }
}

/// The pairs of a table whose keys are of any kind, each key as it prints: a text as the key of a map does. Lua's tables have no
/// order, so they get one: numbers, then texts, then all else.
pub(crate) fn sorted(entries: &[(Value, Value)]) -> impl Iterator<Item = (String, &Value)> {
    let mut entries: Vec<_> = entries
        .iter()
        .map(|(key, value)| {
            let mut shown = String::new();
            write_repr(&mut shown, key, Shape::Text);
            (key, shown, value)
        })
        .collect();
    let rank = |key: &Value| match key {
        Value::Int(_) | Value::Float(_) => 0,
        Value::Text(_) | Value::String(_) | Value::Bytes(_) => 1,
        _ => 2,
    };
    entries.sort_by(|(one, shown, _), (other, other_shown, _)| {
        let by_number = || match (number(one), number(other)) {
            (Some(one), Some(other)) => one.total_cmp(&other),
            _ => Ordering::Equal,
        };
        rank(one)
            .cmp(&rank(other))
            .then_with(by_number)
            .then_with(|| shown.cmp(other_shown))
    });
    entries.into_iter().map(|(_, shown, value)| (shown, value))
}

#[allow(clippy::cast_precision_loss, reason = "it only orders")]
fn number(key: &Value) -> Option<f64> {
    match key {
        Value::Int(number) => Some(*number as f64),
        Value::Float(number) => Some(*number),
        _ => None,
    }
}

fn write_entries<'a>(out: &mut String, entries: impl Iterator<Item = (String, &'a Value)>) {
    out.push('{');
    for (place, (key, value)) in entries.enumerate() {
        push(out, format_args!("{}{key}: ", if place > 0 { ", " } else { "" }));
        write_repr(out, value, Shape::Plain);
    }
    out.push('}');
}

/// As CPython prints a `bytearray`: an apostrophe is escaped whatever the quotes are.
fn bytearray_repr(bytes: &[u8]) -> String {
    let plain = bytes_repr(bytes);
    if plain.starts_with("b\"") {
        format!("bytearray({})", plain.replace('\'', "\\'"))
    } else {
        format!("bytearray({plain})")
    }
}

/// `array('i', [1, 2])`.
fn numbers_repr(out: &mut String, numbers: &NumberArray) {
    push(out, format_args!("array('{}'", numbers.code().letter));
    for place in 0..numbers.len() {
        out.push_str(if place == 0 { ", [" } else { ", " });
        match numbers.get(place) {
            Some(Number::Int(number)) => push(out, number),
            Some(Number::Float(number)) => out.push_str(&float(number)),
            None => {}
        }
    }
    out.push_str(if numbers.len() == 0 { ")" } else { "])" });
}

fn write_tuple(out: &mut String, items: &[Value], shape: impl Fn(usize) -> Shape) {
    out.push('(');
    write_items(out, items, shape);
    if items.len() == 1 {
        out.push(',');
    }
    out.push(')');
}

fn write_items(out: &mut String, items: &[Value], shape: impl Fn(usize) -> Shape) {
    for (place, item) in items.iter().enumerate() {
        if place > 0 {
            out.push_str(", ");
        }
        write_repr(out, item, shape(place));
    }
}

fn push(out: &mut String, value: impl std::fmt::Display) {
    // Writing to a String does not fail.
    let _ = write!(out, "{value}");
}

/// A float as Python prints it: shortest digits that lead back, with an exponent outside 1e-4..1e16.
pub(crate) fn float(number: f64) -> String {
    if number.is_nan() {
        return "nan".into();
    }
    if number.is_infinite() {
        return if number > 0.0 { "inf".into() } else { "-inf".into() };
    }
    let (digits, power) = shortest(number.abs());
    let sign = if number.is_sign_negative() { "-" } else { "" };
    let (first, rest) = digits.split_at(1);
    if number != 0.0 && !(-4..16).contains(&power) {
        let point = if rest.is_empty() { "" } else { "." };
        let direction = if power < 0 { '-' } else { '+' };
        return format!("{sign}{first}{point}{rest}e{direction}{:02}", power.abs());
    }
    let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or(0));
    if power < 0 {
        return format!("{sign}0.{}{digits}", zeros(-power - 1));
    }
    let whole = usize::try_from(power + 1).unwrap_or(0);
    match digits.split_at_checked(whole) {
        Some((whole, "")) => format!("{sign}{whole}.0"),
        Some((whole, part)) => format!("{sign}{whole}.{part}"),
        None => format!(
            "{sign}{digits}{}.0",
            zeros(power + 1 - i32::try_from(digits.len()).unwrap_or(0))
        ),
    }
}

/// The fewest digits that lead back to a number, and the power of ten of the first.
fn shortest(number: f64) -> (String, i32) {
    let split = |text: String| {
        let (digits, power) = text.split_once('e').unwrap_or((&text, "0"));
        (digits.replace('.', ""), power.parse().unwrap_or(0))
    };
    let found = split(format!("{number:e}"));
    // Of two that are equally near Python takes the even one.
    let rounded = format!("{number:.*e}", found.0.len() - 1);
    if found.0.len() > 15 && rounded.parse() == Ok(number) {
        split(rounded)
    } else {
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_print_as_python_prints_them() {
        let value = Value::List(vec![
            Value::None,
            Value::Bool(true),
            Value::Several(vec![Value::Int(1)]),
            Value::bytes(*b"a'\"\n"),
            Value::text("it's"),
            Value::Map(vec![("k".into(), Value::Float(5.0))]),
        ]);
        assert_eq!(
            repr(&value),
            r#"[None, True, (1,), b'a\'"\n', "it's", {'k': 5.0}]"#
        );
    }

    #[test]
    fn floats_print_as_python_prints_them() {
        for (number, text) in [
            (0.1, "0.1"),
            (1e16, "1e+16"),
            (123_456_789.0, "123456789.0"),
            (1e-5, "1e-05"),
            (0.0001, "0.0001"),
            (-0.0, "-0.0"),
            (1.5e300, "1.5e+300"),
            (2f64.powi(-25), "2.9802322387695312e-08"),
            (-(2f64.powi(-25)), "-2.9802322387695312e-08"),
            (5e-324, "5e-324"),
            (1.797_693_134_862_315_7e308, "1.7976931348623157e+308"),
            (9_007_199_254_740_993.0, "9007199254740992.0"),
            (0.1 + 0.2, "0.30000000000000004"),
            (0.0, "0.0"),
            (-5.0, "-5.0"),
            (120.0, "120.0"),
            (9_999_999_999_999_998.0, "9999999999999998.0"),
            (-0.012, "-0.012"),
            (123.456, "123.456"),
        ] {
            assert_eq!(float(number), text);
        }
    }
}

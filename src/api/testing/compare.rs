//! What is equal in the eyes of a test, whichever language the values come from.
//!
//! Numbers are compared by value, whole or not. Bytes and text are compared by their bytes, since one language does not tell
//! them apart: Rhai's blob equals the string with the same bytes. A tuple equals the list of its items. Objects are equal
//! when they are the same.

use std::collections::HashMap;

use crate::api::argument::whole;
use crate::api::element;
use crate::api::repr;
use crate::api::value::Value;
use crate::bytes::Bytes;
use crate::text::str_repr;
use crate::wire::Number;

/// Whether two values are equal.
pub(crate) fn is_equal(one: &Value, other: &Value) -> bool {
    if let Value::Held(held) = one {
        return is_equal(&held.value(), other);
    }
    if let Value::Held(held) = other {
        return is_equal(one, &held.value());
    }
    if let (Some(one), Some(other)) = (number(one), number(other)) {
        return element::same((one, other));
    }
    if let (Some(one), Some(other)) = (octets(one), octets(other)) {
        return one == other;
    }
    if let (Some(one), Some(other)) = (items(one), items(other)) {
        return one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_equal(one, other));
    }
    if let (Some(one), Some(other)) = (entries(one), entries(other)) {
        let twins = Twins::of(&other);
        return one.len() == other.len()
            && one
                .iter()
                .all(|(key, value)| twins.of_key(key).is_some_and(|twin| is_equal(value, twin)));
    }
    match (one, other) {
        (Value::None | Value::Null, Value::None | Value::Null) => true,
        (Value::Bool(one), Value::Bool(other)) => one == other,
        (Value::Range(from, to), Value::Range(other_from, other_to)) => from == other_from && to == other_to,
        // Lua does not tell an empty list from an empty map.
        (Value::List(none), Value::Map(entries)) | (Value::Map(entries), Value::List(none)) => {
            none.is_empty() && entries.is_empty()
        }
        (Value::Numbers(_), Value::Numbers(_)) => element::equal(one, other).unwrap_or(false),
        _ => one.is_same(other).unwrap_or(false),
    }
}

/// The way to where two values first differ, as `.key[2]`; empty where they do as wholes. `first` is the number of a list's first place.
pub(crate) fn way_to_difference(one: &Value, other: &Value, first: usize) -> String {
    let mut steps = difference(one, other, first).unwrap_or_default();
    steps.reverse();
    steps.concat()
}

/// The steps to where two values first differ, the innermost first; none where they are equal.
fn difference(one: &Value, other: &Value, first: usize) -> Option<Vec<String>> {
    if let (Some(ones), Some(others)) = (items(one), items(other)) {
        let pairs = ones.iter().zip(others).enumerate();
        let mut found = pairs.filter_map(|(place, (one, other))| {
            let mut steps = difference(one, other, first)?;
            steps.push(format!("[{}]", place + first));
            Some(steps)
        });
        let alike = ones.len().min(others.len());
        let rest = (ones.len() != others.len()).then(|| vec![format!("[{}]", alike + first)]);
        return found.next().or(rest);
    }
    if let (Some(ones), Some(others)) = (entries(one), entries(other)) {
        let (twins, known) = (Twins::of(&others), Twins::of(&ones));
        let mut found = ones.iter().filter_map(|(key, value)| {
            let mut steps = match twins.of_key(key) {
                Some(twin) => difference(value, twin, first)?,
                None => Vec::new(),
            };
            steps.push(step(key));
            Some(steps)
        });
        let more = || others.iter().find(|(key, _)| known.of_key(key).is_none());
        return found.next().or_else(|| more().map(|(key, _)| vec![step(key)]));
    }
    (!is_equal(one, other)).then(Vec::new)
}

/// What stands under each key: looked for in the pairs one by one, many keys would take their number squared.
struct Twins<'a>(HashMap<Key, &'a Value>);

/// A key, the same for those that are equal.
#[derive(PartialEq, Eq, Hash)]
enum Key {
    Nothing,
    Bool(bool),
    Whole(i64),
    /// The bits of a number that is not whole.
    Real(u64),
    Octets(Vec<u8>),
}

impl<'a> Twins<'a> {
    fn of(entries: &[(Value, &'a Value)]) -> Self {
        Self(
            entries
                .iter()
                .map(|(known, value)| (key(known), *value))
                .collect(),
        )
    }

    fn of_key(&self, wanted: &Value) -> Option<&'a Value> {
        self.0.get(&key(wanted)).copied()
    }
}

fn key(value: &Value) -> Key {
    match value {
        Value::Bool(flag) => Key::Bool(*flag),
        Value::Int(number) => Key::Whole(*number),
        Value::Float(number) => whole(value).map_or(Key::Real(number.to_bits()), Key::Whole),
        other => octets(other).map_or(Key::Nothing, Key::Octets),
    }
}

/// The key of a map as part of a way.
fn step(key: &Value) -> String {
    let text = octets(key).and_then(|bytes| String::from_utf8(bytes).ok());
    let is_name = |text: &String| {
        !text.starts_with(|c: char| c.is_ascii_digit())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && !text.is_empty()
    };
    match text {
        Some(name) if is_name(&name) => format!(".{name}"),
        Some(text) => format!("[{}]", str_repr(&text)),
        None => format!("[{}]", repr(key)),
    }
}

/// Whether two numbers are so close; none where one is no number.
pub(crate) fn is_near(one: &Value, other: &Value, within: f64) -> Option<bool> {
    let (one, other) = (float(one)?, float(other)?);
    #[allow(clippy::float_cmp, reason = "infinities are as near as can be to themselves")]
    let same = one == other;
    Some(same || (one - other).abs() <= within)
}

/// Whether a list has the item, a map the key, bytes or a text the part; none where it is none of these.
pub(crate) fn contains(whole: &Value, part: &Value) -> Option<bool> {
    if let Value::Held(held) = whole {
        return contains(&held.value(), part);
    }
    if let Some(whole) = octets(whole) {
        let part = octets(part)?;
        return Some(crate::wire::bytes::find(&whole, &part, 0, None).is_some());
    }
    if let Some(items) = items(whole) {
        return Some(items.iter().any(|item| is_equal(item, part)));
    }
    let entries = entries(whole)?;
    Some(entries.iter().any(|(key, _)| is_equal(key, part)))
}

/// Whether a script takes the value for true: everything but false and nothing.
pub(crate) fn truth(value: &Value) -> bool {
    match value {
        Value::Held(held) => truth(&held.value()),
        value => !matches!(value, Value::None | Value::Null | Value::Bool(false)),
    }
}

/// The bytes of what has bytes.
pub(super) fn octets(value: &Value) -> Option<Vec<u8>> {
    Some(match value {
        Value::Text(text) => text.as_bytes().to_vec(),
        Value::Bytes(bytes) | Value::String(bytes) => bytes.to_vec(),
        Value::Array(array) => array.with(<[u8]>::to_vec),
        Value::View(view) => Bytes::Array(view.clone()).into_vec(),
        _ => return None,
    })
}

fn number(value: &Value) -> Option<Number> {
    match value {
        Value::Int(number) => Some(Number::Int((*number).into())),
        Value::Float(number) => Some(Number::Float(*number)),
        _ => None,
    }
}

#[allow(clippy::cast_precision_loss, reason = "as Python's float() does")]
fn float(value: &Value) -> Option<f64> {
    match value {
        Value::Int(number) => Some(*number as f64),
        Value::Float(number) => Some(*number),
        Value::Held(held) => float(&held.value()),
        _ => None,
    }
}

fn items(value: &Value) -> Option<&[Value]> {
    match value {
        Value::List(items) | Value::Several(items) => Some(items),
        Value::Record(record) => Some(&record.items),
        _ => None,
    }
}

/// The pairs of a map or table.
fn entries(value: &Value) -> Option<Vec<(Value, &Value)>> {
    Some(match value {
        Value::Map(entries) => entries
            .iter()
            .map(|(key, value)| (Value::text(key.clone()), value))
            .collect(),
        Value::Table(entries) => entries.iter().map(|(key, value)| (copy(key), value)).collect(),
        _ => return None,
    })
}

/// A key of a table, which is a plain value.
fn copy(key: &Value) -> Value {
    match key {
        Value::Bool(flag) => Value::Bool(*flag),
        Value::Int(number) => Value::Int(*number),
        Value::Float(number) => Value::Float(*number),
        other => octets(other).map_or(Value::None, Value::bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(entries: &[(&str, i64)]) -> Value {
        let entries = entries
            .iter()
            .map(|(key, value)| ((*key).to_owned(), Value::Int(*value)));
        Value::Map(entries.collect())
    }

    #[test]
    fn values_are_equal_by_what_they_say() {
        let list = |items: Vec<Value>| Value::List(items);
        for (one, other, equal) in [
            (Value::Int(1), Value::Float(1.0), true),
            (Value::Int(1), Value::Bool(true), false),
            (Value::text("a"), Value::bytes(*b"a"), true),
            (Value::text("a"), Value::bytes(*b"b"), false),
            (map(&[("a", 1), ("b", 2)]), map(&[("b", 2), ("a", 1)]), true),
            (map(&[("a", 1)]), map(&[("a", 1), ("b", 2)]), false),
            (list(vec![]), map(&[]), true),
            (
                list(vec![Value::Int(1)]),
                Value::Several(vec![Value::Float(1.0)]),
                true,
            ),
            (list(vec![Value::None]), list(vec![Value::Null]), true),
            (Value::Float(f64::NAN), Value::Float(f64::NAN), false),
            (
                Value::Table(vec![(Value::Int(2), Value::Int(5))]),
                Value::Table(vec![(Value::Int(2), Value::Int(5))]),
                true,
            ),
        ] {
            assert_eq!(is_equal(&one, &other), equal, "{one:?} {other:?}");
            assert_eq!(is_equal(&other, &one), equal, "{other:?} {one:?}");
        }
    }

    #[test]
    fn parts_are_found_in_what_has_parts() {
        assert_eq!(contains(&Value::text("abc"), &Value::bytes(*b"bc")), Some(true));
        assert_eq!(contains(&Value::text("abc"), &Value::Int(1)), None);
        assert_eq!(
            contains(&Value::List(vec![Value::Int(1)]), &Value::Float(1.0)),
            Some(true)
        );
        assert_eq!(contains(&map(&[("k", 1)]), &Value::text("k")), Some(true));
        assert_eq!(contains(&map(&[("k", 1)]), &Value::text("v")), Some(false));
        assert_eq!(contains(&Value::Int(1), &Value::Int(1)), None);
        assert_eq!(is_near(&Value::Int(1), &Value::Float(1.05), 0.1), Some(true));
        assert_eq!(is_near(&Value::Int(1), &Value::Float(1.2), 0.1), Some(false));
        assert_eq!(is_near(&Value::text("1"), &Value::Int(1), 0.1), None);
    }
}

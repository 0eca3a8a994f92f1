//! JSON as text and as values.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Error as _, Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::ser::Formatter;

use crate::error::{Class, Error, Result};

use super::Value;
use super::repr::float;

/// Lists and maps within one another, on the way in and out.
pub(crate) const DEEPEST: usize = 100;
/// Kinds of what cannot be read as data to its last key.
pub(crate) const TOO_DEEP: &str = "table nested too deeply";
pub(crate) const CYCLIC: &str = "cyclic table";

/// The JSON text of a value: keys in their order, no blanks. Raises TypeError, ValueError, RecursionError, each with the
/// place in the value.
pub(super) fn encode(value: &Value) -> Result<Vec<u8>> {
    check(value, &Place::Top, 0)?;
    let mut text = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut text, PythonFloats);
    Node(value)
        .serialize(&mut serializer)
        .map_err(|error| Error::value(error.to_string()))?;
    Ok(text)
}

/// Where in a value something is.
enum Place<'a> {
    Top,
    Index(&'a Self, usize),
    Key(&'a Self, &'a str),
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Top => f.write_str("$"),
            Self::Index(outer, index) => write!(f, "{outer}[{index}]"),
            Self::Key(outer, key) => write!(f, "{outer}.{key}"),
        }
    }
}

/// Whether all of a value has a form in JSON.
fn check(value: &Value, place: &Place<'_>, depth: usize) -> Result<()> {
    if depth > DEEPEST {
        return Err(too_deep(place));
    }
    match value {
        Value::None | Value::Null | Value::Bool(_) | Value::Int(_) | Value::Text(_) => Ok(()),
        Value::Float(number) if number.is_finite() => Ok(()),
        Value::Float(number) => Err(Error::value(format!(
            "Out of range float values are not JSON compliant: {} at {place}",
            float(*number)
        ))),
        Value::String(bytes) if bytes.with(|bytes| std::str::from_utf8(bytes).is_ok()) => Ok(()),
        Value::String(_) => Err(Error::type_error(format!(
            "Object of type bytes is not JSON serializable: the string at {place} is not UTF-8"
        ))),
        Value::List(items) | Value::Several(items) => items
            .iter()
            .enumerate()
            .try_for_each(|(index, item)| check(item, &Place::Index(place, index), depth + 1)),
        Value::Record(record) => record
            .items
            .iter()
            .enumerate()
            .try_for_each(|(index, item)| check(item, &Place::Index(place, index), depth + 1)),
        Value::Map(entries) => entries
            .iter()
            .try_for_each(|(key, value)| check(value, &Place::Key(place, key), depth + 1)),
        Value::Opaque(TOO_DEEP) => Err(too_deep(place)),
        Value::Opaque(CYCLIC) => Err(Error::value(format!(
            "Circular reference detected: {place} holds what it is part of"
        ))),
        other => Err(Error::type_error(format!(
            "Object of type {} is not JSON serializable: at {place}",
            other.kind()
        ))),
    }
}

fn too_deep(place: &Place<'_>) -> Error {
    // The whole way down would fill pages.
    let way = place.to_string();
    let front: String = way.chars().take(40).collect();
    Error::new(
        Class::RecursionError,
        format!("JSON goes {DEEPEST} levels deep, and no deeper: {front}..."),
    )
}

/// A value on its way out, checked.
struct Node<'a>(&'a Value);

impl Serialize for Node<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Bool(flag) => serializer.serialize_bool(*flag),
            Value::Int(number) => serializer.serialize_i64(*number),
            Value::Float(number) => serializer.serialize_f64(*number),
            Value::Text(text) => serializer.serialize_str(text),
            Value::String(bytes) => bytes.with(|bytes| {
                let text = std::str::from_utf8(bytes).map_err(S::Error::custom)?;
                serializer.serialize_str(text)
            }),
            Value::List(items) | Value::Several(items) => list(serializer, items),
            Value::Record(record) => list(serializer, &record.items),
            Value::Map(entries) => {
                let mut sorted: Vec<_> = entries.iter().collect();
                sorted.sort_by(|(one, _), (other, _)| one.cmp(other));
                let mut map = serializer.serialize_map(Some(sorted.len()))?;
                for (key, value) in sorted {
                    map.serialize_entry(key, &Node(value))?;
                }
                map.end()
            }
            _ => serializer.serialize_unit(),
        }
    }
}

fn list<S: Serializer>(serializer: S, items: &[Value]) -> Result<S::Ok, S::Error> {
    let mut list = serializer.serialize_seq(Some(items.len()))?;
    for item in items {
        list.serialize_element(&Node(item))?;
    }
    list.end()
}

/// Floats as Python writes them.
struct PythonFloats;

impl Formatter for PythonFloats {
    fn write_f64<W: ?Sized + std::io::Write>(&mut self, writer: &mut W, value: f64) -> std::io::Result<()> {
        writer.write_all(float(value).as_bytes())
    }
}

/// The value of a JSON text, which may take `memory` bytes. Raises json.JSONDecodeError with the place in the text,
/// RecursionError, MemoryError.
pub(super) fn decode(text: &[u8], memory: usize) -> Result<Value> {
    let trouble = Cell::new(None);
    let seed = Seed {
        depth: 0,
        left: &Cell::new(memory),
        trouble: &trouble,
    };
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let decoded = seed.deserialize(&mut deserializer).and_then(|value| {
        deserializer.end()?;
        Ok(value)
    });
    decoded.map_err(|error| match trouble.take() {
        Some(Trouble::Deep) => Error::new(
            Class::RecursionError,
            format!(
                "JSON goes {DEEPEST} levels deep, and no deeper: {}",
                position(text, &error)
            ),
        ),
        Some(Trouble::Memory) => Error::memory("what the JSON text holds"),
        None => Error::new(Class::JSONDecodeError, explanation(text, &error)),
    })
}

/// Why a text that may well be JSON is not read.
#[derive(Clone, Copy)]
enum Trouble {
    Deep,
    Memory,
}

/// The library's words, with the place as Python writes it.
fn explanation(text: &[u8], error: &serde_json::Error) -> String {
    let words = error.to_string();
    let words = words.rsplit_once(" at line ").map_or(&*words, |(words, _)| words);
    format!("{words}: {}", position(text, error))
}

fn position(text: &[u8], error: &serde_json::Error) -> String {
    let line = error.line().max(1);
    let start: usize = text
        .split_inclusive(|byte| *byte == b'\n')
        .take(line - 1)
        .map(<[u8]>::len)
        .sum();
    let end = (start + error.column().saturating_sub(1)).min(text.len());
    // Bytes that only go on with a character do not count.
    let characters = |bytes: &[u8]| bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count();
    format!(
        "line {line} column {} (char {})",
        characters(&text[start..end]) + 1,
        characters(&text[..end])
    )
}

/// What is read at one depth.
#[derive(Clone, Copy)]
struct Seed<'a> {
    depth: usize,
    /// Memory that may still be taken.
    left: &'a Cell<usize>,
    trouble: &'a Cell<Option<Trouble>>,
}

impl Seed<'_> {
    /// Takes memory for something of this many bytes.
    fn take<E: serde::de::Error>(&self, bytes: usize) -> Result<(), E> {
        // A vector that grows has room for twice what it holds.
        match self.left.get().checked_sub(bytes + 2 * size_of::<Value>()) {
            Some(left) => {
                self.left.set(left);
                Ok(())
            }
            None => {
                self.trouble.set(Some(Trouble::Memory));
                Err(E::custom("too large"))
            }
        }
    }

    /// What is read within.
    fn inner<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth == DEEPEST {
            self.trouble.set(Some(Trouble::Deep));
            return Err(E::custom("too deep"));
        }
        Ok(Self {
            depth: self.depth + 1,
            ..self
        })
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::None)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Int(number))
    }

    #[allow(
        clippy::cast_precision_loss,
        reason = "as Lua reads a whole number of more than 64 bits"
    )]
    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(i64::try_from(number).map_or(Value::Float(number as f64), Value::Int))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Float(number))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Value, E> {
        self.take(text.len())?;
        Ok(Value::text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inner = self.inner()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(inner)? {
            self.take(0)?;
            list.push(match item {
                // A list must not have holes.
                Value::None => Value::Null,
                item => item,
            });
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let inner = self.inner()?;
        let mut map = Vec::new();
        while let Some(key) = entries.next_key::<String>()? {
            self.take(key.len() + size_of::<(String, Value)>())?;
            map.push((key, entries.next_value_seed(inner)?));
        }
        Ok(Value::Map(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::repr;

    fn read(text: &str) -> String {
        decode(text.as_bytes(), 1 << 20).map_or_else(|error| error.headline(), |value| repr(&value))
    }

    #[test]
    fn texts_are_read_or_their_fault_is_placed() {
        for (text, expected) in [
            (
                r#"{"a": [1, -2.5, null, true, "\u00e9\ud83d\ude00"]}"#,
                "{'a': [1, -2.5, None, True, 'é😀']}",
            ),
            ("9223372036854775807", "9223372036854775807"),
            ("9223372036854775808", "9.223372036854776e+18"),
            (
                "[1,\n\"é\" 2]",
                "json.decoder.JSONDecodeError: expected `,` or `]`: line 2 column 5 (char 8)",
            ),
            (
                "",
                "json.decoder.JSONDecodeError: EOF while parsing a value: line 1 column 1 (char 0)",
            ),
            (
                "1 2",
                "json.decoder.JSONDecodeError: trailing characters: line 1 column 3 (char 2)",
            ),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn depth_and_memory_have_bounds() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(read(&nested(DEEPEST)).starts_with("[["));
        assert!(read(&nested(DEEPEST + 1)).starts_with("RecursionError"));
        assert!(read(&"[".repeat(100_000)).starts_with("RecursionError"));
        let many = format!("[{}0]", "0,".repeat(100_000));
        assert!(read(&many).starts_with("MemoryError"));
        let value = |depth| (0..depth).fold(Value::None, |inner, _| Value::List(vec![inner]));
        assert!(encode(&value(DEEPEST)).is_ok());
        let refused = encode(&value(DEEPEST + 1)).map_err(|error| error.class());
        assert_eq!(refused, Err(Class::RecursionError));
    }

    #[test]
    fn values_are_written_with_keys_in_order() {
        let value = Value::Map(vec![
            ("z".into(), Value::Float(1e16)),
            (
                "a".into(),
                Value::List(vec![Value::None, Value::text("\"\n\u{7f}é")]),
            ),
        ]);
        let text = encode(&value).ok().and_then(|text| String::from_utf8(text).ok());
        assert_eq!(
            text.as_deref(),
            Some("{\"a\":[null,\"\\\"\\n\u{7f}é\"],\"z\":1e+16}")
        );
        let blob = Value::Map(vec![("k".into(), Value::List(vec![Value::bytes(*b"x")]))]);
        let refused = encode(&blob).map_err(|error| error.headline());
        assert_eq!(
            refused.err().as_deref(),
            Some("TypeError: Object of type bytes is not JSON serializable: at $.k[0]")
        );
    }
}
